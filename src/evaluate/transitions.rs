//! Who moved from one segment to another between two days, and how many would have by chance alone?
//!
//! In: for every customer where they were on the earlier and on the later day, by the same frozen segments. Out: the matrix of moves with 95 %
//! intervals, and how many stayed. O(customers + segments^2).
//!
//! - A customer who came later has a row of their own (*newborn*), one who was not seen any more a column of their own (*gone*): neither has moved.
//! - *Stay* is the share in the same segment among those present on both days; being in no group counts as a place. *Kappa* takes off what would
//!   agree if the later day were dealt out at random: (stay - e) / (1 - e), e = sum of the products of the shares (J. Cohen 1960, "A coefficient of
//!   agreement for nominal scales").
//! - *By chance* (ours): the same day again with each customer's own orders resampled. Whoever changes segment there has changed nothing. Without it
//!   regression to the mean reads as migration, and the smallest group always seems to lose most.

use serde::{Deserialize, Serialize};

use super::Rate;
use super::ranking::WithBand;
use crate::base::stats::mean;

/// Where a customer is on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// In this segment.
    Segment(usize),
    /// There, but in no group.
    NoGroup,
    /// Not there: not yet born on the earlier day, gone on the later one.
    Absent,
}

/// The moves between two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transitions {
    /// Segments there are.
    pub n_segments: usize,
    /// Customers at `[from][to]`. Rows: the segments, in no group, newborn. Columns: the segments, in no group, gone. Absent on both days counts
    /// nowhere.
    pub counts: Vec<Vec<usize>>,
}

/// How many would have moved with nothing changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByChance {
    /// Share of all customers that moved: the mean of the draws, with the middle 95 % of them.
    pub moved: WithBand,
    /// The same of the customers of each segment; none of empty ones.
    pub of_segment: Vec<Option<WithBand>>,
    /// Draws behind it.
    pub draws: usize,
}

/// Counts the moves. `before` and `after` have one entry per customer, in the same order; segments are numbered below `n_segments`.
///
/// ```
/// use personae::evaluate::transitions::{Whereabouts::*, transitions};
/// let moves = transitions(&[Segment(0), Segment(0), Absent], &[Segment(0), Absent, Segment(1)], 2);
/// assert_eq!(moves.gone(0), 1);
/// assert_eq!(moves.newborn(1), 1);
/// assert_eq!(moves.stay().share(), 1.0);
/// ```
pub fn transitions(before: &[Whereabouts], after: &[Whereabouts], n_segments: usize) -> Transitions {
    let mut counts = vec![vec![0; n_segments + 2]; n_segments + 2];
    let place = |at: Whereabouts| match at {
        Whereabouts::Segment(segment) => segment,
        Whereabouts::NoGroup => n_segments,
        Whereabouts::Absent => n_segments + 1,
    };
    for (&from, &to) in before.iter().zip(after) {
        if (from, to) != (Whereabouts::Absent, Whereabouts::Absent) {
            counts[place(from)][place(to)] += 1;
        }
    }
    Transitions { n_segments, counts }
}

impl Transitions {
    /// Row of those who came later.
    pub fn newborn_row(&self) -> usize {
        self.n_segments + 1
    }

    /// Column of those not seen any more.
    pub fn gone_column(&self) -> usize {
        self.n_segments + 1
    }

    /// Customers who were not there before and are in this segment (or, as `n_segments`, in no group) now.
    pub fn newborn(&self, to: usize) -> usize {
        self.counts[self.newborn_row()][to]
    }

    /// Customers of this segment (or, as `n_segments`, of no group) who are not seen any more.
    pub fn gone(&self, from: usize) -> usize {
        self.counts[from][self.gone_column()]
    }

    /// The share of row `from` that is in column `to`, among all of the row; those who left are part of it.
    pub fn share(&self, from: usize, to: usize) -> Rate {
        Rate { hits: self.counts[from][to], n: self.counts[from].iter().sum() }
    }

    /// Customers present on both days.
    pub fn present(&self) -> usize {
        self.counts[..=self.n_segments].iter().map(|row| row[..=self.n_segments].iter().sum::<usize>()).sum()
    }

    /// Those in the same place on both days, among those present on both.
    pub fn stay(&self) -> Rate {
        Rate { hits: (0..=self.n_segments).map(|at| self.counts[at][at]).sum(), n: self.present() }
    }

    /// Those of one segment still in it, among those of it present on both days.
    pub fn stay_of(&self, segment: usize) -> Rate {
        Rate { hits: self.counts[segment][segment], n: self.counts[segment][..=self.n_segments].iter().sum() }
    }

    /// Cohen's kappa: 1 where everybody stayed, 0 where no more did than by dealing out at random; none where all are in one place on both days, or
    /// nobody is present on both.
    pub fn kappa(&self) -> Option<f64> {
        let n = self.present() as f64;
        let of_row = |at: usize| self.counts[at][..=self.n_segments].iter().sum::<usize>() as f64 / n;
        let of_column = |at: usize| self.counts[..=self.n_segments].iter().map(|row| row[at]).sum::<usize>() as f64 / n;
        let expected: f64 = (0..=self.n_segments).map(|at| of_row(at) * of_column(at)).sum();
        (n > 0.0 && expected < 1.0).then(|| (self.stay().share() - expected) / (1.0 - expected))
    }
}

/// How many change segment when each customer's own orders are drawn anew. `today` and each of `redrawn` label the same customers on the same day;
/// who is absent in either is left out. None without draws, or where nobody is there. O(draws x customers).
pub fn by_chance(today: &[Whereabouts], redrawn: &[Vec<Whereabouts>], n_segments: usize) -> Option<ByChance> {
    let moves: Vec<Transitions> = redrawn.iter().map(|drawn| transitions(today, drawn, n_segments)).collect();
    let moved = |of: &dyn Fn(&Transitions) -> Rate| {
        let shares: Vec<f64> = moves.iter().map(of).filter(|rate| rate.n > 0).map(|rate| 1.0 - rate.share()).collect();
        (!shares.is_empty()).then(|| WithBand::of_draws(mean(&shares), shares.iter().copied()))
    };
    let of_segment = (0..n_segments).map(|segment| moved(&|moves| moves.stay_of(segment))).collect();
    Some(ByChance { moved: moved(&Transitions::stay)?, of_segment, draws: moves.len() })
}

/// "21 % moved, 4 % would by chance alone."
pub fn moved_words(moves: &Transitions, chance: Option<&ByChance>) -> String {
    if moves.present() == 0 {
        return "No customer was there on both days.".into();
    }
    let percent = |share: f64| format!("{:.0}\u{a0}%", 100.0 * share);
    let moved = percent(1.0 - moves.stay().share());
    match chance {
        Some(chance) => format!("{moved} moved, {} would by chance alone.", percent(chance.moved.value)),
        None => format!("{moved} moved."),
    }
}

#[cfg(test)]
mod tests {
    use super::Whereabouts::{Absent, NoGroup, Segment};
    use super::*;

    /// So many customers of each kind of move.
    fn made(moves: &[(Whereabouts, Whereabouts, usize)]) -> (Vec<Whereabouts>, Vec<Whereabouts>) {
        moves.iter().flat_map(|&(from, to, n)| std::iter::repeat_n((from, to), n)).unzip()
    }

    #[test]
    fn a_matrix_by_hand() {
        let (before, after) = made(&[
            (Segment(0), Segment(0), 20),
            (Segment(0), Segment(1), 5),
            (Segment(1), Segment(0), 10),
            (Segment(1), Segment(1), 15),
            (Segment(1), Absent, 8),
            (Absent, Segment(0), 7),
            (Absent, Absent, 100),
        ]);
        let moves = transitions(&before, &after, 2);
        assert_eq!(moves.counts, [[20, 5, 0, 0], [10, 15, 0, 8], [0, 0, 0, 0], [7, 0, 0, 0]]);
        assert_eq!((moves.present(), moves.gone(1), moves.newborn(0)), (50, 8, 7));
        // The textbook's: 35 of 50 agree, by chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5, kappa 0.4.
        assert_eq!(moves.stay(), Rate { hits: 35, n: 50 });
        assert!((moves.kappa().unwrap() - 0.4).abs() < 1e-12);
        // Of 33 in the second segment 8 left: Wilson's interval of 8 of 33.
        assert_eq!(moves.share(1, moves.gone_column()), Rate { hits: 8, n: 33 });
        let [low, high] = moves.share(1, moves.gone_column()).interval();
        assert!((low - WILSON[0]).abs() < 1e-6 && (high - WILSON[1]).abs() < 1e-6, "{low} {high}");
        assert_eq!(moves.stay_of(1), Rate { hits: 15, n: 25 });
    }

    // Wilson's score interval of 8 of 33, worked out apart.
    const WILSON: [f64; 2] = [0.128317134, 0.410246198];

    #[test]
    fn newborn_and_gone_have_not_moved() {
        let (before, after) =
            made(&[(Absent, Segment(1), 30), (Segment(0), Absent, 30), (Segment(0), Segment(0), 3), (Segment(1), Segment(1), 1)]);
        let moves = transitions(&before, &after, 2);
        assert_eq!((moves.stay().share(), moves.kappa()), (1.0, Some(1.0)));
        let nobody = transitions(&before[..60], &after[..60], 2);
        assert_eq!((nobody.present(), nobody.kappa()), (0, None));
        assert_eq!(moved_words(&nobody, None), "No customer was there on both days.");
        let (before, after) = made(&[(Segment(0), Segment(0), 9)]);
        assert_eq!(transitions(&before, &after, 1).kappa(), None, "all in one place says nothing");
        // In no group is a place to leave and to come to.
        let (before, after) = made(&[(NoGroup, NoGroup, 2), (NoGroup, Segment(0), 1), (Segment(0), NoGroup, 1)]);
        assert_eq!(transitions(&before, &after, 1).stay(), Rate { hits: 2, n: 4 });
    }

    #[test]
    fn chance_is_counted_on_one_day() {
        let today: Vec<Whereabouts> = (0..100).map(|row| if row < 80 { Segment(0) } else { Segment(1) }).collect();
        let redrawn: Vec<Vec<Whereabouts>> =
            (0..4).map(|draw| (0..100).map(|row| if row < 80 + draw { Segment(0) } else { Segment(1) }).collect()).collect();
        let chance = by_chance(&today, &redrawn, 3).unwrap();
        // 0, 1, 2 and 3 of 100 moved, all of them from the segment of 20.
        assert!((chance.moved.value - 0.015).abs() < 1e-12 && chance.moved.low >= 0.0 && chance.moved.high <= 0.03);
        assert!((chance.of_segment[1].unwrap().value - 0.075).abs() < 1e-12);
        assert_eq!((chance.of_segment[0].unwrap().value, chance.of_segment[2]), (0.0, None));
        let (before, after) = made(&[(Segment(0), Segment(0), 79), (Segment(0), Segment(1), 21)]);
        let words = moved_words(&transitions(&before, &after, 3), Some(&chance));
        assert_eq!(words.replace('\u{a0}', " "), "21 % moved, 2 % would by chance alone.");
        assert_eq!(by_chance(&today, &[], 3), None);
    }
}
