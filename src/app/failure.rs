//! Why does a command end without doing all it should? One sentence, and whether the arguments are to blame.

/// Why a command ended without doing all it should; one sentence each.
pub(super) enum Failure {
    /// The arguments contradict each other.
    WrongUse(String),
    /// The arguments are fine, but the data, the disk or the mathematics are not.
    Failed(String),
}

pub(super) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Failed(error.to_string())
}
