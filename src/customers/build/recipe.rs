//! Which columns can a customer table have, and how does each come to be?
//!
//! In: what the sources hold. Out: the suggested columns, each with its formula in polars SQL and a sentence. Definitions: recency,
//! frequency and monetary value as in RFM (frequency counts days with a purchase, the first included), not as in lifetime-value models.

use std::collections::BTreeSet;

use crate::customers::understand::understood::{Understood, UnderstoodSource};
use crate::data::sourcing::{Field, Grain, RecipeColumn};
use crate::data::{SourceKind, Sourcing};

/// Common values that get a column of their own.
const MOST_LEVELS: usize = 5;

/// The columns the sources allow for, in the order of the table.
pub fn suggested(understood: &Understood) -> Vec<RecipeColumn> {
    let mut columns = Vec::new();
    purchases(understood, &mut columns);
    events(understood, &mut columns);
    columns
}

/// The suggested columns as the user changed them, then the user's own.
pub(in crate::customers) fn in_force(sourcing: &Sourcing, understood: &Understood) -> Vec<RecipeColumn> {
    if sourcing.recipe.is_complete {
        return sourcing.recipe.columns.clone();
    }
    let changed = |name: &str| sourcing.recipe.columns.iter().find(|column| column.name == name).cloned();
    let suggested = suggested(understood);
    let own = sourcing.recipe.columns.iter().filter(|own| suggested.iter().all(|column| column.name != own.name)).cloned();
    let wanted = suggested.iter().filter(|column| !sourcing.recipe.left_out.contains(&column.name));
    wanted.map(|column| changed(&column.name).unwrap_or_else(|| column.clone())).chain(own).collect()
}

fn column(name: impl Into<String>, grain: Grain, formula: impl Into<String>, about: impl Into<String>) -> RecipeColumn {
    RecipeColumn { name: name.into(), grain, formula: formula.into(), about: about.into() }
}

fn purchases(understood: &Understood, columns: &mut Vec<RecipeColumn>) {
    let sources: Vec<&UnderstoodSource> = understood.sources.iter().filter(|source| source.kind == SourceKind::Transactions).collect();
    if sources.is_empty() {
        return;
    }
    let has = |field: Field| sources.iter().any(|source| source.fields.contains_key(&field));
    let has_money = has(Field::Amount) || has(Field::UnitPrice);
    let mut add = |name: &str, grain: Grain, formula: &str, about: &str| columns.push(column(name, grain, formula, about));
    use Grain::{Categories, Customer, Purchases, Transactions};
    add("recency_days", Purchases, "MIN(days_ago)", "Days from the last purchase to the snapshot.");
    add("frequency", Purchases, "COUNT(*)", "Days with a purchase, the first included; orders of the same day are one.");
    if has_money {
        add("monetary", Transactions, "SUM(amount)", "Total spend per customer, net of returns.");
    }
    add("tenure_days", Purchases, "MAX(days_ago)", "Days from the first purchase to the snapshot.");
    if has_money {
        add("average_order_value", Customer, "monetary / NULLIF(frequency, 0)", "Net revenue per purchase.");
    }
    if has(Field::Order) {
        let orders = "COUNT(DISTINCT CASE WHEN purchase = 1 THEN \"order\" END)";
        add("orders", Transactions, orders, "Different orders; returns are none.");
    }
    if has(Field::Quantity) {
        add("items", Transactions, "SUM(quantity)", "Pieces bought, net of returns.");
    }
    if has_money {
        add("returns_rate", Transactions, "SUM(returned) / NULLIF(SUM(gross), 0)", "Share of revenue that was returned.");
    } else if has(Field::Quantity) {
        let rate = "-SUM(CASE WHEN purchase = 0 THEN quantity END) / NULLIF(SUM(CASE WHEN purchase = 1 THEN quantity END), 0)";
        add("returns_rate", Transactions, rate, "Returned pieces per piece bought.");
    }
    if has(Field::Discount) {
        let share = "SUM(discounted) * 1.0 / NULLIF(COUNT(*), 0)";
        add("discount_share", Purchases, share, "Share of purchases with a discount, 0 to 1.");
    }
    if understood.has_categories() {
        add("distinct_categories", Categories, "COUNT(*)", "Different product groups bought from.");
        let of = if has_money { "net revenue" } else { "rows" };
        add("top_category", Categories, "FIRST(category)", &format!("The product group with the most {of}; of equals the first by name."));
        let part = if has_money { "gross" } else { "rows" };
        let share = format!("FIRST({part}) * 1.0 / NULLIF(SUM({part}), 0)");
        add("top_category_share", Categories, &share, "The top category's share of all a customer bought, 0 to 1.");
    }
    let gap = "(MAX(days_ago) - MIN(days_ago)) * 1.0 / NULLIF(COUNT(*) - 1, 0)";
    add("purchase_gap_days", Purchases, gap, "Average days between purchases; empty for customers who bought once.");
    let weekend = "SUM(CASE WHEN weekday >= 6 THEN 1 ELSE 0 END) * 1.0 / NULLIF(COUNT(*), 0)";
    add("weekend_share", Purchases, weekend, "Share of purchases on a Saturday or Sunday, 0 to 1.");
    if sources.iter().any(|source| source.has_time) {
        for (name, from, to) in [("night", 0, 5), ("morning", 6, 11), ("afternoon", 12, 17), ("evening", 18, 23)] {
            let part = format!("SUM(CASE WHEN hour BETWEEN {from} AND {to} THEN 1 ELSE 0 END) * 1.0 / NULLIF(COUNT(hour), 0)");
            let about = format!("Share of purchases between {from}:00 and {to}:59, 0 to 1; the day's first one decides.");
            add(&format!("{name}_share"), Purchases, &part, &about);
        }
    }
    let mut taken = BTreeSet::new();
    for (field, word) in [(Field::Channel, "channel"), (Field::Device, "device")] {
        let levels = common(&sources, field);
        // One level alone is everybody's: its share would tell nothing.
        for level in levels.iter().take(if levels.len() > 1 { MOST_LEVELS } else { 0 }) {
            let name = unique(format!("share_{word}_{}", safe(level)), &mut taken);
            let said = literal(level);
            let part = format!(
                "SUM(CASE WHEN purchase = 1 AND {word} = {said} THEN 1 ELSE 0 END) * 1.0 / NULLIF(SUM(CASE WHEN {word} IS NOT NULL THEN purchase ELSE 0 END), 0)"
            );
            add(&name, Transactions, &part, &format!("Share of the rows bought whose {word} is {level}, 0 to 1."));
        }
    }
    for (reference, column, level) in looked_up(understood, sources.len()) {
        let name = unique(format!("share_{}_{}", safe(column), safe(level)), &mut taken);
        let part = format!(
            "SUM(CASE WHEN purchase = 1 AND {} = {} THEN 1 ELSE 0 END) * 1.0 / NULLIF(SUM(purchase), 0)",
            identifier(column),
            literal(level)
        );
        add(&name, Transactions, &part, &format!("Share of the rows bought whose {column}, as {reference} has it, is {level}, 0 to 1."));
    }
    add("first_purchase", Purchases, "MIN(date)", "The day of the first purchase.");
    add("last_purchase", Purchases, "MAX(date)", "The day of the last purchase.");
    let repeats = "CASE WHEN frequency > 0 THEN frequency - 1 ELSE 0 END";
    add("repeat_purchases", Customer, repeats, "Days with a purchase after the first.");
}

fn events(understood: &Understood, columns: &mut Vec<RecipeColumn>) {
    let sources: Vec<&UnderstoodSource> = understood.sources.iter().filter(|source| source.kind == SourceKind::Events).collect();
    if sources.is_empty() {
        return;
    }
    let kinds = common(&sources, Field::Event);
    let named = |words: &[&str]| -> Vec<String> {
        let is_one = |kind: &&String| words.iter().any(|word| kind.to_lowercase().contains(word));
        kinds.iter().filter(is_one).map(|kind| literal(kind)).collect()
    };
    let opens = named(&["open", "öffn", "geoeffn", "ouvert", "abiert", "apertura"]);
    let clicks = named(&["click", "klick", "clic"]);
    let visits = named(&["session", "visit", "besuch", "sitzung"]);
    let mut add = |name: &str, formula: &str, about: &str| columns.push(column(name, Grain::Events, formula, about));
    let counted = |kinds: &[String]| format!("SUM(CASE WHEN event IN ({}) THEN 1 ELSE 0 END)", kinds.join(", "));
    if !opens.is_empty() {
        add("opens", &counted(&opens), "Mails opened.");
    }
    if !clicks.is_empty() {
        add("clicks", &counted(&clicks), "Links clicked.");
    }
    if sources.iter().any(|source| source.fields.contains_key(&Field::Session)) {
        add("sessions", "COUNT(DISTINCT session)", "Different visits.");
    } else if !visits.is_empty() {
        add("sessions", &counted(&visits), "Visits.");
    }
    add("events", "COUNT(*)", "All events up to the snapshot.");
    add("days_since_engagement", "MIN(days_ago)", "Days from the last event to the snapshot.");
}

/// The common values of a field over all sources, each once.
fn common(sources: &[&UnderstoodSource], field: Field) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = sources.iter().filter_map(|source| source.common.get(&field)).flatten();
    all.filter(|level| seen.insert(level.as_str())).cloned().collect()
}

/// What reference data say of transactions: their name, a column, and each of its common values. Where transactions come from several sources
/// they need not all have it.
fn looked_up(understood: &Understood, n_sources: usize) -> Vec<(&str, &str, &str)> {
    let mut all = Vec::new();
    for source in understood.sources.iter().filter(|_| n_sources == 1) {
        for (column, levels) in &source.levels {
            all.extend(levels.iter().take(MOST_LEVELS).map(|level| (source.name.as_str(), column.as_str(), level.as_str())));
        }
    }
    all
}

/// A column's name in a formula.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in a formula: quotes inside are doubled, so that no value of a file can end it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text as a part of a column's name: letters, digits and underscores.
fn safe(text: &str) -> String {
    let text: String = text.to_lowercase().chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).take(30).collect();
    let text = text.trim_matches('_').to_owned();
    if text.is_empty() { "other".into() } else { text }
}

fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.clone();
    let mut at = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{at}");
        at += 1;
    }
    candidate
}
