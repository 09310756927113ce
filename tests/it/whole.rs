//! The whole job in the real window code, without a display: open a file, name a persona, change k, save, close, reopen, export.

use std::path::Path;
use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use personae::app::window::Window;
use personae::cluster::Method;
use personae::data::sample;
use personae::export::Choices;
use personae::persona::{Added, RowSet};
use personae::session::recovery::Recovery;
use personae::session::settings::Settings;
use personae::session::{
    Action, CardEdit, Clustering, Command, Cut, ExportFormat, ExportRequest, KMeansOptions, NicheCard, NicheOptions, Page, PageView,
    SegmentsView, TreeOptions,
};

/// A window without a frame around it.
pub struct Stage {
    window: Option<Window>,
    file: Option<std::path::PathBuf>,
    recovery: Option<Recovery>,
}

pub type Staged = Harness<'static, Stage>;

pub fn open<'a>(file: Option<&Path>, recovery: Option<Recovery>) -> Harness<'a, Stage> {
    open_at([1280.0, 800.0], file, recovery)
}

/// The window in another size.
pub fn open_at<'a>(size: [f32; 2], file: Option<&Path>, recovery: Option<Recovery>) -> Harness<'a, Stage> {
    let stage = Stage { window: None, file: file.map(Path::to_path_buf), recovery };
    let draw = |ui: &mut eframe::egui::Ui, stage: &mut Stage| {
        let Stage { window, file, recovery } = stage;
        let window = window.get_or_insert_with(|| {
            let file = file.take();
            let is_sample = file.is_none();
            let mut window = Window::new(ui.ctx(), Settings::default(), recovery.take(), file);
            if is_sample {
                window.command(Command::Do(Action::Go(Page::Segments)));
            }
            window
        });
        window.step();
        window.draw(ui);
    };
    let mut harness = Harness::builder().with_size(size).with_max_steps(8).build_ui_state(draw, stage);
    settle(&mut harness);
    harness
}

pub fn window<'h>(harness: &'h mut Harness<'_, Stage>) -> &'h mut Window {
    harness.state_mut().window.as_mut().expect("the first frame has opened it")
}

pub fn settle(harness: &mut Harness<'_, Stage>) {
    for _ in 0..4 {
        window(harness).wait();
        harness.run_steps(2);
    }
}

pub fn order(harness: &mut Harness<'_, Stage>, command: Command) {
    window(harness).command(command);
    harness.run_steps(2);
    settle(harness);
}

fn names(harness: &mut Harness<'_, Stage>) -> Vec<String> {
    let personas = Arc::clone(window(harness).answers().personas.ready().expect("settled"));
    personas.personas.iter().map(|persona| persona.name.clone()).collect()
}

#[test]
fn from_a_file_to_cards_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.csv");
    std::fs::write(&data, sample::csv(3)).unwrap();
    let mut harness = open(Some(&data), None);
    assert!(harness.query_all_by_label_contains("customer_id").next().is_some(), "the Data page shows the columns");

    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    let before = names(&mut harness);
    order(&mut harness, Command::EditCard(0, CardEdit::Name(Some("Čtenáři & friends".into()))));
    order(&mut harness, Command::EditCard(1, CardEdit::Added(Added { goals: "Save time".into(), ..Added::default() })));
    assert_eq!(names(&mut harness)[0], "Čtenáři & friends");
    order(&mut harness, Command::Do(Action::Undo));
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(names(&mut harness), before, "undo takes names back");
    order(&mut harness, Command::Do(Action::Redo));

    // The name goes with its customers through other numbers and methods: where most of both sides are the same, and nowhere else.
    let is_named = |harness: &mut Harness<'_, Stage>| names(harness).iter().filter(|name| *name == "Čtenáři & friends").count();
    let finer = Clustering { kmeans: KMeansOptions { k: Some(before.len() + 2), ..KMeansOptions::default() }, ..Clustering::default() };
    order(&mut harness, Command::Cluster(finer));
    assert!(is_named(&mut harness) <= 1, "never on two");
    order(&mut harness, Command::Cluster(Clustering::default()));
    assert_eq!(names(&mut harness)[0], "Čtenáři & friends", "it is back with its customers");
    let tree = TreeOptions { cut: Cut::Clusters(before.len()), ..TreeOptions::default() };
    order(&mut harness, Command::Cluster(Clustering { method: Method::Tree, tree, ..Clustering::default() }));
    assert_eq!(is_named(&mut harness), 1);
    let saved_names = names(&mut harness);

    let project = folder.path().join("shop.personae");
    order(&mut harness, Command::SaveTo(project.clone()));
    let out = folder.path().join("out");
    order(&mut harness, Command::Export(ExportRequest { folder: Some(out.clone()), choices: Choices::of(&ExportFormat::ALL) }));
    for file in ["personas.html", "personas.json", "customers.csv", "customers.parquet", "map.svg", "map.png", "dendrogram.svg"] {
        assert!(out.join(file).is_file(), "{file} was written");
    }
    assert!(std::fs::read_to_string(out.join("personas.html")).unwrap().contains("Čtenáři &amp; friends"));
    drop(harness);

    let mut harness = open(Some(&project), None);
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    assert_eq!(names(&mut harness), saved_names, "a reopened project shows the same");
}

#[test]
fn the_export_dialog_chooses_writes_and_tells() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("cards");
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    order(&mut harness, Command::Do(Action::Export));
    let name = names(&mut harness)[0].clone();
    for label in ["Cards to show", "Cards to work with", "Customers", "Privacy", "Folder", "Cancel"] {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
    harness.get_by_label("None").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("Choose at least one persona.").is_some());
    harness.get_by_role_and_label(Role::CheckBox, &name).click();
    harness.run_steps(2);
    for format in [ExportFormat::Pdf, ExportFormat::Pptx, ExportFormat::Json] {
        harness.get_by_role_and_label(Role::CheckBox, format.name()).click();
        harness.run_steps(2);
    }
    harness.get_by_role_and_label(Role::CheckBox, ExportFormat::Audience.name()).click();
    harness.run_steps(2);
    assert!(harness.query_by_label("Plain text, not hashed").is_some(), "its options are there once it is chosen");
    harness.get_by_role_and_label(Role::TextInput, "Folder").focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Folder").type_text(&out.display().to_string());
    harness.run_steps(2);
    harness.get_all_by_label("Export").last().expect("the button").click();
    harness.run_steps(2);
    settle(&mut harness);
    assert!(harness.query_by_label("Exported").is_some() && harness.query_by_label("personas.json").is_some());
    assert!(harness.query_by_label_contains("no column tells how to reach a customer").is_some(), "the sample has no contacts");
    assert!(harness.query_by_label("Open folder").is_some() && harness.query_by_label("Copy path").is_some());
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
    harness.get_by_label("Done").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("Exported").is_none());

    // The choices are remembered, but for who was chosen; a place that refuses is told where the choices can be made again.
    order(&mut harness, Command::Do(Action::Export));
    assert!(harness.query_by_label("Plain text, not hashed").is_some() && harness.query_by_label("Choose at least one persona.").is_none());
    let choices = Choices::of(&[ExportFormat::Json]);
    std::fs::write(folder.path().join("file"), "").unwrap();
    order(&mut harness, Command::Export(ExportRequest { folder: Some(folder.path().join("file")), choices }));
    assert!(harness.query_by_label_contains("a file stands where a folder is needed").is_some());
    harness.get_by_label("Back to the choices").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("Cards to show").is_some());
}

/// The number of every customer's segment, as people see it.
fn number_of_each(harness: &mut Harness<'_, Stage>) -> Vec<Option<usize>> {
    let segmentation = Arc::clone(window(harness).answers().segmentation.ready().expect("settled"));
    segmentation.labels.iter().map(|cluster| cluster.map(|cluster| segmentation.labels.numbers()[cluster])).collect()
}

#[test]
fn colours_and_numbers_stay_with_their_customers() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Segments)));
    let kmeans = |k, seed| {
        Command::Cluster(Clustering { kmeans: KMeansOptions { k: Some(k), ..KMeansOptions::default() }, seed, ..Clustering::default() })
    };
    let ward = Command::Cluster(Clustering {
        method: Method::Tree,
        tree: TreeOptions { cut: Cut::Clusters(4), ..TreeOptions::default() },
        ..Clustering::default()
    });
    order(&mut harness, kmeans(4, 0));
    let first = number_of_each(&mut harness);
    let kept = |harness: &mut Harness<'_, Stage>| {
        let now = number_of_each(harness);
        first.iter().zip(&now).filter(|(old, new)| old == new).count() as f64 / now.len() as f64
    };
    order(&mut harness, kmeans(6, 0));
    let told = window(&mut harness).answers().segmentation.ready().expect("settled").told.clone();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("C5 ") && told[1].starts_with("C6 "), "{told:?}");
    // What changed is said once: any other choice, and undo and redo, leave it behind.
    let says = |harness: &Harness<'_, Stage>| harness.query_all_by_label_contains("C5 split").next().is_some();
    assert!(says(&harness));
    for back in [Action::Undo, Action::Redo] {
        order(&mut harness, Command::Do(back));
        assert!(!says(&harness), "{back:?}");
    }
    let mut all_kept = vec![kept(&mut harness)];
    for command in [kmeans(4, 7), ward, kmeans(5, 0), kmeans(4, 0)] {
        order(&mut harness, command);
        all_kept.push(kept(&mut harness));
    }
    assert!(all_kept.iter().all(|kept| *kept > 0.5), "most customers keep number and colour through every change: {all_kept:?}");
    assert_eq!((all_kept[1], all_kept[4]), (1.0, 1.0), "the same four segments have the same numbers: {all_kept:?}");
    // The cards, the plots and the exports speak of the same numbers.
    let answers = window(&mut harness).answers();
    let numbers = answers.segmentation.ready().expect("settled").labels.numbers().to_vec();
    assert_eq!(answers.map.ready().expect("settled").numbers, numbers);
    assert_eq!(answers.silhouette.ready().expect("settled").numbers, numbers);
    assert!(answers.personas.ready().expect("settled").personas.iter().map(|persona| persona.number).eq(numbers));
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(number_of_each(&mut harness).iter().flatten().max(), Some(&4), "five segments, numbered C1 to C5");
}

#[test]
fn work_that_was_not_saved_is_offered_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("unsaved");
    let mut harness = open(None, Some(Recovery::start_in(&kept).unwrap()));
    order(
        &mut harness,
        Command::Cluster(Clustering { kmeans: KMeansOptions { k: Some(7), ..KMeansOptions::default() }, ..Clustering::default() }),
    );
    window(&mut harness).close();
    drop(harness);

    let mut harness = open(None, Some(Recovery::start_in(&kept).unwrap()));
    harness.get_by_label("Restore it").click();
    harness.run_steps(4);
    settle(&mut harness);
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    assert_eq!(names(&mut harness).len(), 7);
}

#[test]
fn a_file_that_is_gone_is_told_in_the_window() {
    let mut harness = open(Some(Path::new("/nowhere/shop.csv")), None);
    assert!(harness.query_all_by_label_contains("does not exist").next().is_some());
    order(&mut harness, Command::Do(Action::OpenSample));
    assert!(window(&mut harness).answers().segmentation.ready().is_some(), "the sample is one step away");
}

#[test]
fn a_message_waits_behind_the_slides_and_leaves_with_esc() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.csv");
    std::fs::write(&data, crate::niches::shop(0)).unwrap();
    let mut harness = open(Some(&data), None);
    settle(&mut harness);
    order(&mut harness, Command::Open(folder.path().join("nowhere.personae")));
    let is_told = |harness: &Harness<'_, Stage>| harness.query_all_by_label_contains("nowhere.personae").next().is_some();
    assert!(is_told(&harness), "a problem stays until it was read");
    order(&mut harness, Command::Do(Action::Present));
    assert!(!is_told(&harness), "nothing lies over a slide");
    order(&mut harness, Command::Do(Action::Present));
    assert!(is_told(&harness));
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(!is_told(&harness));
}

#[test]
fn a_click_on_the_name_of_a_niche_shows_its_card() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.csv");
    std::fs::write(&data, crate::niches::shop_with_niche(true)).unwrap();
    let mut harness = open(Some(&data), None);
    settle(&mut harness);
    let mut clustering = window(&mut harness).plan().clustering.clone();
    clustering.kmeans.k = Some(3);
    order(&mut harness, Command::Cluster(clustering));
    order(&mut harness, Command::Do(Action::Show(PageView::Segments(SegmentsView::Niches))));
    window(&mut harness).wait_until_refined();
    let niches = Arc::clone(window(&mut harness).answers().niches.ready().expect("niches"));
    let members = RowSet::new(niches.niches[0].table_rows.iter().copied());
    let options = window(&mut harness).plan().niches.clone();
    order(&mut harness, Command::Niches(NicheOptions { cards: vec![NicheCard { name: None, members }], ..options }));
    order(&mut harness, Command::Do(Action::Go(Page::Personas)));
    window(&mut harness).wait_until_refined();
    harness.run_steps(2);
    let at = harness.get_by_label_contains("Niche card ").rect().left_top() + eframe::egui::vec2(60.0, 14.0);
    for step in [Harness::hover_at, Harness::drag_at, Harness::drop_at] {
        step(&harness, at);
        harness.run_steps(2);
    }
    assert_eq!(window(&mut harness).look().cards.niche, Some(0), "the name lies on the row, and must not take its click");
}

#[test]
fn a_name_waits_where_a_column_gives_other_groups() {
    // Nearly all of the first half stream, and so do some of the others: most of both sides are the same customers.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    let mut text = "visits,spend,streaming\n".to_owned();
    for row in 0..400usize {
        let is_first = row < 200;
        let streams = if is_first { row % 20 > 0 } else { row % 5 == 0 };
        let (visits, spend) = if is_first { (40 + row % 7, 900 + row * 7 % 90) } else { (3 + row % 7, 100 + row * 7 % 90) };
        text += &format!("{visits},{spend},{}\n", if streams { "Yes" } else { "No" });
    }
    std::fs::write(&path, text).unwrap();
    let mut harness = open(Some(&path), None);
    order(&mut harness, Command::Do(Action::Show(PageView::Segments(SegmentsView::Explore))));
    let mut clustering = window(&mut harness).plan().clustering.clone();
    clustering.kmeans.k = Some(2);
    order(&mut harness, Command::Cluster(clustering.clone()));
    let first = window(&mut harness).answers().personas.ready().unwrap().personas.iter().position(|persona| persona.n == 200).unwrap();
    order(&mut harness, Command::EditCard(first, CardEdit::Name(Some("Binge watchers".into()))));
    assert!(names(&mut harness).contains(&"Binge watchers".to_owned()));
    let mut given = clustering.clone();
    given.method = Method::Column;
    given.groups.column = Some("streaming".into());
    order(&mut harness, Command::Cluster(given));
    let told = names(&mut harness);
    assert!(told.len() == 2 && !told.contains(&"Binge watchers".to_owned()), "{told:?}");
    let notes = window(&mut harness).answers().personas.ready().unwrap().notes.clone();
    assert!(notes.iter().any(|note| note.0.starts_with("Your name \"Binge watchers\" has no segment at the moment")), "{notes:?}");
    order(&mut harness, Command::Cluster(clustering));
    assert!(names(&mut harness).contains(&"Binge watchers".to_owned()));
}
