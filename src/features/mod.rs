//! Floor 2: from a table to the matrix clustering sees. Which columns enter, and how.

mod encode;
mod error;
mod pca;
mod prepare;
pub mod prepared;
pub mod recipe;
pub mod suggest;

pub use error::PrepareError;
pub use prepare::prepare;
pub use prepared::{InputColumn, Pca, Prepared};
pub use recipe::{ColumnRecipe, Dimensions, MissingRule, Preparation, Scale, Transform, TransformRule};
pub use suggest::role;
