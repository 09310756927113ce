//! Floor 5: what should set off a message, tried on the past before it is switched on.

mod cells;
pub mod checks;
pub mod clock;
pub mod compared;
mod condition;
mod contradiction;
pub mod details;
pub mod explained;
pub mod gaps;
pub mod holidays;
pub mod judged;
pub mod known;
pub mod language;
#[cfg(test)]
pub mod made;
mod matched;
pub mod matcher;
mod measure;
mod moment;
#[cfg(test)]
pub mod naive;
mod notation;
pub mod now;
pub mod occurrences;
pub mod overlap;
pub mod period;
mod ranges;
pub mod replay;
pub mod report;
pub mod resample;
mod scratch;
pub mod sentence;
pub mod spans;
pub mod sql;
pub mod starters;
mod stretches;
pub mod terms;
pub mod thresholds;
pub mod words;
pub mod world;
