//! Which groups inside segments are niches, confirmed by customers who had no part in finding them, and why are the others not?
//!
//! In: the matrix, the segments, the columns as values and as questions, who is unusual, the thresholds. Out: the niches with their evidence, and for every other candidate the first
//! reason. Every segment is cut into halves by the seed. Cost: per segment three fits and one density tree on half of it; for candidates that differ enough, new draws.

use std::collections::BTreeMap;

use super::candidates::{KS, NicheOrigin, Searching};
use super::columns::{NicheColumn, NicheMeasure};
use super::comes_back::{ByChanceAlone, by_chance_alone, coefficients};
use super::found::{Difference, FailedCandidate, FoundNiche, NichesFound, UnusualKinds, WhyNot};
use super::halves::{halves, select};
use super::{NicheCandidate, NicheError, NicheRules};
use crate::base::{Ctx, FEWEST_TOLD, Labels, Matrix};
use crate::cluster::{density, hdbscan, suggested_min_cluster_size};
use crate::evaluate::decision_tree::{Coded, Split};
use crate::evaluate::describing::best_path;

/// A rule that is less like its group than this (F1) does not describe it.
const MIN_F1: f64 = 0.5;
/// Fewer unusual customers are of no kinds.
const LEAST_UNUSUAL: usize = 10;
const STAGE: &str = "Looking for niches";

/// Where niches are looked for.
#[derive(Debug, Clone, Copy)]
pub struct NicheSearch<'a> {
    /// The matrix.
    pub x: &'a Matrix,
    /// The segments of its rows.
    pub labels: &'a Labels,
    /// What is told of customers, by row of the matrix.
    pub columns: &'a [NicheColumn],
    /// What a rule may ask, by row of the matrix: none of these tells of a need.
    pub asked: &'a [Coded],
    /// The place of each of them among the columns.
    pub asked_columns: &'a [usize],
    /// Rows of unusual customers.
    pub unusual: &'a [u32],
    /// Rows that make a core row of a density tree, itself counted.
    pub min_samples: usize,
    /// The thresholds.
    pub rules: NicheRules,
    /// Of the halves and all draws.
    pub seed: u64,
}

/// A segment with its halves.
struct Parent {
    label: Option<u32>,
    all: Vec<u32>,
    halves: [Vec<u32>; 2],
}

/// A candidate with what its draws are from.
struct Tried {
    parent: usize,
    candidate: NicheCandidate,
    /// Its rows within the rows it was found among.
    places: Vec<u32>,
    /// Whether columns were brought to the scale of those rows.
    is_within: bool,
}

/// Looks for niches inside every segment.
pub fn find_niches(search: &NicheSearch, ctx: &Ctx) -> Result<NichesFound, NicheError> {
    let parents = parents(search, ctx)?;
    ctx.progress(STAGE, 0.0);
    let n = search.x.n_rows();
    let rules = search.rules;
    let how = Searching {
        least: rules.least_on_half(),
        most: (rules.most(n) / 2).max(rules.least_on_half()),
        min_samples: search.min_samples.max(1),
        seed: search.seed,
    };
    let unusual = unusual_on_half(search, &parents);
    let tried = candidates(search, &parents, &unusual, &how, ctx)?;
    let everyone: Vec<u32> = (0..n as u32).collect();
    let n_tests: usize = search.columns.iter().map(|column| column.n_tests(&everyone)).sum();
    let gate = NicheRules::gate(n_tests * tried.len().max(1));
    let mut found = NichesFound { n_tried: tried.len(), niches: Vec::new(), failed: Vec::new(), kinds: kinds(search, ctx)?, gate, rules };
    let mut tests = Tests { search, parents: &parents, unusual: &unusual, how, gate, chance: BTreeMap::new() };
    for (at, one) in tried.iter().enumerate() {
        ctx.give_way()?;
        ctx.progress(STAGE, 0.4 + 0.6 * at as f32 / tried.len() as f32);
        match tests.niche(one, at, ctx)? {
            Ok(niche) => found.niches.push(niche),
            Err(why) => found.failed.push(FailedCandidate {
                parent: parents[one.parent].label,
                n: one.candidate.rows.len(),
                origin: one.candidate.origin,
                why,
            }),
        }
    }
    found.niches.sort_by(|a, b| b.need.confirmed.at_least().total_cmp(&a.need.confirmed.at_least()).then_with(|| a.rows.cmp(&b.rows)));
    found.niches = once(std::mem::take(&mut found.niches), rules.alike);
    ctx.progress(STAGE, 1.0);
    Ok(found)
}

/// The segments that are large enough, or why there is nothing to look at.
fn parents(search: &NicheSearch, ctx: &Ctx) -> Result<Vec<Parent>, NicheError> {
    ctx.check()?;
    let (n, rules) = (search.x.n_rows(), search.rules);
    let lengths = search.columns.iter().map(NicheColumn::n_rows).chain(search.asked.iter().map(|asked| asked.codes.len()));
    if let Some(found) = lengths.chain([search.labels.n_rows()]).find(|&found| found != n) {
        return Err(NicheError::OtherRows { found, expected: n });
    }
    let needed = rules.least_customers();
    if n < needed {
        return Err(NicheError::TooFewCustomers { rows: n, least: rules.least, most_share: rules.most_share, needed });
    }
    let none: Vec<u32> = (0..n as u32).filter(|&row| search.labels.get(row as usize).is_none()).collect();
    let members = search.labels.members().into_iter().map(|rows| rows.into_iter().map(|row| row as u32).collect::<Vec<u32>>());
    let all = members.enumerate().map(|(label, rows)| (Some(label as u32), rows)).chain([(None, none)]);
    let large: Vec<(Option<u32>, Vec<u32>)> = all.filter(|(_, rows)| rows.len() >= 2 * rules.least).collect();
    if search.labels.n_clusters() < 2 && large.len() < 2 {
        return Err(NicheError::OneSegment);
    }
    if !search.columns.iter().any(|column| column.is_need) {
        return Err(NicheError::NoNeed);
    }
    Ok(large
        .into_iter()
        .enumerate()
        .map(|(at, (label, all))| Parent { label, halves: halves(search.x, &all, search.seed, at as u64), all })
        .collect())
}

/// The unusual customers on the halves that niches are found on, ascending.
fn unusual_on_half(search: &NicheSearch, parents: &[Parent]) -> Vec<u32> {
    let is_on = |row: &u32| parents.iter().any(|parent| parent.halves[0].binary_search(row).is_ok());
    let mut rows: Vec<u32> = search.unusual.iter().copied().filter(is_on).collect();
    rows.sort_unstable();
    rows
}

fn candidates(search: &NicheSearch, parents: &[Parent], unusual: &[u32], how: &Searching, ctx: &Ctx) -> Result<Vec<Tried>, NicheError> {
    let mut tried = Vec::new();
    let at = |base: &[u32], places: &[u32]| -> Vec<u32> { places.iter().map(|&place| base[place as usize]).collect() };
    for (nth, parent) in parents.iter().enumerate() {
        ctx.give_way()?;
        ctx.progress(STAGE, 0.4 * nth as f32 / parents.len() as f32);
        let base = &parent.halves[0];
        for is_within in [false, true] {
            let x = select(search.x, base, is_within);
            for origin in KS.map(|k| NicheOrigin::KMeans { k }).chain([NicheOrigin::Branch]) {
                for places in origin.groups(&x, how, ctx)? {
                    if base.len() - places.len() >= how.least {
                        tried.push(Tried { parent: nth, candidate: NicheCandidate { rows: at(base, &places), origin }, places, is_within });
                    }
                }
            }
        }
    }
    if unusual.len() >= 2 * how.least {
        for places in NicheOrigin::Unusual.groups(&select(search.x, unusual, false), how, ctx)? {
            let rows = at(unusual, &places);
            // Most of its customers are of one segment, and only these are part of it.
            let of =
                |parent: &Parent| -> Vec<u32> { rows.iter().copied().filter(|row| parent.halves[0].binary_search(row).is_ok()).collect() };
            let best = (0..parents.len()).rev().max_by_key(|&nth| of(&parents[nth]).len());
            let Some(nth) = best else { continue };
            let inside = of(&parents[nth]);
            if inside.len() >= how.least && parents[nth].halves[0].len() - inside.len() >= how.least {
                tried.push(Tried {
                    parent: nth,
                    candidate: NicheCandidate { rows: inside, origin: NicheOrigin::Unusual },
                    places,
                    is_within: false,
                });
            }
        }
    }
    Ok(tried)
}

/// What kinds all unusual customers are of.
fn kinds(search: &NicheSearch, ctx: &Ctx) -> Result<Option<UnusualKinds>, NicheError> {
    let n = search.unusual.len();
    if n < LEAST_UNUSUAL {
        return Ok(None);
    }
    let x = select(search.x, search.unusual, false);
    let quiet = ctx.quiet();
    let found = hdbscan(&density(&x, search.min_samples.clamp(1, n), &quiet)?, suggested_min_cluster_size(n), &quiet)?;
    Ok(Some(UnusualKinds { n, n_kinds: found.labels.n_clusters(), n_of_none: found.labels.n_noise() }))
}

/// The tests of a candidate.
struct Tests<'a> {
    search: &'a NicheSearch<'a>,
    parents: &'a [Parent],
    unusual: &'a [u32],
    how: Searching,
    gate: f64,
    /// What chance reaches, by what draws are from and how groups are found; found out where somebody gets that far.
    chance: BTreeMap<(Option<usize>, NicheOrigin, bool), ByChanceAlone>,
}

impl Tests<'_> {
    /// The niche a candidate is, or why it is none.
    fn niche(&mut self, tried: &Tried, nth: usize, ctx: &Ctx) -> Result<Result<FoundNiche, WhyNot>, NicheError> {
        let (search, rules) = (self.search, self.search.rules);
        let parent = &self.parents[tried.parent];
        let NicheCandidate { rows, origin } = &tried.candidate;
        let [on, other] = &parent.halves;
        let differs = |is_need: bool, fits: &dyn Fn(&NicheMeasure) -> bool| -> Vec<NicheMeasure> {
            let columns = search.columns.iter().enumerate().filter(|(_, column)| column.is_need == is_need);
            let measures = columns.flat_map(|(at, column)| column.measure(at, rows, on));
            let mut passed: Vec<NicheMeasure> = measures.filter(|measure| measure.v_test.abs() > self.gate && fits(measure)).collect();
            // Yes and no differ as much as each other; what they have more of is told.
            let rounded = |measure: &NicheMeasure| (1e6 * measure.effect.abs()).round();
            passed.sort_by(|a, b| rounded(b).total_cmp(&rounded(a)).then(b.effect.total_cmp(&a.effect)));
            passed
        };
        let is_common = |measure: &NicheMeasure| measure.level.is_some() && measure.index.is_some_and(|index| index >= rules.index_high);
        let apart = differs(false, &|measure| measure.effect.abs() >= rules.effect || is_common(measure));
        if apart.is_empty() {
            return Ok(Err(WhyNot::NothingSetsApart));
        }
        let needs = differs(true, &|measure| measure.index.is_some_and(|index| rules.is_special(index)));
        if needs.is_empty() {
            return Ok(Err(WhyNot::NoNeed));
        }

        let base = if *origin == NicheOrigin::Unusual { self.unusual } else { on };
        let x = select(search.x, base, tried.is_within);
        let draws = (rules.draws, 1_000 + nth as u64);
        let came_back = coefficients(&x, std::slice::from_ref(&tried.places), *origin, &self.how, draws, ctx)?[0];
        if came_back < rules.jaccard {
            return Ok(Err(WhyNot::DoesNotComeBack));
        }
        let key = ((*origin != NicheOrigin::Unusual).then_some(tried.parent), origin.kin()[0], tried.is_within);
        let by_chance = match self.chance.get(&key) {
            Some(known) => *known,
            None => by_chance_alone(&x, *origin, &self.how, ctx)?,
        };
        self.chance.insert(key, by_chance);
        if came_back <= by_chance.to_beat() {
            return Ok(Err(WhyNot::ChanceDoesAsWell));
        }

        let Some(rule) = self.rule(rows, on, ctx)? else { return Ok(Err(WhyNot::NoRule)) };
        let caught: Vec<u32> = other.iter().copied().filter(|&row| self.holds(&rule, row)).collect();
        let n_expected = rows.len() as f64 * other.len() as f64 / on.len() as f64;
        let ratio = caught.len() as f64 / n_expected;
        if !(1.0 / rules.size_factor..=rules.size_factor).contains(&ratio) {
            return Ok(Err(WhyNot::OtherSize));
        }
        let all: Vec<u32> = parent.all.iter().copied().filter(|&row| self.holds(&rule, row)).collect();
        let confirmed = |found: NicheMeasure| -> Option<Difference> {
            let column = &search.columns[found.column];
            let same = |members: &[u32], of: &[u32]| column.measure(found.column, members, of).into_iter().find(|m| m.level == found.level);
            let (confirmed, all) = (same(&caught, other)?, same(&all, &parent.all)?);
            let holds = confirmed.effect * found.effect > 0.0 && confirmed.at_least() > rules.confirmed_effect;
            holds.then_some(Difference { found, confirmed, all })
        };
        let Some((apart, need)) = apart.into_iter().find_map(confirmed).zip(needs.into_iter().find_map(confirmed)) else {
            return Ok(Err(WhyNot::NotConfirmed));
        };
        let is_special = need.all.index.is_some_and(|index| rules.is_special(index));
        let is_of_few = [apart.all, need.all].iter().any(|of| of.level.is_some() && (1..FEWEST_TOLD).contains(&of.n_with));
        if !(rules.least..=rules.most(search.x.n_rows())).contains(&all.len()) || is_of_few || !is_special {
            return Ok(Err(WhyNot::TooFewToTell));
        }
        Ok(Ok(FoundNiche {
            parent: parent.label,
            rows: all,
            origin: *origin,
            rule,
            came_back,
            by_chance,
            candidate: rows.clone(),
            n_expected,
            n_confirmed: caught.len(),
            apart,
            need,
            n_alike: 0,
        }))
    }

    /// The rule that describes the group; none where no short one does.
    fn rule(&self, rows: &[u32], on: &[u32], ctx: &Ctx) -> Result<Option<Vec<(Split, bool)>>, NicheError> {
        let mut groups = vec![0usize; self.search.x.n_rows()];
        rows.iter().for_each(|&row| groups[row as usize] = 1);
        let min_leaf = (rows.len() / 4).clamp(5, 30);
        let best = best_path(self.search.asked, &groups, on.to_vec(), min_leaf, ctx)?;
        Ok(best.filter(|best| best.f1 >= MIN_F1).map(|best| best.path))
    }

    /// Whether all conditions hold for a row; never where a value is missing.
    fn holds(&self, rule: &[(Split, bool)], row: u32) -> bool {
        rule.iter().all(|&(split, answer)| {
            let column = &self.search.columns[self.search.asked_columns[split.column]];
            column.is_known(row) && split.is_yes(self.search.asked[split.column].codes[row as usize]) == answer
        })
    }
}

/// Those that are the same customers, or differ by so few that the difference would tell of them, once: the first.
fn once(niches: Vec<FoundNiche>, alike: f64) -> Vec<FoundNiche> {
    let mut kept: Vec<FoundNiche> = Vec::new();
    for niche in niches {
        let is_same = |other: &&mut FoundNiche| {
            let (both, here, there) = shared(&niche.rows, &other.rows);
            let is_few = |n: usize| (1..FEWEST_TOLD).contains(&n);
            let of_candidates = shared(&niche.candidate, &other.candidate);
            [(both, here, there), of_candidates].into_iter().any(|shared| is_alike(shared, alike))
                || (both > 0 && (is_few(here) || is_few(there)))
        };
        match kept.iter_mut().find(is_same) {
            Some(same) => same.n_alike += 1,
            None => kept.push(niche),
        }
    }
    kept
}

/// Rows of both, of the first alone and of the second alone; both ascend.
fn shared(a: &[u32], b: &[u32]) -> (usize, usize, usize) {
    let both = a.iter().filter(|row| b.binary_search(row).is_ok()).count();
    (both, a.len() - both, b.len() - both)
}

/// Whether their Jaccard coefficient is above `alike`.
fn is_alike((both, here, there): (usize, usize, usize), alike: f64) -> bool {
    both as f64 > alike * (both + here + there) as f64
}
