//! How far is a command? Drawn on a terminal, in lines elsewhere.

use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::base::{Ctx, Progress};

use super::logging;
use super::saying::warn;

/// Does `work` while its progress is told on standard error: drawn on a terminal, in lines elsewhere and between those of a log.
pub(super) fn while_showing<T>(ctx: &Ctx, quiet: bool, work: impl FnOnce() -> T) -> T {
    if quiet {
        return work();
    }
    std::thread::scope(|scope| {
        let (done, waits) = channel::<()>();
        scope.spawn(move || if std::io::stderr().is_terminal() && !logging::is_on() { draw(ctx, &waits) } else { tell(ctx, &waits) });
        let result = work();
        drop(done);
        result
    })
}

/// Draws until the other end of `waits` is gone.
fn draw(ctx: &Ctx, waits: &Receiver<()>) {
    let bar = ProgressBar::new(1000);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
        bar.set_style(style);
    }
    while waits.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
        let progress = ctx.latest();
        bar.set_position((progress.fraction * 1000.0) as u64);
        bar.set_message(progress.stage);
    }
    bar.finish_and_clear();
}

/// How often progress is told where nothing can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Writes a line every ten seconds until the other end of `waits` is gone: a log shows that the work goes on, and where it is.
fn tell(ctx: &Ctx, waits: &Receiver<()>) {
    let mut first: Option<(Instant, Progress)> = None;
    while waits.recv_timeout(LINE_EVERY) == Err(RecvTimeoutError::Timeout) {
        let now = ctx.latest();
        let (since, begun) = first.take().filter(|(_, begun)| begun.stage == now.stage).unwrap_or_else(|| (Instant::now(), now.clone()));
        warn(&progress_line(&now, seconds_left(since.elapsed(), begun.fraction, now.fraction)));
        first = Some((since, begun));
    }
}

/// How long a stage still takes if it goes on as it went from the share `from` to the share `to`; nothing while that says little.
fn seconds_left(took: Duration, from: f32, to: f32) -> Option<f64> {
    let done = f64::from(to - from);
    (done >= 0.01 && to < 1.0).then(|| took.as_secs_f64() * f64::from(1.0 - to) / done)
}

fn progress_line(progress: &Progress, seconds_left: Option<f64>) -> String {
    let percent = (100.0 * progress.fraction.clamp(0.0, 1.0)) as u32;
    let stage = if progress.stage.is_empty() { "Beginning" } else { &progress.stage };
    // What is told is never too short, but for what got lost in rounding.
    let up = |units: f64| (units - 1e-3).ceil();
    let left = match seconds_left {
        None => String::new(),
        Some(seconds) if seconds < 90.0 => format!(", about {:.0} s left", up(seconds / 10.0) * 10.0),
        Some(seconds) if seconds < 5400.0 => format!(", about {:.0} min left", up(seconds / 60.0)),
        Some(seconds) => format!(", about {:.0} h left", up(seconds / 3600.0)),
    };
    format!("{percent:>3} %  {stage}{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_progress_says_how_far_and_where() {
        let line = |stage: &str, fraction| progress_line(&Progress { stage: stage.into(), fraction }, None);
        assert_eq!(line("Computing core distances", 0.257), " 25 %  Computing core distances");
        assert_eq!(line("", 0.0), "  0 %  Beginning");
        assert_eq!(line("Files written", 1.5), "100 %  Files written");
    }

    #[test]
    fn what_a_stage_still_takes_is_told_once_it_is_known() {
        let progress = Progress { stage: "Finding neighbours".into(), fraction: 0.25 };
        let line = |took: u64, from: f32| progress_line(&progress, seconds_left(Duration::from_secs(took), from, progress.fraction));
        assert_eq!(line(20, 0.0), " 25 %  Finding neighbours, about 60 s left");
        assert_eq!(line(100, 0.0), " 25 %  Finding neighbours, about 5 min left");
        assert_eq!(line(20, 0.2), " 25 %  Finding neighbours, about 5 min left");
        assert_eq!(line(4000, 0.0), " 25 %  Finding neighbours, about 4 h left");
        assert_eq!(line(100, 0.245), " 25 %  Finding neighbours", "too little to tell");
    }
}
