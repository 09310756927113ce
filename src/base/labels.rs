//! Who belongs where: one cluster, or noise, for every row.
//!
//! In: any numbering. Out: the canonical one: clusters 0, 1, ... by size, largest first, ties by their first row. O(n).
//!
//! A cluster's place in this order is where code looks it up. What people call it, its number, may differ: numbers stay with their
//! customers when the grouping changes (see `persona::numbering`).

use std::sync::Arc;

/// The cluster of every row; noise belongs to none. Always canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    // One word per row: `NOISE` stands for none, so a million rows take 4 MB instead of 8. Never leaves this file. Shared, since labels are
    // given other numbers within a frame.
    of_row: Arc<[u32]>,
    sizes: Vec<usize>,
    /// What people call each cluster, from 0.
    numbers: Vec<usize>,
}

const NOISE: u32 = u32::MAX;

impl Labels {
    /// Renumbers any labelling: `of_row(i)` is some cluster's number below `n_ids`, or `None` for noise. Empty numbers vanish.
    pub fn canonical(n_rows: usize, n_ids: usize, of_row: impl Fn(usize) -> Option<usize>) -> Labels {
        let mut sizes = vec![0usize; n_ids];
        let mut first = vec![usize::MAX; n_ids];
        let mut raw = Vec::with_capacity(n_rows);
        for row in 0..n_rows {
            let id = of_row(row);
            if let Some(id) = id {
                sizes[id] += 1;
                first[id] = first[id].min(row);
            }
            raw.push(id.map_or(NOISE, |id| id as u32));
        }
        let mut order: Vec<usize> = (0..n_ids).filter(|&id| sizes[id] > 0).collect();
        order.sort_by_key(|&id| (std::cmp::Reverse(sizes[id]), first[id]));
        let mut new_from_old = vec![NOISE; n_ids];
        for (new, &old) in order.iter().enumerate() {
            new_from_old[old] = new as u32;
        }
        for label in &mut raw {
            if *label != NOISE {
                *label = new_from_old[*label as usize];
            }
        }
        Labels { of_row: raw.into(), sizes: order.iter().map(|&old| sizes[old]).collect(), numbers: (0..order.len()).collect() }
    }

    /// Canonical labels of a plain numbering without noise.
    pub fn from_ids(ids: &[usize]) -> Labels {
        let n_ids = ids.iter().max().map_or(0, |max| max + 1);
        Labels::canonical(ids.len(), n_ids, |row| Some(ids[row]))
    }

    /// Canonical labels of a numbering with noise as `None`.
    pub fn from_options(ids: &[Option<usize>]) -> Labels {
        let n_ids = ids.iter().flatten().max().map_or(0, |max| max + 1);
        Labels::canonical(ids.len(), n_ids, |row| ids[row])
    }

    /// The cluster of `row`, from 0; `None` is noise.
    pub fn get(&self, row: usize) -> Option<usize> {
        match self.of_row[row] {
            NOISE => None,
            label => Some(label as usize),
        }
    }

    /// Every row's cluster in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<usize>> + '_ {
        (0..self.of_row.len()).map(|row| self.get(row))
    }

    /// Number of rows, noise included.
    pub fn n_rows(&self) -> usize {
        self.of_row.len()
    }

    /// Number of clusters; noise is none.
    pub fn n_clusters(&self) -> usize {
        self.sizes.len()
    }

    /// Rows in each cluster, largest first.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Rows in no cluster.
    pub fn n_noise(&self) -> usize {
        self.of_row.len() - self.sizes.iter().sum::<usize>()
    }

    /// The same grouping with other numbers, one per cluster; all different.
    pub fn numbered(self, numbers: Vec<usize>) -> Labels {
        debug_assert_eq!(numbers.len(), self.sizes.len());
        Labels { numbers, ..self }
    }

    /// What people call each cluster, from 0: number 0 is shown as C1 and has the first colour.
    pub fn numbers(&self) -> &[usize] {
        &self.numbers
    }

    /// The rows of each cluster, ascending. O(n).
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members: Vec<Vec<usize>> = self.sizes.iter().map(|&size| Vec::with_capacity(size)).collect();
        for (row, label) in self.iter().enumerate() {
            if let Some(label) = label {
                members[label].push(row);
            }
        }
        members
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.of_row.len() * size_of::<u32>() + 2 * self.sizes.len() * size_of::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_first_then_first_row() {
        let labels = Labels::from_options(&[Some(7), None, Some(2), Some(2), Some(5)]);
        let seen: Vec<_> = labels.iter().collect();
        assert_eq!(seen, [Some(1), None, Some(0), Some(0), Some(2)]);
        assert_eq!((labels.sizes(), labels.n_noise()), (&[2, 1, 1][..], 1));
        assert_eq!(labels.members(), [vec![2, 3], vec![0], vec![4]]);
    }

    #[test]
    fn nothing_at_all() {
        let labels = Labels::from_ids(&[]);
        assert_eq!((labels.n_rows(), labels.n_clusters(), labels.n_noise()), (0, 0, 0));
    }
}
