//! How does a density tree come about? Lists of neighbours first, which several min samples share, then the tree.
//!
//! In: the matrix and min samples. Out: the tree as far as it is known. Moving min samples within 5 to 8, or 9 to 16, and back makes no lists
//! anew; lists that are longer than needed serve too.

use rayon::prelude::*;

use crate::base::{Ctx, Key, Labels, Stopped};
use crate::cluster::{self, DensityTree, Hdbscan, Neighbours};
use crate::features::Prepared;
use crate::plot::{self, CondensedPlot, DensityPlot};

use super::caches::Runtime;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};

/// The tree of reachability: DBSCAN's answers for every epsilon, and what HDBSCAN reads. The lists it is made from do not enter the key, for
/// lists of any length give the same tree; once it is there nobody asks for them.
pub fn density(runtime: &mut Runtime, prepared: &Made<Prepared>, min_samples: usize, need: Need) -> Asked<DensityTree> {
    let key = Key::of("density", 2, &min_samples, &[prepared.key]);
    match runtime.look(|s| &mut s.densities, key, need) {
        Asked::Waiting(_) if need != Need::Look => {}
        known => return known,
    }
    let lists = neighbours(runtime, prepared, min_samples, need);
    let Some(near) = lists.ready() else { return lists.passes_on("Waiting for the neighbours") };
    let (prepared, near) = (prepared.value.clone(), near.value.clone());
    let title = || format!("Density tree, min samples = {min_samples}");
    let step = move |ctx: &Ctx| Ok(cluster::density_from(&prepared.matrix, &near, min_samples, ctx)?);
    runtime.ask(|s| &mut s.densities, key, need, (title, Lane::Long), step)
}

/// The nearest rows of every row, in lists that serve `min_samples`: the shortest there are or that are being made, or else new ones.
fn neighbours(runtime: &mut Runtime, prepared: &Made<Prepared>, min_samples: usize, need: Need) -> Asked<Neighbours> {
    let least = cluster::list_length(min_samples);
    let key_of = |length: usize| Key::of("neighbours", 1, &length, &[prepared.key]);
    for length in std::iter::successors(Some(least), |length| Some(length * 2)).take_while(|&length| length <= LONGEST_LISTS) {
        let known = runtime.look(|s| &mut s.neighbours, key_of(length), need);
        if matches!(known, Asked::Ready(_) | Asked::Cooking(_)) {
            return known;
        }
    }
    let prepared = prepared.value.clone();
    let title = || format!("Nearest {least} of every row");
    let step = move |ctx: &Ctx| Ok(cluster::neighbours(&prepared.matrix, least, ctx)?);
    runtime.ask(|s| &mut s.neighbours, key_of(least), need, (title, Lane::Long), step)
}

/// No knob asks for longer lists.
const LONGEST_LISTS: usize = 512;

/// DBSCAN's labels at each epsilon.
pub fn labels_at(runtime: &mut Runtime, tree: &Made<DensityTree>, epsilons: &[f64], need: Need) -> Vec<Asked<Labels>> {
    let keys: Vec<Key> = epsilons.iter().map(|epsilon| Key::of("labels at epsilon", 1, epsilon, &[tree.key])).collect();
    let (tree, lane) = (tree.value.clone(), if epsilons.len() == 1 { Lane::Quick } else { Lane::Long });
    let title = || match epsilons {
        [epsilon] => format!("DBSCAN, epsilon = {epsilon:.4}"),
        _ => format!("DBSCAN, {} epsilons", epsilons.len()),
    };
    runtime.ask_many(
        |s| &mut s.cuts,
        &keys,
        need,
        (title, lane),
        |missing| {
            let epsilons: Vec<f64> = missing.iter().map(|&at| epsilons[at]).collect();
            // Each epsilon is on its own, and the order of the list is kept.
            move |ctx: &Ctx| {
                let labels_at = |&epsilon: &f64| ctx.check().map(|()| tree.labels_at(epsilon));
                Ok(epsilons.par_iter().map(labels_at).collect::<Result<_, Stopped>>()?)
            }
        },
    )
}

/// HDBSCAN's labels at one least segment size, with the condensed tree they were read from.
pub fn hdbscan(runtime: &mut Runtime, tree: &Made<DensityTree>, min_cluster_size: usize, need: Need) -> Asked<Hdbscan> {
    let key = Key::of("hdbscan", 1, &min_cluster_size, &[tree.key]);
    let tree = tree.value.clone();
    let title = || format!("HDBSCAN, min cluster size = {min_cluster_size}");
    runtime.ask(|s| &mut s.hdbscans, key, need, (title, Lane::Quick), move |ctx| Ok(cluster::hdbscan(&tree, min_cluster_size, ctx)?))
}

/// The epsilon explorer.
pub fn density_plot(runtime: &mut Runtime, tree: &Made<DensityTree>, need: Need) -> Asked<DensityPlot> {
    let key = Key::of("density plot", 1, &(), &[tree.key]);
    let tree = tree.value.clone();
    runtime.ask(|s| &mut s.density_plots, key, need, (|| "Epsilon explorer".into(), Lane::Quick), move |_| Ok(plot::density(&tree)))
}

/// The condensed tree as it is drawn.
pub fn condensed_plot(runtime: &mut Runtime, found: &Made<Hdbscan>, need: Need) -> Asked<CondensedPlot> {
    let key = Key::of("condensed plot", 1, &(), &[found.key]);
    let found = found.value.clone();
    runtime.ask(|s| &mut s.condensed_plots, key, need, (|| "Condensed tree".into(), Lane::Quick), move |_| Ok(plot::condensed(&found)))
}
