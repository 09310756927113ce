//! What the segments are to follow, and how: the form before anything is followed.

use std::path::Path;

use eframe::egui::{Label, Ui};

use crate::data::Source;
use crate::engine::live::LiveSource;
use crate::session::{Command, LiveChoices, Look, Plan};
use crate::ui::dated_sources::dated_sources;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::{centred, check_ui, choice_ui, combo_ui, path_field_ui, primary_button, segmented_ui, unbroken};

use super::super::view::View;

/// Width of the form.
const WIDTH: f32 = 440.0;

const GROWS: &str = "Follow the file as it grows, or the folder as files appear in it.";
const PLAYS: &str = "Play a file that is complete as if it came in now: its first half is read at once, the rest at the speed you choose.";
const SPEED: &str = "How fast the recording is played. Stretches in which nothing happened are passed over.";
const MESSAGES: &str = "Give its address: kafka://HOST:9092/TOPIC or kinesis://REGION/STREAM. Passwords stay out of it: kafka+tls://USER:{SHOP_PASSWORD}@HOST:9093/TOPIC takes the password from the environment variable SHOP_PASSWORD, and AWS finds its own log-in.";
const KEY: &str = "Each row that comes is a customer as they are now; this column says who.";
const FIRES: &str = "The rules of Journeys, Triggers: whom they fire for is listed and written to a file. Nothing is sent by itself.";

/// Speeds with their words.
pub(super) const SPEEDS: [(f64, &str, &str); 7] = [
    (1.0, "As it came", ""),
    (60.0, "1 minute per second", "60 times as fast"),
    (1_000.0, "1\u{202f}000 times as fast", ""),
    (3_600.0, "1 hour per second", "3 600 times as fast"),
    (86_400.0, "1 day per second", "86 400 times as fast"),
    (604_800.0, "1 week per second", "604 800 times as fast"),
    (2_592_000.0, "30 days per second", ""),
];

/// The form.
pub(super) fn ui(ui: &mut Ui, view: &View, plan: &Plan, look: &mut Look, commands: &mut Vec<Command>) {
    let mut draft = plan.live.clone();
    centred(ui, |ui| {
        ui.set_max_width(WIDTH);
        ui.label(theme::heading("How do the segments move over time?"));
        ui.add_space(4.0);
        let what = "Let them follow orders or events as they come in: from a file that grows, a folder in which files appear, a Kafka topic or a Kinesis stream. Everyone who does something is placed anew, and the centres follow.";
        ui.add(Label::new(caption(ui, what).size(14.0)).wrap());
        ui.add_space(theme::BETWEEN);
        match draft.source.clone() {
            None => source_wanted_ui(ui, view, (plan, &mut draft), look, commands),
            Some(source) => source_ui(ui, view, &source, (plan, &mut draft), commands),
        }
        path_ui(ui, look, commands);
    });
    if draft != plan.live {
        commands.push(Command::Live(draft));
    }
}

fn source_wanted_ui(ui: &mut Ui, view: &View, (plan, draft): (&Plan, &mut LiveChoices), look: &mut Look, commands: &mut Vec<Command>) {
    if primary_button(ui, "Choose a file…").clicked() {
        commands.push(Command::ChooseLive(false));
    }
    ui.add_space(4.0);
    if ui.button("Choose a folder…").clicked() {
        commands.push(Command::ChooseLive(true));
    }
    ui.add_space(4.0);
    if ui.button("Follow a topic or a stream…").on_hover_text(MESSAGES).clicked() {
        look.live.path_draft = Some(String::new());
    }
    for (name, path, _) in dated_sources(plan, view.answers) {
        ui.add_space(4.0);
        let response = ui.button(format!("Play {name} again"));
        if response.on_hover_text("One of the sources of this customer table, as if it came in now.").clicked() {
            *draft = LiveChoices { source: Some(path), is_folder: false, plays: true, ..draft.clone() };
        }
    }
}

/// What was chosen, how it is followed, and the way on.
fn source_ui(ui: &mut Ui, view: &View, source: &Path, (plan, draft): (&Plan, &mut LiveChoices), commands: &mut Vec<Command>) {
    let name = LiveSource::named(source).title();
    ui.add(Label::new(theme::strong(unbroken(&name))).wrap()).on_hover_text(source.display().to_string());
    if ui.button("Choose another").clicked() {
        draft.source = None;
    }
    ui.add_space(theme::INSIDE);
    if !draft.is_folder {
        // The switch stands in the middle like everything else here.
        ui.horizontal(|ui| {
            ui.add_space(((ui.available_width() - 196.0) / 2.0).max(0.0));
            segmented_ui(ui, &mut draft.plays, &[(false, "As it grows", GROWS), (true, "Play it again", PLAYS)]);
        });
        ui.add_space(theme::INSIDE);
    }
    if draft.plays {
        let mut speeds = SPEEDS.to_vec();
        let own = format!("{} times as fast", draft.speed);
        if !SPEEDS.iter().any(|(speed, ..)| *speed == draft.speed) {
            speeds.push((draft.speed, &own, ""));
        }
        choice_ui(ui, "Speed", SPEED, &mut draft.speed, &speeds);
    }
    let is_built = matches!(plan.source, Source::Sources(_));
    if !is_built {
        key_ui(ui, view, draft);
    } else {
        ui.horizontal(|ui| {
            ui.add_space(((ui.available_width() - 206.0) / 2.0).max(0.0));
            check_ui(ui, &mut draft.fires, "Rules fire while events come").on_hover_text(FIRES);
        });
    }
    ui.add_space(theme::BETWEEN);
    let why_not = if !is_built && draft.key.is_none() {
        Some("Say first which column names the customer.")
    } else if view.answers.personas.ready().is_none() || view.answers.segmentation.ready().is_none() {
        Some("The segments are still being computed.")
    } else {
        None
    };
    ui.add_enabled_ui(why_not.is_none(), |ui| {
        let response = primary_button(ui, if draft.plays { "Play" } else { "Follow" });
        if response.on_disabled_hover_text(why_not.unwrap_or_default()).clicked() {
            commands.push(Command::BeginLive);
        }
    });
}

fn key_ui(ui: &mut Ui, view: &View, draft: &mut LiveChoices) {
    let Some(loaded) = view.answers.loaded.latest() else { return };
    let names: Vec<String> = loaded.table.columns.iter().map(|column| column.name.clone()).collect();
    let mut at = draft.key.as_ref().and_then(|key| names.iter().position(|name| name == key));
    let mut choices: Vec<(Option<usize>, &str, &str)> = vec![(None, "Choose a column", "")];
    choices.extend(names.iter().enumerate().map(|(at, name)| (Some(at), name.as_str(), "")));
    ui.horizontal(|ui| {
        ui.label("Customer").on_hover_text(KEY);
        if combo_ui(ui, "Customer", &mut at, &choices) {
            draft.key = at.map(|at| names[at].clone());
        }
    });
}

/// A path that is typed, where the system shows no file dialog.
fn path_ui(ui: &mut Ui, look: &mut Look, commands: &mut Vec<Command>) {
    if look.live.path_draft.is_some() {
        ui.add_space(theme::INSIDE);
    }
    if let Some(path) = path_field_ui(ui, "kafka://HOST:9092/TOPIC, kinesis://REGION/STREAM, or a path", &mut look.live.path_draft) {
        commands.push(Command::FollowPath(path.into()));
        look.live.path_draft = None;
    }
}
