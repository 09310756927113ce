//! How does a database place customers, without this program?
//!
//! In: a model that places by the nearest centre, the name of a table and of its column that names customers, and the dialect of the database. Out: one SELECT that gives, for every
//! customer that takes part, the number of their persona, its name, and the distance to its centre, as `personae score` calls them; or a view, a table or a MERGE of it. O(p k) characters.
//!
//! LN, SQRT, CASE, COALESCE, NULLIF and CAST are all it needs; what differs between databases is in [`Dialect`]. An empty text counts as missing, as it does when files are read. Databases take logarithms
//! with an error in the last digit, so a customer who lies midway between two centres but for rounding may be placed on either side. The
//! statement knows the rule alone: customers of a tree whom the model remembers elsewhere go to their nearest centre.

use crate::base::{Matrix, part};
use crate::cluster::Assign;
use crate::customers::{AsSqlError, BUILT, CUSTOMER, TableAsSql, as_sql};
use crate::data::Dialect;
use crate::data::day::IsoDay;
use crate::features::fitted_column::{Coding, FittedColumn, LevelCoding, NumberCoding};
use crate::features::{Encoder, Projection, Transform};

use super::placing::{Model, Placing};

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

/// Why a model cannot be written as SQL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// It does not place by centres.
    #[error(
        "only segments that are placed by their nearest centre (k-Means, Hierarchical) can be written as SQL, PMML or ONNX, and {method} are not; save the model itself instead."
    )]
    NotByCentres {
        /// How the segments were made.
        method: String,
    },
    /// Some segments are in parts.
    #[error(
        "{segment} is in parts, and SQL, PMML and ONNX can only hold whole segments; merge the parts back, or save the model itself instead."
    )]
    InParts {
        /// The segment.
        segment: String,
    },
    /// A column is a date.
    #[error(
        "{column} is a date, which every database counts in its own way; make the segments without it, or from a column that counts the days."
    )]
    Date {
        /// The column.
        column: String,
    },
    /// The model was made from one file of customers.
    #[error("this model was made from a file of customers and not from orders; give --table the table of customers.")]
    NoRecipe,
    /// The model needs more than its formulas give.
    #[error("the model also needs {column}, which its formulas for orders do not give; give --table the table of customers.")]
    NoColumn {
        /// The column.
        column: String,
    },
    /// The table takes more than a database is asked to do.
    #[error(transparent)]
    Table(#[from] AsSqlError),
    /// The database has no such statement.
    #[error("{dialect} has no MERGE; make a view or a table of it.")]
    NoMerge {
        /// The database.
        dialect: &'static str,
    },
}

/// Where the customers are, in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlCustomers {
    /// A table with one row per customer, by its name ("shop.customers"), and its column that names them.
    Table(String, String),
    /// A table of orders, by its name, from which the customer table is built by the model's own formulas; counted back from a day, or from the day after the last order.
    Orders(String, Option<IsoDay>),
}

/// The statement in the form that is wanted. Names of tables may have parts ("shop.customers").
///
/// Fails as [`to_sql`] does, where the customer table cannot be built there, and where the database has no such form.
pub fn to_statement(model: &Model, customers: &SqlCustomers, dialect: Dialect, form: &SqlForm) -> Result<String, SqlError> {
    let (select, id) = match customers {
        SqlCustomers::Table(table, id) => (to_sql(model, table, id, dialect)?, id.as_str()),
        SqlCustomers::Orders(orders, snapshot) => (from_orders(model, orders, *snapshot, dialect)?, CUSTOMER),
    };
    let name = |target: &str| dialect.quoted_parts(target);
    Ok(match form {
        SqlForm::Select => select,
        SqlForm::View(target) if dialect == Dialect::Sqlite => {
            format!("DROP VIEW IF EXISTS {0};\nCREATE VIEW {0} AS\n{select}", name(target))
        }
        SqlForm::View(target) => format!("CREATE OR REPLACE VIEW {} AS\n{select}", name(target)),
        SqlForm::Table(target) => format!("CREATE TABLE {} AS\n{select}", name(target)),
        SqlForm::Merge(_) if dialect == Dialect::Sqlite => return Err(SqlError::NoMerge { dialect: dialect.name() }),
        SqlForm::Merge(target) => {
            let id = dialect.quoted(id);
            let columns = ["persona", "persona_name", "persona_distance"];
            let set: Vec<String> = columns.iter().map(|column| format!("{column} = fresh.{column}")).collect();
            let fresh: Vec<String> = columns.iter().map(|column| format!("fresh.{column}")).collect();
            format!(
                "MERGE INTO {} AS known\nUSING (\n{select}) AS fresh\nON known.{id} = fresh.{id}\nWHEN MATCHED THEN UPDATE SET {}\nWHEN NOT MATCHED THEN INSERT ({id}, {}) VALUES (fresh.{id}, {})\n",
                name(target),
                set.join(", "),
                columns.join(", "),
                fresh.join(", ")
            )
        }
    })
}

/// The SELECT. `table` may have parts ("shop.customers"); `id` is the column that names customers.
///
/// Fails with "only segments that are placed by their nearest centre …" for other rules, and with "… is a date …" where a date enters.
pub fn to_sql(model: &Model, table: &str, id: &str, dialect: Dialect) -> Result<String, SqlError> {
    placed(model, Vec::new(), &dialect.quoted_parts(table), id, dialect)
}

/// The SELECT that builds the customer table first.
fn from_orders(model: &Model, orders: &str, snapshot: Option<IsoDay>, dialect: Dialect) -> Result<String, SqlError> {
    let TableAsSql { steps, columns } = table_of(model, orders, snapshot, dialect)?;
    if let Some(other) = model.columns().iter().find(|name| !columns.iter().any(|column| column == *name)) {
        return Err(SqlError::NoColumn { column: (*other).to_owned() });
    }
    placed(model, steps, &dialect.quoted(BUILT), CUSTOMER, dialect)
}

/// The statement that builds the customer table from a table of orders and places nobody.
///
/// Fails where the model's table is not built from orders alone, or takes more than a database is asked to do.
pub fn to_table(model: &Model, orders: &str, snapshot: Option<IsoDay>, dialect: Dialect) -> Result<String, SqlError> {
    let built = table_of(model, orders, snapshot, dialect)?;
    Ok(format!("{}SELECT * FROM {}\n", dialect.with(&built.steps), dialect.quoted(BUILT)))
}

fn table_of(model: &Model, orders: &str, snapshot: Option<IsoDay>, dialect: Dialect) -> Result<TableAsSql, SqlError> {
    let recipe = model.table.as_ref().ok_or(SqlError::NoRecipe)?;
    Ok(as_sql(recipe, orders, snapshot.or(recipe.snapshot), dialect)?)
}

/// From a table to the space of the model, and its centres: what other programs can be told of a model.
///
/// Fails where it does not place by centres, and where a date enters.
pub(super) fn by_centres(model: &Model) -> Result<(&Encoder, &Matrix), SqlError> {
    let (encoder, centroids) = match &model.placing {
        Placing::Space { encoder, assign: Assign::Nearest { centroids }, .. } => (encoder, centroids),
        Placing::Parts { inside, .. } => {
            let segment = inside.first().map_or_else(String::new, |inside| format!("C{}", part::text(inside.segment)));
            return Err(SqlError::InParts { segment });
        }
        _ => return Err(SqlError::NotByCentres { method: model.method.clone() }),
    };
    match encoder.columns.iter().find(|column| matches!(column.coding, Coding::Date(_))) {
        Some(date) => Err(SqlError::Date { column: date.name.clone() }),
        None => Ok((encoder, centroids)),
    }
}

/// `before` are steps that come first; `from` is a name as the database has it.
fn placed(model: &Model, before: Vec<String>, from: &str, id: &str, dialect: Dialect) -> Result<String, SqlError> {
    let (encoder, centroids) = by_centres(model)?;
    let mut steps = before;
    steps.push(step("taken", taken(encoder, id, dialect), from, &required(encoder, dialect)));
    steps.push(step("encoded", encoded(encoder, dialect), "taken", ""));
    let mut last = "encoded";
    let mut places: Vec<String> = (0..encoder.encoded_names().len()).map(|at| format!("e{at}")).collect();
    if let Some(projection) = &encoder.projection {
        steps.push(step("turned", turned(projection, &places), "encoded", ""));
        places = (0..projection.weights.len()).map(|at| format!("c{at}")).collect();
        last = "turned";
    }
    let k = centroids.n_rows();
    let squared = |cluster: usize| {
        let part = |(place, centre): (&String, &f64)| format!("({place} - {0}) * ({place} - {0})", number(*centre));
        let sum: Vec<String> = places.iter().zip(centroids.row(cluster)).map(part).collect();
        format!("{} AS d{cluster}", sum.join(" + "))
    };
    steps.push(step("apart", with_id((0..k).map(squared)), last, ""));
    let nearest = std::iter::once(format!("{} AS nearest", nearest(k))).chain((0..k).map(|cluster| format!("d{cluster}")));
    steps.push(step("placed", with_id(nearest), "apart", ""));
    let of = |what: &dyn Fn(usize) -> String| {
        let cases: Vec<String> = (0..k).map(|cluster| format!("WHEN nearest = {cluster} THEN {}", what(cluster))).collect();
        format!("CASE {} END", cases.join(" "))
    };
    Ok(format!(
        "{}SELECT id AS {},\n  {} AS persona,\n  {} AS persona_name,\n  SQRT({}) AS persona_distance\nFROM placed\n",
        dialect.with(&steps),
        dialect.quoted(id),
        of(&|cluster| part::text(model.segments[cluster].number)),
        of(&|cluster| dialect.text(&model.segments[cluster].name)),
        of(&|cluster| format!("d{cluster}")),
    ))
}

fn step(name: &str, columns: Vec<String>, from: &str, only: &str) -> String {
    format!("{name} AS (\n  SELECT {}\n  FROM {from}{only}\n)", columns.join(",\n    "))
}

fn with_id(columns: impl Iterator<Item = String>) -> Vec<String> {
    std::iter::once("id".to_owned()).chain(columns).collect()
}

/// Every column as it is computed with: numbers with what stands in, texts with empty ones missing.
fn taken(encoder: &Encoder, id: &str, dialect: Dialect) -> Vec<String> {
    let column = |(at, column): (usize, &FittedColumn)| match &column.coding {
        Coding::Number(coding) | Coding::Date(coding) => {
            format!("COALESCE(CAST({} AS {}), {}) AS v{at}", dialect.quoted(&column.name), dialect.double(), number(coding.stand_in))
        }
        Coding::Category(_) => format!("NULLIF({}, '') AS v{at}", dialect.quoted(&column.name)),
    };
    std::iter::once(format!("{} AS id", dialect.quoted(id))).chain(encoder.columns.iter().enumerate().map(column)).collect()
}

fn required(encoder: &Encoder, dialect: Dialect) -> String {
    // Of a column that enters the kind is known; of others it is enough that there is something.
    let is_text = |name: &str| encoder.columns.iter().any(|column| column.name == name && !column.is_number());
    let has = |name: &String| match is_text(name) {
        true => format!("NULLIF({}, '') IS NOT NULL", dialect.quoted(name)),
        false => format!("{} IS NOT NULL", dialect.quoted(name)),
    };
    let all: Vec<String> = encoder.required.iter().map(has).collect();
    if all.is_empty() { String::new() } else { format!("\n  WHERE {}", all.join(" AND ")) }
}

fn encoded(encoder: &Encoder, dialect: Dialect) -> Vec<String> {
    let mut columns = Vec::new();
    for (at, column) in encoder.columns.iter().enumerate() {
        match &column.coding {
            Coding::Number(coding) | Coding::Date(coding) => columns.push(scaled(coding, &format!("v{at}"))),
            Coding::Category(coding) => {
                columns.extend((0..coding.indicators.len()).map(|place| indicator(coding, place, &format!("v{at}"), dialect)))
            }
        }
    }
    with_id(columns.into_iter().enumerate().map(|(at, column)| format!("{column} AS e{at}")))
}

fn scaled(coding: &NumberCoding, v: &str) -> String {
    let transformed = match (coding.transform, coding.bounds) {
        (Transform::Log1p, _) => {
            let least = number(coding.least.unwrap_or_default());
            format!("LN(1.0 + CASE WHEN {v} < {least} THEN {least} ELSE {v} END)")
        }
        (Transform::Asinh, _) => {
            format!("CASE WHEN {v} < 0.0 THEN 0.0 - LN(SQRT({v} * {v} + 1.0) - {v}) ELSE LN(SQRT({v} * {v} + 1.0) + {v}) END")
        }
        (Transform::Winsorized, Some((low, high))) => {
            let (low, high) = (number(low), number(high));
            format!("CASE WHEN {v} < {low} THEN {low} WHEN {v} > {high} THEN {high} ELSE {v} END")
        }
        (Transform::None | Transform::Winsorized, _) => v.to_owned(),
    };
    format!("({transformed} - {}) / {}", number(coding.centre), number(coding.spread))
}

fn indicator(coding: &LevelCoding, place: usize, v: &str, dialect: Dialect) -> String {
    let root = coding.indicators[place].share.sqrt();
    let value = |is_on: bool| number(if is_on { 1.0 / root - root } else { -root });
    let listed = |is_on: bool| {
        let texts: Vec<String> =
            coding.levels.iter().filter(|level| (level.indicator == Some(place)) == is_on).map(|level| dialect.text(&level.text)).collect();
        if texts.is_empty() { String::new() } else { format!(" WHEN {v} IN ({}) THEN {}", texts.join(", "), value(is_on)) }
    };
    let (missing, unseen) = (value(coding.missing == Some(place)), value(coding.unseen == Some(place)));
    format!("CASE WHEN {v} IS NULL THEN {missing}{}{} ELSE {unseen} END", listed(true), listed(false))
}

fn turned(projection: &Projection, places: &[String]) -> Vec<String> {
    let component = |(at, weights): (usize, &Vec<f64>)| {
        let part = |((place, mean), weight): ((&String, &f64), &f64)| format!("({place} - {}) * {}", number(*mean), number(*weight));
        let sum: Vec<String> = places.iter().zip(&projection.means).zip(weights).map(part).collect();
        format!("{} AS c{at}", sum.join(" + "))
    };
    with_id(projection.weights.iter().enumerate().map(component))
}

/// The cluster of the least distance; of equal ones the lower.
fn nearest(k: usize) -> String {
    let is_least = |cluster: usize| (cluster + 1..k).map(|other| format!("d{cluster} <= d{other}")).collect::<Vec<_>>().join(" AND ");
    match k {
        0 | 1 => "0".to_owned(),
        _ => {
            let cases: Vec<String> = (0..k - 1).map(|cluster| format!("WHEN {} THEN {cluster}", is_least(cluster))).collect();
            format!("CASE {} ELSE {} END", cases.join(" "), k - 1)
        }
    }
}

/// With as many digits as it takes to be the same number, negative ones in parentheses.
fn number(value: f64) -> String {
    if value < 0.0 { format!("({value:?})") } else { format!("{:?}", value.abs()) }
}
