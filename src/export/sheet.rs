//! What is a page that no card has room for, whatever the format?
//!
//! A [`TopicSheet`] is a title, sentences, and parts: tables, bars, drawings. Whoever has something to say builds one and puts it into
//! [`super::Deck::sheets`]; each format draws any sheet once (`html/sheet.rs`, `pptx/sheet.rs`, `markdown.rs`, `assets/cards.typ`), so what is new needs
//! no work in any of them. Texts are as people read them, with their units, and nothing is escaped: that is each format's own duty. What may not be
//! told (values of fewer than ten customers) is withheld by whoever builds the sheet. Cards are no sheets, they have a design of their own.

use serde::Serialize;

/// A page about one topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicSheet {
    /// Names it in files and for the speaker's notes: small letters, digits and hyphens.
    pub id: String,
    /// "Churn by segment".
    pub title: String,
    /// What it says, the most important first.
    pub sentences: Vec<String>,
    /// What shows it, from top to bottom.
    pub parts: Vec<SheetPart>,
    /// How to read it, and where it is from; in small letters at the end.
    pub notes: Vec<String>,
    /// The dashed band of a niche.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<SheetBand>,
}

/// A dashed band along the edge: part of a segment, and no segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetBand {
    /// The colour of the segment, "#rrggbb".
    pub colour: String,
}

/// A part of a sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SheetPart {
    /// Rows of texts.
    Table(SheetTable),
    /// Lengths side by side.
    Bars(SheetBars),
    /// A drawing.
    Drawing(SheetDrawing),
}

/// Rows of texts under their heads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetTable {
    /// What it shows, for those who do not see it.
    pub told: String,
    /// Its columns.
    pub columns: Vec<SheetColumn>,
    /// Its rows, each as long as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetColumn {
    /// Its head.
    pub title: String,
    /// Whether it holds numbers, which stand at the right.
    pub is_number: bool,
}

/// Bars from zero, one under the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetBars {
    /// What they show, for those who do not see them.
    pub told: String,
    /// The bars.
    pub bars: Vec<SheetBar>,
    /// A line across all bars, such as everyone's value.
    pub mark: Option<SheetMark>,
}

/// A bar; lengths are fractions of the room, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetBar {
    /// Whose it is.
    pub label: String,
    /// What it says: "40 %".
    pub value: String,
    /// How long it is; none where the value is withheld.
    pub length: Option<f64>,
    /// From where to where its value may be, if that is known.
    pub interval: Option<[f64; 2]>,
    /// Its colour, "#rrggbb".
    pub colour: String,
}

/// A line across all bars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetMark {
    /// Where it is, 0 to 1.
    pub at: f64,
    /// What it is: "all customers 27 %".
    pub label: String,
}

/// A drawing of our own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetDrawing {
    /// What it shows, in words.
    pub told: String,
    /// The drawing as SVG; beside the deck, not in it.
    #[serde(skip)]
    pub svg: String,
}

impl SheetTable {
    /// A table; columns are their heads and whether they hold numbers.
    pub fn new(told: &str, columns: &[(&str, bool)], rows: Vec<Vec<String>>) -> SheetTable {
        let column = |&(title, is_number): &(&str, bool)| SheetColumn { title: title.to_owned(), is_number };
        SheetTable { told: told.to_owned(), columns: columns.iter().map(column).collect(), rows }
    }
}

/// The id of a sheet about `what`: letters and digits in small, hyphens between.
pub(super) fn sheet_id(topic: &str, what: &str) -> String {
    let mut id = topic.to_owned();
    for letter in what.chars().flat_map(char::to_lowercase) {
        match letter {
            letter if letter.is_ascii_alphanumeric() => id.push(letter),
            _ if id.ends_with('-') => {}
            _ => id.push('-'),
        }
    }
    id.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::sheet_id;

    #[test]
    fn ids_are_fit_for_files() {
        assert_eq!(sheet_id("outcome-", "Churn?"), "outcome-churn");
        assert_eq!(sheet_id("outcome-", "Größe / ../x"), "outcome-gr-e-x");
    }
}
