//! Floor 2: from a table to the matrix clustering sees. Which columns enter, and how.

mod double;
pub mod encoder;
mod encoder_error;
mod error;
mod fit;
pub mod fitted_column;
mod pca;
mod prepare;
pub mod prepared;
mod projection;
mod reading;
pub mod recipe;
pub mod suggest;
pub(crate) mod twins;

pub use encoder::{EncodedRows, Encoder, Met};
pub use encoder_error::EncodeError;
pub use error::PrepareError;
pub use pca::plane;
pub use prepare::{prepare, prepare_rows, prepare_rows_with_encoder, prepare_with_encoder};
pub use prepared::{InputColumn, Pca, Prepared};
pub use projection::Projection;
pub use recipe::{ColumnRecipe, Dimensions, MissingRule, Preparation, Scale, Transform, TransformRule};
pub use suggest::role;
