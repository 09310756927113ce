//! How do silhouettes from a sample become exact? In rounds in the background, each over about four times as many rows as the one before.
//!
//! In: labelings whose first silhouettes are there. Out: the best there are by now; the next round is started. All labelings share each
//! round. The rounds before
//! the exact one cost two thirds of it at worst, so they are not worth keeping sums for. A round that would take minutes is
//! never started: the answer then stays that of a sample, with its band. The suggested number of segments is made from the first
//! silhouettes for ever, or it would depend on how long one waited.

use crate::base::{Ctx, Key};
use crate::evaluate::{self, Silhouettes};
use crate::features::Prepared;

use super::desk::{Asked, Made, Need};
use super::jobs::Lane;
use super::steps::{EXACT_SILHOUETTE_ROWS, Kitchen, Labeling, silhouette_sample};

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
pub fn silhouettes(desk: &mut Kitchen, prepared: &Made<Prepared>, labelings: &[Labeling], seed: u64, need: Need) -> Vec<Made<Silhouettes>> {
    let n_rows = prepared.value.matrix.n_rows();
    let rounds = rounds(n_rows, prepared.value.matrix.n_cols());
    let mut best = Vec::new();
    let mut next = 0;
    // From the last on, so that a round nobody needs any more is not asked for and may leave.
    for at in (0..rounds.len()).rev() {
        let asked = ask(desk, prepared, labelings, (rounds[at], n_rows), seed, Need::Look);
        let there: Vec<Made<Silhouettes>> = asked.iter().filter_map(|asked| asked.ready().cloned()).collect();
        if there.len() == labelings.len() {
            (best, next) = (there, at + 1);
            break;
        }
    }
    if let (Some(&rows), Need::Start(_), false) = (rounds.get(next), need, labelings.is_empty()) {
        ask(desk, prepared, labelings, (rows, n_rows), seed, need);
    }
    best
}

fn ask(
    desk: &mut Kitchen,
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
    desk.ask_many(
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
