//! Does a window on a dendrogram show all there is, with about as many shapes as it has pixels? Trees of every kind against drawing all of it.

use std::sync::Arc;

use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Key, Matrix};
use personae::cluster::{Dendrogram, Linkage, MICRO_CLUSTERS, Merge, linkage_within};
use personae::data::{Loaded, Profile, Table};
use personae::evaluate::adjusted_rand;
use personae::features::{Pca, Prepared};
use personae::plot::{self, Bracket, LEAST_PIXELS, TreePlot, TreeView, TreeWindow};

/// A tree whose `i`-th merge joins what `pick` says among the clusters there are, the oldest first.
fn grown(n: usize, mut pick: impl FnMut(usize) -> (usize, usize), mut height: impl FnMut(usize) -> f64) -> TreePlot {
    let mut alive: Vec<(u32, u32)> = (0..n as u32).map(|row| (row, 1)).collect();
    let mut merges = Vec::with_capacity(n.saturating_sub(1));
    for at in 0..n.saturating_sub(1) {
        let (a, b) = pick(alive.len());
        // The later place first, so that the earlier one stays where it is.
        let (a, b) = (alive.remove(a.max(b)), alive.remove(a.min(b)));
        let size = a.1 + b.1;
        merges.push(Merge { left: a.0.min(b.0), right: a.0.max(b.0), height: height(at), size });
        alive.push(((n + at) as u32, size));
    }
    laid_out(Dendrogram { merges, n_rows: n, linkage: Linkage::Average })
}

fn laid_out(tree: Dendrogram) -> TreePlot {
    let table = Table { columns: vec![], n_rows: tree.n_rows };
    let loaded = Loaded {
        title: String::new(),
        table,
        profile: Profile { columns: vec![] },
        notes: vec![],
        stamp: Key::of_bytes(b""),
        is_listing: false,
        sheets: vec![],
    };
    let pca = Pca {
        encoded_names: vec![],
        eigenvalues: vec![],
        explained: vec![],
        loadings: vec![],
        scores: Vec::<Arc<[f64]>>::new(),
        choice: String::new(),
    };
    let prepared = Prepared {
        matrix: Matrix::new(vec![0.0; tree.n_rows], tree.n_rows, 1).unwrap(),
        dimension_names: vec![],
        table_rows: (0..tree.n_rows).collect(),
        n_table_rows: tree.n_rows,
        columns: vec![],
        pca,
        notes: vec![],
    };
    plot::tree(&tree, &loaded, &prepared, &Ctx::new()).unwrap()
}

/// Trees of every shape: chains to one side and to both, even and uneven ones, ties, few and many leaves.
fn trees() -> Vec<(&'static str, TreePlot)> {
    let mut rng = random(3, 0);
    let mut trees = vec![
        ("chain", grown(20_000, |alive| (0, alive - 1), |at| 1.0 + at as f64)),
        ("chain of near heights", grown(20_000, |alive| (0, alive - 1), |at| 1.0 + 1e-6 * at as f64)),
        ("flat", grown(5_000, |alive| (0, alive - 1), |_| 2.0)),
        ("two", grown(2, |_| (0, 1), |_| 2.0)),
        ("few", grown(12, |alive| (0, alive / 2), |at| at as f64)),
    ];
    // A large and a small cluster join at random, or two random ones, or the two oldest.
    let mut dice = random(5, 0);
    trees.push((
        "random",
        grown(20_000, |alive| two(dice.random_range(0..alive), dice.random_range(0..alive), alive), |at| (at as f64).sqrt()),
    ));
    trees.push(("even", grown(16_384, |_| (0, 1), |at| (at as f64).powi(2))));
    let mut heavy = 0;
    trees.push((
        "uneven",
        grown(
            20_000,
            |alive| {
                heavy += 1;
                if heavy % 5 == 0 {
                    two(rng.random_range(0..alive), rng.random_range(0..alive), alive)
                } else {
                    (alive - 1, heavy % (alive - 1))
                }
            },
            |at| (at as f64 / 2_000.0).exp(),
        ),
    ));
    trees
}

fn two(a: usize, b: usize, alive: usize) -> (usize, usize) {
    if a == b { (a, (b + 1) % alive) } else { (a, b) }
}

/// Every merge as its bracket: the slow, obvious drawing.
fn all_of(tree: &TreePlot) -> Vec<Bracket> {
    let merges = tree.n_leaves()..2 * tree.n_leaves() - 1;
    merges
        .map(|node| {
            let legs = tree.children(node as u32).unwrap().map(|child| [tree.node(child).x, tree.node(child).height]);
            Bracket { node: node as u32, bar: [legs[0][0], legs[1][0]], height: tree.node(node as u32).height, legs }
        })
        .collect()
}

/// The highest ink in each pixel column of a window, in pixels from its lower edge; at most its height.
fn skyline(brackets: &[Bracket], view: &TreeView, window: &TreeWindow) -> Vec<f64> {
    let [width, height] = window.pixels;
    let at = |[x, y]: [f64; 2]| {
        let share = |value: f64, range: [f64; 2]| (value - range[0]) / (range[1] - range[0]);
        [share(x, window.leaves) * width, share(y, window.heights) * height]
    };
    let mut sky = vec![0.0f64; width as usize];
    let mut raise = |from: [f64; 2], to: [f64; 2]| {
        let (first, last) = (from[0].floor().max(0.0), to[0].floor().min(width - 1.0));
        let mut column = first;
        while column <= last {
            let share = if to[0] > from[0] { ((column + 0.5 - from[0]) / (to[0] - from[0])).clamp(0.0, 1.0) } else { 1.0 };
            let top = (from[1] + (to[1] - from[1]) * share).clamp(0.0, height);
            sky[column as usize] = sky[column as usize].max(top);
            column += 1.0;
        }
    };
    for bracket in brackets {
        raise(at([bracket.bar[0], bracket.height]), at([bracket.bar[1], bracket.height]));
        for leg in bracket.legs {
            raise(at([leg[0], bracket.height]), at([leg[0], bracket.height]));
        }
    }
    for bunch in &view.bunches {
        let [from, to] = bunch.leaves.map(|leaf| at([leaf as f64, 0.0]));
        let [left, right] = bunch.tops.map(at);
        [(from, left), (left, right), (right, to)].into_iter().for_each(|(from, to)| raise(from, to));
    }
    sky
}

/// The whole tree, and ever smaller windows at seeded places.
fn check(see: impl Fn(&str, &TreePlot, &TreeWindow)) {
    let mut rng = random(9, 0);
    for (name, tree) in trees() {
        let n = tree.n_leaves() as f64;
        for zoom in [1.0, 3.0, 40.0, 900.0, 1e5] {
            for _ in 0..if zoom == 1.0 { 1 } else { 6 } {
                let (width, span) = ((n / zoom).max(4.0).min(n), tree.top * 1.08 / [1.0, 4.0][rng.random_range(0..2)]);
                let from = rng.random::<f64>() * (n - width) - 0.8;
                let low = if rng.random::<f64>() < 0.3 { tree.top * 0.3 } else { 0.0 };
                let window = TreeWindow {
                    leaves: [from, from + width + 0.6],
                    heights: [low, low + span],
                    pixels: [500.0, 300.0],
                    cut: tree.top * 0.6,
                    collapsed: &[],
                };
                see(name, &tree, &window);
            }
        }
    }
}

#[test]
fn as_many_shapes_as_pixels() {
    check(|name, tree, window| {
        let seen = tree.view(window);
        let shapes = seen.brackets.len() + seen.bunches.len();
        assert!(shapes <= 2 * window.pixels[0] as usize, "{name}: {shapes} shapes in {window:?}");
    });
}

#[test]
fn nothing_in_view_is_lost() {
    check(|name, tree, window| {
        let full = skyline(&all_of(tree), &TreeView::default(), window);
        let seen = tree.view(window);
        let drawn = skyline(&seen.brackets, &seen, window);
        // A subtree of three pixels is one triangle, and a stretch of a spine one bracket at its highest merge.
        let reach = LEAST_PIXELS.ceil() as usize + 1;
        for (column, &top) in full.iter().enumerate() {
            let near = &drawn[column.saturating_sub(reach)..(column + reach + 1).min(drawn.len())];
            let highest = near.iter().copied().fold(0.0, f64::max);
            assert!(highest >= top - 2.0, "{name}, column {column}: {highest} of {top} in {window:?}");
        }
        for (column, &top) in drawn.iter().enumerate() {
            let near = &full[column.saturating_sub(reach)..(column + reach + 1).min(full.len())];
            assert!(near.iter().any(|&full| full > 0.0) || top == 0.0, "{name}, column {column}: nothing is there in {window:?}");
        }
    });
}

#[test]
fn where_leaves_have_room_every_merge_is_drawn_as_it_is() {
    let tree = &trees()[5].1;
    let window = TreeWindow { leaves: [400.0, 480.0], heights: [0.0, tree.top], pixels: [500.0, 300.0], cut: 50.0, collapsed: &[] };
    let seen = tree.view(&window);
    let mut expected: Vec<Bracket> = all_of(tree);
    // Those whose customers are all in view cannot be left to a neighbour.
    expected.retain(|bracket| {
        let leaves = tree.node(bracket.node).leaves;
        leaves[0] >= 401 && leaves[1] <= 479
    });
    assert!(expected.len() > 20 && seen.bunches.is_empty());
    assert!(expected.iter().all(|bracket| seen.brackets.contains(bracket)));
}

#[test]
fn what_is_folded_up_is_one_triangle() {
    for (name, tree) in trees() {
        let root = tree.root().unwrap();
        let view = |node: u32| {
            let (leaves, heights) = ([-0.8, tree.n_leaves() as f64 - 0.2], [0.0, tree.top * 1.08]);
            tree.view(&TreeWindow { leaves, heights, pixels: [500.0, 300.0], cut: tree.top / 2.0, collapsed: &[node] })
        };
        let all = view(root);
        assert_eq!((all.brackets.len(), all.bunches.len()), (0, 1), "{name}");
        assert_eq!((all.bunches[0].leaves, all.bunches[0].is_subtree), ([0, tree.n_leaves() - 1], true));
        // Down the larger side, where spines are followed in long stretches.
        let mut node = root;
        for _ in 0..60 {
            let Some([left, right]) = tree.children(node) else { break };
            node = if tree.node(left).size >= tree.node(right).size { left } else { right };
        }
        if tree.children(node).is_some() && tree.node(node).height > 0.0 {
            let seen = view(node);
            assert_eq!(seen.bunches.iter().filter(|bunch| bunch.node == node && bunch.is_subtree).count(), 1, "{name}");
        }
    }
}

#[test]
fn shapes_are_on_one_side_of_the_cut() {
    check(|name, tree, window| {
        let groups = tree.groups_below(window.cut);
        let seen = tree.view(window);
        for bunch in seen.bunches.iter().filter(|bunch| !bunch.is_subtree && !groups.groups.is_empty()) {
            let of = |leaf: usize| groups.cluster_of_leaf(leaf);
            let is_below = groups.cluster_of(tree, bunch.node).is_some();
            let is_one = of(bunch.leaves[0]) == of(bunch.leaves[1]);
            assert!(!is_below || is_one, "{name}: a wedge below the cut holds two groups in {window:?}");
        }
    });
}

#[test]
fn a_tree_as_deep_as_it_has_rows_is_walked_without_recursion() {
    let n = 100_000u32;
    let merge = |at: u32| {
        let (left, right) = if at == 1 { (0, 1) } else { (at, n + at - 2) };
        Merge { left, right, height: f64::from(at), size: at + 1 }
    };
    let tree = Dendrogram { merges: (1..n).map(merge).collect(), n_rows: n as usize, linkage: Linkage::Single };
    assert_eq!(tree.row_from_leaf()[..2], [n - 1, n - 2]);
    assert_eq!(tree.cut_clusters(3).sizes(), [n as usize - 2, 1, 1]);
    let plot = laid_out(tree);
    assert_eq!(plot.groups_at(3).groups.iter().map(|group| group.cluster).collect::<Vec<_>>(), [2, 1, 0]);
    let steps = std::iter::successors(Some(n), |&node| plot.parent(node)).count();
    assert_eq!(steps, n as usize - 1, "every merge is on the way from the lowest one to the top");
    let window = TreeWindow { leaves: [-0.8, 1e5], heights: [0.0, 1e5], pixels: [500.0, 300.0], cut: 5e4, collapsed: &[] };
    assert!(plot.view(&window).brackets.len() < 500);
}

/// Five groups that touch, of different sizes and spreads.
fn groups(n_rows: usize) -> Matrix {
    let mut rng = random(21, 0);
    let values = (0..n_rows * 4).map(|at| {
        let (row, col) = (at / 4, at % 4);
        let group = [0, 0, 0, 1, 1, 1, 2, 2, 3, 4][row % 10];
        let noise = (0..6).map(|_| rng.random::<f64>()).sum::<f64>() - 3.0;
        let centre = if group % 4 == col { 9.0 * (1 + group / 4) as f64 } else { 0.0 };
        centre + (1.0 + 0.2 * group as f64) * noise
    });
    Matrix::new(values.collect(), n_rows, 4).unwrap()
}

#[test]
fn a_tree_of_small_groups_comes_near_the_exact_one_and_says_so() {
    let n_rows = MICRO_CLUSTERS + 2_000;
    let x = groups(n_rows);
    for (each, nearness) in [(Linkage::Average, 0.05), (Linkage::Weighted, 0.1), (Linkage::Complete, 0.2)] {
        let (exact_ctx, ctx) = (Ctx::new(), Ctx::new());
        let exact = linkage_within(&x, each, u64::MAX, &exact_ctx).unwrap();
        let near = linkage_within(&x, each, 100_000_000, &ctx).unwrap();
        assert_eq!((exact_ctx.notes().len(), ctx.notes().len()), (0, 1), "{each:?}");
        let note = &ctx.notes()[0].0;
        assert!(note.contains("6\u{202f}000 rows") && note.contains("4\u{202f}000 small groups") && note.contains("144 MB"), "{note}");
        assert_eq!((near.merges.len(), near.merges.last().map(|merge| merge.size as usize)), (n_rows - 1, Some(n_rows)));
        let inside = near.merges.iter().filter(|merge| merge.height == 0.0).count();
        assert_eq!(inside, n_rows - MICRO_CLUSTERS, "{each:?}");
        assert!(near.merges.is_sorted_by_key(|merge| merge.height));
        let alike = adjusted_rand(&exact.cut_clusters(5), &near.cut_clusters(5));
        let tops = near.merges[n_rows - 2].height / exact.merges[n_rows - 2].height;
        println!("{each:?}: adjusted Rand {alike:.3}, height of the top {tops:.3}");
        assert!(alike > 0.9 && (tops - 1.0).abs() < nearness, "{each:?}: adjusted Rand {alike}, height of the top {tops} of the exact one");
    }
}
