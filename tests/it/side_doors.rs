//! Does anything that identifies leave by a side door? Values of a few customers are planted in every kind of place, every export is read for them, and
//! what is withheld is reckoned from what is told, as somebody who wants to know would do.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use personae::base::Ctx;
use personae::base::seed::{self, RngExt};
use personae::data::{Role, Source};
use personae::engine::{self, Outputs, Wanted};
use personae::export::{self, Choices, Format, Plots, Report};
use personae::session::Plan;
use serde_json::Value;

/// Fewer are not told.
const FEW: std::ops::Range<usize> = 1..10;

fn analysed(csv: &str, k: usize, folder: &Path) -> (Report, Plots) {
    let file = folder.join("customers.csv");
    std::fs::write(&file, csv).unwrap();
    let mut plan = Plan::new(Source::file(file));
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to, plan.clustering.kmeans.restarts) = (Some(k), k, k, 3);
    engine::analyse(&plan, &Wanted::outputs(Outputs::of_export()), &Ctx::new()).unwrap()
}

/// Planted words: what is held by fewer than ten customers, and what names them.
const SECRETS: [&str; 9] = [
    "Zebrastiftung",
    "Xylofonverein",
    "Quokkafieber",
    "Quastenflosser",
    "achtundsiebzigeinhalb",
    "ombatladen",
    "Kaimanstrasse",
    "Jaguarundi",
    "Okapigasse",
];

/// 300 customers in three groups, with secrets in levels, contacts, cells that are no numbers, spellings, addresses, comments and outcomes.
fn planted() -> String {
    let mut rng = seed::random(5, 0);
    let mut csv = "kd,ansprech,arbeitgeber,leiden,notiz,age,spend,visits,laden,strasse,kommentar,churn\n".to_owned();
    for i in 0..300usize {
        let g = i % 3;
        let who = ["Anna Quastenflosser", "Bo Quastenflosser", "Maria Quastenflosser", "Jan Quastenflosser"][i % 4];
        let employer = if i % 40 == 7 { "Zebrastiftung" } else { ["Works A", "Works B"][usize::from(g == 0)] };
        let illness = if i % 70 == 3 { "Quokkafieber" } else { ["none", "diabetes"][usize::from(i % 5 == 0)] };
        let note = if [30, 33, 36].contains(&i) { "Xylofonverein" } else { ["ok", "calls often"][i % 2] };
        let visits =
            if [40, 41].contains(&i) { "achtundsiebzigeinhalb".to_owned() } else { (20 - 8 * g + rng.random_range(0..5usize)).to_string() };
        let shop = match i {
            100..105 => "Wombatladen",
            105..107 => "wombatladen",
            _ => ["Mitte", "Nord"][g % 2],
        };
        let comment = if i % 50 == 9 {
            "Jaguarundi asked to be called back in the evening, please".to_owned()
        } else {
            format!("said number {i} of the long list of things that are said")
        };
        let age = 25 + 20 * g + rng.random_range(0..9usize);
        let spend = 20.0 * (1.0 + 3.0 * g as f64) + f64::from(rng.random_range(0..900u32)) / 100.0;
        let churn = if i % 60 == 1 { "yes" } else { "no" };
        let _ = writeln!(
            csv,
            "{},{who},{employer},{illness},{note},{age},{spend:.2},{visits},{shop},Kaimanstrasse {i} Okapigasse,{comment},{churn}",
            100_000 + i
        );
    }
    csv
}

/// Everything a reader of the file could see, as text.
fn texts(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    match path.extension().and_then(|end| end.to_str()) {
        Some("pptx") => {
            let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut parts = Vec::new();
            for at in 0..zip.len() {
                let mut text = Vec::new();
                zip.by_index(at).unwrap().read_to_end(&mut text).unwrap();
                parts.push(String::from_utf8_lossy(&text).into_owned());
            }
            parts
        }
        Some("pdf") => match Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(path).arg("-").output() {
            Ok(read) => vec![String::from_utf8_lossy(&read.stdout).into_owned()],
            Err(_) => {
                eprintln!("skipped: pdftotext is not installed");
                Vec::new()
            }
        },
        _ => vec![String::from_utf8_lossy(&bytes).into_owned()],
    }
}

#[test]
fn values_of_a_few_are_in_no_export() {
    let folder = tempfile::tempdir().unwrap();
    let (report, plots) = analysed(&planted(), 3, folder.path());
    // The window may quote them; without that this test would prove nothing.
    assert!(report.loaded.notes.iter().any(|note| note.0.contains("achtundsiebzigeinhalb")), "{:?}", report.loaded.notes);
    let role = |name: &str| report.loaded.profile.columns.iter().find(|column| column.name == name).unwrap().guessed_role;
    assert_eq!((role("ansprech"), role("leiden")), (Role::Identifier, Role::Sensitive));
    let out = folder.path().join("out");
    let formats = [Format::Pdf, Format::Pptx, Format::Html, Format::Svg, Format::Markdown, Format::Json];
    let written = export::write_all(&report, &plots, &Choices::of(&formats), &out, &Ctx::new()).unwrap();
    let mut n_read = 0;
    for file in &written.files {
        for text in texts(&file.path) {
            n_read += 1;
            for secret in SECRETS {
                let at =
                    text.find(secret).map(|at| text[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect::<String>());
                assert!(at.is_none(), "{secret} in {:?} after {at:?}", file.path);
            }
        }
    }
    assert!(n_read > 20, "{n_read}");
    assert!(export::report_json(&report).len() > 100 && SECRETS.iter().all(|secret| !export::report_json(&report).contains(secret)));
}

/// 400 customers in four groups, with categories and numbers of which some groups have a few.
fn sparse(seed: u64) -> String {
    let mut rng = seed::random(seed, 0);
    let mut csv = "id,plan,region,job,app,churn,spend,age,orders\n".to_owned();
    for i in 0..400usize {
        let g = [0, 0, 0, 1, 1, 2, 2, 3][i % 8];
        let mut often = |own: &'static str, others: &[&'static str], share: f64| {
            if rng.random_bool(share) { own } else { others[rng.random_range(0..others.len())] }
        };
        let plan = often(["basic", "plus", "pro", "plus"][g], &["basic", "plus", "pro", "trial"], 0.9);
        let region = often(["north", "south", "east", "west"][g], &["north", "south", "east", "west", "isles"], 0.8);
        let job = often("clerk", &["cook", "nurse", "pilot", "smith", "potter"], 0.85);
        let app = often(["0", "1", "1", "0"][g], &["0", "1"], 0.94);
        let churn = often("no", &["yes"], [0.97, 0.9, 0.5, 0.95][g]);
        let spend = [20.0, 60.0, 120.0, 200.0][g] + f64::from(rng.random_range(0..3000u32)) / 100.0;
        let (age, orders) = (20 + 12 * g + rng.random_range(0..14usize), 3 * g + rng.random_range(0..6usize));
        let _ = writeln!(csv, "c{i},{plan},{region},{job},{app},{churn},{spend:.2},{age},{orders}");
    }
    csv
}

/// Customers by group and level, the last row being everyone; and which cells the file tells.
struct Known {
    counts: Vec<Vec<usize>>,
    told: Vec<Vec<bool>>,
}

impl Known {
    /// Every withheld cell of a few customers is the same in no two tables that fit what is told.
    fn check(&self, what: &str) -> usize {
        let everyone = self.counts.len() - 1;
        let cells: Vec<(usize, usize)> = (0..=everyone).flat_map(|r| (0..self.counts[r].len()).map(move |c| (r, c))).collect();
        let hidden: Vec<(usize, usize)> = cells.iter().copied().filter(|(r, c)| !self.told[*r][*c]).collect();
        for &(r, c) in cells.iter().filter(|(r, c)| self.told[*r][*c]) {
            assert!(!FEW.contains(&self.counts[r][c]), "{what}: {} customers are told in row {r}, column {c}", self.counts[r][c]);
        }
        // Sums of rows are told; a column adds up to everyone's cell.
        let in_row = |row: usize| hidden.iter().map(|(r, _)| f64::from(u8::from(*r == row))).collect::<Vec<f64>>();
        let in_column = |column: usize| {
            let sign = |r: usize| if r == everyone { -1.0 } else { 1.0 };
            hidden.iter().map(|(r, c)| if *c == column { sign(*r) } else { 0.0 }).collect::<Vec<f64>>()
        };
        let equations: Vec<Vec<f64>> = (0..=everyone).map(in_row).chain((0..self.counts[0].len()).map(in_column)).collect();
        let before = rank(equations.clone());
        for (at, &(r, c)) in hidden.iter().enumerate() {
            let is_alone = self.counts[r].iter().filter(|n| **n > 0).count() == 1;
            if FEW.contains(&self.counts[r][c]) && !is_alone {
                let mut with = equations.clone();
                with.push((0..hidden.len()).map(|other| f64::from(u8::from(other == at))).collect());
                assert!(rank(with) > before, "{what}: row {r}, column {c} follows from the rest");
            }
        }
        hidden.len()
    }
}

fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    let mut rank = 0;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column].abs() > 1e-9) else { continue };
        rows.swap(rank, pivot);
        let taken = rows[rank].clone();
        for row in rows.iter_mut().skip(rank + 1) {
            let by = row[column] / taken[column];
            row.iter_mut().zip(&taken).for_each(|(value, other)| *value -= by * other);
        }
        rank += 1;
    }
    rank
}

/// Members of each persona by row, then everyone.
fn groups(report: &Report) -> Vec<Vec<usize>> {
    let mut groups = report.labels.members();
    groups.push(report.prepared.table_rows.clone());
    groups
}

/// What evidence of levels tells of one column.
fn of_levels(report: &Report, personas: &[Value], column: &str) -> Option<Known> {
    let table = report.loaded.table.column(column)?;
    let as_level = |row: usize| match table.number(row) {
        Some(number) => Some(if number == 1.0 { "yes".to_owned() } else { "no".to_owned() }),
        None => table.text(row).map(str::to_owned),
    };
    // By level: everyone's share if it is told, and each persona's.
    let mut told: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for (at, persona) in personas.iter().enumerate() {
        for row in persona["evidence"].as_array().unwrap().iter().filter(|row| row["column"] == column) {
            let level = row["level"].as_str()?.to_owned();
            let cells = told.entry(level).or_insert_with(|| vec![false; personas.len() + 1]);
            cells[at] = !row["persona"].is_null();
            *cells.last_mut().unwrap() = !row["everyone"].is_null();
            let is_whole = cells[at] && !row["everyone"].is_null();
            for field in ["effect", "v_test", "index", "rest"] {
                assert!(is_whole || row[field].is_null(), "{column}: {field} gives away what is withheld");
            }
            assert!(cells[at] || row["coverage"].is_null(), "{column}");
        }
    }
    let groups = groups(report);
    let count =
        |rows: &[usize], is: &dyn Fn(&str) -> bool| rows.iter().filter(|&&row| as_level(row).is_some_and(|level| is(&level))).count();
    let levels: Vec<&String> = told.keys().collect();
    let row = |rows: &Vec<usize>| {
        let listed = levels.iter().map(|level| count(rows, &|own| own == level.as_str()));
        listed.chain([count(rows, &|own| !told.contains_key(own))]).collect()
    };
    let counts: Vec<Vec<usize>> = groups.iter().map(row).collect();
    let cells = (0..groups.len()).map(|r| {
        let listed = levels.iter().enumerate().map(|(c, level)| told[*level][r] || counts[r][c] == 0);
        // What is not listed is told nowhere, unless nobody has it.
        listed.chain([counts[r][levels.len()] == 0]).collect()
    });
    Some(Known { told: cells.collect(), counts })
}

/// What drawings of bins tell of one column; drawings are not on every card.
fn of_bins(report: &Report, personas: &[Value], column: &str) -> Option<Known> {
    let table = report.loaded.table.column(column)?;
    let drawing = |persona: &Value| {
        let all = persona["distributions"].as_array().unwrap();
        all.iter().find(|drawing| drawing["column"] == column && drawing["edges"].is_array()).cloned()
    };
    let first = personas.iter().find_map(drawing)?;
    let edges: Vec<f64> = first["edges"].as_array().unwrap().iter().map(|edge| edge.as_f64().unwrap()).collect();
    let n_bins = edges.len() - 1;
    let row = |rows: &Vec<usize>| {
        let mut counts = vec![0usize; n_bins];
        for value in rows.iter().filter_map(|&row| table.number(row)) {
            counts[edges[1..n_bins].partition_point(|edge| *edge <= value)] += 1;
        }
        counts
    };
    let counts: Vec<Vec<usize>> = groups(report).iter().map(row).collect();
    let is_told = |shares: &Value, at: usize| !shares[at].is_null();
    let cells = |r: usize| {
        let shares =
            if r < personas.len() { drawing(&personas[r]).map(|of| of["persona"].clone()) } else { Some(first["everyone"].clone()) };
        (0..n_bins).map(|at| counts[r][at] == 0 || shares.as_ref().is_some_and(|shares| is_told(shares, at))).collect::<Vec<bool>>()
    };
    Some(Known { told: (0..counts.len()).map(cells).collect(), counts })
}

#[test]
fn nothing_that_is_withheld_follows_from_what_is_told() {
    let (mut n_hidden, mut n_withheld_rates) = (0, 0);
    for seed in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let (report, _) = analysed(&sparse(seed), 4, folder.path());
        let json: Value = serde_json::from_str(&export::cards_json(&report)).unwrap();
        let personas = json["personas"].as_array().unwrap();
        for column in ["plan", "region", "job", "app", "churn"] {
            let known = of_levels(&report, personas, column).unwrap_or_else(|| panic!("{column} is in no evidence"));
            n_hidden += known.check(&format!("{seed} {column}"));
        }
        let n_bins: usize = ["spend", "age", "orders"]
            .iter()
            .filter_map(|column| of_bins(&report, personas, column))
            .map(|known| known.check("bins"))
            .sum();
        assert!(n_bins > 0);
        // A drawing of levels has no cell of a few, and neither is what is left of it.
        for persona in personas {
            let n = persona["customers"].as_f64().unwrap();
            for drawing in persona["distributions"].as_array().unwrap().iter().filter(|drawing| drawing["levels"].is_array()) {
                for (shares, n) in [(&drawing["persona"], n), (&drawing["everyone"], 400.0)] {
                    let counts: Vec<usize> =
                        shares.as_array().unwrap().iter().map(|share| (share.as_f64().unwrap() * n).round() as usize).collect();
                    assert!(counts.iter().all(|count| !FEW.contains(count)), "{seed} {}: {counts:?}", drawing["column"]);
                }
            }
        }
        // A sheet withholds the same as the evidence.
        let outcomes = json["sheets"].as_array().unwrap().iter().filter(|sheet| sheet["id"].as_str().unwrap().starts_with("outcome-"));
        for sheet in outcomes {
            let Some(known) = of_levels(&report, personas, "churn") else { continue };
            for part in sheet["parts"].as_array().unwrap() {
                let Some(rows) = part["rows"].as_array() else { continue };
                for (at, row) in rows.iter().enumerate() {
                    let is_told = row[1] != "–";
                    n_withheld_rates += usize::from(!is_told);
                    // "yes" is the last level before those that are not listed.
                    let yes = known.counts[0].len() - 2;
                    assert!(!is_told || known.told[at][yes], "{seed}: {row}");
                }
            }
        }
    }
    assert!(n_hidden > 30 && n_withheld_rates > 1, "{n_hidden} {n_withheld_rates}");
}

#[test]
fn a_kept_selection_leaves_by_the_rules_of_the_other_lists() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "id,email,consent,note,spend\n".to_owned();
    for i in 0..60usize {
        // Customer 8 is customer 9 again, who refused.
        let mail = if i == 8 { 9 } else { i };
        let note = if i == 4 { "=1+1" } else { "fine" };
        let _ = writeln!(csv, "c{i},u{mail}@example.org,{},{note},{}", if i % 3 == 0 { "no" } else { "yes" }, i * 3 % 17);
    }
    let file = folder.path().join("customers.csv");
    std::fs::write(&file, csv).unwrap();
    let loaded = personae::data::source::read(&Source::file(file), &Ctx::new()).unwrap();
    let path = folder.path().join("kept.csv");
    let save = |rows: &[usize], choices: &Choices| export::save_selection(&loaded, rows, choices, &path, &Ctx::new()).unwrap();
    let told = save(&[0, 4, 5, 7, 8, 9], &Choices::default()).unwrap().join(" ");
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(told.contains("3 customers saved") && told.contains("3 customers without consent are left out"), "{told}");
    assert_eq!(saved.lines().map(|line| line.split(',').next().unwrap()).collect::<Vec<_>>(), ["id", "c4", "c5", "c7"], "{saved}");
    assert!(saved.contains("'=1+1") && told.contains("1 cell of kept.csv"), "{saved} {told}");
    let mut choices = Choices { keeps_formulas: true, ..Choices::default() };
    save(&[4], &choices).unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains(",=1+1,"));
    // Nothing is written over where nobody agreed, or the column that is to say so is not there.
    assert!(save(&[0, 3], &choices).unwrap_err().starts_with("Nothing was saved: nobody is left."));
    choices.audience.consent_column = Some("nope".into());
    assert!(save(&[4], &choices).unwrap_err().contains("there is no column \"nope\""));
    assert!(std::fs::read_to_string(&path).unwrap().contains("c4"));
}

#[test]
fn a_group_of_a_few_is_not_called_by_its_level() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "id,workplace,spend,visits\n".to_owned();
    for i in 0..200usize {
        let place = if i % 40 == 7 { "Zebrastiftung" } else { ["Works A", "Works B"][i % 2] };
        let _ = writeln!(csv, "c{i},{place},{},{}", i * 7 % 90, i * 13 % 20);
    }
    let file = folder.path().join("customers.csv");
    std::fs::write(&file, csv).unwrap();
    let mut plan = Plan::new(Source::file(file));
    plan.clustering.method = personae::cluster::Method::Column;
    plan.clustering.groups.column = Some("workplace".into());
    let (report, _) = engine::analyse(&plan, &Wanted::outputs(Outputs::of_export()), &Ctx::new()).unwrap();
    assert_eq!(report.personas.personas.len(), 3);
    let json = export::cards_json(&report);
    assert!(json.contains("Works A") && !json.contains("Zebrastiftung"), "{json}");
}
