//! How much does one frame of the window cost by itself, while jobs run behind it? The real window code, driven without a display or a GPU.
//!
//! For the sample, 100 000 x 10 and 1 000 000 x 10 rows: every page is shown, every control is moved in every frame, as a drag does, the map
//! and the dendrogram are zoomed, cards are turned, compared and looked over with 12 and 40 personas, and slides are turned. Printed are the median, the 99th percentile and the longest frame: commands, the question to the engine, the page's own
//! drawing, and turning it into triangles; what the graphics card does then is not in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::{Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, Vec2};
use personae::app::window::Window;
use personae::base::seed::{RngExt, random};
use personae::cluster::Method;
use personae::data::Source;
use personae::evaluate::unusual::{USUAL_COPIES, UnusualScore};
use personae::session::settings::Settings;
use personae::session::{
    Action, CardsLook, CardsView, Clustering, Command, Cut, DensityOptions, HdbscanOptions, KMeansOptions, Look, NicheOptions, Page,
    PageView, Plan, Project, SegmentsView, TreeOptions, project,
};

/// A benchmark of minutes is run, one of hours is not.
const LONGEST_WAIT: Duration = Duration::from_secs(40);

fn main() {
    println!("{:52} {:>9} {:>9} {:>9}   frames", "", "median", "p99", "longest");
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str, n_rows: usize| {
        let file = folder.path().join(name);
        write_customers(&file, n_rows, 10);
        Some(file)
    };
    let all = [("sample", None), ("100 000 x 10", written("100k.csv", 100_000)), ("1 000 000 x 10", written("1m.csv", 1_000_000))];
    // Words as arguments choose among them: "sample", "100", "1"; "cards" leaves everything out but the Personas and the Present page.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let only_cards = chosen.iter().any(|word| word == "cards");
    for (title, file) in all {
        if chosen.iter().any(|word| word != "cards") && !chosen.iter().any(|word| title.split(' ').next() == Some(word)) {
            continue;
        }
        if !only_cards {
            controls(title, file.clone());
        }
        let source = file.map_or(Source::Sample { seed: 0 }, Source::file);
        for n_personas in [12, 40] {
            cards(title, &source, n_personas, &folder.path().join("cards.personae"));
        }
    }
}

/// Every page, and every control of the Segments page.
fn controls(title: &str, file: Option<PathBuf>) {
    let ctx = Context::default();
    let mut window = opened(&ctx, title, file);
    for page in Page::ALL {
        window.command(Command::Do(Action::Go(page)));
        measure(&ctx, &mut window, &format!("{title}: {}, computing", page.name()), |_| None);
        settle(&ctx, &mut window);
        measure(&ctx, &mut window, &format!("{title}: {}, at rest", page.name()), |_| None);
    }
    unusual(&ctx, &mut window, title);
    window.command(Command::Do(Action::Show(PageView::Segments(SegmentsView::Explore))));
    let base = Clustering::default();
    let drag = |window: &mut Window, what: &str, clustering: &dyn Fn(usize) -> Clustering| {
        window.command(Command::Cluster(clustering(0)));
        settle(&ctx, window);
        measure(&ctx, window, &format!("{title}: {what}"), |at| Some(Command::Cluster(clustering(at))));
    };
    drag(&mut window, "dragging k", &|at| Clustering {
        kmeans: KMeansOptions { k: Some(2 + at / 10 % 11), ..base.kmeans },
        ..base.clone()
    });
    drag(&mut window, "dragging re-runs", &|at| Clustering { kmeans: KMeansOptions { k: Some(5), restarts: 1 + at / 10 }, ..base.clone() });
    settle(&ctx, &mut window);
    measure_with(&ctx, &mut window, &format!("{title}: zooming the map"), |_| None, wheel_over(700.0, 260.0));
    let tree = |cut| Clustering { method: Method::Tree, tree: TreeOptions { cut, ..base.tree }, ..base.clone() };
    drag(&mut window, "dragging the cut", &|at| tree(Cut::Clusters(2 + at / 10 % 11)));
    measure_with(&ctx, &mut window, &format!("{title}: zooming the dendrogram"), |_| None, wheel_over(450.0, 600.0));
    drag(&mut window, "cutting the dendrogram low", &|at| tree(Cut::Height(0.02 + 0.002 * at as f64)));
    let density = |method, at: usize| Clustering {
        method,
        density: DensityOptions { epsilon: Some(0.5 + 0.005 * at as f64), ..base.density },
        ..base.clone()
    };
    drag(&mut window, "dragging epsilon", &|at| density(Method::Density, at));
    drag(&mut window, "dragging min samples", &|at| Clustering {
        density: DensityOptions { min_samples: 3 + at / 10, ..density(Method::Density, 100).density },
        ..density(Method::Density, 100)
    });
    drag(&mut window, "dragging the smallest segment", &|at| Clustering {
        hdbscan: HdbscanOptions { min_cluster_size: Some(20 + 5 * at) },
        ..density(Method::Hdbscan, 0)
    });
}

/// Who is unusual: how long until there is an answer and until it is settled, and what a frame costs while the line, the neighbourhoods and the score move.
fn unusual(ctx: &Context, window: &mut Window, title: &str) {
    let since = Instant::now();
    window.command(Command::Do(Action::Show(PageView::Segments(SegmentsView::Niches))));
    let waits: [(&str, IsThere); 2] = [
        ("who is unusual, first answer", |window| window.answers().unusual.latest().is_some()),
        ("who is unusual, settled", |window| window.answers().unusual.latest().is_some_and(|found| found.n_copies >= USUAL_COPIES)),
    ];
    for (what, is_there) in waits {
        while !is_there(window) {
            if since.elapsed() > 3 * LONGEST_WAIT {
                println!("    (still computing after {} s)", since.elapsed().as_secs());
                return;
            }
            frame(ctx, window);
            std::thread::sleep(Duration::from_millis(4));
        }
        println!("{:52} {:>9}", format!("{title}: {what} after"), format!("{:.2} s", since.elapsed().as_secs_f64()));
    }
    let Some(found) = window.answers().unusual.latest().cloned() else { return };
    let scores = found.by(UnusualScore::Local).map(|measured| measured.scores.clone()).unwrap_or_default();
    let most = scores.iter().copied().filter(|score| score.is_finite()).fold(1.0, f64::max);
    let line = |at: usize| NicheOptions {
        line: Some(1.0 + (most - 1.0) * at as f64 / 200.0),
        score: UnusualScore::Local,
        ..NicheOptions::default()
    };
    measure(ctx, window, &format!("{title}: dragging the line"), |at| Some(Command::Niches(line(at))));
    measure(ctx, window, &format!("{title}: switching the score"), |at| {
        Some(Command::Niches(NicheOptions { score: UnusualScore::ALL[at / 10 % UnusualScore::ALL.len()], ..NicheOptions::default() }))
    });
    window.command(Command::Niches(NicheOptions::default()));
}

/// The Personas page in its views and the Present page, opened from a project, which says what is looked at.
fn cards(title: &str, source: &Source, n_personas: usize, file: &Path) {
    let clustering = Clustering { kmeans: KMeansOptions { k: Some(n_personas), restarts: 1 }, ..Clustering::default() };
    for view in [CardsView::Cards, CardsView::Compare, CardsView::Overview] {
        let plan = Plan { clustering: clustering.clone(), ..Plan::new(source.clone()) };
        let look = Look { page: Page::Personas, cards: CardsLook { view, ..CardsLook::default() }, ..Look::default() };
        project::save(file, &Project { plan, look, stamp: None, customers: None }).expect("a project");
        let ctx = Context::default();
        let mut window = Window::new(&ctx, Settings::default(), None, Some(file.to_owned()));
        settle(&ctx, &mut window);
        let title = format!("{title}: {n_personas} personas, {view:?}");
        let turned = |at: usize| if at.is_multiple_of(10) { vec![pressed(Key::ArrowRight)] } else { vec![] };
        measure_with(&ctx, &mut window, &title, |_| None, turned);
        measure_with(&ctx, &mut window, &format!("{title}, scrolled"), |_| None, wheel_over(700.0, 500.0));
        if view == CardsView::Cards {
            window.command(Command::Do(Action::Go(Page::Present)));
            settle(&ctx, &mut window);
            measure_with(&ctx, &mut window, &format!("{title}, slides turned"), |_| None, turned);
            window.command(Command::Do(Action::Present));
            settle(&ctx, &mut window);
            measure_with(&ctx, &mut window, &format!("{title}, presenting"), |_| None, turned);
        }
    }
}

fn pressed(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
}

/// The wheel turned over a point: in for 25 frames, out for 25.
fn wheel_over(x: f32, y: f32) -> impl Fn(usize) -> Vec<Event> {
    move |at: usize| {
        let delta = Vec2::new(0.0, if (at / 25).is_multiple_of(2) { 60.0 } else { -60.0 });
        let (unit, phase, modifiers) = (MouseWheelUnit::Point, TouchPhase::Move, Modifiers::NONE);
        let moved = Event::PointerMoved(Pos2::new(x, y));
        vec![moved, Event::MouseWheel { unit, delta, phase, source: MouseWheelSource::Unknown, modifiers }]
    }
}

/// Whether what is waited for is there.
type IsThere = fn(&Window) -> bool;

/// Opens the window on a file and looks at its segments: how long until there is something to see?
fn opened(ctx: &Context, title: &str, file: Option<std::path::PathBuf>) -> Window {
    let since = Instant::now();
    let mut window = Window::new(ctx, Settings::default(), None, file);
    window.command(Command::Do(Action::Go(Page::Segments)));
    let mut waits: Vec<(&str, IsThere)> = vec![
        ("first frame", |_| true),
        ("first elbow point", |window| {
            window.answers().sweep.latest().is_some_and(|sweep| sweep.points.iter().any(|point| point.inertia.is_some()))
        }),
        ("map, elbow and silhouettes", |window| {
            let answers = window.answers();
            answers.map.ready().is_some() && answers.sweep.ready().is_some() && answers.silhouette.ready().is_some()
        }),
    ];
    while let Some((what, is_there)) = waits.first() {
        frame(ctx, &mut window);
        if is_there(&window) {
            println!("{:52} {:>9}", format!("{title}: {what} after"), format!("{:.2} s", since.elapsed().as_secs_f64()));
            waits.remove(0);
        }
        std::thread::sleep(Duration::from_millis(4));
    }
    window
}

/// Frames until nothing but refinement is under way, or for as long as a user would watch; what is dragged then waits, as it would for the user.
fn settle(ctx: &Context, window: &mut Window) {
    let since = Instant::now();
    while since.elapsed() < LONGEST_WAIT {
        frame(ctx, window);
        if !window.is_busy() {
            return;
        }
        std::thread::sleep(Duration::from_millis(15));
    }
    println!("    (still computing after {} s)", LONGEST_WAIT.as_secs());
}

fn measure(ctx: &Context, window: &mut Window, title: &str, command: impl Fn(usize) -> Option<Command>) {
    measure_with(ctx, window, title, command, |_| vec![]);
}

fn measure_with(
    ctx: &Context,
    window: &mut Window,
    title: &str,
    command: impl Fn(usize) -> Option<Command>,
    events: impl Fn(usize) -> Vec<Event>,
) {
    let mut times: Vec<Duration> = (0..200)
        .map(|at| {
            if let Some(command) = command(at) {
                window.command(command);
            }
            let time = frame_with(ctx, window, events(at));
            // The rest of a frame at 60 Hz belongs to the jobs behind.
            std::thread::sleep(Duration::from_millis(16).saturating_sub(time));
            time
        })
        .collect();
    times.sort();
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    println!("{title:52} {:>9} {:>9} {:>9}   {}", ms(times[100]), ms(times[197]), ms(times[199]), times.len());
}

fn frame(ctx: &Context, window: &mut Window) -> Duration {
    frame_with(ctx, window, vec![])
}

fn frame_with(ctx: &Context, window: &mut Window, events: Vec<Event>) -> Duration {
    let input =
        RawInput { events, screen_rect: Some(Rect::from_min_size(Default::default(), Vec2::new(1280.0, 800.0))), ..RawInput::default() };
    let since = Instant::now();
    window.step();
    let mut output = ctx.run_ui(input, |ui| window.draw(ui));
    std::hint::black_box(ctx.tessellate(std::mem::take(&mut output.shapes), 1.0));
    let time = since.elapsed();
    output.textures_delta.clear();
    time
}

fn write_customers(path: &std::path::Path, n_rows: usize, n_columns: usize) {
    let mut rng = random(7, 0);
    let centres: Vec<f64> = (0..6 * n_columns).map(|_| 12.0 * rng.random::<f64>()).collect();
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("writable"));
    let names: Vec<String> = (0..n_columns).map(|column| format!("x{column}")).collect();
    writeln!(file, "{}", names.join(",")).expect("writable");
    for row in 0..n_rows {
        let cell = |column: usize, noise: f64| format!("{:.4}", centres[row % 6 * n_columns + column] + 4.0 * noise);
        let cells: Vec<String> = (0..n_columns).map(|column| cell(column, (0..3).map(|_| rng.random::<f64>() - 0.5).sum())).collect();
        writeln!(file, "{}", cells.join(",")).expect("writable");
    }
}
