//! What is taken away: audience lists against a slow recount, labelled customers, and places and data that do not want to be written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use personae::base::{Ctx, Matrix};
use personae::data::{Column, Texts, Values};
use personae::export::{self, Choices, ExportError, Format, Plots, Report, Written, persona_stem};
use sha2::{Digest, Sha256};

use super::exporting::report;

fn text(name: &str, cell: impl Fn(usize) -> String, n_rows: usize) -> Column {
    let cells: Vec<Option<String>> = (0..n_rows).map(|row| Some(cell(row)).filter(|cell| !cell.is_empty())).collect();
    Column { name: name.into(), values: Values::Text(Texts::collect(cells)), unit: None, original: None }
}

/// Personas of 150, 40 and 12 customers, and 3 in none. Every fifth refused; rows 1 and 2 are the same person written in two ways; row 7 has
/// no contact; row 8 has no telephone number in any plan.
fn shop() -> Report {
    let mut report = report(&[150, 40, 12], 3, 0);
    let n = report.loaded.table.n_rows;
    let email = |row: usize| match row {
        1 => "User.2@gmail.com".to_owned(),
        2 => " user2+shop@GMAIL.com ".to_owned(),
        7 => String::new(),
        _ => format!("User.{row}@Example.org"),
    };
    let phone = |row: usize| match row {
        7 => String::new(),
        8 => "12".to_owned(),
        _ => format!("0170 12{row:05}"),
    };
    let columns = vec![
        text("Kunde", |row| format!("K{row}"), n),
        text("E-Mail", email, n),
        text("Telefon", phone, n),
        text("Vorname", |row| format!("=Anna {row}"), n),
        text("Nachname", |_| "Müller".into(), n),
        text("Land", |row| if row % 2 == 0 { "Deutschland".into() } else { "de".into() }, n),
        text("PLZ", |row| if row == 7 { String::new() } else { "01067".into() }, n),
        text("Werbeeinwilligung", |row| if row % 5 == 0 { "nein".into() } else { "Ja".into() }, n),
    ];
    Arc::make_mut(&mut report.loaded).table.columns = columns;
    report
}

fn written(report: &Report, choices: &Choices, folder: &Path) -> Written {
    export::write_all(report, &Plots::default(), choices, folder, &Ctx::new()).unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let named = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    named.map(|file| (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap_or_default())).collect()
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn audience_lists_are_those_who_agreed_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let report = shop();
    let written = written(&report, &Choices::of(&[Format::Audience]), folder.path());
    let files = files(folder.path());
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["audience-c1-frequent-big-spenders.csv", "audience-c2-lapsed-full-price-customers.csv"]);
    for (name, members) in names.iter().zip([0..150, 150..190]) {
        let mut expected = vec!["Email,Phone,First Name,Last Name,Country,Zip".to_owned()];
        for row in members.filter(|row| row % 5 > 0 && ![2, 7].contains(row)) {
            let email = if row == 1 { "user2@gmail.com".to_owned() } else { format!("user.{row}@example.org") };
            let phone = if row == 8 { String::new() } else { hash(&format!("+4917012{row:05}")) };
            let (first, last) = (hash(&format!("anna {row}")), hash("müller"));
            expected.push(format!("{},{phone},{first},{last},DE,01067", hash(&email)));
        }
        assert_eq!(files[*name].lines().collect::<Vec<_>>(), expected, "{name}");
    }
    let notes = written.notes.join("\n");
    for part in [
        "read from \"Werbeeinwilligung\"",
        "41 customers without consent are on no audience list",
        "1 customer is left out of the audience lists",
        "1 customer had the contact of another one",
        "the audience list has 32 customers; ad platforms ask for 100 or more",
        "no audience list, since it would hold only 9;",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn a_plain_list_runs_nothing_and_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut choices = Choices { personas: Some(vec![1]), ..Choices::of(&[Format::Audience]) };
    choices.audience.plain = true;
    written(&shop(), &choices, folder.path());
    let files = files(folder.path());
    assert_eq!(files.len(), 1, "only the persona asked for");
    let list = files.values().next().unwrap();
    assert_eq!(list.lines().nth(1), Some("user.151@example.org,491701200151,anna 151,müller,DE,01067"));
    let cells = list.lines().skip(1).flat_map(|line| line.split(','));
    assert!(cells.into_iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
}

#[test]
fn consent_of_one_row_does_not_speak_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = shop();
    let table = &mut Arc::make_mut(&mut report.loaded).table;
    // The same person as row 151, in another persona, said no.
    let n = table.n_rows;
    table.columns[1] = text("E-Mail", |row| if row == 5 { "User.151@example.org".into() } else { format!("User.{row}@example.org") }, n);
    written(&report, &Choices::of(&[Format::Audience]), folder.path());
    assert!(files(folder.path()).values().all(|list| !list.contains(&hash("user.151@example.org")) && !list.is_empty()));
}

#[test]
fn what_keeps_a_list_from_being_written_is_one_sentence() {
    let drop = |names: &'static [&'static str]| {
        let mut report = shop();
        let table = &mut Arc::make_mut(&mut report.loaded).table;
        table.columns.retain(|column| !names.contains(&column.name.as_str()));
        report
    };
    let choose = |consent: Option<&str>| {
        let mut choices = Choices::of(&[Format::Audience, Format::Json]);
        choices.audience.consent_column = consent.map(str::to_owned);
        choices
    };
    let cases: [(&[&str], Option<&str>, usize, &str); 4] = [
        (&["E-Mail", "Telefon", "PLZ"], None, 1, "no column tells how to reach a customer"),
        (&[], Some("nope"), 1, "there is no column \"nope\""),
        (&["Werbeeinwilligung"], None, 4, "No column says who agreed"),
        (&["E-Mail"], None, 3, "read from \"Werbeeinwilligung\""),
    ];
    for (dropped, consent, n_files, told) in cases {
        let folder = tempfile::tempdir().unwrap();
        let written = written(&drop(dropped), &choose(consent), folder.path());
        assert!(written.notes[0].contains(told), "{told}: {:?}", written.notes);
        assert_eq!((files(folder.path()).len(), written.files.len()), (n_files, n_files), "{told}");
        assert!(folder.path().join("personas.json").is_file(), "{told}");
    }
}

#[test]
fn opting_out_is_honoured_and_counts_are_no_consent() {
    type Cell = fn(usize) -> String;
    let columns: [(&str, Cell, usize); 3] = [
        ("unsubscribed", |row| if row % 2 == 0 { "1".into() } else { String::new() }, 75),
        ("newsletter_opens", |row| (row % 40).to_string(), 150),
        ("email_opt_in", |row| if row % 3 == 0 { "true".into() } else { "FALSE".into() }, 50),
    ];
    for (name, cell, n) in columns {
        let folder = tempfile::tempdir().unwrap();
        let mut report = shop();
        let table = &mut Arc::make_mut(&mut report.loaded).table;
        table.columns = vec![text("email", |row| format!("a{row}@b.org"), table.n_rows), text(name, cell, table.n_rows)];
        written(&report, &Choices::of(&[Format::Audience]), folder.path());
        let list = &files(folder.path())["audience-c1-frequent-big-spenders.csv"];
        assert_eq!(list.lines().count(), n + 1, "{name}");
    }
}

#[test]
fn labelled_customers_agree_with_a_slow_recount() {
    let mut report = report(&[20, 14, 6], 3, 2);
    let matrix: Vec<f64> = (0..43 * 2).map(|at| ((at * 7919) % 101) as f64 / 10.0 + (at / 40) as f64).collect();
    Arc::make_mut(&mut report.prepared).matrix = Matrix::new(matrix, 43, 2).unwrap();
    let mut csv = Vec::new();
    export::customers_csv(&report, false, &mut csv, &Ctx::new()).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let members = report.labels.members();
    let matrix = &report.prepared.matrix;
    let centre =
        |cluster: usize, col: usize| members[cluster].iter().map(|&row| matrix.at(row, col)).sum::<f64>() / members[cluster].len() as f64;
    assert!(csv.lines().next().unwrap().ends_with("persona,persona_name,distance,second_persona,second_persona_name"));
    for (row, line) in csv.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.rsplit(',').take(5).collect();
        let Some(own) = report.labels.get(row) else {
            assert_eq!(cells, ["", "", "", "", ""], "{line}");
            continue;
        };
        let distance = |cluster: usize| ((0..2).map(|col| (matrix.at(row, col) - centre(cluster, col)).powi(2)).sum::<f64>()).sqrt();
        let second = (0..3).filter(|cluster| *cluster != own).min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap();
        assert!((cells[2].parse::<f64>().unwrap() - distance(own)).abs() < 1e-9, "{line}");
        assert_eq!((cells[4], cells[1]), ((own + 1).to_string().as_str(), (second + 1).to_string().as_str()), "{line}");
        assert_eq!(cells[0], report.personas.personas[second].name);
    }
}

#[test]
fn one_and_forty_personas_and_names_alike() {
    for k in [1, 40] {
        let folder = tempfile::tempdir().unwrap();
        let sizes: Vec<usize> = (0..k).map(|cluster| if cluster == 39 { 1 } else { 60 - cluster }).collect();
        let mut report = report(&sizes, 2, 1);
        let names = ["con", "CON", "\u{202e}🙂", "/../..", "Käufer", "KÄUFER"].map(str::to_owned);
        for (persona, name) in Arc::make_mut(&mut report.personas).personas.iter_mut().zip(names.iter().cycle()) {
            persona.name = if persona.cluster % 7 == 6 { "long name ".repeat(20) } else { name.clone() };
        }
        let n = report.loaded.table.n_rows;
        Arc::make_mut(&mut report.loaded).table.columns = vec![text("email", |row| format!("a{row}@b.org"), n)];
        let choices = Choices::of(&[Format::Csv, Format::Parquet, Format::Audience, Format::Json, Format::Html]);
        let written = written(&report, &choices, folder.path());
        let large = sizes.iter().filter(|n| **n >= 10).count();
        assert_eq!((written.files.len(), files(folder.path()).len()), (4 + large, 4 + large), "no file took another's place");
        let mut stems: Vec<String> = report.personas.personas.iter().map(|persona| persona_stem(persona).to_uppercase()).collect();
        stems.sort();
        stems.dedup();
        assert_eq!(stems.len(), k);
        assert!(stems.iter().all(|stem| stem.len() < 200 && !stem.contains(['/', '\\', '.', ' ', '\u{202e}'])), "{stems:?}");
    }
}

#[test]
fn many_levels_and_many_columns_leave_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = report(&[9_000, 1_000], 0, 0);
    let mut columns: Vec<Column> = (0..300)
        .map(|at| Column { name: format!("c{at}"), values: Values::Number(vec![at as f64; 10_000].into()), unit: None, original: None })
        .collect();
    columns.push(text("city", |row| format!("city {row}"), 10_000));
    Arc::make_mut(&mut report.loaded).table.columns = columns;
    let written = written(&report, &Choices::of(&[Format::Csv, Format::Json, Format::Audience]), folder.path());
    assert_eq!(written.files.len(), 2);
    let csv = fs::read_to_string(folder.path().join("customers.csv")).unwrap();
    assert_eq!((csv.lines().count(), csv.lines().next().unwrap().split(',').count()), (10_001, 306));
}

#[test]
fn a_stop_keeps_what_is_complete_and_nothing_half() {
    let report = shop();
    let formats = [Format::Json, Format::Csv, Format::Audience, Format::Parquet];
    let whole = Ctx::new();
    let folder = tempfile::tempdir().unwrap();
    export::write_all(&report, &Plots::default(), &Choices::of(&formats), folder.path(), &whole).unwrap();
    let complete = files(folder.path());
    let mut seen = Vec::new();
    let n = whole.checks();
    for after in (1..n).step_by((n as usize / 30).max(1)) {
        let folder = tempfile::tempdir().unwrap();
        let (ctx, mut written) = (Ctx::stopping_after(after), Written::default());
        let ended = export::write_into(&report, &Plots::default(), &Choices::of(&formats), folder.path(), &ctx, &mut written);
        assert!(matches!(ended, Err(ExportError::Stopped(_))), "stopped at {after}: {ended:?}");
        let left = files(folder.path());
        assert_eq!(left.len(), written.files.len(), "{left:?}");
        assert!(left.iter().all(|(name, text)| complete[name] == *text), "stopped at {after}");
        seen.push(left.len());
    }
    assert!(seen[0] == 0 && seen.iter().any(|n| (1..complete.len()).contains(n)), "{seen:?}");
}

#[test]
fn a_full_disk_is_told_whoever_writes() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: this system has no /dev/full");
        return;
    }
    let told = export::write_beside(Path::new("/dev/full"), |to| to.write_all(&[b'x'; 300_000])).unwrap_err().to_string();
    assert_eq!(told, "Cannot write to /dev/full: the disk is full. Make room or choose another disk.");
    // Links to it in place of the files: whatever library stands between, the disk's own reason is told.
    for (format, name) in [
        (Format::Json, "personas.json"),
        (Format::Csv, "customers.csv"),
        (Format::Parquet, "customers.parquet"),
        (Format::Audience, "audience-c1-frequent-big-spenders.csv"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/dev/full", folder.path().join(name)).unwrap();
        let ended = export::write_all(&shop(), &Plots::default(), &Choices::of(&[format]), folder.path(), &Ctx::new());
        let told = ended.unwrap_err().to_string();
        assert!(told.ends_with("the disk is full. Make room or choose another disk."), "{format:?}: {told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written stays");
    }
    assert!(fs::metadata("/dev/full").is_ok_and(|device| !device.is_file()), "a device is never replaced");
}
