//! How large each segment was, from when following began until now: bands on top of each other that always fill the whole.

use eframe::egui::{Align2, Mesh, Shape, Stroke, Ui, pos2};

use crate::engine::live::{LiveBand, LiveNow, LiveState};
use crate::events::table::DAY;
use crate::persona::numbering;
use crate::triggers::clock::date;
use crate::ui::plotting::{Axis, Ticks, canvas, plot_label};
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{centred, percent, thousands, unbroken};

use super::pane::{colour_of, head_ui, in_order, name_of};

const MEANS: &str = "The share of each segment, moment by moment, since what was there before had been read.";

/// The pane.
pub(super) fn ui(ui: &mut Ui, now: &LiveNow) {
    head_ui(ui, "Shares over time", MEANS, |_| {});
    let [first, .., last] = &now.bands[..] else {
        centred(ui, |ui| {
            let text = if now.state == LiveState::History { "Reading earlier events" } else { "The next events draw the first band." };
            ui.label(caption(ui, text));
        });
        return;
    };
    // Days where events have them, else batches.
    let (unit, ticks, label) = match now.latest {
        Some(_) => (DAY as f64, Ticks::Days, ""),
        None => (1.0, Ticks::Whole, "Batch"),
    };
    let x = |band: &LiveBand| band.at as f64 / unit;
    let range = [x(first), x(last)];
    // Within a day the calendar says nothing.
    let ticks = if now.latest.is_some() && range[1] - range[0] < 1.5 { Ticks::None } else { ticks };
    let order = in_order(now);
    let canvas = canvas(
        ui,
        "shares over time",
        "Shares of the segments over time",
        Axis { label, range, ticks, zooms: false },
        Axis { label: "", range: [0.0, 1.0], ticks: Ticks::Percent, zooms: false },
    );
    let frame = canvas.frame();
    let shares: Vec<Vec<f64>> = now.bands.iter().map(|band| shares(band, now.segments.len())).collect();
    let mut below = vec![0.0; now.bands.len()];
    for &cluster in &order {
        let mut mesh = Mesh::default();
        let colour = colour_of(now, cluster).gamma_multiply(0.8);
        for (nth, band) in now.bands.iter().enumerate() {
            let next = mesh.vertices.len() as u32;
            let (low, high) = (below[nth], below[nth] + shares[nth][cluster]);
            mesh.colored_vertex(canvas.at([x(band), low]), colour);
            mesh.colored_vertex(canvas.at([x(band), high]), colour);
            if next >= 2 {
                mesh.add_triangle(next - 2, next - 1, next);
                mesh.add_triangle(next - 1, next, next + 1);
            }
            below[nth] = high;
        }
        canvas.painter.add(Shape::mesh(mesh));
        let line: Vec<[f64; 2]> = now.bands.iter().zip(&below).map(|(band, high)| [x(band), *high]).collect();
        canvas.line(&line, Stroke::new(1.0, tokens(ui).raised));
    }
    names_paint(ui, now, &canvas, &order);
    let Some(pointer) = canvas.response.hover_pos().filter(|at| frame.contains(*at)) else { return };
    let [at, _] = canvas.value(pointer);
    let nearest = now.bands.iter().enumerate().min_by(|a, b| (x(a.1) - at).abs().total_cmp(&(x(b.1) - at).abs()));
    let Some((nth, band)) = nearest else { return };
    let line = canvas.at([x(band), 0.0]).x;
    canvas.painter.vline(line, frame.y_range(), Stroke::new(1.0, tokens(ui).text));
    let mut text = if now.latest.is_some() { date(band.at) } else { format!("Batch {}", band.at) };
    for &cluster in order.iter().rev() {
        let (size, share) = (band.sizes.get(cluster).copied().unwrap_or_default(), shares[nth][cluster]);
        text += &format!("\n{}: {} · {}", name_of(&now.segments[cluster]), percent(share), thousands(size));
    }
    canvas.response.on_hover_text_at_pointer(unbroken(&text));
}

fn shares(band: &LiveBand, k: usize) -> Vec<f64> {
    let n: usize = band.sizes.iter().sum();
    (0..k).map(|cluster| band.sizes.get(cluster).copied().unwrap_or_default() as f64 / n.max(1) as f64).collect()
}

/// Whose band it is, at its right end where it is high enough.
fn names_paint(ui: &Ui, now: &LiveNow, canvas: &crate::ui::plotting::Canvas, order: &[usize]) {
    let Some(last) = now.bands.last() else { return };
    let (shares, frame) = (shares(last, now.segments.len()), canvas.frame());
    let mut low = 0.0;
    for &cluster in order {
        let (from, to) = (canvas.at([0.0, low]).y, canvas.at([0.0, low + shares[cluster]]).y);
        low += shares[cluster];
        if from - to >= 18.0 {
            let text = numbering::name(now.segments[cluster].number);
            let at = pos2(frame.right() - 8.0, (from + to) / 2.0);
            plot_label(ui, &canvas.painter, at, Align2::RIGHT_CENTER, &text, tokens(ui).text);
        }
    }
}
