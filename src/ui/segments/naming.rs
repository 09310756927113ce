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

/// The same of the segments as the method found them, before any was in parts: its trees draw those.
pub(super) fn method_numbers(answers: &Answers) -> &[usize] {
    answers.segmentation.latest().map_or(&[], |segmentation| segmentation.unparted().labels.numbers())
}

/// Where a segment of the method is in the list; nowhere while its parts are in its place.
pub(super) fn listed(answers: &Answers, cluster: usize) -> Option<Selection> {
    let number = number_of(method_numbers(answers), cluster);
    numbers(answers).iter().position(|other| *other == number).map(Selection::Cluster)
}

/// What a segment of the method is called.
pub(super) fn method_name(answers: &Answers, cluster: usize) -> String {
    match listed(answers, cluster) {
        Some(selection) => selection_name(answers, selection),
        None => numbering::name(number_of(method_numbers(answers), cluster)),
    }
}

/// The name of whatever is selected or hovered.
pub(super) fn selection_name(answers: &Answers, selection: Selection) -> String {
    match selection {
        Selection::Cluster(cluster) => segment_name(answers, cluster),
        Selection::Noise => "In no group".into(),
    }
}
