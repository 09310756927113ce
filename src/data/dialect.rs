//! In what do databases differ, as far as the statements go that are written for them? A table of a few entries, and no translator.

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
    pub fn quoted(self, name: &str) -> String {
        let name = &name.replace('\0', "");
        match self {
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
            Dialect::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text as a value. Where backslashes mean something they are doubled, and a doubled quote would end the text.
    pub fn text(self, text: &str) -> String {
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
    pub fn double(self) -> &'static str {
        match self {
            Dialect::Standard | Dialect::PostgreSql | Dialect::Sqlite => "DOUBLE PRECISION",
            Dialect::DuckDb | Dialect::Snowflake | Dialect::Spark => "DOUBLE",
            Dialect::BigQuery => "FLOAT64",
        }
    }

    /// The type of texts of any length.
    pub fn text_type(self) -> &'static str {
        match self {
            Dialect::PostgreSql | Dialect::Sqlite => "TEXT",
            Dialect::Standard | Dialect::DuckDb | Dialect::Snowflake => "VARCHAR",
            Dialect::BigQuery | Dialect::Spark => "STRING",
        }
    }

    /// The day of an expression that is a day, a time or the text of one.
    pub fn day_of(self, value: &str) -> String {
        match self {
            Dialect::Sqlite => format!("DATE({value})"),
            _ => format!("CAST(CAST({value} AS TIMESTAMP) AS DATE)"),
        }
    }

    /// The hour of the same, 0 to 23.
    pub fn hour_of(self, value: &str) -> String {
        match self {
            Dialect::Sqlite => format!("CAST(STRFTIME('%H', {value}) AS INTEGER)"),
            Dialect::BigQuery => format!("EXTRACT(HOUR FROM CAST({value} AS TIMESTAMP))"),
            Dialect::DuckDb | Dialect::Snowflake | Dialect::Spark => format!("HOUR(CAST({value} AS TIMESTAMP))"),
            Dialect::Standard | Dialect::PostgreSql => format!("CAST(EXTRACT(HOUR FROM CAST({value} AS TIMESTAMP)) AS INTEGER)"),
        }
    }

    /// A day that is known, such as 2024-01-31.
    pub fn day(self, day: &str) -> String {
        match self {
            Dialect::Sqlite => format!("'{day}'"),
            _ => format!("DATE '{day}'"),
        }
    }

    /// Whole days from one day to another.
    pub fn days_between(self, from: &str, to: &str) -> String {
        match self {
            Dialect::Standard | Dialect::PostgreSql => format!("({to} - {from})"),
            Dialect::DuckDb => format!("DATE_DIFF('day', {from}, {to})"),
            Dialect::Sqlite => format!("CAST(JULIANDAY({to}) - JULIANDAY({from}) AS INTEGER)"),
            Dialect::Snowflake => format!("DATEDIFF(day, {from}, {to})"),
            Dialect::BigQuery => format!("DATE_DIFF({to}, {from}, DAY)"),
            Dialect::Spark => format!("DATEDIFF({to}, {from})"),
        }
    }

    /// The day of the week, Monday is 1.
    pub fn weekday(self, day: &str) -> String {
        match self {
            Dialect::Standard | Dialect::PostgreSql => format!("CAST(EXTRACT(ISODOW FROM {day}) AS INTEGER)"),
            Dialect::DuckDb => format!("ISODOW({day})"),
            Dialect::Sqlite => format!("((CAST(STRFTIME('%w', {day}) AS INTEGER) + 6) % 7 + 1)"),
            Dialect::Snowflake => format!("DAYOFWEEKISO({day})"),
            Dialect::BigQuery => format!("(MOD(EXTRACT(DAYOFWEEK FROM {day}) + 5, 7) + 1)"),
            Dialect::Spark => format!("(WEEKDAY({day}) + 1)"),
        }
    }

    /// The beginning of a statement: steps of a WITH, each computed once. PostgreSQL would write a step out wherever it is read, and compute it as often.
    pub fn with(self, steps: &[String]) -> String {
        let kept = |step: &String| match self {
            Dialect::PostgreSql => step.replacen(" AS (", " AS MATERIALIZED (", 1),
            _ => step.clone(),
        };
        format!("WITH\n{}\n", steps.iter().map(kept).collect::<Vec<_>>().join(",\n"))
    }

    /// A name of parts, such as shop.customers.
    pub fn quoted_parts(self, name: &str) -> String {
        name.split('.').map(|part| self.quoted(part)).collect::<Vec<_>>().join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_computed_once() {
        let steps = ["a AS (SELECT 1 AS x)".to_owned(), "b AS (SELECT x AS (y) FROM a)".to_owned()];
        assert_eq!(Dialect::DuckDb.with(&steps), "WITH\na AS (SELECT 1 AS x),\nb AS (SELECT x AS (y) FROM a)\n");
        assert_eq!(
            Dialect::PostgreSql.with(&steps),
            "WITH\na AS MATERIALIZED (SELECT 1 AS x),\nb AS MATERIALIZED (SELECT x AS (y) FROM a)\n"
        );
    }

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        assert_eq!(Dialect::PostgreSql.quoted("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
        assert_eq!((Dialect::Spark.quoted("a`b"), Dialect::BigQuery.quoted("a`b\\")), ("`a``b`".into(), "`a\\`b\\\\`".into()));
        assert_eq!((Dialect::Snowflake.text("l'app"), Dialect::PostgreSql.text("a\0b")), ("'l''app'".into(), "'ab'".into()));
        assert_eq!(Dialect::Spark.text("l'app \\' OR 1=1"), "'l\\'app \\\\\\' OR 1=1'");
    }
}
