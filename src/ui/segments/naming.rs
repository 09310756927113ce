//! What is a segment called, and which number does it bear? The same on the whole page.

use crate::engine::Answers;
use crate::persona::numbering::{self, number_of};
use crate::session::Selection;

/// What a segment is called: its persona's name once there is one, C1, C2, … before.
pub(super) fn segment_name(answers: &Answers, cluster: usize) -> String {
    let n_clusters = answers.segmentation.latest().map(|segmentation| segmentation.labels.n_clusters());
    answers
        .personas
        .latest()
        .filter(|personas| Some(personas.personas.len()) == n_clusters)
        .and_then(|personas| personas.personas.get(cluster))
        .map_or_else(|| numbering::name(number_of(numbers(answers), cluster)), |persona| persona.name.clone())
}

/// What people call each segment, by cluster.
pub(super) fn numbers(answers: &Answers) -> &[usize] {
    answers.segmentation.latest().map_or(&[], |segmentation| segmentation.labels.numbers())
}

/// The name of whatever is selected or hovered.
pub(super) fn selection_name(answers: &Answers, selection: Selection) -> String {
    match selection {
        Selection::Cluster(cluster) => segment_name(answers, cluster),
        Selection::Noise => "In no group".into(),
    }
}
