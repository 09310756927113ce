//! Is it real? The null band behind elbow and silhouette, and the stability of every segment, both refined in the background.
//!
//! Each grows in rounds that start from the one before, so that the first answer comes soon and no work is done twice. A round is a job
//! with a key of its own, made from the key of the round before; pages see the best round there is.

use std::collections::BTreeMap;

use crate::base::{Ctx, Key, Labels, text};
use crate::cluster::{ClusterError, Method};
use crate::evaluate::{self, NullBand, NullMethod, Regroup, Stability, Structure};
use crate::features::Prepared;
use crate::session::Clustering;

use super::answers::Answers;
use super::caches::Runtime;
use super::choose;
use super::groups::Grouped;
use super::needs::Needs;
use super::run::answer::Problem;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Parted};
use super::structure;

/// Shuffled copies behind the band after each round.
pub const NULL_ROUNDS: [usize; 3] = [3, 10, 20];

/// Draws behind the stability after each round.
pub const DRAW_ROUNDS: [usize; 3] = [10, 30, 100];

/// What is asked in a round.
pub(super) struct Evident {
    null_band: Asked<NullBand>,
    structure: Asked<Structure>,
    stability: Asked<Stability>,
}

/// Asks whether elbow and segments are real. `is_shown` says whether what it speaks about is on the page; it comes last.
pub(super) fn of(
    runtime: &mut Runtime,
    prepared: &Asked<Prepared>,
    grouped: &Grouped,
    clustering: &Clustering,
    is_shown: bool,
    needs: Needs,
) -> Evident {
    let null_band = match (&grouped.groups.sweep, prepared.ready()) {
        (Ok(sweep), Some(prepared)) if sweep.finished.is_some() => null_band(runtime, prepared, clustering, needs.null_band),
        (Ok(_), _) => Asked::Waiting("Waiting for elbow and silhouette".into()),
        (Err(why), _) => why.blocks("Waiting for elbow and silhouette"),
    };
    let structure = prepared.and("Waiting for the columns", |prepared| structure::of(runtime, prepared, clustering.seed, needs.structure));
    let waits = "Waiting for the segments";
    let few = |labels: &Labels| choose::too_many(labels, needs.most_segments).is_none();
    let stability = match (&grouped.groups.chosen, grouped.segmentation.ready(), prepared.ready()) {
        (Ok(chosen), Some(segmentation), Some(prepared)) if few(&segmentation.value.labels) => {
            match choose::regroup(clustering, &chosen.by) {
                Some(_) if segmentation.value.labels.n_clusters() == 1 && segmentation.value.labels.n_noise() == 0 => {
                    Asked::Failed(Problem(EVERYONE.into()))
                }
                Some(how) => {
                    let need = if is_shown { needs.stability } else { Need::Look };
                    let need = (need, needs.all_draws);
                    let base = chosen.parted.as_ref().map_or(&chosen.labeling, |parted| &parted.base);
                    let of_base = stability(runtime, prepared, base, how, clustering.seed, need);
                    match &chosen.parted {
                        None => of_base,
                        Some(parted) => stability_with_parts(runtime, &of_base, parted, &segmentation.value.labels, need),
                    }
                }
                None => Asked::Failed(Problem(BY_COLUMN.into())),
            }
        }
        _ => grouped.segmentation.blocks(waits),
    };
    Evident { null_band, structure, stability }
}

impl Evident {
    /// Names the stability of the segments, if somebody has looked.
    pub fn stability_key(&self) -> Option<Key> {
        self.stability.key()
    }

    /// Whether the first draws of the stability are there, or never will be.
    pub fn is_shaken(&self) -> bool {
        self.stability.is_settled()
    }

    /// Names what is known of whether there are groups at all.
    pub fn structure_key(&self) -> Option<Key> {
        self.structure.key()
    }

    /// What the pages see of it. An older one speaks about other segments, so it is not kept.
    pub fn answer(self, answers: &mut Answers) {
        answers.null_band = self.null_band.settled(&mut None);
        answers.structure = self.structure.settled(&mut None);
        answers.stability = self.stability.settled(&mut None);
    }
}

/// The band for the swept numbers of clusters; `Waiting` for a method without elbow.
fn null_band(runtime: &mut Runtime, prepared: &Made<Prepared>, clustering: &Clustering, need: Need) -> Asked<NullBand> {
    let method = match clustering.method {
        Method::KMeans => NullMethod::KMeans,
        Method::Tree => NullMethod::Tree(clustering.tree.linkage),
        _ => return Asked::Waiting("Part of another method".into()),
    };
    let (ks, seed) = (choose::swept_ks(clustering), clustering.seed);
    grow(runtime, NULL_ROUNDS, need, |runtime, copies, before: Option<&Made<NullBand>>, need| {
        let inputs = [prepared.key].into_iter().chain(before.map(|made| made.key)).collect::<Vec<_>>();
        let key = Key::of("null band", 1, &(&ks, method, seed, copies), &inputs);
        let (ks, prepared, before) = (ks.clone(), prepared.value.clone(), before.map(|made| made.value.clone()));
        let step = move |ctx: &Ctx| {
            let band = evaluate::null_band(&prepared.matrix, &ks, method, seed, copies, before.as_deref(), ctx)?;
            if let Some(note) = note_of_band(&band, method) {
                ctx.note(note);
            }
            Ok(band)
        };
        runtime.ask(|s| &mut s.null_bands, key, need, (|| "Comparing with shuffled columns".into(), Lane::Background), step)
    })
}

/// The stability of the segments in force.
fn stability(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    labeling: &Labeling,
    how: Regroup,
    seed: u64,
    (need, all_draws): (Need, bool),
) -> Asked<Stability> {
    // What an export waits for is no refinement.
    let lane = if all_draws { Lane::Background } else { Lane::Long };
    // Rounds that somebody has asked for before are taken along: they cost a look.
    let need_of = |draws: usize| if all_draws || draws == DRAW_ROUNDS[0] { need } else { Need::Look };
    grow(runtime, DRAW_ROUNDS, need, |runtime, draws, before: Option<&Made<Stability>>, need| {
        let inputs = [prepared.key, labeling.key()].into_iter().chain(before.map(|made| made.key)).collect::<Vec<_>>();
        let key = Key::of("stability", 1, &(how, seed, draws), &inputs);
        let (prepared, labeling, before) = (prepared.value.clone(), labeling.clone(), before.map(|made| made.value.clone()));
        let step = move |ctx: &Ctx| Ok(stability_of(&prepared, labeling.labels(), &how, seed, draws, before.as_deref(), ctx)?);
        runtime.ask(|s| &mut s.stabilities, key, need.max(need_of(draws)), (|| "Stability of the segments".into(), lane), step)
    })
}

/// The stability of segments some of which are in parts: a part comes back as far as its segment does, and then it among the members drawn anew.
fn stability_with_parts(
    runtime: &mut Runtime,
    base: &Asked<Stability>,
    parted: &Parted,
    labels: &Labels,
    (need, all_draws): (Need, bool),
) -> Asked<Stability> {
    let Some(of_all) = base.ready() else { return base.clone() };
    let mut keys = vec![of_all.key];
    let is_everyone = parted.base.labels().n_clusters() == 1 && parted.base.labels().n_noise() == 0;
    let draws_of = |stability: &Stability, cluster: usize| stability.draws.iter().map(|draw| draw[cluster]).collect::<Vec<f64>>();
    let mut by_number: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut nulls: BTreeMap<usize, Option<f64>> = BTreeMap::new();
    for (cluster, number) in parted.numbers.iter().enumerate() {
        // One group of everyone comes back whatever customers are drawn.
        let draws = if is_everyone { vec![1.0; of_all.value.draws.len()] } else { draws_of(&of_all.value, cluster) };
        by_number.insert(*number, draws);
    }
    for parts in &parted.parts {
        let Some(how) = parts.how else { return Asked::Failed(Problem(BY_COLUMN.into())) };
        let inner = stability(runtime, &parts.members, &parts.labeling, how, parts.seed, (need, all_draws));
        let Some(inner) = inner.ready() else { return inner };
        keys.push(inner.key);
        let of_segment = by_number.remove(&parts.segment).unwrap_or_default();
        for (cluster, number) in parts.numbers.iter().enumerate() {
            let draws = draws_of(&inner.value, cluster).into_iter().zip(&of_segment).map(|(part, segment)| part * segment);
            by_number.insert(*number, draws.collect());
            nulls.insert(*number, inner.value.null());
        }
    }
    let key = Key::of("stability with parts", 1, &labels.numbers(), &keys);
    let made = runtime.at_once(
        |s| &mut s.stabilities,
        key,
        || {
            let of = |number: &usize| by_number.get(number).cloned().unwrap_or_default();
            let by_cluster: Vec<Vec<f64>> = labels.numbers().iter().map(of).collect();
            let n_draws = by_cluster.iter().map(Vec::len).min().unwrap_or(0);
            let draws = (0..n_draws).map(|draw| by_cluster.iter().map(|draws| draws[draw]).collect()).collect();
            let of_part = |(cluster, number): (usize, &usize)| Some((cluster, *nulls.get(number)?));
            let parts = labels.numbers().iter().enumerate().filter_map(of_part).collect();
            Stability { draws, sizes: labels.sizes().to_vec(), parts, ..(*of_all.value).clone() }
        },
    );
    Asked::Ready(made)
}

/// The call alone, with what is to be told about it.
fn stability_of(
    prepared: &Prepared,
    labels: &Labels,
    how: &Regroup,
    seed: u64,
    draws: usize,
    before: Option<&Stability>,
    ctx: &Ctx,
) -> Result<Stability, ClusterError> {
    let stability = evaluate::stability(&prepared.matrix, labels, how, seed, draws, before, ctx)?;
    if stability.rows_a_draw < stability.n_rows {
        let (drawn, all) = (text::count(stability.rows_a_draw), text::count(stability.n_rows));
        ctx.note(format!("The stability of the segments was measured on draws of {drawn} of {all} customers, to keep it fast."));
    }
    Ok(stability)
}

/// Told in the place of the stability of groups that a column knows.
const BY_COLUMN: &str =
    "These segments are the groups of a column: they are what they are, so resampling customers and grouping again would say nothing.";

/// Told in the place of the stability of one group.
const EVERYONE: &str = "One group of everyone comes back whatever customers are drawn.";

/// The best round there is; the next one is asked for as soon as the one before is there.
fn grow<T>(
    runtime: &mut Runtime,
    rounds: impl IntoIterator<Item = usize>,
    need: Need,
    ask: impl Fn(&mut Runtime, usize, Option<&Made<T>>, Need) -> Asked<T>,
) -> Asked<T> {
    let mut best: Option<Made<T>> = None;
    for round in rounds {
        match (ask(runtime, round, best.as_ref(), need), &best) {
            (Asked::Ready(made), _) => best = Some(made),
            (other, None) => return other,
            _ => break,
        }
    }
    best.map_or_else(|| Asked::Waiting(String::new()), Asked::Ready)
}

fn note_of_band(band: &NullBand, method: NullMethod) -> Option<String> {
    let (rows, all) = (text::count(band.rows), text::count(band.n_rows));
    let what = match method {
        NullMethod::KMeans => "k-Means".to_owned(),
        NullMethod::Tree(linkage) => format!("{} trees", linkage.name()),
    };
    (band.rows < band.n_rows).then(|| {
        format!("The band of shuffled columns is from {what} of {rows} of {all} customers; their inertia is scaled to the spread of all.")
    })
}
