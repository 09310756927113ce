//! What can be known of a value: that it is there, how far it is, or why it cannot be had; with the stale one beside it.

use std::sync::Arc;

use crate::base::{Progress, Stopped};
use crate::cluster::ClusterError;
use crate::customers::CustomersError;
use crate::data::DataError;
use crate::features::PrepareError;

use super::naming::log_kind;

/// One sentence that says what happened, why, and what to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(pub Arc<str>);

/// A value under way, there, or impossible.
#[derive(Debug, Clone)]
pub enum Answer<T> {
    /// It waits for something else: for what, in words.
    Waiting(String),
    /// It is being computed; the previous value is shown dimmed.
    Cooking {
        /// How far.
        progress: Progress,
        /// The value from before the last change.
        previous: Option<Arc<T>>,
    },
    /// It is there.
    Ready(Arc<T>),
    /// It cannot be had; the previous value is shown dimmed.
    Failed {
        /// Why, and what to try.
        problem: Problem,
        /// The value from before the last change.
        previous: Option<Arc<T>>,
    },
}

impl<T> Answer<T> {
    /// The value, or the stale one.
    pub fn latest(&self) -> Option<&Arc<T>> {
        match self {
            Answer::Ready(value) => Some(value),
            Answer::Cooking { previous, .. } | Answer::Failed { previous, .. } => previous.as_ref(),
            Answer::Waiting(_) => None,
        }
    }

    /// The value, only if it is the one asked for.
    pub fn ready(&self) -> Option<&Arc<T>> {
        match self {
            Answer::Ready(value) => Some(value),
            _ => None,
        }
    }

    /// Whether what [`Answer::latest`] gives is from before the last change.
    pub fn is_stale(&self) -> bool {
        !matches!(self, Answer::Ready(_)) && self.latest().is_some()
    }

    /// The problem, if there is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Answer::Failed { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// How far it is, while it is under way.
    pub fn progress(&self) -> Option<&Progress> {
        match self {
            Answer::Cooking { progress, .. } => Some(progress),
            _ => None,
        }
    }
}

impl<T> Default for Answer<T> {
    fn default() -> Answer<T> {
        Answer::Waiting("Waiting for data".into())
    }
}

/// A job under way, for the status line.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// Its number, for [`crate::session::Command::StopJob`].
    pub id: u64,
    /// What it makes: "k-Means, k = 5".
    pub title: String,
    /// Its stage and fraction.
    pub progress: Progress,
}

/// Told when the user stopped something.
pub const STOPPED: &str = "Stopped. Change a setting or press Compute again.";

/// Why a step gave no value.
#[derive(Debug, Clone, PartialEq)]
pub enum StepError {
    /// It was told to stop.
    Stopped,
    /// One sentence for the user.
    Problem(Problem),
}

impl From<Stopped> for StepError {
    fn from(Stopped: Stopped) -> StepError {
        StepError::Stopped
    }
}

macro_rules! errors_become_problems {
    ($($error:ident),*) => {$(
        impl From<$error> for StepError {
            fn from(error: $error) -> StepError {
                match error {
                    $error::Stopped(_) => StepError::Stopped,
                    other => {
                        log_kind(&other);
                        StepError::Problem(Problem(other.to_string().into()))
                    }
                }
            }
        }
    )*};
}

errors_become_problems!(DataError, CustomersError, PrepareError, ClusterError);
