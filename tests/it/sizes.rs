//! Does every page fit the sizes a window may have? Controls of one row never lie on each other, and none of them lies outside the window.

use eframe::egui::accesskit::{Node, Role};
use eframe::egui::{Rect, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use personae::cluster::Method;
use personae::session::{Action, Clustering, Command, DataView, Page, PageView};

use crate::whole::{Staged, open_at, order};

const SIZES: [[f32; 2]; 3] = [[960.0, 600.0], [1280.0, 800.0], [1920.0, 1080.0]];

/// What is pressed, ticked, chosen or dragged.
fn is_control(node: &Node) -> bool {
    matches!(node.role(), Role::Button | Role::CheckBox | Role::ComboBox | Role::SpinButton | Role::Tab | Role::RadioButton)
}

/// The controls with their names, where they are seen.
fn controls(harness: &Staged) -> Vec<(String, Rect)> {
    let mut all = Vec::new();
    let mut open = vec![harness.root()];
    while let Some(node) = open.pop() {
        open.extend(node.children());
        let accesskit = node.accesskit_node();
        // Marks on a curve lie where the data put them.
        let is_mark = accesskit.label().is_some_and(|label| label.starts_with("Take distance"));
        if is_mark || !is_control(accesskit.data()) {
            continue;
        }
        if let Some(bounds) = accesskit.bounding_box() {
            let rect = Rect::from_min_max(pos2(bounds.x0 as f32, bounds.y0 as f32), pos2(bounds.x1 as f32, bounds.y1 as f32));
            all.push((accesskit.label().unwrap_or_default(), rect));
        }
    }
    all
}

/// Controls that stand in one row and lie on each other, and those that reach out of the window.
fn faults(harness: &Staged, [width, height]: [f32; 2]) -> Vec<String> {
    let all = controls(harness);
    let mut faults = Vec::new();
    for (at, (name, rect)) in all.iter().enumerate() {
        // What is scrolled out of view, under the line at the bottom, is nobody's business.
        if rect.center().y < 0.0 || rect.center().y > height - 32.0 {
            continue;
        }
        if rect.left() < -1.0 || rect.right() > width + 1.0 {
            faults.push(format!("{name} reaches from {:.0} to {:.0} of {width}", rect.left(), rect.right()));
        }
        for (other, theirs) in &all[at + 1..] {
            let is_one_row = (rect.center().y - theirs.center().y).abs() < 1.0;
            let overlap = rect.right().min(theirs.right()) - rect.left().max(theirs.left());
            let is_within = rect.expand(1.0).contains_rect(*theirs) || theirs.expand(1.0).contains_rect(*rect);
            if is_one_row && overlap > 2.0 && !is_within {
                faults.push(format!("{name} and {other} lie on each other by {overlap:.0}"));
            }
        }
    }
    faults
}

#[test]
fn controls_have_their_room_in_every_size() {
    let mut wrong = Vec::new();
    for size in SIZES {
        let mut harness = open_at(size, None, None);
        for page in Page::ALL {
            order(&mut harness, Command::Do(Action::Go(page)));
            wrong.extend(faults(&harness, size).into_iter().map(|fault| format!("{size:?} {}: {fault}", page.name())));
        }
        order(&mut harness, Command::Do(Action::Go(Page::Segments)));
        for method in Method::ALL {
            order(&mut harness, Command::Cluster(Clustering { method, ..Clustering::default() }));
            wrong.extend(faults(&harness, size).into_iter().map(|fault| format!("{size:?} {}: {fault}", method.name())));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn sources_have_their_room_in_every_size() {
    let folder = tempfile::tempdir().unwrap();
    let orders = folder.path().join("orders.csv");
    let rows: String = (0..300).map(|row| format!("O{row},K{},2024-03-{:02},{},web\n", row % 90, row % 28 + 1, row % 50 + 1)).collect();
    std::fs::write(&orders, format!("order_id,customer_id,order_date,amount,channel\n{rows}")).unwrap();
    let mut wrong = Vec::new();
    for size in SIZES {
        let mut harness = open_at(size, Some(&orders), None);
        order(&mut harness, Command::AddSources(Vec::new()));
        for view in [DataView::Sources, DataView::Recipe, DataView::Table, DataView::Rfm, DataView::Health] {
            order(&mut harness, Command::Do(Action::Show(PageView::Data(view))));
            wrong.extend(faults(&harness, size).into_iter().map(|fault| format!("{size:?} {view:?}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A column's name is what its row is about: in the smallest window too it has room beside the choices.
#[test]
fn columns_have_names_in_the_smallest_window() {
    let mut harness = open_at(SIZES[0], None, None);
    order(&mut harness, Command::Do(Action::Go(Page::Prepare)));
    let of = |name: &str| harness.query_all_by_label_contains(name).next().unwrap_or_else(|| panic!("{name}")).rect();
    let (name, choice) = (of("Use age"), of("Missing values of age"));
    assert!(name.left() >= 0.0 && choice.right() <= SIZES[0][0], "{name:?} {choice:?}");
    let all = controls(&harness);
    let in_row = |rect: &Rect| (rect.center().y - choice.center().y).abs() < 8.0 && rect.left() > name.right();
    let next = all.iter().filter(|(_, rect)| in_row(rect)).map(|(_, rect)| rect.left()).fold(f32::MAX, f32::min);
    assert!(next - name.right() > 120.0, "{} points for a name", next - name.right());
    // What has no room beside them is a press away, and Esc or its button brings the columns back.
    harness.get_by_label("Components").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Restore What each component explains").is_some());
}
