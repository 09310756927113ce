//! Which segment does each customer of another table belong to?
//!
//! In: a grouping with everything it came from. Out: a model, which is plain data; and of any table with the same columns the place of every row. The same bytes
//! on any number of threads. Cost: encoding, O(n p k) at most, then that of `cluster::assign`.

use serde::{Deserialize, Serialize};

use crate::base::text::count;
use crate::base::{Ctx, Labels, Note};
use crate::cluster::{Assign, ClusterError, Kept};
use crate::data::Loaded;
use crate::evaluate::KnownGroups;
use crate::features::{EncodeError, Encoder, Prepared};

/// Everything it takes to place a customer in a segment, and to say which one it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// How the segments were made: "k-Means, k = 5".
    pub method: String,
    /// What they were made from.
    pub origin: Origin,
    /// The segments by their cluster: place 0 is what the rule calls cluster 0.
    pub segments: Vec<Segment>,
    /// For how many of the customers it was made from it gives the segment they have.
    pub kept: Kept,
    /// The rule.
    pub placing: Placing,
}

/// What a model was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// What the table was called ("shop.csv").
    pub title: String,
    /// The stamp of its bytes, in hexadecimal digits.
    pub stamp: String,
    /// Customers that took part.
    pub customers: usize,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Its number as people see it, from 1: 1 is C1.
    pub number: usize,
    /// Its name; empty where it has none.
    #[serde(default)]
    pub name: String,
    /// Customers in it when the model was made.
    pub size: usize,
}

/// From a table to segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Placing {
    /// By place in the space of the encoded columns.
    Space {
        /// From a table to that space.
        encoder: Encoder,
        /// From a place to a segment.
        assign: Assign,
    },
    /// By what a column knows.
    Column {
        /// Its groups.
        groups: KnownGroups,
    },
}

/// The grouping a model is made from.
pub struct Grouping<'a> {
    /// The table.
    pub loaded: &'a Loaded,
    /// What the segments were made of.
    pub prepared: &'a Prepared,
    /// Cluster of every prepared row, with the numbers people know the clusters by.
    pub labels: &'a Labels,
    /// A name for every cluster.
    pub names: &'a [String],
    /// "k-Means, k = 5" and the like.
    pub method: &'a str,
}

/// The place of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The segment, by its place in [`Model::segments`].
    Segment(usize),
    /// In no segment: noise, or without a value in the column that knows.
    Nowhere,
    /// Left out, since a value is missing that every customer had to have.
    LeftOut,
}

/// A table with its customers in segments.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// One per row of the table.
    pub places: Vec<Place>,
    /// What was survived: rows left out, values replaced, levels never seen.
    pub notes: Vec<Note>,
}

/// Why customers cannot be placed. The sentences are shown as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The table does not fit.
    #[error(transparent)]
    Table(#[from] EncodeError),
    /// The numbers do not.
    #[error(transparent)]
    Numbers(#[from] ClusterError),
    /// The parts of the model do not fit together.
    #[error("the parts of this model do not fit together: {what}; make the model again from its segments.")]
    Unsound {
        /// What does not fit.
        what: String,
    },
}

impl Model {
    /// A model that places by `assign` in the space of `encoder`. Measures for how many of its own customers it gives the segment they have, so it
    /// costs as much as placing them.
    ///
    /// Fails with "the parts of this model do not fit together …" when they are not of one grouping, and when stopped.
    pub fn new(grouping: &Grouping, encoder: Encoder, assign: Assign, ctx: &Ctx) -> Result<Model, ModelError> {
        let kept = assign.kept(&grouping.prepared.matrix, grouping.labels, ctx)?;
        Model::of(grouping, Placing::Space { encoder, assign }, kept)
    }

    /// A model of the groups that a column knows.
    ///
    /// Fails with "the parts of this model do not fit together …" when labels and groups are not of one column, and when stopped.
    pub fn of_column(grouping: &Grouping, groups: KnownGroups, ctx: &Ctx) -> Result<Model, ModelError> {
        let clusters = groups.clusters(grouping.loaded, ctx)?;
        let rows = grouping.prepared.table_rows.iter().zip(grouping.labels.iter());
        let kept = Kept { same: rows.filter(|&(&row, cluster)| clusters[row] == cluster).count(), rows: grouping.labels.n_rows() };
        Model::of(grouping, Placing::Column { groups }, kept)
    }

    fn of(grouping: &Grouping, placing: Placing, kept: Kept) -> Result<Model, ModelError> {
        let Grouping { loaded, labels, names, method, .. } = grouping;
        let name = |cluster: usize| names.get(cluster).cloned().unwrap_or_default();
        let segment = |(cluster, (&size, &number)): (usize, (&usize, &usize))| Segment { number: number + 1, name: name(cluster), size };
        let model = Model {
            method: (*method).to_owned(),
            origin: Origin { title: loaded.title.clone(), stamp: loaded.stamp.to_hex(), customers: labels.n_rows() },
            segments: labels.sizes().iter().zip(labels.numbers()).enumerate().map(segment).collect(),
            kept,
            placing,
        };
        match model.flaw() {
            Some(what) => Err(ModelError::Unsound { what }),
            None => Ok(model),
        }
    }

    /// The place of every row of a table.
    ///
    /// Fails with "the table has no column called …", "… holds text …" or "… is too large to work with" when the table does not fit, with "a value is as large as
    /// …" when distances would overflow, and when stopped.
    pub fn place(&self, loaded: &Loaded, ctx: &Ctx) -> Result<Placement, ModelError> {
        let of_cluster = |cluster: Option<usize>| cluster.map_or(Place::Nowhere, Place::Segment);
        match &self.placing {
            Placing::Column { groups } => {
                let places = groups.clusters(loaded, ctx)?.into_iter().map(of_cluster).collect();
                Ok(Placement { places, notes: Vec::new() })
            }
            Placing::Space { encoder, assign } => {
                let encoded = encoder.apply(loaded, ctx)?;
                let mut places = vec![Place::LeftOut; loaded.table.n_rows];
                for (&row, cluster) in encoded.table_rows.iter().zip(assign.clusters(&encoded.matrix, ctx)?) {
                    places[row] = of_cluster(cluster);
                }
                Ok(Placement { places, notes: encoded.notes })
            }
        }
    }

    /// How true the model is to the segments it was made from, in one sentence.
    pub fn told(&self) -> String {
        let Kept { same, rows } = self.kept;
        if same == rows {
            return format!("Every one of the {} customers it was made from is placed in the segment they have.", count(rows));
        }
        // Rounded down, so that 100 % means all.
        let tenths = (1000.0 * self.kept.share()).floor() / 10.0;
        format!(
            "{} of the {} customers it was made from ({tenths:.1} %) are placed in the segment they have; the others are nearer to the centre of another \
             one, or midway.",
            count(same),
            count(rows)
        )
    }

    /// What does not fit together, if anything.
    pub(super) fn flaw(&self) -> Option<String> {
        let n_clusters = match &self.placing {
            Placing::Column { groups } => groups.n_clusters(),
            Placing::Space { encoder, assign } => {
                if !encoder.is_sound() || !assign.is_sound() {
                    return Some("a number in it cannot be computed with".to_owned());
                }
                let (encoded, placed) = (encoder.n_dimensions(), assign.n_cols());
                if encoded != placed {
                    return Some(format!("its columns become {encoded} dimensions, and its rule expects {placed}"));
                }
                assign.n_clusters()
            }
        };
        let n = self.segments.len();
        let mut numbers: Vec<usize> = self.segments.iter().map(|segment| segment.number).collect();
        numbers.sort_unstable();
        match (n_clusters == n, numbers.windows(2).any(|pair| pair[0] == pair[1]) || numbers.first() == Some(&0)) {
            (false, _) => Some(format!("it names {n} segments, and its rule knows {n_clusters}")),
            (true, true) => Some("two of its segments have one number, or one has number 0".to_owned()),
            (true, false) => None,
        }
    }
}
