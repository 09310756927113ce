//! What does a page see of being inside a segment? Whose inside it is, how it is looked at, and what would be kept of it.

use std::sync::Arc;

use crate::base::Labels;
use crate::features::Prepared;
use crate::session::Parting;

use super::segmentation::Segmentation;

/// What a page sees of being inside a segment.
#[derive(Debug, Clone)]
pub struct InsideAnswer {
    /// The number of the segment.
    pub segment: usize,
    /// Its customers.
    pub n_members: usize,
    /// How it is looked at.
    pub split: Parting,
    /// The same with nothing left to a suggestion, with those of the segments around it, outermost first; empty while something is still computed.
    pub to_keep: Vec<(Parting, Arc<Parts>)>,
    /// Everyone's segments, without any parts.
    pub whole: Arc<Segmentation>,
    /// Columns that enter for everyone and do not tell the members apart, as in the table.
    pub no_longer_vary: Vec<String>,
}

/// The parts of a segment, by rows of the table.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The part of every member, with its number among the parts, from 0.
    pub labels: Labels,
    /// The rows of the members.
    pub members: Arc<Prepared>,
}

/// Whether a page is inside a segment.
#[derive(Debug, Clone, Default)]
pub enum Inside {
    /// It is not.
    #[default]
    No,
    /// It is.
    Of(Box<InsideAnswer>),
    /// It was to be, and there is no such inside: why.
    Gone(String),
}

impl Inside {
    /// What is seen of it.
    pub fn answer(&self) -> Option<&InsideAnswer> {
        match self {
            Inside::Of(answer) => Some(answer),
            _ => None,
        }
    }
}
