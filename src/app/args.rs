//! The files that every command may read and write, as they are typed.

use std::path::PathBuf;

use clap::Args;

use crate::data::day::IsoDay;

/// Single files to read and write, and how much to say.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Files {
    /// All rows and columns with persona and persona_name, as CSV.
    #[arg(long, value_name = "FILE")]
    pub(super) labels: Option<PathBuf>,
    /// Results, notes and seconds, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// The merge tree in SciPy's numbering, as CSV (hierarchical methods).
    #[arg(long, value_name = "FILE")]
    pub(super) merges: Option<PathBuf>,
    /// The words personas are named with, as JSON; lexicon.json beside the project or the data unless given.
    #[arg(long, value_name = "FILE")]
    pub(super) lexicon: Option<PathBuf>,
    /// The segment model, written by `personae model`.
    #[arg(skip)]
    pub(super) model: Option<PathBuf>,
    /// Every customer with how unusual they are, written by `personae niches`.
    #[arg(skip)]
    pub(super) unusual: Option<PathBuf>,
    /// Every customer with how surely they belong, written by `personae niches`.
    #[arg(skip)]
    pub(super) belonging: Option<PathBuf>,
    /// What columns and their levels are called: a file with the columns column, label, unit, level and level_label.
    #[arg(long, value_name = "FILE")]
    pub(super) dictionary: Option<PathBuf>,
    /// No progress and no summary.
    #[arg(long)]
    pub(super) quiet: bool,
}

/// A day as it is typed.
pub(super) fn day(text: &str) -> Result<IsoDay, String> {
    IsoDay::parse(text).ok_or_else(|| "give a day such as 1997-12-31".to_owned())
}
