//! Does the Present page show the very slides that are exported, turn them by keys, and keep what the speaker wrote?

use std::sync::Arc;

use eframe::egui;
use egui_kittest::kittest::Queryable;
use personae::app::window::Window;
use personae::engine::page_title;
use personae::export::pages::{self, Pages, TEMPLATE_FILE};
use personae::export::{Choices, Density, Paper, deck};
use personae::session::settings::Settings;
use personae::session::{Action, Command, Page};

use crate::whole::{open, order, window};

/// The titles of the slides on the page.
fn titles(harness: &mut crate::whole::Staged) -> Vec<String> {
    let answers = window(harness).answers();
    let (pages, personas) = (answers.pages.pages.ready().expect("settled"), answers.personas.ready().expect("settled"));
    pages.sheets.iter().map(|sheet| page_title(sheet, personas)).collect()
}

#[test]
fn slides_turn_by_keys_and_fill_the_screen() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Present)));
    let titles = titles(&mut harness);
    // Who is missing may take a second sheet.
    let after = titles.iter().find(|title| !title.starts_with("Everyone"));
    assert_eq!((titles[0].as_str(), after.map(String::as_str)), ("Everyone", Some("Map of the customers")));
    let first = format!("Slide 1 of {}: Everyone", titles.len());
    assert!(harness.query_by_label(&first).is_some(), "the picture tells what it shows");
    let image = window(&mut harness).answers().pages.image.clone().expect("the slide is drawn");
    assert_eq!(image.page, 0);
    assert!((image.size[0] * 9).abs_diff(image.size[1] * 16) < 16, "16 by 9, to the pixel");

    harness.key_press(eframe::egui::Key::ArrowRight);
    harness.run_steps(2);
    crate::whole::settle(&mut harness);
    assert!(harness.query_by_label_contains(&format!("Slide 2 of {}", titles.len())).is_some());
    order(&mut harness, Command::Do(Action::Present));
    assert!(harness.query_by_label("Speaker notes").is_none(), "the room does not read the notes");
    harness.key_press(eframe::egui::Key::End);
    harness.run_steps(2);
    crate::whole::settle(&mut harness);
    assert!(harness.query_by_label_contains(&format!("Slide {n} of {n}", n = titles.len())).is_some());
    assert_eq!(window(&mut harness).answers().pages.image.as_ref().map(|image| image.page), Some(titles.len() - 1));
}

#[test]
fn what_is_shown_is_what_is_exported() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Present)));
    let shown: Arc<Pages> = window(&mut harness).answers().pages.pages.ready().expect("settled").clone();
    let (report, plots) = window(&mut harness).report().expect("settled");
    let choices = Choices { paper: Paper::Slide, density: Density::Workshop, ..Choices::default() };
    let exported = pages::set(&deck(&report, &plots, &choices), &pages::pictures(&report), choices.paper, None).unwrap();
    assert_eq!(shown.len(), exported.len());
    for page in 0..shown.len() {
        assert_eq!(shown.svg(page).unwrap(), exported.svg(page).unwrap(), "slide {}", page + 1);
    }
}

#[test]
fn a_template_beside_the_data_is_read_whenever_slides_come_into_view() {
    let folder = tempfile::tempdir().unwrap();
    let (data, template) = (folder.path().join("shop.csv"), folder.path().join(TEMPLATE_FILE));
    let cells = |row: u32| [row % 3 * 100 + row % 11, row * 37 % 100, row % 3 * 50 + row % 13, row * 53 % 100];
    let line = |[a, b, c, d]: [u32; 4]| format!("{a}.{b:02},{c}.{d:02}\n");
    let rows: String = (0..60).map(cells).map(line).collect();
    std::fs::write(&data, format!("spend,visits\n{rows}")).unwrap();
    let mut window = Window::new(&egui::Context::default(), Settings::default(), None, Some(data));
    let mut slides = |page: Page, action: Option<Action>| {
        window.command(Command::Do(Action::Go(page)));
        action.into_iter().for_each(|action| window.command(Command::Do(action)));
        for _ in 0..4 {
            window.step();
            window.wait();
        }
        window.answers().pages.pages.ready().map(|pages| pages.len())
    };
    let built_in = slides(Page::Present, None);
    assert!(built_in.is_some_and(|slides| slides > 2), "{built_in:?}");
    for (text, expected) in [("one", Some(1)), ("one #pagebreak() two", Some(2)), ("#no-such-thing", None)] {
        assert_eq!(slides(Page::Personas, None), None);
        std::fs::write(&template, text).unwrap();
        // In the place of one that cannot be used come the slides there were, and one more as soon as it is known how well the personas hold.
        let is_expected = |slides: Option<usize>| match expected {
            Some(_) => slides == expected,
            None => slides >= built_in,
        };
        assert!(is_expected(slides(Page::Present, None)), "{text}");
        assert!(is_expected(slides(Page::Present, Some(Action::Undo))), "{text}: nobody chose it, so it cannot be taken back");
    }
    slides(Page::Personas, None);
    std::fs::remove_file(&template).unwrap();
    assert!(slides(Page::Present, None) >= built_in);
}

#[test]
fn speaker_notes_stay_with_their_slide() {
    let mut harness = open(None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Present)));
    order(&mut harness, Command::SlideNotes("overview".into(), "Welcome the room".into()));
    assert!(harness.query_all_by_value("Welcome the room").next().is_some());
    let pages = window(&mut harness).answers().pages.pages.ready().expect("settled").clone();
    let keys: Vec<String> = pages.sheets[..3].iter().map(|sheet| sheet.notes_key()).collect();
    assert_eq!(keys, ["overview", "plot map", "card"], "every slide has notes of its own");
    let (report, _) = window(&mut harness).report().expect("settled");
    assert_eq!(report.slide_notes["overview"], "Welcome the room", "and exports take them along");
    order(&mut harness, Command::Do(Action::Undo));
    assert!(harness.query_all_by_value("Welcome the room").next().is_none(), "undo covers notes too");
}
