//! Which customers are picked out, and in which segments are they?
//!
//! In: rows of the table, from a box in the map, a row of the table, a subtree. Out: a set that is asked in O(1) whether a customer is
//! in it, how many of a range are, and which comes at a place; and the number of them in every segment. O(n) once, so that no page counts. One and a half bits per customer.
//! The idea is Becker and Cleveland's (1987), "Brushing scatterplots": what is picked in one plot is marked in all.

use std::ops::Range;

use crate::base::{Ctx, Labels, Stopped};
use crate::data::Loaded;
use crate::features::Prepared;

use super::map::{Axis, place};
use super::views::MapAxis;

/// Rows between two looks at the stop flag; well below 5 ms.
const ROWS_A_CHECK: usize = 65_536;
const BITS: usize = u64::BITS as usize;

/// A set of rows of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    n_rows: usize,
    bits: Vec<u64>,
    /// Rows in it before each word, so that counting and finding are a few look-ups. Half a bit per customer more.
    before: Vec<u32>,
    n: usize,
}

impl Picked {
    /// The rows, in any order; repeats and rows beyond the table count for nothing.
    pub fn new(n_table_rows: usize, rows: impl IntoIterator<Item = usize>) -> Picked {
        let mut picked = Picked { n_rows: n_table_rows, bits: vec![0; n_table_rows.div_ceil(BITS)], ..Picked::default() };
        for row in rows.into_iter().filter(|&row| row < n_table_rows) {
            picked.bits[row / BITS] |= 1 << (row % BITS);
        }
        picked.before.reserve_exact(picked.bits.len());
        for word in &picked.bits {
            picked.before.push(picked.n as u32);
            picked.n += word.count_ones() as usize;
        }
        picked
    }

    /// Rows of the table, in it or not.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Whether this row of the table is in it.
    pub fn contains(&self, table_row: usize) -> bool {
        self.bits.get(table_row / BITS).is_some_and(|word| word >> (table_row % BITS) & 1 == 1)
    }

    /// Rows in it.
    pub fn n(&self) -> usize {
        self.n
    }

    /// How many of `rows` are in it. O(1), so that a plot asks for every pixel.
    pub fn n_in(&self, rows: Range<usize>) -> usize {
        self.n_before(rows.end).saturating_sub(self.n_before(rows.start))
    }

    /// The row that stands at `place` among those in it, from 0. O(log n).
    pub fn nth(&self, place: usize) -> Option<usize> {
        if place >= self.n {
            return None;
        }
        let word = self.before.partition_point(|&before| before as usize <= place) - 1;
        let mut bits = self.bits[word];
        for _ in self.before[word] as usize..place {
            bits &= bits - 1;
        }
        Some(word * BITS + bits.trailing_zeros() as usize)
    }

    /// Rows in it that come before `row`. O(1).
    pub fn n_before(&self, row: usize) -> usize {
        let Some(word) = self.bits.get(row / BITS) else { return self.n };
        self.before[row / BITS] as usize + (word & ((1 << (row % BITS)) - 1)).count_ones() as usize
    }

    /// The rows, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.bits.iter().enumerate().flat_map(|(at, &word)| {
            let bits = std::iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1))).take_while(|&word| word != 0);
            bits.map(move |word| at * BITS + word.trailing_zeros() as usize)
        })
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.bits[..]) + size_of_val(&self.before[..])
    }
}

/// How many of the picked customers are where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PickedCounts {
    /// In each segment.
    pub clusters: Vec<usize>,
    /// In none.
    pub noise: usize,
    /// Left out by the preparation, so they are in no plot.
    pub left_out: usize,
}

impl PickedCounts {
    /// Counts `picked` by the segments of the matrix' rows; `table_rows` are their rows in the table.
    pub fn of(picked: &Picked, labels: &Labels, table_rows: &[usize], ctx: &Ctx) -> Result<PickedCounts, Stopped> {
        let mut counts = PickedCounts { clusters: vec![0; labels.n_clusters()], noise: 0, left_out: picked.n };
        for (row, &table_row) in table_rows.iter().enumerate().take(labels.n_rows()) {
            if row % ROWS_A_CHECK == 0 {
                ctx.check()?;
            }
            if picked.contains(table_row) {
                counts.left_out -= 1;
                *labels.get(row).map_or(&mut counts.noise, |cluster| &mut counts.clusters[cluster]) += 1;
            }
        }
        Ok(counts)
    }

    /// The share of a segment's `size` customers that is picked, 0 to 1.
    pub fn share(&self, cluster: usize, size: usize) -> f64 {
        self.clusters.get(cluster).map_or(0.0, |&n| n as f64 / size.max(1) as f64)
    }
}

/// A single picked customer, to be ringed and named.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ring {
    /// Its name, as [`customer_name`] has it.
    pub name: String,
    /// Its place on the map's axes, if it has one.
    pub at: Option<[f64; 2]>,
}

impl Ring {
    /// The ring around a row of the table. O(log n).
    pub fn around(loaded: &Loaded, prepared: &Prepared, axes: &(MapAxis, MapAxis), table_row: usize) -> Ring {
        let x = Axis::new(loaded, prepared, &axes.0);
        let y = Axis::new(loaded, prepared, &axes.1);
        let row = prepared.table_rows.binary_search(&table_row).ok();
        Ring { name: customer_name(loaded, table_row), at: row.and_then(|row| place(&x, &y, row)) }
    }

    /// Where rows of the matrix stand on the map's axes; none for one that stands nowhere. O(rows).
    pub fn places(loaded: &Loaded, prepared: &Prepared, axes: &(MapAxis, MapAxis), rows: &[u32]) -> Vec<Option<[f64; 2]>> {
        let x = Axis::new(loaded, prepared, &axes.0);
        let y = Axis::new(loaded, prepared, &axes.1);
        rows.iter().map(|&row| place(&x, &y, row as usize)).collect()
    }
}

/// A customer's identifier, or its place in the file when there is none.
pub fn customer_name(loaded: &Loaded, table_row: usize) -> String {
    let cell = loaded.naming_column().filter(|_| table_row < loaded.table.n_rows).map(|column| column.cell(table_row));
    cell.filter(|cell| !cell.is_empty())
        .map_or_else(|| format!("Row {}", crate::base::text::count(table_row + 1)), |cell| cell.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};

    #[test]
    fn a_set_of_rows_is_each_row_once_in_order() {
        let picked = Picked::new(130, [129, 0, 64, 63, 0, 130, 9_999]);
        assert_eq!((picked.n(), picked.rows().collect::<Vec<_>>()), (4, vec![0, 63, 64, 129]));
        assert!((0..200).all(|row| picked.contains(row) == [0, 63, 64, 129].contains(&row)));
        assert_eq!(Picked::new(0, [0, 1]), Picked::default());
    }

    #[test]
    fn counting_and_finding_are_what_going_through_all_says() {
        let mut random = seed::random(3, 0);
        for n in [1usize, 63, 64, 65, 500] {
            for share in [0.0, 0.1, 0.9, 1.0] {
                let rows: Vec<usize> = (0..n).filter(|_| random.random::<f64>() < share).collect();
                let picked = Picked::new(n, rows.iter().copied());
                assert!((0..n + 70).all(|place| picked.nth(place) == rows.get(place).copied()), "{n} {share}");
                for (from, to) in [(0, n), (0, 0), (1, 64), (n / 3, n / 2), (5, 3), (n, n + 99)] {
                    let expected = rows.iter().filter(|row| (from..to).contains(*row)).count();
                    assert_eq!(picked.n_in(from..to), expected, "{n} {share} {from}..{to}");
                }
            }
        }
    }

    #[test]
    fn everyone_picked_is_counted_once() {
        // Row 2 of the table was left out, so row 2 of the matrix is row 3 of the table.
        let labels = Labels::from_options(&[Some(0), Some(0), Some(1), None]);
        let counts = PickedCounts::of(&Picked::new(5, [0, 2, 3, 4]), &labels, &[0, 1, 3, 4], &Ctx::new());
        let counts = counts.unwrap();
        assert_eq!(counts, PickedCounts { clusters: vec![1, 1], noise: 1, left_out: 1 });
        assert_eq!((counts.share(0, 2), counts.share(1, 1), counts.share(9, 3)), (0.5, 1.0, 0.0));
        assert_eq!(PickedCounts::of(&Picked::default(), &labels, &[0, 1, 3, 4], &Ctx::stopping_after(1)), Err(Stopped));
    }
}
