//! Floor 8: from a plan to answers. `recipe` is the whole analysis; every part of it is a section: a file with its steps, what it asked, its answer and
//! what it showed last. `run` computes and keeps, and knows nothing of what.

mod answers;
mod brush;
pub mod caches;
pub mod cards;
pub mod choose;
pub mod comparison;
pub mod density;
pub mod evidence;
mod exporting;
mod groups;
mod headless;
mod listing;
mod map;
mod model_column;
mod needs;
mod niches;
mod pages;
mod picking;
mod place;
mod recipe;
mod report;
pub mod run;
mod segmentation;
pub mod silhouettes;
mod sources;
mod structure;
mod sweep;
pub mod table;
pub mod validate;
mod wanted;

pub use answers::{Answers, BrushAnswer, ListingAnswer, PREVIEW_ROWS, PageImage, PagesAnswer, SourcesAnswer};
pub use headless::analyse;
pub use model_column::{ModelColumn, model_column};
pub use niches::niche_of;
pub use pages::page_title;
pub use recipe::{Engine, EngineOptions};
pub use run::answer::{Answer, JobView, Problem, STOPPED, StepError};
pub use run::naming::log_kind;
pub use run::runtime::Done;
pub use run::watch::Watch;
pub use segmentation::Segmentation;
pub use sources::today;
pub use wanted::{Outputs, PagesWanted, SilhouetteWish, SourcesUntil, SourcesWanted, TableWanted, Wanted};
