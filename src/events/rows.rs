//! What do all rows say, whatever files they came from?
//!
//! In: the rows of pieces, in the order of the files. Out: one set of columns with common dictionaries, without bots. O(rows + distinct texts of every piece).

use super::batch::{Batch, Columns, Counts, IS_BY_ADDRESS};
use super::circumstances::Circumstances;
use super::dictionary::TextNumbers;
use super::error::EventsError;
use super::table::NONE;

/// All rows so far.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub persons: TextNumbers,
    pub devices: TextNumbers,
    pub names: TextNumbers,
    pub pages: TextNumbers,
    pub circumstances: Circumstances,
    pub columns: Columns,
    /// Where the rows of each source begin.
    pub sources: Vec<usize>,
    pub counts: Counts,
    pub bots: usize,
    pub assets: usize,
    pub failed: usize,
    /// Rows whose place is looked up by their address.
    pub by_address: usize,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.columns.time.len()
    }

    /// From here on rows are of another source.
    pub fn begin_source(&mut self) {
        self.sources.push(self.len());
    }

    /// Adds the rows of a piece behind all others.
    ///
    /// Fails where there are more than can be numbered.
    pub fn append(&mut self, batch: &Batch) -> Result<(), EventsError> {
        if self.len() + batch.columns.time.len() >= NONE as usize {
            return Err(EventsError::TooMany);
        }
        let persons = self.persons.absorb(&batch.persons);
        let devices = self.devices.absorb(&batch.devices);
        let names = self.names.absorb(&batch.names);
        let pages = self.pages.absorb(&batch.pages);
        let circumstances: Vec<u32> = batch.circumstances.texts().map(|key| self.circumstances.number(key)).collect();
        let (from, to) = (&batch.columns, &mut self.columns);
        let first = to.time.len();
        let is_kept: Vec<bool> = from.circumstance.iter().map(|&at| circumstances[at as usize] != NONE).collect();
        let of = |numbers: &[u32], at: u32| if at == NONE { NONE } else { numbers[at as usize] };
        let keep = |from: &[u32], numbers: &[u32], to: &mut Vec<u32>| {
            to.extend(from.iter().zip(&is_kept).filter(|(_, is_kept)| **is_kept).map(|(&at, _)| of(numbers, at)));
        };
        keep(&from.person, &persons, &mut to.person);
        keep(&from.device, &devices, &mut to.device);
        keep(&from.name, &names, &mut to.name);
        keep(&from.page, &pages, &mut to.page);
        keep(&from.circumstance, &circumstances, &mut to.circumstance);
        kept(&from.time, &is_kept, &mut to.time);
        kept(&from.session, &is_kept, &mut to.session);
        kept(&from.value, &is_kept, &mut to.value);
        kept(&from.twin, &is_kept, &mut to.twin);
        kept(&from.flags, &is_kept, &mut to.flags);
        if !from.in_ms.is_empty() || !to.in_ms.is_empty() {
            to.in_ms.resize(first, 0);
            kept(&from.in_ms, &is_kept, &mut to.in_ms);
            to.in_ms.resize(to.time.len(), 0);
        }
        for (&(assets, failed), &circumstance) in batch.refused.iter().zip(&circumstances) {
            if circumstance == NONE {
                self.bots += assets + failed;
            } else {
                self.assets += assets;
                self.failed += failed;
            }
        }
        self.bots += is_kept.iter().filter(|is_kept| !**is_kept).count();
        let kept_flags = from.flags.iter().zip(&is_kept).filter(|(_, is_kept)| **is_kept);
        self.by_address += kept_flags.filter(|(flags, _)| **flags & IS_BY_ADDRESS != 0).count();
        let counts = &batch.counts;
        self.counts.first_unreadable = self.counts.first_unreadable.or(counts.first_unreadable.map(|at| self.counts.rows + at));
        self.counts.rows += counts.rows;
        self.counts.without_time += counts.without_time;
        self.counts.without_event += counts.without_event;
        self.counts.unreadable += counts.unreadable;
        self.counts.in_future += counts.in_future;
        self.counts.unzoned += counts.unzoned;
        Ok(())
    }
}

fn kept<T: Copy>(from: &[T], is_kept: &[bool], to: &mut Vec<T>) {
    to.extend(from.iter().zip(is_kept).filter(|(_, is_kept)| **is_kept).map(|(value, _)| *value));
}
