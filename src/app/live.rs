//! What does `personae live` do? Follow a source of events with a segment model, and say what happens.
//!
//! In: a file that grows, a folder, what is piped in, a topic or a stream; the model. Out: a folder with the segments as they change. It ends by itself with `--until-idle`, else by a signal, cleanly.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::{Args, ValueEnum};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::base::text::count;
use crate::base::{Ctx, part};
use crate::data::day::IsoDay;
use crate::engine::live::{
    HalfLife, LiveBatch, LiveCounts, LiveDesk, LiveEnded, LiveOptions, LiveReplay, LiveRule, LiveSource, Retraining, follow,
};
use crate::model::{self, Model};
use crate::triggers::holidays::holidays_of;
use crate::triggers::language::Rules;

use super::args::{day, span};
use super::failure::{Failure, failed};
use super::logging;
use super::saying::{say, warn};

/// What may be said about following.
#[derive(Debug, Args)]
pub(super) struct LiveArgs {
    /// A file of events that grows (CSV, or JSON lines), a folder in which such files appear, - for what is piped in, a Kafka topic (kafka://HOST:9092/TOPIC, with kafka+tls:// for TLS and USER:{SHOP_PASSWORD}@ before the host for a log-in, whose password is an environment variable), or a Kinesis stream (kinesis://REGION/STREAM, with ?profile=NAME for a log-in of the AWS configuration).
    source: PathBuf,
    /// The segment model, as `personae model` or the window's export wrote it.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The list of customers, where the model's table has one beside the events.
    #[arg(long, value_name = "FILE")]
    customers: Option<PathBuf>,
    /// The folder to follow into; created if it does not exist. Started again with the same one it goes on where it was left.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// End when everything there is was read, or the pipe was closed.
    #[arg(long)]
    until_idle: bool,
    /// How the centres follow: sums (a centre is the mean of its members as they are now) or spark (every changed row pulls its centre, as Spark's streaming k-means does).
    #[arg(long, value_enum, default_value = "sums")]
    rule: RuleWord,
    /// With --rule spark: how long until half of what was seen is forgotten, such as 7d, 12h, 20batches or 1000rows [nothing is].
    #[arg(long, value_name = "SPAN", value_parser = half_life)]
    half_life: Option<HalfLife>,
    /// The day everything is counted back from; the day after the newest event unless given.
    #[arg(long, value_name = "DATE", value_parser = day)]
    snapshot: Option<IsoDay>,
    /// The column that names the customer, where the model was made from one file and each row is a customer as they are now.
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// The column that tells an event from its repetition; repeated ones are counted once.
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// With --id: how far behind the newest event one may come, such as 2d or 12h; later ones are set aside [1d].
    #[arg(long, value_name = "SPAN", value_parser = span, requires = "id")]
    lateness: Option<i64>,
    /// Events of a batch, at most.
    #[arg(long, default_value = "10000", value_parser = batch_rows)]
    batch_rows: usize,
    /// How many seconds a batch waits for more events.
    #[arg(long, default_value = "1", value_parser = seconds)]
    batch_seconds: f64,
    /// Make the segments anew by themselves: after a time of events such as 6h or 7d, on drift, or both (7d,drift). They are taken where they are not worse.
    #[arg(long, value_name = "WHEN", value_parser = retraining)]
    retrain: Option<Retraining>,
    /// Rules as JSON, as `personae triggers` reads them; whom they fire for is written to triggers.ndjson. Nothing is sent.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Holidays that rules may ask for: a country such as DE, or a file of your own with a date per line.
    #[arg(long, value_name = "COUNTRY|FILE", requires = "rules")]
    holidays: Option<String>,
    /// Play the file again at so many times the speed its events came at, such as 1000; its first half is read at once.
    #[arg(long, value_name = "TIMES", value_parser = speed)]
    replay: Option<f64>,
    /// With --replay: the first day that is played; what came before is read at once.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "replay")]
    from: Option<IsoDay>,
    /// No word on each batch, and no summary.
    #[arg(long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RuleWord {
    Sums,
    Spark,
}

/// Follows until it ends, and says what came out.
pub(super) fn carry_out(args: LiveArgs) -> Result<(), Failure> {
    if args.half_life.is_some() && args.rule == RuleWord::Sums {
        return Err(Failure::WrongUse(
            "With --rule sums every customer counts as they are now and nothing is forgotten; give --rule spark for a --half-life.".into(),
        ));
    }
    logging::opens(&[args.source.clone(), args.model.clone()]);
    let model = model::open(&args.model).map_err(failed)?;
    let rules = match &args.rules {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::Failed(format!("{} cannot be opened ({error}); check the name.", path.display())))?;
            let rules = Rules::parse(&text).map_err(failed)?;
            if rules.triggers.is_empty() {
                return Err(Failure::WrongUse(format!("{} holds no rule; leave --rules out, or add one.", path.display())));
            }
            Some(rules)
        }
        None => None,
    };
    let options = LiveOptions {
        rule: if args.rule == RuleWord::Sums { LiveRule::Sums } else { LiveRule::Spark },
        half_life: args.half_life,
        snapshot: args.snapshot,
        key: args.key,
        id: args.id,
        lateness: args.lateness.unwrap_or_else(|| LiveOptions::default().lateness),
        batch_rows: args.batch_rows,
        batch_wait: Duration::from_secs_f64(args.batch_seconds),
        until_idle: args.until_idle,
        customers: args.customers,
        retraining: args.retrain.unwrap_or_default(),
        replay: args.replay.map(|speed| LiveReplay { speed, from: args.from }),
        rules,
        holidays: args.holidays.as_deref().map(holidays_of).transpose().map_err(failed)?.unwrap_or_default(),
    };
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Told twice it ends at once. A system without signals ends it its own way: what was committed stays.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, stop.clone());
        let _ = signal_hook::flag::register(signal, stop.clone());
    }
    let quiet = args.quiet;
    let mut on_batch = |batch: &LiveBatch| {
        if !quiet {
            warn(&batch_told(batch));
        }
    };
    let ended = follow(&model, source(args.source)?, &options, &args.out, &LiveDesk::unwatched(stop), &mut on_batch, &Ctx::new())
        .map_err(|why| failed(&why.0))?;
    if !quiet {
        say(&format!("{}wrote {}\n", summary(&model, &ended), args.out.display()));
    }
    Ok(())
}

/// A pipe is opened as one, since it cannot be read again.
fn source(path: PathBuf) -> Result<LiveSource, Failure> {
    if path.as_os_str() == "-" {
        return Ok(LiveSource::Pipe(Box::new(std::io::stdin()), "standard input".to_owned()));
    }
    if is_pipe(&path) {
        let file = std::fs::File::open(&path)
            .map_err(|error| Failure::Failed(format!("{} cannot be opened ({error}); allow reading.", path.display())))?;
        let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        return Ok(LiveSource::Pipe(Box::new(file), title));
    }
    Ok(LiveSource::named(&path))
}

#[cfg(unix)]
fn is_pipe(path: &std::path::Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|about| about.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::path::Path) -> bool {
    false
}

fn batch_told(batch: &LiveBatch) -> String {
    let LiveCounts { batches, counted, moved, .. } = batch.counts;
    format!(
        "batch {}: {} changed, {} known, {} events counted, {} moved to another segment so far",
        count(batches as usize),
        customers(batch.changed),
        customers(batch.customers),
        count(counted as usize),
        count(moved as usize)
    )
}

fn customers(n: usize) -> String {
    format!("{} customer{}", count(n), if n == 1 { "" } else { "s" })
}

fn summary(model: &Model, ended: &LiveEnded) -> String {
    let LiveCounts { batches, rows, counted, repeated, late, unfit, moved } = ended.counts;
    let n: usize = ended.sizes.iter().sum();
    let known: usize = model.segments.iter().map(|segment| segment.size).sum();
    let share = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    let mut text = format!(
        "{} from {} events in {} batches{}\n",
        customers(n + ended.nowhere),
        count(counted as usize),
        count(batches as usize),
        ended.snapshot.map_or_else(String::new, |snapshot| format!("; snapshot {snapshot}"))
    );
    for at in model.in_order() {
        let segment = &model.segments[at];
        let line = format!(
            "  C{} {:>9} {:>5.1} %  (made with {:.1} %)  {}",
            part::text(segment.number),
            ended.sizes[at],
            share(ended.sizes[at], n),
            share(segment.size, known),
            ended.names[at]
        );
        text.push_str(&format!("{}\n", line.trim_end()));
    }
    if ended.nowhere > 0 {
        text.push_str(&format!("  in no group {}\n", count(ended.nowhere)));
    }
    text.push_str(&format!("{} times a known customer went to another segment.\n", count(moved as usize)));
    let left = [
        (repeated, "had come before and were counted once"),
        (late, "came too late and were set aside"),
        (unfit, "cannot be counted and were set aside"),
    ];
    for (n, what) in left.into_iter().filter(|(n, _)| *n > 0) {
        text.push_str(&format!("{} of {} events {what}.\n", count(n as usize), count(rows as usize)));
    }
    ended.drift.iter().chain(&ended.notes).for_each(|line| text.push_str(&format!("{line}\n")));
    text
}

fn half_life(text: &str) -> Result<HalfLife, String> {
    let wrong = || "give a time such as 7d or 12h, or a number such as 20batches or 1000rows".to_owned();
    let positive = |text: &str| text.trim().parse::<f64>().ok().filter(|n| *n > 0.0 && n.is_finite()).ok_or_else(wrong);
    if let Some(n) = text.strip_suffix("batches") {
        return Ok(HalfLife::Batches(positive(n)?));
    }
    if let Some(n) = text.strip_suffix("rows") {
        return Ok(HalfLife::Points(positive(n)?));
    }
    span(text).map(|ms| HalfLife::Time(ms as f64)).map_err(|_| wrong())
}

/// A time of events, `drift`, or both.
fn retraining(text: &str) -> Result<Retraining, String> {
    let wrong = |_| "give a time such as 6h or 7d, drift, or both as in 7d,drift".to_owned();
    let mut found = Retraining::default();
    for part in text.split(',').map(str::trim) {
        match part {
            "drift" => found.on_drift = true,
            part => found.every = Some(span(part).map_err(wrong)?),
        }
    }
    Ok(found)
}

fn speed(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('x').unwrap_or(text);
    number.parse().ok().filter(|n| (1.0..=1e7).contains(n)).ok_or_else(|| "give a number from 1 to 10000000, such as 1000".to_owned())
}

fn batch_rows(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (1..=10_000_000).contains(n)).ok_or_else(|| "give a whole number from 1 to 10000000".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|n| (0.01..=3600.0).contains(n)).ok_or_else(|| "give seconds from 0.01 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_as_they_are_typed() {
        assert_eq!((span("7d"), span("1.5h"), span("30m")), (Ok(604_800_000), Ok(5_400_000), Ok(1_800_000)));
        assert!(["", "d", "-1d", "7", "7 days", "é"].iter().all(|text| span(text).is_err()));
        assert_eq!(half_life("20batches"), Ok(HalfLife::Batches(20.0)));
        assert_eq!((half_life("1000rows"), half_life("12h")), (Ok(HalfLife::Points(1000.0)), Ok(HalfLife::Time(43_200_000.0))));
        assert_eq!(retraining("7d,drift"), Ok(Retraining { every: Some(604_800_000), on_drift: true }));
        assert_eq!((retraining("drift").map(|of| of.every), speed("1000x"), speed("60")), (Ok(None), Ok(1000.0), Ok(60.0)));
        assert!(retraining("soon").is_err() && retraining("").is_err() && speed("0").is_err() && speed("fast").is_err());
        assert!(["0batches", "rows", "-3rows", "soon"].iter().all(|text| half_life(text).is_err()));
    }
}
