//! Which segment of an open model is each customer in? A column of the table, with the model's names and numbers.
//!
//! In: a table and the text of a model. Out: the column, and who has which number. O(rows) beside the placing itself. A table that does not fit keeps its columns as they were.

use crate::base::{Ctx, Key, Labels, Note, part};
use crate::data::{Column, Loaded, Texts, Values};
use crate::model::{self, Place, Segment};
use crate::persona::{Numbering, numbering};
use crate::session::OpenModel;

use super::caches::Runtime;
use super::run::answer::{Problem, StepError};
use super::run::jobs::Lane;
use super::run::naming::log_kind;
use super::run::runtime::{Asked, Made, Need};

/// The segments of a model as a column.
#[derive(Debug, Clone)]
pub struct ModelColumn {
    /// The name of every customer's segment; missing for those in none.
    pub column: Column,
    /// Who has which number, as the model has it.
    pub numbering: Numbering,
    /// Customers in a segment.
    pub n_placed: usize,
    /// What was survived on the way.
    pub notes: Vec<Note>,
}

/// Places the customers. Fails with one sentence that names the model where the text is no model or the table does not fit.
pub fn model_column(open: &OpenModel, loaded: &Loaded, ctx: &Ctx) -> Result<ModelColumn, StepError> {
    let problem = |text: String| StepError::Problem(Problem(text.into()));
    let model = model::from_text(&open.text, &open.path.display().to_string()).map_err(|error| {
        log_kind(&error);
        problem(error.to_string())
    })?;
    let placement = model.place(loaded, ctx).map_err(|error| match ctx.check() {
        Err(stopped) => StepError::from(stopped),
        Ok(()) => {
            log_kind(&error);
            problem(format!("{} does not fit these customers: {error}", open.name()))
        }
    })?;
    let segment_of = |place: &Place| match place {
        Place::Segment(at) => Some(*at).filter(|at| *at < model.segments.len()),
        Place::Nowhere | Place::LeftOut => None,
    };
    let segments: Vec<Option<usize>> = placement.places.iter().map(segment_of).collect();
    let spelled: Vec<String> = model.segments.iter().map(|segment| told_apart(segment, &model.segments)).collect();
    let names = segments.iter().map(|segment| segment.map(|at| spelled[at].as_str()));
    let column = Column { name: open.column(), values: Values::Text(Texts::collect(names)), unit: None, original: None };
    let labels = Labels::from_options(&segments);
    // The segments of the table are whole ones: parts of none of them are numbered in their order.
    let has_parts = model.segments.iter().any(|segment| part::depth(segment.number) > 0);
    let order = model.in_order();
    let number_of = |at: usize| match has_parts {
        true => order.iter().position(|other| *other == at).unwrap_or(at),
        false => model.segments[at].number,
    };
    let mut numbers = vec![0; labels.n_clusters()];
    for (cluster, segment) in labels.iter().zip(&segments) {
        if let (Some(cluster), Some(segment)) = (cluster, segment) {
            numbers[cluster] = number_of(*segment);
        }
    }
    let rows: Vec<usize> = (0..segments.len()).collect();
    let numbering = Numbering::after(None, &labels.numbered(numbers), &rows, rows.len());
    Ok(ModelColumn { column, numbering, n_placed: segments.iter().flatten().count(), notes: placement.notes })
}

/// The segment's name, with its number where another is called the same.
fn told_apart(segment: &Segment, all: &[Segment]) -> String {
    let namesakes = all.iter().filter(|other| other.name == segment.name).count();
    if namesakes > 1 { format!("{} ({})", segment.name, numbering::name(segment.number)) } else { segment.name.clone() }
}

/// The table with the column of the model; as it was, with a note, where it does not fit.
pub(super) fn with_model(runtime: &mut Runtime, loaded: &Made<Loaded>, open: &OpenModel, need: Need) -> Asked<Loaded> {
    let key = Key::of("customers with segments of a model", 1, open, &[loaded.key]);
    let (before, open) = (loaded.value.clone(), open.clone());
    let step = move |ctx: &Ctx| {
        let ModelColumn { column, notes, .. } = model_column(&open, &before, ctx)?;
        Ok(before.with_columns(vec![column], &notes, ctx)?)
    };
    match runtime.ask(|s| &mut s.loaded, key, need, (|| "Placing customers".into(), Lane::Long), step) {
        Asked::Failed(problem) => {
            runtime.tell(&[Note::new(problem.0.to_string())]);
            Asked::Ready(loaded.clone())
        }
        Asked::Ready(with) => {
            runtime.tell(&with.value.notes);
            Asked::Ready(with)
        }
        other => other,
    }
}
