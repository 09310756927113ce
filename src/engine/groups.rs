//! How do the methods come to groups? Each part of the recipe that differs by method, ending in the same few things.
//!
//! The knobs sit as late as the mathematics permits: a tree, then a cut; every epsilon's answer, then one epsilon, or what lasts longest.

use std::sync::Arc;

use crate::base::{Key, Labels};
use crate::cluster::{Dendrogram, DensityTree, Method};
use crate::data::Loaded;
use crate::evaluate::Silhouettes;
use crate::features::Prepared;
use crate::plot::{CondensedPlot, DensityPlot, EpsilonCandidate, SweepPlot};
use crate::session::{Clustering, Plan};

use super::answers::{Answer, Segmentation};
use super::choose;
use super::densities;
use super::desk::{Asked, Made, Need};
use super::needs::Needs;
use super::previous;
use super::steps::{self, Kitchen, Labeling};
use super::sweep::{self, Sweep};

/// What every method ends in.
pub struct Groups {
    /// Elbow and silhouette, or why there are none.
    pub sweep: Result<Sweep, Asked<SweepPlot>>,
    /// The merge tree (hierarchical).
    pub tree: Asked<Dendrogram>,
    /// The epsilon explorer (DBSCAN).
    pub density_plot: Asked<DensityPlot>,
    /// The condensed tree (HDBSCAN).
    pub condensed_plot: Asked<CondensedPlot>,
    /// The labels in force, or why there are none.
    pub chosen: Result<Chosen, Asked<Segmentation>>,
    /// Their silhouettes.
    pub silhouettes: Asked<Silhouettes>,
    /// Every epsilon that is reported on, where there are several (DBSCAN).
    pub by_epsilon: Vec<AtEpsilon>,
}

/// What one epsilon gives.
pub struct AtEpsilon {
    /// Neighborhood distance.
    pub epsilon: f64,
    /// Its labels.
    pub labels: Made<Labels>,
    /// Their silhouettes.
    pub silhouettes: Asked<Silhouettes>,
}

/// The labels in force and the parameters they come from.
pub struct Chosen {
    /// The labels.
    pub labeling: Labeling,
    /// k (k-means, hierarchical).
    pub k: Option<usize>,
    height: Option<f64>,
    /// Epsilon (DBSCAN).
    pub epsilon: Option<f64>,
    inertia: Option<f64>,
}

const WAITS: &str = "Waiting for the columns";

/// The groups of whatever method the section names. DBSCAN reports on each of `epsilons` and chooses among them, where there are any.
pub fn of(
    desk: &mut Kitchen,
    loaded: Option<&Made<Loaded>>,
    prepared: &Asked<Prepared>,
    clustering: &Clustering,
    epsilons: &[f64],
    needs: Needs,
) -> Groups {
    match clustering.method {
        Method::KMeans => by_kmeans(desk, prepared, clustering, needs),
        Method::Tree => by_tree(desk, prepared, clustering, needs),
        Method::Density => by_density(desk, prepared, clustering, epsilons, needs),
        Method::Hdbscan => by_hdbscan(desk, prepared, clustering, needs),
        Method::Column => by_column(desk, loaded, prepared, clustering, needs),
    }
}

/// k-means: a fit a k.
fn by_kmeans(desk: &mut Kitchen, prepared: &Asked<Prepared>, clustering: &Clustering, needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let sweep = sweep::of_kmeans(desk, made, clustering, needs);
    Groups { tree: Asked::Waiting(OTHER_METHOD.into()), ..of_sweep(desk, made, sweep, None, clustering, needs) }
}

/// Hierarchical: a tree, then a cut a k.
fn by_tree(desk: &mut Kitchen, prepared: &Asked<Prepared>, clustering: &Clustering, needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let tree = steps::tree(desk, made, clustering.linkage, needs.chosen);
    let Some(made_tree) = tree.ready() else { return Groups { tree: tree.clone(), ..Groups::blocked_by(&tree) } };
    let sweep = sweep::of_tree(desk, made, made_tree, clustering, needs);
    let groups = of_sweep(desk, made, sweep, Some(&made_tree.value), clustering, needs);
    Groups { tree, ..groups }
}

/// DBSCAN: the answers for every epsilon, then one epsilon.
fn by_density(desk: &mut Kitchen, prepared: &Asked<Prepared>, clustering: &Clustering, epsilons: &[f64], needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let tree = densities::density(desk, made, clustering.min_samples, needs.chosen);
    let density_plot = tree.and("Waiting for the densities", |tree| steps::density_plot(desk, tree, needs.chosen));
    let groups = Groups { sweep: Err(Asked::Waiting(OTHER_METHOD.into())), ..Groups::blocked_by(&density_plot) };
    let (Some(tree), Some(plot)) = (tree.ready(), density_plot.ready()) else { return Groups { density_plot, ..groups } };
    let found = match epsilons {
        [] => at_epsilon(desk, made, tree, &plot.value.candidates, clustering, needs),
        some => at_epsilons(desk, made, tree, &plot.value.candidates, some, clustering.seed, needs),
    };
    let silhouettes = match &found {
        Ok((_, silhouettes, _)) => silhouettes.clone(),
        Err(why) => why.blocks("Waiting for the segments"),
    };
    let (chosen, by_epsilon) = match found {
        Ok((chosen, _, by_epsilon)) => (Ok(chosen), by_epsilon),
        Err(why) => (Err(why), Vec::new()),
    };
    Groups { density_plot, chosen, silhouettes, by_epsilon, ..groups }
}

/// The labels in force, their silhouettes, and what the other epsilons give.
type Found = (Chosen, Asked<Silhouettes>, Vec<AtEpsilon>);

/// The epsilon that was chosen or is suggested.
fn at_epsilon(
    desk: &mut Kitchen,
    prepared: &Made<Prepared>,
    tree: &Made<DensityTree>,
    candidates: &[EpsilonCandidate],
    clustering: &Clustering,
    needs: Needs,
) -> Result<Found, Asked<Segmentation>> {
    let epsilon = choose::epsilon(clustering, candidates).map_err(Asked::Failed)?;
    let labels = match steps::labels_at(desk, tree, &[epsilon], needs.chosen).swap_remove(0) {
        Asked::Ready(labels) => labels,
        other => return Err(other.blocks("Waiting for the segments")),
    };
    let labeling = Labeling::Cut(labels);
    let silhouettes = sweep::silhouettes_of(desk, prepared, &labeling, false, clustering.seed, needs);
    Ok((Chosen { labeling, k: None, height: None, epsilon: Some(epsilon), inertia: None }, silhouettes, Vec::new()))
}

/// Every one of `epsilons`, and among them the one nearest to what is suggested.
fn at_epsilons(
    desk: &mut Kitchen,
    prepared: &Made<Prepared>,
    tree: &Made<DensityTree>,
    candidates: &[EpsilonCandidate],
    epsilons: &[f64],
    seed: u64,
    needs: Needs,
) -> Result<Found, Asked<Segmentation>> {
    let mut all = Vec::with_capacity(epsilons.len());
    for asked in steps::labels_at(desk, tree, epsilons, needs.chosen) {
        match asked {
            Asked::Ready(labels) => all.push(labels),
            other => return Err(other.blocks("Waiting for the segments")),
        }
    }
    let labelings: Vec<Labeling> = all.iter().cloned().map(Labeling::Cut).collect();
    let silhouettes = steps::silhouettes(desk, prepared, &labelings, needs.pairs, seed, needs.silhouettes);
    let at = choose::nearest_epsilon(epsilons, &all.iter().map(|labels| &*labels.value).collect::<Vec<_>>(), candidates);
    let chosen = Chosen { labeling: labelings[at].clone(), k: None, height: None, epsilon: Some(epsilons[at]), inertia: None };
    let of_chosen = silhouettes[at].clone();
    let each = epsilons.iter().zip(all).zip(silhouettes);
    let by_epsilon = each.map(|((&epsilon, labels), silhouettes)| AtEpsilon { epsilon, labels, silhouettes }).collect();
    Ok((chosen, of_chosen, by_epsilon))
}

/// HDBSCAN: the same tree, then what lasts longest in it.
pub fn by_hdbscan(desk: &mut Kitchen, prepared: &Asked<Prepared>, clustering: &Clustering, needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let least = choose::min_cluster_size(clustering, made.value.matrix.n_rows());
    let tree = densities::density(desk, made, clustering.min_samples, needs.chosen);
    let found = tree.and("Waiting for the densities", |tree| steps::hdbscan(desk, tree, least, needs.chosen));
    let Some(made_found) = found.ready() else {
        return Groups { sweep: Err(Asked::Waiting(OTHER_METHOD.into())), ..Groups::blocked_by(&found) };
    };
    let condensed_plot = steps::condensed_plot(desk, made_found, needs.plots);
    let labeling = Labeling::Hdbscan(made_found.clone());
    let silhouettes = sweep::silhouettes_of(desk, made, &labeling, false, clustering.seed, needs);
    Groups {
        sweep: Err(Asked::Waiting(OTHER_METHOD.into())),
        tree: Asked::Waiting(OTHER_METHOD.into()),
        density_plot: Asked::Waiting(OTHER_METHOD.into()),
        condensed_plot,
        chosen: Ok(Chosen { labeling, k: None, height: None, epsilon: None, inertia: None }),
        silhouettes,
        by_epsilon: Vec::new(),
    }
}

/// Groups of a column: they are there already, and only their silhouettes are computed.
fn by_column(
    desk: &mut Kitchen,
    loaded: Option<&Made<Loaded>>,
    prepared: &Asked<Prepared>,
    clustering: &Clustering,
    needs: Needs,
) -> Groups {
    let (Some(loaded), Some(made)) = (loaded, prepared.ready()) else { return Groups::blocked_by(prepared) };
    let column = match choose::column(clustering, &loaded.value) {
        Ok(column) => column,
        Err(problem) => return Groups::blocked_by(&Asked::<Silhouettes>::Failed(problem)),
    };
    let known = steps::known(desk, loaded, made, &column, needs.chosen);
    let other = Groups { sweep: Err(Asked::Waiting(OTHER_METHOD.into())), ..Groups::blocked_by(&known) };
    let Some(known) = known.ready() else { return other };
    let labeling = Labeling::Known(known.clone());
    let silhouettes = sweep::silhouettes_of(desk, made, &labeling, false, clustering.seed, needs);
    Groups {
        tree: Asked::Waiting(OTHER_METHOD.into()),
        density_plot: Asked::Waiting(OTHER_METHOD.into()),
        condensed_plot: Asked::Waiting(OTHER_METHOD.into()),
        chosen: Ok(Chosen { labeling, k: None, height: None, epsilon: None, inertia: None }),
        silhouettes,
        ..other
    }
}

const OTHER_METHOD: &str = "Part of another method";

/// What follows from elbow and silhouette, the same for k-means and trees.
fn of_sweep(
    desk: &mut Kitchen,
    prepared: &Made<Prepared>,
    sweep: Sweep,
    tree: Option<&Arc<Dendrogram>>,
    clustering: &Clustering,
    needs: Needs,
) -> Groups {
    let (chosen, silhouettes) = match sweep.chosen(clustering, tree.map(|tree| &**tree)) {
        Ok((point, labeling)) => {
            let comes_with_sweep = point.swept && needs.sweep != Need::Look && !point.silhouettes.is_settled();
            let silhouettes = match &point.refined {
                Some(refined) => Asked::Ready(refined.clone()),
                None if point.swept && point.silhouettes.is_settled() => point.silhouettes.clone(),
                None => sweep::silhouettes_of(desk, prepared, &labeling, comes_with_sweep, clustering.seed, needs),
            };
            let height = tree.map(|tree| choose::cut_height(clustering, tree, point.k));
            (Ok(Chosen { labeling, k: Some(point.k), height, epsilon: None, inertia: point.inertia }), silhouettes)
        }
        Err(why) => {
            let silhouettes = why.blocks("Waiting for the segments");
            (Err(why), silhouettes)
        }
    };
    Groups {
        sweep: Ok(sweep),
        tree: Asked::Waiting(String::new()),
        density_plot: Asked::Waiting(OTHER_METHOD.into()),
        condensed_plot: Asked::Waiting(OTHER_METHOD.into()),
        chosen,
        silhouettes,
        by_epsilon: Vec::new(),
    }
}

impl Groups {
    /// Everything waits for the same, and shows how far that is.
    fn blocked_by<T>(asked: &Asked<T>) -> Groups {
        Groups {
            sweep: Err(asked.passes_on(WAITS)),
            tree: asked.passes_on(WAITS),
            density_plot: asked.passes_on(WAITS),
            condensed_plot: asked.passes_on(WAITS),
            chosen: Err(asked.passes_on(WAITS)),
            silhouettes: asked.passes_on(WAITS),
            by_epsilon: Vec::new(),
        }
    }

    /// What the groups are called, where they are those of a column.
    pub fn names(&self, clustering: &Clustering, loaded: &Loaded) -> Option<Vec<String>> {
        match &self.chosen.as_ref().ok()?.labeling {
            Labeling::Known(known) => Some(choose::group_names(&known.value, &choose::column(clustering, loaded).ok()?, loaded)),
            _ => None,
        }
    }

    /// What the page sees of elbow and silhouette.
    pub fn sweep_answer(&self, last: &mut Option<Arc<SweepPlot>>) -> Answer<SweepPlot> {
        match &self.sweep {
            Ok(sweep) => sweep.answer(last),
            Err(why) => previous::settle(last, why.clone()),
        }
    }
}

impl Chosen {
    /// The grouping with everything it came from. It goes by the key of its labels and their numbers, so that what is only said about them
    /// (a height within the same step of the tree, an inertia that comes later) makes nothing else anew.
    pub fn segmentation(
        &self,
        desk: &mut Kitchen,
        loaded: &Made<Loaded>,
        prepared: &Made<Prepared>,
        plan: &Plan,
        numbering: Option<Key>,
    ) -> Made<Segmentation> {
        let clustering = choose::with_column(&plan.clustering, &loaded.value);
        let method_text = choose::method_text(&clustering, self.k, self.epsilon, prepared.value.matrix.n_rows());
        let said = (&method_text, self.height, self.inertia);
        let inputs: Vec<Key> = std::iter::once(self.labeling.key()).chain(numbering).collect();
        let key = Key::of("segmentation", 1, &said, &inputs);
        let made = desk.at_once(
            |s| &mut s.segmentations,
            key,
            || {
                let (labels, told) = choose::numbered(plan, self.labeling.labels().clone(), &prepared.value, &loaded.value);
                let stamp = Key::of("numbered", 1, &labels.numbers(), &[self.labeling.key()]);
                Segmentation {
                    loaded: loaded.value.clone(),
                    prepared: prepared.value.clone(),
                    labels,
                    told,
                    k: self.k,
                    height: self.height,
                    epsilon: self.epsilon,
                    method_text: method_text.clone(),
                    inertia: self.inertia,
                    stamp,
                }
            },
        );
        Made { key: made.value.stamp, value: made.value }
    }
}
