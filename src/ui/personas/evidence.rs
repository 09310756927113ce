//! The back of a card: every column and level that was looked at, strongest first, with the numbers.

use eframe::egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};

use crate::persona::{Evidence, Persona, Personas};
use crate::ui::icons;
use crate::ui::theme::{self, INSIDE, caption, tokens};
use crate::ui::widgets::{self, percent, thousands};

const HEADS: [(&str, &str); 9] = [
    ("Column", "The column, and the level for categories."),
    ("Here", "Median inside the persona; share of members for a level."),
    ("Everyone", "The same for all customers."),
    ("Others", "The same for all customers outside the persona."),
    (
        "Effect",
        "How far apart, in standard deviations: Hedges' g for numbers, Cohen's h for levels. From 0.2 it is told, from 0.5 it may name.",
    ),
    ("v.test", "How surely it differs at all; grows with the number of customers, so it is a gate and never a ranking."),
    ("Covers", "Share of members the trait holds for."),
    ("Customers", "Members with a value."),
    ("Missing", "Share of members without a value."),
];

/// Draws the evidence of `persona`.
pub fn ui(ui: &mut Ui, all: &Personas, persona: &Persona) {
    ui.label(theme::heading(&persona.name));
    ui.label(caption(ui, "Every word on the card rests on one of these rows."));
    ui.add_space(INSIDE);
    for note in &all.notes {
        ui.label(caption(ui, note.0.as_str()));
    }
    let named: Vec<usize> = persona.name_parts.iter().filter_map(|part| part.evidence).collect();
    let told: Vec<usize> = persona.statements.iter().map(|statement| statement.evidence).collect();
    let mut table =
        TableBuilder::new(ui).striped(false).cell_layout(Layout::right_to_left(Align::Center)).column(Column::initial(176.0).clip(true));
    for width in [104.0, 104.0, 104.0, 56.0, 60.0, 56.0, 72.0, 56.0] {
        table = table.column(Column::initial(width).at_least(48.0).clip(true));
    }
    table
        .column(Column::remainder().at_least(88.0))
        .header(28.0, |mut header| {
            for (at, (name, explanation)) in HEADS.iter().enumerate() {
                header.col(|ui| {
                    let text = RichText::new(*name).small().color(tokens(ui).muted);
                    let layout = if at == 0 { Layout::left_to_right(Align::Center) } else { Layout::right_to_left(Align::Center) };
                    ui.with_layout(layout, |ui| ui.label(text).on_hover_text(*explanation));
                });
            }
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(26.0, persona.evidence.len(), |mut row| {
                let at = row.index();
                let Evidence { column, level, texts, effect, v_test, coverage, n, missing_share, .. } = &persona.evidence[at];
                let name = level.as_ref().map_or_else(|| column.clone(), |level| format!("{column} = {level}"));
                row.col(|ui| {
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::cut_label(ui, name.as_str()).on_hover_text(&name));
                });
                let cells = [
                    texts[0].clone(),
                    texts[1].clone(),
                    texts[2].clone(),
                    signed(*effect, 2),
                    signed(*v_test, 1),
                    percent(*coverage),
                    thousands(*n),
                    percent(*missing_share),
                ];
                for (cell, text) in cells.into_iter().enumerate() {
                    row.col(|ui| {
                        let text = RichText::new(text);
                        let text = if cell == 3 && effect.abs() >= 0.5 { text.family(theme::bold()) } else { text };
                        ui.label(text);
                    });
                }
                row.col(|ui| {
                    let (word, hint) = if named.contains(&at) {
                        ("in the name", "A word of the automatic name rests on this row.")
                    } else if told.contains(&at) {
                        ("on the card", "A statement on the front rests on this row.")
                    } else {
                        return;
                    };
                    let accent = tokens(ui).accent;
                    ui.label(RichText::new(format!("{} {word}", icons::CHECK)).small().color(accent)).on_hover_text(hint);
                });
            });
        });
}

fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}");
    text.replace('-', "−")
}
