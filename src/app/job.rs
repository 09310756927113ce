//! What does `personae job` do? Write a model as a Spark job, and check what the job made of the orders.
//!
//! In: a model whose table is built from orders. Out: a folder that runs with spark-submit; or, of a job that ran, how many customers it placed differently than this program does, each with the margin.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use crate::base::text::count;
use crate::base::{Ctx, part};
use crate::cluster::lanes::squared_distance;
use crate::data::day::IsoDay;
use crate::data::write::csv_line;
use crate::data::{Loaded, Source};
use crate::engine::Engine;
use crate::export::spark_job;
use crate::model::{self, Model, Place, Placing};
use crate::session::Plan;

use super::args::day;
use super::failure::{Failure, failed};
use super::logging;
use super::outputs;
use super::saying::say;

/// Two centres that are equally far to so many digits are a tie.
const TIE: f64 = 1e-9;
/// Distances that differ by no more than this are one.
const SAME: f64 = 1e-6;
/// Customers that are listed.
const LISTED: usize = 20;

/// What may be said about a job.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct JobArgs {
    /// The segment model, as `personae model` or the window's export wrote it; its table is built from one file of orders.
    #[arg(required = true)]
    model: Option<PathBuf>,
    /// The folder to write.
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<JobDo>,
}

#[derive(Debug, Subcommand)]
enum JobDo {
    /// Place everyone again and say who was placed differently by the job.
    Verify {
        /// The folder of the job.
        job: PathBuf,
        /// What the job wrote of everyone: its folder customers, or a CSV file with customer, persona and persona_distance.
        labels: PathBuf,
        /// The orders, as one file or a folder.
        orders: PathBuf,
        /// The day everything is counted back from; the day after the last order unless given.
        #[arg(long, value_name = "DATE", value_parser = day)]
        snapshot: Option<IsoDay>,
    },
}

/// Where somebody is.
#[derive(Debug, Clone, PartialEq)]
struct Label {
    persona: String,
    distance: Option<f64>,
    /// How far the customer is from the centre of every persona, where the model is asked.
    apart: BTreeMap<String, f64>,
}

type Labels = BTreeMap<String, Label>;

/// Writes the folder, or checks what a job made.
pub(super) fn carry_out(args: JobArgs) -> Result<(), Failure> {
    match (args.what, args.model, args.out) {
        (Some(JobDo::Verify { job, labels, orders, snapshot }), ..) => verify(&job, &labels, &orders, snapshot),
        (None, Some(model), Some(out)) => write(&model, &out),
        (None, ..) => Err(Failure::WrongUse("Give a model and --out, or verify.".into())),
    }
}

fn write(path: &Path, out: &Path) -> Result<(), Failure> {
    logging::opens(&[path.to_owned()]);
    let model = model::open(path).map_err(failed)?;
    let job = spark_job(&model).map_err(failed)?;
    let is_other = |entry: std::fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
    if std::fs::read_dir(out).is_ok_and(|mut inside| inside.any(|entry| entry.is_ok_and(is_other))) && !out.join("job.json").is_file() {
        return Err(Failure::WrongUse(format!("{} holds other files; give an empty folder, or a new one.", out.display())));
    }
    std::fs::create_dir_all(out)
        .map_err(|error| Failure::Failed(format!("{} cannot be made ({error}); check the name and your permission.", out.display())))?;
    for (name, text) in &job.files {
        outputs::write_text(&out.join(name), text)?;
    }
    let check = out.join("check.csv");
    outputs::write_text(&check, &job.check)?;
    let labels = placed(&model, &check, Some(job.checked_on))?;
    let mut text = csv_line(["customer", "persona", "persona_distance"]);
    for (customer, label) in &labels {
        let distance = label.distance.map_or_else(String::new, |distance| format!("{distance:?}"));
        text.push_str(&csv_line([customer.as_str(), &label.persona, &distance]));
    }
    outputs::write_text(&out.join("check_labels.csv"), &text)?;
    say(&format!("wrote {0}: spark-submit {0}/run.py --events FOLDER --out FOLDER\n", out.display()));
    Ok(())
}

/// Everyone's segment by the model, the table being built from one file or folder of orders.
fn placed(model: &Model, orders: &Path, snapshot: Option<IsoDay>) -> Result<Labels, Failure> {
    let mut recipe = model.table.clone().ok_or_else(|| Failure::Failed("This model's table is not built from orders.".into()))?;
    for source in &mut recipe.sources {
        source.path = orders.to_owned();
    }
    recipe.snapshot = snapshot.or(recipe.snapshot);
    let mut plan = Plan::new(Source::Sources(Arc::new(recipe)));
    plan.preparation.no_answer_is_missing = model.no_answer_is_missing;
    let ctx = Ctx::new();
    let (loaded, _) = Engine::headless().table_of(&plan, &ctx).map_err(|problem| failed(&problem.0))?;
    let placement = model.place(&loaded, &ctx).map_err(failed)?;
    let apart = apart(model, &loaded, &ctx)?;
    let label = |(row, place): (usize, &Place)| {
        let Place::Segment(at) = place else { return None };
        let distance = Some(placement.distances[row]).filter(|distance| !distance.is_nan());
        let label =
            Label { persona: part::text(model.segments[*at].number), distance, apart: apart.get(&row).cloned().unwrap_or_default() };
        Some((loaded.table.columns[0].cell(row).into_owned(), label))
    };
    Ok(placement.places.iter().enumerate().filter_map(label).collect())
}

/// How far every row of the table is from each centre, by the number of its persona.
fn apart(model: &Model, loaded: &Loaded, ctx: &Ctx) -> Result<BTreeMap<usize, BTreeMap<String, f64>>, Failure> {
    let (Placing::Space { encoder, .. }, Some(centres)) = (&model.placing, model.centres()) else { return Ok(BTreeMap::new()) };
    let encoded = encoder.apply(loaded, ctx).map_err(failed)?;
    let of = |row: usize| {
        let to = |at: usize| (part::text(model.segments[at].number), squared_distance(encoded.matrix.row(row), centres.row(at)).sqrt());
        (0..centres.n_rows()).map(to).collect()
    };
    Ok(encoded.table_rows.iter().enumerate().map(|(at, &row)| (row, of(at))).collect())
}

/// What a job wrote of everyone.
fn labels_of(path: &Path) -> Result<Labels, Failure> {
    let read = |path: &Path| -> Result<Arc<Loaded>, Failure> {
        let plan = Plan::new(Source::file(path.to_owned()));
        Engine::headless().table_of(&plan, &Ctx::new()).map(|(loaded, _)| loaded).map_err(|problem| failed(&problem.0))
    };
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let inside = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        files = inside.filter(|path| path.extension().is_some_and(|ending| ending == "csv")).collect();
        files.sort();
    }
    if files.is_empty() {
        return Err(Failure::WrongUse(format!("{} holds no CSV; give the folder customers that the job wrote.", path.display())));
    }
    let mut labels = Labels::new();
    for file in files {
        let loaded = read(&file)?;
        let column = |name: &str| {
            loaded
                .table
                .column(name)
                .ok_or_else(|| Failure::Failed(format!("{} has no column {name}; give what the job wrote of everyone.", file.display())))
        };
        let (customer, persona, distance) = (column("customer")?, column("persona")?, column("persona_distance")?);
        for row in 0..loaded.table.n_rows {
            let label = Label { persona: persona.cell(row).into_owned(), distance: distance.number(row), apart: BTreeMap::new() };
            labels.insert(customer.cell(row).into_owned(), label);
        }
    }
    Ok(labels)
}

fn verify(job: &Path, labels: &Path, orders: &Path, snapshot: Option<IsoDay>) -> Result<(), Failure> {
    let path = job.join("model.json");
    logging::opens(&[path.clone(), labels.to_owned(), orders.to_owned()]);
    let model = model::open(&path).map_err(failed)?;
    let (expected, found) = (placed(&model, orders, snapshot)?, labels_of(labels)?);
    let mut told = Vec::new();
    let mut ties = 0;
    for (customer, own) in &expected {
        match found.get(customer) {
            Some(label) if label.persona == own.persona => {
                let is_same = own.distance.zip(label.distance).is_none_or(|(own, other)| (own - other).abs() <= SAME * own.max(1.0));
                if !is_same {
                    let [own, other] = [own, label].map(|of| of.distance.unwrap_or_default());
                    told.push(format!("{customer}: {own} from the centre here, {other} there"));
                }
            }
            Some(label) => {
                // By the model itself: what the job says of distances could be as wrong as the rest.
                let to = |persona: &String| own.apart.get(persona);
                let margin = to(&own.persona).zip(to(&label.persona)).map(|(own, other)| (own - other).abs());
                if margin.is_some_and(|margin| margin < TIE) {
                    ties += 1;
                } else {
                    let margin = margin.map_or_else(|| "unknown".to_owned(), |margin| format!("{margin:.3e}"));
                    told.push(format!("{customer}: persona {} here, {} there, margin {margin}", own.persona, label.persona));
                }
            }
            None => told.push(format!("{customer}: persona {} here, missing there", own.persona)),
        }
    }
    told.extend(found.keys().filter(|customer| !expected.contains_key(*customer)).map(|customer| format!("{customer}: only there")));
    let n = count(expected.len());
    if ties > 0 {
        say(&format!("{} customers lie midway between two centres and may be on either side.\n", count(ties)));
    }
    if told.is_empty() {
        say(&format!("0 of {n} customers are placed differently.\n"));
        return Ok(());
    }
    let mut text = format!("{} of {n} customers are placed differently:", count(told.len()));
    told.iter().take(LISTED).for_each(|line| text.push_str(&format!("\n  {line}")));
    if told.len() > LISTED {
        text.push_str(&format!("\n  and {} more", count(told.len() - LISTED)));
    }
    Err(Failure::Failed(text))
}
