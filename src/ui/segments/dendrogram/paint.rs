//! How is what is seen of the tree drawn? Brackets, triangles, and under them the segments or the customers' names.
//!
//! In: the shapes of [`TreePlot::view`], colours by group. Cost: the shapes, about as many as pixels.

use eframe::egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, TextStyle, Ui, Vec2, epaint::TextShape};

use crate::persona::listed_name;
use crate::persona::numbering::{self, number_of};
use crate::plot::{Bracket, Bunch, Picked, TreeGroups, TreePlot, TreeView};
use crate::session::TreeSeen;
use crate::ui::plotting::{Canvas, shortened};
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{noun_of, thousands};

use super::super::naming::{listed, method_name, method_numbers};
use super::super::picked::shares_strip;
use super::super::view::View;

/// Room below the tree for names.
pub const NAMES: f32 = 62.0;
/// Customers are named from this distance of two leaves on.
const NAMED_FROM: f32 = 11.0;
/// About the width of a small letter.
const LETTER: f32 = 6.5;

/// What the colours depend on.
pub struct Paint<'a> {
    pub view: &'a View<'a>,
    pub canvas: &'a Canvas,
    pub tree: &'a TreePlot,
    pub groups: &'a TreeGroups,
}

impl Paint<'_> {
    /// The colour of a node: its segment's, stepping back while another one is looked at; grey above the cut.
    fn colour(&self, ui: &Ui, node: u32) -> Color32 {
        self.cluster_colour(ui, self.groups.cluster_of(self.tree, node))
    }

    fn cluster_colour(&self, ui: &Ui, cluster: Option<usize>) -> Color32 {
        let Some(cluster) = cluster else { return tokens(ui).muted };
        let colour = theme::segment(number_of(method_numbers(self.view.answers), cluster));
        let steps_back = self.view.focus.is_some_and(|focus| Some(focus) != listed(self.view.answers, cluster));
        if steps_back { colour.gamma_multiply(0.3) } else { colour }
    }

    /// The tree, with the node under the pointer drawn stronger.
    pub fn tree_ui(&self, ui: &Ui, seen: &TreeView, pointed: Option<u32>) {
        let painter = &self.canvas.painter;
        for bunch in &seen.bunches {
            let shade = if pointed == Some(bunch.node) { 0.75 } else { 0.45 };
            painter.add(Shape::convex_polygon(self.corners(bunch), self.colour(ui, bunch.node).gamma_multiply(shade), Stroke::NONE));
        }
        for bracket in &seen.brackets {
            let stroke = Stroke::new(if pointed == Some(bracket.node) { 2.5 } else { 1.25 }, self.colour(ui, bracket.node));
            let [left, right] = bracket.legs;
            let corners = [left, [left[0], bracket.height], [right[0], bracket.height], right];
            painter.add(Shape::line(corners.map(|corner| self.canvas.at(corner)).to_vec(), stroke));
            if bracket.bar != [left[0], right[0]] {
                painter.line_segment(bracket.bar.map(|x| self.canvas.at([x, bracket.height])), stroke);
            }
        }
        self.counts_ui(ui, seen);
    }

    /// A shade over the group that is chosen.
    pub fn chosen_ui(&self, ui: &Ui, node: u32) {
        let node = self.tree.node(node);
        let [from, to] = [node.leaves[0] as f64 - 0.5, node.leaves[1] as f64 + 0.5];
        let (high, low) = (self.canvas.at([from, node.height]), self.canvas.at([to, 0.0]));
        let rect = Rect::from_two_pos(high, low).expand2(Vec2::new(2.0, 4.0));
        self.canvas.painter.rect_filled(rect, 3.0, tokens(ui).accent.gamma_multiply(0.08));
    }

    /// Corners of a bunch on the screen; at least a pixel wide, so that a group of its own is never lost.
    pub fn corners(&self, bunch: &Bunch) -> Vec<Pos2> {
        let [from, to] = [bunch.leaves[0] as f64 - 0.4, bunch.leaves[1] as f64 + 0.4].map(|x| self.canvas.at([x, 0.0]));
        let widen = (0.5 - (to.x - from.x) / 2.0).max(0.0);
        let [left, right] = bunch.tops.map(|top| self.canvas.at(top));
        let feet = [to + Vec2::new(widen, 0.0), from - Vec2::new(widen, 0.0)];
        if bunch.tops[0] == bunch.tops[1] { vec![left, feet[0], feet[1]] } else { vec![left, right, feet[0], feet[1]] }
    }

    /// How many customers a triangle holds, where there is room for the number.
    fn counts_ui(&self, ui: &Ui, seen: &TreeView) {
        let font = TextStyle::Small.resolve(ui.style());
        for bunch in seen.bunches.iter().filter(|bunch| bunch.is_subtree) {
            let text = thousands(bunch.leaves[1] + 1 - bunch.leaves[0]);
            let [from, to] = bunch.leaves.map(|leaf| self.canvas.at([leaf as f64, 0.0]));
            let apex = self.canvas.at(bunch.tops[0]);
            let (width, height) = (to.x - from.x, from.y - apex.y);
            // The triangle must be wide enough at the upper edge of the text.
            if height > 20.0 && width * (height - 18.0) / height > text.chars().count() as f32 * LETTER {
                // Near the middle of the base, and below the apex where that is elsewhere.
                let x = (from.x + to.x + apex.x) / 3.0;
                self.canvas.painter.text(Pos2::new(x, from.y - 4.0), Align2::CENTER_BOTTOM, text, font.clone(), tokens(ui).text);
            }
        }
    }

    /// Names of customers where they have room, the segments otherwise.
    pub fn below_ui(&self, ui: &Ui, seen: TreeSeen) {
        let spacing = self.canvas.at([1.0, 0.0]).x - self.canvas.at([0.0, 0.0]).x;
        if spacing >= NAMED_FROM { self.names_ui(ui, seen) } else { self.segments_ui(ui, seen) }
    }

    /// Where the picked customers are: a pixel is the darker, the more of its leaves are picked. O(pixels).
    pub fn picked_ui(&self, ui: &Ui, seen: TreeSeen, leaves: &Picked) {
        let frame = self.canvas.frame();
        let strip = Rect::from_x_y_ranges(frame.x_range(), frame.bottom() + 0.5..=frame.bottom() + 3.5);
        let per_pixel = (seen.leaves[1] - seen.leaves[0]) / f64::from(frame.width().max(1.0));
        // Leaf i reaches from i - 0.5 to i + 0.5; a leaf wider than a pixel is in several of them.
        let leaf_at = |x: f64| (seen.leaves[0] + 0.5 + x * per_pixel).max(0.0);
        let share = |pixel: usize| {
            let from = leaf_at(pixel as f64) as usize;
            let to = (leaf_at(pixel as f64 + 1.0) as usize).max(from + 1).min(leaves.n_rows());
            leaves.n_in(from..to) as f32 / to.saturating_sub(from).max(1) as f32
        };
        shares_strip(ui, strip, share);
    }

    fn names_ui(&self, ui: &Ui, seen: TreeSeen) {
        let font = TextStyle::Small.resolve(ui.style());
        let frame = self.canvas.frame();
        let below = ui.painter().with_clip_rect(frame.expand2(Vec2::new(8.0, NAMES)).intersect(ui.clip_rect()));
        for leaf in seen.leaves[0].ceil().max(0.0) as usize..self.tree.n_leaves().min(seen.leaves[1].floor() as usize + 1) {
            let cluster = self.groups.cluster_of_leaf(leaf);
            let galley = ui.painter().layout_no_wrap(shortened(self.tree.name(leaf), 10), font.clone(), tokens(ui).muted);
            let x = self.canvas.at([leaf as f64, 0.0]).x;
            let mark = Rect::from_min_size(Pos2::new(x - 2.0, frame.bottom() + 2.0), Vec2::new(4.0, 3.0));
            below.rect_filled(mark, 1.0, self.cluster_colour(ui, cluster));
            let at = Pos2::new(x - galley.size().y / 2.0, frame.bottom() + 7.0 + galley.size().x);
            below.add(TextShape::new(at, galley, tokens(ui).muted).with_angle(-std::f32::consts::FRAC_PI_2));
        }
    }

    fn segments_ui(&self, ui: &Ui, seen: TreeSeen) {
        let t = tokens(ui);
        let (frame, font) = (self.canvas.frame(), TextStyle::Small.resolve(ui.style()));
        let place = |leaves: [usize; 2]| {
            let ends = [leaves[0] as f64 - 0.5, leaves[1] as f64 + 0.5];
            ends.map(|x| self.canvas.at([x, 0.0]).x.clamp(frame.left(), frame.right()))
        };
        let laid_out = |text: String| ui.painter().layout_no_wrap(text, font.clone(), t.text);
        let name_of = |cluster: usize| listed_name(&method_name(self.view.answers, cluster), &self.view.answers.noun);
        // Names or numbers, not both: where one name has no room, all segments in view go by their numbers.
        let in_view =
            || self.groups.groups.iter().map(|group| (group.cluster, place(group.leaves))).filter(|(_, [from, to])| to - from >= 1.0);
        let are_named = in_view().all(|(cluster, [from, to])| laid_out(name_of(cluster)).size().x <= to - from - 8.0);
        for group in &self.groups.groups {
            let [from, to] = place(group.leaves);
            let width = to - from;
            if width < 1.0 {
                continue;
            }
            let bar = Rect::from_x_y_ranges(from..=to - (width / 4.0).min(1.0), frame.bottom() + 4.0..=frame.bottom() + 8.0);
            ui.painter().rect_filled(bar, 1.0, self.cluster_colour(ui, Some(group.cluster)));
            let middle = |y: f32| Pos2::new((from + to) / 2.0, frame.bottom() + y);
            let number = || numbering::name(number_of(method_numbers(self.view.answers), group.cluster));
            // Measured, with room to the neighbour: letters are not equally wide.
            let galley = laid_out(if are_named { name_of(group.cluster) } else { number() });
            if galley.size().x <= width {
                let left = middle(11.0).x - galley.size().x / 2.0;
                ui.painter().galley(Pos2::new(left, middle(11.0).y), galley, t.text);
            }
            let letters = (width / LETTER) as usize;
            let size = thousands(group.leaves[1] + 1 - group.leaves[0]);
            if letters > size.chars().count() {
                ui.painter().text(middle(26.0), Align2::CENTER_TOP, size, font.clone(), t.muted);
            }
        }
        let n_leaves = self.tree.n_leaves();
        let n_seen = (seen.leaves[1].min(n_leaves as f64 - 0.5) - seen.leaves[0].max(-0.5)).round() as usize;
        let all = noun_of(self.view.answers).counted(n_leaves);
        let text = if n_seen >= n_leaves {
            format!("{all}; zoom in to read their names")
        } else {
            format!("{} of {all} in view", thousands(n_seen))
        };
        let galley = ui.painter().layout_no_wrap(text, font.clone(), t.muted);
        let has_room = frame.left() + galley.size().x < ui.clip_rect().right();
        let galley = if has_room { galley } else { ui.painter().layout_no_wrap(all, font, t.muted) };
        ui.painter().galley(Pos2::new(frame.left(), frame.bottom() + 43.0), galley, t.muted);
    }

    /// Whether the pointer is on a bracket: within reach of its bar or one of its legs.
    pub fn is_on_bracket(&self, bracket: &Bracket, pointer: Pos2) -> bool {
        const REACH: f32 = 5.0;
        let [from, to] = bracket.bar.map(|x| self.canvas.at([x, bracket.height]));
        let on_bar = (pointer.y - from.y).abs() <= REACH && pointer.x >= from.x - REACH && pointer.x <= to.x + REACH;
        let on_leg = |leg: [f64; 2]| {
            let foot = self.canvas.at(leg);
            (pointer.x - foot.x).abs() <= REACH.min((to.x - from.x) / 3.0) && pointer.y >= from.y && pointer.y <= foot.y
        };
        on_bar || on_leg(bracket.legs[0]) || on_leg(bracket.legs[1])
    }

    /// Whether the pointer is on a bunch, or within a pixel of it.
    pub fn is_on_bunch(&self, bunch: &Bunch, pointer: Pos2) -> bool {
        let corners = self.corners(bunch);
        let across = |low: f32, high: f32| pointer.x >= low - 1.0 && pointer.x <= high + 1.0;
        let (left, right, feet) = (corners[0], corners[corners.len() - 3], &corners[corners.len() - 2..]);
        if !across(left.x.min(feet[1].x), right.x.max(feet[0].x)) || pointer.y > feet[0].y + 2.0 {
            return false;
        }
        // Below the line from corner to corner, each edge in its own part.
        let line = |a: Pos2, b: Pos2| a.y + (b.y - a.y) * ((pointer.x - a.x) / (b.x - a.x)).clamp(0.0, 1.0);
        let upper = if pointer.x < left.x {
            line(feet[1], left)
        } else if pointer.x > right.x {
            line(right, feet[0])
        } else if right.x > left.x {
            line(left, right)
        } else {
            left.y
        };
        pointer.y >= upper - 1.0
    }
}
