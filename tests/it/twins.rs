//! Does what says the same enter once and stand once in every list, and can the user have it otherwise?

use personae::base::{Ctx, Labels};
use personae::data::Loaded;
use personae::features::{ColumnRecipe, Preparation, Prepared, prepare};
use personae::persona::{Lexicon, Personas, describe};

use crate::roles::read;

fn prepared(loaded: &Loaded, preparation: &Preparation) -> Prepared {
    prepare(loaded, preparation, &Ctx::new()).unwrap()
}

fn entering(prepared: &Prepared) -> Vec<&str> {
    prepared.columns.iter().filter(|column| column.enters).map(|column| column.name.as_str()).collect()
}

fn chosen(names: &[&str]) -> Preparation {
    let recipe = ColumnRecipe { enters: Some(true), ..ColumnRecipe::default() };
    Preparation { columns: names.iter().map(|name| ((*name).to_owned(), recipe.clone())).collect(), ..Preparation::default() }
}

fn told(prepared: &Prepared, text: &str) -> bool {
    prepared.notes.iter().any(|note| note.0.contains(text))
}

/// Nine services of a subscription base; a third has no internet, which six of them repeat.
fn services() -> Loaded {
    const REPEATING: [&str; 6] = ["security", "backup", "protection", "support", "tv", "movies"];
    let mut text = format!("customer,internet,{},phone,tenure_months\n", REPEATING.join(","));
    for row in 0..360usize {
        let has = row % 3 != 0;
        text += &format!("c{row},{}", if has { "Fiber" } else { "Without" });
        for (nth, _) in REPEATING.iter().enumerate() {
            let with = (row * 7919 + nth * 104_729) / (nth + 3) % 2 == 0;
            text += if !has {
                ",No internet service"
            } else if with {
                ",Yes"
            } else {
                ",No"
            };
        }
        text += &format!(",{},{}\n", ["Yes", "No"][row * 31 % 7 / 4], 1 + row * 13 % 71);
    }
    read(&text)
}

fn cards(loaded: &Loaded) -> Personas {
    let labels = Labels::from_ids(&(0..loaded.table.n_rows).map(|row| usize::from(row % 3 == 0)).collect::<Vec<_>>());
    describe(loaded, &prepared(loaded, &Preparation::default()), &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap()
}

#[test]
fn derived_twins_and_complements_enter_once() {
    let loaded = read(include_str!("../fixtures/twins.csv"));
    let by_default = prepared(&loaded, &Preparation::default());
    assert_eq!(entering(&by_default), ["tenure_days", "frequency", "brand_national_share", "spend"]);
    let reason = |name: &str| by_default.columns.iter().find(|column| column.name == name).unwrap().reason.clone();
    assert_eq!(reason("first_purchase"), "Left out: says the same as tenure_days, in reverse.");
    assert_eq!(reason("repeat_purchases"), "Left out: says the same as frequency.");
    let note = "first_purchase (the reverse of tenure_days), repeat_purchases (as frequency), brand_private_share (the reverse of brand_national_share) say the same as \
                other columns and are left out.";
    assert!(told(&by_default, note), "{:?}", by_default.notes);
    let advised: Vec<&str> = by_default.notes.iter().map(|note| note.0.as_str()).filter(|note| note.contains("count double")).collect();
    let left_out = ["first_purchase", "repeat_purchases", "brand_private_share"];
    assert!(left_out.iter().all(|name| !advised.iter().any(|note| note.contains(name))), "what is left out needs no advice: {advised:?}");
    // Switched on it is in, and in place of the one it repeats; whoever wants both says so of both.
    let with = prepared(&loaded, &chosen(&["first_purchase"]));
    assert_eq!(entering(&with), ["first_purchase", "frequency", "brand_national_share", "spend"]);
    let both = prepared(&loaded, &chosen(&["first_purchase", "tenure_days"]));
    assert_eq!(entering(&both), ["tenure_days", "first_purchase", "frequency", "brand_national_share", "spend"]);
    assert!(told(&both, "count double"));
    let off = ColumnRecipe { enters: Some(false), ..ColumnRecipe::default() };
    let without = Preparation { columns: [("frequency".to_owned(), off)].into(), ..Preparation::default() };
    assert!(entering(&prepared(&loaded, &without)).contains(&"repeat_purchases"), "where one is off the other is in");
    let named = Preparation { features: Some(vec!["frequency".into(), "repeat_purchases".into()]), ..Preparation::default() };
    assert_eq!(entering(&prepared(&loaded, &named)), ["frequency", "repeat_purchases"]);
}

#[test]
fn a_level_that_many_columns_repeat_enters_once() {
    let loaded = services();
    let by_default = prepared(&loaded, &Preparation::default());
    let encoded = |prepared: &Prepared, text: &str| prepared.pca.encoded_names.iter().filter(|name| name.contains(text)).count();
    assert_eq!((encoded(&by_default, "internet = Without"), encoded(&by_default, "No internet service")), (1, 0));
    assert_eq!(encoded(&by_default, "= Yes"), 7, "what else they say stays");
    assert!(told(&by_default, "Levels of 6 columns say the same as \"Without\" of internet, so it enters once."), "{:?}", by_default.notes);
    let with = prepared(&loaded, &chosen(&["tv", "movies"]));
    assert_eq!(encoded(&with, "No internet service"), 2, "a column the user lets in enters whole");
}

#[test]
fn lists_tell_a_fact_once_and_count_the_others() {
    let loaded = services();
    let all = cards(&loaded);
    let is_fact = |level: Option<&str>| matches!(level, Some("Without" | "No internet service"));
    let without = all.personas.iter().find(|persona| persona.n == 120).unwrap();
    let of_fact: Vec<String> = without
        .statements
        .iter()
        .filter(|statement| is_fact(without.evidence[statement.evidence].level.as_deref()))
        .map(|statement| all.statement_text(without, statement))
        .collect();
    assert_eq!(of_fact.len(), 1, "{of_fact:?}");
    assert!(of_fact[0].ends_with(", and 6 columns that say the same"), "{of_fact:?}");
    let attributes: Vec<String> = all.attributes.iter().map(|attribute| attribute.what_with_others()).collect();
    assert_eq!(attributes.iter().filter(|what| what.contains("No internet") || what.contains("= Without")).count(), 1, "{attributes:?}");
    let listed = all.listed_evidence(without);
    let n_listed = listed.iter().filter(|&&row| is_fact(without.evidence[row].level.as_deref())).count();
    assert!(n_listed <= 2, "{n_listed}: one, and what the name rests on");
    assert!(listed.len() + 5 <= without.evidence.len());
    let drawn: Vec<&str> = without.distributions.iter().map(|distribution| distribution.column.as_str()).collect();
    let repeating = drawn.iter().filter(|column| **column != "phone" && **column != "tenure_months").count();
    assert_eq!(repeating, 1, "{drawn:?}");
}

#[test]
fn quantities_that_a_few_hold_are_off_until_switched_on() {
    let mut text = "customer,items,visits,spend\n".to_owned();
    for row in 0..500usize {
        let items = if row % 250 == 7 { 900_000 } else { 1 + row * 17 % 40 };
        text += &format!("c{row},{items},{},{}\n", 1 + row * 7 % 23, if row == 9 { 5_000_000 } else { 20 + row * 31 % 400 });
    }
    let loaded = read(&text);
    let by_default = prepared(&loaded, &Preparation::default());
    assert_eq!(entering(&by_default), ["visits", "spend"], "money is no quantity: a few may well spend most of it");
    assert!(told(&by_default, "items is left out: 1 % of the customers hold 99 % of its sum"), "{:?}", by_default.notes);
    assert_eq!(entering(&prepared(&loaded, &chosen(&["items"]))), ["items", "visits", "spend"]);
}
