//! How is one customer written so that an ad platform recognises the same person?
//!
//! In: a row's cells. Out: the six fields, brought to the form that is compared, hashed or plain. What cannot be read is left empty:
//! a wrong hash matches nobody, and an address counts only whole (Google Ads Help 7476159).
//!
//! E-mail: no spaces, small letters; before a hash also Google's rule for its own addresses, where dots and what follows a plus do not count.
//! Telephone: E.164 by the row's country or the one chosen. Names: small letters, single spaces, no titles. Country: ISO 3166-1 alpha-2.

use phonenumber::Mode;
use sha2::{Digest, Sha256};

use crate::base::Key;
use crate::data::Table;

use super::super::Audience;
use super::columns::Columns;
use super::countries;
use super::validation::{FORMULA, digits, is_email};

/// The six fields; an empty text is a missing one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contact {
    pub(super) email: String,
    /// With the plus: "+491701234567".
    pub(super) phone: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) country: String,
    pub(super) zip: String,
}

/// How the customer of `row` may be reached.
pub(super) fn of_row(table: &Table, columns: &Columns, audience: &Audience, row: usize) -> Contact {
    let cell = |column: Option<usize>| column.map_or_else(String::new, |at| table.columns[at].cell(row).into_owned());
    let country = countries::iso(&cell(columns.country)).or_else(|| audience.country.as_deref().and_then(countries::iso));
    let contact = Contact {
        email: email(&cell(columns.email)),
        phone: phone(&cell(columns.phone), country),
        first_name: name(&cell(columns.first_name)),
        last_name: name(&cell(columns.last_name)),
        country: country.unwrap_or_default().to_owned(),
        zip: words(&cell(columns.zip)).trim_start_matches(FORMULA).to_owned(),
    };
    let address = [&contact.first_name, &contact.last_name, &contact.country, &contact.zip];
    if address.iter().any(|part| part.is_empty()) {
        return Contact { email: contact.email, phone: contact.phone, ..Contact::default() };
    }
    contact
}

impl Contact {
    /// Names who is reached: by e-mail, else by telephone, else by address; `None` where by nothing.
    pub(super) fn identity(&self) -> Option<Key> {
        let parts = if !self.email.is_empty() {
            vec!["email".to_owned(), compared(&self.email)]
        } else if !self.phone.is_empty() {
            vec!["phone".to_owned(), self.phone.clone()]
        } else if !self.zip.is_empty() {
            vec![self.first_name.clone(), self.last_name.clone(), self.country.clone(), self.zip.to_lowercase()]
        } else {
            return None;
        };
        Some(Key::of_bytes(parts.join("\u{0}").as_bytes()))
    }

    /// Fields that are there.
    pub(super) fn n_fields(&self) -> usize {
        let fields = [&self.email, &self.phone, &self.first_name, &self.last_name, &self.country, &self.zip];
        fields.iter().filter(|field| !field.is_empty()).count()
    }

    /// The line with e-mail address, telephone number and names hashed.
    pub(super) fn hashed_line(&self) -> String {
        let Contact { email, phone, first_name, last_name, country, zip } = self;
        let hashed = [hash(&compared(email)), hash(phone), hash(first_name), hash(last_name)];
        line(&[&hashed[0], &hashed[1], &hashed[2], &hashed[3], country, zip])
    }

    /// The line as people read it. Without the plus of telephone numbers, which Google does not need and a spreadsheet takes for a formula.
    pub(super) fn plain_line(&self) -> String {
        let Contact { email, phone, first_name, last_name, country, zip } = self;
        line(&[email, phone.trim_start_matches('+'), first_name, last_name, country, zip])
    }
}

/// An address in small letters without spaces; empty if it is none.
fn email(cell: &str) -> String {
    let text: String = cell.split_whitespace().collect::<String>().to_lowercase();
    if is_email(&text) { text } else { String::new() }
}

/// The form Google compares: at gmail.com and googlemail.com dots before the @ and what follows a plus do not count (Data Manager API,
/// "Format user data"; elsewhere they do).
fn compared(email: &str) -> String {
    match email.split_once('@') {
        Some((name, host @ ("gmail.com" | "googlemail.com"))) => {
            let name = name.split('+').next().unwrap_or(name).replace('.', "");
            format!("{name}@{host}")
        }
        _ => email.to_owned(),
    }
}

/// E.164 ("+491701234567"), if this is a number that exists in its country's plan; empty otherwise.
fn phone(cell: &str, country: Option<&str>) -> String {
    let text = cell.trim();
    let is_known = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '+' | '-' | '(' | ')' | '/' | '.');
    // The library is made for sentences too; only what can be nothing but a number is handed to it.
    if !text.chars().all(is_known) || !(6..=17).contains(&digits(text).len()) {
        return String::new();
    }
    let international = text.starts_with('+') || text.starts_with("00");
    // "+49 (0) 170": the zero is dialled within the country only.
    let text = if international { text.replacen("(0)", "", 1) } else { text.to_owned() };
    let all = digits(&text);
    let number = if international { format!("+{}", all.trim_start_matches('0')) } else { all };
    // A number that names its country is read by that one's plan, wherever the customer lives.
    let country = country.filter(|_| !international).and_then(|code| code.parse().ok());
    if country.is_none() && !international {
        return String::new();
    }
    match phonenumber::parse(country, number) {
        Ok(number) if phonenumber::is_valid(&number) => number.format().mode(Mode::E164).to_string(),
        _ => String::new(),
    }
}

const TITLES: [&str; 14] = ["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "mlle", "sr", "sra", "jr", "ii"];

/// A name in small letters, without titles before or after it.
fn name(cell: &str) -> String {
    let text = words(cell).to_lowercase();
    let mut parts: Vec<&str> = text.split(' ').collect();
    let is_title = |part: &&str| TITLES.contains(&part.trim_end_matches(['.', ',']));
    while parts.len() > 1 && parts.first().is_some_and(is_title) {
        parts.remove(0);
    }
    while parts.len() > 1 && parts.last().is_some_and(is_title) {
        parts.pop();
    }
    parts.join(" ").trim_end_matches(',').trim_start_matches(FORMULA).trim().to_owned()
}

/// Words with single spaces between them.
fn words(cell: &str) -> String {
    let kept: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// SHA-256 in hexadecimal digits; nothing stays nothing.
fn hash(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn line(fields: &[&str; 6]) -> String {
    let quoted = |field: &&str| {
        if field.contains([',', '"']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { (*field).to_owned() }
    };
    let mut line = fields.iter().map(quoted).collect::<Vec<_>>().join(",");
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_google_does() {
        for (cell, plain, hashed) in [
            (" User.Name+NYC@Example.com ", "user.name+nyc@example.com", "user.name+nyc@example.com"),
            ("Cloudy.SanFrancisco+Shopping@gmail.com", "cloudy.sanfrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com"),
            ("a. b@googlemail.com", "a.b@googlemail.com", "ab@googlemail.com"),
            ("nobody", "", ""),
            ("a@b", "", ""),
            ("=cmd@x.org", "", ""),
            ("a@b.org;c@d.org", "", ""),
        ] {
            assert_eq!((email(cell).as_str(), compared(&email(cell)).as_str()), (plain, hashed), "{cell}");
        }
    }

    #[test]
    fn numbers_are_dialled_from_anywhere() {
        for (cell, country, e164) in [
            ("(800) 555-0100", Some("US"), "+18005550100"),
            ("0170 1234567", Some("DE"), "+491701234567"),
            ("+49 (0) 170 1234567", None, "+491701234567"),
            ("0049 170/1234567", Some("US"), "+491701234567"),
            ("020 7031 3000", Some("GB"), "+442070313000"),
            ("06 12 34 56 78", Some("FR"), "+33612345678"),
            ("0170 1234567", None, ""),
            ("12", Some("DE"), ""),
            ("=1+1", Some("DE"), ""),
            ("+999999999999999", None, ""),
            ("on request", Some("DE"), ""),
            ("+", None, ""),
        ] {
            assert_eq!(phone(cell, country), e164, "{cell}");
        }
    }

    #[test]
    fn names_lose_what_is_no_name() {
        for (cell, told) in [
            ("  Dr.  Zoë ", "zoë"),
            ("Smith Jr.", "smith"),
            ("van der  Berg", "van der berg"),
            ("=HYPERLINK(1)", "hyperlink(1)"),
            ("Mr", "mr"),
            ("", ""),
        ] {
            assert_eq!(name(cell), told);
        }
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // Meta's own example: John_Smith@gmail.com gives 62a14e44…; FIPS 180-2: "abc" gives ba7816bf….
        assert!(hash("john_smith@gmail.com").starts_with("62a14e44f765419d10fe"));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash(""), "");
    }
}
