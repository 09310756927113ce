//! Which rows are whose, side by side?
//!
//! In: rows with their owners. Out: customers by the alphabet, and the rows of each behind each other, in the order they were read: a counting sort. O(rows +
//! customers x log).

use std::ops::Range;

use crate::base::Ctx;

use super::dictionary::ranked;
use super::error::EventsError;
use super::row_ids::GUESSED;
use super::rows::Rows;
use super::table::{NONE, Time};

/// Events that are worked on at a time, of whole customers.
pub(super) const CHUNK: usize = 1 << 16;

/// Customers, and whose is what.
pub(super) struct Customers {
    pub names: Vec<String>,
    pub starts: Vec<usize>,
    /// Rows, customer by customer.
    pub order: Vec<u32>,
}

impl Customers {
    /// Takes rows out that were marked with [`NONE`]; every customer keeps at least one.
    pub fn compact(&mut self) {
        let (mut to, mut start) = (0, 0);
        for customer in 0..self.names.len() {
            let end = self.starts[customer + 1];
            for at in start..end {
                if self.order[at] != NONE {
                    self.order[to] = self.order[at];
                    to += 1;
                }
            }
            start = end;
            self.starts[customer + 1] = to;
        }
        self.order.truncate(to);
    }
}

/// Counting sort of the rows by their customer. Owners below `n_owners` are customers.
pub(super) fn customers(rows: &Rows, owners: &[u32], n_owners: u32, is_dropped: &[bool], ctx: &Ctx) -> Result<Customers, EventsError> {
    let (n_persons, n_devices) = (rows.persons.len(), rows.devices.len());
    let mut is_used = vec![false; n_persons + n_devices];
    let is_kept = |owner: u32, is_dropped: bool| owner < n_owners && !is_dropped;
    let kept = || {
        (0..)
            .zip(owners.iter().zip(is_dropped))
            .filter(|(_, (owner, dropped))| is_kept(**owner, **dropped))
            .map(|(row, (&owner, _))| (row, owner as usize))
    };
    kept().for_each(|(_, owner)| is_used[owner] = true);
    ctx.check()?;
    let of_devices = names_of_devices(rows, owners, is_dropped, &is_used[n_persons..]);
    let texts: Vec<&str> = rows.persons.texts().chain(of_devices.iter().map(String::as_str)).collect();
    let (rank, names) = ranked(&texts, |owner| is_used[owner]);
    ctx.check()?;
    let mut starts = vec![0usize; names.len() + 1];
    kept().for_each(|(_, owner)| starts[rank[owner] as usize + 1] += 1);
    for customer in 0..names.len() {
        starts[customer + 1] += starts[customer];
    }
    ctx.check()?;
    let mut next = starts.clone();
    let mut order = vec![0u32; starts[names.len()]];
    for (row, owner) in kept() {
        let to = &mut next[rank[owner] as usize];
        order[*to] = row;
        *to += 1;
    }
    ctx.check()?;
    Ok(Customers { names, starts, order })
}

/// What devices are called as customers: by their id, or, where they are guessed from an address, by a number in the order they came. A number made from the
/// address would let the address be found again.
fn names_of_devices(rows: &Rows, owners: &[u32], is_dropped: &[bool], is_used: &[bool]) -> Vec<String> {
    let n_persons = rows.persons.len();
    let mut first = vec![Time::MAX; is_used.len()];
    for (row, &owner) in
        owners.iter().enumerate().filter(|(row, owner)| **owner != NONE && **owner as usize >= n_persons && !is_dropped[*row])
    {
        let of = &mut first[owner as usize - n_persons];
        *of = (*of).min(rows.columns.time[row]);
    }
    let id = |device: usize| rows.devices.text(device as u32);
    let mut guessed: Vec<usize> = (0..is_used.len()).filter(|&device| is_used[device] && id(device).starts_with(GUESSED)).collect();
    guessed.sort_by_key(|&device| (first[device], id(device)));
    let width = guessed.len().to_string().len();
    let mut names: Vec<String> =
        (0..is_used.len()).map(|device| if is_used[device] { format!("device:{}", id(device)) } else { String::new() }).collect();
    for (at, device) in guessed.into_iter().enumerate() {
        names[device] = format!("visitor {:0width$}", at + 1);
    }
    names
}

/// Ranges of customers with about [`CHUNK`] events each, the same on every machine.
pub(super) fn chunks(starts: &[usize]) -> Vec<Range<usize>> {
    let n = starts.len().saturating_sub(1);
    let mut chunks = Vec::new();
    let mut first = 0;
    for customer in 0..n {
        if starts[customer + 1] - starts[first] >= CHUNK || customer + 1 == n {
            chunks.push(first..customer + 1);
            first = customer + 1;
        }
    }
    chunks
}

/// The events of each chunk.
pub(super) fn split<'a>(mut events: &'a mut [u32], chunks: &[Range<usize>], starts: &[usize]) -> Vec<(Range<usize>, &'a mut [u32])> {
    let mut parts = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let (part, rest) = events.split_at_mut(starts[chunk.end] - starts[chunk.start]);
        parts.push((chunk.clone(), part));
        events = rest;
    }
    parts
}
