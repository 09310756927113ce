//! The card of a niche, and its row in the list: a dashed band, what it is part of, its need first, what else sets it apart from its segment, how that was confirmed.
//!
//! In: the plan's niche cards and the niches found. Out: the plan without the card, or the niche picked. A card whose niche is no longer confirmed says so.

use eframe::egui::{
    self, Align, Button, Frame, Id, Label, Layout, Margin, Pos2, Rect, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, UiBuilder, Vec2,
};

use crate::engine::{Answers, niche_of};
use crate::export::niche_apart;
use crate::persona::Niche;
use crate::persona::text::percent;
use crate::session::{Brush, Command, Look, NicheCard, NicheOptions, Plan};
use crate::ui::theme::{self, BETWEEN, INSIDE, caption, tokens};
use crate::ui::widgets::{cut_label, name_it, row_background};

use super::view::View;

const ROW: f32 = 44.0;
const LOST: &str = "This niche is not confirmed by the data as they are now. Its card is in no export until it is.";

/// The niche of a card, where it is known and confirmed.
fn niche<'a>(answers: &'a Answers, plan: &Plan, card: &NicheCard) -> Option<&'a Niche> {
    let niches = answers.niches.latest()?;
    niches.niches.get(niche_of(card, niches, plan)?)
}

fn name<'a>(card: &'a NicheCard, niche: Option<&'a Niche>) -> &'a str {
    card.name.as_deref().or(niche.map(|niche| niche.card.name.as_str())).unwrap_or("Niche")
}

/// Whether the niches are still being looked for, so that nothing can be said against a card.
fn is_open(answers: &Answers) -> bool {
    answers.niches.latest().is_none() && answers.niches.problem().is_none()
}

/// The rows of the list.
pub(super) fn rows_ui(ui: &mut Ui, view: &View, look: &mut Look) {
    let cards = &view.plan.niches.cards;
    if cards.is_empty() {
        return;
    }
    ui.add_space(INSIDE);
    ui.label(theme::strong(if cards.len() == 1 { "Niche" } else { "Niches" }));
    for (at, card) in cards.iter().enumerate() {
        let niche = niche(view.answers, view.plan, card);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
        row_background(ui, rect, look.cards.niche == Some(at), response.hovered());
        let band = Rect::from_min_size(rect.min + Vec2::new(8.0, 5.0), Vec2::new(6.0, ROW - 10.0));
        dashes_paint(ui, band, niche.and_then(|niche| niche.parent));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.with_min_x(band.right() + 8.0).shrink2(Vec2::new(0.0, 5.0))));
        inner.spacing_mut().item_spacing.y = 1.0;
        // A name that can be marked would take the click.
        inner.style_mut().interaction.selectable_labels = false;
        inner.spacing_mut().interact_size.y = 16.0;
        cut_label(&mut inner, theme::strong(name(card, niche)));
        let below = match niche {
            Some(niche) => format!("{} · {}", view.personas.noun.counted(niche.table_rows.len()), niche.part_of()),
            None if is_open(view.answers) => "Being looked for".to_owned(),
            None => "No longer confirmed".to_owned(),
        };
        let text = caption(&inner, below);
        cut_label(&mut inner, text);
        name_it(&response, Role::Button, &format!("Niche card {}", name(card, niche)));
        if response.clicked() {
            look.cards.niche = Some(at);
        }
    }
}

/// The card.
pub(super) fn card_ui(ui: &mut Ui, view: &View, at: usize, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(card) = view.plan.niches.cards.get(at) else { return };
    let niche = niche(view.answers, view.plan, card);
    ScrollArea::vertical().id_salt(("niche card", at)).auto_shrink([false, false]).show(ui, |ui| {
        let mut room = ui.available_rect_before_wrap();
        let width = room.width().min(1180.0);
        room.min.x += ((room.width() - width) / 2.0).floor();
        room.max.x = room.min.x + width;
        ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
            let t = tokens(ui);
            let frame = Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.hairline)).corner_radius(8);
            let shown = frame.inner_margin(Margin { left: 32, right: 24, top: 20, bottom: 16 }).show(ui, |ui| {
                ui.set_width(width - 58.0);
                face_ui(ui, view, (at, card), niche, look, commands);
            });
            let rect = shown.response.rect;
            dashes_paint(ui, rect.with_max_x(rect.left() + 8.0), niche.and_then(|niche| niche.parent));
            name_it(&shown.response, Role::Group, &format!("Card of the niche {}", name(card, niche)));
        });
    });
}

fn face_ui(ui: &mut Ui, view: &View, (at, card): (usize, &NicheCard), niche: Option<&Niche>, look: &mut Look, commands: &mut Vec<Command>) {
    let noun = &view.personas.noun;
    ui.horizontal(|ui| {
        let eyebrow = niche.map_or_else(|| "Niche".to_owned(), |niche| format!("Niche · {}", niche.part_of()));
        ui.label(caption(ui, eyebrow));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui
                .add(Button::new("Remove this card").min_size(Vec2::new(0.0, 26.0)))
                .on_hover_text("The niche stays listed beside the segments.")
                .clicked()
            {
                let mut cards = view.plan.niches.cards.clone();
                cards.remove(at);
                look.cards.niche = None;
                commands.push(Command::Niches(NicheOptions { cards, ..view.plan.niches.clone() }));
            }
            if let (Some(niche), Some(loaded)) = (niche, view.answers.loaded.ready())
                && ui
                    .add(Button::new("Select").min_size(Vec2::new(0.0, 26.0)))
                    .on_hover_text("Mark these customers in all plots and in the table.")
                    .clicked()
            {
                look.pick(Brush::rows(loaded.stamp, niche.table_rows.iter().copied(), "niche card"));
            }
        });
    });
    name_ui(ui, view, (at, card), niche, commands);
    let Some(niche) = niche else {
        ui.add_space(INSIDE);
        let why = view
            .answers
            .niches
            .problem()
            .map_or_else(|| if is_open(view.answers) { "Being looked for." } else { LOST }.to_owned(), |problem| problem.0.to_string());
        ui.add(Label::new(caption(ui, why)).wrap());
        return;
    };
    let parent = niche.parent_short();
    ui.label(format!("{}, {} of {parent}.", noun.counted(niche.table_rows.len()), percent(niche.share_of_parent)));
    ui.add_space(BETWEEN);
    ui.label(theme::strong("Their need"));
    line_ui(ui, &niche.need.what, &niche.need.value, &format!("{parent} {}", niche.need.of_parent), true);
    ui.add_space(INSIDE);
    let apart = niche_apart(niche);
    if !apart.is_empty() {
        ui.label(theme::strong(format!("What else sets them apart from {parent}")));
        for row in apart {
            line_ui(ui, &row.shown.title(), &row.texts[0], &format!("{parent} {}", row.texts[1]), false);
        }
        ui.add_space(INSIDE);
    }
    ui.label(theme::strong("Who they are"));
    let rule: Vec<&str> = niche.rule.iter().map(|condition| condition.text.as_str()).collect();
    ui.add(Label::new(format!("In {parent}, with {}.", rule.join(", "))).wrap());
    ui.add_space(INSIDE);
    ui.label(theme::strong("How it was confirmed"));
    if let Some(confirmed) = &niche.need.confirmed {
        ui.add(Label::new(caption(ui, format!("The need on the other half of the {}: {confirmed}.", noun.many))).wrap());
    }
    for sentence in &niche.confirmed {
        ui.add(Label::new(caption(ui, sentence.as_str())).wrap());
    }
    if let Some(niches) = view.answers.niches.latest() {
        ui.add(Label::new(caption(ui, niches.sentence())).wrap());
    }
}

/// The name, typed over where it stands; without any it is the one found.
fn name_ui(ui: &mut Ui, view: &View, (at, card): (usize, &NicheCard), niche: Option<&Niche>, commands: &mut Vec<Command>) {
    let id = Id::unique(("niche name", at));
    let before = name(card, niche);
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| before.to_owned());
    let edit = TextEdit::singleline(&mut text)
        .font(theme::display_style())
        .frame(Frame::new())
        .char_limit(60)
        .margin(Margin::ZERO)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).on_hover_text("Type to give it another name.");
    name_it(&response, Role::TextInput, "Name of the niche");
    if response.changed() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        let typed = text.trim();
        let own = (!typed.is_empty() && niche.is_none_or(|niche| niche.card.name != typed)).then(|| typed.to_owned());
        if typed != before {
            let mut cards = view.plan.niches.cards.clone();
            cards[at].name = own;
            commands.push(Command::Niches(NicheOptions { cards, ..view.plan.niches.clone() }));
        }
    }
}

/// What, here, and in the segment; values stand under values.
fn line_ui(ui: &mut Ui, what: &str, value: &str, of_parent: &str, is_first: bool) {
    let height = if is_first { 30.0 } else { 26.0 };
    ui.horizontal(|ui| {
        ui.set_height(height);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.allocate_ui_with_layout(Vec2::new(120.0, height), Layout::right_to_left(Align::Center), |ui| {
                cut_label(ui, caption(ui, of_parent))
            });
            ui.allocate_ui_with_layout(Vec2::new(96.0, height), Layout::right_to_left(Align::Center), |ui| {
                cut_label(ui, theme::strong(value))
            });
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if is_first { cut_label(ui, theme::strong(what)) } else { cut_label(ui, egui::RichText::new(what)) }
            });
        });
    });
}

/// The band in dashes: part of a segment, and no segment.
fn dashes_paint(ui: &Ui, band: Rect, parent: Option<usize>) {
    let colour = parent.map_or_else(theme::noise, theme::segment);
    let (dash, gap) = (10.0, 6.0);
    let mut top = band.top();
    while top < band.bottom() {
        let piece = Rect::from_min_max(Pos2::new(band.left(), top), Pos2::new(band.right(), (top + dash).min(band.bottom())));
        ui.painter().rect_filled(piece, 1.0, colour);
        top += dash + gap;
    }
}
