//! What stands on a slide? Boxes of text, rectangles, outlines, pictures and groups, each with an id of its own.
//!
//! In: places in points on a slide of 960 x 540. Out: the slide's shape tree, in the order a screen reader reads it. Elements are
//! in the order of the schema (ECMA-376, transitional), since PowerPoint repairs or refuses anything else.

use std::fmt::Write;

use super::super::fit::{LEADING, is_right_to_left};
use super::xml::{HEAD, NAMESPACES, emu, fill, text};

/// Width of a slide in points.
pub const WIDTH: f64 = 960.0;
/// Height of a slide in points.
pub const HEIGHT: f64 = 540.0;

/// A place on the slide, in points from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A frame.
pub fn frame(x: f64, y: f64, width: f64, height: f64) -> Frame {
    Frame { x, y, width, height }
}

impl Frame {
    /// Offset and extent.
    pub fn transform(&self, tag: &str, more: &str) -> String {
        let Frame { x, y, width, height } = *self;
        let (x, y, width, height) = (emu(x), emu(y), emu(width.max(0.0)), emu(height.max(0.0)));
        format!(r#"<{tag}><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/>{more}</{tag}>"#)
    }
}

/// Where text stands in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
}

/// Where a box holds its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    /// At the top.
    Top,
    /// In the middle.
    Middle,
}

/// A paragraph in one look.
#[derive(Debug, Clone)]
pub struct Paragraph {
    said: String,
    size: f64,
    bold: bool,
    colour: String,
    align: Align,
    after: f64,
}

impl Paragraph {
    /// A paragraph in one size (points) and colour ("#rrggbb").
    pub fn new(said: impl Into<String>, size: f64, colour: &str) -> Paragraph {
        let (said, colour) = (said.into(), colour.to_owned());
        Paragraph { said, size, bold: false, colour, align: Align::Left, after: 0.0 }
    }

    /// Bold.
    pub fn bold(mut self) -> Paragraph {
        self.bold = true;
        self
    }

    /// Aligned.
    pub fn align(mut self, align: Align) -> Paragraph {
        self.align = align;
        self
    }

    /// With room after it, in points.
    pub fn after(mut self, points: f64) -> Paragraph {
        self.after = points;
        self
    }

    /// The paragraph as XML. Its direction is that of its first letter, its alignment that of the layout, so that a name written
    /// from right to left stays beside its portrait.
    pub fn xml(&self) -> String {
        let rtl = if is_right_to_left(&self.said) { r#" rtl="1""# } else { "" };
        let align = match self.align {
            Align::Left => "l",
            Align::Centre => "ctr",
            Align::Right => "r",
        };
        let hundredths = |points: f64| (points * 100.0).round() as i64;
        let (leading, after, size) = (hundredths(self.size * LEADING), hundredths(self.after), hundredths(self.size));
        let run = if self.said.is_empty() {
            format!(r#"<a:endParaRPr lang="en-US" sz="{size}"/>"#)
        } else {
            let bold = if self.bold { r#" b="1""# } else { "" };
            let (fill, said) = (fill(&self.colour), text(&self.said));
            format!(r#"<a:r><a:rPr lang="en-US" sz="{size}"{bold} dirty="0">{fill}</a:rPr><a:t>{said}</a:t></a:r>"#)
        };
        format!(
            r#"<a:p><a:pPr marL="0" indent="0" algn="{align}"{rtl}><a:lnSpc><a:spcPts val="{leading}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="{after}"/></a:spcAft><a:buNone/></a:pPr>{run}</a:p>"#
        )
    }
}

/// What a screen reader says about a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<'a> {
    /// Nothing: it only decorates.
    Decorative,
    /// Its own text, or that of the group it stands in.
    Itself,
    /// This.
    As(&'a str),
}

/// A slide under way.
#[derive(Debug, Default)]
pub struct Slide {
    shapes: String,
    /// Shapes so far; ids go on from the tree's own, which is 1.
    n_shapes: u32,
    /// Pictures it shows, as indices into the file's; the nth is related as "rId" and n + 2.
    pub pictures: Vec<usize>,
    /// What the speaker sees.
    pub notes: String,
}

impl Slide {
    /// A slide without anything.
    pub fn new() -> Slide {
        Slide::default()
    }

    /// The slide's title, which outlines and screen readers list.
    pub fn title(&mut self, at: Frame, paragraph: &Paragraph) {
        let properties = self.properties("Title", Told::Itself);
        let _ = write!(
            self.shapes,
            r#"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr>{}</p:spPr><p:txBody>{}{}</p:txBody></p:sp>"#,
            at.transform("a:xfrm", ""),
            body([0.0; 4], Anchor::Top),
            paragraph.xml(),
        );
    }

    /// The slide's number, in the corner that the layout keeps for it.
    pub fn number(&mut self, number: usize) {
        let properties = self.properties("Slide number", Told::Itself);
        let _ = write!(
            self.shapes,
            r#"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldNum" sz="quarter" idx="12"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="en-US" sz="1100">{}<a:latin typeface="+mn-lt"/></a:rPr><a:t>{number}</a:t></a:fld></a:p></p:txBody></p:sp>"#,
            fill(super::super::chart::MUTED)
        );
    }

    /// A box of text.
    pub fn text(&mut self, name: &str, at: Frame, paragraphs: &[Paragraph]) {
        self.shape(name, at, r#" txBox="1""#, "<a:noFill/>", &preset("rect", ""), &txt(paragraphs, [0.0; 4], Anchor::Top));
    }

    /// A box of text, its middle in the middle of the frame.
    pub fn centred_text(&mut self, name: &str, at: Frame, paragraphs: &[Paragraph]) {
        self.shape(name, at, r#" txBox="1""#, "<a:noFill/>", &preset("rect", ""), &txt(paragraphs, [0.0; 4], Anchor::Middle));
    }

    /// A pill with one line of text in its middle, which starts `left` points from the edge.
    pub fn pill(&mut self, name: &str, at: Frame, ground: &str, paragraph: &Paragraph, left: f64) {
        let text = txt(std::slice::from_ref(paragraph), [left, 0.0, 0.0, 0.0], Anchor::Middle);
        self.shape(name, at, "", &fill(ground), &rounded(0.5), &text);
    }

    /// A block with a ground of its own, its text `inset` points from the edges.
    pub fn panel(&mut self, name: &str, at: Frame, ground: &str, paragraphs: &[Paragraph], inset: f64) {
        self.shape(name, at, "", &fill(ground), &rounded(0.05), &txt(paragraphs, [inset; 4], Anchor::Top));
    }

    /// A filled rectangle.
    pub fn rectangle(&mut self, name: &str, at: Frame, colour: &str, told: Told) {
        self.plain(name, at, &fill(colour), &preset("rect", ""), told);
    }

    /// A disc.
    pub fn disc(&mut self, name: &str, at: Frame, colour: &str, told: Told) {
        self.plain(name, at, &fill(colour), &preset("ellipse", ""), told);
    }

    /// A piece of a disc, clockwise from the top; `share` between 0 and 1.
    pub fn pie(&mut self, name: &str, at: Frame, colour: &str, share: f64, told: Told) {
        // Angles are sixty-thousandths of a degree from three o'clock.
        let end = ((270.0 + 360.0 * share.clamp(0.01, 0.99)) % 360.0 * 60_000.0) as i64;
        let adjust = format!(r#"<a:gd name="adj1" fmla="val 16200000"/><a:gd name="adj2" fmla="val {end}"/>"#);
        self.plain(name, at, &fill(colour), &preset("pie", &adjust), told);
    }

    /// Closed outlines as one shape, so that one click recolours them all. Points are shares of the frame, 0 to 1.
    pub fn outlines(&mut self, name: &str, at: Frame, colour: &str, outlines: &[Vec<[f64; 2]>], told: Told) {
        let (width, height) = (emu(at.width).max(1), emu(at.height).max(1));
        let place = |[x, y]: [f64; 2]| {
            let at = |share: f64, whole: i64| (share.clamp(0.0, 1.0) * whole as f64).round() as i64;
            format!(r#"<a:pt x="{}" y="{}"/>"#, at(x, width), at(y, height))
        };
        let mut path = String::new();
        for outline in outlines {
            for (nth, point) in outline.iter().enumerate() {
                let tag = if nth == 0 { "a:moveTo" } else { "a:lnTo" };
                let _ = write!(path, "<{tag}>{}</{tag}>", place(*point));
            }
            if !outline.is_empty() {
                path.push_str("<a:close/>");
            }
        }
        if path.is_empty() {
            return;
        }
        let geometry = format!(
            r#"<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{width}" h="{height}">{path}</a:path></a:pathLst></a:custGeom>"#
        );
        self.plain(name, at, &fill(colour), &geometry, told);
    }

    /// A picture of the file, `crop` being the shares cut off at left, top, right and bottom.
    pub fn picture(&mut self, name: &str, at: Frame, picture: usize, crop: [f64; 4], told: &str) {
        self.pictures.push(picture);
        let relation = self.pictures.len() + 1;
        let properties = self.properties(name, Told::As(told));
        let [l, t, r, b] = crop.map(|share| (share * 100_000.0).round() as i64);
        let _ = write!(
            self.shapes,
            r#"<p:pic><p:nvPicPr>{properties}<p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId{relation}"/><a:srcRect l="{l}" t="{t}" r="{r}" b="{b}"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>{}{}</p:spPr></p:pic>"#,
            at.transform("a:xfrm", ""),
            preset("rect", ""),
        );
    }

    /// Shapes that move together.
    pub fn group(&mut self, name: &str, at: Frame, told: Told, draw: impl FnOnce(&mut Slide)) {
        let properties = self.properties(name, told);
        let Frame { x, y, width, height } = at;
        let children =
            format!(r#"<a:chOff x="{}" y="{}"/><a:chExt cx="{}" cy="{}"/>"#, emu(x), emu(y), emu(width.max(0.0)), emu(height.max(0.0)));
        let _ = write!(
            self.shapes,
            "<p:grpSp><p:nvGrpSpPr>{properties}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>{}</p:grpSpPr>",
            at.transform("a:xfrm", &children)
        );
        draw(self);
        self.shapes.push_str("</p:grpSp>");
    }

    /// Any graphic frame: tables.
    pub fn graphic(&mut self, name: &str, at: Frame, told: Told, uri: &str, graphic: &str) {
        let properties = self.properties(name, told);
        let _ = write!(
            self.shapes,
            r#"<p:graphicFrame><p:nvGraphicFramePr>{properties}<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic><a:graphicData uri="{uri}">{graphic}</a:graphicData></a:graphic></p:graphicFrame>"#,
            at.transform("p:xfrm", ""),
        );
    }

    /// The slide's part.
    pub fn xml(&self) -> String {
        format!("{HEAD}<p:sld {NAMESPACES}>{}<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>", tree(&self.shapes))
    }

    fn plain(&mut self, name: &str, at: Frame, fill: &str, geometry: &str, told: Told) {
        let properties = self.properties(name, told);
        let _ = write!(
            self.shapes,
            r#"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{}{geometry}{fill}<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"#,
            at.transform("a:xfrm", ""),
        );
    }

    fn shape(&mut self, name: &str, at: Frame, kind: &str, fill: &str, geometry: &str, text: &str) {
        let properties = self.properties(name, Told::Itself);
        let _ = write!(
            self.shapes,
            r#"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr{kind}/><p:nvPr/></p:nvSpPr><p:spPr>{}{geometry}{fill}<a:ln><a:noFill/></a:ln></p:spPr><p:txBody>{text}</p:txBody></p:sp>"#,
            at.transform("a:xfrm", ""),
        );
    }

    /// Id, name and what a screen reader says.
    fn properties(&mut self, name: &str, told: Told) -> String {
        self.n_shapes += 1;
        let (id, name) = (self.n_shapes + 1, text(name));
        match told {
            Told::Itself => format!(r#"<p:cNvPr id="{id}" name="{name}"/>"#),
            Told::As(told) => format!(r#"<p:cNvPr id="{id}" name="{name}" descr="{}"/>"#, text(told)),
            Told::Decorative => format!(
                r#"<p:cNvPr id="{id}" name="{name}"><a:extLst><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}"><adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst></p:cNvPr>"#
            ),
        }
    }
}

/// The tree of shapes around `shapes`.
pub fn tree(shapes: &str) -> String {
    format!(
        r#"<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>{shapes}</p:spTree></p:cSld>"#
    )
}

fn preset(name: &str, adjust: &str) -> String {
    format!(r#"<a:prstGeom prst="{name}"><a:avLst>{adjust}</a:avLst></a:prstGeom>"#)
}

/// A rectangle with round corners; their radius as a share of the shorter side, up to 0.5.
fn rounded(radius: f64) -> String {
    preset("roundRect", &format!(r#"<a:gd name="adj" fmla="val {}"/>"#, (radius * 100_000.0) as i64))
}

fn txt(paragraphs: &[Paragraph], insets: [f64; 4], anchor: Anchor) -> String {
    let mut xml = body(insets, anchor);
    paragraphs.iter().for_each(|paragraph| xml.push_str(&paragraph.xml()));
    if paragraphs.is_empty() {
        xml.push_str("<a:p/>");
    }
    xml
}

fn body([left, top, right, bottom]: [f64; 4], anchor: Anchor) -> String {
    let anchor = match anchor {
        Anchor::Top => "t",
        Anchor::Middle => "ctr",
    };
    format!(
        r#"<a:bodyPr wrap="square" lIns="{}" tIns="{}" rIns="{}" bIns="{}" rtlCol="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>"#,
        emu(left),
        emu(top),
        emu(right),
        emu(bottom)
    )
}
