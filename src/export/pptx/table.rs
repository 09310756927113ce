//! How is a table set on a slide? As a native one, whose rows stay as high as they were asked to be.
//!
//! In: columns, rows of texts. Out: a graphic frame. Texts are fitted to their cells, because a row that grows moves everything below it.

use std::fmt::Write;

use super::super::chart::HAIR;
use super::super::fit::{FittedText, fit, fit_line};
use super::shapes::{Align, Frame, Paragraph, Slide, Told};
use super::xml::{emu, fill};

/// Room at the left and right of a cell, in points.
pub const PADDING: f64 = 5.0;

/// A cell with what it says and how.
#[derive(Debug, Clone)]
pub struct TableCell {
    paragraphs: Vec<Paragraph>,
    ground: Option<String>,
    left: f64,
}

impl TableCell {
    /// A cell of ready paragraphs.
    pub fn of(paragraphs: Vec<Paragraph>) -> TableCell {
        TableCell { paragraphs, ground: None, left: PADDING }
    }

    /// With a ground in this colour.
    pub fn on(mut self, colour: Option<String>) -> TableCell {
        self.ground = colour;
        self
    }

    /// Without room at the left, so that the text stands in line with what is above and below the table.
    pub fn flush(mut self) -> TableCell {
        self.left = 0.0;
        self
    }

    /// With more room at the left, in points.
    pub fn after(mut self, points: f64) -> TableCell {
        self.left += points;
        self
    }
}

/// How the text of a cell is set.
#[derive(Debug, Clone, Copy)]
pub struct TableLook<'a> {
    /// Its colour, "#rrggbb".
    pub colour: &'a str,
    /// Whether it is bold.
    pub bold: bool,
    /// Where it stands.
    pub align: Align,
    /// The largest and the smallest size, in points.
    pub sizes: [f64; 2],
}

/// The size at which a cell of this width and height sets a text.
pub fn size_in(text: &str, room: [f64; 2], bold: bool, sizes: [f64; 2]) -> f64 {
    fitted(text, room, bold, sizes).size
}

/// Whether a text has room in a cell without being cut.
pub fn fits_in(text: &str, room: [f64; 2], bold: bool, smallest: f64) -> bool {
    !fitted(text, room, bold, [smallest, smallest]).text.ends_with('…')
}

fn fitted(text: &str, room: [f64; 2], bold: bool, sizes: [f64; 2]) -> FittedText {
    let [width, height] = [room[0] - 2.0 * PADDING, room[1] - 1.5];
    let one_line = fit_line(text, bold, width, sizes[1]);
    // One line where the smallest size allows it, or else as many as the row holds.
    let height = if one_line.ends_with('…') { height } else { height.min(sizes[0] * super::super::fit::LEADING) };
    fit(text, bold, [width, height], sizes)
}

/// A cell with one text that is fitted to `room`, the cell's width and height.
pub fn cell(text: &str, room: [f64; 2], look: TableLook) -> TableCell {
    let fitted = fitted(text, room, look.bold, look.sizes);
    let paragraph = Paragraph::new(fitted.text, fitted.size, look.colour).align(look.align);
    TableCell::of(vec![if look.bold { paragraph.bold() } else { paragraph }])
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its height in points.
    pub height: f64,
    /// A cell per column.
    pub cells: Vec<TableCell>,
    /// Whether a thin line stands below it.
    pub ruled: bool,
}

/// Puts a table on the slide, its upper left corner at `x`, `y`; tells where it ends below.
pub fn table(slide: &mut Slide, name: &str, told: &str, [x, y]: [f64; 2], widths: &[f64], rows: &[Row], has_header: bool) -> f64 {
    // A table without rows is drawn as a block by some programs, and mended by others.
    if rows.is_empty() {
        return y;
    }
    let header = if has_header { r#" firstRow="1""# } else { "" };
    let mut xml = format!("<a:tbl><a:tblPr{header}/><a:tblGrid>");
    for width in widths {
        let _ = write!(xml, r#"<a:gridCol w="{}"/>"#, emu(*width));
    }
    xml.push_str("</a:tblGrid>");
    for row in rows {
        let _ = write!(xml, r#"<a:tr h="{}">"#, emu(row.height));
        row.cells.iter().for_each(|cell| xml.push_str(&cell_xml(cell, row.ruled)));
        xml.push_str("</a:tr>");
    }
    xml.push_str("</a:tbl>");
    let height: f64 = rows.iter().map(|row| row.height).sum();
    let at = Frame { x, y, width: widths.iter().sum(), height };
    slide.graphic(name, at, Told::As(told), "http://schemas.openxmlformats.org/drawingml/2006/table", &xml);
    y + height
}

fn cell_xml(cell: &TableCell, ruled: bool) -> String {
    let mut xml = "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>".to_owned();
    cell.paragraphs.iter().for_each(|paragraph| xml.push_str(&paragraph.xml()));
    if cell.paragraphs.is_empty() {
        xml.push_str(&Paragraph::new("", 8.0, HAIR).xml());
    }
    let none = |side: &str| format!(r#"<a:{side} w="0"><a:noFill/></a:{side}>"#);
    let below = if ruled { format!(r#"<a:lnB w="9525">{}</a:lnB>"#, fill(HAIR)) } else { none("lnB") };
    let ground = cell.ground.as_ref().map_or_else(|| "<a:noFill/>".to_owned(), |colour| fill(colour));
    let (left, right) = (emu(cell.left), emu(PADDING));
    let _ = write!(
        xml,
        r#"</a:txBody><a:tcPr marL="{left}" marR="{right}" marT="0" marB="0" anchor="ctr">{}{}{}{below}{ground}</a:tcPr></a:tc>"#,
        none("lnL"),
        none("lnR"),
        none("lnT"),
    );
    xml
}
