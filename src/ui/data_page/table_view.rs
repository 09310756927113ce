//! Which rows and columns of the grid are on screen, and where?
//!
//! O(log columns). Row positions are computed in `f64`: `f32` holds no single point beyond sixteen million.

use std::ops::Range;

use eframe::egui::{Rect, pos2};

use crate::data::profile::Profile;
use crate::data::{Column, Dictionary, Kind, Table};
use crate::plot::Picked;

use super::finding::Listed;

/// Height of a row.
pub(super) const ROW: f32 = 24.0;

/// What is on screen: the columns' left edges (and the last right one), and the part of the sheet that shows.
pub(super) struct View<'a> {
    pub(super) table: &'a Table,
    pub(super) edges: &'a [f32],
    pub(super) viewport: Rect,
    pub(super) shown: Option<usize>,
    pub(super) picked: Option<&'a Picked>,
    /// The rows listed, by line.
    pub(super) listed: Listed<'a>,
    /// Whether the picked are listed alone.
    pub(super) is_only: bool,
    pub(super) cursor: Option<usize>,
    pub(super) first_row: usize,
    /// What is known of its columns, where it can be sorted and filtered.
    pub(super) profile: Option<&'a Profile>,
    /// What the user calls its columns; none where they are shown as the file has them.
    pub(super) dictionary: Option<&'a Dictionary>,
    /// What is looked for, in small letters; empty for nothing.
    pub(super) wanted: &'a str,
    /// The line of what was found that is shown.
    pub(super) found: Option<usize>,
}

impl View<'_> {
    /// A column's name as its head shows it.
    pub(super) fn name(&self, column: &Column) -> String {
        self.dictionary.map_or_else(|| column.name.clone(), |dictionary| dictionary.name(&column.name))
    }

    /// The lines on screen.
    pub(super) fn lines(&self) -> Range<usize> {
        let n_lines = self.listed.n();
        let top = (f64::from(self.viewport.top()) / f64::from(ROW)).max(0.0) as usize;
        let bottom = (f64::from(self.viewport.bottom()) / f64::from(ROW)).ceil().max(0.0) as usize;
        top.min(n_lines)..bottom.min(n_lines)
    }

    /// Lines on screen, each with the row of the table it shows.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.lines().filter_map(|line| Some((line, self.listed.row(line)?)))
    }

    pub(super) fn columns(&self) -> Range<usize> {
        let n = self.table.columns.len();
        let first = self.edges.partition_point(|&edge| edge <= self.viewport.left()).saturating_sub(1);
        first.min(n)..self.edges.partition_point(|&edge| edge < self.viewport.right()).min(n)
    }

    /// Where `line` starts on screen when the sheet shows from `top` on.
    pub(super) fn row_top(&self, top: f32, line: usize) -> f32 {
        top + (line as f64 * f64::from(ROW) - f64::from(self.viewport.top())) as f32
    }

    /// The screen's x range of a column when the sheet shows from `left` on.
    pub(super) fn column_rect(&self, left: f32, at: usize, y: [f32; 2]) -> Rect {
        let x = |edge: f32| left + edge - self.viewport.left();
        Rect::from_min_max(pos2(x(self.edges[at]), y[0]), pos2(x(self.edges[at + 1]), y[1]))
    }
}

/// How wide a column is before anybody drags it.
pub(super) fn first_width(column: &Column) -> f32 {
    let values = match column.kind() {
        Kind::Number => 88.0,
        Kind::Date => 104.0,
        Kind::Text => 128.0,
    };
    (56.0 + 7.5 * column.name.chars().count() as f32).clamp(values, 240.0)
}
