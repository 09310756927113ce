//! Rows laid out so that the processor works on sixteen at once.
//!
//! In: rows of a matrix, in any order. Out: blocks of [`LANES`] rows, column by column, whose distances to one point come from a single
//! loop without branches. Memory n p x 8 bytes. Each lane adds its squared differences in column order, as scikit-learn's kd-tree does,
//! so a distance has the same bits wherever it is computed, on every processor (no fused multiply-add).

/// Rows in one block.
pub const LANES: usize = 16;

/// Rows in blocks of [`LANES`]; the last block is filled up with infinities, which are near to nothing.
#[derive(Debug, Clone)]
pub struct Blocks {
    values: Vec<[f64; LANES]>,
    n_rows: usize,
    n_cols: usize,
}

impl Blocks {
    /// Lays out `n_rows` rows of `n_cols` columns; `row(i)` gives the i-th. O(n p).
    pub fn new<'a>(n_rows: usize, n_cols: usize, row: impl Fn(usize) -> &'a [f64]) -> Blocks {
        let mut values = vec![[f64::INFINITY; LANES]; n_rows.div_ceil(LANES) * n_cols];
        for i in 0..n_rows {
            let block = &mut values[i / LANES * n_cols..][..n_cols];
            for (column, &value) in block.iter_mut().zip(row(i)) {
                column[i % LANES] = value;
            }
        }
        Blocks { values, n_rows, n_cols }
    }

    /// Number of rows, without the filling.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.n_rows.div_ceil(LANES)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// Block `b`: one array of lanes for each column.
    #[inline(always)]
    pub fn block(&self, b: usize) -> &[[f64; LANES]] {
        &self.values[b * self.n_cols..][..self.n_cols]
    }

    /// Copies row `i` into `out`.
    pub fn copy_row(&self, i: usize, out: &mut [f64]) {
        for (value, column) in out.iter_mut().zip(self.block(i / LANES)) {
            *value = column[i % LANES];
        }
    }
}

/// Squared distances of the rows of one block to `point`.
#[inline(always)]
pub fn squared_distances(block: &[[f64; LANES]], point: &[f64]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (column, &at) in block.iter().zip(point) {
        for lane in 0..LANES {
            let difference = column[lane] - at;
            sums[lane] += difference * difference;
        }
    }
    sums
}

/// The squared distance of two rows, with the same bits as [`squared_distances`] gives.
#[inline(always)]
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (x, y) in a.iter().zip(b) {
        sum += (x - y) * (x - y);
    }
    sum
}

/// Runs `kernel` compiled for the widest vectors this processor has. The numbers are the same as on any other.
///
/// The kernel itself, as `#[inline(always)] || ..`, and all it calls must be inlined, or they stay compiled for the oldest processor: a closure
/// of some length is a function of its own otherwise, and all loops take twice as long.
#[inline]
pub fn vectorised<R>(kernel: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_has_the_same_bits_in_every_layout() {
        let rows: Vec<Vec<f64>> = (0..37).map(|i| (0..5).map(|j| ((i * 7 + j * 3) as f64).sin()).collect()).collect();
        let blocks = Blocks::new(rows.len(), 5, |i| &rows[i]);
        let distances: Vec<f64> = (0..blocks.len())
            .flat_map(|b| {
                vectorised(
                    #[inline(always)]
                    || squared_distances(blocks.block(b), &rows[3]),
                )
            })
            .collect();
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(distances[i], squared_distance(row, &rows[3]));
        }
        assert!(distances[rows.len()..].iter().all(|d| d.is_infinite()));
    }
}
