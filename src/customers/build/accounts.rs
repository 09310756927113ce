//! What became of the money in the files? Gross is net and refunds and what is not counted, so that it can be compared with the shop's own report.
//!
//! In: transactions as they are counted. Out: for each source rows, orders and money of every part; the parts add up to the cent. One pass over the
//! columns that money, people and days come from.

use polars::prelude::*;

use crate::customers::error::CustomersError;
use crate::customers::understand::keys::{self, collect};
use crate::customers::understand::rows::{self, BACK, BASE, CURRENCY, IS_NO_SALE, IS_OTHER, IS_RETURN, Input, KeyType, SIGNED, STATUS};
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;

/// The money of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The source.
    pub source: String,
    /// Everything that was sold or looked like it.
    pub gross: Part,
    /// What the customers' monetary values add up to, by rows that count.
    pub net: Part,
    /// What was given back.
    pub refunds: Part,
    /// What is left out, by reason.
    pub not_counted: Vec<(String, Part)>,
    /// All rows among these that a status or a mark keeps out: cancelled, failed, not paid.
    pub never_sold: Part,
    /// Amounts in other currencies, each in its own; they are in none of the other parts.
    pub other_currencies: Vec<(String, Part)>,
}

/// Some rows and what they are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Part {
    /// Its rows.
    pub rows: usize,
    /// Its orders; 0 where no column names them, and in sources of more than two million rows.
    pub orders: usize,
    /// Its money, in hundredths.
    pub cents: i64,
}

impl Part {
    /// "1 234.50".
    pub fn money(&self) -> String {
        money(self.cents)
    }
}

/// Hundredths as people write money.
fn money(cents: i64) -> String {
    let whole = crate::base::text::count((cents.unsigned_abs() / 100) as usize);
    format!("{}{whole}.{:02}", if cents < 0 { "−" } else { "" }, cents.unsigned_abs() % 100)
}

impl Account {
    /// Whether the parts are the whole, to the cent.
    pub fn adds_up(&self) -> bool {
        let left_out: i64 = self.not_counted.iter().map(|(_, part)| part.cents).sum();
        self.gross.cents == self.net.cents + self.refunds.cents + left_out
    }

    /// The sums alone, without what is nothing: "Gross 120.00 = net 95.00 + refunds 5.00 + not counted 20.00".
    pub fn brief(&self) -> String {
        let left_out: i64 = self.not_counted.iter().map(|(_, part)| part.cents).sum();
        let parts = [(" + refunds ", self.refunds.cents), (" + not counted ", left_out)];
        let told: String = parts.iter().filter(|(_, cents)| *cents != 0).map(|(name, cents)| format!("{name}{}", money(*cents))).collect();
        let others: String =
            self.other_currencies.iter().map(|(currency, part)| format!("; not converted: {currency} {}", part.money())).collect();
        format!("Gross {} = net {}{told}{others}", self.gross.money(), self.net.money())
    }

    /// In one sentence: "Gross 120.00 (6 rows, 6 orders) = net 95.00 (…) + refunds 5.00 (…) + not counted 20.00 (cancelled 20.00, 1 row)".
    pub fn sentence(&self) -> String {
        let of = |name: &str, part: &Part| {
            let orders = if part.orders > 0 { format!(", {}", counted(part.orders, "order")) } else { String::new() };
            format!("{name} {} ({}{orders})", part.money(), counted(part.rows, "row"))
        };
        let left_out: i64 = self.not_counted.iter().map(|(_, part)| part.cents).sum();
        let reasons: Vec<String> = self.not_counted.iter().map(|(why, part)| of(why, part)).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
        let mut text = format!(
            "{} = {} + {} + not counted {}{reasons}",
            of("Gross", &self.gross),
            of("net", &self.net),
            of("refunds", &self.refunds),
            money(left_out)
        );
        for (currency, part) in &self.other_currencies {
            text += &format!("; not converted: {}", of(currency, part));
        }
        text
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", crate::base::text::count(n), if n == 1 { "" } else { "s" })
}

/// Orders of sources with more rows are not counted: to tell them apart would take longer than all the rest.
const COUNTED_ROWS: usize = 2_000_000;

/// The money of a large source in which all rows are sales or returns: sums alone, nothing is grouped.
fn plain(input: &Input, keys: KeyType, snapshot: IsoDay) -> Result<Account, CustomersError> {
    let no = |test: Expr| test.fill_null(lit(false));
    let (customer, date) = (input.customer(keys)?, input.day()?);
    let late = no(date.clone().gt(rows::day(snapshot)));
    let tests = [
        ("no customer", customer.clone().is_null()),
        ("no day", customer.clone().is_not_null().and(date.clone().is_null())),
        ("after the snapshot", customer.is_not_null().and(late)),
    ];
    let is_left_out = tests.iter().map(|(_, test)| test.clone()).reduce(Expr::or).unwrap_or(lit(false));
    let zero = || lit(0.0);
    let sale = when(col(IS_RETURN)).then(zero()).otherwise(col(BASE)).fill_null(zero());
    let back = when(col(IS_RETURN)).then(zero() - col(SIGNED)).otherwise(col(BACK)).fill_null(zero());
    let rows = rows::valued(input, None)?.select(
        [sale.alias("sale"), back.alias("back"), is_left_out.alias("left out")]
            .into_iter()
            .chain(tests.iter().map(|(name, test)| test.clone().alias(*name)))
            .collect::<Vec<_>>(),
    );
    let n = |test: Expr| test.cast(DataType::UInt32).sum().cast(DataType::UInt64);
    let kept = || col("left out").not();
    let mut sums = vec![
        len().cast(DataType::UInt64).alias("rows"),
        col("sale").sum(),
        when(kept()).then(col("back")).otherwise(zero()).sum().alias("back"),
        n(kept().and(col("back").neq(zero()))).alias("rows back"),
    ];
    for (name, _) in &tests {
        sums.push(n(col(*name)).alias(format!("rows {name}")));
        sums.push(when(col(*name)).then(col("sale")).otherwise(zero()).sum().alias(format!("sale {name}")));
    }
    let sums = collect(rows.select(sums))?;
    let count = |name: &str| -> Result<usize, CustomersError> { Ok(sums.column(name)?.get(0)?.extract::<u64>().unwrap_or(0) as usize) };
    let cents = |name: &str| -> Result<i64, CustomersError> {
        Ok((sums.column(name)?.get(0)?.extract::<f64>().unwrap_or(0.0) * 100.0).round() as i64)
    };
    let mut not_counted = Vec::new();
    for (name, _) in &tests {
        let part = Part { rows: count(&format!("rows {name}"))?, orders: 0, cents: cents(&format!("sale {name}"))? };
        if part.rows > 0 {
            not_counted.push(((*name).to_owned(), part));
        }
    }
    let (gross, refunds) = (
        Part { rows: count("rows")?, orders: 0, cents: cents("sale")? },
        Part { rows: count("rows back")?, orders: 0, cents: cents("back")? },
    );
    let left_out = not_counted.iter().fold(Part::default(), |all, (_, part)| Part {
        rows: all.rows + part.rows,
        orders: 0,
        cents: all.cents + part.cents,
    });
    let net = Part { rows: gross.rows - left_out.rows, orders: 0, cents: gross.cents - refunds.cents - left_out.cents };
    let (never_sold, other_currencies) = (Part::default(), Vec::new());
    Ok(Account { source: input.of.name.clone(), gross, net, refunds, not_counted, never_sold, other_currencies })
}

/// Why rows are left out, in the order they are asked.
const REASONS: [&str; 7] = ["", "repeated rows", "no customer", "no day", "after the snapshot", "", ""];
const BY_STATUS: u8 = 5;
const OTHER_CURRENCY: u8 = 6;

/// The money of a source; `None` where it has none.
pub(super) fn account(input: &Input, keys: KeyType, snapshot: IsoDay, currency: Option<&str>) -> Result<Option<Account>, CustomersError> {
    if !rows::has_money(input) {
        return Ok(None);
    }
    if input.most_rows > COUNTED_ROWS
        && !rows::may_be_no_sale(input)
        && !input.schema.contains(rows::COPY)
        && input.field(Field::Currency).is_none()
    {
        return Ok(Some(plain(input, keys, snapshot)?));
    }
    let code = |number: u8| lit(number).cast(DataType::UInt8);
    let when_is = |test: Expr, number: u8, otherwise: Expr| when(test.fill_null(lit(false))).then(code(number)).otherwise(otherwise);
    let date = input.day()?;
    let mut reason = when_is(col(IS_NO_SALE), BY_STATUS, code(0));
    reason = when_is(date.clone().gt(rows::day(snapshot)), 4, reason);
    reason = when_is(date.is_null(), 3, reason);
    reason = when_is(input.customer(keys)?.is_null(), 2, reason);
    reason = when_is(col(IS_OTHER), OTHER_CURRENCY, reason);
    reason = when_is(input.is_copy(), 1, reason);
    let none = || lit(NULL).cast(DataType::String);
    let zero = || lit(0.0);
    let sale = when(col(IS_RETURN)).then(zero()).otherwise(col(BASE)).fill_null(zero());
    let back = when(col(IS_RETURN)).then(zero() - col(SIGNED)).otherwise(col(BACK)).fill_null(zero());
    let has_order = input.field(Field::Order).is_some() && input.most_rows <= COUNTED_ROWS;
    let order = input.field(Field::Order).map_or_else(none, col);
    let rows = rows::valued(input, currency)?.select([
        reason.alias("reason"),
        col(STATUS),
        col(CURRENCY),
        sale.alias("sale"),
        back.alias("back"),
        order.alias("order"),
    ]);
    let by_status = when(col("reason").eq(code(BY_STATUS))).then(col(STATUS));
    let label = by_status.when(col("reason").eq(code(OTHER_CURRENCY))).then(col(CURRENCY)).otherwise(none()).alias("label");
    let rows = rows.with_columns([label, col("back").neq(zero()).alias("has back")]);
    let mut sums = vec![
        len().cast(DataType::UInt64).alias("rows"),
        col("sale").sum(),
        col("back").sum(),
        col("has back").cast(DataType::UInt32).sum().cast(DataType::UInt64).alias("rows back"),
    ];
    if has_order {
        sums.push(col("order").drop_nulls().n_unique().cast(DataType::UInt64).alias("orders"));
        sums.push(col("order").filter(col("has back")).drop_nulls().n_unique().cast(DataType::UInt64).alias("orders back"));
    }
    let parts = collect(rows.clone().group_by([col("reason"), col("label")]).agg(sums))?;
    let parts = parts.sort(["reason", "label"], SortMultipleOptions::default().with_nulls_last(true))?;
    let n_orders = if has_order {
        keys::number(&collect(rows.filter(col("reason").neq(code(OTHER_CURRENCY))).select([col("order").drop_nulls().n_unique()]))?, 0, 0)?
    } else {
        0
    };
    let number = |name: &str, at: usize| -> Result<usize, CustomersError> {
        let column = parts.column(name).ok();
        Ok(column.map(|column| column.get(at)).transpose()?.and_then(|value| value.extract::<u64>()).unwrap_or(0) as usize)
    };
    let cents = |name: &str, at: usize| -> Result<i64, CustomersError> {
        Ok((parts.column(name)?.get(at)?.extract::<f64>().unwrap_or(0.0) * 100.0).round() as i64)
    };
    let mut all = Account {
        source: input.of.name.clone(),
        gross: Part::default(),
        net: Part::default(),
        refunds: Part::default(),
        not_counted: Vec::new(),
        never_sold: Part::default(),
        other_currencies: Vec::new(),
    };
    for at in 0..parts.height() {
        let reason = number("reason", at)?;
        let (rows, orders) = (number("rows", at)?, number("orders", at)?);
        let (sale, back) = (cents("sale", at)?, cents("back", at)?);
        let label = parts.column("label")?.str()?.get(at).unwrap_or("marked as cancelled").to_owned();
        let part = Part { rows, orders, cents: sale };
        if reason == usize::from(OTHER_CURRENCY) {
            all.other_currencies.push((label, part));
            continue;
        }
        all.gross.rows += rows;
        all.gross.cents += sale;
        match reason {
            0 => {
                all.net = Part { rows, orders, cents: sale - back };
                all.refunds = Part { rows: number("rows back", at)?, orders: number("orders back", at)?, cents: back };
            }
            reason if reason == usize::from(BY_STATUS) => {
                all.never_sold.rows += rows;
                all.never_sold.cents += sale;
                all.not_counted.push((label, part));
            }
            reason => all.not_counted.push((REASONS[reason.min(6)].to_owned(), part)),
        }
    }
    all.gross.orders = n_orders;
    Ok(Some(all))
}
