//! Have segments that are followed live moved away from what they were, and which columns with them?
//!
//! In: the encoded rows and segments of all customers, then and now. Out: per column the stability index with its noise, per segment its share with the limits that chance has (99.9 %), and how many
//! fit no segment. The same customers stand on both sides, so that the limits, which take the sides for strangers, are on the safe side. O(n p).

use serde::{Deserialize, Serialize};

use super::drift::{FrozenBins, psi};
use crate::base::stats::normal_quantile;

/// Chance that a share is beyond its limits though nothing has changed.
const SHARE_ERROR: f64 = 0.001;
/// Columns that are told behind a flag.
const MOST_COLUMNS: usize = 3;

/// What segments were when they were last looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShiftReference {
    /// Per column of the encoded rows its bins.
    columns: Vec<(String, FrozenBins)>,
    /// Customers per segment.
    segments: Vec<usize>,
    /// Customers who fit no segment.
    beyond: usize,
}

/// How a column has moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnShift {
    /// Its name.
    pub column: String,
    /// The population stability index.
    pub psi: f64,
    /// What it exceeds in one of a hundred samples of these sizes with nothing changed.
    pub noise: f64,
    /// Whether it grows with the calendar alone, such as the days since the first purchase: that is no news, so it is never flagged.
    pub ages: bool,
    /// Whether it is both large enough to matter and larger than chance.
    pub flagged: bool,
}

/// How a share has moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareShift {
    /// The share then.
    pub then: f64,
    /// The share now.
    pub now: f64,
    /// Between which the share of now is by chance (99.9 %), with nothing changed.
    pub by_chance: [f64; 2],
    /// Whether it is outside.
    pub flagged: bool,
}

/// What has moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shifted {
    /// Customers in a segment then, and now.
    pub customers: [usize; 2],
    /// Per segment its share, by cluster.
    pub segments: Vec<ShareShift>,
    /// The share that fits no segment.
    pub beyond: ShareShift,
    /// The columns, the most moved first.
    pub columns: Vec<ColumnShift>,
}

impl ShiftReference {
    /// What is there now. `rows` are encoded rows of customers in a segment, `segments` how many are in each, `beyond` how many are farther away than their segment reaches.
    pub fn new(names: &[String], rows: &[&[f64]], segments: &[usize], beyond: usize) -> ShiftReference {
        let bins = |(at, name): (usize, &String)| (name.clone(), FrozenBins::of_numbers(&column(rows, at)));
        ShiftReference { columns: names.iter().enumerate().map(bins).collect(), segments: segments.to_vec(), beyond }
    }

    /// What has moved since; `ages` says of a column by its name whether it grows with the calendar alone.
    pub fn compared(&self, rows: &[&[f64]], segments: &[usize], beyond: usize, ages: impl Fn(&str) -> bool) -> Shifted {
        let (then, now): (usize, usize) = (self.segments.iter().sum(), segments.iter().sum());
        let shift = |(at, (name, bins)): (usize, &(String, FrozenBins))| {
            let found = psi(bins.counts(), &bins.count_numbers(&column(rows, at)))?;
            let ages = ages(name);
            Some(ColumnShift { column: name.clone(), psi: found.psi, noise: found.noise, ages, flagged: !ages && found.is_flagged() })
        };
        let mut columns: Vec<ColumnShift> = self.columns.iter().enumerate().filter_map(shift).collect();
        columns.sort_by(|a, b| b.psi.total_cmp(&a.psi));
        let shares = self.segments.iter().zip(segments).map(|(&of_then, &of_now)| share([of_then, then], [of_now, now]));
        Shifted { customers: [then, now], segments: shares.collect(), beyond: share([self.beyond, then], [beyond, now]), columns }
    }
}

impl Shifted {
    /// Whether anything is flagged.
    pub fn is_flagged(&self) -> bool {
        self.beyond.flagged || self.segments.iter().any(|share| share.flagged) || self.columns.iter().any(|column| column.flagged)
    }

    /// What has moved, in sentences; `names` are those of the segments.
    pub fn sentences(&self, names: &[String]) -> Vec<String> {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let told = |who: &str, share: &ShareShift| {
            format!(
                "{who}: {} of the customers, {} before; by chance {} to {}.",
                percent(share.now),
                percent(share.then),
                percent(share.by_chance[0]),
                percent(share.by_chance[1])
            )
        };
        let flagged = self.segments.iter().zip(names).filter(|(share, _)| share.flagged).map(|(share, name)| told(name, share));
        let mut sentences: Vec<String> = flagged.collect();
        if self.beyond.flagged {
            sentences.push(told("Farther from their segment than 99 in 100 of its customers were", &self.beyond));
        }
        let columns: Vec<String> = self
            .columns
            .iter()
            .filter(|column| column.flagged)
            .take(MOST_COLUMNS)
            .map(|column| format!("{} ({:.2})", column.column, column.psi))
            .collect();
        if !columns.is_empty() {
            sentences.push(format!("What has moved most, by the population stability index: {}.", columns.join(", ")));
        }
        if sentences.is_empty() {
            sentences.push("Nothing has moved by more than chance.".to_owned());
        }
        sentences
    }
}

fn column(rows: &[&[f64]], at: usize) -> Vec<f64> {
    rows.iter().map(|row| row[at]).collect()
}

fn share([of_then, then]: [usize; 2], [of_now, now]: [usize; 2]) -> ShareShift {
    let (n, m) = (then.max(1) as f64, now.max(1) as f64);
    let (before, after) = (of_then as f64 / n, of_now as f64 / m);
    // Half a customer keeps the limits apart where nobody was.
    let pooled = (of_then as f64 + of_now as f64 + 0.5) / (n + m + 1.0);
    let room = normal_quantile(1.0 - SHARE_ERROR / 2.0) * (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    let by_chance = [(before - room).max(0.0), (before + room).min(1.0)];
    ShareShift { then: before, now: after, by_chance, flagged: then > 0 && now > 0 && !(by_chance[0]..=by_chance[1]).contains(&after) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};

    fn world(seed: u64, factor: f64) -> (Vec<Vec<f64>>, Vec<usize>) {
        let mut random = seed::random(seed, 0);
        let mut sizes = vec![0; 2];
        let rows = (0..4_000).map(|at| {
            let segment = usize::from(at % 3 == 0);
            sizes[segment] += 1;
            let spend = random.random_range(0.0..1.0) + segment as f64 * 2.0;
            vec![spend * if segment == 1 { factor } else { 1.0 }, random.random_range(0.0..1.0)]
        });
        (rows.collect(), sizes)
    }

    fn compared(seed: u64, factor: f64) -> Shifted {
        let names = ["spend".to_owned(), "visits".to_owned()];
        let ((then, sizes), (now, later)) = (world(seed, 1.0), world(seed + 1_000, factor));
        let (then, now): (Vec<&[f64]>, Vec<&[f64]>) = (then.iter().map(Vec::as_slice).collect(), now.iter().map(Vec::as_slice).collect());
        ShiftReference::new(&names, &then, &sizes, 40).compared(&now, &later, 40, |_| false)
    }

    #[test]
    fn other_draws_of_the_same_are_not_flagged_and_doubled_spend_is_with_its_column_first() {
        let flagged = (0..100).filter(|&seed| compared(seed, 1.0).is_flagged()).count();
        assert!(flagged <= 5, "{flagged} of 100");
        for seed in 0..100 {
            let found = compared(seed, 2.0);
            assert!(found.is_flagged() && found.columns[0].column == "spend" && !found.columns[1].flagged, "{seed}");
        }
    }

    #[test]
    fn what_grows_with_the_calendar_alone_is_no_news() {
        let rows: Vec<[f64; 1]> = (0..2_000).map(|at| [f64::from(at % 97)]).collect();
        let older: Vec<[f64; 1]> = rows.iter().map(|[value]| [value + 60.0]).collect();
        let [then, now] = [&rows, &older].map(|rows| rows.iter().map(<[f64; 1]>::as_slice).collect::<Vec<_>>());
        let reference = ShiftReference::new(&["tenure_days".to_owned()], &then, &[2_000], 0);
        assert!(reference.compared(&now, &[2_000], 0, |_| false).is_flagged());
        let found = reference.compared(&now, &[2_000], 0, |name| name == "tenure_days");
        assert!(!found.is_flagged() && found.columns[0].ages && found.columns[0].psi > 1.0);
    }

    #[test]
    fn shares_by_hand_and_in_words() {
        // 300 of 1 000, then 400 of 1 000: z = 0.1 / sqrt(0.35 x 0.65 x 0.002) = 4.7, beyond 3.29.
        let shift = share([300, 1_000], [400, 1_000]);
        assert!(shift.flagged && (shift.by_chance[1] - 0.3702).abs() < 1e-3, "{shift:?}");
        assert!(!share([300, 1_000], [330, 1_000]).flagged);
        let all = ShiftReference::new(&[], &[], &[700, 300], 0).compared(&[], &[600, 400], 0, |_| false);
        let told = all.sentences(&["Calm".to_owned(), "Busy".to_owned()]);
        assert_eq!(told[1], "Busy: 40.0 % of the customers, 30.0 % before; by chance 23.0 % to 37.0 %.");
        let same = ShiftReference::new(&[], &[], &[700], 0).compared(&[], &[700], 0, |_| false);
        assert_eq!(same.sentences(&["Calm".to_owned()]), ["Nothing has moved by more than chance."]);
    }
}
