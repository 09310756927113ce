//! Who is in which segment, while customers change and centres follow?
//!
//! In: a model, and rows of the table of customers who changed. Out: their segments by the centres from before the batch, and the centres after it. Where a model places by other than centres
//! nothing follows: customers are placed as the model says.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Ctx, Matrix, stats};
use crate::cluster::lanes::squared_distance;
use crate::cluster::{Assign, OnlineMeans, RowChange};
use crate::data::Loaded;
use crate::engine::Problem;
use crate::evaluate::shifted::{ShiftReference, Shifted};
use crate::model::{FITS, Model, Origin, Place, Placing};

use super::options::LiveRule;

/// Passes over everyone until nobody changes segment, at most.
const MOST_PASSES: usize = 300;

/// The cluster of each row, and its encoded values; none where a customer is in no segment, or cannot be encoded.
type Clusters = Vec<Option<usize>>;
type EncodedOf = Vec<Option<Vec<f64>>>;

/// A customer as they are now.
struct Placed {
    /// The encoded row; none where a value is missing that every customer must have, or the model has no space.
    row: Option<Vec<f64>>,
    cluster: Option<usize>,
}

/// Everyone with their segment.
pub(super) struct LiveSegments {
    model: Model,
    rule: LiveRule,
    means: Option<OnlineMeans>,
    names: Vec<String>,
    /// Columns that grow with the calendar alone.
    ages: BTreeSet<String>,
    customers: BTreeMap<String, Placed>,
}

/// A customer whose row changed.
pub(super) struct Changed {
    pub customer: String,
    pub was: Option<usize>,
    pub now: Option<usize>,
    /// How far they are from the centre of their segment; NaN where that is not known.
    pub distance: f64,
}

fn wrong(error: impl std::fmt::Display) -> Problem {
    Problem(error.to_string().into())
}

impl LiveSegments {
    /// Nobody yet.
    pub(super) fn new(model: &Model, rule: LiveRule, means: Option<OnlineMeans>) -> LiveSegments {
        let weights = || match rule {
            LiveRule::Sums => vec![0.0; model.segments.len()],
            LiveRule::Spark => model.segments.iter().map(|segment| segment.size as f64).collect(),
        };
        let means = means.or_else(|| model.centres().map(|centres| OnlineMeans::new(centres, weights())));
        let names = match &model.placing {
            Placing::Space { encoder, .. } if encoder.projection.is_none() => encoder.encoded_names(),
            Placing::Space { encoder, .. } => (1..=encoder.n_dimensions()).map(|nth| format!("component {nth}")).collect(),
            Placing::Column { .. } | Placing::Parts { .. } => Vec::new(),
        };
        let recipe = model.table.iter().flat_map(|table| &table.recipe.columns);
        let ages = recipe.filter(|column| grows_with_the_calendar(&column.formula)).map(|column| column.name.clone()).collect();
        LiveSegments { model: model.clone(), rule, means, names, ages, customers: BTreeMap::new() }
    }

    pub(super) fn means(&self) -> Option<&OnlineMeans> {
        self.means.as_ref()
    }

    pub(super) fn n_customers(&self) -> usize {
        self.customers.len()
    }

    /// Whether the centres follow.
    pub(super) fn follows(&self) -> bool {
        self.means.is_some()
    }

    /// Takes everyone as they were left: the rows of the table, and the segment of each customer.
    pub(super) fn restore(
        &mut self,
        loaded: &Loaded,
        names: &[String],
        segments: &BTreeMap<String, u32>,
        ctx: &Ctx,
    ) -> Result<(), Problem> {
        let (_, rows) = self.encoded(loaded, ctx)?;
        for (row, name) in rows.into_iter().zip(names) {
            let cluster = segments.get(name).and_then(|segment| segment.checked_sub(1)).map(|cluster| cluster as usize);
            self.customers.insert(name.clone(), Placed { row, cluster });
        }
        Ok(())
    }

    /// Customers whose rows changed, by the table of their rows. Those in `observed` did something; the rows of others only grew older.
    pub(super) fn update(
        &mut self,
        loaded: &Loaded,
        names: &[String],
        observed: (&BTreeSet<String>, f64),
        ctx: &Ctx,
    ) -> Result<Vec<Changed>, Problem> {
        let (observed, decay) = observed;
        let (clusters, rows) = self.encoded(loaded, ctx)?;
        if let Some(means) = &mut self.means {
            match self.rule {
                LiveRule::Sums => {
                    let customers = &self.customers;
                    let rows = names.iter().zip(&rows).zip(&clusters);
                    means.replace(rows.map(|((name, row), cluster)| RowChange {
                        was: customers.get(name).and_then(|placed| Some((placed.cluster?, placed.row.as_deref()?))),
                        now: cluster.zip(row.as_deref()),
                    }));
                }
                LiveRule::Spark => {
                    let seen = names.iter().zip(&rows).zip(&clusters).filter(|((name, _), _)| observed.contains(*name));
                    means.observe(seen.filter_map(|((_, row), cluster)| Some(((*cluster)?, row.as_deref()?))), decay);
                }
            }
        }
        let centres = self.centres();
        let mut changed = Vec::with_capacity(names.len());
        for ((name, row), cluster) in names.iter().zip(rows).zip(clusters) {
            let distance = distance(row.as_deref(), cluster, centres.as_ref());
            let before = self.customers.insert(name.clone(), Placed { row, cluster });
            let (was, is_new) = before.map_or((None, true), |before| (before.cluster, false));
            if observed.contains(name) || is_new || was != cluster {
                changed.push(Changed { customer: name.clone(), was, now: cluster, distance });
            }
        }
        Ok(changed)
    }

    /// Cluster and encoded row of every row of a table.
    fn encoded(&self, loaded: &Loaded, ctx: &Ctx) -> Result<(Clusters, EncodedOf), Problem> {
        let n = loaded.table.n_rows;
        if let Some(missing) = self.model.columns().iter().find(|name| loaded.table.column(name).is_none()) {
            return Err(Problem(
                format!("The rows that arrive make no column {missing}, which the model needs; follow what the model was made from.")
                    .into(),
            ));
        }
        let by_a_column = matches!(self.model.placing, Placing::Column { .. });
        if !by_a_column && !self.model.places_in_batches(&loaded.table) {
            return Err(Problem("The columns of the rows that arrive are of other kinds than those the model was made from (numbers, days, texts); let them be written alike.".into()));
        }
        let Placing::Space { encoder, .. } = &self.model.placing else {
            let placement = self.model.place(loaded, ctx).map_err(wrong)?;
            return Ok((placement.places.iter().map(of_place).collect(), vec![None; n]));
        };
        let encoded = encoder.apply(loaded, ctx).map_err(wrong)?;
        let mut rows = vec![None; n];
        encoded.table_rows.iter().enumerate().for_each(|(at, &row)| rows[row] = Some(encoded.matrix.row(at).to_vec()));
        let mut clusters = vec![None; n];
        match &self.means {
            Some(means) => {
                let assign = Assign::Nearest { centroids: means.centres().map_err(wrong)? };
                let found = assign.clusters(&encoded.matrix, ctx).map_err(wrong)?;
                encoded.table_rows.iter().zip(found).for_each(|(&row, cluster)| clusters[row] = cluster);
            }
            None => {
                let placement = self.model.place(loaded, ctx).map_err(wrong)?;
                clusters = placement.places.iter().map(of_place).collect();
            }
        }
        Ok((clusters, rows))
    }

    /// Everyone is placed by the centres as they are; by the rule of sums the centres become the means of who is there, until nobody moves (`settles`) or once. Who moved.
    pub(super) fn sweep(&mut self, settles: bool, ctx: &Ctx) -> Result<Vec<Changed>, Problem> {
        let mut moved = Vec::new();
        let Some(means) = &mut self.means else { return Ok(moved) };
        let with_rows: Vec<(&String, &mut Placed)> = self.customers.iter_mut().filter(|(_, placed)| placed.row.is_some()).collect();
        let n_cols = self.names.len();
        let flat: Vec<f64> = with_rows.iter().flat_map(|(_, placed)| placed.row.as_deref().unwrap_or_default()).copied().collect();
        let x = Matrix::new(flat, with_rows.len(), n_cols).map_err(wrong)?;
        let mut clusters: Vec<Option<usize>> = with_rows.iter().map(|(_, placed)| placed.cluster).collect();
        let is_once = !settles || self.rule == LiveRule::Spark;
        for pass in 0..MOST_PASSES {
            let assign = Assign::Nearest { centroids: means.centres().map_err(wrong)? };
            let found = assign.clusters(&x, ctx).map_err(wrong)?;
            let is_same = found == clusters;
            clusters = found;
            // Where nobody moves any more the centres are means already, but for what rounding left.
            if self.rule == LiveRule::Spark || (settles && pass + 1 == MOST_PASSES) {
                break;
            }
            let before = means.centres().map_err(wrong)?;
            means.recount(clusters.iter().enumerate().filter_map(|(row, cluster)| Some(((*cluster)?, x.row(row)))));
            if is_once || (is_same && before == means.centres().map_err(wrong)?) {
                break;
            }
        }
        let centres = means.centres().map_err(wrong)?;
        for ((name, placed), cluster) in with_rows.into_iter().zip(clusters) {
            if placed.cluster != cluster {
                let was = std::mem::replace(&mut placed.cluster, cluster);
                let distance = distance(placed.row.as_deref(), cluster, Some(&centres));
                moved.push(Changed { customer: name.clone(), was, now: cluster, distance });
            }
        }
        Ok(moved)
    }

    /// Takes other centres, with what their segments are called, and places everyone by them once. Who moved.
    pub(super) fn adopt(&mut self, centres: Matrix, names: &[String], ctx: &Ctx) -> Result<Vec<Changed>, Problem> {
        if self.means.is_none() {
            return Ok(Vec::new());
        }
        self.call(names);
        let (x, who) = self.encoded_rows()?;
        let clusters = Assign::Nearest { centroids: centres.clone() }.clusters(&x, ctx).map_err(wrong)?;
        let placed = || clusters.iter().enumerate().filter_map(|(row, cluster)| Some(((*cluster)?, x.row(row))));
        let mut weights = vec![0.0; centres.n_rows()];
        placed().for_each(|(cluster, _)| weights[cluster] += 1.0);
        let mut means = OnlineMeans::new(&centres, weights);
        // By Spark's rule centres are what they are; by sums they are the means of who is in them.
        if self.rule == LiveRule::Sums {
            means.recount(placed());
        }
        self.means = Some(means);
        let mut moved = Vec::new();
        for ((row, name), cluster) in who.into_iter().enumerate().zip(clusters) {
            let Some(placed) = self.customers.get_mut(&name) else { continue };
            if placed.cluster != cluster {
                let was = std::mem::replace(&mut placed.cluster, cluster);
                moved.push(Changed { customer: name, was, now: cluster, distance: distance(Some(x.row(row)), cluster, Some(&centres)) });
            }
        }
        Ok(moved)
    }

    /// What the segments are called from now on, by cluster.
    pub(super) fn call(&mut self, names: &[String]) {
        self.model.segments.iter_mut().zip(names).for_each(|(segment, name)| segment.name.clone_from(name));
    }

    /// The encoded rows of everyone who has one, and whose they are.
    pub(super) fn encoded_rows(&self) -> Result<(Matrix, Vec<String>), Problem> {
        let with_rows = || self.customers.iter().filter_map(|(name, placed)| Some((name, placed.row.as_deref()?)));
        let flat: Vec<f64> = with_rows().flat_map(|(_, row)| row).copied().collect();
        let who: Vec<String> = with_rows().map(|(name, _)| name.clone()).collect();
        Ok((Matrix::new(flat, who.len(), self.names.len()).map_err(wrong)?, who))
    }

    /// What the segments are called, by cluster.
    pub(super) fn names(&self) -> Vec<String> {
        self.model.segments.iter().map(|segment| segment.name.clone()).collect()
    }

    /// The model with the names of now; centres and sizes are those it came with.
    pub(super) fn named(&self) -> &Model {
        &self.model
    }

    /// The cluster of a customer.
    pub(super) fn cluster_of(&self, customer: &str) -> Option<usize> {
        self.customers.get(customer)?.cluster
    }

    /// What the segment of a customer is called.
    pub(super) fn name_of(&self, customer: &str) -> Option<String> {
        self.cluster_of(customer).map(|cluster| self.model.segments[cluster].name.clone())
    }

    /// Every `step`-th customer who has an encoded row.
    pub(super) fn every(&self, step: usize) -> Vec<String> {
        let with_rows = self.customers.iter().filter(|(_, placed)| placed.row.is_some());
        with_rows.step_by(step.max(1)).map(|(name, _)| name.clone()).collect()
    }

    /// The encoded row of a customer, and the cluster.
    pub(super) fn row_of(&self, customer: &str) -> Option<(&[f64], Option<usize>)> {
        let placed = self.customers.get(customer)?;
        Some((placed.row.as_deref()?, placed.cluster))
    }

    /// The segment of a customer, one more than its cluster; 0 for none.
    pub(super) fn kept(&self, customer: &str) -> u32 {
        self.customers.get(customer).and_then(|placed| placed.cluster).map_or(0, |cluster| cluster as u32 + 1)
    }

    /// The centres of now; none where nothing follows.
    pub(super) fn centres(&self) -> Option<Matrix> {
        self.means.as_ref().and_then(|means| means.centres().ok())
    }

    /// The places of customers, by name.
    pub(super) fn places(&self, names: &[String]) -> Vec<Place> {
        let place = |name: &String| match self.customers.get(name) {
            Some(Placed { cluster: Some(cluster), .. }) => Place::Segment(*cluster),
            Some(Placed { row: None, .. }) if self.means.is_some() => Place::LeftOut,
            _ => Place::Nowhere,
        };
        names.iter().map(place).collect()
    }

    /// Customers by cluster, and those in none.
    pub(super) fn sizes(&self) -> (Vec<usize>, usize) {
        let mut sizes = vec![0; self.model.segments.len()];
        let mut nowhere = 0;
        for placed in self.customers.values() {
            match placed.cluster {
                Some(cluster) => sizes[cluster] += 1,
                None => nowhere += 1,
            }
        }
        (sizes, nowhere)
    }

    /// The encoded rows of everyone in a segment, and how many are beyond its reach.
    fn rows_and_beyond(&self) -> (Vec<&[f64]>, usize) {
        let centres = self.centres();
        let mut beyond = 0;
        let mut rows = Vec::new();
        for placed in self.customers.values() {
            let (Some(row), Some(cluster)) = (placed.row.as_deref(), placed.cluster) else { continue };
            rows.push(row);
            let distance = distance(Some(row), Some(cluster), centres.as_ref());
            beyond += usize::from(self.model.fits(cluster, distance) == Some(false));
        }
        (rows, beyond)
    }

    /// What drift is measured against from now on.
    pub(super) fn reference(&self) -> ShiftReference {
        let (rows, beyond) = self.rows_and_beyond();
        ShiftReference::new(&self.names, &rows, &self.sizes().0, beyond)
    }

    /// What has moved since.
    pub(super) fn shifted(&self, reference: &ShiftReference) -> Shifted {
        let (rows, beyond) = self.rows_and_beyond();
        reference.compared(&rows, &self.sizes().0, beyond, |column| self.ages.contains(column))
    }

    /// The model as it is now.
    pub(super) fn model(&self, title: &str, stamp: String) -> Result<Model, Problem> {
        let Some(means) = &self.means else { return Ok(self.model.clone()) };
        let centres = means.centres().map_err(wrong)?;
        let mut distances: Vec<Vec<f64>> = vec![Vec::new(); means.k()];
        for placed in self.customers.values() {
            if let (Some(row), Some(cluster)) = (placed.row.as_deref(), placed.cluster) {
                distances[cluster].push(squared_distance(row, centres.row(cluster)).sqrt());
            }
        }
        let sizes: Vec<usize> = distances.iter().map(Vec::len).collect();
        let reach = |of: Vec<f64>| (!of.is_empty()).then(|| stats::quantile_sorted(&stats::sorted(of), FITS));
        let origin = Origin { title: title.to_owned(), stamp, customers: sizes.iter().sum() };
        Ok(self.model.followed(centres, &sizes, &distances.into_iter().map(reach).collect::<Vec<_>>(), origin))
    }
}

/// Days since something first happened, which nothing a customer does can change.
fn grows_with_the_calendar(formula: &str) -> bool {
    formula.split_whitespace().collect::<String>().eq_ignore_ascii_case("MAX(days_ago)")
}

/// How far a row is from the centre of its cluster; NaN where that is not known.
fn distance(row: Option<&[f64]>, cluster: Option<usize>, centres: Option<&Matrix>) -> f64 {
    match (row, cluster, centres) {
        (Some(row), Some(cluster), Some(centres)) => squared_distance(row, centres.row(cluster)).sqrt(),
        _ => f64::NAN,
    }
}

fn of_place(place: &Place) -> Option<usize> {
    match place {
        Place::Segment(at) => Some(*at),
        Place::Nowhere | Place::LeftOut => None,
    }
}
