//! What does each source hold? Its kind, the column that joins it, and which column plays which part, guessed from names and values.
//!
//! In: the choices and the sources. Out: a decision for everything the choices leave open, with its reason. O(columns), and one pass over
//! the keys.

use std::collections::BTreeMap;

use crate::base::Ctx;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::table::Kind;
use crate::data::{Raw, RawColumn, SourceFile, SourceKind, Sourcing, matches_word, name_words};

use super::error::CustomersError;

/// What every source holds, in the order of the choices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understood {
    /// One a source.
    pub sources: Vec<UnderstoodSource>,
}

/// What one source holds.
#[derive(Debug, Clone, PartialEq)]
pub struct UnderstoodSource {
    /// Its name in the project.
    pub name: String,
    /// What its rows are.
    pub kind: SourceKind,
    /// Why that is thought, in one sentence.
    pub kind_reason: String,
    /// The column that joins it.
    pub key: Option<String>,
    /// Why that one, in one sentence.
    pub key_reason: String,
    /// How its keys are compared.
    pub key_match: KeyMatch,
    /// Reference data: what is looked up, as source and column.
    pub looked_up_by: Option<(String, String)>,
    /// Which column plays which part.
    pub fields: BTreeMap<Field, String>,
    /// How its keys meet those of the customers; `None` where there is nothing to meet.
    pub overlap: Option<Overlap>,
}

/// How the keys of a source meet those of the customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Which source's keys they were compared with.
    pub with: String,
    /// Different keys here.
    pub n_keys: usize,
    /// Those of them that are found there.
    pub n_found: usize,
    /// Up to ten of those that are not.
    pub orphans: Vec<String>,
}

/// Decides everything the choices leave open.
pub fn understand(sourcing: &Sourcing, raws: &[&Raw], ctx: &Ctx) -> Result<Understood, CustomersError> {
    ctx.check()?;
    let sources = sourcing.sources.iter().zip(raws).map(|(source, raw)| of_source(source, raw)).collect();
    Ok(Understood { sources })
}

fn of_source(source: &SourceFile, raw: &Raw) -> UnderstoodSource {
    let (guessed, kind_reason) = kind(raw);
    let kind = source.kind.unwrap_or(guessed);
    let key = source.key.clone().or_else(|| by_words(raw, KEY, |_| true));
    let mut fields = BTreeMap::new();
    for &field in Field::of(kind) {
        let column = match source.fields.get(&field) {
            Some(chosen) => chosen.clone(),
            None => guess_field(raw, field, key.as_deref()),
        };
        fields.extend(column.map(|column| (field, column)));
    }
    UnderstoodSource {
        name: source.name.clone(),
        kind,
        kind_reason: if source.kind.is_some() { "You said so.".into() } else { kind_reason },
        key_reason: if source.key.is_some() { "You said so.".into() } else { "Its name says so.".into() },
        key,
        key_match: source.key_match.unwrap_or_default(),
        looked_up_by: None,
        fields,
        overlap: None,
    }
}

const KEY: &[&str] = &["customer", "client", "user", "member", "cust", "kunde", "cliente", "id"];

fn kind(raw: &Raw) -> (SourceKind, String) {
    let has_date = raw.columns.iter().any(|column| column.kind == Kind::Date);
    match guess_field(raw, Field::Amount, None).or_else(|| guess_field(raw, Field::UnitPrice, None)) {
        Some(amount) if has_date => (SourceKind::Transactions, format!("It has days and {amount}.")),
        _ => (SourceKind::Customers, "It has one row a customer.".into()),
    }
}

fn guess_field(raw: &Raw, field: Field, key: Option<&str>) -> Option<String> {
    let is_free = |column: &RawColumn| key != Some(column.name.as_str());
    match field {
        Field::Date => raw.columns.iter().find(|column| column.kind == Kind::Date).map(|column| column.name.clone()),
        Field::Amount => {
            by_words(raw, &["amount", "revenue", "total", "spend", "value", "sales"], |c| c.kind == Kind::Number && is_free(c))
        }
        Field::UnitPrice => by_words(raw, &["price"], |c| c.kind == Kind::Number && is_free(c)),
        Field::Quantity => by_words(raw, &["quantity", "qty", "units"], |c| c.kind == Kind::Number && is_free(c)),
        Field::Order => by_words(raw, &["order", "invoice", "transaction", "receipt"], |c| c.kind != Kind::Date && is_free(c)),
        Field::Category => by_words(raw, &["category", "department", "product"], |c| c.kind == Kind::Text && is_free(c)),
        Field::Channel => by_words(raw, &["channel"], |c| c.kind == Kind::Text && is_free(c)),
        Field::Device => by_words(raw, &["device"], |c| c.kind == Kind::Text && is_free(c)),
        Field::Discount => by_words(raw, &["discount"], |c| c.kind == Kind::Number && is_free(c)),
        Field::Currency => by_words(raw, &["currency"], |c| c.kind == Kind::Text && is_free(c)),
        Field::Event => by_words(raw, &["event", "action", "type"], |c| c.kind == Kind::Text && is_free(c)),
        Field::Session => by_words(raw, &["session"], |c| c.kind != Kind::Date && is_free(c)),
        Field::Returned => None,
    }
}

/// The first column that any of the words, the most telling first, names.
fn by_words(raw: &Raw, words: &[&'static str], fits: impl Fn(&RawColumn) -> bool) -> Option<String> {
    words.iter().find_map(|word| {
        let named = |column: &&RawColumn| fits(column) && name_words(&column.name).iter().any(|token| matches_word(token, word));
        raw.columns.iter().find(named).map(|column| column.name.clone())
    })
}
