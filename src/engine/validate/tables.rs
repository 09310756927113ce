//! Who moves from one persona to another between tables of the same customers, each as it was on a day?
//!
//! In: tables with their days, as the user says them. Out: the moves between each table and the next. Preparation and segments are those of the first; later customers are
//! placed and nothing is made anew. How many would move by chance cannot be told: it is drawn from each customer's own orders, and a table has none. Cost: one analysis,
//! then O(n) per table.

use std::sync::Arc;

use crate::base::Ctx;
use crate::base::text::count;
use crate::data::day::IsoDay;
use crate::data::{self, Loaded, Role, Source};
use crate::engine::run::answer::StepError;
use crate::engine::wanted::{AnalyseTable, Outputs};
use crate::evaluate::Whereabouts;
use crate::export::{Validation, segment_model};
use crate::session::Plan;

use super::cannot::cannot;
use super::personas::{OfADay, personas_of_a_day, plan_of_a_day};
use super::stays::{Placed, Places, moves, rows_placed, told_of_words};
use super::words::words_on;

const NO_CHANCE: &str =
    "How many would move by chance alone is not told: it is drawn from each customer's own orders, and these are tables without orders.";

/// A table of customers as it was on a day.
#[derive(Debug, Clone)]
pub struct DatedTable {
    /// The day.
    pub day: IsoDay,
    /// The table.
    pub loaded: Arc<Loaded>,
}

/// The column that says who is who in every one of the tables: an identifier whose values are all different.
///
/// Fails with one sentence where there is none.
pub(in crate::engine) fn key_of(tables: &[DatedTable]) -> Result<String, StepError> {
    let Some(first) = tables.first() else { return Err(cannot("No table was given.")) };
    let is_key = |name: &str| {
        tables.iter().all(|table| {
            let Some(column) = table.loaded.table.column(name) else { return false };
            let present: Vec<String> =
                (0..table.loaded.table.n_rows).filter(|&row| !column.is_missing(row)).map(|row| column.cell(row).into_owned()).collect();
            let different: std::collections::HashSet<&String> = present.iter().collect();
            !present.is_empty() && different.len() == present.len()
        })
    };
    let identifiers = first.loaded.profile.columns.iter().filter(|column| column.guessed_role == Role::Identifier);
    identifiers.map(|column| column.name.clone()).find(|name| is_key(name)).ok_or_else(|| {
        cannot(
            "These tables share no column of customer numbers that has every customer once, so nobody can be found again; give every table the same column, such as customer_id.",
        )
    })
}

/// The moves between the tables that the plan names and today's, for the window. Tables are read here one after the other and let go.
///
/// Fails with one sentence where a day is missing, or is not before today's, where a table cannot be read or shares no customer numbers; and when stopped.
pub(in crate::engine) fn tables_found(
    plan: &Plan,
    today: OfADay<'_>,
    loaded: &Arc<Loaded>,
    analyse: AnalyseTable,
    ctx: &Ctx,
) -> Result<Validation, StepError> {
    let options = &plan.validation;
    let Some(of_day) = options.of_day else { return Err(cannot("Type the day that these data are of, such as 2024-03-31.")) };
    let mut tables = Vec::with_capacity(options.earlier.len() + 1);
    for table in &options.earlier {
        let Some(day) = table.day else {
            return Err(cannot(format!("Type the day that {} is of, such as 2024-01-31.", table.name())));
        };
        if day >= of_day {
            return Err(cannot(format!(
                "{} is of {day}, which is not before {of_day}, the day of these data; change one of the days.",
                table.name()
            )));
        }
        let loaded = data::read(&Source::file(table.path.clone()), ctx)?;
        tables.push(DatedTable { day, loaded: Arc::new(loaded) });
    }
    tables.sort_by_key(|table| table.day);
    if let Some(pair) = tables.windows(2).find(|pair| pair[0].day == pair[1].day) {
        return Err(cannot(format!("Two tables are of {}; give each a day of its own.", pair[0].day)));
    }
    tables.push(DatedTable { day: of_day, loaded: loaded.clone() });
    let key = key_of(&tables)?;
    let mut found = Validation::default();
    stays_of_tables(&tables, &key, analyse, plan, &OfADay { key: Some(&key), ..today }, &mut found, ctx)?;
    Ok(found)
}

/// Adds the moves between the tables, by day, to what was found.
pub(in crate::engine) fn stays_of_tables(
    tables: &[DatedTable],
    key: &str,
    analyse: AnalyseTable,
    plan: &Plan,
    today: &OfADay,
    found: &mut Validation,
    ctx: &Ctx,
) -> Result<(), StepError> {
    let Some(begin) = tables.first() else { return Ok(()) };
    let of_a_day = plan_of_a_day(plan);
    let outputs = Outputs { personas: true, bare: true, ..Outputs::default() };
    let first = personas_of_a_day(&of_a_day, (begin.day, Some(key)), Some(today), &mut found.notes, |plan| {
        analyse(begin.loaded.clone(), plan, outputs.clone(), ctx)
            .map_err(|problem| cannot(format!("There are no personas of {}: {}", begin.day, problem.0)))
    })?;
    if first.labels.n_clusters() < 2 {
        return Err(cannot(format!(
            "The customers of {} are one group, so nobody can move; choose a number of segments (--k) to split them all the same.",
            begin.day
        )));
    }
    for table in &tables[1..] {
        let lacks = |name: &&str| table.loaded.table.column(name).is_none();
        let entering = first.prepared.columns.iter().filter(|column| column.enters).map(|column| column.name.as_str());
        let missing: Vec<&str> = entering.filter(lacks).collect();
        if !missing.is_empty() {
            let (shown, more) = (missing[..missing.len().min(3)].join(", "), missing.len().saturating_sub(3));
            let more = if more > 0 { format!(" and {} more", count(more)) } else { String::new() };
            return Err(cannot(format!(
                "The table of {} lacks columns that decide who is alike on {}: {shown}{more}. Give tables with the same columns.",
                table.day, begin.day
            )));
        }
    }
    let model = segment_model(&first, ctx).map_err(|error| cannot(error.to_string()))?;
    let model = model.ok_or_else(|| cannot("There is no segment model; please report this."))?;
    let mut placed: Vec<Placed> = Vec::new();
    for (nth, table) in tables.iter().enumerate() {
        ctx.progress("Snapshots", nth as f32 / tables.len() as f32);
        let rows = rows_placed(&model, &table.loaded, ctx).map_err(|error| match error {
            StepError::Problem(problem) => {
                cannot(format!("The table of {} cannot be held against that of {}: {}", table.day, begin.day, problem.0))
            }
            stopped => stopped,
        })?;
        let words = if nth > 0 { words_on(&first, &table.loaded, &rows, &of_a_day, ctx)? } else { Vec::new() };
        let (places, without) = by_key(table, key, rows);
        if let Some(before) = placed.last()
            && !places.keys().any(|customer| before.places.contains_key(customer))
        {
            return Err(cannot(format!(
                "The tables of {} and {} have no customer in common by {key}; give the same customers on both days.",
                before.day, table.day
            )));
        }
        if without > 0 {
            found.notes.push(format!("{} rows of the table of {} have no {key}; they are left out.", count(without), table.day));
        }
        placed.push(Placed { day: table.day, places, words });
    }
    let mut personas = OfADay::of_report(&first).personas();
    if let Some(last) = placed.last() {
        let then = last.places.iter().map(|(key, place)| match place {
            Whereabouts::Segment(at) => (key.clone(), Some(*at)),
            _ => (key.clone(), None),
        });
        let matched = today.matched(then, personas.len());
        today.name_matches(&mut personas, &matched);
    }
    found.notes.push(NO_CHANCE.to_owned());
    found.stays.extend(placed.windows(2).map(|pair| moves(&pair[0], &pair[1], &personas, None)));
    found.sentences.extend(told_of_words(&found.stays));
    found.sentences.extend(found.stays.iter().map(|stay| format!("{} to {}: {}", stay.from, stay.to, stay.sentence)));
    Ok(())
}

/// The place of every customer who has a key, and how many rows have none.
fn by_key(table: &DatedTable, key: &str, rows: Vec<Whereabouts>) -> (Places, usize) {
    let Some(column) = table.loaded.table.column(key) else { return (Places::default(), rows.len()) };
    let n = rows.len();
    let places: Places = rows
        .into_iter()
        .enumerate()
        .filter(|(row, _)| !column.is_missing(*row))
        .map(|(row, place)| (column.cell(row).into_owned(), place))
        .collect();
    let without = n - places.len();
    (places, without)
}
