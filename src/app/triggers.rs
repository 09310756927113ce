//! What does `personae triggers` do? Replay rules on the past, write what came of them, and list who is due now.
//!
//! In: event files, rules, and customers beside them where there are some. Out: triggers.json, now.csv, and the sentences on standard output.

use std::path::PathBuf;

use clap::Args;

use crate::base::Ctx;
use crate::data::day::IsoDay;
use crate::engine::behaviour::{TriggerWishes, TriggersFound};
use crate::engine::triggers_of;
use crate::events::table::DAY;
use crate::export::behaviour::{due_csv, plain, triggers_json};
use crate::triggers::holidays::holidays_of;

use super::args::day;
use super::event_args::{EventArgs, told_of_reading};
use super::failure::{Failure, failed};
use super::logging;
use super::outputs::{self, Output};
use super::progress::while_showing;
use super::saying::say;

/// What may be said about triggers.
#[derive(Debug, Args)]
pub(super) struct TriggerArgs {
    #[command(flatten)]
    events: EventArgs,
    /// The rules, as JSON; without it those that these data offer are tried.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Holidays that rules may ask for: a country such as DE, or a file of your own with a date per line.
    #[arg(long, value_name = "COUNTRY|FILE")]
    holidays: Option<String>,
    /// The first day of the replay, such as 2024-03-01; personas know only what was before it. Found from the data unless given.
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<IsoDay>,
    /// Who is due at the end of the data, as CSV, with the reason and whether they are left out by chance.
    #[arg(long, value_name = "FILE")]
    now: Option<PathBuf>,
    /// The rules that were tried, as JSON: a start for your own.
    #[arg(long, value_name = "FILE")]
    write_rules: Option<PathBuf>,
    /// Share of those due who are left out by chance, from 0 to 0.9, so that it can be measured what a message does [0.1].
    #[arg(long, value_parser = share, default_value = "0.1", hide_default_value = true)]
    hold_out: f64,
    /// The column of the customers that says who may be contacted; nobody else is listed.
    #[arg(long, value_name = "COLUMN", requires = "customers")]
    consent_column: Option<String>,
    /// The file to write, such as triggers.json.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
}

/// Tries, writes, and says what came out.
pub(super) fn carry_out(args: TriggerArgs) -> Result<(), Failure> {
    let mut inputs = args.events.inputs();
    inputs.extend(args.rules.clone());
    logging::opens(&inputs);
    let single = [("--report", Some(&args.report)), ("--now", args.now.as_ref()), ("--write-rules", args.write_rules.as_ref())];
    let all: Vec<Output> = single.into_iter().filter_map(|(option, path)| Some(Output { option, path: path?.clone() })).collect();
    outputs::check(&inputs, &all)?;
    let rules =
        match &args.rules {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
                Failure::WrongUse(format!("{} cannot be read ({error}); give --rules a file of rules.", path.display()))
            })?),
            None => None,
        };
    let ctx = Ctx::new();
    let quiet = args.events.quiet;
    let (found, written) = while_showing(&ctx, quiet, || {
        let wishes = TriggerWishes {
            reading: args.events.reading()?,
            // Editors of Windows put a mark before the text.
            rules: rules.map(|text| text.trim_start_matches('\u{feff}').to_owned()),
            holidays: args.holidays.as_deref().map(holidays_of).transpose().map_err(failed)?.unwrap_or_default(),
            from: args.from.map(|day| i64::from(day.0) * DAY),
            customers: args.events.customers_beside(&ctx)?,
            consent: args.consent_column.clone(),
            left_out: args.hold_out,
            purchase: args.events.purchase.clone(),
            seed: args.events.seed,
        };
        let found = triggers_of(&args.events.events, &wishes, &ctx).map_err(|problem| failed(&problem.0))?;
        let more: Vec<(Result<String, String>, usize)> = found.due.iter().map(|of| (of.sql.clone(), of.now.due.len())).collect();
        outputs::write_text(&args.report, &triggers_json(&found.report, &found.told, &found.notes, &more))?;
        let mut written = vec![args.report.clone()];
        if let Some(path) = &args.now {
            let lists: Vec<_> = found.due.iter().map(|of| &of.now).collect();
            crate::export::write_beside(path, |to| due_csv(&lists, to)).map_err(failed)?;
            written.push(path.clone());
        }
        if let Some(path) = &args.write_rules {
            outputs::write_text(path, &found.rules.write())?;
            written.push(path.clone());
        }
        Ok((found, written))
    })?;
    if !quiet {
        say(&summary(&found));
        written.iter().for_each(|path| say(&format!("wrote {}\n", path.display())));
    }
    Ok(())
}

fn summary(found: &TriggersFound) -> String {
    let n = crate::base::text::count;
    let mut text = format!("Replay from {} to {}\n", found.report.from, found.report.to);
    let lines = told_of_reading(&found.told).into_iter().chain(found.notes.iter().cloned()).chain(found.report.notes.iter().cloned());
    lines.for_each(|line| text.push_str(&format!("{line}\n")));
    for (trigger, due) in found.report.triggers.iter().zip(&found.due) {
        text.push_str(&format!("\n{}\n  {}\n  {}\n", plain(&trigger.name), plain(&trigger.sentence), plain(&trigger.text)));
        trigger.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
        text.push_str(&format!("  {} due now.\n", n(due.now.due.len())));
    }
    text
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=0.9).contains(share)).ok_or_else(|| "give a number from 0 to 0.9".to_owned())
}
