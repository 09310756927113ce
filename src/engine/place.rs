//! Where is everyone on two axes? The same for every number of segments, so a zoom or a box asks nothing of it anew.

use crate::base::Key;
use crate::data::Loaded;
use crate::features::Prepared;
use crate::plot::{self, MapAxis, Placed};

use super::caches::Runtime;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};

/// Everyone's place on two axes.
pub(super) fn placed(
    runtime: &mut Runtime,
    loaded: &Made<Loaded>,
    prepared: &Made<Prepared>,
    axes: &(MapAxis, MapAxis),
    need: Need,
) -> Asked<Placed> {
    let key = Key::of("placed", 1, axes, &[prepared.key]);
    let (loaded, prepared, axes) = (loaded.value.clone(), prepared.value.clone(), axes.clone());
    runtime.ask(
        |s| &mut s.placed,
        key,
        need,
        (|| "Placing the customers".into(), Lane::Quick),
        move |ctx| Ok(plot::place(&loaded, &prepared, &axes, ctx)?),
    )
}
