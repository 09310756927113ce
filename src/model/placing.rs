//! Which segment does each customer of another table belong to?
//!
//! In: a grouping and its rule. Out: a model, which is plain data; and of any table with the same columns the place of every row. The same bytes
//! on any number of threads. Cost: encoding, O(n p k) at most, then that of `cluster::assign`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::text::count;
use crate::base::{Ctx, Labels, Matrix, Note, Stopped, part, stats};
use crate::cluster::lanes::squared_distance;
use crate::cluster::{Assign, ClusterError, Kept, Remembered};
use crate::data::write::{Extra, ExtraValues};
use crate::data::{Loaded, Sourcing, Table};
use crate::evaluate::KnownGroups;
use crate::features::{EncodeError, Encoder, Met, PrepareError, Prepared};

/// Everything it takes to place a customer in a segment, and to say which one it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// How the segments were made: "k-Means, k = 5".
    pub method: String,
    /// What they were made from.
    pub origin: Origin,
    /// The segments by their cluster: place 0 is what the rule calls cluster 0.
    pub segments: Vec<Segment>,
    /// For how many of the customers it was made from the rule alone gives the segment they have; the others are remembered.
    pub kept: Kept,
    /// How the method was told to group.
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub parameters: Parameters,
    /// How the table of customers was built from several files, with nothing left to be guessed; none where it was one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<Sourcing>,
    /// Whether numbers that stand apart from all others, such as 99 beside 1 to 5, were taken for no answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_answer_is_missing: bool,
    /// The rule.
    pub placing: Placing,
}

/// The parameters of a method by their name on the command line ("k", "epsilon", "seed").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(pub BTreeMap<String, serde_json::Value>);

impl Parameters {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its number, from 0; one of [`part`] where it is a part of a segment. In files as people see it: 1 for C1, "3.1" for C3.1.
    #[serde(with = "part::as_seen")]
    pub number: usize,
    /// Its name; empty where it has none.
    #[serde(default)]
    pub name: String,
    /// Its colour ("#4269d0"); empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// Customers in it when the model was made.
    pub size: usize,
    /// The distance from the segment's mean within which [`FITS`] of its customers were. Whoever is farther away fits none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<f64>,
}

/// The share of a segment's own customers that fit it, by construction: what is beyond at a later time is a sign that customers have changed.
pub const FITS: f64 = 0.99;

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
        /// Customers who were there and whom the rule would place elsewhere.
        #[serde(default, skip_serializing_if = "Remembered::is_empty")]
        remembered: Remembered,
        /// k x p, the mean of every segment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        means: Option<Matrix>,
    },
    /// By what a column knows.
    Column {
        /// Its groups.
        groups: KnownGroups,
    },
    /// First in whole segments, then in the parts that were found inside some of them.
    Parts {
        /// Knows the whole segments.
        whole: Box<Model>,
        /// Know what is inside some of them, outer ones first.
        inside: Vec<InsideModel>,
    },
}

/// What is inside a segment, and how its customers are told apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InsideModel {
    /// The number of the segment, as in [`Segment::number`].
    #[serde(with = "part::as_seen")]
    pub segment: usize,
    /// Places the customers of that segment in its parts.
    pub model: Model,
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
    /// A colour for every cluster; may be empty.
    pub colors: &'a [String],
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
    /// How far every row is from the mean of its segment, in the space of the encoded columns; NaN where it is in none, or where the model has no means.
    pub distances: Vec<f64>,
    /// What was survived: rows left out, values replaced, levels never seen.
    pub notes: Vec<Note>,
    /// The same counted, so that what batches of a table met can be added up.
    pub met: Met,
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
    /// The table cannot be prepared as it was.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The parts of the model do not fit together.
    #[error("the parts of this model do not fit together: {what}; make the model again from its segments.")]
    Unsound {
        /// What does not fit.
        what: String,
    },
}

impl Model {
    /// A model that places by `assign` in the space of `encoder`. Measures for how many of its own customers it gives the segment they have and remembers
    /// the others, so it costs as much as placing them.
    ///
    /// Fails with "the parts of this model do not fit together …" when they are not of one grouping, and when stopped.
    pub fn new(grouping: &Grouping, encoder: Encoder, assign: Assign, ctx: &Ctx) -> Result<Model, ModelError> {
        let (x, labels) = (&grouping.prepared.matrix, grouping.labels);
        let placed = assign.clusters(x, ctx)?;
        let same = placed.iter().zip(labels.iter()).filter(|(new, old)| **new == *old).count();
        let kept = Kept { same, rows: placed.len() };
        let remembered = Remembered::new(x, labels, &placed);
        let means = Assign::of_means(x, labels, ctx).ok().and_then(|of_means| match of_means {
            Assign::Nearest { centroids } => Some(centroids),
            _ => None,
        });
        let reach = means.as_ref().map(|means| reaches(x, labels, means, ctx)).transpose().map_err(ClusterError::from)?;
        let mut model =
            Model::of(grouping, Placing::Space { encoder: encoder.for_others(grouping.loaded), assign, remembered, means }, kept)?;
        for (segment, reach) in model.segments.iter_mut().zip(reach.into_iter().flatten()) {
            segment.reach = Some(reach);
        }
        Ok(model)
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

    pub(super) fn of(grouping: &Grouping, placing: Placing, kept: Kept) -> Result<Model, ModelError> {
        let Grouping { loaded, labels, names, colors, method, .. } = grouping;
        let name = |cluster: usize| names.get(cluster).cloned().unwrap_or_default();
        let segment = |(cluster, (&size, &number)): (usize, (&usize, &usize))| Segment {
            number,
            name: name(cluster),
            color: colors.get(cluster).cloned().unwrap_or_default(),
            size,
            reach: None,
        };
        let model = Model {
            method: (*method).to_owned(),
            origin: Origin { title: loaded.title.clone(), stamp: loaded.stamp.to_hex(), customers: labels.n_rows() },
            segments: labels.sizes().iter().zip(labels.numbers()).enumerate().map(segment).collect(),
            kept,
            parameters: Parameters::default(),
            table: None,
            no_answer_is_missing: false,
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
        let n_rows = loaded.table.n_rows;
        let of_cluster = |cluster: Option<usize>| cluster.map_or(Place::Nowhere, Place::Segment);
        match &self.placing {
            Placing::Column { groups } => {
                let places = groups.clusters(loaded, ctx)?.into_iter().map(of_cluster).collect();
                Ok(Placement { places, distances: vec![f64::NAN; n_rows], notes: Vec::new(), met: Met::default() })
            }
            Placing::Space { encoder, assign, remembered, means } => {
                let encoded = encoder.apply(loaded, ctx)?;
                let mut clusters = assign.clusters(&encoded.matrix, ctx)?;
                remembered.put_back(&encoded.matrix, &mut clusters);
                let (mut places, mut distances) = (vec![Place::LeftOut; n_rows], vec![f64::NAN; n_rows]);
                for (at, (&row, cluster)) in encoded.table_rows.iter().zip(clusters).enumerate() {
                    places[row] = of_cluster(cluster);
                    if let (Some(cluster), Some(means)) = (cluster, means) {
                        distances[row] = squared_distance(encoded.matrix.row(at), means.row(cluster)).sqrt();
                    }
                }
                Ok(Placement { places, distances, notes: encoder.notes(&encoded.met), met: encoded.met })
            }
            Placing::Parts { whole, inside } => self.place_in_parts(whole, inside, loaded, ctx),
        }
    }

    /// The centres that customers are placed by; none where the model places otherwise.
    pub fn centres(&self) -> Option<&Matrix> {
        match &self.placing {
            Placing::Space { assign: Assign::Nearest { centroids }, .. } => Some(centroids),
            _ => None,
        }
    }

    /// The same segments after their centres followed their customers: `sizes` and `reaches` are those of now, by cluster. Who was remembered has moved on.
    pub fn followed(&self, centres: Matrix, sizes: &[usize], reaches: &[Option<f64>], origin: Origin) -> Model {
        let Placing::Space { encoder, .. } = &self.placing else { return self.clone() };
        let n = sizes.iter().sum();
        let segment = |(at, segment): (usize, &Segment)| Segment { size: sizes[at], reach: reaches[at], ..segment.clone() };
        Model {
            origin,
            kept: Kept { same: n, rows: n },
            segments: self.segments.iter().enumerate().map(segment).collect(),
            placing: Placing::Space {
                encoder: encoder.clone(),
                assign: Assign::Nearest { centroids: centres.clone() },
                remembered: Remembered::default(),
                means: Some(centres),
            },
            ..self.clone()
        }
    }

    /// The columns `persona` and `persona_name` of customers who were placed.
    pub fn persona_columns(&self, places: &[Place]) -> Vec<Extra> {
        let segment = |place: &Place| match place {
            Place::Segment(at) => self.segments.get(*at),
            Place::Nowhere | Place::LeftOut => None,
        };
        let numbers = self.numbers(places.iter().map(segment));
        let names = places.iter().map(|place| segment(place).map(|segment| segment.name.clone())).collect();
        vec![
            Extra { name: "persona".to_owned(), values: numbers },
            Extra { name: "persona_name".to_owned(), values: ExtraValues::Text(names) },
        ]
    }

    /// A column with the number of each of these segments; texts where any segment of the model is a part, such as 3.1.
    pub fn numbers<'a>(&self, of: impl Iterator<Item = Option<&'a Segment>>) -> ExtraValues {
        match self.segments.iter().any(|segment| part::depth(segment.number) > 0) {
            true => ExtraValues::Text(of.map(|segment| segment.map(|segment| part::text(segment.number))).collect()),
            false => ExtraValues::Whole(of.map(|segment| segment.map(|segment| segment.number as i64 + 1)).collect()),
        }
    }

    /// The places of the segments in the order of their numbers.
    pub fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.segments.len()).collect();
        order.sort_by_key(|&at| part::order(self.segments[at].number));
        order
    }

    /// Whether a customer at this distance from the mean of a segment fits it; `None` where the model does not know.
    pub fn fits(&self, segment: usize, distance: f64) -> Option<bool> {
        let reach = self.segments.get(segment)?.reach?;
        (!distance.is_nan()).then_some(distance <= reach)
    }

    /// What was survived while placing, of one table or of batches added up.
    pub fn notes(&self, met: &Met) -> Vec<Note> {
        match &self.placing {
            Placing::Column { .. } => Vec::new(),
            Placing::Space { encoder, .. } => encoder.notes(met),
            Placing::Parts { whole, .. } => whole.notes(met),
        }
    }

    /// Names of the columns a table must have.
    pub fn columns(&self) -> Vec<&str> {
        let all: Vec<&str> = match &self.placing {
            Placing::Column { groups } => vec![groups.column.as_str()],
            Placing::Space { encoder, .. } => {
                let entering = encoder.columns.iter().map(|column| column.name.as_str());
                entering.chain(encoder.required.iter().map(String::as_str)).collect()
            }
            Placing::Parts { whole, inside } => {
                let inside = inside.iter().flat_map(|inside| inside.model.columns());
                whole.columns().into_iter().chain(inside).collect()
            }
        };
        let mut seen = BTreeSet::new();
        all.into_iter().filter(|name| seen.insert(*name)).collect()
    }

    /// Whether the rows of a table whose columns are of the kinds that its file says can be placed batch by batch: nothing about the table as a whole, such
    /// as how it spells a level, would change them.
    pub fn places_in_batches(&self, first_rows: &Table) -> bool {
        !self.no_answer_is_missing
            && match &self.placing {
                Placing::Column { .. } => false,
                Placing::Space { encoder, .. } => encoder.reads_as_is(first_rows),
                Placing::Parts { whole, inside } => {
                    whole.places_in_batches(first_rows) && inside.iter().all(|inside| inside.model.places_in_batches(first_rows))
                }
            }
    }

    /// Whether it remembers customers whom its rule would place elsewhere.
    fn remembers(&self) -> bool {
        match &self.placing {
            Placing::Column { .. } => false,
            Placing::Space { remembered, .. } => !remembered.is_empty(),
            Placing::Parts { whole, inside } => whole.remembers() || inside.iter().any(|inside| inside.model.remembers()),
        }
    }

    /// How true the model is to the segments it was made from, in one sentence.
    pub fn told(&self) -> String {
        let Kept { same, rows } = self.kept;
        // The rule of a model in parts is that of all its models together, and `kept` counts what they remember.
        let remembered = self.remembers() && !matches!(self.placing, Placing::Parts { .. });
        if same == rows || remembered {
            let by_rule = if same == rows { String::new() } else { format!(", {} of them since they are remembered", count(rows - same)) };
            return format!("Every one of the {} customers it was made from is placed in the segment they have{by_rule}.", count(rows));
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
            Placing::Parts { whole, inside } => match Model::numbers_in_parts(whole, inside) {
                Ok(known) if self.segments.iter().all(|segment| known.contains(&segment.number)) => known.len(),
                Ok(_) => return Some("its parts have other numbers than its segments".to_owned()),
                Err(what) => return Some(what),
            },
            Placing::Column { groups } => groups.n_clusters(),
            Placing::Space { encoder, assign, remembered, means } => {
                if !encoder.is_sound() || !assign.is_sound() {
                    return Some("a number in it cannot be computed with".to_owned());
                }
                let (encoded, placed) = (encoder.n_dimensions(), assign.n_cols());
                if encoded != placed {
                    return Some(format!("its columns become {encoded} dimensions, and its rule expects {placed}"));
                }
                let n_clusters = assign.n_clusters();
                let n = self.segments.len();
                let fits = |means: &Matrix| (means.n_rows(), means.n_cols()) == (n, placed);
                if n_clusters == n && !(remembered.is_sound(placed, n) && means.as_ref().is_none_or(fits)) {
                    return Some("what it remembers is of other segments".to_owned());
                }
                n_clusters
            }
        };
        let n = self.segments.len();
        let mut numbers: Vec<usize> = self.segments.iter().map(|segment| segment.number).collect();
        numbers.sort_unstable();
        match (n_clusters == n, numbers.windows(2).any(|pair| pair[0] == pair[1])) {
            (false, _) => Some(format!("it names {n} segments, and its rule knows {n_clusters}")),
            (true, true) => Some("two of its segments have one number".to_owned()),
            (true, false) => None,
        }
    }
}

/// Within which distance of its mean [`FITS`] of every cluster's rows are.
fn reaches(x: &Matrix, labels: &Labels, means: &Matrix, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let reach = |(cluster, members): (usize, Vec<usize>)| {
        ctx.check()?;
        let distances = members.iter().map(|&row| squared_distance(x.row(row), means.row(cluster)).sqrt());
        Ok(stats::quantile_sorted(&stats::sorted(distances), FITS))
    };
    labels.members().into_iter().enumerate().map(reach).collect()
}
