//! Whom does a brush mean? From a wish (a box, a branch, bars, a segment, rows) to a set of rows, each in one quick step.
//!
//! A branch means something in its own tree only, and bars in their own plot. While that is shown the rows are found; afterwards those who
//! were found are held, so that the same customers stay picked while k, the method or the columns change.

use std::collections::BTreeMap;

use crate::base::{Ctx, Key, Stopped};
use crate::customers::Rfm;
use crate::data::{Loaded, Role};
use crate::evaluate::Silhouettes;
use crate::features::Prepared;
use crate::plot::{Picked, TreePlot};
use crate::session::{Brush, Selection, Who};

use super::caches::Runtime;
use super::cards::WordsInForce;
use super::place::placed;
use super::run::answer::Problem;
use super::run::jobs::{Lane, Urgency};
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Segmentation;
use super::silhouettes;

/// What the recipe hands over.
pub(super) struct From<'a> {
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
        Some((segmentation, silhouettes, silhouettes::plot_key(segmentation, silhouettes)))
    }
}

/// The customers last found, and the wish they answer.
#[derive(Debug)]
pub(super) struct Held {
    /// The wish.
    pub brush: Brush,
    /// The customers.
    pub picked: Made<Picked>,
}

const NEED: Need = Need::Start(Urgency::Chosen);
const TITLE: &str = "Finding the selected customers";
/// Rows between two looks at the stop flag.
const ROWS_A_CHECK: usize = 65_536;

/// The rows a brush means.
pub(super) fn pick(runtime: &mut Runtime, from: &From, brush: &Brush, held: Option<&Held>) -> Asked<Picked> {
    let Some(loaded) = from.loaded.ready() else { return from.loaded.blocks("Waiting for the data") };
    if loaded.value.stamp != brush.stamp {
        return Asked::Failed(Problem("The customers were selected in another table.".into()));
    }
    let n_table_rows = loaded.value.table.n_rows;
    let held = held.filter(|held| held.brush == *brush && !matches!(brush.who, Who::Box { .. }));
    let of = |prepared: &Made<Prepared>| {
        let prepared = prepared.value.clone();
        move |rows: Vec<usize>| in_table(&prepared, rows)
    };
    match (&brush.who, held, from.prepared.ready()) {
        (Who::Rows { rows, key }, ..) => {
            let rows = rows.clone();
            let key = Key::of("picked rows", 1, &n_table_rows, &[*key]);
            ask(runtime, key, move |_| Ok(Picked::new(n_table_rows, rows.iter().map(|&row| row as usize))))
        }
        (_, Some(held), _) => Asked::Ready(held.picked.clone()),
        (Who::Rfm { scores, codes }, ..) => {
            let shown = from.rfm.and_then(Asked::ready).filter(|shown| shown.value.stamp == *scores);
            let Some(shown) = shown else { return gone("scores") };
            let key = Key::of("picked codes", 1, &codes.halves(), &[shown.key]);
            let (shown, codes) = (shown.value.clone(), *codes);
            ask(runtime, key, move |ctx| Ok(Picked::new(n_table_rows, shown.rows_of(codes, ctx)?)))
        }
        (_, _, None) => from.prepared.blocks("Waiting for the columns"),
        (Who::Box { axes, corners }, _, Some(prepared)) => {
            let placed = match placed(runtime, loaded, prepared, axes, NEED) {
                Asked::Ready(placed) => placed,
                other => return other.blocks("Placing the customers"),
            };
            let key = Key::of("picked box", 1, corners, &[placed.key]);
            let (corners, of) = (*corners, of(prepared));
            ask(runtime, key, move |ctx| {
                let rows = placed.value.rows_in_box(corners, ctx)?;
                Ok(of(rows.iter().map(|&row| row as usize).collect()))
            })
        }
        (Who::Branch { tree, leaves }, _, Some(prepared)) => {
            let Some(shown) = from.tree.ready().filter(|shown| shown.value.stamp == *tree) else { return gone("tree") };
            let key = Key::of("picked branch", 1, leaves, &[shown.key, prepared.key]);
            let (shown, leaves, of) = (shown.value.clone(), *leaves, of(prepared));
            ask(runtime, key, move |ctx| Ok(of(shown.rows_under(leaves, ctx)?)))
        }
        (Who::Segment { segments, which }, _, Some(prepared)) => {
            let Some(shown) = from.segmentation.ready().filter(|shown| shown.key == *segments) else { return gone("segments") };
            let cluster = match which {
                Selection::Cluster(cluster) => Some(*cluster),
                Selection::Noise => None,
            };
            let key = Key::of("picked segment", 1, &cluster, &[shown.key, prepared.key]);
            let (shown, of) = (shown.value.clone(), of(prepared));
            ask(runtime, key, move |ctx| Ok(of(rows_where(shown.labels.n_rows(), |row| shown.labels.get(row) == cluster, ctx)?)))
        }
        (Who::Trait { segments, within, holds }, _, Some(prepared)) => {
            let Some(shown) = from.segmentation.ready().filter(|shown| shown.key == *segments) else { return gone("segments") };
            let key = Key::of("picked trait", 1, &(within, holds), &[shown.key, prepared.key]);
            let (loaded, shown, of) = (loaded.value.clone(), shown.value.clone(), of(prepared));
            let (within, holds) = (*within, holds.clone());
            ask(runtime, key, move |ctx| {
                let is_wanted = |row: usize| within.is_none_or(|cluster| shown.labels.get(row) == Some(cluster));
                Ok(of(holds.rows(&loaded, &shown.prepared, is_wanted, ctx)?))
            })
        }
        (Who::Silhouettes { plot, cluster, range }, _, Some(prepared)) => {
            let shown = from.silhouettes().filter(|(.., shown)| shown == plot);
            let Some((segmentation, silhouettes, _)) = shown else { return gone("silhouette plot") };
            let key = Key::of("picked silhouettes", 1, &(cluster, range), &[*plot, prepared.key]);
            let (segmentation, silhouettes) = (segmentation.value.clone(), silhouettes.value.clone());
            let (cluster, [low, high], of) = (*cluster, *range, of(prepared));
            ask(runtime, key, move |ctx| {
                let labels = &segmentation.labels;
                let is_in = |row: usize| {
                    let is_there = labels.get(row).is_some_and(|its| cluster.is_none_or(|cluster| cluster == its));
                    is_there && (low..=high).contains(&silhouettes.per_row[row])
                };
                Ok(of(rows_where(labels.n_rows(), is_in, ctx)?))
            })
        }
    }
}

fn ask(runtime: &mut Runtime, key: Key, step: impl FnOnce(&Ctx) -> Result<Picked, Stopped> + Send + 'static) -> Asked<Picked> {
    runtime.ask(|s| &mut s.picked, key, NEED, (|| TITLE.into(), Lane::Quick), move |ctx| Ok(step(ctx)?))
}

/// It was picked in what is no longer shown, and nobody was found in time.
fn gone(what: &str) -> Asked<Picked> {
    let are = if what.ends_with('s') { "are" } else { "is" };
    Asked::Failed(Problem(format!("The {what} they were picked in {are} no longer shown. Pick them again.").into()))
}

fn rows_where(n_rows: usize, is_in: impl Fn(usize) -> bool, ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
    let mut rows = Vec::new();
    for row in 0..n_rows {
        if row.is_multiple_of(ROWS_A_CHECK) {
            ctx.check()?;
        }
        if is_in(row) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Rows of the matrix as rows of the table.
fn in_table(prepared: &Prepared, rows: Vec<usize>) -> Picked {
    Picked::new(prepared.n_table_rows, rows.into_iter().map(|row| prepared.table_rows[row]))
}
