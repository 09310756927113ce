//! Which number and colour does each segment have? Those its customers had before, whatever knob was moved.
//!
//! In: the groups as they were last shown with their numbers, and a new grouping. Out: a number for each new cluster, and what became of the
//! old ones. A number stays where most of both sides stay, as a name does (`identity`); the others are matched by the largest total overlap (Kuhn 1955). Numbers that went away are remembered, so that going
//! back from 4 segments to 5 brings the fifth back under its old number and colour. O(s + old x new) for s remembered rows, and the matching.

use serde::{Deserialize, Serialize};

use crate::base::Labels;
use crate::evaluate::best_matching;

use super::edit::RowSet;
use crate::base::part;

/// Rows remembered at most: enough to tell which group is which, and little enough to keep with every step of undo.
const MOST_ROWS: usize = 4_096;
/// Numbers remembered after they went away.
const MOST_GONE: usize = 24;
/// A number that went away comes back only for customers as similar as this (Jaccard), or a stranger would inherit it.
const COMES_BACK: f64 = 0.3;
/// A number that is shown stays only with customers as similar as this (Jaccard): of sixteen groups by density five by k-means would be C1, C11 and C3 for
/// the sake of a few each.
const STAYS: f64 = 0.1;
/// Above this many segments nobody knows them by their colours, and tables of all pairs would not fit into memory.
const MOST_NUMBERED: usize = 1_000;
/// Above this many groups on either side they are matched by one overlap after the other: the best total would take too long for a frame.
const MOST_MATCHED_BEST: usize = 100;
/// Groupings remembered as they were shown.
const MOST_SEEN: usize = 32;
/// A part this large of a segment is worth telling.
const WORTH_TELLING: f64 = 0.2;

/// Who had which number when the segments were last shown; part of the plan, so that a saved project keeps its colours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numbering {
    /// Rows of the table it was made on; of another table it says nothing.
    n_table_rows: usize,
    groups: Vec<Group>,
    /// Groupings that were shown, last first: whoever comes back to one finds it as it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seen: Vec<SeenGrouping>,
}

/// A grouping as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SeenGrouping {
    /// Tells it from others: who is together, on the sampled rows, and the sizes.
    print: u64,
    /// The number of each cluster.
    numbers: Vec<usize>,
}

/// The customers of a number, as far as they are remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Group {
    number: usize,
    members: RowSet,
    /// Whether it was shown last; the others went away before.
    shown: bool,
}

/// Numbers for the clusters of a grouping, and what changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbered {
    /// One per cluster, all different.
    pub numbers: Vec<usize>,
    /// What became of the segments, in plain sentences; empty where only borders moved.
    pub told: Vec<String>,
}

impl Numbering {
    /// Remembers a grouping under its numbers, and of the one before it what went away. `table_rows` are the rows of the table, ascending.
    pub fn after(before: Option<&Numbering>, labels: &Labels, table_rows: &[usize], n_table_rows: usize) -> Numbering {
        if labels.n_clusters() > MOST_NUMBERED {
            return before.cloned().unwrap_or_default();
        }
        let slots = Slots::of(labels, table_rows, n_table_rows);
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); labels.n_clusters()];
        for (slot, cluster) in slots.cluster.iter().enumerate() {
            if let Some(cluster) = cluster {
                rows[*cluster].push(slot * slots.step);
            }
        }
        let shown = labels.numbers().iter().zip(rows);
        let mut groups: Vec<Group> = shown.map(|(&number, rows)| Group { number, members: RowSet::new(rows), shown: true }).collect();
        let gone = before.filter(|before| before.n_table_rows == n_table_rows).map_or(&[][..], |before| &before.groups);
        let gone = gone.iter().filter(|group| !labels.numbers().contains(&group.number) && !group.members.is_empty());
        groups.extend(gone.take(MOST_GONE).map(|group| Group { shown: false, ..group.clone() }));
        let mut seen = vec![SeenGrouping { print: print(labels, &slots), numbers: labels.numbers().to_vec() }];
        let older = before.filter(|before| before.n_table_rows == n_table_rows).map_or(&[][..], |before| &before.seen);
        seen.extend(older.iter().filter(|older| older.print != seen[0].print).take(MOST_SEEN - 1).cloned().collect::<Vec<_>>());
        Numbering { n_table_rows, groups, seen }
    }

    /// The same customers in a table of `n_table_rows` where row `r` stands at `to[r]`.
    pub fn moved(&self, to: &[Option<u32>], n_table_rows: usize) -> Numbering {
        let groups = self.groups.iter().map(|group| Group { members: group.members.moved(to), ..group.clone() });
        // Who is together is the same, but the rows it was told by are others.
        Numbering { n_table_rows, groups: groups.collect(), seen: Vec::new() }
    }

    /// The numbers of a new grouping's clusters.
    pub fn numbers_for(&self, labels: &Labels, table_rows: &[usize], n_table_rows: usize) -> Numbered {
        if self.n_table_rows != n_table_rows || self.groups.is_empty() || labels.n_clusters() > MOST_NUMBERED {
            return Numbered { numbers: (0..labels.n_clusters()).collect(), told: Vec::new() };
        }
        let slots = Slots::of(labels, table_rows, n_table_rows);
        let overlap = self.overlap(labels, table_rows, n_table_rows);
        let print = print(labels, &slots);
        let known = self.seen.iter().find(|seen| seen.print == print && seen.numbers.len() == labels.n_clusters());
        if let Some(known) = known {
            return Numbered { told: self.told(&overlap, &known.numbers), numbers: known.numbers.clone() };
        }
        let mut number_of: Vec<Option<usize>> = vec![None; labels.n_clusters()];
        for (group, cluster) in matching(&self.worth_matching(&overlap, &slots)).into_iter().enumerate() {
            if let Some(cluster) = cluster {
                number_of[cluster] = Some(self.groups[group].number);
            }
        }
        // Whoever is new takes the lowest number that nobody in this grouping has.
        let mut free = (0..).filter(|number| !number_of.contains(&Some(*number)));
        let numbers: Vec<usize> = number_of.iter().filter_map(|number| number.or_else(|| free.next())).collect();
        let told = self.told(&overlap, &numbers);
        Numbered { numbers, told }
    }

    /// Remembered rows of each group in each cluster.
    fn overlap(&self, labels: &Labels, table_rows: &[usize], n_table_rows: usize) -> Vec<Vec<usize>> {
        let mut overlap = vec![vec![0; labels.n_clusters()]; self.groups.len()];
        for (group, shared) in self.groups.iter().zip(&mut overlap) {
            for row in group.members.rows() {
                if let Some(cluster) = cluster_of(row, labels, table_rows, n_table_rows) {
                    shared[cluster] += 1;
                }
            }
        }
        overlap
    }

    /// The overlaps that may carry a number over.
    fn worth_matching(&self, overlap: &[Vec<usize>], slots: &Slots) -> Vec<Vec<usize>> {
        let mut sizes = vec![0; overlap.first().map_or(0, Vec::len)];
        slots.cluster.iter().flatten().for_each(|&cluster| sizes[cluster] += 1);
        let of_group = self.groups.iter().zip(overlap).map(|(group, shared)| {
            let keeps = |(&both, &size): (&usize, &usize)| {
                let either = group.members.len() + size - both;
                let least = if group.shown { STAYS } else { COMES_BACK };
                if both as f64 > least * either as f64 { both } else { 0 }
            };
            shared.iter().zip(&sizes).map(keeps).collect()
        });
        let mut worth: Vec<Vec<usize>> = of_group.collect();
        // Where most of both sides stay a name stays too (`identity`), so the number must, whatever other pairs would add up to.
        let mut cluster_of = vec![None; worth.len()];
        let mut group_of = vec![None; sizes.len()];
        for (group, cluster) in self.staying(&worth, &sizes) {
            (cluster_of[group], group_of[cluster]) = (Some(cluster), Some(group));
        }
        for (group, shared) in worth.iter_mut().enumerate() {
            for (cluster, both) in shared.iter_mut().enumerate() {
                let is_taken =
                    cluster_of[group].is_some_and(|stays| stays != cluster) || group_of[cluster].is_some_and(|stays| stays != group);
                *both = if is_taken { 0 } else { *both };
            }
        }
        worth
    }

    /// The groups and clusters of which most customers are each other's, the most alike first; none twice.
    fn staying(&self, overlap: &[Vec<usize>], sizes: &[usize]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (at, (group, shared)) in self.groups.iter().zip(overlap).enumerate() {
            let stays = |(_, (both, size)): &(usize, (&usize, &usize))| 2 * **both > group.members.len() && 2 * **both > **size;
            let alike = |(cluster, (&both, &size)): (usize, (&usize, &usize))| {
                (both as f64 / (group.members.len() + size - both) as f64, at, cluster)
            };
            pairs.extend(shared.iter().zip(sizes).enumerate().filter(stays).map(alike));
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let (mut groups, mut clusters) = (vec![false; self.groups.len()], vec![false; sizes.len()]);
        pairs.retain(|&(_, group, cluster)| {
            let is_free = !groups[group] && !clusters[cluster];
            if is_free {
                (groups[group], clusters[cluster]) = (true, true);
            }
            is_free
        });
        pairs.into_iter().map(|(_, group, cluster)| (group, cluster)).collect()
    }

    /// What became of the segments that were shown: which are new and from whom, which went away and where to.
    fn told(&self, overlap: &[Vec<usize>], numbers: &[usize]) -> Vec<String> {
        let mut shown: Vec<(usize, &Vec<usize>)> =
            self.groups.iter().zip(overlap).filter(|(group, _)| group.shown).map(|(group, shared)| (group.number, shared)).collect();
        shown.sort_unstable_by_key(|(number, _)| *number);
        let mut told = Vec::new();
        for (cluster, number) in numbers.iter().enumerate() {
            if shown.iter().any(|(old, _)| old == number) {
                continue;
            }
            let from: Vec<(usize, usize)> = shown.iter().map(|(old, shared)| (*old, shared[cluster])).collect();
            told.push(match &worth_telling(&from)[..] {
                [] => format!("{} is new.", name(*number)),
                [(old, share)] if *share > 0.5 => format!("{} split from {}.", name(*number), name(*old)),
                several => format!("{} is new, from {}.", name(*number), listed(several)),
            });
        }
        for (old, shared) in &shown {
            if numbers.contains(old) {
                continue;
            }
            let into: Vec<(usize, usize)> = numbers.iter().copied().zip(shared.iter().copied()).collect();
            told.push(match &worth_telling(&into)[..] {
                [] => format!("{} dissolved.", name(*old)),
                [(new, share)] if *share > 0.5 => format!("{} merged into {}.", name(*old), name(*new)),
                several => format!("{} was divided among {}.", name(*old), listed(several)),
            });
        }
        told
    }
}

/// The parts large enough to tell, largest first, with their share of all.
fn worth_telling(parts: &[(usize, usize)]) -> Vec<(usize, f64)> {
    let all: usize = parts.iter().map(|(_, rows)| rows).sum();
    let mut parts: Vec<(usize, f64)> = parts.iter().map(|&(number, rows)| (number, rows as f64 / all.max(1) as f64)).collect();
    parts.retain(|(_, share)| *share >= WORTH_TELLING);
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    parts
}

/// "C1 (61 %) and C4 (39 %)".
fn listed(parts: &[(usize, f64)]) -> String {
    let texts: Vec<String> = parts.iter().map(|(number, share)| format!("{} ({:.0} %)", name(*number), share * 100.0)).collect();
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => texts.concat(),
    }
}

/// The number of a cluster; its place where none is known.
pub fn number_of(numbers: &[usize], cluster: usize) -> usize {
    numbers.get(cluster).copied().unwrap_or(cluster)
}

/// What a number is called: C1, C2, ...; C2.1 for the first part of the second.
pub fn name(number: usize) -> String {
    format!("C{}", part::text(number))
}

/// The cluster of the group that shares most, one per group.
fn matching(overlap: &[Vec<usize>]) -> Vec<Option<usize>> {
    let n_clusters = overlap.first().map_or(0, Vec::len);
    if overlap.len().max(n_clusters) <= MOST_MATCHED_BEST {
        return best_matching(overlap);
    }
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (group, shared) in overlap.iter().enumerate() {
        pairs.extend(shared.iter().enumerate().filter(|(_, both)| **both > 0).map(|(cluster, &both)| (both, group, cluster)));
    }
    pairs.sort_unstable_by_key(|&(both, group, cluster)| (std::cmp::Reverse(both), group, cluster));
    let mut of_group = vec![None; overlap.len()];
    let mut is_taken = vec![false; n_clusters];
    for (_, group, cluster) in pairs {
        if of_group[group].is_none() && !is_taken[cluster] {
            of_group[group] = Some(cluster);
            is_taken[cluster] = true;
        }
    }
    of_group
}

/// Tells a grouping from others by the cluster of every sampled row and by the sizes (FNV-1a over 64 bits). Clusters are numbered by size and first
/// row, so the same grouping has the same print however it was found.
fn print(labels: &Labels, slots: &Slots) -> u64 {
    let of_slots = slots.cluster.iter().map(|cluster| cluster.map_or(u64::MAX, |cluster| cluster as u64));
    let all = of_slots.chain(labels.sizes().iter().map(|&size| size as u64));
    all.fold(0xcbf2_9ce4_8422_2325, |print, value| {
        value.to_le_bytes().iter().fold(print, |print: u64, &byte| (print ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    })
}

/// The cluster of every `step`-th row of the table: few enough to compare in a frame.
struct Slots {
    step: usize,
    cluster: Vec<Option<usize>>,
}

impl Slots {
    fn of(labels: &Labels, table_rows: &[usize], n_table_rows: usize) -> Slots {
        let step = n_table_rows.div_ceil(MOST_ROWS).max(1);
        let cluster = (0..n_table_rows).step_by(step).map(|row| cluster_of(row, labels, table_rows, n_table_rows));
        Slots { step, cluster: cluster.collect() }
    }
}

/// The cluster of a row of the table. It stands at its own place or as many places before it as rows were left out: seldom is there anything
/// to search.
fn cluster_of(row: usize, labels: &Labels, table_rows: &[usize], n_table_rows: usize) -> Option<usize> {
    let left_out = n_table_rows.saturating_sub(table_rows.len());
    let first = row.saturating_sub(left_out).min(table_rows.len());
    let last = (row + 1).min(table_rows.len());
    let at = table_rows[first..last].binary_search(&row).ok()?;
    labels.get(first + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grouping of 0..n given as runs of rows, with every row in the table.
    fn runs(lengths: &[(usize, usize)]) -> Labels {
        let ids: Vec<usize> = lengths.iter().flat_map(|&(id, n)| std::iter::repeat_n(id, n)).collect();
        Labels::from_ids(&ids)
    }

    struct Session {
        numbering: Option<Numbering>,
    }

    impl Session {
        /// Shows a grouping; gives the number of each run in order, and what is told.
        fn show(&mut self, lengths: &[(usize, usize)]) -> (Vec<usize>, Vec<String>) {
            let labels = runs(lengths);
            let n = labels.n_rows();
            let rows: Vec<usize> = (0..n).collect();
            let Numbered { numbers, told } = self.numbering.clone().unwrap_or_default().numbers_for(&labels, &rows, n);
            let labels = labels.numbered(numbers);
            self.numbering = Some(Numbering::after(self.numbering.as_ref(), &labels, &rows, n));
            let mut first = 0;
            let of_run = lengths.iter().map(|&(_, length)| {
                let cluster = labels.get(first);
                first += length;
                cluster.map_or(usize::MAX, |cluster| labels.numbers()[cluster])
            });
            (of_run.collect(), told)
        }
    }

    #[test]
    fn colours_follow_the_customers_through_k_and_back() {
        let mut session = Session { numbering: None };
        let three = [(0, 50), (1, 30), (2, 20)];
        assert_eq!(session.show(&three), (vec![0, 1, 2], vec![]));
        // The first gives up half of its customers and is no longer the largest: it stays C1 all the same.
        let four = [(0, 26), (3, 24), (1, 30), (2, 20)];
        assert_eq!(session.show(&four), (vec![0, 3, 1, 2], vec!["C4 split from C1.".to_owned()]));
        assert_eq!(session.show(&four), (vec![0, 3, 1, 2], vec![]), "showing it again changes nothing");
        let two = [(0, 50), (1, 50)];
        let (numbers, told) = session.show(&two);
        assert_eq!((numbers, told), (vec![0, 1], vec!["C3 merged into C2.".to_owned(), "C4 merged into C1.".to_owned()]));
        assert_eq!(session.show(&four).0, [0, 3, 1, 2], "numbers that went away come back with their customers");
    }

    #[test]
    fn the_same_grouping_gets_its_numbers_back() {
        let mut session = Session { numbering: None };
        let first = [(0, 40), (1, 35), (2, 25)];
        assert_eq!(session.show(&first).0, [0, 1, 2]);
        // Other methods cut the customers otherwise, and step by step the overlaps would hand the numbers round.
        for other in [&[(0, 18), (1, 57), (2, 25)][..], &[(0, 60), (1, 15), (2, 25)], &[(0, 30), (1, 10), (2, 30), (3, 30)]] {
            session.show(other);
        }
        let back = session.show(&first).0;
        assert_eq!(back, [0, 1, 2]);
        let saved = serde_json::to_string(session.numbering.as_ref().unwrap()).unwrap();
        session.numbering = Some(serde_json::from_str(&saved).unwrap());
        session.show(&[(0, 18), (1, 57), (2, 25)]);
        assert_eq!(session.show(&first).0, [0, 1, 2], "after saving and opening too");
        let old: Numbering = serde_json::from_str("{\"n_table_rows\":3,\"groups\":[]}").unwrap();
        assert_eq!(old.seen, []);
    }

    #[test]
    fn a_number_stays_where_a_name_would() {
        // By the largest total alone the second group would follow its smaller part: 59 + 40 customers against 10 + 60.
        let mut session = Session { numbering: None };
        assert_eq!(session.show(&[(0, 99), (1, 100)]).0, [1, 0]);
        let after = session.show(&[(0, 10), (1, 10), (2, 10), (3, 10), (4, 59), (4, 60), (5, 40)]).0;
        assert_eq!(after[5], 0, "60 of its 100 customers are most of the new group: {after:?}");
    }

    #[test]
    fn a_handful_of_customers_hands_no_number_on() {
        let mut session = Session { numbering: None };
        // One group holds nearly all, and eleven hold ten each, as density has it.
        let dense: Vec<(usize, usize)> = [(0, 890)].into_iter().chain((1..12).map(|id| (id, 10))).collect();
        assert_eq!(session.show(&dense).0, (0..12).collect::<Vec<_>>());
        let (numbers, told) = session.show(&[(0, 400), (1, 300), (2, 300)]);
        assert_eq!(numbers, [0, 1, 2], "the last two are not C11 and C12: {told:?}");
    }

    #[test]
    fn strangers_take_the_lowest_free_number() {
        let mut session = Session { numbering: None };
        session.show(&[(0, 40), (1, 30), (2, 30)]);
        let (numbers, told) = session.show(&[(0, 28), (3, 24), (1, 24), (2, 24)]);
        assert_eq!(numbers, [0, 3, 1, 2]);
        assert_eq!(told, ["C4 is new, from C1 (50 %) and C2 (50 %)."]);
    }

    #[test]
    fn numbers_stay_with_customers_who_stand_elsewhere_in_a_table_read_again() {
        let n = 20_000;
        let rows: Vec<usize> = (0..n).collect();
        let of = |second: &dyn Fn(usize) -> bool| Labels::from_ids(&rows.iter().map(|&row| usize::from(second(row))).collect::<Vec<_>>());
        let before = Numbering::after(None, &of(&|row| row >= 12_000), &rows, n);
        // Everyone stands in reverse, and the second half of the customers are the larger group now.
        let to: Vec<Option<u32>> = rows.iter().map(|row| Some((n - 1 - row) as u32)).collect();
        let moved = before.moved(&to, n);
        let labels = of(&|row| row < 12_000 - 4_000);
        let number = |row: usize| moved.numbers_for(&labels, &rows, n).numbers[labels.get(row).unwrap_or_default()];
        assert_eq!((number(0), number(n - 1)), (1, 0));
    }

    #[test]
    fn another_table_starts_anew() {
        let mut session = Session { numbering: None };
        session.show(&[(0, 20), (1, 80)]);
        assert_eq!(session.show(&[(0, 30), (1, 80)]).0, [1, 0]);
        let labels = runs(&[(0, 3)]);
        assert_eq!(Numbering::default().numbers_for(&labels, &[0, 1, 2], 3).numbers, [0]);
        let rows = [0, 1, 2];
        let kept = Numbering::after(None, &Labels::from_options(&[None, None, None]), &rows, 3);
        assert_eq!(kept.numbers_for(&labels, &rows, 3).numbers, [0], "nobody was in a segment");
    }

    #[test]
    fn rows_left_out_and_long_tables() {
        // Only every third row of the table took part.
        let n = 300_000;
        let rows: Vec<usize> = (0..n).step_by(3).collect();
        let of = |split: usize| Labels::from_ids(&rows.iter().map(|&row| usize::from(row >= split)).collect::<Vec<_>>());
        let before = Numbering::after(None, &of(180_000), &rows, n);
        assert!(before.groups.iter().map(|group| group.members.len()).sum::<usize>() <= MOST_ROWS);
        assert_eq!(before.numbers_for(&of(120_000), &rows, n).numbers, [1, 0], "the second part is the larger one now");
    }

    #[test]
    fn a_cut_near_the_leaves_carries_nothing_and_forgets_nothing() {
        let rows: Vec<usize> = (0..40_000).collect();
        let of = |size: usize| Labels::from_ids(&rows.iter().map(|row| row / size).collect::<Vec<_>>());
        let before = Numbering::after(None, &of(10_000), &rows, rows.len());
        let leaves = of(1);
        assert_eq!(before.numbers_for(&leaves, &rows, rows.len()).numbers.len(), 40_000);
        assert_eq!(Numbering::after(Some(&before), &leaves, &rows, rows.len()), before, "the four segments are known when they come back");
    }

    #[test]
    fn many_groups_are_matched_in_a_frame() {
        let labels = Labels::from_ids(&(0..3_200).map(|row| row / 4).collect::<Vec<_>>());
        let rows: Vec<usize> = (0..3_200).collect();
        let before = Numbering::after(None, &labels, &rows, 3_200);
        let again = Labels::from_ids(&(0..3_200).map(|row| (row + 1) / 4).collect::<Vec<_>>());
        let numbers = before.numbers_for(&again, &rows, 3_200).numbers;
        let mut distinct = numbers.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), again.n_clusters());
        let same = (4..3_196).filter(|&row| {
            let (old, new) = (labels.get(row), again.get(row));
            old.map(|old| labels.numbers()[old]) == new.map(|new| numbers[new])
        });
        assert_eq!(same.count(), 2_394, "three of every four rows keep their number");
    }
}
