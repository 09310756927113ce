//! What does a headless command do? Compute, write the files asked for, and say in a few lines what came out.
//!
//! In: a checked task. Out: files, a summary on standard output, progress on standard error; or one sentence why not.

use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::base::text::count;
use crate::customers;
use crate::data::Source;
use crate::engine::{self, Wanted};
use crate::evaluate::A_CHOICE;
use crate::export::{self, Choices, Report, ReportedNiches, Written};
use crate::persona::{Persona, numbering};
use crate::session::{Look, Plan, Project, Words, project};

use super::args::Files;
use super::failure::{Failure, failed};
use super::logging;
use super::outputs::{inputs_of, make_folder_of};
use super::progress::while_showing;
use super::saying::say;

/// What to compute and what to write.
pub(super) struct Task {
    pub(super) project: Project,
    pub(super) wanted: Wanted,
    pub(super) files: Files,
    pub(super) folder: Option<(PathBuf, Choices)>,
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
    logging::opens(&inputs_of(&project.plan.source));
    let asks_for_template = folder.as_ref().is_some_and(|(_, choices)| choices.template.is_some());
    let (report, single, written) = while_showing(&ctx, quiet, || {
        let (mut report, plots) =
            engine::analyse(&project.plan, &wanted, &ctx).map_err(|problem| Failure::Failed(problem.0.to_string()))?;
        let changed = project::changed_note(&project, &report.loaded.title, report.loaded.stamp);
        report.notes.extend(changed.map(|note| note.outside().to_owned()));
        report.notes.extend(listing_note(&project.plan.source, &report));
        if let Some((_, choices)) = &folder {
            known_personas(&report, choices)?;
        }
        let files = write_files(&report, &files)?;
        let mut written = Written::default();
        if let Some((folder, choices)) = &folder {
            written = export::write_all(&report, &plots, choices, folder, &ctx).map_err(failed)?;
            log::info!("export of {:?}: {} files", choices.formats, written.files.len());
        }
        Ok((report, files, written))
    })?;
    if !quiet {
        let paths: Vec<PathBuf> = single.into_iter().chain(written.files.iter().map(|file| file.path.clone())).collect();
        say(&summary(&report, &paths, &written.notes));
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
        "{} seems to list {}: {} rows with {} different values of {}, and each row counts by itself. `personae table` builds a table with one row for each of these values.",
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
    let known: Vec<String> = numbers.iter().map(|number| numbering::name(*number)).collect();
    Err(Failure::Failed(format!("There is no persona {}; there are {}.", numbering::name(*missing), known.join(", "))))
}

fn write_files(report: &Report, files: &Files) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for path in [&files.labels, &files.merges, &files.report, &files.model, &files.unusual, &files.belonging].into_iter().flatten() {
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
    if let (Some(path), Some(found)) = (&files.unusual, &report.unusual) {
        export::write_beside(path, |to| export::unusual_csv(report, found, to, &Ctx::new())).map_err(failed)?;
        written.push(path.clone());
    }
    if let Some(path) = &files.belonging {
        let Some(belonging) = &report.belonging else {
            return Err(Failure::Failed(format!(
                "{} was not written: it cannot be said how surely customers belong to these segments. Choose fewer segments or columns.",
                path.display()
            )));
        };
        export::write_beside(path, |to| export::belonging_csv(report, belonging, to, &Ctx::new())).map_err(failed)?;
        written.push(path.clone());
    }
    if let Some(path) = &files.report {
        let text = match (&files.unusual, &report.unusual) {
            (Some(_), Some(found)) => export::niches_json(report, found),
            _ => export::report_json(report),
        };
        export::write_beside(path, |to| to.write_all(text.as_bytes())).map_err(failed)?;
        written.push(path.clone());
    }
    if let Some(path) = &files.model {
        let text = export::model_json(report, &Ctx::new()).map_err(failed)?;
        let text = text.ok_or_else(|| Failure::Failed("There is no segment model; please report this.".into()))?;
        export::write_beside(path, |to| to.write_all(text.as_bytes())).map_err(failed)?;
        written.push(path.clone());
    }
    Ok(written)
}

/// Unusual customers shown in a summary; the file has all.
const SHOWN_UNUSUAL: usize = 10;

/// What came of the search for niches, a line each.
fn niches_summary(reported: &ReportedNiches) -> String {
    let mut text = format!("{}\n", reported.sentences().join("\n"));
    if let Ok(niches) = &reported.outcome {
        for niche in &niches.niches {
            let rule: Vec<&str> = niche.rule.iter().map(|condition| condition.text.as_str()).collect();
            let n = niche.table_rows.len();
            text.push_str(&format!("  {n} customers, {}: {}; {}\n", niche.part_of(), niche.need_text(), rule.join(", ")));
        }
    }
    text
}

/// A few lines for people: the method, the segments, the notes, the files.
fn summary(report: &Report, written: &[PathBuf], left_out: &[String]) -> String {
    let n = report.prepared.matrix.n_rows();
    let mut text = format!("{}: {} of {} rows of {}\n", report.method_text, n, report.loaded.table.n_rows, report.loaded.title);
    // Parts have longer numbers than segments.
    let wide = report.labels.numbers().iter().map(|number| numbering::name(*number).len()).max().unwrap_or(0);
    for (cluster, size) in report.labels.sizes().iter().enumerate() {
        let name = report.personas.personas.get(cluster).map_or("", |persona| &persona.name);
        let share = 100.0 * *size as f64 / n.max(1) as f64;
        let missing = report.personas.personas.get(cluster).map_or(0.0, Persona::headline_missing);
        let confidence = match report.known_stability() {
            _ if report.structure.is_a_choice(report.labels.n_clusters()) => format!("{}  ", A_CHOICE.to_lowercase()),
            Some(stability) => format!("{:<11} {:.2}  ", stability.trust_with(cluster, missing).word(), stability.jaccard(cluster)),
            None => String::new(),
        };
        // One that keeps its number through a project may not stand in its place.
        let number = numbering::name(numbering::number_of(report.labels.numbers(), cluster));
        text.push_str(format!("  {number:<wide$} {size:>9} {share:>5.1} %  {confidence}{name}").trim_end());
        text.push('\n');
    }
    let noise = n - report.labels.sizes().iter().sum::<usize>();
    if noise > 0 {
        text.push_str(&format!("  in no group {noise}\n"));
    }
    if let Some(found) = &report.unusual {
        text.push_str(&format!("{}\n", found.unusual.sentence(found.score, found.threshold)));
        for customer in found.customers.iter().take(SHOWN_UNUSUAL) {
            let reasons: Vec<&str> = customer.reasons.iter().map(|reason| reason.text.as_str()).collect();
            text.push_str(&format!("  row {}: {}\n", customer.table_row + 1, reasons.join("; ")));
        }
        if let Some(niches) = &report.niches {
            text.push_str(&niches_summary(niches));
        }
        if let Some(belonging) = &report.belonging {
            text.push_str(&format!("{}\n", belonging.sentence()));
        }
    }
    // What was found, or not, stands before everything else; a reason that says the same is not told again.
    let doubt = report.structure.doubt.as_ref();
    if let Some(doubt) = doubt {
        text.push_str(&format!("{doubt}\n"));
    }
    let reasons = &report.chosen.reasons;
    let structure = report.structure.reasons.iter().filter(|reason| !reasons.contains(reason));
    let reasons = structure.chain(reasons).filter(|reason| Some(*reason) != doubt);
    reasons.for_each(|line| text.push_str(&format!("{}\n", report.personas.noun.in_text(line))));
    report.notes.iter().chain(left_out).for_each(|line| text.push_str(&format!("{line}\n")));
    written.iter().for_each(|path| text.push_str(&format!("wrote {}\n", path.display())));
    text
}
