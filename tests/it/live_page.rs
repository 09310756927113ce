//! Can the view Live be worked by name: a source played, paused, segments found anew, taken and left again? And does the window follow what was chosen?

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use personae::app::window::Window;
use personae::data::{Source, SourceFile, SourceKind, Sourcing};
use personae::engine::live::{
    LiveBand, LiveCounts, LiveDrift, LiveFire, LiveFires, LiveMap, LiveMove, LiveNow, LiveSegment, LiveState, LiveVersion, RetrainCause,
    RetrainVerdict, Retrained,
};
use personae::engine::{Answers, Engine, EngineOptions, LiveSeen, Wanted};
use personae::evaluate::Trust;
use personae::evaluate::shifted::{ShareShift, Shifted};
use personae::session::{Command, LiveChoices, LiveOrder, Look, PageView, Plan, SegmentsView, Settings};

use crate::live::{DAYS, HEAD, orders, read};
use crate::segments_page::{self, window_on};

const DAY: i64 = 86_400_000;

fn live() -> PageView {
    PageView::Segments(SegmentsView::Live)
}

/// A project on orders, with a folder.
fn shop() -> (tempfile::TempDir, Plan) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, format!("{HEAD}{}", orders(0..DAYS))).unwrap();
    let source = SourceFile { name: "orders".into(), path, kind: Some(SourceKind::Transactions), ..SourceFile::default() };
    let mut plan = Plan::new(Source::Sources(Arc::new(Sourcing { sources: vec![source], ..Sourcing::default() })));
    plan.clustering.kmeans.k = Some(3);
    (folder, plan)
}

fn page(plan: Plan) -> segments_page::Window {
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let answers = engine.wait_until_idle(&plan, &Wanted::on(live()));
    let mut look = Look::default();
    look.show(live());
    window_on(personae::ui::segments::ui, plan, answers, look)
}

fn click(window: &mut segments_page::Window, name: &str) -> Vec<Command> {
    window.get_all_by_role_and_label(Role::Button, name).next().unwrap_or_else(|| panic!("no button {name}")).click();
    window.run_steps(3);
    std::mem::take(&mut window.state_mut().commands)
}

#[test]
fn a_source_is_chosen_and_played() {
    let (_folder, plan) = shop();
    let mut window = page(plan);
    assert_eq!(click(&mut window, "Choose a file…"), [Command::ChooseLive(false)]);
    assert_eq!(click(&mut window, "Choose a folder…"), [Command::ChooseLive(true)]);
    let chosen = click(&mut window, "Play orders again");
    let [Command::Live(choices)] = &chosen[..] else { panic!("{chosen:?}") };
    assert!(choices.plays && choices.source.as_ref().is_some_and(|path| path.ends_with("orders.csv")));
    window.state_mut().plan.live = choices.clone();
    window.run_steps(3);
    assert_eq!(click(&mut window, "Play"), [Command::BeginLive]);
    let grows = click(&mut window, "As it grows");
    assert!(matches!(&grows[..], [Command::Live(choices)] if !choices.plays));
    let other = click(&mut window, "Choose another");
    assert!(matches!(&other[..], [Command::Live(choices)] if choices.source.is_none()));
}

#[test]
fn a_topic_is_named_by_its_address() {
    let (_folder, mut plan) = shop();
    let mut window = page(plan.clone());
    assert!(click(&mut window, "Follow a topic or a stream…").is_empty());
    let field = "kafka://HOST:9092/TOPIC, kinesis://REGION/STREAM, or a path";
    window.get_by_role_and_label(Role::TextInput, field).type_text("kafka://localhost:9092/shop.orders?lost=skip");
    window.run_steps(3);
    window.key_press(eframe::egui::Key::Enter);
    window.run_steps(3);
    let address = "kafka://localhost:9092/shop.orders?lost=skip";
    assert_eq!(std::mem::take(&mut window.state_mut().commands), [Command::FollowPath(address.into())]);
    plan.live = LiveChoices { source: Some(address.into()), is_folder: true, ..LiveChoices::default() };
    let mut window = page(plan);
    assert!(window.query_by_label("shop.orders").is_some() && window.query_by_label("Play it again").is_none());
    assert_eq!(click(&mut window, "Follow"), [Command::BeginLive]);
}

#[test]
fn a_password_that_was_typed_enters_no_project() {
    let mut window = Window::new(&eframe::egui::Context::default(), Settings::default(), None, None);
    window.step();
    let typed = "kafka://me:hunter2@localhost/orders";
    window.command(Command::FollowPath(typed.into()));
    window.step();
    assert_eq!(window.plan().live.source, None);
    assert!(window.look().live.path_draft.as_deref() == Some(typed), "what was typed stays to be mended");
    window.command(Command::FollowPath("kafka://localhost/orders".into()));
    window.step();
    assert_eq!(window.plan().live.source.as_deref(), Some(std::path::Path::new("kafka://localhost/orders")));
    assert!(window.plan().live.is_folder, "it is no file to play");
}

fn segment(number: usize, name: &str, size: usize) -> LiveSegment {
    LiveSegment { number: number - 1, name: name.into(), size }
}

/// A moment of three segments that have moved.
fn picture() -> LiveNow {
    let share = |then: f64, now: f64, flagged: bool| ShareShift { then, now, by_chance: [then - 0.05, then + 0.05], flagged };
    let segments = vec![share(0.5, 0.4, true), share(0.3, 0.4, true), share(0.2, 0.2, false)];
    let shifted = Shifted { customers: [1_000, 1_000], segments, beyond: share(0.01, 0.01, false), columns: Vec::new() };
    let bands = (0..30).map(|day| LiveBand { at: day * DAY, sizes: vec![500 - 3 * day as usize, 300 + 3 * day as usize, 200] }).collect();
    let mut moves = vec![vec![0; 3]; 3];
    (moves[0][1], moves[2][1], moves[1][2]) = (90, 10, 10);
    let version = |number: usize, at: Option<i64>, cause: RetrainCause| {
        let text =
            serde_json::json!({ "number": number, "cause": cause, "at": at, "moved": 12, "silhouette": 0.4, "names": [], "centres": [] });
        serde_json::from_value::<LiveVersion>(text).unwrap()
    };
    LiveNow {
        title: "orders.csv".into(),
        folder: "somewhere".into(),
        state: LiveState::Following,
        segments: vec![segment(2, "Busy", 410), segment(1, "Calm", 390), segment(3, "", 200)],
        nowhere: 0,
        counts: LiveCounts { batches: 40, rows: 9_100, counted: 9_000, repeated: 60, late: 30, unfit: 10, moved: 110 },
        snapshot: None,
        latest: Some(29 * DAY + 5_400_000),
        began: Some(0),
        rate: 812.4,
        unread: 2_500_000,
        speed: Some(86_400.0),
        bands,
        moves: [vec![vec![0; 3]; 3], moves.clone(), moves],
        movers: vec![LiveMove { customer: "K17".into(), from: Some(0), to: Some(1), at: Some(29 * DAY) }],
        map: LiveMap {
            customers: (0..300).map(|at| ([f64::from(at % 17), f64::from(at % 23)], Some(at as usize % 3))).collect(),
            trails: vec![vec![[2.0, 2.0], [3.0, 4.0]], vec![[9.0, 9.0]], vec![[15.0, 20.0], [14.0, 20.0]]],
        },
        drift: Some(LiveDrift { shifted, sentences: vec!["Calm: 40.0 % of the customers.".into()], since: Some(20 * DAY) }),
        retrained: None,
        versions: vec![version(1, None, RetrainCause::Given), version(2, Some(12 * DAY), RetrainCause::Asked)],
        in_force: 1,
        fires: Some(LiveFires {
            counts: vec![("Silent".into(), 3)],
            recent: vec![LiveFire {
                trigger: "Silent".into(),
                customer_id: "K09".into(),
                fired_at: "1970-01-29T00:00:00.000Z".into(),
                persona: Some("Calm".into()),
                reason: "5 days without purchase".into(),
            }],
            notes: vec!["Silent fired 3 times since following began.".into()],
        }),
        notes: Vec::new(),
    }
}

fn watching(change: impl FnOnce(&mut LiveNow), outcome: Option<Result<(), String>>) -> segments_page::Window {
    let (_folder, plan) = shop();
    let mut now = picture();
    change(&mut now);
    let mut window = page(plan);
    let answers: &mut Answers = &mut window.state_mut().answers;
    answers.live = Some(LiveSeen { now: Some(Arc::new(now)), outcome });
    window.run_steps(3);
    window
}

#[test]
fn whoever_watches_reads_what_moves_and_gives_orders_by_name() {
    let mut window = watching(|_| (), None);
    for label in
        ["C1 Calm: 390, ↑ 39\u{202f}% now, 30\u{202f}% before", "K17: from C2 Busy to C1 Calm", "Silent: K09, 1970-01-29", "Playing"]
    {
        assert!(window.query_by_label(label).is_some(), "{label}");
    }
    let order = |order| [Command::OrderLive(order)];
    assert_eq!(click(&mut window, "Pause"), order(LiveOrder::Pause));
    assert_eq!(click(&mut window, "Retrain now"), order(LiveOrder::Retrain));
    assert_eq!(click(&mut window, "Version 1, as given: since the beginning"), order(LiveOrder::Back(1)));
    assert_eq!(click(&mut window, "Version 2, on request: 1970-01-13 · 12 moved · in force"), []);
    assert_eq!(click(&mut window, "End"), [Command::EndLive]);
    window.key_press(eframe::egui::Key::Space);
    window.run_steps(3);
    assert_eq!(std::mem::take(&mut window.state_mut().commands), order(LiveOrder::Pause));
    let mut window = watching(|now| now.state = LiveState::Paused, None);
    assert_eq!(click(&mut window, "Resume"), order(LiveOrder::GoOn));
}

#[test]
fn what_was_found_anew_is_offered_only_where_it_is_not_worse() {
    let retrained = |verdict| Retrained {
        cause: RetrainCause::Asked,
        at: None,
        silhouettes: [Some(0.41), Some(0.35)],
        trusts: [Trust::Good; 2],
        inertia: [2.0, 1.0],
        moved: 120,
        of: 1_000,
        loses_name: vec![1],
        verdict,
    };
    let mut window = watching(|now| now.retrained = Some(retrained(RetrainVerdict::NotWorse)), None);
    assert!(
        window
            .query_by_label_contains("Would keep number and colour but lose the name, as most customers would change: C1 Calm.")
            .is_some()
    );
    assert_eq!(click(&mut window, "Adopt"), [Command::OrderLive(LiveOrder::Adopt)]);
    assert_eq!(click(&mut window, "Keep the current ones"), [Command::OrderLive(LiveOrder::Decline)]);
    let mut window = watching(|now| now.retrained = Some(retrained(RetrainVerdict::LowerSilhouette)), None);
    assert!(window.query_by_label_contains("separate customers less well, silhouette 0.350 and now 0.410").is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Adopt").is_none());
    assert_eq!(click(&mut window, "OK"), [Command::OrderLive(LiveOrder::Decline)]);
    // Rows that are customers have no days: it is ready all the same.
    let mut window = watching(|now| (now.began, now.latest) = (None, None), None);
    assert_eq!(click(&mut window, "Retrain now"), [Command::OrderLive(LiveOrder::Retrain)]);
    let mut window = watching(|_| (), Some(Err("the disk is full".into())));
    assert!(window.query_by_label_contains("the disk is full").is_some());
    assert_eq!(click(&mut window, "Follow something else"), [Command::EndLive]);
}

#[test]
fn the_window_follows_what_was_chosen_and_lets_it_go() {
    let (folder, plan) = shop();
    let project = folder.path().join("shop.personae");
    let saved = personae::session::Project { plan, look: Look::default(), stamp: None, customers: None };
    personae::session::project::save(&project, &saved).unwrap();
    let mut window = Window::new(&eframe::egui::Context::default(), Settings::default(), None, Some(project));
    window.step();
    window.command(Command::Do(personae::session::Action::Show(live())));
    window.command(Command::BeginLive);
    window.step();
    window.wait();
    assert!(window.answers().live.is_none(), "nothing was chosen");
    let path = folder.path().join("orders.csv");
    window.command(Command::Live(LiveChoices { source: Some(path), plays: true, speed: 2_000_000.0, ..LiveChoices::default() }));
    for _ in 0..4 {
        window.step();
        window.wait();
    }
    window.command(Command::BeginLive);
    let until = Instant::now() + Duration::from_secs(120);
    let is_at_end = |window: &mut Window| {
        window.step();
        window.answers().live.as_ref().and_then(|live| live.now.clone()).filter(|now| now.state == LiveState::AtEnd)
    };
    let now = loop {
        if let Some(now) = is_at_end(&mut window) {
            break now;
        }
        assert!(Instant::now() < until, "it never came to its end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((now.counts.rows as usize, now.segments.len()), (orders(0..DAYS).lines().count(), 3));
    window.command(Command::EndLive);
    while window.answers().live.as_ref().is_some_and(|live| live.outcome.is_none()) {
        assert!(Instant::now() < until, "it never ended");
        window.step();
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(window.answers().live.as_ref().and_then(|live| live.outcome.clone()), Some(Ok(())));
    let customers = read(folder.path(), "personae live/orders played/customers.csv");
    assert_eq!(customers.lines().count(), now.n_placed() + now.nowhere + 1);
    window.command(Command::EndLive);
    window.step();
    assert!(window.answers().live.is_none());
}
