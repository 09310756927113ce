//! How many ranges hold a number?
//!
//! In: ranges, one after the other. Out: for any number, how many of them hold it. On a grid O(1) a range and a question; sorted O(log n).

/// Ranges of whole steps, up to before their end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    steps: Vec<i64>,
}

impl Grid {
    pub fn new(steps: usize) -> Grid {
        Grid { steps: vec![0; steps] }
    }

    pub fn len(&self) -> usize {
        self.steps.len()
    }

    pub fn add_steps(&mut self, low: usize, high: usize) {
        if low >= high || low >= self.steps.len() {
            return;
        }
        self.steps[low] += 1;
        if let Some(end) = self.steps.get_mut(high) {
            *end -= 1;
        }
    }

    pub fn merge(&mut self, other: &Grid) {
        for (a, b) in self.steps.iter_mut().zip(&other.steps) {
            *a += b;
        }
    }

    /// Turns beginnings and ends into how many are open. Nothing is added afterwards.
    pub fn finish(&mut self) {
        let mut open = 0;
        for step in &mut self.steps {
            open += *step;
            *step = open;
        }
    }

    pub fn at(&self, step: usize) -> usize {
        self.steps.get(step).copied().unwrap_or_default().max(0) as usize
    }
}

/// Ranges of numbers: from after `low` to `high`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sorted {
    lows: Vec<f64>,
    highs: Vec<f64>,
}

impl Sorted {
    pub fn new() -> Sorted {
        Sorted { lows: Vec::new(), highs: Vec::new() }
    }

    pub fn push(&mut self, low: f64, high: f64) {
        self.lows.push(low);
        self.highs.push(high);
    }

    pub fn merge(&mut self, other: Sorted) {
        self.lows.extend(other.lows);
        self.highs.extend(other.highs);
    }

    pub fn finish(&mut self) {
        self.lows.sort_unstable_by(f64::total_cmp);
        self.highs.sort_unstable_by(f64::total_cmp);
    }

    pub fn at(&self, x: f64) -> usize {
        self.lows.partition_point(|low| *low < x) - self.highs.partition_point(|high| *high < x)
    }

    /// So many values between the ends of ranges, with equally many ends from one to the next.
    pub fn quantiles(&self, n: usize) -> Vec<f64> {
        let Some(last) = self.highs.len().checked_sub(1) else { return Vec::new() };
        let mut values: Vec<f64> = (0..n).map(|at| self.highs[last * at / (n - 1).max(1)]).collect();
        values.dedup();
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let mut grid = Grid::new(5);
        for (low, high) in [(0, 2), (1, 9), (3, 3), (7, 8), (4, usize::MAX)] {
            grid.add_steps(low, high);
        }
        grid.finish();
        assert_eq!((0..6).map(|step| grid.at(step)).collect::<Vec<_>>(), [1, 2, 1, 1, 2, 0]);
        let mut sorted = Sorted::new();
        sorted.push(0.0, 2.0);
        sorted.push(1.0, 3.0);
        sorted.finish();
        assert_eq!([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5].map(|x| sorted.at(x)), [0, 1, 1, 2, 2, 1, 1, 0]);
        assert_eq!(sorted.quantiles(20), [2.0, 3.0]);
        assert!(Sorted::new().quantiles(20).is_empty());
    }
}
