//! How well does a persona hold, in words? The four answers with their numbers, built here once for the window, cards, decks and files.
//!
//! In: what was found of the personas with other customers and on other days, as far as somebody looked. Out: per persona and question one word, one number, one
//! sentence, and what a small picture of it shows. What was not looked at says so; what would tell of one to nine customers is not told. O(personas x snapshots).

use crate::base::FEWEST_TOLD;
use crate::base::text::count;
use crate::data::Dictionary;
use crate::evaluate::{Stability, Trust, WithBand};

use super::foretold_told::came;
use super::holds::{CANNOT, Holds, HoldsLine, HoldsMark, HoldsQuestion, HoldsStanding, Looked};
use super::text::whole_percent;
use super::validation::PersonaHolds;

/// So much of a persona must come back out of fold (C. Hennig 2007).
const COMES_BACK: f64 = 0.75;
/// The prediction strength from which on segments are called stable (R. Tibshirani, G. Walther 2005).
const STRONG: f64 = 0.8;
/// So much of a persona may move beyond chance before a word is said of it. Ours.
const HARDLY: f64 = 0.1;
/// Of fewer customers no share is told.
const FEWEST: usize = 31;

/// A persona as it is asked about.
#[derive(Debug, Clone, Copy)]
pub struct HoldsOf<'a> {
    /// How stable the segments are, if somebody looked.
    pub stability: Option<&'a Stability>,
    /// Whether there are groups at all, if somebody looked.
    pub found: Option<bool>,
    /// Everything else.
    pub holds: &'a Holds,
    /// What columns are called.
    pub dictionary: &'a Dictionary,
}

impl HoldsOf<'_> {
    /// The four answers for one persona, `missing` being its [`crate::persona::Persona::headline_missing`].
    pub fn lines(&self, cluster: usize, missing: f64) -> [HoldsLine; 4] {
        HoldsQuestion::ALL.map(|question| match question {
            HoldsQuestion::ComesBack => self.comes_back(cluster, missing),
            HoldsQuestion::SameWithout => self.same_without(cluster),
            HoldsQuestion::Stays => self.stays(cluster),
            HoldsQuestion::Foretells => self.foretells(cluster),
        })
    }

    fn comes_back(&self, cluster: usize, missing: f64) -> HoldsLine {
        let question = HoldsQuestion::ComesBack;
        let Some(stability) = self.stability.filter(|stability| cluster < stability.sizes.len()) else {
            return HoldsLine::not_looked(question);
        };
        let trust = stability.trust_with(cluster, missing);
        let mut draws: Vec<f64> = stability.draws.iter().map(|draw| draw[cluster]).collect();
        draws.sort_by(f64::total_cmp);
        let at = |share: f64| draws[((draws.len() - 1) as f64 * share).round() as usize];
        HoldsLine {
            question,
            word: trust.word(),
            value: stability.told(cluster),
            sentence: stability.reasons_with(cluster, missing).join(" "),
            standing: match trust {
                Trust::High | Trust::Good => HoldsStanding::Good,
                Trust::Unproven => HoldsStanding::Open,
                Trust::Fuzzy => HoldsStanding::Fair,
                Trust::DoNotRely => HoldsStanding::Poor,
            },
            mark: (!draws.is_empty()).then(|| HoldsMark {
                value: stability.jaccard(cluster),
                interval: Some([at(0.05), at(0.95)]),
                chance: stability.null().map(|null| [0.0, null]),
                strict: None,
                earlier: Vec::new(),
                is_multiple: false,
            }),
        }
    }

    fn same_without(&self, cluster: usize) -> HoldsLine {
        let question = HoldsQuestion::SameWithout;
        let folds = match &self.holds.folds {
            Looked::Found(folds) => folds,
            Looked::Cannot(why) => return HoldsLine::open(question, CANNOT, why.as_str()),
            Looked::NotLooked => return HoldsLine::not_looked(question),
        };
        // Two who are far from everyone else are together in every draw, and are no segment for it.
        if let Some(few) = folds.personas.get(cluster).map(|persona| persona.customers).filter(|customers| *customers < FEWEST) {
            let few = format!("{few} customers are too few to tell whether data without them would make it again.");
            return HoldsLine::open(question, "Too few", few);
        }
        let Some(PersonaHolds { same: Some(same), jaccard: Some(jaccard), same_range, prediction_strength, hangs_on, .. }) =
            folds.personas.get(cluster)
        else {
            return HoldsLine::not_looked(question);
        };
        let comes_back = *jaccard >= COMES_BACK;
        let is_strong = prediction_strength.is_none_or(|strength| strength >= STRONG);
        let (word, standing) = match (comes_back, is_strong) {
            (true, true) => ("Same", HoldsStanding::Good),
            (true, false) => ("Mostly", HoldsStanding::Fair),
            (false, _) => ("Changes", HoldsStanding::Poor),
        };
        let ends = same_range.map(|ends| ends.map(|end| format!("{:.0}", 100.0 * end)));
        let range = match ends {
            Some([low, high]) if folds.rounds > 1 && low != high => format!(" ({low} to {high} in {} rounds)", folds.rounds),
            _ => String::new(),
        };
        let mut sentence = format!("{} of its customers would still be assigned to it if they were left out{range}.", whole_percent(*same));
        if !comes_back {
            sentence += &format!(" Counting those who would join it as well, {} are the same.", whole_percent(*jaccard));
        }
        if let Some(strength) = prediction_strength {
            sentence += &format!(
                " When one half of the customers predicts the groups of the other, {} of its pairs stay together.",
                whole_percent(*strength)
            );
        }
        if let Some(hangs) = hangs_on {
            let column = self.dictionary.in_sentence(&hangs.column);
            sentence += &format!(
                " It depends on {column}: without that column, {} of those grouped together no longer are.",
                whole_percent(hangs.changed)
            );
        }
        HoldsLine {
            question,
            word,
            // "Changes 95 %" would be read the other way round: the number is the one that decided.
            value: whole_percent(if comes_back { *same } else { *jaccard }),
            sentence: in_words_at_the_start(sentence),
            standing,
            mark: Some(HoldsMark {
                value: *same,
                interval: *same_range,
                chance: None,
                strict: *prediction_strength,
                earlier: Vec::new(),
                is_multiple: false,
            }),
        }
    }

    fn stays(&self, cluster: usize) -> HoldsLine {
        let question = HoldsQuestion::Stays;
        let found = match &self.holds.stays {
            Looked::Found(found) => found,
            Looked::Cannot(why) => return HoldsLine::open(question, CANNOT, why.as_str()),
            Looked::NotLooked => return HoldsLine::not_looked(question),
        };
        let Some(last) = found.stays.last() else { return HoldsLine::not_looked(question) };
        let Some(persona) = of_today(&last.personas, cluster) else {
            let first = found.stays.first().map_or(&last.from, |stay| &stay.from);
            return HoldsLine::open(
                question,
                "Did not exist",
                format!("No persona of {first} is mostly this one, so whether it stays cannot be told."),
            );
        };
        let Some(stay) = persona.stay else {
            return HoldsLine::open(
                question,
                "Nobody",
                format!("None of its customers was present on both {} and {}.", last.from, last.to),
            );
        };
        if persona.customers < FEWEST {
            let few = format!("{} customers of it on {} are too few to tell a share.", count(persona.customers), last.from);
            return HoldsLine::open(question, "Too few", few);
        }
        let by_chance = persona.by_chance.map(|moved| 1.0 - moved);
        let (word, standing) = match by_chance {
            // More move than by chance, but hardly more: that is no news.
            Some(chance) if stay.high >= chance || chance - stay.value <= HARDLY => ("Stays", HoldsStanding::Good),
            None if stay.value >= 0.5 => ("Stays", HoldsStanding::Good),
            _ if stay.value >= 0.5 => ("Loosens", HoldsStanding::Fair),
            _ => ("Moves", HoldsStanding::Poor),
        };
        let mut sentence = format!(
            "{} ({:.0} to {:.0}) of those in it on {} were still in it on {}.",
            whole_percent(stay.value),
            100.0 * stay.low,
            100.0 * stay.high,
            last.from,
            last.to
        );
        if let Some(chance) = by_chance {
            sentence += &format!(" Random variation in each customer's own orders alone would leave {}.", whole_percent(chance));
        }
        if let Some(chance) = by_chance.filter(|chance| word == "Stays" && stay.high < *chance) {
            sentence += &format!(
                " That is {:.0} points fewer than by chance, below the {:.0} points that count as moving.",
                100.0 * (chance - stay.value),
                100.0 * HARDLY
            );
        }
        sentence += &words_told(persona, &found.stays[0].from, &last.to);
        let earlier = found.stays[..found.stays.len() - 1].iter();
        HoldsLine {
            question,
            word,
            value: whole_percent(stay.value),
            sentence,
            standing,
            mark: Some(HoldsMark {
                value: stay.value,
                interval: Some([stay.low, stay.high]),
                chance: by_chance.map(|chance| [chance, 1.0]),
                strict: None,
                earlier: earlier.filter_map(|stay| of_today(&stay.personas, cluster)?.stay).map(|stay| stay.value).collect(),
                is_multiple: false,
            }),
        }
    }

    fn foretells(&self, cluster: usize) -> HoldsLine {
        let question = HoldsQuestion::Foretells;
        let found = match &self.holds.foretells {
            Looked::Found(found) => found,
            Looked::Cannot(why) => return HoldsLine::open(question, CANNOT, why.as_str()),
            Looked::NotLooked => return HoldsLine::not_looked(question),
        };
        let Some(foretells) = &found.foretells else { return HoldsLine::not_looked(question) };
        let on = foretells.cut.as_deref().unwrap_or("that day");
        let Some(persona) = of_today(&foretells.personas, cluster) else {
            return HoldsLine::open(
                question,
                "Did not exist",
                format!("No persona of {on} is mostly this one, so what it foretells cannot be told."),
            );
        };
        let (Some(rate), Some(lift)) = (persona.rate, persona.lift) else {
            return HoldsLine::open(question, "Too few", foretells.sentence.clone());
        };
        let hits = (rate * persona.customers as f64).round() as usize;
        // What would tell of one to nine customers is told of nobody.
        let is_told = foretells.auc.is_none() || [hits, persona.customers.saturating_sub(hits)].into_iter().all(may_be_told_or_none);
        if persona.customers < FEWEST || !is_told {
            let few = format!("{} customers of it on {on} are too few to tell what they foretell.", count(persona.customers));
            return HoldsLine::open(question, "Too few", few);
        }
        let (word, standing) = match persona.against_rest {
            Some(WithBand { low, .. }) if low > 1.0 => ("More", HoldsStanding::Good),
            Some(WithBand { high, .. }) if high < 1.0 => ("Less", HoldsStanding::Good),
            Some(_) => ("As others", HoldsStanding::Neutral),
            None => ("Not sure", HoldsStanding::Neutral),
        };
        let came = came(foretells);
        let rates = match foretells.auc {
            Some(_) => format!("{} {came}, {} of everyone", whole_percent(rate), whole_percent(foretells.rate)),
            None => format!("On average {rate:.2} {came}, everyone's is {:.2}", foretells.rate),
        };
        let against = persona.against_rest.map_or_else(String::new, |rest| {
            format!(": {:.1} times as much as the rest ({:.1} to {:.1})", rest.value, rest.low, rest.high)
        });
        // One ratio: the dot of everyone's would lie outside the band of the rest's.
        let ratio = persona.against_rest.map_or(lift, |rest| rest.value);
        HoldsLine {
            question,
            word,
            value: format!("{ratio:.1}\u{d7}"),
            sentence: format!("{rates}{against}."),
            standing,
            mark: Some(HoldsMark {
                value: ratio,
                interval: persona.against_rest.map(|rest| [rest.low, rest.high]),
                chance: None,
                strict: None,
                earlier: Vec::new(),
                is_multiple: true,
            }),
        }
    }
}

/// Whether the words of a name of the first day still fit on the last.
fn words_told(persona: &PersonaHolds, first: &str, last: &str) -> String {
    let failing: Vec<String> =
        persona.words.iter().filter(|word| !word.holds).map(|word| format!("\u{201c}{}\u{201d}", word.word)).collect();
    match (persona.words.is_empty(), failing.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!(" Every word of its name of {first}, {}, still passes its test on {last}.", persona.name),
        (false, false) => {
            format!(" Its name on {first} was {}; no longer supported on {last}: {}.", persona.name, failing.join(" and "))
        }
    }
}

/// Whether a count tells of nobody at all, or of enough.
fn may_be_told_or_none(n: usize) -> bool {
    n == 0 || n >= FEWEST_TOLD
}

/// The persona of an earlier day that one of today's is: the largest where several are.
fn of_today(personas: &[PersonaHolds], cluster: usize) -> Option<&PersonaHolds> {
    personas.iter().filter(|persona| persona.cluster_today == Some(cluster)).max_by_key(|persona| persona.customers)
}

/// A sentence does not begin with a sign: "More than 99 % of its customers".
fn in_words_at_the_start(sentence: String) -> String {
    match sentence.strip_prefix('>') {
        Some(rest) => format!("More than {}", rest.trim_start()),
        None => sentence,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::text::SPACE;
    use crate::export::validation::{FoldsFound, ForetoldFound, Stay, Validation, WalkedForward, WordHolds};

    fn band(value: f64, low: f64, high: f64) -> Option<WithBand> {
        Some(WithBand { value, low, high })
    }

    /// Two personas: the first holds in every way, the second moves on, and has less than others.
    fn known() -> Holds {
        let folds = [(0.97, 0.9, None), (0.62, 0.5, None)].map(|(same, jaccard, hangs_on)| PersonaHolds {
            same: Some(same),
            jaccard: Some(jaccard),
            same_range: Some([same - 0.01, same + 0.01]),
            prediction_strength: Some(jaccard),
            hangs_on,
            customers: 400,
            ..PersonaHolds::default()
        });
        let word = |holds| WordHolds { word: "Frequent".into(), holds, ..WordHolds::default() };
        let stay = |at, stay, by_chance, holds| PersonaHolds {
            name: "Frequent Buyers".into(),
            customers: 100,
            cluster_today: Some(at),
            stay,
            by_chance: Some(by_chance),
            words: vec![word(holds)],
            ..PersonaHolds::default()
        };
        let stays = Stay {
            from: "2026-03-31".into(),
            to: "2026-06-30".into(),
            personas: vec![stay(1, band(0.4, 0.3, 0.5), 0.2, false), stay(0, band(0.9, 0.85, 0.94), 0.08, true)],
            ..Stay::default()
        };
        let told = |at, rate: f64, against_rest| PersonaHolds {
            customers: 400,
            cluster_today: Some(at),
            rate: Some(rate),
            lift: Some(rate / 0.24),
            against_rest,
            ..PersonaHolds::default()
        };
        let foretells = ForetoldFound {
            cut: Some("2026-03-31".into()),
            horizon_days: Some(90),
            outcome: "buys_again".into(),
            rate: 0.24,
            auc: Some(Default::default()),
            power_kept: band(0.72, 0.6, 0.8),
            adds_to_rfm: band(0.01, -0.01, 0.03),
            personas: vec![told(0, 0.36, band(1.7, 1.5, 1.9)), told(1, 0.12, band(0.5, 0.4, 0.6))],
            ..ForetoldFound::default()
        };
        Holds {
            folds: Looked::Found(Arc::new(FoldsFound { k: 2, rounds: 4, personas: folds.into(), ..FoldsFound::default() })),
            stays: Looked::Found(Arc::new(Validation { stays: vec![stays], ..Validation::default() })),
            foretells: Looked::Found(Arc::new(Validation { foretells: Some(foretells), ..Validation::default() })),
        }
    }

    fn plain(text: &str) -> String {
        text.replace([SPACE, '\u{a0}'], " ")
    }

    #[test]
    fn of_a_few_nothing_is_told() {
        let (mut holds, dictionary) = (known(), Dictionary::default());
        let Looked::Found(folds) = &mut holds.folds else { panic!("they are known") };
        Arc::make_mut(folds).personas[0].customers = 2;
        let of = HoldsOf { stability: None, found: None, holds: &holds, dictionary: &dictionary };
        let line = of.same_without(0);
        assert_eq!((line.word, line.value.as_str(), line.standing), ("Too few", "", HoldsStanding::Open));
        assert_eq!(of.same_without(1).word, "Changes");
    }

    #[test]
    fn each_answer_is_a_word_a_number_and_a_sentence() {
        let (holds, dictionary) = (known(), Dictionary::default());
        let of = HoldsOf { stability: None, found: None, holds: &holds, dictionary: &dictionary };
        let told = |cluster: usize| of.lines(cluster, 0.0).map(|line| plain(format!("{} {}", line.word, line.value).trim_end()));
        assert_eq!(told(0), ["Not checked", "Same 97 %", "Stays 90 %", "More 1.7\u{d7}"]);
        assert_eq!(told(1), ["Not checked", "Changes 50 %", "Moves 40 %", "Less 0.5\u{d7}"]);
        let sentences = of.lines(0, 0.0).map(|line| plain(&line.sentence));
        assert_eq!(
            sentences[1],
            "97 % of its customers would still be assigned to it if they were left out (96 to 98 in 4 rounds). When one half of the customers predicts the groups of the other, 90 % of its pairs stay together."
        );
        assert_eq!(
            sentences[2],
            "90 % (85 to 94) of those in it on 2026-03-31 were still in it on 2026-06-30. Random variation in each customer's own orders alone would leave 92 %. \
             Every word of its name of 2026-03-31, Frequent Buyers, still passes its test on 2026-06-30."
        );
        assert_eq!(
            sentences[3],
            "36 % bought again in the 90 days after 2026-03-31, 24 % of everyone: 1.7 times as much as the rest (1.5 to 1.9)."
        );
        assert!(plain(&of.lines(1, 0.0)[2].sentence).contains("no longer supported on 2026-06-30: \u{201c}Frequent\u{201d}."));
        assert_eq!([of.persona_holds(0, 0.0), of.persona_holds(1, 0.0)], [Some(true), Some(false)]);
        assert_eq!(
            plain(&of.headline(&[0.0, 0.0])),
            "1 of 2 personas holds. They keep 72 % of what the data can foresee about buying again, and add nothing to recency, frequency and money."
        );
    }

    #[test]
    fn where_shuffled_columns_come_back_as_surely_other_evidence_decides() {
        let (holds, dictionary) = (known(), Dictionary::default());
        let stability = Stability {
            draws: vec![vec![1.0, 1.0]],
            shuffled: vec![Some(1.0)],
            sizes: vec![400, 400],
            rows_a_draw: 800,
            n_rows: 800,
            parts: vec![],
        };
        let of = |found| HoldsOf { stability: Some(&stability), found, holds: &holds, dictionary: &dictionary };
        let line = of(None).comes_back(0, 0.0);
        assert_eq!((line.word, line.standing), ("Unproven", HoldsStanding::Open));
        assert!(line.sentence.contains("so this proves nothing for or against it"), "{}", line.sentence);
        // Groups were found: the first holds by what others make of it, the second does not.
        assert_eq!([0, 1].map(|cluster| of(Some(true)).persona_holds(cluster, 0.0)), [Some(true), Some(false)]);
        for found in [None, Some(false)] {
            assert_eq!(of(found).persona_holds(0, 0.0), None);
            assert!(
                of(found)
                    .headline(&[0.0, 0.0])
                    .starts_with("It cannot be said whether these personas hold: segments made from shuffled columns")
            );
        }
    }

    #[test]
    fn what_is_unproven_is_not_counted_among_those_that_hold() {
        let (mut holds, dictionary) = (known(), Dictionary::default());
        holds.foretells = Looked::Cannot("There are no orders.".into());
        let Looked::Found(folds) = &mut holds.folds else { panic!("they are known") };
        let folds = Arc::make_mut(folds);
        folds.personas = vec![folds.personas[0].clone(); 2];
        holds.stays = Looked::NotLooked;
        let told = |draws: Vec<f64>| {
            let stability = Stability {
                draws: vec![draws; 40],
                shuffled: vec![Some(0.97); 4],
                sizes: vec![400, 400],
                rows_a_draw: 800,
                n_rows: 800,
                parts: vec![],
            };
            HoldsOf { stability: Some(&stability), found: Some(true), holds: &holds, dictionary: &dictionary }.headline(&[0.0, 0.0])
        };
        assert_eq!(told(vec![1.0, 1.0]), "Both personas hold.");
        assert_eq!(
            told(vec![1.0, 0.97]),
            "1 of 2 personas holds. Of one more it cannot be said, since a segment of shuffled columns comes back just as reliably."
        );
        assert!(told(vec![0.97, 0.97]).starts_with("There are groups, but whether these personas hold cannot be said"));
    }

    #[test]
    fn what_is_kept_is_told_of_an_earlier_day_as_well() {
        let (mut holds, dictionary) = (known(), Dictionary::default());
        let Looked::Found(found) = &mut holds.foretells else { panic!("it is known") };
        let foretells = Arc::make_mut(found).foretells.as_mut().unwrap();
        foretells.walked_forward =
            Some(WalkedForward { learnt_on: "2025-12-31".into(), power_kept: band(0.66, 0.5, 0.8), ..WalkedForward::default() });
        let of = HoldsOf { stability: None, found: None, holds: &holds, dictionary: &dictionary };
        assert!(plain(&of.headline(&[0.0, 0.0])).contains(
            "They keep 72 % of what the data can foresee about buying again (66 % where learnt on 2025-12-31 and left unchanged since), and add nothing"
        ));
    }

    #[test]
    fn a_verdict_names_what_it_leaves_open() {
        let (mut holds, dictionary) = (known(), Dictionary::default());
        holds.foretells = Looked::Cannot("There are no orders.".into());
        let told = |holds: &Holds| HoldsOf { stability: None, found: None, holds, dictionary: &dictionary }.headline(&[0.0, 0.0]);
        assert_eq!(told(&holds), "1 of 2 personas holds.");
        holds.stays = Looked::Cannot("There are no orders.".into());
        assert_eq!(told(&holds), "1 of 2 personas holds. Whether they stay so over time cannot be determined from these data.");
    }

    #[test]
    fn what_was_not_looked_at_or_cannot_be_told_is_never_empty() {
        let (mut holds, dictionary) = (Holds::default(), Dictionary::default());
        let of = |holds: &Holds| {
            HoldsOf { stability: None, found: None, holds, dictionary: &dictionary }.lines(0, 0.0).map(|line| (line.word, line.sentence))
        };
        assert!(of(&holds).iter().all(|(word, sentence)| *word == "Not checked" && sentence == "Not checked."));
        assert_eq!(
            HoldsOf { stability: None, found: None, holds: &holds, dictionary: &dictionary }.headline(&[0.0]),
            "Whether these personas hold is not known yet."
        );
        holds.stays = Looked::Cannot("There are no orders.".into());
        assert_eq!(of(&holds)[2], ("Cannot be determined", "There are no orders.".to_owned()));
        // A persona that was not there then, and one of whom too few are left to tell.
        let mut known = known();
        if let Looked::Found(found) = &mut known.stays {
            let found = Arc::make_mut(found);
            found.stays[0].personas[1].cluster_today = None;
            found.stays[0].personas[0].customers = 30;
        }
        if let Looked::Found(found) = &mut known.foretells {
            let told = Arc::make_mut(found).foretells.as_mut().unwrap();
            told.personas[0].customers = 25;
            // 3 of 60 would tell of three.
            (told.personas[1].customers, told.personas[1].rate) = (60, Some(0.05));
        }
        let words = |cluster: usize| {
            HoldsOf { stability: None, found: None, holds: &known, dictionary: &dictionary }.lines(cluster, 0.0).map(|line| line.word)
        };
        assert_eq!((words(0)[2], words(0)[3]), ("Did not exist", "Too few"));
        assert_eq!((words(1)[2], words(1)[3]), ("Too few", "Too few"));
    }
}
