//! What does a trial on the past say, and what does it not?
//!
//! In: the results of a trigger. Out: a verdict, the sentence beside it, and how many customers and weeks a real test would take. O(1).
//!
//! A replay says whom a rule finds. What a message would do is only known from leaving some out by chance: who is left out is decided by a hash of
//! seed, trigger and customer, so that another program decides the same.

use serde::Serialize;

use super::compared::{FEWEST, MatchedComparison, NoComparison};
use super::judged::Judged;
use super::language::Trigger;
use super::sentence;
use crate::base::Key;
use crate::base::stats::Z_95;
use crate::base::text::{count, few_digits};
use crate::events::table::{DAY, Time};

/// Nobody waits for a test of more weeks than these.
const MOST_WEEKS: usize = 520;

/// The 80 % quantile of the normal distribution: the power of a test.
const Z_80: f64 = 0.841_621_233_572_914_2;
/// Level of the share of false findings.
const LEVEL: f64 = 0.05;
/// The improvement a test is planned for.
const FIFTH: f64 = 1.2;
const WEEK: f64 = 7.0 * DAY as f64;

/// What is said of a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Those it fires for reach the goal more often than others in the same situation, and more than they did before.
    FindsThem,
    /// They do not.
    NoBetter,
    /// It cannot be said.
    TooFew,
    /// An absence: the curve says it, a comparison cannot.
    SeeTheCurve,
}

impl Verdict {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::FindsThem => "finds the right customers",
            Verdict::NoBetter => "no better than looking at who is active",
            Verdict::TooFew => "too few to say",
            Verdict::SeeTheCurve => "difference not shown",
        }
    }
}

/// The verdict on a comparison: the difference must be apart from 0 among all that were tried, and if the two groups differed before the fire in the
/// same direction, it must be more than that.
pub fn verdict(compared: &Result<MatchedComparison, NoComparison>, judged: &Judged) -> Verdict {
    match compared {
        Err(NoComparison::Absence) if judged.judged >= FEWEST => Verdict::SeeTheCurve,
        Err(_) => Verdict::TooFew,
        Ok(of) => {
            let is_apart = of.after.interval[0] > 0.0 && of.q.unwrap_or(of.p) < LEVEL;
            let is_selection = of.placebo.interval[0] > 0.0 && of.beyond_placebo[1] <= 0.0;
            if is_apart && !is_selection { Verdict::FindsThem } else { Verdict::NoBetter }
        }
    }
}

/// What a real test takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// Customers in each half.
    pub in_each_half: usize,
    /// Weeks until the trigger has met as many.
    pub weeks: usize,
}

/// Customers that are left out of a test of a share `p0` against `p1`, for `r` treated ones each: two-sided 5 %, 80 % power.
pub fn left_out(p0: f64, p1: f64, r: f64) -> f64 {
    let p = (r * p1 + p0) / (1.0 + r);
    let (q, q0, q1) = (1.0 - p, 1.0 - p0, 1.0 - p1);
    (Z_95 * (p * q * (1.0 + 1.0 / r)).sqrt() + Z_80 * (p1 * q1 / r + p0 * q0).sqrt()).powi(2) / (p1 - p0).powi(2)
}

/// Plans a test of an improvement by a fifth in equal halves; none where the share is unknown, 0 or too large to improve by a fifth.
pub fn test(judged: &Judged, from: Time, end: Time) -> Option<Test> {
    let p0 = judged.hit_rate.filter(|rate| *rate > 0.0 && *rate * FIFTH < 1.0)?;
    let n = left_out(p0, p0 * FIFTH, 1.0).ceil();
    // Whom it fires for again is one customer in a test.
    let a_week = judged.customers as f64 * WEEK / (end - from).max(1) as f64;
    (a_week > 0.0).then(|| Test { in_each_half: n as usize, weeks: (2.0 * n / a_week).ceil() as usize })
}

/// The text beside a trigger.
pub fn text(trigger: &Trigger, judged: &Judged, verdict: Verdict, test: Option<Test>, from: Time, end: Time) -> String {
    let days = ((end - from) as f64 / DAY as f64).max(0.0);
    let period = match days.round() as usize {
        1 => "this day".to_owned(),
        days if days >= 60 => format!("these {} months", count((days as f64 / 30.44).round() as usize)),
        days => format!("these {} days", count(days)),
    };
    let n_fires = judged.judged + judged.too_recent;
    let often = match judged.per_week.round() {
        _ if n_fires == 0 => "never have fired".to_owned(),
        n if n < 1.0 => "have fired less than once per week".to_owned(),
        1.0 => "have fired once per week".to_owned(),
        n => format!("have fired {} times per week", few_digits(n)),
    };
    let mut text = format!("Had this rule run over {period}, it would {often}.");
    if let (Some(rate), Some([low, high])) = (judged.hit_rate, judged.interval) {
        text += &format!(
            " Of those it fired for, {:.0} % ({:.0} to {:.0} %) {} within {} without any message.",
            rate * 100.0,
            low * 100.0,
            high * 100.0,
            sentence::did(&trigger.goal.wanted()),
            trigger.goal.within.words()
        );
        text += " This is what happened anyway: it shows whom the rule finds, not what a message would do.";
        if let Some(Test { in_each_half, weeks }) = test {
            text += &format!(
                " To measure that, hold some customers out at random: with {} customers in each half, an improvement of a fifth can be detected (80 % power); time needed: {}.",
                count(in_each_half),
                if weeks > MOST_WEEKS {
                    "more than ten years, so it cannot be found this way".to_owned()
                } else {
                    format!("{} {}", count(weeks), if weeks == 1 { "week" } else { "weeks" })
                }
            );
        }
    } else if n_fires > 0 {
        text += " None of these fires is old enough to be judged.";
    }
    if judged.messaged > 0 {
        text += &format!(" A message was sent after {} of the fires, so this history is not free of treatment.", count(judged.messaged));
    }
    // A goal that follows at once was on its way before the trigger.
    if let Some([_, median, _]) = judged.lead_days
        && median * 24.0 < 1.0
    {
        text += " Half of the hits came within an hour: they were on their way already.";
    }
    format!("{text} Verdict: {}.", verdict.words())
}

/// Whether a customer is left out of a trigger, by chance: the first 8 hexadecimal digits of the BLAKE3 hash of `seed/trigger/customer`, as a share of
/// the largest, are below `share` (0 to 1).
pub fn is_left_out(seed: u64, trigger: &str, customer: &str, share: f64) -> bool {
    let hex = Key::of_bytes(format!("{seed}/{trigger}/{customer}").as_bytes()).to_hex();
    let number = u32::from_str_radix(&hex[..8], 16).unwrap_or_default();
    f64::from(number) / 2f64.powi(32) < share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::compared::HitDifference;
    use crate::triggers::language::Moment;
    use crate::triggers::made::{e, trigger};

    fn judged(hits: usize) -> Judged {
        Judged {
            became: Vec::new(),
            customers: 520,
            per_week: 10.0,
            worst_week: 19,
            weeks: vec![10; 52],
            judged: 500,
            too_recent: 20,
            messaged: 0,
            hits,
            hit_rate: Some(hits as f64 / 500.0),
            interval: Some([0.165, 0.236]),
            goals: 900,
            goals_foreseen: 100,
            recall: Some(1.0 / 9.0),
            lead_days: Some([1.0, 4.0, 9.0]),
            reached: Vec::new(),
        }
    }

    #[test]
    fn sample_sizes_as_in_the_books() {
        // J. L. Fleiss, "Statistical Methods for Rates and Proportions": 0.2 against 0.3, 5 % and 80 %: 293 (before the correction for continuity).
        assert_eq!(left_out(0.2, 0.3, 1.0).ceil(), 294.0);
        assert!((left_out(0.2, 0.3, 1.0) - 293.15).abs() < 0.05);
        // Twice as many treated ones: fewer left out, more in all.
        let (one, two) = (left_out(0.2, 0.24, 1.0), left_out(0.2, 0.24, 2.0));
        assert!(two < one && two * 3.0 > one * 2.0);
        let found = test(&judged(100), 0, 52 * 7 * DAY).unwrap();
        assert_eq!(found, Test { in_each_half: 1_683, weeks: 337 });
        assert_eq!(test(&judged(0), 0, DAY), None);
        assert_eq!(test(&judged(450), 0, DAY), None, "nothing is a fifth better than 90 %");
    }

    #[test]
    fn the_text_says_what_happened_anyway() {
        let rule = trigger("price", Moment::On(e("price")));
        let judged = judged(100);
        let end = 52 * 7 * DAY;
        let text = text(&rule, &judged, Verdict::NoBetter, test(&judged, 0, end), 0, end);
        assert_eq!(
            text,
            "Had this rule run over these 12 months, it would have fired 10 times per week. Of those it fired for, 20 % (16 to 24 %) purchased within 14 days \
             without any message. This is what happened anyway: it shows whom the rule finds, not what a message would do. To measure that, hold some customers out \
             at random: with 1\u{202f}683 customers in each half, an improvement of a fifth can be detected (80 % power); time needed: 337 weeks. Verdict: no better than looking at who is \
             active."
        );
        for word in ["drive", "cause", "uplift", "because"] {
            assert!(!text.contains(word));
        }
        let at_once = Judged { lead_days: Some([0.001, 0.02, 0.5]), messaged: 3, ..judged };
        let text = super::text(&rule, &at_once, Verdict::FindsThem, None, 0, end);
        assert!(text.contains("on their way already") && text.contains("A message was sent after 3 of the fires, so"));
    }

    #[test]
    fn verdicts() {
        let of = |low: f64, placebo_low: f64, beyond_low: f64, q| {
            let difference = |low: f64| HitDifference { fired: 0.3, alike: 0.2, difference: low + 0.05, interval: [low, low + 0.1] };
            Ok(MatchedComparison {
                compared: 400,
                matched: 390,
                controls: 1_900,
                controls_fired_later: 20,
                after: difference(low),
                ratio: None,
                placebo: difference(placebo_low),
                beyond_placebo: [beyond_low + 0.05, beyond_low, beyond_low + 0.1],
                p: 0.01,
                q,
                personas: Vec::new(),
                unmatched: String::new(),
            })
        };
        let judged = judged(100);
        assert_eq!(verdict(&of(0.02, -0.05, 0.01, Some(0.02)), &judged), Verdict::FindsThem);
        assert_eq!(verdict(&of(0.02, -0.05, 0.01, Some(0.2)), &judged), Verdict::NoBetter, "one of many that were tried");
        assert_eq!(verdict(&of(0.02, 0.02, -0.05, None), &judged), Verdict::NoBetter, "they differed as much before");
        assert_eq!(verdict(&of(0.02, 0.01, 0.01, None), &judged), Verdict::FindsThem, "more than before");
        assert_eq!(verdict(&of(-0.01, -0.05, -0.05, None), &judged), Verdict::NoBetter);
        assert_eq!(verdict(&Err(NoComparison::TooFew { matched: 3, of: 9 }), &judged), Verdict::TooFew);
        assert_eq!(verdict(&Err(NoComparison::Absence), &judged), Verdict::SeeTheCurve);
    }

    #[test]
    fn who_is_left_out_can_be_found_elsewhere() {
        let n = (0..10_000).filter(|c| is_left_out(7, "price", &format!("c{c}"), 0.1)).count();
        assert!((900..1_100).contains(&n), "{n}");
        assert!(!is_left_out(7, "price", "c1", 0.0) && is_left_out(7, "price", "c1", 1.0));
        // blake3(b"7/price/c1").hexdigest()[:8]
        let share = f64::from(u32::from_str_radix(&Key::of_bytes(b"7/price/c1").to_hex()[..8], 16).unwrap()) / 4_294_967_296.0;
        assert!(is_left_out(7, "price", "c1", share + 1e-6) && !is_left_out(7, "price", "c1", share));
    }
}
