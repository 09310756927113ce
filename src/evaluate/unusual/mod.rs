//! Which customers fit none of the groups, how many more are there than chance would have, and what is odd about each?
//!
//! - [`distinct`]: which customers are the same?
//! - [`lof`]: how empty is it around a customer, compared with around the customers most like them?
//! - [`isolation`]: how few yes/no questions does it take to tell a customer from everyone?
//! - [`glosh`]: how far out is a customer in the dense group they were last part of?
//! - [`ranks`]: the three together, and where they disagree.
//! - [`peers`]: whose customer is each, the ones in no group included?
//! - [`copies`]: what would a smooth population of the same groups look like, and how unusual would its customers be?
//! - [`found`]: all that was measured, in one place.
//! - [`part`]: how unusual would the customers look if there were fewer of them?
//! - [`line`]: from where on is a customer unusual, how many are, and how many would be by chance?
//! - [`smooth_copies`]: copies in rounds.
//! - [`reasons`]: in which columns is this customer unlike their group?

pub mod copies;
pub mod distinct;
pub mod found;
pub mod glosh;
pub mod isolation;
mod isolation_tree;
pub mod line;
pub mod lof;
pub mod part;
pub mod peers;
pub mod ranks;
pub mod reasons;
pub mod smooth_copies;

pub use copies::{CopyMaker, CopyScores, CopyScoring, USUAL_COPIES, rescore_isolation, score_copy, usual_copy_rows};
pub use distinct::DistinctRows;
pub use found::{MeasuredScore, Unusual};
pub use glosh::glosh;
pub use isolation::{IsolationForest, MOST_TREES, TREES_A_ROUND, USUAL_TREES};
pub use line::{CurvePoint, ExpectedUnusual, MOST_CHANCE, MOST_EXPECTED_SHARE, OrderedScores, UnusualLine};
pub use lof::{LIST_LENGTH, LocalScores, USUAL_SIZES, lists_for, local_curve, local_outlier_factors, possible_sizes};
pub use part::SizeCorrection;
pub use peers::{ColumnSpan, Peers};
pub use ranks::{UnusualScore, agreement, combined, percentiles, percentiles_among};
pub use reasons::{LEAST_PEERS, Standing, UnusualReason, UnusualReasons, reasons};
pub use smooth_copies::{CopiesOf, SmoothCopies, smooth_copies};

use crate::base::Stopped;
use crate::cluster::ClusterError;

/// Why nobody can be called unusual. The sentences are shown to the user as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnusualError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The rows cannot be measured.
    #[error(transparent)]
    Rows(ClusterError),
    /// Not more different customers than neighbours.
    #[error(
        "{different} different {} too few to compare each with {neighbours} others; choose fewer neighbours or load more customers.",
        if *.different == 1 { "customer is" } else { "customers are" }
    )]
    TooFewDifferent {
        /// Different rows there are.
        different: usize,
        /// The smallest neighbourhood asked for.
        neighbours: usize,
    },
    /// No size, or a neighbourhood of nobody.
    #[error("A neighbourhood needs at least 1 neighbour; 10, 15, 20 and 30 are usual.")]
    NoSizes,
    /// Lists made for smaller neighbourhoods.
    #[error("The lists name {listed} neighbours and {neighbours} are asked for; find the neighbours again.")]
    ListsTooShort {
        /// Others in each list.
        listed: usize,
        /// The largest neighbourhood asked for.
        neighbours: usize,
    },
    /// Nobody to compare.
    #[error("{rows} {} too few to tell who is unusual; load more customers or loosen the filters.", if *.rows == 1 { "customer is" } else { "customers are" })]
    TooFewRows {
        /// Rows given.
        rows: usize,
    },
    /// Every row is the same.
    #[error("All customers are equal in the chosen columns, so nobody can be unusual; choose columns that differ.")]
    AllEqual,
    /// Scores of other rows, or columns that are not there.
    #[error("What is compared has {found} rows or columns where {expected} are expected; compute the scores again.")]
    OtherShape {
        /// Given.
        found: usize,
        /// Expected.
        expected: usize,
    },
}

impl From<ClusterError> for UnusualError {
    fn from(error: ClusterError) -> UnusualError {
        match error {
            ClusterError::Stopped(stopped) => UnusualError::Stopped(stopped),
            other => UnusualError::Rows(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::base::stats::{normal_quantile, sorted};
    use crate::base::{Ctx, Labels, Matrix};

    /// The suggested line by local, isolation and overall score: real count, and how many of those planted are above. Five round groups of 300 in six columns, and some
    /// planted far from the centres of their groups.
    fn suggested(n_planted: usize, seed: u64) -> [Option<(usize, usize)>; 3] {
        let (n, p) = (1_500, 6);
        let mut random = seed::random(seed, 9);
        let mut normal = || normal_quantile(random.random_range(f64::EPSILON..1.0));
        let centres: Vec<f64> = (0..5 * p).map(|_| 8.0 * normal()).collect();
        let mut values = Vec::new();
        for row in 0..n + n_planted {
            let away: Vec<f64> = (0..p).map(|_| normal()).collect();
            let length = away.iter().map(|value| value * value).sum::<f64>().sqrt();
            let scale = if row < n { 1.0 } else { (9.0 + (row - n) as f64) / length };
            values.extend(away.iter().enumerate().map(|(col, value)| centres[row % 5 * p + col] + scale * value));
        }
        let x = Matrix::new(values, n + n_planted, p).unwrap();
        let labels = Labels::from_ids(&(0..n + n_planted).map(|row| row % 5).collect::<Vec<_>>());
        let ctx = Ctx::new();
        let distinct = DistinctRows::of(&x);
        let near = lists_for(&distinct, &USUAL_SIZES, &ctx).unwrap();
        let local = local_outlier_factors(&distinct, &near, &USUAL_SIZES, &ctx).unwrap().most();
        let mut forest = IsolationForest::new(&x, seed).unwrap();
        forest.grow(&x, USUAL_TREES, &ctx).unwrap();
        let isolated = forest.scores();
        let overall = combined(&[&percentiles(&local), &percentiles(&isolated)]);
        let maker = CopyMaker::of(&x, &Peers::of(&x, &labels, 31).unwrap(), &[], &ctx).unwrap();
        let scoring = CopyScoring { sizes: &USUAL_SIZES, forest: Some(&forest), density: None };
        let mut expected = [(); 3].map(|()| ExpectedUnusual::new(n + n_planted));
        let ascending = [&local, &isolated].map(|scores| sorted(scores.iter().copied()));
        for nth in 0..USUAL_COPIES {
            let copy = score_copy(&maker, usual_copy_rows(n + n_planted), &scoring, seed, nth, &ctx).unwrap();
            expected[2].add(copy.overall(&ascending[0], &ascending[1], &[]));
            expected[0].add(copy.local);
            expected[1].add(copy.isolated);
        }
        let mut at = 0;
        [&local, &isolated, &overall].map(|scores| {
            let real = OrderedScores::of(scores);
            let line = expected[at].suggested(&real, MOST_EXPECTED_SHARE, MOST_CHANCE);
            at += 1;
            line.map(|line| (line.real, real.above(line.threshold).iter().filter(|&&row| row as usize >= n).count()))
        })
    }

    #[test]
    fn nobody_stands_out_of_smooth_groups() {
        let named: Vec<_> = (0..4).map(|seed| suggested(0, seed)).collect();
        assert!(named.iter().flatten().flatten().count() <= 1, "{named:?}");
    }

    #[test]
    fn fifteen_planted_customers_are_found_and_few_others() {
        for seed in 0..3 {
            for found in suggested(15, seed) {
                let (real, planted) = found.expect("a line");
                assert!(planted >= 14 && real <= planted + 3, "{real} above the line, {planted} of them planted");
            }
        }
    }

    #[test]
    fn errors_are_sentences() {
        for (error, sentence) in [
            (
                UnusualError::TooFewDifferent { different: 8, neighbours: 10 },
                "8 different customers are too few to compare each with 10 others; choose fewer neighbours or load more customers.",
            ),
            (
                UnusualError::TooFewRows { rows: 1 },
                "1 customer is too few to tell who is unusual; load more customers or loosen the filters.",
            ),
        ] {
            assert_eq!(error.to_string(), sentence);
        }
    }
}
