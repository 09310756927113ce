//! In which columns is this customer unlike their group?
//!
//! In: an encoded matrix, the group of every row, which columns of the matrix are one column of the table, the rows asked for. Out: for each the three columns that surprise
//! most, with their share of all surprise and where the customer stands among the peers. O(n p) for what is usual, and a sort of the columns that are told.
//!
//! After the peers' norms of SPSS ("Identify unusual cases"), the formula is ours. A number surprises by the square of its distance from the group's mean in
//! standard deviations; a level by -2 ln of its share in the group, less what that is on average there. Who stands in no group is compared with the nearest (see
//! [`super::peers`]) as if they had joined it. Nothing is said where fewer than [`LEAST_PEERS`] others are in the group.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::peers::check_spans;
use super::{ColumnSpan, Peers, UnusualError};
use crate::base::stats::{median_sorted, sorted};
use crate::base::{Ctx, Matrix};

/// Peers from which on a group says what is usual.
pub const LEAST_PEERS: usize = 10;
/// UnusualReasons told.
const MOST_REASONS: usize = 3;
/// Below this share of all surprise a column is no reason.
const LEAST_SHARE: f64 = 0.05;

/// Why a customer is unusual.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusualReasons {
    /// The customer's row.
    pub row: u32,
    /// The group it was compared with: its place in [`Peers::labels`].
    pub group: u32,
    /// Whether it belongs to that group, and does not just stand nearest to it.
    pub is_member: bool,
    /// Others in the group.
    pub n_peers: usize,
    /// What surprises most, first; none where too few peers are there or nothing surprises.
    pub reasons: Vec<UnusualReason>,
}

/// One column in which a customer is unlike their group.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusualReason {
    /// The place of the column among the spans.
    pub span: usize,
    /// How much it surprises: squared standard deviations, or the same for a level.
    pub surprise: f64,
    /// Its part of the surprise of all columns, 0 to 1.
    pub share: f64,
    /// What is special about it.
    pub standing: Standing,
}

/// Where a customer stands among the peers in one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// A number.
    Number {
        /// Distance from the peers' mean in their standard deviations, below it negative.
        z: f64,
        /// The share of peers with a lower value, 0 to 1.
        below: f64,
        /// The share of peers with a higher value, 0 to 1.
        above: f64,
        /// The customer's value; in the table's units where the caller gave them, otherwise as encoded. None: missing in the table.
        value: Option<f64>,
        /// The peers' median in the same units.
        median: f64,
    },
    /// A level of a category.
    Level {
        /// The share of the peers that have the same level, 0 to 1.
        share: f64,
        /// The place of the commonest level of the peers: one of its columns in the matrix, counted from the span's first.
        commonest: usize,
        /// The place of the customer's level, counted alike.
        level: usize,
    },
}

/// The reasons for each of `rows`. `values` has for each span the column's values in the table's units, one for every row of the matrix and NaN where missing, or none where
/// only encoded values are there. Fails with `OtherShape` when spans, values, peers or rows are of another matrix.
pub fn reasons(
    x: &Matrix,
    peers: &Peers,
    spans: &[ColumnSpan],
    values: &[Option<&[f64]>],
    rows: &[u32],
    ctx: &Ctx,
) -> Result<Vec<UnusualReasons>, UnusualError> {
    check_spans(x, spans)?;
    let n = x.n_rows();
    let lengths = values.iter().flatten().map(|values| values.len()).chain([peers.of_row.len()]);
    let wrong = lengths.filter(|&len| len != n).chain(rows.iter().map(|&row| row as usize).filter(|&row| row >= n)).next();
    if let Some(found) = wrong {
        return Err(UnusualError::OtherShape { found, expected: n });
    }
    if values.len() != spans.len() {
        return Err(UnusualError::OtherShape { found: values.len(), expected: spans.len() });
    }
    ctx.progress("Looking for reasons", 0.0);
    let members = peers.rows(false);
    let mut asked: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, &row) in rows.iter().enumerate() {
        asked.entry(peers.of_row[row as usize]).or_default().push(at);
    }
    let all_sds = sds(x, &(0..n as u32).collect::<Vec<_>>());
    let of_group = |(&group, asked): (&u32, &Vec<usize>)| {
        ctx.check()?;
        let members = &members[group as usize];
        let usual = Usual::of(x, members, spans, &all_sds);
        let mut ranks = Ranks { x, members, spans, values, ascending: BTreeMap::new() };
        let of_row = |&at: &usize| {
            let row = rows[at];
            let is_member = peers.is_member[row as usize];
            let n_peers = members.len() - usize::from(is_member);
            let reasons = if n_peers < LEAST_PEERS { Vec::new() } else { usual.reasons(x.row(row as usize), is_member) };
            let told = reasons.into_iter().map(|surprise| ranks.tell(row, surprise)).collect();
            (at, UnusualReasons { row, group, is_member, n_peers, reasons: told })
        };
        Ok(asked.iter().map(of_row).collect::<Vec<_>>())
    };
    let found: Vec<Vec<(usize, UnusualReasons)>> = asked.par_iter().map(of_group).collect::<Result<_, UnusualError>>()?;
    let mut found: Vec<(usize, UnusualReasons)> = found.into_iter().flatten().collect();
    found.sort_by_key(|(at, _)| *at);
    ctx.progress("Looking for reasons", 1.0);
    Ok(found.into_iter().map(|(_, reasons)| reasons).collect())
}

/// What is usual in one group, for each span.
struct Usual<'a> {
    spans: &'a [ColumnSpan],
    n: usize,
    means: Vec<f64>,
    /// Of the group; where it does not vary there, of everybody.
    sds: Vec<f64>,
    /// For each category how many members have each level.
    levels: Vec<Vec<usize>>,
}

/// A surprise before it is told.
struct Surprise {
    span: usize,
    surprise: f64,
    share: f64,
    standing: Special,
}

enum Special {
    Number { z: f64, column: usize },
    Level { share: f64, commonest: usize, level: usize },
}

impl<'a> Usual<'a> {
    fn of(x: &Matrix, members: &[u32], spans: &'a [ColumnSpan], all_sds: &[f64]) -> Usual<'a> {
        let count = |span: &ColumnSpan| {
            let mut counts = vec![0; if span.is_category { span.columns.len() } else { 0 }];
            if span.is_category && !span.columns.is_empty() {
                members.iter().for_each(|&row| counts[level(&x.row(row as usize)[span.columns.clone()])] += 1);
            }
            counts
        };
        let sds = sds(x, members).into_iter().zip(all_sds).map(|(sd, &all)| if sd > 1e-12 * all { sd } else { all });
        Usual { spans, n: members.len(), means: means(x, members), sds: sds.collect(), levels: spans.iter().map(count).collect() }
    }

    /// The columns that surprise most in a row, first.
    fn reasons(&self, row: &[f64], is_member: bool) -> Vec<Surprise> {
        let mut found: Vec<Surprise> = Vec::with_capacity(self.spans.len());
        for (at, span) in self.spans.iter().enumerate().filter(|(_, span)| !span.columns.is_empty()) {
            let (surprise, standing) = match span.is_category {
                true => self.of_level(at, level(&row[span.columns.clone()]), is_member),
                false => {
                    let z =
                        |column: usize| if self.sds[column] > 0.0 { (row[column] - self.means[column]) / self.sds[column] } else { 0.0 };
                    let column = span.columns.clone().max_by(|&a, &b| z(a).abs().total_cmp(&z(b).abs())).unwrap_or(span.columns.start);
                    (span.columns.clone().map(|column| z(column) * z(column)).sum(), Special::Number { z: z(column), column })
                }
            };
            found.push(Surprise { span: at, surprise, share: 0.0, standing });
        }
        let total: f64 = found.iter().map(|of| of.surprise).sum();
        found.iter_mut().for_each(|of| of.share = if total > 0.0 { of.surprise / total } else { 0.0 });
        found.retain(|of| of.share >= LEAST_SHARE);
        found.sort_by(|a, b| b.surprise.total_cmp(&a.surprise).then(a.span.cmp(&b.span)));
        found.truncate(MOST_REASONS);
        found
    }

    fn of_level(&self, span: usize, level: usize, is_member: bool) -> (f64, Special) {
        let counts = &self.levels[span];
        // A guest joins for the count, so that no level has a share of nothing.
        let (guest, n) = (usize::from(!is_member), (self.n + usize::from(!is_member)) as f64);
        let share = |at: usize| (counts[at] + if at == level { guest } else { 0 }) as f64 / n;
        let rarity = |share: f64| if share > 0.0 { -2.0 * share.ln() } else { 0.0 };
        let on_average: f64 = (0..counts.len()).map(|at| share(at) * rarity(share(at))).sum();
        let commonest = (0..counts.len()).rev().max_by_key(|&at| counts[at]).unwrap_or(0);
        let others = counts[level] - usize::from(is_member);
        let special = Special::Level { share: others as f64 / (n - 1.0).max(1.0), commonest, level };
        ((rarity(share(level)) - on_average).max(0.0), special)
    }
}

/// The values of a group in order, sorted when they are first told.
struct Ranks<'a> {
    x: &'a Matrix,
    members: &'a [u32],
    spans: &'a [ColumnSpan],
    values: &'a [Option<&'a [f64]>],
    /// By column of the matrix: encoded values, and values to be told.
    ascending: BTreeMap<usize, (Vec<f64>, Vec<f64>)>,
}

impl Ranks<'_> {
    fn tell(&mut self, row: u32, found: Surprise) -> UnusualReason {
        let Surprise { span, surprise, share, standing } = found;
        let standing = match standing {
            Special::Level { share, commonest, level } => Standing::Level { share, commonest, level },
            Special::Number { z, column } => {
                let (x, members) = (self.x, self.members);
                // A span of several numbers has no single value in the table.
                let table = self.values[span].filter(|_| self.spans[span].columns.len() == 1);
                let (encoded, told) = self.ascending.entry(column).or_insert_with(|| {
                    let encoded = sorted(members.iter().map(|&row| x.at(row as usize, column)));
                    (encoded, table.map_or_else(Vec::new, |table| sorted(members.iter().map(|&row| table[row as usize]))))
                });
                let own = x.at(row as usize, column);
                let (value, median) = match table {
                    Some(table) => (Some(table[row as usize]).filter(|value| !value.is_nan()), median_sorted(told)),
                    None => (Some(own), median_sorted(encoded)),
                };
                let share = |n: usize| n as f64 / encoded.len().max(1) as f64;
                let below = share(encoded.partition_point(|other| *other < own));
                let above = share(encoded.len() - encoded.partition_point(|other| *other <= own));
                Standing::Number { z, below, above, value, median }
            }
        };
        UnusualReason { span, surprise, share, standing }
    }
}

/// The level that holds: of its columns the one with the largest value, since each holds with a value above and otherwise has one below 0.
fn level(values: &[f64]) -> usize {
    (0..values.len()).rev().max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0)
}

fn means(x: &Matrix, rows: &[u32]) -> Vec<f64> {
    let mut means = vec![0.0; x.n_cols()];
    for &row in rows {
        means.iter_mut().zip(x.row(row as usize)).for_each(|(sum, value)| *sum += value);
    }
    means.iter_mut().for_each(|sum| *sum /= rows.len().max(1) as f64);
    means
}

fn sds(x: &Matrix, rows: &[u32]) -> Vec<f64> {
    let means = means(x, rows);
    let mut sums = vec![0.0; x.n_cols()];
    for &row in rows {
        sums.iter_mut().zip(&means).zip(x.row(row as usize)).for_each(|((sum, mean), value)| *sum += (value - mean) * (value - mean));
    }
    sums.into_iter().map(|sum| (sum / rows.len().max(1) as f64).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Labels;

    fn span(name: &str, columns: std::ops::Range<usize>, is_category: bool) -> ColumnSpan {
        ColumnSpan { name: name.into(), columns, is_category }
    }

    /// Two groups of 20. In the first the age is 0 or 2, the last member's 12; all but the last have the first level. The income is 1 for all.
    fn groups() -> (Matrix, Labels, Vec<ColumnSpan>) {
        let mut rows: Vec<[f64; 4]> = (0..20).map(|i| [f64::from(i % 2) * 2.0, 1.0, 0.2, -1.0]).collect();
        rows[19] = [12.0, 1.0, -0.2, 4.0];
        rows.extend((0..20).map(|i| [100.0 + f64::from(i), 1.0, 0.2, -1.0]));
        // In no group, near the first, with an income nobody has.
        rows.push([1.0, 3.0, -0.2, 4.0]);
        let ids: Vec<Option<usize>> = (0..41).map(|row| (row < 40).then_some(usize::from(row >= 20))).collect();
        let spans = vec![span("age", 0..1, false), span("income", 1..2, false), span("channel", 2..4, true)];
        (Matrix::from_rows(&rows).unwrap(), Labels::from_options(&ids), spans)
    }

    #[test]
    fn by_hand() {
        let (x, labels, spans) = groups();
        let peers = Peers::of(&x, &labels, 10).unwrap();
        let ages: Vec<f64> = (0..41).map(|row| if row == 0 { f64::NAN } else { 30.0 + x.at(row, 0) }).collect();
        let found = reasons(&x, &peers, &spans, &[Some(&ages), None, None], &[40, 19, 25], &Ctx::new()).unwrap();
        let odd = &found[1];
        assert_eq!((odd.row, odd.group, odd.is_member, odd.n_peers), (19, 0, true, 19));
        // Ages: ten of 0, nine of 2, one of 12: mean 1.5, variance (10 * 2.25 + 9 * 0.25 + 110.25) / 20 = 6.75.
        let (age, channel) = (&odd.reasons[0], &odd.reasons[1]);
        let z2 = 10.5 * 10.5 / 6.75;
        // One in twenty has the second level.
        let (rare, common) = (-2.0 * 0.05f64.ln(), -2.0 * 0.95f64.ln());
        let level = rare - (0.05 * rare + 0.95 * common);
        assert!(odd.reasons.len() == 2 && age.span == 0 && channel.span == 2, "{odd:?}");
        assert!((age.surprise - z2).abs() < 1e-9 && (channel.surprise - level).abs() < 1e-9);
        assert!((age.share - z2 / (z2 + level)).abs() < 1e-12 && (age.share + channel.share - 1.0).abs() < 1e-12);
        let Standing::Number { z, below, above, value, median } = age.standing else { panic!("a number") };
        assert!((z * z - z2).abs() < 1e-9 && (below, above) == (0.95, 0.0) && value == Some(42.0) && median == 32.0, "{age:?}");
        assert_eq!(channel.standing, Standing::Level { share: 0.0, commonest: 0, level: 1 });
        // The guest: nobody in the group earns anything else, so everybody's spread is the measure; as one of 21 two have the second level.
        let guest = &found[0];
        assert_eq!((guest.row, guest.group, guest.is_member, guest.n_peers, guest.reasons[0].span), (40, 0, false, 20, 1));
        assert!(guest.reasons.iter().all(|reason| reason.surprise.is_finite()));
        let (p, q) = (2.0 / 21.0f64, 19.0 / 21.0f64);
        let level = -2.0 * p.ln() + 2.0 * (p * p.ln() + q * q.ln());
        assert!((guest.reasons[1].surprise - level).abs() < 1e-9, "{guest:?}");
        assert_eq!(guest.reasons[1].standing, Standing::Level { share: 0.05, commonest: 0, level: 1 });
    }

    #[test]
    fn nothing_is_said_below_ten_peers() {
        let (x, labels, spans) = groups();
        let few: Vec<usize> = (0..10).chain([19]).collect();
        let ids: Vec<usize> = vec![0; few.len()];
        let small = x.select_rows(&few);
        let told = |rows: usize| {
            let x = small.select_rows(&(11 - rows..11).collect::<Vec<_>>());
            let peers = Peers::of(&x, &Labels::from_ids(&ids[..rows]), 1).unwrap();
            let found = reasons(&x, &peers, &spans, &[None, None, None], &[rows as u32 - 1], &Ctx::new()).unwrap();
            (found[0].n_peers, !found[0].reasons.is_empty())
        };
        assert_eq!((told(11), told(10)), ((10, true), (9, false)));
        let _ = labels;
    }

    #[test]
    fn other_shapes_are_refused_and_threads_change_nothing() {
        let (x, labels, spans) = groups();
        let peers = Peers::of(&x, &labels, 10).unwrap();
        for (values, rows) in [(vec![None; 2], vec![0]), (vec![None, Some(&[1.0][..]), None], vec![0]), (vec![None; 3], vec![41])] {
            assert!(matches!(reasons(&x, &peers, &spans, &values, &rows, &Ctx::new()), Err(UnusualError::OtherShape { .. })));
        }
        let rows: Vec<u32> = (0..41).rev().collect();
        let told = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| reasons(&x, &peers, &spans, &[None; 3], &rows, &Ctx::new()).unwrap())
        };
        let found = told(1);
        assert_eq!(found, told(3));
        assert_eq!(found.iter().map(|of| of.row).collect::<Vec<_>>(), rows);
    }
}
