//! Who is in which persona, and what is known of customers beside their events?
//!
//! In: the event table, and a table of customers or nothing. Out: a group per customer of the event table, with the columns of the table. Without a table, personas
//! are made from what customers did up to a day: the same analysis as everywhere, asked of the behaviour columns. Cost: one analysis.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::text::count;
use crate::base::{Ctx, Key};
use crate::data::{Column, Loaded, Role, Source, Table, Texts, Unprofiled, Values};
use crate::engine::recipe::Engine;
use crate::engine::run::answer::Problem;
use crate::engine::wanted::Outputs;
use crate::events::table::{Events, NONE, Time};
use crate::export::Report;
use crate::journeys::behaviour::{BehaviourAsk, behaviour};
use crate::journeys::which::Which;
use crate::session::Plan;
use crate::triggers::world::{CustomerGroups, KnownColumn, KnownValues};

use super::problem;

/// Fewer customers than this are not grouped by what they did.
const FEWEST: usize = 100;
/// Columns that say what another says: they would count twice.
const SAID_ALREADY: [&str; 2] = ["recency band", "irregularity of visits (sd / mean of gaps)"];
/// What a table made from events is called.
const TITLE: &str = "Customers by what they did";

/// The customers of the event table in groups, with what else is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Grouped {
    /// Names of the groups, and the group of every customer of the event table.
    pub groups: CustomerGroups,
    /// Columns, by customer of the event table.
    pub columns: Vec<KnownColumn>,
    /// What is told of it.
    pub notes: Vec<String>,
}

/// The groups by a table of customers: `by` names a column; `persona` is the table's own persona where it has one, else those of an analysis by `plan`.
///
/// Fails with one sentence where no column finds the customers of the events, and where the analysis fails.
pub(super) fn by_table(events: &Events, loaded: &Arc<Loaded>, plan: &Plan, by: &str, ctx: &Ctx) -> Result<Grouped, Problem> {
    let (key, of_row) = key_of(events, loaded)?;
    let n = events.n_customers();
    let n_found = of_row.iter().filter(|customer| **customer != NONE).count();
    let table = &loaded.table;
    let own = |name: &str| table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    let by_column = match by {
        "persona" => own("persona_name").or_else(|| own("persona")),
        name => Some(
            own(name)
                .ok_or_else(|| Problem(format!("{} has no column called {name}; name one it has, or use persona.", loaded.title).into()))?,
        ),
    };
    let mut groups = CustomerGroups { names: Vec::new(), of: vec![NONE; n] };
    match by_column {
        Some(column) => {
            let mut names: Vec<String> =
                (0..table.n_rows).filter(|&row| !column.is_missing(row)).map(|row| column.cell(row).into_owned()).collect();
            names.sort();
            names.dedup();
            let known: HashMap<&str, u32> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at as u32)).collect();
            for (row, &customer) in of_row.iter().enumerate().filter(|(row, customer)| **customer != NONE && !column.is_missing(*row)) {
                groups.of[customer as usize] = known[&*column.cell(row)];
            }
            groups.names = names;
        }
        None => {
            let report = Engine::analyse_table(loaded.clone(), plan, Outputs { personas: true, ..Outputs::default() }, ctx)?;
            groups = of_report(&report, &of_row, n);
        }
    }
    let columns = table.columns.iter().filter(|column| column.name != key).map(|column| known_column(column, &of_row, n)).collect();
    let note = format!("{} of {} customers with events are in {}, found by {key}.", count(n_found), count(n), loaded.title);
    Ok(Grouped { groups, columns, notes: vec![note] })
}

/// Personas made from what customers did up to `at`; none where these are too few, with a note that says so.
///
/// Fails where the analysis is stopped.
pub(super) fn by_behaviour(events: &Events, purchase: Option<&Which>, at: Option<Time>, ctx: &Ctx) -> Result<Grouped, Problem> {
    let ask = BehaviourAsk { at, content: None, purchase: purchase.cloned(), goal: purchase.cloned() };
    let found = behaviour(events, &ask, &ctx.quiet()).map_err(|error| problem(error, ctx.is_stopped()))?;
    let seen: Vec<usize> =
        (0..events.n_customers()).filter(|&customer| found.iter().any(|column| !column.values[customer].is_nan())).collect();
    let columns: Vec<KnownColumn> =
        found.iter().map(|column| KnownColumn { name: column.name.clone(), values: KnownValues::Numbers(column.values.clone()) }).collect();
    if seen.len() < FEWEST {
        let note = format!("{} customers are too few to make personas of what they did; at least {FEWEST} are needed.", count(seen.len()));
        return Ok(Grouped {
            groups: CustomerGroups { names: Vec::new(), of: vec![NONE; events.n_customers()] },
            columns,
            notes: vec![note],
        });
    }
    let column = |name: &str, values: Values| Column { name: name.to_owned(), values, unit: None, original: None };
    let ids = Texts::collect(seen.iter().map(|&customer| Some(events.customers[customer].as_str())));
    let mut table = vec![column("customer_id", Values::Text(ids))];
    for of in found.iter().filter(|column| !SAID_ALREADY.contains(&column.name.as_str())) {
        let values = match of.levels.is_empty() {
            true => Values::Number(seen.iter().map(|&customer| of.values[customer]).collect()),
            false => Values::Text(Texts::collect(seen.iter().map(|&customer| {
                let value = of.values[customer];
                (!value.is_nan()).then(|| of.levels.get(value as usize).map(String::as_str)).flatten()
            }))),
        };
        table.push(column(&of.name, values));
    }
    let n_rows = seen.len();
    let stamp = Key::of("customers by what they did", 1, &(&events.customers, events.n_events(), at), &[]);
    let loaded = Unprofiled::made(TITLE.into(), Table { columns: table, n_rows }, Vec::new(), stamp)
        .profiled(&ctx.quiet())
        .map_err(|error| problem(error, ctx.is_stopped()))?;
    let report = match Engine::analyse_table(
        Arc::new(loaded),
        &Plan::new(Source::file(TITLE)),
        Outputs { personas: true, ..Outputs::default() },
        ctx,
    ) {
        Ok(report) => report,
        Err(problem) if ctx.is_stopped() => return Err(problem),
        Err(problem) => {
            let groups = CustomerGroups { names: Vec::new(), of: vec![NONE; events.n_customers()] };
            return Ok(Grouped { groups, columns, notes: vec![format!("There are no personas of what customers did: {}", problem.0)] });
        }
    };
    let of_row: Vec<u32> = seen.iter().map(|&customer| customer as u32).collect();
    let groups = of_report(&report, &of_row, events.n_customers());
    let note = match groups.names.len() {
        1 => "What customers did forms one group, so there are no personas to tell apart.".to_owned(),
        k => format!("{k} personas were made from what {} customers did.", count(n_rows)),
    };
    Ok(Grouped { groups, columns, notes: vec![note] })
}

/// The personas of an analysis, by name, where the row of every customer is known.
fn of_report(report: &Report, of_row: &[u32], n: usize) -> CustomerGroups {
    let personas = &report.personas.personas;
    let name = |cluster: usize| {
        personas
            .iter()
            .find(|persona| persona.cluster == cluster)
            .map_or_else(|| format!("C{}", cluster + 1), |persona| persona.name.clone())
    };
    let mut groups = CustomerGroups { names: (0..report.labels.n_clusters()).map(name).collect(), of: vec![NONE; n] };
    for (row, &customer) in of_row.iter().enumerate().filter(|(_, customer)| **customer != NONE) {
        groups.of[customer as usize] = report.labels.get(row).map_or(NONE, |cluster| cluster as u32);
    }
    groups
}

/// The column whose cells name most customers of the events, and the customer of every row.
fn key_of(events: &Events, loaded: &Loaded) -> Result<(String, Vec<u32>), Problem> {
    let known: HashMap<&str, u32> = events.customers.iter().enumerate().map(|(at, id)| (id.as_str(), at as u32)).collect();
    let table = &loaded.table;
    let is_key = |name: &str| loaded.profile.column(name).is_some_and(|profile| profile.guessed_role == Role::Identifier);
    let candidates = table.columns.iter().filter(|column| is_key(&column.name)).chain(table.columns.first());
    let found = candidates.map(|column| {
        let rows: Vec<u32> = (0..table.n_rows).map(|row| known.get(&*column.cell(row)).copied().unwrap_or(NONE)).collect();
        (rows.iter().filter(|customer| **customer != NONE).count(), column.name.clone(), rows)
    });
    match found.reduce(|best, next| if next.0 > best.0 { next } else { best }) {
        Some((n, name, rows)) if n > 0 => Ok((name, rows)),
        _ => Err(Problem(
            format!(
                "No column of {} holds the customers of the events, such as \"{}\"; give a table with the same numbers.",
                loaded.title,
                events.customers.first().map_or("", String::as_str)
            )
            .into(),
        )),
    }
}

fn known_column(column: &Column, of_row: &[u32], n: usize) -> KnownColumn {
    let rows = || of_row.iter().enumerate().filter(|(_, customer)| **customer != NONE).map(|(row, customer)| (row, *customer as usize));
    let values = match &column.values {
        Values::Number(numbers) => {
            let mut values = vec![f64::NAN; n];
            rows().for_each(|(row, customer)| values[customer] = numbers[row]);
            KnownValues::Numbers(values)
        }
        Values::Date(_) | Values::Text(_) => {
            let mut texts = CustomerGroups { names: Vec::new(), of: vec![NONE; n] };
            let mut known: HashMap<String, u32> = HashMap::new();
            for (row, customer) in rows().filter(|(row, _)| !column.is_missing(*row)) {
                let cell = column.cell(row).into_owned();
                let next = texts.names.len() as u32;
                texts.of[customer] = *known.entry(cell.clone()).or_insert_with(|| {
                    texts.names.push(cell);
                    next
                });
            }
            KnownValues::Texts(texts)
        }
    };
    KnownColumn { name: column.name.clone(), values }
}
