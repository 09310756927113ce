//! Which customers fit none of the groups, how many more are there than chance would have, and what is odd about each?
//!
//! - [`distinct`]: which customers are the same?
//! - [`lof`]: how empty is it around a customer, compared with around the customers most like them?
//! - [`isolation`]: how few yes/no questions does it take to tell a customer from everyone?
//! - [`glosh`]: how far out is a customer in the dense group they were last part of?
//! - [`ranks`]: the three together, and where they disagree.
//! - [`peers`]: whose customer is each, the ones in no group included?
//! - [`copies`]: what would a smooth population of the same groups look like, and how unusual would its customers be?
//! - [`line`]: from where on is a customer unusual, how many are, and how many would be by chance?
//! - [`reasons`]: in which columns is this customer unlike their group?

pub mod copies;
pub mod distinct;
pub mod glosh;
pub mod isolation;
mod isolation_tree;
pub mod line;
pub mod lof;
pub mod peers;
pub mod ranks;
pub mod reasons;

pub use copies::{CopyMaker, CopyScores, CopyScoring, rescore_isolation, score_copy};
pub use distinct::DistinctRows;
pub use glosh::glosh;
pub use isolation::IsolationForest;
pub use line::{CurvePoint, ExpectedUnusual, OrderedScores, UnusualLine};
pub use lof::{LIST_LENGTH, LocalScores, USUAL_SIZES, lists_for, local_curve, local_outlier_factors, possible_sizes};
pub use peers::{ColumnSpan, Peers};
pub use ranks::{UnusualScore, agreement, combined, percentiles, percentiles_among};
pub use reasons::{Standing, UnusualReason, UnusualReasons, reasons};

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
        /// ExpectedUnusual.
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
