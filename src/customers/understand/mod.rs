//! What does each source hold? Its kind, the column that joins it, and which column plays which part, guessed from names and values.
//!
//! In: the choices and the sources. Out: a decision for everything the choices leave open, with its reason. O(columns), and one pass over
//! the keys where there are several sources.
//!
//! `understood` is the answer. `guess` goes by the names of columns, `keys` and `lookup` by what stands in them; `shapes` are exports of known shops, `listing`
//! asks whether what was opened as customers is a list of what they did. What decides money and people is found in whole orders: `money` (`status` by its words) and `identity`. `rows`
//! gives every file the same columns, `span` says up to which day they reach, and `freshness` how old they are.

pub(super) mod freshness;
mod guess;
pub(super) mod identity;
pub(super) mod keys;
pub(super) mod listing;
mod lookup;
mod money;
pub(super) mod rows;
mod shapes;
pub(super) mod span;
pub(super) mod status;
pub(super) mod understood;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::base::Ctx;
use crate::base::text::count;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::table::Kind;
use crate::data::{Raw, SourceFile, SourceKind, Sourcing, name_words};

use super::error::CustomersError;

use keys::collect;
use understood::{Decision, Paid, Topic, Understood, UnderstoodSource};

/// Values of a field that are remembered.
const COMMON: IdxSize = 50;
/// Rows in which marks of returns are looked for.
const LOOKED_AT: IdxSize = 100_000;
/// A column with more words than these is no status.
const MOST_STATUSES: usize = 40;
/// A column whose name says nothing is a key where at least this share of its values is found among the customers' keys.
const KEY_BY_VALUES: f64 = 0.5;

/// Decides everything the choices leave open.
pub fn understand(sourcing: &Sourcing, raws: &[&Raw], ctx: &Ctx) -> Result<Understood, CustomersError> {
    let mut sources = Vec::with_capacity(raws.len());
    for (source, raw) in sourcing.sources.iter().zip(raws) {
        ctx.check()?;
        sources.push(kind_and_key(source, raw)?);
    }
    meet(&mut sources, sourcing, raws, ctx)?;
    for (source, (choice, raw)) in sources.iter_mut().zip(sourcing.sources.iter().zip(raws)) {
        ctx.check()?;
        fields(source, choice, raw)?;
    }
    identity::people(&mut sources, sourcing, raws)?;
    for at in 0..sources.len() {
        ctx.check()?;
        if sources[at].kind == SourceKind::Reference {
            lookup::find(&mut sources, at, &sourcing.sources[at], raws)?;
        }
    }
    for at in 0..sources.len() {
        ctx.check()?;
        let (choice, raw) = (&sourcing.sources[at], raws[at]);
        match sources[at].kind {
            SourceKind::Transactions => {
                money::decide(&mut sources[at], raw, &choice.money)?;
                paid_for(&mut sources, at, choice, raws);
            }
            SourceKind::Events => {}
            SourceKind::Customers | SourceKind::Survey | SourceKind::Reference => continue,
        }
        identity::guests(&mut sources[at], choice, raw)?;
    }
    Ok(Understood { sources })
}

fn kind_and_key(source: &SourceFile, raw: &Raw) -> Result<UnderstoodSource, CustomersError> {
    let filled = filled(raw)?;
    let guessed = guess::key(&raw.columns, &|name| filled.get(name).copied().unwrap_or(0.0));
    let chosen = source.key.as_deref().filter(|name| raw.column(name).is_some());
    let key = chosen.map(|name| (name, guess::SURE)).or_else(|| guessed.as_ref().map(|(column, score, _)| (column.name.as_str(), *score)));
    let (kind, kind_reason) = match (source.kind, key) {
        (Some(kind), _) => (kind, "You said so.".to_owned()),
        (None, Some((name, _))) => guess::kind(&raw.columns, key, rows_per_key(raw, name)?),
        (None, None) => guess::kind(&raw.columns, None, 1.0),
    };
    // What is looked up is no customer: reference data get their key when the others are known.
    let named = if kind == SourceKind::Reference && chosen.is_none() { None } else { key.map(|(name, _)| name.to_owned()) };
    let key_reason = match (chosen, guessed) {
        (Some(_), _) => "You said so.".to_owned(),
        (None, Some((.., reason))) => reason,
        (None, None) => "No column's name tells customers apart.".to_owned(),
    };
    let others = named.as_deref().map_or_else(Vec::new, |key| guess::other_identities(&raw.columns, key));
    let others: Vec<(String, u8)> = others.into_iter().filter(|(name, _)| filled.get(name).is_some_and(|share| *share > 0.0)).collect();
    let phones = others.iter().filter(|(_, score)| *score == guess::PHONE).map(|(name, _)| name.clone()).collect();
    let identities = others.into_iter().map(|(name, _)| name).collect();
    // One person writes an e-mail address in several ways.
    let is_address = named.as_deref().and_then(|key| raw.column(key)).is_some_and(|column| guess::key_score(column) == guess::EMAIL);
    let usual = if is_address { KeyMatch::IgnoreCase } else { KeyMatch::default() };
    Ok(UnderstoodSource {
        name: source.name.clone(),
        kind,
        kind_reason,
        key: named,
        key_reason,
        key_match: source.key_match.unwrap_or(usual),
        looked_up_by: None,
        fields: BTreeMap::new(),
        overlap: None,
        common: BTreeMap::new(),
        levels: BTreeMap::new(),
        is_tidy: BTreeSet::new(),
        has_time: false,
        money: None,
        identities,
        phones,
        guests: None,
        through: None,
        decisions: Vec::new(),
    })
}

/// Transactions without amounts of their own take those that a source lists per order, such as payments.
fn paid_for(sources: &mut [UnderstoodSource], at: usize, choice: &SourceFile, raws: &[&Raw]) {
    let fields = &sources[at].fields;
    let Some(order) = fields.get(&Field::Order).cloned() else { return };
    if fields.contains_key(&Field::Amount) || fields.contains_key(&Field::UnitPrice) || choice.fields.contains_key(&Field::Amount) {
        return;
    }
    let name = sources[at].name.clone();
    for place in 0..sources.len() {
        let source = &sources[place];
        let is_of_orders =
            source.kind == SourceKind::Reference && source.looked_up_by.as_ref().is_some_and(|(of, by)| *of == name && *by == order);
        let Some(key) = source.key.clone().filter(|_| is_of_orders) else { continue };
        let columns = &raws[place].columns;
        let amount = [Field::Amount, Field::UnitPrice].into_iter().find_map(|field| guess::field_by_name(columns, field, Some(&key), &[]));
        let Some(amount) = amount.filter(|amount| raws[at].column(amount).is_none()) else { continue };
        let text = format!("Amounts are {amount} of {}, added up per order by {key}, since {name} has none of its own.", source.name);
        let transactions = &mut sources[at];
        transactions.fields.insert(Field::Amount, amount.clone());
        transactions.decisions.push(Decision { topic: Topic::Money, text });
        if let Some(money) = &mut transactions.money {
            money.amount = crate::data::sourcing::AmountIs::PerOrder;
            money.paid = Some(Paid { source: place, order: key, amount });
        }
        return;
    }
}

/// The share of the first rows in which a column has a value.
fn filled(raw: &Raw) -> Result<BTreeMap<String, f64>, CustomersError> {
    let looked = raw.lazy().limit(LOOKED_AT);
    let counts = raw.columns.iter().map(|column| col(column.name.as_str()).count().cast(DataType::UInt64));
    let counts = collect(looked.select(counts.collect::<Vec<_>>()))?;
    let n = raw.n_rows.min(LOOKED_AT as usize).max(1) as f64;
    raw.columns.iter().enumerate().map(|(at, column)| Ok((column.name.clone(), keys::number(&counts, at, 0)? as f64 / n))).collect()
}

fn rows_per_key(raw: &Raw, key: &str) -> Result<f64, CustomersError> {
    let counts = collect(raw.lazy().select([col(key).count().alias("rows"), col(key).n_unique().alias("keys")]))?;
    Ok(keys::number(&counts, 0, 0)? as f64 / keys::number(&counts, 1, 0)?.max(1) as f64)
}

/// Compares the keys of all sources with those of the one that lists customers, and finds keys whose names say nothing.
fn meet(sources: &mut [UnderstoodSource], sourcing: &Sourcing, raws: &[&Raw], ctx: &Ctx) -> Result<(), CustomersError> {
    let is_keyed = |source: &UnderstoodSource| source.kind != SourceKind::Reference;
    let of = |kind: SourceKind| sources.iter().position(|source| source.kind == kind && source.key.is_some());
    let order = [SourceKind::Customers, SourceKind::Transactions, SourceKind::Events, SourceKind::Survey];
    let Some(anchor) = order.into_iter().find_map(of) else { return Ok(()) };
    if sources.iter().filter(|source| is_keyed(source)).count() < 2 {
        return Ok(());
    }
    let Some(anchor_key) = sources[anchor].key.clone() else { return Ok(()) };
    let known = keys::distinct(raws[anchor], &anchor_key)?;
    let with = sources[anchor].name.clone();
    let mut loosest = sources[anchor].key_match;
    for at in (0..sources.len()).filter(|at| *at != anchor) {
        ctx.check()?;
        if !is_keyed(&sources[at]) {
            continue;
        }
        let choice = &sourcing.sources[at];
        let mut best = None;
        if let Some(key) = &sources[at].key {
            let its = keys::distinct(raws[at], key)?;
            best = Some((key.clone(), keys::best_match(&its, &with, &known, choice.key_match)?, its));
        }
        let is_good = best.as_ref().is_some_and(|(_, (_, overlap, _), _)| keys::share(overlap) >= KEY_BY_VALUES);
        if choice.key.is_none() && !is_good {
            // The name misled or said nothing: the values decide.
            for column in raws[at].columns.iter().filter(|column| column.kind != Kind::Date) {
                ctx.check()?;
                if Some(&column.name) == sources[at].key.as_ref() || keys::dtype(raws[at], &column.name)?.is_float() {
                    continue;
                }
                let its = keys::distinct(raws[at], &column.name)?;
                let found = keys::best_match(&its, &with, &known, choice.key_match)?;
                let so_far = best.as_ref().map_or(0.0, |(_, (_, overlap, _), _)| keys::share(overlap));
                if keys::share(&found.1) >= KEY_BY_VALUES && keys::share(&found.1) > so_far {
                    let why = format!("{} of its {} values are customers of {with}.", count(found.1.n_found), count(found.1.n_keys));
                    sources[at].key_reason = why;
                    best = Some((column.name.clone(), found, its));
                }
            }
        }
        let Some((key, (how, overlap, why), its)) = best else { continue };
        let source = &mut sources[at];
        if overlap.n_found == 0 && overlap.n_keys > 0 {
            source.key_reason = format!(
                "No {key} of {} ({}) is a {anchor_key} of {with} ({}). Choose other keys on the Data page, or compare them by their digits alone.",
                source.name,
                keys::examples(&its)?,
                keys::examples(&known)?
            );
        } else if let Some(why) = why {
            source.key_reason = format!("{} {why}", source.key_reason);
        }
        loosest = loosest.max(how);
        (source.key, source.key_match, source.overlap) = (Some(key), how, Some(overlap));
    }
    sources[anchor].key_match = loosest;
    Ok(())
}

/// Whether the values of a column can play the part its name speaks of.
fn plays(field: Field, name: &str, raw: &Raw, schema: &Schema) -> Result<bool, CustomersError> {
    let Some(dtype) = schema.get(name) else { return Ok(false) };
    let looked = raw.lazy().limit(LOOKED_AT);
    let count = |test: Expr| -> Result<usize, CustomersError> {
        let test = test.fill_null(lit(false)).cast(DataType::UInt32).sum().cast(DataType::UInt64);
        keys::number(&collect(looked.clone().select([test]))?, 0, 0)
    };
    let is_flag = |count: &dyn Fn(Expr) -> Result<usize, CustomersError>| -> Result<bool, CustomersError> {
        Ok(count(col(name).neq(lit(0)).and(col(name).neq(lit(1))))? == 0)
    };
    Ok(match field {
        // A flag of 0 and 1 marks rows; any other number is money.
        Field::Refund => !is_flag(&count)? || name_words(name).iter().any(|word| ["amount", "total", "betrag"].contains(&word.as_str())),
        Field::Returned if dtype.is_primitive_numeric() => is_flag(&count)?,
        Field::Returned if *dtype == DataType::String => match status::marks(name, dtype) {
            Some(marks) => count(marks)? > 0,
            None => false,
        },
        // A column of US states is no status: most of its words must be known.
        Field::Status => {
            let levels = collect(
                looked
                    .select([status::status_of(name).alias("level")])
                    .filter(col("level").is_not_null())
                    .group_by([col("level")])
                    .agg([len().alias("rows")]),
            )?;
            let (mut known, mut all) = (0, 0);
            for (at, level) in levels.column("level")?.str()?.iter().enumerate() {
                let rows = keys::number(&levels, 1, at)?;
                all += rows;
                known += if status::means(level.unwrap_or_default()).is_some() { rows } else { 0 };
            }
            levels.height() <= MOST_STATUSES && known * 2 > all
        }
        _ => true,
    })
}

/// Says which of several days is the one that counts.
fn told_day(source: &mut UnderstoodSource, choice: &SourceFile, raw: &Raw) {
    let Some(date) = source.fields.get(&Field::Date) else { return };
    let others: Vec<&str> =
        raw.columns.iter().filter(|column| column.kind == Kind::Date && column.name != *date).map(|column| column.name.as_str()).collect();
    if others.is_empty() {
        return;
    }
    let why = match (choice.fields.contains_key(&Field::Date), shapes::of(&raw.columns)) {
        (true, _) => "You said so".to_owned(),
        (false, Some(shape)) if shape.field(Field::Date).is_some() => format!("So it is in {} exports", shape.name),
        _ => "When something was ordered counts before when it was sent or changed".to_owned(),
    };
    let text = format!("{date} is the day of a row. {why}; there are also {}.", others.join(", "));
    source.decisions.push(Decision { topic: Topic::Day, text });
}

/// Says that a column is called a status and that nothing is known of its words, so that cancelled orders may be among what counts.
fn told_status(source: &mut UnderstoodSource, choice: &SourceFile, raw: &Raw, schema: &Schema) -> Result<(), CustomersError> {
    let is_asked = source.kind == SourceKind::Transactions && !choice.fields.contains_key(&Field::Status);
    if !is_asked || source.fields.contains_key(&Field::Status) {
        return Ok(());
    }
    let is_taken = |name: &str| source.fields.values().any(|taken| taken == name) || source.key.as_deref() == Some(name);
    for column in raw.columns.iter().filter(|column| column.kind != Kind::Date && !is_taken(&column.name)) {
        // "state" alone is a place as often as a status.
        let is_status = name_words(&column.name).iter().any(|word| word.ends_with("status") || word == "statut");
        if !is_status || !schema.contains(&column.name) {
            continue;
        }
        let levels = raw.lazy().limit(LOOKED_AT).select([status::status_of(&column.name).alias("level")]);
        let levels = collect(levels.filter(col("level").is_not_null()).unique(None, UniqueKeepStrategy::Any))?;
        if (2..=MOST_STATUSES).contains(&levels.height()) {
            let text = format!(
                "{name} may say what became of an order, but what its values mean is not known, so all rows count. If it does, choose it under                  Status and say which values count.",
                name = column.name
            );
            source.decisions.push(Decision { topic: Topic::Money, text });
        }
    }
    Ok(())
}

fn fields(source: &mut UnderstoodSource, choice: &SourceFile, raw: &Raw) -> Result<(), CustomersError> {
    let mut rows = raw.lazy();
    let schema = rows.collect_schema()?;
    let filled = filled(raw)?;
    let empty: Vec<&str> = filled.iter().filter(|(_, share)| **share == 0.0).map(|(name, _)| name.as_str()).collect();
    for &field in Field::of(source.kind) {
        let column = match choice.fields.get(&field) {
            Some(chosen) => chosen.clone().filter(|name| raw.column(name).is_some()),
            None => {
                let taken = source.fields.get(&Field::Refund).or(source.fields.get(&Field::Status)).into_iter().map(String::as_str);
                let not: Vec<&str> =
                    empty.iter().copied().chain(taken.filter(|_| matches!(field, Field::Returned | Field::Status))).collect();
                let column = guess::field_by_name(&raw.columns, field, source.key.as_deref(), &not);
                let means = |name: &String| plays(field, name, raw, &schema);
                match column.as_ref().map(means).transpose()? {
                    Some(true) => column,
                    _ => None,
                }
            }
        };
        source.fields.extend(column.map(|column| (field, column)));
    }
    told_day(source, choice, raw);
    told_status(source, choice, raw, &schema)?;
    // A price per piece next to the amount of the row is no amount of its own.
    let open = |field: Field| !choice.fields.contains_key(&field);
    if open(Field::Category) && source.fields.get(&Field::Category).is_some_and(|name| schema.get(name).is_some_and(DataType::is_float)) {
        source.fields.remove(&Field::Category);
    }
    if open(Field::Returned)
        && !source.fields.contains_key(&Field::Returned)
        && let Some(order) = source.fields.get(&Field::Order).cloned()
        && schema.get(&order) == Some(&DataType::String)
    {
        let like = |pattern: &str| col(order.as_str()).str().contains(lit(pattern), false).sum();
        let looked = rows.limit(LOOKED_AT).select([like("^[Cc][0-9]+$").alias("returns"), like("^[0-9]+$").alias("orders")]).collect()?;
        let (returns, orders) = (keys::number(&looked, 0, 0)?, keys::number(&looked, 1, 0)?);
        // Where every order begins with C, the letter says nothing.
        if returns > 0 && returns < orders {
            source.fields.insert(Field::Returned, order);
        }
    }
    source.has_time = source.fields.get(&Field::Date).is_some_and(|name| matches!(schema.get(name), Some(DataType::Datetime(..))));
    for field in [Field::Channel, Field::Device, Field::Currency, Field::Event, Field::Category] {
        let Some(name) = source.fields.get(&field).cloned() else { continue };
        let Some(dtype) = schema.get(&name) else { continue };
        let cells = raw.lazy().select([col(name.as_str()).alias("cell")]).group_by([col("cell")]).agg([len().alias("rows")]);
        let levels = collect(cells)?.lazy().select([col("cell"), keys::spelled("cell", dtype).alias("level"), col("rows")]).collect()?;
        if *dtype == DataType::String && levels.column("cell")?.str()?.iter().eq(levels.column("level")?.str()?.iter()) {
            source.is_tidy.insert(field);
        }
        let levels = levels.lazy().filter(col("level").is_not_null()).group_by([col("level")]).agg([col("rows").sum()]);
        let order = SortMultipleOptions::default().with_order_descending_multi([true, false]);
        let levels = levels.sort(["rows", "level"], order).limit(COMMON).collect()?;
        let levels = levels.column("level")?.str()?.iter().flatten().map(str::to_owned).collect();
        source.common.insert(field, levels);
    }
    Ok(())
}
