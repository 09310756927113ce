//! What drives a grouping? How well a random forest finds the group of rows it has not seen, and how much worse without each column.
//!
//! In: coded columns, the group of each row, which rows to learn from and which to hold out. Out: the accuracy on the held-out rows and,
//! for each column, how much of it is lost when the column is shuffled among them. L. Breiman 2001, "Random Forests": every tree from rows
//! drawn with replacement, the square root of the columns tried at each split; votes count equally, ties go to the lower group. Permutation
//! importance as in scikit-learn, on held-out rows, since on rows a forest has learnt by heart every column seems to matter. Cost: trees x rows
//! x columns tried x depth; then columns x shuffles x the paths that ask the column.

use rayon::prelude::*;

use super::decision_tree::{Coded, Growth, Tree, grow};
use crate::base::seed::{self, RngExt};
use crate::base::stats::mean_sd;
use crate::base::{Ctx, Stopped};

/// Trees of the forest.
pub const N_TREES: usize = 100;
/// Shuffles of each column.
const N_SHUFFLES: usize = 5;
/// Rows in a leaf, at least: smaller ones learn noise by heart and cost as much as all the rest.
const MIN_LEAF: usize = 3;
const MAX_DEPTH: usize = 16;
const TREE_SALT: u64 = 0x466f_7265_7374;
const SHUFFLE_SALT: u64 = 0x5368_7566_666c_6564;

/// What a forest says about the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Drivers {
    /// Share of the held-out rows put into their group, 0 to 1.
    pub accuracy: f64,
    /// Share of the held-out rows in the group that has most of them.
    pub chance: f64,
    /// For each column the accuracy it costs to shuffle it: mean and standard deviation over the shuffles.
    pub losses: Vec<(f64, f64)>,
}

/// Learns from `learnt`, measures on `held_out`. `groups` has the group (below `n_groups`) of every row the columns have.
pub fn drivers(
    columns: &[Coded],
    groups: &[usize],
    n_groups: usize,
    learnt: &[u32],
    held_out: &[u32],
    seed: u64,
    ctx: &Ctx,
) -> Result<Drivers, Stopped> {
    ctx.check()?;
    let columns_a_split = Some((columns.len() as f64).sqrt().ceil() as usize);
    let how = Growth { max_depth: MAX_DEPTH, min_leaf: MIN_LEAF, columns_a_split, weights: vec![1.0; n_groups] };
    let tree = |nth: usize| {
        let mut rng = seed::random(seed ^ TREE_SALT, nth as u64);
        let drawn = (0..learnt.len()).map(|_| learnt[rng.random_range(0..learnt.len())]).collect();
        grow(columns, groups, drawn, &how, &mut rng, ctx)
    };
    let trees: Vec<Tree> = (0..N_TREES).into_par_iter().map(tree).collect::<Result<_, _>>()?;
    let seen = Seen::new(columns, groups, n_groups, held_out, &trees, ctx)?;
    let of_column = |column: usize| {
        let mut losses = [0.0; N_SHUFFLES];
        for (nth, loss) in losses.iter_mut().enumerate() {
            let mut shuffled: Vec<u8> = held_out.iter().map(|&row| columns[column].codes[row as usize]).collect();
            let mut rng = seed::random(seed ^ SHUFFLE_SALT, (column * N_SHUFFLES + nth) as u64);
            for i in (1..shuffled.len()).rev() {
                shuffled.swap(i, rng.random_range(0..=i));
            }
            *loss = seen.accuracy() - seen.accuracy_with(column, &shuffled, ctx)?;
        }
        Ok(mean_sd(&losses))
    };
    let losses = (0..columns.len()).into_par_iter().map(of_column).collect::<Result<_, Stopped>>()?;
    Ok(Drivers { accuracy: seen.accuracy(), chance: seen.chance(), losses })
}

/// The held-out rows as the forest sees them.
struct Seen<'a> {
    columns: &'a [Coded],
    trees: &'a [Tree],
    rows: &'a [u32],
    groups: Vec<usize>,
    n_groups: usize,
    /// The vote of tree t on row i at `[i * trees + t]`.
    votes: Vec<u16>,
    /// Which columns its path asks, a bit each (columns 128 apart share one, which costs a look and changes nothing).
    asked: Vec<u128>,
    /// The votes of row i for group g at `[i * groups + g]`.
    sums: Vec<u16>,
    n_right: usize,
}

impl<'a> Seen<'a> {
    fn new(
        columns: &'a [Coded],
        groups: &[usize],
        n_groups: usize,
        rows: &'a [u32],
        trees: &'a [Tree],
        ctx: &Ctx,
    ) -> Result<Seen<'a>, Stopped> {
        let groups: Vec<usize> = rows.iter().map(|&row| groups[row as usize]).collect();
        let mut seen = Seen { columns, trees, rows, groups, n_groups, votes: Vec::new(), asked: Vec::new(), sums: Vec::new(), n_right: 0 };
        for (i, &row) in rows.iter().enumerate() {
            if i % 64 == 0 {
                ctx.check()?;
            }
            let mut sums = vec![0u16; n_groups];
            for tree in trees {
                let leaf = tree.leaf(|column| columns[column].codes[row as usize]);
                let mut asked = 0u128;
                let mut at = leaf;
                while let Some((before, _)) = tree.nodes[at].parent {
                    asked |= tree.nodes[before].split.map_or(0, |split| 1 << (split.column % 128));
                    at = before;
                }
                let vote = tree.nodes[leaf].group;
                sums[vote] += 1;
                seen.votes.push(vote as u16);
                seen.asked.push(asked);
            }
            seen.n_right += usize::from(winner(&sums) == seen.groups[i]);
            seen.sums.extend(sums);
        }
        Ok(seen)
    }

    fn accuracy(&self) -> f64 {
        self.n_right as f64 / self.rows.len().max(1) as f64
    }

    fn chance(&self) -> f64 {
        let mut sizes = vec![0usize; self.n_groups];
        self.groups.iter().for_each(|&group| sizes[group] += 1);
        sizes.into_iter().max().unwrap_or(0) as f64 / self.rows.len().max(1) as f64
    }

    /// The accuracy where row i has code `shuffled[i]` in one column. Only trees whose path asks the column are asked again.
    fn accuracy_with(&self, column: usize, shuffled: &[u8], ctx: &Ctx) -> Result<f64, Stopped> {
        let bit = 1u128 << (column % 128);
        let mut n_right = 0usize;
        for (i, &row) in self.rows.iter().enumerate() {
            if i % 256 == 0 {
                ctx.check()?;
            }
            let mut sums = self.sums[i * self.n_groups..(i + 1) * self.n_groups].to_vec();
            for (t, tree) in self.trees.iter().enumerate() {
                let at = i * self.trees.len() + t;
                if self.asked[at] & bit == 0 {
                    continue;
                }
                let leaf = tree.leaf(|asked| if asked == column { shuffled[i] } else { self.columns[asked].codes[row as usize] });
                sums[usize::from(self.votes[at])] -= 1;
                sums[tree.nodes[leaf].group] += 1;
            }
            n_right += usize::from(winner(&sums) == self.groups[i]);
        }
        Ok(n_right as f64 / self.rows.len().max(1) as f64)
    }
}

/// The group with most votes, the lower of equals.
fn winner(sums: &[u16]) -> usize {
    (1..sums.len()).fold(0, |best, group| if sums[group] > sums[best] { group } else { best })
}
