//! Where do the blocks and ribbons of moves between several days lie?
//!
//! In: for each day and the next, how many customers moved from where to where. Out: a column of blocks per day, and ribbons between neighbouring columns, as
//! heights from the top. Those who came stand below the column they come from, those who left below the one they are missing in. O(days x segments^2).

use super::comparison::eased;

/// Blocks and ribbons; every pair is top and bottom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MovesFlow {
    /// Per day: the segments, those in no group, and last whoever came after that day or left before it.
    pub days: Vec<MovesDay>,
    /// The ribbons that hold anybody.
    pub ribbons: Vec<MovesRibbon>,
}

/// The blocks of one day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MovesDay {
    /// One per segment, then those in no group.
    pub blocks: Vec<[f64; 2]>,
    /// How many are in each.
    pub counts: Vec<usize>,
    /// Those who had left by this day.
    pub gone: [f64; 2],
    /// How many they are.
    pub n_gone: usize,
    /// Those who come by the next.
    pub newborn: [f64; 2],
    /// How many they are.
    pub n_newborn: usize,
}

/// Customers who are in one block on a day and in another on the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MovesRibbon {
    /// The day it starts on.
    pub day: usize,
    /// Row of the matrix of moves: a segment, in no group, newborn.
    pub from: usize,
    /// Column: a segment, in no group, gone.
    pub to: usize,
    /// How many.
    pub count: usize,
    /// Where it leaves.
    pub left: [f64; 2],
    /// Where it arrives.
    pub right: [f64; 2],
}

impl MovesRibbon {
    /// Its top at `t` of the way, 0 to 1: flat at both ends.
    pub fn top_at(&self, t: f64) -> f64 {
        eased(self.left[0], self.right[0], t)
    }

    /// How high it is, the same everywhere.
    pub fn thickness(&self) -> f64 {
        self.left[1] - self.left[0]
    }
}

/// Lays out moves on `height`, with up to `gap` between blocks. Each matrix has rows for the segments, in no group and newborn, and columns for the segments, in no
/// group and gone. `order` lists the segments from top to bottom.
pub fn moves_flow(moves: &[&[Vec<usize>]], order: &[usize], height: f64, gap: f64) -> MovesFlow {
    let Some(first) = moves.first() else { return MovesFlow::default() };
    let apart = first.len() - 1;
    let n_days = moves.len() + 1;
    let size = |day: usize, at: usize| -> usize {
        match moves.get(day) {
            Some(moves) => moves[at].iter().sum(),
            None => moves[day - 1].iter().map(|row| row[at]).sum(),
        }
    };
    let gone = |day: usize| if day == 0 { 0 } else { moves[day - 1].iter().map(|row| row[apart]).sum() };
    let newborn = |day: usize| moves.get(day).map_or(0, |moves| moves[apart].iter().sum());
    let all = |day: usize| (0..apart).map(|at| size(day, at)).sum::<usize>() + gone(day) + newborn(day);
    let most = (0..n_days).map(all).max().unwrap_or(0).max(1);
    let n_gaps = (apart + 1) as f64;
    let gap = gap.min(height * 0.3 / n_gaps);
    let scale = (height - gap * n_gaps).max(0.0) / most as f64;
    let order: Vec<usize> = order.iter().copied().chain(order.len()..apart).collect();
    let days: Vec<MovesDay> = (0..n_days)
        .map(|day| {
            let mut y = 0.0;
            let mut next = |count: usize| {
                let block = [y, y + count as f64 * scale];
                y = block[1] + if count > 0 { gap } else { 0.0 };
                block
            };
            let counts: Vec<usize> = (0..apart).map(|at| size(day, at)).collect();
            let mut blocks = vec![[0.0; 2]; apart];
            order.iter().for_each(|&at| blocks[at] = next(counts[at]));
            let (n_gone, n_newborn) = (gone(day), newborn(day));
            MovesDay { blocks, counts, gone: next(n_gone), n_gone, newborn: next(n_newborn), n_newborn }
        })
        .collect();
    let mut ribbons = Vec::new();
    for (day, moves) in moves.iter().enumerate() {
        let (from_day, to_day) = (&days[day], &days[day + 1]);
        let mut arrived: Vec<f64> = to_day.blocks.iter().chain([&to_day.gone]).map(|block| block[0]).collect();
        let stacked = || order.iter().copied().chain([apart]);
        for from in stacked() {
            let mut y = if from == apart { from_day.newborn[0] } else { from_day.blocks[from][0] };
            for to in stacked() {
                let count = moves[from][to];
                if count == 0 {
                    continue;
                }
                let thick = count as f64 * scale;
                ribbons.push(MovesRibbon { day, from, to, count, left: [y, y + thick], right: [arrived[to], arrived[to] + thick] });
                y += thick;
                arrived[to] += thick;
            }
        }
    }
    MovesFlow { days, ribbons }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_filled_by_their_ribbons_and_those_who_come_and_go_stand_apart() {
        // Two segments and nobody in no group. First quarter: 2 leave, 3 come. Second: nobody does.
        let one = vec![vec![6, 2, 0, 2], vec![1, 9, 0, 0], vec![0; 4], vec![0, 3, 0, 0]];
        let two = vec![vec![7, 0, 0, 0], vec![4, 10, 0, 0], vec![0; 4], vec![0; 4]];
        let flow = moves_flow(&[&one, &two], &[1, 0], 230.0, 2.0);
        assert_eq!(flow.days.iter().map(|day| day.counts.clone()).collect::<Vec<_>>(), [vec![10, 10, 0], vec![7, 14, 0], vec![11, 10, 0]]);
        assert_eq!(flow.days.iter().map(|day| (day.n_gone, day.n_newborn)).collect::<Vec<_>>(), [(0, 3), (2, 0), (0, 0)]);
        // 23 customers at most on a day, four gaps: the height is theirs.
        let scale = (230.0 - 8.0) / 23.0;
        assert_eq!(flow.days[0].blocks[1][0], 0.0, "the order is the one given");
        for (nth, day) in flow.days.iter().enumerate() {
            for (at, block) in day.blocks.iter().enumerate() {
                let high = |ends: Vec<[f64; 2]>| ends.iter().map(|end| end[1] - end[0]).sum::<f64>();
                let leaves = high(flow.ribbons.iter().filter(|ribbon| (ribbon.day, ribbon.from) == (nth, at)).map(|r| r.left).collect());
                let arrives =
                    high(flow.ribbons.iter().filter(|ribbon| (ribbon.day + 1, ribbon.to) == (nth, at)).map(|r| r.right).collect());
                let height = day.counts[at] as f64 * scale;
                assert!((block[1] - block[0] - height).abs() < 1e-9);
                assert!(nth == 2 || (leaves - height).abs() < 1e-9, "{nth} {at}");
                assert!(nth == 0 || (arrives - height).abs() < 1e-9, "{nth} {at}");
            }
        }
        let ribbon = flow.ribbons[0];
        assert_eq!((ribbon.top_at(0.0), ribbon.top_at(1.0)), (ribbon.left[0], ribbon.right[0]));
        assert_eq!(moves_flow(&[], &[], 100.0, 2.0), MovesFlow::default());
    }
}
