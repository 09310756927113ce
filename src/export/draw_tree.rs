//! The merge tree as a drawing, coloured by the groups of the cut: the same view of it as in the window, all of it.
//!
//! In: the tree laid out and the cut in force. Out: a scene of about as many shapes as it is pixels wide.

use crate::data::Noun;
use crate::persona::numbering::number_of;
use crate::plot::{TreeGroups, TreePlot, TreeWindow};

use super::chart::{ACCENT, Anchor, ChartFrame, MUTED, Scene};
use super::draw::{PlotSize, plain};
use super::palette::{hex, segment};
use super::plot_kind::Plot;
use super::text::{count, shorten, three_digits};

/// Up to so many customers each is named.
const NAMED: usize = 60;

/// The whole tree; `numbers` are those of the segments, by cluster.
pub fn dendrogram(tree: &TreePlot, numbers: &[usize], k: Option<usize>, height: Option<f64>, noun: &Noun, size: PlotSize) -> Scene {
    let n_leaves = tree.n_leaves();
    let leaves = [-0.6, n_leaves as f64 - 0.4];
    let (mut scene, mut frame) = plain(Plot::Dendrogram.title(), size, leaves, [0.0, (tree.top * 1.05).max(f64::MIN_POSITIVE)]);
    let is_named = n_leaves <= NAMED;
    frame.height -= if is_named { 50.0 } else { 20.0 };
    frame.y_axis(&mut scene, &format!("Height of the merge ({} linkage)", tree.linkage));

    // A number of groups also separates merges of equal height, so it goes before the height.
    let groups = match (k, height) {
        (Some(k), _) => tree.groups_at(k),
        (None, Some(height)) => tree.groups_below(height),
        (None, None) => tree.groups_at(1),
    };
    let line = match (k, height) {
        (_, Some(height)) => Some(height),
        (Some(k), None) => Some(tree.heights_for(k)).map(|[below, above]| (below + above) / 2.0),
        (None, None) => None,
    };
    let colour = |cluster: usize| hex(segment(number_of(numbers, cluster)));
    tree_of(&mut scene, &frame, tree, &groups, &colour, line.unwrap_or(tree.top));
    if is_named {
        for leaf in 0..n_leaves {
            let at = [frame.at_x(leaf as f64) + 4.0, frame.bottom() + 8.0];
            scene.upward(at, &shorten(tree.name(leaf), 14), 11.0, MUTED, Anchor::End);
        }
    } else {
        groups_under(&mut scene, &frame, &groups, &colour);
    }
    if let Some(cut) = line {
        let y = frame.at_y(cut.min(frame.y[1]));
        scene.dashed([frame.left, y], [frame.right(), y], ACCENT);
        let told = format!("Cut at {}: {} segments", three_digits(cut), count(groups.n_groups));
        scene.haloed([frame.right(), y - 6.0], &told, 12.0, ACCENT, Anchor::End);
    }
    let what = noun.counted(n_leaves);
    let what = if is_named { what } else { format!("{what}; a triangle stands for many") };
    scene.text([frame.left + frame.width / 2.0, size[1] - 20.0], &what, 12.0, MUTED, Anchor::Middle);
    scene
}

fn tree_of(scene: &mut Scene, frame: &ChartFrame, tree: &TreePlot, groups: &TreeGroups, colour_of: &impl Fn(usize) -> String, cut: f64) {
    let window = TreeWindow { leaves: frame.x, heights: frame.y, pixels: [frame.width, frame.height], cut, collapsed: &[] };
    let seen = tree.view(&window);
    let colour = |node: u32| groups.cluster_of(tree, node).map_or_else(|| MUTED.to_owned(), colour_of);
    let at = |point: [f64; 2]| frame.at(point);
    for bunch in &seen.bunches {
        let [[left, high], [right, low]] = bunch.tops.map(at);
        let [from, to] = [bunch.leaves[0] as f64 - 0.4, bunch.leaves[1] as f64 + 0.4].map(|x| frame.at_x(x));
        let path = format!("M{left:.1} {high:.1}L{right:.1} {low:.1}L{to:.1} {:.1}H{from:.1}Z", frame.bottom());
        scene.path(&path, &format!(r#"fill="{}" fill-opacity="0.45""#, colour(bunch.node)));
    }
    for bracket in &seen.brackets {
        let [[left, foot_left], [right, foot_right]] = bracket.legs.map(at);
        let ([from, top], [to, _]) = (at([bracket.bar[0], bracket.height]), at([bracket.bar[1], bracket.height]));
        let path = format!("M{from:.1} {top:.1}H{to:.1}M{left:.1} {foot_left:.1}V{top:.1}M{right:.1} {foot_right:.1}V{top:.1}");
        let attributes = format!(r#"fill="none" stroke="{}" stroke-width="1.5" stroke-linecap="square""#, colour(bracket.node));
        scene.path(&path, &attributes);
    }
}

/// Under each group a bar in its colour, with its size where there is room.
fn groups_under(scene: &mut Scene, frame: &ChartFrame, groups: &TreeGroups, colour_of: &impl Fn(usize) -> String) {
    for group in &groups.groups {
        let [from, to] = [group.leaves[0] as f64 - 0.5, group.leaves[1] as f64 + 0.5].map(|x| frame.at_x(x));
        if to - from < 1.5 {
            continue;
        }
        scene.rect([from + 0.5, frame.bottom() + 4.0], to - from - 1.0, 4.0, &colour_of(group.cluster));
        let size = count(group.leaves[1] + 1 - group.leaves[0]);
        if size.chars().count() as f64 * 7.0 < to - from {
            scene.text([(from + to) / 2.0, frame.bottom() + 22.0], &size, 11.0, MUTED, Anchor::Middle);
        }
    }
}
