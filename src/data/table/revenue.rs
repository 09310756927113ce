//! Which column's sum is revenue?
//!
//! In: the table and what the user says. Out: the column: the user's, else the one whose name says spend or revenue; none where neither does, or where
//! the user says that there is none. Every share of revenue names it. O(columns).

use super::dictionary::{Dictionary, RevenueChoice};
use super::loaded::Loaded;
use super::profile::ColumnProfile;
use super::quotient::quotient;
use super::role::Role;
use super::{Kind, Values};
use crate::data::column_words::column_words;
use crate::data::words::tokens;

/// The name and the values of the column whose sum is revenue. `role` is the role in force of a column. Without the column that the user chose there is
/// none: another would be a guess against what was said.
pub fn revenue_column<'a>(
    loaded: &'a Loaded,
    dictionary: &Dictionary,
    role: impl Fn(&ColumnProfile) -> Role,
) -> Option<(&'a str, &'a [f64])> {
    let chosen = match dictionary.revenue() {
        Some(RevenueChoice::None) => None,
        Some(RevenueChoice::Column(name)) => Some(name.as_str()),
        None => suggested(loaded, role),
    };
    let column = loaded.table.column(chosen?)?;
    match &column.values {
        Values::Number(values) => Some((&column.name, values)),
        Values::Date(_) | Values::Text(_) => None,
    }
}

/// The column whose name says spend or revenue, and neither average nor a single order. "Amount" alone may be what was lent or insured, so it is
/// revenue only beside a word of buying; charges are it only in total. Sales by floor space are none.
fn suggested(loaded: &Loaded, role: impl Fn(&ColumnProfile) -> Role) -> Option<&str> {
    candidates(loaded, role).into_iter().find(|name| quotient(loaded, name).is_none())
}

/// A column that would be revenue by its name and is none, since it is one other column by a third; told wherever nobody chose, so that it can be.
pub fn no_revenue<'a>(
    loaded: &'a Loaded,
    dictionary: &Dictionary,
    role: impl Fn(&ColumnProfile) -> Role,
) -> Option<(&'a str, [&'a str; 2])> {
    let candidates = if dictionary.revenue().is_none() { candidates(loaded, role) } else { Vec::new() };
    let likeliest = *candidates.first()?;
    Some((likeliest, quotient(loaded, likeliest)?))
}

/// Columns that may be revenue by their names, the likeliest first; equal ones as in the table.
fn candidates(loaded: &Loaded, role: impl Fn(&ColumnProfile) -> Role) -> Vec<&str> {
    // Of orders that may be cancelled only a table that is built from them knows what was sold.
    let tells_status =
        |column: &ColumnProfile| tokens(&column.name).iter().any(|word| column_words().roles.status.contains(&word.as_str()));
    if loaded.is_listing && loaded.profile.columns.iter().any(tells_status) {
        return Vec::new();
    }
    const YES: [(&str, i32); 14] = [
        ("revenue", 4),
        ("umsatz", 4),
        ("sales", 3),
        ("turnover", 3),
        ("ventas", 3),
        ("spend", 3),
        ("spent", 3),
        ("spending", 2),
        ("ausgaben", 3),
        ("depenses", 3),
        ("dépenses", 3),
        ("gasto", 3),
        ("gastos", 3),
        ("monetary", 2),
    ];
    const BOUGHT: [&str; 9] = ["purchase", "purchases", "order", "orders", "transaction", "transactions", "invoice", "basket", "bought"];
    const BILLED: [&str; 6] = ["charge", "charges", "paid", "payments", "billed", "bookings"];
    const TOTAL: [&str; 7] = ["total", "sum", "gesamt", "lifetime", "annual", "totale", "totales"];
    const NO: [&str; 47] = [
        "avg",
        "average",
        "mean",
        "median",
        "per",
        "last",
        "first",
        "max",
        "min",
        "score",
        "share",
        "rate",
        "pct",
        "percent",
        "ratio",
        "discount",
        "discounted",
        "tax",
        "shipping",
        "refund",
        "returned",
        "index",
        "rank",
        "category",
        "durchschnitt",
        "moyen",
        "moyenne",
        "medio",
        "media",
        "count",
        "days",
        "calls",
        "date",
        // Money that changes hands without anything being sold.
        "loan",
        "loans",
        "credit",
        "debt",
        "collection",
        "collections",
        "lent",
        "borrowed",
        "owed",
        "balance",
        "limit",
        "claim",
        "claims",
        "deposit",
    ];
    let mut found: Vec<(i32, &str)> = Vec::new();
    let is_open = |profile: &&ColumnProfile| !matches!(role(profile), Role::Sensitive | Role::Identifier | Role::Ignored);
    // Two numbers are answers, not amounts.
    let columns = loaded.profile.columns.iter().filter(|profile| profile.kind == Kind::Number && profile.n_distinct > 2);
    for profile in columns.filter(is_open) {
        let words = tokens(&profile.name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let strength = words
            .iter()
            .filter_map(|word| YES.iter().find(|(yes, _)| word.as_str() == *yes || word.ends_with("umsatz") && *yes == "umsatz"));
        let is_paid = words.iter().any(|word| word == "amount") && has(&BOUGHT) || has(&BILLED) && has(&TOTAL);
        let Some(strength) = strength.map(|(_, strength)| *strength).chain(is_paid.then_some(1)).max() else { continue };
        let score = 2 * strength + 3 * i32::from(has(&TOTAL));
        if !has(&NO) {
            found.push((score, &profile.name));
        }
    }
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, name)| name).collect()
}
