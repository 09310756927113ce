//! Where do the picked customers stand in the dendrogram and in the silhouette plot?
//!
//! In: the rows picked, and the place of every customer in the plot. Out: sets of places that tell in O(1) how many of any range are
//! picked, so that a strip of pixels is drawn at any zoom without counting anybody. O(picked) per set; the order of the bars is found once,
//! in O(n log n).

use crate::base::{Ctx, Key, Labels, Stopped};
use crate::evaluate::Silhouettes;

use super::brush::Picked;
use super::tree::TreePlot;

/// Rows between two looks at the stop flag.
const ROWS_A_CHECK: usize = 65_536;

/// The picked leaves of a dendrogram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafMarks {
    /// The tree, by its stamp.
    pub tree: u64,
    /// The leaves, from left to right.
    pub leaves: Picked,
}

/// The picked bars of a silhouette plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarMarks {
    /// The plot, by its stamp.
    pub plot: Key,
    /// Of each cluster, the bars from the best fitting down.
    pub clusters: Vec<Picked>,
}

/// Which bar is whose: by matrix row, counted from the best fitting of its cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarOrder {
    bar_of_row: Vec<u32>,
    n_bars: Vec<usize>,
}

const NO_BAR: u32 = u32::MAX;

impl BarOrder {
    /// The order in which the plot draws them; equal values by row. Customers without a value (noise) have no bar.
    pub fn of(labels: &Labels, silhouettes: &Silhouettes, ctx: &Ctx) -> Result<BarOrder, Stopped> {
        let values = &silhouettes.per_row;
        let mut rows: Vec<Vec<u32>> = labels.sizes().iter().map(|&size| Vec::with_capacity(size)).collect();
        for (row, (label, value)) in labels.iter().zip(values).enumerate() {
            if row % ROWS_A_CHECK == 0 {
                ctx.check()?;
            }
            if let Some(cluster) = label.filter(|_| value.is_finite()) {
                rows[cluster].push(row as u32);
            }
        }
        let mut bar_of_row = vec![NO_BAR; labels.n_rows()];
        for rows in &mut rows {
            ctx.check()?;
            rows.sort_unstable_by(|&a, &b| values[b as usize].total_cmp(&values[a as usize]).then(a.cmp(&b)));
            rows.iter().enumerate().for_each(|(bar, &row)| bar_of_row[row as usize] = bar as u32);
        }
        Ok(BarOrder { bar_of_row, n_bars: rows.iter().map(Vec::len).collect() })
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.bar_of_row[..])
    }
}

impl BarMarks {
    /// The bars of the picked customers; `table_rows` are the matrix' rows in the table.
    pub fn of(plot: Key, order: &BarOrder, labels: &Labels, picked: &Picked, table_rows: &[usize], ctx: &Ctx) -> Result<BarMarks, Stopped> {
        let mut bars: Vec<Vec<usize>> = vec![Vec::new(); order.n_bars.len()];
        for row in matrix_rows(picked, table_rows, ctx) {
            let row = row?;
            if let Some(cluster) = labels.get(row).filter(|_| order.bar_of_row[row] != NO_BAR) {
                bars[cluster].push(order.bar_of_row[row] as usize);
            }
        }
        let clusters = bars.into_iter().zip(&order.n_bars).map(|(bars, &n_bars)| Picked::new(n_bars, bars)).collect();
        Ok(BarMarks { plot, clusters })
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.clusters.iter().map(Picked::bytes).sum()
    }
}

impl LeafMarks {
    /// The leaves of the picked customers; `table_rows` are the matrix' rows in the table.
    pub fn of(tree: &TreePlot, picked: &Picked, table_rows: &[usize], ctx: &Ctx) -> Result<LeafMarks, Stopped> {
        let leaves: Vec<usize> =
            matrix_rows(picked, table_rows, ctx).map(|row| Ok(tree.leaf_of_row[row?] as usize)).collect::<Result<_, Stopped>>()?;
        Ok(LeafMarks { tree: tree.stamp, leaves: Picked::new(tree.n_leaves(), leaves) })
    }
}

/// The rows of the matrix that are picked.
fn matrix_rows<'a>(picked: &'a Picked, table_rows: &'a [usize], ctx: &'a Ctx) -> impl Iterator<Item = Result<usize, Stopped>> + 'a {
    table_rows.iter().enumerate().filter_map(move |(row, &table_row)| {
        if row.is_multiple_of(ROWS_A_CHECK)
            && let Err(stopped) = ctx.check()
        {
            return Some(Err(stopped));
        }
        picked.contains(table_row).then_some(Ok(row))
    })
}

impl TreePlot {
    /// The rows of the matrix under the leaves from one to another, both among them, ascending. O(n).
    pub fn rows_under(&self, leaves: [usize; 2], ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
        let mut rows = Vec::new();
        for (row, &leaf) in self.leaf_of_row.iter().enumerate() {
            if row.is_multiple_of(ROWS_A_CHECK) {
                ctx.check()?;
            }
            if (leaves[0]..=leaves[1]).contains(&(leaf as usize)) {
                rows.push(row);
            }
        }
        Ok(rows)
    }
}
