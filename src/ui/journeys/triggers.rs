//! What a rule would have set off: the rules with their verdicts, and of the one that is looked at its sentence, its numbers, every other number it could have, the weeks,
//! and those alike. Numbers are dragged; what is said follows at once, and the trial when they are let go.

use eframe::egui::{
    Align, Align2, Button, Color32, CornerRadius, DragValue, Label, Rect, Role, ScrollArea, Sense, Stroke, TextStyle, Ui, UiBuilder, Vec2,
    pos2,
};

use crate::data::day::IsoDay;
use crate::engine::{Answers, TriggersTried};
use crate::session::{Command, JourneyOptions, Look};
use crate::triggers::compared::{HitDifference, MatchedComparison};
use crate::triggers::language::{Moment, Span, Trigger};
use crate::triggers::report::{Matched, OfTrigger};
use crate::triggers::thresholds::with_number;
use crate::triggers::words::Verdict;
use crate::ui::plotting::{Axis, Lies, Ticks, canvas_held, handle_grip, handle_paint, plot_answer_ui};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, day_field_ui, name_it, number, percent, row_background, swatch, thousands, unbroken};

use super::rule_chips;
use super::rule_conditions;
use super::seen::{NOBODY_KNOWN, pick};
use super::why;

/// Height of a rule in the list, and the list's part of the width.
const ROW: f32 = 44.0;
const LIST: [f32; 2] = [200.0, 280.0];

const GOAL_MEANS: &str = "How long after the rule fired its goal still counts.";
const QUIET_MEANS: &str = "How long the rule stays quiet for a customer after it fired for them.";

const FROM_MEANS: &str =
    "Rules are tried from this day on. The personas know only what was before it. Emptied, the day is found from the data again.";
const LEFT_OUT_MEANS: &str = "The share of due customers held out at random, so that the effect of the message can be measured. Who is held out depends only on the seed, the rule and the customer.";

/// The rules and the one that is looked at.
pub(super) fn ui(ui: &mut Ui, answers: &Answers, look: &mut Look, draft: &mut JourneyOptions, commands: &mut Vec<Command>) {
    plot_answer_ui(ui, &answers.journeys.tried, "the rules", |ui, tried| {
        // A rule that was just added is not tried yet; of one that is gone the last is looked at.
        let is_settled = !answers.journeys.tried.is_stale() && draft.rules.as_ref().is_none_or(|rules| *rules == tried.rules);
        let last = tried.rules.triggers.len().saturating_sub(1);
        let at = if is_settled { look.journeys.rule.min(last) } else { look.journeys.rule };
        let rect = ui.max_rect();
        let list = (rect.width() * 0.28).clamp(LIST[0], LIST[1]);
        let left = Rect::from_min_size(rect.min, Vec2::new(list, rect.height()));
        let right = Rect::from_min_max(pos2(left.right() + 20.0, rect.top()), rect.max);
        let mut side = ui.new_child(UiBuilder::new().id_salt("rules").max_rect(left));
        list_ui(&mut side, answers, (tried, at), look, draft, commands);
        let mut middle = ui.new_child(UiBuilder::new().id_salt("rule").max_rect(right));
        ScrollArea::vertical()
            .id_salt("rule")
            .auto_shrink(false)
            .show(&mut middle, |ui| rule_ui(ui, answers, (tried, at), look, draft, commands));
    });
}

fn verdict_colour(ui: &Ui, verdict: Verdict) -> Color32 {
    let t = tokens(ui);
    match verdict {
        Verdict::FindsThem => t.good,
        Verdict::NoBetter => t.warn,
        Verdict::TooFew | Verdict::SeeTheCurve => t.muted,
    }
}

fn list_ui(
    ui: &mut Ui,
    answers: &Answers,
    (tried, chosen): (&TriggersTried, usize),
    look: &mut Look,
    draft: &mut JourneyOptions,
    commands: &mut Vec<Command>,
) {
    ui.label(theme::strong(if draft.rules.is_some() { "Your rules" } else { "Suggested rules" }));
    ui.add_space(4.0);
    ScrollArea::vertical().id_salt("list of rules").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, of) in tried.report.triggers.iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
            row_background(ui, rect, chosen == at, response.hovered());
            let t = tokens(ui);
            let (body, small) = (TextStyle::Body.resolve(ui.style()), TextStyle::Small.resolve(ui.style()));
            let colour = verdict_colour(ui, of.verdict);
            ui.painter().circle_filled(pos2(rect.left() + 12.0, rect.top() + 14.0), 4.0, colour);
            let room = Rect::from_min_max(pos2(rect.left() + 24.0, rect.top() + 5.0), pos2(rect.right() - 6.0, rect.top() + 23.0));
            cut_text(ui.painter(), room, Align::Min, &of.name, body, t.text);
            let told = format!("{} · {}", of.verdict.words(), a_week(of.per_week));
            cut_text(ui.painter(), room.translate(Vec2::new(0.0, 17.0)), Align::Min, &told, small, t.muted);
            name_it(&response, Role::Button, &format!("{}: {told}", of.name));
            if response.on_hover_text(unbroken(&of.sentence)).clicked() {
                (look.journeys.rule, look.journeys.dragged) = (at, None);
            }
        }
        ui.add_space(8.0);
        if ui.button("New rule").on_hover_text("A rule beside these, whose words you choose.").clicked()
            && let Some(seen) = answers.journeys.events.latest()
        {
            let mut rules = draft.rules.clone().unwrap_or_else(|| tried.rules.clone());
            let purchase = draft.purchase.as_deref().or(seen.purchase.as_deref());
            rules.triggers.push(rule_chips::new_rule(&rules, &seen.kinds, purchase));
            (look.journeys.rule, look.journeys.dragged) = (rules.triggers.len() - 1, None);
            draft.rules = Some(rules);
        }
        if draft.rules.is_some() {
            let response = ui.button("Suggested rules");
            if response.on_hover_text("Back to the rules that the data offer by themselves. Undo brings yours back.").clicked() {
                draft.rules = None;
            }
        }
        if ui
            .button("Open a file of rules…")
            .on_hover_text("Rules as JSON, as personae triggers reads them, in the place of these.")
            .clicked()
        {
            commands.push(Command::ChooseRules);
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.label("Tried from").on_hover_text(FROM_MEANS);
            let mut from = draft.tried_from.or_else(|| IsoDay::parse(&tried.report.from));
            let found = from;
            day_field_ui(ui, "First day of the trial", &mut from);
            if from != found {
                draft.tried_from = from;
            }
        });
        let until = format!("Tried up to {}. The personas are those of the first day.", tried.report.to);
        for note in std::iter::once(&until).chain(&tried.notes) {
            ui.add_space(4.0);
            ui.add(Label::new(caption(ui, unbroken(note))).wrap());
        }
    });
}

fn a_week(n: f64) -> String {
    match n {
        n if n <= 0.0 => "never".to_owned(),
        n if n < 1.0 => "less than once per week".to_owned(),
        n => format!("{} per week", number(n.round())),
    }
}

/// Everything of one rule.
fn rule_ui(
    ui: &mut Ui,
    answers: &Answers,
    (tried, at): (&TriggersTried, usize),
    look: &mut Look,
    draft: &mut JourneyOptions,
    commands: &mut Vec<Command>,
) {
    let Some(of) = tried.report.triggers.get(at) else { return };
    // What was changed since is not tried yet: the next change must not lose it.
    let mut rules = draft.rules.clone().unwrap_or_else(|| tried.rules.clone());
    // One that was called anew since stands where it stood.
    let same = rules.triggers.len() == tried.rules.triggers.len();
    let Some(place) = rules.triggers.iter().position(|rule| rule.name == of.name).or(same.then_some(at)) else { return };
    let rule = rules.triggers[place].clone();
    // The bar of the scrolled place lies over its right edge.
    ui.set_max_width(ui.available_width() - 12.0);
    ui.add(Label::new(theme::heading(unbroken(&of.name))).wrap());
    ui.add(Label::new(unbroken(&of.sentence)).wrap());
    ui.add_space(theme::INSIDE);
    let mut changed = rule.clone();
    if let Some(seen) = answers.journeys.events.latest() {
        let others: Vec<&str> =
            rules.triggers.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, rule)| rule.name.as_str()).collect();
        rule_chips::ui(ui, &mut changed, seen, &tried.personas, &others);
        rule_conditions::ui(ui, &mut changed, seen);
        ui.add_space(4.0);
    }
    numbers_ui(ui, &mut changed, &mut draft.left_out);
    ui.add_space(theme::INSIDE);
    figures_ui(ui, of, tried.due.get(at).map_or(0, |due| due.now.due.len()));
    ui.add_space(4.0);
    ui.add(Label::new(caption(ui, unbroken(&of.text))).wrap());
    for note in &of.notes {
        ui.add(Label::new(caption(ui, unbroken(note))).wrap());
    }
    ui.add_space(theme::INSIDE);
    let mut removed = false;
    ui.horizontal_wrapped(|ui| {
        let knows = answers.journeys.pickable().is_some();
        let response = ui.add_enabled(knows, Button::new("Select whom it fired for"));
        let response = response.on_hover_text("Select these customers on every page.").on_disabled_hover_text(NOBODY_KNOWN);
        if response.clicked() {
            pick(answers, look, &tried.fired(at), &format!("rule: {}", of.name));
        }
        let response = ui.button("Save who is due").on_hover_text(
            "The customers due at the end of the data, with the reason, as CSV. Who did not agree to be contacted is not listed, and who is left out by chance is marked.",
        );
        if response.clicked() {
            commands.push(Command::SaveDue(at));
        }
        let response =
            ui.button("Copy the rules").on_hover_text("All rules as JSON, for personae triggers --rules and for other programs.");
        if response.clicked() {
            commands.push(Command::PutOnClipboard(rules.write()));
        }
        if let Some(Ok(sql)) = tried.due.get(at).map(|due| &due.sql)
            && ui.button("Copy as SQL").on_hover_text("The rule as one statement in ANSI SQL, for a warehouse.").clicked()
        {
            commands.push(Command::PutOnClipboard(sql.clone()));
        }
        removed = rules.triggers.len() > 1 && ui.button("Remove this rule").clicked();
    });
    ui.add_space(theme::BETWEEN);
    curve_ui(ui, tried, (at, of), &mut changed, look);
    weeks_ui(ui, of);
    ui.add_space(theme::BETWEEN);
    compared_ui(ui, of);
    ui.add_space(theme::BETWEEN);
    why::ui(ui, answers, (tried, at), look);
    if removed {
        rules.triggers.remove(place);
    } else if changed != rule {
        rules.triggers[place] = changed;
    } else {
        return;
    }
    draft.rules = Some(rules);
}

/// What can be dragged: the number of its moment, how long it stays quiet, how long its goal counts.
fn numbers_ui(ui: &mut Ui, rule: &mut Trigger, left_out: &mut u8) {
    ui.horizontal_wrapped(|ui| {
        if let Some((label, n, unit)) = own_number(rule) {
            ui.label(label);
            let mut value = n;
            let is_whole = matches!(rule.when, Moment::Times { .. });
            let drag = DragValue::new(&mut value).range(if is_whole { 1.0..=1_000.0 } else { 0.0..=3_650.0 });
            let drag = drag.speed(if is_whole { 0.05 } else { 0.2 }).max_decimals(if is_whole { 0 } else { 2 }).suffix(unit);
            // While it is dragged nothing is tried anew; only when it is let go.
            let response = ui.add(drag.update_while_editing(false));
            name_it(&response, Role::SpinButton, label);
            if response.changed() && value != n {
                *rule = with_number(rule, value);
            }
            ui.add_space(12.0);
        }
        for (label, means, span) in [("Goal within", GOAL_MEANS, &mut rule.goal.within), ("Quiet for", QUIET_MEANS, &mut rule.cooldown)] {
            ui.label(label).on_hover_text(means);
            let mut days = span.in_days();
            let drag = DragValue::new(&mut days).range(if label == "Quiet for" { 0.0..=730.0 } else { 0.05..=730.0 }).speed(0.1);
            let response = ui.add(drag.max_decimals(2).suffix(" days").update_while_editing(false));
            name_it(&response, Role::SpinButton, label);
            if response.changed() {
                *span = Span::of((days * 86_400_000.0).round() as i64);
            }
            ui.add_space(12.0);
        }
        ui.label("Held out").on_hover_text(LEFT_OUT_MEANS);
        let response = ui.add(DragValue::new(left_out).range(0..=90).speed(0.2).suffix(" %").update_while_editing(false));
        name_it(&response, Role::SpinButton, "Held out at random");
    });
}

/// The number of its moment, what it is, and in what it is counted.
fn own_number(rule: &Trigger) -> Option<(&'static str, f64, &'static str)> {
    match &rule.when {
        Moment::Absent { days, .. } => Some(("After", days.in_days(), " days")),
        Moment::NotFollowed { within, .. } => Some(("After", within.in_days(), " days")),
        Moment::Times { count, .. } => Some(("At", f64::from(*count), " times")),
        Moment::Crosses { threshold, .. } => Some(("At", *threshold, "")),
        Moment::On(_) | Moment::Then { .. } => None,
    }
}

/// The few numbers to know.
fn figures_ui(ui: &mut Ui, of: &OfTrigger, due: usize) {
    let t = tokens(ui);
    let rate = of.hit_rate.map_or_else(|| "–".to_owned(), percent);
    let range = of.interval.map_or_else(String::new, |[low, high]| format!(" ({} to {})", percent(low), percent(high)));
    let figures = [
        (a_week(of.per_week), format!("{} times for {} customers", thousands(of.fires), thousands(of.customers))),
        (rate, format!("reached the goal anyway{range}")),
        (of.recall.map_or_else(|| "–".to_owned(), percent), "of all goals came after the rule had fired".to_owned()),
        (thousands(due), if due == 1 { "is due at the end of the data".to_owned() } else { "are due at the end of the data".to_owned() }),
    ];
    let in_a_row = if ui.available_width() < 620.0 { 2 } else { 4 };
    let width = (ui.available_width() - 12.0 * (in_a_row - 1) as f32) / in_a_row as f32;
    for row in figures.chunks(in_a_row) {
        let (place, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 70.0), Sense::hover());
        for (nth, (number, means)) in row.iter().enumerate() {
            let card = Rect::from_min_size(pos2(place.left() + (width + 12.0) * nth as f32, place.top()), Vec2::new(width, 70.0));
            ui.painter().rect_filled(card, CornerRadius::same(8), t.surface);
            let mut inside = ui.new_child(UiBuilder::new().id_salt(("figure", means)).max_rect(card.shrink2(Vec2::new(12.0, 8.0))));
            inside.spacing_mut().item_spacing.y = 1.0;
            inside.label(theme::heading(number.as_str()));
            inside.add(Label::new(caption(&inside, unbroken(means))).wrap());
        }
    }
}

/// Every number the rule could have, with a line at its own.
fn curve_ui(ui: &mut Ui, tried: &TriggersTried, (at, of): (usize, &OfTrigger), rule: &mut Trigger, look: &mut Look) {
    let points = &of.thresholds;
    let (Some((_, own, unit)), Some(first), Some(last)) = (own_number(rule), points.first(), points.last()) else { return };
    ui.label(theme::strong("With other values")).on_hover_text(
        "How often the rule would have fired with other values. Parts of the rule that depend on earlier fires are ignored and listed.",
    );
    let shown = look.journeys.dragged.unwrap_or(own);
    let told = tried.with(at, shown);
    let mut text = told.map_or_else(String::new, |point| {
        let rate = point.hit_rate.map_or_else(String::new, |rate| format!(", {} reached the goal", percent(rate)));
        let back = point.back_in_a_week.map_or_else(String::new, |share| format!(", {} come back within the next week", percent(share)));
        format!("{}{unit}: {} times{rate}{back}", number(shown), thousands(point.fires))
    });
    if !of.thresholds_without.is_empty() {
        text += &format!(". Without {}.", of.thresholds_without.join(" and "));
    }
    ui.add(Label::new(caption(ui, unbroken(&text))).wrap());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let t = tokens(ui);
        for (colour, name) in [(t.text, "Fires"), (t.good, "Of these, the goal was reached in time")] {
            swatch(ui, colour);
            ui.label(caption(ui, name));
            ui.add_space(10.0);
        }
    });
    let most = points.iter().map(|point| point.fires).max().unwrap_or(1).max(1) as f64;
    let end = match rule.when {
        // The tail in which hardly anybody is left would press the rest together.
        Moment::Absent { .. } | Moment::NotFollowed { .. } => last.n.min((own * 3.0).max(30.0)),
        _ => last.n.min(own.max(1.0) * 12.0),
    };
    ui.allocate_ui(Vec2::new(ui.available_width(), 190.0), |ui| {
        let label = if unit.is_empty() { "Value" } else { unit.trim() };
        let x = Axis { label, range: [first.n.min(own) - 0.2, end.max(own * 1.05) + 0.3], ..Axis::default() };
        let y = Axis { label: "Times it would have fired", range: [0.0, most * 1.1], ticks: Ticks::Whole, ..Axis::default() };
        let canvas = canvas_held(ui, ("numbers of the rule", at), "Fires by the number of the rule", x, y, true);
        let grip = handle_grip(ui, &canvas, Lies::Upright, shown, "The number of the rule");
        if let Some(to) = grip.moved_to {
            let to = to.clamp(first.n.max(0.04), last.n);
            look.journeys.dragged =
                Some(if matches!(rule.when, Moment::Times { .. }) { to.round().max(1.0) } else { (to * 24.0).round() / 24.0 });
        }
        if let Some(to) = look.journeys.dragged.filter(|_| !ui.input(|input| input.pointer.any_down())) {
            look.journeys.dragged = None;
            *rule = with_number(rule, to);
        }
        let t = tokens(ui);
        let fires: Vec<[f64; 2]> = points.iter().map(|point| [point.n, point.fires as f64]).collect();
        let hits: Vec<[f64; 2]> = points.iter().map(|point| [point.n, point.hits as f64]).collect();
        canvas.line(&fires, Stroke::new(2.0, t.text));
        canvas.line(&hits, Stroke::new(2.0, t.good));
        handle_paint(ui, &canvas, Lies::Upright, shown, &format!("{}{unit}", number(shown)), grip.is_hot);
    });
    ui.add_space(theme::BETWEEN);
}

/// A bar per week.
fn weeks_ui(ui: &mut Ui, of: &OfTrigger) {
    if of.weeks.len() < 2 {
        return;
    }
    let t = tokens(ui);
    ui.label(theme::strong("By week"));
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 64.0), Sense::hover());
    name_it(&response, Role::GraphicsDocument, "Fires by week");
    let most = of.worst_week.max(1) as f32;
    let width = rect.width() / of.weeks.len() as f32;
    for (at, &n) in of.weeks.iter().enumerate() {
        let height = (rect.height() - 4.0) * n as f32 / most;
        let left = rect.left() + width * at as f32;
        let bar = Rect::from_min_max(pos2(left + 0.5, rect.bottom() - height), pos2(left + (width - 1.0).max(1.0), rect.bottom()));
        ui.painter().rect_filled(bar, CornerRadius::same(1), t.everyone);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, t.hairline));
    if let Some(at) = response.hover_pos().map(|at| ((at.x - rect.left()) / width) as usize).filter(|at| *at < of.weeks.len()) {
        response.on_hover_text_at_pointer(format!("Week {} of {}: {}", at + 1, of.weeks.len(), thousands(of.weeks[at])));
    }
}

/// Those it fired for against those alike, after and before; or why there is no comparison.
fn compared_ui(ui: &mut Ui, of: &OfTrigger) {
    ui.label(theme::strong("Against customers in the same situation"));
    match &of.matched {
        Matched::WhyNot(why) => {
            ui.add(Label::new(caption(ui, unbroken(&why.to_string()))).wrap());
        }
        Matched::Compared(compared) => comparison_ui(ui, compared),
    }
}

fn comparison_ui(ui: &mut Ui, compared: &MatchedComparison) {
    let t = tokens(ui);
    let rows = [("In the days after", &compared.after), ("In the days before, as a check", &compared.placebo)];
    let most = rows.iter().map(|(_, of)| of.fired.max(of.alike)).fold(0.05, f64::max);
    for (title, of) in rows {
        ui.label(caption(ui, title));
        for (name, share, colour) in [("It fired for", of.fired, t.accent), ("Same situation", of.alike, t.everyone)] {
            let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width().min(560.0), 18.0), Sense::hover());
            name_it(&response, Role::Label, &format!("{title}, {name}: {}", percent(share)));
            let small = TextStyle::Small.resolve(ui.style());
            let room = Rect::from_min_max(rect.min, pos2(rect.left() + 110.0, rect.bottom()));
            cut_text(ui.painter(), room, Align::Min, name, small.clone(), t.text);
            let full = rect.width() - 170.0;
            let bar = Rect::from_min_size(pos2(rect.left() + 114.0, rect.top() + 3.0), Vec2::new(full * (share / most) as f32, 12.0));
            ui.painter().rect_filled(bar, CornerRadius::same(2), colour);
            ui.painter().text(pos2(bar.right() + 6.0, rect.center().y), Align2::LEFT_CENTER, percent(share), small, t.text);
        }
        ui.label(caption(ui, difference_words(of)));
        ui.add_space(6.0);
    }
    let text = format!(
        "{} of {} fires have someone in the same situation; only they count. What is not matched is the rule itself: {}",
        thousands(compared.matched),
        thousands(compared.compared),
        compared.unmatched
    );
    ui.add(Label::new(caption(ui, unbroken(&text))).wrap());
}

fn difference_words(of: &HitDifference) -> String {
    let points = |share: f64| format!("{:+.1}", share * 100.0).replace('-', "\u{2212}");
    let [low, high] = of.interval;
    format!("Difference {} points (95 % interval {} to {})", points(of.difference), points(low), points(high))
}
