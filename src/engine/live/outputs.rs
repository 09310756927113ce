//! What is written beside the rows: who is where after a batch, and at the end everyone, the model as it is now, and what has drifted.

use std::path::Path;

use serde_json::{Value, json};

use super::segments::{Changed, LiveSegments};
use super::told::{LiveCounts, LiveEnded};
use crate::base::Ctx;
use crate::base::part::SeenNumber;
use crate::data::day::IsoDay;
use crate::data::write::{self, Extra, ExtraValues};
use crate::data::{Loaded, Table};
use crate::engine::Problem;
use crate::evaluate::shifted::Shifted;
use crate::export::write_beside;
use crate::model::{self, Model, Placing};
use crate::persona::numbering;

fn problem(text: impl std::fmt::Display) -> Problem {
    Problem(text.to_string().into())
}

fn table(path: &Path, table: &Table, extras: &[Extra], ctx: &Ctx) -> Result<(), Problem> {
    write_beside(path, |to| write::csv(table, extras, to, ctx).map_err(std::io::Error::other)).map_err(problem)
}

/// Why segments stay as they are.
pub(super) fn follows_not(model: &Model) -> String {
    match model.placing {
        Placing::Parts { .. } => {
            "Some of these segments are in parts, so customers are placed but the segments stay as they are; merge the parts back to let them follow.".to_owned()
        }
        _ => format!("{} places customers by other than centres, so the segments stay as the model has them.", model.method),
    }
}

pub(super) fn text(path: &Path, text: &str) -> Result<(), Problem> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| problem(format!("{} cannot be made ({error}); check the folder.", folder.display())))?;
    }
    write_beside(path, |to| to.write_all(text.as_bytes())).map_err(problem)
}

fn document(path: &Path, value: &Value) -> Result<(), Problem> {
    text(path, &format!("{}\n", serde_json::to_string_pretty(value).unwrap_or_default()))
}

/// Who is where after a batch.
pub(super) fn labels(path: &Path, model: &Model, changed: &[Changed], ctx: &Ctx) -> Result<(), Problem> {
    let segment = |at: Option<usize>| at.and_then(|at| model.segments.get(at));
    let extras = [
        ("customer", ExtraValues::Text(changed.iter().map(|of| Some(of.customer.clone())).collect())),
        ("persona", model.numbers(changed.iter().map(|of| segment(of.now)))),
        ("persona_name", ExtraValues::Text(changed.iter().map(|of| segment(of.now).map(|segment| segment.name.clone())).collect())),
        ("persona_distance", ExtraValues::Number(changed.iter().map(|of| (!of.distance.is_nan()).then_some(of.distance)).collect())),
        ("persona_before", model.numbers(changed.iter().map(|of| segment(of.was)))),
    ];
    let extras = extras.map(|(name, values)| Extra { name: name.to_owned(), values });
    table(path, &Table { columns: Vec::new(), n_rows: changed.len() }, &extras, ctx)
}

/// What is so at the end.
pub(super) struct Ending<'a> {
    pub folder: &'a Path,
    /// The model that was followed with, its segments called as now.
    pub model: &'a Model,
    /// The model as it is now.
    pub followed: &'a Model,
    pub segments: &'a LiveSegments,
    pub shifted: Option<Shifted>,
    pub counts: LiveCounts,
    pub snapshot: Option<IsoDay>,
    /// What was decided about how rows are read, about money, people and days.
    pub decided: Vec<String>,
    /// What is told of rules.
    pub told: Vec<String>,
}

impl Ending<'_> {
    /// Writes customers.csv, model.json, drift.json and live.json; what is told of it.
    pub(super) fn write(self, loaded: &Loaded, names: &[String], ctx: &Ctx) -> Result<LiveEnded, Problem> {
        let Ending { folder, model, followed, segments, shifted, counts, snapshot, decided, told: of_rules } = self;
        table(&folder.join("customers.csv"), &loaded.table, &model.persona_columns(&segments.places(names)), ctx)?;
        text(&folder.join("model.json"), &model::to_text(followed))?;
        let segment_names: Vec<String> = model.segments.iter().map(|segment| segment.name.clone()).collect();
        let drift = shifted.as_ref().map(|shifted| shifted.sentences(&segment_names)).unwrap_or_default();
        let (sizes, nowhere) = segments.sizes();
        let number = |at: usize| model.segments[at].number;
        let of_segment = |at: usize| {
            let share = shifted.as_ref().map(|shifted| shifted.segments[at]);
            json!({ "persona": SeenNumber(number(at)), "name": segment_names[at], "customers": sizes[at], "share": share })
        };
        let drifted = json!({
            "flagged": shifted.as_ref().map(|shifted| shifted.is_flagged()),
            "sentences": drift,
            "customers": shifted.as_ref().map(|shifted| shifted.customers),
            "segments": (0..sizes.len()).map(of_segment).collect::<Vec<_>>(),
            "beyond": shifted.as_ref().map(|shifted| shifted.beyond),
            "columns": shifted.as_ref().map(|shifted| &shifted.columns),
        });
        document(&folder.join("drift.json"), &drifted)?;
        let mut notes = decided;
        notes.extend(of_rules);
        if !segments.follows() {
            notes.push(follows_not(model));
        }
        let empty =
            (0..sizes.len()).filter(|&at| sizes[at] == 0).map(|at| format!("{} {}", numbering::name(number(at)), segment_names[at]));
        notes.extend(empty.map(|name| format!("{} has nobody left in it; its centre stays where it was.", name.trim())));
        let told = json!({
            "counts": counts,
            "customers": names.len(),
            "in_no_segment": nowhere,
            "snapshot": snapshot.map(|day| day.to_string()),
            "notes": notes,
        });
        document(&folder.join("live.json"), &told)?;
        Ok(LiveEnded { counts, sizes, names: segment_names, nowhere, snapshot, drift, notes })
    }
}
