//! What drives the grouping, which rule finds each segment, and who is typical of it?
//!
//! In: the table, the preparation, the labels, the user's roles and the words. Out: [`Explained`]. Identifiers and ignored columns take no part at all;
//! sensitive columns and outcomes have their association told and enter neither forest nor rules nor examples, unless the user gave them another
//! role. Trees learn from a sample drawn by segment; associations, precision and recall are of all customers. Typical of a segment is who shares the traits of its name. Columns, trees and segments are worked
//! on side by side and put together in order, so the result does not depend on the number of threads. Cost: O(n p) for the associations, the rest
//! depends on the sample alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::base::seed::{self, RngExt};
use crate::base::{Ctx, Labels, Stopped};
use crate::data::{Loaded, Role};
use crate::evaluate::decision_tree::Coded;
use crate::evaluate::forest::{self, Drivers};
use crate::evaluate::regression::RegressionError;
use crate::evaluate::weights::{AttributeWeights, ColumnWeight, attribute_weights, disagreement};
use crate::features::Prepared;

use super::association::{Association, association};
use super::card::Persona;
use super::coding::{Questions, asked};
use super::columns::{Described, Reading, described};
use super::describe::describe_with_roles;
use super::explain::{Example, Explained, Forest, Importance, SegmentRule, Toward, Weighed};
use super::lexicon::Lexicon;
use super::measure::{Groups, MIN_NAMED};
use super::rules::{Target, rule};
use super::trait_members::TraitMembers;
use super::twins::Twins;
use super::typical::{Discretion, N_EXAMPLES, example, nearest_to_middle};

/// Customers the forest and the rules look at, at most: importance is then known to about a hundredth.
const MOST_ROWS: usize = 5_200;
/// One in so many is held out.
const ONE_HELD_OUT_IN: usize = 4;
/// With fewer held-out customers an accuracy would say little.
const FEWEST_HELD_OUT: usize = 30;
/// Columns a typical customer is told by.
const COLUMNS_SHOWN: usize = 8;
const SALT: u64 = 0x0045_7870_6c61_696e;

/// Explains one segmentation, where the user's own `roles` (by column name) stand before the guessed ones.
pub fn explained(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    roles: &BTreeMap<String, Role>,
    lexicon: &Lexicon,
    seed: u64,
    ctx: &Ctx,
) -> Result<Explained, Stopped> {
    ctx.progress("What drives the grouping", 0.0);
    ctx.check()?;
    let columns = described(loaded, prepared, roles, lexicon);
    let groups = Groups::of(prepared, labels, columns.len());
    let associations: Vec<Association> = columns.par_iter().map(|column| association(column, &groups, ctx)).collect::<Result<_, _>>()?;
    ctx.progress("What drives the grouping", 0.2);

    let sample = Sample::of(labels, seed, ctx)?;
    let sample_rows: Vec<usize> = sample.rows.iter().map(|&row| prepared.table_rows[row]).collect();
    let open = || columns.iter().enumerate().filter(|(_, column)| !matches!(column.role, Role::Sensitive | Role::Outcome));
    let asked: Vec<Option<Questions>> = open()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(place, column)| asked(place, column, &sample_rows, ctx))
        .collect::<Result<_, _>>()?;
    let asked: Vec<Questions> = asked.into_iter().flatten().collect();
    let coded: Vec<Coded> = asked.iter().map(|asked| asked.coded.clone()).collect();
    let drivers = sample.drivers(&coded, labels.n_clusters(), seed, ctx)?;
    ctx.progress("Weighing columns", 0.6);
    let weights = sample.weights(prepared, labels, ctx)?;
    ctx.progress("Looking for rules", 0.7);

    let of_segment = |cluster: usize| {
        let is_member = |at: usize| groups.of_row[at] == Some(cluster);
        let of_sample = sample.rows.iter().map(|&row| usize::from(is_member(row))).collect();
        let n_members = groups.sizes[cluster];
        rule(&columns, &asked, &coded, &Target { of_sample, table_rows: &groups.table_rows, is_member: &is_member, n_members }, ctx)
    };
    let rules: Vec<Option<SegmentRule>> = (0..labels.n_clusters()).into_par_iter().map(of_segment).collect::<Result<_, _>>()?;
    ctx.progress("Looking for typical customers", 0.9);

    let discretions: Vec<Discretion> =
        columns.par_iter().map(|column| Discretion::of(column, &groups.table_rows, ctx)).collect::<Result<_, _>>()?;
    let members = labels.members();
    let named = describe_with_roles(loaded, prepared, labels, &[], roles, lexicon, ctx)?;
    let examples_of = |cluster: usize| {
        if members[cluster].len() < MIN_NAMED {
            return Ok((Vec::new(), false));
        }
        let mut shown: Vec<usize> = open().filter(|(_, column)| !named.twins.is_retold(column.name)).map(|(place, _)| place).collect();
        let told = |place: usize| associations[place].of_segment[cluster];
        shown.sort_by(|&a, &b| told(b).total_cmp(&told(a)).then(a.cmp(&b)));
        if let Some(persona) = named.personas.get(cluster) {
            shown = without_repeats(&columns, shown, persona, &named.twins);
        }
        shown.truncate(COLUMNS_SHOWN);
        // Nearest to the middle may still lack what the name says: such a one is typical of nothing.
        let headline = named.personas.get(cluster).map(Persona::headline).unwrap_or_default();
        let mut sharing = members[cluster].clone();
        for row in &headline {
            let having = TraitMembers::of(row).rows(loaded, prepared, |at| groups.of_row[at] == Some(cluster), ctx)?;
            sharing.retain(|at| having.binary_search(at).is_ok());
        }
        let is_typical = !headline.is_empty() && !sharing.is_empty();
        // What the card says most of them do, a typical one does too, as far as some share it all.
        for row in named.personas.get(cluster).into_iter().flat_map(Persona::told_of_most) {
            let having = TraitMembers::of(row).rows(loaded, prepared, |at| groups.of_row[at] == Some(cluster), ctx)?;
            let both: Vec<usize> = sharing.iter().copied().filter(|at| having.binary_search(at).is_ok()).collect();
            if both.len() >= N_EXAMPLES {
                sharing = both;
            }
        }
        let among = if is_typical { &sharing } else { &members[cluster] };
        let rows = nearest_to_middle(&columns, &shown, &groups.table_rows, &members[cluster], among, ctx)?;
        let mut examples: Vec<Example> = Vec::new();
        for row in rows {
            let one = example(&columns, &shown, &discretions, prepared.table_rows[row]);
            if examples.len() < N_EXAMPLES && !examples.contains(&one) {
                examples.push(one);
            }
        }
        Ok((examples, is_typical))
    };
    let found = (0..labels.n_clusters()).into_par_iter().map(examples_of).collect::<Result<Vec<_>, Stopped>>()?;
    let (examples, typical) = found.into_iter().unzip();
    let importance = importance(&columns, prepared, &associations, &asked, (drivers.as_ref(), weights.as_ref()));
    Ok(Explained {
        sizes: labels.sizes().to_vec(),
        weighed: weights.map(|weights| Weighed {
            n_learnt: weights.learnt,
            accuracy: weights.accuracy,
            disagreement: disagreement_of(&importance),
        }),
        importance,
        forest: drivers.map(|drivers| Forest {
            n_trees: forest::N_TREES,
            n_learnt: sample.learnt.len(),
            n_held_out: sample.held_out.len(),
            accuracy: drivers.accuracy,
            chance: drivers.chance,
        }),
        rules,
        examples,
        typical,
    })
}

/// The columns without those that say of nearly all members what one before them says.
fn without_repeats(columns: &[Described], shown: Vec<usize>, persona: &Persona, twins: &Twins) -> Vec<usize> {
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let mut kept = Vec::new();
    for at in shown {
        let name = columns[at].name;
        if said.contains(name) {
            continue;
        }
        let rows = persona.evidence.iter().filter(|row| row.column == name);
        said.extend(rows.flat_map(|row| twins.implied(row)));
        kept.push(at);
    }
    kept
}

/// The columns with what the forest loses without them first, those that no forest was asked about after them; ties by association.
fn importance(
    columns: &[Described],
    prepared: &Prepared,
    associations: &[Association],
    asked: &[Questions],
    (drivers, weights): (Option<&Drivers>, Option<&AttributeWeights>),
) -> Vec<Importance> {
    let spans = prepared.encoded_columns();
    let toward = |of: &ColumnWeight| {
        let name = &prepared.pca.encoded_names[of.encoded];
        Toward { weight: of.weight, level: name.contains(" = ").then(|| name.clone()) }
    };
    let line = |(place, column): (usize, &Described)| {
        let of_forest = asked.iter().position(|asked| asked.column == place);
        let loss = drivers.zip(of_forest).map(|(drivers, at)| drivers.losses[at]);
        let weighed = spans.iter().position(|(input, _)| input.name == column.name).zip(weights);
        Importance {
            column: column.name.to_owned(),
            shown: column.shown.clone(),
            enters: prepared.columns.iter().any(|input| input.enters && input.name == column.name),
            association: associations[place].strength,
            is_levels: matches!(column.reading, Reading::Levels(_)),
            loss: loss.map(|(mean, _)| mean),
            loss_sd: loss.map(|(_, sd)| sd),
            weight: weighed.map(|(at, weights)| weights.importance[at]),
            toward: weighed.map_or_else(Vec::new, |(at, weights)| weights.weights[at].iter().map(toward).collect()),
        }
    };
    let mut lines: Vec<Importance> = columns.iter().enumerate().map(line).collect();
    let rank = |line: &Importance| (line.loss.unwrap_or(f64::NEG_INFINITY), line.association);
    lines.sort_by(|a, b| rank(b).0.total_cmp(&rank(a).0).then(rank(b).1.total_cmp(&rank(a).1)));
    lines
}

/// Where forest and weights disagree, among the columns both looked at.
fn disagreement_of(importance: &[Importance]) -> Option<String> {
    let both: Vec<(&str, f64, f64)> = importance.iter().filter_map(|line| Some((line.shown.as_str(), line.loss?, line.weight?))).collect();
    let names: Vec<&str> = both.iter().map(|line| line.0).collect();
    let (losses, shares): (Vec<f64>, Vec<f64>) = both.iter().map(|line| (line.1, line.2)).unzip();
    disagreement(&names, &losses, &shares)
}

/// The customers trees learn from and are measured on, drawn by segment.
struct Sample {
    /// Rows of the matrix, noise among them.
    rows: Vec<usize>,
    /// The segment of each; noise is one more than all.
    groups: Vec<usize>,
    /// Places in `rows` to learn from, without noise.
    learnt: Vec<u32>,
    /// Places in `rows` to measure on, without noise.
    held_out: Vec<u32>,
}

impl Sample {
    /// As many of every segment as its share of the customers asks for. O(n).
    fn of(labels: &Labels, seed: u64, ctx: &Ctx) -> Result<Sample, Stopped> {
        let n_clusters = labels.n_clusters();
        let mut strata = labels.members();
        strata.push((0..labels.n_rows()).filter(|&row| labels.get(row).is_none()).collect());
        let n_rows = labels.n_rows();
        let mut sample = Sample { rows: Vec::new(), groups: Vec::new(), learnt: Vec::new(), held_out: Vec::new() };
        for (stratum, mut rows) in strata.into_iter().enumerate() {
            ctx.check()?;
            let n_taken = if n_rows <= MOST_ROWS { rows.len() } else { (MOST_ROWS * rows.len()).div_ceil(n_rows) };
            let mut rng = seed::random(seed ^ SALT, stratum as u64);
            for nth in 0..n_taken {
                let drawn = rng.random_range(nth..rows.len());
                rows.swap(nth, drawn);
                let place = sample.rows.len() as u32;
                sample.rows.push(rows[nth]);
                sample.groups.push(stratum);
                if stratum < n_clusters {
                    let is_held_out = nth % ONE_HELD_OUT_IN == ONE_HELD_OUT_IN - 1;
                    (if is_held_out { &mut sample.held_out } else { &mut sample.learnt }).push(place);
                }
            }
        }
        Ok(sample)
    }

    /// What weights of the columns say; none where there is too little to learn or to measure, or where no weights are found.
    fn weights(&self, prepared: &Prepared, labels: &Labels, ctx: &Ctx) -> Result<Option<AttributeWeights>, Stopped> {
        if labels.n_clusters() < 2 || self.held_out.len() < FEWEST_HELD_OUT {
            return Ok(None);
        }
        let rows = |places: &[u32]| places.iter().map(|&place| self.rows[place as usize]).collect::<Vec<usize>>();
        let columns: Vec<Range<usize>> = prepared.encoded_columns().into_iter().map(|(_, span)| span).collect();
        let loadings = prepared.sees_components().then(|| prepared.standard_loadings());
        match attribute_weights(&prepared.matrix, labels, (&columns, loadings.as_deref()), &rows(&self.learnt), &rows(&self.held_out), ctx)
        {
            Ok(weights) => Ok(Some(weights)),
            Err(RegressionError::Stopped(stopped)) => Err(stopped),
            Err(RegressionError::NoFit(_)) => Ok(None),
        }
    }

    /// What the forest says; none where there is too little to learn or to measure.
    fn drivers(&self, coded: &[Coded], n_clusters: usize, seed: u64, ctx: &Ctx) -> Result<Option<Drivers>, Stopped> {
        if n_clusters < 2 || coded.is_empty() || self.held_out.len() < FEWEST_HELD_OUT {
            return Ok(None);
        }
        forest::drivers(coded, &self.groups, n_clusters, &self.learnt, &self.held_out, seed, ctx).map(Some)
    }
}
