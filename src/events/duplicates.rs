//! Which rows are the same event twice?
//!
//! Rows with the same id (the order of a purchase, or the id the export gives events), wherever they stand; else rows of one customer that are equal in
//! everything, with the same time. The first is kept, one that names a person before one that does not. A sum stands in one line of an order only: the
//! row that is kept takes it. In: rows with their owners. Out: which are dropped. O(rows x log rows).

use rayon::prelude::*;

use crate::base::{Ctx, Stopped};

use super::batch::{Columns, HAS_ID, IS_LINE};
use super::table::{NONE, Time};

/// Rows that were dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    /// The same event again.
    pub duplicates: usize,
    /// Further lines of an order.
    pub order_lines: usize,
}

/// Marks all rows but one of each id in `is_dropped`. `owners` below `n_persons` are persons.
pub(super) fn by_id(columns: &mut Columns, owners: &[u32], n_persons: u32, is_dropped: &mut [bool], ctx: &Ctx) -> Result<Dropped, Stopped> {
    let mut dropped = Dropped::default();
    let mut ids: Vec<(u64, u32)> = Vec::new();
    ids.extend(
        columns
            .flags
            .iter()
            .zip(&columns.twin)
            .enumerate()
            .filter(|(_, (flags, _))| **flags & HAS_ID != 0)
            .map(|(at, (_, &id))| (id, at as u32)),
    );
    ctx.check()?;
    ids.par_sort_unstable();
    ctx.check()?;
    for same in ids.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let key = |row: usize| {
            (owners[row] >= n_persons, owners[row] == NONE, columns.time[row], columns.in_ms.get(row).copied().unwrap_or(0), row)
        };
        let Some(kept) = same.iter().map(|&(_, row)| row as usize).min_by_key(|&row| key(row)) else { continue };
        let mut value = columns.value[kept];
        for row in same.iter().map(|&(_, row)| row as usize).filter(|&row| row != kept) {
            is_dropped[row] = true;
            if value.is_nan() {
                value = columns.value[row];
            }
            match columns.flags[row] & IS_LINE {
                0 => dropped.duplicates += 1,
                _ => dropped.order_lines += 1,
            }
        }
        columns.value[kept] = value;
    }
    Ok(dropped)
}

/// Marks the twins among the ordered rows of one customer with [`NONE`]; how many there are.
pub(super) fn of_customer(order: &mut [u32], columns: &Columns, room: &mut Vec<(u64, usize)>) -> usize {
    let time = |row: u32| -> Time { columns.time[row as usize] };
    let mut n = 0;
    let mut start = 0;
    while start < order.len() {
        let end = start + order[start..].iter().take_while(|&&row| time(row) == time(order[start])).count();
        if end - start > 1 {
            room.clear();
            let without_id = (start..end).filter(|&at| columns.flags[order[at] as usize] & HAS_ID == 0);
            room.extend(without_id.map(|at| (columns.twin[order[at] as usize], at)));
            // Sorted, not compared in pairs: a million events may have the same time.
            room.sort_unstable();
            for pair in room.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                order[pair[1].1] = NONE;
                n += 1;
            }
        }
        start = end;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(of: &[(u64, u8, Time, f64)]) -> Columns {
        Columns {
            twin: of.iter().map(|row| row.0).collect(),
            flags: of.iter().map(|row| row.1).collect(),
            time: of.iter().map(|row| row.2).collect(),
            value: of.iter().map(|row| row.3).collect(),
            ..Columns::default()
        }
    }

    #[test]
    fn the_first_with_a_person_is_kept_and_takes_the_sum() {
        let none = f64::NAN;
        let mut columns =
            columns(&[(7, HAS_ID, 1, 5.0), (7, HAS_ID, 3, none), (7, HAS_ID | IS_LINE, 2, none), (8, HAS_ID, 1, 1.0), (7, 0, 1, 2.0)]);
        let mut is_dropped = vec![false; 5];
        // Row 0 is of a device, rows 1 and 2 of a person.
        let dropped = by_id(&mut columns, &[9, 0, 0, 0, 0], 5, &mut is_dropped, &Ctx::new()).unwrap();
        assert_eq!((dropped, is_dropped), (Dropped { duplicates: 2, order_lines: 0 }, vec![true, true, false, false, false]));
        assert_eq!(columns.value[2], 5.0);
    }

    #[test]
    fn twins_have_the_same_time() {
        let columns = columns(&[(1, 0, 1, 0.0), (2, 0, 1, 0.0), (1, 0, 1, 0.0), (1, HAS_ID, 1, 0.0), (1, 0, 2, 0.0), (1, 0, 1, 0.0)]);
        let mut order = [0, 1, 2, 3, 5, 4];
        assert_eq!(of_customer(&mut order, &columns, &mut Vec::new()), 2);
        assert_eq!(order, [0, 1, NONE, 3, NONE, 4]);
    }
}
