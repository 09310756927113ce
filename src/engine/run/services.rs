//! What goes on beside the window for as long as it is open? Services: each a thread of its own that hears what is wanted and tells what is new.
//!
//! In: what is wanted, of which only the latest counts. Out: news, for which the window is woken. A service ends with its owner, who waits for it:
//! what it is doing at that moment, it finishes. Work that has an end is a job (`jobs.rs`).

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// A service, as its owner holds it: `Want` goes in, `News` come out.
pub(super) struct Service<Want, News> {
    // Both are there until the service is dropped.
    wanted: Option<Sender<Want>>,
    thread: Option<JoinHandle<()>>,
    news: Receiver<News>,
}

impl<Want: Send + 'static, News: Send + 'static> Service<Want, News> {
    /// Starts `serve` on a thread of its own; it returns once [`Next::Over`] is next. `wake` is called from there when there are news to take.
    pub(super) fn start(wake: impl Fn() + Send + 'static, serve: impl FnOnce(&Duty<Want, News>) + Send + 'static) -> Service<Want, News> {
        let (wanted, wants) = channel();
        let (tell, news) = channel();
        let duty = Duty { wants, tell, wake: Box::new(wake) };
        let thread = std::thread::spawn(move || serve(&duty));
        Service { wanted: Some(wanted), thread: Some(thread), news }
    }

    /// Says what is wanted from now on, in place of what was wanted before.
    pub(super) fn want(&self, want: Want) {
        if let Some(wanted) = &self.wanted {
            // The thread ends only with this value.
            let _ = wanted.send(want);
        }
    }

    /// The news since the last call; never waits.
    pub(super) fn news(&self) -> impl Iterator<Item = News> {
        self.news.try_iter()
    }
}

impl<Want, News> Drop for Service<Want, News> {
    fn drop(&mut self) {
        // Nobody left to want anything is how the thread learns that it is over.
        drop(self.wanted.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told so itself.
            let _ = thread.join();
        }
    }
}

/// A service, as its own thread sees it.
pub(super) struct Duty<Want, News> {
    wants: Receiver<Want>,
    tell: Sender<News>,
    wake: Box<dyn Fn() + Send>,
}

/// What a service does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<Want> {
    /// Something else is wanted now.
    Wanted(Want),
    /// The time has passed, and what was wanted still is.
    Again,
    /// The owner is gone.
    Over,
}

impl<Want, News> Duty<Want, News> {
    /// Waits until something is wanted, or for `at_most`, and takes the latest of what was.
    pub(super) fn next(&self, at_most: Option<Duration>) -> Next<Want> {
        let first = match at_most {
            None => self.wants.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(time) => self.wants.recv_timeout(time),
        };
        let mut next = match first {
            Ok(want) => Next::Wanted(want),
            Err(RecvTimeoutError::Timeout) => Next::Again,
            Err(RecvTimeoutError::Disconnected) => return Next::Over,
        };
        loop {
            match self.wants.try_recv() {
                Ok(later) => next = Next::Wanted(later),
                Err(TryRecvError::Empty) => return next,
                Err(TryRecvError::Disconnected) => return Next::Over,
            }
        }
    }

    /// Tells all of these and wakes the window once; nobody is woken for nothing.
    pub(super) fn tell(&self, news: Vec<News>) {
        if !news.is_empty() {
            for one in news {
                // The owner may have just gone, which is next.
                let _ = self.tell.send(one);
            }
            (self.wake)();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_wish_counts_and_news_wake_once() {
        let (woken, wakes) = channel();
        let (begin, begun) = channel::<()>();
        let service: Service<u32, u32> = Service::start(
            move || woken.send(()).unwrap(),
            move |duty| {
                begun.recv().unwrap();
                while let Next::Wanted(want) = duty.next(None) {
                    duty.tell(Vec::new());
                    duty.tell(vec![want, want + 1]);
                }
            },
        );
        for want in [1, 2, 7] {
            service.want(want);
        }
        begin.send(()).unwrap();
        wakes.recv().unwrap();
        assert_eq!(service.news().collect::<Vec<_>>(), [7, 8]);
        drop(service);
        assert!(wakes.recv().is_err(), "woken once, and the thread has ended");
    }

    #[test]
    fn a_service_looks_again_until_its_owner_has_gone() {
        let (ended, ends) = channel();
        let service: Service<(), u32> = Service::start(
            || {},
            move |duty| {
                let mut looks = 0;
                while duty.next(Some(Duration::from_millis(1))) == Next::Again {
                    looks += 1;
                    duty.tell(vec![looks]);
                }
                ended.send(looks).unwrap();
            },
        );
        let mut told = Vec::new();
        while told.len() < 3 {
            told.extend(service.news());
        }
        assert_eq!(told[..3], [1, 2, 3]);
        assert!(ends.try_recv().is_err(), "it goes on");
        drop(service);
        assert!(ends.try_recv().is_ok(), "dropping has waited for its end");
    }
}
