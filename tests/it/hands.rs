//! Does what lies over a page go away with Esc, does nothing move, is a drag one step, and is what was picked kept?

use std::path::{Path, PathBuf};

use eframe::egui::accesskit::Role;
use eframe::egui::{Color32, Context, Event, Key, Modifiers, PointerButton, Rect, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use personae::app::window::Window;
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::persona::{Direction, RowSet, TraitMembers};
use personae::session::settings::Settings;
use personae::session::{Action, Brush, Command, DataView, ExportFormat, KeptSelection, Page, PageView, Plan, Recent};

use crate::whole::{Staged, open, order, settle, window};

fn press(harness: &mut Staged, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn top_of(harness: &Staged, label: &str) -> f32 {
    harness.query_all_by_label(label).next().unwrap_or_else(|| panic!("{label}")).rect().top()
}

#[test]
fn notes_lie_over_the_page_and_esc_closes_them() {
    let mut harness = open(None, None);
    let before = top_of(&harness, "Map");
    let n = window(&mut harness).answers().notes.len();
    assert!(harness.query_all_by_label_contains("Notes (").next().is_none(), "one button, one count");
    harness.get_by_label_contains(&format!("{n} notes")).click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Close the notes").is_some());
    assert_eq!(top_of(&harness, "Map"), before, "nothing moves");
    press(&mut harness, Key::Escape);
    assert!(harness.query_by_label("Close the notes").is_none());
    harness.get_by_label_contains(&format!("{n} notes")).click();
    harness.run_steps(3);
    order(&mut harness, Command::Do(Action::Go(Page::Data)));
    assert!(harness.query_by_label("Close the notes").is_none(), "they do not follow to another page");
}

#[test]
fn pdf_and_slides_come_first_and_ticking_moves_nothing() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    order(&mut harness, Command::Do(Action::Export));
    let chosen = window(&mut harness).look().export.as_ref().expect("the dialog is open").choices.formats.clone();
    assert_eq!(chosen, [ExportFormat::Pdf, ExportFormat::Pptx]);
    let before = top_of(&harness, "Customers");
    for format in [ExportFormat::Pdf, ExportFormat::Pptx, ExportFormat::Csv, ExportFormat::Png] {
        harness.get_by_role_and_label(Role::CheckBox, format.name()).click();
        harness.run_steps(2);
        assert_eq!(top_of(&harness, "Customers"), before, "{}", format.name());
    }
}

#[test]
fn present_shows_the_page_before_it_fills_the_screen() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    harness.get_by_role_and_label(Role::Button, "Present").click();
    harness.run_steps(3);
    let look = window(&mut harness).look();
    assert_eq!((look.page, look.presenting), (Page::Present, false));
}

/// A slow machine gets the last move and the release in one frame.
#[test]
fn a_drag_with_a_rest_is_one_step_back() {
    let mut harness = open(None, None);
    let before = window(&mut harness).plan().clone();
    let at = harness.get_by_role_and_label(Role::SpinButton, "Re-runs").rect().center();
    harness.hover_at(at);
    harness.run_steps(2);
    harness.drag_at(at);
    harness.run_steps(2);
    for x in [60.0, 120.0] {
        harness.hover_at(at + eframe::egui::vec2(x, 0.0));
        harness.run_steps(3);
        settle(&mut harness);
    }
    let end = at + eframe::egui::vec2(240.0, 0.0);
    harness.event(Event::PointerMoved(end));
    let released = Event::PointerButton { pos: end, button: PointerButton::Primary, pressed: false, modifiers: Modifiers::NONE };
    harness.event(released);
    harness.run_steps(4);
    settle(&mut harness);
    assert_ne!(window(&mut harness).plan().clustering.kmeans, before.clustering.kmeans, "it was dragged");
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(window(&mut harness).plan().clustering.kmeans, before.clustering.kmeans, "one step back is all of it");
}

fn shop(folder: &Path) -> PathBuf {
    let data = folder.join("shop.csv");
    let rows: String = (0..120).map(|row| format!("K{row},{},{}\n", row % 3 * 100 + row % 11, row % 2 * 50 + row % 13)).collect();
    std::fs::write(&data, format!("id,spend,visits\n{rows}")).unwrap();
    data
}

#[test]
fn a_selection_is_kept_named_saved_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = shop(folder.path());
    let mut harness = open(Some(&data), None);
    order(&mut harness, Command::Do(Action::Go(Page::Segments)));
    order(&mut harness, Command::KeepSelection(KeptSelection { name: "Try by mail".into(), members: RowSet::new([3, 5, 8]) }));
    assert!(harness.query_by_label("Kept selections").is_some());
    order(&mut harness, Command::RenameSelection(0, "Spring mailing".into()));
    harness.get_by_label("Select Spring mailing").click();
    harness.run_steps(3);
    settle(&mut harness);
    assert!(window(&mut harness).answers().brush.picked.as_ref().is_some_and(|picked| picked.rows().eq([3, 5, 8])));

    harness.get_by_label("Save Spring mailing as CSV").click();
    harness.run_steps(3);
    settle(&mut harness);
    let file = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()).find(|path| *path != data).expect("a file");
    let text = std::fs::read_to_string(&file).unwrap();
    let ids: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(ids, ["K3", "K5", "K8"], "{text}");

    let project = folder.path().join("shop.personae");
    order(&mut harness, Command::SaveTo(project.clone()));
    drop(harness);
    let mut harness = open(Some(&project), None);
    let kept = window(&mut harness).plan().kept.clone();
    assert_eq!((kept[0].name.as_str(), kept[0].members.len()), ("Spring mailing", 3));
    order(&mut harness, Command::ForgetSelection(0));
    assert!(window(&mut harness).plan().kept.is_empty());
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(window(&mut harness).plan().kept.len(), 1, "undo brings it back");
}

#[test]
fn a_selection_by_a_statement_is_not_described_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan::new(personae::data::Source::file(shop(folder.path())));
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let mut wanted = Wanted::on(Page::Segments);
    let answers = engine.wait_until_idle(&plan, &wanted);
    let (stamp, segments) = (answers.loaded.ready().unwrap().stamp, answers.segmentation.ready().unwrap().stamp);
    let holds = TraitMembers { column: "spend".into(), level: None, direction: Direction::More };
    wanted.brush = Some(Brush::with_trait(stamp, segments, None, holds, &personae::data::Dictionary::default()));
    let answers = engine.wait_until_idle(&plan, &wanted);
    let contrast = answers.brush.contrast.ready().expect("described");
    let persona = contrast.persona.as_ref().expect("enough customers");
    assert!(!persona.evidence.is_empty() && persona.evidence.iter().all(|evidence| evidence.column != "spend"));
}

#[test]
fn nor_by_columns_that_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("net.csv");
    let row = |at: usize| {
        let (net, other) =
            if at.is_multiple_of(3) { ("no line", "no line") } else { (["fiber", "dsl"][at % 2], ["yes", "no"][at / 2 % 2]) };
        format!(
            "{},{},{net},{other},{}\n",
            at % 17 * 10 + at % 3,
            at % 11 * 7,
            if at.is_multiple_of(3) { 20 + at % 5 } else { 60 + at % 9 }
        )
    };
    let rows: String = (0..300).map(row).collect();
    std::fs::write(&data, format!("spend,visits,internet,backup,bill\n{rows}")).unwrap();
    let plan = Plan::new(personae::data::Source::file(data));
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let mut wanted = Wanted::on(Page::Segments);
    let answers = engine.wait_until_idle(&plan, &wanted);
    let (stamp, segments) = (answers.loaded.ready().unwrap().stamp, answers.segmentation.ready().unwrap().stamp);
    let holds = TraitMembers { column: "internet".into(), level: Some("no line".into()), direction: Direction::More };
    wanted.brush = Some(Brush::with_trait(stamp, segments, None, holds, &personae::data::Dictionary::default()));
    let answers = engine.wait_until_idle(&plan, &wanted);
    let persona = answers.brush.contrast.ready().expect("described").persona.clone().expect("enough customers");
    let columns: Vec<&str> = persona.evidence.iter().map(|evidence| evidence.column.as_str()).collect();
    assert!(columns.contains(&"bill") && !columns.contains(&"internet") && !columns.contains(&"backup"), "{columns:?}");
}

#[test]
fn a_start_without_a_file_asks_first() {
    let folder = tempfile::tempdir().unwrap();
    let data = shop(folder.path());
    let set = vec![data.clone(), folder.path().join("orders.csv")];
    let mut settings = Settings { recent: vec![Recent::Set(set), Recent::File(data)], ..Settings::default() };
    let mut staged: Option<Window> = None;
    let draw = |ui: &mut eframe::egui::Ui, staged: &mut Option<Window>| {
        match staged {
            Some(window) => {
                window.step();
                window.draw(ui);
            }
            // The fonts are there from the next frame on.
            None => *staged = Some(Window::new(ui.ctx(), std::mem::take(&mut settings), None, None)),
        }
    };
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(8).build_ui_state(draw, staged.take());
    harness.run_steps(3);
    for label in ["Recent", "shop.csv and 1 more", "shop.csv"] {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
    harness.get_by_role_and_label(Role::Button, "shop.csv").click();
    harness.run_steps(3);
    let window = harness.state_mut().as_mut().expect("open");
    assert!(!window.look().is_start);
    assert_eq!(window.plan().source.title(), "shop.csv");

    let first = Window::new(&Context::default(), Settings::default(), None, None);
    assert!(first.look().is_start, "a first start asks, too");
    let with_file = Window::new(&Context::default(), Settings::default(), None, Some(folder.path().join("shop.csv")));
    assert!(!with_file.look().is_start, "a file that was given is opened");
}

#[test]
fn health_goes_on_when_its_view_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let data = shop(folder.path());
    let orders = folder.path().join("orders.csv");
    let rows: String = (0..200).map(|row| format!("{row},K{},2024-03-{:02},{}\n", row % 120, row % 28 + 1, row % 50 + 1)).collect();
    std::fs::write(&orders, format!("order_id,customer_id,order_date,amount\n{rows}")).unwrap();
    let mut harness = open(Some(&data), None);
    order(&mut harness, Command::AddSources(vec![orders]));
    window(&mut harness).command(Command::Do(Action::Show(PageView::Data(DataView::Health))));
    harness.run_steps(2);
    order(&mut harness, Command::Do(Action::Go(Page::Segments)));
    let health = window(&mut harness).answers().sources.as_ref().expect("sources").health.clone();
    assert!(health.ready().is_some(), "it was computed although another page is shown");
}

/// A list of what customers did is not a list of customers: until a table of them is built, its lines are rows, and the offer stands on both pages.
#[test]
fn the_lines_of_a_list_are_rows_and_not_customers() {
    let folder = tempfile::tempdir().unwrap();
    let orders = folder.path().join("orders.csv");
    let line = |row: usize| {
        let (sku, amount) = (300 + row * 7 % 20, row % 2 * 400 + row % 37 + 1);
        format!("O{row},K{:03},2024-{:02}-{:02},TBL{sku},{},{amount}\n", row * 13 % 130, row % 12 + 1, row % 28 + 1, row % 5 + 1)
    };
    let rows: String = (0..400).map(line).collect();
    std::fs::write(&orders, format!("order_id,customer_id,order_date,sku,quantity,amount\n{rows}")).unwrap();
    let mut harness = open(Some(&orders), None);
    for page in [Page::Data, Page::Segments] {
        order(&mut harness, Command::Do(Action::Go(page)));
        assert!(harness.query_by_label("Build a customer table").is_some(), "{}", page.name());
        assert!(harness.query_all_by_label_contains("400 of 400 rows").next().is_some(), "{}", page.name());
    }
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    let personas = window(&mut harness).answers().personas.ready().expect("settled").clone();
    for persona in &personas.personas {
        assert!(persona.summary.contains(" rows (") && !persona.summary.contains("customers"), "{}", persona.summary);
        assert!(!persona.name.contains("Customers") && !persona.name.contains("TBL"), "{}", persona.name);
    }
    let prepared = window(&mut harness).answers().prepared.ready().expect("settled").clone();
    let entering: Vec<&str> = prepared.columns.iter().filter(|column| column.enters).map(|column| column.name.as_str()).collect();
    assert!(!entering.iter().any(|name| ["order_id", "customer_id", "sku"].contains(name)), "{entering:?}");
    let (report, plots) = window(&mut harness).report().expect("settled");
    assert_eq!((&*report.personas.noun.many, &*plots.noun.many), ("rows", "rows"));
    assert_eq!(report.personas.noun.title(), "Rows");

    // A table of customers is one of customers again.
    order(&mut harness, Command::AddSources(Vec::new()));
    let personas = window(&mut harness).answers().personas.ready().expect("settled").clone();
    assert_eq!(personas.noun.many, "customers");
}

/// The rings of the accent's colour that are drawn, two points wide.
fn rings(harness: &mut Staged) -> Vec<Rect> {
    let accent = personae::ui::theme::of(harness.ctx.global_style().visuals.dark_mode).accent;
    let shapes = harness.output().shapes.iter();
    shapes
        .filter_map(|clipped| match &clipped.shape {
            Shape::Rect(rect) if rect.stroke.color == accent && rect.stroke.width == 2.0 && rect.fill == Color32::TRANSPARENT => {
                Some(rect.rect)
            }
            _ => None,
        })
        .collect()
}

#[test]
fn the_keyboard_is_seen_wherever_it_is_and_only_while_it_is_used() {
    let mut harness = open(None, None);
    assert_eq!(rings(&mut harness), [], "nobody used the keyboard");
    let mut seen = Vec::new();
    for _ in 0..12 {
        press(&mut harness, Key::Tab);
        let focused = harness.ctx.memory(|memory| memory.focused()).expect("Tab moves the focus");
        let [ring] = rings(&mut harness)[..] else { panic!("one ring: {:?}", rings(&mut harness)) };
        let place = harness.ctx.read_response(focused).expect("it is drawn").rect;
        assert!(ring.expand(1.0).contains_rect(place), "{ring:?} around {place:?}");
        seen.push(focused);
    }
    seen.dedup();
    assert_eq!(seen.len(), 12, "every press moves on");

    let place = harness.get_by_label("Data").rect().center();
    harness.event(Event::PointerMoved(place));
    harness.event(Event::PointerButton { pos: place, button: PointerButton::Primary, pressed: true, modifiers: Modifiers::NONE });
    harness.run_steps(2);
    assert_eq!(rings(&mut harness), [], "whoever clicks knows where they are");
}

#[test]
fn tab_goes_through_bars_as_they_are_read() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    let y = harness.get_by_label("File menu").rect().center().y;
    harness.get_by_label("File menu").focus();
    harness.run_steps(2);
    let mut places = Vec::new();
    loop {
        let focused = harness.ctx.memory(|memory| memory.focused()).expect("something has the keyboard");
        let place = harness.ctx.read_response(focused).expect("it is drawn").rect.center();
        if (place.y - y).abs() > 12.0 {
            break;
        }
        places.push(place.x);
        press(&mut harness, Key::Tab);
    }
    assert!(places.len() > 8, "file, pages and tools: {places:?}");
    assert!(places.is_sorted(), "{places:?}");
    let export =
        harness.query_all_by_label_contains("Export").map(|node| node.rect()).find(|rect| (rect.center().y - y).abs() < 12.0).unwrap();
    assert!((places.last().unwrap() - export.center().x).abs() < 1.0, "the button at the right end comes last: {places:?}, {export}");
    let right = harness.ctx.content_rect().right();
    // The bar has a margin, and so has the harness.
    assert!((0.0..24.0).contains(&(right - export.right())), "and stands at the end: {export}");
}

#[test]
fn orders_of_which_some_are_cancelled_are_nobodys_revenue() {
    let folder = tempfile::tempdir().unwrap();
    for (status, wanted) in [(",status", None), ("", Some("revenue"))] {
        let path = folder.path().join("orders.csv");
        let row = |at: usize| {
            let status = if status.is_empty() { "" } else { [",completed", ",cancelled", ",completed"][at % 3] };
            format!("{at},K{},2024-0{}-1{},{}{status}\n", at % 60, 1 + at % 9, at % 10, 20 + at * 7 % 90)
        };
        let rows: String = (0..300).map(row).collect();
        std::fs::write(&path, format!("order_id,customer_id,order_date,revenue{status}\n{rows}")).unwrap();
        let plan = Plan::new(personae::data::Source::file(&path));
        let outputs = personae::engine::Outputs { personas: true, ..Default::default() };
        let (report, _) = personae::engine::analyse(&plan, &Wanted::outputs(outputs), &personae::base::Ctx::new()).unwrap();
        assert!(report.loaded.is_listing);
        assert_eq!(report.personas.revenue_column.as_deref(), wanted);
    }
}
