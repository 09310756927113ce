//! How is a source followed? Choices as plain data.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::data::day::IsoDay;
use crate::events::table::DAY;
use crate::triggers::language::Rules;

use super::address::{Address, is_address};

/// How centres follow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LiveRule {
    /// A centre is the mean of its members as they are now.
    #[default]
    Sums,
    /// Every changed row pulls its centre, as Spark's streaming k-means does.
    Spark,
}

/// After what half of what was seen is forgotten (Spark's rule).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HalfLife {
    /// So many batches.
    Batches(f64),
    /// So many rows.
    Points(f64),
    /// So many milliseconds between the newest rows of batches, whatever clock runs here.
    Time(f64),
}

impl HalfLife {
    /// What earlier rows are still worth after a batch of `points` rows that moved the newest moment by `passed` milliseconds.
    pub(super) fn decay(self, points: usize, passed: i64) -> f64 {
        let lives = match self {
            HalfLife::Batches(half) => 1.0 / half,
            HalfLife::Points(half) => points as f64 / half,
            HalfLife::Time(half) => passed.max(0) as f64 / half,
        };
        (-lives).exp2()
    }
}

/// When segments are made anew by themselves. They are taken where they are not worse.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Retraining {
    /// After so many milliseconds of events, whatever clock runs here.
    pub every: Option<i64>,
    /// Where something has moved by more than chance, looked at once for every day of events.
    pub on_drift: bool,
}

/// How a recording is played again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveReplay {
    /// So many times the speed its events came at.
    pub speed: f64,
    /// The first day that is played; what came before is read at once. The first half of the file is, unless given.
    pub from: Option<IsoDay>,
}

/// Where rows come from.
pub enum LiveSource {
    /// A file that grows, or a folder in which files appear.
    Path(PathBuf),
    /// What is piped in, with a name for it.
    Pipe(Box<dyn Read + Send>, String),
    /// Messages from their oldest on, by the address of whoever sends them: a Kafka topic (`kafka://HOST:9092/TOPIC`) or a Kinesis stream (`kinesis://REGION/STREAM`).
    Messages(String),
}

impl LiveSource {
    /// What somebody names: a topic or a stream by its address, else a file or a folder by its path.
    pub fn named(name: &Path) -> LiveSource {
        match name.to_str().filter(|name| is_address(name)) {
            Some(address) => LiveSource::Messages(address.to_owned()),
            None => LiveSource::Path(name.to_owned()),
        }
    }

    /// What it is called: a topic, a stream and a file by their names.
    pub fn title(&self) -> String {
        match self {
            LiveSource::Path(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            LiveSource::Pipe(_, title) => title.clone(),
            LiveSource::Messages(address) => Address::of(address).map_or_else(|_| address.clone(), |of| of.name().to_owned()),
        }
    }

    /// Why an address cannot be followed, in one sentence; whether anybody is there is not asked.
    pub fn flaw(&self) -> Option<String> {
        match self {
            LiveSource::Messages(address) => Address::of(address).err(),
            _ => None,
        }
    }
}

/// Choices of following.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveOptions {
    /// How centres follow.
    pub rule: LiveRule,
    /// What is forgotten; nothing unless given.
    pub half_life: Option<HalfLife>,
    /// The day everything is counted back from; the day after the newest row unless given.
    pub snapshot: Option<IsoDay>,
    /// The column that names the customer, where rows are customers.
    pub key: Option<String>,
    /// The column that tells a row from its repetition.
    pub id: Option<String>,
    /// How far behind the newest a row may be, in milliseconds, where ids are looked at.
    pub lateness: i64,
    /// Rows of a batch, at most.
    pub batch_rows: usize,
    /// How long a batch waits for more rows.
    pub batch_wait: Duration,
    /// Whether to end when everything there is was read.
    pub until_idle: bool,
    /// The list of customers beside the rows.
    pub customers: Option<PathBuf>,
    /// When segments are made anew.
    pub retraining: Retraining,
    /// A recording that is played again in the place of a source that grows.
    pub replay: Option<LiveReplay>,
    /// Rules that fire while events come.
    pub rules: Option<Rules>,
    /// Holidays that they may ask for, as local days since 1970, ascending.
    pub holidays: Vec<i64>,
}

impl Default for LiveOptions {
    fn default() -> LiveOptions {
        LiveOptions {
            rule: LiveRule::Sums,
            half_life: None,
            snapshot: None,
            key: None,
            id: None,
            lateness: DAY,
            batch_rows: 10_000,
            batch_wait: Duration::from_secs(1),
            until_idle: false,
            customers: None,
            retraining: Retraining::default(),
            replay: None,
            rules: None,
            holidays: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_lives_halve() {
        assert_eq!(HalfLife::Batches(2.0).decay(99, 0), 0.5f64.sqrt());
        assert_eq!(HalfLife::Points(50.0).decay(100, 0), 0.25);
        assert_eq!((HalfLife::Time(7.0).decay(1, 7), HalfLife::Time(7.0).decay(1, -3)), (0.5, 1.0));
    }
}
