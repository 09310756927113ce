//! Is what is said to be real really so? The null band and the stability against slow versions, foreign numbers and the laws of every step.

use std::collections::{BTreeMap, BTreeSet};

use personae::base::seed::{self, RngExt};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{ClusterError, Linkage};
use personae::engine::evidence::{DRAW_ROUNDS, NULL_ROUNDS};
use personae::engine::{Engine, EngineOptions, Outputs, Wanted};
use personae::evaluate::{NullMethod, Regroup, Trust, best_jaccards, null_band, silhouettes, stability};
use personae::plot::MapAxis;
use personae::session::{Page, Plan};
use serde::Deserialize;

#[derive(Deserialize)]
struct Oracle {
    n_cols: usize,
    values: Vec<f64>,
    draws: Vec<Vec<usize>>,
    methods: BTreeMap<String, Frozen>,
}

#[derive(Deserialize)]
struct Frozen {
    labels: Vec<i64>,
    jaccard: Vec<f64>,
}

fn regroup(name: &str) -> Regroup {
    match name {
        "kmeans 3" => Regroup::KMeans { k: 3, restarts: 10, seed: 0 },
        "ward 3" => Regroup::Tree { linkage: Linkage::Ward, k: 3 },
        "ward 5" => Regroup::Tree { linkage: Linkage::Ward, k: 5 },
        "average 4" => Regroup::Tree { linkage: Linkage::Average, k: 4 },
        "dbscan" => Regroup::Density { min_samples: 5, epsilon: 0.9 },
        other => panic!("{other} is not known here"),
    }
}

#[test]
fn an_independent_implementation_finds_the_same_stability() {
    let oracle: Oracle = serde_json::from_str(include_str!("../oracles/stability.json")).unwrap();
    let x = Matrix::new(oracle.values.clone(), oracle.values.len() / oracle.n_cols, oracle.n_cols).unwrap();
    for (name, frozen) in &oracle.methods {
        let how = regroup(name);
        let labels = how.group(&x, &Ctx::new()).unwrap();
        let ids: Vec<Option<usize>> = frozen.labels.iter().map(|&label| usize::try_from(label).ok()).collect();
        assert_eq!(labels, Labels::from_options(&ids), "{name}");
        let mut totals = vec![0.0; labels.n_clusters()];
        for draw in &oracle.draws {
            let mut rows = draw.clone();
            if !how.counts_repeats() {
                rows.dedup();
            }
            let found = how.group(&x.select_rows(&rows), &Ctx::new()).unwrap();
            totals.iter_mut().zip(best_jaccards(&labels, &rows, &found)).for_each(|(total, best)| *total += best);
        }
        for (id, expected) in frozen.jaccard.iter().enumerate() {
            let row = ids.iter().position(|other| *other == Some(id)).unwrap();
            let found = totals[labels.get(row).unwrap()] / oracle.draws.len() as f64;
            // k-means stops a step earlier or later here and there, so a row on the border may fall to either side.
            let tolerance = if matches!(how, Regroup::KMeans { .. }) { 0.01 } else { 1e-12 };
            assert!((found - expected).abs() < tolerance, "{name}, cluster {id}: {found} is not {expected}");
        }
    }
}

#[test]
fn coefficients_are_those_of_sets() {
    let mut random = seed::random(8, 0);
    for _ in 0..50 {
        let n = random.random_range(1..60);
        let mut some = |n: usize, most: usize| -> Vec<Option<usize>> {
            (0..n).map(|_| Some(random.random_range(0..most + 1)).filter(|id| *id < most)).collect()
        };
        let labels = Labels::from_options(&some(n, 4));
        let mut rows: Vec<usize> = some(n, n).into_iter().flatten().collect();
        rows.sort_unstable();
        // Equal rows are grouped alike, whatever the method.
        let of_row = some(n, 3);
        let found = Labels::from_options(&rows.iter().map(|&row| of_row[row]).collect::<Vec<_>>());
        let drawn: BTreeSet<usize> = rows.iter().copied().collect();
        let sets = |labels: &Labels, row_of: &dyn Fn(usize) -> usize| -> Vec<BTreeSet<usize>> {
            let sets = labels.members().into_iter();
            sets.map(|members| members.into_iter().map(row_of).collect::<BTreeSet<_>>().intersection(&drawn).copied().collect()).collect()
        };
        let new = sets(&found, &|at| rows[at]);
        let slow: Vec<f64> = sets(&labels, &|row| row)
            .iter()
            .map(|old| {
                let of = |new: &BTreeSet<usize>| old.intersection(new).count() as f64 / old.union(new).count() as f64;
                new.iter().map(of).fold(0.0, f64::max)
            })
            .collect();
        assert_eq!(best_jaccards(&labels, &rows, &found), slow);
    }
}

/// Three round groups apart from each other, 120, 90 and 60 rows, in three columns.
fn groups() -> Matrix {
    let mut random = seed::random(4, 0);
    let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let of = |row: usize| {
        if row < 120 {
            [0.0, 0.0, 0.0]
        } else if row < 210 {
            [7.0, 7.0, 0.0]
        } else {
            [0.0, 7.0, 7.0]
        }
    };
    let rows: Vec<[f64; 3]> = (0..270).map(|row| of(row).map(|centre| centre + normal())).collect();
    Matrix::from_rows(&rows).unwrap()
}

fn methods() -> [Regroup; 4] {
    [
        Regroup::KMeans { k: 3, restarts: 2, seed: 1 },
        Regroup::Tree { linkage: Linkage::Ward, k: 3 },
        Regroup::Tree { linkage: Linkage::Complete, k: 3 },
        Regroup::Density { min_samples: 4, epsilon: 1.6 },
    ]
}

#[test]
fn groups_that_are_there_come_back_and_beat_chance() {
    let x = groups();
    for how in methods() {
        let labels = how.group(&x, &Ctx::new()).unwrap();
        let found = stability(&x, &labels, &how, 0, 30, None, &Ctx::new()).unwrap();
        assert_eq!((found.draws.len(), found.sizes.as_slice()), (30, labels.sizes()), "{how:?}");
        for cluster in 0..3 {
            let told = format!("{how:?}, {cluster}: {:.3} against {:?}", found.jaccard(cluster), found.null());
            assert!(found.jaccard(cluster) > 0.85 && found.null().is_none_or(|null| null < found.jaccard(cluster)), "{told}");
            let expected = if found.sizes[cluster] >= 100 { Trust::High } else { Trust::Good };
            assert_eq!(found.trust(cluster), expected, "{told}");
        }
    }
}

#[test]
fn one_cloud_cut_into_four_is_not_called_good() {
    let mut random = seed::random(5, 0);
    let x = Matrix::new((0..1600).map(|_| random.random::<f64>()).collect(), 400, 4).unwrap();
    let how = Regroup::Tree { linkage: Linkage::Ward, k: 4 };
    let labels = how.group(&x, &Ctx::new()).unwrap();
    let found = stability(&x, &labels, &how, 0, 30, None, &Ctx::new()).unwrap();
    for cluster in 0..4 {
        assert!(found.trust(cluster) >= Trust::Fuzzy, "{:.2}", found.jaccard(cluster));
    }
}

#[test]
fn growing_by_rounds_gives_what_all_at_once_gives() {
    let x = groups();
    for how in methods() {
        let labels = how.group(&x, &Ctx::new()).unwrap();
        let run = |draws, before: Option<&_>| stability(&x, &labels, &how, 3, draws, before, &Ctx::new()).unwrap();
        assert_eq!(run(20, Some(&run(10, None))), run(20, None), "{how:?}");
        assert_eq!(run(10, Some(&run(10, None))), run(10, None), "{how:?}: nothing to add");
    }
    for method in [NullMethod::KMeans, NullMethod::Tree(Linkage::Ward)] {
        let run = |copies, before: Option<&_>| null_band(&x, &[1, 2, 5], method, 3, copies, before, &Ctx::new()).unwrap();
        assert_eq!(run(5, Some(&run(2, None))), run(5, None), "{method:?}");
    }
}

#[test]
fn threads_do_not_matter_and_stops_are_obeyed() {
    let x = groups();
    let on = |threads: usize, work: &(dyn Fn() -> String + Sync)| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    };
    for how in methods() {
        let labels = how.group(&x, &Ctx::new()).unwrap();
        let work = || format!("{:?}", stability(&x, &labels, &how, 3, 10, None, &Ctx::new()).unwrap());
        assert_eq!(on(1, &work), on(8, &work), "{how:?}");
        for n in [1, 2, 9] {
            let ctx = Ctx::stopping_after(n);
            let stopped = stability(&x, &labels, &how, 3, 1_000_000, None, &ctx);
            assert!(matches!(stopped, Err(ClusterError::Stopped(_))), "{how:?} after {n}");
            // Each piece under way asks once more at most, and every piece that has not begun once.
            assert!(ctx.checks() < n + 2_000, "{how:?} asked {} times", ctx.checks());
        }
    }
    let work = || format!("{:?}", null_band(&x, &[2, 3], NullMethod::KMeans, 3, 4, None, &Ctx::new()).unwrap());
    assert_eq!(on(1, &work), on(8, &work));
    let stopped = null_band(&x, &[2, 3], NullMethod::KMeans, 3, 1_000_000, None, &Ctx::stopping_after(9));
    assert!(matches!(stopped, Err(ClusterError::Stopped(_))));
}

#[test]
fn odd_data_are_survived() {
    for x in [
        Matrix::from_rows(&[[1.0, 2.0]]).unwrap(),
        Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]).unwrap(),
        Matrix::from_rows(&[[5.0, 5.0]; 40]).unwrap(),
    ] {
        for how in methods() {
            let labels = how.group(&x, &Ctx::new()).unwrap();
            let found = stability(&x, &labels, &how, 0, 10, None, &Ctx::new()).unwrap();
            assert!(found.draws.iter().flatten().all(|value| (0.0..=1.0).contains(value)), "{how:?}");
        }
        for method in [NullMethod::KMeans, NullMethod::Tree(Linkage::Single)] {
            let band = null_band(&x, &[1, 2, 9], method, 0, 3, None, &Ctx::new()).unwrap();
            assert!(band.points.iter().filter_map(|point| point.inertia).all(|at| at.low.is_finite() && at.low <= at.high));
        }
    }
}

#[test]
fn structure_lies_outside_of_the_band_and_shuffled_data_inside() {
    let x = groups();
    let how = methods()[0];
    let labels = how.group(&x, &Ctx::new()).unwrap();
    let inertia = |x: &Matrix| personae::cluster::kmeans(x, &personae::cluster::KMeansParams { k: 3, restarts: 10, seed: 0 }, &Ctx::new());
    let band = null_band(&x, &[3], NullMethod::KMeans, 0, 20, None, &Ctx::new()).unwrap();
    let silhouette = silhouettes(&x, &[&labels], &Ctx::new()).unwrap()[0].mean.unwrap();
    let (chance, by_chance) = (band.points[0].inertia.unwrap(), band.points[0].silhouette.unwrap());
    assert!(inertia(&x).unwrap().inertia < chance.low && silhouette > by_chance.high, "{chance:?} {by_chance:?}");
    // A copy that is none of the twenty.
    let copy = personae::evaluate::shuffle::shuffled_columns(&x, x.n_rows(), 99, 0, &Ctx::new()).unwrap();
    let fit = inertia(&copy).unwrap();
    assert!((fit.inertia / chance.mean - 1.0).abs() < 0.1, "{} {chance:?}", fit.inertia);
    assert!(chance.low <= chance.mean && chance.mean <= chance.high);
}

#[test]
fn inertia_of_fewer_rows_is_scaled_to_all() {
    let mut random = seed::random(6, 0);
    let values = (0..30_000).map(|at| random.random::<f64>() * [1.0, 5.0, 2.0][at % 3]).collect();
    let x = Matrix::new(values, 10_000, 3).unwrap();
    let band = null_band(&x, &[1, 4], NullMethod::KMeans, 0, 3, None, &Ctx::new()).unwrap();
    assert!(band.rows < band.n_rows);
    let all = |k| personae::cluster::kmeans(&x, &personae::cluster::KMeansParams { k, restarts: 3, seed: 0 }, &Ctx::new()).unwrap().inertia;
    // The columns are independent already, so what shuffling gives is what all rows give.
    for (point, tolerance) in band.points.iter().zip([1e-9, 0.02]) {
        let found = point.inertia.unwrap().mean;
        assert!((found / all(point.k) - 1.0).abs() < tolerance, "k = {}: {found} {}", point.k, all(point.k));
    }
}

/// The real engine: what is shown comes without waiting for the evidence, the evidence grows to its last round, and an export takes it along.
#[test]
fn evidence_is_refined_behind_what_is_shown() {
    let plan = Plan::default();
    let axes = (MapAxis::Component(0), MapAxis::Component(1));
    let wanted = Wanted { map_axes: axes, ..Wanted::on(Page::Segments) };
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    engine.refine(true);
    let shown = engine.wait_until_idle(&plan, &wanted);
    assert!(shown.sweep.ready().is_some() && shown.personas.ready().is_some());

    let refined = engine.wait_until_refined(&plan, &wanted);
    let (band, found) = (refined.null_band.ready().unwrap(), refined.stability.ready().unwrap());
    assert_eq!((band.copies, found.draws.len()), (NULL_ROUNDS[2], DRAW_ROUNDS[2]));
    assert_eq!(found.sizes, refined.segmentation.ready().unwrap().labels.sizes());

    // For an export it is there already, and of other segments it waits for the first round, so that no card leaves without.
    let export = Wanted { outputs: Some(Outputs::of_export()), ..wanted.clone() };
    assert!(engine.wait_until_refined(&plan, &export).stability.ready().is_some());
    let mut other = plan.clone();
    other.clustering.kmeans.k = Some(7);
    let answers = engine.wait_until_refined(&other, &export);
    assert_eq!(answers.stability.ready().unwrap().draws.len(), DRAW_ROUNDS[0]);
    assert!(engine.report(&other).is_some_and(|report| report.stability.is_some()));
}
