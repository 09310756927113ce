//! In which columns are the contacts, and which say who agreed?
//!
//! In: the table. Out: the column of each field, found by the words in its name (English, German, French, Spanish, Italian) and by whether its
//! values look like what the name says: "phone" may hold models and "email_opens" holds counts. At most a thousand values per column are looked at.

use crate::data::{Column, Loaded, Table, Values, matches_word, name_words};

use super::super::Audience;
use super::countries;
use super::validation::{digits, is_email};

/// The columns of the fields, as places in the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) email: Option<usize>,
    pub(super) phone: Option<usize>,
    pub(super) first_name: Option<usize>,
    pub(super) last_name: Option<usize>,
    pub(super) country: Option<usize>,
    pub(super) zip: Option<usize>,
    /// Who agreed, or refused; all of them are asked.
    consent: Vec<Consent>,
}

/// A column that says who may be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Consent {
    column: usize,
    /// Whether a yes in it means no: "unsubscribed", "do_not_contact".
    refuses: bool,
}

const EMAIL: &[&str] = &["email", "mail", "e mail", "emailaddress", "mailadresse", "correo", "courriel"];
const PHONE: &[&str] = &[
    "phone",
    "telephone",
    "telefon",
    "telefono",
    "tel",
    "mobile",
    "movil",
    "mobil",
    "handy",
    "cell",
    "cellphone",
    "cellulare",
    "celular",
    "portable",
    "phonenumber",
    "mobilenumber",
    "telefonnummer",
    "handynummer",
    "rufnummer",
];
const FIRST_NAME: &[&str] = &["firstname", "first name", "given name", "givenname", "forename", "vorname", "prenom", "nombre", "nome"];
const LAST_NAME: &[&str] = &[
    "lastname",
    "last name",
    "surname",
    "family name",
    "familyname",
    "nachname",
    "familienname",
    "nom",
    "apellido",
    "apellidos",
    "cognome",
];
const COUNTRY: &[&str] = &["country", "countrycode", "land", "laendercode", "pays", "pais", "paese", "nation"];
const ZIP: &[&str] = &["zip", "zipcode", "postcode", "postalcode", "postal", "plz", "postleitzahl", "codepostal", "cap", "cp"];
/// The plainest first.
const AGREES: &[&str] = &[
    "consent",
    "consents",
    "consented",
    "opt in",
    "optin",
    "opted in",
    "einwilligung",
    "zustimmung",
    "consentement",
    "consentimiento",
    "consenso",
    "permission",
    "gdpr",
    "dsgvo",
    "rgpd",
    "accepts marketing",
    "accepts email",
    "accepts sms",
    "newsletter",
    "subscribed",
];
const REFUSES: &[&str] = &[
    "opt out",
    "optout",
    "opted out",
    "unsubscribed",
    "unsubscribe",
    "do not",
    "donotcontact",
    "widerspruch",
    "abgemeldet",
    "desabonne",
    "suppressed",
];
const NOT_A_PERSON: &[&str] = &["product", "produkt", "produit", "producto", "brand", "marke", "shop", "store", "campaign", "file", "plan"];

const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "t",
    "1",
    "x",
    "ja",
    "j",
    "wahr",
    "oui",
    "o",
    "vrai",
    "si",
    "sí",
    "s",
    "verdadero",
    "sì",
    "vero",
    "on",
    "opt-in",
    "opt in",
    "optin",
    "opted in",
    "opted-in",
    "granted",
    "given",
    "agreed",
    "accepted",
    "consented",
    "subscribed",
];
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "f",
    "0",
    "nein",
    "falsch",
    "non",
    "faux",
    "falso",
    "off",
    "opt-out",
    "opt out",
    "optout",
    "opted out",
    "opted-out",
    "denied",
    "refused",
    "declined",
    "withdrawn",
    "revoked",
    "unsubscribed",
    "none",
    "never",
    "pending",
    "unknown",
];

/// What a cell of a consent column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Yes,
    No,
    /// Neither, which counts as no yes and as no no.
    Unclear,
}

/// The columns of the fields; a sentence where nobody could be reached, or the consent column asked for is not there.
pub(super) fn find(loaded: &Loaded, audience: &Audience) -> Result<Columns, String> {
    let columns = look(loaded, audience)?;
    if columns.email.is_none() && columns.phone.is_none() && !columns.has_address(audience) {
        let wanted = "one with e-mail addresses, one with telephone numbers, or first name, last name, country and postcode";
        return Err(format!("No audience list was written: no column tells how to reach a customer. The data would need {wanted}."));
    }
    Ok(columns)
}

/// The columns of the fields, whether or not anybody could be reached; a sentence where the consent column asked for is not there.
pub(super) fn look(loaded: &Loaded, audience: &Audience) -> Result<Columns, String> {
    let table = &loaded.table;
    let named: Vec<Vec<String>> = table.columns.iter().map(|column| name_words(&column.name)).collect();
    let has = |at: usize, words: &[&str]| words.iter().any(|word| named[at].iter().any(|name| matches_word(name, word)));
    let all = || 0..table.columns.len();
    let first = |words: &[&str], fits: &dyn Fn(&str) -> bool, share: f64| {
        all().find(|&at| has(at, words) && !has(at, NOT_A_PERSON) && mostly(&table.columns[at], table.n_rows, share, fits))
    };
    let is_mail = |cell: &str| is_email(cell);
    let is_phone = |cell: &str| (6..=17).contains(&digits(cell).len()) && !cell.chars().any(char::is_alphabetic);
    let is_name = |cell: &str| cell.chars().any(char::is_alphabetic) && !cell.contains('@');
    let is_country = |cell: &str| countries::iso(cell).is_some();
    let is_zip = |cell: &str| cell.chars().count() <= 12 && cell.chars().any(|c| c.is_ascii_digit());

    let email = first(EMAIL, &is_mail, 0.5).or_else(|| all().find(|&at| mostly(&table.columns[at], table.n_rows, 0.9, &is_mail)));
    let first_name = first(FIRST_NAME, &is_name, 0.5);
    // "Name, Vorname": beside a first name, a plain "name" is the other one.
    let plain_name = || all().find(|&at| named[at] == ["name"] && mostly(&table.columns[at], table.n_rows, 0.5, &is_name));
    let last_name = first(LAST_NAME, &is_name, 0.5).or_else(|| first_name.and_then(|_| plain_name()));
    Ok(Columns {
        email,
        phone: first(PHONE, &is_phone, 0.5).filter(|at| Some(*at) != email),
        first_name,
        last_name,
        country: first(COUNTRY, &is_country, 0.5),
        zip: first(ZIP, &is_zip, 0.5),
        consent: consent(table, audience, has)?,
    })
}

fn consent(table: &Table, audience: &Audience, has: impl Fn(usize, &[&str]) -> bool) -> Result<Vec<Consent>, String> {
    if let Some(name) = &audience.consent_column {
        let column = table.position(name).ok_or_else(|| {
            format!(
                "No list of customers was written: there is no column \"{name}\" that could say who agreed. Choose another consent column."
            )
        })?;
        return Ok(vec![Consent { column, refuses: has(column, REFUSES) }]);
    }
    let tells = |&at: &usize| {
        let column = &table.columns[at];
        let sampled = sample(column, table.n_rows);
        let clear = sampled.iter().filter(|row| said(column, **row) != Said::Unclear).count();
        !sampled.is_empty() && clear * 5 >= sampled.len() * 4
    };
    let all = || 0..table.columns.len();
    // Who wants a newsletter has not agreed to everything: of several columns the plainest name counts, wherever it stands.
    let agrees = AGREES.iter().find_map(|word| all().find(|at| has(*at, &[word]) && !has(*at, REFUSES) && tells(at)));
    let agrees = agrees.map(|column| Consent { column, refuses: false });
    let refuses = all().find(|at| has(*at, REFUSES) && tells(at)).map(|column| Consent { column, refuses: true });
    Ok(agrees.into_iter().chain(refuses).collect())
}

impl Columns {
    /// Whether everything of an address could be had.
    fn has_address(&self, audience: &Audience) -> bool {
        let country = self.country.is_some() || audience.country.is_some();
        self.first_name.is_some() && self.last_name.is_some() && self.zip.is_some() && country
    }

    /// Whether any column says who agreed.
    pub(super) fn tells_consent(&self) -> bool {
        !self.consent.is_empty()
    }

    /// Whether every consent column lets the customer of `row` be contacted. Without any, nobody said no.
    pub(super) fn is_willing(&self, table: &Table, row: usize) -> bool {
        self.consent.iter().all(|consent| {
            let said = said(&table.columns[consent.column], row);
            if consent.refuses { said == Said::No } else { said == Said::Yes }
        })
    }

    /// Where consent was read from, or that nothing says so.
    pub(super) fn consent_note(&self, table: &Table) -> String {
        let names: Vec<String> = self.consent.iter().map(|consent| format!("\"{}\"", table.columns[consent.column].name)).collect();
        if names.is_empty() {
            return "No column says who agreed to be contacted. Make sure that everyone on the lists did before you use them.".into();
        }
        format!("Who agreed to be contacted is read from {}.", names.join(" and "))
    }
}

/// A cell of a consent column. A date is when somebody agreed, or refused; an empty cell is no yes.
fn said(column: &Column, row: usize) -> Said {
    if column.is_missing(row) {
        return Said::No;
    }
    match &column.values {
        Values::Date(_) => Said::Yes,
        Values::Number(values) if values[row] == 1.0 => Said::Yes,
        Values::Number(values) if values[row] == 0.0 => Said::No,
        Values::Number(_) => Said::Unclear,
        Values::Text(texts) => {
            let word = texts.get(row).unwrap_or_default().trim().to_lowercase();
            if YES.contains(&word.as_str()) {
                Said::Yes
            } else if NO.contains(&word.as_str()) || word.is_empty() {
                Said::No
            } else {
                Said::Unclear
            }
        }
    }
}

/// Up to a thousand rows with a value, evenly over the table.
fn sample(column: &Column, n_rows: usize) -> Vec<usize> {
    (0..n_rows).step_by((n_rows / 1_000).max(1)).filter(|row| !column.is_missing(*row)).collect()
}

fn mostly(column: &Column, n_rows: usize, share: f64, fits: &dyn Fn(&str) -> bool) -> bool {
    let sampled = sample(column, n_rows);
    let fitting = sampled.iter().filter(|row| fits(column.cell(**row).trim())).count();
    !sampled.is_empty() && fitting as f64 >= share * sampled.len() as f64
}
