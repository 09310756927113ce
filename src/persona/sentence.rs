//! What is the one sentence of a persona? How many they are, and what sets them apart most.
//!
//! In: the size and the phrases of the strongest traits. Out: "1 240 customers (12 % of all, 31 % of revenue). Compared with everyone, they
//! spend 2.4x as much (€ 1 240 against € 510). 69 % pay by electronic check (all: 34 %)."

use crate::data::Noun;

use super::phrase::Clause;
use super::text::{list, percent};

/// A persona's size as the sentence tells it.
pub struct Size {
    /// Customers in it.
    pub n: usize,
    /// Share of the customers that took part.
    pub share: f64,
    /// Share of revenue.
    pub revenue_share: Option<f64>,
}

/// "have 1.4x the limit", "have a lower rating" is one "have" with two objects.
fn without_repeats(they: Vec<String>) -> Vec<String> {
    #[rustfmt::skip]
    const OBJECTS: [&str; 18] = [
        "a", "an", "more", "fewer", "higher", "lower", "longer", "shorter", "larger", "smaller", "bigger", "half", "two", "three", "later", "earlier",
        "less", "twice",
    ];
    let object = |said: &str| {
        let rest = said.strip_prefix("have ")?;
        let first = rest.split(' ').next().unwrap_or(rest);
        let is_object = OBJECTS.contains(&first) || first.starts_with(|c: char| c.is_ascii_digit());
        is_object.then(|| rest.to_owned())
    };
    let objects: Vec<Option<String>> = they.iter().map(|said| object(said)).collect();
    let one = |(at, said): (usize, String)| match (&objects[at], at > 0 && objects[at - 1].is_some()) {
        (Some(rest), true) => rest.clone(),
        _ => said,
    };
    they.into_iter().enumerate().map(one).collect()
}

/// What is weaker than `is_strong` is told as such.
pub fn summary(size: &Size, noun: &Noun, clauses: &[Clause], is_strong: bool) -> String {
    let revenue = size.revenue_share.map_or_else(String::new, |share| format!(", {} of revenue", percent(share)));
    let mut text = format!("{} ({} of all{revenue}).", noun.counted(size.n), percent(size.share));
    if size.share >= 1.0 {
        text.push_str(" This persona includes everyone, so there is nobody to compare it with.");
    } else if clauses.is_empty() || !is_strong {
        text.push_str(" No strong difference from everyone was found.");
    }
    let they: Vec<String> =
        clauses.iter().filter_map(|clause| if let Clause::They(said) = clause { Some(said.clone()) } else { None }).collect();
    if !they.is_empty() {
        text.push_str(if is_strong { " Compared with everyone, they " } else { " The differences are slight: they " });
        text.push_str(&list(&without_repeats(they)));
        text.push('.');
    }
    for clause in clauses {
        if let Clause::Share(said) = clause {
            text.push(' ');
            text.push_str(said);
            text.push('.');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn have_is_said_once_for_what_they_have() {
        let they = |said: &[&str]| without_repeats(said.iter().map(|said| (*said).to_owned()).collect()).join("; ");
        assert_eq!(
            they(&["have 1.4x the limit", "have a lower rating", "have more cards"]),
            "have 1.4x the limit; a lower rating; more cards"
        );
        assert_eq!(
            they(&["spend twice as much", "have a lower rating", "have half the income"]),
            "spend twice as much; have a lower rating; half the income"
        );
        assert_eq!(they(&["have more cards", "have been with the bank for longer"]), "have more cards; have been with the bank for longer");
        assert_eq!(they(&["have more cards", "are older", "have a lower rating"]), "have more cards; are older; have a lower rating");
    }
}
