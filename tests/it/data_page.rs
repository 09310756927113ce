//! Does the Data page show what was read, and does every gesture push the command it stands for?

use std::sync::{Arc, Mutex};

use eframe::egui::{Ui, Vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use personae::base::{Key, Note, Progress};
use personae::data::profile::{Levels, NumericSummary};
use personae::data::{Column, ColumnProfile, Kind, Loaded, Profile, ReadAs, Role, Source, Table, Texts, Values};
use personae::engine::{Answer, Answers, Problem};
use personae::plot::Picked;
use personae::session::{Action, Brush, Command, Look, Page, Plan};
use personae::ui;

/// Three customers: a number with one wrong cell, a category and an identifier.
pub fn shop() -> Loaded {
    let original = Texts::collect([Some("€ 30.000,00"), Some("on request"), Some("€ 50.000,00")]);
    let income = Values::Number(vec![30_000.0, f64::NAN, 50_000.0].into());
    let text = |cells: [&str; 3]| Values::Text(Texts::collect(cells.map(Some)));
    let column = |name: &str, values: Values, unit: Option<&str>, original: Option<Texts>| Column {
        name: name.into(),
        values,
        unit: unit.map(str::to_owned),
        original,
    };
    let columns = vec![
        column("customer", text(["a", "b", "c"]), None, None),
        column("income", income, Some("€"), Some(original)),
        column("channel", text(["web", "web", "store"]), None, None),
    ];
    let profile = |name: &str, kind: Kind, n_missing: usize, role: Role| ColumnProfile {
        name: name.into(),
        kind,
        n_missing,
        missing_share: n_missing as f64 / 3.0,
        n_distinct: 2,
        numeric: None,
        levels: None,
        histogram: vec![1, 2],
        guessed_role: role,
        guess_reason: format!("“{name}” says so."),
    };
    let (min, max, middle) = (30_000.0, 50_000.0, 40_000.0);
    let numeric = NumericSummary {
        min,
        q1: 35_000.0,
        median: middle,
        q3: 45_000.0,
        max,
        mean: middle,
        sd: 10_000.0,
        skewness: 0.0,
        whole: true,
        codes: Vec::new(),
    };
    let levels = Levels { names: vec!["web".into(), "store".into()], counts: vec![2, 1], codes: vec![0, 0, 1] };
    let profiles = vec![
        profile("customer", Kind::Text, 0, Role::Identifier),
        ColumnProfile { numeric: Some(numeric), ..profile("income", Kind::Number, 1, Role::Demographic) },
        ColumnProfile { levels: Some(Arc::new(levels)), ..profile("channel", Kind::Text, 0, Role::Behavioural) },
    ];
    Loaded {
        title: "shop.csv".into(),
        table: Table { columns, n_rows: 3 },
        profile: Profile { columns: profiles },
        notes: vec![Note::new("1 cell of income holds no number; it counts as missing.")],
        stamp: Key::of_bytes(b"shop"),
        is_listing: false,
        sheets: vec![],
    }
}

/// A page under test: what it is given, and the commands it pushed.
pub struct Stage {
    pub plan: Plan,
    pub answers: Answers,
    pub look: Look,
    pub commands: Arc<Mutex<Vec<Command>>>,
}

type PageUi = fn(&mut Ui, &Plan, &Answers, &mut Look, &mut Vec<Command>);

/// Opens `page` in a window of 1280 x 720. Every settled frame checks that each input has an accessible name.
pub fn open(page: PageUi, plan: Plan, answers: Answers) -> Harness<'static, Stage> {
    let stage = Stage { plan, answers, look: Look::default(), commands: Arc::default() };
    let mut themed = false;
    let show = move |ui: &mut Ui, stage: &mut Stage| {
        if !themed {
            ui::theme::install(ui.ctx());
            themed = true;
            // The fonts are there from the next frame on.
            return;
        }
        let mut commands = Vec::new();
        page(ui, &stage.plan, &stage.answers, &mut stage.look, &mut commands);
        if let Ok(mut all) = stage.commands.lock() {
            all.extend(commands);
        }
    };
    let mut harness = Harness::builder().with_size(Vec2::new(1280.0, 720.0)).build_ui_state(show, stage);
    harness.run();
    harness
}

/// What was pushed since the last look.
pub fn pushed(harness: &Harness<'_, Stage>) -> Vec<Command> {
    harness.state().commands.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
}

fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label_contains(label).click();
    harness.run();
}

fn with_shop() -> Harness<'static, Stage> {
    let answers = Answers { loaded: Answer::Ready(Arc::new(shop())), ..Answers::default() };
    open(ui::data_page::ui, Plan::default(), answers)
}

#[test]
fn it_says_what_was_read() {
    let harness = with_shop();
    for text in ["shop.csv", "3 rows × 3 columns", "€\u{202f}30\u{202f}000 – 50\u{202f}000", "on request", "Standard deviation"] {
        assert!(harness.query_all_by_label_contains(text).next().is_some(), "{text}");
    }
}

#[test]
fn a_changed_role_is_pushed() {
    let mut harness = with_shop();
    click(&mut harness, "Role of income: Demographic");
    harness.get_by_label("Sensitive").click();
    harness.run();
    let mut preparation = Plan::default().preparation;
    preparation.roles.insert("income".into(), Role::Sensitive);
    assert_eq!(pushed(&harness), [Command::Prepare(preparation.clone())]);

    harness.state_mut().plan.preparation = preparation;
    harness.run();
    click(&mut harness, "Guess the role of income again");
    assert_eq!(pushed(&harness), [Command::Prepare(Plan::default().preparation)], "a role taken back leaves no trace");
}

#[test]
fn a_column_is_told_more_of() {
    let mut harness = with_shop();
    click(&mut harness, "Show channel");
    assert_eq!(harness.state().look.column.as_deref(), Some("channel"));
    harness.get_by_label("Text with a few levels");
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::ColumnHeader, "Income").click();
    harness.run();
    assert_eq!(harness.state().look.column.as_deref(), Some("income"));
    assert_eq!(pushed(&harness), []);
}

#[test]
fn the_keys_pick_rows_and_the_picked_are_listed_alone() {
    use eframe::egui::Key::{ArrowDown, ArrowUp, Enter, Space};
    let mut harness = with_shop();
    let stamp = shop().stamp;
    let press = |harness: &mut Harness<'_, Stage>, keys: &[eframe::egui::Key]| {
        for key in keys {
            harness.key_press(*key);
            harness.run();
        }
    };
    press(&mut harness, &[ArrowDown, ArrowDown, ArrowDown, ArrowDown, ArrowUp, Space]);
    assert_eq!(harness.state().look.brush, Some(Brush::rows(stamp, [1], "row in the table")), "the last row is the end");
    harness.state_mut().answers.brush.picked = Some(Arc::new(Picked::new(3, [1])));
    press(&mut harness, &[ArrowUp, Enter]);
    assert_eq!(harness.state().look.brush, Some(Brush::rows(stamp, [0, 1], "choice of rows in the table")));

    harness.state_mut().answers.brush.picked = Some(Arc::new(Picked::new(3, [0, 2])));
    harness.run();
    click(&mut harness, "Only selected customers (2)");
    let row = |name: &str| harness.query_by_role_and_label(eframe::egui::accesskit::Role::Row, name).is_some();
    assert!(row("Row 1") && !row("Row 2") && row("Row 3"));
    harness.state_mut().look.brush = None;
    harness.run();
    assert!(!harness.state().look.only_picked, "nobody is picked, everyone is listed");
    assert!(harness.query_by_role_and_label(eframe::egui::accesskit::Role::Row, "Row 2").is_some());
}

#[test]
fn a_click_on_a_row_picks_its_customer_and_escape_lets_it_go() {
    let mut harness = with_shop();
    let stamp = shop().stamp;
    let row = |harness: &mut Harness<'_, Stage>, name: &str| {
        harness.get_by_role_and_label(eframe::egui::accesskit::Role::Row, name).click();
        harness.run();
    };
    row(&mut harness, "Row 2");
    assert_eq!(harness.state().look.brush, Some(Brush::rows(stamp, [1], "row in the table")));

    // The engine has found it: the row is tinted, told of, and Ctrl adds another.
    harness.state_mut().answers.brush.picked = Some(Arc::new(Picked::new(3, [1])));
    harness.run();
    assert!(harness.query_by_label("Only selected customers (1)").is_some());
    let third = harness.get_by_role_and_label(eframe::egui::accesskit::Role::Row, "Row 3");
    third.click_modifiers(eframe::egui::Modifiers::COMMAND);
    harness.run();
    assert_eq!(harness.state().look.brush, Some(Brush::rows(stamp, [1, 2], "choice of rows in the table")));
    harness.key_press(eframe::egui::Key::Escape);
    harness.run();
    assert_eq!((&harness.state().look.brush, pushed(&harness)), (&None, vec![]), "looking changes no number");
    assert!(harness.query_by_label("Only selected customers (1)").is_none());

    harness.state_mut().look.brush = Some(Brush::rows(stamp, [1], "row in the table"));
    harness.run();
    row(&mut harness, "Row 2");
    assert_eq!(harness.state().look.brush, None, "a second click lets it go");
}

#[test]
fn a_million_rows_cost_what_is_on_screen() {
    let n_rows = 1_000_000;
    let mut loaded = shop();
    let values = Values::Number((0..n_rows).map(f64::from).collect());
    loaded.table.columns = vec![Column { name: "income".into(), values, unit: None, original: None }];
    loaded.table.n_rows = n_rows as usize;
    loaded.profile.columns.drain(..1);
    loaded.profile.columns.truncate(1);
    let mut harness = open(ui::data_page::ui, Plan::default(), Answers { loaded: Answer::Ready(Arc::new(loaded)), ..Answers::default() });
    assert!(harness.query_by_label("3").is_some() && harness.query_by_label("999999").is_none());
    harness.key_press(eframe::egui::Key::End);
    harness.run();
    assert!(harness.query_by_label("3").is_none() && harness.query_by_label("999999").is_some());
    let n_nodes = harness.root().children_recursive().count();
    assert!(n_nodes < 400, "{n_nodes} widgets for a million rows");
    harness.key_press(eframe::egui::Key::PageUp);
    harness.run();
    assert!(harness.query_by_label("999999").is_none() && harness.query_by_label("999980").is_some());
}

#[test]
fn the_next_step_is_one_button() {
    let mut harness = with_shop();
    click(&mut harness, "Prepare columns");
    assert_eq!(pushed(&harness), [Command::Do(Action::Go(Page::Prepare))]);
}

#[test]
fn states_without_data_offer_a_way_on() {
    let failed = || Answer::Failed { problem: Problem("shop.csv is empty.".into()), previous: None };
    let cooking = || Answer::Cooking { progress: Progress { stage: "Reading shop.csv".into(), fraction: 0.4 }, previous: None };
    let mut changed = Plan::new(Source::file("shop.csv"));
    changed.preparation.missing_limit = 0.3;
    let cases: [(Plan, Answer<Loaded>, &str, &str, Action); 5] = [
        (Plan::default(), failed(), "shop.csv is empty.", "Open…", Action::Open),
        (Plan::default(), failed(), "shop.csv is empty.", "Open the sample", Action::OpenSample),
        (changed, failed(), "shop.csv is empty.", "Locate the file…", Action::Open),
        (Plan::default(), cooking(), "Reading shop.csv", "Stop", Action::StopAll),
        (Plan::default(), Answer::default(), "No customers yet", "Open…", Action::Open),
    ];
    for (plan, loaded, text, button, action) in cases {
        let mut harness = open(ui::data_page::ui, plan, Answers { loaded, ..Answers::default() });
        harness.get_by_label(text);
        harness.get_by_label(button).click();
        harness.run();
        assert_eq!(pushed(&harness), [Command::Do(action)], "{button}");
    }
}

#[test]
fn sheet_encoding_and_time_zone_are_chosen_where_the_file_is_named() {
    let of = |name: &str, read_as: ReadAs, sheets: &[&str]| {
        let loaded = Loaded { sheets: sheets.iter().map(|sheet| (*sheet).to_owned()).collect(), ..shop() };
        let answers = Answers { loaded: Answer::Ready(Arc::new(loaded)), ..Answers::default() };
        open(ui::data_page::ui, Plan::new(Source::File { path: name.into(), read_as }), answers)
    };
    let said = |harness: &Harness<'_, Stage>| match &pushed(harness)[..] {
        [Command::ReadAs(read_as)] => read_as.clone(),
        other => panic!("{other:?}"),
    };
    let mut harness = of("shop.xlsx", ReadAs::default(), &["Orders", "Customers"]);
    click(&mut harness, "Import options of shop.xlsx");
    assert!(harness.query_by_label_contains("Encoding").is_none(), "a workbook says itself which encoding it has");
    click(&mut harness, "Sheet: The one most like a table");
    harness.get_by_label("Customers").click();
    harness.run();
    let customers = ReadAs { sheet: Some("Customers".into()), ..ReadAs::default() };
    assert_eq!(said(&harness), customers);

    let mut harness = of("shop.csv", ReadAs::default(), &[]);
    click(&mut harness, "Import options of shop.csv");
    assert!(harness.query_by_label_contains("Sheet").is_none());
    click(&mut harness, "Encoding: Detected from the content");
    click(&mut harness, "Windows-1251 (Cyrillic)");
    assert_eq!(said(&harness), ReadAs { encoding: Some("windows-1251".into()), ..ReadAs::default() });

    let mut harness = of("shop.csv", customers.clone(), &[]);
    click(&mut harness, "Import options of shop.csv");
    let typed = |harness: &mut Harness<'_, Stage>, text: &str| {
        harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, "Time zone").focus();
        harness.run();
        harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, "Time zone").type_text(text);
        harness.run();
    };
    typed(&mut harness, "nowhere");
    harness.get_by_label_contains("No such time zone");
    assert_eq!(pushed(&harness), []);
    let mut harness = of("shop.csv", customers.clone(), &[]);
    click(&mut harness, "Import options of shop.csv");
    typed(&mut harness, "berl");
    click(&mut harness, "Europe/Berlin");
    assert_eq!(said(&harness), ReadAs { zone: Some("Europe/Berlin".into()), ..customers });
}
