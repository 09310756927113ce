//! What do the lines of whole orders show: amounts that repeat, refunds that repeat, columns that stand only in the first line, orders that stand in the
//! file several times?
//!
//! In: a source and which column plays which part. Out: counts. Looked at: all rows of a small source, else all rows of some thousand orders.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::customers::error::CustomersError;
use crate::customers::understand::keys::{self, collect};
use crate::customers::understand::status::marks;
use crate::customers::understand::understood::UnderstoodSource;
use crate::data::Raw;
use crate::data::sourcing::Field;

/// Rows up to which all of them are looked at.
const ALL_ROWS: usize = 300_000;
/// Of larger sources, places at which orders are picked, and orders at each.
const PLACES: usize = 16;
const ORDERS_AT: usize = 125;
/// Nearly all: what is true of this share of the orders is taken for true.
pub(super) const NEARLY_ALL: f64 = 0.95;

/// What is computed of the rows looked at; no file has columns of these names.
pub(super) const ORDER: &str = "\u{1}order";
pub(super) const AMOUNT: &str = "\u{1}amount";
pub(super) const LINE: &str = "\u{1}line";
pub(super) const REFUND: &str = "\u{1}refund";
pub(super) const MARK: &str = "\u{1}mark";

/// The columns that decisions rest on, of whole orders: those computed, then the file's own under their names.
pub(super) fn whole_orders(source: &UnderstoodSource, raw: &Raw) -> Result<DataFrame, CustomersError> {
    let schema = raw.lazy().collect_schema()?;
    let is_number = |name: &&String| schema.get(name).is_some_and(DataType::is_primitive_numeric);
    let number = |field: Field| source.fields.get(&field).filter(is_number).map(|name| col(name.as_str()).cast(DataType::Float64));
    let missing = || lit(NULL).cast(DataType::Float64);
    let line = match (number(Field::UnitPrice), number(Field::Quantity)) {
        (Some(price), Some(quantity)) => price * quantity,
        _ => missing(),
    };
    let order = source.fields.get(&Field::Order);
    let mark = source.fields.get(&Field::Returned).and_then(|name| marks(name, schema.get(name)?)).unwrap_or(lit(false));
    let mut columns = vec![
        order.map_or(lit(NULL).cast(DataType::String), |name| col(name.as_str()).cast(DataType::String)).alias(ORDER),
        number(Field::Amount).unwrap_or_else(missing).alias(AMOUNT),
        line.alias(LINE),
        number(Field::Refund).unwrap_or_else(missing).abs().fill_null(lit(0.0)).alias(REFUND),
        mark.alias(MARK),
    ];
    let mut own: BTreeSet<&str> = source.fields.values().map(String::as_str).collect();
    own.extend(source.key.as_deref());
    own.extend(source.identities.iter().map(String::as_str));
    columns.extend(own.iter().filter(|name| schema.contains(name)).map(|name| col(*name)));
    let rows = match order {
        _ if raw.n_rows <= ALL_ROWS => raw.lazy(),
        None => raw.lazy().limit(ALL_ROWS as IdxSize),
        Some(order) => {
            let mut picked: Vec<LazyFrame> = Vec::with_capacity(PLACES);
            for place in 0..PLACES {
                let from = raw.n_rows / PLACES * place;
                picked.push(raw.lazy().slice(from as i64, ORDERS_AT as IdxSize).select([col(order.as_str())]));
            }
            let picked = concat(picked, UnionArgs::default())?.unique(None, UniqueKeepStrategy::Any).collect()?;
            let picked = picked.columns()[0].as_materialized_series().clone();
            raw.lazy().filter(col(order.as_str()).is_in(lit(picked).implode(false), false))
        }
    };
    collect(rows.select(columns))
}

/// What whole orders of several lines show.
#[derive(Default)]
pub(super) struct Orders {
    pub n_several: usize,
    /// Those whose amount is the same on every line.
    pub n_same: usize,
    /// Those whose amount stands on one line alone.
    pub n_alone: usize,
    /// Those whose lines, added up, are the amount that stands on each of them.
    pub n_sum_is_amount: usize,
    /// Those in which price times quantity differs from line to line while the amount does not.
    pub n_lines_differ: usize,
    /// The same refund stands on every line.
    pub refund_repeats: bool,
}

/// Whether two amounts are the same to the cent.
fn to_the_cent(a: Expr, b: Expr) -> Expr {
    (a - b).abs().lt(lit(0.0051))
}

pub(super) fn orders(looked: &DataFrame) -> Result<Orders, CustomersError> {
    let of_order = looked.clone().lazy().filter(col(ORDER).is_not_null()).group_by([col(ORDER)]).agg([
        len().alias("lines"),
        col(AMOUNT).count().alias("amounts"),
        col(AMOUNT).min().alias("least"),
        col(AMOUNT).max().alias("most"),
        col(LINE).sum().alias("sum"),
        col(LINE).count().alias("sums"),
        col(LINE).min().alias("least line"),
        col(LINE).max().alias("most line"),
        col(REFUND).min().alias("least refund"),
        col(REFUND).max().alias("most refund"),
    ]);
    let several = col("lines").gt(lit(1));
    let same = several.clone().and(col("amounts").eq(col("lines"))).and(to_the_cent(col("least"), col("most")));
    let refunded = several.clone().and(col("most refund").gt(lit(0.0)));
    let count = |what: Expr, name: &str| what.fill_null(lit(false)).cast(DataType::UInt32).sum().cast(DataType::UInt64).alias(name);
    let lines_differ = to_the_cent(col("least line"), col("most line")).not();
    let counts = of_order
        .select([
            count(several.clone(), "several"),
            count(same.clone(), "same"),
            count(several.and(col("amounts").eq(lit(1))), "alone"),
            count(same.clone().and(col("sums").eq(col("lines"))).and(to_the_cent(col("sum"), col("least"))), "sum is amount"),
            count(same.and(col("sums").eq(col("lines"))).and(lines_differ), "lines differ"),
            count(refunded.clone(), "refunded"),
            count(refunded.and(to_the_cent(col("least refund"), col("most refund"))), "refund same"),
        ])
        .collect()?;
    let at = |place: usize| keys::number(&counts, place, 0);
    let (refunded, repeated) = (at(5)?, at(6)?);
    Ok(Orders {
        n_several: at(0)?,
        n_same: at(1)?,
        n_alone: at(2)?,
        n_sum_is_amount: at(3)?,
        n_lines_differ: at(4)?,
        refund_repeats: refunded > 0 && repeated as f64 >= NEARLY_ALL * refunded as f64,
    })
}

/// Marked rows with an unmarked one of the same order beside them that has the same amount or the same product.
pub(super) fn paired(source: &UnderstoodSource, looked: &DataFrame) -> Result<usize, CustomersError> {
    let worth = coalesce(&[col(AMOUNT), col(LINE)]).abs().round(2, RoundMode::HalfAwayFromZero);
    let rows = looked.clone().lazy().filter(col(ORDER).is_not_null());
    let mut best = 0;
    let product = source.fields.get(&Field::Category).map(|name| col(name.as_str()).cast(DataType::String));
    for by in [Some(worth.cast(DataType::String)), product].into_iter().flatten() {
        let rows = rows.clone().with_columns([by.alias("\u{1}by")]).filter(col("\u{1}by").is_not_null());
        let on = [col(ORDER), col("\u{1}by")];
        let sales = rows.clone().filter(col(MARK).not()).select(on.clone()).unique(None, UniqueKeepStrategy::Any);
        let marked = rows.filter(col(MARK)).join(sales, on.clone(), on, JoinArgs::new(JoinType::Semi));
        best = best.max(keys::number(&marked.select([len()]).collect()?, 0, 0)?);
    }
    Ok(best)
}

/// Columns that stand in the first line of orders of several lines and are empty on the others.
pub(super) fn only_first(source: &UnderstoodSource, raw: &Raw, looked: &DataFrame) -> Result<Vec<String>, CustomersError> {
    let fields = [Field::Date, Field::Status, Field::Currency, Field::Channel, Field::Returned].into_iter();
    let mut names: Vec<&str> = fields.filter_map(|field| source.fields.get(&field).map(String::as_str)).collect();
    names.extend(source.key.as_deref());
    names.extend(source.identities.iter().map(String::as_str));
    names.retain(|name| looked.column(name).is_ok() && source.fields.get(&Field::Order).is_none_or(|order| order != name));
    let mut all = Vec::new();
    for name in names.into_iter().collect::<BTreeSet<_>>() {
        let of_order = looked.clone().lazy().filter(col(ORDER).is_not_null()).group_by_stable([col(ORDER)]).agg([
            len().alias("lines"),
            col(name).count().alias("filled"),
            col(name).first().is_not_null().alias("first"),
        ]);
        let open = of_order.filter(col("lines").gt(lit(1)).and(col("filled").lt(col("lines"))).and(col("filled").gt(lit(0))));
        let alone = col("filled").eq(lit(1)).and(col("first"));
        let counts = open.select([len(), alone.cast(DataType::UInt32).sum().cast(DataType::UInt64)]).collect()?;
        let (n_open, n_alone) = (keys::number(&counts, 0, 0)?, keys::number(&counts, 1, 0)?);
        if n_open > 0 && n_alone as f64 >= NEARLY_ALL * n_open as f64 && raw.column(name).is_some() {
            all.push(name.to_owned());
        }
    }
    Ok(all)
}

/// Whether exports stand in the file several times, and the share of rows that repeat a whole order.
pub(super) fn copies(source: &UnderstoodSource, looked: &DataFrame) -> Result<(bool, f64), CustomersError> {
    /// Below this share, equal rows are more likely equal purchases.
    const ORDERS_SHARE: f64 = 0.02;
    /// Where every order has one line, fewer repeated ones may be two pieces each.
    const FEW_ORDERS: usize = 3;
    /// Without order numbers, equal rows are usual: one product bought twice.
    const ROWS_SHARE: f64 = 0.4;
    let n = looked.height();
    if n == 0 || !source.fields.contains_key(&Field::Date) {
        return Ok((false, 0.0));
    }
    let columns: Vec<Expr> = looked.columns().iter().map(|column| col(column.name().clone())).collect();
    let same = looked.clone().lazy().group_by(columns).agg([len().alias("\u{1}times")]);
    if !source.fields.contains_key(&Field::Order) {
        let counts = same.select([(col("\u{1}times") - lit(1)).sum()]).collect()?;
        let share = keys::number(&counts, 0, 0)? as f64 / n as f64;
        return Ok((share >= ROWS_SHARE, share));
    }
    let of_order = same.filter(col(ORDER).is_not_null()).group_by([col(ORDER)]).agg([
        col("\u{1}times").min().alias("least"),
        col("\u{1}times").sum().alias("rows"),
        len().alias("lines"),
    ]);
    let whole = of_order.clone().filter(col("least").gt(lit(1)));
    let again = (col("rows") - col("rows").floor_div(col("least"))).sum().alias("again");
    let several = col("lines").gt(lit(1)).cast(DataType::UInt32).sum().cast(DataType::UInt64).alias("several");
    let counts = whole.select([again, several, len().cast(DataType::UInt64).alias("orders")]).collect()?;
    let most = of_order.select([col("lines").max()]).collect()?;
    let (again, several, most) = (keys::number(&counts, 0, 0)?, keys::number(&counts, 1, 0)?, keys::number(&most, 0, 0)?);
    let share = again as f64 / n as f64;
    // One order of one line twice can be two pieces; whole orders of several lines are not repeated by chance.
    let one_line_orders = if most == 1 { keys::number(&counts, 2, 0)? } else { 0 };
    Ok((share >= ORDERS_SHARE && (several > 0 || one_line_orders >= FEW_ORDERS), share))
}

pub(super) fn n_where(looked: &DataFrame, test: Expr) -> Result<usize, CustomersError> {
    let n = looked.clone().lazy().select([test.fill_null(lit(false)).cast(DataType::UInt32).sum().cast(DataType::UInt64)]).collect()?;
    keys::number(&n, 0, 0)
}
