//! What was ordered when, as events: bought, given back or called off, by the very rules that the customer table adds money up by.
//!
//! In: what is chosen of a list of transactions, and its rows. Out: one event per customer, moment, order and kind, worth what its lines are worth together. Rows that repeat a whole
//! order are left out, as there. What takes other sources does not enter: an amount listed beside, and people behind several keys. O(rows), all in memory.

use polars::prelude::*;

use crate::base::Ctx;
use crate::base::text::count;
use crate::customers::error::CustomersError;
use crate::customers::understand::keys::collect;
use crate::customers::understand::rows::{IS_NO_SALE, IS_RETURN, has_money, transactions};
use crate::customers::understand::understand;
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;
use crate::data::{Raw, RawCells, SourceFile, SourceKind, Sourcing};

use super::assemble::{currency, key_type};
use super::prepare::inputs;

/// The kinds of events, in small letters.
const KINDS: [&str; 3] = ["purchase", "return", "order cancelled"];
/// Milliseconds since 1970. No file has a column of this name.
const TIME: &str = "\u{1}time";
const EVENT: &str = "\u{1}event";
/// Rows of the file behind an event.
const ROWS: &str = "\u{1}rows";
/// Rows after it are left to whoever knows which day it is.
const NO_END: IsoDay = IsoDay(100_000);

/// Orders as events, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct Sales {
    /// `customer_id`, `event`, `timestamp`, and where the rows say so `order_id` and `amount`.
    pub columns: Vec<(&'static str, RawCells)>,
    /// Events.
    pub n: usize,
    /// The column of the file that says when.
    pub time: String,
    /// Whether they have a time of day, and not a day alone.
    pub has_times: bool,
    /// What was counted, in one sentence.
    pub told: String,
}

/// The orders of one list of transactions. What `source` leaves open is found out from the rows.
///
/// Fails where no column says who or when, and when stopped.
pub fn sales(source: &SourceFile, raw: &Raw, ctx: &Ctx) -> Result<Sales, CustomersError> {
    let source = SourceFile { kind: Some(SourceKind::Transactions), ..source.clone() };
    let sourcing = Sourcing { sources: vec![source], ..Sourcing::default() };
    let understood = understand(&sourcing, &[raw], ctx)?;
    let mut inputs = inputs(&understood, &[raw])?;
    let keys = key_type(&inputs)?;
    ctx.check()?;
    for input in &mut inputs {
        let name = input.field(Field::Date).ok_or_else(|| CustomersError::NoDate { source_name: input.of.name.clone() })?;
        let moment = col(name).cast(DataType::Datetime(TimeUnit::Milliseconds, None)).to_physical();
        let rows = input.rows.clone().with_columns([moment.cast(DataType::Int64).alias(TIME)]);
        input.set_rows(rows)?;
    }
    let (has_order, has_money) = (inputs[0].field(Field::Order).is_some(), has_money(&inputs[0]));
    let kind = when(col(IS_NO_SALE)).then(lit(KINDS[2])).when(col(IS_RETURN)).then(lit(KINDS[1])).otherwise(lit(KINDS[0]));
    let mut parts = vec![col("customer"), col(TIME), kind.alias(EVENT)];
    parts.extend(has_order.then(|| col("order")));
    let names: Vec<Expr> = ["customer", TIME, EVENT].into_iter().chain(has_order.then_some("order")).map(col).collect();
    // An order of which no line says what it is worth is not worth nothing.
    let is_known = col("amount").count().gt(lit(0));
    let worth = when(is_known).then(col("amount").sum()).otherwise(lit(NULL).cast(DataType::Float64)).alias("amount");
    let rows = transactions(&inputs, keys, NO_END, currency(&understood))?.select([parts, vec![col("amount")]].concat());
    let events = collect(rows.group_by_stable(names).agg([worth, len().alias(ROWS)]))?;
    if events.height() == 0 {
        return Err(CustomersError::NoCustomers);
    }
    ctx.check()?;
    let cells = |name: &str| RawCells::of(events.column(name)?);
    let mut columns = vec![("customer_id", cells("customer")?), ("event", cells(EVENT)?)];
    let times = RawCells::Times(events.column(TIME)?.i64()?.iter().collect());
    columns.push(("timestamp", times));
    if has_order {
        columns.push(("order_id", cells("order")?));
    }
    if has_money {
        columns.push(("amount", cells("amount")?));
    }
    let has_times = understood.sources.iter().any(|source| source.has_time);
    let time = inputs[0].field(Field::Date).unwrap_or_default().to_owned();
    Ok(Sales { columns, n: events.height(), time, has_times, told: told(&events, raw)? })
}

/// "16 258 rows of orders.csv are 9 300 purchases, 12 returns and 40 cancelled orders, counted as on Data, under Sources."
fn told(events: &DataFrame, raw: &Raw) -> Result<String, CustomersError> {
    let kinds = events.column(EVENT)?.str()?;
    let of = |kind: &str| kinds.iter().filter(|cell| *cell == Some(kind)).count();
    let names = [("purchase", "purchases"), ("return", "returns"), ("cancelled order", "cancelled orders")];
    let counted = KINDS.iter().zip(names).map(|(kind, (one, many))| (of(kind), one, many)).filter(|(n, ..)| *n > 0);
    let counted: Vec<String> = counted.map(|(n, one, many)| format!("{} {}", count(n), if n == 1 { one } else { many })).collect();
    let listed = match counted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => counted.concat(),
    };
    let n_counted = events.column(ROWS)?.cast(&DataType::UInt64)?.u64()?.sum().unwrap_or(0) as usize;
    let left_out = match raw.n_rows.saturating_sub(n_counted) {
        0 => String::new(),
        1 => " 1 row names no customer or no day, or repeats an order, and is left out.".to_owned(),
        n => format!(" {} rows name no customer or no day, or repeat an order, and are left out.", count(n)),
    };
    Ok(format!("{} rows of {} are {listed}, counted as in a customer table.{left_out}", count(n_counted), raw.title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read_raw;

    #[test]
    fn orders_are_events_by_the_rules_of_the_table() {
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let text = "order_id,customer_id,order_date,quantity,unit_price,status\n\
                    1,a,2024-01-05 10:00,2,5.00,Completed\n1,a,2024-01-05 10:00,1,3.00,Completed\n2,b,2024-02-01 09:00,1,7.00,Cancelled\n\
                    3,a,2024-03-01 12:00,-1,5.00,Completed\n4,b,2024-03-02 08:00,1,4.00,Completed\n\
                    5,,2024-03-03 08:00,1,4.00,Completed\n6,a,2024-03-04 08:00,1,,Completed\n";
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        let raw = read_raw(file.path(), &Ctx::new()).unwrap();
        let source = SourceFile { name: "orders".into(), path: file.path().to_owned(), ..SourceFile::default() };
        let sales = sales(&source, &raw, &Ctx::new()).unwrap();
        let column = |name: &str| sales.columns.iter().find(|(of, _)| *of == name).map(|(_, cells)| cells.clone()).unwrap();
        let texts = |cells: RawCells| match cells {
            RawCells::Coded { codes, texts } => codes.iter().map(|&code| texts[code as usize].clone()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(texts(column("customer_id")), ["a", "b", "a", "b", "a"]);
        assert_eq!(texts(column("event")), ["purchase", "order cancelled", "return", "purchase", "purchase"]);
        let RawCells::Number(amounts) = column("amount") else { panic!("no amounts") };
        assert_eq!(amounts[..4], [13.0, 0.0, -5.0, 4.0]);
        assert!(amounts[4].is_nan(), "what is not known is not 0");
        assert_eq!((sales.time.as_str(), sales.has_times), ("order_date", true));
        let RawCells::Times(times) = column("timestamp") else { panic!("no times") };
        assert_eq!(times[0], Some(19_727 * 86_400_000 + 10 * 3_600_000));
        assert!(
            sales.told.contains("6 rows of") && sales.told.contains("are 3 purchases, 1 return and 1 cancelled order, counted"),
            "{}",
            sales.told
        );
        assert!(sales.told.ends_with("1 row names no customer or no day, or repeats an order, and is left out."), "{}", sales.told);
    }
}
