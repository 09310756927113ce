//! How files reach the disk: written beside their place, then renamed, so that a failed export leaves the old file whole.
//!
//! In: a report, the choices, a folder. Out: the files written and what was left out, in sentences. Stopping is obeyed between writes of a few
//! kilobytes: what was complete stays, nothing half-written does.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::base::{Ctx, Stopped};

use super::pages::{self, Pages};
use super::plot::{Plot, Plots, file_bytes, plot_svg};
use super::{
    Choices, Format, Report, audience, cards_html, cards_json, cards_markdown, customers_csv, customers_parquet, deck, note_of_formulas,
    persona_stem, slides_pptx,
};

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
    let plots = &Plots { chosen: report.chosen.clone(), ..plots.clone() };
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
    if target.exists() && !target.is_file() {
        // A device or a pipe is written to, never replaced by a file.
        let mut buffered = BufWriter::with_capacity(1 << 16, std::fs::OpenOptions::new().write(true).open(target)?);
        write(&mut buffered)?;
        return buffered.flush();
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".personae-").suffix(".part");
    #[cfg(unix)]
    {
        // Otherwise nobody but the writer could read the export; the user's umask still applies.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    clear_left_parts(folder);
    let mut file = builder.tempfile_in(folder)?;
    let permissions = keep_to_oneself(file.as_file(), target);
    // Says that somebody still writes here; the system gives it up even if the program is killed.
    let _ = file.as_file().try_lock();
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    if let Some(permissions) = permissions {
        // Some disks know no permissions.
        let _ = file.as_file().set_permissions(permissions);
    }
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Lets nobody else read a file that is not finished. The permissions it is to have in the end: those of the file it replaces, or of any new one.
#[cfg(unix)]
fn keep_to_oneself(file: &std::fs::File, target: &Path) -> Option<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(target).or_else(|_| file.metadata()).ok()?.permissions().mode() & 0o777;
    file.set_permissions(std::fs::Permissions::from_mode(0o600)).ok()?;
    Some(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_to_oneself(_: &std::fs::File, _: &Path) -> Option<std::fs::Permissions> {
    None
}

/// Removes what a program that was killed left half-written: it may hold every customer. A part somebody is writing is locked and stays.
fn clear_left_parts(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(".personae-") || !name.ends_with(".part") || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // Between its making and its lock, a part is a moment old.
        let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|time| time.elapsed().ok());
        let is_left = age.is_some_and(|age| age.as_secs() >= 2)
            && std::fs::OpenOptions::new().write(true).open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_left {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// As [`write_beside`], but every write asks whether to stop. The bytes written.
fn write_checked(path: &Path, ctx: &Ctx, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<u64, ExportError> {
    let mut bytes = 0;
    let done = write_beside(path, |to| {
        let mut checked = Checked { to, ctx, bytes: 0, refused: None };
        let done = write(&mut checked);
        bytes = checked.bytes;
        // What stands between wraps the system's error in words of its own; the error itself says what to do about it.
        done.map_err(|error| checked.refused.map_or(error, io::Error::from))
    });
    match done {
        Err(_) if ctx.is_stopped() => Err(Stopped.into()),
        Err(error) => Err(error),
        Ok(()) => Ok(bytes),
    }
}

struct Checked<'a> {
    to: &'a mut dyn Write,
    ctx: &'a Ctx,
    bytes: u64,
    /// What the disk said, if it refused.
    refused: Option<io::ErrorKind>,
}

impl Write for Checked<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ctx.check().map_err(io::Error::other)?;
        let taken = self.to.write(bytes).inspect_err(|error| self.refused = Some(error.kind()))?;
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush().inspect_err(|error| self.refused = Some(error.kind()))
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
