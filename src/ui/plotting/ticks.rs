//! Where do an axis' numbers stand, and how are they written? At round values, with as many digits as their distance asks for.

use egui_plot::{GridInput, GridMark};

use crate::data::table::day_text;
use crate::ui::widgets::thousands;

use super::text::shortened;

/// How the values of an axis are written.
#[derive(Debug, Clone, Copy, Default)]
pub enum Ticks<'a> {
    /// Any numbers.
    #[default]
    Numbers,
    /// Whole numbers.
    Whole,
    /// Shares, 0 to 1, as percent.
    Percent,
    /// Days since 1970.
    Days,
    /// Level i stands at i.
    Levels(&'a [String]),
    /// Not written at all.
    None,
}

/// [`Ticks`] without its borrowed names, so that egui_plot may keep it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Style {
    /// Any numbers.
    Numbers,
    /// Whole numbers.
    Whole,
    /// Shares.
    Percent,
    /// Days.
    Days,
    /// So many levels.
    Levels(usize),
    /// Nothing.
    None,
}

impl Style {
    /// How these ticks are drawn.
    pub fn of(ticks: Ticks) -> Style {
        match ticks {
            Ticks::Numbers => Style::Numbers,
            Ticks::Whole => Style::Whole,
            Ticks::Percent => Style::Percent,
            Ticks::Days => Style::Days,
            Ticks::Levels(names) => Style::Levels(names.len()),
            Ticks::None => Style::None,
        }
    }

    /// The marks of an axis, at least `room` points apart.
    pub fn marks(self, input: &GridInput, room: f64) -> Vec<GridMark> {
        // The grid spacing's lower end is half a point, so a base step is worth that.
        let least = input.base_step_size * 2.0 * room;
        let (low, high) = input.bounds;
        let (step, origin) = match self {
            Style::None => return Vec::new(),
            Style::Whole | Style::Levels(_) => (nice_step(least).max(1.0), 0.0),
            Style::Days => (day_step(least), 10_957.0),
            Style::Numbers | Style::Percent => (nice_step(least), 0.0),
        };
        let (first, last) = (((low - origin) / step).ceil(), ((high - origin) / step).floor());
        // Also when the view is so far out that the numbers are none.
        if (last - first).is_nan() || last - first >= 200.0 {
            return Vec::new();
        }
        let levels = if let Style::Levels(n) = self { n as f64 } else { f64::INFINITY };
        (0..=(last - first).max(-1.0) as i64)
            .filter(|_| last >= first)
            .map(|i| GridMark { value: origin + (first + i as f64) * step, step_size: step })
            .filter(|mark| !matches!(self, Style::Levels(_)) || (mark.value >= 0.0 && mark.value < levels))
            .collect()
    }

    /// What is written at a mark.
    pub fn text(self, mark: GridMark, levels: &[String]) -> String {
        match self {
            Style::None => String::new(),
            Style::Numbers | Style::Whole => tick_text(mark.value, mark.step_size),
            Style::Percent => format!("{}\u{202f}%", tick_text(mark.value * 100.0, mark.step_size * 100.0)),
            Style::Days => {
                // Steps of months and years are even, calendars are not: three days forward and the right month is named.
                let day = mark.value.round() as i32;
                match mark.step_size {
                    step if step < 27.0 => day_text(day),
                    step if step < 360.0 => day_text(day + 3).chars().take(7).collect(),
                    _ => day_text(day + 3).chars().take(4).collect(),
                }
            }
            Style::Levels(_) => levels.get(mark.value.round().max(0.0) as usize).map_or_else(String::new, |name| shortened(name, 12)),
        }
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `least`.
fn nice_step(least: f64) -> f64 {
    let power = 10f64.powf(least.max(1e-300).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least * 0.999).unwrap_or(10.0 * power)
}

fn day_step(least: f64) -> f64 {
    const MONTH: f64 = 30.436_875;
    const YEAR: f64 = 365.2425;
    let steps = [1.0, 2.0, 7.0, 14.0, MONTH, 3.0 * MONTH, 6.0 * MONTH, YEAR, 2.0 * YEAR, 5.0 * YEAR];
    steps.into_iter().find(|step| *step >= least).unwrap_or_else(|| nice_step(least / YEAR) * YEAR)
}

/// A number as precise as the step to its neighbour asks for.
fn tick_text(value: f64, step: f64) -> String {
    let (value, step, unit) = if step >= 1e6 { (value / 1e6, step / 1e6, "\u{202f}M") } else { (value, step, "") };
    let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 9.0) as usize;
    let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
    let sign = if value < 0.0 { "−" } else { "" };
    if decimals == 0 {
        format!("{sign}{}{unit}", thousands(value.abs().round() as usize))
    } else {
        format!("{sign}{:.decimals$}{unit}", value.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_nice() {
        let cases = [(0.3, 0.5), (1.0, 1.0), (1.2, 2.0), (23.0, 50.0), (0.07, 0.1), (700.0, 1000.0)];
        assert!(cases.iter().all(|(least, step)| (nice_step(*least) / step - 1.0).abs() < 1e-9));
        assert_eq!(tick_text(0.30000000000000004, 0.1), "0.3");
        assert_eq!(tick_text(-25_000.0, 5_000.0), "−25\u{202f}000");
        assert_eq!(tick_text(2.5e7, 5e6), "25\u{202f}M");
        assert_eq!(tick_text(-1e-17, 0.1), "0.0");
    }

    #[test]
    fn days_are_named_by_their_calendar() {
        let texts = |from: f64, to: f64, least: f64| -> Vec<String> {
            let input = GridInput { bounds: (from, to), base_step_size: 0.5 };
            Style::Days.marks(&input, least).into_iter().map(|mark| Style::Days.text(mark, &[])).collect()
        };
        assert_eq!(texts(10_950.0, 11_020.0, 30.0), ["2000-01", "2000-02", "2000-03"]);
        assert_eq!(texts(10_950.0, 11_700.0, 365.0), ["2000", "2001", "2002"]);
        assert_eq!(texts(10_956.5, 10_958.5, 1.0), ["2000-01-01", "2000-01-02"]);
    }
}
