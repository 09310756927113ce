//! Does the Health page tell scores, rules and what fails them, and does every gesture push the command it stands for?

use std::path::PathBuf;
use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use personae::customers::Health;
use personae::customers::health::{ACCURACY, Checked, FailedExample, SourceHealth};
use personae::data::day::IsoDay;
use personae::data::rules::{Dimension, Predicate, RowAction, Rule, Severity};
use personae::data::{Source, SourceFile, Sourcing};
use personae::engine::{Answer, Answers, SourcesAnswer};
use personae::session::{Command, DataView, HealthEntry, Plan};
use personae::ui;

use super::data_page::{self, Stage, pushed};

fn rule(column: &str, dimension: Dimension, predicate: Predicate) -> Rule {
    Rule {
        source: "crm".into(),
        dimension,
        columns: vec![column.into()],
        predicate,
        severity: Severity::Error,
        threshold: 0.0,
        action: RowAction::Flag,
        enabled: true,
        why: format!("{column} says so."),
    }
}

fn checked(rule: Rule, checked: usize, failed: usize, examples: &[(usize, &str)]) -> Checked {
    let example = |&(row, value): &(usize, &str)| FailedExample { row: Some(row), value: value.into() };
    Checked {
        words: rule.words(),
        rule,
        checked,
        failed,
        share: failed as f64 / checked as f64,
        is_broken: failed > 0,
        examples: examples.iter().map(example).collect(),
        problem: None,
    }
}

/// An age that cannot be, a key that is there twice, and a city that is fine.
fn health(is_suggested: bool) -> Health {
    Health {
        sources: vec![SourceHealth {
            name: "crm".into(),
            n_rows: 1_200,
            score: Some(0.943),
            dimensions: [Some(1.0), Some(0.9), Some(0.99), None, None],
            n_broken: 2,
            stamp: "b".into(),
        }],
        rules: vec![
            checked(rule("city", Dimension::Completeness, Predicate::Present), 1_200, 0, &[]),
            checked(rule("age", Dimension::Validity, Predicate::Between(13.0, 110.0)), 1_150, 23, &[(7, "999"), (40, "-1")]),
            checked(rule("id", Dimension::Uniqueness, Predicate::Unique), 1_200, 4, &[(12, "K01")]),
        ],
        is_suggested,
        today: IsoDay::parse("2024-02-01"),
        accuracy: ACCURACY,
    }
}

fn open(is_suggested: bool) -> Harness<'static, Stage> {
    let path = PathBuf::from("/data/crm.csv");
    let sourcing = Sourcing { sources: vec![SourceFile { name: "crm".into(), path, ..SourceFile::default() }], ..Sourcing::default() };
    let known = SourcesAnswer { health: Answer::Ready(Arc::new(health(is_suggested))), ..SourcesAnswer::default() };
    let answers = Answers { sources: Some(known), ..Answers::default() };
    let mut harness = data_page::open(ui::data_page::ui, Plan::new(Source::Sources(Arc::new(sourcing))), answers);
    harness.state_mut().look.sources.view = DataView::Health;
    harness.run();
    harness
}

fn sees(harness: &Harness<'_, Stage>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label_contains(label).click();
    harness.run();
}

/// The rules that the one command leaves.
fn rules(harness: &Harness<'_, Stage>) -> Option<Vec<Rule>> {
    match &pushed(harness)[..] {
        [Command::Sources(sourcing)] => sourcing.rules.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn scores_and_rules_are_told_and_what_is_broken_comes_first() {
    let mut harness = open(true);
    for text in
        ["94\u{202f}%", "1\u{202f}200 rows, 2 rules broken", "Rules the data suggest", "1\u{202f}150", "23", "row 7", "999", "age says so."]
    {
        assert!(sees(&harness, text), "{text}");
    }
    let top = |label: &str| harness.get_by_label_contains(label).rect().top();
    assert!(top("Show the rule age lies between") < top("Show the rule id is there once"));
    assert!(top("Show the rule id is there once") < top("Show the rule city is there"));
    click(&mut harness, "Show the rule id is there once");
    assert!(sees(&harness, "row 12") && sees(&harness, "K01") && !sees(&harness, "row 7"));
    assert_eq!(pushed(&harness), []);
}

#[test]
fn a_history_is_drawn_once_there_are_two_scores() {
    let mut harness = open(true);
    let entry = |stamp: &str, day: &str, score: f64| HealthEntry {
        stamp: stamp.into(),
        day: IsoDay::parse(day).unwrap(),
        source: "crm".into(),
        score,
    };
    harness.state_mut().look.sources.health_history = vec![entry("a", "2024-01-01", 0.8)];
    harness.run();
    assert!(!sees(&harness, "on 2024-01-01"));
    harness.state_mut().look.sources.health_history.push(entry("b", "2024-02-01", 0.943));
    harness.run();
    assert!(sees(&harness, "From 80\u{202f}% on 2024-01-01 to 94\u{202f}% on 2024-02-01"));
}

#[test]
fn invalid_values_are_taken_as_missing_by_one_button_and_other_rules_keep_their_choice() {
    let mut harness = open(true);
    click(&mut harness, "Take 23 invalid values of 1 rule as missing");
    let actions: Vec<RowAction> = rules(&harness).expect("rules of the user's own").iter().map(|rule| rule.action).collect();
    assert_eq!(actions, [RowAction::Flag, RowAction::NullValue, RowAction::Flag]);
}

#[test]
fn a_rule_is_switched_off_or_removed() {
    let mut harness = open(true);
    click(&mut harness, "Check this rule");
    let off: Vec<bool> = rules(&harness).unwrap().iter().map(|rule| rule.enabled).collect();
    assert_eq!(off, [true, false, true]);
    let mut harness = open(true);
    click(&mut harness, "Remove this rule");
    let left: Vec<String> = rules(&harness).unwrap().iter().map(Rule::words).collect();
    assert_eq!(left, ["city is there", "id is there once"]);
}

#[test]
fn a_rule_of_the_users_own_is_added_and_all_are_given_back_to_the_data() {
    let mut harness = open(true);
    assert!(!sees(&harness, "Back to suggested rules"));
    click(&mut harness, "Add a rule");
    harness.get_by_label("Formula of the rule").focus();
    harness.run();
    harness.get_by_label("Formula of the rule").type_text("age > 17");
    harness.run();
    harness.get_by_label("Add").click();
    harness.run();
    let rules_now = rules(&harness).unwrap();
    assert_eq!((rules_now.len(), &rules_now[3].predicate), (4, &Predicate::Formula("age > 17".into())));
    let mut harness = open(false);
    click(&mut harness, "Back to suggested rules");
    assert_eq!(rules(&harness), None);
}

#[test]
fn failing_rows_are_saved_of_the_source_that_is_looked_at() {
    let mut harness = open(true);
    click(&mut harness, "Save failing rows of crm");
    assert_eq!(pushed(&harness), [Command::SaveFailingRows("crm".into())]);
}
