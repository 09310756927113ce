//! What was found about niches, as far as it leaves, and which of them have a card.

use std::sync::Arc;

use crate::persona::{Niche, Niches};

/// The niches of a report.
#[derive(Debug, Clone)]
pub struct ReportedNiches {
    /// What was found, or why nobody could look.
    pub outcome: Result<Arc<Niches>, String>,
    /// The niches that have a card, by their place, with what the user calls them.
    pub cards: Vec<(usize, Option<String>)>,
    /// Cards whose niche is no longer confirmed.
    pub n_lost: usize,
}

impl ReportedNiches {
    /// What came of the search, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        match &self.outcome {
            Ok(niches) => std::iter::once(niches.sentence()).chain(niches.kinds_sentence()).collect(),
            Err(why) => vec![why.clone()],
        }
    }

    /// Told where cards are left out.
    pub fn note_of_lost(&self) -> Option<String> {
        match self.n_lost {
            0 => None,
            1 => Some("One niche card is left out: its niche is not confirmed by these data.".to_owned()),
            n => Some(format!("{n} niche cards are left out: their niches are not confirmed by these data.")),
        }
    }

    /// The niches that have a card, with their names.
    pub fn carded(&self) -> Vec<(&Niche, String)> {
        let Ok(niches) = &self.outcome else { return Vec::new() };
        let one = |(at, name): &'_ (usize, Option<String>)| {
            niches.niches.get(*at).map(|niche| (niche, name.clone().unwrap_or_else(|| niche.card.name.clone())))
        };
        self.cards.iter().filter_map(one).collect()
    }
}
