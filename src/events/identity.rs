//! Whose is an event of which nobody said whose it is?
//!
//! A device whose rows name one person only is that person's throughout. A device that names several is, row by row, that of the last one named at or before the
//! row: what comes later must not be known yet. A device that is only guessed from an address joins nobody. In: rows. Out: per row a person, or a
//! device, or nobody. O(rows + naming rows of shared devices x log).

use std::collections::BTreeMap;

use crate::base::{Ctx, Stopped};

use super::row_ids::GUESSED;
use super::rows::Rows;
use super::table::{NONE, Time};

/// Rows between two looks at whether to stop.
const STEP: usize = 1 << 16;

/// Names several persons.
const SEVERAL: u32 = NONE - 1;

/// Per row: the number of a person, the number of persons and that of a device, or [`NONE`].
pub(super) fn owners(rows: &Rows, ctx: &Ctx) -> Result<Vec<u32>, Stopped> {
    let columns = &rows.columns;
    let n_persons = rows.persons.len() as u32;
    let joins: Vec<bool> = rows.devices.texts().map(|id| !id.starts_with(GUESSED)).collect();
    let mut person_of = vec![NONE; rows.devices.len()];
    for (at, (&person, &device)) in columns.person.iter().zip(&columns.device).enumerate() {
        if at.is_multiple_of(STEP) {
            ctx.check()?;
        }
        if person != NONE && device != NONE && joins[device as usize] {
            let of = &mut person_of[device as usize];
            *of = if *of == NONE || *of == person { person } else { SEVERAL };
        }
    }
    let named = naming_rows(rows, &person_of, ctx)?;
    let mut owners = Vec::with_capacity(rows.len());
    for (at, (&person, &device)) in columns.person.iter().zip(&columns.device).enumerate() {
        if at.is_multiple_of(STEP) {
            ctx.check()?;
        }
        owners.push(match (person, device) {
            (NONE, NONE) => NONE,
            (NONE, device) => {
                let of_device = match person_of[device as usize] {
                    NONE => None,
                    SEVERAL => last_named(&named[&device], columns.time[at]),
                    person => Some(person),
                };
                of_device.unwrap_or(n_persons + device)
            }
            (person, _) => person,
        });
    }
    Ok(owners)
}

/// Of devices that name several: when whom, in order.
fn naming_rows(rows: &Rows, person_of: &[u32], ctx: &Ctx) -> Result<BTreeMap<u32, Vec<(Time, u32)>>, Stopped> {
    let columns = &rows.columns;
    let mut named: BTreeMap<u32, Vec<(Time, u64, usize, u32)>> = BTreeMap::new();
    for (at, (&person, &device)) in columns.person.iter().zip(&columns.device).enumerate() {
        if at.is_multiple_of(STEP) {
            ctx.check()?;
        }
        if person != NONE && device != NONE && person_of[device as usize] == SEVERAL {
            let in_ms = columns.in_ms.get(at).copied().unwrap_or(0);
            named.entry(device).or_default().push((columns.time[at], in_ms, at, person));
        }
    }
    let ordered = |(device, mut rows): (u32, Vec<(Time, u64, usize, u32)>)| {
        rows.sort_unstable();
        (device, rows.into_iter().map(|(time, _, _, person)| (time, person)).collect())
    };
    Ok(named.into_iter().map(ordered).collect())
}

/// Whom the device named last, at `time` or before.
fn last_named(named: &[(Time, u32)], time: Time) -> Option<u32> {
    let behind = named.partition_point(|&(at, _)| at <= time);
    behind.checked_sub(1).map(|last| named[last].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of (person, device, time); an empty text is none.
    fn rows(of: &[(&str, &str, Time)]) -> Rows {
        let mut rows = Rows::default();
        for &(person, device, time) in of {
            let person = if person.is_empty() { NONE } else { rows.persons.insert(person).0 };
            let device = if device.is_empty() { NONE } else { rows.devices.insert(device).0 };
            rows.columns.person.push(person);
            rows.columns.device.push(device);
            rows.columns.time.push(time);
        }
        rows
    }

    fn names(of: &[(&str, &str, Time)]) -> Vec<String> {
        let rows = rows(of);
        let n_persons = rows.persons.len() as u32;
        let name = |owner: u32| match owner {
            NONE => "nobody".to_owned(),
            person if person < n_persons => rows.persons.text(person).to_owned(),
            device => format!("device {}", rows.devices.text(device - n_persons)),
        };
        owners(&rows, &Ctx::new()).unwrap().into_iter().map(name).collect()
    }

    #[test]
    fn a_device_of_one_is_theirs_throughout() {
        assert_eq!(
            names(&[("", "d", 1), ("anna", "d", 5), ("", "d", 9), ("", "e", 1), ("", "", 1)]),
            ["anna", "anna", "anna", "device e", "nobody"]
        );
    }

    #[test]
    fn a_shared_device_is_that_of_the_last_named_and_never_of_the_next() {
        let of = [
            ("", "d", 1),
            ("anna", "d", 5),
            ("", "d", 4),
            ("", "d", 5),
            ("", "d", 8),
            ("bert", "d", 9),
            ("", "d", 9),
            ("anna", "d", 12),
            ("", "d", 20),
        ];
        assert_eq!(names(&of), ["device d", "anna", "device d", "anna", "anna", "bert", "bert", "anna", "anna"]);
    }

    #[test]
    fn a_guessed_device_joins_nobody() {
        let guessed = format!("{GUESSED}17");
        assert_eq!(names(&[("anna", &guessed, 1), ("", &guessed, 2)]), ["anna".to_owned(), format!("device {guessed}")]);
    }
}
