//! The back of a card: how far to rely on it, the rule that tells its members apart, typical customers, every row of evidence, and how it was
//! made. The same sheet as the front, turned over.

use std::sync::Arc;

use eframe::egui::{CollapsingHeader, Grid, Id, Label, RichText, Ui};

use crate::engine::Segmentation;
use crate::engine::choose::{bic_reason, reasons_for, stability_reason};
use crate::evaluate::{BicCurve, Stability};
use crate::export::deck::{Provenance, ProvenanceOf, provenance_of};
use crate::export::holds::NOT_LOOKED;
use crate::export::{HoldsOf, HoldsQuestion};
use crate::persona::{Contrast, Persona, Personas, SegmentRule};
use crate::session::Look;
use crate::ui::badge::{Side, badge_ui};
use crate::ui::theme::{self, BETWEEN, INSIDE, caption, tokens};
use crate::ui::widgets::{self, percent, thousands, unbroken};

use super::view::View;
use super::{evidence, face, importance};

/// Draws the back of `persona`'s card.
pub fn ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look) {
    ui.horizontal(|ui| {
        face::face_ui(ui, persona, 40.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            widgets::cut_label(ui, theme::heading(&persona.name)).on_hover_text(&persona.name);
            ui.label(caption(ui, "Every word on the card rests on one of these rows."));
        });
    });
    ui.add_space(BETWEEN);
    let column = ((ui.available_width() - 32.0) / 2.0).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 32.0;
        ui.vertical(|ui| {
            ui.set_width(column);
            ui.spacing_mut().item_spacing.x = INSIDE;
            trust_ui(ui, view, persona);
        });
        ui.vertical(|ui| {
            ui.set_width(column);
            ui.spacing_mut().item_spacing.x = INSIDE;
            rule_ui(ui, view, persona);
            did_ui(ui, view, persona);
        });
    });
    examples_ui(ui, view, persona);
    ui.add_space(BETWEEN);
    ui.label(theme::strong("Evidence"));
    ui.label(caption(
        ui,
        "Point at a row, or click it to select the customers it holds for. Cells of fewer than ten customers are not shown.",
    ));
    ui.add_space(4.0);
    if persona.evidence.is_empty() {
        ui.label("Too few customers to describe without exposing individuals.");
    } else {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            evidence::ui(ui, view, persona, look);
        });
    }
    ui.add_space(BETWEEN);
    CollapsingHeader::new(theme::strong("How this was made")).show(ui, |ui| made_ui(ui, view));
}

/// Why the badge says what it says.
fn trust_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    let n_clusters = view.personas.personas.len();
    ui.horizontal(|ui| {
        ui.label(theme::strong("How well it holds"));
        badge_ui(ui, view.badge_of(persona), Side::Left);
    });
    match view.stability.ready().filter(|stability| stability.sizes.len() == n_clusters) {
        Some(stability) => stability.reasons_with(persona.cluster, persona.headline_missing()).iter().for_each(|reason| {
            ui.add(Label::new(unbroken(reason)).wrap());
        }),
        None if view.stability.problem().is_some() => {
            let why = view.stability.problem().map_or("", |problem| &*problem.0);
            ui.add(Label::new(caption(ui, why)).wrap());
        }
        None => {
            ui.label(caption(ui, "Still being checked: customers are resampled and grouped again."));
        }
    }
    holds_ui(ui, view, persona);
    let silhouettes = view.answers.silhouette.latest().filter(|plot| plot.clusters.len() == n_clusters);
    if let Some(bars) = silhouettes.and_then(|plot| plot.clusters.get(persona.cluster)) {
        let text = format!(
            "Mean silhouette {:.2} (1 stands well apart, 0 touches the next); {} would suit another segment better.",
            bars.mean,
            percent(f64::from(bars.below_zero as f32))
        );
        ui.add(Label::new(unbroken(&text.replace('-', "−"))).wrap());
    }
}

/// What other customers would make of it, and what it is worth on other days: a word, a number and a sentence each.
fn holds_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    let holds = view.answers.holds.known();
    let stability = view.stability.ready().map(|stability| &**stability);
    let of = HoldsOf { stability, found: view.answers.groups_found(), holds: &holds, dictionary: &view.answers.dictionary };
    let [_, rest @ ..] = of.lines(persona.cluster, persona.headline_missing());
    let under_way = [view.answers.holds.folds.progress(), view.answers.holds.stays.progress(), view.answers.holds.foretells.progress()];
    for (line, progress) in rest.iter().zip(under_way) {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.label(theme::strong(line.question.title()).size(13.0)).on_hover_text(line.question.means_in_words());
            ui.label(RichText::new(format!("{} {}", line.word, line.value)).size(13.0));
        });
        if progress.is_some() {
            ui.label(caption(ui, "Still being looked at."));
        } else if line.mark.is_some() || line.word != NOT_LOOKED {
            ui.add(Label::new(unbroken(&view.personas.noun.in_text(&line.sentence))).wrap());
        } else if line.question != HoldsQuestion::SameWithout {
            ui.label(caption(ui, "See Segments > Validate."));
        }
    }
}

/// The rule that catches most of them and few others.
fn rule_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    ui.label(theme::strong("Who belongs, in one rule")).on_hover_text(
        "A path of a decision tree of at most three steps. Precision: of those it catches, how many belong. Recall: of those who belong, how \
         many it catches.",
    );
    let rule = view.explained.and_then(|explained| explained.rules.get(persona.cluster)?.as_ref());
    let Some(SegmentRule { conditions, precision, recall, n_caught }) = rule.filter(|_| persona.n >= Contrast::LEAST) else {
        let text = match view.explained {
            Some(_) => "No rule of three steps tells them apart.",
            None => "Not known yet.",
        };
        ui.label(caption(ui, text));
        return;
    };
    for (at, condition) in conditions.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.label(caption(ui, if at == 0 { "if" } else { "and" }));
            ui.add(Label::new(condition.text.as_str()).wrap());
        });
    }
    let text = format!(
        "{} of the {} customers it catches belong here (precision); it finds {} of the segment (recall).",
        percent(*precision),
        thousands(*n_caught),
        percent(*recall)
    );
    ui.add(Label::new(caption(ui, unbroken(&text))).wrap());
}

/// What they do more than others, where events are followed.
fn did_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    let journeys = &view.answers.journeys;
    let told = journeys.on_card(persona.cluster);
    if told.is_empty() && !journeys.is_told_soon() {
        return;
    }
    ui.add_space(BETWEEN);
    ui.label(theme::strong("What they do")).on_hover_text(
        "What they did in their first 30 days far more or less often than everyone else, even compared with equally active customers. The full list is under Journeys > Differences.",
    );
    if told.is_empty() {
        ui.label(caption(ui, "Still being looked at."));
    }
    for sentence in told {
        ui.add(Label::new(unbroken(&view.personas.noun.in_text(&sentence))).wrap());
    }
}

/// Customers near the middle, without anything that says who they are.
fn examples_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    let Some(explained) = view.explained else { return };
    let examples = explained.examples.get(persona.cluster).map(Vec::as_slice).unwrap_or_default();
    if examples.is_empty() || persona.n < Contrast::LEAST {
        return;
    }
    ui.add_space(BETWEEN);
    ui.label(theme::strong(explained.examples_title(persona.cluster, &view.personas.noun))).on_hover_text(
        "Of those who share the traits in the name, the nearest to the middle of the segment in what is shown; of all, where nobody shares them.",
    );
    ui.add_space(4.0);
    let shown = &examples[..examples.len().min(3)];
    let width = ((ui.available_width() - 32.0) / 3.0).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        for (at, example) in shown.iter().enumerate() {
            ui.vertical(|ui| {
                ui.set_width(width);
                Grid::new(("example", at)).num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
                    for (column, value) in &example.values {
                        ui.scope(|ui| {
                            ui.set_max_width(width * 0.55);
                            ui.add(Label::new(caption(ui, column.as_str())).wrap());
                        });
                        ui.scope(|ui| {
                            ui.set_max_width(width * 0.4);
                            ui.add(Label::new(value.as_str()).wrap());
                        });
                        ui.end_row();
                    }
                });
            });
        }
    });
}

/// Method, parameters, seed and exclusions in plain words.
fn made_ui(ui: &mut Ui, view: &View) {
    let Some(made) = made(ui, view) else {
        ui.label(caption(ui, "The segments are being computed."));
        return;
    };
    let muted = tokens(ui).muted;
    Grid::new("made").num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| {
        for (title, text) in &made.facts {
            ui.label(RichText::new(title).color(muted));
            ui.add(Label::new(unbroken(text)).wrap());
            ui.end_row();
        }
    });
    if let Some(explained) = view.explained {
        ui.add_space(INSIDE);
        importance::note_ui(ui, explained);
    }
    for (title, lines) in [("Notes", &made.notes), ("Left out on purpose", &made.left_out)] {
        if !lines.is_empty() {
            ui.add_space(INSIDE);
            ui.label(theme::strong(title));
            lines.iter().for_each(|line| {
                ui.add(Label::new(unbroken(line)).wrap());
            });
        }
    }
    ui.add_space(INSIDE);
    ui.label(theme::strong("Columns that decided who is alike"));
    Grid::new("columns").num_columns(4).spacing([24.0, 4.0]).show(ui, |ui| {
        for title in ["Column", "Transform", "Scale", "Missing values"] {
            ui.label(RichText::new(title).small().color(muted));
        }
        ui.end_row();
        for row in &made.columns {
            for cell in row {
                ui.label(cell);
            }
            ui.end_row();
        }
    });
}

/// What was made last, and from what; holding these keeps their addresses their own.
#[derive(Clone)]
struct Kept {
    segmentation: Arc<Segmentation>,
    personas: Arc<Personas>,
    stability: Option<Arc<Stability>>,
    bic: Option<Arc<BicCurve>>,
    made: Arc<Provenance>,
}

/// How it was made, put into words once for the segments on screen.
fn made(ui: &Ui, view: &View) -> Option<Arc<Provenance>> {
    let answers = view.answers;
    let (segmentation, personas) = (answers.segmentation.latest()?, answers.personas.latest()?);
    let stability = answers.stability.ready();
    let bic = answers.bic.ready();
    let id = Id::unique("how cards were made");
    let is_same = |kept: &Kept| {
        Arc::ptr_eq(&kept.segmentation, segmentation)
            && Arc::ptr_eq(&kept.personas, personas)
            && kept.stability.as_ref().map(Arc::as_ptr) == stability.map(Arc::as_ptr)
            && kept.bic.as_ref().map(Arc::as_ptr) == bic.map(Arc::as_ptr)
    };
    if let Some(kept) = ui.data(|data| data.get_temp::<Kept>(id)).filter(is_same) {
        return Some(kept.made);
    }
    let sweep = answers.sweep.ready().map(|sweep| &**sweep);
    let mut reasons = segmentation.by.k().map_or_else(Vec::new, |k| reasons_for(k, sweep));
    reasons.extend(stability.and_then(|stability| stability_reason(stability)));
    reasons.extend(bic_reason(&segmentation.by, bic.map(|bic| &**bic)));
    let notes: Vec<String> = answers.notes.iter().map(|note| note.outside().to_owned()).collect();
    let made = Arc::new(provenance_of(&ProvenanceOf {
        loaded: &segmentation.loaded,
        prepared: &segmentation.prepared,
        roles: &view.plan.preparation.roles,
        dictionary: &view.plan.dictionary,
        personas,
        method_text: &segmentation.method_text,
        reasons: &reasons,
        silhouette: answers.silhouette.latest().and_then(|plot| plot.mean),
        null: stability.and_then(|stability| stability.null()),
        notes: &notes,
    }));
    let kept = Kept {
        segmentation: segmentation.clone(),
        personas: personas.clone(),
        stability: stability.cloned(),
        bic: bic.cloned(),
        made: made.clone(),
    };
    ui.data_mut(|data| data.insert_temp(id, kept));
    Some(made)
}
