//! From which events do paths start, and what comes next on each?
//!
//! In: the event table, an anchor, a unit. Out: a route per anchor with a cursor that reads one kind after the other, forwards or backwards. O(events) to
//! find the anchors, O(1) per step.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::walk::{visits, walk};
use super::which::{Which, WhichMatcher};
use super::{JourneyUnit, JourneysError, VISIT_GAP};
use crate::base::Ctx;
use crate::events::table::{Events, NONE};

/// Routes per chunk. Fixed: it must not hang on the machine.
const CHUNK: usize = 8192;

/// Where paths start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathAnchor {
    /// Before the first event of every visit.
    #[default]
    VisitStart,
    /// Before the first event of every customer.
    FirstEver,
    /// At these events.
    Event {
        /// Which.
        which: Which,
        /// At every one of them; else at the first in each unit.
        is_every: bool,
    },
    /// After the last event of every unit; always read backwards.
    End,
}

/// What paths are asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathAsk {
    /// Where they start.
    pub anchor: PathAnchor,
    /// Whether they are read to the end of the visit or of the history.
    pub unit: JourneyUnit,
    /// Whether events are read backwards, from what led there.
    pub is_backwards: bool,
    /// Steps after the anchor: 2 to 10.
    pub depth: usize,
    /// Kinds that are kept apart at each place; all others are one.
    pub top: usize,
    /// Whether repeats of a kind in a row are one step.
    pub repeats_are_one: bool,
}

impl Default for PathAsk {
    fn default() -> PathAsk {
        PathAsk { anchor: PathAnchor::VisitStart, unit: JourneyUnit::Visit, is_backwards: false, depth: 5, top: 8, repeats_are_one: true }
    }
}

impl PathAsk {
    pub(super) fn check(&self) -> Result<(), JourneysError> {
        if (2..=10).contains(&self.depth) { Ok(()) } else { Err(JourneysError::Depth { depth: self.depth }) }
    }

    fn reads_backwards(&self) -> bool {
        self.is_backwards || self.anchor == PathAnchor::End
    }
}

/// What stands at a place of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutePlace {
    /// The anchor.
    Anchor,
    /// An event of this kind.
    Kind(u32),
    /// An event of one of the kinds that are not kept apart.
    Other,
    /// The visit or the history is over; read backwards: it begins here.
    Left,
    /// There is more, but the depth is reached.
    GoesOn,
    /// Within 30 minutes of the end of the data (backwards: of its beginning), so that nobody knows.
    Open,
}

/// A path under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub customer: u32,
    /// Reading forwards: the event that comes next and the first one that is no longer part of it. Backwards: one past the event that comes next, and the
    /// first event that is still part of it.
    next: usize,
    bound: usize,
    /// Repeats of the anchor's own kind that follow it.
    pub repeats: u32,
}

/// What comes next on a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub place: RoutePlace,
    /// The route behind it.
    pub route: Route,
    /// Seconds from the event before; NaN at the first.
    pub seconds: f32,
}

/// All routes of a question.
pub(super) struct Reader<'a> {
    events: &'a Events,
    is_backwards: bool,
    repeats_are_one: bool,
    span: (i64, i64),
}

impl<'a> Reader<'a> {
    /// The reader and the routes at their anchors, by customer and time.
    pub(super) fn new(events: &'a Events, ask: &PathAsk, ctx: &Ctx) -> Result<(Reader<'a>, Vec<Route>), JourneysError> {
        ask.check()?;
        let span = events.span.ok_or(JourneysError::NoEvents)?;
        let reader = Reader { events, is_backwards: ask.reads_backwards(), repeats_are_one: ask.repeats_are_one, span };
        let which = match &ask.anchor {
            PathAnchor::Event { which, .. } => Some(which),
            _ => None,
        };
        let matcher = WhichMatcher::new(which, events)?;
        let parts = walk(
            events.n_customers(),
            ctx,
            || (),
            |(), customers| {
                let mut routes = Vec::new();
                for customer in customers {
                    let whole = events.of(customer);
                    if whole.is_empty() {
                        continue;
                    }
                    match (ask.unit, &ask.anchor) {
                        (_, PathAnchor::FirstEver) => {
                            let to = if ask.unit == JourneyUnit::Visit {
                                visits(&events.visits, whole.clone()).next().map_or(whole.end, |visit| visit.end)
                            } else {
                                whole.end
                            };
                            reader.anchored(customer, whole.start..to, ask, &matcher, &mut routes);
                        }
                        (JourneyUnit::Visit, _) => {
                            visits(&events.visits, whole).for_each(|visit| reader.anchored(customer, visit, ask, &matcher, &mut routes))
                        }
                        // From the start of every visit on, to the end of the history.
                        (JourneyUnit::Customer, PathAnchor::VisitStart) => {
                            visits(&events.visits, whole.clone())
                                .for_each(|visit| reader.anchored(customer, visit.start..whole.end, ask, &matcher, &mut routes));
                        }
                        (JourneyUnit::Customer, _) => reader.anchored(customer, whole, ask, &matcher, &mut routes),
                    }
                }
                routes
            },
        )?;
        Ok((reader, parts.concat()))
    }

    fn anchored(&self, customer: usize, unit: Range<usize>, ask: &PathAsk, matcher: &WhichMatcher, routes: &mut Vec<Route>) {
        let at = |next: usize| Route {
            customer: customer as u32,
            next,
            bound: if self.is_backwards { unit.start } else { unit.end },
            repeats: 0,
        };
        let PathAnchor::Event { is_every, .. } = ask.anchor else {
            // Backwards from the end; backwards from a start there is nothing, which is an answer too.
            routes.push(at(if ask.anchor == PathAnchor::End { unit.end } else { unit.start }));
            return;
        };
        for event in unit.clone().filter(|&event| matcher.mask(event) & 1 == 1) {
            let mut route = at(if self.is_backwards { event } else { event + 1 });
            if self.repeats_are_one {
                route.repeats = self.skip(&mut route, self.events.kinds[event]);
            }
            routes.push(route);
            if !is_every {
                break;
            }
        }
    }

    /// Moves past events of this kind; how many there were.
    fn skip(&self, route: &mut Route, kind: u32) -> u32 {
        let before = route.next;
        if self.is_backwards {
            while route.next > route.bound && self.events.kinds[route.next - 1] == kind {
                route.next -= 1;
            }
        } else {
            while route.next < route.bound && self.events.kinds[route.next] == kind {
                route.next += 1;
            }
        }
        route.next.abs_diff(before) as u32
    }

    /// What comes next on each route, in their order. At the last step only whether anything does.
    pub(super) fn read(&self, routes: &[Route], is_last: bool, is_first: bool, ctx: &Ctx) -> Result<Vec<Next>, JourneysError> {
        let Some(&any) = routes.first() else { return Ok(Vec::new()) };
        let mut read = vec![Next { place: RoutePlace::Open, route: any, seconds: f32::NAN }; routes.len()];
        routes.par_chunks(CHUNK).zip(read.par_chunks_mut(CHUNK)).try_for_each(|(routes, read)| {
            ctx.check()?;
            routes.iter().zip(read).for_each(|(route, read)| *read = self.next(*route, is_last, is_first));
            Ok::<(), JourneysError>(())
        })?;
        Ok(read)
    }

    fn next(&self, mut route: Route, is_last: bool, is_first: bool) -> Next {
        let end = |place| Next { place, route, seconds: f32::NAN };
        if route.next == route.bound {
            return end(self.ending(&route));
        }
        if is_last {
            return end(RoutePlace::GoesOn);
        }
        let event = if self.is_backwards { route.next - 1 } else { route.next };
        let before = if self.is_backwards { event + 1 } else { event.wrapping_sub(1) };
        let whole = self.events.of(route.customer as usize);
        let seconds = match self.events.times.get(before) {
            // Before the first event of a path that is not anchored at one, there is nothing to count from.
            Some(time) if whole.contains(&before) && !is_first => (self.events.times[event] - time).abs() as f32 / 1000.0,
            _ => f32::NAN,
        };
        let kind = self.events.kinds[event];
        route.next = if self.is_backwards { event } else { event + 1 };
        route.repeats = if self.repeats_are_one { self.skip(&mut route, kind) } else { 0 };
        debug_assert!(kind != NONE);
        Next { place: RoutePlace::Kind(kind), route, seconds }
    }

    fn ending(&self, route: &Route) -> RoutePlace {
        let whole = self.events.of(route.customer as usize);
        let is_open = if self.is_backwards {
            route.bound == whole.start && self.events.times[whole.start] - self.span.0 <= VISIT_GAP
        } else {
            route.bound == whole.end && self.span.1 - self.events.times[whole.end - 1] <= VISIT_GAP
        };
        if is_open { RoutePlace::Open } else { RoutePlace::Left }
    }
}

/// Ascending customers of routes in their order.
pub(super) fn customers_of(routes: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut customers: Vec<u32> = routes.collect();
    customers.dedup();
    customers.shrink_to_fit();
    customers
}

/// The median of these seconds; none where none is known.
pub(super) fn median_seconds(mut seconds: Vec<f32>) -> Option<f64> {
    seconds.retain(|seconds| !seconds.is_nan());
    if seconds.is_empty() {
        return None;
    }
    let middle = seconds.len() / 2;
    let (below, &mut upper, _) = seconds.select_nth_unstable_by(middle, f32::total_cmp);
    if below.len() + 1 == seconds.len() - middle {
        return Some(f64::from(upper));
    }
    let lower = seconds[..middle].iter().copied().fold(f32::MIN, f32::max);
    Some((f64::from(lower) + f64::from(upper)) / 2.0)
}
