//! Is a selection made anywhere the same selection everywhere?
//!
//! Whom a branch, a segment or a range of silhouettes means, against slow filters over all customers; that they stay who they were when k
//! moves; the strips beside the plots; and what sets the picked apart.

use std::sync::Arc;

use personae::base::{Ctx, Key, Stopped};
use personae::cluster::Method;
use personae::engine::{Answers, Engine, EngineOptions, Wanted};
use personae::persona::{Contrast, Direction, TraitMembers, contrast};
use personae::plot::{BarOrder, LeafMarks, MapAxis, Picked};
use personae::session::{Brush, Clustering, Cut, Page, Plan, Selection, TreeOptions};

fn engine() -> Engine {
    Engine::new(|| {}, EngineOptions { memory_budget_bytes: 1 << 30, ..EngineOptions::default() })
}

/// The sample's tree, cut into three.
fn plan() -> Plan {
    let clustering = Clustering {
        method: Method::Tree,
        tree: TreeOptions { cut: Cut::Clusters(3), ..TreeOptions::default() },
        k_to: 4,
        ..Clustering::default()
    };
    Plan { clustering, ..Plan::default() }
}

fn wanted(brush: Option<Brush>) -> Wanted {
    let map_axes = (MapAxis::Component(0), MapAxis::Component(1));
    Wanted { map_axes, brush, ..Wanted::on(Page::Segments) }
}

fn rows(answers: &Answers) -> Vec<usize> {
    answers.brush.picked.as_ref().map_or_else(Vec::new, |picked| picked.rows().collect())
}

#[test]
fn whoever_is_picked_anywhere_is_whom_a_slow_look_finds_and_stays_picked() {
    let (mut engine, mut plan) = (engine(), plan());
    let before = engine.wait_until_idle(&plan, &wanted(None));
    let (loaded, segmentation) = (before.loaded.ready().unwrap().clone(), before.segmentation.ready().unwrap().clone());
    let (tree, silhouette) = (before.tree.ready().unwrap().clone(), before.silhouette.ready().unwrap().clone());
    let dendrogram = before.dendrogram.unwrap();
    let table_rows = &segmentation.prepared.table_rows;

    // A branch: the customers that the merges themselves join below it.
    let node = tree.children(tree.root().unwrap()).unwrap()[1];
    let mut below = vec![node as usize];
    let mut expected = Vec::new();
    while let Some(node) = below.pop() {
        match node.checked_sub(dendrogram.n_rows) {
            Some(merge) => below.extend([dendrogram.merges[merge].left as usize, dendrogram.merges[merge].right as usize]),
            None => expected.push(table_rows[node]),
        }
    }
    expected.sort_unstable();
    let branch = Brush::branch(loaded.stamp, tree.stamp, tree.node(node).leaves);
    let answers = engine.wait_until_idle(&plan, &wanted(Some(branch)));
    assert_eq!(rows(&answers), expected);
    let marks = answers.brush.leaves.unwrap();
    let leaves = tree.node(node).leaves;
    assert_eq!(marks.tree, tree.stamp);
    assert!(marks.leaves.rows().eq(leaves[0]..=leaves[1]), "the strip is dark below the branch and nowhere else");

    // Those whom another segment would suit better, of one segment, then of all.
    let stamp = silhouette.stamp.unwrap();
    let fits_badly = |cluster: usize| (silhouette.clusters[cluster].below_zero * silhouette.clusters[cluster].size as f64).round() as usize;
    let answers = engine.wait_until_idle(&plan, &wanted(Some(Brush::misfits(loaded.stamp, stamp, None))));
    assert_eq!(rows(&answers).len(), (0..3).map(fits_badly).sum::<usize>());
    for cluster in 0..3 {
        let answers = engine.wait_until_idle(&plan, &wanted(Some(Brush::misfits(loaded.stamp, stamp, Some(cluster)))));
        let n = fits_badly(cluster);
        assert_eq!(rows(&answers).len(), n);
        assert_eq!(answers.brush.counts.as_ref().unwrap().clusters[cluster], n, "all of them are in it");
        let bars = &answers.brush.bars.as_ref().unwrap().clusters[cluster];
        let size = silhouette.clusters[cluster].size;
        assert!(bars.rows().eq(size - n..size), "they are the last bars");
    }

    // A segment; and it stays the same customers when k moves and when it was never found in time.
    let members: Vec<usize> = segmentation.labels.members()[1].iter().map(|&row| table_rows[row]).collect();
    let segment = Brush::segment(loaded.stamp, segmentation.stamp, Selection::Cluster(1), "C2");
    let answers = engine.wait_until_idle(&plan, &wanted(Some(segment.clone())));
    assert_eq!(rows(&answers), members);
    plan.clustering.tree.cut = Cut::Clusters(4);
    let after = engine.wait_until_idle(&plan, &wanted(Some(segment.clone())));
    assert_ne!(after.segmentation.ready().unwrap().stamp, segmentation.stamp);
    assert_eq!(rows(&after), members, "k moved, the customers did not");
    assert_eq!(after.brush.counts.unwrap().clusters.iter().sum::<usize>(), members.len(), "counted in the new segments");

    assert!(rows(&engine.wait_until_idle(&plan, &wanted(None))).is_empty());
    let late = engine.wait_until_idle(&plan, &wanted(Some(segment)));
    assert!(late.brush.picked.is_none() && late.brush.leaves.is_none());
    assert!(late.brush.problem.unwrap().0.contains("no longer shown"));
}

#[test]
fn what_is_gone_or_of_another_table_picks_nobody() {
    let (mut engine, plan) = (engine(), plan());
    let before = engine.wait_until_idle(&plan, &wanted(None));
    let here = before.loaded.ready().unwrap().stamp;
    let other = Key::of_bytes(b"another");
    let brushes = [
        Brush::branch(here, 1, [0, 5]),
        Brush::segment(here, other, Selection::Noise, ""),
        Brush::silhouettes(here, other, Some(0), -1.0, 0.0),
        Brush::branch(other, before.tree.ready().unwrap().stamp, [0, 5]),
    ];
    for brush in brushes {
        let answers = engine.wait_until_idle(&plan, &wanted(Some(brush.clone())));
        assert!(answers.brush.picked.is_none() && answers.brush.problem.is_some() && !answers.brush.is_cooking, "{brush:?}");
    }
}

#[test]
fn what_sets_the_picked_apart_is_what_the_card_of_that_segment_says() {
    let (mut engine, mut plan) = (engine(), plan());
    // With two segments the picked one against the rest is exactly its card.
    plan.clustering.tree.cut = Cut::Clusters(2);
    let before = engine.wait_until_idle(&plan, &wanted(None));
    let (stamp, segmentation) = (before.loaded.ready().unwrap().stamp, before.segmentation.ready().unwrap().clone());
    for cluster in 0..2 {
        let brush = Brush::segment(stamp, segmentation.stamp, Selection::Cluster(cluster), "");
        let answers = engine.wait_until_idle(&plan, &wanted(Some(brush)));
        let told = answers.brush.contrast.ready().unwrap();
        let (card, picked) = (&before.personas.ready().unwrap().personas[cluster], told.persona.as_ref().unwrap());
        assert_eq!((told.n, told.n_rest), (card.n, segmentation.labels.n_rows() - card.n));
        assert!(!picked.statements.is_empty());
        assert_eq!((&picked.statements, &picked.name), (&card.statements, &card.automatic_name));
    }
}

#[test]
fn a_handful_is_never_described() {
    let (mut engine, plan) = (engine(), plan());
    let before = engine.wait_until_idle(&plan, &wanted(None));
    let (loaded, segmentation) = (before.loaded.ready().unwrap(), before.segmentation.ready().unwrap());
    let prepared = &segmentation.prepared;
    let n_rows = prepared.table_rows.len();
    let of = |first: usize, ctx: &Ctx| {
        let picked = Picked::new(loaded.table.n_rows, prepared.table_rows[..first].iter().copied());
        contrast(loaded, prepared, |row| picked.contains(row), &plan.preparation.roles, &personae::persona::Lexicon::built_in(), ctx)
    };
    for n in [0, 1, Contrast::LEAST - 1, Contrast::LEAST, n_rows - Contrast::LEAST, n_rows - Contrast::LEAST + 1, n_rows] {
        let told = of(n, &Ctx::new()).unwrap();
        assert_eq!((told.n, told.n_rest), (n, n_rows - n));
        assert_eq!(told.persona.is_some(), n.min(n_rows - n) >= Contrast::LEAST, "{n}");
    }
    assert_eq!(of(100, &Ctx::stopping_after(1)).unwrap_err(), Stopped);
}

#[test]
fn bars_stand_in_the_order_of_their_values_and_stops_are_obeyed() {
    let (mut engine, plan) = (engine(), plan());
    let before = engine.wait_until_idle(&plan, &wanted(None));
    let (segmentation, tree) = (before.segmentation.ready().unwrap().clone(), before.tree.ready().unwrap().clone());
    let stamp = before.loaded.ready().unwrap().stamp;
    let table_rows = &segmentation.prepared.table_rows;
    let rule = personae::engine::silhouettes::SilhouetteRule::Exact;
    let silhouettes = rule.compute(&segmentation.prepared, &[&segmentation.labels], &Ctx::new()).unwrap().remove(0);
    // Every 50th customer, wherever it stands.
    let some: Vec<usize> = (0..table_rows.len()).step_by(50).collect();
    let brush = Brush::rows(stamp, some.iter().map(|&row| table_rows[row]), "choice of rows in the table");
    let answers = engine.wait_until_idle(&plan, &wanted(Some(brush)));
    let bars = answers.brush.bars.unwrap();
    for (cluster, members) in segmentation.labels.members().into_iter().enumerate() {
        let value = |row: usize| silhouettes.per_row[row];
        let better = |row: usize| members.iter().filter(|&&other| (value(other), row) > (value(row), other)).count();
        let mut expected: Vec<usize> = members.iter().filter(|row| some.contains(row)).map(|&row| better(row)).collect();
        expected.sort_unstable();
        assert!(bars.clusters[cluster].rows().eq(expected), "segment {cluster}");
    }
    let picked: Arc<Picked> = answers.brush.picked.unwrap();
    assert_eq!(BarOrder::of(&segmentation.labels, &silhouettes, &Ctx::stopping_after(1)), Err(Stopped));
    assert_eq!(LeafMarks::of(&tree, &picked, table_rows, &Ctx::stopping_after(1)), Err(Stopped));
    assert_eq!(tree.rows_under([0, 3], &Ctx::stopping_after(1)), Err(Stopped));
}

#[test]
fn a_trait_on_a_card_is_the_customers_it_covers() {
    let (mut engine, plan) = (engine(), plan());
    let before = engine.wait_until_idle(&plan, &wanted(None));
    let (loaded, segmentation) = (before.loaded.ready().unwrap().clone(), before.segmentation.ready().unwrap().clone());
    let personas = before.personas.ready().unwrap().clone();
    let mut n_checked = 0;
    for persona in &personas.personas {
        for evidence in persona.evidence.iter().take(12) {
            let holds = TraitMembers::of(evidence);
            let brush = Brush::with_trait(
                loaded.stamp,
                segmentation.stamp,
                Some((persona.cluster, &persona.name)),
                holds.clone(),
                &plan.dictionary,
            );
            let answers = engine.wait_until_idle(&plan, &wanted(Some(brush)));
            let covered = (evidence.coverage * evidence.n as f64).round() as usize;
            // Of a level that is rarer here, those are meant who have another.
            let is_without = evidence.level.is_some() && evidence.effect < 0.0;
            let expected = if is_without { evidence.n - covered } else { covered };
            assert_eq!(rows(&answers).len(), expected, "{}: {holds:?}", persona.name);
            assert_eq!(answers.brush.counts.as_ref().unwrap().clusters[persona.cluster], expected, "all of them are in it");
            let all = engine
                .wait_until_idle(&plan, &wanted(Some(Brush::with_trait(loaded.stamp, segmentation.stamp, None, holds, &plan.dictionary))));
            assert_eq!(all.brush.counts.as_ref().unwrap().clusters[persona.cluster], expected, "the same of everyone");
            n_checked += 1;
        }
    }
    assert!(n_checked > 20);
    let gone = TraitMembers { column: "no such column".into(), level: None, direction: Direction::More };
    let answers =
        engine.wait_until_idle(&plan, &wanted(Some(Brush::with_trait(loaded.stamp, segmentation.stamp, None, gone, &plan.dictionary))));
    assert_eq!(rows(&answers), Vec::<usize>::new());
}
