//! What is asked of a funnel, and does it make sense?
//!
//! In: two to sixteen steps with a window, an order, exclusions and a unit. Out: the same, checked; and what the chain of one unit came to.

use serde::{Deserialize, Serialize};

use super::which::Which;
use super::{JourneyUnit, JourneysError};
use crate::events::table::{DAY, Time};

/// Steps a funnel may have.
pub const MOST_STEPS: usize = 16;

/// A step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepAsk {
    /// The events that do it.
    pub which: Which,
    /// Whether a chain may go on without it.
    #[serde(default)]
    pub is_optional: bool,
}

/// What must not happen between two steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The events.
    pub which: Which,
    /// Not after this step, counted from 1 ...
    pub after: usize,
    /// ... and before this one.
    pub before: usize,
}

/// In which order the steps count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelOrder {
    /// In this order; anything may happen between them.
    #[default]
    Ordered,
    /// In this order with nothing between them; a repeat of the step just done is not between.
    Strict,
    /// In any order.
    Any,
}

/// From where the window counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowFrom {
    /// From the first step of the chain.
    #[default]
    FirstStep,
    /// From each step to the next.
    StepBefore,
}

/// A funnel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// The steps, first to last.
    pub steps: Vec<StepAsk>,
    /// What must not happen between them.
    pub exclusions: Vec<Exclusion>,
    /// How long a chain may take, in milliseconds; exactly so long is still inside.
    pub window: Time,
    /// From where that counts. Without an order it is from the first of the steps that were done.
    pub window_from: WindowFrom,
    /// The order.
    pub order: FunnelOrder,
    /// Whether chains may go beyond a visit.
    pub unit: JourneyUnit,
}

impl Funnel {
    /// Of these steps in order, within seven days, per customer.
    pub fn of(steps: impl IntoIterator<Item = Which>) -> Funnel {
        Funnel {
            steps: steps.into_iter().map(|which| StepAsk { which, is_optional: false }).collect(),
            exclusions: Vec::new(),
            window: 7 * DAY,
            window_from: WindowFrom::FirstStep,
            order: FunnelOrder::Ordered,
            unit: JourneyUnit::Customer,
        }
    }

    /// Fails with one sentence where it makes no sense.
    pub(super) fn check(&self) -> Result<(), JourneysError> {
        let n = self.steps.len();
        if n < 2 {
            return Err(JourneysError::TooFewSteps);
        }
        if n > MOST_STEPS {
            return Err(JourneysError::TooMany { given: n, most: MOST_STEPS });
        }
        if self.window <= 0 {
            return Err(JourneysError::NoWindow);
        }
        if let Some(step) = [1, n].into_iter().find(|&step| self.steps[step - 1].is_optional) {
            return Err(JourneysError::OptionalEnd { step });
        }
        if self.order == FunnelOrder::Any && self.steps.iter().any(|step| step.is_optional) {
            return Err(JourneysError::OptionalWithoutOrder);
        }
        let is_between = |exclusion: &Exclusion| exclusion.after >= 1 && exclusion.after < exclusion.before && exclusion.before <= n;
        if self.exclusions.iter().all(is_between) { Ok(()) } else { Err(JourneysError::ExclusionOutside { steps: n }) }
    }
}

/// What the chain of a unit came to.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// The furthest step, counted from 1.
    pub reached: usize,
    /// The event that did the first step for the first time.
    pub entered: usize,
    /// Whether an exclusion fell into the chain.
    pub is_excluded: bool,
    /// The events of the chain by step; `usize::MAX` where a step was left out.
    pub chain: Vec<usize>,
}
