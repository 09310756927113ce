//! Does the program keep its promises on the command line? The real binary on small files: exit codes, sentences, labels, report.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a run of the program left.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn personae_on(threads: &str, args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_personae")).args(args).env("RAYON_NUM_THREADS", threads).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

fn personae(args: &[&str]) -> Ran {
    personae_on("2", args)
}

/// A folder with `groups.csv`: three round groups of 60, 40 and 20 customers around (0, 0), (10, 0) and (0, 10), in turns,
/// one far away, and two without a value, for which the median stands in: they join the largest group.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "name,x,y\n".to_owned();
        for nth in 0..120usize {
            let (x, y) = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (0.0, 0.0), (10.0, 0.0), (0.0, 0.0)][nth % 6];
            // A spiral around the centre: different for every row, never random.
            let (turn, far) = (nth as f64 * 2.4, 0.01 + nth as f64 / 150.0);
            text.push_str(&format!("\"customer, {nth}\",{},{}\n", x + far * turn.cos(), y + far * turn.sin()));
        }
        text.push_str("far,300,300\nnobody,,1\nnobody else,1,\n");
        std::fs::write(folder.path().join("groups.csv"), text).unwrap();
        Shop { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// `segment groups.csv` with untouched numbers, and the report and labels it wrote.
    fn segment(&self, threads: &str, args: &[&str]) -> (Value, String) {
        let (data, report, labels) = (self.path("groups.csv"), self.path("report.json"), self.path("labels.csv"));
        let mut all = vec!["segment", &data, "--features", "x,y", "--scale", "none", "--transform", "none", "--quiet"];
        all.extend(["--report", &report, "--labels", &labels]);
        all.extend(args);
        let ran = personae_on(threads, &all);
        assert_eq!((ran.code, ran.err.as_str(), ran.out.as_str()), (0, "", ""), "{args:?}");
        (serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap(), std::fs::read_to_string(labels).unwrap())
    }
}

/// Name and persona of every row.
fn personas_of(labels: &str) -> Vec<(String, String)> {
    let mut lines = labels.lines();
    assert_eq!(lines.next(), Some("name,x,y,persona,persona_name"));
    let row = |line: &str| {
        let fields: Vec<&str> = line.rsplitn(3, ',').collect();
        (fields[2].to_owned(), fields[1].to_owned())
    };
    lines.map(row).collect()
}

#[test]
fn kmeans_labels_and_report() {
    let shop = Shop::new();
    let (report, labels) = shop.segment("2", &["--method", "kmeans", "--k", "4"]);
    let results = report["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["k"], 4);
    assert_eq!(results[0]["sizes"], serde_json::json!([62, 40, 20, 1]));
    assert!(results[0]["inertia"].as_f64().unwrap() > 0.0);
    assert!(results[0]["silhouette"].as_f64().unwrap() > 0.5);
    assert_eq!(results[0]["silhouette_exact"], true);
    assert_eq!((&report["method"], &report["chosen"]["k"]), (&Value::from("kmeans"), &Value::from(4)));
    assert_eq!(report["rows"].as_u64(), Some(123));
    assert!(report["features"].as_array().unwrap().len() == 2 && report["notes"].is_array());
    for part in ["load", "prepare", "fit", "silhouette", "total"] {
        assert!(report["seconds"][part].as_f64().unwrap() >= 0.0, "{part}");
    }
    let rows = personas_of(&labels);
    assert_eq!(rows.len(), 123, "every row of the input, in order");
    let persona = |row: usize| rows[row].1.as_str();
    assert_eq!([persona(0), persona(1), persona(2), persona(120)], ["1", "2", "3", "4"], "numbered by size");
    assert!((0..120).all(|row| persona(row) == persona(row % 6)), "the groups it was made of");
}

#[test]
fn a_range_of_k_has_both_ends_and_a_suggestion() {
    let shop = Shop::new();
    for method in ["kmeans", "ward", "average", "complete", "single", "weighted"] {
        let (report, _) = shop.segment("2", &["--method", method, "--k", "2..6", "--restarts", "3"]);
        let ks: Vec<u64> = report["results"].as_array().unwrap().iter().map(|result| result["k"].as_u64().unwrap()).collect();
        assert_eq!(ks, [2, 3, 4, 5, 6], "{method}");
        assert!((2..=6).contains(&report["chosen"]["k"].as_u64().unwrap()), "{method}");
        assert_eq!(report["method"], method);
    }
}

#[test]
fn dbscan_at_one_epsilon_and_over_a_range() {
    let shop = Shop::new();
    let (report, labels) = shop.segment("2", &["--method", "dbscan", "--epsilon", "2", "--min-samples", "4"]);
    let result = &report["results"][0];
    assert_eq!((&result["clusters"], &result["epsilon"]), (&Value::from(3), &Value::from(2.0)));
    assert_eq!(result["sizes"], serde_json::json!([62, 40, 20]));
    assert_eq!(personas_of(&labels)[120].1, "", "noise has no persona");

    let (report, _) =
        shop.segment("2", &["--method", "dbscan", "--epsilon", "0.5..2.5", "--steps", "5", "--min-samples", "4", "--silhouette", "none"]);
    let results = report["results"].as_array().unwrap();
    let epsilons: Vec<f64> = results.iter().map(|result| result["epsilon"].as_f64().unwrap()).collect();
    assert_eq!(epsilons, [0.5, 1.0, 1.5, 2.0, 2.5]);
    assert!(results.iter().all(|result| result["silhouette"].is_null() && result["silhouette_exact"] == false));
    for result in results {
        let in_clusters: u64 = result["sizes"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap()).sum();
        assert_eq!(
            in_clusters + result["noise"].as_u64().unwrap(),
            report["rows"].as_u64().unwrap() - report["rows_left_out"].as_u64().unwrap()
        );
    }
}

#[test]
fn hdbscan_finds_the_groups_by_itself() {
    let shop = Shop::new();
    let (report, labels) = shop.segment("2", &["--method", "hdbscan", "--min-cluster-size", "12", "--min-samples", "4"]);
    let result = &report["results"][0];
    assert_eq!((&result["clusters"], &result["min_cluster_size"]), (&Value::from(3), &Value::from(12)));
    assert_eq!((&report["method"], &report["chosen"]["min_cluster_size"]), (&Value::from("hdbscan"), &Value::from(12)));
    assert_eq!(personas_of(&labels)[120].1, "", "noise has no persona");
    let in_clusters: u64 = result["sizes"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap()).sum();
    assert_eq!(in_clusters + result["noise"].as_u64().unwrap(), 123);

    let (report, _) = shop.segment("2", &["--method", "hdbscan", "--silhouette", "none"]);
    assert_eq!(report["chosen"]["min_cluster_size"], 12, "suggested for 123 rows");
    let (report, _) = shop.segment("2", &["--method", "hdbscan", "--min-cluster-size", "70"]);
    assert_eq!(report["results"][0]["clusters"], 0);
    let notes = report["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note.as_str().unwrap().starts_with("No group of at least 70 rows stands apart")), "{notes:?}");
}

#[test]
fn merges_are_numbered_as_scipy_does() {
    let shop = Shop::new();
    let merges = shop.path("merges.csv");
    let (report, _) = shop.segment("2", &["--method", "ward", "--k", "3", "--silhouette", "none", "--merges", &merges]);
    let text = std::fs::read_to_string(merges).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("left,right,height,size"));
    let rows: Vec<Vec<f64>> = lines.map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect();
    let n = (report["rows"].as_u64().unwrap() - report["rows_left_out"].as_u64().unwrap()) as usize;
    assert_eq!(rows.len(), n - 1);
    assert!(rows.is_sorted_by(|a, b| a[2] <= b[2]), "by height");
    assert!(rows.iter().enumerate().all(|(at, row)| row[0] < row[1] && row[1] < (n + at) as f64));
    assert_eq!(rows[n - 2][3], n as f64);
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_one_thread_and_eight() {
    let shop = Shop::new();
    for args in [
        &["--method", "kmeans", "--k", "2..5", "--seed", "3", "--stability"][..],
        &["--method", "ward", "--k", "2..5", "--stability"],
        &["--method", "dbscan", "--epsilon", "1.5", "--min-samples", "4", "--stability"],
        &["--method", "hdbscan", "--min-cluster-size", "9", "--stability"],
    ] {
        let run = |threads| {
            let (mut report, labels) = shop.segment(threads, args);
            report.as_object_mut().unwrap().remove("seconds");
            (report, labels)
        };
        let (one, eight) = (run("1"), run("8"));
        assert_eq!(one.1, eight.1, "{args:?}");
        assert_eq!(one.0, eight.0, "{args:?}");
        let confidence = one.0["stability"][0]["confidence"].as_str();
        assert_eq!(confidence, Some("Good"), "{args:?}: the largest group is there, but has fewer than 100 customers");
    }
}

#[test]
fn wrong_use_is_one_sentence_and_exit_code_2() {
    let shop = Shop::new();
    let data = shop.path("groups.csv");
    let cases: [(&[&str], &str); 22] = [
        (&["segment"], "DATA"),
        (&["segment", &data, "--method", "k-modes"], "k-modes"),
        (&["segment", &data, "--k", "12..2"], "2..12"),
        (&["segment", &data, "--k", "0"], "2..12"),
        (&["segment", &data, "--k", "many"], "2..12"),
        (&["segment", &data, "--restarts", "0"], "at least 1"),
        (&["segment", &data, "--method", "dbscan", "--epsilon", "-1"], "--epsilon"),
        (&["segment", &data, "--method", "dbscan", "--epsilon", "0.5", "--steps", "9"], "--steps needs a range"),
        (&["segment", &data, "--method", "dbscan", "--k", "3"], "--k does not go with dbscan"),
        (&["segment", &data, "--epsilon", "0.5"], "--method dbscan"),
        (&["segment", &data, "--method", "hdbscan", "--epsilon", "0.5"], "--method dbscan"),
        (&["segment", &data, "--method", "hdbscan", "--k", "3"], "--k does not go with hdbscan"),
        (&["segment", &data, "--method", "hdbscan", "--min-cluster-size", "1"], "at least 2"),
        (&["segment", &data, "--method", "dbscan", "--min-cluster-size", "9"], "--method hdbscan"),
        (&["segment", &data, "--merges", "m.csv"], "--merges needs a merge tree"),
        (&["segment", "shop.personae"], "personae run"),
        (&["cards", &data, "--out", "x", "--formats", "docx"], "pdf, pptx, html"),
        (&["segment", &data, "--colour", "red"], "--colour"),
        (&["segment", &data, "--seed", "-1"], "'--seed <SEED>': give a whole number from 0"),
        (&["segment", &data, "--restarts", "100000000000"], "at most 10 000"),
        (&["segment", &data, "--restarts", "-3"], "at least 1"),
        (&["segment", &data, "--method", "dbscan", "--epsilon", "0.1..2", "--steps", "1000000000"], "at most 10 000"),
    ];
    for (args, part) in cases {
        let ran = personae(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(part) && ran.err.lines().count() == 1, "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn what_the_data_do_not_allow_is_one_sentence_and_exit_code_1() {
    let shop = Shop::new();
    let write = |name: &str, text: &str| {
        std::fs::write(shop.path(name), text).unwrap();
        shop.path(name)
    };
    let cases = [
        (shop.path("missing.csv"), vec![], "missing.csv"),
        (write("empty.csv", ""), vec![], "empty"),
        (write("header.csv", "a,b\n"), vec![], "no rows"),
        (write("constant.csv", "a,b\n1,1\n1,1\n1,1\n"), vec!["--k", "2"], "."),
        (shop.path("groups.csv"), vec!["--features", "x,nope"], "nope"),
        (shop.path("groups.csv"), vec!["--features", "x,y", "--method", "kmeans", "--k", "500"], "500"),
    ];
    for (data, args, part) in cases {
        let mut all = vec!["segment", &data, "--quiet"];
        all.extend(&args);
        let ran = personae(&all);
        assert_eq!(ran.code, 1, "{data} {args:?}: {}", ran.err);
        assert!(ran.err.contains(part) && ran.err.lines().count() == 1, "{data} {args:?}: {}", ran.err);
    }
    let old = write("old.csv", "keep me");
    let nowhere = Path::new(&old).join("labels.csv").to_string_lossy().into_owned();
    let ran = personae(&["segment", &shop.path("groups.csv"), "--quiet", "--k", "3", "--labels", &nowhere]);
    assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(old).unwrap(), "keep me");
}

#[test]
fn help_is_no_failure_and_the_summary_names_the_segments() {
    let ran = personae(&["segment", "--help"]);
    assert!(ran.code == 0 && ran.out.contains("--min-samples"), "{}", ran.out);
    let shop = Shop::new();
    let ran = personae(&["segment", &shop.path("groups.csv"), "--features", "x,y", "--method", "kmeans", "--k", "3"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("k = 3") && ran.out.contains("C3") && ran.out.contains("groups.csv"), "{}", ran.out);
}

#[test]
fn cards_and_a_replayed_project_say_the_same() {
    let shop = Shop::new();
    let (cards, replay) = (shop.path("cards"), shop.path("replay"));
    let data = shop.path("groups.csv");
    let chosen = ["--features", "x,y", "--method", "kmeans", "--k", "4", "--seed", "5", "--quiet"];
    let mut args = vec!["cards", &data, "--out", &cards, "--formats", "html,json,csv"];
    args.extend(chosen);
    assert_eq!(personae(&args).code, 0);

    let mut plan = personae::session::Plan::new(personae::data::Source::file(PathBuf::from(&data)));
    plan.preparation.features = Some(vec!["x".into(), "y".into()]);
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to, plan.clustering.seed) = (Some(4), 4, 4, 5);
    let project = personae::session::Project { plan, ..Default::default() };
    let file = shop.path("shop.personae");
    personae::session::project::save(Path::new(&file), &project).unwrap();
    let ran = personae(&["run", &file, "--out", &replay, "--formats", "html,json,csv", "--quiet"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for name in ["customers.csv", "personas.json", "personas.html"] {
        let read = |folder: &str| std::fs::read(Path::new(folder).join(name)).unwrap();
        assert!(!read(&cards).is_empty(), "{name}");
        assert!(read(&cards) == read(&replay), "{name}");
    }

    std::fs::rename(&data, shop.path("elsewhere.csv")).unwrap();
    let ran = personae(&["run", &file, "--out", &replay, "--quiet"]);
    assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{}", ran.err);
    assert!(ran.err.contains("groups.csv"), "{}", ran.err);
}

#[test]
fn what_is_read_is_never_overwritten_and_nothing_is_written_twice() {
    let shop = Shop::new();
    let data = shop.path("groups.csv");
    let before = std::fs::read(&data).unwrap();
    let customers = shop.path("customers.csv");
    std::fs::copy(&data, &customers).unwrap();
    let detour = shop.path("./new/../groups.csv");
    std::fs::create_dir(shop.path("new")).unwrap();
    let (one, folder) = (shop.path("one.txt"), shop.folder.path().to_string_lossy().into_owned());
    let mut cases: Vec<(Vec<&str>, &str)> = vec![
        (vec!["segment", &data, "--labels", &data], "--labels would overwrite"),
        (vec!["segment", &data, "--report", &detour], "--report would overwrite"),
        (vec!["segment", &data, "--method", "ward", "--merges", &data], "--merges would overwrite"),
        (vec!["segment", &data, "--labels", &one, "--report", &one], "--labels and --report would both write"),
        (vec!["cards", &customers, "--out", &folder, "--formats", "csv"], "--out would overwrite"),
        (vec!["table", "--customers", &data, "--out", &data], "--out would overwrite"),
        (vec!["table", "--transactions", &folder, "--out", &customers], "--out would overwrite"),
        (vec!["table", "--customers", &customers, "--out", "o.csv", "--health", &customers], "--health would overwrite"),
    ];
    let (soft, hard) = (shop.path("soft.csv"), shop.path("hard.csv"));
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink(&data, &soft).unwrap();
        std::fs::hard_link(&data, &hard).unwrap();
        cases.push((vec!["segment", &data, "--labels", &soft], "--labels would overwrite"));
        cases.push((vec!["segment", &data, "--labels", &hard], "--labels would overwrite"));
    }
    for (args, part) in &cases {
        let ran = personae(args);
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
    assert!([&data, &customers].iter().all(|path| std::fs::read(path).unwrap() == before));
    assert!(!Path::new(&one).exists(), "nothing was computed");
}

#[test]
fn folders_of_single_files_are_made() {
    let shop = Shop::new();
    let report = shop.path("not/yet/report.json");
    let ran = personae(&["segment", &shop.path("groups.csv"), "--features", "x,y", "--k", "3", "--quiet", "--report", &report]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(std::fs::metadata(report).unwrap().len() > 100);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_at_once() {
    let shop = Shop::new();
    let (pipe, socket, out) = (shop.path("pipe.csv"), shop.path("socket.csv"), shop.path("out.csv"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for (path, what) in [(pipe.as_str(), "a pipe"), (&socket, "a socket"), ("/dev/zero", "a device")] {
        for args in [vec!["segment", path], vec!["table", "--customers", path, "--out", &out]] {
            let ran = personae(&args);
            assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{args:?}: {}", ran.err);
            assert!(ran.err.contains(&format!("is not a file but {what}")), "{args:?}: {}", ran.err);
        }
    }
}

#[test]
fn a_template_or_lexicon_that_was_named_and_cannot_be_used_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let rows: String = (0..80).map(|row| format!("c{row},{},{},=1+{row}\n", row % 9, (row * 7) % 40)).collect();
    std::fs::write(at("shop.csv"), format!("customer,visits,spend,note\n{rows}")).unwrap();
    std::fs::write(at("broken.typ"), "#let x = (").unwrap();
    std::fs::write(at("broken.json"), "{\"entries\": [").unwrap();
    let cards = |more: &[&str]| {
        let (shop, out) = (at("shop.csv"), at("out"));
        let mut args = vec!["cards", &shop, "--k", "2", "--out", &out, "--quiet"];
        args.extend(more);
        personae(&args)
    };
    let (typ, json) = (at("broken.typ"), at("broken.json"));
    let with_template = cards(&["--formats", "pdf", "--template", &typ]);
    assert_eq!(with_template.code, 1);
    assert!(with_template.err.contains("The template broken.typ cannot be used (line 1"), "{}", with_template.err);
    assert!(std::fs::read(at("out/personas.pdf")).unwrap().starts_with(b"%PDF"), "the pages are there all the same");
    let with_lexicon = cards(&["--formats", "csv", "--lexicon", &json]);
    assert_eq!(with_lexicon.code, 1);
    assert!(with_lexicon.err.contains("broken.json cannot be used"), "{}", with_lexicon.err);
    assert_eq!(cards(&["--formats", "csv"]).code, 0);
    let marked = std::fs::read_to_string(at("out/customers.csv")).unwrap();
    assert!(marked.lines().nth(1).unwrap().starts_with("c0,0,0,'=1+0,"), "{marked}");
    assert_eq!(cards(&["--formats", "csv", "--keep-formulas"]).code, 0);
    assert!(std::fs::read_to_string(at("out/customers.csv")).unwrap().lines().nth(1).unwrap().starts_with("c0,0,0,=1+0,"));
}

#[test]
fn a_replayed_project_shows_what_it_compares_with() {
    let shop = Shop::new();
    let out = shop.path("out");
    let project = serde_json::json!({ "personae": 1, "plan": {
        "source": { "file": { "path": shop.path("groups.csv") } },
        "clustering": { "method": "k_means", "k": 3, "k_from": 2, "k_to": 4 },
        "comparison": { "solution": { "method": "tree", "cut": { "clusters": 2 } } },
    } });
    let path = shop.path("compared.personae");
    std::fs::write(&path, project.to_string()).unwrap();
    let ran = personae(&["run", &path, "--out", &out, "--formats", "svg", "--quiet"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let drawn = std::fs::read_to_string(Path::new(&out).join("comparison.svg")).unwrap();
    assert!(drawn.contains("Group 1") && drawn.contains("Group 2"), "the other solution's groups");
}

#[test]
fn a_replayed_project_reads_every_source_as_it_was_told_to() {
    let shop = Shop::new();
    let mut orders = b"customer,date,amount,category\n".to_vec();
    for nth in 0..60 {
        orders.extend(format!("c{},2024-0{}-1{},{}.5,", nth % 20, 1 + nth % 6, nth % 9, 3 + nth % 7).as_bytes());
        orders.extend(if nth % 3 == 0 { &b"\xcf\xf0\xe8\n"[..] } else { b"tea\n" });
    }
    std::fs::write(shop.path("orders.csv"), orders).unwrap();
    let project = serde_json::json!({ "personae": 1, "plan": {
        "source": { "sources": { "sources": [{ "name": "orders", "path": shop.path("orders.csv"), "read_as": { "encoding": "windows-1251" } }] } },
        "clustering": { "method": "k_means", "k": 2, "k_from": 2, "k_to": 2 },
    } });
    let path = shop.path("built.personae");
    std::fs::write(&path, project.to_string()).unwrap();
    let labels = shop.path("labels.csv");
    let ran = personae(&["run", &path, "--out", &shop.path("out"), "--formats", "json", "--labels", &labels, "--quiet"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let labels = std::fs::read_to_string(labels).unwrap();
    assert!(labels.contains("При"), "{}", labels.lines().take(3).collect::<Vec<_>>().join("\n"));
}

#[test]
fn packages_get_completions_and_a_man_page_for_each_command() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = personae(&["completions", shell]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("silhouette"), "{shell} knows the options of segment");
    }
    let folder = tempfile::tempdir().unwrap();
    let ran = personae(&["man", &folder.path().join("man1").to_string_lossy()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for page in ["personae.1", "personae-segment.1", "personae-cards.1", "personae-run.1", "personae-table.1"] {
        let text = std::fs::read_to_string(folder.path().join("man1").join(page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
}

#[test]
fn a_log_tells_the_steps_and_nothing_of_the_customers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("Narwhal list.csv");
    let mut text = "quokka_id,quokka_score,zebu_town\n".to_owned();
    (0..60).for_each(|row| text.push_str(&format!("Q{row},{},{}\n", row % 7 * 11, ["Xanthippe", "Ytterby"][row % 2])));
    std::fs::write(&data, &text).unwrap();
    let out = folder.path().join("out");
    let run = |command: &str, data: &Path, levels: &str, more: &[&str]| {
        let mut run = Command::new(env!("CARGO_BIN_EXE_personae"));
        run.arg(command).arg(data).args(["--k", "2", "--quiet"]).args(more).env("RUST_LOG", levels);
        let output = run.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let holds_nothing = |log: &str| {
        let lower = log.to_lowercase();
        for word in ["narwhal", "quokka", "zebu", "xanthippe", "ytterby"] {
            assert!(!lower.contains(word), "{word} is in the log:\n{log}");
        }
    };

    let (code, log) = run("cards", &data, "debug", &["--formats", "csv,json", "--out", out.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{log}");
    assert!(log.starts_with(&format!("personae {}", env!("CARGO_PKG_VERSION"))), "{log}");
    let size = format!("files opened: 1 (csv of {} bytes)", text.len());
    for told in [
        &size,
        "step loaded: ",
        "step prepared: ",
        "step fits: ",
        "step personas: ",
        "export of [Csv, Json]: ",
        "personae::app::cli: end\n",
    ] {
        assert!(log.contains(told), "{told} is missing:\n{log}");
    }
    assert!(log.lines().filter(|line| line.contains(": step ")).all(|line| line.ends_with(" ms")), "{log}");
    holds_nothing(&log);
    let (code, log) = run("segment", &data, "personae=info,warn", &[]);
    assert!(code == Some(0) && log.contains("files opened: 1") && !log.contains(" ms"), "{log}");

    // What went wrong is told by its kind. The sentence at the end is for whoever ran the command, as without a log.
    let empty = folder.path().join("narwhal.txt");
    std::fs::write(&empty, "").unwrap();
    let (code, said) = run("segment", &empty, "info", &[]);
    let (log, sentence) = said.trim_end().rsplit_once('\n').unwrap();
    assert_eq!((code, run("segment", &empty, "off", &[])), (Some(1), (Some(1), format!("{sentence}\n"))));
    assert!(log.contains("problem DataError::Empty") && log.contains("a problem after") && log.contains("end with code 1"), "{log}");
    holds_nothing(log);
}

/// One round cloud of 400 customers.
const ONE_CLOUD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/one_cloud.csv");
const ONE_GROUP: &str = "These data form one group; splitting them is a choice, not a finding.";

#[test]
fn one_cloud_is_one_group_of_everyone_and_every_format_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let cards = |out: &str, more: &[&str]| {
        let out = path(out);
        let ran = personae(&[&["cards", ONE_CLOUD, "--out", &out, "--formats", "md,html,json"], more].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        ran.out
    };
    let told = cards("one", &[]);
    assert!(told.contains(ONE_GROUP) && told.contains("Everyone"), "{told}");
    assert_eq!(told.matches(ONE_GROUP).count(), 1, "said once: {told}");
    let split = cards("four", &["--k", "4"]);
    assert!(split.contains(ONE_GROUP) && split.matches("a choice, not a finding  ").count() == 4, "{split}");
    let files = |folder: &str, end: &str| -> String {
        let found = std::fs::read_dir(path(folder)).unwrap().map(|entry| entry.unwrap().path());
        let found: Vec<_> = found.filter(|path| path.to_string_lossy().ends_with(end)).collect();
        assert_eq!(found.len(), 1, "{folder} {end}");
        std::fs::read_to_string(&found[0]).unwrap()
    };
    for end in [".md", ".html"] {
        let (one, four) = (files("one", end), files("four", end));
        assert!(one.contains(ONE_GROUP) && four.contains(ONE_GROUP), "{end}");
        assert!(
            !one.contains("A choice, not a finding") && four.matches("A choice, not a finding").count() >= 8,
            "{end}: overview and cards"
        );
    }
    let json: Value = serde_json::from_str(&files("four", ".json")).unwrap();
    assert_eq!((&json["structure"]["found"], &json["personas"][0]["is_a_choice"]), (&Value::Bool(false), &Value::Bool(true)));
    let report = path("report.json");
    assert_eq!(personae(&["segment", ONE_CLOUD, "--report", &report, "--quiet"]).code, 0);
    let report: Value = serde_json::from_str(&read("report.json")).unwrap();
    assert_eq!(report["structure"]["found"], false);
    assert_eq!(report["structure"]["reasons"][0], ONE_GROUP);
    assert_eq!(report["chosen"]["k"], 1);
}

#[test]
fn cards_say_how_far_they_may_be_relied_on_without_being_asked() {
    let shop = Shop::new();
    let (data, out) = (shop.path("groups.csv"), shop.path("cards"));
    let ran = personae(&["cards", &data, "--features", "x,y", "--k", "3", "--out", &out, "--formats", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let found =
        std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|end| end == "json"));
    let json: Value = serde_json::from_str(&std::fs::read_to_string(found.unwrap()).unwrap()).unwrap();
    assert_eq!(json["personas"][0]["stability"]["draws"], 10, "the first round is always there");
    assert_eq!(json["structure"]["found"], true);
}
