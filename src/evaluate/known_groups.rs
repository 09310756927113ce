//! Which of a column's groups does another customer belong to?
//!
//! In: a column of the table the groups were read from, as `known` reads them. Out: the same groups as plain data, and the group of every row of any table
//! with that column. A row without a value, or with a level or a number that was not there, is in none. O(n log g) for g groups.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Labels};
use crate::data::{Column, Kind, Loaded};
use crate::features::EncodeError;

use super::known::{KnownBy, known, known_by, quintiles};

/// Rows between two looks at whether somebody asked to stop.
const STRIDE: usize = 64 << 10;

/// A column's groups as data. Clusters are those of the labels that [`known`] gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownGroups {
    /// The column's name.
    pub column: String,
    /// How its values become groups.
    #[serde(flatten)]
    pub by: GroupsBy,
}

/// How the values of a column become groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum GroupsBy {
    /// One group per level of the text.
    Levels {
        /// The levels with their clusters.
        levels: Vec<(String, usize)>,
    },
    /// One group per number.
    Values {
        /// The numbers, rising, with their clusters.
        values: Vec<(f64, usize)>,
    },
    /// Up to five groups, cut at the quintiles.
    Fifths {
        /// Whether the cuts are days since 1970-01-01.
        of_dates: bool,
        /// A value's place is the number of cuts below it.
        cuts: [f64; 4],
        /// The cluster at each place; none where nobody was.
        clusters: [Option<usize>; 5],
    },
}

impl KnownGroups {
    /// The groups of `column` among `table_rows` and their labels; `None` when the column is not there or knows none.
    pub fn new(loaded: &Loaded, column: &str, table_rows: &[usize]) -> Option<(KnownGroups, Labels)> {
        let labels = known(loaded, column, table_rows)?.labels;
        let (profile, values) = (loaded.profile.column(column)?, loaded.table.column(column)?);
        let placed = table_rows.iter().zip(labels.iter()).filter_map(|(&row, cluster)| Some((row, cluster?)));
        let by = match known_by(profile)? {
            KnownBy::Levels => {
                let of: FxHashMap<&str, usize> = placed.filter_map(|(row, cluster)| Some((values.text(row)?, cluster))).collect();
                let mut levels: Vec<(String, usize)> = of.into_iter().map(|(text, cluster)| (text.to_owned(), cluster)).collect();
                levels.sort();
                GroupsBy::Levels { levels }
            }
            KnownBy::Values => {
                let mut numbers: Vec<(f64, usize)> = placed.filter_map(|(row, cluster)| Some((values.number(row)?, cluster))).collect();
                numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
                numbers.dedup_by(|a, b| a.0 == b.0);
                GroupsBy::Values { values: numbers }
            }
            KnownBy::Fifths => {
                let cuts = quintiles(values, table_rows);
                let mut clusters = [None; 5];
                for (row, cluster) in placed {
                    if let Some(number) = values.number(row) {
                        clusters[place(&cuts, number)] = Some(cluster);
                    }
                }
                GroupsBy::Fifths { of_dates: profile.kind == Kind::Date, cuts, clusters }
            }
        };
        Some((KnownGroups { column: column.to_owned(), by }, labels))
    }

    /// The cluster of every row of the table; `None` where it is in no group.
    ///
    /// Fails with "the table has no column called …" when it is not there, with "… holds text …" when its cells are of another kind, and when stopped.
    pub fn clusters(&self, loaded: &Loaded, ctx: &Ctx) -> Result<Vec<Option<usize>>, EncodeError> {
        let column = loaded.table.column(&self.column).ok_or_else(|| EncodeError::no_column(&self.column, loaded))?;
        let n_rows = loaded.table.n_rows;
        match &self.by {
            GroupsBy::Levels { levels } => {
                let of: FxHashMap<&str, usize> = levels.iter().map(|(text, cluster)| (text.as_str(), *cluster)).collect();
                // A table of other customers may hold nothing but numbers in a column of codes.
                let text = |row: usize| (!column.is_missing(row)).then(|| column.cell(row));
                each(n_rows, ctx, |row| match column.text(row) {
                    Some(level) => of.get(level).copied(),
                    None => text(row).and_then(|text| of.get(&*text).copied()),
                })
            }
            GroupsBy::Values { values } => {
                expect(column, Kind::Number, n_rows)?;
                each(n_rows, ctx, |row| {
                    let number = column.number(row)?;
                    let at = values.partition_point(|known| known.0 < number);
                    values.get(at).filter(|known| known.0 == number).map(|known| known.1)
                })
            }
            GroupsBy::Fifths { of_dates, cuts, clusters } => {
                expect(column, if *of_dates { Kind::Date } else { Kind::Number }, n_rows)?;
                each(n_rows, ctx, |row| column.number(row).and_then(|number| clusters[place(cuts, number)]))
            }
        }
    }

    /// Clusters are numbered below this.
    pub fn n_clusters(&self) -> usize {
        let most = match &self.by {
            GroupsBy::Levels { levels } => levels.iter().map(|level| level.1).max(),
            GroupsBy::Values { values } => values.iter().map(|value| value.1).max(),
            GroupsBy::Fifths { clusters, .. } => clusters.iter().flatten().copied().max(),
        };
        most.map_or(0, |most| most + 1)
    }
}

fn place(cuts: &[f64; 4], number: f64) -> usize {
    cuts.iter().filter(|&&cut| cut < number).count()
}

fn each(n_rows: usize, ctx: &Ctx, group: impl Fn(usize) -> Option<usize>) -> Result<Vec<Option<usize>>, EncodeError> {
    let mut groups = Vec::with_capacity(n_rows);
    for row in 0..n_rows {
        if row % STRIDE == 0 {
            ctx.check()?;
        }
        groups.push(group(row));
    }
    Ok(groups)
}

/// A column without any value is of every kind.
fn expect(column: &Column, kind: Kind, n_rows: usize) -> Result<(), EncodeError> {
    if column.kind() == kind || (0..n_rows).all(|row| column.is_missing(row)) {
        return Ok(());
    }
    Err(EncodeError::other_kind(column, if kind == Kind::Date { "dates" } else { "numbers" }, n_rows))
}
