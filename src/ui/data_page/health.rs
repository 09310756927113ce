//! How healthy are the sources? A score per source with its history, the rules with what fails them, and one rule in detail.
//!
//! In: what became of every rule. Out: [`Command::Sources`] with other rules, [`Command::SaveFailingRows`]. Rules have one height, so only the
//! visible ones are drawn.

use std::sync::Arc;

use eframe::egui::{
    Align, Color32, DragValue, Frame, Label, Layout, Margin, Panel, Rect, RichText, Role as Widget, ScrollArea, Sense, Stroke, TextEdit,
    Ui, UiBuilder, pos2, vec2,
};

use crate::customers::Health;
use crate::customers::health::{Checked, SourceHealth};
use crate::data::Sourcing;
use crate::data::rules::{Dimension, Predicate, RowAction, Rule, Severity};
use crate::engine::SourcesAnswer;
use crate::session::{Command, HealthEntry, Look};

use super::super::icons;
use super::super::set_aside::set_aside;
use super::super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::super::widgets::{self, cut_label, name_it, percent, thousands};
use super::region::region;

const ROW: f32 = 48.0;
const CARD: f32 = 212.0;
const CARDS_HEIGHT: f32 = 96.0;

/// The scores over the rules, beside the rule that is looked at.
pub(super) fn ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    widgets::answer_ui(ui, &known.health, "the health of the data", |ui, health| {
        let mut rules: Vec<Rule> = health.rules.iter().map(|checked| checked.rule.clone()).collect();
        let before = rules.clone();
        Panel::top("health scores").frame(region()).show_separator_line(false).show(ui, |ui| scores_ui(ui, health, look));
        let panel = Panel::right("health rule").default_size(360.0).size_range(320.0..=480.0).frame(region());
        let aside = set_aside(ui, panel);
        list_ui(ui, health, &mut rules, look);
        let removed = aside.fill_ui(ui, "health rule", |ui| rule_ui(ui, sourcing, health, &mut rules, look, commands));
        if let Some(at) = removed {
            rules.remove(at);
            look.sources.rule = None;
        }
        if rules != before {
            commands.push(Command::Sources(Arc::new(Sourcing { rules: Some(rules), ..(**sourcing).clone() })));
        }
    });
}

/// A card per source.
fn scores_ui(ui: &mut Ui, health: &Health, look: &Look) {
    ScrollArea::horizontal().id_salt("health scores").auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = INSIDE;
            for source in &health.sources {
                let history: Vec<&HealthEntry> = look.sources.health_history.iter().filter(|entry| entry.source == source.name).collect();
                score_ui(ui, source, &history);
            }
        });
    });
}

fn score_ui(ui: &mut Ui, source: &SourceHealth, history: &[&HealthEntry]) {
    let frame = Frame::new().fill(tokens(ui).raised).stroke(Stroke::new(1.0, tokens(ui).hairline)).corner_radius(8);
    let inside = |ui: &mut Ui| {
        ui.set_width(CARD);
        ui.set_height(CARDS_HEIGHT - 24.0);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            cut_label(ui, theme::strong(&source.name));
            ui.horizontal(|ui| {
                let score = source.score.map_or_else(|| "no rule".to_owned(), percent);
                ui.label(RichText::new(score).text_style(eframe::egui::TextStyle::Heading).color(colour(ui, source.score)));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| history_ui(ui, history));
            });
            let broken = match source.n_broken {
                0 => format!("{} rows, no rule broken", thousands(source.n_rows)),
                1 => format!("{} rows, 1 rule broken", thousands(source.n_rows)),
                n => format!("{} rows, {n} rules broken", thousands(source.n_rows)),
            };
            cut_label(ui, caption(ui, broken));
        });
    };
    let response = frame.inner_margin(Margin::same(12)).show(ui, inside).response;
    response.on_hover_ui(|ui| {
        ui.set_max_width(360.0);
        ui.label("100 % minus the weighted share of failing rows: an error weighs 3, a warning 2, anything marked “Worth knowing” 1.");
        for (dimension, score) in Dimension::ALL.iter().zip(source.dimensions) {
            ui.label(format!("{}: {}", dimension.name(), score.map_or_else(|| "no rule".to_owned(), percent)));
        }
        ui.label(crate::customers::health::ACCURACY);
    });
}

fn colour(ui: &Ui, score: Option<f64>) -> Color32 {
    let t = tokens(ui);
    match score {
        Some(score) if score < 0.9 => t.bad,
        Some(score) if score < 0.98 => t.warn,
        _ => t.text,
    }
}

/// The scores as they were checked, oldest first; nothing before there are two.
fn history_ui(ui: &mut Ui, history: &[&HealthEntry]) {
    let (rect, response) = ui.allocate_exact_size(vec2(72.0, 24.0), Sense::hover());
    let shown = &history[history.len().saturating_sub(24)..];
    let (Some(first), Some(last), true) = (shown.first(), shown.last(), shown.len() > 1) else { return };
    let low = shown.iter().map(|entry| entry.score).fold(1.0, f64::min).min(0.98);
    let place = |at: usize, score: f64| {
        let x = rect.left() + rect.width() * at as f32 / (shown.len() - 1) as f32;
        pos2(x, rect.bottom() - rect.height() * ((score - low) / (1.0 - low)) as f32)
    };
    let line: Vec<_> = shown.iter().enumerate().map(|(at, entry)| place(at, entry.score)).collect();
    let end = line[line.len() - 1];
    ui.painter().line(line, Stroke::new(1.5, tokens(ui).accent));
    ui.painter().circle_filled(end, 2.5, tokens(ui).accent);
    let told = format!("From {} on {} to {} on {}", percent(first.score), first.day, percent(last.score), last.day);
    name_it(&response, Widget::Image, &told);
    response.on_hover_text(told);
}

/// Where the parts of a line are.
struct Places {
    checked: f32,
    failed: f32,
    share: f32,
    action: f32,
    right: f32,
}

impl Places {
    fn new(room: Rect) -> Places {
        let right = room.right();
        Places { checked: right - 376.0, failed: right - 292.0, share: right - 220.0, action: right - 152.0, right }
    }
}

/// Broken rules first, then those that some rows fail, in the order of the sources.
fn list_ui(ui: &mut Ui, health: &Health, rules: &mut [Rule], look: &mut Look) {
    let room = ui.available_rect_before_wrap().shrink2(vec2(BETWEEN, 0.0));
    let mut ui = ui.new_child(UiBuilder::new().id_salt("health rules").max_rect(room).layout(Layout::top_down(Align::Min)));
    let mut order: Vec<usize> = (0..health.rules.len()).collect();
    order.sort_by_key(|&at| {
        let checked = &health.rules[at];
        (!checked.is_broken && checked.problem.is_none(), checked.failed == 0, at)
    });
    let shown = look.sources.rule.filter(|at| *at < order.len()).or(order.first().copied());
    look.sources.rule = shown;
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let places = Places::new(head);
    let title = if health.is_suggested { "Rules the data suggest" } else { "Rules" };
    cell_ui(&mut ui, head, head.left(), places.checked, Align::Min, |ui| {
        ui.label(theme::strong(title));
        ui.label(caption(ui, thousands(order.len())));
    });
    for (left, right, text) in
        [(places.checked, places.failed, "Checked"), (places.failed, places.share, "Failed"), (places.share, places.action, "Share")]
    {
        cell_ui(&mut ui, head, left, right - INSIDE, Align::Max, |ui| _ = ui.label(caption(ui, text)));
    }
    cell_ui(&mut ui, head, places.action, places.right, Align::Min, |ui| _ = ui.label(caption(ui, "Rows that fail")));
    ScrollArea::vertical().id_salt("health rules").auto_shrink(false).show_rows(&mut ui, ROW, order.len(), |ui, rows| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for &at in &order[rows] {
            if line_ui(ui, at, &health.rules[at], &mut rules[at], shown == Some(at)) {
                look.sources.rule = Some(at);
                look.sources.rule_draft = None;
            }
        }
    });
}

/// A rule; whether it was clicked.
fn line_ui(ui: &mut Ui, at: usize, checked: &Checked, rule: &mut Rule, is_shown: bool) -> bool {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let places = Places::new(rect);
    let click = Rect::from_min_max(rect.min, pos2(places.action, rect.max.y));
    let response = ui.interact(click, ui.scope_id().with(("rule", at)), Sense::click());
    name_it(&response, Widget::Button, &format!("Show the rule {}", checked.words));
    widgets::row_background(ui, rect, is_shown, response.hovered());
    let t = tokens(ui);
    let words = match rule.enabled {
        true => RichText::new(&checked.words),
        false => RichText::new(&checked.words).color(t.muted).strikethrough(),
    };
    let mark = match (checked.is_broken || checked.problem.is_some(), rule.severity) {
        (false, _) => RichText::new(icons::CHECK).color(t.muted),
        (true, Severity::Error) => RichText::new(icons::WARNING).color(t.bad),
        (true, Severity::Warning | Severity::Info) => RichText::new(icons::WARNING).color(t.warn),
    };
    let left = Rect::from_min_max(rect.min + vec2(INSIDE, 4.0), pos2(places.checked, rect.max.y));
    let mut parts = ui.new_child(UiBuilder::new().id_salt(("words", at)).max_rect(left).layout(Layout::top_down(Align::Min)));
    parts.style_mut().interaction.selectable_labels = false;
    parts.spacing_mut().item_spacing.y = 0.0;
    parts.spacing_mut().interact_size.y = 20.0;
    parts.horizontal(|ui| {
        ui.label(mark);
        cut_label(ui, words);
    });
    parts.horizontal(|ui| {
        ui.add_space(22.0);
        cut_label(ui, caption(ui, format!("{} · {}", rule.source, rule.dimension.name())));
    });
    let muted = checked.failed == 0;
    let number = |ui: &mut Ui, left: f32, right: f32, text: String| {
        let text = RichText::new(text).color(if muted { t.muted } else { t.text });
        cell_ui(ui, rect, left, right - INSIDE, Align::Max, |ui| _ = ui.label(text));
    };
    if checked.problem.is_none() && rule.enabled {
        number(ui, places.checked, places.failed, thousands(checked.checked));
        number(ui, places.failed, places.share, thousands(checked.failed));
        number(ui, places.share, places.action, percent(checked.share));
    }
    cell_ui(ui, rect, places.action, places.right, Align::Min, |ui| {
        let choices = RowAction::ALL.map(|action| (action, action.name(), action.explanation()));
        ui.push_id(("action", at), |ui| widgets::combo_ui(ui, "Rows that fail", &mut rule.action, &choices));
    });
    response.clicked()
}

fn cell_ui(ui: &mut Ui, row: Rect, left: f32, right: f32, align: Align, contents: impl FnOnce(&mut Ui)) {
    let room = Rect::from_min_max(pos2(left, row.top()), pos2(right, row.bottom()));
    let layout = if align == Align::Max { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    let salt = (left.to_bits(), row.top().to_bits());
    let mut cell = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(room).layout(layout));
    cell.style_mut().interaction.selectable_labels = false;
    contents(&mut cell);
}

/// The rule that is looked at, or one being written; which one is to be removed.
fn rule_ui(
    ui: &mut Ui,
    sourcing: &Arc<Sourcing>,
    health: &Health,
    rules: &mut Vec<Rule>,
    look: &mut Look,
    commands: &mut Vec<Command>,
) -> Option<usize> {
    if look.sources.rule_draft.is_some() {
        draft_ui(ui, health, rules, look);
        return None;
    }
    let Some(at) = look.sources.rule.filter(|at| *at < health.rules.len()) else {
        ui.label(caption(ui, "No rules yet"));
        buttons_ui(ui, sourcing, health, look, commands);
        return None;
    };
    let checked = &health.rules[at];
    let mut is_removed = false;
    ui.add(Label::new(theme::strong(&checked.words)).wrap());
    ui.add(Label::new(caption(ui, checked.rule.dimension.explanation())).wrap());
    if !checked.rule.why.is_empty() {
        ui.add(Label::new(&checked.rule.why).wrap());
    }
    if let Some(problem) = &checked.problem {
        widgets::problem_ui(ui, problem, None);
    }
    ui.add_space(INSIDE);
    ui.horizontal(|ui| {
        widgets::check_ui(ui, &mut rules[at].enabled, "Check this rule");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_removed = widgets::icon_button(ui, icons::CLOSE, "Remove this rule").clicked();
        });
    });
    ui.horizontal(|ui| {
        ui.label("Broken above").on_hover_text("The share of rows that may fail before the rule counts as broken.");
        let mut share = 100.0 * rules[at].threshold;
        let field =
            ui.add(DragValue::new(&mut share).range(0.0..=100.0).speed(0.1).max_decimals(1).suffix(" %").update_while_editing(false));
        name_it(&field, Widget::SpinButton, "Broken above percent");
        if field.changed() {
            rules[at].threshold = share / 100.0;
        }
        let choices = Severity::ALL.map(|severity| (severity, severity.name(), "How much the rule counts in the score."));
        widgets::combo_ui(ui, "Severity", &mut rules[at].severity, &choices);
    });
    ui.add_space(INSIDE);
    if checked.examples.is_empty() {
        ui.label(caption(ui, "No row fails it"));
    } else {
        let n = checked.examples.len();
        let head =
            if n < checked.failed { format!("{n} of {} rows that fail", thousands(checked.failed)) } else { "Rows that fail".into() };
        ui.label(caption(ui, head));
        // Room is kept for the buttons below, whatever the examples are.
        let room = (ui.available_height() - 140.0).max(60.0);
        ScrollArea::vertical().id_salt("examples").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            ui.spacing_mut().item_spacing.y = 2.0;
            for example in &checked.examples {
                ui.horizontal(|ui| {
                    ui.label(caption(ui, example.row.map_or_else(|| "cell".to_owned(), |row| format!("row {}", thousands(row)))));
                    let value = if example.value.is_empty() { "(empty)" } else { &example.value };
                    cut_label(ui, widgets::unbroken(value));
                });
            }
        });
    }
    buttons_ui(ui, sourcing, health, look, commands);
    is_removed.then_some(at)
}

fn buttons_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, health: &Health, look: &mut Look, commands: &mut Vec<Command>) {
    ui.add_space(INSIDE);
    ui.separator();
    let source = look.sources.rule.and_then(|at| health.rules.get(at)).map(|checked| checked.rule.source.clone());
    let source = source.or_else(|| health.sources.first().map(|source| source.name.clone())).unwrap_or_default();
    let only_listed: Vec<&Checked> = health.rules.iter().filter(|checked| is_only_listed(checked)).collect();
    ui.horizontal_wrapped(|ui| {
        if !only_listed.is_empty() {
            let n: usize = only_listed.iter().map(|checked| checked.failed).sum();
            let (values, rules) = (if n == 1 { "value" } else { "values" }, if only_listed.len() == 1 { "rule" } else { "rules" });
            let tip = "Cells that cannot be true count as missing; their rows stay. Each rule keeps its own choice, which you can change.";
            let label = format!("Take {} invalid {values} of {} {rules} as missing", thousands(n), thousands(only_listed.len()));
            if ui.button(label).on_hover_text(tip).clicked() {
                let as_missing = |checked: &Checked| match is_only_listed(checked) {
                    true => Rule { action: RowAction::NullValue, ..checked.rule.clone() },
                    false => checked.rule.clone(),
                };
                let rules = Some(health.rules.iter().map(as_missing).collect());
                commands.push(Command::Sources(Arc::new(Sourcing { rules, ..(**sourcing).clone() })));
            }
        }
        let tip = "Write every row of this source that fails a rule, with the rules it fails, as a CSV file.";
        if ui.button(format!("Save failing rows of {source}…")).on_hover_text(tip).clicked() {
            commands.push(Command::SaveFailingRows(source.clone()));
        }
        if ui.button("Add a rule").on_hover_text("A formula that must be true in every row.").clicked() {
            look.sources.rule_draft = Some((source.clone(), String::new()));
        }
        if !health.is_suggested && ui.button("Back to suggested rules").on_hover_text("Forget all changes to the rules.").clicked() {
            commands.push(Command::Sources(Arc::new(Sourcing { rules: None, ..(**sourcing).clone() })));
        }
    });
}

/// Whether a rule found values that cannot be true, of a column of its own, and nothing is done about them yet.
fn is_only_listed(checked: &Checked) -> bool {
    let Checked { rule, failed, .. } = checked;
    let is_of_one_cell = rule.columns.len() == 1 && rule.predicate != Predicate::Readable;
    rule.enabled && rule.dimension == Dimension::Validity && is_of_one_cell && rule.action == RowAction::Flag && *failed > 0
}

/// A rule of the user's own: a formula that must be true.
fn draft_ui(ui: &mut Ui, health: &Health, rules: &mut Vec<Rule>, look: &mut Look) {
    let Some((source, formula)) = &mut look.sources.rule_draft else { return };
    ui.label(theme::strong("A rule of your own"));
    ui.add(
        Label::new(caption(ui, "A formula that must be true in every row of the source, such as quantity > 0 AND price < 1000.")).wrap(),
    );
    ui.add_space(INSIDE);
    let names: Vec<&str> = health.sources.iter().map(|source| source.name.as_str()).collect();
    let mut chosen = names.iter().position(|name| *name == source.as_str()).unwrap_or(0);
    let choices: Vec<(usize, &str, &str)> = names.iter().enumerate().map(|(at, name)| (at, *name, "")).collect();
    widgets::combo_ui(ui, "Source", &mut chosen, &choices);
    if let Some(name) = names.get(chosen) {
        *source = (*name).to_owned();
    }
    let field = ui.add(TextEdit::singleline(formula).hint_text("quantity > 0").desired_width(f32::INFINITY));
    name_it(&field, Widget::TextInput, "Formula of the rule");
    ui.add_space(INSIDE);
    let (mut is_added, mut is_given_up) = (false, false);
    ui.horizontal(|ui| {
        ui.add_enabled_ui(!formula.trim().is_empty(), |ui| is_added = widgets::primary_button(ui, "Add").clicked());
        is_given_up = ui.button("Cancel").clicked();
    });
    if is_added {
        rules.push(Rule {
            source: source.clone(),
            dimension: Dimension::Validity,
            columns: Vec::new(),
            predicate: Predicate::Formula(formula.trim().to_owned()),
            severity: Severity::Warning,
            threshold: 0.0,
            action: RowAction::Flag,
            enabled: true,
            why: String::new(),
        });
        look.sources.rule = Some(rules.len() - 1);
    }
    if is_added || is_given_up {
        look.sources.rule_draft = None;
    }
}
