//! Which real journey stands for a persona, and for how many of it?
//!
//! In: a sequence per customer. Out: per persona the medoid, which is the sequence with the least distance to all others; its coverage, which is the share of
//! customers within a tenth of the largest distance; and the two sequences that add most to it (A. Gabadinho, G. Ritschard 2013, "Searching for typical life
//! trajectories"). Below a coverage of 25 % there is no typical journey, and that is the answer.
//!
//! Sequences of up to 30 symbols: optimal matching of at most 2,000 distinct ones, O(2,000² × 900) per persona. Longer ones: cosines of runs, where the sum of
//! all distances is one product with the sum of all customers, O(length) each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::matching::{Costs, RUNS, runs};
use super::resample::mixed;
use super::sequences::Sequences;
use super::{JourneysError, PersonaOf};
use crate::base::{Ctx, Stopped, may_be_told};

/// Longer sequences are not matched symbol by symbol.
pub const LONGEST_MATCHED: usize = 30;
/// Distinct sequences that are matched per persona.
pub const MOST_MATCHED: usize = 2_000;
/// Share of the largest distance within which a sequence is covered.
const RADIUS: f32 = 0.1;
/// A journey that covers less is not typical.
pub const LEAST_COVERAGE: f64 = 0.25;
/// Sequences that may join the medoid.
const CANDIDATES: usize = 200;

/// How sequences were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypicalMethod {
    /// Optimal matching.
    OptimalMatching,
    /// Cosine of the counts of runs of one to three symbols.
    Runs,
}

/// A real customer's journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// The customer whose it is; of several the first.
    pub customer: u32,
    /// Symbols, as places in the names of the sequences.
    pub symbols: Vec<u8>,
    /// Customers that it covers and none before it in the list does.
    pub covers: usize,
}

/// The typical journeys of a persona.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Typical {
    /// The persona; none is everyone.
    pub persona: Option<usize>,
    /// Customers who have a sequence.
    pub customers: usize,
    /// Customers that were looked at: all, or those drawn until there were 2,000 distinct sequences.
    pub looked_at: usize,
    /// Distinct sequences among them.
    pub distinct: usize,
    /// How they were compared.
    pub method: TypicalMethod,
    /// Of optimal matching: customers whose sequence was cut after 30 symbols.
    pub cut: usize,
    /// The medoid, then the two that add most. A journey that covers fewer than ten customers is not shown.
    pub journeys: Vec<Journey>,
    /// Share of the customers looked at that the medoid covers.
    pub coverage: f64,
    /// Whether that is at least 25 %.
    pub is_typical: bool,
}

/// Of everyone, then of every persona. The seed decides who is looked at where there are too many.
pub fn typical(sequences: &Sequences, personas: PersonaOf, seed: u64, ctx: &Ctx) -> Result<Vec<Typical>, JourneysError> {
    let n = sequences.starts.len().saturating_sub(1);
    if n != personas.of.len() {
        return Err(JourneysError::PersonasDoNotFit { customers: n, entries: personas.of.len() });
    }
    let mut order: Vec<u32> = (0..n as u32).filter(|&customer| !sequences.of(customer as usize).is_empty()).collect();
    // By chance, but the same for everyone and every persona.
    order.sort_by_key(|&customer| (mixed(seed ^ mixed(u64::from(customer))), customer));
    let costs = Costs::of(sequences);
    let of = |persona: Option<usize>| {
        let members: Vec<u32> =
            order.iter().copied().filter(|&customer| persona.is_none() || personas.get(customer as usize) == persona).collect();
        of_members(sequences, &costs, persona, &members, ctx)
    };
    Ok(std::iter::once(None).chain((0..personas.count).map(Some)).map(of).collect::<Result<Vec<_>, Stopped>>()?)
}

fn of_members(sequences: &Sequences, costs: &Costs, persona: Option<usize>, members: &[u32], ctx: &Ctx) -> Result<Typical, Stopped> {
    let long = members.iter().filter(|&&customer| sequences.of(customer as usize).len() > LONGEST_MATCHED).count();
    // A few long ones are cut rather than that all others lose the finer comparison.
    if long * 20 <= members.len() {
        by_matching(sequences, costs, persona, members, ctx)
    } else {
        by_runs(sequences, persona, members, ctx)
    }
}

/// A sequence, its first customer and how many have it.
type Distinct<'a> = (&'a [u8], u32, usize);

/// Distinct sequences with their first customer and number, in the order of the draw, until there are [`MOST_MATCHED`].
fn distinct<'a>(sequences: &'a Sequences, members: &[u32]) -> (Vec<Distinct<'a>>, usize) {
    let mut at: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut found: Vec<Distinct> = Vec::new();
    for (drawn, &customer) in members.iter().enumerate() {
        let whole = sequences.of(customer as usize);
        let sequence = &whole[..whole.len().min(LONGEST_MATCHED)];
        match at.get(sequence) {
            Some(&place) => {
                found[place].1 = found[place].1.min(customer);
                found[place].2 += 1;
            }
            None if found.len() == MOST_MATCHED => return (found, drawn),
            None => {
                at.insert(sequence, found.len());
                found.push((sequence, customer, 1));
            }
        }
    }
    (found, members.len())
}

fn by_matching(sequences: &Sequences, costs: &Costs, persona: Option<usize>, members: &[u32], ctx: &Ctx) -> Result<Typical, Stopped> {
    let (found, looked_at) = distinct(sequences, members);
    let rows = found.par_iter().enumerate().map(|(at, (a, _, _))| {
        ctx.check()?;
        let mut space = Vec::new();
        Ok(found[..at].iter().map(|(b, _, _)| costs.distance(a, b, &mut space)).collect::<Vec<f32>>())
    });
    let below: Vec<Vec<f32>> = rows.collect::<Result<_, Stopped>>()?;
    let distance = |a: usize, b: usize| if a == b { 0.0 } else { below[a.max(b)][a.min(b)] };
    let largest = below.iter().flatten().copied().fold(0.0, f32::max);
    let weight = |at: usize| found[at].2;
    let sum = |a: usize| (0..found.len()).map(|b| f64::from(distance(a, b)) * weight(b) as f64).sum::<f64>();
    let sums: Vec<f64> = (0..found.len()).into_par_iter().map(sum).collect();
    let medoid = (0..found.len()).min_by(|&a, &b| sums[a].total_cmp(&sums[b]).then(found[a].1.cmp(&found[b].1)));
    let mut is_covered = vec![false; found.len()];
    let mut journeys = Vec::new();
    let mut next = medoid;
    while let Some(at) = next {
        let newly: Vec<usize> = (0..found.len()).filter(|&b| !is_covered[b] && distance(at, b) <= RADIUS * largest).collect();
        let covers = newly.iter().map(|&b| weight(b)).sum();
        newly.iter().for_each(|&b| is_covered[b] = true);
        journeys.push(Journey { customer: found[at].1, symbols: found[at].0.to_vec(), covers });
        let adds = |a: usize| (0..found.len()).filter(|&b| !is_covered[b] && distance(a, b) <= RADIUS * largest).map(weight).sum::<usize>();
        let gains: Vec<usize> = (0..found.len()).into_par_iter().map(adds).collect();
        let best = (0..found.len()).max_by(|&a, &b| gains[a].cmp(&gains[b]).then(found[b].1.cmp(&found[a].1)));
        next = best.filter(|&best| journeys.len() < 3 && gains[best] > 0);
    }
    let cut = members[..looked_at].iter().filter(|&&customer| sequences.of(customer as usize).len() > LONGEST_MATCHED).count();
    Ok(told(Typical {
        persona,
        customers: members.len(),
        looked_at,
        distinct: found.len(),
        method: TypicalMethod::OptimalMatching,
        cut,
        journeys,
        coverage: 0.0,
        is_typical: false,
    }))
}

fn by_runs(sequences: &Sequences, persona: Option<usize>, members: &[u32], ctx: &Ctx) -> Result<Typical, Stopped> {
    let vector = |customer: u32| runs(sequences.of(customer as usize));
    let mut all = vec![0f64; RUNS];
    for part in members.chunks(4096) {
        ctx.check()?;
        let vectors: Vec<Vec<(u32, f32)>> = part.par_iter().map(|&customer| vector(customer)).collect();
        vectors.iter().flatten().for_each(|&(code, n)| all[code as usize] += f64::from(n));
    }
    // The sum of all distances from a sequence is the number of customers minus its product with the sum of all sequences.
    let nearness = |&customer: &u32| vector(customer).iter().map(|&(code, n)| f64::from(n) * all[code as usize]).sum::<f64>();
    let near: Vec<f64> = members.par_iter().map(nearness).collect();
    let medoid = (0..members.len()).max_by(|&a, &b| near[a].total_cmp(&near[b]).then(members[b].cmp(&members[a])));
    let mut uncovered = members.to_vec();
    let mut journeys = Vec::new();
    let mut next = medoid.map(|at| members[at]);
    while let Some(customer) = next {
        ctx.check()?;
        let before = uncovered.len();
        uncovered = apart(&uncovered, &dense(&vector(customer)), &vector);
        journeys.push(Journey { customer, symbols: sequences.of(customer as usize).to_vec(), covers: before - uncovered.len() });
        // Candidates and those they are tried on are the first by chance.
        let tried = &uncovered[..uncovered.len().min(MOST_MATCHED)];
        let adds = |&candidate: &u32| tried.len() - apart(tried, &dense(&vector(candidate)), &vector).len();
        let gains: Vec<usize> = tried[..tried.len().min(CANDIDATES)].par_iter().map(adds).collect();
        let best = (0..gains.len()).max_by(|&a, &b| gains[a].cmp(&gains[b]).then(tried[b].cmp(&tried[a])));
        next = best.filter(|_| journeys.len() < 3).map(|at| tried[at]);
    }
    let distinct = {
        let mut all: Vec<&[u8]> = members.iter().map(|&customer| sequences.of(customer as usize)).collect();
        all.par_sort_unstable();
        all.dedup();
        all.len()
    };
    let n = members.len();
    Ok(told(Typical {
        persona,
        customers: n,
        looked_at: n,
        distinct,
        method: TypicalMethod::Runs,
        cut: 0,
        journeys,
        coverage: 0.0,
        is_typical: false,
    }))
}

fn dense(vector: &[(u32, f32)]) -> Vec<f32> {
    let mut dense = vec![0f32; RUNS];
    vector.iter().for_each(|&(code, n)| dense[code as usize] = n);
    dense
}

/// Customers further away than a tenth of the largest distance, which is 1.
fn apart(customers: &[u32], from: &[f32], vector: &(impl Fn(u32) -> Vec<(u32, f32)> + Sync)) -> Vec<u32> {
    let cosine = |customer: u32| vector(customer).iter().map(|&(code, n)| n * from[code as usize]).sum::<f32>();
    customers.par_iter().copied().filter(|&customer| 1.0 - cosine(customer) > RADIUS).collect()
}

/// With its coverage, and without journeys by which somebody could be recognised.
fn told(mut typical: Typical) -> Typical {
    typical.coverage = typical.journeys.first().map_or(0.0, |medoid| medoid.covers as f64 / typical.looked_at.max(1) as f64);
    typical.is_typical = typical.coverage >= LEAST_COVERAGE && typical.journeys.first().is_some_and(|medoid| may_be_told(medoid.covers));
    typical.journeys.retain(|journey| may_be_told(journey.covers));
    typical
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::journeys::made::on_1_and_8_threads;

    fn sequences(n: usize, mut list: impl FnMut(usize) -> Vec<u8>) -> Sequences {
        let mut all = Sequences { names: (0..8).map(|at| format!("k{at}")).collect(), starts: vec![0], symbols: Vec::new(), cut: 0 };
        for at in 0..n {
            all.symbols.extend(list(at));
            all.starts.push(all.symbols.len());
        }
        all
    }

    #[test]
    fn a_planted_journey_is_found_with_its_coverage() {
        for length in [1, 12] {
            let mut random = seed::random(8, 0);
            // Three of five walk 0 1 2 (as often as it takes), the others anything.
            let made = sequences(500, |at| match at % 5 {
                0..=2 => [0, 1, 2].repeat(length),
                _ => (0..3 * length).map(|_| random.random_range(0..8)).collect(),
            });
            let of: Vec<Option<u16>> = (0..500).map(|at| Some(u16::from(at % 5 > 2))).collect();
            let personas = PersonaOf { of: &of, count: 2 };
            let (one, eight) = on_1_and_8_threads(|| typical(&made, personas, 1, &Ctx::new()).unwrap());
            assert!(one == eight);
            let [everyone, walkers, wanderers] = &one[..] else { panic!() };
            assert_eq!(everyone.method, if length == 1 { TypicalMethod::OptimalMatching } else { TypicalMethod::Runs });
            assert_eq!(everyone.journeys[0].symbols, [0, 1, 2].repeat(length));
            assert!(everyone.coverage >= 0.6 && everyone.coverage < 0.62 && everyone.is_typical, "{}", everyone.coverage);
            assert_eq!((walkers.coverage, walkers.distinct, walkers.journeys.len()), (1.0, 1, 1));
            assert_eq!(made.of(everyone.journeys[0].customer as usize), everyone.journeys[0].symbols, "somebody really walked it");
            assert!(!wanderers.is_typical, "there is no typical journey: {}", wanderers.coverage);
        }
    }

    #[test]
    fn the_two_next_add_most() {
        let made = sequences(100, |at| match at % 10 {
            0..=4 => vec![0, 1, 2],
            5..=7 => vec![5, 6, 7, 5, 6],
            8 => vec![3, 4, 3, 4],
            _ => vec![7, 3, 1, 6, 2, 5],
        });
        let of = vec![None; 100];
        let found = typical(&made, PersonaOf { of: &of, count: 0 }, 1, &Ctx::new()).unwrap();
        let covers: Vec<usize> = found[0].journeys.iter().map(|journey| journey.covers).collect();
        assert_eq!(covers, [50, 30, 10]);
        assert_eq!(found[0].journeys[1].symbols, [5, 6, 7, 5, 6]);
    }

    #[test]
    fn many_are_drawn_by_seed() {
        let mut random = seed::random(1, 0);
        let made = sequences(3_000, |_| (0..10).map(|_| random.random_range(0..8)).collect());
        let (found, looked_at) = distinct(&made, &(0..3_000).collect::<Vec<u32>>());
        assert_eq!((found.len(), looked_at), (MOST_MATCHED, MOST_MATCHED));
        assert!(matches!(typical(&made, PersonaOf { of: &[], count: 0 }, 1, &Ctx::new()), Err(JourneysError::PersonasDoNotFit { .. })));
    }
}
