//! What journeys and triggers found, for other programs: JSON, and the list of who is due.
//!
//! In: the reports of the walks and what is told of reading. Out: JSON whose field names are promises, and CSV. What the reports withhold is `null` there.

use std::io;

use serde_json::{Value, json};

use crate::base::{Ctx, text};
use crate::data::{Column, Table, Texts, Values, write};
use crate::events::ReadTold;
use crate::journeys::report::JourneysReport;
use crate::triggers::now::{DueNow, Payload};
use crate::triggers::report::TriggersReport;

/// journeys.json: the answers, how the events were read, and what could not be answered.
pub fn journeys_json(report: &JourneysReport, told: &ReadTold, notes: &[String]) -> String {
    with_reading(serde_json::to_value(report).unwrap_or_default(), told, notes)
}

/// triggers.json: per trigger what came of it, with the rule as SQL where it translates, and how many are due now.
pub fn triggers_json(report: &TriggersReport, told: &ReadTold, notes: &[String], more: &[(Result<String, String>, usize)]) -> String {
    let mut all = serde_json::to_value(report).unwrap_or_default();
    for (trigger, (sql, due)) in all["triggers"].as_array_mut().into_iter().flatten().zip(more) {
        trigger["due_now"] = json!(due);
        trigger["sql"] = json!(sql.as_ref().ok());
        trigger["no_sql"] = json!(sql.as_ref().err());
    }
    with_reading(all, told, notes)
}

/// now.csv: who is due at the end of the data, by trigger, with the reason and whether they are left out by chance. Cells that a spreadsheet would run get an apostrophe, and
/// what steers a terminal or turns text around is left out.
///
/// Fails where `to` does.
pub fn due_csv(lists: &[&DueNow], to: impl io::Write) -> io::Result<()> {
    let due: Vec<Payload> = lists.iter().flat_map(|list| &list.due).map(Payload::from).collect();
    let column = |name: &str, cell: &dyn Fn(&Payload) -> String| {
        let cells: Vec<String> = due.iter().map(|due| plain(&cell(due))).collect();
        let values = Values::Text(Texts::collect(cells.iter().map(|cell| (!cell.is_empty()).then_some(cell.as_str()))));
        Column { name: name.to_owned(), values, unit: None, original: None }
    };
    let columns = vec![
        column("customer_id", &|due| due.customer_id.clone()),
        column("trigger", &|due| due.trigger.clone()),
        column("fired_at", &|due| due.fired_at.clone()),
        column("reason", &|due| due.facts.reason.clone()),
        column("last_event", &|due| due.facts.last_event.clone()),
        column("persona", &|due| due.persona.clone().unwrap_or_default()),
        column("hold_out", &|due| due.hold_out.to_string()),
    ];
    let table = Table { columns, n_rows: due.len() };
    write::csv_without_formulas(&table, &[], to, &Ctx::new()).map(drop).map_err(io::Error::other)
}

/// A text from outside without what steers a terminal or turns text around.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|&letter| !super::text::turns_text(letter))
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect()
}

fn with_reading(mut all: Value, told: &ReadTold, notes: &[String]) -> String {
    let mut all_notes: Vec<Value> = all["notes"].as_array().cloned().unwrap_or_default();
    all_notes.extend(notes.iter().map(|note| json!(note)));
    all["notes"] = Value::Array(all_notes);
    all["read"] = json!({
        "format": told.format,
        "rows": told.rows,
        "with_person": told.with_person,
        "joined_by_device": told.joined,
        "anonymous": told.anonymous,
        "bots": told.bots,
        "by_address": told.by_address,
        "duplicates": told.duplicates,
        "order_lines": told.order_lines,
        "without_time": told.without_time,
        "without_event": told.without_event,
        "unreadable": told.unreadable,
        "in_the_future": told.in_future,
        "pictures_and_scripts": told.assets,
        "failed_requests": told.failed,
        "visits_by_session_ids": told.has_session_ids,
        "notes": told.notes,
        "open_questions": told.open_questions,
    });
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

/// How the events were read, in sentences for people.
pub fn reading_told(told: &ReadTold) -> Vec<String> {
    let of = |n: usize, one: &str, many: &str| (n > 0).then(|| format!("{} {}", text::count(n), if n == 1 { one } else { many }));
    let parts = [
        of(told.with_person, "names a person", "name a person"),
        of(told.joined, "belongs to a person by its device", "belong to a person by their device"),
        of(told.anonymous, "is from an unknown visitor", "are from unknown visitors"),
        of(told.bots, "is of a bot and left out", "are of bots and left out"),
        of(told.duplicates, "is the same event again and left out", "are the same event again and left out"),
        of(told.order_lines, "is a further line of an order", "are further lines of an order"),
        of(told.assets, "asks for no page and is left out", "ask for no page (pictures, scripts, HEAD) and are left out"),
        of(told.failed, "is a request that failed and left out", "are requests that failed and left out"),
        of(told.without_time, "has no time between 1990 and 2100 and is left out", "have no time between 1990 and 2100 and are left out"),
        of(told.in_future, "is dated in the future and left out", "are dated in the future and left out"),
        of(told.without_event, "does not say what happened and is left out", "do not say what happened and are left out"),
        of(told.unreadable, "cannot be read", "cannot be read"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let rows = if told.rows == 1 { "1 row".to_owned() } else { format!("{} rows", text::count(told.rows)) };
    let read = format!("{}, {rows}: {}.", told.format, parts.join(", "));
    let by_address = match told.by_address {
        0 => None,
        1 => Some("The place of 1 event is looked up by its address; that is approximate.".to_owned()),
        n => Some(format!(
            "The places of {} events are looked up by their addresses, and so are local hours where none is said; both are approximate.",
            text::count(n)
        )),
    };
    std::iter::once(read).chain(by_address).chain(told.notes.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::now::Due;

    #[test]
    fn the_list_is_safe_to_open() {
        let due = |customer: &str, persona: Option<&str>| Due {
            customer_id: customer.to_owned(),
            trigger: "cart".into(),
            fired_at: 8_208_000_000,
            reason: "added".into(),
            last_event: "cart, 1970-04-06 00:00".into(),
            persona: persona.map(str::to_owned),
            hold_out: false,
        };
        let ids = ["c, \"d\"", "=cmd()", "-5", "@x", "a\u{0}b\u{202e}c\u{1b}"];
        let list = DueNow { due: ids.iter().map(|id| due(id, None)).chain([due("z", Some("Loyal"))]).collect(), without_consent: 0 };
        let mut text = Vec::new();
        due_csv(&[&list], &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "customer_id,trigger,fired_at,reason,last_event,persona,hold_out");
        assert!(lines[1].starts_with("\"c, \"\"d\"\"\",cart,1970-04-06T00:00:00.000Z,"), "{text}");
        for (line, start) in lines[2..].iter().zip(["'=cmd(),", "-5,", "'@x,", "a\u{fffd}bc\u{fffd},", "z,"]) {
            assert!(line.starts_with(start), "{line}");
        }
        assert!(lines[6].ends_with(",Loyal,false"));
    }

    #[test]
    fn one_row_is_said_as_one() {
        let told = ReadTold { format: "Access log".into(), rows: 1, anonymous: 1, ..ReadTold::default() };
        assert_eq!(reading_told(&told), ["Access log, 1 row: 1 is from an unknown visitor."]);
    }
}
