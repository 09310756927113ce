//! Do the personas foretell what customers do next, and how much of what could be foretold do they keep?
//!
//! In: what was known of each customer on one day (recency, frequency and money; the persona; all prepared columns) and what came *after* that day.
//! Out: how well five models foretell it for customers they have not seen, the personas' lift, and two numbers at a glance:
//!
//! - *power kept* = (AUC of the personas - 0.5) / (AUC of all columns - 0.5); for numbers the ratio of their R2 (ours). Undefined, and told so, where
//!   all columns together foretell no better than chance.
//! - *adds to RFM* = AUC of RFM and personas - AUC of RFM alone; for numbers the difference of R2.
//!
//! Out of fold: customers are dealt into [`FOLDS`] folds, each scored by what was learnt from the others. Walk-forward: learnt on one day, scored
//! unchanged on a later one. Bands are the middle 95 % of bootstraps of the customers with their scores (B. Efron 1979); the models are not fitted
//! anew, so that they speak of these models. Cost: `FOLDS` x 4 fits of [`super::regression`], which learn from at most 20 000 rows each, and O(n) per
//! draw and model.
//!
//! The same bytes on any number of threads: fits and draws stand by themselves and are put together in order.

use rayon::prelude::*;
use serde::Serialize;

use super::forecast_models::Design;
pub use super::forecast_models::{FOLDS, ForecastError, ForecastModel, ForecastTable, Foretold};
use super::ranking::{Calibration, Lift, Ranked, WithBand, calibration, lifts, r_squared};
use super::regression::MOST_LEARNT;
use crate::base::seed::{self, RngExt};
use crate::base::{Ctx, Stopped};

/// Bootstraps behind a band, unless asked otherwise.
pub const DRAWS: usize = 200;
/// Customers with the rarer outcome below which nothing is told.
pub const FEWEST_EVENTS: usize = 100;
/// All columns must foretell better than chance by at least so much before anything is measured against them.
const LEAST_AUC: f64 = 0.52;
const LEAST_R2: f64 = 0.005;
/// Draws made side by side between two looks at whether something is more urgent.
const SIDE_BY_SIDE: usize = 8;
const FOLD_SALT: u64 = 0x466f_6c64_7321_4130;
const DRAW_SALT: u64 = 0x4261_6e64_7321_4130;
const STAGE: &str = "Foretelling";

/// How well one model foretells.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ForecastScore {
    /// Which.
    pub model: ForecastModel,
    /// For yes or no: the share of pairs in the right order.
    pub auc: Option<WithBand>,
    /// The share of the spread it explains, below 0 where the mean of what was seen is better.
    pub r2: Option<WithBand>,
}

/// How much of the power of all columns the personas keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerKept {
    /// 1 is all of it, 0 is chance.
    Share(WithBand),
    /// All columns together foretell no better than chance, so there is nothing to keep.
    NothingToKeep,
}

/// Whether there is enough to tell anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tellable {
    /// Yes.
    Enough,
    /// Too few customers have the rarer outcome: no order of personas should be read from it.
    TooFew {
        /// So many have.
        events: usize,
    },
}

/// What the personas are worth for foretelling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// Customers scored.
    pub customers: usize,
    /// Customers with the rarer outcome; for numbers those with any.
    pub events: usize,
    /// The mean of what came; for yes or no, its share.
    pub rate: f64,
    /// One per model, in the order of [`ForecastModel::ALL`].
    pub scores: Vec<ForecastScore>,
    /// At a glance.
    pub power_kept: PowerKept,
    /// At a glance; in AUC for yes or no, in R2 for numbers. Nothing is added where the band reaches 0.
    pub adds_to_rfm: Option<WithBand>,
    /// Per persona, among the customers scored.
    pub lifts: Vec<Lift>,
    /// Per persona the mean of the day learnt from against what came later; only where they are different days.
    pub calibration: Option<Calibration>,
    /// Whether this is enough to tell anything.
    pub tellable: Tellable,
    /// Customers one fit learnt from.
    pub learnt: usize,
}

impl Forecast {
    /// How well one model foretells.
    pub fn of(&self, model: ForecastModel) -> ForecastScore {
        self.scores[model as usize]
    }

    /// One sentence that holds: what the personas keep and add, or that it cannot be told.
    pub fn sentence(&self) -> String {
        let percent = |share: f64| format!("{:.0}\u{a0}%", 100.0 * share);
        if let Tellable::TooFew { events } = self.tellable {
            return format!("{events} customers with this outcome are too few to tell what the personas foretell.");
        }
        let added = match self.adds_to_rfm {
            Some(added) if added.low > 0.0 => "and add to what RFM foretells",
            _ => "and add nothing to RFM",
        };
        match self.power_kept {
            PowerKept::NothingToKeep => {
                "Nothing in the data foretells this outcome better than chance, and neither do the personas.".into()
            }
            PowerKept::Share(kept) if kept.low <= 0.0 => "The personas foretell this outcome no better than chance.".into(),
            PowerKept::Share(kept) => format!(
                "The personas keep {} ({} to {}) of what the data can foresee about it {added}.",
                percent(kept.value),
                percent(kept.low),
                percent(kept.high)
            ),
        }
    }
}

/// Foretells every customer from what was learnt of the others.
///
/// Fails with `DoesNotVary`, `TooFewCustomers`, `OtherCustomers`, `NoFit` and when stopped.
pub fn forecast(table: &ForecastTable, seed: u64, draws: usize, ctx: &Ctx) -> Result<Forecast, ForecastError> {
    ctx.progress(STAGE, 0.0);
    let design = Design::new(table)?;
    let n = design.seen.len();
    let mut order: Vec<usize> = (0..n).collect();
    let mut random = seed::random(seed ^ FOLD_SALT, 0);
    for at in (1..n).rev() {
        order.swap(at, random.random_range(0..=at));
    }
    let mut fold_of = vec![0u32; n];
    order.iter().enumerate().for_each(|(at, &row)| fold_of[row] = (at % FOLDS) as u32);
    let mut scores = vec![vec![0.0; n]; ForecastModel::ALL.len()];
    let mut learnt = 0;
    for fold in 0..FOLDS as u32 {
        ctx.give_way()?;
        let rows: Vec<usize> = order.iter().copied().filter(|&row| fold_of[row] != fold).take(MOST_LEARNT).collect();
        learnt = rows.len();
        let models = ForecastModel::ALL.par_iter().map(|&model| design.learn(model, &rows, ctx)).collect::<Result<Vec<_>, _>>()?;
        for (scores, model) in scores.iter_mut().zip(&models) {
            ctx.check()?;
            (0..n).filter(|&row| fold_of[row] == fold).for_each(|row| scores[row] = design.score(model, row));
        }
        ctx.progress(STAGE, 0.7 * (fold + 1) as f32 / FOLDS as f32);
    }
    measure(&design, &scores, &fold_of, None, learnt, seed, draws, ctx)
}

/// Learns on one day and foretells a later one, with nothing changed in between. Both tables have the same columns and the same frozen personas.
///
/// Fails as [`forecast`] does, with `OtherCustomers` where the columns differ.
pub fn walk_forward(learnt: &ForecastTable, later: &ForecastTable, seed: u64, draws: usize, ctx: &Ctx) -> Result<Forecast, ForecastError> {
    ctx.progress(STAGE, 0.0);
    let (design, then) = (Design::new(learnt)?, Design::new(later)?);
    let widths = |design: &Design| (design.rfm.n_cols(), design.n_personas, design.all.n_cols(), design.happened.is_some());
    if widths(&design) != widths(&then) {
        return Err(ForecastError::OtherCustomers);
    }
    let mut rows: Vec<usize> = (0..design.seen.len()).collect();
    let mut random = seed::random(seed ^ FOLD_SALT, 1);
    for at in (1..rows.len()).rev() {
        rows.swap(at, random.random_range(0..=at));
    }
    rows.truncate(MOST_LEARNT);
    ctx.give_way()?;
    let models = ForecastModel::ALL.par_iter().map(|&model| design.learn(model, &rows, ctx)).collect::<Result<Vec<_>, _>>()?;
    let n = then.seen.len();
    let scores: Vec<Vec<f64>> = models.iter().map(|model| (0..n).map(|row| then.score(model, row)).collect()).collect();
    let standing = lifts(design.persona, design.n_personas, &design.seen, design.happened.is_some());
    let foretold: Vec<Option<f64>> = standing.iter().map(|lift| (lift.customers > 0).then_some(lift.mean)).collect();
    measure(&then, &scores, &vec![0; n], Some(&foretold), rows.len(), seed, draws, ctx)
}

#[expect(clippy::too_many_arguments, reason = "one caller more and they would be a type")]
/// Everything told of scores that are there.
fn measure(
    design: &Design,
    scores: &[Vec<f64>],
    fit: &[u32],
    foretold: Option<&[Option<f64>]>,
    learnt: usize,
    seed: u64,
    draws: usize,
    ctx: &Ctx,
) -> Result<Forecast, ForecastError> {
    let n = design.seen.len();
    let ranked: Vec<Ranked> = match design.happened {
        Some(_) => scores.par_iter().map(|scores| Ranked::new(scores, fit)).collect(),
        None => Vec::new(),
    };
    let once = Drawn::new(design, scores, &ranked, |_| 1.0);
    let one = |nth: usize| {
        ctx.check()?;
        let mut random = seed::random(seed ^ DRAW_SALT, nth as u64);
        let mut times = vec![0u16; n];
        (0..n).for_each(|_| times[random.random_range(0..n)] += 1);
        Ok(Drawn::new(design, scores, &ranked, |row| f64::from(times[row])))
    };
    let mut drawn: Vec<Drawn> = Vec::with_capacity(draws);
    for first in (0..draws).step_by(SIDE_BY_SIDE) {
        ctx.give_way()?;
        let batch = (first..draws.min(first + SIDE_BY_SIDE)).into_par_iter();
        drawn.extend(batch.map(one).collect::<Result<Vec<Drawn>, Stopped>>()?);
        ctx.progress(STAGE, 0.7 + 0.3 * (first + SIDE_BY_SIDE).min(draws) as f32 / draws as f32);
    }
    let banded = |of: &dyn Fn(&Drawn) -> Option<f64>| of(&once).map(|value| WithBand::of_draws(value, drawn.iter().filter_map(of)));
    let score = |&model: &ForecastModel| ForecastScore {
        model,
        auc: banded(&|drawn| drawn.aucs.get(model as usize).copied().flatten()),
        r2: banded(&|drawn| drawn.r2s[model as usize]),
    };
    let scores: Vec<ForecastScore> = ForecastModel::ALL.iter().map(score).collect();
    let all = scores[ForecastModel::All as usize];
    let has_power = match (design.happened, all.auc, all.r2) {
        (Some(_), Some(auc), _) => auc.value >= LEAST_AUC && auc.low > 0.5,
        (None, _, Some(r2)) => r2.value >= LEAST_R2 && r2.low > 0.0,
        _ => false,
    };
    let power_kept = match banded(&Drawn::kept).filter(|_| has_power) {
        Some(kept) => PowerKept::Share(kept),
        None => PowerKept::NothingToKeep,
    };
    Ok(Forecast {
        customers: n,
        events: design.events,
        rate: design.seen.iter().sum::<f64>() / n as f64,
        scores,
        power_kept,
        adds_to_rfm: banded(&Drawn::added),
        lifts: lifts(design.persona, design.n_personas, &design.seen, design.happened.is_some()),
        calibration: foretold.map(|foretold| calibration(foretold, design.persona, &design.seen)),
        tellable: if design.events < FEWEST_EVENTS { Tellable::TooFew { events: design.events } } else { Tellable::Enough },
        learnt,
    })
}

/// The measures of one draw, or of all customers once.
struct Drawn {
    aucs: Vec<Option<f64>>,
    r2s: Vec<Option<f64>>,
}

impl Drawn {
    fn new(design: &Design, scores: &[Vec<f64>], ranked: &[Ranked], times: impl Fn(usize) -> f64) -> Drawn {
        let aucs = match design.happened {
            Some(happened) => ranked.iter().map(|ranked| ranked.auc(happened, &times)).collect(),
            None => Vec::new(),
        };
        Drawn { aucs, r2s: scores.iter().map(|scores| r_squared(scores, &design.seen, &times)).collect() }
    }

    /// The power of one model: how far it is from chance.
    fn power(&self, model: ForecastModel) -> Option<f64> {
        let at = model as usize;
        if self.aucs.is_empty() { self.r2s[at] } else { self.aucs[at].map(|auc| auc - 0.5) }
    }

    fn kept(&self) -> Option<f64> {
        let all = self.power(ForecastModel::All).filter(|power| *power > 0.0)?;
        Some(self.power(ForecastModel::Persona)? / all)
    }

    fn added(&self) -> Option<f64> {
        Some(self.power(ForecastModel::RfmAndPersona)? - self.power(ForecastModel::Rfm)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Matrix;

    /// Numbers that look drawn, the same as in the script that made the constants.
    fn hash(i: u32, k: u32) -> f64 {
        let mut x = i.wrapping_mul(2_654_435_761).wrapping_add(k.wrapping_mul(40503 * 65537)).wrapping_add(12345);
        x ^= x >> 15;
        x = x.wrapping_mul(2_246_822_519);
        x ^= x >> 13;
        f64::from(x) / 4_294_967_296.0
    }

    struct Day {
        rfm: Matrix,
        persona: Vec<Option<usize>>,
        all: Matrix,
        happened: Vec<bool>,
        number: Vec<f64>,
    }

    impl Day {
        fn new(shift: u32, n: u32) -> Day {
            let (mut rfm, mut all, mut persona, mut happened, mut number) = (vec![], vec![], vec![], vec![], vec![]);
            for i in shift..shift + n {
                let u: Vec<f64> = (0..6).map(|k| hash(i, k)).collect();
                let (r, of) = ([u[0] * 3.0, u[1] * 2.0, u[2] * 5.0], (u[3] * 4.0) as usize);
                let z = 0.9 * r[0] - 0.2 * r[2] + [-1.0, 0.0, 0.5, 1.5][of] + 0.15 * (u[4] * 10.0) - 2.2;
                rfm.push(r);
                all.push([r[0], r[1], r[2], u[4] * 10.0]);
                persona.push(Some(of));
                happened.push(u[5] < 1.0 / (1.0 + (-z).exp()));
                number.push(z * 2.0 + u[5] * 6.0);
            }
            Day { rfm: Matrix::from_rows(&rfm).unwrap(), persona, all: Matrix::from_rows(&all).unwrap(), happened, number }
        }

        fn table<'a>(&'a self, outcome: Foretold<'a>) -> ForecastTable<'a> {
            ForecastTable { rfm: &self.rfm, persona: &self.persona, n_personas: 4, all: &self.all, outcome }
        }
    }

    #[test]
    fn walking_forward_gives_the_measures_of_scikit_learn() {
        // scikit-learn 1.9.1: LogisticRegression(C=1/(.01 n)) and Ridge(alpha=.01 n) on standardised columns, roc_auc_score, r2_score.
        const AUC: [f64; 5] = [0.5, 0.696913608, 0.710903434, 0.802620821, 0.740234375];
        const R2: [f64; 5] = [-0.001135538, 0.108434379, 0.148078714, 0.270787485, 0.161710674];
        const R2_OF_NUMBER: [f64; 5] = [-0.005836071, 0.261936824, 0.329748895, 0.612806701, 0.371231424];
        let (then, later) = (Day::new(0, 600), Day::new(100_000, 600));
        let (a, b) = (then.table(Foretold::YesOrNo(&then.happened)), later.table(Foretold::YesOrNo(&later.happened)));
        let found = walk_forward(&a, &b, 1, 50, &Ctx::new()).unwrap();
        for (at, model) in ForecastModel::ALL.into_iter().enumerate() {
            let of = found.of(model);
            let (auc, r2) = (of.auc.unwrap(), of.r2.unwrap());
            assert!((auc.value - AUC[at]).abs() < 1e-4 && (r2.value - R2[at]).abs() < 1e-5, "{of:?}");
            assert!(auc.low <= auc.value && auc.value <= auc.high && auc.high - auc.low < 0.12, "{of:?}");
        }
        let PowerKept::Share(kept) = found.power_kept else { panic!("{found:?}") };
        assert!((kept.value - 0.210903434 / 0.240234375).abs() < 1e-3, "{kept:?}");
        assert!((found.adds_to_rfm.unwrap().value - (AUC[3] - AUC[1])).abs() < 1e-3 && found.adds_to_rfm.unwrap().low > 0.0);
        let slope = found.calibration.as_ref().unwrap().slope.unwrap();
        assert!((0.8..1.25).contains(&slope), "{slope}");
        assert!(found.sentence().contains("add to what RFM foretells"), "{}", found.sentence());
        let (a, b) = (then.table(Foretold::Number(&then.number)), later.table(Foretold::Number(&later.number)));
        let found = walk_forward(&a, &b, 1, 20, &Ctx::new()).unwrap();
        for (at, model) in ForecastModel::ALL.into_iter().enumerate() {
            assert!((found.of(model).r2.unwrap().value - R2_OF_NUMBER[at]).abs() < 1e-8, "{found:?}");
            assert_eq!(found.of(model).auc, None);
        }
    }

    #[test]
    fn out_of_fold_a_constant_is_chance_and_noise_is_nothing_to_keep() {
        let day = Day::new(0, 1500);
        let found = forecast(&day.table(Foretold::YesOrNo(&day.happened)), 7, 60, &Ctx::new()).unwrap();
        assert_eq!(found.of(ForecastModel::Mean).auc.unwrap().value, 0.5);
        assert!(found.of(ForecastModel::Mean).r2.unwrap().value < 0.0, "the mean of others is never better than one's own");
        let of = |model| found.of(model).auc.unwrap().value;
        assert!(of(ForecastModel::RfmAndPersona) > of(ForecastModel::All) && of(ForecastModel::All) > of(ForecastModel::Rfm));
        assert_eq!((found.tellable, found.learnt, found.lifts.len()), (Tellable::Enough, 1350, 4));
        let noise: Vec<bool> = (0..1500).map(|i| hash(i, 9) < 0.3).collect();
        let found = forecast(&day.table(Foretold::YesOrNo(&noise)), 7, 60, &Ctx::new()).unwrap();
        assert_eq!(found.power_kept, PowerKept::NothingToKeep, "{found:?}");
        assert!(found.adds_to_rfm.unwrap().low < 0.0);
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        let day = Day::new(0, 600);
        let run = |happened: &[bool]| forecast(&day.table(Foretold::YesOrNo(happened)), 7, 10, &Ctx::new());
        assert_eq!(run(&[false; 600]), Err(ForecastError::DoesNotVary("never happens")));
        assert_eq!(run(&[true; 600]), Err(ForecastError::DoesNotVary("happens to every customer")));
        assert_eq!(run(&[true; 6]), Err(ForecastError::OtherCustomers));
        let few: Vec<bool> = (0..600).map(|i| i % 15 == 0).collect();
        let found = run(&few).unwrap();
        assert_eq!((found.tellable, found.events), (Tellable::TooFew { events: 40 }, 40));
        assert_eq!(found.sentence(), "40 customers with this outcome are too few to tell what the personas foretell.");
        let small = Day::new(0, 12);
        let found = forecast(&small.table(Foretold::Number(&small.number)), 7, 10, &Ctx::new());
        assert_eq!(found, Err(ForecastError::TooFewCustomers { customers: 12, needed: 20 }));
        let nothing = forecast(&day.table(Foretold::Number(&[0.0; 600])), 7, 10, &Ctx::new());
        assert_eq!(
            nothing.unwrap_err().to_string().split(';').next(),
            Some("The outcome never happens in this window, so there is nothing to foretell")
        );
    }

    #[test]
    fn the_same_on_any_number_of_threads_and_stops_when_asked() {
        let day = Day::new(0, 400);
        let table = day.table(Foretold::YesOrNo(&day.happened));
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| forecast(&table, 3, 30, &Ctx::new())).unwrap()
        };
        assert_eq!(on(1), on(4));
        for n in [1, 3, 20, 60] {
            assert_eq!(forecast(&table, 3, 30, &Ctx::stopping_after(n)), Err(ForecastError::Stopped(Stopped)));
        }
    }
}
