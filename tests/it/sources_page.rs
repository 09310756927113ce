//! Does the Data page of a table of several files show what is known of them, and does every gesture push the command it stands for?

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::accesskit::Role as Widget;
use egui_kittest::{Harness, kittest::Queryable};
use personae::app::window::Window;
use personae::base::{Ctx, Key, Note, Progress};
use personae::customers::{self, Built, BuiltColumn, FormulaColumn, Overlap, StatusMeans, Tried, Understood, UnderstoodSource};
use personae::data::day::IsoDay;
use personae::data::sourcing::{AmountIs, Field, Grain, KeyMatch, RecipeColumn, RefundsAre};
use personae::data::{self, Column, Kind, Source, SourceFile, SourceKind, Sourcing, Table, Texts, Values};
use personae::engine::{Answer, Answers, Problem, SourcesAnswer};
use personae::session::settings::Settings;
use personae::session::{Action, Command, DataView, Page, Plan};
use personae::ui;

use super::data_page::{self, Stage, pushed};

fn source(name: &str) -> SourceFile {
    SourceFile { name: name.into(), path: PathBuf::from(format!("/data/{name}.csv")), ..SourceFile::default() }
}

/// A crm, orders and a survey that is gone.
fn sourcing() -> Sourcing {
    Sourcing { sources: vec![source("crm"), source("orders"), source("survey")], ..Sourcing::default() }
}

/// 450 orders of 45 customers, read from a file as they would be.
fn orders() -> data::Raw {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let rows = (0..450).map(|row| format!("K{:02},2024-01-{:02},{}\n", row % 45, row % 28 + 1, row + 1));
    std::fs::write(&path, rows.fold("customer_id,day,amount\n".to_owned(), |text, row| text + &row)).unwrap();
    let mut raw = data::read_raw(&path, &Ctx::new()).unwrap();
    raw.notes = vec![Note::new("2 rows were shorter than the others.")];
    raw.columns[2].n_unreadable = 3;
    raw.columns[2].unreadable = vec!["n/a".into()];
    raw
}

fn understood() -> Understood {
    let of = |name: &str, kind: SourceKind, key: &str| UnderstoodSource {
        name: name.into(),
        kind,
        kind_reason: format!("{name} looks like it."),
        key: Some(key.into()),
        key_reason: "Its name says so.".into(),
        key_match: KeyMatch::Exact,
        looked_up_by: None,
        fields: Default::default(),
        common: Default::default(),
        levels: Default::default(),
        is_tidy: Default::default(),
        has_time: false,
        overlap: None,
        money: None,
        identities: Vec::new(),
        phones: Default::default(),
        guests: None,
        through: None,
        decisions: Vec::new(),
    };
    let overlap = Overlap { with: "crm".into(), n_keys: 45, n_found: 44, orphans: vec!["X99".into()] };
    let fields = [(Field::Date, "day".to_owned()), (Field::Amount, "amount".to_owned())].into();
    let orders = UnderstoodSource { overlap: Some(overlap), fields, ..of("orders", SourceKind::Transactions, "customer_id") };
    Understood { sources: vec![of("crm", SourceKind::Customers, "customer_id"), orders] }
}

fn monetary() -> RecipeColumn {
    let about = "Total spend per customer, net of returns.".into();
    RecipeColumn { name: "monetary".into(), grain: Grain::Transactions, formula: "SUM(amount)".into(), about }
}

fn built() -> Built {
    let column = |name: &str, values: Values| Column { name: name.into(), values, unit: None, original: None };
    let columns = vec![
        column("customer", Values::Text(Texts::collect(["K00", "K01"].map(Some)))),
        column("monetary", Values::Number(vec![10.0, 20.0].into())),
        column("city", Values::Text(Texts::collect(["Oslo", "Bonn"].map(Some)))),
    ];
    Built {
        table: Table { columns, n_rows: 2 },
        columns: vec![
            BuiltColumn::Key,
            BuiltColumn::Formula(monetary()),
            BuiltColumn::From { source: "crm".into(), column: "city".into() },
        ],
        usable: vec![(
            Grain::Transactions,
            [("date", "The day"), ("amount", "What the row is worth, negative for a return"), ("shop", "")]
                .map(|(name, about)| FormulaColumn { name: name.into(), about: about.into() })
                .into(),
        )],
        snapshot: IsoDay::parse("2024-01-29"),
        notes: vec![Note::new("4 rows of orders are after the snapshot 2024-01-29; they are left out.")],
        accounts: Vec::new(),
        stamp: personae::base::Key::of_bytes(b"sources page"),
    }
}

fn open(sourcing: Sourcing, view: DataView) -> Harness<'static, Stage> {
    let orders = orders();
    let preview = orders.page(0..200, &Ctx::new()).unwrap();
    let missing = Problem("/data/survey.csv does not exist; check the name, or choose the file again.".into());
    let reading = Progress { stage: "Reading crm".into(), fraction: 0.4 };
    let known = SourcesAnswer {
        raws: vec![
            Answer::Cooking { progress: reading, previous: None },
            Answer::Ready(Arc::new(orders)),
            Answer::Failed { problem: missing, previous: None },
        ],
        understood: Answer::Ready(Arc::new(understood())),
        built: Answer::Ready(Arc::new(built())),
        preview: Answer::Ready(Arc::new(preview)),
        ..SourcesAnswer::default()
    };
    let answers = Answers { sources: Some(known), ..Answers::default() };
    let mut harness = data_page::open(ui::data_page::ui, Plan::new(Source::Sources(Arc::new(sourcing))), answers);
    harness.state_mut().look.sources.view = view;
    harness.state_mut().look.sources.source = 1;
    harness.run();
    harness
}

fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label_contains(label).click();
    harness.run();
}

fn sees(harness: &Harness<'_, Stage>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn type_into(harness: &mut Harness<'_, Stage>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run();
    harness.get_by_label(label).type_text(text);
    harness.run();
}

/// What the one command makes of the sources.
fn said(harness: &Harness<'_, Stage>) -> Sourcing {
    match &pushed(harness)[..] {
        [Command::Sources(sourcing)] => (**sourcing).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_source_tells_what_it_holds_and_how_it_joins() {
    let mut harness = open(sourcing(), DataView::Sources);
    let texts = [
        "2 customers from 3 sources, counted back from 2024-01-29",
        "Reading crm",
        "450 rows × 3 columns",
        "Kind of orders: Transactions, guessed",
        "97.7\u{202f}% of 45 keys are in crm",
        "Date: day, guessed",
        "3 of amount (“n/a”)",
        "survey.csv does not exist",
        "rows after it are left out",
    ];
    for text in texts {
        assert!(sees(&harness, text), "{text}");
    }
    assert!(!sees(&harness, "X99"), "who is not found is listed when asked for");
    click(&mut harness, "List keys of orders");
    assert!(sees(&harness, "1 key is not in crm") && sees(&harness, "X99"));
    assert_eq!(pushed(&harness), []);
}

#[test]
fn what_is_said_about_a_source_is_pushed_and_given_back_to_the_data() {
    let mut harness = open(sourcing(), DataView::Sources);
    click(&mut harness, "Kind of orders: Transactions");
    harness.get_by_label("Events").click();
    harness.run();
    let mut expected = sourcing();
    expected.sources[1].kind = Some(SourceKind::Events);
    assert_eq!(said(&harness), expected);

    let mut harness = open(expected, DataView::Sources);
    click(&mut harness, "Kind of orders: Events, chosen by you");
    click(&mut harness, "As guessed");
    assert_eq!(said(&harness), sourcing());

    click(&mut harness, "How keys are compared");
    click(&mut harness, "By digits alone");
    let mut harness = open(sourcing(), DataView::Sources);
    click(&mut harness, "Amount: amount");
    harness.get_by_label("none").click();
    harness.run();
    let mut expected = sourcing();
    expected.sources[1].fields.insert(Field::Amount, None);
    assert_eq!(said(&harness), expected);
}

#[test]
fn a_source_that_is_gone_is_located_or_removed_and_others_are_added() {
    let mut harness = open(sourcing(), DataView::Sources);
    click(&mut harness, "Locate file…");
    assert_eq!(pushed(&harness), [Command::LocateSource(2)]);
    harness.get_by_label("Remove").click();
    harness.run();
    let mut expected = sourcing();
    expected.sources.pop();
    assert_eq!(said(&harness), expected);
    harness.get_by_label("Add source…").click();
    harness.run();
    assert_eq!(pushed(&harness), [Command::Do(Action::AddSource)]);
    type_into(&mut harness, "Path of a further source", "/data/orders-*.csv");
    harness.key_press(eframe::egui::Key::Enter);
    harness.run();
    assert_eq!(pushed(&harness), [Command::AddSources(vec!["/data/orders-*.csv".into()])]);
    assert_eq!(harness.state().look.sources.path_draft, None);
}

#[test]
fn rows_are_shown_a_page_at_a_time() {
    let mut harness = open(sourcing(), DataView::Sources);
    assert!(sees(&harness, "Rows 1 – 200 of 450") && sees(&harness, "K00"));
    for (button, first) in [("Next", 200), ("Last", 400), ("Previous", 200), ("First", 0)] {
        harness.get_by_label(button).click();
        harness.run();
        assert_eq!(harness.state().look.sources.first_row, first, "{button}");
    }
    harness.get_by_label("Last").click();
    harness.run();
    assert!(sees(&harness, "Rows 401 – 450 of 450"));
    harness.get_by_role_and_label(Widget::Button, "Show crm").click();
    harness.run();
    assert_eq!((harness.state().look.sources.source, harness.state().look.sources.first_row), (0, 0));
    assert_eq!(pushed(&harness), [], "looking changes no number");
}

#[test]
fn every_column_says_how_it_came_to_be_and_can_be_left_out_and_taken_back() {
    let mut harness = open(sourcing(), DataView::Recipe);
    for text in ["The key that joins the sources", "SUM(amount)", "Total spend per customer", "Taken over from crm"] {
        assert!(sees(&harness, text), "{text}");
    }
    click(&mut harness, "Leave monetary out");
    let mut expected = sourcing();
    expected.recipe.left_out.insert("monetary".into());
    assert_eq!(said(&harness), expected);
    let mut harness = open(expected, DataView::Recipe);
    click(&mut harness, "Take monetary back");
    assert_eq!(said(&harness), sourcing());
}

#[test]
fn a_column_is_tried_while_it_is_written_and_saved_only_when_it_is_right() {
    let mut harness = open(sourcing(), DataView::Recipe);
    let answer = |harness: &mut Harness<'_, Stage>, draft: Answer<Tried>| {
        harness.state_mut().answers.sources.as_mut().unwrap().draft = draft;
        harness.run();
    };
    click(&mut harness, "Add a column");
    type_into(&mut harness, "Name of the column", "monetary");
    type_into(&mut harness, "Formula of the column", "nonsense(");
    let wrong = || Answer::Failed { problem: Problem("it cannot be computed: a bracket is open.".into()), previous: None };
    answer(&mut harness, wrong());
    assert!(sees(&harness, "There is a column of this name already"));
    type_into(&mut harness, "Name of the column", "_a_year");
    assert!(sees(&harness, "a bracket is open"));
    harness.get_by_label("Save").click();
    harness.run();
    assert_eq!(pushed(&harness), [], "what is wrong is not saved");

    harness.state_mut().look.sources.column_draft.as_mut().unwrap().formula = String::new();
    click(&mut harness, "Use monetary");
    let tried = Tried { kind: Kind::Number, examples: vec![("K00".into(), "10".into())] };
    answer(&mut harness, Answer::Ready(Arc::new(tried)));
    assert!(sees(&harness, "Numbers"));
    harness.get_by_label("Save").click();
    harness.run();
    let written = |name: &str, formula: &str| RecipeColumn {
        name: name.into(),
        grain: Grain::Customer,
        formula: formula.into(),
        about: String::new(),
    };
    assert_eq!(said(&harness).recipe.columns, [written("monetary_a_year", "monetary")]);
    assert_eq!(harness.state().look.sources.column_draft, None);
}

#[test]
fn a_suggested_formula_is_changed_in_its_place_and_given_back() {
    let mut harness = open(sourcing(), DataView::Recipe);
    click(&mut harness, "Change monetary");
    assert_eq!(harness.state().look.sources.column_draft, Some(monetary()));
    assert!(sees(&harness, "Use amount") && sees(&harness, "Use shop"), "the files' own columns can be used too");
    type_into(&mut harness, "Formula of the column", " / 2");
    harness.state_mut().answers.sources.as_mut().unwrap().draft =
        Answer::Ready(Arc::new(Tried { kind: Kind::Number, examples: Vec::new() }));
    harness.run();
    harness.get_by_label("Save").click();
    harness.run();
    let changed = said(&harness);
    assert_eq!(changed.recipe.columns, [RecipeColumn { formula: "SUM(amount) / 2".into(), ..monetary() }]);
    let mut harness = open(changed, DataView::Recipe);
    click(&mut harness, "Discard what you wrote for monetary");
    assert_eq!(said(&harness), sourcing());
}

#[test]
fn the_day_counted_back_from_is_typed_and_checked() {
    let mut harness = open(sourcing(), DataView::Recipe);
    harness.state_mut().look.sources.snapshot_draft = Some("31.12.2023".into());
    harness.run();
    assert!(sees(&harness, "A day is written like 1997-12-31"));
    harness.state_mut().look.sources.snapshot_draft = Some(String::new());
    harness.run();
    type_into(&mut harness, "Snapshot day", "2023-12-31");
    harness.key_press(eframe::egui::Key::Enter);
    harness.run();
    assert_eq!(said(&harness).snapshot, IsoDay::parse("2023-12-31"));
}

#[test]
fn a_list_of_transactions_offers_to_become_a_customer_table() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        data::read(&Source::file(path), &Ctx::new()).unwrap()
    };
    let orders = (0..40).map(|row| format!("{row},C{},2024-01-{:02},{}.5\n", row % 8, row % 28 + 1, row));
    let orders = read("orders.csv", &orders.fold("order_id,customer_id,day,amount\n".to_owned(), |text, row| text + &row));
    let listing = customers::looks_like(&orders).expect("customers are repeated, with days and amounts");
    assert_eq!((listing.kind, &*listing.key, listing.n_rows, listing.n_customers), (SourceKind::Transactions, "customer_id", 40, 8));
    let people = (0..40).map(|row| format!("C{row},2024-01-{:02},{}.5\n", row % 28 + 1, row));
    let people = read("people.csv", &people.fold("customer_id,since,total_spend\n".to_owned(), |text, row| text + &row));
    assert_eq!(customers::looks_like(&people), None, "one row per customer is no list of transactions");
    let panel = (0..40).map(|row| format!("{},{},{}.5\n", row % 8, 1979 + row / 8, row));
    let panel = read("panel.csv", &panel.fold("id,year,hours\n".to_owned(), |text, row| text + &row));
    let told = customers::repeats(&panel).expect("five years of eight people are no forty people").0;
    assert!(told.starts_with("id has 8 different values in 40 rows, so a row is not one customer"), "{told}");
    assert_eq!((customers::repeats(&orders), customers::repeats(&people)), (None, None), "a list of orders is offered a table already");

    let answers = Answers { loaded: Answer::Ready(Arc::new(orders)), ..Answers::default() };
    let plan = Plan::new(Source::file("orders.csv"));
    let mut harness = data_page::open(ui::data_page::ui, plan, answers);
    assert!(sees(&harness, "This file seems to list transactions: 40 rows of 8 customers."));
    click(&mut harness, "Build a customer table");
    assert_eq!(pushed(&harness), [Command::AddSources(Vec::new())]);
    click(&mut harness, "Keep it as it is");
    assert!(!sees(&harness, "This file seems to list"));
}

#[test]
fn the_next_step_is_there_in_every_view_once_the_table_is() {
    for view in [DataView::Sources, DataView::Recipe, DataView::Table] {
        let mut harness = open(sourcing(), view);
        click(&mut harness, "Prepare columns");
        assert_eq!(pushed(&harness), [], "{view:?}: there is no table yet");
        let mut loaded = data_page::shop();
        loaded.stamp = Key::of_bytes(b"customers");
        harness.state_mut().answers.loaded = Answer::Ready(Arc::new(loaded));
        harness.run();
        click(&mut harness, "Prepare columns");
        assert_eq!(pushed(&harness), [Command::Do(Action::Go(Page::Prepare))], "{view:?}");
    }
}

#[test]
fn a_folder_opens_as_one_table_and_an_open_file_becomes_its_first_source() {
    let folder = tempfile::tempdir().unwrap();
    let (orders, crm) = (folder.path().join("orders.csv"), folder.path().join("crm.csv"));
    std::fs::write(&orders, "customer_id,day,amount\nA,2024-01-01,10\nA,2024-01-02,20\nB,2024-01-03,30\n").unwrap();
    std::fs::write(&crm, "customer_id,city\nA,Oslo\nB,Bonn\n").unwrap();
    let mut window = Window::new(&eframe::egui::Context::default(), Settings::default(), None, Some(folder.path().to_owned()));
    let n_sources = |window: &mut Window| {
        window.step();
        window.wait();
        window.answers().sources.as_ref().map(|sources| sources.raws.len())
    };
    assert_eq!(n_sources(&mut window), Some(1), "a folder is one source");
    window.command(Command::Open(orders.clone()));
    assert_eq!(n_sources(&mut window), None, "a file is opened as it is");
    window.command(Command::AddSources(vec![crm, orders]));
    assert_eq!(n_sources(&mut window), Some(2), "the open file is a source already");
    window.command(Command::Do(Action::Undo));
    assert_eq!(n_sources(&mut window), None);
}

#[test]
fn files_named_together_at_the_start_are_the_sources_of_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("crm.csv", "customer_id,age\n1,30\n2,40\n"), ("orders.csv", "customer_id,day,amount\n1,2024-01-01,5\n2,2024-01-02,6\n")];
    let paths = files.map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    });
    let mut window = Window::new(&eframe::egui::Context::default(), Settings::default(), None, paths);
    window.step();
    window.wait();
    let answers = window.answers();
    let sources = answers.sources.as_ref().expect("sources");
    let titles: Vec<&str> = sources.raws.iter().map(|raw| raw.ready().unwrap().title.as_str()).collect();
    assert_eq!(titles, ["crm.csv", "orders.csv"]);
    assert_eq!(answers.loaded.ready().map(|loaded| loaded.table.n_rows), Some(2));
}

/// The page on orders whose money was understood like this.
fn open_with_money(sourcing: Sourcing) -> Harness<'static, Stage> {
    let status = |name: &str, means: StatusMeans| customers::Status { name: name.into(), n_rows: 100, means, is_known: true };
    let money = customers::Money {
        amount: AmountIs::PerLine,
        refunds: RefundsAre::OwnRows,
        marks_cancel: false,
        refund_once: false,
        statuses: vec![status("paid", StatusMeans::Sale), status("draft", StatusMeans::NoSale)],
        only_first: Vec::new(),
        paid: None,
        drop_copies: false,
        rates: sourcing.sources[1].money.rates.clone(),
    };
    let mut all = understood();
    all.sources[1].money = Some(money);
    all.sources[1].common.insert(Field::Currency, vec!["EUR".into(), "USD".into()]);
    let mut harness = open(sourcing, DataView::Sources);
    harness.state_mut().answers.sources.as_mut().unwrap().understood = Answer::Ready(Arc::new(all));
    harness.run();
    harness
}

#[test]
fn what_decides_the_money_is_changed_where_it_is_told() {
    let mut harness = open_with_money(sourcing());
    click(&mut harness, "What an amount stands for");
    harness.get_by_label(AmountIs::PerOrder.label()).click();
    harness.run();
    assert_eq!(said(&harness).sources[1].money.amount, Some(AmountIs::PerOrder));

    let mut harness = open_with_money(sourcing());
    click(&mut harness, "Statuses that count: 1 of 2");
    click(&mut harness, "draft (100)");
    assert_eq!(said(&harness).sources[1].money.counted, Some(["draft", "paid"].map(str::to_owned).into()));
}

#[test]
fn currencies_are_converted_by_rates_that_are_typed() {
    let mut harness = open_with_money(sourcing());
    click(&mut harness, "Only EUR");
    let rate = |harness: &Harness<'_, Stage>| harness.get_by_label("What one USD is worth in EUR").rect();
    let place = rate(&harness).center();
    harness.event(eframe::egui::Event::PointerMoved(place));
    for pressed in [true, false] {
        let button = eframe::egui::PointerButton::Primary;
        harness.event(eframe::egui::Event::PointerButton { pos: place, button, pressed, modifiers: Default::default() });
        harness.run();
    }
    harness.event(eframe::egui::Event::Text("0.92".into()));
    harness.run();
    harness.key_press(eframe::egui::Key::Enter);
    harness.run();
    harness.run();
    let rates: Vec<(String, f64)> = said(&harness).sources[1].money.rates.clone().into_iter().collect();
    assert_eq!(rates, [("EUR".to_owned(), 1.0), ("USD".to_owned(), 0.92)]);
}

#[test]
fn a_source_is_read_in_another_encoding() {
    let mut harness = open(sourcing(), DataView::Sources);
    click(&mut harness, "Import options of orders");
    click(&mut harness, "Encoding: Detected from the content");
    click(&mut harness, "Shift_JIS (Japanese)");
    assert_eq!(said(&harness).sources[1].read_as.encoding.as_deref(), Some("Shift_JIS"));
}
