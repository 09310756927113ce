//! Tables that leave: every customer with a persona, and the merges of the tree.
//!
//! In: the report or the tree. Out: CSV or Parquet. O(n p), and O(n k p) where distances to all centres are asked for.
//!
//! Columns added to the input's rows, which stay in order with all their columns:
//! - `persona`: the persona's number, 1 the largest unless numbers were carried over; empty for noise and for rows left out.
//! - `persona_name`: its name.
//! - `distance`: how far the customer is from the centre of the persona, as the Euclidean distance in the prepared columns (so in standard
//!   deviations where columns were standardised); the centre is the mean of the persona's customers. Small is typical.
//! - `second_persona`, `second_persona_name`: of the other personas the one whose centre is nearest; of equally near ones the larger. Empty
//!   where there is no other, and where `persona` is empty.

use std::io::{self, Write};

use rayon::prelude::*;

use crate::base::part;
use crate::base::{Ctx, Matrix, Stopped};
use crate::cluster::Dendrogram;
use crate::data::write::{self, Extra, ExtraValues};

use super::Report;

/// The input's rows in order with all columns, then `persona` and `persona_name`: what other programs' labels are compared with.
///
/// A column of the input that is already called `persona` leaves as `persona (input)`, because programs look for ours.
pub fn labels_csv(report: &Report, to: impl Write, ctx: &Ctx) -> io::Result<()> {
    write::csv(&report.loaded.table, &persona_columns(report), to, ctx).map_err(io::Error::other)
}

/// The same with `distance`, `second_persona` and `second_persona_name`: the labelled customers. Cells that a spreadsheet would run as formulas get an
/// apostrophe before them unless `keeps_formulas`; returns how many did.
pub fn customers_csv(report: &Report, keeps_formulas: bool, to: impl Write, ctx: &Ctx) -> io::Result<usize> {
    let (table, extras) = (&report.loaded.table, all_columns(report, ctx).map_err(io::Error::other)?);
    if keeps_formulas {
        write::csv(table, &extras, to, ctx).map_err(io::Error::other)?;
        return Ok(0);
    }
    write::csv_without_formulas(table, &extras, to, ctx).map_err(io::Error::other)
}

/// What is said about cells of a file that got an apostrophe.
pub fn note_of_formulas(file: &str, n_marked: usize) -> Option<String> {
    let (cells, have) = if n_marked == 1 { ("cell", "has") } else { ("cells", "have") };
    let n = crate::base::text::count(n_marked);
    (n_marked > 0).then(|| {
        format!(
            "{n} {cells} of {file} that a spreadsheet would run as formulas {have} an apostrophe before them; choose to keep formulas (--keep-formulas) to leave them as they are."
        )
    })
}

/// The same as Parquet.
pub fn customers_parquet(report: &Report, to: impl Write, ctx: &Ctx) -> io::Result<()> {
    write::parquet(&report.loaded.table, &all_columns(report, ctx).map_err(io::Error::other)?, to, ctx).map_err(io::Error::other)
}

/// `left,right,height,size`, numbered as SciPy's linkage matrix; heights survive being read back to the last bit.
pub fn merges_csv(tree: &Dendrogram, mut to: impl Write) -> io::Result<()> {
    writeln!(to, "left,right,height,size")?;
    for merge in &tree.merges {
        writeln!(to, "{},{},{:?},{}", merge.left, merge.right, merge.height, merge.size)?;
    }
    to.flush()
}

pub(super) fn persona_columns(report: &Report) -> Vec<Extra> {
    let of_row: Vec<Option<usize>> = report.labels.iter().collect();
    let [numbers, names] = told(report, &of_row, ["persona", "persona_name"]);
    vec![numbers, names]
}

fn all_columns(report: &Report, ctx: &Ctx) -> Result<Vec<Extra>, Stopped> {
    let mut columns = persona_columns(report);
    let near = nearness(report, ctx)?;
    let distances = near.iter().map(|near| near.map(|near| near.distance)).collect();
    columns.push(Extra { name: "distance".to_owned(), values: ExtraValues::Number(distances) });
    let second: Vec<Option<usize>> = near.iter().map(|near| near.and_then(|near| near.second)).collect();
    columns.extend(told(report, &second, ["second_persona", "second_persona_name"]));
    Ok(columns)
}

/// A column of numbers and one of names for the cluster of every row.
pub(super) fn told(report: &Report, cluster_of_row: &[Option<usize>], [number, name]: [&str; 2]) -> [Extra; 2] {
    let personas = &report.personas.personas;
    let name_of = |cluster: usize| personas.iter().find(|persona| persona.cluster == cluster).map(|persona| persona.name.clone());
    let names: Vec<Option<String>> = (0..report.labels.n_clusters()).map(name_of).collect();
    let numbers = numbers_told(report, cluster_of_row);
    let texts = cluster_of_row.iter().map(|cluster| cluster.and_then(|cluster| names[cluster].clone())).collect();
    [Extra { name: number.to_owned(), values: numbers }, Extra { name: name.to_owned(), values: ExtraValues::Text(texts) }]
}

/// The number of the persona of every row; text where parts of segments have numbers such as 3.1.
fn numbers_told(report: &Report, cluster_of_row: &[Option<usize>]) -> ExtraValues {
    let numbers = report.labels.numbers();
    if numbers.iter().any(|number| part::depth(*number) > 0) {
        let texts: Vec<String> = numbers.iter().map(|number| part::text(*number)).collect();
        return ExtraValues::Text(cluster_of_row.iter().map(|cluster| cluster.map(|cluster| texts[cluster].clone())).collect());
    }
    ExtraValues::Whole(cluster_of_row.iter().map(|cluster| cluster.map(|cluster| numbers[cluster] as i64 + 1)).collect())
}

/// Where a customer stands between the personas.
#[derive(Debug, Clone, Copy)]
struct Near {
    /// To the centre of its own.
    distance: f64,
    /// The other one whose centre is nearest.
    second: Option<usize>,
}

/// Rows between two looks at whether to stop.
const CHUNK: usize = 1024;

/// For every row of the table; none for noise and rows left out. Sums are folded in order, so the bytes do not depend on the threads.
fn nearness(report: &Report, ctx: &Ctx) -> Result<Vec<Option<Near>>, Stopped> {
    let matrix = &report.prepared.matrix;
    let table_rows = &report.prepared.table_rows;
    let centres = centres(report, ctx)?;
    let of_row = |matrix_row: usize| -> Option<Near> {
        let own = report.labels.get(table_rows[matrix_row])?;
        let row = matrix.row(matrix_row);
        let others = centres.iter().enumerate().filter(|(cluster, _)| *cluster != own);
        let second = others.map(|(cluster, centre)| (cluster, squared(row, centre))).reduce(|a, b| if b.1 < a.1 { b } else { a });
        Some(Near { distance: squared(row, &centres[own]).sqrt(), second: second.map(|(cluster, _)| cluster) })
    };
    let starts: Vec<usize> = (0..matrix.n_rows()).step_by(CHUNK).collect();
    let chunk = |&first: &usize| -> Result<Vec<Option<Near>>, Stopped> {
        ctx.check()?;
        Ok((first..(first + CHUNK).min(matrix.n_rows())).map(of_row).collect())
    };
    let chunks: Vec<Vec<Option<Near>>> = starts.par_iter().map(chunk).collect::<Result<_, _>>()?;
    let mut near = vec![None; report.labels.n_rows()];
    for (matrix_row, found) in chunks.into_iter().flatten().enumerate() {
        near[table_rows[matrix_row]] = found;
    }
    Ok(near)
}

/// The mean of each cluster's rows.
fn centres(report: &Report, ctx: &Ctx) -> Result<Vec<Vec<f64>>, Stopped> {
    let matrix: &Matrix = &report.prepared.matrix;
    let mut sums = vec![vec![0.0; matrix.n_cols()]; report.labels.n_clusters()];
    for (matrix_row, &table_row) in report.prepared.table_rows.iter().enumerate() {
        if matrix_row % CHUNK == 0 {
            ctx.check()?;
        }
        if let Some(cluster) = report.labels.get(table_row) {
            sums[cluster].iter_mut().zip(matrix.row(matrix_row)).for_each(|(sum, value)| *sum += value);
        }
    }
    for (sum, &size) in sums.iter_mut().zip(report.labels.sizes()) {
        sum.iter_mut().for_each(|sum| *sum /= size as f64);
    }
    Ok(sums)
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
