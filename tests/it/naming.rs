//! Names and sentences: planted traits are named for every seed, shuffled segments have nothing strong to tell, and no word or number is
//! without its row of evidence.

use std::collections::BTreeSet;
use std::path::Path;

use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels};
use personae::data::{self, Loaded, Source};
use personae::engine::{self, Outputs, SilhouetteWish, Wanted};
use personae::evaluate::{Stability, Trust};
use personae::features::{self, Preparation, Prepared};
use personae::persona::{Lexicon, Personas, RestsOn, describe, edit_for};
use personae::session::{Plan, Words};

fn read(text: &str) -> (Loaded, Prepared) {
    read_as("customers.csv", text)
}

fn read_as(title: &str, text: &str) -> (Loaded, Prepared) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(title);
    std::fs::write(&path, text).unwrap();
    let loaded = data::read(&Source::file(path), &Ctx::new()).unwrap();
    let prepared = features::prepare(&loaded, &Preparation::default(), &Ctx::new()).unwrap();
    (loaded, prepared)
}

fn cards(loaded: &Loaded, prepared: &Prepared, labels: &Labels) -> Personas {
    describe(loaded, prepared, labels, &[], &Lexicon::built_in(), &Ctx::new()).unwrap()
}

const COLUMNS: [&str; 8] =
    ["total_spend", "orders", "discount_share", "support_tickets", "income", "weekend_share", "email_opens", "return_rate"];

/// Four segments of 120; segment s is high in columns 2 s and 2 s + 1, everything else is the same for all.
fn planted(seed: u64) -> (Loaded, Prepared, Vec<usize>) {
    let mut rng = random(seed, 0);
    let mut text = COLUMNS.join(",") + "\n";
    for row in 0..480 {
        let cell = |column: usize| {
            let noise = (0..6).map(|_| rng.random::<f64>()).sum::<f64>() - 3.0;
            format!("{:.3}", 50.0 + 8.0 * noise + if column / 2 == row / 120 { 40.0 } else { 0.0 })
        };
        text += &((0..8).map(cell).collect::<Vec<_>>().join(",") + "\n");
    }
    let (loaded, prepared) = read(&text);
    (loaded, prepared, (0..480).map(|row| row / 120).collect())
}

/// No word of a name and no number of a statement without its row; the sentence tells the numbers of the evidence only.
fn walk(all: &Personas) {
    for persona in &all.personas {
        for part in &persona.name_parts {
            let plain = ["Mainstream", "Other", "Customers", "Small", "group"].contains(&part.word.as_str())
                || part.word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || "()".contains(c));
            assert!(part.evidence.is_some() || plain, "{} rests on nothing", part.word);
            for row in part.evidence.into_iter().chain(part.also) {
                assert!(persona.evidence[row].passes_name, "{}: {:?}", part.word, persona.evidence[row]);
            }
        }
        for statement in &persona.statements {
            let evidence = &persona.evidence[statement.evidence];
            assert!(evidence.passes_statement && evidence.effect.abs() >= 0.2, "{statement:?}");
            assert_eq!([&statement.value, &statement.everyone], [&evidence.texts[0], &evidence.texts[1]]);
            let speaks_of = |level: &String| statement.text.to_lowercase().contains(&level.to_lowercase());
            let is_answer = |level: &String| ["yes", "no"].contains(&level.to_lowercase().as_str());
            assert!(evidence.level.as_ref().is_none_or(|level| is_answer(level) || speaks_of(level)), "{statement:?}");
        }
        for evidence in &persona.evidence {
            if let Some([low, high]) = evidence.interval {
                assert!(low <= evidence.effect && evidence.effect <= high, "{evidence:?}");
            }
        }
        assert!(persona.match_all_share.is_none_or(|share| share >= 0.5), "{}: {:?}", persona.name, persona.match_all_share);
    }
}

#[test]
fn two_planted_traits_are_named_for_every_segment_and_seed() {
    for seed in 0..6 {
        let (loaded, prepared, ids) = planted(seed);
        let all = cards(&loaded, &prepared, &Labels::from_ids(&ids));
        walk(&all);
        for (segment, persona) in all.personas.iter().enumerate() {
            let named: BTreeSet<&str> = persona.headline().iter().map(|evidence| evidence.column.as_str()).collect();
            assert_eq!(named, BTreeSet::from([COLUMNS[2 * segment], COLUMNS[2 * segment + 1]]), "seed {seed}: {}", persona.name);
        }
    }
}

#[test]
fn shuffled_segments_say_that_nothing_strong_was_found() {
    for seed in 0..6 {
        let (loaded, prepared, mut ids) = planted(seed);
        let mut rng = random(seed, 1);
        for i in (1..ids.len()).rev() {
            ids.swap(i, rng.random_range(0..=i));
        }
        let all = cards(&loaded, &prepared, &Labels::from_ids(&ids));
        walk(&all);
        for persona in &all.personas {
            assert!(persona.name.starts_with("Mainstream Customers"), "seed {seed}: {}", persona.name);
            assert!(persona.summary.contains("No strong difference from everyone was found."), "seed {seed}: {}", persona.summary);
        }
    }
}

#[test]
fn a_word_for_two_traits_needs_both() {
    // The first segment has many discounts and small baskets, the second many discounts and baskets as everyone.
    let names = |basket_of: [f64; 3]| {
        let mut rng = random(4, 0);
        let mut text = "discount_share,basket_size,filler\n".to_owned();
        for row in 0..450 {
            let segment = row / 150;
            let noise = |rng: &mut personae::base::seed::Random| (0..6).map(|_| rng.random::<f64>()).sum::<f64>() - 3.0;
            let discount = [0.7, 0.3, 0.3][segment] + 0.04 * noise(&mut rng);
            let basket = basket_of[segment] + 4.0 * noise(&mut rng);
            text += &format!("{discount:.4},{basket:.3},{:.3}\n", noise(&mut rng));
        }
        let (loaded, prepared) = read(&text);
        let all = cards(&loaded, &prepared, &Labels::from_ids(&(0..450).map(|row| row / 150).collect::<Vec<_>>()));
        walk(&all);
        all
    };
    let both = names([30.0, 80.0, 80.0]);
    assert_eq!(both.personas[0].name, "Budget-Conscious Customers");
    let part = &both.personas[0].name_parts[0];
    let column = |row: Option<usize>| both.personas[0].evidence[row.unwrap()].column.as_str();
    assert_eq!((column(part.evidence), column(part.also)), ("discount_share", "basket_size"));
    assert!(!names([80.0, 80.0, 80.0]).personas[0].name.contains("Budget"), "many discounts alone are not enough");
    assert!(!names([130.0, 80.0, 80.0]).personas[0].name.contains("Budget"), "nor with large baskets");
}

#[test]
fn a_name_is_out_of_date_once_its_trait_is_gone() {
    let (loaded, prepared, ids) = planted(0);
    let labels = Labels::from_ids(&ids);
    let all = cards(&loaded, &prepared, &labels);
    let edits = edit_for(&[], &labels.members(), 0, |edit| {
        edit.name = Some("Fans".into());
        edit.rests_on = RestsOn::of(&all.personas[0]);
    });
    let told = |loaded: &Loaded| {
        let all = describe(loaded, &prepared, &labels, &edits, &Lexicon::built_in(), &Ctx::new()).unwrap();
        (all.personas[0].name.clone(), all.personas[0].may_be_out_of_date)
    };
    assert_eq!(told(&loaded), ("Fans".to_owned(), false));
    // The same customers, but their spend is now that of everyone.
    let (mut later, _, _) = planted(0);
    let other = later.table.columns[2].values.clone();
    later.table.columns[0].values = other;
    assert_eq!(told(&later), ("Fans".to_owned(), true));
}

#[test]
fn every_word_of_the_sample_has_its_evidence() {
    for seed in 0..3 {
        for k in [2, 5, 9] {
            let mut plan = Plan::new(Source::Sample { seed });
            plan.clustering.kmeans.k = Some(k);
            (plan.clustering.k_from, plan.clustering.k_to, plan.clustering.kmeans.restarts) = (k, k, 2);
            let outputs = Outputs { personas: true, explained: true, silhouettes: SilhouetteWish::None, ..Outputs::default() };
            let (report, _) = engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &Ctx::new()).unwrap();
            walk(&report.personas);
            let explained = report.known_explained().unwrap();
            assert_eq!((explained.rules.len(), explained.examples.len()), (k, k));
            assert!(explained.forest.as_ref().unwrap().accuracy > 0.7, "{:?}", explained.forest);
        }
    }
}

#[test]
fn the_users_own_words_are_used_or_refused_with_line_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.csv");
    let mut text = "zapf,filler\n".to_owned();
    (0..200).for_each(|row| text += &format!("{},{}\n", if row < 80 { 90 + row % 7 } else { row % 5 }, row % 11));
    std::fs::write(&data, text).unwrap();
    let run = |lexicon: &str| {
        std::fs::write(folder.path().join("lexicon.json"), lexicon).unwrap();
        let mut plan = Plan::new(Source::file(data.clone()));
        plan.words = Words::beside(Some(Path::new("/nowhere/p.personae")), Some(&data));
        plan.preparation.features = Some(vec!["zapf".into()]);
        (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to) = (Some(2), 2, 2);
        let outputs = Outputs { personas: true, silhouettes: SilhouetteWish::None, ..Outputs::default() };
        engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &Ctx::new()).unwrap().0
    };
    let good = r#"[{"tag":"beer","position":"behaviour","columns":"number","names":["zapf"],"high":{"adjective":"Thirsty"}}]"#;
    let report = run(good);
    assert_eq!(report.personas.personas[1].name, "Thirsty Customers");
    assert!(!report.notes.iter().any(|note| note.contains("lexicon")), "{:?}", report.notes);
    let report = run("[\n\n{\"tag\":\"beer\",\"position\":\"nowhere\"}]");
    assert_eq!(report.personas.personas[1].name, "High Zapf Customers", "the built-in words are used");
    let note = report.notes.iter().find(|note| note.contains("lexicon.json")).unwrap();
    assert!(note.contains("line 3") && note.contains("unknown variant"), "{note}");
}

#[test]
fn what_is_often_missing_is_not_highly_reliable() {
    let stability = Stability {
        draws: vec![vec![0.95, 0.8]; 10],
        shuffled: vec![Some(0.4)],
        sizes: vec![300, 200],
        rows_a_draw: 500,
        n_rows: 500,
        parts: vec![],
    };
    let check = |cluster: usize, missing: f64, trust: Trust, n_reasons: usize| {
        assert_eq!(stability.trust_with(cluster, missing), trust, "{cluster} {missing}");
        assert_eq!(stability.reasons_with(cluster, missing).len(), stability.reasons(cluster).len() + n_reasons);
    };
    check(0, 0.049, Trust::High, 0);
    check(0, 0.05, Trust::Good, 1);
    check(1, 0.5, Trust::Good, 0);
}

#[test]
fn being_contacted_is_no_call_for_support() {
    // Campaign contacts, or a coded answer: neither says that somebody needed help.
    for name in ["contact", "contacts", "Contacts"] {
        let mut text = format!("customer,{name},spend\n");
        for row in 0..240 {
            let high = row % 3 == 0;
            let (contacts, spend) = if high { (3 + row % 2, 40 + row % 7) } else { (1, 400 + row % 9) };
            text.push_str(&format!("K{row},{contacts},{spend}\n"));
        }
        let (loaded, prepared) = read(&text);
        let labels = Labels::from_ids(&prepared.table_rows.iter().map(|row| usize::from(row % 3 != 0)).collect::<Vec<_>>());
        let personas = cards(&loaded, &prepared, &labels);
        assert!(
            personas.personas.iter().all(|persona| !format!("{} {}", persona.name, persona.summary).to_lowercase().contains("support")),
            "{name}"
        );
    }
}

#[test]
fn what_comes_back_is_counted_as_such_even_where_chance_does_as_well() {
    let told = |shuffled: f64| {
        let stability = Stability {
            draws: vec![vec![1.0, 0.9, 0.5]; 10],
            shuffled: vec![Some(shuffled)],
            sizes: vec![200, 150, 120],
            rows_a_draw: 470,
            n_rows: 470,
            parts: vec![],
        };
        engine::choose::stability_reason(&stability).unwrap()
    };
    assert_eq!(told(0.4), "2 of 3 segments come back when customers are resampled (10 draws).");
    let of_one = "for 1 of them that says little, since segments of shuffled columns come back as well";
    assert!(told(0.92).contains(of_one), "one beats chance and one does not: {}", told(0.92));
    assert_eq!(
        told(1.0),
        "2 of 3 segments come back when customers are resampled (10 draws); but segments of shuffled columns come back as well (1.00 of 1), so that says little."
    );
}

#[test]
fn a_card_speaks_of_the_wage_and_not_of_its_logarithm() {
    // The logarithm stands first, and both say the same.
    let mut text = "logwage,wage,lage,zeal\n".to_owned();
    for row in 0..300 {
        let wage = if row < 100 { 20.0 + 0.05 * f64::from(row) } else { 100.0 + 0.3 * f64::from(row) };
        text += &format!("{:.5},{wage:.2},{},{}\n", wage.ln(), row * 7 % 11, row * 5 % 13);
    }
    let (loaded, prepared) = read(&text);
    let all = cards(&loaded, &prepared, &Labels::from_ids(&(0..300).map(|row| usize::from(row >= 100)).collect::<Vec<_>>()));
    for persona in &all.personas {
        assert!(!persona.name.contains("Logwage"), "{}", persona.name);
        assert!(!persona.statements.iter().any(|statement| persona.evidence[statement.evidence].column == "logwage"), "{persona:?}");
        assert!(persona.statements.iter().any(|statement| persona.evidence[statement.evidence].column == "wage"), "{persona:?}");
        assert!(persona.evidence.iter().any(|row| row.column == "logwage"), "the evidence keeps it");
    }
}

#[test]
fn whoever_bought_nothing_is_no_light_spender() {
    let mut text = "customer,monetary,items,newsletter_opens\n".to_owned();
    for row in 0..400 {
        let (spend, items) = if row < 160 { (0, 0) } else { (40 + row * 7 % 90, 1 + row % 6) };
        text += &format!("c{row},{spend},{items},{}\n", row * 5 % 17);
    }
    let (loaded, prepared) = read(&text);
    let all = cards(&loaded, &prepared, &Labels::from_ids(&(0..400).map(|row| usize::from(row >= 160)).collect::<Vec<_>>()));
    let nothing = all.personas.iter().find(|persona| persona.n == 160).unwrap();
    assert_eq!(nothing.name, "Non-Buyers");
    // A few among many, so that everyone's low third is above nothing.
    let ids: Vec<usize> = (0..400).map(|row| usize::from(row >= 40)).collect();
    let few =
        text.lines().enumerate().filter(|(line, _)| *line == 0 || *line > 120).map(|(_, line)| format!("{line}\n")).collect::<String>();
    let (loaded, prepared) = read(&few);
    let of_few = cards(&loaded, &prepared, &Labels::from_ids(&ids[..280]));
    assert!(of_few.personas.iter().any(|persona| persona.n == 40 && persona.name == "Non-Buyers"), "{:?}", of_few.personas[1].name);
    let some = all.personas.iter().find(|persona| persona.n == 240).unwrap();
    assert!(!some.name.contains("Non-Buyers"), "{}", some.name);
}

#[test]
fn a_level_that_most_have_stands_beside_no_other_level() {
    let mut text = "member,team,studied,spend\n".to_owned();
    for row in 0..400 {
        let (team, studied) = if row < 200 {
            ("Sales", if row % 4 > 0 { "Marketing" } else { "Biology" })
        } else {
            ("Research", if row % 9 == 0 { "Marketing" } else { "Biology" })
        };
        text += &format!("m{row},{team},{studied},{}\n", row * 7 % 31);
    }
    let (loaded, prepared) = read(&text);
    let all = cards(&loaded, &prepared, &Labels::from_ids(&(0..400).map(|row| usize::from(row >= 200)).collect::<Vec<_>>()));
    for persona in &all.personas {
        let is_chain = persona.name.contains("Mostly") && persona.name_parts.iter().filter(|part| part.evidence.is_some()).count() > 2;
        assert!(!is_chain, "{}", persona.name);
    }
}

#[test]
fn a_word_that_fits_a_sibling_better_is_not_what_tells_them_apart() {
    // All of A and B have a loan. B is older than A, but 40 % of B have no age, so that no name may rest on it there.
    let mut rng = random(5, 0);
    let mut text = "has_loan,age,income\n".to_owned();
    for row in 0..900 {
        let (loan, age, income) = [(1, 50, 3_000), (1, 58, 1_200), (0, 25, 3_000)][row / 300];
        let age = if row / 300 == 1 && row % 5 < 2 { String::new() } else { (age + rng.random_range(-4..5)).to_string() };
        text += &format!("{loan},{age},{}\n", income + rng.random_range(-400..400));
    }
    let (loaded, prepared) = read(&text);
    let rows = prepared.table_rows.iter().map(|&row| row / 300).collect::<Vec<_>>();
    let all = cards(&loaded, &prepared, &Labels::from_ids(&rows));
    walk(&all);
    let name = |of: usize| all.personas.iter().find(|persona| persona.cluster == of).unwrap().name.clone();
    assert!(name(1).contains("Loan") && !name(0).contains("Older"), "{} {} {}", name(0), name(1), name(2));
}

#[test]
fn a_trade_stands_beside_the_noun() {
    let mut text = "job_class,income,visits\n".to_owned();
    for row in 0..1_000 {
        let (class, income, visits) = [("Information", 9_000, 5), ("Industrial", 9_000, 5), ("Industrial", 3_000, 5)][(row / 200).min(2)];
        // A fifth works in the other class.
        let class = if row * 7 % 10 < 2 { if class == "Information" { "Industrial" } else { "Information" } } else { class };
        text += &format!("{class},{},{}\n", income + row * 37 % 500, visits + row % 4);
    }
    let (loaded, prepared) = read(&text);
    let rows = prepared.table_rows.iter().map(|&row| (row / 200).min(2)).collect::<Vec<_>>();
    let all = cards(&loaded, &prepared, &Labels::from_ids(&rows));
    walk(&all);
    assert!(
        all.personas.iter().any(|persona| persona.name.starts_with("High-Income Information ")),
        "{:?}",
        all.personas.iter().map(|p| &p.name).collect::<Vec<_>>()
    );
}

#[test]
fn a_mean_of_few_counts_is_told_by_a_bound() {
    // Four of 400 have one child each, of the others two in five: the medians are alike, so means tell.
    let mut text = "kids,visits\n".to_owned();
    for row in 0..800 {
        let kids = if row < 400 { usize::from(row % 100 == 3) } else { [1, 2, 0, 0, 0][row % 5] };
        text += &format!("{kids},{}\n", 5 + row % 40 / 4 + if row < 400 { 9 } else { 0 });
    }
    let (loaded, prepared) = read(&text);
    let all = cards(&loaded, &prepared, &Labels::from_ids(&(0..800).map(|row| row / 400).collect::<Vec<_>>()));
    walk(&all);
    let row = all.personas[0].evidence.iter().find(|row| row.column == "kids").unwrap();
    assert_eq!((row.texts[0].as_str(), row.hidden().persona, row.hidden().rest), ("avg under 0.05", true, true));
}

/// Two groups of 200; `column` says what a row of the first and of the second group holds.
fn two_groups(head: &str, row: impl Fn(usize, bool) -> String) -> Personas {
    let text: String = std::iter::once(format!("{head}\n")).chain((0..400).map(|at| row(at, at < 200) + "\n")).collect();
    // Its title says nothing of whom it lists.
    let (loaded, prepared) = read_as("table.csv", &text);
    cards(&loaded, &prepared, &Labels::from_ids(&(0..400).map(|at| at / 200).collect::<Vec<_>>()))
}

#[test]
fn tenure_in_a_table_of_work_is_no_time_as_a_customer() {
    let row = |at: usize, is_first: bool| {
        let tenure = if is_first { 1 + at % 3 } else { 11 + at % 9 };
        format!("{tenure},{},{}", if at.is_multiple_of(2) { "slack work" } else { "other" }, 20 + at % 40)
    };
    let of_work = two_groups("tenure,joblost,age", row);
    let told: Vec<&str> = of_work.personas.iter().flat_map(|persona| &persona.statements).map(|said| said.text.as_str()).collect();
    assert!(told.contains(&"Shorter tenure") && told.contains(&"Longer tenure"), "{told:?}");
    assert!(of_work.personas.iter().all(|persona| !persona.name.contains("New") && !persona.name.contains("Standing")));
    assert_eq!(of_work.personas[0].name, "Short Tenure Customers");
    let of_customers = two_groups("customer_id,tenure,job,age", |at, is_first| format!("C{at:04},{}", row(at, is_first)));
    assert!(of_customers.personas[0].name.contains("New"), "{}", of_customers.personas[0].name);
}

#[test]
fn counts_names_and_degrees_read_as_english() {
    let row = |at: usize, is_first: bool| {
        let [items, education, ym] = if is_first { [2 + at % 3, 9 + at % 3, 1 + at % 2] } else { [20 + at % 9, 16 + at % 3, 12 + at % 5] };
        format!("{items},{education},{ym},{}", 100 + at * 7 % 31)
    };
    let all = two_groups("items,education,ym,spend", row);
    let [few, many] = &all.personas[..] else { panic!("two") };
    assert!(few.name.contains("Customers with Few Items") && many.name.contains("with Many Items"), "{} {}", few.name, many.name);
    assert!(few.name.contains("Less-Educated") || few.summary.contains("less education"), "{} {}", few.name, few.summary);
    assert!(few.summary.contains("lower values of ym") && !few.summary.contains("a lower"), "{}", few.summary);
    // Three or four whole numbers may count from the highest degree down.
    let coded = two_groups("education,spend", |at, is_first| format!("{},{}", if is_first { 1 } else { 3 + at % 2 }, 100 + at * 7 % 31));
    let said: Vec<&str> = coded.personas.iter().map(|persona| persona.summary.as_str()).collect();
    assert!(said.iter().all(|said| !said.contains("education (") || said.contains("values of education")), "{said:?}");
}

#[test]
fn a_code_names_only_whom_nothing_else_does() {
    let row = |at: usize, is_first: bool| {
        format!("{},{}", if is_first { 5 } else { 1 + at % 4 }, if is_first { 20 + at % 5 } else { 50 + at % 9 })
    };
    let all = two_groups("occupation,age", row);
    assert!(all.personas.iter().all(|persona| !persona.name.contains("Occupation")), "{:?}", all.personas[0].name);
}

#[test]
fn a_share_of_all_traits_does_not_tell_what_a_bound_keeps() {
    let mut n_bounds = 0;
    for n_else in [3, 6, 12, 30] {
        let row = |at: usize, is_first: bool| {
            format!("{},{}", if is_first && at >= n_else { "gold" } else { ["tin", "iron", "wood"][at % 3] }, at * 13 % 29)
        };
        let all = two_groups("metal,spend", row);
        for persona in &all.personas {
            let is_bound = persona.headline().iter().any(|row| row.withheld.persona);
            n_bounds += usize::from(is_bound);
            assert!(!is_bound || persona.match_all_share.is_none(), "{}", persona.name);
        }
    }
    assert!(n_bounds > 0, "some share is only a bound");
}

#[test]
fn names_that_are_no_words_are_told_with_what_to_do() {
    let row = |at: usize, is_first: bool| format!("{},{},{}", if is_first { at % 9 } else { 40 + at % 9 }, at * 7 % 31, at * 13 % 29);
    let told = |head: &str| two_groups(head, row).notes.iter().map(|note| note.0.clone()).collect::<Vec<String>>();
    let some = told("ym,rr,spend");
    assert!(some.iter().any(|note| note.starts_with("The names of ym and rr are no words")), "{some:?}");
    assert!(told("visits,rating,spend").iter().all(|note| !note.contains("no word")));
}
