//! Is everything found by its name, does the keyboard move through the list, and does its size stay the same?

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use personae::cluster::{Linkage, Method};
use personae::session::{Action, Command, DataView, Page, PageView, SegmentsView, Who};

use crate::whole::{Staged, open, order, settle, window};

fn type_in(harness: &mut Staged, text: &str) {
    order(harness, Command::Do(Action::Palette));
    harness.get_by_role_and_label(Role::TextInput, "Command or path").type_text(text);
    harness.run_steps(2);
}

fn press(harness: &mut Staged, keys: &[Key]) {
    for key in keys {
        harness.key_press(*key);
        harness.run_steps(2);
    }
    settle(harness);
}

/// Types a text and runs what stands first.
fn run(harness: &mut Staged, text: &str) {
    type_in(harness, text);
    press(harness, &[Key::Enter]);
}

fn height(harness: &Staged) -> f32 {
    let field = harness.get_by_role_and_label(Role::TextInput, "Command or path");
    let dialog = field.accesskit_node().parent().and_then(|parent| parent.bounding_box());
    dialog.map_or(0.0, |rect| (rect.y1 - rect.y0) as f32)
}

#[test]
fn arrows_move_enter_runs_and_esc_closes() {
    let mut harness = open(None, None);
    type_in(&mut harness, "theme");
    press(&mut harness, &[Key::Escape]);
    assert!(harness.query_by_role_and_label(Role::TextInput, "Command or path").is_none());

    // "Go to Data" is before "Go to Prepare" in the one list of commands.
    type_in(&mut harness, "go to");
    press(&mut harness, &[Key::ArrowDown, Key::ArrowDown, Key::ArrowUp, Key::Enter]);
    assert!(harness.query_by_role_and_label(Role::TextInput, "Command or path").is_none(), "what was run closes the list");
    assert_eq!(window(&mut harness).look().page, Page::Prepare);
}

#[test]
fn the_list_keeps_its_size_and_the_row_of_the_keyboard_is_seen() {
    let mut harness = open(None, None);
    type_in(&mut harness, "");
    let tall = height(&harness);
    harness.get_by_role_and_label(Role::TextInput, "Command or path").type_text("zzz nothing");
    harness.run_steps(3);
    assert_eq!(height(&harness), tall);
    press(&mut harness, &[Key::Escape]);

    type_in(&mut harness, "");
    assert!(harness.query_by_role_and_label(Role::Button, "Column visits").is_none() || tall > 0.0);
    press(&mut harness, &[Key::PageDown; 12]);
    let last =
        harness.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label()).any(|label| label.starts_with("Column "));
    assert!(last, "the end of the list is scrolled to");
}

#[test]
fn every_control_is_found_by_any_of_its_words() {
    let mut harness = open(None, None);
    let method = |harness: &mut Staged| window(harness).plan().clustering.method;
    for (text, wanted) in [
        ("tree", Method::Tree),
        ("k-means", Method::KMeans),
        ("hierarchical", Method::Tree),
        ("dbscan", Method::Density),
        ("hdbscan", Method::Hdbscan),
        ("column groups", Method::Column),
        ("means method", Method::KMeans),
    ] {
        run(&mut harness, text);
        assert_eq!(method(&mut harness), wanted, "{text}");
    }
    for (text, k) in [("k = 4", 4), ("k=6", 6), ("3", 3), ("5 segments", 5)] {
        run(&mut harness, text);
        assert_eq!(window(&mut harness).plan().clustering.kmeans.k, Some(k), "{text}");
    }
    run(&mut harness, "dark theme");
    run(&mut harness, "health");
    assert_eq!(window(&mut harness).look().view(), PageView::Data(DataView::Health));
    run(&mut harness, "overview");
    assert_eq!(window(&mut harness).look().page, Page::Personas);
    run(&mut harness, "rename c2");
    let (page, card) = (window(&mut harness).look().page, window(&mut harness).look().card);
    let number = window(&mut harness).answers().personas.ready().expect("settled").personas[card].number;
    assert_eq!((page, number), (Page::Personas, 1));
    for (text, wanted) in
        [("smallest segment", Method::Hdbscan), ("min samples", Method::Density), ("cut height", Method::Tree), ("seed", Method::KMeans)]
    {
        run(&mut harness, text);
        assert_eq!(method(&mut harness), wanted, "{text}");
    }
    run(&mut harness, "linkage complete");
    let clustering = window(&mut harness).plan().clustering.clone();
    assert_eq!((clustering.method, clustering.tree.linkage), (Method::Tree, Linkage::Complete));
    run(&mut harness, "compare the segments");
    let look = window(&mut harness).look();
    assert_eq!((look.view(), look.comparing), (PageView::Segments(SegmentsView::Explore), true));
}

#[test]
fn a_column_and_a_customer_are_found_by_name_and_number() {
    let mut harness = open(None, None);
    let name = window(&mut harness).answers().loaded.ready().expect("settled").table.columns[2].name.clone();
    run(&mut harness, &format!("column {name}"));
    let look = window(&mut harness).look();
    assert_eq!((look.view(), look.column.as_deref()), (PageView::Data(DataView::Table), Some(name.as_str())));

    let picked = |harness: &mut Staged| match window(harness).look().brush.as_ref().map(|brush| &brush.who) {
        Some(Who::Rows { rows, .. }) => rows.to_vec(),
        other => panic!("{other:?}"),
    };
    run(&mut harness, "row 12");
    assert_eq!(window(&mut harness).look().page, Page::Segments);
    assert_eq!(picked(&mut harness), [11]);
    // What the data call a customer, and what of it people type.
    let loaded = window(&mut harness).answers().loaded.ready().expect("settled").clone();
    let number = loaded.identifier().expect("the sample numbers its customers").cell(1233).into_owned();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    for typed in [number.to_lowercase(), digits.trim_start_matches('0').to_owned()] {
        run(&mut harness, "row 12");
        run(&mut harness, &format!("customer {typed}"));
        assert_eq!(picked(&mut harness), [1233], "{typed} of {number}");
    }
    assert!(window(&mut harness).answers().brush.ring.is_some(), "the map shows who it is");
}

#[test]
fn the_role_of_a_column_is_changed_by_its_name() {
    let mut harness = open(None, None);
    let name = window(&mut harness).answers().loaded.ready().expect("settled").table.columns[2].name.clone();
    run(&mut harness, &format!("role {name} ignored"));
    assert_eq!(window(&mut harness).plan().preparation.roles.get(&name), Some(&personae::data::Role::Ignored));
    assert_eq!(window(&mut harness).look().column.as_deref(), Some(name.as_str()), "the column is shown");

    type_in(&mut harness, &format!("role {name}"));
    let shown = window(&mut harness).plan().dictionary.name(&name);
    let roles = harness.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    let roles: Vec<String> = roles.filter(|label| label.starts_with(&format!("Role of {shown}:"))).collect();
    assert!(!roles.is_empty() && roles.iter().all(|label| label.ends_with("(now ignored)")), "{roles:?}");
}

#[test]
fn the_keys_of_a_page_are_listed_on_f1_and_a_question_mark() {
    let mut harness = open(None, None);
    for key in [Key::F1, Key::Questionmark] {
        press(&mut harness, &[key]);
        assert!(harness.query_by_label_contains("Close the list of keys").is_some(), "{key:?}");
        assert!(harness.query_by_label("Compare the segments with others").is_some());
        assert!(harness.query_by_label("Ctrl+K").is_some());
        press(&mut harness, &[Key::Escape]);
        assert!(harness.query_by_label_contains("Close the list of keys").is_none());
    }
    order(&mut harness, Command::Do(Action::Go(Page::Present)));
    press(&mut harness, &[Key::F1]);
    assert!(harness.query_by_label("A second window for the speaker, in full screen").is_some());
}
