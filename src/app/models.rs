//! A segment model is opened beside the customers: each of them gets the segment the model says.
//!
//! Placing is an errand that comes back as a command, so a model that does not fit changes nothing.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cluster::Method;
use crate::data::Role;
use crate::engine::{ModelColumn, Problem, StepError, log_kind, model_column};
use crate::persona::Numbering;
use crate::session::{Command, OpenModel, PageView, SegmentsView};
use crate::ui::widgets::thousands;

use super::window::Window;

impl Window {
    /// Reads a model and places the customers.
    pub(super) fn open_model(&mut self, path: PathBuf) {
        let Some(loaded) = self.answers.loaded.ready().filter(|_| !self.look.is_start).cloned() else {
            return self.complain("Open the customers first, then the model: it says in which of its segments each of them is.".into());
        };
        self.engine.errand("Placing customers", move |ctx| {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                log_kind(&error);
                StepError::Problem(Problem(format!("{} cannot be opened: {error}", path.display()).into()))
            })?;
            let open = OpenModel { path, text: text.into() };
            let ModelColumn { numbering, n_placed, .. } = model_column(&open, &loaded, ctx)?;
            let told =
                format!("{} of {} customers are in a segment of {}.", thousands(n_placed), thousands(loaded.table.n_rows), open.name());
            Ok(vec![Command::UseModel(open, Arc::new(numbering)), Command::Tell(told)])
        });
    }

    /// Opens the model that came together with its customers, once these are there.
    pub(super) fn open_waiting_model(&mut self) {
        if self.answers.loaded.ready().is_some()
            && let Some(path) = self.model_to_open.take()
        {
            self.open_model(path);
        }
    }

    /// Groups by the segments of a model. Its column is no input: what it was made from says the same.
    pub(super) fn use_model(&mut self, model: OpenModel, numbering: Arc<Numbering>) {
        self.change(|plan| {
            plan.preparation.roles.insert(model.column(), Role::Ignored);
            plan.clustering.method = Method::Column;
            plan.clustering.groups.column = Some(model.column());
            plan.numbering = Some(numbering);
            plan.model = Some(model);
        });
        self.look.show(PageView::Segments(SegmentsView::Explore));
    }
}
