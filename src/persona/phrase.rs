//! How is a trait said? One value builds every phrase: from the column, what its numbers stand for, the direction and the numbers of one row
//! of evidence.
//!
//! In: a trait and its column. Out: a statement for a list, a clause for a sentence, and what a name may say. Words and numbers cannot be put
//! together by hand: of a category the phrase speaks of the level whose share it prints, and a ratio is told of amounts and counts only.
//! Nothing is said that the trait's numbers do not say; no he or she, no biography. O(words).

use crate::data::{Noun, Role, gives_no_name, without_neutral_words};

use super::categorical::at_least;
use super::columns::{Described, Reading};
use super::evidence::Direction;
use super::level_words::{
    KINDS, NO_WORDS, SAYS_HOW_MUCH, UNITS, home, is_article_number, is_person, is_state, is_word, lowered, names_people, spelled_out,
    spoken, with_article,
};
use super::lexicon::{End, Entry, Pole, Position};
use super::measure::Trait;
use super::sayable::is_code;
use super::sense::Sense;
use super::text::{PERCENT, capitalised, is_plural, plural, times, times_the, titled};
use super::twins::NEARLY_ALL;
use super::yes_no::{NameWord, answer, name_word, verb};

/// Shares below this are "hardly any".
const HARDLY_ANY: f64 = 0.05;

/// One trait, ready to be said.
pub struct Phrase<'a> {
    column: &'a Described<'a>,
    found: &'a Trait,
}

/// A part of the one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// After "they": "spend 2.4x as much (€ 1 240 against € 510)".
    They(String),
    /// A sentence of its own: "69 % pay by electronic check (all: 34 %)".
    Share(String),
}

/// What a trait can be called within a name.
#[derive(Debug, Clone, Default)]
pub struct Forms {
    /// Where its adjective stands.
    pub position: Option<Position>,
    /// "High-Spend".
    pub adjective: Option<String>,
    /// "Discount Seekers".
    pub noun: Option<String>,
    /// "without Streaming TV", after the noun.
    pub behind: Option<String>,
    /// Whether the adjective is a level as the file has it: it stands beside no noun but the plain one when it is long.
    pub is_level: bool,
    /// Whether that level is a noun before the noun: nothing stands between the two.
    pub is_beside_noun: bool,
}

/// What is long or short, and not high or low.
const LENGTHS: [&str; 4] = ["duration", "length", "time", "tenure"];

impl<'a> Phrase<'a> {
    /// The phrase of a trait of its column.
    pub fn of(column: &'a Described<'a>, found: &'a Trait) -> Phrase<'a> {
        Phrase { column, found }
    }

    /// What it is about, and whether it says that there is more of it: equal subjects are said once, and opposite ones name nobody. Of a column
    /// without words of the lexicon the subject is the column.
    pub fn subject(&self) -> (&'a str, bool) {
        match self.column.entry.filter(|_| self.found.level.is_none()) {
            Some(entry) => (&entry.tag, (self.found.direction == Direction::More) != entry.reversed),
            None => (self.column.name, self.found.direction == Direction::More),
        }
    }

    /// "Higher total spend", "Most pay by electronic check"; what is sensitive or an outcome is marked.
    pub fn statement(&self) -> String {
        let text = match self.verb() {
            Some(verb) => format!("{} {verb}", self.how_many()),
            None => match self.pole().and_then(|pole| pole.statement.as_ref()).filter(|template| self.may_say(template)) {
                Some(template) => capitalised(&self.filled(template)),
                None => capitalised(&self.plain(false)),
            },
        };
        match self.column.role {
            Role::Sensitive => format!("{text} (sensitive)"),
            Role::Outcome if !self.column.is_own_score() => format!("{text} (outcome)"),
            _ => text,
        }
    }

    /// One thing that sets a persona apart, with its numbers.
    pub fn clause(&self) -> Clause {
        let [persona, everyone, _] = &self.found.evidence.texts;
        if let Some(verb) = self.verb() {
            let share = self.found.evidence.persona;
            return Clause::Share(match self.how_many() {
                none @ "None" => format!("{none} {verb} (all: {everyone})"),
                hardly @ "Hardly any" => format!("{hardly} {verb} ({persona}, all: {everyone})"),
                _ if share > 0.0 && persona.starts_with("n <") => format!("Hardly any {verb} ({persona}, all: {everyone})"),
                many if persona == "–" => format!("{many} {verb} (withheld, all: {everyone})"),
                // "over 75 %" begins a sentence here.
                _ => format!("{} {verb} (all: {everyone})", capitalised(persona)),
            });
        }
        let pole = self.pole();
        let words = |template: Option<&'a String>| template.filter(|template| self.may_say(template));
        let (times_words, clause_words) =
            (words(pole.and_then(|pole| pole.times.as_ref())), words(pole.and_then(|pole| pole.clause.as_ref())));
        let said = match (self.ratio(), times_words, clause_words) {
            (Some(ratio), Some(template), _) => {
                self.filled(&template.replace("{times} the", &times_the(ratio)).replace("{times}", &times(ratio)))
            }
            (_, _, Some(template)) => self.filled(template),
            (Some(ratio), None, None) if self.column.sense == Sense::Count && is_plural(&self.name()) => {
                format!("have {} as many {}", times(ratio), self.name())
            }
            (Some(ratio), None, None) => format!("have {} {}", times_the(ratio), self.name()),
            (None, _, None) => self.plain(true),
        };
        Clause::They(format!("{said} ({persona} against {everyone})"))
    }

    /// The name forms of a trait in a table of `noun`; `None` where it is no word.
    pub fn forms(&self, noun: &Noun) -> Option<Forms> {
        let position = Some(self.column.entry.map_or(Position::Behaviour, |entry| entry.position));
        match &self.column.reading {
            Reading::Scale(_) if self.is_nothing_bought() && noun.shop() => {
                Some(Forms { position, noun: Some(NON_BUYERS.to_owned()), ..Forms::default() })
            }
            Reading::Scale(_) => {
                let pole = self.pole();
                let is_extreme = self.found.evidence.percentile.is_some_and(|p| p <= 10.0 || p >= 90.0);
                let word = pole.and_then(|pole| pole.very.clone().filter(|_| is_extreme).or_else(|| pole.adjective.clone()));
                let noun = pole.and_then(|pole| pole.noun.clone()).filter(|_| noun.shop());
                if word.is_some() {
                    return Some(Forms { position, adjective: word, noun, ..Forms::default() });
                }
                let plain = self.plain_adjective()?;
                // Who has few of something is no "Low Items Customer".
                if let Some(counted) = self.counted() {
                    return Some(Forms { position, behind: Some(format!("with {counted}")), ..Forms::default() });
                }
                // "High Share of Wallet Customers" is a chain; "Customers with High Share of Wallet" is none.
                Some(match plain.split(' ').count() > 2 {
                    true => Forms { position, behind: Some(format!("with {plain}")), ..Forms::default() },
                    false => Forms { position, adjective: Some(plain), ..Forms::default() },
                })
            }
            Reading::Levels(levels) => {
                let level = levels.labels.get(self.found.level?)?;
                let mostly = if self.found.evidence.persona >= 0.8 { "" } else { "Mostly " };
                if let Some(yes) = self.answer(level) {
                    if gives_no_name(self.column.name) || is_code(&self.column.human) {
                        return None;
                    }
                    let forms = Forms { position, ..Forms::default() };
                    return Some(match name_word(&self.column.human, yes)? {
                        NameWord::Adjective(word) => Forms { adjective: Some(format!("{mostly}{word}")), ..forms },
                        NameWord::Noun(word) => Forms { noun: Some(format!("{mostly}{word}")), ..forms },
                        NameWord::Behind(word) => Forms { behind: Some(format!("{}{word}", mostly.to_lowercase())), ..forms },
                    });
                }
                self.level_forms(level, mostly, noun).map(|forms| Forms { position, ..forms })
            }
        }
    }

    /// Whether nearly all of them spent nothing: they are no light spenders.
    fn is_nothing_bought(&self) -> bool {
        let is_total = self.column.entry.is_some_and(|entry| entry.tag == "spend") && self.column.sense == Sense::Amount;
        is_total && self.has_hardly_any()
    }

    /// Whether nearly all of them have none of it.
    pub fn has_hardly_any(&self) -> bool {
        let Reading::Scale(scale) = &self.column.reading else { return false };
        scale.is_never_negative && self.found.direction == Direction::Less && self.found.zeros >= NEARLY_ALL
    }

    /// Whether it is about a level that is a bare number: what it stands for nobody knows.
    pub fn is_bare_code(&self) -> bool {
        let Reading::Levels(levels) = &self.column.reading else { return false };
        self.found.level.and_then(|level| levels.labels.get(level)).is_some_and(|label| label.trim().parse::<f64>().is_ok())
    }

    /// What two traits are called together, where the lexicon has a word that needs both: many discounts and small baskets.
    pub fn together(&self, other: &Phrase) -> Option<Forms> {
        let with = self.pole().filter(|_| self.found.level.is_none())?.with.as_ref()?;
        let is_low = other.found.direction == Direction::Less;
        let is_its = other.column.entry.is_some_and(|entry| entry.tag == with.tag);
        let fits = other.found.level.is_none() && is_its && is_low == (with.end == End::Low);
        let position = Some(self.column.entry.map_or(Position::Behaviour, |entry| entry.position));
        fits.then(|| Forms { position, adjective: Some(with.adjective.clone()), ..Forms::default() })
    }

    /// Whether it would say that few have none: two negatives ("None use no internet service").
    pub fn denies_twice(&self) -> bool {
        let denies = |verb: String| verb.split(' ').take(3).any(|word| matches!(word.to_lowercase().as_str(), "no" | "not" | "without"));
        self.found.direction == Direction::Less && self.verb().is_some_and(denies)
    }

    /// What those do whose level it is; `None` for scales.
    fn verb(&self) -> Option<String> {
        let level = self.found.evidence.shown.level.as_deref()?;
        if let Some(yes) = self.answer(level) {
            return Some(verb(&self.column.human, yes));
        }
        // "Sales_Executive" is read as "Sales Executive".
        let said = spelled_out(&spoken(level));
        let level = said.trim();
        let entry = self.column.entry.filter(|entry| !NEEDS_A_WORD.contains(&entry.tag.as_str()) || is_word(level));
        let is_job = entry.is_some_and(|entry| entry.tag == "job");
        let template = entry.and_then(|entry| entry.levels.verb());
        let human = &self.column.human;
        let lower = lowered(level);
        Some(match template {
            // Nobody works as unemployed.
            _ if is_job && is_state(level) => format!("are {lower}"),
            Some(template) if entry.is_some_and(|entry| entry.tag == "place") => {
                self.filled(&template.replace("{level}", &with_article(level)))
            }
            // "have never married", whatever capitals the file has.
            Some(_) if entry.is_some_and(|entry| entry.tag == "marital") && level.to_lowercase().starts_with("never ") => {
                format!("have {}", level.to_lowercase())
            }
            Some(template) if entry.is_some_and(|entry| entry.tag == "marital") => {
                self.filled(&template.replace("{level}", level).replace("{lower}", &level.to_lowercase()))
            }
            Some(_) if entry.is_some_and(|entry| entry.tag == "language") && NO_WORDS.contains(&level.to_lowercase().as_str()) => {
                "speak another language".to_owned()
            }
            // "are aged 18 to 24", but "are children".
            Some(_) if let Some(people) = entry.and_then(|entry| age_in_words(entry, level)) => format!("are {people}"),
            Some(template) => self.filled(&template.replace("{level}", level).replace("{lower}", of_several(&lower))),
            None if let Some((lives, _)) = home(human, level) => lives.to_owned(),
            None if level.to_lowercase().starts_with("no ") => format!("have {lower}"),
            None if lower.to_lowercase() == human.to_lowercase() => format!("have {lower}"),
            None if human.rsplit(' ').next().is_some_and(|last| KINDS.contains(&last)) => format!("have {lower} {human}"),
            None => format!("have {human} {level}"),
        })
    }

    /// Whether a level is the yes or the no of a question.
    fn answer(&self, level: &str) -> Option<bool> {
        let Reading::Levels(levels) = &self.column.reading else { return None };
        answer(level, &levels.labels)
    }

    /// How many do it, by what is printed beside it. Where the share is withheld, a word such as "All" would tell it: there the bound speaks.
    fn how_many(&self) -> &'static str {
        let evidence = &self.found.evidence;
        let (is_withheld, has_no_bound) = (evidence.hidden().persona, evidence.texts[0] == "–");
        let share = if is_withheld { at_least(evidence.persona, evidence.n) } else { evidence.persona };
        match self.found.direction {
            Direction::More if has_no_bound => "More",
            // "Hardly any" beside "n < 10" would tell about how many.
            Direction::Less if is_withheld || has_no_bound => "Fewer",
            Direction::More if share >= 1.0 => "All",
            Direction::More if share >= 0.9 => "Almost all",
            Direction::More if share >= 0.5 => "Most",
            Direction::More => "More",
            Direction::Less if share <= 0.0 => "None",
            Direction::Less if share < HARDLY_ANY => "Hardly any",
            Direction::Less => "Fewer",
        }
    }

    /// Ratio of the medians, where numbers of the kind have one and both sides are above zero.
    fn ratio(&self) -> Option<f64> {
        let Reading::Scale(scale) = &self.column.reading else { return None };
        let (persona, everyone) = (self.found.evidence.persona, self.found.evidence.everyone);
        let ratio = persona / everyone;
        let has_ratio = self.column.sense.has_ratio() && scale.is_never_negative && persona > 0.0 && everyone > 0.0;
        (has_ratio && !(0.8..1.2).contains(&ratio)).then_some(ratio)
    }

    fn pole(&self) -> Option<&'a Pole> {
        self.column.entry.map(|entry| if self.found.direction == Direction::More { &entry.high } else { &entry.low })
    }

    /// Whether words of the lexicon may stand for the column: what the user named is called by that name.
    fn may_say(&self, template: &str) -> bool {
        !self.column.is_labelled || template.contains("{column}")
    }

    fn filled(&self, template: &str) -> String {
        let human = &self.column.human;
        let since = human.find("since ").map_or("since the last activity", |at| &human[at..]);
        template.replace("{column}", &self.name()).replace("{since}", since)
    }

    /// The column's name as it stands in a phrase of its sense: "salary hike" for a hike in percent, "last order" behind "since".
    fn name(&self) -> String {
        let mut words: Vec<&str> = self.column.human.split_whitespace().collect();
        match self.column.sense {
            // Beside "discount" the other one has to be "percent discount".
            _ if self.column.needs_its_unit => {}
            Sense::Change | Sense::Share => words.retain(|word| !PERCENT.contains(word)),
            Sense::Interval | Sense::Elapsed => words.retain(|word| !UNITS.contains(word)),
            Sense::Count => {
                let start = ["number of ", "n ", "num ", "nb ", "no of ", "count of "];
                let name = start.iter().find_map(|start| self.column.human.strip_prefix(start)).unwrap_or(&self.column.human);
                words = name.strip_suffix(" count").unwrap_or(name).split_whitespace().collect();
                if name.ends_with(" count") && !words.is_empty() {
                    return plural(&words.join(" "));
                }
            }
            _ => {}
        }
        if let ["share", rest @ ..] = &words[..]
            && !rest.is_empty()
            && rest[0] != "of"
        {
            return format!("share of {}", rest.join(" "));
        }
        if words.is_empty() { self.column.human.clone() } else { words.join(" ") }
    }

    /// "higher zapf", or after "they" "have a higher zapf": what the sense of the numbers allows without words of the lexicon.
    fn plain(&self, after_they: bool) -> String {
        let more = self.found.direction == Direction::More;
        let pick = |high: &'static str, low: &'static str| if more { high } else { low };
        let name = self.name();
        let (word, name) = match self.column.sense {
            Sense::Date => (pick("later", "earlier"), name),
            Sense::Change if self.is_never_negative() => (pick("bigger", "smaller"), name),
            Sense::Count if is_plural(&name) => (pick("more", "fewer"), name),
            Sense::Rank => (pick("larger", "smaller"), if name.contains("percentile") { name } else { format!("{name} number") }),
            Sense::Interval | Sense::Elapsed if name.starts_with("since") || name.starts_with("between") => {
                (pick("longer", "shorter"), format!("time {name}"))
            }
            Sense::Interval => (pick("longer", "shorter"), name),
            Sense::Duration => {
                if let Some(rest) = spent(&name) {
                    return match (after_they, more) {
                        (true, true) => format!("have been {rest} for longer"),
                        (true, false) => format!("have been {rest} for a shorter time"),
                        (false, true) => format!("longer {rest}"),
                        (false, false) => format!("shorter time {rest}"),
                    };
                }
                let last = name.rsplit(' ').next().unwrap_or_default();
                match () {
                    () if LENGTHS.contains(&last) => (pick("longer", "shorter"), name),
                    () if UNITS.contains(&last) && is_plural(last) => (pick("more", "fewer"), name),
                    () => (pick("higher", "lower"), name),
                }
            }
            _ => (pick("higher", "lower"), name),
        };
        match (after_they, is_plural(&name)) {
            (false, _) => format!("{word} {name}"),
            // "A lower ym" is no English, whatever ym is; "a higher education" is a degree.
            (true, _) if ["higher", "lower"].contains(&word) && self.is_no_word() => format!("have {word} values of {name}"),
            (true, true) => format!("have {word} {name}"),
            (true, false) => format!("have {} {word} {name}", if word == "earlier" { "an" } else { "a" }),
        }
    }

    /// "High Zapf", where the column has a name that people say and the sense has such a word.
    fn plain_adjective(&self) -> Option<String> {
        let more = self.found.direction == Direction::More;
        let name = self.name();
        let word = match self.column.sense {
            Sense::Rank | Sense::Elapsed | Sense::Date => return None,
            Sense::Interval => ["Long", "Short"],
            Sense::Duration if LENGTHS.contains(&name.rsplit(' ').next().unwrap_or_default()) => ["Long", "Short"],
            Sense::Change if self.is_never_negative() => ["Big", "Small"],
            _ => ["High", "Low"],
        };
        let is_said = !is_code(&self.column.human) && spent(&name).is_none();
        is_said.then(|| format!("{} {}", word[usize::from(!more)], titled(&name)))
    }

    /// Whether the column's name is not to be read as a word, or its numbers are codes.
    fn is_no_word(&self) -> bool {
        self.column.may_be_codes || (!self.column.is_labelled && is_code(&self.column.human))
    }

    /// "Many Items", of counts whose name is a plural.
    fn counted(&self) -> Option<String> {
        let name = self.name();
        let word = if self.found.direction == Direction::More { "Many" } else { "Few" };
        let last = name.rsplit(' ').next().unwrap_or_default();
        let is_counted = self.column.sense == Sense::Count || (self.column.sense == Sense::Duration && UNITS.contains(&last));
        (is_counted && is_plural(&name)).then(|| format!("{word} {}", titled(&name)))
    }

    fn is_never_negative(&self) -> bool {
        matches!(&self.column.reading, Reading::Scale(scale) if scale.is_never_negative)
    }

    fn level_forms(&self, level: &str, mostly: &str, noun: &Noun) -> Option<Forms> {
        let words = self.column.entry.map(|entry| &entry.levels);
        if words.is_none_or(|words| words.adjective.is_none() && words.noun.is_none() && words.nouns.is_empty()) {
            if let Some((_, Some(people))) = home(&self.column.human, level) {
                return Some(Forms { noun: Some(format!("{mostly}{people}")), is_level: true, ..Forms::default() });
            }
            let small = level.to_lowercase();
            let first = small.split([' ', '_', '-']).next().unwrap_or(&small);
            // "Two-Year Customers" would have been customers for two years.
            if let Some((n, unit)) = level.trim().split_once([' ', '-'])
                && UNITS.contains(&unit.to_lowercase().as_str())
                && !is_code(&self.column.human)
            {
                let what = format!("{}-{} {}", titled(n), titled(unit), titled(&without_neutral_words(&self.column.human)));
                return Some(Forms { behind: Some(format!("{}with {what}", mostly.to_lowercase())), is_level: true, ..Forms::default() });
            }
            // "Parents Customers" would be parents, where they live with theirs.
            if small.split([' ', '_']).any(names_people) {
                return None;
            }
            // "Free Customers" says nothing without what is free.
            if SAYS_HOW_MUCH.contains(&first) {
                let name = titled(&without_neutral_words(&self.column.human));
                let behind = format!("with {mostly}{} {name}", titled(&spoken(level)));
                return (!is_code(&self.column.human)).then(|| Forms { behind: Some(behind), is_level: true, ..Forms::default() });
            }
        }
        // "Some College Employees" would be a few from a college.
        if level.to_lowercase().starts_with("some ") {
            let behind = format!("{}with {}", mostly.to_lowercase(), self.level_word(level)?);
            return Some(Forms { behind: Some(behind), is_level: true, ..Forms::default() });
        }
        let fixed_noun = words.and_then(|words| words.nouns.get(&level.to_lowercase()));
        // "Aged-Young Customers" would be old.
        if fixed_noun.is_none() && self.column.entry.is_some_and(|entry| age_in_words(entry, level).is_some()) {
            let adjective = Some(format!("{mostly}{}", self.level_word(level)?));
            return Some(Forms { adjective, is_level: true, ..Forms::default() });
        }
        let word = self.level_word(level)?;
        let fill = |template: &String| format!("{mostly}{}", template.replace("{level}", &word));
        let own = self.column.entry.filter(|entry| entry.tag == "job" && is_person(level)).map(|_| plural(&word));
        let noun = match fixed_noun.or(own.as_ref()) {
            Some(noun) => Some(format!("{mostly}{noun}")),
            None => words.and_then(|words| words.noun.as_ref()).filter(|_| noun.shop()).map(fill),
        };
        let adjective = words.and_then(|words| words.adjective.as_ref()).map_or_else(|| format!("{mostly}{word}"), fill);
        // A word that already is a plural noun ("Students") reads badly before another one.
        let is_noun = fixed_noun.is_some() || own.is_some();
        let is_age = self.column.entry.is_some_and(|entry| entry.tag == "age");
        let adjective = Some(adjective).filter(|_| !is_noun || (!is_age && words.is_some_and(|words| words.adjective.is_some())));
        let is_as_it_is = words.and_then(|words| words.adjective.as_ref()).is_none_or(|template| template == "{level}");
        let is_beside_noun = is_as_it_is && self.column.entry.is_none_or(|entry| !["marital", "gender"].contains(&entry.tag.as_str()));
        Some(Forms { position: None, adjective, noun, behind: None, is_level: true, is_beside_noun })
    }

    /// A level as a word of a name: letters, at most three words, so that "Customers" still fits after them; short codes ("A", "3") stand after
    /// their column's name, and article numbers are no words.
    fn level_word(&self, level: &str) -> Option<String> {
        let level = level.trim();
        // "< HS Grad Customers" cannot be said aloud.
        if level.is_empty()
            || level.starts_with(['<', '>', '≤', '≥', '=', '+'])
            || NO_WORDS.contains(&level.to_lowercase().replace('_', " ").as_str())
            || level.split_whitespace().any(is_article_number)
        {
            return None;
        }
        let has_own_words = self.column.entry.is_some_and(|entry| entry.levels.adjective.is_some());
        let n_letters = level.chars().filter(|c| c.is_alphabetic()).count();
        let stands_alone = n_letters >= 3 || (has_own_words && n_letters > 0);
        let is_postcode = n_letters * 2 <= level.chars().count();
        if gives_no_name(self.column.name) && (!stands_alone || is_postcode) {
            return None;
        }
        if !stands_alone && is_code(&self.column.human) {
            return None;
        }
        let word = if stands_alone {
            match level.split_once([' ', '-']) {
                Some((n, unit)) if UNITS.contains(&unit) => format!("{}-{}", titled(n), titled(unit)),
                _ => titled(&spoken(level)),
            }
        } else {
            titled(&format!("{} {level}", without_neutral_words(&self.column.human)))
        };
        (word.split_whitespace().count() <= 3 && word.chars().count() <= 24).then_some(word)
    }
}

/// What somebody is by a level of age that is a word: "children", "young"; none for years.
fn age_in_words(entry: &Entry, level: &str) -> Option<String> {
    if entry.tag != "age" || level.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let noun = entry.levels.nouns.get(&level.to_lowercase());
    Some(noun.map_or_else(|| level.to_lowercase(), |noun| noun.to_lowercase()))
}

/// A word for one person as it is said of several: "are women".
fn of_several(level: &str) -> &str {
    match level {
        "woman" => "women",
        "man" => "men",
        "girl" => "girls",
        "boy" => "boys",
        _ => level,
    }
}

/// What those are called who bought nothing.
pub(super) const NON_BUYERS: &str = "Non-Buyers";

/// Tags whose verb takes a word: "work as nurse", "are female", but "have occupation 5" and "have sex M".
const NEEDS_A_WORD: [&str; 6] = ["job", "department", "gender", "origin", "place", "marital"];

/// "years with current manager" is time spent: "with the current manager".
fn spent(name: &str) -> Option<String> {
    let (unit, rest) = name.split_once(' ')?;
    let (preposition, whom) = rest.split_once(' ')?;
    let is_spent = UNITS.contains(&unit) && ["with", "at", "in"].contains(&preposition);
    let has_article = ["the ", "this ", "that ", "their ", "our ", "my ", "a ", "an "].iter().any(|word| whom.starts_with(word));
    is_spent.then(|| if has_article { rest.to_owned() } else { format!("{preposition} the {whom}") })
}
