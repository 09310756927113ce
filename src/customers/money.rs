//! What is an order worth? Decided once per source, from its columns and from whole orders.
//!
//! In: transactions and which column plays which part. Out: whether an amount is a line's or the whole order's, what refunds and statuses mean, which
//! columns stand only in the first line of an order, whether an export stands in the file several times; each with its reason, so that nothing about
//! money is guessed in silence. Looked at: all rows of a small source, else all rows of some thousand orders. Cost: one pass over a few columns.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::base::text::count;
use crate::data::sourcing::{AmountIs, Field, MoneyRules, RefundsAre};
use crate::data::{Raw, name_words};

use super::error::CustomersError;
use super::keys::{self, collect};
use super::rows::marks;
use super::shapes;
use super::status::{self, StatusMeans};
use super::understand::UnderstoodSource;

/// How the rows of a source become money.
#[derive(Debug, Clone, PartialEq)]
pub struct Money {
    /// What an amount stands for.
    pub amount: AmountIs,
    /// What rows marked as returned are.
    pub refunds: RefundsAre,
    /// Marked rows never became a sale: the mark says that the order was cancelled.
    pub marks_cancel: bool,
    /// The same refund stands on each line of an order, and counts once.
    pub refund_once: bool,
    /// What each status means, the commonest first.
    pub statuses: Vec<Status>,
    /// Columns that stand only in the first line of an order and hold for all of its lines.
    pub only_first: Vec<String>,
    /// The column that amounts were brought in by, from a source that lists what was paid for orders.
    pub paid: Option<Paid>,
    /// Whether rows that repeat a whole order are left out.
    pub drop_copies: bool,
    /// What one unit of each currency is worth in the one amounts are told in; empty where nothing is converted.
    pub rates: std::collections::BTreeMap<String, f64>,
}

/// Where amounts come from that the transactions themselves do not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Paid {
    /// The place of the source among all.
    pub source: usize,
    /// Its column of orders.
    pub order: String,
    /// Its column of amounts, of which an order may have several.
    pub amount: String,
}

/// A status and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// As the file spells it, in lower case.
    pub name: String,
    /// Its rows.
    pub n_rows: usize,
    /// What it says of the money.
    pub means: StatusMeans,
    /// Whether the word was known; one that is not counts as a sale.
    pub is_known: bool,
}

/// What is told of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// It decides what orders are worth.
    Money,
    /// It decides who a customer is.
    Person,
    /// It decides when something happened.
    Day,
}

/// One decision about a source, told where it can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What it decides.
    pub topic: Topic,
    /// One sentence or two, with the rows it rests on.
    pub text: String,
}

impl Money {
    /// The names of statuses, in lower case, that are not `Sale`.
    pub(super) fn named(&self, means: StatusMeans) -> Vec<String> {
        self.statuses.iter().filter(|status| status.means == means).map(|status| status.name.clone()).collect()
    }
}

/// Rows up to which all of them are looked at.
const ALL_ROWS: usize = 300_000;
/// Of larger sources, places at which orders are picked, and orders at each.
const PLACES: usize = 16;
const ORDERS_AT: usize = 125;
/// Nearly all: what is true of this share of the orders is taken for true.
const NEARLY_ALL: f64 = 0.95;

/// Decides what `source`, a list of transactions, is worth.
pub(super) fn decide(source: &mut UnderstoodSource, raw: &Raw, rules: &MoneyRules) -> Result<(), CustomersError> {
    let mut decisions = Vec::new();
    let mut tell = |text: String| decisions.push(Decision { topic: Topic::Money, text });
    if let Some(shape) = shapes::of(&raw.columns) {
        tell(format!(
            "Its columns are those of {} {} export.",
            if shape.name.starts_with(['A', 'E', 'e', 'O']) { "an" } else { "a" },
            shape.name
        ));
    }
    let looked = whole_orders(source, raw)?;
    let (copies, share) = copies(source, &looked)?;
    let drop_copies = rules.drop_copies.unwrap_or(copies);
    // What stands there twice is no evidence for anything.
    let looked = if drop_copies { looked.unique_stable(None, UniqueKeepStrategy::First, None)? } else { looked };
    let orders = orders(&looked)?;
    let mut money = Money {
        amount: AmountIs::PerLine,
        refunds: RefundsAre::OwnRows,
        marks_cancel: false,
        refund_once: false,
        statuses: Vec::new(),
        only_first: Vec::new(),
        paid: None,
        drop_copies,
        rates: rules.rates.iter().map(|(code, rate)| (code.to_uppercase(), *rate)).collect(),
    };
    let (amount, why) = amount(source, raw, &looked, &orders, rules)?;
    money.amount = amount;
    why.map(&mut tell);
    if let Some(name) = source.fields.get(&Field::Refund) {
        money.refund_once = orders.refund_repeats;
        let n = n_where(&looked, col(REFUND).neq(lit(0.0)))?;
        let once = if money.refund_once { " It stands on each line of an order and counts once." } else { "" };
        tell(format!("{name} is what was given back of the sale beside it, and is subtracted ({}).{once}", of_rows(n, &looked)));
    }
    if let Some(name) = source.fields.get(&Field::Status).cloned() {
        money.statuses = statuses(raw, &name, rules)?;
        told_statuses(&name, &money, source.fields.contains_key(&Field::Refund)).into_iter().for_each(&mut tell);
    }
    if let Some(name) = source.fields.get(&Field::Returned).cloned() {
        let (refunds, cancels, why) = refunds(source, &name, &looked, rules)?;
        (money.refunds, money.marks_cancel) = (refunds, cancels);
        why.map(&mut tell);
    }
    if source.fields.contains_key(&Field::Order) {
        money.only_first = only_first(source, raw, &looked)?;
        if !money.only_first.is_empty() {
            let (stand, hold) = if money.only_first.len() == 1 { ("stands", "it holds") } else { ("stand", "they hold") };
            tell(format!("{} {stand} only in the first line of an order; {hold} for all of its lines.", listed(&money.only_first)));
        }
    }
    if copies {
        let percent = (100.0 * share).round();
        tell(match money.drop_copies {
            true => format!(
                "{percent} % of the rows looked at repeat a whole order word for word, as when an export is pasted twice; each order counts once."
            ),
            false => format!("{percent} % of the rows looked at repeat a whole order word for word; you said that they count."),
        });
    }
    source.money = Some(money);
    source.decisions.extend(decisions);
    Ok(())
}

/// What is computed of the rows looked at; no file has columns of these names.
const ORDER: &str = "\u{1}order";
const AMOUNT: &str = "\u{1}amount";
const LINE: &str = "\u{1}line";
const REFUND: &str = "\u{1}refund";
const MARK: &str = "\u{1}mark";

/// The columns that decisions rest on, of whole orders: those computed, then the file's own under their names.
fn whole_orders(source: &UnderstoodSource, raw: &Raw) -> Result<DataFrame, CustomersError> {
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
struct Orders {
    n_several: usize,
    /// Those whose amount is the same on every line.
    n_same: usize,
    /// Those whose amount stands on one line alone.
    n_alone: usize,
    /// Those whose lines, added up, are the amount that stands on each of them.
    n_sum_is_amount: usize,
    /// Those in which price times quantity differs from line to line while the amount does not.
    n_lines_differ: usize,
    /// The same refund stands on every line.
    refund_repeats: bool,
}

/// Whether two amounts are the same to the cent.
fn to_the_cent(a: Expr, b: Expr) -> Expr {
    (a - b).abs().lt(lit(0.0051))
}

fn orders(looked: &DataFrame) -> Result<Orders, CustomersError> {
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

/// What an amount stands for, and why.
fn amount(
    source: &UnderstoodSource,
    raw: &Raw,
    looked: &DataFrame,
    orders: &Orders,
    rules: &MoneyRules,
) -> Result<(AmountIs, Option<String>), CustomersError> {
    let amount = source.fields.get(&Field::Amount);
    let line = source.fields.get(&Field::UnitPrice).zip(source.fields.get(&Field::Quantity));
    if let Some(said) = rules.amount {
        return Ok((said, Some(format!("You said: {}", said.explanation()))));
    }
    let Some(name) = amount else {
        let Some((price, quantity)) = line else { return Ok((AmountIs::PerLine, None)) };
        let why = format!("A line is worth {quantity} times {price} ({}).", of_rows(n_where(looked, col(LINE).is_not_null())?, looked));
        return Ok((AmountIs::PriceTimesQuantity, Some(why)));
    };
    let share = |part: usize, of: usize| of > 0 && part as f64 >= NEARLY_ALL * of as f64;
    let Orders { n_several, n_same, n_alone, n_sum_is_amount, n_lines_differ, .. } = *orders;
    let several = format!("{} orders of several lines", count(n_several));
    if share(n_alone, n_several) {
        return Ok((AmountIs::PerLine, Some(format!("{name} stands on one line of each order and is added up ({several} looked at)."))));
    }
    let words = name_words(name);
    let says = |of: &[&str]| of.iter().any(|word| words.iter().any(|token| token == word));
    let is_of_order = says(&[
        "order",
        "grand",
        "invoice",
        "receipt",
        "basket",
        "transaction",
        "gesamtbetrag",
        "bestellwert",
        "bestellsumme",
        "commande",
        "pedido",
        "ordine",
    ]);
    // A line may have a total too: a few orders must show it.
    let may_be_of_order = says(&["total", "paid"]) && n_several >= 3;
    let is_of_line = says(&["line", "lineitem", "item", "unit", "position", "product", "ligne", "linea", "article", "artikel", "row"]);
    let by_shape = shapes::of(&raw.columns).and_then(|shape| shape.amount);
    // That all lines of an order cost the same happens by chance too, where everything costs the same or there are few orders.
    let repeats = share(n_same, n_several) && (n_lines_differ > 0 || n_several >= 20 && varies(looked)? || is_of_order || may_be_of_order);
    if repeats && !is_of_line && by_shape != Some(AmountIs::PerLine) {
        if let Some((price, quantity)) = line
            && share(n_sum_is_amount, n_same)
        {
            let why = format!(
                "{name} is the sum of {quantity} times {price} over the lines of each order ({several} looked at); lines count by themselves."
            );
            return Ok((AmountIs::PriceTimesQuantity, Some(why)));
        }
        let why = format!(
            "{name} is the same on every line of {} of {several}; it is the order's total and counts once per order.",
            count(n_same)
        );
        return Ok((AmountIs::PerOrder, Some(why)));
    }
    if n_several == 0 {
        let rows = of_rows(n_where(looked, col(AMOUNT).is_not_null())?, looked);
        let alone = if source.fields.contains_key(&Field::Order) { "; no order has several lines" } else { "" };
        let why = format!("{name} is what each row is worth{alone} ({rows}).");
        return Ok((AmountIs::PerLine, Some(why)));
    }
    Ok((
        AmountIs::PerLine,
        Some(format!(
            "{name} is a line's own amount, and lines are added up: it differs within {} of {several}.",
            count(n_several - n_same)
        )),
    ))
}

/// Whether amounts differ from order to order.
fn varies(looked: &DataFrame) -> Result<bool, CustomersError> {
    let n = looked.clone().lazy().select([col(AMOUNT).drop_nulls().n_unique()]).collect()?;
    Ok(keys::number(&n, 0, 0)? >= 5)
}

/// The statuses of all rows and what they say.
fn statuses(raw: &Raw, name: &str, rules: &MoneyRules) -> Result<Vec<Status>, CustomersError> {
    let cells = raw.lazy().select([status_of(name).alias("status")]).filter(col("status").is_not_null());
    let counts = collect(cells.group_by([col("status")]).agg([len().alias("rows")]))?;
    let order = SortMultipleOptions::default().with_order_descending_multi([true, false]);
    let counts = counts.sort(["rows", "status"], order)?;
    let mut all = Vec::with_capacity(counts.height());
    for (at, name) in counts.column("status")?.str()?.iter().enumerate() {
        let Some(name) = name else { continue };
        let known = status::means(name);
        let mut means = known.unwrap_or(StatusMeans::Sale);
        if let Some(counted) = &rules.counted {
            means = match (counted.contains(name), means) {
                (true, StatusMeans::NoSale) => StatusMeans::Sale,
                (true, means) => means,
                (false, _) => StatusMeans::NoSale,
            };
        }
        let is_known = known.is_some() || rules.counted.is_some();
        all.push(Status { name: name.to_owned(), n_rows: keys::number(&counts, 1, at)?, means, is_known });
    }
    Ok(all)
}

/// A status as it is compared: in lower case, without blanks around it.
pub(super) fn status_of(name: &str) -> Expr {
    let text = col(name).cast(DataType::String).str().strip_chars(lit(NULL)).str().to_lowercase();
    when(text.clone().eq(lit(""))).then(lit(NULL)).otherwise(text)
}

fn told_statuses(name: &str, money: &Money, has_refunds: bool) -> Vec<String> {
    let of = |wanted: StatusMeans, is_known: bool| {
        let its = money.statuses.iter().filter(|status| status.means == wanted && status.is_known == is_known);
        let its: Vec<String> = its.map(|status| format!("{} ({})", status.name, count(status.n_rows))).collect();
        (!its.is_empty()).then(|| its.join(", "))
    };
    let mut told = Vec::new();
    if let Some(sales) = of(StatusMeans::Sale, true) {
        told.push(format!("By {name}, these count as sales, with their rows: {sales}."));
    }
    if let Some(not) = of(StatusMeans::NoSale, true) {
        told.push(format!("By {name}, these never became sales and are not counted: {not}."));
    }
    if let Some(back) = of(StatusMeans::Refunded, true) {
        told.push(format!("By {name}, these were given back as a whole: {back}."));
    }
    if let Some(partly) = of(StatusMeans::PartlyRefunded, true) {
        let how_much = if has_refunds { "how much is in the column of refunds" } else { "no column says how much, so they count in full" };
        told.push(format!("By {name}, these were given back in part: {partly}; {how_much}."));
    }
    if let Some(unknown) = of(StatusMeans::Sale, false) {
        told.push(format!("What these of {name} mean is not known; they count as sales: {unknown}."));
    }
    told
}

/// Whether rows that are marked stand beside the sale or are the sale, whether the mark is a cancellation, and why.
fn refunds(
    source: &UnderstoodSource,
    name: &str,
    looked: &DataFrame,
    rules: &MoneyRules,
) -> Result<(RefundsAre, bool, Option<String>), CustomersError> {
    let is_order = source.fields.get(&Field::Order).is_some_and(|order| order == name);
    let words = name_words(name);
    let begins = |parts: &[&str]| words.iter().any(|word| parts.iter().any(|part| word.starts_with(part)));
    let cancels = !is_order && begins(&["cancel", "storn", "annul", "void"]);
    let n_marked = n_where(looked, col(MARK))?;
    let rows = of_rows(n_marked, looked);
    if let Some(said) = rules.refunds {
        return Ok((
            said,
            cancels && said == RefundsAre::TheSale,
            Some(format!("You said of rows that {name} marks: {}", said.explanation())),
        ));
    }
    if n_marked == 0 && !is_order {
        return Ok((RefundsAre::OwnRows, false, None));
    }
    if is_order {
        return Ok((
            RefundsAre::OwnRows,
            false,
            Some(format!("Order numbers of {name} that begin with C are returns beside the sale, and are subtracted ({rows}).")),
        ));
    }
    let own = format!("Rows that {name} marks stand beside the sale, and are subtracted ({rows}).");
    let n_negative = n_where(looked, col(MARK).and(col(AMOUNT).lt(lit(0.0)).or(col(LINE).lt(lit(0.0))).fill_null(lit(false))))?;
    if n_negative * 2 > n_marked {
        return Ok((RefundsAre::OwnRows, false, Some(own)));
    }
    // A return of its own has the sale beside it: the same amount or product, not marked, in the same order.
    let n_paired = if source.fields.contains_key(&Field::Order) { paired(source, looked)? } else { 0 };
    let speaks_of_rows =
        !cancels && !begins(&["returned", "refunded", "retourn", "rembours", "reembols", "devuelt", "erstattet", "storniert"]);
    // A column such as "type" or "is return" says what a row is; one such as "returned" or "cancelled" says what became of the sale.
    if speaks_of_rows || n_paired * 2 > n_marked {
        return Ok((RefundsAre::OwnRows, false, Some(own)));
    }
    let why = match cancels {
        true => format!("Rows that {name} marks are orders that were cancelled; they never became sales ({rows})."),
        false => format!("Rows that {name} marks are sales that were given back; they are worth nothing in the end ({rows})."),
    };
    Ok((RefundsAre::TheSale, cancels, Some(why)))
}

/// Marked rows with an unmarked one of the same order beside them that has the same amount or the same product.
fn paired(source: &UnderstoodSource, looked: &DataFrame) -> Result<usize, CustomersError> {
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
fn only_first(source: &UnderstoodSource, raw: &Raw, looked: &DataFrame) -> Result<Vec<String>, CustomersError> {
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
fn copies(source: &UnderstoodSource, looked: &DataFrame) -> Result<(bool, f64), CustomersError> {
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

fn n_where(looked: &DataFrame, test: Expr) -> Result<usize, CustomersError> {
    let n = looked.clone().lazy().select([test.fill_null(lit(false)).cast(DataType::UInt32).sum().cast(DataType::UInt64)]).collect()?;
    keys::number(&n, 0, 0)
}

/// "12 of 300 rows".
fn of_rows(n: usize, looked: &DataFrame) -> String {
    format!("{} of {} rows looked at", count(n), count(looked.height()))
}

fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}
