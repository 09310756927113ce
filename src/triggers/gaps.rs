//! When was nothing recorded at all?
//!
//! In: the times of all events. Out: spans of whole days (UTC) without any event of anyone, where such a span is unusual; and how a timer runs across
//! them. O(events) once, O(gaps) a timer.
//!
//! A day without events while customers are silent and a day on which nothing was recorded look the same for each customer. For all of them at once
//! they do not. A span is a gap where it is more than three times the usual distance between one day with events and the next. "Usual" is the 95 %
//! quantile of these distances. Their median was not chosen: in sparse data, and with shops closed at weekends, many ordinary distances are more than
//! three medians long.

use rayon::prelude::*;
use serde::Serialize;

use crate::base::stats::quantile_sorted;
use crate::base::{Ctx, Stopped};
use crate::events::table::{DAY, Events, Time};

/// How many times the usual distance is too long.
const UNUSUAL: f64 = 3.0;
/// The most days between the first and the last event that are looked at one by one: three centuries.
const MOST_DAYS: i64 = 110_000;

/// A span in which nothing was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Its first moment.
    pub from: Time,
    /// The first moment after it.
    pub to: Time,
}

/// Finds the gaps, ascending.
pub fn gaps(events: &Events, ctx: &Ctx) -> Result<Vec<Gap>, Stopped> {
    let Some((first, last)) = events.span else { return Ok(Vec::new()) };
    let (first, last) = (first.div_euclid(DAY), last.div_euclid(DAY));
    if last - first >= MOST_DAYS {
        return Ok(Vec::new());
    }
    let n = (last - first + 1) as usize;
    let seen = |times: &[Time]| -> Result<Vec<bool>, Stopped> {
        ctx.check()?;
        let mut days = vec![false; n];
        // Events of a customer come day by day, so the division is made once for each of them.
        let (mut from, mut to) = (Time::MAX, Time::MIN);
        for &time in times {
            if time < from || time >= to {
                let day = time.div_euclid(DAY);
                (from, to) = (day * DAY, (day + 1) * DAY);
                if let Some(seen) = days.get_mut((day - first) as usize) {
                    *seen = true;
                }
            }
        }
        Ok(days)
    };
    let parts: Vec<Vec<bool>> = events.times.par_chunks(1 << 20).map(seen).collect::<Result<_, _>>()?;
    let active: Vec<i64> = (0..n).filter(|&day| parts.iter().any(|part| part[day])).map(|day| first + day as i64).collect();
    let mut distances: Vec<f64> = active.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    distances.sort_unstable_by(f64::total_cmp);
    let usual = quantile_sorted(&distances, 0.95);
    let unusual = active.windows(2).filter(|pair| (pair[1] - pair[0]) as f64 > UNUSUAL * usual);
    Ok(unusual.map(|pair| Gap { from: (pair[0] + 1) * DAY, to: pair[1] * DAY }).collect())
}

/// When a timer that starts at `start` and runs for `span` is over: it stands still in gaps. One that would be over at the first moment of a gap is
/// over at its end, so that whoever comes back at once is in time.
pub fn due(start: Time, span: Time, gaps: &[Gap]) -> Time {
    let mut due = start + span;
    for gap in &gaps[gaps.partition_point(|gap| gap.to <= start)..] {
        if gap.from > due {
            break;
        }
        due += gap.to - gap.from.max(start);
    }
    due
}

/// Time without the gaps before it. A timer from `a` of length `n` is over before an event at `b` exactly if `n < tracked(b) - tracked(a)`.
pub fn tracked(time: Time, gaps: &[Gap]) -> Time {
    let before = gaps.iter().take_while(|gap| gap.from < time);
    time - before.map(|gap| gap.to.min(time) - gap.from).sum::<Time>()
}

/// The shortest length at which a timer from `a` is over after `time`, plus [`tracked`] of `a`: lengths below it are over by then.
pub fn tracked_after(time: Time, gaps: &[Gap]) -> Time {
    let is_inside = gaps.iter().any(|gap| gap.from <= time && time < gap.to);
    tracked(time, gaps) + Time::from(!is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::made::events;

    #[test]
    fn five_days_of_nothing_among_a_hundred() {
        let days: Vec<i64> = (0..100).filter(|day| !(40..45).contains(day)).collect();
        let rows: Vec<(&str, i64, &str)> = days.iter().map(|day| ("a", day * DAY + 5, "visit")).collect();
        assert_eq!(gaps(&events(&rows), &Ctx::new()).unwrap(), [Gap { from: 40 * DAY, to: 45 * DAY }]);
        // Closed on two days of seven, and three at Easter: usual.
        let rows: Vec<(&str, i64, &str)> = (0..100).filter(|day| day % 7 < 5 && *day != 49).map(|day| ("a", day * DAY, "visit")).collect();
        assert_eq!(gaps(&events(&rows), &Ctx::new()).unwrap(), []);
        // A customer with three events is no record of anything.
        assert_eq!(gaps(&events(&[("a", 0, "visit"), ("a", DAY, "visit"), ("a", 50 * DAY, "visit")]), &Ctx::new()).unwrap(), []);
        assert_eq!(gaps(&Events::default(), &Ctx::new()).unwrap(), []);
    }

    #[test]
    fn timers_stand_still() {
        let gaps = [Gap { from: 10, to: 15 }, Gap { from: 20, to: 21 }];
        for (start, span, over) in
            [(0, 9, 9), (0, 10, 15), (0, 12, 17), (0, 15, 21), (0, 16, 22), (16, 2, 18), (30, 5, 35), (15, 4, 19), (15, 5, 21)]
        {
            assert_eq!(due(start, span, &gaps), over, "{start} {span}");
        }
        // The laws the curves of all thresholds rest on, for every start and length outside gaps.
        let is_inside = |time: i64| gaps.iter().any(|gap| gap.from <= time && time < gap.to);
        for start in (0..30).filter(|at| !is_inside(*at)) {
            for span in 0..30 {
                let over = due(start, span, &gaps);
                for at in start..60 {
                    if !is_inside(at) {
                        assert_eq!(over < at, span < tracked(at, &gaps) - tracked(start, &gaps), "{start} {span} {at}");
                    }
                    assert_eq!(over <= at, span < tracked_after(at, &gaps) - tracked(start, &gaps), "{start} {span} {at}");
                    assert_eq!(over >= at, span >= tracked(at, &gaps) - tracked(start, &gaps), "{start} {span} {at}");
                }
            }
        }
    }
}
