//! What can the segments be compared with? The pinned solution, the other methods at a like number of groups, and the columns that know groups.

use eframe::egui::{self, Button, ComboBox, RichText, Role, Ui, Vec2};

use crate::cluster::Method;
use crate::data::{ColumnProfile, Role as ColumnRole};
use crate::engine::choose;
use crate::evaluate::{KnownBy, known_by};
use crate::session::{Against, Clustering, Command, Cut};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, number, unbroken, width_of};

use super::super::view::View;

/// Columns offered as buttons while nothing is chosen.
const MAX_BUTTONS: usize = 8;

/// Something to compare with.
struct Choice {
    against: Against,
    name: String,
    explanation: String,
}

/// A drop-down of everything.
pub fn picker_ui(ui: &mut Ui, view: &View, draft: &Clustering, commands: &mut Vec<Command>) {
    let against = view.against;
    let mut solutions = solutions(view, draft);
    if let Some(pinned @ Against::Solution(clustering)) = against
        && !solutions.iter().any(|choice| choice.against == *pinned)
    {
        let told = view.answers.comparison.latest().map(|compared| compared.title.clone());
        let name = told.unwrap_or_else(|| solution_name(view, clustering));
        solutions.insert(0, Choice { against: pinned.clone(), name, explanation: "The pinned solution".into() });
    }
    // Once it is computed, its own title says what it is; a cut at a height has no number before.
    if let (Some(compared), Some(against)) = (view.answers.comparison.ready(), against)
        && let Some(choice) = solutions.iter_mut().find(|choice| choice.against == *against)
    {
        choice.name.clone_from(&compared.title);
    }
    let columns = columns(view);
    let selected = match against {
        Some(Against::Column(column)) => view.answers.dictionary.name(column),
        Some(Against::Earlier(segments)) => format!("As on {}", segments.day),
        Some(solution) => solutions.iter().find(|choice| choice.against == *solution).map(|choice| choice.name.clone()).unwrap_or_default(),
        None => String::new(),
    };
    let mut chosen = None;
    let width = ui.available_width().clamp(80.0, 300.0);
    let combo = ComboBox::from_id_salt("compare with").width(width).selected_text(unbroken(&selected)).truncate().height(420.0);
    let shown = combo.show_ui(ui, |ui| {
        for (title, choices) in [("Other solutions", &solutions), ("Columns", &columns)] {
            if choices.is_empty() {
                continue;
            }
            ui.label(caption(ui, title));
            for choice in choices {
                let is_on = against == Some(&choice.against);
                let response = ui.selectable_label(is_on, unbroken(&choice.name));
                if response.on_hover_text(&choice.explanation).clicked() && !is_on {
                    chosen = Some(choice.against.clone());
                }
            }
            ui.add_space(theme::INSIDE);
        }
        if ui.selectable_label(false, RichText::new("Nothing").color(tokens(ui).muted)).clicked() {
            commands.push(Command::Compare(None));
        }
    });
    name_it(&shown.response, Role::ComboBox, &format!("Compare with: {selected}"));
    shown.response.on_hover_text(selected);
    if let Some(against) = chosen {
        commands.push(Command::Compare(Some(against)));
    }
}

/// Nothing chosen yet: everything there is, one click away.
pub fn empty_ui(ui: &mut Ui, view: &View, draft: &Clustering, commands: &mut Vec<Command>) {
    let room = ui.available_height();
    ui.vertical_centered(|ui| {
        ui.add_space((room * 0.5 - 110.0).max(4.0));
        ui.label(theme::heading("Compare these segments"));
        ui.add_space(4.0);
        let text = "Pin them, then change the number or the method: you see who moves, and where to.";
        ui.label(RichText::new(text).color(tokens(ui).muted));
        ui.add_space(theme::INSIDE);
        pin_first_ui(ui, view, draft, commands);
    });
    ui.add_space(theme::BETWEEN);
    for (title, choices) in [("Or with another solution", solutions(view, draft)), ("Or with a column", columns(view))] {
        if choices.is_empty() {
            continue;
        }
        ui.vertical_centered(|ui| ui.label(caption(ui, title)));
        centred_row_ui(ui, &choices[..choices.len().min(MAX_BUTTONS)], commands);
        ui.add_space(theme::INSIDE);
    }
}

/// The empty state's main way on.
fn pin_first_ui(ui: &mut Ui, view: &View, draft: &Clustering, commands: &mut Vec<Command>) {
    let segmentation = view.answers.segmentation.ready();
    ui.add_enabled_ui(segmentation.is_some(), |ui| {
        // The page's next step stays the one in the accent.
        let response = ui.add(Button::new(theme::strong("Pin this solution")).min_size(Vec2::new(0.0, 32.0)));
        if let Some(segmentation) = segmentation.filter(|_| response.clicked()) {
            commands.push(Command::Compare(Some(Against::Solution(choose::pinned(draft, segmentation)))));
        }
    });
}

/// Buttons side by side, in the middle, as many as there is room for; the picker has all.
fn centred_row_ui(ui: &mut Ui, choices: &[Choice], commands: &mut Vec<Command>) {
    let font = egui::TextStyle::Button.resolve(ui.style());
    let around = 2.0 * ui.spacing().button_padding.x;
    let mut widths: Vec<f32> = Vec::new();
    for choice in choices {
        let width = width_of(ui, &unbroken(&choice.name), &font) + around;
        if widths.iter().map(|width| width + 8.0).sum::<f32>() + width > ui.available_width() {
            break;
        }
        widths.push(width);
    }
    let whole = widths.iter().sum::<f32>() + 8.0 * widths.len().saturating_sub(1) as f32;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(((ui.available_width() - whole) / 2.0 - 8.0).max(0.0));
        for choice in &choices[..widths.len()] {
            let response = ui.add(Button::new(unbroken(&choice.name)).min_size(Vec2::new(0.0, 28.0)));
            name_it(&response, Role::Button, &format!("Compare with {}", choice.name));
            if response.on_hover_text(&choice.explanation).clicked() {
                commands.push(Command::Compare(Some(choice.against.clone())));
            }
        }
    });
}

/// The other methods at their own settings; where those leave the number open, at the number of segments in force, so that like is compared
/// with like.
fn solutions(view: &View, draft: &Clustering) -> Vec<Choice> {
    let segments = view.answers.segmentation.latest().map(|segmentation| segmentation.labels.n_clusters().max(1));
    let other = |method: Method| {
        let mut clustering = Clustering { method, ..draft.clone() };
        match method {
            Method::KMeans => clustering.kmeans.k = clustering.kmeans.k.or(segments),
            Method::Tree if clustering.tree.cut == Cut::Suggested => clustering.tree.cut = segments.map_or(Cut::Suggested, Cut::Clusters),
            _ => {}
        }
        Choice {
            name: solution_name(view, &clustering),
            explanation: method.explanation().to_owned(),
            against: Against::Solution(clustering),
        }
    };
    // What columns know is offered column by column.
    Method::ALL.into_iter().filter(|method| ![draft.method, Method::Column].contains(method)).map(other).collect()
}

/// Rows that are grouped; HDBSCAN's smallest segment follows from them.
fn n_rows(view: &View) -> usize {
    view.answers.prepared.latest().map_or(0, |prepared| prepared.matrix.n_rows())
}

/// A solution by its choices alone, before it is computed. Only what is left to the suggestion is called suggested.
fn solution_name(view: &View, clustering: &Clustering) -> String {
    let name = clustering.method.name();
    match (choose::in_advance(clustering, n_rows(view)), clustering.tree.cut) {
        (Some(by), _) => choose::method_text(clustering, &by, &view.answers.dictionary),
        (None, Cut::Height(height)) if clustering.method == Method::Tree => format!("{name}, cut at {}", number(height)),
        (None, _) if clustering.method == Method::Column => name.to_owned(),
        (None, _) => format!("{name}, as suggested"),
    }
}

/// Columns that know groups; identifiers and ignored columns are nobody's question.
fn columns(view: &View) -> Vec<Choice> {
    let Some(loaded) = view.answers.loaded.latest() else { return Vec::new() };
    let is_asked = |column: &&ColumnProfile| !matches!(column.guessed_role, ColumnRole::Identifier | ColumnRole::Ignored);
    let mut choices: Vec<(bool, KnownBy, Choice)> = Vec::new();
    for column in loaded.profile.columns.iter().filter(is_asked) {
        let Some(by) = known_by(column) else { continue };
        let explanation = match by {
            KnownBy::Levels | KnownBy::Values => format!("{} values, one group each", column.n_distinct),
            KnownBy::Fifths => "Cut at the quintiles into five groups of about equal size".to_owned(),
        };
        choices.push((
            column.guessed_role == ColumnRole::Outcome,
            by,
            Choice { against: Against::Column(column.name.clone()), name: view.answers.dictionary.name(&column.name), explanation },
        ));
    }
    // The outcome is what is asked about first. What already is groups comes before what must be cut; a stable sort keeps the file's order within.
    choices.sort_by_key(|(is_outcome, by, _)| (!is_outcome, *by == KnownBy::Fifths));
    choices.into_iter().map(|(_, _, choice)| choice).collect()
}
