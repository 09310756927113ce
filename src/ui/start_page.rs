//! The first thing seen where no file was given: a file of one's own, the sample, and the files opened lately.
//!
//! In: what the session remembers. Out: a command, or nothing but another look. The sample is behind it, so that Esc shows it at once.

use eframe::egui::{Align, Button, CentralPanel, Frame, Key, Layout, Modifiers, Role, ScrollArea, Ui, Vec2};

use crate::session::{Action, Command, Look, PageView, Recent, SegmentsView};

use super::shell::Session;
use super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::widgets::{cut_label, name_it, primary_button};

/// As wide as a line of text is read well.
const WIDTH: f32 = 480.0;

/// Draws the page while nothing was chosen yet.
pub fn ui(ui: &mut Ui, session: &Session, look: &mut Look, commands: &mut Vec<Command>) {
    if !look.is_covered() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        look.show(PageView::Segments(SegmentsView::Explore));
        return;
    }
    CentralPanel::default().frame(Frame::new().fill(tokens(ui).surface)).show(ui, |ui| {
        let room = ui.available_rect_before_wrap();
        let width = WIDTH.min(room.width() - 32.0);
        let mut column = room.shrink2(Vec2::new((room.width() - width) / 2.0, 0.0));
        column.min.y += (room.height() * 0.12).min(96.0);
        let mut ui = ui.new_child(eframe::egui::UiBuilder::new().max_rect(column).layout(Layout::top_down(Align::Min)));
        let ui = &mut ui;
        ui.label(theme::display("Personae"));
        ui.label(caption(ui, "Customer segments, and persona cards on which every word has its evidence."));
        ui.add_space(BETWEEN);
        ui.horizontal(|ui| {
            for (action, is_first) in [(Action::Open, true), (Action::OpenSample, false)] {
                let info = action.info();
                let response =
                    if is_first { primary_button(ui, info.label) } else { ui.add(Button::new(info.label).min_size(Vec2::new(0.0, 32.0))) };
                name_it(&response, Role::Button, info.label);
                if response.on_hover_text(format!("{}  {}", info.tooltip, info.shortcut)).clicked() {
                    commands.push(Command::Do(action));
                }
            }
            ui.label(caption(ui, "or drop files on the window"));
        });
        ui.add_space(BETWEEN + INSIDE);
        if session.recent.is_empty() {
            first_ui(ui);
            return;
        }
        ui.label(theme::heading("Recent"));
        ui.add_space(INSIDE);
        let room = (column.bottom() - ui.cursor().top() - BETWEEN).max(96.0);
        ScrollArea::vertical().max_height(room).show(ui, |ui| {
            for recent in &session.recent {
                recent_ui(ui, recent, width, commands);
            }
        });
    });
}

/// What whoever has never been here wants to know.
fn first_ui(ui: &mut Ui) {
    ui.label(theme::heading("What you need"));
    ui.add_space(INSIDE);
    for (what, why) in FIRST {
        ui.label(theme::strong(*what));
        ui.add(eframe::egui::Label::new(caption(ui, *why)).wrap());
        ui.add_space(INSIDE);
    }
}

const FIRST: &[(&str, &str)] = &[
    ("One file with one customer per row", "CSV, Excel, ODS, Parquet, Arrow or JSON. Open it, and segments are suggested at once."),
    ("Or the files of a shop", "Orders, events and lists of customers, dropped together: one row per customer is built from them."),
    ("Or nothing yet", "The sample holds made-up customers of a shop, to look around in."),
];

fn recent_ui(ui: &mut Ui, recent: &Recent, width: f32, commands: &mut Vec<Command>) {
    let response = ui.add(Button::new("").frame_when_inactive(false).min_size(Vec2::new(width, 44.0)));
    let name = recent.name();
    name_it(&response, Role::Button, &name);
    let inner = response.rect.shrink2(Vec2::new(12.0, 4.0));
    let mut row = ui.new_child(eframe::egui::UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    row.spacing_mut().item_spacing.y = 0.0;
    cut_label(&mut row, theme::strong(name));
    let folder = caption(&row, recent.folder());
    cut_label(&mut row, folder);
    if response.on_hover_text(recent.whole()).clicked() {
        commands.push(Command::OpenAll(recent.paths().to_vec()));
    }
}
