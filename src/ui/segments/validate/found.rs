//! What is there of an answer, and how far is it?

use eframe::egui::{Label, Ui};

use crate::engine::{Answer, STOPPED};
use crate::export::Validation;
use crate::ui::plotting::plot_answer_ui;
use crate::ui::theme::caption;
use crate::ui::widgets::unbroken;

/// How far one of the answers is, while it is computed.
pub(super) fn progress<T>(answer: &Answer<T>) -> Option<f32> {
    match answer {
        Answer::Cooking { progress, .. } => Some(progress.fraction),
        // It waits for what is computed before it.
        Answer::Waiting(_) => Some(0.0),
        Answer::Ready(_) | Answer::Failed { .. } => None,
    }
}

/// In the place of what is not there: that it is coming, or in plain words why it cannot be told, which is no fault of anybody's.
pub(super) fn none_ui<T>(ui: &mut Ui, answer: &Answer<T>, what: &str) {
    match answer.problem().filter(|problem| *problem.0 != *STOPPED) {
        Some(problem) => _ = ui.add(Label::new(caption(ui, unbroken(&problem.0))).wrap()),
        None => plot_answer_ui(ui, answer, what, |_, _| {}),
    }
}

/// The moves and what is foretold, where there are any.
pub(super) fn found(answer: &Answer<Validation>) -> Option<&Validation> {
    answer.latest().map(|found| &**found)
}
