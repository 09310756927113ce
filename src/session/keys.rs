//! Which keys does a page know besides the shortcuts of commands? The one list of them; the window's list of keys follows from it.

use super::cards_look::CardsView;
use super::command::ACTIONS;
use super::page_view::PageView;
use super::segments_look::SegmentsView;
use super::sources_look::DataView;

/// A key of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// The keys in words: "← →".
    pub keys: &'static str,
    /// What they do, in a few words.
    pub does: &'static str,
}

const fn key(keys: &'static str, does: &'static str) -> PageKey {
    PageKey { keys, does }
}

const TABLE: &[PageKey] = &[
    key("↑ ↓", "Go to the row above or below"),
    key("Space", "Select or deselect this customer"),
    key("Page up, Page down", "Turn a page"),
    key("Home, End", "Go to the first or last row"),
    key("Ctrl+C", "Copy the selected rows, or this one"),
    key("Esc", "Clear the selection"),
];

const SEGMENTS: &[PageKey] = &[
    key("← →", "One segment fewer or more; with DBSCAN, a smaller or larger distance"),
    key("C", "Compare the segments with others"),
    key("Shift and drag", "Select customers in the map"),
    key("Double click", "Look inside a segment"),
    key("↑ ↓", "Walk through the tree"),
    key("Enter", "Show only this branch of the tree"),
    key("F", "Fold this branch of the tree"),
    key("S", "Select the customers under this branch"),
    key("Home", "Show the whole tree, or the smallest distance"),
    key("Esc", "One step back"),
];

const NICHES: &[PageKey] = &[key("Shift and drag", "Select customers in the map"), key("Esc", "One step back")];

const VALIDATE: &[PageKey] =
    &[key("T", "The moves as a table, or as a flow"), key("← →", "The snapshots before or after"), key("Esc", "One step back")];

const LIVE: &[PageKey] = &[key("Space", "Pause, or go on"), key("Esc", "One step back")];

const CARDS: &[PageKey] =
    &[key("← →", "The card before or after"), key("Space, F", "Turn the card to its evidence (Analyst)"), key("Esc", "One step back")];

const SLIDES: &[PageKey] = &[
    key("← →, Space", "The slide before or after"),
    key("Home, End", "The first or last slide"),
    key("S", "A second window for the speaker, in full screen"),
    key("Esc", "Leave full screen"),
];

const BACK: &[PageKey] = &[key("Esc", "One step back")];

/// The keys of what is seen, most used first.
pub fn of(view: PageView) -> &'static [PageKey] {
    match view {
        PageView::Data(DataView::Table) => TABLE,
        PageView::Segments(SegmentsView::Explore) => SEGMENTS,
        PageView::Segments(SegmentsView::Niches) => NICHES,
        PageView::Segments(SegmentsView::Validate) => VALIDATE,
        PageView::Segments(SegmentsView::Live) => LIVE,
        PageView::Personas(CardsView::Cards) => CARDS,
        PageView::Present => SLIDES,
        PageView::Data(_) | PageView::Prepare | PageView::Personas(_) | PageView::Journeys(_) => BACK,
    }
}

/// The shortcuts that work everywhere, from the one table of commands.
pub fn everywhere() -> impl Iterator<Item = PageKey> {
    ACTIONS.iter().filter(|info| !info.shortcut.is_empty()).map(|info| key(info.shortcut, info.label))
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::*;

    #[test]
    fn every_page_has_keys_and_none_stands_twice() {
        let data = DataView::ALL.iter().map(|view| PageView::Data(*view));
        for view in
            Page::ALL.into_iter().map(PageView::from).chain(data).chain(SegmentsView::ALL.iter().map(|view| PageView::Segments(*view)))
        {
            let mut keys: Vec<&str> = of(view).iter().map(|key| key.keys).collect();
            assert!(!keys.is_empty(), "{view:?}");
            keys.sort_unstable();
            let n = keys.len();
            keys.dedup();
            assert_eq!(keys.len(), n, "{view:?}");
        }
        let mut shortcuts: Vec<&str> = everywhere().map(|key| key.keys).collect();
        shortcuts.sort_unstable();
        let n = shortcuts.len();
        shortcuts.dedup();
        assert_eq!(shortcuts.len(), n, "two commands share a shortcut");
    }
}
