//! Which rows lie between two days, and what if each customer's own orders had come out otherwise?
//!
//! In: sources as they were understood, and days. Out: the same sources with fewer rows, lazily; or with the orders of some customers drawn anew. Sources whose
//! rows have no days, such as lists of customers, stay as they are: what they say is of today, whatever the day. O(rows).
//!
//! Orders are drawn anew per customer (ours, after the bootstrap of B. Efron 1979): the first purchase stays, as nobody's birth is chance; days between two purchases
//! are drawn with replacement from the customer's own, the open one up to the last day among them, until that day is passed; each purchase has all rows of one of
//! the customer's own, drawn with replacement, on the nearest day of its weekday. So whoever buys regularly goes on to, and whoever bought once did so then. The
//! number of purchases is right on average: n days between purchases add up to the whole span.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rayon::prelude::*;

use crate::base::Ctx;
use crate::base::seed::{self, RngExt};
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;
use crate::data::{Raw, SourceKind};

use super::error::CustomersError;
use super::understand::keys::collect;
use super::understand::rows::{Input, day};
use super::understand::understood::{Understood, UnderstoodSource};

const SALT: u64 = 0x5265_6472_6177_6e21;
/// Keys that are read as texts at a time.
const KEYS_AT_ONCE: usize = 1 << 16;
/// Days that a drawn purchase is moved back by. No file has a column of this name.
const MOVED: &str = "\u{1}moved";
/// Which purchase drawn again a row belongs to; 0 where it is the first.
const AGAIN: &str = "\u{1}again";

/// The first and the last day of all transactions that are not after `today`; none where there are none.
pub fn bought_between(understood: &Understood, raws: &[&Raw], today: Option<IsoDay>) -> Result<Option<(IsoDay, IsoDay)>, CustomersError> {
    let mut found: Option<(i32, i32)> = None;
    for (of, raw) in understood.sources.iter().zip(raws).filter(|(of, _)| of.kind == SourceKind::Transactions) {
        let input = Input::new(of, raw)?;
        let when = input.day()?;
        let rows = match today {
            Some(today) => input.rows.clone().filter(when.clone().lt_eq(day(today))),
            None => input.rows.clone(),
        };
        let number = |of: Expr| of.to_physical().cast(DataType::Int32);
        let ends = collect(rows.select([number(when.clone().min()).alias("first"), number(when.max()).alias("last")]))?;
        let at = |name: &str| -> Result<Option<i32>, CustomersError> { Ok(ends.column(name)?.get(0)?.extract()) };
        if let (Some(first), Some(last)) = (at("first")?, at("last")?) {
            found = Some(found.map_or((first, last), |known| (known.0.min(first), known.1.max(last))));
        }
    }
    Ok(found.map(|(first, last)| (IsoDay(first), IsoDay(last))))
}

/// The sources with the rows after the day `after`, where one is given, up to and with the day `until`.
pub fn rows_between(understood: &Understood, raws: &[&Raw], after: Option<IsoDay>, until: IsoDay) -> Result<Vec<Raw>, CustomersError> {
    let between = |(of, raw): (&UnderstoodSource, &&Raw)| {
        if !of.kind.has_days() {
            return Ok((*raw).clone());
        }
        let input = Input::new(of, raw)?;
        let when = input.day()?;
        let up_to = when.clone().lt_eq(day(until));
        let is_in = after.map_or(up_to.clone(), |after| up_to.and(when.gt(day(after))));
        Ok(raw.with_rows(input.rows.filter(is_in)))
    };
    understood.sources.iter().zip(raws).map(between).collect()
}

/// The sources with the orders of some customers alone: those whose number is below `share` of all numbers, as [`Redrawing::new`] takes them. What it leaves as it is are sources of
/// other kinds, and orders whose key does not say whose they are. Who draws on several days finds the few customers among all orders once.
pub fn orders_of_some(understood: &Understood, raws: &[&Raw], share: f64, ctx: &Ctx) -> Result<Vec<Raw>, CustomersError> {
    let of_some = |(of, raw): (&UnderstoodSource, &&Raw)| {
        ctx.check()?;
        if of.kind != SourceKind::Transactions || of.through.is_some() || of.guests.is_some() {
            return Ok((*raw).clone());
        }
        let input = Input::new(of, raw)?;
        let keys = collect(input.rows.clone().select([col(input.key()?)]))?;
        let is_some: BooleanChunked =
            numbers_of(&keys)?.iter().map(|number| number.is_some_and(|number| takes_part(number, share))).collect();
        let rows = collect(input.rows)?.filter(&is_some)?;
        Ok(raw.with_rows(rows.lazy()))
    };
    understood.sources.iter().zip(raws).map(of_some).collect()
}

/// Sources in which the orders of some customers can be drawn anew any number of times.
pub struct Redrawing {
    sources: Vec<Option<Bought>>,
    raws: Vec<Raw>,
}

/// The transactions of the customers who take part.
struct Bought {
    rows: DataFrame,
    date: String,
    order: Option<String>,
    columns: Vec<String>,
    /// The last day.
    until: i32,
    /// Per customer by a number that names them, per day the rows.
    of_customer: BTreeMap<u32, BTreeMap<i32, Vec<IdxSize>>>,
}

impl Redrawing {
    /// Of rows that are cut already and end with the day `until`, the customers whose number is below `share` of all numbers; everybody where it is 1. None where a row's key does not say
    /// whose it is, as with guests and with keys that stand for one order each: then a customer's own orders cannot be told.
    pub fn new(understood: &Understood, raws: &[Raw], until: IsoDay, share: f64, ctx: &Ctx) -> Result<Option<Redrawing>, CustomersError> {
        let mut sources = Vec::with_capacity(raws.len());
        for (of, raw) in understood.sources.iter().zip(raws) {
            ctx.check()?;
            if of.kind != SourceKind::Transactions {
                sources.push(None);
                continue;
            }
            if of.through.is_some() || of.guests.is_some() {
                return Ok(None);
            }
            sources.push(Some(Bought::new(of, raw, until, share)?));
        }
        Ok(Some(Redrawing { sources, raws: raws.to_vec() }))
    }

    /// Customers who take part.
    pub fn n_customers(&self) -> usize {
        let all: BTreeSet<u32> = self.sources.iter().flatten().flat_map(|bought| bought.of_customer.keys().copied()).collect();
        all.len()
    }

    /// The sources with the orders of these customers drawn anew; those of all others are left out.
    pub fn draw(&self, seed: u64, nth: u64, ctx: &Ctx) -> Result<Vec<Raw>, CustomersError> {
        let drawn = self.sources.iter().zip(&self.raws).map(|(bought, raw)| {
            ctx.check()?;
            match bought {
                Some(bought) => Ok(raw.with_rows(bought.draw(seed, nth)?)),
                None => Ok(raw.clone()),
            }
        });
        drawn.collect()
    }
}

impl Bought {
    fn new(of: &UnderstoodSource, raw: &Raw, until: IsoDay, share: f64) -> Result<Bought, CustomersError> {
        let input = Input::new(of, raw)?;
        let key = input.key()?;
        let date = of.fields.get(&Field::Date).cloned().ok_or_else(|| CustomersError::NoDate { source_name: of.name.clone() })?;
        let order = of.fields.get(&Field::Order).cloned();
        let columns = raw.columns.iter().map(|column| column.name.clone()).collect();
        let all = collect(input.rows.clone())?;
        let when = input.day()?.to_physical().cast(DataType::Int32).alias("day");
        let days = collect(all.clone().lazy().select([when]))?;
        let mut kept = Vec::new();
        let mut of_customer: BTreeMap<u32, BTreeMap<i32, Vec<IdxSize>>> = BTreeMap::new();
        for (row, (number, day)) in numbers_of(&all.select([key])?)?.into_iter().zip(days.column("day")?.i32()?.iter()).enumerate() {
            let (Some(number), Some(day)) = (number, day) else { continue };
            if takes_part(number, share) {
                of_customer.entry(number).or_default().entry(day).or_default().push(kept.len() as IdxSize);
                kept.push(row as IdxSize);
            }
        }
        let rows = all.take(&IdxCa::from_vec("rows".into(), kept))?;
        Ok(Bought { rows, date, order, columns, until: until.0, of_customer })
    }

    fn draw(&self, seed: u64, nth: u64) -> Result<LazyFrame, CustomersError> {
        let (mut rows, mut moved, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for (&number, days) in &self.of_customer {
            let mut random = seed::random(seed ^ SALT ^ nth.wrapping_mul(0x9e37_79b9_7f4a_7c15), u64::from(number));
            let known: Vec<i32> = days.keys().copied().collect();
            let mut gaps: Vec<i32> = known.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let open = self.until - known[known.len() - 1];
            if open > 0 {
                gaps.push(open);
            }
            let mut times = vec![0i32; known.len()];
            let (mut day, mut before) = (known[0], i32::MIN);
            loop {
                let at = random.random_range(0..known.len());
                let on = if before == i32::MIN { day } else { near(day, known[at], before, self.until) };
                for &row in &days[&known[at]] {
                    rows.push(row);
                    moved.push(known[at] - on);
                    again.push(times[at]);
                }
                times[at] += 1;
                before = on;
                let Some(last_gap) = gaps.len().checked_sub(1) else { break };
                day += gaps[random.random_range(0..=last_gap)];
                // An open gap drawn to its end is no purchase.
                if day > self.until || (day == self.until && open > 0) || before >= self.until {
                    break;
                }
            }
        }
        let mut drawn = self.rows.take(&IdxCa::from_vec("rows".into(), rows))?;
        drawn.with_column(Column::new(MOVED.into(), moved))?;
        drawn.with_column(Column::new(AGAIN.into(), again))?;
        let dtype = self.rows.column(&self.date)?.dtype().clone();
        let a_day = match &dtype {
            DataType::Datetime(TimeUnit::Milliseconds, _) => 86_400_000i64,
            DataType::Datetime(TimeUnit::Microseconds, _) => 86_400_000_000,
            DataType::Datetime(TimeUnit::Nanoseconds, _) => 86_400_000_000_000,
            _ => 1,
        };
        let date = self.date.as_str();
        let back = (col(date).to_physical().cast(DataType::Int64) - col(MOVED).cast(DataType::Int64) * lit(a_day)).cast(match dtype {
            DataType::Date => DataType::Int32,
            _ => DataType::Int64,
        });
        let mut changed = vec![back.cast(dtype).alias(date)];
        if let Some(order) = &self.order {
            // An order drawn again is another order.
            let name = col(order.as_str()).cast(DataType::String);
            let other = concat_str([name.clone(), lit("\u{1}"), col(AGAIN).cast(DataType::String)], "", false);
            changed.push(when(col(AGAIN).gt(lit(0))).then(other).otherwise(name).alias(order.as_str()));
        }
        let columns: Vec<Expr> = self.columns.iter().map(|name| col(name.as_str())).collect();
        Ok(drawn.lazy().with_columns(changed).select(columns))
    }
}

/// The day nearest to `day` that is of the weekday of `like`, after `before` and not after `until`; where there is none, the day itself or the next free one.
fn near(day: i32, like: i32, before: i32, until: i32) -> i32 {
    let off = (like - day + 3).rem_euclid(7) - 3;
    let fits = |day: &i32| *day > before && *day <= until;
    [day + off, day + off + 7, day + off - 7, day, before + 1].into_iter().find(fits).unwrap_or(until)
}

/// The number of the customer of every row of the only column; none where it is empty.
fn numbers_of(keys: &DataFrame) -> Result<Vec<Option<u32>>, CustomersError> {
    let keys = keys.columns()[0].as_materialized_series().rechunk();
    let block = |first: usize| -> PolarsResult<Vec<Option<u32>>> {
        let texts = keys.slice(first as i64, KEYS_AT_ONCE).cast(&DataType::String)?;
        Ok(texts.str()?.iter().map(|key| key.map(number_of)).collect())
    };
    let starts: Vec<usize> = (0..keys.len()).step_by(KEYS_AT_ONCE).collect();
    Ok(starts.into_par_iter().map(block).collect::<PolarsResult<Vec<_>>>()?.concat())
}

/// Whether a customer of this number is among such a share of all.
fn takes_part(number: u32, share: f64) -> bool {
    f64::from(number) <= f64::from(u32::MAX) * share.clamp(0.0, 1.0)
}

/// A number that names a customer, the same on every day.
fn number_of(key: &str) -> u32 {
    let hash = blake3::hash(key.trim().as_bytes());
    hash.as_bytes().first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// The customers of a list that is read as it is today who have orders but are not in it: so many of so many; none where nothing lists customers.
pub fn not_listed(understood: &Understood) -> Vec<(String, usize, usize)> {
    let bought = understood.sources.iter().filter(|source| source.kind == SourceKind::Transactions);
    let overlaps = bought.filter_map(|source| source.overlap.as_ref());
    overlaps
        .filter(|overlap| overlap.n_found < overlap.n_keys)
        .map(|overlap| (overlap.with.clone(), overlap.n_keys - overlap.n_found, overlap.n_keys))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_drawn_purchase_keeps_its_weekday_where_it_can() {
        assert_eq!(near(100, 7 * 4 + 100 % 7, 50, 200), 100);
        assert_eq!([near(100, 101, 50, 200), near(100, 99, 50, 200), near(100, 106, 50, 200)], [101, 99, 99]);
        // Not on or before the purchase before, and not after the last day.
        assert_eq!([near(100, 99, 99, 200), near(100, 101, 50, 100), near(100, 99, 99, 102)], [106, 94, 100]);
    }
}
