//! What can be changed: the method, its knobs, and what speaks for the suggested number of segments.

use eframe::egui::{self, Align, Button, ComboBox, DragValue, Frame, Layout, RichText, Role, ScrollArea, Ui, Vec2};

use crate::cluster::{Linkage, Method, suggested_min_cluster_size};
use crate::data::{ColumnProfile, Role as ColumnRole};
use crate::engine::choose::{self, bic_reason, reasons_for, stability_reason};
use crate::evaluate::{KnownBy, ONE_GROUP, doubt, known_by};
use crate::session::{Clustering, Cut};
use crate::ui::at_right::at_right_ui;
use crate::ui::icons;
use crate::ui::plotting::{decimals_of, distance_text, rounded};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, choice_ui, row_ui, segmented_pairs_ui, unbroken};

use super::choice_of_k::{is_k_suggested, k_in_force, set_k};
use super::view::View;
use super::{dendrogram, density};

const K_MEANS: &str = "The number of segments the customers are divided into (k).";
const EPSILON_MEANS: &str =
    "Customers nearer than this are neighbours. Larger: fewer, bigger segments and fewer customers in no group. Epsilon of DBSCAN.";
const SIZE_MEANS: &str =
    "Groups with fewer customers than this do not count as segments. Larger: fewer and bigger segments. Min cluster size of HDBSCAN.";
const HEIGHT_MEANS: &str = "Groups that join below this height are one segment; the dashed line in the dendrogram.";
/// More segments than this are warned about.
const MANY: usize = 20;

/// The left panel.
pub fn ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    egui::CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
        ScrollArea::vertical().id_salt("knobs").auto_shrink(false).show(ui, |ui| {
            // The scroll bar floats over the right edge, and nothing else may stand there.
            ui.set_max_width(ui.available_width() - 8.0);
            // Short names in two rows fit at any width of the panel; the full ones are told on hover.
            let choices = Method::ALL.map(|method| (method, method.short_name(), method.explanation()));
            segmented_pairs_ui(ui, &mut draft.method, &choices);
            ui.label(caption(ui, draft.method.name())).on_hover_text(draft.method.explanation());
            ui.add_space(theme::INSIDE);
            match draft.method {
                Method::KMeans => k_means_ui(ui, view, draft),
                Method::Tree => tree_ui(ui, view, draft),
                Method::Density => density_ui(ui, view, draft),
                Method::Hdbscan => hdbscan_ui(ui, view, draft),
                Method::Column => column_ui(ui, view, draft),
            }
        });
    });
}

fn k_means_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    k_ui(ui, view, draft);
    range_ui(ui, draft);
    let explanation = "How many times k-means restarts from new starting points; the best run is kept. More is slower and safer.";
    row_ui(ui, "Re-runs", explanation, |ui, label| {
        ui.add(field(&mut draft.kmeans.restarts, 1..=100).speed(0.08)).labelled_by(label).on_hover_text(explanation);
    });
    let explanation = "The same seed gives the same segments, always and everywhere.";
    row_ui(ui, "Seed", explanation, |ui, label| {
        ui.add(field(&mut draft.seed, 0..=999_999).speed(0.1)).labelled_by(label).on_hover_text(explanation);
    });
    ui.add_space(theme::BETWEEN);
    why_ui(ui, view, draft);
}

fn tree_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let choices: Vec<_> = Linkage::ALL.iter().map(|linkage| (*linkage, linkage.name(), linkage.explanation())).collect();
    choice_ui(ui, "Linkage", "What counts as the distance between two groups.", &mut draft.tree.linkage, &choices);
    k_ui(ui, view, draft);
    let tree = view.answers.tree.latest();
    let mut height = tree.map_or(0.0, |tree| dendrogram::height_in_force(view, draft, tree));
    let top = tree.map_or(1.0, |tree| tree.top);
    row_ui(ui, "Cut height", HEIGHT_MEANS, |ui, label| {
        let decimals = decimals_of(height);
        let number = field(&mut height, 0.0..=top * 1.06).speed(top / 400.0).max_decimals(decimals);
        if ui.add_enabled(tree.is_some(), known(number, tree.is_some())).labelled_by(label).changed() {
            draft.tree.cut = Cut::Height(rounded(height));
        }
    });
    range_ui(ui, draft);
    ui.add_space(theme::BETWEEN);
    why_ui(ui, view, draft);
}

fn density_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let shown = density::epsilon_in_force(view, draft);
    let suggested = density::suggested(view);
    ui.add(egui::Label::new("Neighbourhood distance (epsilon)").wrap()).on_hover_text(EPSILON_MEANS);
    let mut epsilon = shown.unwrap_or(0.0);
    let suffix = if draft.density.epsilon.is_none() { " (suggested)" } else { "" };
    let (decimals, speed) = (decimals_of(epsilon), epsilon / 200.0);
    let number = field(&mut epsilon, 1e-6..=1e9).speed(speed).max_decimals(decimals).suffix(suffix);
    let mut is_changed = false;
    ui.allocate_ui_with_layout(Vec2::new(ui.available_width(), 28.0), Layout::right_to_left(Align::Center), |ui| {
        if back_ui(ui, draft.density.epsilon.is_some(), suggested.map(distance_text)) {
            draft.density.epsilon = None;
        }
        let size = Vec2::new(ui.available_width(), 28.0);
        let response = ui.add_enabled_ui(shown.is_some(), |ui| ui.add_sized(size, known(number, shown.is_some()))).inner;
        widgets::name_it(&response, Role::SpinButton, "Neighbourhood distance (epsilon)");
        is_changed = response.on_hover_text(EPSILON_MEANS).changed();
    });
    if is_changed {
        draft.density.epsilon = Some(rounded(epsilon));
    }
    ui.add_space(4.0);
    min_samples_ui(ui, draft);
    ui.add_space(theme::BETWEEN);
    why_epsilon_ui(ui, view, draft);
}

/// What the distance in force gives, what speaks for it and against it, and the others worth a look.
fn why_epsilon_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let t = tokens(ui);
    let (Some(plot), epsilon) = (view.answers.density.latest(), density::epsilon_in_force(view, draft)) else { return };
    ui.spacing_mut().item_spacing.y = 4.0;
    doubt_ui(ui, view, draft);
    if let Some(epsilon) = epsilon {
        let outcome = plot.at(epsilon);
        ui.label(theme::strong(density::outcome_text(outcome.clusters, outcome.noise)));
        if let Some(weakness) = density::weakness(&outcome) {
            ui.label(RichText::new(weakness).text_style(egui::TextStyle::Small).color(t.warn));
        }
        for candidate in plot.candidates.iter().filter(|candidate| candidate.epsilon == epsilon) {
            ui.label(caption(ui, format!("{}.", candidate.reason)));
        }
    }
    let others: Vec<_> = plot.candidates.iter().enumerate().filter(|(_, candidate)| Some(candidate.epsilon) != epsilon).collect();
    if others.is_empty() {
        return;
    }
    ui.add_space(4.0);
    ui.label(caption(ui, "Also worth a look"));
    for (at, candidate) in others {
        let outcome = candidate.outcome;
        let text = format!("{}: {}", distance_text(candidate.epsilon), density::outcome_text(outcome.clusters, outcome.noise));
        let text = RichText::new(text).text_style(egui::TextStyle::Small);
        let response = ui.add(Button::new(text).min_size(Vec2::new(28.0, 24.0)).corner_radius(12));
        if response.on_hover_text(density::candidate_text(candidate, at == 0)).clicked() {
            density::take(draft, plot, at);
        }
    }
}

fn hdbscan_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let plot = view.answers.condensed.latest();
    let n_rows = view.answers.prepared.latest().map(|prepared| prepared.matrix.n_rows());
    let suggested = n_rows.map(suggested_min_cluster_size);
    ui.label("Smallest segment").on_hover_text(SIZE_MEANS);
    let shown = draft.hdbscan.min_cluster_size.or(suggested);
    let mut least = shown.unwrap_or(0);
    let suffix = if draft.hdbscan.min_cluster_size.is_none() { " (suggested)" } else { "" };
    let (most, speed) = (n_rows.unwrap_or(0).max(4) / 2, (least as f64 / 150.0).max(0.08));
    let number = field(&mut least, 2..=most).speed(speed).suffix(suffix);
    let mut is_changed = false;
    ui.allocate_ui_with_layout(Vec2::new(ui.available_width(), 28.0), Layout::right_to_left(Align::Center), |ui| {
        if back_ui(ui, draft.hdbscan.min_cluster_size.is_some(), suggested.map(widgets::thousands)) {
            draft.hdbscan.min_cluster_size = None;
        }
        let size = Vec2::new(ui.available_width(), 28.0);
        let response = ui.add_enabled_ui(shown.is_some(), |ui| ui.add_sized(size, known(number, shown.is_some()))).inner;
        widgets::name_it(&response, Role::SpinButton, "Smallest segment (min cluster size)");
        is_changed = response.on_hover_text(SIZE_MEANS).changed();
    });
    if is_changed {
        draft.hdbscan.min_cluster_size = Some(least);
    }
    ui.label(caption(ui, "Min cluster size, in customers."));
    ui.add_space(4.0);
    min_samples_ui(ui, draft);
    ui.add_space(theme::BETWEEN);
    let Some(plot) = plot else { return };
    let noise = plot.n_noise as f64 / plot.n_rows.max(1) as f64;
    ui.label(theme::strong(density::outcome_text(plot.n_segments, noise)));
    ui.label(caption(ui, "The number follows from the data: of all groups at all distances, those that last longest."));
    doubt_ui(ui, view, draft);
}

/// Which column's groups are the segments.
fn column_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let Some(loaded) = view.answers.loaded.latest() else { return };
    let shown = choose::column(draft, loaded).unwrap_or_default();
    ui.label("Column").on_hover_text(Method::Column.explanation());
    let combo = ComboBox::from_id_salt("column of groups")
        .width(ui.available_width())
        .selected_text(unbroken(&view.answers.dictionary.name(&shown)))
        .truncate();
    let answer = combo.height(420.0).show_ui(ui, |ui| {
        let is_asked = |column: &&ColumnProfile| !matches!(column.guessed_role, ColumnRole::Identifier | ColumnRole::Ignored);
        for column in loaded.profile.columns.iter().filter(is_asked) {
            let Some(by) = known_by(column) else { continue };
            let explanation = match by {
                KnownBy::Levels => "One segment per text value",
                KnownBy::Values => "One segment per number",
                KnownBy::Fifths => "Five segments of about equal size, cut at the quintiles; equal values always stay together",
            };
            if ui
                .selectable_label(column.name == shown, unbroken(&view.answers.dictionary.name(&column.name)))
                .on_hover_text(explanation)
                .clicked()
            {
                draft.groups.column = Some(column.name.clone());
            }
        }
    });
    widgets::name_it(&answer.response, Role::ComboBox, &format!("Column: {}", view.answers.dictionary.name(&shown)));
    ui.add_space(theme::BETWEEN);
    let Some(segmentation) = view.answers.segmentation.latest() else { return };
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.label(theme::strong(format!("{} segments", segmentation.labels.n_clusters())));
    ui.label(caption(ui, "The segments are the groups of this column. Silhouettes show how well the columns that enter tell them apart."));
    ui.label(caption(ui, "Their stability is not checked: these segments are given, not found."));
}

/// The knob that both density methods share.
fn min_samples_ui(ui: &mut Ui, draft: &mut Clustering) {
    let explanation =
        "A customer with this many neighbours, itself included, is in the core of a segment. Larger: only crowded places count.";
    ui.label("Core point neighbours").on_hover_text(explanation);
    let number = field(&mut draft.density.min_samples, 1..=500).speed(0.08);
    let response = ui.add_sized(Vec2::new(ui.available_width(), 28.0), number);
    widgets::name_it(&response, Role::SpinButton, "Core point neighbours (min samples)");
    response.on_hover_text(explanation);
    ui.label(caption(ui, "Min samples; the point itself counts."));
}

/// A field whose number is not known yet says so.
fn known(field: DragValue<'_>, is_known: bool) -> DragValue<'_> {
    if is_known { field } else { field.suffix("").custom_formatter(|_, _| "…".into()) }
}

/// A number that is only ever changed by the user: what a project holds beyond the range stays as it is. On its way to 12 a 1 is no choice.
fn field<N: egui::emath::Numeric>(value: &mut N, range: std::ops::RangeInclusive<N>) -> DragValue<'_> {
    DragValue::new(value).range(range).clamp_existing_to_range(false).update_while_editing(false)
}

/// The way back to the suggestion; its room is kept while it has nothing to offer. True when pressed.
fn back_ui(ui: &mut Ui, is_own: bool, suggested: Option<String>) -> bool {
    let name = format!("Back to the suggestion{}", suggested.as_ref().map_or_else(String::new, |value| format!(", {value}")));
    ui.scope(|ui| {
        if !is_own || suggested.is_none() {
            ui.set_invisible();
        }
        widgets::icon_button(ui, icons::UNDO, &name).clicked()
    })
    .inner
}

/// Number of clusters: one fewer, the number, one more.
fn k_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let suggestion = view.answers.sweep.latest().and_then(|sweep| sweep.suggestion.as_ref()).map(|suggestion| suggestion.k);
    let is_suggested = is_k_suggested(draft);
    let is_back = row_ui(ui, "Number of segments", K_MEANS, |ui, _| back_ui(ui, !is_suggested, suggestion.map(|k| k.to_string())));
    if is_back {
        set_k(draft, None);
    }
    let shown = k_in_force(view, draft);
    ui.add_enabled_ui(shown.is_some(), |ui| {
        let mut k = shown.unwrap_or(0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().button_padding.x = 4.0;
            if named_button(ui, "−", "One segment fewer") {
                set_k(draft, Some(k.saturating_sub(1).max(1)));
            }
            let suffix = if is_suggested { " (suggested)" } else { "" };
            let width = ui.available_width() - 32.0;
            let response = ui.add_sized(Vec2::new(width, 28.0), known(field(&mut k, 1..=200).speed(0.06).suffix(suffix), shown.is_some()));
            widgets::name_it(&response, Role::SpinButton, "Number of segments");
            if response.on_hover_text(K_MEANS).changed() {
                set_k(draft, Some(k));
            }
            if named_button(ui, "+", "One segment more") {
                set_k(draft, Some(k + 1));
            }
        });
    });
}

fn named_button(ui: &mut Ui, text: &str, name: &str) -> bool {
    let response = ui.add_sized(Vec2::splat(28.0), Button::new(text));
    widgets::name_it(&response, Role::Button, name);
    response.on_hover_text(name).clicked()
}

/// The ks that elbow and silhouette compare.
fn range_ui(ui: &mut Ui, draft: &mut Clustering) {
    let explanation = "The numbers of groups that the curves compare.";
    ui.horizontal(|ui| {
        let from = ui.label("From").on_hover_text(explanation).id;
        at_right_ui(ui, "range of k", |ui| {
            let size = Vec2::new(44.0, 28.0);
            let (k_from, k_to) = (draft.k_from, draft.k_to);
            ui.add_sized(size, field(&mut draft.k_from, 2..=k_to.max(3) - 1).speed(0.06)).labelled_by(from);
            let to = ui.label("to").on_hover_text(explanation).id;
            ui.add_sized(size, field(&mut draft.k_to, k_from + 1..=60).speed(0.06)).labelled_by(to);
        });
    });
}

/// Said of a method that chooses its groups by density: that none were found, or that those shown overlap.
fn doubt_ui(ui: &mut Ui, view: &View, draft: &Clustering) {
    let Some(structure) = view.answers.structure.ready() else { return };
    if structure.found {
        if let Some(doubt) = view.answers.doubt(draft) {
            ui.label(theme::strong(doubt));
        }
        return;
    }
    ui.label(theme::strong(ONE_GROUP));
    for reason in structure.reasons().iter().filter(|reason| *reason != ONE_GROUP) {
        ui.label(caption(ui, view.answers.noun.in_text(reason)));
    }
}

/// What speaks for the number chosen, and for others.
fn why_ui(ui: &mut Ui, view: &View, draft: &mut Clustering) {
    let t = tokens(ui);
    let k = k_in_force(view, draft);
    let suggestion = view.answers.sweep.latest().and_then(|sweep| sweep.suggestion.as_ref());
    let Some(suggestion) = suggestion else {
        ui.label(caption(ui, "A number is suggested, with its reasons, once the curves are complete."));
        return;
    };
    let asked = k.unwrap_or(suggestion.k);
    let is_one = suggestion.k == 1;
    let mut reasons = reasons_for(asked, view.answers.sweep.latest().map(|sweep| &**sweep));
    let title = match asked == suggestion.k {
        true if is_one => "One group".to_owned(),
        true => format!("Why {asked}?"),
        false => format!("{asked} is your choice"),
    };
    // What is in force may not be what the draft asks for yet.
    let is_shown = view.answers.segmentation.ready().is_some_and(|segmentation| segmentation.unparted().labels.n_clusters() == asked);
    reasons.extend(view.answers.stability.ready().filter(|_| is_shown).and_then(|stability| stability_reason(stability)));
    let by = view.answers.segmentation.ready().map(|segmentation| segmentation.by.clone()).filter(|_| is_shown);
    reasons.extend(by.and_then(|by| bic_reason(&by, view.answers.bic.ready().map(|bic| &**bic))));
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::IDEA).color(t.accent));
        ui.label(theme::strong(title));
    });
    if k.is_some_and(|k| k > MANY) {
        ui.label(
            RichText::new("More than 20 segments are hard to tell apart and to act on.").text_style(egui::TextStyle::Small).color(t.warn),
        );
    }
    ui.spacing_mut().item_spacing.y = 4.0;
    let silhouette = view.answers.silhouette.latest().and_then(|plot| plot.mean).filter(|_| is_shown);
    let structure = view.answers.structure.ready().map(|structure| &**structure);
    let doubt = doubt(structure, asked, silhouette, asked == suggestion.k);
    if let Some(doubt) = &doubt {
        ui.label(theme::strong(doubt.as_str()));
    }
    reasons.retain(|reason| Some(reason) != doubt.as_ref());
    for reason in &reasons {
        ui.label(caption(ui, view.answers.noun.in_text(reason)));
    }
    if reasons.is_empty() && doubt.is_none() {
        ui.label(caption(ui, "Nothing in the curves speaks for it, which may not matter: you know your customers."));
    }
    let others = std::iter::once((suggestion.k, &suggestion.reasons))
        .chain(
            suggestion.candidates.iter().filter(|candidate| candidate.k != suggestion.k).map(|candidate| (candidate.k, &candidate.reasons)),
        )
        .filter(|other| Some(other.0) != k);
    let others: Vec<_> = others.collect();
    if others.is_empty() {
        return;
    }
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.label(caption(ui, if is_one { "Split them anyway into" } else { "Also worth a look" }));
        for (other, reasons) in others {
            let response = ui.add(Button::new(other.to_string()).min_size(Vec2::new(28.0, 24.0)).corner_radius(12));
            let name = if other == 1 { "Choose one group".to_owned() } else { format!("Choose {other} groups") };
            widgets::name_it(&response, Role::Button, &name);
            let chip = if other == suggestion.k { "Suggested. " } else { "" };
            if response.on_hover_text(format!("{chip}{}", view.answers.noun.in_text(&reasons.join("\n")))).clicked() {
                set_k(draft, if other == suggestion.k { None } else { Some(other) });
            }
        }
    });
}
