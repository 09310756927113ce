//! What may a log say of a value? What kind it is, by the words of our own code, and never anything that is in it.
//!
//! In: a type, or an error. Out: its name. A title such as "Reading shop.csv" or an error's sentence holds what belongs to customers; these names do
//! not.

use std::any::type_name;
use std::fmt::Debug;

/// A type's name without the paths that lead to it: "Vec<Labels>".
fn short_name<T: ?Sized>() -> String {
    let is_of_a_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let mut name = String::new();
    for letter in type_name::<T>().chars() {
        name.push(letter);
        if name.ends_with("::") {
            name.truncate(name.trim_end_matches(is_of_a_path).len());
        }
    }
    name
}

/// An error's type and variant: "DataError::Damaged"; nothing for a text.
fn kind_of<E: Debug>(error: &E) -> Option<String> {
    let shown = format!("{error:?}");
    let variant: String = shown.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!variant.is_empty()).then(|| format!("{}::{variant}", short_name::<E>()))
}

/// Logs what kind of error ended something.
pub fn log_kind<E: Debug>(error: &E) {
    if let Some(kind) = kind_of(error) {
        log::info!("problem {kind}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error that holds a value, as ours do.
    #[derive(Debug)]
    enum Wrong {
        NoColumn { name: &'static str },
        Empty,
    }

    #[test]
    fn a_kind_is_named_without_what_is_in_it() {
        let kinds = [Wrong::NoColumn { name: "Anna" }, Wrong::Empty].map(|error| kind_of(&error).unwrap());
        assert_eq!(kinds, ["Wrong::NoColumn", "Wrong::Empty"]);
        assert_eq!(kind_of(&Err::<(), _>("Anna")).as_deref(), Some("Result<(), &str>::Err"));
        assert_eq!(kind_of(&"Anna"), None);
        assert_eq!(kind_of(&String::from("Anna")), None);
        let wrong = Wrong::NoColumn { name: "Anna" };
        assert!(matches!(wrong, Wrong::NoColumn { name } if name == "Anna"), "it was there to be told");
    }

    #[test]
    fn a_type_is_named_without_its_path() {
        assert_eq!(short_name::<Vec<Option<std::path::PathBuf>>>(), "Vec<Option<PathBuf>>");
        assert_eq!(short_name::<(u8, std::collections::HashMap<String, u8>)>(), "(u8, HashMap<String, u8>)");
    }
}
