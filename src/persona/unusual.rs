//! Who stands out, and in which columns are they unlike their own persona?
//!
//! In: the table, how it was prepared, the labels, and the rows above a line. Out: for each the three columns that surprise most, in words with their evidence. Reasons are looked
//! for in the columns themselves, also where the clustering sees components. What fewer than ten peers share is told without its number. Cost: encoding once, O(n p) for
//! what is usual, and a sort of the columns that are told.

use crate::base::text::few_digits;
use crate::base::{Ctx, Labels};
use crate::data::table::day_text;
use crate::data::{Dictionary, Kind, Loaded};
use crate::evaluate::unusual::reasons::LEAST_PEERS;
use crate::evaluate::unusual::{ColumnSpan, Peers, Standing, UnusualError, UnusualReason, UnusualReasons, reasons};
use crate::features::{Encoder, Preparation, PrepareError, Prepared, prepare_with_encoder};

use super::text::percent;

/// Groups of fewer members do not say what is usual in them, and their customers are compared with the nearest larger one.
const LEAST_GROUP: usize = 31;

/// A customer above the line.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusualCustomer {
    /// Its row of the table.
    pub table_row: usize,
    /// The persona it was compared with, by cluster; none where all customers are one group.
    pub cluster: Option<usize>,
    /// Whether it belongs to that persona, and does not just stand nearest to it.
    pub is_member: bool,
    /// What surprises most, first.
    pub reasons: Vec<ReasonTold>,
}

/// Why a customer stands out, in one column.
#[derive(Debug, Clone, PartialEq)]
pub struct ReasonTold {
    /// The column's name.
    pub column: String,
    /// "Spend 9 900, their persona's median 210".
    pub text: String,
    /// Its part of all that is unlike, 0 to 1.
    pub share: f64,
    /// Whether it is more than usual; none for levels.
    pub is_more: Option<bool>,
}

/// Why nobody can be told about.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ToldError {
    /// The table cannot be prepared as it was.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// Nobody can be compared.
    #[error(transparent)]
    Compared(#[from] UnusualError),
    /// The table and its columns do not fit together.
    #[error(transparent)]
    Encoded(#[from] crate::features::EncodeError),
}

/// Who stands out and why; `rows` are rows of the matrix, and stay in their order.
pub fn unusual_customers(
    loaded: &Loaded,
    prepared: &Prepared,
    preparation: &Preparation,
    labels: &Labels,
    rows: &[u32],
    dictionary: &Dictionary,
    ctx: &Ctx,
) -> Result<Vec<UnusualCustomer>, ToldError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (_, encoder) = prepare_with_encoder(loaded, preparation, &ctx.quiet())?;
    let spans = spans(&encoder);
    let columns = Encoder { projection: None, ..encoder };
    let x = columns.apply(loaded, &ctx.quiet())?.matrix;
    let peers = Peers::of(&x, labels, LEAST_GROUP)?;
    let values: Vec<Option<Vec<f64>>> = spans
        .iter()
        .map(|span| {
            let column = loaded.table.column(&span.name).filter(|_| !span.is_category)?;
            Some(prepared.table_rows.iter().map(|&row| column.number(row).unwrap_or(f64::NAN)).collect())
        })
        .collect();
    let of_span: Vec<Option<&[f64]>> = values.iter().map(Option::as_deref).collect();
    let found = reasons(&x, &peers, &spans, &of_span, rows, ctx)?;
    let told = |found: UnusualReasons| {
        let table_row = prepared.table_rows[found.row as usize];
        let tell = |reason: &UnusualReason| told((loaded, dictionary), &columns, &spans[reason.span], reason, table_row, found.n_peers);
        UnusualCustomer {
            table_row,
            cluster: peers.labels[found.group as usize].map(|label| label as usize),
            is_member: found.is_member,
            reasons: found.reasons.iter().filter(|reason| is_odd(&reason.standing)).map(tell).collect(),
        }
    };
    Ok(found.into_iter().map(told).collect())
}

/// Whether a reason is one: whoever has what is usual is not odd for it.
fn is_odd(standing: &Standing) -> bool {
    !matches!(standing, Standing::Number { value: Some(value), median, .. } if few_digits(*value) == few_digits(*median))
}

fn spans(encoder: &Encoder) -> Vec<ColumnSpan> {
    let mut first = 0;
    let span = |column: &crate::features::fitted_column::FittedColumn| {
        let columns = first..first + column.width();
        first = columns.end;
        ColumnSpan { name: column.name.clone(), columns, is_category: !column.is_number() }
    };
    encoder.columns.iter().map(span).collect()
}

fn told(
    (loaded, dictionary): (&Loaded, &Dictionary),
    encoder: &Encoder,
    span: &ColumnSpan,
    reason: &UnusualReason,
    table_row: usize,
    n_peers: usize,
) -> ReasonTold {
    let name = dictionary.name(&span.name);
    let column = loaded.table.column(&span.name);
    let unit = column.and_then(|column| dictionary.unit(column)).map_or_else(String::new, |unit| format!(" {unit}"));
    let text = match &reason.standing {
        Standing::Number { z, below, above, value, median } => {
            let is_date = loaded.profile.column(&span.name).is_some_and(|profile| profile.kind == Kind::Date);
            let write = |value: f64| if is_date { day_text(value.round() as i32) } else { format!("{}{unit}", few_digits(value)) };
            // Those who have the very same are on neither side.
            let (more_or_less, share) = if *z >= 0.0 { ("more", below) } else { ("less", above) };
            let stands = match share {
                share if *share >= 0.995 => format!(", {more_or_less} than nearly all of them"),
                share => format!(", {more_or_less} than {} of them", percent(*share)),
            };
            let is_answer = loaded.profile.column(&span.name).is_some_and(|profile| {
                profile.n_distinct == 2 && profile.numeric.as_ref().is_some_and(|numeric| numeric.min == 0.0 && numeric.max == 1.0)
            });
            let word = |value: f64| {
                let own = dictionary.code(&span.name, value).map(str::to_owned);
                own.unwrap_or_else(|| if value > 0.0 { "yes".to_owned() } else { "no".to_owned() })
            };
            match value {
                // 0 and 1 are answers and no amounts.
                Some(value) if is_answer => {
                    let have = match ((1.0 - share) * n_peers as f64).round() as usize {
                        n if n < LEAST_PEERS => "few in the persona have it".to_owned(),
                        _ => format!("{} of the persona have it", percent(1.0 - share)),
                    };
                    format!("{name} {}, {have}, most have {}", word(*value), word(if *median >= 0.5 { 1.0 } else { 0.0 }))
                }
                Some(value) => format!("{name} {}, persona median {}{stands}", write(*value), write(*median)),
                None => format!("{name} is missing, median of its persona {}", write(*median)),
            }
        }
        Standing::Level { share, commonest, .. } => {
            let cell =
                column.map_or_else(String::new, |column| dictionary.level(&span.name, column.cell(table_row).as_ref().trim()).to_owned());
            let shown = if cell.is_empty() { "missing".to_owned() } else { cell };
            // Of few, only that they are few.
            let have = match (share * n_peers as f64).round() as usize {
                n if n < LEAST_PEERS => "few in the persona have it".to_owned(),
                _ => format!("{} of the persona have it", percent(*share)),
            };
            let usual = level_name(encoder, &span.name, *commonest);
            let usual = dictionary.level(&span.name, &usual);
            format!("{name} {shown}, {have}, most have {usual}")
        }
    };
    let is_more = match reason.standing {
        Standing::Number { z, .. } => Some(z >= 0.0),
        Standing::Level { .. } => None,
    };
    ReasonTold { column: span.name.clone(), text, share: reason.share, is_more }
}

fn level_name(encoder: &Encoder, column: &str, at: usize) -> String {
    let column = encoder.columns.iter().find(|fitted| fitted.name == column);
    match column.map(|fitted| &fitted.coding) {
        Some(crate::features::fitted_column::Coding::Category(coding)) => {
            coding.indicators.get(at).map_or_else(|| "another".to_owned(), |indicator| indicator.name.clone())
        }
        _ => "another".to_owned(),
    }
}
