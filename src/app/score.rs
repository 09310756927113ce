//! Which segment do other customers belong to? `personae score` reads a model and data, and writes the data with their segments.
//!
//! In: a model, one file with its columns, or the files that its table is built from. Out: every row in order with `persona` and `persona_name`, and on request
//! the distance to the segment's mean and whether the customer fits any. A large file is gone through in batches, so that memory does not grow with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use clap::Args;

use crate::base::text::count;
use crate::base::{Ctx, Note, part};
use crate::customers::Account;
use crate::data::day::IsoDay;
use crate::data::write::{self, Extra, ExtraValues};
use crate::data::{Batch, BatchWriter, LEAST_BATCHED_BYTES, Loaded, Source, Sourcing, Table, in_batches};
use crate::engine::Engine;
use crate::export;
use crate::features::Met;
use crate::model::{self, FITS, Model, Place, Placement};
use crate::session::Plan;

use super::args::day;
use super::choices::Reading;
use super::failure::{Failure, failed};
use super::logging;
use super::outputs::{self, Output};
use super::progress::while_showing;
use super::saying::say;

/// What may be said about scoring.
#[derive(Debug, Args)]
pub(super) struct ScoreArgs {
    /// The segment model, as `personae model` or the window's export wrote it.
    model: PathBuf,
    /// A file with the model's columns; or, where the segments were made of a table built from several files, such files of another day.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// The file to write: .csv or .parquet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Add persona_distance, how far the customer is from the segment's mean, and fits_none, whether that is farther than 99 in 100 of its own were.
    #[arg(long)]
    distances: bool,
    /// Write only these columns of the data beside the segment, such as customer_id; all unless given.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,...")]
    keep: Vec<String>,
    /// Several files: the day everything is counted back from; the day after the last transaction unless given.
    #[arg(long, value_name = "DATE", value_parser = day)]
    snapshot: Option<IsoDay>,
    #[command(flatten)]
    reading: Reading,
    /// No progress and no summary.
    #[arg(long)]
    quiet: bool,
}

/// How many customers are where.
#[derive(Default)]
struct Tally {
    sizes: Vec<usize>,
    fits_none: Vec<usize>,
    nowhere: usize,
    left_out: usize,
    met: Met,
    notes: Vec<Note>,
    /// What was decided about money, people and days while a table was built.
    decisions: Vec<String>,
}

/// Reads, places, writes, and says what came out.
pub(super) fn carry_out(args: ScoreArgs) -> Result<(), Failure> {
    let is_parquet = outputs::is_parquet(&args.out)?;
    let mut inputs: Vec<PathBuf> = args.data.iter().flat_map(|path| outputs::files_of(path)).collect();
    inputs.push(args.model.clone());
    logging::opens(&inputs);
    outputs::check(&inputs, &[Output { option: "--out", path: args.out.clone() }])?;
    let model = model::open(&args.model).map_err(failed)?;
    let ctx = Ctx::new();
    outputs::make_folder_of(&args.out);
    let tally = while_showing(&ctx, args.quiet, || {
        if let [path] = &args.data[..]
            && let Some(tally) = score_in_batches(&model, path, &args, is_parquet, &ctx)?
        {
            return Ok(tally);
        }
        let (loaded, decisions) = table(&model, &args, &ctx)?;
        Ok(Tally { decisions, ..score_whole(&model, &loaded, &args, is_parquet, &ctx)? })
    })?;
    if !args.quiet {
        say(&summary(&model, &tally, &args.out));
    }
    Ok(())
}

/// A large file, batch by batch; nothing where it must be read whole. One batch is written while the next is placed.
fn score_in_batches(model: &Model, path: &Path, args: &ScoreArgs, is_parquet: bool, ctx: &Ctx) -> Result<Option<Tally>, Failure> {
    let mut scored = Ok(None);
    let written = export::write_beside(&args.out, |to| {
        scored = std::thread::scope(|scope| {
            let (send, placed) = sync_channel(1);
            let placing = scope.spawn(move || place_batches(model, path, args, &send, ctx));
            let mut writer = if is_parquet { BatchWriter::parquet(to) } else { BatchWriter::csv(to) };
            // With the receiver goes the wish for further batches.
            let wrote = placed.into_iter().try_for_each(|(batch, extras)| writer.write(&batch, &extras, ctx));
            let tally = placing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            wrote.map_err(failed)?;
            let tally = tally?;
            if tally.is_some() {
                writer.finish().map_err(failed)?;
            }
            Ok(tally)
        });
        // What has no batches is read whole next; until then the file that may be there stays.
        if matches!(scored, Ok(Some(_))) { Ok(()) } else { Err(std::io::Error::other("nothing was written")) }
    });
    match (scored, written) {
        (Ok(Some(_)), Err(error)) => Err(failed(error)),
        (scored, _) => scored,
    }
}

/// Reads and places, and hands over every batch with its further columns until nobody takes them.
fn place_batches(
    model: &Model,
    path: &Path,
    args: &ScoreArgs,
    to: &SyncSender<(Batch, Vec<Extra>)>,
    ctx: &Ctx,
) -> Result<Option<Tally>, Failure> {
    let mut tally = Tally::default();
    let mut is_first = true;
    let mut wrong = None;
    let wanted: Vec<String> = match args.keep.is_empty() {
        true => Vec::new(),
        false => args.keep.iter().cloned().chain(model.columns().into_iter().map(str::to_owned)).collect(),
    };
    let mut take = |mut batch: Batch| {
        if std::mem::replace(&mut is_first, false) {
            if let Some(missing) = not_there(&args.keep, &batch.table) {
                wrong = Some(failed(missing));
                return Ok(false);
            }
            if !model.places_in_batches(&batch.table) {
                return Ok(false);
            }
        }
        match model.place(&Loaded::unprofiled(batch.table.clone()), ctx) {
            Ok(placement) => {
                let extras = extras(model, &placement, args.distances);
                tally.add(model, placement);
                if !args.keep.is_empty() {
                    batch.keep(&args.keep);
                }
                Ok(to.send((batch, extras)).is_ok())
            }
            Err(error) => {
                wrong = Some(failed(error));
                Ok(false)
            }
        }
    };
    let told = in_batches(path, &args.reading.read_as(), (LEAST_BATCHED_BYTES, &wanted), &mut take, ctx);
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    Ok(told.map_err(failed)?.map(|notes| Tally { notes, ..tally }))
}

fn score_whole(model: &Model, loaded: &Loaded, args: &ScoreArgs, is_parquet: bool, ctx: &Ctx) -> Result<Tally, Failure> {
    if let Some(missing) = not_there(&args.keep, &loaded.table) {
        return Err(failed(missing));
    }
    let placement = model.place(loaded, ctx).map_err(failed)?;
    let extras = extras(model, &placement, args.distances);
    let mut table = loaded.table.clone();
    if !args.keep.is_empty() {
        table.columns.retain(|column| args.keep.contains(&column.name));
    }
    export::write_beside(&args.out, |to| {
        let written = match is_parquet {
            true => write::parquet(&table, &extras, to, ctx),
            false => write::csv(&table, &extras, to, ctx),
        };
        written.map_err(std::io::Error::other)
    })
    .map_err(failed)?;
    let mut tally = Tally { notes: loaded.notes.clone(), ..Tally::default() };
    tally.add(model, placement);
    Ok(tally)
}

/// The table to place: the file as it is where it has the model's columns, else the one that the model's recipe builds. With it what was decided on the way
/// about money, people and days.
fn table(model: &Model, args: &ScoreArgs, ctx: &Ctx) -> Result<(Arc<Loaded>, Vec<String>), Failure> {
    let mut plan = Plan::default();
    plan.preparation.no_answer_is_missing = model.no_answer_is_missing;
    let answer = |source: Source| Engine::headless().table_of(&Plan { source, ..plan.clone() }, ctx).map_err(|problem| failed(&problem.0));
    if let [path] = &args.data[..] {
        let (loaded, _) = answer(Source::File { path: path.clone(), read_as: args.reading.read_as() })?;
        let has_all = model.columns().iter().all(|name| loaded.table.column(name).is_some());
        if has_all || model.table.is_none() {
            return Ok((loaded, Vec::new()));
        }
    }
    let Some(recipe) = &model.table else {
        let n = count(args.data.len());
        return Err(Failure::WrongUse(format!(
            "This model was made from one file, and {n} were given; give one with all of its customers."
        )));
    };
    let (loaded, sources) = answer(Source::Sources(Arc::new(with_files(recipe, args)?)))?;
    let sources = sources.unwrap_or_default();
    let decisions = sources.understood.ready().into_iter().flat_map(|understood| &understood.sources);
    let decisions = decisions.flat_map(|source| source.decisions.iter().map(|decision| format!("{}: {}", source.name, decision.text)));
    let accounts = sources.built.ready().into_iter().flat_map(|built| built.accounts.iter().map(Account::sentence));
    let told = decisions.chain(accounts).collect();
    Ok((loaded, told))
}

/// The recipe with the files of another day: those of the same name where they were, the others in the order given.
fn with_files(recipe: &Sourcing, args: &ScoreArgs) -> Result<Sourcing, Failure> {
    let mut recipe = recipe.clone();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let wanted: Vec<String> = recipe.sources.iter().map(|source| source.path.display().to_string()).collect();
    if args.data.len() != wanted.len() {
        let (n, given) = (count(wanted.len()), count(args.data.len()));
        let files = if wanted.len() == 1 { "file" } else { "files" };
        return Err(Failure::WrongUse(format!(
            "The segments were made of a table built from {n} {files} ({}), and {given} were given; give one in the place of each.",
            wanted.join(", ")
        )));
    }
    let mut left: Vec<&PathBuf> = args.data.iter().collect();
    let mut files: BTreeMap<usize, &PathBuf> = BTreeMap::new();
    for (at, source) in recipe.sources.iter().enumerate() {
        if let Some(found) = left.iter().position(|path| name(path) == name(&source.path)) {
            files.insert(at, left.remove(found));
        }
    }
    let mut left = left.into_iter();
    for (at, source) in recipe.sources.iter_mut().enumerate() {
        if let Some(path) = files.remove(&at).or_else(|| left.next()) {
            source.path = path.clone();
        }
        args.reading.apply(&mut source.read_as);
    }
    recipe.snapshot = args.snapshot.or(recipe.snapshot);
    Ok(recipe)
}

/// The sentence about a column that is to be kept and is not there.
fn not_there(keep: &[String], table: &Table) -> Option<String> {
    let missing = keep.iter().find(|name| table.column(name).is_none())?;
    Some(format!(
        "there is no column called \"{missing}\" to keep; --keep takes names of columns as the data have them, separated by commas."
    ))
}

/// The columns that are added.
fn extras(model: &Model, placement: &Placement, with_distances: bool) -> Vec<Extra> {
    let mut extras = model.persona_columns(&placement.places);
    if with_distances {
        let distances = placement.distances.iter().map(|distance| (!distance.is_nan()).then_some(*distance)).collect();
        let fits = placement.places.iter().zip(&placement.distances).map(|(place, &distance)| match place {
            Place::Segment(at) => model.fits(*at, distance).map(|fits| i64::from(!fits)),
            Place::Nowhere => Some(1),
            Place::LeftOut => None,
        });
        extras.push(Extra { name: "persona_distance".to_owned(), values: ExtraValues::Number(distances) });
        extras.push(Extra { name: "fits_none".to_owned(), values: ExtraValues::Whole(fits.collect()) });
    }
    extras
}

impl Tally {
    fn add(&mut self, model: &Model, placement: Placement) {
        self.sizes.resize(model.segments.len(), 0);
        self.fits_none.resize(model.segments.len(), 0);
        for (place, &distance) in placement.places.iter().zip(&placement.distances) {
            match *place {
                Place::Segment(at) => {
                    self.sizes[at] += 1;
                    self.fits_none[at] += usize::from(model.fits(at, distance) == Some(false));
                }
                Place::Nowhere => self.nowhere += 1,
                Place::LeftOut => self.left_out += 1,
            }
        }
        self.met.add(placement.met);
    }
}

/// What came out, for people.
fn summary(model: &Model, tally: &Tally, out: &Path) -> String {
    let placed: usize = tally.sizes.iter().sum();
    let n = placed + tally.nowhere;
    let mut text = format!("{} customers by {} of {}\n", count(n + tally.left_out), model.method, model.origin.title);
    let share = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    let known: usize = model.segments.iter().map(|segment| segment.size).sum();
    for at in model.in_order() {
        let (segment, size) = (&model.segments[at], tally.sizes.get(at).copied().unwrap_or(0));
        text.push_str(
            format!(
                "  C{} {size:>9} {:>5.1} %  (made with {:.1} %)  {}",
                part::text(segment.number),
                share(size, n),
                share(segment.size, known),
                segment.name
            )
            .trim_end(),
        );
        text.push('\n');
    }
    if tally.nowhere > 0 {
        text.push_str(&format!("  in no group {}\n", tally.nowhere));
    }
    if tally.left_out > 0 {
        text.push_str(&format!("  left out {}\n", tally.left_out));
    }
    let beyond: usize = tally.fits_none.iter().sum();
    if model.segments.iter().any(|segment| segment.reach.is_some()) {
        text.push_str(&format!(
            "{} ({:.1} %) are farther from their segment than {:.0} in 100 of its own customers were; about {:.0} % are by construction.\n",
            count(beyond),
            share(beyond, placed),
            100.0 * FITS,
            100.0 * (1.0 - FITS)
        ));
    }
    tally.decisions.iter().for_each(|decision| text.push_str(&format!("{decision}\n")));
    tally.notes.iter().chain(&model.notes(&tally.met)).for_each(|note| text.push_str(&format!("{}\n", note.0)));
    text.push_str(&format!("wrote {}\n", out.display()));
    text
}
