//! Sorting a column of numbers for its quantiles and its count of different values, faster than by comparing.
//!
//! In: finite numbers. Out: the same, ascending (-0 before 0, as `total_cmp` has it). Least significant digits first, eleven bits at a
//! time; digits that all values share cost nothing, so whole numbers need two or three passes. O(6 n), with one more copy of the column.

use crate::base::{Ctx, Stopped};

const BITS: usize = 11;
const BUCKETS: usize = 1 << BITS;
const PASSES: usize = 6;

/// Values moved between two looks at the stop flag.
const BLOCK: usize = 256 << 10;

/// Sorts ascending.
pub(super) fn sort(values: impl Iterator<Item = f64>, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    ctx.check()?;
    // Filtered values do not say how many they are; growing step by step would touch the memory twice.
    let mut keys: Vec<u64> = Vec::with_capacity(values.size_hint().1.unwrap_or(0));
    keys.extend(values.map(key));
    if keys.len() < 4096 {
        keys.sort_unstable();
        return Ok(keys.into_iter().map(value).collect());
    }
    let mut counts = vec![[0usize; BUCKETS]; PASSES];
    for block in keys.chunks(BLOCK) {
        ctx.check()?;
        for &key in block {
            for (pass, counts) in counts.iter_mut().enumerate() {
                counts[digit(key, pass)] += 1;
            }
        }
    }
    let mut moved = vec![0u64; keys.len()];
    for (pass, counts) in counts.iter_mut().enumerate() {
        if counts[digit(keys[0], pass)] == keys.len() {
            continue;
        }
        let mut next = 0;
        for count in counts.iter_mut() {
            next += std::mem::replace(count, next);
        }
        for block in keys.chunks(BLOCK) {
            ctx.check()?;
            for &key in block {
                let place = &mut counts[digit(key, pass)];
                moved[*place] = key;
                *place += 1;
            }
        }
        std::mem::swap(&mut keys, &mut moved);
    }
    Ok(keys.into_iter().map(value).collect())
}

/// Whole numbers in the order of the values: negative ones turned round, positive ones above them.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn value(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

fn digit(key: u64, pass: usize) -> usize {
    (key >> (pass * BITS)) as usize % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{RngExt, random};

    #[test]
    fn as_the_slow_sort() {
        let mut draw = random(1, 0);
        let wide = |draw: &mut crate::base::seed::Random| (draw.random::<f64>() - 0.5) * 10f64.powi(draw.random_range(-300..300));
        let mut values: Vec<f64> = (0..10_000).map(|_| wide(&mut draw)).collect();
        values.extend([0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 1.0, 1.0]);
        for values in [values, (0..9_000).map(|i| f64::from(i * 7919 % 101)).collect()] {
            let mut slow = values.clone();
            slow.sort_by(f64::total_cmp);
            let fast = sort(values.into_iter(), &Ctx::new()).unwrap();
            assert!(fast.iter().zip(&slow).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }
}
