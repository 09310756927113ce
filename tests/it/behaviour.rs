//! Event exports from the outside: `personae journeys` and `personae triggers` on raw exports whose truth is known.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use personae::base::seed::{self, RngExt};
use serde_json::Value;

const DAY: i64 = 86_400_000;
/// 2024-01-01 in UTC.
const BEGIN: i64 = 1_704_067_200_000;

fn personae(folder: &Path, threads: &str, args: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).env("RAYON_NUM_THREADS", threads).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// One event: customer, milliseconds, name, amount.
type Happened = (usize, i64, &'static str, f64);

/// 400 customers over 240 days. Of every visit: a view, then a cart, then for some a purchase. Two kinds of customers, even and odd: the even buy after three of four carts,
/// the odd after one of four.
fn shop() -> Vec<Happened> {
    let mut random = seed::random(3, 0);
    let mut events = Vec::new();
    for customer in 0..400 {
        // Whole seconds, as most exports have them.
        let mut at = (BEGIN + random.random_range(0..10 * DAY)) / 1000 * 1000;
        while at < BEGIN + 240 * DAY {
            events.push((customer, at, "view_item", f64::NAN));
            events.push((customer, at + 60_000, "add_to_cart", f64::NAN));
            let buys = random.random_range(0.0..1.0) < if customer % 2 == 0 { 0.75 } else { 0.25 };
            if buys {
                events.push((customer, at + 120_000, "purchase", 20.0));
            }
            at += random.random_range(5 * DAY..25 * DAY) / 1000 * 1000;
        }
    }
    events
}

/// As GA4's export to BigQuery has them: microseconds as texts, parameters as lists.
fn as_ga4(events: &[Happened]) -> String {
    let mut text = String::new();
    for (nth, (customer, at, name, value)) in events.iter().enumerate() {
        let revenue = if value.is_nan() {
            String::new()
        } else {
            format!(r#","ecommerce":{{"transaction_id":"T{nth}","purchase_revenue":{value}}}"#)
        };
        writeln!(
            text,
            r#"{{"event_date":"20240101","event_timestamp":"{}","event_name":"{name}","user_id":"K{customer:03}","user_pseudo_id":"D{customer}","event_params":[{{"key":"ga_session_id","value":{{"int_value":"{}"}}}}],"device":{{"category":"desktop"}},"geo":{{"country":"Germany"}}{revenue}}}"#,
            at * 1000,
            at / (DAY / 2)
        )
        .unwrap();
    }
    text
}

fn as_csv(events: &[Happened]) -> String {
    let mut text = "customer_id,event,timestamp,value\n".to_owned();
    for (customer, at, name, value) in events {
        let value = if value.is_nan() { String::new() } else { value.to_string() };
        writeln!(text, "K{customer:03},{name},{},{value}", at / 1000).unwrap();
    }
    text
}

fn customers() -> String {
    let mut text = "customer_id,kind,city\n".to_owned();
    (0..400).for_each(|nth| writeln!(text, "K{nth:03},{},Ulm", ["even", "odd"][nth % 2]).unwrap());
    text
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn a_raw_export_becomes_a_funnel_per_kind_of_customer() {
    let folder = tempfile::tempdir().unwrap();
    let events = shop();
    std::fs::write(folder.path().join("events.json"), as_ga4(&events)).unwrap();
    std::fs::write(folder.path().join("customers.csv"), customers()).unwrap();
    let args = [
        "journeys",
        "events.json",
        "--customers",
        "customers.csv",
        "--by",
        "kind",
        "--funnel",
        "view_item,add_to_cart,purchase",
        "--window",
        "24h",
        "--report",
        "journeys.json",
    ];
    let (code, out, err) = personae(folder.path(), "2", &args);
    assert_eq!(code, 0, "{out}{err}");
    let report = json(folder.path(), "journeys.json");
    assert_eq!((&report["read"]["format"], &report["read"]["rows"]), (&"GA4 (BigQuery export)".into(), &events.len().into()));
    assert_eq!((&report["customers"], &report["personas"]), (&400.into(), &serde_json::json!(["even", "odd"])));
    let steps = report["funnel"]["everyone"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3);
    // Everybody puts something into the cart; who buys within a day of some view is counted by hand.
    let bought = |wanted: fn(usize) -> bool| {
        let mut who: Vec<usize> = events.iter().filter(|of| of.2 == "purchase" && wanted(of.0)).map(|of| of.0).collect();
        who.dedup();
        who.len()
    };
    let judged = report["funnel"]["everyone"]["judged"].as_u64().unwrap();
    assert_eq!(judged, 400, "everyone entered in the first days");
    assert_eq!(steps[2]["reached"].as_u64().unwrap() as usize, bought(|_| true));
    // Every path sums to all: what leaves, goes on or is open is told beside what comes next.
    let nodes = report["paths"]["nodes"].as_array().unwrap();
    let children = |at: usize| nodes.iter().filter(move |node| node["parent"].as_u64() == Some(at as u64));
    let sum: f64 = children(0).filter_map(|node| node["share_of_step"].as_f64()).sum();
    // Where fewer than ten went is not told, nor is the smallest other, from which it could be reckoned.
    let n_hidden = children(0).filter(|node| node["share_of_step"].is_null()).count();
    assert!(if n_hidden == 0 { (sum - 1.0).abs() < 1e-9 } else { n_hidden > 1 && sum > 0.95 && sum < 1.0 }, "{sum} {n_hidden}");
    assert!(report["return"]["groups"].as_array().unwrap().len() == 3 && report["rhythm"].is_object() && report["typical"].is_array());
    assert!(out.contains("GA4 (BigQuery export)"), "{out}");
}

#[test]
fn the_same_events_as_a_table_of_another_program_say_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let events = shop();
    std::fs::write(folder.path().join("events.json"), as_ga4(&events)).unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&events)).unwrap();
    // The same rows in another order, in two files.
    let mut turned = events.clone();
    turned.reverse();
    let (first, second) = turned.split_at(turned.len() / 3);
    std::fs::write(folder.path().join("one.csv"), as_csv(first)).unwrap();
    std::fs::write(folder.path().join("two.csv"), as_csv(second)).unwrap();
    let funnel = ["--funnel", "view_item,purchase", "--paths", "add_to_cart", "--depth", "3", "--quiet"];
    let run = |threads: &str, files: &[&str], out: &str| {
        let (code, said, err) = personae(folder.path(), threads, &[&["journeys"][..], files, &funnel, &["--report", out]].concat());
        assert_eq!(code, 0, "{said}{err}");
        std::fs::read_to_string(folder.path().join(out)).unwrap()
    };
    let one = run("1", &["events.csv"], "a.json");
    assert_eq!(one, run("8", &["events.csv"], "b.json"));
    let (csv, split, ga4) =
        (json(folder.path(), "a.json"), run("2", &["one.csv", "two.csv"], "c.json"), run("2", &["events.json"], "d.json"));
    for other in [split, ga4] {
        let other: Value = serde_json::from_str(&other).unwrap();
        for part in ["customers", "events", "funnel", "return", "rhythm"] {
            assert!(csv[part] == other[part], "{part}");
        }
    }
}

const RULES: &str = r#"{"version": 1, "triggers": [
  {"name": "Cart, nothing bought", "when": {"not_followed": {"event": "add_to_cart", "by": "purchase", "within": "24h"}}, "then": "remind by mail",
   "goal": {"event": "purchase", "within": "14d"}},
  {"name": "Silent", "when": {"absent": {"event": "purchase", "days": 45}}, "then": "say hello", "goal": {"event": "purchase", "within": "30d"}}
]}"#;

#[test]
fn rules_are_replayed_and_every_threshold_agrees_with_the_replay() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&shop())).unwrap();
    std::fs::write(folder.path().join("rules.json"), RULES).unwrap();
    let args = [
        "triggers",
        "events.csv",
        "--rules",
        "rules.json",
        "--report",
        "triggers.json",
        "--now",
        "now.csv",
        "--write-rules",
        "written.json",
    ];
    let (code, out, err) = personae(folder.path(), "2", &args);
    assert_eq!(code, 0, "{out}{err}");
    let report = json(folder.path(), "triggers.json");
    let triggers = report["triggers"].as_array().unwrap();
    assert_eq!(triggers.len(), 2);
    for trigger in triggers {
        for name in [
            "name",
            "sentence",
            "fires",
            "too_recent",
            "judged",
            "hits",
            "hit_rate",
            "interval",
            "per_week",
            "matched",
            "placebo",
            "thresholds",
        ] {
            assert!(trigger.get(name).is_some(), "{name}: {trigger}");
        }
        let n = |name: &str| trigger[name].as_u64().unwrap();
        assert!(n("fires") > 50 && n("fires") == n("judged") + n("too_recent") && n("hits") <= n("judged"), "{trigger}");
        assert!((trigger["hit_rate"].as_f64().unwrap() - n("hits") as f64 / n("judged") as f64).abs() < 1e-12);
    }
    let silent = &triggers[1];
    let own = silent["thresholds"].as_array().unwrap().iter().find(|point| point["n"] == 45.0).unwrap();
    assert_eq!((&own["fires"], &own["too_recent"], &own["hit_rate"]), (&silent["fires"], &silent["too_recent"], &silent["hit_rate"]));
    let said = out.replace('\u{202f}', " ");
    assert!(said.contains("This is what happened anyway") && !said.contains("uplift") && !said.contains("drives"), "{said}");
    let now = std::fs::read_to_string(folder.path().join("now.csv")).unwrap();
    assert!(now.starts_with("customer_id,trigger,fired_at,reason,last_event,persona,hold_out\n"), "{now}");
    let due: u64 = triggers.iter().map(|trigger| trigger["due_now"].as_u64().unwrap()).sum();
    assert_eq!(now.lines().count() as u64 - 1, due);
    assert!(silent["sql"].as_str().unwrap().contains("SELECT"), "{silent}");
    // What was written is read again, and says the same.
    let again = ["triggers", "events.csv", "--rules", "written.json", "--report", "again.json", "--quiet"];
    assert_eq!(personae(folder.path(), "1", &again).0, 0);
    assert_eq!(json(folder.path(), "again.json"), report, "on one thread as on two");
}

#[test]
fn without_rules_the_data_offer_some_and_what_is_wrong_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&shop())).unwrap();
    let (code, out, err) = personae(folder.path(), "2", &["triggers", "events.csv", "--report", "t.json", "--write-rules", "r.json"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("No purchase for 45 days"), "{out}");
    let fails = |args: &[&str]| {
        let (code, _, err) = personae(folder.path(), "2", &[args, &["--quiet"]].concat());
        assert!(code != 0 && err.trim_end().lines().count() == 1, "{code}: {err}");
        err
    };
    assert!(fails(&["journeys", "events.csv", "--funnel", "view_item,nothing", "--report", "j.json"]).contains("No event is called"));
    assert!(fails(&["journeys", "events.csv", "--by", "kind", "--report", "j.json"]).contains("--customers"));
    std::fs::write(folder.path().join("notes.txt"), "hello\nworld\n").unwrap();
    fails(&["journeys", "notes.txt", "--report", "j.json"]);
    std::fs::write(folder.path().join("customers.csv"), "a,b\n1,2\n3,4\n").unwrap();
    assert!(fails(&["journeys", "customers.csv", "--report", "j.json"]).contains("not an event export"));
    std::fs::write(folder.path().join("other.csv"), "member,kind\nX1,a\nX2,b\n").unwrap();
    assert!(
        fails(&["journeys", "events.csv", "--customers", "other.csv", "--by", "kind", "--report", "j.json"])
            .contains("holds the customers")
    );
    std::fs::write(
        folder.path().join("rules.json"),
        RULES.replace("\"purchase\", \"within\": \"14d\"", "\"purchse\", \"within\": \"14d\""),
    )
    .unwrap();
    assert!(fails(&["triggers", "events.csv", "--rules", "rules.json", "--report", "t2.json"]).contains("did you mean"));
    std::fs::write(folder.path().join("rules.json"), RULES.replace("not_followed", "never")).unwrap();
    fails(&["triggers", "events.csv", "--rules", "rules.json", "--report", "t2.json"]);
    assert!(fails(&["triggers", "events.csv", "--rules", "none.json", "--report", "t2.json"]).contains("none.json cannot be read"));
}

#[test]
fn personas_are_made_of_what_customers_did() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&shop())).unwrap();
    let (code, out, err) = personae(folder.path(), "2", &["journeys", "events.csv", "--by", "behaviour", "--report", "j.json"]);
    assert_eq!(code, 0, "{out}{err}");
    let report = json(folder.path(), "j.json");
    let notes: Vec<&str> = report["notes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(notes.iter().any(|note| note.contains("what 400 customers did") || note.contains("forms one group")), "{notes:?}");
    let is_told = notes.iter().any(|note| note.contains("made from the very events"));
    assert_eq!(is_told, report["personas"].as_array().unwrap().len() > 1, "{notes:?}");
}
