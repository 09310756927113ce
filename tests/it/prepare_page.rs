//! Does the Prepare page show what is in force, and does every choice push only what the user chose?

use std::sync::Arc;

use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use personae::base::{Matrix, Note};
use personae::engine::{Answer, Answers, Problem};
use personae::features::prepared::Fitted;
use personae::features::{ColumnRecipe, InputColumn, MissingRule, Pca, Preparation, Prepared, Scale, Transform};
use personae::session::{Action, Command, Page, Plan};
use personae::ui;

use crate::data_page::{Stage, open, pushed, shop};

fn prepared() -> Prepared {
    let column = |name: &str, enters: bool, reason: &str| {
        let profile = shop().profile.column(name).cloned().expect("the shop has it");
        InputColumn {
            name: name.into(),
            kind: profile.kind,
            enters,
            reason: reason.into(),
            transform: if name == "income" { Transform::Log1p } else { Transform::None },
            scale: Scale::Standard,
            missing: MissingRule::Impute,
            fitted: Fitted::default(),
        }
    };
    Prepared {
        matrix: Matrix::from_rows(&[[0.0, 1.0], [1.0, 0.0]]).expect("finite"),
        dimension_names: vec!["PC1".into()],
        table_rows: vec![0, 2],
        n_table_rows: 3,
        columns: vec![
            column("customer", false, "left out: identifier"),
            column("income", true, "skewness 2.3: log1p calms the tail"),
            column("channel", true, "enters as a category"),
        ],
        pca: Pca {
            encoded_names: vec!["income".into(), "channel = web".into()],
            eigenvalues: vec![1.6, 0.4],
            explained: vec![0.8, 0.2],
            loadings: vec![vec![0.9, -0.4], vec![0.4, 0.9]],
            scores: Vec::new(),
            choice: "1 component explains 80 %.".into(),
        },
        notes: vec![Note::new("1 row has no income; it is left out.")],
    }
}

fn with(plan: Plan, prepared: Answer<Prepared>) -> Harness<'static, Stage> {
    open(ui::prepare_page::ui, plan, Answers { loaded: Answer::Ready(Arc::new(shop())), prepared, ..Answers::default() })
}

fn ready() -> Harness<'static, Stage> {
    with(Plan::default(), Answer::Ready(Arc::new(prepared())))
}

fn plan_with(name: &str, recipe: ColumnRecipe) -> Plan {
    let mut plan = Plan::default();
    plan.preparation.columns.insert(name.into(), recipe);
    plan
}

/// Clicks one label after the other, each found by a part of it.
fn check(mut harness: Harness<'static, Stage>, clicks: &[&str], pushes: &[Command]) {
    for label in clicks {
        harness.get_by_label_contains(label).click();
        harness.run();
    }
    assert_eq!(pushed(&harness), pushes, "{clicks:?}");
}

#[test]
fn it_says_what_enters_and_why() {
    let harness = ready();
    let texts = ["2 of 3 columns used · 2 of 3 customers take part", "left out: identifier", "skewness 2.3: log1p calms the tail"];
    for text in texts.into_iter().chain(["1 component explains 80 %.", "Channel = web", "+0.90", "−0.40"]) {
        assert!(harness.query_all_by_label(text).next().is_some(), "{text}");
    }
}

#[test]
fn choices_are_pushed_alone() {
    let prepare = |plan: Plan| [Command::Prepare(plan.preparation)];
    let left_out = ColumnRecipe { enters: Some(false), ..ColumnRecipe::default() };
    check(ready(), &["Use income"], &prepare(plan_with("income", left_out.clone())));
    let winsorized = ColumnRecipe { transform: Some(Transform::Winsorized), ..ColumnRecipe::default() };
    check(ready(), &["Transform of income: log1p, suggested", "Winsorized"], &prepare(plan_with("income", winsorized.clone())));
    let no_scale = ColumnRecipe { scale: Some(Scale::Robust), ..ColumnRecipe::default() };
    check(ready(), &["Scale of income", "Robust"], &prepare(plan_with("income", no_scale)));
    let missing = ColumnRecipe { missing: Some(MissingRule::LeaveOutRows), ..ColumnRecipe::default() };
    check(ready(), &["Missing values of channel", "Leave rows out"], &prepare(plan_with("channel", missing)));

    // What was chosen can be taken back, and then leaves no trace.
    let chosen = || with(plan_with("income", winsorized.clone()), Answer::Ready(Arc::new(prepared())));
    check(chosen(), &["Treat income as suggested"], &prepare(Plan::default()));
    check(chosen(), &["Transform of income: Winsorized, chosen by you", "As suggested"], &prepare(Plan::default()));
}

#[test]
fn choices_for_all_columns_are_pushed() {
    let changed = |change: fn(&mut Preparation)| {
        let mut preparation = Preparation::default();
        change(&mut preparation);
        [Command::Prepare(preparation)]
    };
    check(ready(), &["Scale: Standard", "Robust"], &changed(|it| it.scale = Scale::Robust));
    check(ready(), &["Dimensions: Automatic", "All columns"], &changed(|it| it.dimensions = personae::features::Dimensions::Columns));
}

#[test]
fn the_next_step_is_one_button() {
    check(ready(), &["Find segments"], &[Command::Do(Action::Go(Page::Segments))]);
}

#[test]
fn columns_can_be_ticked_while_nothing_is_prepared() {
    let failed = || Answer::Failed { problem: Problem("No column enters; tick at least one.".into()), previous: None };
    let harness = with(Plan::default(), failed());
    harness.get_by_label("No column enters; tick at least one.");
    let entering = ColumnRecipe { enters: Some(true), ..ColumnRecipe::default() };
    check(with(Plan::default(), failed()), &["Use customer"], &[Command::Prepare(plan_with("customer", entering).preparation)]);
}

#[test]
fn heads_order_the_columns_and_back() {
    use eframe::egui::accesskit::Role;
    use egui_kittest::kittest::Queryable as _;
    let mut harness = ready();
    let tops = |harness: &Harness<'static, Stage>| {
        ["Use customer", "Use income", "Use channel"].map(|name| harness.get_by_label_contains(name).rect().top())
    };
    let as_in_table = tops(&harness);
    harness.get_by_role_and_label(Role::ColumnHeader, "Column").click();
    harness.run();
    let [customer, income, channel] = tops(&harness);
    assert!(channel < customer && customer < income, "by name");
    harness.get_by_role_and_label(Role::ColumnHeader, "Column").click();
    harness.run();
    assert_eq!(tops(&harness), as_in_table);
}

#[test]
fn tab_walks_from_row_to_row() {
    let mut harness = ready();
    harness.get_by_label("Use customer").focus();
    harness.run();
    let mut stops = Vec::new();
    for _ in 0..12 {
        harness.key_press(eframe::egui::Key::Tab);
        harness.run();
        let focused = harness.root().children_recursive().find(|node| node.accesskit_node().is_focused());
        stops.push(focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default());
    }
    let at = |part: &str| stops.iter().position(|stop| stop.starts_with(part)).unwrap_or_else(|| panic!("{part}: {stops:?}"));
    let order = [at("Role of customer"), at("Use income"), at("Role of income"), at("Transform of income"), at("Use channel")];
    assert!(order.is_sorted(), "{stops:?}");
}
