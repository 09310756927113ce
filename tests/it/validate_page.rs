//! Does the view Validate say whether personas hold: of orders all four, of a plain table two and why not the others; is each choice one step, and a row a brush?

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use personae::data::{Source, SourceFile, Sourcing};
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::session::{
    Command, EarlierTable, Every, History, Look, MergeKey, PageView, Plan, SegmentsView, Selection, ToForetell, ValidateOptions, Who,
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
    window.says("These data do not say what customers did on which day. What stays over time needs a file beside them");
    window.says("Foretelling needs something that happened later");
    assert!(!window.texts().contains("What is foreseen"), "nothing is chosen");
    window.harness.get_by_label("Add a file of orders…").click();
    window.harness.run();
    assert!(matches!(window.harness.state().commands[..], [Command::Do(personae::session::Action::AddSource)]));
}

#[test]
fn the_same_customers_on_an_earlier_day_show_who_stays() {
    let mut window = open("shop.csv", &customers(20), Source::file);
    window.harness.get_by_label("Add earlier tables…").click();
    window.harness.run();
    assert!(matches!(window.harness.state().commands[..], [Command::ChooseEarlier]));
    // A third of the customers were somebody else then.
    let text = customers(20);
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let then: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| match at % 3 {
            0 => format!("{},{}", row.split_once(',').unwrap().0, rows[(at * 7 + 11) % rows.len()].split_once(',').unwrap().1),
            _ => (*row).to_owned(),
        })
        .collect();
    let path = window._folder.path().join("shop_2024-01-31.csv");
    std::fs::write(&path, format!("{head}\n{}\n", then.join("\n"))).unwrap();
    let mut plan = window.harness.state().plan.clone();
    let told = |window: &mut Window, plan: &Plan| {
        let answers = window.engine.wait_until_refined(plan, &Wanted::on(validate()));
        window.harness.state_mut().plan = plan.clone();
        window.harness.state_mut().answers = answers;
        window.harness.run();
        window.texts()
    };
    plan.validation.earlier = vec![EarlierTable::at(path.clone())];
    assert!(told(&mut window, &plan).contains("Type the day that these data are of"));
    let day = |text: &str| personae::data::day::IsoDay::parse(text);
    plan.validation.of_day = day("2024-01-31");
    assert!(told(&mut window, &plan).contains("shop_2024-01-31.csv is of 2024-01-31, which is not before 2024-01-31"));
    plan.validation.of_day = day("2024-03-31");
    let said = told(&mut window, &plan);
    assert_eq!(said.matches("Stays over time: ").count(), 3, "{said}");
    assert!(said.contains("2024-01-31") && !said.contains("Stays over time: Cannot"), "{said}");
    // The window and the command do the same.
    let found = window.harness.state().answers.holds.stays.ready().unwrap().clone();
    let last = window._folder.path().join("shop.csv");
    let tables = [(day("2024-01-31").unwrap(), path), (day("2024-03-31").unwrap(), last)];
    let headless = personae::engine::validate_tables(&plan, &plan.validation, &tables, &personae::base::Ctx::new()).unwrap();
    assert_eq!(found.stays, headless.stays);
    let stay = &found.stays[0];
    assert!(stay.stay > 0.6 && stay.stay < 0.95, "{stay:?}");
    // A table of other columns, or of other customers, says nothing of who stays.
    let (ids, fewer, others) = (window._folder.path(), "fewer_2024-02-01.csv", "others_2024-02-01.csv");
    let id = |row: &&str| row.split_once(',').unwrap().0.to_owned();
    std::fs::write(
        ids.join(fewer),
        format!("{}\n{}\n", head.split_once(',').unwrap().0, rows.iter().map(id).collect::<Vec<_>>().join("\n")),
    )
    .unwrap();
    let renamed: Vec<String> = rows.iter().map(|row| format!("new{row}")).collect();
    std::fs::write(ids.join(others), format!("{head}\n{}\n", renamed.join("\n"))).unwrap();
    for (file, part) in [(fewer, "lacks columns that decide who is alike"), (others, "have no customer in common by")] {
        let path = window._folder.path().join(file);
        let before = plan.validation.earlier.clone();
        plan.validation.earlier = vec![before[0].clone(), EarlierTable::at(path)];
        assert!(told(&mut window, &plan).contains(part), "{file}");
        plan.validation.earlier = before;
    }
    plan.validation.earlier.push(EarlierTable::at("gone_2023-12-31.csv".into()));
    assert!(told(&mut window, &plan).contains("gone_2023-12-31.csv"));
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
