//! How far could a number be off if other customers had come?
//!
//! In: a seed, a draw, a customer. Out: how often the customer is in that draw: Poisson with mean 1, which is what drawing as many customers as there are
//! with replacement comes to when they are many (B. Efron 1979; N. Chamandy, O. Muralidharan, A. Najmi, S. Naidu 2012, "Estimating uncertainty for massive
//! data streams"). A customer stays whole: all that is theirs counts equally often. It hangs on nothing but these three numbers, so no draw is stored.
//! O(1) each.

/// How often `customer` is in draw `draw`: 0 to 7.
#[inline]
pub fn times_drawn(seed: u64, draw: u64, customer: u64) -> u32 {
    /// Poisson's distribution function with mean 1, times 2^32.
    const BELOW: [u32; 7] = [1_580_030_169, 3_160_060_337, 3_950_075_421, 4_213_413_783, 4_279_248_373, 4_292_415_291, 4_294_609_777];
    let drawn = (mixed(mixed(seed ^ mixed(draw)) ^ customer) >> 32) as u32;
    BELOW.iter().map(|&below| u32::from(drawn >= below)).sum()
}

/// How many draws fit into a fixed amount of work of `items` each: between 100 and 1,000.
pub fn draws_for(items: usize) -> usize {
    (100_000_000 / items.max(1)).clamp(100, 1_000)
}

/// The 95 % interval: the middle of what was drawn. None of fewer than 40 draws.
pub fn middle_95(mut drawn: Vec<f64>) -> Option<[f64; 2]> {
    drawn.retain(|value| value.is_finite());
    if drawn.len() < 40 {
        return None;
    }
    drawn.sort_unstable_by(f64::total_cmp);
    Some([crate::base::stats::quantile_sorted(&drawn, 0.025), crate::base::stats::quantile_sorted(&drawn, 0.975)])
}

/// The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood 2014).
#[inline]
pub(super) fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_drawn_as_often_as_poisson_says() {
        let mut seen = [0usize; 8];
        (0..100_000u64).for_each(|at| seen[times_drawn(7, at / 1_000, at % 1_000) as usize] += 1);
        // e^-1 / k!, five standard errors of a share of 100 000.
        for (k, share) in [0.36788, 0.36788, 0.18394, 0.06131, 0.01533].into_iter().enumerate() {
            assert!((seen[k] as f64 / 1e5 - share).abs() < 5.0 * (share / 1e5f64).sqrt(), "{k}: {}", seen[k]);
        }
        assert_eq!(times_drawn(1, 2, 3), times_drawn(1, 2, 3));
    }

    #[test]
    fn the_middle_of_draws() {
        let [low, high] = middle_95((0..=1000).map(f64::from).collect()).unwrap();
        assert!((low - 25.0).abs() < 1e-9 && (high - 975.0).abs() < 1e-9);
        assert_eq!(middle_95(vec![1.0; 39]), None);
        assert_eq!((draws_for(10), draws_for(500_000), draws_for(100_000_000)), (1_000, 200, 100));
    }
}
