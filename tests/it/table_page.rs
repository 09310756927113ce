//! Is the table sorted, filtered, searched and copied, in the real window code and off its thread?

use std::time::Instant;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use personae::data::Source;
use personae::engine::{Engine, EngineOptions, TableWanted, Wanted};
use personae::session::{Action, Command, DataView, Page, PageView, Plan, SegmentsView, Sort, TableFilter};

use crate::whole::{Staged, open, order, settle, window};

/// Six customers; the third has no spend.
const SHOP: &str = "id,spend,city\nK1,30,Bonn\nK2,51.394893617021275,Ulm\nK3,,Bonn\nK4,7,Köln\nK5,110,Ulm\nK6,8,Bonn\n";

fn shop(folder: &std::path::Path) -> Staged {
    let data = folder.join("shop.csv");
    std::fs::write(&data, SHOP).unwrap();
    let mut harness = open(Some(&data), None);
    order(&mut harness, Command::Do(Action::Go(Page::Data)));
    harness
}

/// The numbers of the rows on screen, from the top.
fn rows(harness: &Staged) -> Vec<String> {
    let mut rows: Vec<_> = harness.query_all_by_role(Role::Row).map(|row| (row.rect().top(), row.accesskit_node().label())).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().filter_map(|(_, label)| Some(label?.replace("Row ", ""))).collect()
}

fn click_head(harness: &mut Staged, column: &str) {
    harness.get_by_role_and_label(Role::ColumnHeader, column).click();
    harness.run_steps(2);
    settle(harness);
}

#[test]
fn a_head_sorts_up_down_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shop(folder.path());
    assert_eq!(rows(&harness), ["1", "2", "3", "4", "5", "6"]);
    click_head(&mut harness, "Spend");
    assert_eq!(rows(&harness), ["4", "6", "1", "2", "5", "3"], "what is missing comes last");
    click_head(&mut harness, "Spend");
    assert_eq!(rows(&harness), ["5", "2", "1", "6", "4", "3"]);
    click_head(&mut harness, "Spend");
    assert_eq!(rows(&harness), ["1", "2", "3", "4", "5", "6"]);
    assert!(harness.query_by_label("51.39").is_some(), "no more digits than mean something");
}

#[test]
fn a_text_is_found_and_walked_through() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shop(folder.path());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::TextInput, "Find in the table").type_text("bonn");
    harness.run_steps(2);
    settle(&mut harness);
    assert!(harness.query_by_label("1 of 3").is_some());
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(harness.query_by_label("2 of 3").is_some());
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    harness.run_steps(2);
    assert_eq!(window(&mut harness).look().table.find_at, 0, "Shift goes back");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(window(&mut harness).look().table.find.is_empty(), "Esc clears it");
}

#[test]
fn a_right_click_filters_and_shows_a_customer_on_the_map() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shop(folder.path());
    harness.get_by_role_and_label(Role::Row, "Row 2").click_secondary();
    harness.run_steps(3);
    let labels: Vec<String> = ["Copy", "Copy row", "Sort ascending", "Show customer on the map"].map(String::from).into();
    for label in &labels {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
    harness.get_by_label_contains("Filter to ").click();
    harness.run_steps(2);
    settle(&mut harness);
    let filter = window(&mut harness).look().table.filter.clone().expect("a filter");
    let listed = rows(&harness);
    match &filter {
        TableFilter::Value { column, value } if column == "city" => {
            assert_eq!((value.as_str(), listed), ("Ulm", vec!["2".into(), "5".into()]))
        }
        TableFilter::Value { .. } => assert_eq!(listed, ["2"]),
        other => panic!("{other:?}"),
    }
    harness.get_by_role_and_label(Role::Row, "Row 2").click_secondary();
    harness.run_steps(3);
    harness.get_by_label("Show customer on the map").click();
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(window(&mut harness).look().view(), PageView::Segments(SegmentsView::Explore));
    assert!(window(&mut harness).answers().brush.picked.as_ref().is_some_and(|picked| picked.rows().eq([1])));
}

#[test]
fn picked_rows_are_copied_with_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shop(folder.path());
    for (row, modifiers) in [("Row 1", Modifiers::NONE), ("Row 4", Modifiers::COMMAND)] {
        harness.get_by_role_and_label(Role::Row, row).click_modifiers(modifiers);
        harness.run_steps(2);
        settle(&mut harness);
    }
    harness.event(Event::Copy);
    harness.run_steps(2);
    settle(&mut harness);
    let loaded = window(&mut harness).answers().loaded.ready().expect("settled").clone();
    assert_eq!(personae::ui::data_page::rows_text(&loaded.table, [0, 3]), "id\tspend\tcity\nK1\t30\tBonn\nK4\t7\tKöln");
    assert!(harness.query_by_label_contains("2 rows copied.").is_some());
}

#[test]
fn a_million_rows_are_sorted_off_the_thread_of_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("many.csv");
    let n = 1_000_000_u64;
    let mut text = String::from("id,spend\n");
    for row in 0..n {
        text += &format!("{row},{}\n", row * 7_919 % n);
    }
    std::fs::write(&data, text).unwrap();
    let plan = Plan::new(Source::file(&data));
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let mut wanted = Wanted::on(PageView::Data(DataView::Table));
    engine.wait_until_idle(&plan, &wanted);
    wanted.table = TableWanted { sort: Some(Sort { column: "spend".into(), descends: true }), ..TableWanted::default() };
    let asked = Instant::now();
    let answers = engine.answer(&plan, &wanted);
    let frame = asked.elapsed();
    assert!(answers.listing.rows.ready().is_none(), "a frame does not sort");
    assert!(frame.as_millis() < 200, "{frame:?}");
    let answers = engine.wait_until_idle(&plan, &wanted);
    let rows = answers.listing.rows.ready().expect("sorted");
    assert_eq!(rows.len() as u64, n);
    assert!(rows.windows(2).all(|pair| u64::from(pair[0]) * 7_919 % n > u64::from(pair[1]) * 7_919 % n));
}
