//! How long do cards take? Describing and explaining 12 personas x 60 columns on 100 000 rows, and setting them in every format.
//!
//! 40 numbers, half of them with a long tail, and 20 categories of 3 to 30 levels; twelve planted groups differ in some of each. Describing and
//! explaining are timed several times, formats once: the first PDF also reads the fonts. Arguments: another number of rows, and `--keep FOLDER`
//! to leave the files there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use personae::base::Ctx;
use personae::base::seed::{RngExt, random};
use personae::data::Source;
use personae::engine::{self, Outputs, SilhouetteWish, Wanted};
use personae::export::{self, Choices, Density, Format};
use personae::persona::{Lexicon, describe, explained};
use personae::session::{Clustering, KMeansOptions, Plan};

const N_PERSONAS: usize = 12;
const N_NUMBERS: usize = 40;
const N_CATEGORIES: usize = 20;
/// So often is timed what leaves nothing behind.
const REPEATS: usize = 7;

/// Names the lexicon knows, so that naming is in the figure; the other columns are called by their place.
const KNOWN: [&str; 10] = [
    "total_spend",
    "order_count",
    "discount_share",
    "return_rate",
    "age",
    "tenure_months",
    "email_opens",
    "nps",
    "support_tickets",
    "avg_basket",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let n_rows = arguments.first().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let kept = arguments.iter().position(|word| word == "--keep").and_then(|at| arguments.get(at + 1)).map(PathBuf::from);
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = kept.unwrap_or_else(|| temporary.path().join("cards"));
    let file = temporary.path().join("customers.csv");
    write_customers(&file, n_rows);

    let clustering = Clustering { kmeans: KMeansOptions { k: Some(N_PERSONAS), restarts: 1 }, ..Clustering::default() };
    let plan = Plan { clustering, ..Plan::new(Source::file(file)) };
    let outputs = Outputs { silhouettes: SilhouetteWish::None, personas: true, explained: true, plots: true, ..Outputs::default() };
    let ctx = Ctx::new();
    let (report, plots) = engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &ctx).expect("an analysis");
    println!("{n_rows} rows, {} columns, {} personas", report.loaded.table.columns.len(), report.personas.personas.len());

    let lexicon = Lexicon::built_in();
    let (loaded, prepared, labels) = (&report.loaded, &report.prepared, &report.labels);
    repeated("describe", || describe(loaded, prepared, labels, &[], &lexicon, &ctx));
    repeated("explain", || explained(loaded, prepared, labels, &report.roles, &lexicon, 0, &ctx));
    let one = |what: &str, format: Format, density: Density, times: usize| {
        let choices = Choices { density, ..Choices::of(&[format]) };
        let folder = folder.join(what.replace([' ', ','], "-"));
        for nth in 0..times {
            let since = Instant::now();
            let written = export::write_all(&report, &plots, &choices, &folder, &ctx).expect("files");
            let seconds = since.elapsed().as_secs_f64();
            let bytes: u64 = written.files.iter().map(|file| file.bytes).sum();
            let again = if nth > 0 { ", again" } else { "" };
            println!("{:32} {seconds:.2} s   {} files, {:.1} MB", format!("{what}{again}"), written.files.len(), bytes as f64 / 1e6);
        }
    };
    one("PDF, workshop", Format::Pdf, Density::Workshop, 2);
    one("PDF, analyst", Format::Pdf, Density::Analyst, 1);
    one("PPTX, analyst", Format::Pptx, Density::Analyst, 1);
    one("HTML, analyst", Format::Html, Density::Analyst, 1);
    one("Markdown, analyst", Format::Markdown, Density::Analyst, 1);
    one("PNG, workshop", Format::Png, Density::Workshop, 1);
}

/// Prints the first time, which finds nothing in the processor's caches, and the median of all.
fn repeated<T>(what: &str, work: impl Fn() -> T) {
    let timed = || {
        let since = Instant::now();
        std::hint::black_box(work());
        since.elapsed().as_secs_f64()
    };
    let first = timed();
    let mut all: Vec<f64> = (1..REPEATS).map(|_| timed()).chain([first]).collect();
    all.sort_by(f64::total_cmp);
    println!("{what:32} {:.3} s   first {first:.3} s, longest {:.3} s", all[REPEATS / 2], all[REPEATS - 1]);
}

fn write_customers(path: &Path, n_rows: usize) {
    let mut rng = random(7, 0);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("writable"));
    let numbers = (0..N_NUMBERS).map(|at| KNOWN.get(at).map_or_else(|| format!("measure_{at}"), |name| (*name).to_owned()));
    let categories = (0..N_CATEGORIES).map(|at| format!("kind_{at}"));
    writeln!(file, "{}", numbers.chain(categories).collect::<Vec<_>>().join(",")).expect("writable");
    let centres: Vec<f64> = (0..N_PERSONAS * N_NUMBERS).map(|_| 4.0 * rng.random::<f64>()).collect();
    for row in 0..n_rows {
        let group = row % N_PERSONAS;
        for at in 0..N_NUMBERS {
            let spread: f64 = (0..3).map(|_| rng.random::<f64>() - 0.5).sum();
            let value = centres[group * N_NUMBERS + at] + spread;
            // Every second one has a long tail, every fifth is whole, so that it has ties.
            let value = if at % 2 == 1 { value.exp() } else { value };
            match at % 5 {
                0 => write!(file, "{:.0},", 10.0 * value.abs()),
                _ => write!(file, "{value:.3},"),
            }
            .expect("writable");
        }
        for at in 0..N_CATEGORIES {
            let n_levels = 3 + at * 27 / (N_CATEGORIES - 1);
            let own = rng.random::<f64>() < 0.3;
            let level = if own { group * (at + 1) % n_levels } else { rng.random_range(0..n_levels) };
            let end = if at + 1 == N_CATEGORIES { "\n" } else { "," };
            write!(file, "level {level}{end}").expect("writable");
        }
    }
}
