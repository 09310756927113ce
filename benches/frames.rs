//! How much does one frame of the window cost by itself, while jobs run behind it? The real window code, driven without a display or a GPU.
//!
//! For the sample, 100 000 x 10 and 1 000 000 x 10 rows: every page is shown, and the number of segments, the cut and epsilon are moved in every frame and the dendrogram is zoomed, as a
//! drag does. Printed are the median, the 99th percentile and the longest frame: commands, the question to the engine, the page's own
//! drawing, and turning it into triangles; what the graphics card does then is not in it.

use std::io::Write;
use std::time::{Duration, Instant};

use eframe::egui::{Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, Vec2};
use personae::app::window::Window;
use personae::base::seed::{RngExt, random};
use personae::cluster::Method;
use personae::session::settings::Settings;
use personae::session::{Action, Clustering, Command, Cut, Page};

fn main() {
    println!("{:34} {:>9} {:>9} {:>9}   frames", "", "median", "p99", "longest");
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str, n_rows: usize| {
        let file = folder.path().join(name);
        write_customers(&file, n_rows, 10);
        Some(file)
    };
    let all = [("sample", None), ("100 000 x 10", written("100k.csv", 100_000)), ("1 000 000 x 10", written("1m.csv", 1_000_000))];
    // Words as arguments choose among them: "sample", "100", "1".
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    for (title, file) in all {
        if !chosen.is_empty() && !chosen.iter().any(|word| title.split(' ').next() == Some(word)) {
            continue;
        }
        let ctx = Context::default();
        let mut window = Window::new(&ctx, Settings::default(), None, file);
        frame(&ctx, &mut window);
        for page in Page::ALL {
            window.command(Command::Do(Action::Go(page)));
            measure(&ctx, &mut window, &format!("{title}: {}, computing", page.name()), |_| None);
            window.wait();
            measure(&ctx, &mut window, &format!("{title}: {}, at rest", page.name()), |_| None);
        }
        window.command(Command::Do(Action::Go(Page::Segments)));
        let base = Clustering::default();
        measure(&ctx, &mut window, &format!("{title}: dragging k"), |at| {
            Some(Command::Cluster(Clustering { k: Some(2 + at / 10 % 11), ..base.clone() }))
        });
        for method in [Method::Tree, Method::Density] {
            window.command(Command::Cluster(Clustering { method, ..base.clone() }));
            frame(&ctx, &mut window);
            window.wait();
            measure(&ctx, &mut window, &format!("{title}: dragging on {}", method.name()), |at| {
                let (cut, epsilon) = (Cut::Clusters(2 + at / 10 % 11), Some(0.5 + 0.005 * at as f64));
                Some(Command::Cluster(Clustering { method, cut, epsilon, ..base.clone() }))
            });
            if method == Method::Tree {
                // In by the wheel for 25 frames, out for 25, over the lower left plot.
                let over = Pos2::new(450.0, 600.0);
                let wheel = |at: usize| {
                    let delta = Vec2::new(0.0, if (at / 25).is_multiple_of(2) { 60.0 } else { -60.0 });
                    let (unit, phase, modifiers) = (MouseWheelUnit::Point, TouchPhase::Move, Modifiers::NONE);
                    vec![Event::PointerMoved(over), Event::MouseWheel { unit, delta, phase, source: MouseWheelSource::Unknown, modifiers }]
                };
                measure_with(&ctx, &mut window, &format!("{title}: zooming the dendrogram"), |_| None, wheel);
                measure_with(
                    &ctx,
                    &mut window,
                    &format!("{title}: cutting the dendrogram low"),
                    |at| {
                        let cut = Cut::Height(0.02 + 0.002 * at as f64);
                        Some(Command::Cluster(Clustering { method, cut, ..base.clone() }))
                    },
                    |_| vec![],
                );
            }
        }
    }
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
    println!("{title:34} {:>9} {:>9} {:>9}   {}", ms(times[100]), ms(times[197]), ms(times[199]), times.len());
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
