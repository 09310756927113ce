//! How do rows of any order become the event table?
//!
//! Owners, duplicates, a counting sort by customer, then within each customer by (time, order within the millisecond, source, row), where it is not in order
//! already; then visits and names. In: rows. Out: the table, the same bytes on any number of threads and for files cut differently. O(rows), and O(rows x log)
//! for what is not in order.

use std::ops::Range;

use rayon::prelude::*;

use crate::base::Ctx;

use super::duplicates::{self, Dropped};
use super::error::EventsError;
use super::grouping::{Customers, chunks, customers, split};
use super::identity::owners;
use super::naming::{self, Naming};
use super::options::EventOptions;
use super::page_tree::PageGroup;
use super::row_ids::GUESSED;
use super::rows::Rows;
use super::table::{Context, DAY, Events, NONE, Time};
use super::visits::{VisitRule, Walk};

/// Share of the rows of a source that must have a session id for these to count, in percent.
const MOST_HAVE: usize = 95;

/// What is told of the rows on their way into the table.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Arranged {
    pub events: Events,
    pub with_person: usize,
    pub joined: usize,
    pub anonymous: usize,
    pub dropped: Dropped,
    pub has_session_ids: bool,
    pub overlapping: usize,
    pub groups: Vec<PageGroup>,
}

/// Makes the table.
///
/// Fails if the work is to stop.
pub(super) fn arrange(mut rows: Rows, options: &EventOptions, ctx: &Ctx) -> Result<Arranged, EventsError> {
    ctx.progress("Putting events in order", 0.0);
    let n_persons = rows.persons.len() as u32;
    let owners = owners(&rows, ctx)?;
    let mut is_dropped = vec![false; rows.len()];
    let mut dropped = duplicates::by_id(&mut rows.columns, &owners, n_persons, &mut is_dropped, ctx)?;
    let has_session_ids = keep_sessions(&mut rows, &is_dropped);
    let n_owners = if options.count_anonymous { n_persons + rows.devices.len() as u32 } else { n_persons };
    let mut customers = customers(&rows, &owners, n_owners, &is_dropped, ctx)?;
    ctx.progress("Putting events in order", 0.3);
    dropped.duplicates += sort_customers(&rows, &mut customers, ctx)?;
    ctx.progress("Putting events in order", 0.6);
    let Customers { names, starts, order } = customers;
    let (visits, overlapping) = visits(&rows, &starts, &order, options, ctx)?;
    let Naming { kind_names, page_names, groups, kinds, pages } = naming::named(&rows, &order, &is_dropped, options, ctx)?;
    let gather = |column: &[u32]| -> Vec<u32> { order.par_iter().map(|&row| column[row as usize]).collect() };
    let mut contexts = gather(&rows.columns.circumstance);
    ctx.check()?;
    let context_names = ordered_contexts(&mut contexts, std::mem::take(&mut rows.circumstances.contexts));
    let times: Vec<Time> = order.par_iter().map(|&row| rows.columns.time[row as usize]).collect();
    ctx.check()?;
    let values: Vec<f64> = order.par_iter().map(|&row| rows.columns.value[row as usize]).collect();
    let span = times.par_iter().min().zip(times.par_iter().max()).map(|(&first, &last)| (first, last));
    let events =
        Events { customers: names, starts, times, kinds, kind_names, pages, page_names, visits, values, contexts, context_names, span };
    let with_person = order.iter().filter(|&&row| rows.columns.person[row as usize] != NONE).count();
    let joined = order.iter().filter(|&&row| rows.columns.person[row as usize] == NONE && owners[row as usize] < n_persons).count();
    // Those that became customers, and those that did not.
    let left_out = owners.iter().zip(&is_dropped).filter(|(owner, is_dropped)| **owner >= n_owners && !**is_dropped).count();
    let anonymous = order.len() - with_person - joined + left_out;
    Ok(Arranged { events, with_person, joined, anonymous, dropped, has_session_ids, overlapping, groups })
}

/// Leaves ids of sessions only in sources where nearly every row has one; whether there is such a source.
fn keep_sessions(rows: &mut Rows, is_dropped: &[bool]) -> bool {
    let mut is_any = false;
    let n_rows = rows.len();
    for (at, &start) in rows.sources.iter().enumerate() {
        let of_source = start..rows.sources.get(at + 1).copied().unwrap_or(n_rows);
        let kept = || of_source.clone().filter(|&row| !is_dropped[row]);
        let n_have = kept().filter(|&row| rows.columns.session[row] != 0).count();
        if n_have > 0 && n_have * 100 >= kept().count() * MOST_HAVE {
            is_any = true;
        } else {
            rows.columns.session[of_source].fill(0);
        }
    }
    is_any
}

/// Orders the rows of every customer and takes twins out; how many.
fn sort_customers(rows: &Rows, customers: &mut Customers, ctx: &Ctx) -> Result<usize, EventsError> {
    let columns = &rows.columns;
    let chunks = chunks(&customers.starts);
    let starts = &customers.starts;
    let key = |row: u32| (columns.time[row as usize], columns.in_ms.get(row as usize).copied().unwrap_or(0), row);
    let sort = |(of_chunk, order): (Range<usize>, &mut [u32])| -> Result<usize, EventsError> {
        ctx.check()?;
        let (mut room, mut keys, mut n) = (Vec::new(), Vec::new(), 0);
        let offset = starts[of_chunk.start];
        for customer in of_chunk {
            let of_customer = &mut order[starts[customer] - offset..starts[customer + 1] - offset];
            if !of_customer.is_sorted_by_key(|&row| key(row)) {
                // Keys beside each other sort several times as fast as rows that point at them.
                keys.clear();
                keys.extend(of_customer.iter().map(|&row| key(row)));
                keys.sort_unstable();
                of_customer.iter_mut().zip(&keys).for_each(|(row, key)| *row = key.2);
            }
            n += duplicates::of_customer(of_customer, columns, &mut room);
        }
        Ok(n)
    };
    let parts: Vec<usize> = split(&mut customers.order, &chunks, starts).into_par_iter().map(sort).collect::<Result<_, _>>()?;
    ctx.check()?;
    let n = parts.iter().sum();
    if n > 0 {
        customers.compact();
    }
    Ok(n)
}

/// Numbers the visits of every customer.
fn visits(rows: &Rows, starts: &[usize], order: &[u32], options: &EventOptions, ctx: &Ctx) -> Result<(Vec<u32>, usize), EventsError> {
    let columns = &rows.columns;
    let rule = VisitRule { gap: options.visit_gap, cut_at_midnight: options.cut_at_midnight };
    let local_day = |row: usize| {
        let offset = rows.circumstances.contexts[columns.circumstance[row] as usize].offset_minutes.unwrap_or(0);
        (columns.time[row] + i64::from(offset) * 60_000).div_euclid(DAY)
    };
    // An address that changes is no other device.
    let is_known: Vec<bool> = rows.devices.texts().map(|id| !id.starts_with(GUESSED)).collect();
    let device = |row: usize| Some(columns.device[row]).filter(|&device| device != NONE && is_known[device as usize]).unwrap_or(NONE);
    let mut visits = vec![0u32; order.len()];
    let chunks = chunks(starts);
    let number = |(of_chunk, visits): (Range<usize>, &mut [u32])| -> Result<usize, EventsError> {
        ctx.check()?;
        let mut walk = Walk::default();
        let offset = starts[of_chunk.start];
        let mut overlapping = 0;
        for customer in of_chunk {
            let events = starts[customer]..starts[customer + 1];
            walk.clear();
            for &row in &order[events.clone()] {
                let row = row as usize;
                walk.times.push(columns.time[row]);
                walk.sessions.push(columns.session[row]);
                walk.devices.push(device(row));
                if rule.cut_at_midnight {
                    walk.days.push(local_day(row));
                }
            }
            overlapping += walk.number(rule, &mut visits[events.start - offset..events.end - offset]);
        }
        Ok(overlapping)
    };
    let parts: Vec<usize> = split(&mut visits, &chunks, starts).into_par_iter().map(number).collect::<Result<_, _>>()?;
    Ok((visits, parts.iter().sum()))
}

/// Numbers circumstances by their order, those that are in use; their names.
fn ordered_contexts(numbers: &mut [u32], contexts: Vec<Context>) -> Vec<Context> {
    let mut is_used = vec![false; contexts.len()];
    numbers.iter().for_each(|&number| is_used[number as usize] = true);
    let mut order: Vec<usize> = (0..contexts.len()).filter(|&at| is_used[at]).collect();
    order.sort_unstable_by_key(|&at| &contexts[at]);
    let mut rank = vec![0u32; contexts.len()];
    order.iter().enumerate().for_each(|(place, &at)| rank[at] = place as u32);
    numbers.par_iter_mut().for_each(|number| *number = rank[*number as usize]);
    order.into_iter().map(|at| contexts[at].clone()).collect()
}
