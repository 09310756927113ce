//! The ways customers take: a column per step, a bar per event, ribbons between. A click picks its customers everywhere.
//!
//! Bars and ribbons are grey; one that a persona takes more often than everyone else is filled with its colour, one it takes less often is outlined with it.

use eframe::egui::{Align, Color32, CornerRadius, CursorIcon, Label, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2};

use crate::journeys::report::{PathNodeReport, PersonaDifference};
use crate::plot::{PathBar, PathBarOf, path_bars};
use crate::session::Look;
use crate::ui::plotting::ribbon_paint;
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{cut_text, name_it, percent, thousands, unbroken};

use super::seen::{Seen, span};

/// Width of a bar, and between bars of a column at most.
const BAR: f32 = 10.0;
const GAP: f64 = 15.0;
/// What is lower has no name beside it, and is told under the pointer.
const LINE: f64 = 13.0;
/// Names of nodes that are no event.
const LEFT: &str = "left";

/// The map.
pub(super) fn ui(ui: &mut Ui, seen: &Seen, look: &mut Look) {
    let Some(report) = &seen.shown.report.paths else { return };
    let nodes = &report.nodes;
    let has_told = nodes.iter().any(|node| !node.told.is_empty());
    let legend = match has_told {
        true => "Filled: a persona takes this path more often than everyone else. Outlined: less often. Grey: no reliable difference.",
        false if seen.shown.report.personas.is_empty() => {
            "The height of a bar is the number of visits that take this path. Click a bar to select its customers."
        }
        false => "No persona takes paths that differ reliably from everyone else's.",
    };
    // One block from left to right would be a riddle.
    let mut names: Vec<&str> = nodes.iter().skip(1).map(|node| node.name.as_str()).filter(|name| *name != LEFT).collect();
    names.sort_unstable();
    names.dedup();
    if let [only] = names[..] {
        let told =
            format!("Every event is \"{only}\", so there are no paths to tell apart. Return and Rhythm show when customers come back.");
        ui.add(Label::new(unbroken(&told)).wrap());
        return;
    }
    ui.add(Label::new(caption(ui, legend)).wrap());
    ui.add_space(4.0);
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    name_it(&response, Role::GraphicsDocument, "Paths of customers, step by step");
    let steps = nodes.iter().map(|node| usize::from(node.step)).max().unwrap_or(0);
    if rect.height() < 60.0 || steps == 0 {
        return;
    }
    let of: Vec<PathBarOf> = nodes.iter().map(|node| PathBarOf { parent: node.parent, n: node.n }).collect();
    let bars = path_bars(&of, f64::from(rect.height()), GAP);
    let width = rect.width() / (steps + 1) as f32;
    let x = |node: &PathNodeReport| rect.left() + width * f32::from(node.step);
    let place = |node: &PathNodeReport, bar: &PathBar| {
        Rect::from_min_max(Pos2::new(x(node), rect.top() + bar.bar[0] as f32), Pos2::new(x(node) + BAR, rect.top() + bar.bar[1] as f32))
    };
    let pointed = response.hover_pos().and_then(|at| pointed(nodes, &bars, at, &x, (rect.top(), width)));
    let way = pointed.map_or_else(Vec::new, |at| prefix(nodes, at));
    let quiet = tokens(ui).everyone;
    for (at, node) in nodes.iter().enumerate().skip(1) {
        let (Some(bar), Some(parent)) = (&bars[at], node.parent) else { continue };
        let told = meant(seen, node).filter(|(_, is_more)| *is_more);
        let colour = told.map_or(quiet, |(cluster, _)| seen.colour(cluster));
        let strength = if way.contains(&at) {
            0.75
        } else if node.name == LEFT {
            0.12
        } else if told.is_some() {
            0.5
        } else {
            0.3
        };
        let across = [x(&nodes[parent]) + BAR, x(node)];
        ribbon_paint(ui.painter(), across, rect.top(), [bar.from, bar.bar], colour.gamma_multiply(strength));
    }
    for (at, node) in nodes.iter().enumerate() {
        let Some(bar) = &bars[at] else { continue };
        let place = place(node, bar);
        bar_ui(ui, seen, look, (at, node), place, way.contains(&at));
        label_ui(ui, node, bar, (place, width), nodes, rect.top());
    }
    if let Some(at) = pointed {
        let cursor = if seen.answers.journeys.pickable().is_some() { CursorIcon::PointingHand } else { CursorIcon::Default };
        response.on_hover_cursor(cursor).on_hover_text_at_pointer(unbroken(&told(seen, nodes, at)));
    }
}

/// The persona a node is coloured by: the one held against everyone, else the one that differs most; and whether it takes this way more often.
fn meant(seen: &Seen, node: &PathNodeReport) -> Option<(usize, bool)> {
    let size = |of: &PersonaDifference| of.difference.cohen_h.unwrap_or(0.0).abs();
    let told: Vec<&PersonaDifference> = match seen.persona_name() {
        Some(name) => node.told.iter().filter(|of| of.persona == name).collect(),
        None => node.told.iter().collect(),
    };
    let most = told.into_iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
    Some((seen.cluster(&most.persona)?, most.difference.difference? > 0.0))
}

fn bar_ui(ui: &mut Ui, seen: &Seen, look: &mut Look, (at, node): (usize, &PathNodeReport), place: Rect, is_on_way: bool) {
    let t = tokens(ui);
    let reach = place.expand2(Vec2::new(4.0, ((12.0 - place.height()) / 2.0).max(0.0)));
    let response = ui.interact(reach, ui.scope_id().with(("path", at)), Sense::click());
    let counted = node.n.map_or_else(String::new, thousands);
    name_it(&response, Role::Button, &format!("Step {}, {}, {counted} visits", node.step, node.name));
    let grey = if is_on_way { t.text } else { t.muted };
    let (fill, line) = match meant(seen, node) {
        Some((cluster, true)) => (seen.colour(cluster), None),
        Some((cluster, false)) => (t.raised, Some(seen.colour(cluster))),
        None if node.name == LEFT => (t.hairline, None),
        None => (grey.gamma_multiply(if is_on_way { 1.0 } else { 0.6 }), None),
    };
    let seen_place = if place.height() < 1.0 { Rect::from_center_size(place.center(), Vec2::new(place.width(), 1.0)) } else { place };
    ui.painter().rect_filled(seen_place, CornerRadius::same(2), fill);
    if let Some(line) = line {
        ui.painter().rect_stroke(seen_place, CornerRadius::same(2), Stroke::new(2.0, line), StrokeKind::Inside);
    }
    if response.clicked() {
        let report = seen.shown.report.paths.as_ref();
        let way = report.map_or_else(String::new, |report| way_words(&report.nodes, at));
        seen.pick(look, seen.shown.on_path(at), &format!("path: {way}"));
    }
}

fn label_ui(ui: &Ui, node: &PathNodeReport, bar: &PathBar, (place, width): (Rect, f32), nodes: &[PathNodeReport], top: f32) {
    let height = bar.room[1] - bar.room[0];
    if height < LINE {
        return;
    }
    let t = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    let share = node.share_of_step.filter(|_| node.parent.is_some());
    let counted = node.n.map_or_else(String::new, thousands);
    let numbers = share.map_or_else(|| counted.clone(), |share| format!("{counted} · {}", percent(share)));
    let middle = top + ((bar.bar[0] + bar.bar[1]) / 2.0) as f32;
    let room = |from: f32| Rect::from_min_max(Pos2::new(place.right() + 6.0, from), Pos2::new(place.left() + width - 10.0, from + 14.0));
    let name = if node.parent.is_none() { start_name(nodes) } else { node.name.clone() };
    let colour = if matches!(node.name.as_str(), LEFT | "goes on" | "open") { t.muted } else { t.text };
    let halo = |room: Rect, text: &str, colour: Color32| {
        // Over a ribbon a text needs ground of its own.
        let galley = ui.painter().layout_no_wrap(text.to_owned(), small.clone(), colour);
        let ground = Rect::from_min_size(room.min - Vec2::new(2.0, 0.0), Vec2::new((galley.size().x + 4.0).min(room.width() + 2.0), 14.0));
        ui.painter().rect_filled(ground, 2.0, t.raised.gamma_multiply(0.72));
        cut_text(ui.painter(), room, Align::Min, text, small.clone(), colour);
    };
    if height >= 2.0 * LINE + 2.0 {
        halo(room(middle - 14.0), &name, colour);
        halo(room(middle), &numbers, t.muted);
    } else {
        halo(room(middle - 7.0), &format!("{name}  {}", share.map_or(counted, percent)), colour);
    }
}

fn start_name(nodes: &[PathNodeReport]) -> String {
    match nodes.first().map(|node| node.name.as_str()) {
        Some("anchor") | None => "start".to_owned(),
        Some(name) => name.to_owned(),
    }
}

/// The nodes from the first to this one.
fn prefix(nodes: &[PathNodeReport], mut at: usize) -> Vec<usize> {
    let mut way = vec![at];
    while let Some(parent) = nodes[at].parent {
        way.push(parent);
        at = parent;
    }
    way.reverse();
    way
}

fn way_words(nodes: &[PathNodeReport], at: usize) -> String {
    let names: Vec<&str> = prefix(nodes, at).into_iter().skip(1).map(|at| nodes[at].name.as_str()).collect();
    if names.is_empty() { "everyone who starts".to_owned() } else { names.join(" → ") }
}

/// The node whose bar, or whose ribbon, is under the pointer.
fn pointed(
    nodes: &[PathNodeReport],
    bars: &[Option<PathBar>],
    at: Pos2,
    x: &impl Fn(&PathNodeReport) -> f32,
    (top, width): (f32, f32),
) -> Option<usize> {
    let y = f64::from(at.y - top);
    let is_under = |(node, bar): (&PathNodeReport, &PathBar)| {
        let right = x(node) + BAR + 2.0;
        let t = f64::from((at.x - (right - width)) / (width - BAR)).clamp(0.0, 1.0);
        let upper = crate::plot::eased(bar.from[0], bar.bar[0], t);
        let thick = bar.bar[1] - bar.bar[0];
        let reach = (3.0 - thick / 2.0).max(0.0);
        at.x <= right && at.x > right - width && y >= upper - reach && y <= upper + thick + reach
    };
    let under = nodes.iter().zip(bars).enumerate().filter(|(_, (node, bar))| bar.as_ref().is_some_and(|bar| is_under((node, bar))));
    under.min_by_key(|(_, (node, _))| node.n).map(|(at, _)| at)
}

fn told(seen: &Seen, nodes: &[PathNodeReport], at: usize) -> String {
    let node = &nodes[at];
    let mut lines = vec![way_words(nodes, at)];
    if let (Some(n), Some(customers)) = (node.n, node.customers) {
        lines.push(format!("{} visits of {}", thousands(n), seen.answers.noun.counted(customers)));
    }
    if let (Some(of_step), Some(of_all)) = (node.share_of_step.filter(|_| node.parent.is_some()), node.share_of_anchor) {
        lines.push(format!("{} of the step before, {} of all", percent(of_step), percent(of_all)));
    }
    lines.extend(node.median_seconds.map(|seconds| format!("Half of them came here within {}", span(seconds))));
    for of in &node.told {
        if let (Some(own), Some(rest)) = (of.difference.share, of.difference.share_of_everyone_else) {
            lines.push(format!("{}: {}, everyone else {}", of.persona, percent(own), percent(rest)));
        }
    }
    lines.join("\n")
}
