//! Are recordings played again as they came, segments found anew and left again without losing anybody, and does every rule fire for whom a replay says?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use personae::base::seed::{self, RngExt};
use personae::engine::live::{Following, LiveNow, LiveOptions, LiveReplay, LiveRule, LiveState, RetrainVerdict};
use personae::model;
use personae::session::LiveOrder;

use crate::behaviour::{json, personae};
use crate::live::{DAYS, HEAD, begun, by_labels, by_table, live, orders, read, refused, start, without_personas, written};

/// The orders of the first twenty days, and then half of those who bought little buy much.
fn changing() -> String {
    let mut random = seed::random(8, 0);
    let mut text = format!("{HEAD}{}", orders(0..20));
    for day in 20..DAYS {
        for customer in 0..300usize {
            let is_other = customer % 6 == 0;
            let (every, amount) = if is_other { (2, 900.0) } else { [(3, 12.0), (9, 60.0), (18, 300.0)][customer % 3] };
            if random.random_range(0..every) == 0 {
                let date = format!("2024-{:02}-{:02}", 3 + day / 30, 1 + day % 30);
                writeln!(text, "N{day:03}-{customer},C{customer:03},{date},{:.2}", amount * random.random_range(0.7..1.3)).unwrap();
            }
        }
    }
    text
}

fn lines(folder: &Path, name: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What leaves agrees with itself: the lists with the table, and the model with both.
fn agrees(folder: &Path, out: &str) {
    let customers = read(folder, &format!("{out}/customers.csv"));
    assert_eq!(by_labels(&folder.join(out)), by_table(&customers));
    let (model, events) = (format!("{out}/model.json"), format!("{out}/events.csv"));
    let told = json(&folder.join(out), "live.json");
    let args = ["score", &model, &events, "--snapshot", told["snapshot"].as_str().unwrap(), "--out", "scored.csv", "--quiet"];
    let (code, _, why) = personae(folder, "2", &args);
    assert_eq!(code, 0, "{why}");
    assert_eq!(customers, read(folder, "scored.csv"));
}

#[test]
fn a_recording_that_is_played_ends_as_the_file_that_is_read() {
    let folder = begun();
    let folder = folder.path();
    live(folder, "all.csv", "read", &[]);
    for (out, more) in [("half", &[][..]), ("from", &["--from", "2024-03-11"])] {
        // Forty days in four seconds.
        live(folder, "all.csv", out, &[&["--replay", "1000000x", "--batch-seconds", "0.1"], more].concat());
        assert_eq!(read(folder, &format!("{out}/events.csv")), read(folder, "all.csv"));
        let customers = read(folder, &format!("{out}/customers.csv"));
        assert_eq!(without_personas(&customers), without_personas(&read(folder, "read/customers.csv")));
        agrees(folder, out);
        let batches = json(&folder.join(out), "live.json")["counts"]["batches"].as_u64().unwrap();
        assert!(batches > 6, "{batches}: it was played day by day");
        let first = read(folder, &format!("{out}/labels/000001.csv"));
        assert!(first.lines().count() < 300, "only the history was read at once");
    }
    std::fs::create_dir(folder.join("days")).unwrap();
    let why = refused(folder, &["days", "--model", "m.json", "--out", "x", "--until-idle", "--replay", "9"]);
    assert!(why.contains("no single file"), "{why}");
}

#[test]
fn segments_are_found_anew_on_drift_taken_if_not_worse_and_everything_is_told_in_its_order() {
    let folder = begun();
    let folder = folder.path();
    std::fs::write(folder.join("changing.csv"), changing()).unwrap();
    // What there is first is read as the history, then the rest arrives.
    let first: String = changing().lines().take_while(|line| !line.starts_with("N020")).map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join("grows.csv"), &first).unwrap();
    let more = ["--rule", "spark", "--retrain", "drift", "--batch-rows", "150"];
    live(folder, "grows.csv", "out", &more);
    assert!(!folder.join("out/retraining.ndjson").exists(), "nothing has drifted in what was there");
    std::fs::write(folder.join("grows.csv"), changing()).unwrap();
    live(folder, "grows.csv", "out", &more);
    let found = lines(&folder.join("out"), "retraining.ndjson");
    let adopted: Vec<&serde_json::Value> = found.iter().filter(|line| line["adopted"] == true).collect();
    assert!(!adopted.is_empty(), "{found:?}");
    for line in &found {
        let silhouettes = [0, 1].map(|at| line["silhouettes"][at].as_f64().unwrap());
        let inertia = [0, 1].map(|at| line["inertia"][at].as_f64().unwrap());
        assert!(line["adopted"] == false || (silhouettes[1] >= silhouettes[0] - 0.02 && inertia[1] <= inertia[0]), "{line}");
        assert_eq!(line["cause"], "drift");
        assert!((200..=by_labels(&folder.join("out")).len() as u64).contains(&line["of"].as_u64().unwrap()), "{line}");
    }
    // Every version is a model of its own, with the numbers of the first.
    let numbers = |text: &str| {
        let model = model::from_text(text, "m.json").unwrap();
        model.segments.iter().map(|segment| segment.number).collect::<Vec<_>>()
    };
    for nth in 0..adopted.len() {
        assert_eq!(numbers(&read(folder, &format!("out/models/{:03}.json", nth + 2))), numbers(&read(folder, "m.json")));
    }
    let notes = json(&folder.join("out"), "live.json")["notes"].to_string();
    assert!(notes.contains(&format!("version {} is in force", adopted.len() + 1)), "{notes}");
    agrees(folder, "out");
    assert!(refused(folder, &["grows.csv", "--model", "m.json", "--out", "y", "--retrain", "soon"]).contains("give a time such as 6h"));
}

#[test]
fn whoever_is_killed_while_segments_are_found_anew_goes_on_as_if_nothing_had_happened() {
    let folder = begun();
    let folder = folder.path();
    let first: String = changing().lines().take_while(|line| !line.starts_with("N020")).map(|line| format!("{line}\n")).collect();
    let more = ["--rule", "spark", "--retrain", "2d", "--batch-rows", "97"];
    for out in ["whole", "cut"] {
        std::fs::write(folder.join("all.csv"), &first).unwrap();
        live(folder, "all.csv", out, &more);
    }
    std::fs::write(folder.join("all.csv"), changing()).unwrap();
    live(folder, "all.csv", "whole", &more);
    assert!(lines(&folder.join("whole"), "retraining.ndjson").len() > 3);
    let mut random = seed::random(12, 0);
    for _ in 0..8 {
        let mut child = start(folder, &[&["all.csv", "--out", "cut", "--until-idle"], &more[..]].concat());
        std::thread::sleep(Duration::from_millis(random.random_range(50..900)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    live(folder, "all.csv", "cut", &more);
    agrees(folder, "cut");
    let (whole, cut) = (written(&folder.join("whole")), written(&folder.join("cut")));
    assert_eq!(whole.keys().collect::<Vec<_>>(), cut.keys().collect::<Vec<_>>());
    for (name, text) in &whole {
        assert!(cut[name] == *text, "{}", name.display());
    }
    let models = |out: &str| std::fs::read_dir(folder.join(out).join("models")).map_or(0, Iterator::count);
    assert_eq!(models("whole"), models("cut"));
}

const RULES: &str = r#"{"version": 1, "triggers": [
  {"name": "Silent", "when": {"absent": {"event": "purchase", "days": 5}}, "then": "say hello", "goal": {"event": "purchase", "within": "10d"}},
  {"name": "Large", "when": {"on": {"event": "purchase", "where": [{"field": "value", "op": ">=", "value": 200}]}}, "then": "thank", "goal": {"event": "purchase", "within": "10d"}}
]}"#;

#[test]
fn rules_fire_once_for_whom_and_when_the_events_say() {
    let folder = begun();
    let folder = folder.path();
    std::fs::write(folder.join("rules.json"), RULES).unwrap();
    let all = orders(0..DAYS).lines().filter(|line| !line.contains(",-")).map(|line| format!("{line}\n")).collect::<String>();
    let [first, _] = [0..20, 20..DAYS].map(|days| all.lines().filter(|line| days.contains(&line[1..4].parse().unwrap())).count());
    let part: String = all.lines().take(first).map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join("grows.csv"), format!("{HEAD}{part}")).unwrap();
    let more = ["--rules", "rules.json", "--batch-rows", "60"];
    live(folder, "grows.csv", "out", &more);
    std::fs::write(folder.join("grows.csv"), format!("{HEAD}{all}")).unwrap();
    live(folder, "grows.csv", "out", &more);
    live(folder, "grows.csv", "out", &more);
    let told = lines(&folder.join("out"), "triggers.ndjson");
    let of = |name: &str| {
        let of: Vec<(String, String)> = told
            .iter()
            .filter(|line| line["trigger"] == name)
            .map(|line| (line["customer_id"].as_str().unwrap().to_owned(), line["fired_at"].as_str().unwrap()[..10].to_owned()))
            .collect();
        let set: BTreeSet<(String, String)> = of.iter().cloned().collect();
        assert_eq!(of.len(), set.len(), "each fire is told once");
        set
    };
    // By hand: days since the first of March, the last day of the history, and what follows.
    let date = |day: usize| format!("2024-{:02}-{:02}", 3 + day / 31, 1 + day % 31);
    let parsed: Vec<(String, usize, f64)> = all
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let month: usize = cells[2][5..7].parse().unwrap();
            (cells[1].to_owned(), (month - 3) * 31 + cells[2][8..].parse::<usize>().unwrap() - 1, cells[3].parse().unwrap())
        })
        .collect();
    let began = parsed[first - 1].1;
    let end = parsed.iter().map(|(_, day, _)| *day).max().unwrap();
    let customers: BTreeSet<&String> = parsed.iter().map(|(customer, ..)| customer).collect();
    let mut silent = BTreeSet::new();
    for customer in customers {
        let mut days: Vec<usize> = parsed.iter().filter(|(who, ..)| who == customer).map(|(_, day, _)| *day).collect();
        days.dedup();
        for (at, day) in days.iter().enumerate() {
            let next = days.get(at + 1).copied().unwrap_or(usize::MAX);
            if next > day + 5 && day + 5 >= began && day + 5 < end {
                silent.insert((customer.clone(), date(day + 5)));
            }
        }
    }
    assert!(silent.len() > 50);
    let told_silent = of("Silent");
    assert_eq!(told_silent.symmetric_difference(&silent).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
    let large = parsed
        .iter()
        .filter(|(_, day, amount)| *amount >= 200.0 && (began..end).contains(day))
        .map(|(who, day, _)| (who.clone(), date(*day)));
    assert_eq!(of("Large"), large.collect());
    assert!(told.iter().all(|line| !line["persona"].as_str().unwrap().is_empty() && line["reason"].as_str().unwrap().contains("purchase")));
    let notes = json(&folder.join("out"), "live.json")["notes"].to_string();
    assert!(notes.contains(&format!("Silent fired {} times", silent.len())), "{notes}");
    // What cannot be told is said, and nothing else is held up.
    std::fs::write(folder.join("other.json"), RULES.replace("\"purchase\", \"days\"", "\"reading\", \"days\"")).unwrap();
    live(folder, "all.csv", "other", &["--rules", "other.json"]);
    let notes = json(&folder.join("other"), "live.json")["notes"].to_string();
    assert!(notes.contains("Rules that cannot be followed: ") && notes.contains("reading") && notes.contains("Large fired"), "{notes}");
    // A rule of holidays needs to know them, and then fires on them alone.
    let feast = RULES.replace(r#"{"field": "value", "op": ">=", "value": 200}"#, r#"{"field": "holiday", "op": "=", "value": true}"#);
    std::fs::write(folder.join("feast.json"), feast).unwrap();
    live(folder, "all.csv", "unknown", &["--rules", "feast.json"]);
    let notes = json(&folder.join("unknown"), "live.json")["notes"].to_string();
    assert!(notes.contains("it asks for holidays, and none are known") && notes.contains("Silent fired"), "{notes}");
    let after = date((began + end) / 2);
    std::fs::write(folder.join("days.txt"), format!("{after}\n")).unwrap();
    for text in [&part, &all] {
        std::fs::write(folder.join("grows.csv"), format!("{HEAD}{text}")).unwrap();
        live(folder, "grows.csv", "feast", &["--rules", "feast.json", "--holidays", "days.txt", "--batch-rows", "60"]);
    }
    let fired: Vec<serde_json::Value> =
        lines(&folder.join("feast"), "triggers.ndjson").into_iter().filter(|line| line["trigger"] == "Large").collect();
    let fires: BTreeSet<&str> = fired.iter().map(|line| line["customer_id"].as_str().unwrap()).collect();
    let by_hand: BTreeSet<&str> =
        parsed.iter().filter(|(_, day, amount)| date(*day) == after && *amount > 0.0).map(|(who, ..)| who.as_str()).collect();
    assert!(
        !by_hand.is_empty() && fires == by_hand && fired.iter().all(|line| line["fired_at"].as_str().unwrap().starts_with(&after)),
        "{fires:?} {by_hand:?}"
    );
}

/// What is seen once it is so.
fn seen(following: &Following, what: &str, is_so: impl Fn(&LiveNow) -> bool) -> Arc<LiveNow> {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(now) = following.desk().now().filter(|now| is_so(now)) {
            return now;
        }
        assert!(Instant::now() < until, "{what} was never seen: {:?}", following.desk().outcome());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn whoever_watches_sees_segments_move_and_may_pause_take_and_go_back() {
    let folder = begun();
    let folder = folder.path();
    std::fs::write(folder.join("all.csv"), changing()).unwrap();
    let the_model = model::from_text(&read(folder, "m.json"), "m.json").unwrap();
    let options = LiveOptions {
        rule: LiveRule::Spark,
        replay: Some(LiveReplay { speed: 200_000.0, from: personae::data::day::IsoDay::parse("2024-03-21") }),
        batch_wait: Duration::from_millis(50),
        ..LiveOptions::default()
    };
    let woken = Arc::new(AtomicUsize::new(0));
    let counts = woken.clone();
    let wake = move || {
        counts.fetch_add(1, Ordering::Relaxed);
    };
    let following = Following::start(the_model.clone(), folder.join("all.csv"), options, folder.join("out"), None, wake);
    let first = seen(&following, "the beginning", |now| now.state == LiveState::Following && now.bands.len() > 2);
    assert_eq!(first.segments.len(), 3);
    assert_eq!((first.versions.len(), first.in_force, first.speed), (1, 0, Some(200_000.0)));
    assert!(first.map.customers.len() > 200 && first.map.trails.len() == 3 && first.unread > 0);
    assert!(woken.load(Ordering::Relaxed) > 0);
    // Nothing is read while it is paused.
    following.desk().order(LiveOrder::Pause);
    let paused = seen(&following, "the pause", |now| now.state == LiveState::Paused);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(following.desk().now().unwrap().counts.counted, paused.counts.counted);
    following.desk().order(LiveOrder::GoOn);
    following.desk().order(LiveOrder::Speed(2_000_000.0));
    let end =
        seen(&following, "the end", |now| now.state == LiveState::AtEnd && now.drift.as_ref().is_some_and(|drift| drift.since.is_some()));
    assert_eq!(end.bands.last().unwrap().sizes, end.segments.iter().map(|segment| segment.size).collect::<Vec<_>>());
    assert_eq!((end.unread, end.counts.rows), (0, changing().lines().count() as u64 - 1));
    let moved: usize = end.moves[2].iter().flatten().sum();
    assert!(moved > 0 && end.moves[2].iter().enumerate().all(|(at, row)| row[at] == 0) && !end.movers.is_empty());
    assert!(end.drift.as_ref().unwrap().sentences.len() > 1);
    // Segments are found anew, and wait to be taken.
    following.desk().order(LiveOrder::Retrain);
    let found = seen(&following, "what was found anew", |now| now.retrained.is_some());
    let retrained = found.retrained.clone().unwrap();
    assert_eq!((retrained.verdict, found.versions.len()), (RetrainVerdict::NotWorse, 1), "{retrained:?}");
    following.desk().order(LiveOrder::Adopt);
    let taken = seen(&following, "the new version", |now| now.in_force == 1);
    assert!(taken.retrained.is_none() && taken.drift.as_ref().is_none_or(|drift| drift.since.is_none()));
    assert_eq!(taken.versions[1].moved, retrained.moved);
    let numbers = |now: &LiveNow| now.segments.iter().map(|segment| segment.number).collect::<Vec<_>>();
    assert_eq!(numbers(&taken), numbers(&first));
    for (at, segment) in taken.segments.iter().enumerate() {
        assert_eq!(segment.name.is_empty(), retrained.loses_name.contains(&at));
    }
    // And back: everyone is where the centres of before have them.
    following.desk().order(LiveOrder::Back(1));
    let back = seen(&following, "the first version", |now| now.in_force == 0);
    // Who did nothing since the centres moved was placed by earlier ones, which depends on where the batches ended; going back places everyone.
    let who = |now: &LiveNow| now.segments.iter().map(|segment| (segment.number, segment.name.clone())).collect::<Vec<_>>();
    let all = |now: &LiveNow| now.segments.iter().map(|segment| segment.size).sum::<usize>();
    assert_eq!((who(&back), all(&back)), (who(&found), all(&found)));
    following.desk().stop();
    let until = Instant::now() + Duration::from_secs(60);
    while following.desk().outcome().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(following.desk().outcome(), Some(Ok(())));
    agrees(folder, "out");
    // Nothing came after it, so the table that the model places is what was seen.
    let mut placed: BTreeMap<String, usize> = BTreeMap::new();
    by_table(&read(folder, "out/customers.csv")).into_values().for_each(|persona| *placed.entry(persona).or_default() += 1);
    let seen: BTreeMap<String, usize> = back.segments.iter().map(|segment| ((segment.number + 1).to_string(), segment.size)).collect();
    assert_eq!(placed, seen);
    // What cannot be followed is told by the desk.
    let following =
        Following::start(the_model, folder.join("nothing.csv"), LiveOptions::default(), folder.join("none"), Some(following), || ());
    let until = Instant::now() + Duration::from_secs(60);
    while following.desk().outcome().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(matches!(following.desk().outcome(), Some(Err(why)) if why.contains("does not exist")));
}

#[test]
fn a_recording_sorted_by_customer_is_played_in_the_order_of_its_days() {
    let folder = begun();
    let folder = folder.path();
    let all = changing();
    let (head, rows) = all.split_once('\n').unwrap();
    // As a shop's export often is: all orders of the first customer, then those of the second.
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_by_key(|row| row.split(',').next().unwrap_or_default());
    let text = format!("{head}\n{}\n", rows.join("\n"));
    assert_ne!(text, all, "it is another order");
    std::fs::write(folder.join("sorted.csv"), &text).unwrap();
    let the_model = model::from_text(&read(folder, "m.json"), "m.json").unwrap();
    let options = LiveOptions {
        replay: Some(LiveReplay { speed: 200_000.0, from: None }),
        batch_wait: Duration::from_millis(50),
        ..LiveOptions::default()
    };
    let following = Following::start(the_model.clone(), folder.join("sorted.csv"), options, folder.join("out"), None, || ());
    let now = seen(&following, "the bands", |now| now.state == LiveState::Following && now.bands.len() > 2);
    assert!(now.unread > 0 && now.notes.iter().any(|note| note.contains("not in the order of their days")), "{:?}", now.notes);
    following.desk().order(LiveOrder::Speed(20_000_000.0));
    let end = seen(&following, "the end", |now| now.state == LiveState::AtEnd);
    assert_eq!((end.counts.rows, end.counts.late), (rows.len() as u64, 0));
    following.desk().stop();
    let until = Instant::now() + Duration::from_secs(60);
    while following.desk().outcome().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(following.desk().outcome(), Some(Ok(())));
    assert_eq!(read(folder, "sorted.csv"), text, "the file stays as it is");
    let played = read(folder, "out/played/sorted.csv");
    let mut same: Vec<&str> = played.lines().skip(1).collect();
    assert!(played.starts_with(head) && same.len() == rows.len());
    same.sort_unstable();
    rows.sort_unstable();
    assert_eq!(same, rows, "the same rows, in another order");
}
