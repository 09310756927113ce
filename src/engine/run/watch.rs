//! Have files changed since they were read? A service that looks at them every few seconds and tells which did.
//!
//! In: paths, of which each stands for one file or several. Out: those that changed and have settled: a file that still grows is told when it
//! stopped growing. It looks instead of being told by the system, because network shares and synchronised folders, where exports land, tell
//! nobody; a look is one question to the file system per file. An idle window is not woken.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::services::{Duty, Next, Service};

/// What is seen of a path from outside: its files with size and time of change.
pub type Seen = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(3);

/// Looks at files until it is dropped.
pub struct Watch {
    service: Service<Vec<PathBuf>, PathBuf>,
    paths: Vec<PathBuf>,
}

impl Watch {
    /// Watches nothing yet. `wake` is called from another thread when there is something to take.
    pub fn new(wake: impl Fn() + Send + 'static) -> Watch {
        Watch { service: Service::start(wake, look_on), paths: Vec::new() }
    }

    /// Watches these and no others. What is seen of a new one first is what it is compared with.
    pub fn only(&mut self, paths: Vec<PathBuf>) {
        if paths != self.paths {
            self.paths.clone_from(&paths);
            self.service.want(paths);
        }
    }

    /// The paths that changed since the last call.
    pub fn take(&mut self) -> Vec<PathBuf> {
        let mut changed: Vec<PathBuf> = self.service.news().filter(|path| self.paths.contains(path)).collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

/// One path as it was told last, and as it was seen last.
struct Watched {
    path: PathBuf,
    told: Seen,
    seen: Seen,
}

impl Watched {
    /// Looks again; whether there is something to tell.
    fn look(&mut self) -> bool {
        let now = seen(&self.path);
        let has_settled = now == self.seen;
        self.seen = now;
        // A file that is away for a moment, as while it is replaced, is no news: reading again would only fail.
        let is_news = has_settled && self.seen != self.told && !self.seen.is_empty();
        if is_news {
            self.told.clone_from(&self.seen);
        }
        is_news
    }
}

fn look_on(duty: &Duty<Vec<PathBuf>, PathBuf>) {
    let mut watched: Vec<Watched> = Vec::new();
    loop {
        // With nothing to watch there is nothing to do until somebody asks.
        match duty.next((!watched.is_empty()).then_some(EVERY)) {
            Next::Wanted(paths) => {
                let mut before = std::mem::take(&mut watched);
                watched.extend(paths.into_iter().map(|path| match before.iter().position(|other| other.path == path) {
                    Some(at) => before.swap_remove(at),
                    None => {
                        let now = seen(&path);
                        Watched { path, told: now.clone(), seen: now }
                    }
                }));
            }
            Next::Again => {
                let changed = watched.iter_mut().filter_map(|watched| watched.look().then(|| watched.path.clone()));
                duty.tell(changed.collect());
            }
            Next::Over => return,
        }
    }
}

/// What is seen of a path now; nothing where nothing is.
fn seen(path: &Path) -> Seen {
    let files = crate::data::files_of(path).unwrap_or_default();
    let one = |file: PathBuf| {
        let about = std::fs::metadata(&file).ok()?;
        Some((file, about.len(), about.modified().ok()))
    };
    files.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_it_has_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.csv");
        std::fs::write(&path, "a\n1\n").unwrap();
        let now = seen(&path);
        let mut watched = Watched { path: path.clone(), told: now.clone(), seen: now };
        assert!(!watched.look(), "nothing happened");
        std::fs::write(&path, "a\n1\n2\n").unwrap();
        assert!(!watched.look(), "it may still grow");
        assert!(watched.look());
        assert!(!watched.look(), "told once");
        std::fs::remove_file(&path).unwrap();
        assert!(!watched.look());
        assert!(!watched.look(), "a file that is away is no news");
        std::fs::write(&path, "a\n1\n2\n3\n").unwrap();
        assert!(!watched.look());
        assert!(watched.look());
    }
}
