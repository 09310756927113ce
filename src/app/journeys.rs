//! What does `personae journeys` do? Read event exports, ask how customers move, write the report, and say what it comes to.
//!
//! In: event files, and customers beside them where there are some. Out: journeys.json, and the sentences on standard output.

use std::path::PathBuf;

use clap::Args;

use crate::base::Ctx;
use crate::engine::behaviour::{JourneyWishes, JourneysFound};
use crate::engine::journeys_of;
use crate::export::behaviour::journeys_json;
use crate::triggers::terms::Filter;

use super::args::{filter, span};
use super::event_args::{EventArgs, told_of_reading};
use super::failure::{Failure, failed};
use super::logging;
use super::outputs::{self, Output};
use super::progress::while_showing;
use super::saying::say;

/// What may be said about journeys.
#[derive(Debug, Args)]
pub(super) struct JourneyArgs {
    #[command(flatten)]
    events: EventArgs,
    /// What customers are told apart by: persona, behaviour (personas made from what they did), or a column of the customers.
    #[arg(long, value_name = "persona|behaviour|COLUMN")]
    by: Option<String>,
    /// The steps of a funnel, by the names of the events, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "a,b,c")]
    funnel: Vec<String>,
    /// How long the funnel may take, such as 24h or 7d [7d].
    #[arg(long, value_parser = span, requires = "funnel")]
    window: Option<i64>,
    /// Look only at events of which this holds: device=mobile, country=Germany, "page contains /sale", value>=50, hour>=18, weekday=Monday, day_part=evening, weekend=yes,
    /// holiday=yes; given several times, all must hold.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = filter)]
    only: Vec<Filter>,
    /// Which days are holidays, for --only, --table and what is told of rhythm: a country such as DE, or a file of your own with a date per line.
    #[arg(long, value_name = "COUNTRY|FILE")]
    holidays: Option<String>,
    /// The event that paths start from [the start of every visit].
    #[arg(long, value_name = "EVENT")]
    paths: Option<String>,
    /// Steps of a path, from 2 to 10 [5].
    #[arg(long, value_parser = depth)]
    depth: Option<usize>,
    /// A table to write, .csv or .parquet, with a row per customer: how often and how regularly they come, how far they get, on what device, where and when. Its columns can be
    /// segmented by like any others.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// The file to write, such as journeys.json.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
}

/// Asks, writes, and says what came out.
pub(super) fn carry_out(args: JourneyArgs) -> Result<(), Failure> {
    let funnel: Vec<String> = args.funnel.iter().map(|name| name.trim().to_owned()).collect();
    if funnel.len() == 1 || funnel.iter().any(String::is_empty) {
        return Err(Failure::WrongUse("A funnel has at least two steps; name them as in --funnel view,cart,purchase.".into()));
    }
    let inputs = args.events.inputs();
    logging::opens(&inputs);
    let table = args.table.as_deref().map(|path| Ok::<_, Failure>((path, outputs::is_parquet(path)?))).transpose()?;
    let of_table = args.table.iter().map(|path| Output { option: "--table", path: path.clone() });
    outputs::check(&inputs, &[Output { option: "--report", path: args.report.clone() }].into_iter().chain(of_table).collect::<Vec<_>>())?;
    let ctx = Ctx::new();
    let quiet = args.events.quiet;
    let found = while_showing(&ctx, quiet, || {
        let wishes = JourneyWishes {
            reading: args.events.reading()?,
            customers: args.events.customers_beside(&ctx)?,
            by: args.by.clone(),
            funnel: funnel.clone(),
            window: args.window,
            paths: args.paths.clone(),
            depth: args.depth,
            purchase: args.events.purchase.clone(),
            only: args.only.clone(),
            holidays: args.holidays.clone(),
            table: args.table.is_some(),
            seed: args.events.seed,
        };
        let mut found = journeys_of(&args.events.events, &wishes, &ctx).map_err(|problem| failed(&problem.0))?;
        let text = journeys_json(&found.report, &found.told, &found.notes);
        outputs::write_text(&args.report, &text)?;
        if let (Some((path, is_parquet)), Some(table)) = (table, &found.table) {
            found.notes.extend(outputs::write_table(path, (is_parquet, false), table, &ctx)?);
        }
        Ok(found)
    })?;
    if !quiet {
        let written: String = [&args.report].into_iter().chain(&args.table).map(|path| format!("wrote {}\n", path.display())).collect();
        say(&format!("{}{written}", summary(&found)));
    }
    Ok(())
}

fn summary(found: &JourneysFound) -> String {
    let n = crate::base::text::count;
    let counted = |count: usize, one: &str| format!("{} {one}{}", n(count), if count == 1 { "" } else { "s" });
    let mut text = format!("{}, {}\n", counted(found.report.customers, "customer"), counted(found.report.events, "event"));
    let lines = told_of_reading(&found.told).into_iter().chain(found.notes.iter().cloned()).chain(found.report.sentences.iter().cloned());
    lines.for_each(|line| text.push_str(&format!("{line}\n")));
    text
}

fn depth(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (2..=10).contains(n)).ok_or_else(|| "give a whole number from 2 to 10".to_owned())
}
