//! How recently, how often and for how much did every customer buy, as scores from 1 to 5, and which of the usual segments does that make?
//!
//! In: the columns `recency_days`, `frequency` and `monetary` (or `average_order_value`) of the customer table, and the cut points or the wish
//! for quintiles. Out: the cut points in force, a code per customer, and counts and revenue of every code. O(n log n) for quintiles, one byte
//! per customer.
//!
//! RFM after Hughes (1994), "Strategic database marketing". A score is 1 + the number of cut points strictly below the value, and recency is
//! reversed, so that equal values always get equal scores. Scores by rank, as many tools make them, were rejected: half of the customers of a
//! shop bought once, and ranks would give them three different scores by the order of the file.
//!
//! `segments` are the usual eleven.

mod segments;

use std::sync::Arc;

use crate::base::text::count;
use crate::base::{Ctx, Key, Note, Stopped, stats};
use crate::data::sourcing::{Cuts, MonetaryIs, RfmRules};
use crate::data::{Column, Table, Texts, Values};

use super::error::CustomersError;

pub use segments::{N_CODES, RfmSegment, place_of, scores_at};

/// The columns that are added to the table, and what each of them means, in one sentence.
pub const SCORE_COLUMNS: [(&str, &str); 4] = [
    ("r_score", "How recently they bought, from 1 to 5 (most recently)."),
    ("f_score", "How often they bought, from 1 to 5 (most often)."),
    ("m_score", "For how much they bought, from 1 to 5 (for most)."),
    ("rfm_segment", "Which of the eleven usual segments the three scores make."),
];

/// Rows between two looks at the stop flag.
const ROWS_A_CHECK: usize = 65_536;
/// The code of a customer without scores.
const NONE: u8 = u8::MAX;

/// What was scored, where it was cut, and how many customers and how much revenue that makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Rfm {
    /// Days since the last purchase; the lowest values score 5.
    pub recency: ScoreScale,
    /// Purchases.
    pub frequency: ScoreScale,
    /// Money: all or an average order, as the rules say.
    pub monetary: ScoreScale,
    /// The column the monetary value was read from.
    pub monetary_column: &'static str,
    /// Customers and revenue of every code, by [`place_of`]. Always [`N_CODES`] of them.
    pub tallies: Vec<Tally>,
    /// Customers who cannot be scored, since they have not bought.
    pub n_unscored: usize,
    /// Whether the table tells what customers spent altogether; otherwise every revenue is 0 and means nothing.
    pub has_revenue: bool,
    /// What is to be told about it.
    pub notes: Vec<Note>,
    /// Names the scores: who is picked by them is found in the same ones.
    pub stamp: Key,
    /// The place of every row's code; `NONE` without scores.
    codes: Arc<[u8]>,
}

/// How one of the three is scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreScale {
    /// The four cut points in force, ascending. A value at a cut point is below it.
    pub cuts: [f64; 4],
    /// Customers with each score, 1 first.
    pub counts: [usize; 5],
    /// The least and the largest value.
    pub range: [f64; 2],
    /// Whether every value is a whole number, as days and purchases are.
    pub is_whole: bool,
}

/// Customers and what they spent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// Customers.
    pub n: usize,
    /// What they spent altogether, net.
    pub revenue: f64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.n += other.n;
        self.revenue += other.revenue;
    }
}

/// Scores everyone who bought. `stamp` names the table.
pub fn score(table: &Table, rules: &RfmRules, stamp: Key, ctx: &Ctx) -> Result<Rfm, CustomersError> {
    ctx.progress("Scoring customers", 0.0);
    let monetary_column = match rules.monetary_is {
        MonetaryIs::Total => "monetary",
        MonetaryIs::AverageOrder => "average_order_value",
    };
    let column = |name: &'static str| {
        let found = table.column(name).filter(|column| matches!(column.values, Values::Number(_)));
        found.ok_or(CustomersError::NoScores { column: name })
    };
    let columns = [column("recency_days")?, column("frequency")?, column(monetary_column)?];
    let revenue = column("monetary").ok();
    let mut scored = Vec::with_capacity(table.n_rows);
    let mut values: [Vec<f64>; 3] = Default::default();
    for row in 0..table.n_rows {
        if row.is_multiple_of(ROWS_A_CHECK) {
            ctx.check()?;
        }
        // Whoever never bought has a frequency of 0 where a column of the user's own says so.
        let [Some(recency), Some(frequency), Some(monetary)] = columns.map(|column| column.number(row)) else { continue };
        if frequency > 0.0 {
            scored.push(row);
            values[0].push(recency);
            values[1].push(frequency);
            values[2].push(monetary);
        }
    }
    if scored.is_empty() {
        return Err(CustomersError::NobodyScored { column: monetary_column });
    }
    let mut cuts = [[0.0; 4]; 3];
    let mut ranges = [[0.0; 2]; 3];
    for (at, chosen) in [&rules.recency, &rules.frequency, &rules.monetary].into_iter().enumerate() {
        ctx.check()?;
        let ascending = stats::sorted(values[at].iter().copied());
        cuts[at] = in_force(chosen, &ascending);
        ranges[at] = [ascending[0], ascending[ascending.len() - 1]];
    }
    let mut counts = [[0; 5]; 3];
    let mut tallies = vec![Tally::default(); N_CODES];
    let mut codes = vec![NONE; table.n_rows];
    for (nth, &row) in scored.iter().enumerate() {
        if nth.is_multiple_of(ROWS_A_CHECK) {
            ctx.check()?;
        }
        let mut scores = [0, 1, 2].map(|at: usize| score_of(values[at][nth], &cuts[at]));
        scores[0] = 6 - scores[0];
        for (counts, score) in counts.iter_mut().zip(scores) {
            counts[usize::from(score) - 1] += 1;
        }
        let place = place_of(scores);
        codes[row] = place as u8;
        tallies[place] += Tally { n: 1, revenue: revenue.and_then(|column| column.number(row)).unwrap_or(0.0) };
    }
    let n_unscored = table.n_rows - scored.len();
    let scale = |at: usize| ScoreScale {
        cuts: cuts[at],
        counts: counts[at],
        range: ranges[at],
        is_whole: values[at].iter().all(|value| value.fract() == 0.0),
    };
    Ok(Rfm {
        recency: scale(0),
        frequency: scale(1),
        monetary: scale(2),
        monetary_column,
        tallies,
        n_unscored,
        has_revenue: revenue.is_some(),
        notes: note_of(n_unscored).into_iter().collect(),
        stamp: Key::of("rfm", 1, rules, &[stamp]),
        codes: codes.into(),
    })
}

/// 1 + the number of cut points strictly below the value.
fn score_of(value: f64, cuts: &[f64; 4]) -> u8 {
    1 + cuts.iter().filter(|&&cut| cut < value).count() as u8
}

/// The cut points: the business's own, or the quintiles of those who bought.
fn in_force(chosen: &Cuts, ascending: &[f64]) -> [f64; 4] {
    match chosen {
        Cuts::Quintiles => [0.2, 0.4, 0.6, 0.8].map(|q| stats::quantile_sorted(ascending, q)),
        Cuts::Points(points) => {
            let mut points = *points;
            points.sort_by(f64::total_cmp);
            points
        }
    }
}

fn note_of(n_unscored: usize) -> Option<Note> {
    match n_unscored {
        0 => None,
        1 => Some(Note::new("1 customer has not bought, so there is no RFM score and no RFM segment for them.")),
        n => Some(Note::new(format!("{} customers have not bought, so they have no RFM score and no RFM segment.", count(n)))),
    }
}

impl Rfm {
    /// The scores of a row of the table: recency, frequency, monetary value; `None` for who has not bought.
    pub fn scores(&self, row: usize) -> Option<[u8; 3]> {
        self.place(row).map(scores_at)
    }

    /// The place of a row's code; see [`place_of`].
    pub fn place(&self, row: usize) -> Option<usize> {
        self.codes.get(row).filter(|&&code| code != NONE).map(|&code| usize::from(code))
    }

    /// Everyone scored.
    pub fn total(&self) -> Tally {
        self.sum(|_| true)
    }

    /// Customers and revenue of the codes at the places that are wanted.
    pub fn sum(&self, is_wanted: impl Fn(usize) -> bool) -> Tally {
        let mut sum = Tally::default();
        for (_, tally) in self.tallies.iter().enumerate().filter(|(place, _)| is_wanted(*place)) {
            sum += *tally;
        }
        sum
    }

    /// The rows whose code is in `codes`, ascending. O(n).
    pub fn rows_of(&self, codes: RfmCodes, ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
        let mut rows = Vec::new();
        for (row, &code) in self.codes.iter().enumerate() {
            if row.is_multiple_of(ROWS_A_CHECK) {
                ctx.check()?;
            }
            if code != NONE && codes.contains(usize::from(code)) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// How many of `rows` have each code. O(rows).
    pub fn count(&self, rows: impl Iterator<Item = usize>, ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
        let mut counts = vec![0; N_CODES];
        for (nth, row) in rows.enumerate() {
            if nth.is_multiple_of(ROWS_A_CHECK) {
                ctx.check()?;
            }
            if let Some(place) = self.place(row) {
                counts[place] += 1;
            }
        }
        Ok(counts)
    }

    /// The columns this adds to `table`, called as in [`SCORE_COLUMNS`] unless the table has such a column already.
    pub fn columns(&self, table: &Table) -> Vec<Column> {
        columns_of(&self.codes, table)
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.codes.len() + size_of_val(&self.tallies[..])
    }
}

impl ScoreScale {
    /// The values with a score, 1 first as they come: above the first, up to the second; `None` where there is no cut.
    pub fn band(&self, nth: usize) -> [Option<f64>; 2] {
        [nth.checked_sub(1).map(|below| self.cuts[below.min(3)]), self.cuts.get(nth).copied()]
    }
}

/// A set of codes. Comparing and naming it is cheap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RfmCodes(u128);

impl RfmCodes {
    /// The codes at these places.
    pub fn new(places: impl IntoIterator<Item = usize>) -> RfmCodes {
        RfmCodes(places.into_iter().filter(|&place| place < N_CODES).fold(0, |set, place| set | 1 << place))
    }

    /// All codes of a segment.
    pub fn of_segment(segment: RfmSegment) -> RfmCodes {
        RfmCodes::new((0..N_CODES).filter(|&place| RfmSegment::at(place) == segment))
    }

    /// All codes with these scores of recency and frequency.
    pub fn of_cell(recency: u8, frequency: u8) -> RfmCodes {
        RfmCodes::new((1..=5).map(|monetary| place_of([recency, frequency, monetary])))
    }

    /// Whether a code is among them.
    pub fn contains(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }

    /// Plain data that names them.
    pub fn halves(self) -> [u64; 2] {
        [self.0 as u64, (self.0 >> 64) as u64]
    }
}
/// The columns of scores of a table in which nobody ever bought.
pub(in crate::customers) fn columns_of_nobody(table: &Table) -> Vec<Column> {
    columns_of(&vec![NONE; table.n_rows], table)
}

fn columns_of(codes: &[u8], table: &Table) -> Vec<Column> {
    let column = |at: usize, values: Values| {
        let mut name = SCORE_COLUMNS[at].0.to_owned();
        while table.column(&name).is_some() {
            name.push_str(" (RFM)");
        }
        Column { name, values, unit: None, original: None }
    };
    let score = |at: usize| {
        let values = codes.iter().map(|&code| if code == NONE { f64::NAN } else { f64::from(scores_at(usize::from(code))[at]) });
        column(at, Values::Number(values.collect()))
    };
    let names = codes.iter().map(|&code| (code != NONE).then(|| RfmSegment::at(usize::from(code)).name()));
    vec![score(0), score(1), score(2), column(3, Values::Text(Texts::collect(names)))]
}
