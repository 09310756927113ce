//! What does the user want taken away? Formats, personas, paper and density, as one piece of plain data.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Format;

/// Everything an export may be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// These formats.
    pub formats: Vec<Format>,
    /// Cards of these personas only, by what people call them (from 0); `None` takes all. Overviews and tables of customers show everyone.
    pub personas: Option<Vec<usize>>,
    /// The paper of printed cards.
    pub paper: Paper,
    /// How much a card tells.
    pub density: Density,
    /// The user's own page template; `None` takes the one beside the project, or the one that comes with Personae.
    pub template: Option<PathBuf>,
    /// How audience lists are made.
    pub audience: Audience,
    /// Whether cells of customers.csv that a spreadsheet would run as formulas stay as they are; otherwise they get an apostrophe.
    pub keeps_formulas: bool,
}

impl Default for Choices {
    fn default() -> Choices {
        Choices {
            formats: vec![Format::Pdf, Format::Pptx],
            personas: None,
            paper: Paper::A4,
            density: Density::Analyst,
            template: None,
            audience: Audience::default(),
            keeps_formulas: false,
        }
    }
}

impl Choices {
    /// Only these formats, everything else as usual.
    pub fn of(formats: &[Format]) -> Choices {
        Choices { formats: formats.to_vec(), ..Choices::default() }
    }

    /// Whether a chosen format is set on pages.
    pub fn has_pages(&self) -> bool {
        self.formats.iter().any(|format| format.uses_paper())
    }

    /// Whether the persona that people call `number` (from 0) is wanted.
    pub fn wants(&self, number: usize) -> bool {
        self.personas.as_ref().is_none_or(|wanted| wanted.contains(&number))
    }
}

/// Two densities of the same card (Salminen et al. 2020: technical detail on the face lowers trust, so it goes on the back).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// The front alone: plain words, for a wall.
    Workshop,
    /// Front and back: every word with its evidence.
    #[default]
    Analyst,
}

impl Density {
    /// Both.
    pub const ALL: [Density; 2] = [Density::Workshop, Density::Analyst];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Density::Workshop => "Workshop",
            Density::Analyst => "Analyst",
        }
    }

    /// What it is for, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Density::Workshop => "Fronts only, in plain words: for a wall or a room.",
            Density::Analyst => "Fronts and backs with effects, intervals and rules, and how it was made.",
        }
    }
}

/// The page that cards are set on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// 210 x 297 mm.
    #[default]
    A4,
    /// 8.5 x 11 inches.
    Letter,
    /// A poster, 297 x 420 mm.
    A3,
    /// A slide, 16:9.
    Slide,
}

impl Paper {
    /// All of them, in the order menus show them.
    pub const ALL: [Paper; 4] = [Paper::A4, Paper::Letter, Paper::A3, Paper::Slide];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Paper::A4 => "A4",
            Paper::Letter => "Letter",
            Paper::A3 => "A3 poster",
            Paper::Slide => "Slides 16:9",
        }
    }

    /// As the command line and templates spell it.
    pub fn id(self) -> &'static str {
        match self {
            Paper::A4 => "a4",
            Paper::Letter => "letter",
            Paper::A3 => "a3",
            Paper::Slide => "slide",
        }
    }

    /// The paper that is spelled `id`, in any case.
    pub fn from_id(id: &str) -> Option<Paper> {
        Paper::ALL.into_iter().find(|paper| paper.id().eq_ignore_ascii_case(id.trim()))
    }
}

/// How the lists of customers for ad platforms are made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audience {
    /// The column that says who agreed; `None` takes the one whose name says so.
    pub consent_column: Option<String>,
    /// The country that phone numbers without one belong to, as two letters ("DE").
    pub country: Option<String>,
    /// Plain text instead of SHA-256, for platforms that hash on their side.
    pub plain: bool,
}
