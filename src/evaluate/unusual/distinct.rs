//! Which customers are the same? Equal rows share a score, since a heap of equal rows has no density of its own.
//!
//! In: a matrix. Out: the different rows, and for every row which of them it is. O(n p) and a sort of n numbers; memory O(n), and n p where rows repeat.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::base::Matrix;

/// The different rows of a matrix, in the order in which each is met first.
#[derive(Debug)]
pub struct DistinctRows<'a> {
    /// u x p; the matrix itself where all rows differ.
    pub rows: Cow<'a, Matrix>,
    /// For every row of the matrix its place in `rows`; none where all rows differ and it is the same place.
    of_row: Option<Vec<u32>>,
}

impl<'a> DistinctRows<'a> {
    /// Groups equal rows; 0 and -0 are equal.
    pub fn of(x: &'a Matrix) -> DistinctRows<'a> {
        let p = x.n_cols();
        let mut hashed: Vec<(u64, u32)> =
            (0..x.n_rows()).into_par_iter().with_min_len(1024).map(|row| (hash(x.row(row)), row as u32)).collect();
        hashed.par_sort_unstable();
        if hashed.windows(2).all(|pair| pair[0].0 != pair[1].0) {
            return DistinctRows { rows: Cow::Borrowed(x), of_row: None };
        }
        // The first row equal to each; rows of one hash are few unless they are equal, so each looks among the different ones so far.
        let mut first: Vec<u32> = (0..x.n_rows() as u32).collect();
        let mut kinds: Vec<u32> = Vec::new();
        for same in hashed.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            kinds.clear();
            for &(_, row) in same {
                match kinds.iter().find(|&&kind| x.row(kind as usize) == x.row(row as usize)) {
                    Some(&kind) => first[row as usize] = kind,
                    None => kinds.push(row),
                }
            }
        }
        let mut place = vec![0u32; x.n_rows()];
        let mut values = Vec::new();
        let mut n_different = 0u32;
        for row in 0..x.n_rows() {
            let kind = first[row] as usize;
            if kind == row {
                values.extend_from_slice(x.row(row));
                place[row] = n_different;
                n_different += 1;
            } else {
                place[row] = place[kind];
            }
        }
        match n_different as usize == x.n_rows() {
            true => DistinctRows { rows: Cow::Borrowed(x), of_row: None },
            false => {
                let rows = Matrix::new(values, n_different as usize, p).expect("rows of a matrix");
                DistinctRows { rows: Cow::Owned(rows), of_row: Some(place) }
            }
        }
    }

    /// Number of different rows, u.
    pub fn len(&self) -> usize {
        self.rows.n_rows()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every row differs from all others, so that neighbour lists of the matrix serve as they are.
    pub fn all_differ(&self) -> bool {
        self.of_row.is_none()
    }

    /// The place of a row of the matrix among the different ones.
    pub fn place(&self, row: usize) -> usize {
        self.of_row.as_ref().map_or(row, |of_row| of_row[row] as usize)
    }

    /// A value of every different row, handed to every row.
    pub fn spread(&self, values: Vec<f64>) -> Vec<f64> {
        match &self.of_row {
            None => values,
            Some(of_row) => of_row.iter().map(|&place| values[place as usize]).collect(),
        }
    }
}

/// Mixes the bits of a row; -0 counts as 0.
fn hash(row: &[f64]) -> u64 {
    row.iter().fold(0x9E37_79B9_7F4A_7C15, |hash, value| {
        let mixed = (hash ^ (value + 0.0).to_bits()).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        mixed ^ (mixed >> 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_one() {
        let x = Matrix::from_rows(&[[1.0, 0.0], [2.0, 0.0], [1.0, -0.0], [3.0, 1.0], [2.0, 0.0]]).unwrap();
        let distinct = DistinctRows::of(&x);
        assert_eq!((distinct.len(), distinct.all_differ()), (3, false));
        assert_eq!((0..5).map(|row| distinct.place(row)).collect::<Vec<_>>(), [0, 1, 0, 2, 1]);
        assert_eq!(distinct.spread(vec![5.0, 6.0, 7.0]), [5.0, 6.0, 5.0, 7.0, 6.0]);
        let x = Matrix::from_rows(&[[1.0], [2.0], [3.0]]).unwrap();
        assert!(DistinctRows::of(&x).all_differ());
    }
}
