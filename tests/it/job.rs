//! Does a model place customers in Spark as it does here while files of orders appear, does the job refuse to start where it would not, and does the check of it find what is placed otherwise?

use std::path::Path;
use std::process::Command;

use crate::behaviour::personae;
use crate::table_sql::{as_csv, begun, orders};

/// Python with Spark; none, and a line that says so, where it is not installed.
fn spark() -> Option<String> {
    let python = std::env::var("PERSONAE_PYTHON").unwrap_or_else(|_| "python3".into());
    let has = |program: &str, args: &[&str]| Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    let is_there = has(&python, &["-c", "import pyspark"]) && has("java", &["-version"]);
    if !is_there {
        eprintln!("skipped: {python} has no Spark; PERSONAE_PYTHON names another");
    }
    is_there.then_some(python)
}

fn run_job(python: &str, folder: &Path, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(python);
    command.current_dir(folder).env("PYSPARK_PYTHON", python).env("SPARK_LOCAL_IP", "127.0.0.1").env(
        "PYSPARK_SUBMIT_ARGS",
        "--master local[2] --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.sql.shuffle.partitions=2 pyspark-shell",
    );
    let output = command.arg("job/run.py").args(["--events", "days", "--out", "out"]).args(more).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn spark_places_everybody_while_files_appear_and_the_check_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    begun(folder);
    let (code, _, why) = personae(folder, "2", &["job", "m.json", "--out", "job"]);
    assert_eq!(code, 0, "{why}");
    let labels = std::fs::read_to_string(folder.join("job/check_labels.csv")).unwrap();
    assert_eq!(labels.lines().count(), 257);
    assert!(std::fs::read_to_string(folder.join("job/labels.sql")).unwrap().contains("DATE '{snapshot}'"));
    let Some(python) = spark() else { return };
    // Days of orders in files, two at first; a row that is none, and one for nobody.
    let rows = orders(2);
    let by = |part: usize| rows.iter().enumerate().filter(|(at, _)| at % 3 == part).map(|(_, row)| row.clone()).collect::<Vec<_>>();
    std::fs::create_dir(folder.join("days")).unwrap();
    let write = |part: usize, more: &str| std::fs::write(folder.join(format!("days/{part}.csv")), as_csv(&by(part)) + more).unwrap();
    write(0, "X,K001,soon,1,9.5,shoes,web,\nX,,2024-03-01 10:00:00,1,9.5,shoes,web,\nX,K001,2024-03-01 10:00:00,many,9.5,shoes,web,\n");
    write(1, "");
    let (ran, told) = run_job(&python, folder, &["--files-a-batch", "1"]);
    assert!(ran, "{told}");
    write(2, "");
    let (ran, told) = run_job(&python, folder, &["--files-a-batch", "1"]);
    assert!(ran, "{told}");
    assert!(folder.join("out/labels/batch=2").is_dir());
    let verify = |labels: &str| personae(folder, "2", &["job", "verify", "job", labels, "later.csv"]);
    let (code, told, why) = verify("out/customers");
    assert_eq!((code, told.trim()), (0, "0 of 500 customers are placed differently."), "{why}");
    // What is placed otherwise is found, with the margin.
    let part = std::fs::read_dir(folder.join("out/customers"))
        .unwrap()
        .flatten()
        .find(|entry| entry.path().extension().is_some_and(|e| e == "csv"));
    let text = std::fs::read_to_string(part.unwrap().path()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let cells: Vec<String> = lines[1].split(',').map(str::to_owned).collect();
    let other = if cells[1] == "1" { "2" } else { "1" };
    // A wrong persona with the right distance is no tie, and a wrong distance is wrong.
    lines[1] = format!("{},{other},{},{}", cells[0], cells[2], cells[3]);
    let cells: Vec<String> = lines[2].split(',').map(str::to_owned).collect();
    lines[2] = format!("{},{},{},999", cells[0], cells[1], cells[2]);
    lines.pop();
    std::fs::write(folder.join("wrong.csv"), lines.join("\n")).unwrap();
    let (code, _, why) = verify("wrong.csv");
    assert!(
        code == 1
            && why.contains("3 of 500 customers are placed differently")
            && why.contains("margin")
            && why.contains("999 there")
            && why.contains("missing there"),
        "{why}"
    );
    // A job that would place somebody otherwise does not start.
    let (first, rest) = labels.split_once('\n').unwrap();
    let cells: Vec<&str> = rest.lines().next().unwrap().split(',').collect();
    let turned = format!("{first}\n{},9,{}\n{}", cells[0], cells[2], rest.split_once('\n').unwrap().1);
    std::fs::write(folder.join("job/check_labels.csv"), turned).unwrap();
    let (ran, told) = run_job(&python, folder, &[]);
    assert!(!ran && told.contains("1 of 256 customers of the check are placed differently here (check000)"), "{told}");
}

#[test]
fn what_is_no_job_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    begun(folder);
    let run = |args: &[&str]| personae(folder, "1", args);
    std::fs::create_dir(folder.join("mine")).unwrap();
    std::fs::write(folder.join("mine/notes.txt"), "mine").unwrap();
    let (code, _, why) = run(&["job", "m.json", "--out", "mine"]);
    assert!(code == 2 && why.contains("holds other files"), "{why}");
    std::fs::write(
        folder.join("list.csv"),
        (0..90).map(|at| format!("{at},{}\n", at % 3 * 50)).fold("id,spend\n".into(), |all: String, row| all + &row),
    )
    .unwrap();
    assert_eq!(run(&["model", "list.csv", "--k", "3", "--out", "list.json", "--quiet"]).0, 0);
    let (code, _, why) = run(&["job", "list.json", "--out", "x"]);
    assert!(code == 1 && why.contains("made from a file of customers and not from orders"), "{why}");
    assert_eq!(run(&["job"]).0, 2);
    assert_eq!(run(&["job", "m.json", "--out", "job"]).0, 0);
    assert_eq!(run(&["job", "m.json", "--out", "job"]).0, 0, "what was written by it is written again");
    let (code, _, why) = run(&["job", "verify", "job", "mine", "later.csv"]);
    assert!(code == 2 && why.contains("holds no CSV"), "{why}");
}
