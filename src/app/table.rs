//! What does `personae table` do? Build the customer table of a few files, write it, and say how it came to be.
//!
//! In: the files of each kind and a few choices. Out: a Parquet or CSV file, and on standard output the snapshot, what was found of each
//! source, the notes and the recipe of every column; or one sentence why not. The engine builds it, as it does for the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::base::text::count;
use crate::base::{Ctx, Note};
use crate::customers::health::{Checked, Health};
use crate::customers::{self, Built, BuiltColumn, Rfm, Understood};
use crate::data::day::IsoDay;
use crate::data::rules::Severity;
use crate::data::sourcing::{AmountIs, Field, RefundsAre};
use crate::data::{Raw, Source, SourceFile, SourceKind, Sourcing, Table};
use crate::engine::{self, Answer, Engine, SourcesAnswer, SourcesUntil, SourcesWanted, Wanted};
use crate::export;
use crate::session::{Page, Plan};

use super::args::day;
use super::choices::Reading;
use super::failure::{Failure, failed};
use super::logging;
use super::outputs::{self, Output};
use super::progress::while_showing;
use super::saying::say;

/// Larger sources are checked by health rules only where their health is asked for.
const CHECKED_ROWS: usize = 1_000_000;

/// The files and what to make of them.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// One row per customer, such as an export of the CRM; may be given several times.
    #[arg(long, value_name = "FILE")]
    customers: Vec<PathBuf>,
    /// One row per purchase, or per item of one; may be given several times.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["customers", "events", "survey"])]
    transactions: Vec<PathBuf>,
    /// One row per mail opened, click or visit; may be given several times.
    #[arg(long, value_name = "FILE")]
    events: Vec<PathBuf>,
    /// One row of answers per customer; may be given several times.
    #[arg(long, value_name = "FILE")]
    survey: Vec<PathBuf>,
    /// Facts about places, days or codes; may be given several times.
    #[arg(long, value_name = "FILE")]
    reference: Vec<PathBuf>,
    /// The column that says whose a row is, in every file that has one of this name; guessed unless given.
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// The day everything is counted back from, such as 1997-12-31; the day after the last row unless given.
    #[arg(long, value_name = "DATE", value_parser = day)]
    snapshot: Option<IsoDay>,
    /// What an amount of the transactions stands for; found out from the rows unless given.
    #[arg(long, value_name = "per-line|per-order|price-times-quantity", value_parser = amount)]
    amount: Option<AmountIs>,
    /// What rows marked as returned are: rows of their own beside the sale, or the sale itself; found out from the rows unless given. A name of a column
    /// says instead which column holds what was given back beside the sale.
    #[arg(long, value_name = "own-rows|the-sale|COLUMN")]
    refund: Option<String>,
    /// The statuses that count as sales, separated by commas; all others never became one.
    #[arg(long, value_name = "STATUSES", value_delimiter = ',')]
    status_counts: Option<Vec<String>>,
    /// The column that says when something was bought; guessed unless given.
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// The column that tells guests apart, or "none" to leave them as they stand; e-mail address or telephone number unless given.
    #[arg(long, value_name = "COLUMN")]
    guests: Option<String>,
    /// The column of the list of customers that names the person, or "none" to take the key as it is; found out unless given.
    #[arg(long, value_name = "COLUMN")]
    person: Option<String>,
    /// What one unit of each currency is worth in the currency to tell amounts in, such as EUR=1,USD=0.92; without it, only the most common one is added up.
    #[arg(long, value_name = "RATES", value_delimiter = ',', value_parser = rate)]
    rates: Vec<(String, f64)>,
    /// Count rows that repeat a whole order too.
    #[arg(long)]
    keep_copies: bool,
    /// CSV: leave cells that a spreadsheet would run as formulas as they are; they get an apostrophe unless given.
    #[arg(long)]
    keep_formulas: bool,
    #[command(flatten)]
    reading: Reading,
    /// The file to write: .parquet or .csv.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Check the data by the rules they suggest, and write what fails as JSON.
    #[arg(long, value_name = "FILE")]
    health: Option<PathBuf>,
    /// No progress and no summary.
    #[arg(long)]
    quiet: bool,
}

/// Builds the table, writes it, and says what came out.
pub(super) fn carry_out(args: TableArgs) -> Result<(), Failure> {
    let is_parquet = outputs::is_parquet(&args.out)?;
    check_outputs(&args)?;
    let ctx = Ctx::new();
    let (sources, health, table, notes) = while_showing(&ctx, args.quiet, || {
        let (sources, scored) = build(&args, &ctx)?;
        let built = ready(&sources.built)?;
        let health = sources.health.ready().cloned();
        if let (Some(path), Some(health)) = (&args.health, &health) {
            export::write_beside(path, |to| to.write_all(customers::health::json(health).as_bytes())).map_err(failed)?;
        }
        let (mut table, mut notes) = (built.table.clone(), built.notes.clone());
        if let Some(rfm) = scored {
            table.columns.extend(rfm.columns(&built.table));
            notes.extend(rfm.notes.iter().cloned());
        }
        let note = outputs::write_table(&args.out, (is_parquet, args.keep_formulas), &table, &ctx)?;
        log::info!("export of the customer table: {}", if is_parquet { "Parquet" } else { "Csv" });
        notes.extend(note.map(Note::new));
        Ok((sources, health, table, notes))
    })?;
    if !args.quiet {
        let raws: Vec<Arc<Raw>> = sources.raws.iter().filter_map(|raw| raw.ready().cloned()).collect();
        let (understood, built) = (ready(&sources.understood)?, ready(&sources.built)?);
        say(&summary(&understood, &Written { built: &built, table: &table, notes: &notes }, &raws, health.as_deref(), &args.out));
    }
    Ok(())
}

/// The customer table as the window would build it, and its scores where there are some. The rows are read first, since only they tell which
/// options fit.
fn build(args: &TableArgs, ctx: &Ctx) -> Result<(SourcesAnswer, Option<Arc<Rfm>>), Failure> {
    let mut engine = Engine::headless();
    let mut ask = |sourcing: Sourcing, until: SourcesUntil, health: bool| {
        let sources = SourcesWanted { until, health, today: args.snapshot, clock: Some(engine::today()), ..SourcesWanted::default() };
        let plan = Plan::new(Source::Sources(Arc::new(sourcing)));
        let answers =
            engine.wait_telling(&plan, &Wanted { sources, ..Wanted::on(Page::Data) }, ctx).map_err(|problem| failed(&problem.0))?;
        Ok::<_, Failure>(answers.sources.unwrap_or_default())
    };
    let mut sourcing = sourcing(args);
    let rows = ask(sourcing.clone(), SourcesUntil::Rows, false)?;
    let raws: Vec<Arc<Raw>> = rows.raws.iter().map(ready).collect::<Result<_, _>>()?;
    give_key(&mut sourcing, &raws, args.key.as_deref())?;
    give_choices(&mut sourcing, &raws, args)?;
    let n_rows: usize = raws.iter().map(|raw| raw.n_rows).sum();
    drop((rows, raws));
    let sources = ask(sourcing, SourcesUntil::Table, args.health.is_some() || n_rows <= CHECKED_ROWS)?;
    if let Some(problem) = sources.health.problem() {
        return Err(failed(&problem.0));
    }
    ready(&sources.built)?;
    // A table without scores is still a table.
    let scored = sources.rfm.ready().cloned();
    Ok((sources, scored))
}

/// The value, or why there is none.
fn ready<T>(answer: &Answer<T>) -> Result<Arc<T>, Failure> {
    match answer {
        Answer::Ready(value) => Ok(value.clone()),
        other => Err(failed(other.problem().map_or("The table could not be built; please report this.", |problem| &*problem.0))),
    }
}

/// The table as it was written.
struct Written<'a> {
    built: &'a Built,
    /// With its scores.
    table: &'a Table,
    notes: &'a [Note],
}

/// Nothing that is read may be written, and nothing written twice.
fn check_outputs(args: &TableArgs) -> Result<(), Failure> {
    let read = [&args.customers, &args.transactions, &args.events, &args.survey, &args.reference];
    let inputs: Vec<PathBuf> = read.into_iter().flatten().flat_map(|path| outputs::files_of(path)).collect();
    let mut all = vec![Output { option: "--out", path: args.out.clone() }];
    all.extend(args.health.clone().map(|path| Output { option: "--health", path }));
    logging::opens(&inputs);
    outputs::check(&inputs, &all)
}

/// The files as a project would have them; each is named like its file, and no two alike.
fn sourcing(args: &TableArgs) -> Sourcing {
    let kinds = [
        (SourceKind::Customers, &args.customers),
        (SourceKind::Transactions, &args.transactions),
        (SourceKind::Events, &args.events),
        (SourceKind::Survey, &args.survey),
        (SourceKind::Reference, &args.reference),
    ];
    let mut sources: Vec<SourceFile> = Vec::new();
    for (kind, path) in kinds.into_iter().flat_map(|(kind, paths)| paths.iter().map(move |path| (kind, path))) {
        let stem = path.file_stem().map_or_else(|| kind.name().to_lowercase(), |stem| stem.to_string_lossy().into_owned());
        let mut name = stem.clone();
        let mut at = 2;
        while sources.iter().any(|source| source.name == name) {
            name = format!("{stem} {at}");
            at += 1;
        }
        sources.push(SourceFile { name, path: path.clone(), kind: Some(kind), read_as: args.reading.read_as(), ..SourceFile::default() });
    }
    Sourcing { sources, snapshot: args.snapshot, ..Sourcing::default() }
}

fn give_key(sourcing: &mut Sourcing, raws: &[Arc<Raw>], key: Option<&str>) -> Result<(), Failure> {
    let Some(key) = key else { return Ok(()) };
    let mut found = false;
    for (source, raw) in sourcing.sources.iter_mut().zip(raws).filter(|(source, _)| source.kind != Some(SourceKind::Reference)) {
        if raw.column(key).is_some() {
            source.key = Some(key.to_owned());
            found = true;
        }
    }
    if found { Ok(()) } else { Err(Failure::Failed(format!("No file has a column {key}; give --key the name of one they have."))) }
}

/// Which columns play which part and what money means, as far as it was said. Transactions alone have money.
fn give_choices(sourcing: &mut Sourcing, raws: &[Arc<Raw>], args: &TableArgs) -> Result<(), Failure> {
    let missing =
        |column: &str, option: &str| Failure::Failed(format!("No file has a column {column}; give {option} the name of one they have."));
    let none_or = |column: &str| (column != "none").then(|| column.to_owned());
    let mut found: [bool; 4] = [args.date.is_none(), args.refund.is_none(), args.guests.is_none(), args.person.is_none()];
    for (source, raw) in sourcing.sources.iter_mut().zip(raws) {
        if source.kind == Some(SourceKind::Customers)
            && let Some(person) = &args.person
            && (person == "none" || raw.column(person).is_some())
        {
            source.person = Some(none_or(person));
            found[3] = true;
        }
        if !source.kind.is_some_and(SourceKind::has_days) {
            continue;
        }
        if let Some(date) = args.date.as_ref().filter(|date| raw.column(date).is_some()) {
            source.fields.insert(Field::Date, Some(date.clone()));
            found[0] = true;
        }
        if let Some(guests) = args.guests.as_ref().filter(|column| *column == "none" || raw.column(column).is_some()) {
            source.guests = Some(none_or(guests));
            found[2] = true;
        }
        source.money.amount = args.amount;
        source.money.counted = args.status_counts.as_ref().map(|words| words.iter().map(|word| word.trim().to_lowercase()).collect());
        source.money.rates = args.rates.iter().cloned().collect();
        source.money.drop_copies = args.keep_copies.then_some(false);
        let Some(refund) = &args.refund else { continue };
        if let Some(refunds) = RefundsAre::ALL.into_iter().find(|refunds| refunds.name() == refund) {
            source.money.refunds = Some(refunds);
            found[1] = true;
        } else if raw.column(refund).is_some() {
            source.fields.insert(Field::Refund, Some(refund.clone()));
            found[1] = true;
        }
    }
    let options = [("--date", &args.date), ("--refund", &args.refund), ("--guests", &args.guests), ("--person", &args.person)];
    match options.iter().zip(found).find(|(_, found)| !found) {
        Some(((option, Some(column)), _)) => Err(missing(column, option)),
        _ => Ok(()),
    }
}

fn amount(text: &str) -> Result<AmountIs, String> {
    let known = || AmountIs::ALL.map(AmountIs::name).join(", ");
    AmountIs::ALL.into_iter().find(|amount| amount.name() == text).ok_or_else(|| format!("give one of {}", known()))
}

fn rate(text: &str) -> Result<(String, f64), String> {
    let wrong = || "give rates such as EUR=1,USD=0.92".to_owned();
    let (code, rate) = text.split_once('=').ok_or_else(wrong)?;
    let rate: f64 = rate.trim().parse().map_err(|_| wrong())?;
    if rate.is_finite() && rate > 0.0 { Ok((code.trim().to_uppercase(), rate)) } else { Err(wrong()) }
}

/// What came out, for people.
fn summary(understood: &Understood, written: &Written, raws: &[Arc<Raw>], health: Option<&Health>, out: &Path) -> String {
    let Written { built, table, notes } = written;
    let mut text = format!("{} customers, {} columns", count(table.n_rows), table.columns.len());
    text.push_str(&built.snapshot.map_or_else(|| "\n".to_owned(), |snapshot| format!("; snapshot {snapshot}\n")));
    for (source, raw) in understood.sources.iter().zip(raws) {
        let kind = source.kind.name().to_lowercase();
        text.push_str(&format!("  {} ({kind}): {} rows", source.name, count(raw.n_rows)));
        text.push_str(&source.key.as_ref().map_or_else(String::new, |key| format!(", key {key}")));
        if let Some((other, column)) = &source.looked_up_by {
            text.push_str(&format!(", looked up by {column} of {other}"));
        }
        if let Some(overlap) = &source.overlap {
            text.push_str(&format!(", {} of {} found in {}", count(overlap.n_found), count(overlap.n_keys), overlap.with));
        }
        if let Some(how) = customers::compared_how(source.key_match) {
            text.push_str(&format!(" ({how})"));
        }
        text.push('\n');
        let fields: Vec<String> =
            source.fields.iter().map(|(field, column)| format!("{} = {column}", field.name().to_lowercase())).collect();
        if !fields.is_empty() {
            text.push_str(&format!("    {}\n", fields.join(", ")));
        }
        source.decisions.iter().for_each(|decision| text.push_str(&format!("    {}\n", decision.text)));
        for account in built.accounts.iter().filter(|account| account.source == source.name) {
            text.push_str(&format!("    {}\n", account.sentence()));
        }
    }
    for (column, how) in table.columns.iter().zip(&built.columns) {
        let how = match how {
            BuiltColumn::Key => "the key".to_owned(),
            BuiltColumn::Formula(recipe) => format!("{} [{}: {}]", recipe.about, recipe.grain.name().to_lowercase(), recipe.formula),
            BuiltColumn::From { source, column } => format!("{column} of {source}"),
        };
        text.push_str(&format!("  {:<22} {how}\n", column.name));
    }
    let scores: Vec<&str> = table.columns.iter().skip(built.columns.len()).map(|column| column.name.as_str()).collect();
    if !scores.is_empty() {
        text.push_str(&format!("  {}: RFM scores at quintiles, 5 best, and the segment they make\n", scores.join(", ")));
    }
    let notes = raws.iter().flat_map(|raw| &raw.notes).chain(*notes);
    notes.for_each(|note| text.push_str(&format!("{}\n", note.0)));
    let is_error = |checked: &&Checked| checked.is_broken && checked.rule.severity == Severity::Error;
    for checked in health.into_iter().flat_map(|health| health.rules.iter().filter(is_error)) {
        let (failed, of) = (count(checked.failed), count(checked.checked));
        text.push_str(&format!("Broken rule in {}: {}. {failed} of {of} rows fail.\n", checked.rule.source, checked.words));
    }
    text.push_str(&format!("wrote {}\n", out.display()));
    text
}
