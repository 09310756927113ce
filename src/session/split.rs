//! How was a segment looked into, and do its parts take its place?
//!
//! In: the number of the segment, which stays with its customers. Out: the choices of the small world inside it. A segment nobody looked into has the
//! method of everyone with its number of groups left open.

use crate::base::part;
use crate::cluster::Method;

use super::plan::{Clustering, Cut, InsideScale, Parting, Plan};

/// Customers there must be to look inside: two niches of the smallest size that is described.
pub const LEAST_INSIDE: usize = 2 * 31;

impl Plan {
    /// How the inside of a segment is looked at: as it was the last time, or with nothing chosen yet.
    pub fn split_of(&self, segment: usize) -> Parting {
        self.splits.iter().find(|split| split.segment == segment).cloned().unwrap_or_else(|| self.fresh_split(segment))
    }

    fn fresh_split(&self, segment: usize) -> Parting {
        let mut clustering = Clustering { k_from: 2, k_to: 8, ..self.clustering.clone() };
        if clustering.method == Method::Column {
            // What a column knows is known outside already.
            clustering.method = Method::KMeans;
        }
        (clustering.kmeans.k, clustering.tree.cut, clustering.density.epsilon) = (None, Cut::Suggested, None);
        clustering.hdbscan.min_cluster_size = None;
        Parting { segment, scale: InsideScale::default(), clustering, kept: false, numbering: None }
    }

    /// Puts a split in the place of the one before.
    pub fn put_split(&mut self, split: Parting) {
        match self.splits.iter_mut().find(|other| other.segment == split.segment) {
            Some(other) => *other = split,
            None => {
                self.splits.push(split);
                // Outer ones first, so that the inside of a part is there when it is parted; the order in which they were made is no choice.
                self.splits.sort_by_key(|split| (part::depth(split.segment), part::segment_of(split.segment), split.segment));
            }
        }
    }

    /// The parts of a segment are one again, with those inside of them. How it was looked at stays, for the next look.
    pub fn merge_back(&mut self, segment: usize) {
        self.splits.retain(|split| split.segment == segment || !part::is_within(split.segment, segment));
        if let Some(split) = self.splits.iter_mut().find(|split| split.segment == segment) {
            (split.kept, split.numbering) = (false, None);
        }
    }

    /// Those whose parts stand in the place of their segment, outer ones first.
    pub fn kept_splits(&self) -> impl Iterator<Item = &Parting> {
        self.splits.iter().filter(|split| split.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_comes_back_from_its_text_and_parts_merge_with_what_is_inside_them() {
        let mut plan = Plan::default();
        let first = part::part(2, 0).unwrap();
        for segment in [first, 2, 4] {
            plan.put_split(Parting { kept: true, ..plan.split_of(segment) });
        }
        assert_eq!(plan.kept_splits().map(|split| part::text(split.segment)).collect::<Vec<_>>(), ["3", "5", "3.1"]);
        let text = serde_json::to_string(&plan).unwrap();
        assert!(text.contains("\"segment\":\"3.1\""), "{text}");
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
        plan.merge_back(2);
        assert_eq!(
            plan.splits.iter().map(|split| (part::text(split.segment), split.kept)).collect::<Vec<_>>(),
            [("3".to_owned(), false), ("5".to_owned(), true)]
        );
    }
}
