//! Why does a command end without doing all it should? One sentence, and whether the arguments are to blame.

use crate::engine::log_kind;

/// Why a command ended without doing all it should; one sentence each.
pub(super) enum Failure {
    /// The arguments contradict each other.
    WrongUse(String),
    /// The arguments are fine, but the data, the disk or the mathematics are not.
    Failed(String),
}

pub(super) fn failed<E: std::fmt::Display + std::fmt::Debug>(error: E) -> Failure {
    log_kind(&error);
    Failure::Failed(error.to_string())
}
