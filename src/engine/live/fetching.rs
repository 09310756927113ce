//! How are messages fetched from somewhere else, for as long as somebody follows and whatever becomes of the connection?
//!
//! In: whoever is asked for messages. Out: a thread on which it is asked until it ends, tried again where it was there once and has gone. Messages go into a folder ([`super::messages`]), so that
//! what was fetched and how far stand together; nothing is kept here.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::feed::{Feed, Feeding};

/// How long until whoever has gone is asked again.
pub(super) const AGAIN: Duration = Duration::from_secs(1);
/// Whoever does not answer for so long has gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
/// How often it is looked whether somebody still follows.
pub(super) const NAP: Duration = Duration::from_millis(50);
/// So many bytes wait to be read, and no more are fetched.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// Why it does not go on.
pub(super) enum Ended {
    /// It may go on by itself.
    ForNow(String),
    /// It will not.
    ForGood(String),
}

/// Whoever has messages.
pub(super) trait Sender: Send + 'static {
    /// What is followed.
    fn name(&self) -> &str;

    /// Who is asked, at the beginning of a sentence.
    fn who(&self) -> String;

    /// That it was never reached, and what to look at, in one sentence.
    fn never_there(&self, why: &str) -> String;

    /// One connection, until it breaks or everything was fetched in one go. `was_there` is set once there was an answer.
    async fn session(&mut self, feed: &Feed, was_there: &mut bool) -> Result<(), Ended>;
}

/// Begins to fetch.
pub(super) fn begin(mut sender: impl Sender, feed: Arc<Feed>) -> Feeding {
    Feeding::begin(feed, move |feed| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("{} cannot be followed: the system gives no thread ({error}).", sender.name()))?;
        let ended = runtime.block_on(async {
            let mut fetching = pin!(fetching(&mut sender, feed));
            // Nobody waits for one that does not answer. What is kept is kept in one step, so it may be left anywhere.
            while !feed.is_stopped() {
                if let Ok(ended) = timeout(NAP, &mut fetching).await {
                    return ended;
                }
            }
            Ok(())
        });
        // A name that is still looked up is waited for by nobody.
        runtime.shutdown_background();
        ended
    })
}

async fn fetching(sender: &mut impl Sender, feed: &Feed) -> Result<(), String> {
    let mut was_there = false;
    loop {
        match sender.session(feed, &mut was_there).await {
            Ok(()) => return Ok(()),
            Err(Ended::ForGood(why)) => return Err(why),
            Err(Ended::ForNow(why)) if was_there => {
                let who = sender.who();
                feed.tell(
                    "gone",
                    Some(format!("{who} cannot be reached now ({why}). It is tried again until it is back; what was read is kept.")),
                );
            }
            Err(Ended::ForNow(why)) => return Err(sender.never_there(&why)),
        }
        sleep(AGAIN).await;
    }
}

/// Says that whoever is asked is there.
pub(super) fn is_there(feed: &Feed, was_there: &mut bool) {
    *was_there = true;
    feed.tell("gone", None);
}

pub(super) fn silent() -> Ended {
    Ended::ForNow(format!("it did not answer within {} seconds", PATIENCE.as_secs()))
}
