//! What is said in the place of something that cannot be told?

use crate::engine::run::answer::{Problem, StepError};

/// One sentence why something cannot be told.
pub(super) fn cannot(why: impl Into<String>) -> StepError {
    StepError::Problem(Problem(why.into().into()))
}
