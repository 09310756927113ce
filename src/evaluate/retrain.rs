//! Should the segments be made anew?
//!
//! In: what was found at every date so far, oldest first. Out: one of four answers, in words, with its reasons and what to do next. A pure function
//! of that history, so that the same project always says the same. O(dates x personas). The rule and its thresholds are ours and editable; nothing is
//! ever done by itself.
//!
//! Signs: **A** structure: a refit agrees less than 0.75 (adjusted Rand) or brings back less than 0.6 of a persona (Jaccard). **B** fit: more than 5
//! % of the customers fit no persona, and more than twice as many as did by construction. **C** use: the personas' forecasting power is below its
//! band of the day they were made, or the slope of seen on foretold is outside 0.8 to 1.25. **D** words: a headline word no longer holds.
//!
//! None: *Still valid*. D alone: *Check the card*. A, B or C for the first time: *Watch*. Any of them at two dates running, or once at twice the
//! margin: *Retrain suggested*. One bad quarter is often a season; the first date without a sign after a suggestion is still *Watch*, so that the
//! answer does not flicker.

use serde::{Deserialize, Serialize};

/// The thresholds of the rule. All are editable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetrainRule {
    /// Least agreement of a refit, adjusted Rand index.
    pub least_agreement: f64,
    /// Least Jaccard coefficient of a persona with its refit.
    pub least_jaccard: f64,
    /// Most customers that fit no persona, 0 to 1.
    pub most_fitting_none: f64,
    /// So many times the share that fitted none when the segments were made.
    pub times_noise: f64,
    /// Range of the slope of seen on foretold.
    pub slope: [f64; 2],
}

impl Default for RetrainRule {
    fn default() -> RetrainRule {
        RetrainRule { least_agreement: 0.75, least_jaccard: 0.6, most_fitting_none: 0.05, times_noise: 2.0, slope: [0.8, 1.25] }
    }
}

/// What was found at one date. What was not measured is none and gives no sign.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checkup {
    /// The date as it is shown, "2026-06-30".
    pub date: String,
    /// Agreement of the segments in force with a refit on the customers of that date.
    pub agreement: Option<f64>,
    /// Per persona the Jaccard coefficient with its match in the refit; none where it has no customers.
    pub jaccards: Vec<Option<f64>>,
    /// Share of customers farther from every centre than nearly all members were when the segments were made.
    pub fits_none: Option<f64>,
    /// The same share when the segments were made (about 0.01).
    pub fits_none_then: f64,
    /// Forecasting power the personas keep.
    pub power_kept: Option<f64>,
    /// The band of the power kept when the segments were made.
    pub power_band_then: Option<[f64; 2]>,
    /// Slope of seen on foretold over the personas.
    pub slope: Option<f64>,
    /// Personas with a headline word that fails its gate now.
    pub failing_words: Vec<usize>,
}

/// What to do about the segments.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "advice", rename_all = "snake_case")]
pub enum Advice {
    /// Nothing speaks against them.
    StillValid,
    /// Only words of these personas no longer hold.
    CheckCards {
        /// Personas.
        personas: Vec<usize>,
    },
    /// Something does, for the first time.
    Watch {
        /// What, in sentences.
        because: Vec<String>,
    },
    /// Something does again, or strongly.
    RetrainSuggested {
        /// What, in sentences.
        because: Vec<String>,
    },
}

/// One sign at one date.
struct Sign {
    sentence: String,
    is_strong: bool,
}

/// What to do, by the last of `history` and those before it. `name` gives a persona's name. An empty history is *Still valid*: nothing was found yet.
pub fn advice(history: &[Checkup], rule: &RetrainRule, name: impl Fn(usize) -> String) -> Advice {
    let Some(last) = history.last() else { return Advice::StillValid };
    let mut was_suggested = false;
    let mut had_signs = false;
    for checkup in &history[..history.len() - 1] {
        let signs = signs(checkup, rule, &name);
        was_suggested = (!signs.is_empty() && had_signs) || signs.iter().any(|sign| sign.is_strong);
        had_signs = !signs.is_empty();
    }
    let signs = signs(last, rule, &name);
    let is_strong = signs.iter().any(|sign| sign.is_strong);
    let because: Vec<String> = signs.into_iter().map(|sign| sign.sentence).collect();
    match because.is_empty() {
        false if had_signs || is_strong => Advice::RetrainSuggested { because },
        false => Advice::Watch { because },
        true if was_suggested => {
            Advice::Watch { because: vec!["Retraining was suggested last time, and one date without a sign is not enough.".into()] }
        }
        true if !last.failing_words.is_empty() => Advice::CheckCards { personas: last.failing_words.clone() },
        true => Advice::StillValid,
    }
}

/// Signs A, B and C at one date.
fn signs(checkup: &Checkup, rule: &RetrainRule, name: &impl Fn(usize) -> String) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut tell = |sentence: String, is_strong: bool| signs.push(Sign { sentence, is_strong });
    let percent = |share: f64| format!("{:.0}\u{a0}%", 100.0 * share);
    // Twice the margin: as far below the threshold again as the threshold is below 1.
    let twice = |least: f64| least - (1.0 - least);
    if let Some(agreement) = checkup.agreement.filter(|agreement| *agreement < rule.least_agreement) {
        let sentence =
            format!("a new grouping agrees with these personas by only {:.2}, below {}", agreement.max(0.0), rule.least_agreement);
        tell(sentence, agreement < twice(rule.least_agreement));
    }
    for (persona, jaccard) in checkup.jaccards.iter().enumerate() {
        if let Some(jaccard) = jaccard.filter(|jaccard| *jaccard < rule.least_jaccard) {
            let sentence = format!("in a new grouping only {jaccard:.2} of {} comes back, below {}", name(persona), rule.least_jaccard);
            tell(sentence, jaccard < twice(rule.least_jaccard));
        }
    }
    if let Some(share) = checkup.fits_none {
        let most = rule.most_fitting_none.max(rule.times_noise * checkup.fits_none_then);
        if share > most {
            let sentence = format!("{} of the customers fit no persona; {} did at first", percent(share), percent(checkup.fits_none_then));
            tell(sentence, share > 2.0 * most);
        }
    }
    if let (Some(kept), Some([low, high])) = (checkup.power_kept, checkup.power_band_then)
        && kept < low
    {
        let sentence =
            format!("the personas keep {} of what can be foreseen; it was {} to {} at first", percent(kept), percent(low), percent(high));
        tell(sentence, kept < low - (high - low));
    }
    if let Some(slope) = checkup.slope {
        let [low, high] = rule.slope;
        if slope < low || slope > high {
            let sentence = format!("what the personas foretold is off: calibration slope {slope:.2}, outside {low} to {high}");
            tell(sentence, slope < twice(low) || slope > high + (high - 1.0));
        }
    }
    signs
}

impl Advice {
    /// The answer in one or two words.
    pub fn word(&self) -> &'static str {
        match self {
            Advice::StillValid => "Still valid",
            Advice::CheckCards { .. } => "Check the card",
            Advice::Watch { .. } => "Watch",
            Advice::RetrainSuggested { .. } => "Retrain suggested",
        }
    }

    /// The answer with its reasons and what to do next, in plain sentences.
    pub fn sentence(&self, name: impl Fn(usize) -> String) -> String {
        match self {
            Advice::StillValid => "Still valid: nothing measured speaks against these personas.".into(),
            Advice::CheckCards { personas } => {
                let names: Vec<String> = personas.iter().map(|&persona| name(persona)).collect();
                format!("A word in the name no longer holds; check the card: {}.", names.join(", "))
            }
            Advice::Watch { because } if because.len() == 1 && because[0].ends_with('.') => format!("Watch. {}", because[0]),
            Advice::Watch { because } => format!("Watch: {}. Look again at the next date before anything is changed.", because.join("; ")),
            Advice::RetrainSuggested { because } => {
                format!(
                    "Retraining suggested: {}. Group the customers again and compare old and new segments in Compare.",
                    because.join("; ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(persona: usize) -> String {
        ["Bargain hunters", "Loyal"][persona].into()
    }

    fn good() -> Checkup {
        Checkup {
            agreement: Some(0.9),
            jaccards: vec![Some(0.8), Some(0.7)],
            fits_none: Some(0.015),
            fits_none_then: 0.01,
            power_kept: Some(0.7),
            power_band_then: Some([0.6, 0.8]),
            slope: Some(1.0),
            ..Checkup::default()
        }
    }

    fn of(history: &[Checkup]) -> Advice {
        advice(history, &RetrainRule::default(), name)
    }

    #[test]
    fn every_sign_is_watched_once_and_acted_upon_twice() {
        assert_eq!(of(&[]), Advice::StillValid);
        assert_eq!(of(&[good(), good()]), Advice::StillValid);
        assert_eq!(of(&[Checkup::default()]), Advice::StillValid, "what was not measured gives no sign");
        let signs: [(Checkup, Checkup); 5] = [
            (Checkup { agreement: Some(0.74), ..good() }, Checkup { agreement: Some(0.49), ..good() }),
            (Checkup { jaccards: vec![None, Some(0.59)], ..good() }, Checkup { jaccards: vec![Some(0.19)], ..good() }),
            (Checkup { fits_none: Some(0.06), ..good() }, Checkup { fits_none: Some(0.11), ..good() }),
            (Checkup { power_kept: Some(0.59), ..good() }, Checkup { power_kept: Some(0.39), ..good() }),
            (Checkup { slope: Some(0.79), ..good() }, Checkup { slope: Some(1.51), ..good() }),
        ];
        for (weak, strong) in &signs {
            assert_eq!(of(&[good(), weak.clone()]).word(), "Watch", "{weak:?}");
            assert_eq!(of(&[weak.clone(), weak.clone()]).word(), "Retrain suggested", "{weak:?}");
            assert_eq!(of(&[good(), strong.clone()]).word(), "Retrain suggested", "{strong:?}");
            // One good date between two bad ones: no suggestion, and one good date after a suggestion is not enough.
            assert_eq!(of(&[weak.clone(), good(), weak.clone()]).word(), "Watch");
            assert_eq!(of(&[weak.clone(), weak.clone(), good()]).word(), "Watch");
            assert_eq!(of(&[strong.clone(), good(), good()]).word(), "Still valid");
            assert_eq!(of(&[weak.clone(), good()]).word(), "Still valid");
        }
        let two_kinds = of(&[signs[0].0.clone(), signs[4].0.clone()]);
        assert_eq!(two_kinds.word(), "Retrain suggested", "any sign at two dates running");
    }

    #[test]
    fn at_the_threshold_there_is_no_sign_and_noise_counts() {
        let edge = Checkup {
            agreement: Some(0.75),
            jaccards: vec![Some(0.6)],
            fits_none: Some(0.05),
            power_kept: Some(0.6),
            slope: Some(1.25),
            ..good()
        };
        assert_eq!(of(&[edge]), Advice::StillValid);
        // 8 % fit none, but 4 % did when the segments were made.
        assert_eq!(of(&[Checkup { fits_none: Some(0.08), fits_none_then: 0.04, ..good() }]), Advice::StillValid);
    }

    #[test]
    fn the_words_name_persona_reason_and_what_to_do() {
        let words = Checkup { failing_words: vec![0], ..good() };
        let found = of(&[good(), words.clone()]);
        assert_eq!(found.sentence(name), "A word in the name no longer holds; check the card: Bargain hunters.");
        let weak = Checkup { jaccards: vec![Some(0.5), Some(0.9)], failing_words: vec![0], ..good() };
        assert_eq!(
            of(&[weak.clone(), weak]).sentence(name),
            "Retraining suggested: in a new grouping only 0.50 of Bargain hunters comes back, below 0.6. Group the customers again and compare old and new segments in Compare."
        );
        let odd = Checkup { fits_none: Some(0.07), ..good() };
        assert_eq!(
            of(&[odd]).sentence(name).replace('\u{a0}', " "),
            "Watch: 7 % of the customers fit no persona; 1 % did at first. Look again at the next date before anything is changed."
        );
        let rule: RetrainRule = serde_json::from_str("{\"least_agreement\": 0.8}").unwrap();
        assert_eq!((rule.least_agreement, rule.least_jaccard), (0.8, 0.6));
    }
}
