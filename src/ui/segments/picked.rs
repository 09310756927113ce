//! How many customers are picked, told beside the segments.
//!
//! In: the counts of a step. Out: a line in the list's head with the way back, the part of a segment's bar that is picked, and a
//! sentence. Nothing is counted here.

use eframe::egui::{Align, CornerRadius, Label, Layout, RichText, Sense, TextStyle, Ui, Vec2};

use crate::engine::Answers;
use crate::plot::PickedCounts;
use crate::session::{Look, Selection};
use crate::ui::icons;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{icon_button, percent, thousands, unbroken};

/// The list's heading; with picked customers, how many and a button that lets them go. Its height is the same without.
pub(super) fn head_ui(ui: &mut Ui, answers: &Answers, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.label(theme::heading("Segments"));
        let Some(picked) = answers.brush.picked.as_ref().filter(|_| look.brush.is_some()) else { return };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if icon_button(ui, icons::CLOSE, "Clear the selection (Esc)").clicked() {
                look.brush = None;
            }
            let text = format!("{} selected", thousands(picked.n()));
            ui.add(Label::new(RichText::new(text).text_style(TextStyle::Small).family(theme::bold())).truncate());
        });
    });
}

/// The counts, if they are those of these segments.
pub(super) fn counts(answers: &Answers, n_clusters: usize) -> Option<&PickedCounts> {
    answers.brush.counts.as_deref().filter(|counts| counts.clusters.len() == n_clusters)
}

/// How many of a segment are picked.
pub(super) fn of(counts: &PickedCounts, selection: Selection) -> usize {
    match selection {
        Selection::Cluster(cluster) => counts.clusters.get(cluster).copied().unwrap_or(0),
        Selection::Noise => counts.noise,
    }
}

/// A segment's bar, as long as its `share` of everyone; of it, the share that is picked stands out.
pub(super) fn bar_ui(ui: &mut Ui, share: f32, picked: f32, colour: eframe::egui::Color32, size: Vec2) {
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let part = |share: f32| rect.with_max_x(rect.left() + rect.width() * share.clamp(0.0, 1.0));
    let round = CornerRadius::same(2);
    ui.painter().rect_filled(rect, round, tokens(ui).field);
    ui.painter().rect_filled(part(share), round, colour.gamma_multiply(0.3));
    ui.painter().rect_filled(part(share * picked), round, colour);
}

/// Who is picked, in words.
pub(super) fn told_ui(ui: &mut Ui, answers: &Answers, look: &Look) {
    let (Some(picked), Some(brush)) = (&answers.brush.picked, &look.brush) else { return };
    let title = match &answers.brush.ring {
        Some(ring) => ring.name.clone(),
        None => format!("{} customers selected", thousands(picked.n())),
    };
    ui.add(Label::new(theme::strong(title)).truncate());
    ui.label(caption(ui, unbroken(&sentence(answers, picked.n(), &brush.from))));
}

fn sentence(answers: &Answers, n: usize, from: &str) -> String {
    let mut text = format!("By a {from}. ");
    if n == 0 {
        return text + "Nobody is in it.";
    }
    let n_all = answers.loaded.latest().map_or(0, |loaded| loaded.table.n_rows).max(1);
    if n > 1 {
        text += &format!("{} of all. ", percent(n as f64 / n_all as f64));
    }
    let Some(counts) = &answers.brush.counts else { return text };
    let most = counts.clusters.iter().enumerate().max_by_key(|(at, in_it)| (**in_it, std::cmp::Reverse(*at)));
    if let Some((cluster, &in_it)) = most.filter(|(_, in_it)| **in_it > 0) {
        let name = super::segment_name(answers, cluster);
        text += &if n == 1 { format!("In {name}. ") } else { format!("{} of them, the largest part, are in {name}. ", thousands(in_it)) };
    }
    for (n, means) in [(counts.noise, "in no segment"), (counts.left_out, "left out by the preparation")] {
        if n > 0 {
            text += &format!("{} {} {means}. ", thousands(n), if n == 1 { "is" } else { "are" });
        }
    }
    text.trim_end().to_owned()
}
