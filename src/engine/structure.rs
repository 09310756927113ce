//! Are there groups at all? Asked once of the matrix, whichever the method.

use crate::base::Key;
use crate::evaluate::{self, Structure};
use crate::features::Prepared;

use super::caches::Runtime;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};

/// Whether there are groups, and why. It looks at a sample of fixed size, so it is there soon and never changes while one waits.
pub(super) fn of(runtime: &mut Runtime, prepared: &Made<Prepared>, seed: u64, need: Need) -> Asked<Structure> {
    let key = Key::of("structure", 1, &seed, &[prepared.key]);
    let prepared = prepared.value.clone();
    let title = || "Looking for groups at all".to_owned();
    runtime.ask(|s| &mut s.structures, key, need, (title, Lane::Long), move |ctx| Ok(evaluate::structure(&prepared.matrix, seed, ctx)?))
}
