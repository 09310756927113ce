//! Can the Personas page be worked by name: cards, comparison and overview, evidence behind every word, and what the user adds?
//!
//! The page gets hand-built answers; everything is found by its label, as a screen reader would.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key as Press, MissingGlyphPolicy, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use personae::base::{Key, Progress};
use personae::data::Role as ColumnRole;
use personae::engine::{Answer, Answers, Problem};
use personae::export::Density;
use personae::persona::quotes::Quotes;
use personae::persona::{
    Condition, Direction, Distribution, Drawing, Evidence, Example, Explained, Forest, Importance, Middle, MissingGroup, NamePart, Persona,
    Personas, Picture, Priority, SegmentRule, Shown, Statement, TraitMembers, Twins, attributes,
};
use personae::session::{Action, Brush, CardEdit, CardsView, Command, Look, Page, Plan, Selection};

use super::segments_page;

#[derive(Default)]
struct World {
    answers: Answers,
    look: Look,
    commands: Vec<Command>,
    has_fonts: bool,
}

type Window = Harness<'static, World>;

fn window(answers: Answers, look: Look) -> Window {
    window_of(answers, look, 720.0)
}

/// A window so high that a whole card is in view.
fn tall() -> Window {
    window_of(answers(&SIZES), look(CardsView::Cards, Density::Analyst), 1_600.0)
}

fn window_of(answers: Answers, look: Look, height: f32) -> Window {
    let page = |ui: &mut eframe::egui::Ui, world: &mut World| {
        if !std::mem::replace(&mut world.has_fonts, true) {
            personae::ui::theme::install(ui.ctx());
            // The window takes other scripts from the system's fonts, which a test must not depend on.
            ui.ctx().set_missing_glyph_policy(MissingGlyphPolicy::Tofu);
            return;
        }
        personae::ui::personas::ui(ui, &Plan::default(), &world.answers, &mut world.look, &mut world.commands);
    };
    let mut harness = Harness::builder().with_size([1280.0, height]).build_ui_state(page, World { answers, look, ..World::default() });
    harness.run();
    harness
}

fn press(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run();
}

fn key(window: &mut Window, key: Press) {
    window.ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
    window.key_press_modifiers(Modifiers::NONE, key);
    window.run();
}

fn evidence(column: &str, effect: f64, n: usize) -> Evidence {
    let text = |value: f64| format!("€ {value:.0}");
    let here = 200.0 + 100.0 * effect;
    Evidence {
        column: column.into(),
        level: None,
        shown: Shown { column: column.into(), level: None },
        role: ColumnRole::Behavioural,
        persona: here,
        everyone: 200.0,
        rest: 190.0,
        texts: [text(here), text(200.0), text(190.0)],
        effect,
        interval: Some([effect - 0.1, effect + 0.1]),
        v_test: 9.0 * effect,
        percentile: Some(50.0 + 20.0 * effect.clamp(-2.0, 2.0)),
        index: None,
        coverage: 0.8,
        n,
        missing_share: 0.02,
        withheld: Default::default(),
        passes_name: effect.abs() > 0.5,
        passes_statement: true,
    }
}

fn persona(cluster: usize, n: usize, n_all: usize, name: &str) -> Persona {
    let towards = if cluster.is_multiple_of(2) { 1.0 } else { -1.0 };
    let rows = vec![evidence("total_spend", 1.5 * towards, n), evidence("visits", -0.9 * towards, n), evidence("age", 0.3, n)];
    let statement = |at: usize, text: &str| Statement {
        text: text.into(),
        value: rows[at].texts[0].clone(),
        everyone: rows[at].texts[1].clone(),
        direction: if rows[at].effect < 0.0 { Direction::Less } else { Direction::More },
        evidence: at,
    };
    let statements = vec![statement(0, "Total spend"), statement(1, "Visits"), statement(2, "Age")];
    Persona {
        cluster,
        number: cluster,
        name: name.into(),
        automatic_name: name.into(),
        is_renamed: false,
        may_be_out_of_date: false,
        name_parts: vec![
            NamePart { word: "Big".into(), evidence: Some(0), also: None },
            NamePart { word: "Customers".into(), evidence: None, also: None },
        ],
        summary: format!("{n} customers. Compared with everyone, they spend otherwise."),
        n,
        share: n as f64 / n_all as f64,
        revenue_share: Some(0.3),
        statements: if n < 10 { Vec::new() } else { statements },
        distributions: vec![Distribution {
            column: "total_spend".into(),
            shown: "total_spend".into(),
            unit: Some("€".into()),
            drawing: Drawing::Bins {
                edges: vec![0.0, 1.0, 2.0],
                persona: vec![0.4, 0.6],
                everyone: vec![0.5, 0.5],
                middle: Middle { persona: 1.2, everyone: 1.0, is_mean: false },
                is_date: false,
                tails: [false, false],
                withheld: Default::default(),
            },
        }],
        evidence: if n < 10 { Vec::new() } else { rows },
        match_all_share: Some(0.7),
        added: Default::default(),
    }
}

const LONG: &str = "Customers whose name somebody wrote out in full, with every thought 🙂 שלום 東京";

fn personas(sizes: &[usize], n_noise: usize, n_left_out: usize) -> Personas {
    let n_all: usize = sizes.iter().sum::<usize>() + n_noise;
    let name = |at: usize| match at {
        0 => "Big Spenders".to_owned(),
        1 => "Savers".to_owned(),
        2 => LONG.to_owned(),
        at => format!("Customers {at}"),
    };
    let personas: Vec<Persona> = sizes.iter().enumerate().map(|(at, &n)| persona(at, n, n_all, &name(at))).collect();
    Personas {
        attributes: attributes(&personas, &Twins::default()),
        twins: Twins::default(),
        noun: Default::default(),
        missing_looked_at: vec!["age".into(), "plan".into()],
        personas,
        n_noise,
        n_left_out,
        n_rows: n_all + n_left_out,
        revenue_column: Some("total_spend".into()),
        missing_groups: vec![
            MissingGroup {
                column: "age".into(),
                human: "age".into(),
                level: "65 and over".into(),
                answer: None,
                n: 214,
                share: 0.04,
                most_in: Some((1, 0.11)),
            },
            MissingGroup {
                column: "plan".into(),
                human: "plan".into(),
                level: "trial".into(),
                answer: None,
                n: 9,
                share: 0.001,
                most_in: None,
            },
        ],
        notes: Vec::new(),
    }
}

fn answers(sizes: &[usize]) -> Answers {
    Answers { personas: Answer::Ready(Arc::new(personas(sizes, 60, 40))), ..segments_page::answers() }
}

fn explained(sizes: &[usize]) -> Explained {
    Explained {
        sizes: sizes.to_vec(),
        importance: vec![
            Importance {
                column: "total_spend".into(),
                shown: "Total spend".into(),
                enters: true,
                association: 0.62,
                is_levels: false,
                loss: Some(0.21),
                loss_sd: Some(0.02),
                weight: Some(0.7),
                toward: Vec::new(),
            },
            Importance {
                column: "plan".into(),
                shown: "Plan".into(),
                enters: false,
                association: 0.11,
                is_levels: true,
                loss: None,
                loss_sd: None,
                weight: None,
                toward: Vec::new(),
            },
        ],
        forest: Some(Forest { n_trees: 100, n_learnt: 800, n_held_out: 200, accuracy: 0.91, chance: 0.4 }),
        weighed: None,
        rules: vec![
            Some(SegmentRule {
                conditions: vec![Condition { column: "total_spend".into(), text: "total spend above € 310".into() }],
                precision: 0.9,
                recall: 0.8,
                n_caught: 350,
            }),
            None,
            None,
        ],
        examples: vec![vec![Example { values: vec![("Age".into(), "41 years".into())] }]],
        typical: vec![true],
    }
}

const SIZES: [usize; 3] = [500, 300, 100];

fn look(view: CardsView, density: Density) -> Look {
    let mut look = Look::default();
    (look.cards.view, look.cards.density) = (view, density);
    look
}

fn cards() -> Window {
    window(answers(&SIZES), look(CardsView::Cards, Density::Analyst))
}

#[test]
fn everyone_is_in_the_list_and_shares_add_up() {
    let window = cards();
    let texts = ["In no group · 60 · 6\u{202f}%", "Rows left out · 40 · 4\u{202f}%"];
    for text in texts {
        assert!(window.query_all_by_label(text).next().is_some(), "{text}");
    }
    for text in ["500 · 50\u{202f}%", "300 · 30\u{202f}%", "100 · 10\u{202f}%"] {
        assert!(window.query_by_label(text).is_some(), "{text}");
    }
}

#[test]
fn a_statement_shows_its_evidence_and_brushes_who_is_behind_it() {
    let mut window = cards();
    let name = "Total spend: € 350, everyone € 200";
    window.get_by_role_and_label(Role::Button, name).hover();
    window.run();
    assert_eq!(window.state().look.cards.pointed, Some((0, 0)));
    assert!(window.query_by_label("Evidence: total_spend").is_some(), "the strip tells of it");
    assert!(window.query_by_label("+1.40 to +1.60").is_some());
    press(&mut window, name);
    let segments = Key::of_bytes(b"three segments");
    let holds = TraitMembers { column: "total_spend".into(), level: None, direction: Direction::More };
    let brush = Brush::with_trait(Key::of_bytes(b"shop"), segments, Some((0, "Big Spenders")), holds, &Default::default());
    assert_eq!(window.state().look.brush, Some(brush.clone()));
    press(&mut window, name);
    assert_eq!(window.state().look.brush, None, "a second click lets them go");
    press(&mut window, "Word Big");
    assert_eq!(window.state().look.brush, Some(brush), "a word of the name is the same trait");
    key(&mut window, Press::Escape);
    assert_eq!(window.state().look.brush, None);
    assert_eq!(window.state().commands, [], "looking changes no number");
}

#[test]
fn the_back_marks_the_row_and_tells_how_far_to_rely_on_it() {
    let mut with = answers(&SIZES);
    with.explained = Answer::Ready(Arc::new(explained(&SIZES)));
    let mut window = window(with, look(CardsView::Cards, Density::Analyst));
    key(&mut window, Press::F);
    assert!(window.state().look.evidence);
    for text in ["total spend above € 310", "Typical customers (anonymous)", "41 years", "How this was made"] {
        assert!(window.query_all_by_label(text).next().is_some(), "{text}");
    }
    press(&mut window, "Evidence row visits");
    let Some(brush) = &window.state().look.brush else { panic!("customers behind the row") };
    assert_eq!(&*brush.from, "statement: low visits in Big Spenders");
    key(&mut window, Press::Escape);
    assert!(window.state().look.evidence && window.state().look.brush.is_none(), "first the customers");
    key(&mut window, Press::Escape);
    assert!(!window.state().look.evidence, "then the back");
}

#[test]
fn what_was_learnt_of_other_segments_is_not_told() {
    let mut with = answers(&SIZES);
    with.explained = Answer::Ready(Arc::new(explained(&[1, 2, 3])));
    let mut look = look(CardsView::Cards, Density::Analyst);
    look.evidence = true;
    let window = window(with, look);
    assert!(window.query_by_label("total spend above € 310").is_none());
    assert!(window.query_by_label("Not known yet.").is_some());
}

#[test]
fn a_workshop_reads_no_statistics() {
    let mut window = window(answers(&SIZES), look(CardsView::Cards, Density::Workshop));
    assert!(window.query_by_label("Evidence").is_none(), "no back to turn to");
    key(&mut window, Press::F);
    assert!(!window.state().look.evidence);
    window.get_by_role_and_label(Role::Button, "Total spend: € 350, everyone € 200").hover();
    window.run();
    assert!(window.query_by_label("Everyone").is_some() && window.query_by_label("Effect").is_none());
    press(&mut window, "Analyst");
    assert_eq!(window.state().look.cards.density, Density::Analyst);
    assert!(window.query_by_label("Evidence").is_some());
}

#[test]
fn who_is_missing_is_told_in_sentences() {
    let mut window = cards();
    press(&mut window, "Who is missing?");
    let told = "65 and over (age): 214 customers, 4\u{a0}% of all; highest share in Savers: 11\u{a0}%.";
    assert!(window.query_by_label(told).is_some());
    assert!(window.query_by_label_contains("trial").is_none(), "nine customers are not told of");
    key(&mut window, Press::Escape);
    assert!(window.query_by_label(told).is_none());
}

#[test]
fn personas_side_by_side() {
    let mut with = answers(&SIZES);
    with.explained = Answer::Ready(Arc::new(explained(&SIZES)));
    let mut window = window(with, look(CardsView::Compare, Density::Analyst));
    assert!(window.query_by_label_contains("Total spend: with its values shuffled, the forest puts 21.0").is_some());
    let cell = "Savers, total_spend: € 50";
    let above = window.get_by_role_and_label(Role::Button, cell).rect();
    let below = window.get_by_role_and_label(Role::Button, "Savers, visits: € 290").rect();
    assert!(above.bottom() <= below.top() && above.left() == below.left(), "what separates more stands above");
    press(&mut window, cell);
    assert_eq!(window.state().look.cards.pointed, Some((1, 0)));
    assert!(window.state().look.brush.is_some());
    press(&mut window, "Leave Savers out of the comparison");
    assert_eq!(window.state().look.cards.compared, Some(vec![0, 2]));
    assert!(window.query_by_label(cell).is_none());
    press(&mut window, "Leave Big Spenders out of the comparison");
    assert_eq!(window.state().look.cards.compared, Some(vec![0, 2]), "two stay");
    press(&mut window, "Compare Savers");
    assert_eq!(window.state().look.cards.compared, None, "all again");
    press(&mut window, "Open the card Savers");
    assert_eq!((window.state().look.cards.view, window.state().look.card), (CardsView::Cards, 1));
}

#[test]
fn forty_personas_are_scrolled_through() {
    let sizes: Vec<usize> = (0..40).map(|at| 400 - 9 * at).collect();
    for view in [CardsView::Cards, CardsView::Compare, CardsView::Overview] {
        let window = window(answers(&sizes), look(view, Density::Analyst));
        let shown = window.query_all_by_role(Role::Button).count();
        assert!((10..120).contains(&shown), "{view:?}: {shown} buttons; what is out of sight is not laid out");
    }
}

#[test]
fn six_personas_fit_on_one_sheet() {
    let sizes = [500, 300, 200, 100, 50, 20];
    let mut window = window(answers(&sizes), look(CardsView::Overview, Density::Analyst));
    let tiles: Vec<_> = (0..6)
        .map(|at| {
            let name = ["Big Spenders", "Savers", LONG, "Customers 3", "Customers 4", "Customers 5"][at];
            window.get_by_role_and_label(Role::Button, &format!("Open the card {name}")).rect()
        })
        .collect();
    for (at, tile) in tiles.iter().enumerate() {
        assert!(tile.bottom() <= 720.0 && tile.right() <= 1280.0, "{tile:?}");
        assert!(tiles[..at].iter().all(|other| !other.intersects(*tile)));
    }
    assert!(window.get_by_label_contains("65 and over").rect().bottom() <= 720.0);
    press(&mut window, "Open the card Savers");
    assert_eq!((window.state().look.cards.view, window.state().look.card), (CardsView::Cards, 1));
}

#[test]
fn one_customer_is_not_described() {
    let sizes = [900, 1];
    let mut window = window(answers(&sizes), look(CardsView::Cards, Density::Analyst));
    press(&mut window, "Card Savers");
    assert!(window.query_by_label_contains("Only 1 customer: too few to describe").is_some());
    assert!(window.query_by_label_contains("€ 350").is_none() && window.query_by_label("Pick quotes…").is_none());
    assert!(window.query_by_label("Distributions").is_none());
}

#[test]
fn nothing_yet_and_problems_say_what_to_do() {
    let mut none = answers(&[]);
    let mut window = window(none.clone(), Look::default());
    press(&mut window, "Find segments");
    assert_eq!(window.state().commands, [Command::Do(Action::Go(Page::Segments))]);

    none.personas = Answer::Failed { problem: Problem("There are too many segments to describe. Choose fewer.".into()), previous: None };
    window.state_mut().answers = none;
    window.run();
    assert!(window.query_by_label_contains("too many segments").is_some());

    let progress = Progress { stage: "Persona cards".into(), fraction: 0.4 };
    let previous = Some(Arc::new(personas(&SIZES, 0, 0)));
    window.state_mut().answers.personas = Answer::Cooking { progress: progress.clone(), previous };
    window.run();
    assert!(window.query_by_label("Card Savers").is_some(), "the last cards stay while the next cook");
    window.state_mut().answers.personas = Answer::Cooking { progress, previous: None };
    window.run_steps(3);
    assert!(window.query_by_label("Persona cards").is_some());
}

#[test]
fn tag_picture_and_notes_are_the_users_own() {
    let mut window = tall();
    window.get_by_role_and_label(Role::ComboBox, "Priority of C1: No priority").click();
    window.run();
    window.get_by_label("High priority").click();
    window.run();
    let commands = std::mem::take(&mut window.state_mut().commands);
    let [Command::EditCard(0, CardEdit::Added(added))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(added.priority, Priority::High);

    let mut all = personas(&SIZES, 60, 40);
    all.personas[0].added = added.clone();
    all.personas[0].added.picture = Some(Picture { bytes: b"no picture at all".as_slice().into() });
    window.state_mut().answers.personas = Answer::Ready(Arc::new(all));
    window.run();
    assert!(window.query_all_by_label("Picture of C1").next().is_some(), "what is no picture shows the portrait and breaks nothing");
    press(&mut window, "Remove the picture");
    assert_eq!(std::mem::take(&mut window.state_mut().commands), [Command::EditCard(0, CardEdit::Picture(None))]);

    press(&mut window, "Picture");
    press(&mut window, "Type its path");
    window.get_by_role_and_label(Role::TextInput, "Path of the picture").focus();
    window.run();
    window.get_by_role_and_label(Role::TextInput, "Path of the picture").type_text("/tmp/me.png");
    window.run();
    press(&mut window, "Attach");
    assert_eq!(window.state().commands, [Command::AttachPicture(0, "/tmp/me.png".into())]);
    assert_eq!(window.state().look.cards.picture_path, None);
}

#[test]
fn quotes_are_put_on_the_card_word_for_word() {
    let mut window = tall();
    press(&mut window, "Pick quotes…");
    assert_eq!(std::mem::take(&mut window.state_mut().commands), [Command::FindQuotes(0)]);
    let text = "I would buy more if delivery were faster.";
    window.state_mut().look.cards.quotes = Some((0, Some(vec![Quotes { column: "comment".into(), texts: vec![text.into()] }])));
    window.run();
    press(&mut window, &format!("“{text}”"));
    let commands = &window.state().commands;
    let [Command::EditCard(0, CardEdit::Added(added))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(added.quotes, format!("“{text}”"));
    assert_eq!(window.state().look.cards.quotes, None);
}

#[test]
fn what_was_typed_is_kept_when_another_card_is_opened() {
    let mut window = tall();
    for (role, field, text) in [(Role::TextInput, "Name of C1", " and Co"), (Role::MultilineTextInput, "Goals of C1", "Save time")] {
        window.get_by_role_and_label(role, field).focus();
        window.run();
        window.get_by_role_and_label(role, field).type_text(text);
        window.run();
    }
    window.state_mut().look.selection = Some(Selection::Cluster(1));
    window.run();
    let commands = &window.state().commands;
    let names: Vec<_> = commands.iter().filter(|command| matches!(command, Command::EditCard(0, CardEdit::Name(Some(_))))).collect();
    assert_eq!(names.len(), 1, "{commands:?}");
    let Some(Command::EditCard(0, CardEdit::Added(added))) = commands.last() else { panic!("{commands:?}") };
    assert_eq!(added.goals, "Save time");
    assert_eq!((&window.state().look.name_draft, &window.state().look.added_draft), (&None, &None));
}

#[test]
fn beside_the_map_a_value_stands_beside_that_of_everyone_and_is_no_difference() {
    let look = Look { selection: Some(Selection::Cluster(0)), ..Look::default() };
    let page = segments_page::window_on(personae::ui::segments::ui, Plan::default(), answers(&SIZES), look);
    for label in ["€ 350,", "everyone € 200"] {
        assert!(page.query_all_by_label(label).next().is_some(), "{label}");
    }
    assert!(page.query_all_by_label_contains("above everyone").next().is_none());
}

#[test]
fn goals_and_then_pains_are_two_steps() {
    let mut window = tall();
    for (field, text) in [("Goals of C1", "Save time"), ("Pains of C1", "No slots")] {
        window.get_by_role_and_label(Role::MultilineTextInput, field).focus();
        window.run();
        window.get_by_role_and_label(Role::MultilineTextInput, field).type_text(text);
        window.run();
    }
    window.state_mut().look.selection = Some(Selection::Cluster(1));
    window.run();
    let added = |command: &Command| match command {
        Command::EditCard(0, CardEdit::Added(added)) => Some((added.goals.clone(), added.pains.clone())),
        _ => None,
    };
    let mut steps: Vec<(String, String)> = window.state().commands.iter().filter_map(added).collect();
    // Nobody carries commands out here, so that one is said again; an equal plan is no step.
    steps.dedup();
    assert_eq!(steps, [("Save time".to_owned(), String::new()), ("Save time".to_owned(), "No slots".to_owned())]);
}

#[test]
fn a_picture_and_quotes_come_to_the_card_while_the_window_goes_on() {
    use personae::app::window::Window;
    use personae::session::settings::Settings;
    let folder = tempfile::tempdir().unwrap();
    let (good, bad, data) = (folder.path().join("me.png"), folder.path().join("bad.png"), folder.path().join("c.csv"));
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(900, 600).write_to(&mut png, image::ImageFormat::Png).unwrap();
    std::fs::write(&good, png.into_inner()).unwrap();
    std::fs::write(&bad, "not a picture").unwrap();
    let row =
        |row: usize| format!("{},{},I like delivery number {} a lot more\n", row % 2 * 100 + row % 7, row % 2 * 50 + row % 5, row % 40);
    std::fs::write(&data, format!("spend,visits,comment\n{}", (0..200).map(row).collect::<String>())).unwrap();

    let ctx = eframe::egui::Context::default();
    let mut window = Window::new(&ctx, Settings::default(), None, Some(data));
    let settle = |window: &mut Window| {
        for _ in 0..3 {
            window.step();
            window.wait();
        }
    };
    window.command(Command::Do(Action::Go(Page::Personas)));
    settle(&mut window);
    let picture = |window: &Window| window.answers().personas.ready().and_then(|all| all.personas[0].added.picture.clone());
    window.command(Command::AttachPicture(0, bad));
    settle(&mut window);
    assert_eq!(picture(&window), None, "a damaged file changes nothing");
    window.command(Command::AttachPicture(0, good));
    settle(&mut window);
    let (width, height, _) = personae::persona::picture::pixels(&picture(&window).expect("a picture")).unwrap();
    assert_eq!((width, height), (512, 341));

    window.command(Command::FindQuotes(0));
    settle(&mut window);
    let frame = |window: &mut Window| {
        let mut output = ctx.run_ui(eframe::egui::RawInput::default(), |ui| window.draw(ui));
        output.textures_delta.clear();
        format!("{:?}", output.shapes)
    };
    frame(&mut window);
    assert!(frame(&mut window).contains("I like delivery number"), "the chooser lists them");
}
