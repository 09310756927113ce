//! Which number of clusters do the curves speak for, and why?
//!
//! In: inertia and silhouette for every k tried. Out: candidates with their reasons, and one to start from. O(number of k).
//!
//! Automatic elbows are unreliable (Schubert 2022, "Stop using the elbow criterion for k-means"), so three criteria vote and each says its
//! reason: the largest mean silhouette (Rousseeuw 1987), the point of inertia farthest below the straight line between its ends (Satopää and
//! others 2011, "Finding a kneedle in a haystack", without smoothing), and the index of Caliński and Harabasz 1974. Of equal votes k between 3
//! and 6 is preferred, as that many personas can be remembered; then the higher silhouette, then the smaller k.

use serde::{Deserialize, Serialize};

/// What is known of one k.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// Number of clusters.
    pub k: usize,
    /// Sum of squared distances to the centroids, when known.
    pub inertia: Option<f64>,
    /// Mean silhouette, when known.
    pub silhouette: Option<f64>,
    /// Whether the silhouette is of all rows, not of a sample.
    pub exact: bool,
    /// Whether a sample was grouped in place of all rows; the inertia is then reckoned up to all of them.
    pub estimated: bool,
}

/// The numbers of clusters worth a look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The one to start from.
    pub k: usize,
    /// Why, in plain sentences with numbers.
    pub reasons: Vec<String>,
    /// All that got a vote, most votes first; never one verdict.
    pub candidates: Vec<Candidate>,
}

/// A number of clusters that at least one criterion speaks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Number of clusters.
    pub k: usize,
    /// Criteria that speak for it.
    pub votes: usize,
    /// One sentence for each vote.
    pub reasons: Vec<String>,
}

/// How much structure a mean silhouette stands for (Kaufman, Rousseeuw 1990, "Finding groups in data").
pub fn band_word(silhouette: f64) -> &'static str {
    // The bands are defined for two decimals.
    match (silhouette * 100.0).round() {
        s if s > 70.0 => "strong",
        s if s > 50.0 => "reasonable",
        s if s > 25.0 => "weak",
        _ => "none",
    }
}

/// Lets the criteria vote; none when nothing is known of any k above 1.
pub fn suggest(points: &[SweepPoint]) -> Option<Suggestion> {
    let mut points = points.to_vec();
    points.sort_by_key(|point| point.k);
    points.dedup_by_key(|point| point.k);
    let votes = [by_silhouette(&points), by_elbow(&points), by_calinski_harabasz(&points)];
    let mut candidates: Vec<Candidate> = Vec::new();
    for (k, reason) in votes.into_iter().flatten() {
        match candidates.iter_mut().find(|candidate| candidate.k == k) {
            Some(candidate) => {
                candidate.votes += 1;
                candidate.reasons.push(reason);
            }
            None => candidates.push(Candidate { k, votes: 1, reasons: vec![reason] }),
        }
    }
    let silhouette = |k: usize| points.iter().find(|point| point.k == k).and_then(|point| point.silhouette).unwrap_or(-1.0);
    candidates.sort_by(|a, b| {
        let remembered = |candidate: &Candidate| (3..=6).contains(&candidate.k);
        let votes = b.votes.cmp(&a.votes).then(remembered(b).cmp(&remembered(a)));
        votes.then(silhouette(b.k).total_cmp(&silhouette(a.k))).then(a.k.cmp(&b.k))
    });
    let first = candidates.first()?;
    Some(Suggestion { k: first.k, reasons: first.reasons.clone(), candidates })
}

fn by_silhouette(points: &[SweepPoint]) -> Option<(usize, String)> {
    let known = points.iter().filter(|point| point.k > 1).filter_map(|point| Some((point.k, point.silhouette?, point.exact)));
    let (k, value, exact) = known.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    let how = if exact { "" } else { ", from a sample" };
    Some((k, format!("Mean silhouette is highest at {k} ({value:.2}, {}{how}).", band_word(value))))
}

fn by_elbow(points: &[SweepPoint]) -> Option<(usize, String)> {
    let known: Vec<(f64, f64)> = points.iter().filter_map(|point| Some((point.k as f64, point.inertia?))).collect();
    let (&(first_k, first), &(last_k, last)) = known.first().zip(known.last())?;
    if known.len() < 3 || first <= last {
        return None;
    }
    let below = |&(k, inertia): &(f64, f64)| (first - inertia) / (first - last) - (k - first_k) / (last_k - first_k);
    let inner = known[1..known.len() - 1].iter();
    let best = inner.reduce(|best, other| if below(other) > below(best) { other } else { best })?;
    let (k, done) = (best.0, 100.0 * (first - best.1) / (first - last));
    let how = if points.iter().any(|point| point.estimated) { " (from a sample)" } else { "" };
    let reason = format!("Inertia bends most at {k}{how}: {done:.0} % of its fall from {first_k} to {last_k} clusters is behind it.");
    (below(best) > 0.0).then_some((k as usize, reason))
}

/// The index needs the inertia of one cluster, (total - W) / (k - 1) against W / (n - k); n enters every k alike up to n - k, so it is left out
/// for n far above k and the comparison stays the same.
fn by_calinski_harabasz(points: &[SweepPoint]) -> Option<(usize, String)> {
    let total = points.iter().find(|point| point.k == 1)?.inertia?;
    let index = |point: &SweepPoint| {
        let within = point.inertia.filter(|&within| within > 0.0)?;
        Some((point.k, (total - within) / (point.k - 1) as f64 / within, 1.0 - within / total))
    };
    let known = points.iter().filter(|point| point.k > 1).filter_map(index);
    let (k, _, explained) = known.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    let explained = 100.0 * explained;
    Some((
        k,
        format!(
            "Spread between against spread within clusters (Caliński-Harabasz) is highest at {k}, where {explained:.0} % of the spread lies between."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep(inertias: &[f64], silhouettes: &[f64]) -> Vec<SweepPoint> {
        let point = |(i, &inertia): (usize, &f64)| SweepPoint {
            k: i + 1,
            inertia: Some(inertia),
            silhouette: i.checked_sub(1).and_then(|i| silhouettes.get(i)).copied(),
            exact: true,
            estimated: false,
        };
        inertias.iter().enumerate().map(point).collect()
    }

    #[test]
    fn all_agree_on_four() {
        let found = suggest(&sweep(&[1000.0, 600.0, 350.0, 100.0, 90.0, 82.0, 76.0], &[0.3, 0.4, 0.72, 0.5, 0.4, 0.3])).unwrap();
        assert_eq!((found.k, found.candidates.len(), found.candidates[0].votes), (4, 1, 3));
        assert_eq!(found.reasons[0], "Mean silhouette is highest at 4 (0.72, strong).");
        assert_eq!(found.reasons[1], "Inertia bends most at 4: 97 % of its fall from 1 to 7 clusters is behind it.");
    }

    #[test]
    fn with_one_vote_each_three_to_six_come_first() {
        let points = [(2, 90.0, 0.5), (3, 80.0, 0.45), (4, 40.0, 0.46), (5, 38.0, 0.2), (6, 37.0, 0.1)];
        let points =
            points.map(|(k, inertia, s)| SweepPoint { k, inertia: Some(inertia), silhouette: Some(s), exact: false, estimated: false });
        let found = suggest(&points).unwrap();
        assert_eq!(found.candidates.iter().map(|c| c.k).collect::<Vec<_>>(), [4, 2]);
        assert_eq!(found.candidates[1].reasons, ["Mean silhouette is highest at 2 (0.50, weak, from a sample)."]);
    }

    #[test]
    fn nothing_known_nothing_said() {
        assert_eq!(suggest(&[]), None);
        assert_eq!(suggest(&sweep(&[5.0], &[])), None);
        assert_eq!(suggest(&sweep(&[5.0, 5.0, 5.0], &[])).map(|s| s.candidates.len()), Some(1));
    }

    #[test]
    fn bands() {
        assert_eq!(
            [0.71, 0.70, 0.51, 0.5, 0.26, 0.25, -1.0].map(band_word),
            ["strong", "reasonable", "reasonable", "weak", "weak", "none", "none"]
        );
    }
}
