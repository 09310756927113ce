//! Which part of the map is in view, and what has the engine counted for it?
//!
//! In: the frame with its zoom, the latest scene. Out: the part asked of the engine, and the scene to draw.

use std::sync::Arc;

use eframe::egui::{Id, Rect, Ui};

use crate::plot::{Corners, MapPlot, MapScene, MapWindow};
use crate::session::Look;
use crate::ui::plotting::Canvas;

use super::view::View;

/// The values at the lower left and the upper right of the frame.
pub(super) fn corners(canvas: &Canvas) -> Corners {
    let frame = canvas.frame();
    [canvas.value(frame.left_bottom()), canvas.value(frame.right_top())]
}

/// Tells the engine which part is in view, where there are more customers than points are drawn.
pub(super) fn ask_for_view(ui: &Ui, look: &mut Look, map: &MapPlot, in_view: Corners, frame: Rect) {
    let size = [frame.width(), frame.height()].map(f64::from);
    let window = (map.n_total > MapPlot::MAX_POINTS).then(|| MapWindow::around(in_view, size));
    if look.map_window != window {
        look.map_window = window;
        // The engine is asked at the start of a frame.
        ui.ctx().request_repaint();
    }
}

/// The latest part of this very map.
pub(super) fn scene_of(view: &View, map: &MapPlot) -> Option<Arc<MapScene>> {
    let scene = view.answers.scene.latest().filter(|_| map.n_total > MapPlot::MAX_POINTS)?;
    (scene.x_name == map.x_name && scene.y_name == map.y_name).then(|| scene.clone())
}

/// The last scene that showed everyone stands in, blurred, where a sharper one does not reach yet.
pub(super) fn remember_whole(ui: &Ui, scene: &Arc<MapScene>, map: &MapPlot) {
    if scene.window.covers(map.bounds) {
        ui.data_mut(|data| data.insert_temp(whole_id(), scene.clone()));
    }
}

pub(super) fn whole(ui: &Ui, map: &MapPlot) -> Option<Arc<MapScene>> {
    let whole = ui.data(|data| data.get_temp::<Arc<MapScene>>(whole_id()))?;
    (whole.x_name == map.x_name && whole.y_name == map.y_name).then_some(whole)
}

fn whole_id() -> Id {
    Id::unique("map whole")
}
