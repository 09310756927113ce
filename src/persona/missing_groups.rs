//! Who is missing? Groups of the population that are no persona's commonest: whom a workshop would forget.
//!
//! In: described columns and who is where. Out: levels of demographic and sensitive columns, and ages in the usual bands, that at least 3 % of
//! everyone have and that are the modal value of no persona. This is a breakdown, so sensitive columns may be in it; groups of fewer than ten
//! customers never are, and personas in which fewer than ten have a value are not asked. O(n) per column.

use crate::base::{Ctx, Stopped};
use crate::data::Role;

use super::columns::{Described, Reading};
use super::explain::MissingGroup;
use super::measure::{Groups, MIN_CELL};
use super::text::NumberFormat;
use super::withheld::is_few;
use super::yes_no::answer;

/// Of smaller groups nothing is told.
pub(super) const MIN_SHARE: f64 = 0.03;
/// A part of a persona that is seen, though another one is larger.
const NEARLY_HALF: f64 = 0.45;
/// Of columns with more levels nobody asks which of them leads somewhere.
const MOST_LEVELS: usize = 12;

/// Ages from which the usual bands start; the first one is below.
const BANDS: [f64; 6] = [18.0, 25.0, 35.0, 45.0, 55.0, 65.0];

/// The groups of all columns, largest first; ties keep the table's order. And the columns that were looked at, in words.
pub fn missing_groups(columns: &[Described], groups: &Groups, ctx: &Ctx) -> Result<(Vec<MissingGroup>, Vec<String>), Stopped> {
    let mut found = Vec::new();
    let mut looked_at = Vec::new();
    if groups.sizes.len() < 2 {
        // One persona speaks for everyone: nobody can be missing from it.
        return Ok((found, looked_at));
    }
    for column in columns.iter().filter(|column| matches!(column.role, Role::Demographic | Role::Sensitive)) {
        ctx.check()?;
        match &column.reading {
            // Of many levels hardly any can lead anywhere; that says nothing of who is forgotten.
            Reading::Levels(levels) if levels.names.len() <= MOST_LEVELS => {
                looked_at.push(column.human.clone());
                found.extend(of_column(column, &levels.labels, |row| levels.level(row), groups, ctx)?);
            }
            Reading::Scale(scale) if is_age(column) => {
                looked_at.push(column.human.clone());
                let band = |row: usize| scale.value(row).map(|age| BANDS.partition_point(|from| *from <= age.floor()));
                found.extend(of_column(column, &band_names(), band, groups, ctx)?);
            }
            Reading::Levels(_) | Reading::Scale(_) => {}
        }
    }
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    Ok((found, looked_at))
}

fn of_column(
    column: &Described,
    names: &[String],
    level: impl Fn(usize) -> Option<usize>,
    groups: &Groups,
    ctx: &Ctx,
) -> Result<Vec<MissingGroup>, Stopped> {
    let (n_personas, n_levels) = (groups.sizes.len(), names.len());
    // The last block counts everyone, noise too.
    let mut counts = vec![0usize; (n_personas + 1) * n_levels];
    for (at, &row) in groups.table_rows.iter().enumerate() {
        if at % 50_000 == 0 {
            ctx.check()?;
        }
        if let Some(level) = level(row) {
            counts[n_personas * n_levels + level] += 1;
            if let Some(persona) = groups.of_row[at] {
                counts[persona * n_levels + level] += 1;
            }
        }
    }
    let of = |persona: usize| &counts[persona * n_levels..(persona + 1) * n_levels];
    let n_with_value = |persona: usize| of(persona).iter().sum::<usize>();
    let asked: Vec<usize> = (0..n_personas).filter(|&persona| n_with_value(persona) >= MIN_CELL).collect();
    let everyone = of(n_personas);
    let n_all = n_with_value(n_personas).max(1) as f64;
    let is_modal = |level: usize| asked.iter().any(|&persona| of(persona).iter().all(|&count| count <= of(persona)[level]));
    let mut found = Vec::new();
    for (level, name) in names.iter().enumerate() {
        let (n, share) = (everyone[level], everyone[level] as f64 / n_all);
        if n < MIN_CELL || share < MIN_SHARE || asked.is_empty() || is_modal(level) {
            continue;
        }
        let inside = |&persona: &usize| (persona, of(persona)[level] as f64 / n_with_value(persona) as f64);
        // Everyone's number is told beside it, so those who are left must not be few either.
        let is_told = |persona: usize| {
            of(persona)[level] >= MIN_CELL && !is_few(n - of(persona)[level]) && !is_few(n_with_value(persona) - of(persona)[level])
        };
        // Where the highest share may not be told, the next one is not called the highest.
        let most_in = asked.iter().map(inside).fold(None, |best: Option<(usize, f64)>, one| match best {
            Some(best) if best.1 >= one.1 => Some(best),
            _ => Some(one),
        });
        // Who is nearly half of a persona is not forgotten with it.
        if most_in.is_some_and(|(_, share)| share >= NEARLY_HALF) {
            continue;
        }
        let most_in = most_in.filter(|&(persona, _)| is_told(persona));
        found.push(MissingGroup {
            column: column.name.to_owned(),
            human: column.human.clone(),
            level: name.clone(),
            answer: answer(name, names),
            n,
            share,
            most_in,
        });
    }
    Ok(found)
}

/// Ages in years; a year of birth is none.
fn is_age(column: &Described) -> bool {
    let in_years = matches!(&column.reading, Reading::Scale(scale) if matches!(scale.format, NumberFormat::Number { whole: true, .. }));
    in_years && column.entry.is_some_and(|entry| entry.tag == "age")
}

fn band_names() -> Vec<String> {
    let first = format!("under {}", BANDS[0]);
    let between = BANDS.windows(2).map(|band| format!("{}\u{2013}{}", band[0], band[1] - 1.0));
    let last = format!("{} and over", BANDS[BANDS.len() - 1]);
    [first].into_iter().chain(between).chain([last]).collect()
}
