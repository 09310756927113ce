//! What do the rows of a source look like to a formula? The same column names for every file.
//!
//! In: sources of one kind and which column plays which part. Out: one lazy frame of all of them with `customer`, `date`, `hour`, `weekday`
//! (Monday is 1), `days_ago` (before the snapshot) and, of transactions, `purchase` (1, or 0 for a return), `amount` (negative for a return),
//! `gross` (purchases alone), `returned` (returns alone, positive), `quantity`, `order`, `category`, `channel`, `device`, `discounted`. The
//! files' own columns stay under their own names where no such name is taken. Columns nobody asks for are never read.

use polars::prelude::*;

use crate::customers::error::CustomersError;
use crate::data::Raw;
use crate::data::day::IsoDay;
use crate::data::sourcing::{AmountIs, Field, KeyMatch, RefundsAre};

use super::keys;
use super::status::{StatusMeans, marks, status_of};
use super::understood::{Money, UnderstoodSource};

/// Marks rows that repeat a whole order. No file has a column of this name.
pub(in crate::customers) const COPY: &str = "\u{1}copy";
/// Marks the line of an order that its amount counts on.
pub(in crate::customers) const AMOUNT_LINE: &str = "\u{1}amount line";
/// Marks the line of an order that its refund counts on.
pub(in crate::customers) const REFUND_LINE: &str = "\u{1}refund line";
/// What was given back of a sale beside it. No file has a column of this name.
pub(in crate::customers) const REFUNDED: &str = "\u{1}refunded";

/// The rows of a source, which may be fewer than it holds.
#[derive(Clone)]
pub(in crate::customers) struct Input<'a> {
    /// What it holds.
    pub of: &'a UnderstoodSource,
    /// Its rows.
    pub rows: LazyFrame,
    /// Their types.
    pub schema: SchemaRef,
    /// How many they are at most.
    pub most_rows: usize,
}

impl<'a> Input<'a> {
    /// All rows of a source.
    pub(in crate::customers) fn new(of: &'a UnderstoodSource, raw: &'a Raw) -> Result<Input<'a>, CustomersError> {
        let mut rows = raw.lazy();
        let schema = rows.collect_schema()?;
        Ok(Input { of, rows, schema, most_rows: raw.n_rows })
    }

    /// Other rows, or the same with other columns.
    pub(in crate::customers) fn set_rows(&mut self, mut rows: LazyFrame) -> Result<(), CustomersError> {
        self.schema = rows.collect_schema()?;
        self.rows = rows;
        Ok(())
    }

    /// Whether a row repeats a whole order.
    pub(in crate::customers) fn is_copy(&self) -> Expr {
        if self.schema.contains(COPY) { col(COPY) } else { lit(false) }
    }

    /// The column that says whose a row is.
    pub(in crate::customers) fn key(&self) -> Result<&'a str, CustomersError> {
        self.of.key.as_deref().ok_or_else(|| CustomersError::NoKey { source_name: self.of.name.clone() })
    }

    /// The type of a column.
    pub(in crate::customers) fn dtype(&self, column: &str) -> Result<&DataType, CustomersError> {
        let missing = || CustomersError::NoColumn { source_name: self.of.name.clone(), column: column.into() };
        self.schema.get(column).ok_or_else(missing)
    }

    /// Whose a row is.
    pub(in crate::customers) fn customer(&self, keys: KeyType) -> Result<Expr, CustomersError> {
        let key = self.key()?;
        Ok(match keys {
            KeyType::Whole => col(key).cast(DataType::Int64),
            KeyType::Text(how) => keys::compared(key, self.dtype(key)?, how),
        })
    }

    /// The day of a row.
    pub(in crate::customers) fn day(&self) -> Result<Expr, CustomersError> {
        let name = self.of.fields.get(&Field::Date).ok_or_else(|| CustomersError::NoDate { source_name: self.of.name.clone() })?;
        match self.dtype(name)? {
            DataType::Date => Ok(col(name.as_str())),
            DataType::Datetime(..) => Ok(col(name.as_str()).cast(DataType::Date)),
            _ => Err(CustomersError::NoDate { source_name: self.of.name.clone() }),
        }
    }

    /// The column of a field.
    pub(in crate::customers) fn field(&self, field: Field) -> Option<&'a str> {
        self.of.fields.get(&field).map(String::as_str)
    }

    /// A field as a number; `None` where it is none.
    fn number(&self, field: Field) -> Option<Expr> {
        let name = self.field(field)?;
        self.schema.get(name).filter(|dtype| dtype.is_primitive_numeric()).map(|_| col(name).cast(DataType::Float64))
    }

    /// A field as text.
    pub(in crate::customers) fn text(&self, field: Field) -> Option<Expr> {
        let name = self.field(field)?;
        let tidy = self.of.is_tidy.contains(&field).then(|| col(name));
        self.schema.get(name).map(|dtype| tidy.unwrap_or_else(|| keys::spelled(name, dtype)))
    }
}

/// How keys are compared in the whole project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::customers) enum KeyType {
    /// All sources have whole numbers, which are grouped many times faster than text.
    Whole,
    /// Some are text.
    Text(KeyMatch),
}

const HOUR_MS: i64 = 3_600_000;

/// The moment of a row as formulas know it; a column of this name that a file has for something else stays.
const TIME: &str = "time";
/// Which of the rows of a customer and a day it is; computed when the rows are in order. A column of a file stays here as well.
pub(in crate::customers) const PLACE_IN_DAY: &str = "place_in_day";
/// The moment of a row, in milliseconds since 1970, whatever columns the file has.
pub(in crate::customers) const MOMENT: &str = "\u{1}moment";

/// All names that rows of transactions or events have of their own.
pub(in crate::customers) const CANONICAL: [(&str, &str); 20] = [
    ("customer", "Whose the row is"),
    ("date", "The day"),
    ("hour", "The hour of the day, 0 to 23"),
    (TIME, "The moment, in seconds since 1970"),
    (PLACE_IN_DAY, "Which of the customer's rows of that day it is by its time, 1 for the first"),
    ("weekday", "The day of the week, Monday is 1"),
    ("days_ago", "Days from the row to the snapshot"),
    ("purchase", "1 for a purchase, 0 for a return"),
    ("amount", "What the row is worth, negative for a return"),
    ("gross", "What was bought, 0 for a return"),
    ("returned", "What was returned, as a positive number"),
    ("quantity", "Pieces, negative for a return"),
    ("order", "The order the row belongs to"),
    ("category", "The product group"),
    ("channel", "Where it was bought"),
    ("device", "On what it was bought"),
    ("event", "What happened"),
    ("session", "The visit it happened in"),
    ("discounted", "1 where there was a discount, else 0"),
    ("rows", "Rows that were merged"),
];

/// Whether any of these files has a column of its own where formulas would have this one: such names came later than people's formulas. A column of moments that is the
/// date of its rows says the same.
pub(in crate::customers) fn keeps_own(name: &str, inputs: &[Input]) -> bool {
    let is_own = |input: &Input| match input.schema.get(name) {
        Some(DataType::Datetime(..)) => input.field(Field::Date) != Some(name),
        Some(_) => true,
        None => false,
    };
    [TIME, PLACE_IN_DAY].contains(&name) && inputs.iter().any(is_own)
}

/// Whether a source says anything for one of these names.
pub(in crate::customers) fn has_values(name: &str, input: &Input) -> bool {
    let is_any = |fields: &[Field]| fields.iter().any(|field| input.of.fields.contains_key(field));
    match name {
        TIME | PLACE_IN_DAY => input.of.has_time,
        "hour" => input.of.has_time,
        "amount" | "gross" | "returned" => is_any(&[Field::Amount, Field::UnitPrice]),
        "quantity" => is_any(&[Field::Quantity]),
        "order" => is_any(&[Field::Order]),
        "category" => is_any(&[Field::Category]),
        "channel" => is_any(&[Field::Channel]),
        "device" => is_any(&[Field::Device]),
        "discounted" => is_any(&[Field::Discount]),
        "event" => is_any(&[Field::Event]),
        "session" => is_any(&[Field::Session]),
        _ => true,
    }
}

/// The transactions up to the snapshot, all files one below the other.
pub(in crate::customers) fn transactions(
    inputs: &[Input],
    keys: KeyType,
    snapshot: IsoDay,
    currency: Option<&str>,
) -> Result<LazyFrame, CustomersError> {
    let has_refunds = inputs.iter().any(has_refunds);
    let frames = inputs.iter().map(|input| {
        let mut columns = common((input, inputs), keys, snapshot)?;
        columns.extend(money(input, has_refunds));
        let text = |field: Field, name: &str| input.text(field).unwrap_or(lit(NULL).cast(DataType::String)).alias(name);
        columns.push(order(input, inputs.len() == 1));
        columns.push(text(Field::Category, "category"));
        columns.push(text(Field::Channel, "channel"));
        columns.push(text(Field::Device, "device"));
        columns.push(discounted(input).cast(DataType::Int8).alias("discounted"));
        let rows = valued(input, currency)?;
        let rows = if input.schema.contains(COPY) { rows.filter(col(COPY).not()) } else { rows };
        Ok(cut(rows.with_columns(columns).with_columns(of_the_amount(has_refunds)), snapshot))
    });
    stack(frames.collect::<Result<_, CustomersError>>()?, inputs)
}

/// The events up to the snapshot, all files one below the other.
pub(in crate::customers) fn events(inputs: &[Input], keys: KeyType, snapshot: IsoDay) -> Result<LazyFrame, CustomersError> {
    let frames = inputs.iter().map(|input| {
        let mut columns = common((input, inputs), keys, snapshot)?;
        for (field, name) in [(Field::Event, "event"), (Field::Session, "session"), (Field::Channel, "channel"), (Field::Device, "device")]
        {
            columns.push(input.text(field).unwrap_or(lit(NULL).cast(DataType::String)).alias(name));
        }
        Ok(cut(input.rows.clone().with_columns(columns), snapshot))
    });
    stack(frames.collect::<Result<_, CustomersError>>()?, inputs)
}

fn cut(rows: LazyFrame, snapshot: IsoDay) -> LazyFrame {
    rows.filter(col("customer").is_not_null().and(col("date").lt_eq(day(snapshot))))
}

/// Columns of the same name and type stay; a column that only some of the files have cannot be used.
fn stack(mut frames: Vec<LazyFrame>, inputs: &[Input]) -> Result<LazyFrame, CustomersError> {
    if frames.len() == 1 {
        return frames.pop().ok_or(CustomersError::NoCustomers);
    }
    let schemas: Vec<SchemaRef> = frames.iter_mut().map(LazyFrame::collect_schema).collect::<PolarsResult<_>>()?;
    let Some(first) = schemas.first() else { return Err(CustomersError::NoCustomers) };
    let everywhere = |name: &str, dtype: &DataType| schemas.iter().all(|schema| schema.get(name) == Some(dtype));
    let shared: Vec<Expr> = first.iter().filter(|(name, dtype)| everywhere(name, dtype)).map(|(name, _)| col(name.clone())).collect();
    debug_assert_eq!(frames.len(), inputs.len());
    let frames: Vec<LazyFrame> = frames.into_iter().map(|frame| frame.select(shared.clone())).collect();
    Ok(concat(frames, UnionArgs { maintain_order: true, ..UnionArgs::default() })?)
}

/// What every row has, of one of several inputs.
fn common((input, all): (&Input, &[Input]), keys: KeyType, snapshot: IsoDay) -> Result<Vec<Expr>, CustomersError> {
    let when = input.day()?;
    let hour = input.field(Field::Date).and_then(|name| match input.schema.get(name)? {
        // Of whole numbers: to take every time apart by the calendar costs ten times as much.
        DataType::Datetime(TimeUnit::Milliseconds, _) => {
            let since_midnight = col(name).to_physical() - when.clone().to_physical().cast(DataType::Int64) * lit(24 * HOUR_MS);
            Some(since_midnight.floor_div(lit(HOUR_MS)))
        }
        DataType::Datetime(..) => Some(col(name).dt().hour()),
        _ => None,
    });
    let hour = hour.unwrap_or(lit(NULL)).cast(DataType::Int8);
    let moment = input.field(Field::Date).filter(|name| matches!(input.schema.get(name), Some(DataType::Datetime(..))));
    let moment = moment
        .map_or(lit(NULL).cast(DataType::Int64), |name| col(name).cast(DataType::Datetime(TimeUnit::Milliseconds, None)).to_physical());
    let mut columns = vec![input.customer(keys)?.alias("customer"), when.clone().alias("date"), hour.alias("hour")];
    if !keeps_own(TIME, all) {
        columns.push((moment.clone().cast(DataType::Float64) / lit(1_000.0)).alias(TIME));
    }
    if !keeps_own(PLACE_IN_DAY, all) {
        columns.push(lit(NULL).cast(DataType::Int64).alias(PLACE_IN_DAY));
    }
    columns.push(moment.alias(MOMENT));
    columns.extend(of_the_date(when, snapshot));
    Ok(columns)
}

/// What follows from a day.
pub(in crate::customers) fn of_the_date(date: Expr, snapshot: IsoDay) -> [Expr; 2] {
    // Day 0 was a Thursday; a multiple of seven keeps days before it positive.
    let days = date.to_physical().cast(DataType::Int32);
    let weekday = (days.clone() + lit(7 * 200_000 + 3)) % lit(7) + lit(1);
    [weekday.cast(DataType::Int8).alias("weekday"), (lit(snapshot.0) - days).cast(DataType::Int32).alias("days_ago")]
}

/// What follows from an amount and whether it was paid or given back, and from what was given back beside it where there are such refunds.
pub(in crate::customers) fn of_the_amount(has_refunds: bool) -> [Expr; 2] {
    let is_purchase = || col("purchase").eq(lit(1));
    let (gross, beside) = if has_refunds { (col("amount") + col(REFUNDED), col(REFUNDED)) } else { (col("amount"), lit(0.0)) };
    [
        when(is_purchase()).then(gross).otherwise(lit(0.0)).alias("gross"),
        when(is_purchase()).then(beside).otherwise(-col("amount")).alias("returned"),
    ]
}

/// The amount before anything is taken off; missing where its currency is another one and not converted.
pub(in crate::customers) const BASE: &str = "\u{1}base";
/// The same, negative where the row is a return of its own.
pub(in crate::customers) const SIGNED: &str = "\u{1}signed";
/// What was given back of the sale beside it.
pub(in crate::customers) const BACK: &str = "\u{1}back";
/// Whether the row is a return of its own.
pub(in crate::customers) const IS_RETURN: &str = "\u{1}return";
/// Whether the order never became a sale.
pub(in crate::customers) const IS_NO_SALE: &str = "\u{1}no sale";
/// Whether the currency is another one and not converted.
pub(in crate::customers) const IS_OTHER: &str = "\u{1}other";
/// The status, in lower case.
pub(in crate::customers) const STATUS: &str = "\u{1}status";
/// The currency.
pub(in crate::customers) const CURRENCY: &str = "\u{1}currency";
const RATE: &str = "\u{1}rate";
const MARKED: &str = "\u{1}marked";
const TOLD: &str = "\u{1}told";
const OF_ORDER: &str = "\u{1}of order";

/// Whether any row has a refund beside the sale.
fn has_refunds(input: &Input) -> bool {
    let Some(money) = &input.of.money else { return false };
    let by_status = !money.named(StatusMeans::Refunded).is_empty();
    let by_mark = money.refunds == RefundsAre::TheSale && !money.marks_cancel && input.field(Field::Returned).is_some();
    input.field(Field::Refund).is_some() || by_status || by_mark
}

/// The rows with what they are worth, in columns of names that no file has; without amounts where the source has none.
///
/// Computed in steps, each of which reads the columns of the one before: as one expression it would be nested dozens of levels deep.
pub(in crate::customers) fn valued(input: &Input, currency: Option<&str>) -> Result<LazyFrame, CustomersError> {
    let money = input.of.money.as_ref();
    let how = money.map(|money| money.amount);
    let missing = || lit(NULL).cast(DataType::Float64);
    let text = || lit(NULL).cast(DataType::String);
    let zero = || lit(0.0);
    let or_no = |test: Expr| test.fill_null(lit(false));
    let quantity = input.number(Field::Quantity);
    let lines = input.number(Field::UnitPrice).map(|price| match &quantity {
        Some(quantity) => price * quantity.clone(),
        None => price,
    });
    let amount = match how {
        Some(AmountIs::PriceTimesQuantity) => lines.clone().or(input.number(Field::Amount)),
        _ => input.number(Field::Amount).or(lines),
    };
    let mark = input.field(Field::Returned).and_then(|name| marks(name, input.schema.get(name)?));
    let rates = money.map(|money| &money.rates).filter(|rates| !rates.is_empty());
    let rate = rates.filter(|_| input.field(Field::Currency).is_some()).map(|rates| {
        let (codes, values): (Vec<&str>, Vec<f64>) = rates.iter().map(|(code, rate)| (code.as_str(), *rate)).unzip();
        let its = || col(CURRENCY).str().to_uppercase();
        codes.into_iter().zip(values).fold(missing(), |rest, (code, rate)| when(its().eq(lit(code))).then(lit(rate)).otherwise(rest))
    });
    let refund = input.number(Field::Refund).map(|refund| refund.abs().fill_null(zero()));
    let first = [
        amount.unwrap_or_else(missing).alias(BASE),
        mark.unwrap_or(lit(false)).alias(MARKED),
        input.field(Field::Status).map_or_else(text, status_of).alias(STATUS),
        input.text(Field::Currency).unwrap_or_else(text).alias(CURRENCY),
        refund.clone().unwrap_or_else(zero).alias(TOLD),
    ];
    let mut rows = input.rows.clone().with_columns(first);

    // Once per order: on the line that was marked for it.
    let once = |name: &str, mark: &str| match input.schema.contains(mark) {
        true => when(col(mark)).then(col(name)).otherwise(zero()),
        false => col(name),
    };
    let mut second = Vec::new();
    if how == Some(AmountIs::PerOrder) {
        second.push(once(BASE, AMOUNT_LINE).alias(BASE));
    }
    if money.is_some_and(|money| money.refund_once) {
        second.push(once(TOLD, REFUND_LINE).alias(TOLD));
    }
    if let (Some(order), true) = (input.field(Field::Order), refund.is_some()) {
        let any = col(TOLD).max().over([col(order)])?;
        second.push(when(col(order).is_null()).then(col(TOLD)).otherwise(any).alias(OF_ORDER));
    } else {
        second.push(col(TOLD).alias(OF_ORDER));
    }
    let is_other = match (&rate, currency, input.field(Field::Currency)) {
        (Some(_), ..) => lit(false),
        (None, Some(common), Some(_)) => col(CURRENCY).neq(lit(common)).fill_null(lit(true)),
        _ => lit(false),
    };
    let has_rate = rate.is_some();
    second.extend([rate.unwrap_or(lit(1.0)).alias(RATE), is_other.alias(IS_OTHER)]);
    rows = rows.with_columns(second);
    if has_rate {
        rows = rows.with_columns([
            (col(BASE) * col(RATE)).alias(BASE),
            (col(TOLD) * col(RATE)).fill_null(zero()).alias(TOLD),
            col(RATE).is_null().alias(IS_OTHER),
        ]);
    }

    let is_status = |means: StatusMeans| -> Option<Expr> {
        let names = money.map(|money| money.named(means)).filter(|names| !names.is_empty())?;
        Some(or_no(col(STATUS).is_in(lit(Series::new("statuses".into(), names)).implode(false), false)))
    };
    let marks_cancel = money.is_some_and(|money| money.marks_cancel);
    let marks_sale = !marks_cancel && money.is_some_and(|money| money.refunds == RefundsAre::TheSale);
    let signs = [Some(col(BASE)), quantity].into_iter().flatten().map(|number| or_no(number.lt(zero())));
    let is_return = signs.chain((!marks_cancel && !marks_sale).then(|| col(MARKED))).reduce(Expr::or).unwrap_or(lit(false));
    let is_no_sale = [marks_cancel.then(|| col(MARKED)), is_status(StatusMeans::NoSale)].into_iter().flatten();
    let is_no_sale = is_no_sale.reduce(Expr::or).unwrap_or(lit(false));
    rows = rows.with_columns([is_return.alias(IS_RETURN), is_no_sale.alias(IS_NO_SALE)]);

    // What is told counts; where nothing is told of an order that was given back, it is all of it.
    let is_refunded = [marks_sale.then(|| col(MARKED)), is_status(StatusMeans::Refunded)].into_iter().flatten().reduce(Expr::or);
    let back = match is_refunded {
        Some(is_refunded) => when(is_refunded.and(col(OF_ORDER).eq(zero()))).then(col(BASE).fill_null(zero())).otherwise(col(TOLD)),
        None => col(TOLD),
    };
    let signed = when(col(IS_RETURN)).then(-col(BASE).abs()).otherwise(col(BASE));
    Ok(rows.with_columns([when(col(IS_RETURN)).then(zero()).otherwise(back).alias(BACK), signed.alias(SIGNED)]))
}

/// Whether any order of the source may never have become a sale.
pub(in crate::customers) fn may_be_no_sale(input: &Input) -> bool {
    let by_mark = |money: &Money| money.marks_cancel && input.field(Field::Returned).is_some();
    input.of.money.as_ref().is_some_and(|money| by_mark(money) || !money.named(StatusMeans::NoSale).is_empty())
}

/// Whether the source has money at all.
pub(in crate::customers) fn has_money(input: &Input) -> bool {
    input.number(Field::Amount).or(input.number(Field::UnitPrice)).is_some()
}

/// What a row is worth and whether it is a return: a negative amount or quantity, or one that is marked so. An order that never became a sale is
/// no purchase and worth nothing. Of rows as [`valued`] gives them.
fn money(input: &Input, has_refunds: bool) -> Vec<Expr> {
    let missing = || lit(NULL).cast(DataType::Float64);
    let zero = || lit(0.0);
    // What no row of the source can be is not asked of every row.
    let (some_no_sale, some_other) = (may_be_no_sale(input), input.field(Field::Currency).is_some());
    let unless_no_sale = |number: Expr| if some_no_sale { when(col(IS_NO_SALE)).then(zero()).otherwise(number) } else { number };
    let unless_other = |number: Expr| if some_other { when(col(IS_OTHER)).then(missing()).otherwise(number) } else { number };
    let net = if has_refunds { col(SIGNED) - col(BACK) } else { col(SIGNED) };
    let amount = if has_money(input) { unless_other(unless_no_sale(net)) } else { missing() };
    let pieces = input
        .number(Field::Quantity)
        .map_or_else(missing, |number| unless_no_sale(when(col(IS_RETURN)).then(-number.clone().abs()).otherwise(number)));
    let is_none = if some_no_sale { col(IS_RETURN).or(col(IS_NO_SALE)) } else { col(IS_RETURN) };
    let mut columns = vec![
        when(is_none).then(lit(0)).otherwise(lit(1)).cast(DataType::Int8).alias("purchase"),
        amount.alias("amount"),
        pieces.alias("quantity"),
    ];
    if has_refunds {
        columns.push(when(col(IS_NO_SALE).or(col(IS_OTHER))).then(zero()).otherwise(col(BACK)).alias(REFUNDED));
    }
    columns
}

/// The order a row belongs to; numbers stay numbers where one file decides.
fn order(input: &Input, is_alone: bool) -> Expr {
    match input.field(Field::Order) {
        Some(name) if is_alone && input.schema.get(name).is_some_and(DataType::is_integer) => col(name).alias("order"),
        _ => input.text(Field::Order).unwrap_or(lit(NULL).cast(DataType::String)).alias("order"),
    }
}

fn discounted(input: &Input) -> Expr {
    let there = match input.number(Field::Discount) {
        Some(money) => Some(money.neq(lit(0.0))),
        None => input.text(Field::Discount).map(|code| code.is_not_null()),
    };
    there.map_or(lit(false), |there| there.fill_null(lit(false)))
}

/// A day as a literal.
pub(in crate::customers) fn day(day: IsoDay) -> Expr {
    lit(day.0).cast(DataType::Date)
}
