//! Where do the bars and ribbons of a tree of paths lie?
//!
//! In: for each node its parent, and how many are in it. Out: a bar per node and the ribbon that leads to it, as heights from the top. A bar is as high as many are in
//! it, wherever it is; whatever follows a node stands beside it, in the order of the nodes. O(nodes) for each of some forty tries of the scale.

/// A node of the tree: a parent before its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathBarOf {
    /// The node before; none of the first.
    pub parent: Option<usize>,
    /// How many are in it; none where that is not told, and then it has no bar.
    pub n: Option<usize>,
}

/// Where a node lies.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PathBar {
    /// Top and bottom of the bar.
    pub bar: [f64; 2],
    /// Top and bottom of the ribbon where it leaves the bar before.
    pub from: [f64; 2],
    /// Top and bottom of the room that the bar and all that follows it take.
    pub room: [f64; 2],
}

/// Tries of the scale.
const TRIES: usize = 40;

/// Lays the tree out on `height`, with up to `gap` between bars of a column; what is not told has no bar, nor has what follows it.
pub fn path_bars(nodes: &[PathBarOf], height: f64, gap: f64) -> Vec<Option<PathBar>> {
    let mut is_seen = vec![false; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        is_seen[at] = node.n.is_some_and(|n| n > 0) && node.parent.is_none_or(|parent| is_seen[parent]);
    }
    let Some(n) = nodes.first().and_then(|node| node.n).filter(|_| is_seen[0]) else { return vec![None; nodes.len()] };
    let rooms = |scale: f64, gap: f64| {
        let mut room = vec![0.0f64; nodes.len()];
        let mut inside = vec![(0.0f64, 0usize); nodes.len()];
        for at in (0..nodes.len()).rev().filter(|&at| is_seen[at]) {
            let (sum, count) = inside[at];
            room[at] = (nodes[at].n.unwrap_or(0) as f64 * scale).max(sum + gap * count.saturating_sub(1) as f64);
            if let Some(parent) = nodes[at].parent {
                inside[parent] = (inside[parent].0 + room[at], inside[parent].1 + 1);
            }
        }
        (room, inside)
    };
    // Gaps may not eat what is to be shown.
    let gap = (0..8).map(|halved| gap / f64::from(1 << halved)).find(|&gap| rooms(0.0, gap).0[0] <= height * 0.5).unwrap_or(0.0);
    let (mut low, mut high) = (0.0, height / n as f64);
    for _ in 0..TRIES {
        let middle = (low + high) / 2.0;
        if rooms(middle, gap).0[0] <= height { low = middle } else { high = middle }
    }
    let (room, inside) = rooms(low, gap);
    let mut bars: Vec<Option<PathBar>> = vec![None; nodes.len()];
    // Where the next child of a node stands, and where its ribbon leaves.
    let mut next = vec![(0.0f64, 0.0f64); nodes.len()];
    for (at, node) in nodes.iter().enumerate().filter(|(at, _)| is_seen[*at]) {
        let thick = node.n.unwrap_or(0) as f64 * low;
        let (top, from) = match node.parent {
            None => (0.0, 0.0),
            Some(parent) => {
                let place = next[parent];
                next[parent] = (place.0 + room[at] + gap, place.1 + thick);
                place
            }
        };
        let bar = top + (room[at] - thick) / 2.0;
        bars[at] = Some(PathBar { bar: [bar, bar + thick], from: [from, from + thick], room: [top, top + room[at]] });
        let (sum, count) = inside[at];
        let taken = sum + gap * count.saturating_sub(1) as f64;
        next[at] = (top + (room[at] - taken).max(0.0) / 2.0, bar);
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(parent: usize, n: usize) -> PathBarOf {
        PathBarOf { parent: Some(parent), n: Some(n) }
    }

    #[test]
    fn bars_are_to_scale_lie_beside_what_they_follow_and_never_on_each_other() {
        let first = PathBarOf { parent: None, n: Some(100) };
        let nodes = [first, node(0, 60), node(0, 30), PathBarOf { parent: Some(0), n: None }, node(1, 40), node(1, 20), node(3, 10)];
        let bars = path_bars(&nodes, 300.0, 6.0);
        assert!(bars[3].is_none() && bars[6].is_none(), "what is not told has no bar, nor has what follows it");
        let thick = |at: usize| bars[at].map_or(0.0, |bar| bar.bar[1] - bar.bar[0]);
        for (at, n) in [(1, 60.0), (2, 30.0), (4, 40.0), (5, 20.0)] {
            assert!((thick(at) / thick(0) - n / 100.0).abs() < 1e-9, "{at}");
        }
        for (at, bar) in bars.iter().enumerate().filter_map(|(at, bar)| Some((at, (*bar)?))) {
            assert!(bar.room[0] >= -1e-9 && bar.room[1] <= 300.0 + 1e-6 && bar.bar[0] >= bar.room[0] - 1e-9, "{at}");
            let Some(parent) = nodes[at].parent.and_then(|parent| bars[parent]) else { continue };
            assert!(bar.from[0] >= parent.bar[0] - 1e-9 && bar.from[1] <= parent.bar[1] + 1e-9, "{at} leaves the bar before");
        }
        for (upper, lower) in [(1, 2), (4, 5)] {
            assert!(bars[upper].unwrap().room[1] <= bars[lower].unwrap().room[0], "{upper} above {lower}");
        }
        assert!(path_bars(&[PathBarOf { parent: None, n: None }], 100.0, 4.0) == [None]);
        assert!(path_bars(&[], 100.0, 4.0).is_empty());
    }

    #[test]
    fn many_narrow_ways_still_fit() {
        let mut nodes = vec![PathBarOf { parent: None, n: Some(1_000) }];
        nodes.extend((0..200).map(|_| node(0, 5)));
        let bars = path_bars(&nodes, 120.0, 6.0);
        assert!(bars.iter().flatten().all(|bar| bar.room[1] <= 120.0 + 1e-6 && bar.bar[1] > bar.bar[0]));
    }
}
