//! What does `personae pull` do? It asks a database or a warehouse for rows and writes them to an Arrow file, or says how many would come.
//!
//! In: an address, and a table or a query. Out: the file, and a sentence. A password is named in the address as `{NAME}` and looked up in the environment, so that it
//! stands in no history of commands.

use std::path::PathBuf;

use clap::Args;

use crate::base::Ctx;
use crate::base::text::count;
use crate::engine::pull::{self, CustomerSample, Foreseen, Pull, PullError, Pulled, RowsAsked};

use super::failure::Failure;
use super::outputs::{self, Output};
use super::progress::while_showing;
use super::saying::say;

/// What may be said about rows of a database.
#[derive(Debug, Args)]
pub(super) struct PullArgs {
    /// Where the database is: postgresql://reader:{SHOP_PASSWORD}@host/shop, snowflake://..., or the path of a SQLite or DuckDB file. {NAME} is looked up in
    /// the environment.
    address: String,
    /// All rows of this table, such as shop.orders.
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["query", "query_file"], required_unless_present_any = ["query", "query_file"])]
    table: Option<String>,
    /// The rows of this query.
    #[arg(long, value_name = "SQL", conflicts_with = "query_file")]
    query: Option<String>,
    /// The rows of the query in this file, such as one that `personae sql` wrote.
    #[arg(long, value_name = "FILE")]
    query_file: Option<PathBuf>,
    /// Only this share of the customers, with all their rows: the same customers in every database that has MD5.
    #[arg(long, value_name = "SHARE", requires = "key")]
    sample: Option<f64>,
    /// With --sample: the column that names customers.
    #[arg(long, value_name = "COLUMN", requires = "sample")]
    key: Option<String>,
    /// The driver: its library, or its name. It is found by itself where a manifest of ADBC or a package of Python has it.
    #[arg(long, value_name = "DRIVER")]
    driver: Option<String>,
    /// Say how many rows would come and how much memory they take, and bring none.
    #[arg(long, conflicts_with = "out")]
    look: bool,
    /// The file to write, such as orders.arrow.
    #[arg(long, value_name = "FILE", required_unless_present = "look")]
    out: Option<PathBuf>,
    /// No progress and no summary.
    #[arg(long)]
    quiet: bool,
}

/// Asks, writes, and says what came.
pub(super) fn carry_out(args: PullArgs) -> Result<(), Failure> {
    let query = match (&args.query, &args.query_file) {
        (Some(query), _) => Some(query.clone()),
        (None, Some(path)) => {
            let read = std::fs::read_to_string(path);
            Some(read.map_err(|why| Failure::WrongUse(format!("{} cannot be read: {why}.", path.display())))?)
        }
        (None, None) => None,
    };
    let rows = match (args.table, query) {
        (Some(table), _) if table.trim().is_empty() => return Err(Failure::WrongUse("Give the table a name.".into())),
        (Some(table), _) => RowsAsked::Table(table),
        (None, Some(query)) => RowsAsked::Query(query),
        (None, None) => return Err(Failure::WrongUse("Give --table, --query or --query-file.".into())),
    };
    let sample = args.sample.zip(args.key).map(|(share, key)| CustomerSample { share, key });
    let asked = Pull { address: args.address, driver: args.driver, rows, sample };
    let ctx = Ctx::new();
    let Some(out) = args.out else {
        let foreseen = while_showing(&ctx, args.quiet, || pull::foresee(&asked, &ctx)).map_err(failed)?;
        say(&look(&foreseen));
        return Ok(());
    };
    if out.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("arrow")) {
        return Err(Failure::WrongUse(format!("{} must end in .arrow.", out.display())));
    }
    outputs::check(&args.query_file.into_iter().collect::<Vec<_>>(), &[Output { option: "--out", path: out.clone() }])?;
    let pulled = while_showing(&ctx, args.quiet, || pull::pull(&asked, &out, &ctx)).map_err(failed)?;
    if !args.quiet {
        say(&summary(&pulled, &out.display().to_string()));
    }
    Ok(())
}

/// Not logged by its kind: what a database says is for who asked.
fn failed(error: PullError) -> Failure {
    Failure::Failed(error.to_string())
}

pub(super) fn look(foreseen: &Foreseen) -> String {
    let bytes = foreseen.bytes.map_or_else(String::new, |bytes| format!(", {} in memory", megabytes(bytes)));
    format!("{} would come{bytes}.\n", rows(foreseen.rows))
}

pub(super) fn summary(pulled: &Pulled, out: &str) -> String {
    let columns = if pulled.columns == 1 { "1 column".to_owned() } else { format!("{} columns", count(pulled.columns)) };
    let notes: String = pulled.notes.iter().map(|note| format!("{note}\n")).collect();
    format!("{} of {columns} are in {out}.\n{notes}", rows(pulled.rows))
}

fn rows(n: u64) -> String {
    if n == 1 { "1 row".to_owned() } else { format!("{} rows", count(n as usize)) }
}

fn megabytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 1.0 { "less than 1 MB".to_owned() } else { format!("about {} MB", count(megabytes.round() as usize)) }
}
