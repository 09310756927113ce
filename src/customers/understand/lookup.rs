//! What are reference data looked up by? The column of another source whose values are found among their keys.
//!
//! In: sources whose kinds and keys are known. Out: the reference's key, what is looked up, and how much of it is found. Values are compared
//! over the first rows of a source; a pass over those per pair of columns.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::base::text::count;
use crate::customers::error::CustomersError;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::{Raw, SourceFile, SourceKind, name_words};

use super::keys;
use super::rows::CANONICAL;
use super::understood::UnderstoodSource;

/// Rows of the other source that are compared.
const COMPARED: IdxSize = 50_000;
/// A column is a key of reference data where at least this share of its rows differ.
const UNIQUE: f64 = 0.9;
/// A column with more values than these tells no groups of transactions apart.
const MOST_LEVELS: usize = 8;
/// Values that must be found for a pair of columns to be thought of.
const FOUND: f64 = 0.5;

/// A way to look up.
struct Pair {
    key: String,
    source: usize,
    column: String,
    rank: f64,
    /// How the two are compared, if that is settled.
    how: Option<KeyMatch>,
}

/// Finds what the reference data at `at` are looked up by.
pub(super) fn find(sources: &mut [UnderstoodSource], at: usize, choice: &SourceFile, raws: &[&Raw]) -> Result<(), CustomersError> {
    let mut best: Option<Pair> = None;
    let others = sources.iter().zip(raws).filter(|(source, _)| is_looked_up_from(source.kind));
    let names: BTreeSet<Vec<String>> = others.flat_map(|(_, raw)| &raw.columns).map(|column| name_words(&column.name)).collect();
    for key in candidates(raws[at], choice.key.as_deref(), &names)? {
        let key_type = keys::dtype(raws[at], &key)?;
        let its = keys::distinct(raws[at], &key)?;
        for (other, source) in sources.iter().enumerate() {
            if !is_looked_up_from(source.kind) {
                continue;
            }
            for column in &raws[other].columns {
                let dtype = keys::dtype(raws[other], &column.name)?;
                let is_chosen = choice.looked_up_by.as_deref().map(|said| says(said, &source.name, &column.name));
                if is_chosen == Some(false) || dtype.is_temporal() != key_type.is_temporal() || is_chosen.is_none() && dtype.is_float() {
                    continue;
                }
                // A list of holidays has few of the days there are, whatever its column is called.
                let are_days = key_type.is_temporal() && source.fields.get(&Field::Date) == Some(&column.name);
                let alike = if are_days { 1.0 } else { alike(&key, &column.name) };
                // Small whole numbers are found in any list of them: without a name in common they mean nothing.
                if is_chosen.is_none() && alike == 0.0 && (dtype.is_integer() || key_type.is_integer()) {
                    continue;
                }
                let values = first_values(raws[other], &column.name, &dtype)?;
                // By their digits alone the third station would be the third customer: only columns with words in common are compared so.
                let how = choice.key_match.or((is_chosen.is_none() && alike == 0.0).then_some(KeyMatch::IgnoreCase));
                let (_, overlap, _) = keys::best_match(&values, &source.name, &its, how)?;
                let found = keys::share(&overlap);
                let rank = found + alike + if source.kind == SourceKind::Customers { 0.1 } else { 0.0 };
                let is_better = best.as_ref().is_none_or(|best| rank > best.rank);
                if is_better && (found >= FOUND || is_chosen == Some(true) || alike == 1.0 && overlap.n_found > 0) {
                    best = Some(Pair { key: key.clone(), source: other, column: column.name.clone(), rank, how });
                }
            }
        }
    }
    let Some(best) = best else {
        sources[at].key_reason =
            "None of its columns has values that another source has; choose its key and what it is looked up by on the Data page.".into();
        return Ok(());
    };
    let its = keys::distinct(raws[at], &best.key)?;
    let values = keys::distinct(raws[best.source], &best.column)?;
    let (how, overlap, why) = keys::best_match(&values, &sources[at].name, &its, best.how)?;
    let by = (sources[best.source].name.clone(), best.column.clone());
    let reason = format!("{} of the {} values of {} in {} are found.", count(overlap.n_found), count(overlap.n_keys), by.1, by.0);
    give_category(&mut sources[best.source], raws[best.source], raws[at], &best.key)?;
    let levels = if sources[best.source].kind == SourceKind::Transactions {
        levels(raws[at], &best.key, &sources[best.source], raws[best.source])?
    } else {
        BTreeMap::new()
    };
    let source = &mut sources[at];
    source.levels = levels;
    source.key_reason = why.map_or(reason.clone(), |why| format!("{reason} {why}"));
    (source.key, source.key_match, source.looked_up_by, source.overlap) = (Some(best.key), how, Some(by), Some(overlap));
    Ok(())
}

/// The first text column of what is looked up is the category of transactions that have none.
fn give_category(source: &mut UnderstoodSource, raw: &Raw, reference: &Raw, key: &str) -> Result<(), CustomersError> {
    let is_product = !matches!(keys::dtype(reference, key)?, DataType::Date | DataType::Datetime(..));
    if source.kind != SourceKind::Transactions || source.fields.get(&Field::Category).is_some_and(|name| name != key) || !is_product {
        return Ok(());
    }
    for column in reference.columns.iter().filter(|column| column.name != key && raw.column(&column.name).is_none()) {
        if keys::dtype(reference, &column.name)? == DataType::String {
            source.fields.insert(Field::Category, column.name.clone());
            return Ok(());
        }
    }
    Ok(())
}

/// The columns of few values that what is looked up adds to transactions, under names they do not have yet.
fn levels(reference: &Raw, key: &str, of: &UnderstoodSource, bought: &Raw) -> Result<BTreeMap<String, Vec<String>>, CustomersError> {
    let mut all = BTreeMap::new();
    for column in reference.columns.iter().map(|column| column.name.as_str()) {
        let is_taken = bought.column(column).is_some() || CANONICAL.iter().any(|(name, _)| *name == column);
        let is_category = of.fields.get(&Field::Category).is_some_and(|category| category == column);
        if column == key || is_taken || is_category || keys::dtype(reference, column)? != DataType::String {
            continue;
        }
        let counts = reference.lazy().select([col(column).alias("level")]).filter(col("level").is_not_null());
        let counts = keys::collect(counts.group_by([col("level")]).agg([len().alias("rows")]))?;
        if counts.height() <= MOST_LEVELS {
            let order = SortMultipleOptions::default().with_order_descending_multi([true, false]);
            let counts = counts.lazy().sort(["rows", "level"], order).collect()?;
            all.insert(column.to_owned(), counts.column("level")?.str()?.iter().flatten().map(str::to_owned).collect());
        }
    }
    Ok(all)
}

/// "orders.product" or "product".
fn says(said: &str, source: &str, column: &str) -> bool {
    said == column || said.strip_prefix(source).and_then(|rest| rest.strip_prefix('.')) == Some(column)
}

fn is_looked_up_from(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Customers | SourceKind::Survey | SourceKind::Transactions)
}

/// Columns that could be the key: nearly every row has a value of its own, or at least its name is that of a column of another source (its
/// repeated rows are then told, and the first of each is used).
fn candidates(raw: &Raw, chosen: Option<&str>, names: &BTreeSet<Vec<String>>) -> Result<Vec<String>, CustomersError> {
    if let Some(chosen) = chosen {
        return Ok(raw.column(chosen).map(|column| column.name.clone()).into_iter().collect());
    }
    let mut candidates = Vec::new();
    for column in &raw.columns {
        let is_key = !keys::dtype(raw, &column.name)?.is_float();
        if is_key && keys::distinct(raw, &column.name)?.height() as f64 >= UNIQUE * raw.n_rows as f64 {
            candidates.push(column.name.clone());
        }
    }
    if candidates.is_empty() {
        let named = raw.columns.iter().map(|column| &column.name).filter(|name| names.contains(&name_words(name)));
        candidates.extend(named.cloned());
    }
    Ok(candidates)
}

/// 1 where two columns have the same words, part of it where they share some.
fn alike(a: &str, b: &str) -> f64 {
    let (a, b) = (name_words(a), name_words(b));
    if a == b {
        return 1.0;
    }
    let dull = ["id", "code", "no", "nr", "number", "key", "name", "date"];
    if a.iter().any(|word| b.contains(word) && !dull.contains(&word.as_str())) { 0.5 } else { 0.0 }
}

/// The different values of the first rows.
fn first_values(raw: &Raw, column: &str, dtype: &DataType) -> Result<DataFrame, CustomersError> {
    let values = raw.lazy().limit(COMPARED).select([keys::spelled(column, dtype).alias("key")]).filter(col("key").is_not_null());
    Ok(values.unique(None, UniqueKeepStrategy::Any).collect()?)
}
