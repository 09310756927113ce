//! Do the segments hang on one column?
//!
//! In: rows, their segments, how they were made, which encoded columns belong to which column of the data. Out: for every column the share of
//! customers that change company when the rows are grouped without it. Cost: one fit a column, and one with all of them.
//!
//! The average proportion of non-overlap (S. Datta, S. Datta 2003, "Comparisons and validation of statistical clustering techniques for microarray
//! gene expression data"; R package clValid): 1 - mean over customers i of |C(i) & C_-j(i)| / |C(i)|, C(i) being the customers grouped with i,
//! C_-j(i) the same without column j. Customers in no group have no company and are left out; whoever is in none without the column has lost theirs.
//!
//! Of more rows than [`Regroup::most_rows`] so many are drawn, and k-means starts anew each time, so that some change company whatever is left out:
//! [`OneColumn::anyway`] says how many, from a fit with all columns on the same rows. Without a column all distances shrink, so DBSCAN gets the
//! epsilon that makes as many rows core rows as there are with it (ours).

use std::ops::Range;

use super::Regroup;
use crate::base::seed::{self, RngExt};
use crate::base::stats::sorted;
use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{ClusterError, density};

const SALT: u64 = 0x4f6e_6543_6f6c_756d;
const STAGE: &str = "Grouping without a column";

/// What becomes of the segments without single columns.
#[derive(Debug, Clone, PartialEq)]
pub struct OneColumn {
    /// What changes with nothing left out.
    pub anyway: CompanyChanged,
    /// One per column so far, in the order asked for; none where it is the only one.
    pub without: Vec<Option<CompanyChanged>>,
    /// Rows grouped each time.
    pub rows: usize,
}

/// How many change company.
#[derive(Debug, Clone, PartialEq)]
pub struct CompanyChanged {
    /// Share over all customers in a segment, 0 to 1.
    pub all: f64,
    /// Per segment; none where no customer of it was drawn.
    pub of_segment: Vec<Option<f64>>,
}

/// The first `upto` of `columns`, each a range of encoded columns; those of `before` are taken over, and the result is the same as without them.
///
/// Fails as the method does, and when stopped.
#[expect(clippy::too_many_arguments, reason = "as its neighbours, with the columns")]
pub fn one_column(
    x: &Matrix,
    labels: &Labels,
    how: &Regroup,
    columns: &[Range<usize>],
    seed: u64,
    upto: usize,
    before: Option<&OneColumn>,
    ctx: &Ctx,
) -> Result<OneColumn, ClusterError> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let rows = drawn(x.n_rows(), how.most_rows().unwrap_or(x.n_rows()), seed);
    let x = &if rows.len() < x.n_rows() { x.select_rows(&rows) } else { x.clone() };
    let company: Vec<Option<usize>> = rows.iter().map(|&row| labels.get(row)).collect();
    let n = labels.n_clusters();
    let anyway = match before {
        Some(before) => before.anyway.clone(),
        None => changed(&company, &how.group(x, ctx)?, n),
    };
    let n_core = n_core(x, how, ctx)?;
    let mut without = before.map_or_else(Vec::new, |before| before.without.clone());
    let known = without.len();
    let upto = upto.min(columns.len());
    for (at, column) in columns.iter().enumerate().take(upto).skip(known) {
        ctx.give_way()?;
        without.push(match rest(x, column) {
            Some(rest) => Some(changed(&company, &group_alike(&rest, how, n_core, ctx)?, n)),
            None => None,
        });
        ctx.progress(STAGE, (at + 1 - known) as f32 / (upto - known) as f32);
    }
    Ok(OneColumn { anyway, without, rows: rows.len() })
}

/// So many rows at random, ascending; all where there are not more.
fn drawn(n_rows: usize, most: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n_rows).collect();
    if n_rows > most {
        let mut random = seed::random(seed ^ SALT, 0);
        for at in 0..most {
            order.swap(at, random.random_range(at..n_rows));
        }
        order.truncate(most);
        order.sort_unstable();
    }
    order
}

/// The columns that are left; none where none is.
fn rest(x: &Matrix, column: &Range<usize>) -> Option<Matrix> {
    let kept: Vec<usize> = (0..x.n_cols()).filter(|col| !column.contains(col)).collect();
    let values = (0..x.n_rows()).flat_map(|row| kept.iter().map(move |&col| x.at(row, col))).collect();
    Matrix::new(values, x.n_rows(), kept.len()).ok().filter(|_| !kept.is_empty())
}

/// How many rows DBSCAN's epsilon makes core rows.
fn n_core(x: &Matrix, how: &Regroup, ctx: &Ctx) -> Result<usize, ClusterError> {
    match *how {
        Regroup::Density { min_samples, epsilon } => {
            let tree = density(x, min_samples, &ctx.quiet())?;
            Ok(tree.core_distances().iter().filter(|distance| **distance <= epsilon).count())
        }
        _ => Ok(0),
    }
}

/// Groups by the same method; DBSCAN with the epsilon that makes as many core rows.
fn group_alike(x: &Matrix, how: &Regroup, n_core: usize, ctx: &Ctx) -> Result<Labels, ClusterError> {
    let Regroup::Density { min_samples, .. } = *how else { return how.group(x, ctx) };
    let tree = density(x, min_samples, &ctx.quiet())?;
    let ascending = sorted(tree.core_distances().iter().copied());
    match n_core.checked_sub(1).and_then(|at| ascending.get(at)) {
        Some(&epsilon) => Ok(tree.labels_at(epsilon)),
        None => Ok(Labels::from_options(&vec![None; x.n_rows()])),
    }
}

/// 1 - the mean overlap of the old company with the new, over the size of the old.
fn changed(company: &[Option<usize>], found: &Labels, n: usize) -> CompanyChanged {
    let (mut shared, mut sizes) = (vec![0usize; n * found.n_clusters()], vec![0usize; n]);
    for (old, new) in company.iter().zip(found.iter()) {
        if let Some(old) = *old {
            sizes[old] += 1;
            new.iter().for_each(|new| shared[old * found.n_clusters() + new] += 1);
        }
    }
    // Each of `both` customers keeps `both` of their company of `size`.
    let kept = |old: usize| {
        let row = &shared[old * found.n_clusters()..][..found.n_clusters()];
        row.iter().map(|&both| both as f64 * both as f64).sum::<f64>() / sizes[old] as f64
    };
    let all: usize = sizes.iter().sum();
    let kept_of_all: f64 = (0..n).filter(|&old| sizes[old] > 0).map(kept).sum();
    CompanyChanged {
        all: if all > 0 { 1.0 - kept_of_all / all as f64 } else { 0.0 },
        of_segment: (0..n).map(|old| (sizes[old] > 0).then(|| 1.0 - kept(old) / sizes[old] as f64)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn non_overlap_by_hand() {
        // C0 = {0 1 2}, C1 = {3 4}, row 5 in none; without the column {0 1} {2 3 4 5}. Kept: rows 0 and 1 two of three, row 2 one of three, 3 and 4
        // all: mean (2/3 + 2/3 + 1/3 + 1 + 1) / 5 = 11/15.
        let company = [Some(0), Some(0), Some(0), Some(1), Some(1), None];
        let found = changed(&company, &Labels::from_ids(&[0, 0, 1, 1, 1, 1]), 3);
        assert!((found.all - 4.0 / 15.0).abs() < 1e-12, "{found:?}");
        assert!((found.of_segment[0].unwrap() - 4.0 / 9.0).abs() < 1e-12);
        assert_eq!((found.of_segment[1], found.of_segment[2]), (Some(0.0), None));
        assert_eq!(changed(&company, &Labels::from_options(&[None; 6]), 2).all, 1.0);
    }

    #[test]
    fn only_the_column_that_tells_groups_apart_is_missed() {
        let mut random = seed::random(2, 0);
        let rows: Vec<[f64; 3]> =
            (0..300).map(|row| [f64::from(row % 2) * 9.0, random.random_range(0.0..1.0), random.random_range(0.0..1.0)]).collect();
        let x = Matrix::from_rows(&rows).unwrap();
        for how in [Regroup::KMeans { k: 2, restarts: 3, seed: 0 }, Regroup::Density { min_samples: 4, epsilon: 0.6 }] {
            let labels = how.group(&x, &Ctx::new()).unwrap();
            let run =
                |upto, before: Option<&OneColumn>| one_column(&x, &labels, &how, &[0..1, 1..3], 4, upto, before, &Ctx::new()).unwrap();
            let (first, all) = (run(1, None), run(2, None));
            assert_eq!(run(2, Some(&first)), all, "{how:?}");
            assert_eq!((all.anyway.all, all.rows), (0.0, 300));
            let lost: Vec<f64> = all.without.iter().map(|of| of.as_ref().unwrap().all).collect();
            assert!(lost[1] == 0.0, "{how:?} {lost:?}");
            // k-means without it cuts at random: half of one's company is kept. DBSCAN finds one group, in which everybody still is.
            assert!(if matches!(how, Regroup::KMeans { .. }) { lost[0] > 0.4 } else { lost[0] == 0.0 }, "{how:?} {lost:?}");
        }
        let lone = Matrix::from_rows(&rows.iter().map(|row| [row[0]]).collect::<Vec<_>>()).unwrap();
        let how = Regroup::KMeans { k: 2, restarts: 1, seed: 0 };
        let labels = how.group(&lone, &Ctx::new()).unwrap();
        let found = one_column(&lone, &labels, &how, std::slice::from_ref(&(0..1)), 4, 1, None, &Ctx::new()).unwrap();
        assert_eq!(found.without, [None]);
    }
}
