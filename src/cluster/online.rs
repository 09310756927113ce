//! Segment centres that follow customers who change, without looking at the others.
//!
//! Two rules. **Sums**: every customer counts once, with the row they have now. Whoever changes leaves the sum of their old segment and joins that of the new one, so that a centre is the mean of
//! its members at any moment, and a [`OnlineMeans::recount`] over everyone is one pass of Lloyd's. **Spark's rule** (`StreamingKMeans` of MLlib): every changed row is a new observation, and what
//! came before is worth less with time; busy customers count many times, which is why it is the choice and not the usual. Centres are those of the start of a batch while its rows are placed. O(rows p).

use serde::{Deserialize, Serialize};

use crate::base::Matrix;
use crate::base::matrix::MatrixError;

/// A cluster whose weight is below this share of the largest is dying, as in Spark.
const DYING: f64 = 1e-8;

/// Centres with what they rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnlineMeans {
    n_cols: usize,
    centres: Vec<f64>,
    /// Members, or the weight of what was seen.
    weights: Vec<f64>,
    /// Sums of the members' rows; not used by Spark's rule.
    sums: Vec<f64>,
}

/// A customer's row before and after a batch, each with its cluster.
#[derive(Debug, Clone, Copy)]
pub struct RowChange<'a> {
    /// Before; none where the customer was not there.
    pub was: Option<(usize, &'a [f64])>,
    /// After; none where the customer cannot be placed any more.
    pub now: Option<(usize, &'a [f64])>,
}

impl OnlineMeans {
    /// Centres of a model, k x p, with the weight each has: members for Spark's rule, nobody yet for sums.
    pub fn new(centres: &Matrix, weights: Vec<f64>) -> OnlineMeans {
        OnlineMeans { n_cols: centres.n_cols(), centres: centres.values().to_vec(), sums: vec![0.0; centres.values().len()], weights }
    }

    /// Clusters.
    pub fn k(&self) -> usize {
        self.weights.len()
    }

    /// The centres, k x p.
    pub fn centres(&self) -> Result<Matrix, MatrixError> {
        Matrix::new(self.centres.clone(), self.k(), self.n_cols)
    }

    /// Members, or weights.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The rule of sums: a batch of customers who changed, placed by the centres from before it. A cluster that nobody is left in keeps its centre.
    pub fn replace<'a>(&mut self, changes: impl IntoIterator<Item = RowChange<'a>>) {
        let mut touched = vec![false; self.k()];
        for change in changes {
            if let Some((cluster, row)) = change.was {
                self.add(cluster, row, -1.0);
                touched[cluster] = true;
            }
            if let Some((cluster, row)) = change.now {
                self.add(cluster, row, 1.0);
                touched[cluster] = true;
            }
        }
        (0..self.k()).filter(|&cluster| touched[cluster]).for_each(|cluster| self.settle_mean(cluster));
    }

    /// The same from the rows of everyone with their clusters: resets what rounding has left.
    pub fn recount<'a>(&mut self, rows: impl IntoIterator<Item = (usize, &'a [f64])>) {
        self.weights.iter_mut().for_each(|weight| *weight = 0.0);
        self.sums.iter_mut().for_each(|sum| *sum = 0.0);
        rows.into_iter().for_each(|(cluster, row)| self.add(cluster, row, 1.0));
        (0..self.k()).for_each(|cluster| self.settle_mean(cluster));
    }

    /// Spark's rule: what was there is worth `decay` of what it was, then the rows of a batch, placed by the centres from before it, pull their centres.
    pub fn observe<'a>(&mut self, rows: impl IntoIterator<Item = (usize, &'a [f64])>, decay: f64) {
        let (k, p) = (self.k(), self.n_cols);
        let (mut counts, mut sums) = (vec![0.0; k], vec![0.0; k * p]);
        for (cluster, row) in rows {
            counts[cluster] += 1.0;
            sums[cluster * p..][..p].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        self.weights.iter_mut().for_each(|weight| *weight *= decay);
        for cluster in (0..k).filter(|&cluster| counts[cluster] > 0.0) {
            self.weights[cluster] += counts[cluster];
            let share = counts[cluster] / self.weights[cluster].max(1e-16);
            let centre = &mut self.centres[cluster * p..][..p];
            centre.iter_mut().zip(&sums[cluster * p..]).for_each(|(at, sum)| *at = (1.0 - share) * *at + share * (sum / counts[cluster]));
        }
        self.split_for_the_dying();
    }

    /// A cluster that has all but died takes half of the largest.
    fn split_for_the_dying(&mut self) {
        let p = self.n_cols;
        let (mut largest, mut smallest) = (0, 0);
        for cluster in 1..self.k() {
            largest = if self.weights[cluster] > self.weights[largest] { cluster } else { largest };
            smallest = if self.weights[cluster] < self.weights[smallest] { cluster } else { smallest };
        }
        if self.weights.is_empty() || self.weights[smallest] >= DYING * self.weights[largest] {
            return;
        }
        let weight = (self.weights[largest] + self.weights[smallest]) / 2.0;
        (self.weights[largest], self.weights[smallest]) = (weight, weight);
        for column in 0..p {
            let at = self.centres[largest * p + column];
            let apart = 1e-14 * at.abs().max(1.0);
            self.centres[largest * p + column] = at + apart;
            self.centres[smallest * p + column] = at - apart;
        }
    }

    fn add(&mut self, cluster: usize, row: &[f64], sign: f64) {
        self.weights[cluster] += sign;
        self.sums[cluster * self.n_cols..][..self.n_cols].iter_mut().zip(row).for_each(|(sum, value)| *sum += sign * value);
    }

    fn settle_mean(&mut self, cluster: usize) {
        let (p, n) = (self.n_cols, self.weights[cluster]);
        if n > 0.5 {
            let sums = &self.sums[cluster * p..][..p];
            self.centres[cluster * p..][..p].iter_mut().zip(sums).for_each(|(at, sum)| *at = sum / n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};

    fn nearest(centres: &Matrix, row: &[f64]) -> usize {
        let distance = |k: usize| centres.row(k).iter().zip(row).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        (0..centres.n_rows()).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap()
    }

    #[test]
    fn centres_are_means_of_members_whatever_moved() {
        let mut random = seed::random(3, 0);
        let mut means = OnlineMeans::new(&Matrix::from_rows(&[[0.0, 0.0], [9.0, 9.0], [0.0, 9.0]]).unwrap(), vec![0.0; 3]);
        let mut customers: Vec<Option<(usize, [f64; 2])>> = vec![None; 300];
        for _ in 0..200 {
            let centres = means.centres().unwrap();
            let mut changed = Vec::new();
            for _ in 0..20 {
                let who = random.random_range(0..300usize);
                if changed.iter().any(|(other, _)| *other == who) {
                    continue;
                }
                let row = [random.random_range(0.0..10.0), random.random_range(0.0..10.0)];
                changed.push((who, (nearest(&centres, &row), row)));
            }
            let changes = changed.iter().map(|(who, now)| RowChange {
                was: customers[*who].as_ref().map(|(cluster, row)| (*cluster, &row[..])),
                now: Some((now.0, &now.1[..])),
            });
            means.replace(changes.collect::<Vec<_>>());
            changed.into_iter().for_each(|(who, now)| customers[who] = Some(now));
        }
        let mut again = means.clone();
        again.recount(customers.iter().flatten().map(|(cluster, row)| (*cluster, &row[..])));
        assert_eq!(means.weights(), again.weights());
        for (one, other) in means.centres.iter().zip(&again.centres) {
            assert!((one - other).abs() < 1e-12);
        }
    }

    #[test]
    fn a_cluster_that_everybody_left_keeps_its_centre() {
        let mut means = OnlineMeans::new(&Matrix::from_rows(&[[1.0], [5.0]]).unwrap(), vec![0.0; 2]);
        means.replace([RowChange { was: None, now: Some((0, &[2.0])) }]);
        means.replace([RowChange { was: Some((0, &[2.0])), now: Some((1, &[4.0])) }]);
        assert_eq!((means.weights(), means.centres().unwrap().values()), (&[0.0, 1.0][..], &[2.0, 4.0][..]));
    }

    #[test]
    fn sparks_rule_by_hand() {
        // Two rows at 4 pull a centre at 0 of weight 2, halved to 1: weight 3, l = 2/3, 8/3. The other only loses half its weight.
        let mut means = OnlineMeans::new(&Matrix::from_rows(&[[0.0], [10.0]]).unwrap(), vec![2.0, 6.0]);
        means.observe([(0, &[4.0][..]), (0, &[4.0][..])], 0.5);
        assert_eq!(means.weights(), [3.0, 3.0]);
        assert!((means.centres().unwrap().at(0, 0) - 8.0 / 3.0).abs() < 1e-15 && means.centres().unwrap().at(1, 0) == 10.0);
        // Without forgetting, from nothing: the running mean of MacQueen.
        let mut means = OnlineMeans::new(&Matrix::from_rows(&[[7.0]]).unwrap(), vec![0.0]);
        [[1.0, 2.0], [6.0, 7.0]].iter().for_each(|batch| means.observe(batch.iter().map(|value| (0, std::slice::from_ref(value))), 1.0));
        assert_eq!((means.weights()[0], means.centres().unwrap().at(0, 0)), (4.0, 4.0));
    }

    #[test]
    fn the_dying_take_half_of_the_largest() {
        let mut means = OnlineMeans::new(&Matrix::from_rows(&[[3.0], [100.0]]).unwrap(), vec![1.0, 1e-12]);
        means.observe([(0, &[3.0][..])], 1.0);
        let centres = means.centres().unwrap();
        assert!((centres.at(0, 0) - 3.0).abs() < 1e-12 && (centres.at(1, 0) - 3.0).abs() < 1e-12 && centres.at(0, 0) > centres.at(1, 0));
        assert_eq!(means.weights()[0], means.weights()[1]);
    }
}
