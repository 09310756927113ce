//! What is a column for? Guessed from the words in its name, then from its values.
//!
//! In: name, values and counts of one column. Out: a role and the reason in one sentence. English, German, French and Spanish words. O(1) per name,
//! and at most a thousand values are looked at.

use crate::data::words::{matches_word, tokens};

use super::codes::{self, Code, Judged};
use super::profile::ColumnProfile;
use super::role::Role;
use super::{Column, Values};

/// Guesses the role of a column from its name and its profile (whose role is not read).
pub(super) fn guess(column: &Column, profile: &ColumnProfile, n_rows: usize) -> (Role, String) {
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
    if RFM_SCORES.contains(&column.name.as_str()) {
        return (Role::Outcome, "It is made from recency, frequency and monetary value; as an input it would count them twice.".into());
    }
    if whole && let Some(word) = has(IDENTIFIER) {
        return (Role::Identifier, format!("Its name says \"{word}\"."));
    }
    if (whole && unique)
        && let (Some(number), Some(of)) = (has(NUMBER), has(OF_WHOM))
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
    if let Some(found) = code(column, profile, present) {
        return found;
    }
    if whole && unique && present >= 20 && is_unnamed(&column.name) {
        return (Role::Identifier, "It has no name and every value is different, as row names are.".into());
    }
    if is_text && let Some(reason) = contact(column, n_rows) {
        return (Role::Identifier, reason);
    }
    if is_text && profile.n_distinct * 2 > present && has(PERSON).is_some() && has(NOT_PERSON).is_none() {
        return (Role::Identifier, "It seems to hold names or addresses of people.".into());
    }
    for (role, words) in [(Role::Sensitive, SENSITIVE), (Role::Outcome, OUTCOME)] {
        if let Some(word) = has(words) {
            return (role, format!("Its name says \"{word}\"."));
        }
    }
    if is_text && is_free_text(column, profile, present, n_rows) {
        return (Role::Ignored, "It is free text.".into());
    }
    if is_text && unique && present >= 20 {
        return (Role::Identifier, "Every value is different.".into());
    }
    if whole && unique && present >= 20 && counts_rows(column) {
        return (Role::Identifier, "It counts the rows.".into());
    }
    for (role, words) in [(Role::Psychographic, PSYCHOGRAPHIC), (Role::Demographic, DEMOGRAPHIC), (Role::Behavioural, BEHAVIOURAL)] {
        if let Some(word) = has(words) {
            return (role, format!("Its name says \"{word}\"."));
        }
    }
    (Role::Behavioural, "Nothing in its name says otherwise.".into())
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

const IDENTIFIER: &[&str] = &[
    "id",
    "ids",
    "uuid",
    "guid",
    "identifier",
    "userid",
    "customerid",
    "clientid",
    "kundennummer",
    "kundennr",
    "kundenid",
    "kontonummer",
    "cedula",
    "dni",
    "iban",
    "ssn",
    "cookie",
    "username",
    "rownames",
    "rowid",
];
const NUMBER: &[&str] = &["number", "no", "nr", "num", "nummer", "numero", "key", "code", "ref", "reference", "token", "hash"];
const OF_WHOM: &[&str] = &[
    "customer",
    "client",
    "user",
    "member",
    "account",
    "person",
    "kunde",
    "kunden",
    "konto",
    "cliente",
    "compte",
    "cuenta",
    "contact",
    "subscriber",
    "card",
    "loyalty",
    "row",
    "index",
];
const PERSON: &[&str] = &[
    "name",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "vorname",
    "nachname",
    "prenom",
    "nom",
    "nombre",
    "apellido",
    "email",
    "mail",
    "phone",
    "telephone",
    "telefon",
    "mobile",
    "address",
    "adresse",
    "direccion",
    "street",
    "strasse",
    "customer",
    "client",
];
const NOT_PERSON: &[&str] = &["product", "brand", "shop", "store", "channel", "campaign", "segment", "plan", "file", "city", "country"];
const SENSITIVE: &[&str] = &[
    "gender",
    "sex",
    "geschlecht",
    "genre",
    "sexe",
    "genero",
    "sexo",
    "ethnicity",
    "ethnic",
    "race",
    "religion",
    "religious",
    "konfession",
    "health",
    "disease",
    "gesundheit",
    "sante",
    "salud",
    "orientation",
    "politics",
    "political",
    "party",
    "partei",
    "marital",
    "maritalstatus",
    "married",
    "familienstand",
    "civil",
    "children",
    "kids",
    "kinder",
    "enfants",
    "hijos",
    "kidhome",
    "teenhome",
    "disability",
    "pregnant",
    "nationality",
    "anrede",
    "salutation",
];
const OUTCOME: &[&str] = &[
    "churn",
    "churned",
    "exited",
    "attrition",
    "ltv",
    "clv",
    "cltv",
    "lifetime value",
    "converted",
    "conversion",
    "target",
    "label",
    "outcome",
    "response",
    "responded",
    "default",
    "kuendigung",
    "gekuendigt",
    "segment",
    "cluster",
    "persona",
    "class",
];
const PSYCHOGRAPHIC: &[&str] = &[
    "satisfaction",
    "nps",
    "attitude",
    "interest",
    "interests",
    "opinion",
    "rating",
    "ratings",
    "zufriedenheit",
    "interesse",
    "einstellung",
    "meinung",
    "bewertung",
    "satisfaccion",
    "interes",
    "opinion",
    "avis",
    "lifestyle",
    "motivation",
    "personality",
    "values",
    "preference",
    "trust",
    "loyal",
    "complain",
];
const DEMOGRAPHIC: &[&str] = &[
    "age",
    "alter",
    "edad",
    "birth",
    "birthday",
    "birthdate",
    "birthyear",
    "geburt",
    "geburtsdatum",
    "geburtsjahr",
    "income",
    "einkommen",
    "revenu",
    "ingresos",
    "salary",
    "gehalt",
    "salario",
    "education",
    "bildung",
    "educacion",
    "job",
    "occupation",
    "profession",
    "beruf",
    "trabajo",
    "city",
    "stadt",
    "ort",
    "ville",
    "ciudad",
    "region",
    "bundesland",
    "country",
    "land",
    "pays",
    "pais",
    "state",
    "province",
    "county",
    "postcode",
    "postal",
    "zip",
    "plz",
    "postleitzahl",
    "household",
    "haushalt",
    "hogar",
    "menage",
    "language",
    "sprache",
    "langue",
    "idioma",
    "geography",
    "location",
    "degree",
];
const BEHAVIOURAL: &[&str] = &[
    "spend",
    "spending",
    "spent",
    "order",
    "orders",
    "purchase",
    "purchases",
    "visit",
    "visits",
    "session",
    "sessions",
    "clicks",
    "basket",
    "revenue",
    "sales",
    "umsatz",
    "recency",
    "frequency",
    "monetary",
    "channel",
    "device",
    "signup",
    "discount",
    "return",
    "returns",
    "tenure",
    "days",
    "kauf",
    "achat",
    "compra",
    "bestellung",
    "bestellungen",
];

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
