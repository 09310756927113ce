//! The Segments page, in four views: the groups, who fits none of them (`niches`), whether the personas hold (`validate`), and how they move while customers go on (`live`). Of the groups: knobs on the left, the map over the method's plots in the middle, the segments on the right.
//!
//! In: plan, answers, look. Out: at most one new clustering section per frame, whatever was clicked or dragged: every part changes
//! one draft of it, so that two parts cannot contradict each other.

mod choice_of_k;
mod compare;
mod condensed;
mod dendrogram;
mod density;
mod elbow;
mod epsilon_plots;
mod inside;
mod kept;
mod knobs;
mod list;
mod live;
mod map;
mod map_brush;
mod map_dots;
mod map_image;
mod map_rings;
mod map_window;
mod naming;
mod niches;
mod null_band;
mod picked;
mod silhouette;
mod silhouette_brush;
mod statements;
mod validate;
mod view;

use eframe::egui::{Button, CentralPanel, Frame, Id, Key, Margin, Modifiers, Panel, Rect, RichText, Role, TextStyle, Ui, UiBuilder, Vec2};

use crate::cluster::Method;
use crate::engine::{Answer, Answers};
use crate::session::{Action, Clustering, Command, Look, Page, PageView, Parting, Plan, PlotKind, SegmentsView, Selection};
use crate::ui::data_page::listing;
use crate::ui::plotting::{Lies, over_ui, split};
use crate::ui::set_aside::set_aside;
use crate::ui::theme::tokens;
use crate::ui::widgets::{answer_ui, empty_ui, has_keys, name_it, problem_ui, views_ui};

use choice_of_k::{k_in_force, set_k};
use epsilon_plots::Lanes;
use view::View;

pub(crate) use picked::segment_menu_ui;

/// Three plots stand side by side from this width on; below, the last two share a place.
const WIDE: f32 = 1_080.0;

/// The whole page.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if !has_data_ui(ui, answers, commands) {
        return;
    }
    // Whoever passed over the band on Data groups rows and not customers: it is said here too.
    listing::ui(ui, plan, answers, look, commands);
    head_ui(ui, look);
    inside::follow(answers, look, commands);
    // Inside a segment everything is about its own choices.
    let small = answers.inside.answer().filter(|_| look.segments == SegmentsView::Explore);
    let clustering = small.map_or(&plan.clustering, |inside| &inside.split.clustering);
    let mut draft = clustering.clone();
    forget_what_is_gone(answers, look);
    let (hover_before, pointed_k) = (look.hover.take(), look.hover_k.take());
    let view = View {
        answers,
        against: plan.comparison.as_ref().filter(|_| small.is_none()),
        kept: &plan.kept,
        rings: &[],
        outlines: &[],
        focus: hover_before.or(look.selection),
        pointed_k,
    };
    match look.segments {
        SegmentsView::Explore => {
            if let Some(small) = small {
                inside::head_ui(ui, answers, small, look, commands);
            }
            explore_ui(ui, &view, &mut draft, look, commands);
        }
        SegmentsView::Niches => {
            if has_keys(ui, look) {
                escape_key(ui, look);
            }
            niches::ui(ui, &view, &plan.niches, look, commands);
        }
        SegmentsView::Validate => {
            if has_keys(ui, look) {
                escape_key(ui, look);
                validate::keys(ui, answers, look);
            }
            validate::ui(ui, &view, plan, look, commands);
        }
        SegmentsView::Live => {
            if has_keys(ui, look) {
                live::keys(ui, answers, commands);
                escape_key(ui, look);
            }
            live::ui(ui, &view, plan, look, commands);
        }
    }
    if draft != *clustering {
        commands.push(match small {
            Some(inside) => Command::Inside(Box::new(Parting { clustering: draft, ..inside.split.clone() })),
            None => Command::Cluster(draft),
        });
    }
    if (look.hover, look.hover_k) != (hover_before, pointed_k) {
        // What is under the pointer is drawn a frame later everywhere else.
        ui.ctx().request_repaint();
    }
}

/// The bar at the top: which view.
fn head_ui(ui: &mut Ui, look: &mut Look) {
    let frame = Frame::new().fill(tokens(ui).surface).inner_margin(Margin::symmetric(16, 6));
    Panel::top("segments head").frame(frame).exact_size(44.0).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            if views_ui(ui, &mut look.segments, SegmentsView::ALL, PageView::Segments) {
                look.maximised = None;
            }
        });
    });
}

/// The groups: knobs, plots, list.
fn explore_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    keys(ui, view, draft, look);
    let side = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 8 });
    Panel::left("segment knobs").default_size(252.0).size_range(236.0..=340.0).frame(side).show(ui, |ui| {
        knobs::ui(ui, view, draft);
    });
    // Names have more room where the window has.
    let width = (ui.available_width() * 0.2).clamp(272.0, 400.0);
    let aside = set_aside(ui, Panel::right("segment list").default_size(width).size_range(240.0..=480.0).frame(side));
    CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| {
        plots_ui(ui, view, draft, look, commands);
    });
    aside.fill_ui(ui, "segment list", |ui| list::ui(ui, view, look, commands));
}

/// Whether there is something to group; otherwise says what to do.
fn has_data_ui(ui: &mut Ui, answers: &Answers, commands: &mut Vec<Command>) -> bool {
    if answers.loaded.latest().is_none() {
        match &answers.loaded {
            Answer::Failed { problem, .. } => {
                if centred_problem_ui(ui, &problem.0, "Open another file…") {
                    commands.push(Command::Do(Action::Open));
                }
            }
            Answer::Waiting(_) => {
                if empty_ui(ui, "No customers yet", "Open a customer file to see its segments.", "Open…") {
                    commands.push(Command::Do(Action::Open));
                }
            }
            _ => answer_ui(ui, &answers.loaded, "the table", |_, _| {}),
        }
        return false;
    }
    if answers.prepared.latest().is_none()
        && let Some(problem) = answers.prepared.problem()
    {
        if centred_problem_ui(ui, &problem.0, "Go to Prepare") {
            commands.push(Command::Do(Action::Go(Page::Prepare)));
        }
        return false;
    }
    true
}

fn centred_problem_ui(ui: &mut Ui, text: &str, button: &str) -> bool {
    let side = ((ui.available_width() - 484.0) / 2.0).max(0.0);
    ui.add_space((ui.available_height() * 0.3).max(0.0));
    ui.horizontal(|ui| {
        ui.add_space(side);
        ui.vertical(|ui| problem_ui(ui, text, Some(button))).inner
    })
    .inner
}

/// A selection is forgotten with its segment, picked customers with their table.
fn forget_what_is_gone(answers: &Answers, look: &mut Look) {
    if let (Some(brush), Some(loaded)) = (&look.brush, answers.loaded.ready())
        && brush.stamp != loaded.stamp
    {
        look.brush = None;
    }
    if let (Some(Selection::Cluster(cluster)), Some(segmentation)) = (look.selection, answers.segmentation.ready())
        && cluster >= segmentation.labels.n_clusters()
    {
        look.selection = None;
    }
}

/// Esc goes one step back.
fn escape_key(ui: &Ui, look: &mut Look) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let is_inside = !look.inside.is_empty() && look.segments == SegmentsView::Explore;
    let can_go_back =
        look.maximised.is_some() || look.brush.is_some() || look.picks || look.selection.is_some() || look.comparing || is_inside;
    if can_go_back && pressed(Key::Escape) {
        // First the plot, then the customers picked, the tool, the segment, the comparison, and out of the segment one is in.
        let is_done = look.maximised.take().is_some()
            || look.brush.take().is_some()
            || std::mem::take(&mut look.picks)
            || look.selection.take().is_some();
        if !is_done && !std::mem::take(&mut look.comparing) && is_inside {
            let mut around = look.inside.clone();
            around.pop();
            look.go_inside(around);
        }
    }
}

/// The keys of the groups' view.
fn keys(ui: &Ui, view: &View, draft: &mut Clustering, look: &mut Look) {
    if !has_keys(ui, look) {
        return;
    }
    escape_key(ui, look);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if view.answers.inside.answer().is_none() && pressed(Key::C) {
        look.comparing = !look.comparing;
    }
    if draft.method == Method::Density {
        density::keys(view, draft, pressed);
    }
    if matches!(draft.method, Method::KMeans | Method::Tree)
        && let Some(k) = k_in_force(view, draft)
    {
        let step = i64::from(pressed(Key::ArrowRight)) - i64::from(pressed(Key::ArrowLeft));
        if step != 0 {
            set_k(draft, Some(k.saturating_add_signed(step as isize).max(1)));
        }
    }
}

fn plots_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    let rect = ui.max_rect();
    if let Some(kind) = look.maximised.filter(|kind| panes(draft.method).contains(kind) || *kind == PlotKind::Map) {
        pane_ui(ui, rect, kind, view, draft, look, commands);
        return;
    }
    // Three lanes need more height than one curve.
    let (salt, part) = if draft.method == Method::Density && rect.height() < 620.0 { ("map over lanes", 0.4) } else { ("map", 0.55) };
    let (upper, lower) = split(ui, salt, rect, Lies::Flat, part, 180.0);
    pane_ui(ui, upper, PlotKind::Map, view, draft, look, commands);

    let kinds = columns(draft.method);
    if let [only] = kinds {
        pane_ui(ui, lower, *only, view, draft, look, commands);
    } else if lower.width() >= WIDE && kinds.len() == 3 {
        let (first, rest) = split(ui, "lower of three", lower, Lies::Upright, 0.4, 260.0);
        let (second, third) = split(ui, "rest of three", rest, Lies::Upright, 0.5, 240.0);
        for (rect, kind) in [first, second, third].into_iter().zip(kinds) {
            pane_ui(ui, rect, *kind, view, draft, look, commands);
        }
    } else {
        let (first, second) = split(ui, "lower", lower, Lies::Upright, if draft.method == Method::Tree { 0.56 } else { 0.5 }, 260.0);
        pane_ui(ui, first, kinds[0], view, draft, look, commands);
        let is_last: bool = kinds.len() == 3 && ui.data(|data| data.get_temp(second_id())).unwrap_or(false);
        pane_ui(ui, second, kinds[if is_last { 2 } else { 1 }], view, draft, look, commands);
    }
}

/// Whether the shared place shows the last plot.
fn second_id() -> Id {
    Id::unique("segments shared place")
}

/// The lower places from left to right.
fn columns(method: Method) -> &'static [PlotKind] {
    match method {
        Method::KMeans => &[PlotKind::Elbow, PlotKind::Silhouette],
        Method::Tree => &[PlotKind::Dendrogram, PlotKind::Elbow, PlotKind::Silhouette],
        Method::Density => &[PlotKind::KDistance, PlotKind::Silhouette],
        Method::Hdbscan => &[PlotKind::CondensedTree, PlotKind::Silhouette],
        _ => &[PlotKind::Silhouette],
    }
}

/// Narrower panes have no room for a word beside their head.
const ROOM_FOR_WORDS: f32 = 240.0;

/// Everything that can be maximised besides the map.
fn panes(method: Method) -> &'static [PlotKind] {
    match method {
        Method::KMeans => &[PlotKind::Elbow, PlotKind::SilhouetteByK, PlotKind::Silhouette],
        Method::Tree => &[PlotKind::Dendrogram, PlotKind::Elbow, PlotKind::SilhouetteByK, PlotKind::Silhouette],
        Method::Density => &[PlotKind::KDistance, PlotKind::EpsilonCurves, PlotKind::Silhouette],
        Method::Hdbscan => &[PlotKind::CondensedTree, PlotKind::Silhouette],
        _ => &[PlotKind::Silhouette],
    }
}

fn pane_ui(ui: &mut Ui, rect: Rect, kind: PlotKind, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    let is_alone = look.maximised == Some(kind);
    let shares_place =
        !is_alone && rect.width() < WIDE && columns(draft.method).len() == 3 && columns(draft.method)[1..].contains(&kind) && {
            ui.max_rect().width() < WIDE
        };
    let switch = move |ui: &mut Ui| {
        if shares_place {
            let is_last: bool = ui.data(|data| data.get_temp(second_id())).unwrap_or(false);
            let other = if is_last { "Elbow" } else { "Silhouettes" };
            // Beside a short head the arrow alone has room; the button says the rest.
            let shown = if rect.width() < ROOM_FOR_WORDS { "→".to_owned() } else { format!("{other}  →") };
            let text = RichText::new(shown).text_style(TextStyle::Small);
            let response = ui.add(Button::new(text).min_size(Vec2::new(0.0, 24.0)));
            name_it(&response, Role::Button, &format!("Show {other} here"));
            if response.on_hover_text("Show the other plot in this place; a wide window shows both.").clicked() {
                ui.data_mut(|data| data.insert_temp(second_id(), !is_last));
            }
        }
    };
    let builder = UiBuilder::new().id_salt(("pane", kind)).max_rect(rect.shrink2(Vec2::new(12.0, 6.0)));
    let mut child = ui.new_child(builder);
    let ui = &mut child;
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing.y = 4.0;
    match kind {
        PlotKind::Map if look.comparing => compare::ui(ui, view, draft, look, commands),
        PlotKind::Map => {
            let head = ui.max_rect();
            map::ui(ui, view, look, commands);
            if view.answers.inside.answer().is_none() {
                compare::entry_ui(ui, head, look);
            }
        }
        PlotKind::Elbow if is_alone => elbow::inertia_ui(ui, view, draft, look, commands, true, |_| {}),
        PlotKind::Elbow => elbow::ui(ui, view, draft, look, commands, switch),
        PlotKind::SilhouetteByK => elbow::silhouette_ui(ui, view, draft, look, commands),
        PlotKind::Dendrogram => dendrogram::ui(ui, view, draft, look, commands),
        PlotKind::CondensedTree => condensed::ui(ui, view, look, commands),
        PlotKind::KDistance if is_alone => epsilon_plots::ui(ui, view, draft, look, commands, Lanes::Core),
        PlotKind::KDistance => epsilon_plots::ui(ui, view, draft, look, commands, Lanes::All),
        PlotKind::EpsilonCurves => epsilon_plots::ui(ui, view, draft, look, commands, Lanes::Curves),
        PlotKind::Silhouette | PlotKind::Variance | PlotKind::Comparison => silhouette::ui(ui, view, look, commands, switch),
    }
    let problem = view.answers.segmentation.problem().or(view.answers.map.problem());
    if let Some(problem) = problem.filter(|_| kind == PlotKind::Map) {
        over_ui(ui, rect.translate(Vec2::new(0.0, 48.0)), |ui| {
            if problem_ui(ui, &problem.0, Some("Go to Prepare")) {
                commands.push(Command::Do(Action::Go(Page::Prepare)));
            }
        });
    }
}
