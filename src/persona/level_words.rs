//! What kind of word is a level? A state or a trade, a place with an article, an amount that says nothing alone, no word at all.
//!
//! In: a level as it is shown. Out: what a phrase may make of it. English words; a level of another language is told as it is. O(letters).

/// Columns whose level stands before them: "have DSL internet service".
pub(super) const KINDS: [&str; 12] =
    ["service", "plan", "account", "card", "policy", "insurance", "contract", "package", "membership", "housing", "status", "savings"];

/// Levels that say how much of something, and mean nothing without it.
#[rustfmt::skip]
pub(super) const SAYS_HOW_MUCH: [&str; 42] = [
    "low", "high", "medium", "moderate", "middle", "upper", "lower", "free", "own", "rent", "rented", "good", "bad", "fair", "poor", "rich", "little", "quite",
    "partial", "full", "large", "small", "short", "long", "average", "excellent", "critical", "some", "right", "left", "neither", "either", "both", "freq",
    "frequent", "heavy", "light", "never", "always", "often", "rarely", "sometimes",
];

/// Whether a word of a level names people, who need not be the customers.
pub(super) fn names_people(word: &str) -> bool {
    const RELATED: [&str; 10] =
        ["parents", "parent", "mother", "father", "relative", "relatives", "family", "friend", "friends", "guarantor"];
    RELATED.contains(&word)
}

/// How people live, of a column about their home: what they do, and what those are called who do.
pub(super) fn home(column: &str, level: &str) -> Option<(&'static str, Option<&'static str>)> {
    const HOMES: [&str; 5] = ["home", "housing", "house", "residence", "ownership"];
    if !column.to_lowercase().split(' ').any(|word| HOMES.contains(&word)) {
        return None;
    }
    match level.trim().to_lowercase().as_str() {
        "rent" | "rented" | "renting" | "renter" | "tenant" | "for rent" => Some(("rent their home", Some("Renters"))),
        "own" | "owned" | "owner" | "owning" => Some(("own their home", Some("Homeowners"))),
        "mortgage" | "mortgaged" => Some(("have a mortgage on their home", None)),
        "parents" | "with parents" => Some(("live with their parents", None)),
        _ => None,
    }
}

/// What people are, and do not work as: "unemployed", "not in labor force".
pub(super) fn is_state(level: &str) -> bool {
    let small = level.to_lowercase();
    let first = small.split([' ', '-']).next().unwrap_or_default();
    ["not", "unemployed", "retired", "employed", "unskilled", "skilled", "freelance", "self"].contains(&first)
        || small.ends_with("employed")
}

/// Countries that are spoken of with an article.
pub(super) fn with_article(place: &str) -> String {
    let small = place.to_lowercase();
    let starts = ["united ", "netherlands", "philippines", "czech republic", "dominican republic", "bahamas", "maldives"];
    let has_article = starts.iter().any(|start| small.starts_with(start)) || ["usa", "us", "uk", "uae", "eu"].contains(&small.as_str());
    if has_article { format!("the {place}") } else { place.to_owned() }
}

/// Whether a level is no code and no "other".
pub(super) fn is_word(level: &str) -> bool {
    level.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !NO_WORDS.contains(&level.trim().to_lowercase().as_str())
}

/// Levels that are no answer.
pub(super) const NO_WORDS: [&str; 15] = [
    "other",
    "others",
    "unknown",
    "none",
    "n/a",
    "na",
    "missing",
    "(missing)",
    "undefined",
    "null",
    "not known",
    "not available",
    "not given",
    "unspecified",
    "none listed",
];

/// Words of time.
pub(super) const UNITS: [&str; 14] =
    ["day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes", "tage", "jahre"];

/// "TBL345", "A12": letters and at least two digits in one word.
pub(super) fn is_article_number(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    digits >= 2 && word.chars().any(char::is_alphabetic)
}

/// Whether a level ends as words for people do: "Manager", "Nurse Assistant".
pub(super) fn is_person(level: &str) -> bool {
    let last = level.rsplit(' ').next().unwrap_or(level).to_lowercase();
    ["er", "or", "ist", "ian", "tive", "ant", "ent"].iter().any(|end| last.len() > 4 && last.ends_with(end)) && !last.ends_with("ment")
}

/// Words of a title that stay small.
const SMALL_WORDS: [&str; 8] = ["of", "and", "the", "or", "in", "on", "for", "to"];

/// Whether the words may be the name of a place or a firm, which keeps its capitals.
fn is_proper(level: &str) -> bool {
    #[rustfmt::skip]
    const COMMON: [&str; 24] = [
        "card", "check", "cheque", "transfer", "payment", "order", "orders", "delivery", "account", "accounts", "cash", "scientist", "executive",
        "representative", "technician", "director", "manager", "resources", "school", "college", "degree", "worker", "assistant", "engineer",
    ];
    !level.to_lowercase().split(' ').any(|word| COMMON.contains(&word))
}

/// A level within a sentence: "Electronic check" begins small, "USA" and "McDonald" stay.
pub(super) fn lowered(level: &str) -> String {
    let mut chars = level.chars();
    let Some(first) = chars.next() else { return String::new() };
    let rest = chars.as_str();
    let word = rest.split([' ', '-']).next().unwrap_or(rest);
    if level.split(' ').count() == 2 && level.split(' ').nth(1).is_some_and(|unit| UNITS.contains(&unit)) {
        return level.to_lowercase().replace(' ', "-");
    }
    if word.is_empty() || word.chars().any(|c| c.is_uppercase() || c.is_numeric()) {
        return level.to_owned();
    }
    // "Credit Card" has capitals as a title has them.
    let is_title =
        |word: &str| word.chars().next().is_some_and(char::is_uppercase) && word.chars().skip(1).all(char::is_lowercase) && word.len() > 1;
    if level.split(' ').count() > 1 && level.split(' ').all(|word| is_title(word) || SMALL_WORDS.contains(&word)) && !is_proper(level) {
        return level.to_lowercase();
    }
    first.to_lowercase().collect::<String>() + rest
}

/// A level without what stands between its words in files: "Sales_Executive", "regular.with.aide". Initials ("M.I.") and numbers keep their dots.
pub(super) fn spoken(level: &str) -> String {
    let parts: Vec<&str> = level.split('.').collect();
    let are_words =
        parts.len() > 1 && parts.iter().all(|part| part.chars().count() > 1 && part.chars().all(|c| c.is_alphabetic() || c == '_'));
    if are_words { parts.join(" ").replace('_', " ") } else { level.replace('_', " ") }
}

/// "<=Good" as it is read aloud: "at most Good".
pub(super) fn spelled_out(level: &str) -> String {
    const SIGNS: [(&str, &str); 6] =
        [("<=", "at most"), (">=", "at least"), ("≤", "at most"), ("≥", "at least"), ("<", "below"), (">", "above")];
    let found = SIGNS.iter().find_map(|(sign, words)| Some((words, level.trim().strip_prefix(sign)?.trim())));
    match found {
        Some((words, rest)) if rest.starts_with(char::is_alphabetic) => format!("{words} {rest}"),
        _ => level.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_words_in_files_is_not_read() {
        let said = ["Sales_Executive", "regular.with.aide", "M.I.", "v1.2", "St. Louis", "small.class"].map(spoken);
        assert_eq!(said, ["Sales Executive", "regular with aide", "M.I.", "v1.2", "St. Louis", "small class"]);
    }

    #[test]
    fn signs_before_a_word_are_read_aloud() {
        let said = ["<=Good", ">=Very Good", "< HS Grad", ">5", "Good", "<"].map(spelled_out);
        assert_eq!(said, ["at most Good", "at least Very Good", "below HS Grad", ">5", "Good", "<"]);
    }
}
