//! Can the Segments page be worked by name, and does it say what it wants in commands?
//!
//! The page gets hand-built answers; everything is found by its label, as a screen reader would. The harness itself checks after
//! every run that no input is without a name.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use personae::base::{Ctx, Key, Labels, Matrix, Note, Progress};
use personae::cluster::{Chosen, Dendrogram, EpsilonCurves, EpsilonSuggestion, Linkage, Merge, Method};
use personae::data::{ColumnProfile, Kind, Loaded, Profile, Role as ColumnRole, Table};
use personae::engine::{Answer, Answers, Problem, Segmentation};
use personae::evaluate::{
    A_CHOICE, Candidate, NullMethod, ONE_GROUP, Stability, Structure, StructurePoint, Suggestion, SweepPoint, null_band, suggest,
};
use personae::features::Prepared;
use personae::features::prepared::Pca;
use personae::persona::Contrast;
use personae::plot::{
    self, CondensedBranch, CondensedPlot, DensityCell, DensityGrid, MapAxis, MapPlot, MapScene, Picked, PickedCounts, Shows,
    SilhouetteBars, SilhouettePlot, SweepPlot,
};
use personae::session::{
    Action, Brush, Clustering, Command, Cut, DensityOptions, KMeansOptions, Look, Page, Plan, PlotKind, Selection, Who,
};

/// What a page is given, and what it asked for.
#[derive(Default)]
pub(crate) struct World {
    pub plan: Plan,
    pub answers: Answers,
    pub look: Look,
    pub commands: Vec<Command>,
    has_fonts: bool,
}

pub(crate) type Window = Harness<'static, World>;

/// How a page is drawn.
pub(crate) type PageUi = fn(&mut eframe::egui::Ui, &Plan, &Answers, &mut Look, &mut Vec<Command>);

pub(crate) fn window(plan: Plan, answers: Answers) -> Window {
    window_on(personae::ui::segments::ui, plan, answers, Look::default())
}

/// A page of any kind.
pub(crate) fn window_on(page: PageUi, plan: Plan, answers: Answers, look: Look) -> Window {
    let draw = move |ui: &mut eframe::egui::Ui, world: &mut World| {
        // Fonts are there from the second frame on.
        if !std::mem::replace(&mut world.has_fonts, true) {
            personae::ui::theme::install(ui.ctx());
            return;
        }
        page(ui, &world.plan, &world.answers, &mut world.look, &mut world.commands);
    };
    let mut harness = Harness::builder().with_size([1280.0, 724.0]).build_ui_state(draw, World { plan, answers, look, ..World::default() });
    harness.run();
    harness
}

pub(crate) fn plan(method: Method) -> Plan {
    Plan { clustering: Clustering { method, ..Clustering::default() }, ..Plan::default() }
}

/// The one clustering the page asked for since it was last asked.
pub(crate) fn asked(window: &mut Window) -> Clustering {
    let commands = std::mem::take(&mut window.state_mut().commands);
    match commands.as_slice() {
        [Command::Cluster(clustering)] => clustering.clone(),
        other => panic!("one clustering expected, not {other:?}"),
    }
}

pub(crate) fn press(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run();
}

#[test]
fn every_method_has_its_inputs_by_name() {
    let cases: [(Method, &[&str]); 4] = [
        (Method::KMeans, &["Number of segments", "From", "to", "Re-runs", "Seed"]),
        (Method::Tree, &["Linkage: Ward", "Number of segments", "Cut height", "From", "to"]),
        (Method::Density, &["Neighbourhood distance (epsilon)", "Core point neighbours (min samples)"]),
        (Method::Hdbscan, &["Smallest segment (min cluster size)", "Core point neighbours (min samples)"]),
    ];
    for (method, names) in cases {
        let window = window(plan(method), answers());
        for name in names {
            assert!(window.query_all_by_label(name).any(|node| is_field(&node)), "{method:?}: {name}");
        }
    }
}

fn is_field(node: &egui_kittest::Node<'_>) -> bool {
    use egui_kittest::kittest::NodeT;
    matches!(node.accesskit_node().role(), Role::SpinButton | Role::ComboBox | Role::Slider)
}

#[test]
fn plus_and_minus_change_k_by_one() {
    let mut window = window(plan(Method::KMeans), answers());
    press(&mut window, "One segment more");
    assert_eq!(asked(&mut window).kmeans.k, Some(4), "the suggestion is 3");
    press(&mut window, "One segment fewer");
    assert_eq!(asked(&mut window).kmeans.k, Some(2));
    window.state_mut().plan.clustering.method = Method::Tree;
    window.run();
    press(&mut window, "One segment more");
    assert_eq!(asked(&mut window).tree.cut, Cut::Clusters(4));
}

#[test]
fn a_choice_goes_back_to_the_suggestion() {
    let mut plan = plan(Method::KMeans);
    plan.clustering.kmeans.k = Some(7);
    let mut window = window(plan, answers());
    press(&mut window, "Back to the suggestion, 3");
    assert_eq!(asked(&mut window).kmeans.k, None);
    press(&mut window, "Choose 2 groups");
    assert_eq!(asked(&mut window).kmeans.k, Some(2), "another candidate");
}

#[test]
fn methods_are_picked_by_name() {
    let mut window = window(plan(Method::KMeans), answers());
    press(&mut window, "Tree");
    assert_eq!(asked(&mut window).method, Method::Tree);
    press(&mut window, "Density");
    assert_eq!(asked(&mut window).method, Method::Density);
    press(&mut window, "HDBSCAN");
    assert_eq!(asked(&mut window).method, Method::Hdbscan);
}

#[test]
fn all_methods_fit_into_the_panel() {
    let window = window(plan(Method::Hdbscan), answers());
    let picker: Vec<_> =
        ["k-Means", "Tree", "Density", "HDBSCAN"].map(|name| window.get_by_role_and_label(Role::Button, name).rect()).to_vec();
    let field = window.query_all_by_label("Core point neighbours (min samples)").find(is_field).unwrap().rect();
    let apart = |a: usize, b: usize| !picker[a].intersects(picker[b]);
    assert!((0..4).all(|a| (0..a).all(|b| apart(a, b))), "{picker:?}");
    assert!(picker.iter().all(|button| button.left() >= field.left() && button.right() <= field.right()), "{picker:?} {field:?}");
}

#[test]
fn a_branch_is_hovered_and_clicked_as_its_segment() {
    let mut window = window(plan(Method::Hdbscan), answers());
    let plot = window.query_all_by_label("Condensed tree").find(|node| node.rect().height() > 100.0).expect("the plot").rect();
    // The second segment stands at the right of the fork.
    let place = plot.left_top() + plot.size() * eframe::egui::vec2(0.85, 0.7);
    window.hover_at(place);
    window.run();
    assert_eq!(window.state().look.hover, Some(Selection::Cluster(1)));
    window.drag_at(place);
    window.drop_at(place);
    window.run();
    assert_eq!(window.state().look.selection, Some(Selection::Cluster(1)));
    assert_eq!(window.state().commands, [], "looking changes no number");
}

#[test]
fn the_smallest_segment_goes_back_to_the_suggestion() {
    let mut plan = plan(Method::Hdbscan);
    plan.clustering.hdbscan.min_cluster_size = Some(40);
    let mut window = window(plan, answers());
    press(&mut window, "Back to the suggestion, 5");
    assert_eq!(asked(&mut window).hdbscan.min_cluster_size, None);
}

#[test]
fn arrow_keys_move_k() {
    use eframe::egui::Key as Press;
    let mut window = window(plan(Method::KMeans), answers());
    window.key_press(Press::ArrowRight);
    window.run();
    assert_eq!(asked(&mut window).kmeans.k, Some(4));
    window.key_press(Press::ArrowLeft);
    window.run();
    assert_eq!(asked(&mut window).kmeans.k, Some(2));
}

#[test]
fn a_click_selects_and_escape_clears() {
    let mut window = window(plan(Method::KMeans), answers());
    press(&mut window, "C2");
    assert_eq!(window.state().look.selection, Some(Selection::Cluster(1)));
    press(&mut window, "Maximise Elbow");
    assert_eq!(window.state().look.maximised, Some(PlotKind::Elbow));
    assert!(window.query_by_label("Silhouette plot").is_none(), "it fills the middle");
    for expected in [Some(Selection::Cluster(1)), None] {
        // The button just clicked has the focus, which takes the first Esc.
        window.ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        window.key_press(eframe::egui::Key::Escape);
        window.run();
        assert_eq!((window.state().look.maximised, window.state().look.selection), (None, expected));
    }
    assert_eq!(window.state().commands, [], "looking changes no number");
}

/// Drags in the map, from and to shares of its width and height.
fn drag_in_map(window: &mut Window, from: [f32; 2], to: [f32; 2], modifiers: Modifiers) {
    let rect = window.get_by_label("Map of customers").rect();
    let at = |share: [f32; 2]| rect.min + rect.size() * eframe::egui::Vec2::from(share);
    let (from, to) = (at(from), at(to));
    window.event(Event::ModifiersChanged(modifiers));
    window.hover_at(from);
    window.run();
    window.drag_at(from);
    window.step();
    window.hover_at(from + (to - from) / 2.0);
    window.step();
    window.hover_at(to);
    window.step();
    window.drop_at(to);
    window.event(Event::ModifiersChanged(Modifiers::NONE));
    window.run();
}

/// The corners of the box in the map.
fn picked_box(window: &Window) -> Option<[[f64; 2]; 2]> {
    let look = &window.state().look;
    look.brush.as_ref().and_then(|brush| brush.box_on(&look.map_axes))
}

#[test]
fn a_box_in_the_map_picks_customers_with_shift_or_the_tool() {
    let mut window = window(plan(Method::KMeans), answers());
    drag_in_map(&mut window, [0.3, 0.3], [0.6, 0.7], Modifiers::NONE);
    assert_eq!(picked_box(&window), None, "a plain drag moves the map");
    window.state_mut().look.map_axes = (MapAxis::Component(0), MapAxis::Component(1));
    drag_in_map(&mut window, [0.6, 0.7], [0.3, 0.3], Modifiers::SHIFT);
    let [from, to] = picked_box(&window).expect("a box");
    assert!(from[0] < to[0] && from[1] < to[1]);

    // Dragged again with the tool it is the same box: Shift and drag moved nothing.
    window.state_mut().look.brush = None;
    press(&mut window, "Select customers");
    drag_in_map(&mut window, [0.3, 0.3], [0.6, 0.7], Modifiers::NONE);
    let again = picked_box(&window).expect("a box");
    assert!((0..2).all(|side| (again[0][side] - from[side]).abs() < 1e-2 && (again[1][side] - to[side]).abs() < 1e-2), "{again:?}");
    assert_eq!(window.state().commands, [], "looking changes no number");
}

#[test]
fn picked_customers_are_counted_by_segment_and_cleared() {
    let mut picked = answers();
    picked.brush.picked = Some(Arc::new(Picked::new(9, [0, 1, 5])));
    picked.brush.counts = Some(Arc::new(PickedCounts { clusters: vec![2, 1, 0], noise: 0, left_out: 0 }));
    let mut window = window(plan(Method::KMeans), picked);
    assert!(window.query_by_label("3 selected").is_none(), "nothing was picked in this look");
    let stamp = Key::of_bytes(b"shop");
    let brush = || Some(Brush::rows(stamp, [0, 1, 5], "branch of the tree"));
    window.state_mut().look.brush = brush();
    window.run();
    for text in ["3 selected", "2 selected", "1 selected", "0 selected", "3 customers"] {
        assert!(window.query_by_label(text).is_some(), "{text}");
    }
    press(&mut window, "Clear the selection (Esc)");
    assert_eq!(window.state().look.brush, None);

    window.state_mut().look.brush = brush();
    window.state_mut().look.selection = Some(Selection::Cluster(1));
    for expected in [(None, Some(Selection::Cluster(1))), (None, None)] {
        window.ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        window.key_press(eframe::egui::Key::Escape);
        window.run();
        let look = &window.state().look;
        assert_eq!((look.brush.clone(), look.selection), expected, "Esc goes one step back");
    }

    window.state_mut().look.brush = Some(Brush::rows(Key::of_bytes(b"another table"), [0], "row in the table"));
    window.run();
    assert_eq!(window.state().look.brush, None, "customers of another table are forgotten");
}

#[test]
fn a_branch_bars_and_a_segment_are_picked_where_they_are_seen() {
    let stamp = Key::of_bytes(b"shop");
    // A branch by keys, as by a click: the segment gives way to what was done last.
    let mut tree = window(plan(Method::Tree), answers());
    tree.state_mut().look.selection = Some(Selection::Cluster(0));
    for key in [eframe::egui::Key::ArrowDown, eframe::egui::Key::ArrowDown, eframe::egui::Key::S] {
        tree.key_press(key);
        tree.run();
    }
    let plot = tree.state().answers.tree.latest().cloned().unwrap();
    assert_eq!(tree.state().look.brush, Some(Brush::branch(stamp, plot.stamp, plot.node(15).leaves)));
    assert_eq!(tree.state().look.selection, None);

    // Bars of the first segment, dragged over from its middle to its end.
    let mut window = window(plan(Method::KMeans), answers());
    let frame = window.get_by_label("Silhouette plot by segment").rect();
    let at = |y: f32| eframe::egui::Pos2::new(frame.center().x, frame.top() + y * frame.height());
    window.drag_at(at(0.2));
    window.run();
    window.hover_at(at(0.42));
    window.run();
    window.drop_at(at(0.42));
    window.run();
    let brush = window.state().look.brush.clone().expect("bars");
    let Who::Silhouettes { plot, cluster, range: [low, high] } = brush.who else { panic!("{brush:?}") };
    assert_eq!((plot, cluster), (Key::of_bytes(b"silhouettes"), Some(0)));
    assert!((-1.0..0.6).contains(&low) && low < high && high < 1.0, "{low} {high}");

    // A whole segment, by the menu of its row.
    let name = "C2";
    window.get_by_role_and_label(Role::Button, name).click_secondary();
    window.run();
    press(&mut window, "Select these customers");
    let segment = Brush::segment(stamp, Key::of_bytes(b"three segments"), Selection::Cluster(1), name);
    assert_eq!(window.state().look.brush, Some(segment));
    assert_eq!(window.state().commands, [], "looking changes no number");
}

#[test]
fn a_handful_picked_is_counted_and_not_described() {
    let mut picked = answers();
    picked.brush.picked = Some(Arc::new(Picked::new(9, [0, 1, 5])));
    picked.brush.contrast = Answer::Ready(Arc::new(Contrast { n: 3, n_rest: 6, persona: None }));
    let mut window = window(plan(Method::KMeans), picked);
    window.state_mut().look.brush = Some(Brush::rows(Key::of_bytes(b"shop"), [0, 1, 5], "choice of rows in the table"));
    window.run();
    assert!(window.query_by_label_contains("Fewer than 10 of these customers were analysed").is_some());
    press(&mut window, "Clear");
    assert_eq!(window.state().look.brush, None);
}

#[test]
fn the_k_under_the_pointer_is_the_same_in_both_curves() {
    let mut window = window(plan(Method::KMeans), answers());
    let curve = window.get_by_label("Mean silhouette against number of segments").rect();
    window.hover_at(curve.center());
    window.run();
    let k = window.state().look.hover_k.expect("a k");
    let elbow = window.get_by_label("Elbow: inertia against number of segments").rect();
    window.hover_at(eframe::egui::Pos2::new(curve.center().x, elbow.center().y));
    window.run();
    assert_eq!(window.state().look.hover_k, Some(k));
    window.hover_at(eframe::egui::Pos2::new(2.0, 2.0));
    window.run();
    assert_eq!(window.state().look.hover_k, None);
}

#[test]
fn a_map_of_very_many_asks_for_what_is_in_view() {
    let mut window = window(plan(Method::KMeans), answers());
    assert_eq!(window.state().look.map_window, None, "nine customers are nine points");
    let map = window.state().answers.map.latest().map(|map| (**map).clone()).unwrap();
    let bounds = map.bounds;
    window.state_mut().answers.map = Answer::Ready(Arc::new(MapPlot { n_total: 1_000_000, ..map }));
    window.run();
    let asked = window.state().look.map_window.expect("a part to bin");
    assert!(asked.covers(bounds));
    assert!(window.query_by_label("9 of 1\u{202f}000\u{202f}000 shown").is_some(), "a sample until the image is there");

    let [width, height] = asked.bins;
    let cell = DensityCell { cluster: 0, n: 7, n_picked: 0 };
    let mut density = DensityGrid {
        starts: vec![1; width * height + 1],
        cells: vec![cell],
        strengths: vec![0; width * height],
        ..DensityGrid::default()
    };
    (density.starts[0], density.strengths[0]) = (0, 255);
    let scene = MapScene { x_name: "PC1".into(), y_name: "PC2".into(), window: asked, shows: Shows::Density(density) };
    window.state_mut().answers.scene = Answer::Ready(Arc::new(scene));
    window.run();
    assert!(window.query_by_label("density of 1\u{202f}000\u{202f}000").is_some());

    let middle = window.get_by_label("Map of customers").rect().center();
    window.hover_at(middle);
    window.event(Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: eframe::egui::Vec2::new(0.0, 400.0),
        source: eframe::egui::MouseWheelSource::Wheel,
        phase: eframe::egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    window.run();
    let closer = window.state().look.map_window.expect("a part to bin");
    assert!(asked.covers(closer.corners) && closer != asked, "zoomed in, less is asked for");
}

#[test]
fn the_way_on_is_the_personas_page() {
    let mut window = window(plan(Method::KMeans), answers());
    press(&mut window, "See personas");
    assert_eq!(window.state().commands, [Command::Do(Action::Go(Page::Personas))]);
}

#[test]
fn dragging_the_cut_and_epsilon_asks_while_dragging() {
    for (method, name) in [(Method::Tree, "Cut height"), (Method::Density, "Neighbourhood distance (epsilon) line")] {
        let mut window = window(plan(method), answers());
        let line = window.query_all_by_label(name).find(|node| is_line(node)).expect(name).rect().center();
        window.drag_at(line);
        window.step();
        window.hover_at(line + eframe::egui::Vec2::new(30.0, -30.0));
        window.step();
        window.step();
        let asked: Vec<_> = window.state().commands.iter().filter(|command| matches!(command, Command::Cluster(_))).collect();
        let Some(Command::Cluster(clustering)) = asked.last() else { panic!("{method:?}: {asked:?}") };
        assert!(if method == Method::Tree { matches!(clustering.tree.cut, Cut::Height(_)) } else { clustering.density.epsilon.is_some() });
    }
}

pub(crate) fn is_line(node: &egui_kittest::Node<'_>) -> bool {
    use egui_kittest::kittest::NodeT;
    node.accesskit_node().role() == Role::Slider
}

#[test]
fn the_tree_is_opened_and_folded_up_by_keys_and_comes_back_whole() {
    use eframe::egui::Key;
    let mut window = window(plan(Method::Tree), answers());
    let press_key = |window: &mut Window, key| {
        window.key_press(key);
        window.run();
    };
    assert!(window.query_by_label("Show the whole tree").is_none());
    press_key(&mut window, Key::ArrowDown);
    assert_eq!(window.state().look.tree.node, Some(16), "the whole first");
    press_key(&mut window, Key::ArrowDown);
    assert_eq!(window.state().look.tree.node, Some(15), "then the larger half");
    press_key(&mut window, Key::F);
    assert!(window.state().look.tree.collapsed.contains(&15));
    press_key(&mut window, Key::Enter);
    let tree = &window.state().look.tree;
    let seen = tree.seen.expect("a part of the tree");
    assert!(tree.collapsed.is_empty() && seen.heights[1] < 2.0, "{seen:?}");
    press(&mut window, "Show the whole tree");
    assert!(window.state().look.tree.is_whole());
    press_key(&mut window, Key::ArrowUp);
    assert_eq!(window.state().look.tree.node, Some(16));
    assert_eq!(window.state().commands, [], "looking changes no number");
}

#[test]
fn the_shared_place_shows_either_plot() {
    let mut window = window(plan(Method::Tree), answers());
    assert!(window.query_by_label("Silhouette plot").is_none());
    press(&mut window, "Show Silhouettes here");
    assert!(window.query_by_label("Silhouette plot").is_some());
    press(&mut window, "Show Elbow here");
    assert!(window.query_by_label("Mean silhouette").is_some());
}

#[test]
fn nothing_is_chosen_but_by_the_user() {
    for method in Method::ALL {
        let mut plan = plan(method);
        plan.clustering = Clustering {
            k_to: 90,
            kmeans: KMeansOptions { restarts: 900, k: Some(70) },
            seed: u64::MAX,
            density: DensityOptions { min_samples: 9_000, ..plan.clustering.density },
            ..plan.clustering
        };
        assert_eq!(window(plan, answers()).state().commands, [], "{method:?}");
    }
}

#[test]
fn stale_values_stay() {
    let mut stale = answers();
    let previous = stale.segmentation.latest().cloned();
    stale.segmentation = Answer::Cooking { progress: Progress::default(), previous };
    stale.map = Answer::Cooking { progress: Progress::default(), previous: stale.map.latest().cloned() };
    let window = window(plan(Method::KMeans), stale);
    assert!(window.query_by_role_and_label(Role::Button, "C1").is_some() && window.query_by_label("Map of customers").is_some());
}

#[test]
fn every_segment_says_how_far_it_may_be_relied_on() {
    let draws = vec![vec![0.95, 0.7, 0.3]; 10];
    let stability =
        Stability { draws, shuffled: vec![Some(0.4)], sizes: vec![400, 300, 200], rows_a_draw: 900, n_rows: 900, parts: vec![] };
    let x = Matrix::new((0..60).map(|at| f64::from(at * 37 % 23)).collect(), 20, 3).unwrap();
    let band = null_band(&x, &[2, 3, 4], NullMethod::KMeans, 0, 3, None, &Ctx::new()).unwrap();
    let mut window = window(plan(Method::KMeans), answers());
    assert_eq!(window.query_all_by_label("Confidence not known yet").count(), 3, "its room is kept");
    let before = window.get_by_role_and_label(Role::Button, "C3").rect();
    window.state_mut().answers.stability = Answer::Cooking { progress: Progress::default(), previous: None };
    window.run();
    assert_eq!(window.query_all_by_label("Confidence: Checking").count(), 3);
    window.state_mut().answers.stability = Answer::Ready(Arc::new(stability));
    window.state_mut().answers.null_band = Answer::Ready(Arc::new(band));
    window.run();
    for word in ["High", "Fuzzy", "Unreliable"] {
        assert!(window.query_by_label(&format!("Confidence: {word}")).is_some(), "{word}");
    }
    assert_eq!(window.get_by_role_and_label(Role::Button, "C3").rect(), before, "nothing moves");
    // Of other segments than those shown it says nothing.
    let other = Stability { draws: vec![vec![0.9; 2]], shuffled: vec![], sizes: vec![5, 4], rows_a_draw: 9, n_rows: 9, parts: vec![] };
    window.state_mut().answers.stability = Answer::Ready(Arc::new(other));
    window.run();
    assert_eq!(window.query_all_by_label("Confidence not known yet").count(), 3);
}

#[test]
fn problems_say_their_sentence() {
    let sentence = "12 distinct rows are too few for 20 clusters. Choose at most 12.";
    let problem = Problem(sentence.into());
    let mut failed = answers();
    failed.segmentation = Answer::Failed { problem: problem.clone(), previous: failed.segmentation.latest().cloned() };
    let mut window = window(plan(Method::KMeans), failed);
    assert!(window.query_all_by_label(sentence).count() >= 1);
    press(&mut window, "Go to Prepare");
    assert_eq!(window.state().commands, [Command::Do(Action::Go(Page::Prepare))]);

    window.state_mut().commands.clear();
    window.state_mut().answers = Answers { loaded: Answer::Failed { problem, previous: None }, ..Answers::default() };
    window.run();
    assert!(window.query_by_label(sentence).is_some());
    press(&mut window, "Open another file…");
    assert_eq!(window.state().commands, [Command::Do(Action::Open)]);
}

#[test]
fn nothing_yet_says_what_to_do() {
    let mut window = window(plan(Method::KMeans), Answers::default());
    press(&mut window, "Open…");
    assert_eq!(window.state().commands, [Command::Do(Action::Open)]);
}

#[test]
fn half_ready_answers_are_shown() {
    for method in Method::ALL {
        let ready = answers();
        let waiting = Answers { loaded: ready.loaded, prepared: ready.prepared, ..Answers::default() };
        let window = window(plan(method), waiting);
        assert!(window.query_by_label("See personas").is_some(), "{method:?}");
        assert_eq!(window.state().commands, [], "{method:?}: nobody chose anything");
    }
}

/// Nine customers in three segments, with every plot.
pub(crate) fn answers() -> Answers {
    let labels = Labels::from_ids(&[0, 0, 0, 0, 1, 1, 1, 2, 2]);
    let column = ColumnProfile {
        name: "spend".into(),
        kind: Kind::Number,
        n_missing: 0,
        missing_share: 0.0,
        n_distinct: 9,
        numeric: None,
        levels: None,
        histogram: Vec::new(),
        guessed_role: ColumnRole::Behavioural,
        guess_reason: String::new(),
    };
    let loaded = Arc::new(Loaded {
        is_listing: false,
        sheets: vec![],
        title: "shop.csv".into(),
        table: Table::default(),
        profile: Profile { columns: vec![column] },
        notes: Vec::new(),
        stamp: Key::of_bytes(b"shop"),
    });
    let prepared = Arc::new(Prepared {
        matrix: Matrix::from_rows(&[[0.0], [1.0]]).unwrap(),
        dimension_names: vec!["spend".into()],
        table_rows: vec![0, 1],
        n_table_rows: 2,
        columns: Vec::new(),
        pca: Pca {
            encoded_names: Vec::new(),
            eigenvalues: Vec::new(),
            explained: Vec::new(),
            loadings: Vec::new(),
            scores: vec![Arc::from([0.0, 1.0]), Arc::from([0.0, 1.0])],
            choice: String::new(),
        },
        notes: Vec::new(),
    });
    let point = |k: usize| SweepPoint {
        k,
        inertia: Some(90.0 / k as f64),
        silhouette: Some(0.5 - 0.03 * k as f64),
        exact: k < 6,
        estimated: false,
    };
    // Customers 0 to 3, 4 to 6 and 7 to 8; the last two groups meet at 1, all at 4.
    let merge = |left, right, height, size| Merge { left, right, height, size };
    let within =
        [merge(0, 1, 0.1, 2), merge(2, 3, 0.1, 2), merge(9, 10, 0.2, 4), merge(4, 5, 0.2, 2), merge(6, 12, 0.3, 3), merge(7, 8, 0.3, 2)];
    let merges = [&within[..], &[merge(13, 14, 1.0, 5), merge(11, 15, 4.0, 9)]].concat();
    let tree = Dendrogram { merges, n_rows: 9, linkage: Linkage::Ward };
    let tree = plot::tree(&tree, &loaded, &prepared, &Ctx::new()).unwrap();
    let branch = |parent, centre, [birth, death]: [f64; 2], size: usize, segment| CondensedBranch {
        parent,
        centre,
        birth,
        death,
        size,
        widths: vec![[death, size as f64], [birth, size as f64]],
        stability: 1.5,
        segment,
        within: segment,
        membership: segment.map(|_| 0.8),
    };
    let bars = |size, mean| SilhouetteBars { size, mean, below_zero: 0.0, values: vec![0.6, 0.4, -0.1] };
    Answers {
        sweep: Answer::Ready(Arc::new(SweepPlot {
            points: (2..=12).map(point).collect(),
            sample: None,
            problems: Vec::new(),
            suggestion: Some(Suggestion {
                k: 3,
                reasons: vec!["Highest mean silhouette.".into()],
                candidates: vec![Candidate { k: 2, votes: 1, reasons: vec!["Nearly as clear.".into()] }],
            }),
        })),
        tree: Answer::Ready(Arc::new(tree)),
        // Crumbs up to 0.4, three segments up to 1.2, then two, from 1.8 on one.
        density: Answer::Ready(Arc::new(plot::density_of(
            EpsilonCurves {
                epsilon: vec![0.2, 0.4, 1.2, 1.8],
                clusters: vec![4, 3, 2, 1],
                noise: vec![5, 1, 1, 0],
                largest: vec![1, 4, 7, 9],
                n_rows: 9,
            },
            vec![1.8, 0.4, 0.4, 0.4, 0.3, 0.2, 0.2, 0.2, 0.2],
            3,
            [(0.9, "The widest step."), (1.5, "Another step.")]
                .map(|(epsilon, reason)| EpsilonSuggestion { epsilon, clusters: 0, noise_share: 0.0, reason: reason.into() })
                .to_vec(),
        ))),
        condensed: Answer::Ready(Arc::new(CondensedPlot {
            branches: vec![
                branch(None, 4.5, [2.0, 1.5], 9, None),
                branch(Some(0), 2.0, [1.5, 0.5], 4, Some(0)),
                branch(Some(0), 6.5, [1.5, 0.2], 5, Some(1)),
            ],
            n_rows: 9,
            n_segments: 2,
            top: 2.0,
            min_cluster_size: 4,
            ..CondensedPlot::default()
        })),
        segmentation: Answer::Ready(Arc::new(Segmentation {
            loaded: loaded.clone(),
            prepared: prepared.clone(),
            labels,
            told: vec![],
            by: Chosen::KMeans { k: 3, inertia: Some(30.0) },
            method_text: "k-Means, k = 3".into(),
            whole: None,
            stamp: Key::of_bytes(b"three segments"),
        })),
        silhouette: Answer::Ready(Arc::new(SilhouettePlot {
            stamp: Some(Key::of_bytes(b"silhouettes")),
            mean: Some(0.41),
            numbers: vec![0, 1, 2],
            clusters: vec![bars(4, 0.5), bars(3, 0.4), bars(2, 0.3)],
            exact: true,
            band: None,
            sampled: None,
        })),
        map: Answer::Ready(Arc::new(MapPlot {
            x_name: "PC1".into(),
            y_name: "PC2".into(),
            numbers: vec![0, 1, 2],
            clusters: vec![vec![[0.0, 0.0]; 4], vec![[1.0, 1.0]; 3], vec![[2.0, 0.0]; 2]],
            bounds: [[0.0, 0.0], [2.0, 1.0]],
            n_shown: 9,
            n_total: 9,
            ..MapPlot::default()
        })),
        loaded: Answer::Ready(loaded),
        prepared: Answer::Ready(prepared),
        notes: vec![Note::new("12 rows have no spend; they are left out.")],
        ..Answers::default()
    }
}

#[test]
fn where_no_groups_were_found_panel_and_badges_say_so() {
    let point = |k: usize| StructurePoint {
        k,
        silhouette: 0.12,
        of_clouds: 0.12,
        most_of_clouds: 0.13,
        deviations: 0.0,
        compactness: 0.0,
        strength: None,
    };
    let structure = Structure { found: false, points: (2..=8).map(point).collect(), clouds: 8, rows: 900, n_rows: 900 };
    let mut answers = answers();
    let mut sweep = answers.sweep.ready().map(|sweep| (**sweep).clone()).unwrap();
    sweep.suggestion = suggest(&sweep.points, Some(&structure));
    answers.sweep = Answer::Ready(Arc::new(sweep));
    answers.structure = Answer::Ready(Arc::new(structure));
    let mut plan = plan(Method::KMeans);
    plan.clustering.kmeans.k = Some(3);
    let mut window = window(plan, answers);
    assert!(window.query_by_label(ONE_GROUP).is_some(), "in the panel");
    assert!(window.query_by_label("3 is your choice").is_some());
    assert_eq!(window.query_all_by_label(A_CHOICE).count(), 3, "on every badge");
    window.get_by_label("Choose one group").click();
    window.run();
    assert_eq!(asked(&mut window).kmeans.k, None, "back to what is suggested");
}
