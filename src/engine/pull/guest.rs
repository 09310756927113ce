//! The second process: load the driver, ask, write what comes, and say how it goes, a line each.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{Connection, Database, Driver, Statement};
use adbc_driver_manager::ManagedConnection;
use arrow_array::RecordBatchReader;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_ipc::writer::FileWriter;

use crate::data::Dialect;

use super::address::{self, Opened};
use super::arriving::Arriving;
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
    let mut asked = Vec::new();
    let request: Request = match std::io::stdin().read_to_end(&mut asked).map(|_| serde_json::from_slice(&asked)) {
        Ok(Ok(request)) => request,
        _ => return Some(ExitCode::FAILURE),
    };
    let said = match address::opened(&request.pull.address, |name| std::env::var(name).ok()) {
        Err(why) => Err(why),
        Ok(opened) => answer(&request, &opened).map_err(|why| opened.without_secrets(&why)),
    };
    say(&said.unwrap_or_else(Says::Cannot));
    Some(ExitCode::SUCCESS)
}

fn say(says: &Says) {
    if let Ok(mut line) = serde_json::to_string(says) {
        line.push('\n');
        let mut out = std::io::stdout().lock();
        // Nobody hears it any more: the rows are for nobody.
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            std::process::exit(1);
        }
    }
}

fn answer(request: &Request, opened: &Opened) -> Result<Says, String> {
    let Request { pull, out } = request;
    let engine = address::engine(&pull.address);
    let name = address::engine_name(&pull.address);
    let dialect = engine.map_or(Dialect::Standard, |engine| engine.dialect);
    let query = query(pull, dialect)?;
    let path = address::for_driver(&opened.address);
    // A driver would make an empty database of a name that was mistyped.
    let is_file = matches!(dialect, Dialect::Sqlite | Dialect::DuckDb) && !path.starts_with(':') && !path.starts_with("file:");
    if is_file && !Path::new(path).is_file() {
        return Err(format!("There is no file {path}; give the path of a {name} database."));
    }
    let mut driver = driver::load(engine, pull.driver.as_deref())?;
    let failed = |why: adbc_core::error::Error| format!("{name} says: {}.", driver::sentence(&why.message));
    let mut options = vec![match dialect {
        Dialect::DuckDb => (OptionDatabase::Other("path".to_owned()), OptionValue::String(path.to_owned())),
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
    match out {
        Some(out) => Ok(Says::Done(with_rows(&mut connection, &query, failed, |rows| write(rows, out))?)),
        None => {
            let counted = format!("SELECT COUNT(*) AS n FROM ({query}) AS counted");
            let n = with_rows(&mut connection, &counted, failed, first_number)?;
            let bytes = with_rows(&mut connection, &query, failed, measured)?;
            Ok(Says::Foreseen(Foreseen { rows: n, bytes: bytes.map(|of_a_row| (of_a_row * n as f64) as u64) }))
        }
    }
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

/// The statement that asks for the rows. Whatever changes a database is refused.
fn query(pull: &Pull, dialect: Dialect) -> Result<String, String> {
    let all = match &pull.rows {
        RowsAsked::Table(table) => {
            let name = table.split('.').map(|part| dialect.quoted(part.trim())).collect::<Vec<_>>().join(".");
            format!("SELECT * FROM {name}")
        }
        RowsAsked::Query(query) => {
            let query = query.trim().trim_end_matches(';').trim_end();
            let first: String = query.trim_start_matches('(').chars().take_while(|c| c.is_alphabetic()).collect();
            if !["select", "with", "values", "table", "from"].contains(&first.to_lowercase().as_str()) {
                return Err("Only rows are read here. Write a query that begins with SELECT or WITH.".to_owned());
            }
            query.to_owned()
        }
    };
    let Some(sample) = &pull.sample else { return Ok(all) };
    if !(sample.share > 0.0 && sample.share < 1.0) {
        return Err("A sample is a share between 0 and 1, such as 0.1.".to_owned());
    }
    let digits = format!("{:08x}", (sample.share * 4_294_967_296.0) as u32);
    let text = format!("CAST({} AS {})", dialect.quoted(&sample.key), dialect.text_type());
    let hash = match dialect {
        Dialect::Sqlite => return Err("SQLite has no MD5, so no sample of customers can be drawn there. Leave --sample out.".to_owned()),
        Dialect::BigQuery => format!("TO_HEX(MD5({text}))"),
        _ => format!("MD5({text})"),
    };
    Ok(format!("SELECT * FROM ({all}) AS everybody WHERE {hash} < '{digits}'"))
}

fn write(rows: Rows, out: &Path) -> Result<Pulled, String> {
    let mut arriving = Arriving::of(&rows.schema())?;
    let cannot = |why: &dyn std::fmt::Display| format!("The rows cannot be written: {why}.");
    let file = BufWriter::new(File::create(out).map_err(|why| cannot(&why))?);
    let mut writer = FileWriter::try_new(file, arriving.schema()).map_err(|why| cannot(&why))?;
    let (mut n, mut said) = (0u64, Instant::now());
    for batch in rows {
        let batch = batch.map_err(|why| format!("The rows stopped coming: {}.", driver::sentence(&why.to_string())))?;
        let batch = arriving.batch(&batch).map_err(|why| cannot(&why))?;
        writer.write(&batch).map_err(|why| cannot(&why))?;
        n += batch.num_rows() as u64;
        if said.elapsed() > SAYS_EVERY {
            say(&Says::Rows(n));
            said = Instant::now();
        }
    }
    writer.finish().map_err(|why| cannot(&why))?;
    writer.into_inner().map_err(|why| cannot(&why))?.flush().map_err(|why| cannot(&why))?;
    Ok(Pulled { rows: n, columns: arriving.schema().fields().len(), notes: arriving.notes() })
}

/// The one number of a result.
fn first_number(rows: Rows) -> Result<u64, String> {
    let strange = || "The database did not count its rows.".to_owned();
    let batch = rows.into_iter().flatten().find(|batch| batch.num_rows() > 0).ok_or_else(strange)?;
    batch.column(0).as_primitive_opt::<Int64Type>().map(|n| n.value(0).max(0) as u64).ok_or_else(strange)
}

/// Bytes of a row, by the first ones; none where there are none.
fn measured(rows: Rows) -> Result<Option<f64>, String> {
    let mut arriving = Arriving::of(&rows.schema())?;
    let (mut n, mut bytes) = (0usize, 0usize);
    for batch in rows {
        let batch = batch.map_err(|why| format!("The rows stopped coming: {}.", driver::sentence(&why.to_string())))?;
        let batch = arriving.batch(&batch).map_err(|why| format!("The rows cannot be read: {why}."))?;
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
        for text in ["DROP TABLE orders", "delete from orders", "", "-- SELECT", "INSERT INTO a SELECT 1"] {
            assert!(query_of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn samples_are_of_customers_and_the_same_everywhere() {
        let sample = Some(CustomerSample { share: 0.1, key: "customer".into() });
        let pull = asked(RowsAsked::Table("orders".into()), sample.clone());
        assert_eq!(
            query(&pull, Dialect::PostgreSql).unwrap(),
            r#"SELECT * FROM (SELECT * FROM "orders") AS everybody WHERE MD5(CAST("customer" AS TEXT)) < '19999999'"#
        );
        assert!(query(&pull, Dialect::BigQuery).unwrap().contains("TO_HEX(MD5(CAST(`customer` AS STRING))) < '19999999'"));
        assert!(query(&pull, Dialect::Sqlite).unwrap_err().contains("MD5"));
        for share in [0.0, 1.0, f64::NAN] {
            let pull = asked(RowsAsked::Table("orders".into()), sample.clone().map(|sample| CustomerSample { share, ..sample }));
            assert!(query(&pull, Dialect::DuckDb).is_err());
        }
    }
}
