//! What each question asks of the event table, and how its answer joins the report: the same for the command and for the views of the window.
//!
//! In: the event table, who is in which persona, and names as the user gave them. Out: the answer in the report. Each fails with one sentence.

use crate::base::Ctx;
use crate::events::table::{Events, Time};
use crate::journeys::does_more::{DoesMoreAsk, does_more};
use crate::journeys::engagement::{Weeks, engagement};
use crate::journeys::funnel::{Funnel, FunnelWalk, funnel};
use crate::journeys::holiday_effect::holiday_effect;
use crate::journeys::kinds::Kinds;
use crate::journeys::months::months;
use crate::journeys::paths::{PathTree, paths};
use crate::journeys::reporter::Reporter;
use crate::journeys::returns::{ReturnAsk, Returns, Waits, returns};
use crate::journeys::rhythm::{DayParts, rhythm};
use crate::journeys::routes::{PathAnchor, PathAsk};
use crate::journeys::sequences::{JourneyPart, sequences};
use crate::journeys::typical::typical;
use crate::journeys::which::Which;
use crate::journeys::{JourneysError, PersonaOf};

/// Whose events, who is in which persona, and what counts as a purchase.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Of<'a> {
    pub events: &'a Events,
    pub personas: PersonaOf<'a>,
    pub purchase: Option<&'a Which>,
    pub seed: u64,
}

/// How far customers get in the steps of these names, in this time.
pub(in crate::engine) fn funnel_asked(
    reporter: &mut Reporter,
    of: Of,
    (steps, window): (&[String], Option<Time>),
    ctx: &Ctx,
) -> Result<FunnelWalk, JourneysError> {
    let steps = steps.iter().map(|name| Which::named(name, of.events)).collect::<Result<Vec<_>, _>>()?;
    let mut asked = Funnel::of(steps);
    asked.window = window.unwrap_or(asked.window);
    ctx.progress("Walking the funnel", 0.1);
    let found = funnel(of.events, &asked, ctx)?;
    reporter.funnel(&found.summary(of.personas, ctx)?);
    Ok(found)
}

/// The ways from an event, or from the start of every visit.
pub(in crate::engine) fn paths_asked(
    reporter: &mut Reporter,
    of: Of,
    (start, depth): (Option<&str>, Option<usize>),
    ctx: &Ctx,
) -> Result<PathTree, JourneysError> {
    let start = start.map(|name| Which::named(name, of.events)).transpose()?;
    let usual = PathAsk::default();
    let asked = PathAsk {
        anchor: start.map_or(usual.anchor.clone(), |which| PathAnchor::Event { which, is_every: false }),
        depth: depth.unwrap_or(usual.depth),
        ..usual
    };
    ctx.progress("Following paths", 0.25);
    let tree = paths(of.events, &asked, ctx)?;
    reporter.paths(&tree, &tree.differences(of.personas));
    Ok(tree)
}

/// The time to the next purchase.
pub(in crate::engine) fn returns_asked(reporter: &mut Reporter, of: Of, purchase: &Which, ctx: &Ctx) -> Result<Returns, JourneysError> {
    ctx.progress("Waiting for the next purchase", 0.4);
    let asked = ReturnAsk { purchases: purchase.clone(), waits: Waits::FromEach, from: None, seed: of.seed };
    let found = returns(of.events, &asked, ctx)?;
    reporter.returns(&found.summary(of.personas, ctx)?);
    Ok(found)
}

/// Who still comes, week by week.
pub(in crate::engine) fn weeks_asked(reporter: &mut Reporter, of: Of, ctx: &Ctx) -> Result<(), JourneysError> {
    reporter.engagement(&engagement(of.events, &Which::any(), Weeks::Rolling, of.personas, ctx)?);
    Ok(())
}

/// Hours, days, the months of purchases where there are some, and what holidays change where they are known; none are given where a filter chose events by them.
pub(in crate::engine) fn rhythm_asked(reporter: &mut Reporter, of: Of, holidays: &[i64], ctx: &Ctx) -> Result<(), JourneysError> {
    ctx.progress("Looking at hours and days", 0.55);
    let by_month = of.purchase.and_then(|purchase| months(of.events, purchase, of.personas, of.seed, ctx).ok());
    let hours = rhythm(of.events, &Which::any(), &DayParts::default(), of.personas, ctx)?;
    let any = Which::any();
    let effect = match holidays.is_empty() {
        true => None,
        false => Some(holiday_effect(of.events, of.purchase.unwrap_or(&any), holidays, ctx)?),
    };
    reporter.rhythm(&hours, by_month.as_ref(), effect.as_ref().map(|effect| (effect, of.purchase.is_some())));
    Ok(())
}

/// What personas do more than others.
pub(in crate::engine) fn more_asked(reporter: &mut Reporter, of: Of, kinds: &Kinds, ctx: &Ctx) -> Result<(), JourneysError> {
    ctx.progress("What personas do more", 0.7);
    reporter.does_more(&does_more(of.events, kinds, of.personas, &DoesMoreAsk::default(), ctx)?);
    Ok(())
}

/// Their typical journeys.
pub(in crate::engine) fn typical_asked(reporter: &mut Reporter, of: Of, kinds: &Kinds, ctx: &Ctx) -> Result<(), JourneysError> {
    ctx.progress("Looking for typical journeys", 0.85);
    let sequences = sequences(of.events, kinds, JourneyPart::TypicalVisit, of.purchase, ctx)?;
    reporter.typical(&typical(&sequences, of.personas, of.seed, ctx)?, &sequences);
    Ok(())
}
