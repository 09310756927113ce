//! What holds for every method on any data: a table of methods times a table of laws.

use std::collections::BTreeMap;

use personae::base::seed::{self, RngExt};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{ClusterError, KMeansParams, Linkage, density, hdbscan, inertias, kmeans, linkage, linkage_within};
use personae::evaluate::{silhouettes, silhouettes_sampled};

type Method = (String, Box<dyn Fn(&Matrix, &Ctx) -> Result<(Labels, Vec<u64>), ClusterError>>);

/// Every method with knobs that suit `blobs`: labels, and the bits of all other numbers it gives.
fn methods() -> Vec<Method> {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let mut methods: Vec<Method> = Vec::new();
    for k in [1, 4, 9] {
        methods.push((
            format!("k-means {k}"),
            Box::new(move |x, ctx| {
                let fit = kmeans(x, &KMeansParams { k, restarts: 3, seed: 5 }, ctx)?;
                let numbers = bits(fit.centroids.values()).into_iter().chain([fit.inertia.to_bits()]).collect();
                Ok((fit.labels, numbers))
            }),
        ));
    }
    for each in Linkage::ALL {
        methods.push((
            each.name().to_owned(),
            Box::new(move |x, ctx| {
                let tree = linkage(x, each, ctx)?;
                let heights: Vec<f64> = tree.merges.iter().map(|merge| merge.height).collect();
                let within = inertias(x, &tree, &[1, 2, 4], ctx)?;
                Ok((tree.cut_clusters(4), [bits(&heights), bits(&within)].concat()))
            }),
        ));
    }
    for min_samples in [1, 5] {
        methods.push((
            format!("DBSCAN {min_samples}"),
            Box::new(move |x, ctx| {
                let tree = density(x, min_samples, ctx)?;
                Ok((tree.labels_at(0.9), [bits(tree.k_distances()), bits(&tree.curves().epsilon)].concat()))
            }),
        ));
    }
    for min_samples in [1, 5] {
        methods.push((
            format!("HDBSCAN {min_samples}"),
            Box::new(move |x, ctx| {
                let found = hdbscan(&density(x, min_samples, ctx)?, 4, ctx)?;
                let stabilities: Vec<f64> = found.branches.iter().map(|branch| branch.stability).collect();
                Ok((found.labels, [bits(&found.memberships), bits(&stabilities)].concat()))
            }),
        ));
    }
    methods
}

/// Four round groups far apart, with standard deviation 0.3 and sizes that differ.
fn blobs(n_rows: usize, n_cols: usize, seed: u64) -> Matrix {
    let mut random = seed::random(seed, 0);
    let mut values = Vec::new();
    for row in 0..n_rows {
        let group = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][row % 10];
        for col in 0..n_cols {
            let noise: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
            values.push(if col == group % n_cols { 10.0 * (1 + group / n_cols) as f64 } else { 0.0 } + 0.3 * noise);
        }
    }
    Matrix::new(values, n_rows, n_cols).unwrap()
}

/// Clusters as sets of rows, so that numbering does not matter.
fn partition(labels: &Labels, row_name: impl Fn(usize) -> usize) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (row, label) in labels.iter().enumerate() {
        groups.entry(label).or_default().push(row_name(row));
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    groups
}

#[test]
fn labels_are_canonical() {
    let x = blobs(300, 3, 1);
    for (name, run) in methods() {
        let (labels, _) = run(&x, &Ctx::new()).unwrap();
        let ids: Vec<Option<usize>> = labels.iter().collect();
        assert_eq!(labels, Labels::from_options(&ids), "{name}");
        assert_eq!(labels.n_rows(), 300, "{name}");
    }
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let x = blobs(250, 3, 2);
    let mut random = seed::random(3, 0);
    let mut order: Vec<usize> = (0..x.n_rows()).collect();
    for i in (1..order.len()).rev() {
        order.swap(i, random.random_range(0..=i));
    }
    let shuffled = x.select_rows(&order);
    for (name, run) in methods() {
        // With nine clusters for four groups k-means has many equally good answers.
        if name != "k-means 9" {
            let (plain, _) = run(&x, &Ctx::new()).unwrap();
            let (moved, _) = run(&shuffled, &Ctx::new()).unwrap();
            assert_eq!(partition(&plain, |row| row), partition(&moved, |row| order[row]), "{name}");
        }
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    // Large enough for several chunks, and gridded so that there are ties to fall over.
    let fine = blobs(2500, 4, 4);
    let coarse = Matrix::new(fine.values().iter().map(|value| (value * 2.0).round()).collect(), 2500, 4).unwrap();
    let on = |threads: usize, work: &(dyn Fn() -> Result<(Labels, Vec<u64>), ClusterError> + Sync)| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    };
    for x in [&fine, &coarse] {
        for which in 0..methods().len() {
            let work = || methods()[which].1(x, &Ctx::new());
            assert!(on(1, &work) == on(8, &work), "{}", methods()[which].0);
        }
        let labels = kmeans(x, &KMeansParams::default(), &Ctx::new()).unwrap().labels;
        let work = || {
            let all = silhouettes(x, &[&labels], &Ctx::new()).unwrap();
            let some = silhouettes_sampled(x, &[&labels], 500, 1, &Ctx::new()).unwrap();
            let bits = all.iter().chain(&some).flat_map(|one| one.per_row.iter().map(|value| u64::from(value.to_bits()))).collect();
            Ok((labels.clone(), bits))
        };
        assert!(on(1, &work) == on(8, &work), "silhouettes");
    }
}

#[test]
fn small_and_flat_data_give_an_answer_or_a_reason() {
    let mut cases = vec![("no columns", Matrix::new(vec![], 5, 0).unwrap()), ("two far", Matrix::from_rows(&[[-1e139], [1e139]]).unwrap())];
    for n in 0..4 {
        cases.push(("few", blobs(n, 2, 6)));
        cases.push(("flat", Matrix::new(vec![7.0; n * 2], n, 2).unwrap()));
    }
    cases.push(("flat", Matrix::new(vec![7.0; 3000 * 3], 3000, 3).unwrap()));
    cases.push(("three values", Matrix::new((0..3000).map(|i| (i % 3) as f64).collect(), 3000, 1).unwrap()));
    cases.push(("zeros of both signs", Matrix::from_rows(&[[0.0], [-0.0], [0.0], [-0.0]]).unwrap()));
    cases.push(("tiny", Matrix::from_rows(&[[5e-324], [0.0], [1e-170], [1e-160]]).unwrap()));
    cases.push(("huge", Matrix::from_rows(&[[1e300], [0.0], [-1e300]]).unwrap()));
    for (what, x) in &cases {
        for (name, run) in methods() {
            match run(x, &Ctx::new()) {
                Ok((labels, _)) => {
                    assert_eq!(labels.n_rows(), x.n_rows(), "{name} on {what}");
                    let found = silhouettes(x, &[&labels], &Ctx::new()).unwrap();
                    assert_eq!(found[0].mean.is_some(), labels.n_clusters() > 1, "{name} on {what}");
                    assert!(found[0].mean.is_none_or(f64::is_finite), "{name} on {what}");
                }
                Err(ClusterError::TooFewRows { rows: 0, .. }) => assert_eq!(x.n_rows(), 0, "{name} on {what}"),
                Err(ClusterError::TooFewDistinct { distinct, k }) => {
                    assert!(distinct < k && name.starts_with("k-means"), "{name} on {what}")
                }
                Err(ClusterError::TooLarge { .. }) => assert_eq!(*what, "huge", "{name}"),
                Err(other) => panic!("{name} on {what}: {other}"),
            }
        }
    }
}

#[test]
fn a_stop_is_obeyed_where_it_is_asked() {
    let x = blobs(1500, 3, 7);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for which in 0..methods().len() {
        let name = methods()[which].0.clone();
        let ctx = Ctx::new();
        alone.install(|| methods()[which].1(&x, &ctx)).unwrap();
        let all = ctx.checks();
        assert!(all >= 3, "{name} asks {all} times");
        for n in [1, 2, 3, all / 2, all - 1, all] {
            let ctx = Ctx::stopping_after(n);
            let found = alone.install(|| methods()[which].1(&x, &ctx));
            assert!(matches!(found, Err(ClusterError::Stopped(_))), "{name} at {n} of {all}");
            // A chunk beside the one that heard it may still ask once.
            assert!(ctx.checks() <= n + 8, "{name} asked {} times after the stop at {n}", ctx.checks() - n);
        }
    }
    let labels = Labels::from_ids(&(0..1500).map(|row| row % 3).collect::<Vec<_>>());
    for n in [1, 2, 5, 40] {
        assert!(silhouettes(&x, &[&labels], &Ctx::stopping_after(n)).is_err());
        assert!(silhouettes_sampled(&x, &[&labels], 400, 0, &Ctx::stopping_after(n)).is_err());
    }
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_tried() {
    let x = blobs(2000, 2, 8);
    let refused = linkage_within(&x, Linkage::Average, 1_000_000, &Ctx::new());
    assert_eq!(refused, Err(ClusterError::NoMemory { needs: 16_112_000, budget: 1_000_000 }));
    assert!(linkage_within(&x, Linkage::Ward, 1_000_000, &Ctx::new()).is_ok());
}

#[test]
fn nonsense_knobs_are_named() {
    let x = blobs(20, 2, 9);
    let sentence = |error: ClusterError| error.to_string();
    let params = |k, restarts| KMeansParams { k, restarts, seed: 0 };
    assert_eq!(kmeans(&x, &params(0, 1), &Ctx::new()).map_err(sentence), Err("The number of segments is 0; choose 1 or more.".to_owned()));
    assert_eq!(
        kmeans(&x, &params(21, 1), &Ctx::new()).map_err(sentence),
        Err("20 distinct rows are too few for 21 segments; choose k of 20 or less.".to_owned())
    );
    assert!(kmeans(&x, &params(2, 0), &Ctx::new()).is_err());
    assert!(density(&x, 0, &Ctx::new()).is_err());
    // As many clusters as rows is no nonsense.
    assert_eq!(kmeans(&x, &params(20, 2), &Ctx::new()).unwrap().inertia, 0.0);
}

#[test]
fn many_rows_take_the_road_over_samples() {
    let x = blobs(40_000, 3, 10);
    let fit = kmeans(&x, &KMeansParams::default(), &Ctx::new()).unwrap();
    assert_eq!(fit.labels.sizes(), [16_000, 12_000, 8_000, 4_000]);
    let by_hand: f64 = (0..x.n_rows())
        .map(|row| {
            let centroid = fit.centroids.row(fit.labels.get(row).unwrap());
            x.row(row).iter().zip(centroid).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        })
        .sum();
    assert!((fit.inertia - by_hand).abs() < 1e-9 * by_hand);
}
