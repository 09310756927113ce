//! How empty is it around this customer compared with around the customers most like them? The local outlier factor, for several neighbourhood sizes.
//!
//! In: the different rows, the lists of their neighbours, sizes k. Out: a score per row and k; about 1 is as dense as its neighbours, 2 says that its neighbours
//! sit twice as dense. O(n k) per k once the lists are there, memory two numbers per row and k.
//!
//! Breunig, Kriegel, Ng, Sander 2000, "LOF: identifying density-based local outliers", on different rows only (their own remedy for heaps of equal rows) and with
//! all ties: whoever is as near as the k-th nearest counts, so nothing depends on the order of rows. scikit-learn keeps exactly k and adds 1e-10 to
//! every sum; without ties and heaps the scores are the same. k counts other rows, as its `n_neighbors` does.

use rayon::prelude::*;

use super::{DistinctRows, UnusualError};
use crate::base::{Ctx, Matrix};
use crate::cluster::{Neighbours, neighbours};

/// The sizes of neighbourhoods that are tried when the user leaves it open: below 10 chance rules, and a niche of 31 must not hide itself.
pub const USUAL_SIZES: [usize; 4] = [10, 15, 20, 30];
/// The length of neighbour lists that serve every size up to 31.
pub const LIST_LENGTH: usize = 32;

/// Rows a task works on.
const CHUNK: usize = 512;
const STAGE: &str = "Comparing densities";

/// Local outlier factors for several sizes of neighbourhood.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalScores {
    /// The sizes, as asked for, without those for which there are too few different rows.
    pub sizes: Vec<usize>,
    /// For each size a score of every row.
    pub by_size: Vec<Vec<f64>>,
}

impl LocalScores {
    /// The largest score of every row over all sizes.
    pub fn most(&self) -> Vec<f64> {
        self.most_between(0, usize::MAX).unwrap_or_default()
    }

    /// The largest score of every row over the sizes from `least` to `most`, both included, so that the range can be narrowed without scoring again; none where no
    /// size is in it. O(n) for each size.
    pub fn most_between(&self, least: usize, most: usize) -> Option<Vec<f64>> {
        let inside: Vec<usize> = (0..self.sizes.len()).filter(|&nth| (least..=most).contains(&self.sizes[nth])).collect();
        let mut scores = self.by_size[*inside.first()?].clone();
        for &nth in &inside[1..] {
            scores.iter_mut().zip(&self.by_size[nth]).for_each(|(most, &score)| *most = most.max(score));
        }
        Some(scores)
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.by_size.iter().map(|scores| scores.len() * size_of::<f64>()).sum()
    }
}

/// The sizes that `different` rows allow. Fails with `TooFewDifferent` when none is left.
pub fn possible_sizes(sizes: &[usize], different: usize, ctx: &Ctx) -> Result<Vec<usize>, UnusualError> {
    let Some(&least) = sizes.iter().min() else { return Err(UnusualError::NoSizes) };
    if least == 0 {
        return Err(UnusualError::NoSizes);
    }
    let possible: Vec<usize> = sizes.iter().copied().filter(|&k| k < different).collect();
    if possible.is_empty() {
        return Err(UnusualError::TooFewDifferent { different, neighbours: least });
    }
    if possible.len() < sizes.len() {
        ctx.note(format!(
            "Only {different} customers differ from each other, so neighbourhoods of {different} and more others are left out."
        ));
    }
    Ok(possible)
}

/// The neighbour lists that serve `sizes`, of the different rows.
pub fn lists_for(distinct: &DistinctRows, sizes: &[usize], ctx: &Ctx) -> Result<Neighbours, UnusualError> {
    let most = sizes.iter().copied().max().unwrap_or(0);
    Ok(neighbours(&distinct.rows, (most + 1).max(LIST_LENGTH).next_power_of_two(), ctx)?)
}

/// The scores of every row of the matrix behind `distinct`, given neighbour lists of its different rows that name at least as many others as the
/// largest size. Each size gives the same bytes whichever others are asked for with it. Fails with `TooFewDifferent` when no size is below the number of
/// different rows, and with `ListsTooShort` when the lists are.
///
/// ```
/// # use personae::base::{Ctx, Matrix};
/// # use personae::evaluate::unusual::{DistinctRows, lists_for, local_outlier_factors};
/// let x = Matrix::from_rows(&[[-1.1], [0.2], [101.1], [0.3]]).unwrap();
/// let distinct = DistinctRows::of(&x);
/// let near = lists_for(&distinct, &[2], &Ctx::new()).unwrap();
/// let found = local_outlier_factors(&distinct, &near, &[2], &Ctx::new()).unwrap();
/// assert!((found.by_size[0][2] - 73.369709).abs() < 1e-6);
/// ```
pub fn local_outlier_factors(distinct: &DistinctRows, near: &Neighbours, sizes: &[usize], ctx: &Ctx) -> Result<LocalScores, UnusualError> {
    ctx.progress(STAGE, 0.0);
    let sizes = possible_sizes(sizes, distinct.len(), ctx)?;
    let around = Around::new(&distinct.rows, near, &sizes)?;
    let (n, n_sizes) = (distinct.len(), sizes.len());
    let in_chunks = |values: &mut Vec<f64>, of_row: &(dyn Fn(usize, &mut [f64]) + Sync)| {
        values.par_chunks_mut(CHUNK * n_sizes).enumerate().try_for_each(|(chunk, values)| {
            ctx.check()?;
            for (offset, out) in values.chunks_exact_mut(n_sizes).enumerate() {
                of_row(chunk * CHUNK + offset, out);
            }
            Ok::<_, UnusualError>(())
        })
    };
    let (mut reach, mut densities, mut scores) = (vec![0.0; n * n_sizes], vec![0.0; n * n_sizes], vec![0.0; n * n_sizes]);
    in_chunks(&mut reach, &|row, out| out.iter_mut().zip(&sizes).for_each(|(out, &k)| *out = around.squared_reach(row, k).sqrt()))?;
    ctx.progress(STAGE, 0.1);
    in_chunks(&mut densities, &|row, out| around.densities(row, &reach, out))?;
    ctx.progress(STAGE, 0.5);
    in_chunks(&mut scores, &|row, out| around.factors(row, &densities, out))?;
    let by_size = (0..n_sizes).map(|nth| distinct.spread(scores[nth..].iter().step_by(n_sizes).copied().collect())).collect();
    ctx.progress(STAGE, 1.0);
    Ok(LocalScores { sizes, by_size })
}

/// The score of one customer for every size from 2 to `most` that the lists and the rows allow: points (k, score). Costs what scoring
/// some thousand rows costs.
pub fn local_curve(distinct: &DistinctRows, near: &Neighbours, row: usize, most: usize) -> Vec<(usize, f64)> {
    let row = distinct.place(row);
    let most = most.min(near.listed()).min(distinct.len().saturating_sub(1));
    (2..=most).filter_map(|k| Some((k, Around::new(&distinct.rows, near, &[k]).ok()?.factor_of(row)))).collect()
}

/// Who is around whom.
struct Around<'a> {
    x: &'a Matrix,
    near: &'a Neighbours,
    sizes: &'a [usize],
}

impl<'a> Around<'a> {
    fn new(x: &'a Matrix, near: &'a Neighbours, sizes: &'a [usize]) -> Result<Around<'a>, UnusualError> {
        let most = sizes.iter().copied().max().unwrap_or(0);
        match most <= near.listed() {
            true => Ok(Around { x, near, sizes }),
            false => Err(UnusualError::ListsTooShort { listed: near.listed(), neighbours: most }),
        }
    }

    /// The squared distance to the k-th nearest other row.
    fn squared_reach(&self, row: usize, k: usize) -> f64 {
        self.near.of(row).nth(k - 1).map_or(0.0, |near| near.1)
    }

    /// Shows `visit` every row as near as the k-th nearest, for the largest k, with its squared distance; the list serves unless it ends among rows
    /// that are equally far.
    fn each(&self, row: usize, most: f64, mut visit: impl FnMut(usize, f64)) {
        let ends_beyond = self.near.listed() + 1 == self.x.n_rows() || self.near.of(row).last().is_some_and(|last| last.1 > most);
        if ends_beyond {
            for (other, squared) in self.near.of(row).take_while(|near| near.1 <= most) {
                visit(other as usize, squared);
            }
        } else {
            self.near.within(self.x.row(row), most, |other, squared| {
                if other as usize != row {
                    visit(other as usize, squared);
                }
            });
        }
    }

    /// Local reachability densities of one row: neighbours over the sum of what it takes to reach them. `reach` has the k-distances of all rows.
    fn densities(&self, row: usize, reach: &[f64], out: &mut [f64]) {
        for (nth, out) in out.iter_mut().enumerate() {
            let limit = self.squared_reach(row, self.sizes[nth]);
            let (mut n, mut sum) = (0usize, 0.0);
            self.each(row, limit, |other, squared| {
                n += 1;
                sum += squared.sqrt().max(reach[other * self.sizes.len() + nth]);
            });
            *out = n as f64 / sum;
        }
    }

    /// How much denser the neighbours of one row are, on average.
    fn factors(&self, row: usize, densities: &[f64], out: &mut [f64]) {
        let n_sizes = self.sizes.len();
        for (nth, out) in out.iter_mut().enumerate() {
            let (mut n, mut sum) = (0usize, 0.0);
            let own = densities[row * n_sizes + nth];
            self.each(row, self.squared_reach(row, self.sizes[nth]), |other, _| {
                n += 1;
                sum += ratio(densities[other * n_sizes + nth], own);
            });
            *out = (sum / n as f64).min(f64::MAX);
        }
    }

    /// The same for one row and the first size alone, from the lists.
    fn factor_of(&self, row: usize) -> f64 {
        let k = self.sizes[0];
        let density = |row: usize| {
            let (mut n, mut sum) = (0usize, 0.0);
            self.each(row, self.squared_reach(row, k), |other, squared| {
                n += 1;
                sum += squared.sqrt().max(self.squared_reach(other, k).sqrt());
            });
            n as f64 / sum
        };
        let own = density(row);
        let (mut n, mut sum) = (0usize, 0.0);
        self.each(row, self.squared_reach(row, k), |other, _| {
            n += 1;
            sum += ratio(density(other), own);
        });
        (sum / n as f64).min(f64::MAX)
    }
}

/// Rows that differ by less than can be squared are infinitely dense; two such are equally dense.
fn ratio(theirs: f64, own: f64) -> f64 {
    if theirs.is_infinite() && own.is_infinite() { 1.0 } else { theirs / own }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::RngExt;

    fn scores(x: &Matrix, sizes: &[usize]) -> LocalScores {
        let distinct = DistinctRows::of(x);
        let near = lists_for(&distinct, sizes, &Ctx::new()).unwrap();
        local_outlier_factors(&distinct, &near, sizes, &Ctx::new()).unwrap()
    }

    fn assert_near(found: &[f64], expected: &[f64], within: f64) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < within), "{found:?}\n{expected:?}");
    }

    #[test]
    fn by_hand() {
        let x = Matrix::from_rows(&[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [3.0, 0.0]]).unwrap();
        assert_near(&scores(&x, &[2]).by_size[0], &[0.926777, 1.171573, 0.926777, 2.168850], 1e-6);
        let x = Matrix::from_rows(&[[-1.1], [0.2], [101.1], [0.3]]).unwrap();
        assert_near(&scores(&x, &[2]).by_size[0], &[0.982143, 1.037037, 73.369709, 0.982143], 1e-6);
    }

    #[test]
    fn ties_all_count_and_the_order_of_rows_does_not() {
        let mut rows: Vec<[f64; 2]> = (0..16).map(|i| [f64::from(i / 4), f64::from(i % 4)]).collect();
        rows.push([6.0, 6.0]);
        let found = scores(&Matrix::from_rows(&rows).unwrap(), &[3]).by_size.remove(0);
        assert_near(&[found[5], found[6], found[9], found[16]], &[0.9393, 0.9393, 0.9393, 4.1716], 5e-5);
        for step in [2, 3, 5, 11] {
            let order: Vec<usize> = (0..17).map(|i| i * step % 17).collect();
            let shuffled: Vec<[f64; 2]> = order.iter().map(|&row| rows[row]).collect();
            let again = scores(&Matrix::from_rows(&shuffled).unwrap(), &[3]).by_size.remove(0);
            assert_near(&again, &order.iter().map(|&row| found[row]).collect::<Vec<_>>(), 1e-12);
        }
    }

    /// The definition, all pairs.
    fn slow(x: &Matrix, k: usize) -> Vec<f64> {
        let n = x.n_rows();
        let distance = |a: usize, b: usize| crate::base::distance::euclidean(x.row(a), x.row(b));
        let reach: Vec<f64> = (0..n)
            .map(|a| {
                let mut all: Vec<f64> = (0..n).filter(|&b| b != a).map(|b| distance(a, b)).collect();
                all.sort_by(f64::total_cmp);
                all[k - 1]
            })
            .collect();
        let around: Vec<Vec<usize>> = (0..n).map(|a| (0..n).filter(|&b| b != a && distance(a, b) <= reach[a] + 1e-12).collect()).collect();
        let density: Vec<f64> =
            (0..n).map(|a| around[a].len() as f64 / around[a].iter().map(|&b| reach[b].max(distance(a, b))).sum::<f64>()).collect();
        (0..n).map(|a| around[a].iter().map(|&b| density[b] / density[a]).sum::<f64>() / around[a].len() as f64).collect()
    }

    #[test]
    fn equals_the_definition_where_lists_end_among_ties() {
        // On a grid of seven steps in four columns many rows are equally far, more than a list names.
        let mut random = crate::base::seed::random(1, 0);
        let x = Matrix::new((0..500 * 4).map(|_| f64::from(random.random_range(0..5u8))).collect(), 500, 4).unwrap();
        let distinct = DistinctRows::of(&x);
        assert!(distinct.len() < 500 && distinct.len() > 100, "{}", distinct.len());
        let found = scores(&x, &[2, 10, 30]);
        for (k, found) in found.sizes.iter().zip(&found.by_size) {
            assert_near(found, &distinct.spread(slow(&distinct.rows, *k)), 1e-9);
        }
    }

    /// `LocalOutlierFactor(k).fit(X).negative_outlier_factor_` of scikit-learn 1.9.1, the first ten rows and the sum of all.
    #[test]
    fn equals_scikit_learn_without_ties() {
        let mut rows: Vec<[f64; 3]> =
            (0..60usize).map(|i| [0, 1, 2].map(|j| ((i * 7919 + j * 10473 + i * i * 31 * (j + 1)) % 10007) as f64 / 10007.0)).collect();
        rows[7].iter_mut().for_each(|value| *value += 2.0);
        let found = scores(&Matrix::from_rows(&rows).unwrap(), &[5, 10, 20]);
        let frozen = [
            [
                1.9532640674,
                1.0149669659,
                0.930670756,
                1.0420896087,
                0.9741414052,
                1.2819482182,
                2.2907616923,
                9.7955977075,
                0.9913009955,
                1.1681364309,
            ],
            [
                1.2834436745,
                1.008121756,
                0.988577808,
                0.9985091991,
                0.9939495254,
                1.0791289867,
                1.1984755429,
                7.5063191528,
                1.0361351138,
                1.0269057191,
            ],
            [
                1.1817841132,
                1.0539680877,
                1.0065514407,
                0.9379516847,
                0.9941090265,
                1.0800883942,
                1.0864429627,
                6.063428723,
                1.0244566484,
                1.0235446927,
            ],
        ];
        for ((found, frozen), sum) in found.by_size.iter().zip(frozen).zip([74.8795670132, 68.5326342333, 66.2263078543]) {
            assert_near(found, &frozen, 1e-8);
            assert!((found.iter().sum::<f64>() - sum).abs() < 1e-7);
        }
    }

    #[test]
    fn a_heap_of_equal_rows_makes_nobody_odd() {
        // The trouble with heaps: forty equal rows, and others near and far.
        let mut at = vec![0.1; 40];
        at.extend((0..60).map(|i| 0.1069 + f64::from(i) * 0.01));
        at.extend([30.0, 31.0]);
        let x = Matrix::new(at, 102, 1).unwrap();
        let most = scores(&x, &[5, 10]).most();
        assert!(most[..100].iter().all(|&score| score < 2.0), "{most:?}");
        assert!(most[100] > 50.0 && most[101] > 50.0);
        assert_eq!(most[0], most[39]);
    }

    #[test]
    fn every_size_alone_gives_the_same_bytes_and_the_curve_too() {
        let value = |i: usize| (i.wrapping_mul(2_654_435_761) % 100_003 % 37) as f64;
        let x = Matrix::new((0..700 * 3).map(value).collect(), 700, 3).unwrap();
        let all = scores(&x, &[5, 10, 30]);
        assert_eq!(all.most_between(10, 30).unwrap(), scores(&x, &[10, 30]).most());
        assert_eq!(all.most_between(11, 29), None);
        let distinct = DistinctRows::of(&x);
        let near = lists_for(&distinct, &USUAL_SIZES, &Ctx::new()).unwrap();
        for (nth, &k) in all.sizes.iter().enumerate() {
            assert_eq!(scores(&x, &[k]).by_size[0], all.by_size[nth]);
        }
        for row in [0, 13, 699] {
            let curve = local_curve(&distinct, &near, row, 30);
            assert_eq!((curve.first().map(|c| c.0), curve.last().map(|c| c.0)), (Some(2), Some(30)));
            for (nth, k) in all.sizes.iter().enumerate() {
                assert_eq!(curve[k - 2], (*k, all.by_size[nth][row]));
            }
        }
    }

    #[test]
    fn threads_change_nothing() {
        let mut random = crate::base::seed::random(3, 0);
        let x = Matrix::new((0..4_000 * 3).map(|_| f64::from(random.random_range(0..60u8))).collect(), 4_000, 3).unwrap();
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| scores(&x, &USUAL_SIZES))
        };
        assert_eq!(with(1), with(4));
    }

    #[test]
    fn a_stop_is_obeyed() {
        let x = Matrix::new((0..9_000).map(f64::from).collect(), 3_000, 3).unwrap();
        let distinct = DistinctRows::of(&x);
        let near = lists_for(&distinct, &[10], &Ctx::new()).unwrap();
        for n in [1, 4, 12] {
            let stopped = local_outlier_factors(&distinct, &near, &[10], &Ctx::stopping_after(n));
            assert_eq!(stopped, Err(UnusualError::Stopped(crate::base::Stopped)));
        }
    }

    #[test]
    fn too_few_different_customers() {
        let x = Matrix::from_rows(&[[1.0], [2.0], [2.0], [3.0], [3.0], [3.0]]).unwrap();
        let distinct = DistinctRows::of(&x);
        let near = lists_for(&distinct, &[2], &Ctx::new()).unwrap();
        let failed = local_outlier_factors(&distinct, &near, &[3, 10], &Ctx::new());
        assert_eq!(failed, Err(UnusualError::TooFewDifferent { different: 3, neighbours: 3 }));
        let ctx = Ctx::new();
        let found = local_outlier_factors(&distinct, &near, &[2, 10], &ctx).unwrap();
        assert_eq!((found.sizes, ctx.notes().len()), (vec![2], 1));
        assert_eq!(local_outlier_factors(&distinct, &near, &[], &ctx), Err(UnusualError::NoSizes));
        let far = Matrix::new((0..90).map(f64::from).collect(), 90, 1).unwrap();
        let far = DistinctRows::of(&far);
        let near = lists_for(&far, &[10], &ctx).unwrap();
        let failed = local_outlier_factors(&far, &near, &[40], &ctx);
        assert_eq!(failed, Err(UnusualError::ListsTooShort { listed: 31, neighbours: 40 }));
    }

    #[test]
    fn rows_nearer_than_can_be_squared_are_survived() {
        let x = Matrix::from_rows(&[[0.0], [1e-200], [2e-200], [3e-200], [1.0], [2.0]]).unwrap();
        assert!(scores(&x, &[2]).most().iter().all(|score| score.is_finite() && *score >= 0.0));
    }
}
