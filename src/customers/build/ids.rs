//! A short id for every row's customer, so that names and colours can follow them when the table is built anew.
//!
//! In: a table whose first column is the key. Out: the first four bytes of the key's hash, per row. O(n).

use rayon::prelude::*;

use crate::base::{Ctx, Stopped};
use crate::data::Table;

/// Rows hashed between two checks.
const BLOCK: usize = 16_384;

/// The ids of all rows.
pub fn row_ids(table: &Table, ctx: &Ctx) -> Result<Vec<u32>, Stopped> {
    let Some(keys) = table.columns.first() else { return Ok(Vec::new()) };
    let starts: Vec<usize> = (0..table.n_rows).step_by(BLOCK).collect();
    let blocks = starts.into_par_iter().map(|first| -> Result<Vec<u32>, Stopped> {
        ctx.check()?;
        let rows = first..(first + BLOCK).min(table.n_rows);
        Ok(rows.map(|row| id(&keys.cell(row))).collect())
    });
    Ok(blocks.collect::<Result<Vec<_>, _>>()?.concat())
}

fn id(key: &str) -> u32 {
    let hash = blake3::hash(key.as_bytes());
    hash.as_bytes().first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}
