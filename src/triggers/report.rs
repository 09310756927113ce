//! What came out of trying all triggers?
//!
//! In: rules and the world they are tried on. Out: one report that says everything of each trigger, for a file, the window or the command line. One walk
//! for all triggers, and for each the walks of its curve and its comparison.

use serde::Serialize;

use super::checks::{RuleFault, asks_for_holidays, faults};
use super::clock::date;
use super::compared::{HitDifference, MatchedComparison, NoComparison, adjust_all, compared};
use super::gaps::gaps;
use super::holidays::none_known_in;
use super::judged::{Judge, Judged, Messaged, Reached, judged};
use super::known::{KnownNames, faults_in};
use super::language::{Event, Rules, Trigger, VERSION};
use super::matcher::EventMatcher;
use super::occurrences::Occurrences;
use super::overlap::{TriggerOverlap, overlaps};
use super::period::{NoPeriod, first};
use super::replay::{Fires, MomentCounts, Period, replay};
use super::sentence;
use super::thresholds::{Point, ThresholdCurve, curve};
use super::words::{Test, Verdict, test, text, verdict};
use super::world::World;
use crate::base::text::count;
use crate::base::{Ctx, Stopped};
use crate::events::table::Time;

/// From which share of all customers on a rule fires for about everyone.
const EVERYONE: f64 = 0.95;

/// What the report depends on beside rules and data.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReplaySettings {
    /// The user's own first moment, if any.
    pub from: Option<Time>,
    /// What is done with fires after which a message was sent.
    pub messaged: Messaged,
    /// Seed of intervals and samples.
    pub seed: u64,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoReport {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No period to try in.
    #[error(transparent)]
    Period(#[from] NoPeriod),
    /// Rules that make no sense, by themselves or for these data. The sentence is of the first one.
    #[error("{}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Faults(Vec<RuleFault>),
    /// No rules.
    #[error("There are no triggers in the file; write at least one.")]
    Nothing,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TriggersReport {
    /// Version of the language of the rules.
    pub version: u32,
    /// First day of the replay.
    pub from: String,
    /// Last day of the data.
    pub to: String,
    /// Days on which nothing was recorded: first and last of each stretch.
    pub gaps: Vec<[String; 2]>,
    /// How many differences were tried; their q values share the false findings among as many.
    pub comparisons: usize,
    /// What is to be known of the whole, in sentences.
    pub notes: Vec<String>,
    /// Per trigger, in the order of the file.
    pub triggers: Vec<OfTrigger>,
}

/// All there is to say of a trigger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfTrigger {
    /// Its name.
    pub name: String,
    /// The rule, read aloud.
    pub sentence: String,
    /// Number of fires.
    pub fires: usize,
    /// Customers it fired for.
    pub customers: usize,
    /// What became of all moments.
    pub moments: MomentCounts,
    /// Fires too recent to be judged.
    pub too_recent: usize,
    /// Fires that are judged.
    pub judged: usize,
    /// Judged fires that the goal followed in time.
    pub hits: usize,
    /// Share of hits.
    pub hit_rate: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// Median fires a week.
    pub per_week: f64,
    /// Most fires in a week.
    pub worst_week: usize,
    /// Fires by week.
    pub weeks: Vec<usize>,
    /// Goals in the period, and those a fire came before in time.
    pub goals: usize,
    /// Of them, those a fire came before.
    pub goals_foreseen: usize,
    /// Their share.
    pub recall: Option<f64>,
    /// Days from fire to goal: quartiles.
    pub lead_days: Option<[f64; 3]>,
    /// Fires after which a message was sent.
    pub messaged: usize,
    /// Whom of each persona it reached.
    pub reached: Vec<Reached>,
    /// The comparison, or why there is none.
    pub matched: Matched,
    /// The same comparison before the fires; none where there is no comparison.
    pub placebo: Option<HitDifference>,
    /// Other triggers that fire for the same customers.
    pub overlap: Vec<TriggerOverlap>,
    /// The same with other numbers.
    pub thresholds: Vec<Point>,
    /// What of the rule is not in them.
    pub thresholds_without: Vec<&'static str>,
    /// What is said of it.
    pub verdict: Verdict,
    /// What a real test takes.
    pub test: Option<Test>,
    /// Everything in words.
    pub text: String,
    /// What is to be known of it, in sentences.
    pub notes: Vec<String>,
}

/// A comparison or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Matched {
    /// The comparison.
    Compared(Box<MatchedComparison>),
    /// Why there is none.
    WhyNot(NoComparison),
}

/// What was computed for a trigger, for those who show more than the report.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedTrigger {
    /// The fires.
    pub fires: Fires,
    /// What became of each.
    pub judged: Judged,
    /// All thresholds.
    pub curve: Option<ThresholdCurve>,
    /// Times of the goal.
    pub goals: Occurrences,
    compared: Result<MatchedComparison, NoComparison>,
}

/// Tries all triggers. `adjust` makes q values of p values (Benjamini and Hochberg). Returns the report, and with it the period and what was computed.
pub fn report(
    world: &World,
    rules: &Rules,
    settings: &ReplaySettings,
    adjust: impl Fn(&[f64]) -> Vec<f64>,
    ctx: &Ctx,
) -> Result<(TriggersReport, Period, Vec<TriedTrigger>), NoReport> {
    check(world, rules)?;
    let triggers = &rules.triggers;
    let start = first(world.events.span, triggers, settings.from)?;
    let (_, end) = world.events.span.ok_or(NoPeriod::NoEvents)?;
    ctx.progress("Trying triggers", 0.0);
    let period = Period { from: start.from, end, gaps: gaps(world.events, ctx)? };
    let all = replay(world, triggers, &period, ctx)?;
    let names: Vec<&str> = triggers.iter().map(|trigger| trigger.name.as_str()).collect();
    let overlaps = overlaps(&names, &all, ctx)?;
    let occurrences = |event: &Event| Occurrences::of(&EventMatcher::of(event, world), world, ctx);
    let sent = world.sent.map(occurrences).transpose()?;
    let mut tried: Vec<TriedTrigger> = Vec::with_capacity(triggers.len());
    for (at, (trigger, fires)) in triggers.iter().zip(all).enumerate() {
        ctx.progress("Judging triggers", at as f32 / triggers.len() as f32);
        let wanted = trigger.goal.wanted();
        let before = triggers[..at].iter().position(|other| other.goal.wanted() == wanted);
        let goals = before.map_or_else(|| occurrences(&wanted), |before| Ok(tried[before].goals.clone()))?;
        let judge = Judge { goals: &goals, sent: sent.as_ref().map(|sent| (sent, settings.messaged)), seed: settings.seed };
        let judged = judged(world, trigger, &fires, &period, &judge, ctx)?;
        let compared = compared(world, trigger, &fires, &judged, &goals, settings.seed, ctx)?;
        let curve = curve(world, trigger, &period, &goals, ctx)?;
        tried.push(TriedTrigger { fires, judged, curve, goals, compared });
    }
    let mut comparisons: Vec<&mut MatchedComparison> = tried.iter_mut().filter_map(|of| of.compared.as_mut().ok()).collect();
    let comparisons = adjust_all(&mut comparisons, adjust);
    let mut notes = Vec::new();
    if start.is_early {
        notes.push("The first day leaves less history than some rules look back at, so what they count is incomplete at first.".to_owned());
    }
    if !period.gaps.is_empty() {
        notes.push(match period.gaps.len() {
            1 => "Over one stretch of days nothing was recorded; timers stand still there.".to_owned(),
            n => format!("Over {} stretches of days nothing was recorded; timers stand still there.", count(n)),
        });
    }
    if triggers.iter().any(asks_for_holidays) {
        notes.extend(none_known_in(world.holidays, (period.from, end)));
    }
    if world.knows_the_future() {
        notes.push(
            "The personas were made after the first day: this says who would get a message, not whether the rule finds the right ones."
                .to_owned(),
        );
    }
    let of_triggers =
        triggers.iter().zip(&tried).zip(overlaps).map(|((trigger, tried), overlap)| of_trigger(world, trigger, tried, overlap, &period));
    let report = TriggersReport {
        version: VERSION,
        from: date(period.from),
        to: date(period.end),
        gaps: period.gaps.iter().map(|gap| [date(gap.from), date(gap.to - 1)]).collect(),
        comparisons,
        notes,
        triggers: of_triggers.collect(),
    };
    Ok((report, period, tried))
}

/// Whether the rules make sense for these data.
pub fn check(world: &World, rules: &Rules) -> Result<(), NoReport> {
    if rules.triggers.is_empty() {
        return Err(NoReport::Nothing);
    }
    let mut found = faults(rules);
    let of = world.snapshots.first();
    let columns: Vec<String> = of.map_or_else(Vec::new, |of| of.columns.iter().map(|column| column.name.clone()).collect());
    found.extend(faults_in(
        rules,
        &KnownNames {
            kinds: &world.events.kind_names,
            personas: world.persona_names(),
            segments: of.map_or(&[], |of| &of.segments.names),
            columns: &columns,
            customers: &world.events.customers,
            has_holidays: !world.holidays.is_empty(),
        },
    ));
    if found.is_empty() { Ok(()) } else { Err(NoReport::Faults(found)) }
}

fn of_trigger(world: &World, trigger: &Trigger, tried: &TriedTrigger, overlap: Vec<TriggerOverlap>, period: &Period) -> OfTrigger {
    let TriedTrigger { fires, judged, curve, compared, .. } = tried;
    let verdict = verdict(compared, judged);
    let test = test(judged, period.from, period.end);
    let mut notes = Vec::new();
    if fires.fires.is_empty() {
        notes.push(match fires.counts.moments {
            0 => "It never fires: its moment never comes in this period.".to_owned(),
            1 => "It never fires: its moment comes once, and its conditions do not hold then.".to_owned(),
            n => format!("It never fires: its moment comes {} times, and its conditions hold at none of them.", count(n)),
        });
    }
    if judged.customers as f64 >= EVERYONE * world.events.n_customers() as f64 && judged.customers > 1 {
        notes.push(format!(
            "It fires for {} of {} customers: that is about everyone.",
            count(judged.customers),
            count(world.events.n_customers())
        ));
    }
    if fires.counts.unknown > 0 {
        notes.push(format!(
            "Customers without the event that its wait begins with are unknown, not absent: {} of them.",
            count(fires.counts.unknown)
        ));
    }
    OfTrigger {
        name: trigger.name.clone(),
        sentence: sentence::of(trigger),
        fires: fires.fires.len(),
        customers: judged.customers,
        moments: fires.counts,
        too_recent: judged.too_recent,
        judged: judged.judged,
        hits: judged.hits,
        hit_rate: judged.hit_rate,
        interval: judged.interval,
        per_week: judged.per_week,
        worst_week: judged.worst_week,
        weeks: judged.weeks.clone(),
        goals: judged.goals,
        goals_foreseen: judged.goals_foreseen,
        recall: judged.recall,
        lead_days: judged.lead_days,
        messaged: judged.messaged,
        reached: judged.reached.clone(),
        placebo: compared.as_ref().ok().map(|of| of.placebo),
        matched: match compared {
            Ok(of) => Matched::Compared(Box::new(of.clone())),
            Err(why) => Matched::WhyNot(*why),
        },
        overlap,
        thresholds: curve.as_ref().map(ThresholdCurve::points).unwrap_or_default(),
        thresholds_without: curve.as_ref().map(|curve| curve.without.clone()).unwrap_or_default(),
        verdict,
        text: text(trigger, judged, verdict, test, period.from, period.end),
        test,
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::many_tests::benjamini_hochberg;
    use crate::events::table::DAY;
    use crate::triggers::language::{Moment, Since, Span, TriggerAudience};
    use crate::triggers::made::{Truth, e, shop, trigger};

    fn rules() -> Rules {
        let silent = trigger("silent", Moment::Absent { event: e("purchase"), days: Span::days(45), since: Since::Last });
        let price = Trigger { cooldown: Span::days(14), ..trigger("price", Moment::On(e("price"))) };
        let follow = trigger("follow", Moment::NotFollowed { event: e("price"), by: e("purchase"), within: Span::hours(24) });
        Rules::of(vec![silent, price, follow])
    }

    #[test]
    fn everything_of_each_trigger() {
        let (events, snapshot) = shop(4, Truth { customers: 800, days: 240, effect: 0.3, selection: false, already_buying: 0.0 });
        let world = World { snapshots: std::slice::from_ref(&snapshot), ..World::of(&events) };
        let (found, period, tried) = report(&world, &rules(), &ReplaySettings::default(), benjamini_hochberg, &Ctx::new()).unwrap();
        assert_eq!(period.from, events.span.unwrap().0 + (((events.span.unwrap().1 - events.span.unwrap().0) as f64) * 0.4) as Time);
        let json = serde_json::to_value(&found).unwrap();
        for of in json["triggers"].as_array().unwrap() {
            for name in [
                "name",
                "sentence",
                "fires",
                "too_recent",
                "judged",
                "hits",
                "hit_rate",
                "interval",
                "per_week",
                "matched",
                "placebo",
                "thresholds",
            ] {
                assert!(of.get(name).is_some(), "{name}");
            }
            assert_eq!(of["fires"].as_u64(), Some(of["judged"].as_u64().unwrap() + of["too_recent"].as_u64().unwrap()));
        }
        let [silent, price, follow] = &found.triggers[..] else { panic!() };
        assert!(json["triggers"][0]["matched"]["why_not"].as_str().unwrap().starts_with("Everyone else was active"));
        assert_eq!(silent.verdict, Verdict::SeeTheCurve);
        // The rule's own number is on its curve, with the same fires.
        for of in [silent, follow] {
            let n = if of.name == "silent" { 45.0 } else { 1.0 };
            let own = of.thresholds.iter().find(|point| point.n == n).unwrap();
            assert_eq!((own.fires, own.too_recent, own.hit_rate), (of.fires, of.too_recent, of.hit_rate));
        }
        assert_eq!(price.verdict, Verdict::FindsThem);
        assert!(price.thresholds.is_empty() && price.text.contains("finds the right customers"));
        assert!(price.overlap.iter().any(|of| of.with == "follow" && of.share > 0.5));
        assert_eq!(tried.len(), 3);
        let Matched::Compared(of) = &price.matched else { panic!() };
        assert!(of.q.is_some() && found.comparisons >= 2);
        assert_eq!(price.reached.len(), 2);
    }

    #[test]
    fn goals_that_were_on_their_way_are_named() {
        let (events, _) = shop(4, Truth { customers: 500, days: 240, effect: 0.0, selection: false, already_buying: 0.6 });
        let world = World::of(&events);
        let (found, ..) = report(&world, &rules(), &ReplaySettings::default(), benjamini_hochberg, &Ctx::new()).unwrap();
        assert!(found.triggers[1].text.contains("on their way already"), "{}", found.triggers[1].text);
    }

    #[test]
    fn what_cannot_be_tried_is_one_sentence() {
        let events = crate::triggers::made::events(&[("a", 0, "purchase"), ("a", 30 * DAY, "price")]);
        let world = World::of(&events);
        let said =
            |rules: &Rules| report(&world, rules, &ReplaySettings::default(), benjamini_hochberg, &Ctx::new()).unwrap_err().to_string();
        assert_eq!(said(&Rules::of(Vec::new())), "There are no triggers in the file; write at least one.");
        assert!(said(&rules()).starts_with("The data cover 30 days"), "{}", said(&rules()));
        let typo = Rules::of(vec![trigger("typo", Moment::On(e("purchse")))]);
        assert_eq!(said(&typo), "“typo”: there is no event \"purchse\" in the data; did you mean \"purchase\"?");
        let mut nobody = Rules::of(vec![trigger("for nobody", Moment::On(e("purchase")))]);
        nobody.triggers[0].audience = TriggerAudience::Personas(vec!["Loyal".into()]);
        assert_eq!(said(&nobody), "“for nobody”: there is no persona \"Loyal\"; name one that is there.");
        let none = World::of(&Default::default()).events.span;
        assert_eq!(none, None);
        let early = ReplaySettings { from: Some(5 * DAY), ..ReplaySettings::default() };
        let (found, ..) = report(&world, &rules(), &early, benjamini_hochberg, &Ctx::new()).unwrap();
        assert!(found.notes[0].starts_with("The first day leaves less history"));
        assert!(found.triggers[0].notes[0].starts_with("It never fires"));
    }
}
