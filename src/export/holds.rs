//! How well does a persona hold? What is asked, what is known, and what an answer looks like; `holds_told` puts it into words.
//!
//! In: what was found of the personas with other customers and on other days, as far as somebody looked. Out: per persona and question one word, one number, one
//! sentence, and what a small picture of it shows. What was not looked at says so. O(personas x snapshots).

use std::sync::Arc;

use super::validation::{FoldsFound, Validation};

/// What is known of one question.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Looked<T> {
    /// Nobody looked.
    #[default]
    NotLooked,
    /// It cannot be told, for this reason.
    Cannot(String),
    /// This.
    Found(Arc<T>),
}

impl<T> Looked<T> {
    /// What was found.
    pub fn found(&self) -> Option<&T> {
        match self {
            Looked::Found(found) => Some(found),
            _ => None,
        }
    }
}

/// What was found of the personas besides their stability.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holds {
    /// With data that lack some customers.
    pub folds: Looked<FoldsFound>,
    /// Between snapshots.
    pub stays: Looked<Validation>,
    /// Of what came later.
    pub foretells: Looked<Validation>,
}

/// What is asked of a persona, in the order it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldsQuestion {
    /// Would it come back with customers drawn anew?
    ComesBack,
    /// Would data without its customers send them to it?
    SameWithout,
    /// Are its customers still in it later?
    Stays,
    /// Does it foretell what comes?
    Foretells,
}

impl HoldsQuestion {
    /// All of them.
    pub const ALL: [HoldsQuestion; 4] =
        [HoldsQuestion::ComesBack, HoldsQuestion::SameWithout, HoldsQuestion::Stays, HoldsQuestion::Foretells];

    /// As a heading.
    pub const fn title(self) -> &'static str {
        match self {
            HoldsQuestion::ComesBack => "Comes back",
            HoldsQuestion::SameWithout => "Same without them",
            HoldsQuestion::Stays => "Stays over time",
            HoldsQuestion::Foretells => "Foretells",
        }
    }

    /// What it means, without its picture.
    pub const fn means_in_words(self) -> &'static str {
        match self {
            HoldsQuestion::ComesBack => {
                "how much of the persona comes back when customers are resampled and grouped again; 1 means all of it."
            }
            HoldsQuestion::SameWithout => {
                "the share of its customers who would still be assigned to it if they were left out of the grouping; under Changes, of all who were or would be in it, the share who are both."
            }
            HoldsQuestion::Stays => "the share of its customers still in it at the last snapshot, with everything frozen on the first day.",
            HoldsQuestion::Foretells => {
                "how often what is foretold came true, as a multiple of the rate for everyone; More or Less where the 95 % interval supports it."
            }
        }
    }

    /// What it means for whoever reads its picture, in a sentence or two.
    pub const fn means(self) -> &'static str {
        match self {
            HoldsQuestion::ComesBack => {
                "Customers are resampled and grouped again: how much of the persona comes back each time? The grey bar shows how far shuffled columns get."
            }
            HoldsQuestion::SameWithout => {
                "Each customer is left out once and then assigned by the others: what share would end up in the same persona? The hollow mark is a stricter test, in which \
                 one half of the customers predicts the groups of the other."
            }
            HoldsQuestion::Stays => {
                "With everything frozen on an earlier day: what share of the persona is still in it at the next snapshot? The grey band is what would stay with nothing \
                 changed, each customer's own orders resampled."
            }
            HoldsQuestion::Foretells => {
                "How often what is foretold came true for the persona, against everyone. The line is the 95 % interval; where it crosses 1 there is no difference."
            }
        }
    }
}

/// How an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldsStanding {
    /// It speaks for the persona.
    Good,
    /// With a but.
    Fair,
    /// It speaks against it.
    Poor,
    /// It speaks neither way, such as a persona that buys as often as others.
    Neutral,
    /// Not known.
    Open,
}

/// What a small picture of an answer shows.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldsMark {
    /// Where it is.
    pub value: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// What chance gives, from and to.
    pub chance: Option<[f64; 2]>,
    /// A second, stricter number.
    pub strict: Option<f64>,
    /// The same at earlier snapshots, oldest first.
    pub earlier: Vec<f64>,
    /// Whether it is a multiple of everyone's, and no share.
    pub is_multiple: bool,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldsLine {
    /// To which question.
    pub question: HoldsQuestion,
    /// One word: "Stays".
    pub word: &'static str,
    /// One number with its unit: "81 %"; empty where there is none.
    pub value: String,
    /// The whole in a sentence or two.
    pub sentence: String,
    /// How it stands.
    pub standing: HoldsStanding,
    /// Its picture.
    pub mark: Option<HoldsMark>,
}

impl HoldsLine {
    pub(super) fn open(question: HoldsQuestion, word: &'static str, sentence: impl Into<String>) -> HoldsLine {
        HoldsLine { question, word, value: String::new(), sentence: sentence.into(), standing: HoldsStanding::Open, mark: None }
    }

    pub(super) fn not_looked(question: HoldsQuestion) -> HoldsLine {
        HoldsLine::open(question, NOT_LOOKED, "Not checked.")
    }
}

/// Said in the place of a word where nobody looked.
pub const NOT_LOOKED: &str = "Not checked";
/// Said in its place where it cannot be told.
pub(super) const CANNOT: &str = "Cannot be determined";
