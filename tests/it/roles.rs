//! Is a column that says who somebody is told from one that says what they do, whatever language and coding it has?

use personae::base::Ctx;
use personae::data::{self, Loaded, Role, Source};
use personae::features::{Preparation, prepare};

pub fn read(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    std::fs::write(&path, text).unwrap();
    data::read(&Source::file(path), &Ctx::new()).unwrap()
}

/// A table with the column called `name`, filled by `value`, beside a number that varies.
fn with(name: &str, value: impl Fn(usize) -> String) -> Loaded {
    let rows: String = (0..60).map(|row| format!("{},{}\n", value(row), 10 + row * 7 % 41)).collect();
    read(&format!("\"{name}\",visits\n{rows}"))
}

fn role(name: &str, value: impl Fn(usize) -> String) -> Role {
    let loaded = with(name, value);
    loaded.profile.columns[0].guessed_role
}

/// The role of a name is the same as 0 and 1, as yes and no, and as two words.
fn check(names: &[&str], expected: Role) {
    for name in names {
        for [no, yes] in [["0", "1"], ["no", "yes"], ["false", "true"], ["N", "Y"], ["a", "b"]] {
            let found = role(name, |row| [no, yes][usize::from(row % 3 == 0)].to_owned());
            assert_eq!(found, expected, "{name} as {no} and {yes}");
        }
    }
}

#[test]
fn person_words_are_sensitive_whatever_their_coding() {
    check(
        &[
            "female",
            "Male",
            "is_female",
            "sex",
            "sex_m",
            "gndr",
            "gender_Male",
            "Gender: Female",
            "isFemale",
            "geschlecht",
            "Sexe",
            "sexo",
            "género",
            "genere",
            "weiblich",
            "männlich",
            "mujer",
            "homme",
            "donna",
            "mulher",
            "ethnicity",
            "hispan",
            "goodhlth",
            "race_white",
            "Nationalität",
            "religión",
            "religione",
            "Konfession",
            "pregnant",
            "Schwangerschaft",
            "disability",
            "is_disabled",
            "Behinderung",
            "discapacidad",
            "santé",
            "smoker",
            "diabetes",
            "sexual_orientation",
            "citizenship",
            "cittadinanza",
            "ethn",
            "hispanic",
            "is_hispanic",
            "nonwhite",
            "nwhite",
            "nbaffairs",
            "prescriptions",
            "medication",
            "hospital",
        ],
        Role::Sensitive,
    );
}

#[test]
fn who_somebody_is_otherwise_is_demographic() {
    check(
        &[
            "senior_citizen",
            "SeniorCitizen",
            "partner",
            "Dependents",
            "married",
            "marital_Married",
            "marital_status",
            "children",
            "has_kids",
            "Familienstand",
            "verheiratet",
            "enfants",
            "hijos",
            "figli",
            "estado civil",
            "widowed",
            "retired",
            "student",
            "homeowner",
            "Age_group",
        ],
        Role::Demographic,
    );
}

#[test]
fn goods_made_for_somebody_are_no_sex() {
    for name in ["women_orders", "spend_men", "female spending", "mens_purchases"] {
        assert_eq!(role(name, |row| format!("{}", row * 13 % 97)), Role::Behavioural, "{name}");
    }
    for name in
        ["womens_shoes", "men_products", "damen schuhe", "ropa hombre", "black_friday", "white_wine", "credit union", "foreign travel"]
    {
        assert_ne!(role(name, |row| format!("{}", row % 2)), Role::Sensitive, "{name}");
    }
}

#[test]
fn codes_and_states_of_orders_are_no_inputs() {
    let loaded = read(&{
        let mut text = "sku,order_status,status,loyalty_status,product code,Estado del pedido,lat,spend\n".to_owned();
        for row in 0..90usize {
            let status = ["Completed", "Cancelled", "On hold"][row % 3];
            let tier = ["Gold", "Silver"][row % 2];
            text += &format!("TBL{},{status},{status},{tier},A-{},{status},{}.5,{}\n", row % 7, row % 9, 40 + row % 9, 10 + row * 31 % 97);
        }
        text
    });
    let enters: Vec<String> = prepare(&loaded, &Preparation::default(), &Ctx::new())
        .unwrap()
        .columns
        .into_iter()
        .filter(|column| column.enters)
        .map(|column| column.name)
        .collect();
    assert_eq!(enters, ["loyalty_status", "spend"]);
    for name in ["sku", "order_status", "status", "product code", "Estado del pedido", "lat"] {
        assert_eq!(loaded.profile.column(name).unwrap().guessed_role, Role::Ignored, "{name}");
    }
}

#[test]
fn an_unknown_yes_or_no_beside_a_person_is_asked_about_until_it_is_decided() {
    let mut text = "is_head,owner_w,is_app,visits\n".to_owned();
    (0..90usize)
        .for_each(|row| text += &format!("{},{},{},{}\n", row % 2, if row % 3 == 0 { "Y" } else { "N" }, row % 5 / 4, row * 7 % 41));
    let loaded = read(&text);
    let asked = |preparation: &Preparation| -> Vec<String> {
        let notes = prepare(&loaded, preparation, &Ctx::new()).unwrap().notes;
        notes.into_iter().map(|note| note.0).filter(|note| note.contains("may describe personal traits")).collect()
    };
    let both = "is_head and owner_w hold only yes and no and may describe personal traits. For now they enter; if they are sensitive, give the role \
                Sensitive on the Data page.";
    assert_eq!(asked(&Preparation::default()), [both]);
    let one = Preparation { roles: [("owner_w".to_owned(), Role::Sensitive)].into(), ..Preparation::default() };
    assert_eq!(asked(&one).len(), 1);
    assert!(asked(&one)[0].starts_with("is_head holds only yes and no"));
    let decided = Preparation { roles: [("owner_w".to_owned(), Role::Sensitive), ("is_head".to_owned(), Role::Behavioural)].into(), ..one };
    assert!(asked(&decided).is_empty());
}

#[test]
fn a_subscription_base_is_understood() {
    let loaded = read(include_str!("../fixtures/no_levels.csv"));
    use Role::*;
    for (name, role) in [
        ("customer", Identifier),
        ("streaming", Behavioural),
        ("female", Sensitive),
        ("senior_citizen", Demographic),
        ("partner", Demographic),
        ("churn", Outcome),
    ] {
        assert_eq!(loaded.profile.column(name).unwrap().guessed_role, role, "{name}");
    }
}

#[test]
fn colours_and_firms_are_no_origin_unless_people_answer_for_them() {
    for name in ["black", "is_black", "white", "union", "foreign"] {
        for [no, yes] in [["0", "1"], ["no", "yes"], ["false", "true"], ["N", "Y"]] {
            assert_eq!(role(name, |row| [no, yes][usize::from(row % 3 == 0)].to_owned()), Role::Sensitive, "{name} as {no} and {yes}");
        }
    }
    assert_ne!(role("black", |row| format!("{}", row % 17)), Role::Sensitive, "a count of black ones");
    assert_ne!(role("colour", |row| ["black", "white", "red"][row % 3].to_owned()), Role::Sensitive);
    assert_eq!(role("grp", |row| ["black", "hispanic", "other"][row % 3].to_owned()), Role::Sensitive);
}

/// Seen in public files that nobody here wrote.
#[test]
fn what_surveys_and_banks_call_things_is_understood() {
    let yes_or_no = |row: usize| ["0", "1"][usize::from(row.is_multiple_of(3))].to_owned();
    for name in ["afam", "blackfemale", "citizen", "us_citizen"] {
        assert_eq!(role(name, yes_or_no), Role::Sensitive, "{name}");
    }
    assert_eq!(role("lrscale", |row| (row % 11).to_string()), Role::Sensitive, "left or right");
    assert_eq!(role("senior_citizen", yes_or_no), Role::Demographic);
    // In a study of applications first names stand for origin.
    assert_eq!(role("firstname", |row| ["Hakim", "Tamika", "Emily", "Greg"][row % 4].to_owned()), Role::Identifier);
    for name in ["psu", "stratum", "pspwght", "dweight", "survey_weight"] {
        assert_eq!(role(name, |row| format!("{}", 0.5 + (row * 7 % 23) as f64 / 10.0)), Role::Ignored, "{name}");
    }
    assert_eq!(role("idno", |row| (10_000 + row * 37).to_string()), Role::Identifier);
    assert_eq!(role("respond", yes_or_no), Role::Outcome);
    assert_eq!((role("risk", yes_or_no), role("risk", |row| (row % 9).to_string())), (Role::Outcome, Role::Behavioural));
    assert_eq!(role("Status", |row| ["good", "bad"][usize::from(row % 3 == 0)].to_owned()), Role::Outcome);
    for name in ["market_segment", "cabin_class"] {
        assert_ne!(role(name, |row| ["direct", "corporate", "groups"][row % 3].to_owned()), Role::Outcome, "{name}");
    }
    assert_eq!(role("segment", |row| ["a", "b", "c"][row % 3].to_owned()), Role::Outcome);
    // Children from 5 to 17 are counted; a day as one number is none.
    assert_eq!(role("num5_17", |row| (row % 4).to_string()), Role::Behavioural);
    assert_eq!(role("date", |row| (11_597 + row % 28 * 10_000).to_string()), Role::Ignored);
}

#[test]
fn answers_and_marks_are_no_keys_of_customers() {
    let told = |name: &str, value: &dyn Fn(usize) -> String| personae::customers::repeats(&with(name, value));
    let few = |n: usize| move |row: usize| (row % n).to_string();
    assert_eq!(told("phone_service", &few(2)), None);
    assert_eq!(told("person", &few(2)), None);
    assert_eq!(told("checking_account", &few(4)), None);
    assert_eq!(told("number_customer_service_calls", &few(10)), None);
    assert_eq!(told("account_never_delinq_percent", &|row| format!("{}.5", 60 + row % 20)), None);
    assert!(told("customer_id", &few(20)).is_some(), "three rows per customer");
    assert!(told("service_account_number", &few(20)).is_some(), "its last word says that it numbers them");
}

#[test]
fn what_only_repeats_a_sensitive_column_is_as_sensitive() {
    let mut text = "spend,religion,vryrel,slghtrel,marr\n".to_owned();
    for row in 0..200usize {
        let religion = row * 7 % 5 + 1;
        text += &format!(
            "{},{religion},{},{},{}\n",
            row * 13 % 97,
            u8::from(religion == 5),
            u8::from(religion < 3),
            u8::from(row * 11 % 7 > 3)
        );
    }
    let loaded = read(&text);
    let role = |name: &str| loaded.profile.column(name).unwrap().guessed_role;
    assert_eq!([role("religion"), role("vryrel"), role("slghtrel")], [Role::Sensitive; 3]);
    assert_ne!(role("marr"), Role::Sensitive, "which it does not decide");
    assert!(loaded.profile.column("vryrel").unwrap().guess_reason.contains("religion"));
}

#[test]
fn a_class_that_people_travel_in_is_no_outcome() {
    for levels in [["1st class", "2nd class", "3rd class"], ["Economy", "Business", "First"]] {
        assert_ne!(role("class", |row| levels[row % 3].to_owned()), Role::Outcome, "{levels:?}");
    }
    assert_eq!(role("class", |row| ["setosa", "virginica", "versicolor"][row % 3].to_owned()), Role::Outcome);
    for name in ["survived", "deny", "approved"] {
        assert_eq!(role(name, |row| ["yes", "no"][row % 2].to_owned()), Role::Outcome, "{name}");
    }
    for name in ["Smoke", "resting_pulse", "blood_pressure", "physlim"] {
        assert_eq!(role(name, |row| (60 + row * 7 % 41).to_string()), Role::Sensitive, "{name}");
    }
}
