//! The Prepare page: which columns enter, and how? Choices that hold for all, then one row per column; beside them what the
//! principal components make of it.
//!
//! In: the profile, the prepared data and the plan. Out: [`Command::Prepare`] with only what the user chose.

mod columns;
mod variance;

use eframe::egui::{Align, CentralPanel, DragValue, Frame, Id, Layout, Margin, Panel, Stroke, Ui};

use crate::data::Noun;
use crate::data::{Dictionary, may_hold_no_answers};
use crate::engine::{Answer, Answers};
use crate::features::{Dimensions, Preparation, Prepared, Scale, TransformRule};
use crate::session::{Action, Command, Look, Page, Plan, PlotKind};

use super::data_page::{head_ui, region};
use super::icons;
use super::set_aside::set_aside;
use super::theme::{BETWEEN, INSIDE, REGION, STALE, caption, tokens};
use super::widgets::{self, answer_ui, combo_ui, thousands};

const DIMENSIONS: [(Dimensions, &str, &str); 4] = [
    (
        Dimensions::Auto,
        "Automatic",
        "The columns themselves when all are numbers; the components that matter most when categories enter (FAMD).",
    ),
    (Dimensions::Columns, "All columns", "Every prepared column as it is; each level of a category becomes a column of its own."),
    (
        Dimensions::ComponentsAboveOne,
        "Components above 1",
        "The principal components that tell more than one column alone would: those with an eigenvalue above 1.",
    ),
    (Dimensions::ComponentsFor80Percent, "Components for 80 %", "As many principal components as together explain 80 % of the variance."),
];

/// Shows the page.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    ui.painter().rect_filled(ui.max_rect(), 0, tokens(ui).surface);
    let is_narrow = ui.available_width() < NARROW;
    let prepared = answers.prepared.latest();
    let summary = prepared.map_or_else(String::new, |prepared| summary(prepared, widgets::noun_of(answers)));
    head_ui(ui, "Prepare", &summary, look, |ui, _| {
        if widgets::primary_button(ui, &format!("Find segments  {}", icons::NEXT)).clicked() {
            commands.push(Command::Do(Action::Go(Page::Segments)));
        }
    });
    if look.maximised == Some(PlotKind::Variance) {
        let show = if is_narrow { variance::ui } else { variance::plot_ui };
        CentralPanel::default().frame(raised(ui)).show(ui, |ui| components_ui(ui, answers, look, commands, show));
        return;
    }
    Panel::top("knobs").frame(region()).show_separator_line(false).show(ui, |ui| {
        let asks = plan.preparation.no_answer_is_missing
            || answers.loaded.latest().is_some_and(|loaded| loaded.profile.columns.iter().any(may_hold_no_answers));
        knobs_ui(ui, plan, is_narrow.then_some(look), prepared.map(|prepared| prepared.pca.explained.len()), asks, commands);
    });
    let aside = (!is_narrow).then(|| {
        let width = (ui.available_width() * 0.5 - 296.0).clamp(344.0, 640.0);
        set_aside(ui, Panel::right("components").default_size(width).size_range(320.0..=720.0).frame(raised(ui)))
    });
    answer_ui(ui, &answers.loaded, "the columns", |ui, loaded| {
        columns::ui(ui, plan, loaded, &answers.prepared, commands);
    });
    if let Some(aside) = aside {
        aside.fill_ui(ui, "components", |ui| components_ui(ui, answers, look, commands, variance::ui));
    }
}

/// Narrower than this the components have no room beside the columns: a button shows them in their place.
const NARROW: f32 = 1_180.0;

type VarianceUi = fn(&mut Ui, (&Prepared, &Dictionary), Option<usize>, &mut Look, &mut Vec<Command>);

/// What the components say; a problem is told once, above the columns, and leaves the last components dimmed.
fn components_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>, show: VarianceUi) {
    let n_chosen = n_chosen_components(answers);
    match &answers.prepared {
        Answer::Failed { previous: Some(previous), .. } => {
            ui.multiply_opacity(STALE);
            show(ui, (previous, &answers.dictionary), n_chosen, look, commands);
        }
        Answer::Failed { previous: None, .. } => {
            widgets::centred(ui, |ui| ui.label(caption(ui, "Components appear once the columns can be prepared")));
        }
        answer => {
            answer_ui(ui, answer, "the components", |ui, prepared| show(ui, (prepared, &answers.dictionary), n_chosen, look, commands))
        }
    }
}

fn raised(ui: &Ui) -> Frame {
    let t = tokens(ui);
    Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.hairline)).inner_margin(Margin::same(BETWEEN as i8))
}

fn summary(prepared: &Prepared, noun: Noun) -> String {
    let n_entering = prepared.columns.iter().filter(|column| column.enters).count();
    let rows = match prepared.n_table_rows - prepared.table_rows.len() {
        0 => format!("all {} take part", noun.counted(prepared.n_table_rows)),
        _ => format!("{} of {} take part", thousands(prepared.table_rows.len()), noun.counted(prepared.n_table_rows)),
    };
    format!("{n_entering} of {} columns used · {rows}", prepared.columns.len())
}

/// How many components the clustering sees; `None` when it sees the columns themselves.
fn n_chosen_components(answers: &Answers) -> Option<usize> {
    let prepared = answers.prepared.latest()?;
    // Both lists name the same things exactly when the columns themselves were taken.
    (prepared.dimension_names != prepared.pca.encoded_names).then_some(prepared.dimension_names.len())
}

/// The choices that hold for all columns, side by side.
fn knobs_ui(
    ui: &mut Ui,
    plan: &Plan,
    narrow: Option<&mut Look>,
    n_components: Option<usize>,
    asks_no_answer: bool,
    commands: &mut Vec<Command>,
) {
    let mut preparation = plan.preparation.clone();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = REGION;
        ui.spacing_mut().combo_width = 112.0;
        knob_ui(ui, "Scale", "How numbers of different size are made comparable, unless set otherwise for a column.", |ui, _| {
            let choices: Vec<_> = Scale::ALL.iter().map(|scale| (*scale, scale.name(), scale.explanation())).collect();
            combo_ui(ui, "Scale", &mut preparation.scale, &choices);
        });
        knob_ui(ui, "Transform", "Whether long tails are calmed, unless set otherwise for a column.", |ui, _| {
            let choices: Vec<_> = TransformRule::ALL.iter().map(|rule| (*rule, rule.name(), rule.explanation())).collect();
            combo_ui(ui, "Transform", &mut preparation.transform, &choices);
        });
        knob_ui(ui, "Dimensions", "What distances are measured on: the columns, or the principal components that sum them up.", |ui, _| {
            dimensions_ui(ui, &mut preparation, n_components);
        });
        let tip = "Columns with a larger share of missing cells than this are left out, unless set otherwise for a column.";
        knob_ui(ui, "Missing limit", tip, |ui, label| percent_ui(ui, label, tip, &mut preparation.missing_limit, 100.0));
        let tip = "Levels with a smaller share of customers than this become one level, “Other”, so that none is a segment of its own.";
        knob_ui(ui, "Rare levels", tip, |ui, label| percent_ui(ui, label, tip, &mut preparation.rare_level_share, 50.0));
        if asks_no_answer {
            let tip = "Numbers that stand apart from all others, such as 99 beside 1 to 5 or 999 beside counts up to 12, often mean “no answer”. Ticked, they count as missing.";
            knob_ui(ui, "No answer", tip, |ui, _| {
                widgets::check_ui(ui, &mut preparation.no_answer_is_missing, "99 is missing").on_hover_text(tip);
            });
        }
        ui.with_layout(Layout::right_to_left(Align::BOTTOM), |ui| {
            match narrow {
                None => _ = ui.label(caption(ui, "Grey is suggested, blue is chosen by you")),
                Some(look) => {
                    if ui.button("Components").on_hover_text("What each principal component explains, and what it is made of.").clicked() {
                        look.maximised = Some(PlotKind::Variance);
                    }
                }
            }
        });
    });
    if preparation != plan.preparation {
        commands.push(Command::Prepare(preparation));
    }
}

fn knob_ui(ui: &mut Ui, label: &str, explanation: &str, control: impl FnOnce(&mut Ui, Id)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let label = ui.label(caption(ui, label)).on_hover_text(explanation);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = INSIDE;
            control(ui, label.id);
        });
    });
}

fn dimensions_ui(ui: &mut Ui, preparation: &mut Preparation, n_components: Option<usize>) {
    let n = match preparation.dimensions {
        Dimensions::Components(n) => n,
        _ => 5.min(n_components.unwrap_or(5)).max(1),
    };
    let mut choices = DIMENSIONS.to_vec();
    choices.push((Dimensions::Components(n), "Components by number", "This many principal components, the ones that explain most."));
    ui.spacing_mut().combo_width = 200.0;
    combo_ui(ui, "Dimensions", &mut preparation.dimensions, &choices);
    // The number keeps its place while it does not apply, so that nothing beside it moves.
    let mut n = n;
    let applies = matches!(preparation.dimensions, Dimensions::Components(_));
    let field = DragValue::new(&mut n).range(1..=n_components.unwrap_or(99).max(1)).speed(0.05).update_while_editing(false);
    let response = ui.add_visible(applies, field);
    widgets::name_it(&response, eframe::egui::Role::SpinButton, "Number of components");
    if response.on_hover_text("Number of components").changed() && applies {
        preparation.dimensions = Dimensions::Components(n);
    }
}

fn percent_ui(ui: &mut Ui, label: Id, tip: &str, share: &mut f64, most: f64) {
    let mut value = (*share * 1000.0).round() / 10.0;
    let field = DragValue::new(&mut value).range(0.0..=most).max_decimals(1).speed(0.2).suffix("\u{202f}%").update_while_editing(false);
    if ui.add(field).labelled_by(label).on_hover_text(tip).changed() {
        *share = value / 100.0;
    }
}
