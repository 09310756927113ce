//! What do the rows of a source look like to a formula? The same column names for every file.
//!
//! In: sources of one kind and which column plays which part. Out: one lazy frame of all of them with `customer`, `date`, `hour`, `weekday`
//! (Monday is 1), `days_ago` (before the snapshot) and, of transactions, `purchase` (1, or 0 for a return), `amount` (negative for a return),
//! `gross` (purchases alone), `returned` (returns alone, positive), `quantity`, `order`, `category`, `channel`, `device`, `discounted`. The
//! files' own columns stay under their own names where no such name is taken. Columns nobody asks for are never read.

use polars::prelude::*;

use crate::data::Raw;
use crate::data::sourcing::{Field, IsoDay, KeyMatch};

use super::error::CustomersError;
use super::keys;
use super::understand::UnderstoodSource;

/// The rows of a source, which may be fewer than it holds.
#[derive(Clone)]
pub(super) struct Input<'a> {
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
    pub(super) fn new(of: &'a UnderstoodSource, raw: &'a Raw) -> Result<Input<'a>, CustomersError> {
        let mut rows = raw.lazy();
        let schema = rows.collect_schema()?;
        Ok(Input { of, rows, schema, most_rows: raw.n_rows })
    }

    /// The column that says whose a row is.
    pub(super) fn key(&self) -> Result<&'a str, CustomersError> {
        self.of.key.as_deref().ok_or_else(|| CustomersError::NoKey { source_name: self.of.name.clone() })
    }

    /// The type of a column.
    pub(super) fn dtype(&self, column: &str) -> Result<&DataType, CustomersError> {
        let missing = || CustomersError::NoColumn { source_name: self.of.name.clone(), column: column.into() };
        self.schema.get(column).ok_or_else(missing)
    }

    /// Whose a row is.
    pub(super) fn customer(&self, keys: KeyType) -> Result<Expr, CustomersError> {
        let key = self.key()?;
        Ok(match keys {
            KeyType::Whole => col(key).cast(DataType::Int64),
            KeyType::Text(how) => keys::compared(key, self.dtype(key)?, how),
        })
    }

    /// The day of a row.
    pub(super) fn day(&self) -> Result<Expr, CustomersError> {
        let name = self.of.fields.get(&Field::Date).ok_or_else(|| CustomersError::NoDate { source_name: self.of.name.clone() })?;
        match self.dtype(name)? {
            DataType::Date => Ok(col(name.as_str())),
            DataType::Datetime(..) => Ok(col(name.as_str()).cast(DataType::Date)),
            _ => Err(CustomersError::NoDate { source_name: self.of.name.clone() }),
        }
    }

    /// The column of a field.
    pub(super) fn field(&self, field: Field) -> Option<&'a str> {
        self.of.fields.get(&field).map(String::as_str)
    }

    /// A field as a number; `None` where it is none.
    fn number(&self, field: Field) -> Option<Expr> {
        let name = self.field(field)?;
        self.schema.get(name).filter(|dtype| dtype.is_primitive_numeric()).map(|_| col(name).cast(DataType::Float64))
    }

    /// A field as text.
    pub(super) fn text(&self, field: Field) -> Option<Expr> {
        let name = self.field(field)?;
        let tidy = self.of.is_tidy.contains(&field).then(|| col(name));
        self.schema.get(name).map(|dtype| tidy.unwrap_or_else(|| keys::spelled(name, dtype)))
    }
}

/// How keys are compared in the whole project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyType {
    /// All sources have whole numbers, which are grouped many times faster than text.
    Whole,
    /// Some are text.
    Text(KeyMatch),
}

const HOUR_MS: i64 = 3_600_000;

/// All names that rows of transactions or events have of their own.
pub(super) const CANONICAL: [(&str, &str); 18] = [
    ("customer", "Whose the row is"),
    ("date", "The day"),
    ("hour", "The hour of the day, 0 to 23"),
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

/// Whether a source says anything for one of these names.
pub(super) fn has_values(name: &str, input: &Input) -> bool {
    let is_any = |fields: &[Field]| fields.iter().any(|field| input.of.fields.contains_key(field));
    match name {
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
pub(super) fn transactions(inputs: &[Input], keys: KeyType, snapshot: IsoDay, currency: Option<&str>) -> Result<LazyFrame, CustomersError> {
    let frames = inputs.iter().map(|input| {
        let mut columns = common(input, keys, snapshot)?;
        columns.extend(money(input, currency));
        let text = |field: Field, name: &str| input.text(field).unwrap_or(lit(NULL).cast(DataType::String)).alias(name);
        columns.push(order(input, inputs.len() == 1));
        columns.push(text(Field::Category, "category"));
        columns.push(text(Field::Channel, "channel"));
        columns.push(text(Field::Device, "device"));
        columns.push(discounted(input).cast(DataType::Int8).alias("discounted"));
        Ok(cut(input.rows.clone().with_columns(columns).with_columns(of_the_amount()), snapshot))
    });
    stack(frames.collect::<Result<_, CustomersError>>()?, inputs)
}

/// The events up to the snapshot, all files one below the other.
pub(super) fn events(inputs: &[Input], keys: KeyType, snapshot: IsoDay) -> Result<LazyFrame, CustomersError> {
    let frames = inputs.iter().map(|input| {
        let mut columns = common(input, keys, snapshot)?;
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

fn common(input: &Input, keys: KeyType, snapshot: IsoDay) -> Result<Vec<Expr>, CustomersError> {
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
    let mut columns = vec![input.customer(keys)?.alias("customer"), when.clone().alias("date"), hour.alias("hour")];
    columns.extend(of_the_date(when, snapshot));
    Ok(columns)
}

/// What follows from a day.
pub(super) fn of_the_date(date: Expr, snapshot: IsoDay) -> [Expr; 2] {
    // Day 0 was a Thursday; a multiple of seven keeps days before it positive.
    let days = date.to_physical().cast(DataType::Int32);
    let weekday = (days.clone() + lit(7 * 200_000 + 3)) % lit(7) + lit(1);
    [weekday.cast(DataType::Int8).alias("weekday"), (lit(snapshot.0) - days).cast(DataType::Int32).alias("days_ago")]
}

/// What follows from an amount and whether it was paid or given back.
pub(super) fn of_the_amount() -> [Expr; 2] {
    let is_purchase = || col("purchase").eq(lit(1));
    [
        when(is_purchase()).then(col("amount")).otherwise(lit(0.0)).alias("gross"),
        when(is_purchase()).then(lit(0.0)).otherwise(-col("amount")).alias("returned"),
    ]
}

/// What a row is worth and whether it is a return: a negative amount or quantity, or one that is marked so.
fn money(input: &Input, currency: Option<&str>) -> Vec<Expr> {
    let quantity = input.number(Field::Quantity);
    let amount = match (input.number(Field::Amount), input.number(Field::UnitPrice), &quantity) {
        (Some(amount), ..) => Some(amount),
        (None, Some(price), Some(quantity)) => Some(price * quantity.clone()),
        (None, price, _) => price,
    };
    let missing = || lit(NULL).cast(DataType::Float64);
    let zero = || lit(0.0);
    let signs = [amount.clone(), quantity.clone()].into_iter().flatten().map(|number| number.lt(zero()).fill_null(lit(false)));
    let is_return = signs.chain(marked(input)).reduce(Expr::or).unwrap_or(lit(false));
    let signed = |number: Expr| when(is_return.clone()).then(-number.clone().abs()).otherwise(number);
    let amount = amount.map_or_else(missing, |amount| {
        let amount = signed(amount);
        match (currency, input.text(Field::Currency)) {
            (Some(common), Some(its)) => when(its.eq(lit(common))).then(amount).otherwise(missing()),
            _ => amount,
        }
    });
    vec![
        when(is_return.clone()).then(lit(0)).otherwise(lit(1)).cast(DataType::Int8).alias("purchase"),
        amount.alias("amount"),
        quantity.map_or_else(missing, signed).alias("quantity"),
    ]
}

/// Whether a row is marked as a return: a number that is not 0, a word for it, or an order number like C536379 where others have no letter.
fn marked(input: &Input) -> Option<Expr> {
    const WORDS: &str =
        r"(?i)^(1|true|yes|y|ja|j|oui|si|sí|x|c[0-9]+|.*(return|refund|cancel|storn|retour|retoure|void|rembours|annul|devol|reembols).*)$";
    let name = input.field(Field::Returned)?;
    let mark = match input.schema.get(name)? {
        number if number.is_primitive_numeric() => col(name).neq(lit(0)),
        DataType::Date | DataType::Datetime(..) => col(name).is_not_null(),
        DataType::String => col(name).str().strip_chars(lit(NULL)).str().contains(lit(WORDS), false),
        _ => return None,
    };
    Some(mark.fill_null(lit(false)))
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
pub(super) fn day(day: IsoDay) -> Expr {
    lit(day.0).cast(DataType::Date)
}
