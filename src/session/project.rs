//! How is work kept? A `*.personae` file: readable JSON with the plan, what is looked at, and the stamp of the data it was made from.
//!
//! In: a path. Out: the project, or one sentence why not. The data stay where they are; their path is kept absolute and, below the
//! project's folder, relative too, so that a folder moved as a whole still opens. O(size of the file).

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Key, Note};
use crate::data::Source;
use crate::export::{ExportError, write_beside};

use super::customer_ids::CustomerIds;
use super::look::Look;
use super::plan::Plan;

/// The ending of project files, without the dot.
pub const EXTENSION: &str = "personae";

/// The newest form this version reads and writes.
const FORM: u32 = 1;

/// What a project file holds.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Every choice.
    pub plan: Plan,
    /// What is looked at.
    pub look: Look,
    /// The stamp of the data, in hexadecimal digits, if they had been read when it was saved.
    pub stamp: Option<String>,
    /// Who stood in which row of a customer table then, if anything in the plan names rows.
    pub customers: Option<CustomerIds>,
}

/// A project from the disk.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The project, its source where it was found or last known.
    pub project: Project,
    /// Set when the data are not where they were.
    pub moved: Option<DataMoved>,
}

/// The data of a project are not where they were. Nothing is lost: point the plan at them with `Relocate`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The data of this project are no longer at {}. Choose where they are now; every choice is kept.", path.display())]
pub struct DataMoved {
    /// Where they were.
    pub path: PathBuf,
}

/// Why a project cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file cannot be read.
    #[error("{path} cannot be opened ({why}); check the name and your permission to read it.")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// It is no JSON, or its JSON is no project.
    #[error("{path} is not a Personae project: line {line}: {why}. Open the data file itself, or a copy of the project.")]
    NotAProject {
        /// The file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
    /// A later version wrote it.
    #[error("{path} was saved with Personae {saved_with}, which is newer than this one ({}); update Personae to open it.", env!("CARGO_PKG_VERSION"))]
    Newer {
        /// The file.
        path: String,
        /// The version that wrote it.
        saved_with: String,
    },
    /// The data's path is not text.
    #[error("The path {path} has characters that a project file cannot keep; rename the file or its folder, and open it again.")]
    OddPath {
        /// The path, as well as it can be shown.
        path: String,
    },
    /// The project cannot be written.
    #[error(transparent)]
    Unwritable(#[from] ExportError),
}

/// The file, field by field. A new field has a default, so that every old file opens for ever.
#[derive(Serialize, Deserialize)]
struct File {
    personae: u32,
    #[serde(default)]
    saved_with: String,
    plan: Plan,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    relative_path: Option<String>,
    /// Of every source of a customer table, in the plan's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    relative_paths: Vec<Option<String>>,
    /// Of every export of events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    relative_events: Vec<Option<String>>,
    /// Of every table of an earlier day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    relative_earlier: Vec<Option<String>>,
    /// The same of the file of network addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    relative_addresses: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stamp: Option<String>,
    #[serde(default)]
    look: Look,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customers: Option<CustomerIds>,
}

/// Only what must be understood before the rest.
#[derive(Deserialize)]
struct Head {
    personae: u32,
    #[serde(default)]
    saved_with: String,
}

/// Whether `path` ends like a project.
pub fn is_project(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

/// Opens a project and finds its data.
pub fn open(path: &Path) -> Result<Opened, ProjectError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| ProjectError::Unreadable { path: shown.clone(), why: error.to_string() })?;
    let mut project = from_text(&text, &shown)?;
    let mut moved = None;
    let folder = project_folder(path);
    match &mut project.plan.source {
        Source::Sample { .. } => {}
        Source::File { path: data, .. } => {
            let beside = folder.join(project.relative_path.unwrap_or_default());
            if beside.is_file() {
                *data = beside;
            } else if !data.exists() {
                moved = Some(DataMoved { path: data.clone() });
            }
        }
        Source::Sources(sourcing) => {
            let relative = project.relative_paths.into_iter().chain(std::iter::repeat(None));
            for (source, relative) in Arc::make_mut(sourcing).sources.iter_mut().zip(relative) {
                // What is no longer there is told by the source itself, while the others are read.
                if let Some(beside) = relative.map(|relative| folder.join(relative)).filter(|beside| is_there(beside)) {
                    source.path = beside;
                }
            }
        }
    }
    for (events, relative) in project.plan.journeys.events.iter_mut().zip(project.relative_events) {
        if let Some(beside) = relative.map(|relative| folder.join(relative)).filter(|beside| beside.is_file()) {
            *events = beside;
        }
    }
    for (table, relative) in project.plan.validation.earlier.iter_mut().zip(project.relative_earlier) {
        if let Some(beside) = relative.map(|relative| folder.join(relative)).filter(|beside| beside.is_file()) {
            table.path = beside;
        }
    }
    if let (Some(places), Some(relative)) = (&mut project.plan.journeys.places, project.relative_addresses)
        && let Some(beside) = Some(folder.join(relative)).filter(|beside| beside.is_file())
    {
        *places = beside;
    }
    Ok(Opened { project: Project { plan: project.plan, look: project.look, stamp: project.stamp, customers: project.customers }, moved })
}

/// Writes a project beside `path` and renames it, so that a failure leaves the old file whole.
pub fn save(path: &Path, project: &Project) -> Result<(), ProjectError> {
    let text = to_text(project, Some(&project_folder(path)))?;
    Ok(write_beside(path, |to| to.write_all(text.as_bytes()))?)
}

/// Told once the data of a project were read and are not those it was saved with.
pub fn changed_note(project: &Project, title: &str, stamp: Key) -> Option<Note> {
    let differs = project.stamp.as_ref().is_some_and(|saved| *saved != stamp.to_hex());
    differs.then(|| {
        Note::new(format!(
            "{title} has changed since this project was saved; segments and numbers are of the data as they are now, and names stay with the same rows."
        ))
    })
}

/// The JSON of a project. `folder` is where it will lie.
pub(super) fn to_text(project: &Project, folder: Option<&Path>) -> Result<String, ProjectError> {
    let mut plan = project.plan.clone();
    let kept = |path: &mut PathBuf| -> Result<Option<String>, ProjectError> {
        *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
        if path.to_str().is_none() {
            return Err(ProjectError::OddPath { path: path.display().to_string() });
        }
        // Slashes on every system, so that a project travels between them.
        let parts = |below: &Path| below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        Ok(folder.and_then(|folder| path.strip_prefix(folder).ok()).map(parts))
    };
    let (mut relative_path, mut relative_paths) = (None, Vec::new());
    match &mut plan.source {
        Source::Sample { .. } => {}
        Source::File { path, .. } => relative_path = kept(path)?,
        Source::Sources(sourcing) => {
            let sources = &mut Arc::make_mut(sourcing).sources;
            relative_paths = sources.iter_mut().map(|source| kept(&mut source.path)).collect::<Result<_, _>>()?;
        }
    }
    let relative_events = plan.journeys.events.iter_mut().map(kept).collect::<Result<_, _>>()?;
    let relative_earlier = plan.validation.earlier.iter_mut().map(|table| kept(&mut table.path)).collect::<Result<_, _>>()?;
    let relative_addresses = plan.journeys.places.as_mut().map(kept).transpose()?.flatten();
    let file = File {
        personae: FORM,
        saved_with: env!("CARGO_PKG_VERSION").to_owned(),
        plan,
        relative_path,
        relative_paths,
        relative_events,
        relative_earlier,
        relative_addresses,
        stamp: project.stamp.clone(),
        look: project.look.clone(),
        customers: project.customers.clone().filter(|_| project.plan.names_rows() || project.look.checks.names_rows()),
    };
    let text = serde_json::to_string_pretty(&file).expect("a plan is plain data with string keys and paths that are text");
    Ok(text + "\n")
}

/// The project of a JSON text, its paths as they stand.
pub(super) fn project_of_text(text: &str, shown: &str) -> Result<Project, ProjectError> {
    let file = from_text(text, shown)?;
    Ok(Project { plan: file.plan, look: file.look, stamp: file.stamp, customers: file.customers })
}

fn from_text(text: &str, shown: &str) -> Result<File, ProjectError> {
    let no_project = |error: serde_json::Error| ProjectError::NotAProject {
        path: shown.to_owned(),
        line: error.line().max(1),
        why: plain_words(&error),
    };
    let head: Head = serde_json::from_str(text).map_err(no_project)?;
    if head.personae > FORM {
        return Err(ProjectError::Newer { path: shown.to_owned(), saved_with: head.saved_with });
    }
    serde_json::from_str(text).map_err(no_project)
}

/// serde's message without its place, which the sentence says already.
fn plain_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line").map_or(text.clone(), |end| text[..end].to_owned())
}

/// Whether a source is there: the file or folder, or for a pattern the folder it looks into.
fn is_there(path: &Path) -> bool {
    let is_pattern = path.file_name().is_some_and(|name| name.to_string_lossy().contains(['*', '?']));
    if is_pattern { path.parent().is_some_and(Path::is_dir) } else { path.exists() }
}

/// The folder a project lies in, absolute and without "..", so that paths below it can be told from others.
fn project_folder(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute.parent().map(Path::to_path_buf).unwrap_or_default();
    if folder.components().any(|part| part == Component::ParentDir) { folder.canonicalize().unwrap_or(folder) } else { folder }
}
