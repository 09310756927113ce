//! At which hours and on which days are customers there, and is a persona there at others?
//!
//! In: the event table, which events count, the parts of the day. Out: for each of the 168 hours of the local week the share of events, every customer
//! counting once however many events it has, so that no single one paints the map; a persona's index against everyone, with Benjamini and Hochberg's
//! correction over the hours; the same for parts of the day; and days of the week by active days. O(events + customers × 168).

use serde::{Deserialize, Serialize};

use super::gate::{FEWEST_COMPARED, LEAST_H, bonferroni_z, two_sided_p};
use super::walk::walk;
use super::which::{Which, WhichMatcher, hour_of_week};
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::evaluate::effects::cohen_h;
use crate::evaluate::many_tests::benjamini_hochberg;
use crate::events::table::Events;

/// Hours of a week.
pub const HOURS: usize = 168;
/// Fewer expected customers than this in a cell say nothing.
const LEAST_EXPECTED: f64 = 5.0;
/// False share among the cells that are coloured.
const FALSE_SHARE: f64 = 0.05;

/// The parts of a day, by the hour at which each begins, ascending; before the first it is still the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayParts {
    /// Name and first hour, 0 to 23.
    pub parts: Vec<(String, u8)>,
}

impl Default for DayParts {
    fn default() -> DayParts {
        let parts = [("night", 0), ("morning", 6), ("afternoon", 12), ("evening", 18)];
        DayParts { parts: parts.map(|(name, hour)| (name.to_owned(), hour)).to_vec() }
    }
}

impl DayParts {
    /// The part of an hour of the day.
    pub fn of(&self, hour: usize) -> usize {
        let begun = self.parts.iter().filter(|(_, from)| usize::from(*from) <= hour).count();
        begun.checked_sub(1).unwrap_or(self.parts.len().saturating_sub(1))
    }
}

/// A persona's share of one thing against everyone's, as the mean of its customers' own shares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ShareDifference {
    /// Mean share of the persona's customers.
    pub share: f64,
    /// Mean share of everyone.
    pub everyone: f64,
    /// 100 times the one by the other; none where nobody is there.
    pub index: Option<f64>,
    /// The v.test of the mean: a normal deviate.
    pub v: f64,
    /// Cohen's h against the rest.
    pub h: f64,
    /// Whether it may be coloured: enough expected, and more than chance after correction.
    pub is_gated: bool,
    /// Whether it may be told in words: coloured, at least 31 customers on both sides, and |h| at least 0.2.
    pub is_told: bool,
}

/// When everyone is there, and each persona.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Customers with events that count.
    pub customers: usize,
    /// Customers of each persona among them.
    pub of_persona: Vec<usize>,
    /// Events that count.
    pub events: usize,
    /// Events of which the local time is not known and that are counted in UTC.
    pub without_offset: usize,
    /// Everyone's share of each hour from Monday 0:00; 1 in all.
    pub hours: Vec<f64>,
    /// By persona and hour.
    pub persona_hours: Vec<Vec<ShareDifference>>,
    /// The parts of the day.
    pub day_parts: DayParts,
    /// Everyone's share of each part.
    pub parts: Vec<f64>,
    /// By persona and part; corrected for parts × personas.
    pub persona_parts: Vec<Vec<ShareDifference>>,
    /// Everyone's share of active days by day of the week, from Monday.
    pub weekdays: [f64; 7],
    /// By persona and day: share of all its active days and index; whether it is more than chance by the customers' own shares, corrected for days × personas.
    pub persona_weekdays: Vec<Vec<ShareDifference>>,
}

impl Rhythm {
    /// Whether events have a time of day. Where all stand at midnight they are days, of which nobody knows the hour.
    pub fn has_hours(&self) -> bool {
        self.hours.iter().enumerate().any(|(hour, share)| hour % 24 != 0 && *share > 0.0)
    }
}

/// Sums and sums of squares of customers' shares.
#[derive(Debug, Clone)]
struct Sums {
    customers: f64,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn new(n: usize) -> Sums {
        Sums { customers: 0.0, sum: vec![0.0; n], squares: vec![0.0; n] }
    }

    fn add(&mut self, at: usize, share: f64) {
        self.sum[at] += share;
        self.squares[at] += share * share;
    }

    fn join(&mut self, other: &Sums) {
        self.customers += other.customers;
        self.sum.iter_mut().zip(&other.sum).for_each(|(all, one)| *all += one);
        self.squares.iter_mut().zip(&other.squares).for_each(|(all, one)| *all += one);
    }

    fn mean(&self, at: usize) -> f64 {
        if self.customers > 0.0 { self.sum[at] / self.customers } else { 0.0 }
    }
}

/// One group: shares of hours, then of parts, then of weekdays; and active days by weekday.
#[derive(Debug, Clone)]
struct Group {
    sums: Sums,
    days: [usize; 7],
}

/// Walks all events once. Fails where no event counts.
pub fn rhythm(events: &Events, which: &Which, day_parts: &DayParts, personas: PersonaOf, ctx: &Ctx) -> Result<Rhythm, JourneysError> {
    if events.span.is_none() {
        return Err(JourneysError::NoEvents);
    }
    let matcher = WhichMatcher::new([which], events)?;
    let n_parts = day_parts.parts.len();
    let cells = HOURS + n_parts + 7;
    let fresh = || vec![Group { sums: Sums::new(cells), days: [0; 7] }; personas.count + 1];
    let no_offset: Vec<bool> = events.context_names.iter().map(|context| context.offset_minutes.is_none()).collect();
    let parts = walk(
        events.n_customers(),
        ctx,
        || ([0u32; HOURS], Vec::new()),
        |(hours, touched): &mut ([u32; HOURS], Vec<usize>), customers| {
            let (mut groups, mut n_events, mut without_offset) = (fresh(), 0usize, 0usize);
            for customer in customers {
                let (mut days, mut day_before, mut n) = ([0usize; 7], i64::MIN, 0u32);
                for event in events.of(customer).filter(|&event| matcher.mask(event) & 1 == 1) {
                    let minute = events.local_minute(event);
                    let hour = hour_of_week(minute);
                    if hours[hour] == 0 {
                        touched.push(hour);
                    }
                    hours[hour] += 1;
                    n += 1;
                    without_offset += usize::from(no_offset.get(events.contexts[event] as usize) != Some(&false));
                    let day = minute.div_euclid(24 * 60);
                    if day != day_before {
                        day_before = day;
                        days[hour / 24] += 1;
                    }
                }
                n_events += n as usize;
                if n > 0 {
                    let group = &mut groups[personas.get(customer).unwrap_or(personas.count)];
                    group.add(hours, touched, &days, f64::from(n), day_parts);
                }
                touched.drain(..).for_each(|hour| hours[hour] = 0);
            }
            (groups, n_events, without_offset)
        },
    )?;
    let (mut groups, mut n_events, mut without_offset) = (fresh(), 0, 0);
    for (part, n, without) in &parts {
        for (group, part) in groups.iter_mut().zip(part) {
            group.sums.join(&part.sums);
            (0..7).for_each(|day| group.days[day] += part.days[day]);
        }
        n_events += n;
        without_offset += without;
    }
    if n_events == 0 {
        return Err(JourneysError::NothingChosen);
    }
    let mut all = Group { sums: Sums::new(cells), days: [0; 7] };
    for group in &groups {
        all.sums.join(&group.sums);
        (0..7).for_each(|day| all.days[day] += group.days[day]);
    }
    groups.truncate(personas.count);
    Ok(told(&groups, &all, day_parts, n_events, without_offset))
}

impl Group {
    fn add(&mut self, hours: &[u32; HOURS], touched: &[usize], days: &[usize; 7], n: f64, day_parts: &DayParts) {
        self.sums.customers += 1.0;
        let mut of_part = vec![0.0; day_parts.parts.len()];
        for &hour in touched {
            let share = f64::from(hours[hour]) / n;
            self.sums.add(hour, share);
            if let Some(part) = of_part.get_mut(day_parts.of(hour % 24)) {
                *part += share;
            }
        }
        of_part.iter().enumerate().for_each(|(part, &share)| self.sums.add(HOURS + part, share));
        let active: usize = days.iter().sum();
        for (day, &n) in days.iter().enumerate() {
            self.sums.add(HOURS + of_part.len() + day, n as f64 / active as f64);
            self.days[day] += n;
        }
    }
}

fn told(groups: &[Group], all: &Group, day_parts: &DayParts, n_events: usize, without_offset: usize) -> Rhythm {
    let n_parts = day_parts.parts.len();
    let shares = |cells: std::ops::Range<usize>| cells.map(|cell| all.sums.mean(cell)).collect::<Vec<f64>>();
    let weekday_share = |group: &Group, day: usize| group.days[day] as f64 / group.days.iter().sum::<usize>().max(1) as f64;
    let hours_of = |group: &Group| {
        let mut cells: Vec<ShareDifference> = (0..HOURS).map(|cell| difference(&group.sums, &all.sums, cell)).collect();
        // Where too little is expected nothing is tested.
        let tested: Vec<usize> = (0..HOURS).filter(|&cell| group.sums.customers * all.sums.mean(cell) >= LEAST_EXPECTED).collect();
        let q = benjamini_hochberg(&tested.iter().map(|&cell| two_sided_p(cells[cell].v)).collect::<Vec<f64>>());
        tested.iter().zip(q).for_each(|(&cell, q)| cells[cell].is_gated = q <= FALSE_SHARE);
        gate(&mut cells, &group.sums, &all.sums);
        cells
    };
    let by_bonferroni = |group: &Group, from: usize, n: usize| {
        let mut cells: Vec<ShareDifference> = (from..from + n).map(|cell| difference(&group.sums, &all.sums, cell)).collect();
        let least = bonferroni_z(n * groups.len());
        for (at, cell) in cells.iter_mut().enumerate() {
            cell.is_gated = group.sums.customers * all.sums.mean(from + at) >= LEAST_EXPECTED && cell.v.abs() >= least;
        }
        gate(&mut cells, &group.sums, &all.sums);
        cells
    };
    let weekdays_of = |group: &Group| {
        let mut cells = by_bonferroni(group, HOURS + n_parts, 7);
        for (day, cell) in cells.iter_mut().enumerate() {
            let (share, everyone) = (weekday_share(group, day), weekday_share(all, day));
            (cell.share, cell.everyone, cell.index) = (share, everyone, (everyone > 0.0).then(|| 100.0 * share / everyone));
        }
        cells
    };
    Rhythm {
        customers: all.sums.customers as usize,
        of_persona: groups.iter().map(|group| group.sums.customers as usize).collect(),
        events: n_events,
        without_offset,
        hours: shares(0..HOURS),
        persona_hours: groups.iter().map(hours_of).collect(),
        day_parts: day_parts.clone(),
        parts: shares(HOURS..HOURS + n_parts),
        persona_parts: groups.iter().map(|group| by_bonferroni(group, HOURS, n_parts)).collect(),
        weekdays: std::array::from_fn(|day| weekday_share(all, day)),
        persona_weekdays: groups.iter().map(weekdays_of).collect(),
    }
}

/// The mean share of a group against everyone's, with the v.test of a mean: the group as if drawn from all without putting back.
fn difference(group: &Sums, all: &Sums, cell: usize) -> ShareDifference {
    let (n, total) = (group.customers, all.customers);
    let (share, everyone) = (group.mean(cell), all.mean(cell));
    let variance = (all.squares[cell] / total - everyone * everyone).max(0.0);
    let error = if n > 0.0 && total > 1.0 { (variance / n * (total - n) / (total - 1.0)).sqrt() } else { 0.0 };
    let rest = if total > n { (all.sum[cell] - group.sum[cell]) / (total - n) } else { share };
    ShareDifference {
        share,
        everyone,
        index: (everyone > 0.0 && n > 0.0).then(|| 100.0 * share / everyone),
        v: if error > 0.0 { (share - everyone) / error } else { 0.0 },
        // Sums of shares may leave 0 to 1 by a rounding.
        h: cohen_h(share.clamp(0.0, 1.0), rest.clamp(0.0, 1.0)),
        is_gated: false,
        is_told: false,
    }
}

fn gate(cells: &mut [ShareDifference], group: &Sums, all: &Sums) {
    let is_enough = group.customers >= FEWEST_COMPARED as f64 && all.customers - group.customers >= FEWEST_COMPARED as f64;
    for cell in cells {
        cell.is_gated &= is_enough;
        cell.is_told = cell.is_gated && cell.h.abs() >= LEAST_H;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::events::table::{DAY, Time};
    use crate::journeys::made::{HOUR, chance, events_of, on_1_and_8_threads, world};

    #[test]
    fn every_customer_counts_once() {
        // Thursday, 1 January 1970. a: nine events at 10, one at 20; b: one at 10; both on Thursday, b an hour ahead of UTC.
        let mut rows: Vec<(&str, Time, &str)> = (0..9).map(|event| ("a", 10 * HOUR + event, "x")).collect();
        rows.extend([("a", 20 * HOUR, "x"), ("b", 9 * HOUR, "x"), ("b", 4 * DAY, "y")]);
        let mut events = events_of(&rows);
        events.context_names.push(crate::events::table::Context { offset_minutes: Some(60), ..Default::default() });
        events.contexts[10] = 1;
        let found = rhythm(
            &events,
            &Which::named("x", &events).unwrap(),
            &DayParts::default(),
            PersonaOf { of: &[None; 2], count: 0 },
            &Ctx::new(),
        )
        .unwrap();
        assert!((found.hours[3 * 24 + 10] - 0.95).abs() < 1e-12 && (found.hours[3 * 24 + 20] - 0.05).abs() < 1e-12);
        assert!((found.hours.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(found.parts.iter().map(|part| (part * 100.0).round()).collect::<Vec<_>>(), [0.0, 95.0, 0.0, 5.0]);
        assert_eq!((found.weekdays[3], found.events, found.without_offset, found.customers), (1.0, 11, 10, 2));
    }

    #[test]
    fn parts_of_the_day_have_bounds() {
        let parts = DayParts::default();
        assert_eq!([0, 5, 6, 11, 12, 17, 18, 23].map(|hour| parts.of(hour)), [0, 0, 1, 1, 2, 2, 3, 3]);
        let own = DayParts { parts: vec![("day".into(), 8), ("night".into(), 20)] };
        assert_eq!([7, 8, 19, 20].map(|hour| own.of(hour)), [1, 0, 0, 1], "before the first part it is still the last");
    }

    /// Weeks of visits; the first persona comes in the evening with this chance.
    fn people(evening: f64, seed: u64) -> (Events, Vec<Option<u16>>) {
        let mut random = seed::random(seed, 0);
        let events = world(2_400, |at| {
            let p = if at % 3 == 0 { evening } else { 0.3 };
            (0..8)
                .map(|_| {
                    (
                        random.random_range(0..60) * DAY
                            + if chance(&mut random, p) { 18 + random.random_range(0..6) } else { random.random_range(0..18) } * HOUR,
                        "x",
                    )
                })
                .collect()
        });
        (events, (0..2_400).map(|at| Some((at % 3) as u16)).collect())
    }

    #[test]
    fn a_planted_rhythm_is_told_and_nothing_else() {
        let (events, of) = people(0.55, 1);
        let run = || rhythm(&events, &Which::any(), &DayParts::default(), PersonaOf::new(&of, 3, &events).unwrap(), &Ctx::new()).unwrap();
        let (one, eight) = on_1_and_8_threads(run);
        assert!(one == eight);
        assert!(one.persona_parts[0][3].is_told && one.persona_parts[0][3].index.unwrap() > 130.0);
        let gated = |persona: usize, hour: &dyn Fn(usize) -> bool| {
            (0..HOURS).filter(|&at| hour(at) && one.persona_hours[persona][at].is_gated).count()
        };
        assert!(gated(0, &|hour| hour % 24 >= 18) > 20, "{}", gated(0, &|hour| hour % 24 >= 18));
        assert!(one.persona_weekdays.iter().flatten().all(|day| !day.is_told));
        let (events, of) = people(0.3, 2);
        let none = rhythm(&events, &Which::any(), &DayParts::default(), PersonaOf::new(&of, 3, &events).unwrap(), &Ctx::new()).unwrap();
        let n_gated = none.persona_hours.iter().flatten().filter(|cell| cell.is_gated).count();
        assert!(n_gated <= 2 && none.persona_parts.iter().flatten().all(|part| !part.is_gated), "{n_gated}");
    }
}
