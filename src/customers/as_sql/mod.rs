//! The customer table made where the orders are: the recipe as one statement for a database, so that only one row per customer comes over, or none.
//!
//! In: how the table is built, with nothing left to be guessed ([`super::frozen`]), the table of orders there, the dialect. Out: steps of a WITH, the last of which has one row per customer with the
//! columns of `personae table`. The levels are those of `build`: rows with what they are worth, one row per customer and day, one per customer and category, the customer. What a database is not asked
//! to do (statuses, refunds beside a sale, several currencies, guests, several files) is refused in one sentence, never done otherwise. Numbers are not rounded to twelve digits there, so they may
//! differ in the last ones. O(length of the recipe).

mod formula;

use std::collections::BTreeSet;

use crate::data::day::IsoDay;
use crate::data::sourcing::{AmountIs, Field, Grain, KeyMatch, RecipeColumn};
use crate::data::{Dialect, SourceFile, SourceKind, Sourcing};

use super::understand::identity::GUEST_WORDS;
use super::understand::rows::CANONICAL;
use formula::{Translated, translated};

/// What the last step is called, and its column that names customers.
pub const BUILT: &str = "customer_table";
/// See [`BUILT`].
pub const CUSTOMER: &str = "customer";

/// Names of rows that no statement has yet.
const NOT_WRITTEN: [&str; 5] = ["discounted", "event", "session", "time", "place_in_day"];

/// Why a database is not asked to build the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the customer table of this model cannot be built by a statement: {what}; build it with personae table, and place the customers with --table."
)]
pub struct AsSqlError {
    /// What stands in the way.
    what: String,
}

/// The steps of a WITH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableAsSql {
    /// Each with its name.
    pub steps: Vec<String>,
    /// The columns beside [`CUSTOMER`].
    pub columns: Vec<String>,
}

fn cannot(what: impl Into<String>) -> AsSqlError {
    AsSqlError { what: what.into() }
}

/// The table of `sourcing` from the table `orders` of the database ("shop.orders"), counted back from a day; from the day after the last order unless given.
///
/// Fails with what stands in the way.
pub fn as_sql(sourcing: &Sourcing, orders: &str, snapshot: Option<IsoDay>, dialect: Dialect) -> Result<TableAsSql, AsSqlError> {
    if dialect == Dialect::Standard {
        return Err(cannot("every database counts days in its own way, so its dialect must be named"));
    }
    let source = simple_source(sourcing)?;
    let levels: Vec<Level> = [Grain::Transactions, Grain::Purchases, Grain::Categories]
        .into_iter()
        .map(|grain| Level::of(grain, &sourcing.recipe.columns, dialect))
        .collect::<Result<_, _>>()?;
    if let Some(column) = sourcing.recipe.columns.iter().find(|column| column.grain == Grain::Events) {
        return Err(cannot(format!("{} is made of events", column.name)));
    }
    let reads: BTreeSet<&str> =
        levels.iter().flat_map(|level| level.columns.iter().flat_map(|(_, of)| of.reads.iter().map(String::as_str))).collect();
    let q = |name: &str| dialect.quoted(name);
    let has = |grain: Grain| levels.iter().any(|level| level.grain == grain && !level.columns.is_empty());
    let mut steps = vec![read_rows(source, orders, &reads, dialect)?];
    steps.extend(worth(source, snapshot, dialect));
    if has(Grain::Purchases) {
        steps.push(named(
            "[purchases] AS (\n  SELECT [customer], [date], [days_ago], [weekday], MIN([hour]) AS [hour], SUM([gross]) AS [amount], SUM([quantity]) AS [quantity], COUNT(*) AS [rows]\n  FROM [transactions]\n  WHERE [purchase] = 1\n  GROUP BY [customer], [date], [days_ago], [weekday]\n)",
            dialect,
        ));
    }
    if has(Grain::Categories) {
        steps.push(named(
            "[sums_of_categories] AS (\n  SELECT [customer], [category], COALESCE(SUM([amount]), 0) AS [amount], COALESCE(SUM([gross]), 0) AS [gross], COALESCE(SUM([quantity]), 0) AS [quantity], SUM([purchase]) AS [rows]\n  FROM [transactions]\n  WHERE [category] IS NOT NULL\n  GROUP BY [customer], [category]\n  HAVING SUM([purchase]) > 0\n)",
            dialect,
        ));
        steps.push(named(
            "[categories] AS (\n  SELECT [customer], [category], [amount], [gross], [quantity], [rows], ROW_NUMBER() OVER (PARTITION BY [customer] ORDER BY [amount] DESC, [rows] DESC, [category]) AS [place]\n  FROM [sums_of_categories]\n)",
            dialect,
        ));
    }
    for level in levels.iter().filter(|level| level.is_added_up()) {
        let columns: Vec<String> = level.columns.iter().map(|(name, of)| format!(",\n    {} AS {}", of.sql, q(name))).collect();
        let [of, rows, customer] = [&format!("of_{}", level.rows()), level.rows(), CUSTOMER].map(q);
        steps.push(format!("{of} AS (\n  SELECT {customer}{}\n  FROM {rows}\n  GROUP BY {customer}\n)", columns.concat()));
    }
    steps.push(joined(&levels, dialect));
    let last = of_customers(&sourcing.recipe.columns, &mut steps, dialect)?;
    let columns: Vec<String> = sourcing.recipe.columns.iter().map(|column| column.name.clone()).collect();
    let listed: Vec<String> = columns.iter().map(|name| q(name)).collect();
    steps.push(format!("{} AS (\n  SELECT {}, {}\n  FROM {}\n)", q(BUILT), q(CUSTOMER), listed.join(", "), q(&last)));
    Ok(TableAsSql { steps, columns })
}

/// The one source of orders, where nothing about it takes more than its own rows.
fn simple_source(sourcing: &Sourcing) -> Result<&SourceFile, AsSqlError> {
    let [source] = &sourcing.sources[..] else {
        return Err(cannot(format!("it is made of {} files", sourcing.sources.len())));
    };
    if source.kind != Some(SourceKind::Transactions) {
        return Err(cannot("it is not made of orders"));
    }
    if sourcing.rules.is_some() {
        return Err(cannot("rules say which of its rows count"));
    }
    if source.key_match.unwrap_or_default() != KeyMatch::Exact {
        return Err(cannot("its customers are compared without regard to how they are spelled"));
    }
    if matches!(source.guests, Some(Some(_))) || matches!(source.person, Some(Some(_))) {
        return Err(cannot("guests, or people behind several keys, are found out from whole files"));
    }
    let field = |of: Field| source.fields.get(&of).and_then(Option::as_deref);
    for (of, what) in [
        (Field::Status, "statuses of orders, whose words are understood from the file"),
        (Field::Refund, "what was given back beside a sale"),
        (Field::Returned, "marks of returns"),
        (Field::Currency, "several currencies"),
    ] {
        if let Some(column) = field(of) {
            return Err(cannot(format!("its column {column} tells of {what}")));
        }
    }
    if source.money.amount == Some(AmountIs::PerOrder) || source.money.drop_copies == Some(true) {
        return Err(cannot("an amount counts once for each order, or repeated orders are dropped"));
    }
    Ok(source)
}

/// The formulas of a level.
struct Level {
    grain: Grain,
    columns: Vec<(String, Translated)>,
}

impl Level {
    fn of(grain: Grain, recipe: &[RecipeColumn], dialect: Dialect) -> Result<Level, AsSqlError> {
        let place = (grain == Grain::Categories).then(|| dialect.quoted("place"));
        let of_level = recipe.iter().filter(|column| column.grain == grain);
        let columns =
            of_level.map(|column| Ok((column.name.clone(), in_words(column, dialect, place.as_deref())?))).collect::<Result<_, _>>()?;
        Ok(Level { grain, columns })
    }

    /// Everyone with orders is a customer, so these are always added up.
    fn is_added_up(&self) -> bool {
        self.grain == Grain::Transactions || !self.columns.is_empty()
    }

    fn rows(&self) -> &'static str {
        match self.grain {
            Grain::Purchases => "purchases",
            Grain::Categories => "categories",
            _ => "transactions",
        }
    }
}

fn in_words(column: &RecipeColumn, dialect: Dialect, place: Option<&str>) -> Result<Translated, AsSqlError> {
    translated(&column.formula, dialect, place).map_err(|word| cannot(format!("the formula of {} uses {word}", column.name)))
}

/// The rows as they are, with the names that formulas use.
fn read_rows(source: &SourceFile, orders: &str, reads: &BTreeSet<&str>, dialect: Dialect) -> Result<String, AsSqlError> {
    let q = |name: &str| dialect.quoted(name);
    let field = |of: Field| source.fields.get(&of).and_then(Option::as_deref);
    let text = |column: &str| format!("NULLIF(TRIM(CAST({} AS {})), '')", q(column), dialect.text_type());
    // An empty text is no number; a number stays itself, whatever a database makes of it as a text.
    let number = |column: &str| {
        let (column, kind) = (q(column), dialect.text_type());
        format!("CASE WHEN CAST({column} AS {kind}) = '' THEN NULL ELSE CAST({column} AS {}) END", dialect.double())
    };
    let key = source.key.as_deref().ok_or_else(|| cannot("its recipe knows no column that names the customer"))?;
    let date = field(Field::Date).ok_or_else(|| cannot("its recipe knows no column that holds the day"))?;
    let quantity = field(Field::Quantity).map(number);
    let lines = field(Field::UnitPrice).map(|price| match &quantity {
        Some(quantity) => format!("({}) * ({quantity})", number(price)),
        None => number(price),
    });
    let amount = match source.money.amount {
        Some(AmountIs::PriceTimesQuantity) => lines.or_else(|| field(Field::Amount).map(number)),
        _ => field(Field::Amount).map(number).or(lines),
    };
    let missing = |kind: &str| format!("CAST(NULL AS {kind})");
    // Whoever is called a guest is nobody, as when files are read.
    let guests: Vec<String> = GUEST_WORDS.iter().map(|word| dialect.text(word)).collect();
    let customer = match source.guests {
        Some(None) => text(key),
        _ => format!("CASE WHEN LOWER({0}) IN ({1}) THEN NULL ELSE {0} END", text(key), guests.join(", ")),
    };
    let mut columns = vec![
        format!("{customer} AS {}", q(CUSTOMER)),
        format!("{} AS {}", dialect.day_of(&q(date)), q("date")),
        format!("{} AS {}", if reads.contains("hour") { dialect.hour_of(&q(date)) } else { missing("INTEGER") }, q("hour")),
        format!("{} AS {}", amount.unwrap_or_else(|| missing(dialect.double())), q("base")),
        format!("{} AS {}", quantity.unwrap_or_else(|| missing(dialect.double())), q("pieces")),
    ];
    for (of, name) in [(Field::Order, "order"), (Field::Category, "category"), (Field::Channel, "channel"), (Field::Device, "device")] {
        columns.push(format!("{} AS {}", field(of).map_or_else(|| missing(dialect.text_type()), text), q(name)));
    }
    let is_written = |name: &str| CANONICAL.iter().any(|(known, _)| *known == name) && !NOT_WRITTEN.contains(&name);
    if let Some(other) = reads.iter().find(|name| !is_written(name)) {
        return Err(cannot(format!("a formula reads {other}")));
    }
    Ok(format!("{} AS (\n  SELECT {}\n  FROM {}\n)", q("orders_read"), columns.join(",\n    "), dialect.quoted_parts(orders)))
}

/// What each row is worth, and how long ago it was.
fn worth(source: &SourceFile, snapshot: Option<IsoDay>, dialect: Dialect) -> Vec<String> {
    let (date, last_day) = (dialect.quoted("date"), dialect.quoted("last_day"));
    // As when files are read: a negative amount or number of pieces is a return.
    let is_return = match source.fields.get(&Field::Quantity).and_then(Option::as_ref) {
        Some(_) => "(COALESCE([base], 0) < 0 OR COALESCE([pieces], 0) < 0)",
        None => "COALESCE([base], 0) < 0",
    };
    let (last, day, plus) = match snapshot {
        Some(day) => (None, dialect.day(&day.to_string()), ""),
        None => {
            // Rows of a day to come are not believed; a day further on in some time zone is today still.
            let ahead = dialect.days_between("CURRENT_DATE", &date);
            let last = format!(
                "[last_order] AS (\n  SELECT MAX([date]) AS [last_day] FROM [orders_read] WHERE [customer] IS NOT NULL AND {ahead} <= 1\n)"
            );
            (Some(named(&last, dialect)), last_day, " + 1")
        }
    };
    let days = dialect.days_between(&date, &day);
    let from =
        if snapshot.is_some() { "[orders_read] CROSS JOIN [hours]" } else { "[orders_read] CROSS JOIN [hours] CROSS JOIN [last_order]" };
    // Days alone are midnight to a database; they have no hour.
    let hours = "[hours] AS (\n  SELECT MAX([hour]) AS [latest_hour] FROM [orders_read]\n)";
    let valued = format!(
        "[valued] AS (\n  SELECT [customer], [date], CASE WHEN [latest_hour] > 0 THEN [hour] END AS [hour], {weekday} AS [weekday], {days}{plus} AS [days_ago], [order], [category], [channel], [device],\n    CASE WHEN {is_return} THEN 0 ELSE 1 END AS [purchase],\n    CASE WHEN {is_return} THEN 0.0 - ABS([base]) ELSE [base] END AS [amount],\n    CASE WHEN {is_return} THEN 0.0 - ABS([pieces]) ELSE [pieces] END AS [quantity]\n  FROM {from}\n  WHERE [customer] IS NOT NULL AND [date] IS NOT NULL AND [date] <= {day}\n)",
        weekday = dialect.weekday(&date),
    );
    let transactions = "[transactions] AS (\n  SELECT [customer], [date], [hour], [weekday], [days_ago], [order], [category], [channel], [device], [purchase], [amount], [quantity],\n    CASE WHEN [purchase] = 1 THEN [amount] ELSE 0.0 END AS [gross],\n    CASE WHEN [purchase] = 1 THEN 0.0 ELSE 0.0 - [amount] END AS [returned]\n  FROM [valued]\n)";
    last.into_iter().chain([hours, valued.as_str(), transactions].map(|step| named(step, dialect))).collect()
}

/// A step with its own names, which stand in brackets, quoted: databases differ in the letters they make of a name that is not. Names of a user have no place in it.
fn named(step: &str, dialect: Dialect) -> String {
    let mut parts = step.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((name, rest)) => text.push_str(&format!("{}{rest}", dialect.quoted(name))),
            None => text.push_str(part),
        }
    }
    text
}

/// Everyone with orders, with the columns of all levels; who has no rows at one has what its formulas give for none.
fn joined(levels: &[Level], dialect: Dialect) -> String {
    let q = |name: &str| dialect.quoted(name);
    let (first, customer) = (q("of_transactions"), q(CUSTOMER));
    let mut columns = vec![format!("{first}.{customer}")];
    let mut from = first.clone();
    for level in levels.iter().filter(|level| level.is_added_up()) {
        let of = q(&format!("of_{}", level.rows()));
        let is_first = level.grain == Grain::Transactions;
        if !is_first {
            from += &format!("\n  LEFT JOIN {of} ON {of}.{customer} = {first}.{customer}");
        }
        for (name, formula) in &level.columns {
            let own = format!("{of}.{}", q(name));
            columns.push(match is_first {
                true => own,
                false => format!("CASE WHEN {of}.{customer} IS NULL THEN {} ELSE {own} END AS {}", formula.of_nobody, q(name)),
            });
        }
    }
    format!("{} AS (\n  SELECT {}\n  FROM {from}\n)", q("level0"), columns.join(",\n    "))
}

/// The formulas that see the whole row, each after those it reads. The name of the last step.
fn of_customers(recipe: &[RecipeColumn], steps: &mut Vec<String>, dialect: Dialect) -> Result<String, AsSqlError> {
    let own = recipe.iter().filter(|column| column.grain == Grain::Customer);
    let mut waiting: Vec<(&str, Translated)> =
        own.map(|column| Ok((column.name.as_str(), in_words(column, dialect, None)?))).collect::<Result<_, _>>()?;
    let mut last = "level0".to_owned();
    let mut nth = 0;
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|(name, _)| (*name).to_owned()).collect();
        let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, of)| of.reads.is_disjoint(&names));
        if ready.is_empty() {
            return Err(cannot(format!("its formulas go in a circle through {}", names.into_iter().collect::<Vec<_>>().join(", "))));
        }
        let columns: Vec<String> = ready.iter().map(|(name, of)| format!(",\n    {} AS {}", of.sql, dialect.quoted(name))).collect();
        nth += 1;
        let (step, before) = (dialect.quoted(&format!("level{nth}")), dialect.quoted(&last));
        steps.push(format!("{step} AS (\n  SELECT {before}.*{}\n  FROM {before}\n)", columns.concat()));
        last = format!("level{nth}");
        waiting = later;
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sourcing(change: impl FnOnce(&mut SourceFile)) -> Sourcing {
        let fields = [(Field::Date, Some("day".to_owned())), (Field::Amount, Some("sum".to_owned()))];
        let mut source = SourceFile {
            name: "orders".into(),
            kind: Some(SourceKind::Transactions),
            key: Some("who".into()),
            fields: fields.into_iter().collect(),
            ..SourceFile::default()
        };
        change(&mut source);
        let column = |name: &str, grain: Grain, formula: &str| RecipeColumn {
            name: name.into(),
            grain,
            formula: formula.into(),
            about: String::new(),
        };
        let mut sourcing = Sourcing { sources: vec![source], ..Sourcing::default() };
        sourcing.recipe.columns = vec![
            column("twice", Grain::Customer, "again * 2"),
            column("spend", Grain::Transactions, "SUM(amount)"),
            column("again", Grain::Customer, "frequency - 1"),
            column("frequency", Grain::Purchases, "COUNT(*)"),
        ];
        sourcing.recipe.is_complete = true;
        sourcing
    }

    #[test]
    fn steps_come_after_what_they_read() {
        let built = as_sql(&sourcing(|_| ()), "shop.orders", None, Dialect::DuckDb).unwrap();
        let names: Vec<&str> = built.steps.iter().map(|step| step.split(' ').next().unwrap().trim_matches('"')).collect();
        assert_eq!(
            names,
            [
                "orders_read",
                "last_order",
                "hours",
                "valued",
                "transactions",
                "purchases",
                "of_transactions",
                "of_purchases",
                "level0",
                "level1",
                "level2",
                "customer_table"
            ]
        );
        assert!(built.steps[0].contains("FROM \"shop\".\"orders\"") && built.steps[9].contains("\"frequency\" - 1 AS \"again\""));
        assert!(built.steps[8].contains(r#"CASE WHEN "of_purchases"."customer" IS NULL THEN 0 ELSE "of_purchases"."frequency" END"#));
    }

    #[test]
    fn names_have_the_same_letters_wherever_they_stand() {
        let built = as_sql(&sourcing(|_| ()), "shop.orders", None, Dialect::Snowflake).unwrap();
        for step in &built.steps {
            // Outside of quotes there are only words of the language.
            let outside: String = step.split('"').step_by(2).map(|part| part.split('\'').step_by(2).collect::<String>()).collect();
            let words: BTreeSet<&str> = outside.split(|letter: char| !letter.is_alphabetic() && letter != '_').collect();
            let own = ["customer", "date", "days_ago", "purchase", "amount", "base", "place", "last_day", "transactions", "level"];
            assert!(own.iter().all(|name| !words.contains(name)), "{step}");
        }
        assert_eq!(named("a [b] = [c]", Dialect::Spark), "a `b` = `c`");
    }

    #[test]
    fn what_a_database_is_not_asked_to_do_is_one_sentence() {
        let why = |change: &dyn Fn(&mut SourceFile)| as_sql(&sourcing(change), "orders", None, Dialect::DuckDb).unwrap_err().to_string();
        assert!(why(&|source| source.key_match = Some(KeyMatch::Digits)).contains("how they are spelled"));
        assert!(why(&|source| source.guests = Some(Some("mail".into()))).contains("guests"));
        assert!(
            why(&|source| drop(source.fields.insert(Field::Status, Some("state".into())))).contains("its column state tells of statuses")
        );
        assert!(why(&|source| source.money.amount = Some(AmountIs::PerOrder)).contains("once for each order"));
        assert!(why(&|source| source.kind = Some(SourceKind::Events)).contains("not made of orders"));
        let mut own = sourcing(|_| ());
        own.recipe.columns[1].formula = "MEDIAN(amount)".into();
        assert!(as_sql(&own, "orders", None, Dialect::DuckDb).unwrap_err().to_string().contains("the formula of spend uses MEDIAN"));
        let standard = as_sql(&sourcing(|_| ()), "orders", None, Dialect::Standard).unwrap_err().to_string();
        assert!(standard.contains("its dialect must be named"), "{standard}");
    }
}
