//! How do the methods come to groups? Each part of the recipe that differs by method, ending in the same few things.
//!
//! The knobs sit as late as the mathematics permits: a tree, then a cut; every epsilon's answer, then one epsilon, or what lasts longest.

use std::sync::Arc;

use crate::base::part;
use crate::base::{Key, Labels};
use crate::cluster::{Chosen, Dendrogram, DensityTree, Method};
use crate::data::{Dictionary, Loaded};
use crate::evaluate::{self, Known, Silhouettes};
use crate::features::Prepared;
use crate::plot::{self, CondensedPlot, DensityPlot, EpsilonCandidate, SilhouettePlot, SweepPlot, TreePlot};
use crate::session::{Clustering, OpenModel, Plan};

use super::answers::Answers;
use super::caches::Runtime;
use super::needs::Needs;
use super::run::answer::{Problem, StepError};
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Parted, Segmentation};
use super::silhouettes;
use super::sweep::{self, Sweep};
use super::{choose, density};

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    sweep: Option<Arc<SweepPlot>>,
    tree: Option<Arc<TreePlot>>,
    dendrogram: Option<Arc<Dendrogram>>,
    density: Option<Arc<DensityPlot>>,
    condensed: Option<Arc<CondensedPlot>>,
    segmentation: Option<Arc<Segmentation>>,
    silhouette: Option<Arc<SilhouettePlot>>,
}

/// The groups and what is drawn of them.
pub(super) struct Grouped {
    /// How the method came to them.
    pub groups: Groups,
    /// The chosen grouping.
    pub segmentation: Asked<Segmentation>,
    /// The dendrogram (hierarchical).
    pub tree_plot: Asked<TreePlot>,
    /// The silhouette plot.
    pub silhouette_plot: Asked<SilhouettePlot>,
}

/// Asks for the groups, of everyone or `within` a segment, whose parts they then are. `numbering` names the plan's, since hashing it anew every frame would take too long.
pub(super) fn asked(
    runtime: &mut Runtime,
    loaded: &Asked<Loaded>,
    prepared: &Asked<Prepared>,
    (plan, within): (&Plan, Option<usize>),
    numbering: Option<Key>,
    epsilons: &[f64],
    needs: Needs,
) -> Grouped {
    let (loaded, made) = (loaded.ready(), prepared.ready());
    let groups = of(runtime, loaded, prepared, &plan.clustering, epsilons, needs);
    let tree_plot = match (&groups.tree, loaded, made) {
        (Asked::Ready(tree), Some(loaded), Some(prepared)) => tree_plot(runtime, loaded, prepared, tree, needs.plots),
        _ => groups.tree.blocks("Waiting for the tree"),
    };
    let segmentation = match (&groups.chosen, loaded, made) {
        (Ok(chosen), Some(loaded), Some(prepared)) => {
            Asked::Ready(chosen.segmentation(runtime, loaded, prepared, (plan, within), numbering))
        }
        (Err(why), ..) => why.clone(),
        _ => prepared.blocks(WAITS),
    };
    let silhouette_plot = match (&segmentation, &groups.silhouettes) {
        (Asked::Ready(segmentation), Asked::Ready(silhouettes)) => silhouettes::plot(runtime, segmentation, silhouettes, needs.plots),
        (_, silhouettes) => silhouettes.blocks("Waiting for the silhouettes"),
    };
    Grouped { groups, segmentation, tree_plot, silhouette_plot }
}

impl Grouped {
    /// Names the segments, their silhouettes and the plots that are there, for whoever shows them.
    pub fn keys(&self) -> [Option<Key>; 6] {
        let Groups { sweep, density_plot, condensed_plot, silhouettes, .. } = &self.groups;
        let sweep = sweep.as_ref().ok().and_then(|sweep| sweep.finished.as_ref()).map(|plot| plot.key);
        [self.segmentation.key(), silhouettes.key(), sweep, self.tree_plot.key(), density_plot.key(), condensed_plot.key()]
    }

    /// What the pages see of it.
    pub fn answer(&self, answers: &mut Answers, last: &mut Last) {
        let Groups { sweep, tree, density_plot, condensed_plot, .. } = &self.groups;
        answers.sweep = match sweep {
            Ok(sweep) => sweep.answer(&mut last.sweep),
            Err(why) => why.clone().settled(&mut last.sweep),
        };
        // The merge tree of the dendrogram on screen, so that both are of one generation.
        if let (Some(_), Some(tree)) = (self.tree_plot.ready(), tree.ready()) {
            last.dendrogram = Some(tree.value.clone());
        }
        answers.dendrogram = last.dendrogram.clone();
        answers.tree = self.tree_plot.clone().settled(&mut last.tree);
        answers.density = density_plot.clone().settled(&mut last.density);
        answers.condensed = condensed_plot.clone().settled(&mut last.condensed);
        answers.segmentation = self.segmentation.clone().settled(&mut last.segmentation);
        answers.silhouette = self.silhouette_plot.clone().settled(&mut last.silhouette);
    }
}

/// What every method ends in.
pub(super) struct Groups {
    /// Elbow and silhouette, or why there are none.
    pub sweep: Result<Sweep, Asked<SweepPlot>>,
    /// The merge tree (hierarchical).
    pub tree: Asked<Dendrogram>,
    /// The epsilon explorer (DBSCAN).
    pub density_plot: Asked<DensityPlot>,
    /// The condensed tree (HDBSCAN).
    pub condensed_plot: Asked<CondensedPlot>,
    /// The labels in force, or why there are none.
    pub chosen: Result<InForce, Asked<Segmentation>>,
    /// Their silhouettes.
    pub silhouettes: Asked<Silhouettes>,
    /// Every epsilon that is reported on, where there are several (DBSCAN).
    pub by_epsilon: Vec<AtEpsilon>,
}

/// What one epsilon gives.
pub(super) struct AtEpsilon {
    /// Neighborhood distance.
    pub epsilon: f64,
    /// Its labels.
    pub labels: Made<Labels>,
    /// Their silhouettes.
    pub silhouettes: Asked<Silhouettes>,
}

/// The labels in force and what they are from.
pub(super) struct InForce {
    /// The labels.
    pub labeling: Labeling,
    /// What they are from.
    pub by: Chosen,
    /// The tree of reachability they were cut from, if they were.
    pub density: Option<Arc<DensityTree>>,
    /// What they were before parts took the place of segments, where some did.
    pub parted: Option<Parted>,
}

const WAITS: &str = "Waiting for the columns";

/// The groups of whatever method the section names. DBSCAN reports on each of `epsilons` and chooses among them, where there are any.
pub(super) fn of(
    runtime: &mut Runtime,
    loaded: Option<&Made<Loaded>>,
    prepared: &Asked<Prepared>,
    clustering: &Clustering,
    epsilons: &[f64],
    needs: Needs,
) -> Groups {
    match clustering.method {
        Method::KMeans => by_kmeans(runtime, prepared, clustering, needs),
        Method::Tree => by_tree(runtime, prepared, clustering, needs),
        Method::Density => by_density(runtime, prepared, clustering, epsilons, needs),
        Method::Hdbscan => by_hdbscan(runtime, prepared, clustering, needs),
        Method::Column => by_column(runtime, loaded, prepared, clustering, needs),
    }
}

/// k-means: a fit per k.
fn by_kmeans(runtime: &mut Runtime, prepared: &Asked<Prepared>, clustering: &Clustering, needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let sweep = sweep::of_kmeans(runtime, made, clustering, needs);
    Groups { tree: Asked::Waiting(OTHER_METHOD.into()), ..of_sweep(runtime, made, sweep, None, clustering, needs) }
}

/// Hierarchical: a tree, then a cut per k.
fn by_tree(runtime: &mut Runtime, prepared: &Asked<Prepared>, clustering: &Clustering, needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let tree = sweep::tree(runtime, made, clustering.tree.linkage, needs.chosen);
    let Some(made_tree) = tree.ready() else { return Groups { tree: tree.clone(), ..Groups::blocked_by(&tree) } };
    let sweep = sweep::of_tree(runtime, made, made_tree, clustering, needs);
    let groups = of_sweep(runtime, made, sweep, Some(&made_tree.value), clustering, needs);
    Groups { tree, ..groups }
}

/// DBSCAN: the answers for every epsilon, then one epsilon.
fn by_density(runtime: &mut Runtime, prepared: &Asked<Prepared>, clustering: &Clustering, epsilons: &[f64], needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let tree = density::density(runtime, made, clustering.density.min_samples, needs.chosen);
    let density_plot = tree.and("Waiting for the densities", |tree| density::density_plot(runtime, tree, needs.chosen));
    let groups = Groups { sweep: Err(Asked::Waiting(OTHER_METHOD.into())), ..Groups::blocked_by(&density_plot) };
    let (Some(tree), Some(plot)) = (tree.ready(), density_plot.ready()) else { return Groups { density_plot, ..groups } };
    let found = match epsilons {
        [] => at_epsilon(runtime, made, tree, &plot.value.candidates, clustering, needs),
        some => at_epsilons(runtime, made, tree, &plot.value.candidates, some, clustering.seed, needs),
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
type Found = (InForce, Asked<Silhouettes>, Vec<AtEpsilon>);

/// The epsilon that was chosen or is suggested.
fn at_epsilon(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    tree: &Made<DensityTree>,
    candidates: &[EpsilonCandidate],
    clustering: &Clustering,
    needs: Needs,
) -> Result<Found, Asked<Segmentation>> {
    let epsilon = choose::epsilon(clustering, candidates).map_err(Asked::Failed)?;
    let labels = match density::labels_at(runtime, tree, &[epsilon], needs.chosen).swap_remove(0) {
        Asked::Ready(labels) => labels,
        other => return Err(other.blocks("Waiting for the segments")),
    };
    let labeling = Labeling::Cut(labels);
    let silhouettes = sweep::silhouettes_of(runtime, prepared, &labeling, false, clustering.seed, needs);
    Ok((InForce { labeling, by: Chosen::Density { epsilon }, density: Some(tree.value.clone()), parted: None }, silhouettes, Vec::new()))
}

/// Every one of `epsilons`, and among them the one nearest to what is suggested.
fn at_epsilons(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    tree: &Made<DensityTree>,
    candidates: &[EpsilonCandidate],
    epsilons: &[f64],
    seed: u64,
    needs: Needs,
) -> Result<Found, Asked<Segmentation>> {
    let mut all = Vec::with_capacity(epsilons.len());
    for asked in density::labels_at(runtime, tree, epsilons, needs.chosen) {
        match asked {
            Asked::Ready(labels) => all.push(labels),
            other => return Err(other.blocks("Waiting for the segments")),
        }
    }
    let labelings: Vec<Labeling> = all.iter().cloned().map(Labeling::Cut).collect();
    let silhouettes = silhouettes::first(runtime, prepared, &labelings, needs.pairs, seed, (needs.silhouettes, Lane::Long));
    let at = choose::nearest_epsilon(epsilons, &all.iter().map(|labels| &*labels.value).collect::<Vec<_>>(), candidates);
    let by = Chosen::Density { epsilon: epsilons[at] };
    let chosen = InForce { labeling: labelings[at].clone(), by, density: Some(tree.value.clone()), parted: None };
    let of_chosen = silhouettes[at].clone();
    let each = epsilons.iter().zip(all).zip(silhouettes);
    let by_epsilon = each.map(|((&epsilon, labels), silhouettes)| AtEpsilon { epsilon, labels, silhouettes }).collect();
    Ok((chosen, of_chosen, by_epsilon))
}

/// HDBSCAN: the same tree, then what lasts longest in it.
pub(super) fn by_hdbscan(runtime: &mut Runtime, prepared: &Asked<Prepared>, clustering: &Clustering, needs: Needs) -> Groups {
    let Some(made) = prepared.ready() else { return Groups::blocked_by(prepared) };
    let least = choose::min_cluster_size(clustering, made.value.matrix.n_rows());
    let tree = density::density(runtime, made, clustering.density.min_samples, needs.chosen);
    let found = tree.and("Waiting for the densities", |tree| density::hdbscan(runtime, tree, least, needs.chosen));
    let Some(made_found) = found.ready() else {
        return Groups { sweep: Err(Asked::Waiting(OTHER_METHOD.into())), ..Groups::blocked_by(&found) };
    };
    let condensed_plot = density::condensed_plot(runtime, made_found, needs.plots);
    let labeling = Labeling::Hdbscan(made_found.clone());
    let silhouettes = sweep::silhouettes_of(runtime, made, &labeling, false, clustering.seed, needs);
    Groups {
        sweep: Err(Asked::Waiting(OTHER_METHOD.into())),
        tree: Asked::Waiting(OTHER_METHOD.into()),
        density_plot: Asked::Waiting(OTHER_METHOD.into()),
        condensed_plot,
        chosen: Ok(InForce {
            labeling,
            by: Chosen::Hdbscan { min_cluster_size: least },
            density: tree.ready().map(|tree| tree.value.clone()),
            parted: None,
        }),
        silhouettes,
        by_epsilon: Vec::new(),
    }
}

/// Groups of a column: they are there already, and only their silhouettes are computed.
fn by_column(
    runtime: &mut Runtime,
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
    let known = known(runtime, loaded, made, &column, needs.chosen);
    let other = Groups { sweep: Err(Asked::Waiting(OTHER_METHOD.into())), ..Groups::blocked_by(&known) };
    let Some(known) = known.ready() else { return other };
    let labeling = Labeling::Known(known.clone());
    let silhouettes = sweep::silhouettes_of(runtime, made, &labeling, false, clustering.seed, needs);
    Groups {
        tree: Asked::Waiting(OTHER_METHOD.into()),
        density_plot: Asked::Waiting(OTHER_METHOD.into()),
        condensed_plot: Asked::Waiting(OTHER_METHOD.into()),
        chosen: Ok(InForce { labeling, by: Chosen::Column { name: column }, density: None, parted: None }),
        silhouettes,
        ..other
    }
}

const OTHER_METHOD: &str = "Part of another method";

/// What follows from elbow and silhouette, the same for k-means and trees.
fn of_sweep(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    sweep: Sweep,
    tree: Option<&Arc<Dendrogram>>,
    clustering: &Clustering,
    needs: Needs,
) -> Groups {
    let (chosen, silhouettes) = match sweep.chosen(clustering, tree.map(|tree| &**tree)) {
        Ok((point, labeling)) => {
            let comes_with_sweep = point.swept && sweep.brings_silhouettes && !point.silhouettes.is_settled();
            let silhouettes = match &point.refined {
                Some(refined) => Asked::Ready(refined.clone()),
                None if point.swept && point.silhouettes.is_settled() => point.silhouettes.clone(),
                None => sweep::silhouettes_of(runtime, prepared, &labeling, comes_with_sweep, clustering.seed, needs),
            };
            let (k, inertia) = (point.k, point.inertia);
            let by = match tree {
                Some(tree) => Chosen::Tree { k, height: choose::cut_height(clustering, tree, k), inertia },
                None => Chosen::KMeans { k, inertia },
            };
            (Ok(InForce { labeling, by, density: None, parted: None }), silhouettes)
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
    pub fn names(&self, plan: &Plan, loaded: &Loaded, dictionary: &Dictionary) -> Option<Vec<String>> {
        let chosen = self.chosen.as_ref().ok()?;
        match &chosen.labeling {
            Labeling::Parts(labels) => {
                // Parts have names of their own; whoever was not parted is called as before.
                let Parted { base, numbers, .. } = chosen.parted.as_ref()?;
                let names = names_of(base, plan, loaded, dictionary)?;
                let name = |number: &usize| numbers.iter().position(|other| other == number).map(|at| names[at].clone());
                Some(labels.value.numbers().iter().map(|number| name(number).unwrap_or_default()).collect())
            }
            labeling => names_of(labeling, plan, loaded, dictionary),
        }
    }
}

/// What the groups of a column are called.
fn names_of(labeling: &Labeling, plan: &Plan, loaded: &Loaded, dictionary: &Dictionary) -> Option<Vec<String>> {
    let Labeling::Known(known) = labeling else { return None };
    let (column, of_model) = (choose::column(&plan.clustering, loaded).ok()?, plan.model.as_ref().map(OpenModel::column));
    Some(choose::group_names(&known.value, &column, of_model.as_deref(), dictionary))
}

impl InForce {
    /// The grouping with everything it came from. It goes by the key of its labels and their numbers, so that what is only said about them
    /// (a height within the same step of the tree, an inertia that comes later) makes nothing else anew.
    pub fn segmentation(
        &self,
        runtime: &mut Runtime,
        loaded: &Made<Loaded>,
        prepared: &Made<Prepared>,
        (plan, within): (&Plan, Option<usize>),
        numbering: Option<Key>,
    ) -> Made<Segmentation> {
        let method_text = choose::method_text(&plan.clustering, &self.by, &plan.dictionary);
        let said = (&method_text, self.by.height(), self.by.inertia(), within);
        let inputs: Vec<Key> = std::iter::once(self.labeling.key()).chain(numbering).collect();
        let key = Key::of("segmentation", 2, &said, &inputs);
        let made = runtime.at_once(
            |s| &mut s.segmentations,
            key,
            || {
                let (labels, told) = choose::numbered(plan, self.labeling.labels().clone(), &prepared.value, &loaded.value);
                let (labels, told) = match within {
                    // What became of parts is told by numbers of segments.
                    Some(segment) => (labels_within(labels, segment), Vec::new()),
                    None => (labels, told),
                };
                let stamp = Key::of("numbered", 1, &labels.numbers(), &[self.labeling.key()]);
                Segmentation {
                    loaded: loaded.value.clone(),
                    prepared: prepared.value.clone(),
                    labels,
                    told,
                    by: self.by.clone(),
                    method_text: method_text.clone(),
                    whole: None,
                    stamp,
                }
            },
        );
        Made { key: made.value.stamp, value: made.value }
    }
}

/// The labels with the numbers of parts of a segment; one group is the segment itself.
fn labels_within(labels: Labels, segment: usize) -> Labels {
    if labels.n_clusters() == 1 && labels.n_noise() == 0 {
        return labels.numbered(vec![segment]);
    }
    let numbers = labels.numbers().iter().map(|&at| part::part(segment, at).unwrap_or(at)).collect();
    labels.numbered(numbers)
}

/// The dendrogram.
pub(super) fn tree_plot(
    runtime: &mut Runtime,
    loaded: &Made<Loaded>,
    prepared: &Made<Prepared>,
    tree: &Made<Dendrogram>,
    need: Need,
) -> Asked<TreePlot> {
    let key = Key::of("tree plot", 2, &(), &[tree.key]);
    let (loaded, prepared, tree) = (loaded.value.clone(), prepared.value.clone(), tree.value.clone());
    runtime.ask(
        |s| &mut s.tree_plots,
        key,
        need,
        (|| "Dendrogram".into(), Lane::Quick),
        move |ctx| Ok(plot::tree(&tree, &loaded, &prepared, ctx)?),
    )
}

/// The groups a column of the data knows.
pub(super) fn known(runtime: &mut Runtime, loaded: &Made<Loaded>, prepared: &Made<Prepared>, column: &str, need: Need) -> Asked<Known> {
    let key = Key::of("known groups", 1, &column, &[prepared.key]);
    let (loaded, prepared, column) = (loaded.value.clone(), prepared.value.clone(), column.to_owned());
    let title = format!("Groups of {column}");
    runtime.ask(
        |s| &mut s.known,
        key,
        need,
        (|| title, Lane::Quick),
        move |_| evaluate::known(&loaded, &column, &prepared.table_rows).ok_or_else(|| StepError::Problem(no_groups(&column))),
    )
}

/// Told where a column cannot be compared with.
fn no_groups(column: &str) -> Problem {
    let most = evaluate::known::MAX_KNOWN_LEVELS;
    Problem(
        format!("{column} knows no groups to compare with: it is not in this file, has one value only, or more than {most} texts. Choose another column.")
            .into(),
    )
}
