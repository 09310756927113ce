//! How does a density tree come about? Lists of neighbours first, which several min samples share, then the tree.
//!
//! In: the matrix and min samples. Out: the tree as far as it is known. Moving min samples within 5 to 8, or 9 to 16, and back makes no lists
//! anew; lists that are longer than needed serve too.

use crate::base::{Ctx, Key};
use crate::cluster::{self, DensityTree, Neighbours};
use crate::features::Prepared;

use super::desk::{Asked, Made, Need};
use super::jobs::Lane;
use super::steps::Kitchen;

/// The tree of reachability: DBSCAN's answers for every epsilon, and what HDBSCAN reads. The lists it is made from do not enter the key, for
/// lists of any length give the same tree; once it is there nobody asks for them.
pub fn density(desk: &mut Kitchen, prepared: &Made<Prepared>, min_samples: usize, need: Need) -> Asked<DensityTree> {
    let key = Key::of("density", 2, &min_samples, &[prepared.key]);
    match desk.look(|s| &mut s.densities, key, need) {
        Asked::Waiting(_) if need != Need::Look => {}
        known => return known,
    }
    let lists = neighbours(desk, prepared, min_samples, need);
    let Some(near) = lists.ready() else { return lists.passes_on("Waiting for the neighbours") };
    let (prepared, near) = (prepared.value.clone(), near.value.clone());
    let title = || format!("Density tree, min samples = {min_samples}");
    let step = move |ctx: &Ctx| Ok(cluster::density_from(&prepared.matrix, &near, min_samples, ctx)?);
    desk.ask(|s| &mut s.densities, key, need, (title, Lane::Long), step)
}

/// The nearest rows of every row, in lists that serve `min_samples`: the shortest there are or that are being made, or else new ones.
fn neighbours(desk: &mut Kitchen, prepared: &Made<Prepared>, min_samples: usize, need: Need) -> Asked<Neighbours> {
    let least = cluster::list_length(min_samples);
    let key_of = |length: usize| Key::of("neighbours", 1, &length, &[prepared.key]);
    for length in std::iter::successors(Some(least), |length| Some(length * 2)).take_while(|&length| length <= LONGEST_LISTS) {
        let known = desk.look(|s| &mut s.neighbours, key_of(length), need);
        if matches!(known, Asked::Ready(_) | Asked::Cooking(_)) {
            return known;
        }
    }
    let prepared = prepared.value.clone();
    let title = || format!("Nearest {least} of every row");
    let step = move |ctx: &Ctx| Ok(cluster::neighbours(&prepared.matrix, least, ctx)?);
    desk.ask(|s| &mut s.neighbours, key_of(least), need, (title, Lane::Long), step)
}

/// No knob asks for longer lists.
const LONGEST_LISTS: usize = 512;
