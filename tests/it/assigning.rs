//! Assigning: the rows that were grouped keep their labels, exactly or in a share that is told, and other rows are placed as the plain definition says.

use personae::base::seed::{self, RngExt};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::lanes::squared_distance;
use personae::cluster::{Assign, ClusterError, DensityTree, KMeansParams, Linkage, density, hdbscan, kmeans, linkage};

/// Groups of unequal size that overlap at the borders.
fn blobs(n_rows: usize, n_cols: usize, spread: f64, seed: u64) -> Matrix {
    let mut random = seed::random(seed, 0);
    let mut values = Vec::new();
    for row in 0..n_rows {
        let group = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][row % 10];
        for col in 0..n_cols {
            let noise: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
            values.push(if col == group % n_cols { 5.0 * (1 + group / n_cols) as f64 } else { 0.0 } + spread * noise);
        }
    }
    Matrix::new(values, n_rows, n_cols).unwrap()
}

/// The same on a coarse grid: many equal rows, many equal distances.
fn gridded(x: &Matrix, steps: f64) -> Matrix {
    Matrix::new(x.values().iter().map(|value| (value * steps).round() / steps).collect(), x.n_rows(), x.n_cols()).unwrap()
}

/// Apart, overlapping and gridded data of one to six columns, each from seeds of its own.
fn data() -> Vec<(String, Matrix)> {
    let mut all = Vec::new();
    for seed in 0..3 {
        for (n, p, spread) in [(400, 1, 0.4), (600, 2, 0.5), (600, 3, 1.2), (500, 6, 1.0)] {
            let x = blobs(n, p, spread, seed);
            all.push((format!("{n} x {p}, spread {spread}, seed {seed}, gridded"), gridded(&x, 2.0)));
            all.push((format!("{n} x {p}, spread {spread}, seed {seed}"), x));
        }
    }
    all.push(("equal rows".into(), Matrix::new(vec![3.0; 60 * 2], 60, 2).unwrap()));
    all.push(("three places".into(), Matrix::new((0..300).map(|i| (i % 3) as f64).collect(), 300, 1).unwrap()));
    all
}

/// Rows between, among and far from the others.
fn others(x: &Matrix, seed: u64) -> Matrix {
    let mut random = seed::random(seed, 1);
    let mut values = Vec::new();
    for _ in 0..150 {
        let (a, b) = (random.random_range(0..x.n_rows()), random.random_range(0..x.n_rows()));
        let share = [0.0, 0.5, 0.1, 1.7][random.random_range(0..4)];
        values.extend(x.row(a).iter().zip(x.row(b)).map(|(a, b)| a + share * (b - a)));
    }
    Matrix::new(values, 150, x.n_cols()).unwrap()
}

fn clusters_of(labels: &Labels) -> Vec<Option<usize>> {
    labels.iter().collect()
}

#[test]
fn k_means_rows_keep_their_labels_but_for_those_midway() {
    let (mut same, mut rows, mut midway) = (0, 0, 0);
    for (what, x) in data() {
        for k in [1, 2, 4, 7] {
            let fit = match kmeans(&x, &KMeansParams { k, restarts: 3, seed: 5 }, &Ctx::new()) {
                Err(ClusterError::TooFewDistinct { .. }) => continue,
                fit => fit.unwrap(),
            };
            let assign = Assign::of_kmeans(&fit);
            let found = assign.clusters(&x, &Ctx::new()).unwrap();
            for (row, (new, old)) in found.iter().zip(fit.labels.iter()).enumerate() {
                let to = |cluster: Option<usize>| squared_distance(x.row(row), fit.centroids.row(cluster.unwrap()));
                if *new != old {
                    assert!(to(*new) == to(old) && *new < old, "{what}, k {k}: row {row} is nearer to another centroid");
                    midway += 1;
                }
            }
            let kept = assign.kept(&x, &fit.labels, &Ctx::new()).unwrap();
            (same, rows) = (same + kept.same, rows + kept.rows);
            if !what.contains("gridded") {
                assert_eq!(assign.labels(&x, &Ctx::new()).unwrap(), fit.labels, "{what}, k {k}");
            }
        }
    }
    println!("k-means: {same} of {rows} rows keep their label, {midway} lie midway");
    assert_eq!(same + midway, rows);
    assert!(midway * 100 < rows);
}

#[test]
fn trees_are_approximated_and_say_how_well() {
    let mut told = Vec::new();
    for each in Linkage::ALL {
        let (mut same, mut rows) = ([0, 0], [0, 0]);
        for (what, x) in data() {
            let tree = linkage(&x, each, &Ctx::new()).unwrap();
            for k in [2, 4, 7] {
                let labels = tree.cut_clusters(k);
                let assign = Assign::of_means(&x, &labels, &Ctx::new()).unwrap();
                let kept = assign.kept(&x, &labels, &Ctx::new()).unwrap();
                let found = assign.clusters(&x, &Ctx::new()).unwrap();
                assert_eq!(kept.same, found.iter().zip(labels.iter()).filter(|(a, b)| **a == *b).count());
                let Assign::Nearest { centroids } = &assign else { panic!("a tree is placed by means") };
                for (row, cluster) in found.iter().enumerate() {
                    let distance = |k: usize| squared_distance(x.row(row), centroids.row(k));
                    let nearest = (0..centroids.n_rows()).fold(0, |best, k| if distance(k) < distance(best) { k } else { best });
                    assert_eq!(*cluster, Some(nearest), "{what}");
                }
                let which = usize::from(what.contains("spread 1"));
                (same[which], rows[which]) = (same[which] + kept.same, rows[which] + kept.rows);
            }
        }
        let share = [0, 1].map(|which| same[which] as f64 / rows[which] as f64);
        println!("{}: {:.4} of the rows apart, {:.4} of those that overlap", each.name(), share[0], share[1]);
        told.push((each, share));
    }
    for (each, [apart, overlapping]) in told {
        // Single linkage cuts off single rows, so one mean stands for nearly everybody.
        let least = if each == Linkage::Single { [0.5, 0.3] } else { [0.9, 0.7] };
        assert!(apart >= least[0] && overlapping >= least[1], "{}: {apart} {overlapping}", each.name());
    }
}

/// Epsilons at which something changes, just there and just below.
fn epsilons(tree: &DensityTree) -> Vec<f64> {
    let knots = &tree.curves().epsilon;
    let picked = (0..knots.len()).step_by(knots.len().div_ceil(9).max(1)).map(|at| knots[at]);
    picked.flat_map(|epsilon| [epsilon, epsilon.next_down().max(0.0)]).chain([0.0, 1e9]).collect()
}

#[test]
fn dbscan_rows_keep_their_labels_at_every_epsilon() {
    for (what, x) in data() {
        for min_samples in [1, 4, 9] {
            let tree = density(&x, min_samples, &Ctx::new()).unwrap();
            for epsilon in epsilons(&tree) {
                let labels = tree.labels_at(epsilon);
                let assign = Assign::of_density(&x, &tree, epsilon);
                assert!(assign.is_sound());
                assert_eq!(assign.labels(&x, &Ctx::new()).unwrap(), labels, "{what}, min_samples {min_samples}, epsilon {epsilon}");
            }
        }
    }
}

#[test]
fn other_rows_belong_to_the_first_dbscan_cluster_in_reach() {
    for (seed, (what, x)) in data().into_iter().enumerate() {
        let (tree, new) = (density(&x, 5, &Ctx::new()).unwrap(), others(&x, seed as u64));
        for epsilon in epsilons(&tree) {
            let labels = tree.labels_at(epsilon);
            let cores: Vec<usize> = (0..x.n_rows()).filter(|&row| tree.core_distances()[row] <= epsilon).collect();
            let found = Assign::of_density(&x, &tree, epsilon).clusters(&new, &Ctx::new()).unwrap();
            let first = |cluster: usize| cores.iter().position(|&core| labels.get(core) == Some(cluster));
            for (row, cluster) in found.iter().enumerate() {
                let within = |core: &&usize| squared_distance(new.row(row), x.row(**core)) <= epsilon * epsilon;
                let expected = cores.iter().filter(within).filter_map(|&core| labels.get(core)).min_by_key(|&cluster| first(cluster));
                assert_eq!(*cluster, expected, "{what}, epsilon {epsilon}, row {row}");
            }
        }
    }
}

#[test]
fn hdbscan_rows_keep_their_labels() {
    let (mut rows, mut noise) = (0, 0);
    for (what, x) in data() {
        for (min_samples, least) in [(1, 2), (2, 5), (5, 5), (5, 20), (12, 40)] {
            let tree = density(&x, min_samples, &Ctx::new()).unwrap();
            let found = hdbscan(&tree, least, &Ctx::new()).unwrap();
            let assign = Assign::of_hdbscan(&x, &tree, &found);
            assert!(assign.is_sound());
            let again = assign.clusters(&x, &Ctx::new()).unwrap();
            assert_eq!(again, clusters_of(&found.labels), "{what}, min_samples {min_samples}, at least {least}");
            (rows, noise) = (rows + again.len(), noise + found.labels.n_noise());
        }
    }
    println!("HDBSCAN: all of {rows} rows keep their label, {noise} of them noise");
    assert!(noise > rows / 50 && noise < rows, "both kinds are there");
}

#[test]
fn other_rows_join_the_hdbscan_cluster_they_reach_first() {
    for (seed, (what, x)) in data().into_iter().enumerate() {
        let min_samples = 5;
        let (tree, new) = (density(&x, min_samples, &Ctx::new()).unwrap(), others(&x, seed as u64));
        let found = hdbscan(&tree, 10, &Ctx::new()).unwrap();
        let placed = Assign::of_hdbscan(&x, &tree, &found).clusters(&new, &Ctx::new()).unwrap();
        let birth = |cluster: usize| found.branches.iter().find(|branch| branch.label == Some(cluster as u32)).unwrap().birth;
        for (row, cluster) in placed.iter().enumerate() {
            let distance = |other: usize| squared_distance(new.row(row), x.row(other));
            let mut near: Vec<f64> = (0..x.n_rows()).map(distance).collect();
            near.sort_by(f64::total_cmp);
            let core = near[min_samples - 1].sqrt();
            let reached = |other: usize| distance(other).sqrt().max(tree.core_distances()[other]).max(core);
            let members = (0..x.n_rows()).filter_map(|other| found.labels.get(other).map(|cluster| (other, cluster)));
            // Not where rounding decides whether a birth is reached.
            let close = |&(other, cluster): &(usize, usize)| (reached(other) / birth(cluster) - 1.0).abs() < 1e-12;
            if members.clone().any(|member| close(&member)) {
                continue;
            }
            let joined = members.filter(|&(other, cluster)| reached(other) < birth(cluster));
            let best = joined.map(|(other, cluster)| (reached(other), distance(other), cluster)).min_by(|a, b| a.partial_cmp(b).unwrap());
            let is_same = *cluster == best.map(|best| best.2);
            let is_tie = best.zip(*cluster).is_some_and(|(best, cluster)| {
                let of =
                    (0..x.n_rows()).filter(|&other| found.labels.get(other) == Some(cluster)).map(reached).fold(f64::INFINITY, f64::min);
                (of / best.0 - 1.0).abs() < 1e-12
            });
            assert!(is_same || is_tie, "{what}, row {row}: {cluster:?} is not {best:?}");
        }
    }
}

/// One rule of each kind with the rows it was made from.
fn rules(x: &Matrix) -> Vec<(&'static str, Assign)> {
    let fit = kmeans(x, &KMeansParams { k: 4, restarts: 2, seed: 1 }, &Ctx::new()).unwrap();
    let cut = linkage(x, Linkage::Ward, &Ctx::new()).unwrap().cut_clusters(4);
    let tree = density(x, 5, &Ctx::new()).unwrap();
    let epsilon = tree.core_distances().iter().sum::<f64>() / x.n_rows() as f64;
    vec![
        ("k-means", Assign::of_kmeans(&fit)),
        ("Ward", Assign::of_means(x, &cut, &Ctx::new()).unwrap()),
        ("DBSCAN", Assign::of_density(x, &tree, epsilon)),
        ("HDBSCAN", Assign::of_hdbscan(x, &tree, &hdbscan(&tree, 20, &Ctx::new()).unwrap())),
    ]
}

#[test]
fn threads_and_company_do_not_matter_and_a_file_keeps_everything() {
    let x = gridded(&blobs(5_000, 3, 0.8, 4), 4.0);
    let new = others(&x, 9);
    let on = |threads: usize, work: &(dyn Fn() -> Vec<Option<usize>> + Sync)| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    };
    for (name, assign) in rules(&x) {
        let all = on(1, &|| assign.clusters(&x, &Ctx::new()).unwrap());
        assert!(all == on(8, &|| assign.clusters(&x, &Ctx::new()).unwrap()), "{name}");
        let together = assign.clusters(&new, &Ctx::new()).unwrap();
        for row in [0, 77, 149] {
            assert_eq!(assign.clusters(&new.select_rows(&[row]), &Ctx::new()).unwrap(), [together[row]], "{name}");
        }
        let text = serde_json::to_string(&assign).unwrap();
        let again: Assign = serde_json::from_str(&text).unwrap();
        assert!(again == assign && again.is_sound(), "{name}");
        // Numbers stay with the clusters whoever is there.
        let labels = assign.labels(&new, &Ctx::new()).unwrap();
        let named: Vec<Option<usize>> = labels.iter().map(|label| label.map(|label| labels.numbers()[label])).collect();
        assert_eq!(named, together, "{name}");
        assert!(together.iter().flatten().all(|&cluster| cluster < assign.n_clusters()), "{name}");
    }
}

#[test]
fn rows_of_another_space_are_refused_and_stops_are_obeyed() {
    let x = blobs(3_000, 3, 0.8, 5);
    for (name, assign) in rules(&x) {
        let refused = assign.clusters(&blobs(10, 2, 1.0, 1), &Ctx::new()).unwrap_err();
        assert_eq!(refused.to_string(), "The rows have 2 columns and the segments were made from 3; encode them the way those were.");
        let huge = Matrix::new(vec![1e200, 0.0, 0.0], 1, 3).unwrap();
        assert!(matches!(assign.clusters(&huge, &Ctx::new()), Err(ClusterError::TooLarge { .. })), "{name}");
        assert_eq!(assign.clusters(&Matrix::new(vec![], 0, 3).unwrap(), &Ctx::new()), Ok(vec![]), "{name}");
        let counted = Ctx::new();
        assign.clusters(&x, &counted).unwrap();
        for n in [1, 2, counted.checks()] {
            let stopped = assign.clusters(&x, &Ctx::stopping_after(n));
            assert!(matches!(stopped, Err(ClusterError::Stopped(_))), "{name} at {n}");
        }
    }
    let nobody = Labels::from_options(&[None, None]);
    let refused = Assign::of_means(&blobs(2, 2, 1.0, 1), &nobody, &Ctx::new()).unwrap_err();
    assert!(matches!(refused, ClusterError::TooFewRows { .. }));
}

#[test]
fn without_any_cluster_everybody_is_noise() {
    let x = blobs(30, 2, 1.0, 6);
    let tree = density(&x, 40, &Ctx::new()).unwrap();
    for assign in [Assign::of_density(&x, &tree, 1.0), Assign::of_hdbscan(&x, &tree, &hdbscan(&tree, 5, &Ctx::new()).unwrap())] {
        assert!(assign.is_sound() && assign.n_clusters() == 0);
        assert_eq!(assign.clusters(&x, &Ctx::new()).unwrap(), [None; 30]);
    }
}
