//! What is a column for? Guessed from the words in its name, then from its values.
//!
//! In: name, values and counts of one column. Out: a role and the reason in one sentence. The words are in `assets/column_words.json`. O(words) per
//! name, and at most a thousand values are looked at.

use crate::base::text::are_years;
use crate::data::column_words::{RoleWords, column_words};
use crate::data::words::{matches_word, push_folded, tokens};

use super::codes::{self, Code, Judged};
use super::people;
use super::profile::{ColumnProfile, Levels};
use super::role::Role;
use super::{Column, Values};

/// With fewer rows all values may be different by chance.
const FEWEST_IDS: usize = 10;

/// Guesses the role of a column from its name and its profile (whose role is not read).
pub(super) fn guess(column: &Column, profile: &ColumnProfile, n_rows: usize) -> (Role, String) {
    let words = &column_words().roles;
    let tokens = tokens(&column.name);
    let present = n_rows - profile.n_missing;
    let unique = present > 1 && profile.n_distinct == present;
    let is_text = matches!(column.values, Values::Text(_));
    let whole = profile.numeric.as_ref().is_none_or(|numeric| numeric.whole) && !matches!(column.values, Values::Date(_));
    let has = |words: &[&'static str]| words.iter().copied().find(|word| tokens.iter().any(|token| matches_word(token, word)));
    if present == 0 {
        return (Role::Ignored, "It holds no values.".into());
    }
    if profile.n_distinct == 1 {
        return (Role::Ignored, "Every row has the same value.".into());
    }
    if is_rfm_score(&column.name) {
        return (Role::Outcome, "It is made from recency, frequency and monetary value; as an input it would count them twice.".into());
    }
    if whole && let Some(word) = has(&words.identifier) {
        return (Role::Identifier, format!("Its name says \"{word}\"."));
    }
    if (whole && unique)
        && let (Some(number), Some(of)) = (has(&words.number), has(&words.of_whom))
    {
        return (Role::Identifier, format!("Its name says \"{of} {number}\" and every value is different."));
    }
    if let Some(numeric) = &profile.numeric
        && whole
        && let Some(word) = codes::identity(&column.name)
        && codes::looks_given_out(numeric, profile.n_distinct, present)
    {
        return (Role::Identifier, format!("Its name says \"{word}\", and its numbers were given out, not measured."));
    }
    // "employee" alone, without "number": whose values are all different.
    if (whole && unique && present >= FEWEST_IDS)
        && profile
            .numeric
            .as_ref()
            .is_none_or(|numeric| codes::looks_given_out(numeric, profile.n_distinct, present) || counts_rows(column))
        && let [only] = &tokens[..]
        && let Some(word) = words.of_whom.iter().chain(&words.near_a_person).find(|word| only == *word)
    {
        return (Role::Identifier, format!("Its name says \"{word}\" and every value is different."));
    }
    if let Some(found) = code(column, profile, present) {
        return found;
    }
    if whole && unique && present >= 20 && is_unnamed(&column.name) {
        return (Role::Identifier, "It has no name and every value is different, as row names are.".into());
    }
    if is_text && let Some(reason) = contact(column, n_rows) {
        return (Role::Identifier, reason);
    }
    if is_text && has(&words.not_person).is_none() && people::are_names(some_texts(column, n_rows)) {
        return (Role::Identifier, "It holds names of people.".into());
    }
    // The names of people tell who they are, however often one occurs.
    if is_text && let Some(word) = has(&words.given) {
        return (Role::Identifier, format!("Its name says \"{word}\"."));
    }
    if is_year_of_the_row(profile, &tokens) {
        return (Role::Ignored, "It says when a row was written, and nothing of whom it is about.".into());
    }
    if let Some(word) = has(&words.sampling) {
        return (Role::Ignored, format!("Its name says \"{word}\": how people were drawn for a survey says nothing of them."));
    }
    if is_text && profile.n_distinct * 2 > present && has(&words.person).is_some() && has(&words.not_person).is_none() {
        return (Role::Identifier, "It seems to hold names or addresses of people.".into());
    }
    let gendered = has(&words.gendered).filter(|_| speaks_of_people(words, &tokens, profile));
    let answered = words.origin_answers.iter().copied().find(|word| is_yes_or_no_column(profile) && says_only(&tokens, word));
    if let Some(word) = has(&words.sensitive).or(gendered).or(answered) {
        return (Role::Sensitive, format!("Its name says \"{word}\"."));
    }
    if profile.levels.as_deref().is_some_and(|levels| people::are_sensitive(&levels.names)) {
        return (Role::Sensitive, "Some of its values speak of health, belief, origin, politics or love.".into());
    }
    // A market segment or a cabin class is a kind of thing, and no answer that somebody found.
    let says_class = |levels: &Levels| levels.names.iter().any(|name| says_a_class(name));
    let is_of_things = |word: &str| {
        let is_kind = ["segment", "class", "label", "target"].contains(&word) && has(&words.kinds_of_things).is_some();
        is_kind || (word == "class" && profile.levels.as_deref().is_some_and(says_class))
    };
    if let Some(word) = has(&words.outcome).filter(|word| !is_of_things(word)) {
        return (Role::Outcome, format!("Its name says \"{word}\"."));
    }
    if profile.n_distinct == 2 && matches!(&tokens[..], [only] if only == "risk") {
        return (Role::Outcome, "Its name says \"risk\", and it has two values.".into());
    }
    if profile.levels.as_deref().is_some_and(|levels| are_good_and_bad(&levels.names)) {
        return (Role::Outcome, "Its values are good and bad.".into());
    }
    if let Some(level) = profile.levels.as_deref().and_then(|levels| levels.names.iter().find(|level| says_who_left(level))) {
        return (Role::Outcome, format!("Its value \"{level}\" says what became of them."));
    }
    if is_text && let Some(reason) = thing(column, profile, n_rows, &tokens) {
        return (Role::Ignored, reason);
    }
    if is_text && is_free_text(column, profile, present, n_rows) {
        return (Role::Ignored, "It is free text.".into());
    }
    if is_text && unique && present >= 20 {
        return (Role::Identifier, "Every value is different.".into());
    }
    if whole && unique && present >= 20 && counts_rows(column) {
        return (Role::Identifier, "It only numbers the rows.".into());
    }
    for (role, words) in
        [(Role::Psychographic, &words.psychographic), (Role::Demographic, &words.demographic), (Role::Behavioural, &words.behavioural)]
    {
        if let Some(word) = has(words) {
            return (role, format!("Its name says \"{word}\"."));
        }
    }
    (Role::Behavioural, UNKNOWN.into())
}

/// Whether it is the year of a survey or a report: a name that says nothing but year. A year of birth or of joining is a customer's own.
fn is_year_of_the_row(profile: &ColumnProfile, tokens: &[String]) -> bool {
    const YEAR: [&str; 10] = ["year", "yr", "survey", "wave", "report", "fiscal", "jahr", "annee", "ano", "anno"];
    let is_years = profile.numeric.as_ref().is_some_and(|numeric| numeric.whole && are_years(numeric.min, numeric.max));
    is_years && tokens.iter().filter(|word| !word.contains(' ')).all(|word| YEAR.contains(&word.as_str()))
}

/// "1st class", "Economy": a class that people travel or live in, which nobody found.
fn says_a_class(level: &str) -> bool {
    const CLASSES: [&str; 8] = ["class", "economy", "business", "first", "coach", "1st", "2nd", "middle"];
    level.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| CLASSES.contains(&word))
}

/// The reason where neither name nor values say what a column is for.
const UNKNOWN: &str = "Our default guess: nothing in its name says otherwise.";

/// Whether a word such as "female" speaks of the customer and not of goods made for somebody: "female" does, "womens_shoes" and "spend_women" do not.
fn speaks_of_people(words: &RoleWords, tokens: &[String], profile: &ColumnProfile) -> bool {
    let holds = |list: &[&str]| list.iter().any(|word| tokens.iter().any(|token| matches_word(token, word)));
    let is_measured = profile.n_distinct > 2 && profile.numeric.is_some() && holds(&words.behavioural);
    !is_measured && !holds(&words.not_gendered)
}

/// Texts that say something of a thing and nothing of a person: the code of an article, what became of an order.
fn thing(column: &Column, profile: &ColumnProfile, n_rows: usize, tokens: &[String]) -> Option<String> {
    let words = &column_words().roles;
    if let Some(word) = codes::identity(&column.name) {
        let with_digits = |text: &str| text.bytes().any(|letter| letter.is_ascii_digit());
        let count = |(n, with): (usize, usize), text| (n + 1, with + usize::from(with_digits(text)));
        let (n, digits) = some_texts(column, n_rows).fold((0, 0), count);
        if profile.n_distinct > 2 && digits * 10 >= n * 9 {
            return Some(format!("Its name says \"{word}\": its codes name things one by one."));
        }
    }
    let says = |list: &[&'static str]| list.iter().copied().find(|word| tokens.iter().any(|token| token == word));
    if let Some(word) = says(&GOODS) {
        let is_code = |text: &str| !text.trim().contains(' ') && text.bytes().filter(u8::is_ascii_digit).count() > 1;
        let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
        let count = |(n, codes): (usize, usize), text: &str| (n + 1, codes + usize::from(is_code(text) && has_letters(text)));
        let (n, codes) = some_texts(column, n_rows).fold((0, 0), count);
        if profile.n_distinct > 2 && codes * 10 >= n * 9 {
            return Some(format!("Its name says \"{word}\", and its values are codes of things."));
        }
    }
    let status = says(&words.status)?;
    if let Some(of) = says(&words.order_of) {
        return Some(format!("Its name says \"{of} {status}\": what became of an order says nothing of the customer."));
    }
    let levels = &profile.levels.as_ref()?.names;
    let folded = |level: &String| {
        let mut text = String::new();
        level.trim().chars().for_each(|letter| push_folded(&mut text, letter));
        text
    };
    let are_states = levels.len() > 1 && levels.iter().all(|level| words.order_states.contains(&folded(level).as_str()));
    are_states.then(|| "It says what became of orders, which says nothing of the customer.".to_owned())
}

/// What is sold, and often told by a code alone: "TBL345".
#[rustfmt::skip]
const GOODS: [&str; 16] = [
    "product", "products", "item", "article", "model", "part", "produkt", "artikel", "modell", "produit", "modele", "producto", "articulo", "modelo", "prodotto",
    "modello",
];

/// Whether a column of yes and no, of which nothing is known, stands beside a word of people: the user is asked what it is.
pub(crate) fn may_be_personal(column: &ColumnProfile) -> bool {
    if column.guess_reason != UNKNOWN || !is_yes_or_no_column(column) {
        return false;
    }
    let tokens = tokens(&column.name);
    column_words().roles.near_a_person.iter().any(|word| tokens.iter().any(|token| token == word))
}

/// Whether a value says that somebody left: "Churned" of a status that also has "Stayed" and "Joined".
pub(crate) fn says_who_left(level: &str) -> bool {
    #[rustfmt::skip]
    const LEFT: [&str; 11] = [
        "churned", "attrited", "attrited customer", "churner", "churned customer", "exited", "abgewandert", "gekuendigt", "resilie", "charged off", "defaulted",
    ];
    let mut text = String::new();
    level.trim().chars().for_each(|letter| push_folded(&mut text, letter));
    LEFT.contains(&text.as_str())
}

/// Whether a column says good or bad, and nothing else: what became of a loan.
fn are_good_and_bad(levels: &[String]) -> bool {
    let small: Vec<String> = levels.iter().map(|level| level.trim().to_lowercase()).collect();
    small.len() == 2 && small.iter().any(|level| level == "good") && small.iter().any(|level| level == "bad")
}

/// Whether a column holds the answers to a question, as 0 and 1 or as words.
fn is_yes_or_no_column(column: &ColumnProfile) -> bool {
    let is_zero_one = column.n_distinct == 2 && column.numeric.as_ref().is_some_and(|numeric| numeric.min == 0.0 && numeric.max == 1.0);
    let are_words =
        || column.levels.as_ref().is_some_and(|levels| levels.names.len() == 2 && levels.names.iter().all(|name| is_yes_or_no(name)));
    is_zero_one || are_words()
}

/// Whether a name is this word and what only says that it is a question: "black", "is_black".
fn says_only(tokens: &[String], word: &str) -> bool {
    let gendered = &column_words().roles.gendered;
    // "blackfemale" is both in one word.
    let is_it = |token: &str| token == word || token.strip_prefix(word).is_some_and(|rest| gendered.contains(&rest));
    let says_little = |token: &str| matches!(token, "is" | "was" | "us" | "flag" | "yn" | "ind" | "dummy") || is_it(token);
    // Behind the words come every two neighbours together.
    tokens.iter().any(|token| is_it(token)) && tokens.iter().filter(|token| !token.contains(' ')).all(|token| says_little(token))
}

fn is_yes_or_no(level: &str) -> bool {
    const WORDS: [&str; 14] = ["yes", "no", "y", "n", "true", "false", "ja", "nein", "oui", "non", "si", "sim", "nao", "t"];
    let mut text = String::new();
    level.trim().chars().for_each(|letter| push_folded(&mut text, letter));
    WORDS.contains(&text.as_str()) || text == "f"
}

/// Numbers that measure nothing, and postcodes of many values. A few codes became levels before, and are asked here as text.
fn code(column: &Column, profile: &ColumnProfile, present: usize) -> Option<(Role, String)> {
    let n_distinct = profile.n_distinct;
    let (code, word) = match (&column.values, &profile.numeric) {
        (Values::Number(_), Some(numeric)) => match codes::judge(&column.name, numeric, n_distinct, present) {
            Judged::NoMeasure(code, word) => (code, word),
            Judged::Measure | Judged::Levels(_) => return None,
        },
        (Values::Text(_), _) => {
            let (code, word) = codes::named(&column.name)?;
            let many = n_distinct > 50 || (n_distinct > 5 && n_distinct * 2 > present);
            if !many || !matches!(code, Code::Postcode | Code::Coordinate) {
                return None;
            }
            (code, word)
        }
        _ => return None,
    };
    let different = crate::base::text::count(n_distinct);
    Some(match code {
        Code::Postcode => (Role::Ignored, format!("Its name says \"{word}\": {different} different postcodes are places and no measure.")),
        Code::Coordinate => (Role::Ignored, format!("Its name says \"{word}\": a place on the map is no measure.")),
        Code::Phone => (Role::Identifier, format!("Its name says \"{word}\": telephone numbers are no measure.")),
        Code::Category | Code::Level | Code::Nameless => {
            (Role::Ignored, format!("Its name says \"{word}\": {different} different codes are no measure, and too many to be groups."))
        }
    })
}

/// Whether the file gave no name, so that the reader called it "column 3".
fn is_unnamed(name: &str) -> bool {
    name.strip_prefix("column ").is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// What RFM scoring adds to a customer table. Described on cards like an outcome: it is told, but it neither enters nor names.
const RFM_SCORES: [&str; 4] = ["r_score", "f_score", "m_score", "rfm_segment"];

/// The column that a score of RFM is made of.
pub(crate) fn rfm_base(name: &str) -> Option<&'static str> {
    const BASES: [(&str, &str); 3] = [("r_score", "recency_days"), ("f_score", "frequency"), ("m_score", "monetary")];
    BASES.iter().find(|(score, _)| *score == name).map(|(_, base)| *base)
}

/// Whether RFM scoring made the column called `name`.
pub(crate) fn is_rfm_score(name: &str) -> bool {
    RFM_SCORES.contains(&name)
}

fn some_texts(column: &Column, n_rows: usize) -> impl Iterator<Item = &str> {
    let step = (n_rows / 1_000).max(1);
    (0..n_rows).step_by(step).filter_map(|row| column.text(row))
}

/// E-mail addresses and telephone numbers.
fn contact(column: &Column, n_rows: usize) -> Option<String> {
    let is_mail =
        |text: &str| text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(' '));
    let is_phone = |text: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let known = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'(' | b')' | b'/' | b'.'));
        known && (8..=15).contains(&digits) && (text.starts_with(['+', '(']) || text.starts_with('0'))
    };
    let (mut seen, mut mails, mut phones) = (0usize, 0usize, 0usize);
    for text in some_texts(column, n_rows) {
        seen += 1;
        mails += usize::from(is_mail(text));
        phones += usize::from(is_phone(text));
    }
    if seen > 0 && mails * 10 >= seen * 9 {
        Some("It holds e-mail addresses.".into())
    } else if seen > 0 && phones * 10 >= seen * 9 {
        Some("It holds telephone numbers.".into())
    } else {
        None
    }
}

/// Many different and long texts.
fn is_free_text(column: &Column, profile: &ColumnProfile, present: usize, n_rows: usize) -> bool {
    let many = profile.n_distinct > 50 && profile.n_distinct * 20 > present;
    let (mut letters, mut seen) = (0usize, 0usize);
    for text in some_texts(column, n_rows) {
        letters += text.chars().count();
        seen += 1;
    }
    many && letters >= seen * 20
}

/// 0, 1, 2 ... or 1, 2, 3 ..., or any start, without a gap.
fn counts_rows(column: &Column) -> bool {
    match &column.values {
        Values::Number(values) => values.windows(2).all(|pair| pair[1] - pair[0] == 1.0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(tokens("avgBasket_EUR"), ["avg", "basket", "eur", "avg basket", "basket eur"]);
        assert!(tokens("Straße").contains(&"strasse".to_owned()));
        assert!(matches_word("jahreseinkommen", "einkommen"));
        assert!(!matches_word("average", "age"));
    }
}
