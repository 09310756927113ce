//! What journeys and triggers found, for other programs: JSON, and the list of who is due.
//!
//! In: the reports of the walks and what is told of reading. Out: JSON whose field names are promises, and CSV. What the reports withhold is `null` there.

use serde_json::{Value, json};

use crate::events::ReadTold;
use crate::journeys::report::JourneysReport;
use crate::triggers::now::{Due, DueNow};
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

/// now.csv: who is due at the end of the data, by trigger, with the reason and whether they are left out by chance.
pub fn due_csv(lists: &[&DueNow]) -> String {
    let due: Vec<Due> = lists.iter().flat_map(|list| list.due.iter().cloned()).collect();
    crate::triggers::now::csv(&DueNow { due, without_consent: 0 })
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
        "duplicates": told.duplicates,
        "order_lines": told.order_lines,
        "without_time": told.without_time,
        "without_event": told.without_event,
        "unreadable": told.unreadable,
        "pictures_and_scripts": told.assets,
        "failed_requests": told.failed,
        "visits_by_session_ids": told.has_session_ids,
        "open_questions": told.open_questions,
    });
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

/// How the events were read, in sentences for people.
pub fn reading_told(told: &ReadTold) -> Vec<String> {
    let n = crate::base::text::count;
    let of = |n_rows: usize, words: &str| (n_rows > 0).then(|| format!("{} {words}", n(n_rows)));
    let parts = [
        of(told.with_person, "name a person"),
        of(told.joined, "belong to a person by their device"),
        of(told.anonymous, "are of nobody known"),
        of(told.bots, "are of programs and left out"),
        of(told.duplicates, "are the same event again and left out"),
        of(told.order_lines, "are further lines of an order"),
        of(told.assets, "are requests of pictures and scripts and left out"),
        of(told.failed, "are requests that failed and left out"),
        of(told.without_time, "have no time and are left out"),
        of(told.without_event, "do not say what happened and are left out"),
        of(told.unreadable, "cannot be read"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let mut sentences = vec![format!("{}, {} rows: {}.", told.format, n(told.rows), parts.join(", "))];
    sentences.extend(told.open_questions.iter().map(|question| format!("{question} UTC is taken; --timezone names another.")));
    sentences
}
