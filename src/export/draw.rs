//! Each plot as a drawing: the points of the window in a frame with a title in words and axes with names and units.
//!
//! In: plot data, the personas' names, the choice in force. Out: a scene. Cost: the points drawn.

use crate::base::part;
use crate::data::Noun;
use crate::persona::listed_name;
use crate::persona::numbering::{self, number_of};
use crate::plot::{AxisKind, CondensedPlot, MapPlot, SilhouettePlot, SweepPlot};

use super::chart::{ACCENT, Anchor, ChartFrame, EVERYONE, HAIR, INK, LINE, MUTED, Scene, padded};
use super::fit::broken;
use super::palette::{NOISE, hex, segment};
use super::plot_kind::Plot;
use super::text::{count, number, percent, shorten, three_digits};

/// Width and height of a drawing, in pixels at scale 1.
pub type PlotSize = [f64; 2];
/// A file of its own: a slide's worth.
pub const WHOLE: PlotSize = [960.0, 600.0];
/// Half the width of a page; the same text is larger in it, and the list of segments is left to the page.
pub const HALF: PlotSize = [540.0, 400.0];
/// Names longer than this are shortened beside plots.
const NAME_CHARS: usize = 26;
/// More segments than this are listed in part.
const MAX_KEYS: usize = 24;

/// A scene with its title, and a frame with room for axes.
pub(super) fn plain(title: &str, size: PlotSize, x: [f64; 2], y: [f64; 2]) -> (Scene, ChartFrame) {
    let [width, height] = size;
    let mut scene = Scene::new(width, height, title);
    scene.bold([24.0, 34.0], title, if size == HALF { 16.0 } else { 18.0 }, INK, Anchor::Start);
    (scene, ChartFrame { left: 84.0, top: 84.0, width: width - 84.0 - 32.0, height: height - 84.0 - 64.0, x, y })
}

/// The map with a list of segments beside it; the segments' numbers stand at their middles.
pub fn map(map: &MapPlot, names: &[String], noun: &Noun, size: PlotSize) -> Scene {
    let [low, high] = map.bounds;
    let (mut scene, mut frame) = plain(&Plot::Map.title_of(noun), size, padded(low[0], high[0], 0.04), padded(low[1], high[1], 0.04));
    let listed = size != HALF;
    if listed {
        frame.width -= 236.0;
    }
    frame.y_axis(&mut scene, &map.y_name);
    if let AxisKind::Levels(levels) = &map.y_kind {
        for (level, name) in levels.iter().take(12).enumerate() {
            scene.text([frame.left + 6.0, frame.at_y(level as f64 + 0.3)], &shorten(name, 18), 12.0, MUTED, Anchor::Start);
        }
    }
    let x_ticks = match &map.x_kind {
        AxisKind::Number => frame.x_ticks(),
        AxisKind::Date => frame.x_ticks().into_iter().map(|(day, _)| (day, crate::data::table::day_text(day as i32))).collect(),
        AxisKind::Levels(levels) => {
            let room = (frame.width / levels.len().max(1) as f64 / 7.0).max(3.0) as usize;
            levels.iter().take(40).enumerate().map(|(level, name)| (level as f64, shorten(name, room))).collect()
        }
    };
    frame.x_axis(&mut scene, &map.x_name, &x_ticks);

    let dot = if map.n_shown > 4_000 || !listed { 3.6 } else { 5.2 };
    scene.dots(map.noise.iter().map(|&point| frame.at(point)), &hex(NOISE), dot * 0.8, 0.5);
    for (cluster, points) in map.clusters.iter().enumerate() {
        scene.dots(points.iter().map(|&point| frame.at(point)), &hex(segment(number_of(&map.numbers, cluster))), dot, 0.7);
    }
    for (cluster, points) in map.clusters.iter().enumerate().take(MAX_KEYS) {
        if let Some(middle) = middle(points) {
            badge(&mut scene, frame.at(middle), number_of(&map.numbers, cluster));
        }
    }

    let told = if map.n_shown < map.n_total {
        format!("{} of {} drawn, an even sample", count(map.n_shown), noun.counted(map.n_total))
    } else {
        noun.counted(map.n_total)
    };
    // Beside a title of half the width there is no room for many customers.
    let line = if listed { 34.0 } else { 54.0 };
    scene.text([size[0] - 24.0, line], &told, 12.0, MUTED, Anchor::End);
    if listed {
        list_segments(&mut scene, [frame.right() + 30.0, frame.top + 8.0], map, names, noun);
    }
    scene
}

/// The segments by number, colour and name, one under the other.
fn list_segments(scene: &mut Scene, [x, mut y]: [f64; 2], map: &MapPlot, names: &[String], noun: &Noun) {
    for cluster in 0..map.clusters.len().min(MAX_KEYS) {
        badge(scene, [x, y], number_of(&map.numbers, cluster));
        let name = names.get(cluster).map_or("", String::as_str);
        // Where there is room, a long name has two lines.
        let listed = if name.chars().count() > NAME_CHARS { listed_name(name, noun) } else { name.to_owned() };
        let lines = broken(&listed, false, 12.0, 186.0);
        match &lines[..] {
            [first, second] if map.clusters.len() <= 14 => {
                scene.text([x + 18.0, y - 2.5], first, 12.0, INK, Anchor::Start);
                scene.text([x + 18.0, y + 11.5], second, 12.0, INK, Anchor::Start);
            }
            _ => scene.text([x + 18.0, y + 4.5], &short_name(name, noun), 12.0, INK, Anchor::Start),
        }
        y += if map.clusters.len() > 14 { 19.0 } else { 30.0 };
    }
    if map.clusters.len() > MAX_KEYS {
        scene.text([x + 18.0, y + 4.5], &format!("and {} more", map.clusters.len() - MAX_KEYS), 12.0, MUTED, Anchor::Start);
        y += 19.0;
    }
    if !map.noise.is_empty() {
        scene.circle([x, y], 5.0, &hex(NOISE), "#ffffff", 1.0);
        scene.text([x + 18.0, y + 4.5], "In no group", 12.0, INK, Anchor::Start);
    }
}

/// A segment's number in a ring of its colour; the number itself is dark, since some colours are too light for text.
fn badge(scene: &mut Scene, [x, y]: [f64; 2], number: usize) {
    scene.circle([x, y], 10.0, "#ffffff", &hex(segment(number)), 3.0);
    let text = part::text(number);
    let size = match text.chars().count() {
        ..=2 => 11.0,
        3 => 9.0,
        _ => 6.5,
    };
    scene.bold([x, y + size * 4.0 / 11.0], &text, size, INK, Anchor::Middle);
}

/// The median of each coordinate: among the points even when some are far off.
fn middle(points: &[[f64; 2]]) -> Option<[f64; 2]> {
    let median = |side: usize| crate::base::stats::median_sorted(&crate::base::stats::sorted(points.iter().map(|point| point[side])));
    (!points.is_empty()).then(|| [median(0), median(1)])
}

/// Inertia against k.
pub fn elbow(sweep: &SweepPlot, k: Option<usize>, noun: &Noun, size: PlotSize) -> Option<Scene> {
    let points: Vec<_> = sweep.points.iter().filter_map(|point| Some((point.k, point.inertia?))).collect();
    let high = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let mut name = "Inertia: sum of squared distances to the segments' centres".to_owned();
    if let Some(sample) = sweep.sample {
        name += &format!(", some from {} of {}", count(sample.rows), noun.counted(sample.n_rows));
    }
    by_k(Plot::Elbow, size, &points, [0.0, high * 1.08], k, &name)
}

/// Mean silhouette against k.
pub fn silhouette_by_k(sweep: &SweepPlot, k: Option<usize>, size: PlotSize) -> Option<Scene> {
    let points: Vec<_> = sweep.points.iter().filter_map(|point| Some((point.k, point.silhouette?))).collect();
    let low = points.iter().map(|point| point.1).fold(0.0, f64::min);
    let high = points.iter().map(|point| point.1).fold(0.1, f64::max);
    let sampled = if sweep.points.iter().all(|point| point.exact) { "" } else { ", some from a sample" };
    let name = format!("Mean silhouette: 1 well apart, 0 touching{sampled}");
    by_k(Plot::SilhouetteByK, size, &points, [low * 1.1, high * 1.12], k, &name)
}

fn by_k(plot: Plot, size: PlotSize, points: &[(usize, f64)], y: [f64; 2], chosen: Option<usize>, y_name: &str) -> Option<Scene> {
    // One point is no curve.
    let [(first, _), .., (last, _)] = *points else { return None };
    let (mut scene, frame) = plain(plot.title(), size, [first as f64 - 0.5, last as f64 + 0.5], y);
    frame.y_axis(&mut scene, y_name);
    let every = (points.len() / 20).max(1);
    let ticks: Vec<_> = points.iter().step_by(every).map(|&(k, _)| (k as f64, k.to_string())).collect();
    frame.x_axis(&mut scene, "Number of segments, k", &ticks);
    if let Some((k, value)) = chosen.and_then(|k| points.iter().find(|point| point.0 == k)) {
        let x = frame.at_x(*k as f64);
        scene.dashed([x, frame.top], [x, frame.bottom()], ACCENT);
        let (at, anchor) = if x > frame.right() - 160.0 { (x - 8.0, Anchor::End) } else { (x + 8.0, Anchor::Start) };
        scene.haloed([at, frame.top + 10.0], &format!("k = {k}"), 14.0, ACCENT, anchor);
        scene.text([at, frame.top + 28.0], &three_digits(*value), 12.0, MUTED, anchor);
    }
    scene.polyline(points.iter().map(|&(k, value)| frame.at([k as f64, value])), LINE, 2.0);
    for &(k, value) in points {
        let fill = if Some(k) == chosen { ACCENT } else { LINE };
        scene.circle(frame.at([k as f64, value]), if Some(k) == chosen { 6.5 } else { 4.5 }, fill, "#ffffff", 1.5);
    }
    Some(scene)
}

/// Each segment's silhouettes from large to small, one block under the other.
pub fn silhouette(plot: &SilhouettePlot, names: &[String], noun: &Noun, size: PlotSize) -> Scene {
    let low = plot.clusters.iter().filter_map(|bars| bars.values.last()).fold(0.0f32, |low, &v| low.min(v));
    let (mut scene, mut frame) = plain(&Plot::Silhouette.title_of(noun), size, [f64::from(low).min(0.0) - 0.02, 1.0], [0.0, 1.0]);
    frame.left = 244.0;
    frame.width = size[0] - 244.0 - 32.0;
    for (value, _) in frame.x_ticks() {
        scene.line([frame.at_x(value), frame.top], [frame.at_x(value), frame.bottom()], HAIR, 1.0);
    }
    let total: usize = plot.clusters.iter().map(|bars| bars.size).sum();
    let gap = (60.0 / plot.clusters.len().max(1) as f64).min(6.0);
    let room = frame.height - gap * plot.clusters.len() as f64;
    let mut top = frame.top;
    let mut free_from = frame.top;
    for (cluster, bars) in plot.clusters.iter().enumerate() {
        let height = room * bars.size as f64 / total.max(1) as f64;
        let zero = frame.at_x(0.0);
        let mut path = format!("M{zero:.1} {top:.1}");
        for (at, &value) in bars.values.iter().enumerate() {
            let (from, to) = (at as f64 / bars.values.len() as f64, (at + 1) as f64 / bars.values.len() as f64);
            let x = frame.at_x(f64::from(value));
            path.push_str(&format!("L{x:.1} {:.1}V{:.1}", top + from * height, top + to * height));
        }
        path.push_str(&format!("L{zero:.1} {:.1}Z", top + height));
        scene.path(&path, &format!(r#"fill="{}""#, hex(segment(number_of(&plot.numbers, cluster)))));
        // Labels of thin blocks would lie on each other: one that finds no room is left out.
        let middle = top + height / 2.0;
        if middle - 8.0 >= free_from {
            scene.text([frame.left - 14.0, middle + 1.0], &label(names, cluster, &plot.numbers, noun), 12.0, INK, Anchor::End);
            if height >= 30.0 {
                let told = format!("{} · mean {:.2}", count(bars.size), bars.mean);
                scene.text([frame.left - 14.0, middle + 16.0], &told, 12.0, MUTED, Anchor::End);
            }
            free_from = middle + if height >= 30.0 { 22.0 } else { 8.0 };
        }
        top += height + gap;
    }
    let ticks = frame.x_ticks();
    frame.x_axis(&mut scene, "Silhouette: 1 fits its segment, 0 lies between two, below 0 is closer to another", &ticks);
    if let (Some(mean), Some(text)) = (plot.mean, plot.mean_text()) {
        let x = frame.at_x(mean);
        scene.dashed([x, frame.top - 6.0], [x, frame.bottom()], INK);
        let sampled = match plot.sampled {
            Some((measured, all)) if !plot.exact => format!(" (sample of {} of {})", count(measured), count(all)),
            _ => String::new(),
        };
        scene.bold([x, frame.top - 12.0], &format!("Mean {text}{sampled}"), 12.0, INK, Anchor::Middle);
    }
    scene
}

/// A name beside a plot. "Customers with Low Price CH" and "Customers with Low Price MM" differ only in what would be cut.
fn short_name(name: &str, noun: &Noun) -> String {
    if name.chars().count() > NAME_CHARS { shorten(&listed_name(name, noun), NAME_CHARS) } else { name.to_owned() }
}

fn label(names: &[String], cluster: usize, numbers: &[usize], noun: &Noun) -> String {
    let name = names.get(cluster).map_or_else(String::new, |name| short_name(name, noun));
    format!("{}  {name}", part::text(number_of(numbers, cluster)))
}

/// Branches as wide as they have customers, from far neighbours above to near ones below; the segments coloured and numbered.
pub fn condensed_tree(tree: &CondensedPlot, numbers: &[usize], noun: &Noun, size: PlotSize) -> Scene {
    let low = tree.branches.iter().map(|branch| branch.death).fold(tree.top, f64::min) * 0.9;
    let (mut scene, frame) =
        plain(Plot::CondensedTree.title(), size, [0.0, tree.n_rows.max(1) as f64], [low.min(tree.top * 0.9), tree.top]);
    frame.y_axis(&mut scene, "Neighbourhood distance");
    for branch in &tree.branches {
        let side = |side: f64| branch.widths.iter().map(move |&[distance, width]| frame.at([branch.centre + side * width, distance]));
        let corners: Vec<String> = side(-0.5).chain(side(0.5).rev()).map(|[x, y]| format!("{x:.1} {y:.1}")).collect();
        let fill = branch.within.map_or_else(|| EVERYONE.to_owned(), |segment_at| hex(segment(number_of(numbers, segment_at))));
        let opacity = if branch.within.is_some() && branch.segment.is_none() { 0.7 } else { 1.0 };
        let style = format!(r##"fill="{fill}" fill-opacity="{opacity}" stroke="#ffffff" stroke-width="0.75""##);
        scene.path(&format!("M{}Z", corners.join("L")), &style);
    }
    for branch in &tree.branches {
        if let Some(segment) = branch.segment.filter(|_| branch.size as f64 * frame.width >= 22.0 * tree.n_rows as f64) {
            let [x, y] = frame.at([branch.centre, (branch.birth + branch.death) / 2.0]);
            scene.haloed([x, y + 4.0], &numbering::name(number_of(numbers, segment)), 12.0, INK, Anchor::Middle);
        }
    }
    let told = format!("{}; {} segments, {} in no group", noun.title(), number(tree.n_segments as f64, 1.0), noun.counted(tree.n_noise));
    scene.text([frame.left + frame.width / 2.0, frame.bottom() + 24.0], &told, 12.0, MUTED, Anchor::Middle);
    scene
}

/// Variance explained by each component, and by all so far.
pub fn variance(explained: &[f64], size: PlotSize) -> Option<Scene> {
    let shown = &explained[..explained.len().min(30)];
    (!shown.is_empty()).then_some(())?;
    let (mut scene, frame) = plain(Plot::Variance.title(), size, [0.4, shown.len() as f64 + 0.6], [0.0, 100.0]);
    frame.y_axis(&mut scene, "Variance explained, %: each (bars) and all so far (line)");
    let ticks: Vec<_> = (1..=shown.len()).step_by((shown.len() / 15).max(1)).map(|nth| (nth as f64, format!("PC{nth}"))).collect();
    frame.x_axis(&mut scene, "Principal component", &ticks);
    let width = (frame.width / shown.len() as f64 * 0.7).min(90.0);
    let mut sum = 0.0;
    let mut line = Vec::new();
    for (at, share) in shown.iter().enumerate() {
        let (x, y) = (frame.at_x(at as f64 + 1.0), frame.at_y(share * 100.0));
        scene.rect([x - width / 2.0, y], width, frame.bottom() - y, EVERYONE);
        if shown.len() <= 15 {
            scene.text([x, frame.bottom() - 8.0], &percent(*share), 12.0, INK, Anchor::Middle);
        }
        sum += share * 100.0;
        line.push(frame.at([at as f64 + 1.0, sum.min(100.0)]));
    }
    scene.polyline(line.iter().copied(), LINE, 2.0);
    for point in line {
        scene.circle(point, 4.0, LINE, "#ffffff", 1.5);
    }
    Some(scene)
}
