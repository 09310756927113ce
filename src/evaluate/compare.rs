//! What became of the groups of one labeling in another, and how alike are the two?
//!
//! In: two labelings of the same rows. Out: their cross-table with the rows of neither side lost (noise has a row and a column of its own), the
//! adjusted Rand index, the share that stays together under the best matching, what splits, merges and spreads, and the order of the right side in
//! which a flow between both crosses little. O(n + a b) for a and b groups, the matching O(max(a, b)³), the order O(a b²) per round.
//!
//! Splits and merges follow Spiliopoulou, Ntoutsi, Theodoridis, Schult 2006, "MONIC: modeling and monitoring cluster transitions", made
//! symmetric: seen from the other side, every split is a merge. The order is the barycentre of Sugiyama, Tagawa, Toda 1981.

use crate::base::Labels;

use super::agreement::{adjusted_rand, best_matching};

/// A part this large is worth a word.
pub const PART: f64 = 0.1;
/// Above this share most of a group is meant.
const MOST: f64 = 0.5;

/// One side's group: a cluster, or all rows in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The cluster; `None` for the rows in none.
    pub cluster: Option<usize>,
    /// Its rows.
    pub size: usize,
}

/// Two labelings against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The clusters of the left labeling in order, then the rows in none, if there are any.
    pub left: Vec<Group>,
    /// The same of the right labeling.
    pub right: Vec<Group>,
    /// Rows shared by left group i and right group j at `[i][j]`; they sum to all rows.
    pub counts: Vec<Vec<usize>>,
    /// Rows.
    pub n_rows: usize,
    /// Adjusted Rand index: 1 for the same groups, about 0 for groups as alike as chance. Rows in none count as one more group.
    pub adjusted_rand: f64,
    /// Share of the rows that are in matching groups when each group has at most one partner, the best way; rows in none match rows in none.
    pub together: f64,
    /// Left groups from top to bottom of a flow, by place in `left`.
    pub left_order: Vec<usize>,
    /// Right groups from top to bottom, so that little crosses; rows in none stay last.
    pub right_order: Vec<usize>,
    /// What became of the groups, most rows first.
    pub changes: Vec<Change>,
}

/// What became of a group. Groups are places in [`Comparison::left`] and [`Comparison::right`]; the rows in none are never one of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A left group falls apart into right groups that mostly come from it, each with its share of the left group.
    Splits {
        /// Left.
        from: usize,
        /// Right, largest share first.
        into: Vec<(usize, f64)>,
    },
    /// Left groups that mostly go to one right group, each with its share of the right group.
    Merges {
        /// Left, largest share first.
        from: Vec<(usize, f64)>,
        /// Right.
        into: usize,
    },
    /// A left group most of whose rows stay together, and make up most of one right group.
    Stays {
        /// Left.
        from: usize,
        /// Right.
        into: usize,
    },
    /// A left group of which nothing else can be said: its rows go where others are at home, or to no group. Its largest parts.
    Spreads {
        /// Left.
        from: usize,
        /// Right, largest share first; at most three.
        into: Vec<(usize, f64)>,
    },
}

impl Comparison {
    /// The share of left group `i` that is in right group `j`.
    pub fn row_share(&self, i: usize, j: usize) -> f64 {
        share(self.counts[i][j], self.left[i].size)
    }

    /// The share of right group `j` that is in left group `i`.
    pub fn column_share(&self, i: usize, j: usize) -> f64 {
        share(self.counts[i][j], self.right[j].size)
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.left.len() * self.right.len() * size_of::<usize>()
    }
}

/// Compares two labelings of the same rows. `left_order` lists the left clusters from top to bottom, each once.
pub fn compare(left: &Labels, right: &Labels, left_order: &[usize]) -> Comparison {
    let counts = cross_table(left, right);
    let (left_groups, right_groups) = (groups(left), groups(right));
    let clusters: Vec<Vec<usize>> = counts.iter().take(left.n_clusters()).map(|row| row[..right.n_clusters()].to_vec()).collect();
    let matching = best_matching(&clusters);
    let matched: usize = matching.iter().zip(&clusters).filter_map(|(partner, row)| Some(row[(*partner)?])).sum();
    let in_neither = if left.n_noise() > 0 && right.n_noise() > 0 { counts[left.n_clusters()][right.n_clusters()] } else { 0 };
    let left_order: Vec<usize> = left_order.iter().copied().chain(left.n_clusters()..left_groups.len()).collect();
    Comparison {
        n_rows: left.n_rows(),
        adjusted_rand: adjusted_rand(left, right),
        together: if left.n_rows() == 0 { 1.0 } else { share(matched + in_neither, left.n_rows()) },
        right_order: order_of_right(&counts, &left_order, &right_groups),
        changes: changes(&counts, &left_groups, &right_groups),
        left: left_groups,
        right: right_groups,
        counts,
        left_order,
    }
}

/// What an adjusted Rand index means, in words. The steps at 0.9 and 0.65 are those of Steinley 2004, "Properties of the Hubert-Arabie adjusted
/// Rand index".
pub fn agreement_words(adjusted_rand: f64) -> &'static str {
    // The word goes with the two digits that are shown; only equal groups are the same.
    match (adjusted_rand * 100.0).round() / 100.0 {
        _ if adjusted_rand >= 1.0 - 1e-12 => "the same groups",
        value if value >= 0.9 => "nearly the same groups",
        value if value >= 0.65 => "mostly the same groups",
        value if value >= 0.3 => "partly the same groups",
        value if value >= 0.1 => "little in common",
        _ => "hardly more alike than chance",
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn groups(labels: &Labels) -> Vec<Group> {
    let clusters = labels.sizes().iter().enumerate().map(|(cluster, &size)| Group { cluster: Some(cluster), size });
    let in_none = (labels.n_noise() > 0).then_some(Group { cluster: None, size: labels.n_noise() });
    clusters.chain(in_none).collect()
}

fn cross_table(left: &Labels, right: &Labels) -> Vec<Vec<usize>> {
    let n_right = right.n_clusters() + usize::from(right.n_noise() > 0);
    let n_left = left.n_clusters() + usize::from(left.n_noise() > 0);
    let mut counts = vec![vec![0; n_right]; n_left];
    for (of_left, of_right) in left.iter().zip(right.iter()) {
        counts[of_left.unwrap_or(left.n_clusters())][of_right.unwrap_or(right.n_clusters())] += 1;
    }
    counts
}

/// Every right group at the mean height of what flows into it, then neighbours change places while that uncrosses something. Heights are
/// those of the blocks as drawn, so that a large group weighs as much as it shows.
fn order_of_right(counts: &[Vec<usize>], left_order: &[usize], right: &[Group]) -> Vec<usize> {
    let mut height = vec![0.0; counts.len()];
    let mut top = 0.0;
    for &i in left_order {
        let size = counts[i].iter().sum::<usize>() as f64;
        height[i] = top + size / 2.0;
        top += size;
    }
    let barycentre =
        |j: usize| counts.iter().zip(&height).map(|(row, height)| row[j] as f64 * height).sum::<f64>() / right[j].size.max(1) as f64;
    let mut order: Vec<usize> = (0..right.len()).filter(|&j| right[j].cluster.is_some()).collect();
    order.sort_by(|&a, &b| barycentre(a).total_cmp(&barycentre(b)).then(a.cmp(&b)));
    // Every exchange lowers the crossings, so this ends.
    while let Some(at) = (1..order.len()).find(|&at| gains(counts, left_order, order[at - 1], order[at])) {
        order.swap(at - 1, at);
    }
    order.extend((0..right.len()).filter(|&j| right[j].cluster.is_none()));
    order
}

/// Whether less crosses with right group `lower` above its neighbour `upper`: rows times rows that change sides.
fn gains(counts: &[Vec<usize>], left_order: &[usize], upper: usize, lower: usize) -> bool {
    let (mut above, mut now, mut exchanged) = ([0u128; 2], 0u128, 0u128);
    for &i in left_order {
        let (of_upper, of_lower) = (counts[i][upper] as u128, counts[i][lower] as u128);
        now += of_upper * above[1];
        exchanged += of_lower * above[0];
        above = [above[0] + of_upper, above[1] + of_lower];
    }
    exchanged < now
}

fn changes(counts: &[Vec<usize>], left: &[Group], right: &[Group]) -> Vec<Change> {
    let of_left = |i: usize, j: usize| share(counts[i][j], left[i].size);
    let of_right = |i: usize, j: usize| share(counts[i][j], right[j].size);
    let is_cluster = |group: &Group| group.cluster.is_some();
    let lefts = || (0..left.len()).filter(|&i| is_cluster(&left[i]));
    let rights = || (0..right.len()).filter(|&j| is_cluster(&right[j]));
    let largest_first = |mut parts: Vec<(usize, f64)>| {
        parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        parts
    };
    let mut is_told = vec![false; left.len()];
    let mut changes: Vec<(usize, Change)> = Vec::new();
    for from in lefts() {
        let parts = rights().filter(|&j| of_left(from, j) >= PART && of_right(from, j) >= MOST).map(|j| (j, of_left(from, j)));
        let into = largest_first(parts.collect());
        if into.len() > 1 {
            is_told[from] = true;
            changes.push((left[from].size, Change::Splits { from, into }));
        }
    }
    for into in rights() {
        let parts = lefts().filter(|&i| of_right(i, into) >= PART && of_left(i, into) >= MOST).map(|i| (i, of_right(i, into)));
        let from = largest_first(parts.collect());
        if from.len() > 1 {
            from.iter().for_each(|part| is_told[part.0] = true);
            changes.push((right[into].size, Change::Merges { from, into }));
        }
    }
    for from in lefts().filter(|&from| !is_told[from]) {
        let home = rights().find(|&j| of_left(from, j) >= MOST && of_right(from, j) >= MOST);
        let change = home.map_or_else(
            || {
                let parts = (0..right.len()).filter(|&j| counts[from][j] > 0).map(|j| (j, of_left(from, j)));
                let mut into = largest_first(parts.collect());
                into.truncate(3);
                Change::Spreads { from, into }
            },
            |into| Change::Stays { from, into },
        );
        changes.push((left[from].size, change));
    }
    // A stable sort, so that equally large ones keep the order in which they were found.
    changes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    changes.into_iter().map(|(_, change)| change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels of runs: `(n, Some(c))` is n rows of c.
    fn runs(runs: &[(usize, Option<usize>)]) -> Labels {
        let ids: Vec<Option<usize>> = runs.iter().flat_map(|&(n, id)| std::iter::repeat_n(id, n)).collect();
        Labels::from_options(&ids)
    }

    fn by_size(left: &Labels, right: &Labels) -> Comparison {
        compare(left, right, &(0..left.n_clusters()).collect::<Vec<_>>())
    }

    /// Rows times rows on crossing ribbons, pair by pair.
    fn crossings(counts: &[Vec<usize>], left: &[usize], right: &[usize]) -> usize {
        let mut sum = 0;
        for (at, &i) in left.iter().enumerate() {
            for &below in &left[at + 1..] {
                for (to, &j) in right.iter().enumerate() {
                    sum += right[..to].iter().map(|&above| counts[i][j] * counts[below][above]).sum::<usize>();
                }
            }
        }
        sum
    }

    #[test]
    fn a_split_by_hand() {
        // 100 rows become 61 and 39; 50 rows stay.
        let left = runs(&[(100, Some(0)), (50, Some(1))]);
        let right = runs(&[(61, Some(0)), (39, Some(1)), (50, Some(2))]);
        let table = by_size(&left, &right);
        // Right groups by size: 61, 50, 39.
        assert_eq!(table.counts, [[61, 0, 39], [0, 50, 0]]);
        assert_eq!(table.changes, [Change::Splits { from: 0, into: vec![(0, 0.61), (2, 0.39)] }, Change::Stays { from: 1, into: 1 }]);
        assert_eq!(table.right_order, [0, 2, 1], "the parts lie together");
        assert_eq!(table.together, 111.0 / 150.0);
    }

    #[test]
    fn a_merge_by_hand_with_noise_on_either_side() {
        let left = runs(&[(30, Some(0)), (20, Some(1)), (10, None)]);
        let right = runs(&[(25, Some(0)), (5, None), (20, Some(0)), (4, None), (6, Some(1))]);
        let table = by_size(&left, &right);
        assert_eq!(table.counts, [[25, 0, 5], [20, 0, 0], [0, 6, 4]]);
        assert_eq!(table.changes, [Change::Merges { from: vec![(0, 25.0 / 45.0), (1, 20.0 / 45.0)], into: 0 }]);
        assert_eq!(table.left.iter().map(|group| group.cluster).collect::<Vec<_>>(), [Some(0), Some(1), None]);
        assert_eq!(table.together, (25.0 + 4.0) / 60.0, "the best single partner, and those in none on both sides");
        assert_eq!(*table.right_order.last().unwrap(), 2, "rows in none stay last");
    }

    #[test]
    fn what_neither_stays_nor_splits_is_spread() {
        // A third of the first group goes to each of three groups that are mostly others'.
        let left = runs(&[(30, Some(0)), (30, Some(1)), (30, Some(2)), (30, Some(3))]);
        let right = runs(&[(10, Some(0)), (10, Some(1)), (10, Some(2)), (30, Some(0)), (30, Some(1)), (30, Some(2))]);
        let table = by_size(&left, &right);
        let third = 10.0 / 30.0;
        assert_eq!(table.changes[0], Change::Spreads { from: 0, into: vec![(0, third), (1, third), (2, third)] });
        assert_eq!(table.changes[1..], [1, 2, 3].map(|from| Change::Stays { from, into: from - 1 }));
    }

    #[test]
    fn one_against_many_none_and_nothing() {
        let (one, many) = (runs(&[(12, Some(0))]), runs(&[(6, Some(0)), (4, Some(1)), (2, Some(2))]));
        let table = by_size(&one, &many);
        assert_eq!((table.adjusted_rand, table.together), (0.0, 0.5));
        assert_eq!(table.changes, [Change::Splits { from: 0, into: vec![(0, 0.5), (1, 4.0 / 12.0), (2, 2.0 / 12.0)] }]);

        let none = runs(&[(12, None)]);
        let table = by_size(&none, &many);
        assert_eq!((table.counts.clone(), table.changes.len()), (vec![vec![6, 4, 2]], 0));
        let table = by_size(&none, &none);
        assert_eq!((table.counts.clone(), table.adjusted_rand, table.together), (vec![vec![12]], 1.0, 1.0));
        let table = by_size(&runs(&[]), &runs(&[]));
        assert_eq!((table.n_rows, table.together, table.changes.len()), (0, 1.0, 0));
    }

    #[test]
    fn laws() {
        for case in 0..300usize {
            let (n, a, b) = (1 + case % 60, 1 + case % 7, 1 + case / 7 % 6);
            let id = |row: usize, salt: usize, groups: usize| {
                let drawn = (row * 31 + salt * 17 + row * row * (case + 3)).wrapping_mul(2654435761) >> 7;
                (drawn % (groups + 1)).checked_sub(1)
            };
            let left = Labels::from_options(&(0..n).map(|row| id(row, 1, a)).collect::<Vec<_>>());
            let right = Labels::from_options(&(0..n).map(|row| id(row, 5, b)).collect::<Vec<_>>());
            let (there, back, same) = (by_size(&left, &right), by_size(&right, &left), by_size(&left, &left));

            assert_eq!(there.counts.iter().flatten().sum::<usize>(), n);
            for (i, j) in (0..there.left.len()).flat_map(|i| (0..there.right.len()).map(move |j| (i, j))) {
                assert_eq!(there.counts[i][j], back.counts[j][i]);
                assert_eq!(there.row_share(i, j), back.column_share(j, i));
            }
            assert!((there.adjusted_rand - back.adjusted_rand).abs() < 1e-12);
            assert_eq!(there.together, back.together);
            let splits = |table: &Comparison| table.changes.iter().filter(|change| matches!(change, Change::Splits { .. })).count();
            let merges = |table: &Comparison| table.changes.iter().filter(|change| matches!(change, Change::Merges { .. })).count();
            assert_eq!(splits(&there), merges(&back), "seen from the other side, a split is a merge");

            assert!((same.adjusted_rand, same.together) == (1.0, 1.0) && same.right_order == same.left_order);
            assert!(same.counts.iter().enumerate().all(|(i, row)| row.iter().enumerate().all(|(j, &count)| (i == j) == (count > 0))));
            assert!(same.changes.iter().all(|change| matches!(change, Change::Stays { from, into } if from == into)));
        }
    }

    #[test]
    fn the_order_crosses_as_little_as_any_neighbours_and_nothing_where_that_can_be() {
        let planar = [vec![0, 0, 7, 0], vec![5, 0, 3, 0], vec![0, 2, 0, 9]];
        let sizes = [5, 2, 10, 9].map(|size| Group { cluster: Some(0), size });
        let order = order_of_right(&planar, &[0, 1, 2], &sizes);
        assert_eq!(crossings(&planar, &[0, 1, 2], &order), 0, "{order:?}");
        for case in 0..200usize {
            let (a, b) = (1 + case % 5, 1 + case / 5 % 6);
            let value = |i: usize, j: usize| ((case * 31 + i * 17 + j * 7 + i * j * case) * 2654435761) % 13;
            let counts: Vec<Vec<usize>> = (0..a).map(|i| (0..b).map(|j| value(i, j)).collect()).collect();
            let groups: Vec<Group> = (0..b).map(|j| Group { cluster: Some(j), size: counts.iter().map(|row| row[j]).sum() }).collect();
            let left: Vec<usize> = (0..a).collect();
            let order = order_of_right(&counts, &left, &groups);
            let fewest = crossings(&counts, &left, &order);
            for at in 1..b {
                let mut other = order.clone();
                other.swap(at - 1, at);
                assert!(crossings(&counts, &left, &other) >= fewest, "{counts:?} {order:?}");
            }
        }
    }
}
