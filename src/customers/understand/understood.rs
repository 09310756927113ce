//! What was found out about the sources: what each holds, its key, which column plays which part, what an order is worth, who bought; and why.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::SourceKind;
use crate::data::sourcing::{AmountIs, Field, KeyMatch, RefundsAre};

use super::status::StatusMeans;

/// What every source holds, in the order of the choices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understood {
    /// One per source.
    pub sources: Vec<UnderstoodSource>,
}

impl Understood {
    /// Whether transactions have product groups.
    pub(in crate::customers) fn has_categories(&self) -> bool {
        self.sources.iter().any(|source| source.kind == SourceKind::Transactions && source.fields.contains_key(&Field::Category))
    }
}

/// What one source holds.
#[derive(Debug, Clone, PartialEq)]
pub struct UnderstoodSource {
    /// Its name in the project.
    pub name: String,
    /// What its rows are.
    pub kind: SourceKind,
    /// Why that is thought, in one sentence.
    pub kind_reason: String,
    /// The column that joins it.
    pub key: Option<String>,
    /// Why that one, in one sentence.
    pub key_reason: String,
    /// How its keys are compared.
    pub key_match: KeyMatch,
    /// Reference data: what is looked up, as source and column.
    pub looked_up_by: Option<(String, String)>,
    /// Which column plays which part.
    pub fields: BTreeMap<Field, String>,
    /// How its keys meet those of the customers; `None` where there is nothing to meet.
    pub overlap: Option<Overlap>,
    /// The values of channel, device, currency, event and category, the commonest first; at most fifty.
    pub common: BTreeMap<Field, Vec<String>>,
    /// Reference data looked up by transactions: its columns of few values, the commonest first, that transactions can be told apart by.
    pub levels: BTreeMap<String, Vec<String>>,
    /// Those of these fields whose cells are text without anything to strip.
    pub is_tidy: BTreeSet<Field>,
    /// Whether its days have times of day.
    pub has_time: bool,
    /// Transactions: what its rows are worth.
    pub money: Option<Money>,
    /// Other columns that tell people apart, e-mail addresses first.
    pub identities: Vec<String>,
    /// Those of these columns that hold telephone numbers.
    pub phones: BTreeSet<String>,
    /// What is done about guests; `None` where there are none.
    pub guests: Option<Guests>,
    /// How people are found behind keys that stand for one order each.
    pub through: Option<Through>,
    /// What was decided about money, people and days, each with its reason.
    pub decisions: Vec<Decision>,
}

/// How the keys of a source meet those of the customers. Of reference data: how the values that are looked up meet its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Which source's keys they were compared with.
    pub with: String,
    /// Different keys here.
    pub n_keys: usize,
    /// Those of them that are found there.
    pub n_found: usize,
    /// Up to ten of those that are not.
    pub orphans: Vec<String>,
}

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
    pub(in crate::customers) fn named(&self, means: StatusMeans) -> Vec<String> {
        self.statuses.iter().filter(|status| status.means == means).map(|status| status.name.clone()).collect()
    }
}

/// Rows whose key says only that somebody was a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guests {
    /// The keys that stand for guests, as text; rows without a key are guests too.
    pub keys: Vec<String>,
    /// The columns that tell guests apart, the best first. Without any, guests belong to nobody.
    pub by: Vec<String>,
}

/// People found through another column of the list of customers, since the key stands for one order each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// The place of the list of customers among the sources.
    pub list: usize,
    /// Its column that the keys are found in.
    pub key: String,
    /// Its column that names the person.
    pub person: String,
    /// How keys are compared with it.
    pub how: KeyMatch,
}
