//! How many segments are asked for, and who says so: the user, the suggestion, or the height at which the tree is cut?

use crate::cluster::Method;
use crate::session::{Clustering, Cut};

use super::view::View;

/// The number of segments the draft asks for; where that is left to the data, the suggestion or what is shown.
pub(super) fn k_in_force(view: &View, draft: &Clustering) -> Option<usize> {
    let suggested = || view.answers.sweep.latest().and_then(|sweep| sweep.suggestion.as_ref()).map(|suggestion| suggestion.k);
    let shown = || view.answers.segmentation.latest().and_then(|segmentation| segmentation.by.k());
    match draft.method {
        Method::KMeans => draft.kmeans.k.or_else(suggested).or_else(shown),
        Method::Tree => match draft.tree.cut {
            Cut::Clusters(k) => Some(k),
            Cut::Suggested => suggested().or_else(shown),
            Cut::Height(height) => view.answers.tree.latest().map(|tree| tree.clusters_at(height)),
        },
        _ => None,
    }
}

/// Chooses a number of segments; `None` goes back to the suggestion.
pub(super) fn set_k(draft: &mut Clustering, k: Option<usize>) {
    match draft.method {
        Method::Tree => draft.tree.cut = k.map_or(Cut::Suggested, Cut::Clusters),
        Method::KMeans => draft.kmeans.k = k,
        _ => {}
    }
}

/// Whether the number of segments is left to the suggestion.
pub(super) fn is_k_suggested(draft: &Clustering) -> bool {
    match draft.method {
        Method::Tree => draft.tree.cut == Cut::Suggested,
        _ => draft.kmeans.k.is_none(),
    }
}
