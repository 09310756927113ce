//! How surely do customers belong to their segments, and for how many groups does the same view speak? Both by Gaussian mixtures. The first is waited for
//! where it is looked at; the second is one reason among others and runs in the background.

use crate::base::Key;
use crate::cluster::MixtureError;
use crate::evaluate::{self, BicCurve, GROUPS_TRIED};
use crate::features::Prepared;

use super::caches::Runtime;
use super::run::answer::{Problem, StepError};
use super::run::jobs::Lane;
use super::run::naming::log_kind;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Segmentation;

impl From<MixtureError> for StepError {
    fn from(error: MixtureError) -> StepError {
        match error {
            MixtureError::Stopped(_) => StepError::Stopped,
            other => {
                log_kind(&other);
                StepError::Problem(Problem(other.to_string().into()))
            }
        }
    }
}

/// Asks how surely each customer belongs to the segments.
pub(super) fn of(runtime: &mut Runtime, segmentation: &Made<Segmentation>, seed: u64, need: Need) -> Asked<evaluate::Belonging> {
    let key = Key::of("belonging", 1, &seed, &[segmentation.key]);
    let segmentation = segmentation.value.clone();
    let step = move |ctx: &crate::base::Ctx| Ok(evaluate::belonging(&segmentation.prepared.matrix, &segmentation.labels, seed, ctx)?);
    runtime.ask(|s| &mut s.belongings, key, need, (|| "How surely customers belong".into(), Lane::Long), step)
}

/// Asks which number of groups has the least BIC.
pub(super) fn bic(runtime: &mut Runtime, prepared: &Made<Prepared>, seed: u64, need: Need) -> Asked<BicCurve> {
    let key = Key::of("bic of mixtures", 1, &seed, &[prepared.key]);
    let prepared = prepared.value.clone();
    let step = move |ctx: &crate::base::Ctx| Ok(evaluate::bic_curve(&prepared.matrix, GROUPS_TRIED, seed, ctx)?);
    runtime.ask(|s| &mut s.bics, key, need, (|| "Comparing mixtures".into(), Lane::Background), step)
}
