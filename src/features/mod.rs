//! Floor 1, second half: from a table to the matrix clustering sees. Which columns enter, and how.

pub mod prepared;
pub mod recipe;

pub use prepared::{InputColumn, Pca, Prepared};
pub use recipe::{ColumnRecipe, Dimensions, MissingRule, Preparation, Scale, Transform, TransformRule};
