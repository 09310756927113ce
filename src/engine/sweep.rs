//! What does each k give? The labelings of elbow and silhouette, as far as they are there, and the suggestion once all are.
//!
//! One key per k, so widening the range computes only the new ones. Silhouettes wait until every labeling is there: the pass over
//! all pairs of rows is the cost, and one pass serves them all.
//!
//! With very many rows a sketch comes first: the same sweep over an even sample, which says that it is one. The suggestion is made from it
//! for ever, or it would depend on how long one waited. Its points then give way, one by one, to those of all rows.

use std::sync::Arc;

use crate::base::seed::{RngExt, random};
use crate::base::{Ctx, Key, Labels, Progress};
use crate::cluster::{self, Dendrogram, KMeansFit, KMeansParams, Linkage};
use crate::evaluate::{self, Silhouettes, Structure, SweepPoint};
use crate::features::Prepared;
use crate::plot::{SweepPlot, SweepSample};
use crate::session::Clustering;

use super::caches::Runtime;
use super::choose;
use super::needs::Needs;
use super::run::answer::{Answer, Problem, STOPPED};
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Segmentation};
use super::silhouettes;
use super::structure;
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

    /// Names what is there of it.
    fn keys(&self) -> impl Iterator<Item = Key> {
        let labels = self.labeling.as_ref().ok().map(Labeling::key);
        labels.into_iter().chain(self.best().map(|made| made.key))
    }

    fn is_stopped(&self) -> bool {
        matches!(&self.labeling, Err(Missing::Ever(problem)) if &*problem.0 == STOPPED)
            || matches!(&self.silhouettes, Asked::Failed(problem) if &*problem.0 == STOPPED)
    }
}

/// Why a point has no labels.
#[derive(Debug, Clone)]
pub(super) enum Missing {
    /// Not yet; this share is done.
    Yet(f32),
    /// Never.
    Ever(Problem),
}

/// Rows from which on a sketch comes first. Below, the whole elbow takes about a second.
pub const SKETCHED_FROM_ROWS: usize = 200_000;

/// Rows of a sketch: the inertia of each k is then known to about a percent, and the silhouettes are of more rows than a sample of all could afford.
pub const SKETCH_ROWS: usize = 50_000;

/// Sets the draw of a sketch apart from those of the starts.
const SKETCH_STREAM: u64 = 0x536b_6574_6368;

/// All points, and what they come to.
pub(super) struct Sweep {
    /// Ascending by k; of all rows.
    pub points: Vec<Point>,
    /// The plot with its suggestion. With a sketch it is there as soon as that is, and its points become those of all rows later.
    pub finished: Option<Made<SweepPlot>>,
    /// Set when the user stopped a part of it.
    pub stopped: bool,
    /// Whether the silhouettes of every point come together, so that nobody needs to ask for those of one.
    pub brings_silhouettes: bool,
    sketch: Option<Sketch>,
}

/// The sweep over a sample.
struct Sketch {
    points: Vec<Point>,
    sample: SweepSample,
}

/// k-means for every k.
pub(super) fn of_kmeans(runtime: &mut Runtime, prepared: &Made<Prepared>, clustering: &Clustering, needs: Needs) -> Sweep {
    let structure = structure::of(runtime, prepared, clustering.seed, needs.structure);
    let chosen = choose::chosen_k(clustering, None).or_else(|| choose::one_group(clustering, &structure));
    let ks = choose::swept_ks(clustering);
    let n_rows = prepared.value.matrix.n_rows();
    // Three points are the least that can bend.
    if n_rows < SKETCHED_FROM_ROWS || ks.len() < 3 {
        let points = fits(runtime, prepared, &ks, chosen, clustering, (needs.sweep, Lane::Long), needs.chosen);
        return finish(runtime, prepared, points, true, clustering.seed, (needs, &structure));
    }
    let sample = SweepSample { rows: SKETCH_ROWS, n_rows };
    let sketch = Sketch { points: sketched(runtime, prepared, &ks, clustering, needs), sample };
    let suggested = sketch.suggestion(runtime, prepared, needs, &structure);
    let in_force = chosen.or_else(|| choose::suggested_k(suggested.as_deref()?).ok());
    let mut points = fits(runtime, prepared, &ks, in_force, clustering, (needs.whole_sweep, Lane::Background), needs.chosen);
    let need = Needs { sweep: needs.whole_sweep, ..needs };
    with_silhouettes(runtime, prepared, &mut points, clustering.seed, need, Lane::Background);
    let stopped = [&points, &sketch.points].into_iter().flatten().any(Point::is_stopped) || is_stopped(&structure);
    let finished = suggested.filter(|_| !stopped).map(|suggested| {
        let inputs: Vec<Key> = points.iter().filter(|point| point.swept).flat_map(Point::keys).chain(structure.key()).collect();
        let plot = sketch.plot(&points);
        let known = plot.points.iter().map(|point| (point.k, point.estimated)).collect::<Vec<_>>();
        let key = Key::of("sweep with a sketch", 1, &(known, &plot.problems, clustering.seed), &[&[prepared.key], &inputs[..]].concat());
        runtime.at_once(|s| &mut s.sweeps, key, || SweepPlot { suggestion: suggested.suggestion.clone(), ..plot })
    });
    Sweep { points, finished, stopped, brings_silhouettes: false, sketch: Some(sketch) }
}

/// k-means for every k, as far as it is there; the one in force is asked for first.
fn fits(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    ks: &[usize],
    chosen: Option<usize>,
    clustering: &Clustering,
    others: (Need, Lane),
    of_chosen: Need,
) -> Vec<Point> {
    let ask = |runtime: &mut Runtime, k: usize, swept: bool| {
        let params = KMeansParams { k, restarts: clustering.kmeans.restarts, seed: clustering.seed };
        let (need, lane) = if chosen == Some(k) { (of_chosen, Lane::Long) } else { others };
        let fit = kmeans(runtime, prepared, params, need, lane);
        let inertia = fit.ready().map(|fit: &Made<KMeansFit>| fit.value.inertia);
        Point::new(k, swept, labeling(fit, Labeling::Fit), inertia)
    };
    points(runtime, ks.to_vec(), chosen, ask)
}

/// The sweep over the sample, with silhouettes as far as they are there.
fn sketched(runtime: &mut Runtime, prepared: &Made<Prepared>, ks: &[usize], clustering: &Clustering, needs: Needs) -> Vec<Point> {
    let rows = match made(sample_of_rows(runtime, prepared, clustering.seed, needs.sweep)) {
        Ok(rows) => rows,
        Err(missing) => return ks.iter().map(|&k| Point::new(k, true, Err(missing.clone()), None)).collect(),
    };
    let mut points = fits(runtime, &rows, ks, None, clustering, (needs.sweep, Lane::Long), needs.sweep);
    with_silhouettes(runtime, &rows, &mut points, clustering.seed, Needs { refined: Need::Look, ..needs }, Lane::Long);
    points
}

/// The rows that a sketch is made of: one from each of as many stretches of the table, so that its order does not matter.
fn sample_of_rows(runtime: &mut Runtime, prepared: &Made<Prepared>, seed: u64, need: Need) -> Asked<Prepared> {
    let key = Key::of("sample for the elbow", 1, &(seed, SKETCH_ROWS), &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || "A sample for the elbow".to_owned();
    runtime.ask(
        |s| &mut s.prepared,
        key,
        need,
        (title, Lane::Quick),
        move |_| {
            let n_rows = prepared.matrix.n_rows();
            let mut random = random(seed, SKETCH_STREAM);
            let begin = |at: usize| at * n_rows / SKETCH_ROWS;
            let rows: Vec<usize> = (0..SKETCH_ROWS).map(|at| random.random_range(begin(at)..begin(at + 1))).collect();
            Ok(prepared.of_rows(&rows))
        },
    )
}

impl Sketch {
    /// The plot of the sample alone with its suggestion, once everything in it is there.
    fn suggestion(
        &self,
        runtime: &mut Runtime,
        prepared: &Made<Prepared>,
        needs: Needs,
        structure: &Asked<Structure>,
    ) -> Option<Arc<SweepPlot>> {
        if !is_settled(&self.points, needs) || !structure.is_settled() || is_stopped(structure) {
            return None;
        }
        let inputs: Vec<Key> = self.points.iter().flat_map(Point::keys).chain(structure.key()).collect();
        let plot = self.plot(&[]);
        let key = Key::of("sweep of a sample", 2, &plot.problems, &[&[prepared.key], &inputs[..]].concat());
        let structure = structure.ready().map(|made| &*made.value);
        let suggestion = || evaluate::suggest(&plot.points, structure);
        Some(runtime.at_once(|s| &mut s.sweeps, key, || SweepPlot { suggestion: suggestion(), ..plot.clone() }).value)
    }

    /// The points of all rows where they are there, the estimates elsewhere.
    fn plot(&self, of_all: &[Point]) -> SweepPlot {
        let scale = self.sample.n_rows as f64 / self.sample.rows as f64;
        let mut plot = plot_of(&self.points, |point| point.silhouettes.ready());
        for point in &mut plot.points {
            point.inertia = point.inertia.map(|inertia| inertia * scale);
            (point.estimated, point.exact) = (true, false);
        }
        let better = plot_of(of_all, Point::best);
        for point in better.points.into_iter().filter(|point| point.inertia.is_some()) {
            let Some(estimate) = plot.points.iter_mut().find(|estimate| estimate.k == point.k) else { continue };
            // Its silhouettes come later, all in one pass.
            let (silhouette, exact) =
                if point.silhouette.is_some() { (point.silhouette, point.exact) } else { (estimate.silhouette, false) };
            *estimate = SweepPoint { silhouette, exact, ..point };
        }
        let is_there = |k: usize| plot.points.iter().any(|point| point.k == k && !point.estimated);
        plot.problems.retain(|(k, _)| !is_there(*k) && better.problems.iter().all(|(other, _)| other != k));
        plot.problems.extend(better.problems);
        plot.problems.sort_by_key(|(k, _)| *k);
        plot.sample = plot.points.iter().any(|point| point.estimated).then_some(self.sample);
        plot
    }
}

/// The cuts of a tree into every k.
pub(super) fn of_tree(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    tree: &Made<Dendrogram>,
    clustering: &Clustering,
    needs: Needs,
) -> Sweep {
    let structure = structure::of(runtime, prepared, clustering.seed, needs.structure);
    let chosen = choose::chosen_k(clustering, Some(&tree.value)).or_else(|| choose::one_group(clustering, &structure));
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
    finish(runtime, prepared, points, all_inertias.is_settled(), clustering.seed, (needs, &structure))
}

impl Sweep {
    /// Starts what takes the place of a sketch. Asked for once what is shown is there: a fit of that many rows gives way only before it begins.
    pub fn fill_in(&self, runtime: &mut Runtime, prepared: &Made<Prepared>, clustering: &Clustering, needs: Needs) {
        let need = needs.whole_sweep_behind;
        if self.sketch.is_some() {
            let ks: Vec<usize> = self.points.iter().filter(|point| point.swept).map(|point| point.k).collect();
            let mut points = fits(runtime, prepared, &ks, None, clustering, (need, Lane::Background), need);
            let needs = Needs { sweep: need, ..needs };
            with_silhouettes(runtime, prepared, &mut points, clustering.seed, needs, Lane::Background);
        }
    }

    /// What the page sees: finished, or the points there are so far, or those from before as long as there is none.
    pub fn answer(&self, previous: &mut Option<Arc<SweepPlot>>) -> Answer<SweepPlot> {
        if let Some(plot) = &self.finished {
            *previous = Some(plot.value.clone());
            return Answer::Ready(plot.value.clone());
        }
        let so_far = match &self.sketch {
            Some(sketch) => sketch.plot(&self.points),
            None => plot_of(&self.points, Point::best),
        };
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
            (None, Some(plot)) => choose::suggested_k(&plot.value).map_err(Asked::Failed)?,
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
        let points = self.sketch.as_ref().map_or(&self.points, |sketch| &sketch.points);
        let swept: Vec<&Point> = points.iter().filter(|point| point.swept).collect();
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
    made(asked).map(of)
}

fn made<T>(asked: Asked<T>) -> Result<Made<T>, Missing> {
    match asked {
        Asked::Ready(made) => Ok(made),
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
    (needs, structure): (Needs, &Asked<Structure>),
) -> Sweep {
    with_silhouettes(runtime, prepared, &mut points, seed, needs, Lane::Long);
    let stopped = points.iter().any(Point::is_stopped) || is_stopped(structure);
    let is_known = structure.is_settled() && !is_stopped(structure);
    let finished = (inertias_settled && is_known && is_settled(&points, needs)).then(|| {
        let of_data = structure.ready().map(|made| &*made.value);
        let suggestion = evaluate::suggest(&plot_of(&points, |point| point.silhouettes.ready()).points, of_data);
        let plot = plot_of(&points, Point::best);
        let silhouettes = points.iter().filter(|point| point.swept).filter_map(|point| Some(point.best()?.key));
        let inputs: Vec<Key> = silhouettes.chain(structure.key()).collect();
        // The inertias follow from the labels, and so do the problems from the parameters, but a retry may change those.
        let ks: Vec<usize> = plot.points.iter().map(|point| point.k).collect();
        let key = Key::of("sweep", 2, &(ks, &plot.problems), &[&[prepared.key], &inputs[..]].concat());
        runtime.at_once(|s| &mut s.sweeps, key, || SweepPlot { suggestion, ..plot })
    });
    Sweep { points, finished, stopped, brings_silhouettes: needs.sweep != Need::Look, sketch: None }
}

/// Adds the silhouettes there are; asks for them once every labeling is there, and for better ones after that.
fn with_silhouettes(runtime: &mut Runtime, prepared: &Made<Prepared>, points: &mut [Point], seed: u64, needs: Needs, lane: Lane) {
    let labels_settled = has_all_labels(points);
    let need = if labels_settled { needs.sweep } else { Need::Look };
    let at: Vec<usize> = (0..points.len()).filter(|&at| points[at].swept && points[at].labeling.is_ok()).collect();
    let labelings: Vec<Labeling> = at.iter().filter_map(|&at| points[at].labeling.as_ref().ok().cloned()).collect();
    let silhouettes = silhouettes::first(runtime, prepared, &labelings, needs.pairs, seed, (need, lane));
    for (&at, silhouettes) in at.iter().zip(silhouettes) {
        points[at].silhouettes = silhouettes;
    }
    if labels_settled && at.iter().all(|&at| points[at].silhouettes.ready().is_some()) {
        let refined = silhouettes::refined(runtime, prepared, &labelings, seed, needs.refined);
        at.into_iter().zip(refined).for_each(|(at, refined)| points[at].refined = Some(refined));
    }
}

/// Whether somebody stopped it.
fn is_stopped<T>(asked: &Asked<T>) -> bool {
    matches!(asked, Asked::Failed(problem) if &*problem.0 == STOPPED)
}

fn has_all_labels(points: &[Point]) -> bool {
    points.iter().all(|point| !point.swept || !matches!(point.labeling, Err(Missing::Yet(_))))
}

/// Whether nothing more will come of any point, and nobody stopped one.
fn is_settled(points: &[Point], needs: Needs) -> bool {
    let has_none = needs.pairs == SilhouetteWish::None;
    let is_settled = |point: &Point| !point.swept || point.labeling.is_err() || has_none || point.silhouettes.is_settled();
    has_all_labels(points) && points.iter().all(|point| is_settled(point) && !point.is_stopped())
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
    match silhouettes::first(runtime, prepared, one, needs.pairs, seed, (need, Lane::Long)).pop() {
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
        plot.points.push(SweepPoint { k: point.k, inertia: point.inertia, silhouette, exact, estimated: false });
        match (&point.labeling, &point.silhouettes) {
            (Err(Missing::Ever(problem)), _) | (Ok(_), Asked::Failed(problem)) => plot.problems.push((point.k, problem.0.to_string())),
            _ => {}
        }
    }
    plot
}

/// k-means for one k.
pub(super) fn kmeans(runtime: &mut Runtime, prepared: &Made<Prepared>, params: KMeansParams, need: Need, lane: Lane) -> Asked<KMeansFit> {
    let key = Key::of("k-means", 2, &params, &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || format!("k-Means, k = {}", params.k);
    let step = move |ctx: &Ctx| {
        // In the background it waits here and no later: its starts are on rayon's threads, which others need.
        ctx.give_way()?;
        Ok(cluster::kmeans(&prepared.matrix, &params, ctx)?)
    };
    runtime.ask(|s| &mut s.fits, key, need, (title, lane), step)
}

/// Names the merge tree of a linkage, for whoever has it already.
pub(super) fn tree_key(prepared: &Made<Prepared>, linkage: Linkage) -> Key {
    Key::of("linkage", 2, &linkage, &[prepared.key])
}

/// The merge tree of a linkage.
pub(super) fn tree(runtime: &mut Runtime, prepared: &Made<Prepared>, linkage: Linkage, need: Need) -> Asked<Dendrogram> {
    let key = tree_key(prepared, linkage);
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
