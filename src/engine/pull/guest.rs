//! The second process: load the driver, ask, write what comes, and say how it goes, a line each.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{Connection, Database, Driver, Statement};
use adbc_driver_manager::ManagedConnection;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType};

use crate::base::text::capitalised;
use crate::data::Dialect;
use crate::data::guest::leave_no_core;
use crate::export::write_beside;

use crate::engine::secrets::{self, Opened};

use super::address;
use super::arriving::{Arriving, DayTexts};
use super::driver;
use super::request::{ARGUMENT, Foreseen, Pull, Pulled, Request, RowsAsked, Says};

/// How often it says how many rows have come.
const SAYS_EVERY: Duration = Duration::from_millis(200);

/// Rows that tell how large a row is.
const MEASURED: usize = 10_000;

/// Serves the host, if this process was started for that. To be called first, with the arguments behind the program's name.
pub fn serve_if_asked(mut arguments: impl Iterator<Item = impl AsRef<OsStr>>) -> Option<ExitCode> {
    if arguments.next()?.as_ref() != ARGUMENT {
        return None;
    }
    // A driver that crashes has the password in its memory.
    let _ = leave_no_core();
    let mut line = String::new();
    let request: Request = match std::io::stdin().read_line(&mut line).map(|_| serde_json::from_str(&line)) {
        Ok(Ok(request)) => request,
        _ => return Some(ExitCode::FAILURE),
    };
    // Whoever asked is gone when the pipe ends, and nobody wants the rows any more, wherever a driver waits.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(1);
    });
    let said = match secrets::opened(&request.pull.address, |name| std::env::var(name).ok()) {
        Err(why) => Err(why),
        Ok(opened) => answer(&request, &opened).map_err(|why| opened.without_secrets(&why)),
    };
    say(&said.unwrap_or_else(Says::Cannot));
    Some(ExitCode::SUCCESS)
}

fn say(says: &Says) {
    if let Ok(line) = serde_json::to_string(says) {
        let mut out = std::io::stdout().lock();
        // What a driver printed may not have ended its line. Nobody hears it any more: the rows are for nobody.
        if out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).is_err() {
            std::process::exit(1);
        }
    }
}

fn answer(request: &Request, opened: &Opened) -> Result<Says, String> {
    let Request { pull, out } = request;
    let engine = address::engine(pull);
    let name = address::engine_name(pull);
    let dialect = engine.map_or(Dialect::Standard, |engine| engine.dialect);
    let query = query(pull, dialect)?;
    let path = address::for_driver(&opened.address, engine);
    // A driver would make an empty database of a name that was mistyped.
    let is_file = matches!(dialect, Dialect::Sqlite | Dialect::DuckDb) && !path.starts_with(':') && !path.starts_with("file:");
    if is_file && !Path::new(path).is_file() {
        return Err(format!("There is no file {path}; give the path of a {name} database."));
    }
    let mut driver = driver::load(engine, pull.driver.as_deref())?;
    let failed = |why: adbc_core::error::Error| format!("{} says: {}.", capitalised(name), driver::sentence(&why.message));
    let mut options = vec![match dialect {
        Dialect::DuckDb => (OptionDatabase::Other("path".to_owned()), OptionValue::String(path.to_owned())),
        // Nothing is changed, whatever the query says.
        Dialect::Sqlite if is_file => (OptionDatabase::Uri, OptionValue::String(format!("file:{}?mode=ro", address::encoded_path(path)))),
        _ => (OptionDatabase::Uri, OptionValue::String(path.to_owned())),
    }];
    if dialect == Dialect::Snowflake {
        // This program sends nothing anywhere, and what it loads does not either.
        options.push((
            OptionDatabase::Other("adbc.snowflake.sql.client_option.disable_telemetry".to_owned()),
            OptionValue::String("true".to_owned()),
        ));
    }
    if dialect == Dialect::DuckDb {
        options.push((OptionDatabase::Other("access_mode".to_owned()), OptionValue::String("READ_ONLY".to_owned())));
    }
    let database = driver.new_database_with_opts(options).map_err(failed)?;
    let mut connection = database.new_connection().map_err(failed)?;
    if dialect == Dialect::PostgreSql {
        let mut statement = connection.new_statement().map_err(failed)?;
        statement.set_sql_query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY").map_err(failed)?;
        statement.execute_update().map_err(failed)?;
    }
    match out {
        Some(out) => {
            let days = if dialect == Dialect::Sqlite { day_texts(&mut connection, &query, failed)? } else { DayTexts::default() };
            Ok(Says::Done(with_rows(&mut connection, &query, failed, |rows| write(rows, &days, out))?))
        }
        None => {
            let counted = format!("SELECT COUNT(*) AS n FROM ({query}\n) AS counted");
            let n = with_rows(&mut connection, &counted, failed, first_number)?;
            let bytes = with_rows(&mut connection, &query, failed, measured)?;
            Ok(Says::Foreseen(Foreseen { rows: n, bytes: bytes.map(|of_a_row| (of_a_row * n as f64) as u64) }))
        }
    }
}

/// Which columns of texts hold nothing but days or times: SQLite has no type for them. One look over the rows, in the database.
fn day_texts(
    connection: &mut ManagedConnection,
    query: &str,
    failed: impl Fn(adbc_core::error::Error) -> String + Copy,
) -> Result<DayTexts, String> {
    const DAY: &str = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]";
    let schema = with_rows(connection, query, failed, |rows| Ok(rows.schema()))?;
    let texts: Vec<&String> =
        schema.fields().iter().filter(|field| *field.data_type() == DataType::Utf8).map(|field| field.name()).collect();
    let mut found = DayTexts::default();
    for name in texts {
        let column = Dialect::Sqlite.quoted(name);
        for (kinds, pattern) in
            [(&mut found.days, DAY.to_owned()), (&mut found.times, format!("{DAY}[ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]"))]
        {
            // As many that are as there are, and one at least.
            let counted = format!(
                "SELECT CASE WHEN COUNT({column}) > 0 AND COUNT({column}) = SUM({column} GLOB '{pattern}') THEN 1 ELSE 0 END AS n FROM ({query}\n) AS looked_at"
            );
            if with_rows(connection, &counted, failed, first_number)? == 1 {
                kinds.insert(name.clone());
                break;
            }
        }
    }
    Ok(found)
}

type Rows = Box<dyn RecordBatchReader + Send>;

/// Asks, and does something with the rows while the statement is there: SQLite's driver reads on in it.
fn with_rows<T>(
    connection: &mut ManagedConnection,
    query: &str,
    failed: impl Fn(adbc_core::error::Error) -> String,
    use_them: impl FnOnce(Rows) -> Result<T, String>,
) -> Result<T, String> {
    let mut statement = connection.new_statement().map_err(&failed)?;
    statement.set_sql_query(query).map_err(&failed)?;
    let rows = statement.execute().map_err(&failed)?;
    use_them(rows)
}

/// The statement that asks for the rows. What plainly is no question is refused here; that nothing is changed is up to the connection, which is opened for
/// reading where the database has such a way (PostgreSQL, SQLite, DuckDB), and to the user's rights elsewhere.
fn query(pull: &Pull, dialect: Dialect) -> Result<String, String> {
    let all = match &pull.rows {
        RowsAsked::Table(table) => {
            // Snowflake writes names in capitals that nobody quoted.
            let is_plain =
                |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !part.starts_with(|c: char| c.is_ascii_digit());
            let quoted = |part: &str| match dialect {
                Dialect::Snowflake if is_plain(part) => part.to_owned(),
                _ => dialect.quoted(part),
            };
            let name = table.split('.').map(|part| quoted(part.trim())).collect::<Vec<_>>().join(".");
            format!("SELECT * FROM {name}")
        }
        RowsAsked::Query(query) => {
            let query = without_comments_before(query).trim_end();
            let first: String = query.trim_start_matches(['(', ' ']).chars().take_while(|c| c.is_alphabetic()).collect();
            if !["select", "with", "values", "table", "from"].contains(&first.to_lowercase().as_str()) {
                return Err("Only rows are read here. Write a query that begins with SELECT or WITH.".to_owned());
            }
            let (statement, behind) = query.split_at(end_of_statement(query));
            if !without_comments_before(behind.trim_start_matches(';')).is_empty() {
                return Err("A query is one statement. Leave out what stands behind the semicolon.".to_owned());
            }
            statement.to_owned()
        }
    };
    let Some(sample) = &pull.sample else { return Ok(all) };
    if !(sample.share > 0.0 && sample.share < 1.0) {
        return Err("A sample is a share between 0 and 1, such as 0.1.".to_owned());
    }
    let digits = format!("{:08x}", (sample.share * 4_294_967_296.0) as u32);
    if digits == "00000000" {
        return Err("So small a sample has no customers. Take a larger share.".to_owned());
    }
    let text = format!("CAST({} AS {})", dialect.quoted(&sample.key), dialect.text_type());
    let hash = match dialect {
        Dialect::Sqlite => {
            return Err("SQLite has no MD5, so no sample of customers can be drawn there. Take all of them, without --sample.".to_owned());
        }
        _ => format!("MD5({text})"),
    };
    Ok(format!("SELECT * FROM ({all}\n) AS everybody WHERE {hash} < '{digits}'"))
}

/// Whatever stands before the statement: a mark of the file's encoding, and comments.
fn without_comments_before(query: &str) -> &str {
    let mut rest = query.trim_start_matches('\u{feff}').trim_start();
    loop {
        let behind = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n').map_or("", |(_, behind)| behind),
            (_, Some(comment)) => comment.split_once("*/").map_or("", |(_, behind)| behind),
            _ => return rest,
        };
        rest = behind.trim_start();
    }
}

/// Where the first semicolon outside of quotes and comments stands; the end where there is none.
fn end_of_statement(query: &str) -> usize {
    let mut rest = query;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        rest = match c {
            ';' => break,
            '\'' | '"' | '`' => behind.split_once(c).map_or("", |(_, behind)| behind),
            '-' if behind.starts_with('-') => behind.split_once('\n').map_or("", |(_, behind)| behind),
            '/' if behind.starts_with('*') => behind.split_once("*/").map_or("", |(_, behind)| behind),
            _ => behind,
        };
    }
    query.len() - rest.len()
}

/// Writes the rows as exports are written: beside the file, which is replaced at the end.
fn write(rows: Rows, days: &DayTexts, out: &Path) -> Result<Pulled, String> {
    let mut pulled = Err("Nothing came.".to_owned());
    let written = write_beside(out, |to| {
        pulled = stream(rows, days, to);
        if pulled.is_ok() { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    });
    let pulled = pulled?;
    written.map_err(|why| why.to_string())?;
    Ok(pulled)
}

fn stream(rows: Rows, days: &DayTexts, to: &mut dyn Write) -> Result<Pulled, String> {
    let mut arriving = Arriving::with_days(&rows.schema(), days)?;
    let cannot = |why: &dyn std::fmt::Display| format!("The rows cannot be written: {why}.");
    let mut writer = FileWriter::try_new(to, arriving.schema()).map_err(|why| cannot(&why))?;
    let (mut n, mut said) = (0u64, Instant::now());
    for batch in rows {
        let batch = arriving.batch(&came(batch)?).map_err(|why| cannot(&why))?;
        writer.write(&batch).map_err(|why| cannot(&why))?;
        n += batch.num_rows() as u64;
        if said.elapsed() > SAYS_EVERY {
            say(&Says::Rows(n));
            said = Instant::now();
        }
    }
    writer.finish().map_err(|why| cannot(&why))?;
    Ok(Pulled { rows: n, columns: arriving.schema().fields().len(), notes: arriving.notes() })
}

fn came(batch: Result<RecordBatch, ArrowError>) -> Result<RecordBatch, String> {
    batch.map_err(|why| format!("The rows stopped coming: {}.", driver::sentence(&why.to_string())))
}

/// The one number of a result.
fn first_number(rows: Rows) -> Result<u64, String> {
    let mut arriving = Arriving::of(&rows.schema())?;
    for batch in rows {
        let batch = arriving.batch(&came(batch)?).map_err(|why| format!("The rows cannot be read: {why}."))?;
        if batch.num_rows() == 0 {
            continue;
        }
        let column = batch.column(0);
        // Databases count in whole numbers or decimals.
        let whole = column.as_primitive_opt::<Int64Type>().map(|n| n.value(0).max(0) as u64);
        let double = || column.as_primitive_opt::<Float64Type>().map(|n| n.value(0).max(0.0) as u64);
        return whole.or_else(double).ok_or_else(|| "The database did not count its rows.".to_owned());
    }
    Err("The database did not count its rows.".to_owned())
}

/// Bytes of a row, by the first ones; none where there are none.
fn measured(rows: Rows) -> Result<Option<f64>, String> {
    let mut arriving = Arriving::of(&rows.schema())?;
    let (mut n, mut bytes) = (0usize, 0usize);
    for batch in rows {
        let batch = arriving.batch(&came(batch)?).map_err(|why| format!("The rows cannot be read: {why}."))?;
        (n, bytes) = (n + batch.num_rows(), bytes + batch.get_array_memory_size());
        if n >= MEASURED {
            break;
        }
    }
    Ok((n > 0).then(|| bytes as f64 / n as f64))
}

#[cfg(test)]
mod tests {
    use super::super::request::CustomerSample;
    use super::*;

    fn asked(rows: RowsAsked, sample: Option<CustomerSample>) -> Pull {
        Pull { address: "postgresql://host/shop".into(), driver: None, rows, sample }
    }

    #[test]
    fn queries_read_and_names_are_quoted() {
        let table = |name: &str| query(&asked(RowsAsked::Table(name.into()), None), Dialect::PostgreSql).unwrap();
        assert_eq!(table("shop.orders"), r#"SELECT * FROM "shop"."orders""#);
        assert_eq!(table(r#"o"; DROP TABLE x"#), r#"SELECT * FROM "o""; DROP TABLE x""#);
        let query_of = |text: &str| query(&asked(RowsAsked::Query(text.into()), None), Dialect::PostgreSql);
        assert_eq!(query_of(" WITH a AS (SELECT 1) SELECT * FROM a; ").unwrap(), "WITH a AS (SELECT 1) SELECT * FROM a");
        for text in [
            "DROP TABLE orders",
            "delete from orders",
            "",
            "-- SELECT",
            "INSERT INTO a SELECT 1",
            "SELECT 1; DROP TABLE a",
            "SELECT ';'; x",
        ] {
            assert!(query_of(text).is_err(), "{text}");
        }
        for text in [
            "\u{feff}-- all\n/* of them */ SELECT 1",
            "(SELECT 1)",
            "SELECT ';' AS a",
            "SELECT 1; -- done",
            "SELECT \"a;b\" -- c;\n FROM t",
        ] {
            assert!(query_of(text).is_ok(), "{text}");
        }
        assert_eq!(query_of("SELECT 1; -- done").unwrap(), "SELECT 1");
        let snowflake = |name: &str| query(&asked(RowsAsked::Table(name.into()), None), Dialect::Snowflake).unwrap();
        assert_eq!(snowflake("shop.Big Orders"), r#"SELECT * FROM shop."Big Orders""#);
    }

    #[test]
    fn samples_are_of_customers_and_the_same_everywhere() {
        let sample = Some(CustomerSample { share: 0.1, key: "customer".into() });
        let pull = asked(RowsAsked::Table("orders".into()), sample.clone());
        assert_eq!(
            query(&pull, Dialect::PostgreSql).unwrap(),
            "SELECT * FROM (SELECT * FROM \"orders\"\n) AS everybody WHERE MD5(CAST(\"customer\" AS TEXT)) < '19999999'"
        );
        assert!(query(&pull, Dialect::Spark).unwrap().contains("MD5(CAST(`customer` AS STRING)) < '19999999'"));
        assert!(query(&pull, Dialect::Sqlite).unwrap_err().contains("MD5"));
        for share in [0.0, 1.0, f64::NAN, 1e-11] {
            let pull = asked(RowsAsked::Table("orders".into()), sample.clone().map(|sample| CustomerSample { share, ..sample }));
            assert!(query(&pull, Dialect::DuckDb).is_err());
        }
    }
}
