//! How do slides become a file? As parts of a zip archive that are related to one another (ECMA-376, part 2).
//!
//! In: slides, pictures, a title. Out: the file's bytes, the same for the same slides: parts in a fixed order, with a fixed time.

use std::fmt::Write as _;
use std::io::{self, Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::master::{layout, master, notes, notes_master, theme};
use super::shapes::{HEIGHT, Slide, WIDTH};
use super::xml::{HEAD, NAMESPACES, emu, text};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const PRESENTATION: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// A picture inside the file.
#[derive(Debug, Clone)]
pub struct Media {
    /// "png" or "jpeg".
    pub extension: &'static str,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
}

/// The file's bytes.
pub fn bytes(title: &str, slides: &[Slide], media: &[Media]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut part = |name: &str, bytes: &[u8]| -> io::Result<()> {
        zip.start_file(name, options).map_err(io::Error::other)?;
        zip.write_all(bytes)
    };
    part("[Content_Types].xml", content_types(slides).as_bytes())?;
    part("_rels/.rels", relations(&package_relations()).as_bytes())?;
    part("docProps/core.xml", core(title).as_bytes())?;
    part("docProps/app.xml", app(slides).as_bytes())?;
    part("ppt/presentation.xml", presentation(slides.len()).as_bytes())?;
    part("ppt/_rels/presentation.xml.rels", relations(&presentation_relations(slides.len())).as_bytes())?;
    for (name, tag) in [("presProps", "p:presentationPr"), ("viewProps", "p:viewPr")] {
        part(&format!("ppt/{name}.xml"), format!("{HEAD}<{tag} {NAMESPACES}/>").as_bytes())?;
    }
    part("ppt/tableStyles.xml", TABLE_STYLES.as_bytes())?;
    part("ppt/theme/theme1.xml", theme().as_bytes())?;
    part("ppt/theme/theme2.xml", theme().as_bytes())?;
    part("ppt/slideMasters/slideMaster1.xml", master().as_bytes())?;
    let of_master = [office("slideLayout", "../slideLayouts/slideLayout1.xml"), office("theme", "../theme/theme1.xml")];
    part("ppt/slideMasters/_rels/slideMaster1.xml.rels", relations(&of_master).as_bytes())?;
    part("ppt/slideLayouts/slideLayout1.xml", layout().as_bytes())?;
    let of_layout = [office("slideMaster", "../slideMasters/slideMaster1.xml")];
    part("ppt/slideLayouts/_rels/slideLayout1.xml.rels", relations(&of_layout).as_bytes())?;
    part("ppt/notesMasters/notesMaster1.xml", notes_master().as_bytes())?;
    part("ppt/notesMasters/_rels/notesMaster1.xml.rels", relations(&[office("theme", "../theme/theme2.xml")]).as_bytes())?;
    for (slide, nth) in slides.iter().zip(1..) {
        part(&format!("ppt/slides/slide{nth}.xml"), slide.xml().as_bytes())?;
        part(&format!("ppt/slides/_rels/slide{nth}.xml.rels"), relations(&slide_relations(slide, nth, media)).as_bytes())?;
        if !slide.notes.is_empty() {
            part(&format!("ppt/notesSlides/notesSlide{nth}.xml"), notes(&note_paragraphs(&slide.notes)).as_bytes())?;
            let of_notes =
                [office("notesMaster", "../notesMasters/notesMaster1.xml"), office("slide", &format!("../slides/slide{nth}.xml"))];
            part(&format!("ppt/notesSlides/_rels/notesSlide{nth}.xml.rels"), relations(&of_notes).as_bytes())?;
        }
    }
    for (picture, nth) in media.iter().zip(1..) {
        part(&format!("ppt/media/image{nth}.{}", picture.extension), &picture.bytes)?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}

/// Type and target of a relation.
type Relation = (String, String);

fn office(kind: &str, target: &str) -> Relation {
    (format!("{OFFICE}/{kind}"), target.to_owned())
}

fn relations(relations: &[Relation]) -> String {
    let mut xml = format!(r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships">"#);
    for ((kind, target), nth) in relations.iter().zip(1..) {
        let _ = write!(xml, r#"<Relationship Id="rId{nth}" Type="{kind}" Target="{target}"/>"#);
    }
    xml + "</Relationships>"
}

fn package_relations() -> [Relation; 3] {
    [
        office("officeDocument", "ppt/presentation.xml"),
        (format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml".to_owned()),
        office("extended-properties", "docProps/app.xml"),
    ]
}

/// Master, notes' master, four parts of one's own, then the slides.
fn presentation_relations(n_slides: usize) -> Vec<Relation> {
    let first = [
        ("slideMaster", "slideMasters/slideMaster1.xml"),
        ("notesMaster", "notesMasters/notesMaster1.xml"),
        ("presProps", "presProps.xml"),
        ("viewProps", "viewProps.xml"),
        ("theme", "theme/theme1.xml"),
        ("tableStyles", "tableStyles.xml"),
    ];
    let first = first.into_iter().map(|(kind, target)| office(kind, target));
    first.chain((1..=n_slides).map(|nth| office("slide", &format!("slides/slide{nth}.xml")))).collect()
}

/// The layout, the pictures in the order the slide counts them, the notes.
fn slide_relations(slide: &Slide, nth: usize, media: &[Media]) -> Vec<Relation> {
    let picture = |at: &usize| office("image", &format!("../media/image{}.{}", at + 1, media[*at].extension));
    let notes = (!slide.notes.is_empty()).then(|| office("notesSlide", &format!("../notesSlides/notesSlide{nth}.xml")));
    let layout = std::iter::once(office("slideLayout", "../slideLayouts/slideLayout1.xml"));
    layout.chain(slide.pictures.iter().map(picture)).chain(notes).collect()
}

fn content_types(slides: &[Slide]) -> String {
    let mut xml = format!(
        r#"{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>"#
    );
    let mut part = |name: &str, kind: &str| {
        let _ = write!(xml, r#"<Override PartName="/{name}" ContentType="{kind}"/>"#);
    };
    part("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
    part("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml");
    part("ppt/presentation.xml", &format!("{PRESENTATION}.presentation.main+xml"));
    for (name, kind) in [
        ("presProps", "presProps"),
        ("viewProps", "viewProps"),
        ("tableStyles", "tableStyles"),
        ("slideMasters/slideMaster1", "slideMaster"),
        ("slideLayouts/slideLayout1", "slideLayout"),
        ("notesMasters/notesMaster1", "notesMaster"),
    ] {
        part(&format!("ppt/{name}.xml"), &format!("{PRESENTATION}.{kind}+xml"));
    }
    for nth in 1..=2 {
        part(&format!("ppt/theme/theme{nth}.xml"), "application/vnd.openxmlformats-officedocument.theme+xml");
    }
    for (slide, nth) in slides.iter().zip(1..) {
        part(&format!("ppt/slides/slide{nth}.xml"), &format!("{PRESENTATION}.slide+xml"));
        if !slide.notes.is_empty() {
            part(&format!("ppt/notesSlides/notesSlide{nth}.xml"), &format!("{PRESENTATION}.notesSlide+xml"));
        }
    }
    xml + "</Types>"
}

fn presentation(n_slides: usize) -> String {
    let mut ids = String::new();
    for nth in 0..n_slides {
        let _ = write!(ids, r#"<p:sldId id="{}" r:id="rId{}"/>"#, 256 + nth, 7 + nth);
    }
    let ids = if n_slides == 0 { ids } else { format!("<p:sldIdLst>{ids}</p:sldIdLst>") };
    format!(
        r#"{HEAD}<p:presentation {NAMESPACES} saveSubsetFonts="1"><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="rId2"/></p:notesMasterIdLst>{ids}<p:sldSz cx="{}" cy="{}"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>"#,
        emu(WIDTH),
        emu(HEIGHT)
    )
}

/// Title and maker; no time, so that the same deck gives the same bytes.
fn core(title: &str) -> String {
    format!(
        r#"{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title><dc:creator>Personae</dc:creator><dc:language>en</dc:language></cp:coreProperties>"#,
        text(title)
    )
}

fn app(slides: &[Slide]) -> String {
    let n_notes = slides.iter().filter(|slide| !slide.notes.is_empty()).count();
    format!(
        r#"{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Personae</Application><PresentationFormat>Widescreen</PresentationFormat><Slides>{}</Slides><Notes>{n_notes}</Notes></Properties>"#,
        slides.len()
    )
}

/// A paragraph per line.
fn note_paragraphs(notes: &str) -> String {
    let lines = notes.lines().map(|line| {
        let rtl = if super::super::fit::is_right_to_left(line) { r#"<a:pPr algn="r" rtl="1"/>"# } else { "" };
        let run =
            if line.trim().is_empty() { String::new() } else { format!(r#"<a:r><a:rPr lang="en-US"/><a:t>{}</a:t></a:r>"#, text(line)) };
        format!("<a:p>{rtl}{run}</a:p>")
    });
    lines.collect()
}

/// No style but "none": cells say themselves how they look.
const TABLE_STYLES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    r#"<a:tblStyleLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" def="{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"/>"#
);
