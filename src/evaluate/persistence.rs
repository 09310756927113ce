//! Which segments of an earlier day are still there when the customers are grouped anew?
//!
//! In: two labelings of the customers present on both days. Out: what became of every earlier segment, and which later ones are new. O(customers +
//! old x new).
//!
//! MONIC: M. Spiliopoulou, I. Ntoutsi, Y. Theodoridis, R. Schult 2006, "MONIC: modeling and monitoring cluster transitions". A segment survives in
//! the later one that holds at least [`PersistenceRule::survive`] of its customers; where several earlier ones do so in the same later one, they are
//! absorbed by it. Otherwise it has split where two or more later ones hold at least [`PersistenceRule::part`] each and at least `survive` together,
//! and else it has vanished. A later segment that nothing survives in, is absorbed by or is split into has emerged. Shares are of the *earlier*
//! segment, whatever the later one's size.

use serde::{Deserialize, Serialize};

/// From which shares on a segment counts as still there. Both are editable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PersistenceRule {
    /// Share of the earlier customers that one later segment must hold.
    pub survive: f64,
    /// Share of them that each part of a split must hold.
    pub part: f64,
}

impl Default for PersistenceRule {
    fn default() -> PersistenceRule {
        PersistenceRule { survive: 0.5, part: 0.3 }
    }
}

/// What became of an earlier segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is this later one, which holds that share of its customers.
    Survived {
        /// Later segment.
        to: usize,
        /// Share of the earlier customers in it.
        share: f64,
    },
    /// It became part of this later one, together with others.
    Absorbed {
        /// Later segment.
        by: usize,
        /// Share of the earlier customers in it.
        share: f64,
    },
    /// Its customers went to these later ones, each with their share, largest first.
    Split(Vec<(usize, f64)>),
    /// Its customers are scattered.
    Vanished,
    /// None of its customers is present on both days.
    NobodyLeft,
}

/// What became of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Persistence {
    /// One per earlier segment.
    pub fates: Vec<Fate>,
    /// Later segments that come from no earlier one.
    pub emerged: Vec<usize>,
}

/// Follows the segments. `old` and `new` have one entry for every customer present on both days, none where a customer is in no group; segments are
/// numbered below `n_old` and `n_new`.
pub fn persistence(old: &[Option<usize>], new: &[Option<usize>], n_old: usize, n_new: usize, rule: PersistenceRule) -> Persistence {
    let mut shared = vec![vec![0usize; n_new]; n_old];
    let mut sizes = vec![0usize; n_old];
    for (old, new) in old.iter().zip(new) {
        if let Some(old) = old {
            sizes[*old] += 1;
            if let Some(new) = new {
                shared[*old][*new] += 1;
            }
        }
    }
    let mut fates: Vec<Fate> = (shared.iter().zip(&sizes)).map(|(shared, &size)| fate(shared, size, rule)).collect();
    let mut comers = vec![0usize; n_new];
    for fate in &fates {
        if let Fate::Survived { to, .. } = fate {
            comers[*to] += 1;
        }
    }
    let mut is_known = vec![false; n_new];
    for fate in &mut fates {
        match fate {
            Fate::Survived { to, share } => {
                is_known[*to] = true;
                if comers[*to] > 1 {
                    *fate = Fate::Absorbed { by: *to, share: *share };
                }
            }
            Fate::Split(parts) => parts.iter().for_each(|(to, _)| is_known[*to] = true),
            _ => {}
        }
    }
    Persistence { fates, emerged: (0..n_new).filter(|&new| !is_known[new]).collect() }
}

/// What became of one segment, by itself.
fn fate(shared: &[usize], size: usize, rule: PersistenceRule) -> Fate {
    if size == 0 {
        return Fate::NobodyLeft;
    }
    let mut shares: Vec<(usize, f64)> = shared.iter().map(|&n| n as f64 / size as f64).enumerate().collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let parts: Vec<(usize, f64)> = shares.iter().copied().filter(|(_, share)| *share >= rule.part).collect();
    let are_halves = shares.len() > 1 && shares[1].1 >= rule.survive;
    match shares.first() {
        Some(&(to, share)) if share >= rule.survive && !are_halves => Fate::Survived { to, share },
        _ if parts.len() > 1 && parts.iter().map(|(_, share)| share).sum::<f64>() >= rule.survive => Fate::Split(parts),
        _ => Fate::Vanished,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates_by_hand() {
        // Shares of six earlier segments, 100 customers each, in six later ones and in no group.
        let table: [[usize; 7]; 6] = [
            [70, 10, 20, 0, 0, 0, 0],   // survives in 0
            [0, 60, 0, 0, 0, 0, 40],    // absorbed by 1, together with the next
            [0, 55, 45, 0, 0, 0, 0],    // more than half decides, whatever the rest
            [0, 0, 45, 40, 15, 0, 0],   // splits into 2 and 3
            [20, 20, 20, 20, 20, 0, 0], // vanishes
            [0, 0, 0, 0, 0, 0, 0],      // nobody is left
        ];
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (from, row) in table.iter().enumerate() {
            for (to, &n) in row.iter().enumerate() {
                old.extend(std::iter::repeat_n(Some(from), n));
                new.extend(std::iter::repeat_n((to < 6).then_some(to), n));
            }
        }
        let found = persistence(&old, &new, 6, 6, PersistenceRule::default());
        assert_eq!(
            found.fates,
            [
                Fate::Survived { to: 0, share: 0.7 },
                Fate::Absorbed { by: 1, share: 0.6 },
                Fate::Absorbed { by: 1, share: 0.55 },
                Fate::Split(vec![(2, 0.45), (3, 0.4)]),
                Fate::Vanished,
                Fate::NobodyLeft,
            ]
        );
        assert_eq!(found.emerged, [4, 5]);
        // At R's default of 0.7 for clusTransition the last two no longer survive.
        let strict = persistence(&old, &new, 6, 6, PersistenceRule { survive: 0.7, part: 0.3 });
        assert_eq!(strict.fates[0], Fate::Survived { to: 0, share: 0.7 });
        assert_eq!((&strict.fates[1], &strict.fates[2]), (&Fate::Vanished, &Fate::Split(vec![(1, 0.55), (2, 0.45)])));
    }

    #[test]
    fn two_halves_are_a_split() {
        let old = vec![Some(0); 10];
        let new: Vec<Option<usize>> = (0..10).map(|row| Some(row % 2)).collect();
        let found = persistence(&old, &new, 1, 2, PersistenceRule::default());
        assert_eq!(found.fates, [Fate::Split(vec![(0, 0.5), (1, 0.5)])]);
        assert_eq!(persistence(&[], &[], 0, 2, PersistenceRule::default()).emerged, [0, 1]);
    }
}
