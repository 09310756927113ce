//! The card of a niche, for every format: what it is part of, its need first, what else sets it apart from its segment, and how that was confirmed.
//!
//! In: the report. Out: a sheet per niche that has a card, with the dashed band of its segment's colour. Fewer than 31 customers have none, and what the evidence withholds is withheld here.

use crate::persona::text::percent;
use crate::persona::{Evidence, Niche};

use super::palette::{hex, segment};
use super::report::Report;
use super::sheet::{SheetBand, SheetPart, SheetTable, TopicSheet, sheet_id};

/// Rows of the table.
const MOST_ROWS: usize = 8;
/// Niches of fewer customers have no card, whatever the thresholds say.
const FEWEST: usize = 31;

/// A sheet per niche that has a card.
pub fn niche_sheets(report: &Report) -> Vec<TopicSheet> {
    let Some(reported) = &report.niches else { return Vec::new() };
    let told = reported.carded().into_iter().filter(|(niche, _)| niche.table_rows.len() >= FEWEST);
    let mut sheets: Vec<TopicSheet> = told.map(|(niche, name)| sheet(report, niche, &name)).collect();
    for (nth, sheet) in sheets.iter_mut().enumerate() {
        sheet.id = format!("{}-{}", sheet.id, nth + 1);
    }
    sheets
}

fn sheet(report: &Report, niche: &Niche, name: &str) -> TopicSheet {
    let parent = niche.parent_short();
    let noun = report.noun();
    let n = noun.counted(niche.table_rows.len());
    let rule: Vec<&str> = niche.rule.iter().map(|condition| condition.text.as_str()).collect();
    let sure = niche.need.confirmed.as_ref().map_or_else(String::new, |confirmed| format!(" Need there: {confirmed}."));
    let sentences = vec![
        format!("Niche, {}: {n}, {} of it. Need: {}.", niche.part_of(), percent(niche.share_of_parent), niche.need_text()),
        format!("Confirmed on the other half of the {}. Who they are: {}.{sure}", noun.many, rule.join(", ")),
    ];
    let mut rows = vec![[format!("Need: {}", niche.need.what), niche.need.value.clone(), niche.need.of_parent.clone()].to_vec()];
    rows.extend(niche_apart(niche).into_iter().map(|row| vec![row.shown.title(), row.texts[0].clone(), row.texts[1].clone()]));
    let table = SheetTable::new(
        &format!("What sets {name} apart from {parent}"),
        &[(&format!("What sets them apart from {parent}"), false), ("They", true), (&format!("All of {parent}"), true)],
        rows,
    );
    let tried = report.niches.iter().flat_map(|reported| reported.sentences()).next();
    TopicSheet {
        id: sheet_id("niche-", name),
        title: name.to_owned(),
        sentences,
        parts: vec![SheetPart::Table(table)],
        notes: niche.confirmed.iter().cloned().chain(tried).collect(),
        band: Some(SheetBand { colour: hex(niche.parent.map_or(super::palette::NOISE, segment)) }),
    }
}

/// The strongest differences that may be told, each column once, the need left out.
pub fn niche_apart(niche: &Niche) -> Vec<&Evidence> {
    let mut told: Vec<&Evidence> = Vec::new();
    for row in niche.card.evidence.iter().filter(|row| row.passes_statement && !row.hidden().effect() && row.column != niche.need.column) {
        if told.len() < MOST_ROWS - 1 && told.iter().all(|other| other.column != row.column) {
            told.push(row);
        }
    }
    told
}
