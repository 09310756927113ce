//! What would these values be if they had a single peak, and how far are they from that?
//!
//! In: ascending values. Out: the dip, and as many values that have one peak and are else as near as can be. O(n) for values with one peak, a
//! few passes more for others.
//!
//! Hartigan, Hartigan 1985, "The dip test of unimodality": the dip is the largest distance between the distribution function of the values and the
//! nearest one that has a single peak: convex up to the peak, straight along it, concave after it. The computation is that of P. M. Hartigan 1985,
//! "Algorithm AS 217", with the corrections of Maechler's R package `diptest`.

/// The dip of ascending values: at least 1 / 2n, at most a quarter.
pub fn dip(ascending: &[f64]) -> f64 {
    nearest(ascending).dip
}

/// As many values, ascending, whose distribution is the nearest one with a single peak: valleys are filled, and what has one peak stays nearly as
/// it is.
pub fn with_one_peak(ascending: &[f64]) -> Vec<f64> {
    let Nearest { corners, .. } = nearest(ascending);
    let mut values = Vec::with_capacity(ascending.len());
    for ends in corners.windows(2) {
        let (from, to) = (ends[0], ends[1]);
        let step = (ascending[to] - ascending[from]) / (to - from) as f64;
        values.extend((0..to - from).map(|at| ascending[from] + step * at as f64));
    }
    values.extend(ascending.last());
    values
}

/// The nearest distribution with one peak.
struct Nearest {
    dip: f64,
    /// The places between which it is straight, ascending, both ends included.
    corners: Vec<usize>,
}

fn nearest(ascending: &[f64]) -> Nearest {
    let n = ascending.len();
    if n < 2 || ascending[0] == ascending[n - 1] {
        return Nearest { dip: 0.5 / n.max(1) as f64, corners: (0..n).collect() };
    }
    let hulls = Hulls::new(ascending);
    let (mut low, mut high) = (0, n - 1);
    // Counted in steps of the distribution function, twice over, as in the algorithm; one is the least there can be.
    let mut deepest: f64 = 1.0;
    loop {
        let convex = hulls.convex(low, high);
        let concave = hulls.concave(low, high);
        let (apart, at_convex, at_concave) = farthest_apart(ascending, &convex, &concave);
        if apart < deepest {
            break;
        }
        let below = convex[at_convex..].windows(2).map(|ends| off_chord(ascending, ends[1], ends[0], 1.0)).fold(0.0, f64::max);
        let above = concave[at_concave..].windows(2).map(|ends| off_chord(ascending, ends[0], ends[1], -1.0)).fold(0.0, f64::max);
        deepest = deepest.max(below).max(above);
        if (low, high) == (convex[at_convex], concave[at_concave]) {
            break;
        }
        (low, high) = (convex[at_convex], concave[at_concave]);
    }
    let mut corners = hulls.convex(0, low);
    corners.reverse();
    corners.extend(hulls.concave(high, n - 1).into_iter().filter(|&at| at > low));
    Nearest { dip: deepest / (2 * n) as f64, corners }
}

/// For every place the one before it on the greatest convex minorant that ends there, and the one after it on the least concave majorant
/// that begins there.
struct Hulls {
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Hulls {
    fn new(x: &[f64]) -> Hulls {
        let n = x.len();
        let mut before = vec![0; n];
        for j in 1..n {
            before[j] = j - 1;
            loop {
                let at = before[j];
                let further = before[at];
                if at == 0 || (x[j] - x[at]) * ((at - further) as f64) < (x[at] - x[further]) * ((j - at) as f64) {
                    break;
                }
                before[j] = further;
            }
        }
        let mut after = vec![n - 1; n];
        for k in (0..n - 1).rev() {
            after[k] = k + 1;
            loop {
                let at = after[k];
                let further = after[at];
                if at == n - 1 || (x[at] - x[k]) * ((further - at) as f64) < (x[further] - x[at]) * ((at - k) as f64) {
                    break;
                }
                after[k] = further;
            }
        }
        Hulls { before, after }
    }

    /// The corners of the minorant between two places, from high to low.
    fn convex(&self, low: usize, high: usize) -> Vec<usize> {
        let mut corners = vec![high];
        while corners[corners.len() - 1] > low {
            corners.push(self.before[corners[corners.len() - 1]]);
        }
        corners
    }

    /// The corners of the majorant between two places, from low to high.
    fn concave(&self, low: usize, high: usize) -> Vec<usize> {
        let mut corners = vec![low];
        while corners[corners.len() - 1] < high {
            corners.push(self.after[corners[corners.len() - 1]]);
        }
        corners
    }
}

/// How far minorant and majorant are apart where they are farthest, and the corner of each that the next interval ends at.
fn farthest_apart(x: &[f64], convex: &[usize], concave: &[usize]) -> (f64, usize, usize) {
    let (last_convex, last_concave) = (convex.len() - 1, concave.len() - 1);
    if last_convex == 1 && last_concave == 1 {
        return (1.0, last_convex, last_concave);
    }
    let (mut ix, mut iv) = (last_convex - 1, 1);
    let (mut apart, mut at_convex, mut at_concave) = (0.0, last_convex, last_concave);
    loop {
        let (g, l) = (convex[ix], concave[iv]);
        if g > l {
            let before = convex[ix + 1];
            let gap = (l - before + 1) as f64 - (x[l] - x[before]) * (g - before) as f64 / (x[g] - x[before]);
            iv += 1;
            if gap >= apart {
                (apart, at_convex, at_concave) = (gap, ix + 1, iv - 1);
            }
        } else {
            let before = concave[iv - 1];
            let gap = (x[g] - x[before]) * (l - before) as f64 / (x[l] - x[before]) - (g as f64 - before as f64 - 1.0);
            let here = ix;
            ix = ix.saturating_sub(1);
            if gap >= apart {
                (apart, at_convex, at_concave) = (gap, here, iv);
            }
        }
        iv = iv.min(last_concave);
        if convex[ix] == concave[iv] {
            return (apart, at_convex, at_concave);
        }
    }
}

/// How far the distribution function is off its chord between two places, on the side asked for.
fn off_chord(x: &[f64], from: usize, to: usize, side: f64) -> f64 {
    if to - from <= 1 || x[to] == x[from] {
        return 1.0;
    }
    let slope = (to - from) as f64 / (x[to] - x[from]);
    let off = |at: usize| side * ((at - from) as f64 - (x[at] - x[from]) * slope) + 1.0;
    (from..=to).map(off).fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::base::stats::sorted;

    /// Whole numbers with many ties in two loose heaps.
    const TIES: &str = "30 33 35 36 37 37 39 39 39 39 39 40 40 40 40 41 42 43 43 43 44 44 45 45 46 47 47 48 48 48 49 50 50 51 52 52 53 53 53 53 53 \
                        54 54 57 57 59 60 60 60 61 61 61 61 62 62 62 62 63 66 70 72 72";

    /// Against what the Python package diptest gives for the same values.
    #[test]
    fn dips_as_another_program_finds_them() {
        let of = |text: &str| text.split_whitespace().map(|value| value.parse().unwrap()).collect::<Vec<f64>>();
        let mut scattered: Vec<f64> = (0..200u64).map(|i| (i * i * 7919 % 1009) as f64 / 10.0).collect();
        scattered.sort_by(f64::total_cmp);
        for (values, expected) in [
            (of(TIES), 0.060_483_870_967_741_94),
            (scattered, 0.020_884_955_752_212_35),
            (of("0 1 2 3 10 11 12 13 13 13 30 31"), 0.116_666_666_666_666_65),
        ] {
            assert!((dip(&values) - expected).abs() < 1e-12, "{} {expected}", dip(&values));
        }
    }

    #[test]
    fn shifting_stretching_and_mirroring_change_nothing() {
        let mut random = seed::random(4, 0);
        for n in [2, 3, 5, 17, 100] {
            let values = sorted((0..n).map(|at| random.random_range(0.0..1.0) + if at % 3 == 0 { 2.0 } else { 0.0 }));
            let own = dip(&values);
            assert!((0.5 / n as f64..=0.25).contains(&own), "{own} of {n}");
            for other in [sorted(values.iter().map(|value| 8.0 * value + 64.0)), sorted(values.iter().map(|value| -value))] {
                assert!((dip(&other) - own).abs() < 1e-9, "{own} {} of {n}", dip(&other));
            }
        }
        let halves: Vec<f64> = (0..100).map(|at| f64::from(u8::from(at >= 50))).collect();
        assert_eq!(dip(&halves), 0.25);
    }

    #[test]
    fn even_values_have_the_least_dip_and_two_far_heaps_the_most() {
        assert_eq!(dip(&(0..50).map(f64::from).collect::<Vec<_>>()), 0.01);
        assert_eq!(dip(&[7.0; 20]), 0.025);
        assert_eq!(dip(&[]), 0.5);
        let heaps: Vec<f64> = [0.0, 100.0].iter().flat_map(|at| (0..100).map(move |i| at + i as f64 / 1000.0)).collect();
        assert!(dip(&heaps) > 0.24, "{}", dip(&heaps));
    }

    #[test]
    fn valleys_are_filled_and_one_peak_stays() {
        let heaps: Vec<f64> = [0.0, 100.0].iter().flat_map(|at| (0..100).map(move |i| at + i as f64 / 10.0)).collect();
        let filled = with_one_peak(&heaps);
        assert_eq!((filled.len(), filled[0], filled[199]), (200, 0.0, heaps[199]));
        assert!(filled.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(filled.windows(2).all(|pair| pair[1] - pair[0] < 20.0), "no gap is left");
        assert!(dip(&filled) < dip(&heaps) / 10.0);
        let even: Vec<f64> = (0..50).map(f64::from).collect();
        assert!(with_one_peak(&even).iter().zip(&even).all(|(a, b)| (a - b).abs() < 1e-9));
        for few in [&[][..], &[1.0], &[1.0, 2.0], &[3.0, 3.0, 3.0]] {
            assert_eq!(with_one_peak(few), few);
        }
    }
}
