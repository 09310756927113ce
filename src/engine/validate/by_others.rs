//! What would become of customers if only the others had been seen, and do the personas hang on one column? What is measured, put into what is told.

use crate::base::part;
use crate::base::stats::mean;
use crate::evaluate::folds::{FOLDS_A_ROUND, FoldRound};
use crate::evaluate::{FoldLabels, OneColumn, PredictionStrengths};
use crate::export::{ColumnLeftOut, FoldsFound, HangsOn};

use super::personas::OfADay;

/// Splits into halves behind a prediction strength.
pub(in crate::engine) const SPLITS: usize = 20;
/// So much of a persona must be there without each customer for it to have come back (C. Hennig 2007).
const COMES_BACK: f64 = 0.75;
/// The prediction strength from which on segments are called stable (R. Tibshirani, G. Walther 2005).
const STRONG: f64 = 0.8;
/// A persona hangs on a column without which so much of its customers' company changes, and so much more than changes anyway. Ours.
const HANGS: f64 = 1.0 / 3.0;

/// What other customers make of segments that were found together: of the whole ones, or of the parts inside one.
pub(in crate::engine) struct ByOthers<'a> {
    /// The segment that these are inside of; none for the whole ones.
    pub inside: Option<usize>,
    /// Their numbers, by cluster.
    pub numbers: &'a [usize],
    /// Each customer placed by the others.
    pub folds: &'a FoldLabels,
    /// Each half foretold by the other.
    pub halves: Option<&'a PredictionStrengths>,
    /// What becomes of them without each column of the data, and the names of those.
    pub without: Option<(&'a OneColumn, &'a [String])>,
}

/// What was measured of today's personas, as far as it is there: of the whole segments, and inside each that is in parts, outer ones first. A part comes back as far as its segment
/// does, and then it among the customers of that segment, as in the stability; everyone as one segment always comes back, and is not among the levels.
pub(in crate::engine) fn folds_found(of: &OfADay, levels: &[ByOthers]) -> FoldsFound {
    let mut personas = of.personas();
    for (persona, number) in personas.iter_mut().zip(of.labels.numbers()) {
        let chain = levels_of(levels, *number);
        let per_round = |value: fn(&FoldRound, usize) -> f64| -> Vec<f64> {
            let rounds = chain.iter().map(|(level, _)| level.folds.rounds.len()).min().unwrap_or(0);
            let in_round = |round: usize| chain.iter().map(|(level, cluster)| value(&level.folds.rounds[round], *cluster)).product();
            (0..rounds).map(in_round).collect()
        };
        let shares = per_round(|round, cluster| round.same[cluster]);
        persona.jaccard = (!chain.is_empty()).then(|| mean(&per_round(|round, cluster| round.jaccard[cluster])));
        persona.same = (!chain.is_empty()).then(|| mean(&shares));
        persona.same_range = shares.iter().copied().reduce(f64::min).zip(shares.iter().copied().reduce(f64::max)).map(|(a, b)| [a, b]);
        let strengths = chain.iter().map(|(level, cluster)| level.halves?.of_segment(*cluster));
        persona.prediction_strength = strengths.reduce(|all, more| Some(all? * more?)).flatten();
        // What decides inside a segment is nearer to its customers than what made the segment.
        let hangs = chain.iter().rev().filter_map(|(level, cluster)| {
            let (without, columns) = level.without?;
            hangs_on(without, columns, *cluster)
        });
        persona.hangs_on = hangs.into_iter().next();
    }
    let outermost = levels.first();
    let in_parts = levels.iter().any(|level| level.inside.is_some());
    let strength = match in_parts {
        false => outermost.and_then(|level| level.halves?.strength()),
        // The least of each half is not known for segments and their parts together.
        true => personas.iter().map(|persona| persona.prediction_strength).reduce(|a, b| Some(a?.min(b?))).flatten(),
    };
    let without = outermost.and_then(|level| level.without);
    FoldsFound {
        k: of.labels.n_clusters(),
        prediction_strength: strength,
        jaccard: personas.iter().filter_map(|persona| persona.jaccard).collect(),
        folds: FOLDS_A_ROUND,
        rounds: levels.iter().map(|level| level.folds.rounds.len()).min().unwrap_or(0),
        splits: levels.iter().map(|level| level.halves.map_or(0, PredictionStrengths::splits)).min().unwrap_or(0),
        changed_anyway: without.map(|(without, _)| without.anyway.all),
        columns: without.map_or_else(Vec::new, |without| left_out(of, levels, without)),
        method: of.method.to_owned(),
        personas,
    }
}

/// The levels that a segment is found on, from the outside in, with its cluster on each.
fn levels_of<'a, 'b>(levels: &'a [ByOthers<'b>], number: usize) -> Vec<(&'a ByOthers<'b>, usize)> {
    let mut chain: Vec<usize> = std::iter::successors(Some(number), |number| part::parent(*number)).collect();
    chain.reverse();
    let on = |level: &'a ByOthers<'b>, number: usize| Some((level, level.numbers.iter().position(|other| *other == number)?));
    let level = |number: usize| levels.iter().find_map(|level| on(level, number));
    chain.into_iter().filter_map(level).collect()
}

/// What changes without each column: of everyone among the whole segments, of each persona on the innermost level that knows.
fn left_out(of: &OfADay, levels: &[ByOthers], (without, columns): (&OneColumn, &[String])) -> Vec<ColumnLeftOut> {
    let changed_of = |number: usize, column: &String| {
        levels_of(levels, number).into_iter().rev().find_map(|(level, cluster)| {
            let (without, columns) = level.without?;
            let at = columns.iter().position(|other| other == column)?;
            without.without.get(at)?.as_ref()?.of_segment.get(cluster).copied().flatten()
        })
    };
    let one = |(changed, column): (&Option<crate::evaluate::CompanyChanged>, &String)| ColumnLeftOut {
        column: column.clone(),
        changed: changed.as_ref().map(|changed| changed.all),
        personas: match changed {
            Some(_) => of.labels.numbers().iter().map(|number| changed_of(*number, column)).collect(),
            None => Vec::new(),
        },
    };
    without.without.iter().zip(columns).map(one).collect()
}

/// The column whose absence changes most of a persona's company, where that is clearly more than changes anyway.
fn hangs_on(without: &OneColumn, columns: &[String], cluster: usize) -> Option<HangsOn> {
    let anyway = without.anyway.of_segment.get(cluster).copied().flatten()?;
    let of = |(changed, column): (&Option<crate::evaluate::CompanyChanged>, &String)| {
        let changed = (*changed.as_ref()?.of_segment.get(cluster)?)?;
        (changed - anyway >= HANGS).then(|| HangsOn { column: column.clone(), changed, anyway })
    };
    let found = without.without.iter().zip(columns).filter_map(of);
    // The first of equals, in the order of the columns.
    found.fold(None, |best: Option<HangsOn>, next| match best {
        Some(best) if best.changed >= next.changed => Some(best),
        _ => Some(next),
    })
}

/// "4 of 5 personas come back where other customers decide; ...".
pub(in crate::engine) fn told_of_folds(folds: &FoldsFound) -> String {
    let back = folds.jaccard.iter().filter(|jaccard| **jaccard >= COMES_BACK).count();
    let strength = folds.prediction_strength.map_or_else(String::new, |strength| {
        let word = if strength >= STRONG { "stable" } else { "not stable" };
        format!(" When one half of the customers predicts the groups of the other, the weakest persona keeps {strength:.2} together, which is called {word}.")
    });
    format!("{back} of {} personas come back when only other customers decide.{strength}", folds.k)
}

/// "Without discount, 38 % of the company of Bargain Hunters changes." One sentence per persona that hangs on a column.
pub(in crate::engine) fn told_of_columns(folds: &FoldsFound) -> Vec<String> {
    let told = |persona: &crate::export::PersonaHolds| {
        let hangs = persona.hangs_on.as_ref()?;
        let name = if persona.name.is_empty() { &persona.persona } else { &persona.name };
        Some(format!(
            "{name} depends on {}: without that column {:.0}\u{a0}% of those grouped together no longer are, compared with {:.0}\u{a0}% when nothing is left out.",
            hangs.column,
            100.0 * hangs.changed,
            100.0 * hangs.anyway
        ))
    };
    folds.personas.iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::CompanyChanged;

    #[test]
    fn a_segment_is_found_on_the_level_that_has_its_number_and_on_those_outside() {
        let folds = FoldLabels { rounds: Vec::new(), learnt: 0 };
        let (c3, c31) = (2, part::part(2, 0).unwrap());
        let inner = part::part(c31, 1).unwrap();
        let level = |inside, numbers| ByOthers { inside, numbers, folds: &folds, halves: None, without: None };
        let (outer, inside_c3, inside_c31) = ([0, c3], [c31], [part::part(c31, 0).unwrap(), inner]);
        let levels = [level(None, &outer), level(Some(c3), &inside_c3), level(Some(c31), &inside_c31)];
        let found =
            |levels: &[ByOthers], number| levels_of(levels, number).iter().map(|(level, at)| (level.inside, *at)).collect::<Vec<_>>();
        assert_eq!(found(&levels, 0), [(None, 0)]);
        assert_eq!(found(&levels, inner), [(None, 1), (Some(c3), 0), (Some(c31), 1)]);
        // One that has the number of a part without being in any, as of a model that was opened.
        let numbers = [0, c31];
        assert_eq!(found(&[level(None, &numbers)], c31), [(None, 1)]);
        assert_eq!(found(&[level(None, &outer)], c31), [(None, 1)], "what is known of its segment");
        assert_eq!(found(&[level(None, &outer)], 7), []);
    }

    #[test]
    fn a_persona_hangs_on_the_column_that_clearly_more_than_chance_hangs_on() {
        let changed = |a: f64, b: f64| CompanyChanged { all: (a + b) / 2.0, of_segment: vec![Some(a), Some(b)] };
        let without = OneColumn {
            anyway: changed(0.05, 0.4),
            without: vec![Some(changed(0.2, 0.6)), Some(changed(0.5, 0.7)), None, Some(changed(0.5, 0.1))],
            rows: 100,
        };
        let columns: Vec<String> = ["age", "discount", "spend", "visits"].map(String::from).to_vec();
        let found = hangs_on(&without, &columns, 0).unwrap();
        assert_eq!((found.column.as_str(), found.changed, found.anyway), ("discount", 0.5, 0.05), "the first of equals");
        assert_eq!(hangs_on(&without, &columns, 1), None, "0.7 is no third more than the 0.4 that change anyway");
        assert_eq!(hangs_on(&without, &columns, 7), None);
    }
}
