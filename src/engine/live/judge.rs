//! Which of the rows that came can be counted, and why not the others?
//!
//! A row must name its customer, have a day that is no day to come, and cells that are what their columns hold. Where ids are looked at, a row is counted once: its id is remembered until the
//! newest row is `lateness` ahead, and what comes later than that is set aside, whether or not its id would still be known.

use std::collections::HashMap;

use super::told::LiveCounts;
use crate::customers::{LiveEvent, LiveTable};
use crate::data::CutRow;
use crate::data::write::csv_line;

/// Ids beyond these many make it worth while to forget some.
const MANY_IDS: usize = 100_000;

/// What is remembered of rows that were counted.
pub(super) struct Judge {
    lateness: i64,
    /// The place of the id among the columns, where ids are looked at.
    id: Option<usize>,
    /// Ids with their moments, as long as they can be repeated.
    ids: HashMap<String, i64>,
    latest: Option<i64>,
}

impl Judge {
    /// Remembers nothing yet but the newest moment.
    pub(super) fn new(lateness: i64, id: Option<usize>, latest: Option<i64>) -> Judge {
        Judge { lateness, id, ids: HashMap::new(), latest }
    }

    /// The newest moment of all rows that were counted.
    pub(super) fn latest(&self) -> Option<i64> {
        self.latest
    }

    /// Remembers the id of a row that was counted before.
    pub(super) fn remember(&mut self, event: &LiveEvent) {
        if let Some(at) = self.id {
            self.ids.insert(event.cells[at].trim().to_owned(), event.time.unwrap_or(i64::MAX));
        }
    }

    /// What can be counted; the rest with why, as lines of aside.csv. From `ahead` on it is a day to come.
    pub(super) fn judged(&mut self, table: &LiveTable, rows: Vec<CutRow>, ahead: i64, counts: &mut LiveCounts) -> (Vec<LiveEvent>, String) {
        let mut events = Vec::with_capacity(rows.len());
        let mut aside = String::new();
        counts.rows += rows.len() as u64;
        for CutRow { cells, line, .. } in rows {
            let event = cells.and_then(|cells| table.event(cells).map_err(|(_, why)| why));
            match event.map_err(Refusal::Unfit).and_then(|event| self.refusal(&event, ahead).map_or(Ok(event), Err)) {
                Ok(event) => {
                    self.remember(&event);
                    self.latest = self.latest.max(event.time);
                    counts.counted += 1;
                    events.push(event);
                }
                Err(Refusal::Repeated) => counts.repeated += 1,
                Err(Refusal::Late) => {
                    counts.late += 1;
                    aside.push_str(&csv_line(["it came too late to know whether it had come before", &line]));
                }
                Err(Refusal::Unfit(why)) => {
                    counts.unfit += 1;
                    aside.push_str(&csv_line([&why, &line].map(String::as_str)));
                }
            }
        }
        if self.ids.len() > MANY_IDS
            && let Some(horizon) = self.horizon()
        {
            self.ids.retain(|_, time| *time >= horizon);
        }
        (events, aside)
    }

    fn horizon(&self) -> Option<i64> {
        self.latest.map(|latest| latest - self.lateness)
    }

    /// Why a row is not counted; nothing where it is.
    fn refusal(&self, event: &LiveEvent, ahead: i64) -> Option<Refusal> {
        if event.time.is_some_and(|time| time >= ahead) {
            return Some(Refusal::Unfit("it is dated in the future".to_owned()));
        }
        let name = event.cells[self.id?].trim();
        if name.is_empty() {
            return Some(Refusal::Unfit("it has no id".to_owned()));
        }
        // Before it is asked whether the id is known: which ids behind the horizon still are hangs on when the program was started.
        if event.time.zip(self.horizon()).is_some_and(|(time, horizon)| time < horizon) {
            return Some(Refusal::Late);
        }
        self.ids.contains_key(name).then_some(Refusal::Repeated)
    }
}

/// Why a row is not counted.
enum Refusal {
    Repeated,
    Late,
    Unfit(String),
}
