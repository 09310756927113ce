//! How does a grouping become a model? By what its method found, and how its table came to be.
//!
//! In: a grouping, and what made it. Out: the model. Preparing is done once more, since only then is it known as parameters; cost: preparing, and placing
//! the customers it was made from.

use std::sync::Arc;

use crate::base::{Ctx, Labels};
use crate::cluster::{Assign, DensityTree, Hdbscan, KMeansFit, Linkage};
use crate::data::Sourcing;
use crate::evaluate::{KnownGroups, Regroup};
use crate::features::{Encoder, Preparation, Prepared, prepare_rows_with_encoder, prepare_with_encoder};

use super::placing::{Grouping, InsideModel, Model, ModelError, Parameters};

/// What the segments in force were made by.
#[derive(Debug, Clone)]
pub enum MadeBy {
    /// k-means.
    KMeans(Arc<KMeansFit>),
    /// A cut of a tree.
    Tree(Linkage),
    /// DBSCAN.
    Density {
        /// The tree of reachability.
        tree: Arc<DensityTree>,
        /// Where it is cut.
        epsilon: f64,
    },
    /// HDBSCAN.
    Hdbscan {
        /// The tree of reachability.
        tree: Arc<DensityTree>,
        /// What lasts longest in it.
        found: Arc<Hdbscan>,
    },
    /// The groups of a column, by its name.
    Column(String),
}

/// Everything about a grouping that its labels do not say.
#[derive(Debug, Clone)]
pub struct Making {
    /// How columns became numbers.
    pub preparation: Preparation,
    /// What the method found.
    pub by: MadeBy,
    /// What it was told.
    pub parameters: Parameters,
    /// How the table was built from several files, with nothing left to be guessed.
    pub table: Option<Sourcing>,
    /// Where some segments are in parts: the rest is then about the segments before.
    pub parts: Option<MadeParts>,
}

/// How segments came to be in parts.
#[derive(Debug, Clone)]
pub struct MadeParts {
    /// Cluster of every prepared row before, with its number.
    pub whole: Labels,
    /// What was found inside, outer ones first.
    pub inside: Vec<MadeInside>,
}

/// How the parts of one segment came to be.
#[derive(Debug, Clone)]
pub struct MadeInside {
    /// The number of the segment.
    pub segment: usize,
    /// The rows of its customers.
    pub prepared: Arc<Prepared>,
    /// Which part each of them is in, with the numbers of the parts.
    pub labels: Labels,
    /// Whether they were compared on a scale of their own.
    pub own_scale: bool,
    /// What the method found.
    pub by: MadeBy,
    /// What it was told.
    pub parameters: Parameters,
    /// "k-Means, k = 2" and the like.
    pub method: String,
    /// How the same would be made of other customers; none of the groups of a column.
    pub how: Option<Regroup>,
    /// Seed of what is random in that.
    pub seed: u64,
}

impl Making {
    /// The model of a grouping that came to be this way.
    ///
    /// Fails with what preparing or placing fails with, with "the parts of this model do not fit together …" where grouping and making are not of one kind,
    /// and when stopped.
    pub fn model(&self, grouping: &Grouping, ctx: &Ctx) -> Result<Model, ModelError> {
        let Some(MadeParts { whole, inside }) = &self.parts else {
            let model = one(&self.by, grouping, || self.encoder(grouping, ctx), ctx)?;
            return Ok(self.signed(model));
        };
        let named = |labels: &Labels, of: &[String]| -> Vec<String> {
            let at = |number: &usize| grouping.labels.numbers().iter().position(|other| other == number);
            labels.numbers().iter().map(|number| at(number).and_then(|at| of.get(at)).cloned().unwrap_or_default()).collect()
        };
        let (names, colors) = (named(whole, grouping.names), named(whole, grouping.colors));
        let of_whole = Grouping { labels: whole, names: &names, colors: &colors, ..*grouping };
        // Fitted to everyone once, for the whole segments and for all parts on everyone's scale.
        let mut everyones: Option<Encoder> = None;
        let mut fitted = || match &everyones {
            Some(encoder) => Ok(encoder.clone()),
            None => Ok(everyones.insert(self.encoder(grouping, ctx)?).clone()),
        };
        let whole = Model { parameters: self.parameters.clone(), ..one(&self.by, &of_whole, &mut fitted, ctx)? };
        let mut known = Vec::with_capacity(inside.len());
        for of in inside {
            let (names, colors) = (named(&of.labels, grouping.names), named(&of.labels, grouping.colors));
            let members = Grouping {
                loaded: grouping.loaded,
                prepared: &of.prepared,
                labels: &of.labels,
                names: &names,
                colors: &colors,
                method: &of.method,
            };
            let model = match of.own_scale {
                true => {
                    let own = || {
                        let rows = &of.prepared.table_rows;
                        Ok(prepare_rows_with_encoder(grouping.loaded, &self.preparation, rows, ctx)?.1)
                    };
                    one(&of.by, &members, own, ctx)?
                }
                false => one(&of.by, &members, &mut fitted, ctx)?,
            };
            known.push(InsideModel { segment: of.segment, model: Model { parameters: of.parameters.clone(), ..model } });
        }
        Ok(self.signed(Model::in_parts(grouping, whole, known, ctx)?))
    }

    fn encoder(&self, grouping: &Grouping, ctx: &Ctx) -> Result<Encoder, ModelError> {
        Ok(prepare_with_encoder(grouping.loaded, &self.preparation, ctx)?.1)
    }

    /// The model with how it came to be. Of files only the names leave, not where they are.
    fn signed(&self, model: Model) -> Model {
        let mut table = self.table.clone();
        for source in table.iter_mut().flat_map(|table| &mut table.sources) {
            source.path = source.path.file_name().map(Into::into).unwrap_or_default();
        }
        Model { parameters: self.parameters.clone(), table, no_answer_is_missing: self.preparation.no_answer_is_missing, ..model }
    }
}

/// The model of one grouping, whatever made it. The encoder is only asked for where the method sees more than a column.
fn one(by: &MadeBy, grouping: &Grouping, encoder: impl FnOnce() -> Result<Encoder, ModelError>, ctx: &Ctx) -> Result<Model, ModelError> {
    let x = &grouping.prepared.matrix;
    let assign = match by {
        MadeBy::Column(name) => {
            let Some((groups, _)) = KnownGroups::new(grouping.loaded, name, &grouping.prepared.table_rows) else {
                return Err(ModelError::Unsound { what: format!("{name} knows no groups") });
            };
            return Model::of_column(grouping, groups, ctx);
        }
        MadeBy::KMeans(fit) => Assign::of_kmeans(fit),
        MadeBy::Tree(linkage) => Assign::of_tree(x, grouping.labels, *linkage, ctx)?,
        MadeBy::Density { tree, epsilon } => Assign::of_density(x, tree, *epsilon),
        MadeBy::Hdbscan { tree, found } => Assign::of_hdbscan(x, tree, found),
    };
    Model::new(grouping, encoder()?, assign, ctx)
}
