//! Does the map of very many customers count right, and do boxes pick whom they hold?
//!
//! The fast binning against a slow count over all rows; edges; the way from a box in the look to rows and counts in the answers.

use std::collections::BTreeMap;

use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels, Stopped};
use personae::cluster::Method;
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::plot::{Corners, DensityCell, DensityGrid, MapAxis, MapPlot, MapWindow, Picked, Placed, Shows, scene};
use personae::session::{Brush, Clustering, KMeansOptions, Page, Plan};

/// Counts by (bin, cluster): customers, and picked ones.
type Counts = BTreeMap<(usize, u32), (u32, u32)>;

fn slow(points: &[[f64; 2]], labels: &Labels, table_rows: &[usize], picked: &Picked, window: MapWindow) -> Counts {
    let MapWindow { corners: [from, to], bins } = window;
    let mut counts = Counts::new();
    for (row, point) in points.iter().enumerate() {
        if (0..2).any(|side| point[side] < from[side] || point[side] >= to[side]) {
            continue;
        }
        let bin = |side: usize| ((point[side] - from[side]) / (to[side] - from[side]) * bins[side] as f64).floor() as usize;
        let cluster = labels.get(row).map_or(DensityCell::NOISE, |cluster| cluster as u32);
        let count = counts.entry((bin(1) * bins[0] + bin(0), cluster)).or_default();
        count.0 += 1;
        count.1 += u32::from(picked.contains(table_rows[row]));
    }
    counts
}

fn fast(density: &DensityGrid) -> Counts {
    let cells = (0..density.strengths.len()).flat_map(|bin| density.bin(bin).iter().map(move |cell| (bin, cell)));
    cells.map(|(bin, cell)| ((bin, cell.cluster), (cell.n, cell.n_picked))).collect()
}

/// Points of each kind the map meets: a cloud with far customers, levels of a category, all in one place, nobody.
fn clouds() -> Vec<Vec<[f64; 2]>> {
    let mut rng = random(11, 0);
    let n = 6_000;
    let cloud = (0..n).map(|at| [rng.random::<f64>() * if at % 500 == 0 { 1e6 } else { 1.0 }, rng.random::<f64>()]).collect();
    let levels = (0..n).map(|_| [f64::from(rng.random_range(0..5)), f64::from(rng.random_range(0..3))]).collect();
    vec![cloud, levels, vec![[3.0, -2.0]; n], Vec::new(), vec![[0.0, 0.0]]]
}

#[test]
fn any_window_counts_as_a_slow_count_does() {
    let mut rng = random(12, 0);
    for points in clouds() {
        let placed = Placed::from_points(&points);
        let labels = Labels::from_options(&(0..points.len()).map(|row| (row % 7 > 0).then_some(row % 4)).collect::<Vec<_>>());
        let table_rows: Vec<usize> = (0..points.len()).map(|row| 2 * row + 1).collect();
        let picked = Picked::new(2 * points.len() + 2, table_rows.iter().copied().filter(|row| row % 3 == 0));
        for _ in 0..30 {
            let mut side = || {
                let (a, b) = (rng.random_range(-3..6), rng.random_range(1..5));
                (f64::from(a) / 2.0, f64::from(a + b) / 2.0)
            };
            let (x, y) = (side(), side());
            let window = MapWindow { corners: [[x.0, y.0], [x.1, y.1]], bins: [rng.random_range(1..40), rng.random_range(1..30)] };
            let density = DensityGrid::of(&placed, &labels, &table_rows, Some(&picked), window, &Ctx::new()).unwrap();
            assert_eq!(fast(&density), slow(&points, &labels, &table_rows, &picked, window), "{window:?}");
            for bin in 0..window.bins[0] * window.bins[1] {
                assert_eq!(density.strengths[bin] > 0, !density.bin(bin).is_empty(), "drawn where somebody is, and only there");
            }
        }
    }
}

#[test]
fn neighbouring_windows_share_no_customer_and_lose_none() {
    let points: Vec<[f64; 2]> = (0..9).flat_map(|x| (0..9).map(move |y| [f64::from(x), f64::from(y)])).collect();
    let placed = Placed::from_points(&points);
    let count = |corners: Corners| placed.count(corners, usize::MAX);
    let quarters = [[[0.0, 0.0], [4.0, 4.0]], [[4.0, 0.0], [9.0, 4.0]], [[0.0, 4.0], [4.0, 9.0]], [[4.0, 4.0], [9.0, 9.0]]];
    assert_eq!(quarters.map(count), [16, 20, 20, 25]);
    assert_eq!(placed.rows_in_box([[4.0, 4.0], [4.0, 4.0]], &Ctx::new()), Ok(vec![40]), "a box holds its edges");
}

#[test]
fn crowded_bins_are_stronger_and_equal_ones_are_full() {
    let mut points = vec![[0.5, 0.5]; 100];
    points.extend([[1.5, 0.5]; 5]);
    points.push([2.5, 0.5]);
    let window = MapWindow { corners: [[0.0, 0.0], [4.0, 1.0]], bins: [4, 1] };
    let rows: Vec<usize> = (0..points.len()).collect();
    let of = |points: &[[f64; 2]]| {
        let labels = Labels::from_ids(&vec![0; points.len()]);
        DensityGrid::of(&Placed::from_points(points), &labels, &rows, None, window, &Ctx::new()).unwrap().strengths
    };
    // Ranks 0, 1/2 and 1 between the faintest, 0.3, and full.
    assert_eq!(of(&points), [255, 166, 77, 0]);
    assert_eq!(of(&points[99..101]), [255, 255, 0, 0]);
}

#[test]
fn few_are_points_and_many_are_counts_the_same_on_any_thread() {
    let n = MapPlot::MAX_POINTS + 5_000;
    let points: Vec<[f64; 2]> = (0..n).map(|at| [(at % 250) as f64, (at / 250) as f64]).collect();
    let labels = Labels::from_ids(&(0..n).map(|row| row % 3).collect::<Vec<_>>());
    let rows: Vec<usize> = (0..n).collect();
    let window = |to: f64| MapWindow { corners: [[0.0, 0.0], [to, 100.0]], bins: [50, 25] };
    let on = |threads: usize, to: f64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| scene(&Placed::from_points(&points), &labels, &rows, None, window(to), &Ctx::new()).unwrap())
    };
    for to in [250.0, 200.0, 10.0] {
        assert_eq!(on(1, to), on(8, to));
    }
    assert!(matches!(on(2, 250.0).shows, Shows::Density(_)));
    let Shows::Points(whole) = on(2, 200.0).shows else { panic!("exactly as many as points are drawn") };
    assert_eq!(whole.rows.iter().map(Vec::len).sum::<usize>(), MapPlot::MAX_POINTS);
    for (cluster, rows) in whole.rows.iter().enumerate() {
        assert!(rows.is_sorted() && rows.iter().zip(&whole.clusters[cluster]).all(|(&row, point)| points[row as usize] == *point));
    }
    let placed = Placed::from_points(&points);
    assert_eq!(scene(&placed, &labels, &rows, None, window(250.0), &Ctx::stopping_after(4)), Err(Stopped));
}

#[test]
fn the_window_asked_for_is_steady_and_covers_the_view() {
    let view = [[-1.3, 2.0], [7.9, 39.0]];
    let window = MapWindow::around(view, [600.0, 300.0]);
    assert!(window.covers(view) && !window.covers([[-1.3, 2.0], [7.9, 90.0]]));
    let moved = MapWindow::around([[-1.29, 2.1], [7.91, 39.1]], [600.0, 300.0]);
    assert_eq!(moved, window, "a small move asks for nothing new");
    for side in 0..2 {
        let points_a_bin = [600.0, 300.0][side] / (view[1][side] - view[0][side]) * (window.corners[1][side] - window.corners[0][side])
            / window.bins[side] as f64;
        assert!((1.0..=2.01).contains(&points_a_bin), "{points_a_bin}");
        assert!(window.corners[1][side] - window.corners[0][side] < 1.7 * (view[1][side] - view[0][side]));
    }
    let flat = MapWindow::around([[5.0, 5.0], [5.0, 5.0]], [600.0, 300.0]);
    assert!(flat.bins.iter().all(|&bins| bins <= 2_000));
}

#[test]
fn a_box_becomes_rows_and_counts_in_the_answers() {
    let mut engine = Engine::new(|| {}, EngineOptions { memory_budget_bytes: 1 << 30, ..EngineOptions::default() });
    let plan = Plan {
        clustering: Clustering {
            method: Method::KMeans,
            kmeans: KMeansOptions { k: Some(3), restarts: 1 },
            k_to: 3,
            ..Clustering::default()
        },
        ..Plan::default()
    };
    let axes = (MapAxis::Component(0), MapAxis::Component(1));
    let mut wanted = Wanted { map_axes: axes.clone(), ..Wanted::on(Page::Segments) };
    let before = engine.wait_until_idle(&plan, &wanted);
    assert!(before.brush.picked.is_none() && before.brush.counts.is_none());
    let (loaded, segmentation) = (before.loaded.ready().unwrap().clone(), before.segmentation.ready().unwrap().clone());
    let scores = &segmentation.prepared.pca.scores;

    let corners: Corners = [[0.0, -1.0], [1.5, 2.0]];
    wanted.brush = Some(Brush::in_box(loaded.stamp, &axes, corners[1], corners[0]));
    let answers = engine.wait_until_idle(&plan, &wanted);
    let inside = |row: &usize| (0..2).all(|side| (corners[0][side]..=corners[1][side]).contains(&scores[side][*row]));
    let expected: Vec<usize> = (0..segmentation.labels.n_rows()).filter(inside).collect();
    let picked = answers.brush.picked.unwrap();
    assert!(!expected.is_empty() && picked.rows().eq(expected.iter().map(|&row| segmentation.prepared.table_rows[row])));
    let counts = answers.brush.counts.unwrap();
    let of = |cluster| expected.iter().filter(|&&row| segmentation.labels.get(row) == Some(cluster)).count();
    assert_eq!(counts.clusters, (0..3).map(of).collect::<Vec<_>>());

    // One row, from anywhere: it is ringed where it lies and named.
    let row = segmentation.prepared.table_rows[7];
    wanted.brush = Some(Brush::rows(loaded.stamp, [row], "row in the table"));
    let ring = engine.wait_until_idle(&plan, &wanted).brush.ring.unwrap();
    assert_eq!(ring.at, Some([scores[0][7], scores[1][7]]));
    assert!(!ring.name.is_empty());

    // What was picked in another table is nobody here.
    wanted.brush = Some(Brush::rows(personae::base::Key::of_bytes(b"another"), [row], "row in the table"));
    assert!(engine.wait_until_idle(&plan, &wanted).brush.picked.is_none());
}
