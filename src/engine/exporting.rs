//! The work of an export: files that are complete stay, whatever ends it, and what came of it is always told.

use std::path::PathBuf;

use crate::base::Ctx;
use crate::export::{self, Choices, Ended, ExportError, Exported, Plots, Report, Written};
use crate::session::Command;

use super::run::answer::{Problem, StepError};
use super::run::naming::log_kind;
use super::run::runtime::guarded;

/// Writes what was chosen into `folder`. A stop and a failure are ends like any other, told with the files that are there.
pub(super) fn export(
    report: Report,
    plots: Plots,
    choices: Choices,
    folder: PathBuf,
) -> impl FnOnce(&Ctx) -> Result<Vec<Command>, StepError> + Send + 'static {
    move |ctx: &Ctx| {
        let mut written = Written::default();
        let done = guarded("Export", || {
            export::write_into(&report, &plots, &choices, &folder, ctx, &mut written).map_err(|error| match error {
                ExportError::Stopped(_) => StepError::Stopped,
                error => {
                    log_kind(&error);
                    StepError::Problem(Problem(error.to_string().into()))
                }
            })
        });
        log::info!("export of {:?}: {} files", choices.formats, written.files.len());
        let ended = match done {
            Some(Ok(())) => Ended::Whole,
            Some(Err(problem)) => Ended::Failed(problem.0.to_string()),
            None => Ended::Stopped,
        };
        Ok(vec![Command::Exported(Exported { folder, written, ended })])
    }
}
