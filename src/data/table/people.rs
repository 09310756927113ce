//! Do the values of a column say who people are, whatever it is called? Names of people, and words of health, belief, origin, politics or love.
//!
//! In: the texts of a column. Out: whether it holds names of people, whether it is sensitive. The words are in `assets/people_words.json`: common given
//! names, and what sensitive answers are called, in English, German, French, Spanish, Italian, Portuguese and Dutch, without accents. Names are
//! known by their shape and a given name in front; half of all rows must look so. At most a thousand texts are looked at.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::data::words::push_folded;

/// The words, each list in order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleWords {
    /// What people are called first.
    given_names: BTreeSet<String>,
    /// "van", "de la": parts of a surname that begin small.
    particles: BTreeSet<String>,
    /// "Dr.", "Frau".
    titles: BTreeSet<String>,
    /// One level like these makes a column sensitive.
    sensitive: BTreeSet<String>,
    /// These mean other things too ("conservative" investors, "Asian" food), so there must be two levels.
    sensitive_together: BTreeSet<String>,
}

static WORDS: LazyLock<PeopleWords> = LazyLock::new(|| {
    let known = serde_json::from_str(include_str!("../../../assets/people_words.json"));
    // A test reads the file, so this cannot fail in a build that passed.
    known.unwrap_or_else(|error| unreachable!("people_words.json: {error}"))
});

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// "Anna Example", "Example, Anna", "Dr. Bo van Dyck".
    FullName,
    /// "Anna".
    GivenName,
    /// Like anything else.
    Other,
}

/// Whether `texts` are mostly names of people.
pub(super) fn are_names<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut n, mut full, mut given) = (0usize, 0usize, 0usize);
    for text in texts {
        n += 1;
        match looks(text) {
            Looks::FullName => full += 1,
            Looks::GivenName => given += 1,
            Looks::Other => {}
        }
    }
    // A given name alone may be a town or a brand.
    n > 0 && (full * 2 >= n || (full + given) * 5 >= n * 4)
}

fn looks(text: &str) -> Looks {
    let text = text.trim();
    let (surname_first, words): (bool, Vec<&str>) = match text.split_once(',') {
        Some((surname, given)) => (true, given.split_whitespace().chain(surname.split_whitespace()).collect()),
        None => (false, text.split_whitespace().collect()),
    };
    let is_title = |word: &&str| WORDS.titles.contains(folded(word).trim_end_matches('.'));
    let words: Vec<&str> = words.into_iter().skip_while(is_title).collect();
    let is_given = |word: &&&str| word.split('-').next().is_some_and(|part| WORDS.given_names.contains(&folded(part)));
    if words.is_empty() || words.len() > 5 || words.first().filter(is_given).is_none() {
        return Looks::Other;
    }
    let is_name = |word: &&str| {
        let is_letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'));
        is_letters && (word.chars().next().is_some_and(char::is_uppercase) || WORDS.particles.contains(&folded(word)))
    };
    // Written in small letters throughout, as some systems do, a name is one too.
    let is_small = |word: &&str| word.chars().all(|c| c.is_lowercase() || c == '-');
    match (words.iter().all(is_name) || words.len() == 2 && words.iter().all(is_small), words.len()) {
        (true, 1) if !surname_first => Looks::GivenName,
        (true, 2..) => Looks::FullName,
        _ => Looks::Other,
    }
}

/// Whether levels speak of what only the customer should tell.
pub(super) fn are_sensitive(levels: &[String]) -> bool {
    let found: Vec<bool> = levels.iter().filter_map(|level| is_sensitive(level)).collect();
    let is_sure = found.iter().any(|is_sure| *is_sure) || found.len() > 1;
    // One odd word among many levels says nothing of the column.
    is_sure && (found.len() * 5 >= levels.len() || found.len() > 2)
}

/// Whether a level has a sensitive word: `Some(true)` where it alone is enough.
fn is_sensitive(level: &str) -> Option<bool> {
    let words: Vec<String> = folded(level).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    let holds = |list: &BTreeSet<String>| words.iter().any(|word| list.contains(word));
    match () {
        () if words.len() > 6 => None,
        () if holds(&WORDS.sensitive) => Some(true),
        () if holds(&WORDS.sensitive_together) => Some(false),
        () => None,
    }
}

fn folded(text: &str) -> String {
    let mut folded = String::new();
    text.chars().for_each(|letter| push_folded(&mut folded, letter));
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_by_their_looks() {
        for text in
            ["Anna Example", "Example, Anna", "Dr. Jürgen von der Tann", "Frau Müller-Lüdenscheidt, Anna-Lena", "José García", "jan jansen"]
        {
            assert_eq!(looks(text), Looks::FullName, "{text}");
        }
        assert_eq!(looks("Chloé"), Looks::GivenName);
        for text in
            ["Works A", "San Jose", "Fiber optic", "Anna 12", "Electronic check", "", "Marie Curie Street 12, Paris", "Max speed 30 km/h"]
        {
            assert_eq!(looks(text), Looks::Other, "{text}");
        }
        assert!(are_names(["Bo Sample", "Anna Example", "x"].into_iter()));
        assert!(!are_names(["Victoria", "Paris", "London"].into_iter()), "towns");
        assert!(!are_names(std::iter::empty()));
    }

    #[test]
    fn sensitive_answers_are_known_in_every_language() {
        let tells = |names: &[&str]| are_sensitive(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        for levels in [
            &["none", "diabetes", "HIV"][..],
            &["röm.-katholisch", "evangelisch", "ohne"],
            &["catholique", "autre"],
            &["musulmán", "católico"],
            &["ja, schwerbehindert", "nein"],
            &["in gravidanza: incinta", "no"],
            &["zwanger", "nee"],
            &["homossexual", "heterosexual"],
            &["Asian", "Hispanic", "White", "Black"],
            &["Democrat", "Republican"],
            &["Gewerkschaftsmitglied", "kein Mitglied"],
        ] {
            assert!(tells(levels), "{levels:?}");
        }
        for levels in [
            &["ok", "calls often"][..],
            &["conservative", "balanced", "aggressive"],
            &["Asian food", "Pizza", "Burger"],
            &["red", "black", "white"],
            &["Month-to-month", "Two year"],
            &["Roma", "Milano"],
        ] {
            assert!(!tells(levels), "{levels:?}");
        }
    }

    #[test]
    fn every_word_is_folded_and_in_one_list() {
        let words = &*WORDS;
        assert!(words.given_names.len() > 600 && words.sensitive.len() > 80);
        for list in [&words.given_names, &words.particles, &words.titles, &words.sensitive, &words.sensitive_together] {
            list.iter().for_each(|word| assert_eq!(*word, folded(word).trim()));
        }
        assert!(words.sensitive.is_disjoint(&words.sensitive_together));
    }
}
