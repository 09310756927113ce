//! The frame around every page: top bar, status line, messages.
//!
//! In: plan, answers, look and what the app knows of the session. Out: commands.

use eframe::egui::{
    Align, Align2, Area, Button, Frame, Id, Layout, Margin, Order, Panel, ProgressBar, Rect, RichText, Role, Stroke, TextStyle, Ui,
    UiBuilder, Vec2, pos2,
};

use crate::data::Source;
use crate::engine::Answers;
use crate::engine::STOPPED;
use crate::features::Prepared;
use crate::session::{Action, Command, Look, Page, Plan, Recent};

use super::at_right::{at_right_ui, width_at_right};
use super::set_aside::{SetAside, set_aside};
use super::theme::{self, INSIDE, caption, tokens};
use super::widgets::{action_button, icon_button, name_it, thousands};
use super::{icons, widgets};

/// What the frame says of the session.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// The project's name, or the data's.
    pub title: String,
    /// Whether there is work not saved yet.
    pub is_unsaved: bool,
    /// Whether something can be taken back.
    pub can_undo: bool,
    /// Whether something can be made again.
    pub can_redo: bool,
    /// Files opened lately, latest first.
    pub recent: Vec<Recent>,
    /// The message on screen.
    pub message: Option<Message>,
    /// Work of an earlier session that was not saved: what it was.
    pub recovered: Option<String>,
    /// The data of the open project are not where they were: the sentence.
    pub moved: Option<String>,
}

/// Something to tell that is no part of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// One sentence.
    pub text: String,
    /// Whether something went wrong.
    pub is_problem: bool,
    /// What can be done about it; a message that offers nothing goes away by itself.
    pub offer: Option<(&'static str, Command)>,
}

/// The bar at the top: file on the left, pages in the middle, undo and export on the right. Where it is narrow, icons fold into a menu.
pub fn top_bar_ui(ui: &mut Ui, session: &Session, look: &Look, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.raised).inner_margin(Margin::symmetric(12, 6));
    Panel::top("top_bar").frame(frame).exact_size(48.0).show(ui, |ui| {
        let bar = ui.max_rect();
        let is_narrow = bar.width() < NARROW;
        let mut left = ui.new_child(UiBuilder::new().max_rect(bar).layout(Layout::left_to_right(Align::Center)));
        left.label(RichText::new("Personae").text_style(TextStyle::Heading));
        left.add_space(4.0);
        // A room of its own, so that the pages stand where they stood whatever the file is called.
        let room = Vec2::new(if is_narrow { 152.0 } else { 248.0 }, bar.height());
        left.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(room.x);
            let title = if look.is_start { "File" } else { &session.title };
            file_menu_ui(ui, session, title, if is_narrow { 14 } else { 28 }, commands);
        });
        // Drawn last, since Tab goes from left to right.
        let mut right = ui.new_child(UiBuilder::new().max_rect(bar).layout(Layout::left_to_right(Align::Center)));
        let [from, to] = [left.min_rect().right() + 8.0, bar.right() - width_at_right(&right, "tools") - 8.0];
        // Without icons the tabs stand closer, so that all of them fit the narrowest window.
        let gap = |with_icons: bool| if with_icons { 8.0 } else { 4.0 };
        let width = |with_icons: bool| {
            Page::ALL.into_iter().map(|page| tab_width(ui, page, with_icons)).sum::<f32>() + gap(with_icons) * (Page::ALL.len() - 1) as f32
        };
        let with_icons = width(true) <= to - from;
        let width = width(with_icons);
        let start = (bar.center().x - width / 2.0).min(to - width).max(from);
        let middle = Rect::from_min_max(pos2(start, bar.top()), pos2(to.max(start), bar.bottom()));
        let mut middle = ui.new_child(UiBuilder::new().max_rect(middle).layout(Layout::left_to_right(Align::Center)));
        middle.spacing_mut().item_spacing.x = gap(with_icons);
        for page in Page::ALL {
            page_tab_ui(&mut middle, page, look.page == page && !look.is_start, with_icons, commands);
        }
        at_right_ui(&mut right, "tools", |ui| tools_ui(ui, session, is_narrow, commands));
        ui.advance_cursor_after_rect(bar);
    });
}

/// Bars narrower than this fold their icons into a menu.
const NARROW: f32 = 1_120.0;

/// Undo, redo, palette, theme and export.
fn tools_ui(ui: &mut Ui, session: &Session, is_narrow: bool, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let theme_icon = if ui.visuals().dark_mode { icons::SUN } else { icons::MOON };
    let tools = [
        (Action::Undo, icons::UNDO, session.can_undo),
        (Action::Redo, icons::REDO, session.can_redo),
        (Action::Palette, icons::COMMAND, true),
        (Action::Theme, theme_icon, true),
    ];
    if is_narrow {
        let menu = ui.menu_button(format!("More  {}", icons::CARET_DOWN), |ui| {
            ui.set_min_width(220.0);
            for (action, _, is_possible) in tools.into_iter().chain([(Action::Keys, "", true)]) {
                ui.add_enabled_ui(is_possible, |ui| menu_item_ui(ui, action, commands));
            }
        });
        name_it(&menu.response, Role::Button, "More");
        menu.response.on_hover_text("Undo, redo, all commands, theme, keys");
    } else {
        for (action, icon, is_possible) in tools {
            action_button(ui, icon, false, action, is_possible, commands);
        }
    }
    ui.add_space(4.0);
    action_button(ui, icons::EXPORT, true, Action::Export, true, commands);
}

fn tab_text(page: Page, with_icon: bool) -> String {
    let icon = match page {
        Page::Data => icons::TABLE,
        Page::Prepare => icons::SLIDERS,
        Page::Segments => icons::SCATTER,
        Page::Personas => icons::PEOPLE,
        Page::Journeys => icons::PATHS,
        Page::Present => icons::PRESENT,
    };
    if with_icon { format!("{icon}  {}", page.name()) } else { page.name().to_owned() }
}

fn tab_width(ui: &Ui, page: Page, with_icon: bool) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    widgets::width_of(ui, &tab_text(page, with_icon), &font) + 2.0 * ui.spacing().button_padding.x
}

fn page_tab_ui(ui: &mut Ui, page: Page, is_on: bool, with_icon: bool, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    // The same weight whichever page is on, so that none of them moves.
    let text = RichText::new(tab_text(page, with_icon)).color(if is_on { t.accent } else { t.muted });
    let fill = if is_on { t.accent_tint } else { t.raised };
    let response = ui.add(Button::new(text).fill(fill).stroke(Stroke::NONE).min_size(Vec2::new(0.0, 32.0)));
    name_it(&response, Role::Tab, page.name());
    let info = Action::Go(page).info();
    if response.on_hover_text(format!("{}  {}", info.tooltip, info.shortcut)).clicked() {
        commands.push(Command::Do(Action::Go(page)));
    }
}

fn file_menu_ui(ui: &mut Ui, session: &Session, title: &str, most: usize, commands: &mut Vec<Command>) {
    let dot = if session.is_unsaved { " •" } else { "" };
    let title = cut(title, most);
    let menu = ui.menu_button(format!("{title}{dot}  {}", icons::CARET_DOWN), |ui| {
        ui.set_min_width(260.0);
        for action in [Action::Open, Action::AddSource, Action::FromDatabase, Action::OpenSample, Action::Reload] {
            menu_item_ui(ui, action, commands);
        }
        if !session.recent.is_empty() {
            ui.separator();
            ui.label(caption(ui, "Recent"));
            for recent in &session.recent {
                if ui.button(cut(&recent.name(), 40)).on_hover_text(recent.whole()).clicked() {
                    commands.push(Command::OpenAll(recent.paths().to_vec()));
                }
            }
        }
        ui.separator();
        for action in [Action::Save, Action::SaveAs, Action::Export] {
            menu_item_ui(ui, action, commands);
        }
        ui.separator();
        for action in [Action::Present, Action::Theme, Action::Palette, Action::Quit] {
            menu_item_ui(ui, action, commands);
        }
    });
    let hint = if session.is_unsaved { "File menu. There is work that is not saved yet." } else { "File menu" };
    name_it(&menu.response, Role::Button, "File menu");
    menu.response.on_hover_text(hint);
}

fn menu_item_ui(ui: &mut Ui, action: Action, commands: &mut Vec<Command>) {
    let info = action.info();
    if ui.add(Button::new(info.label).shortcut_text(info.shortcut)).on_hover_text(info.tooltip).clicked() {
        commands.push(Command::Do(action));
        ui.close();
    }
}

/// The room of the line at the bottom, which is reached after the page.
pub fn status_room(ui: &mut Ui) -> SetAside {
    let frame = Frame::new().fill(tokens(ui).raised).inner_margin(Margin::symmetric(12, 2));
    set_aside(ui, Panel::bottom("status").frame(frame).exact_size(32.0))
}

/// The line at the bottom: what is on screen, in one sentence, and the jobs under way.
pub fn status_ui(ui: &mut Ui, room: SetAside, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    room.fill_ui(ui, "status", |ui| {
        ui.horizontal_centered(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                if !answers.notes.is_empty() {
                    let text =
                        format!("{}  {} {}", icons::NOTE, answers.notes.len(), if answers.notes.len() == 1 { "note" } else { "notes" });
                    let button = Button::new(RichText::new(text).small()).frame_when_inactive(false);
                    let response = ui.add(button).on_hover_text("What reading and preparing changed or left out.");
                    if response.clicked() {
                        look.notes_open = !look.notes_open;
                    }
                }
                if is_stopped(answers) {
                    action_button(ui, icons::AGAIN, true, Action::ComputeAgain, true, commands);
                    ui.label(caption(ui, "Stopped"));
                }
                if let Some(job) = answers.jobs.first() {
                    let more = answers.jobs.len() - 1;
                    let more =
                        if more > 0 { format!(" and {more} more {}", if more == 1 { "job" } else { "jobs" }) } else { String::new() };
                    if icon_button(ui, icons::STOP, &format!("Stop {}{more}", job.title)).clicked() {
                        commands.push(Command::Do(Action::StopAll));
                    }
                    ui.add(ProgressBar::new(job.progress.fraction).desired_width(96.0).desired_height(4.0));
                    ui.label(caption(ui, format!("{}{more}", job.title)));
                }
                // What is on screen steps back for what is under way.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    widgets::cut_label(ui, caption(ui, status_text(plan, answers, look)));
                });
            });
        });
    });
    notes_ui(ui, answers, look);
}

/// Whether something wanted on this page was stopped by the user.
fn is_stopped(answers: &Answers) -> bool {
    let problems = [
        answers.loaded.problem(),
        answers.prepared.problem(),
        answers.sweep.problem(),
        answers.tree.problem(),
        answers.density.problem(),
        answers.segmentation.problem(),
        answers.silhouette.problem(),
        answers.map.problem(),
        answers.personas.problem(),
    ];
    problems.into_iter().flatten().any(|problem| *problem.0 == *STOPPED)
}

fn status_text(plan: &Plan, answers: &Answers, look: &Look) -> String {
    // Behind the start page the sample is made ready, which nobody has asked about yet.
    if look.is_start {
        return String::new();
    }
    let Some(loaded) = answers.loaded.latest() else { return plan.source.title() };
    let n_rows = loaded.table.n_rows;
    let mut parts = Vec::new();
    match answers.prepared.latest() {
        Some(prepared) => {
            let Prepared { table_rows, columns, .. } = &**prepared;
            parts.push(format!("{} of {}", thousands(table_rows.len()), answers.noun.counted(n_rows)));
            parts.push(format!("{} columns", columns.iter().filter(|column| column.enters).count()));
        }
        None => parts.push(format!("{}, {} columns", answers.noun.counted(n_rows), loaded.table.columns.len())),
    }
    if let Some(segmentation) = answers.segmentation.latest() {
        parts.push(segmentation.method_text.clone());
        if segmentation.labels.n_noise() > 0 {
            parts.push(format!("{} in no group", thousands(segmentation.labels.n_noise())));
        }
    }
    if let Some(silhouette) = answers.silhouette.latest() {
        parts.push(match silhouette.sampled {
            Some((measured, _)) if !silhouette.exact => format!("silhouettes from a sample of {}", thousands(measured)),
            _ => "exact".into(),
        });
    }
    if let Some(picked) = answers.brush.picked.as_ref().filter(|_| look.brush.is_some()) {
        parts.push(format!("{} selected", thousands(picked.n())));
    }
    parts.join("  ·  ")
}

fn notes_ui(ui: &mut Ui, answers: &Answers, look: &mut Look) {
    if !look.notes_open || answers.notes.is_empty() {
        return;
    }
    // The notes lie over everything, so Esc closes them first.
    if !look.is_covered() && ui.input_mut(|input| input.consume_key(eframe::egui::Modifiers::NONE, eframe::egui::Key::Escape)) {
        look.notes_open = false;
        return;
    }
    Area::new(Id::unique("notes")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, [-12.0, -40.0]).show(ui.ctx(), |ui| {
        widgets::card_frame(ui).shadow(ui.visuals().popup_shadow).show(ui, |ui| {
            ui.set_width(440.0);
            ui.horizontal(|ui| {
                ui.label(theme::strong("Notes"));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icons::CLOSE, "Close the notes").clicked() {
                        look.notes_open = false;
                    }
                });
            });
            ui.label(caption(ui, "What reading and preparing changed or left out."));
            eframe::egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for note in &answers.notes {
                    let told = answers.loaded.latest().map(|loaded| answers.dictionary.in_text(&note.0, loaded));
                    ui.horizontal_top(|ui| {
                        ui.label(caption(ui, "•"));
                        ui.add(eframe::egui::Label::new(widgets::unbroken(told.as_ref().unwrap_or(&note.0))).wrap());
                    });
                }
            });
        });
    });
}

/// Messages above the status line: something was saved, exported, recovered, or went wrong.
pub fn messages_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if session.message.is_none() && session.recovered.is_none() && session.moved.is_none() {
        return;
    }
    let area = Area::new(Id::unique("messages")).order(Order::Foreground).anchor(Align2::LEFT_BOTTOM, [12.0, -40.0]);
    area.show(ui.ctx(), |ui| {
        if let Some(what) = &session.recovered {
            message_frame(ui, false, |ui| {
                ui.add(eframe::egui::Label::new(format!("Work that was not saved is still here: {what}.")).wrap());
                ui.horizontal(|ui| {
                    if widgets::primary_button(ui, "Restore it").clicked() {
                        commands.push(Command::Restore);
                    }
                    if ui.button("Discard").clicked() {
                        commands.push(Command::Discard);
                    }
                });
            });
        }
        if let Some(moved) = &session.moved {
            message_frame(ui, true, |ui| {
                ui.add(eframe::egui::Label::new(moved).wrap());
                if widgets::primary_button(ui, "Locate the file…").clicked() {
                    commands.push(Command::Do(Action::Open));
                }
            });
        }
        if let Some(message) = &session.message {
            // Pages took their Esc before; one that nobody wanted closes the message.
            if ui.input_mut(|input| input.consume_key(eframe::egui::Modifiers::NONE, eframe::egui::Key::Escape)) {
                commands.push(Command::CloseMessage);
            }
            message_frame(ui, message.is_problem, |ui| {
                ui.horizontal_top(|ui| {
                    ui.add(eframe::egui::Label::new(&message.text).wrap());
                    if icon_button(ui, icons::CLOSE, "Close the message").clicked() {
                        commands.push(Command::CloseMessage);
                    }
                });
                if let Some((label, offer)) = &message.offer
                    && ui.button(*label).clicked()
                {
                    commands.push(Command::CloseMessage);
                    commands.push(offer.clone());
                }
            });
        }
    });
}

fn message_frame(ui: &mut Ui, is_problem: bool, contents: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let line = if is_problem { t.bad } else { t.accent };
    widgets::card_frame(ui).stroke(Stroke::new(1.0, line)).shadow(ui.visuals().popup_shadow).show(ui, |ui| {
        ui.set_max_width(460.0);
        contents(ui);
    });
    ui.add_space(INSIDE);
}

/// Marks on the whole window that dropped files would be opened, or would join the sources there are.
pub fn drop_hint_ui(ui: &mut Ui, plan: &Plan) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let t = tokens(ui);
    let rect = ui.ctx().content_rect().shrink(8.0);
    let painter = ui.ctx().layer_painter(eframe::egui::LayerId::new(Order::Foreground, Id::unique("drop_hint")));
    painter.rect(rect, 12.0, t.accent_tint.gamma_multiply(0.9), Stroke::new(2.0, t.accent), eframe::egui::StrokeKind::Inside);
    let font = eframe::egui::TextStyle::Heading.resolve(ui.style());
    let text = match (&plan.source, ui.input(|input| input.raw.hovered_files.len())) {
        (Source::Sources(_), _) => "Drop to add to the sources",
        (_, 1) => "Drop the file to open it",
        _ => "Drop the files to build a customer table from them",
    };
    painter.text(rect.center(), Align2::CENTER_CENTER, text, font, t.accent);
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}
