//! Which groups last while the neighborhood shrinks? The condensed tree: branches as wide as they have customers, the chosen ones coloured.

use eframe::egui::{Align2, Color32, CursorIcon, Mesh, Rect, Shape, Stroke, Ui, UiBuilder, Vec2};

use crate::persona::numbering::{self, number_of};
use crate::plot::{CondensedBranch, CondensedPlot};
use crate::session::{Command, Look, PlotKind};
use crate::ui::plotting::{Axis, Canvas, Ticks, canvas, distance_text, head_ui, plot_answer_ui, plot_label};
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{percent, thousands};

use super::naming::{listed, method_name, method_numbers};
use super::view::View;

const MEANS: &str = "From the top down the neighbourhood shrinks. Customers in sparse places drop out, a group that falls into several forks, and \
                     each branch is as wide as it has customers. The coloured branches last longest: they are the segments.";
/// Branches narrower than this are not labelled.
const LABELLED: f32 = 22.0;

/// Width in pixels below which a branch is not drawn.
const LEAST_WIDTH: f32 = 0.6;

/// The plot with its head.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    head_ui(ui, PlotKind::CondensedTree, "Condensed tree", MEANS, &mut look.maximised, commands, |_| {});
    plot_answer_ui(ui, &view.answers.condensed, "the condensed tree", |ui, plot| tree_ui(ui, view, look, plot));
}

fn tree_ui(ui: &mut Ui, view: &View, look: &mut Look, plot: &CondensedPlot) {
    let t = tokens(ui);
    let n = plot.n_rows.max(1) as f64;
    let x = Axis { range: [-0.01 * n, 1.01 * n], ticks: Ticks::None, ..Axis::default() };
    // Nothing is left below the branch that lasts longest.
    let low = plot.branches.iter().map(|branch| branch.death).fold(plot.top, f64::min) * 0.9;
    let y = Axis { label: "Neighbourhood distance (width: customers)", range: [low.min(plot.top * 0.9), plot.top], ..Axis::default() };
    let whole = ui.available_rect_before_wrap();
    // Half a line below for the lowest number of the axis.
    let room = Rect::from_min_max(whole.min, whole.max - Vec2::new(0.0, 8.0));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(room));
    let canvas = canvas(&mut inner, ("condensed", plot.n_rows), "Condensed tree", x, y);
    ui.advance_cursor_after_rect(whole);
    if plot.branches.is_empty() {
        let text = format!("No group of {} customers anywhere", thousands(plot.min_cluster_size));
        plot_label(ui, &canvas.painter, canvas.frame().center(), Align2::CENTER_CENTER, &text, t.muted);
        return;
    }
    let in_list = |segment: usize| listed(view.answers, segment);
    let pointed = canvas.response.hover_pos().and_then(|pointer| plot.branch_at(canvas.value(pointer)));
    let focus = pointed.and_then(|at| plot.branches[at].within).and_then(in_list).or(view.focus);
    let segment_colour = |segment: usize| theme::segment(number_of(method_numbers(view.answers), segment));
    let pixels_a_row = canvas.at([1.0, 0.0]).x - canvas.at([0.0, 0.0]).x;
    // A branch narrower than this would not be seen beside its parent, and there are hundreds of them.
    let is_seen = |at: usize, branch: &CondensedBranch| pointed == Some(at) || branch.size as f32 * pixels_a_row >= LEAST_WIDTH;
    for (at, branch) in plot.branches.iter().enumerate().filter(|(at, branch)| is_seen(*at, branch)) {
        let is_dimmed = focus.is_some() && focus != branch.within.and_then(in_list);
        let colour = match branch.within {
            // Forks inside a segment are told apart by a lighter shade.
            Some(segment) if branch.segment.is_none() => segment_colour(segment).gamma_multiply(0.7),
            Some(segment) => segment_colour(segment),
            None => t.hairline,
        };
        let strength = if is_dimmed && branch.within.is_some() { 0.25 } else { 1.0 };
        branch_mesh(&canvas, branch, colour.gamma_multiply(strength), t.raised);
        if pointed == Some(at) {
            for side in outline(&canvas, branch) {
                canvas.painter.add(Shape::line(side, Stroke::new(1.5, t.text)));
            }
        }
    }
    labels_ui(ui, view, &canvas, plot);
    if let Some(at) = pointed {
        let branch = &plot.branches[at];
        look.hover = branch.within.and_then(in_list).or(look.hover);
        canvas.response.clone().on_hover_cursor(CursorIcon::PointingHand).on_hover_text_at_pointer(story(view, plot, at));
    }
    if canvas.response.clicked() {
        look.selection = pointed.and_then(|at| plot.branches[at].within).and_then(in_list);
    }
}

/// What a branch is, in a few lines.
fn story(view: &View, plot: &CondensedPlot, at: usize) -> String {
    let branch = &plot.branches[at];
    let parts = plot.branches.iter().filter(|other| other.parent == Some(at)).count();
    let title = match (branch.segment, branch.within, branch.parent) {
        (Some(segment), ..) => method_name(view.answers, segment),
        (None, Some(segment), _) => format!("Part of {}", method_name(view.answers, segment)),
        (None, None, None) => "All customers".to_owned(),
        (None, None, Some(_)) => "A group that falls into segments".to_owned(),
    };
    let end = match parts {
        0 => format!("dissolves at {}", distance_text(branch.death)),
        _ => format!("splits into {parts} at {}", distance_text(branch.death)),
    };
    let start = branch
        .parent
        .map_or_else(|| "together at any distance".to_owned(), |_| format!("a group at distances below {}", distance_text(branch.birth)));
    let mut text = format!("{title}\n{} customers, {start}, {end}", thousands(branch.size));
    if let Some(membership) = branch.membership {
        text.push_str(&format!("\nMembership {} on average", percent(membership)));
    }
    match branch.stability {
        stability if branch.parent.is_some() && stability.is_finite() => {
            text.push_str(&format!("\nStability {}", distance_text(stability)))
        }
        stability if stability.is_infinite() => text.push_str("\nHolds customers who are all the same: it never falls apart"),
        _ => {}
    }
    text
}

/// The names of the segments, at the top of their branches where there is room.
fn labels_ui(ui: &Ui, view: &View, canvas: &Canvas, plot: &CondensedPlot) {
    let t = tokens(ui);
    for branch in &plot.branches {
        let Some(segment) = branch.segment else { continue };
        let width = canvas.at([branch.size as f64, 0.0]).x - canvas.at([0.0, 0.0]).x;
        if width >= LABELLED {
            let middle = canvas.at([branch.centre, (branch.birth + branch.death) / 2.0]);
            let text = numbering::name(number_of(method_numbers(view.answers), segment));
            plot_label(ui, &canvas.painter, middle, Align2::CENTER_CENTER, &text, t.text);
        }
    }
}

/// Both sides of a branch, from its end to its birth.
fn outline(canvas: &Canvas, branch: &CondensedBranch) -> [Vec<eframe::egui::Pos2>; 2] {
    [-0.5, 0.5].map(|side| branch.widths.iter().map(|&[distance, width]| canvas.at([branch.centre + side * width, distance])).collect())
}

fn branch_mesh(canvas: &Canvas, branch: &CondensedBranch, colour: Color32, ground: Color32) {
    let [left, right] = outline(canvas, branch);
    let mut mesh = Mesh::default();
    for (at, (&left, &right)) in left.iter().zip(&right).enumerate() {
        mesh.colored_vertex(left, colour);
        mesh.colored_vertex(right, colour);
        if at > 0 {
            let corner = 2 * at as u32;
            mesh.add_triangle(corner - 2, corner - 1, corner);
            mesh.add_triangle(corner - 1, corner, corner + 1);
        }
    }
    canvas.painter.add(Shape::mesh(mesh));
    // A thin line of ground keeps neighbours apart and the edge smooth.
    for side in [left, right] {
        canvas.painter.add(Shape::line(side, Stroke::new(1.0, ground)));
    }
}
