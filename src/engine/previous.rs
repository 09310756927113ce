//! What was shown last? A stale value is shown dimmed while the next cooks, never a blank, and never one of another source.

use std::sync::Arc;

use crate::base::{Key, Progress};
use crate::cluster::Dendrogram;
use crate::data::Loaded;
use crate::features::Prepared;
use crate::persona::{Apart, Personas};
use crate::plot::{
    BarMarks, Compared, CondensedPlot, DensityPlot, LeafMarks, MapPlot, MapScene, Picked, PickedCounts, SilhouettePlot, SweepPlot, TreePlot,
};
use crate::session::Against;

use super::answers::{Answer, Segmentation};
use super::desk::Asked;
use super::picking::Held;
use super::sourcing::PreviousSources;

/// The last ready value of every answer.
#[derive(Debug, Default)]
pub struct Previous {
    pub sources: PreviousSources,
    pub loaded: Option<Arc<Loaded>>,
    pub prepared: Option<Arc<Prepared>>,
    pub sweep: Option<Arc<SweepPlot>>,
    pub tree: Option<Arc<TreePlot>>,
    pub density: Option<Arc<DensityPlot>>,
    pub condensed: Option<Arc<CondensedPlot>>,
    pub segmentation: Option<Arc<Segmentation>>,
    pub silhouette: Option<Arc<SilhouettePlot>>,
    pub map: Option<Arc<MapPlot>>,
    pub scene: Option<Arc<MapScene>>,
    pub picked: Option<Arc<Picked>>,
    pub picked_counts: Option<Arc<PickedCounts>>,
    pub held: Option<Held>,
    pub leaf_marks: Option<Arc<LeafMarks>>,
    pub bar_marks: Option<Arc<BarMarks>>,
    pub rfm_marks: Option<Arc<Vec<usize>>>,
    pub apart: Option<Arc<Apart>>,
    pub personas: Option<Arc<Personas>>,
    dendrogram: Option<Arc<Dendrogram>>,
    comparison: Option<(Against, Arc<Compared>)>,
}

impl Previous {
    /// Forgets everything when the data are not those of `stamp`: the file changed and was read again.
    pub fn keep_only(&mut self, stamp: Key) {
        if self.loaded.as_ref().is_some_and(|loaded| loaded.stamp != stamp) {
            *self = Previous::default();
        }
    }

    /// The merge tree of the dendrogram on screen, so that both are of one generation.
    pub fn dendrogram(&mut self, plot: &Asked<TreePlot>, tree: &Asked<Dendrogram>) -> Option<Arc<Dendrogram>> {
        if let (Some(_), Some(tree)) = (plot.ready(), tree.ready()) {
            self.dendrogram = Some(tree.value.clone());
        }
        self.dendrogram.clone()
    }

    /// The comparison; one with something else is not an older one of this.
    pub fn comparison(&mut self, against: Option<&Against>, asked: Asked<Compared>) -> Answer<Compared> {
        let mut last = self.comparison.take().filter(|(before, _)| Some(before) == against).map(|(_, last)| last);
        let answer = settle(&mut last, asked);
        self.comparison = against.cloned().zip(last);
        answer
    }
}

/// The answer of a page: what is known now, with the last value beside it.
pub fn settle<T>(last: &mut Option<Arc<T>>, asked: Asked<T>) -> Answer<T> {
    match (asked, last.clone()) {
        (Asked::Ready(made), _) => {
            *last = Some(made.value.clone());
            Answer::Ready(made.value)
        }
        (Asked::Cooking(progress), previous) => Answer::Cooking { progress, previous },
        (Asked::Waiting(stage), Some(previous)) => {
            Answer::Cooking { progress: Progress { stage, fraction: 0.0 }, previous: Some(previous) }
        }
        (Asked::Waiting(why), None) => Answer::Waiting(why),
        (Asked::Failed(problem), previous) => Answer::Failed { problem, previous },
    }
}
