//! Who is unusual, by `personae niches`: planted customers are named with the columns that make them so, and nobody is where nobody was planted.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use personae::base::Ctx;
use personae::base::seed::{self, RngExt};
use personae::base::stats::normal_quantile;
use personae::data::Source;
use personae::engine::{self, Outputs, Wanted};
use personae::export::sheet::SheetPart;
use personae::export::{self, Choices, Plots, pages};
use personae::persona::RowSet;
use personae::session::{NicheCard, Plan};
use serde_json::Value;

fn personae(folder: &Path, threads: &str, args: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).env("RAYON_NUM_THREADS", threads).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Three round groups of 400 customers, and `planted` who spend far more than anybody of their group, each by another amount.
pub(crate) fn shop(planted: usize) -> String {
    let mut random = seed::random(7, 1);
    let mut normal = || normal_quantile(random.random_range(f64::EPSILON..1.0));
    let mut text = "id,spend,visits,age,items,channel\n".to_owned();
    for row in 0..1200 + planted {
        let group = row % 3;
        let at = [[20.0, 2.0, 30.0, 5.0], [200.0, 60.0, 50.0, 9.0], [90.0, 30.0, 70.0, 20.0]][group];
        let mut values: Vec<f64> = at.iter().zip([8.0, 3.0, 4.0, 1.0]).map(|(mean, sd)| mean + sd * normal()).collect();
        if row >= 1200 {
            let nth = row - 1200;
            values[nth % 4] += [8.0, 3.0, 4.0, 1.0][nth % 4] * (18.0 + 6.0 * nth as f64);
        }
        let channel = ["web", "app", "shop"][group];
        writeln!(text, "{row},{:.3},{:.3},{:.3},{:.3},{channel}", values[0], values[1], values[2], values[3]).unwrap();
    }
    text
}

fn run(planted: usize, threads: &str, more: &[&str]) -> (Vec<Vec<String>>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), shop(planted)).unwrap();
    let args = ["niches", "shop.csv", "--k", "3", "--silhouette", "none", "--out", "unusual.csv", "--report", "niches.json"];
    let (code, out, err) = personae(folder.path(), threads, &[&args[..], more].concat());
    assert_eq!(code, 0, "{out}{err}");
    let csv = std::fs::read_to_string(folder.path().join("unusual.csv")).unwrap();
    // No cell here has a comma but the reasons, which are quoted.
    let row = |line: &str| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                letter => cells.last_mut().unwrap().push(letter),
            }
        }
        cells
    };
    let report = std::fs::read_to_string(folder.path().join("niches.json")).unwrap();
    (csv.lines().map(row).collect(), serde_json::from_str(&report).unwrap(), out)
}

#[test]
fn planted_customers_stand_out_and_say_why() {
    let (rows, report, said) = run(8, "2", &[]);
    let names = [
        "persona",
        "persona_name",
        "lof",
        "isolation",
        "isolation_se",
        "glosh",
        "unusual",
        "is_unusual",
        "reason_1",
        "reason_2",
        "reason_3",
    ];
    assert_eq!(rows[0][6..], names);
    let unusual: Vec<usize> = (1..rows.len()).filter(|&at| rows[at][13] == "1").collect();
    let planted = unusual.iter().filter(|&&at| at > 1200).count();
    assert!(planted >= 6, "{planted} of 8: {said}");
    assert!(unusual.len() - planted <= 2, "{unusual:?}");
    assert_eq!(report["real"], unusual.len());
    let (real, expected, excess) =
        (report["real"].as_f64().unwrap(), report["expected"].as_f64().unwrap(), report["excess"].as_f64().unwrap());
    assert!(expected <= 0.1 * real && (excess - (real - expected)).abs() < 1e-9);
    for seconds in ["neighbours", "lof", "forest", "expected", "total"] {
        assert!(report["seconds"][seconds].as_f64().unwrap() >= 0.0, "{seconds}");
    }
    // A reason is the column in which they were planted, the first but where that made them more like another persona.
    for &at in unusual.iter().filter(|&&at| at > 1200) {
        let column = ["Spend", "Visits", "Age", "Items"][(at - 1201) % 4];
        assert!(rows[at][14..17].iter().any(|reason| reason.starts_with(column)), "{:?}", rows[at]);
    }
    assert!(said.contains("stand out"), "{said}");
    assert!(rows[1..].iter().all(|row| (0.0..=1.0).contains(&row[12].parse::<f64>().unwrap())));
}

#[test]
fn how_surely_each_customer_belongs_leaves_as_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    // One customer half way between the first two groups.
    std::fs::write(folder.path().join("shop.csv"), shop(0) + "half,110,31,40,7,web\n").unwrap();
    let files = ["--out", "unusual.csv", "--belonging", "belonging.csv", "--report", "niches.json"];
    let (code, out, err) =
        personae(folder.path(), "2", &[&["niches", "shop.csv", "--k", "3", "--silhouette", "none"][..], &files].concat());
    assert_eq!(code, 0, "{out}{err}");
    let csv = std::fs::read_to_string(folder.path().join("belonging.csv")).unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let names = ["persona", "persona_name", "sureness", "next_persona", "next_persona_name", "next_sureness", "is_between"];
    assert_eq!(rows[0][6..], names);
    let between = rows[1..].iter().filter(|row| row[12] == "1").count();
    for row in &rows[1..] {
        let (own, next): (f64, f64) = (row[8].parse().unwrap(), row[11].parse().unwrap());
        assert!((0.0..=1.0).contains(&own) && next >= 0.0 && own + next <= 1.0 + 1e-9 && row[6] != row[9], "{row:?}");
    }
    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("niches.json")).unwrap()).unwrap();
    let belonging = &report["belonging"];
    assert!(belonging["agreement"].as_f64().unwrap() > 0.98 && belonging["between"] == between, "{belonging}");
    assert_eq!(report["bic"]["groups"], 3, "{}", report["bic"]);
    assert!(out.contains(belonging["sentence"].as_str().unwrap()), "{out}");
    // Two threads say what one says.
    std::fs::rename(folder.path().join("belonging.csv"), folder.path().join("two.csv")).unwrap();
    personae(folder.path(), "1", &[&["niches", "shop.csv", "--k", "3", "--silhouette", "none"][..], &files].concat());
    assert_eq!(std::fs::read(folder.path().join("two.csv")).unwrap(), std::fs::read(folder.path().join("belonging.csv")).unwrap());
    // One segment is one sentence.
    let one = ["niches", "shop.csv", "--k", "1", "--silhouette", "none", "--out", "u.csv", "--belonging", "b.csv", "--quiet"];
    let (code, _, err) = personae(folder.path(), "2", &one);
    assert!(code == 1 && err.trim_end().lines().count() == 1 && err.contains("b.csv was not written"), "{err}");
}

#[test]
fn nobody_is_an_answer() {
    let (rows, report, said) = run(0, "2", &[]);
    assert!(said.contains("Nobody stands out beyond doubt"), "{said}");
    assert_eq!((report["real"].as_u64(), report["threshold"].is_null()), (Some(0), true));
    assert!(rows[1..].iter().all(|row| row[13] == "0" && row[14].is_empty()));
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let (one, two) = (run(8, "1", &["--trees", "100"]), run(8, "2", &["--trees", "100"]));
    assert!(one.0 == two.0);
    assert_eq!(one.1["trees"], 100);
    assert_eq!(one.1["threshold"], two.1["threshold"]);
    // Fewer trees or neighbours are other numbers.
    let other = run(8, "2", &["--neighbors", "5,9"]);
    assert_eq!(other.1["neighbors"], serde_json::json!([5, 9]));
    assert!(other.0[1][8] != two.0[1][8]);
}

#[test]
fn too_few_customers_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("few.csv"), "a,b\n1,2\n2,1\n3,9\n4,4\n5,5\n6,6\n7,1\n8,8\n").unwrap();
    let (code, out, err) = personae(folder.path(), "2", &["niches", "few.csv", "--k", "2", "--out", "u.csv", "--report", "n.json"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("too few to compare each with 10 others"), "{out}");
    std::fs::write(folder.path().join("same.csv"), "a,b\n1,2\n1,2\n1,2\n1,2\n").unwrap();
    let (code, _, err) = personae(folder.path(), "2", &["niches", "same.csv", "--k", "1", "--out", "u2.csv", "--quiet"]);
    assert!(code == 1 && err.trim_end().lines().count() == 1, "{err}");
}

/// Three segments of customers; inside the second, where `has_need` says so, a heap of 64 who leave and complain far more often than the others of it.
pub(crate) fn shop_with_niche(has_need: bool) -> String {
    let mut random = seed::random(3, 5);
    let mut text = "id,spend,visits,age,items,churned,complaints\n".to_owned();
    for row in 0..1_600usize {
        let z: Vec<f64> = (0..5).map(|_| normal_quantile(random.random_range(f64::EPSILON..1.0))).collect();
        let is_niche = row % 3 == 1 && row < 3 * 64;
        let [spend, visits, age, items] = match row % 3 {
            _ if is_niche => [200.0 + 3.0 * z[0], 30.0 + z[1], 34.0 + z[2], 9.0 + 0.4 * z[3]],
            0 => [20.0 + 8.0 * z[0], 2.0 + 3.0 * z[1], 30.0 + 4.0 * z[2], 5.0 + z[3]],
            1 => [200.0 + 8.0 * z[0], 60.0 + 3.0 * z[1], 50.0 + 4.0 * z[2], 9.0 + z[3]],
            _ => [90.0 + 8.0 * z[0], 30.0 + 3.0 * z[1], 70.0 + 4.0 * z[2], 20.0 + z[3]],
        };
        let often = is_niche && has_need;
        let churned = random.random_range(0.0..1.0) < if often { 0.7 } else { 0.15 };
        let complaints = (if often { 4.0 } else { 1.0 } * -random.random_range(f64::EPSILON..1.0f64).ln()).round();
        let churned = if churned { "yes" } else { "no" };
        writeln!(text, "{row},{spend:.3},{visits:.3},{age:.3},{items:.3},{churned},{complaints}").unwrap();
    }
    text
}

fn niches(text: &str, threads: &str) -> (Vec<Vec<String>>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), text).unwrap();
    let args =
        ["niches", "shop.csv", "--k", "3", "--silhouette", "none", "--trees", "100", "--out", "unusual.csv", "--report", "niches.json"];
    let (code, out, err) = personae(folder.path(), threads, &args);
    assert_eq!(code, 0, "{out}{err}");
    let csv = std::fs::read_to_string(folder.path().join("unusual.csv")).unwrap();
    let report = std::fs::read_to_string(folder.path().join("niches.json")).unwrap();
    let rows = csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    (rows, serde_json::from_str(&report).unwrap(), out)
}

#[test]
fn a_planted_niche_is_told_with_its_segment_its_need_and_how_it_was_confirmed() {
    let (rows, report, said) = niches(&shop_with_niche(true), "2");
    let found = report["niches"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{said}");
    let niche = &found[0];
    let customers = niche["customers"].as_u64().unwrap();
    assert!((55..=75).contains(&customers), "{customers}");
    assert!(["churned", "complaints"].contains(&niche["need"]["column"].as_str().unwrap()), "{niche}");
    assert!(niche["need"]["index"].as_f64().unwrap() >= 150.0);
    let low = niche["need"]["interval_on_other_half"][0].as_f64().unwrap();
    assert!(low > 0.2 && !niche["rule"].as_array().unwrap().is_empty(), "{niche}");
    assert!(niche["jaccard"].as_f64().unwrap() >= 0.75 && niche["on_other_half"]["customers"].as_u64().unwrap() > 20);
    let search = &report["niche_search"];
    let alike = search["same_customers_as_a_niche"].as_u64().unwrap();
    let failed: u64 = search["failed"].as_array().unwrap().iter().map(|of| of["candidates"].as_u64().unwrap()).sum();
    assert_eq!(search["tried"].as_u64().unwrap(), 1 + alike + failed);
    assert!(said.contains("candidates tried, 1 confirmed.") && said.contains("part of C"), "{said}");
    // The column comes after all others, and the planted have it.
    let last = rows[0].len() - 1;
    assert_eq!((rows[0][last].as_str(), rows[0][last - 1].as_str()), ("niche", "reason_3"));
    let planted = |row: usize| row % 3 == 1 && row < 3 * 64;
    let marked: Vec<usize> = (0..1_600).filter(|row| rows[row + 1].last().unwrap() == "1").collect();
    assert_eq!(marked.len() as u64, customers);
    assert!(marked.iter().filter(|&&row| planted(row)).count() >= 55);
    let again = niches(&shop_with_niche(true), "1");
    assert!(again.0 == rows && again.1["niches"] == report["niches"], "any number of threads");
}

#[test]
fn without_a_need_none_is_confirmed_and_without_a_column_of_needs_nobody_can_look() {
    let (rows, report, said) = niches(&shop_with_niche(false), "2");
    assert!(report["niches"].as_array().unwrap().is_empty() && said.contains("none confirmed"), "{said}");
    assert_eq!(rows[0].last().unwrap(), "reason_3");
    let without: String = shop_with_niche(true).lines().map(|line| line.split(',').take(5).collect::<Vec<_>>().join(",") + "\n").collect();
    let (_, report, said) = niches(&without, "2");
    assert!(report["niches"].as_array().unwrap().is_empty());
    assert!(said.contains("give a column the role Outcome on the Prepare page"), "{said}");
}

#[test]
fn a_niche_card_is_in_every_export_until_its_niche_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.csv");
    std::fs::write(&path, shop_with_niche(true)).unwrap();
    let mut plan = Plan::new(Source::file(path));
    plan.clustering.kmeans.k = Some(3);
    plan.niches.trees = 100;
    let analysed = |plan: &Plan, outputs: Outputs| engine::analyse(plan, &Wanted::outputs(outputs), &Ctx::new()).unwrap().0;
    let report = analysed(&plan, Outputs { unusual: true, personas: true, ..Outputs::default() });
    let niches = report.niches.clone().unwrap().outcome.unwrap();
    let niche = &niches.niches[0];
    let members = RowSet::new(niche.table_rows.iter().copied());
    plan.niches.cards = vec![NicheCard { name: Some("Quiet Leavers".into()), members }];

    let report = analysed(&plan, Outputs::of_export());
    let deck = export::deck(&report, &Plots::default(), &Choices::default());
    assert_eq!(deck.sheets[0].title, "Quiet Leavers");
    let html = export::cards_html(&report, &Plots::default(), &Choices::default());
    assert!(html.contains("topic niche") && html.contains("dashed") && html.contains("part of C"), "a dashed band, part of its segment");
    let (markdown, json) = (export::cards_markdown(&deck), export::cards_json(&report));
    for text in [&markdown, &json] {
        assert!(text.contains("Quiet Leavers") && text.contains("part of C"));
    }
    let slides = export::slides_pptx(&deck, &report, &Ctx::new()).unwrap();
    assert!(crate::slides::parts(&slides).0.values().any(|part| part.contains("Quiet Leavers")));
    let pages = pages::set(&deck, &pages::pictures(&report), Choices::default().paper, None).unwrap();
    assert!(pages.note.is_none() && pages.sheets.iter().any(|sheet| format!("{sheet:?}").contains("Quiet Leavers")));
    // Nothing on it tells of one to nine customers, and the table holds the need first.
    let SheetPart::Table(table) = &deck.sheets[0].parts[0] else { panic!("a table") };
    assert!(table.rows[0][0].starts_with("Need: ") && table.rows.len() > 1);

    // Other customers in the place of these: the niche of the card is not there.
    plan.niches.cards[0].members = RowSet::new(0..60);
    let report = analysed(&plan, Outputs::of_export());
    assert!(export::deck(&report, &Plots::default(), &Choices::default()).sheets.iter().all(|sheet| sheet.band.is_none()));
    assert!(report.notes.iter().any(|note| note.contains("One niche card is left out")));
}
