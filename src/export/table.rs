//! Tables that leave: every customer with a persona, and the merges of the tree.
//!
//! In: the report or the tree. Out: CSV or Parquet. O(n p).

use std::io::{self, Write};

use crate::base::Ctx;
use crate::cluster::Dendrogram;
use crate::data::write::{self, Extra, ExtraValues};

use super::Report;

/// The input's rows in order with all columns, then `persona` (its number, 1 the largest unless numbers were carried over; empty for noise and rows left out) and `persona_name`.
///
/// A column of the input that is already called `persona` leaves as `persona (input)`, because programs look for ours.
pub fn labels_csv(report: &Report, to: impl Write, ctx: &Ctx) -> io::Result<()> {
    write::csv(&report.loaded.table, &extra_columns(report), to, ctx).map_err(io::Error::other)
}

/// The same as Parquet.
pub fn labels_parquet(report: &Report, to: impl Write, ctx: &Ctx) -> io::Result<()> {
    write::parquet(&report.loaded.table, &extra_columns(report), to, ctx).map_err(io::Error::other)
}

/// `left,right,height,size`, numbered as SciPy's linkage matrix; heights survive being read back to the last bit.
pub fn merges_csv(tree: &Dendrogram, mut to: impl Write) -> io::Result<()> {
    writeln!(to, "left,right,height,size")?;
    for merge in &tree.merges {
        writeln!(to, "{},{},{:?},{}", merge.left, merge.right, merge.height, merge.size)?;
    }
    to.flush()
}

fn extra_columns(report: &Report) -> [Extra; 2] {
    let personas = &report.personas.personas;
    let name_of = |cluster: usize| personas.iter().find(|persona| persona.cluster == cluster).map(|persona| persona.name.clone());
    let names: Vec<Option<String>> = (0..report.labels.n_clusters()).map(name_of).collect();
    let numbers = report.labels.iter().map(|label| label.map(|cluster| report.labels.numbers()[cluster] as i64 + 1)).collect();
    let texts = report.labels.iter().map(|label| label.and_then(|cluster| names[cluster].clone())).collect();
    [
        Extra { name: "persona".to_owned(), values: ExtraValues::Whole(numbers) },
        Extra { name: "persona_name".to_owned(), values: ExtraValues::Text(texts) },
    ]
}
