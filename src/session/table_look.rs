//! How is the table looked at: in which order, which of its rows, and what is looked for?

use serde::Serialize;

/// View state of the table. Nothing is computed from it but which rows stand where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableSeen {
    /// The column the rows are sorted by; `None` leaves them as in the file.
    pub sort: Option<Sort>,
    /// Rows that are listed; `None` lists all.
    pub filter: Option<TableFilter>,
    /// The text or number looked for; empty for nothing.
    pub find: String,
    /// Which of the rows found is shown, from 0.
    pub find_at: usize,
    /// Whether the field for it is to be typed into now.
    pub is_finding: bool,
}

/// Sorted by one column; equal rows stay in the order of the file, and missing cells come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// The column, by its name.
    pub column: String,
    /// The largest first.
    pub descends: bool,
}

/// Which rows are listed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum TableFilter {
    /// Those with this text in a column; an empty text stands for a missing cell.
    Value {
        /// The column, by its name.
        column: String,
        /// The cell as the table shows it.
        value: String,
    },
    /// Those with a number in a range; its ends belong to it.
    Range {
        /// The column, by its name.
        column: String,
        /// The least; `None` for no least.
        from: Option<f64>,
        /// The most; `None` for no most.
        to: Option<f64>,
    },
}

impl TableFilter {
    /// The column it looks at.
    pub fn column(&self) -> &str {
        match self {
            TableFilter::Value { column, .. } | TableFilter::Range { column, .. } => column,
        }
    }
}

impl TableSeen {
    /// The next order by this column: ascending, descending, then as in the file.
    pub fn sort_next(&mut self, column: &str) {
        self.sort = match self.sort.take().filter(|sort| sort.column == column) {
            None => Some(Sort { column: column.to_owned(), descends: false }),
            Some(Sort { descends: false, .. }) => Some(Sort { column: column.to_owned(), descends: true }),
            Some(_) => None,
        };
    }

    /// What the engine is asked for: nothing where all rows are listed as in the file and nothing is looked for.
    pub fn asks(&self) -> bool {
        self.sort.is_some() || self.filter.is_some() || !self.find.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_sorts_up_then_down_then_not_at_all() {
        let mut look = TableSeen::default();
        let sorted = |look: &TableSeen| look.sort.as_ref().map(|sort| (sort.column.clone(), sort.descends));
        look.sort_next("age");
        assert_eq!(sorted(&look), Some(("age".into(), false)));
        look.sort_next("age");
        assert_eq!(sorted(&look), Some(("age".into(), true)));
        look.sort_next("spend");
        assert_eq!(sorted(&look), Some(("spend".into(), false)), "another column begins anew");
        look.sort_next("spend");
        look.sort_next("spend");
        assert!(!look.asks());
    }
}
