//! Inside a segment: where one is, what was found, on which scale, and the ways in, out and on.
//!
//! In: the small world as the engine tells it, the look. Out: the look turned to another world, or a command. Everything else on the page is drawn as for
//! everyone.

use eframe::egui::{Align, Button, Frame, Label, Layout, Margin, Panel, RichText, Role, TextStyle, Ui, Vec2};

use crate::base::part;
use crate::engine::inside::refusal;
use crate::engine::{Answers, Inside, InsideAnswer};
use crate::persona::numbering;
use crate::session::{Command, InsideScale, Look, PageView, Parting, SegmentsView, Selection};
use crate::ui::icons;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, noun_of, primary_button, segmented_ui, unbroken};

use super::naming::{numbers, selection_name};
use super::view::View;

/// Columns named one by one; of more only the number is told.
const MOST_NAMED: usize = 4;

/// The bar under the views: the way back, what is inside, and on which scale.
pub(super) fn head_ui(ui: &mut Ui, answers: &Answers, inside: &InsideAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    let frame = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 4, bottom: 8 });
    Panel::top("inside head").frame(frame).exact_size(76.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            ui.set_height(32.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let mut scale = inside.split.scale;
                if segmented_ui(ui, &mut scale, &SCALES) {
                    commands.push(Command::Inside(Box::new(Parting { scale, ..inside.split.clone() })));
                }
                ui.label(caption(ui, "scale"));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| path_ui(ui, look));
            });
        });
        ui.horizontal(|ui| {
            ui.add(Label::new(theme::strong(found(answers))).truncate());
            ui.add(Label::new(caption(ui, unbroken(&about(answers, inside)))).truncate()).on_hover_text(about(answers, inside));
        });
    });
}

/// From right to left, as the bar lays them out.
const SCALES: [(InsideScale, &str, &str); 2] = [
    (InsideScale::Everywhere, "As everywhere", "The scale of everyone: what hardly differs in this segment counts for little."),
    (
        InsideScale::Within,
        "Within this segment",
        "Scale and components are fitted on its customers alone, so that what differs among them counts.",
    ),
];

/// "All customers › C3 Frequent buyers"; each step but the last leads back to it.
fn path_ui(ui: &mut Ui, look: &mut Look) {
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.spacing_mut().button_padding.x = 0.0;
    let path = look.inside.clone();
    let link = |ui: &mut Ui, text: &str| {
        let response =
            ui.add(Button::new(RichText::new(text).color(tokens(ui).accent)).frame_when_inactive(false).min_size(Vec2::new(0.0, 28.0)));
        name_it(&response, Role::Link, text);
        response.on_hover_text(format!("Back to {text}.  Esc goes one step back.")).clicked()
    };
    if link(ui, "All customers") {
        look.go_inside(Vec::new());
    }
    for (at, (number, name)) in path.iter().enumerate() {
        ui.label(caption(ui, "›"));
        let text = format!("{} {name}", numbering::name(*number));
        if at + 1 == path.len() {
            ui.add(Label::new(theme::strong(text.trim())).truncate());
        } else if link(ui, text.trim()) {
            look.go_inside(path[..=at].to_vec());
        }
    }
}

/// What was found, in one short sentence.
fn found(answers: &Answers) -> String {
    let Some(segmentation) = answers.segmentation.ready() else {
        return answers.segmentation.problem().map_or_else(|| "Looking inside…".to_owned(), |_| "Nothing to see inside.".to_owned());
    };
    let is_found = answers.structure.ready().is_none_or(|structure| structure.found);
    match segmentation.labels.n_clusters() {
        0 | 1 => "Nothing inside: it is one group.".to_owned(),
        n if is_found => format!("{n} parts inside."),
        n => format!("{n} parts by your choice: nothing says there are groups inside."),
    }
}

/// Who is looked at, and what no longer counts among them.
fn about(answers: &Answers, inside: &InsideAnswer) -> String {
    let counted = noun_of(answers).counted(inside.n_members);
    let names: Vec<String> = inside.no_longer_vary.iter().map(|name| answers.dictionary.name(name)).collect();
    match &names[..] {
        [] => format!("{counted}, compared with one another."),
        [one] => format!("{counted}, compared with one another; they do not differ in {one}."),
        some if some.len() <= MOST_NAMED => {
            let (last, rest) = (&some[some.len() - 1], some[..some.len() - 1].join(", "));
            format!("{counted}, compared with one another; they do not differ in {rest} and {last}.")
        }
        many => format!("{counted}, compared with one another; they do not differ in {} columns: {}.", many.len(), many.join(", ")),
    }
}

/// Turns to what the engine says of the inside that was asked for.
pub(super) fn follow(answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if let (Inside::Gone(why), false) = (&answers.inside, look.inside.is_empty()) {
        look.go_inside(Vec::new());
        commands.push(Command::Tell(why.clone()));
    }
}

/// Why nobody can look inside what is selected; nothing where one can.
pub(super) fn why_not(answers: &Answers, selection: Selection) -> Option<String> {
    let Selection::Cluster(cluster) = selection else {
        return Some("Customers in no group have nothing in common to look inside.".into());
    };
    let segmentation = answers.segmentation.latest()?;
    let (number, n) = (segmentation.labels.numbers().get(cluster).copied()?, segmentation.labels.sizes().get(cluster).copied()?);
    let is_here = answers.inside.answer().is_some_and(|inside| inside.segment == number);
    if is_here { Some("You are inside it.".into()) } else { refusal(number, n, noun_of(answers).of_count(2)) }
}

/// Goes inside a segment that is shown, if it can be looked into.
pub(super) fn enter(answers: &Answers, look: &mut Look, selection: Selection) {
    let (Selection::Cluster(cluster), None, Some(_)) = (selection, why_not(answers, selection), answers.segmentation.ready()) else {
        return;
    };
    let Some(&number) = numbers(answers).get(cluster) else { return };
    let known = |number: usize| look.inside.iter().find(|(other, _)| *other == number).map_or_else(String::new, |(_, name)| name.clone());
    let around = std::iter::successors(part::parent(number), |number| part::parent(*number));
    let mut path: Vec<(usize, String)> = around.map(|number| (number, known(number))).collect();
    path.reverse();
    let name = selection_name(answers, selection);
    path.push((number, if name == numbering::name(number) { String::new() } else { name }));
    look.show(PageView::Segments(SegmentsView::Explore));
    look.go_inside(path);
}

/// The entry of a segment's menu, where there is an inside; why there is none is told beside the segment.
pub(super) fn menu_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, selection: Selection) {
    let is_possible = why_not(answers, selection).is_none() && answers.segmentation.ready().is_some();
    if is_possible && ui.button("Look inside").clicked() {
        enter(answers, look, selection);
        ui.ctx().request_repaint();
    }
}

/// The ways in and back beside the segment that is read.
pub(super) fn ways_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, cluster: usize, commands: &mut Vec<Command>) {
    let small = |text: &str| Button::new(RichText::new(text.to_owned()).text_style(TextStyle::Small)).min_size(Vec2::new(0.0, 24.0));
    let selection = Selection::Cluster(cluster);
    let why = why_not(answers, selection);
    ui.horizontal(|ui| {
        let response = ui.add_enabled(why.is_none() && answers.segmentation.ready().is_some(), small("Look inside"));
        name_it(&response, Role::Button, "Look inside");
        let response = match why {
            Some(why) => response.on_disabled_hover_text(why),
            None => response.on_hover_text("Group its customers among themselves.  Double click on the segment"),
        };
        if response.clicked() {
            enter(answers, look, selection);
        }
        let number = numbers(answers).get(cluster).copied();
        if let Some(parent) = number.and_then(part::parent).filter(|_| answers.inside.answer().is_none()) {
            let text = format!("Merge back into {}", numbering::name(parent));
            let response = ui.add(small(&text));
            name_it(&response, Role::Button, &text);
            if response.on_hover_text("The parts are one segment again. Undo does the same right after.").clicked() {
                commands.push(Command::MergeBack(parent));
            }
        }
    });
}

/// The way on from inside: the parts take the place of their segment, or are one again.
pub(super) fn next_ui(ui: &mut Ui, view: &View, inside: &InsideAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    let name = numbering::name(inside.segment);
    if inside.split.kept {
        ui.with_layout(Layout::top_down_justified(Align::Center), |ui| {
            let text = format!("Merge back into {name}");
            let response = ui.add(Button::new(format!("{}  {text}", icons::UNDO)).min_size(Vec2::new(0.0, 32.0)));
            name_it(&response, Role::Button, &text);
            if response.on_hover_text("These parts stand in its place everywhere. Let them be one segment again.").clicked() {
                commands.push(Command::MergeBack(inside.segment));
                look.go_inside(Vec::new());
            }
        });
        return;
    }
    let is_parted = view.answers.segmentation.ready().is_some_and(|segmentation| segmentation.labels.n_clusters() > 1);
    ui.add_enabled_ui(is_parted && !inside.to_keep.is_empty(), |ui| {
        ui.with_layout(Layout::top_down_justified(Align::Center), |ui| {
            let response = primary_button(ui, "Keep these parts");
            name_it(&response, Role::Button, "Keep these parts");
            let told = format!(
                "They take the place of {name} in the list, on the map, on cards and in every export. The others stay as they are."
            );
            let response = response.on_hover_text(told).on_disabled_hover_text("There are no parts to keep.");
            if response.clicked() {
                commands.push(Command::KeepParts);
            }
        });
    });
}
