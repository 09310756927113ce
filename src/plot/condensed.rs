//! The condensed tree as it is drawn: every branch from the distance at which it appears down to the one at which it ends, as wide as the
//! customers it still has.
//!
//! In: HDBSCAN's result. Out: branches with their places and widths, thinned. O(n log n) for sorting the distances at which rows leave.
//! The icicle of McInnes, Healy 2017, over distance rather than lambda: it is the epsilon of the other plots, and dense heaps, whose
//! lambda has no bound, do not press everything else flat.

use std::cmp::Reverse;

use crate::cluster::Hdbscan;

use super::thin::thin;

/// The condensed tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CondensedPlot {
    /// The branches drawn, the one of all customers first, each after the one it came from. Empty when no branch is large enough.
    pub branches: Vec<CondensedBranch>,
    /// Customers that took part: the width of the whole.
    pub n_rows: usize,
    /// Customers in no segment.
    pub n_noise: usize,
    /// Number of segments.
    pub n_segments: usize,
    /// Largest distance drawn; above it only loners leave.
    pub top: f64,
    /// The least customers of a segment.
    pub min_cluster_size: usize,
}

/// One branch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CondensedBranch {
    /// The branch it came from, by its place in the list.
    pub parent: Option<usize>,
    /// The middle of the branch along the width of all customers.
    pub centre: f64,
    /// Where it appears, no higher than the top of the plot.
    pub birth: f64,
    /// Where it ends.
    pub death: f64,
    /// Customers when it appears.
    pub size: usize,
    /// Distance against the customers it still has, by rising distance, with the corners of the steps.
    pub widths: Vec<[f64; 2]>,
    /// Excess of mass, by which branches are chosen; infinite for heaps of equal customers.
    pub stability: f64,
    /// Its segment, if it was chosen.
    pub segment: Option<usize>,
    /// The segment it is or lies within.
    pub within: Option<usize>,
    /// Mean membership of the segment's customers, if it was chosen.
    pub membership: Option<f64>,
}

impl CondensedPlot {
    /// Branches drawn at most; the smallest are left out, narrower than a pixel.
    pub const MAX_BRANCHES: usize = 600;

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.branches.iter().map(|branch| size_of::<CondensedBranch>() + size_of_val(&branch.widths[..])).sum()
    }

    /// The branch at a place of the plot.
    pub fn branch_at(&self, [x, distance]: [f64; 2]) -> Option<usize> {
        self.branches.iter().position(|branch| {
            (branch.death..branch.birth).contains(&distance) && (x - branch.centre).abs() <= branch.width_at(distance) / 2.0
        })
    }
}

impl CondensedBranch {
    /// Customers it still has at `distance`.
    pub fn width_at(&self, distance: f64) -> f64 {
        let at = self.widths.partition_point(|point| point[0] <= distance);
        self.widths[at.saturating_sub(1)..].first().map_or(0.0, |point| point[1])
    }
}

/// Points of all widths together, about.
const POINTS: usize = 8_000;
/// Above the first fork there are only loners; so much of it is drawn.
const ABOVE_FORK: f64 = 1.25;

/// The plot of a result.
pub fn condensed(found: &Hdbscan) -> CondensedPlot {
    let n_rows = found.labels.n_rows();
    let mut plot = CondensedPlot {
        n_rows,
        n_noise: found.labels.n_noise(),
        n_segments: found.labels.n_clusters(),
        min_cluster_size: found.min_cluster_size,
        ..CondensedPlot::default()
    };
    let mut left: Vec<Vec<f64>> = vec![Vec::new(); found.branches.len()];
    for &(branch, distance) in found.last.iter().flatten() {
        left[branch as usize].push(distance);
    }
    left.iter_mut().for_each(|left| left.sort_unstable_by(f64::total_cmp));
    let Some(root) = found.branches.first() else { return plot };
    let first_to_leave = left[0].last().copied().unwrap_or(0.0).max(root.death);
    plot.top = [root.death * ABOVE_FORK, first_to_leave].into_iter().filter(|top| *top > 0.0).fold(f64::INFINITY, f64::min);
    if plot.top.is_infinite() {
        plot.top = 1.0;
    }

    let mut shown: Vec<usize> = (0..found.branches.len()).collect();
    // A branch is larger than what comes from it, so that all that are kept still hang together.
    shown.sort_by_key(|&at| Reverse(found.branches[at].size));
    shown.truncate(CondensedPlot::MAX_BRANCHES);
    shown.sort_unstable();
    let membership = mean_memberships(found);
    let points = (POINTS / shown.len()).clamp(8, 400);
    let mut place_of = vec![None; found.branches.len()];
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); found.branches.len()];
    for (at, branch) in found.branches.iter().enumerate() {
        if let Some(parent) = branch.parent {
            inside[parent as usize].push(at);
        }
    }
    let mut centres = vec![n_rows as f64 / 2.0; found.branches.len()];
    for &at in &shown {
        let branch = &found.branches[at];
        let parts = &mut inside[at];
        parts.sort_by_key(|&part| (Reverse(found.branches[part].size), part));
        let sizes = parts.iter().map(|&part| found.branches[part].size);
        let mut from = centres[at] - sizes.clone().sum::<usize>() as f64 / 2.0;
        for (&part, size) in parts.iter().zip(sizes.clone()) {
            centres[part] = from + size as f64 / 2.0;
            from += size as f64;
        }
        place_of[at] = Some(plot.branches.len());
        let birth = branch.birth.min(plot.top);
        plot.branches.push(CondensedBranch {
            parent: branch.parent.and_then(|parent| place_of[parent as usize]),
            centre: centres[at],
            birth,
            death: branch.death,
            size: branch.size,
            widths: thin(widths(&left[at], sizes.sum(), branch.death, birth), points),
            stability: branch.stability,
            segment: branch.label.map(|label| label as usize),
            within: found.label_within(at).map(|label| label as usize),
            membership: branch.label.map(|label| membership[label as usize]),
        });
    }
    plot
}

/// A staircase from the end of a branch up to its birth: who leaves at a distance is there above it.
fn widths(left: &[f64], in_parts: usize, death: f64, birth: f64) -> Vec<[f64; 2]> {
    let at_death = left.partition_point(|&distance| distance <= death);
    let mut width = (in_parts + at_death) as f64;
    let mut line = vec![[death, width]];
    for together in left[at_death..].chunk_by(|a, b| a == b).take_while(|together| together[0] < birth) {
        line.push([together[0], width]);
        width += together.len() as f64;
        line.push([together[0], width]);
    }
    line.push([birth, width]);
    line
}

fn mean_memberships(found: &Hdbscan) -> Vec<f64> {
    let mut sums = vec![0.0; found.labels.n_clusters()];
    for (label, membership) in found.labels.iter().zip(&found.memberships) {
        if let Some(label) = label {
            sums[label] += membership;
        }
    }
    sums.iter().zip(found.labels.sizes()).map(|(sum, &size)| sum / size as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Ctx, Matrix};
    use crate::cluster::{density, hdbscan};

    fn of_line(at: &[f64], least: usize) -> CondensedPlot {
        let x = Matrix::new(at.to_vec(), at.len(), 1).unwrap();
        condensed(&hdbscan(&density(&x, 1, &Ctx::new()).unwrap(), least, &Ctx::new()).unwrap())
    }

    #[test]
    fn branches_stand_below_what_they_came_from() {
        // Four rows at gaps 1, 1 and 3, three at gaps of 2, eight between them, and a loner 9 farther.
        let plot = of_line(&[0.0, 1.0, 2.0, 5.0, 13.0, 15.0, 17.0, 26.0], 3);
        assert_eq!((plot.top, plot.n_noise, plot.n_segments, plot.branches.len()), (9.0, 1, 2, 3));
        let [root, large, small] = &plot.branches[..] else { panic!("{plot:?}") };
        let (large, small) = if large.size > small.size { (large, small) } else { (small, large) };
        assert_eq!((root.centre, root.birth, root.death, root.segment), (4.0, 9.0, 8.0, None));
        assert_eq!(root.widths, [[8.0, 7.0], [9.0, 7.0]], "the loner leaves at the top of the plot");
        assert_eq!((large.centre, large.size, large.death, large.segment), (2.5, 4, 1.0, Some(0)));
        assert_eq!(large.widths, [[1.0, 3.0], [3.0, 3.0], [3.0, 4.0], [8.0, 4.0]]);
        assert_eq!((small.centre, small.size, small.within, small.membership), (6.0, 3, Some(1), Some(1.0)));
        let found = [([4.0, 8.5], Some(4.0)), ([0.6, 5.0], Some(2.5)), ([0.6, 2.0], None), ([7.4, 7.0], Some(6.0)), ([7.9, 8.5], None)];
        for (place, centre) in found {
            assert_eq!(plot.branch_at(place).map(|at| plot.branches[at].centre), centre, "{place:?}");
        }
    }

    #[test]
    fn many_rows_make_few_points() {
        let plot = of_line(&(0..20_000).map(|row| f64::from(row).powf(1.3)).collect::<Vec<_>>(), 5);
        assert!(plot.branches.iter().map(|branch| branch.widths.len()).sum::<usize>() <= POINTS && plot.n_segments == 0);
        let plot = of_line(&(0..6_000).map(|row| f64::from(row + row / 3 * 7 + row / 9 * 11)).collect::<Vec<_>>(), 2);
        assert!(plot.branches.len() <= CondensedPlot::MAX_BRANCHES && !plot.branches.is_empty());
        assert!(plot.branches[1..].iter().all(|branch| branch.parent.is_some()));
    }

    #[test]
    fn nothing_to_draw() {
        for at in [&[1.0][..], &[1.0, 2.0], &[4.0; 9]] {
            let plot = of_line(at, 3);
            assert!(plot.n_segments == 0 && (plot.branches.is_empty() || plot.top > 0.0), "{plot:?}");
        }
    }
}
