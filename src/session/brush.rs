//! Which customers has the user picked out, as a wish?
//!
//! In: a box drawn in the map, or rows of the table from anywhere: a click in the table, a subtree, a card. Out: plain data that the
//! engine turns into a set of rows ([`crate::plot::Picked`]). A segment is another thing ([`super::Selection`]): one can be read while
//! customers are picked, and the page then says how many of them are in it.

use std::sync::Arc;

use crate::base::Key;
use crate::plot::{Corners, MapAxis};

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
}
