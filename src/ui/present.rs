//! The Present page: the slides as they are exported, with their notes, and the same slides alone on a whole screen.
//!
//! On the page it is thumbnails, the slide in view and what the speaker wants to say; F5 fills the screen with the slide alone. Arrow keys turn, Esc leaves,
//! S opens a second window for the speaker.

mod notes;
mod speaker;

use eframe::egui::{
    self, Align, CentralPanel, Color32, Frame, Key, Layout, Margin, Panel, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2,
};

use crate::engine::{Answers, PagesAnswer, page_title};
use crate::export::pages::Pages;
use crate::persona::Personas;
use crate::session::{Action, Command, Look, Plan};

use super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::widgets::{self, answer_ui, icon_button, name_it, primary_button, segmented_ui};
use super::{icons, pages};

/// How wide the small pictures of slides are, in points.
pub const THUMBNAIL_POINTS: u32 = 180;
/// Width by height of a slide.
const ASPECT: f32 = 16.0 / 9.0;
/// The screen around a slide that has another shape.
const BEHIND: Color32 = Color32::from_rgb(16, 17, 20);

/// Draws the page, or the slide alone while presenting.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let n_slides = answers.pages.pages.latest().map_or(1, |pages| pages.len().max(1));
    keys(ui, look, n_slides);
    if look.presenting {
        CentralPanel::default().frame(Frame::new().fill(BEHIND)).show(ui, |ui| {
            slide_ui(ui, ui.max_rect(), answers, look, false);
        });
        if look.speaker_view {
            speaker::window(ui, plan, answers, look);
        }
        return;
    }
    Panel::left("slides").frame(Frame::new().inner_margin(Margin::same(BETWEEN as i8))).exact_size(240.0).show(ui, |ui| {
        side_ui(ui, answers, look, commands);
    });
    Panel::bottom("speaker notes").frame(Frame::new().inner_margin(Margin::same(BETWEEN as i8))).exact_size(148.0).show(ui, |ui| {
        notes::ui(ui, plan, answers, look, commands);
    });
    CentralPanel::default().frame(Frame::new().inner_margin(Margin { bottom: INSIDE as i8, ..Margin::same(BETWEEN as i8) })).show(
        ui,
        |ui| {
            answer_ui(ui, &answers.pages.pages, "the slides", |ui, pages| {
                let room = ui.available_rect_before_wrap();
                let slide = Rect::from_min_max(room.min, room.max - Vec2::new(0.0, 36.0));
                let slide = slide_ui(ui, slide, answers, look, true);
                let line =
                    Rect::from_min_max(egui::pos2(slide.left(), slide.bottom() + INSIDE), egui::pos2(slide.right(), slide.bottom() + 36.0));
                let mut line = ui.new_child(UiBuilder::new().max_rect(line).layout(Layout::left_to_right(Align::Center)));
                turning_ui(&mut line, pages, answers, look, commands);
            });
        },
    );
}

fn keys(ui: &Ui, look: &mut Look, n_slides: usize) {
    if ui.ctx().text_edit_focused() && !look.presenting {
        return;
    }
    ui.input(|input| {
        let pressed = |keys: &[Key]| keys.iter().any(|key| input.key_pressed(*key));
        let clicked = look.presenting && input.pointer.primary_clicked();
        if pressed(&[Key::ArrowRight, Key::ArrowDown, Key::PageDown, Key::Space]) || clicked {
            look.slide += 1;
        }
        if pressed(&[Key::ArrowLeft, Key::ArrowUp, Key::PageUp, Key::Backspace]) {
            look.slide = look.slide.saturating_sub(1);
        }
        if pressed(&[Key::Home]) {
            look.slide = 0;
        }
        if pressed(&[Key::End]) {
            look.slide = n_slides - 1;
        }
        if look.presenting && pressed(&[Key::S]) {
            look.speaker_view = !look.speaker_view;
        }
    });
    look.slide = look.slide.min(n_slides - 1);
}

/// The slide in view in the largest rectangle that `room` has for it.
fn slide_ui(ui: &mut Ui, room: Rect, answers: &Answers, look: &mut Look, is_framed: bool) -> Rect {
    let rect = pages::fitted(room, ASPECT);
    look.slide_width = (rect.width() * ui.pixels_per_point()).round() as u32;
    let name = told(&answers.pages, answers.personas.latest().map(|personas| &**personas), look.slide);
    pages::page_ui(ui, rect, answers.pages.image.as_ref(), "slide", &name, is_framed);
    // A whole screen without a word would look broken.
    if answers.pages.image.is_none() {
        let mut inside = ui.new_child(UiBuilder::new().max_rect(rect.shrink(24.0)));
        match answers.pages.pages.latest() {
            None => answer_ui(&mut inside, &answers.pages.pages, "the slides", |_, _| {}),
            Some(_) => drop(inside.centered_and_justified(|ui| ui.label(caption(ui, "Drawing the slide")))),
        }
    }
    rect
}

/// "Slide 3 of 12: Frequent Big Spenders. 1 204 customers, …".
fn told(answer: &PagesAnswer, personas: Option<&Personas>, slide: usize) -> String {
    let (Some(pages), Some(personas)) = (answer.pages.latest(), personas) else { return "The slide is not ready yet".to_owned() };
    let Some(sheet) = pages.sheets.get(slide) else { return format!("Slide {}", slide + 1) };
    let summary = sheet.cluster.filter(|_| sheet.kind == "card").and_then(|cluster| personas.personas.get(cluster));
    let summary = summary.map_or_else(String::new, |persona| format!(". {}", persona.summary));
    format!("Slide {} of {}: {}{summary}", slide + 1, pages.len(), page_title(sheet, personas))
}

fn side_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::heading("Slides"));
    ui.label(caption(ui, "Arrow keys turn, F5 fills the screen."));
    ui.add_space(4.0);
    let choices = [
        (false, "Workshop", "Fronts only, in plain words: for a room."),
        (true, "Analyst", "With the evidence of every card and how it was made."),
    ];
    if segmented_ui(ui, &mut look.slides_with_evidence, &choices) {
        look.slide = 0;
    }
    ui.add_space(8.0);
    if let (Some(pages), Some(personas)) = (answers.pages.pages.latest(), answers.personas.latest()) {
        list_ui(ui, pages, &answers.pages, personas, look);
    }
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        if primary_button(ui, "Present full screen")
            .on_hover_text("F5. Arrow keys turn, S opens a window for the speaker, Esc leaves.")
            .clicked()
        {
            commands.push(Command::Do(Action::Present));
        }
    });
}

fn list_ui(ui: &mut Ui, pages: &Pages, answer: &PagesAnswer, personas: &Personas, look: &mut Look) {
    let room = (ui.available_height() - 48.0).max(80.0);
    let textures = answer.thumbnails.as_ref().map(|images| pages::thumbnails(ui, images));
    ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        for (at, sheet) in pages.sheets.iter().enumerate() {
            let width = ui.available_width() - 12.0;
            let picture = Vec2::new(width - 24.0, ((width - 24.0) / ASPECT).round());
            let title = page_title(sheet, personas);
            // A title is read whole: one too long for its line has more.
            let font = egui::TextStyle::Small.resolve(ui.style());
            let told = ui.painter().layout(format!("{}  {title}", at + 1), font, tokens(ui).muted, picture.x);
            let size = Vec2::new(width, picture.y + told.size().y + 14.0);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            name_it(&response, egui::Role::Button, &format!("Slide {}: {title}", at + 1));
            let is_on = look.slide == at;
            widgets::row_background(ui, rect, is_on, response.hovered());
            let frame = Rect::from_min_size(rect.min + Vec2::new(12.0, 4.0), picture);
            let t = tokens(ui);
            match textures.as_ref().and_then(|textures| textures.get(at)) {
                Some(texture) => pages::paint(ui, frame, texture),
                None => {
                    ui.painter().rect_filled(frame, 2.0, t.field);
                }
            }
            let line = if is_on { Stroke::new(2.0, t.accent) } else { Stroke::new(1.0, t.hairline) };
            ui.painter().rect_stroke(frame, 0.0, line, StrokeKind::Outside);
            ui.painter().galley(egui::pos2(frame.left(), frame.bottom() + 4.0), told, t.muted);
            if response.clicked() {
                look.slide = at;
            }
            if is_on && look.slide_shown != Some(at) {
                response.scroll_to_me(None);
                look.slide_shown = Some(at);
            }
        }
    });
}

fn turning_ui(ui: &mut Ui, pages: &Pages, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if icon_button(ui, icons::CARET_LEFT, "Previous slide").clicked() {
        look.slide = look.slide.saturating_sub(1);
    }
    ui.label(format!("{} of {}", look.slide + 1, pages.len()));
    if icon_button(ui, icons::CARET_RIGHT, "Next slide").clicked() {
        look.slide = (look.slide + 1).min(pages.len().saturating_sub(1));
    }
    if let (Some(sheet), Some(personas)) = (pages.sheets.get(look.slide), answers.personas.latest()) {
        let title = caption(ui, page_title(sheet, personas));
        widgets::cut_label(ui, title);
    }
    if let Some(note) = &pages.note {
        let warn = tokens(ui).warn;
        widgets::chip(ui, "Template not used", warn).on_hover_text(note);
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.button("Export…").on_hover_text("Export these slides: PDF, pictures, or PowerPoint to edit.").clicked() {
            commands.push(Command::Do(Action::Export));
        }
    });
}
