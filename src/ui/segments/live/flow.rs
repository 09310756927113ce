//! Who moved where in the last hour, day or week of events: on the left the segments they left, on the right those they went to. Whoever stayed is not drawn.

use eframe::egui::{Align, Align2, CornerRadius, Pos2, Rect, Role, Sense, TextStyle, Ui};

use crate::engine::live::LiveNow;
use crate::persona::numbering;
use crate::plot::{MovesRibbon, moves_flow};
use crate::session::{Look, MovesOver};
use crate::ui::plotting::ribbon_paint;
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{centred, cut_text, name_it, segmented_ui, thousands, unbroken};

use super::pane::{colour_of, head_ui, in_order, name_of};

/// Width of a block, the room of names on each side within these bounds, and between blocks.
const BLOCK: f32 = 9.0;
const NAMES: [f32; 2] = [60.0, 84.0];
const GAP: f64 = 5.0;

const MEANS: &str =
    "Customers who went from one segment to another, by the clock of the events. Whoever stayed where they were is not drawn.";

/// The pane.
pub(super) fn ui(ui: &mut Ui, now: &LiveNow, look: &mut Look) {
    head_ui(ui, "Who moved", MEANS, |ui| {
        let choices = [
            (MovesOver::Hour, "Hour", "The last hour of events."),
            (MovesOver::Day, "Day", "The last day of events."),
            (MovesOver::Week, "Week", "The last week of events."),
        ];
        segmented_ui(ui, &mut look.live.moves, &choices);
    });
    let (moves, when) = match look.live.moves {
        MovesOver::Hour => (&now.moves[0], "hour"),
        MovesOver::Day => (&now.moves[1], "day"),
        MovesOver::Week => (&now.moves[2], "week"),
    };
    let n: usize = moves.iter().flatten().sum();
    if n == 0 {
        centred(ui, |ui| ui.label(caption(ui, format!("Nobody moved in the last {when} of events."))));
        return;
    }
    let text = if n == 1 { "1 move".to_owned() } else { format!("{} moves", thousands(n)) };
    ui.label(caption(ui, format!("{text} in the last {when} of events")));
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    name_it(&response, Role::GraphicsDocument, "Flow of customers between segments");
    let names = (rect.width() * 0.2).clamp(NAMES[0], NAMES[1]);
    let inside = Rect::from_min_max(Pos2::new(rect.left() + names, rect.top() + 4.0), Pos2::new(rect.right() - names, rect.bottom() - 4.0));
    if inside.height() < 40.0 || inside.width() < 60.0 {
        return;
    }
    let order = in_order(now);
    // Nobody is new or gone here, and nobody is in no segment.
    let k = moves.len();
    let square: Vec<Vec<usize>> =
        (0..k + 2).map(|from| (0..k + 2).map(|to| if from < k && to < k { moves[from][to] } else { 0 }).collect()).collect();
    let flow = moves_flow(&[&square[..]], &order, f64::from(inside.height()), GAP);
    let x = [inside.left(), inside.right() - BLOCK];
    let pointed = response.hover_pos().and_then(|at| ribbon_at(&flow.ribbons, inside, at));
    for (nth, ribbon) in flow.ribbons.iter().enumerate() {
        let strength = match pointed {
            Some(pointed) if pointed == nth => 0.85,
            Some(_) => 0.2,
            None => 0.5,
        };
        let colour = colour_of(now, ribbon.to).gamma_multiply(strength);
        ribbon_paint(ui.painter(), [x[0] + BLOCK, x[1]], inside.top(), [ribbon.left, ribbon.right], colour);
    }
    let (t, small) = (tokens(ui), TextStyle::Small.resolve(ui.style()));
    for (side, day) in flow.days.iter().enumerate().take(2) {
        let mut last = f32::NEG_INFINITY;
        for &cluster in order.iter().filter(|&&cluster| day.counts[cluster] > 0) {
            let [from, to] = day.blocks[cluster];
            let block =
                Rect::from_min_max(Pos2::new(x[side], inside.top() + from as f32), Pos2::new(x[side] + BLOCK, inside.top() + to as f32));
            ui.painter().rect_filled(block, CornerRadius::same(2), colour_of(now, cluster));
            if block.center().y - last < 14.0 {
                continue;
            }
            last = block.center().y;
            let text = format!("{}  {}", numbering::name(now.segments[cluster].number), thousands(day.counts[cluster]));
            let (room, align) = match side {
                0 => (Rect::from_x_y_ranges(rect.left()..=block.left() - 6.0, last - 8.0..=last + 8.0), Align::Max),
                _ => (Rect::from_x_y_ranges(block.right() + 6.0..=rect.right(), last - 8.0..=last + 8.0), Align::Min),
            };
            cut_text(ui.painter(), room, align, &text, small.clone(), t.text);
        }
    }
    if flow.ribbons.is_empty() {
        ui.painter().text(inside.center(), Align2::CENTER_CENTER, "Nobody moved", small, t.muted);
    }
    if let Some(ribbon) = pointed.map(|nth| flow.ribbons[nth]) {
        let [from, to] = [ribbon.from, ribbon.to].map(|cluster| name_of(&now.segments[cluster]));
        let who = if ribbon.count == 1 { "customer" } else { "customers" };
        response.on_hover_text_at_pointer(unbroken(&format!("{} {who}\nfrom {from}\nto {to}", thousands(ribbon.count))));
    }
}

/// The ribbon under the pointer.
fn ribbon_at(ribbons: &[MovesRibbon], inside: Rect, at: Pos2) -> Option<usize> {
    let t = f64::from((at.x - inside.left() - BLOCK) / (inside.width() - 2.0 * BLOCK));
    let is_under = |ribbon: &&MovesRibbon| {
        let top = inside.top() + ribbon.top_at(t) as f32;
        (top - 2.0..=top + ribbon.thickness() as f32 + 2.0).contains(&at.y)
    };
    if !(0.0..=1.0).contains(&t) {
        return None;
    }
    ribbons
        .iter()
        .enumerate()
        .filter(|(_, ribbon)| is_under(ribbon))
        .min_by(|a, b| a.1.thickness().total_cmp(&b.1.thickness()))
        .map(|(nth, _)| nth)
}
