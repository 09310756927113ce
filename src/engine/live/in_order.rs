//! A recording whose rows are not in the order of their days: a copy that is, to be played.
//!
//! Played as it is, its newest row would be due with its first one, and everything would come at once. In: the file, how its rows are cut and timed. Out: a copy beside
//! what is kept, or nothing where the rows are in order already. A row without a time stays behind the row before it. Cost: one pass over the file;
//! where it is not in order another one, and its size in memory.

use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::data::CutRow;
use crate::engine::Problem;
use crate::events::table::DAY;

use super::outputs;
use super::source::{Arrivals, ReadTo};

/// Where the copy lies, in the folder of what is kept.
const FOLDER: &str = "played";
/// Rows that are cut at a time.
const ROWS: usize = 50_000;
/// Larger files are not put in order here.
const MOST_BYTES: u64 = 2_000_000_000;

/// The place of the copy of a recording.
pub(super) fn place(folder: &Path, recording: &Path) -> PathBuf {
    folder.join(FOLDER).join(recording.file_name().unwrap_or_default())
}

/// Writes the copy, unless no row is a day or more behind one that stands before it. Whether it did.
///
/// Fails where the file cannot be read, is too large to be put in order, or the copy cannot be written.
pub(super) fn copied(
    recording: &Path,
    (names, to): (Vec<String>, &Path),
    time_of: impl Fn(&CutRow) -> Option<i64>,
    ctx: &Ctx,
) -> Result<bool, Problem> {
    let begun = || Arrivals::of(recording).go_on(names.clone(), ReadTo::default());
    // Looked at first without keeping anything: a file in order may be larger than memory.
    let (mut newest, mut is_in_order) = (i64::MIN, true);
    each_row(begun(), &time_of, ctx, |_, time| {
        is_in_order = time.saturating_add(DAY) > newest;
        newest = newest.max(time);
        is_in_order
    })?;
    if is_in_order {
        return Ok(false);
    }
    let rows = begun();
    if rows.whole().unwrap_or_default() > MOST_BYTES {
        let shown = recording.display();
        return Err(Problem(
            format!(
                "The rows of {shown} are not in the order of their days, and it is too large to be put in order here; sort it by day first."
            )
            .into(),
        ));
    }
    let mut text = rows.head()?;
    let mut lines: Vec<(i64, String)> = Vec::new();
    each_row(rows, &time_of, ctx, |row, time| {
        lines.push((time, row.line));
        true
    })?;
    lines.sort_by_key(|(time, _)| *time);
    for (_, line) in &lines {
        text.push_str(line);
        text.push('\n');
    }
    outputs::text(to, &text)?;
    Ok(true)
}

/// Hands over each row with its time, or with that of the row before it where it has none, until `goes_on` says no.
fn each_row(
    mut rows: Arrivals,
    time_of: impl Fn(&CutRow) -> Option<i64>,
    ctx: &Ctx,
    mut goes_on: impl FnMut(CutRow, i64) -> bool,
) -> Result<(), Problem> {
    let mut last = i64::MIN;
    loop {
        let found = rows.look(ROWS, true)?;
        if found.is_at_end {
            return Ok(());
        }
        for row in found.rows {
            last = time_of(&row).unwrap_or(last);
            if !goes_on(row, last) {
                return Ok(());
            }
        }
        ctx.check().map_err(|stopped| Problem(stopped.to_string().into()))?;
    }
}
