//! Does what customers do leave with the cards: on each back, on pages of its own, in every format, as the command says it, and with nothing that points at few?

use std::path::Path;

use personae::data::Source;
use personae::engine::{Engine, EngineOptions, PagesWanted, Wanted};
use personae::export::Choices;
use personae::session::{Page, Plan};
use serde_json::Value;

use crate::behaviour::{as_ga4, json, personae, shop};
use crate::journeys_page::customers;

fn shop_in(folder: &Path) {
    std::fs::write(folder.join("events.json"), as_ga4(&shop())).unwrap();
    std::fs::write(folder.join("customers.csv"), customers()).unwrap();
}

/// personas.json of the shop's customers with these events and formats.
fn cards_with(folder: &Path, more: &[&str]) -> Value {
    let (code, _, err) = personae(folder, "2", &[&["cards", "customers.csv", "--out", "out", "--quiet"], more].concat());
    assert_eq!(code, 0, "{err}");
    json(&folder.join("out"), "personas.json")
}

fn sheet<'a>(cards: &'a Value, id: &str) -> Option<&'a Value> {
    cards["sheets"].as_array().unwrap().iter().find(|sheet| sheet["id"] == id)
}

#[test]
fn cards_say_what_the_command_says_of_the_same_events() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shop_in(folder);
    let cards = cards_with(folder, &["--events", "events.json", "--formats", "json,md,html,pptx,pdf"]);
    let args = ["journeys", "events.json", "--customers", "customers.csv", "--by", "persona", "--report", "j.json", "--quiet"];
    assert_eq!(personae(folder, "2", &args).0, 0);
    let args = ["triggers", "events.json", "--report", "t.json", "--quiet"];
    assert_eq!(personae(folder, "2", &args).0, 0);
    let (journeys, triggers) = (json(folder, "j.json"), json(folder, "t.json"));

    let findings = journeys["does_more"]["findings"].as_array().unwrap();
    assert!(!findings.is_empty(), "the shop has kinds that do different things");
    for persona in cards["personas"].as_array().unwrap() {
        let did: Vec<&str> = persona["did"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let own: Vec<&Value> = findings.iter().filter(|finding| finding["persona"] == persona["name"]).take(5).collect();
        assert_eq!(did.len(), own.len().max(1) + 1, "the findings, and the typical visit: {did:?}");
        for (sentence, finding) in did.iter().zip(&own) {
            assert!(sentence.contains(&format!("\u{201c}{}\u{201d}", finding["pattern"].as_str().unwrap())), "{sentence}");
            let share = finding["difference"]["share"].as_f64().map(|share| format!("{} did", personae::base::text::percent(share)));
            assert!(share.is_none_or(|share| sentence.starts_with(&share)), "{sentence}");
        }
        assert!(did.last().unwrap().starts_with("Typical visit: "), "{did:?}");
    }

    let rows = sheet(&cards, "triggers").expect("rules were tried")["parts"][0]["rows"].as_array().unwrap().clone();
    let tried = triggers["triggers"].as_array().unwrap();
    assert_eq!(rows.len(), tried.len());
    for row in &rows {
        let of = tried.iter().find(|of| of["name"] == row[0]).expect("a rule of the command");
        let (hits, judged) = (of["hits"].as_u64().unwrap(), of["judged"].as_u64().unwrap());
        let is_few = [hits, judged - hits].iter().any(|n| (1..10).contains(n));
        let due = of["due_now"].as_u64().unwrap();
        assert_eq!(row[2] == "n < 10", is_few, "{row}");
        assert_eq!(row[4] == "n < 10", (1..10).contains(&due), "{row}");
    }
    let ready = rows.iter().take_while(|row| row[3] == "finds the right customers").count();
    assert_eq!(ready, rows.iter().filter(|row| row[3] == "finds the right customers").count(), "those ready to use stand first");

    let pattern = findings[0]["pattern"].as_str().unwrap();
    let html = std::fs::read_to_string(folder.join("out/personas.html")).unwrap();
    assert!(html.contains("<h4>What they do</h4>") && html.contains(pattern));
    let markdown = std::fs::read_to_string(folder.join("out/personas.md")).unwrap();
    assert!(markdown.contains("### What they do") && markdown.contains("## What they do"));
    assert!(sheet(&cards, "funnel").is_none(), "no funnel was asked for");
}

#[test]
fn events_of_nobody_in_the_table_are_told_and_cards_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shop_in(folder);
    std::fs::write(folder.join("customers.csv"), customers().replace('K', "X")).unwrap();
    let with = cards_with(folder, &["--events", "events.json", "--formats", "json"]);
    let told = sheet(&with, "triggers").is_some();
    assert!(told, "rules can be tried without personas");
    assert!(with["personas"].as_array().unwrap().iter().all(|persona| persona["did"] == serde_json::json!([])));
    let without = cards_with(folder, &["--formats", "json"]);
    assert!(!with["personas"][0]["statements"].is_null());
    assert_eq!(with["personas"][0]["statements"], without["personas"][0]["statements"]);
    assert!(without["personas"][0]["did"].is_null());
}

#[test]
fn what_is_read_is_not_written_over_and_a_wrong_file_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shop_in(folder);
    let args = ["cards", "customers.csv", "--events", "missing.json", "--out", "out", "--formats", "json", "--quiet"];
    let (code, _, err) = personae(folder, "2", &args);
    assert_eq!((code, err.trim().lines().count()), (1, 1), "{err}");
    assert!(err.contains("missing.json"), "{err}");
    std::fs::create_dir(folder.join("out")).unwrap();
    std::fs::rename(folder.join("events.json"), folder.join("out/personas.json")).unwrap();
    let args = ["cards", "customers.csv", "--events", "out/personas.json", "--out", "out", "--formats", "json", "--quiet"];
    assert_eq!(personae(folder, "2", &args).0, 2, "the export would replace the events");
}

#[test]
fn the_back_of_a_card_and_the_pages_on_screen_say_what_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shop_in(folder);
    let cards = cards_with(folder, &["--events", "events.json", "--formats", "json"]);
    let mut plan = Plan::new(Source::file(folder.join("customers.csv")));
    let without = plan.clone();
    plan.journeys.events = vec![folder.join("events.json")];
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let answers = engine.wait_until_idle(&plan, &Wanted::on(Page::Personas));
    for (cluster, persona) in cards["personas"].as_array().unwrap().iter().enumerate() {
        let told = answers.journeys.on_card(cluster);
        assert!(!told.is_empty());
        assert_eq!(serde_json::json!(told), persona["did"]);
    }
    let mut pages_of = |plan: &Plan| {
        let pages = PagesWanted { choices: Choices::default(), page: 0, width: 0, thumbnail_width: None };
        let wanted = Wanted { pages: Some(pages), ..Wanted::on(Page::Present) };
        let answers = engine.wait_until_idle(plan, &wanted);
        answers.pages.pages.ready().expect("pages").len()
    };
    assert!(pages_of(&plan) >= pages_of(&without) + 2, "what they do, and the triggers");
}
