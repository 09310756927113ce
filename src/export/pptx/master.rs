//! What do all slides share? The theme with its fonts and colours, one master, one layout, and the page of notes.
//!
//! One layout ("Title only") is enough, because every slide has a title and places the rest itself. A company's own theme put over it
//! recolours text and titles.

use super::super::chart::{INK, MUTED};
use super::super::palette::{hex, segment};
use super::shapes::{HEIGHT, WIDTH, frame, tree};
use super::xml::{HEAD, NAMESPACES};

/// Left edge of what stands on a slide.
pub const LEFT: f64 = 48.0;
/// Its right edge.
pub const RIGHT: f64 = WIDTH - 40.0;
/// Where titles start.
pub const TOP: f64 = 34.0;
/// Where what stands above the footer must end.
pub const BOTTOM: f64 = HEIGHT - 40.0;
/// Where the footer starts.
pub const FOOTER: f64 = HEIGHT - 30.0;

/// Inter where it is installed; a panose number of Arial's kind lets others be found by likeness.
const LATIN: &str = r#"<a:latin typeface="Inter" panose="020B0604020202020204" pitchFamily="34" charset="0"/>"#;
const SCRIPTS: &str = concat!(
    r#"<a:ea typeface=""/><a:cs typeface=""/><a:font script="Jpan" typeface="Yu Gothic"/><a:font script="Hang" typeface="Malgun Gothic"/>"#,
    r#"<a:font script="Hans" typeface="Microsoft YaHei"/><a:font script="Hant" typeface="Microsoft JhengHei"/>"#,
    r#"<a:font script="Arab" typeface="Arial"/><a:font script="Hebr" typeface="Arial"/>"#
);
const COLOUR_MAP: &str = concat!(
    r#"<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" "#,
    r#"accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>"#
);

/// The theme; slides and notes each have one.
pub fn theme() -> String {
    let colour =
        |tag: &str, colour: &str| format!(r#"<a:{tag}><a:srgbClr val="{}"/></a:{tag}>"#, colour.trim_start_matches('#').to_uppercase());
    let mut colours = colour("dk1", INK) + &colour("lt1", "#ffffff") + &colour("dk2", MUTED) + &colour("lt2", "#f3f4f6");
    (0..6).for_each(|nth| colours.push_str(&colour(&format!("accent{}", nth + 1), &hex(segment(nth)))));
    colours.push_str(&(colour("hlink", "#1f5fd0") + &colour("folHlink", MUTED)));
    let solid = r#"<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>"#;
    let line = format!(r#"<a:ln w="9525">{solid}</a:ln>"#);
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>";
    format!(
        r#"{HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Personae"><a:themeElements><a:clrScheme name="Personae">{colours}</a:clrScheme><a:fontScheme name="Personae"><a:majorFont>{LATIN}{SCRIPTS}</a:majorFont><a:minorFont>{LATIN}{SCRIPTS}</a:minorFont></a:fontScheme><a:fmtScheme name="Personae"><a:fillStyleLst>{solid}{solid}{solid}</a:fillStyleLst><a:lnStyleLst>{line}{line}{line}</a:lnStyleLst><a:effectStyleLst>{effect}{effect}{effect}</a:effectStyleLst><a:bgFillStyleLst>{solid}{solid}{solid}</a:bgFillStyleLst></a:fmtScheme></a:themeElements><a:objectDefaults/><a:extraClrSchemeLst/></a:theme>"#
    )
}

/// The master.
pub fn master() -> String {
    let level = |nth: usize, size: i64| {
        format!(
            r#"<a:lvl{nth}pPr marL="{}" indent="0" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="{size}" kern="1200">{FONTS}</a:defRPr></a:lvl{nth}pPr>"#,
            (nth - 1) * 228_600
        )
    };
    let levels = |size: i64| (1..=9).map(|nth| level(nth, size)).collect::<String>();
    let title = format!(
        r#"<a:lvl1pPr algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/><a:defRPr sz="2800" b="1" kern="1200">{}</a:defRPr></a:lvl1pPr>"#,
        FONTS.replace("+mn", "+mj")
    );
    format!(
        r#"{HEAD}<p:sldMaster {NAMESPACES}>{}{COLOUR_MAP}<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle>{title}</p:titleStyle><p:bodyStyle>{}</p:bodyStyle><p:otherStyle>{}</p:otherStyle></p:txStyles></p:sldMaster>"#,
        with_background(&tree(&placeholders())),
        levels(1400),
        levels(1400),
    )
}

/// The layout.
pub fn layout() -> String {
    format!(
        r#"{HEAD}<p:sldLayout {NAMESPACES} type="titleOnly" preserve="1">{}<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"#,
        tree(&placeholders()).replace("<p:cSld>", r#"<p:cSld name="Title only">"#)
    )
}

const FONTS: &str =
    r#"<a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/>"#;

/// A title, and the slide's number in the lower right corner.
fn placeholders() -> String {
    let title = frame(LEFT, TOP, RIGHT - LEFT, 44.0).transform("a:xfrm", "");
    let number = frame(RIGHT - 60.0, FOOTER, 60.0, 16.0).transform("a:xfrm", "");
    let body = |anchor: &str| {
        format!(r#"<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>"#)
    };
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="2" name="Title"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr>{title}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>{}<a:lstStyle/><a:p><a:r><a:rPr lang="en-US"/><a:t>Title</a:t></a:r></a:p></p:txBody></p:sp><p:sp><p:nvSpPr><p:cNvPr id="3" name="Slide number"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldNum" sz="quarter" idx="12"/></p:nvPr></p:nvSpPr><p:spPr>{number}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>{}<a:lstStyle><a:lvl1pPr algn="r"><a:defRPr sz="1100"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>"#,
        body("t"),
        body("ctr"),
    )
}

fn with_background(tree: &str) -> String {
    tree.replace("<p:cSld>", r#"<p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>"#)
}

/// The master of the notes' pages.
pub fn notes_master() -> String {
    format!(
        r#"{HEAD}<p:notesMaster {NAMESPACES}>{}{COLOUR_MAP}</p:notesMaster>"#,
        with_background(&tree(&notes_shapes("<a:p><a:r><a:rPr lang=\"en-US\"/><a:t>Notes</a:t></a:r></a:p>", true)))
    )
}

/// A page of notes; `paragraphs` are ready.
pub fn notes(paragraphs: &str) -> String {
    format!(
        r#"{HEAD}<p:notes {NAMESPACES}>{}<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"#,
        tree(&notes_shapes(paragraphs, false))
    )
}

/// The slide above, the text below.
fn notes_shapes(paragraphs: &str, placed: bool) -> String {
    let place = |x: f64, y: f64, width: f64, height: f64| {
        let at = frame(x, y, width, height).transform("a:xfrm", "");
        if placed { format!(r#"<p:spPr>{at}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>"#) } else { "<p:spPr/>".to_owned() }
    };
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"{}/></p:nvPr></p:nvSpPr>{}</p:sp><p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body"{} idx="1"/></p:nvPr></p:nvSpPr>{}<p:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</p:txBody></p:sp>"#,
        if placed { r#" idx="2""# } else { "" },
        place(54.0, 90.0, 432.0, 243.0),
        if placed { r#" sz="quarter""# } else { "" },
        place(54.0, 360.0, 432.0, 300.0),
    )
}
