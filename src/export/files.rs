//! How files reach the disk: written beside their place, then renamed, so that a failed export leaves the old file whole.
//!
//! In: a report, the formats, a folder. Out: the paths written. Stopping is obeyed between writes of a few kilobytes.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::base::{Ctx, Stopped};

use super::pages::{self, Pages};
use super::plot::{Plot, Plots, file_bytes, plot_svg};
use super::{Choices, Format, Report, cards_html, cards_json, cards_markdown, deck, labels_csv, labels_parquet, slides_pptx};

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Somebody asked to stop; nothing half-written stays.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The place refuses.
    #[error("Cannot write to {}: {reason}. {advice}", path.display())]
    CannotWrite {
        /// Where it should have gone.
        path: PathBuf,
        /// Why not, in words.
        reason: String,
        /// What to try.
        advice: &'static str,
    },
    /// A plot was to be saved as something it cannot be.
    #[error("Plots are saved as PNG or SVG, not as \"{extension}\". End the file's name with .png or .svg.")]
    UnknownExtension {
        /// What the file's name ended with.
        extension: String,
    },
    /// The plot has not been computed.
    #[error("{title} is not there yet, so it cannot be saved. Open the page that shows it first.")]
    NoPlot {
        /// The plot's title.
        title: &'static str,
    },
    /// Pages could not be set.
    #[error("The pages could not be set: {0}. Export the cards as HTML instead.")]
    Pages(String),
    /// A drawing could not be turned into a picture.
    #[error("The picture could not be drawn: {0}. Save the plot as SVG instead.")]
    Picture(String),
}

/// Writes every chosen format into `folder`, which is made if need be. On an error the files written before it stay.
pub fn write_all(report: &Report, plots: &Plots, choices: &Choices, folder: &Path, ctx: &Ctx) -> Result<Vec<PathBuf>, ExportError> {
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let formats = &choices.formats;
    let names = persona_names(report);
    let plots = &Plots { chosen: report.chosen.clone(), ..plots.clone() };
    let mut written = Vec::new();
    for (at, format) in formats.iter().enumerate() {
        let stage = format!("Writing {}", format.name());
        ctx.check()?;
        ctx.progress(&stage, at as f32 / formats.len() as f32);
        let path = folder.join(format.file_name());
        match format {
            Format::Pdf => {
                let bytes = set_pages(report, plots, choices)?.pdf()?;
                write_checked(&path, ctx, |to| to.write_all(&bytes))?;
            }
            Format::Html => write_checked(&path, ctx, |to| to.write_all(cards_html(report, plots).as_bytes()))?,
            Format::Json => write_checked(&path, ctx, |to| to.write_all(cards_json(report).as_bytes()))?,
            Format::Csv => write_checked(&path, ctx, |to| labels_csv(report, to, ctx))?,
            Format::Parquet => write_checked(&path, ctx, |to| labels_parquet(report, to, ctx))?,
            Format::Pptx => {
                let slides = slides_pptx(&deck(report, plots, choices), report, ctx)?;
                write_checked(&path, ctx, |to| to.write_all(&slides))?;
            }
            Format::Markdown => {
                let text = cards_markdown(&deck(report, plots, choices));
                write_checked(&path, ctx, |to| to.write_all(text.as_bytes()))?;
            }
            Format::Svg | Format::Png => {
                written.extend(write_pages(report, plots, choices, *format, folder, ctx)?);
                for (nth, plot) in Plot::ALL.into_iter().enumerate() {
                    let Some(svg) = plot_svg(plot, plots, &names) else { continue };
                    ctx.check()?;
                    ctx.progress(&stage, (at as f32 + nth as f32 / Plot::ALL.len() as f32) / formats.len() as f32);
                    let path = folder.join(plot.file_stem()).with_extension(format.id());
                    let bytes = file_bytes(*format, svg)?;
                    write_checked(&path, ctx, |to| to.write_all(&bytes))?;
                    written.push(path);
                }
                continue;
            }
        }
        written.push(path);
    }
    ctx.progress("Files written", 1.0);
    Ok(written)
}

/// The cards as pages.
fn set_pages(report: &Report, plots: &Plots, choices: &Choices) -> Result<Pages, ExportError> {
    let template = choices.template.as_deref().and_then(|path| pages::read_template(path).ok());
    pages::set(&deck(report, plots, choices), &pages::pictures(report), choices.paper, template.as_ref())
}

/// Every page but plots, which have files of their own, as a picture or a drawing.
fn write_pages(
    report: &Report,
    plots: &Plots,
    choices: &Choices,
    format: Format,
    folder: &Path,
    ctx: &Ctx,
) -> Result<Vec<PathBuf>, ExportError> {
    let pages = set_pages(report, plots, choices)?;
    let mut written = Vec::new();
    for (page, stem) in pages.file_stems(report).into_iter().enumerate() {
        let Some(stem) = stem else { continue };
        ctx.check()?;
        let bytes = if format == Format::Png { pages.png(page, 2.0)? } else { pages.svg(page)?.into_bytes() };
        let path = folder.join(stem).with_extension(format.id());
        write_checked(&path, ctx, |to| to.write_all(&bytes))?;
        written.push(path);
    }
    Ok(written)
}

/// Writes a file beside `path`, brings it to the disk and renames it to `path`. Whatever fails, what stood at `path` stays.
pub fn write_beside(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ExportError> {
    // A link is followed, so that the file it points at is replaced and not the link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    beside(&target, write).map_err(|error| cannot_write(path, &error))
}

fn beside(target: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if target.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".personae-").suffix(".part");
    #[cfg(unix)]
    {
        // Otherwise nobody but the writer could read the export; the user's umask still applies.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// As [`write_beside`], but every write asks whether to stop.
fn write_checked(path: &Path, ctx: &Ctx, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ExportError> {
    let done = write_beside(path, |to| write(&mut Checked { to, ctx }));
    if ctx.is_stopped() && done.is_err() { Err(Stopped.into()) } else { done }
}

struct Checked<'a> {
    to: &'a mut dyn Write,
    ctx: &'a Ctx,
}

impl Write for Checked<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ctx.check().map_err(io::Error::other)?;
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The names of the personas by cluster.
pub(super) fn persona_names(report: &Report) -> Vec<String> {
    report.personas.personas.iter().map(|persona| persona.name.clone()).collect()
}

/// The sentence for what the system said.
fn cannot_write(path: &Path, error: &io::Error) -> ExportError {
    use io::ErrorKind as Kind;
    let other_folder = "Choose another folder.";
    let (reason, advice) = match error.kind() {
        Kind::PermissionDenied => ("permission denied".to_owned(), other_folder),
        Kind::ReadOnlyFilesystem => ("the disk can only be read".to_owned(), other_folder),
        Kind::NotFound => ("the folder does not exist".to_owned(), other_folder),
        Kind::NotADirectory | Kind::AlreadyExists => ("a file stands where a folder is needed".to_owned(), other_folder),
        Kind::IsADirectory => ("it is a folder".to_owned(), "Choose another name."),
        Kind::StorageFull | Kind::QuotaExceeded => ("the disk is full".to_owned(), "Make room or choose another disk."),
        Kind::InvalidFilename => ("the name is not allowed".to_owned(), "Choose another name."),
        _ => (error.to_string(), other_folder),
    };
    ExportError::CannotWrite { path: path.to_owned(), reason, advice }
}
