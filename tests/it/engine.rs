//! Does the runtime keep its manners? Sharing, superseding, stopping, staleness, eviction and panics, with toy steps that wait
//! for a word of the test instead of for time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use personae::base::{Ctx, Key};
use personae::cluster::Method;
use personae::engine::caches::{Caches, Runtime as EngineRuntime};
use personae::engine::density::density;
use personae::engine::run::jobs::{Lane, Urgency, Workers};
use personae::engine::run::memo::{Cache, Memo, Store};
use personae::engine::run::runtime::{Asked, Done, Need, OnStop, RuntimeOf as Runtime};
use personae::engine::table;
use personae::engine::{Engine, EngineOptions, Outputs, Problem, STOPPED, StepError, Wanted};
use personae::plot::MapAxis;
use personae::session::{Against, Clustering, Command, Cut, KMeansOptions, Page, Plan};

/// Two caches: small numbers and long texts.
struct Toy {
    numbers: Memo<u64>,
    texts: Memo<String>,
}

impl Store for Toy {
    fn caches(&mut self) -> Vec<&mut dyn Cache> {
        vec![&mut self.numbers, &mut self.texts]
    }
}

fn runtime(threads: usize, budget: usize) -> Runtime<Toy> {
    Runtime::new(
        Toy { numbers: Memo::new("numbers", |_| 8), texts: Memo::new("texts", String::len) },
        Workers::BehindWindow(threads),
        budget,
        || {},
    )
}

fn key(name: &str) -> Key {
    Key::of_bytes(name.as_bytes())
}

const SHOWN: Need = Need::Start(Urgency::Shown);

fn number(runtime: &mut Runtime<Toy>, name: &str, step: impl FnOnce(&Ctx) -> Result<u64, StepError> + Send + 'static) -> Asked<u64> {
    runtime.ask(|s| &mut s.numbers, key(name), SHOWN, (|| name.to_owned(), Lane::Long), step)
}

fn text(runtime: &mut Runtime<Toy>, name: &str, length: usize) -> Asked<String> {
    runtime.ask(|s| &mut s.texts, key(name), SHOWN, (|| name.to_owned(), Lane::Quick), move |_| Ok("x".repeat(length)))
}

/// One frame: asks, and ends the round.
fn round<S: Store, T>(runtime: &mut Runtime<S>, ask: impl FnOnce(&mut Runtime<S>) -> T) -> T {
    runtime.take_finished();
    runtime.begin_round();
    let answer = ask(runtime);
    runtime.end_round();
    answer
}

/// Frames until nothing is under way, and what the last one saw.
fn settle<S: Store, T>(runtime: &mut Runtime<S>, mut ask: impl FnMut(&mut Runtime<S>) -> T) -> T {
    loop {
        let answer = round(runtime, &mut ask);
        if !runtime.is_busy() {
            return answer;
        }
        runtime.wait();
    }
}

/// A step that says it started, then checks until it is told to go on or to stop.
fn gated(started: Sender<()>, go: Receiver<u64>) -> impl FnOnce(&Ctx) -> Result<u64, StepError> + Send + 'static {
    move |ctx| {
        started.send(()).unwrap();
        loop {
            ctx.check()?;
            match go.try_recv() {
                Ok(value) => return Ok(value),
                Err(_) => std::thread::yield_now(),
            }
        }
    }
}

fn value<T: Clone>(asked: &Asked<T>) -> Option<T> {
    asked.ready().map(|made| (*made.value).clone())
}

#[test]
fn asking_twice_shares_one_job_and_its_result() {
    let mut runtime = runtime(2, 1000);
    let runs = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        let ask = |runtime: &mut Runtime<Toy>| {
            let mut twice = [None, None];
            for answer in &mut twice {
                let runs = runs.clone();
                *answer = value(&number(runtime, "seven", move |_| {
                    runs.fetch_add(1, Ordering::SeqCst);
                    Ok(7)
                }));
            }
            twice
        };
        assert_eq!(settle(&mut runtime, ask), [Some(7), Some(7)]);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn several_values_share_one_job_that_makes_only_the_missing_ones() {
    let mut runtime = runtime(1, 1000);
    let made: Arc<Mutex<Vec<usize>>> = Arc::default();
    let ask = |runtime: &mut Runtime<Toy>, names: &[&str]| -> Vec<Option<u64>> {
        let keys: Vec<Key> = names.iter().map(|name| key(name)).collect();
        let asked = runtime.ask_many(
            |s| &mut s.numbers,
            &keys,
            SHOWN,
            (|| "several".into(), Lane::Long),
            |missing| {
                made.lock().unwrap().extend(missing);
                let values: Vec<u64> = missing.iter().map(|&at| at as u64 * 10).collect();
                move |_: &Ctx| Ok(values)
            },
        );
        asked.iter().map(value).collect()
    };
    assert_eq!(settle(&mut runtime, |runtime| ask(runtime, &["a", "b"])), [Some(0), Some(10)]);
    assert_eq!(settle(&mut runtime, |runtime| ask(runtime, &["a", "b", "c"])), [Some(0), Some(10), Some(20)]);
    assert_eq!(*made.lock().unwrap(), [0, 1, 2]);
}

#[test]
fn a_pending_job_nobody_asks_for_is_dropped() {
    let mut runtime = runtime(1, 1000);
    let (started, starts) = channel();
    let (go, gate) = channel();
    let mut step = Some(gated(started, gate));
    round(&mut runtime, |runtime| number(runtime, "long", step.take().unwrap()));
    starts.recv().unwrap();
    // The only worker for long jobs is busy, so this one waits, and then is not asked for again.
    round(&mut runtime, |runtime| (number(runtime, "long", |_| unreachable!()), number(runtime, "unwanted", |_| panic!("it was dropped"))));
    assert_eq!(runtime.views().len(), 2);
    round(&mut runtime, |runtime| number(runtime, "long", |_| unreachable!()));
    assert_eq!(runtime.views().len(), 1);
    go.send(5).unwrap();
    assert_eq!(value(&settle(&mut runtime, |runtime| number(runtime, "long", |_| unreachable!()))), Some(5));
    assert_eq!(value(&settle(&mut runtime, |runtime| number(runtime, "unwanted", |_| Ok(1)))), Some(1), "asked for later, it runs");
}

#[test]
fn a_superseded_job_makes_room_at_once() {
    let mut runtime = runtime(1, 1000);
    let (started, starts) = channel();
    let (_go, gate) = channel();
    let mut step = Some(gated(started, gate));
    round(&mut runtime, |runtime| number(runtime, "old", step.take().unwrap()));
    starts.recv().unwrap();
    // The gate never opens: only the stop can free the worker for the new value.
    assert_eq!(value(&settle(&mut runtime, |runtime| number(runtime, "new", |_| Ok(2)))), Some(2));
    assert!(round(&mut runtime, |runtime| number(runtime, "old", |_| Ok(3))).ready().is_none(), "what was stopped is not on the cache");
    assert_eq!(value(&settle(&mut runtime, |runtime| number(runtime, "old", |_| unreachable!()))), Some(3));
}

#[test]
fn a_running_job_survives_a_short_look_elsewhere_but_not_a_long_one() {
    for (rounds_elsewhere, survives) in [(1, true), (10, false)] {
        let mut runtime = runtime(2, 1000);
        let (started, starts) = channel();
        let (go, gate) = channel();
        let mut step = Some(gated(started, gate));
        round(&mut runtime, |runtime| number(runtime, "slow", step.take().unwrap()));
        starts.recv().unwrap();
        for _ in 0..rounds_elsewhere {
            round(&mut runtime, |_| ());
        }
        let _ = go.send(1);
        let again = settle(&mut runtime, |runtime| number(runtime, "slow", |_| Ok(2)));
        assert_eq!(value(&again), Some(if survives { 1 } else { 2 }), "{rounds_elsewhere} rounds elsewhere");
    }
}

#[test]
fn a_quick_job_does_not_wait_behind_long_ones() {
    let mut runtime = runtime(1, 1000);
    let (started, starts) = channel();
    let (go, gate) = channel();
    let mut step = Some(gated(started, gate));
    let mut long = |runtime: &mut Runtime<Toy>| match step.take() {
        Some(step) => number(runtime, "long", step),
        None => number(runtime, "long", |_| unreachable!()),
    };
    round(&mut runtime, &mut long);
    starts.recv().unwrap();
    let quick = loop {
        let quick = round(&mut runtime, |runtime| {
            long(runtime);
            text(runtime, "quick", 3)
        });
        if let Some(text) = value(&quick) {
            break text;
        }
        runtime.wait();
    };
    assert_eq!(quick, "xxx");
    go.send(1).unwrap();
    settle(&mut runtime, &mut long);
}

#[test]
fn what_the_user_stopped_says_so_until_it_is_wanted_again() {
    let mut runtime = runtime(1, 1000);
    let (started, starts) = channel();
    let (_go, gate) = channel();
    let mut step = Some(gated(started, gate));
    round(&mut runtime, |runtime| number(runtime, "slow", step.take().unwrap()));
    starts.recv().unwrap();
    let id = runtime.views()[0].id;
    runtime.stop_job(id);
    let mut ask = |runtime: &mut Runtime<Toy>| number(runtime, "slow", |_| Ok(9));
    assert!(matches!(settle(&mut runtime, &mut ask), Asked::Failed(problem) if &*problem.0 == STOPPED));
    runtime.resume();
    assert_eq!(value(&settle(&mut runtime, &mut ask)), Some(9));

    runtime.stop_all();
    let mut other = |runtime: &mut Runtime<Toy>| number(runtime, "other", |_| Ok(1));
    assert!(matches!(settle(&mut runtime, &mut other), Asked::Failed(_)), "nothing starts after stopping all");
    assert_eq!(value(&settle(&mut runtime, &mut ask)), Some(9), "what is there stays visible");
    runtime.retry();
    assert_eq!(value(&settle(&mut runtime, &mut other)), Some(1));
}

#[test]
fn a_failure_is_kept_until_retried_and_a_panic_is_a_problem() {
    let mut runtime = runtime(1, 1000);
    let mut fails = |runtime: &mut Runtime<Toy>| number(runtime, "fails", |_| Err(StepError::Problem(Problem("No luck.".into()))));
    let mut works = |runtime: &mut Runtime<Toy>| number(runtime, "fails", |_| Ok(4));
    assert!(matches!(settle(&mut runtime, &mut fails), Asked::Failed(problem) if &*problem.0 == "No luck."));
    assert!(matches!(settle(&mut runtime, &mut works), Asked::Failed(_)));
    runtime.retry();
    assert_eq!(value(&settle(&mut runtime, &mut works)), Some(4));

    let panics = settle(&mut runtime, |runtime| number(runtime, "panics", |_| panic!("a bug on purpose")));
    assert!(matches!(panics, Asked::Failed(problem) if problem.0.contains("a bug on purpose")));
    assert_eq!(value(&settle(&mut runtime, |runtime| number(runtime, "after", |_| Ok(5)))), Some(5), "the worker lives on");
}

#[test]
fn the_least_recently_asked_leaves_first_and_never_what_is_asked_now() {
    let mut runtime = runtime(1, 25);
    for name in ["a", "b"] {
        settle(&mut runtime, |runtime| text(runtime, name, 10));
    }
    // "a" is looked at again, so "b" is the oldest when "c" needs room.
    settle(&mut runtime, |runtime| text(runtime, "a", 10));
    settle(&mut runtime, |runtime| text(runtime, "c", 10));
    let there = round(&mut runtime, |runtime| {
        ["a", "b", "c"].map(|name| {
            let look = runtime.ask(|s| &mut s.texts, key(name), Need::Look, (String::new, Lane::Quick), |_| unreachable!());
            look.ready().is_some()
        })
    });
    assert_eq!(there, [true, false, true]);
    let both = |runtime: &mut Runtime<Toy>| [text(runtime, "big", 100), text(runtime, "bigger", 200)].map(|asked| asked.ready().is_some());
    assert_eq!(settle(&mut runtime, both), [true, true], "above the budget, but asked for");
}

#[test]
fn notes_are_told_once_each_time_the_value_is_asked_for() {
    let mut runtime = runtime(1, 1000);
    let noted = |runtime: &mut Runtime<Toy>, name: &'static str| {
        number(runtime, name, |ctx| {
            ctx.note("312 rows have no income.");
            Ok(1)
        });
    };
    settle(&mut runtime, |runtime| {
        noted(runtime, "a");
        noted(runtime, "b");
    });
    for _ in 0..2 {
        runtime.begin_round();
        noted(&mut runtime, "a");
        noted(&mut runtime, "b");
        let notes = runtime.end_round();
        assert_eq!(notes.iter().map(|note| note.0.as_str()).collect::<Vec<_>>(), ["312 rows have no income."]);
    }
}

#[test]
fn an_errand_ends_though_nobody_asks_again() {
    let mut runtime = runtime(1, 1000);
    let (go, gate) = channel::<()>();
    runtime.errand("Export", OnStop::IsForgotten, move |_| {
        gate.recv().unwrap();
        Ok(vec![Command::Tell("3 files written".into())])
    });
    for _ in 0..10 {
        round(&mut runtime, |_| ());
    }
    go.send(()).unwrap();
    settle(&mut runtime, |_| ());
    let done = runtime.take_done();
    assert_eq!(
        (done.len(), done[0].title.as_str(), done[0].result.clone()),
        (1, "Export", Ok(vec![Command::Tell("3 files written".into())]))
    );
}

#[test]
fn an_errand_that_was_stopped_before_it_began_tells_so_where_it_must() {
    for (stopped, told) in [(OnStop::IsTold, 1), (OnStop::IsForgotten, 0)] {
        let mut runtime = runtime(1, 1000);
        let (go, gate) = channel::<()>();
        let busy = runtime.errand("Busy", OnStop::IsForgotten, move |_| {
            let _ = gate.recv();
            Ok(Vec::new())
        });
        let waits =
            runtime.errand("Export", stopped, |ctx| Ok(vec![Command::Tell(if ctx.is_stopped() { "stopped" } else { "written" }.into())]));
        runtime.stop_job(waits);
        go.send(()).unwrap();
        settle(&mut runtime, |_| ());
        let done: Vec<Done> = runtime.take_done().into_iter().filter(|done| done.title == "Export").collect();
        assert_eq!(done.len(), told, "{stopped:?} {busy}");
        assert!(done.iter().all(|done| done.result == Ok(vec![Command::Tell("stopped".into())])));
    }
}

#[test]
fn progress_is_seen_and_every_end_wakes() {
    let (woken, wakes) = channel();
    let woken = Mutex::new(woken);
    let toy = Toy { numbers: Memo::new("numbers", |_| 8), texts: Memo::new("texts", String::len) };
    let mut runtime = Runtime::new(toy, Workers::BehindWindow(1), 1000, move || {
        let _ = woken.lock().unwrap().send(());
    });
    let (started, starts) = channel();
    let (go, gate) = channel();
    let step = gated(started, gate);
    round(&mut runtime, |runtime| {
        number(runtime, "slow", |ctx| {
            ctx.progress("Half way", 0.5);
            step(ctx)
        })
    });
    starts.recv().unwrap();
    let ask = |runtime: &mut Runtime<Toy>| number(runtime, "slow", |_| unreachable!());
    assert!(matches!(round(&mut runtime, ask), Asked::Cooking(progress) if progress.stage == "Half way" && progress.fraction == 0.5));
    wakes.recv().expect("the ticker wakes while a job runs");
    go.send(1).unwrap();
    assert_eq!(value(&settle(&mut runtime, ask)), Some(1));
    wakes.recv().expect("and so does its end");
}

/// The real engine on the sample: the answers of a page, and the same labels as the command line's way.
#[test]
fn the_window_and_the_command_line_give_the_same_labels() {
    let plan = Plan::default();
    let wanted = Wanted {
        map_axes: (MapAxis::Component(0), MapAxis::Component(1)),
        outputs: Some(Outputs::of_export()),
        ..Wanted::on(Page::Segments)
    };
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let answers = engine.wait_until_idle(&plan, &wanted);
    assert_eq!(answers.loaded.problem(), None);
    assert!(answers.sweep.ready().is_some() && answers.personas.ready().is_some() && answers.map.ready().is_some());
    let shown = engine.report(&plan).unwrap();

    let (replayed, _) = personae::engine::analyse(&plan, &Wanted::outputs(Outputs::of_export()), &Ctx::new()).unwrap();
    assert_eq!(shown.labels, replayed.labels);
    assert_eq!((shown.chosen, shown.results, shown.method_text), (replayed.chosen, replayed.results, replayed.method_text));
    assert_eq!(shown.notes, replayed.notes);

    let mut other = plan.clone();
    other.preparation.rare_level_share = 0.5;
    let stale = engine.answer(&other, &wanted);
    assert!(stale.segmentation.is_stale(), "the old value is shown while the new one cooks");
    assert!(engine.report(&other).is_none(), "a stale value is never exported");
}

#[test]
fn moving_min_samples_makes_lists_of_neighbours_only_when_none_are_long_enough() {
    let plan = Plan::default();
    let mut runtime: EngineRuntime = Runtime::new(Caches::default(), Workers::BehindWindow(1), usize::MAX, || {});
    let prepared = settle(&mut runtime, |runtime| {
        let loaded = table::load(runtime, &plan.source, 0, false, SHOWN);
        loaded.and("the data", |loaded| table::prepare(runtime, loaded, &plan.preparation, SHOWN))
    });
    let prepared = prepared.ready().unwrap();
    // Whether the first question starts the tree itself; with no lists yet it starts them.
    let starts_tree = |asked: &Asked<_>| matches!(asked, Asked::Cooking(progress) if progress.stage.starts_with("Density tree"));
    for (min_samples, starts_at_once) in [(5, false), (8, true), (3, true), (16, false), (9, true), (12, true), (4, true), (40, false)] {
        let first = round(&mut runtime, |runtime| density(runtime, prepared, min_samples, SHOWN));
        assert_eq!(starts_tree(&first), starts_at_once, "{min_samples}: {first:?}");
        let tree = settle(&mut runtime, |runtime| density(runtime, prepared, min_samples, SHOWN));
        let (tree, alone) = (tree.ready().unwrap(), personae::cluster::density(&prepared.value.matrix, min_samples, &Ctx::new()).unwrap());
        assert_eq!(*tree.value, alone, "min samples {min_samples}");
    }

    // A long list first: whatever needs less finds it.
    let mut runtime: EngineRuntime = Runtime::new(Caches::default(), Workers::BehindWindow(1), usize::MAX, || {});
    settle(&mut runtime, |runtime| density(runtime, prepared, 30, SHOWN));
    let tree = round(&mut runtime, |runtime| density(runtime, prepared, 5, SHOWN));
    assert!(starts_tree(&tree), "{tree:?}");
    assert!(matches!(round(&mut runtime, |runtime| density(runtime, prepared, 6, Need::Look)), Asked::Waiting(_)), "a look starts nothing");
}

#[test]
fn the_background_waits_while_anything_else_is_under_way() {
    let mut runtime = runtime(1, 1000);
    let (started, starts) = channel();
    let (go, gate) = channel();
    let mut step = Some(gated(started, gate));
    let background = |runtime: &mut Runtime<Toy>| {
        let title = (|| "better".to_owned(), Lane::Background);
        let step = |ctx: &Ctx| {
            ctx.give_way()?;
            Ok(2)
        };
        runtime.ask(|s| &mut s.numbers, key("better"), Need::Start(Urgency::Ahead), title, step)
    };
    round(&mut runtime, |runtime| number(runtime, "urgent", step.take().unwrap()));
    starts.recv().unwrap();
    for _ in 0..100 {
        let ask =
            |runtime: &mut Runtime<Toy>| [background(runtime), number(runtime, "urgent", |_| unreachable!())].map(|asked| value(&asked));
        assert_eq!(round(&mut runtime, ask), [None, None]);
        std::thread::yield_now();
    }
    go.send(1).unwrap();
    let both =
        settle(&mut runtime, |runtime| [background(runtime), number(runtime, "urgent", |_| unreachable!())].map(|asked| value(&asked)));
    assert_eq!(both, [Some(2), Some(1)]);
}

#[test]
fn silhouettes_of_many_rows_start_from_a_sample_and_become_exact_when_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.csv");
    let rows: String = (0..31_000u32).map(|row| format!("{},{}\n", row % 3 * 900 + row * 7919 % 601, row * 104_729 % 997)).collect();
    std::fs::write(&path, format!("spend,visits\n{rows}")).unwrap();
    let mut plan = Plan::new(personae::data::Source::file(path));
    (plan.clustering.k_from, plan.clustering.k_to, plan.clustering.kmeans.restarts) = (2, 3, 1);
    plan.preparation.features = Some(vec!["spend".into(), "visits".into()]);
    let wanted = Wanted { map_axes: (MapAxis::Component(0), MapAxis::Component(1)), ..Wanted::on(Page::Segments) };
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let first = engine.wait_until_idle(&plan, &wanted);
    let (sampled, sweep) = (first.silhouette.ready().unwrap(), first.sweep.ready().unwrap());
    let (low, high) = sampled.band.unwrap();
    assert!(!sampled.exact && sampled.sampled == Some((4_000, 31_000)));

    engine.refine(true);
    let last = engine.wait_until_refined(&plan, &wanted);
    let (exact, exact_sweep) = (last.silhouette.ready().unwrap(), last.sweep.ready().unwrap());
    assert!(exact.exact && exact.band.is_none() && exact_sweep.points.iter().all(|point| point.exact));
    let margin = high - low;
    assert!((low - margin..high + margin).contains(&exact.mean.unwrap()), "{low}..{high} {:?}", exact.mean);
    assert_eq!(sweep.suggestion, exact_sweep.suggestion, "what is suggested does not depend on how long one waited");
}

#[test]
fn the_elbow_of_very_many_rows_starts_from_a_sample_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("very_many.csv");
    let rows: String = (0..210_000u64).map(|row| format!("{},{}\n", row % 3 * 900 + row * 7919 % 601, row * 104_729 % 997)).collect();
    std::fs::write(&path, format!("spend,visits\n{rows}")).unwrap();
    let mut plan = Plan::new(personae::data::Source::file(path));
    (plan.clustering.k_from, plan.clustering.k_to, plan.clustering.kmeans.restarts) = (2, 5, 2);
    plan.preparation.features = Some(vec!["spend".into(), "visits".into()]);
    let wanted = Wanted { map_axes: (MapAxis::Component(0), MapAxis::Component(1)), ..Wanted::on(Page::Segments) };
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let first = engine.wait_until_idle(&plan, &wanted);
    let sketch = first.sweep.ready().unwrap().clone();
    assert_eq!(sketch.sample.map(|sample| (sample.rows, sample.n_rows)), Some((50_000, 210_000)));
    let suggestion = sketch.suggestion.clone().unwrap();
    assert!(suggestion.reasons.iter().all(|reason| reason.contains("from a sample")), "{suggestion:?}");
    let segmentation = first.segmentation.ready().unwrap();
    assert_eq!((segmentation.labels.n_rows(), segmentation.labels.n_clusters()), (210_000, suggestion.k), "every customer has a segment");
    let known =
        |plot: &personae::plot::SweepPlot| plot.points.iter().filter(|point| !point.estimated).map(|point| point.k).collect::<Vec<_>>();
    assert_eq!(known(&sketch), [suggestion.k], "only the chosen one is of all rows");

    // Not until everything is refined: exact silhouettes of so many rows take minutes.
    engine.refine(true);
    let whole = loop {
        let plot = engine.answer(&plan, &wanted).sweep.ready().unwrap().clone();
        if plot.sample.is_none() {
            break plot;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert_eq!(known(&whole), [2, 3, 4, 5]);
    for (estimate, point) in sketch.points.iter().zip(&whole.points) {
        let [estimate, inertia] = [estimate, point].map(|point| point.inertia.unwrap());
        assert!((estimate / inertia - 1.0).abs() < 0.02, "k = {}: {estimate} {inertia}", point.k);
    }
    assert_eq!(whole.suggestion, sketch.suggestion, "what is suggested does not depend on how long one waited");

    drop(engine);
    let (replayed, _) = personae::engine::analyse(&plan, &Wanted::outputs(Outputs::default()), &Ctx::new()).unwrap();
    assert_eq!(replayed.chosen.by, Some(segmentation.by.clone()), "nor on who asks");
    assert_eq!(
        replayed.results.iter().map(|result| result.k).collect::<Vec<_>>(),
        [2, 3, 4, 5].map(Some),
        "and a command waits for all rows"
    );
}

#[test]
fn thousands_of_segments_are_told_not_described() {
    let mut plan = Plan::default();
    plan.clustering.method = Method::Tree;
    plan.clustering.tree.cut = Cut::Clusters(3_000);
    plan.comparison =
        Some(Against::Solution(Clustering { kmeans: KMeansOptions { k: Some(4), ..KMeansOptions::default() }, ..Clustering::default() }));
    let axes = (MapAxis::Component(0), MapAxis::Component(1));
    let wanted = Wanted { map_axes: axes, ..Wanted::on(Page::Segments) };
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    engine.refine(true);
    let answers = engine.wait_until_refined(&plan, &wanted);
    assert_eq!(answers.segmentation.ready().unwrap().labels.n_clusters(), 3_000);
    assert!(answers.map.ready().is_some() && answers.stability.latest().is_none());
    let said = |problem: Option<&Problem>| problem.unwrap().0.to_string();
    let expected = "3\u{202f}000 segments are too many to tell apart; ask for 200 or fewer to see silhouettes and cards.";
    for problem in [answers.personas.problem(), answers.silhouette.problem(), answers.comparison.problem()] {
        assert_eq!(said(problem), expected);
    }
    // With fewer everything is there again.
    plan.clustering.tree.cut = Cut::Clusters(4);
    let answers = engine.wait_until_idle(&plan, &wanted);
    assert!(answers.personas.ready().is_some() && answers.silhouette.ready().is_some() && answers.comparison.ready().is_some());
}
