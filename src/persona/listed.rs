//! How is a persona called in a list? Without the noun that everybody in the list shares.
//!
//! In: a name and what the rows are called. Out: the words of the list; names without the noun, and those people gave, stay as they are. O(letters).

use crate::data::Noun;

use super::text::capitalised;

/// The name as lists show it: what everybody in a list is need not be said in each of its rows.
pub fn listed_name(name: &str, noun: &Noun) -> String {
    let title = noun.title();
    // "Customers with Streaming TV": what follows begins the name.
    let behind = name.strip_prefix(title.as_str()).and_then(|rest| rest.strip_prefix(' '));
    if let Some(behind) = behind.filter(|rest| ["with ", "without ", "mostly "].iter().any(|word| rest.starts_with(word))) {
        return capitalised(behind);
    }
    // "Low-Income Customers without Mortgage": what is cut last must not be what matters.
    for word in ["with", "without", "mostly"] {
        if let Some((before, behind)) = name.split_once(&format!(" {title} {word} ")) {
            return format!("{before} {word} {behind}");
        }
    }
    let without = name.strip_suffix(title.as_str()).and_then(|name| name.strip_suffix(' '));
    without.filter(|rest| rest.contains(' ') || rest.len() > 3).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_is_is_not_said_in_each_row() {
        for (name, noun, listed) in [
            ("Lapsed High-Income Customers", "customers", "Lapsed High-Income"),
            ("Top-Rated Employees", "employees", "Top-Rated"),
            ("Big Basket Rows", "rows", "Big Basket"),
            ("Our Customers", "customers", "Our Customers"),
            ("Customers", "customers", "Customers"),
            ("Customers with Streaming TV", "customers", "With Streaming TV"),
            ("Low-Income Customers without Mortgage", "customers", "Low-Income without Mortgage"),
            ("Married Customers mostly with Children", "customers", "Married mostly with Children"),
            ("Customers of Mine", "customers", "Customers of Mine"),
            ("Frequent Shoppers", "customers", "Frequent Shoppers"),
            ("Loyal Panellists", "panellists", "Loyal Panellists".strip_suffix(" Panellists").unwrap()),
        ] {
            assert_eq!(listed_name(name, &Noun::written(noun).unwrap()), listed);
        }
    }
}
