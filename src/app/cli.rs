//! What was typed? The command line, checked before anything is computed; wrong use ends with one sentence and exit code 2.
//!
//! In: the arguments. Out: a plan and what to write (`headless` carries it out), or the window.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::base::Ctx;
use crate::cluster::Method;
use crate::data::{self, Source, dictionary_file, guest};
use crate::engine::cards::lexicon_of;
use crate::engine::{self, Outputs, Wanted, today};
use crate::evaluate::unusual::isolation::MOST_TREES;
use crate::export::{self, Format};
use crate::session::{Project, Words, settings};

use super::args::Files;
use super::choices::Choices;
use super::export_args::{ExportArgs, format};
use super::failure::Failure;
use super::hand_over::{self, OnnxArgs, PmmlArgs, SqlArgs};
use super::headless::{self, Task};
use super::job::{self, JobArgs};
use super::journeys::{self, JourneyArgs};
use super::live::{self, LiveArgs};
use super::logging;
use super::outputs::{self, Output};
use super::pull::{self, PullArgs};
use super::saying::warn;
use super::score::{self, ScoreArgs};
use super::table::{self, TableArgs};
use super::triggers::{self, TriggerArgs};
use super::validate::{self, ValidateArgs};
use super::window;

/// Wrong use.
const WRONG_USE: u8 = 2;
/// Right use, but it cannot be done.
const FAILED: u8 = 1;

/// With the commit, where the build knows it.
const VERSION: &str = match option_env!("PERSONAE_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// Customer segments explored by hand, and persona cards on which every word has its evidence.
#[derive(Debug, Parser)]
#[command(name = "personae", version = VERSION, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Headless>,
    /// A data file or a project to open in the window; several files become one customer table; without one, the start page.
    files: Vec<PathBuf>,
    /// Open the window on the built-in sample.
    #[arg(long, conflicts_with = "files")]
    sample: bool,
}

#[derive(Debug, Subcommand)]
enum Headless {
    /// Group the customers of a file and write labels, report or merge tree.
    Segment(Segment),
    /// Write persona cards and other files of a data file or a project.
    Cards(Cards),
    /// Write a segment model, which assigns later customers to segments.
    Model(ModelArgs),
    /// Find the segment of every customer of other files by a segment model.
    Score(ScoreArgs),
    /// Find unusual customers, with reasons, and how many would be by chance.
    Niches(NichesArgs),
    /// Test personas on other customers and other days: do they come back, stay and foretell?
    Validate(ValidateArgs),
    /// Ask event exports how customers move: funnels, paths, returns, rhythm, and what each persona does more.
    Journeys(JourneyArgs),
    /// Replay rules that would set off a message on the past: what they find, whom, and who is due now.
    Triggers(TriggerArgs),
    /// Follow events as they arrive: customers, segments and their centres change with them, and drift is told.
    Live(LiveArgs),
    /// Write a segment model as SQL, so that a database places its customers itself.
    Sql(SqlArgs),
    /// Write a segment model as PMML, for programs that read it.
    Pmml(PmmlArgs),
    /// Write a segment model as ONNX, for programs that run it.
    Onnx(OnnxArgs),
    /// Write a segment model as a Spark job that places customers while orders arrive; or check what such a job made (verify).
    Job(JobArgs),
    /// Replay a saved project: the same labels as the window showed.
    Run(Run),
    /// Build one customer table from lists of customers, transactions and events.
    Table(TableArgs),
    /// Bring rows of a database or a warehouse here, as an Arrow file that is opened like any other.
    Pull(PullArgs),
    /// Write the completions of a shell to standard output, for packages.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the man pages, one for each command, for packages.
    #[command(hide = true)]
    Man {
        /// The folder to write into; created if it does not exist.
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Segment {
    /// The customers: CSV, TSV, Excel, ODS, Parquet, Arrow, JSON or NDJSON.
    data: PathBuf,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Args)]
struct Cards {
    /// A data file or a project.
    data: PathBuf,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    files: Files,
    /// The folder to write into; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to write, separated by commas: pdf, pptx, html, png, svg, md, json, csv, parquet, audience, model.
    #[arg(long, value_delimiter = ',', default_value = "html,json", value_parser = format)]
    formats: Vec<Format>,
    /// Event exports of these customers, separated by commas: cards say what each persona does more, and which triggers are ready to use.
    #[arg(long, value_delimiter = ',', value_name = "FILES")]
    events: Vec<PathBuf>,
    #[command(flatten)]
    taking: ExportArgs,
}

#[derive(Debug, Args)]
struct ModelArgs {
    /// A data file or a project.
    data: PathBuf,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    files: Files,
    /// The file to write, such as shop.model.json.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct NichesArgs {
    /// A data file or a project.
    data: PathBuf,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    files: Files,
    /// The sizes of neighbourhoods that customers are compared with, separated by commas [10,15,20,30].
    #[arg(long, value_delimiter = ',', value_parser = size, value_name = "SIZES")]
    neighbors: Option<Vec<usize>>,
    /// Trees of the isolation forest [300].
    #[arg(long, value_parser = trees)]
    trees: Option<usize>,
    /// The file to write: every customer with all scores and reasons, as CSV.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Every customer with how surely they belong to their segment and which comes next, as CSV.
    #[arg(long, value_name = "FILE")]
    belonging: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Run {
    /// A project saved by the window.
    project: PathBuf,
    /// The folder to write into; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to write, separated by commas: pdf, pptx, html, png, svg, md, json, csv, parquet, audience, model.
    #[arg(long, value_delimiter = ',', default_value = "html,json,csv", value_parser = format)]
    formats: Vec<Format>,
    #[command(flatten)]
    taking: ExportArgs,
    #[command(flatten)]
    files: Files,
}

/// Reads the arguments and does what they say.
pub fn main() -> ExitCode {
    if let Some(code) = guest::serve_if_asked(std::env::args_os().skip(1)) {
        return code;
    }
    if let Some(code) = export::pages::serve_if_asked(std::env::args_os().skip(1)) {
        return code;
    }
    if let Some(code) = engine::pull::serve_if_asked(std::env::args_os().skip(1)) {
        return code;
    }
    // A system that does not say where the program is leaves files to be read right here.
    if let Ok(program) = std::env::current_exe() {
        guest::set_program(program);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return fail(WRONG_USE, &one_sentence(&error)),
        Err(help_or_version) => {
            let _ = help_or_version.print();
            return ExitCode::SUCCESS;
        }
    };
    let heading = logging::heading(VERSION, &today().to_string());
    match cli.command {
        None => logging::to_file(settings::log_folder(), &heading),
        Some(_) => logging::to_stderr(&heading),
    }
    let done = match cli.command {
        None => window::run(cli.files, cli.sample).map_err(Failure::Failed),
        Some(Headless::Segment(segment)) => headless::project_of_data(segment.data.clone())
            .and_then(|project| task(project, &segment.data, Some(&segment.choices), segment.files, None))
            .and_then(headless::carry_out),
        Some(Headless::Cards(cards)) => headless::open_either(cards.data.clone())
            .and_then(|mut project| {
                if !cards.events.is_empty() {
                    project.plan.journeys.events = cards.events;
                }
                let folder = Some((cards.out, cards.taking.choices(cards.formats)));
                task(project, &cards.data, Some(&cards.choices), cards.files, folder)
            })
            .and_then(headless::carry_out),
        Some(Headless::Model(model)) => headless::open_either(model.data.clone())
            .and_then(|project| {
                let files = Files { model: Some(model.out), ..model.files };
                task(project, &model.data, Some(&model.choices), files, None)
            })
            .and_then(headless::carry_out),
        Some(Headless::Niches(niches)) => headless::open_either(niches.data.clone())
            .and_then(|mut project| {
                let options = &mut project.plan.niches;
                options.neighbors = niches.neighbors.unwrap_or_else(|| options.neighbors.clone());
                options.trees = niches.trees.unwrap_or(options.trees);
                let files = Files { unusual: Some(niches.out), belonging: niches.belonging, ..niches.files };
                task(project, &niches.data, Some(&niches.choices), files, None)
            })
            .and_then(headless::carry_out),
        Some(Headless::Score(args)) => score::carry_out(args),
        Some(Headless::Run(run)) => headless::open_project(&run.project)
            .and_then(|project| task(project, &run.project, None, run.files, Some((run.out, run.taking.choices(run.formats)))))
            .and_then(headless::carry_out),
        Some(Headless::Validate(args)) => validate::carry_out(args),
        Some(Headless::Journeys(args)) => journeys::carry_out(args),
        Some(Headless::Triggers(args)) => triggers::carry_out(args),
        Some(Headless::Live(args)) => live::carry_out(args),
        Some(Headless::Sql(args)) => hand_over::sql(args),
        Some(Headless::Pmml(args)) => hand_over::pmml(args),
        Some(Headless::Onnx(args)) => hand_over::onnx(args),
        Some(Headless::Job(args)) => job::carry_out(args),
        Some(Headless::Table(args)) => table::carry_out(args),
        Some(Headless::Pull(args)) => pull::carry_out(args),
        Some(Headless::Completions { shell }) => completions(shell),
        Some(Headless::Man { folder }) => man_pages(&folder),
    };
    match done {
        Ok(()) => {
            log::info!("end");
            ExitCode::SUCCESS
        }
        Err(Failure::WrongUse(sentence)) => fail(WRONG_USE, &sentence),
        Err(Failure::Failed(sentence)) => fail(FAILED, &sentence),
    }
}

/// The project with the choices of the command line, and what to write; contradictions are wrong use.
fn task(
    mut project: Project,
    opened: &Path,
    choices: Option<&Choices>,
    files: Files,
    folder: Option<(PathBuf, export::Choices)>,
) -> Result<Task, Failure> {
    let mut outputs = if folder.is_some() { Outputs::of_export() } else { Outputs::default() };
    outputs.personas |= files.labels.is_some() || files.model.is_some() || files.unusual.is_some();
    outputs.unusual |= files.unusual.is_some();
    if let Some(path) = &files.lexicon {
        if !path.is_file() {
            return Err(Failure::WrongUse(format!("There is no file {}; give --lexicon the path of a lexicon.", path.display())));
        }
        let words = Words::read(path);
        if let Err(why) = lexicon_of(&words) {
            return Err(Failure::Failed(format!("{} cannot be used: {why}. Correct it, or leave --lexicon out.", path.display())));
        }
        project.plan.words = Some(words);
    }
    if let Some(path) = &files.dictionary {
        read_dictionary(&mut project, path)?;
    }
    if let Some(choices) = choices {
        choices.apply(&mut project, &mut outputs)?;
    }
    if files.merges.is_some() && project.plan.clustering.method != Method::Tree {
        let methods = "ward, average, complete, single or weighted";
        return Err(Failure::WrongUse(format!("--merges needs a merge tree: choose --method {methods}.")));
    }
    check_outputs(&project, opened, &files, folder.as_ref())?;
    let wanted = Wanted { map_axes: project.look.map_axes.clone(), ..Wanted::outputs(outputs) };
    Ok(Task { project, wanted, files, folder })
}

/// Calls columns and levels what the file says, beside what the project says already.
fn read_dictionary(project: &mut Project, path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    if !path.is_file() {
        return Err(Failure::WrongUse(format!("There is no file {shown}; give --dictionary the path of a dictionary of columns.")));
    }
    let source = Source::file(path);
    let read = data::read(&source, &Ctx::new()).map_err(|why| Failure::Failed(format!("{shown} cannot be used: {why}")))?;
    let dictionary = dictionary_file::with_table(&project.plan.dictionary, &read.table, &source.title()).map_err(Failure::Failed)?;
    project.plan.dictionary = Arc::new(dictionary);
    Ok(())
}

/// Nothing that is read may be written, and nothing written twice.
fn check_outputs(project: &Project, opened: &Path, files: &Files, folder: Option<&(PathBuf, export::Choices)>) -> Result<(), Failure> {
    let mut inputs = outputs::inputs_of(&project.plan.source);
    inputs.push(opened.to_owned());
    inputs.extend(project.plan.journeys.events.iter().flat_map(|path| outputs::files_of(path)));
    inputs.extend(files.lexicon.iter().chain(&files.dictionary).cloned());
    let single = [
        ("--labels", &files.labels),
        ("--merges", &files.merges),
        ("--report", &files.report),
        ("--out", &files.model),
        ("--out", &files.unusual),
        ("--belonging", &files.belonging),
    ];
    let mut all: Vec<Output> = single.into_iter().filter_map(|(option, path)| Some(Output { option, path: path.clone()? })).collect();
    if let Some((folder, choices)) = folder {
        inputs.extend(choices.template.clone());
        all.extend(outputs::of_folder(folder, choices));
        outputs::check_audiences(&inputs, folder, choices)?;
    }
    outputs::check(&inputs, &all)
}

/// A neighbourhood.
fn size(text: &str) -> Result<usize, String> {
    text.trim()
        .parse()
        .ok()
        .filter(|n| (1..=500).contains(n))
        .ok_or_else(|| "give whole numbers from 1 to 500, such as 10,15,20,30".to_owned())
}

fn trees(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (25..=MOST_TREES).contains(n)).ok_or_else(|| format!("give a whole number from 25 to {MOST_TREES}"))
}

/// What a shell completes. Made in memory first, since the generator panics where a pipe is closed early.
fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "personae", &mut script);
    std::io::stdout().write_all(&script).map_err(|error| Failure::Failed(format!("The completions cannot be written: {error}.")))
}

/// `personae.1`, and one page more for each command that is shown.
fn man_pages(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| Failure::Failed(format!("The man pages cannot be written to {}: {error}.", folder.display())))
}

/// clap's explanation without its layout, and where to read more.
fn one_sentence(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty() && !line.starts_with("Usage:"));
    let sentence = lines.collect::<Vec<_>>().join(" ");
    let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence).trim_end_matches('.');
    let cli = Cli::command();
    let command = std::env::args().nth(1).filter(|word| cli.get_subcommands().any(|known| known.get_name() == word));
    let see = command.map_or_else(|| "personae --help".to_owned(), |command| format!("personae {command} --help"));
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}. See {see}.", letters.as_str())
}

fn fail(code: u8, sentence: &str) -> ExitCode {
    log::info!("end with code {code}");
    warn(sentence);
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
