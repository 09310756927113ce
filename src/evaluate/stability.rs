//! Would the same segments come back if other customers of the same kind had been asked?
//!
//! In: rows, their labels, how they were grouped. Out: for every cluster how much of it comes back when rows are drawn anew and grouped again,
//! and the same number for shuffled columns, which any cluster has to beat. Cost: draws times the method on the rows of a draw.
//!
//! Hennig 2007, "Cluster-wise assessment of cluster stability", as `fpc::clusterboot` does it: every draw takes n rows with replacement, rows drawn
//! twice count once, the rows are grouped by the same method, and each cluster gets the largest Jaccard coefficient any new cluster has with it among the rows
//! drawn; a cluster of which no row was drawn gets 0. Noise is in no cluster and matches none. Two differences. Of more rows than
//! [`Regroup::most_rows`] a draw takes so many without replacement (fpc's "subset"). For DBSCAN rows drawn twice are there twice while grouping, since
//! two thirds of the rows would be two thirds of the density that its epsilon was chosen for; they still count once in the coefficient.
//!
//! Hennig notes that data without any clusters can be stable too, so the same is done to copies with shuffled columns: each is grouped, drawn
//! from and grouped again.

use rayon::prelude::*;

use super::Regroup;
use super::shuffle::shuffled_columns;
use crate::base::seed::{self, Random, RngExt};
use crate::base::stats::mean;
use crate::base::{Ctx, Labels, Matrix, text};
use crate::cluster::ClusterError;

/// How often each cluster came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The largest Jaccard coefficient of each cluster (inner) in each draw (outer).
    pub draws: Vec<Vec<f64>>,
    /// For each shuffled copy the mean coefficient of its own clusters over its own draws; none where shuffled rows form no cluster.
    pub shuffled: Vec<Option<f64>>,
    /// Rows in each cluster.
    pub sizes: Vec<usize>,
    /// Rows of a draw before repeats are taken out.
    pub rows_a_draw: usize,
    /// Rows of the data.
    pub n_rows: usize,
    /// Clusters that are parts of a segment, with what shuffled columns of its members alone give.
    pub parts: Vec<(usize, Option<f64>)>,
}

/// How far a segment may be relied on, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// It comes back nearly whole, and is large enough to count on.
    High,
    /// It comes back.
    Good,
    /// It comes back, and shuffled columns do as surely, so that coming back is no sign of anything.
    Unproven,
    /// There is something, but who belongs to it is uncertain.
    Fuzzy,
    /// It is not there again, or too small to tell.
    DoNotRely,
}

impl Trust {
    /// The badge's word.
    pub fn word(self) -> &'static str {
        match self {
            Trust::High => "High",
            Trust::Good => "Good",
            Trust::Unproven => "Unproven",
            Trust::Fuzzy => "Fuzzy",
            Trust::DoNotRely => "Unreliable",
        }
    }
}

/// Mean coefficients from which on a cluster is highly stable, stable, and no longer to be dissolved (Hennig 2007).
const HIGH: f64 = 0.85;
const STABLE: f64 = 0.75;
const DOUBTFUL: f64 = 0.60;
/// A cluster that comes back no more surely than shuffled ones by this much does no better than chance: 0.99 against 0.99 is no evidence.
const LEAST_ABOVE_CHANCE: f64 = 0.02;
/// Fewer customers than this are no segment to rely on, fewer than that not highly.
const FEWEST: usize = 31;
const FEWEST_FOR_HIGH: usize = 100;
/// From this share of missing values in a headline column on, trust is not high.
const MOST_MISSING_FOR_HIGH: f64 = 0.05;
/// Draws made side by side between two looks at whether something is more urgent.
const SIDE_BY_SIDE: usize = 4;
/// Above this many rows a draw one at a time is slow enough.
const MOST_ROWS_SIDE_BY_SIDE: usize = 20_000;
/// A shuffled copy for so many draws, and one more.
const DRAWS_A_COPY: usize = 10;
/// Draws from each shuffled copy.
const DRAWS_OF_COPY: usize = 5;
/// A draw with fewer rows of a cluster than this says little about it.
const FEWEST_DRAWN: f64 = 31.0;
const SALT: u64 = 0x4472_6177_2061_6E65;
const STAGE: &str = "Resampling customers";

impl Stability {
    /// The mean coefficient of one cluster over all draws.
    pub fn jaccard(&self, cluster: usize) -> f64 {
        let of_cluster: Vec<f64> = self.draws.iter().map(|draw| draw[cluster]).collect();
        mean(&of_cluster)
    }

    /// The mean coefficient of clusters in shuffled copies; none where these form no cluster.
    pub fn null(&self) -> Option<f64> {
        let known: Vec<f64> = self.shuffled.iter().flatten().copied().collect();
        (!known.is_empty()).then(|| mean(&known))
    }

    /// The same for one cluster: parts are held against what chance gives inside their segment.
    pub fn null_of(&self, cluster: usize) -> Option<f64> {
        self.parts.iter().find(|(part, _)| *part == cluster).map_or_else(|| self.null(), |(_, null)| *null)
    }

    /// Draws in which the cluster was found again, its coefficient being [`STABLE`] or more.
    pub fn n_found(&self, cluster: usize) -> usize {
        self.draws.iter().filter(|draw| draw[cluster] >= STABLE).count()
    }

    /// Whether the cluster comes back in most draws, whatever shuffled columns give.
    pub fn comes_back(&self, cluster: usize) -> bool {
        self.jaccard(cluster) >= STABLE
    }

    /// Whether it comes back more surely than clusters of shuffled columns do, by more than a difference nobody would read as one. Near 1, where there is no
    /// room for that, it must lose at most half as many as they do: columns that fall into heaps come back nearly whole even when shuffled.
    fn beats_chance(&self, cluster: usize) -> bool {
        let jaccard = self.jaccard(cluster);
        self.null_of(cluster)
            .is_none_or(|null| jaccard - null >= LEAST_ABOVE_CHANCE || (jaccard > null && 2.0 * (1.0 - jaccard) <= 1.0 - null))
    }

    /// Whether it comes back more surely by a difference that anybody reads as one: where shuffled columns come back nearly whole, coming back whole is a good sign, and no proof.
    fn leaves_chance_behind(&self, cluster: usize) -> bool {
        self.null_of(cluster).is_none_or(|null| self.jaccard(cluster) - null >= LEAST_ABOVE_CHANCE)
    }

    /// Whether clusters of shuffled columns come back as surely as this one, and so surely that hardly any could do better: with two or three segments a cut
    /// through one cloud falls in the same place each time.
    fn proves_nothing(&self, cluster: usize) -> bool {
        let jaccard = self.jaccard(cluster);
        jaccard >= HIGH && !self.beats_chance(cluster) && self.null_of(cluster).is_some_and(|null| null >= HIGH)
    }

    /// How far one cluster may be relied on, `headline_missing` being the share of its members without a value in the columns it is named
    /// by: what is often not known is not highly reliable.
    pub fn trust_with(&self, cluster: usize, headline_missing: f64) -> Trust {
        match self.trust(cluster) {
            Trust::High if headline_missing >= MOST_MISSING_FOR_HIGH => Trust::Good,
            trust => trust,
        }
    }

    /// Why, in plain sentences with the numbers.
    pub fn reasons_with(&self, cluster: usize, headline_missing: f64) -> Vec<String> {
        let mut reasons = self.reasons(cluster);
        if self.trust(cluster) != self.trust_with(cluster, headline_missing) {
            let percent = |share: f64| format!("{:.0}{}%", 100.0 * share, text::SPACE);
            let (missing, most) = (percent(headline_missing), percent(MOST_MISSING_FOR_HIGH));
            reasons.push(format!("{missing} have no value in a column of the name; High needs fewer than {most}."));
        }
        reasons
    }

    /// How far one cluster may be relied on, by its stability and size alone.
    pub fn trust(&self, cluster: usize) -> Trust {
        let (jaccard, size) = (self.jaccard(cluster), self.sizes[cluster]);
        match jaccard {
            _ if size < FEWEST => Trust::DoNotRely,
            j if j < DOUBTFUL => Trust::DoNotRely,
            _ if self.proves_nothing(cluster) => Trust::Unproven,
            j if j < STABLE || !self.beats_chance(cluster) => Trust::Fuzzy,
            j if j >= HIGH && size >= FEWEST_FOR_HIGH && self.leaves_chance_behind(cluster) => Trust::High,
            _ => Trust::Good,
        }
    }

    /// "0.99", and where shuffled columns come back as well as many decimals as tell both apart, as in the reasons: "0.993".
    pub fn told(&self, cluster: usize) -> String {
        let jaccard = self.jaccard(cluster);
        let chance = self.null_of(cluster).filter(|_| !self.beats_chance(cluster));
        let digits = chance.map_or(2, |chance| text::digits_apart(jaccard, chance));
        format!("{jaccard:.digits$}")
    }

    /// Why, in plain sentences with the numbers.
    pub fn reasons(&self, cluster: usize) -> Vec<String> {
        let (jaccard, size) = (self.jaccard(cluster), self.sizes[cluster]);
        let digits = self.null_of(cluster).map_or(2, |null| text::digits_apart(jaccard, null));
        let mut reasons = vec![format!(
            "The group came back in {} of {} draws of the customers, on average with {} % of the same members (Jaccard {jaccard:.digits$}).",
            self.n_found(cluster),
            self.draws.len(),
            text::whole(jaccard)
        )];
        reasons.push(match self.null_of(cluster) {
            Some(null) if self.beats_chance(cluster) => {
                format!("With shuffled columns, where there is nothing to find, it is {null:.digits$}.")
            }
            Some(null) if self.proves_nothing(cluster) => {
                format!("Segments of shuffled columns, where there is nothing to find, come back as surely ({null:.digits$}), so this proves nothing for or against it.")
            }
            Some(null) if jaccard > null => {
                format!("Segments of shuffled columns, where there is nothing to find, reach {null:.digits$}: nearly as much, so do not rely on it.")
            }
            Some(null) => {
                format!("Segments of shuffled columns, where there is nothing to find, reach {null:.digits$}: random data do as well here, so do not rely on it.")
            }
            None => "With shuffled columns there is no segment at all.".into(),
        });
        if size < FEWEST {
            reasons.push(format!("{} {} too few to rely on.", text::count(size), if size == 1 { "customer is" } else { "customers are" }));
        } else if jaccard >= HIGH && size < FEWEST_FOR_HIGH {
            reasons.push(format!("High needs {FEWEST_FOR_HIGH} customers."));
        } else if jaccard >= HIGH && self.trust(cluster) == Trust::Good {
            reasons.push(format!("High needs {LEAST_ABOVE_CHANCE} more than shuffled columns reach."));
        }
        let drawn = size as f64 * self.rows_a_draw as f64 / self.n_rows.max(1) as f64;
        if self.rows_a_draw < self.n_rows {
            let all = text::count(self.n_rows);
            reasons.push(format!("Each draw takes {} of {all} customers.", text::count(self.rows_a_draw)));
            if size >= FEWEST && drawn < FEWEST_DRAWN {
                reasons.push(format!("About {drawn:.0} of this segment are among them, which may be too few to find it."));
            }
        }
        reasons
    }

    /// How far the grouping as a whole may be relied on: by the mean coefficient over all its clusters, each counted by its size. What chance gives is not asked.
    pub fn overall(&self) -> Trust {
        let n: usize = self.sizes.iter().sum();
        let mean: f64 =
            (0..self.sizes.len()).map(|cluster| self.jaccard(cluster) * self.sizes[cluster] as f64).sum::<f64>() / n.max(1) as f64;
        match mean {
            mean if mean >= HIGH => Trust::High,
            mean if mean >= STABLE => Trust::Good,
            mean if mean >= DOUBTFUL => Trust::Fuzzy,
            _ => Trust::DoNotRely,
        }
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        (self.draws.len() + 1) * self.sizes.len() * size_of::<f64>()
    }
}

/// The stability after `n_draws` draws; those of `before` are taken over, and the result is the same as without them.
pub fn stability(
    x: &Matrix,
    labels: &Labels,
    how: &Regroup,
    seed: u64,
    n_draws: usize,
    before: Option<&Stability>,
    ctx: &Ctx,
) -> Result<Stability, ClusterError> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let most = how.most_rows().unwrap_or(x.n_rows());
    let mut draws = before.map_or_else(Vec::new, |before| before.draws.clone());
    let mut shuffled = before.map_or_else(Vec::new, |before| before.shuffled.clone());
    let copies = if n_draws == 0 { 0 } else { 1 + n_draws / DRAWS_A_COPY };
    let (drawn, copied) = (draws.len(), shuffled.len());
    let steps = n_draws.saturating_sub(drawn) + copies.saturating_sub(copied) * (1 + DRAWS_OF_COPY);
    let tick = Ticks { done: std::sync::atomic::AtomicUsize::new(0), steps };
    let one = |nth: usize| {
        let coefficients = again(x, labels, how, most, &mut seed::random(seed ^ SALT, nth as u64), ctx)?;
        tick.one(ctx);
        Ok(coefficients)
    };
    draws.extend(in_batches(drawn..n_draws, most.min(x.n_rows()), one, ctx)?);
    shuffled.extend(in_batches(copied..copies, most.min(x.n_rows()), |copy| of_shuffled(x, how, seed, copy, &tick, ctx), ctx)?);
    let sizes = labels.sizes().to_vec();
    Ok(Stability { draws, shuffled, sizes, rows_a_draw: x.n_rows().min(most), n_rows: x.n_rows(), parts: Vec::new() })
}

/// Several at a time, side by side; between two batches whatever is more urgent goes first.
fn in_batches<T: Send>(
    all: std::ops::Range<usize>,
    rows: usize,
    one: impl Fn(usize) -> Result<T, ClusterError> + Sync,
    ctx: &Ctx,
) -> Result<Vec<T>, ClusterError> {
    let batch = if rows > MOST_ROWS_SIDE_BY_SIDE { 1 } else { SIDE_BY_SIDE };
    let mut made = Vec::with_capacity(all.len());
    for first in all.clone().step_by(batch) {
        ctx.give_way()?;
        let last = (first + batch).min(all.end);
        made.extend((first..last).into_par_iter().map(&one).collect::<Result<Vec<T>, ClusterError>>()?);
    }
    Ok(made)
}

/// How many steps of all are done, for the progress.
struct Ticks {
    done: std::sync::atomic::AtomicUsize,
    steps: usize,
}

impl Ticks {
    fn one(&self, ctx: &Ctx) {
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        ctx.progress(STAGE, done as f32 / self.steps.max(1) as f32);
    }
}

/// The mean coefficient of the clusters of one shuffled copy. Of large tables the copy has twice the rows of a draw, which leaves the draws something
/// to leave out.
fn of_shuffled(x: &Matrix, how: &Regroup, seed: u64, copy: usize, ticks: &Ticks, ctx: &Ctx) -> Result<Option<f64>, ClusterError> {
    let most = how.most_rows().unwrap_or(x.n_rows());
    let rows = if x.n_rows() > most { x.n_rows().min(2 * most) } else { x.n_rows() };
    let shuffled = shuffled_columns(x, rows, seed, copy, ctx)?;
    let labels = how.group(&shuffled, ctx)?;
    ticks.one(ctx);
    let mut coefficients = Vec::new();
    for nth in 0..DRAWS_OF_COPY {
        let stream = ((copy as u64 + 1) << 32) | nth as u64;
        coefficients.extend(again(&shuffled, &labels, how, most, &mut seed::random(seed ^ SALT, stream), ctx)?);
        ticks.one(ctx);
    }
    Ok((!coefficients.is_empty()).then(|| mean(&coefficients)))
}

/// Draws rows once, groups them and compares.
fn again(x: &Matrix, labels: &Labels, how: &Regroup, most: usize, random: &mut Random, ctx: &Ctx) -> Result<Vec<f64>, ClusterError> {
    let mut rows = draw(x.n_rows(), most, random);
    ctx.check()?;
    if !how.counts_repeats() {
        rows.dedup();
    }
    let found = how.group(&x.select_rows(&rows), ctx)?;
    Ok(best_jaccards(labels, &rows, &found))
}

/// As many rows as there are, with replacement; of more than `most` rows so many different ones. Ascending.
fn draw(n_rows: usize, most: usize, random: &mut Random) -> Vec<usize> {
    let mut rows: Vec<usize> = if n_rows <= most {
        (0..n_rows).map(|_| random.random_range(0..n_rows)).collect()
    } else {
        let mut order: Vec<u32> = (0..n_rows as u32).collect();
        for at in 0..most {
            let other = random.random_range(at..n_rows);
            order.swap(at, other);
        }
        order[..most].iter().map(|&row| row as usize).collect()
    };
    rows.sort_unstable();
    rows
}

/// For every cluster of `labels` the largest Jaccard coefficient that any cluster of `found` has with it among the rows drawn. `found` labels `rows`,
/// which ascend; a row drawn twice counts once. O(m + a b).
pub fn best_jaccards(labels: &Labels, rows: &[usize], found: &Labels) -> Vec<f64> {
    let (n_old, n_new) = (labels.n_clusters(), found.n_clusters());
    let mut shared = vec![0usize; n_old * n_new];
    let (mut old_sizes, mut new_sizes) = (vec![0usize; n_old], vec![0usize; n_new]);
    for (at, &row) in rows.iter().enumerate() {
        if at > 0 && rows[at - 1] == row {
            continue;
        }
        let (old, new) = (labels.get(row), found.get(at));
        if let Some(old) = old {
            old_sizes[old] += 1;
        }
        if let Some(new) = new {
            new_sizes[new] += 1;
        }
        if let (Some(old), Some(new)) = (old, new) {
            shared[old * n_new + new] += 1;
        }
    }
    let coefficient = |old: usize, new: usize| {
        let both = shared[old * n_new + new];
        let either = old_sizes[old] + new_sizes[new] - both;
        if either == 0 { 0.0 } else { both as f64 / either as f64 }
    };
    (0..n_old).map(|old| (0..n_new).map(|new| coefficient(old, new)).fold(0.0, f64::max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_by_hand() {
        // Clusters {0 1 2 3}, {4 5 6}, {8}; row 7 is noise. Drawn: 0 1 1 3 4 5 7, grouped into {0 1 1}, {3 4 5}, {7}.
        let labels = Labels::from_options(&[Some(0), Some(0), Some(0), Some(0), Some(1), Some(1), Some(1), None, Some(2)]);
        let found = Labels::from_ids(&[0, 0, 0, 1, 1, 1, 2]);
        let best = best_jaccards(&labels, &[0, 1, 1, 3, 4, 5, 7], &found);
        // Of {0 1 3} and {0 1} two of three are shared; of {4 5} and {3 4 5} too; of the third no row was drawn.
        assert_eq!(best, [2.0 / 3.0, 2.0 / 3.0, 0.0]);
        let noise = Labels::from_options(&[None; 7]);
        assert_eq!(best_jaccards(&labels, &[0, 1, 1, 3, 4, 5, 7], &noise), [0.0; 3]);
    }

    #[test]
    fn a_draw_takes_what_it_says() {
        let mut random = seed::random(1, 2);
        let rows = draw(1000, 5000, &mut random);
        let mut unique = rows.clone();
        unique.dedup();
        assert_eq!(rows.len(), 1000);
        assert!((560..=700).contains(&unique.len()), "about 1 - 1/e are drawn, not {}", unique.len());
        let mut rows = draw(1000, 400, &mut random);
        rows.dedup();
        assert_eq!(rows.len(), 400, "without replacement");
    }

    #[test]
    fn badges_follow_the_bands() {
        let of = |jaccard: f64, size: usize, null: Option<f64>| {
            let stability = Stability {
                draws: vec![vec![jaccard]],
                shuffled: vec![null],
                sizes: vec![size],
                rows_a_draw: size,
                n_rows: size,
                parts: vec![],
            };
            stability.trust(0)
        };
        for (jaccard, size, null, trust) in [
            (0.85, 100, Some(0.4), Trust::High),
            (0.85, 99, Some(0.4), Trust::Good),
            (0.84, 100, Some(0.4), Trust::Good),
            (0.75, 31, None, Trust::Good),
            (0.74, 500, Some(0.4), Trust::Fuzzy),
            (0.60, 500, Some(0.4), Trust::Fuzzy),
            (0.59, 500, Some(0.4), Trust::DoNotRely),
            (0.99, 30, Some(0.4), Trust::DoNotRely),
            // No better than chance.
            (0.80, 500, Some(0.90), Trust::Fuzzy),
            (0.80, 500, Some(0.79), Trust::Fuzzy),
            // Shuffled columns leave no room to be better than chance.
            (0.90, 500, Some(0.90), Trust::Unproven),
            (0.90, 500, Some(0.95), Trust::Unproven),
            (0.99, 500, Some(0.985), Trust::Unproven),
            (1.00, 500, Some(1.00), Trust::Unproven),
            (1.00, 30, Some(1.00), Trust::DoNotRely),
            (1.00, 500, Some(0.99), Trust::Good),
            (0.98, 500, Some(0.95), Trust::High),
            (0.50, 500, Some(0.95), Trust::DoNotRely),
        ] {
            assert_eq!(of(jaccard, size, null), trust, "{jaccard} {size} {null:?}");
        }
    }

    #[test]
    fn reasons_say_what_a_badge_rests_on() {
        let stability = Stability {
            draws: vec![vec![0.9, 0.7, 0.5], vec![0.8, 0.8, 0.5]],
            shuffled: vec![Some(0.72), None, Some(0.68)],
            sizes: vec![5_000, 3_000, 12],
            rows_a_draw: 2_000,
            n_rows: 20_000,
            parts: vec![(1, Some(0.9))],
        };
        let all = |cluster: usize| stability.reasons(cluster).join(" ");
        assert!(
            all(0).starts_with(
                "The group came back in 2 of 2 draws of the customers, on average with 85 % of the same members (Jaccard 0.85)."
            ),
            "{}",
            all(0)
        );
        assert!(all(0).contains("0.70") && all(0).contains("2\u{202f}000 of 20\u{202f}000"), "{}", all(0));
        assert!(all(1).contains("1 of 2") && all(1).contains("reach 0.90"), "a part is held against its own chance: {}", all(1));
        assert!(all(2).contains("random data do as well here") && all(2).contains("12 customers are too few"), "{}", all(2));
    }
}
