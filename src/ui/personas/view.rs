//! What does every part of the Personas page look at? The cards, how far they may be relied on, and how densely they are told.

use crate::engine::{Answer, Answers};
use crate::evaluate::Stability;
use crate::export::Density;
use crate::persona::{Explained, Persona, Personas};
use crate::session::Plan;
use crate::ui::badge::{BadgeOf, is_a_choice};

/// What the parts of the page look at.
pub(super) struct View<'a> {
    pub(super) plan: &'a Plan,
    pub(super) answers: &'a Answers,
    pub(super) personas: &'a Personas,
    /// How far the segments may be relied on; unknown while the cards are from before the last change.
    pub(super) stability: &'a Answer<Stability>,
    /// What was learnt about the grouping, if it is about these segments.
    pub(super) explained: Option<&'a Explained>,
    pub(super) density: Density,
}

impl<'a> View<'a> {
    /// What the badge of a persona is about.
    pub(super) fn badge_of(&self, persona: &Persona) -> BadgeOf<'a> {
        BadgeOf {
            stability: self.stability,
            is_choice: is_a_choice(&self.answers.structure, self.answers.segmentation.latest().map(|segmentation| &segmentation.by)),
            cluster: persona.cluster,
            n_clusters: self.personas.personas.len(),
            missing: persona.headline_missing(),
        }
    }

    /// Whose sum revenue is.
    pub(super) fn revenue_told(&self) -> Option<String> {
        self.personas.revenue_told(&self.plan.dictionary)
    }

    pub(super) fn is_analyst(&self) -> bool {
        self.density == Density::Analyst
    }
}

/// A view but for its cards.
pub(super) struct From<'a> {
    pub(super) plan: &'a Plan,
    pub(super) answers: &'a Answers,
    pub(super) stability: &'a Answer<Stability>,
    pub(super) explained: Option<&'a Explained>,
    pub(super) density: Density,
}

impl From<'_> {
    pub(super) fn view<'a>(&'a self, personas: &'a Personas) -> View<'a> {
        let From { plan, answers, stability, explained, density } = *self;
        View { plan, answers, personas, stability, explained: explained.filter(|explained| is_of(explained, personas)), density }
    }
}

/// Whether what was learnt is about these personas.
fn is_of(explained: &Explained, personas: &Personas) -> bool {
    explained.sizes.iter().copied().eq(personas.personas.iter().map(|persona| persona.n))
}
