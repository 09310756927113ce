//! How do silhouettes from a sample become exact? In rounds in the background, each over about four times as many rows as the one before.
//!
//! In: labelings whose first silhouettes are there. Out: the best there are by now; the next round is started. All labelings share each
//! round. The rounds before
//! the exact one cost two thirds of it at worst, so they are not worth keeping sums for. A round that would take minutes is
//! never started: the answer then stays that of a sample, with its band. The suggested number of segments is made from the first
//! silhouettes for ever, or it would depend on how long one waited.

use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Key, Labels, Stopped};
use crate::evaluate::{self, Silhouettes};
use crate::features::Prepared;
use crate::plot::SilhouettePlot;

use super::caches::Runtime;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Segmentation};
use super::wanted::SilhouetteWish;

/// Work of the largest round: distances times what each costs. About two minutes of two processors; the slowest laptops take twice that.
const MOST_WORK: f64 = 2.4e12;

/// What one distance costs besides its columns, in columns: the square root and the sum.
const ROOT_COLUMNS: usize = 8;

/// Rows measured in each round after the first, ascending; the last is `n_rows` where it can be afforded. Empty when the first is exact.
pub fn rounds(n_rows: usize, n_cols: usize) -> Vec<usize> {
    let mut rounds = Vec::new();
    if n_rows <= EXACT_SILHOUETTE_ROWS {
        return rounds;
    }
    let work_a_row = n_rows as f64 * (n_cols + ROOT_COLUMNS) as f64;
    let affords = |rows: usize| {
        // A sample is measured against all rows, and all rows against the sample.
        let passes = if rows == n_rows { 1.0 } else { 2.0 };
        passes * rows as f64 * work_a_row <= MOST_WORK
    };
    let mut rows = silhouette_sample(n_rows);
    loop {
        let next = rows * 4;
        let next = if next * 4 >= n_rows && affords(n_rows) { n_rows } else { next };
        if next > n_rows || !affords(next) {
            break;
        }
        rounds.push(next);
        if next == n_rows {
            break;
        }
        rows = next;
    }
    // What is left of the last, unaffordable step, in whole thousands of rows.
    let most = (MOST_WORK / 2.0 / work_a_row) as usize / 1000 * 1000;
    if rounds.last() != Some(&n_rows) && most >= 2 * rows && most < n_rows {
        rounds.push(most);
    }
    rounds
}

/// The best silhouettes of `labelings` that are there beyond the first ones; empty without any. `need` says whether to start the next round.
pub fn refined(runtime: &mut Runtime, prepared: &Made<Prepared>, labelings: &[Labeling], seed: u64, need: Need) -> Vec<Made<Silhouettes>> {
    let n_rows = prepared.value.matrix.n_rows();
    let rounds = rounds(n_rows, prepared.value.matrix.n_cols());
    let mut best = Vec::new();
    let mut next = 0;
    // From the last on, so that a round nobody needs any more is not asked for and may leave.
    for at in (0..rounds.len()).rev() {
        let asked = ask_round(runtime, prepared, labelings, (rounds[at], n_rows), seed, Need::Look);
        let there: Vec<Made<Silhouettes>> = asked.iter().filter_map(|asked| asked.ready().cloned()).collect();
        if there.len() == labelings.len() {
            (best, next) = (there, at + 1);
            break;
        }
    }
    if let (Some(&rows), Need::Start(_), false) = (rounds.get(next), need, labelings.is_empty()) {
        ask_round(runtime, prepared, labelings, (rows, n_rows), seed, need);
    }
    best
}

fn ask_round(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    labelings: &[Labeling],
    (rows, n_rows): (usize, usize),
    seed: u64,
    need: Need,
) -> Vec<Asked<Silhouettes>> {
    let key = |labeling: &Labeling| Key::of("silhouettes in rounds", 1, &(rows, seed), &[prepared.key, labeling.key()]);
    let keys: Vec<Key> = labelings.iter().map(key).collect();
    let title = || if rows == n_rows { "Exact silhouettes" } else { "Silhouettes of a larger sample" };
    let prepared = prepared.value.clone();
    runtime.ask_many(
        |s| &mut s.silhouettes,
        &keys,
        need,
        (|| title().to_owned(), Lane::Background),
        |missing| {
            let labelings: Vec<Labeling> = missing.iter().map(|&at| labelings[at].clone()).collect();
            move |ctx: &Ctx| {
                let labels: Vec<_> = labelings.iter().map(Labeling::labels).collect();
                Ok(evaluate::silhouettes_sampled(&prepared.matrix, &labels, rows, seed, ctx)?)
            }
        },
    )
}

/// Rows up to which silhouettes are computed over all pairs unless chosen otherwise: about a second for a whole elbow.
pub const EXACT_SILHOUETTE_ROWS: usize = 30_000;

/// Rows whose silhouettes are computed when sampled, at most: the mean is then known to about +- 0.005. Each is measured against all
/// rows, so fewer are taken as rows grow; the 95 % band says what that costs.
pub const SILHOUETTE_SAMPLE: usize = 4_000;

/// Sampled rows times rows: a few seconds for a whole elbow.
const SAMPLED_PAIRS: usize = 400_000_000;

/// Rows sampled among `n_rows`.
pub fn silhouette_sample(n_rows: usize) -> usize {
    (SAMPLED_PAIRS / n_rows.max(1)).clamp(400, SILHOUETTE_SAMPLE)
}

/// Over which pairs silhouettes are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SilhouetteRule {
    /// All.
    Exact,
    /// Those of a seeded sample.
    Sampled(u64),
}

impl SilhouetteRule {
    /// What a wish comes to on so many rows.
    pub fn of(wish: SilhouetteWish, n_rows: usize, seed: u64) -> Option<SilhouetteRule> {
        match wish {
            SilhouetteWish::AsWindow if n_rows <= EXACT_SILHOUETTE_ROWS => Some(SilhouetteRule::Exact),
            SilhouetteWish::AsWindow | SilhouetteWish::Sampled => Some(SilhouetteRule::Sampled(seed)),
            SilhouetteWish::Exact => Some(SilhouetteRule::Exact),
            SilhouetteWish::None => None,
        }
    }

    /// The silhouettes of several labelings, in one pass over the pairs.
    pub fn compute(self, prepared: &Prepared, labelings: &[&Labels], ctx: &Ctx) -> Result<Vec<Silhouettes>, Stopped> {
        match self {
            SilhouetteRule::Exact => evaluate::silhouettes(&prepared.matrix, labelings, ctx),
            SilhouetteRule::Sampled(seed) => {
                let x = &prepared.matrix;
                evaluate::silhouettes_sampled(x, labelings, silhouette_sample(x.n_rows()), seed, ctx)
            }
        }
    }
}

/// Silhouettes of this many labelings are computed in one pass: more would hold their distance sums in memory all at once.
const LABELINGS_A_PASS: usize = 32;

/// Silhouettes of all `labelings`: the pass over the pairs is the cost, so those not known yet share a job.
pub fn first(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    labelings: &[Labeling],
    wish: SilhouetteWish,
    seed: u64,
    how: (Need, Lane),
) -> Vec<Asked<Silhouettes>> {
    let Some(rule) = SilhouetteRule::of(wish, prepared.value.matrix.n_rows(), seed) else {
        return vec![Asked::Waiting("No silhouettes are wanted".into()); labelings.len()];
    };
    labelings.chunks(LABELINGS_A_PASS).flat_map(|some| silhouettes_in_one_pass(runtime, prepared, some, rule, how)).collect()
}

fn silhouettes_in_one_pass(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    labelings: &[Labeling],
    rule: SilhouetteRule,
    (need, lane): (Need, Lane),
) -> Vec<Asked<Silhouettes>> {
    let keys: Vec<Key> = labelings.iter().map(|labeling| Key::of("silhouettes", 2, &rule, &[prepared.key, labeling.key()])).collect();
    let prepared = prepared.value.clone();
    runtime.ask_many(
        |s| &mut s.silhouettes,
        &keys,
        need,
        (|| "Silhouettes".into(), lane),
        |missing| {
            let labelings: Vec<Labeling> = missing.iter().map(|&at| labelings[at].clone()).collect();
            move |ctx: &Ctx| {
                let labels: Vec<&Labels> = labelings.iter().map(Labeling::labels).collect();
                Ok(rule.compute(&prepared, &labels, ctx)?)
            }
        },
    )
}

/// The silhouette plot of one labeling.
pub fn plot(
    runtime: &mut Runtime,
    segmentation: &Made<Segmentation>,
    silhouettes: &Made<Silhouettes>,
    need: Need,
) -> Asked<SilhouettePlot> {
    let key = plot_key(segmentation, silhouettes);
    let (segmentation, silhouettes) = (segmentation.value.clone(), silhouettes.value.clone());
    runtime.ask(
        |s| &mut s.silhouette_plots,
        key,
        need,
        (|| "Silhouette plot".into(), Lane::Quick),
        move |_| Ok(SilhouettePlot { stamp: Some(key), ..crate::plot::silhouette(&segmentation.labels, &silhouettes) }),
    )
}

/// Names a silhouette plot: who is picked by its bars is found in the same labels and silhouettes.
pub fn plot_key(segmentation: &Made<Segmentation>, silhouettes: &Made<Silhouettes>) -> Key {
    Key::of("silhouette plot", 2, &(), &[silhouettes.key, segmentation.key])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_grow_fourfold_and_end_with_all_rows_or_what_can_be_afforded() {
        let all: [(usize, &[usize]); 5] = [
            (30_000, &[]),
            (40_000, &[40_000]),
            (100_000, &[16_000, 100_000]),
            (200_000, &[8_000, 32_000, 200_000]),
            (1_000_000, &[1_600, 6_400, 25_600, 75_000]),
        ];
        for (n_rows, expected) in all {
            assert_eq!(rounds(n_rows, 8), expected, "{n_rows}");
        }
    }

    #[test]
    fn rounds_before_the_exact_one_cost_at_most_two_thirds_of_it() {
        for n_rows in (30_001..400_000).step_by(7_919) {
            let rounds = rounds(n_rows, 8);
            let before: usize = rounds.iter().filter(|&&rows| rows < n_rows).sum();
            assert!(
                rounds.last() != Some(&n_rows) || 2 * (before + silhouette_sample(n_rows)) <= n_rows * 2 / 3 + 2,
                "{n_rows} {rounds:?}"
            );
        }
    }
}
