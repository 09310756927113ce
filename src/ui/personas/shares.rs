//! How large is everyone? All customers as one bar: a piece per persona, then those in no group, then rows left out.

use eframe::egui::{Color32, Rect, Sense, Stroke, Ui, Vec2, pos2};

use crate::base::text;
use crate::persona::Personas;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::thousands;

/// What customers in no segment are called.
pub const IN_NO_GROUP: &str = "In no group";
/// What rows that took no part are called.
pub const LEFT_OUT: &str = "Rows left out";

/// Shares of all rows: each persona's, then those in no group, then rows left out.
pub fn percents(personas: &Personas) -> Vec<String> {
    let sizes = personas.personas.iter().map(|persona| persona.n).chain([personas.n_noise, personas.n_left_out]);
    text::percents(&sizes.collect::<Vec<_>>())
}

/// Everyone as one bar; `only` is drawn in full colour and the others step back. Each piece says on hover whose it is.
pub fn all_shares_ui(ui: &mut Ui, personas: &Personas, only: Option<usize>, height: f32) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::hover());
    let n_all: usize = personas.personas.iter().map(|persona| persona.n).sum::<usize>() + personas.n_noise + personas.n_left_out;
    let t = tokens(ui);
    let mut left = rect.left();
    let mut pointed = None;
    let pointer = response.hover_pos();
    let mut piece = |at: usize, n: usize, colour: Color32, is_hatched: bool| {
        let width = rect.width() * n as f32 / n_all.max(1) as f32;
        let piece = Rect::from_min_size(pos2(left, rect.top()), Vec2::new((width - 1.0).max(0.5), height));
        if n > 0 {
            ui.painter().rect_filled(piece, 2.0, colour);
        }
        if is_hatched && n > 0 {
            hatch(ui, piece, t.muted);
        }
        if pointer.is_some_and(|pointer| (left..left + width).contains(&pointer.x)) {
            pointed = Some((at, n));
        }
        left += width;
    };
    for (at, persona) in personas.personas.iter().enumerate() {
        let is_on = only.is_none_or(|only| only == persona.cluster);
        piece(at, persona.n, if is_on { theme::segment(persona.number) } else { t.everyone }, false);
    }
    let n_personas = personas.personas.len();
    piece(n_personas, personas.n_noise, theme::noise(), false);
    piece(n_personas + 1, personas.n_left_out, t.field, true);
    if let Some((at, n)) = pointed {
        let name = match personas.personas.get(at) {
            Some(persona) => persona.name.as_str(),
            None if at == n_personas => IN_NO_GROUP,
            None => LEFT_OUT,
        };
        let percent = percents(personas).get(at).cloned().unwrap_or_default();
        response.on_hover_text_at_pointer(format!("{name}: {}, {percent} of all rows", thousands(n)));
    }
}

/// Thin slanted lines: here is nobody's colour.
fn hatch(ui: &Ui, rect: Rect, colour: Color32) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        painter.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], Stroke::new(0.75, colour));
        x += 5.0;
    }
}
