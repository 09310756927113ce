//! How far could shares, means and medians of waits be off if other customers had come?
//!
//! In: the waits and their personas. Out: per draw of customers what the curves come to, in whole days; and the differences between two sides with their
//! intervals. O(draws × waits).

use rayon::prelude::*;

use super::JourneysError;
use super::gate::{LEAST_H, bonferroni_z};
use super::resample::{draws_for, middle_95, times_drawn};
use super::survival::SurvivalCurve;
use super::waits::{Estimate, ReturnDifference, Returns, TOLD_DAYS};
use crate::base::Ctx;
use crate::base::stats::mean_sd;
use crate::evaluate::effects::cohen_h;

/// Waits in whole days go up to ten years.
const MOST_DAYS: usize = 3_653;

/// Points of a band.
const BAND: usize = 60;

impl Returns {
    /// Whole days that are told apart.
    pub(super) fn n_days(&self) -> usize {
        let longest = self.spells.iter().map(|spell| spell.days).fold(0.0, f64::max);
        (longest.ceil() as usize).min(MOST_DAYS) + 1
    }

    /// Per draw the curves of everyone, of every persona and of the rest of every persona.
    pub(super) fn draw(&self, group: &[usize], n: usize, mean_to: f64, ctx: &Ctx) -> Result<Vec<Vec<DrawnCurve>>, JourneysError> {
        let n_days = self.n_days();
        let day: Vec<u32> = self.spells.iter().map(|spell| (spell.days.ceil() as usize).min(n_days - 1) as u32).collect();
        let draws = 0..draws_for(self.spells.len()) as u64;
        let one = |draw: u64| {
            ctx.check()?;
            // Ended and open waits by group and day.
            let mut counts = vec![[0u32; 2]; (n + 1) * n_days];
            let (mut customer, mut times) = (u32::MAX, 0);
            for ((spell, &group), &day) in self.spells.iter().zip(group).zip(&day) {
                if spell.customer != customer {
                    customer = spell.customer;
                    times = times_drawn(self.ask.seed, draw, u64::from(customer));
                }
                counts[group * n_days + day as usize][usize::from(!spell.has_ended)] += times;
            }
            let mut all = vec![[0u32; 2]; n_days];
            counts.chunks(n_days).for_each(|of| all.iter_mut().zip(of).for_each(|(all, of)| (0..2).for_each(|at| all[at] += of[at])));
            let own = |persona: usize| &counts[persona * n_days..(persona + 1) * n_days];
            let rest =
                |persona: usize| all.iter().zip(own(persona)).map(|(all, own)| [all[0] - own[0], all[1] - own[1]]).collect::<Vec<_>>();
            let mut curves = vec![DrawnCurve::of(&all, mean_to)];
            curves.extend((0..n).map(|persona| DrawnCurve::of(own(persona), mean_to)));
            curves.extend((0..n).map(|persona| DrawnCurve::of(&rest(persona), mean_to)));
            Ok(curves)
        };
        draws.into_par_iter().map(one).collect()
    }
}

/// The days of a band: evenly from 0 to the last, at most [`BAND`] of them.
pub(super) fn band_day(nth: usize, n_days: usize) -> usize {
    let points = BAND.min(n_days);
    if points < 2 { nth } else { nth * (n_days - 1) / (points - 1) }
}

/// What is kept of the curve of one draw.
#[derive(Debug, Clone)]
pub(super) struct DrawnCurve {
    pub waiting: [f64; 3],
    pub mean: f64,
    pub median: f64,
    /// Share that still waits after the days of the band.
    pub band: Vec<f32>,
}

impl DrawnCurve {
    /// Of ended and open waits by whole days, rounded up. NaN where nobody was drawn.
    fn of(counts: &[[u32; 2]], mean_to: f64) -> DrawnCurve {
        let mut at_risk: f64 = counts.iter().map(|[ended, open]| f64::from(*ended) + f64::from(*open)).sum();
        let mut curve = DrawnCurve { waiting: [f64::NAN; 3], mean: 0.0, median: f64::INFINITY, band: Vec::new() };
        if at_risk == 0.0 {
            return DrawnCurve { mean: f64::NAN, ..curve };
        }
        let mut waiting = 1.0;
        for (day, &[ended, open]) in counts.iter().enumerate() {
            let before: f64 = waiting;
            if ended > 0 {
                waiting *= 1.0 - f64::from(ended) / at_risk;
            }
            at_risk -= f64::from(ended) + f64::from(open);
            if day > 0 {
                // Within a day people come back all day long.
                let part = (mean_to - (day as f64 - 1.0)).clamp(0.0, 1.0);
                curve.mean += part * (before + waiting) / 2.0;
            }
            if curve.median.is_infinite() && waiting <= 0.5 {
                curve.median = day as f64;
            }
            if day == band_day(curve.band.len(), counts.len()) {
                curve.band.push(waiting as f32);
            }
            if let Some(nth) = TOLD_DAYS.iter().position(|&told| told == day) {
                curve.waiting[nth] = waiting;
            }
        }
        curve.mean += waiting * (mean_to - (counts.len() as f64 - 1.0)).max(0.0);
        // Beyond the last day nothing changes any more.
        TOLD_DAYS.iter().zip(&mut curve.waiting).filter(|(told, _)| **told >= counts.len()).for_each(|(_, share)| *share = waiting);
        curve
    }
}

/// A persona's curve against that of the rest, given where both are in every draw.
pub(super) fn differ(
    persona: usize,
    curves: [&SurvivalCurve; 2],
    at: [usize; 2],
    drawn: &[Vec<DrawnCurve>],
    mean_to: f64,
    is_enough: bool,
    n: usize,
) -> ReturnDifference {
    let of_draws = |value: &dyn Fn(&DrawnCurve) -> f64| {
        let all: Vec<f64> = drawn.iter().map(|draw| value(&draw[at[0]]) - value(&draw[at[1]])).filter(|value| value.is_finite()).collect();
        (mean_sd(&all).1, middle_95(all))
    };
    let mut difference = ReturnDifference {
        persona,
        mean: Estimate {
            value: curves[0].restricted_mean(mean_to) - curves[1].restricted_mean(mean_to),
            interval: of_draws(&|draw| draw.mean).1,
        },
        waiting: [None; 3],
        h: [None; 3],
        is_told: [false; 3],
    };
    for (nth, &day) in TOLD_DAYS.iter().enumerate() {
        let of = |side: usize| curves[side].at(day as f64).map(|step| step.waiting);
        let (Some(own), Some(rest)) = (of(0), of(1)) else { continue };
        let (sd, interval) = of_draws(&|draw| draw.waiting[nth]);
        let h = cohen_h(own, rest);
        difference.waiting[nth] = Some(Estimate { value: own - rest, interval });
        difference.h[nth] = Some(h);
        difference.is_told[nth] = is_enough && h.abs() >= LEAST_H && interval.is_some() && (own - rest).abs() >= bonferroni_z(n * 3) * sd;
    }
    difference
}
