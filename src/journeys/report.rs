//! What is in the document that says what the journeys are?
//!
//! Plain data with every field named, to be written as JSON and read back. A number is missing where fewer than ten customers stand behind it.
//! [`super::reporter`] puts it together.

use serde::{Deserialize, Serialize};

use super::holiday_effect::HolidayEffect;
use super::months::MonthIndex;
use super::returns::{BandPoint, Estimate};
use super::rhythm::ShareDifference;
use super::survival::CurveStep;
use super::typical::TypicalMethod;

/// Version of the format.
pub const VERSION: u32 = 1;

/// The document. What was not asked is not in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JourneysReport {
    /// Version of the format.
    pub version: u32,
    /// Customers with events.
    pub customers: usize,
    /// Events.
    pub events: usize,
    /// Names of the personas.
    pub personas: Vec<String>,
    /// The findings in words, the most telling first.
    pub sentences: Vec<String>,
    /// The funnel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funnel: Option<FunnelReport>,
    /// The tree of paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<PathReport>,
    /// Time to the next purchase, and who still comes by week.
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    pub returns: Option<ReturnReport>,
    /// Hours and days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<RhythmReport>,
    /// What personas do more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does_more: Option<DoesMoreReport>,
    /// Typical journeys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical: Option<Vec<TypicalReport>>,
}

/// A persona's share against that of the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DifferenceReport {
    /// Customers of the persona.
    pub customers: Option<usize>,
    /// Share of the persona.
    pub share: Option<f64>,
    /// Share of everyone else.
    pub share_of_everyone_else: Option<f64>,
    /// The one minus the other.
    pub difference: Option<f64>,
    /// 95 % interval of the difference.
    pub interval: Option<[f64; 2]>,
    /// Cohen's h.
    pub cohen_h: Option<f64>,
    /// The v.test.
    pub v_test: Option<f64>,
    /// 100 times the share by everyone's.
    pub index: Option<f64>,
    /// Whether all gates hold.
    pub told: bool,
}

/// A funnel of everyone and of the personas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelReport {
    /// Everyone.
    pub everyone: FunnelGroup,
    /// By persona.
    pub personas: Vec<FunnelGroup>,
    /// By persona and step.
    pub differences: Vec<FunnelDifference>,
}

/// A funnel of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelGroup {
    /// Its name.
    pub name: String,
    /// Who did the first step.
    pub entered: Option<usize>,
    /// Who is judged.
    pub judged: Option<usize>,
    /// Who is still inside the window, and not in any share.
    pub open: Option<usize>,
    /// Who was excluded.
    pub excluded: Option<usize>,
    /// The steps.
    pub steps: Vec<FunnelStep>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// Its name.
    pub name: String,
    /// Whether it could be left out.
    pub optional: bool,
    /// Who got here or further.
    pub reached: Option<usize>,
    /// Who did this very step.
    pub did: Option<usize>,
    /// Who got here and is still inside the window.
    pub open: Option<usize>,
    /// Share of those who entered.
    pub conversion: Option<f64>,
    /// Share of those who got to the step before.
    pub step_conversion: Option<f64>,
    /// Share of those who got to the step before and not here.
    pub drop_off: Option<f64>,
    /// Seconds from the first step, of those who got here.
    pub seconds: Option<Quantiles>,
    /// Seconds from the step before.
    pub step_seconds: Option<Quantiles>,
    /// The same from the first step, of all who entered, by Kaplan and Meier.
    pub seconds_of_all: Quantiles,
    /// What those did who got no further: first, second and third event.
    pub instead: Vec<Vec<NamedCount>>,
    /// Who did nothing more within the window.
    pub nothing_more: Option<usize>,
}

/// Quantiles in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// A quarter took no longer.
    pub p25: Option<f64>,
    /// Half.
    pub p50: Option<f64>,
    /// Three quarters.
    pub p75: Option<f64>,
    /// Nine of ten.
    pub p90: Option<f64>,
}

/// A name and a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCount {
    /// The name.
    pub name: String,
    /// How many.
    pub n: usize,
}

/// A persona at a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelDifference {
    /// The persona.
    pub persona: String,
    /// The step.
    pub step: String,
    /// Of those who entered.
    pub conversion: DifferenceReport,
    /// Of those who got to the step before.
    pub step_conversion: DifferenceReport,
}

/// The tree of paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathReport {
    /// The nodes, a parent before its children; the first is the anchor.
    pub nodes: Vec<PathNodeReport>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathNodeReport {
    /// Place of the node before in the list of all nodes; none of the anchor.
    pub parent: Option<usize>,
    /// Steps from the anchor.
    pub step: u8,
    /// Kind of event, or `anchor`, `other (n kinds)`, `left`, `goes on`, `open`.
    pub name: String,
    /// Routes.
    pub n: Option<usize>,
    /// Customers.
    pub customers: Option<usize>,
    /// Share of the node before.
    pub share_of_step: Option<f64>,
    /// Share of all.
    pub share_of_anchor: Option<f64>,
    /// Median of the seconds from the event before.
    pub median_seconds: Option<f64>,
    /// Personas for which a difference is told here.
    pub told: Vec<PersonaDifference>,
}

/// A persona and its difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonaDifference {
    /// The persona.
    pub persona: String,
    /// The difference.
    pub difference: DifferenceReport,
}

/// Returns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReturnReport {
    /// Everyone and the personas.
    pub groups: Vec<ReturnGroup>,
    /// Up to how many days waits count in means.
    pub mean_counts_up_to_days: f64,
    /// How often customers were drawn for intervals.
    pub draws: usize,
    /// Who still comes, by week.
    pub weeks: Vec<WeekReport>,
}

/// Waits of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReturnGroup {
    /// Its name.
    pub name: String,
    /// Customers.
    pub customers: Option<usize>,
    /// Waits.
    pub waits: Option<usize>,
    /// Days until half are back.
    pub median_days: Option<Estimate>,
    /// Mean days.
    pub mean_days: Option<Estimate>,
    /// Share still waiting after 30 days.
    pub waiting_after_30_days: Option<Estimate>,
    /// After 90.
    pub waiting_after_90_days: Option<Estimate>,
    /// After 365.
    pub waiting_after_365_days: Option<Estimate>,
    /// The curve, at most 400 points, in days.
    pub curve: Vec<CurveStep>,
    /// Where customers have several waits: the intervals that take that into account; those of the curve are too narrow then.
    pub band: Vec<BandPoint>,
}

/// A week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeekReport {
    /// Everyone, or the persona.
    pub group: String,
    /// The week, from 0.
    pub week: usize,
    /// Customers observed for all of it.
    pub observable: usize,
    /// Share active in it.
    pub active_in_week: f64,
    /// Share active in it or later.
    pub active_in_week_or_later: f64,
}

/// Rhythm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RhythmReport {
    /// Customers.
    pub customers: usize,
    /// Share of events whose local time is not known and was taken as UTC.
    pub share_in_utc: f64,
    /// Whether events have a time of day; otherwise hours and parts of the day say nothing.
    pub has_hours: bool,
    /// Everyone's share of each of the 168 hours from Monday 0:00.
    pub hours: Vec<f64>,
    /// Names of the parts of the day.
    pub day_parts: Vec<String>,
    /// Everyone's share of each.
    pub shares_of_day_parts: Vec<f64>,
    /// Everyone's share of active days from Monday to Sunday.
    pub weekdays: Vec<f64>,
    /// By persona.
    pub personas: Vec<RhythmOf>,
    /// Months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<MonthsReport>,
    /// What holidays change, where it was said which days they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays: Option<HolidayEffect>,
}

/// Purchases by month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthsReport {
    /// Whether there are two full years of data, so that months are those of any year.
    pub season: bool,
    /// The months.
    pub months: Vec<MonthReport>,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthReport {
    /// The year, where months are those of this period.
    pub year: Option<i64>,
    /// 1 to 12.
    pub month: u8,
    /// Everyone's share of purchases.
    pub share: f64,
    /// By persona; none where fewer than ten of its customers bought then.
    pub personas: Vec<Option<MonthIndex>>,
}

/// A persona's rhythm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RhythmOf {
    /// The persona.
    pub name: String,
    /// By hour.
    pub hours: Vec<ShareDifference>,
    /// By part of the day.
    pub day_parts: Vec<ShareDifference>,
    /// By day of the week.
    pub weekdays: Vec<ShareDifference>,
}

/// What personas do more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoesMoreReport {
    /// Customers whose window lies in the data.
    pub customers: usize,
    /// Customers who came too late.
    pub too_recent: Option<usize>,
    /// Patterns tested.
    pub tested: usize,
    /// Findings.
    pub findings: Vec<FindingReport>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingReport {
    /// The persona.
    pub persona: String,
    /// What it does.
    pub pattern: String,
    /// How much more.
    pub difference: DifferenceReport,
    /// Odds ratio among equally active customers; none where it is beyond all bounds.
    pub odds_ratio_among_equally_active: Option<f64>,
    /// Share of the persona and of everyone else among equally active customers.
    pub shares_among_equally_active: [f64; 2],
    /// Whether it is part of how the persona was made.
    pub part_of_the_definition: bool,
}

/// Typical journeys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypicalReport {
    /// Everyone, or the persona.
    pub name: String,
    /// Whether there is one.
    pub typical: bool,
    /// Share of customers that the first journey covers.
    pub coverage: f64,
    /// How they were compared.
    pub method: TypicalMethod,
    /// Customers looked at.
    pub looked_at: Option<usize>,
    /// The journeys: kinds in order.
    pub journeys: Vec<Vec<String>>,
}
