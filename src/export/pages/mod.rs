//! The cards as pages: set once by typst from the deck and a template, then written as PDF, pictures or drawings, or shown as a preview.
//!
//! In: a deck, the users' pictures, paper, and the user's own template where there is one. Out: pages, each with what it shows. A template that
//! cannot be used is told with its line and reason, and the built-in one is taken. Same deck, same bytes on machines with the same fonts;
//! nothing is asked of clock or network. Cost: some 30 ms per page.

mod compile;
mod template;
mod trial;
mod world;

use std::collections::BTreeSet;

use serde::Deserialize;
use typst::foundations::{Label, Selector, Smart};
use typst::introspection::{Introspector as _, MetadataElem};
use typst::layout::{Frame, FrameItem};
use typst::utils::{PicoStr, Scalar};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::base::part;

use super::deck::Deck;
use super::{ExportError, Paper, Report};
use compile::compiled;
use world::PageWorld;

pub use template::{TEMPLATE, TEMPLATE_FILE, Template, read_template};
pub use trial::serve_if_asked;

/// Pages ready to be written.
#[derive(Debug, Clone)]
pub struct Pages {
    document: PagedDocument,
    /// What each page shows; a template need not say.
    pub sheets: Vec<Sheet>,
    /// Why the user's template was not used, in a sentence.
    pub note: Option<String>,
}

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Sheet {
    /// "overview", "card", "back", "plot", "comparison", "made", ...; empty where the template does not say.
    pub kind: String,
    /// The persona's cluster, on cards.
    pub cluster: Option<usize>,
    /// Which plot or topic it is ("map", "elbow", "outcome-churn").
    pub id: String,
    /// What a plot or a topic shows, in words.
    pub title: String,
    /// Whether it goes on with what the page before it shows.
    #[serde(skip)]
    pub is_continued: bool,
}

impl Sheet {
    /// Names what the speaker wrote for a sheet that is no card: "overview", "plot map", ...
    pub fn notes_key(&self) -> String {
        match self.kind.as_str() {
            "topic" => topic_notes_key(&self.id),
            _ if self.id.is_empty() => self.kind.clone(),
            _ => plot_notes_key(&self.id),
        }
    }
}

/// Names what the speaker wrote for the slide of a plot.
pub fn plot_notes_key(plot_id: &str) -> String {
    format!("plot {plot_id}")
}

/// Names what the speaker wrote for the slide of a topic.
pub fn topic_notes_key(id: &str) -> String {
    format!("topic {id}")
}

/// Sets the pages of a deck. `pictures` are the bytes of each persona's picture, by cluster.
pub fn set(deck: &Deck, pictures: &[(usize, &[u8])], paper: Paper, template: Option<&Template>) -> Result<Pages, ExportError> {
    let mut note = None;
    if let Some(template) = template {
        let world = PageWorld::new(deck, pictures, paper, Some(template));
        let tried = trial::refusal(&world, paper.id(), deck.cards.len()).map_or_else(|| compiled(&world), Err);
        match tried {
            Ok(document) => return Ok(pages(document, None)),
            Err(reason) => {
                let file = template.path.file_name().map_or_else(|| TEMPLATE_FILE.into(), |name| name.to_string_lossy());
                note = Some(format!("The template {file} cannot be used ({reason}); the pages are set with the built-in one."));
            }
        }
    }
    let document = compiled(&PageWorld::new(deck, pictures, paper, None)).map_err(ExportError::Pages)?;
    Ok(pages(document, note))
}

fn pages(document: PagedDocument, note: Option<String>) -> Pages {
    let mut sheets: Vec<Option<Sheet>> = vec![None; document.pages().len()];
    if let Some(label) = Label::new(PicoStr::intern("sheet")) {
        let introspector = document.introspector();
        for found in introspector.query(&Selector::Label(label)) {
            let page = found.location().and_then(|location| introspector.page(location));
            let Some(slot) = page.and_then(|page| sheets.get_mut(page.get() - 1)) else { continue };
            let Some(metadata) = found.to_packed::<MetadataElem>() else { continue };
            let sheet = serde_json::to_value(&metadata.value).ok().and_then(|value| serde_json::from_value(value).ok());
            *slot = sheet.or(slot.take());
        }
    }
    let mut before = Sheet::default();
    let sheets = sheets.into_iter().map(|sheet| {
        before = sheet.unwrap_or_else(|| Sheet { is_continued: true, ..before.clone() });
        before.clone()
    });
    Pages { sheets: sheets.collect(), document, note }
}

/// The users' pictures, by cluster.
pub fn pictures(report: &Report) -> Vec<(usize, &[u8])> {
    let personas = report.personas.personas.iter();
    personas.filter_map(|persona| Some((persona.cluster, &*persona.added.picture.as_ref()?.bytes))).collect()
}

impl Pages {
    /// The name of each page's own file, without the extension: "card-c1", "evidence-c1", "overview"; none for plots, which have files of their
    /// own. Pages that go on with another, and pages a template does not name, are numbered.
    pub fn file_stems(&self, report: &Report) -> Vec<Option<String>> {
        let number = |cluster: usize| part::stem(report.personas.personas.get(cluster).map_or(cluster, |persona| persona.number));
        let stem = |(page, sheet): (usize, &Sheet)| {
            let part = if sheet.is_continued { format!("-page-{}", page + 1) } else { String::new() };
            match (sheet.kind.as_str(), sheet.cluster) {
                ("plot" | "plots", _) => None,
                ("card", Some(cluster)) => Some(format!("card-{}{part}", number(cluster))),
                ("back", Some(cluster)) => Some(format!("evidence-{}{part}", number(cluster))),
                ("added", Some(cluster)) => Some(format!("added-{}{part}", number(cluster))),
                // Not "comparison", which is a plot's file.
                ("comparison", _) => Some(format!("side-by-side{part}")),
                ("topic", _) => Some(format!("{}{part}", sheet.id)),
                ("made", _) => Some(format!("how-it-was-made{part}")),
                (kind @ ("overview" | "missing"), _) => Some(format!("{kind}{part}")),
                _ => Some(format!("page-{}", page + 1)),
            }
        };
        self.sheets.iter().enumerate().map(stem).collect()
    }

    /// How many pages there are.
    pub fn len(&self) -> usize {
        self.document.pages().len()
    }

    /// Whether there is no page.
    pub fn is_empty(&self) -> bool {
        self.document.pages().is_empty()
    }

    /// Width and height of a page in points.
    pub fn size(&self, page: usize) -> Option<[f64; 2]> {
        let size = self.document.pages().get(page)?.frame.size();
        Some([size.x.to_pt(), size.y.to_pt()])
    }

    /// The letters that no font has, in order; they are shown as boxes.
    pub fn missing_letters(&self) -> Vec<char> {
        let mut missing = BTreeSet::new();
        for page in self.document.pages() {
            collect_missing(&page.frame, &mut missing);
        }
        missing.into_iter().collect()
    }

    /// All pages as one PDF: tagged, with its fonts inside, as PDF/UA-1 asks.
    pub fn pdf(&self) -> Result<Vec<u8>, ExportError> {
        let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| ExportError::Pages(error.message().to_string()))?;
        let creator = concat!("Personae ", env!("CARGO_PKG_VERSION")).to_owned();
        let options = PdfOptions { creator: Smart::Custom(Some(creator)), standards, ..PdfOptions::default() };
        let first = |errors: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>| {
            ExportError::Pages(errors.first().map_or_else(String::new, |error| error.message.to_string()))
        };
        match typst_pdf::pdf(&self.document, &options) {
            Ok(bytes) => Ok(bytes),
            // A user's template need not reach PDF/UA; its pages are still tagged.
            Err(_) => {
                let standards = PdfStandards::default();
                typst_pdf::pdf(&self.document, &PdfOptions { standards, ..options }).map_err(first)
            }
        }
    }

    /// One page as a PNG of `pixels_per_point`.
    pub fn png(&self, page: usize, pixels_per_point: f64) -> Result<Vec<u8>, ExportError> {
        self.pixels(page, pixels_per_point)?.encode_png().map_err(|error| ExportError::Picture(error.to_string()))
    }

    /// One page as pixels, premultiplied.
    pub fn pixels(&self, page: usize, pixels_per_point: f64) -> Result<resvg::tiny_skia::Pixmap, ExportError> {
        let options = typst_render::RenderOptions { pixel_per_pt: Scalar::new(pixels_per_point), render_bleed: false };
        let page = self.document.pages().get(page).ok_or_else(|| ExportError::Pages(format!("There is no page {}", page + 1)))?;
        Ok(typst_render::render(page, &options))
    }

    /// One page as an SVG drawing, its letters as outlines.
    pub fn svg(&self, page: usize) -> Result<String, ExportError> {
        let page = self.document.pages().get(page).ok_or_else(|| ExportError::Pages(format!("There is no page {}", page + 1)))?;
        Ok(typst_svg::svg(page, &typst_svg::SvgOptions::default()))
    }
}

fn collect_missing(frame: &Frame, missing: &mut BTreeSet<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect_missing(&group.frame, missing),
            // Glyph 0 is every font's box for what it does not have.
            FrameItem::Text(text) => {
                let boxes = text.glyphs.iter().filter(|glyph| glyph.id == 0);
                missing.extend(boxes.filter_map(|glyph| text.text.get(glyph.range())).flat_map(str::chars));
            }
            _ => {}
        }
    }
}
