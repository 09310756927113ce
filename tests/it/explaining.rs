//! What drives the grouping, rules and typical customers: hand-worked numbers, a slow recount, planted columns, and who is never told.

use std::collections::BTreeMap;
use std::path::PathBuf;

use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels, Stopped};
use personae::data::{self, Loaded, Noun, Role, Source, Values};
use personae::features::{self, Preparation, Prepared};
use personae::persona::{Explained, Lexicon, describe, explained};

/// A table of the text, as the program itself would read it, with the columns named entering.
fn table(text: &str, features: &[&str]) -> (Loaded, Prepared) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("customers.csv");
    std::fs::write(&path, text).unwrap();
    let loaded = data::read(&Source::file(path), &Ctx::new()).unwrap();
    let features = Some(features.iter().map(|name| (*name).to_owned()).collect());
    let prepared = features::prepare(&loaded, &Preparation { features, ..Preparation::default() }, &Ctx::new()).unwrap();
    (loaded, prepared)
}

fn explain(loaded: &Loaded, prepared: &Prepared, labels: &Labels, roles: &BTreeMap<String, Role>) -> Explained {
    explained(loaded, prepared, labels, roles, &Lexicon::built_in(), 0, &Ctx::new()).unwrap()
}

/// Three segments of 200 in turn: spend tells the first, the channel the second, both the third; the rest is noise.
fn planted() -> (Loaded, Prepared, Labels) {
    let mut rng = random(11, 0);
    let mut text = "customer_id,total_spend,channel,noise_one,noise_two,noise_three,gender,signup_date,churned,email\n".to_owned();
    for row in 0..600 {
        let segment = row % 3;
        let spend = [1_000.0, 200.0, 210.0][segment] + 60.0 * rng.random::<f64>();
        let channel = if segment == 1 { "app" } else { ["web", "store"][row % 2] };
        let [one, two, three] = [(); 3].map(|()| rng.random_range(0..1000));
        let gender = if segment == 2 { "female" } else { "male" };
        let churned = if segment == 0 { "yes" } else { "no" };
        let day = 1 + row % 28;
        text += &format!("K{row},{spend:.2},{channel},{one},{two},{three},{gender},2023-0{}-{day:02},{churned},c{row}@x.de\n", 1 + row % 9);
    }
    let (loaded, prepared) = table(&text, &["total_spend", "channel"]);
    (loaded, prepared, Labels::from_ids(&(0..600).map(|row| row % 3).collect::<Vec<_>>()))
}

#[test]
fn planted_columns_drive_the_grouping() {
    let (loaded, prepared, labels) = planted();
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let forest = told.forest.as_ref().unwrap();
    assert!(forest.accuracy > 0.95 && (forest.chance - 1.0 / 3.0).abs() < 0.01, "{forest:?}");
    assert_eq!((forest.n_learnt, forest.n_held_out), (450, 150));
    let first: Vec<&str> = told.importance.iter().take(2).map(|line| line.column.as_str()).collect();
    assert!(first.contains(&"total_spend") && first.contains(&"channel"), "{:?}", told.importance);
    let loss = |column: &str| told.importance.iter().find(|line| line.column == column).unwrap().loss;
    for noise in ["noise_one", "noise_two", "noise_three"] {
        assert!(loss(noise).unwrap().abs() < 0.03, "{noise}: {:?}", loss(noise));
        assert!(loss("total_spend").unwrap() > 0.2 && loss("channel").unwrap() > 0.2);
    }
    // The second witness looks at what decided who is alike, and at nothing else.
    let weighed = told.weighed.as_ref().unwrap();
    assert!(weighed.accuracy.unwrap() > 0.95 && weighed.disagreement.is_none(), "{weighed:?}");
    let shares: Vec<f64> = told.importance.iter().filter_map(|line| line.weight).collect();
    assert!(shares.len() == 2 && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{:?}", told.importance);
    for line in told.importance.iter().filter(|line| line.weight.is_some()) {
        assert!(line.toward.iter().all(|of| of.level.is_some() == (line.column == "channel")), "{line:?}");
        assert!(line.enters && line.toward.len() == 3 && line.toward.iter().any(|of| of.weight > 0.0), "{line:?}");
    }
    for closed in ["gender", "churned"] {
        let line = told.importance.iter().find(|line| line.column == closed).unwrap();
        assert!(line.loss.is_none() && line.association > 0.5, "told, but not asked: {line:?}");
    }
    assert!(told.importance.iter().all(|line| !["customer_id", "email"].contains(&line.column.as_str())), "identifiers take no part");
}

/// Precision, recall and number caught by reading the words of a rule again, slowly.
fn recount(loaded: &Loaded, labels: &Labels, cluster: usize, conditions: &[String]) -> (f64, f64, usize) {
    let holds = |condition: &String, row: usize| {
        let plain = condition.replace(['\u{202f}', '\u{a0}'], "");
        let number = |text: &str| text.trim().parse::<f64>().unwrap();
        let value = |column: &str| match &loaded.table.column(column).unwrap().values {
            Values::Number(values) => values[row],
            other => panic!("{other:?}"),
        };
        if let Some(levels) = plain.strip_prefix("channel: ") {
            let channel = loaded.table.column("channel").unwrap().text(row).unwrap();
            return match (levels.strip_prefix("not "), levels.strip_prefix("neither ")) {
                (Some(level), _) => channel != level,
                (_, Some(two)) => two.split(" nor ").all(|level| channel != level),
                _ => channel == levels,
            };
        }
        let (words, limit) = plain.split_at(plain.find(" up to ").or(plain.find(" above ")).expect(condition));
        let column = words.trim().replace(' ', "_");
        match limit.strip_prefix(" up to ") {
            Some(up_to) => value(&column) <= number(up_to),
            None => value(&column) > number(limit.strip_prefix(" above ").unwrap()),
        }
    };
    let caught: Vec<usize> = (0..labels.n_rows()).filter(|&row| conditions.iter().all(|condition| holds(condition, row))).collect();
    let n_hit = caught.iter().filter(|&&row| labels.get(row) == Some(cluster)).count();
    (n_hit as f64 / caught.len() as f64, n_hit as f64 / labels.sizes()[cluster] as f64, caught.len())
}

#[test]
fn rules_say_what_they_catch() {
    let (loaded, prepared, labels) = planted();
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let expected: [&[&str]; 3] = [&["total_spend"], &["channel"], &["channel", "total_spend"]];
    for (cluster, columns) in expected.into_iter().enumerate() {
        let rule = told.rules[cluster].as_ref().unwrap();
        let mut used: Vec<&str> = rule.conditions.iter().map(|condition| condition.column.as_str()).collect();
        used.sort_unstable();
        assert_eq!(used, columns, "{rule:?}");
        let texts: Vec<String> = rule.conditions.iter().map(|condition| condition.text.clone()).collect();
        assert_eq!(recount(&loaded, &labels, cluster, &texts), (rule.precision, rule.recall, rule.n_caught), "{texts:?}");
        assert!(rule.precision > 0.97 && rule.recall > 0.97, "{rule:?}");
    }
}

#[test]
fn shuffled_segments_have_no_rule_and_no_driver() {
    let (loaded, prepared, _) = planted();
    for seed in 0..5 {
        let mut rng = random(seed, 1);
        let labels = Labels::from_ids(&(0..600).map(|_| rng.random_range(0..3)).collect::<Vec<_>>());
        let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
        assert!(told.rules.iter().all(Option::is_none), "{:?}", told.rules);
        let forest = told.forest.unwrap();
        assert!((forest.accuracy - forest.chance).abs() < 0.15, "{forest:?}");
    }
}

#[test]
fn typical_customers_are_nobody() {
    let (loaded, prepared, labels) = planted();
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    for examples in &told.examples {
        assert_eq!(examples.len(), 3);
        for (column, value) in examples.iter().flat_map(|example| &example.values) {
            assert!(!["Customer ID", "Email", "Gender", "Churned"].contains(&column.as_str()), "{column}");
            let digits = value.chars().filter(char::is_ascii_digit).collect::<String>();
            match column.as_str() {
                "Signup date" => assert_eq!(value.len(), 7, "months only: {value}"),
                _ => assert!(digits.trim_start_matches('0').trim_end_matches('0').len() <= 2, "two digits: {column} {value}"),
            }
        }
    }
    let few = Labels::from_options(&(0..600).map(|row| Some(usize::from(row < 30))).collect::<Vec<_>>());
    let told = explain(&loaded, &prepared, &few, &BTreeMap::new());
    assert_eq!(told.examples.iter().map(Vec::len).collect::<Vec<_>>(), [3, 0], "30 customers are too few to show single ones");
    let roles = BTreeMap::from([("gender".to_owned(), Role::Demographic), ("channel".to_owned(), Role::Sensitive)]);
    let told = explain(&loaded, &prepared, &labels, &roles);
    let columns: Vec<&str> = told.examples[0][0].values.iter().map(|(column, _)| column.as_str()).collect();
    assert!(columns.contains(&"Gender") && !columns.contains(&"Channel"), "the user's role stands before the guess: {columns:?}");
    let in_rules = |column: &str| told.rules.iter().flatten().flat_map(|rule| &rule.conditions).any(|condition| condition.column == column);
    assert!(in_rules("gender") && !in_rules("channel"), "{:?}", told.rules);
}

#[test]
fn who_is_called_typical_has_the_traits_of_the_name() {
    // The middle of the first group is between its two halves: nearest to it are customers without what the group is called by.
    let mut text = "visits,age,plan\n".to_owned();
    for row in 0..400 {
        let (visits, plan) = if row < 200 { (30 + row % 7, "gold") } else { (3 + row % 7, if row % 2 == 0 { "basic" } else { "free" }) };
        text += &format!("{visits},{},{plan}\n", 30 + row * 7 % 40);
    }
    let (loaded, prepared) = table(&text, &["visits", "age"]);
    let labels = Labels::from_ids(&(0..400).map(|row| usize::from(row >= 200)).collect::<Vec<_>>());
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let visits = |cluster: usize| -> Vec<f64> {
        let of = told.examples[cluster].iter().map(|example| example.values.iter().find(|(column, _)| column == "Visits").unwrap());
        of.map(|(_, value)| value.parse().unwrap()).collect()
    };
    assert_eq!(told.typical, [true, true]);
    assert!(visits(0).iter().all(|visits| *visits > 20.0) && visits(1).iter().all(|visits| *visits < 20.0));
    let noun = Noun::default();
    assert_eq!(told.examples_title(0, &noun), "Typical customers (anonymous)");
    let nearest = Explained { typical: vec![false, true], ..told };
    assert_eq!(nearest.examples_title(0, &noun), "Customers nearest to the centre (anonymous)");
}

#[test]
fn who_is_called_typical_does_what_the_card_says_of_most() {
    // Seven of ten of the first group stream, and those who do not are of middle age: nearest to the centre.
    let mut text = "visits,age,streaming\n".to_owned();
    for row in 0..400 {
        let streams = row < 200 && row % 10 < 7;
        let age = if streams { if row % 2 == 0 { 20 } else { 60 } } else { 40 };
        let visits = if row < 200 { 30 + row % 3 } else { 3 + row % 3 };
        text += &format!("{visits},{age},{}\n", if streams { "Yes" } else { "No" });
    }
    let (loaded, prepared) = table(&text, &["visits", "age"]);
    let labels = Labels::from_ids(&(0..400).map(|row| usize::from(row >= 200)).collect::<Vec<_>>());
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let streams =
        |example: &personae::persona::Example| example.values.iter().any(|(column, value)| column == "Streaming" && value == "Yes");
    assert!(told.examples[0].iter().all(streams), "{:?}", told.examples[0]);
}

#[test]
fn who_is_called_typical_is_like_many_and_not_only_near_a_mean() {
    // Six of ten of the first group pay about 100 and the others nothing, so hardly anybody pays the mean.
    let mut text = "visits,fee\n".to_owned();
    for row in 0..400 {
        let fee = if row % 100 < 3 { 62 } else { [100, 0][usize::from(row % 10 > 5)] + row * 7 % 9 };
        text += &format!("{},{fee}\n", if row < 200 { 30 } else { 3 } + row % 5);
    }
    let (loaded, prepared) = table(&text, &["visits", "fee"]);
    let labels = Labels::from_ids(&(0..400).map(|row| usize::from(row >= 200)).collect::<Vec<_>>());
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    for example in told.examples.iter().flatten() {
        let fee = example.values.iter().find(|(column, _)| column == "Fee").unwrap().1.parse::<f64>().unwrap();
        assert!((95.0..115.0).contains(&fee), "{example:?}");
    }
}

#[test]
fn a_logarithm_is_told_of_nobody_beside_what_it_is_of() {
    let mut text = "visits,wage,logwage,wagesq\n".to_owned();
    for row in 0..400 {
        let wage = f64::from(if row < 200 { 90 } else { 30 } + row * 7 % 25);
        text += &format!("{},{wage},{},{}\n", row * 11 % 17, wage.ln(), wage * wage);
    }
    let (loaded, prepared) = table(&text, &["visits", "wage"]);
    let labels = Labels::from_ids(&(0..400).map(|row| usize::from(row >= 200)).collect::<Vec<_>>());
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let examples = told.examples.iter().flatten().flat_map(|example| &example.values).map(|(column, _)| column.to_lowercase());
    let all = describe(&loaded, &prepared, &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap();
    let drawn = all.personas.iter().flat_map(|persona| &persona.distributions).map(|drawn| drawn.column.clone());
    let compared = all.attributes.iter().map(|attribute| attribute.column.clone());
    let names: Vec<String> = examples.chain(drawn).chain(compared).collect();
    assert!(
        names.iter().any(|name| name == "wage") && !names.iter().any(|name| name.contains("logwage") || name.contains("wagesq")),
        "{names:?}"
    );
}

#[test]
fn rare_levels_and_extremes_are_not_told() {
    // No ten share a number of visits even in one digit, and no ten a town: whoever is typical has one of each that few have.
    let visits = |row: usize| if row < 100 { 1.21f64.powi(row as i32) } else { f64::from(row as u32 % 40) };
    let mut text = "visits,town\n".to_owned();
    for row in 0..200 {
        text += &format!("{},{}\n", visits(row), if row < 100 { format!("Town {}", row / 5) } else { "Linz".to_owned() });
    }
    let (loaded, prepared) = table(&text, &["visits"]);
    let labels = Labels::from_ids(&(0..200).map(|row| usize::from(row >= 100)).collect::<Vec<_>>());
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let first: BTreeMap<&str, &str> = told.examples[0][0].values.iter().map(|(column, value)| (column.as_str(), value.as_str())).collect();
    assert_eq!(first["Town"], "rare", "{first:?}");
    assert!(!first.contains_key("Visits"), "nobody else has so many: {first:?}");
    let shared = &told.examples[1][0].values;
    assert!(shared.iter().any(|(column, value)| column == "Visits" && value.parse::<f64>().is_ok()), "others do share theirs: {shared:?}");
}

#[test]
fn associations_by_hand() {
    // Values 1 2 3 against 5 6 7: total 28, between 3 x 2^2 x 2 = 24. Levels: 2 of 3 against 0 of 3, chi squared 3, V = sqrt(3 / 6).
    let text = "score,side\n1,b\n2,b\n3,a\n5,a\n6,a\n7,a\n";
    let (loaded, prepared) = table(text, &["score", "side"]);
    let labels = Labels::from_ids(&[0, 0, 0, 1, 1, 1]);
    let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
    let of = |column: &str| told.importance.iter().find(|line| line.column == column).unwrap();
    assert!((of("score").association - 24.0 / 28.0).abs() < 1e-12, "{:?}", of("score"));
    assert!((of("side").association - 0.5f64.sqrt()).abs() < 1e-12 && of("side").is_levels, "{:?}", of("side"));
    assert!(told.forest.is_none() && told.rules.iter().all(Option::is_none), "six customers are too few");
}

#[test]
fn the_same_on_any_number_of_threads_and_stopped_at_once() {
    let (loaded, prepared, labels) = planted();
    let run = |ctx: &Ctx| explained(&loaded, &prepared, &labels, &BTreeMap::new(), &Lexicon::built_in(), 0, ctx);
    let counted = Ctx::new();
    let first = run(&counted).unwrap();
    for n_threads in [1, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        assert_eq!(format!("{:?}", pool.install(|| run(&Ctx::new())).unwrap()), format!("{first:?}"), "{n_threads} threads");
    }
    for n in [1, 2, counted.checks() / 2, counted.checks() - 1] {
        assert_eq!(run(&Ctx::stopping_after(n)).err(), Some(Stopped), "at check {n}");
    }
}

#[test]
fn odd_segmentations_are_explained() {
    let (loaded, prepared, _) = planted();
    let noise = |row: usize| (!row.is_multiple_of(7)).then_some(row % 40);
    for ids in [vec![Some(0); 600], vec![None; 600], (0..600).map(Some).collect(), (0..600).map(noise).collect::<Vec<_>>()] {
        let labels = Labels::from_options(&ids);
        let told = explain(&loaded, &prepared, &labels, &BTreeMap::new());
        assert_eq!(
            (told.sizes.len(), told.rules.len(), told.examples.len()),
            (labels.n_clusters(), labels.n_clusters(), labels.n_clusters())
        );
        assert!(told.importance.iter().all(|line| (0.0..=1.0).contains(&line.association)), "{:?}", told.importance);
    }
}

#[test]
fn who_is_missing() {
    // Segment by segment: women are the modal value of none; the old are a third of everyone and the modal band of none.
    let mut text = "spend,gender,age,town\n".to_owned();
    for row in 0..400 {
        let segment = row / 200;
        let gender = if row % 5 < 2 { "female" } else { "male" };
        let age = if row % 10 < 3 { 70 } else { [30, 50][segment] };
        let town = if row % 100 < 2 { "Bad Ischl" } else { "Wien" };
        text += &format!("{},{gender},{age},{town}\n", 100 * (1 + segment) + row % 50);
    }
    let (loaded, prepared) = table(&text, &["spend"]);
    let labels = Labels::from_ids(&(0..400).map(|row| row / 200).collect::<Vec<_>>());
    let missing = describe(&loaded, &prepared, &labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap().missing_groups;
    let told: Vec<(&str, &str, usize, f64)> =
        missing.iter().map(|one| (one.column.as_str(), one.level.as_str(), one.n, one.share)).collect();
    assert_eq!(told, [("gender", "female", 160, 0.4), ("age", "65 and over", 120, 0.3)], "8 of 400 are fewer than ten, and than 3 %");
    assert_eq!(missing[0].most_in, Some((0, 0.4)));
}

/// Precision, recall and the number caught once gave away that exactly three of a segment spoke another language, which the evidence withheld.
#[test]
fn a_rule_gives_away_nothing_of_a_few() {
    let rule = |n_missed: usize| {
        let language = |row: usize| if row < 60 - n_missed { "other" } else { "english" };
        let rows: String = (0..300).map(|row| format!("{},{}\n", language(row), row * 7 % 41)).collect();
        let loaded = crate::roles::read(&format!("native_tongue,visits\n{rows}"));
        let prepared = features::prepare(&loaded, &Preparation::default(), &Ctx::new()).unwrap();
        let labels = Labels::from_ids(&(0..300).map(|row| usize::from(row < 60)).collect::<Vec<_>>());
        let cluster = (0..2).find(|&cluster| labels.sizes()[cluster] == 60).unwrap();
        explain(&loaded, &prepared, &labels, &BTreeMap::new()).rules[cluster].clone()
    };
    let exact = rule(0).unwrap();
    assert_eq!((exact.precision, exact.recall, exact.n_caught), (1.0, 1.0, 60));
    assert_eq!(rule(3), None, "three would be told");
    let many = rule(12).unwrap();
    assert_eq!((many.precision, many.recall, many.n_caught), (1.0, 0.8, 48), "twelve may be");
}
