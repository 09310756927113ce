//! What is an outcome foretold from, and what does each model learn?
//!
//! In: one day's table of customers, and the rows to learn from. Out: five learnt models and their scores of single rows. The means of everyone and
//! of each persona take O(n), the regressions what [`super::regression`] says.

use serde::Serialize;

use super::regression::{Regression, RegressionError, least_squares, logistic};
use crate::base::{Ctx, Matrix, Stopped};

/// Folds the customers are dealt into.
pub const FOLDS: usize = 10;

/// What came after the day.
#[derive(Debug, Clone, Copy)]
pub enum Foretold<'a> {
    /// Whether it happened ("buys again").
    YesOrNo(&'a [bool]),
    /// How much ("purchases", "net spend").
    Number(&'a [f64]),
}

/// One day: what was known of each customer, and what came. All have one entry per customer, in the same order.
#[derive(Debug, Clone, Copy)]
pub struct ForecastTable<'a> {
    /// Logarithms of recency, frequency and money, with the columns of RFM cells where they are wanted.
    pub rfm: &'a Matrix,
    /// The persona of each customer; none where there is none.
    pub persona: &'a [Option<usize>],
    /// Personas are numbered below this.
    pub n_personas: usize,
    /// All prepared columns.
    pub all: &'a Matrix,
    /// What came. The outcome and columns that know it must not be among the others: that is for the caller to see to.
    pub outcome: Foretold<'a>,
}

/// What an outcome is foretold from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastModel {
    /// The mean of everyone.
    Mean,
    /// Recency, frequency and money.
    Rfm,
    /// The mean of the persona.
    Persona,
    /// Both.
    RfmAndPersona,
    /// All prepared columns.
    All,
}

impl ForecastModel {
    /// M0 to M4.
    pub const ALL: [ForecastModel; 5] =
        [ForecastModel::Mean, ForecastModel::Rfm, ForecastModel::Persona, ForecastModel::RfmAndPersona, ForecastModel::All];

    /// As a row of a table is headed.
    pub fn word(self) -> &'static str {
        match self {
            ForecastModel::Mean => "everyone alike",
            ForecastModel::Rfm => "RFM",
            ForecastModel::Persona => "personas",
            ForecastModel::RfmAndPersona => "RFM and personas",
            ForecastModel::All => "all columns",
        }
    }
}

/// Why nothing can be foretold. The sentences are shown as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ForecastError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The outcome came to nobody, or to all.
    #[error("The outcome {0} in this window, so there is nothing to foretell; choose another outcome, an earlier day or a longer window.")]
    DoesNotVary(&'static str),
    /// Fewer customers than it takes.
    #[error("{customers} customers are too few to foretell anything for others; at least {needed} are needed.")]
    TooFewCustomers {
        /// There are so many.
        customers: usize,
        /// It takes so many.
        needed: usize,
    },
    /// Tables and outcomes that do not belong together.
    #[error("The columns and the outcome are not of the same customers; read the sources again.")]
    OtherCustomers,
    /// No weights were found.
    #[error(transparent)]
    NoFit(RegressionError),
}

impl From<RegressionError> for ForecastError {
    fn from(error: RegressionError) -> ForecastError {
        match error {
            RegressionError::Stopped(stopped) => ForecastError::Stopped(stopped),
            error => ForecastError::NoFit(error),
        }
    }
}

/// A table ready to learn from.
pub(super) struct Design<'a> {
    pub(super) rfm: &'a Matrix,
    rfm_and_persona: Matrix,
    pub(super) all: &'a Matrix,
    pub(super) persona: &'a [Option<usize>],
    pub(super) n_personas: usize,
    pub(super) happened: Option<&'a [bool]>,
    pub(super) seen: Vec<f64>,
    pub(super) events: usize,
}

/// What a model learnt.
pub(super) enum LearntModel {
    Constant(f64),
    /// Per persona; the last is for customers in none.
    Means(Vec<f64>),
    Rfm(Regression),
    RfmAndPersona(Regression),
    All(Regression),
}

impl<'a> Design<'a> {
    pub(super) fn new(table: &ForecastTable<'a>) -> Result<Design<'a>, ForecastError> {
        let (happened, seen): (Option<&[bool]>, Vec<f64>) = match table.outcome {
            Foretold::YesOrNo(happened) => (Some(happened), happened.iter().map(|&yes| f64::from(u8::from(yes))).collect()),
            Foretold::Number(numbers) => (None, numbers.to_vec()),
        };
        let n = seen.len();
        let are_known = table.persona.iter().flatten().all(|&persona| persona < table.n_personas) && seen.iter().all(|v| v.is_finite());
        if [table.rfm.n_rows(), table.all.n_rows(), table.persona.len()] != [n; 3] || !are_known {
            return Err(ForecastError::OtherCustomers);
        }
        if n < 2 * FOLDS {
            return Err(ForecastError::TooFewCustomers { customers: n, needed: 2 * FOLDS });
        }
        let n_yes = seen.iter().filter(|value| **value != 0.0).count();
        if happened.is_some() && n_yes == n {
            return Err(ForecastError::DoesNotVary("happens to every customer"));
        }
        if n_yes == 0 {
            return Err(ForecastError::DoesNotVary("never happens"));
        }
        if seen.iter().all(|value| *value == seen[0]) {
            return Err(ForecastError::DoesNotVary("is the same for every customer"));
        }
        let events = if happened.is_some() { n_yes.min(n - n_yes) } else { n_yes };
        let width = table.rfm.n_cols() + table.n_personas;
        let mut values = Vec::with_capacity(n * width);
        for row in 0..n {
            values.extend_from_slice(table.rfm.row(row));
            values.extend((0..table.n_personas).map(|persona| f64::from(u8::from(table.persona[row] == Some(persona)))));
        }
        let rfm_and_persona = Matrix::new(values, n, width).map_err(|_| ForecastError::OtherCustomers)?;
        let ForecastTable { rfm, all, persona, n_personas, .. } = *table;
        Ok(Design { rfm, rfm_and_persona, all, persona, n_personas, happened, seen, events })
    }

    pub(super) fn learn(&self, model: ForecastModel, rows: &[usize], ctx: &Ctx) -> Result<LearntModel, RegressionError> {
        let fit = |x: &Matrix| match self.happened {
            Some(happened) => logistic(x, rows, happened, ctx),
            None => least_squares(x, rows, &self.seen, ctx),
        };
        let mean = rows.iter().map(|&row| self.seen[row]).sum::<f64>() / rows.len().max(1) as f64;
        Ok(match model {
            ForecastModel::Mean => LearntModel::Constant(mean),
            ForecastModel::Persona => {
                let mut sums = vec![(0.0, 0.0); self.n_personas + 1];
                for &row in rows {
                    let of = &mut sums[self.persona[row].unwrap_or(self.n_personas)];
                    *of = (of.0 + 1.0, of.1 + self.seen[row]);
                }
                LearntModel::Means(sums.iter().map(|&(n, sum)| if n > 0.0 { sum / n } else { mean }).collect())
            }
            ForecastModel::Rfm => LearntModel::Rfm(fit(self.rfm)?),
            ForecastModel::RfmAndPersona => LearntModel::RfmAndPersona(fit(&self.rfm_and_persona)?),
            ForecastModel::All => LearntModel::All(fit(self.all)?),
        })
    }

    pub(super) fn score(&self, model: &LearntModel, row: usize) -> f64 {
        match model {
            LearntModel::Constant(mean) => *mean,
            LearntModel::Means(means) => means[self.persona[row].unwrap_or(self.n_personas)],
            LearntModel::Rfm(regression) => regression.score(self.rfm.row(row)),
            LearntModel::RfmAndPersona(regression) => regression.score(self.rfm_and_persona.row(row)),
            LearntModel::All(regression) => regression.score(self.all.row(row)),
        }
    }
}
