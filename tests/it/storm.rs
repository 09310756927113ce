//! Does the engine keep its head in a storm? Thousands of changes without waiting, and then the answer of a fresh engine, bit for bit.
//!
//! The number of changes is PERSONAE_STORM, 1200 unless set. Everything is seeded but the race itself, which is what is tested.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use eframe::egui;
use personae::app::window::Window;
use personae::base::seed::{self, Random, RngExt};
use personae::base::{Ctx, Key};
use personae::cluster::{Linkage, Method};
use personae::data::{self, Source};
use personae::engine::{Answer, Answers, Engine, EngineOptions, Outputs, Wanted};
use personae::features::{Scale, TransformRule};
use personae::persona::{Added, PersonaEdit, RowSet};
use personae::plot::MapAxis;
use personae::session::settings::Settings;
use personae::session::{
    Action, Against, Brush, Clustering, ColumnOptions, Command, Cut, DensityOptions, HdbscanOptions, KMeansOptions, Page, Plan, TreeOptions,
};

const BUDGET: usize = 1 << 20;

fn changes() -> usize {
    std::env::var("PERSONAE_STORM").ok().and_then(|text| text.parse().ok()).unwrap_or(1200)
}

fn shop(folder: &Path, n_rows: u64) -> PathBuf {
    let mut random = seed::random(n_rows, 0);
    let mut text = "customer,spend,visits,age,channel\n".to_owned();
    for row in 0..n_rows {
        let group = random.random_range(0..3);
        let spend = 40.0 * f64::from(1 + group * 3) + 20.0 * random.random::<f64>();
        let (visits, age) = (random.random_range(1..8) + group * 6, random.random_range(18..80));
        text += &format!("c{row},{spend:.2},{visits},{age},{}\n", ["web", "shop", "phone"][random.random_range(0..3)]);
    }
    let path = folder.join(format!("shop{n_rows}.csv"));
    std::fs::write(&path, text).unwrap();
    path
}

fn any_clustering(random: &mut Random) -> Clustering {
    let k_from = random.random_range(2..5);
    let cut = match random.random_range(0..3) {
        0 => Cut::Suggested,
        1 => Cut::Clusters(random.random_range(1..9)),
        _ => Cut::Height(random.random::<f64>() * 30.0),
    };
    Clustering {
        method: Method::ALL[random.random_range(0..Method::ALL.len())],
        kmeans: KMeansOptions {
            k: [None, Some(random.random_range(1..10))][random.random_range(0..2)],
            restarts: random.random_range(1..4),
        },
        k_from,
        k_to: k_from + random.random_range(0..5),
        seed: random.random_range(0..3),
        tree: TreeOptions { linkage: Linkage::ALL[random.random_range(0..Linkage::ALL.len())], cut },
        density: DensityOptions {
            min_samples: random.random_range(1..9),
            epsilon: [None, Some(random.random::<f64>() * 2.0)][random.random_range(0..2)],
        },
        hdbscan: HdbscanOptions { min_cluster_size: [None, Some(random.random_range(2..40))][random.random_range(0..2)] },
        groups: ColumnOptions { column: None },
    }
}

fn any_preparation(random: &mut Random, plan: &mut Plan) {
    let preparation = &mut plan.preparation;
    match random.random_range(0..3) {
        0 => preparation.scale = Scale::ALL[random.random_range(0..Scale::ALL.len())],
        1 => preparation.transform = TransformRule::ALL[random.random_range(0..TransformRule::ALL.len())],
        _ => {
            let columns = ["spend", "visits", "age", "channel"];
            let some: Vec<String> = columns.iter().filter(|_| random.random::<f64>() < 0.7).map(|name| (*name).to_owned()).collect();
            preparation.features = (!some.is_empty()).then_some(some);
        }
    }
}

/// A box anywhere, rows of any table, or nobody.
fn any_brush(random: &mut Random, stamp: Key) -> Option<Brush> {
    let mut corner = || [random.random::<f64>() * 6.0 - 3.0, random.random::<f64>() * 6.0 - 3.0];
    let (a, b) = (corner(), corner());
    match random.random_range(0..3) {
        0 => None,
        1 => Some(Brush::in_box(stamp, &(any_axis(random), any_axis(random)), a, b)),
        _ => Some(Brush::rows(stamp, (0..random.random_range(0..400)).map(|row| row * 3), "row in the table")),
    }
}

fn any_axis(random: &mut Random) -> MapAxis {
    if random.random::<f64>() < 0.5 { MapAxis::Component(random.random_range(0..2)) } else { MapAxis::Column("spend".into()) }
}

/// What two engines must agree on: every answer that is there, and why the others are not.
fn agree(storm: &Answers, calm: &Answers, what: &str) {
    fn said<T: Debug>(answer: &Answer<T>) -> String {
        format!("{:?} {:?}", answer.ready(), answer.problem())
    }
    let labels = |answers: &Answers| answers.segmentation.ready().map(|found| (found.labels.clone(), found.method_text.clone()));
    assert_eq!(labels(storm), labels(calm), "{what}: labels");
    let all = |answers: &Answers| {
        let Answers { sweep, tree, density, silhouette, map, personas, .. } = answers;
        [said(sweep), said(tree), said(density), said(silhouette), said(map), said(personas)]
    };
    for ((storm, calm), of) in all(storm).iter().zip(all(calm)).zip(["sweep", "tree", "density", "silhouette", "map", "personas"]) {
        assert!(*storm == calm, "{what}: {of}:\n{storm:.300}\n{calm:.300}");
    }
    assert_eq!(storm.notes, calm.notes, "{what}");
    assert!(storm.jobs.is_empty(), "{what}: {:?}", storm.jobs);
}

#[test]
fn after_a_storm_the_engine_says_what_a_fresh_one_says() {
    let folder = tempfile::tempdir().unwrap();
    let files = [shop(folder.path(), 300), shop(folder.path(), 900)];
    let mut random = seed::random(11, 0);
    let stamp = data::stamp(&Source::file(files[0].clone()), &Ctx::new()).unwrap();
    let mut engine = Engine::new(|| {}, EngineOptions { memory_budget_bytes: BUDGET, ..EngineOptions::default() });
    let mut plan = Plan::new(Source::file(files[0].clone()));
    let axes = || (MapAxis::Component(0), MapAxis::Component(1));
    let mut wanted = Wanted { map_axes: axes(), ..Wanted::on(Page::Segments) };
    let (mut errands, mut done) = (0, 0);
    for change in 0..changes() {
        match random.random_range(0..28) {
            24 => plan.comparison = Some(Against::Solution(any_clustering(&mut random))),
            25 => plan.comparison = [None, Some(Against::Column("channel".into()))][random.random_range(0..2)].clone(),
            26 | 27 => wanted.brush = any_brush(&mut random, stamp),
            0..10 => plan.clustering = any_clustering(&mut random),
            10 => any_preparation(&mut random, &mut plan),
            11 => plan.source = Source::file(files[random.random_range(0..2)].clone()),
            12..15 => wanted.view = Page::ALL[random.random_range(0..Page::ALL.len())].into(),
            15 => wanted.map_axes = (any_axis(&mut random), any_axis(&mut random)),
            16 => wanted.outputs = if wanted.outputs.is_none() { Some(Outputs::of_export()) } else { None },
            17 => wanted.reload += 1,
            18 => {
                let jobs = engine.answer(&plan, &wanted).jobs;
                engine.stop_job(jobs.first().map_or(change as u64, |job| job.id));
            }
            19 => engine.stop_all(),
            20 => engine.retry(),
            21 => engine.refine(random.random::<f64>() < 0.5),
            22 if errands < 40 => {
                errands += 1;
                engine.errand("Errand", |_| Ok(vec![Command::CloseMessage]));
            }
            _ => {
                plan.personas = vec![PersonaEdit {
                    name: Some(format!("Name {change}")),
                    rests_on: Vec::new(),
                    added: Added::default(),
                    members: RowSet::new(0..change % 90),
                }]
            }
        }
        engine.answer(&plan, &wanted);
        done += engine.take_done().len();
        if change % 7 == 0 {
            std::thread::yield_now();
        }
        if change % 150 == 149 || change + 1 == changes() {
            engine.retry();
            engine.refine(false);
            let storm = engine.wait_until_refined(&plan, &wanted);
            done += engine.take_done().len();
            let mut fresh = Engine::new(|| {}, EngineOptions::default());
            agree(&storm, &fresh.wait_until_idle(&plan, &wanted), &format!("change {change}, {:?}", plan.clustering));
            assert!(!engine.busy(), "nothing is pending, running or waits to be taken");
            let bytes = engine.held_bytes();
            assert!(bytes <= BUDGET, "{bytes} bytes are held");
        }
    }
    // All but those that were stopped have ended, and none twice.
    assert!(done <= errands && errands > 0, "{done} of {errands}");
}

#[test]
fn after_a_storm_the_window_shows_what_a_fresh_one_shows() {
    let folder = tempfile::tempdir().unwrap();
    let file = shop(folder.path(), 400);
    let open = || {
        let mut window = Window::new(&egui::Context::default(), Settings::default(), None, Some(file.clone()));
        window.step();
        window
    };
    let (mut window, mut random) = (open(), seed::random(12, 0));
    let mut plan = Plan::default();
    let actions = [Action::Undo, Action::Redo, Action::Reload, Action::StopAll, Action::ComputeAgain, Action::Theme, Action::ZoomIn];
    for change in 0..changes() / 2 {
        window.command(match random.random_range(0..10) {
            0..4 => Command::Cluster(any_clustering(&mut random)),
            4 => {
                any_preparation(&mut random, &mut plan);
                Command::Prepare(plan.preparation.clone())
            }
            5 => Command::StopJob(window.answers().jobs.first().map_or(change as u64, |job| job.id)),
            6 | 7 => Command::Do(Action::Go(Page::ALL[random.random_range(0..Page::ALL.len())])),
            _ => Command::Do(actions[random.random_range(0..actions.len())]),
        });
        window.step();
        if change % 5 == 0 {
            std::thread::yield_now();
        }
    }
    for method in Method::ALL {
        let chosen = Clustering { method, ..any_clustering(&mut random) };
        let shown = |window: &mut Window| {
            window.command(Command::Prepare(plan.preparation.clone()));
            window.command(Command::Cluster(chosen.clone()));
            window.command(Command::Do(Action::Go(Page::Segments)));
            window.command(Command::Do(Action::ComputeAgain));
            window.step();
            window.wait_until_refined();
            window.answers().clone()
        };
        let (storm, calm) = (shown(&mut window), shown(&mut open()));
        // Numbers stay with their customers, so they come from everything that was shown before; the groups do not.
        let groups = |answers: &Answers| {
            let found = answers.segmentation.ready().map(|found| (found.labels.iter().collect::<Vec<_>>(), found.method_text.clone()));
            (found, answers.sweep.ready().cloned(), answers.density.ready().cloned())
        };
        assert_eq!(groups(&storm), groups(&calm), "{}", method.name());
        assert!(storm.silhouette.ready().is_some() && storm.map.ready().is_some() && storm.personas.ready().is_some());
        assert!(storm.jobs.is_empty());
    }
}
