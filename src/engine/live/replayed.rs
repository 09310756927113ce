//! A recording played again: which of its rows are due by now, at so many times the speed they came at?

use std::time::{Duration, Instant};

/// Between the clock of the recording and the clock on the wall.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pacer {
    speed: f64,
    /// The moment of the recording, in milliseconds, that was reached when the clock was last set.
    at: i64,
    /// When that was; none while the clock stands still.
    since: Option<Instant>,
}

impl Pacer {
    /// Starts at a moment of the recording.
    pub(super) fn new(at: i64, speed: f64, now: Instant) -> Pacer {
        Pacer { speed, at, since: Some(now) }
    }

    /// The last moment of the recording whose rows are due.
    pub(super) fn due(&self, now: Instant) -> i64 {
        let passed = self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.at.saturating_add((passed.as_secs_f64() * 1000.0 * self.speed) as i64)
    }

    /// Another speed from now on.
    pub(super) fn set_speed(&mut self, speed: f64, now: Instant) {
        (self.at, self.speed) = (self.due(now), speed);
        self.since = self.since.map(|_| now);
    }

    /// The clock stands still, or goes on.
    pub(super) fn hold(&mut self, is_held: bool, now: Instant) {
        self.at = self.due(now);
        self.since = (!is_held).then_some(now);
    }

    /// Over a stretch without rows the clock goes on to the next of them: nobody watches a night in which nothing happens longer than `most`.
    pub(super) fn skip_to(&mut self, next: i64, most: Duration, now: Instant) {
        let wait = (next - self.due(now)) as f64 / 1000.0 / self.speed;
        if self.since.is_some() && wait > most.as_secs_f64() {
            (self.at, self.since) = (next, Some(now));
        }
    }

    pub(super) fn speed(&self) -> f64 {
        self.speed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_stands_and_changes_its_speed() {
        let begun = Instant::now();
        let after = |seconds: u64| begun + Duration::from_secs(seconds);
        let mut pacer = Pacer::new(1_000, 60.0, begun);
        assert_eq!((pacer.due(begun), pacer.due(after(2))), (1_000, 121_000));
        pacer.set_speed(1.0, after(2));
        assert_eq!(pacer.due(after(3)), 122_000);
        pacer.hold(true, after(3));
        assert_eq!(pacer.due(after(99)), 122_000);
        pacer.hold(false, after(99));
        assert_eq!(pacer.due(after(100)), 123_000);
        // A short wait is waited, a long one is not.
        pacer.skip_to(124_000, Duration::from_secs(5), after(100));
        assert_eq!(pacer.due(after(100)), 123_000);
        pacer.skip_to(999_000, Duration::from_secs(5), after(100));
        assert_eq!((pacer.due(after(100)), pacer.speed()), (999_000, 1.0));
    }
}
