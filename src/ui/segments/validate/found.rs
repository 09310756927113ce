//! What is there of an answer, and how far is it?

use crate::engine::Answer;
use crate::export::Validation;

/// How far one of the answers is, while it is computed.
pub(super) fn progress<T>(answer: &Answer<T>) -> Option<f32> {
    match answer {
        Answer::Cooking { progress, .. } => Some(progress.fraction),
        // It waits for what is computed before it.
        Answer::Waiting(_) => Some(0.0),
        Answer::Ready(_) | Answer::Failed { .. } => None,
    }
}

/// The moves and what is foretold, where there are any.
pub(super) fn found(answer: &Answer<Validation>) -> Option<&Validation> {
    answer.latest().map(|found| &**found)
}
