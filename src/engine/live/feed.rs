//! What fills the file or the folder that is followed, where that is nobody else: a pipe, or a topic or stream whose messages are fetched.
//!
//! It runs on a thread of its own. What lies here is all that it and whoever follows know of each other: whether more may come, what went wrong, and what is to be known.

use std::io::{Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::engine::Problem;

/// Between whoever fills and whoever follows.
#[derive(Debug, Default)]
pub(super) struct Feed {
    is_closed: AtomicBool,
    is_stopped: AtomicBool,
    trouble: Mutex<Option<String>>,
    /// What is to be known, by what it is about: the newest of each counts.
    told: Mutex<Vec<(&'static str, String)>>,
}

impl Feed {
    /// Whether more may come.
    pub(super) fn is_open(&self) -> bool {
        !self.is_closed.load(Ordering::Acquire)
    }

    /// Nothing more comes.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
    }

    /// Whether nobody follows any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// Nothing more comes, for this reason.
    pub(super) fn fail(&self, why: String) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        self.close();
    }

    /// Why nothing more comes, where that is a fault.
    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says what is so now about something; nothing where there is nothing to say any more.
    pub(super) fn tell(&self, about: &'static str, what: Option<String>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|(known, _)| *known != about);
        told.extend(what.map(|what| (about, what)));
    }

    /// What is to be known.
    pub(super) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(_, what)| what.clone()).collect()
    }
}

/// A thread that fills. Let go, it ends before anything else goes on: two of them must never write into one folder.
pub(super) struct Feeding {
    feed: Arc<Feed>,
    thread: Option<JoinHandle<()>>,
}

impl Feeding {
    /// Begins to fill what a feed is of; `fill` is to look again and again whether it is stopped. What it fails with is the trouble of the feed.
    pub(super) fn begin(feed: Arc<Feed>, fill: impl FnOnce(&Feed) -> Result<(), String> + Send + 'static) -> Feeding {
        let its = feed.clone();
        let thread = std::thread::spawn(move || match catch_unwind(AssertUnwindSafe(|| fill(&its))) {
            Ok(Ok(())) => its.close(),
            Ok(Err(why)) => its.fail(why),
            // Whoever follows would wait for ever.
            Err(_) => its.fail("Reading the source ended by a fault of the program; what was read is kept. Please report it.".to_owned()),
        });
        Feeding { feed, thread: Some(thread) }
    }
}

impl Drop for Feeding {
    fn drop(&mut self) {
        self.feed.is_stopped.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A fault of it was the trouble of whoever followed.
            let _ = thread.join();
        }
    }
}

/// Writes what comes through a pipe to the end of a file. The file is what is followed: a pipe cannot be read again.
///
/// Fails where the file cannot be written.
pub(super) fn spool(mut from: impl Read + Send + 'static, to: &Path, feed: Arc<Feed>) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        Problem(format!("{} cannot be written ({error}); check the folder and the room on the disk.", to.display()).into())
    };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).read(true).open(to).map_err(failed)?;
    // Whoever stopped in the middle of a line began another one.
    let length = file.metadata().map_err(failed)?.len();
    if length > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1)).map_err(failed)?;
        file.read_exact(&mut last).map_err(failed)?;
        if last != *b"\n" {
            file.write_all(b"\n").map_err(failed)?;
        }
    }
    // Nobody waits for its end: a pipe that nobody writes to is read for ever.
    std::thread::spawn(move || {
        let mut piece = vec![0; 64 << 10];
        while let Ok(n @ 1..) = from.read(&mut piece) {
            if file.write_all(&piece[..n]).and_then(|()| file.sync_data()).is_err() {
                break;
            }
        }
        feed.close();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(fill: impl FnOnce(&Feed) -> Result<(), String> + Send + 'static) -> (Option<String>, bool) {
        let feed = Arc::new(Feed::default());
        let feeding = Feeding::begin(feed.clone(), fill);
        while feed.is_open() {
            std::thread::yield_now();
        }
        drop(feeding);
        (feed.trouble(), feed.is_open())
    }

    #[test]
    fn however_filling_ends_whoever_follows_hears_of_it() {
        assert_eq!(ended(|_| Ok(())), (None, false));
        assert_eq!(ended(|_| Err("the disk is full".into())), (Some("the disk is full".into()), false));
        assert!(ended(|_| panic!("as a test")).0.is_some_and(|why| why.contains("Please report it")));
    }

    #[test]
    fn let_go_it_ends_and_the_newest_word_on_something_counts() {
        let feed = Arc::new(Feed::default());
        let feeding = Feeding::begin(feed.clone(), |feed| {
            while !feed.is_stopped() {
                std::thread::yield_now();
            }
            Ok(())
        });
        feed.tell("lost", Some("1 message".into()));
        feed.tell("broker", Some("gone".into()));
        feed.tell("lost", Some("2 messages".into()));
        feed.tell("broker", None);
        assert_eq!((feed.told(), feed.is_open()), (vec!["2 messages".to_owned()], true));
        drop(feeding);
        assert!(!feed.is_open());
    }
}
