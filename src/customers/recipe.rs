//! Which columns can a customer table have, and how does each come to be?
//!
//! In: what the sources hold. Out: the suggested columns, each with its formula in polars SQL and a sentence. Definitions: recency,
//! frequency and monetary value as in RFM (frequency counts days with a purchase, the first included), not as in lifetime-value models.

use crate::data::SourceKind;
use crate::data::sourcing::{Level, RecipeColumn};

use super::understand::Understood;

/// The columns the sources allow for, in the order of the table.
pub fn suggested(understood: &Understood) -> Vec<RecipeColumn> {
    let has = |kind: SourceKind| understood.sources.iter().any(|source| source.kind == kind);
    let mut columns = Vec::new();
    let mut add = |name: &str, level: Level, formula: &str, about: &str| {
        columns.push(RecipeColumn { name: name.into(), level, formula: formula.into(), about: about.into() });
    };
    if has(SourceKind::Transactions) {
        add("recency_days", Level::Purchases, "MIN(days_ago)", "Days from the last purchase to the snapshot.");
        add("frequency", Level::Purchases, "COUNT(*)", "Days with a purchase, the first included; orders of the same day are one.");
        add("monetary", Level::Transactions, "SUM(amount)", "All a customer spent, net of returns.");
        add("tenure_days", Level::Purchases, "MAX(days_ago)", "Days from the first purchase to the snapshot.");
        add("average_order_value", Level::Customer, "monetary / NULLIF(frequency, 0)", "Net revenue per purchase.");
        add("returns_rate", Level::Transactions, "SUM(returned) / NULLIF(SUM(gross), 0)", "Returned revenue per revenue.");
    }
    columns
}
