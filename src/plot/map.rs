//! The map: every customer as a point, on two principal components or any two columns, by segment.
//!
//! In: data, preparation, labels of the matrix' rows, the two axes. Out: points by cluster, an even sample above
//! [`MapPlot::MAX_POINTS`]. O(n).

use crate::base::{Ctx, Labels, Stopped};
use crate::data::{Kind, Loaded};
use crate::features::Prepared;

use super::views::{AxisKind, MapAxis, MapPlot};

/// Rows between two looks at the stop flag; well below 5 ms.
const ROWS_A_CHECK: usize = 8_192;
/// Every cluster keeps at least this many points when sampled, room permitting.
const KEPT_A_CLUSTER: usize = 60;
/// Levels of a category spread this far to either side of their number, so that equal customers do not hide each other.
const JITTER: f64 = 0.28;

/// Places every row of the matrix. Customers without a value on one of the axes are not drawn.
pub fn map(loaded: &Loaded, prepared: &Prepared, labels: &Labels, axes: &(MapAxis, MapAxis), ctx: &Ctx) -> Result<MapPlot, Stopped> {
    ctx.progress("Drawing the map", 0.0);
    let x = Axis::new(loaded, prepared, &axes.0);
    let y = Axis::new(loaded, prepared, &axes.1);
    let mut groups: Vec<Vec<u32>> = labels.sizes().iter().map(|&size| Vec::with_capacity(size)).collect();
    let mut noise = Vec::with_capacity(labels.n_noise());
    let mut bounds = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    for row in 0..labels.n_rows() {
        if row % ROWS_A_CHECK == 0 {
            ctx.check()?;
            ctx.progress("Drawing the map", row as f32 / labels.n_rows() as f32);
        }
        let Some(point) = place(&x, &y, row) else { continue };
        for side in 0..2 {
            bounds[0][side] = bounds[0][side].min(point[side]);
            bounds[1][side] = bounds[1][side].max(point[side]);
        }
        labels.get(row).map_or(&mut noise, |cluster| &mut groups[cluster]).push(row as u32);
    }
    if bounds[0][0] > bounds[1][0] {
        bounds = [[0.0; 2], [1.0; 2]];
    }
    let sizes: Vec<usize> = groups.iter().chain([&noise]).map(Vec::len).collect();
    let quotas = quotas(&sizes, MapPlot::MAX_POINTS);
    let draw = |rows: &[u32], quota: usize| -> Vec<[f64; 2]> {
        (0..quota).filter_map(|at| place(&x, &y, rows[at * rows.len() / quota] as usize)).collect()
    };
    let clusters: Vec<_> = groups.iter().zip(&quotas).map(|(rows, &quota)| draw(rows, quota)).collect();
    ctx.check()?;
    // Whose points these are is only asked where every customer is one; everyone in `groups` has a place.
    let is_whole = sizes.iter().sum::<usize>() == quotas.iter().sum::<usize>();
    let of_table = |rows: &Vec<u32>| rows.iter().filter(|_| is_whole).map(|&row| prepared.table_rows[row as usize] as u32).collect();
    let rows = groups.iter().map(of_table).collect();
    let noise_rows = of_table(&noise);
    Ok(MapPlot {
        numbers: labels.numbers().to_vec(),
        clusters,
        rows,
        noise_rows,
        noise: draw(&noise, quotas[groups.len()]),
        bounds,
        n_shown: quotas.iter().sum(),
        n_total: labels.n_rows(),
        x_name: x.name,
        y_name: y.name,
        x_kind: x.kind,
        y_kind: y.kind,
    })
}

pub(super) fn place(x: &Axis, y: &Axis, row: usize) -> Option<[f64; 2]> {
    Some([x.at(row, 0)?, y.at(row, 1)?])
}

/// How many of each group are drawn: in proportion, but small groups keep [`KEPT_A_CLUSTER`]. Their sum is at most `limit`.
fn quotas(sizes: &[usize], limit: usize) -> Vec<usize> {
    let total: usize = sizes.iter().sum();
    if total <= limit {
        return sizes.to_vec();
    }
    let floor = KEPT_A_CLUSTER.min(limit / (2 * sizes.len()));
    let kept: usize = sizes.iter().map(|&size| size.min(floor)).sum();
    sizes.iter().map(|&size| size.min(floor) + size.saturating_sub(floor) * (limit - kept) / (total - kept)).collect()
}

/// One axis: where a row of the matrix lies on it.
pub(super) struct Axis<'a> {
    pub(super) name: String,
    kind: AxisKind,
    source: AxisSource<'a>,
}

enum AxisSource<'a> {
    Scores(&'a [f64]),
    Column(&'a crate::data::Column, &'a [usize]),
    Levels(&'a crate::data::profile::Levels, &'a [usize]),
    /// There is nothing to show: points are spread around 0, so that the other axis can still be read.
    Spread,
    /// Cannot be drawn at all.
    Nowhere,
}

impl<'a> Axis<'a> {
    pub(super) fn new(loaded: &'a Loaded, prepared: &'a Prepared, axis: &MapAxis) -> Axis<'a> {
        match axis {
            MapAxis::Component(component) => {
                let title = format!("PC{}", component + 1);
                match prepared.pca.scores.get(*component) {
                    Some(scores) => {
                        let explained = prepared.pca.explained.get(*component).copied().unwrap_or(0.0);
                        let name = format!("{title} ({} %)", percent(explained));
                        Axis { name, kind: AxisKind::Number, source: AxisSource::Scores(scores) }
                    }
                    None => {
                        let name = format!("{title} (none: points are spread so that they can be seen)");
                        Axis { name, kind: AxisKind::Number, source: AxisSource::Spread }
                    }
                }
            }
            MapAxis::Column(name) => Axis::of_column(loaded, prepared, name),
        }
    }

    fn of_column(loaded: &'a Loaded, prepared: &'a Prepared, name: &str) -> Axis<'a> {
        let rows = prepared.table_rows.as_slice();
        let nowhere = |why: &str| Axis { name: format!("{name} ({why})"), kind: AxisKind::Number, source: AxisSource::Nowhere };
        let Some(column) = loaded.table.column(name) else { return nowhere("not in the data") };
        let plain = |kind| Axis { name: name.to_owned(), kind, source: AxisSource::Column(column, rows) };
        match column.kind() {
            Kind::Number => {
                let mut axis = plain(AxisKind::Number);
                if let Some(unit) = &column.unit {
                    axis.name = format!("{name} ({unit})");
                }
                axis
            }
            Kind::Date => plain(AxisKind::Date),
            Kind::Text => match loaded.profile.column(name).and_then(|profile| profile.levels.as_deref()) {
                Some(levels) => {
                    Axis { name: name.to_owned(), kind: AxisKind::Levels(levels.names.clone()), source: AxisSource::Levels(levels, rows) }
                }
                None => nowhere("free text has no place on an axis"),
            },
        }
    }

    fn at(&self, row: usize, side: u64) -> Option<f64> {
        match &self.source {
            AxisSource::Scores(scores) => scores.get(row).copied(),
            AxisSource::Column(column, rows) => column.number(rows[row]),
            AxisSource::Levels(levels, rows) => levels.get(rows[row]).map(|level| level as f64 + jitter(row, side)),
            AxisSource::Spread => Some(jitter(row, side)),
            AxisSource::Nowhere => None,
        }
    }
}

/// A number in ±[`JITTER`] that depends on nothing but the row and the axis: SplitMix64's mixing function (Steele, Lea, Flood 2014).
fn jitter(row: usize, side: u64) -> f64 {
    let mut z = (row as u64 * 2 + side + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
    (unit * 2.0 - 1.0) * JITTER
}

/// Whole percent, one decimal below ten.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_stay_and_the_sum_fits() {
        let sizes = [90_000, 9_000, 40, 1, 0];
        let quotas = quotas(&sizes, 20_000);
        assert!(quotas.iter().sum::<usize>() <= 20_000 && quotas.iter().sum::<usize>() > 19_900);
        assert_eq!(&quotas[2..], [40, 1, 0]);
        assert!(quotas.iter().zip(sizes).all(|(quota, size)| *quota <= size));
        let many = vec![30; 5_000];
        assert!(super::quotas(&many, 20_000).iter().all(|&quota| (1..=30).contains(&quota)));
    }

    #[test]
    fn jitter_is_small_and_not_always_the_same() {
        let values: Vec<f64> = (0..1000).map(|row| jitter(row, 0)).collect();
        assert!(values.iter().all(|v| v.abs() <= JITTER));
        assert!(crate::base::stats::mean(&values).abs() < 0.02);
        assert_ne!(jitter(3, 0), jitter(3, 1));
    }
}
