//! What does each source hold? Its kind, the column that joins it, and which column plays which part, guessed from names and values.
//!
//! In: the choices and the sources. Out: a decision for everything the choices leave open, with its reason. O(columns), and one pass over
//! the keys where there are several sources.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::base::Ctx;
use crate::base::text::count;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::table::Kind;
use crate::data::{Raw, SourceFile, SourceKind, Sourcing};

use super::error::CustomersError;
use super::guess;
use super::keys::{self, collect};
use super::lookup;

/// What every source holds, in the order of the choices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understood {
    /// One a source.
    pub sources: Vec<UnderstoodSource>,
}

impl Understood {
    /// Whether transactions have product groups.
    pub(super) fn has_categories(&self) -> bool {
        self.sources.iter().any(|source| source.kind == SourceKind::Transactions && source.fields.contains_key(&Field::Category))
    }
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
    /// The values of channel, device, currency, event and category, the commonest first; at most fifty.
    pub common: BTreeMap<Field, Vec<String>>,
    /// Reference data looked up by transactions: its columns of few values, the commonest first, that transactions can be told apart by.
    pub levels: BTreeMap<String, Vec<String>>,
    /// Those of these fields whose cells are text without anything to strip.
    pub is_tidy: BTreeSet<Field>,
    /// Whether its days have times of day.
    pub has_time: bool,
}

/// How the keys of a source meet those of the customers. Of reference data: how the values that are looked up meet its keys.
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

/// Values of a field that are remembered.
const COMMON: IdxSize = 50;
/// Rows in which marks of returns are looked for.
const LOOKED_AT: IdxSize = 100_000;
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
    for at in 0..sources.len() {
        ctx.check()?;
        if sources[at].kind == SourceKind::Reference {
            lookup::find(&mut sources, at, &sourcing.sources[at], raws)?;
        }
    }
    Ok(Understood { sources })
}

fn kind_and_key(source: &SourceFile, raw: &Raw) -> Result<UnderstoodSource, CustomersError> {
    let guessed = guess::key(raw);
    let chosen = source.key.as_deref().filter(|name| raw.column(name).is_some());
    let key = chosen.map(|name| (name, 4)).or_else(|| guessed.as_ref().map(|(column, score, _)| (column.name.as_str(), *score)));
    let (kind, kind_reason) = match (source.kind, key) {
        (Some(kind), _) => (kind, "You said so.".to_owned()),
        (None, Some((name, _))) => guess::kind(raw, key, rows_per_key(raw, name)?),
        (None, None) => guess::kind(raw, None, 1.0),
    };
    // What is looked up is no customer: reference data get their key when the others are known.
    let named = if kind == SourceKind::Reference && chosen.is_none() { None } else { key.map(|(name, _)| name.to_owned()) };
    let key_reason = match (chosen, guessed) {
        (Some(_), _) => "You said so.".to_owned(),
        (None, Some((.., reason))) => reason,
        (None, None) => "No column's name tells customers apart.".to_owned(),
    };
    Ok(UnderstoodSource {
        name: source.name.clone(),
        kind,
        kind_reason,
        key: named,
        key_reason,
        key_match: source.key_match.unwrap_or_default(),
        looked_up_by: None,
        fields: BTreeMap::new(),
        overlap: None,
        common: BTreeMap::new(),
        levels: BTreeMap::new(),
        is_tidy: BTreeSet::new(),
        has_time: false,
    })
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

fn fields(source: &mut UnderstoodSource, choice: &SourceFile, raw: &Raw) -> Result<(), CustomersError> {
    let mut rows = raw.lazy();
    let schema = rows.collect_schema()?;
    for &field in Field::of(source.kind) {
        let column = match choice.fields.get(&field) {
            Some(chosen) => chosen.clone().filter(|name| raw.column(name).is_some()),
            None => guess::field_by_name(raw, field, source.key.as_deref()),
        };
        source.fields.extend(column.map(|column| (field, column)));
    }
    // A price a piece next to the amount of the row is no amount of its own.
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
