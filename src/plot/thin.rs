//! How does a line of a million points become one of a few thousand that looks the same?
//!
//! In: points with ascending x. Out: at most `limit` of them, in order. O(n).
//! Per strip of the x axis the first, lowest, highest and last point stay: Jugel, Jerzak, Hackenbroich, Markl (2014), "M4: a
//! visualization-oriented time series data aggregation". No peak is lost, which an even pick would do.

/// At most `limit` (4 or more) of `points`, none lost that a reader could see.
pub fn thin(points: Vec<[f64; 2]>, limit: usize) -> Vec<[f64; 2]> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return points };
    if points.len() <= limit {
        return points;
    }
    let strips = (limit / 4).max(1);
    let (start, width) = (first[0], (last[0] - first[0]).max(f64::MIN_POSITIVE));
    let strip_of = |point: &[f64; 2]| (((point[0] - start) / width * strips as f64) as usize).min(strips - 1);
    let mut kept = Vec::with_capacity(limit);
    for strip in points.chunk_by(|a, b| strip_of(a) == strip_of(b)) {
        let (mut low, mut high) = (0, 0);
        for (at, point) in strip.iter().enumerate() {
            if point[1] < strip[low][1] {
                low = at;
            }
            if point[1] > strip[high][1] {
                high = at;
            }
        }
        let mut picks = [0, low, high, strip.len() - 1];
        picks.sort_unstable();
        let mut before = None;
        for at in picks {
            if before != Some(at) {
                kept.push(strip[at]);
            }
            before = Some(at);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_peak_among_a_hundred_thousand_stays() {
        let mut points: Vec<[f64; 2]> = (0..100_000).map(|x| [f64::from(x), 1.0]).collect();
        points[67_891][1] = 50.0;
        points[12_345][1] = -3.0;
        let thinned = thin(points.clone(), 400);
        assert!(thinned.len() <= 400, "{}", thinned.len());
        assert!(thinned.contains(&[67_891.0, 50.0]) && thinned.contains(&[12_345.0, -3.0]));
        assert_eq!((thinned[0], thinned[thinned.len() - 1]), (points[0], points[99_999]));
        assert!(thinned.is_sorted_by_key(|point| point[0]));
        assert_eq!(thin(points[..300].to_vec(), 400), points[..300], "short lines stay as they are");
    }
}
