//! Why can no customer table be built? One sentence per error: what happened, and what to change.

use crate::base::Stopped;
use crate::data::DataError;

/// Every way in which a customer table fails.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CustomersError {
    /// A source could not be read.
    #[error(transparent)]
    Data(DataError),
    /// No source has rows of customers.
    #[error("none of the sources lists customers, transactions or events; say on the Data page what each of them holds.")]
    NoCustomers,
    /// No column says whose a row is.
    #[error("no column of {source_name} says which customer a row belongs to; choose its key on the Data page.")]
    NoKey {
        /// The source.
        source_name: String,
    },
    /// Transactions or events without days.
    #[error("no column of {source_name} holds days; choose its date on the Data page.")]
    NoDate {
        /// The source.
        source_name: String,
    },
    /// A choice names a column that is gone.
    #[error("{source_name} has no column {column}; choose another on the Data page.")]
    NoColumn {
        /// The source.
        source_name: String,
        /// The column.
        column: String,
    },
    /// A formula that cannot be computed.
    #[error("{column} cannot be computed: {why}.")]
    Formula {
        /// The column of the customer table.
        column: String,
        /// What is wrong with it.
        why: String,
    },
    /// A column that RFM needs is not in the table.
    #[error("there are no RFM scores, since the customer table has no column {column} of numbers; take it back into the columns.")]
    NoScores {
        /// The column that is missing.
        column: &'static str,
    },
    /// Nobody has all three values.
    #[error("there are no RFM scores, since nobody has recency_days, frequency and {column}; check dates and amounts of the transactions.")]
    NobodyScored {
        /// The column the monetary value is read from.
        column: &'static str,
    },
    /// A health rule that cannot be checked.
    #[error("the rule \"{rule}\" cannot be checked: {why}; change or remove it on the health page.")]
    Rule {
        /// What it demands.
        rule: String,
        /// What is wrong with it.
        why: String,
    },
    /// The query failed.
    #[error("the customer table could not be built ({why}); check what each source holds on the Data page.")]
    Query {
        /// What the library said, shortened.
        why: String,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<DataError> for CustomersError {
    fn from(error: DataError) -> CustomersError {
        match error {
            DataError::Stopped(stopped) => CustomersError::Stopped(stopped),
            other => CustomersError::Data(other),
        }
    }
}

impl From<polars::prelude::PolarsError> for CustomersError {
    fn from(error: polars::prelude::PolarsError) -> CustomersError {
        CustomersError::Query { why: short(&error) }
    }
}

/// The library's words on one short line.
pub(super) fn short(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_end_matches('.').chars().take(160).collect()
}
