//! Which customers has the user picked out, as a wish?
//!
//! In: a box drawn in the map, a branch of the tree, bars of the silhouette plot, a segment, a trait on a card, RFM codes, or rows of the table. Out:
//! plain data that the engine turns into a set of rows ([`crate::plot::Picked`]); no page collects a million of them. What was picked in a
//! tree or in segments stays who it was when they are no longer shown. A segment is another thing ([`super::Selection`]): one can be read while
//! customers are picked, and the page then says how many of them are in it.

use std::sync::Arc;

use crate::base::Key;
use crate::customers::{RfmCodes, RfmSegment};
use crate::data::Dictionary;
use crate::persona::TraitMembers;
use crate::plot::{Corners, MapAxis};

use super::selection::Selection;

/// Picked customers. Comparing and naming it is cheap however many they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Brush {
    /// Where they come from, in words: "box in the map".
    pub from: Arc<str>,
    /// The table they belong to: what was picked in one file means nothing in another.
    pub stamp: Key,
    /// Who they are.
    pub who: Who,
}

/// How picked customers are told.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Everyone in this box of the map.
    Box {
        /// The axes it was drawn on.
        axes: (MapAxis, MapAxis),
        /// Its corners; the edges belong to it.
        corners: Corners,
    },
    /// Everyone under a branch of the dendrogram.
    Branch {
        /// The tree, by [`crate::plot::TreePlot::stamp`].
        tree: u64,
        /// First and last leaf.
        leaves: [usize; 2],
    },
    /// Everyone in a segment, or in none.
    Segment {
        /// The labels, by their key.
        segments: Key,
        /// Which one.
        which: Selection,
    },
    /// Everyone whose silhouette is in a range; its ends belong to it.
    Silhouettes {
        /// The plot, by [`crate::plot::SilhouettePlot::stamp`].
        plot: Key,
        /// In this segment; `None` for any.
        cluster: Option<usize>,
        /// From the smaller to the larger.
        range: [f32; 2],
    },
    /// Everyone for whom a trait on a card holds.
    Trait {
        /// The labels, by their key.
        segments: Key,
        /// In this segment; `None` for any, and for those in none.
        within: Option<usize>,
        /// The trait.
        holds: TraitMembers,
    },
    /// Everyone with one of these RFM codes.
    Rfm {
        /// The scores, by [`crate::customers::Rfm::stamp`].
        scores: Key,
        /// The codes.
        codes: RfmCodes,
    },
    /// These rows of the table, ascending, each once.
    Rows {
        /// The rows.
        rows: Arc<[u32]>,
        /// Names them, so that a million rows are hashed once.
        key: Key,
    },
}

impl Brush {
    /// Everyone between two opposite corners of the map.
    pub fn in_box(stamp: Key, axes: &(MapAxis, MapAxis), a: [f64; 2], b: [f64; 2]) -> Brush {
        let corners = [[a[0].min(b[0]), a[1].min(b[1])], [a[0].max(b[0]), a[1].max(b[1])]];
        Brush { from: "box in the map".into(), stamp, who: Who::Box { axes: axes.clone(), corners } }
    }

    /// Rows of the table with this stamp, in any order, from wherever `from` says: "row in the table", "branch of the tree".
    pub fn rows(stamp: Key, rows: impl IntoIterator<Item = usize>, from: &str) -> Brush {
        let mut rows: Vec<u32> = rows.into_iter().map(|row| row as u32).collect();
        rows.sort_unstable();
        rows.dedup();
        let bytes: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
        Brush { from: from.into(), stamp, who: Who::Rows { rows: rows.into(), key: Key::of_bytes(&bytes) } }
    }

    /// Everyone under a branch of the dendrogram, from its first leaf to its last.
    pub fn branch(stamp: Key, tree: u64, leaves: [usize; 2]) -> Brush {
        Brush { from: "branch of the tree".into(), stamp, who: Who::Branch { tree, leaves } }
    }

    /// Everyone in a segment of these labels; `name` is what people call it now.
    pub fn segment(stamp: Key, segments: Key, which: Selection, name: &str) -> Brush {
        let from = match which {
            Selection::Cluster(_) => format!("whole segment: {name}"),
            Selection::Noise => "customers in no group".to_owned(),
        };
        Brush { from: from.into(), stamp, who: Who::Segment { segments, which } }
    }

    /// Everyone with a trait in a segment of these labels, or `within` none in all of them; `name` is what people call the segment now.
    pub fn with_trait(stamp: Key, segments: Key, within: Option<(usize, &str)>, holds: TraitMembers, dictionary: &Dictionary) -> Brush {
        let whose = within.map_or_else(String::new, |(_, name)| format!(" in {name}"));
        let from = format!("statement: {}{whose}", holds.words(dictionary)).into();
        Brush { from, stamp, who: Who::Trait { segments, within: within.map(|(cluster, _)| cluster), holds } }
    }

    /// Everyone with a silhouette from one value to another, in a segment or in any.
    pub fn silhouettes(stamp: Key, plot: Key, cluster: Option<usize>, a: f32, b: f32) -> Brush {
        let range = [a.min(b), a.max(b)];
        let from = match range {
            [low, high] if low <= -1.0 && high < 0.0 => "silhouette below 0".to_owned(),
            [low, high] if low <= -1.0 => format!("silhouette up to {high:.2}"),
            [low, high] if high >= 1.0 => format!("silhouette from {low:.2} up"),
            [low, high] => format!("silhouette from {low:.2} to {high:.2}"),
        };
        let from = from.replace('-', "−");
        Brush { from: from.into(), stamp, who: Who::Silhouettes { plot, cluster, range } }
    }

    /// Those whom another segment would suit better: their silhouette is below 0.
    pub fn misfits(stamp: Key, plot: Key, cluster: Option<usize>) -> Brush {
        Brush::silhouettes(stamp, plot, cluster, -1.0, 0f32.next_down())
    }

    /// Everyone in a cell of the RFM heat map: with these scores of recency and frequency.
    pub fn rfm_cell(stamp: Key, scores: Key, recency: u8, frequency: u8) -> Brush {
        let codes = RfmCodes::of_cell(recency, frequency);
        Brush { from: format!("RFM cell R {recency}, F {frequency}").into(), stamp, who: Who::Rfm { scores, codes } }
    }

    /// Everyone in an RFM segment.
    pub fn rfm_segment(stamp: Key, scores: Key, segment: RfmSegment) -> Brush {
        let codes = RfmCodes::of_segment(segment);
        Brush { from: format!("RFM segment: {}", segment.name()).into(), stamp, who: Who::Rfm { scores, codes } }
    }

    /// The box in the map, if it was drawn on these axes.
    pub fn box_on(&self, axes: &(MapAxis, MapAxis)) -> Option<Corners> {
        match &self.who {
            Who::Box { axes: drawn_on, corners } if drawn_on == axes => Some(*corners),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_customers_are_the_same_brush() {
        let stamp = Key::of_bytes(b"shop");
        let brush = |rows: &[usize]| Brush::rows(stamp, rows.iter().copied(), "row in the table");
        assert_eq!(brush(&[3, 1, 3]), brush(&[1, 3]));
        assert_ne!(brush(&[1]), brush(&[2]));
        let axes = (MapAxis::Component(0), MapAxis::Component(1));
        let drawn = Brush::in_box(stamp, &axes, [2.0, -1.0], [0.0, 5.0]);
        assert_eq!(drawn.box_on(&axes), Some([[0.0, -1.0], [2.0, 5.0]]), "from any corner to any other");
        assert_eq!(drawn.box_on(&(MapAxis::Component(0), MapAxis::Component(2))), None);
    }

    #[test]
    fn where_they_come_from_is_said() {
        let key = Key::of_bytes(b"shop");
        let said = |brush: Brush| brush.from.to_string();
        assert_eq!(said(Brush::silhouettes(key, key, Some(1), 0.25, -0.5)), "silhouette from −0.50 to 0.25");
        assert_eq!(said(Brush::silhouettes(key, key, Some(1), -1.0, 0.5)), "silhouette up to 0.50");
        assert_eq!(said(Brush::misfits(key, key, None)), "silhouette below 0");
        assert_eq!(said(Brush::segment(key, key, Selection::Cluster(2), "Savers")), "whole segment: Savers");
    }
}
