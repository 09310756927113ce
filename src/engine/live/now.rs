//! What is seen of segments that are followed: a picture of one moment, for whoever watches.
//!
//! In: everyone's places, who moved, the clock. Out: a picture at most four times a second, and seldom where it costs much: shares over time, who moved where, where the centres went, what has
//! drifted. Pictures are made on the thread that follows; whoever looks at one waits for nothing.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Matrix};
use crate::data::day::IsoDay;
use crate::evaluate::shifted::Shifted;
use crate::features::{Projection, plane};

use super::anew::Retrained;
use super::fires::LiveFire;
use super::segments::{Changed, LiveSegments};
use super::told::LiveCounts;
use super::versions::LiveVersion;

/// Between two pictures.
const LEAST: Duration = Duration::from_millis(250);
/// Making pictures, and looking for drift, takes one part of so many of the time each.
const SHARE: u32 = 20;
/// Moments of shares that are kept; beyond them every second one of the older half goes.
const MOST_BANDS: usize = 480;
/// Customers on the map.
const ON_MAP: usize = 1_500;
/// Places a centre was at.
const MOST_TRAIL: usize = 300;
/// Moves that are listed.
const MOST_MOVES: usize = 60;
/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;
/// Hours whose moves are kept: a week, and one that has begun.
const HOURS_KEPT: i64 = 24 * 7 + 1;
/// Over how long it is counted how fast events come.
const RATE_OVER: Duration = Duration::from_secs(5);

/// What following is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// It reads what was there before.
    History,
    /// It waits for what comes, or reads it.
    Following,
    /// Nothing is read until somebody says go on.
    Paused,
    /// It looks for better segments, and reads nothing meanwhile.
    Searching,
    /// The recording was played to its end.
    AtEnd,
}

/// Sizes at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveBand {
    /// The newest moment of all events, in milliseconds since 1970; the number of the batch where rows have no day.
    pub at: i64,
    /// Customers by cluster.
    pub sizes: Vec<usize>,
}

/// A segment as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveSegment {
    /// Its number, from 0.
    pub number: usize,
    /// Its name; empty where it has none any more.
    pub name: String,
    /// Customers in it.
    pub size: usize,
}

/// A customer who went to another segment.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveMove {
    /// Who.
    pub customer: String,
    /// From which cluster, and to which; none is no segment.
    pub from: Option<usize>,
    /// See `from`.
    pub to: Option<usize>,
    /// The newest moment of all events then.
    pub at: Option<i64>,
}

/// Some customers and the centres on a plane that stays what it was when following began.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LiveMap {
    /// Customers, each with their cluster.
    pub customers: Vec<([f64; 2], Option<usize>)>,
    /// Where each centre has been, the place of now last; by cluster.
    pub trails: Vec<Vec<[f64; 2]>>,
}

/// What has drifted since following began, or since other segments were taken.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveDrift {
    /// The measures.
    pub shifted: Shifted,
    /// What has moved by more than chance, in sentences.
    pub sentences: Vec<String>,
    /// The newest moment when it was first seen; none where nothing is flagged.
    pub since: Option<i64>,
}

/// A picture of one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveNow {
    /// What the source is called.
    pub title: String,
    /// The folder that is followed into.
    pub folder: PathBuf,
    /// What following is doing.
    pub state: LiveState,
    /// The segments, by cluster.
    pub segments: Vec<LiveSegment>,
    /// Customers in no segment.
    pub nowhere: usize,
    /// Counts since the beginning.
    pub counts: LiveCounts,
    /// The day everything is counted back from.
    pub snapshot: Option<IsoDay>,
    /// The newest moment of all events, in milliseconds since 1970.
    pub latest: Option<i64>,
    /// The newest moment when following began.
    pub began: Option<i64>,
    /// Events a second that were counted lately.
    pub rate: f64,
    /// Bytes that are there and not read yet; of a recording those not played yet.
    pub unread: u64,
    /// So many times the speed of the recording; none where none is played.
    pub speed: Option<f64>,
    /// Shares over time.
    pub bands: Vec<LiveBand>,
    /// Who moved where in the last hour, day and week of events: customers by cluster they left and cluster they went to.
    pub moves: [Vec<Vec<usize>>; 3],
    /// Who moved last, newest first.
    pub movers: Vec<LiveMove>,
    /// Customers and centres.
    pub map: LiveMap,
    /// What has drifted; none before following began.
    pub drift: Option<LiveDrift>,
    /// Segments that were found anew and wait for somebody to take them, or why they do not.
    pub retrained: Option<Retrained>,
    /// The history of the segments, and the place of the version in force.
    pub versions: Vec<LiveVersion>,
    /// See `versions`.
    pub in_force: usize,
    /// Rules with how often they fired, and the last fires; none where there are no rules.
    pub fires: Option<LiveFires>,
    /// What is to be known, in sentences.
    pub notes: Vec<String>,
}

/// Rules that fire.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveFires {
    /// Every rule with how often it fired since following began.
    pub counts: Vec<(String, usize)>,
    /// The last fires, newest first.
    pub recent: Vec<LiveFire>,
    /// Why they cannot be told, if so.
    pub notes: Vec<String>,
}

impl LiveNow {
    /// How many customers are in a segment.
    pub fn n_placed(&self) -> usize {
        self.segments.iter().map(|segment| segment.size).sum()
    }
}

/// What of it is kept with the state, so that whoever opens it again sees what there was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SeenBefore {
    bands: Vec<LiveBand>,
    /// Moves: the hour, from, to, how many.
    moves: Vec<(i64, usize, usize, usize)>,
    /// Since when something has drifted.
    since: Option<i64>,
}

/// What is remembered from picture to picture.
pub(super) struct Watched {
    bands: Vec<LiveBand>,
    since: Option<i64>,
    /// Moves by hour of events: from, to, how many.
    hours: BTreeMap<i64, BTreeMap<(usize, usize), usize>>,
    movers: VecDeque<LiveMove>,
    plane: Option<Projection>,
    on_map: Vec<String>,
    trails: Vec<Vec<[f64; 2]>>,
    rates: VecDeque<(Instant, u64)>,
    drift: Option<LiveDrift>,
    drift_looked: Option<(Instant, Duration)>,
    shown: Option<(Instant, Duration)>,
}

impl Watched {
    pub(super) fn new(before: SeenBefore) -> Watched {
        let mut hours: BTreeMap<i64, BTreeMap<(usize, usize), usize>> = BTreeMap::new();
        before.moves.into_iter().for_each(|(hour, from, to, n)| *hours.entry(hour).or_default().entry((from, to)).or_default() += n);
        Watched {
            bands: before.bands,
            since: before.since,
            hours,
            movers: VecDeque::new(),
            plane: None,
            on_map: Vec::new(),
            trails: Vec::new(),
            rates: VecDeque::new(),
            drift: None,
            drift_looked: None,
            shown: None,
        }
    }

    pub(super) fn bands(&self) -> &[LiveBand] {
        &self.bands
    }

    /// What is kept with the state.
    pub(super) fn to_keep(&self) -> SeenBefore {
        let moves = self.hours.iter().flat_map(|(hour, moves)| moves.iter().map(|((from, to), n)| (*hour, *from, *to, *n)));
        SeenBefore { bands: self.bands.clone(), moves: moves.collect(), since: self.since }
    }

    /// Other segments were taken: nothing has drifted since.
    pub(super) fn begin_anew(&mut self, segments: &LiveSegments, ctx: &Ctx) {
        self.since = None;
        self.begin(segments, ctx);
    }

    /// Whether the next picture may be made.
    pub(super) fn is_due(&self) -> bool {
        self.shown.is_none_or(|(at, cost)| at.elapsed() >= LEAST.max(cost * SHARE))
    }

    /// That a picture was made, and what it cost.
    pub(super) fn was_shown(&mut self, cost: Duration) {
        self.shown = Some((Instant::now(), cost));
    }

    /// Following begins or goes on: the plane is that of the customers of now.
    pub(super) fn begin(&mut self, segments: &LiveSegments, ctx: &Ctx) {
        self.on_map = segments.every(segments.n_customers().div_ceil(ON_MAP));
        let rows: Vec<&[f64]> = self.on_map.iter().filter_map(|name| segments.row_of(name)).map(|(row, _)| row).collect();
        let x = Matrix::from_rows(&rows).ok();
        self.plane = x.and_then(|x| plane(&x, ctx).ok().flatten());
        self.trails.clear();
        self.drift = None;
        self.drift_looked = None;
    }

    /// Customers who moved with a batch.
    pub(super) fn note(&mut self, changed: &[Changed], latest: Option<i64>) {
        let hour = latest.unwrap_or_default().div_euclid(HOUR);
        for of in changed.iter().filter(|of| of.was != of.now && of.was.is_some()) {
            if let (Some(from), Some(to)) = (of.was, of.now) {
                *self.hours.entry(hour).or_default().entry((from, to)).or_default() += 1;
            }
            self.movers.push_front(LiveMove { customer: of.customer.clone(), from: of.was, to: of.now, at: latest });
        }
        self.movers.truncate(MOST_MOVES);
        self.hours.retain(|at, _| *at > hour - HOURS_KEPT);
    }

    /// Sizes of this moment, and where the centres are.
    pub(super) fn note_sizes(&mut self, at: i64, sizes: &[usize], centres: Option<&Matrix>) {
        match self.bands.last_mut() {
            Some(last) if last.at == at => last.sizes = sizes.to_vec(),
            _ => self.bands.push(LiveBand { at, sizes: sizes.to_vec() }),
        }
        if self.bands.len() > MOST_BANDS {
            let half = self.bands.len() / 2;
            let mut nth = 0;
            self.bands.retain(|_| {
                nth += 1;
                nth > half || nth % 2 == 1
            });
        }
        let (Some(centres), Some(plane)) = (centres, &self.plane) else { return };
        self.trails.resize(centres.n_rows(), Vec::new());
        for (cluster, trail) in self.trails.iter_mut().enumerate() {
            let at = plane.place(centres.row(cluster));
            if trail.last() != Some(&at) {
                trail.push(at);
            }
            if trail.len() > MOST_TRAIL {
                let mut nth = 0;
                trail.retain(|_| {
                    nth += 1;
                    nth > MOST_TRAIL / 2 || nth % 2 == 1
                });
            }
        }
    }

    /// How many events a second were counted lately.
    pub(super) fn rate(&mut self, counted: u64) -> f64 {
        let now = Instant::now();
        self.rates.push_back((now, counted));
        while self.rates.len() > 2 && now - self.rates[1].0 >= RATE_OVER {
            self.rates.pop_front();
        }
        let (since, before) = self.rates[0];
        let seconds = (now - since).as_secs_f64();
        if seconds > 0.0 { (counted - before) as f64 / seconds } else { 0.0 }
    }

    /// Moves between `k` clusters in the last hour, day and week before the hour of `latest` ends.
    pub(super) fn moves(&self, k: usize, latest: Option<i64>) -> [Vec<Vec<usize>>; 3] {
        let hour = latest.unwrap_or_default().div_euclid(HOUR);
        [1, 24, 24 * 7].map(|hours| {
            let mut counts = vec![vec![0; k]; k];
            for moves in self.hours.range(hour - hours + 1..).map(|(_, moves)| moves) {
                moves.iter().filter(|((from, to), _)| *from < k && *to < k).for_each(|(&(from, to), n)| counts[from][to] += n);
            }
            counts
        })
    }

    pub(super) fn movers(&self) -> Vec<LiveMove> {
        self.movers.iter().cloned().collect()
    }

    pub(super) fn map(&self, segments: &LiveSegments) -> LiveMap {
        let Some(plane) = &self.plane else { return LiveMap::default() };
        let of = |(row, cluster): (&[f64], Option<usize>)| (plane.place(row), cluster);
        LiveMap { customers: self.on_map.iter().filter_map(|name| segments.row_of(name).map(of)).collect(), trails: self.trails.clone() }
    }

    /// What has drifted, looked at anew where that is not too much to ask.
    pub(super) fn drift(&mut self, latest: Option<i64>, names: &[String], look: impl FnOnce() -> Option<Shifted>) -> Option<LiveDrift> {
        if self.drift_looked.is_none_or(|(at, cost)| at.elapsed() >= cost * SHARE) {
            let started = Instant::now();
            if let Some(shifted) = look() {
                self.since = if shifted.is_flagged() { self.since.or(latest) } else { None };
                self.drift = Some(LiveDrift { sentences: shifted.sentences(names), since: self.since, shifted });
            }
            self.drift_looked = Some((Instant::now(), started.elapsed()));
        }
        self.drift.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(customer: &str, was: usize, now: usize) -> Changed {
        Changed { customer: customer.into(), was: Some(was), now: Some(now), distance: 0.0 }
    }

    #[test]
    fn moves_are_counted_over_an_hour_a_day_and_a_week() {
        let mut watched = Watched::new(SeenBefore::default());
        watched.note(&[moved("a", 0, 1), moved("b", 0, 0)], Some(10 * HOUR));
        watched.note(&[moved("c", 1, 0)], Some(30 * HOUR));
        watched.note(&[moved("d", 1, 0), Changed { was: None, ..moved("new", 0, 1) }], Some(50 * HOUR + 5));
        let [hour, day, week] = watched.moves(2, Some(50 * HOUR + 99));
        assert_eq!((hour, day, week), (vec![vec![0, 0], vec![1, 0]], vec![vec![0, 0], vec![2, 0]], vec![vec![0, 1], vec![2, 0]]));
        assert_eq!(watched.movers().iter().map(|of| of.customer.as_str()).collect::<String>(), "dca");
        let text = serde_json::to_string(&watched.to_keep()).unwrap();
        let again = Watched::new(serde_json::from_str(&text).unwrap());
        assert_eq!(again.moves(2, Some(50 * HOUR)), watched.moves(2, Some(50 * HOUR)));
        watched.note(&[], Some(1_000 * HOUR));
        assert!(watched.hours.is_empty());
    }

    #[test]
    fn shares_stay_few_and_the_last_moment_is_always_there() {
        let mut watched = Watched::new(SeenBefore::default());
        for at in 0..5_000 {
            watched.note_sizes(at, &[at as usize], None);
            watched.note_sizes(at, &[at as usize + 1], None);
        }
        let bands = watched.bands();
        assert!(bands.len() <= MOST_BANDS && bands.windows(2).all(|pair| pair[0].at < pair[1].at));
        assert_eq!((bands[0].at, bands.last().unwrap().clone()), (0, LiveBand { at: 4_999, sizes: vec![5_000] }));
    }
}
