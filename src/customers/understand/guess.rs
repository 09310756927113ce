//! What do the names of columns say? Keys, fields and kinds, by the words in `assets/column_words.json`.
//!
//! In: the columns of a source and how often its keys repeat. Out: guesses with a reason in one sentence. O(columns).

use crate::data::sourcing::Field;
use crate::data::table::Kind;
use crate::data::{RawColumn, SourceKind, column_words, matches_word, name_words};

use super::shapes::{self, Shape};

/// A column whose name alone says "id": of whom, is open.
pub(super) const ID_ALONE: u8 = 1;
/// A telephone number.
pub(super) const PHONE: u8 = 2;
/// An e-mail address.
pub(super) const EMAIL: u8 = 3;
/// A column named after a person, such as "customer".
const PERSON_ALONE: u8 = 4;
/// A column whose name plainly says that it tells customers apart.
pub(super) const SURE: u8 = 5;

/// How surely a column's name says that it tells customers apart: 0 not at all, [`SURE`] plainly.
pub(super) fn key_score(column: &RawColumn) -> u8 {
    if column.kind == Kind::Date {
        return 0;
    }
    let words = name_words(&column.name);
    let of = &column_words().keys;
    let has = |list: &[&'static str]| list.iter().any(|word| words.iter().any(|token| token == word));
    // "number of customer service calls" says customer and number, and is neither; "service account number" is what it says last.
    let last = words.iter().rfind(|word| !word.contains(' '));
    let is_numbered = last.is_some_and(|last| of.number.contains(&last.as_str()));
    if has(&of.no_key) && !is_numbered {
        return 0;
    }
    if has(&of.joined) || has(&of.person) && has(&of.number) {
        SURE
    } else if has(&["email", "mail", "e mail", "courriel", "correo"]) && column.kind == Kind::Text && !has(&of.no_address) {
        EMAIL
    } else if has(&["phone", "telephone", "telefon", "telefono", "mobile", "handy", "telefoon"]) && !has(&of.no_address) {
        PHONE
    } else if has(&of.person) && !has(&of.of_a_person) {
        PERSON_ALONE
    } else if words.len() == 1 && has(&["id", "uuid", "guid"]) {
        ID_ALONE
    } else {
        0
    }
}

/// A column in which at most this share of the rows has a value is nearly empty.
const NEARLY_EMPTY: f64 = 0.5;

/// The column that most likely says whose a row is, how surely, and why. `filled` says which share of the rows has a value.
pub(super) fn key<'a>(columns: &'a [RawColumn], filled: &dyn Fn(&str) -> f64) -> Option<(&'a RawColumn, u8, String)> {
    let shape = shapes::of(columns);
    if let Some(shape) = shape {
        let named = shape.keys.iter().filter_map(|name| columns.iter().find(|column| shapes::plain(&column.name) == *name));
        if let Some(column) = named.into_iter().find(|column| filled(&column.name) > NEARLY_EMPTY) {
            let score = key_score(column).max(PHONE);
            return Some((column, score, format!("{} is the customer of {} exports.", column.name, shape.name)));
        }
    }
    let scored: Vec<(u8, &RawColumn)> = columns.iter().map(|column| (key_score(column), column)).filter(|(score, _)| *score > 0).collect();
    // Of equally good names the first.
    let best_named = scored.iter().rev().max_by_key(|(score, _)| *score).copied()?;
    let full = scored.iter().rev().filter(|(score, column)| *score > ID_ALONE && filled(&column.name) > NEARLY_EMPTY);
    let best_full = full.max_by_key(|(score, _)| *score).copied();
    match best_full {
        Some((score, column)) if column.name != best_named.1.name && filled(&best_named.1.name) <= NEARLY_EMPTY => {
            let share = (100.0 * filled(&best_named.1.name)).round();
            Some((column, score, format!("{} has a value in {share} % of the rows only; {} is full.", best_named.1.name, column.name)))
        }
        _ => Some((best_named.1, best_named.0, format!("Its name, {}, says so.", best_named.1.name))),
    }
}

/// The columns that tell people apart besides `key`: e-mail addresses first, then telephone numbers.
pub(super) fn other_identities(columns: &[RawColumn], key: &str) -> Vec<(String, u8)> {
    let scored = columns.iter().filter(|column| column.name != key).map(|column| (column.name.clone(), key_score(column)));
    let mut others: Vec<(String, u8)> = scored.filter(|(_, score)| matches!(*score, EMAIL | PHONE)).collect();
    others.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    others
}

/// What the rows of a source are, and why. `rows_per_key` is 1 where every customer has one row.
pub(super) fn kind(columns: &[RawColumn], key: Option<(&str, u8)>, rows_per_key: f64) -> (SourceKind, String) {
    let named = |field: Field| field_by_name(columns, field, key.map(|(name, _)| name), &[]);
    let date = named(Field::Date);
    let money = named(Field::Amount).or_else(|| named(Field::UnitPrice));
    // A list of items without prices is bought too, unless its rows say what happened.
    let item = || named(Field::Category).filter(|_| named(Field::Event).is_none());
    let bought = money.clone().or_else(|| named(Field::Order)).or_else(item);
    let Some((key, sure)) = key else {
        return match (&date, named(Field::Order), &money) {
            (Some(date), Some(order), Some(_)) => {
                (SourceKind::Transactions, format!("It has days ({date}) and orders ({order}), but no customers."))
            }
            _ => (SourceKind::Reference, "No column tells customers apart, so it can only be looked up.".into()),
        };
    };
    let repeats = rows_per_key > 1.1;
    match (date, bought) {
        (Some(date), Some(bought)) if repeats || named(Field::Order).is_some() => {
            (SourceKind::Transactions, format!("{key} repeats, and it has days ({date}) and {bought}."))
        }
        (Some(date), _) if repeats => (SourceKind::Events, format!("{key} repeats and it has days ({date}), but no amounts.")),
        (None, Some(bought)) if repeats => (SourceKind::Transactions, format!("{key} repeats and it has {bought}, but no days.")),
        _ if !repeats && answers(columns) => (SourceKind::Survey, format!("{key} is there once and most columns are short scales.")),
        _ if sure <= ID_ALONE && !repeats && columns.len() == 2 => {
            (SourceKind::Reference, "Two columns, of which the first is there once: a table of codes.".into())
        }
        _ => (SourceKind::Customers, format!("Nearly every {key} is there once.")),
    }
}

/// Whether columns are named like the questions of a survey.
fn answers(columns: &[RawColumn]) -> bool {
    let is_question = |column: &&RawColumn| {
        let words = name_words(&column.name);
        let letters = column.name.trim_start_matches(['q', 'Q', 'f', 'F']);
        let is_numbered = letters.len() < column.name.len() && letters.starts_with(|c: char| c.is_ascii_digit());
        is_numbered || column_words().keys.survey.iter().any(|word| words.iter().any(|token| matches_word(token, word)))
    };
    let n = columns.iter().filter(is_question).count();
    n >= 2 && n * 2 >= columns.len() - 1
}

/// The column whose name says most plainly that it plays a part; `not` are columns that play another part or hold nothing.
pub(super) fn field_by_name(columns: &[RawColumn], field: Field, key: Option<&str>, not: &[&str]) -> Option<String> {
    let fits = |column: &RawColumn| match field {
        Field::Date => column.kind == Kind::Date,
        Field::Amount | Field::UnitPrice | Field::Quantity | Field::Refund => column.kind == Kind::Number,
        Field::Channel | Field::Device | Field::Currency | Field::Event | Field::Status => column.kind == Kind::Text,
        Field::Order | Field::Category | Field::Session => column.kind != Kind::Date,
        Field::Discount | Field::Returned => true,
    };
    let is_free = |column: &&RawColumn| key != Some(column.name.as_str()) && !not.contains(&column.name.as_str());
    let fitting = columns.iter().filter(is_free).filter(|column| fits(column));
    if let Some(column) = shapes::of(columns).and_then(|shape| by_shape(shape, field, fitting.clone())) {
        return Some(column);
    }
    let (words, never) = column_words().field(field);
    let free: Vec<(&RawColumn, Vec<String>)> = fitting
        .clone()
        .map(|column| (column, name_words(&column.name)))
        .filter(|(_, tokens)| !tokens.iter().any(|token| never.contains(&token.as_str())))
        .collect();
    let named = words.iter().find_map(|word| free.iter().find(|(_, tokens)| tokens.iter().any(|token| matches_word(token, word))));
    let column = named.map(|(column, _)| column.name.clone());
    match field {
        // A source with days has them in some column, whatever it is called; rather in one whose name does not speak of another day.
        Field::Date => {
            column.or_else(|| free.first().map(|(column, _)| *column).or(fitting.clone().next()).map(|column| column.name.clone()))
        }
        // Shops that number orders under "Name" list their lines beside it.
        Field::Order if column.is_none() && columns.iter().any(|column| name_words(&column.name).iter().any(|word| word == "lineitem")) => {
            fitting.clone().find(|column| shapes::plain(&column.name) == "name").map(|column| column.name.clone())
        }
        _ => column,
    }
}

fn by_shape<'a>(shape: &Shape, field: Field, fitting: impl Iterator<Item = &'a RawColumn> + Clone) -> Option<String> {
    let names = shape.field(field)?;
    names.iter().find_map(|name| fitting.clone().find(|column| shapes::plain(&column.name) == *name)).map(|column| column.name.clone())
}
