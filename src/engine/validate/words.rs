//! Does every word of each persona's name still pass its test on a later day?
//!
//! In: the cards of the first day, and where everyone is on a later one by the same frozen segments. Out: per persona its words, each with the effect then and now.
//! A word passes by the very gates that let it into the name: on the later day's customers, against all others of that day. Cost: describing the segments once a day.

use crate::base::{Ctx, Labels};
use crate::data::Loaded;
use crate::engine::cards::words_in_force;
use crate::engine::run::answer::StepError;
use crate::evaluate::Whereabouts;
use crate::export::{Report, WordHolds};
use crate::features::prepare;
use crate::persona::{Evidence, Persona, describe_with_roles};
use crate::session::Plan;

/// The words of each persona of `first` on a later day; `places` has one entry per row of its table. None of a persona that nobody is in any more.
pub(super) fn words_on(
    first: &Report,
    loaded: &Loaded,
    places: &[Whereabouts],
    plan: &Plan,
    ctx: &Ctx,
) -> Result<Vec<Vec<WordHolds>>, StepError> {
    let personas = &first.personas.personas;
    let prepared = prepare(loaded, &plan.preparation, &ctx.quiet())?;
    let segment = |row: usize| match places.get(prepared.table_rows[row]) {
        Some(Whereabouts::Segment(at)) => Some(*at),
        _ => None,
    };
    let n_rows = prepared.table_rows.len();
    let labels = Labels::canonical(n_rows, personas.len(), segment);
    // Labels go by size; which of them is which segment of the first day any of its customers says.
    let mut now_of: Vec<Option<usize>> = vec![None; personas.len()];
    for row in 0..n_rows {
        if let (Some(then), Some(now)) = (segment(row), labels.get(row)) {
            now_of[then] = Some(now);
        }
    }
    let lexicon = words_in_force(plan.words.as_ref(), &plan.dictionary).lexicon;
    let described = describe_with_roles(loaded, &prepared, &labels, &[], &plan.preparation.roles, &lexicon, &ctx.quiet())?;
    let of = |persona: &Persona| match now_of[persona.cluster].and_then(|now| described.personas.get(now)) {
        Some(now) => words_of(persona, &now.evidence),
        None => Vec::new(),
    };
    Ok(personas.iter().map(of).collect())
}

/// The words of one name against the evidence of a later day.
fn words_of(persona: &Persona, now: &[Evidence]) -> Vec<WordHolds> {
    let mut words = Vec::new();
    for part in &persona.name_parts {
        let rests_on: Vec<&Evidence> =
            [part.evidence, part.also].into_iter().flatten().filter_map(|row| persona.evidence.get(row)).collect();
        let Some(then) = rests_on.first() else { continue };
        let found = |then: &Evidence| now.iter().find(|now| now.column == then.column && now.level == then.level);
        let passes = |then: &&Evidence| found(then).is_some_and(|now| now.passes_name && (now.effect >= 0.0) == (then.effect >= 0.0));
        // "Wine" and "Buyers" rest on one row, and are one thing to say.
        if let Some(last) = words.last_mut().filter(|last: &&mut WordHolds| last.column == then.column && last.level == then.level) {
            last.word = format!("{} {}", last.word, part.word);
            last.holds &= rests_on.iter().all(passes);
            continue;
        }
        words.push(WordHolds {
            word: part.word.clone(),
            column: then.column.clone(),
            level: then.level.clone(),
            holds: rests_on.iter().all(passes),
            effect_then: Some(then.effect).filter(|_| !then.hidden().effect()),
            effect_now: found(then).filter(|now| !now.hidden().effect()).map(|now| now.effect),
        });
    }
    words
}
