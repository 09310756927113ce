//! Where is every customer on two axes, and which of them lie in a rectangle?
//!
//! In: data, preparation and two axes; no labels, so that another number of segments places nobody anew. Out: points in an order in
//! which a rectangle is found without looking at everyone.
//!
//! The points are dealt into strips of about [`RUN`] neighbours in x, and each strip is sorted by y: a range tree of two levels
//! (Bentley 1979) without its lower copies. A rectangle is a binary search in every strip it touches. Strips hold equally many
//! points, so that a few far customers cannot crowd all others into one cell, as they would in a grid. Placing costs O(n log n),
//! about 0.1 s for a million; a rectangle O(sqrt n + what lies in its strips). 20 bytes per customer.

use std::ops::Range;

use rayon::prelude::*;

use crate::base::{Ctx, Stopped};
use crate::data::Loaded;
use crate::features::Prepared;

use super::map::{Axis, place as place_row};
use super::views::MapAxis;

/// Two opposite corners: smallest x and y, largest x and y.
pub type Corners = [[f64; 2]; 2];

/// Points of a strip; a strip of equal x is cut into several of this length.
const RUN: usize = 1_024;
/// Points looked at to find where strips end.
const SAMPLE: usize = 16_384;
/// Rows between two looks at the stop flag; well below 5 ms.
const CHUNK: usize = 16_384;

/// Every customer's place on two axes. Customers without a value on one of them have none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placed {
    /// Title of the x axis, as [`super::MapPlot`] has it.
    pub x_name: String,
    /// Title of the y axis.
    pub y_name: String,
    runs: Vec<Run>,
    points: Vec<[f64; 2]>,
    rows: Vec<u32>,
}

/// Neighbours in x, ascending in y.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    x: [f64; 2],
    at: Range<usize>,
}

/// Places every row of the matrix.
pub fn place(loaded: &Loaded, prepared: &Prepared, axes: &(MapAxis, MapAxis), ctx: &Ctx) -> Result<Placed, Stopped> {
    ctx.progress("Placing the customers", 0.0);
    let x = Axis::new(loaded, prepared, &axes.0);
    let y = Axis::new(loaded, prepared, &axes.1);
    let starts: Vec<usize> = (0..prepared.table_rows.len()).step_by(CHUNK).collect();
    let chunks: Vec<Vec<([f64; 2], u32)>> = starts
        .par_iter()
        .map(|&start| {
            ctx.check()?;
            let rows = start..(start + CHUNK).min(prepared.table_rows.len());
            Ok(rows.filter_map(|row| Some((place_row(&x, &y, row)?, row as u32))).collect())
        })
        .collect::<Result<_, Stopped>>()?;
    let placed = Placed { x_name: x.name, y_name: y.name, ..Placed::default() };
    placed.sorted(&chunks, ctx)
}

impl Placed {
    /// Points by hand, row by row.
    pub fn from_points(points: &[[f64; 2]]) -> Placed {
        let chunk = points.iter().zip(0..).map(|(&point, row)| (point, row)).collect();
        // Nobody can stop a fresh handle.
        Placed::default().sorted(&[chunk], &Ctx::new()).unwrap_or_default()
    }

    /// Customers that have a place.
    pub fn n_placed(&self) -> usize {
        self.rows.len()
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.points.len() * (size_of::<[f64; 2]>() + size_of::<u32>()) + self.runs.len() * size_of::<Run>()
    }

    /// The parts of the order that can hold points with `from <= (x, y)` and `(x, y) < to`: those between them in y, near them in x.
    /// Who is asked for one of them must still look at x.
    pub(super) fn near(&self, [from, to]: Corners) -> impl Iterator<Item = Range<usize>> + '_ {
        self.runs.iter().filter(move |run| run.x[0] < to[0] && run.x[1] >= from[0]).map(move |run| {
            let points = &self.points[run.at.clone()];
            let first = points.partition_point(|point| point[1] < from[1]);
            let end = points.partition_point(|point| point[1] < to[1]);
            run.at.start + first..run.at.start + end.max(first)
        })
    }

    /// The point and the row of the matrix at a place of the order.
    pub(super) fn at(&self, place: usize) -> ([f64; 2], usize) {
        (self.points[place], self.rows[place] as usize)
    }

    /// Points with `from <= (x, y)` and `(x, y) < to`, at most `limit`: whoever asks for few need not count all.
    pub fn count(&self, corners: Corners, limit: usize) -> usize {
        let mut n = 0;
        for part in self.near(corners) {
            n += self.points[part].iter().filter(|point| corners[0][0] <= point[0] && point[0] < corners[1][0]).count();
            if n >= limit {
                return limit;
            }
        }
        n
    }

    /// Rows of the matrix in a box whose edges belong to it, in a fixed order that means nothing: whoever wants a set need not wait for a sort.
    pub fn rows_in_box(&self, [from, to]: Corners, ctx: &Ctx) -> Result<Vec<u32>, Stopped> {
        let mut rows = Vec::new();
        for part in self.near([from, to.map(f64::next_up)]) {
            ctx.check()?;
            let inside = part.filter(|&place| (from[0]..=to[0]).contains(&self.points[place][0]));
            rows.extend(inside.map(|place| self.rows[place]));
        }
        Ok(rows)
    }

    /// Deals the points into strips and sorts each.
    fn sorted(mut self, chunks: &[Vec<([f64; 2], u32)>], ctx: &Ctx) -> Result<Placed, Stopped> {
        let n: usize = chunks.iter().map(Vec::len).sum();
        let ends = strip_ends(chunks, n);
        let strips: Vec<Vec<u16>> = chunks
            .par_iter()
            .map(|chunk| {
                ctx.check()?;
                Ok(chunk.iter().map(|(point, _)| ends.partition_point(|&end| end <= point[0]) as u16).collect())
            })
            .collect::<Result<_, Stopped>>()?;
        let mut next = vec![0usize; ends.len() + 2];
        strips.iter().flatten().for_each(|&strip| next[usize::from(strip) + 1] += 1);
        for strip in 1..next.len() {
            next[strip] += next[strip - 1];
        }
        let bounds = next.clone();
        let mut dealt = vec![([0.0; 2], 0u32); n];
        for (chunk, strips) in chunks.iter().zip(&strips) {
            ctx.check()?;
            for (&point, &strip) in chunk.iter().zip(strips) {
                dealt[next[usize::from(strip)]] = point;
                next[usize::from(strip)] += 1;
            }
        }
        let cut = |strip: &[usize]| (strip[0]..strip[1]).step_by(RUN).map(|at| at..(at + RUN).min(strip[1])).collect::<Vec<_>>();
        let parts: Vec<Range<usize>> = bounds.windows(2).flat_map(cut).collect();
        let mut slices = Vec::with_capacity(parts.len());
        let mut rest = dealt.as_mut_slice();
        for part in &parts {
            let (slice, after) = rest.split_at_mut(part.len());
            slices.push(slice);
            rest = after;
        }
        let spans: Vec<[f64; 2]> = slices
            .into_par_iter()
            .map(|slice| {
                ctx.check()?;
                slice.sort_unstable_by(|(a, a_row), (b, b_row)| a[1].total_cmp(&b[1]).then(a_row.cmp(b_row)));
                let x = slice.iter().map(|(point, _)| point[0]);
                Ok([x.clone().fold(f64::INFINITY, f64::min), x.fold(f64::NEG_INFINITY, f64::max)])
            })
            .collect::<Result<_, Stopped>>()?;
        self.runs = parts.into_iter().zip(spans).map(|(at, x)| Run { x, at }).collect();
        self.points = dealt.iter().map(|(point, _)| *point).collect();
        self.rows = dealt.iter().map(|(_, row)| *row).collect();
        Ok(self)
    }
}

/// The x at which each strip but the last ends: quantiles of an even sample, each once.
fn strip_ends(chunks: &[Vec<([f64; 2], u32)>], n: usize) -> Vec<f64> {
    let mut sample: Vec<f64> = chunks.iter().flatten().step_by(n.div_ceil(SAMPLE).max(1)).map(|(point, _)| point[0]).collect();
    sample.sort_unstable_by(f64::total_cmp);
    let n_strips = (n / RUN).clamp(1, usize::from(u16::MAX));
    let mut ends: Vec<f64> = (1..n_strips).map(|strip| sample[strip * sample.len() / n_strips]).collect();
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{RngExt, random};

    fn check(points: &[[f64; 2]]) {
        let placed = Placed::from_points(points);
        assert_eq!(placed.n_placed(), points.len());
        let mut rng = random(3, 9);
        for _ in 0..40 {
            // Corners lie on points, so that every edge is met.
            let mut pick = || points.get(rng.random_range(0..points.len().max(1))).copied().unwrap_or_default();
            let (a, b) = (pick(), pick());
            let corners = [[a[0].min(b[0]), a[1].min(b[1])], [a[0].max(b[0]), a[1].max(b[1])]];
            let [from, to] = corners;
            let slow: Vec<u32> = (0..points.len() as u32)
                .filter(|&row| (0..2).all(|side| from[side] <= points[row as usize][side] && points[row as usize][side] <= to[side]))
                .collect();
            let mut fast = placed.rows_in_box(corners, &Ctx::new()).unwrap();
            fast.sort_unstable();
            assert_eq!(fast, slow);
            let half_open = points.iter().filter(|point| (0..2).all(|side| from[side] <= point[side] && point[side] < to[side])).count();
            assert_eq!(placed.count(corners, usize::MAX), half_open);
            assert_eq!(placed.count(corners, 3), half_open.min(3));
        }
    }

    #[test]
    fn a_box_holds_whom_a_slow_filter_finds() {
        let mut rng = random(1, 2);
        for n in [0, 1, 2, 900, 5_000] {
            check(&(0..n).map(|_| [rng.random::<f64>(), rng.random::<f64>()]).collect::<Vec<_>>());
            check(&(0..n).map(|_| [rng.random_range(0..4) as f64, rng.random_range(0..3) as f64]).collect::<Vec<_>>());
            check(&vec![[2.0, -1.0]; n]);
            check(&(0..n).map(|at| [if at == 7 { 1e12 } else { rng.random::<f64>() }, -0.0]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn threads_change_nothing_and_a_stop_is_obeyed() {
        let points: Vec<[f64; 2]> = (0..30_000).map(|at| [f64::from(at % 97), f64::from(at % 89)]).collect();
        let on = |threads| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().map(|pool| pool.install(|| Placed::from_points(&points)))
        };
        assert_eq!(on(1).unwrap(), on(8).unwrap());
        let chunk = points.iter().zip(0..).map(|(&point, row)| (point, row)).collect();
        assert_eq!(Placed::default().sorted(&[chunk], &Ctx::stopping_after(1)), Err(Stopped));
    }
}
