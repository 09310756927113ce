//! A page about how well the personas hold: a row per persona, a column per question, and what each means.
//!
//! In: the report. Out: a sheet, or none where nobody looked. The words are those of [`super::holds_told`].

use crate::persona::Persona;

use super::holds::{HoldsQuestion, Looked};
use super::holds_told::HoldsOf;
use super::report::Report;
use super::sheet::{SheetPart, SheetTable, TopicSheet};

/// The verdict over all personas; none of a single one, and where nothing is known but the stability that every card tells.
fn verdict(report: &Report) -> Option<String> {
    let personas = &report.personas.personas;
    let is_known = report.holds.folds.found().is_some() || report.holds.stays.found().is_some() || report.holds.foretells.found().is_some();
    let missing: Vec<f64> = personas.iter().map(Persona::headline_missing).collect();
    (personas.len() > 1 && is_known).then(|| report.noun().in_text(&holds_of(report).headline(&missing)))
}

/// The verdict where some persona does not hold, or it cannot be said: it belongs on the first page then.
pub fn verdict_in_doubt(report: &Report) -> Option<String> {
    let of = holds_of(report);
    let holds = |persona: &Persona| of.holds_word(persona.cluster, persona.headline_missing()) == "Yes";
    verdict(report).filter(|_| !report.personas.personas.iter().all(holds))
}

/// The sheet; none where there is no verdict.
pub fn holds_sheet(report: &Report) -> Option<TopicSheet> {
    let personas = &report.personas.personas;
    let headline = verdict(report)?;
    let of = holds_of(report);
    let noun = report.noun();
    let columns: Vec<(&str, bool)> =
        [("Persona", false), ("Holds", false)].into_iter().chain(HoldsQuestion::ALL.map(|question| (question.title(), false))).collect();
    let row = |persona: &Persona| {
        let lines = of.lines(persona.cluster, persona.headline_missing());
        let cell = |line: &super::holds::HoldsLine| format!("{} {}", line.word, line.value).trim_end().to_owned();
        let holds = of.holds_word(persona.cluster, persona.headline_missing()).to_owned();
        [persona.name.clone(), holds].into_iter().chain(lines.iter().map(cell)).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = personas.iter().map(row).collect();
    let why_not = |question: HoldsQuestion| match question {
        HoldsQuestion::ComesBack => None,
        HoldsQuestion::SameWithout => why(&report.holds.folds),
        HoldsQuestion::Stays => why(&report.holds.stays),
        HoldsQuestion::Foretells => why(&report.holds.foretells),
    };
    // What the words of a column mean, or why there are none.
    let asked = |question: HoldsQuestion| {
        let told = why_not(question).unwrap_or_else(|| question.means_in_words());
        noun.in_text(&format!("{}: {told}", question.title()))
    };
    let open: Vec<&str> =
        HoldsQuestion::ALL.into_iter().filter(|question| why_not(*question).is_some()).map(HoldsQuestion::title).collect();
    let open = (!open.is_empty()).then(|| format!("Not available, see below: {}.", open.join(", ")));
    Some(TopicSheet {
        id: "how-well-they-hold".into(),
        title: "How well the personas hold".into(),
        band: None,
        sentences: std::iter::once(headline).chain(open).collect(),
        parts: vec![SheetPart::Table(SheetTable::new("How well the personas hold", &columns, rows))],
        notes: HoldsQuestion::ALL.map(asked).into(),
    })
}

/// What a report knows of its personas.
pub(super) fn holds_of(report: &Report) -> HoldsOf<'_> {
    HoldsOf { stability: report.known_stability(), found: report.structure.found, holds: &report.holds, dictionary: &report.dictionary }
}

fn why<T>(of: &Looked<T>) -> Option<&str> {
    match of {
        Looked::Cannot(why) => Some(why),
        _ => None,
    }
}
