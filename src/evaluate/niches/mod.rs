//! Is there a smaller group inside a segment with a need of its own, and is it there among customers who had no part in finding it?
//!
//! - [`rules`]: what makes a group a niche, as numbers that may be changed.
//! - [`columns`]: how a group differs from the rest of its segment, column by column.
//! - [`candidates`]: which groups inside a segment are worth a look?
//! - [`comes_back`]: would a group be found again among other customers, and would chance do as well?
//! - `halves`: on which customers is one found, and on which confirmed?
//! - [`found`]: what is told of them?
//! - [`find`]: which candidates are niches, and why the others are not.
//!
//! Whoever looks at many groups finds some by chance. So every segment is cut into halves by the seed: candidates are found and tested on the one, each
//! becomes a rule of three conditions or fewer, and the customers of the other half for whom the rule holds must differ in the same way. The rule may not ask for what
//! counts as a need, or it would confirm itself.

pub mod candidates;
pub mod columns;
pub mod comes_back;
pub mod find;
pub mod found;
mod halves;
pub mod rules;

pub use candidates::{NicheCandidate, NicheOrigin};
pub use columns::{NicheColumn, NicheMeasure, NicheValues};
pub use find::{NicheSearch, find_niches};
pub use found::{Difference, FailedCandidate, FoundNiche, NichesFound, UnusualKinds, WhyNot};
pub use rules::NicheRules;

use crate::base::Stopped;
use crate::base::text;
use crate::cluster::ClusterError;

/// Why nobody can look for niches. The sentences are shown to the user as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NicheError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The rows cannot be grouped.
    #[error(transparent)]
    Rows(ClusterError),
    /// The smallest niche would be too large a part of them.
    #[error(
        "{} customers are too few to look for niches: a niche has at least {least} and at most {} %, so {} are needed.",
        text::count(*.rows),
        100.0 * most_share,
        text::count(*.needed)
    )]
    TooFewCustomers {
        /// Customers there are.
        rows: usize,
        /// The least customers of a niche.
        least: usize,
        /// Its largest share.
        most_share: f64,
        /// Customers that would do.
        needed: usize,
    },
    /// Nothing for a niche to be part of.
    #[error("There is one segment only, so nothing for a niche to be part of; choose more segments.")]
    OneSegment,
    /// Columns, labels and rows are not of the same customers.
    #[error("What is compared has {found} rows where {expected} are expected; compute it again.")]
    OtherRows {
        /// Given.
        found: usize,
        /// Expected.
        expected: usize,
    },
    /// No column tells of a need.
    #[error(
        "No column tells of a need, so no group can have one of its own. Outcomes count as needs, and columns about support, returns, categories or channels; give a column the \
         role Outcome on the Prepare page to count it too."
    )]
    NoNeed,
}

impl From<ClusterError> for NicheError {
    fn from(error: ClusterError) -> NicheError {
        match error {
            ClusterError::Stopped(stopped) => NicheError::Stopped(stopped),
            other => NicheError::Rows(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, Random, RngExt};
    use crate::base::stats::{normal_quantile, sorted};
    use crate::base::{Ctx, Labels, Matrix};
    use crate::cluster::{KMeansParams, kmeans};
    use crate::evaluate::decision_tree::Coded;
    use crate::evaluate::shuffle::shuffled_columns;

    /// A world in which the truth is known.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum World {
        /// Three segments, inside the second a heap of 64 who leave and call for support far more often.
        Planted,
        /// The same heap with the needs of everybody.
        HeapWithoutNeed,
        /// Three round segments that leave more or less often.
        Segments,
        /// One long cloud, at one end of which people leave more often.
        Cloud,
        /// The columns of the first, each in an order of its own.
        Shuffled,
    }

    struct Made {
        x: Matrix,
        labels: Labels,
        columns: Vec<NicheColumn>,
        asked: Vec<Coded>,
        unusual: Vec<u32>,
        planted: Vec<u32>,
    }

    const N: usize = 1_600;
    const P: usize = 5;

    fn normal(random: &mut Random) -> f64 {
        normal_quantile(random.random_range(f64::EPSILON..1.0))
    }

    fn made(world: World, seed: u64) -> Made {
        let mut random = seed::random(seed, 77);
        let has_heap = matches!(world, World::Planted | World::HeapWithoutNeed | World::Shuffled);
        let planted: Vec<u32> = if has_heap { (0..64).map(|nth| 1 + 3 * (nth * 7)).collect() } else { Vec::new() };
        let is_planted = |row: usize| planted.binary_search(&(row as u32)).is_ok();
        let mut along = Vec::new();
        let mut values = Vec::new();
        for row in 0..N {
            let segment = row % 3;
            let z: Vec<f64> = (0..P).map(|_| normal(&mut random)).collect();
            along.push(normal(&mut random));
            let mut of: Vec<f64> = match world {
                World::Cloud => (0..P).map(|col| 2.5 * along[row] * [1.0, -0.8, 0.6, 0.9, 0.2][col] + z[col]).collect(),
                _ => (0..P)
                    .map(|col| [[0.0, 9.0, 0.0, 0.0, 9.0], [9.0, 0.0, 9.0, 0.0, 0.0], [0.0, 0.0, 9.0, 9.0, 9.0]][segment][col] + z[col])
                    .collect(),
            };
            if is_planted(row) {
                // A heap beside the middle of the second segment, where nobody else is.
                of = (0..P).map(|col| [9.0, 3.6, 9.0, -3.6, 0.0][col] + 0.5 * z[col]).collect();
            }
            values.extend(of);
        }
        let mut x = Matrix::new(values, N, P).unwrap();
        if world == World::Shuffled {
            x = shuffled_columns(&x, N, seed, 0, &Ctx::new()).unwrap();
        }
        let (mut churn, mut calls) = (Vec::new(), Vec::new());
        for row in 0..N {
            let rate = match world {
                World::Planted if is_planted(row) => 0.65,
                World::Planted | World::HeapWithoutNeed => 0.15,
                World::Shuffled => {
                    if x.at(row, 1) > 0.0 {
                        0.3
                    } else {
                        0.08
                    }
                }
                World::Segments => [0.1, 0.2, 0.4][row % 3],
                World::Cloud => 1.0 / (1.0 + (2.0 - 2.0 * along[row]).exp()),
            };
            let often = match world {
                World::Planted if is_planted(row) => 3.0,
                World::Cloud => along[row].exp(),
                _ => 1.0,
            };
            churn.push(Some(u32::from(random.random_range(0.0..1.0) < rate)));
            calls.push((often * -(random.random_range(f64::EPSILON..1.0f64)).ln()).round());
        }
        let labels = kmeans(&x, &KMeansParams { k: 3, restarts: 4, seed }, &Ctx::new()).unwrap().labels;
        let number = |values: Vec<f64>, is_need| NicheColumn {
            values: NicheValues::Number { scaled: values.iter().map(|value| value.asinh()).collect(), values, has_ratio: true },
            is_need,
        };
        let of_matrix: Vec<Vec<f64>> = (0..P).map(|col| (0..N).map(|row| x.at(row, col)).collect()).collect();
        let asked = of_matrix.iter().map(|values| coded(values)).collect();
        let mut columns: Vec<NicheColumn> = of_matrix.into_iter().map(|values| number(values, false)).collect();
        columns.push(NicheColumn { values: NicheValues::Levels { of_row: churn, n_levels: 2 }, is_need: true });
        columns.push(number(calls, true));
        Made { x, labels, columns, asked, unusual: Vec::new(), planted }
    }

    fn coded(values: &[f64]) -> Coded {
        let ascending = sorted(values.iter().copied());
        let mut cuts: Vec<f64> = (1..48).map(|nth| ascending[nth * ascending.len() / 48]).collect();
        cuts.dedup();
        let codes = values.iter().map(|value| cuts.partition_point(|cut| cut < value) as u8).collect();
        Coded { codes, n_codes: cuts.len() + 1, n_splits: cuts.len(), is_ordered: true }
    }

    fn found(made: &Made, rules: NicheRules, seed: u64, ctx: &Ctx) -> Result<NichesFound, NicheError> {
        let asked_columns: Vec<usize> = (0..made.asked.len()).collect();
        let search = NicheSearch {
            x: &made.x,
            labels: &made.labels,
            columns: &made.columns,
            asked: &made.asked,
            asked_columns: &asked_columns,
            unusual: &made.unusual,
            min_samples: 5,
            rules,
            seed,
        };
        find_niches(&search, ctx)
    }

    fn is_right(niche: &FoundNiche, planted: &[u32]) -> bool {
        let both = niche.rows.iter().filter(|row| planted.binary_search(row).is_ok()).count();
        both as f64 / (niche.rows.len() + planted.len() - both) as f64 > 0.8
    }

    #[test]
    fn a_planted_niche_is_found_with_its_segment_and_its_need() {
        let mut n_right = 0;
        for seed in 0..6 {
            let made = made(World::Planted, seed);
            let found = found(&made, NicheRules::default(), seed, &Ctx::new()).unwrap();
            assert!(
                found.niches.len() <= 1
                    && found.n_tried == found.failed.len() + found.niches.iter().map(|niche| 1 + niche.n_alike).sum::<usize>()
            );
            let Some(niche) = found.niches.first() else { continue };
            assert!(is_right(niche, &made.planted), "{niche:?}");
            n_right += 1;
            assert_eq!(niche.parent.map(|parent| parent as usize), made.labels.get(made.planted[0] as usize), "the segment it is part of");
            assert!([P, P + 1].contains(&niche.need.found.column) && niche.need.all.index.unwrap() >= 150.0, "{:?}", niche.need);
            assert!(
                niche.apart.found.column < P && niche.need.confirmed.at_least() > 0.2 && !niche.rule.is_empty() && niche.rule.len() <= 3
            );
        }
        assert!(n_right >= 5, "{n_right} of 6");
    }

    #[test]
    fn nothing_is_confirmed_where_there_is_no_niche() {
        for world in [World::HeapWithoutNeed, World::Segments, World::Cloud, World::Shuffled] {
            for seed in 0..4 {
                let made = made(world, seed);
                let found = found(&made, NicheRules::default(), seed, &Ctx::new()).unwrap();
                assert!(found.niches.is_empty(), "{world:?} {seed}: {:?}", found.niches);
                let of_heap = |failed: &&FailedCandidate| world == World::HeapWithoutNeed && failed.why == WhyNot::NoNeed;
                assert!(world != World::HeapWithoutNeed || found.failed.iter().any(|failed| of_heap(&failed)), "a heap alone is no niche");
            }
        }
    }

    /// What false confirmations come to over many seeds; the table is in `benches/README.md`.
    #[test]
    #[ignore = "measures"]
    fn how_often_chance_is_confirmed() {
        for world in [World::Planted, World::HeapWithoutNeed, World::Segments, World::Cloud, World::Shuffled] {
            let (mut tried, mut any, mut right) = (0, 0, 0);
            let mut why = std::collections::BTreeMap::new();
            for seed in 100..160 {
                let made = made(world, seed);
                let found = found(&made, NicheRules::default(), seed, &Ctx::new()).unwrap();
                tried += found.n_tried;
                any += usize::from(!found.niches.is_empty());
                right += usize::from(found.niches.iter().any(|niche| is_right(niche, &made.planted)));
                found.failed.iter().for_each(|failed| *why.entry(failed.why).or_insert(0) += 1);
            }
            println!("{world:?}: {tried} tried, {any} of 60 with a niche, {right} of them right; {why:?}");
        }
    }

    #[test]
    fn threads_change_nothing_and_a_stop_is_obeyed() {
        let made = made(World::Planted, 2);
        let by = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| found(&made, NicheRules::default(), 2, &Ctx::new()).unwrap())
        };
        assert_eq!(by(1), by(3));
        let ctx = Ctx::new();
        found(&made, NicheRules::default(), 2, &ctx).unwrap();
        let checks = ctx.checks();
        for at in [1, 2, checks / 3, checks / 2, checks - 1] {
            let stopped = found(&made, NicheRules::default(), 2, &Ctx::stopping_after(at));
            assert!(matches!(stopped, Err(NicheError::Stopped(_))), "check {at} of {checks}");
        }
        assert_eq!(ctx.latest().fraction, 1.0);
    }

    #[test]
    fn refused_in_one_sentence_each() {
        let full = made(World::Planted, 0);
        let rules = NicheRules::default();
        let few = found(&full, NicheRules { most_share: 0.01, ..rules }, 0, &Ctx::new()).unwrap_err();
        assert_eq!(few, NicheError::TooFewCustomers { rows: N, least: 31, most_share: 0.01, needed: 3_100 });
        assert_eq!(
            few.to_string().replace(text::SPACE, " "),
            "1 600 customers are too few to look for niches: a niche has at least 31 and at most 1 %, so 3 100 are needed."
        );
        let one = Made { labels: Labels::from_ids(&[0; N]), ..made(World::Planted, 0) };
        assert_eq!(found(&one, rules, 0, &Ctx::new()), Err(NicheError::OneSegment));
        let mut none = made(World::Planted, 0);
        none.columns.truncate(P);
        let refused = found(&none, rules, 0, &Ctx::new()).unwrap_err();
        assert!(refused == NicheError::NoNeed && refused.to_string().contains("role Outcome"));
        none.columns.clear();
        none.labels = Labels::from_ids(&[0; 9]);
        assert_eq!(found(&none, rules, 0, &Ctx::new()), Err(NicheError::OtherRows { found: 9, expected: N }));
    }

    #[test]
    fn unusual_customers_are_of_kinds() {
        let mut full = made(World::Planted, 3);
        // The heap, and some of another segment.
        full.unusual = full.planted.iter().copied().chain((0..12).map(|nth| 2 + 120 * nth)).collect();
        let found = found(&full, NicheRules::default(), 3, &Ctx::new()).unwrap();
        // These are all of one segment, and so a kind too.
        assert_eq!(found.kinds, Some(UnusualKinds { n: 76, n_kinds: 2, n_of_none: 0 }));
        full.unusual.truncate(9);
        assert_eq!(self::found(&full, NicheRules::default(), 3, &Ctx::new()).unwrap().kinds, None, "too few for kinds");
    }
}
