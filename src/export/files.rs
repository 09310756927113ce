//! Which files does an export write, one format after the other?
//!
//! In: a report, the choices, a folder. Out: the files written and what was left out, in sentences. Stopping is obeyed between writes of a few
//! kilobytes: what was complete stays, nothing half-written does.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::model::{to_onnx, to_pmml, to_text};

use super::atomic_write::write_checked;
use super::error::{ExportError, cannot_write};
use super::pages::{self, Pages};
use super::plot::{file_bytes, plot_svg};
use super::plot_kind::{Plot, Plots};
use super::report::persona_names;
use super::{
    Choices, Format, Report, audience, cards_html, cards_json, cards_markdown, customers_csv, customers_parquet, deck, note_of_formulas,
    persona_stem, segment_model, slides_pptx,
};

/// What an export wrote, and what it left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order they were written.
    pub files: Vec<WrittenFile>,
    /// What was left out or must be minded, one sentence each.
    pub notes: Vec<String>,
    /// Why the user's own template could not be used, if it could not.
    pub no_template: Option<String>,
}

/// A file on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

impl Written {
    /// Writes a file and remembers it.
    fn write(&mut self, path: PathBuf, ctx: &Ctx, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ExportError> {
        let bytes = write_checked(&path, ctx, write)?;
        self.files.push(WrittenFile { path, bytes });
        Ok(())
    }

    fn no_template(&mut self, sentence: String) {
        self.no_template.get_or_insert_with(|| sentence.clone());
        self.tell(sentence);
    }

    /// Adds a sentence, once.
    fn tell(&mut self, sentence: String) {
        if !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }
}

/// Writes every chosen format into `folder`, which is made if need be. On an error the files written before it stay.
pub fn write_all(report: &Report, plots: &Plots, choices: &Choices, folder: &Path, ctx: &Ctx) -> Result<Written, ExportError> {
    let mut written = Written::default();
    write_into(report, plots, choices, folder, ctx, &mut written)?;
    Ok(written)
}

/// As [`write_all`]; `written` tells what was complete before an error or a stop.
pub fn write_into(
    report: &Report,
    plots: &Plots,
    choices: &Choices,
    folder: &Path,
    ctx: &Ctx,
    written: &mut Written,
) -> Result<(), ExportError> {
    ctx.check()?;
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let formats = &choices.formats;
    let names = persona_names(report);
    let plots = &Plots { chosen: report.chosen.by.clone(), ..plots.clone() };
    let mut model = None;
    for (at, format) in formats.iter().enumerate() {
        let stage = format!("Writing {}", format.name());
        let progress = |within: f32| ctx.progress(&stage, (at as f32 + within) / formats.len() as f32);
        ctx.check()?;
        progress(0.0);
        let path = folder.join(format.file_name());
        match format {
            Format::Pdf => {
                let bytes = set_pages(report, plots, choices, written)?.pdf()?;
                written.write(path, ctx, |to| to.write_all(&bytes))?;
            }
            Format::Html => written.write(path, ctx, |to| to.write_all(cards_html(report, plots, choices).as_bytes()))?,
            Format::Json => written.write(path, ctx, |to| to.write_all(cards_json(report).as_bytes()))?,
            Format::Csv => {
                let mut n_marked = 0;
                written.write(path, ctx, |to| {
                    n_marked = customers_csv(report, choices.keeps_formulas, to, ctx)?;
                    Ok(())
                })?;
                note_of_formulas(format.file_name(), n_marked).into_iter().for_each(|note| written.tell(note));
            }
            Format::Parquet => written.write(path, ctx, |to| customers_parquet(report, to, ctx))?,
            Format::Audience => write_audiences(report, choices, folder, ctx, written, progress)?,
            Format::Pptx => {
                let slides = slides_pptx(&deck(report, plots, choices), report, ctx)?;
                written.write(path, ctx, |to| to.write_all(&slides))?;
            }
            Format::Markdown => {
                let text = cards_markdown(&deck(report, plots, choices));
                written.write(path, ctx, |to| to.write_all(text.as_bytes()))?;
            }
            Format::Model | Format::Pmml | Format::Onnx => {
                if model.is_none() {
                    model = segment_model(report, ctx)?;
                }
                let bytes = match (&model, format) {
                    (None, _) => {
                        written.tell("There is no segment model: the report does not know how its segments were made.".to_owned());
                        continue;
                    }
                    (Some(model), Format::Pmml) => to_pmml(model).map(String::into_bytes),
                    (Some(model), Format::Onnx) => to_onnx(model),
                    (Some(model), _) => Ok(to_text(model).into_bytes()),
                };
                match bytes {
                    Ok(bytes) => written.write(path, ctx, |to| to.write_all(&bytes))?,
                    Err(why) => written.tell(format!("No {} was written: {why}", format.name())),
                }
            }
            Format::Svg | Format::Png => {
                write_pages(report, plots, choices, *format, folder, ctx, written)?;
                for (nth, plot) in Plot::ALL.into_iter().enumerate() {
                    let Some(svg) = plot_svg(plot, plots, &names) else { continue };
                    ctx.check()?;
                    progress(nth as f32 / Plot::ALL.len() as f32);
                    let path = folder.join(plot.file_stem()).with_extension(format.id());
                    let bytes = file_bytes(*format, svg)?;
                    written.write(path, ctx, |to| to.write_all(&bytes))?;
                }
            }
        }
    }
    ctx.progress("Files written", 1.0);
    Ok(())
}

/// A list for each wanted persona that is large enough, and who was left out.
fn write_audiences(
    report: &Report,
    choices: &Choices,
    folder: &Path,
    ctx: &Ctx,
    written: &mut Written,
    progress: impl Fn(f32),
) -> Result<(), ExportError> {
    let audiences = match audience::audiences(report, choices, ctx)? {
        Ok(audiences) => audiences,
        Err(sentence) => {
            written.notes.push(sentence);
            return Ok(());
        }
    };
    for (nth, list) in audiences.lists.iter().enumerate().filter(|(_, list)| list.rows.len() >= audience::LEAST) {
        ctx.check()?;
        progress(nth as f32 / audiences.lists.len() as f32);
        let Some(persona) = report.personas.personas.iter().find(|persona| persona.cluster == list.cluster) else { continue };
        let path = folder.join(format!("audience-{}.csv", persona_stem(persona)));
        written.write(path, ctx, |to| audiences.write(list, to, ctx))?;
    }
    written.notes.extend(audiences.notes());
    Ok(())
}

/// The cards as pages. A template that cannot be used is told, and the one that comes with Personae takes its place.
fn set_pages(report: &Report, plots: &Plots, choices: &Choices, written: &mut Written) -> Result<Pages, ExportError> {
    let template = match choices.template.as_deref().map(pages::read_template).transpose() {
        Ok(template) => template,
        Err(sentence) => {
            written.no_template(sentence);
            None
        }
    };
    let pages = pages::set(&deck(report, plots, choices), &pages::pictures(report), choices.paper, template.as_ref())?;
    pages.note.iter().for_each(|note| written.no_template(note.clone()));
    Ok(pages)
}

/// Every page but plots, which have files of their own, as a picture or a drawing.
fn write_pages(
    report: &Report,
    plots: &Plots,
    choices: &Choices,
    format: Format,
    folder: &Path,
    ctx: &Ctx,
    written: &mut Written,
) -> Result<(), ExportError> {
    let pages = set_pages(report, plots, choices, written)?;
    for (page, stem) in pages.file_stems(report).into_iter().enumerate() {
        let Some(stem) = stem else { continue };
        ctx.check()?;
        let bytes = if format == Format::Png { pages.png(page, 2.0)? } else { pages.svg(page)?.into_bytes() };
        let path = folder.join(stem).with_extension(format.id());
        written.write(path, ctx, |to| to.write_all(&bytes))?;
    }
    Ok(())
}
