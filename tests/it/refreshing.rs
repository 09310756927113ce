//! Sources that are read again: names and numbers stay with the customers, in an open window as in a project that is opened later.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use eframe::egui;
use personae::app::window::Window;
use personae::session::settings::Settings;
use personae::session::{Action, CardEdit, Clustering, Command, CustomerIds, KMeansOptions, Page};

/// Orders of customers with these keys: those whose number ends in 0 to 3 buy often and much, the others seldom and little.
fn orders(path: &Path, keys: impl Iterator<Item = usize>) {
    let mut text = String::from("order_id,customer_id,order_date,amount\n");
    for key in keys {
        let is_large = key % 10 < 4;
        for n in 0..if is_large { 12 } else { 2 } {
            let (month, day) = (1 + n % 12, 1 + (key + n) % 28);
            let amount = if is_large { 200 + key % 7 } else { 10 + key % 5 };
            writeln!(text, "{key}-{n},K{key:05},2024-{month:02}-{day:02},{amount}").unwrap();
        }
    }
    std::fs::write(path, text).unwrap();
}

fn window(file: PathBuf) -> Window {
    let mut window = Window::new(&egui::Context::default(), Settings::default(), None, Some(file));
    settle(&mut window);
    window
}

fn settle(window: &mut Window) {
    for _ in 0..4 {
        window.step();
        window.wait();
    }
}

/// Name and number of every persona, with the keys of its customers.
fn shown(window: &Window) -> Vec<(String, usize, Vec<String>)> {
    let answers = window.answers();
    let segmentation = answers.segmentation.ready().expect("segments");
    let personas = answers.personas.ready().expect("cards");
    let key = |row: usize| segmentation.loaded.table.columns[0].cell(segmentation.prepared.table_rows[row]).into_owned();
    let members = segmentation.labels.members().into_iter().map(|rows| rows.into_iter().map(key).collect());
    personas.personas.iter().zip(members).map(|(persona, keys)| (persona.name.clone(), persona.number, keys)).collect()
}

fn named(window: &Window, name: &str) -> (usize, Vec<String>) {
    let found = shown(window).into_iter().find(|(its, ..)| its == name);
    found.map(|(_, number, keys)| (number, keys)).unwrap_or_else(|| panic!("nobody is called {name}: {:?}", shown(window)))
}

#[test]
fn names_and_colours_stay_with_the_customers_when_a_source_has_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let (file, project) = (folder.path().join("orders.csv"), folder.path().join("shop.personae"));
    orders(&file, (0..400).filter(|key| key % 2 == 0));
    let plan = serde_json::json!({"personae": 1, "plan": {"source": {"sources": {"sources": [{"name": "orders", "path": file}]}}}});
    std::fs::write(&project, plan.to_string()).unwrap();

    let mut window = window(project.clone());
    window.command(Command::Do(Action::Go(Page::Personas)));
    window.command(Command::Cluster(Clustering {
        kmeans: KMeansOptions { k: Some(2), ..KMeansOptions::default() },
        ..Clustering::default()
    }));
    settle(&mut window);
    let large = shown(&window).iter().position(|(.., keys)| keys.contains(&"K00010".to_owned())).expect("everyone is in a segment");
    window.command(Command::EditCard(large, CardEdit::Name(Some("The best".into()))));
    // Another choice, so that it is remembered who has which number.
    window.command(Command::Cluster(Clustering {
        kmeans: KMeansOptions { k: Some(2), ..KMeansOptions::default() },
        seed: 1,
        ..Clustering::default()
    }));
    settle(&mut window);
    let (number, before) = named(&window, "The best");
    window.command(Command::SaveTo(project.clone()));
    settle(&mut window);

    // Now so many small customers stand in between that rows alone would point at others.
    orders(&file, (0..400).filter(|key| key % 2 == 0 || key % 10 > 3));
    window.command(Command::Do(Action::Reload));
    settle(&mut window);
    assert_eq!(named(&window, "The best"), (number, before.clone()), "in the open window");

    let mut later = self::window(project);
    later.command(Command::Do(Action::Go(Page::Personas)));
    settle(&mut later);
    assert_eq!(named(&later, "The best"), (number, before), "in the project that was saved before");
}

/// Each state of the data has a line, whatever is tried on it; the project keeps them, and old and new are shown side by side.
#[test]
fn data_that_move_add_a_line_to_the_validation_history() {
    let folder = tempfile::tempdir().unwrap();
    let (file, project) = (folder.path().join("orders.csv"), folder.path().join("shop.personae"));
    orders(&file, (0..400).filter(|key| key % 2 == 0));
    let plan = serde_json::json!({"personae": 1, "plan": {"source": {"sources": {"sources": [{"name": "orders", "path": file}]}}}});
    std::fs::write(&project, plan.to_string()).unwrap();
    let mut window = window(project.clone());
    window.command(Command::Do(Action::Go(Page::Personas)));
    for seed in [0, 1] {
        window.command(Command::Cluster(Clustering {
            kmeans: KMeansOptions { k: Some(2), ..KMeansOptions::default() },
            seed,
            ..Clustering::default()
        }));
        settle(&mut window);
    }
    let lines = |window: &Window| window.look().checks.lines.clone();
    assert_eq!((lines(&window).len(), lines(&window)[0].customers), (1, 200), "the same data have one line");
    assert!(window.look().checks.earlier().is_none());
    // New customers come, first in the file.
    orders(&file, 0..400);
    window.command(Command::Do(Action::Reload));
    settle(&mut window);
    let found = lines(&window);
    assert_eq!((found.len(), found[1].customers), (2, 400));
    assert_eq!(found[1].agreement, Some(1.0), "those who were there are where they were: {found:?}");
    assert!(
        found[1].personas.iter().all(|persona| persona.jaccard == Some(1.0) && persona.words.iter().all(|word| word.passes)),
        "{found:?}"
    );
    let (_, sentence) = window.look().checks.advice(&Default::default()).unwrap();
    assert!(sentence.starts_with("Still valid"), "{sentence}");
    let earlier = window.look().checks.earlier().unwrap();
    assert_eq!(earlier.groups.iter().map(|group| group.members.len()).sum::<usize>(), 200);
    window.command(Command::Do(Action::Go(Page::Segments)));
    window.command(Command::Compare(Some(personae::session::Against::Earlier(earlier))));
    settle(&mut window);
    let compared = window.answers().comparison.ready().expect("a comparison").clone();
    assert_eq!((compared.table.left.len(), compared.table.n_rows), (3, 400), "two then, and those who came since");
    assert_eq!(compared.left_names.last().map(String::as_str), Some("In no group then"));
    // Undo leaves the history alone, and a project that is opened again goes on with it.
    window.command(Command::Do(Action::Undo));
    settle(&mut window);
    assert_eq!(lines(&window), found);
    window.command(Command::SaveTo(project.clone()));
    settle(&mut window);
    drop(window);
    orders(&file, (0..500).filter(|key| key % 5 != 1));
    let mut window = self::window(project);
    window.command(Command::Do(Action::Go(Page::Personas)));
    settle(&mut window);
    let found = lines(&window);
    assert_eq!((found.len(), found[2].customers), (3, 400), "{found:?}");
    assert_eq!(found[2].agreement, Some(1.0), "names stay with the customers while the program is closed: {found:?}");
}

#[test]
fn customer_ids_survive_the_file_and_say_where_everyone_went() {
    let (before, after) = (CustomerIds([7, 8, 9].into()), CustomerIds([9, 1, 7].into()));
    assert_eq!(before.moves_to(&after), [Some(2), None, Some(0)]);
    let text = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<CustomerIds>(&text).unwrap(), before);
    assert_eq!(serde_json::from_str::<CustomerIds>("\"no base64!\"").unwrap(), CustomerIds::default());
}
