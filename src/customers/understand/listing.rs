//! Is a file that was opened as customers really a list of what they did? Then a customer table can be built from it.
//!
//! In: the profile of its columns. Out: what it seems to list, and of how many customers, by the same words as sources are understood by
//! ([`super::guess`]), so that what is offered is what will be built. O(columns), so that a page may ask in every frame.

use crate::base::Note;
use crate::base::text::count;
use crate::data::{ColumnProfile, Kind, Loaded, RawColumn, SourceKind};

use super::guess;

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

/// Whether rows with a repeated customer and a day are listed.
pub fn looks_like(loaded: &Loaded) -> Option<Listing> {
    let profiles = &loaded.profile.columns;
    profiles.iter().find(|column| column.kind == Kind::Date)?;
    let columns: Vec<RawColumn> = profiles.iter().map(column).collect();
    let (key, score) = repeated_key(loaded, &columns)?;
    let rows_per_key = (loaded.table.n_rows - key.n_missing) as f64 / key.n_distinct as f64;
    let (kind, _) = guess::kind(&columns, Some((&key.name, score)), rows_per_key);
    let is_list = kind.has_days();
    is_list.then(|| Listing { kind, key: key.name.clone(), n_rows: loaded.table.n_rows, n_customers: key.n_distinct })
}

/// What to say of rows that repeat a customer without being a list that a table can be built from: a panel with a row per person and year. None where
/// rows are customers, or [`looks_like`] knows what they are.
pub fn repeats(loaded: &Loaded) -> Option<Note> {
    let columns: Vec<RawColumn> = loaded.profile.columns.iter().map(column).collect();
    let (key, _) = repeated_key(loaded, &columns).filter(|_| looks_like(loaded).is_none())?;
    // Marks and answers repeat too ("number of calls", "has a phone"); whose rows they are is told by many values.
    if key.n_distinct < FEWEST_KEYS {
        return None;
    }
    let [n_distinct, n_rows] = [key.n_distinct, loaded.table.n_rows - key.n_missing].map(count);
    let name = &key.name;
    Some(Note::new(format!(
        "{name} has {n_distinct} different values in {n_rows} rows, so a row is not one customer and customers count several times. \
         Bring one row per {name}, or rows with a date, from which a customer table can be built."
    )))
}

/// A panel of fewer customers is not told from a column of answers.
const FEWEST_KEYS: usize = 6;

/// The column that says whose a row is, where it repeats, and how surely it says so.
fn repeated_key<'a>(loaded: &'a Loaded, columns: &[RawColumn]) -> Option<(&'a ColumnProfile, u8)> {
    let profile_of = |name: &str| loaded.profile.columns.iter().find(|column| column.name == name);
    let filled = |name: &str| profile_of(name).map_or(0.0, |column| 1.0 - column.missing_share);
    let (key, score, _) = guess::key(columns, &filled)?;
    let key = profile_of(&key.name)?;
    let is_whole = key.numeric.as_ref().is_none_or(|numeric| numeric.whole);
    // A key that names the row itself repeats nothing; a yes and a no are no customers.
    let repeats = is_whole && key.n_distinct > 2 && key.n_distinct * 6 <= (loaded.table.n_rows - key.n_missing) * 5;
    repeats.then_some((key, score))
}

/// A column as sources have it.
fn column(profile: &ColumnProfile) -> RawColumn {
    RawColumn {
        name: profile.name.clone(),
        kind: profile.kind,
        has_time: false,
        offsets: Default::default(),
        n_unreadable: 0,
        unreadable: Vec::new(),
    }
}
