//! Who is unusual by which score, from which line on, and how many would be by chance? Everything that was measured, in one place.
//!
//! In: the scores of every customer and those of smooth copies. Out: each kind of score in order beside what the copies have, with the suggested line. O(n log n) once; after
//! that a line costs a search.

use std::sync::Arc;

use super::isolation::IsolationForest;
use super::line::{MOST_CHANCE, MOST_EXPECTED_SHARE};
use super::{CopyScores, ExpectedUnusual, LocalScores, OrderedScores, UnusualLine, UnusualScore, combined, percentiles};
use crate::base::stats;

/// One kind of score of every customer.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredScore {
    /// By row of the matrix.
    pub scores: Vec<f64>,
    /// The same in order.
    pub ordered: OrderedScores,
    /// What smooth copies score.
    pub expected: ExpectedUnusual,
    /// The suggested line; none where nobody stands out more than chance, or where there is no copy yet.
    pub suggested: Option<UnusualLine>,
}

/// All that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Unusual {
    /// By [`UnusualScore::ALL`]; none where a score is not made.
    measured: [Option<MeasuredScore>; 4],
    /// How far the isolation score of every row may be off.
    pub isolation_errors: Vec<f64>,
    /// The local outlier factor by size of neighbourhood; none where it is not made. Shared, since it is as large as all else.
    local: Option<Arc<LocalScores>>,
    /// Sizes of neighbourhoods.
    pub sizes: Vec<usize>,
    /// Trees of the forest.
    pub n_trees: usize,
    /// Smooth copies.
    pub n_copies: usize,
    /// Rows of each copy.
    pub rows_a_copy: usize,
}

impl Unusual {
    /// Puts scores and copies together. `density` is GLOSH, where the density tree has any group.
    pub fn of(local: Option<&Arc<LocalScores>>, forest: &IsolationForest, density: Option<&[f64]>, copies: &[CopyScores]) -> Unusual {
        let of_local = local.map(|local| local.most());
        let isolated = forest.scores();
        let kinds: Vec<&[f64]> = [of_local.as_deref(), Some(&isolated[..]), density].into_iter().flatten().collect();
        let shares: Vec<Vec<f64>> = kinds.iter().map(|scores| percentiles(scores)).collect();
        let overall = combined(&shares.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let ascending = |scores: Option<&[f64]>| scores.map_or_else(Vec::new, |scores| stats::sorted(scores.iter().copied()));
        let [by_local, by_isolated, by_density] = [ascending(of_local.as_deref()), ascending(Some(&isolated)), ascending(density)];
        let measured = |scores: Vec<f64>, of_copy: &dyn Fn(&CopyScores) -> Vec<f64>| {
            let ordered = OrderedScores::of(&scores);
            let mut expected = ExpectedUnusual::new(scores.len());
            copies.iter().for_each(|copy| expected.add(of_copy(copy)));
            let suggested = expected.suggested(&ordered, MOST_EXPECTED_SHARE, MOST_CHANCE);
            MeasuredScore { scores, ordered, expected, suggested }
        };
        let overall = measured(overall, &|copy| copy.overall(&by_local, &by_isolated, &by_density));
        let rows_a_copy = overall.expected.rows_a_copy();
        Unusual {
            measured: [
                Some(overall),
                of_local.map(|scores| measured(scores, &|copy| copy.local.clone())),
                Some(measured(isolated, &|copy| copy.isolated.clone())),
                density.map(|scores| measured(scores.to_vec(), &|copy| copy.density.clone())),
            ],
            isolation_errors: forest.standard_errors(),
            local: local.cloned(),
            sizes: local.map_or_else(Vec::new, |local| local.sizes.clone()),
            n_trees: forest.n_trees(),
            n_copies: copies.len(),
            rows_a_copy,
        }
    }

    /// One kind of score, where it is made.
    pub fn by(&self, score: UnusualScore) -> Option<&MeasuredScore> {
        let at = UnusualScore::ALL.iter().position(|&other| other == score)?;
        self.measured[at].as_ref()
    }

    /// The local outlier factor of a row of the matrix by size of neighbourhood: a customer who is far out stays so at every size. Empty where it is not made.
    pub fn local_by_size(&self, row: usize) -> Vec<(usize, f64)> {
        let of = |local: &Arc<LocalScores>| {
            let scores = local.sizes.iter().zip(&local.by_size);
            scores.filter_map(|(&size, scores)| Some((size, *scores.get(row)?))).collect()
        };
        self.local.as_ref().map(of).unwrap_or_default()
    }

    /// The line in force: the user's or the suggested one; none where nobody is unusual.
    pub fn line(&self, score: UnusualScore, threshold: Option<f64>) -> Option<UnusualLine> {
        let measured = self.by(score)?;
        match threshold {
            Some(threshold) => measured.expected.line(&measured.ordered, threshold),
            None => measured.suggested,
        }
    }

    /// The matrix rows above the line in force, the most unusual first.
    pub fn rows(&self, score: UnusualScore, threshold: Option<f64>) -> &[u32] {
        match (self.by(score), self.line(score, threshold)) {
            (Some(measured), Some(line)) => measured.ordered.above(line.threshold),
            _ => &[],
        }
    }

    /// What the line says, in one sentence.
    pub fn sentence(&self, score: UnusualScore, threshold: Option<f64>) -> String {
        let n = |value: f64| crate::base::text::count(value.round() as usize);
        match self.line(score, threshold) {
            None if self.n_copies == 0 => "The number expected by chance is still being computed.".to_owned(),
            None => "Nobody stands out beyond doubt: wherever the line is drawn, at least one in ten above it would be there by chance."
                .to_owned(),
            Some(UnusualLine { real: 0, .. }) => "Nobody is above this line.".to_owned(),
            Some(UnusualLine { real, expected, .. }) => {
                let stand = if real == 1 { "1 customer stands out".to_owned() } else { format!("{} customers stand out", n(real as f64)) };
                match expected {
                    expected if expected < 0.5 => format!("{stand}; hardly any would by chance."),
                    expected => format!("{stand}; about {} would by chance.", n(expected)),
                }
            }
        }
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        let of = |measured: &MeasuredScore| measured.scores.len() * size_of::<f64>() + measured.ordered.bytes() + measured.expected.bytes();
        self.measured.iter().flatten().map(of).sum::<usize>() + self.isolation_errors.len() * size_of::<f64>()
    }
}
