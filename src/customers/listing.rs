//! Is a file that was opened as customers really a list of what they did? Then a customer table can be built from it.
//!
//! In: the profile of its columns. Out: what it seems to list, and of how many customers. O(columns), so that a page may ask in every frame.

use crate::data::{ColumnProfile, Kind, Loaded, SourceKind, matches_word, name_words};

/// What a file seems to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Transactions or events.
    pub kind: SourceKind,
    /// The column that says whose a row is.
    pub key: String,
    /// Its rows.
    pub n_rows: usize,
    /// Different keys.
    pub n_customers: usize,
}

const KEYS: &[&str] = &["customer", "client", "user", "member", "cust", "subscriber", "kunde", "cliente", "id"];
const AMOUNTS: &[&str] = &["amount", "revenue", "total", "spend", "value", "sales", "price", "betrag", "dollar"];
const EVENTS: &[&str] = &["event", "action", "activity", "page", "campaign"];

/// Whether rows with a repeated customer, a day and an amount or an event are listed.
pub fn looks_like(loaded: &Loaded) -> Option<Listing> {
    let n_rows = loaded.table.n_rows;
    let columns = &loaded.profile.columns;
    // A key that names the row itself ("order_id") repeats nothing; a handful of ids are no customers.
    let repeats = |column: &ColumnProfile| column.kind != Kind::Date && column.n_distinct > 1 && column.n_distinct * 6 <= n_rows * 5;
    let key = named(columns, KEYS, repeats)?;
    columns.iter().find(|column| column.kind == Kind::Date)?;
    let is_amount = |column: &ColumnProfile| column.kind == Kind::Number && column.name != key.name;
    let is_event = |column: &ColumnProfile| column.kind == Kind::Text && column.name != key.name;
    let kind = match named(columns, AMOUNTS, is_amount) {
        Some(_) => SourceKind::Transactions,
        None => named(columns, EVENTS, is_event).map(|_| SourceKind::Events)?,
    };
    Some(Listing { kind, key: key.name.clone(), n_rows, n_customers: key.n_distinct })
}

/// The first column that fits and that any of the words, the most telling first, names.
fn named<'a>(columns: &'a [ColumnProfile], words: &[&str], fits: impl Fn(&ColumnProfile) -> bool) -> Option<&'a ColumnProfile> {
    let fitting: Vec<(&ColumnProfile, Vec<String>)> =
        columns.iter().filter(|column| fits(column)).map(|column| (column, name_words(&column.name))).collect();
    words.iter().find_map(|word| {
        let is_named = |tokens: &[String]| tokens.iter().any(|token| matches_word(token, word));
        fitting.iter().find(|(_, tokens)| is_named(tokens)).map(|(column, _)| *column)
    })
}
