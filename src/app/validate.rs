//! What does `personae validate` do? Try the personas on other customers and other days, write what was found, and say what it comes to.
//!
//! In: a project, or files as the window opens several at once: their kinds are guessed. Out: validation.json, and the sentences on standard output.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::base::Ctx;
use crate::data::day::IsoDay;
use crate::data::{Source, SourceFile, Sourcing};
use crate::engine::{Outputs, today, validate_tables};
use crate::export::{self, Validation};
use crate::session::{Every, Look, Plan, Project, ToForetell, ValidateOptions, Words, project};

use super::args::day;
use super::choices::Choices;
use super::failure::{Failure, failed};
use super::headless;
use super::logging;
use super::outputs::{self, Output};
use super::progress::while_showing;
use super::saying::say;

/// What may be said about validating.
#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// A project, or data files: a list of orders, with lists of customers and others beside it; or one table of customers. Tables of the same
    /// customers on several days are given as DAY=FILE each, such as 2024-01-31=january.csv.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    #[command(flatten)]
    choices: Choices,
    /// On how many days the customers are looked at [4].
    #[arg(long, value_parser = snapshots)]
    snapshots: Option<usize>,
    /// How far these days are apart [quarter].
    #[arg(long, value_name = "quarter|month|DAYS", value_parser = every)]
    every: Option<Every>,
    /// How many days after the cut are foretold [90].
    #[arg(long, value_name = "DAYS", value_parser = horizon)]
    horizon: Option<u32>,
    /// What is foretold [buys_again].
    #[arg(long, value_name = "buys_again|purchases|spend|category:NAME|column:NAME", value_parser = outcome)]
    outcome: Option<ToForetell>,
    /// The last day that the personas know, such as 1997-09-30; the last that leaves a whole horizon unless given.
    #[arg(long, value_name = "DATE", value_parser = day)]
    cut: Option<IsoDay>,
    /// Let columns of lists of customers take part on earlier days, though they are as of today.
    #[arg(long)]
    as_of_today: bool,
    /// The file to write, such as validation.json.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// No progress and no summary.
    #[arg(long)]
    quiet: bool,
}

/// Validates, writes, and says what came out.
pub(super) fn carry_out(args: ValidateArgs) -> Result<(), Failure> {
    let tables = dated(&args.data)?;
    let mut project = match tables.iter().max() {
        Some((_, last)) => headless::open_either(last.clone())?,
        None => opened(&args.data)?,
    };
    let mut outputs = Outputs::default();
    args.choices.apply(&mut project, &mut outputs)?;
    let tables = if tables.is_empty() { of_project(&project.plan) } else { tables };
    let mut inputs = outputs::inputs_of(&project.plan.source);
    inputs.extend(args.data.iter().cloned());
    inputs.extend(tables.iter().map(|(_, path)| path.clone()));
    logging::opens(&inputs);
    outputs::check(&inputs, &[Output { option: "--report", path: args.report.clone() }])?;
    let usual = ValidateOptions::default();
    let options = ValidateOptions {
        snapshots: args.snapshots.unwrap_or(usual.snapshots),
        every: args.every.unwrap_or(usual.every),
        horizon_days: args.horizon.unwrap_or(usual.horizon_days),
        outcome: args.outcome.clone().unwrap_or(usual.outcome),
        cut: args.cut,
        with_todays: args.as_of_today,
        ..usual
    };
    let ctx = Ctx::new();
    let found = while_showing(&ctx, args.quiet, || {
        let found = validate_tables(&project.plan, &options, &tables, &ctx).map_err(|problem| failed(&problem.0))?;
        outputs::write_text(&args.report, &export::validation_json(&found))?;
        Ok(found)
    })?;
    if !args.quiet {
        say(&summary(&found, &args.report));
    }
    Ok(())
}

/// The tables of several days that a project names; empty where it names none, or not all of their days.
fn of_project(plan: &Plan) -> Vec<(IsoDay, PathBuf)> {
    let options = &plan.validation;
    let (Source::File { path, .. }, Some(of_day)) = (&plan.source, options.of_day) else { return Vec::new() };
    let earlier: Option<Vec<_>> = options.earlier.iter().map(|table| Some((table.day?, table.path.clone()))).collect();
    let earlier = earlier.filter(|earlier| !earlier.is_empty()).unwrap_or_default();
    let today = (!earlier.is_empty()).then(|| (of_day, path.clone()));
    earlier.into_iter().chain(today).collect()
}

/// Tables with the days they are of; empty where none is given that way.
fn dated(paths: &[PathBuf]) -> Result<Vec<(IsoDay, PathBuf)>, Failure> {
    let one = |path: &PathBuf| {
        let text = path.to_string_lossy();
        let (day, file) = text.split_once('=').filter(|_| !path.exists())?;
        Some((IsoDay::parse(day)?, PathBuf::from(file)))
    };
    let tables: Vec<(IsoDay, PathBuf)> = paths.iter().filter_map(one).collect();
    if !tables.is_empty() && tables.len() < paths.len() {
        return Err(Failure::WrongUse("Give the day of every table, each as DAY=FILE, or of none.".into()));
    }
    Ok(tables)
}

/// A project, one file, or several as the sources of one customer table.
fn opened(paths: &[PathBuf]) -> Result<Project, Failure> {
    match paths {
        [path] if !path.is_dir() => headless::open_either(path.clone()),
        paths => {
            if let Some(path) = paths.iter().find(|path| project::is_project(path)) {
                return Err(Failure::WrongUse(format!("{} is a project; give it alone, without other files.", path.display())));
            }
            let mut sources: Vec<SourceFile> = Vec::new();
            for path in paths {
                let stem = path.file_stem().map_or_else(|| "source".to_owned(), |stem| stem.to_string_lossy().into_owned());
                let is_free = |name: &str| sources.iter().all(|other| other.name != name);
                let numbered = (2..).map(|n| format!("{stem} {n}"));
                let name = std::iter::once(stem.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(stem);
                sources.push(SourceFile { name, path: path.clone(), ..SourceFile::default() });
            }
            let mut plan = Plan::new(Source::Sources(Arc::new(Sourcing { sources, ..Sourcing::default() })));
            plan.words = Words::beside(None, paths.first().map(PathBuf::as_path));
            Ok(Project { plan, look: Look::default(), stamp: None, customers: None })
        }
    }
}

/// What came out, for people.
fn summary(found: &Validation, report: &Path) -> String {
    let mut text = format!("{} on {}\n", found.source, today());
    if let Some(folds) = &found.folds {
        for persona in &folds.personas {
            let number = |value: Option<f64>| value.map_or_else(|| "   -".to_owned(), |value| format!("{value:.2}"));
            let line = format!(
                "  {} {:>9}  folds {}  halves {}  {}",
                persona.persona,
                persona.customers,
                number(persona.jaccard),
                number(persona.prediction_strength),
                persona.name
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    found.sentences.iter().chain(&found.notes).for_each(|line| text.push_str(&format!("{line}\n")));
    text.push_str(&format!("wrote {}\n", report.display()));
    text
}

fn snapshots(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (2..=60).contains(n)).ok_or_else(|| "give a whole number from 2 to 60".to_owned())
}

fn every(text: &str) -> Result<Every, String> {
    Every::parse(text).ok_or_else(|| "give quarter, month or a number of days from 1 to 3660".to_owned())
}

fn horizon(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|days| (1..=3660).contains(days)).ok_or_else(|| "give a number of days from 1 to 3660".to_owned())
}

fn outcome(text: &str) -> Result<ToForetell, String> {
    ToForetell::parse(text).ok_or_else(|| "give buys_again, purchases, spend, category:NAME or column:NAME".to_owned())
}
