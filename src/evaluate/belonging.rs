//! How surely does each customer belong to their segment, and who stands between two?
//!
//! In: a matrix and its segments. Out: for every row the probability of each segment, from a Gaussian mixture with as many components as there are
//! segments. A component stands for the segment that most of its probability lies in, one for one; how many customers both put into the same segment
//! is told, and where that is too few nothing is said of single customers. Cost: that of [`mixture`], then O(n k).

use serde::Serialize;

use super::agreement::best_matching;
use crate::base::text::count;
use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{BETWEEN, BetweenTwo, CovarianceEllipse, MIXTURE_RESTARTS, Mixture, MixtureError, between_two, mixture};

/// Below this share of customers in the same segment the mixture sees other groups than the method (ours).
pub const LEAST_AGREEMENT: f64 = 0.7;
/// Probabilities are summed as whole numbers of this fraction, since a matching counts.
const PER_MILLION: f64 = 1e6;

/// How surely customers belong.
#[derive(Debug, Clone, PartialEq)]
pub struct Belonging {
    /// The mixture.
    pub mixture: Mixture,
    /// The component of every segment.
    pub component_of: Vec<usize>,
    /// n x k: the probability of every segment, by cluster; a row adds up to 1.
    pub shares: Matrix,
    /// Share of the customers in a segment whose likeliest segment is their own, 0 to 1.
    pub agreement: f64,
    /// Mean of every column of the matrix: where the plane of the map has its origin.
    pub centre: Vec<f64>,
    /// Customers whose likeliest segment has less than [`BETWEEN`], the least sure first. Empty where the agreement is too small.
    pub between: Vec<BetweenTwo>,
}

/// How sure one customer's segment is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sureness {
    /// Probability of the own segment; of the likeliest, where the customer is in none.
    pub own: f64,
    /// The likeliest other segment, by cluster, with its probability.
    pub other: (usize, f64),
}

impl Belonging {
    /// Whether mixture and method see the same groups well enough to speak of single customers.
    pub fn is_told(&self) -> bool {
        self.agreement >= LEAST_AGREEMENT
    }

    /// What it says, in one sentence.
    pub fn sentence(&self) -> String {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        if !self.is_told() {
            return format!(
                "A Gaussian mixture finds different groups: it puts only {} of the customers into the segment they are in, so nobody is listed as between two.",
                percent(self.agreement)
            );
        }
        match self.between.len() {
            0 => format!(
                "Nobody is between two segments: for every customer, one segment has a probability of {} or more.",
                percent(BETWEEN)
            ),
            1 => format!("1 customer stands between two: no segment reaches {} for them.", percent(BETWEEN)),
            n => format!("{} customers stand between two: no segment reaches {} for them.", count(n), percent(BETWEEN)),
        }
    }

    /// How far mixture and segments agree, in one sentence.
    pub fn agreement_sentence(&self) -> String {
        format!("The mixture puts {:.0} % of the customers into the segment they are in.", 100.0 * self.agreement)
    }

    /// How sure the segment of a matrix row is. O(k).
    pub fn of(&self, row: usize, cluster: Option<usize>) -> Sureness {
        let shares = self.shares.row(row);
        let best = |without: Option<usize>| {
            let others = shares.iter().copied().enumerate().filter(|(at, _)| Some(*at) != without);
            others.fold((0, -1.0), |best, share| if share.1 > best.1 { share } else { best })
        };
        let own = cluster.unwrap_or_else(|| best(None).0);
        let other = best(Some(own));
        Sureness { own: shares[own], other: (other.0, other.1.max(0.0)) }
    }

    /// The ellipse of a segment one standard deviation around its centre, in the plane of two directions.
    pub fn ellipse(&self, cluster: usize, a: &[f64], b: &[f64]) -> CovarianceEllipse {
        let mut ellipse = self.mixture.ellipse(self.component_of[cluster], a, b);
        let origin = |direction: &[f64]| direction.iter().zip(&self.centre).map(|(d, c)| d * c).sum::<f64>();
        ellipse.centre[0] -= origin(a);
        ellipse.centre[1] -= origin(b);
        ellipse
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.shares.bytes() + size_of_val(&self.between[..]) + self.mixture.covariances.iter().map(Matrix::bytes).sum::<usize>()
    }
}

/// Fits the mixture and matches it with the segments. Fails like [`mixture`], and where there are fewer than two segments.
pub fn belonging(x: &Matrix, labels: &Labels, seed: u64, ctx: &Ctx) -> Result<Belonging, MixtureError> {
    let k = labels.n_clusters();
    if k < 2 {
        return Err(MixtureError::OneGroup);
    }
    let mixture = mixture(x, k, seed, MIXTURE_RESTARTS, ctx)?;
    let by_component = mixture.responsibilities(x, ctx)?;
    let mut overlap = vec![vec![0.0; k]; k];
    for (row, of) in labels.iter().enumerate() {
        let Some(of) = of else { continue };
        overlap[of].iter_mut().zip(by_component.row(row)).for_each(|(sum, share)| *sum += share);
    }
    let counted: Vec<Vec<usize>> = overlap.iter().map(|line| line.iter().map(|sum| (sum * PER_MILLION) as usize).collect()).collect();
    let mut component_of: Vec<Option<usize>> = best_matching(&counted);
    // A segment without any overlap takes what is left.
    for cluster in 0..k {
        if component_of[cluster].is_none() {
            component_of[cluster] = (0..k).find(|component| !component_of.contains(&Some(*component)));
        }
    }
    let component_of: Vec<usize> = component_of.into_iter().map(|component| component.unwrap_or(0)).collect();
    let values = (0..x.n_rows()).flat_map(|row| component_of.iter().map(move |&component| (row, component)));
    let values: Vec<f64> = values.map(|(row, component)| by_component.at(row, component)).collect();
    let no_fit = |_| MixtureError::NoFit { k, why: "far customers have no likelihood".into() };
    let shares = Matrix::new(values, x.n_rows(), k).map_err(no_fit)?;
    let likeliest = |row: usize| (1..k).fold(0, |best, of| if shares.at(row, of) > shares.at(row, best) { of } else { best });
    let alike = labels.iter().enumerate().filter(|(row, of)| of.is_some_and(|of| of == likeliest(*row))).count();
    let agreement = alike as f64 / (labels.n_rows() - labels.n_noise()).max(1) as f64;
    let mut centre = vec![0.0; x.n_cols()];
    for row in 0..x.n_rows() {
        centre.iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += value / x.n_rows() as f64);
    }
    let between = if agreement >= LEAST_AGREEMENT { between_two(&shares, BETWEEN) } else { Vec::new() };
    Ok(Belonging { mixture, component_of, shares, agreement, centre, between })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::base::stats::normal_quantile;

    /// Three round groups of unequal size on a line, and one customer half way between the first two.
    fn rows() -> (Matrix, Labels) {
        let mut random = seed::random(11, 0);
        let mut normal = || normal_quantile(random.random_range(1e-9..1.0 - 1e-9));
        let of: Vec<usize> = (0..600).map(|row| [0, 0, 0, 1, 1, 2][row % 6]).collect();
        let mut rows: Vec<[f64; 2]> = of.iter().map(|of| [5.0 * *of as f64 + normal(), normal()]).collect();
        rows[0] = [2.58, 0.0];
        (Matrix::from_rows(&rows).unwrap(), Labels::from_ids(&of))
    }

    #[test]
    fn who_is_half_way_is_between_two() {
        let (x, labels) = rows();
        let found = belonging(&x, &labels, 3, &Ctx::new()).unwrap();
        assert!(found.is_told() && found.agreement > 0.98, "{}", found.agreement);
        assert!(found.between.iter().any(|of| of.row == 0) && found.between.len() < 8, "{:?}", found.between);
        assert!(found.sentence().ends_with("between two: no segment reaches 60 % for them."), "{}", found.sentence());
        let sure = found.of(0, Some(0));
        assert!(sure.own > 0.2 && sure.own < 0.8 && sure.other.0 == 1, "{sure:?}");
        let sure = found.of(5, Some(2));
        assert!(sure.own > 0.9 && sure.other.1 < 0.1, "{sure:?}");
        assert!((0..600).all(|row| (found.shares.row(row).iter().sum::<f64>() - 1.0).abs() < 1e-9));
        // Where the map has its origin, the first group lies to the left.
        let ellipse = found.ellipse(0, &[1.0, 0.0], &[0.0, 1.0]);
        assert!((ellipse.centre[0] + found.centre[0]).abs() < 0.3 && (ellipse.half_axes[0] - 1.0).abs() < 0.2, "{ellipse:?}");
    }

    #[test]
    fn groups_a_mixture_does_not_see_are_not_told() {
        let (x, _) = rows();
        let of: Vec<usize> = (0..600).map(|row| row % 2).collect();
        let found = belonging(&x, &Labels::from_ids(&of), 3, &Ctx::new()).unwrap();
        assert!(!found.is_told() && found.between.is_empty(), "{}", found.agreement);
        assert!(found.sentence().starts_with("A Gaussian mixture finds different groups: it puts only "), "{}", found.sentence());
        let one = belonging(&x, &Labels::from_ids(&[0; 600]), 3, &Ctx::new()).unwrap_err();
        assert_eq!(one.to_string(), "With one segment there is nothing to be unsure of.");
    }
}
