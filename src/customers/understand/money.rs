//! What is an order worth? Decided once per source, from its columns and from whole orders.
//!
//! In: transactions and which column plays which part. Out: whether an amount is a line's or the whole order's, what refunds and statuses mean, which
//! columns stand only in the first line of an order, whether an export stands in the file several times; each with its reason, so that nothing about
//! money is guessed in silence. Looked at: all rows of a small source, else all rows of some thousand orders. Cost: one pass over a few columns.

use polars::prelude::*;

use crate::base::text::count;
use crate::customers::error::CustomersError;
use crate::data::sourcing::{AmountIs, Field, MoneyRules, RefundsAre};
use crate::data::{Kind, Raw, name_words};

use super::keys::{self, collect};
use super::shapes;
use super::status::{self, StatusMeans, status_of};
use super::understood::{Decision, Money, Status, Topic, UnderstoodSource};

mod lines;

use lines::{AMOUNT, LINE, MARK, NEARLY_ALL, Orders, REFUND, copies, n_where, only_first, orders, paired, whole_orders};

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
    for field in [Field::Amount, Field::UnitPrice, Field::Quantity] {
        let column = source.fields.get(&field).and_then(|name| raw.column(name));
        if let Some(column) = column.filter(|column| column.kind != Kind::Number) {
            tell(format!(
                "{} holds cells that are no numbers, so nothing is added up from it; mend them, or name another column.",
                column.name
            ));
        }
    }
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
