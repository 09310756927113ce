//! Who is a customer, where the key alone does not say? Guests who share a key, and people behind keys that stand for one order each.
//!
//! In: sources whose keys are known. Out: what is done about guests and through which column people are found, each told as a decision. A guest
//! is known by the next best identity, an e-mail address or a telephone number; who left the address of a customer is that customer. Cost: a pass over the keys.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::base::text::count;
use crate::customers::error::CustomersError;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::{Raw, SourceFile, SourceKind, Sourcing};

use super::guess;
use super::keys::{self, collect};
use super::rows::Input;
use super::understood::{Decision, Guests, Overlap, Through, Topic, UnderstoodSource};

/// Keys that say "guest" rather than who.
pub(in crate::customers) const GUEST_WORDS: &[&str] = &[
    "0",
    "-1",
    "guest",
    "gast",
    "invite",
    "invité",
    "invitado",
    "ospite",
    "convidado",
    "anonymous",
    "anonym",
    "anonyme",
    "anonimo",
    "anónimo",
    "unknown",
    "unbekannt",
    "inconnu",
    "desconocido",
    "walk-in",
    "walk in",
    "walkin",
    "no customer",
    "cash customer",
    "laufkunde",
    "n/a",
    "none",
    "null",
    "nan",
];
/// A key with this share of the rows is hardly one customer.
const IMPLAUSIBLE: f64 = 0.1;
/// So many different addresses behind one key are several people.
const SEVERAL: usize = 5;

/// Finds out about guests of a list of transactions or events.
pub(super) fn guests(source: &mut UnderstoodSource, choice: &SourceFile, raw: &Raw) -> Result<(), CustomersError> {
    let Some(key) = source.key.clone() else { return Ok(()) };
    if matches!(choice.guests, Some(None)) {
        return Ok(());
    }
    let by: Vec<String> = match &choice.guests {
        Some(Some(column)) => vec![column.clone()],
        _ => source.identities.clone(),
    };
    let by: Vec<String> = by.into_iter().filter(|name| *name != key && raw.column(name).is_some()).collect();
    let dtype = keys::dtype(raw, &key)?;
    let is_word = if dtype.is_primitive_numeric() {
        col(key.as_str()).eq(lit(0)).or(col(key.as_str()).eq(lit(-1)))
    } else {
        let words: Series = Series::new("words".into(), GUEST_WORDS);
        keys::spelled(&key, &dtype).str().to_lowercase().is_in(lit(words).implode(false), false).fill_null(lit(false))
    };
    // One pass says whether there is anything to look for.
    let is_any = is_word.clone().fill_null(lit(false)).cast(DataType::UInt32).sum().cast(DataType::UInt64);
    let counts = collect(raw.lazy().select([col(key.as_str()).null_count().cast(DataType::UInt64).alias("empty"), is_any.alias("words")]))?;
    let n_empty = keys::number(&counts, 0, 0)?;
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    if keys::number(&counts, 1, 0)? > 0 {
        let mut asked = vec![len().alias("rows")];
        asked.extend(by.iter().enumerate().map(|(at, name)| col(name.as_str()).drop_nulls().n_unique().alias(format!("\u{1}{at}"))));
        let worded = collect(raw.lazy().filter(is_word).group_by([keys::spelled(&key, &dtype).alias("key")]).agg(asked))?;
        for (at, word) in worded.column("key")?.str()?.iter().enumerate() {
            let (word, rows) = (word.unwrap_or_default(), keys::number(&worded, 1, at)?);
            let addresses = (0..by.len()).map(|by| keys::number(&worded, by + 2, at)).collect::<Result<Vec<_>, _>>()?;
            let is_one = addresses.iter().all(|n| *n <= 1);
            if !(word == "0" && is_one && counts_from_zero(raw, &key, &dtype, rows)?) {
                found.insert(word.to_owned(), rows);
            }
        }
    }
    // One key with many addresses behind it is no person either.
    let top = raw
        .lazy()
        .limit(200_000)
        .select([keys::spelled(&key, &dtype).alias("key")].into_iter().chain(by.iter().map(|name| col(name.as_str()))).collect::<Vec<_>>());
    let mut asked = vec![len().alias("rows")];
    asked.extend(by.iter().enumerate().map(|(at, name)| col(name.as_str()).drop_nulls().n_unique().alias(format!("\u{1}{at}"))));
    let top = collect(top.filter(col("key").is_not_null()).group_by([col("key")]).agg(asked))?;
    let n_rows: usize = (0..top.height()).map(|at| keys::number(&top, 1, at)).sum::<Result<usize, _>>()?;
    let order = SortMultipleOptions::default().with_order_descending_multi([true, false]);
    let first = top.sort(["rows", "key"], order)?;
    let mut suspicious = None;
    if first.height() > 20 {
        let rows = keys::number(&first, 1, 0)?;
        let name = first.column("key")?.str()?.get(0).unwrap_or_default().to_owned();
        let behind = (0..by.len()).map(|at| keys::number(&first, at + 2, 0)).collect::<Result<Vec<_>, _>>()?;
        let share = rows as f64 / n_rows.max(1) as f64;
        if share >= IMPLAUSIBLE && rows >= 10 && !found.contains_key(&name) {
            match behind.iter().any(|n| *n >= SEVERAL) {
                true => _ = found.insert(name, rows),
                false => suspicious = Some((name, (100.0 * share).round())),
            }
        }
    }
    let mut tell = |text: String| source.decisions.push(Decision { topic: Topic::Person, text });
    if let Some((name, percent)) = suspicious {
        tell(format!(
            "One key of {key}, {name}, has {percent} % of the rows. If it stands for guests or a till, leave its rows out by a health rule."
        ));
    }
    if found.is_empty() && (n_empty == 0 || by.is_empty()) {
        return Ok(());
    }
    let mut words: Vec<String> = found.iter().map(|(word, rows)| format!("{word} ({})", rows_of(*rows))).collect();
    if n_empty > 0 {
        words.push(format!("empty ({})", rows_of(n_empty)));
    }
    let words = words.join(", ");
    match by.first() {
        Some(first) => tell(format!(
            "Where {key} is {words}, customers are guests. They are told apart by {}; who left the address of a known customer is that customer.",
            by.iter().skip(1).fold(first.clone(), |all, next| format!("{all}, then {next}"))
        )),
        None => tell(format!(
            "Where {key} is {words}, customers are guests, and no column tells them apart: their rows belong to nobody and are left out."
        )),
    }
    source.guests = Some(Guests { keys: found.into_keys().collect(), by });
    Ok(())
}

/// Whether 0 is a customer like the others, as where they are numbered from 0: there is a customer 1, and 0 has not many times as many rows as others.
fn counts_from_zero(raw: &Raw, key: &str, dtype: &DataType, rows: usize) -> Result<bool, CustomersError> {
    const MANY_TIMES: f64 = 5.0;
    let spelled = keys::spelled(key, dtype);
    let is_next = spelled.clone().eq(lit("1")).fill_null(lit(false)).cast(DataType::UInt32).sum().cast(DataType::UInt64);
    let n_keys = spelled.clone().n_unique().cast(DataType::UInt64);
    let n_all = spelled.count().cast(DataType::UInt64);
    let counts = collect(raw.lazy().select([is_next.alias("next"), n_keys.alias("keys"), n_all.alias("all")]))?;
    let (next, keys_there, all) = (keys::number(&counts, 0, 0)?, keys::number(&counts, 1, 0)?, keys::number(&counts, 2, 0)?);
    Ok(next > 0 && rows as f64 <= MANY_TIMES * all as f64 / keys_there.max(1) as f64)
}

fn rows_of(n: usize) -> String {
    format!("{} {}", count(n), if n == 1 { "row" } else { "rows" })
}

/// Finds out whether the keys of transactions stand for one order each, with the person behind them in the list of customers.
pub(super) fn people(sources: &mut [UnderstoodSource], sourcing: &Sourcing, raws: &[&Raw]) -> Result<(), CustomersError> {
    let Some(list) = sources.iter().position(|source| source.kind == SourceKind::Customers && source.key.is_some()) else { return Ok(()) };
    let choice = &sourcing.sources[list];
    if matches!(choice.person, Some(None)) {
        return Ok(());
    }
    let Some(list_key) = sources[list].key.clone() else { return Ok(()) };
    for at in 0..sources.len() {
        if at == list || !sources[at].kind.has_days() {
            continue;
        }
        let Some(key) = sources[at].key.clone() else { continue };
        let its = keys::distinct(raws[at], &key)?;
        // Which column of the list has the keys, and which has the people.
        let is_found = sources[at].overlap.as_ref().is_some_and(|overlap| keys::share(overlap) >= 0.5);
        let (joined, person) = if is_found {
            let Some(person) = person_of(&list_key, choice, raws[list])? else { continue };
            let n_orders = n_orders(&sources[at], raws[at])?;
            let is_order = n_orders as f64 <= 1.02 * its.height() as f64;
            if !is_order && choice.person.is_none() {
                continue;
            }
            (list_key.clone(), person)
        } else {
            let mut joined = None;
            for column in raws[list].columns.iter().filter(|column| column.name != list_key && guess::key_score(column) > 0) {
                let known = keys::distinct(raws[list], &column.name)?;
                if known.height() * 50 < raws[list].n_rows * 49 {
                    continue;
                }
                let (_, overlap, _) = keys::best_match(&its, &sources[list].name, &known, Some(KeyMatch::Exact))?;
                if keys::share(&overlap) >= 0.5 {
                    joined = Some(column.name.clone());
                    break;
                }
            }
            let Some(joined) = joined else { continue };
            (joined, list_key.clone())
        };
        let known = keys::distinct(raws[list], &joined)?;
        let with = sources[list].name.clone();
        let (how, overlap, _) = keys::best_match(&its, &with, &known, sourcing.sources[at].key_match)?;
        let n_people = keys::distinct(raws[list], &person)?.height();
        let text = format!(
            "{key} stands for one order each ({} orders, {} keys); {person} of {with} names the person behind it: {} people.",
            count(n_orders(&sources[at], raws[at])?),
            count(its.height()),
            count(n_people)
        );
        let Overlap { n_found, n_keys, .. } = overlap;
        let source = &mut sources[at];
        source.decisions.push(Decision { topic: Topic::Person, text });
        source.key_reason =
            format!("{} of {} keys are found in {joined} of {with}, which leads to {person}.", count(n_found), count(n_keys));
        source.overlap = Some(overlap);
        source.key_match = KeyMatch::Exact;
        source.through = Some(Through { list, key: joined, person: person.clone(), how });
        sources[list].key_match = KeyMatch::Exact;
        if sources[list].key.as_deref() != Some(person.as_str()) {
            sources[list].key_reason = format!("It names people; {list_key} stands for one order each.");
            sources[list].key = Some(person);
        }
    }
    Ok(())
}

/// The column of a list of customers that repeats behind a key which does not.
fn person_of(key: &str, choice: &SourceFile, raw: &Raw) -> Result<Option<String>, CustomersError> {
    if let Some(Some(chosen)) = &choice.person {
        return Ok(raw.column(chosen).map(|column| column.name.clone()));
    }
    if choice.key.is_some() {
        return Ok(None);
    }
    for column in raw.columns.iter().filter(|column| column.name != key && guess::key_score(column) == guess::SURE) {
        let n = keys::distinct(raw, &column.name)?.height();
        if n > 1 && n < raw.n_rows && n * 10 >= raw.n_rows {
            return Ok(Some(column.name.clone()));
        }
    }
    Ok(None)
}

fn n_orders(source: &UnderstoodSource, raw: &Raw) -> Result<usize, CustomersError> {
    match source.fields.get(&Field::Order) {
        Some(order) => keys::number(&collect(raw.lazy().select([col(order.as_str()).n_unique()]))?, 0, 0),
        None => Ok(raw.n_rows),
    }
}

/// Rows with the person in place of a key that stands for one order.
pub(in crate::customers) fn with_people(input: &mut Input, through: &Through, list: &Raw) -> Result<(), CustomersError> {
    const JOINED: &str = "\u{1}joined";
    const PERSON: &str = "\u{1}person";
    let key = input.key()?;
    let dtype = input.dtype(key)?.clone();
    let joined = keys::compared(&through.key, &keys::dtype(list, &through.key)?, through.how).alias(JOINED);
    let person = keys::spelled(&through.person, &keys::dtype(list, &through.person)?).alias(PERSON);
    let people = list.lazy().select([joined, person]).filter(col(JOINED).is_not_null());
    let people = collect(people.unique_stable_generic(Some(vec![col(JOINED)]), UniqueKeepStrategy::First))?;
    let rows = input.rows.clone().with_columns([keys::compared(key, &dtype, through.how).alias(JOINED)]);
    let rows = rows.join(people.lazy(), [col(JOINED)], [col(JOINED)], JoinArgs::new(JoinType::Left));
    let rows = rows.with_columns([coalesce(&[col(PERSON), keys::spelled(key, &dtype)]).alias(key)]);
    input.set_rows(rows.drop(cols([JOINED, PERSON])))
}

/// Rows with what tells guests apart in place of a key that says only "guest"; who belongs to nobody has no key.
pub(in crate::customers) fn with_guests(
    input: &mut Input,
    guests: &Guests,
    lists: &[(&UnderstoodSource, &Raw)],
) -> Result<(), CustomersError> {
    const KEY: &str = "\u{1}key";
    const KNOWN: &str = "\u{1}known";
    let key = input.key()?;
    let dtype = input.dtype(key)?.clone();
    let words = Series::new("words".into(), &guests.keys);
    let plain = keys::spelled(key, &dtype);
    let is_guest = plain.clone().is_null().or(plain.clone().is_in(lit(words).implode(false), false).fill_null(lit(false)));
    let mut rows = input.rows.clone().with_columns([when(is_guest).then(lit(NULL).cast(DataType::String)).otherwise(plain).alias(KEY)]);
    let mut identities = Vec::new();
    for (at, by) in guests.by.iter().enumerate() {
        let (its, known) = (format!("\u{1}identity{at}"), format!("{KNOWN}{at}"));
        let is_phone = input.of.phones.contains(by);
        rows = rows.with_columns([identity(by, input.dtype(by)?, is_phone).alias(its.as_str())]);
        // Whose address it is: in these rows, or in a list of customers that has a column of the same name or kind.
        let here = rows.clone().select([col(its.as_str()), col(KEY).alias(known.as_str())]);
        let mut of = vec![here];
        for (list, raw) in lists {
            let score = if is_phone { guess::PHONE } else { guess::EMAIL };
            let column = raw.columns.iter().find(|column| guess::key_score(column) == score);
            let (Some(column), Some(list_key)) = (column, &list.key) else { continue };
            let address = identity(&column.name, &keys::dtype(raw, &column.name)?, is_phone).alias(its.as_str());
            of.push(raw.lazy().select([address, keys::spelled(list_key, &keys::dtype(raw, list_key)?).alias(known.as_str())]));
        }
        let known_rows = concat(of, UnionArgs::default())?.filter(col(its.as_str()).is_not_null().and(col(known.as_str()).is_not_null()));
        let owners = collect(known_rows.group_by([col(its.as_str())]).agg([col(known.as_str()).min()]))?;
        rows = rows.join(owners.lazy(), [col(its.as_str())], [col(its.as_str())], JoinArgs::new(JoinType::Left));
        identities.push((its, known));
    }
    let known = identities.iter().map(|(_, known)| col(known.as_str()));
    let own = identities.iter().map(|(its, _)| col(its.as_str()));
    let all: Vec<Expr> = std::iter::once(col(KEY)).chain(known).chain(own).collect();
    let rows = rows.with_columns([coalesce(&all).alias(key)]);
    let hidden: Vec<&str> = identities.iter().flat_map(|(its, known)| [its.as_str(), known.as_str()]).chain([KEY]).collect();
    input.set_rows(rows.drop(cols(hidden)))
}

/// An address as it is compared: e-mail addresses in lower case, telephone numbers by their digits.
fn identity(column: &str, dtype: &DataType, is_phone: bool) -> Expr {
    let text = keys::spelled(column, dtype).str().to_lowercase();
    if !is_phone {
        return text;
    }
    let digits = text.str().replace_all(lit("[^0-9]"), lit(""), false);
    when(digits.clone().str().len_chars().gt_eq(lit(5))).then(digits).otherwise(lit(NULL))
}
