//! Is the file a table in a wrapper: gzip, or a zip archive that holds one table?
//!
//! In: a path. Out: the table in a temporary file that is gone with the value, and what it is called inside; nothing if there is no wrapper. What
//! it unpacks to is bounded before it is written, since a small archive may claim to hold any amount.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::base::{Ctx, Note, memory};
use crate::data::error::DataError;

use super::format::READABLE_EXTENSIONS;

/// Any archive may unpack to this much.
const ALWAYS: u64 = 1 << 30;

/// Beyond that, tables hardly ever shrink to less than a hundredth.
const FACTOR: u64 = 100;

/// A table that was unpacked.
pub(in crate::data) struct Unpacked {
    /// Where it is now; gone with the value.
    pub path: tempfile::TempPath,
    /// What it is called inside, for its ending.
    pub name: PathBuf,
    /// What is said about it.
    pub note: Note,
}

/// Unpacks the file at `path`, if it is an archive and no workbook.
pub(in crate::data) fn unpacked(path: &Path, title: &str, ctx: &Ctx) -> Result<Option<Unpacked>, DataError> {
    let failed = |error: &std::io::Error| DataError::of_io(path, error);
    let mut file = File::open(path).map_err(|error| failed(&error))?;
    let size = file.metadata().map_err(|error| failed(&error))?.len();
    let mut first = [0; 4];
    let n = file.read(&mut first).map_err(|error| failed(&error))?;
    let limit = ALWAYS.max(size.saturating_mul(FACTOR));
    let again = || File::open(path).map_err(|error| failed(&error));
    match &first[..n] {
        [0x1f, 0x8b, ..] => {
            let stem = path.file_stem().map_or_else(PathBuf::new, PathBuf::from);
            let from = flate2::read::MultiGzDecoder::new(std::io::BufReader::new(again()?));
            written(from, stem, title, "gzip", limit, ctx).map(Some)
        }
        [b'P', b'K', 3, 4] => {
            // The readers of workbooks have the sentence for one that is damaged.
            let Ok(mut archive) = zip::ZipArchive::new(std::io::BufReader::new(again()?)) else { return Ok(None) };
            let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
            // Workbooks and documents are zip archives, too.
            if names.iter().any(|name| matches!(name.as_str(), "[Content_Types].xml" | "mimetype" | "content.xml")) {
                return Ok(None);
            }
            let mut tables: Vec<String> = names.into_iter().filter(|name| is_table(name)).collect();
            tables.sort();
            let [name] = &tables[..] else {
                return Err(DataError::NotOneTable { title: title.to_owned(), tables });
            };
            let inside = archive.by_name(name).map_err(|error| DataError::damaged(title, "zip", error))?;
            written(inside, PathBuf::from(name), title, "zip", limit, ctx).map(Some)
        }
        _ => Ok(None),
    }
}

/// Whether a name in an archive is that of a table; macOS adds parts of its own.
fn is_table(name: &str) -> bool {
    let path = Path::new(name);
    let hidden = path.components().any(|part| part.as_os_str().to_str().is_some_and(|part| part.starts_with('.') || part == "__MACOSX"));
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_archive = matches!(extension.to_ascii_lowercase().as_str(), "gz" | "zip");
    !hidden && !is_archive && READABLE_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

fn written(mut from: impl Read, name: PathBuf, title: &str, format: &'static str, limit: u64, ctx: &Ctx) -> Result<Unpacked, DataError> {
    let no_room = |error: std::io::Error| DataError::NoScratch { title: title.to_owned(), why: error.to_string() };
    let (mut to, path) = tempfile::Builder::new().prefix("personae-").tempfile().map_err(no_room)?.into_parts();
    let mut block = vec![0; 1 << 20];
    let mut n_written = 0u64;
    let stage = format!("Unpacking {title}");
    loop {
        ctx.check()?;
        let n = match from.read(&mut block) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(DataError::damaged(title, format, error)),
        };
        n_written += n as u64;
        if n_written > limit {
            return Err(DataError::Expands { title: title.to_owned(), limit });
        }
        to.write_all(&block[..n]).map_err(no_room)?;
        ctx.progress(&stage, 0.0);
    }
    to.flush().map_err(no_room)?;
    let note = Note::new(format!("{title} was unpacked: {} holds {}.", name.display(), memory::readable(n_written)));
    Ok(Unpacked { path, name, note })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let unpacked = |limit: u64| written(std::io::repeat(b'1').take(5_000_000), "a.csv".into(), "a.csv.gz", "gzip", limit, &Ctx::new());
        let error = unpacked(4_000_000).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with("a.csv.gz unpacks to more than 4 MB"), "{error}");
        let inside = unpacked(5_000_000).unwrap();
        assert_eq!(std::fs::metadata(&inside.path).unwrap().len(), 5_000_000);
        assert_eq!(inside.note.0, "a.csv.gz was unpacked: a.csv holds 5 MB.");
    }
}
