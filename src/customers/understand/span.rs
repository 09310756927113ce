//! Up to which day, and which rows cannot be used? One pass over the keys and days of every source that has days.
//!
//! In: transactions and events. Out: the snapshot day and a note for every kind of row that is left out.

use polars::prelude::*;

use crate::base::text::count;
use crate::base::{Ctx, Note};
use crate::customers::error::CustomersError;
use crate::data::SourceKind;
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;

use super::keys::{self, collect};
use super::rows::{Input, KeyType, day};

/// The last days of some rows.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    /// Of those that are not in the future.
    believed: Option<i32>,
    /// Of all.
    any: Option<i32>,
}

impl Last {
    fn of(counts: &DataFrame) -> Result<Last, CustomersError> {
        let day = |name: &str| -> Result<Option<i32>, CustomersError> { Ok(counts.column(name)?.get(0)?.extract()) };
        Ok(Last { believed: day("believed")?, any: day("last")? })
    }

    fn with(self, other: Last) -> Last {
        Last { believed: self.believed.max(other.believed), any: self.any.max(other.any) }
    }
}

/// The last day of all rows, and of those up to `today`: a day further on in some time zone is today still.
fn lasts(when: Expr, today: Option<IsoDay>) -> [Expr; 2] {
    let number = |day: Expr| day.max().to_physical().cast(DataType::Int32);
    let believed = match today {
        Some(today) => when.clone().filter(when.clone().lt_eq(day(IsoDay(today.0 + 1)))),
        None => when.clone(),
    };
    [number(believed).alias("believed"), number(when).alias("last")]
}

/// The snapshot day: as it was chosen, else the day after the last row that is not in the future; `None` where no source has days.
pub(in crate::customers) fn snapshot(
    inputs: &[&Input],
    chosen: Option<IsoDay>,
    today: Option<IsoDay>,
) -> Result<Option<IsoDay>, CustomersError> {
    if chosen.is_some() {
        return Ok(chosen);
    }
    let mut last = Last::default();
    for input in inputs {
        last = last.with(Last::of(&collect(input.rows.clone().select(lasts(input.day()?, today)))?)?);
    }
    day_after(inputs, chosen, last)
}

/// The snapshot day as [`snapshot`] tells it, and what is left out of the rows of every source, in sentences. One pass over each source.
pub(in crate::customers) fn snapshot_and_left_out(
    inputs: &[&Input],
    chosen: Option<IsoDay>,
    today: Option<IsoDay>,
    keys: KeyType,
    currency: Option<&str>,
    ctx: &Ctx,
) -> Result<(Option<IsoDay>, Vec<Note>), CustomersError> {
    let mut last = Last::default();
    let mut notes = Vec::new();
    for input in inputs {
        ctx.check()?;
        let currency = currency.filter(|_| input.of.kind == SourceKind::Transactions);
        let counts = counts(input, chosen, today, keys, currency)?;
        last = last.with(Last::of(&counts)?);
        notes.extend(left_out(input, &counts, chosen, currency)?);
    }
    let snapshot = day_after(inputs, chosen, last)?;
    if let (None, Some(snapshot), Some(any)) = (chosen, snapshot, last.any)
        && any >= snapshot.0
    {
        for input in inputs {
            let late = input.day()?.gt_eq(day(snapshot));
            let n = keys::number(&collect(input.rows.clone().select([late.fill_null(lit(false)).sum()]))?, 0, 0)?;
            if n > 0 {
                let (rows, are) = if n == 1 { ("row", "is") } else { ("rows", "are") };
                notes.push(Note::new(format!(
                    "{} {rows} of {} {are} in the future (up to {}) and left out; the snapshot is the day after the last row before.",
                    count(n),
                    input.of.name,
                    IsoDay(any)
                )));
            }
        }
    }
    Ok((snapshot, notes))
}

fn day_after(inputs: &[&Input], chosen: Option<IsoDay>, last: Last) -> Result<Option<IsoDay>, CustomersError> {
    match (inputs.first(), last.believed.or(last.any)) {
        _ if chosen.is_some() => Ok(chosen),
        (Some(input), None) => Err(CustomersError::NoDate { source_name: input.of.name.clone() }),
        (_, last) => Ok(last.map(|last| IsoDay(last + 1))),
    }
}

/// One row: how many rows cannot be used and why, and the last day.
fn counts(
    input: &Input,
    chosen: Option<IsoDay>,
    today: Option<IsoDay>,
    keys: KeyType,
    currency: Option<&str>,
) -> Result<DataFrame, CustomersError> {
    let when = input.day()?;
    let has_customer = match keys {
        KeyType::Whole => col(input.key()?).is_not_null(),
        KeyType::Text(_) => input.customer(keys)?.is_not_null(),
    };
    let is_converted = input.of.money.as_ref().is_some_and(|money| !money.rates.is_empty());
    let its = input.text(Field::Currency).filter(|_| currency.is_some() && !is_converted);
    let other = its.zip(currency).map_or(lit(false), |(its, common)| its.neq(lit(common)).fill_null(lit(true)));
    // Counted to the day after the last one, nothing is late.
    let late = chosen.map_or(lit(false), |chosen| when.clone().gt(day(chosen)));
    let [believed, last] = lasts(when.clone(), today);
    collect(input.rows.clone().select([
        has_customer.clone().not().sum().alias("no customer"),
        has_customer.and(when.clone().is_null()).sum().alias("no day"),
        late.sum().alias("late"),
        other.sum().alias("other currency"),
        believed,
        last,
    ]))
}

fn left_out(input: &Input, counts: &DataFrame, chosen: Option<IsoDay>, currency: Option<&str>) -> Result<Vec<Note>, CustomersError> {
    let mut notes = Vec::new();
    let mut tell = |column: usize, what: &str| -> Result<(), CustomersError> {
        let n = keys::number(counts, column, 0)?;
        if n > 0 {
            let (rows, are) = if n == 1 { ("row", "is") } else { ("rows", "are") };
            notes.push(Note::new(what.replace("{rows}", &format!("{} {rows} of {}", count(n), input.of.name)).replace("{are}", are)));
        }
        Ok(())
    };
    tell(0, &format!("{{rows}} {{are}} left out: no customer in {}.", input.key()?))?;
    tell(1, &format!("{{rows}} {{are}} left out: no day in {}.", input.field(Field::Date).unwrap_or("the date")))?;
    if let Some(snapshot) = chosen {
        tell(2, &format!("{{rows}} {{are}} after the snapshot {snapshot} and left out; choose a later snapshot to count them."))?;
    }
    if let Some(common) = currency {
        let way = "convert the others in the file, or say on the Data page that no column holds the currency";
        tell(
            3,
            &format!("{{rows}} {{are}} not in {common}; different currencies are not added up, so their amounts are left out: {way}."),
        )?;
    }
    Ok(notes)
}
