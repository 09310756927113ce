//! In which order do customers join? The tree of merges, coloured by the groups below the cut; the cut line is dragged, the tree is
//! zoomed, moved and folded up.
//!
//! In: the tree laid out, the cut, which part is looked at. What is drawn is about as much as there are pixels, whatever the tree.

mod paint;
mod seen;

use eframe::egui::{self, Button, CursorIcon, Key, Modifiers, RichText, Role, TextStyle, Ui, Vec2};

use crate::plot::{TreeGroups, TreePlot, TreeView, TreeWindow};
use crate::session::{Brush, Clustering, Command, Cut, Look, PlotKind, TreeLook};
use crate::ui::plotting::{Axis, Canvas, Lies, Ticks, canvas, distance_text, handle_grip, handle_paint, head_ui, plot_answer_ui, rounded};
use crate::ui::widgets::{has_keys, name_it, noun_of, thousands};

use super::choice_of_k::k_in_force;
use super::naming::{listed, method_name};
use super::view::View;
use paint::{NAMES, Paint};

const MEANS: &str = "Customers join into ever larger groups from the bottom up; the higher two groups meet, the less alike they are. \
                     Everything below the dashed line is a segment. Drag the line.\n\
                     The wheel zooms across, with Alt up and down, with Ctrl both; a drag moves. A double click on a group opens it, \
                     elsewhere it shows the whole tree. A right click folds groups up.\n\
                     A click on a segment chooses it; on any other branch, or with Shift on any, it selects the customers below. \
                     The dark strip below the tree shows where selected customers are.";

/// The plot with its head.
pub fn ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    let (maximised, tree_look) = (&mut look.maximised, &mut look.tree);
    head_ui(ui, PlotKind::Dendrogram, "Dendrogram", MEANS, maximised, commands, |ui| whole_ui(ui, tree_look));
    plot_answer_ui(ui, &view.answers.tree, "the tree", |ui, tree| tree_ui(ui, view, draft, look, tree));
}

/// The height the draft cuts at; for a number of groups, midway between the merges around it.
pub fn height_in_force(view: &View, draft: &Clustering, tree: &TreePlot) -> f64 {
    if let Cut::Height(height) = draft.tree.cut {
        return height;
    }
    let [below, above] = tree.heights_for(k_in_force(view, draft).unwrap_or(2));
    (below + above) / 2.0
}

/// The way back from a part to everything; in the head, while there is one.
fn whole_ui(ui: &mut Ui, look: &mut TreeLook) {
    if look.is_whole() {
        return;
    }
    let text = RichText::new("Whole tree").text_style(TextStyle::Small);
    let response = ui.add(Button::new(text).min_size(Vec2::new(0.0, 24.0)));
    name_it(&response, Role::Button, "Show the whole tree");
    if response.on_hover_text("Shows every customer again and unfolds what was folded up.  Home").clicked() {
        (look.seen, look.collapsed) = (None, Default::default());
    }
}

fn tree_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, tree: &TreePlot) {
    look.tree.turn_to(tree.stamp);
    let part = look.tree.seen.unwrap_or_else(|| seen::whole(tree));
    let mut room = ui.available_rect_before_wrap();
    let whole = room;
    room.max.y -= NAMES;
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(room));
    let x = Axis { range: part.leaves, ticks: Ticks::None, ..Axis::default() };
    let label = format!("Height at which groups join, {} linkage", tree.linkage);
    let y = Axis { label: &label, range: part.heights, ..Axis::default() };
    let canvas = canvas(&mut inner, ("tree", tree.stamp), "Dendrogram", x, y);
    ui.advance_cursor_after_rect(whole);

    let mut height = height_in_force(view, draft, tree);
    // A cut out of view waits at the edge, where it can be taken hold of.
    let shown = |height: f64| height.clamp(part.heights[0], part.heights[1]);
    let grip = handle_grip(ui, &canvas, Lies::Flat, shown(height), "Cut height");
    if let Some(moved_to) = grip.moved_to {
        height = rounded(moved_to.clamp(0.0, tree.top * 1.06));
        draft.tree.cut = Cut::Height(height);
    }
    let groups = match draft.tree.cut {
        Cut::Height(_) => tree.groups_below(height),
        // A number of groups also separates merges of equal height.
        Cut::Clusters(_) | Cut::Suggested => tree.groups_at(k_in_force(view, draft).unwrap_or(2)),
    };
    let collapsed: Vec<u32> = look.tree.collapsed.iter().copied().collect();
    let size = canvas.frame().size();
    let pixels = [f64::from(size.x), f64::from(size.y)];
    let drawn = tree.view(&TreeWindow { leaves: part.leaves, heights: part.heights, pixels, cut: height, collapsed: &collapsed });
    let paint = Paint { view, canvas: &canvas, tree, groups: &groups };
    let pointed = pointed(&paint, &drawn, grip.is_hot);
    if let Some(node) = look.tree.node {
        paint.chosen_ui(ui, node);
    }
    paint.tree_ui(ui, &drawn, pointed.as_ref().map(|pointed| pointed.node));
    paint.below_ui(ui, part);
    if let Some(marks) = view.answers.brush.leaves.as_ref().filter(|marks| look.brush.is_some() && marks.tree == tree.stamp) {
        paint.picked_ui(ui, part, &marks.leaves);
    }
    let k = groups.n_groups;
    let away = if shown(height) == height { String::new() } else { format!(" at {}", distance_text(height)) };
    let text = format!("{} segment{}{away}", thousands(k), if k == 1 { "" } else { "s" });
    handle_paint(ui, &canvas, Lies::Flat, shown(height), &text, grip.is_hot);

    if let Some(pointed) = &pointed {
        hover_ui(view, &canvas, look, tree, &groups, pointed);
    }
    clicks(view, &canvas, look, tree, &groups, pointed.as_ref());
    canvas.response.clone().context_menu(|ui| menu_ui(ui, view, look, tree, &groups));
    wheel_and_drag(ui, &canvas, &mut look.tree, tree, grip.is_hot);
    keys(ui, view, look, tree);
}

/// What the pointer is on.
#[derive(Debug, Clone, Copy)]
struct Pointed {
    node: u32,
    /// Leaves and height to zoom to.
    leaves: [usize; 2],
    height: f64,
}

fn pointed(paint: &Paint, drawn: &TreeView, is_elsewhere: bool) -> Option<Pointed> {
    let pointer = paint.canvas.response.hover_pos().filter(|_| !is_elsewhere)?;
    let whole = |node: u32| {
        let at = paint.tree.node(node);
        Pointed { node, leaves: at.leaves, height: at.height }
    };
    // What is drawn last lies on top.
    let bracket = drawn.brackets.iter().rfind(|bracket| paint.is_on_bracket(bracket, pointer)).map(|bracket| whole(bracket.node));
    bracket.or_else(|| {
        let bunch = drawn.bunches.iter().rfind(|bunch| paint.is_on_bunch(bunch, pointer))?;
        let height = bunch.tops[0][1].max(bunch.tops[1][1]);
        Some(if bunch.is_subtree { whole(bunch.node) } else { Pointed { node: bunch.node, leaves: bunch.leaves, height } })
    })
}

fn hover_ui(view: &View, canvas: &Canvas, look: &mut Look, tree: &TreePlot, groups: &TreeGroups, pointed: &Pointed) {
    let cluster = groups.cluster_of(tree, pointed.node);
    let name = cluster.map_or_else(String::new, |cluster| format!("{}\n", method_name(view.answers, cluster)));
    let node = tree.node(pointed.node);
    let what = if look.tree.collapsed.contains(&pointed.node) { "\nFolded up; a double click opens it" } else { "" };
    let text = format!("{name}{} join at {}{what}", noun_of(view.answers).counted(node.size), distance_text(node.height));
    look.hover = cluster.and_then(|cluster| listed(view.answers, cluster)).or(look.hover);
    canvas.response.clone().on_hover_cursor(CursorIcon::PointingHand).on_hover_text_at_pointer(text);
}

/// A click on a segment chooses it, on another branch (or with Shift on any) it picks the customers below; a double click opens what it is
/// on, and shows everything where nothing is.
fn clicks(view: &View, canvas: &Canvas, look: &mut Look, tree: &TreePlot, groups: &TreeGroups, pointed: Option<&Pointed>) {
    let response = &canvas.response;
    if response.clicked() || response.secondary_clicked() {
        look.tree.node = pointed.map(|pointed| pointed.node);
    }
    if response.clicked() {
        let is_known = |cluster: &usize| {
            view.answers.segmentation.latest().is_none_or(|segmentation| *cluster < segmentation.unparted().labels.n_clusters())
        };
        let cluster = look.tree.node.and_then(|node| groups.cluster_of(tree, node)).filter(is_known);
        let is_segment = look.tree.node.is_some() && cluster.and_then(|cluster| groups.node_of(cluster)) == look.tree.node;
        match look.tree.node {
            Some(node) if !is_segment || response.ctx.input(|input| input.modifiers.shift) => pick(view, look, tree, node),
            _ => look.selection = cluster.and_then(|cluster| listed(view.answers, cluster)),
        }
    }
    if response.double_clicked() {
        match pointed {
            Some(pointed) => open(&mut look.tree, tree, *pointed),
            None => look.tree.seen = None,
        }
        response.ctx.request_repaint();
    }
}

/// Picks everyone under a node, if the tree is the one in force.
fn pick(view: &View, look: &mut Look, tree: &TreePlot, node: u32) {
    if let (Some(loaded), Some(_)) = (view.answers.loaded.ready(), view.answers.tree.ready()) {
        look.pick(Brush::branch(loaded.stamp, tree.stamp, tree.node(node).leaves));
    }
}

/// Fills the plot with a group, unfolded.
fn open(look: &mut TreeLook, tree: &TreePlot, pointed: Pointed) {
    look.collapsed.remove(&pointed.node);
    look.seen = seen::settled(tree, seen::of_leaves(tree, pointed.leaves, pointed.height));
}

fn open_node(look: &mut TreeLook, tree: &TreePlot, node: u32) {
    let at = tree.node(node);
    open(look, tree, Pointed { node, leaves: at.leaves, height: at.height });
}

fn fold(look: &mut TreeLook, node: u32) {
    if !look.collapsed.remove(&node) {
        look.collapsed.insert(node);
    }
}

/// What can be done with the group under the pointer, and with the whole tree.
fn menu_ui(ui: &mut Ui, view: &View, look: &mut Look, tree: &TreePlot, groups: &TreeGroups) {
    let entry = |ui: &mut Ui, text: &str, key: &str| ui.add(Button::new(text).shortcut_text(key)).clicked();
    let chosen = look.tree.node.filter(|&node| tree.children(node).is_some());
    let customers = chosen.map_or_else(String::new, |node| noun_of(view.answers).counted(tree.node(node).size));
    if let Some(node) = chosen
        && entry(ui, &format!("Select these {customers}"), "S")
    {
        pick(view, look, tree, node);
    }
    let look = &mut look.tree;
    if let Some(node) = chosen {
        if entry(ui, &format!("Zoom to these {customers}"), "Enter") {
            open_node(look, tree, node);
        }
        let is_folded = look.collapsed.contains(&node);
        if entry(ui, if is_folded { "Unfold this group" } else { "Fold this group up" }, "F") {
            fold(look, node);
        }
        ui.separator();
    }
    let segments = || groups.groups.iter().map(|group| group.node).filter(|&node| tree.children(node).is_some());
    if ui.add_enabled(!groups.groups.is_empty(), Button::new("Fold every segment up")).clicked() {
        look.collapsed.extend(segments());
    }
    if ui.add_enabled(!look.collapsed.is_empty(), Button::new("Unfold everything")).clicked() {
        look.collapsed.clear();
    }
    if entry(ui, "Show the whole tree", "Home") {
        look.seen = None;
    }
}

/// The wheel zooms around the pointer, a drag moves what is in view.
fn wheel_and_drag(ui: &Ui, canvas: &Canvas, look: &mut TreeLook, tree: &TreePlot, is_on_line: bool) {
    let before = look.seen.unwrap_or_else(|| seen::whole(tree));
    let size = canvas.frame().size();
    let per_pixel =
        [(before.leaves[1] - before.leaves[0]) / f64::from(size.x), (before.heights[1] - before.heights[0]) / f64::from(size.y)];
    let moved = |by: Vec2| seen::moved(tree, before, [-f64::from(by.x) * per_pixel[0], f64::from(by.y) * per_pixel[1]]);
    let mut after = before;
    if canvas.response.dragged_by(egui::PointerButton::Primary) && !is_on_line {
        after = moved(canvas.response.drag_delta());
    } else if let Some(pointer) = canvas.response.hover_pos() {
        let (scroll, pinch, alt) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta(), input.modifiers.alt));
        let factor = f64::from(scroll.y / 200.0).exp();
        let pinch = f64::from(pinch);
        let factors = if alt { [pinch, factor * pinch] } else { [factor * pinch, pinch] };
        if scroll.x != 0.0 {
            after = moved(Vec2::new(scroll.x, 0.0));
        }
        if factors != [1.0, 1.0] {
            after = seen::zoomed(tree, after, canvas.value(pointer), factors);
        }
    }
    if after != before {
        look.seen = seen::settled(tree, after);
        // What moved is drawn with the next frame.
        ui.ctx().request_repaint();
    }
}

/// The same by keys, for the group that is chosen: up to what it was merged into, down into the larger half.
fn keys(ui: &Ui, view: &View, look: &mut Look, tree: &TreePlot) {
    if !has_keys(ui, look) {
        return;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if let Some(node) = look.tree.node
        && pressed(Key::S)
    {
        pick(view, look, tree, node);
    }
    let look = &mut look.tree;
    if pressed(Key::Home) || (look.seen.is_some() && pressed(Key::Escape)) {
        look.seen = None;
    }
    let larger = |[left, right]: [u32; 2]| if tree.node(left).size >= tree.node(right).size { left } else { right };
    match look.node {
        None if pressed(Key::ArrowDown) => look.node = tree.root(),
        None => {}
        Some(node) if pressed(Key::ArrowUp) => look.node = tree.parent(node).or(Some(node)),
        Some(node) if pressed(Key::ArrowDown) => {
            look.node = tree.children(node).map(larger).filter(|&child| tree.children(child).is_some()).or(Some(node));
        }
        Some(node) if pressed(Key::Enter) => open_node(look, tree, node),
        Some(node) if pressed(Key::F) => fold(look, node),
        Some(_) if pressed(Key::Escape) => look.node = None,
        Some(_) => {}
    }
}
