//! A page about how well the personas hold: a row per persona, a column per question, and what each means.
//!
//! In: the report. Out: a sheet, or none where nobody looked. The words are those of [`super::holds_told`].

use crate::persona::Persona;

use super::holds::{HoldsQuestion, Looked};
use super::holds_told::HoldsOf;
use super::report::Report;
use super::sheet::{SheetPart, SheetTable, TopicSheet};

/// The sheet; none of a single persona, and where nothing is known but the stability that every card tells.
pub fn holds_sheet(report: &Report) -> Option<TopicSheet> {
    let personas = &report.personas.personas;
    let is_known = report.holds.folds.found().is_some() || report.holds.stays.found().is_some() || report.holds.foretells.found().is_some();
    if personas.len() < 2 || !is_known {
        return None;
    }
    let of = holds_of(report);
    let noun = report.noun();
    let missing: Vec<f64> = personas.iter().map(Persona::headline_missing).collect();
    let headline = noun.in_text(&of.headline(&missing));
    let columns: Vec<(&str, bool)> =
        std::iter::once(("Persona", false)).chain(HoldsQuestion::ALL.map(|question| (question.title(), false))).collect();
    let row = |persona: &Persona| {
        let lines = of.lines(persona.cluster, persona.headline_missing());
        let cell = |line: &super::holds::HoldsLine| format!("{} {}", line.word, line.value).trim_end().to_owned();
        std::iter::once(persona.name.clone()).chain(lines.iter().map(cell)).collect::<Vec<String>>()
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
