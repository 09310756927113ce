//! What is told of the niches that were found, and of the candidates that are none?

use super::candidates::NicheOrigin;
use super::columns::NicheMeasure;
use super::comes_back::ByChanceAlone;
use super::rules::NicheRules;
use crate::evaluate::decision_tree::Split;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct NichesFound {
    /// Candidates of the right size.
    pub n_tried: usize,
    /// The niches, the surest need first. Those that are the same customers stand once.
    pub niches: Vec<FoundNiche>,
    /// All other candidates.
    pub failed: Vec<FailedCandidate>,
    /// What kinds of unusual customers there are, where there are enough.
    pub kinds: Option<UnusualKinds>,
    /// |v.test| that had to be exceeded.
    pub gate: f64,
    /// The thresholds.
    pub rules: NicheRules,
}

/// A group with a need of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundNiche {
    /// The segment it is part of; `None` for customers in no group.
    pub parent: Option<u32>,
    /// Everyone of the segment for whom the rule holds: rows of the matrix, ascending.
    pub rows: Vec<u32>,
    /// How it was found.
    pub origin: NicheOrigin,
    /// The rule: questions of [`NicheSearch::asked`] with their answers, all of which hold.
    pub rule: Vec<(Split, bool)>,
    /// The mean Jaccard coefficient over new draws.
    pub came_back: f64,
    /// What groups reach where there is nothing to find.
    pub by_chance: ByChanceAlone,
    /// The group it was found as, on the one half: rows of the matrix, ascending.
    pub candidate: Vec<u32>,
    /// As many customers as would be expected on the other half.
    pub n_expected: f64,
    /// Customers on the other half for whom the rule holds.
    pub n_confirmed: usize,
    /// What sets it apart from the segment.
    pub apart: Difference,
    /// The need.
    pub need: Difference,
    /// Other candidates that are the same customers.
    pub n_alike: usize,
}

/// One difference from the segment: where it was found, where it was confirmed, and of everyone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// On the half it was found on.
    pub found: NicheMeasure,
    /// On the other half.
    pub confirmed: NicheMeasure,
    /// Of all customers of the niche.
    pub all: NicheMeasure,
}

/// A candidate that is no niche.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailedCandidate {
    /// The segment it is part of.
    pub parent: Option<u32>,
    /// Its customers on one half.
    pub n: usize,
    /// How it was found.
    pub origin: NicheOrigin,
    /// Why not.
    pub why: WhyNot,
}

/// The first reason why a candidate is no niche, in the order of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhyNot {
    /// No column sets it apart enough.
    NothingSetsApart,
    /// No need differs enough.
    NoNeed,
    /// It is not found again.
    DoesNotComeBack,
    /// Groups are found again as well where there is nothing to find.
    ChanceDoesAsWell,
    /// Three conditions do not describe it.
    NoRule,
    /// On the other half there are far more or far fewer.
    OtherSize,
    /// On the other half it does not differ in the same way.
    NotConfirmed,
    /// All in all it is too large, too small, or the need is one of a few customers.
    TooFewToTell,
}

impl WhyNot {
    /// All reasons, in the order of the tests.
    pub const ALL: [WhyNot; 8] = [
        WhyNot::NothingSetsApart,
        WhyNot::NoNeed,
        WhyNot::DoesNotComeBack,
        WhyNot::ChanceDoesAsWell,
        WhyNot::NoRule,
        WhyNot::OtherSize,
        WhyNot::NotConfirmed,
        WhyNot::TooFewToTell,
    ];

    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            WhyNot::NothingSetsApart => "nothing sets them apart enough from their segment",
            WhyNot::NoNeed => "no need of their own",
            WhyNot::DoesNotComeBack => "not found again among other customers",
            WhyNot::ChanceDoesAsWell => "found again no better than groups of shuffled columns or of one single group",
            WhyNot::NoRule => "no short rule describes them",
            WhyNot::OtherSize => "of another size on the other half of the customers",
            WhyNot::NotConfirmed => "not confirmed on the other half of the customers",
            WhyNot::TooFewToTell => "too few or too many in all to be told as a niche",
        }
    }
}

/// Kinds of unusual customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnusualKinds {
    /// Unusual customers.
    pub n: usize,
    /// Kinds among them.
    pub n_kinds: usize,
    /// Customers of no kind.
    pub n_of_none: usize,
}
