//! Can epsilon be chosen in any of the density method's lanes, by its candidates and by keys, and do the lanes stay one column?

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Modifiers};
use egui_kittest::kittest::Queryable;
use personae::cluster::Method;
use personae::session::{Clustering, Command, PlotKind};

use super::segments_page::{Window, answers, asked, is_line, plan, press, window};

/// What the page asked for last; drags ask in every frame.
fn asked_last(window: &mut Window) -> Clustering {
    let commands = std::mem::take(&mut window.state_mut().commands);
    match commands.last() {
        Some(Command::Cluster(clustering)) => clustering.clone(),
        other => panic!("a clustering expected, not {other:?}"),
    }
}

fn lanes(window: &Window) -> eframe::egui::Rect {
    window.get_by_label("What every neighbourhood distance gives").rect()
}

/// From where to where the axis goes: a twentieth before the first step, a fifth beyond the last.
const AXIS: [f32; 2] = [0.102, 2.16];

/// The place of an epsilon on the axis.
fn on_axis(window: &Window, epsilon: f32, share_of_height: f32) -> eframe::egui::Pos2 {
    let line = window.query_all_by_label("Neighbourhood distance (epsilon) line").find(is_line).expect("the line").rect();
    let origin = lanes(window);
    let left = line.center().x - (origin.right() - line.center().x) * (0.9 - AXIS[0]) / (AXIS[1] - 0.9);
    eframe::egui::Pos2::new(
        left + (origin.right() - left) * (epsilon - AXIS[0]) / (AXIS[1] - AXIS[0]),
        origin.top() + origin.height() * share_of_height,
    )
}

#[test]
fn epsilon_has_one_column_and_the_silhouettes_theirs() {
    let mut window = window(plan(Method::Density), answers());
    let heads = ["Core customers", "Segments at every distance", "Silhouette plot"].map(|name| window.get_by_label(name).rect());
    assert!((heads[0].left() - heads[1].left()).abs() < 1.0 && heads[0].bottom() < heads[1].top(), "above each other: {heads:?}");
    assert!(heads[2].left() > heads[0].right() && (heads[2].top() - heads[0].top()).abs() < 1.0, "beside: {heads:?}");
    assert!(window.query_by_label("Show Silhouettes here").is_none(), "nothing shares a place");
    for (name, kind) in [("Core customers", PlotKind::KDistance), ("Segments at every distance", PlotKind::EpsilonCurves)] {
        press(&mut window, &format!("Save {name} as PNG or SVG"));
        assert_eq!(std::mem::take(&mut window.state_mut().commands), [Command::SavePlot(kind)]);
        press(&mut window, &format!("Maximise {name}"));
        assert_eq!(window.state().look.maximised, Some(kind));
        assert!(
            window.query_by_label("Silhouette plot").is_none()
                && window.query_by_label("What every neighbourhood distance gives").is_some()
        );
        press(&mut window, &format!("Restore {name}"));
    }
    assert_eq!(window.state().commands, [], "looking changes no number");
}

#[test]
fn a_click_in_any_lane_moves_epsilon() {
    let mut window = window(plan(Method::Density), answers());
    for (epsilon, height) in [(0.6, 0.1), (1.1, 0.5), (1.9, 0.8)] {
        let place = on_axis(&window, epsilon, height);
        window.drag_at(place);
        window.drop_at(place);
        window.run();
        let asked = asked_last(&mut window).density.epsilon.expect("a distance");
        assert!((asked - f64::from(epsilon)).abs() < 0.02, "{asked} for {epsilon} at {height}");
    }
}

#[test]
fn candidates_are_marked_named_and_taken() {
    let mut window = window(plan(Method::Density), answers());
    assert!(window.query_by_label("3 segments, 11\u{202f}% in no group").is_some(), "what 0.9 gives");
    press(&mut window, "1.50: 2 segments, 11\u{202f}% in no group");
    assert_eq!(asked(&mut window).density.epsilon, Some(1.5));
    let marks: Vec<_> = window.query_all_by_label("Take distance 1.50").map(|node| node.rect()).collect();
    assert_eq!(marks.len(), 2, "on the core curve and on the staircase");
    assert!(marks.iter().all(|mark| (mark.center().x - on_axis(&window, 1.5, 0.0).x).abs() < 2.0), "{marks:?}");
    window.query_all_by_label("Take distance 1.50").last().expect("a mark").click();
    window.run();
    assert_eq!(asked(&mut window).density.epsilon, Some(1.5));
}

#[test]
fn keys_move_epsilon_and_jump_between_candidates() {
    use eframe::egui::Key as Press;
    let mut window = window(plan(Method::Density), answers());
    for (key, expected) in [(Press::ArrowRight, 0.911), (Press::ArrowLeft, 0.889), (Press::End, 1.5)] {
        window.key_press(key);
        window.run();
        assert_eq!(asked(&mut window).density.epsilon, Some(expected), "{key:?}");
    }
    window.key_press(Press::Home);
    window.run();
    assert_eq!(window.state().commands, [], "nothing is before the first");
    window.state_mut().plan.clustering.density.epsilon = Some(1.5);
    window.run();
    window.key_press(Press::Home);
    window.run();
    assert_eq!(asked(&mut window).density.epsilon, None, "the first candidate is the suggestion, which follows the data");
}

#[test]
fn the_wheel_zooms_epsilon_and_a_double_click_shows_all_again() {
    let mut window = window(plan(Method::Density), answers());
    let mark = |window: &Window| window.query_all_by_label("Take distance 1.50").next().map(|node| node.rect().center().x);
    let before = mark(&window);
    window.hover_at(on_axis(&window, 1.45, 0.8));
    window.event(Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: eframe::egui::Vec2::new(0.0, 100.0),
        source: eframe::egui::MouseWheelSource::Wheel,
        phase: eframe::egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    // The wheel turns smoothly, over several frames.
    window.run_steps(20);
    assert!(mark(&window).expect("still in view") > before.expect("in view") + 1.0, "what is right of the pointer moves away from it");
    assert_eq!(window.state().commands, [], "looking changes no number");
    let place = lanes(&window).center_bottom() - eframe::egui::Vec2::new(0.0, 60.0);
    // The harness' frames are a quarter of a second long.
    window.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
    for _ in 0..2 {
        window.drag_at(place);
        window.step();
        window.drop_at(place);
        window.step();
        if let Some(Command::Cluster(clustering)) = std::mem::take(&mut window.state_mut().commands).pop() {
            window.state_mut().plan.clustering = clustering;
        }
    }
    window.run();
    assert!((mark(&window).expect("in view") - before.expect("in view")).abs() < 1.0);
    assert_eq!(window.state().plan.clustering.density.epsilon, None, "a double click is no choice");
}

#[test]
fn a_segment_that_swallows_the_others_is_told() {
    let mut plan = plan(Method::Density);
    plan.clustering.density.epsilon = Some(2.0);
    let window = window(plan, answers());
    assert!(window.query_by_label_contains("One segment holds 100\u{202f}% of the customers").is_some());
    assert!(window.query_by_role_and_label(Role::Button, "0.900: 3 segments, 11\u{202f}% in no group").is_some(), "the way out");
}
