//! How far is an export, and what came of it, whether it ended by itself, was refused or was stopped?
//!
//! In: a report and the user's choices. Out: a job that is finished once it was started, and its end. An errand that is stopped tells nobody;
//! an export must, since files that were complete stay. So its end has a place of its own, which is filled whatever happens.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::base::Ctx;
use crate::export::{self, Choices, ExportError, Plots, Report, Written};

use super::run::answer::{Problem, StepError};
use super::run::runtime::guarded;

/// What came of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Where its files are.
    pub folder: PathBuf,
    /// The files that are complete, and what was left out.
    pub written: Written,
    /// How it ended.
    pub ended: Ended,
}

/// How an export ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// Everything was written.
    Whole,
    /// The user stopped it.
    Stopped,
    /// It could not go on.
    Failed(Problem),
}

/// Where the end of an export is left by its job and found by the window.
#[derive(Debug, Clone)]
pub(super) struct Exporting {
    /// The job's number.
    pub(super) job: u64,
    end: Arc<Mutex<Option<Exported>>>,
}

/// Leaves an end behind even where the job never began.
struct Reply {
    exported: Exported,
    end: Arc<Mutex<Option<Exported>>>,
}

/// The work of an export, and where its end will be.
pub(super) fn export(report: Report, plots: Plots, choices: Choices, folder: PathBuf) -> (impl FnOnce(&Ctx) + Send + 'static, Exporting) {
    let end = Arc::new(Mutex::new(None));
    let exported = Exported { folder, written: Written::default(), ended: Ended::Stopped };
    let mut reply = Reply { exported, end: end.clone() };
    let work = move |ctx: &Ctx| {
        let Exported { folder, written, ended } = &mut reply.exported;
        let done = guarded("Export", || {
            export::write_into(&report, &plots, &choices, folder, ctx, written).map_err(|error| match error {
                ExportError::Stopped(_) => StepError::Stopped,
                error => StepError::Problem(Problem(error.to_string().into())),
            })
        });
        *ended = match done {
            Some(Ok(())) => Ended::Whole,
            Some(Err(problem)) => Ended::Failed(problem),
            None => Ended::Stopped,
        };
    };
    (work, Exporting { job: 0, end })
}

impl Exporting {
    /// The end, once.
    pub(super) fn take(&self) -> Option<Exported> {
        lock(&self.end).take()
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        *lock(&self.end) = Some(self.exported.clone());
    }
}

/// Nothing panics while it is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
