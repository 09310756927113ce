//! What does `personae table` do? Build the customer table of a few files, write it, and say how it came to be.
//!
//! In: the files of each kind and a few choices. Out: a Parquet or CSV file, and on standard output the snapshot, what was found of each
//! source, the notes and the recipe of every column; or one sentence why not. Through the same functions as the window.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::Ctx;
use crate::base::text::count;
use crate::customers::{self, Built, BuiltColumn, Understood};
use crate::data::sourcing::IsoDay;
use crate::data::{self, Raw, SourceFile, SourceKind, Sourcing, write};
use crate::export;

use super::headless::{Failure, while_showing};

/// The files and what to make of them.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// One row a customer, such as an export of the CRM; may be given several times.
    #[arg(long, value_name = "FILE")]
    customers: Vec<PathBuf>,
    /// One row a purchase or an item of one; may be given several times.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["customers", "events", "survey"])]
    transactions: Vec<PathBuf>,
    /// One row a mail opened, a click or a visit; may be given several times.
    #[arg(long, value_name = "FILE")]
    events: Vec<PathBuf>,
    /// One row a customer's answers; may be given several times.
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
    let is_parquet = match args.out.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("parquet") => true,
        Some("csv") => false,
        _ => return Err(Failure::WrongUse(format!("{} must end in .parquet or .csv.", args.out.display()))),
    };
    let ctx = Ctx::new();
    let (understood, built, raws) = while_showing(&ctx, args.quiet, || {
        let mut sourcing = sourcing(&args);
        let raws = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx));
        let raws: Vec<Raw> = raws.collect::<Result<_, _>>().map_err(failed)?;
        give_key(&mut sourcing, &raws, args.key.as_deref())?;
        let all: Vec<&Raw> = raws.iter().collect();
        let understood = customers::understand(&sourcing, &all, &ctx).map_err(failed)?;
        if let Some(path) = &args.health {
            let health = customers::health::check(&sourcing, &understood, &all, args.snapshot, &ctx).map_err(failed)?;
            export::write_beside(path, |to| to.write_all(customers::health::json(&health).as_bytes())).map_err(failed)?;
        }
        let mut built = customers::build(&sourcing, &understood, &all, &ctx).map_err(failed)?;
        let stamp = customers::stamp(&sourcing, &all);
        customers::add_scores(&mut built.table, &mut built.notes, &sourcing, stamp, &ctx).map_err(failed)?;
        export::write_beside(&args.out, |to| {
            let written = if is_parquet { write::parquet(&built.table, &[], to, &ctx) } else { write::csv(&built.table, &[], to, &ctx) };
            written.map_err(std::io::Error::other)
        })
        .map_err(failed)?;
        Ok((understood, built, raws))
    })?;
    if !args.quiet {
        print!("{}", summary(&understood, &built, &raws, &args.out));
    }
    Ok(())
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
        sources.push(SourceFile { name, path: path.clone(), kind: Some(kind), ..SourceFile::default() });
    }
    Sourcing { sources, snapshot: args.snapshot, ..Sourcing::default() }
}

fn give_key(sourcing: &mut Sourcing, raws: &[Raw], key: Option<&str>) -> Result<(), Failure> {
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

/// What came out, for people.
fn summary(understood: &Understood, built: &Built, raws: &[Raw], out: &Path) -> String {
    let mut text = format!("{} customers, {} columns", count(built.table.n_rows), built.table.columns.len());
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
        text.push('\n');
        let fields: Vec<String> =
            source.fields.iter().map(|(field, column)| format!("{} = {column}", field.name().to_lowercase())).collect();
        if !fields.is_empty() {
            text.push_str(&format!("    {}\n", fields.join(", ")));
        }
    }
    for (column, how) in built.table.columns.iter().zip(&built.columns) {
        let how = match how {
            BuiltColumn::Key => "the key".to_owned(),
            BuiltColumn::Formula(recipe) => format!("{} [{}: {}]", recipe.about, recipe.level.name().to_lowercase(), recipe.formula),
            BuiltColumn::From { source, column } => format!("{column} of {source}"),
        };
        text.push_str(&format!("  {:<22} {how}\n", column.name));
    }
    let scores: Vec<&str> = built.table.columns.iter().skip(built.columns.len()).map(|column| column.name.as_str()).collect();
    if !scores.is_empty() {
        text.push_str(&format!("  {}: RFM scores at quintiles, 5 best, and the segment they make\n", scores.join(", ")));
    }
    let notes = raws.iter().flat_map(|raw| &raw.notes).chain(&built.notes);
    notes.for_each(|note| text.push_str(&format!("{}\n", note.0)));
    text.push_str(&format!("wrote {}\n", out.display()));
    text
}

fn day(text: &str) -> Result<IsoDay, String> {
    IsoDay::parse(text).ok_or_else(|| "give a day such as 1997-12-31".to_owned())
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Failed(error.to_string())
}
