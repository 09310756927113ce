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

/// A time as it is typed, in milliseconds.
pub(super) fn span(text: &str) -> Result<i64, String> {
    let wrong = || "give a time such as 30m, 24h or 7d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let ms = match unit {
        'm' => 60_000.0,
        'h' => 3_600_000.0,
        'd' => 86_400_000.0,
        _ => return Err(wrong()),
    };
    let n: f64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    // A hundred years.
    if n > 0.0 && n * ms <= 36_525.0 * 86_400_000.0 { Ok((n * ms) as i64) } else { Err(wrong()) }
}
