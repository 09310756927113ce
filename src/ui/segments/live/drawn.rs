//! Some customers as points, and the centres with the way they went, on a plane that stays what it was when following began.

use eframe::egui::{Align2, Stroke, Ui};

use crate::engine::live::LiveNow;
use crate::persona::numbering;
use crate::ui::plotting::{Axis, Ticks, canvas, plot_label};
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{centred, unbroken};

use super::pane::{colour_of, head_ui, in_order, name_of};

const MEANS: &str = "Up to 1 500 customers, and the centre of each segment with the way it went, on the two directions in which customers differed most when following began. The plane stays, so \
                     that what moves is customers and centres.";

/// The pane.
pub(super) fn ui(ui: &mut Ui, now: &LiveNow) {
    head_ui(ui, "Customers and centres", MEANS, |_| {});
    let map = &now.map;
    if map.customers.is_empty() {
        centred(ui, |ui| ui.label(caption(ui, "Drawn once what was there before has been read.")));
        return;
    }
    let range = |axis: usize| {
        // The farthest customers of all would leave no room for the others.
        let mut values: Vec<f64> = map.customers.iter().map(|(at, _)| at[axis]).collect();
        values.sort_by(f64::total_cmp);
        let (low, high) = (values[values.len() / 200], values[values.len() - 1 - values.len() / 200]);
        let trails = map.trails.iter().flatten().map(|at| at[axis]);
        let (low, high) = trails.fold((low, high), |(low, high), at| (low.min(at), high.max(at)));
        let room = (high - low).max(1e-9) * 0.06;
        [low - room, high + room]
    };
    let axis = |nth: usize| Axis { label: "", range: range(nth), ticks: Ticks::None, zooms: false };
    let canvas = canvas(ui, "customers and centres", "Customers and centres", axis(0), axis(1));
    let grey = tokens(ui).everyone;
    for (at, cluster) in &map.customers {
        let colour = cluster.map_or(grey, |cluster| colour_of(now, cluster));
        canvas.painter.circle_filled(canvas.at(*at), 1.8, colour.gamma_multiply(0.55));
    }
    let t = tokens(ui);
    let mut named = Vec::new();
    for cluster in in_order(now) {
        let Some(trail) = map.trails.get(cluster) else { continue };
        canvas.line(trail, Stroke::new(3.0, t.raised));
        canvas.line(trail, Stroke::new(1.5, colour_of(now, cluster)));
        // A segment that nobody is in has a place and nothing to show there.
        if now.segments[cluster].size == 0 {
            continue;
        }
        if let Some(at) = trail.last().map(|at| canvas.at(*at)) {
            canvas.painter.circle_filled(at, 7.0, t.raised);
            canvas.painter.circle_filled(at, 5.5, colour_of(now, cluster));
            // Centres that lie side by side are named by one of them; the others say who they are under the pointer.
            if named.iter().all(|other: &eframe::egui::Pos2| (other.y - at.y).abs() > 18.0 || (other.x - at.x).abs() > 36.0) {
                let text = numbering::name(now.segments[cluster].number);
                plot_label(ui, &canvas.painter, at + eframe::egui::vec2(9.0, 0.0), Align2::LEFT_CENTER, &text, t.text);
                named.push(at);
            }
        }
    }
    let near = canvas.response.hover_pos().and_then(|pointer| {
        let centre = |cluster: usize| Some((cluster, canvas.at(*map.trails.get(cluster)?.last()?).distance(pointer)));
        (0..now.segments.len()).filter_map(centre).filter(|(_, far)| *far < 14.0).min_by(|a, b| a.1.total_cmp(&b.1))
    });
    if let Some((cluster, _)) = near {
        canvas.response.on_hover_text_at_pointer(unbroken(&name_of(&now.segments[cluster])));
    }
}
