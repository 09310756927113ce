//! May these files be written? Asked before anything is computed: what is read is never overwritten, and no two results go to one file.
//!
//! In: the files read and those to write. Out: one sentence where a result would replace an input or another result. O(inputs x outputs).

use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::data::{self, Source, Table, write};
use crate::export::{self, Choices, Format};

use super::failure::{Failure, failed};

/// A file to write and the option that asks for it.
pub(super) struct Output {
    /// What the user wrote, such as "--labels".
    pub(super) option: &'static str,
    /// Where it goes.
    pub(super) path: PathBuf,
}

/// Whether a table is written as Parquet; otherwise as CSV. Other endings are wrong use.
pub(super) fn is_parquet(path: &Path) -> Result<bool, Failure> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("parquet") => Ok(true),
        Some("csv") => Ok(false),
        _ => Err(Failure::WrongUse(format!("{} must end in .parquet or .csv.", path.display()))),
    }
}

/// The files a source is read from; a folder or a pattern is all it stands for.
pub(super) fn inputs_of(source: &Source) -> Vec<PathBuf> {
    match source {
        Source::Sample { .. } => Vec::new(),
        Source::File { path, .. } => vec![path.clone()],
        Source::Sources(sourcing) => sourcing.sources.iter().flat_map(|source| files_of(&source.path)).collect(),
    }
}

/// Writes a text beside its place first, so that no half file is ever there; its folder is made if need be.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

/// The same with bytes.
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    make_folder_of(path);
    export::write_beside(path, |to| to.write_all(bytes)).map_err(failed)
}

/// Makes the folder that a file is written into. Where that fails, writing the file says why.
pub(super) fn make_folder_of(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
}

/// Writes a table: as Parquet, or as CSV, in which a spreadsheet runs nothing unless its cells are to stay as they are. Returns the note on cells that it would have run.
pub(super) fn write_table(
    path: &Path,
    (is_parquet, keeps_formulas): (bool, bool),
    table: &Table,
    ctx: &Ctx,
) -> Result<Option<String>, Failure> {
    make_folder_of(path);
    let mut n_marked = 0;
    let written = export::write_beside(path, |to| {
        let written = match (is_parquet, keeps_formulas) {
            (true, _) => write::parquet(table, &[], to, ctx),
            (false, true) => write::csv(table, &[], to, ctx),
            (false, false) => write::csv_without_formulas(table, &[], to, ctx).map(|n| n_marked = n),
        };
        written.map_err(std::io::Error::other)
    });
    written.map_err(failed)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(export::note_of_formulas(&name, n_marked))
}

/// The files a path stands for. One that does not exist is told when it is read.
pub(super) fn files_of(path: &Path) -> Vec<PathBuf> {
    data::files_of(path).unwrap_or_else(|_| vec![path.to_owned()])
}

/// The files an export writes into its folder, as far as their names do not depend on the result.
pub(super) fn of_folder(folder: &Path, choices: &Choices) -> Vec<Output> {
    let has_one_name = |format: &&Format| !matches!(format, Format::Audience | Format::Svg | Format::Png);
    choices.formats.iter().filter(has_one_name).map(|format| Output { option: "--out", path: folder.join(format.file_name()) }).collect()
}

/// Refuses outputs that are inputs, or the same file twice.
pub(super) fn check(inputs: &[PathBuf], outputs: &[Output]) -> Result<(), Failure> {
    for (at, output) in outputs.iter().enumerate() {
        let shown = output.path.display();
        if inputs.iter().any(|input| is_same(input, &output.path)) {
            let option = output.option;
            return Err(Failure::WrongUse(format!("{option} would overwrite {shown}, which is read; choose another place for it.")));
        }
        if let Some(other) = outputs[..at].iter().find(|other| is_same(&other.path, &output.path)) {
            let (first, second) = (other.option, output.option);
            let both =
                if first == second { format!("{first} is given twice for") } else { format!("{first} and {second} would both write") };
            return Err(Failure::WrongUse(format!("{both} {shown}; give each a file of its own.")));
        }
    }
    Ok(())
}

/// Refuses an export whose lists of customers would replace a list that is read.
pub(super) fn check_audiences(inputs: &[PathBuf], folder: &Path, choices: &Choices) -> Result<(), Failure> {
    if !choices.formats.contains(&Format::Audience) {
        return Ok(());
    }
    let folder = settled(folder);
    let is_list = |path: &&PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        name.starts_with("audience-") && name.ends_with(".csv") && settled(path).parent() == Some(&folder)
    };
    inputs.iter().find(is_list).map_or(Ok(()), |path| {
        Err(Failure::WrongUse(format!("--out could overwrite {}, which is read; choose another folder for it.", path.display())))
    })
}

/// Whether two paths are one file, by whatever names, links or spellings they lead to it. A device may be written to any number of times.
fn is_same(one: &Path, other: &Path) -> bool {
    match (std::fs::metadata(one), std::fs::metadata(other)) {
        (Ok(first), Ok(second)) => {
            (first.is_file() || second.is_file()) && (is_one_file(&first, &second) || settled(one) == settled(other))
        }
        (Err(_), Err(_)) => settled(one) == settled(other),
        _ => false,
    }
}

#[cfg(unix)]
fn is_one_file(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_one_file(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    false
}

/// The path without links and detours. What does not exist yet is put below the nearest folder that does.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest = Vec::new();
    let mut at = path.as_path();
    loop {
        if let Ok(found) = std::fs::canonicalize(at) {
            return rest.iter().rev().fold(found, |path, name| path.join(name));
        }
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else { return path };
        rest.push(name);
        at = parent;
    }
}
