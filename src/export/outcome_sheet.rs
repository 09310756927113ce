//! What came of each segment's customers: a sheet for every outcome column, "Churn by segment".
//!
//! In: the report. Out: for levels the share of the one that is told (see `persona/outcomes.rs`) with its customers and its 95 % interval, for numbers
//! median and mean with the mean's interval (1.96 standard errors). Segments in which fewer than ten have a value are withheld, and so are shares of
//! one to nine customers and whatever such could be reckoned from: what is withheld in the evidence of the cards is withheld here. O(n) per column.

use std::collections::BTreeMap;

use crate::base::stats::{self, Z_95};
use crate::data::{Column, ColumnProfile, Role, Values, is_rfm_score};
use crate::evaluate::{Rate, rate_range, says_yes, telling_level};
use crate::persona::text::number;
use crate::persona::{Contrast, Evidence, Persona, Withheld, listed_name};

use super::palette::{hex, segment};
use super::report::Report;
use super::sheet::{SheetBar, SheetBars, SheetMark, SheetPart, SheetTable, TopicSheet, sheet_id};
use super::text::{count, percent};

/// More levels make no sheet that is read.
const MOST_LEVELS: usize = 12;
/// What stands for a value that is not told.
const WITHHELD: &str = "–";

/// A sheet per outcome column, in the table's order.
pub fn outcome_sheets(report: &Report) -> Vec<TopicSheet> {
    if report.personas.personas.len() < 2 {
        return Vec::new();
    }
    let loaded = &report.loaded;
    let columns = loaded.table.columns.iter().zip(&loaded.profile.columns);
    let role = |profile: &ColumnProfile| report.roles.get(&profile.name).copied().unwrap_or(profile.guessed_role);
    let outcomes = columns.filter(|(column, profile)| role(profile) == Role::Outcome && !is_rfm_score(&column.name));
    let mut sheets: Vec<TopicSheet> = outcomes.filter_map(|(column, profile)| sheet(report, column, profile)).collect();
    // Two names that differ in their signs alone still need ids of their own.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for sheet in &mut sheets {
        let n = seen.entry(sheet.id.clone()).or_default();
        *n += 1;
        if *n > 1 {
            sheet.id = format!("{}-{n}", sheet.id);
        }
    }
    sheets
}

fn sheet(report: &Report, column: &Column, profile: &ColumnProfile) -> Option<TopicSheet> {
    if let Some(levels) = &profile.levels {
        let names: Vec<&str> = levels.names.iter().map(String::as_str).collect();
        return of_levels(report, &column.name, &names, |row| levels.get(row));
    }
    match &column.values {
        Values::Number(values)
            if profile.n_distinct == 2 && values.iter().all(|value| value.is_nan() || *value == 0.0 || *value == 1.0) =>
        {
            of_levels(report, &column.name, &["no", "yes"], |row| {
                Some(values[row]).filter(|value| !value.is_nan()).map(|value| value as usize)
            })
        }
        Values::Number(values) => of_numbers(report, column, values),
        Values::Date(_) | Values::Text(_) => None,
    }
}

/// Rows of the table that take part.
fn rows(report: &Report) -> impl Iterator<Item = (usize, Option<usize>)> {
    report.prepared.table_rows.iter().map(|&row| (row, report.labels.get(row)))
}

fn of_levels(report: &Report, column: &str, names: &[&str], level: impl Fn(usize) -> Option<usize>) -> Option<TopicSheet> {
    if !(2..=MOST_LEVELS).contains(&names.len()) {
        return None;
    }
    let n_personas = report.personas.personas.len();
    let mut counts = vec![vec![0usize; names.len()]; n_personas + 1];
    for (row, persona) in rows(report) {
        if let Some(level) = level(row) {
            counts[n_personas][level] += 1;
            if let Some(of_persona) = persona.filter(|persona| *persona < n_personas).map(|persona| &mut counts[persona]) {
                of_persona[level] += 1;
            }
        }
    }
    let n_all: usize = counts[n_personas].iter().sum();
    if n_all < Contrast::LEAST {
        return None;
    }
    let share = |level: usize| counts[n_personas][level] as f64 / n_all as f64;
    let with_shares: Vec<(&str, f64)> = names.iter().enumerate().map(|(level, name)| (*name, share(level))).collect();
    // Of many levels the one that differs most between segments is told.
    let rates_of =
        |level: usize| -> Vec<Rate> { counts[..n_personas].iter().map(|of| Rate { hits: of[level], n: of.iter().sum() }).collect() };
    let width = |level: usize| {
        let rates = rates_of(level);
        rate_range(&rates, Contrast::LEAST).map_or(0.0, |range| rates[range.highest].share() - rates[range.lowest].share())
    };
    let told = if names.len() == 2 {
        telling_level(&with_shares)?
    } else {
        (0..names.len()).max_by(|&a, &b| width(a).total_cmp(&width(b)).then(b.cmp(&a)))?
    };
    let noun = report.noun();
    let human = report.dictionary.name(column);
    // Columns of 0 and 1 are labelled by what stands in them.
    let code = ["no", "yes"].iter().position(|name| *name == names[told]).and_then(|code| report.dictionary.code(column, code as f64));
    let label = code.unwrap_or_else(|| report.dictionary.level(column, names[told]));
    let what = if says_yes(label) { human.clone() } else { format!("{human}: {label}") };
    let rates = rates_of(told);
    let hidden = |persona: &Persona| {
        let mut rows = persona.evidence.iter().filter(|row| row.column == column && row.level.as_deref() == Some(names[told]));
        rows.next().map(Evidence::hidden)
    };
    let of_personas: Vec<Option<Withheld>> = report.personas.personas.iter().map(hidden).collect();
    // A level of a few customers is in nobody's evidence.
    of_personas.iter().flatten().next()?;
    let is_shown = |at: usize| of_personas[at].is_some_and(|hidden| !hidden.persona);
    let withheld: Vec<bool> = (0..n_personas).map(|at| !is_shown(at)).collect();
    let shown: Vec<Option<Rate>> = rates.iter().zip(&withheld).map(|(rate, withheld)| (!withheld).then_some(*rate)).collect();
    let of_all = Rate { hits: counts[n_personas][told], n: n_all };
    let everyone = Some(of_all).filter(|_| !of_personas.iter().flatten().any(|hidden| hidden.everyone));
    let said_of_all = everyone.map_or_else(|| WITHHELD.to_owned(), |rate| percent(rate.share()));
    let public: Vec<Rate> = shown.iter().map(|rate| rate.unwrap_or(Rate { hits: 0, n: 0 })).collect();
    let mut sentences = Vec::new();
    if let Some(range) = rate_range(&public, Contrast::LEAST) {
        let differs = if range.differ { "differs" } else { "hardly differs" };
        let [low, high] = [range.lowest, range.highest].map(|at| (percent(public[at].share()), name(report, at)));
        let all = &noun.many;
        // Of what is withheld a lowest one could not be told either.
        if withheld.iter().any(|withheld| *withheld) {
            sentences.push(format!("{what} {differs} by segment: {} to {} among those that may be shown.", low.0, high.0));
            sentences.push(format!("Of these it is lowest in {} and highest in {}; of all {all} it is {said_of_all}.", low.1, high.1));
        } else {
            sentences.push(format!("{what} {differs} by segment: {} to {}.", low.0, high.0));
            sentences.push(format!("It is lowest in {} and highest in {}; of all {all} it is {said_of_all}.", low.1, high.1));
        }
    }
    if sentences.is_empty() {
        sentences.push(format!("{what} of all {}: {said_of_all}.", noun.many));
    }
    let longest = shown.iter().flatten().chain(&everyone).map(|rate| rate.interval()[1]).fold(0.01, f64::max);
    let interval = |rate: &Rate| rate.interval().map(|end| (end / longest).clamp(0.0, 1.0));
    let bar = |(at, rate): (usize, &Option<Rate>)| SheetBar {
        label: short_name(report, at),
        value: rate.as_ref().map_or_else(|| WITHHELD.to_owned(), |rate| percent(rate.share())),
        length: rate.as_ref().map(|rate| rate.share() / longest),
        interval: rate.as_ref().map(interval),
        colour: colour(report, at),
    };
    let bars = SheetBars {
        told: format!("{what} by segment"),
        bars: shown.iter().enumerate().map(bar).collect(),
        mark: everyone.map(|rate| SheetMark { at: rate.share() / longest, label: format!("all {} {said_of_all}", noun.many) }),
    };
    let line = |label: String, customers: usize, rate: Option<Rate>| {
        let of = |text: &dyn Fn(Rate) -> String| rate.map_or_else(|| WITHHELD.to_owned(), text);
        let ends = |rate: Rate| rate.interval().map(percent).join(" to ");
        vec![label, of(&|rate| percent(rate.share())), of(&ends), count(customers)]
    };
    let mut table: Vec<Vec<String>> =
        (0..n_personas).map(|at| line(short_name(report, at), report.personas.personas[at].n, shown[at])).collect();
    table.push(line(format!("All {}", noun.many), report.prepared.table_rows.len(), everyone));
    let rows_are = noun.title();
    let columns = [("Segment", false), (what.as_str(), true), ("95 % interval", true), (rows_are.as_str(), true)];
    let mut notes = vec![format!("The interval shows how far the share could vary with other {} of the same kind (Wilson).", noun.many)];
    if n_all < report.prepared.table_rows.len() {
        notes.push(format!("Of {} the value is known.", noun.counted(n_all)));
    }
    notes.extend(
        withheld.iter().any(|withheld| *withheld).then(|| format!("Shares that would point at fewer than 10 {} are withheld.", noun.many)),
    );
    Some(TopicSheet {
        id: sheet_id("outcome-", column),
        title: format!("{human} by segment"),
        sentences,
        parts: vec![SheetPart::Bars(bars), SheetPart::Table(SheetTable::new(&format!("{what} by segment"), &columns, table))],
        notes,
        band: None,
    })
}

/// Values of one group.
struct Spread {
    n: usize,
    median: f64,
    mean: f64,
    half: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Spread> {
        let n = values.len();
        if n < Contrast::LEAST {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let (mean, sd) = stats::mean_sd(&values);
        let half = Z_95 * sd * (n as f64 / (n as f64 - 1.0)).sqrt() / (n as f64).sqrt();
        Some(Spread { n, median: stats::median_sorted(&values), mean, half })
    }
}

fn of_numbers(report: &Report, column: &Column, values: &[f64]) -> Option<TopicSheet> {
    let n_personas = report.personas.personas.len();
    let mut of_persona: Vec<Vec<f64>> = vec![Vec::new(); n_personas];
    let mut all = Vec::new();
    for (row, persona) in rows(report).filter(|(row, _)| !values[*row].is_nan()) {
        all.push(values[row]);
        if let Some(of) = persona.and_then(|persona| of_persona.get_mut(persona)) {
            of.push(values[row]);
        }
    }
    let everyone = Spread::of(all)?;
    let sizes: Vec<usize> = of_persona.iter().map(Vec::len).collect();
    let is_told = told_averages(&sizes, everyone.n);
    let spreads: Vec<Option<Spread>> =
        of_persona.into_iter().zip(is_told).map(|(values, is_told)| Spread::of(values).filter(|_| is_told)).collect();
    let told: Vec<(usize, &Spread)> = spreads.iter().enumerate().filter_map(|(at, spread)| Some((at, spread.as_ref()?))).collect();
    let noun = report.noun();
    let (human, said) = (report.dictionary.name(&column.name), report.dictionary.in_sentence(&column.name));
    let unit = report.dictionary.unit(column).map_or_else(String::new, |unit| format!(" {unit}"));
    let text = |value: f64| format!("{}{unit}", number(value));
    let by_mean = |a: &&(usize, &Spread), b: &&(usize, &Spread)| a.1.mean.total_cmp(&b.1.mean);
    let (lowest, highest) = (told.iter().min_by(by_mean)?, told.iter().max_by(by_mean)?);
    let differ = lowest.1.mean + lowest.1.half < highest.1.mean - highest.1.half;
    let differs = if differ { "differs" } else { "hardly differs" };
    let (among, it) = if spreads.iter().any(Option::is_none) { (" among those that may be shown", "Of these it") } else { ("", "It") };
    let sentences = vec![
        format!("Average {said} {differs} by segment: {} to {}{among}.", text(lowest.1.mean), text(highest.1.mean)),
        format!(
            "{it} is lowest in {} and highest in {}; over all {} it is {}.",
            name(report, lowest.0),
            name(report, highest.0),
            noun.many,
            text(everyone.mean)
        ),
    ];
    // Bars start at zero, so they are drawn only where nothing is below.
    let longest = told.iter().map(|(_, spread)| spread.mean + spread.half).fold(everyone.mean, f64::max);
    let drawn = longest > 0.0 && told.iter().all(|(_, spread)| spread.mean >= 0.0) && everyone.mean >= 0.0;
    let place = |value: f64| (value / longest).clamp(0.0, 1.0);
    let bar = |(at, spread): (usize, &Option<Spread>)| SheetBar {
        label: short_name(report, at),
        value: spread.as_ref().map_or_else(|| WITHHELD.to_owned(), |spread| text(spread.mean)),
        length: spread.as_ref().map(|spread| place(spread.mean)),
        interval: spread.as_ref().map(|spread| [spread.mean - spread.half, spread.mean + spread.half].map(place)),
        colour: colour(report, at),
    };
    let bars = drawn.then(|| {
        let mark = Some(SheetMark { at: place(everyone.mean), label: format!("all {} {}", noun.many, text(everyone.mean)) });
        SheetPart::Bars(SheetBars { told: format!("Average {said} by segment"), bars: spreads.iter().enumerate().map(bar).collect(), mark })
    });
    let line = |label: String, spread: Option<&Spread>| {
        let of = |write: &dyn Fn(&Spread) -> String| spread.map_or_else(|| WITHHELD.to_owned(), write);
        let ends = |spread: &Spread| format!("{} to {}", text(spread.mean - spread.half), text(spread.mean + spread.half));
        vec![label, of(&|spread| text(spread.median)), of(&|spread| text(spread.mean)), of(&ends), of(&|spread| count(spread.n))]
    };
    let mut table: Vec<Vec<String>> = (0..n_personas).map(|at| line(short_name(report, at), spreads[at].as_ref())).collect();
    table.push(line(format!("All {}", noun.many), Some(&everyone)));
    let rows_are = noun.title();
    let columns = [("Segment", false), ("Median", true), ("Average", true), ("95 % interval", true), (rows_are.as_str(), true)];
    let table = SheetPart::Table(SheetTable::new(&format!("{human} by segment"), &columns, table));
    let mut notes = vec![format!("The interval holds what the average may be were other {} of the same kind asked.", noun.many)];
    notes.extend(spreads.iter().any(Option::is_none).then(|| format!("Values of fewer than 10 {} are withheld.", noun.many)));
    Some(TopicSheet {
        id: sheet_id("outcome-", &column.name),
        title: format!("{human} by segment"),
        sentences,
        parts: bars.into_iter().chain([table]).collect(),
        notes,
        band: None,
    })
}

/// Whose average may be told. All together give everyone's, so where the others are few the next smallest is not told either.
fn told_averages(sizes: &[usize], n_all: usize) -> Vec<bool> {
    let mut told: Vec<bool> = sizes.iter().map(|&n| n >= Contrast::LEAST).collect();
    loop {
        let n_left = n_all - sizes.iter().zip(&told).filter(|(_, told)| **told).map(|(n, _)| n).sum::<usize>();
        let next = (0..sizes.len()).filter(|&at| told[at]).min_by_key(|&at| sizes[at]);
        match next {
            Some(next) if (1..Contrast::LEAST).contains(&n_left) => told[next] = false,
            _ => return told,
        }
    }
}

/// Letters of a name that stand beside a bar.
const LONG: usize = 26;

/// A name within a sentence.
fn name(report: &Report, cluster: usize) -> String {
    report.personas.personas.get(cluster).map_or_else(String::new, |persona| persona.name.clone())
}

/// The same beside a bar, where a long one would be cut at its end, which is what tells it from another.
fn short_name(report: &Report, cluster: usize) -> String {
    let name = name(report, cluster);
    if name.chars().count() > LONG { listed_name(&name, &report.personas.noun) } else { name }
}

fn colour(report: &Report, cluster: usize) -> String {
    hex(segment(report.personas.personas.get(cluster).map_or(cluster, |persona| persona.number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_that_could_be_reckoned_is_withheld_too() {
        assert_eq!(told_averages(&[50, 40, 4], 94), [true, false, false]);
        assert_eq!(told_averages(&[50, 40, 4], 194), [true, true, false], "there are others in no segment");
        assert_eq!(told_averages(&[50, 40], 90), [true, true]);
    }
}
