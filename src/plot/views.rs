//! The plots' data types.

use serde::{Deserialize, Serialize};

use crate::base::Key;
use crate::cluster::EpsilonCurves;
use crate::data::Dictionary;
use crate::evaluate::{Suggestion, SweepPoint};

/// Elbow and mean silhouette against k.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SweepPlot {
    /// One point per k, ascending; values appear as they are ready.
    pub points: Vec<SweepPoint>,
    /// What the points that are estimates are from, while there are any.
    pub sample: Option<SweepSample>,
    /// Ks that could not be computed, each with its sentence.
    pub problems: Vec<(usize, String)>,
    /// What speaks for which k; there once every point is.
    pub suggestion: Option<Suggestion>,
}

/// How many of how many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepSample {
    /// Rows of the sample.
    pub rows: usize,
    /// All rows.
    pub n_rows: usize,
}

/// What an axis of the map shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapAxis {
    /// A principal component, from 0.
    Component(usize),
    /// A column of the table, by name; categories are drawn as numbered levels.
    Column(String),
}

impl MapAxis {
    /// The title of the axis with its column called what the user calls it.
    pub fn in_words(&self, title: &str, dictionary: &Dictionary) -> String {
        match self {
            MapAxis::Column(column) => match dictionary.own_unit(column) {
                Some(unit) => format!("{} ({unit})", dictionary.name(column)),
                None => title.replacen(column.as_str(), &dictionary.name(column), 1),
            },
            MapAxis::Component(_) => title.to_owned(),
        }
    }
}

/// What the numbers along an axis stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AxisKind {
    /// Themselves.
    #[default]
    Number,
    /// Days since 1970-01-01.
    Date,
    /// Levels of a category: 0 is the first name, and so on.
    Levels(Vec<String>),
}

/// Every customer as a point, by segment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapPlot {
    /// Title of the x axis ("PC1 (31 %)" or "income (€)").
    pub x_name: String,
    /// Title of the y axis.
    pub y_name: String,
    /// What the numbers on the x axis stand for.
    pub x_kind: AxisKind,
    /// What the numbers on the y axis stand for.
    pub y_kind: AxisKind,
    /// What people call each cluster, from 0; it is also its colour.
    pub numbers: Vec<usize>,
    /// Points of each cluster.
    pub clusters: Vec<Vec<[f64; 2]>>,
    /// Points of the customers in none.
    pub noise: Vec<[f64; 2]>,
    /// Whose points those of `clusters` are, as rows of the table; empty when they are a sample.
    pub rows: Vec<Vec<u32>>,
    /// Whose points those of `noise` are.
    pub noise_rows: Vec<u32>,
    /// Smallest and largest x and y over all customers: [[x0, y0], [x1, y1]].
    pub bounds: [[f64; 2]; 2],
    /// Points drawn; fewer than `n_total` above [`MapPlot::MAX_POINTS`], an even sample.
    pub n_shown: usize,
    /// Customers that took part.
    pub n_total: usize,
}

impl MapPlot {
    /// The same map with its axes and their levels called what the user calls them.
    pub fn in_words(mut self, axes: &(MapAxis, MapAxis), dictionary: &Dictionary) -> MapPlot {
        self.x_name = axes.0.in_words(&self.x_name, dictionary);
        self.y_name = axes.1.in_words(&self.y_name, dictionary);
        for (axis, kind) in [(&axes.0, &mut self.x_kind), (&axes.1, &mut self.y_kind)] {
            if let (MapAxis::Column(column), AxisKind::Levels(levels)) = (axis, kind) {
                levels.iter_mut().for_each(|level| *level = dictionary.level(column, level).to_owned());
            }
        }
        self
    }

    /// More points than this are drawn as a sample, and the plot says so.
    pub const MAX_POINTS: usize = 20_000;
}

/// Silhouettes of the chosen segmentation, sorted within each segment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SilhouettePlot {
    /// Names these silhouettes of these segments: what was picked in one plot means nothing in another.
    pub stamp: Option<Key>,
    /// Mean over all customers in a segment.
    pub mean: Option<f64>,
    /// What people call each cluster, from 0; it is also its colour.
    pub numbers: Vec<usize>,
    /// One per cluster, in order.
    pub clusters: Vec<SilhouetteBars>,
    /// Whether computed over all pairs; otherwise from a sample.
    pub exact: bool,
    /// 95 % band of the mean when sampled.
    pub band: Option<(f64, f64)>,
    /// When sampled, how many customers were measured against all, and of how many; the bars of the others are estimates.
    pub sampled: Option<(usize, usize)>,
}

impl SilhouettePlot {
    /// The mean in words, with the margin of its band when sampled: "0.41 ± 0.003".
    pub fn mean_text(&self) -> Option<String> {
        let mean = self.mean?;
        Some(match self.band {
            Some((low, high)) if !self.exact => {
                let margin = (high - low) / 2.0;
                if margin < 0.01 { format!("{mean:.2} ± {margin:.3}") } else { format!("{mean:.2} ± {margin:.2}") }
            }
            _ => format!("{mean:.2}"),
        })
    }
}

/// A cluster's block in the silhouette plot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SilhouetteBars {
    /// Customers in the cluster.
    pub size: usize,
    /// Mean silhouette.
    pub mean: f64,
    /// Share of members below 0: closer to another segment than to their own.
    pub below_zero: f64,
    /// Values from large to small, at most 400, evenly picked.
    pub values: Vec<f32>,
}

/// What every epsilon gives: lines to draw, and the exact values behind them. Built by [`density_of`](super::density_of).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DensityPlot {
    /// Epsilon (x) against the share of customers that have min_samples customers within it, 0 to 1 (y): the sorted k-distances with
    /// their axes exchanged. Like the other lines it has the steps' corners already, and at most 4 000 points.
    pub core: Vec<[f64; 2]>,
    /// Epsilon (x) against number of clusters (y).
    pub clusters: Vec<[f64; 2]>,
    /// Epsilon (x) against noise share, 0 to 1 (y).
    pub noise: Vec<[f64; 2]>,
    /// Epsilon (x) against the largest cluster's share, 0 to 1 (y).
    pub largest: Vec<[f64; 2]>,
    /// Epsilons worth a look, the suggested one first.
    pub candidates: Vec<EpsilonCandidate>,
    /// The point itself counts.
    pub min_samples: usize,
    /// Largest epsilon drawn: a fifth beyond the point from which on everything is one cluster.
    pub epsilon_max: f64,
    /// Smallest epsilon drawn: a little before the first customer becomes core.
    pub epsilon_min: f64,
    pub(super) curves: EpsilonCurves,
    /// From far to near.
    pub(super) k_distances: Vec<f64>,
}

/// What one epsilon gives; shares from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EpsilonOutcome {
    /// Number of clusters.
    pub clusters: usize,
    /// Customers in none.
    pub noise: f64,
    /// Customers in the largest one.
    pub largest: f64,
    /// Customers with min_samples customers within epsilon.
    pub core: f64,
}

/// An epsilon worth a look.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpsilonCandidate {
    /// The value.
    pub epsilon: f64,
    /// What it gives.
    pub outcome: EpsilonOutcome,
    /// From where to where the number of clusters stays the same around it.
    pub plateau: [f64; 2],
    /// Why, in one sentence.
    pub reason: String,
}
