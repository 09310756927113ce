//! What of the columns that would enter is left out because it says the same as another, or because a few rows hold nearly all of it?
//!
//! In: the table and what was decided for each column. Out: changed decisions with their reasons, the levels that get no indicator of their own, and notes.
//! Only what nobody chose is changed: a column the user lets in enters whole. Numbers stand before dates, then the table's order decides who stays.
//! O(p^2 + n p).

use std::collections::BTreeMap;

use crate::base::text::capitalised;
use crate::base::{Ctx, Note, Stopped};
use crate::data::profile::Levels;
use crate::data::sourcing::Field;
use crate::data::{Kind, Loaded, column_words, is_log_or_square, matches_word, name_words};

use super::prepared::InputColumn;
use super::recipe::Preparation;
use super::twins::{Holders, Values, holders, same_numbers, together};

/// Fewer rows have no "top 1 %".
const FEWEST_ROWS: usize = 100;
/// The largest 1 % hold most of it beyond this share of the sum.
const MOST_OF_IT: f64 = 0.5;
/// The large part of a quantity beside the usual part, from which they are told to be in two units.
const TWO_SCALES: f64 = 200.0;
/// Columns named in a note.
const NAMED: usize = 4;

/// Leaves out what counts double or for a few only. Gives for each column of the table the levels that are said by another column already.
pub(super) fn leave_out(
    loaded: &Loaded,
    preparation: &Preparation,
    columns: &mut [InputColumn],
    notes: &mut Vec<Note>,
    ctx: &Ctx,
) -> Result<Vec<Vec<usize>>, Stopped> {
    if preparation.features.is_some() {
        return Ok(vec![Vec::new(); columns.len()]);
    }
    held_by_few(loaded, preparation, columns, notes, ctx)?;
    same_columns(loaded, preparation, columns, notes, ctx)?;
    same_levels(loaded, preparation, columns, notes, ctx)
}

/// Whether it enters because nobody said otherwise.
fn by_default(column: &InputColumn, preparation: &Preparation) -> bool {
    column.enters && preparation.columns.get(&column.name).is_none_or(|recipe| recipe.enters.is_none())
}

/// Quantities of which the largest 1 % hold most, or that are of two scales: some rows are counted in another unit.
fn held_by_few(
    loaded: &Loaded,
    preparation: &Preparation,
    columns: &mut [InputColumn],
    notes: &mut Vec<Note>,
    ctx: &Ctx,
) -> Result<(), Stopped> {
    for (input, column) in columns.iter_mut().zip(&loaded.table.columns) {
        if !by_default(input, preparation) || input.kind != Kind::Number || !is_quantity(&input.name) {
            continue;
        }
        ctx.check()?;
        let mut values: Vec<f64> = (0..loaded.table.n_rows).filter_map(|row| column.number(row)).filter(|value| *value > 0.0).collect();
        values.sort_unstable_by(f64::total_cmp);
        let why = match share_of_largest(&values) {
            Some(share) => format!("1 % of the customers hold {:.0} % of {{}} sum", (100.0 * share).floor()),
            None if are_two_scales(&values) => "the largest are hundreds of times the usual".to_owned(),
            None => continue,
        };
        input.enters = false;
        input.reason = capitalised(&format!("{}: some may be counted in another unit.", why.replace("{}", "the")));
        let note = format!("{} is left out: {}, so some may be counted in another unit.", input.name, why.replace("{}", "its"));
        notes.push(Note::new(note).advising("You can switch it on under Prepare."));
    }
    Ok(())
}

fn is_quantity(name: &str) -> bool {
    let (words, never) = column_words().field(Field::Quantity);
    let tokens = name_words(name);
    let says = |list: &[&'static str]| list.iter().any(|word| tokens.iter().any(|token| matches_word(token, word)));
    says(words) && !says(never)
}

/// The part of the sum that the largest 1 % hold, if it is most of it; of values in order.
fn share_of_largest(sorted: &[f64]) -> Option<f64> {
    if sorted.len() < FEWEST_ROWS {
        return None;
    }
    let largest: f64 = sorted[sorted.len() - sorted.len().div_ceil(100)..].iter().sum();
    let share = largest / sorted.iter().sum::<f64>();
    (share > MOST_OF_IT).then_some(share)
}

/// Whether pieces and litres stand in one column, however many customers buy both: the share of the largest 1 % says nothing where a quarter of all
/// are as large. No skewed count of one unit spreads so far within 90 of 100 customers.
fn are_two_scales(sorted: &[f64]) -> bool {
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    sorted.len() >= FEWEST_ROWS && (at(0.95) > TWO_SCALES * at(0.5) || at(0.5) > TWO_SCALES * at(0.05))
}

fn same_columns(
    loaded: &Loaded,
    preparation: &Preparation,
    columns: &mut [InputColumn],
    notes: &mut Vec<Note>,
    ctx: &Ctx,
) -> Result<(), Stopped> {
    let mut numbers: Vec<usize> = (0..columns.len()).filter(|&at| columns[at].enters && columns[at].kind != Kind::Text).collect();
    // Whoever the user chose stays, and so is never the one that repeats another. People speak of a wage, not of its logarithm.
    let is_log: Vec<bool> = columns.iter().map(|column| is_log_or_square(&column.name, columns.iter().map(|other| &other.name))).collect();
    numbers.sort_by_key(|&at| (by_default(&columns[at], preparation), columns[at].kind == Kind::Date, is_log[at], at));
    let values = |&at: &usize| -> Values {
        let column = &loaded.table.columns[at];
        Box::new(move |row| column.number(row))
    };
    let rows: Vec<usize> = (0..loaded.table.n_rows).collect();
    let first = same_numbers(&numbers.iter().map(values).collect::<Vec<_>>(), &rows, ctx)?;
    let mut told = Vec::new();
    for (place, &at) in numbers.iter().enumerate() {
        if first[place] == place || !by_default(&columns[at], preparation) {
            continue;
        }
        let other = numbers[first[place]];
        let stays = columns[other].name.clone();
        // Where one goes up the other goes down: "approve" beside "reject".
        let is_reverse = together(&values(&at), &values(&other), &rows).is_some_and(|r| r < 0.0);
        columns[at].enters = false;
        columns[at].reason = format!("Left out: says the same as {stays}{}.", if is_reverse { ", in reverse" } else { "" });
        told.push((at, format!("{} ({} {stays})", columns[at].name, if is_reverse { "the reverse of" } else { "as" })));
    }
    for (own, of) in OWN_TWINS {
        let at = |name: &str| columns.iter().position(|column| column.name == name && column.enters && column.kind == Kind::Number);
        let Some((own, of)) = at(own).zip(at(of)).filter(|&(own, _)| by_default(&columns[own], preparation)) else { continue };
        if together(&values(&own), &values(&of), &rows).is_some_and(|r| r.abs() > OWN_SAME) {
            columns[own].enters = false;
            columns[own].reason = format!("Left out: says nearly the same as {}.", columns[of].name);
            told.push((own, format!("{} (nearly as {})", columns[own].name, columns[of].name)));
        }
    }
    told.sort_unstable();
    notes.extend(left_out_note(told.into_iter().map(|(_, told)| told).collect()));
    Ok(())
}

/// Columns of a table built here that count the same thing in two ways. They are known to, so they need not agree as closely as columns of which nothing is
/// known.
const OWN_TWINS: [(&str, &str); 2] = [("orders", "frequency"), ("repeat_purchases", "frequency")];
/// Beyond this correlation they do.
const OWN_SAME: f64 = 0.95;

fn left_out_note(told: Vec<String>) -> Option<Note> {
    let more = told.len().saturating_sub(NAMED);
    let list = told.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let (more, are, they) = match (more, told.len()) {
        (0, 1) => (String::new(), "says the same as another column and is", "it"),
        (0, _) => (String::new(), "say the same as other columns and are", "them"),
        (n, _) => (format!(" and {n} more"), "say the same as other columns and are", "them"),
    };
    (!told.is_empty())
        .then(|| Note::new(format!("{list}{more} {are} left out.")).advising(&format!("You can switch {they} on under Prepare.")))
}

/// Levels that hold for the very customers of a level of an earlier column. A column of which nothing else is left is left out whole.
fn same_levels(
    loaded: &Loaded,
    preparation: &Preparation,
    columns: &mut [InputColumn],
    notes: &mut Vec<Note>,
    ctx: &Ctx,
) -> Result<Vec<Vec<usize>>, Stopped> {
    let mut said = vec![Vec::new(); columns.len()];
    let rows: Vec<usize> = (0..loaded.table.n_rows).collect();
    let fewest = (preparation.rare_level_share * rows.len() as f64).ceil().max(10.0) as usize;
    // Who said it first, and what it is called there.
    let mut first: BTreeMap<Holders, (usize, usize)> = BTreeMap::new();
    let mut repeats: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let mut whole = Vec::new();
    let mut order: Vec<(usize, &Levels)> = Vec::new();
    for (at, profile) in loaded.profile.columns.iter().enumerate().filter(|(at, _)| columns[*at].enters) {
        order.extend(profile.levels.as_deref().map(|levels| (at, levels)));
    }
    order.sort_by_key(|&(at, _)| (by_default(&columns[at], preparation), at));
    for (at, levels) in order {
        let of_level = holders(|row| levels.get(row), levels.names.len(), &rows, ctx)?;
        let common = (0..of_level.len()).filter(|&level| of_level[level].n >= fewest);
        if by_default(&columns[at], preparation) {
            said[at] = common.clone().filter(|&level| first.contains_key(&of_level[level])).collect();
        }
        let is_new = common.clone().any(|level| !said[at].contains(&level));
        let by: Vec<(usize, usize)> = said[at].iter().map(|&level| first[&of_level[level]]).collect();
        if let (false, Some(&(stays, _))) = (is_new, by.first()) {
            columns[at].enters = false;
            columns[at].reason = format!("Left out: says the same as {}.", columns[stays].name);
            whole.push(format!("{} (as {})", columns[at].name, columns[stays].name));
            said[at].clear();
            continue;
        }
        for (&level, by) in said[at].iter().zip(by) {
            let name = columns[at].name.clone();
            columns[at]
                .reason
                .push_str(&format!(" \"{}\" says the same as in {} and enters there.", levels.names[level], columns[by.0].name));
            repeats.entry(by).or_default().push(name);
        }
        for level in common.filter(|level| !said[at].contains(level)).collect::<Vec<_>>() {
            first.entry(of_level[level]).or_insert((at, level));
        }
    }
    notes.extend(left_out_note(whole));
    for ((at, level), others) in repeats {
        let level = loaded.profile.columns[at].levels.as_ref().map_or("", |levels| levels.names[level].as_str());
        let (n, name) = (others.len(), &columns[at].name);
        let says = if n == 1 { format!("A level of {} says", others[0]) } else { format!("Levels of {n} columns say") };
        let note = format!("{says} the same as \"{level}\" of {name}, so it enters once.");
        notes.push(Note::new(note).advising("Let a column in under Prepare to count it whole."));
    }
    Ok(said)
}
