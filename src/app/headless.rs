//! What does a headless command do? Compute, write the files asked for, and say in a few lines what came out.
//!
//! In: a checked task. Out: files, a summary on standard output, progress on standard error; or one sentence why not.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::base::text::count;
use crate::base::{Ctx, Progress};
use crate::customers;
use crate::data::Source;
use crate::engine::{self, Wanted};
use crate::export::{self, Choices, Report, Written};
use crate::persona::Persona;
use crate::session::{Look, Plan, Project, Words, project};

use super::cli::Files;

/// What to compute and what to write.
pub(super) struct Task {
    pub(super) project: Project,
    pub(super) wanted: Wanted,
    pub(super) files: Files,
    pub(super) folder: Option<(PathBuf, Choices)>,
}

/// Why a command ended without doing all it should; one sentence each.
pub(super) enum Failure {
    /// The arguments contradict each other.
    WrongUse(String),
    /// The arguments are fine, but the data, the disk or the mathematics are not.
    Failed(String),
}

/// A plan for a data file, every choice left to the data.
pub(super) fn project_of_data(path: PathBuf) -> Result<Project, Failure> {
    if project::is_project(&path) {
        let shown = path.display();
        return Err(Failure::WrongUse(format!("{shown} is a project; use personae run or personae cards for it.")));
    }
    let mut plan = Plan::new(Source::file(&path));
    plan.words = Words::beside(None, Some(&path));
    Ok(Project { plan, look: Look::default(), stamp: None, customers: None })
}

/// A saved project whose data are where they were.
pub(super) fn open_project(path: &Path) -> Result<Project, Failure> {
    let mut opened = project::open(path).map_err(failed)?;
    let plan = &mut opened.project.plan;
    plan.words = Words::beside(Some(path), plan.source.first_path());
    match opened.moved {
        Some(moved) => Err(Failure::Failed(format!("{moved} Open it in the window to choose them."))),
        None => Ok(opened.project),
    }
}

/// A project or a data file.
pub(super) fn open_either(path: PathBuf) -> Result<Project, Failure> {
    if project::is_project(&path) { open_project(&path) } else { project_of_data(path) }
}

/// Computes, writes, and says what came out.
pub(super) fn carry_out(task: Task) -> Result<(), Failure> {
    let Task { project, wanted, files, folder } = task;
    let ctx = Ctx::new();
    let quiet = files.quiet;
    let asks_for_template = folder.as_ref().is_some_and(|(_, choices)| choices.template.is_some());
    let (report, single, written) = while_showing(&ctx, quiet, || {
        let (mut report, plots) =
            engine::analyse(&project.plan, &wanted, &ctx).map_err(|problem| Failure::Failed(problem.0.to_string()))?;
        let changed = project::changed_note(&project, &report.loaded.title, report.loaded.stamp);
        report.notes.extend(changed.map(|note| note.0));
        report.notes.extend(listing_note(&project.plan.source, &report));
        if let Some((_, choices)) = &folder {
            known_personas(&report, choices)?;
        }
        let files = write_files(&report, &files)?;
        let mut written = Written::default();
        if let Some((folder, choices)) = &folder {
            written = export::write_all(&report, &plots, choices, folder, &ctx).map_err(failed)?;
        }
        Ok((report, files, written))
    })?;
    if !quiet {
        let paths: Vec<PathBuf> = single.into_iter().chain(written.files.iter().map(|file| file.path.clone())).collect();
        print!("{}", summary(&report, &paths, &written.notes));
    }
    // A template that was named is wanted; the pages are there all the same.
    match written.no_template.filter(|_| asks_for_template) {
        Some(sentence) => Err(Failure::Failed(sentence)),
        None => Ok(()),
    }
}

/// A file of orders is no list of customers: said, since segments of its rows are segments of orders.
fn listing_note(source: &Source, report: &Report) -> Option<String> {
    let Source::File { .. } = source else { return None };
    let listing = customers::looks_like(&report.loaded)?;
    Some(format!(
        "{} seems to list {}: {} rows of {} customers ({}), and each row was taken for a customer. `personae table` builds a table with one row per customer from it.",
        report.loaded.title,
        listing.kind.name().to_lowercase(),
        count(listing.n_rows),
        count(listing.n_customers),
        listing.key
    ))
}

/// Whether every persona asked for is there.
fn known_personas(report: &Report, choices: &Choices) -> Result<(), Failure> {
    let numbers: Vec<usize> = report.personas.personas.iter().map(|persona| persona.number).collect();
    let Some(missing) = choices.personas.iter().flatten().find(|number| !numbers.contains(number)) else { return Ok(()) };
    let known: Vec<String> = numbers.iter().map(|number| format!("C{}", number + 1)).collect();
    Err(Failure::Failed(format!("There is no persona C{}; there are {}.", missing + 1, known.join(", "))))
}

fn write_files(report: &Report, files: &Files) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for path in [&files.labels, &files.merges, &files.report].into_iter().flatten() {
        make_folder_of(path);
    }
    if let Some(path) = &files.labels {
        export::write_beside(path, |to| export::labels_csv(report, to, &Ctx::new())).map_err(failed)?;
        written.push(path.clone());
    }
    if let (Some(path), Some(tree)) = (&files.merges, &report.tree) {
        export::write_beside(path, |to| export::merges_csv(tree, to)).map_err(failed)?;
        written.push(path.clone());
    }
    if let Some(path) = &files.report {
        export::write_beside(path, |to| to.write_all(export::report_json(report).as_bytes())).map_err(failed)?;
        written.push(path.clone());
    }
    Ok(written)
}

/// Makes the folder a file goes into. Where that fails, writing the file says why.
fn make_folder_of(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
}

/// A few lines for people: the method, the segments, the notes, the files.
fn summary(report: &Report, written: &[PathBuf], left_out: &[String]) -> String {
    let n = report.prepared.matrix.n_rows();
    let mut text = format!("{}: {} of {} rows of {}\n", report.method_text, n, report.loaded.table.n_rows, report.loaded.title);
    for (cluster, size) in report.labels.sizes().iter().enumerate() {
        let name = report.personas.personas.get(cluster).map_or("", |persona| &persona.name);
        let share = 100.0 * *size as f64 / n.max(1) as f64;
        let missing = report.personas.personas.get(cluster).map_or(0.0, Persona::headline_missing);
        let confidence = report.known_stability().map_or_else(String::new, |stability| {
            format!("{:<11} {:.2}  ", stability.trust_with(cluster, missing).word(), stability.jaccard(cluster))
        });
        text.push_str(format!("  C{} {size:>9} {share:>5.1} %  {confidence}{name}", cluster + 1).trim_end());
        text.push('\n');
    }
    let noise = n - report.labels.sizes().iter().sum::<usize>();
    if noise > 0 {
        text.push_str(&format!("  no segment {noise}\n"));
    }
    report.chosen.reasons.iter().chain(&report.notes).chain(left_out).for_each(|line| text.push_str(&format!("{line}\n")));
    written.iter().for_each(|path| text.push_str(&format!("wrote {}\n", path.display())));
    text
}

/// Does `work` while its progress is told on standard error: drawn on a terminal, in lines elsewhere.
pub(super) fn while_showing<T>(ctx: &Ctx, quiet: bool, work: impl FnOnce() -> T) -> T {
    if quiet {
        return work();
    }
    std::thread::scope(|scope| {
        let (done, waits) = channel::<()>();
        scope.spawn(move || if std::io::stderr().is_terminal() { draw(ctx, &waits) } else { tell(ctx, &waits) });
        let result = work();
        drop(done);
        result
    })
}

/// Draws until the other end of `waits` is gone.
fn draw(ctx: &Ctx, waits: &Receiver<()>) {
    let bar = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
        bar.set_style(style);
    }
    while waits.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
        let progress = ctx.latest();
        bar.set_position((progress.fraction * 1000.0) as u64);
        bar.set_message(progress.stage);
    }
    bar.finish_and_clear();
}

/// How often progress is told where nothing can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Writes a line every ten seconds until the other end of `waits` is gone: a log shows that the work goes on, and where it is.
fn tell(ctx: &Ctx, waits: &Receiver<()>) {
    let mut first: Option<(Instant, Progress)> = None;
    while waits.recv_timeout(LINE_EVERY) == Err(RecvTimeoutError::Timeout) {
        let now = ctx.latest();
        let (since, begun) = first.take().filter(|(_, begun)| begun.stage == now.stage).unwrap_or_else(|| (Instant::now(), now.clone()));
        eprintln!("{}", progress_line(&now, seconds_left(since.elapsed(), begun.fraction, now.fraction)));
        first = Some((since, begun));
    }
}

/// How long a stage still takes if it goes on as it went from the share `from` to the share `to`; nothing while that says little.
fn seconds_left(took: Duration, from: f32, to: f32) -> Option<f64> {
    let done = f64::from(to - from);
    (done >= 0.01 && to < 1.0).then(|| took.as_secs_f64() * f64::from(1.0 - to) / done)
}

fn progress_line(progress: &Progress, seconds_left: Option<f64>) -> String {
    let percent = (100.0 * progress.fraction.clamp(0.0, 1.0)) as u32;
    let stage = if progress.stage.is_empty() { "Beginning" } else { &progress.stage };
    // What is told is never too short, but for what got lost in rounding.
    let up = |units: f64| (units - 1e-3).ceil();
    let left = match seconds_left {
        None => String::new(),
        Some(seconds) if seconds < 90.0 => format!(", about {:.0} s left", up(seconds / 10.0) * 10.0),
        Some(seconds) if seconds < 5400.0 => format!(", about {:.0} min left", up(seconds / 60.0)),
        Some(seconds) => format!(", about {:.0} h left", up(seconds / 3600.0)),
    };
    format!("{percent:>3} %  {stage}{left}")
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_progress_says_how_far_and_where() {
        let line = |stage: &str, fraction| progress_line(&Progress { stage: stage.into(), fraction }, None);
        assert_eq!(line("Computing core distances", 0.257), " 25 %  Computing core distances");
        assert_eq!(line("", 0.0), "  0 %  Beginning");
        assert_eq!(line("Files written", 1.5), "100 %  Files written");
    }

    #[test]
    fn what_a_stage_still_takes_is_told_once_it_is_known() {
        let progress = Progress { stage: "Finding neighbours".into(), fraction: 0.25 };
        let line = |took: u64, from: f32| progress_line(&progress, seconds_left(Duration::from_secs(took), from, progress.fraction));
        assert_eq!(line(20, 0.0), " 25 %  Finding neighbours, about 60 s left");
        assert_eq!(line(100, 0.0), " 25 %  Finding neighbours, about 5 min left");
        assert_eq!(line(20, 0.2), " 25 %  Finding neighbours, about 5 min left");
        assert_eq!(line(4000, 0.0), " 25 %  Finding neighbours, about 4 h left");
        assert_eq!(line(100, 0.245), " 25 %  Finding neighbours", "too little to tell");
    }
}
