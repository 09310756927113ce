//! Which of these events: a page, a device, a value, a part of the day. A line of words that are chosen, one filter after the other.
//!
//! In: the filters of an event of a rule, or of all events that are looked at, and what the data know of events. Out: other filters. What a file says otherwise (lists, parts of a text) is read as its sentence and can be
//! taken out.

use eframe::egui::{DragValue, Label, Role, Ui};

use crate::triggers::clock::{DAY_PARTS, WEEKDAYS};
use crate::triggers::details::EventDetails;
use crate::triggers::sentence;
use crate::triggers::terms::{ANY, Event, EventField, Filter, Op, Value};
use crate::ui::icons;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::{combo_ui, icon_button, name_it, unbroken};

const NUMBERS: [(Op, &str, &str); 3] = [(Op::AtLeast, "at least", ""), (Op::AtMost, "at most", ""), (Op::Is, "exactly", "")];
const NAMES: [(Op, &str, &str); 2] = [(Op::Is, "is", ""), (Op::IsNot, "is not", "")];
const FLAGS: [(bool, &str, &str); 2] = [(true, "yes", ""), (false, "no", "")];
const ADD_MEANS: &str = "Count only some of these events: those with such a value, on such a page or device, at such a time.";

/// What filters can ask of the events of these data. Which days are holidays is said beside them, so that it can always be asked.
fn fields(details: &EventDetails) -> Vec<EventField> {
    details.fields().into_iter().chain([EventField::Holiday]).collect()
}

/// A line per filter of one event, below the sentence that the event is in. `name` is what the event is called there: "Event", "Goal".
pub(super) fn rows_ui(ui: &mut Ui, name: &str, event: &mut Event, details: &EventDetails) {
    let of = if event.event == ANY { "anything" } else { &event.event };
    let before = format!("{of}, where");
    each_ui(ui, name, &mut event.filters, |ui, name, filter| {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(theme::INSIDE);
            ui.label(caption(ui, &before));
            field_ui(ui, name, filter, details);
            value_ui(ui, name, filter, details);
            icon_button(ui, icons::CLOSE, &format!("Take out {name}")).clicked()
        })
        .inner
    });
}

/// The same in a narrow place: two lines per filter.
pub(super) fn narrow_ui(ui: &mut Ui, name: &str, filters: &mut Vec<Filter>, details: &EventDetails) {
    each_ui(ui, name, filters, |ui, name, filter| {
        let is_out = ui.horizontal(|ui| {
            ui.label(caption(ui, "where"));
            field_ui(ui, name, filter, details);
            icon_button(ui, icons::CLOSE, &format!("Take out {name}")).clicked()
        });
        ui.horizontal_wrapped(|ui| value_ui(ui, name, filter, details));
        is_out.inner
    });
}

/// Every filter, until `row_ui` says that it is taken out.
fn each_ui(ui: &mut Ui, name: &str, filters: &mut Vec<Filter>, row_ui: impl Fn(&mut Ui, &str, &mut Filter) -> bool) {
    let mut gone = None;
    for (at, filter) in filters.iter_mut().enumerate() {
        let is_out = ui.push_id((name, "filter", at), |ui| row_ui(ui, &format!("{name}, filter {}", at + 1), filter));
        gone = gone.or(is_out.inner.then_some(at));
    }
    if let Some(at) = gone {
        filters.remove(at);
    }
}

/// A button that adds a filter. `name` is what the events are called.
pub(super) fn add_ui(ui: &mut Ui, name: &str, filters: &mut Vec<Filter>, details: &EventDetails) {
    let response = ui.button("where…").on_hover_text(ADD_MEANS);
    name_it(&response, Role::Button, &format!("Filter {name}"));
    if response.clicked() {
        let unused = |field: &&EventField| !filters.iter().any(|filter| filter.field == **field);
        let field = fields(details).iter().find(unused).copied().unwrap_or(EventField::Weekend);
        filters.push(fresh(field, details));
    }
}

/// The names that a field can have in these data.
fn names(field: EventField, details: &EventDetails) -> Vec<&str> {
    match field {
        EventField::DayPart => DAY_PARTS.to_vec(),
        EventField::Weekday => WEEKDAYS.to_vec(),
        field => details.names(field).iter().map(String::as_str).collect(),
    }
}

/// A filter to begin with.
fn fresh(field: EventField, details: &EventDetails) -> Filter {
    let (op, value) = match field {
        EventField::Value => (Op::AtLeast, Value::Number(details.usual_value.unwrap_or_default())),
        EventField::Hour => (Op::AtLeast, Value::Number(18.0)),
        EventField::Weekend | EventField::Holiday | EventField::StartsVisit => (Op::Is, Value::Flag(true)),
        field => (Op::Is, Value::Text(names(field, details).first().copied().unwrap_or_default().to_owned())),
    };
    Filter { field, op, value }
}

/// Whether its words can be chosen one by one.
fn is_plain(filter: &Filter) -> bool {
    let is_compared = match (&filter.value, filter.op) {
        (Value::Number(_), op) => NUMBERS.iter().any(|(known, ..)| *known == op),
        (Value::Text(_), op) => NAMES.iter().any(|(known, ..)| *known == op),
        (Value::Flag(_), op) => op == Op::Is,
        (Value::Texts(_), _) => false,
    };
    filter.field != EventField::StartsVisit && is_compared
}

/// What is asked of the events; the whole filter in words where these cannot be chosen.
fn field_ui(ui: &mut Ui, name: &str, filter: &mut Filter, details: &EventDetails) {
    if !is_plain(filter) {
        ui.add(Label::new(unbroken(&sentence::filter_words(filter))).wrap());
        return;
    }
    let known = fields(details);
    let mut field = filter.field;
    // One that these data do not know stays until another is chosen.
    let own = (!known.contains(&field)).then_some(field);
    let choices: Vec<(EventField, &str, &str)> = own.into_iter().chain(known).map(|field| (field, field.word(), "")).collect();
    if combo_ui(ui, &format!("{name}, what"), &mut field, &choices) {
        *filter = fresh(field, details);
    }
}

/// How it compares, and with what.
fn value_ui(ui: &mut Ui, name: &str, filter: &mut Filter, details: &EventDetails) {
    if !is_plain(filter) {
        return;
    }
    let (field, compared) = (filter.field, format!("{name}, how it compares"));
    match &mut filter.value {
        Value::Number(number) => {
            combo_ui(ui, &compared, &mut filter.op, &NUMBERS);
            let range = if field == EventField::Hour { 0.0..=23.0 } else { -1e9..=1e9 };
            let decimals = if field == EventField::Hour { 0 } else { 2 };
            let drag = DragValue::new(number)
                .range(range)
                .speed(0.5)
                .max_decimals(decimals)
                .clamp_existing_to_range(false)
                .update_while_editing(false);
            name_it(&ui.add(drag), Role::SpinButton, &format!("{name}, number"));
        }
        Value::Flag(flag) => _ = combo_ui(ui, &format!("{name}, yes or no"), flag, &FLAGS),
        Value::Text(text) => {
            combo_ui(ui, &compared, &mut filter.op, &NAMES);
            let names = names(field, details);
            let mut at = names.iter().position(|known| known == text).unwrap_or(usize::MAX);
            let own = (at == usize::MAX).then_some((usize::MAX, text.as_str(), ""));
            let choices: Vec<(usize, &str, &str)> =
                own.into_iter().chain(names.iter().enumerate().map(|(at, known)| (at, *known, ""))).collect();
            if combo_ui(ui, &format!("{name}, which"), &mut at, &choices)
                && let Some(chosen) = names.get(at)
            {
                *text = (*chosen).to_owned();
            }
        }
        Value::Texts(_) => {}
    }
}
