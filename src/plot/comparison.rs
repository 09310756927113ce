//! Where do the blocks and ribbons of a flow between two groupings lie?
//!
//! In: a comparison, the height there is. Out: the blocks of both sides and a ribbon for everyone two groups share, as heights from the top; left
//! and right edges are the drawing's own. Ribbons leave and arrive in the order of the other side, so that none cross at a block. O(a b).

use crate::evaluate::Comparison;

/// Two groupings of the same customers; the segments in force are on the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What is on the left: "k-Means, k = 5, 10 re-runs, seed 0", or a column's name.
    pub title: String,
    /// What the left groups are called, one per group of the table.
    pub left_names: Vec<String>,
    /// The table and what follows from it.
    pub table: Comparison,
}

impl Compared {
    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.table.bytes() + self.left_names.iter().map(String::len).sum::<usize>()
    }
}

/// Blocks and ribbons; every pair is top and bottom, the top of all is 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// One block per left group, by its place in the table.
    pub left: Vec<[f64; 2]>,
    /// One block per right group.
    pub right: Vec<[f64; 2]>,
    /// The ribbons that hold anybody, from top to bottom.
    pub ribbons: Vec<Ribbon>,
}

/// The customers a left and a right group share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ribbon {
    /// The left group's place in the table.
    pub i: usize,
    /// The right group's.
    pub j: usize,
    /// Where it leaves the left block.
    pub from: [f64; 2],
    /// Where it reaches the right one.
    pub to: [f64; 2],
}

impl Ribbon {
    /// How high it is, the same everywhere.
    pub fn thickness(&self) -> f64 {
        self.from[1] - self.from[0]
    }

    /// Its top at `t` of the way, 0 to 1: flat at both ends.
    pub fn top_at(&self, t: f64) -> f64 {
        eased(self.from[0], self.to[0], t)
    }
}

/// The way from one height to another at `t`, 0 to 1: flat at both ends.
pub fn eased(from: f64, to: f64, t: f64) -> f64 {
    from + (to - from) * t * t * (3.0 - 2.0 * t)
}

/// Lays a comparison out on `height`, with up to `gap` between blocks.
pub fn flow(table: &Comparison, height: f64, gap: f64) -> Flow {
    let n_gaps = table.left.len().max(table.right.len()).saturating_sub(1) as f64;
    // Gaps never take more than a quarter of the room.
    let gap = gap.min(height * 0.25 / n_gaps.max(1.0));
    let filled = (height - gap * n_gaps).max(0.0);
    let scale = filled / table.n_rows.max(1) as f64;
    let column = |order: &[usize], size: &dyn Fn(usize) -> usize| {
        let mut blocks = vec![[0.0; 2]; order.len()];
        // The side with fewer blocks stands in the middle.
        let mut y = (height - filled - gap * order.len().saturating_sub(1) as f64) / 2.0;
        for &at in order {
            let bottom = y + size(at) as f64 * scale;
            blocks[at] = [y, bottom];
            y = bottom + gap;
        }
        blocks
    };
    let left = column(&table.left_order, &|i| table.left[i].size);
    let right = column(&table.right_order, &|j| table.right[j].size);
    let mut reached: Vec<f64> = right.iter().map(|block| block[0]).collect();
    let mut ribbons = Vec::new();
    for &i in &table.left_order {
        let mut top = left[i][0];
        for &j in table.right_order.iter().filter(|&&j| table.counts[i][j] > 0) {
            let thickness = table.counts[i][j] as f64 * scale;
            ribbons.push(Ribbon { i, j, from: [top, top + thickness], to: [reached[j], reached[j] + thickness] });
            top += thickness;
            reached[j] += thickness;
        }
    }
    Flow { left, right, ribbons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Labels;
    use crate::evaluate::compare;

    #[test]
    fn blocks_are_filled_by_their_ribbons() {
        let left = Labels::from_options(&[Some(0), Some(0), Some(0), Some(1), Some(1), None, Some(2)]);
        let right = Labels::from_options(&[Some(0), Some(1), Some(1), Some(1), Some(0), Some(0), None]);
        let table = compare(&left, &right, &[2, 0, 1]);
        let flow = flow(&table, 76.0, 2.0);
        // Four blocks and three gaps on the left: ten per customer. Three on the right: a gap less, so they start half a gap lower.
        assert_eq!(flow.left[2], [0.0, 10.0]);
        assert_eq!(flow.left[3], [66.0, 76.0], "those in no group are last");
        assert_eq!(flow.right[table.right_order[0]][0], 1.0);
        for (places, side) in [(&flow.left, 0), (&flow.right, 1)] {
            for (at, block) in places.iter().enumerate() {
                let of_block = flow.ribbons.iter().filter(|ribbon| [ribbon.i, ribbon.j][side] == at);
                let mut ends: Vec<[f64; 2]> = of_block.map(|ribbon| [ribbon.from, ribbon.to][side]).collect();
                ends.sort_by(|a, b| a[0].total_cmp(&b[0]));
                assert!((ends[0][0] - block[0]).abs() < 1e-9 && (ends[ends.len() - 1][1] - block[1]).abs() < 1e-9);
                assert!(ends.windows(2).all(|pair| (pair[0][1] - pair[1][0]).abs() < 1e-9), "no gap and no overlap");
            }
        }
        let ribbon = flow.ribbons[0];
        assert_eq!([ribbon.top_at(0.0), ribbon.top_at(1.0)], [ribbon.from[0], ribbon.to[0]]);
    }

    #[test]
    fn a_thousand_groups_still_fit() {
        let one = Labels::from_ids(&vec![0; 1000]);
        let all = Labels::from_ids(&(0..1000).collect::<Vec<_>>());
        let flow = flow(&compare(&one, &all, &[0]), 300.0, 6.0);
        let bottom = flow.right.iter().map(|block| block[1]).fold(0.0, f64::max);
        assert!(bottom <= 300.0 + 1e-9 && flow.ribbons.iter().all(|ribbon| ribbon.thickness() > 0.0));
    }
}
