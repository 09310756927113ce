//! Which message is on screen, and for how long?

use std::time::{Duration, Instant};

use crate::session::Command;
use crate::ui::shell::Message;

use super::window::Window;

/// How long a message stays that asks for nothing.
const MESSAGE_STAYS: Duration = Duration::from_secs(7);
/// How long one that offers a way back.
const WAY_BACK_STAYS: Duration = Duration::from_secs(30);

impl Window {
    /// Says something that is not a problem.
    pub(super) fn tell(&mut self, text: &str) {
        self.session.message = Some(Message { text: text.to_owned(), is_problem: false, offer: None });
        self.told_at = Instant::now();
    }

    /// Messages that ask for nothing leave by themselves; while slides are shown they are not seen, and wait.
    pub(super) fn let_messages_go(&mut self) {
        if self.look.presenting {
            self.told_at = Instant::now();
            return;
        }
        // A way back is offered for a while; files that changed wait for an answer.
        let stays = |message: &Message| match message.offer {
            _ if message.is_problem => None,
            None => Some(MESSAGE_STAYS),
            Some((_, Command::GoBack)) => Some(WAY_BACK_STAYS),
            Some(_) => None,
        };
        if let Some(stays) = self.session.message.as_ref().and_then(stays) {
            let left = stays.saturating_sub(self.told_at.elapsed());
            if left.is_zero() { self.session.message = None } else { self.ctx.request_repaint_after(left) }
        }
    }

    /// Says what went wrong.
    pub(super) fn complain(&mut self, text: String) {
        self.session.message = Some(Message { text, is_problem: true, offer: None });
    }
}
