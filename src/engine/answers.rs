//! What may a page see? The answers of a frame, section by section.

use std::sync::Arc;

use crate::base::Note;
use crate::cluster::{Chosen, Dendrogram};
use crate::customers::{Built, Freshness, Health, Rfm, Tried, Understood};
use crate::data::day::IsoDay;
use crate::data::{Dictionary, Loaded, Noun, Raw, Table};
use crate::evaluate::unusual::Unusual;
use crate::evaluate::{self, Belonging, BicCurve, NullBand, Stability, Structure};
use crate::export::pages::Pages;
use crate::export::{FoldsFound, Holds, Looked, Validation};
use crate::features::Prepared;
use crate::persona::{Contrast, Explained, Niches, Personas, UnusualCustomer};
use crate::plot::{
    BarMarks, Compared, CondensedPlot, DensityPlot, LeafMarks, MapPlot, MapScene, Picked, PickedCounts, Ring, SilhouettePlot, SweepPlot,
    TreePlot,
};
use crate::session::{Clustering, CustomerIds};

use super::inside_answer::Inside;
use super::journeys_answer::JourneysAnswer;
use super::live::LiveNow;
use super::run::answer::{Answer, JobView, Problem};
use super::segmentation::Segmentation;

/// Rows of a source shown at a time.
pub const PREVIEW_ROWS: usize = 200;

/// What is known of the sources of a customer table.
#[derive(Debug, Clone, Default)]
pub struct SourcesAnswer {
    /// The rows of every source, in the plan's order.
    pub raws: Vec<Answer<Raw>>,
    /// What each of them holds.
    pub understood: Answer<Understood>,
    /// The customer table and how it came to be.
    pub built: Answer<Built>,
    /// How fresh every source is, in the plan's order.
    pub freshness: Vec<Answer<Freshness>>,
    /// The day ages are counted back from.
    pub today: Option<IsoDay>,
    /// Who stands in which row of the table.
    pub row_ids: Answer<CustomerIds>,
    /// Some rows of the source that is looked at, from [`super::SourcesWanted::preview`] on.
    pub preview: Answer<Table>,
    /// The first customers' values of the column being written, or what is wrong with it.
    pub draft: Answer<Tried>,
    /// Who is scored how, where the cuts are and what they make; waits where scores are switched off.
    pub rfm: Answer<Rfm>,
    /// The rules and what fails them, where [`super::SourcesWanted::health`] asks for it.
    pub health: Answer<Health>,
}

/// All answers of a frame.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// How the table is built, where it is built from several files.
    pub sources: Option<SourcesAnswer>,
    /// The table and its profile.
    pub loaded: Answer<Loaded>,
    /// The matrix.
    pub prepared: Answer<Prepared>,
    /// Elbow and silhouette against k (k-means and hierarchical); partial while cooking.
    pub sweep: Answer<SweepPlot>,
    /// The dendrogram (hierarchical).
    pub tree: Answer<TreePlot>,
    /// The merge tree itself, for counting clusters at a height while the cut is dragged.
    pub dendrogram: Option<Arc<Dendrogram>>,
    /// The epsilon explorer (DBSCAN).
    pub density: Answer<DensityPlot>,
    /// The condensed tree (HDBSCAN).
    pub condensed: Answer<CondensedPlot>,
    /// Which rows the table lists, and what was found in it.
    pub listing: ListingAnswer,
    /// The chosen grouping.
    pub segmentation: Answer<Segmentation>,
    /// Whose inside all of this is of.
    pub inside: Inside,
    /// Its silhouettes.
    pub silhouette: Answer<SilhouettePlot>,
    /// Its map.
    pub map: Answer<MapPlot>,
    /// What the map shows in view, where it has more customers than points are drawn.
    pub scene: Answer<MapScene>,
    /// The customers picked out.
    pub brush: BrushAnswer,
    /// Its cards.
    pub personas: Answer<Personas>,
    /// What drives the grouping, rules and typical customers; never of other segments.
    pub explained: Answer<Explained>,
    /// The cards as pages, where they are wanted.
    pub pages: PagesAnswer,
    /// The grouping against what the plan compares it with.
    pub comparison: Answer<Compared>,
    /// What elbow and silhouette would be by chance (k-means and hierarchical): the best round there is, never one of other choices.
    pub null_band: Answer<NullBand>,
    /// Whether there are groups at all.
    pub structure: Answer<Structure>,
    /// How stable the segments are: the best round there is, never one of other segments.
    pub stability: Answer<Stability>,
    /// Who is unusual: the best round there is, never one of other segments.
    pub unusual: Answer<Unusual>,
    /// Those above the line in force, with reasons.
    pub unusual_customers: Answer<Vec<UnusualCustomer>>,
    /// How surely customers belong to their segments; never of others.
    pub belonging: Answer<Belonging>,
    /// For how many groups a Gaussian mixture speaks.
    pub bic: Answer<BicCurve>,
    /// Whether the personas hold.
    pub holds: HoldsAnswer,
    /// The niches inside the segments; those of another line are shown until the next are there.
    pub niches: Answer<Niches>,
    /// What customers do.
    pub journeys: JourneysAnswer,
    /// Segments that are followed live; none where nothing is.
    pub live: Option<LiveSeen>,
    /// Jobs under way, oldest first.
    pub jobs: Vec<JobView>,
    /// What the user calls columns, levels and rows.
    pub dictionary: Arc<Dictionary>,
    /// What the rows are called.
    pub noun: Noun,
    /// Notes of everything shown, in the order of the work, without repeats.
    pub notes: Vec<Note>,
}

impl Answers {
    /// Everyone's segments as they were last shown, without parts, whatever inside is looked at.
    pub fn everyones(&self) -> Option<&Segmentation> {
        match self.inside.answer() {
            Some(inside) => Some(&inside.whole),
            None => self.segmentation.latest().map(|segmentation| segmentation.unparted()),
        }
    }

    /// Whether there are groups at all, once somebody looked.
    pub fn groups_found(&self) -> Option<bool> {
        self.structure.ready().map(|structure| structure.found)
    }

    /// What is to be said at the same height as a name where groups were not found, or hardly are. The groups of a column are given, so nobody looks for
    /// any.
    pub fn doubt(&self, clustering: &Clustering) -> Option<String> {
        let segmentation = self.segmentation.ready().filter(|segmentation| !matches!(segmentation.by, Chosen::Column { .. }))?;
        let structure = self.structure.ready()?;
        let silhouette = self.silhouette.ready().and_then(|plot| plot.mean);
        // Nobody suggested the parts of a segment.
        let is_suggested = clustering.leaves_k_open() && segmentation.whole.is_none();
        evaluate::doubt(Some(structure), segmentation.labels.n_clusters(), silhouette, is_suggested)
    }
}

/// What is seen of segments that are followed.
#[derive(Debug, Clone, Default)]
pub struct LiveSeen {
    /// The last picture; none before the first.
    pub now: Option<Arc<LiveNow>>,
    /// How it ended, once it has.
    pub outcome: Option<Result<(), String>>,
}

/// The customers picked out; the last ones while the next are found.
#[derive(Debug, Clone, Default)]
pub struct BrushAnswer {
    /// Who they are.
    pub picked: Option<Arc<Picked>>,
    /// In which segments they are.
    pub counts: Option<Arc<PickedCounts>>,
    /// The one customer, if it is one.
    pub ring: Option<Ring>,
    /// Where they are in the dendrogram.
    pub leaves: Option<Arc<LeafMarks>>,
    /// Where they are in the silhouette plot.
    pub bars: Option<Arc<BarMarks>>,
    /// How many of them have each RFM code, by [`crate::customers::rfm::place_of`].
    pub rfm: Option<Arc<Vec<usize>>>,
    /// What sets them apart from everyone.
    pub contrast: Answer<Contrast>,
    /// Whether the next ones are being found.
    pub is_cooking: bool,
    /// Why nobody could be found.
    pub problem: Option<Problem>,
}

/// Whether the personas hold: with other customers, and on other days. Each says in a sentence why where it cannot be told.
#[derive(Debug, Clone, Default)]
pub struct HoldsAnswer {
    /// What would become of customers if only the others had been seen: the best round there is.
    pub folds: Answer<FoldsFound>,
    /// Who moves between snapshots; its other parts are empty.
    pub stays: Answer<Validation>,
    /// What the personas foretell; its other parts are empty.
    pub foretells: Answer<Validation>,
}

impl HoldsAnswer {
    /// What is known, as every export tells it.
    pub fn known(&self) -> Holds {
        fn looked<T>(answer: &Answer<T>) -> Looked<T> {
            match answer {
                Answer::Ready(found) => Looked::Found(found.clone()),
                Answer::Failed { problem, .. } => Looked::Cannot(problem.0.to_string()),
                Answer::Cooking { .. } | Answer::Waiting(_) => Looked::NotLooked,
            }
        }
        Holds { folds: looked(&self.folds), stays: looked(&self.stays), foretells: looked(&self.foretells) }
    }
}

/// What the table lists, where it is not simply all rows as in the file.
#[derive(Debug, Clone, Default)]
pub struct ListingAnswer {
    /// The row of the table on each line; waits where no order and no filter is asked for.
    pub rows: Answer<Vec<u32>>,
    /// The lines in which something was found, ascending; waits where nothing is looked for.
    pub found: Answer<Vec<u32>>,
}

/// One page as pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageImage {
    /// Which page it is, from 0.
    pub page: usize,
    /// Columns and rows.
    pub size: [usize; 2],
    /// Red, green, blue and opacity of every pixel, opaque, top row first.
    pub rgba: Vec<u8>,
}

/// What is known of the pages.
#[derive(Debug, Clone, Default)]
pub struct PagesAnswer {
    /// The pages.
    pub pages: Answer<Pages>,
    /// The page in view, or the last one until it is drawn.
    pub image: Option<Arc<PageImage>>,
    /// All pages, small.
    pub thumbnails: Option<Arc<Vec<PageImage>>>,
}
