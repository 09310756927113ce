//! Which number of clusters do the curves speak for, and why?
//!
//! In: inertia and silhouette for every k tried, and whether there are groups at all. Out: candidates with their reasons, and one to start from. O(number of k).
//!
//! Automatic elbows are unreliable (Schubert 2022, "Stop using the elbow criterion for k-means"), so several criteria vote and each says its
//! reason. Those of [`super::structure`] come first: prediction strength, and what stands out most from one cloud. The curves have three:
//! the largest mean silhouette (Rousseeuw 1987), the point of inertia farthest below the straight line between its ends (Satopää and
//! others 2011, "Finding a kneedle in a haystack", without smoothing), and the index of Caliński and Harabasz 1974. Of equal votes k between 3
//! and 6 is preferred, as that many personas can be remembered; then the higher silhouette, then the smaller k.

use serde::{Deserialize, Serialize};

use crate::base::text::SPACE;

use super::structure::{ONE_GROUP, Structure};

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
        _ => NO_STRUCTURE,
    }
}

const NO_STRUCTURE: &str = "no structure";

/// Criteria that ask for groups weigh as much as so many that read a curve: measured on planted groups, see `benches/README.md`.
const WEIGHT: usize = 3;

/// What is to be said at the same height as a name where groups were not found, or hardly are: `k` groups are shown, which the data suggest or somebody
/// chose.
pub fn doubt(structure: Option<&Structure>, k: usize, silhouette: Option<f64>, is_suggested: bool) -> Option<String> {
    if structure.is_some_and(|structure| !structure.found) {
        return Some(ONE_GROUP.to_owned());
    }
    let silhouette = silhouette.filter(|&silhouette| k > 1 && band_word(silhouette) == NO_STRUCTURE)?;
    let best = if is_suggested { format!(" {k} is the best of weak choices.") } else { String::new() };
    // Whoever reads on is told that there is more than one group, which is no contradiction to groups that overlap.
    let what = if structure.is_some() { "The groups overlap" } else { "No clear groups here" };
    Some(format!("{what} (mean silhouette {silhouette:.2}).{best}"))
}

/// Lets the criteria vote; none when nothing is known of any k above 1. Where no groups were found the suggestion is one group, and what else might be
/// worth a look are candidates all the same.
pub fn suggest(points: &[SweepPoint], structure: Option<&Structure>) -> Option<Suggestion> {
    let mut points = points.to_vec();
    points.sort_by_key(|point| point.k);
    points.dedup_by_key(|point| point.k);
    // Too few rows to look at say nothing against groups.
    let structure = structure.filter(|structure| !structure.points.is_empty());
    let tried = |k: usize| points.iter().any(|point| point.k == k);
    // A number that stands alone is the best of none.
    let is_alone = points.iter().filter(|point| point.k > 1).count() == 1;
    let of_structure = structure.filter(|_| !is_alone).map_or_else(Vec::new, Structure::votes);
    let of_structure: Vec<_> = of_structure.into_iter().filter(|(k, _)| tried(*k)).collect();
    let structural = of_structure.clone();
    let weight = |candidate: &Candidate| {
        let sure = structural.iter().filter(|(k, _)| *k == candidate.k).count();
        candidate.votes + sure * (WEIGHT - 1)
    };
    let of_curves = [by_silhouette(&points), by_elbow(&points), by_calinski_harabasz(&points)];
    let mut candidates: Vec<Candidate> = Vec::new();
    for (k, reason) in of_structure.into_iter().chain(of_curves.into_iter().flatten()) {
        match candidates.iter_mut().find(|candidate| candidate.k == k) {
            Some(candidate) => {
                candidate.votes += 1;
                candidate.reasons.push(reason);
            }
            None => candidates.push(Candidate { k, votes: 1, reasons: vec![reason] }),
        }
    }
    let silhouette = |k: usize| points.iter().find(|point| point.k == k).and_then(|point| point.silhouette);
    // The surest criterion comes first, and a stable sort keeps that among equal votes; the curves alone are all equally unsure.
    let is_sure = structure.is_some_and(|structure| structure.found);
    candidates.sort_by(|a, b| {
        let remembered = |candidate: &Candidate| (3..=6).contains(&candidate.k);
        let by_curves = || {
            let higher = silhouette(b.k).unwrap_or(-1.0).total_cmp(&silhouette(a.k).unwrap_or(-1.0));
            remembered(b).cmp(&remembered(a)).then(higher).then(a.k.cmp(&b.k))
        };
        weight(b).cmp(&weight(a)).then_with(|| if is_sure { std::cmp::Ordering::Equal } else { by_curves() })
    });
    if let Some(structure) = structure.filter(|structure| !structure.found) {
        return Some(Suggestion { k: 1, reasons: structure.reasons(), candidates });
    }
    let first = candidates.first()?;
    let doubt = doubt(structure, first.k, silhouette(first.k), !is_alone);
    let found = structure.map_or_else(Vec::new, Structure::reasons);
    let mut reasons: Vec<String> = doubt.into_iter().chain(found).chain(first.reasons.iter().cloned()).collect();
    let is_told = reasons.iter().any(|reason| reason.contains("prediction strength"));
    if let Some((structure, strength)) = structure.and_then(|seen| Some((seen, seen.strength(first.k)?))).filter(|_| !is_told) {
        let how = if structure.rows < structure.n_rows { ", from a sample" } else { "" };
        // One rounding for both.
        let pairs = (100.0 * strength).floor();
        let strength = pairs / 100.0;
        reasons.push(format!(
            "Half of the customers, grouped alone, keep {pairs:.0}{SPACE}% of the pairs of the other half together in the weakest group (prediction \
             strength {strength:.2}{how})."
        ));
    }
    Some(Suggestion { k: first.k, reasons, candidates })
}

fn by_silhouette(points: &[SweepPoint]) -> Option<(usize, String)> {
    let known = points.iter().filter(|point| point.k > 1).filter_map(|point| Some((point.k, point.silhouette?, point.exact)));
    let n = known.clone().count();
    let (k, value, exact) = known.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    let how = if exact { "" } else { ", from a sample" };
    let band = band_word(value);
    // One number alone is higher than no other.
    Some((
        k,
        match n {
            1 => format!("Mean silhouette at {k}, the only number compared, is {value:.2} ({band}{how})."),
            _ => format!("Mean silhouette is highest at {k} ({value:.2}, {band}{how})."),
        },
    ))
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
    let reason = format!("Inertia bends most at {k}{how}: {done:.0} % of its fall from {first_k} to {last_k} groups has happened by then.");
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
            "The ratio of spread between groups to spread within them (Caliński-Harabasz) is highest at {k}, where {explained:.0} % of the spread lies between groups."
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
        let found = suggest(&sweep(&[1000.0, 600.0, 350.0, 100.0, 90.0, 82.0, 76.0], &[0.3, 0.4, 0.72, 0.5, 0.4, 0.3]), None).unwrap();
        assert_eq!((found.k, found.candidates.len(), found.candidates[0].votes), (4, 1, 3));
        assert_eq!(found.reasons[0], "Mean silhouette is highest at 4 (0.72, strong).");
        assert_eq!(found.reasons[1], "Inertia bends most at 4: 97 % of its fall from 1 to 7 groups has happened by then.");
    }

    #[test]
    fn with_one_vote_each_three_to_six_come_first() {
        let points = [(2, 90.0, 0.5), (3, 80.0, 0.45), (4, 40.0, 0.46), (5, 38.0, 0.2), (6, 37.0, 0.1)];
        let points =
            points.map(|(k, inertia, s)| SweepPoint { k, inertia: Some(inertia), silhouette: Some(s), exact: false, estimated: false });
        let found = suggest(&points, None).unwrap();
        assert_eq!(found.candidates.iter().map(|c| c.k).collect::<Vec<_>>(), [4, 2]);
        assert_eq!(found.candidates[1].reasons, ["Mean silhouette is highest at 2 (0.50, weak, from a sample)."]);
    }

    #[test]
    fn nothing_known_nothing_said() {
        assert_eq!(suggest(&[], None), None);
        assert_eq!(suggest(&sweep(&[5.0], &[]), None), None);
        assert_eq!(suggest(&sweep(&[5.0, 5.0, 5.0], &[]), None).map(|s| s.candidates.len()), Some(1));
    }

    #[test]
    fn bands() {
        assert_eq!(
            [0.71, 0.70, 0.51, 0.5, 0.26, 0.25, -1.0].map(band_word),
            ["strong", "reasonable", "reasonable", "weak", "weak", "no structure", "no structure"]
        );
    }

    fn seen(found: bool, points: &[(usize, f64, f64, f64)]) -> Structure {
        let point = |&(k, silhouette, of_clouds, strength): &(usize, f64, f64, f64)| crate::evaluate::StructurePoint {
            k,
            silhouette,
            of_clouds,
            most_of_clouds: of_clouds + 0.01,
            deviations: (silhouette - of_clouds) / 0.01,
            compactness: silhouette - of_clouds,
            strength: Some(strength),
        };
        Structure { found, points: points.iter().map(point).collect(), clouds: 8, rows: 400, n_rows: 400 }
    }

    #[test]
    fn one_group_is_an_answer_and_the_others_can_still_be_looked_at() {
        let points = sweep(&[1000.0, 900.0, 820.0, 760.0, 710.0], &[0.12, 0.11, 0.1, 0.1]);
        let structure = seen(false, &[(2, 0.12, 0.12, 0.5), (3, 0.11, 0.12, 0.4)]);
        let found = suggest(&points, Some(&structure)).unwrap();
        assert_eq!((found.k, found.reasons[0].as_str()), (1, ONE_GROUP));
        assert!(!found.candidates.is_empty() && found.candidates.iter().all(|candidate| candidate.k > 1));
        assert_eq!(doubt(Some(&structure), 4, Some(0.7), false).as_deref(), Some(ONE_GROUP));
    }

    #[test]
    fn a_weak_choice_says_so_first() {
        let points = sweep(&[1000.0, 900.0, 820.0, 700.0, 680.0], &[0.05, 0.07, 0.09, 0.06]);
        let structure = seen(true, &[(2, 0.05, 0.04, 0.5), (3, 0.07, 0.05, 0.4), (4, 0.09, 0.03, 0.7)]);
        let found = suggest(&points, Some(&structure)).unwrap();
        assert_eq!((found.k, found.reasons[0].as_str()), (4, "The groups overlap (mean silhouette 0.09). 4 is the best of weak choices."));
        assert!(
            found.reasons.iter().any(|reason| reason.contains("70\u{202f}% of the pairs") && reason.contains("strength 0.70")),
            "{:?}",
            found.reasons
        );
        assert_eq!(doubt(Some(&structure), 4, Some(0.4), true), None);
    }
}
