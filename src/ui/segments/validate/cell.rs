//! One answer as a small picture: its word and number over a track with the interval, what chance gives, and how it was before.

use eframe::egui::{Align, Align2, Color32, CornerRadius, FontId, Pos2, Rect, Stroke, TextStyle, Ui, Vec2};

use crate::export::{HoldsLine, HoldsMark, HoldsStanding};
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{cut_text, width_of, wrapped_text};

/// From a quarter to four times as much as everyone.
const MOST_TIMES: f64 = 4.0;
/// Height of the track.
const TRACK: f32 = 14.0;
/// What the dot of a standing shows in front of its word.
const DOT: f32 = 4.0;

/// Paints one answer. While it is under way, how far.
pub(super) fn paint(ui: &Ui, rect: Rect, line: &HoldsLine, colour: Color32, under_way: Option<f32>) {
    let t = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    let body = FontId::new(13.0, TextStyle::Body.resolve(ui.style()).family);
    let bold = FontId::new(13.0, theme::bold());
    let (words, track) = rect.split_top_bottom_at_y(rect.top() + 20.0);
    if let Some(fraction) = under_way {
        cut_text(ui.painter(), words, Align::Min, "Looking", small, t.muted);
        let bar = Rect::from_center_size(track.center(), Vec2::new(track.width(), 3.0));
        ui.painter().rect_filled(bar, CornerRadius::same(2), t.field);
        ui.painter().rect_filled(bar.with_max_x(bar.left() + bar.width() * fraction.clamp(0.0, 1.0)), CornerRadius::same(2), t.muted);
        return;
    }
    let Some(mark) = &line.mark else {
        // Without a picture the words have its room too.
        wrapped_text(ui.painter(), rect, line.word, small, t.muted);
        return;
    };
    let dot = match line.standing {
        HoldsStanding::Good => t.good,
        HoldsStanding::Fair => t.warn,
        HoldsStanding::Poor => t.bad,
        HoldsStanding::Neutral | HoldsStanding::Open => t.muted,
    };
    let number = width_of(ui, &line.value, &bold);
    dot_paint(ui, Pos2::new(words.left() + DOT, words.center().y), dot, line.standing);
    let room =
        Rect::from_min_max(Pos2::new(words.left() + 2.0 * DOT + 6.0, words.top()), Pos2::new(words.right() - number - 6.0, words.bottom()));
    cut_text(ui.painter(), room, Align::Min, line.word, body, t.text);
    ui.painter().text(words.right_center(), Align2::RIGHT_CENTER, &line.value, bold, t.text);
    track_paint(ui, Rect::from_center_size(Pos2::new(track.center().x, track.top() + 9.0), Vec2::new(track.width(), TRACK)), mark, colour);
}

/// Full, half or empty, so that it speaks without its colour.
fn dot_paint(ui: &Ui, at: Pos2, colour: Color32, standing: HoldsStanding) {
    let painter = ui.painter();
    let share = match standing {
        HoldsStanding::Good => 1.0,
        HoldsStanding::Fair => 0.5,
        _ => 0.0,
    };
    if share > 0.0 {
        let filled = Rect::from_min_max(Pos2::new(at.x - DOT, at.y + DOT - 2.0 * DOT * share), at + Vec2::splat(DOT));
        painter.with_clip_rect(filled.intersect(painter.clip_rect())).circle_filled(at, DOT, colour);
    }
    painter.circle_stroke(at, DOT - 0.5, Stroke::new(1.25, colour));
}

/// Where a value stands on the track, 0 to 1. Multiples are logarithmic: half as much is as far from 1 as twice as much.
fn place(mark: &HoldsMark, value: f64) -> f32 {
    let share = match mark.is_multiple {
        true => 0.5 + value.max(1e-6).log2() / (2.0 * MOST_TIMES.log2()),
        false => value,
    };
    share.clamp(0.0, 1.0) as f32
}

fn track_paint(ui: &Ui, track: Rect, mark: &HoldsMark, colour: Color32) {
    let t = tokens(ui);
    let painter = ui.painter();
    let inside = track.shrink2(Vec2::new(5.0, 0.0));
    let x = |value: f64| inside.left() + inside.width() * place(mark, value);
    let y = track.center().y;
    painter.rect_filled(Rect::from_x_y_ranges(track.x_range(), y - 1.0..=y + 1.0), CornerRadius::same(1), t.field);
    if let Some([from, to]) = mark.chance {
        let band = Rect::from_x_y_ranges(x(from)..=x(to).max(x(from) + 2.0), track.y_range().shrink(2.0));
        painter.rect_filled(band, CornerRadius::same(2), t.muted.gamma_multiply(0.2));
    }
    if mark.is_multiple {
        painter.vline(x(1.0), track.y_range(), Stroke::new(1.0, t.muted));
    }
    if let Some([low, high]) = mark.interval {
        let line = Rect::from_x_y_ranges(x(low)..=x(high).max(x(low) + 1.0), y - 2.0..=y + 2.0);
        painter.rect_filled(line, CornerRadius::same(2), colour.gamma_multiply(0.55));
    }
    for earlier in &mark.earlier {
        painter.circle_filled(Pos2::new(x(*earlier), y), 2.0, t.muted);
    }
    if let Some(strict) = mark.strict {
        let at = Pos2::new(x(strict), y);
        painter.circle_filled(at, 4.0, t.raised);
        painter.circle_stroke(at, 3.5, Stroke::new(1.5, colour));
    }
    painter.circle_filled(Pos2::new(x(mark.value), y), 4.5, colour);
    painter.circle_stroke(Pos2::new(x(mark.value), y), 4.5, Stroke::new(1.0, t.raised));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_as_much_is_as_far_from_one_as_twice_as_much() {
        let mark = |is_multiple| HoldsMark { value: 1.0, interval: None, chance: None, strict: None, earlier: Vec::new(), is_multiple };
        let times = |value| place(&mark(true), value);
        assert_eq!([times(0.25), times(0.5), times(1.0), times(2.0), times(4.0)], [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!([times(0.0), times(100.0)], [0.0, 1.0], "what is beyond stands at the end");
        assert_eq!(place(&mark(false), 0.3), 0.3);
    }
}
