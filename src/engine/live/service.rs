//! Following beside the window: on a thread of its own, until it is let go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::base::Ctx;
use crate::model::Model;

use super::desk::LiveDesk;
use super::follower::follow;
use super::options::{LiveOptions, LiveSource};
use super::told::LiveBatch;

/// A source that is followed in the background. Let go, it ends after the batch under way; what was committed stays.
pub struct Following {
    desk: Arc<LiveDesk>,
    thread: Option<JoinHandle<()>>,
}

impl Following {
    /// Starts to follow a file, a folder, a topic or a stream ([`LiveSource::named`]) into a folder, once what was followed `before` has ended: both may be of one folder. `wake` is called from that thread whenever there is something new to see.
    pub fn start(
        model: Model,
        source: PathBuf,
        options: LiveOptions,
        folder: PathBuf,
        before: Option<Following>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Following {
        let desk = Arc::new(LiveDesk::watched(wake));
        let its = desk.clone();
        let thread = std::thread::spawn(move || {
            if let Some(before) = before {
                before.end();
            }
            let mut say = |_: &LiveBatch| ();
            let followed = || follow(&model, LiveSource::named(&source), &options, &folder, &its, &mut say, &Ctx::new());
            // A bug here must not take the window and the user's work along.
            let outcome = match catch_unwind(AssertUnwindSafe(followed)) {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(problem)) => Err(problem.0.to_string()),
                Err(_) => Err("Following ended by a fault of the program; what was committed is kept. Please report it.".to_owned()),
            };
            its.ended(outcome);
        });
        Following { desk, thread: Some(thread) }
    }

    /// Ends it, and waits until it has.
    pub fn end(mut self) {
        self.desk.stop();
        if let Some(thread) = self.thread.take() {
            // Its faults were told by the desk.
            let _ = thread.join();
        }
    }

    /// Where orders are left and what is seen lies.
    pub fn desk(&self) -> &LiveDesk {
        &self.desk
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.desk.stop();
    }
}
