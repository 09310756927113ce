//! Who is in which persona, and what is known of customers beside their events?
//!
//! In: the event table, and a table of customers or nothing. Out: a group per customer of the event table, with the columns of the table. Without a table, personas
//! are made from what customers did up to a day: the same analysis as everywhere, asked of the behaviour columns. Cost: one analysis.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::text::count;
use crate::base::{Ctx, Key};
use crate::data::{Column, Loaded, Role, Source, Table, Texts, Unprofiled, Values};
use crate::engine::run::answer::Problem;
use crate::engine::wanted::{AnalyseTable, Outputs};
use crate::events::table::{Events, NONE, Time};
use crate::export::audience::willing;
use crate::export::{Audience, Report};
use crate::journeys::JourneysError;
use crate::journeys::behaviour::{BehaviourAsk, BehaviourColumn, behaviour};
use crate::journeys::circumstances::circumstances;
use crate::journeys::which::Which;
use crate::session::Plan;
use crate::triggers::world::{CustomerGroups, KnownColumn, KnownValues};

use super::problem;

/// Fewer customers than this are not grouped by what they did.
const FEWEST: usize = 100;
/// More groups than this are no groups.
const MOST_GROUPS: usize = 50;
/// Columns that say what another says: they would count twice.
const SAID_ALREADY: [&str; 2] = ["recency band", "irregularity of visits (sd / mean of gaps)"];
/// What a table made from events is called.
const TITLE: &str = "Customers by what they did";

/// The customers of the event table in groups, with what else is known.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Grouped {
    /// Names of the groups, and the group of every customer of the event table.
    pub groups: CustomerGroups,
    /// Columns, by customer of the event table.
    pub columns: Vec<KnownColumn>,
    /// What is told of it.
    pub notes: Vec<String>,
    /// The customer of every row of the table; empty without one.
    pub of_row: Vec<u32>,
}

impl Grouped {
    /// The groups of those customers who are in a part of the events as well.
    pub(in crate::engine) fn of_those_in(mut self, all: &Events, part: &Events) -> Grouped {
        self.groups.of = part.customers_in(all).map(|customer| self.groups.at(customer?)).map(|group| group.unwrap_or(NONE)).collect();
        // They are of the customers of all events.
        self.columns.clear();
        self.of_row.clear();
        self
    }

    /// The group of every one of `n` customers as the questions want it.
    pub(in crate::engine) fn personas(&self, n: usize) -> Vec<Option<u16>> {
        match self.groups.of.is_empty() {
            true => vec![None; n],
            false => self.groups.of.iter().map(|group| (*group != NONE).then_some(*group as u16)).collect(),
        }
    }
}

/// The groups by segments that are known: `segment` says which row of the table is in which of `names`.
///
/// Fails with one sentence where no column finds the customers of the events.
pub(in crate::engine) fn by_segments(
    events: &Events,
    loaded: &Loaded,
    names: Vec<String>,
    segment: impl Fn(usize) -> Option<usize>,
) -> Result<Grouped, Problem> {
    let KeyFound { key, of_row, n_found, n_several } = key_of(events, loaded)?;
    let said = rows_of(&of_row).filter_map(|(row, customer)| Some((customer, segment(row)? as u32)));
    let groups = CustomerGroups { of: agreed(said, events.n_customers(), NONE), names };
    let notes = matched_told(events, loaded, (&key, n_found, n_several));
    Ok(Grouped { groups, columns: Vec::new(), notes, of_row })
}

/// How many customers of the events were found in a table, and who stands there more than once.
fn matched_told(events: &Events, loaded: &Loaded, (key, n_found, n_several): (&str, usize, usize)) -> Vec<String> {
    let mut notes = vec![format!(
        "{} of {} customers with events are in {}, found by {key}.",
        count(n_found),
        count(events.n_customers()),
        loaded.title
    )];
    if n_several > 0 {
        let stand = if n_several == 1 { "1 customer stands".to_owned() } else { format!("{} customers stand", count(n_several)) };
        notes.push(format!("{stand} in several rows of {}; where these differ, nothing is taken from them.", loaded.title));
    }
    notes
}

/// The groups by a table of customers: `by` names a column; `persona` is the table's own persona where it has one, else those of an analysis by `plan`.
///
/// Fails with one sentence where no column finds the customers of the events, and where the analysis fails.
pub(super) fn by_table(
    events: &Events,
    loaded: &Arc<Loaded>,
    plan: &Plan,
    by: &str,
    analyse: AnalyseTable,
    ctx: &Ctx,
) -> Result<Grouped, Problem> {
    let KeyFound { key, of_row, n_found, n_several } = key_of(events, loaded)?;
    let n = events.n_customers();
    let table = &loaded.table;
    let own = |name: &str| table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    let by_column = match by {
        "persona" => own("persona_name").or_else(|| own("persona")),
        name => Some(
            own(name)
                .ok_or_else(|| Problem(format!("{} has no column called {name}; name one it has, or use persona.", loaded.title).into()))?,
        ),
    };
    let mut notes = Vec::new();
    let mut groups = CustomerGroups { names: Vec::new(), of: vec![NONE; n] };
    match by_column {
        Some(column) => {
            let mut names: Vec<String> =
                (0..table.n_rows).filter(|&row| !column.is_missing(row)).map(|row| column.cell(row).into_owned()).collect();
            names.sort();
            names.dedup();
            let known: HashMap<&str, u32> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at as u32)).collect();
            if names.len() > MOST_GROUPS {
                let (n, most) = (count(names.len()), MOST_GROUPS);
                let why = format!("{by} has {n} different values, too many to hold against each other; name a column of at most {most}.");
                return Err(Problem(why.into()));
            }
            let said =
                rows_of(&of_row).filter(|(row, _)| !column.is_missing(*row)).map(|(row, customer)| (customer, known[&*column.cell(row)]));
            groups.of = agreed(said, n, NONE);
            groups.names = names;
        }
        None => match analyse(loaded.clone(), plan, Outputs { personas: true, ..Outputs::default() }, ctx) {
            Ok(report) => groups = of_report(&report, &of_row, n),
            Err(problem) if ctx.is_stopped() => return Err(problem),
            // What is known of customers is of use without personas, too.
            Err(problem) => notes.push(format!("There are no personas of {}: {}", loaded.title, problem.0)),
        },
    }
    let columns = table.columns.iter().filter(|column| column.name != key).map(|column| known_column(column, &of_row, n)).collect();
    notes.splice(0..0, matched_told(events, loaded, (&key, n_found, n_several)));
    Ok(Grouped { groups, columns, notes, of_row })
}

/// Personas made from what customers did up to `at`; none where these are too few, with a note that says so.
///
/// Fails where the analysis is stopped.
pub(in crate::engine) fn by_behaviour(
    events: &Events,
    purchase: Option<&Which>,
    at: Option<Time>,
    analyse: AnalyseTable,
    ctx: &Ctx,
) -> Result<Grouped, Problem> {
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
            of_row: Vec::new(),
        });
    }
    let table = table_of(events, found.iter().filter(|column| !SAID_ALREADY.contains(&column.name.as_str())), &seen);
    let n_rows = table.n_rows;
    let stamp = Key::of("customers by what they did", 1, &(&events.customers, events.n_events(), at), &[]);
    let loaded = Unprofiled::made(TITLE.into(), table, Vec::new(), stamp)
        .profiled(&ctx.quiet())
        .map_err(|error| problem(error, ctx.is_stopped()))?;
    let report = match analyse(Arc::new(loaded), &Plan::new(Source::file(TITLE)), Outputs { personas: true, ..Outputs::default() }, ctx) {
        Ok(report) => report,
        Err(problem) if ctx.is_stopped() => return Err(problem),
        Err(problem) => {
            let groups = CustomerGroups { names: Vec::new(), of: vec![NONE; events.n_customers()] };
            return Ok(Grouped {
                groups,
                columns,
                notes: vec![format!("There are no personas of what customers did: {}", problem.0)],
                of_row: Vec::new(),
            });
        }
    };
    let of_row: Vec<u32> = seen.iter().map(|&customer| customer as u32).collect();
    let groups = of_report(&report, &of_row, events.n_customers());
    let note = match groups.names.len() {
        1 => "What customers did forms one group, so there are no personas to tell apart.".to_owned(),
        k => format!("{k} personas were made from what {} customers did.", count(n_rows)),
    };
    Ok(Grouped { groups, columns, notes: vec![note], of_row: Vec::new() })
}

/// A row per customer with what they did and in which circumstances, of all who have events.
///
/// Fails when stopped.
pub(super) fn table_of_behaviour(events: &Events, purchase: Option<&Which>, holidays: &[i64], ctx: &Ctx) -> Result<Table, Problem> {
    let ask = BehaviourAsk { at: None, content: None, purchase: purchase.cloned(), goal: purchase.cloned() };
    let wrong = |error: JourneysError| problem(error, ctx.is_stopped());
    let mut found = behaviour(events, &ask, ctx).map_err(wrong)?;
    found.extend(circumstances(events, None, holidays, ctx).map_err(wrong)?);
    let once = found.iter().filter(|column| !SAID_ALREADY.contains(&column.name.as_str()));
    Ok(table_of(events, once, &(0..events.n_customers()).collect::<Vec<_>>()))
}

/// These columns as a table of these customers.
fn table_of<'a>(events: &Events, found: impl Iterator<Item = &'a BehaviourColumn>, customers: &[usize]) -> Table {
    let column = |name: &str, values: Values| Column { name: name.to_owned(), values, unit: None, original: None };
    let ids = Texts::collect(customers.iter().map(|&customer| Some(events.customers[customer].as_str())));
    let mut columns = vec![column("customer_id", Values::Text(ids))];
    for of in found {
        let values = match of.levels.is_empty() {
            true => Values::Number(customers.iter().map(|&customer| of.values[customer]).collect()),
            false => Values::Text(Texts::collect(customers.iter().map(|&customer| {
                let value = of.values[customer];
                (!value.is_nan()).then(|| of.levels.get(value as usize).map(String::as_str)).flatten()
            }))),
        };
        columns.push(column(&of.name, values));
    }
    Table { columns, n_rows: customers.len() }
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
    let mut groups = CustomerGroups { names: (0..report.labels.n_clusters()).map(name).collect(), of: Vec::new() };
    let said = rows_of(of_row).filter_map(|(row, customer)| Some((customer, report.labels.get(row)? as u32)));
    groups.of = agreed(said, n, NONE);
    groups
}

/// The rows that are of customers of the events.
fn rows_of(of_row: &[u32]) -> impl Iterator<Item = (usize, usize)> + '_ {
    of_row.iter().enumerate().filter(|(_, customer)| **customer != NONE).map(|(row, customer)| (row, *customer as usize))
}

/// What the rows of each customer say, where all of them say the same; else `nothing`. The last row must not win in silence.
fn agreed<T: PartialEq + Copy>(said: impl Iterator<Item = (usize, T)>, n: usize, nothing: T) -> Vec<T> {
    let mut values: Vec<Option<T>> = vec![None; n];
    let mut differ = vec![false; n];
    for (customer, value) in said {
        differ[customer] |= values[customer].is_some_and(|known| known != value);
        values[customer] = Some(value);
    }
    values.into_iter().zip(differ).map(|(value, differ)| value.filter(|_| !differ).unwrap_or(nothing)).collect()
}

/// Where the customers of the events are in a table.
struct KeyFound {
    /// The column that names them.
    key: String,
    /// The customer of every row, or [`NONE`].
    of_row: Vec<u32>,
    /// Customers found.
    n_found: usize,
    /// Those in several rows.
    n_several: usize,
}

/// The column whose cells name most customers of the events.
fn key_of(events: &Events, loaded: &Loaded) -> Result<KeyFound, Problem> {
    let known: HashMap<&str, u32> = events.customers.iter().enumerate().map(|(at, id)| (id.as_str(), at as u32)).collect();
    let table = &loaded.table;
    let is_key = |name: &str| loaded.profile.column(name).is_some_and(|profile| profile.guessed_role == Role::Identifier);
    let candidates = table.columns.iter().filter(|column| is_key(&column.name)).chain(table.columns.first());
    let found = candidates.map(|column| {
        let of_row: Vec<u32> = (0..table.n_rows).map(|row| known.get(&*column.cell(row)).copied().unwrap_or(NONE)).collect();
        let mut times = vec![0usize; events.n_customers()];
        rows_of(&of_row).for_each(|(_, customer)| times[customer] += 1);
        let (n_found, n_several) = (times.iter().filter(|times| **times > 0).count(), times.iter().filter(|times| **times > 1).count());
        KeyFound { key: column.name.clone(), of_row, n_found, n_several }
    });
    match found.reduce(|best, next| if next.n_found > best.n_found { next } else { best }) {
        Some(found) if found.n_found > 0 => Ok(found),
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

/// The customer of the events in every row of a table, or [`NONE`]; empty where it knows none of them.
pub(in crate::engine) fn customers_of_rows(events: &Events, loaded: &Loaded) -> Vec<u32> {
    key_of(events, loaded).map_or_else(|_| Vec::new(), |found| found.of_row)
}

/// Who of the customers of the events may be contacted, by the rules of every list that leaves: all rows of a customer must agree. None where nothing says so.
///
/// Fails where `column` is not in the table, and when stopped.
pub(in crate::engine) fn may_contact(
    loaded: &Loaded,
    of_row: &[u32],
    n: usize,
    column: Option<&str>,
    ctx: &Ctx,
) -> Result<(Option<Vec<bool>>, Vec<String>), Problem> {
    let audience = Audience { consent_column: column.map(str::to_owned), ..Audience::default() };
    let all: Vec<usize> = (0..of_row.len()).collect();
    let found =
        willing(loaded, &audience, &all, ctx).map_err(|stopped| problem(stopped, true))?.map_err(|sentence| Problem(sentence.into()))?;
    if !found.is_told {
        return Ok((None, Vec::new()));
    }
    let mut agrees = vec![false; of_row.len()];
    found.rows.iter().for_each(|&row| agrees[row] = true);
    let mut may: Vec<Option<bool>> = vec![None; n];
    rows_of(of_row).for_each(|(row, customer)| may[customer] = Some(may[customer].unwrap_or(true) && agrees[row]));
    Ok((Some(may.into_iter().map(|may| may == Some(true)).collect()), found.notes))
}

fn known_column(column: &Column, of_row: &[u32], n: usize) -> KnownColumn {
    let present = || rows_of(of_row).filter(|(row, _)| !column.is_missing(*row));
    let values = match &column.values {
        Values::Number(numbers) => KnownValues::Numbers(agreed(present().map(|(row, customer)| (customer, numbers[row])), n, f64::NAN)),
        Values::Date(_) | Values::Text(_) => {
            let mut names: Vec<String> = Vec::new();
            let mut known: HashMap<String, u32> = HashMap::new();
            let said: Vec<(usize, u32)> = present()
                .map(|(row, customer)| {
                    let cell = column.cell(row).into_owned();
                    let code = *known.entry(cell.clone()).or_insert_with(|| {
                        names.push(cell);
                        names.len() as u32 - 1
                    });
                    (customer, code)
                })
                .collect();
            KnownValues::Texts(CustomerGroups { names, of: agreed(said.into_iter(), n, NONE) })
        }
    };
    KnownColumn { name: column.name.clone(), values }
}
