//! What columns mean: codes and places are no measures, answers become yes and no, words of a scale become points, spellings become one level,
//! and no persona is ever called "Low Zip". Every change is told, and every cell leaves as it came.

use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels};
use personae::data::{self, Kind, Loaded, Role, Source};
use personae::engine::{self, Outputs, SilhouetteWish, Wanted};
use personae::features::{self, Preparation};
use personae::persona::{Lexicon, Personas, describe};
use personae::session::Plan;

fn read(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    std::fs::write(&path, text).unwrap();
    let loaded = data::read(&Source::file(path), &Ctx::new()).unwrap();
    leaves_as_it_came(&loaded, text);
    loaded
}

/// The columns of the file leave with the cells they had; what was added stands behind them.
fn leaves_as_it_came(loaded: &Loaded, text: &str) {
    let mut out = Vec::new();
    data::write::csv(&loaded.table, &[], &mut out, &Ctx::new()).unwrap();
    for (line, came) in String::from_utf8(out).unwrap().lines().zip(text.lines()) {
        assert!(line == came || line.starts_with(&format!("{came},")), "{came} left as {line}");
    }
}

fn told(loaded: &Loaded, part: &str) -> bool {
    loaded.notes.iter().any(|note| note.0.contains(part))
}

fn role(loaded: &Loaded, name: &str) -> Role {
    loaded.profile.column(name).unwrap().guessed_role
}

/// The cards of four segments of a hundred, each with the values that `cell` gives it beside a spend of no interest.
fn cards(name: &str, cell: impl Fn(usize, usize) -> String, roles: &[(&str, Role)]) -> (Loaded, Personas) {
    let mut rng = random(7, 0);
    let mut text = format!("{name},spend,visits\n");
    for row in 0..400 {
        text += &format!("{},{}.5,{}\n", cell(row / 100, row), rng.random_range(50..99), rng.random_range(1..9));
    }
    let loaded = read(&text);
    let labels = Labels::from_ids(&(0..400).map(|row| row / 100).collect::<Vec<_>>());
    let roles = roles.iter().map(|&(name, role)| (name.to_owned(), role)).collect();
    let preparation = Preparation { roles, ..Preparation::default() };
    let prepared = features::prepare(&loaded, &preparation, &Ctx::new()).unwrap();
    let all =
        personae::persona::describe_with_roles(&loaded, &prepared, &labels, &[], &preparation.roles, &Lexicon::built_in(), &Ctx::new());
    (loaded, all.unwrap())
}

/// Words that no persona is called by.
const NO_NAMES: &[&str] = &[
    "zip",
    "zipcode",
    "postal",
    "postcode",
    "plz",
    "postleitzahl",
    "latitude",
    "longitude",
    "lat",
    "lng",
    "lon",
    "id",
    "number",
    "no",
    "nr",
    "code",
    "codigo",
    "codice",
    "phone",
    "telefon",
    "tel",
    "vorwahl",
    "dial",
    "cp",
    "cap",
    "cep",
    "latitud",
    "latitudine",
    "account",
    "member",
    "breitengrad",
];

fn says_nothing_of_codes(name: &str, all: &Personas) {
    for persona in &all.personas {
        let words: Vec<String> = persona.name.to_lowercase().split([' ', '-']).map(str::to_owned).collect();
        assert!(words.iter().all(|word| !NO_NAMES.contains(&word.as_str())), "{name}: {}", persona.name);
        let plain = name.to_lowercase().replace(['_', '-'], " ");
        for statement in &persona.statements {
            let text = statement.text.to_lowercase();
            let measures = ["higher", "lower", "high", "low", "more", "fewer"].iter().any(|word| text.split(' ').next() == Some(word));
            assert!(!(measures && text.contains(&plain)), "{name}: {}", statement.text);
        }
        let of_it = format!("the {plain}");
        assert!(
            !persona.summary.to_lowercase().contains(&of_it) && !persona.summary.contains(&format!("higher {plain}")),
            "{}",
            persona.summary
        );
    }
}

#[test]
fn nobody_is_low_in_postcode_or_high_in_member_number() {
    let many = |segment: usize, row: usize| format!("{}", 10_000 + 20_000 * segment + 13 * row);
    for name in [
        "zip",
        "Zip Code",
        "ZIPCODE",
        "customer_zip",
        "plz",
        "PLZ",
        "Postleitzahl",
        "code postal",
        "cp",
        "CAP",
        "codigo postal",
        "CEP",
        "postal_code",
        "pin code",
        "member_number",
        "Customer No",
        "account",
        "Kundennummer",
        "numero cliente",
        "order number",
        "phone",
        "Telefonnummer",
    ] {
        let (loaded, all) = cards(name, many, &[]);
        assert!(!role(&loaded, name).is_input_by_default(), "{name}: {:?}", role(&loaded, name));
        says_nothing_of_codes(name, &all);
        assert!(all.personas.iter().all(|persona| persona.evidence.iter().all(|row| row.column != name)), "{name} is described");
        // Not even where the user calls it a behaviour.
        says_nothing_of_codes(name, &cards(name, many, &[(name, Role::Behavioural)]).1);
    }
    let place = |segment: usize, row: usize| format!("{:.4}", 45.0 + 3.0 * segment as f64 + 0.001 * (row % 50) as f64 + 0.0005);
    for name in ["lat", "Latitude", "store_longitude", "lng", "lon", "Breitengrad", "latitud", "latitudine"] {
        let (loaded, all) = cards(name, place, &[]);
        assert_eq!(role(&loaded, name), Role::Ignored, "{name}");
        says_nothing_of_codes(name, &all);
        says_nothing_of_codes(name, &cards(name, place, &[(name, Role::Demographic)]).1);
    }
}

#[test]
fn what_numbers_the_subjects_of_a_panel_is_no_measure() {
    let rows = |when: &str, keep: &dyn Fn(usize) -> bool| {
        let mut text = format!("firm,{when},sales\n");
        for row in (0..160usize).filter(|row| keep(*row)) {
            text += &format!("{},{},{}\n", 1 + row / 4, 2001 + row % 4, 100 + row * 7 % 83);
        }
        read(&text)
    };
    let panel = rows("year", &|_| true);
    assert_eq!(role(&panel, "firm"), Role::Identifier);
    assert!(told(&panel, "Each row is one firm in one year: 40 of them in 4 rows each."), "{:?}", panel.notes);
    // Without a word of a period, or with a row missing, the counts may be chance.
    for other in [rows("size", &|_| true), rows("year", &|row| row != 7)] {
        assert_eq!((role(&other, "firm"), other.notes.len()), (Role::Behavioural, 0));
    }
}

#[test]
fn few_whole_numbers_of_unknown_meaning_name_nobody() {
    let (_, all) = cards("action", |group, _| (1 + group % 3).to_string(), &[]);
    says_nothing_in_names("action", &all);
    assert!(all.notes.iter().any(|note| note.0.starts_with("action holds only a few whole numbers")), "{:?}", all.notes);
    let (_, all) = cards("number_of_cars", |group, _| (1 + group % 3).to_string(), &[]);
    assert!(!all.notes.iter().any(|note| note.0.contains("only a few whole numbers")), "{:?}", all.notes);
}

fn says_nothing_in_names(name: &str, all: &Personas) {
    for persona in &all.personas {
        let words = persona.name_parts.iter().filter_map(|part| part.evidence).map(|row| &persona.evidence[row].column);
        assert!(words.into_iter().all(|column| column != name), "{}", persona.name);
    }
}

#[test]
fn codes_of_few_values_are_levels() {
    for name in [
        "Region",
        "region_code",
        "Channel",
        "sales channel",
        "Store No",
        "branch",
        "department",
        "Customer Type",
        "category",
        "order_status",
        "Filiale",
        "Kanal",
        "canal_venta",
        "tipo de cliente",
        "type_client",
        "regione",
        "sucursal",
        "loja",
        "area code",
        "zip3",
        "Product Code",
        "état",
    ] {
        let (loaded, all) = cards(name, |segment, _| format!("{}", segment + 1), &[]);
        let seen = loaded.profile.column(name).unwrap();
        assert_eq!((seen.kind, seen.n_distinct), (Kind::Text, 4), "{name}");
        assert!(told(&loaded, "4 different numbers are levels of their own"), "{name}: {:?}", loaded.notes);
        says_nothing_of_codes(name, &all);
        for persona in &all.personas {
            assert!(!persona.name.contains("High") && !persona.name.contains("Low"), "{name}: {}", persona.name);
        }
    }
    // Measures stay measures, whatever stands beside them.
    for name in [
        "store_visits",
        "channel_count",
        "NumStorePurchases",
        "children",
        "level",
        "job level",
        "number of stores",
        "score",
        "average zip income",
    ] {
        let (loaded, _) = cards(name, |segment, _| format!("{}", segment + 1), &[]);
        assert_eq!(loaded.profile.column(name).unwrap().kind, Kind::Number, "{name}");
    }
    // Whether they live in a city is a question and no list of cities.
    let (loaded, _) = cards("city", |segment, _| format!("{}", segment % 2), &[]);
    assert_eq!(loaded.profile.column("city").unwrap().kind, Kind::Number);
    let (_, all) = cards("Region", |segment, _| format!("{}", segment + 1), &[]);
    assert_eq!(all.personas[0].name, "Region 1 Customers");
}

#[test]
fn numbers_apart_from_a_scale_are_told_and_missing_by_choice() {
    let mut text = "q2_service,age\n".to_owned();
    (0..60).for_each(|row| text += &format!("{},{}\n", if row % 12 == 0 { 99 } else { 1 + row % 5 }, 20 + row * 7 % 50));
    let loaded = read(&text);
    assert!(told(&loaded, "5 cells of q2_service are 99, apart from its scale 1 to 5; they look like \"no answer\""), "{:?}", loaded.notes);
    assert_eq!(loaded.profile.column("q2_service").unwrap().n_missing, 0);
    let without = loaded.without_no_answers(&Ctx::new()).unwrap();
    let seen = without.profile.column("q2_service").unwrap();
    assert_eq!((seen.n_missing, seen.numeric.as_ref().unwrap().max), (5, 5.0));
    assert!(told(&without, "5 cells of q2_service with 99 count as missing, as you chose.") && !told(&without, "look like"));
    leaves_as_it_came(&without, &text);
    // Headless, from the plan.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.csv");
    std::fs::write(&path, &text).unwrap();
    let mut plan = Plan::new(Source::file(path));
    plan.preparation.no_answer_is_missing = true;
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to) = (Some(2), 2, 2);
    let outputs = Outputs { silhouettes: SilhouetteWish::None, ..Outputs::default() };
    let report = engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &Ctx::new()).unwrap().0;
    assert!(report.notes.iter().any(|note| note.contains("as you chose")), "{:?}", report.notes);
}

#[test]
fn several_answers_in_a_cell_are_yes_or_no_each() {
    for (separator, answers) in [("|", ["TV", "Radio", "Web"]), (";", ["a", "b", "c"]), (", ", ["Web", "Store", "App"])] {
        let mut text = "id,media,age\n".to_owned();
        for row in 0..40usize {
            let chosen: Vec<&str> =
                (0..3).filter(|answer| (row + 1) >> answer & 1 == 1 || row % 7 == *answer).map(|answer| answers[answer]).collect();
            let cell = chosen.join(separator);
            let cell = if cell.contains(',') { format!("\"{cell}\"") } else { cell };
            text += &format!("c{row},{cell},{}\n", 20 + row * 7 % 41);
        }
        let loaded = read(&text);
        assert_eq!(role(&loaded, "media"), Role::Ignored);
        assert!(told(&loaded, "Cells of media hold several answers"), "{:?}", loaded.notes);
        for (at, answer) in answers.iter().enumerate() {
            let column = loaded.table.column(&format!("media: {answer}")).unwrap();
            for row in 0..40 {
                let cell = loaded.table.column("media").unwrap().text(row);
                let expected = cell.map(|cell| if cell.split(separator).any(|part| part == *answer) { "yes" } else { "no" });
                assert_eq!(column.text(row), expected, "{answer} of {row}, {at}");
            }
        }
    }
    let cities = read(&("place,n\n".to_owned() + &"\"Leeds, UK\",1\n\"York, UK\",2\n\"Paris, FR\",3\n\"Lyon, FR\",4\n".repeat(9)));
    assert!(cities.notes.is_empty() && cities.table.columns.len() == 2, "{:?}", cities.notes);
}

#[test]
fn a_column_for_each_choice_is_yes_or_no() {
    for (names, values) in [
        (["Q1_Newsletter", "Q1_Store", "Q1_Friends"], ["Newsletter", "Store", "Friends"]),
        (["Channels - Email", "Channels - Post", "Channels - Phone call"], ["Email", "Post", "Phone call"]),
        (["q5_1", "q5_2", "q5_3"], ["1", "2", "3"]),
        (["topics [a]", "topics [b]", "topics [c]"], ["x", "x", "x"]),
        (["q7_1", "q7_2", "q7_3"], ["Cinema", "Theatre", "Opera"]),
    ] {
        let mut text = format!("id,{},age\n", names.join(","));
        for row in 0..30usize {
            let cells: Vec<&str> = (0..3).map(|choice| if row % (choice + 2) == 0 && row % 5 > 0 { values[choice] } else { "" }).collect();
            text += &format!("c{row},{},{}\n", cells.join(","), 20 + row * 7 % 41);
        }
        let loaded = read(&text);
        assert!(told(&loaded, "hold one choice or nothing") && told(&loaded, "have none of them"), "{:?}", loaded.notes);
        for (name, value) in names.iter().zip(values) {
            let seen = loaded.profile.column(name).unwrap();
            assert_eq!((seen.n_distinct, seen.n_missing), (2, 0), "{name}");
            let levels = &seen.levels.as_ref().unwrap().names;
            let expected = if name.starts_with("q7") { format!("not {value}") } else { "no".to_owned() };
            assert!(levels.contains(&expected), "{levels:?}");
        }
    }
    // What was asked of some rows only, and a lone value, are no choices.
    let mut text = "id,shipping_country,shipping_method,age\n".to_owned();
    (0..30).for_each(|row| text += &format!("c{row},{},{}\n", if row % 2 == 0 { "US,standard" } else { "," }, 20 + row % 7));
    assert!(read(&text).notes.is_empty());
}

#[test]
fn words_of_a_scale_are_points_of_it() {
    for (answers, ends) in [
        (["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"], "1 is \"Strongly disagree\", 5 is \"Strongly agree\""),
        (["stimme gar nicht zu", "stimme eher nicht zu", "teils teils", "stimme eher zu", "stimme voll zu"], "5 is \"stimme voll zu\""),
        (["jamais", "rarement", "parfois", "souvent", "toujours"], "1 is \"jamais\", 5 is \"toujours\""),
        (["I hate it!-2", "-1", "0", "1", "I love it!+2"], "-2 is \"I hate it!-2\", 2 is \"I love it!+2\""),
    ] {
        let mut text = "id,opinion\n".to_owned();
        (0..40).for_each(|row| text += &format!("c{row},{}\n", answers[row * 3 % 5]));
        let loaded = read(&text);
        let column = loaded.table.column("opinion").unwrap();
        assert_eq!(column.kind(), Kind::Number);
        assert!(told(&loaded, "are points of a scale") && told(&loaded, ends), "{:?}", loaded.notes);
        let low = column.number(0).unwrap();
        (0..40).for_each(|row| assert_eq!(column.number(row), Some(low + (row * 3 % 5) as f64)));
    }
}

#[test]
fn spellings_of_a_level_are_one_level() {
    let mut text = "id,country,visits\n".to_owned();
    let spelled = ["DE", "de", "DE", "US", "U.S.", "us", "FR", "DE", "US", "Fr"];
    (0..60).for_each(|row| text += &format!("p{row},{},{}\n", spelled[row % 10], row % 13));
    let loaded = read(&text);
    let levels = loaded.profile.column("country").unwrap().levels.clone().unwrap();
    assert_eq!((levels.names.clone(), levels.counts.clone()), (vec!["DE".into(), "US".into(), "FR".into()], vec![24, 24, 12]));
    assert!(told(&loaded, "\"de\" (6) as \"DE\" (18)") && told(&loaded, "as \"US\" (12)"), "{:?}", loaded.notes);
    // Case may matter in what is different for nearly everyone.
    let mut text = "token,visits\n".to_owned();
    (0..60).for_each(|row| text += &format!("{}{},{}\n", if row % 2 == 0 { "Ab" } else { "aB" }, row / 2, row % 13));
    assert!(read(&text).notes.is_empty());
}

#[test]
fn a_labelled_file_is_read_again_without_new_columns() {
    let mut text = "id,media,age\n".to_owned();
    let cells = ["TV|Radio", "TV", "Radio", "Radio|Web", "TV|Web", "Web"];
    (0..36).for_each(|row| text += &format!("c{row},{},{}\n", cells[row % 6], 20 + row));
    let loaded = read(&text);
    let mut out = Vec::new();
    data::write::csv(&loaded.table, &[], &mut out, &Ctx::new()).unwrap();
    let again = read(&String::from_utf8(out).unwrap());
    assert_eq!(again.table.columns.len(), loaded.table.columns.len());
    let labels = Labels::from_ids(&(0..36).map(|row| row % 2).collect::<Vec<_>>());
    let prepared = features::prepare(&again, &Preparation::default(), &Ctx::new()).unwrap();
    assert_eq!(describe(&again, &prepared, &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap().personas.len(), 2);
}
