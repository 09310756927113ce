//! How does a file reach the disk? Written beside its place, then renamed, so that a failed export leaves the old file whole.
//!
//! In: a path, and what writes the bytes. Out: the file, or a sentence why there is none. Stopping is obeyed between writes of a few kilobytes.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::base::{Ctx, Stopped};

use super::error::{ExportError, cannot_write};

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
pub(super) fn write_checked(path: &Path, ctx: &Ctx, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<u64, ExportError> {
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
