//! The segments by size, what sets the selected one apart, and the way on to the personas.

use eframe::egui::{self, Align, Layout, Panel, RichText, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, Vec2};

use crate::engine::Segmentation;
use crate::evaluate::band_word;
use crate::persona::numbering::{self, number_of};
use crate::persona::{Contrast, Persona};
use crate::session::{Action, Command, Look, Page, Selection};
use crate::ui::badge::{BadgeOf, Side, badge_tip, badge_ui, is_a_choice};
use crate::ui::names::{is_long, name_ui};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, percent, primary_button, row_background, share_bar, swatch, thousands};

use super::naming::{numbers, segment_name};
use super::statements::{side_ui, statements_ui};
use super::view::View;
use super::{inside, kept, picked};

/// The right panel.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let clear = egui::Frame::new();
    // The lower part has its place before there is anything to say, so that nothing moves when a segment is chosen.
    Panel::bottom("segments next").resizable(false).show_separator_line(false).frame(clear).exact_size(48.0).show(ui, |ui| {
        ui.with_layout(Layout::bottom_up(Align::Min), |ui| match view.answers.inside.answer() {
            Some(small) => inside::next_ui(ui, view, small, look, commands),
            None => next_ui(ui, view, commands),
        });
    });
    // What the list leaves, so that neither is scrolled beside room that is free. It hangs on nothing that is pointed at or selected.
    let kept = if view.kept.is_empty() { 0.0 } else { kept::height(view.kept) };
    let lower = (ui.available_height() - kept - list_height(ui, view)).clamp(112.0, 420.0);
    Panel::bottom("segment selected").resizable(false).frame(clear).exact_size(lower).show(ui, |ui| {
        ScrollArea::vertical().id_salt("selected").auto_shrink(false).show(ui, |ui| selected_ui(ui, view, look, commands));
    });
    if !view.kept.is_empty() {
        Panel::bottom("kept selections").resizable(false).frame(clear).exact_size(kept::height(view.kept)).show(ui, |ui| {
            kept::ui(ui, view.kept, view.answers, look, commands);
        });
    }
    egui::CentralPanel::default().frame(clear).show(ui, |ui| {
        picked::head_ui(ui, view.answers, look);
        told_ui(ui, view, look);
        ui.spacing_mut().item_spacing.y = ROW_GAP;
        side_ui(ui, &view.answers.segmentation, "segments", |ui, segmentation| rows_ui(ui, view, segmentation, look));
    });
}

/// Height of a row, and of one whose name takes two lines.
const ROW: f32 = 52.0;
const TALL_ROW: f32 = 70.0;
const ROW_GAP: f32 = 2.0;

/// Height of the list with its head, as if all of its rows were in view.
fn list_height(ui: &Ui, view: &View) -> f32 {
    const HEAD: f32 = 80.0;
    let Some(segmentation) = view.answers.segmentation.latest() else { return HEAD };
    let n = segmentation.labels.n_clusters() + usize::from(segmentation.labels.n_noise() > 0);
    let rows = match n {
        0..=MOST_MEASURED => (0..n).map(|at| row_height(ui, view, segmentation, at) + ROW_GAP).sum(),
        _ => n as f32 * (ROW + ROW_GAP),
    };
    HEAD + rows
}

/// Height of a row. A name is read whole: one too long for its line has two.
fn row_height(ui: &Ui, view: &View, segmentation: &Segmentation, at: usize) -> f32 {
    let room = ui.available_width() - 44.0;
    let is_tall = at < segmentation.labels.n_clusters() && is_long(ui, &segment_name(view.answers, at), &view.answers.noun, room);
    if is_tall { TALL_ROW } else { ROW }
}

/// What became of the segments shown before, until something else is done. The line has its place when there is nothing to tell, so that the list stays where it is.
fn told_ui(ui: &mut Ui, view: &View, look: &Look) {
    let told = view.answers.segmentation.latest().filter(|_| !look.hides_told).map_or(&[][..], |segmentation| &segmentation.told);
    let text = match told {
        [] => String::new(),
        [one] => one.clone(),
        [first, _] => format!("{} and 1 more change.", first.trim_end_matches('.')),
        [first, rest @ ..] => format!("{} and {} more changes.", first.trim_end_matches('.'), rest.len()),
    };
    // Two lines whether there is something to tell or not, so that the list stays where it is.
    let font = TextStyle::Small.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple(text, font.clone(), tokens(ui).muted, ui.available_width());
    job.wrap.max_rows = 2;
    let height = 2.0 * ui.fonts_mut(|fonts| fonts.row_height(&font));
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::hover());
    widgets::name_it(&response, Role::Label, galley.text());
    ui.painter().galley(rect.min, galley, tokens(ui).muted);
    if !told.is_empty() {
        response.on_hover_text(format!("Since the last change:\n{}", told.join("\n")));
    }
}

fn next_ui(ui: &mut Ui, view: &View, commands: &mut Vec<Command>) {
    let is_there = view.answers.segmentation.latest().is_some_and(|segmentation| segmentation.labels.n_clusters() > 0);
    ui.add_enabled_ui(is_there, |ui| {
        ui.with_layout(Layout::top_down_justified(Align::Center), |ui| {
            let response = primary_button(ui, "See personas  →");
            widgets::name_it(&response, Role::Button, "See personas");
            if response.on_hover_text("Read and name a card for every segment").clicked() {
                commands.push(Command::Do(Action::Go(Page::Personas)));
            }
        });
    });
}

fn rows_ui(ui: &mut Ui, view: &View, segmentation: &Segmentation, look: &mut Look) {
    let labels = &segmentation.labels;
    let numbers = labels.numbers();
    let n_all = labels.n_rows().max(1) as f64;
    let counts = picked::counts(view.answers, labels.n_clusters()).filter(|_| look.brush.is_some());
    let n_picked = |selection| counts.map(|counts| picked::of(counts, selection));
    let silhouettes = view.answers.silhouette.latest().filter(|plot| labels.n_clusters() > 1 && plot.clusters.len() == labels.n_clusters());
    let row = |cluster: usize| match labels.sizes().get(cluster) {
        Some(&size) => Row {
            numbers,
            selection: Selection::Cluster(cluster),
            name: segment_name(view.answers, cluster),
            size,
            share: size as f64 / n_all,
            mean: silhouettes.map(|plot| plot.clusters[cluster].mean),
            n_picked: n_picked(Selection::Cluster(cluster)),
        },
        None => Row {
            numbers,
            selection: Selection::Noise,
            name: "In no group".into(),
            size: labels.n_noise(),
            share: labels.n_noise() as f64 / n_all,
            mean: None,
            n_picked: n_picked(Selection::Noise),
        },
    };
    let n = labels.n_clusters() + usize::from(labels.n_noise() > 0);
    // Of hundreds nobody reads the names.
    let area = ScrollArea::vertical().id_salt("segments").auto_shrink(false);
    if n <= MOST_MEASURED {
        area.show(ui, |ui| {
            for at in 0..n {
                let height = row_height(ui, view, segmentation, at);
                row_ui(ui, view, look, &row(at), height);
            }
        });
    } else {
        // Only rows in view are laid out: a cut near the leaves gives thousands.
        area.show_rows(ui, ROW, n, |ui, seen| seen.for_each(|at| row_ui(ui, view, look, &row(at), ROW)));
    }
    if labels.n_clusters() == 0 {
        ui.add_space(8.0);
        ui.label(caption(ui, "No segment at these settings. Every customer is too far from the others: try a larger distance."));
    }
}

/// Most rows whose names are measured.
const MOST_MEASURED: usize = 40;

struct Row<'a> {
    numbers: &'a [usize],
    selection: Selection,
    name: String,
    size: usize,
    share: f64,
    mean: Option<f64>,
    /// Customers picked, while any are; told in the place of the mean.
    n_picked: Option<usize>,
}

fn row_ui(ui: &mut Ui, view: &View, look: &mut Look, row: &Row<'_>, height: f32) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    let is_selected = look.selection == Some(row.selection);
    let is_hovered = response.hovered() || view.focus == Some(row.selection);
    row_background(ui, rect, is_selected, is_hovered);
    let colour = theme::selection(row.selection, row.numbers);
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(Vec2::new(8.0, 5.0))).layout(Layout::top_down(Align::Min)));
    inner.spacing_mut().item_spacing = Vec2::new(8.0, 3.0);
    inner.spacing_mut().interact_size.y = 16.0;
    inner.horizontal_top(|ui| {
        swatch(ui, colour);
        name_ui(ui, &row.name, &view.answers.noun, if height > ROW { 2 } else { 1 });
    });
    inner.horizontal(|ui| {
        let number = match row.selection {
            Selection::Cluster(cluster) => format!("{} · ", numbering::name(number_of(row.numbers, cluster))),
            Selection::Noise => String::new(),
        };
        let text = format!("{number}{} · {}", thousands(row.size), percent(row.share));
        ui.add(egui::Label::new(caption(ui, text)).selectable(false));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(n_picked) = row.n_picked {
                let text = format!("{} selected", thousands(n_picked));
                let text = RichText::new(text).text_style(TextStyle::Small).family(theme::bold());
                let colour = if n_picked == 0 { tokens(ui).muted } else { tokens(ui).text };
                ui.add(egui::Label::new(text.color(colour)).selectable(false));
                return;
            }
            if let Some(badge) = badge_of(view, row) {
                badge_ui(ui, badge, Side::Right);
            }
            if let Some(mean) = row.mean {
                ui.add(egui::Label::new(caption(ui, format!("{mean:.2}").replace('-', "−"))).selectable(false));
            }
        });
    });
    let size = Vec2::new(rect.width() - 16.0, 3.0);
    match row.n_picked {
        Some(n_picked) => picked::bar_ui(&mut inner, row.share as f32, n_picked as f32 / row.size.max(1) as f32, colour, size),
        None => share_bar(&mut inner, row.share as f32, colour, size.x, size.y),
    }
    widgets::name_it(&response, Role::Button, &row.name);
    // The whole row tells what its number and its badge mean.
    let response = match row_tip(view, row) {
        tip if tip.is_empty() => response,
        tip => response.on_hover_text(tip),
    };
    if response.hovered() {
        look.hover = Some(row.selection);
    }
    if response.clicked() {
        look.selection = if is_selected { None } else { Some(row.selection) };
    }
    if response.double_clicked() {
        inside::enter(view.answers, look, row.selection);
    }
    response.context_menu(|ui| picked::segment_menu_ui(ui, view.answers, look, row.selection, &row.name));
}

/// The badge of a segment's row.
fn badge_of<'a>(view: &View<'a>, row: &Row<'_>) -> Option<BadgeOf<'a>> {
    let Selection::Cluster(cluster) = row.selection else { return None };
    let persona = view.answers.personas.latest().and_then(|personas| personas.personas.get(cluster));
    let missing = persona.map_or(0.0, Persona::headline_missing);
    let is_choice = is_a_choice(&view.answers.structure, view.answers.segmentation.latest().map(|segmentation| &segmentation.by));
    Some(BadgeOf { stability: &view.answers.stability, is_choice, cluster, n_clusters: row.numbers.len(), missing })
}

/// How clearly the segment stands apart, and how far it may be relied on.
fn row_tip(view: &View, row: &Row<'_>) -> String {
    let apart = row.mean.map(|mean| {
        let what = "How clearly this segment stands apart from the next: 1 is perfect, 0 is on the border.";
        format!("{what} Mean silhouette; {mean:.2} is {}.", band_word(mean)).replace(" -", " −")
    });
    let trust = badge_of(view, row).map(badge_tip).filter(|tip| !tip.is_empty());
    [trust, apart].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn selected_ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    ui.add_space(8.0);
    match view.focus {
        None if look.brush.is_some() => {
            picked::told_ui(ui, view.answers, look, commands);
        }
        None => {
            ui.label(caption(ui, "Click a segment, here or in a plot, to see what sets it apart."));
            ui.label(caption(ui, "Shift and drag in the map or over the silhouettes to select customers, or click a branch of the tree."));
        }
        Some(Selection::Noise) => {
            ui.label(theme::strong("In no group"));
            ui.label(caption(
                ui,
                "These customers are too unlike the others to belong to a group. They stay in the data and in every export.",
            ));
        }
        Some(Selection::Cluster(cluster)) => {
            ui.horizontal(|ui| {
                swatch(ui, theme::segment(number_of(numbers(view.answers), cluster)));
                ui.add(egui::Label::new(theme::strong(segment_name(view.answers, cluster))).wrap());
            });
            // What is only pointed at is out of reach of the pointer.
            if look.selection == view.focus {
                inside::ways_ui(ui, view.answers, look, cluster, commands);
            }
            side_ui(ui, &view.answers.personas, "what sets it apart", |ui, personas| {
                let outcome = personas
                    .personas
                    .get(cluster)
                    .filter(|persona| persona.n >= Contrast::LEAST)
                    .and_then(|persona| persona.outcome_text(&personas.noun));
                if let Some(outcome) = outcome {
                    ui.add(egui::Label::new(theme::strong(outcome).size(13.0)).wrap());
                    ui.add_space(4.0);
                }
                let statements = personas.personas.get(cluster).map(|persona| persona.statements.as_slice()).unwrap_or_default();
                if statements.is_empty() {
                    ui.label(caption(ui, "Nothing sets this segment apart clearly."));
                }
                statements_ui(ui, statements);
            });
        }
    }
}
