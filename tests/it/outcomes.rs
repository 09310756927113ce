//! Does the outcome stand on every front and on a sheet of its own, in every format, with numbers that the rows confirm?

use std::io::{Cursor, Read};

use personae::base::Ctx;
use personae::data::{Role, Source};
use personae::engine::{self, Outputs, SilhouetteWish, Wanted};
use personae::export::pages::{pictures, set};
use personae::export::sheet::SheetPart;
use personae::export::{self, Choices, Paper, Plots, Report};
use personae::session::Plan;

fn report(text: &str, k: usize) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    std::fs::write(&path, text).unwrap();
    let mut plan = Plan::new(Source::file(path));
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to) = (Some(k), k, k);
    let outputs = Outputs { silhouettes: SilhouetteWish::None, personas: true, ..Outputs::default() };
    engine::analyse(&plan, &Wanted::outputs(outputs), &Ctx::new()).unwrap().0
}

fn subscriptions() -> Report {
    report(include_str!("../fixtures/no_levels.csv"), 2)
}

/// Share of each segment, and of everyone, for whom the cell of `column` is `level`; counted here from the rows.
fn shares(report: &Report, column: &str, level: &str) -> Vec<f64> {
    let column = report.loaded.table.column(column).unwrap();
    let n = report.personas.personas.len();
    let share = |is_in: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..report.loaded.table.n_rows).filter(|&row| is_in(row)).collect();
        rows.iter().filter(|&&row| column.text(row) == Some(level)).count() as f64 / rows.len() as f64
    };
    (0..n).map(|persona| share(&|row| report.labels.get(row) == Some(persona))).chain([share(&|_| true)]).collect()
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// "40 %", as people read it.
fn percent(share: f64) -> String {
    if 100.0 * share < 9.95 { format!("{:.1} %", 100.0 * share) } else { format!("{:.0} %", 100.0 * share) }
}

#[test]
fn the_outcome_is_on_every_front_in_every_format() {
    let report = subscriptions();
    let compared = report.personas.attributes.iter().find(|attribute| attribute.column == "churn").unwrap();
    assert_eq!(compared.level.as_deref(), Some("Yes"), "side by side as on the fronts");
    let shares = shares(&report, "churn", "Yes");
    let deck = export::deck(&report, &Plots::default(), &Choices::default());
    let markdown = plain(&export::cards_markdown(&deck));
    let html = plain(&export::cards_html(&report, &Plots::default(), &Choices::default()));
    let json: serde_json::Value = serde_json::from_str(&export::cards_json(&report)).unwrap();
    let bytes = export::slides_pptx(&deck, &report, &Ctx::new()).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> =
        zip.file_names().map(|name| name.unwrap().into_owned()).filter(|name| name.starts_with("ppt/slides/slide")).collect();
    let mut slides = String::new();
    for name in names {
        zip.by_name(&name).unwrap().read_to_string(&mut slides).unwrap();
    }
    let slides = plain(&slides);
    let everyone = percent(*shares.last().unwrap());
    for (persona, share) in report.personas.personas.iter().zip(&shares) {
        let line = format!("Churn {} (all: {everyone})", percent(*share));
        assert_eq!(plain(&persona.outcome_text(&report.noun()).unwrap()), line);
        // Once on the front, once in the overview.
        for (format, text) in [("Markdown", &markdown), ("HTML", &html), ("PPTX", &slides)] {
            let n = text.matches(&line).count();
            assert!(n >= 2, "{format} has {line:?} {n} times");
        }
        let card = deck.cards.iter().find(|card| card.cluster == persona.cluster).unwrap();
        assert_eq!(card.outcome.as_deref().map(plain).as_deref(), Some(line.as_str()));
        let value = &json["personas"][persona.cluster]["outcomes"][0]["text"];
        assert_eq!(value.as_str().map(plain).as_deref(), Some(line.as_str()));
        // What is said to be used on the front is on it.
        for row in card.evidence.iter().filter(|row| row.used == "statement") {
            let lines = card.more.iter().chain(&card.less);
            assert_eq!(lines.filter(|line| line.evidence == Some(row.number)).count(), 1, "{row:?}");
        }
        let used: Vec<&str> = card.evidence.iter().map(|row| row.used.as_str()).filter(|used| *used == "outcome").collect();
        assert_eq!(used.len(), 1);
    }
    for paper in [Paper::A4, Paper::Slide] {
        let pages = set(&deck, &pictures(&report), paper, None).unwrap();
        assert!(pages.note.is_none(), "{:?}", pages.note);
        let topics = pages.sheets.iter().filter(|sheet| sheet.kind == "topic").count();
        assert_eq!(topics, 1, "{:?}", pages.sheets);
    }
}

#[test]
fn a_sheet_tells_the_outcome_by_segment() {
    let report = subscriptions();
    let shares = shares(&report, "churn", "Yes");
    let deck = export::deck(&report, &Plots::default(), &Choices::default());
    let [sheet] = &deck.sheets[..] else { panic!("{:?}", deck.sheets) };
    assert_eq!((sheet.id.as_str(), sheet.title.as_str()), ("outcome-churn", "Churn by segment"));
    let n = report.personas.personas.len();
    let (low, high) = shares[..n].iter().fold((1.0f64, 0.0f64), |(low, high), share| (low.min(*share), high.max(*share)));
    assert_eq!(plain(&sheet.sentences[0]), format!("Churn differs by segment: {} to {}.", percent(low), percent(high)));
    let [SheetPart::Bars(bars), SheetPart::Table(table)] = &sheet.parts[..] else { panic!("{:?}", sheet.parts) };
    assert_eq!((bars.bars.len(), table.rows.len()), (n, n + 1));
    // A sentence calls the segments by their whole names.
    let named =
        |name: &str| report.personas.personas.iter().any(|persona| sheet.sentences[1].contains(&format!("{name} {}", persona.name)));
    assert!(named("lowest in") && named("highest in"), "{}", sheet.sentences[1]);
    for (at, share) in shares.iter().enumerate() {
        assert_eq!(plain(&table.rows[at][1]), percent(*share));
        let customers = if at < n { report.personas.personas[at].n } else { 300 };
        assert_eq!(table.rows[at][3], customers.to_string());
    }
    for bar in &bars.bars {
        let (length, [low, high]) = (bar.length.unwrap(), bar.interval.unwrap());
        assert!(low <= length && length <= high && high <= 1.0, "{bar:?}");
    }
    let [markdown, html] =
        [export::cards_markdown(&deck), export::cards_html(&report, &Plots::default(), &Choices::default())].map(|text| plain(&text));
    assert!(markdown.contains("## Churn by segment") && html.contains("Churn by segment</bdi></h2>"));
    assert!(export::cards_json(&report).contains("\"outcome-churn\""));
}

#[test]
fn few_and_untrusted_values_stay_what_they_are() {
    // One segment of forty of which three left, and a column whose name is markup.
    let mut text = "id,spend,visits,\"<b>*churn*</b>\",ltv\n".to_owned();
    for row in 0..200usize {
        let small = row % 5 == 0;
        let left = if small { row < 15 } else { row % 2 == 1 };
        let spend = if small { 900 + row } else { 10 + row % 7 };
        text +=
            &format!("c{row},{spend},{},{},{}\n", if small { 40 + row % 5 } else { row % 5 }, if left { "Yes" } else { "No" }, spend * 3);
    }
    let report = report(&text, 2);
    let deck = export::deck(&report, &Plots::default(), &Choices::default());
    assert_eq!(deck.sheets.len(), 2);
    let rates = &deck.sheets[0];
    let SheetPart::Table(table) = &rates.parts[1] else { panic!() };
    let told: Vec<&str> = table.rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(&told[..2], ["–", "–"], "three who left are not told, nor what they could be reckoned from: {told:?}");
    assert!(rates.notes.iter().any(|note| note.contains("withheld")));
    let SheetPart::Table(numbers) = &deck.sheets[1].parts[1] else { panic!("{:?}", deck.sheets[1].parts) };
    assert_eq!(
        numbers.columns.iter().map(|column| column.title.as_str()).collect::<Vec<_>>(),
        ["Segment", "Median", "Average", "95 % interval", "Customers"]
    );
    assert_eq!(report.loaded.profile.column("ltv").unwrap().guessed_role, Role::Outcome);
    let html = export::cards_html(&report, &Plots::default(), &Choices::default());
    assert!(!html.contains("<b>*churn*") && !export::cards_markdown(&deck).contains("<b>"));
    let bytes = export::slides_pptx(&deck, &report, &Ctx::new()).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).filter(|name| name.ends_with(".xml")).collect();
    for name in names {
        let mut xml = String::new();
        zip.by_name(&name).unwrap().read_to_string(&mut xml).unwrap();
        resvg::usvg::roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
