//! What is kept of each step? One cache per step, declared once: its name, what it holds, and how many bytes a value takes.

use crate::base::{Key, Labels};
use crate::cluster::{Dendrogram, DensityTree, Hdbscan, KMeansFit, Neighbours};
use crate::customers::{Built, Freshness, Health, Rfm, Tried, Understood};
use crate::data::{Loaded, Raw, Table, Unprofiled};
use crate::evaluate::unusual::{IsolationForest, LocalScores, SmoothCopies, Unusual};
use crate::evaluate::{
    Belonging, BicCurve, FoldLabels, Known, NullBand, OneColumn, PredictionStrengths, Silhouettes, Stability, Structure,
};
use crate::export::pages::Pages;
use crate::export::{FoldsFound, NicheSeconds, Seconds, Validation};
use crate::features::Prepared;
use crate::persona::{Contrast, Explained, Niches, Personas, UnusualCustomer};
use crate::plot::{
    BarMarks, BarOrder, Compared, CondensedPlot, DensityPlot, LeafMarks, MapPlot, MapScene, Picked, PickedCounts, Placed, Shows,
    SilhouettePlot, SweepPlot, TreePlot,
};
use crate::session::CustomerIds;

use super::answers::PageImage;
use super::behaviour::RulesToTry;
use super::journeys_answer::{EventsSeen, FirstDay, JourneyCustomers, JourneysShown, TriggersTried};
use super::run::memo::{Cache, Memo, Store};
use super::run::runtime;
use super::segmentation::Segmentation;

/// The runtime of the real engine.
pub type Runtime = runtime::RuntimeOf<Caches>;

macro_rules! caches {
    ($($(#[doc = $doc:literal])* $name:ident: $holds:ty, $bytes:expr;)*) => {
        /// One cache per step.
        pub struct Caches {
            $($(#[doc = $doc])* pub(super) $name: Memo<$holds>,)*
        }

        impl Default for Caches {
            fn default() -> Caches {
                Caches { $($name: Memo::new(stringify!($name), $bytes),)* }
            }
        }

        impl Store for Caches {
            fn caches(&mut self) -> Vec<&mut dyn Cache> {
                vec![$(&mut self.$name,)*]
            }
        }
    };
}

caches! {
    stamps: Key, |_| size_of::<Key>();
    raws: Raw, Raw::bytes;
    understood: Understood, |_| size_of::<Understood>();
    built: Built, Built::bytes;
    freshness: Freshness, |_| size_of::<Freshness>();
    row_ids: CustomerIds, |ids: &CustomerIds| size_of_val(&ids.0[..]);
    previews: Table, Table::bytes;
    tried: Tried, |_| size_of::<Tried>();
    rfms: Rfm, Rfm::bytes;
    healths: Health, |health| health.rules.len() * 2_000;
    unprofiled: Unprofiled, Unprofiled::bytes;
    loaded: Loaded, Loaded::bytes;
    prepared: Prepared, |prepared| prepared.matrix.bytes() + prepared.table_rows.len() * 8 * (1 + prepared.pca.scores.len());
    fits: KMeansFit, |fit| fit.labels.bytes() + fit.centroids.bytes();
    trees: Dendrogram, Dendrogram::bytes;
    cuts: Labels, Labels::bytes;
    inertias: Vec<f64>, |inertias| size_of_val(&inertias[..]);
    neighbours: Neighbours, Neighbours::bytes;
    densities: DensityTree, DensityTree::bytes;
    hdbscans: Hdbscan, Hdbscan::bytes;
    silhouettes: Silhouettes, |silhouettes| size_of_val(&silhouettes.per_row[..]) + size_of_val(&silhouettes.measured[..]);
    /// Elbows with their suggestion, once every point is there.
    sweeps: SweepPlot, |sweep| size_of_val(&sweep.points[..]);
    /// Chosen groupings.
    segmentations: Segmentation, |segmentation| segmentation.labels.bytes();
    silhouette_plots: SilhouettePlot, |plot| plot.clusters.iter().map(|bars| size_of_val(&bars.values[..])).sum();
    maps: MapPlot, |map| map.n_shown * size_of::<[f64; 2]>();
    placed: Placed, Placed::bytes;
    scenes: MapScene, |scene| match &scene.shows { Shows::Points(_) => MapPlot::MAX_POINTS * size_of::<[f64; 3]>(), Shows::Density(density) => density.bytes(), };
    /// Rows of the table in the order they are listed.
    orders: Vec<u32>, |rows| size_of_val(&rows[..]);
    /// Lines of the table in which something was found.
    found: Vec<u32>, |lines| size_of_val(&lines[..]);
    picked: Picked, Picked::bytes;
    picked_counts: PickedCounts, |counts| size_of_val(&counts.clusters[..]);
    leaf_marks: LeafMarks, |marks| marks.leaves.bytes();
    bar_orders: BarOrder, BarOrder::bytes;
    bar_marks: BarMarks, BarMarks::bytes;
    /// How many of the picked have each RFM code.
    rfm_marks: Vec<usize>, |counts| size_of_val(&counts[..]);
    contrast: Contrast, Contrast::bytes;
    tree_plots: TreePlot, TreePlot::bytes;
    density_plots: DensityPlot, DensityPlot::bytes;
    condensed_plots: CondensedPlot, CondensedPlot::bytes;
    personas: Personas, |personas| personas.personas.iter().map(|persona| persona.evidence.len() * 400).sum();
    pages: Pages, |pages| pages.len() * 300_000;
    page_images: PageImage, |image| image.rgba.len();
    thumbnails: Vec<PageImage>, |images| images.iter().map(|image| image.rgba.len()).sum();
    explained: Explained, Explained::bytes;
    known: Known, Known::bytes;
    comparisons: Compared, Compared::bytes;
    /// What shuffled columns give, one value per round.
    null_bands: NullBand, NullBand::bytes;
    /// Whether there are groups at all.
    structures: Structure, Structure::bytes;
    /// Nearest different rows, for who is unusual.
    different_neighbours: Neighbours, Neighbours::bytes;
    locals: LocalScores, LocalScores::bytes;
    /// Isolation forests, one per round.
    isolation_forests: IsolationForest, IsolationForest::bytes;
    gloshes: Vec<f64>, |scores| size_of_val(&scores[..]);
    /// Scores of smooth copies, one value per round.
    smooth_copies: SmoothCopies, SmoothCopies::bytes;
    /// All scores of every customer, one value per round.
    unusual: Unusual, Unusual::bytes;
    /// Those above a line, with reasons.
    unusual_customers: Vec<UnusualCustomer>, |customers| customers.len() * 600;
    /// Segments by data without some customers, one value per round.
    folds: FoldLabels, FoldLabels::bytes;
    /// Segments by one half for the other, one value per round.
    halves: PredictionStrengths, PredictionStrengths::bytes;
    /// Segments without single columns.
    without_columns: OneColumn, |without| (without.without.len() + 1) * (without.anyway.of_segment.len() + 4) * 16;
    /// The three as they are told.
    folds_found: FoldsFound, |found| (found.personas.len() + found.columns.len()) * 500;
    /// Who moves between days, and what is foretold of later ones.
    on_other_days: Validation, |found| 10_000 + found.stays.iter().map(|stay| stay.moves.len() * (stay.moves.len() * 8 + 400)).sum::<usize>();
    /// Niches inside the segments.
    niches: Niches, Niches::bytes;
    /// How surely customers belong to their segments.
    belongings: Belonging, Belonging::bytes;
    bics: BicCurve, |curve| size_of_val(&curve.points[..]);
    /// What customers did.
    events: EventsSeen, EventsSeen::bytes;
    /// Who they are in the table of customers.
    journey_customers: JourneyCustomers, JourneyCustomers::bytes;
    /// What a view of Journeys shows.
    journeys: JourneysShown, JourneysShown::bytes;
    /// Rules, and from when they are tried.
    rules_to_try: RulesToTry, |rules| rules.rules.triggers.len() * 2_000;
    /// Personas of the first day of a trial.
    first_days: FirstDay, FirstDay::bytes;
    /// What came of the rules.
    triggers_tried: TriggersTried, TriggersTried::bytes;
    /// How stable the segments are, one value per round.
    stabilities: Stability, Stability::bytes;
}

impl Caches {
    /// What was spent on finding unusual customers.
    pub(super) fn niche_seconds(&self) -> NicheSeconds {
        NicheSeconds {
            neighbours: self.different_neighbours.seconds(),
            lof: self.locals.seconds(),
            forest: self.isolation_forests.seconds(),
            expected: self.smooth_copies.seconds() + self.unusual.seconds(),
            total: 0.0,
        }
    }

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
