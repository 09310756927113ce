//! What would these columns look like if they had nothing to do with each other?
//!
//! In: a matrix. Out: rows whose every column holds the same values in an order of its own: all that ties columns together is gone, all
//! that one column shows alone is still there. O(n p).

use crate::base::seed::{self, RngExt};
use crate::base::{Ctx, Matrix, Stopped};

/// Keeps these draws apart from those of k-means, which take the seed as it is.
const SALT: u64 = 0x5368_7566_666C_6521;

/// The first `n_rows` rows of copy number `copy`, or all of them. Every column of every copy has a random stream of its own, so a copy is the same
/// whichever others are made.
pub fn shuffled_columns(x: &Matrix, n_rows: usize, seed: u64, copy: usize, ctx: &Ctx) -> Result<Matrix, Stopped> {
    let n_rows = n_rows.min(x.n_rows());
    let mut rows_of_column = Vec::with_capacity(x.n_cols());
    for col in 0..x.n_cols() {
        let mut random = seed::random(seed ^ SALT, ((copy as u64) << 32) | col as u64);
        let mut order: Vec<u32> = (0..x.n_rows() as u32).collect();
        for row in 0..n_rows {
            if row % 16_384 == 0 {
                ctx.check()?;
            }
            let other = random.random_range(row..order.len());
            order.swap(row, other);
        }
        order.truncate(n_rows);
        rows_of_column.push(order);
    }
    ctx.check()?;
    Ok(x.gather(&rows_of_column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_keeps_its_values() {
        let x = Matrix::new((0..600).map(f64::from).collect(), 200, 3).unwrap();
        let copy = shuffled_columns(&x, 200, 4, 2, &Ctx::new()).unwrap();
        let column = |x: &Matrix, col: usize| (0..x.n_rows()).map(|row| x.at(row, col)).collect::<Vec<_>>();
        for col in 0..3 {
            let (before, mut after) = (column(&x, col), column(&copy, col));
            assert_ne!(before, after);
            after.sort_by(f64::total_cmp);
            assert_eq!(before, after);
        }
        assert_eq!(shuffled_columns(&x, 200, 4, 2, &Ctx::new()).unwrap(), copy);
        assert_ne!(shuffled_columns(&x, 200, 4, 3, &Ctx::new()).unwrap(), copy);
        let few = shuffled_columns(&x, 50, 4, 2, &Ctx::new()).unwrap();
        assert_eq!(few, copy.select_rows(&(0..50).collect::<Vec<_>>()), "fewer rows are the first of the same copy");
    }
}
