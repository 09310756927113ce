//! The niches for other programs: each with its evidence, and what was tried.
//!
//! In: what was found. Out: JSON values for `niches.json`. Field names are promises; what the evidence withholds is `null`.

use serde_json::{Value, json};

use crate::evaluate::niches::{NicheMeasure, NicheOrigin};
use crate::persona::{Niche, NicheLine, Niches};

use super::json::evidence_of;
use super::niches_found::ReportedNiches;

/// The niches with their evidence.
pub(super) fn list(reported: &ReportedNiches) -> Value {
    let Ok(niches) = &reported.outcome else { return json!([]) };
    niches.niches.iter().enumerate().map(|(at, niche)| niche_value(at, niche, niches)).collect()
}

/// What was tried, and what became of it.
pub(super) fn search(reported: &ReportedNiches) -> Value {
    let Ok(niches) = &reported.outcome else {
        return json!({ "sentence": reported.sentences().join(" "), "tried": 0, "confirmed": 0, "failed": [] });
    };
    let found = &niches.found;
    json!({
        "sentence": niches.sentence(),
        "tried": found.n_tried,
        "confirmed": niches.niches.len(),
        "failed": niches.reasons().into_iter().map(|(why, n)| json!({ "reason": why.words(), "candidates": n })).collect::<Vec<_>>(),
        "same_customers_as_a_niche": niches.n_alike(),
        "kinds_of_unusual": found.kinds.map(|kinds| json!({ "customers": kinds.n, "kinds": kinds.n_kinds, "of_none": kinds.n_of_none })),
        "kinds_sentence": niches.kinds_sentence(),
        "needs": niches.needs,
        "v_test_to_exceed": found.gate,
        "thresholds": found.rules,
    })
}

fn niche_value(at: usize, niche: &Niche, niches: &Niches) -> Value {
    let found = &niches.found.niches[at];
    json!({
        "niche": at + 1,
        "name": niche.card.name,
        "part_of": niche.parent.map(|parent| parent + 1),
        "part_of_name": niche.parent_name,
        "customers": niche.table_rows.len(),
        "share_of_segment": niche.share_of_parent,
        "need": line_value(&niche.need, &found.need.confirmed),
        "apart": line_value(&niche.apart, &found.apart.confirmed),
        "rule": niche.rule.iter().map(|condition| &condition.text).collect::<Vec<_>>(),
        "found_by": match found.origin {
            NicheOrigin::KMeans { k } => format!("k-means, k = {k}, inside the segment"),
            NicheOrigin::Branch => "branch of the condensed tree of the segment".to_owned(),
            NicheOrigin::Unusual => "kind of unusual customers".to_owned(),
        },
        "jaccard": found.came_back,
        "jaccard_by_chance": found.by_chance.to_beat(),
        "on_other_half": { "customers": found.n_confirmed, "expected": found.n_expected },
        "confirmed": niche.confirmed,
        "evidence": niche.card.evidence.iter().enumerate().map(|(row, evidence)| evidence_of(&niche.card, row, evidence)).collect::<Vec<_>>(),
    })
}

/// A difference; numbers of the other half only where they may be told.
fn line_value(line: &NicheLine, on_other_half: &NicheMeasure) -> Value {
    let told = line.confirmed.as_ref();
    json!({
        "column": line.column,
        "level": line.level,
        "what": line.what,
        "value": line.value,
        "segment": line.of_parent,
        "index": line.index,
        "effect_on_other_half": told.map(|_| on_other_half.effect),
        "interval_on_other_half": told.and(on_other_half.interval),
    })
}
