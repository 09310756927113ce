//! What do `personae sql`, `personae pmml` and `personae onnx` do? Hand a model to other programs: a statement for a database, or a document that others read or run.
//!
//! In: a model. Out: a text, to standard output or a file; or a file of operators.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::data::Dialect;
use crate::data::day::IsoDay;
use crate::model::{self, SqlCustomers, SqlError, SqlForm, to_onnx, to_pmml, to_statement, to_table};

use super::args::day;
use super::failure::{Failure, failed};
use super::logging;
use super::outputs::{self, Output};

/// What may be said about a statement.
#[derive(Debug, Args)]
pub(super) struct SqlArgs {
    /// The segment model, as `personae model` or the window's export wrote it.
    model: PathBuf,
    /// The table of customers in the database, such as shop.customers.
    #[arg(long, value_name = "TABLE", requires = "id", required_unless_present = "orders", conflicts_with = "orders")]
    table: Option<String>,
    /// Its column that names customers.
    #[arg(long, value_name = "COLUMN", requires = "table")]
    id: Option<String>,
    /// The table of orders in the database, such as shop.orders: the customers are built there by the model's own formulas, and then placed.
    #[arg(long, value_name = "TABLE")]
    orders: Option<String>,
    /// With --orders: the day everything is counted back from; the day after the last order unless given.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "orders")]
    snapshot: Option<IsoDay>,
    /// With --orders: build the customer table and place nobody.
    #[arg(long, requires = "orders")]
    table_only: bool,
    /// The database.
    #[arg(long, value_parser = PossibleValuesParser::new(Dialect::WORDS.map(|(word, _)| word)).map(|word| dialect(&word)), default_value = "standard")]
    dialect: Dialect,
    /// What to make: the SELECT itself, a view, a table, or a MERGE into a table of personas that is there.
    #[arg(long = "as", value_enum, default_value = "select")]
    form: FormWord,
    /// The view or table to make or to merge into, such as shop.personas.
    #[arg(long, value_name = "TABLE")]
    target: Option<String>,
    /// The file to write; standard output unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormWord {
    Select,
    View,
    Table,
    Merge,
}

/// What may be said about PMML.
#[derive(Debug, Args)]
pub(super) struct PmmlArgs {
    /// The segment model, as `personae model` or the window's export wrote it.
    model: PathBuf,
    /// The file to write; standard output unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What may be said about ONNX.
#[derive(Debug, Args)]
pub(super) struct OnnxArgs {
    /// The segment model, as `personae model` or the window's export wrote it.
    model: PathBuf,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn dialect(word: &str) -> Dialect {
    Dialect::WORDS.iter().find(|(known, _)| *known == word).map_or(Dialect::Standard, |(_, dialect)| *dialect)
}

/// Writes the statement.
pub(super) fn sql(args: SqlArgs) -> Result<(), Failure> {
    let form = match (args.form, args.target) {
        (FormWord::Select, None) => SqlForm::Select,
        (FormWord::Select, Some(_)) => {
            return Err(Failure::WrongUse("A SELECT makes nothing; give --as view, table or merge with --target.".into()));
        }
        (_, None) => return Err(Failure::WrongUse("Give --target the name of the view or table.".into())),
        (FormWord::View, Some(target)) => SqlForm::View(target),
        (FormWord::Table, Some(target)) => SqlForm::Table(target),
        (FormWord::Merge, Some(target)) => SqlForm::Merge(target),
    };
    if args.table_only && form != SqlForm::Select {
        return Err(Failure::WrongUse("With --table-only the SELECT alone is written; leave --as and --target out.".into()));
    }
    if args.orders.is_none() && (args.snapshot.is_some() || args.table_only) {
        return Err(Failure::WrongUse("--snapshot and --table-only are about --orders; leave them out with --table.".into()));
    }
    if args.orders.iter().chain(&args.table).any(|name| name.trim().is_empty()) {
        return Err(Failure::WrongUse("Give the table a name.".into()));
    }
    let customers = match (args.orders, args.table, args.id) {
        (Some(orders), ..) => SqlCustomers::Orders(orders, args.snapshot),
        (None, Some(table), Some(id)) => SqlCustomers::Table(table, id),
        (None, ..) => return Err(Failure::WrongUse("Give --table with --id, or --orders.".into())),
    };
    write(&args.model, args.out, |model| match &customers {
        SqlCustomers::Orders(orders, snapshot) if args.table_only => to_table(model, orders, *snapshot, args.dialect),
        customers => to_statement(model, customers, args.dialect, &form),
    })
}

/// Writes the document.
pub(super) fn pmml(args: PmmlArgs) -> Result<(), Failure> {
    write(&args.model, args.out, to_pmml)
}

/// Writes the graph.
pub(super) fn onnx(args: OnnxArgs) -> Result<(), Failure> {
    logging::opens(std::slice::from_ref(&args.model));
    outputs::check(std::slice::from_ref(&args.model), &[Output { option: "--out", path: args.out.clone() }])?;
    let graph = to_onnx(&model::open(&args.model).map_err(failed)?).map_err(failed)?;
    outputs::write_bytes(&args.out, &graph)
}

fn write(path: &Path, out: Option<PathBuf>, text: impl FnOnce(&model::Model) -> Result<String, SqlError>) -> Result<(), Failure> {
    logging::opens(&[path.to_owned()]);
    if let Some(out) = &out {
        outputs::check(&[path.to_owned()], &[Output { option: "--out", path: out.clone() }])?;
    }
    let text = text(&model::open(path).map_err(failed)?).map_err(failed)?;
    match out {
        Some(out) => outputs::write_text(&out, &text),
        // Whoever reads may close early.
        None => std::io::stdout().write_all(text.as_bytes()).or(Ok(())),
    }
}
