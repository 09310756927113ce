//! What does each step cost as the work grows? Time and peak memory for 10 000 to 10 000 000 rows of 4, 8 and 32 columns.
//!
//! Every cell is a process of its own, so that the peak is that of one step with its data. A cell that takes longer than
//! [`LONGEST`] is ended and told as such. Names of steps as arguments choose among them. Memory is read where Linux tells it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{self, KMeansParams, Linkage};
use personae::data::{self, Source};
use personae::evaluate::{self, ForecastTable, Foretold, Regroup};

/// A cell that takes longer is ended.
const LONGEST: Duration = Duration::from_secs(60);
const COLUMNS: [usize; 3] = [4, 8, 32];

/// A step and the row counts it is asked for.
struct Step {
    name: &'static str,
    title: &'static str,
    rows: &'static [usize],
}

const STEPS: [Step; 9] = [
    Step { name: "load", title: "reading a CSV file", rows: &[10_000, 100_000, 1_000_000, 10_000_000] },
    Step { name: "k-means", title: "k-means, k = 8, one run", rows: &[10_000, 100_000, 1_000_000, 10_000_000] },
    Step { name: "silhouette", title: "exact silhouettes of 11 groupings", rows: &[10_000, 100_000] },
    Step { name: "density", title: "density tree, min samples 10", rows: &[10_000, 100_000, 1_000_000] },
    Step { name: "epsilon", title: "one further epsilon", rows: &[10_000, 100_000] },
    Step { name: "ward", title: "Ward tree", rows: &[10_000, 100_000, 1_000_000] },
    Step { name: "folds", title: "a round of five folds, k-means", rows: &[10_000, 100_000, 1_000_000] },
    Step { name: "forecast", title: "five models out of fold, 200 draws", rows: &[10_000, 100_000] },
    Step { name: "mixture", title: "a mixture of eight, one start", rows: &[10_000, 100_000] },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [cell, name, rows, columns, ..] = &arguments[..]
        && cell == "--cell"
    {
        let (rows, columns) = (rows.parse().expect("rows"), columns.parse().expect("columns"));
        let seconds = run(name, rows, columns, arguments.get(4).map(String::as_str));
        println!("{seconds} {}", peak_bytes().unwrap_or(0));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    println!("| step | rows | columns | time | peak memory |\n|---|---|---|---|---|");
    for step in STEPS.iter().filter(|step| arguments.is_empty() || arguments.iter().any(|name| name == step.name)) {
        for &rows in step.rows {
            for columns in COLUMNS {
                let file = folder.path().join("customers.csv");
                if step.name == "load" {
                    write_customers(&file, rows, columns);
                }
                let told = cell(step.name, rows, columns, &file);
                println!("| {} | {rows} | {columns} | {told} |", step.title);
            }
        }
    }
}

/// Runs one cell in a process of its own.
fn cell(name: &str, rows: usize, columns: usize, file: &std::path::Path) -> String {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--cell", name, &rows.to_string(), &columns.to_string()])
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("a process");
    let since = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if since.elapsed() > LONGEST {
            child.kill().expect("a child");
            let _ = child.wait();
            return format!("more than {} s | ", LONGEST.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().expect("its output");
    let said = String::from_utf8_lossy(&output.stdout);
    match said.split_whitespace().collect::<Vec<_>>()[..] {
        [seconds, bytes] => {
            let (seconds, bytes): (f64, f64) = (seconds.parse().expect("seconds"), bytes.parse().expect("bytes"));
            let time = if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.1} s") };
            format!("{time} | {:.0} MB", bytes / 1e6)
        }
        _ => "no answer | ".to_owned(),
    }
}

/// One step, timed without the making of its data.
fn run(name: &str, rows: usize, columns: usize, file: Option<&str>) -> f64 {
    let ctx = Ctx::new();
    if name == "load" {
        let source = Source::file(file.expect("a file"));
        return timed(|| data::read(&source, &ctx));
    }
    let x = blobs(rows, columns);
    match name {
        "k-means" => timed(|| cluster::kmeans(&x, &KMeansParams { k: 8, restarts: 1, seed: 0 }, &ctx)),
        "silhouette" => {
            let labelings: Vec<Labels> =
                (2..=12).map(|k| Labels::from_ids(&(0..rows).map(|row| row % 8 % k).collect::<Vec<_>>())).collect();
            let labelings: Vec<&Labels> = labelings.iter().collect();
            timed(|| evaluate::silhouettes(&x, &labelings, &ctx))
        }
        "density" => timed(|| cluster::density(&x, 10, &ctx)),
        "epsilon" => {
            let tree = cluster::density(&x, 10, &ctx).expect("fits");
            let epsilon = tree.k_distances()[rows / 2];
            timed(|| tree.labels_at(epsilon))
        }
        "folds" => {
            let how = Regroup::KMeans { k: 8, restarts: 1, seed: 0 };
            let labels = Labels::from_ids(&(0..rows).map(|row| row % 8).collect::<Vec<_>>());
            timed(|| evaluate::folds(&x, &labels, &how, 0, 1, None, &ctx))
        }
        "forecast" => {
            let persona: Vec<Option<usize>> = (0..rows).map(|row| Some(row % 8)).collect();
            let happened: Vec<bool> = (0..rows).map(|row| x.at(row, 0) + x.at(row, 1) > 0.0).collect();
            let table = ForecastTable { rfm: &x, persona: &persona, n_personas: 8, all: &x, outcome: Foretold::YesOrNo(&happened) };
            timed(|| evaluate::forecast(&table, 0, 200, &ctx))
        }
        "mixture" => timed(|| cluster::mixture(&x, 8, 0, 1, &ctx)),
        _ => timed(|| cluster::linkage(&x, Linkage::Ward, &ctx)),
    }
}

fn timed<T>(step: impl FnOnce() -> T) -> f64 {
    let since = Instant::now();
    std::hint::black_box(step());
    since.elapsed().as_secs_f64()
}

/// The most memory this process ever held.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Sums of three uniform numbers around eight centres: round enough, and quick to make.
fn blobs(n_rows: usize, n_columns: usize) -> Matrix {
    let mut values = Vec::with_capacity(n_rows * n_columns);
    each_row(n_rows, n_columns, |row| values.extend_from_slice(row));
    Matrix::new(values, n_rows, n_columns).expect("finite")
}

fn write_customers(path: &std::path::Path, n_rows: usize, n_columns: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("writable"));
    let names: Vec<String> = (0..n_columns).map(|column| format!("x{column}")).collect();
    writeln!(file, "{}", names.join(",")).expect("writable");
    each_row(n_rows, n_columns, |row| {
        for (column, value) in row.iter().enumerate() {
            let end = if column + 1 == row.len() { "\n" } else { "," };
            write!(file, "{value:.4}{end}").expect("writable");
        }
    });
}

fn each_row(n_rows: usize, n_columns: usize, mut take: impl FnMut(&[f64])) {
    let mut rng = random(7, 0);
    let centres: Vec<f64> = (0..8 * n_columns).map(|_| 20.0 * rng.random::<f64>()).collect();
    let mut values = vec![0.0; n_columns];
    for row in 0..n_rows {
        for (value, centre) in values.iter_mut().zip(&centres[row % 8 * n_columns..]) {
            let spread: f64 = (0..3).map(|_| rng.random::<f64>() - 0.5).sum();
            *value = centre + 4.0 * spread;
        }
        take(&values);
    }
}
