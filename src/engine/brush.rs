//! Which customers are picked, in which segments are they, where in the other plots, and what sets them apart?
//!
//! None of the steps depends on the others' knobs: a box only asks the cheap ones at the end. Who a wish means is found in `picking`.

use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::data::Role;
use crate::persona::{Contrast, contrast};
use crate::plot::{BarMarks, BarOrder, LeafMarks, Picked, PickedCounts, Ring};
use crate::session::{Page, Who};

use super::answers::BrushAnswer;
use super::caches::Runtime;
use super::picking::{From, Held, pick};
use super::run::answer::Answer;
use super::run::jobs::{Lane, Urgency};
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Segmentation;
use super::wanted::Wanted;

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    picked: Option<Arc<Picked>>,
    picked_counts: Option<Arc<PickedCounts>>,
    held: Option<Held>,
    leaf_marks: Option<Arc<LeafMarks>>,
    bar_marks: Option<Arc<BarMarks>>,
    rfm_marks: Option<Arc<Vec<usize>>>,
    contrast: Option<Arc<Contrast>>,
}

/// Who is picked, and what the pages see of them.
pub(super) fn of(runtime: &mut Runtime, from: &From, wanted: &Wanted, last: &mut Last) -> (Option<Asked<Picked>>, BrushAnswer) {
    let picked = wanted.brush.as_ref().map(|brush| pick(runtime, from, brush, last.held.as_ref()));
    if let (Some(Asked::Ready(picked)), Some(brush)) = (&picked, &wanted.brush) {
        last.held = Some(Held { brush: brush.clone(), picked: picked.clone() });
    }
    let (mut counts, mut leaves, mut bars, mut told, mut rfm) = (None, None, None, None, None);
    if let Some(Asked::Ready(picked)) = &picked {
        counts = from.segmentation.ready().map(|segmentation| count(runtime, picked, segmentation));
        if wanted.view.page() == Page::Data {
            rfm = marked_codes(runtime, from, picked);
        }
        if wanted.view.page() == Page::Segments {
            leaves = marked_leaves(runtime, from, picked);
            bars = marked_bars(runtime, from, picked);
            let by = wanted.brush.as_ref().and_then(|brush| match &brush.who {
                Who::Trait { holds, .. } => Some(holds.column.as_str()),
                _ => None,
            });
            told = contrasted(runtime, from, picked, by);
        }
    }
    let ring = ring(from, wanted, picked.as_ref());
    let is_cooking = !picked.as_ref().is_none_or(Asked::is_settled) || !counts.as_ref().is_none_or(Asked::is_settled);
    let problem = match &picked {
        Some(Asked::Failed(problem)) => Some(problem.clone()),
        _ => None,
    };
    if picked.as_ref().is_none_or(|picked| matches!(picked, Asked::Failed(_))) {
        (last.held, last.leaf_marks, last.bar_marks, last.rfm_marks, last.contrast) = Default::default();
    }
    let brush = BrushAnswer {
        is_cooking,
        picked: kept(&mut last.picked, picked.clone()),
        counts: kept(&mut last.picked_counts, counts),
        ring,
        leaves: latest(&mut last.leaf_marks, leaves),
        bars: latest(&mut last.bar_marks, bars),
        rfm: latest(&mut last.rfm_marks, rfm),
        contrast: told.map_or_else(Answer::default, |told| told.settled(&mut last.contrast)),
        problem,
    };
    (picked, brush)
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
fn marked_leaves(runtime: &mut Runtime, from: &From, picked: &Made<Picked>) -> Option<Asked<LeafMarks>> {
    let (tree, prepared) = (from.tree.ready()?, from.prepared.ready()?);
    let key = Key::of("leaf marks", 1, &(), &[tree.key, prepared.key, picked.key]);
    let (tree, prepared, picked) = (tree.value.clone(), prepared.value.clone(), picked.value.clone());
    let step = move |ctx: &Ctx| Ok(LeafMarks::of(&tree, &picked, &prepared.table_rows, ctx)?);
    Some(runtime.ask(|s| &mut s.leaf_marks, key, SHOWN, (|| MARKING.into(), Lane::Quick), step))
}

/// Where the picked are in the silhouette plot that is shown.
fn marked_bars(runtime: &mut Runtime, from: &From, picked: &Made<Picked>) -> Option<Asked<BarMarks>> {
    let (segmentation, silhouettes, plot) = from.silhouettes()?;
    let labels = segmentation.value.clone();
    let order = {
        let key = Key::of("bar order", 1, &(), &[plot]);
        let (segmentation, silhouettes) = (segmentation.value.clone(), silhouettes.value.clone());
        let step = move |ctx: &Ctx| Ok(BarOrder::of(&segmentation.labels, &silhouettes, ctx)?);
        runtime.ask(|s| &mut s.bar_orders, key, SHOWN, (|| MARKING.into(), Lane::Quick), step)
    };
    Some(order.and(MARKING, |order| {
        let key = Key::of("bar marks", 1, &(), &[order.key, picked.key]);
        let (order, picked) = (order.value.clone(), picked.value.clone());
        let step = move |ctx: &Ctx| Ok(BarMarks::of(plot, &order, &labels.labels, &picked, &labels.prepared.table_rows, ctx)?);
        runtime.ask(|s| &mut s.bar_marks, key, SHOWN, (|| MARKING.into(), Lane::Quick), step)
    }))
}

/// How many of the picked have each RFM code.
fn marked_codes(runtime: &mut Runtime, from: &From, picked: &Made<Picked>) -> Option<Asked<Vec<usize>>> {
    let rfm = from.rfm?.ready()?;
    let key = Key::of("rfm marks", 1, &(), &[rfm.key, picked.key]);
    let (rfm, picked) = (rfm.value.clone(), picked.value.clone());
    let step = move |ctx: &Ctx| Ok(rfm.count(picked.rows(), ctx)?);
    Some(runtime.ask(|s| &mut s.rfm_marks, key, SHOWN, (|| MARKING.into(), Lane::Quick), step))
}

/// What sets the picked apart. It depends on no grouping: moving k asks nothing anew. A column they were picked by is left out: that they have it says
/// nothing of them.
fn contrasted(runtime: &mut Runtime, from: &From, picked: &Made<Picked>, by: Option<&str>) -> Option<Asked<Contrast>> {
    let (loaded, prepared) = (from.loaded.ready()?, from.prepared.ready()?);
    let mut roles = from.roles.clone();
    if let Some(by) = by {
        roles.insert(by.to_owned(), Role::Ignored);
    }
    let key = Key::of("set apart", 2, &(&roles, by.is_some()), &[loaded.key, prepared.key, picked.key, from.words.key]);
    let (loaded, prepared, picked) = (loaded.value.clone(), prepared.value.clone(), picked.value.clone());
    let lexicon = from.words.lexicon.clone();
    let is_by_column = by.is_some();
    let step = move |ctx: &Ctx| {
        let told = contrast(&loaded, &prepared, |row| picked.contains(row), &roles, &lexicon, ctx)?;
        let twins = told.names_of_the_picked();
        if !is_by_column || twins.is_empty() {
            return Ok(told);
        }
        // Columns that hold for all of them and nobody else say what they were picked by in other words.
        roles.extend(twins.into_iter().map(|column| (column, Role::Ignored)));
        Ok(contrast(&loaded, &prepared, |row| picked.contains(row), &roles, &lexicon, ctx)?)
    };
    Some(runtime.ask(|s| &mut s.contrast, key, SHOWN, (|| "Describing the selected customers".into(), Lane::Quick), step))
}

/// After the counts: while a box is drawn they come first.
const SHOWN: Need = Need::Start(Urgency::Shown);
const MARKING: &str = "Marking the selected customers";

fn count(runtime: &mut Runtime, picked: &Made<Picked>, segmentation: &Made<Segmentation>) -> Asked<PickedCounts> {
    let key = Key::of("picked counts", 1, &(), &[picked.key, segmentation.key]);
    let (picked, segmentation) = (picked.value.clone(), segmentation.value.clone());
    runtime.ask(
        |s| &mut s.picked_counts,
        key,
        Need::Start(Urgency::Chosen),
        (|| "Counting the selected customers".into(), Lane::Quick),
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
