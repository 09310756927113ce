//! How does a grouping become a model? By what its method found, and how its table came to be.
//!
//! In: a grouping, and what made it. Out: the model. Preparing is done once more, since only then is it known as parameters; cost: preparing, and placing
//! the customers it was made from.

use std::sync::Arc;

use crate::base::Ctx;
use crate::cluster::{Assign, DensityTree, Hdbscan, KMeansFit, Linkage};
use crate::data::Sourcing;
use crate::evaluate::KnownGroups;
use crate::features::{Preparation, prepare_with_encoder};

use super::placing::{Grouping, Model, ModelError, Parameters};

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
}

impl Making {
    /// The model of a grouping that came to be this way.
    ///
    /// Fails with what preparing or placing fails with, with "the parts of this model do not fit together …" where grouping and making are not of one kind,
    /// and when stopped.
    pub fn model(&self, grouping: &Grouping, ctx: &Ctx) -> Result<Model, ModelError> {
        let x = &grouping.prepared.matrix;
        let assign = match &self.by {
            MadeBy::Column(name) => return self.known(grouping, name, ctx),
            MadeBy::KMeans(fit) => Assign::of_kmeans(fit),
            MadeBy::Tree(linkage) => Assign::of_tree(x, grouping.labels, *linkage, ctx)?,
            MadeBy::Density { tree, epsilon } => Assign::of_density(x, tree, *epsilon),
            MadeBy::Hdbscan { tree, found } => Assign::of_hdbscan(x, tree, found),
        };
        let (_, encoder) = prepare_with_encoder(grouping.loaded, &self.preparation, ctx)?;
        Ok(self.signed(Model::new(grouping, encoder, assign, ctx)?))
    }

    fn known(&self, grouping: &Grouping, name: &str, ctx: &Ctx) -> Result<Model, ModelError> {
        let Some((groups, _)) = KnownGroups::new(grouping.loaded, name, &grouping.prepared.table_rows) else {
            return Err(ModelError::Unsound { what: format!("{name} knows no groups") });
        };
        Ok(self.signed(Model::of_column(grouping, groups, ctx)?))
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
