//! Event exports from the outside: `personae journeys` and `personae triggers` on raw exports whose truth is known.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use personae::base::seed::{self, RngExt};
use personae::base::text::count;
use serde_json::Value;

const DAY: i64 = 86_400_000;
/// 2024-01-01 in UTC.
const BEGIN: i64 = 1_704_067_200_000;

pub fn personae(folder: &Path, threads: &str, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_personae"));
    let output = command.current_dir(folder).env("RAYON_NUM_THREADS", threads).envs(crate::live::LOG_INS).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// One event: customer, milliseconds, name, amount.
pub type Happened = (usize, i64, &'static str, f64);

/// 400 customers over 240 days. Of every visit: a view, then a cart, then for some a purchase. Two kinds of customers, even and odd: the even buy after three of four carts,
/// the odd after one of four.
pub fn shop() -> Vec<Happened> {
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
pub fn as_ga4(events: &[Happened]) -> String {
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

/// The same as a Parquet file that BigQuery writes: structures, and lists of them.
fn write_ga4_parquet(events: &[Happened], path: &Path) {
    use polars::prelude::*;
    let n = events.len();
    let all = |text: &str| Column::new("".into(), vec![text; n]);
    let structures = |name: &str, fields: Vec<(&str, Column)>| -> Column {
        let fields = fields.into_iter().map(|(name, column)| column.with_name(name.into())).collect();
        DataFrame::new(n, fields).unwrap().into_struct(name.into()).into_series().into_column()
    };
    let of = |value: &dyn Fn(usize, &Happened) -> Option<String>| {
        Column::new("".into(), events.iter().enumerate().map(|(nth, event)| value(nth, event)).collect::<Vec<_>>())
    };
    let visits: Vec<i64> = events.iter().map(|event| event.1 / (DAY / 2)).collect();
    let value = structures("value", vec![("string_value", of(&|_, _| None)), ("int_value", Column::new("".into(), visits))]);
    let pairs = structures("pair", vec![("key", all("ga_session_id")), ("value", value)]);
    let lists: Vec<Series> = (0..n as i64).map(|nth| pairs.as_materialized_series().slice(nth, 1)).collect();
    let spent: Vec<Option<f64>> = events.iter().map(|event| Some(event.3).filter(|spent| !spent.is_nan())).collect();
    let order = of(&|nth, event| (!event.3.is_nan()).then(|| format!("T{nth}")));
    let columns = vec![
        Column::new("event_timestamp".into(), events.iter().map(|event| event.1 * 1000).collect::<Vec<_>>()),
        of(&|_, event| Some(event.2.to_owned())).with_name("event_name".into()),
        Column::new("event_params".into(), lists),
        of(&|_, event| Some(format!("K{:03}", event.0))).with_name("user_id".into()),
        of(&|_, event| Some(format!("D{}", event.0))).with_name("user_pseudo_id".into()),
        structures("device", vec![("category", all("desktop"))]),
        structures("geo", vec![("country", all("Germany"))]),
        structures("ecommerce", vec![("transaction_id", order), ("purchase_revenue", Column::new("".into(), spent))]),
    ];
    // Rows of a group are written as JSON in parts.
    let writer = ParquetWriter::new(std::fs::File::create(path).unwrap()).with_row_group_size(Some(20_000));
    writer.finish(&mut DataFrame::new(n, columns).unwrap()).unwrap();
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

pub fn json(folder: &Path, name: &str) -> Value {
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

#[test]
fn events_on_a_device_are_told_as_if_there_were_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let events = shop();
    let (first, last) = (events.iter().map(|event| event.1).min().unwrap(), events.iter().map(|event| event.1).max().unwrap());
    // Every other visit is on a phone. The first and the last event are, too, so that both files cover the same time.
    let is_mobile = |(customer, at, ..): &Happened| *at == first || *at == last || (at / DAY + *customer as i64) % 2 == 0;
    let all: Vec<String> = (as_ga4(&events).lines().zip(&events))
        .map(|(line, event)| if is_mobile(event) { line.replace("desktop", "mobile") } else { line.to_owned() })
        .collect();
    let mobile: Vec<&str> = all.iter().zip(&events).filter(|(_, event)| is_mobile(event)).map(|(line, _)| line.as_str()).collect();
    assert!(mobile.len() > all.len() / 4 && mobile.len() < all.len() * 3 / 4);
    std::fs::write(folder.path().join("all.json"), all.join("\n")).unwrap();
    std::fs::write(folder.path().join("mobile.json"), mobile.join("\n")).unwrap();
    std::fs::write(folder.path().join("customers.csv"), customers()).unwrap();
    let run = |file: &str, more: &[&str]| {
        let args =
            ["journeys", file, "--customers", "customers.csv", "--by", "kind", "--funnel", "view_item,purchase", "--report", "of.json"];
        personae(folder.path(), "2", &[&args[..], more].concat())
    };
    let (code, said, err) = run("mobile.json", &[]);
    assert_eq!(code, 0, "{said}{err}");
    let alone = json(folder.path(), "of.json");
    let (code, said, err) = run("all.json", &["--only", "device=mobile"]);
    assert_eq!(code, 0, "{said}{err}");
    let told = format!("Only some events are looked at (device is mobile): {} of {}", count(mobile.len()), count(all.len()));
    assert!(said.contains(&told), "{told}: {said}");
    let fitting = json(folder.path(), "of.json");
    assert!(fitting["read"]["notes"][0].as_str().unwrap().starts_with(&told), "whoever reads the report is told as well");
    for part in ["customers", "events", "personas", "funnel", "paths", "return", "rhythm", "does_more", "typical"] {
        assert_eq!(alone[part], fitting[part], "{part}");
    }
    // What leaves nothing, and what cannot be asked.
    let refused = |only: &[&str], code: i32, why: &str| {
        let (ended, _, err) = run("all.json", only);
        assert_eq!((ended, err.trim().contains(why)), (code, true), "{err}");
    };
    refused(&["--only", "device=phone"], 1, "No event fits (device is phone). In these data, device is one of: desktop, mobile.");
    refused(&["--only", "holiday=yes"], 1, "Which days are holidays is not known; name a country or a file of dates.");
    refused(&["--only", "hour=late"], 2, "late is no number");
    let (code, said, err) = run("all.json", &["--only", "holiday=yes", "--holidays", "DE"]);
    assert!(code == 0 && said.contains("(on a holiday)"), "{said}{err}");
}

#[test]
fn what_each_customer_did_is_a_table_that_segments_are_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let events = shop();
    // Even customers use a phone.
    let of_device = |(line, event): (&str, &Happened)| if event.0 % 2 == 0 { line.replace("desktop", "mobile") } else { line.to_owned() };
    let lines: Vec<String> = as_ga4(&events).lines().zip(&events).map(of_device).collect();
    std::fs::write(folder.path().join("events.json"), lines.join("\n")).unwrap();
    let run = |args: &[&str]| {
        let (code, said, err) = personae(folder.path(), "2", args);
        assert_eq!(code, 0, "{said}{err}");
        said
    };
    let said = run(&["journeys", "events.json", "--report", "of.json", "--holidays", "DE", "--table", "did.csv"]);
    // Nothing was planted: the shop is the same on holidays.
    let same = "No reliable difference between holidays and the same weekdays around them";
    assert!(said.contains(same), "{said}");
    assert!(json(folder.path(), "of.json")["rhythm"]["holidays"]["interval"].is_array());
    assert!(said.ends_with("wrote of.json\nwrote did.csv\n"), "{said}");
    let text = std::fs::read_to_string(folder.path().join("did.csv")).unwrap();
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let at = |name: &str| head.iter().position(|of| *of == name).unwrap_or_else(|| panic!("no {name} in {head:?}"));
    let rows: Vec<Vec<&str>> = rows.collect();
    assert_eq!((rows.len(), rows[0][at("customer_id")]), (400, "K000"));
    for (customer, row) in rows.iter().enumerate() {
        let is_even = customer % 2 == 0;
        assert_eq!(
            (row[at("usual device")], row[at("share of events on mobile")]),
            if is_even { ("mobile", "1") } else { ("desktop", "0") }
        );
        // By hand: purchases among the events of this customer.
        let of: Vec<&Happened> = events.iter().filter(|event| event.0 == customer).collect();
        let bought = of.iter().filter(|event| event.2 == "purchase").count() as f64 / of.len() as f64;
        let told: f64 = row[at("purchase share of events")].parse().unwrap();
        assert!((told - bought).abs() < 1e-9, "{told} {bought}");
        assert!(row[at("share of events on holidays")].parse::<f64>().unwrap() < 0.5);
    }
    run(&["journeys", "events.json", "--report", "of.json", "--table", "did.parquet", "--quiet"]);
    run(&["segment", "did.parquet", "--k", "2", "--report", "segments.json", "--quiet"]);
    let (code, _, err) = personae(folder.path(), "2", &["journeys", "events.json", "--report", "of.json", "--table", "did.txt"]);
    assert_eq!((code, err.contains("did.txt must end in .parquet or .csv.")), (2, true), "{err}");
}

#[test]
fn structures_and_lists_of_parquet_say_what_json_lines_say() {
    let folder = tempfile::tempdir().unwrap();
    let events = [shop(), shop().into_iter().map(|(customer, at, name, value)| (customer + 400, at, name, value)).collect()].concat();
    assert!(events.len() > 20_000, "{}", events.len());
    std::fs::write(folder.path().join("events.json"), as_ga4(&events)).unwrap();
    write_ga4_parquet(&events, &folder.path().join("events.parquet"));
    let run = |file: &str| {
        let args = ["journeys", file, "--funnel", "view_item,purchase", "--paths", "add_to_cart", "--report", "of.json", "--quiet"];
        let (code, said, err) = personae(folder.path(), "2", &args);
        assert_eq!(code, 0, "{said}{err}");
        json(folder.path(), "of.json")
    };
    let (lines, parquet) = (run("events.json"), run("events.parquet"));
    assert_eq!(parquet["read"]["format"], "GA4 (BigQuery export)");
    assert_eq!(lines, parquet);
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
fn orders_with_statuses_and_quantities_are_counted_as_in_a_customer_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut orders = "order_id,customer_id,order_date,quantity,unit_price,status\n".to_owned();
    for customer in 0..40 {
        for nth in 0..3 {
            let status = if nth == 1 && customer % 2 == 0 { "Cancelled" } else { "Completed" };
            // Two lines are one purchase.
            for line in 0..2 {
                let day = 1 + (customer + 9 * nth) % 28;
                orders += &format!("{},K{customer},2024-{:02}-{day:02},{},5.00,{status}\n", customer * 3 + nth, 1 + 2 * nth, 1 + line);
            }
        }
    }
    std::fs::write(folder.path().join("orders.csv"), orders).unwrap();
    let (code, out, err) = personae(folder.path(), "2", &["journeys", "orders.csv", "--report", "j.json"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("240 rows of orders.csv are 100 purchases and 20 cancelled orders"), "{out}");
    assert!(!out.contains("which zone"), "a day has no zone: {out}");
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.path().join("j.json")).unwrap()).unwrap();
    assert_eq!((&told["customers"], &told["events"]), (&serde_json::json!(40), &serde_json::json!(120)));
    assert_eq!(told["rhythm"]["has_hours"], serde_json::json!(false), "days have no hours");
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

/// The fires of a rule on every purchase, as the times in now.csv.
fn fired(folder: &Path, file: &str, more: &[&str]) -> Vec<String> {
    std::fs::write(
        folder.join("on.json"),
        r#"{"version": 1, "triggers": [{"name": "cart", "when": {"on": "add_to_cart"}, "then": "write", "goal": {"event": "purchase", "within": "300d"}}]}"#,
    )
    .unwrap();
    let args = ["triggers", file, "--rules", "on.json", "--from", "2024-05-01", "--report", "t.json", "--now", "now.csv", "--quiet"];
    let (code, out, err) = personae(folder, "2", &[&args[..], more].concat());
    assert_eq!(code, 0, "{out}{err}");
    let now = std::fs::read_to_string(folder.join("now.csv")).unwrap();
    now.lines().skip(1).map(|line| line.split(',').take(3).collect::<Vec<_>>().join(",")).collect()
}

/// The shop with times as text, at an offset of so many hours from UTC; every second row at another one.
fn with_offsets(events: &[Happened], hours: [i64; 2]) -> String {
    let mut text = "customer_id,event,timestamp,value\n".to_owned();
    for (nth, (customer, at, name, value)) in events.iter().enumerate() {
        let ahead = hours[nth % 2];
        let local = at / 1000 + ahead * 3600;
        let (day, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let day = personae::data::day::IsoDay(day as i32);
        let value = if value.is_nan() { String::new() } else { value.to_string() };
        let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60];
        writeln!(text, "K{customer:03},{name},{day}T{hour:02}:{minute:02}:{second:02}{ahead:+03}:00,{value}").unwrap();
    }
    text
}

#[test]
fn a_time_with_an_offset_names_a_moment_whatever_file_it_is_in_and_whatever_zone_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let events = shop();
    std::fs::write(folder.path().join("epochs.csv"), as_csv(&events)).unwrap();
    std::fs::write(folder.path().join("utc.csv"), with_offsets(&events, [0, 0])).unwrap();
    std::fs::write(folder.path().join("east.csv"), with_offsets(&events, [5, 5])).unwrap();
    std::fs::write(folder.path().join("both.csv"), with_offsets(&events, [0, 2])).unwrap();
    let expected = fired(folder.path(), "epochs.csv", &[]);
    assert!(expected.len() > 100, "{}", expected.len());
    for file in ["utc.csv", "east.csv", "both.csv"] {
        for zone in [&[][..], &["--timezone", "Europe/Berlin"], &["--timezone", "America/New_York"]] {
            assert!(fired(folder.path(), file, zone) == expected, "{file} {zone:?}");
        }
        let asked = json(folder.path(), "t.json")["read"]["open_questions"].as_array().unwrap().len();
        assert_eq!(asked, 0, "{file} answers itself");
    }
    // Without an offset the zone is asked, and the one chosen counts.
    let naive: String = with_offsets(&events, [0, 0]).replace("+00:00,", ",");
    std::fs::write(folder.path().join("naive.csv"), naive).unwrap();
    assert!(fired(folder.path(), "naive.csv", &[]) == expected);
    assert_eq!(json(folder.path(), "t.json")["read"]["open_questions"].as_array().unwrap().len(), 1);
    assert!(fired(folder.path(), "naive.csv", &["--timezone", "Asia/Tokyo"]) != expected);
    // Some with one, some without: those without are by the zone that was chosen, and it is asked which that is.
    let some: Vec<String> = with_offsets(&events, [0, 0])
        .lines()
        .enumerate()
        .map(|(nth, line)| if nth % 3 == 1 { line.replace("+00:00,", ",") } else { line.to_owned() })
        .collect();
    std::fs::write(folder.path().join("some.csv"), some.join("\n")).unwrap();
    assert!(fired(folder.path(), "some.csv", &[]) == expected);
    let questions = json(folder.path(), "t.json")["read"]["open_questions"].to_string();
    assert!(questions.contains("Some times of timestamp say how far they are from UTC"), "{questions}");
    assert!(fired(folder.path(), "some.csv", &["--timezone", "UTC"]) == expected);
}

#[test]
fn nobody_who_refused_in_any_row_is_listed_and_a_column_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&shop())).unwrap();
    let all = fired(folder.path(), "events.csv", &[]);
    let ids = |lines: &[String]| lines.iter().map(|line| line.split(',').next().unwrap().to_owned()).collect::<Vec<_>>();
    let who = ids(&all);
    let (refuses, agrees, differs) = (&who[0], &who[1], &who[2]);
    let mut customers = "customer_id,newsletter_consent,city\n".to_owned();
    who.iter().skip(3).for_each(|id| writeln!(customers, "{id},ja,Ulm").unwrap());
    writeln!(customers, "{refuses},no,Ulm\n{agrees},yes,Ulm\n{differs},no,Ulm\n{differs},yes,Bonn\n{differs},yes,Ulm").unwrap();
    std::fs::write(folder.path().join("customers.csv"), &customers).unwrap();
    for more in [&["--customers", "customers.csv"][..], &["--customers", "customers.csv", "--consent-column", "newsletter_consent"]] {
        let told = ids(&fired(folder.path(), "events.csv", more));
        assert!(told.contains(agrees) && !told.contains(refuses) && !told.contains(differs), "{more:?}");
        assert_eq!(told.len(), who.len() - 2);
        let notes = json(folder.path(), "t.json")["notes"].to_string();
        assert!(notes.contains("1 customer stands in several rows") && notes.contains("newsletter_consent"), "{notes}");
    }
    let args = [
        "triggers",
        "events.csv",
        "--rules",
        "on.json",
        "--from",
        "2024-05-01",
        "--customers",
        "customers.csv",
        "--report",
        "t.json",
        "--quiet",
    ];
    let (code, _, err) = personae(folder.path(), "2", &[&args[..], &["--consent-column", "nope"]].concat());
    assert!(code == 1 && err.contains("there is no column \"nope\"") && err.trim_end().lines().count() == 1, "{err}");
    // A table that says nothing but who agrees is enough.
    let bare: String = who.iter().fold("customer_id,consent\n".to_owned(), |text, id| text + id + ",yes\n");
    std::fs::write(folder.path().join("bare.csv"), bare).unwrap();
    assert_eq!(ids(&fired(folder.path(), "events.csv", &["--customers", "bare.csv"])), who);
}

#[test]
fn odd_rows_are_counted_and_odd_files_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = as_ga4(&shop()).lines().map(str::to_owned).collect();
    let plain = |at: &str| format!(r#"{{"user_id":"K001","event":"view_item","time":{at}}}"#);
    let good: Vec<String> = (0..3000).map(|nth| plain(&(1_706_000_000 + nth * 600).to_string())).collect();
    let read = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        let (code, out, err) = personae(folder.path(), "2", &["journeys", name, "--report", "j.json", "--quiet"]);
        assert_eq!(code, 0, "{name}: {out}{err}");
        json(folder.path(), "j.json")["read"].clone()
    };
    // A few bad times at the beginning are a few bad times.
    let bad = [plain("\"soon\""), plain("0"), plain("true")];
    assert_eq!(read("late.jsonl", &[&bad[..], &good].concat().join("\n"))["without_time"], 3);
    // Decades ahead is a clock that is wrong.
    assert_eq!(read("future.jsonl", &[&good[..], &[plain("3913056000")]].concat().join("\n"))["in_the_future"], 1);
    // A name that is no name fills no memory.
    let long = plain("1706000000").replace("view_item", &"x".repeat(100_000));
    assert_eq!(read("long.jsonl", &[&good[..], &[long]].concat().join("\n"))["unreadable"], 1);
    // A list that breaks off has lost an event.
    let list = format!("[{}", lines[..300].join(","));
    assert_eq!(read("cut.json", &list[..list.len() - 20])["unreadable"], 1);
    assert_eq!(read("whole.json", &format!("{list}]"))["unreadable"], 0);
    let zipped = |name: &str, members: &[(&str, &str)]| {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(folder.path().join(name)).unwrap());
        for (member, text) in members {
            zip.start_file(*member, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        personae(folder.path(), "2", &["journeys", name, "--report", "z.json", "--quiet"])
    };
    let csv = as_csv(&shop());
    let (code, _, err) = zipped("table.zip", &[("events.csv", &csv)]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(json(folder.path(), "z.json")["read"]["rows"], csv.lines().count() - 1);
    let (code, _, err) = zipped("both.zip", &[("events.csv", &csv), ("events.jsonl", &good.join("\n"))]);
    assert!(code == 1 && err.contains("holds the table events.csv beside files of events"), "{err}");
    // Wrong use has a code of its own.
    std::fs::write(folder.path().join("events.csv"), &csv).unwrap();
    for wrong in [&["--depth", "1"][..], &["--funnel", "purchase"], &["--timezone", "Mars/Phobos"], &["--funnel", "a,b", "--window", "0d"]]
    {
        let (code, _, err) = personae(folder.path(), "2", &[&["journeys", "events.csv", "--report", "w.json"][..], wrong].concat());
        assert!(code == 2 && err.trim_end().lines().count() == 1, "{wrong:?}: {code} {err}");
    }
    let (code, _, err) = personae(folder.path(), "2", &["triggers", "events.csv", "--from", "1900-01-01", "--report", "w.json", "--quiet"]);
    assert!(code == 1 && err.contains("lies before the first day of the data"), "{err}");
    // One value per customer is no group.
    std::fs::write(folder.path().join("customers.csv"), customers()).unwrap();
    let by = ["journeys", "events.csv", "--customers", "customers.csv", "--by", "customer_id", "--report", "w.json", "--quiet"];
    let (code, _, err) = personae(folder.path(), "2", &by);
    assert!(code == 1 && err.contains("400 different values, too many"), "{err}");
    // Half a year is enough for the rules that look back over less.
    let half: Vec<Happened> = shop().into_iter().filter(|of| of.1 < BEGIN + 170 * DAY).collect();
    std::fs::write(folder.path().join("half.csv"), as_csv(&half)).unwrap();
    let (code, out, err) = personae(folder.path(), "2", &["triggers", "half.csv", "--report", "w.json"]);
    assert!(code == 0 && out.contains("No purchase for 45 days"), "{out}{err}");
}

#[test]
fn of_several_columns_the_plainest_says_who_agreed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&shop())).unwrap();
    let all = fired(folder.path(), "events.csv", &[]);
    let refuses = all[0].split(',').next().unwrap();
    let mut customers = "customer_id,newsletter,city,marketing_consent\n".to_owned();
    for line in &all {
        let id = line.split(',').next().unwrap();
        writeln!(customers, "{id},yes,Ulm,{}", if id == refuses { "no" } else { "yes" }).unwrap();
    }
    std::fs::write(folder.path().join("customers.csv"), customers).unwrap();
    let told = fired(folder.path(), "events.csv", &["--customers", "customers.csv"]);
    assert_eq!(told.len(), all.len() - 1);
    assert!(told.iter().all(|line| !line.starts_with(refuses)), "whoever wants the newsletter has not agreed to everything");
    assert!(json(folder.path(), "t.json")["notes"].to_string().contains("marketing_consent"));
}

#[test]
fn a_rule_of_holidays_needs_to_know_them_and_fires_on_them_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), as_csv(&shop())).unwrap();
    let rule = r#"{"version": 1, "triggers": [{"name": "feast", "when": {"on": {"event": "add_to_cart", "where": [{"field": "holiday", "op": "=", "value": true}]}}, "then": "write", "goal": {"event": "purchase", "within": "7d"}}]}"#;
    std::fs::write(folder.path().join("feast.json"), rule).unwrap();
    let run = |more: &[&str]| {
        let args =
            [&["triggers", "events.csv", "--rules", "feast.json", "--from", "2024-04-01", "--report", "t.json", "--quiet"], more].concat();
        let (code, _, why) = personae(folder.path(), "2", &args);
        (code, why)
    };
    let (code, why) = run(&[]);
    assert!(code == 1 && why.contains("it asks for holidays, and none are known"), "{code} {why}");
    let (code, why) = run(&["--holidays", "Atlantis"]);
    assert!(code == 1 && why.contains("Atlantis is neither a country whose holidays are known"), "{code} {why}");
    let fires = |more: &[&str]| {
        let (code, why) = run(more);
        assert_eq!(code, 0, "{why}");
        json(folder.path(), "t.json")["triggers"][0]["fires"].as_u64().unwrap()
    };
    std::fs::write(folder.path().join("own.csv"), "what,day\nSale,2024-05-03\nAnother,2024-06-07\n").unwrap();
    let own = fires(&["--holidays", "own.csv"]);
    let days = ["2024-05-03", "2024-06-07"].map(|day| i64::from(personae::data::day::IsoDay::parse(day).unwrap().0));
    let by_hand = shop().iter().filter(|(_, at, name, _)| *name == "add_to_cart" && days.contains(&at.div_euclid(DAY))).count() as u64;
    assert!(own > 0 && own == by_hand, "{own} {by_hand}");
    assert!(fires(&["--holidays", "DE"]) > 0, "the first of May is one");
}
