//! A drawing made of lines, circles, rectangles, paths and text, and the frame with axes that most plots stand in.
//!
//! In: shapes in units of the drawing. Out: SVG text without scripts, ids or references. One look, after the design: few light
//! grid lines, axes named, text in Inter.

use std::fmt::Write;

use super::text::{escape, number};

/// Text.
pub const INK: &str = "#1b1d21";
/// Text that explains; 4.5:1 on white and more.
pub const MUTED: &str = "#5b616b";
/// Grid lines.
pub const HAIR: &str = "#e6e8eb";
/// Everyone, behind a persona.
pub const EVERYONE: &str = "#d3d6db";
/// Lines that belong to no segment.
pub const LINE: &str = "#2f3b52";
/// What the user chose.
pub const ACCENT: &str = "#1f5fd0";

/// Where a text is anchored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A drawing under way.
pub struct Scene {
    width: f64,
    height: f64,
    title: String,
    body: String,
}

impl Scene {
    /// An empty drawing on white; the title is read aloud by screen readers.
    pub fn new(width: f64, height: f64, title: &str) -> Scene {
        Scene { width, height, title: escape(title), body: String::new() }
    }

    /// A straight line.
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], stroke: &str, width: f64) {
        let [[x1, y1], [x2, y2]] = [from, to];
        let _ =
            write!(self.body, r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{stroke}" stroke-width="{width}"/>"#);
    }

    /// A dashed line: a choice, or a mean.
    pub fn dashed(&mut self, from: [f64; 2], to: [f64; 2], stroke: &str) {
        let [[x1, y1], [x2, y2]] = [from, to];
        let _ = write!(
            self.body,
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{stroke}" stroke-width="1.5" stroke-dasharray="5 4"/>"#
        );
    }

    /// A line through points.
    pub fn polyline(&mut self, points: impl IntoIterator<Item = [f64; 2]>, stroke: &str, width: f64) {
        let mut path = String::new();
        for [x, y] in points {
            let _ = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { "M" } else { "L" });
        }
        self.path(&path, &format!(r#"fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round""#));
    }

    /// Many dots of one colour as one path, which is a tenth of as many circles.
    pub fn dots(&mut self, points: impl IntoIterator<Item = [f64; 2]>, colour: &str, size: f64, opacity: f64) {
        let mut path = String::new();
        for [x, y] in points {
            let _ = write!(path, "M{x:.1} {y:.1}h.01");
        }
        let style = format!(r#"fill="none" stroke="{colour}" stroke-width="{size}" stroke-linecap="round" stroke-opacity="{opacity}""#);
        self.path(&path, &style);
    }

    /// Any path, with its attributes.
    pub fn path(&mut self, path: &str, attributes: &str) {
        if !path.is_empty() {
            let _ = write!(self.body, r#"<path d="{path}" {attributes}/>"#);
        }
    }

    /// A circle with an outline.
    pub fn circle(&mut self, [x, y]: [f64; 2], radius: f64, fill: &str, stroke: &str, width: f64) {
        let _ =
            write!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>"#);
    }

    /// A rectangle from its upper left corner.
    pub fn rect(&mut self, [x, y]: [f64; 2], width: f64, height: f64, fill: &str) {
        let (width, height) = (width.max(0.0), height.max(0.0));
        let _ = write!(self.body, r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{fill}"/>"#);
    }

    /// Text on its baseline; escaped here.
    pub fn text(&mut self, [x, y]: [f64; 2], text: &str, size: f64, colour: &str, anchor: Anchor) {
        self.text_with([x, y], text, size, colour, anchor, "");
    }

    /// Bold text.
    pub fn bold(&mut self, [x, y]: [f64; 2], text: &str, size: f64, colour: &str, anchor: Anchor) {
        self.text_with([x, y], text, size, colour, anchor, r#" font-weight="600""#);
    }

    /// Bold text with white around it, which stays readable on lines.
    pub fn haloed(&mut self, [x, y]: [f64; 2], text: &str, size: f64, colour: &str, anchor: Anchor) {
        let halo = r##" font-weight="600" stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke""##;
        self.text_with([x, y], text, size, colour, anchor, halo);
    }

    /// Text turned a quarter to the left.
    pub fn upward(&mut self, [x, y]: [f64; 2], text: &str, size: f64, colour: &str, anchor: Anchor) {
        self.text_with([x, y], text, size, colour, anchor, &format!(r#" transform="rotate(-90 {x:.1} {y:.1})""#));
    }

    fn text_with(&mut self, [x, y]: [f64; 2], text: &str, size: f64, colour: &str, anchor: Anchor, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let text = escape(text);
        let _ = write!(self.body, r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{colour}"{anchor}{more}>{text}</text>"#);
    }

    /// The drawing as a file of its own.
    pub fn to_file(&self) -> String {
        let (w, h) = (self.width, self.height);
        let background = format!(r##"<rect width="{w}" height="{h}" fill="#ffffff"/>"##);
        self.svg(&format!(r#" xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}""#), &background)
    }

    /// The drawing as a part of an HTML page.
    pub fn to_inline(&self) -> String {
        self.svg("", "")
    }

    fn svg(&self, more: &str, background: &str) -> String {
        let Scene { width, height, title, body } = self;
        format!(
            "<svg{more} viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" \
             font-family=\"Inter, system-ui, sans-serif\"><title>{title}</title>{background}{body}</svg>"
        )
    }
}

/// A rectangle with two axes: from values to places.
#[derive(Debug, Clone, Copy)]
pub struct ChartFrame {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Values at the left and right edge.
    pub x: [f64; 2],
    /// Values at the lower and upper edge.
    pub y: [f64; 2],
}

impl ChartFrame {
    /// The place of a value along x.
    pub fn at_x(&self, value: f64) -> f64 {
        self.left + (value - self.x[0]) / span(self.x) * self.width
    }

    /// The place of a value along y.
    pub fn at_y(&self, value: f64) -> f64 {
        self.top + self.height - (value - self.y[0]) / span(self.y) * self.height
    }

    /// The place of a point.
    pub fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.at_x(x), self.at_y(y)]
    }

    /// The right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Grid lines and numbers along y, and the axis' name above them.
    pub fn y_axis(&self, scene: &mut Scene, name: &str) {
        let (ticks, step) = ticks(self.y, (self.height / 45.0).max(2.0) as usize);
        for tick in ticks {
            let y = self.at_y(tick);
            scene.line([self.left, y], [self.right(), y], HAIR, 1.0);
            scene.text([self.left - 8.0, y + 4.0], &number(tick, step), 12.0, MUTED, Anchor::End);
        }
        scene.text([self.left, self.top - 12.0], name, 12.0, MUTED, Anchor::Start);
    }

    /// Numbers along x, the axis' line and its name below them.
    pub fn x_axis(&self, scene: &mut Scene, name: &str, ticks: &[(f64, String)]) {
        let bottom = self.bottom();
        scene.line([self.left, bottom], [self.right(), bottom], MUTED, 1.0);
        for (value, label) in ticks {
            let x = self.at_x(*value);
            scene.line([x, bottom], [x, bottom + 4.0], MUTED, 1.0);
            scene.text([x, bottom + 18.0], label, 12.0, MUTED, Anchor::Middle);
        }
        scene.text([self.left + self.width / 2.0, bottom + 40.0], name, 12.0, MUTED, Anchor::Middle);
    }

    /// Nice numbers for the x axis.
    pub fn x_ticks(&self) -> Vec<(f64, String)> {
        let (ticks, step) = ticks(self.x, (self.width / 90.0).max(2.0) as usize);
        ticks.into_iter().map(|tick| (tick, number(tick, step))).collect()
    }
}

/// Round numbers (1, 2 or 5 times a power of ten apart) inside a range, at most about `count`, and their distance.
pub fn ticks([low, high]: [f64; 2], count: usize) -> (Vec<f64>, f64) {
    let rough = span([low, high]) / count.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power).find(|step| *step >= rough * 0.999).unwrap_or(rough);
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let n = (last - first).clamp(-1.0, 100.0) as i64 + 1;
    ((0..n).map(|nth| (first + nth as f64) * step).collect(), step)
}

/// A range with room around it; one that is empty or no number becomes one unit wide.
pub fn padded(low: f64, high: f64, share: f64) -> [f64; 2] {
    if !low.is_finite() || !high.is_finite() {
        return [0.0, 1.0];
    }
    let room = if high > low { (high - low) * share } else { low.abs().max(1.0) * 0.5 };
    [low - room, high + room]
}

fn span([low, high]: [f64; 2]) -> f64 {
    if high > low { high - low } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks([0.0, 10.0], 5), (vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0], 2.0));
        assert_eq!(ticks([-0.31, 0.42], 4).1, 0.2);
        assert_eq!(ticks([3.0, 3.0], 4).0, [3.0, 3.5, 4.0][..1].to_vec());
        for range in [[0.0, 1e-9], [1e12, 1.1e12], [-5.0, 5.0]] {
            let (ticks, step) = ticks(range, 6);
            assert!(ticks.len() >= 3 && ticks.len() <= 8, "{range:?} {ticks:?}");
            assert!(ticks.iter().all(|t| *t >= range[0] - step * 1e-6 && *t <= range[1] + step * 1e-6));
        }
    }

    #[test]
    fn text_is_escaped_once() {
        let mut scene = Scene::new(10.0, 10.0, "a & b");
        scene.text([0.0, 0.0], "<script>", 12.0, INK, Anchor::Start);
        let svg = scene.to_file();
        assert!(svg.contains("&lt;script&gt;") && svg.contains("a &amp; b") && !svg.contains("<script>"));
    }
}
