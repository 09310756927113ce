//! Does the view Validate say whether personas hold: of orders all four, of a plain table two and why not the others; is each choice one step, and a row a brush?

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use personae::data::{Source, SourceFile, Sourcing};
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::session::{
    Command, Every, History, Look, MergeKey, PageView, Plan, SegmentsView, Selection, ToForetell, ValidateOptions, Who,
};

use crate::niches::shop as customers;
use crate::segments_page::{self, window_on};
use crate::validating::{orders_csv, shop as orders};

struct Window {
    _folder: tempfile::TempDir,
    engine: Engine,
    harness: segments_page::Window,
}

fn validate() -> PageView {
    PageView::Segments(SegmentsView::Validate)
}

fn open(name: &str, text: &str, source: impl FnOnce(std::path::PathBuf) -> Source) -> Window {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let mut plan = Plan::new(source(path));
    plan.clustering.kmeans.k = Some(3);
    plan.validation.horizon_days = 30;
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    engine.refine(true);
    let answers = engine.wait_until_refined(&plan, &Wanted::on(validate()));
    let mut look = Look::default();
    look.show(validate());
    let harness = window_on(personae::ui::segments::ui, plan, answers, look);
    Window { _folder: folder, engine, harness }
}

fn of_orders(n: usize) -> Window {
    let text = orders_csv(&orders(n, "2022-01-01", "2023-07-02"));
    open("orders.csv", &text, |path| {
        let file = SourceFile { name: "orders".into(), path, ..SourceFile::default() };
        Source::Sources(std::sync::Arc::new(Sourcing { sources: vec![file], ..Sourcing::default() }))
    })
}

impl Window {
    fn texts(&self) -> String {
        let texts =
            self.harness.root().children_recursive().filter_map(|node| node.accesskit_node().label().or(node.accesskit_node().value()));
        texts.collect::<Vec<String>>().join("\n").replace(['\u{202f}', '\u{a0}'], " ")
    }

    fn says(&self, words: &str) {
        assert!(self.texts().contains(words), "{words}\n---\n{}", self.texts());
    }
}

#[test]
fn of_orders_all_four_are_told_and_a_row_is_a_brush() {
    let mut window = of_orders(450);
    window.says("All 3 personas hold. They keep ");
    window.says("of what the data can foresee about buying again");
    for title in ["Comes back: ", "Same without them: Same ", "Stays over time: Stays ", "Foretells: "] {
        assert_eq!(window.texts().matches(title).count(), 3, "{title}\n{}", window.texts());
    }
    window.says("would by chance alone");
    let row = window
        .harness
        .query_all_by_role(Role::Button)
        .find(|node| node.accesskit_node().label().is_some_and(|name| name.starts_with("Select ")));
    row.unwrap().click();
    window.harness.run();
    let brush = window.harness.state().look.brush.clone().unwrap();
    assert!(matches!(brush.who, Who::Segment { which: Selection::Cluster(0), .. }), "{brush:?}");
    // The flow is a table as well, whose pairs are turned by keys.
    window.harness.get_by_label("Moves as table").click();
    window.harness.run();
    window.says("Kappa");
    window.says("2023-03-31 to 2023-06-30");
    window.harness.key_press(eframe::egui::Key::ArrowLeft);
    window.harness.run();
    window.says("2022-12-31 to 2023-03-31");
}

#[test]
fn each_choice_is_one_step_and_only_what_it_changes_is_looked_at_again() {
    let mut window = of_orders(300);
    let before = window.harness.state().answers.holds.stays.ready().unwrap().clone();
    let mut plan = window.harness.state().plan.clone();
    let mut history = History::new(plan.clone());
    plan.validation = ValidateOptions { outcome: ToForetell::Purchases, horizon_days: 60, ..plan.validation };
    history.push(plan.clone(), MergeKey::while_held(history.plan(), &plan));
    let answers = window.engine.wait_until_refined(&plan, &Wanted::on(validate()));
    assert!(std::sync::Arc::ptr_eq(&before, answers.holds.stays.ready().unwrap()), "who stays does not depend on what is foretold");
    let told = answers.holds.foretells.ready().unwrap().foretells.clone().unwrap();
    assert_eq!((told.outcome.as_str(), told.horizon_days, told.auc.is_none(), told.r2.is_some()), ("purchases", Some(60), true, true));
    plan.validation.every = Every::Month;
    history.push(plan.clone(), MergeKey::while_held(history.plan(), &plan));
    let answers = window.engine.wait_until_refined(&plan, &Wanted::on(validate()));
    assert_eq!(answers.holds.stays.ready().unwrap().stays.last().unwrap().from, "2023-05-31");
    history.undo();
    assert_eq!(history.plan().validation.every, Every::Quarter);
    // A choice that cannot be kept to is a sentence, and the other columns stay.
    plan.validation.cut = Some(personae::data::day::IsoDay::parse("1999-01-01").unwrap());
    let answers = window.engine.wait_until_refined(&plan, &Wanted::on(validate()));
    assert!(answers.holds.foretells.problem().unwrap().0.contains("No order is of 1999-01-01"));
    window.harness.state_mut().answers = answers;
    window.harness.run();
    window.says("Foretells: No order is of 1999-01-01");
    window.says("All 3 personas hold");
    assert_eq!(window.texts().matches("Foretells: Cannot be determined").count(), 3);
}

#[test]
fn a_plain_table_tells_two_and_says_what_to_bring_for_the_others() {
    let mut window = open("shop.csv", &customers(20), Source::file);
    for title in ["Comes back: ", "Same without them: "] {
        assert_eq!(window.texts().matches(title).count(), 3, "{title}\n{}", window.texts());
    }
    window.says("personas hold");
    window.says("Nothing in this table says when things happened. What stays over time");
    window.says("Foretelling needs something that happened later");
    assert!(!window.texts().contains("What is foreseen"), "nothing is chosen");
    window.harness.get_by_label("Add a file of orders…").click();
    window.harness.run();
    assert!(matches!(window.harness.state().commands[..], [Command::Do(personae::session::Action::AddSource)]));
}

#[test]
fn a_plain_table_shows_what_its_outcome_foresees() {
    let text = customers(20);
    let mut lines = text.lines();
    let mut with_outcome = format!("{},churned\n", lines.next().unwrap());
    lines.enumerate().for_each(|(row, line)| with_outcome += &format!("{line},{}\n", if row % 3 == 0 { "yes" } else { "no" }));
    let mut window = open("shop.csv", &with_outcome, Source::file);
    let mut plan = window.harness.state().plan.clone();
    plan.validation.outcome = ToForetell::Column("churned".into());
    let answers = window.engine.wait_until_refined(&plan, &Wanted::on(validate()));
    let known = answers.holds.foretells.ready().expect("models").foretells.clone().expect("an outcome");
    (window.harness.state_mut().answers, window.harness.state_mut().plan) = (answers, plan);
    window.harness.run();
    window.says("What is foreseen");
    window.says(&known.sentence.replace(['\u{202f}', '\u{a0}'], " "));
}
