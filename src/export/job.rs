//! A segment model as a Spark job: a folder that runs where the orders are.
//!
//! In: a model whose table is built from orders. Out: the files of the folder: the model, its statement for Spark, a runner without mathematics of its own, and made-up orders by which the runner checks itself before it
//! starts. Who is in which segment by these orders is added by whoever can build the table. Cost: writing.

use serde_json::json;

use crate::base::seed::{self, RngExt};
use crate::data::Dialect;
use crate::data::day::IsoDay;
use crate::data::sourcing::{Field, SourceFile};
use crate::data::write::csv_line;
use crate::model::{Model, SqlCustomers, SqlError, SqlForm, to_statement, to_text};

/// The day that stands in the statement for the one that is not known yet.
const SOME_DAY: &str = "1000-01-01";
/// The day the orders of the check are counted back from.
const CHECKED_ON: &str = "2024-07-01";
/// Customers of the check.
const CHECKED: usize = 256;

const RUNNER: &str = include_str!("../../assets/job/run.py");
const README: &str = include_str!("../../assets/job/README.md");

/// The folder, but for the segments of the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparkJob {
    /// Names of files with their texts.
    pub files: Vec<(&'static str, String)>,
    /// The orders of the check, as CSV.
    pub check: String,
    /// The day they are counted back from.
    pub checked_on: IsoDay,
}

/// The job of a model.
///
/// Fails where a database cannot be asked to build its table, or to place by its rule.
pub fn spark_job(model: &Model) -> Result<SparkJob, SqlError> {
    let day = |text: &str| IsoDay::parse(text).unwrap_or(IsoDay(0));
    let orders = SqlCustomers::Orders("orders".to_owned(), Some(day(SOME_DAY)));
    let statement = to_statement(model, &orders, Dialect::Spark, &SqlForm::Select)?.replace(SOME_DAY, "{snapshot}");
    // That there is one source of orders the statement has found.
    let source = model.table.as_ref().and_then(|table| table.sources.first()).ok_or(SqlError::NoRecipe)?;
    let field = |of: Field| source.fields.get(&of).and_then(Option::clone);
    let numbers: Vec<String> = [Field::Amount, Field::UnitPrice, Field::Quantity].into_iter().filter_map(field).collect();
    let job = json!({
        "key": source.key,
        "date": field(Field::Date),
        "columns": columns(source),
        "numbers": numbers,
        "check_snapshot": CHECKED_ON,
    });
    let files = vec![
        ("model.json", to_text(model)),
        ("labels.sql", statement),
        ("job.json", format!("{}\n", serde_json::to_string_pretty(&job).unwrap_or_default())),
        ("run.py", RUNNER.to_owned()),
        ("README.md", README.to_owned()),
        ("requirements.txt", "pyspark>=4.0\n".to_owned()),
    ];
    Ok(SparkJob { files, check: check(source), checked_on: day(CHECKED_ON) })
}

/// The columns of the orders that are read, each once.
fn columns(source: &SourceFile) -> Vec<String> {
    let mut columns: Vec<String> = source.key.iter().cloned().collect();
    for name in source.fields.values().flatten() {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}

/// Orders of customers who do not exist: many small amounts and few large ones, returns, days and hours of half a year.
fn check(source: &SourceFile) -> String {
    let columns = columns(source);
    let mut random = seed::random(0, 0);
    let mut text = csv_line(columns.iter().map(String::as_str));
    for customer in 0..CHECKED {
        let (n, amount) = (random.random_range(1..25), 10f64.powf(random.random_range(0.5..3.0)));
        for order in 0..n {
            let (month, day) = (random.random_range(1..7), random.random_range(1..29));
            let date = format!("2024-{month:02}-{day:02} {:02}:{:02}:00", random.random_range(0..24), random.random_range(0..60));
            let sign = if random.random_range(0..20) == 0 { -1.0 } else { 1.0 };
            let price = (amount * random.random_range(0.5..2.0) * 100.0f64).round() / 100.0;
            let cell = |name: &String| -> String {
                let is = |of: Field| source.fields.get(&of).and_then(Option::as_ref) == Some(name);
                match () {
                    () if source.key.as_ref() == Some(name) => format!("check{customer:03}"),
                    () if is(Field::Date) => date.clone(),
                    () if is(Field::Amount) => format!("{}", sign * price),
                    () if is(Field::UnitPrice) => format!("{price}"),
                    () if is(Field::Quantity) => format!("{}", sign as i64 * (1 + order % 3)),
                    () if is(Field::Order) => format!("check{customer:03}-{order}"),
                    () if is(Field::Category) => ["one", "two", "three"][(order as usize + customer) % 3].to_owned(),
                    () if is(Field::Channel) => ["web", "shop"][(order as usize) % 2].to_owned(),
                    () if is(Field::Device) => ["mobile", "desktop"][customer % 2].to_owned(),
                    () => String::new(),
                }
            };
            let cells: Vec<String> = columns.iter().map(cell).collect();
            text.push_str(&csv_line(cells.iter().map(String::as_str)));
        }
    }
    text
}
