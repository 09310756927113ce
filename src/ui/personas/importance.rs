//! What drives the grouping? A bar per column: how much a forest loses when the column is shuffled, or how closely it goes with the segments.

use eframe::egui::{Align, Align2, Rect, Role, ScrollArea, Sense, TextStyle, Ui, Vec2, pos2};

use crate::persona::{Explained, Importance};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, name_it, percent, thousands};

/// Draws the bars in at most this height.
pub fn ui(ui: &mut Ui, explained: &Explained, height: f32) {
    ui.label(theme::strong("What drives the grouping")).on_hover_text(note(explained));
    let strength = |line: &Importance| explained.bar(line);
    let most = explained.importance.iter().map(strength).fold(1e-9, f64::max);
    let heaviest = explained.importance.iter().filter_map(|line| line.weight).fold(0.0, f64::max);
    ScrollArea::vertical().id_salt("importance").max_height(height - 24.0).auto_shrink([false, true]).show_rows(
        ui,
        26.0,
        explained.importance.len(),
        |ui, seen| {
            for line in &explained.importance[seen] {
                let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 26.0), Sense::hover());
                let t = tokens(ui);
                let small = TextStyle::Small.resolve(ui.style());
                let value = value(line);
                let painter = ui.painter();
                let colour = if line.enters { t.text } else { t.muted };
                let label = Rect::from_min_size(rect.min, Vec2::new(rect.width() - 76.0, 16.0));
                cut_text(painter, label, Align::Min, &line.shown, small.clone(), colour);
                painter.text(rect.right_top() + Vec2::new(0.0, 8.0), Align2::RIGHT_CENTER, value, small, t.muted);
                let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 8.0), pos2(rect.right(), rect.bottom() - 4.0));
                painter.rect_filled(bar, 2.0, t.field);
                let long = bar.width() * (strength(line) / most) as f32;
                painter.rect_filled(bar.with_max_x(bar.left() + long), 2.0, if line.enters { t.accent } else { t.muted });
                // The second witness stands on the same bar, as a mark.
                if let Some(weight) = line.weight.filter(|_| heaviest > 0.0) {
                    let at = bar.left() + bar.width() * (weight / heaviest) as f32;
                    let mark = Rect::from_min_max(
                        pos2((at - 2.0).max(bar.left()), bar.top() - 2.0),
                        pos2(at.max(bar.left() + 2.0), bar.bottom() + 2.0),
                    );
                    painter.rect_filled(mark, 1.0, t.text);
                }
                let told = told(line);
                name_it(&response, Role::Label, &told);
                response.on_hover_text(told);
            }
        },
    );
}

fn value(line: &Importance) -> String {
    match line.loss {
        Some(loss) => format!("{:.1} points lost", 100.0 * loss.max(0.0)),
        None => association(line),
    }
}

fn association(line: &Importance) -> String {
    format!("{} {:.2}", if line.is_levels { "V" } else { "eta²" }, line.association)
}

/// A bar in words.
fn told(line: &Importance) -> String {
    let loss = match (line.loss, line.loss_sd) {
        (Some(loss), Some(sd)) => format!(
            "with its values shuffled, the forest puts {:.1} ± {:.1} points fewer of the customers right; ",
            100.0 * loss,
            100.0 * sd
        ),
        (Some(loss), None) => {
            format!("with its values shuffled, the forest puts {:.1} points fewer of the customers right; ", 100.0 * loss)
        }
        (None, _) => String::new(),
    };
    let weight = line.weight.map_or_else(String::new, |share| format!(", {} of the weight in a logistic regression", percent(share)));
    let enters = if line.enters { "" } else { ". It is described only and decided nothing" };
    format!("{}: {loss}association with the segments {}{weight}{enters}.", line.shown, association(line))
}

fn note(explained: &Explained) -> String {
    let of_forest = match &explained.forest {
        Some(forest) => format!(
            "A random forest of {} trees put {} of {} customers it had not seen into the right segment (always naming the largest: {}). \
             The bar shows how much of that is lost when the column is shuffled.",
            forest.n_trees,
            percent(forest.accuracy),
            thousands(forest.n_held_out),
            percent(forest.chance)
        ),
        None => {
            "How closely each column goes with the segments: eta squared for numbers, Cramér's V for levels; 0 not at all, 1 wholly.".into()
        }
    };
    let mark = explained.weighed.as_ref().map(|_| "The dark mark on the bar is the column's weight.".to_owned());
    [of_forest].into_iter().chain(mark).chain(explained.weighed_note()).collect::<Vec<_>>().join(" ")
}

/// The same as a caption, where there is room.
pub fn note_ui(ui: &mut Ui, explained: &Explained) {
    ui.add(eframe::egui::Label::new(caption(ui, note(explained))).wrap());
}
