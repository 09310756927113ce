//! Floor 4: how good is a clustering, how many clusters should there be, and what do two clusterings share?
//!
//! - [`silhouette`]: is every row nearer to its own cluster than to the next one?
//! - [`elbow`]: which number of clusters do the curves speak for, and why?
//! - [`agreement`]: which clusters of two labelings are the same customers?
//! - [`belonging`](mod@belonging): how surely does each customer belong, and who stands between two?
//! - [`bic`]: how many groups does a Gaussian mixture speak for?
//! - [`compare`]: what became of the groups of one labeling in another?
//! - [`known`]: which groups does a column of the data already know?
//! - [`null`]: what would elbow and silhouette show if there were nothing to find?
//! - [`decision_tree`]: which cuts of which columns tell groups of rows apart?
//! - [`forest`]: how much worse are rows told apart without a column?
//! - [`known_groups`]: the groups of a column as data, and the group of every row of another table.
//! - [`structure`]: are there groups at all, or one cloud?
//! - [`one_cloud`]: what would these customers look like if they were one group?
//! - [`dip`]: what would these values be if they had a single peak?
//! - [`sources`]: which independent causes could these columns be mixtures of?
//! - [`prediction`]: would half of the customers be grouped as the other half would have it?
//! - [`unusual`]: who fits none of the groups, and why?
//! - [`folds`]: would the same customers be sent to the same segment if only the others had been seen?
//! - [`one_column`]: do the segments hang on one column?
//! - [`forecast`]: do the personas foretell what customers do next, and how much of what could be foretold do they keep?
//! - [`ranking`]: how well do scores foretell what came, and where do groups stand?
//! - [`regression`]: which weighted sum of the columns foretells an outcome best?
//! - [`transitions`]: who moved from one segment to another between two days, and how many would have by chance alone?
//! - [`persistence`]: which segments of an earlier day are still there when the customers are grouped anew?
//! - [`drift`]: has something shifted since the segments were made, and by more than so few customers shift by chance?
//! - [`many_tests`]: which of many findings would hardly be there by chance?
//! - [`retrain`]: should the segments be made anew?
//! - [`niches`]: is there a smaller group inside a segment with a need of its own?
//! - [`effects`], [`level_v_test`]: how far apart are two groups, and is that more than chance?
//! - [`weights`]: which columns speak for a segment, and which against it?
//! - [`stability`]: would the same segments come back if other customers had been asked?

pub mod agreement;
pub mod belonging;
pub mod bic;
pub mod compare;
pub mod decision_tree;
pub mod describing;
pub mod dip;
pub mod drift;
pub mod effects;
pub mod elbow;
pub mod folds;
pub mod forecast;
mod forecast_models;
pub mod forest;
pub mod known;
pub mod known_groups;
pub mod level_v_test;
pub mod many_tests;
pub mod niches;
pub mod null;
pub mod one_cloud;
pub mod one_column;
pub mod persistence;
pub mod prediction;
pub mod ranking;
mod rates;
pub mod regression;
pub mod regroup;
pub mod retrain;
pub mod shifted;
pub mod shuffle;
pub mod silhouette;
mod silhouette_values;
pub mod sources;
pub mod stability;
mod strata;
pub mod structure;
pub mod transitions;
pub mod unusual;
pub mod weights;

pub use agreement::{adjusted_rand, best_matching, jaccard, overlap};
pub use belonging::{Belonging, Sureness, belonging};
pub use bic::{BicCurve, GROUPS_TRIED, bic_curve};
pub use compare::{Change, Comparison, Group, agreement_words, compare};
pub use drift::{FrozenBins, Psi};
pub use elbow::{Candidate, Suggestion, SweepPoint, band_word, doubt, suggest};
pub use folds::{FoldLabels, FoldRound, folds};
pub use forecast::{Forecast, ForecastError, ForecastModel, ForecastTable, Foretold, PowerKept, Tellable, forecast, walk_forward};
pub use known::{Known, KnownBy, known, known_by};
pub use known_groups::{GroupsBy, KnownGroups};
pub use null::{NullBand, NullMethod, NullPoint, null_band};
pub use one_column::{CompanyChanged, OneColumn, one_column};
pub use persistence::{Fate, Persistence, PersistenceRule, persistence};
pub use prediction::{PredictionStrengths, prediction_strengths};
pub use ranking::{Calibration, Lift, WithBand};
pub use rates::{Rate, RateRange, rate_range, says_yes, telling_level};
pub use regroup::Regroup;
pub use retrain::{Advice, Checkup, RetrainRule, advice};
pub use silhouette::{silhouettes, silhouettes_sampled};
pub use silhouette_values::Silhouettes;
pub use stability::{Stability, Trust, best_jaccards, stability};
pub use structure::{A_CHOICE, ONE_GROUP, Structure, StructurePoint, structure};
pub use transitions::{ByChance, Transitions, Whereabouts, by_chance, moved_words, transitions};
pub use weights::{AttributeWeights, ColumnWeight, attribute_weights};
