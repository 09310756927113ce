//! What are the rows of a table called? Customers, unless the data say employees, patients, households or others.
//!
//! In: the names of the columns, what they are for, and the file's title. Out: one noun for names and sentences. A list of what customers did has
//! rows, whatever its columns are called. Otherwise the column that tells rows apart decides, then the title, then columns that only such a table has. English, German, French, Spanish, Italian and Portuguese words. O(columns).

use crate::base::text::count;
use crate::customers::looks_like;
use crate::data::{Loaded, Role, name_words};

/// What one row is, and what several are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noun {
    /// "customer".
    pub one: &'static str,
    /// "customers".
    pub many: &'static str,
}

/// What rows are called where nothing says otherwise.
pub const CUSTOMERS: Noun = Noun { one: "customer", many: "customers" };

/// What the lines of a list of transactions or events are called: several belong to one customer.
pub const ROWS: Noun = Noun { one: "row", many: "rows" };

impl Default for Noun {
    fn default() -> Noun {
        CUSTOMERS
    }
}

impl Noun {
    /// What the rows of a table are called.
    pub fn of(loaded: &Loaded) -> Noun {
        if looks_like(loaded).is_some() {
            return ROWS;
        }
        let identifiers = loaded.profile.columns.iter().filter(|column| column.guessed_role == Role::Identifier);
        let first = loaded.profile.columns.first().filter(|column| column.n_distinct + column.n_missing >= loaded.table.n_rows);
        let told = identifiers.chain(first).find_map(|column| named(&name_words(&column.name)));
        told.or_else(|| named(&name_words(&loaded.title))).or_else(|| typical(loaded)).unwrap_or(CUSTOMERS)
    }

    /// One or several of them: "1 customer", "240 employees".
    pub fn counted(&self, n: usize) -> &'static str {
        if n == 1 { self.one } else { self.many }
    }

    /// "1 customer", "4 988 employees".
    pub fn count(&self, n: usize) -> String {
        format!("{} {}", count(n), self.counted(n))
    }

    /// What heads a column of their numbers: "Customers".
    pub fn title(&self) -> String {
        let mut letters = self.many.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// Whether the words of shopping are theirs.
    pub fn shop(&self) -> bool {
        *self == CUSTOMERS
    }
}

fn named(words: &[String]) -> Option<Noun> {
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    NOUNS.iter().find(|(_, list)| says(list)).map(|(noun, _)| *noun)
}

/// A table with two columns that only such a table has.
fn typical(loaded: &Loaded) -> Option<Noun> {
    let words: Vec<String> = loaded.profile.columns.iter().flat_map(|column| name_words(&column.name)).collect();
    let hits = |list: &[&str]| list.iter().filter(|word| words.iter().any(|has| has == *word)).count();
    TYPICAL.iter().find(|(_, list)| hits(list) >= 2).map(|(noun, _)| *noun)
}

const fn noun(one: &'static str, many: &'static str) -> Noun {
    Noun { one, many }
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
const TYPICAL: &[(Noun, &[&str])] = &[
    (noun("employee", "employees"), &["attrition", "overtime", "salary", "hire", "gehalt", "abteilung", "salaire", "salario", "stipendio", "department", "performance"]),
    (noun("patient", "patients"), &["diagnosis", "glucose", "cholesterol", "bmi", "hospital", "systolic", "diagnose", "insulin"]),
    (noun("student", "students"), &["gpa", "exam", "semester", "absences", "grades", "homework", "school"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_rows() {
        let of = |name: &str| named(&name_words(name)).map(|noun| noun.many);
        for (name, many) in [
            ("EmployeeNumber", Some("employees")),
            ("Mitarbeiter-Nr", Some("employees")),
            ("patient_id", Some("patients")),
            ("customerID", Some("customers")),
            ("HouseholdKey", Some("households")),
            ("loyalty_member_no", Some("members")),
            ("row", None),
        ] {
            assert_eq!(of(name), many, "{name}");
        }
        assert_eq!((CUSTOMERS.counted(1), CUSTOMERS.counted(0)), ("customer", "customers"));
    }
}
