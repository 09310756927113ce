//! What was found about unusual customers, as far as it leaves.

use std::sync::Arc;

use serde::Serialize;

use crate::evaluate::unusual::{Unusual, UnusualLine, UnusualScore};
use crate::persona::UnusualCustomer;

/// What was found about unusual customers.
#[derive(Debug, Clone)]
pub struct UnusualFound {
    /// All scores.
    pub unusual: Arc<Unusual>,
    /// The score the line is drawn on.
    pub score: UnusualScore,
    /// The user's line; `None` takes the suggested one.
    pub threshold: Option<f64>,
    /// Who is above the line, the most unusual first.
    pub customers: Arc<Vec<UnusualCustomer>>,
    /// How long it took, when somebody measured.
    pub seconds: Option<NicheSeconds>,
}

/// Wall-clock seconds of the parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct NicheSeconds {
    /// Nearest neighbours of every customer.
    pub neighbours: f64,
    /// Local outlier factors, all neighbourhoods.
    pub lof: f64,
    /// The isolation forest.
    pub forest: f64,
    /// Smooth copies and their scores.
    pub expected: f64,
    /// From start to end.
    pub total: f64,
}

impl UnusualFound {
    /// The line in force; none where nobody stands out.
    pub fn line(&self) -> Option<UnusualLine> {
        self.unusual.line(self.score, self.threshold)
    }
}
