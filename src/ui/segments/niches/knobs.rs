//! How unusual customers are looked for: by which score, against how many neighbors, with how many trees; and what the line says.

use eframe::egui::{self, Frame, ProgressBar, ScrollArea, Ui};

use crate::evaluate::unusual::{MOST_TREES, USUAL_COPIES, USUAL_SIZES, USUAL_TREES, Unusual, UnusualScore};
use crate::persona::text::capitalised;
use crate::plot::customer_name;
use crate::session::{Look, NicheOptions, Who};
use crate::ui::at_right::at_right_ui;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, choice_ui, combo_ui, label_ui, row_ui, segmented_pairs_ui, share_bar, thousands};

use super::super::view::View;
use super::found::is_settled;

const NEIGHBORS_MEAN: &str = "How many of the most similar customers each one is compared with. The score is the largest over these sizes.";
const TREES_MEAN: &str = "Trees of the isolation forest. More trees make the order surer and take longer.";
const COPIES_MEAN: &str = "A made-up population has as many customers, or 25 000, with the same groups, spreads and correlations, and with nobody special in it. How many of \
                           its customers are above the line says how many would be there by chance.";

const BY_SIZE_MEANS: &str = "How much thinner it is around this customer than around so many of their neighbours: 1 is like them. A score that is high at every \
                             size is sure; one that is high at one size alone hangs on the choice of it.";

/// The left panel.
pub(super) fn ui(ui: &mut Ui, view: &View, look: &Look, draft: &mut NicheOptions) {
    egui::CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
        ScrollArea::vertical().id_salt("niche knobs").auto_shrink(false).show(ui, |ui| {
            score_ui(ui, draft);
            ui.add_space(theme::INSIDE);
            neighbors_ui(ui, draft);
            trees_ui(ui, draft);
            ui.add_space(theme::BETWEEN);
            if let Some(unusual) = view.answers.unusual.latest() {
                line_ui(ui, unusual, draft);
                ui.add_space(theme::BETWEEN);
                rounds_ui(ui, unusual, draft);
                picked_ui(ui, view, look, unusual);
            }
        });
    });
}

/// Each score has a scale of its own, so a line of one says nothing on another.
fn score_ui(ui: &mut Ui, draft: &mut NicheOptions) {
    ui.label(theme::strong("Unusual by"));
    let names = UnusualScore::ALL.map(|score| capitalised(score.name()));
    let choices: Vec<_> = UnusualScore::ALL.into_iter().zip(&names).map(|(score, name)| (score, name.as_str(), score.words())).collect();
    if segmented_pairs_ui(ui, &mut draft.score, &choices) {
        draft.line = None;
    }
    ui.label(caption(ui, draft.score.words()));
}

fn neighbors_ui(ui: &mut Ui, draft: &mut NicheOptions) {
    let mut sizes: Vec<usize> = USUAL_SIZES.iter().chain(&draft.neighbors).copied().collect();
    sizes.sort_unstable();
    sizes.dedup();
    let names: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    let choices: Vec<(usize, &str, &str)> = sizes.iter().zip(&names).map(|(&size, name)| (size, name.as_str(), "")).collect();
    let (mut least, mut most) = (draft.neighbors.iter().min().copied().unwrap_or(0), draft.neighbors.iter().max().copied().unwrap_or(0));
    let before = (least, most);
    ui.horizontal(|ui| {
        label_ui(ui, "Neighbours", NEIGHBORS_MEAN);
        at_right_ui(ui, "neighbours", |ui| {
            ui.spacing_mut().combo_width = 48.0;
            ui.spacing_mut().item_spacing.x = 6.0;
            if combo_ui(ui, "Fewest neighbours", &mut least, &choices) {
                most = most.max(least);
            }
            ui.label(caption(ui, "to"));
            if combo_ui(ui, "Most neighbours", &mut most, &choices) {
                least = least.min(most);
            }
        });
    });
    if (least, most) != before {
        draft.neighbors = sizes.into_iter().filter(|size| (least..=most).contains(size)).collect();
    }
}

fn trees_ui(ui: &mut Ui, draft: &mut NicheOptions) {
    let mut counts = vec![100, USUAL_TREES, MOST_TREES, draft.trees];
    counts.sort_unstable();
    counts.dedup();
    let names: Vec<String> = counts.iter().map(|&count| thousands(count)).collect();
    let choices: Vec<(usize, &str, &str)> = counts.iter().zip(&names).map(|(&count, name)| (count, name.as_str(), "")).collect();
    choice_ui(ui, "Trees", TREES_MEAN, &mut draft.trees, &choices);
}

/// What the line in force says, in numbers.
fn line_ui(ui: &mut Ui, unusual: &Unusual, draft: &NicheOptions) {
    ui.label(theme::strong("The line"));
    let told = |ui: &mut Ui, name: &str, value: String, means: &str| {
        row_ui(ui, name, means, |ui, _| ui.label(value));
    };
    match unusual.line(draft.score, draft.line) {
        Some(line) => {
            told(ui, "Above the line", thousands(line.real), "Customers whose score is at or above the line.");
            told(ui, "By chance", about(line.expected), COPIES_MEAN);
            told(ui, "More than chance", about(line.excess), "Those above the line less those by chance.");
            let which = if draft.line.is_some() { "Your line" } else { "The suggested line" };
            ui.label(caption(ui, format!("{which}, at a score of {:.3}.", line.threshold)));
        }
        None => {
            ui.label(caption(ui, "None is suggested: at no line do clearly more customers stand out than in made-up populations."));
        }
    }
    if draft.line.is_none() && unusual.line(draft.score, None).is_some() {
        let why = "The lowest line at which chance explains at most one in ten of the customers above it.";
        ui.label(caption(ui, why));
    }
}

/// A mean count: with a decimal while it is small.
fn about(count: f64) -> String {
    if count >= 100.0 { thousands(count.round() as usize) } else { format!("{count:.1}") }
}

/// The local score of the one customer who is picked, by size of neighbourhood.
fn picked_ui(ui: &mut Ui, view: &View, look: &Look, unusual: &Unusual) {
    let (Some(segmentation), Some(brush)) = (view.answers.segmentation.ready(), &look.brush) else { return };
    let Who::Rows { rows, .. } = &brush.who else { return };
    let [table_row] = rows[..] else { return };
    let Ok(row) = segmentation.prepared.table_rows.binary_search(&(table_row as usize)) else { return };
    let scores = unusual.local_by_size(row);
    let most = scores.iter().map(|of| of.1).fold(1.0, f64::max);
    if scores.is_empty() {
        return;
    }
    ui.add_space(theme::BETWEEN);
    ui.label(theme::strong(format!("Local score of {}", customer_name(&segmentation.loaded, table_row as usize))))
        .on_hover_text(BY_SIZE_MEANS);
    for (size, score) in scores {
        row_ui(ui, &format!("Of {size} neighbours"), BY_SIZE_MEANS, |ui, _| {
            ui.label(format!("{score:.2}"));
            let colour = tokens(ui).accent;
            share_bar(ui, (score / most) as f32, colour, 72.0, 6.0);
        });
    }
}

/// What the numbers come from, and how far they are.
fn rounds_ui(ui: &mut Ui, unusual: &Unusual, draft: &NicheOptions) {
    let copies = |n: usize| if n == 1 { "1 made-up population".to_owned() } else { format!("{n} made-up populations") };
    if is_settled(unusual, draft) {
        let text = format!("From {} trees and {}.", thousands(unusual.n_trees), copies(unusual.n_copies));
        ui.label(caption(ui, text)).on_hover_text(COPIES_MEAN);
        return;
    }
    let text = format!("So far {} of {} trees and {} of {}.", unusual.n_trees, draft.trees, unusual.n_copies, copies(USUAL_COPIES));
    ui.label(caption(ui, text)).on_hover_text(COPIES_MEAN);
    let share = unusual.n_copies as f32 / USUAL_COPIES as f32;
    let bar = ui.add(ProgressBar::new(share).desired_height(4.0));
    widgets::name_it(&bar, egui::Role::ProgressIndicator, "How far the search for unusual customers is");
}
