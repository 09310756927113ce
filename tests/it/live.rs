//! Do segments that are followed end where all events at once would bring them, however events arrive, and whatever happens on the way?

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use personae::base::Ctx;
use personae::base::seed::{self, RngExt};
use personae::data::{self, Source};
use personae::session::Plan;

use crate::behaviour::{json, personae};

pub(crate) const HEAD: &str = "order_id,customer_id,order_date,amount\n";
pub(crate) const DAYS: usize = 40;
/// Nobody's own AWS log-in is used or looked for: one stands in a file of the folder, or there is none.
pub(crate) const LOG_INS: [(&str, &str); 3] =
    [("AWS_SHARED_CREDENTIALS_FILE", "aws-credentials"), ("AWS_CONFIG_FILE", "aws-config"), ("AWS_EC2_METADATA_DISABLED", "true")];

/// Orders of three kinds of customers, day by day: many small ones, some middling ones, few large ones. Now and then something goes back.
pub(crate) fn orders(days: std::ops::Range<usize>) -> String {
    let mut random = seed::random(5, 0);
    let mut text = String::new();
    for day in 0..days.end {
        for customer in 0..300usize {
            let (every, amount) = [(3, 12.0), (9, 60.0), (18, 300.0)][customer % 3];
            if random.random_range(0..every) > 0 {
                continue;
            }
            let amount = amount * random.random_range(0.7..1.3) * if random.random_range(0..40) == 0 { -0.5 } else { 1.0 };
            if days.contains(&day) {
                let date = format!("2024-{:02}-{:02}", 3 + day / 30, 1 + day % 30);
                writeln!(text, "O{day:03}-{customer},C{customer:03},{date},{amount:.2}").unwrap();
            }
        }
    }
    text
}

/// A folder with a model of the orders of the first days.
pub(crate) fn begun() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("orders.csv"), format!("{HEAD}{}", orders(0..20))).unwrap();
    let path = folder.path().join("orders.csv");
    let source =
        data::SourceFile { name: "orders".into(), path, kind: Some(data::SourceKind::Transactions), ..data::SourceFile::default() };
    let sourcing = data::Sourcing { sources: vec![source], ..data::Sourcing::default() };
    write_model(folder.path(), Source::Sources(std::sync::Arc::new(sourcing)));
    std::fs::write(folder.path().join("all.csv"), format!("{HEAD}{}", orders(0..DAYS))).unwrap();
    folder
}

fn write_model(folder: &Path, source: Source) {
    write_model_by(folder, source, |plan| plan.clustering.kmeans.k = Some(3));
}

fn write_model_by(folder: &Path, source: Source, choose: impl FnOnce(&mut Plan)) {
    let mut plan = Plan::new(source);
    choose(&mut plan);
    let wanted = personae::engine::Wanted::outputs(personae::engine::Outputs { personas: true, ..Default::default() });
    let (report, _) = personae::engine::analyse(&plan, &wanted, &Ctx::new()).unwrap();
    std::fs::write(folder.join("m.json"), personae::export::model_json(&report, &Ctx::new()).unwrap().unwrap()).unwrap();
}

pub(crate) fn live(folder: &Path, source: &str, out: &str, more: &[&str]) {
    let args = [&["live", source, "--model", "m.json", "--out", out, "--until-idle", "--quiet"], more].concat();
    let (code, told, why) = personae(folder, "2", &args);
    assert_eq!(code, 0, "{told}{why}");
}

pub(crate) fn refused(folder: &Path, args: &[&str]) -> String {
    let (code, _, why) = personae(folder, "2", &[&["live"], args].concat());
    assert!(code == 1 || code == 2, "{why}");
    assert_eq!(why.trim().lines().count(), 1, "{why}");
    why
}

pub(crate) fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Everything that was written but the state itself.
pub(crate) fn written(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for part in ["", "labels"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap().flatten() {
            if entry.path().is_file() && !entry.file_name().to_string_lossy().starts_with("state") && entry.file_name() != "input.txt" {
                found.insert(Path::new(part).join(entry.file_name()), std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    found
}

/// The table without what the segments add to it.
pub(crate) fn without_personas(text: &str) -> String {
    let cut = |line: &str| line.rsplitn(3, ',').last().unwrap().to_owned();
    text.lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// Everyone's persona by the lists of labels, one after the other; the last says.
pub(crate) fn by_labels(folder: &Path) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for (_, text) in written(folder).into_iter().filter(|(name, _)| name.starts_with("labels")) {
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            known.insert(cells[0].to_owned(), cells[1].to_owned());
        }
    }
    known
}

/// Everyone's persona as the table at the end has it.
pub(crate) fn by_table(text: &str) -> BTreeMap<String, String> {
    let of = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_owned(), cells[cells.len() - 2].to_owned())
    };
    text.lines().skip(1).map(of).collect()
}

#[test]
fn however_batches_are_cut_the_table_is_that_of_all_events_and_the_model_places_everyone_where_they_are() {
    let folder = begun();
    let folder = folder.path();
    let mut tables = Vec::new();
    for rows in ["61", "1000", "1000000"] {
        let out = format!("out{rows}");
        live(folder, "all.csv", &out, &["--batch-rows", rows]);
        assert_eq!(read(folder, &format!("{out}/events.csv")), read(folder, "all.csv"));
        let told = json(&folder.join(&out), "live.json");
        let snapshot = told["snapshot"].as_str().unwrap().to_owned();
        assert_eq!(snapshot, "2024-04-11", "the day after the last order");
        // The model that was written, asked about the events that were counted, says what was written of everyone.
        let args = [
            "score",
            &format!("{out}/model.json"),
            &format!("{out}/events.csv"),
            "--snapshot",
            &snapshot,
            "--out",
            "scored.csv",
            "--quiet",
        ];
        let (code, _, why) = personae(folder, "2", &args);
        assert_eq!(code, 0, "{why}");
        let customers = read(folder, &format!("{out}/customers.csv"));
        assert_eq!(customers, read(folder, "scored.csv"), "{rows} rows a batch");
        assert_eq!(by_labels(&folder.join(&out)), by_table(&customers), "whoever reads all lists of labels knows where everyone is");
        tables.push(without_personas(&customers));
    }
    assert!(tables.windows(2).all(|pair| pair[0] == pair[1]));
    // And the model from before builds the same table of the same events.
    let (code, _, why) =
        personae(folder, "2", &["score", "m.json", "all.csv", "--snapshot", "2024-04-11", "--out", "before.csv", "--quiet"]);
    assert_eq!(code, 0, "{why}");
    assert_eq!(without_personas(&read(folder, "before.csv")), tables[0]);
}

#[test]
fn a_list_of_customers_stands_beside_the_events_and_what_was_decided_is_told() {
    let folder = begun();
    let folder = folder.path();
    let listed: String = (0..330).map(|at| format!("C{at:03},{},{}\n", 18 + at % 50, ["north", "south"][at % 2])).collect();
    std::fs::write(folder.join("crm.csv"), format!("customer_id,age,region\n{listed}")).unwrap();
    let source = |name: &str, kind: data::SourceKind| data::SourceFile {
        name: name.into(),
        path: folder.join(format!("{name}.csv")),
        kind: Some(kind),
        ..data::SourceFile::default()
    };
    let sources = vec![source("orders", data::SourceKind::Transactions), source("crm", data::SourceKind::Customers)];
    write_model(folder, Source::Sources(std::sync::Arc::new(data::Sourcing { sources, ..data::Sourcing::default() })));
    let why = refused(folder, &["all.csv", "--model", "m.json", "--out", "x", "--until-idle", "--quiet"]);
    assert!(why.contains("give --customers the list of customers"), "{why}");
    for rows in ["150", "100000"] {
        let out = format!("out{rows}");
        live(folder, "all.csv", &out, &["--customers", "crm.csv", "--batch-rows", rows]);
        let (model, events) = (format!("{out}/model.json"), format!("{out}/events.csv"));
        let args = ["score", &model, &events, "crm.csv", "--snapshot", "2024-04-11", "--out", "scored.csv", "--quiet"];
        let (code, _, why) = personae(folder, "2", &args);
        assert_eq!(code, 0, "{why}");
        let customers = read(folder, &format!("{out}/customers.csv"));
        assert_eq!(customers, read(folder, "scored.csv"), "{rows} rows a batch");
        assert_eq!(customers.lines().count(), 331, "whoever is listed is a customer, with orders or without");
        // Negative amounts are returns: that decides money, so it is told.
        let notes = json(&folder.join(&out), "live.json")["notes"].to_string();
        assert!(notes.contains("orders: "), "{notes}");
    }
}

#[test]
fn days_that_could_be_read_two_ways_are_told() {
    let folder = begun();
    let folder = folder.path();
    // The twelfth at most, in numbers alone: which is the day?
    let turned = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let day: Vec<&str> = cells[2].split('-').collect();
        format!("{},{},{}/{}/{},{}\n", cells[0], cells[1], day[2], day[1], day[0], cells[3])
    };
    let text: String = orders(0..12).lines().map(turned).collect();
    std::fs::write(folder.join("slashes.csv"), format!("{HEAD}{text}")).unwrap();
    live(folder, "slashes.csv", "out", &[]);
    let notes = json(&folder.join("out"), "live.json")["notes"].to_string();
    assert!(notes.contains("order_date"), "{notes}");
}

/// A customer of one of three kinds.
fn row(customer: usize, kind: usize) -> String {
    format!("K{customer:03},{},{}\n", 10 + 100 * kind + customer % 7, 5 + 30 * kind + customer % 5)
}

#[test]
fn a_model_without_centres_places_customers_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (head, all) = ("customer_id,spend,visits\n", (0..240).map(|customer| row(customer, customer % 3)).collect::<String>());
    std::fs::write(folder.join("customers.csv"), format!("{head}{all}")).unwrap();
    let by = |plan: &mut Plan| plan.clustering.method = personae::cluster::Method::Hdbscan;
    write_model_by(folder, Source::file(folder.join("customers.csv")), by);
    let now: String = (0..240).map(|customer| row(customer, (customer + 1) % 3)).collect();
    std::fs::write(folder.join("stream.csv"), format!("{head}{all}{now}")).unwrap();
    live(folder, "stream.csv", "out", &["--key", "customer_id", "--batch-rows", "240"]);
    std::fs::write(folder.join("now.csv"), format!("{head}{now}")).unwrap();
    assert_eq!(personae(folder, "2", &["score", "m.json", "now.csv", "--out", "scored.csv", "--quiet"]).0, 0);
    assert_eq!(read(folder, "out/customers.csv"), read(folder, "scored.csv"));
    let told = json(&folder.join("out"), "live.json");
    assert!(told["notes"].to_string().contains("the segments stay as the model has them"), "{told}");
    assert_eq!(json(&folder.join("out"), "model.json"), json(folder, "m.json"));
}

#[test]
fn segments_in_parts_place_customers_as_score_does_and_say_why_they_stay() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (head, all) = ("customer_id,spend,visits\n", (0..240).map(|customer| row(customer, customer % 3)).collect::<String>());
    std::fs::write(folder.join("customers.csv"), format!("{head}{all}")).unwrap();
    let model = ["model", "customers.csv", "--k", "2", "--inside", "1:k=2", "--out", "m.json", "--quiet"];
    let (code, out, err) = personae(folder, "2", &model);
    assert_eq!(code, 0, "{out}{err}");
    let now: String = (0..240).map(|customer| row(customer, (customer + 1) % 3)).collect();
    std::fs::write(folder.join("stream.csv"), format!("{head}{all}{now}")).unwrap();
    live(folder, "stream.csv", "out", &["--key", "customer_id", "--batch-rows", "240"]);
    std::fs::write(folder.join("now.csv"), format!("{head}{now}")).unwrap();
    assert_eq!(personae(folder, "2", &["score", "m.json", "now.csv", "--out", "scored.csv", "--quiet"]).0, 0);
    let ended = read(folder, "out/customers.csv");
    assert!(ended.contains(",1.2,") && ended == read(folder, "scored.csv"), "{ended}");
    assert_eq!(by_labels(&folder.join("out")), by_table(&ended), "labels of batches have the numbers of parts");
    let told = json(&folder.join("out"), "live.json")["notes"].to_string();
    assert!(told.contains("Some of these segments are in parts") && !told.contains("other than centres"), "{told}");
    // Texts where the model has numbers are refused as for any other model.
    std::fs::write(folder.join("odd.csv"), format!("{head}{}", all.replace(",1", ",x1").replace(",2", ",x2"))).unwrap();
    let why = refused(folder, &["odd.csv", "--model", "m.json", "--out", "odd", "--until-idle", "--quiet", "--key", "customer_id"]);
    assert!(why.contains("are of other kinds than those the model was made from"), "{why}");
}

#[test]
fn whoever_is_killed_at_any_moment_goes_on_as_if_nothing_had_happened() {
    let folder = begun();
    let folder = folder.path();
    let more = ["--batch-rows", "97", "--id", "order_id"];
    live(folder, "all.csv", "whole", &more);
    let started = ["all.csv", "--out", "cut", "--until-idle", "--batch-rows", "97", "--id", "order_id"];
    let kills = killed_now_and_then(folder, &started, (11, 700));
    live(folder, "all.csv", "cut", &more);
    let (whole, cut) = (written(&folder.join("whole")), written(&folder.join("cut")));
    assert_eq!(whole.keys().collect::<Vec<_>>(), cut.keys().collect::<Vec<_>>());
    for (name, text) in &whole {
        assert!(cut[name] == *text, "{} after {kills} kills", name.display());
    }
}

/// Starts it again and again, and kills it within so many milliseconds, until it ends by itself. How often it was killed: at least once.
pub(crate) fn killed_now_and_then(folder: &Path, args: &[&str], (seed, within): (u64, u64)) -> usize {
    let mut random = seed::random(seed, 0);
    for kills in 0..25 {
        let mut child = start(folder, args);
        std::thread::sleep(Duration::from_millis(random.random_range(20..within)));
        if child.try_wait().unwrap().is_some() {
            assert!(kills > 0, "it was never killed");
            return kills;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    25
}

pub(crate) fn start(folder: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_personae"));
    command.current_dir(folder).env("RAYON_NUM_THREADS", "2").envs(LOG_INS).args(["live", "--model", "m.json", "--quiet"]).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn what_is_piped_into_the_folder_of_another_source_is_refused_and_not_kept() {
    let folder = begun();
    let folder = folder.path();
    live(folder, "all.csv", "out", &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_personae"));
    command.current_dir(folder).args(["live", "-", "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may have refused before it is written to.
    let _ = child.stdin.take().unwrap().write_all(format!("{HEAD}{}", orders(0..5)).as_bytes());
    let ended = child.wait_with_output().unwrap();
    let why = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && why.contains("follows another source"), "{why}");
    assert!(!folder.join("out/input.txt").exists());
}

#[test]
fn a_file_that_grows_a_folder_and_a_pipe_end_alike() {
    let folder = begun();
    let folder = folder.path();
    live(folder, "all.csv", "file", &["--batch-rows", "100000"]);
    let customers = read(folder, "file/customers.csv");

    // A folder: other columns first in the second file, which is there from the beginning of its reading.
    std::fs::create_dir(folder.join("days")).unwrap();
    let [first, second] = [0..20, 20..DAYS].map(orders);
    std::fs::write(folder.join("days/1.csv"), format!("{HEAD}{first}")).unwrap();
    let turned: String = second.lines().map(|line| format!("{}\n", line.split(',').rev().collect::<Vec<_>>().join(","))).collect();
    std::fs::write(folder.join("days/2.csv"), format!("amount,order_date,customer_id,order_id\n{turned}")).unwrap();
    live(folder, "days", "folder", &["--batch-rows", "100000"]);
    assert_eq!(without_personas(&read(folder, "folder/customers.csv")), without_personas(&customers));
    assert_eq!(read(folder, "folder/events.csv"), read(folder, "all.csv"));

    // A pipe, in two goes: the second begins with the names again.
    for part in [0..20, 20..DAYS] {
        let mut child = start(folder, &["-", "--out", "pipe", "--until-idle"]);
        child.stdin.take().unwrap().write_all(format!("{HEAD}{}", orders(part)).as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(without_personas(&read(folder, "pipe/customers.csv")), without_personas(&customers));

    // Lines of JSON say the same as cells.
    let mut lines = String::new();
    for line in orders(0..DAYS).lines() {
        let cells: Vec<&str> = line.split(',').collect();
        writeln!(lines, r#"{{"order_id":"{}","customer_id":"{}","order_date":"{}","amount":{}}}"#, cells[0], cells[1], cells[2], cells[3])
            .unwrap();
    }
    std::fs::write(folder.join("all.ndjson"), lines).unwrap();
    live(folder, "all.ndjson", "json", &["--batch-rows", "100000"]);
    assert_eq!(read(folder, "json/customers.csv"), customers);
}

#[test]
#[cfg(unix)]
fn a_file_is_followed_until_a_signal_and_half_a_line_waits() {
    let folder = begun();
    let folder = folder.path();
    let path = folder.join("grows.csv");
    std::fs::write(&path, format!("{HEAD}{}", orders(0..20))).unwrap();
    let mut child = start(folder, &["grows.csv", "--out", "out", "--batch-seconds", "0.1"]);
    let has = |what: &str| std::fs::read_to_string(folder.join("out/events.csv")).is_ok_and(|text| text.contains(what));
    let wait_for = |what: &str| {
        let until = Instant::now() + Duration::from_secs(60);
        while !has(what) {
            assert!(Instant::now() < until, "{what} never came");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_for("O019-");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    write!(file, "OX1,C001,2024-03-25,99.50\nOX2,C0").unwrap();
    wait_for("OX1,");
    assert!(!has("OX2"));
    writeln!(file, "02,2024-03-26,12.00").unwrap();
    wait_for("OX2,C002,2024-03-26,12.00");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success(), "it ends cleanly");
    assert!(read(folder, "out/customers.csv").lines().count() > 200 && folder.join("out/model.json").is_file());
    // Whoever shortens the file is told, and nothing is lost.
    let before = read(folder, "out/events.csv");
    std::fs::write(&path, HEAD).unwrap();
    let why = refused(folder, &["grows.csv", "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    assert!(why.contains("is shorter than what was read of it"), "{why}");
    assert_eq!(read(folder, "out/events.csv"), before);
}

#[test]
fn repeated_late_and_broken_events_are_counted_and_kept() {
    let folder = begun();
    let folder = folder.path();
    let good = orders(0..DAYS);
    let again: String = good.lines().rev().take(50).map(|line| format!("{line}\n")).collect();
    let bad = "OB1,C001,soon,12\nOB2,,2024-04-10,12\nOB3,C001,2024-04-10,twelve\nOB4,C001\nOB5,C001,2124-01-01,5\nOB6,C001,2024-03-05,7\n,C001,2024-04-10,7\n";
    // Long ago, and had come before: whether that is still known must not hang on when the program was started.
    let old = good.lines().next().unwrap();
    std::fs::write(folder.join("messy.csv"), format!("{HEAD}{good}{again}{bad}{old}\n")).unwrap();
    live(folder, "messy.csv", "messy", &["--id", "order_id", "--lateness", "3d"]);
    live(folder, "all.csv", "clean", &[]);
    assert_eq!(read(folder, "messy/customers.csv"), read(folder, "clean/customers.csv"));
    let counts = &json(&folder.join("messy"), "live.json")["counts"];
    assert_eq!((counts["repeated"].as_u64(), counts["late"].as_u64(), counts["unfit"].as_u64()), (Some(50), Some(2), Some(6)));
    let aside = read(folder, "messy/aside.csv");
    for why in [
        "\u{201c}soon\u{201d} in order_date is no day",
        "it names no customer in customer_id",
        "\u{201c}twelve\u{201d} in amount is no number",
        "it has 2 cells in the place of 4",
        "it is dated in the future",
        "it came too late to know whether it had come before",
        "it has no id",
    ] {
        assert!(aside.contains(why), "{why} is not in\n{aside}");
    }
    assert_eq!(aside.lines().count(), 9);
}

#[test]
fn sparks_rule_places_everyone_by_its_centres_and_forgets() {
    let folder = begun();
    let folder = folder.path();
    for (out, more) in [("spark", &["--rule", "spark"][..]), ("forgets", &["--rule", "spark", "--half-life", "5d"])] {
        live(folder, "all.csv", out, &[more, &["--batch-rows", "200"]].concat());
        let args = [
            "score",
            &format!("{out}/model.json"),
            &format!("{out}/events.csv"),
            "--snapshot",
            "2024-04-11",
            "--out",
            "scored.csv",
            "--quiet",
        ];
        assert_eq!(personae(folder, "2", &args).0, 0);
        assert_eq!(read(folder, &format!("{out}/customers.csv")), read(folder, "scored.csv"));
    }
    let centres = |out: &str| json(&folder.join(out), "model.json")["model"]["placing"]["means"].clone();
    assert_ne!(centres("spark"), centres("forgets"));
}

#[test]
fn rows_that_are_customers_replace_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (head, all) = ("customer_id,spend,visits\n", (0..240).map(|customer| row(customer, customer % 3)).collect::<String>());
    std::fs::write(folder.join("customers.csv"), format!("{head}{all}")).unwrap();
    write_model(folder, Source::file(folder.join("customers.csv")));
    std::fs::write(folder.join("stream.csv"), format!("{head}{all}")).unwrap();
    assert!(refused(folder, &["stream.csv", "--model", "m.json", "--out", "x", "--until-idle"]).contains("give --key"));
    live(folder, "stream.csv", "out", &["--key", "customer_id"]);
    assert_eq!(json(&folder.join("out"), "drift.json")["flagged"], false, "nothing came after the history");
    // All of the first kind become of the last kind, and each says so a hundred times, in more bytes than are read at once. However slowly, it is one batch.
    let later: String = (0..240).step_by(3).map(|customer| row(customer, 2)).collect();
    let file = std::fs::OpenOptions::new().append(true).open(folder.join("stream.csv"));
    file.unwrap().write_all(later.repeat(1_200).as_bytes()).unwrap();
    live(folder, "stream.csv", "out", &["--key", "customer_id", "--batch-rows", "1000000", "--batch-seconds", "0.01"]);
    let told = json(&folder.join("out"), "live.json");
    let counts = &told["counts"];
    assert_eq!((told["customers"].as_u64(), counts["moved"].as_u64(), counts["batches"].as_u64()), (Some(240), Some(80), Some(2)));
    let last = read(folder, "out/labels/000002.csv");
    assert_eq!(last.lines().count(), 81, "{last}");
    let moved = last.lines().nth(1).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
    assert_ne!(moved[1], moved[4], "{moved:?}");
    let drift = json(&folder.join("out"), "drift.json");
    assert_eq!((drift["flagged"].as_bool(), drift["segments"].as_array().unwrap().len()), (Some(true), 3));
    assert!(drift["columns"][0]["flagged"].as_bool().unwrap(), "{drift}");
}

#[test]
fn a_quote_that_is_never_closed_holds_up_nothing_for_ever_and_ids_are_known_after_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let all: String = (0..90).map(|at| format!("K{at:02},{},T{at}\n", at % 3 * 50 + at % 7)).collect();
    let head = "customer_id,spend,ticket\n";
    std::fs::write(folder.join("customers.csv"), format!("{head}{all}")).unwrap();
    write_model(folder, Source::file(folder.join("customers.csv")));
    // More than is read at a time, with a quote in the way.
    let many: String = (0..120_000).map(|at| format!("K{:02},{},U{at}\n", at % 90, at % 3 * 50 + at % 7)).collect();
    std::fs::write(folder.join("stream.csv"), format!("{head}{all}\"K01,5,open\n{many}")).unwrap();
    let more = ["--key", "customer_id", "--id", "ticket", "--batch-rows", "50000"];
    live(folder, "stream.csv", "out", &more);
    let counts = |name: &str| json(&folder.join("out"), "live.json")["counts"][name].as_u64().unwrap();
    assert_eq!((counts("rows"), counts("unfit"), counts("repeated")), (120_091, 1, 0));
    let file = std::fs::OpenOptions::new().append(true).open(folder.join("stream.csv"));
    file.unwrap().write_all(all.as_bytes()).unwrap();
    live(folder, "stream.csv", "out", &more);
    assert_eq!((counts("rows"), counts("repeated")), (120_181, 90));
}

#[test]
fn days_that_contradict_the_first_rows_are_set_aside_and_guests_are_nobody() {
    let folder = begun();
    let folder = folder.path();
    let first: String = (0..20).map(|at| format!("A{at},C{:03},01/02/2024,10\n", at % 7)).collect();
    std::fs::write(folder.join("slashes.csv"), format!("{HEAD}{first}")).unwrap();
    live(folder, "slashes.csv", "out", &[]);
    let mut file = std::fs::OpenOptions::new().append(true).open(folder.join("slashes.csv")).unwrap();
    file.write_all(b"B1,C001,01/15/2024,10\nB2,C002,15/01/2024,10\n").unwrap();
    live(folder, "slashes.csv", "out", &[]);
    let aside = read(folder, "out/aside.csv");
    assert!(aside.contains("is no day with the day before the month") && aside.lines().count() == 2, "{aside}");
    // A key that says guest is nobody, from the first rows on.
    std::fs::write(folder.join("guests.csv"), format!("{HEAD}G1,guest,2024-03-01,10\n{}G2,guest,2024-04-20,10\n", orders(0..20))).unwrap();
    live(folder, "guests.csv", "guests", &[]);
    assert!(!read(folder, "guests/customers.csv").contains("guest"));
    let notes = json(&folder.join("guests"), "live.json")["notes"].to_string();
    assert!(notes.contains("guest"), "{notes}");
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_ends_no_work() {
    let folder = begun();
    let folder = folder.path();
    let mut command = Command::new(env!("CARGO_BIN_EXE_personae"));
    command.current_dir(folder).args(["live", "all.csv", "--model", "m.json", "--out", "out", "--until-idle"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert!(child.wait().unwrap().success());
    assert!(folder.join("out/customers.csv").is_file());
}

#[test]
fn what_cannot_be_followed_is_one_sentence() {
    let folder = begun();
    let folder = folder.path();
    let base = ["--model", "m.json", "--until-idle", "--quiet"];
    let refused = |args: &[&str]| refused(folder, &[args, &base].concat());
    assert!(refused(&["nothing.csv", "--out", "a"]).contains("nothing.csv does not exist"));
    assert!(refused(&["all.csv", "--out", "b", "--half-life", "7d"]).contains("--rule spark"));
    assert!(refused(&["all.csv", "--out", "c", "--id", "ticket"]).contains("no column ticket"));
    std::fs::write(folder.join("other.csv"), "a,b\n1,2\n3,4\n").unwrap();
    assert!(refused(&["other.csv", "--out", "d"]).contains("no column"));
    std::fs::write(folder.join("numbers.csv"), "1,2\n3,4\n5,6\n").unwrap();
    assert!(refused(&["numbers.csv", "--out", "e"]).contains("names of its columns"));
    std::fs::write(folder.join("latin.csv"), b"order_id,customer_id,order_date,amount\n1,M\xfcller,2024-03-01,3\n").unwrap();
    assert!(refused(&["latin.csv", "--out", "f"]).contains("UTF-8"));
    std::fs::create_dir(folder.join("mine")).unwrap();
    std::fs::write(folder.join("mine/notes.txt"), "mine").unwrap();
    assert!(refused(&["all.csv", "--out", "mine"]).contains("holds files already"));
    assert_eq!(read(folder, "mine/notes.txt"), "mine");
    live(folder, "all.csv", "g", &[]);
    assert!(refused(&["all.csv", "--out", "g", "--rule", "spark"]).contains("by other choices"));
    std::fs::write(folder.join("empty.csv"), HEAD).unwrap();
    assert!(refused(&["empty.csv", "--out", "h"]).contains("No row of empty.csv"));
}

#[test]
#[cfg(unix)]
fn two_programs_do_not_share_a_folder() {
    let folder = begun();
    let folder = folder.path();
    let mut child = start(folder, &["all.csv", "--out", "out"]);
    let until = Instant::now() + Duration::from_secs(60);
    while !folder.join("out/events.csv").is_file() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    let why = refused(folder, &["all.csv", "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    assert!(why.contains("another program follows into out"), "{why}");
    child.kill().unwrap();
    child.wait().unwrap();
}
