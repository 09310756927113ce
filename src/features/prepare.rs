//! From the table to what the clustering sees, as one recipe: decide, leave rows out, encode, decompose, choose the coordinates, warn.
//!
//! In: the loaded table and the preparation. Out: the matrix with every decision, fitted parameter and note, and the encoder that makes it of this or any
//! other table. The same bytes on any number of threads: columns are fitted one each, rows are encoded and summed in fixed blocks. O(n p^2), plus
//! O(n log n) for columns that need a median.

use rayon::prelude::*;

use crate::base::{Ctx, Matrix, Note, Stopped, memory};
use crate::data::{Kind, Loaded, grouped, may_be_personal};

use super::double::leave_out;
use super::encoder::{Encoder, left_out_note};
use super::encoder_error::EncodeError;
use super::error::PrepareError;
use super::fit::{self, Outcome};
use super::fitted_column::FittedColumn;
use super::pca::{self, Components, MAX_SCORES};
use super::prepared::{InputColumn, Pca, Prepared};
use super::projection::Projection;
use super::recipe::{Dimensions, MissingRule, Preparation, Scale};
use super::suggest::suggest;

/// Two columns with a larger correlation than this count double.
pub const CORRELATED: f64 = 0.9;

/// Rows there should be for each column that enters.
pub const ROWS_PER_COLUMN: usize = 100;

/// Prepares the table for clustering.
pub fn prepare(loaded: &Loaded, preparation: &Preparation, ctx: &Ctx) -> Result<Prepared, PrepareError> {
    prepare_with_encoder(loaded, preparation, ctx).map(|(prepared, _)| prepared)
}

/// The same, with the encoder that makes the matrix of this table or of any other with its columns.
pub fn prepare_with_encoder(loaded: &Loaded, preparation: &Preparation, ctx: &Ctx) -> Result<(Prepared, Encoder), PrepareError> {
    prepared_over(loaded, preparation, None, ctx)
}

/// Prepares some rows of the table, ascending, as if there were no others: scale, levels and components are fitted on them alone.
pub fn prepare_rows(loaded: &Loaded, preparation: &Preparation, rows: &[usize], ctx: &Ctx) -> Result<Prepared, PrepareError> {
    prepare_rows_with_encoder(loaded, preparation, rows, ctx).map(|(prepared, _)| prepared)
}

/// The same, with the encoder that was fitted to these rows.
pub fn prepare_rows_with_encoder(
    loaded: &Loaded,
    preparation: &Preparation,
    rows: &[usize],
    ctx: &Ctx,
) -> Result<(Prepared, Encoder), PrepareError> {
    prepared_over(loaded, preparation, Some(rows), ctx)
}

fn prepared_over(
    loaded: &Loaded,
    preparation: &Preparation,
    only: Option<&[usize]>,
    ctx: &Ctx,
) -> Result<(Prepared, Encoder), PrepareError> {
    ctx.check()?;
    ctx.progress("Preparing the columns", 0.0);
    let mut columns = suggest(loaded, preparation)?;
    require_columns(&columns)?;
    let mut notes = Vec::new();
    notes.extend(personal_note(loaded, preparation, &columns));
    let said = leave_out(loaded, preparation, &mut columns, &mut notes, ctx)?;
    let required = |column: &&InputColumn| column.enters && column.missing == MissingRule::LeaveOutRows;
    // Kept even where such a column turns out to tell nobody apart: its rows are out all the same.
    let required: Vec<String> = columns.iter().filter(required).map(|column| column.name.clone()).collect();
    let mut table_rows = rows_that_take_part(loaded, &columns, &mut notes, ctx)?;
    if let Some(only) = only {
        table_rows.retain(|row| only.binary_search(row).is_ok());
    }
    if table_rows.len() < 2 {
        return Err(PrepareError::TooFewRows { rows: table_rows.len(), n_table_rows: loaded.table.n_rows });
    }
    foresee_memory(loaded, &columns, table_rows.len())?;

    let fitted = fit_all(loaded, preparation, &mut columns, (&table_rows, &said), &mut notes, ctx)?;
    require_columns(&columns)?;
    let mut encoder = Encoder { required, columns: fitted, projection: None };
    let matrix = encoder.encode_columns(loaded, &table_rows, ctx)?;
    ctx.progress("Looking for principal components", 0.5);
    let names = encoder.encoded_names();
    let is_number: Vec<bool> = encoder.columns.iter().flat_map(|column| vec![column.is_number(); column.width()]).collect();
    let found = pca::components(&matrix, ctx)?.ok_or_else(|| PrepareError::NotFinite { name: widest(&matrix, &names) })?;

    notes.extend(correlation_notes(&found, &names, &is_number));
    notes.extend(few_rows_note(&columns, table_rows.len()));
    let means = found.means.clone();
    let (matrix, dimension_names, pca, n_components) = choose(matrix, found, names, &columns, preparation, &mut notes, ctx)?;
    encoder.projection = n_components.map(|k| Projection { means, weights: pca.loadings[..k].to_vec() });
    ctx.progress("Preparing the columns", 1.0);
    let prepared = Prepared { matrix, dimension_names, table_rows, n_table_rows: loaded.table.n_rows, columns, pca, notes };
    Ok((prepared, encoder))
}

/// Asks about columns of yes and no that may say who somebody is, as long as the user has not decided.
fn personal_note(loaded: &Loaded, preparation: &Preparation, columns: &[InputColumn]) -> Option<Note> {
    let is_open = |name: &str| !preparation.is_changed_for(name) && preparation.features.is_none();
    let asked = loaded.profile.columns.iter().zip(columns).filter(|(profile, column)| column.enters && may_be_personal(profile));
    let names: Vec<&str> = asked.map(|(profile, _)| profile.name.as_str()).filter(|name| is_open(name)).collect();
    let (last, rest) = names.split_last()?;
    let (holds, it, enters, is) = if rest.is_empty() { ("holds", "it", "enters", "it is") } else { ("hold", "they", "enter", "they are") };
    let names = if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
    Some(Note::new(format!(
        "{names} {holds} only yes and no and may describe personal traits. For now {it} {enters}; if {is} sensitive, give the role Sensitive on the Data page."
    )))
}

fn require_columns(columns: &[InputColumn]) -> Result<(), PrepareError> {
    if columns.iter().any(|column| column.enters) {
        return Ok(());
    }
    let mut reasons: Vec<String> = columns.iter().take(4).map(|c| format!("{}: {}", c.name, c.reason.trim_end_matches('.'))).collect();
    if columns.len() > reasons.len() {
        reasons.push("…".to_owned());
    }
    Err(PrepareError::NoColumns { reasons: reasons.join("; ") })
}

/// All rows but those with a missing value in a column whose rule says so.
fn rows_that_take_part(loaded: &Loaded, columns: &[InputColumn], notes: &mut Vec<Note>, ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
    let mut stays = vec![true; loaded.table.n_rows];
    for (column, input) in loaded.table.columns.iter().zip(columns) {
        ctx.check()?;
        if !input.enters || input.missing != MissingRule::LeaveOutRows {
            continue;
        }
        let mut n_missing = 0;
        for (row, stays) in stays.iter_mut().enumerate().filter(|(row, _)| column.is_missing(*row)) {
            debug_assert!(row < loaded.table.n_rows);
            *stays = false;
            n_missing += 1;
        }
        notes.extend(left_out_note(&input.name, n_missing));
    }
    Ok(stays.iter().enumerate().filter(|(_, stays)| **stays).map(|(row, _)| row).collect())
}

/// The encoded columns, the scores and the components live side by side at the peak.
fn foresee_memory(loaded: &Loaded, columns: &[InputColumn], n_rows: usize) -> Result<(), PrepareError> {
    let width = |(input, profile): (&InputColumn, &crate::data::ColumnProfile)| match (input.enters, input.kind) {
        (false, _) => 0,
        (true, Kind::Text) => profile.n_distinct.min(20),
        (true, _) => 1,
    };
    let n_columns: usize = columns.iter().zip(&loaded.profile.columns).map(width).sum();
    let needs = (n_rows as u64 * 8).saturating_mul(2 * n_columns as u64 + MAX_SCORES as u64);
    let has = memory::budget_bytes();
    if has > 0 && needs > has {
        return Err(PrepareError::TooBig { n_rows, n_columns, needs: memory::readable(needs), has: memory::readable(has) });
    }
    Ok(())
}

fn fit_all(
    loaded: &Loaded,
    preparation: &Preparation,
    columns: &mut [InputColumn],
    (rows, said): (&[usize], &[Vec<usize>]),
    notes: &mut Vec<Note>,
    ctx: &Ctx,
) -> Result<Vec<FittedColumn>, PrepareError> {
    let fit = |(at, input): (usize, &mut InputColumn)| -> Result<Outcome, Stopped> {
        let profile = &loaded.profile.columns[at];
        match (&profile.levels, input.enters) {
            (_, false) => Ok((None, Vec::new())),
            (Some(levels), true) => fit::category(profile, levels, input, (rows, &said[at]), preparation.rare_level_share, ctx),
            (None, true) => fit::number(&loaded.table.columns[at], profile, input, rows, ctx),
        }
    };
    let outcomes: Vec<Outcome> = columns.par_iter_mut().enumerate().map(fit).collect::<Result<_, _>>()?;
    let mut fitted = Vec::new();
    for (column, more) in outcomes {
        fitted.extend(column);
        notes.extend(more);
    }
    Ok(fitted)
}

impl From<EncodeError> for PrepareError {
    fn from(error: EncodeError) -> PrepareError {
        match error {
            EncodeError::Stopped(stopped) => PrepareError::Stopped(stopped),
            EncodeError::NotFinite { name, .. } => PrepareError::NotFinite { name },
            // The columns were fitted on this very table.
            EncodeError::NoColumn { name, closest } => PrepareError::UnknownColumn { name, closest },
            EncodeError::OtherKind { name, .. } => PrepareError::NotFinite { name },
        }
    }
}

/// The column with the largest numbers, for the sentence that blames it.
fn widest(matrix: &Matrix, names: &[String]) -> String {
    let largest = |col: usize| (0..matrix.n_rows()).map(|row| matrix.at(row, col).abs()).fold(0.0, f64::max);
    let widest = (0..names.len()).max_by(|&a, &b| largest(a).total_cmp(&largest(b)));
    widest.map_or_else(String::new, |col| names[col].clone())
}

/// Which coordinates the clustering sees, with the number of components if they are components, and the components for the map.
fn choose(
    matrix: Matrix,
    found: Components,
    names: Vec<String>,
    columns: &[InputColumn],
    preparation: &Preparation,
    notes: &mut Vec<Note>,
    ctx: &Ctx,
) -> Result<(Matrix, Vec<String>, Pca, Option<usize>), PrepareError> {
    let n_columns = names.len();
    // A wide table has no more components than rows tell apart.
    let p = found.eigenvalues.len();
    let total: f64 = found.eigenvalues.iter().sum();
    let explained: Vec<f64> = found.eigenvalues.iter().map(|value| value / total).collect();
    let has_categories = columns.iter().any(|column| column.enters && column.kind == Kind::Text);
    let all_standard =
        columns.iter().filter(|column| column.enters && column.kind != Kind::Text).all(|column| column.scale == Scale::Standard);
    // For standardised columns the average eigenvalue is 1; without that scale the average itself is the mark.
    let mark = if all_standard { 1.0 } else { total / n_columns as f64 };
    let above_mark = found.eigenvalues.iter().filter(|&&value| value > mark).count().max(2).min(p);
    let n_components = match preparation.dimensions {
        Dimensions::Auto if has_categories => Some(above_mark),
        Dimensions::Auto | Dimensions::Columns => None,
        Dimensions::ComponentsAboveOne => Some(above_mark),
        Dimensions::ComponentsFor80Percent => {
            let mut sum = 0.0;
            let enough = explained.iter().position(|share| {
                sum += share;
                sum >= 0.8 - 1e-12
            });
            Some(enough.map_or(p, |at| at + 1))
        }
        Dimensions::Components(k) => {
            if k > p {
                notes.push(Note::new(format!("{k} components were asked for, but there are only {p}; all of them are used.")));
            }
            Some(k.clamp(1, p))
        }
    };
    let kept = n_components.unwrap_or(0).max(p.min(MAX_SCORES));
    let mut scores = found.scores(&matrix, kept, ctx)?;
    let mut pca = Pca {
        encoded_names: names.clone(),
        eigenvalues: found.eigenvalues,
        explained,
        loadings: found.loadings,
        scores: Vec::new(),
        choice: String::new(),
    };
    let (matrix, names) = match n_components {
        None => {
            let these =
                if n_columns == 1 { format!("The column {} itself.", names[0]) } else { format!("The {n_columns} columns themselves.") };
            pca.choice = these;
            (matrix, names)
        }
        Some(k) => {
            let share = 100.0 * pca.explained.iter().take(k).sum::<f64>();
            let (components, explain) = if k == 1 { ("component", "explains") } else { ("components", "explain") };
            pca.choice = format!("{k} {components} {explain} {share:.0} % of the variance.");
            let (n, first) = (matrix.n_rows(), &scores[..k]);
            drop(matrix);
            let values: Vec<f64> = (0..n).flat_map(|row| first.iter().map(move |scores| scores[row])).collect();
            let components = Matrix::new(values, n, k).map_err(|_| PrepareError::NotFinite { name: "A component".to_owned() })?;
            (components, (1..=k).map(|c| format!("PC{c}")).collect())
        }
    };
    scores.truncate(MAX_SCORES);
    pca.scores = scores;
    Ok((matrix, names, pca, n_components))
}

/// Pairs of numbers that tell the same story twice, strongest first, at most five of them.
fn correlation_notes(found: &Components, names: &[String], is_number: &[bool]) -> Vec<Note> {
    let p = names.len();
    let Some(covariance) = &found.covariance else {
        let n = grouped(p);
        return vec![Note::new(format!(
            "There are fewer customers than columns ({n}), so columns that tell the same story twice were not looked for: by chance many would seem to."
        ))];
    };
    let at = |i: usize, j: usize| covariance[i * p + j];
    let mut pairs = Vec::new();
    for i in (0..p).filter(|&i| is_number[i]) {
        for j in (i + 1..p).filter(|&j| is_number[j]) {
            let r = at(i, j) / (at(i, i) * at(j, j)).sqrt();
            if r.abs() > CORRELATED {
                pairs.push((r, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then((a.1, a.2).cmp(&(b.1, b.2))));
    let more = pairs.len().saturating_sub(5);
    let mut notes: Vec<Note> = pairs
        .iter()
        .take(5)
        .map(|&(r, i, j)| {
            let together = if r > 0.0 { "move together" } else { "move against each other" };
            let r = format!("{r:.2}").replace('-', "\u{2212}");
            Note::new(format!("{} and {} {together} (r = {r}): they count double.", names[i], names[j]))
                .advising("Consider leaving one out.")
        })
        .collect();
    if more > 0 {
        notes.push(Note::new(format!("{more} more pairs of columns have a correlation above {CORRELATED}.")));
    }
    notes
}

fn few_rows_note(columns: &[InputColumn], n_rows: usize) -> Option<Note> {
    let n_columns = columns.iter().filter(|column| column.enters).count();
    let wanted = ROWS_PER_COLUMN * n_columns;
    let columns = if n_columns == 1 { "column" } else { "columns" };
    (n_rows < wanted).then(|| {
        let (rows, wanted) = (grouped(n_rows), grouped(wanted));
        Note::new(format!("{rows} customers are few for {n_columns} {columns}; about {wanted} would be a better basis."))
    })
}
