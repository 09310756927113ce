//! Floor 0: the few ideas every other floor is written in. Only std, rayon, serde and hashing below.

pub mod ctx;
pub mod distance;
pub mod key;
pub mod labels;
pub mod matrix;
pub mod memory;
pub mod part;
pub mod seed;
pub mod stats;
pub mod text;

pub use ctx::{Ctx, FEWEST_TOLD, Gate, Note, Progress, Stopped, may_be_told};
pub use key::{Key, KeyOfPieces};
pub use labels::Labels;
pub use matrix::Matrix;
