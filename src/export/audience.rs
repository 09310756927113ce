//! Which customers of a persona may an ad platform be told of, and in which form?
//!
//! In: the report and the user's choices. Out: a list per persona, as CSV in UTF-8 with the columns Email, Phone, First Name, Last Name, Country
//! and Zip, and sentences about everyone who was left out. Two passes over the rows, each O(n): who is on the list, then the lines.
//!
//! The form is that of Google Customer Match. Hashed: trimmed, small letters, SHA-256 in hexadecimal digits for e-mail address, telephone
//! number and names; country and postcode stay plain (Google Ads Help 7476159 and 7474263; Data Manager API, "Format user data"). Meta
//! compares other hashes (telephone numbers without the plus, country and postcode hashed as well; Marketing API, "Customer file custom
//! audiences"), but hashes a plain list in the browser while it is uploaded: the plain form serves there.
//!
//! Consent is honoured to the letter: only who said yes is listed, and a contact that did not say yes in one of its rows is on no list at
//! all. Lists of fewer than ten customers are not written, as everywhere; below a hundred the platforms make no use of them.

mod columns;
mod contact;
mod countries;
mod validation;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use rayon::prelude::*;

use crate::base::{Ctx, FEWEST_TOLD, Key, Stopped};
use crate::data::Loaded;
use crate::persona::{Persona, numbering};

use super::{Audience, Choices, Report};
use columns::Columns;

pub use countries::iso as country_code;

/// The header of every list; Google asks for these words, in English.
const HEADER: &str = "Email,Phone,First Name,Last Name,Country,Zip\n";

/// Lists with fewer customers are not written.
pub const LEAST: usize = FEWEST_TOLD;

/// With fewer customers an ad platform does not show anything to a list (Google Ads Help 7474263, Meta Business Help 2082575038703844).
pub const ENOUGH: usize = 100;

/// Rows between two looks at whether to stop: a telephone number takes about ten microseconds.
const CHUNK: usize = 256;

/// Chunks in memory at a time.
const CHUNKS_AT_ONCE: usize = 64;

/// The lists of all wanted personas, before they are written.
#[derive(Debug)]
pub struct Audiences<'a> {
    report: &'a Report,
    audience: &'a Audience,
    columns: Columns,
    /// One for each wanted persona, in the personas' order.
    pub lists: Vec<List>,
}

/// Who of one persona is listed, and how many are not, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The persona's cluster.
    pub cluster: usize,
    /// The customers listed, as rows of the table, ascending.
    pub rows: Vec<usize>,
    /// Customers left out because they did not agree.
    pub n_unwilling: usize,
    /// Customers left out because nothing says how to reach them.
    pub n_unreachable: usize,
    /// Customers who have the contact of another one on the list.
    pub n_repeated: usize,
}

/// What is known of a row before lists are made.
struct Found {
    /// Names the contact; `None` where there is none.
    contact: Option<Key>,
    /// How many of the six fields it fills.
    n_fields: usize,
    /// Whether it agreed.
    is_willing: bool,
}

/// Who is on the list of each wanted persona; `Err` in the outer result is a stop, in the inner one the sentence why there can be no list.
/// The same contact is listed once a persona: of its rows the one that says most, of equals the first.
pub fn audiences<'a>(report: &'a Report, choices: &'a Choices, ctx: &Ctx) -> Result<Result<Audiences<'a>, String>, Stopped> {
    let audience = &choices.audience;
    let columns = match columns::find(&report.loaded, audience) {
        Ok(columns) => columns,
        Err(sentence) => return Ok(Err(sentence)),
    };
    let starts: Vec<usize> = (0..report.loaded.table.n_rows).step_by(CHUNK).collect();
    let look = |&first: &usize| -> Result<Vec<Found>, Stopped> {
        ctx.check()?;
        Ok((first..(first + CHUNK).min(report.loaded.table.n_rows)).map(|row| find(&report.loaded, &columns, audience, row)).collect())
    };
    let found: Vec<Vec<Found>> = starts.par_iter().map(look).collect::<Result<_, _>>()?;
    let found: Vec<Found> = found.into_iter().flatten().collect();
    let refused: HashSet<Key> = found.iter().filter(|row| !row.is_willing).filter_map(|row| row.contact).collect();
    let members = report.labels.members();
    let wanted = report.personas.personas.iter().filter(|persona| choices.wants(persona.number));
    let lists = wanted.map(|persona| list(persona, &members[persona.cluster], &found, &refused)).collect();
    Ok(Ok(Audiences { report, audience, columns, lists }))
}

/// Rows of the table that may be contacted, and what is to be said of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Willing {
    /// Who agreed.
    pub rows: Vec<usize>,
    /// Who was left out, and where consent was read.
    pub notes: Vec<String>,
    /// Whether any column says who agreed; else nobody was left out.
    pub is_told: bool,
}

/// Those of `rows` who may be contacted, by the rules of the lists: who agreed, and whose contact refused in none of its rows. And what is to be said of
/// it. `Err` in the outer result is a stop, in the inner one the sentence why there can be no list.
pub fn willing(loaded: &Loaded, audience: &Audience, rows: &[usize], ctx: &Ctx) -> Result<Result<Willing, String>, Stopped> {
    let columns = match columns::look(loaded, audience) {
        Ok(columns) => columns,
        Err(sentence) => return Ok(Err(sentence)),
    };
    let mut notes = vec![columns.consent_note(&loaded.table)];
    if !columns.tells_consent() {
        return Ok(Ok(Willing { rows: rows.to_vec(), notes, is_told: false }));
    }
    let starts: Vec<usize> = (0..loaded.table.n_rows).step_by(CHUNK).collect();
    let look = |&first: &usize| -> Result<Vec<Found>, Stopped> {
        ctx.check()?;
        Ok((first..(first + CHUNK).min(loaded.table.n_rows)).map(|row| find(loaded, &columns, audience, row)).collect())
    };
    let found: Vec<Vec<Found>> = starts.par_iter().map(look).collect::<Result<_, _>>()?;
    let found: Vec<Found> = found.into_iter().flatten().collect();
    let refused: HashSet<Key> = found.iter().filter(|row| !row.is_willing).filter_map(|row| row.contact).collect();
    let agrees = |row: &&usize| found[**row].is_willing && found[**row].contact.is_none_or(|contact| !refused.contains(&contact));
    let told: Vec<usize> = rows.iter().filter(agrees).copied().collect();
    let n_unwilling = rows.len() - told.len();
    if n_unwilling > 0 {
        notes.push(format!("{} without consent {} left out.", crate::data::Noun::guessed(loaded).counted(n_unwilling), are(n_unwilling)));
    }
    Ok(Ok(Willing { rows: told, notes, is_told: true }))
}

fn find(loaded: &Loaded, columns: &Columns, audience: &Audience, row: usize) -> Found {
    let table = &loaded.table;
    let contact = contact::of_row(table, columns, audience, row);
    Found { contact: contact.identity(), n_fields: contact.n_fields(), is_willing: columns.is_willing(table, row) }
}

fn list(persona: &Persona, members: &[usize], found: &[Found], refused: &HashSet<Key>) -> List {
    let mut list = List { cluster: persona.cluster, rows: Vec::new(), n_unwilling: 0, n_unreachable: 0, n_repeated: 0 };
    let mut best: HashMap<Key, usize> = HashMap::new();
    for &row in members {
        let Found { contact, n_fields, is_willing } = &found[row];
        match contact {
            _ if !is_willing => list.n_unwilling += 1,
            Some(contact) if refused.contains(contact) => list.n_unwilling += 1,
            None => list.n_unreachable += 1,
            Some(contact) => {
                let kept = best.entry(*contact).or_insert(row);
                if *kept != row {
                    list.n_repeated += 1;
                    if *n_fields > found[*kept].n_fields {
                        *kept = row;
                    }
                }
            }
        }
    }
    list.rows = best.into_values().collect();
    list.rows.sort_unstable();
    list
}

impl Audiences<'_> {
    /// Writes one list as CSV.
    pub fn write(&self, list: &List, to: &mut dyn Write, ctx: &Ctx) -> io::Result<()> {
        to.write_all(HEADER.as_bytes())?;
        let table = &self.report.loaded.table;
        let lines = |rows: &[usize]| -> Result<String, Stopped> {
            ctx.check()?;
            let contacts = rows.iter().map(|&row| contact::of_row(table, &self.columns, self.audience, row));
            Ok(contacts.map(|contact| if self.audience.plain { contact.plain_line() } else { contact.hashed_line() }).collect())
        };
        for rows in list.rows.chunks(CHUNK * CHUNKS_AT_ONCE) {
            let blocks: Vec<String> = rows.par_chunks(CHUNK).map(lines).collect::<Result<_, _>>().map_err(io::Error::other)?;
            for block in blocks {
                to.write_all(block.as_bytes())?;
            }
        }
        Ok(())
    }

    /// Who was left out and what to mind, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let noun = self.report.noun();
        let mut notes = vec![self.columns.consent_note(&self.report.loaded.table)];
        let sum = |of: fn(&List) -> usize| self.lists.iter().map(of).sum::<usize>();
        let (unwilling, unreachable, repeated) =
            (sum(|list| list.n_unwilling), sum(|list| list.n_unreachable), sum(|list| list.n_repeated));
        if unwilling > 0 {
            notes.push(format!("{} without consent {} on no audience list.", noun.counted(unwilling), are(unwilling)));
        }
        if unreachable > 0 {
            let why = "nothing that can be read as an e-mail address, a telephone number or a full address";
            notes.push(format!("{} {} left out of the audience lists: {why}.", noun.counted(unreachable), are(unreachable)));
        }
        if repeated > 0 {
            notes.push(format!("{} had the contact of another one on the same list; each contact is listed once.", noun.counted(repeated)));
        }
        for list in &self.lists {
            let (name, n) = (self.title(list), list.rows.len());
            if n < LEAST {
                notes.push(format!(
                    "{name}: no audience list, since it would hold only {n}; below {LEAST}, individuals could be identified."
                ));
            } else if n < ENOUGH {
                notes.push(format!("{name}: the audience list has {}; ad platforms ask for {ENOUGH} or more.", noun.counted(n)));
            }
        }
        notes
    }

    /// "C1 Frequent Big Spenders".
    fn title(&self, list: &List) -> String {
        let persona = self.report.personas.personas.iter().find(|persona| persona.cluster == list.cluster);
        persona.map_or_else(String::new, |persona| format!("{} {}", numbering::name(persona.number), persona.name))
    }
}

fn are(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}
