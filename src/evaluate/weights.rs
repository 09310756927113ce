//! Which columns speak for a segment, and which against it?
//!
//! In: rows, their segments, which encoded columns belong to which column of the data. Out: a signed weight of every column for every segment and an
//! importance of every column: the second witness beside the forest of [`super::forest`], which shuffles columns and knows no sign. Cost: one
//! multinomial logistic regression, at most [`MOST_STEPS`] steps of O(rows x columns x segments); well under a second.
//!
//! By linfa-logistic, whose objective is scikit-learn's with C = 1 / alpha. Its log-sum-exp takes the maximum of the whole matrix and holds sums at
//! 1e-15, so that rows more than 34.5 below it get a wrong loss and the search fails. Segments can be told apart by construction, so weights would
//! grow until that happens. Hence the guards: columns in standard deviations, a penalty of [`PENALTY`] per row, [`MOST_WEIGHED`] rows at most. A fit
//! cannot be stopped, so the stop is looked at before and after.
//!
//! Weights are of standardised columns and sum to 0 over the segments: +1 means that one standard deviation more makes this segment e times as likely
//! beside the average one.

use std::ops::Range;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::Serialize;

use super::regression::{MOST_STEPS, PENALTY, RegressionError, Scale};
use crate::base::{Ctx, Labels, Matrix};

/// Rows learnt from at most.
pub const MOST_WEIGHED: usize = 5_200;
/// The search ends where no weight pulls with more than this per row.
const FLAT: f64 = 1e-6;
/// A witness that has a column among its first so many does not contradict one that has it first.
const FIRST_FEW: usize = 3;

/// What the columns say about the segments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeWeights {
    /// Per column of the data, per segment. Segments without a row learnt from have weight 0.
    pub weights: Vec<Vec<ColumnWeight>>,
    /// Per column of the data: the root mean square of its weights over the segments, all together 1.
    pub importance: Vec<f64>,
    /// Share of the held-out rows whose segment is found; none without any.
    pub accuracy: Option<f64>,
    /// Rows learnt from.
    pub learnt: usize,
}

/// How one column speaks for one segment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ColumnWeight {
    /// Above 0 it speaks for the segment, below 0 against it.
    pub weight: f64,
    /// The encoded column it is of: of a column with levels, the level that says most.
    pub encoded: usize,
}

/// Learns from the first [`MOST_WEIGHED`] of `learnt`, which should be in random order, and measures on `held_out`. Rows in no segment are left out.
/// `columns` are the ranges of encoded columns. Where `x` holds principal components, `loadings` has what one standard deviation of encoded column j
/// adds to component c at `[c][j]`, and the weights are turned back to the encoded columns, which is exact, since both are linear.
///
/// Fails with `NoFit` where fewer than two segments are among the rows, or where the search fails even under ten times the penalty, and when stopped.
pub fn attribute_weights(
    x: &Matrix,
    labels: &Labels,
    (columns, loadings): (&[Range<usize>], Option<&[Vec<f64>]>),
    learnt: &[usize],
    held_out: &[usize],
    ctx: &Ctx,
) -> Result<AttributeWeights, RegressionError> {
    ctx.progress("Weighing columns", 0.0);
    ctx.check()?;
    let grouped: Vec<(usize, usize)> = learnt.iter().filter_map(|&row| labels.get(row).map(|of| (row, of))).take(MOST_WEIGHED).collect();
    let rows: Vec<usize> = grouped.iter().map(|&(row, _)| row).collect();
    if grouped.iter().all(|&(_, of)| of == grouped[0].1) {
        return Err(RegressionError::NoFit("there are not two segments to tell apart".into()));
    }
    let scale = Scale::of(x, &rows);
    let (n, p, k) = (rows.len(), x.n_cols(), labels.n_clusters());
    let mut records = Array2::zeros((n, p));
    for (mut record, &row) in records.outer_iter_mut().zip(&rows) {
        if let Some(record) = record.as_slice_mut() {
            scale.apply(x.row(row), record);
        }
    }
    let targets: Array1<usize> = grouped.iter().map(|&(_, of)| of).collect();
    let dataset = DatasetBase::new(records, targets);
    let (mut weights, mut intercepts) = (vec![0.0; p * k], vec![f64::NEG_INFINITY; k]);
    let mut why = String::from("weights without bound");
    let is_found = [1.0, 10.0].into_iter().any(|times| {
        let size = n as f64;
        let search = MultiLogisticRegression::default().alpha(PENALTY * size * times).gradient_tolerance(FLAT * size);
        match search.max_iterations(MOST_STEPS).fit(&dataset) {
            Ok(found) if found.params().iter().chain(found.intercept()).all(|value| value.is_finite()) => {
                for (at, &of) in found.classes().iter().enumerate() {
                    intercepts[of] = found.intercept()[at];
                    (0..p).for_each(|col| weights[col * k + of] = found.params()[[col, at]]);
                }
                true
            }
            Ok(_) => false,
            Err(error) => {
                why = error.to_string();
                false
            }
        }
    });
    ctx.check()?;
    if !is_found {
        return Err(RegressionError::NoFit(why));
    }
    let of_columns = match loadings {
        None => weights.clone(),
        Some(loadings) => {
            let n_encoded = loadings.first().map_or(0, Vec::len);
            let mut turned = vec![0.0; n_encoded * k];
            for (component, loadings) in loadings.iter().enumerate().take(p) {
                for (col, loading) in loadings.iter().enumerate() {
                    for of in 0..k {
                        turned[col * k + of] += loading * scale.per_unit(component) * weights[component * k + of];
                    }
                }
            }
            turned
        }
    };
    let told = |column: &Range<usize>, of: usize| {
        let most = column.clone().map(|col| ColumnWeight { weight: of_columns[col * k + of], encoded: col });
        most.reduce(|a, b| if b.weight.abs() > a.weight.abs() { b } else { a })
            .unwrap_or(ColumnWeight { weight: 0.0, encoded: column.start })
    };
    let strength = |column: &Range<usize>| {
        (column.clone().flat_map(|col| &of_columns[col * k..][..k]).map(|weight| weight * weight).sum::<f64>() / k as f64).sqrt()
    };
    let strengths: Vec<f64> = columns.iter().map(strength).collect();
    let all: f64 = strengths.iter().sum();
    let mut standard = vec![0.0; p];
    let mut guess = |row: usize| {
        scale.apply(x.row(row), &mut standard);
        let score = |of: usize| intercepts[of] + standard.iter().enumerate().map(|(col, value)| weights[col * k + of] * value).sum::<f64>();
        let scores: Vec<f64> = (0..k).map(score).collect();
        (1..k).fold(0, |best, of| if scores[of] > scores[best] { of } else { best })
    };
    let told_apart: Vec<bool> = held_out.iter().filter_map(|&row| labels.get(row).map(|of| guess(row) == of)).collect();
    let right = told_apart.iter().filter(|is_right| **is_right).count();
    Ok(AttributeWeights {
        weights: columns.iter().map(|column| (0..k).map(|of| told(column, of)).collect()).collect(),
        importance: strengths.iter().map(|strength| if all > 0.0 { strength / all } else { 0.0 }).collect(),
        accuracy: (!told_apart.is_empty()).then(|| right as f64 / told_apart.len() as f64),
        learnt: n,
    })
}

/// One sentence where the two witnesses disagree on what matters most: the first column of one is not among the first three of the other. `losses`
/// are the forest's, `importance` the weights', both per column of `names`.
pub fn disagreement(names: &[&str], losses: &[f64], importance: &[f64]) -> Option<String> {
    let places = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
        order
    };
    let (forest, weights) = (places(losses), places(importance));
    let place = |order: &[usize], column: usize| 1 + order.iter().position(|at| *at == column).unwrap_or(order.len());
    let (&first, &heaviest) = (forest.first()?, weights.first()?);
    let (of_first, of_heaviest) = (place(&weights, first), place(&forest, heaviest));
    if losses[first] <= 0.0 || (of_first <= FIRST_FEW && of_heaviest <= FIRST_FEW) {
        return None;
    }
    let (first, heaviest) = (names[first], names[heaviest]);
    Some(format!(
        "The forest relies most on {first}, which is number {of_first} by weight. {heaviest} has the largest weight and is number {of_heaviest} of {} in the forest. \
         A weight cannot follow a relation that bends, and shares itself out among columns that say the same.",
        names.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};

    /// Three segments by two columns, then noise, the last two columns one of two levels.
    fn rows(n: usize) -> (Matrix, Labels) {
        let mut random = seed::random(8, 0);
        let of: Vec<usize> = (0..n).map(|row| row % 3).collect();
        let rows: Vec<[f64; 5]> = (of.iter())
            .map(|&of| {
                let mut noise = || random.random_range(-1.0..1.0);
                let level = f64::from(u8::from(noise() > 0.0));
                [[4.0, 0.0, 0.0][of] + noise(), 100.0 * ([0.0, 0.0, 4.0][of] + noise()), noise(), level, 1.0 - level]
            })
            .collect();
        (Matrix::from_rows(&rows).unwrap(), Labels::from_ids(&of))
    }

    const COLUMNS: [Range<usize>; 4] = [0..1, 1..2, 2..3, 3..5];

    #[test]
    fn signs_and_sizes_are_those_of_scikit_learn() {
        let (x, labels) = grid();
        let all: Vec<usize> = (0..x.n_rows()).collect();
        let found = attribute_weights(&x, &labels, (&[0..1, 1..2], None), &all, &all, &Ctx::new()).unwrap();
        for (column, expected) in found.weights.iter().zip(SCIKIT) {
            for (weight, expected) in column.iter().zip(expected) {
                assert!((weight.weight - expected).abs() < 2e-4, "{found:?}");
            }
        }
        assert!((found.importance.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    /// Numbers that look drawn, as in the script that made the constants: 300 rows in three unequal segments.
    fn grid() -> (Matrix, Labels) {
        let rows: Vec<[f64; 2]> = (0..300u32).map(|i| [f64::from(i * 37 % 101), f64::from(i * 53 % 89) / 10.0]).collect();
        let of: Vec<usize> = rows
            .iter()
            .enumerate()
            .map(|(i, row)| if row[0] + f64::from(i as u32 * 17 % 23) < 60.0 { 0 } else { 1 + usize::from(row[1] > 5.0) })
            .collect();
        (Matrix::from_rows(&rows).unwrap(), Labels::from_ids(&of))
    }

    // scikit-learn 1.9.1: LogisticRegression(C=1/(.01 * 300), tol=1e-12) on standardised columns, segments by size.
    const SCIKIT: [[f64; 3]; 2] =
        [[-2.610258112024065, 1.2261730940746602, 1.3840850179494035], [-0.19535379879673875, -1.3829094583859844, 1.5782632571827235]];

    #[test]
    fn what_tells_segments_apart_weighs_most() {
        let (x, labels) = rows(600);
        let (learnt, held_out): (Vec<usize>, Vec<usize>) = ((0..400).collect(), (400..600).collect());
        let found = attribute_weights(&x, &labels, (&COLUMNS, None), &learnt, &held_out, &Ctx::new()).unwrap();
        assert!(found.accuracy.unwrap() > 0.97, "{found:?}");
        assert!(found.weights[0][0].weight > 0.5 && found.weights[0][1].weight < 0.0 && found.weights[1][2].weight > 0.5, "{found:?}");
        assert!(found.importance[0] > 3.0 * found.importance[2] && found.importance[1] > 3.0 * found.importance[3], "{found:?}");
        assert!(found.weights[..3].iter().all(|of| of.iter().map(|weight| weight.weight).sum::<f64>().abs() < 1e-6), "{found:?}");
        assert!(found.weights[3].iter().all(|weight| (3..5).contains(&weight.encoded)));
        let two: Vec<usize> = learnt.iter().copied().filter(|row| row % 3 > 0).collect();
        let found = attribute_weights(&x, &labels, (&COLUMNS, None), &two, &[], &Ctx::new()).unwrap();
        assert_eq!((found.weights[0][0].weight, found.accuracy), (0.0, None), "nothing was learnt of it");
        let one: Vec<usize> = learnt.iter().copied().filter(|row| row % 3 == 0).collect();
        assert!(matches!(attribute_weights(&x, &labels, (&COLUMNS, None), &one, &[], &Ctx::new()), Err(RegressionError::NoFit(_))));
        assert!(attribute_weights(&x, &labels, (&COLUMNS, None), &learnt, &[], &Ctx::stopping_after(2)).is_err());
    }

    #[test]
    fn far_segments_and_many_rows_do_not_break_the_search() {
        // Groups a thousand standard deviations apart, in one outlier's shadow.
        let mut rows: Vec<[f64; 2]> =
            (0..6000).map(|row| [f64::from(row % 4) * 1e6 + f64::from(row % 7), f64::from(row * 13 % 29)]).collect();
        rows[17] = [1e9, -1e9];
        let x = Matrix::from_rows(&rows).unwrap();
        let labels = Labels::from_ids(&(0..6000).map(|row| row % 4).collect::<Vec<_>>());
        let all: Vec<usize> = (0..6000).collect();
        let found = attribute_weights(&x, &labels, (&[0..1, 1..2], None), &all, &all, &Ctx::new()).unwrap();
        assert_eq!(found.learnt, MOST_WEIGHED);
        assert!(found.weights.iter().flatten().all(|weight| weight.weight.is_finite()));
    }

    #[test]
    fn witnesses_are_heard_against_each_other() {
        let names = ["visits", "returns", "age", "spend", "region"];
        let forest = [0.3, 0.1, 0.0, 0.2, 0.01];
        assert_eq!(disagreement(&names, &forest, &[0.2, 0.1, 0.0, 0.6, 0.1]), None);
        let sentence = disagreement(&names, &forest, &[0.01, 0.2, 0.5, 0.2, 0.05]).unwrap();
        assert!(
            sentence.starts_with(
                "The forest relies most on visits, which is number 5 by weight. age has the largest weight and is number 5 of 5 in the forest."
            ),
            "{sentence}"
        );
        assert_eq!((disagreement(&[], &[], &[]), disagreement(&names, &[0.0; 5], &forest)), (None, None));
    }
}
