//! What would become of customers if only the others had been seen, and do the personas hang on one column? What is measured, put into what is told.

use crate::evaluate::folds::FOLDS_A_ROUND;
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

/// What was measured of today's personas, as far as it is there. `columns` are the names of what was left out.
pub(in crate::engine) fn folds_found(
    of: &OfADay,
    folds: &FoldLabels,
    halves: Option<&PredictionStrengths>,
    without: Option<(&OneColumn, &[String])>,
) -> FoldsFound {
    let mut personas = of.personas();
    for (cluster, persona) in personas.iter_mut().enumerate() {
        let shares: Vec<f64> = folds.rounds.iter().map(|round| round.same[cluster]).collect();
        persona.jaccard = Some(folds.jaccard(cluster));
        persona.same = Some(folds.same(cluster));
        persona.same_range = shares.iter().copied().reduce(f64::min).zip(shares.iter().copied().reduce(f64::max)).map(|(a, b)| [a, b]);
        persona.prediction_strength = halves.and_then(|halves| halves.of_segment(cluster));
        persona.hangs_on = without.and_then(|(without, columns)| hangs_on(without, columns, cluster));
    }
    let left_out = |(without, columns): (&OneColumn, &[String])| -> Vec<ColumnLeftOut> {
        let one = |(changed, column): (&Option<crate::evaluate::CompanyChanged>, &String)| ColumnLeftOut {
            column: column.clone(),
            changed: changed.as_ref().map(|changed| changed.all),
            personas: changed.as_ref().map_or_else(Vec::new, |changed| changed.of_segment.clone()),
        };
        without.without.iter().zip(columns).map(one).collect()
    };
    FoldsFound {
        k: of.labels.n_clusters(),
        prediction_strength: halves.and_then(PredictionStrengths::strength),
        jaccard: (0..of.labels.n_clusters()).map(|cluster| folds.jaccard(cluster)).collect(),
        personas,
        folds: FOLDS_A_ROUND,
        rounds: folds.rounds.len(),
        splits: halves.map_or(0, PredictionStrengths::splits),
        changed_anyway: without.map(|(without, _)| without.anyway.all),
        columns: without.map_or_else(Vec::new, left_out),
        method: of.method.to_owned(),
    }
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
