//! In what do databases differ, as far as a model's statement goes? A table of a few entries, and no translator.

/// A database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// As the standard has it.
    #[default]
    Standard,
    /// PostgreSQL, and what speaks its language.
    PostgreSql,
    /// DuckDB.
    DuckDb,
    /// SQLite, built with its functions for mathematics.
    Sqlite,
    /// Snowflake.
    Snowflake,
    /// BigQuery.
    BigQuery,
    /// Spark SQL and Databricks.
    Spark,
}

/// What is made of the SELECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlForm {
    /// Itself.
    Select,
    /// A view of this name, so that whoever asks is told what is so then.
    View(String),
    /// A table of this name.
    Table(String),
    /// Known customers of this table get another persona, new ones are added.
    Merge(String),
}

impl Dialect {
    /// All of them, with the words of the command line.
    pub const WORDS: [(&str, Dialect); 7] = [
        ("standard", Dialect::Standard),
        ("postgresql", Dialect::PostgreSql),
        ("duckdb", Dialect::DuckDb),
        ("sqlite", Dialect::Sqlite),
        ("snowflake", Dialect::Snowflake),
        ("bigquery", Dialect::BigQuery),
        ("spark", Dialect::Spark),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Standard => "Standard SQL",
            Dialect::PostgreSql => "PostgreSQL",
            Dialect::DuckDb => "DuckDB",
            Dialect::Sqlite => "SQLite",
            Dialect::Snowflake => "Snowflake",
            Dialect::BigQuery => "BigQuery",
            Dialect::Spark => "Spark SQL",
        }
    }

    /// A name of a table or column, whatever letters it has.
    pub(super) fn quoted(self, name: &str) -> String {
        let name = &name.replace('\0', "");
        match self {
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
            Dialect::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text as a value. Where backslashes mean something they are doubled, and a doubled quote would end the text.
    pub(super) fn text(self, text: &str) -> String {
        // No database takes it.
        let text = &text.replace('\0', "");
        match self {
            Dialect::Spark | Dialect::BigQuery => {
                let safe = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\r', "\\r");
                format!("'{safe}'")
            }
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// The type of numbers with 53 bits.
    pub(super) fn double(self) -> &'static str {
        match self {
            Dialect::Standard | Dialect::PostgreSql | Dialect::Sqlite => "DOUBLE PRECISION",
            Dialect::DuckDb | Dialect::Snowflake | Dialect::Spark => "DOUBLE",
            Dialect::BigQuery => "FLOAT64",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        assert_eq!(Dialect::PostgreSql.quoted("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
        assert_eq!((Dialect::Spark.quoted("a`b"), Dialect::BigQuery.quoted("a`b\\")), ("`a``b`".into(), "`a\\`b\\\\`".into()));
        assert_eq!((Dialect::Snowflake.text("l'app"), Dialect::PostgreSql.text("a\0b")), ("'l''app'".into(), "'ab'".into()));
        assert_eq!(Dialect::Spark.text("l'app \\' OR 1=1"), "'l\\'app \\\\\\' OR 1=1'");
    }
}
