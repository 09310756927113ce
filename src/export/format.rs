//! What can be taken away? One variant per format; the dialog, the command line and the tests all read this table.

use serde::{Deserialize, Serialize};

/// A kind of file an export writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The cards as printed pages.
    Pdf,
    /// The cards with their evidence as one page.
    Html,
    /// The cards with their evidence for programs.
    Json,
    /// Every customer with a persona.
    Csv,
    /// The same for data tools.
    Parquet,
    /// Who an ad platform may be told of, one list per persona.
    Audience,
    /// Every card and plot, for slides and boards.
    Svg,
    /// Every card and plot as a picture.
    Png,
    /// The cards as slides to edit.
    Pptx,
    /// The cards as plain text with little markup.
    #[serde(rename = "md")]
    Markdown,
    /// What says which segment a later customer belongs to.
    Model,
    /// The same for programs that read PMML.
    Pmml,
    /// The same for programs that run ONNX.
    Onnx,
}

impl Format {
    /// All formats, in the order menus show them.
    pub const ALL: [Format; 13] = [
        Format::Pdf,
        Format::Pptx,
        Format::Html,
        Format::Png,
        Format::Svg,
        Format::Markdown,
        Format::Json,
        Format::Csv,
        Format::Parquet,
        Format::Audience,
        Format::Model,
        Format::Pmml,
        Format::Onnx,
    ];

    /// The format's name.
    pub fn name(self) -> &'static str {
        match self {
            Format::Pdf => "Persona cards (PDF)",
            Format::Html => "Persona cards (HTML)",
            Format::Json => "Persona cards (JSON)",
            Format::Csv => "Labelled customers (CSV)",
            Format::Parquet => "Labelled customers (Parquet)",
            Format::Audience => "Audience lists (CSV)",
            Format::Svg => "Cards and plots (SVG)",
            Format::Png => "Cards and plots (PNG)",
            Format::Pptx => "Slides (PPTX)",
            Format::Markdown => "Persona cards (Markdown)",
            Format::Model => "Segment model (JSON)",
            Format::Pmml => "Segment model (PMML)",
            Format::Onnx => "Segment model (ONNX)",
        }
    }

    /// What it is good for, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Format::Pdf => "One card per page with its evidence on the back, an overview and how it was made; for print.",
            Format::Html => {
                "One page that opens in any browser without a network, with a card and its evidence for every persona; prints one card per page."
            }
            Format::Json => "Every card with its evidence, for other programs to read.",
            Format::Csv => {
                "Your rows in order with all their columns, plus the persona, how typical each customer is, and the second-best persona."
            }
            Format::Parquet => "The same table as the CSV, smaller and with its types, for data tools.",
            Format::Audience => "Customers to upload to an ad platform, one list per persona: hashed, and only those who agreed.",
            Format::Svg => "Every card and plot as a drawing that stays sharp at any size.",
            Format::Png => "Every card and plot as a picture for slides and mails, at twice the screen's resolution.",
            Format::Pptx => "Slides with real text, tables and shapes, to edit in PowerPoint, Keynote or LibreOffice.",
            Format::Markdown => "Every card with its evidence as text for wikis, notes and repositories.",
            Format::Model => {
                "Finds the segment of customers who come later: open it beside newer data, or use `personae score`. Density and tree models hold the prepared numbers of customers."
            }
            Format::Pmml => "The same model for programs that read PMML, where customers go to the nearest centre (k-Means, hierarchical).",
            Format::Onnx => "The same model for programs that run ONNX, where customers go to the nearest centre (k-Means, hierarchical).",
        }
    }

    /// The file it writes; plots write one file each and name the first.
    pub fn file_name(self) -> &'static str {
        match self {
            Format::Pdf => "personas.pdf",
            Format::Html => "personas.html",
            Format::Json => "personas.json",
            Format::Csv => "customers.csv",
            Format::Parquet => "customers.parquet",
            Format::Audience => "audience-c1-….csv, …",
            Format::Svg => "card-c1.svg, map.svg, …",
            Format::Png => "card-c1.png, map.png, …",
            Format::Pptx => "personas.pptx",
            Format::Markdown => "personas.md",
            Format::Model => "segments.model.json",
            Format::Pmml => "segments.pmml",
            Format::Onnx => "segments.onnx",
        }
    }

    /// As the command line spells it.
    pub fn id(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Html => "html",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::Audience => "audience",
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Pptx => "pptx",
            Format::Markdown => "md",
            Format::Model => "model",
            Format::Pmml => "pmml",
            Format::Onnx => "onnx",
        }
    }

    /// What people take it for.
    pub fn purpose(self) -> Purpose {
        match self {
            Format::Pdf | Format::Pptx | Format::Html => Purpose::Show,
            Format::Markdown | Format::Json | Format::Svg | Format::Png => Purpose::Work,
            Format::Csv | Format::Parquet | Format::Audience | Format::Model | Format::Pmml | Format::Onnx => Purpose::Customers,
        }
    }

    /// Whether it is set on the chosen paper.
    pub fn uses_paper(self) -> bool {
        matches!(self, Format::Pdf | Format::Svg | Format::Png)
    }

    /// The format the command line calls `name`, in any case.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.id().eq_ignore_ascii_case(name.trim()))
    }
}

/// What people take a format for; dialogs group formats by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To show to others as it is.
    Show,
    /// To go on with in other programs.
    Work,
    /// The customers themselves.
    Customers,
}

impl Purpose {
    /// All of them, in the order menus show them.
    pub const ALL: [Purpose; 3] = [Purpose::Show, Purpose::Work, Purpose::Customers];

    /// The group's heading.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Show => "Cards to show",
            Purpose::Work => "Cards to work with",
            Purpose::Customers => "Customers",
        }
    }
}
