//! What follows what within a visit?
//!
//! In: the event table. Out: for every pair of kinds, with the start and the end of the visit, how often and for how many customers one follows the other,
//! its share of the row and of the column, median and 90 % quantile of the seconds between. O(events), and 8 bytes per event for the times.
//! [`super::transition_differences`] compares personas.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::kinds::Kinds;
use super::walk::{visits, walk};
use super::{JourneysError, VISIT_GAP};
use crate::base::stats::quantile_sorted;
use crate::base::{Ctx, Stopped};
use crate::events::table::Events;

/// A cell of the matrix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// How often.
    pub n: usize,
    /// Customers who did it at least once.
    pub customers: usize,
    /// Share of all that goes out of the row.
    pub p_out: f64,
    /// Share of all that comes into the column.
    pub p_in: f64,
    /// Median of the seconds between; none from the start and to the end.
    pub median_seconds: Option<f64>,
    /// The 90 % quantile of the seconds.
    pub p90_seconds: Option<f64>,
}

/// Where a customer went the first time from a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    pub customer: u32,
    pub cell: u32,
}

/// The matrix. States are the classes of kinds, then the start and the end of a visit.
#[derive(Debug, Clone, PartialEq)]
pub struct KindTransitions {
    /// The kinds.
    pub kinds: Kinds,
    /// Row by row, `n_states` squared.
    pub cells: Vec<Transition>,
    /// Visits that may still go on at the end of the data: their last event leads nowhere yet.
    pub open_visits: usize,
    pub(super) firsts: Vec<First>,
}

struct JourneyPart {
    n: Vec<u32>,
    customers: Vec<u32>,
    inner: Vec<(u32, f32)>,
    firsts: Vec<First>,
    open: usize,
}

struct Scratch {
    last_customer: Vec<u32>,
    first_from: Vec<u32>,
}

/// Counts all transitions. With `repeats_are_one`, kinds of one class in a row are one event.
pub fn transitions(events: &Events, kinds: &Kinds, repeats_are_one: bool, ctx: &Ctx) -> Result<KindTransitions, JourneysError> {
    let (_, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let size = kinds.len() + 2;
    let fresh = || Scratch { last_customer: vec![u32::MAX; size * size], first_from: vec![u32::MAX; size] };
    let parts = walk(events.n_customers(), ctx, fresh, |scratch, customers| {
        let mut part =
            JourneyPart { n: vec![0; size * size], customers: vec![0; size * size], inner: Vec::new(), firsts: Vec::new(), open: 0 };
        for customer in customers {
            let whole = events.of(customer);
            for visit in visits(&events.visits, whole.clone()) {
                let is_open = visit.end == whole.end && end - events.times[visit.end - 1] <= VISIT_GAP;
                part.open += usize::from(is_open);
                part.visit(events, kinds, repeats_are_one, customer as u32, visit, is_open, scratch);
            }
        }
        part
    })?;
    let mut all = JourneyPart { n: vec![0; size * size], customers: vec![0; size * size], inner: Vec::new(), firsts: Vec::new(), open: 0 };
    for part in &parts {
        all.n.iter_mut().zip(&part.n).for_each(|(all, n)| *all += n);
        all.customers.iter_mut().zip(&part.customers).for_each(|(all, n)| *all += n);
        all.firsts.extend(&part.firsts);
        all.open += part.open;
    }
    let seconds = quantiles(&parts, size * size, ctx)?;
    let sum = |cells: &mut dyn Iterator<Item = usize>| cells.map(|cell| all.n[cell] as usize).sum::<usize>().max(1) as f64;
    let out: Vec<f64> = (0..size).map(|from| sum(&mut (0..size).map(|to| from * size + to))).collect();
    let into: Vec<f64> = (0..size).map(|to| sum(&mut (0..size).map(|from| from * size + to))).collect();
    let cell = |at: usize| Transition {
        n: all.n[at] as usize,
        customers: all.customers[at] as usize,
        p_out: f64::from(all.n[at]) / out[at / size],
        p_in: f64::from(all.n[at]) / into[at % size],
        median_seconds: seconds[at].map(|[median, _]| median),
        p90_seconds: seconds[at].map(|[_, p90]| p90),
    };
    Ok(KindTransitions { kinds: kinds.clone(), cells: (0..size * size).map(cell).collect(), open_visits: all.open, firsts: all.firsts })
}

impl JourneyPart {
    #[expect(clippy::too_many_arguments, reason = "one visit with all that is known of it")]
    fn visit(
        &mut self,
        events: &Events,
        kinds: &Kinds,
        repeats_are_one: bool,
        customer: u32,
        visit: Range<usize>,
        is_open: bool,
        scratch: &mut Scratch,
    ) {
        let size = kinds.len() + 2;
        let (start, end) = (size - 2, size - 1);
        let mut from = start;
        for event in visit.clone() {
            let to = usize::from(kinds.class[events.kinds[event] as usize]);
            if from != start {
                if repeats_are_one && to == from {
                    continue;
                }
                let seconds = (events.times[event] - events.times[event - 1]) as f32 / 1000.0;
                self.inner.push(((from * size + to) as u32, seconds));
            }
            self.count(from, to, size, customer, scratch);
            from = to;
        }
        if !is_open {
            self.count(from, end, size, customer, scratch);
        }
    }

    fn count(&mut self, from: usize, to: usize, size: usize, customer: u32, scratch: &mut Scratch) {
        let cell = from * size + to;
        self.n[cell] += 1;
        if std::mem::replace(&mut scratch.last_customer[cell], customer) != customer {
            self.customers[cell] += 1;
            if std::mem::replace(&mut scratch.first_from[from], customer) != customer {
                self.firsts.push(First { customer, cell: cell as u32 });
            }
        }
    }
}

/// Median and 90 % quantile of the seconds in every cell.
fn quantiles(parts: &[JourneyPart], n_cells: usize, ctx: &Ctx) -> Result<Vec<Option<[f64; 2]>>, Stopped> {
    let mut starts = vec![0usize; n_cells + 1];
    parts.iter().flat_map(|part| &part.inner).for_each(|(cell, _)| starts[*cell as usize + 1] += 1);
    (0..n_cells).for_each(|cell| starts[cell + 1] += starts[cell]);
    let mut seconds = vec![0f32; starts[n_cells]];
    let mut next = starts.clone();
    for part in parts {
        ctx.check()?;
        for &(cell, value) in &part.inner {
            seconds[next[cell as usize]] = value;
            next[cell as usize] += 1;
        }
    }
    let mut cells: Vec<&mut [f32]> = Vec::with_capacity(n_cells);
    let mut rest = &mut seconds[..];
    for cell in 0..n_cells {
        let (of_cell, after) = rest.split_at_mut(starts[cell + 1] - starts[cell]);
        cells.push(of_cell);
        rest = after;
    }
    let two = |of_cell: &mut [f32]| {
        ctx.check()?;
        Ok((!of_cell.is_empty()).then(|| [0.5, 0.9].map(|q| quantile(of_cell, q))))
    };
    cells.into_par_iter().map(two).collect()
}

/// As for sorted values, in linear time.
fn quantile(values: &mut [f32], q: f64) -> f64 {
    let at = q * (values.len() - 1) as f64;
    let (_, &mut low, above) = values.select_nth_unstable_by(at.floor() as usize, f32::total_cmp);
    let high = above.iter().copied().reduce(f32::min).unwrap_or(low);
    quantile_sorted(&[f64::from(low), f64::from(high)], at - at.floor())
}

impl KindTransitions {
    /// Number of states: classes of kinds, start, end.
    pub fn n_states(&self) -> usize {
        self.kinds.len() + 2
    }

    /// The state before a visit's first event.
    pub fn start(&self) -> usize {
        self.kinds.len()
    }

    /// The state after its last.
    pub fn end(&self) -> usize {
        self.kinds.len() + 1
    }

    /// A cell.
    pub fn cell(&self, from: usize, to: usize) -> &Transition {
        &self.cells[from * self.n_states() + to]
    }

    /// What a state is called.
    pub fn name(&self, state: usize) -> &str {
        self.kinds.names.get(state).map_or(if state == self.start() { "start" } else { "end" }, String::as_str)
    }

    /// States in the order of flow: the start first, the end last, and a kind about one place after those it follows and one before those that follow it
    /// (the levels of S. Levine 1980, in the form of R. MacKay, S. Johnson, B. Sansom 2020), found by two hundred rounds of averaging.
    pub fn by_flow(&self) -> Vec<usize> {
        let size = self.n_states();
        let mut level = vec![0.0; size];
        for _ in 0..200 {
            for state in (0..size).filter(|&state| state != self.start()) {
                let (mut sum, mut weight) = (0.0, 0.0);
                for other in (0..size).filter(|&other| other != state) {
                    let (comes, goes) = (self.cell(other, state).n as f64, self.cell(state, other).n as f64);
                    sum += comes * (level[other] + 1.0) + goes * (level[other] - 1.0);
                    weight += comes + goes;
                }
                level[state] = if weight > 0.0 { sum / weight } else { 0.0 };
            }
        }
        let mut order: Vec<usize> = (0..self.kinds.len()).collect();
        order.sort_by(|&a, &b| level[a].total_cmp(&level[b]).then(a.cmp(&b)));
        std::iter::once(self.start()).chain(order).chain([self.end()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed;
    use crate::events::table::DAY;
    use crate::journeys::PersonaOf;
    use crate::journeys::made::{HOUR, chance, events_of, on_1_and_8_threads, world};

    fn matrix(events: &Events, repeats_are_one: bool) -> KindTransitions {
        let kinds = Kinds::of(events, 30, &Ctx::new()).unwrap();
        transitions(events, &kinds, repeats_are_one, &Ctx::new()).unwrap()
    }

    #[test]
    fn counts_by_hand() {
        let events = events_of(&[
            ("a", 0, "home"),
            ("a", 2_000, "list"),
            ("a", 3_000, "list"),
            ("a", 7_000, "buy"),
            ("a", DAY, "home"),
            ("a", DAY + 8_000, "list"),
            ("b", DAY, "home"),
            ("b", 2 * DAY, "home"),
        ]);
        let found = matrix(&events, true);
        let state = |name: &str| (0..found.n_states()).find(|&state| found.name(state) == name).unwrap();
        let cell = |from: &str, to: &str| *found.cell(state(from), state(to));
        let home_list = cell("home", "list");
        assert_eq!((home_list.n, home_list.customers, home_list.median_seconds, home_list.p90_seconds), (2, 1, Some(5.0), Some(7.4)));
        assert!((home_list.p_out - 2.0 / 3.0).abs() < 1e-12 && home_list.p_in == 1.0, "home goes to list twice and ends once");
        assert_eq!(cell("list", "list").n, 0);
        assert_eq!((cell("list", "buy").median_seconds, cell("start", "home").n, cell("home", "end").n), (Some(4.0), 4, 1));
        assert_eq!(found.open_visits, 1, "the last visit of b");
        let by_flow = found.by_flow();
        assert_eq!(by_flow.iter().map(|&state| found.name(state)).collect::<Vec<_>>(), ["start", "home", "list", "buy", "end"]);
        assert_eq!(
            matrix(&events, false).cells.iter().map(|cell| cell.n).sum::<usize>(),
            found.cells.iter().map(|cell| cell.n).sum::<usize>() + 1
        );
    }

    #[test]
    fn shares_add_up_and_a_planted_difference_is_told() {
        let mut random = seed::random(1, 0);
        let of: Vec<Option<u16>> = (0..1_500).map(|at| Some((at % 3) as u16)).collect();
        let events = world(1_500, |at| {
            let p = if at % 3 == 2 { 0.75 } else { 0.4 };
            let mut list = Vec::new();
            for visit in 0..3 {
                list.push((visit * DAY, "home"));
                list.push((visit * DAY + 1_000, if chance(&mut random, p) { "sale" } else { "list" }));
                if chance(&mut random, 0.5) {
                    list.push((visit * DAY + HOUR / 4, "buy"));
                }
            }
            list.push((9 * DAY, "home"));
            list
        });
        let (one, eight) = on_1_and_8_threads(|| matrix(&events, true));
        assert!(one == eight);
        for from in 0..one.n_states() - 1 {
            let sum: f64 = (0..one.n_states()).map(|to| one.cell(from, to).p_out).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{from}: {sum}");
        }
        let rows = one.differences(PersonaOf::new(&of, 3, &events).unwrap());
        let told: Vec<(usize, &str, &str, bool)> = rows
            .iter()
            .flat_map(|row| {
                row.cells.iter().filter(|cell| cell.is_told).map(|cell| (row.persona, one.name(row.from), one.name(cell.to), cell.h > 0.0))
            })
            .filter(|told| told.0 == 2)
            .collect();
        assert_eq!(told, [(2, "home", "sale", true), (2, "home", "list", false)]);
        assert!(rows.iter().all(|row| row.n == 500 || row.from != 0));
        let none = one.differences(PersonaOf::new(&of[..].iter().map(|_| None).collect::<Vec<_>>(), 1, &events).unwrap());
        assert!(none.is_empty(), "nobody is not compared");
    }
}
