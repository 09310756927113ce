//! What does each k give? The labelings of elbow and silhouette, as far as they are there, and the suggestion once all are.
//!
//! One key a k, so widening the range computes only the new ones. Silhouettes wait until every labeling is there: the pass over
//! all pairs of rows is the cost, and one pass serves them all.

use std::sync::Arc;

use crate::base::{Key, Labels, Progress};
use crate::cluster::{self, Dendrogram, KMeansFit, KMeansParams, Linkage};
use crate::evaluate::{self, Silhouettes, SweepPoint};
use crate::features::Prepared;
use crate::plot::SweepPlot;
use crate::session::Clustering;

use super::caches::Runtime;
use super::choose;
use super::needs::Needs;
use super::run::answer::{Answer, Problem, STOPPED};
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Segmentation};
use super::silhouettes;
use super::wanted::SilhouetteWish;

/// One k under way.
pub(super) struct Point {
    /// Number of clusters.
    pub k: usize,
    /// Whether it is one of elbow and silhouette; a k chosen outside of their range is not.
    pub swept: bool,
    /// Its labels, the share of the work done, or why there are none.
    pub labeling: Result<Labeling, Missing>,
    /// Its inertia, if it is there.
    pub inertia: Option<f64>,
    /// Its first silhouettes, which the suggestion is made from.
    pub silhouettes: Asked<Silhouettes>,
    /// Better ones, as far as they are.
    pub refined: Option<Made<Silhouettes>>,
}

impl Point {
    fn new(k: usize, swept: bool, labeling: Result<Labeling, Missing>, inertia: Option<f64>) -> Point {
        Point { k, swept, labeling, inertia, silhouettes: Asked::Waiting(String::new()), refined: None }
    }

    /// The best silhouettes there are.
    pub fn best(&self) -> Option<&Made<Silhouettes>> {
        self.refined.as_ref().or(self.silhouettes.ready())
    }
}

/// Why a point has no labels.
pub(super) enum Missing {
    /// Not yet; this share is done.
    Yet(f32),
    /// Never.
    Ever(Problem),
}

/// All points, and what they come to.
pub(super) struct Sweep {
    /// Ascending by k.
    pub points: Vec<Point>,
    /// The finished plot with its suggestion.
    pub finished: Option<Arc<SweepPlot>>,
    /// Set when the user stopped a part of it.
    pub stopped: bool,
}

/// k-means for every k.
pub(super) fn of_kmeans(runtime: &mut Runtime, prepared: &Made<Prepared>, clustering: &Clustering, needs: Needs) -> Sweep {
    let chosen = choose::chosen_k(clustering, None);
    let ask = |runtime: &mut Runtime, k: usize, swept: bool| {
        let params = KMeansParams { k, restarts: clustering.restarts, seed: clustering.seed };
        let fit = kmeans(runtime, prepared, params, if chosen == Some(k) { needs.chosen } else { needs.sweep });
        let inertia = fit.ready().map(|fit: &Made<KMeansFit>| fit.value.inertia);
        Point::new(k, swept, labeling(fit, Labeling::Fit), inertia)
    };
    let points = points(runtime, choose::swept_ks(clustering), chosen, ask);
    finish(runtime, prepared, points, true, clustering.seed, needs)
}

/// The cuts of a tree into every k.
pub(super) fn of_tree(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    tree: &Made<Dendrogram>,
    clustering: &Clustering,
    needs: Needs,
) -> Sweep {
    let chosen = choose::chosen_k(clustering, Some(&tree.value));
    let mut ks = choose::swept_ks(clustering);
    ks.retain(|&k| k <= tree.value.n_rows);
    let all_inertias = inertias(runtime, prepared, tree, &ks, needs.sweep);
    let ask = |runtime: &mut Runtime, k: usize, swept: bool| {
        let cut = cut(runtime, tree, k, if chosen == Some(k) { needs.chosen } else { needs.sweep });
        let inertia = match ks.iter().position(|&at| at == k) {
            Some(at) => all_inertias.ready().and_then(|all| all.value.get(at).copied()),
            // One outside of the elbow's range has a key of its own, or the whole elbow would be measured anew for it.
            None => inertias(runtime, prepared, tree, &[k], needs.chosen).ready().and_then(|one| one.value.first().copied()),
        };
        Point::new(k, swept, labeling(cut, Labeling::Cut), inertia)
    };
    let points = points(runtime, ks.clone(), chosen, ask);
    finish(runtime, prepared, points, all_inertias.is_settled(), clustering.seed, needs)
}

impl Sweep {
    /// What the page sees: finished, or the points there are so far, or those from before as long as there is none.
    pub fn answer(&self, previous: &mut Option<Arc<SweepPlot>>) -> Answer<SweepPlot> {
        if let Some(plot) = &self.finished {
            *previous = Some(plot.clone());
            return Answer::Ready(plot.clone());
        }
        let so_far = plot_of(&self.points, Point::best);
        let shown = if so_far.points.iter().any(|point| point.inertia.is_some()) { Some(Arc::new(so_far)) } else { previous.clone() };
        if self.stopped {
            return Answer::Failed { problem: Problem(STOPPED.into()), previous: shown };
        }
        Answer::Cooking { progress: self.progress(), previous: shown }
    }

    /// The point in force: the user's k, or the suggested one.
    pub fn chosen(&self, clustering: &Clustering, tree: Option<&Dendrogram>) -> Result<(&Point, Labeling), Asked<Segmentation>> {
        let k = match (choose::chosen_k(clustering, tree), &self.finished) {
            (Some(k), _) => k,
            (None, Some(plot)) => choose::suggested_k(plot).map_err(Asked::Failed)?,
            (None, None) if self.stopped => return Err(Asked::Failed(Problem(STOPPED.into()))),
            (None, None) => return Err(Asked::Waiting("Waiting for elbow and silhouette to suggest a number of segments".into())),
        };
        let point = self.points.iter().find(|point| point.k == k);
        let point = point.ok_or_else(|| Asked::Waiting("Waiting for the segments".into()))?;
        match &point.labeling {
            Ok(labeling) => Ok((point, labeling.clone())),
            Err(Missing::Yet(fraction)) => Err(Asked::Cooking(Progress { stage: format!("Grouping into {k}"), fraction: *fraction })),
            Err(Missing::Ever(problem)) => Err(Asked::Failed(problem.clone())),
        }
    }

    fn progress(&self) -> Progress {
        let swept: Vec<&Point> = self.points.iter().filter(|point| point.swept).collect();
        let known = swept.iter().filter(|point| !matches!(point.labeling, Err(Missing::Yet(_)))).count();
        let share = |point: &&Point| match (&point.labeling, &point.silhouettes) {
            (Err(Missing::Yet(share)), _) => share / 2.0,
            (Ok(_), Asked::Cooking(progress)) => 0.5 + progress.fraction / 2.0,
            (Ok(_), Asked::Waiting(_)) => 0.5,
            _ => 1.0,
        };
        let fraction = swept.iter().map(share).sum::<f32>() / swept.len().max(1) as f32;
        Progress { stage: format!("Elbow and silhouette, {known} of {}", swept.len()), fraction }
    }
}

fn labeling<T>(asked: Asked<T>, of: fn(Made<T>) -> Labeling) -> Result<Labeling, Missing> {
    match asked {
        Asked::Ready(made) => Ok(of(made)),
        Asked::Cooking(progress) => Err(Missing::Yet(progress.fraction)),
        Asked::Waiting(_) => Err(Missing::Yet(0.0)),
        Asked::Failed(problem) => Err(Missing::Ever(problem)),
    }
}

/// The swept ks and the chosen one; the chosen one is asked for first.
fn points(
    runtime: &mut Runtime,
    ks: Vec<usize>,
    chosen: Option<usize>,
    mut ask: impl FnMut(&mut Runtime, usize, bool) -> Point,
) -> Vec<Point> {
    let mut points: Vec<Point> = chosen.map(|k| ask(runtime, k, ks.contains(&k))).into_iter().collect();
    points.extend(ks.into_iter().filter(|k| Some(*k) != chosen).map(|k| ask(runtime, k, true)));
    points.sort_by_key(|point| point.k);
    points
}

/// Silhouettes of what is there, and the whole once nothing more will come.
fn finish(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    mut points: Vec<Point>,
    inertias_settled: bool,
    seed: u64,
    needs: Needs,
) -> Sweep {
    let labels_settled = points.iter().all(|point| !point.swept || !matches!(point.labeling, Err(Missing::Yet(_))));
    let silhouette_need = if labels_settled { needs.sweep } else { Need::Look };
    let at: Vec<usize> = (0..points.len()).filter(|&at| points[at].swept && points[at].labeling.is_ok()).collect();
    let labelings: Vec<Labeling> = at.iter().filter_map(|&at| points[at].labeling.as_ref().ok().cloned()).collect();
    let silhouettes = silhouettes::first(runtime, prepared, &labelings, needs.pairs, seed, silhouette_need);
    for (&at, silhouettes) in at.iter().zip(silhouettes) {
        points[at].silhouettes = silhouettes;
    }
    if labels_settled && at.iter().all(|&at| points[at].silhouettes.ready().is_some()) {
        let refined = silhouettes::refined(runtime, prepared, &labelings, seed, needs.refined);
        at.into_iter().zip(refined).for_each(|(at, refined)| points[at].refined = Some(refined));
    }
    let stopped = points.iter().any(|point| {
        matches!(&point.labeling, Err(Missing::Ever(problem)) if &*problem.0 == STOPPED)
            || matches!(&point.silhouettes, Asked::Failed(problem) if &*problem.0 == STOPPED)
    });
    let has_none = needs.pairs == SilhouetteWish::None;
    let swept_settled = points.iter().all(|point| !point.swept || point.labeling.is_err() || has_none || point.silhouettes.is_settled());
    let finished = (labels_settled && inertias_settled && swept_settled && !stopped).then(|| {
        let suggestion = evaluate::suggest(&plot_of(&points, |point| point.silhouettes.ready()).points);
        let plot = plot_of(&points, Point::best);
        let inputs: Vec<Key> = points.iter().filter(|point| point.swept).filter_map(|point| Some(point.best()?.key)).collect();
        // The inertias follow from the labels, and so do the problems from the parameters, but a retry may change those.
        let ks: Vec<usize> = plot.points.iter().map(|point| point.k).collect();
        let key = Key::of("sweep", 1, &(ks, &plot.problems), &[&[prepared.key], &inputs[..]].concat());
        runtime.at_once(|s| &mut s.sweeps, key, || SweepPlot { suggestion, ..plot }).value
    });
    Sweep { points, finished, stopped }
}

/// The silhouettes of the chosen point: with the sweep's where they come together, alone otherwise.
pub(super) fn silhouettes_of(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    labeling: &Labeling,
    comes_with_sweep: bool,
    seed: u64,
    needs: Needs,
) -> Asked<Silhouettes> {
    if let Some(problem) = choose::too_many(labeling.labels(), needs.most_segments) {
        return Asked::Failed(problem);
    }
    let need = if comes_with_sweep { Need::Look } else { needs.silhouettes };
    let one = std::slice::from_ref(labeling);
    match silhouettes::first(runtime, prepared, one, needs.pairs, seed, need).pop() {
        Some(Asked::Ready(first)) => Asked::Ready(silhouettes::refined(runtime, prepared, one, seed, needs.refined).pop().unwrap_or(first)),
        Some(Asked::Waiting(_)) | None if comes_with_sweep => Asked::Waiting("Waiting for elbow and silhouette".into()),
        Some(asked) => asked,
        None => Asked::Waiting(String::new()),
    }
}

/// `silhouettes` picks which ones of a point are shown.
fn plot_of<'a>(points: &'a [Point], silhouettes: impl Fn(&'a Point) -> Option<&'a Made<Silhouettes>>) -> SweepPlot {
    let mut plot = SweepPlot::default();
    for point in points.iter().filter(|point| point.swept) {
        let silhouettes = silhouettes(point).map(|made| &made.value);
        let silhouette = silhouettes.and_then(|silhouettes| silhouettes.mean);
        let exact = silhouettes.is_some_and(|silhouettes| silhouettes.exact);
        plot.points.push(SweepPoint { k: point.k, inertia: point.inertia, silhouette, exact });
        match (&point.labeling, &point.silhouettes) {
            (Err(Missing::Ever(problem)), _) | (Ok(_), Asked::Failed(problem)) => plot.problems.push((point.k, problem.0.to_string())),
            _ => {}
        }
    }
    plot
}

/// k-means for one k.
pub(super) fn kmeans(runtime: &mut Runtime, prepared: &Made<Prepared>, params: KMeansParams, need: Need) -> Asked<KMeansFit> {
    let key = Key::of("k-means", 2, &params, &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || format!("k-Means, k = {}", params.k);
    runtime.ask(|s| &mut s.fits, key, need, (title, Lane::Long), move |ctx| Ok(cluster::kmeans(&prepared.matrix, &params, ctx)?))
}

/// The merge tree of a linkage.
pub(super) fn tree(runtime: &mut Runtime, prepared: &Made<Prepared>, linkage: Linkage, need: Need) -> Asked<Dendrogram> {
    let key = Key::of("linkage", 2, &linkage, &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || format!("{} tree", linkage.name());
    runtime.ask(|s| &mut s.trees, key, need, (title, Lane::Long), move |ctx| Ok(cluster::linkage(&prepared.matrix, linkage, ctx)?))
}

/// The tree cut into k clusters.
pub(super) fn cut(runtime: &mut Runtime, tree: &Made<Dendrogram>, k: usize, need: Need) -> Asked<Labels> {
    let key = Key::of("cut", 1, &k, &[tree.key]);
    let tree = tree.value.clone();
    runtime.ask(|s| &mut s.cuts, key, need, (|| format!("Cutting the tree into {k}"), Lane::Quick), move |_| Ok(tree.cut_clusters(k)))
}

/// The inertia of the cuts into each of `ks`.
pub(super) fn inertias(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    tree: &Made<Dendrogram>,
    ks: &[usize],
    need: Need,
) -> Asked<Vec<f64>> {
    let key = Key::of("inertia of cuts", 1, &ks, &[tree.key]);
    let (prepared, tree, ks) = (prepared.value.clone(), tree.value.clone(), ks.to_vec());
    runtime.ask(
        |s| &mut s.inertias,
        key,
        need,
        (|| "Elbow of the tree".into(), Lane::Long),
        move |ctx| Ok(cluster::inertias(&prepared.matrix, &tree, &ks, ctx)?),
    )
}
