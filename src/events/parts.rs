//! What can a row of an export say?
//!
//! In: cells of a row, each for a part. Out: the best cell per part. Every format names its columns differently, so readers fill these parts and everything
//! behind them knows no format. O(1) per cell.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Deserialize;

/// What a column tells about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventPart {
    /// Who, once known by name.
    Person,
    /// The device or browser; empty names nobody.
    Device,
    /// Name of the event.
    Event,
    /// Title of a page or name of a screen, used where there is no address.
    Title,
    /// Address of the page.
    Page,
    /// When.
    Time,
    /// The day, where [`EventPart::Time`] is a time of day only.
    Date,
    /// Id of the visit.
    Session,
    /// Money or another amount.
    Value,
    /// What tells that two rows are the same event.
    Duplicate,
    /// The order a purchase belongs to.
    Order,
    /// Says that an order was taken back.
    Cancelled,
    /// The browser's own description of itself.
    UserAgent,
    /// Address in the network. Never kept.
    Ip,
    /// Class of the device.
    DeviceClass,
    /// Operating system.
    System,
    /// Browser.
    Browser,
    /// Country.
    Country,
    /// Region.
    Region,
    /// City.
    City,
    /// Local time minus UTC in seconds.
    OffsetSeconds,
    /// Name of the visitor's time zone.
    Zone,
    /// First order within a millisecond.
    OrderA,
    /// Second order within a millisecond.
    OrderB,
    /// Third order within a millisecond.
    OrderC,
    /// Method of a request.
    Method,
    /// "GET /cart HTTP/1.1".
    Request,
    /// Answer of the server.
    Status,
}

/// Number of parts.
pub(super) const N_PARTS: usize = EventPart::Status as usize + 1;
const _: () = assert!(N_PARTS <= u32::BITS as usize);

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Whole(i64),
    Number(f64),
    /// A time a reader has understood already, in milliseconds of UTC.
    Time(i64),
    /// The same by a local clock.
    Local(i64),
}

impl Scalar<'_> {
    pub fn into_owned(self) -> Scalar<'static> {
        match self {
            Scalar::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Scalar::Whole(number) => Scalar::Whole(number),
            Scalar::Number(number) => Scalar::Number(number),
            Scalar::Time(time) => Scalar::Time(time),
            Scalar::Local(time) => Scalar::Local(time),
        }
    }

    /// As a number, also where the export writes numbers as texts.
    pub fn number(&self) -> Option<f64> {
        match self {
            Scalar::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            Scalar::Whole(number) | Scalar::Time(number) | Scalar::Local(number) => Some(*number as f64),
            Scalar::Number(number) => Some(*number).filter(|number| number.is_finite()),
        }
    }

    /// As text; numbers are written into `room`.
    pub fn text<'t>(&'t self, room: &'t mut String) -> &'t str {
        room.clear();
        // Writing to a string cannot fail.
        let _ = match self {
            Scalar::Text(text) => return trimmed(text),
            Scalar::Whole(number) | Scalar::Time(number) | Scalar::Local(number) => write!(room, "{number}"),
            // Readers of tables make 17 a 17.0; the id is 17.
            Scalar::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => write!(room, "{number:.0}"),
            Scalar::Number(number) => write!(room, "{number}"),
        };
        room
    }
}

/// Without blanks around. Most texts have none, and asking Unicode about every letter is the slowest part of a row.
fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(|byte| (b'!'..=b'~').contains(byte));
    if is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) { text } else { text.trim() }
}

/// The cells of one row, the best per part.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    slots: [Option<(u8, Scalar<'a>)>; N_PARTS],
    /// One bit per part that has a cell, so that rows of few cells are quickly forgotten.
    filled: u32,
    /// Rows inside this row, where an export has one per visit.
    pub inner: Vec<Found<'a>>,
}

impl<'a> Found<'a> {
    pub fn new() -> Found<'a> {
        Found { slots: [const { None }; N_PARTS], filled: 0, inner: Vec::new() }
    }

    pub fn clear(&mut self) {
        while self.filled != 0 {
            self.slots[self.filled.trailing_zeros() as usize] = None;
            self.filled &= self.filled - 1;
        }
        self.inner.clear();
    }

    /// Keeps a cell unless a better one (a smaller `place` in the list of names) is there. Empty texts say nothing.
    pub fn set(&mut self, part: EventPart, place: u8, cell: Scalar<'a>) {
        if matches!(&cell, Scalar::Text(text) if trimmed(text).is_empty()) || matches!(cell, Scalar::Number(number) if number.is_nan()) {
            return;
        }
        let slot = &mut self.slots[part as usize];
        if slot.as_ref().is_none_or(|(best, _)| place < *best) {
            *slot = Some((place, cell));
            self.filled |= 1 << part as u32;
        }
    }

    pub fn get(&self, part: EventPart) -> Option<&Scalar<'a>> {
        self.slots[part as usize].as_ref().map(|(_, cell)| cell)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Adds what another row says.
    pub fn add(&mut self, other: &Found<'a>) {
        for (at, more) in other.slots.iter().enumerate() {
            if let Some((place, cell)) = more
                && self.slots[at].as_ref().is_none_or(|(best, _)| place < best)
            {
                self.slots[at] = Some((*place, cell.clone()));
                self.filled |= 1 << at;
            }
        }
    }

    pub fn into_owned(self) -> Found<'static> {
        Found {
            slots: self.slots.map(|slot| slot.map(|(place, cell)| (place, cell.into_owned()))),
            filled: self.filled,
            inner: self.inner.into_iter().map(Found::into_owned).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_with_a_value_wins() {
        let mut row = Found::new();
        row.set(EventPart::Person, 1, Scalar::Text("later".into()));
        row.set(EventPart::Person, 0, Scalar::Text("  ".into()));
        assert_eq!(row.get(EventPart::Person), Some(&Scalar::Text("later".into())));
        row.set(EventPart::Person, 0, Scalar::Number(17.0));
        row.set(EventPart::Person, 2, Scalar::Text("last".into()));
        assert_eq!(row.get(EventPart::Person).map(|cell| cell.text(&mut String::new()).to_owned()), Some("17".to_owned()));
        let mut other = Found::new();
        other.add(&row);
        assert_eq!(other.get(EventPart::Person), Some(&Scalar::Number(17.0)));
        row.clear();
        assert!(row.is_empty() && !other.is_empty());
    }

    #[test]
    fn numbers_in_texts_are_numbers() {
        assert_eq!(Scalar::Text(" 12.5 ".into()).number(), Some(12.5));
        assert_eq!((Scalar::Text("1e999".into()).number(), Scalar::Text("a".into()).number()), (None, None));
    }
}
