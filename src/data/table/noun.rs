//! What are the rows of a table called? Customers, unless the data say employees, patients, households or others.
//!
//! In: the names of the columns, what they are for, and the file's title. Out: one noun for names and sentences. The column that tells rows apart
//! decides, then the title, then columns that only such a table has. English, German, French, Spanish, Italian and Portuguese words. O(columns).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::base::text::{capitalised, count};
use crate::data::words::tokens as name_words;

use super::display_name::bounded;
use super::loaded::Loaded;
use super::profile::ColumnProfile;
use super::role::Role;

/// Letters of either form, at most.
pub const LONGEST_NOUN: usize = 30;

/// What one row is, and what several are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noun {
    /// "customer".
    pub one: Cow<'static, str>,
    /// "customers".
    pub many: Cow<'static, str>,
}

/// What rows are called where nothing says otherwise.
pub const CUSTOMERS: Noun = noun("customer", "customers");

/// What the lines of a list of transactions or events are called: several belong to one customer.
pub const ROWS: Noun = noun("row", "rows");

impl Default for Noun {
    fn default() -> Noun {
        CUSTOMERS
    }
}

impl Noun {
    /// What the data say that the rows of a table are.
    pub fn guessed(loaded: &Loaded) -> Noun {
        Noun::told(loaded).unwrap_or(CUSTOMERS)
    }

    /// The same; none where nothing in the data says it.
    pub fn told(loaded: &Loaded) -> Option<Noun> {
        if loaded.is_listing {
            return Some(ROWS);
        }
        let identifiers = loaded.profile.columns.iter().filter(|column| column.guessed_role == Role::Identifier);
        let first = loaded.profile.columns.first().filter(|column| column.n_distinct + column.n_missing >= loaded.table.n_rows);
        let told = identifiers.chain(first).find_map(|column| named(&name_words(&column.name)));
        let told = told.or_else(|| named(&name_words(&loaded.title))).or_else(|| typical(loaded));
        told.or_else(|| things(loaded))
    }

    /// What a user wrote: "members", or both forms as "household/households"; where one is missing, it is derived. None where nothing was written.
    pub fn written(text: &str) -> Option<Noun> {
        let (one, many) = text.split_once('/').unwrap_or(("", text));
        let (one, many) = (bounded(one, LONGEST_NOUN), bounded(many, LONGEST_NOUN));
        let known = |noun: &&(Noun, &[&str])| noun.0.one == many.to_lowercase() || noun.0.many == many.to_lowercase();
        match (one.is_empty(), many.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Noun { many: plural(&one).into(), one: one.into() }),
            (false, false) => Some(Noun { one: one.into(), many: many.into() }),
            (true, false) => Some(match NOUNS.iter().find(known) {
                Some((noun, _)) => noun.clone(),
                None => Noun { one: singular(&many).into(), many: many.into() },
            }),
        }
    }

    /// The one form or the other: "customer" of 1, "employees" of 240.
    pub fn of_count(&self, n: usize) -> &str {
        if n == 1 { &self.one } else { &self.many }
    }

    /// "1 customer", "1 240 employees".
    pub fn counted(&self, n: usize) -> String {
        format!("{} {}", count(n), self.of_count(n))
    }

    /// A sentence about customers, as those who count and compare write it, about these rows.
    pub fn in_text(&self, text: &str) -> String {
        if *self == CUSTOMERS {
            return text.to_owned();
        }
        let word = |word: &str| match word {
            "customers" => self.many.to_string(),
            "customer" => self.one.to_string(),
            "Customers" => self.title(),
            "Customer" => self.title_of_one(),
            other => other.to_owned(),
        };
        // "customer_id" is the name of a column, and no word.
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            let end = rest[start..].find(|c: char| !is_part(c)).map_or(rest.len(), |end| start + end);
            told.push_str(&rest[..start]);
            // "Customer ID" is the name of a column too.
            let is_name = NAME_ENDS.iter().any(|name| {
                rest[end..].strip_prefix(' ').and_then(|behind| behind.strip_prefix(name)).is_some_and(|more| !more.starts_with(is_part))
            });
            told.push_str(&if is_name { rest[start..end].to_owned() } else { word(&rest[start..end]) });
            rest = &rest[end..];
        }
        told + rest
    }

    /// "Customers", as a head or at the start of a sentence.
    pub fn title(&self) -> String {
        capitalised(&self.many)
    }

    /// "Customer".
    pub fn title_of_one(&self) -> String {
        capitalised(&self.one)
    }

    /// Whether the words of shopping are theirs.
    pub fn shop(&self) -> bool {
        *self == CUSTOMERS
    }
}

/// What stands behind a word in the name of a column.
const NAME_ENDS: [&str; 7] = ["ID", "Id", "id", "No", "Number", "Key", "Code"];

fn named(words: &[String]) -> Option<Noun> {
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    NOUNS.iter().find(|(_, list)| says(list)).map(|(noun, _)| noun.clone())
}

/// A table of things: of its columns with another value in every row, the first that is named after one. People come before, since a table of them may
/// hold the number of an order too.
fn things(loaded: &Loaded) -> Option<Noun> {
    let is_key = |column: &&ColumnProfile| column.n_distinct >= loaded.table.n_rows && column.numeric.as_ref().is_none_or(|n| n.whole);
    let of = |column: &ColumnProfile| {
        let words = name_words(&column.name);
        THINGS.iter().find(|(_, list)| words.iter().any(|word| list.contains(&word.as_str()))).map(|(noun, _)| noun.clone())
    };
    loaded.profile.columns.iter().filter(is_key).find_map(of)
}

/// A table with two columns that only such a table has.
fn typical(loaded: &Loaded) -> Option<Noun> {
    let words: Vec<String> = loaded.profile.columns.iter().flat_map(|column| name_words(&column.name)).collect();
    let hits = |list: &[&str]| list.iter().filter(|word| words.iter().any(|has| has == *word)).count();
    TYPICAL.iter().find(|(_, list)| hits(list) >= 2).map(|(noun, _)| noun.clone())
}

const fn noun(one: &'static str, many: &'static str) -> Noun {
    Noun { one: Cow::Borrowed(one), many: Cow::Borrowed(many) }
}

/// One of what a plural says, by the rules of English; "people" are persons.
fn singular(many: &str) -> String {
    const ODD: [(&str, &str); 5] = [("people", "person"), ("persons", "person"), ("children", "child"), ("women", "woman"), ("men", "man")];
    let ends = |ends: &[&str]| ends.iter().any(|end| many.ends_with(end));
    match many {
        _ if ODD.iter().any(|(odd, _)| *odd == many) => ODD.iter().find(|(odd, _)| *odd == many).map_or(many, |(_, one)| one).to_owned(),
        _ if many.ends_with("ies") && many.chars().count() > 4 => format!("{}y", &many[..many.len() - 3]),
        _ if ends(&["sses", "xes", "ches", "shes"]) => many[..many.len() - 2].to_owned(),
        _ if many.ends_with('s') && !many.ends_with("ss") => many[..many.len() - 1].to_owned(),
        _ => many.to_owned(),
    }
}

fn plural(one: &str) -> String {
    match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

#[rustfmt::skip]
const NOUNS: &[(Noun, &[&str])] = &[
    (noun("employee", "employees"), &["employee", "employees", "staff", "worker", "emp", "mitarbeiter", "angestellte", "personalnummer", "salarie", "employe", "empleado", "empleados", "trabajador", "dipendente", "dipendenti", "funcionario"]),
    (noun("patient", "patients"), &["patient", "patients", "patienten", "paciente", "pacientes", "paziente", "pazienti"]),
    (noun("student", "students"), &["student", "students", "pupil", "schueler", "studierende", "studierender", "etudiant", "eleve", "estudiante", "alumno", "studente", "studenti", "aluno", "estudante"]),
    (noun("household", "households"), &["household", "households", "hh", "haushalt", "haushalte", "foyer", "menage", "hogar", "hogares", "famiglia", "domicilio"]),
    (noun("subscriber", "subscribers"), &["subscriber", "subscribers", "abonnent", "abonnenten", "abonne", "abonnes", "suscriptor", "abbonato", "assinante"]),
    (noun("member", "members"), &["member", "members", "mitglied", "mitglieder", "membre", "membres", "adherent", "socio", "socios", "membro", "tesserato"]),
    (noun("guest", "guests"), &["guest", "guests", "gast", "gaeste", "hote", "huesped", "ospite"]),
    (noun("donor", "donors"), &["donor", "donors", "spender", "donateur", "donante", "donatore", "doador"]),
    (noun("respondent", "respondents"), &["respondent", "respondents", "befragte", "repondant", "encuestado"]),
    (noun("player", "players"), &["player", "players", "gamer", "spieler", "joueur", "jugador"]),
    (noun("passenger", "passengers"), &["passenger", "passengers", "fahrgast", "passager", "pasajero", "passeggero", "passageiro"]),
    (noun("shopper", "shoppers"), &["shopper", "shoppers"]),
    (noun("user", "users"), &["user", "users", "userid", "nutzer", "benutzer", "utilisateur", "usuario", "usuarios", "utente"]),
    (CUSTOMERS, &["customer", "customers", "customerid", "client", "clients", "clientid", "kunde", "kunden", "kundennummer", "cliente", "clientes", "clienti", "shop"]),
];
#[rustfmt::skip]
const THINGS: &[(Noun, &[&str])] = &[
    (noun("order", "orders"), &["order", "orderid", "orderno", "bestellung", "bestellnummer", "auftrag", "commande", "pedido", "ordine", "invoice", "rechnung"]),
    (noun("product", "products"), &["product", "productid", "sku", "article", "artikel", "produkt", "produit", "producto", "prodotto", "produto"]),
    (noun("store", "stores"), &["store", "storeid", "filiale", "magasin", "tienda", "negozio", "loja"]),
    (noun("session", "sessions"), &["session", "sessionid", "sitzung"]),
];
#[rustfmt::skip]
const TYPICAL: &[(Noun, &[&str])] = &[
    (noun("employee", "employees"), &["attrition", "overtime", "salary", "hire", "gehalt", "abteilung", "salaire", "salario", "stipendio", "department", "performance", "wage", "wages", "logwage", "lwage", "exper", "experience", "jobclass"]),
    (noun("patient", "patients"), &["diagnosis", "glucose", "cholesterol", "bmi", "hospital", "systolic", "diagnose", "insulin"]),
    (noun("student", "students"), &["gpa", "exam", "semester", "absences", "grades", "homework", "school"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_rows() {
        let of = |name: &str| named(&name_words(name)).map(|noun| noun.many.into_owned());
        for (name, many) in [
            ("EmployeeNumber", Some("employees")),
            ("Mitarbeiter-Nr", Some("employees")),
            ("patient_id", Some("patients")),
            ("customerID", Some("customers")),
            ("HouseholdKey", Some("households")),
            ("loyalty_member_no", Some("members")),
            ("row", None),
        ] {
            assert_eq!(of(name).as_deref(), many, "{name}");
        }
        assert_eq!((CUSTOMERS.counted(1).as_str(), CUSTOMERS.counted(0).as_str()), ("1 customer", "0 customers"));
    }

    #[test]
    fn what_a_user_writes_has_both_forms() {
        for (written, one, many) in [
            ("members", "member", "members"),
            ("Household", "household", "households"),
            ("companies", "company", "companies"),
            ("branches", "branch", "branches"),
            ("people", "person", "people"),
            ("Mitglied/Mitglieder", "Mitglied", "Mitglieder"),
            ("school/", "school", "schools"),
            ("bus/", "bus", "buses"),
        ] {
            let noun = Noun::written(written).unwrap();
            assert_eq!((&*noun.one, &*noun.many), (one, many), "{written}");
        }
        let members = Noun::written("members").unwrap();
        assert_eq!(members.in_text("High needs 100 customers; one customer is none."), "High needs 100 members; one member is none.");
        assert_eq!(members.in_text("customer_id of 5 customers"), "customer_id of 5 members");
        assert_eq!(members.in_text("5 customers by Customer ID"), "5 members by Customer ID");
        assert_eq!(members.in_text("Customer Number: no customer Idle"), "Customer Number: no member Idle");
        assert_eq!(CUSTOMERS.in_text("100 customers"), "100 customers");
        assert_eq!((Noun::written(" "), Noun::written("/")), (None, None));
        assert_eq!(Noun::written(&"x".repeat(90)).unwrap().many.len(), LONGEST_NOUN);
    }
}
