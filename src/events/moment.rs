//! When was the event of a row, and what did the clocks around it show?
//!
//! In: the cells of a row, the format, the zone the user chose. Out: milliseconds of UTC, and local time minus UTC where something says it. The order of what is
//! believed: an offset in the event itself, the visitor's time zone in the export, the zone of the address, the file's zone. A web server writes its own
//! offset, which is the file's. O(1).

use rustc_hash::FxHashMap;

use super::parts::{EventPart, Found, Scalar};
use super::shapes::{EventShape, OpenZone};
use super::table::Time;
use super::times::{self, ReadMoment, Zone};

/// Zones that are remembered by name, since a hostile file may have a new one in every row.
const MOST_ZONES: usize = 1_000;

/// When a row was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowMoment {
    pub ms: Time,
    /// Offset the time itself has.
    own: Option<i16>,
    /// Whether its clock is not known, and was taken for the user's choice or UTC.
    pub is_unzoned: bool,
}

/// Reads the times of one format.
pub(super) struct Clock<'m> {
    shape: &'m EventShape,
    zone: Option<Zone>,
    zones: FxHashMap<String, Option<Zone>>,
}

impl<'m> Clock<'m> {
    pub fn new(shape: &'m EventShape, zone: Option<Zone>) -> Clock<'m> {
        Clock { shape, zone, zones: FxHashMap::default() }
    }

    /// When a row was; nothing where it has no time of events.
    pub fn moment(&self, found: &Found<'_>) -> Option<RowMoment> {
        let zoned = |ms: Time| ReadMoment { ms, is_zoned: true, offset: None, is_epoch: false };
        let epoch = |ms: Time| ReadMoment { is_epoch: true, ..zoned(ms) };
        let said = match found.get(EventPart::Time)? {
            Scalar::Time(ms) => zoned(*ms),
            Scalar::Local(ms) => ReadMoment { is_zoned: false, ..zoned(*ms) },
            Scalar::Whole(number) => match times::of_whole(*number, self.shape.unit) {
                Some(ms) => epoch(ms),
                // 20240131 in a column of numbers.
                None => times::of_text(&number.to_string(), None)?,
            },
            Scalar::Number(number) => epoch(times::of_epoch(*number, self.shape.unit)?),
            Scalar::Text(text) => match found.get(EventPart::Date) {
                // Logs in W3C's form have day and time apart, by UTC.
                Some(Scalar::Text(day)) => zoned(times::of_text(day, None)?.ms + times::of_day(text)?),
                _ => times::of_text(text, self.shape.unit)?,
            },
        };
        let is_unzoned = match self.shape.open_zone {
            Some(OpenZone::Epochs) => said.is_epoch,
            Some(OpenZone::Texts) => !said.is_zoned,
            None => false,
        };
        let ms = match self.zone {
            Some(zone) if is_unzoned => zone.utc(said.ms)?,
            _ => said.ms,
        };
        times::is_plausible(ms).then_some(RowMoment { ms, own: said.offset, is_unzoned })
    }

    /// Local time minus UTC in minutes, where something says it.
    pub fn offset(&mut self, found: &Found<'_>, moment: &RowMoment, of_place: Option<Zone>) -> Option<i16> {
        let own = moment.own.filter(|_| !self.shape.is_log);
        let of_event = || found.get(EventPart::OffsetSeconds).and_then(Scalar::number).filter(|seconds| seconds.abs() <= 18.0 * 3600.0);
        own.or_else(|| of_event().map(|seconds| (seconds / 60.0) as i16))
            .or_else(|| self.named(found)?.offset_minutes(moment.ms))
            .or_else(|| of_place?.offset_minutes(moment.ms))
            .or(moment.own)
            .or_else(|| self.zone.filter(|_| moment.is_unzoned)?.offset_minutes(moment.ms))
    }

    fn named(&mut self, found: &Found<'_>) -> Option<Zone> {
        let Some(Scalar::Text(name)) = found.get(EventPart::Zone) else { return None };
        if let Some(known) = self.zones.get(&**name) {
            return *known;
        }
        let zone = Zone::named(name);
        if self.zones.len() < MOST_ZONES {
            self.zones.insert(name.to_string(), zone);
        }
        zone
    }
}
