//! What happens to work that was not saved? It is kept in a file of this process, and offered at the next start.
//!
//! In: the project after every change. Out: at the next start, what other processes left behind. Each process holds a lock while
//! it lives, so two windows at once neither write each other's file nor offer each other's work as lost. O(size of the project).

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::export::write_beside;

use super::project::{Project, ProjectError, project_of_text, to_text};
use super::settings::folders;

/// This process' place for unsaved work.
#[derive(Debug)]
pub struct Recovery {
    folder: PathBuf,
    name: String,
    /// Held while the process lives; the system lets go of it when the process crashes.
    _lock: File,
}

/// Work that a process left behind.
#[derive(Debug)]
pub struct Found {
    /// The work.
    pub project: Project,
    /// The project file it belongs to, if it had one.
    pub file: Option<PathBuf>,
    /// When it was last kept.
    pub kept_at: Option<SystemTime>,
    path: PathBuf,
    lock: File,
}

/// The file: the project's own text, and where the project lies.
#[derive(Serialize, Deserialize)]
struct Kept {
    file: Option<PathBuf>,
    project: String,
}

impl Recovery {
    /// Takes a place in the system's folder for program data; `None` when there is none or it cannot be written.
    pub fn start() -> Option<Recovery> {
        Recovery::start_in(&folders()?.data_local_dir().join("unsaved")).ok()
    }

    /// Takes a place in `folder`.
    pub fn start_in(folder: &Path) -> std::io::Result<Recovery> {
        std::fs::create_dir_all(folder)?;
        // A crashed process may have had the same number, and its work is not to be written over.
        let process = std::process::id();
        for attempt in 0.. {
            let name = format!("{process}-{attempt}");
            if folder.join(&name).with_extension("json").exists() {
                continue;
            }
            if let Some(lock) = lock_file(&folder.join(&name).with_extension("lock"))? {
                return Ok(Recovery { folder: folder.to_owned(), name, _lock: lock });
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }

    /// Keeps the work as it is now; `file` is the project file it belongs to.
    pub fn keep(&self, project: &Project, file: Option<&Path>) -> Result<(), ProjectError> {
        let kept = Kept { file: file.and_then(Path::to_str).map(PathBuf::from), project: to_text(project, None)? };
        let text = serde_json::to_string(&kept).expect("two texts");
        Ok(write_beside(&self.path("json"), |to| to.write_all(text.as_bytes()))?)
    }

    /// Everything is saved, or the user does not want it: nothing to offer.
    pub fn clear(&self) {
        let _ = std::fs::remove_file(self.path("json"));
    }

    /// Work left behind by processes that are gone, latest first. Each is offered to one window only.
    pub fn find(&self) -> Vec<Found> {
        let mut found: Vec<Found> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json") && *path != self.path("json"))
            .filter_map(|path| read_left(path).ok().flatten())
            .collect();
        found.sort_by(|a, b| b.kept_at.cmp(&a.kept_at).then_with(|| a.path.cmp(&b.path)));
        found
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(&self.name).with_extension(extension)
    }
}

impl Drop for Recovery {
    /// The work stays for the next start; only the lock of an orderly end goes. One that stays does no harm.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.path("lock"));
    }
}

impl Found {
    /// Removes it: it was taken over by this process and kept anew, or is not wanted.
    pub fn discard(self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = self.lock.unlock();
        let _ = std::fs::remove_file(self.path.with_extension("lock"));
    }
}

/// The work in `path`, unless its process lives or the file is damaged.
fn read_left(path: PathBuf) -> std::io::Result<Option<Found>> {
    let Some(lock) = lock_file(&path.with_extension("lock"))? else { return Ok(None) };
    let kept: Kept = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    let Ok(project) = project_of_text(&kept.project, "unsaved work") else { return Ok(None) };
    let kept_at = path.metadata().and_then(|metadata| metadata.modified()).ok();
    Ok(Some(Found { project, file: kept.file, kept_at, path, lock }))
}

/// The lock, if nobody holds it.
fn lock_file(path: &Path) -> std::io::Result<Option<File>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}
