//! What makes a group a niche? The thresholds, all of which may be changed.

use serde::{Deserialize, Serialize};

use crate::base::stats::normal_quantile;

/// Thresholds of a niche.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NicheRules {
    /// The least customers of a niche.
    pub least: usize,
    /// The largest share of all customers.
    pub most_share: f64,
    /// The least Jaccard coefficient over new draws.
    pub jaccard: f64,
    /// The least effect of what sets it apart; an index will do too.
    pub effect: f64,
    /// A need is special from this index on.
    pub index_high: f64,
    /// Or up to this one.
    pub index_low: f64,
    /// Largest ratio of its size on the other half to what was found.
    pub size_factor: f64,
    /// The least effect on the other half that the 95 % interval may reach down to.
    pub confirmed_effect: f64,
    /// Groups that share more than this (Jaccard) are one.
    pub alike: f64,
    /// New draws.
    pub draws: usize,
}

impl Default for NicheRules {
    fn default() -> NicheRules {
        NicheRules {
            least: 31,
            most_share: 0.05,
            jaccard: 0.75,
            effect: 0.8,
            index_high: 150.0,
            index_low: 67.0,
            size_factor: 1.5,
            confirmed_effect: 0.2,
            alike: 0.8,
            draws: 20,
        }
    }
}

impl NicheRules {
    /// The least customers of a group on one half.
    pub fn least_on_half(&self) -> usize {
        self.least.div_ceil(2).max(2)
    }

    /// Customers from which on the smallest niche is no more than its largest share.
    pub fn least_customers(&self) -> usize {
        (self.least as f64 / self.most_share.max(1e-6)).ceil() as usize
    }

    /// The most customers of a niche among `n`.
    pub fn most(&self, n: usize) -> usize {
        (self.most_share * n as f64) as usize
    }

    /// |v.test| that a difference must exceed among so many tests: two-sided 5 %, divided among them (Bonferroni).
    pub fn gate(n_tests: usize) -> f64 {
        -normal_quantile(0.025 / n_tests.max(1) as f64)
    }

    /// Whether an index is special.
    pub fn is_special(&self, index: f64) -> bool {
        index >= self.index_high || index <= self.index_low
    }
}
