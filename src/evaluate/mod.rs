//! Floor 3: how good is a clustering, how many clusters should there be, and what do two clusterings share?
//!
//! - [`silhouette`]: is every row nearer to its own cluster than to the next one?
//! - [`elbow`]: which number of clusters do the curves speak for, and why?
//! - [`agreement`]: which clusters of two labelings are the same customers?

pub mod agreement;
pub mod elbow;
pub mod silhouette;

pub use agreement::{adjusted_rand, best_matching, jaccard, overlap};
pub use elbow::{Candidate, Suggestion, SweepPoint, band_word, suggest};
pub use silhouette::{Silhouettes, silhouettes, silhouettes_sampled};
