//! Which k, which height, which epsilon, how small a segment? The user's choice where there is one, the suggestion otherwise; and how to say it.
//!
//! O(points).

use crate::base::{Labels, text};
use crate::cluster::{Chosen, Dendrogram, Method, suggested_min_cluster_size};
use crate::customers::rfm::SCORE_COLUMNS;
use crate::data::{ColumnProfile, Dictionary, Kind, Loaded, Role};
use crate::evaluate::{BicCurve, Known, Regroup, Stability, Structure, Trust, band_word, known_by};
use crate::features::Prepared;
use crate::persona::Numbered;
use crate::plot::{EpsilonCandidate, SweepPlot};
use crate::session::{Clustering, Cut, Plan};

use super::run::answer::Problem;
use super::run::runtime::Asked;
use super::segmentation::Segmentation;

/// The ks of elbow and silhouette.
pub fn swept_ks(clustering: &Clustering) -> Vec<usize> {
    (clustering.k_from.max(1)..=clustering.k_to).collect()
}

/// What the user chose, if it does not wait for a suggestion. A height becomes the number of clusters it cuts: below the same
/// merges every height gives the same labels, so dragging within one step of the tree changes no key.
pub fn chosen_k(clustering: &Clustering, tree: Option<&Dendrogram>) -> Option<usize> {
    match (clustering.method, clustering.tree.cut, tree) {
        (Method::KMeans, _, _) => clustering.kmeans.k,
        (Method::Tree, Cut::Clusters(k), Some(tree)) => Some(k.clamp(1, tree.n_rows.max(1))),
        (Method::Tree, Cut::Height(height), Some(tree)) => Some(tree.clusters_at(height)),
        _ => None,
    }
}

/// One group, where the number is left open and no groups were found.
pub(super) fn one_group(clustering: &Clustering, structure: &Asked<Structure>) -> Option<usize> {
    let found = structure.ready().is_none_or(|made| made.value.found || made.value.points.is_empty());
    (clustering.leaves_k_open() && !found).then_some(1)
}

/// The k to take when the user left it open: the suggestion, or else the best silhouette, or else the first that could be computed.
pub fn suggested_k(sweep: &SweepPlot) -> Result<usize, Problem> {
    if let Some(suggestion) = &sweep.suggestion {
        return Ok(suggestion.k);
    }
    let known = sweep.points.iter().filter(|point| !sweep.problems.iter().any(|(k, _)| *k == point.k));
    // The smallest of equals: `max_by` would keep the last, so the order is turned round.
    let best = known.rev().max_by(|a, b| a.silhouette.unwrap_or(-2.0).total_cmp(&b.silhouette.unwrap_or(-2.0)));
    match (best, sweep.problems.first()) {
        (Some(point), _) => Ok(point.k),
        (None, Some((_, problem))) => Err(Problem(problem.as_str().into())),
        (None, None) => Err(Problem("No number of groups was asked for; let k run from 2 to 12.".into())),
    }
}

/// The height to show for a cut: the user's, or the middle of all heights that cut the same.
pub fn cut_height(clustering: &Clustering, tree: &Dendrogram, k: usize) -> f64 {
    match clustering.tree.cut {
        Cut::Height(height) => height,
        _ => {
            let (low, high) = tree.height_for(k);
            if high.is_finite() { low + (high - low) / 2.0 } else { low }
        }
    }
}

/// The epsilon in force: the user's or the first suggestion.
pub fn epsilon(clustering: &Clustering, candidates: &[EpsilonCandidate]) -> Result<f64, Problem> {
    clustering.density.epsilon.or(candidates.first().map(|candidate| candidate.epsilon)).ok_or_else(|| {
        Problem("No epsilon parts these customers into several dense groups; drag the epsilon line yourself, or try k-Means.".into())
    })
}

/// Of several epsilons, the place of the one nearest to the suggested one; without a suggestion of the one with the most clusters.
pub fn nearest_epsilon(epsilons: &[f64], labels: &[&Labels], candidates: &[EpsilonCandidate]) -> usize {
    let badness = |at: usize| match candidates.first() {
        Some(suggested) => (epsilons[at] - suggested.epsilon).abs(),
        None => -(labels[at].n_clusters() as f64),
    };
    (0..epsilons.len()).min_by(|&a, &b| badness(a).total_cmp(&badness(b))).unwrap_or(0)
}

/// The grouping with the numbers its customers had before, and what became of the segments shown then.
pub fn numbered(plan: &Plan, labels: Labels, prepared: &Prepared, loaded: &Loaded) -> (Labels, Vec<String>) {
    let Some(numbering) = &plan.numbering else { return (labels, Vec::new()) };
    let Numbered { numbers, told } = numbering.numbers_for(&labels, &prepared.table_rows, loaded.table.n_rows);
    (labels.numbered(numbers), told)
}

/// The least customers of a segment in force: the user's or what suits so many rows.
pub fn min_cluster_size(clustering: &Clustering, n_rows: usize) -> usize {
    clustering.hdbscan.min_cluster_size.unwrap_or_else(|| suggested_min_cluster_size(n_rows))
}

/// What will be in force for a matrix of `n_rows`, where that is known before anything is computed.
pub fn in_advance(clustering: &Clustering, n_rows: usize) -> Option<Chosen> {
    match (clustering.method, clustering.tree.cut) {
        (Method::KMeans, _) => Some(Chosen::KMeans { k: clustering.kmeans.k?, inertia: None }),
        (Method::Tree, Cut::Clusters(k)) => Some(Chosen::Tree { k, height: f64::NAN, inertia: None }),
        (Method::Tree, _) => None,
        (Method::Density, _) => Some(Chosen::Density { epsilon: clustering.density.epsilon? }),
        (Method::Hdbscan, _) => Some(Chosen::Hdbscan { min_cluster_size: min_cluster_size(clustering, n_rows) }),
        (Method::Column, _) => Some(Chosen::Column { name: clustering.groups.column.clone()? }),
    }
}

/// "k-Means, k = 5, 10 re-runs, seed 0" and the like.
pub fn method_text(clustering: &Clustering, by: &Chosen, dictionary: &Dictionary) -> String {
    let (restarts, seed) = (clustering.kmeans.restarts, clustering.seed);
    let (linkage, min_samples) = (clustering.tree.linkage, clustering.density.min_samples);
    let name = clustering.method.name();
    match by {
        Chosen::KMeans { k, .. } => format!("{name}, k = {k}, {restarts} {}, seed {seed}", if restarts == 1 { "run" } else { "re-runs" }),
        Chosen::Tree { k, .. } => format!("{name}, {} linkage, {k} groups", linkage.name()),
        Chosen::Density { epsilon } => format!("{name}, epsilon = {}, min samples = {min_samples}", readable(*epsilon)),
        Chosen::Hdbscan { min_cluster_size } => format!("{name}, min cluster size = {min_cluster_size}, min samples = {min_samples}"),
        Chosen::Column { name } => format!("Groups of {}", dictionary.in_sentence(name)),
    }
}

/// The column whose groups are taken: the user's, else the RFM segments, else the first that knows groups of its own and is nobody's name.
pub fn column(clustering: &Clustering, loaded: &Loaded) -> Result<String, Problem> {
    clustering.groups.column.clone().or_else(|| suggested_column(loaded)).ok_or_else(|| {
        Problem("No column of this table defines groups: each holds only numbers, names or a single value. Choose another method.".into())
    })
}

/// The column that is taken unless the user chooses another.
pub fn suggested_column(loaded: &Loaded) -> Option<String> {
    let knows = |profile: &&ColumnProfile| {
        let is_asked = !matches!(profile.guessed_role, Role::Identifier | Role::Ignored | Role::Sensitive);
        is_asked && profile.kind == Kind::Text && known_by(profile).is_some()
    };
    let mut columns = loaded.profile.columns.iter().filter(knows);
    let rfm = columns.clone().find(|profile| profile.name == SCORE_COLUMNS[3].0);
    rfm.or_else(|| columns.next()).map(|profile| profile.name.clone())
}

/// What the groups of a column are called, where they are segments: "Churn: No". RFM segments and those of a model (the column `of_model`) have names of their own.
pub fn group_names(known: &Known, column: &str, of_model: Option<&str>, dictionary: &Dictionary) -> Vec<String> {
    let speaks_for_itself = column == SCORE_COLUMNS[3].0 || Some(column) == of_model;
    let name = |name: &String| {
        let level = dictionary.level(column, name);
        if speaks_for_itself { level.to_owned() } else { format!("{}: {level}", dictionary.name(column)) }
    };
    known.names.iter().map(name).collect()
}

/// More segments than this are neither described nor drawn one by one: nobody could tell them apart, and the cost grows with their number.
pub const MOST_SEGMENTS: usize = 200;

/// What is told in the place of cards and silhouettes of more than `most` segments.
pub fn too_many(labels: &Labels, most: usize) -> Option<Problem> {
    let n = labels.n_clusters();
    (n > most).then(|| {
        let (n, most) = (text::count(n), text::count(most));
        Problem(format!("{n} segments are too many to tell apart; ask for {most} or fewer to see silhouettes and cards.").into())
    })
}

/// Starts of k-means in each draw: shaking finds what only the best of many starts finds to be unstable, as it should.
const RESTARTS: usize = 2;

/// How the segments in force were made; `None` where they were not made but read from a column.
pub fn regroup(clustering: &Clustering, by: &Chosen) -> Option<Regroup> {
    let (seed, min_samples) = (clustering.seed, clustering.density.min_samples);
    match *by {
        Chosen::KMeans { k, .. } => Some(Regroup::KMeans { k, restarts: RESTARTS.min(clustering.kmeans.restarts), seed }),
        Chosen::Tree { k, .. } => Some(Regroup::Tree { linkage: clustering.tree.linkage, k }),
        Chosen::Density { epsilon } => Some(Regroup::Density { min_samples, epsilon }),
        Chosen::Hdbscan { min_cluster_size } => Some(Regroup::Hdbscan { min_samples, min_cluster_size }),
        Chosen::Column { .. } => None,
    }
}

/// A solution's choices with nothing left to the suggestion, so that it stays what it is when the present one goes on.
pub fn pinned(clustering: &Clustering, segmentation: &Segmentation) -> Clustering {
    pinned_by(clustering, &segmentation.by)
}

/// The same from what is in force.
pub(super) fn pinned_by(clustering: &Clustering, by: &Chosen) -> Clustering {
    let mut pinned = clustering.clone();
    match by {
        // Another method's labels may still be on screen.
        Chosen::KMeans { k, .. } | Chosen::Tree { k, .. } if pinned.method == Method::KMeans => pinned.kmeans.k = Some(*k),
        Chosen::KMeans { k, .. } | Chosen::Tree { k, .. } if pinned.method == Method::Tree => pinned.tree.cut = Cut::Clusters(*k),
        Chosen::KMeans { .. } | Chosen::Tree { .. } => {}
        Chosen::Density { epsilon } => pinned.density.epsilon = Some(*epsilon),
        Chosen::Hdbscan { min_cluster_size } => pinned.hdbscan.min_cluster_size = Some(*min_cluster_size),
        Chosen::Column { name } => pinned.groups.column = Some(name.clone()),
    }
    pinned
}

/// What speaks for what is in force, as far as elbow and silhouette or the epsilon explorer say something.
pub fn reasons(
    clustering: &Clustering,
    by: &Chosen,
    sweep: Option<&SweepPlot>,
    candidates: &[EpsilonCandidate],
    n_rows: usize,
) -> Vec<String> {
    match by {
        Chosen::KMeans { k, .. } | Chosen::Tree { k, .. } => reasons_for(*k, sweep),
        Chosen::Density { epsilon } => {
            candidates.iter().filter(|candidate| candidate.epsilon == *epsilon).map(|candidate| candidate.reason.clone()).collect()
        }
        Chosen::Hdbscan { min_cluster_size: least } if clustering.hdbscan.min_cluster_size.is_none() => vec![format!(
            "At least {least} customers per segment, which suits {n_rows} rows: enough to describe, few enough to find small groups"
        )],
        Chosen::Hdbscan { .. } => Vec::new(),
        Chosen::Column { name } => vec![format!("The groups are those of the column {name}")],
    }
}

/// What speaks for `k`: the suggestion's reasons, where it speaks for this one, and how far its groups stand apart in any case.
pub fn reasons_for(k: usize, sweep: Option<&SweepPlot>) -> Vec<String> {
    let Some(suggestion) = sweep.and_then(|sweep| sweep.suggestion.as_ref()) else { return Vec::new() };
    let candidate = || suggestion.candidates.iter().find(|candidate| candidate.k == k);
    let mut reasons =
        if suggestion.k == k { suggestion.reasons.clone() } else { candidate().map_or_else(Vec::new, |of| of.reasons.clone()) };
    let silhouette = sweep.and_then(|sweep| sweep.points.iter().find(|point| point.k == k)?.silhouette);
    if let Some(silhouette) = silhouette.filter(|_| !reasons.iter().any(|reason| reason.contains("ean silhouette"))) {
        reasons.push(format!("Mean silhouette at {k}: {silhouette:.2} ({}).", band_word(silhouette)));
    }
    reasons
}

/// How many of the segments come back when customers are drawn anew, in one sentence; none of one group.
pub fn stability_reason(stability: &Stability) -> Option<String> {
    let n = stability.sizes.len();
    let back = (0..n).filter(|&cluster| stability.comes_back(cluster)).count();
    // What comes back among shuffled columns as well is no sign of groups.
    let doubtful: Vec<usize> = (0..n).filter(|&cluster| stability.comes_back(cluster) && stability.trust(cluster) > Trust::Good).collect();
    let but = match doubtful.iter().find_map(|&cluster| stability.null_of(cluster)) {
        Some(null) if doubtful.len() == back => {
            format!("; but segments of shuffled columns come back as well ({null:.2} of 1), so that says little")
        }
        Some(null) => format!(
            "; for {} of them that says little, since segments of shuffled columns come back as well ({null:.2} of 1)",
            doubtful.len()
        ),
        None => String::new(),
    };
    (n > 1).then(|| format!("{back} of {n} segments come back when customers are resampled ({} draws){but}.", stability.draws.len()))
}

/// For how many groups a Gaussian mixture speaks, where a number of groups was chosen.
pub fn bic_reason(by: &Chosen, bic: Option<&BicCurve>) -> Option<String> {
    bic?.sentence_beside(by.k()?)
}

/// Four digits that count.
fn readable(value: f64) -> String {
    let digits = (3 - value.abs().max(1e-9).log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
