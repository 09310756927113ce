//! How do the segments leave, so that customers who come later find theirs?
//!
//! In: the report, which knows how its grouping came to be. Out: the model as JSON. Cost: preparing once more, and placing every customer.

use crate::base::{Ctx, Labels};
use crate::model::{Grouping, Model, to_text};

use super::error::ExportError;
use super::report::persona_names;
use super::{Report, palette};

/// The model of the report's segments; nothing where the report does not know how they came to be.
///
/// Fails with one sentence where the segments cannot be placed again, and when stopped.
pub fn segment_model(report: &Report, ctx: &Ctx) -> Result<Option<Model>, ExportError> {
    let Some(making) = &report.making else { return Ok(None) };
    let rows = &report.prepared.table_rows;
    let labels = Labels::canonical(rows.len(), report.labels.n_clusters(), |row| report.labels.get(rows[row]));
    let labels = labels.numbered(report.labels.numbers().to_vec());
    let colors: Vec<String> = labels.numbers().iter().map(|&number| palette::hex(palette::segment(number))).collect();
    let grouping = Grouping {
        loaded: &report.loaded,
        prepared: &report.prepared,
        labels: &labels,
        names: &persona_names(report),
        colors: &colors,
        method: &report.method_text,
    };
    ctx.progress("Making the model", 0.0);
    match making.model(&grouping, ctx) {
        Ok(model) => Ok(Some(model)),
        Err(error) => {
            ctx.check()?;
            Err(ExportError::Model(error.to_string()))
        }
    }
}

/// The same as the text of its file.
pub fn model_json(report: &Report, ctx: &Ctx) -> Result<Option<String>, ExportError> {
    Ok(segment_model(report, ctx)?.map(|model| to_text(&model)))
}
