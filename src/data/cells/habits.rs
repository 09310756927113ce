//! What do the first rows of a file say about the way its numbers are written, for columns that alone do not decide?
//!
//! In: the first rows as cells, and the columns' names. Out: whether decimals are separated by commas, and what the point of "1.234" means.
//! O(cells looked at).

use crate::data::words::{matches_word, tokens};

use super::cell::Cell;
use super::numbers::{self, Decimal, Vote};
use super::zones::Zone;

/// What the rest of the file suggests where a column alone does not decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::data) struct Habits {
    /// Decimals are separated by commas elsewhere in the file.
    pub decimal_comma: bool,
    /// Cells are separated by semicolons, as where the comma separates decimals.
    pub semicolons: bool,
    /// What the point of "1.234" is.
    pub points: Points,
    /// The time zone that times with an offset are converted to, if the user chose one.
    pub zone: Option<Zone>,
}

/// What points are with exactly three digits behind each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::data) enum Points {
    /// Decimal points (or groups, if commas separate the decimals): other cells say so, or the file's own types do.
    #[default]
    Sure,
    /// Nothing tells; taken as decimal points.
    Unclear,
    /// The names of the columns are in a language that groups thousands by points.
    Foreign,
}

/// Why points that could be decimal ones are read as groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhyGroups {
    Semicolons,
    Names,
}

impl Habits {
    /// Whether "1.234" could mean two things here.
    pub(in crate::data) fn doubts_points(self) -> bool {
        self.points != Points::Sure && !self.decimal_comma
    }

    /// Whether it is more likely 1234 in a column of this name, and why.
    pub(super) fn groups_by_points(self, name: &str) -> Option<WhyGroups> {
        if !self.doubts_points() || is_measured_finely(name) {
            return None;
        }
        match self.points {
            Points::Foreign => Some(WhyGroups::Names),
            _ if self.semicolons => Some(WhyGroups::Semicolons),
            _ => None,
        }
    }
}

/// What the first rows suggest. Whoever knows the delimiter adds it.
pub(in crate::data) fn of(rows: &[&Vec<Cell>], names: &[String]) -> Habits {
    let votes: Vec<[usize; 2]> = (0..names.len()).map(|at| votes(rows, at)).collect();
    let [points, commas] = [0, 1].map(|which| votes.iter().filter(|votes| votes[which] > votes[1 - which]).count());
    let points_told = match () {
        () if votes.iter().any(|votes| votes[0] > 0) => Points::Sure,
        () if names.iter().any(|name| is_foreign(name)) => Points::Foreign,
        () => Points::Unclear,
    };
    Habits { decimal_comma: commas > points, points: points_told, ..Habits::default() }
}

/// Cells of a column that certainly have decimal points, and commas; none where the column is not numbers that way.
fn votes(rows: &[&Vec<Cell>], at: usize) -> [usize; 2] {
    let cells = || rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim());
    [(Vote::Point, Decimal::Point), (Vote::Comma, Decimal::Comma)].map(|(wanted, decimal)| {
        let found = cells().filter(|cell| numbers::vote(cell) == wanted).count();
        // Lists of answers such as "1,2" are no decimals.
        let is_list = wanted == Vote::Comma && found >= 5 && cells().filter(|cell| cell.contains(',')).all(numbers::is_list);
        if found > 0 && !is_list && cells().any(|cell| numbers::parse(cell, decimal).is_some()) { found } else { 0 }
    })
}

/// Whether the name is a word of a language that groups thousands by points (German, Spanish, Italian, Portuguese, Dutch).
fn is_foreign(name: &str) -> bool {
    const WORDS: [&str; 44] = [
        "kunde",
        "kunden",
        "kundennummer",
        "umsatz",
        "betrag",
        "preis",
        "menge",
        "anzahl",
        "datum",
        "besuche",
        "bestellung",
        "bestellungen",
        "einkommen",
        "alter",
        "gesamt",
        "summe",
        "cliente",
        "clientes",
        "fecha",
        "importe",
        "precio",
        "cantidad",
        "visitas",
        "gasto",
        "ventas",
        "ingresos",
        "pedido",
        "pedidos",
        "prezzo",
        "importo",
        "quantita",
        "ordine",
        "ordini",
        "fatturato",
        "spesa",
        "valor",
        "preco",
        "quantidade",
        "compras",
        "klant",
        "bedrag",
        "prijs",
        "aantal",
        "omzet",
    ];
    tokens(name).iter().any(|token| WORDS.iter().any(|word| matches_word(token, word)))
}

/// Places and measures that have three decimals more often than thousands.
fn is_measured_finely(name: &str) -> bool {
    const WORDS: [&str; 19] = [
        "lat",
        "latitude",
        "lon",
        "lng",
        "long",
        "longitude",
        "breite",
        "breitengrad",
        "laenge",
        "laengengrad",
        "latitud",
        "longitud",
        "kg",
        "gewicht",
        "weight",
        "peso",
        "score",
        "rate",
        "index",
    ];
    tokens(name).iter().any(|token| WORDS.contains(&token.as_str()))
}
