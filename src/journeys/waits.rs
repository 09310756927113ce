//! Which waits are asked for, what is known of each, and how two sides differ?
//!
//! The data of [`super::returns`], which finds waits and sums them up, and of the draws behind its intervals.

use serde::{Deserialize, Serialize};

use super::which::Which;
use crate::events::table::Time;

/// Days at which the share that still waits is told.
pub const TOLD_DAYS: [usize; 3] = [30, 90, 365];

/// Which waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// From every purchase.
    #[default]
    FromEach,
    /// From the first purchase of each customer.
    FromFirst,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReturnAsk {
    /// The purchases, or whatever else comes back.
    pub purchases: Which,
    /// Which waits.
    pub waits: Waits,
    /// Only from purchases at or after this moment: the day personas were made.
    pub from: Option<Time>,
    /// Seed of the draws.
    pub seed: u64,
}

/// Days waited, of one purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spell {
    pub customer: u32,
    pub days: f64,
    pub has_ended: bool,
}

/// All waits, ready to be summed up by persona.
#[derive(Debug, Clone, PartialEq)]
pub struct Returns {
    /// What was asked.
    pub ask: ReturnAsk,
    pub(super) spells: Vec<Spell>,
    /// Days of the waits that are open, ascending.
    pub(super) silent: Vec<f64>,
}

/// A number with its 95 % interval, where there is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
}

/// A persona against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReturnDifference {
    /// The persona.
    pub persona: usize,
    /// Mean days of the persona minus mean days of the rest.
    pub mean: Estimate,
    /// The same of the shares that still wait after 30, 90 and 365 days.
    pub waiting: [Option<Estimate>; 3],
    /// Cohen's h of these shares.
    pub h: [Option<f64>; 3],
    /// Which of the shares may be told: at least 31 customers on both sides, |h| at least 0.2, more than chance after correction for personas × days.
    pub is_told: [bool; 3],
}
