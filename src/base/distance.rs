//! How far apart two rows are. O(p) each.

/// Squared Euclidean distance of two rows of equal length.
///
/// Four running sums let the compiler keep four lanes busy; the order of addition is fixed, so results do not depend on anything else.
#[inline]
pub fn squared_euclidean(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0f64; 4];
    let (a_blocks, a_rest) = a.as_chunks::<4>();
    let (b_blocks, b_rest) = b.as_chunks::<4>();
    for (x, y) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..4 {
            let d = x[lane] - y[lane];
            sums[lane] += d * d;
        }
    }
    let mut rest = 0.0;
    for (x, y) in a_rest.iter().zip(b_rest) {
        let d = x - y;
        rest += d * d;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Euclidean distance of two rows of equal length.
#[inline]
pub fn euclidean(a: &[f64], b: &[f64]) -> f64 {
    squared_euclidean(a, b).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_four_five_in_any_length() {
        for zeros in 0..9 {
            let mut a = vec![1.0; zeros];
            let mut b = vec![1.0; zeros];
            a.extend([0.0, 4.0]);
            b.extend([3.0, 0.0]);
            assert_eq!(euclidean(&a, &b), 5.0);
        }
    }
}
