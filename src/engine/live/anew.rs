//! Would other segments fit the customers better than those that are followed, and what becomes of the old ones?
//!
//! In: everyone's encoded rows, the centres of now. Out: centres found anew, each in the place of the segment whose customers it mostly has, with what speaks for and against them. The same
//! number of segments in the same space: what columns become stays as the model has it. Found twice, from the centres of now and from fresh seeds, and the nearer of both is taken. They are
//! worse if their silhouette, on the same sample, is lower by more than 0.02, or if they come back less surely by a whole word. O(starts x passes x rows x k x p).

use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{Assign, ClusterError, KMeansParams, kmeans};
use crate::engine::Problem;
use crate::evaluate::{Regroup, Trust, best_matching, silhouettes_sampled, stability};

/// A silhouette lower by more than this is worse.
const WORSE_BY: f64 = 0.02;
/// Rows that silhouettes are measured on.
const SAMPLE: usize = 2_000;
/// Fresh starts, and those of each draw that asks whether segments come back.
const STARTS: usize = 10;
const STARTS_OF_DRAW: usize = 3;
/// Draws that ask whether segments come back.
const DRAWS: usize = 8;
/// Passes from the centres of now, at most.
const MOST_PASSES: usize = 300;
const SEED: u64 = 0;

/// Why segments were looked for anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetrainCause {
    /// The model that following began with.
    Given,
    /// Somebody asked.
    Asked,
    /// It was time.
    Time,
    /// Something had moved by more than chance.
    Drift,
}

impl RetrainCause {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            RetrainCause::Given => "as given",
            RetrainCause::Asked => "on request",
            RetrainCause::Time => "on schedule",
            RetrainCause::Drift => "after drift",
        }
    }
}

/// What is to be said of segments that were found anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetrainVerdict {
    /// They are those of now.
    Same,
    /// They may be taken.
    NotWorse,
    /// They separate customers less well.
    LowerSilhouette,
    /// They come back less surely.
    LessStable,
    /// Everybody is in one segment, now or anew.
    OneSegment,
}

/// Segments that were found anew, held against those of now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retrained {
    /// Why it was looked.
    pub cause: RetrainCause,
    /// The newest moment of all events, in milliseconds since 1970; none where rows have no day.
    pub at: Option<i64>,
    /// The mean silhouette, now and anew; none where there is one segment.
    pub silhouettes: [Option<f64>; 2],
    /// How surely the segments come back, now and anew.
    #[serde(skip)]
    pub trusts: [Trust; 2],
    /// The sum of squared distances of customers to their centre, now and anew.
    pub inertia: [f64; 2],
    /// Customers who would change segment.
    pub moved: usize,
    /// All customers in a segment.
    pub of: usize,
    /// Clusters of which at most half would stay together, or would be at most half of what they are in then: their names say nothing any more.
    pub loses_name: Vec<usize>,
    /// What is to be said of it.
    pub verdict: RetrainVerdict,
}

impl Retrained {
    /// Whether the new segments may take the place of the old.
    pub fn is_worth_it(&self) -> bool {
        self.verdict == RetrainVerdict::NotWorse
    }

    /// What was found, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let percent = |n: usize| format!("{:.1} %", 100.0 * n as f64 / self.of.max(1) as f64);
        let mut told = Vec::new();
        let [Some(now), Some(anew)] = self.silhouettes else {
            return vec!["Everyone is in one segment, so there is nothing to find anew.".to_owned()];
        };
        told.push(match self.verdict {
            RetrainVerdict::Same | RetrainVerdict::OneSegment => "A new search found the same segments.".to_owned(),
            RetrainVerdict::NotWorse => format!("The segments that were found anew are not worse: silhouette {anew:.3}, now {now:.3}."),
            RetrainVerdict::LowerSilhouette => {
                format!("The segments stay: those found anew separate customers less well, silhouette {anew:.3} and now {now:.3}.")
            }
            RetrainVerdict::LessStable => format!(
                "The segments stay: those found anew come back less surely ({} and now {}).",
                self.trusts[1].word().to_lowercase(),
                self.trusts[0].word().to_lowercase()
            ),
        });
        if self.verdict != RetrainVerdict::Same {
            let who = if self.moved == 1 { "customer".to_owned() } else { "customers".to_owned() };
            told.push(format!("{} {who} of {} ({}) would change segment.", self.moved, self.of, percent(self.moved)));
        }
        told
    }
}

/// The same with the centres, in the order of the segments they follow.
pub(super) struct FoundAnew {
    pub told: Retrained,
    pub centres: Matrix,
}

fn wrong(error: impl std::fmt::Display) -> Problem {
    Problem(error.to_string().into())
}

/// Looks for better segments of the rows `x` than those of the centres of now.
///
/// Fails with one sentence where there are fewer different customers than segments, and when stopped.
pub(super) fn found_anew(x: &Matrix, centres: &Matrix, (cause, at): (RetrainCause, Option<i64>), ctx: &Ctx) -> Result<FoundAnew, Problem> {
    let k = centres.n_rows();
    let now = clusters_by(x, centres, ctx)?;
    let warm = settled(x, centres, ctx)?;
    let fresh = kmeans(x, &KMeansParams { k, restarts: STARTS, seed: SEED }, ctx).map_err(|error| match error {
        ClusterError::TooFewDistinct { distinct, .. } => wrong(format!(
            "There are fewer different customers ({distinct}) than segments ({k}), so nothing can be found anew; wait for more customers."
        )),
        error => wrong(error),
    })?;
    let found = if inertia(x, &warm, ctx)? <= fresh.inertia * (1.0 + 1e-9) { warm } else { fresh.centroids };
    let anew = clusters_by(x, &found, ctx)?;
    let mut shared = vec![vec![0; k]; k];
    now.iter().zip(&anew).for_each(|(&old, &new)| shared[old][new] += 1);
    let follows = matched(&shared);
    let centres_anew = found.select_rows(&follows);
    let mut place = vec![0; k];
    follows.iter().enumerate().for_each(|(segment, &cluster)| place[cluster] = segment);
    let anew: Vec<usize> = anew.into_iter().map(|cluster| place[cluster]).collect();
    let moved = now.iter().zip(&anew).filter(|(old, new)| old != new).count();
    let loses_name = (0..k).filter(|&segment| {
        let of = |clusters: &[usize]| clusters.iter().filter(|&&cluster| cluster == segment).count();
        let both = shared[segment][follows[segment]];
        2 * both <= of(&now) || 2 * both <= of(&anew)
    });
    let loses_name = loses_name.collect();
    let (labels_now, labels_anew) = (Labels::from_ids(&now), Labels::from_ids(&anew));
    let means = silhouettes_sampled(x, &[&labels_now, &labels_anew], SAMPLE, SEED, ctx).map_err(wrong)?;
    let silhouettes = [means[0].mean, means[1].mean];
    let how = Regroup::KMeans { k, restarts: STARTS_OF_DRAW, seed: SEED };
    let trust = |labels: &Labels| stability(x, labels, &how, SEED, DRAWS, None, ctx).map(|found| found.overall()).map_err(wrong);
    let trusts = [trust(&labels_now)?, trust(&labels_anew)?];
    let is_lower = matches!(silhouettes, [Some(now), Some(anew)] if anew < now - WORSE_BY);
    let verdict = match () {
        () if silhouettes.contains(&None) => RetrainVerdict::OneSegment,
        () if moved == 0 => RetrainVerdict::Same,
        () if is_lower => RetrainVerdict::LowerSilhouette,
        () if trusts[1] > trusts[0] => RetrainVerdict::LessStable,
        () => RetrainVerdict::NotWorse,
    };
    let inertia = [inertia(x, centres, ctx)?, inertia(x, &centres_anew, ctx)?];
    let told = Retrained { cause, at, silhouettes, trusts, inertia, moved, of: x.n_rows(), loses_name, verdict };
    Ok(FoundAnew { told, centres: centres_anew })
}

/// The new cluster that follows each segment, every cluster once: those that share most, then whatever is left.
fn matched(shared: &[Vec<usize>]) -> Vec<usize> {
    let k = shared.len();
    let best = best_matching(shared);
    let mut left: Vec<usize> = (0..k).filter(|cluster| !best.contains(&Some(*cluster))).collect();
    left.reverse();
    best.into_iter().enumerate().map(|(segment, cluster)| cluster.unwrap_or_else(|| left.pop().unwrap_or(segment))).collect()
}

fn clusters_by(x: &Matrix, centres: &Matrix, ctx: &Ctx) -> Result<Vec<usize>, Problem> {
    let found = Assign::Nearest { centroids: centres.clone() }.clusters(x, ctx).map_err(wrong)?;
    Ok(found.into_iter().map(Option::unwrap_or_default).collect())
}

fn inertia(x: &Matrix, centres: &Matrix, ctx: &Ctx) -> Result<f64, Problem> {
    let clusters = clusters_by(x, centres, ctx)?;
    Ok(clusters.iter().enumerate().map(|(row, &cluster)| crate::cluster::lanes::squared_distance(x.row(row), centres.row(cluster))).sum())
}

/// Lloyd's passes from the centres of now, until nobody moves.
fn settled(x: &Matrix, centres: &Matrix, ctx: &Ctx) -> Result<Matrix, Problem> {
    let (k, p) = (centres.n_rows(), centres.n_cols());
    let mut centres = centres.clone();
    let mut before = Vec::new();
    for _ in 0..MOST_PASSES {
        let clusters = clusters_by(x, &centres, ctx)?;
        if clusters == before {
            break;
        }
        let (mut sums, mut counts) = (centres.values().to_vec(), vec![0usize; k]);
        for (row, &cluster) in clusters.iter().enumerate() {
            let sum = &mut sums[cluster * p..][..p];
            if counts[cluster] == 0 {
                sum.fill(0.0);
            }
            counts[cluster] += 1;
            sum.iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += value);
        }
        for (cluster, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            sums[cluster * p..][..p].iter_mut().for_each(|sum| *sum /= count as f64);
        }
        centres = Matrix::new(sums, k, p).map_err(wrong)?;
        before = clusters;
    }
    Ok(centres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};

    /// Round clouds of 200 customers each.
    fn clouds(middles: &[[f64; 2]]) -> Matrix {
        let mut random = seed::random(7, 0);
        let mut around = |middle: f64| middle + (0..6).map(|_| random.random_range(-0.5..0.5)).sum::<f64>();
        let rows: Vec<[f64; 2]> = middles.iter().flat_map(|at| vec![*at; 200]).map(|at| [around(at[0]), around(at[1])]).collect();
        Matrix::from_rows(&rows).unwrap()
    }

    fn found(x: &Matrix, centres: &[[f64; 2]]) -> FoundAnew {
        found_anew(x, &Matrix::from_rows(centres).unwrap(), (RetrainCause::Asked, None), &Ctx::new()).unwrap()
    }

    #[test]
    fn segments_that_are_right_are_found_again_and_keep_their_places() {
        let middles = [[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]];
        let of = found(&clouds(&middles), &[middles[2], middles[0], middles[1]]);
        assert_eq!((of.told.verdict, of.told.moved), (RetrainVerdict::Same, 0));
        assert!((of.centres.at(0, 1) - 20.0).abs() < 0.5 && (of.centres.at(2, 0) - 20.0).abs() < 0.5);
        assert_eq!(of.told.sentences(), ["A new search found the same segments."]);
    }

    #[test]
    fn a_group_that_two_centres_share_is_one_again_and_names_stay_where_customers_do() {
        // Two centres in one cloud, and one for the two others: no pass of Lloyd's leads out of that.
        let x = clouds(&[[0.0, 0.0], [40.0, 0.0], [40.0, 12.0]]);
        let of = found(&x, &[[-1.0, 0.0], [1.0, 0.0], [40.0, 6.0]]);
        assert_eq!(of.told.verdict, RetrainVerdict::NotWorse, "{:?}", of.told);
        assert!(of.told.inertia[1] < of.told.inertia[0] / 2.0 && of.told.silhouettes[1] > of.told.silhouettes[0]);
        // The third segment keeps one of its halves and no more: its name says nothing any more.
        assert!(of.told.loses_name.contains(&2), "{:?}", of.told.loses_name);
        assert!((of.centres.at(2, 0) - 40.0).abs() < 0.5);
    }

    #[test]
    fn fewer_customers_than_segments_is_one_sentence() {
        let x = Matrix::from_rows(&[[1.0, 1.0], [1.0, 1.0]]).unwrap();
        let centres = Matrix::from_rows(&[[0.0, 0.0], [1.0, 1.0]]).unwrap();
        let why = found_anew(&x, &centres, (RetrainCause::Asked, None), &Ctx::new()).map(|_| ()).unwrap_err();
        assert!(why.0.starts_with("There are fewer different customers (1) than segments (2)"), "{}", why.0);
    }
}
