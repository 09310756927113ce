//! The view Validate: whether the personas come back, stay and foretell. Choices on the left; one sentence, a row per persona, and what lies behind it.
//!
//! In: answers, the plan's options, look. Out: at most one new set of options per frame, or customers picked. Nothing is measured here.

mod cell;
mod foresight;
mod found;
mod history;
mod knobs;
mod moves;
mod moves_table;
mod names;
mod rows;
mod tables;

use eframe::egui::{CentralPanel, Frame, Key, Label, Margin, Modifiers, Panel, Rect, ScrollArea, Ui, UiBuilder, Vec2};

use crate::data::Source;
use crate::engine::evidence::DRAW_ROUNDS;
use crate::engine::{Answer, Answers, HoldsAnswer};
use crate::export::{Holds, HoldsOf, HoldsQuestion, Looked};
use crate::persona::Persona;
use crate::session::{Action, Command, Look, Plan, ToForetell};
use crate::ui::plotting::{Lies, split};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{primary_button, segmented_ui, unbroken};

use super::view::View;

/// The whole view.
pub(super) fn ui(ui: &mut Ui, view: &View, plan: &Plan, look: &mut Look, commands: &mut Vec<Command>) {
    let mut draft = plan.validation.clone();
    let side = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 8 });
    Panel::left("validate knobs").default_size(252.0).size_range(236.0..=340.0).frame(side).show(ui, |ui| {
        knobs::ui(ui, view, plan, &mut draft, look, commands);
    });
    CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| {
        let holds = holds_of(&view.answers.holds);
        let rect = ui.max_rect();
        let orders = matches!(plan.source, Source::Sources(_)) || !plan.validation.earlier.is_empty();
        let room = rows::height(ui, view, rect.width()) + if matches!(plan.source, Source::Sources(_)) { 118.0 } else { 210.0 };
        let part = (room / rect.height().max(1.0)).clamp(0.3, 0.62);
        let (upper, lower) = split(ui, "validate", rect, Lies::Flat, part, 200.0);
        pane_ui(ui, upper, "holds", |ui| {
            // Many personas and what cannot be told of them may need more room than there is.
            ScrollArea::vertical().id_salt("holds").auto_shrink(false).show(ui, |ui| holds_ui(ui, view, plan, &holds, look, commands));
        });
        let history_ui = |ui: &mut Ui, look: &mut Look, commands: &mut Vec<Command>| {
            ui.label(theme::strong("Since the data changed")).on_hover_text(HISTORY_MEANS);
            history::ui(ui, view, look, commands);
        };
        // Without orders there is something to foresee once a column is chosen.
        if !orders && !matches!(plan.validation.outcome, ToForetell::Column(_)) {
            pane_ui(ui, lower, "history", |ui| history_ui(ui, look, commands));
            return;
        }
        let (left, right) = split(ui, "validate lower", lower, Lies::Upright, 0.6, 280.0);
        pane_ui(ui, left, "moves", |ui| {
            if !orders {
                return history_ui(ui, look, commands);
            }
            lower_head_ui(ui, look);
            if look.shows_checks { history::ui(ui, view, look, commands) } else { moves::ui(ui, view, look) }
        });
        pane_ui(ui, right, "foresight", |ui| foresight::ui(ui, view));
    });
    if draft != plan.validation {
        commands.push(Command::Validate(draft));
    }
}

/// The keys of the view.
pub(super) fn keys(ui: &Ui, answers: &Answers, look: &mut Look) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::T) {
        look.moves_as_table = !look.moves_as_table;
    }
    let pairs = answers.holds.stays.latest().map_or(0, |found| found.stays.len());
    if pressed(Key::ArrowLeft) {
        look.moves_back = (look.moves_back + 1).min(pairs.saturating_sub(1));
    }
    if pressed(Key::ArrowRight) {
        look.moves_back = look.moves_back.saturating_sub(1);
    }
}

/// What is known; until the next is there, what was known before.
fn holds_of(holds: &HoldsAnswer) -> Holds {
    fn latest<T>(known: Looked<T>, answer: &Answer<T>) -> Looked<T> {
        match (known, answer.latest()) {
            (Looked::NotLooked, Some(found)) => Looked::Found(found.clone()),
            (known, _) => known,
        }
    }
    let Holds { folds, stays, foretells } = holds.known();
    Holds { folds: latest(folds, &holds.folds), stays: latest(stays, &holds.stays), foretells: latest(foretells, &holds.foretells) }
}

fn pane_ui(ui: &mut Ui, rect: Rect, salt: &str, contents: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect.shrink2(Vec2::new(16.0, 8.0))));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    child.spacing_mut().item_spacing.y = 4.0;
    contents(&mut child);
}

const HISTORY_MEANS: &str = "A line for each state of the data since this project was made: how large each persona is, and whether it came back when the customers were grouped anew.";

/// Which of both is in the lower place.
fn lower_head_ui(ui: &mut Ui, look: &mut Look) {
    let moves = "Who moves between snapshots, everything frozen on the first day.";
    let choices = [(false, "Who moves", moves), (true, "Since the data changed", HISTORY_MEANS)];
    segmented_ui(ui, &mut look.shows_checks, &choices);
}

/// Draws after which a verdict stands.
const ALL_DRAWS: usize = DRAW_ROUNDS[DRAW_ROUNDS.len() - 1];

/// Draws before which nothing is said of them: verdicts after 10 and 30 were seen to turn round.
const FEWEST_DRAWS: usize = 50;

/// The sentence, the rows, and in one sentence each what cannot be told.
fn holds_ui(ui: &mut Ui, view: &View, plan: &Plan, holds: &Holds, look: &mut Look, commands: &mut Vec<Command>) {
    let stability = view.answers.stability.ready();
    let of = HoldsOf {
        stability: stability.map(|stability| &**stability),
        found: view.answers.groups_found(),
        holds,
        dictionary: &view.answers.dictionary,
    };
    let missing: Vec<f64> = rows::personas(view).iter().map(|persona| persona.map_or(0.0, Persona::headline_missing)).collect();
    // Half of an answer is none: folds come before it is known whether the personas come back.
    let headline = match stability.is_none() && view.answers.stability.progress().is_some() {
        true => "Checking whether the personas come back.".to_owned(),
        false => of.headline(&missing),
    };
    // A verdict of the first draws may turn round with more of them.
    let headline = match stability.map(|stability| stability.draws.len()).filter(|n| *n < ALL_DRAWS) {
        Some(n) if n < FEWEST_DRAWS => format!("Checking whether the personas come back: {n} of {ALL_DRAWS} draws are done."),
        Some(n) => format!("So far, after {n} of {ALL_DRAWS} draws: {headline}"),
        None => headline,
    };
    ui.add(Label::new(theme::heading(unbroken(&headline))).wrap()).on_hover_text(HOLDS_MEANS);
    if let Some(doubt) = view.answers.doubt(&plan.clustering) {
        ui.add(Label::new(caption(ui, unbroken(&doubt))).wrap());
    }
    ui.add_space(4.0);
    rows::ui(ui, view, &of, look);
    let reasons = reasons(holds);
    if reasons.is_empty() {
        return;
    }
    ui.add_space(theme::INSIDE);
    for reason in &reasons {
        ui.add(Label::new(caption(ui, unbroken(reason))).wrap());
    }
    if matches!(holds.stays, Looked::Cannot(_)) && view.answers.sources.is_none() {
        ui.add_space(theme::INSIDE);
        let response = primary_button(ui, "Add a file of orders…");
        if response.on_hover_text("Orders with a day each, beside these customers: the table is then built from both.").clicked() {
            commands.push(Command::Do(Action::AddSource));
        }
    }
}

const HOLDS_MEANS: &str = "A persona holds if it comes back when customers are resampled (High or Good), if it is found again with its customers left out \
                           (Jaccard 0.75 or more) and, where that is known, if at most half of its customers have moved on by the last snapshot.";

/// Why columns are empty, each reason once.
fn reasons(holds: &Holds) -> Vec<String> {
    fn why<T>(question: HoldsQuestion, of: &Looked<T>) -> Option<String> {
        match of {
            Looked::Cannot(why) => Some(format!("{}: {why}", question.title())),
            _ => None,
        }
    }
    let all = [
        why(HoldsQuestion::SameWithout, &holds.folds),
        why(HoldsQuestion::Stays, &holds.stays),
        why(HoldsQuestion::Foretells, &holds.foretells),
    ];
    all.into_iter().flatten().collect()
}
