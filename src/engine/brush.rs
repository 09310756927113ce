//! Which customers are picked, what does the map show of them, and in which segments are they? The steps of map and brush.
//!
//! None of them depends on the others' knobs: placing is the same for every number of segments, picking needs no segments, and a
//! zoom or a box only asks the two cheap steps at the end.

use crate::base::Key;
use crate::data::Loaded;
use crate::features::Prepared;
use crate::plot::{self, MapAxis, MapPlot, MapScene, Picked, PickedCounts, Placed, Ring};
use crate::session::{Brush, Who};

use super::answers::{Answer, BrushAnswer, Segmentation, Wanted};
use super::desk::{Asked, Made, Need};
use super::jobs::{Lane, Urgency};
use super::previous::{self, Previous};
use super::steps::Kitchen;

/// What the recipe hands over.
pub struct From<'a> {
    /// The table.
    pub loaded: &'a Asked<Loaded>,
    /// The matrix.
    pub prepared: &'a Asked<Prepared>,
    /// The chosen grouping.
    pub segmentation: &'a Asked<Segmentation>,
}

/// The part of the map in view, where it has more customers than points are drawn, and what is picked.
pub fn answers(
    desk: &mut Kitchen,
    from: &From,
    wanted: &Wanted,
    needs_plots: Need,
    last: &mut Previous,
) -> (Answer<MapScene>, BrushAnswer) {
    let picked = wanted.brush.as_ref().map(|brush| pick(desk, from, brush));
    let counts = match (&picked, from.segmentation) {
        (Some(Asked::Ready(picked)), Asked::Ready(segmentation)) => Some(count(desk, picked, segmentation)),
        _ => None,
    };
    let scene = scene_in_view(desk, from, wanted, picked.as_ref(), needs_plots);
    let ring = ring(from, wanted, picked.as_ref());
    let is_cooking = !picked.as_ref().is_none_or(Asked::is_settled) || !counts.as_ref().is_none_or(Asked::is_settled);
    let brush = BrushAnswer { is_cooking, picked: kept(&mut last.picked, picked), counts: kept(&mut last.picked_counts, counts), ring };
    (previous::settle(&mut last.scene, scene), brush)
}

/// The value, or the last one while the next is found; nothing once nobody is picked.
fn kept<T>(last: &mut Option<std::sync::Arc<T>>, asked: Option<Asked<T>>) -> Option<std::sync::Arc<T>> {
    match asked {
        None | Some(Asked::Failed(_)) => *last = None,
        Some(Asked::Ready(made)) => *last = Some(made.value),
        Some(Asked::Cooking(_) | Asked::Waiting(_)) => {}
    }
    last.clone()
}

fn scene_in_view(desk: &mut Kitchen, from: &From, wanted: &Wanted, picked: Option<&Asked<Picked>>, need: Need) -> Asked<MapScene> {
    let waits = || Asked::Waiting("Waiting for the map".into());
    let (Some(loaded), Some(prepared), Some(segmentation)) = (from.loaded.ready(), from.prepared.ready(), from.segmentation.ready()) else {
        return waits();
    };
    let Some(window) = wanted.map_window.filter(|_| prepared.value.table_rows.len() > MapPlot::MAX_POINTS) else { return waits() };
    let placed = match placed(desk, loaded, prepared, &wanted.map_axes, need) {
        Asked::Ready(placed) => placed,
        other => return other.blocks("Placing the customers"),
    };
    // While a box is counted the picture before stays: it would only change twice.
    let picked = match picked {
        Some(Asked::Ready(picked)) => Some(picked.clone()),
        Some(Asked::Cooking(_)) => return waits(),
        _ => None,
    };
    let inputs: Vec<Key> = [placed.key, segmentation.key].into_iter().chain(picked.as_ref().map(|picked| picked.key)).collect();
    let key = Key::of("map scene", 1, &window, &inputs);
    let segmentation = segmentation.value.clone();
    desk.ask(
        |s| &mut s.scenes,
        key,
        need,
        (|| "Drawing the map".into(), Lane::Quick),
        move |ctx| {
            let rows = &segmentation.prepared.table_rows;
            let picked = picked.as_ref().map(|picked| &*picked.value);
            Ok(plot::scene(&placed.value, &segmentation.labels, rows, picked, window, ctx)?)
        },
    )
}

/// Everyone's place on two axes.
fn placed(desk: &mut Kitchen, loaded: &Made<Loaded>, prepared: &Made<Prepared>, axes: &(MapAxis, MapAxis), need: Need) -> Asked<Placed> {
    let key = Key::of("placed", 1, axes, &[prepared.key]);
    let (loaded, prepared, axes) = (loaded.value.clone(), prepared.value.clone(), axes.clone());
    desk.ask(
        |s| &mut s.placed,
        key,
        need,
        (|| "Placing the customers".into(), Lane::Quick),
        move |ctx| Ok(plot::place(&loaded, &prepared, &axes, ctx)?),
    )
}

/// The rows a brush means.
fn pick(desk: &mut Kitchen, from: &From, brush: &Brush) -> Asked<Picked> {
    let Some(loaded) = from.loaded.ready() else { return from.loaded.blocks("Waiting for the data") };
    if loaded.value.stamp != brush.stamp {
        return Asked::Failed(super::Problem("The customers were picked in another table.".into()));
    }
    let need = Need::Start(Urgency::Chosen);
    let n_table_rows = loaded.value.table.n_rows;
    let title = || "Finding the customers picked".into();
    match &brush.who {
        Who::Rows { rows, key } => {
            let rows = rows.clone();
            let key = Key::of("picked rows", 1, &n_table_rows, &[*key]);
            let step = move |_: &crate::base::Ctx| Ok(Picked::new(n_table_rows, rows.iter().map(|&row| row as usize)));
            desk.ask(|s| &mut s.picked, key, need, (title, Lane::Quick), step)
        }
        Who::Box { axes, corners } => {
            let Some(prepared) = from.prepared.ready() else { return from.prepared.blocks("Waiting for the columns") };
            let placed = match placed(desk, loaded, prepared, axes, need) {
                Asked::Ready(placed) => placed,
                other => return other.blocks("Placing the customers"),
            };
            let key = Key::of("picked box", 1, corners, &[placed.key]);
            let (prepared, corners) = (prepared.value.clone(), *corners);
            let step = move |ctx: &crate::base::Ctx| {
                let rows = placed.value.rows_in_box(corners, ctx)?;
                Ok(Picked::new(n_table_rows, rows.iter().map(|&row| prepared.table_rows[row as usize])))
            };
            desk.ask(|s| &mut s.picked, key, need, (title, Lane::Quick), step)
        }
    }
}

fn count(desk: &mut Kitchen, picked: &Made<Picked>, segmentation: &Made<Segmentation>) -> Asked<PickedCounts> {
    let key = Key::of("picked counts", 1, &(), &[picked.key, segmentation.key]);
    let (picked, segmentation) = (picked.value.clone(), segmentation.value.clone());
    desk.ask(
        |s| &mut s.picked_counts,
        key,
        Need::Start(Urgency::Chosen),
        (|| "Counting the customers picked".into(), Lane::Quick),
        move |ctx| Ok(PickedCounts::of(&picked, &segmentation.labels, &segmentation.prepared.table_rows, ctx)?),
    )
}

/// A single picked customer is named. Made on the spot: it looks at one row.
fn ring(from: &From, wanted: &Wanted, picked: Option<&Asked<Picked>>) -> Option<Ring> {
    let picked = picked?.ready()?;
    let row = Some(&picked.value).filter(|picked| picked.n() == 1)?.rows().next()?;
    let (loaded, prepared) = (from.loaded.ready()?, from.prepared.ready()?);
    Some(Ring::around(&loaded.value, &prepared.value, &wanted.map_axes, row))
}
