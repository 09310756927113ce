//! What is the customer table while rows keep coming? Customers who changed are built again by the very formulas that build everyone.
//!
//! In: how the table is built, with nothing left to be guessed ([`super::frozen`]), and rows as they arrive. Out: the rows of the table of some customers, or of all. There is no incremental form of
//! a formula that anybody may write, and none is needed: a customer's rows are few. So the table after any number of batches, however they were cut, is the one that all rows at once
//! would give at the same snapshot day. A model of one file without formulas is followed too: then a row replaces what its customer's row was.
//!
//! Cost: building the rows of those who changed; memory: all rows. What would make a customer's row hang on other customers' (people behind several keys, guests, several currencies) is refused.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::base::{Ctx, Stopped};
use crate::data::day::IsoDay;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::{Arriving, DataError, Loaded, Raw, Sourcing};

use super::build::build;
use super::error::CustomersError;
use super::rfm;
use super::understand::understand;
use super::understand::understood::Understood;

/// Why rows cannot be followed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LiveError {
    /// The table cannot be built.
    #[error(transparent)]
    Customers(#[from] CustomersError),
    /// The rows cannot be kept.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Something that only a whole table can tell.
    #[error("these segments cannot be followed live: {what}")]
    Cannot {
        /// What, and what to do instead.
        what: String,
    },
}

impl From<Stopped> for LiveError {
    fn from(stopped: Stopped) -> LiveError {
        LiveError::Data(stopped.into())
    }
}

impl LiveError {
    fn cannot(what: impl Into<String>) -> LiveError {
        LiveError::Cannot { what: what.into() }
    }
}

/// A row that can be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveEvent {
    /// The customer, spelled as in the table.
    pub customer: String,
    /// When it happened, in milliseconds since 1970; none where rows have no day.
    pub time: Option<i64>,
    /// Its cells.
    pub cells: Vec<String>,
}

/// The table and what it is made of.
pub struct LiveTable {
    form: Form,
    rows: Arriving,
    key: usize,
    of_customer: BTreeMap<String, Vec<u32>>,
}

enum Form {
    /// Each row is a customer as they are now.
    Rows,
    /// Rows are added up by formulas.
    Built(Box<Recipe>),
}

struct Recipe {
    sourcing: Sourcing,
    /// Its source that keeps coming; the others stay as they are.
    at: usize,
    others: Vec<Option<Raw>>,
    date: usize,
    /// Words of a status that were met: what a new one means is found out again.
    status: Option<usize>,
    currency: Option<usize>,
    seen: BTreeSet<String>,
    understood: Option<Understood>,
    /// By so many of the first rows.
    understood_by: u32,
    /// Keys that say guest: their rows belong to nobody.
    guests: BTreeSet<String>,
}

impl LiveTable {
    /// A table whose rows are what arrives: the last one of each customer, who is named in the column `key`.
    ///
    /// Fails where there is no such column.
    pub fn of_rows(rows: Arriving, key: &str) -> Result<LiveTable, LiveError> {
        let key = rows
            .place(key)
            .ok_or_else(|| LiveError::cannot(format!("there is no column {key} that names the customer; give --key one that does.")))?;
        Ok(LiveTable { form: Form::Rows, rows, key, of_customer: BTreeMap::new() })
    }

    /// A table that is built as `sourcing` says, whose source at the place `at` keeps coming. `others` are the rows of the other sources, by their place.
    ///
    /// Fails where a row of the table would hang on more than its customer's own rows.
    pub fn built(rows: Arriving, sourcing: Sourcing, at: usize, others: Vec<Option<Raw>>) -> Result<LiveTable, LiveError> {
        let source = &sourcing.sources[at];
        let place = |name: Option<&String>, what: &str| {
            let name =
                name.ok_or_else(|| LiveError::cannot(format!("its recipe knows no column of {} that holds {what}.", source.name)))?;
            rows.place(name).ok_or_else(|| LiveError::cannot(format!("the rows that arrive have no column {name}, which holds {what}.")))
        };
        if source.key_match.unwrap_or_default() != KeyMatch::Exact {
            return Err(LiveError::cannot(
                "its customers are compared without regard to how they are spelled; spell them alike in all files and make the model again.",
            ));
        }
        if matches!(source.guests, Some(Some(_))) {
            return Err(LiveError::cannot(
                "guests are told apart by another column, which only whole files can do; set --guests none and make the model again.",
            ));
        }
        let field = |field: Field| source.fields.get(&field).and_then(Option::as_ref);
        let (key, date) = (place(source.key.as_ref(), "the customer")?, place(field(Field::Date), "the day")?);
        let optional = |of: Field| field(of).and_then(|name| rows.place(name));
        let (status, currency) = (optional(Field::Status), optional(Field::Currency).filter(|_| source.money.rates.is_empty()));
        let recipe = Recipe {
            at,
            others,
            date,
            status,
            currency,
            seen: BTreeSet::new(),
            understood: None,
            understood_by: 0,
            guests: BTreeSet::new(),
            sourcing,
        };
        Ok(LiveTable { form: Form::Built(Box::new(recipe)), rows, key, of_customer: BTreeMap::new() })
    }

    /// The rows so far.
    pub fn rows(&self) -> &Arriving {
        &self.rows
    }

    /// Whether every customer's row changes with the day it is counted back from.
    pub fn has_snapshot(&self) -> bool {
        matches!(self.form, Form::Built(_))
    }

    /// Customers with rows.
    pub fn n_customers(&self) -> usize {
        self.of_customer.len()
    }

    /// By how many of the first rows it was found out what the words in them mean: whoever goes on later finds out by the same.
    pub fn understood_by(&self) -> u32 {
        match &self.form {
            Form::Built(recipe) => recipe.understood_by,
            Form::Rows => 0,
        }
    }

    /// Finds out what words mean by the first `n` rows.
    ///
    /// Fails where that takes whole files, and when stopped.
    pub fn understand_by(&mut self, n: u32, ctx: &Ctx) -> Result<(), LiveError> {
        let Form::Built(recipe) = &mut self.form else { return Ok(()) };
        let raw = self.rows.raw_of(&(0..n.min(self.rows.n_rows() as u32)).collect::<Vec<_>>())?;
        recipe.understand(&raw, ctx)?;
        self.of_customer.retain(|customer, _| !recipe.guests.contains(customer));
        Ok(())
    }

    /// What was decided about how the rows are read, about money, people and days, in sentences.
    pub fn told(&self) -> Vec<String> {
        let of_columns = self.rows.notes().iter().cloned();
        let understood = match &self.form {
            Form::Built(recipe) => recipe.understood.as_ref(),
            Form::Rows => None,
        };
        let sources = understood.into_iter().flat_map(|understood| &understood.sources);
        of_columns.chain(sources.flat_map(|source| source.decisions.iter().map(|of| format!("{}: {}", source.name, of.text)))).collect()
    }

    /// When the row happened, in milliseconds since 1970; none where rows have no day, or this one names none.
    pub fn time_of(&self, cells: &[String]) -> Option<i64> {
        match &self.form {
            Form::Rows => None,
            Form::Built(recipe) => self.rows.time(recipe.date, cells.get(recipe.date)?),
        }
    }

    /// What a row says, or why it cannot be counted.
    pub fn event(&self, cells: Vec<String>) -> Result<LiveEvent, (Vec<String>, String)> {
        if let Some(misfit) = self.rows.misfit(&cells) {
            return Err((cells, format!("\u{201c}{}\u{201d} in {} is no {}", misfit.cell, misfit.column, misfit.expected)));
        }
        let Some(customer) = self.rows.name(self.key, &cells[self.key]) else {
            let why = format!("it names no customer in {}", self.rows.names()[self.key]);
            return Err((cells, why));
        };
        let time = match &self.form {
            Form::Rows => None,
            Form::Built(recipe) => match self.rows.time(recipe.date, &cells[recipe.date]) {
                None => {
                    let why = format!("it has no day in {}", self.rows.names()[recipe.date]);
                    return Err((cells, why));
                }
                time => time,
            },
        };
        if let Form::Built(recipe) = &self.form
            && recipe.guests.contains(&customer)
        {
            let why = format!("\u{201c}{customer}\u{201d} in {} says guest and not who", self.rows.names()[self.key]);
            return Err((cells, why));
        }
        Ok(LiveEvent { customer, time, cells })
    }

    /// Takes rows.
    ///
    /// Fails where they are in a second currency without rates.
    pub fn take(&mut self, events: Vec<LiveEvent>) -> Result<(), LiveError> {
        if let Form::Built(recipe) = &mut self.form {
            recipe.meet(&events)?;
        }
        let first = self.rows.n_rows() as u32;
        let (customers, cells): (Vec<String>, Vec<Vec<String>>) = events.into_iter().map(|event| (event.customer, event.cells)).unzip();
        self.rows.push(&cells)?;
        for (row, customer) in (first..).zip(customers) {
            let rows = self.of_customer.entry(customer).or_default();
            if matches!(self.form, Form::Rows) {
                rows.clear();
            }
            rows.push(row);
        }
        Ok(())
    }

    /// The rows of the table of everyone, after finding out anew, by all rows, what the words in them mean.
    ///
    /// Fails as [`LiveTable::table`] does.
    pub fn rows_of_everyone(&mut self, snapshot: Option<IsoDay>, ctx: &Ctx) -> Result<(Loaded, Vec<String>), LiveError> {
        if let Form::Built(recipe) = &mut self.form {
            recipe.understand(&self.rows.raw(), ctx)?;
            self.of_customer.retain(|customer, _| !recipe.guests.contains(customer));
        }
        self.table(None, snapshot, ctx)
    }

    /// The rows of the table of some customers, or of everyone, counted back from a day; with the customer of each row. Nothing was asked of the table as a whole.
    ///
    /// Fails where the table cannot be built, and when stopped.
    pub fn table(
        &mut self,
        of: Option<&BTreeSet<String>>,
        snapshot: Option<IsoDay>,
        ctx: &Ctx,
    ) -> Result<(Loaded, Vec<String>), LiveError> {
        let its = |customer: &String| self.of_customer.get(customer).into_iter().flatten().copied();
        let mut rows: Vec<u32> = match of {
            Some(some) => some.iter().flat_map(its).collect(),
            None => self.of_customer.values().flatten().copied().collect(),
        };
        if matches!(self.form, Form::Rows) {
            let table = self.rows.table_of(&rows, ctx)?;
            let names: Vec<String> = match of {
                Some(some) => some.iter().filter(|customer| self.of_customer.contains_key(*customer)).cloned().collect(),
                None => self.of_customer.keys().cloned().collect(),
            };
            return Ok((Loaded::unprofiled(table), names));
        }
        // As they came, which is how a file of them is read.
        rows.sort_unstable();
        let Form::Built(recipe) = &mut self.form else { return Err(LiveError::cannot("its recipe is missing.")) };
        if recipe.understood.is_none() {
            recipe.understand(&self.rows.raw(), ctx)?;
        }
        // Rows of guests are there and nobody's.
        let raw = if rows.len() < self.rows.n_rows() { self.rows.raw_of(&rows)? } else { self.rows.raw() };
        recipe.build(raw, of, snapshot, ctx)
    }
}

impl Recipe {
    fn meet(&mut self, events: &[LiveEvent]) -> Result<(), LiveError> {
        for event in events {
            if let Some(at) = self.status {
                let word = event.cells[at].trim().to_lowercase();
                if self.seen.insert(word) {
                    self.understood = None;
                }
            }
            if let Some(at) = self.currency {
                let currency = event.cells[at].trim();
                if !currency.is_empty()
                    && self.seen.insert(format!("\u{1}{currency}"))
                    && self.seen.iter().filter(|word| word.starts_with('\u{1}')).count() > 1
                {
                    return Err(LiveError::cannot(format!(
                        "amounts arrive in a second currency, {currency}, and nothing says what it is worth; give --rates and make the model again."
                    )));
                }
            }
        }
        Ok(())
    }

    /// Finds out what the words of the rows mean. What a sample could mislead about is not used.
    fn understand(&mut self, raw: &Raw, ctx: &Ctx) -> Result<(), LiveError> {
        let raws = self.raws(raw.clone());
        let mut understood = understand(&self.sourcing, &raws.iter().collect::<Vec<_>>(), ctx)?;
        if understood.sources.iter().any(|source| source.through.is_some()) {
            return Err(LiveError::cannot(
                "people are found behind several keys, which only whole files can do; set --person none and make the model again.",
            ));
        }
        for source in &mut understood.sources {
            source.is_tidy.clear();
            self.guests.extend(source.guests.take().into_iter().flat_map(|guests| guests.keys));
        }
        self.understood_by = raw.n_rows as u32;
        self.understood = Some(understood);
        Ok(())
    }

    fn raws(&self, coming: Raw) -> Vec<Raw> {
        let mut coming = Some(coming);
        let of = |(at, other): (usize, &Option<Raw>)| if at == self.at { coming.take() } else { other.clone() };
        self.others.iter().enumerate().filter_map(of).collect()
    }

    fn build(
        &self,
        raw: Raw,
        of: Option<&BTreeSet<String>>,
        snapshot: Option<IsoDay>,
        ctx: &Ctx,
    ) -> Result<(Loaded, Vec<String>), LiveError> {
        let Some(understood) = &self.understood else { return Err(LiveError::cannot("its recipe is missing.")) };
        let mut raws = self.raws(raw);
        if let Some(some) = of {
            self.only(&mut raws, understood, some);
        }
        let sourcing = Sourcing { snapshot: snapshot.or(self.sourcing.snapshot), ..self.sourcing.clone() };
        let built = build(&sourcing, understood, &raws.iter().collect::<Vec<_>>(), None, ctx)?;
        let mut table = built.table;
        if sourcing.rfm.enabled {
            match rfm::score(&table, &sourcing.rfm, built.stamp, ctx) {
                Ok(scored) => table.columns.extend(scored.columns(&table)),
                Err(CustomersError::NobodyScored { .. }) => table.columns.extend(rfm::columns_of_nobody(&table)),
                // A table without scores is still a table.
                Err(CustomersError::NoScores { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let customers = (0..table.n_rows).map(|row| table.columns[0].cell(row).into_owned()).collect();
        Ok((Loaded { stamp: built.stamp, ..Loaded::unprofiled(table) }, customers))
    }

    /// Of the other sources whose rows are of customers, those of some customers. Reference data stay whole.
    fn only(&self, raws: &mut [Raw], understood: &Understood, some: &BTreeSet<String>) {
        let names = DataFrame::new(some.len(), vec![Column::new(ONLY.into(), some.iter().map(String::as_str).collect::<Vec<_>>())])
            .unwrap_or_default();
        for (at, (raw, source)) in raws.iter_mut().zip(&understood.sources).enumerate() {
            let is_reference = source.kind == crate::data::SourceKind::Reference;
            let Some(key) = source.key.as_deref().filter(|_| at != self.at && !is_reference) else { continue };
            let by = [col(key).cast(DataType::String)];
            let rows = raw.lazy().join(names.clone().lazy(), by, [col(ONLY)], JoinArgs::new(JoinType::Semi));
            *raw = raw.with_rows(rows);
        }
    }
}

/// A name that no file has.
const ONLY: &str = "\u{1}only";
