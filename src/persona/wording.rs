//! How is a trait said? Words for names, statements and the one sentence, each from the column's lexicon entry or its own name.
//!
//! In: a trait and its column. Out: short texts. Nothing is said that the trait's numbers do not say; no he or she, no biography.

use crate::data::{Role, gives_no_name, without_neutral_words};

use super::columns::{Described, Reading};
use super::evidence::Direction;
use super::lexicon::{End, Pole, Position};
use super::measure::Trait;
use super::text::{NumberFormat, capitalised, count, humanised, list, percent, times, titled};

/// What a trait can be called within a name.
pub struct Forms {
    /// Where its adjective stands.
    pub position: Position,
    /// "High-Spend".
    pub adjective: Option<String>,
    /// "Discount Seekers".
    pub noun: Option<String>,
}

/// A persona's size as the sentence tells it.
pub struct Size {
    /// Customers in it.
    pub n: usize,
    /// Share of the customers that took part.
    pub share: f64,
    /// Share of revenue.
    pub revenue_share: Option<f64>,
}

/// The name forms of a trait; `None` where its level is no word.
pub fn forms(column: &Described, found: &Trait) -> Option<Forms> {
    match &column.reading {
        Reading::Scale(_) => {
            let pole = pole(column, found.direction);
            let is_extreme = found.evidence.percentile.is_some_and(|p| p <= 10.0 || p >= 90.0);
            let word = pole.and_then(|pole| pole.very.clone().filter(|_| is_extreme).or_else(|| pole.adjective.clone()));
            let plain = || format!("{} {}", if found.direction == Direction::More { "High" } else { "Low" }, titled(&column.human));
            let position = column.entry.map_or(Position::Behaviour, |entry| entry.position);
            let noun = pole.and_then(|pole| pole.noun.clone());
            Some(Forms { position, adjective: Some(word.unwrap_or_else(plain)), noun })
        }
        Reading::Levels(levels) => {
            let level = levels.names.get(found.level?)?;
            let mostly = if found.evidence.persona >= 0.8 { "" } else { "Mostly " };
            let words = column.entry.map(|entry| &entry.levels);
            let position = column.entry.map_or(Position::Behaviour, |entry| entry.position);
            if let Some(yes) = yes_or_no(level) {
                if gives_no_name(column.name) {
                    return None;
                }
                let subject = titled(column.human.trim_start_matches("is ").trim_start_matches("has "));
                let adjective = if yes { format!("{mostly}{subject}") } else { format!("{mostly}No {subject}") };
                return Some(Forms { position, adjective: Some(adjective), noun: None });
            }
            let fixed_noun = words.and_then(|words| words.nouns.get(&level.to_lowercase()));
            let word = level_word(column, level)?;
            let fill = |template: &String| format!("{mostly}{}", template.replace("{level}", &word));
            let noun = match fixed_noun {
                Some(noun) => Some(format!("{mostly}{noun}")),
                None => words.and_then(|words| words.noun.as_ref()).map(fill),
            };
            let adjective = words.and_then(|words| words.adjective.as_ref()).map_or_else(|| format!("{mostly}{word}"), fill);
            // A word that already is a plural noun ("Students") reads badly before another one.
            let adjective = Some(adjective).filter(|_| fixed_noun.is_none() || words.is_some_and(|words| words.adjective.is_some()));
            Some(Forms { position, adjective, noun })
        }
    }
}

/// What two traits are called together, where the lexicon has a word that needs both: many discounts and small baskets.
pub fn together(column: &Described, found: &Trait, other_column: &Described, other: &Trait) -> Option<Forms> {
    let with = pole(column, found.direction).filter(|_| found.level.is_none())?.with.as_ref()?;
    let is_low = other.direction == Direction::Less;
    let fits = other.level.is_none() && other_column.entry.is_some_and(|entry| entry.tag == with.tag) && is_low == (with.end == End::Low);
    let position = column.entry.map_or(Position::Behaviour, |entry| entry.position);
    fits.then(|| Forms { position, adjective: Some(with.adjective.clone()), noun: None })
}

/// "Higher total spend", "Channel: mostly web"; what is sensitive or an outcome is marked.
pub fn statement(column: &Described, found: &Trait) -> String {
    let more = found.direction == Direction::More;
    let text = match found.evidence.level.as_deref() {
        Some(level) => {
            let (share, index) = (found.evidence.persona, found.evidence.index.unwrap_or(100.0));
            let said = if !more {
                format!("less often {level}")
            } else if share >= 0.8 {
                format!("almost all {level}")
            } else if share >= 0.5 {
                format!("mostly {level}")
            } else if share >= 0.2 && index >= 150.0 {
                format!("{level} over-represented")
            } else {
                format!("more often {level}")
            };
            format!("{}: {said}", capitalised(&column.human))
        }
        None => match pole(column, found.direction).and_then(|pole| pole.statement.as_ref()) {
            Some(template) => capitalised(&filled(template, column)),
            None if is_date(column) => format!("{} {}", if more { "Later" } else { "Earlier" }, column.human),
            None => format!("{} {}", if more { "Higher" } else { "Lower" }, column.human),
        },
    };
    match column.role {
        Role::Sensitive => format!("{text} (sensitive)"),
        Role::Outcome => format!("{text} (outcome)"),
        _ => text,
    }
}

/// What is weaker than `is_strong` is told as such. "1 240 customers (12 % of all, 31 % of revenue). Compared with everyone, they spend 2.4x as much (€ 1 240 against € 510)."
pub fn summary(size: &Size, clauses: &[String], is_strong: bool) -> String {
    let customers = if size.n == 1 { "customer" } else { "customers" };
    let revenue = size.revenue_share.map_or_else(String::new, |share| format!(", {} of revenue", percent(share)));
    let start = format!("{} {customers} ({} of all{revenue}).", count(size.n), percent(size.share));
    if clauses.is_empty() {
        format!("{start} {NOTHING_STRONG}")
    } else if !is_strong {
        format!("{start} {NOTHING_STRONG} Slightly, they {}.", list(clauses))
    } else {
        format!("{start} Compared with everyone, they {}.", list(clauses))
    }
}

const NOTHING_STRONG: &str = "No strong difference from everyone was found.";

/// One thing that sets a persona apart, after "they".
pub fn clause(column: &Described, found: &Trait) -> String {
    let evidence = &found.evidence;
    let more = found.direction == Direction::More;
    let [persona, everyone, _] = &evidence.texts;
    if let Some(level) = evidence.level.as_deref() {
        let words = column.entry.map(|entry| &entry.levels);
        let template = words.and_then(|words| if more { words.more.as_ref() } else { words.less.as_ref() });
        let said = match template {
            Some(template) => filled(&template.replace("{level}", level), column),
            None => plain_clause(&column.human, level, more),
        };
        return format!("{said} ({persona}, all {everyone})");
    }
    let pole = pole(column, found.direction);
    let ratio = ratio(column, found);
    let said = match (ratio, pole.and_then(|pole| pole.times.as_ref()), pole.and_then(|pole| pole.clause.as_ref())) {
        (Some(ratio), Some(template), _) => filled(&template.replace("{times}", &times(ratio)), column),
        (_, _, Some(template)) => filled(template, column),
        (Some(ratio), None, None) => format!("have {} the {}", times(ratio), column.human),
        (None, _, None) if is_date(column) => format!("have a {} {}", if more { "later" } else { "earlier" }, column.human),
        (None, _, None) => format!("have {} {}", if more { "higher" } else { "lower" }, column.human),
    };
    format!("{said} ({persona} against {everyone})")
}

/// "are less often premium (plan)"; of a question with yes and no, "more often have newsletter", "less often are member".
fn plain_clause(human: &str, level: &str, more: bool) -> String {
    let often = |more: bool| if more { "more often" } else { "less often" };
    match (yes_or_no(level), human.strip_prefix("is "), human.strip_prefix("has ")) {
        (Some(yes), Some(subject), _) => format!("{} are {subject}", often(more == yes)),
        (Some(yes), None, subject) => format!("{} have {}", often(more == yes), subject.unwrap_or(human)),
        (None, ..) => format!("are {} {level} ({human})", often(more)),
    }
}

/// Ratio of the medians, where the column has a true zero for it: amounts and counts, not shares, dates, years or temperatures.
fn ratio(column: &Described, found: &Trait) -> Option<f64> {
    let Reading::Scale(scale) = &column.reading else { return None };
    let NumberFormat::Number { .. } = scale.format else { return None };
    let (persona, everyone) = (found.evidence.persona, found.evidence.everyone);
    let ratio = persona / everyone;
    (scale.is_never_negative && persona > 0.0 && everyone > 0.0 && !(0.8..1.2).contains(&ratio)).then_some(ratio)
}

fn is_date(column: &Described) -> bool {
    matches!(&column.reading, Reading::Scale(scale) if scale.is_date)
}

fn pole<'a>(column: &Described<'a>, direction: Direction) -> Option<&'a Pole> {
    column.entry.map(|entry| if direction == Direction::More { &entry.high } else { &entry.low })
}

fn filled(template: &str, column: &Described) -> String {
    let since = column.human.find("since ").map_or("since the last activity", |at| &column.human[at..]);
    template.replace("{column}", &column.human).replace("{since}", since)
}

/// A level as a word of a name: letters, at most three words, so that "Customers" still fits after them; short codes ("A", "3") stand after their column's name.
fn level_word(column: &Described, level: &str) -> Option<String> {
    const NO_WORDS: [&str; 10] = ["other", "others", "unknown", "none", "n/a", "na", "missing", "(missing)", "undefined", "null"];
    let level = level.trim();
    if level.is_empty() || NO_WORDS.contains(&level.to_lowercase().as_str()) {
        return None;
    }
    let has_own_words = column.entry.is_some_and(|entry| entry.levels.adjective.is_some());
    let n_letters = level.chars().filter(|c| c.is_alphabetic()).count();
    let stands_alone = n_letters >= 3 || (has_own_words && n_letters > 0);
    let is_postcode = n_letters * 2 <= level.chars().count();
    if gives_no_name(column.name) && (!stands_alone || is_postcode) {
        return None;
    }
    let word = if stands_alone {
        titled(&level.replace('_', " "))
    } else {
        titled(&format!("{} {level}", without_neutral_words(&humanised(column.name))))
    };
    (word.split_whitespace().count() <= 3 && word.chars().count() <= 24).then_some(word)
}

fn yes_or_no(level: &str) -> Option<bool> {
    match level.trim().to_lowercase().as_str() {
        "yes" | "true" | "y" | "ja" | "oui" | "si" | "sí" => Some(true),
        "no" | "false" | "n" | "nein" | "non" => Some(false),
        _ => None,
    }
}
