//! Can the view Niches be worked by name: the line dragged, the score switched, a customer selected, and is nobody an answer?
//!
//! The page gets answers of the real engine about planted customers; what it asks for is carried out on the plan, as the window does.

use eframe::egui::accesskit::Role;
use eframe::egui::{Pos2, Vec2};
use egui_kittest::kittest::Queryable;
use personae::data::Source;
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::evaluate::unusual::UnusualScore;
use personae::session::{Command, History, Look, MergeKey, NicheOptions, Page, PageView, Plan, SegmentsView, Who};

use crate::niches::shop;
use crate::segments_page::{self, window_on};

/// A table of customers of whom some are planted, the engine that knows them, and the page that shows them.
struct Shop {
    _folder: tempfile::TempDir,
    engine: Engine,
    window: segments_page::Window,
}

fn niches() -> PageView {
    PageView::Segments(SegmentsView::Niches)
}

fn open(planted: usize) -> Shop {
    open_with(&shop(planted))
}

fn open_with(text: &str) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.csv");
    std::fs::write(&path, text).unwrap();
    let mut plan = Plan::new(Source::file(path));
    plan.clustering.kmeans.k = Some(3);
    plan.niches.trees = 100;
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let answers = engine.wait_until_refined(&plan, &Wanted::on(niches()));
    let mut look = Look::default();
    look.show(niches());
    let window = window_on(personae::ui::segments::ui, plan, answers, look);
    Shop { _folder: folder, engine, window }
}

impl Shop {
    fn wanted(&self) -> Wanted {
        Wanted { niche_list: self.window.state().look.niche_list, ..Wanted::on(niches()) }
    }

    /// Carries out what the page asked for: the options of unusual customers, or nothing. Returns the others.
    fn carry_out(&mut self) -> Vec<Command> {
        let commands = std::mem::take(&mut self.window.state_mut().commands);
        let mut others = Vec::new();
        for command in commands {
            match command {
                Command::Niches(niches) => self.window.state_mut().plan.niches = niches,
                other => others.push(other),
            }
        }
        let (plan, wanted) = (self.window.state().plan.clone(), self.wanted());
        self.window.state_mut().answers = self.engine.wait_until_refined(&plan, &wanted);
        self.window.run();
        others
    }

    fn options(&self) -> &NicheOptions {
        &self.window.state().plan.niches
    }

    fn sentence(&self) -> String {
        let world = self.window.state();
        let sentence = world.answers.unusual.ready().unwrap().sentence(world.plan.niches.score, world.plan.niches.line);
        sentence.replace('\u{202f}', "\u{a0}")
    }

    fn says(&self, text: &str) -> bool {
        self.window.query_all_by_label(text).next().is_some()
    }

    /// Drags the line by so many points.
    fn drag_line(&mut self, by: f32) {
        let from: Pos2 = self.window.get_by_label("Line above which customers stand out").rect().center();
        let to = from + Vec2::new(0.0, by);
        self.window.hover_at(from);
        self.window.run();
        self.window.drag_at(from);
        self.window.step();
        for at in [from + (to - from) / 2.0, to] {
            self.window.hover_at(at);
            self.window.step();
            self.carry_out_quickly();
        }
        self.window.drop_at(to);
        self.window.run();
        self.carry_out();
    }

    /// As a window does in the middle of a drag: the plan moves, nobody waits.
    fn carry_out_quickly(&mut self) {
        for command in std::mem::take(&mut self.window.state_mut().commands) {
            let Command::Niches(niches) = command else { panic!("{command:?}") };
            self.window.state_mut().plan.niches = niches;
        }
        let (plan, wanted) = (self.window.state().plan.clone(), self.wanted());
        self.window.state_mut().answers = self.engine.answer(&plan, &wanted);
    }
}

#[test]
fn planted_customers_are_listed_with_reasons_and_one_click_selects_them() {
    let mut shop = open(8);
    let found = shop.window.state().answers.unusual_customers.ready().expect("reasons").clone();
    assert!(found.len() >= 6 && found.len() <= 10, "{}", found.len());
    assert!(shop.says(&shop.sentence()), "{}", shop.sentence());
    let first = &found[0];
    assert!(first.table_row >= 1200, "a planted one comes first");
    assert!(shop.says(&first.reasons[0].text), "its reason is a chip");
    // Beside the name: in the middle of the row is a chip.
    let at = shop.window.get_by_label(&format!("Select {}", first.table_row)).rect().left_top() + Vec2::new(20.0, 14.0);
    shop.window.hover_at(at);
    shop.window.run();
    shop.window.drag_at(at);
    shop.window.drop_at(at);
    shop.window.run();
    let rows = |shop: &Shop| match &shop.window.state().look.brush.as_ref().expect("a brush").who {
        Who::Rows { rows, .. } => rows.to_vec(),
        other => panic!("{other:?}"),
    };
    assert_eq!(rows(&shop), [first.table_row as u32]);
    assert!(
        shop.says(&format!("Local score of {}", first.table_row)) && shop.says("Of 10 neighbours"),
        "the score by size of neighbourhood"
    );
    // A reason selects everyone listed who has it.
    shop.window.get_all_by_label(&first.reasons[0].text).next().unwrap().click();
    shop.window.run();
    let column = &first.reasons[0].column;
    let mut same: Vec<u32> =
        found.iter().filter(|of| of.reasons.iter().any(|reason| reason.column == *column)).map(|of| of.table_row as u32).collect();
    same.sort_unstable();
    assert_eq!(rows(&shop), same);
    assert_eq!(shop.carry_out(), [], "looking changes no number");
    for (button, n) in [("Keep as a selection", found.len()), ("Save as CSV", 0)] {
        shop.window.get_by_role_and_label(Role::Button, button).click();
        shop.window.run();
        match &shop.carry_out()[0] {
            Command::KeepSelection(kept) => assert_eq!((kept.name.as_str(), kept.members.len()), ("Unusual customers", n)),
            other => assert_eq!((other, n), (&Command::SaveUnusual, 0)),
        }
    }
}

#[test]
fn who_stands_between_two_is_listed_and_ringed() {
    let mut shop = open_with(&(shop(0) + "half,110,31,40,7,web\n"));
    shop.window.get_by_label("Between two").click();
    shop.window.run();
    assert_eq!(shop.carry_out(), []);
    let found = shop.window.state().answers.belonging.ready().expect("a mixture").clone();
    assert!(found.is_told(), "{}", found.agreement);
    assert!(shop.says(&found.sentence().replace('\u{202f}', "\u{a0}")) && shop.says(&found.agreement_sentence()), "{}", found.sentence());
    let sentence = shop.window.state().answers.bic.ready().expect("a curve").sentence().unwrap();
    assert!(sentence.contains("least at 3 groups") && shop.says(&sentence), "{sentence}");
    assert_eq!(shop.carry_out(), [], "looking changes no number");
    shop.window.get_by_role_and_label(Role::Button, "Save as CSV").click();
    shop.window.run();
    assert_eq!(shop.carry_out(), [Command::SaveBelonging]);
    let Some(first) = found.between.first() else { return assert!(!shop.says("Select half")) };
    let name = format!("Select {}", if first.row == 1200 { "half".into() } else { first.row.to_string() });
    let at = shop.window.get_by_label(&name).rect().left_top() + Vec2::new(20.0, 14.0);
    shop.window.hover_at(at);
    shop.window.run();
    shop.window.drag_at(at);
    shop.window.drop_at(at);
    shop.window.run();
    assert!(shop.window.state().look.brush.is_some());
}

#[test]
fn the_line_is_dragged_and_goes_back() {
    let mut shop = open(8);
    let suggested = shop.window.state().answers.unusual_customers.ready().unwrap().len();
    shop.drag_line(60.0);
    let line = shop.options().line.expect("a line of one's own");
    let unusual = shop.window.state().answers.unusual.ready().unwrap().clone();
    let told = unusual.line(UnusualScore::Overall, Some(line)).unwrap();
    assert!(told.real > suggested, "{told:?}");
    assert_eq!(shop.window.state().answers.unusual_customers.ready().unwrap().len(), told.real, "the list follows");
    assert!(shop.says(&shop.sentence()), "{}", shop.sentence());
    // Up again beyond the first: nobody.
    shop.drag_line(-600.0);
    assert!(shop.says("Nobody is above this line."));
    shop.window.get_by_role_and_label(Role::Button, "Suggested line").click();
    shop.window.run();
    shop.carry_out();
    assert_eq!(shop.options().line, None);
    assert_eq!(shop.window.state().answers.unusual_customers.ready().unwrap().len(), suggested);
}

#[test]
fn another_score_has_a_line_of_its_own() {
    let mut shop = open(8);
    shop.window.state_mut().plan.niches.line = Some(0.5);
    shop.window.run();
    shop.window.get_by_role_and_label(Role::Button, "Isolated").click();
    shop.window.run();
    assert_eq!(shop.carry_out(), []);
    assert_eq!((shop.options().score, shop.options().line), (UnusualScore::Isolated, None));
    assert!(shop.says(UnusualScore::Isolated.words()) && shop.says(&shop.sentence()));
    let first = shop.window.state().answers.unusual_customers.ready().unwrap()[0].table_row;
    let unusual = shop.window.state().answers.unusual.ready().unwrap().clone();
    let score = unusual.by(UnusualScore::Isolated).unwrap().scores[first];
    let text = format!("{score:.3} ± {:.3}", unusual.isolation_errors[first]);
    assert!(shop.says(&text), "{text}: how far the score may be off");
}

#[test]
fn nobody_is_as_clear_as_a_list() {
    let mut shop = open(0);
    assert!(
        shop.says("Nobody stands out beyond doubt: wherever the line is drawn, at least one in ten above it would be there by chance.")
    );
    for button in ["Save as CSV", "Keep as a selection", "Select all"] {
        assert!(shop.window.query_by_label(button).is_none(), "{button}: there is nobody");
    }
    // Whoever wants to see who would come first draws a line.
    shop.drag_line(40.0);
    assert!(shop.options().line.is_some());
    assert!(!shop.window.state().answers.unusual_customers.ready().unwrap().is_empty());
}

#[test]
fn the_views_are_switched_by_name_and_kept_with_the_project() {
    let mut shop = open(0);
    shop.window.get_by_role_and_label(Role::Button, "Explore").click();
    shop.window.run();
    assert_eq!(shop.window.state().look.view(), PageView::from(Page::Segments));
    shop.window.get_by_role_and_label(Role::Button, "Niches").click();
    shop.window.run();
    let saved = serde_json::to_string(&shop.window.state().look).unwrap();
    let read: Look = serde_json::from_str(&saved).unwrap();
    assert_eq!(PageView::Segments(read.segments), niches());
}

#[test]
fn a_drag_of_the_line_is_one_step_back() {
    let with_line = |line| Plan { niches: NicheOptions { line, ..NicheOptions::default() }, ..Plan::default() };
    let mut history = History::new(with_line(None));
    for line in [0.9, 0.8, 0.7] {
        let plan = with_line(Some(line));
        let key = MergeKey::while_held(history.plan(), &plan);
        history.push(plan, key);
    }
    let other = Plan { niches: NicheOptions { score: UnusualScore::Local, ..history.plan().niches.clone() }, ..Plan::default() };
    assert_eq!(MergeKey::while_held(history.plan(), &other), MergeKey::Apart);
    assert_eq!(history.undo().unwrap().niches.line, None);
}

#[test]
fn a_niche_is_listed_selected_and_made_a_card() {
    let mut shop = open_with(&crate::niches::shop_with_niche(true));
    shop.window.get_all_by_role_and_label(Role::Button, "Niches").last().unwrap().click();
    shop.window.run();
    let niches = shop.window.state().answers.niches.ready().expect("niches").clone();
    assert_eq!(niches.niches.len(), 1, "{}", niches.sentence());
    assert!(shop.window.query_by_label(&niches.sentence()).is_some());
    let name = format!("Select niche {}", niches.niches[0].card.name);
    shop.window.get_by_role_and_label(Role::Button, &name).click();
    shop.window.run();
    let brush = shop.window.state().look.brush.clone().expect("the niche is picked");
    assert!(matches!(&brush.who, Who::Rows { rows, .. } if rows.len() == niches.niches[0].table_rows.len()));
    shop.window.get_by_label("Make this a niche card").click();
    shop.window.run();
    let made = shop.window.state().commands.iter().find_map(|command| match command {
        Command::Niches(options) => Some(options.clone()),
        _ => None,
    });
    let options = made.expect("a card");
    assert_eq!(options.cards[0].members.len(), niches.niches[0].table_rows.len());
    // The card is saved with the plan, and found again by its customers.
    let plan = Plan { niches: options, ..shop.window.state().plan.clone() };
    let saved: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(saved, plan);
    assert_eq!(personae::engine::niche_of(&saved.niches.cards[0], &niches, &saved), Some(0));
}
