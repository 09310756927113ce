//! How long until something happens, when for some it has not happened yet?
//!
//! In: times with whether they ended or were still open at the end of the data. Out: the estimate of E. L. Kaplan and P. Meier (1958): the share S(t) that
//! still waits after t, with the 95 % log-log interval (D. Collett 2003, section 2.1.4; variance by M. Greenwood 1926). O(n log n).
//!
//! Who is open at the very time at which another ends counts as still waiting there.

use serde::{Deserialize, Serialize};

use crate::base::stats::Z_95;

/// A wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// How long, in any one unit.
    pub time: f64,
    /// Whether it ended; else it was still open.
    pub has_ended: bool,
}

/// A step of the curve: it holds from its time on until the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurveStep {
    /// When somebody's wait ended.
    pub time: f64,
    /// Who still waited just before.
    pub at_risk: usize,
    /// Whose wait ended then.
    pub ended: usize,
    /// Share that waits longer.
    pub waiting: f64,
    /// 95 % interval of that share.
    pub interval: [f64; 2],
}

/// The whole curve.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SurvivalCurve {
    /// By time.
    pub steps: Vec<CurveStep>,
    /// Number of waits.
    pub n: usize,
    /// The longest wait, open or not: beyond it nothing is known.
    pub longest: f64,
}

impl SurvivalCurve {
    /// Of these waits; their order does not matter.
    pub fn of(waits: impl IntoIterator<Item = Wait>) -> SurvivalCurve {
        let mut waits: Vec<Wait> = waits.into_iter().collect();
        sort_waits(&mut waits);
        let mut curve = SurvivalCurve { steps: Vec::new(), n: waits.len(), longest: waits.last().map_or(0.0, |wait| wait.time) };
        let (mut waiting, mut variance, mut at) = (1.0, 0.0, 0);
        while at < waits.len() {
            let time = waits[at].time;
            let at_risk = waits.len() - at;
            let mut ended = 0;
            while at < waits.len() && waits[at].time == time {
                ended += usize::from(waits[at].has_ended);
                at += 1;
            }
            if ended > 0 {
                let (n, d) = (at_risk as f64, ended as f64);
                waiting *= (n - d) / n;
                variance += d / (n * (n - d));
                curve.steps.push(CurveStep { time, at_risk, ended, waiting, interval: log_log(waiting, variance) });
            }
        }
        curve
    }

    /// Share that waits longer than `time`; none beyond what was observed, unless everybody's wait had ended.
    pub fn at(&self, time: f64) -> Option<CurveStep> {
        let after = self.steps.partition_point(|step| step.time <= time);
        let step = match after.checked_sub(1) {
            Some(last) => self.steps[last],
            None => CurveStep { time: 0.0, at_risk: self.n, ended: 0, waiting: 1.0, interval: [1.0, 1.0] },
        };
        (self.n > 0 && (time <= self.longest || step.waiting == 0.0)).then_some(step)
    }

    /// When the share `ended` (0 to 1) has ended; none where so many have not.
    pub fn quantile(&self, ended: f64) -> Option<f64> {
        // A share of exactly one half may be off by a rounding of the product.
        self.steps.iter().find(|step| step.waiting <= 1.0 - ended + 1e-12).map(|step| step.time)
    }

    /// The mean wait where none counts for more than `to`: the area below the curve up to there.
    pub fn restricted_mean(&self, to: f64) -> f64 {
        let (mut area, mut last, mut waiting) = (0.0, 0.0, 1.0);
        for step in self.steps.iter().take_while(|step| step.time < to) {
            area += waiting * (step.time - last);
            (last, waiting) = (step.time, step.waiting);
        }
        area + waiting * (to - last)
    }
}

/// By time.
pub(super) fn sort_waits(waits: &mut [Wait]) {
    waits.sort_unstable_by(|a, b| a.time.total_cmp(&b.time).then(b.has_ended.cmp(&a.has_ended)));
}

/// S^exp(±1.96 sqrt(variance) / ln S); nothing but the share itself where it is 0 or 1.
fn log_log(waiting: f64, variance: f64) -> [f64; 2] {
    if waiting <= 0.0 || waiting >= 1.0 {
        return [waiting, waiting];
    }
    let by = (Z_95 * variance.sqrt() / waiting.ln()).abs();
    [waiting.powf(by.exp()), waiting.powf((-by).exp())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(times: &[(f64, bool)]) -> Vec<Wait> {
        times.iter().map(|&(time, has_ended)| Wait { time, has_ended }).collect()
    }

    #[test]
    fn by_hand() {
        // Five customers: back after 1 and 3, silent at 3 and 5, back after 4.
        let curve = SurvivalCurve::of(waits(&[(3.0, false), (1.0, true), (4.0, true), (3.0, true), (5.0, false)]));
        let shown: Vec<(f64, usize, f64)> = curve.steps.iter().map(|step| (step.time, step.at_risk, step.waiting)).collect();
        // 4/5; 3/4 of that; 1/2 of that.
        assert_eq!(shown.iter().map(|s| (s.0, s.1)).collect::<Vec<_>>(), [(1.0, 5), (3.0, 4), (4.0, 2)]);
        for (found, by_hand) in shown.iter().zip([0.8, 0.6, 0.3]) {
            assert!((found.2 - by_hand).abs() < 1e-12);
        }
        assert_eq!((curve.quantile(0.5), curve.quantile(0.2), curve.quantile(0.71)), (Some(4.0), Some(1.0), None));
        assert!((curve.restricted_mean(5.0) - (1.0 + 0.8 * 2.0 + 0.6 + 0.3)).abs() < 1e-12);
        assert!((curve.restricted_mean(2.0) - 1.8).abs() < 1e-12);
        assert_eq!(curve.at(0.5).map(|step| step.waiting), Some(1.0));
        assert_eq!(curve.at(5.1), None, "nobody was watched that long");
        assert_eq!(SurvivalCurve::of([]).at(0.0), None);
        assert_eq!(SurvivalCurve::of(waits(&[(2.0, true)])).at(9.0).map(|step| step.waiting), Some(0.0), "nobody waits any more");
    }

    #[test]
    fn as_lifelines() {
        // Frozen from lifelines 0.30.3: KaplanMeierFitter, its interval, median_survival_time_ and restricted_mean_survival_time.
        let made = (0..60u32).map(|i| Wait { time: f64::from(i * i * 7 % 101 + 1), has_ended: i * 5 % 7 > 1 });
        let curve = SurvivalCurve::of(made);
        for (time, waiting, low, high) in [
            (5.0, 0.9830508474576266, 0.885717260162238, 0.9975949725753188),
            (20.0, 0.82532370989106, 0.6996024091705706, 0.9019751532485313),
            (40.0, 0.6939658821906811, 0.5539321539184554, 0.7977631146058892),
            (60.0, 0.5204744116430109, 0.37471872730235667, 0.6476334602075943),
            (90.0, 0.157325219883001, 0.06539419890352158, 0.2853226247657591),
        ] {
            let step = curve.at(time).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
            assert!(close(step.waiting, waiting) && close(step.interval[0], low) && close(step.interval[1], high), "{time}: {step:?}");
        }
        let quantiles: Vec<Option<f64>> = [0.25, 0.5, 0.75, 0.9].iter().map(|&q| curve.quantile(q)).collect();
        assert_eq!(quantiles, [Some(33.0), Some(61.0), Some(76.0), Some(99.0)]);
        assert!((curve.restricted_mean(80.0) - 53.802129774365575).abs() < 1e-10);
    }
}
