//! Who is unusual? Three scores of every customer, and what smooth copies of the segments would score, both grown in the background.
//!
//! Neighbours, local factors, forest and density are steps of their own, so that a knob of one leaves the others alone; the line and the kind of score are
//! looked up in what is there. Forest and copies grow in rounds that start from the ones before: trees and copies have their own random streams, so whatever
//! round is seen, its first trees and copies are those of every later one.

use crate::base::{Ctx, Key};
use crate::cluster::Neighbours;
use crate::evaluate::niches::NicheError;
use crate::evaluate::unusual::{
    ColumnSpan, CopiesOf, CopyScoring, DistinctRows, IsolationForest, LIST_LENGTH, LocalScores, Peers, SmoothCopies, Unusual, UnusualError,
    glosh, lists_for, local_outlier_factors, possible_sizes, smooth_copies,
};
use crate::features::Prepared;
use crate::persona::{self, Niches, Personas, UnusualCustomer};
use crate::session::{Clustering, NicheCard, NicheOptions, Plan};

use super::caches::Runtime;
use super::cards::WordsInForce;
use super::choose;
use super::density;
use super::run::answer::{Problem, StepError};
use super::run::jobs::Lane;
use super::run::naming::log_kind;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Segmentation};

/// Trees and copies after each round; the last has all trees. The first has one copy, since each costs about as much as all customers do.
const ROUNDS: [(usize, usize); 3] = [(25, 1), (100, 8), (usize::MAX, 20)];
/// Up to so many rows a density tree is built for its score alone.
const TREE_ROWS: usize = 200_000;
/// So many at most are told with their reasons; more are no exceptions.
const MOST_TOLD: usize = 5_000;
/// Groups of fewer members do not say what is usual in them.
const LEAST_PEERS: usize = 31;

impl From<UnusualError> for StepError {
    fn from(error: UnusualError) -> StepError {
        match error {
            UnusualError::Stopped(_) => StepError::Stopped,
            other => {
                log_kind(&other);
                StepError::Problem(Problem(other.to_string().into()))
            }
        }
    }
}

impl From<NicheError> for StepError {
    fn from(error: NicheError) -> StepError {
        match error {
            NicheError::Stopped(_) => StepError::Stopped,
            other => {
                log_kind(&other);
                StepError::Problem(Problem(other.to_string().into()))
            }
        }
    }
}

/// Asks for the scores of every customer. `waits_for_all` wants the last round, as a command does. The density tree takes longer than all the rest,
/// of the customers and of every copy, so whoever looks on has a first answer without it.
pub(super) fn unusual(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    labeling: &Labeling,
    clustering: &Clustering,
    options: &NicheOptions,
    (need, waits_for_all): (Need, bool),
) -> Asked<Unusual> {
    let n_rows = prepared.value.matrix.n_rows();
    let locals = locals(runtime, prepared, &options.neighbors, need);
    let local = match &locals {
        Asked::Ready(local) => Some(local.clone()),
        // Too few customers to compare with neighbours may still be told apart by questions.
        Asked::Failed(_) => None,
        other => return other.passes_on("Waiting for the neighbours"),
    };
    let of = Scored { prepared, labeling, clustering, trees: options.trees, local: local.as_ref() };
    let first = match waits_for_all {
        true => None,
        false => match of.grown(runtime, None, &ROUNDS[..1], need) {
            Asked::Ready(first) => Some(first),
            Asked::Failed(_) => None,
            other => return other,
        },
    };
    let so_far = |other: Asked<Unusual>| first.clone().map_or(other, Asked::Ready);
    let min_samples = clustering.density.min_samples;
    let least = choose::min_cluster_size(clustering, n_rows);
    let tree_need = if n_rows <= TREE_ROWS { need } else { Need::Look };
    let tree = density::density(runtime, prepared, min_samples, tree_need);
    let found = tree.and("Waiting for the densities", |tree| density::hdbscan(runtime, tree, least, tree_need));
    let glosh = match &found {
        Asked::Ready(found) => Some(scored_by_density(runtime, found, need)),
        Asked::Failed(_) => None,
        other if tree_need == need => return so_far(other.passes_on("Waiting for the densities")),
        _ => None,
    };
    let density = match &glosh {
        Some(Asked::Ready(scores)) if !scores.value.is_empty() => Some(scores.clone()),
        Some(Asked::Cooking(progress)) => return so_far(Asked::Cooking(progress.clone())),
        _ => None,
    };
    // A command has use for the last round alone; growing on the way there costs nothing.
    let last = ROUNDS.len() - 1;
    let best = of.grown(runtime, density.as_ref(), if waits_for_all { &ROUNDS[last..] } else { &ROUNDS }, need);
    if let Asked::Failed(problem) = &locals {
        runtime.tell(&[crate::base::Note::new(format!("Customers are not compared with their neighbours: {}", problem.0))]);
    }
    match best {
        Asked::Cooking(_) | Asked::Waiting(_) => so_far(best),
        done => done,
    }
}

/// Whose scores are asked for.
struct Scored<'a> {
    prepared: &'a Made<Prepared>,
    labeling: &'a Labeling,
    clustering: &'a Clustering,
    trees: usize,
    local: Option<&'a Made<LocalScores>>,
}

impl Scored<'_> {
    /// The best of these rounds that is there, and the next one under way.
    fn grown(&self, runtime: &mut Runtime, density: Option<&Made<Vec<f64>>>, rounds: &[(usize, usize)], need: Need) -> Asked<Unusual> {
        let &Scored { prepared, labeling, clustering, local, .. } = self;
        let seed = clustering.seed;
        let tree = (clustering.density.min_samples, choose::min_cluster_size(clustering, prepared.value.matrix.n_rows()));
        let mut best: Option<Made<Unusual>> = None;
        let mut before: (Option<Made<IsolationForest>>, Option<Made<SmoothCopies>>) = (None, None);
        for &(trees, n_copies) in rounds {
            let trees = trees.min(self.trees);
            // The page waits for the first round; the others only make it surer.
            let lane = if best.is_none() { Lane::Long } else { Lane::Background };
            let forest = forest(runtime, prepared, seed, trees, before.0.as_ref(), (need, lane));
            let Some(made_forest) = forest.ready() else {
                return best.map_or_else(|| forest.passes_on("Waiting for the forest"), Asked::Ready);
            };
            let inputs = Parts { prepared, labeling, local, density, forest: made_forest };
            let copies = copies(runtime, &inputs, (seed, n_copies, tree), before.1.as_ref(), (need, lane));
            let Some(made_copies) = copies.ready() else {
                return match copies {
                    Asked::Failed(problem) if best.is_none() => Asked::Failed(problem),
                    other => best.map_or_else(|| other.passes_on("Waiting for smooth copies"), Asked::Ready),
                };
            };
            before = (Some(made_forest.clone()), Some(made_copies.clone()));
            match put_together(runtime, &inputs, made_copies, need) {
                Asked::Ready(made) => best = Some(made),
                other => return best.map_or(other, Asked::Ready),
            }
        }
        best.map_or_else(|| Asked::Waiting(String::new()), Asked::Ready)
    }
}

/// The customers above the line in force, with reasons. A line that moves makes them anew, which takes milliseconds for those that are told.
pub(super) fn customers(
    runtime: &mut Runtime,
    unusual: &Made<Unusual>,
    segmentation: &Made<Segmentation>,
    plan: &Plan,
    need: Need,
) -> Asked<Vec<UnusualCustomer>> {
    let rows: Vec<u32> = unusual.value.rows(plan.niches.score, plan.niches.line).iter().copied().take(MOST_TOLD).collect();
    let key = Key::of("unusual customers told", 1, &(&rows, &plan.preparation, &plan.dictionary), &[segmentation.key]);
    let (segmentation, preparation, dictionary) = (segmentation.value.clone(), plan.preparation.clone(), plan.dictionary.clone());
    let step = move |ctx: &Ctx| {
        let Segmentation { loaded, prepared, labels, .. } = &*segmentation;
        persona::unusual_customers(loaded, prepared, &preparation, labels, &rows, &dictionary, ctx).map_err(|error| match ctx.check() {
            Err(stopped) => StepError::from(stopped),
            Ok(()) => StepError::Problem(Problem(error.to_string().into())),
        })
    };
    runtime.ask(|s| &mut s.unusual_customers, key, need, (|| "Looking for reasons".into(), Lane::Quick), step)
}

/// The niches inside the segments. Unusual customers are among those that are looked at, so the search waits for the last round of their scores; where nobody can be scored it goes
/// without. A line that moves makes it anew behind everything else.
pub(super) fn niches(
    runtime: &mut Runtime,
    unusual: &Asked<Unusual>,
    segmentation: &Made<Segmentation>,
    personas: &Made<Personas>,
    plan: &Plan,
    words: &WordsInForce,
    need: Need,
) -> Asked<Niches> {
    let rows: Vec<u32> = match unusual {
        Asked::Ready(unusual) if unusual.value.n_copies < ROUNDS[ROUNDS.len() - 1].1 => {
            return Asked::Waiting("Waiting until it is sure who is unusual".into());
        }
        Asked::Ready(unusual) => unusual.value.rows(plan.niches.score, plan.niches.line).iter().copied().take(MOST_TOLD).collect(),
        Asked::Failed(_) => Vec::new(),
        other => return other.passes_on("Waiting for who is unusual"),
    };
    let (rules, seed, min_samples) = (plan.niches.rules, plan.clustering.seed, plan.clustering.density.min_samples);
    let key = Key::of("niches", 1, &(&rows, rules, seed, min_samples), &[segmentation.key, personas.key, words.key]);
    let (segmentation, personas) = (segmentation.value.clone(), personas.value.clone());
    let (roles, lexicon) = (plan.preparation.roles.clone(), words.lexicon.clone());
    let step = move |ctx: &Ctx| {
        let Segmentation { loaded, prepared, labels, .. } = &*segmentation;
        Ok(persona::niches(loaded, prepared, labels, &personas, &roles, &lexicon, (&rows, min_samples, rules, seed), ctx)?)
    };
    runtime.ask(|s| &mut s.niches, key, need, (|| "Niches inside the segments".into(), Lane::Background), step)
}

/// The niche a card is of: the one whose customers are the same, most of them.
pub fn niche_of(card: &NicheCard, niches: &Niches, plan: &Plan) -> Option<usize> {
    let members: Vec<usize> = card.members.rows().collect();
    let shared = |rows: &[usize]| {
        let both = rows.iter().filter(|row| members.binary_search(row).is_ok()).count();
        both as f64 / (rows.len() + members.len() - both).max(1) as f64
    };
    let alike = niches.niches.iter().enumerate().map(|(at, niche)| (at, shared(&niche.table_rows)));
    let best = alike.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    (best.1 > plan.niches.rules.alike).then_some(best.0)
}

/// What copies are scored like.
struct Parts<'a> {
    prepared: &'a Made<Prepared>,
    labeling: &'a Labeling,
    local: Option<&'a Made<LocalScores>>,
    density: Option<&'a Made<Vec<f64>>>,
    forest: &'a Made<IsolationForest>,
}

impl Parts<'_> {
    fn keys(&self) -> Vec<Key> {
        let scores = [self.local.map(|made| made.key), self.density.map(|made| made.key)];
        [self.forest.key, self.labeling.key()].into_iter().chain(scores.into_iter().flatten()).collect()
    }
}

/// The local outlier factors for several neighbourhoods, from lists that serve them all.
fn locals(runtime: &mut Runtime, prepared: &Made<Prepared>, sizes: &[usize], need: Need) -> Asked<LocalScores> {
    let length = sizes.iter().max().map_or(0, |most| most + 1).max(LIST_LENGTH);
    let key = Key::of("local outlier factors", 1, &sizes, &[prepared.key]);
    match runtime.look(|s| &mut s.locals, key, need) {
        Asked::Waiting(_) if need != Need::Look => {}
        known => return known,
    }
    let lists = lists(runtime, prepared, sizes, length, need);
    let Some(near) = lists.ready() else { return lists.passes_on("Waiting for the neighbours") };
    let (prepared, near, sizes) = (prepared.value.clone(), near.value.clone(), sizes.to_vec());
    let step = move |ctx: &Ctx| {
        let distinct = DistinctRows::of(&prepared.matrix);
        let sizes = possible_sizes(&sizes, distinct.len(), ctx)?;
        Ok(local_outlier_factors(&distinct, &near, &sizes, ctx)?)
    };
    runtime.ask(|s| &mut s.locals, key, need, (|| "Comparing densities".into(), Lane::Long), step)
}

/// The nearest different rows of every different row.
fn lists(runtime: &mut Runtime, prepared: &Made<Prepared>, sizes: &[usize], length: usize, need: Need) -> Asked<Neighbours> {
    let key = Key::of("lists of different rows", 1, &length, &[prepared.key]);
    let (prepared, sizes) = (prepared.value.clone(), sizes.to_vec());
    let step = move |ctx: &Ctx| {
        let distinct = DistinctRows::of(&prepared.matrix);
        let sizes = possible_sizes(&sizes, distinct.len(), &ctx.quiet())?;
        Ok(lists_for(&distinct, &sizes, ctx)?)
    };
    runtime.ask(|s| &mut s.different_neighbours, key, need, (|| "Nearest of every customer".into(), Lane::Long), step)
}

/// GLOSH of every row; empty where the tree has no group.
fn scored_by_density(runtime: &mut Runtime, found: &Made<crate::cluster::Hdbscan>, need: Need) -> Asked<Vec<f64>> {
    let key = Key::of("glosh", 1, &(), &[found.key]);
    let found = found.value.clone();
    runtime.ask(
        |s| &mut s.gloshes,
        key,
        need,
        (|| "How far out in their group".into(), Lane::Quick),
        move |_| Ok(glosh(&found).unwrap_or_default()),
    )
}

/// The forest of a round.
fn forest(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    seed: u64,
    trees: usize,
    before: Option<&Made<IsolationForest>>,
    (need, lane): (Need, Lane),
) -> Asked<IsolationForest> {
    let key = Key::of("isolation forest", 1, &(seed, trees), &[prepared.key]);
    let (prepared, before) = (prepared.value.clone(), before.map(|made| made.value.clone()));
    let step = move |ctx: &Ctx| {
        let mut forest = match before {
            Some(before) => (*before).clone(),
            None => IsolationForest::new(&prepared.matrix, seed)?,
        };
        forest.grow(&prepared.matrix, trees, ctx)?;
        Ok(forest)
    };
    runtime.ask(|s| &mut s.isolation_forests, key, need, (|| format!("Isolation forest, {trees} trees"), lane), step)
}

/// The copies of a round with their scores: those of the round before by the larger forest, and new ones.
fn copies(
    runtime: &mut Runtime,
    parts: &Parts,
    (seed, n_copies, tree): (u64, usize, (usize, usize)),
    before: Option<&Made<SmoothCopies>>,
    (need, lane): (Need, Lane),
) -> Asked<SmoothCopies> {
    let key = Key::of("smooth copies", 1, &(seed, n_copies, tree), &parts.keys());
    let (prepared, labels) = (parts.prepared.value.clone(), parts.labeling.labels().clone());
    let (forest, before) = (parts.forest.value.clone(), before.map(|made| made.value.clone()));
    let sizes = parts.local.map_or_else(Vec::new, |local| local.value.sizes.clone());
    let density = parts.density.map(|_| tree);
    let of_all = (parts.local.map(|made| made.value.clone()), parts.density.map(|made| made.value.clone()));
    let step = move |ctx: &Ctx| {
        let scored = CopyScoring { sizes: &sizes, forest: Some(&forest), density };
        let of_all = (of_all.0.as_deref(), of_all.1.as_ref().map_or(&[][..], |scores| &scores[..]));
        let peers = Peers::of(&prepared.matrix, &labels, LEAST_PEERS)?;
        let of = CopiesOf { x: &prepared.matrix, peers: &peers, spans: &spans(&prepared), local: of_all.0, density: of_all.1 };
        Ok(smooth_copies(&of, &scored, (seed, n_copies), before.as_deref(), ctx)?)
    };
    runtime.ask(|s| &mut s.smooth_copies, key, need, (|| "How many would be by chance".into(), lane), step)
}

/// The columns of the matrix that are one column of the table: of a category's levels one alone is on. Components are numbers.
pub(super) fn spans(prepared: &Prepared) -> Vec<ColumnSpan> {
    let mut spans: Vec<ColumnSpan> = Vec::new();
    for (at, name) in prepared.dimension_names.iter().enumerate() {
        match name.split_once(" = ") {
            Some((column, _)) if prepared.columns.iter().any(|input| input.name == column) => match spans.last_mut() {
                Some(span) if span.name == column => span.columns.end = at + 1,
                _ => spans.push(ColumnSpan { name: column.to_owned(), columns: at..at + 1, is_category: true }),
            },
            _ => spans.push(ColumnSpan { name: name.clone(), columns: at..at + 1, is_category: false }),
        }
    }
    spans
}

/// All scores beside those of the copies.
fn put_together(runtime: &mut Runtime, parts: &Parts, copies: &Made<SmoothCopies>, need: Need) -> Asked<Unusual> {
    let key = Key::of("unusual customers", 1, &(), &[&parts.keys()[..], &[copies.key]].concat());
    let (local, forest) = (parts.local.map(|made| made.value.clone()), parts.forest.value.clone());
    let (density, copies) = (parts.density.map(|made| made.value.clone()), copies.value.clone());
    let step = move |_: &Ctx| Ok(Unusual::of(local.as_ref(), &forest, density.as_ref().map(|scores| &scores[..]), &copies.scores));
    runtime.ask(|s| &mut s.unusual, key, need, (|| "Putting the scores in order".into(), Lane::Quick), step)
}
