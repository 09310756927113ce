//! When do two cells name the same customer, and which column of a source says whose a row is?
//!
//! In: key columns of any type. Out: keys as text that can be compared, how many of one source are found in another, and the way of comparing
//! that finds them. One pass over each key column; memory: the different keys.

use polars::prelude::*;

use crate::base::text::count;
use crate::customers::error::CustomersError;
use crate::data::Raw;
use crate::data::sourcing::KeyMatch;

use super::understood::Overlap;

/// Orphans that are told.
const ORPHANS: usize = 10;

/// Runs a query in pieces, so that memory is bounded by what comes out.
pub(in crate::customers) fn collect(query: LazyFrame) -> Result<DataFrame, CustomersError> {
    Ok(query.collect_with_engine(Engine::Streaming)?.unwrap_single())
}

/// The type of a column of a source.
pub(in crate::customers) fn dtype(raw: &Raw, column: &str) -> Result<DataType, CustomersError> {
    let schema = raw.lazy().collect_schema()?;
    schema.get(column).cloned().ok_or_else(|| CustomersError::NoColumn { source_name: raw.title.clone(), column: column.into() })
}

/// A key as text: without blanks around it and without the ".0" of numbers that went through a spreadsheet; empty is missing.
pub(in crate::customers) fn spelled(column: &str, dtype: &DataType) -> Expr {
    let key = col(column);
    match dtype {
        integer if integer.is_integer() => key.cast(DataType::String),
        float if float.is_float() => when(key.clone().eq(key.clone().cast(DataType::Int64)))
            .then(key.clone().cast(DataType::Int64).cast(DataType::String))
            .otherwise(key.cast(DataType::String)),
        DataType::Date | DataType::Datetime(..) => key.cast(DataType::Date).cast(DataType::String),
        DataType::String => blank_is_missing(key.str().strip_chars(lit(NULL)).str().strip_suffix(lit(".0"))),
        _ => blank_is_missing(key.cast(DataType::String)),
    }
}

fn blank_is_missing(text: Expr) -> Expr {
    when(text.clone().eq(lit(""))).then(lit(NULL)).otherwise(text)
}

/// A key as it is compared.
pub(in crate::customers) fn compared(column: &str, dtype: &DataType, how: KeyMatch) -> Expr {
    let text = spelled(column, dtype);
    match how {
        KeyMatch::Exact => text,
        KeyMatch::IgnoreCase => text.str().to_lowercase(),
        KeyMatch::Digits => {
            let digits = text.clone().str().replace_all(lit("[^0-9]"), lit(""), false).str().replace(lit("^0+([0-9])"), lit("${1}"), false);
            // A key without a digit has nothing else to go by than its letters.
            when(digits.clone().eq(lit(""))).then(text.str().to_lowercase()).otherwise(digits)
        }
    }
}

/// The different keys of a column as text, each once, in one column called `key`.
pub(super) fn distinct(raw: &Raw, column: &str) -> Result<DataFrame, CustomersError> {
    // Different cells first, as the numbers or texts they are: text is only made of those.
    let cells = raw.lazy().select([col(column)]).filter(col(column).is_not_null()).unique(None, UniqueKeepStrategy::Any);
    let keys = cells.select([spelled(column, &dtype(raw, column)?).alias("key")]).filter(col("key").is_not_null());
    collect(keys.unique(None, UniqueKeepStrategy::Any))
}

/// Compares different keys, as [`distinct`] gives them, with those of another source.
pub(super) fn overlap(keys: &DataFrame, with: &str, others: &DataFrame, how: KeyMatch) -> Result<Overlap, CustomersError> {
    let as_compared = |frame: &DataFrame| {
        let compared = compared("key", &DataType::String, how).alias("compared");
        frame.clone().lazy().with_columns([compared]).unique_stable_generic(Some(vec![col("compared")]), UniqueKeepStrategy::Any)
    };
    let n_keys = as_compared(keys).select([len()]).collect()?;
    let there = as_compared(others).select([col("compared")]);
    let missing = as_compared(keys).join(there, [col("compared")], [col("compared")], JoinArgs::new(JoinType::Anti));
    let missing = missing.select([col("key")]).sort(["key"], SortMultipleOptions::default()).collect()?;
    let n_keys = number(&n_keys, 0, 0)?;
    let orphans = missing.columns()[0].str()?.iter().flatten().take(ORPHANS).map(str::to_owned).collect();
    Ok(Overlap { with: with.into(), n_keys, n_found: n_keys.saturating_sub(missing.height()), orphans })
}

/// The strictest way of comparing that finds nearly as many keys as any other, what it finds, and why it was taken.
pub(super) fn best_match(
    keys: &DataFrame,
    with: &str,
    others: &DataFrame,
    chosen: Option<KeyMatch>,
) -> Result<(KeyMatch, Overlap, Option<String>), CustomersError> {
    if let Some(how) = chosen {
        return Ok((how, overlap(keys, with, others, how)?, None));
    }
    let mut best = (KeyMatch::Exact, overlap(keys, with, others, KeyMatch::Exact)?, None);
    if best.1.n_found == best.1.n_keys {
        return Ok(best);
    }
    for (how, means) in [(KeyMatch::IgnoreCase, "whatever the case of letters"), (KeyMatch::Digits, "by their digits alone")] {
        if how == KeyMatch::Digits && !is_one_numbering(keys, others)? {
            continue;
        }
        let looser = overlap(keys, with, others, how)?;
        // Clearly more: a twentieth of the keys and at least one; the share counts, since looser keys are also fewer.
        let gain = share(&looser) - share(&best.1);
        if looser.n_found > best.1.n_found && gain > 0.05 {
            let why = format!(
                "Compared letter by letter {} of {} keys are in {with}; {means} it is {} of {}.",
                count(best.1.n_found),
                count(best.1.n_keys),
                count(looser.n_found),
                count(looser.n_keys)
            );
            best = (how, looser, Some(why));
        }
    }
    Ok(best)
}

/// Whether the digits of both sides can be one numbering: every key is letters and then one run of digits, and there is one spelling of the letters on
/// each side, which the other side has too or leaves out. HS-1001 and WC-1001 are two customers of two systems; C-00042 and 42 may be one.
fn is_one_numbering(keys: &DataFrame, others: &DataFrame) -> Result<bool, CustomersError> {
    let (Some(one), Some(other)) = (letters(keys)?, letters(others)?) else { return Ok(false) };
    Ok(one.is_empty() || other.is_empty() || one == other)
}

/// The letters before the digits of nearly all keys, in lower case; `None` where there are several, or keys of another form.
fn letters(keys: &DataFrame) -> Result<Option<String>, CustomersError> {
    /// Odd ones, such as a typing error, decide nothing.
    const MOST: f64 = 0.98;
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut n = 0;
    for key in keys.column("key")?.str()?.iter().flatten() {
        n += 1;
        let digits_at = key.find(|c: char| c.is_ascii_digit()).unwrap_or(key.len());
        let (head, tail) = key.split_at(digits_at);
        if !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit()) {
            let head: String = head.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
            *counts.entry(head).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    Ok(most.filter(|(_, count)| *count as f64 >= MOST * f64::from(n.max(1))).map(|(head, _)| head))
}

/// How keys were compared, where it was not letter by letter, as a remark in brackets.
pub fn compared_how(how: KeyMatch) -> Option<&'static str> {
    match how {
        KeyMatch::Exact => None,
        KeyMatch::IgnoreCase => Some("compared without case and blanks"),
        KeyMatch::Digits => Some("compared by their digits alone"),
    }
}

/// Share of the keys that are found.
pub(super) fn share(overlap: &Overlap) -> f64 {
    overlap.n_found as f64 / overlap.n_keys.max(1) as f64
}

/// Some keys for a sentence.
pub(super) fn examples(keys: &DataFrame) -> Result<String, CustomersError> {
    let mut some: Vec<&str> = keys.column("key")?.str()?.iter().flatten().collect();
    some.sort_unstable();
    Ok(some.into_iter().take(3).map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", "))
}

/// A whole number in a frame; missing is 0.
pub(in crate::customers) fn number(frame: &DataFrame, column: usize, row: usize) -> Result<usize, CustomersError> {
    Ok(frame.columns()[column].get(row)?.extract::<u64>().unwrap_or(0) as usize)
}
