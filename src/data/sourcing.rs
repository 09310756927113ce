//! Which files make one customer table, and how? Every choice about sources as plain data; nothing here reads a file.
//!
//! What is left open (`None`, an empty map) is guessed from the files when they are read (`crate::customers::understand`), so that a
//! refreshed file with other columns is understood anew and only what the user decided stays.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::cells::day::IsoDay;
use super::read::read_as::ReadAs;
use super::rules::Rule;

/// Several files and how they become one customer table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sourcing {
    /// The files, in the order the user added them. Their names are unique.
    pub sources: Vec<SourceFile>,
    /// The day everything is counted back from; `None` is the day after the last transaction.
    pub snapshot: Option<IsoDay>,
    /// What differs from the suggested columns.
    pub recipe: Recipe,
    /// How customers are scored by recency, frequency and monetary value.
    pub rfm: RfmRules,
    /// When the files are read again.
    pub refresh: Refresh,
    /// Data health rules; `None` takes those the data suggest.
    pub rules: Option<Vec<Rule>>,
}

/// One source: a file, a folder of files, or a pattern such as `orders-*.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceFile {
    /// What it is called in the project ("orders").
    pub name: String,
    /// Where it is: a file, a folder, or a path whose last part has `*` or `?`.
    pub path: PathBuf,
    /// What its rows are; `None` is guessed.
    pub kind: Option<SourceKind>,
    /// The column that says which customer a row belongs to (reference data: the column that is looked up); `None` is guessed.
    pub key: Option<String>,
    /// How its keys are compared with those of the other sources; `None` takes the strictest way that finds nearly as many customers as any other.
    pub key_match: Option<KeyMatch>,
    /// Reference data: the column of the customer table (or of a source) that `key` is looked up for; `None` is guessed.
    pub looked_up_by: Option<String>,
    /// Which column plays which part; `Some(None)` says that no column does. What is not in here is guessed.
    pub fields: BTreeMap<Field, Option<String>>,
    /// After how many days without news it counts as stale; `None` takes the usual limit of its kind.
    pub stale_after_days: Option<f64>,
    /// What the user said about reading its files.
    #[serde(skip_serializing_if = "ReadAs::is_open")]
    pub read_as: ReadAs,
    /// Transactions: what an order is worth.
    pub money: MoneyRules,
    /// Transactions: the column that tells guests apart, such as an e-mail address; `Some(None)` leaves guests as they stand.
    pub guests: Option<Option<String>>,
    /// Customers: the column that names the person where the key stands for one order each; `Some(None)` takes the key as it is.
    pub person: Option<Option<String>>,
}

/// What an order is worth. What is `None` is found out from the rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MoneyRules {
    /// Whether the amount is that of a line or of the whole order.
    pub amount: Option<AmountIs>,
    /// What rows marked as returned or refunded are.
    pub refunds: Option<RefundsAre>,
    /// The statuses that count as sales, in lower case; all others never became one.
    pub counted: Option<BTreeSet<String>>,
    /// What one unit of each currency is worth in the currency that amounts are told in. Empty: currencies are not converted.
    pub rates: BTreeMap<String, f64>,
    /// Whether rows that repeat a whole order are left out.
    pub drop_copies: Option<bool>,
}

/// What an amount stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountIs {
    /// Every line has its own, and they are added up.
    PerLine,
    /// The same total stands on each line of an order, and counts once.
    PerOrder,
    /// Quantity times unit price, line by line.
    PriceTimesQuantity,
}

impl AmountIs {
    /// All of them, in the order menus show them.
    pub const ALL: [AmountIs; 3] = [AmountIs::PerLine, AmountIs::PerOrder, AmountIs::PriceTimesQuantity];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            AmountIs::PerLine => "per-line",
            AmountIs::PerOrder => "per-order",
            AmountIs::PriceTimesQuantity => "price-times-quantity",
        }
    }

    /// Its name in the window.
    pub fn label(self) -> &'static str {
        match self {
            AmountIs::PerLine => "Per line",
            AmountIs::PerOrder => "Once per order",
            AmountIs::PriceTimesQuantity => "Price × quantity",
        }
    }

    /// What it means, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            AmountIs::PerLine => "Every line has its own amount, and they are added up.",
            AmountIs::PerOrder => "The same total stands on each line of an order, and counts once.",
            AmountIs::PriceTimesQuantity => "A line is worth its quantity times its unit price.",
        }
    }
}

/// What a row that is marked as returned or refunded is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundsAre {
    /// A row of its own beside the sale: its amount is subtracted.
    OwnRows,
    /// The sale itself, which was given back: it is worth nothing in the end.
    TheSale,
}

impl RefundsAre {
    /// Both, in the order menus show them.
    pub const ALL: [RefundsAre; 2] = [RefundsAre::OwnRows, RefundsAre::TheSale];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            RefundsAre::OwnRows => "own-rows",
            RefundsAre::TheSale => "the-sale",
        }
    }

    /// Its name in the window.
    pub fn label(self) -> &'static str {
        match self {
            RefundsAre::OwnRows => "Rows of their own",
            RefundsAre::TheSale => "The sale itself",
        }
    }

    /// What it means, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            RefundsAre::OwnRows => "A marked row stands beside the sale, and its amount is subtracted.",
            RefundsAre::TheSale => "A marked row is the sale itself, which was given back: it is worth nothing in the end.",
        }
    }
}

impl Default for SourceFile {
    fn default() -> SourceFile {
        SourceFile {
            name: String::new(),
            path: PathBuf::new(),
            kind: None,
            key: None,
            key_match: None,
            looked_up_by: None,
            fields: BTreeMap::new(),
            stale_after_days: None,
            money: MoneyRules::default(),
            guests: None,
            person: None,
            read_as: ReadAs::default(),
        }
    }
}

impl Sourcing {
    /// After how many days without news a source counts as stale: what the user said, else the usual of its kind where files are read again by
    /// themselves. Of a file that is only looked at once, nobody expects news.
    pub fn stale_after_days(&self, at: usize, kind: SourceKind) -> Option<f64> {
        let said = self.sources.get(at).and_then(|source| source.stale_after_days);
        said.or_else(|| kind.stale_after_days().filter(|_| self.refresh != Refresh::Ask))
    }
}

/// When files that changed are read again. Changes no number by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refresh {
    /// When the user says so; a change on the disk is told.
    #[default]
    Ask,
    /// As soon as a file has changed and settled.
    WhenChanged,
    /// Every so many minutes.
    EveryMinutes(u32),
}

/// What the rows of a source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// One row per customer.
    Customers,
    /// One row per purchase, or per item of one.
    Transactions,
    /// One row per mail opened, click or visit.
    Events,
    /// One row of answers per customer.
    Survey,
    /// Facts about places, days or codes, looked up by a key.
    Reference,
}

impl SourceKind {
    /// All kinds, in the order menus show them.
    pub const ALL: [SourceKind; 5] =
        [SourceKind::Customers, SourceKind::Transactions, SourceKind::Events, SourceKind::Survey, SourceKind::Reference];

    /// Whether each of its rows is of a day, and a customer has many.
    pub fn has_days(self) -> bool {
        matches!(self, SourceKind::Transactions | SourceKind::Events)
    }

    /// The kind's name.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Customers => "Customers",
            SourceKind::Transactions => "Transactions",
            SourceKind::Events => "Events",
            SourceKind::Survey => "Survey",
            SourceKind::Reference => "Reference",
        }
    }

    /// What its rows are, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            SourceKind::Customers => "One row per customer, such as an export of the CRM.",
            SourceKind::Transactions => "One row per purchase, or per item of one; a customer has many.",
            SourceKind::Events => "One row per mail opened, click or visit; a customer has many.",
            SourceKind::Survey => "One row of answers per customer; they are read as what people think.",
            SourceKind::Reference => "Facts about places, days or codes, looked up by a key; no customers of its own.",
        }
    }

    /// After how many days without news a source of this kind usually counts as stale; reference data never.
    pub fn stale_after_days(self) -> Option<f64> {
        match self {
            SourceKind::Transactions | SourceKind::Events => Some(1.0),
            SourceKind::Customers => Some(30.0),
            SourceKind::Survey | SourceKind::Reference => None,
        }
    }
}

/// Which part a column of a source plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// When it happened.
    Date,
    /// What the row is worth, in money; negative for a return.
    Amount,
    /// How many pieces; negative for a return.
    Quantity,
    /// What one piece costs; with the quantity it makes the amount where there is none.
    UnitPrice,
    /// The order the row belongs to.
    Order,
    /// The product group, or the product where there is none.
    Category,
    /// Where it was bought: web, app, store.
    Channel,
    /// On what: phone, desktop.
    Device,
    /// The discount in money, or a code that says there was one.
    Discount,
    /// What marks a return (besides a negative amount or quantity).
    Returned,
    /// How much of the sale was given back, as an amount beside it.
    Refund,
    /// What became of the order: paid, cancelled, refunded.
    Status,
    /// The currency of the amount.
    Currency,
    /// What happened: open, click, session.
    Event,
    /// The visit the row belongs to.
    Session,
}

impl Field {
    /// All fields, in the order they are shown.
    pub const ALL: [Field; 15] = [
        Field::Date,
        Field::Amount,
        Field::Quantity,
        Field::UnitPrice,
        Field::Order,
        Field::Category,
        Field::Channel,
        Field::Device,
        Field::Discount,
        Field::Returned,
        Field::Refund,
        Field::Status,
        Field::Currency,
        Field::Event,
        Field::Session,
    ];

    /// The field's name.
    pub fn name(self) -> &'static str {
        match self {
            Field::Date => "Date",
            Field::Amount => "Amount",
            Field::Quantity => "Quantity",
            Field::UnitPrice => "Unit price",
            Field::Order => "Order",
            Field::Category => "Category",
            Field::Channel => "Channel",
            Field::Device => "Device",
            Field::Discount => "Discount",
            Field::Returned => "Returned",
            Field::Refund => "Refund",
            Field::Status => "Status",
            Field::Currency => "Currency",
            Field::Event => "Event",
            Field::Session => "Session",
        }
    }

    /// The fields rows of `kind` can have.
    pub fn of(kind: SourceKind) -> &'static [Field] {
        match kind {
            SourceKind::Transactions => &[
                Field::Date,
                Field::Amount,
                Field::Quantity,
                Field::UnitPrice,
                Field::Order,
                Field::Category,
                Field::Channel,
                Field::Device,
                Field::Discount,
                Field::Returned,
                Field::Refund,
                Field::Status,
                Field::Currency,
            ],
            SourceKind::Events => &[Field::Date, Field::Event, Field::Session, Field::Channel, Field::Device],
            SourceKind::Customers | SourceKind::Survey | SourceKind::Reference => &[],
        }
    }
}

/// When two keys count as the same customer. Blanks around a key never matter, and 17850.0 is 17850.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyMatch {
    /// Letter by letter.
    #[default]
    Exact,
    /// Whatever the case of letters.
    IgnoreCase,
    /// By their digits alone: "C-00042" is 42.
    Digits,
}

/// The columns of the customer table that differ from those suggested.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// The user's own columns, and suggested ones with another formula (by name).
    pub columns: Vec<RecipeColumn>,
    /// Suggested columns that are not wanted.
    pub left_out: BTreeSet<String>,
    /// Whether `columns` are all there are: nothing is suggested besides, whatever the files hold.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_complete: bool,
}

/// How one column of the customer table comes to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipeColumn {
    /// The column's name.
    pub name: String,
    /// What the formula is computed from.
    #[serde(rename = "level")]
    pub grain: Grain,
    /// A polars SQL expression with one value per customer.
    pub formula: String,
    /// What it means, in one sentence.
    pub about: String,
}

/// The rows a formula sees, always those of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One row per transaction.
    Transactions,
    /// One row per day with a purchase: orders of the same day are one purchase.
    Purchases,
    /// One row per category, the one with the most net revenue first.
    Categories,
    /// One row per event.
    Events,
    /// The customer's own row: every column of the other grains and of the customers' files.
    Customer,
}

impl Grain {
    /// All grains, in the order they are computed.
    pub const ALL: [Grain; 5] = [Grain::Transactions, Grain::Purchases, Grain::Categories, Grain::Events, Grain::Customer];

    /// The grain's name.
    pub fn name(self) -> &'static str {
        match self {
            Grain::Transactions => "Transactions",
            Grain::Purchases => "Purchases",
            Grain::Categories => "Categories",
            Grain::Events => "Events",
            Grain::Customer => "Customer",
        }
    }

    /// What its rows are, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Grain::Transactions => "The rows of the transactions, returns included.",
            Grain::Purchases => "One row per day with a purchase: orders of the same day are one.",
            Grain::Categories => "One row per category bought from, the one with the most net revenue first.",
            Grain::Events => "The rows of the events.",
            Grain::Customer => "One row per customer: every other column can be used.",
        }
    }
}

/// How RFM scores are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RfmRules {
    /// Whether the table gets scores and segments.
    pub enabled: bool,
    /// Cut points of the recency in days.
    pub recency: Cuts,
    /// Cut points of the number of purchases.
    pub frequency: Cuts,
    /// Cut points of the monetary value.
    pub monetary: Cuts,
    /// Which column M is scored from.
    pub monetary_is: MonetaryIs,
}

impl Default for RfmRules {
    fn default() -> RfmRules {
        RfmRules {
            enabled: true,
            recency: Cuts::default(),
            frequency: Cuts::default(),
            monetary: Cuts::default(),
            monetary_is: MonetaryIs::default(),
        }
    }
}

/// Where scores are cut.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cuts {
    /// At the quintiles of the customers there are.
    #[default]
    Quintiles,
    /// At these values, ascending, as the business sets them.
    Points([f64; 4]),
}

/// Which column M is scored from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonetaryIs {
    /// All a customer spent, net of returns.
    #[default]
    Total,
    /// The average order.
    AverageOrder,
}
