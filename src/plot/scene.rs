//! What does a part of the map show: single customers, or how many of which segment are in each small square?
//!
//! In: placed customers, their segments, who is picked, a window. Out: points when few are in it, else counts by bin and segment.
//! Colours are not in it, so a theme or another colour of a segment counts nobody anew. Work: what lies in the window, about 20 ms
//! for a million.
//!
//! Counting before drawing is Cottam, Lumsdaine and Wang's (2014) "Abstract rendering"; how strongly a bin is drawn follows datashader's
//! `eq_hist`: by its rank among the bins, not by its count, so that both a lone customer and the structure inside a crowd are seen.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Labels, Stopped};
use crate::data::Dictionary;

use super::brush::Picked;
use super::place::{Corners, Placed};
use super::views::{MapAxis, MapPlot};

/// The part of the map that is looked at, and into how many bins it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MapWindow {
    /// Lower left and upper right, in the axes' values.
    pub corners: Corners,
    /// Bins across and up.
    pub bins: [usize; 2],
}

/// Steps a view is snapped to, per its own width: between this and its square root of two.
const STEPS: f64 = 8.0;
/// A bin's side on the screen, in points, at most.
const BIN: f64 = 2.0;
/// Bins per side at most, whatever the screen.
const MAX_BINS: usize = 2_000;

impl MapWindow {
    /// The window to ask for when `view` fills `size` points of the screen: a little larger, and on a grid that goes with the zoom, so that
    /// moving a little asks for nothing new. Zooming changes the grid by steps of the square root of two.
    pub fn around(view: Corners, size: [f64; 2]) -> MapWindow {
        let side = |side: usize| {
            let (low, high) = (view[0][side], view[1][side]);
            let width = (high - low).max(f64::MIN_POSITIVE);
            let step = ((2.0 * width.log2()).floor() / 2.0).exp2() / STEPS;
            let (first, last) = ((low / step).floor() - 1.0, (high / step).ceil() + 1.0);
            let bins_a_step = (size[side] / STEPS / BIN).ceil().max(1.0);
            let bins = ((last - first) * bins_a_step) as usize;
            (first * step, last * step, bins.clamp(1, MAX_BINS))
        };
        let (x, y) = (side(0), side(1));
        MapWindow { corners: [[x.0, y.0], [x.1, y.1]], bins: [x.2, y.2] }
    }

    /// Whether all of `view` is inside.
    pub fn covers(&self, view: Corners) -> bool {
        (0..2).all(|side| self.corners[0][side] <= view[0][side] && view[1][side] <= self.corners[1][side])
    }
}

/// A part of the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapScene {
    /// The title of the x axis it lies on.
    pub x_name: String,
    /// The title of the y axis.
    pub y_name: String,
    /// Which part.
    pub window: MapWindow,
    /// What is there.
    pub shows: Shows,
}

impl MapScene {
    /// The same with its axes called what the user calls them.
    pub fn in_words(self, axes: &(MapAxis, MapAxis), dictionary: &Dictionary) -> MapScene {
        let (x_name, y_name) = (axes.0.in_words(&self.x_name, dictionary), axes.1.in_words(&self.y_name, dictionary));
        MapScene { x_name, y_name, ..self }
    }
}

/// Points or an image, by how many customers there are.
#[derive(Debug, Clone, PartialEq)]
pub enum Shows {
    /// At most [`MapPlot::MAX_POINTS`], each by itself.
    Points(MapPoints),
    /// More: counts by bin.
    Density(DensityGrid),
}

/// Single customers by segment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapPoints {
    /// Places of each cluster's customers.
    pub clusters: Vec<Vec<[f64; 2]>>,
    /// Places of the customers in none.
    pub noise: Vec<[f64; 2]>,
    /// Whose points those of `clusters` are, as rows of the table.
    pub rows: Vec<Vec<u32>>,
    /// Whose points those of `noise` are.
    pub noise_rows: Vec<u32>,
}

/// How many customers of which segment are in each bin; bins go from left to right, then up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DensityGrid {
    /// Where each bin's cells start in `cells`, and the end.
    pub starts: Vec<u32>,
    /// The segments in each bin, in order, noise last.
    pub cells: Vec<DensityCell>,
    /// How strongly each bin is drawn, 0 (nobody) to 255.
    pub strengths: Vec<u8>,
    /// Whether it was asked who is picked.
    pub tells_picked: bool,
}

/// One segment in one bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DensityCell {
    /// The cluster; [`DensityCell::NOISE`] is none.
    pub cluster: u32,
    /// Its customers here.
    pub n: u32,
    /// Those of them that are picked.
    pub n_picked: u32,
}

impl DensityCell {
    /// Customers in no segment.
    pub const NOISE: u32 = u32::MAX >> 1;
}

/// What `window` shows. `table_rows` are the rows in the table of the matrix' rows.
pub fn scene(
    placed: &Placed,
    labels: &Labels,
    table_rows: &[usize],
    picked: Option<&Picked>,
    window: MapWindow,
    ctx: &Ctx,
) -> Result<MapScene, Stopped> {
    ctx.check()?;
    let shows = if placed.count(window.corners, MapPlot::MAX_POINTS + 1) > MapPlot::MAX_POINTS {
        Shows::Density(DensityGrid::of(placed, labels, table_rows, picked, window, ctx)?)
    } else {
        Shows::Points(points(placed, labels, table_rows, window.corners, ctx)?)
    };
    Ok(MapScene { x_name: placed.x_name.clone(), y_name: placed.y_name.clone(), window, shows })
}

fn points(placed: &Placed, labels: &Labels, table_rows: &[usize], corners: Corners, ctx: &Ctx) -> Result<MapPoints, Stopped> {
    let mut seen: Vec<(usize, [f64; 2])> = Vec::new();
    for part in placed.near(corners) {
        let inside = part.map(|place| placed.at(place)).filter(|(point, _)| corners[0][0] <= point[0] && point[0] < corners[1][0]);
        seen.extend(inside.map(|(point, row)| (row, point)));
    }
    ctx.check()?;
    // In the order of the table, so that who lies above whom does not depend on the window.
    seen.sort_unstable_by_key(|(row, _)| *row);
    let n_clusters = labels.n_clusters();
    let mut points = MapPoints { clusters: vec![Vec::new(); n_clusters], rows: vec![Vec::new(); n_clusters], ..MapPoints::default() };
    for (row, point) in seen {
        let (places, rows) = match labels.get(row) {
            Some(cluster) => (&mut points.clusters[cluster], &mut points.rows[cluster]),
            None => (&mut points.noise, &mut points.noise_rows),
        };
        places.push(point);
        rows.push(table_rows[row] as u32);
    }
    Ok(points)
}

/// Bins a task folds into cells between two looks at the stop flag.
const BINS_A_TASK: usize = 4_096;

impl DensityGrid {
    /// Counts who is in which bin. The edge between two bins belongs to the upper one.
    pub fn of(
        placed: &Placed,
        labels: &Labels,
        table_rows: &[usize],
        picked: Option<&Picked>,
        window: MapWindow,
        ctx: &Ctx,
    ) -> Result<DensityGrid, Stopped> {
        let MapWindow { corners: [from, to], bins } = window;
        let bin_of = |value: f64, side: usize| {
            let share = (value - from[side]) / (to[side] - from[side]);
            ((share * bins[side] as f64) as usize).min(bins[side] - 1)
        };
        // A customer's tag is its cluster and whether it is picked.
        let tag_of = |row: usize| {
            let is_picked = picked.is_some_and(|picked| picked.contains(table_rows[row]));
            labels.get(row).map_or(DensityCell::NOISE, |cluster| cluster as u32) * 2 + u32::from(is_picked)
        };
        let parts: Vec<Range<usize>> = placed.near(window.corners).filter(|part| !part.is_empty()).collect();
        let tagged: Vec<Vec<(u32, u32)>> = parts
            .into_par_iter()
            .map(|part| {
                ctx.check()?;
                let n = part.len();
                let inside = part.map(|place| placed.at(place)).filter(|(point, _)| from[0] <= point[0] && point[0] < to[0]);
                let mut tagged = Vec::with_capacity(n);
                tagged.extend(inside.map(|([x, y], row)| ((bin_of(y, 1) * bins[0] + bin_of(x, 0)) as u32, tag_of(row))));
                Ok(tagged)
            })
            .collect::<Result<_, Stopped>>()?;
        // Tags sorted by bin, by counting.
        let mut ends = vec![0u32; bins[0] * bins[1] + 1];
        tagged.iter().flatten().for_each(|&(bin, _)| ends[bin as usize + 1] += 1);
        for bin in 1..ends.len() {
            ends[bin] += ends[bin - 1];
        }
        let starts = ends.clone();
        let mut tags = vec![0u32; ends[ends.len() - 1] as usize];
        for part in &tagged {
            ctx.check()?;
            for &(bin, tag) in part {
                tags[ends[bin as usize] as usize] = tag;
                ends[bin as usize] += 1;
            }
        }
        let density = DensityGrid::folded(&starts, &tags, labels.n_clusters(), ctx)?;
        Ok(DensityGrid { tells_picked: picked.is_some(), ..density })
    }

    fn folded(starts: &[u32], tags: &[u32], n_clusters: usize, ctx: &Ctx) -> Result<DensityGrid, Stopped> {
        let n_bins = starts.len() - 1;
        let tasks: Vec<Range<usize>> = (0..n_bins).step_by(BINS_A_TASK).map(|at| at..(at + BINS_A_TASK).min(n_bins)).collect();
        let folded: Vec<(Vec<u32>, Vec<DensityCell>)> = tasks
            .into_par_iter()
            .map(|task| {
                ctx.check()?;
                let mut tally = vec![[0u32; 2]; n_clusters + 1];
                let (mut lengths, mut cells) = (Vec::with_capacity(task.len()), Vec::new());
                for bin in task {
                    lengths.push(fold(&tags[starts[bin] as usize..starts[bin + 1] as usize], &mut tally, &mut cells));
                }
                Ok((lengths, cells))
            })
            .collect::<Result<_, Stopped>>()?;
        let mut density = DensityGrid { starts: vec![0], strengths: strengths(starts, ctx)?, ..DensityGrid::default() };
        density.starts.reserve(n_bins);
        let mut end = 0;
        for (lengths, cells) in folded {
            density.starts.extend(lengths.iter().map(|length| {
                end += length;
                end
            }));
            density.cells.extend(cells);
        }
        Ok(density)
    }

    /// The segments in a bin.
    pub fn bin(&self, bin: usize) -> &[DensityCell] {
        &self.cells[self.starts[bin] as usize..self.starts[bin + 1] as usize]
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..]) + size_of_val(&self.cells[..]) + self.strengths.len()
    }
}

/// Adds one bin's cells; how many. `tally` is all zeros before and after.
fn fold(tags: &[u32], tally: &mut [[u32; 2]], cells: &mut Vec<DensityCell>) -> u32 {
    let before = cells.len();
    // Noise has the last slot.
    let last = tally.len() - 1;
    for &tag in tags {
        let slot = &mut tally[(tag as usize / 2).min(last)];
        if *slot == [0, 0] {
            cells.push(DensityCell { cluster: tag / 2, n: 0, n_picked: 0 });
        }
        slot[0] += 1;
        slot[1] += tag & 1;
    }
    cells[before..].sort_unstable_by_key(|cell| cell.cluster);
    for cell in &mut cells[before..] {
        let [n, n_picked] = std::mem::take(&mut tally[(cell.cluster as usize).min(last)]);
        (cell.n, cell.n_picked) = (n, n_picked);
    }
    (cells.len() - before) as u32
}

/// The faintest a bin with a single customer is drawn among fuller ones.
const FAINTEST: f64 = 0.30;

/// The share of the bins that hold anybody and at most as many as this one, as a strength; all the same: full strength.
fn strengths(starts: &[u32], ctx: &Ctx) -> Result<Vec<u8>, Stopped> {
    let totals: Vec<u32> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut ranked: Vec<u32> = totals.iter().copied().filter(|&total| total > 0).collect();
    ctx.check()?;
    ranked.sort_unstable();
    ctx.check()?;
    // The cumulated share of every count that occurs, the least of them at 0.
    let lowest = ranked.partition_point(|&total| Some(&total) <= ranked.first());
    let above = (ranked.len() - lowest) as f64;
    let strength = |rank: usize| {
        let share = if above == 0.0 { 1.0 } else { (rank - lowest) as f64 / above };
        ((FAINTEST + (1.0 - FAINTEST) * share) * 255.0).round() as u8
    };
    let mut of_total: Vec<(u32, u8)> = Vec::new();
    let mut rank = 0;
    for group in ranked.chunk_by(|a, b| a == b) {
        rank += group.len();
        of_total.push((group[0], strength(rank)));
    }
    let small: Vec<u8> = (0..256).map(|total| find(&of_total, total)).collect();
    Ok(totals.iter().map(|&total| small.get(total as usize).copied().unwrap_or_else(|| find(&of_total, total))).collect())
}

fn find(of_total: &[(u32, u8)], total: u32) -> u8 {
    of_total.binary_search_by_key(&total, |(total, _)| *total).map_or(0, |at| of_total[at].1)
}
