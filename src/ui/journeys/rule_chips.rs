//! A rule as a sentence whose words are chosen: what happens, for whom, and what it should lead to. Conditions and hours are chosen in [`super::rule_conditions`], which of the events in [`super::rule_filters`].

use eframe::egui::Ui;

use crate::engine::EventsSeen;
use crate::triggers::language::{Moment, Rules, Trigger, TriggerAudience};
use crate::triggers::spans::Span;
use crate::triggers::terms::{Event, Over, Since};
use crate::ui::widgets::combo_ui;

use super::rule_filters;

/// Kinds of events in a list, the commonest first.
const KINDS: usize = 60;
/// What the events of a moment are called.
const EVENTS: [&str; 2] = ["Event", "Second event"];

/// What may set a rule off, as it is chosen.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    On,
    Times,
    NotFollowed,
    Then,
    Absent,
    Crosses,
}

const SHAPES: [(Shape, &str, &str); 5] = [
    (Shape::On, "does this", "Each time it happens."),
    (Shape::Times, "does this several times", "When the count within some days is reached."),
    (Shape::NotFollowed, "does this, and then not that", "When the second does not follow the first in time."),
    (Shape::Then, "does this, and then that", "When the second follows the first in time."),
    (Shape::Absent, "does not do this any more", "When so many days have passed without it."),
];

fn shape_of(when: &Moment) -> Shape {
    match when {
        Moment::On(_) => Shape::On,
        Moment::Times { .. } => Shape::Times,
        Moment::NotFollowed { .. } => Shape::NotFollowed,
        Moment::Then { .. } => Shape::Then,
        Moment::Absent { .. } => Shape::Absent,
        Moment::Crosses { .. } => Shape::Crosses,
    }
}

/// The events of a moment, in the order they are read.
fn events_of(when: &mut Moment) -> Vec<&mut Event> {
    match when {
        Moment::On(event) | Moment::Times { event, .. } | Moment::Absent { event, .. } => vec![event],
        Moment::NotFollowed { event, by, .. } => vec![event, by],
        Moment::Then { first, next, .. } => vec![first, next],
        Moment::Crosses { .. } => Vec::new(),
    }
}

/// The same events in another shape; a second one where the shape needs it.
fn shaped(when: &Moment, shape: Shape, second: &str) -> Moment {
    let mut before = when.clone();
    let mut events = events_of(&mut before).into_iter().map(|event| event.clone());
    let first = events.next().unwrap_or_else(|| Event::of(second));
    let next = events.next().unwrap_or_else(|| Event::of(second));
    match shape {
        Shape::On => Moment::On(first),
        Shape::Times => Moment::Times { event: first, count: 3, over: Over::Last(Span::days(7)), same: None },
        Shape::NotFollowed => Moment::NotFollowed { event: first, by: next, within: Span::hours(24) },
        Shape::Then => Moment::Then { first, next, within: Span::days(7), without: None },
        Shape::Absent => Moment::Absent { event: first, days: Span::days(30), since: Since::Last },
        Shape::Crosses => when.clone(),
    }
}

/// What a rule is called by what sets it off.
fn called(when: &Moment) -> Option<String> {
    Some(match when {
        Moment::On(event) => event.event.clone(),
        Moment::Times { event, count, .. } => format!("{count} times {}", event.event),
        Moment::NotFollowed { event, by, .. } => format!("{} without {}", event.event, by.event),
        Moment::Then { first, next, .. } => format!("{}, then {}", first.event, next.event),
        Moment::Absent { event, .. } => format!("No {} any more", event.event),
        Moment::Crosses { .. } => return None,
    })
}

/// `name`, or with a number behind it where another rule has it.
fn unique(name: &str, others: &[&str]) -> String {
    let numbered = (2..).map(|nth| format!("{name} ({nth})"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !others.contains(&name.as_str())).unwrap_or_default()
}

/// Whether it is called by what sets it off, so that the name may follow.
fn is_called_by_itself(rule: &Trigger) -> bool {
    called(&rule.when).is_some_and(|name| rule.name == name || rule.name.strip_prefix(&name).is_some_and(|rest| rest.starts_with(" (")))
}

/// A rule to begin with: the commonest event that is no purchase, and a purchase as its goal.
pub(super) fn new_rule(rules: &Rules, kinds: &[(String, usize)], purchase: Option<&str>) -> Trigger {
    let first = kinds.iter().map(|(name, _)| name.as_str()).find(|name| Some(*name) != purchase);
    let first = first.or(purchase).unwrap_or_default();
    let when = Moment::On(Event::of(first));
    let others: Vec<&str> = rules.triggers.iter().map(|rule| rule.name.as_str()).collect();
    let name = unique(&called(&when).unwrap_or_default(), &others);
    Trigger::new(name, when, String::new(), Event::of(purchase.unwrap_or(first)))
}

/// The sentence. `others` are the names of the other rules.
pub(super) fn ui(ui: &mut Ui, rule: &mut Trigger, seen: &EventsSeen, personas: &[String], others: &[&str]) {
    let (kinds, details) = (&seen.kinds[..], &seen.details);
    let is_automatic = is_called_by_itself(rule);
    let before = rule.when.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label("When a customer");
        let mut shape = shape_of(&rule.when);
        if shape == Shape::Crosses {
            ui.label("crosses a threshold");
        } else if combo_ui(ui, "What sets it off", &mut shape, &SHAPES) {
            let second = rule.goal.event.clone();
            rule.when = shaped(&rule.when, shape, &second);
        }
        for (nth, event) in events_of(&mut rule.when).into_iter().enumerate() {
            if nth > 0 {
                ui.label(if shape == Shape::NotFollowed { "without" } else { "then" });
            }
            let name = EVENTS[nth.min(1)];
            kind_ui(ui, name, &mut event.event, kinds);
            rule_filters::add_ui(ui, name, &mut event.filters, details);
        }
        ui.label("for");
        audience_ui(ui, &mut rule.audience, personas);
    });
    for (nth, event) in events_of(&mut rule.when).into_iter().enumerate() {
        rule_filters::rows_ui(ui, EVENTS[nth.min(1)], event, details);
    }
    let mut goal = rule.goal.wanted();
    ui.horizontal_wrapped(|ui| {
        ui.label("It worked if they do");
        kind_ui(ui, "Goal", &mut goal.event, kinds);
        rule_filters::add_ui(ui, "Goal", &mut goal.filters, details);
    });
    rule_filters::rows_ui(ui, "Goal", &mut goal, details);
    (rule.goal.event, rule.goal.filters) = (goal.event, goal.filters);
    if is_automatic
        && rule.when != before
        && let Some(name) = called(&rule.when)
    {
        rule.name = unique(&name, others);
    }
}

/// A kind of event of the data; one that is no kind (a visit, any event) stays until another is chosen.
pub(super) fn kind_ui(ui: &mut Ui, label: &str, event: &mut String, kinds: &[(String, usize)]) {
    let own = event.clone();
    let is_kind = kinds.iter().take(KINDS).any(|(name, _)| *name == own);
    let own_told = if own == crate::triggers::language::ANY { "anything" } else { own.as_str() };
    let before = (!is_kind).then_some((usize::MAX, own_told, ""));
    let listed = kinds.iter().take(KINDS).enumerate().map(|(at, (name, _))| (at, name.as_str(), ""));
    let choices: Vec<(usize, &str, &str)> = before.into_iter().chain(listed).collect();
    let mut at = kinds.iter().take(KINDS).position(|(name, _)| *name == own).unwrap_or(usize::MAX);
    if combo_ui(ui, label, &mut at, &choices)
        && let Some((name, _)) = kinds.get(at)
    {
        event.clone_from(name);
    }
}

/// Everyone or one of the personas; what was said otherwise by a file stays until another is chosen.
fn audience_ui(ui: &mut Ui, audience: &mut TriggerAudience, personas: &[String]) {
    const OTHER: usize = usize::MAX;
    let said = match audience {
        TriggerAudience::Everyone => "anybody".to_owned(),
        TriggerAudience::Personas(names) => format!("one of {}", names.join(", ")),
        TriggerAudience::Segments(names) => format!("those in {}", names.join(", ")),
        TriggerAudience::List { name, .. } => format!("the list {name}"),
    };
    let mut at = match audience {
        TriggerAudience::Everyone => 0,
        TriggerAudience::Personas(names) if names.len() == 1 => {
            personas.iter().position(|persona| *persona == names[0]).map_or(OTHER, |at| at + 1)
        }
        _ => OTHER,
    };
    let own = (at == OTHER).then_some((OTHER, said.as_str(), ""));
    let listed = personas.iter().enumerate().map(|(at, name)| (at + 1, name.as_str(), "A persona of the first day of the trial"));
    let choices: Vec<(usize, &str, &str)> = own.into_iter().chain([(0, "anybody", "")]).chain(listed).collect();
    if combo_ui(ui, "For whom", &mut at, &choices) {
        *audience = match at.checked_sub(1).and_then(|at| personas.get(at)) {
            Some(name) => TriggerAudience::Personas(vec![name.clone()]),
            None => TriggerAudience::Everyone,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<(String, usize)> {
        [("view", 90), ("purchase", 40), ("cart", 20)].map(|(name, n)| (name.to_owned(), n)).to_vec()
    }

    #[test]
    fn a_new_rule_has_a_name_of_its_own_and_a_goal() {
        let mut rules = Rules::of(Vec::new());
        for expected in ["view", "view (2)", "view (3)"] {
            let rule = new_rule(&rules, &kinds(), Some("purchase"));
            assert_eq!((rule.name.as_str(), rule.goal.event.as_str()), (expected, "purchase"));
            assert!(is_called_by_itself(&rule));
            rules.triggers.push(rule);
        }
        assert_eq!(Rules::parse(&rules.write()).unwrap(), rules, "it can be saved");
        assert_eq!(new_rule(&Rules::of(Vec::new()), &kinds()[1..2], Some("purchase")).name, "purchase", "where there is nothing else");
    }

    #[test]
    fn another_shape_keeps_what_was_chosen() {
        let view = Moment::On(Event::of("view"));
        let left = shaped(&view, Shape::NotFollowed, "purchase");
        assert_eq!(left, Moment::NotFollowed { event: Event::of("view"), by: Event::of("purchase"), within: Span::hours(24) });
        let then = shaped(&left, Shape::Then, "cart");
        assert_eq!(called(&then).unwrap(), "view, then purchase");
        assert_eq!(shaped(&then, Shape::On, "cart"), view);
        for shape in [Shape::On, Shape::Times, Shape::NotFollowed, Shape::Then, Shape::Absent] {
            assert!(shape_of(&shaped(&then, shape, "cart")) == shape);
        }
    }
}
