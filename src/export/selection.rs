//! How do customers leave that were picked by hand and kept under a name? As rows with all their columns, by the rules of the other files of customers:
//! only who agreed to be contacted where a column says so, and no cell that a spreadsheet would run as a formula unless that is wanted.
//!
//! In: the data, the rows, the user's choices. Out: CSV in UTF-8, and what was left out. O(rows of the table) where consent is asked, else O(rows picked).

use std::path::Path;

use crate::base::Ctx;
use crate::data::{Loaded, Noun, write};

use super::atomic_write::write_beside;
use super::audience::{Willing, willing};
use super::{Choices, ExportError, note_of_formulas};

/// Writes the picked `rows` to `path`; says how many they are and who was left out. `Err` in the inner result is the sentence why nothing was written.
pub fn save_selection(
    loaded: &Loaded,
    rows: &[usize],
    choices: &Choices,
    path: &Path,
    ctx: &Ctx,
) -> Result<Result<Vec<String>, String>, ExportError> {
    let Willing { rows, notes, .. } = match willing(loaded, &choices.audience, rows, ctx)? {
        Ok(told) => told,
        Err(sentence) => return Ok(Err(sentence)),
    };
    if rows.is_empty() {
        return Ok(Err(format!("Nothing was saved: nobody is left. {}", notes.join(" "))));
    }
    let table = loaded.table.only(rows.iter().copied());
    let mut n_marked = 0;
    write_beside(path, |to| {
        if choices.keeps_formulas {
            return write::csv(&table, &[], to, ctx).map_err(std::io::Error::other);
        }
        n_marked = write::csv_without_formulas(&table, &[], to, ctx).map_err(std::io::Error::other)?;
        Ok(())
    })?;
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut told = vec![format!("{} saved as {}.", Noun::guessed(loaded).counted(rows.len()), path.display())];
    told.extend(notes);
    told.extend(note_of_formulas(&file, n_marked));
    Ok(Ok(told))
}
