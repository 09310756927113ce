//! In which order do customers join? The tree of merges, coloured by the groups below the cut; the cut line is dragged.

use eframe::egui::{Align2, CursorIcon, Pos2, Shape, Stroke, TextStyle, Ui, epaint::TextShape};

use crate::persona::numbering::number_of;
use crate::plot::{TreePlot, cluster_of_leaf, cluster_of_leaf_at};
use crate::session::{Clustering, Command, Cut, Look, PlotKind, Selection};
use crate::ui::plotting::{
    Axis, Canvas, Lies, Ticks, canvas, distance_text, handle_grip, handle_paint, head_ui, plot_answer_ui, rounded, shortened,
};
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::thousands;

use super::{View, numbers, segment_name};

const MEANS: &str = "Customers join into ever larger groups from the bottom up; the higher two groups meet, the less alike they are. \
                     Everything below the dashed line is a segment. Drag the line.";
/// Room below the leaves for their names.
const NAMES: f32 = 62.0;

/// The plot with its head.
pub fn ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    head_ui(ui, PlotKind::Dendrogram, "Dendrogram", MEANS, &mut look.maximised, commands, |_| {});
    plot_answer_ui(ui, &view.answers.tree, "the tree", |ui, tree| tree_ui(ui, view, draft, look, tree));
}

/// The number of groups when the tree is cut at `height`; merges at that very height are made.
pub fn clusters_at(tree: &TreePlot, height: f64) -> usize {
    1 + tree.heights.partition_point(|merge| *merge > height)
}

/// The height the draft cuts at; for a number of groups, midway between the merges around it.
pub fn height_in_force(view: &View, draft: &Clustering, tree: &TreePlot) -> f64 {
    if let Cut::Height(height) = draft.cut {
        return height;
    }
    let k = super::k_in_force(view, draft).unwrap_or(2).max(1);
    let below = tree.heights.get(k - 1).copied().unwrap_or(0.0);
    let above = if k >= 2 { tree.heights.get(k - 2).copied().unwrap_or(below) } else { tree.top * 1.06 };
    (below + above) / 2.0
}

fn tree_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, tree: &TreePlot) {
    let mut room = ui.available_rect_before_wrap();
    let whole = room;
    room.max.y -= NAMES;
    let mut inner = ui.new_child(eframe::egui::UiBuilder::new().max_rect(room));
    let x = Axis { range: [-0.8, tree.leaves.len() as f64 - 0.2], ticks: Ticks::None, zooms: true, ..Axis::default() };
    let label = format!("Height at which groups join, {} linkage", tree.linkage);
    let y = Axis { label: &label, range: [0.0, tree.top * 1.08], ..Axis::default() };
    let canvas = canvas(&mut inner, ("tree", tree.leaves.len()), "Dendrogram", x, y);
    ui.advance_cursor_after_rect(whole);

    let mut height = height_in_force(view, draft, tree);
    let grip = handle_grip(ui, &canvas, Lies::Flat, height, "Cut height");
    if let Some(moved_to) = grip.moved_to {
        height = rounded(moved_to.clamp(0.0, tree.top * 1.06));
        draft.cut = Cut::Height(height);
    }
    let of_leaf = match draft.cut {
        Cut::Height(_) => cluster_of_leaf(tree, height),
        // A number of groups also separates merges of equal height.
        Cut::Clusters(_) | Cut::Suggested => cluster_of_leaf_at(tree, super::k_in_force(view, draft).unwrap_or(2)),
    };
    let pointed = canvas.response.hover_pos().filter(|_| !grip.is_hot).and_then(|pointer| link_under(&canvas, tree, pointer));
    links_ui(ui, view, &canvas, tree, &of_leaf, height, pointed);
    leaves_ui(ui, view, &canvas, tree, &of_leaf, height);

    let k = clusters_at(tree, height);
    let text =
        if k > tree.heights.len() { format!("{k} clusters or more") } else { format!("{k} cluster{}", if k == 1 { "" } else { "s" }) };
    handle_paint(ui, &canvas, Lies::Flat, height, &text, grip.is_hot);

    let cluster_of = |link: usize| (tree.links[link].height <= height).then(|| of_leaf[tree.links[link].leaves.0]);
    if let Some(link) = pointed {
        let name = cluster_of(link).map_or_else(String::new, |cluster| format!("{}\n", segment_name(view.answers, cluster)));
        let text = format!("{name}{} customers join at {}", thousands(tree.links[link].size), distance_text(tree.links[link].height));
        look.hover = cluster_of(link).map(Selection::Cluster).or(look.hover);
        canvas.response.clone().on_hover_cursor(CursorIcon::PointingHand).on_hover_text_at_pointer(text);
    }
    if canvas.response.clicked() {
        look.selection = pointed.and_then(cluster_of).map(Selection::Cluster);
    }
}

/// The bracket the pointer is on: within reach of its bar or one of its legs.
fn link_under(canvas: &Canvas, tree: &TreePlot, pointer: Pos2) -> Option<usize> {
    const REACH: f32 = 5.0;
    tree.links.iter().rposition(|link| {
        let (left, right) = (canvas.at([link.x[0], link.height]), canvas.at([link.x[1], link.height]));
        let on_bar = (pointer.y - left.y).abs() <= REACH && pointer.x >= left.x - REACH && pointer.x <= right.x + REACH;
        let on_leg = |side: usize| {
            let foot = canvas.at([link.x[side], link.feet[side]]);
            (pointer.x - foot.x).abs() <= REACH.min((right.x - left.x) / 3.0) && pointer.y >= left.y && pointer.y <= foot.y
        };
        on_bar || on_leg(0) || on_leg(1)
    })
}

fn links_ui(ui: &Ui, view: &View, canvas: &Canvas, tree: &TreePlot, of_leaf: &[usize], height: f64, pointed: Option<usize>) {
    let t = tokens(ui);
    for (at, link) in tree.links.iter().enumerate() {
        let cluster = (link.height <= height).then(|| of_leaf[link.leaves.0]);
        let mut colour = cluster.map_or(t.muted, |cluster| theme::segment(number_of(numbers(view.answers), cluster)));
        if let (Some(focus), Some(cluster)) = (view.focus, cluster)
            && focus != Selection::Cluster(cluster)
        {
            colour = colour.gamma_multiply(0.3);
        }
        let stroke = Stroke::new(if pointed == Some(at) { 2.5 } else { 1.25 }, colour);
        let corners = [[link.x[0], link.feet[0]], [link.x[0], link.height], [link.x[1], link.height], [link.x[1], link.feet[1]]];
        // Bars thinner than a pixel's distance to their neighbours still stand for their group's colour.
        canvas.painter.add(Shape::line(corners.map(|corner| canvas.at(corner)).to_vec(), stroke));
    }
}

/// Triangles for what is collapsed, and names below where there is room for them.
fn leaves_ui(ui: &Ui, view: &View, canvas: &Canvas, tree: &TreePlot, of_leaf: &[usize], height: f64) {
    let t = tokens(ui);
    let frame = canvas.frame();
    let spacing = canvas.at([1.0, 0.0]).x - canvas.at([0.0, 0.0]).x;
    for (leaf, &(_, top)) in tree.leaves.iter().enumerate().filter(|leaf| leaf.1.1 > 0.0) {
        let x = leaf as f64;
        // A subtree that is cut inside is more than one segment, and the drawing shows no deeper.
        let colour = if top <= height { theme::segment(number_of(numbers(view.answers), of_leaf[leaf])) } else { t.muted };
        let corners = [[x, top], [x + 0.32, 0.0], [x - 0.32, 0.0]].map(|corner| canvas.at(corner)).to_vec();
        canvas.painter.add(Shape::convex_polygon(corners, colour.gamma_multiply(0.45), Stroke::NONE));
    }
    let font = TextStyle::Small.resolve(ui.style());
    if spacing < 11.0 {
        let text = format!("{} groups; zoom in to read their names", tree.leaves.len());
        let at = Pos2::new(frame.left(), frame.bottom() + 6.0);
        ui.painter().text(at, Align2::LEFT_TOP, text, font, t.muted);
        return;
    }
    let below = ui.painter().with_clip_rect(frame.expand2(eframe::egui::Vec2::new(8.0, NAMES)).intersect(ui.clip_rect()));
    for (leaf, label) in tree.leaf_labels.iter().enumerate() {
        let x = canvas.at([leaf as f64, 0.0]).x;
        if !frame.x_range().contains(x) {
            continue;
        }
        let size = tree.leaves[leaf].0;
        let text = if size > 1 { format!("({})", thousands(size)) } else { shortened(label, 8) };
        let galley = ui.painter().layout_no_wrap(text, font.clone(), t.muted);
        let at = Pos2::new(x - galley.size().y / 2.0, frame.bottom() + 4.0 + galley.size().x);
        below.add(TextShape::new(at, galley, t.muted).with_angle(-std::f32::consts::FRAC_PI_2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_the_merges_above_it() {
        let tree = TreePlot { heights: vec![4.0, 2.0, 1.0], ..TreePlot::default() };
        for (height, k) in [(5.0, 1), (4.0, 1), (3.0, 2), (2.0, 2), (1.5, 3), (0.1, 4)] {
            assert_eq!(clusters_at(&tree, height), k, "cut at {height}");
        }
    }
}
