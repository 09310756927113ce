//! How do columns become questions? Numbers as bins between printable cuts, categories as their levels, for a sample of the customers.
//!
//! In: described columns and the table rows of a sample. Out: codes for trees, and what each code stands for in the column's own units. Cuts
//! are rounded to what the card prints before anything is learnt, so that a rule and its words are the same thing. Levels of fewer than ten
//! customers are never asked for. O(sample log sample) per column.

use crate::base::stats::{quantile_sorted, sorted};
use crate::base::{Ctx, Stopped};
use crate::evaluate::decision_tree::Coded;

use super::columns::{Described, LevelReading, Reading, ScaleReading};
use super::measure::MIN_CELL;

/// Bins of a number, and levels of a category that are told from "other".
const MOST_CODES: usize = 48;

/// A column as trees see it.
pub struct Questions {
    /// Its place among the described columns.
    pub column: usize,
    /// The codes of the sample's rows.
    pub coded: Coded,
    /// What they stand for.
    pub meaning: Meaning,
}

/// What the codes of a column stand for.
pub enum Meaning {
    /// Values above cut i have codes above i.
    Cuts {
        /// Ascending, in original units.
        cuts: Vec<f64>,
        /// Whether all values are whole numbers.
        is_whole: bool,
    },
    /// Code i is this level of the column.
    Levels(Vec<usize>),
}

/// The column as codes of `rows` (rows of the table); none where there is nothing to ask.
pub fn asked(place: usize, column: &Described, rows: &[usize], ctx: &Ctx) -> Result<Option<Questions>, Stopped> {
    ctx.check()?;
    let found = match &column.reading {
        Reading::Scale(scale) => of_scale(scale, rows),
        Reading::Levels(levels) => of_levels(levels, rows),
    };
    Ok(found.map(|(coded, meaning)| Questions { column: place, coded, meaning }))
}

fn of_scale(scale: &ScaleReading, rows: &[usize]) -> Option<(Coded, Meaning)> {
    let present = sorted(rows.iter().filter_map(|&row| scale.value(row)));
    let (&first, &last) = present.first().zip(present.last())?;
    let is_whole = !scale.is_date && present.iter().all(|value| value.fract() == 0.0);
    let mut cuts: Vec<f64> = Vec::new();
    for nth in 1..MOST_CODES {
        let place = present.len() * nth / MOST_CODES;
        // Between this value and the next larger one, so that no one sits on a cut by accident.
        let Some(next) = present.get(present.partition_point(|value| *value <= present[place])) else { break };
        let middle = (present[place] + next) / 2.0;
        let cut = match () {
            // "Before March" and "from March on": values above the last day of February.
            () if scale.is_date => scale.format.rounded(*next) - 1.0,
            () if is_whole => scale.format.rounded(present[place]),
            () => scale.format.rounded(middle),
        };
        if cut >= first && cut < last && cuts.last().is_none_or(|before| cut > *before) {
            cuts.push(cut);
        }
    }
    if cuts.is_empty() {
        return None;
    }
    let code = |value: f64| cuts.partition_point(|cut| *cut < value) as u8;
    let median = code(quantile_sorted(&present, 0.5));
    let codes = rows.iter().map(|&row| scale.value(row).map_or(median, code)).collect();
    let n_splits = cuts.len();
    Some((Coded { codes, n_codes: n_splits + 1, n_splits, is_ordered: true }, Meaning::Cuts { cuts, is_whole }))
}

fn of_levels(levels: &LevelReading, rows: &[usize]) -> Option<(Coded, Meaning)> {
    let mut counts = vec![0usize; levels.names.len()];
    rows.iter().filter_map(|&row| levels.level(row)).for_each(|level| counts[level] += 1);
    let mut named: Vec<usize> = (0..counts.len()).filter(|&level| counts[level] >= MIN_CELL).collect();
    named.sort_by_key(|&level| (std::cmp::Reverse(counts[level]), level));
    named.truncate(MOST_CODES);
    if named.is_empty() || counts.iter().filter(|&&count| count > 0).count() < 2 {
        return None;
    }
    let n_splits = named.len();
    let mut code_of = vec![n_splits as u8; counts.len()];
    named.iter().enumerate().for_each(|(code, &level)| code_of[level] = code as u8);
    // Behind the levels: all others, and missing.
    let codes = rows.iter().map(|&row| levels.level(row).map_or(n_splits as u8 + 1, |level| code_of[level])).collect();
    Some((Coded { codes, n_codes: n_splits + 2, n_splits, is_ordered: false }, Meaning::Levels(named)))
}
