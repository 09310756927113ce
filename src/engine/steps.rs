//! Which step makes what from what? Every step the engine knows: its shelf, its key, its title and the call itself.
//!
//! A key holds the step's name, the version of its code, its parameters and the keys of its inputs. Raise a version when the code
//! gives other results for the same inputs. The functions without a desk are the calls alone; the command line makes them directly.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Key, Labels, Stopped};
use crate::cluster::{self, ClusterError, Dendrogram, DensityTree, Hdbscan, KMeansFit, KMeansParams, Linkage, Neighbours};
use crate::customers::{Built, Freshness, Health, Rfm, Tried, Understood};
use crate::data::{self, DataError, Loaded, Raw, Role, Source, Table, Unprofiled};
use crate::evaluate::{self, Known, NullBand, Silhouettes, Stability};
use crate::export::Seconds;
use crate::export::pages::Pages;
use crate::features::{self, Preparation, PrepareError, Prepared};
use crate::persona::{self, Apart, Explained, PersonaEdit, Personas};
use crate::plot::{
    self, BarMarks, BarOrder, Compared, CondensedPlot, DensityPlot, LeafMarks, MapAxis, MapPlot, MapScene, Picked, PickedCounts, Placed,
    Shows, SilhouettePlot, SweepPlot, TreePlot,
};
use crate::session::CustomerIds;

use super::answers::{Problem, Segmentation};
use super::comparing;
use super::desk::{Asked, Desk, Made, Need, StepError};
use super::explaining::WordsInForce;
use super::jobs::Lane;
use super::memo::{Memo, Shelf, Store};
use super::paging::PageImage;
use super::wanted::SilhouetteWish;

/// One shelf a step.
pub struct Memos {
    pub(super) stamps: Memo<Key>,
    pub(super) raws: Memo<Raw>,
    pub(super) understood: Memo<Understood>,
    pub(super) built: Memo<Built>,
    pub(super) freshness: Memo<Freshness>,
    pub(super) row_ids: Memo<CustomerIds>,
    pub(super) previews: Memo<Table>,
    pub(super) tried: Memo<Tried>,
    pub(super) rfms: Memo<Rfm>,
    pub(super) healths: Memo<Health>,
    unprofiled: Memo<Unprofiled>,
    pub(super) loaded: Memo<Loaded>,
    prepared: Memo<Prepared>,
    fits: Memo<KMeansFit>,
    trees: Memo<Dendrogram>,
    cuts: Memo<Labels>,
    inertias: Memo<Vec<f64>>,
    pub(super) neighbours: Memo<Neighbours>,
    pub(super) densities: Memo<DensityTree>,
    hdbscans: Memo<Hdbscan>,
    pub(super) silhouettes: Memo<Silhouettes>,
    /// Elbows with their suggestion, once every point is there.
    pub(super) sweeps: Memo<SweepPlot>,
    /// Chosen groupings.
    pub(super) segmentations: Memo<Segmentation>,
    silhouette_plots: Memo<SilhouettePlot>,
    maps: Memo<MapPlot>,
    pub(super) placed: Memo<Placed>,
    pub(super) scenes: Memo<MapScene>,
    pub(super) picked: Memo<Picked>,
    pub(super) picked_counts: Memo<PickedCounts>,
    pub(super) leaf_marks: Memo<LeafMarks>,
    pub(super) bar_orders: Memo<BarOrder>,
    pub(super) bar_marks: Memo<BarMarks>,
    /// How many of the picked have each RFM code.
    pub(super) rfm_marks: Memo<Vec<usize>>,
    pub(super) apart: Memo<Apart>,
    tree_plots: Memo<TreePlot>,
    density_plots: Memo<DensityPlot>,
    condensed_plots: Memo<CondensedPlot>,
    personas: Memo<Personas>,
    pub(super) pages: Memo<Pages>,
    pub(super) page_images: Memo<PageImage>,
    pub(super) thumbnails: Memo<Vec<PageImage>>,
    pub(super) explained: Memo<Explained>,
    known: Memo<Known>,
    comparisons: Memo<Compared>,
    /// What shuffled columns give, a value a round.
    pub(super) null_bands: Memo<NullBand>,
    /// How stable the segments are, a value a round.
    pub(super) stabilities: Memo<Stability>,
}

impl Default for Memos {
    fn default() -> Memos {
        Memos {
            stamps: Memo::new(|_| size_of::<Key>()),
            raws: Memo::new(Raw::bytes),
            understood: Memo::new(|_| size_of::<Understood>()),
            built: Memo::new(Built::bytes),
            freshness: Memo::new(|_| size_of::<Freshness>()),
            row_ids: Memo::new(|ids: &CustomerIds| size_of_val(&ids.0[..])),
            previews: Memo::new(Table::bytes),
            tried: Memo::new(|_| size_of::<Tried>()),
            rfms: Memo::new(Rfm::bytes),
            healths: Memo::new(|health| health.rules.len() * 2_000),
            unprofiled: Memo::new(Unprofiled::bytes),
            loaded: Memo::new(Loaded::bytes),
            prepared: Memo::new(|prepared| prepared.matrix.bytes() + prepared.table_rows.len() * 8 * (1 + prepared.pca.scores.len())),
            fits: Memo::new(|fit| fit.labels.bytes() + fit.centroids.bytes()),
            trees: Memo::new(Dendrogram::bytes),
            cuts: Memo::new(Labels::bytes),
            inertias: Memo::new(|inertias| size_of_val(&inertias[..])),
            neighbours: Memo::new(Neighbours::bytes),
            densities: Memo::new(DensityTree::bytes),
            hdbscans: Memo::new(Hdbscan::bytes),
            silhouettes: Memo::new(|silhouettes| size_of_val(&silhouettes.per_row[..]) + size_of_val(&silhouettes.measured[..])),
            sweeps: Memo::new(|sweep| size_of_val(&sweep.points[..])),
            segmentations: Memo::new(|segmentation| segmentation.labels.bytes()),
            silhouette_plots: Memo::new(|plot| plot.clusters.iter().map(|bars| size_of_val(&bars.values[..])).sum()),
            maps: Memo::new(|map| map.n_shown * size_of::<[f64; 2]>()),
            placed: Memo::new(Placed::bytes),
            scenes: Memo::new(|scene| match &scene.shows {
                Shows::Points(_) => MapPlot::MAX_POINTS * size_of::<[f64; 3]>(),
                Shows::Density(density) => density.bytes(),
            }),
            picked: Memo::new(Picked::bytes),
            picked_counts: Memo::new(|counts| size_of_val(&counts.clusters[..])),
            leaf_marks: Memo::new(|marks| marks.leaves.bytes()),
            bar_orders: Memo::new(BarOrder::bytes),
            bar_marks: Memo::new(BarMarks::bytes),
            rfm_marks: Memo::new(|counts| size_of_val(&counts[..])),
            apart: Memo::new(Apart::bytes),
            tree_plots: Memo::new(TreePlot::bytes),
            density_plots: Memo::new(DensityPlot::bytes),
            condensed_plots: Memo::new(CondensedPlot::bytes),
            personas: Memo::new(|personas| personas.personas.iter().map(|persona| persona.evidence.len() * 400).sum()),
            // A set page holds about so much.
            pages: Memo::new(|pages| pages.len() * 300_000),
            page_images: Memo::new(|image| image.rgba.len()),
            thumbnails: Memo::new(|images| images.iter().map(|image| image.rgba.len()).sum()),
            explained: Memo::new(Explained::bytes),
            known: Memo::new(Known::bytes),
            comparisons: Memo::new(Compared::bytes),
            null_bands: Memo::new(NullBand::bytes),
            stabilities: Memo::new(Stability::bytes),
        }
    }
}

impl Memos {
    /// What was spent on each part of the analysis so far, but for the total. Silhouettes that were made surer later count too.
    pub(super) fn seconds(&self) -> Seconds {
        let load = self.stamps.seconds() + self.raws.seconds() + self.understood.seconds() + self.built.seconds() + self.rfms.seconds();
        let partition = self.fits.seconds() + self.known.seconds();
        let tree = self.trees.seconds() + self.cuts.seconds() + self.inertias.seconds();
        let density = self.neighbours.seconds() + self.densities.seconds() + self.hdbscans.seconds();
        Seconds {
            load: load + self.unprofiled.seconds(),
            profile: self.loaded.seconds(),
            prepare: self.prepared.seconds(),
            fit: partition + tree + density + self.density_plots.seconds() + self.condensed_plots.seconds(),
            silhouette: self.silhouettes.seconds(),
            total: 0.0,
        }
    }
}

impl Store for Memos {
    fn shelves(&mut self) -> Vec<&mut dyn Shelf> {
        vec![
            &mut self.stamps,
            &mut self.raws,
            &mut self.understood,
            &mut self.built,
            &mut self.freshness,
            &mut self.row_ids,
            &mut self.previews,
            &mut self.tried,
            &mut self.rfms,
            &mut self.healths,
            &mut self.unprofiled,
            &mut self.loaded,
            &mut self.prepared,
            &mut self.fits,
            &mut self.trees,
            &mut self.cuts,
            &mut self.inertias,
            &mut self.neighbours,
            &mut self.densities,
            &mut self.hdbscans,
            &mut self.silhouettes,
            &mut self.sweeps,
            &mut self.segmentations,
            &mut self.silhouette_plots,
            &mut self.maps,
            &mut self.placed,
            &mut self.scenes,
            &mut self.picked,
            &mut self.picked_counts,
            &mut self.leaf_marks,
            &mut self.bar_orders,
            &mut self.bar_marks,
            &mut self.rfm_marks,
            &mut self.apart,
            &mut self.tree_plots,
            &mut self.density_plots,
            &mut self.condensed_plots,
            &mut self.personas,
            &mut self.pages,
            &mut self.page_images,
            &mut self.thumbnails,
            &mut self.explained,
            &mut self.known,
            &mut self.comparisons,
            &mut self.null_bands,
            &mut self.stabilities,
        ]
    }
}

/// The desk of the real engine.
pub type Kitchen = Desk<Memos>;

/// The source's bytes as a key, then the table. `reload` counts up when the file must be looked at again.
pub fn load(desk: &mut Kitchen, source: &Source, reload: u64, need: Need) -> Asked<Loaded> {
    let title = format!("Reading {}", source.title());
    let stamp_key = Key::of("stamp", 1, &(source, reload), &[]);
    let its_source = source.clone();
    let stamp = desk.ask(|s| &mut s.stamps, stamp_key, need, (|| title.clone(), Lane::Long), move |ctx| Ok(data::stamp(&its_source, ctx)?));
    let loaded = stamp.and(&title, |stamp| {
        let key = Key::of("read", 1, source, &[*stamp.value]);
        // The table before anybody looked at its columns is held only until that is done.
        match desk.look(|s| &mut s.loaded, key, need) {
            Asked::Waiting(_) if need != Need::Look => {}
            known => return known,
        }
        let read_key = Key::of("read alone", 1, source, &[*stamp.value]);
        let source = source.clone();
        let read = move |ctx: &Ctx| Ok(data::read_table(&source, ctx)?);
        let table = desk.ask(|s| &mut s.unprofiled, read_key, need, (|| title.clone(), Lane::Long), read);
        let Some(table) = table.ready() else { return table.passes_on(&title) };
        let table = table.value.clone();
        let title = || "Looking at the columns".into();
        desk.ask(|s| &mut s.loaded, key, need, (title, Lane::Long), move |ctx| Ok(table.profiled(ctx)?))
    });
    if let Some(loaded) = loaded.ready() {
        desk.tell(&loaded.value.notes);
    }
    loaded
}

/// The table in which numbers that stand apart from their scale are missing.
pub fn without_no_answers(desk: &mut Kitchen, loaded: &Made<Loaded>, need: Need) -> Asked<Loaded> {
    let key = Key::of("without no answers", 1, &(), &[loaded.key]);
    let (before, loaded) = (loaded.value.clone(), loaded.value.clone());
    let title = || "Looking at the columns".into();
    let without = desk.ask(|s| &mut s.loaded, key, need, (title, Lane::Long), move |ctx| Ok(loaded.without_no_answers(ctx)?));
    if let Some(without) = without.ready() {
        desk.tell_instead(&before.notes, &without.value.notes);
    }
    without
}

/// The matrix.
pub fn prepare(desk: &mut Kitchen, loaded: &Made<Loaded>, preparation: &Preparation, need: Need) -> Asked<Prepared> {
    let key = Key::of("prepare", 1, preparation, &[loaded.key]);
    let (loaded, preparation) = (loaded.value.clone(), preparation.clone());
    let prepared = desk.ask(
        |s| &mut s.prepared,
        key,
        need,
        (|| "Preparing the columns".into(), Lane::Long),
        move |ctx| Ok(features::prepare(&loaded, &preparation, ctx)?),
    );
    if let Some(prepared) = prepared.ready() {
        desk.tell(&prepared.value.notes);
    }
    prepared
}

/// k-means for one k.
pub fn kmeans(desk: &mut Kitchen, prepared: &Made<Prepared>, params: KMeansParams, need: Need) -> Asked<KMeansFit> {
    let key = Key::of("k-means", 2, &params, &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || format!("k-Means, k = {}", params.k);
    desk.ask(|s| &mut s.fits, key, need, (title, Lane::Long), move |ctx| Ok(cluster::kmeans(&prepared.matrix, &params, ctx)?))
}

/// The merge tree of a linkage.
pub fn tree(desk: &mut Kitchen, prepared: &Made<Prepared>, linkage: Linkage, need: Need) -> Asked<Dendrogram> {
    let key = Key::of("linkage", 2, &linkage, &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || format!("{} tree", linkage.name());
    desk.ask(|s| &mut s.trees, key, need, (title, Lane::Long), move |ctx| Ok(cluster::linkage(&prepared.matrix, linkage, ctx)?))
}

/// The tree cut into k clusters.
pub fn cut(desk: &mut Kitchen, tree: &Made<Dendrogram>, k: usize, need: Need) -> Asked<Labels> {
    let key = Key::of("cut", 1, &k, &[tree.key]);
    let tree = tree.value.clone();
    desk.ask(|s| &mut s.cuts, key, need, (|| format!("Cutting the tree into {k}"), Lane::Quick), move |_| Ok(tree.cut_clusters(k)))
}

/// The inertia of the cuts into each of `ks`.
pub fn inertias(desk: &mut Kitchen, prepared: &Made<Prepared>, tree: &Made<Dendrogram>, ks: &[usize], need: Need) -> Asked<Vec<f64>> {
    let key = Key::of("inertia of cuts", 1, &ks, &[tree.key]);
    let (prepared, tree, ks) = (prepared.value.clone(), tree.value.clone(), ks.to_vec());
    desk.ask(
        |s| &mut s.inertias,
        key,
        need,
        (|| "Elbow of the tree".into(), Lane::Long),
        move |ctx| Ok(cluster::inertias(&prepared.matrix, &tree, &ks, ctx)?),
    )
}

/// DBSCAN's labels at each epsilon.
pub fn labels_at(desk: &mut Kitchen, tree: &Made<DensityTree>, epsilons: &[f64], need: Need) -> Vec<Asked<Labels>> {
    let keys: Vec<Key> = epsilons.iter().map(|epsilon| Key::of("labels at epsilon", 1, epsilon, &[tree.key])).collect();
    let (tree, lane) = (tree.value.clone(), if epsilons.len() == 1 { Lane::Quick } else { Lane::Long });
    let title = || match epsilons {
        [epsilon] => format!("DBSCAN, epsilon = {epsilon:.4}"),
        _ => format!("DBSCAN, {} epsilons", epsilons.len()),
    };
    desk.ask_many(
        |s| &mut s.cuts,
        &keys,
        need,
        (title, lane),
        |missing| {
            let epsilons: Vec<f64> = missing.iter().map(|&at| epsilons[at]).collect();
            // Each epsilon is on its own, and the order of the list is kept.
            move |ctx: &Ctx| {
                let labels_at = |&epsilon: &f64| ctx.check().map(|()| tree.labels_at(epsilon));
                Ok(epsilons.par_iter().map(labels_at).collect::<Result<_, Stopped>>()?)
            }
        },
    )
}

/// HDBSCAN's labels at one least segment size, with the condensed tree they were read from.
pub fn hdbscan(desk: &mut Kitchen, tree: &Made<DensityTree>, min_cluster_size: usize, need: Need) -> Asked<Hdbscan> {
    let key = Key::of("hdbscan", 1, &min_cluster_size, &[tree.key]);
    let tree = tree.value.clone();
    let title = || format!("HDBSCAN, min cluster size = {min_cluster_size}");
    desk.ask(|s| &mut s.hdbscans, key, need, (title, Lane::Quick), move |ctx| Ok(cluster::hdbscan(&tree, min_cluster_size, ctx)?))
}

/// Labels, wherever they are held.
#[derive(Debug, Clone)]
pub enum Labeling {
    /// In a k-means fit.
    Fit(Made<KMeansFit>),
    /// From a tree.
    Cut(Made<Labels>),
    /// With a condensed tree.
    Hdbscan(Made<Hdbscan>),
    /// Known by a column.
    Known(Made<Known>),
}

impl Labeling {
    /// Names it.
    pub fn key(&self) -> Key {
        match self {
            Labeling::Fit(fit) => fit.key,
            Labeling::Cut(labels) => labels.key,
            Labeling::Hdbscan(found) => found.key,
            Labeling::Known(known) => known.key,
        }
    }

    /// The labels.
    pub fn labels(&self) -> &Labels {
        match self {
            Labeling::Fit(fit) => &fit.value.labels,
            Labeling::Cut(labels) => &labels.value,
            Labeling::Hdbscan(found) => &found.value.labels,
            Labeling::Known(known) => &known.value.labels,
        }
    }
}

/// Rows up to which silhouettes are computed over all pairs unless chosen otherwise: about a second for a whole elbow.
pub const EXACT_SILHOUETTE_ROWS: usize = 30_000;

/// Rows whose silhouettes are computed when sampled, at most: the mean is then known to about +- 0.005. Each is measured against all
/// rows, so fewer are taken as rows grow; the 95 % band says what that costs.
pub const SILHOUETTE_SAMPLE: usize = 4_000;

/// Sampled rows times rows: a few seconds for a whole elbow.
const SAMPLED_PAIRS: usize = 400_000_000;

/// Rows sampled among `n_rows`.
pub fn silhouette_sample(n_rows: usize) -> usize {
    (SAMPLED_PAIRS / n_rows.max(1)).clamp(400, SILHOUETTE_SAMPLE)
}

/// Over which pairs silhouettes are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SilhouetteRule {
    /// All.
    Exact,
    /// Those of a seeded sample.
    Sampled(u64),
}

impl SilhouetteRule {
    /// What a wish comes to on so many rows.
    pub fn of(wish: SilhouetteWish, n_rows: usize, seed: u64) -> Option<SilhouetteRule> {
        match wish {
            SilhouetteWish::AsWindow if n_rows <= EXACT_SILHOUETTE_ROWS => Some(SilhouetteRule::Exact),
            SilhouetteWish::AsWindow | SilhouetteWish::Sampled => Some(SilhouetteRule::Sampled(seed)),
            SilhouetteWish::Exact => Some(SilhouetteRule::Exact),
            SilhouetteWish::None => None,
        }
    }

    /// The silhouettes of several labelings, in one pass over the pairs.
    pub fn compute(self, prepared: &Prepared, labelings: &[&Labels], ctx: &Ctx) -> Result<Vec<Silhouettes>, Stopped> {
        match self {
            SilhouetteRule::Exact => evaluate::silhouettes(&prepared.matrix, labelings, ctx),
            SilhouetteRule::Sampled(seed) => {
                let x = &prepared.matrix;
                evaluate::silhouettes_sampled(x, labelings, silhouette_sample(x.n_rows()), seed, ctx)
            }
        }
    }
}

/// Silhouettes of this many labelings are computed in one pass: more would hold their distance sums in memory all at once.
const LABELINGS_A_PASS: usize = 32;

/// Silhouettes of all `labelings`: the pass over the pairs is the cost, so those not known yet share a job.
pub fn silhouettes(
    desk: &mut Kitchen,
    prepared: &Made<Prepared>,
    labelings: &[Labeling],
    wish: SilhouetteWish,
    seed: u64,
    need: Need,
) -> Vec<Asked<Silhouettes>> {
    let Some(rule) = SilhouetteRule::of(wish, prepared.value.matrix.n_rows(), seed) else {
        return vec![Asked::Waiting("No silhouettes are wanted".into()); labelings.len()];
    };
    labelings.chunks(LABELINGS_A_PASS).flat_map(|some| silhouettes_in_one_pass(desk, prepared, some, rule, need)).collect()
}

fn silhouettes_in_one_pass(
    desk: &mut Kitchen,
    prepared: &Made<Prepared>,
    labelings: &[Labeling],
    rule: SilhouetteRule,
    need: Need,
) -> Vec<Asked<Silhouettes>> {
    let keys: Vec<Key> = labelings.iter().map(|labeling| Key::of("silhouettes", 2, &rule, &[prepared.key, labeling.key()])).collect();
    let prepared = prepared.value.clone();
    desk.ask_many(
        |s| &mut s.silhouettes,
        &keys,
        need,
        (|| "Silhouettes".into(), Lane::Long),
        |missing| {
            let labelings: Vec<Labeling> = missing.iter().map(|&at| labelings[at].clone()).collect();
            move |ctx: &Ctx| {
                let labels: Vec<&Labels> = labelings.iter().map(Labeling::labels).collect();
                Ok(rule.compute(&prepared, &labels, ctx)?)
            }
        },
    )
}

/// The silhouette plot of one labeling.
pub fn silhouette_plot(
    desk: &mut Kitchen,
    segmentation: &Made<Segmentation>,
    silhouettes: &Made<Silhouettes>,
    need: Need,
) -> Asked<SilhouettePlot> {
    let key = silhouette_plot_key(segmentation, silhouettes);
    let (segmentation, silhouettes) = (segmentation.value.clone(), silhouettes.value.clone());
    desk.ask(
        |s| &mut s.silhouette_plots,
        key,
        need,
        (|| "Silhouette plot".into(), Lane::Quick),
        move |_| Ok(SilhouettePlot { stamp: Some(key), ..plot::silhouette(&segmentation.labels, &silhouettes) }),
    )
}

/// Names a silhouette plot: who is picked by its bars is found in the same labels and silhouettes.
pub fn silhouette_plot_key(segmentation: &Made<Segmentation>, silhouettes: &Made<Silhouettes>) -> Key {
    Key::of("silhouette plot", 2, &(), &[silhouettes.key, segmentation.key])
}

/// The map.
pub fn map(desk: &mut Kitchen, segmentation: &Made<Segmentation>, axes: &(MapAxis, MapAxis), need: Need) -> Asked<MapPlot> {
    let key = Key::of("map", 1, axes, &[segmentation.key]);
    let (segmentation, axes) = (segmentation.value.clone(), axes.clone());
    desk.ask(
        |s| &mut s.maps,
        key,
        need,
        (|| "Map".into(), Lane::Quick),
        move |ctx| Ok(plot::map(&segmentation.loaded, &segmentation.prepared, &segmentation.labels, &axes, ctx)?),
    )
}

/// The dendrogram.
pub fn tree_plot(
    desk: &mut Kitchen,
    loaded: &Made<Loaded>,
    prepared: &Made<Prepared>,
    tree: &Made<Dendrogram>,
    need: Need,
) -> Asked<TreePlot> {
    let key = Key::of("tree plot", 2, &(), &[tree.key]);
    let (loaded, prepared, tree) = (loaded.value.clone(), prepared.value.clone(), tree.value.clone());
    desk.ask(
        |s| &mut s.tree_plots,
        key,
        need,
        (|| "Dendrogram".into(), Lane::Quick),
        move |ctx| Ok(plot::tree(&tree, &loaded, &prepared, ctx)?),
    )
}

/// The epsilon explorer.
pub fn density_plot(desk: &mut Kitchen, tree: &Made<DensityTree>, need: Need) -> Asked<DensityPlot> {
    let key = Key::of("density plot", 1, &(), &[tree.key]);
    let tree = tree.value.clone();
    desk.ask(|s| &mut s.density_plots, key, need, (|| "Epsilon explorer".into(), Lane::Quick), move |_| Ok(plot::density(&tree)))
}

/// The condensed tree as it is drawn.
pub fn condensed_plot(desk: &mut Kitchen, found: &Made<Hdbscan>, need: Need) -> Asked<CondensedPlot> {
    let key = Key::of("condensed plot", 1, &(), &[found.key]);
    let found = found.value.clone();
    desk.ask(|s| &mut s.condensed_plots, key, need, (|| "Condensed tree".into(), Lane::Quick), move |_| Ok(plot::condensed(&found)))
}

/// The groups a column of the data knows.
pub fn known(desk: &mut Kitchen, loaded: &Made<Loaded>, prepared: &Made<Prepared>, column: &str, need: Need) -> Asked<Known> {
    let key = Key::of("known groups", 1, &column, &[prepared.key]);
    let (loaded, prepared, column) = (loaded.value.clone(), prepared.value.clone(), column.to_owned());
    let title = format!("Groups of {column}");
    desk.ask(
        |s| &mut s.known,
        key,
        need,
        (|| title, Lane::Quick),
        move |_| evaluate::known(&loaded, &column, &prepared.table_rows).ok_or_else(|| StepError::Problem(comparing::no_groups(&column))),
    )
}

/// The labels in force on the right, against those on the left.
pub fn comparison(desk: &mut Kitchen, left: &comparing::Left, right: &Labeling, need: Need) -> Asked<Compared> {
    let key = Key::of("comparison", 1, &left.title, &[left.key(), right.key()]);
    let (left, right) = (left.clone(), right.clone());
    desk.ask(|s| &mut s.comparisons, key, need, (|| "Comparing".into(), Lane::Quick), move |_| Ok(left.against(right.labels())))
}

/// The cards: who the segments are under the user's own `roles`, with what was written on them; `names` where the groups have some. `edits_key` names the edits, since hashing them anew every frame would take milliseconds.
pub fn personas(
    desk: &mut Kitchen,
    segmentation: &Made<Segmentation>,
    roles: &BTreeMap<String, Role>,
    (edits, edits_key): (&Arc<[PersonaEdit]>, Key),
    words: &WordsInForce,
    names: Option<Vec<String>>,
    need: Need,
) -> Asked<Personas> {
    let key = Key::of("personas", 3, &(roles, &names), &[segmentation.key, edits_key, words.key]);
    let (segmentation, roles, edits, lexicon) = (segmentation.value.clone(), roles.clone(), edits.clone(), words.lexicon.clone());
    let personas = desk.ask(
        |s| &mut s.personas,
        key,
        need,
        (|| "Persona cards".into(), Lane::Quick),
        move |ctx| {
            let Segmentation { loaded, prepared, labels, .. } = &*segmentation;
            let mut personas = persona::describe_with_roles(loaded, prepared, labels, &edits, &roles, &lexicon, ctx)?;
            if let Some(names) = &names {
                personas.name_after_groups(names);
            }
            Ok(personas)
        },
    );
    if let Some(personas) = personas.ready() {
        desk.tell(&personas.value.notes);
        desk.tell(words.note.as_slice());
    }
    personas
}

macro_rules! errors_become_problems {
    ($($error:ident),*) => {$(
        impl From<$error> for StepError {
            fn from(error: $error) -> StepError {
                match error {
                    $error::Stopped(_) => StepError::Stopped,
                    other => StepError::Problem(Problem(other.to_string().into())),
                }
            }
        }
    )*};
}

errors_become_problems!(DataError, PrepareError, ClusterError);
