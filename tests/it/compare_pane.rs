//! Can the comparison be worked by name: entered, pinned, read as flow and as table, and left again?

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use personae::base::{Labels, Progress};
use personae::cluster::Method;
use personae::engine::{Answer, Problem};
use personae::evaluate::compare;
use personae::plot::Compared;
use personae::session::{Against, Clustering, Command, Cut, KMeansOptions, Plan, PlotKind, Selection, TreeOptions};

use super::segments_page::{Window, answers, press, window};

/// Nine customers in three segments against two groups and one customer in none.
fn compared() -> Compared {
    let left = Labels::from_options(&[0, 0, 0, 0, 0, 0, 1, 1, 9].map(|id| Some(id).filter(|id| *id < 9)));
    let right = Labels::from_ids(&[0, 0, 0, 0, 1, 1, 1, 2, 2]);
    Compared {
        title: "channel".into(),
        left_names: ["web", "store", "No value"].map(String::from).to_vec(),
        table: compare(&left, &right, &[0, 1]),
    }
}

/// The page with a comparison on screen.
fn comparing(answer: Answer<Compared>) -> Window {
    let plan = Plan { comparison: Some(Against::Column("channel".into())), ..Plan::default() };
    let mut answers = answers();
    answers.comparison = answer;
    let mut window = window(plan, answers);
    window.state_mut().look.comparing = true;
    window.run();
    window
}

fn shown() -> Window {
    comparing(Answer::Ready(Arc::new(compared())))
}

/// The same against another solution.
fn against_a_solution() -> Window {
    let plan = Plan { comparison: Some(Against::Solution(Clustering::default())), ..Plan::default() };
    let mut answers = answers();
    answers.comparison = Answer::Ready(Arc::new(compared()));
    let mut window = window(plan, answers);
    window.state_mut().look.comparing = true;
    window.run();
    window
}

/// Sixty customers in three segments, of whom a fifth, a half and nobody left.
fn churn() -> Compared {
    let left: Vec<usize> = (0..60).map(|row| usize::from(row < 6 || (30..40).contains(&row))).collect();
    let right: Vec<usize> = (0..60).map(|row| [0, 0, 0, 1, 1, 2][row / 10]).collect();
    let table = compare(&Labels::from_ids(&left), &Labels::from_ids(&right), &[0, 1]);
    Compared { title: "Churn".into(), left_names: ["No", "Yes"].map(String::from).to_vec(), table }
}

fn commands(window: &mut Window) -> Vec<Command> {
    std::mem::take(&mut window.state_mut().commands)
}

#[test]
fn it_is_entered_from_the_map_and_left_step_by_step() {
    use eframe::egui::Key;
    let mut window = window(Plan::default(), answers());
    assert!(window.query_by_label("Map of customers").is_some());
    press(&mut window, "Show compare");
    assert!(window.state().look.comparing && window.query_by_label("Map of customers").is_none());
    press(&mut window, "Show map");
    assert!(window.query_by_label("Map of customers").is_some());
    window.ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
    window.key_press(Key::C);
    window.run();
    assert!(window.state().look.comparing, "by its key too");
    window.state_mut().look.selection = Some(Selection::Cluster(0));
    window.state_mut().look.maximised = Some(PlotKind::Map);
    for expected in [(true, true), (true, false), (false, false)] {
        window.key_press(Key::Escape);
        window.run();
        let look = &window.state().look;
        assert_eq!((look.comparing, look.selection.is_some(), look.maximised), (expected.0, expected.1, None));
    }
    assert_eq!(commands(&mut window), [], "looking changes no number");
}

#[test]
fn nothing_chosen_yet_offers_everything() {
    let mut window = window(Plan::default(), answers());
    press(&mut window, "Show compare");
    press(&mut window, "Pin this solution");
    // The suggestion is resolved: three segments are in force.
    let pinned = Clustering { kmeans: KMeansOptions { k: Some(3), ..KMeansOptions::default() }, ..Clustering::default() };
    assert_eq!(commands(&mut window), [Command::Compare(Some(Against::Solution(pinned)))]);
    press(&mut window, "Compare with Hierarchical, Ward linkage, 3 groups");
    let ward =
        Clustering { method: Method::Tree, tree: TreeOptions { cut: Cut::Clusters(3), ..TreeOptions::default() }, ..Clustering::default() };
    assert_eq!(commands(&mut window), [Command::Compare(Some(Against::Solution(ward)))], "like is compared with like");
    press(&mut window, "Compare with Spend");
    assert_eq!(commands(&mut window), [Command::Compare(Some(Against::Column("spend".into())))]);
}

#[test]
fn the_flow_names_everyone_and_selects_segments() {
    let mut window = shown();
    press(&mut window, "Show as flow");
    for (role, name) in [
        (Role::Label, "web: 6 customers"),
        (Role::Label, "store: 2 customers"),
        (Role::Label, "No value: 1 customer"),
        (Role::Button, "C1: 4 customers"),
        (Role::Button, "C2: 3 customers"),
    ] {
        assert!(window.query_by_role_and_label(role, name).is_some(), "{name}");
    }
    press(&mut window, "C2: 3 customers");
    assert_eq!(window.state().look.selection, Some(Selection::Cluster(1)));
    press(&mut window, "C2: 3 customers");
    assert_eq!(window.state().look.selection, None, "and lets go");
    assert_eq!(commands(&mut window), []);
}

#[test]
fn a_column_is_read_by_its_rates_first_and_by_no_index() {
    let mut window = comparing(Answer::Ready(Arc::new(churn())));
    assert!(
        window.query_by_label("Churn differs by segment: 0\u{202f}% to 50\u{202f}%").is_some()
            || window.query_by_label("Churn differs by segment: 0\u{a0}% to 50\u{a0}%").is_some()
    );
    let has = |window: &Window, text: &str| window.query_all_by_label_contains(text).next().is_some();
    assert!(!has(&window, "Rand") && !has(&window, "more alike than chance") && !has(&window, "stay together"));
    let shares = |window: &Window, text: &str| window.query_all_by_label(text).count();
    let percent = |n: usize| [format!("{n}\u{a0}%"), format!("{n}\u{202f}%")];
    let n_of = |window: &Window, n: usize| percent(n).iter().map(|text| shares(window, text)).sum::<usize>();
    // Of the segments: 20 and 50 left, 80, 50 and 100 stayed.
    assert_eq!((n_of(&window, 20), n_of(&window, 50), n_of(&window, 80), n_of(&window, 100)), (1, 2, 1, 1));
    window.get_by_label("Share of each row").click();
    window.run();
    // Of those who left 37.5 % were in the first and 62.5 % in the second.
    assert_eq!((n_of(&window, 38), n_of(&window, 62)), (1, 1));
    assert_eq!(commands(&mut window), [], "reading it otherwise changes no number");
}

#[test]
fn the_table_has_every_count_and_both_totals() {
    let mut window = against_a_solution();
    for sentence in ["web splits into C1 (67\u{a0}%) and C2 (33\u{a0}%).", "partly the same groups"] {
        assert!(window.query_by_label(sentence).is_some(), "{sentence}");
    }
    press(&mut window, "Show as table");
    let table = compared().table;
    assert_eq!(table.counts, [[4, 2, 0], [0, 1, 1], [0, 0, 1]]);
    let n_labels = |text: &str| window.query_all_by_label(text).count();
    assert_eq!((n_labels("web"), n_labels("store"), n_labels("No value")), (1, 1, 1));
    // Cell 4 and the total of C1; the whole; cells without anybody.
    assert_eq!((n_labels("4"), n_labels("9"), n_labels("0")), (2, 1, 4));
    press(&mut window, "Show as flow");
    assert!(window.query_by_label("Flow of customers between both solutions").is_some());
}

#[test]
fn stale_and_failed_comparisons_keep_their_place() {
    let stale = Answer::Cooking { progress: Progress::default(), previous: Some(Arc::new(compared())) };
    let mut window = comparing(stale);
    press(&mut window, "Show as flow");
    assert!(window.query_by_label("web: 6 customers").is_some());
    let sentence = "channel knows no groups to compare with. Choose another column.";
    let window = comparing(Answer::Failed { problem: Problem(sentence.into()), previous: None });
    assert!(window.query_by_label(sentence).is_some());
    assert!(window.query_by_role_and_label(Role::ComboBox, "Compare with: Channel").is_some(), "another one can be chosen");
    assert!(comparing(Answer::Waiting("Waiting for the other solution".into())).query_by_label("Waiting for the other solution").is_some());
}

#[test]
fn the_picture_is_saved_and_nothing_can_be_chosen_again() {
    let mut window = shown();
    press(&mut window, "Save the comparison as PNG or SVG");
    assert_eq!(commands(&mut window), [Command::SavePlot(PlotKind::Comparison)]);
    window.get_by_role_and_label(Role::ComboBox, "Compare with: Channel").click();
    window.run();
    window.get_by_label("Nothing").click();
    window.run();
    assert_eq!(commands(&mut window), [Command::Compare(None)]);
}

#[test]
fn a_cut_of_ones_own_is_never_called_suggested() {
    let mut plan = Plan::default();
    plan.clustering.tree.cut = Cut::Height(2.5);
    let mut window = window(plan.clone(), answers());
    press(&mut window, "Show compare");
    let solution = Clustering { method: Method::Tree, ..plan.clustering.clone() };
    press(&mut window, "Compare with Hierarchical, cut at 2.5");
    assert_eq!(commands(&mut window), [Command::Compare(Some(Against::Solution(solution.clone())))]);
    let mut answers = answers();
    answers.comparison = Answer::Ready(Arc::new(Compared { title: "Hierarchical, Ward linkage, 10 groups".into(), ..compared() }));
    let plan = Plan { comparison: Some(Against::Solution(solution)), ..plan };
    let mut window = self::window(plan, answers);
    window.state_mut().look.comparing = true;
    window.run();
    let shown = |words: &str| window.query_all_by_label_contains(words).count();
    assert!(shown("10 groups") > 0, "the number it has");
    assert_eq!(shown("as suggested"), 0);
}
