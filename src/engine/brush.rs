//! Which customers are picked, what does the map show of them, and in which segments are they? The steps of map and brush.
//!
//! None of them depends on the others' knobs: placing is the same for every number of segments, and a zoom or a box only asks the cheap
//! steps at the end. Who a wish means is found in `picking`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::customers::Rfm;
use crate::data::{Loaded, Role};
use crate::evaluate::Silhouettes;
use crate::features::Prepared;
use crate::persona::{Apart, apart};
use crate::plot::{self, BarMarks, BarOrder, LeafMarks, MapAxis, MapPlot, MapScene, Picked, PickedCounts, Placed, Ring, TreePlot};
use crate::session::Page;

use super::answers::{Answer, BrushAnswer, Segmentation};
use super::desk::{Asked, Made, Need};
use super::explaining::WordsInForce;
use super::jobs::{Lane, Urgency};
use super::picking::{Held, pick};
use super::previous::{self, Previous};
use super::steps::{self, Kitchen};
use super::wanted::Wanted;

/// What the recipe hands over.
pub struct From<'a> {
    /// The table.
    pub loaded: &'a Asked<Loaded>,
    /// The matrix.
    pub prepared: &'a Asked<Prepared>,
    /// The chosen grouping.
    pub segmentation: &'a Asked<Segmentation>,
    /// Its silhouettes.
    pub silhouettes: &'a Asked<Silhouettes>,
    /// The dendrogram.
    pub tree: &'a Asked<TreePlot>,
    /// The RFM scores, where there are some.
    pub rfm: Option<&'a Asked<Rfm>>,
    /// The user's own roles of columns.
    pub roles: &'a BTreeMap<String, Role>,
    /// The words in force.
    pub words: &'a WordsInForce,
}

impl From<'_> {
    /// Labels, silhouettes and what names their plot.
    pub fn silhouettes(&self) -> Option<(&Made<Segmentation>, &Made<Silhouettes>, Key)> {
        let (segmentation, silhouettes) = (self.segmentation.ready()?, self.silhouettes.ready()?);
        Some((segmentation, silhouettes, steps::silhouette_plot_key(segmentation, silhouettes)))
    }
}

/// The part of the map in view, where it has more customers than points are drawn, and what is picked.
pub fn answers(
    desk: &mut Kitchen,
    from: &From,
    wanted: &Wanted,
    needs_plots: Need,
    last: &mut Previous,
) -> (Answer<MapScene>, BrushAnswer) {
    let picked = wanted.brush.as_ref().map(|brush| pick(desk, from, brush, last.held.as_ref()));
    if let (Some(Asked::Ready(picked)), Some(brush)) = (&picked, &wanted.brush) {
        last.held = Some(Held { brush: brush.clone(), picked: picked.clone() });
    }
    let (mut counts, mut leaves, mut bars, mut told, mut rfm) = (None, None, None, None, None);
    if let Some(Asked::Ready(picked)) = &picked {
        counts = from.segmentation.ready().map(|segmentation| count(desk, picked, segmentation));
        if wanted.page == Page::Data {
            rfm = marked_codes(desk, from, picked);
        }
        if wanted.page == Page::Segments {
            leaves = marked_leaves(desk, from, picked);
            bars = marked_bars(desk, from, picked);
            told = set_apart(desk, from, picked);
        }
    }
    let scene = scene_in_view(desk, from, wanted, picked.as_ref(), needs_plots);
    let ring = ring(from, wanted, picked.as_ref());
    let is_cooking = !picked.as_ref().is_none_or(Asked::is_settled) || !counts.as_ref().is_none_or(Asked::is_settled);
    let problem = match &picked {
        Some(Asked::Failed(problem)) => Some(problem.clone()),
        _ => None,
    };
    if picked.as_ref().is_none_or(|picked| matches!(picked, Asked::Failed(_))) {
        (last.held, last.leaf_marks, last.bar_marks, last.rfm_marks, last.apart) = Default::default();
    }
    let brush = BrushAnswer {
        is_cooking,
        picked: kept(&mut last.picked, picked),
        counts: kept(&mut last.picked_counts, counts),
        ring,
        leaves: latest(&mut last.leaf_marks, leaves),
        bars: latest(&mut last.bar_marks, bars),
        rfm: latest(&mut last.rfm_marks, rfm),
        apart: told.map_or_else(Answer::default, |told| previous::settle(&mut last.apart, told)),
        problem,
    };
    (previous::settle(&mut last.scene, scene), brush)
}

/// The value, or the last one while the next is found; nothing once nobody is picked.
fn kept<T>(last: &mut Option<Arc<T>>, asked: Option<Asked<T>>) -> Option<Arc<T>> {
    match asked {
        None | Some(Asked::Failed(_)) => *last = None,
        Some(made) => return latest(last, Some(made)),
    }
    None
}

/// The value, or the last one.
fn latest<T>(last: &mut Option<Arc<T>>, asked: Option<Asked<T>>) -> Option<Arc<T>> {
    if let Some(Asked::Ready(made)) = asked {
        *last = Some(made.value);
    }
    last.clone()
}

/// Where the picked are in the tree that is shown.
fn marked_leaves(desk: &mut Kitchen, from: &From, picked: &Made<Picked>) -> Option<Asked<LeafMarks>> {
    let (tree, prepared) = (from.tree.ready()?, from.prepared.ready()?);
    let key = Key::of("leaf marks", 1, &(), &[tree.key, prepared.key, picked.key]);
    let (tree, prepared, picked) = (tree.value.clone(), prepared.value.clone(), picked.value.clone());
    let step = move |ctx: &Ctx| Ok(LeafMarks::of(&tree, &picked, &prepared.table_rows, ctx)?);
    Some(desk.ask(|s| &mut s.leaf_marks, key, SHOWN, (|| MARKING.into(), Lane::Quick), step))
}

/// Where the picked are in the silhouette plot that is shown.
fn marked_bars(desk: &mut Kitchen, from: &From, picked: &Made<Picked>) -> Option<Asked<BarMarks>> {
    let (segmentation, silhouettes, plot) = from.silhouettes()?;
    let labels = segmentation.value.clone();
    let order = {
        let key = Key::of("bar order", 1, &(), &[plot]);
        let (segmentation, silhouettes) = (segmentation.value.clone(), silhouettes.value.clone());
        let step = move |ctx: &Ctx| Ok(BarOrder::of(&segmentation.labels, &silhouettes, ctx)?);
        desk.ask(|s| &mut s.bar_orders, key, SHOWN, (|| MARKING.into(), Lane::Quick), step)
    };
    Some(order.and(MARKING, |order| {
        let key = Key::of("bar marks", 1, &(), &[order.key, picked.key]);
        let (order, picked) = (order.value.clone(), picked.value.clone());
        let step = move |ctx: &Ctx| Ok(BarMarks::of(plot, &order, &labels.labels, &picked, &labels.prepared.table_rows, ctx)?);
        desk.ask(|s| &mut s.bar_marks, key, SHOWN, (|| MARKING.into(), Lane::Quick), step)
    }))
}

/// How many of the picked have each RFM code.
fn marked_codes(desk: &mut Kitchen, from: &From, picked: &Made<Picked>) -> Option<Asked<Vec<usize>>> {
    let rfm = from.rfm?.ready()?;
    let key = Key::of("rfm marks", 1, &(), &[rfm.key, picked.key]);
    let (rfm, picked) = (rfm.value.clone(), picked.value.clone());
    let step = move |ctx: &Ctx| Ok(rfm.count(picked.rows(), ctx)?);
    Some(desk.ask(|s| &mut s.rfm_marks, key, SHOWN, (|| MARKING.into(), Lane::Quick), step))
}

/// What sets the picked apart. It depends on no grouping: moving k asks nothing anew.
fn set_apart(desk: &mut Kitchen, from: &From, picked: &Made<Picked>) -> Option<Asked<Apart>> {
    let (loaded, prepared) = (from.loaded.ready()?, from.prepared.ready()?);
    let key = Key::of("set apart", 1, from.roles, &[loaded.key, prepared.key, picked.key, from.words.key]);
    let (loaded, prepared, picked) = (loaded.value.clone(), prepared.value.clone(), picked.value.clone());
    let (roles, lexicon) = (from.roles.clone(), from.words.lexicon.clone());
    let step = move |ctx: &Ctx| Ok(apart(&loaded, &prepared, |row| picked.contains(row), &roles, &lexicon, ctx)?);
    Some(desk.ask(|s| &mut s.apart, key, SHOWN, (|| "Describing the customers picked".into(), Lane::Quick), step))
}

/// After the counts: while a box is drawn they come first.
const SHOWN: Need = Need::Start(Urgency::Shown);
const MARKING: &str = "Marking the customers picked";

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
pub(super) fn placed(
    desk: &mut Kitchen,
    loaded: &Made<Loaded>,
    prepared: &Made<Prepared>,
    axes: &(MapAxis, MapAxis),
    need: Need,
) -> Asked<Placed> {
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
