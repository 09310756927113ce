//! What columns, levels and rows are called: is it said wherever they are, in every format, and nothing else changed by it?

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use egui_kittest::kittest::{NodeT, Queryable};
use personae::base::Ctx;
use personae::data::{Dictionary, Noun, RevenueChoice, Source};
use personae::engine::{self, Answer, Answers, Outputs, SilhouetteWish, Wanted};
use personae::export::{self, Choices, Format, Plots, Report};
use personae::session::{Command, History, MergeKey, Plan, Project, project};
use personae::ui;

use super::data_page::{open, pushed, shop};

/// A coded survey: two columns of codes with a name nobody says, and one of marks.
pub const SURVEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/words/survey.csv");

/// What somebody who knows the survey would call things.
pub fn survey_words() -> Dictionary {
    let mut words = Dictionary::default();
    words.set_label("mkoopkla", "Purchasing power");
    words.set_label("satisf", "Satisfaction");
    words.set_label("contact", "Preferred contact");
    words.set_label("monthly_fee_cd", "Monthly fee");
    words.set_unit("monthly_fee_cd", "EUR");
    for (level, label) in [("1", "Modest"), ("2", "Below average"), ("3", "Average"), ("4", "Above average"), ("5", "Wealthy")] {
        words.set_level("mkoopkla", level, label);
    }
    for (level, label) in [("1", "Very satisfied"), ("2", "Satisfied"), ("3", "Neutral"), ("4", "Dissatisfied"), ("5", "Very dissatisfied")]
    {
        words.set_level("satisf", level, label);
    }
    for (level, label) in [("1", "By phone"), ("2", "By letter"), ("3", "Online chat")] {
        words.set_level("contact", level, label);
    }
    words
}

fn analysed(path: &str, k: usize, words: &Dictionary) -> (Report, Plots) {
    let mut plan = Plan::new(Source::file(path));
    plan.dictionary = Arc::new(words.clone());
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to, plan.clustering.kmeans.restarts) = (Some(k), k, k, 3);
    let outputs = Outputs { personas: true, explained: true, plots: true, silhouettes: SilhouetteWish::None, ..Outputs::default() };
    engine::analyse(&plan, &Wanted::outputs(outputs), &Ctx::new()).unwrap()
}

/// Every file of an export as text; those in a zip one after the other.
fn exported(report: &Report, plots: &Plots, formats: &[Format]) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let written = export::write_all(report, plots, &Choices::of(formats), folder.path(), &Ctx::new()).unwrap();
    let text = |file: &export::WrittenFile| {
        let bytes = std::fs::read(&file.path).unwrap();
        let name = file.path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes.clone())) else {
            return (name, String::from_utf8_lossy(&bytes).into_owned());
        };
        let mut all = String::new();
        for at in 0..zip.len() {
            let mut part = Vec::new();
            zip.by_index(at).unwrap().read_to_end(&mut part).unwrap();
            all.push_str(&String::from_utf8_lossy(&part));
        }
        (name, all)
    };
    written.files.iter().map(text).collect()
}

#[test]
fn the_cards_of_a_coded_survey_speak_words() {
    let (report, _) = analysed(SURVEY, 3, &survey_words());
    let said: String = report
        .personas
        .personas
        .iter()
        .flat_map(|persona| {
            let lines = persona.statements.iter().map(|line| format!("{} {} {}", line.text, line.value, line.everyone));
            [persona.name.clone(), persona.summary.clone()].into_iter().chain(lines).collect::<Vec<_>>()
        })
        .collect::<Vec<_>>()
        .join("\n");
    for word in ["Very satisfied", "Wealthy", "monthly fee", "EUR"] {
        assert!(said.contains(word), "{word} is said nowhere:\n{said}");
    }
    for code in ["koopkla", "satisf ", "fee_cd", "fee cd", "Low Satisf", "High Satisf"] {
        assert!(!said.to_lowercase().contains(&code.to_lowercase()), "{code} is still said:\n{said}");
    }
    let (bare, _) = analysed(SURVEY, 3, &Dictionary::default());
    assert_eq!(bare.labels, report.labels, "words group nobody otherwise");
}

#[test]
fn labels_are_in_every_format_and_escaped() {
    let mut words = survey_words();
    words.set_label("monthly_fee_cd", "Fee <b>& \"extras\"</b>");
    words.set_label("visits", "Branch visits");
    words.set_level("satisf", "1", "<script>1</script>");
    words.set_noun(Noun::written("panellists"));
    let (report, plots) = analysed(SURVEY, 3, &words);
    let formats = [Format::Html, Format::Json, Format::Markdown, Format::Pptx, Format::Csv];
    let files = exported(&report, &plots, &formats);
    let find = |end: &str| files.iter().find(|(name, _)| name.ends_with(end)).map(|(_, text)| text).unwrap();
    let (html, markdown, slides, json, csv) = (find(".html"), find(".md"), find(".pptx"), find("personas.json"), find(".csv"));
    for (name, text) in [("html", html), ("md", markdown), ("pptx", slides)] {
        assert!(text.contains("Branch visits") || text.contains("branch visits"), "{name} lacks a label");
        assert!(!text.contains("<b>& ") && !text.contains("<script>1"), "{name} has a label as markup");
        assert!(!text.contains("monthly_fee_cd") && !text.contains("mkoopkla"), "{name} shows a column's own name");
        assert!(text.contains("anellists") && !text.contains(" customers"), "{name} speaks of customers");
    }
    assert!(html.contains("Fee &lt;b&gt;&amp; &quot;extras&quot;&lt;/b&gt;"));
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let column = json["columns"].as_array().unwrap().iter().find(|column| column["column"] == "monthly_fee_cd").unwrap();
    assert_eq!((column["label"].as_str(), column["unit"].as_str()), (Some("Fee <b>& \"extras\"</b>"), Some("EUR")));
    let rows = json["personas"].as_array().unwrap().iter().flat_map(|persona| persona["evidence"].as_array().unwrap());
    let coded = rows.clone().find(|row| row["column"] == "satisf" && row["level"] == "1").unwrap();
    assert_eq!((coded["label"].as_str(), coded["level_label"].as_str()), (Some("Satisfaction"), Some("<script>1</script>")));
    assert_eq!(json["noun"]["many"], "panellists");
    assert!(csv.starts_with("respondent_id,mkoopkla,satisf,contact,monthly_fee_cd,visits"), "the data keep their own names");
}

#[test]
fn labels_are_on_pages_and_in_plots() {
    let mut words = survey_words();
    words.set_label("visits", "Branch visits");
    let mut plan = Plan::new(Source::file(SURVEY));
    plan.dictionary = Arc::new(words);
    plan.clustering.kmeans.k = Some(3);
    let outputs = Outputs { personas: true, plots: true, silhouettes: SilhouetteWish::None, ..Outputs::default() };
    let axes = (personae::plot::MapAxis::Column("visits".into()), personae::plot::MapAxis::Column("monthly_fee_cd".into()));
    let wanted = Wanted { map_axes: axes, ..Wanted::outputs(outputs) };
    let (report, plots) = engine::analyse(&plan, &wanted, &Ctx::new()).unwrap();
    let map = plots.map.as_ref().unwrap();
    assert_eq!((map.x_name.as_str(), map.y_name.as_str()), ("Branch visits", "Monthly fee (EUR)"));
    let files = exported(&report, &plots, &[Format::Svg]);
    assert!(files.values().any(|svg| svg.contains("Branch visits") && svg.contains("Map of the respondents")), "{:?}", files.keys());
    let deck = export::deck(&report, &plots, &Choices::default());
    let text = serde_json::to_string(&deck).unwrap();
    assert!(text.contains("Branch visits") && !text.contains("mkoopkla") && !text.contains("monthly_fee_cd"), "{text}");
}

#[test]
fn words_change_no_number() {
    let mut words = Dictionary::default();
    for (column, label) in [("monthly_fee_cd", "Was man zahlt"), ("visits", "Times they came"), ("satisf", "Mood")] {
        words.set_label(column, label);
        words.set_unit(column, "xyz");
    }
    words.set_noun(Noun::written("members"));
    let (said, _) = analysed(SURVEY, 3, &words);
    let (bare, _) = analysed(SURVEY, 3, &Dictionary::default());
    let numbers = |report: &Report| -> Vec<(String, Option<String>, [u64; 4])> {
        let rows = report.personas.personas.iter().flat_map(|persona| &persona.evidence);
        let of = |value: f64| value.to_bits();
        let row = |row: &personae::persona::Evidence| [of(row.persona), of(row.everyone), of(row.effect), of(row.v_test)];
        rows.map(|evidence| (evidence.column.clone(), evidence.level.clone(), row(evidence))).collect()
    };
    assert_eq!(numbers(&said), numbers(&bare));
    assert_eq!(said.labels, bare.labels);
    // A unit of percent says what the numbers stand for, as one in the cells does.
    let mut percent = Dictionary::default();
    percent.set_unit("monthly_fee_cd", "%");
    let (percent, _) = analysed(SURVEY, 3, &percent);
    let ratio = |report: &Report| report.personas.personas.iter().any(|persona| persona.summary.contains("x the monthly fee"));
    assert!(!ratio(&percent));
}

#[test]
fn a_change_of_words_is_one_step_and_survives_the_project() {
    let mut plan = Plan::new(Source::file(SURVEY));
    let mut history = History::new(plan.clone());
    Arc::make_mut(&mut plan.dictionary).set_label("visits", "Branch visits");
    history.push(plan.clone(), MergeKey::while_held(history.plan(), &plan));
    Arc::make_mut(&mut plan.dictionary).set_unit("visits", "times");
    history.push(plan.clone(), MergeKey::while_held(history.plan(), &plan));
    assert_eq!(history.undo().unwrap().dictionary.label("visits"), Some("Branch visits"));
    assert!(history.undo().unwrap().dictionary.is_empty() && !history.can_undo());
    assert_eq!(history.redo().and_then(|plan| plan.dictionary.own_unit("visits")), None);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("survey.personae");
    // A label of a column that the data no longer have is kept, and shows nowhere.
    Arc::make_mut(&mut plan.dictionary).set_label("gone", "Long gone");
    Arc::make_mut(&mut plan.dictionary).set_noun(Noun::written("members"));
    plan.clustering.kmeans.k = Some(3);
    project::save(&file, &Project { plan: plan.clone(), ..Project::default() }).unwrap();
    let opened = project::open(&file).unwrap().project.plan;
    assert_eq!(opened.dictionary, plan.dictionary);
    let outputs = Outputs { personas: true, silhouettes: SilhouetteWish::None, ..Outputs::default() };
    let (report, plots) = engine::analyse(&opened, &Wanted::outputs(outputs), &Ctx::new()).unwrap();
    assert!(exported(&report, &plots, &[Format::Html, Format::Json]).values().all(|text| !text.contains("Long gone")));
    // Projects from before know nothing of words.
    let text = std::fs::read_to_string(&file).unwrap();
    let mut old: serde_json::Value = serde_json::from_str(&text).unwrap();
    old["plan"].as_object_mut().unwrap().remove("dictionary").unwrap();
    std::fs::write(&file, old.to_string()).unwrap();
    assert!(project::open(&file).unwrap().project.plan.dictionary.is_empty());
}

#[test]
fn rows_are_what_the_user_says() {
    let mut words = Dictionary::default();
    words.set_noun(Noun::written("households"));
    let (report, _) = analysed(SURVEY, 3, &words);
    let personas = &report.personas;
    assert!(personas.personas.iter().all(|persona| persona.summary.contains(" households (")), "{:?}", personas.personas[0].summary);
    assert!(personas.personas.iter().all(|persona| !persona.name.contains("Customers") && !persona.name.contains("Respondents")));
    let (bare, _) = analysed(SURVEY, 3, &Dictionary::default());
    assert!(bare.personas.personas.iter().all(|persona| persona.summary.contains(" respondents (")));
}

#[test]
fn a_tick_says_whose_sum_is_revenue() {
    let answers = Answers { loaded: Answer::Ready(Arc::new(shop())), ..Answers::default() };
    let mut page = open(ui::data_page::ui, Plan::default(), answers);
    page.state_mut().look.column = Some("income".into());
    page.run();
    for expected in [RevenueChoice::Column("income".into()), RevenueChoice::None] {
        page.get_by_label("The sum of income is revenue").click();
        page.run();
        let commands = pushed(&page);
        let [Command::Call(words)] = &commands[..] else { panic!("{commands:?}") };
        assert_eq!(words.revenue(), Some(&expected));
        let read: Dictionary = serde_json::from_str(&serde_json::to_string(&**words).unwrap()).unwrap();
        assert_eq!(read, **words);
        page.state_mut().plan.dictionary = words.clone();
        page.run();
    }
    page.state_mut().look.column = Some("channel".into());
    page.run();
    assert!(page.query_by_label("The sum of channel is revenue").is_none(), "words have no sum");
}

#[test]
fn a_field_is_one_step_and_esc_gives_the_old_text_back() {
    let answers = Answers { loaded: Answer::Ready(Arc::new(shop())), ..Answers::default() };
    let mut page = open(ui::data_page::ui, Plan::default(), answers);
    page.state_mut().look.column = Some("income".into());
    page.run();
    let written = |page: &mut egui_kittest::Harness<'static, super::data_page::Stage>, field: &str, text: &str, key: eframe::egui::Key| {
        page.get_by_label(field).focus();
        page.run();
        page.get_by_label(field).type_text(text);
        page.run();
        assert!(pushed(page).is_empty(), "nothing is said while it is written");
        page.key_press(key);
        page.run();
        pushed(page)
    };
    let field = "Shown as, for income";
    assert!(written(&mut page, field, "Net pay", eframe::egui::Key::Escape).is_empty(), "Esc gives it back");
    let commands = written(&mut page, field, "Net pay", eframe::egui::Key::Tab);
    let [Command::Call(words)] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!(words.label("income"), Some("Net pay"));
    page.state_mut().plan.dictionary = words.clone();
    page.run();
    assert!(page.query_all_by_label("Net pay").next().is_some(), "the head of the table says so");
    let commands = written(&mut page, "Unit of income", "EUR", eframe::egui::Key::Enter);
    let [Command::Call(words)] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!((words.label("income"), words.own_unit("income")), (Some("Net pay"), Some("EUR")));
    page.state_mut().look.column = Some("channel".into());
    page.run();
    let commands = written(&mut page, "Label of web in channel", "Online shop", eframe::egui::Key::Tab);
    let [Command::Call(words)] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!(words.level("channel", "web"), "Online shop");
    assert!(page.get_by_label("Label of store in channel").accesskit_node().is_focused(), "Tab goes to the next level");
}
