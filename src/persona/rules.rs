//! By which simple rule is a segment found again? The best path of a shallow tree, in the columns' own units.
//!
//! In: coded columns of a sample, who is in the segment, and all customers to measure on. Out: conditions that all hold, with precision and recall
//! among all customers that take part; noise counts as not in the segment. Of four kinds of cluster description users read this one best (H. F.
//! Witschel, S. Loo, K. Riesen 2015, "How to support customer segmentation with useful cluster descriptions"). A tree of depth three tells the
//! segment from the rest, both weighing the same; every node's path is a candidate, the one with the highest F1 in the sample is taken, the
//! shorter of equals. Cost: one shallow tree per segment, then conditions x customers.
//!
//! A rule is told only where it helps. F1 of at least one half: hits are no fewer than the mean of false hits and misses. And it is wrong at most
//! half as often as naming everybody would be, without which "everyone" would be a fine rule for a segment of two thirds. Nor is it told where it would
//! give away how many of a few customers have a level.

use crate::base::{Ctx, Stopped};
use crate::evaluate::decision_tree::{Coded, Split};
use crate::evaluate::describing::{BestPath, best_path, f1};

use super::coding::{Meaning, Questions};
use super::columns::{Described, Reading};
use super::explain::{Condition, SegmentRule};
use super::measure::MIN_CELL;
use super::text::list;
use super::withheld::is_few;

const MIN_F1: f64 = 0.5;

/// Conditions on one column.
struct Test {
    column: usize,
    limits: Limits,
}

enum Limits {
    /// Above the first, up to the second.
    Range { above: Option<f64>, up_to: Option<f64>, is_whole: bool },
    /// This level.
    Is(usize),
    /// None of these levels, but one.
    IsNot(Vec<usize>),
}

/// Who is in the segment, and who takes part.
pub struct Target<'a> {
    /// Whether each row of the sample is in the segment: 1, or 0.
    pub of_sample: Vec<usize>,
    /// The table row of everyone who takes part.
    pub table_rows: &'a [usize],
    /// Whether each of them is in the segment.
    pub is_member: &'a dyn Fn(usize) -> bool,
    /// Members.
    pub n_members: usize,
}

/// The rule of one segment; none where no rule helps, or where it would speak of fewer than ten customers.
pub fn rule(
    columns: &[Described],
    asked: &[Questions],
    coded: &[Coded],
    target: &Target,
    ctx: &Ctx,
) -> Result<Option<SegmentRule>, Stopped> {
    if target.n_members < MIN_CELL {
        return Ok(None);
    }
    let min_leaf = (target.of_sample.len() / 100).clamp(5, 30);
    let rows = (0..target.of_sample.len() as u32).collect();
    let Some(BestPath { path, .. }) = best_path(coded, &target.of_sample, rows, min_leaf, ctx)? else { return Ok(None) };
    let tests = merged(&path.iter().map(|&(split, answer)| (&asked[split.column], split.code, answer)).collect::<Vec<_>>());
    measured(columns, &tests, target, ctx)
}

/// The conditions of a path through a tree that asked `asked`, as people read them.
pub fn conditions(columns: &[Described], asked: &[Questions], path: &[(Split, bool)]) -> Vec<Condition> {
    let path: Vec<(&Questions, u8, bool)> = path.iter().map(|&(split, answer)| (&asked[split.column], split.code, answer)).collect();
    merged(&path).iter().map(|test| test.condition(columns)).collect()
}

/// The rule with precision and recall among all customers, where it helps.
fn measured(columns: &[Described], tests: &[Test], target: &Target, ctx: &Ctx) -> Result<Option<SegmentRule>, Stopped> {
    let (mut n_caught, mut n_hit) = (0usize, 0usize);
    for (at, &row) in target.table_rows.iter().enumerate() {
        if at % 20_000 == 0 {
            ctx.check()?;
        }
        if tests.iter().all(|test| test.holds(columns, row)) {
            n_caught += 1;
            n_hit += usize::from((target.is_member)(at));
        }
    }
    let share = target.n_members as f64 / target.table_rows.len() as f64;
    let precision = n_hit as f64 / n_caught.max(1) as f64;
    let helps = f1(n_hit, n_caught, target.n_members) >= MIN_F1 && 1.0 - precision <= (1.0 - share) / 2.0;
    let recall = n_hit as f64 / target.n_members as f64;
    // Precision, recall and the number caught give the numbers of those it misses and catches wrongly. Where a level is asked for, these are the very
    // customers whose share stands in the evidence, and of a few it is withheld there.
    let asks_levels = tests.iter().any(|test| matches!(test.limits, Limits::Is(_) | Limits::IsNot(_)));
    if asks_levels && (is_few(target.n_members - n_hit) || is_few(n_caught - n_hit)) {
        return Ok(None);
    }
    let rule = || SegmentRule { conditions: tests.iter().map(|test| test.condition(columns)).collect(), precision, recall, n_caught };
    Ok((helps && n_hit >= MIN_CELL).then(rule))
}

/// One test per column, in the order the path first asks it.
fn merged(path: &[(&Questions, u8, bool)]) -> Vec<Test> {
    let mut tests: Vec<Test> = Vec::new();
    for &(asked, code, answer) in path {
        let limits = match &asked.meaning {
            Meaning::Cuts { cuts, is_whole } => {
                let cut = cuts[usize::from(code)];
                Limits::Range { above: answer.then_some(cut), up_to: (!answer).then_some(cut), is_whole: *is_whole }
            }
            Meaning::Levels(levels) if answer => Limits::Is(levels[usize::from(code)]),
            Meaning::Levels(levels) => Limits::IsNot(vec![levels[usize::from(code)]]),
        };
        match tests.iter_mut().find(|test| test.column == asked.column) {
            Some(test) => test.limits.narrow(limits),
            None => tests.push(Test { column: asked.column, limits }),
        }
    }
    tests
}

impl Limits {
    /// Both hold. A path asks what is still open, so a later cut lies within the earlier ones.
    fn narrow(&mut self, other: Limits) {
        match (&mut *self, other) {
            (Limits::Range { above, up_to, .. }, Limits::Range { above: later_above, up_to: later_up_to, .. }) => {
                *above = later_above.or(*above);
                *up_to = later_up_to.or(*up_to);
            }
            (Limits::IsNot(levels), Limits::IsNot(more)) => levels.extend(more),
            (Limits::Is(_), Limits::IsNot(_)) => {}
            (_, other) => *self = other,
        }
    }
}

impl Test {
    fn condition(&self, columns: &[Described]) -> Condition {
        Condition { column: columns[self.column].name.to_owned(), text: self.text(&columns[self.column]) }
    }

    /// Whether it holds for a row of the table; never where the value is missing.
    fn holds(&self, columns: &[Described], row: usize) -> bool {
        match (&self.limits, &columns[self.column].reading) {
            (Limits::Range { above, up_to, .. }, Reading::Scale(scale)) => {
                scale.value(row).is_some_and(|value| above.is_none_or(|above| value > above) && up_to.is_none_or(|up_to| value <= up_to))
            }
            (Limits::Is(level), Reading::Levels(levels)) => levels.level(row) == Some(*level),
            (Limits::IsNot(not), Reading::Levels(levels)) => levels.level(row).is_some_and(|level| !not.contains(&level)),
            _ => false,
        }
    }

    /// "total spend between € 120 and € 400", "channel: neither app nor web".
    fn text(&self, column: &Described) -> String {
        let human = &column.human;
        match (&self.limits, &column.reading) {
            (Limits::Range { above, up_to, .. }, Reading::Scale(scale)) if scale.is_date => {
                // A cut is the last day of a month.
                let month = |cut: f64| scale.format.write(cut + 1.0);
                match (above, up_to) {
                    (Some(from), Some(before)) => format!("{human} from {} on and before {}", month(*from), month(*before)),
                    (Some(from), None) => format!("{human} from {} on", month(*from)),
                    (None, Some(before)) => format!("{human} before {}", month(*before)),
                    (None, None) => human.clone(),
                }
            }
            (Limits::Range { above, up_to, is_whole }, Reading::Scale(scale)) => {
                let write = |value: f64| scale.format.write(value);
                // The next whole number is only printed as itself below a thousand.
                let next = |above: f64| (*is_whole && above.abs() < 999.0).then_some(above + 1.0);
                match (above, up_to) {
                    (Some(above), Some(up_to)) => match next(*above) {
                        Some(least) if least == *up_to => format!("{human} of {}", write(least)),
                        least => format!("{human} between {} and {}", write(least.unwrap_or(*above)), write(*up_to)),
                    },
                    (Some(above), None) => match next(*above) {
                        Some(least) => format!("{human} of at least {}", write(least)),
                        None => format!("{human} above {}", write(*above)),
                    },
                    (None, Some(up_to)) => format!("{human} up to {}", write(*up_to)),
                    (None, None) => human.clone(),
                }
            }
            (Limits::Is(level), Reading::Levels(levels)) => format!("{human}: {}", levels.labels[*level]),
            (Limits::IsNot(not), Reading::Levels(levels)) => match &not[..] {
                [one] if levels.names.len() == 2 => format!("{human}: {}", levels.labels[1 - one]),
                [one] => format!("{human}: not {}", levels.labels[*one]),
                [first, second] => format!("{human}: neither {} nor {}", levels.labels[*first], levels.labels[*second]),
                many => format!("{human}: none of {}", list(&many.iter().map(|&level| levels.labels[level].clone()).collect::<Vec<_>>())),
            },
            _ => human.clone(),
        }
    }
}
