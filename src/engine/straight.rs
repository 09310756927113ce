//! How does the command line compute? The same steps and the same choices as the window's recipe, one after the other and timed.
//!
//! In: a plan. Out: a report with the seconds each part took. Nothing is kept for later, so there are no keys and no jobs, and
//! every step has all processors to itself. That both ways give the same labels is tested.

use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;

use crate::base::{Ctx, Labels, Note};
use crate::cluster::{self, Dendrogram, KMeansParams, Method};
use crate::customers;
use crate::data::Loaded;
use crate::evaluate::{self, Silhouettes, SweepPoint};
use crate::export::{Chosen, Plots, Report, RunResult, Seconds};
use crate::features::{self, Prepared};
use crate::persona::{self, Personas};
use crate::plot::{self, CondensedPlot, DensityPlot, EpsilonCandidate, MapAxis, SweepPlot};
use crate::session::Plan;

use super::answers::Problem;
use super::choose;
use super::comparing::no_groups;
use super::desk::{STOPPED, StepError};
use super::evidence::{self, DRAW_ROUNDS};
use super::explaining::words_in_force;
use super::reporting::{Parts, chosen_min_cluster_size, result_of_epsilon, result_of_groups, result_of_k, result_of_size};
use super::steps::SilhouetteRule;

/// What to compute besides the labels.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// Silhouettes.
    pub silhouettes: SilhouetteWish,
    /// DBSCAN: report on each of these epsilons, and choose among them.
    pub epsilons: Vec<f64>,
    /// Names and cards.
    pub personas: bool,
    /// What drives the grouping, rules and typical customers.
    pub explained: bool,
    /// How stable the segments are.
    pub stability: bool,
    /// The plots' points, the map with these axes.
    pub plots: Option<(MapAxis, MapAxis)>,
}

/// Over which pairs silhouettes are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SilhouetteWish {
    /// As the window does: exact while it takes about a second.
    #[default]
    AsWindow,
    /// All pairs, however long it takes.
    Exact,
    /// A sample.
    Sampled,
    /// None at all.
    None,
}

/// One k, epsilon or least segment size.
struct Fit {
    k: Option<usize>,
    epsilon: Option<f64>,
    min_cluster_size: Option<usize>,
    labels: Result<Labels, Problem>,
    inertia: Option<f64>,
    silhouettes: Option<Silhouettes>,
}

/// All of them, and what they were cut from.
#[derive(Default)]
struct Fits {
    fits: Vec<Fit>,
    tree: Option<Arc<Dendrogram>>,
    density: Option<Arc<DensityPlot>>,
    condensed: Option<Arc<CondensedPlot>>,
    /// What the groups of a column are called.
    names: Option<Vec<String>>,
}

/// The whole analysis of a plan.
pub fn run(plan: &Plan, extras: &Extras, ctx: &Ctx) -> Result<(Report, Plots), Problem> {
    steps(plan, extras, ctx).map_err(|error| match error {
        StepError::Stopped => Problem(STOPPED.into()),
        StepError::Problem(problem) => problem,
    })
}

fn steps(plan: &Plan, extras: &Extras, ctx: &Ctx) -> Result<(Report, Plots), StepError> {
    let start = Instant::now();
    let mut seconds = Seconds::default();
    let loaded = timed(&mut seconds.load, || customers::read_table(&plan.source, Some(super::sourcing::today()), ctx))?;
    let loaded = timed(&mut seconds.profile, || {
        let loaded = loaded.profiled(ctx)?;
        if plan.preparation.no_answer_is_missing { Ok(loaded.without_no_answers(ctx)?) } else { Ok::<_, StepError>(loaded) }
    })?;
    let loaded = Arc::new(loaded);
    let prepared = Arc::new(timed(&mut seconds.prepare, || features::prepare(&loaded, &plan.preparation, ctx))?);

    let mut fits = timed(&mut seconds.fit, || match plan.clustering.method {
        Method::KMeans => by_kmeans(plan, &prepared, ctx),
        Method::Tree => by_tree(plan, &prepared, ctx),
        Method::Density => by_density(plan, extras, &prepared, ctx),
        Method::Hdbscan => by_hdbscan(plan, &prepared, ctx),
        Method::Column => by_column(plan, &loaded, &prepared),
    })?;
    timed(&mut seconds.silhouette, || add_silhouettes(plan, extras, &prepared, &mut fits.fits, ctx))?;

    let sweep = matches!(plan.clustering.method, Method::KMeans | Method::Tree).then(|| sweep_of(plan, &fits.fits));
    let (at, chosen) = choose(plan, extras, &fits, sweep.as_ref(), &loaded, prepared.matrix.n_rows()).map_err(StepError::Problem)?;
    let labels = fits.fits[at].labels.clone().map_err(StepError::Problem)?;
    let labels = choose::numbered(plan, labels, &prepared, &loaded).0;
    let roles = &plan.preparation.roles;
    if let Some(problem) = choose::too_many(&labels).filter(|_| extras.personas) {
        return Err(StepError::Problem(problem));
    }
    let words = words_in_force(plan.words.as_ref());
    let mut personas = match extras.personas {
        true => persona::describe_with_roles(&loaded, &prepared, &labels, &plan.personas, roles, &words.lexicon, ctx)?,
        false => Personas::default(),
    };
    if let Some(names) = &fits.names {
        personas.name_after_groups(names);
    }
    let explain = || persona::explained(&loaded, &prepared, &labels, roles, &words.lexicon, plan.clustering.seed, ctx).map(Arc::new);
    let explained = extras.explained.then(explain).transpose()?;

    let how = evidence::regroup(&plan.clustering, chosen.k, chosen.epsilon, prepared.matrix.n_rows()).filter(|_| extras.stability);
    let (seed, n_draws) = (plan.clustering.seed, DRAW_ROUNDS[DRAW_ROUNDS.len() - 1]);
    let stability = how.map(|how| evidence::stability_of(&prepared, &labels, &how, seed, n_draws, None, ctx)).transpose()?;

    let mut plots = Plots { chosen: chosen.clone(), numbers: labels.numbers().to_vec(), ..Plots::default() };
    if let Some(axes) = &extras.plots {
        plots.map = Some(Arc::new(plot::map(&loaded, &prepared, &labels, axes, ctx)?));
        plots.silhouette = fits.fits[at].silhouettes.as_ref().map(|silhouettes| Arc::new(plot::silhouette(&labels, silhouettes)));
        plots.tree = fits.tree.as_ref().map(|tree| plot::tree(tree, &loaded, &prepared, ctx).map(Arc::new)).transpose()?;
        plots.density = fits.density.clone();
        plots.condensed = fits.condensed.clone();
        plots.variance = Some(prepared.pca.explained.clone());
        plots.sweep = sweep.map(Arc::new);
    }

    let mut notes: Vec<Note> = Vec::new();
    for note in loaded
        .notes
        .iter()
        .chain(&prepared.notes)
        .chain(&ctx.notes())
        .chain(&personas.notes)
        .chain(words.note.iter().filter(|_| extras.personas))
    {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    let results = fits.fits.iter().map(Fit::result).collect();
    seconds.total = start.elapsed().as_secs_f64();
    let parts = Parts {
        loaded,
        prepared,
        labels,
        personas: Arc::new(personas),
        results,
        chosen,
        tree: fits.tree,
        stability: stability.map(Arc::new),
        explained,
        notes,
        seconds: Some(seconds),
    };
    Ok((parts.report(plan), plots))
}

fn by_kmeans(plan: &Plan, prepared: &Prepared, ctx: &Ctx) -> Result<Fits, StepError> {
    let clustering = &plan.clustering;
    let mut ks = choose::swept_ks(clustering);
    ks.extend(clustering.k.filter(|k| !ks.contains(k)));
    ks.sort_unstable();
    let mut fits = Vec::with_capacity(ks.len());
    for k in ks {
        ctx.progress(&format!("k-Means, k = {k}"), 0.0);
        let params = KMeansParams { k, restarts: clustering.restarts, seed: clustering.seed };
        let fit = survived(cluster::kmeans(&prepared.matrix, &params, ctx).map_err(StepError::from))?;
        let inertia = fit.as_ref().ok().map(|fit| fit.inertia);
        fits.push(Fit { k: Some(k), epsilon: None, min_cluster_size: None, labels: fit.map(|fit| fit.labels), inertia, silhouettes: None });
    }
    Ok(Fits { fits, ..Fits::default() })
}

fn by_tree(plan: &Plan, prepared: &Prepared, ctx: &Ctx) -> Result<Fits, StepError> {
    let tree = cluster::linkage(&prepared.matrix, plan.clustering.linkage, ctx)?;
    let mut ks = choose::swept_ks(&plan.clustering);
    ks.extend(choose::chosen_k(&plan.clustering, Some(&tree)).filter(|k| !ks.contains(k)));
    ks.retain(|&k| k <= tree.n_rows);
    ks.sort_unstable();
    let inertias = cluster::inertias(&prepared.matrix, &tree, &ks, ctx)?;
    let fit = |(k, inertia): (usize, f64)| {
        let labels = Ok(tree.cut_clusters(k));
        Fit { k: Some(k), epsilon: None, min_cluster_size: None, labels, inertia: Some(inertia), silhouettes: None }
    };
    let fits = ks.into_iter().zip(inertias).map(fit).collect();
    Ok(Fits { fits, tree: Some(Arc::new(tree)), ..Fits::default() })
}

fn by_density(plan: &Plan, extras: &Extras, prepared: &Prepared, ctx: &Ctx) -> Result<Fits, StepError> {
    let tree = cluster::density(&prepared.matrix, plan.clustering.min_samples, ctx)?;
    let plot = plot::density(&tree);
    let epsilons = match &extras.epsilons[..] {
        [] => vec![choose::epsilon(&plan.clustering, &plot.candidates).map_err(StepError::Problem)?],
        some => some.to_vec(),
    };
    ctx.progress(&format!("DBSCAN, {} epsilons", epsilons.len()), 0.0);
    let fit = |epsilon: f64| {
        ctx.check()?;
        Ok(Fit {
            k: None,
            epsilon: Some(epsilon),
            min_cluster_size: None,
            labels: Ok(tree.labels_at(epsilon)),
            inertia: None,
            silhouettes: None,
        })
    };
    // Each epsilon is on its own, and the order of the list is kept.
    let fits = epsilons.into_par_iter().map(fit).collect::<Result<Vec<Fit>, StepError>>()?;
    Ok(Fits { fits, density: Some(Arc::new(plot)), ..Fits::default() })
}

fn by_hdbscan(plan: &Plan, prepared: &Prepared, ctx: &Ctx) -> Result<Fits, StepError> {
    let tree = cluster::density(&prepared.matrix, plan.clustering.min_samples, ctx)?;
    let least = choose::min_cluster_size(&plan.clustering, prepared.matrix.n_rows());
    let found = cluster::hdbscan(&tree, least, ctx)?;
    let condensed = Some(Arc::new(plot::condensed(&found)));
    let fit = Fit { min_cluster_size: Some(least), labels: Ok(found.labels), k: None, epsilon: None, inertia: None, silhouettes: None };
    Ok(Fits { fits: vec![fit], condensed, ..Fits::default() })
}

fn by_column(plan: &Plan, loaded: &Loaded, prepared: &Prepared) -> Result<Fits, StepError> {
    let column = choose::column(&plan.clustering, loaded).map_err(StepError::Problem)?;
    let known = evaluate::known(loaded, &column, &prepared.table_rows).ok_or_else(|| StepError::Problem(no_groups(&column)))?;
    let names = choose::group_names(&known, &column, loaded);
    let fit = Fit { labels: Ok(known.labels), k: None, epsilon: None, min_cluster_size: None, inertia: None, silhouettes: None };
    Ok(Fits { fits: vec![fit], names: Some(names), ..Fits::default() })
}

/// Silhouettes of this many labelings are computed in one pass: more would hold their distance sums in memory all at once.
const LABELINGS_A_PASS: usize = 32;

fn add_silhouettes(plan: &Plan, extras: &Extras, prepared: &Prepared, fits: &mut [Fit], ctx: &Ctx) -> Result<(), StepError> {
    let seed = plan.clustering.seed;
    let rule = match extras.silhouettes {
        SilhouetteWish::AsWindow => SilhouetteRule::for_rows(prepared.matrix.n_rows(), seed),
        SilhouetteWish::Exact => SilhouetteRule::Exact,
        SilhouetteWish::Sampled => SilhouetteRule::Sampled(seed),
        SilhouetteWish::None => return Ok(()),
    };
    for some in fits.chunks_mut(LABELINGS_A_PASS) {
        let labels: Vec<&Labels> = some.iter().filter_map(|fit| fit.labels.as_ref().ok()).collect();
        let computed = rule.compute(prepared, &labels, ctx)?;
        for (fit, silhouettes) in some.iter_mut().filter(|fit| fit.labels.is_ok()).zip(computed) {
            fit.silhouettes = Some(silhouettes);
        }
    }
    Ok(())
}

/// Elbow and silhouette with the suggestion, as the window shows them.
fn sweep_of(plan: &Plan, fits: &[Fit]) -> SweepPlot {
    let swept = choose::swept_ks(&plan.clustering);
    let mut plot = SweepPlot::default();
    for fit in fits {
        let Some(k) = fit.k.filter(|k| swept.contains(k)) else { continue };
        let silhouettes = fit.silhouettes.as_ref();
        plot.points.push(SweepPoint {
            k,
            inertia: fit.inertia,
            silhouette: silhouettes.and_then(|silhouettes| silhouettes.mean),
            exact: silhouettes.is_some_and(|silhouettes| silhouettes.exact),
        });
        plot.problems.extend(fit.labels.as_ref().err().map(|problem| (k, problem.0.to_string())));
    }
    plot.suggestion = evaluate::suggest(&plot.points);
    plot
}

/// Which fit the labels are from, and what speaks for it.
fn choose(
    plan: &Plan,
    extras: &Extras,
    fits: &Fits,
    sweep: Option<&SweepPlot>,
    loaded: &Loaded,
    n_rows: usize,
) -> Result<(usize, Chosen), Problem> {
    if let Some(sweep) = sweep {
        let tree = fits.tree.as_deref();
        let k = choose::chosen_k(&plan.clustering, tree).map_or_else(|| choose::suggested_k(sweep), Ok)?;
        let at = fits.fits.iter().position(|fit| fit.k == Some(k));
        let at = at.ok_or_else(|| Problem(format!("{k} segments are more than there are customers; choose a smaller number.").into()))?;
        let height = tree.map(|tree| choose::cut_height(&plan.clustering, tree, k));
        let reasons = choose::reasons_for(k, sweep.suggestion.as_ref());
        return Ok((at, Chosen { k: Some(k), height, reasons, ..Chosen::default() }));
    }
    if let Some(min_cluster_size) = chosen_min_cluster_size(plan, n_rows) {
        let reasons = choose::reasons_for_size(&plan.clustering, n_rows);
        return Ok((0, Chosen { min_cluster_size: Some(min_cluster_size), reasons, ..Chosen::default() }));
    }
    if plan.clustering.method == Method::Column {
        return Ok((0, Chosen { reasons: choose::reasons_for_column(&plan.clustering, loaded), ..Chosen::default() }));
    }
    let candidates = fits.density.as_ref().map_or(&[][..], |plot| &plot.candidates[..]);
    let at = if extras.epsilons.is_empty() { 0 } else { nearest_to_suggestion(&fits.fits, candidates) };
    let epsilon = fits.fits.get(at).and_then(|fit| fit.epsilon);
    let reasons = epsilon.map_or_else(Vec::new, |epsilon| choose::reasons_for_epsilon(epsilon, candidates));
    Ok((at, Chosen { epsilon, reasons, ..Chosen::default() }))
}

/// Of a range of epsilons, the one nearest to the suggested one; without a suggestion the one with the most clusters.
fn nearest_to_suggestion(fits: &[Fit], candidates: &[EpsilonCandidate]) -> usize {
    let badness = |fit: &Fit| match candidates.first() {
        Some(suggested) => (fit.epsilon.unwrap_or(f64::MAX) - suggested.epsilon).abs(),
        None => -(fit.labels.as_ref().map_or(0, Labels::n_clusters) as f64),
    };
    (0..fits.len()).min_by(|&a, &b| badness(&fits[a]).total_cmp(&badness(&fits[b]))).unwrap_or(0)
}

impl Fit {
    fn result(&self) -> RunResult {
        match (self.min_cluster_size, self.epsilon, &self.labels) {
            (Some(least), _, Ok(labels)) => result_of_size(least, labels, self.silhouettes.as_ref()),
            (None, Some(epsilon), Ok(labels)) => result_of_epsilon(epsilon, labels, self.silhouettes.as_ref()),
            (None, None, Ok(labels)) if self.k.is_none() => result_of_groups(labels, self.silhouettes.as_ref()),
            _ => result_of_k(self.k.unwrap_or(0), self.labels.as_ref(), self.inertia, self.silhouettes.as_ref()),
        }
    }
}

/// A problem of one k is told with its result; a stop ends everything.
fn survived<T>(result: Result<T, StepError>) -> Result<Result<T, Problem>, StepError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(StepError::Problem(problem)) => Ok(Err(problem)),
        Err(StepError::Stopped) => Err(StepError::Stopped),
    }
}

fn timed<T, E>(seconds: &mut f64, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let start = Instant::now();
    let result = step();
    *seconds = start.elapsed().as_secs_f64();
    result
}
