//! Which words in a column's name say what it is for, whose it is, and which part it plays?
//!
//! The words stand in `assets/column_words.json`, in English, German, French, Spanish, Italian and Portuguese: small letters without accents, a word of
//! several parts with blanks. In: nothing. Out: the lists, read once. The order within a list counts where the first fitting word is taken.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::sourcing::Field;

/// All lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnWords<'a> {
    /// What says which role a column of the table has.
    #[serde(borrow)]
    pub roles: RoleWords<'a>,
    /// What says that a column of a source tells customers apart.
    #[serde(borrow)]
    pub keys: KeyWords<'a>,
    /// What the columns of a source are called that play a part.
    #[serde(borrow)]
    fields: BTreeMap<Field, FieldWords<'a>>,
}

/// Words of roles. No word is in two of the lists that decide on a role alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleWords<'a> {
    /// Alone, these name a customer.
    #[serde(borrow)]
    pub identifier: Vec<&'a str>,
    /// "number", "code": together with whom, they name one.
    #[serde(borrow)]
    pub number: Vec<&'a str>,
    /// Whom numbers are given to.
    #[serde(borrow)]
    pub of_whom: Vec<&'a str>,
    /// Names and addresses of people, where nearly every text is different.
    #[serde(borrow)]
    pub person: Vec<&'a str>,
    /// Beside these a name is no person's.
    #[serde(borrow)]
    pub not_person: Vec<&'a str>,
    /// Sex, origin, belief, health and the like.
    #[serde(borrow)]
    pub sensitive: Vec<&'a str>,
    /// "black", "union": sensitive where the name says nothing else and the answers are yes and no; colours and firms are called so too.
    #[serde(borrow)]
    pub origin_answers: Vec<&'a str>,
    /// "female", "herren": sensitive of a person, but goods are called so too.
    #[serde(borrow)]
    pub gendered: Vec<&'a str>,
    /// Goods: beside these [`RoleWords::gendered`] says whom they are made for.
    #[serde(borrow)]
    pub not_gendered: Vec<&'a str>,
    /// What came of a customer.
    #[serde(borrow)]
    pub outcome: Vec<&'a str>,
    /// What they think.
    #[serde(borrow)]
    pub psychographic: Vec<&'a str>,
    /// Who they are.
    #[serde(borrow)]
    pub demographic: Vec<&'a str>,
    /// What they do.
    #[serde(borrow)]
    pub behavioural: Vec<&'a str>,
    /// Beside these a yes or no of unknown meaning may say who somebody is.
    #[serde(borrow)]
    pub near_a_person: Vec<&'a str>,
    /// The names of people: a column called so holds them, however few.
    #[serde(borrow)]
    pub given: Vec<&'a str>,
    /// How a survey drew and weighs its people.
    #[serde(borrow)]
    pub sampling: Vec<&'a str>,
    /// Beside these a segment or a class is one of things.
    #[serde(borrow)]
    pub kinds_of_things: Vec<&'a str>,
    /// Whose status tells of a purchase.
    #[serde(borrow)]
    pub order_of: Vec<&'a str>,
    /// How a status is called.
    #[serde(borrow)]
    pub status: Vec<&'a str>,
    /// What becomes of orders.
    #[serde(borrow)]
    pub order_states: Vec<&'a str>,
}

/// Words of keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyWords<'a> {
    /// Who a row may be about.
    #[serde(borrow)]
    pub person: Vec<&'a str>,
    /// What says that a column numbers them.
    #[serde(borrow)]
    pub number: Vec<&'a str>,
    /// Both in one word.
    #[serde(borrow)]
    pub joined: Vec<&'a str>,
    /// What a customer has, not who it is.
    #[serde(borrow)]
    pub of_a_person: Vec<&'a str>,
    /// Words of marks and amounts: a column that has one of them is no key, whatever else it says.
    pub no_key: Vec<&'a str>,
    /// About an address, not the address.
    #[serde(borrow)]
    pub no_address: Vec<&'a str>,
    /// What the questions of a survey are called.
    #[serde(borrow)]
    pub survey: Vec<&'a str>,
}

/// Words of a part, the most telling first, and those that say it is something else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldWords<'a> {
    /// What the column is called.
    #[serde(borrow)]
    pub words: Vec<&'a str>,
    /// What says that it plays no such part.
    #[serde(borrow)]
    pub never: Vec<&'a str>,
}

static WORDS: LazyLock<ColumnWords<'static>> = LazyLock::new(|| {
    let known = serde_json::from_str(include_str!("../../assets/column_words.json"));
    // A test reads the file, so this cannot fail in a build that passed.
    known.unwrap_or_else(|error| unreachable!("column_words.json: {error}"))
});

/// The lists; read on first use.
pub(crate) fn column_words() -> &'static ColumnWords<'static> {
    &WORDS
}

impl ColumnWords<'static> {
    /// The words of a part, the most telling first, and those that say it is something else.
    pub fn field(&self, field: Field) -> (&[&'static str], &[&'static str]) {
        self.fields.get(&field).map_or((&[], &[]), |field| (&field.words, &field.never))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::data::words::push_folded;

    /// Every list in the file with its path.
    fn lists(path: &str, value: &serde_json::Value, into: &mut Vec<(String, Vec<String>)>) {
        match value {
            serde_json::Value::Object(parts) => parts.iter().for_each(|(name, part)| lists(&format!("{path}/{name}"), part, into)),
            value => into.push((path.to_owned(), serde_json::from_value(value.clone()).unwrap())),
        }
    }

    #[test]
    fn every_word_is_in_small_letters_and_stands_once() {
        let file: serde_json::Value = serde_json::from_str(include_str!("../../assets/column_words.json")).unwrap();
        let mut all = Vec::new();
        lists("", &file, &mut all);
        assert!(all.len() > 40, "{}", all.len());
        let mut decides: BTreeSet<&str> = BTreeSet::new();
        for (path, words) in &all {
            let mut seen = BTreeSet::new();
            for word in words {
                let mut folded = String::new();
                word.chars().for_each(|letter| push_folded(&mut folded, letter));
                assert_eq!((word, word.trim()), (&folded, word.as_str()), "{path}: small letters without accents, as names are read");
                assert!(!word.is_empty() && seen.insert(word), "{path}: {word:?} stands twice");
            }
            let alone = ["sensitive", "gendered", "demographic", "outcome", "psychographic", "behavioural"];
            if alone.iter().any(|list| *path == format!("/roles/{list}")) {
                let twice: Vec<_> = words.iter().filter(|word| !decides.insert(word)).collect();
                assert!(twice.is_empty(), "{path}: {twice:?} decide on two roles");
            }
        }
        for field in Field::ALL {
            assert!(!column_words().field(field).0.is_empty(), "{field:?}");
        }
    }
}
