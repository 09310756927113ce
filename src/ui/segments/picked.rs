//! How many customers are picked, and who are they? Told beside the segments.
//!
//! In: counts, marks and the card of a step. Out: a line in the list's head with the way back, the part of a segment's bar that is picked,
//! strips beside the plots, and what sets the picked apart from everyone. Nothing is counted here.

use eframe::egui::{Align, Button, CornerRadius, Label, Layout, Mesh, Rect, RichText, Sense, Shape, TextStyle, Ui, Vec2};

use crate::engine::Answers;
use crate::persona::Contrast;
use crate::plot::PickedCounts;
use crate::session::{Brush, Command, Look, Selection};
use crate::ui::icons;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{icon_button, noun_of, percent, thousands, unbroken};

use super::naming::segment_name;
use super::statements::{side_ui, statements_ui};
use super::{inside, kept};

/// The list's heading; with picked customers, how many and a button that lets them go. Its height is the same without.
pub(super) fn head_ui(ui: &mut Ui, answers: &Answers, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.label(theme::heading(if answers.inside.answer().is_some() { "Parts" } else { "Segments" }));
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

/// A strip of pixels along a plot: the darker, the larger the `share` of picked customers a pixel stands for. One of a thousand is seen.
pub(super) fn shares_strip(ui: &Ui, strip: Rect, share: impl Fn(usize) -> f32) {
    let is_flat = strip.width() > strip.height();
    let n_pixels = if is_flat { strip.width() } else { strip.height() }.floor() as usize;
    let mut mesh = Mesh::default();
    for pixel in 0..n_pixels {
        let share = share(pixel);
        if share > 0.0 {
            let [from, to] = [pixel as f32, pixel as f32 + 1.0];
            let rect = if is_flat {
                Rect::from_x_y_ranges(strip.left() + from..=strip.left() + to, strip.y_range())
            } else {
                Rect::from_x_y_ranges(strip.x_range(), strip.top() + from..=strip.top() + to)
            };
            mesh.add_colored_rect(rect, tokens(ui).text.gamma_multiply(0.5 + 0.5 * share.min(1.0)));
        }
    }
    ui.painter().add(Shape::mesh(mesh));
}

/// "Select these customers" and "Look inside" in a segment's menu, from wherever the segment is shown.
pub(crate) fn segment_menu_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, selection: Selection, name: &str) {
    let ready = answers.loaded.ready().zip(answers.segmentation.ready());
    let response = ui.add_enabled(ready.is_some(), Button::new("Select these customers"));
    if let Some((loaded, segmentation)) = ready.filter(|_| response.clicked()) {
        look.pick(Brush::segment(loaded.stamp, segmentation.stamp, selection, name));
        ui.ctx().request_repaint();
    }
    inside::menu_ui(ui, answers, look, selection);
}

/// Who is picked, in words: how many, from where, and what sets them apart.
pub(super) fn told_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if let Some(problem) = &answers.brush.problem {
        ui.label(caption(ui, &*problem.0));
    }
    let (Some(picked), Some(brush)) = (&answers.brush.picked, &look.brush) else { return };
    let title = match &answers.brush.ring {
        Some(ring) => ring.name.clone(),
        None => noun_of(answers).counted(picked.n()),
    };
    let sentence = sentence(answers, picked.n(), &brush.from);
    ui.add(Label::new(theme::strong(title)).truncate());
    ui.label(caption(ui, unbroken(&sentence)));
    ui.add_space(4.0);
    // Above what sets them apart, which may need to be scrolled.
    ui.horizontal(|ui| {
        kept::keep_ui(ui, answers, look, commands);
        let button = Button::new("Clear").min_size(Vec2::new(0.0, 26.0));
        if ui.add(button).on_hover_text("Clear the selection.  Esc").clicked() {
            look.brush = None;
        }
    });
    if picked.n() > 1 {
        ui.add_space(8.0);
        side_ui(ui, &answers.brush.contrast, "what sets them apart", contrast_ui);
    }
}

/// What sets the picked apart: a headline and the strongest statements.
fn contrast_ui(ui: &mut Ui, contrast: &Contrast) {
    let least = Contrast::LEAST;
    let told = |ui: &mut Ui, text: String| {
        ui.label(caption(ui, unbroken(&text)));
    };
    let Some(persona) = &contrast.persona else {
        let text = if contrast.n < least {
            format!("Fewer than {least} of these customers were analysed: too few to describe without exposing individuals.")
        } else {
            format!("Fewer than {least} customers are left to compare them with.")
        };
        return told(ui, text);
    };
    if persona.statements.is_empty() {
        return told(ui, "Nothing sets these customers apart clearly. They are much like everyone.".into());
    }
    ui.add(Label::new(theme::strong(&persona.name)).wrap());
    told(ui, format!("Differs most from everyone in (n = {}):", thousands(contrast.n)));
    ui.add_space(4.0);
    statements_ui(ui, &persona.statements);
}

fn sentence(answers: &Answers, n: usize, from: &str) -> String {
    let mut text = format!("Selected by: {from}. ");
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
        let name = segment_name(answers, cluster);
        text += &match in_it {
            1 if n == 1 => format!("In {name}. "),
            all if all == n => format!("All in {name}. "),
            part => format!("Most, {}, are in {name}. ", thousands(part)),
        };
    }
    for (n, means) in [(counts.noise, "in no group"), (counts.left_out, "left out by the preparation")] {
        if n > 0 {
            text += &format!("{} {} {means}. ", thousands(n), if n == 1 { "is" } else { "are" });
        }
    }
    text.trim_end().to_owned()
}
