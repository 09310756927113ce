//! What do the personas of one day foretell of the days after it, in words?
//!
//! In: what was foretold. Out: how much of what can be foreseen they keep, and what came; parts of the sentences of `holds_told`. O(personas).

use super::text::whole_percent;
use super::validation::ForetoldFound;

/// "They keep 72 % of what the data can foresee about buying again." How many segments there are is found anew on the day of the cut, since the days after
/// it may not choose the number; where there are others than the `n` of today, the sentence says whose it is.
pub(super) fn kept(foretells: &ForetoldFound, n: usize) -> String {
    let about = about(foretells);
    let of_cut = foretells.personas.len();
    let who = match &foretells.cut {
        Some(cut) if of_cut != n => format!("The {of_cut} personas that were found on {cut}"),
        _ => "They".to_owned(),
    };
    match foretells.power_kept {
        Some(kept) if kept.low > 0.0 => {
            let more = match foretells.adds_to_rfm {
                Some(added) if added.low > 0.0 => ", and improve on what recency, frequency and money foresee",
                Some(_) => ", and add nothing to recency, frequency and money",
                None => "",
            };
            let earlier = foretells.walked_forward.as_ref().and_then(|walked| Some((walked.power_kept?.value, &walked.learnt_on)));
            let earlier = earlier.map_or_else(String::new, |(kept, learnt)| {
                format!(" ({} where learnt on {learnt} and left unchanged since)", whole_percent(kept.clamp(0.0, 1.0)))
            });
            format!("{who} keep {} of what the data can foresee about {about}{earlier}{more}.", whole_percent(kept.value))
        }
        Some(_) => format!("{who} foresee {about} no better than chance."),
        None if foretells.personas.iter().all(|persona| persona.rate.is_none()) => {
            format!("Too few customers differ to tell what they foresee about {about}.")
        }
        None => format!("Nothing in the data foresees {about} better than chance."),
    }
}

/// What was foretold, as a sentence goes on: "buying again".
fn about(foretells: &ForetoldFound) -> String {
    match foretells.outcome.split_once(':') {
        Some(("category", name)) => format!("buying {name}"),
        Some((_, name)) => name.to_owned(),
        None => match foretells.outcome.as_str() {
            "buys_again" => "buying again".to_owned(),
            "purchases" => "the number of purchases".to_owned(),
            other => other.replace('_', " "),
        },
    }
}

/// What came, after a share or a mean: "bought again in the 90 days after 1997-09-30".
pub(super) fn came(foretells: &ForetoldFound) -> String {
    let what = match foretells.outcome.split_once(':') {
        Some(("category", name)) => format!("bought {name}"),
        Some((_, name)) if foretells.auc.is_some() => format!("have {name}"),
        Some((_, name)) => format!("of {name}"),
        None => match foretells.outcome.as_str() {
            "buys_again" => "bought again".to_owned(),
            "purchases" => "purchases".to_owned(),
            other => format!("of {}", other.replace('_', " ")),
        },
    };
    match (&foretells.cut, foretells.horizon_days) {
        (Some(cut), Some(days)) => format!("{what} in the {days} days after {cut}"),
        _ => what,
    }
}
