//! Which rows of evidence say the same fact, and how is that told once? "and 6 columns that say the same".
//!
//! In: the described columns and who takes part. Out: for each column, or level of one, the fact it belongs to, where another column tells it too. What "the
//! same" is stands in `features/twins.rs`. Whoever lists evidence shows the first row of a fact and counts the columns of the others. Cost as
//! there.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Ctx, Stopped};
use crate::data::is_log_or_square;
use crate::features::twins::{Holders, Values, holders, same_numbers};

use super::columns::{Described, Reading};
use super::evidence::Evidence;
use super::measure::MIN_CELL;

/// From this share of a persona on a level leaves the other levels of its column to nobody worth a word.
pub(super) const NEARLY_ALL: f64 = 0.9;

/// Facts that several columns tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Twins {
    /// The fact of a column, or of a level of it; only where another column tells it too.
    facts: BTreeMap<(String, Option<String>), usize>,
    /// Columns that tell each fact.
    n_columns: Vec<usize>,
    /// Logarithms and squares of another column of their fact: that one is told, on every card the same.
    retold: BTreeSet<String>,
}

impl Twins {
    /// Looks for them.
    pub(super) fn of(columns: &[Described], table_rows: &[usize], ctx: &Ctx) -> Result<Twins, Stopped> {
        let mut told: Vec<Vec<(usize, Option<usize>)>> = Vec::new();
        let scales: Vec<usize> = (0..columns.len()).filter(|&at| matches!(columns[at].reading, Reading::Scale(_))).collect();
        let value = |&at: &usize| -> Values {
            match &columns[at].reading {
                Reading::Scale(scale) => Box::new(move |row| scale.value(row)),
                Reading::Levels(_) => Box::new(|_| None),
            }
        };
        let first = same_numbers(&scales.iter().map(value).collect::<Vec<_>>(), table_rows, ctx)?;
        for (place, &at) in scales.iter().enumerate() {
            if first[place] == place {
                let same = (0..scales.len()).filter(|&other| first[other] == place).map(|other| (scales[other], None));
                told.push(same.collect());
            } else {
                debug_assert!(first[place] < place, "{}", columns[at].name);
            }
        }
        let mut of_holders: BTreeMap<Holders, Vec<(usize, Option<usize>)>> = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            if let Reading::Levels(levels) = &column.reading {
                let found = holders(|row| levels.level(row), levels.names.len(), table_rows, ctx)?;
                let enough = found.into_iter().enumerate().filter(|(_, holders)| holders.n >= MIN_CELL);
                enough.for_each(|(level, holders)| of_holders.entry(holders).or_default().push((at, Some(level))));
            }
        }
        told.extend(of_holders.into_values());
        let mut twins = Twins::default();
        for same in told {
            let n_columns = same.iter().map(|(at, _)| at).collect::<BTreeSet<_>>().len();
            if n_columns > 1 {
                let name = |at: usize, level: Option<usize>| match &columns[at].reading {
                    Reading::Levels(levels) => level.map(|level| levels.names[level].clone()),
                    Reading::Scale(_) => None,
                };
                twins.facts.extend(same.iter().map(|&(at, level)| ((columns[at].name.to_owned(), name(at, level)), twins.n_columns.len())));
                twins.n_columns.push(n_columns);
                let numbers = || same.iter().filter(|(_, level)| level.is_none()).map(|&(at, _)| columns[at].name);
                let retold = numbers().filter(|name| is_log_or_square(name, numbers()));
                twins.retold.extend(retold.map(str::to_owned));
            }
        }
        Ok(twins)
    }

    /// The fact that a row of evidence tells, where other columns tell it too.
    pub fn fact(&self, row: &Evidence) -> Option<usize> {
        if self.facts.is_empty() {
            return None;
        }
        self.facts.get(&(row.column.clone(), row.level.clone())).copied()
    }

    /// Whether a column is the logarithm or the square of one that tells the same.
    pub(super) fn is_retold(&self, column: &str) -> bool {
        self.retold.contains(column)
    }

    /// The other columns of which nothing is left to say of a persona once `row` is told: nearly all of its members share the fact.
    pub(super) fn implied<'a>(&'a self, row: &'a Evidence) -> impl Iterator<Item = &'a str> {
        let fact = self.fact(row).filter(|_| row.level.is_none() || row.persona >= NEARLY_ALL);
        let columns = self.facts.iter().filter(move |(_, of)| Some(**of) == fact).map(|((column, _), _)| column.as_str());
        columns.filter(move |column| *column != row.column)
    }

    /// Other columns that say the same.
    pub fn n_others(&self, row: &Evidence) -> usize {
        self.fact(row).and_then(|fact| self.n_columns.get(fact)).map_or(0, |n| n.saturating_sub(1))
    }

    /// "and 6 columns that say the same", where there are others.
    pub fn also(&self, row: &Evidence) -> Option<String> {
        let others = self.n_others(row);
        (others > 0).then(|| {
            if others == 1 { "and a column that says the same".to_owned() } else { format!("and {others} columns that say the same") }
        })
    }

    /// The rows of evidence to list, each fact once: the first that tells it. Rows in `kept` are listed whatever they tell.
    pub fn folded(&self, evidence: &[Evidence], rows: impl IntoIterator<Item = usize>, kept: &[usize]) -> Vec<usize> {
        let mut told: BTreeSet<usize> = kept.iter().filter_map(|&row| self.fact(evidence.get(row)?)).collect();
        let is_new = |row: &Evidence, told: &mut BTreeSet<usize>| self.fact(row).is_none_or(|fact| told.insert(fact));
        let is_listed = |&row: &usize| {
            kept.contains(&row) || evidence.get(row).is_some_and(|row| !self.is_retold(&row.column) && is_new(row, &mut told))
        };
        rows.into_iter().filter(is_listed).collect()
    }
}
