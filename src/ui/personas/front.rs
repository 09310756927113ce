//! The front of a card: name, one sentence, what sets them apart, distributions, and what the user added.

use eframe::egui::{
    Align, Align2, FontFamily, FontId, Frame, Label, Layout, Margin, Rect, RichText, Role, Sense, Stroke, TextEdit, TextStyle, Ui,
    UiBuilder, Vec2, pos2,
};

use crate::engine::{Answer, Answers};
use crate::persona::{Added, Direction, Persona, Personas, Statement};
use crate::session::{CardEdit, Command, Look};
use crate::ui::theme::{self, BETWEEN, INSIDE, caption, tokens};
use crate::ui::widgets::{self, icon_button, name_it};
use crate::ui::{icons, personas};

use super::{distribution, glyph};

/// Draws the front of `persona`'s card.
pub fn front_ui(ui: &mut Ui, answers: &Answers, all: &Personas, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let width = ui.available_width().min(1180.0);
    let mut room = ui.available_rect_before_wrap();
    room.min.x += (room.width() - width) / 2.0;
    let card = UiBuilder::new().max_rect(room.with_max_x(room.min.x + width));
    ui.scope_builder(card, |ui| card_ui(ui, answers, all, persona, width, look, commands));
}

fn card_ui(ui: &mut Ui, answers: &Answers, all: &Personas, persona: &Persona, width: f32, look: &mut Look, commands: &mut Vec<Command>) {
    widgets::card_frame(ui).inner_margin(Margin::same(24)).show(ui, |ui| {
        ui.set_width(width - 50.0);
        head_ui(ui, persona, look, commands);
        ui.add_space(INSIDE);
        ui.add(Label::new(RichText::new(widgets::unbroken(&persona.summary)).size(16.0)).wrap());
        ui.add_space(INSIDE);
        // Of cards from before the last change it says nothing.
        let unknown = Answer::default();
        let stability = if answers.personas.ready().is_some() { &answers.stability } else { &unknown };
        personas::size_ui(ui, persona, stability, all.personas.len());
        ui.add_space(BETWEEN);
        let column = (ui.available_width() - 32.0) / 2.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 32.0;
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.x = INSIDE;
                ui.set_width(column);
                statements_ui(ui, "What sets them apart", persona, Direction::More, 5);
                statements_ui(ui, "Less than others", persona, Direction::Less, 3);
                if persona.statements.is_empty() {
                    ui.label(caption(ui, "No strong difference from everyone was found."));
                }
            });
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.x = INSIDE;
                ui.set_width(column);
                added_ui(ui, persona, look, commands);
            });
        });
        ui.add_space(BETWEEN);
        distributions_ui(ui, persona);
        ui.add_space(INSIDE);
        footer_ui(ui, all, persona);
    });
}

fn head_ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        glyph::glyph_ui(ui, persona.number, 64.0);
        ui.add_space(4.0);
        ui.vertical(|ui| {
            ui.add_space(2.0);
            name_ui(ui, persona, look, commands);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                if persona.is_renamed {
                    ui.label(caption(ui, format!("Your name. Automatic: {}", persona.automatic_name)));
                    if ui.small_button("Use it").on_hover_text("Go back to the automatic name.").clicked() {
                        commands.push(Command::EditCard(persona.cluster, CardEdit::Name(None)));
                    }
                } else {
                    automatic_name_ui(ui, persona);
                }
                if persona.may_be_out_of_date {
                    let warn = tokens(ui).warn;
                    widgets::chip(ui, "Name may be out of date", warn)
                        .on_hover_text("The customers in this segment have largely changed since you named it.");
                }
            });
        });
    });
}

/// The name: a text field that looks like a heading until it is touched.
fn name_ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let mut text = match &look.name_draft {
        Some((cluster, draft)) if *cluster == persona.cluster => draft.clone(),
        _ => persona.name.clone(),
    };
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut text)
            .font(theme::display_style())
            .frame(Frame::new())
            .desired_width((ui.available_width() - 40.0).max(120.0))
            .char_limit(80);
        let response = ui.add(field);
        name_it(&response, Role::TextInput, &format!("Name of C{}", persona.number + 1));
        if response.changed() {
            look.name_draft = Some((persona.cluster, text.clone()));
        }
        if response.hovered() || response.has_focus() {
            let line = response.rect.translate(Vec2::new(0.0, 2.0));
            let colour = if response.has_focus() { tokens(ui).accent } else { tokens(ui).hairline };
            ui.painter().hline(line.x_range(), line.bottom(), Stroke::new(1.5, colour));
        }
        if response.lost_focus() {
            let name = text.trim().to_owned();
            let escaped = ui.input(|input| input.key_pressed(eframe::egui::Key::Escape));
            if !escaped && look.name_draft.is_some() && name != persona.name {
                let name = Some(name).filter(|name| !name.is_empty() && *name != persona.automatic_name);
                commands.push(Command::EditCard(persona.cluster, CardEdit::Name(name)));
            }
            look.name_draft = None;
        }
        if icon_button(ui, icons::EDIT, "Rename").clicked() {
            response.request_focus();
        }
    });
}

/// The automatic name's words, each with the evidence it rests on.
fn automatic_name_ui(ui: &mut Ui, persona: &Persona) {
    ui.label(caption(ui, "Why this name:"));
    let mut any = false;
    for part in &persona.name_parts {
        let Some(row) = part.evidence.and_then(|row| persona.evidence.get(row)) else { continue };
        any = true;
        let what = row.level.as_ref().map_or(row.column.clone(), |level| format!("{} = {level}", row.column));
        let colour = tokens(ui).text;
        let text = format!("{what}: {} here, {} for everyone (effect {:+.2})", row.texts[0], row.texts[1], row.effect);
        widgets::chip(ui, part.word.as_str(), colour).on_hover_text(text);
    }
    if !any {
        ui.label(caption(ui, "no strong difference from everyone was found."));
    }
}

fn statements_ui(ui: &mut Ui, title: &str, persona: &Persona, direction: Direction, most: usize) {
    let mut statements = persona.statements.iter().filter(|statement| statement.direction == direction).take(most).peekable();
    if statements.peek().is_none() {
        return;
    }
    ui.label(theme::strong(title));
    ui.add_space(2.0);
    for statement in statements {
        statement_ui(ui, statement, persona);
    }
    ui.add_space(INSIDE);
}

fn statement_ui(ui: &mut Ui, statement: &Statement, persona: &Persona) {
    let row = persona.evidence.get(statement.evidence);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 24.0), Sense::hover());
    widgets::row_background(ui, rect.expand2(Vec2::new(6.0, 0.0)), false, response.hovered());
    // Three columns, so that values stand under values: what, here, everyone.
    let (value, everyone) = (rect.right() - 104.0, rect.right());
    let swatch = Rect::from_center_size(pos2(rect.left() + 6.0, rect.center().y), Vec2::splat(10.0));
    ui.painter().rect_filled(swatch, 2.0, theme::segment(persona.number));
    let what = Rect::from_min_max(pos2(rect.left() + 20.0, rect.top()), pos2(value - 96.0, rect.bottom()));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(what).layout(Layout::left_to_right(Align::Center)));
    widgets::cut_label(&mut inner, statement.text.as_str());
    let text = |size: f32, bold: bool| FontId::new(size, if bold { theme::bold() } else { FontFamily::Proportional });
    let t = tokens(ui);
    ui.painter().text(pos2(value, rect.center().y), Align2::RIGHT_CENTER, &statement.value, text(14.0, true), t.text);
    let all = format!("all {}", statement.everyone);
    ui.painter().text(pos2(everyone, rect.center().y), Align2::RIGHT_CENTER, all, text(12.0, false), t.muted);
    if let Some(row) = row {
        response.on_hover_text(format!(
            "{}{}: {} here, {} for everyone, {} for all others. Effect {:+.2}, v.test {:+.1}, {} customers with a value.",
            row.column,
            row.level.as_ref().map_or(String::new(), |level| format!(" = {level}")),
            row.texts[0],
            row.texts[1],
            row.texts[2],
            row.effect,
            row.v_test,
            widgets::thousands(row.n)
        ));
    }
}

fn distributions_ui(ui: &mut Ui, persona: &Persona) {
    if persona.distributions.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        ui.label(theme::strong("Distributions"));
        widgets::swatch(ui, theme::segment(persona.number));
        ui.label(caption(ui, "this persona"));
        let everyone = tokens(ui).everyone;
        widgets::swatch(ui, everyone);
        ui.label(caption(ui, "everyone"));
    });
    ui.add_space(4.0);
    let width = ((ui.available_width() - 64.0) / 3.0).floor();
    for row in persona.distributions.chunks(3).take(2) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 32.0;
            for plot in row {
                distribution::ui(ui, plot, persona.number, width);
            }
        });
        ui.add_space(INSIDE);
    }
}

fn added_ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let mut added = match &look.added_draft {
        Some((cluster, draft)) if *cluster == persona.cluster => draft.clone(),
        _ => persona.added.clone(),
    };
    let mut changed = false;
    let mut left = false;
    Frame::new().fill(t.added).corner_radius(8).inner_margin(Margin::same(12)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(theme::strong("Added by you"));
            ui.label(caption(ui, "kept apart from the data on every card"));
        });
        let Added { goals, pains, quotes, messages, .. } = &mut added;
        let fields = [
            ("Goals", goals, "What do they want to get done?"),
            ("Pains", pains, "What stands in their way?"),
            ("Quotes", quotes, "What do they say, in their own words?"),
            ("Messages", messages, "What should we tell them?"),
        ];
        for (name, text, hint) in fields {
            ui.label(RichText::new(name).text_style(TextStyle::Small).color(t.muted));
            let field =
                TextEdit::multiline(text).hint_text(hint).desired_rows(1).desired_width(f32::INFINITY).frame(Frame::new()).char_limit(2000);
            let response = ui.add(field);
            name_it(&response, Role::MultilineTextInput, &format!("{name} of C{}", persona.number + 1));
            changed |= response.changed();
            left |= response.lost_focus();
        }
    });
    if changed {
        look.added_draft = Some((persona.cluster, added.clone()));
    }
    if left && look.added_draft.is_some() {
        if added != persona.added {
            commands.push(Command::EditCard(persona.cluster, CardEdit::Added(added)));
        }
        look.added_draft = None;
    }
}

fn footer_ui(ui: &mut Ui, all: &Personas, persona: &Persona) {
    let mut parts = vec![format!("Described from {} customers", widgets::thousands(all.n_rows - all.n_left_out))];
    if let Some(share) = persona.match_all_share {
        parts.push(format!("{} match all headline traits", widgets::percent(share)));
    }
    if let Some(column) = &all.revenue_column {
        parts.push(format!("revenue: {column}"));
    }
    ui.separator();
    ui.label(caption(ui, parts.join("  ·  ")));
}
