//! The map: everyone's place on two axes, the points that are drawn, and what is in view where there are more customers than points.

use std::sync::Arc;

use crate::base::Key;
use crate::data::Dictionary;
use crate::plot::{self, MapAxis, MapPlot, MapScene, Picked};

use super::answers::Answers;
use super::caches::Runtime;
use super::picking::From;
use super::place::placed;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Segmentation;
use super::wanted::Wanted;

/// What is asked of the map in a round.
pub(super) struct Mapped {
    map: Asked<MapPlot>,
    scene: Asked<MapScene>,
}

/// Asks for the map and for the part of it in view.
pub(super) fn of(runtime: &mut Runtime, from: &From, wanted: &Wanted, picked: Option<&Asked<Picked>>, need: Need) -> Mapped {
    let map = from.segmentation.and("Waiting for the segments", |segmentation| {
        map(runtime, segmentation, &wanted.map_axes, from.words.lexicon.dictionary(), need)
    });
    Mapped { map, scene: scene_in_view(runtime, from, wanted, picked, need) }
}

impl Mapped {
    /// Names the map, if it is there.
    pub fn key(&self) -> Option<Key> {
        self.map.key()
    }

    /// What the pages see of it.
    pub fn answer(self, answers: &mut Answers, last: &mut Last) {
        answers.map = self.map.settled(&mut last.map);
        answers.scene = self.scene.settled(&mut last.scene);
    }
}

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    map: Option<Arc<MapPlot>>,
    scene: Option<Arc<MapScene>>,
}

/// The map.
fn map(
    runtime: &mut Runtime,
    segmentation: &Made<Segmentation>,
    axes: &(MapAxis, MapAxis),
    dictionary: &Arc<Dictionary>,
    need: Need,
) -> Asked<MapPlot> {
    let key = Key::of("map", 2, &(axes, words_of(axes, dictionary)), &[segmentation.key]);
    let (segmentation, axes, dictionary) = (segmentation.value.clone(), axes.clone(), dictionary.clone());
    runtime.ask(
        |s| &mut s.maps,
        key,
        need,
        (|| "Map".into(), Lane::Quick),
        move |ctx| {
            let map = plot::map(&segmentation.loaded, &segmentation.prepared, &segmentation.labels, &axes, ctx)?;
            Ok(map.in_words(&axes, &dictionary))
        },
    )
}

/// What the user calls the axes and what is on them: other words are another drawing.
pub(super) fn words_of(axes: &(MapAxis, MapAxis), dictionary: &Dictionary) -> [Option<String>; 2] {
    [&axes.0, &axes.1].map(|axis| match axis {
        MapAxis::Column(column) => dictionary.said_of(column),
        MapAxis::Component(_) => None,
    })
}

fn scene_in_view(runtime: &mut Runtime, from: &From, wanted: &Wanted, picked: Option<&Asked<Picked>>, need: Need) -> Asked<MapScene> {
    let waits = || Asked::Waiting("Waiting for the map".into());
    let (Some(loaded), Some(prepared), Some(segmentation)) = (from.loaded.ready(), from.prepared.ready(), from.segmentation.ready()) else {
        return waits();
    };
    let Some(window) = wanted.map_window.filter(|_| prepared.value.table_rows.len() > MapPlot::MAX_POINTS) else { return waits() };
    let placed = match placed(runtime, loaded, prepared, &wanted.map_axes, need) {
        Asked::Ready(placed) => placed,
        other => return other.blocks("Placing the customers"),
    };
    // While a box is counted the picture before stays: it would only change twice.
    let picked = match picked {
        Some(Asked::Ready(picked)) => Some(picked.clone()),
        Some(Asked::Cooking(_)) => return waits(),
        _ => None,
    };
    let inputs: Vec<Key> = [placed.key, segmentation.key].into_iter().chain(picked.as_ref().map(|picked| picked.key)).collect();
    let dictionary = from.words.lexicon.dictionary().clone();
    let key = Key::of("map scene", 2, &(window, words_of(&wanted.map_axes, &dictionary)), &inputs);
    let (segmentation, axes) = (segmentation.value.clone(), wanted.map_axes.clone());
    runtime.ask(
        |s| &mut s.scenes,
        key,
        need,
        (|| "Drawing the map".into(), Lane::Quick),
        move |ctx| {
            let rows = &segmentation.prepared.table_rows;
            let picked = picked.as_ref().map(|picked| &*picked.value);
            let scene = plot::scene(&placed.value, &segmentation.labels, rows, picked, window, ctx)?;
            Ok(scene.in_words(&axes, &dictionary))
        },
    )
}
