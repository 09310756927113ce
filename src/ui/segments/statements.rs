//! What sets a group apart? Its strongest statements, in the narrow place beside the plots.

use eframe::egui::{self, RichText, TextStyle, Ui};

use crate::engine::Answer;
use crate::persona::Statement;
use crate::ui::plotting::dimmed_ui;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::answer_ui;

/// The three strongest statements, each with its value against everyone's.
pub(super) fn statements_ui(ui: &mut Ui, statements: &[Statement]) {
    for statement in statements.iter().take(3) {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add(egui::Label::new(statement.text.as_str()).wrap());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(RichText::new(format!("{},", statement.value)).text_style(TextStyle::Small).family(theme::bold()));
            ui.add(egui::Label::new(caption(ui, format!("everyone {}", statement.everyone))).truncate());
        });
        ui.add_space(8.0);
    }
}

/// Like `answer_ui`, for a narrow place: the problem is told in full over the map, here it is at most a caption.
pub(super) fn side_ui<T>(ui: &mut Ui, answer: &Answer<T>, what: &str, show: impl FnOnce(&mut Ui, &T)) {
    match (answer.latest(), answer.problem()) {
        (Some(value), _) => dimmed_ui(ui, answer.is_stale(), |ui| show(ui, value)),
        (None, Some(problem)) => {
            ui.label(caption(ui, &*problem.0));
        }
        _ => answer_ui(ui, answer, what, show),
    }
}
