//! How is a question with yes and no said of those who answered it? "stream movies", "do not stream movies", "are senior citizens".
//!
//! In: the column's name in words, and the answer. Out: a verb phrase that follows "87 %", and what a name may say. O(words).

use super::text::{capitalised, is_plural, plural, titled};

/// Whether a level is a yes or a no.
pub fn yes_or_no(level: &str) -> Option<bool> {
    match level.trim().to_lowercase().as_str() {
        "yes" | "true" | "y" | "ja" | "oui" | "si" | "sí" | "sim" => Some(true),
        "no" | "false" | "n" | "nein" | "non" | "não" | "nao" => Some(false),
        _ => None,
    }
}

/// Whether a level is the yes or the no of a question. Single letters are that only where there is no third: of four parties N need not be no.
pub fn answer(level: &str, levels: &[String]) -> Option<bool> {
    let is_letter = level.trim().chars().count() == 1;
    yes_or_no(level).filter(|_| !is_letter || levels.len() <= 2)
}

/// What a yes says of somebody.
enum Says {
    /// They are this: a noun in the plural, or an adjective.
    Are { what: String, is_noun: bool },
    /// They have done this.
    Done(String),
    /// They do this, and "do not" where it is a no.
    Do(String),
    /// Two phrases that no rule makes.
    Fixed(&'static str, &'static str),
    /// They have this.
    Have { what: String, is_counted: bool },
    /// One word of which nobody knows what it asks: a column "child" may say who has one and who is one.
    Marked(String),
}

/// A word of a name that a yes or a no allows.
pub enum NameWord {
    /// "Active".
    Adjective(String),
    /// "Senior Citizens".
    Noun(String),
    /// "with Streaming TV", after the noun.
    Behind(String),
}

/// "have streaming movies", "are not senior citizens", after "87 %".
pub fn verb(human: &str, yes: bool) -> String {
    match (says(human), yes) {
        (Says::Are { what, .. }, true) => format!("are {what}"),
        (Says::Are { what, .. }, false) => format!("are not {what}"),
        (Says::Done(what), true) => format!("have {what}"),
        (Says::Done(what), false) => format!("have not {what}"),
        (Says::Do(what), true) => what,
        (Says::Do(what), false) => format!("do not {what}"),
        (Says::Fixed(yes, _), true) => yes.to_owned(),
        (Says::Fixed(_, no), false) => no.to_owned(),
        (Says::Have { what, is_counted: true }, true) => format!("have a {what}"),
        (Says::Have { what, .. }, true) => format!("have {what}"),
        (Says::Have { what, .. }, false) => format!("have no {what}"),
        (Says::Marked(what), yes) => format!("are marked {} for {what}", if yes { "yes" } else { "no" }),
    }
}

/// What those are called who gave this answer: "Senior citizens", "Without a partner", "Do not stream movies".
pub fn group(human: &str, yes: bool) -> String {
    let small = match (says(human), yes) {
        (Says::Are { what, .. } | Says::Done(what), true) => what,
        (Says::Are { what, .. } | Says::Done(what), false) => format!("not {what}"),
        (Says::Have { what, is_counted }, yes) => {
            let with = if yes { "with" } else { "without" };
            format!("{with} {}{what}", if is_counted { "a " } else { "" })
        }
        (Says::Do(_) | Says::Fixed(..), _) => verb(human, yes),
        (Says::Marked(what), yes) => format!("marked {} for {what}", if yes { "yes" } else { "no" }),
    };
    capitalised(&small)
}

/// What a name may say of it; none where a no has no word.
pub fn name_word(human: &str, yes: bool) -> Option<NameWord> {
    match says(human) {
        Says::Are { what, is_noun: true } => yes.then(|| NameWord::Noun(titled(&what))),
        Says::Are { what, is_noun: false } | Says::Done(what) => yes.then(|| NameWord::Adjective(titled(&what))),
        Says::Do(_) | Says::Have { .. } => {
            let what = titled(subject(human));
            Some(NameWord::Behind(format!("{} {what}", if yes { "with" } else { "without" })))
        }
        Says::Fixed(..) | Says::Marked(_) => None,
    }
}

/// The name without what only says that it is a question.
fn subject(human: &str) -> &str {
    let mut text = human;
    for start in ["is ", "has ", "have ", "was ", "did "] {
        text = text.strip_prefix(start).unwrap_or(text);
    }
    for end in [" flag", " yn", " ind", " indicator", " y n", " yes no"] {
        text = text.strip_suffix(end).unwrap_or(text);
    }
    text
}

fn says(human: &str) -> Says {
    let what = subject(human);
    // Abbreviations are in capitals.
    let small = what.to_lowercase();
    if let Some((_, yes, no)) = FIXED.iter().find(|(word, ..)| *word == small) {
        return Says::Fixed(yes, no);
    }
    let last = small.rsplit(' ').next().unwrap_or(&small);
    if PEOPLE.contains(&last) {
        return Says::Are { what: plural(what), is_noun: true };
    }
    if ["is ", "was "].iter().any(|start| human.starts_with(start)) || ADJECTIVES.contains(&small.as_str()) {
        return Says::Are { what: what.to_owned(), is_noun: false };
    }
    if let Some((verb, rest)) = DOING.iter().find_map(|(word, verb)| Some((*verb, what.strip_prefix(word)?))) {
        return Says::Do(format!("{verb}{rest}"));
    }
    if DONE.contains(&small.as_str()) {
        return Says::Done(what.to_owned());
    }
    // "phone service" and "has child" are had; a single word is only where it is known to be, or has the ending of such a word.
    let is_had = what != human || small.contains(' ') || is_plural(&small) || HAD_ENDS.iter().any(|end| small.ends_with(end));
    let is_known = HAD.contains(&small.as_str()) || (COUNTED.contains(&last) && !AMBIGUOUS.contains(&small.as_str()));
    if !is_had && !is_known {
        return Says::Marked(what.to_owned());
    }
    Says::Have { what: what.to_owned(), is_counted: COUNTED.contains(&last) }
}

/// Questions about the business that are said by a verb of their own.
const FIXED: &[(&str, &str, &str)] = &[
    ("churn", "have churned", "have not churned"),
    ("attrition", "have left", "have stayed"),
    ("response", "have responded", "have not responded"),
    ("conversion", "have converted", "have not converted"),
    ("default", "have defaulted", "have not defaulted"),
    ("over time", "work overtime", "do not work overtime"),
    ("overtime", "work overtime", "do not work overtime"),
    ("single", "are single", "are not single"),
    ("union", "belong to a union", "belong to no union"),
    ("minority", "belong to a minority", "belong to no minority"),
];
#[rustfmt::skip]
const PEOPLE: &[&str] = &[
    "citizen", "member", "owner", "homeowner", "user", "subscriber", "holder", "cardholder", "smoker", "buyer", "customer", "student", "parent", "retiree",
    "veteran", "manager", "employee", "tenant", "renter", "driver", "resident", "donor", "volunteer", "senior", "shopper", "visitor", "freelancer",
    "athlete", "worker", "applicant", "graduate", "freshman", "mother", "father", "voter", "farmer", "teacher", "nurse", "player", "guest", "borrower", "investor",
    "commuter", "drinker", "gambler", "traveler", "traveller", "pensioner", "pupil", "patient", "founder", "adult", "teenager", "expert", "guardian", "carer",
    "entrepreneur", "lodger", "widow", "widower", "orphan", "twin", "alum",
];
#[rustfmt::skip]
const ADJECTIVES: &[&str] = &[
    "active", "inactive", "female", "male", "married", "divorced", "widowed", "retired", "employed", "unemployed", "insured", "loyal", "urban", "rural",
    "premium", "vip", "foreign", "disabled", "pregnant", "vaccinated", "white", "black", "asian", "hispanic", "latino", "latina", "nonwhite", "indigenous",
    "blind", "deaf", "catholic", "protestant", "christian", "muslim", "jewish", "hindu", "buddhist", "religious", "poor", "rich", "healthy", "literate",
    "self employed", "native", "immigrant",
];
const DOING: &[(&str, &str)] = &[("streaming", "stream"), ("smoking", "smoke"), ("gaming", "game"), ("commuting", "commute")];
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "partner", "car", "child", "pet", "mortgage", "loan", "card", "account", "computer", "subscription", "membership", "phone", "house", "garden",
    "newsletter", "coupon", "contract", "plan", "complaint",
];
/// What somebody has done. Other words in -ed may be anything: "nodaded" is no daddy's education.
#[rustfmt::skip]
const DONE: &[&str] = &[
    "accepted", "activated", "agreed", "applied", "attended", "booked", "bought", "called", "cancelled", "canceled", "checked", "claimed", "clicked", "closed",
    "commented", "completed", "complained", "confirmed", "contacted", "contributed", "converted", "deactivated", "declined", "downloaded", "donated", "earned",
    "enrolled", "exited", "expired", "failed", "finished", "graduated", "installed", "invested", "joined", "left", "liked", "logged in", "migrated", "moved",
    "opened", "opted in", "opted out", "ordered", "participated", "passed", "paused", "posted", "purchased", "recommended", "redeemed", "referred", "refunded",
    "registered", "rejected", "renewed", "replied", "reported", "requested", "resigned", "responded", "returned", "reviewed", "shared", "signed up", "started",
    "stopped", "subscribed", "survived", "switched", "travelled", "traveled", "unsubscribed", "upgraded", "used", "verified", "viewed", "visited", "voted", "worked",
];
/// Who has one, or who is one.
const AMBIGUOUS: &[&str] = &["child"];
const HAD_ENDS: [&str; 6] = ["ance", "ence", "ing", "tion", "ship", "ment"];
#[rustfmt::skip]
const HAD: &[&str] = &[
    "service", "support", "backup", "security", "cover", "warranty", "debt", "credit", "overdraft", "deposit", "pension", "tv", "internet", "broadband", "fibre",
    "fiber", "email", "e-mail", "app", "mobile", "smartphone", "landline", "laptop", "tablet", "pc", "wifi", "modem", "router", "bike", "bicycle", "motorbike",
    "scooter", "boat", "balcony", "terrace", "garage", "pool", "lift", "elevator", "fireplace", "basement", "parking", "dog", "cat", "horse", "dependent", "degree",
    "diploma", "job", "voucher", "discount", "reward", "bonus", "trial", "ticket", "refund", "tenancy", "property", "airbag", "cdrom", "website", "blog", "licence",
    "license", "visa", "passport", "permit", "policy", "voicemail", "roaming", "netflix", "prime", "box", "package", "spouse", "wife", "husband", "boyfriend", "girlfriend",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_read_well() {
        for (human, yes, no) in [
            ("streaming movies", "stream movies", "do not stream movies"),
            ("senior citizen", "are senior citizens", "are not senior citizens"),
            ("owner", "are owners", "are not owners"),
            ("athlete", "are athletes", "are not athletes"),
            ("is active", "are active", "are not active"),
            ("has partner", "have a partner", "have no partner"),
            ("phone service", "have phone service", "have no phone service"),
            ("subscribed", "have subscribed", "have not subscribed"),
            ("survived", "have survived", "have not survived"),
            ("nodaded", "are marked yes for nodaded", "are marked no for nodaded"),
            ("churn", "have churned", "have not churned"),
            ("white", "are white", "are not white"),
            ("union", "belong to a union", "belong to no union"),
            ("child", "are marked yes for child", "are marked no for child"),
            ("has child", "have a child", "have no child"),
            ("physlim", "are marked yes for physlim", "are marked no for physlim"),
            ("insurance", "have insurance", "have no insurance"),
            ("mortgage", "have a mortgage", "have no mortgage"),
        ] {
            assert_eq!((verb(human, true).as_str(), verb(human, false).as_str()), (yes, no));
        }
        for (human, yes, no) in [
            ("partner", "With a partner", "Without a partner"),
            ("senior citizen", "Senior citizens", "Not senior citizens"),
            ("dependents", "With dependents", "Without dependents"),
            ("white", "White", "Not white"),
            ("streaming movies", "Stream movies", "Do not stream movies"),
        ] {
            assert_eq!((group(human, true).as_str(), group(human, false).as_str()), (yes, no));
        }
        let word = |human: &str, yes: bool| match name_word(human, yes) {
            Some(NameWord::Adjective(word) | NameWord::Noun(word) | NameWord::Behind(word)) => word,
            None => String::new(),
        };
        assert_eq!((word("streaming tv", false), word("senior citizen", true)), ("without Streaming TV".into(), "Senior Citizens".into()));
        assert_eq!((word("senior citizen", false), word("is active", true)), (String::new(), "Active".into()));
    }
}
