//! Which customers are unusual by several scores at once, and where do the scores disagree?
//!
//! In: scores of all rows, of one kind or several. Out: the share of rows below each, and the mean of these shares. O(n log n) per score.
//!
//! Scores of different kinds have no common unit, so each is read as a rank: the share of customers that are less unusual, half of the ties counted. Ranks say
//! nothing on how far the first is ahead of the second; the scores themselves do, and so does the expected count of [`super::line`].

use rayon::prelude::*;

/// What makes a customer unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnusualScore {
    /// The mean of the ranks of the others.
    Overall,
    /// Emptiness around the customer: the local outlier factor.
    Local,
    /// Few questions tell the customer from everyone: the isolation forest.
    Isolated,
    /// Far out in the dense group they were last part of: GLOSH.
    Density,
}

impl UnusualScore {
    /// All, in the order they are shown.
    pub const ALL: [UnusualScore; 4] = [UnusualScore::Overall, UnusualScore::Local, UnusualScore::Isolated, UnusualScore::Density];

    /// Its name on the page and in files.
    pub fn name(self) -> &'static str {
        match self {
            UnusualScore::Overall => "overall",
            UnusualScore::Local => "local",
            UnusualScore::Isolated => "isolated",
            UnusualScore::Density => "density",
        }
    }

    /// What it says, in words.
    pub fn words(self) -> &'static str {
        match self {
            UnusualScore::Overall => "How unusual this customer is in all ways together: the mean of the ranks.",
            UnusualScore::Local => "How empty it is around this customer compared with around the customers most like them.",
            UnusualScore::Isolated => "How few yes/no questions it takes to tell this customer from everyone.",
            UnusualScore::Density => "How far outside the dense part of their group this customer stands.",
        }
    }

    /// The score of that name, in any case.
    pub fn from_name(name: &str) -> Option<UnusualScore> {
        UnusualScore::ALL.into_iter().find(|score| score.name().eq_ignore_ascii_case(name))
    }
}

/// The share of rows with a lower score, half of the equal ones (itself among them) counted: above 0 and below 1. Scores must not be NaN.
pub fn percentiles(scores: &[f64]) -> Vec<f64> {
    let mut ascending = scores.to_vec();
    ascending.par_sort_unstable_by(f64::total_cmp);
    percentiles_among(scores, &ascending)
}

/// The same for scores of others among `ascending` ones: 0 below all of them, 1 above all.
pub fn percentiles_among(scores: &[f64], ascending: &[f64]) -> Vec<f64> {
    let n = ascending.len().max(1) as f64;
    let of_one = |&score: &f64| {
        let below = ascending.partition_point(|&other| other < score);
        let equal = ascending[below..].partition_point(|&other| other <= score);
        (below as f64 + equal as f64 / 2.0) / n
    };
    scores.par_iter().with_min_len(1024).map(of_one).collect()
}

/// The mean of several percentiles of every row. Empty for none.
pub fn combined(percentiles: &[&[f64]]) -> Vec<f64> {
    let n = percentiles.first().map_or(0, |first| first.len());
    (0..n).map(|row| percentiles.iter().map(|of| of[row]).sum::<f64>() / percentiles.len() as f64).collect()
}

/// In how many ways every row is among the `count` most unusual: "odd in two of three ways". Ties at the end count as in.
pub fn agreement(scores: &[&[f64]], count: usize) -> Vec<u8> {
    let n = scores.first().map_or(0, |first| first.len());
    let mut ways = vec![0u8; n];
    let count = count.min(n);
    if count == 0 {
        return ways;
    }
    for of in scores {
        let mut sorted = of.to_vec();
        let (_, &mut last, _) = sorted.select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
        ways.iter_mut().zip(of.iter()).for_each(|(ways, &score)| *ways += u8::from(score >= last));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_by_hand() {
        assert_eq!(percentiles(&[5.0, 1.0, 1.0, 9.0]), [0.625, 0.25, 0.25, 0.875]);
        assert_eq!(percentiles_among(&[0.0, 1.0, 3.0, 9.5], &[1.0, 1.0, 5.0, 9.0]), [0.0, 0.25, 0.5, 1.0]);
        assert_eq!(combined(&[&[0.2, 0.8], &[0.4, 0.6]]), [0.30000000000000004, 0.7]);
        assert_eq!(combined(&[]), [0.0; 0]);
    }

    #[test]
    fn who_is_odd_in_how_many_ways() {
        let (local, isolated, density) = ([9.0, 1.0, 8.0, 2.0], [0.9, 0.8, 0.1, 0.1], [0.5, 0.5, 0.1, 0.0]);
        assert_eq!(agreement(&[&local, &isolated, &density], 2), [3, 2, 1, 0]);
        assert_eq!(agreement(&[&density], 1), [1, 1, 0, 0], "ties count");
        assert_eq!(agreement(&[&local], 0), [0; 4]);
    }

    #[test]
    fn a_score_is_found_by_its_name() {
        for score in UnusualScore::ALL {
            assert_eq!(UnusualScore::from_name(&score.name().to_uppercase()), Some(score));
        }
    }
}
