//! Who is a row about, in which session, and which other rows are the same event?
//!
//! In: the cells of a row. Out: person, device and session, and a number that is equal in rows which are the same event: the same order, the same id, or the
//! same everything. An address in the network becomes a number that goes no further than this reading, and joins nobody. O(letters).

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use super::batch::{HAS_ID, IS_LINE};
use super::parts::{EventPart, Found, Scalar};
use super::shapes::{EventShape, is_nobody};

/// Begins a device that is only guessed from address and browser.
pub(super) const GUESSED: char = '\u{0}';

/// The ids of a row; kept from row to row for its room.
#[derive(Debug, Default)]
pub(super) struct Ids {
    person: String,
    device: String,
    session: u64,
}

impl Ids {
    /// Takes the ids of a row.
    pub fn read(&mut self, found: &Found<'_>, shape: &EventShape) {
        let mut room = String::new();
        let mut take = |part: EventPart, to: &mut String| {
            to.clear();
            if let Some(cell) = found.get(part) {
                let text = cell.text(&mut room);
                if !is_nobody(text) {
                    to.push_str(text);
                }
            }
        };
        take(EventPart::Person, &mut self.person);
        take(EventPart::Device, &mut self.device);
        if let Some(of_device) = shape.device_prefix.as_ref().and_then(|prefix| self.person.strip_prefix(prefix.as_str())) {
            if self.device.is_empty() {
                self.device.push_str(of_device);
            }
            self.person.clear();
        }
        // The id a visitor has before being named is the device's.
        if self.person == self.device {
            self.person.clear();
        }
        if shape.is_log && self.device.is_empty() {
            self.guess_device(found);
        }
        self.session = match found.get(EventPart::Session) {
            Some(cell) => {
                let text = cell.text(&mut room);
                let is_none = is_nobody(text) || shape.no_session.iter().any(|none| none == text);
                // Ids of sessions count within a device: GA4's are the second they began.
                if is_none { 0 } else { hash(&[text, if self.device.is_empty() { &self.person } else { &self.device }]).max(1) }
            }
            None => 0,
        };
    }

    /// Who.
    pub fn person(&self) -> Option<&str> {
        Some(self.person.as_str()).filter(|id| !id.is_empty())
    }

    /// On which device.
    pub fn device(&self) -> Option<&str> {
        Some(self.device.as_str()).filter(|id| !id.is_empty())
    }

    /// A number for the session, 0 for none.
    pub fn session(&self) -> u64 {
        self.session
    }

    fn guess_device(&mut self, found: &Found<'_>) {
        let mut rooms = (String::new(), String::new());
        if let Some(ip) = found.get(EventPart::Ip) {
            let agent = found.get(EventPart::UserAgent).map_or("", |cell| cell.text(&mut rooms.1));
            self.device.push(GUESSED);
            let number = hash(&[ip.text(&mut rooms.0), agent]);
            self.device.extend((0..16).rev().filter_map(|digit| char::from_digit((number >> (4 * digit)) as u32 & 15, 16)));
        }
    }
}

/// A number for texts. It is compared within one reading and never kept, so that the standard library may choose how it is made.
pub(super) fn hash(texts: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for text in texts {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

/// What is equal in rows that are the same event, and how it was found.
pub(super) fn row_id(found: &Found<'_>, shape: &EventShape, name: &str, twin: impl Fn() -> u64) -> (u64, u8) {
    let mut room = String::new();
    let is_purchase = || shape.purchases.iter().any(|purchase| purchase.eq_ignore_ascii_case(name)) || shape.fixed_event.is_some();
    if let Some(order) = found.get(EventPart::Order) {
        let order = order.text(&mut room).trim_start_matches('#');
        if !is_nobody(order) && is_purchase() {
            // The same in every format: a shop's order and its event in web analytics are one purchase.
            return (hash(&["order", order]), HAS_ID | if shape.is_lines_of_orders { IS_LINE } else { 0 });
        }
    }
    match found.get(EventPart::Duplicate).map(|cell: &Scalar<'_>| cell.text(&mut room)).filter(|id| !is_nobody(id)) {
        // An id of another event is another event: refunds carry the id of their purchase.
        Some(id) => (hash(&["id", name, id]), HAS_ID),
        None => (twin(), 0),
    }
}
