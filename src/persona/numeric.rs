//! How far is a persona from all others on a scale? Effect, percentile, v.test and histogram of a numeric or date column.
//!
//! In: the column and who is where. Out: one trait per persona. The effect is Hedges' g (L. V. Hedges 1981, "Distribution theory for Glass's
//! estimator of effect size") of members against the rest on the transformed scale; v.test is that of L. Lebart et al. 1995 as in
//! FactoMineR's `catdes`, on the same scale, with the population variance. A value's percentile is its mid-rank among everyone, so that
//! ties are neither high nor low by accident; a member is "high" from percentile 67 on and "low" up to 33. Cost: one sort of n values,
//! then O(n + k log n) for k personas.

use crate::base::stats::{quantile_sorted, skewness};
use crate::base::{Ctx, Stopped};
use crate::evaluate::effects::{Moments, hedges_g, hedges_g_interval, v_test};

use super::columns::{Described, ScaleReading};
use super::distribution::{Distribution, Drawing, Middle};
use super::evidence::{Direction, Evidence, Shown, Withheld};
use super::measure::{EffectRow, Groups, LEAST_EFFECT, MIN_CELL, Measured, NOTICED, Trait, may_name, may_state};
use super::sense::Sense;
use super::text::{NumberFormat, percent};
use super::withheld::{self, is_few, withheld};

/// Bars of a histogram.
const N_BINS: usize = 12;

/// Measures a column on a scale for every persona.
pub fn measure(place: usize, column: &Described, scale: &ScaleReading, groups: &Groups, ctx: &Ctx) -> Result<Measured, Stopped> {
    ctx.check()?;
    let n_personas = groups.sizes.len();
    // (value, place among the rows that take part), by value. They come by place and the sort is stable, so ties stay by place.
    let mut present: Vec<(f64, u32)> = Vec::with_capacity(groups.of_row.len());
    for (at, &row) in groups.table_rows.iter().enumerate() {
        if let Some(value) = scale.value(row) {
            present.push((value, at as u32));
        }
    }
    ctx.check()?;
    present.sort_by(|a, b| a.0.total_cmp(&b.0));
    ctx.check()?;
    let values: Vec<f64> = present.iter().map(|(value, _)| *value).collect();
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); n_personas];
    for (rank, &(_, at)) in present.iter().enumerate() {
        if let Some(persona) = groups.of_row[at as usize] {
            places[persona].push(rank);
        }
    }
    ctx.check()?;

    let transformed: Vec<f64> = values.iter().map(|&value| scale.transformed(value)).collect();
    let all = Moments::of(&transformed, transformed.iter().sum::<f64>() / transformed.len().max(1) as f64);
    let (low, high) = thirds(&values);
    let missing_of_all = 1.0 - values.len() as f64 / groups.of_row.len().max(1) as f64;
    let mean_of_all = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let means_matter = !scale.is_date && skewness(&values).abs() < 5.0;
    let edges = edges(&values);
    let counted = edges.as_ref().map(|edges| counted(edges, &values, &places));

    let mut sides: Vec<Option<Side>> = Vec::with_capacity(n_personas);
    for places in &places {
        ctx.check()?;
        sides.push((places.len() >= MIN_CELL).then(|| Side::of(places, &values, &transformed, &all, mean_of_all)));
    }
    let is_whole = values.first().is_some_and(|least| *least == 0.0) && values.iter().all(|value| value.fract() == 0.0);
    let told_by = ToldBy::of(&scale.format, sides.iter().flatten(), means_matter, &values);

    let mut of_persona = Vec::with_capacity(n_personas);
    let mut drawings = Vec::with_capacity(n_personas);
    for ((persona, places), side) in places.iter().enumerate().zip(&sides) {
        ctx.check()?;
        let Some(side) = side else {
            of_persona.push(None);
            drawings.push(None);
            continue;
        };
        let (n, effect, medians) = (places.len(), side.effect, side.medians);
        let rest = all.without(&side.inside);
        let direction = if effect < 0.0 { Direction::Less } else { Direction::More };
        let percentile = mid_rank(&values, medians[0]);
        let n_covered = match direction {
            Direction::More => places.iter().filter(|&&rank| values[rank] >= high).count(),
            Direction::Less => places.iter().filter(|&&rank| values[rank] <= low).count(),
        };
        let mut texts = told_by.texts(&scale.format, side);
        let sides_agree =
            told_by.agrees(&scale.format, side) && (column.sense == Sense::Date || effect.abs() >= NOTICED || shows(told_by.values(side)));
        let told = if told_by == ToldBy::Means { side.means } else { medians };
        // From the mean of whole numbers a few who have any could be counted, here or by subtraction.
        let tells_few = told_by == ToldBy::Means && is_whole && is_few(side.above_zero[0].0);
        if tells_few {
            texts[0] = format!("avg under {}", scale.format.write(bound_above(side.means[0], n)));
        }
        // Where everyone is in it there are no others to tell of, nor an effect.
        let withheld =
            Withheld { persona: tells_few, rest: tells_few || is_few(values.len() - n) || values.len() == n, ..Withheld::default() };
        if withheld.rest {
            texts[2] = "–".to_owned();
        }
        // The plot marks what the statement tells, or a reader would look for "avg 3.2" in vain. A bound cannot be marked.
        let middle = match told_by == ToldBy::Means && !tells_few {
            true => Middle { persona: side.means[0], everyone: side.means[1], is_mean: true },
            false => Middle { persona: medians[0], everyone: medians[1], is_mean: false },
        };
        let mut evidence = Evidence {
            column: column.name.to_owned(),
            level: None,
            shown: Shown { column: column.shown.clone(), level: None },
            role: column.role,
            persona: told[0],
            everyone: told[1],
            rest: told[2],
            texts,
            effect,
            interval: hedges_g_interval(effect, &side.inside, &rest),
            v_test: v_test(&side.inside, &all),
            percentile: Some(percentile),
            index: None,
            coverage: n_covered as f64 / n as f64,
            n,
            missing_share: 1.0 - n as f64 / groups.sizes[persona].max(1) as f64,
            withheld,
            passes_name: false,
            passes_statement: false,
        };
        let is_far = if direction == Direction::More { percentile >= 67.0 } else { percentile <= 33.0 };
        // That some have any is no word about how much they have.
        evidence.passes_statement =
            may_state(&evidence, groups.gate) && sides_agree && told_by != ToldBy::ShareAboveZero && !column.is_retold;
        evidence.passes_name = may_name(&evidence, groups.gate, missing_of_all) && is_far && column.may_name();
        let threshold = if direction == Direction::More { high } else { low };
        let zeros = places.iter().filter(|&&rank| values[rank] == 0.0).count() as f64 / n as f64;
        of_persona.push(Some(Trait { column: place, level: None, evidence, direction, threshold, zeros, score: 0.0 }));
        drawings.push(edges.as_ref().zip(counted.as_ref()).map(|(edges, (counts, hidden))| Distribution {
            column: column.name.to_owned(),
            shown: column.shown.clone(),
            unit: column.unit.map(str::to_owned),
            drawing: Drawing::Bins {
                edges: edges.clone(),
                persona: shares(&counts[persona], &hidden[persona]),
                everyone: shares(&counts[n_personas + 1], &hidden[n_personas + 1]),
                withheld: [hidden[persona].clone(), hidden[n_personas + 1].clone()],
                middle,
                is_date: scale.is_date,
                tails: [values[0] < edges[0], values[values.len() - 1] > edges[N_BINS]],
            },
        }));
    }
    Ok(Measured { rows: vec![EffectRow { of_persona }], drawings })
}

/// Whether a reader sees a difference between a persona's number and everyone's: nobody is set apart by 249 against 246. A medium effect counts however
/// small it is beside the numbers; of temperatures it always is.
fn shows([persona, everyone, _]: [f64; 3]) -> bool {
    const LEAST: f64 = 0.02;
    (persona - everyone).abs() >= LEAST * persona.abs().max(everyone.abs())
}

/// Percentile of a value among ascending ones, equal values counting half.
fn mid_rank(values: &[f64], value: f64) -> f64 {
    let below = values.partition_point(|v| *v < value);
    let up_to = values.partition_point(|v| *v <= value);
    50.0 * (below + up_to) as f64 / values.len() as f64
}

/// A round number that a mean of `n` counts is under, by ten customers or more.
fn bound_above(mean: f64, n: usize) -> f64 {
    let least = mean + MIN_CELL as f64 / n as f64;
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|bound| *bound >= least).unwrap_or(10.0 * power)
}

/// The largest value with mid-rank up to 33 and the smallest with mid-rank from 67 on.
pub(super) fn thirds(values: &[f64]) -> (f64, f64) {
    let mut low = f64::NEG_INFINITY;
    let mut high = f64::INFINITY;
    let mut start = 0;
    for ties in values.chunk_by(|a, b| a == b) {
        let percentile = 50.0 * (2 * start + ties.len()) as f64 / values.len() as f64;
        if percentile <= 33.0 {
            low = ties[0];
        }
        if percentile >= 67.0 {
            high = high.min(ties[0]);
        }
        start += ties.len();
    }
    (low, high)
}

/// The median of all values but those at `places` (ascending), found by bisection: the r-th of the rest stands at r + c, where c of the
/// places come before it.
fn median_of_rest(values: &[f64], places: &[usize]) -> f64 {
    let n_rest = values.len() - places.len();
    if n_rest == 0 {
        return quantile_sorted(values, 0.5);
    }
    let rest_at = |r: usize| {
        let (mut low, mut high) = (0, places.len());
        while low < high {
            let middle = (low + high) / 2;
            if places[middle] - middle <= r { low = middle + 1 } else { high = middle }
        }
        values[r + low]
    };
    (rest_at((n_rest - 1) / 2) + rest_at(n_rest / 2)) / 2.0
}

fn mean_of_rest(mean_of_all: f64, n_all: usize, members: &[f64]) -> f64 {
    if n_all == members.len() {
        return mean_of_all;
    }
    (mean_of_all * n_all as f64 - members.iter().sum::<f64>()) / (n_all - members.len()) as f64
}

/// What one persona is measured by: the members, everyone and the rest, in this order.
struct Side {
    inside: Moments,
    medians: [f64; 3],
    means: [f64; 3],
    /// Customers above zero on each of the three sides, and of how many.
    above_zero: [(usize, usize); 3],
    effect: f64,
}

impl Side {
    fn of(places: &[usize], values: &[f64], transformed: &[f64], all: &Moments, mean_of_all: f64) -> Side {
        let members: Vec<f64> = places.iter().map(|&rank| values[rank]).collect();
        let inside = Moments::of_iter(places.iter().map(|&rank| transformed[rank]), all.origin);
        let above = |values: &[f64]| values.len() - values.partition_point(|value| *value <= 0.0);
        let (here, everyone) = (above(&members), above(values));
        Side {
            effect: hedges_g(&inside, &all.without(&inside)),
            medians: [quantile_sorted(&members, 0.5), quantile_sorted(values, 0.5), median_of_rest(values, places)],
            means: [members.iter().sum::<f64>() / members.len() as f64, mean_of_all, mean_of_rest(mean_of_all, values.len(), &members)],
            above_zero: [(here, members.len()), (everyone, values.len()), (everyone - here, values.len() - members.len())],
            inside,
        }
    }

    fn shares(&self) -> [f64; 3] {
        self.above_zero.map(|(above, of)| above as f64 / of.max(1) as f64)
    }
}

/// What a column is told by: one measure for all personas, or a row of them would compare a median with a mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ToldBy {
    Medians,
    /// Where medians read the same although the persona differs: counts of few kinds, answers on a short scale.
    Means,
    /// Where most have nothing and few have much, so that a mean would tell of the few: "8 % above 0".
    ShareAboveZero,
}

impl ToldBy {
    /// The first measure that points the way of every effect that could be told.
    fn of<'a>(format: &NumberFormat, sides: impl Iterator<Item = &'a Side> + Clone, means_matter: bool, values: &[f64]) -> ToldBy {
        let noticed = sides.clone().filter(|side| side.effect.abs() >= LEAST_EFFECT);
        let tells_all = |by: ToldBy| noticed.clone().all(|side| by.agrees(format, side));
        // Of fewer than ten customers nothing is told, and here every count can be reckoned from the share.
        let are_many = |counts: &[(usize, usize); 3]| counts.iter().all(|&(above, of)| !is_few(above) && !is_few(of - above));
        let may_count = values.first().is_some_and(|least| *least == 0.0) && sides.clone().all(|side| are_many(&side.above_zero));
        let others = [(ToldBy::Means, means_matter), (ToldBy::ShareAboveZero, may_count)];
        match tells_all(ToldBy::Medians) {
            true => ToldBy::Medians,
            false => others.into_iter().find(|&(by, may)| may && tells_all(by)).map_or(ToldBy::Medians, |(by, _)| by),
        }
    }

    /// As people read them.
    fn texts(self, format: &NumberFormat, side: &Side) -> [String; 3] {
        match self {
            ToldBy::Medians => side.medians.map(|median| format.write(median)),
            ToldBy::Means => side.means.map(|mean| format!("avg {}", format.write(mean))),
            ToldBy::ShareAboveZero => side.shares().map(|share| format!("{} above 0", percent(share))),
        }
    }

    /// The numbers behind the texts.
    fn values(self, side: &Side) -> [f64; 3] {
        match self {
            ToldBy::Medians => side.medians,
            ToldBy::Means => side.means,
            ToldBy::ShareAboveZero => side.shares(),
        }
    }

    /// Whether what is printed points the way the effect does; a statement must not contradict its own numbers.
    fn agrees(self, format: &NumberFormat, side: &Side) -> bool {
        let texts = self.texts(format, side);
        let values = self.values(side);
        texts[0] != texts[1] && (values[0] - values[1]) * side.effect > 0.0
    }
}

/// Edges over everyone's middle 98 %, or over all but nine at either end where those are more; none where that is a single value.
///
/// Equally wide, but for long tails without negatives: there they are equally wide in ln(1 + x), or all customers would share one bar.
fn edges(values: &[f64]) -> Option<Vec<f64>> {
    // The ends are printed, so at least ten customers are as far out as they are.
    let (first, tenth) = (*values.first()?, *values.get(MIN_CELL - 1)?);
    let tenth_last = *values.get(values.len().checked_sub(MIN_CELL)?)?;
    let (mut low, mut high) = (quantile_sorted(values, 0.01).max(tenth), quantile_sorted(values, 0.99).min(tenth_last));
    if low >= high {
        (low, high) = (tenth, tenth_last);
    }
    let has_long_tail = first >= 0.0 && high - low > 3.5 * (quantile_sorted(values, 0.75) - low);
    let step = |from: f64, to: f64, i: usize| from + (to - from) * i as f64 / N_BINS as f64;
    let edge = |i: usize| match i {
        0 => low,
        N_BINS => high,
        _ if has_long_tail => step(low.ln_1p(), high.ln_1p(), i).exp_m1(),
        _ => step(low, high, i),
    };
    (low < high).then(|| (0..=N_BINS).map(edge).collect())
}

/// Customers by bin, for every persona, for those in none, and for everyone; and which of these may not be told. Those beyond the edges are in
/// the outer bins.
fn counted(edges: &[f64], values: &[f64], places: &[Vec<usize>]) -> (Vec<Vec<usize>>, Vec<Vec<bool>>) {
    let bins = |values: &mut dyn Iterator<Item = f64>| {
        let mut counts = vec![0usize; N_BINS];
        values.for_each(|value| counts[edges[1..N_BINS].partition_point(|edge| *edge <= value)] += 1);
        counts
    };
    let everyone = bins(&mut values.iter().copied());
    let mut rows: Vec<Vec<usize>> = places.iter().map(|places| bins(&mut places.iter().map(|&rank| values[rank]))).collect();
    let mut told_rows: Vec<bool> = places.iter().map(|places| places.len() >= MIN_CELL).collect();
    let outside = (0..N_BINS).map(|bin| everyone[bin] - rows.iter().map(|row| row[bin]).sum::<usize>()).collect();
    rows.extend([outside, everyone]);
    told_rows.extend([false, true]);
    let hidden = withheld(&withheld::Counts { rows: &rows, told_rows: &told_rows, told_columns: &[true; N_BINS] });
    (rows, hidden)
}

/// Share of each bin; of those that are hidden it is told in tens, so that a large one stays large and a few stay fewer than ten. The mean of them
/// all was drawn once: three equal bars where all but five customers were in the first.
fn shares(counts: &[usize], hidden: &[bool]) -> Vec<f64> {
    let n = counts.iter().sum::<usize>().max(1) as f64;
    let in_tens = |count: usize| (count / MIN_CELL * MIN_CELL) as f64 + 0.5 * MIN_CELL as f64;
    // Together they are what is left of everyone, which anybody can reckon.
    let secret = || counts.iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(count, _)| *count);
    let scale = secret().sum::<usize>() as f64 / secret().map(in_tens).sum::<f64>().max(1.0);
    counts.iter().zip(hidden).map(|(&count, hidden)| if *hidden { scale * in_tens(count) / n } else { count as f64 / n }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_bins_are_drawn_in_tens() {
        let drawn = shares(&[1_093, 2, 3, 0], &[true, true, true, false]);
        assert!(drawn[0] > 0.99 && drawn[1] == drawn[2] && drawn[1] < 0.005 && drawn[3] == 0.0, "{drawn:?}");
        assert_eq!(shares(&[4, 4], &[true, true]), [0.5, 0.5]);
        assert_eq!(shares(&[30, 10], &[false, false]), [0.75, 0.25]);
    }

    #[test]
    fn percentiles_share_ties() {
        let values = [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!((mid_rank(&values, 0.0), mid_rank(&values, 6.0), mid_rank(&values, 2.5)), (20.0, 95.0, 60.0));
        assert_eq!(thirds(&values), (0.0, 4.0));
        assert_eq!(thirds(&[1.0; 4]), (f64::NEG_INFINITY, f64::INFINITY), "all equal: neither high nor low");
    }

    #[test]
    fn the_rest_has_its_median() {
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        for places in [vec![0, 1, 2], vec![19], vec![3, 9, 10, 11, 17], (0..19).collect(), vec![]] {
            let rest: Vec<f64> = (0..20).filter(|i| !places.contains(i)).map(|i| i as f64).collect();
            assert_eq!(median_of_rest(&values, &places), quantile_sorted(&rest, 0.5), "{places:?}");
        }
    }
}
