//! The guest's reader of Parquet and Arrow: batches of rows, each a part of a file that may be damaged.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;

use crate::base::Ctx;
use crate::data::error::DataError;
use crate::data::grouped;
use crate::data::read::format::Columnar;

use super::nested;
use super::request::{Take, Told, UseOf};

/// Bytes of rows that are handed over at a time, roughly.
const BATCH_BYTES: u64 = 16 << 20;

/// Rows of a batch, at most: values that repeat take hardly any room in a file, and all of theirs in memory.
const BATCH_ROWS: usize = 1 << 18;

/// Cells of a batch, at most, roughly: wide files come a few rows at a time.
const BATCH_CELLS: usize = 1 << 25;

/// Rows of columns that nest which are written as JSON at a time: their texts take more room than they do.
const NESTED_ROWS: usize = 1 << 14;

/// Hands over all rows, batch by batch, at least one batch. Where the caller holds all of them, a file that claims more rows than fit into
/// `budget` is refused before any is read; elsewhere columns that are binary are left out, since nobody queries them, and those that nest are what
/// `use_of` says. Of columns that are named (`only`), no others are read.
pub(super) fn batches(
    path: &Path,
    title: &str,
    (format, use_of, only): (Columnar, UseOf, &[String]),
    budget: u64,
    take: &mut Take,
    ctx: &Ctx,
) -> Result<Told, DataError> {
    let damaged = |error: PolarsError| DataError::damaged(title, format.name(), error);
    let mut file = Batches::open(path, format).map_err(|error| match error {
        PolarsError::IO { error, .. } if error.kind() != std::io::ErrorKind::Other => DataError::of_io(path, &error),
        error => damaged(error),
    })?;
    let is_left_out = |dtype: &DataType| match use_of {
        UseOf::Whole => false,
        UseOf::Rows => dtype.is_nested() || *dtype == DataType::Binary,
        UseOf::Queries => *dtype == DataType::Binary || (dtype.is_nested() && !nested::is_written(dtype)),
    };
    let (out, kept): (Vec<_>, Vec<_>) = (file.schema.iter())
        .filter(|(name, _)| only.is_empty() || only.iter().any(|wanted| wanted == name.as_str()))
        .partition(|(_, dtype)| is_left_out(dtype));
    let told = Told { left_out: out.iter().map(|(name, dtype)| (name.to_string(), dtype.to_string())).collect(), ..Told::default() };
    let is_nested = use_of == UseOf::Queries && kept.iter().any(|(_, dtype)| dtype.is_nested());
    let kept: Vec<PlSmallStr> = kept.iter().map(|(name, _)| (*name).clone()).collect();
    DataError::unless_narrow(title, kept.len())?;
    let (n_rows, has) = (file.n_rows, budget);
    let needs = (n_rows as u64).saturating_mul(kept.len() as u64).saturating_mul(size_of::<f64>() as u64);
    if use_of == UseOf::Whole && has > 0 && needs > has {
        return Err(DataError::TooBig { title: title.to_owned(), needs, has });
    }
    let mut at = 0;
    loop {
        ctx.check()?;
        let n = file.batch(at).min((BATCH_CELLS / kept.len().max(1)).max(1));
        let rows = file.rows(at, n, &kept).map_err(damaged)?;
        if rows.height() != n && !kept.is_empty() {
            return Err(damaged(polars_err!(ComputeError: "it promises {} rows and has fewer", grouped(n_rows))));
        }
        let share = |at: usize| if n_rows == 0 { 1.0 } else { at as f32 / n_rows as f32 };
        if is_nested && n > 0 {
            for start in (0..n).step_by(NESTED_ROWS) {
                ctx.check()?;
                let rows = nested::flattened(rows.slice(start as i64, NESTED_ROWS)).map_err(damaged)?;
                take(rows, share(at + start))?;
            }
        } else {
            let rows = if is_nested { nested::flattened(rows).map_err(damaged)? } else { rows };
            take(rows, share(at + n))?;
        }
        at += n;
        if at >= n_rows {
            return Ok(told);
        }
    }
}

/// A file whose rows are read in batches.
struct Batches {
    schema: Schema,
    n_rows: usize,
    rows: Rows,
}

/// Where the rows come from.
enum Rows {
    Parquet { file: File, footer: polars::io::prelude::FileMetadataRef },
    Arrow { frame: Box<LazyFrame>, bytes_of_row: u64 },
}

impl Batches {
    fn open(path: &Path, format: Columnar) -> PolarsResult<Batches> {
        let file = File::open(path)?;
        Ok(match format {
            Columnar::Parquet => {
                let mut reader = ParquetReader::new(file.try_clone()?);
                let schema = Schema::from_arrow_schema(&*reader.schema()?);
                let footer = reader.get_metadata()?.clone();
                let n_rows = footer.row_groups.iter().map(|group| group.num_rows()).sum();
                Batches { schema, n_rows, rows: Rows::Parquet { file, footer } }
            }
            Columnar::Arrow => {
                let args = UnifiedScanArgs { glob: false, ..UnifiedScanArgs::default() };
                let mut frame = LazyFrame::scan_ipc(PlRefPath::try_from_path(path)?, IpcScanOptions::default(), args)?;
                let schema = (*frame.collect_schema()?).clone();
                let counted = frame.clone().select([len()]).collect()?;
                let n_rows = counted.columns().first().and_then(|column| column.get(0).ok()?.extract::<usize>()).unwrap_or(0);
                let bytes_of_row = file.metadata()?.len() / n_rows.max(1) as u64;
                Batches { schema, n_rows, rows: Rows::Arrow { frame: Box::new(frame), bytes_of_row } }
            }
        })
    }

    /// How many rows the batch from row `at` has: whole row groups of a Parquet file, which are unpacked at once.
    fn batch(&self, at: usize) -> usize {
        match &self.rows {
            Rows::Parquet { footer, .. } => {
                let (mut n, mut bytes, mut end) = (0, 0, 0);
                for group in &footer.row_groups {
                    end += group.num_rows();
                    if end <= at {
                        continue;
                    }
                    let more = end - at - n;
                    let size = group.total_byte_size() as u64;
                    if n > 0 && (bytes + size > BATCH_BYTES || n + more > BATCH_ROWS) {
                        break;
                    }
                    (n, bytes) = (n + more, bytes + size);
                }
                n.min(BATCH_ROWS)
            }
            Rows::Arrow { bytes_of_row, .. } => {
                let most = (BATCH_BYTES / (*bytes_of_row).max(1)).clamp(1, BATCH_ROWS as u64) as usize;
                (self.n_rows - at).min(most)
            }
        }
    }

    fn rows(&mut self, at: usize, n: usize, columns: &[PlSmallStr]) -> PolarsResult<DataFrame> {
        match &self.rows {
            Rows::Parquet { file, footer } => {
                let mut reader = ParquetReader::new(file.try_clone()?);
                reader.set_metadata(footer.clone());
                let columns = columns.iter().map(ToString::to_string).collect();
                reader.with_columns(Some(columns)).with_slice(Some((at, n))).finish()
            }
            Rows::Arrow { frame, .. } => {
                // A name in a file is a name, not a pattern of names.
                let columns = by_name(columns.iter().cloned(), true, false).as_expr();
                (**frame).clone().select([columns]).slice(at as i64, n as IdxSize).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of eight columns in which one value stands over and over.
    fn repeating(folder: &Path, n_rows: usize) -> std::path::PathBuf {
        let column = |at: i32| Column::new_scalar(format!("c{at}").into(), Scalar::from(1.5), n_rows);
        let mut frame = DataFrame::new(n_rows, (0..8).map(column).collect()).unwrap();
        let path = folder.join("many.parquet");
        ParquetWriter::new(File::create(&path).unwrap()).with_row_group_size(Some(n_rows)).finish(&mut frame).unwrap();
        path
    }

    #[test]
    fn rows_that_would_not_fit_are_refused_before_any_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let n_rows = 3 * BATCH_ROWS / 2;
        let path = repeating(folder.path(), n_rows);
        assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20, "such a file is small");
        let read = |use_of: UseOf, budget: u64| {
            let mut heights = Vec::new();
            let mut take = |rows: DataFrame, _: f32| {
                heights.push(rows.height());
                Ok(())
            };
            batches(&path, "many.parquet", (Columnar::Parquet, use_of, &[]), budget, &mut take, &Ctx::new()).map(|_| heights)
        };
        let needs = n_rows as u64 * 8 * 8;
        let error = read(UseOf::Whole, needs - 1).unwrap_err();
        assert_eq!(error, DataError::TooBig { title: "many.parquet".into(), needs, has: needs - 1 });
        for (use_of, budget) in [(UseOf::Whole, needs), (UseOf::Whole, 0), (UseOf::Rows, 1), (UseOf::Queries, 1)] {
            assert_eq!(read(use_of, budget).unwrap(), [BATCH_ROWS, n_rows - BATCH_ROWS], "a row group of any size comes in pieces");
        }
    }
}
