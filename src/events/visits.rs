//! Where does a visit begin?
//!
//! Ids of sessions win where the export has them: an event without one belongs to the visit before it if no more than the gap lies between. Else a visit is over
//! after a gap of more than 30 minutes on the same device: exactly 30:00 is still the same visit. Midnight does not cut, unless that is chosen. Visits of one
//! customer that overlap, as on two devices at once, are one visit: numbers of visits never fall. O(events of the customer).

use rustc_hash::FxHashMap;

use super::table::{NONE, Time};

/// How visits are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VisitRule {
    pub gap: Time,
    pub cut_at_midnight: bool,
}

/// The events of one customer, in order.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub times: Vec<Time>,
    /// 0 for none.
    pub sessions: Vec<u64>,
    /// [`NONE`] where it is not known.
    pub devices: Vec<u32>,
    /// Local days; only where midnight cuts.
    pub days: Vec<i64>,
    last: Vec<usize>,
    last_of: FxHashMap<u64, usize>,
}

impl Walk {
    pub fn clear(&mut self) {
        self.times.clear();
        self.sessions.clear();
        self.devices.clear();
        self.days.clear();
    }

    /// Numbers the visits; how many sessions went into others because they overlap.
    pub fn number(&mut self, rule: VisitRule, visits: &mut [u32]) -> usize {
        let n = self.times.len();
        self.last.clear();
        self.last.resize(n, 0);
        self.last_of.clear();
        if self.sessions.iter().all(|&session| session == 0) {
            self.by_gap(rule.gap);
        } else {
            self.by_id(rule.gap);
        }
        let n_sessions = (0..n).filter(|&at| self.last[at] == at).count();
        let (mut reach, mut n_visits, mut n_cuts) = (0, 0, 0);
        for (at, visit) in visits.iter_mut().enumerate() {
            if at == 0 || at > reach {
                n_visits += 1;
            } else if rule.cut_at_midnight && self.days[at] != self.days[at - 1] {
                n_cuts += 1;
            }
            reach = reach.max(self.last[at]);
            *visit = (n_visits + n_cuts - 1) as u32;
        }
        n_sessions - n_visits
    }

    /// The last event of the session of each event, where silence on the same device ends one.
    fn by_gap(&mut self, gap: Time) {
        let n = self.times.len();
        let is_one_device = self.devices.windows(2).all(|pair| pair[0] == pair[1]);
        for at in (0..n).rev() {
            let next = match is_one_device {
                true => Some(at + 1).filter(|&next| next < n),
                false => self.last_of.insert(u64::from(self.devices[at]), at),
            };
            let of_device = match next {
                Some(next) if self.times[next] - self.times[at] <= gap => self.last[next],
                _ => at,
            };
            // What is on no known device may be on the one before or behind it.
            let is_near =
                at + 1 < n && (self.devices[at] == NONE || self.devices[at + 1] == NONE) && self.times[at + 1] - self.times[at] <= gap;
            self.last[at] = if is_near { of_device.max(self.last[at + 1]) } else { of_device };
        }
    }

    /// The same by ids.
    fn by_id(&mut self, gap: Time) {
        let n = self.times.len();
        for at in 0..n {
            if self.sessions[at] == 0 {
                let goes_on = at > 0 && self.times[at] - self.times[at - 1] <= gap;
                // An id of its own; hashes of 64 bits do not begin with 32 set ones.
                self.sessions[at] = if goes_on { self.sessions[at - 1] } else { u64::from(NONE) << 32 | at as u64 };
            }
        }
        for at in (0..n).rev() {
            let is_of_next = at + 1 < n && self.sessions[at] == self.sessions[at + 1];
            self.last[at] = if is_of_next { self.last[at + 1] } else { *self.last_of.entry(self.sessions[at]).or_insert(at) };
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::events::options::VISIT_GAP;

    const MINUTE: Time = 60_000;

    fn numbers(of: &[(Time, u64, u32)], cut_at_midnight: bool) -> (Vec<u32>, usize) {
        let mut walk = Walk::default();
        for &(time, session, device) in of {
            walk.times.push(time);
            walk.sessions.push(session);
            walk.devices.push(device);
            walk.days.push(time.div_euclid(24 * 60 * MINUTE));
        }
        let mut visits = vec![0; of.len()];
        let overlapping = walk.number(VisitRule { gap: VISIT_GAP, cut_at_midnight }, &mut visits);
        (visits, overlapping)
    }

    #[test]
    fn exactly_thirty_minutes_stay_together() {
        let (visits, _) = numbers(&[(0, 0, 1), (30 * MINUTE, 0, 1), (60 * MINUTE + 1, 0, 1)], false);
        assert_eq!(visits, [0, 0, 1]);
    }

    #[test]
    fn midnight_cuts_only_if_it_is_chosen() {
        let around = [(24 * 60 * MINUTE - 1, 0, 1), (24 * 60 * MINUTE, 0, 1)];
        assert_eq!((numbers(&around, false).0, numbers(&around, true).0), (vec![0, 0], vec![0, 1]));
    }

    #[test]
    fn silence_counts_per_device_and_overlapping_visits_are_one() {
        // On device 1 the visit ends at minute 0: 25 minutes later device 2 begins another.
        assert_eq!(numbers(&[(0, 0, 1), (25 * MINUTE, 0, 2)], false), (vec![0, 1], 0));
        assert_eq!(numbers(&[(0, 0, 1), (10 * MINUTE, 0, 2), (20 * MINUTE, 0, 1)], false), (vec![0, 0, 0], 1));
    }

    #[test]
    fn an_unknown_device_is_no_other_device() {
        assert_eq!(
            numbers(&[(0, 0, 1), (25 * MINUTE, 0, NONE), (50 * MINUTE, 0, 1), (81 * MINUTE, 0, NONE)], false),
            (vec![0, 0, 0, 1], 0)
        );
    }

    #[test]
    fn ids_win_over_silence() {
        let of = [
            (0, 7, 1),
            (MINUTE, 8, 1),
            (300 * MINUTE, 8, 1),
            (310 * MINUTE, 0, 1),
            (400 * MINUTE, 0, 1),
            (401 * MINUTE, 0, 1),
            (402 * MINUTE, 9, 1),
        ];
        assert_eq!(numbers(&of, false).0, [0, 1, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn it_is_what_joining_overlapping_sessions_slowly_gives() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        for round in 0..300 {
            let n = random.random_range(1..30);
            let mut of: Vec<(Time, u64, u32)> = (0..n)
                .map(|_| {
                    (
                        random.random_range(0..300) * MINUTE,
                        if round % 2 == 0 { 0 } else { random.random_range(1..6) },
                        random.random_range(0..3),
                    )
                })
                .collect();
            of.sort_unstable();
            // Sessions of every pair, then everything between the first and the last of one.
            let mut together = vec![vec![false; n]; n];
            for a in 0..n {
                let mut tip = a;
                for b in a + 1..n {
                    let same = if round % 2 == 0 { of[b].2 == of[tip].2 && of[b].0 - of[tip].0 <= VISIT_GAP } else { of[b].1 == of[a].1 };
                    if same {
                        (a..b).for_each(|at| together[at][at + 1] = true);
                        tip = b;
                    }
                }
            }
            let mut expected = vec![0u32];
            for at in 1..n {
                expected.push(expected[at - 1] + u32::from(!together[at - 1][at]));
            }
            assert_eq!(numbers(&of, false).0, expected, "{of:?}");
        }
    }
}
