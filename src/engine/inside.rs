//! What is inside a segment? The same recipe asked of its members alone; and parts that were kept, in the place of their segment.
//!
//! The small world of a segment is its members' rows, on the scale of everyone or on their own, grouped by choices of their own. Every step goes by the
//! key of those rows, so the ordinary sections answer. Where everyone's tree has the members as one branch, that branch is their tree.

use std::sync::Arc;

use crate::base::part;
use crate::base::{Ctx, Key, Labels, Note, text};
use crate::cluster::{self, Dendrogram, Method};
use crate::data::Loaded;
use crate::features::{self, Prepared};
use crate::persona::numbering;
use crate::session::{InsideScale, LEAST_INSIDE, Parting, Plan};

use super::caches::Runtime;
use super::choose;
use super::groups::{self, Grouped, Groups};
use super::inside_answer::{InsideAnswer, Parts};
use super::needs::Needs;
use super::run::answer::{Problem, StepError};
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Parted, PartsOf, Segmentation};
use super::silhouettes;
use super::sweep;

/// A segment as a world of its own.
pub(super) struct World {
    /// The plan for its members.
    pub plan: Plan,
    /// Its members' rows.
    pub prepared: Asked<Prepared>,
    /// What is inside.
    pub grouped: Grouped,
    /// What the page sees of it.
    pub inside: InsideAnswer,
}

/// Why nobody can look inside a segment of so many customers, in one sentence; nothing where one can.
pub fn refusal(number: usize, n_members: usize, noun: &str) -> Option<String> {
    let name = numbering::name(number);
    if part::depth(number) >= part::MOST_DEEP {
        return Some(format!(
            "{name} is already a part of a part: anything smaller would be too small to act on, so you cannot look inside it."
        ));
    }
    (n_members < LEAST_INSIDE).then(|| {
        let (n, least) = (text::count(n_members), text::count(LEAST_INSIDE));
        format!("{name} has {n} {noun}: too few to look inside, which needs {least}, so that two parts can be described.")
    })
}

/// What everything here is made from.
struct From<'a> {
    loaded: &'a Made<Loaded>,
    prepared: &'a Made<Prepared>,
    groups: &'a Groups,
    plan: &'a Plan,
    /// Names the numbering of every split of the plan.
    keys: &'a [Option<Key>],
    needs: Needs,
}

/// The groups with the parts that were kept in the place of their segments.
pub(super) fn with_kept(
    runtime: &mut Runtime,
    (loaded, prepared): (&Asked<Loaded>, &Asked<Prepared>),
    mut grouped: Grouped,
    (plan, keys): (&Plan, &[Option<Key>]),
    needs: Needs,
) -> Grouped {
    let (Some(loaded), Some(prepared), Some(whole)) = (loaded.ready(), prepared.ready(), grouped.segmentation.ready().cloned()) else {
        return grouped;
    };
    if plan.kept_splits().next().is_none() || choose::too_many(&whole.value.labels, needs.most_segments).is_some() {
        return grouped;
    }
    let from = From { loaded, prepared, groups: &grouped.groups, plan, keys, needs };
    let mut parted = whole.clone();
    let mut parts = Vec::new();
    for split in plan.kept_splits() {
        match parted_by(runtime, &from, &parted, split) {
            Ok(Some((segmentation, of))) => {
                parted = segmentation;
                parts.push(of);
            }
            Ok(None) => {}
            Err(why) => {
                grouped.segmentation = why.clone();
                grouped.silhouette_plot = why.blocks("Waiting for the parts");
                grouped.groups.silhouettes = why.blocks("Waiting for the parts");
                return grouped;
            }
        }
    }
    if parts.is_empty() {
        return grouped;
    }
    let labels = Made { key: parted.key, value: Arc::new(parted.value.labels.clone()) };
    let labeling = Labeling::Parts(labels);
    let silhouettes = sweep::silhouettes_of(runtime, prepared, &labeling, false, plan.clustering.seed, needs);
    grouped.silhouette_plot = match &silhouettes {
        Asked::Ready(silhouettes) => silhouettes::plot(runtime, &parted, silhouettes, needs.plots),
        other => other.blocks("Waiting for the silhouettes"),
    };
    grouped.groups.silhouettes = silhouettes;
    if let Ok(chosen) = &mut grouped.groups.chosen {
        let base = std::mem::replace(&mut chosen.labeling, labeling);
        chosen.parted = Some(Parted { base, numbers: whole.value.labels.numbers().to_vec(), parts });
    }
    grouped.segmentation = Asked::Ready(parted);
    grouped
}

/// The small world of a segment: of one in force, or of one inside those that are only looked at.
pub(super) fn world(
    runtime: &mut Runtime,
    (loaded, prepared): (&Asked<Loaded>, &Asked<Prepared>),
    (groups, whole): (&Groups, &Asked<Segmentation>),
    (plan, keys): (&Plan, &[Option<Key>]),
    number: usize,
    needs: Needs,
) -> Option<Result<World, String>> {
    let (loaded, prepared, whole) = (loaded.ready()?, prepared.ready()?, whole.ready()?);
    let noun = plan.dictionary.noun_of(&loaded.value);
    let from = From { loaded, prepared, groups, plan, keys, needs };
    let mut around = whole.clone();
    let mut to_keep = Vec::new();
    let mut chain: Vec<usize> = std::iter::successors(part::parent(number), |number| part::parent(*number)).collect();
    chain.reverse();
    for outer in chain {
        let split = plan.split_of(outer);
        match parted_by(runtime, &from, &around, &split) {
            Ok(Some((segmentation, of))) => {
                to_keep.push((Parting { clustering: choose::pinned_by(&split.clustering, &of.by), ..split }, Arc::new(parts_of(&of))));
                around = segmentation;
            }
            Ok(None) | Err(Asked::Failed(_)) => return Some(Err(gone(number))),
            Err(_) => return None,
        }
    }
    let labels = &around.value.labels;
    let Some(cluster) = labels.numbers().iter().position(|other| *other == number) else { return Some(Err(gone(number))) };
    let n_members = labels.sizes()[cluster];
    if let Some(why) = refusal(number, n_members, noun.of_count(2)) {
        return Some(Err(why));
    }
    let split = plan.split_of(number);
    let members = members(runtime, &from, &around, (cluster, number), split.scale);
    let no_longer_vary = members.ready().map_or_else(Vec::new, |members| no_longer_vary(&prepared.value, &members.value));
    if let Some(members) = members.ready() {
        branch(runtime, &from, members, &around, &split, cluster);
    }
    let small = Plan {
        preparation: plan.preparation.clone(),
        clustering: split.clustering.clone(),
        dictionary: plan.dictionary.clone(),
        model: plan.model.clone(),
        numbering: split.numbering.clone(),
        ..Plan::new(crate::data::Source::Sample { seed: 0 })
    };
    let numbering = key_of(plan, keys, number);
    let grouped = groups::asked(runtime, &Asked::Ready(loaded.clone()), &members, (&small, Some(number)), numbering, &[], needs);
    if let (Some(segmentation), Some(_)) = (grouped.segmentation.ready(), members.ready()) {
        let Segmentation { labels, prepared, by, .. } = &*segmentation.value;
        let pinned = Parting { clustering: choose::pinned_by(&split.clustering, by), ..split.clone() };
        to_keep.push((pinned, Arc::new(Parts { labels: from_zero(labels), members: prepared.clone() })));
    } else {
        to_keep.clear();
    }
    let inside = InsideAnswer { segment: number, n_members, split, to_keep, whole: whole.value.clone(), no_longer_vary };
    Some(Ok(World { plan: small, prepared: members, grouped, inside }))
}

fn gone(number: usize) -> String {
    format!("{} is no longer there to look inside.", numbering::name(number))
}

fn key_of(plan: &Plan, keys: &[Option<Key>], number: usize) -> Option<Key> {
    let at = plan.splits.iter().position(|split| split.segment == number)?;
    keys.get(at).copied().flatten()
}

/// The segments with one of them in parts; as they are where it is not there, or too small now. The problem of the inside is a note, not the end.
fn parted_by(
    runtime: &mut Runtime,
    from: &From,
    around: &Made<Segmentation>,
    split: &Parting,
) -> Result<Option<(Made<Segmentation>, PartsOf)>, Asked<Segmentation>> {
    let labels = &around.value.labels;
    let number = split.segment;
    let Some(cluster) = labels.numbers().iter().position(|other| *other == number) else {
        runtime.tell(&[Note::new(format!("{} does not exist now, so it is in no parts.", numbering::name(number)))]);
        return Ok(None);
    };
    let stays = |runtime: &mut Runtime, why: String| {
        runtime.tell(&[Note::new(format!("{} stays whole: {why}", numbering::name(number)))]);
        Ok(None)
    };
    if part::depth(number) >= part::MOST_DEEP {
        return stays(runtime, "it is already a part of a part.".into());
    }
    if labels.sizes()[cluster] < LEAST_INSIDE {
        let n = text::count(labels.sizes()[cluster]);
        return stays(runtime, format!("its {n} customers are too few for the parts that were kept."));
    }
    let needs = needs_of(&split.clustering, from.needs);
    let from = &From { needs, ..*from };
    let members = members(runtime, from, around, (cluster, number), split.scale);
    let Some(made) = members.ready() else {
        return match &members {
            Asked::Failed(problem) => stays(runtime, problem.0.to_string()),
            other => Err(other.passes_on("Waiting for the parts")),
        };
    };
    branch(runtime, from, made, around, split, cluster);
    let mut clustering = split.clustering.clone();
    if !clustering.leaves_k_open() {
        (clustering.k_from, clustering.k_to) = (1, 1);
    }
    let inner = match groups::of(runtime, Some(from.loaded), &members, &clustering, &[], needs).chosen {
        Ok(inner) => inner,
        Err(Asked::Failed(problem)) => return stays(runtime, problem.0.to_string()),
        Err(why) => return Err(why),
    };
    if inner.labeling.labels().n_clusters() < 2 {
        return stays(runtime, "it is one group.".into());
    }
    let n_nowhere = inner.labeling.labels().n_noise();
    if n_nowhere > 0 {
        let (name, noun) = (numbering::name(number), from.plan.dictionary.noun_of(&from.loaded.value));
        runtime.tell(&[Note::new(format!("{} of {name} are in none of its parts, and so in no group.", noun.counted(n_nowhere)))]);
    }
    // Looked up by a key: who has which part is counted over thousands of customers.
    let before: Vec<Key> = key_of(from.plan, from.keys, number).into_iter().collect();
    let numbered = Key::of("part numbers", 1, &number, &[&[inner.labeling.key(), made.key], &before[..]].concat());
    let numbered = runtime.at_once(
        |s| &mut s.cuts,
        numbered,
        || {
            let labels = inner.labeling.labels().clone();
            let numbers = part_numbers(split, &labels, &made.value);
            labels.numbered(numbers)
        },
    );
    let numbers = numbered.value.numbers().to_vec();
    let method = choose::method_text(&split.clustering, &inner.by, &from.plan.dictionary);
    let scale = match split.scale {
        InsideScale::Within => "on the scale of its members",
        InsideScale::Everywhere => "on the scale of everyone",
    };
    let method_text = format!("{}; inside {}: {method}, {scale}", around.value.method_text, numbering::name(number));
    let whole = around.value.whole.clone().unwrap_or_else(|| around.value.clone());
    // What is said of the method is no part of the labels, but whoever shows them shows it.
    let key = Key::of("parts", 1, &(number, &numbers, &method_text), &[around.key, inner.labeling.key()]);
    let segmentation = runtime.at_once(
        |s| &mut s.segmentations,
        key,
        || {
            let labels = in_place(&around.value.labels, cluster, &numbered.value);
            Segmentation { labels, method_text, stamp: key, whole: Some(whole), ..(*around.value).clone() }
        },
    );
    let how = choose::regroup(&split.clustering, &inner.by);
    let seed = split.clustering.seed;
    Ok(Some((
        segmentation,
        PartsOf {
            segment: number,
            numbers,
            members: made.clone(),
            labeling: inner.labeling,
            by: inner.by,
            density: inner.density,
            how,
            seed,
        },
    )))
}

/// What the labels of kept parts need, and nothing that is drawn.
fn needs_of(clustering: &crate::session::Clustering, needs: Needs) -> Needs {
    let suggestion = if clustering.leaves_k_open() { needs.chosen } else { Need::Look };
    Needs {
        sweep: suggestion,
        structure: suggestion,
        whole_sweep: Need::Look,
        whole_sweep_behind: Need::Look,
        silhouettes: Need::Look,
        plots: Need::Look,
        refined: Need::Look,
        null_band: Need::Look,
        stability: Need::Look,
        ..needs
    }
}

/// The number of every part: those its customers had when the parts were kept, else by size.
fn part_numbers(split: &Parting, labels: &Labels, members: &Prepared) -> Vec<usize> {
    let numbers = match &split.numbering {
        Some(before) => before.numbers_for(labels, &members.table_rows, members.n_table_rows).numbers,
        None => (0..labels.n_clusters()).collect(),
    };
    numbers.into_iter().map(|at| part::part(split.segment, at).unwrap_or(at)).collect()
}

/// The labels with cluster `cluster` in parts. Whoever is in none of them is in no group.
fn in_place(around: &Labels, cluster: usize, inner: &Labels) -> Labels {
    let mut members = inner.iter();
    let n = around.n_clusters();
    let ids: Vec<Option<usize>> = around
        .iter()
        .map(|label| match label {
            Some(label) if label == cluster => members.next().flatten().map(|part| n + part),
            other => other,
        })
        .collect();
    let number = |id: usize| if id < n { around.numbers()[id] } else { inner.numbers()[id - n] };
    let labels = Labels::from_options(&ids);
    let mut numbers = vec![0; labels.n_clusters()];
    for (label, id) in labels.iter().zip(&ids) {
        if let (Some(label), Some(id)) = (label, id) {
            numbers[label] = number(*id);
        }
    }
    labels.numbered(numbers)
}

/// The members' rows on the scale that was chosen.
fn members(
    runtime: &mut Runtime,
    from: &From,
    around: &Made<Segmentation>,
    (cluster, number): (usize, usize),
    scale: InsideScale,
) -> Asked<Prepared> {
    let name = numbering::name(number);
    let inputs = [around.key, from.prepared.key];
    let key = match scale {
        InsideScale::Everywhere => Key::of("members", 1, &number, &inputs),
        InsideScale::Within => Key::of("members on their own scale", 1, &(number, &from.plan.preparation), &inputs),
    };
    let (loaded, prepared, preparation) = (from.loaded.value.clone(), from.prepared.value.clone(), from.plan.preparation.clone());
    let segmentation = around.value.clone();
    let step = move |ctx: &Ctx| {
        let rows = rows_of(&segmentation.labels, cluster);
        match scale {
            InsideScale::Everywhere => Ok(prepared.of_rows(&rows)),
            InsideScale::Within => {
                let table_rows: Vec<usize> = rows.iter().map(|&row| prepared.table_rows[row]).collect();
                Ok(features::prepare_rows(&loaded, &preparation, &table_rows, ctx).map_err(|error| match StepError::from(error) {
                    StepError::Problem(problem) => {
                        StepError::Problem(Problem(format!("Nothing tells its members apart. {}", problem.0).into()))
                    }
                    stopped => stopped,
                })?)
            }
        }
    };
    runtime.ask(|s| &mut s.prepared, key, from.needs.chosen, (|| format!("The customers of {name}"), Lane::Long), step)
}

fn rows_of(labels: &Labels, cluster: usize) -> Vec<usize> {
    labels.iter().enumerate().filter(|(_, label)| *label == Some(cluster)).map(|(row, _)| row).collect()
}

/// Where everyone's tree is there and is of the same kind, the tree of the members is a branch of it, and is put where the recipe will look for it. Members
/// who are no branch get a tree of their own.
fn branch(runtime: &mut Runtime, from: &From, members: &Made<Prepared>, around: &Made<Segmentation>, split: &Parting, cluster: usize) {
    let linkage = split.clustering.tree.linkage;
    let is_same = split.clustering.method == Method::Tree
        && from.plan.clustering.method == Method::Tree
        && from.plan.clustering.tree.linkage == linkage;
    let Some(tree) = from.groups.tree.ready().filter(|_| is_same && split.scale == InsideScale::Everywhere) else { return };
    let (tree, labels, members_of) = (tree.value.clone(), around.value.clone(), members.value.clone());
    let step = move |ctx: &Ctx| match tree.branch(&rows_of(&labels.labels, cluster)) {
        Some(branch) => Ok::<Dendrogram, StepError>(branch),
        None => Ok(cluster::linkage(&members_of.matrix, linkage, ctx)?),
    };
    let key = sweep::tree_key(members, linkage);
    let _ = runtime.ask(|s| &mut s.trees, key, from.needs.chosen, (|| "Branch of the tree".into(), Lane::Quick), step);
}

/// The columns that enter for everyone and no longer tell the members apart.
fn no_longer_vary(everyone: &Prepared, members: &Prepared) -> Vec<String> {
    let columns = everyone.columns.iter().zip(&members.columns);
    columns.filter(|(before, now)| before.enters && !now.enters).map(|(before, _)| before.name.clone()).collect()
}

fn parts_of(of: &PartsOf) -> Parts {
    let labels = of.labeling.labels().clone().numbered(of.numbers.clone());
    Parts { labels: from_zero(&labels), members: of.members.value.clone() }
}

/// The same labels, each with its place among the parts.
fn from_zero(labels: &Labels) -> Labels {
    let at = |number: &usize| part::parts(*number).last().copied().unwrap_or(*number);
    let numbers = labels.numbers().iter().map(at).collect();
    labels.clone().numbered(numbers)
}
