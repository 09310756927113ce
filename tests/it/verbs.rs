//! Do cards say of levels what a native speaker would? Each line was said wrongly once, of public data that nobody here wrote.

use personae::base::{Ctx, Labels};
use personae::features::{self, Preparation};
use personae::persona::{Lexicon, Personas, describe};

/// Two personas of sixty: one has the first level of every column, the other the second.
fn told(columns: &[(&str, [&str; 2])]) -> Personas {
    let head: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let row = |row: usize| {
        let cells: Vec<&str> = columns.iter().map(|(_, levels)| levels[row / 60]).collect();
        format!("{},{}\n", cells.join(","), row * 7 % 41)
    };
    let loaded = crate::roles::read(&format!("{},visits\n{}", head.join(","), (0..120).map(row).collect::<String>()));
    let prepared = features::prepare(&loaded, &Preparation::default(), &Ctx::new()).unwrap();
    let labels = Labels::from_ids(&(0..120).map(|row| row / 60).collect::<Vec<_>>());
    describe(&loaded, &prepared, &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap()
}

/// What is said of the first level of a column, against one other.
fn check(column: &str, levels: [&str; 2], expected: &str) {
    let personas = told(&[(column, levels)]);
    let statements: Vec<&str> = personas.personas.iter().flat_map(|persona| &persona.statements).map(|line| line.text.as_str()).collect();
    assert!(statements.contains(&expected), "{column} = {}: {statements:?}", levels[0]);
}

#[test]
fn levels_are_said_as_people_say_them() {
    check("employment", ["unemployed", "nurse"], "All are unemployed");
    check("employment", ["not in labor force", "nurse"], "All are not in labor force");
    check("job", ["Sales_Executive", "Research_Scientist"], "All work as Sales Executive");
    check("marital_status", ["2. Married", "1. Single"], "All are married");
    check("country", ["United Kingdom", "France"], "All are from the United Kingdom");
    check("home", ["rent", "owner"], "All rent their home");
    check("housing", ["own", "rent"], "All own their home");
    check("home_ownership", ["MORTGAGE", "RENT"], "All have a mortgage on their home");
    check("home", ["parents", "owner"], "All live with their parents");
    check("internet_service", ["DSL", "Fiber optic"], "All have DSL internet service");
    check("language", ["French", "English"], "All speak French");
    check("language", ["Other", "English"], "All speak another language");
    check("age", ["child", "adult"], "All are children");
    check("age_group", ["18-24", "25-34"], "All are aged 18-24");
    check("classk", ["small.class", "regular.with.aide"], "All have classk small class");
    check("nodaded", ["yes", "no"], "All are marked yes for nodaded");
    check("gender", ["woman", "man"], "All are women (sensitive)");
}

#[test]
fn no_negative_is_said_of_a_negative() {
    let personas = told(&[("internet", ["No internet service", "DSL"]), ("plan_kind", ["basic", "premium"])]);
    for line in personas.personas.iter().flat_map(|persona| &persona.statements) {
        assert!(!(line.text.starts_with("None") && line.text.contains(" no ")), "{}", line.text);
    }
}

#[test]
fn a_level_names_nobody_that_says_nothing_without_its_column() {
    let names = |column: &str, levels: [&str; 2]| -> Vec<String> {
        told(&[(column, levels)]).personas.iter().map(|persona| persona.name.clone()).collect()
    };
    let of = |name: &str, names: Vec<String>| assert!(!names.iter().any(|other| other == name), "{names:?}");
    of("Parents Customers", names("home", ["parents", "owner"]));
    assert_eq!(names("home", ["rent", "owner"]), ["Renters", "Homeowners"]);
    of("Free Customers", names("housing", ["free", "company"]));
    assert!(names("housing", ["free", "company"]).contains(&"Customers with Free Housing".to_owned()));
    of("Moderate Customers", names("savings", ["moderate", "plenty"]));
    of("Right Customers", names("hand", ["Right", "Left"]));
    assert_eq!(names("language", ["French", "English"]), ["French-Speaking Customers", "English-Speaking Customers"]);
    assert_eq!(names("age", ["child", "adult"]), ["Children", "Adults"]);
    for name in names("nodaded", ["yes", "no"]) {
        assert!(!name.to_lowercase().contains("nodaded"), "{name}");
    }
}

#[test]
fn what_is_lent_is_no_revenue() {
    let revenue = |column: &str| {
        let rows: String = (0..120).map(|row| format!("{},{}\n", 100 + row / 60 * 400 + row * 7 % 41, row * 11 % 37)).collect();
        let loaded = crate::roles::read(&format!("{column},visits\n{rows}"));
        let prepared = features::prepare(&loaded, &Preparation::default(), &Ctx::new()).unwrap();
        let labels = Labels::from_ids(&(0..120).map(|row| row / 60).collect::<Vec<_>>());
        let personas = describe(&loaded, &prepared, &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap();
        personas.revenue_column.is_some()
    };
    for column in ["loan_amount", "credit_amount", "total_collection_amount_ever", "amount", "total_claims_amount", "MonthlyCharges"] {
        assert!(!revenue(column), "{column}");
    }
    for column in ["total_spend", "revenue", "purchase_amount", "order_amount_total", "umsatz", "TotalCharges"] {
        assert!(revenue(column), "{column}");
    }
}
