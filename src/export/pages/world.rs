//! What a template may see: the deck, plots and pictures as files that exist only in memory, fonts, and, for a user's template, its own folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_kit::fonts::FontStore;

use super::super::Paper;
use super::super::deck::Deck;
use super::super::fonts::SHIPPED;
use super::super::sheet::SheetPart;
use super::template::{TEMPLATE, TEMPLATE_FILE, Template};

/// The fonts inside the program, then the system's. A global, against the rule of this floor, since scanning a system takes a good part of a second
/// and the fonts are the same for everyone while the program runs.
static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut store = FontStore::new();
    let shipped = SHIPPED.iter().flat_map(|face| Font::iter(Bytes::new(*face)));
    store.extend(shipped.map(|font| {
        let info = font.info().clone();
        (font, info)
    }));
    store.extend(typst_kit::fonts::system());
    store
});

/// One compilation's view of the world.
pub(super) struct PageWorld {
    library: LazyHash<Library>,
    main: FileId,
    source: Source,
    files: BTreeMap<String, Bytes>,
    folder: Option<PathBuf>,
}

impl PageWorld {
    /// The world of a deck; without a template, the built-in one is set.
    pub(super) fn new(deck: &Deck, pictures: &[(usize, &[u8])], paper: Paper, template: Option<&Template>) -> PageWorld {
        let mut files = BTreeMap::new();
        // Plain data always serialises; an empty deck would be told by the template.
        let json = serde_json::to_vec(deck).unwrap_or_default();
        files.insert("deck.json".to_owned(), Bytes::new(json));
        files.extend(deck.plots.iter().map(|plot| (format!("plot-{}.svg", plot.id), Bytes::from_string(plot.svg.clone()))));
        for sheet in &deck.sheets {
            for (nth, part) in sheet.parts.iter().enumerate() {
                if let SheetPart::Drawing(drawing) = part {
                    files.insert(format!("sheet-{}-{nth}.svg", sheet.id), Bytes::from_string(drawing.svg.clone()));
                }
            }
        }
        files.extend(pictures.iter().map(|(cluster, bytes)| (format!("picture-{cluster}"), Bytes::new(bytes.to_vec()))));
        let text = template.map_or_else(|| TEMPLATE.to_owned(), |template| template.text.to_string());
        PageWorld::of_files(paper.id(), files, text, template.and_then(|template| Some(template.path.parent()?.to_owned())))
    }

    /// A world of these files in memory, and those in the folder of the template that says `text`.
    pub(super) fn of_files(paper: &str, files: BTreeMap<String, Bytes>, text: String, folder: Option<PathBuf>) -> PageWorld {
        let mut inputs = Dict::new();
        inputs.insert("paper".into(), paper.into_value());
        let main = file_id(TEMPLATE_FILE);
        PageWorld {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            source: Source::new(main, text),
            main,
            files,
            folder,
        }
    }

    /// What the template says.
    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    /// The files in memory.
    pub(super) fn files(&self) -> &BTreeMap<String, Bytes> {
        &self.files
    }

    /// The folder of the user's template.
    pub(super) fn folder(&self) -> Option<&PathBuf> {
        self.folder.as_ref()
    }

    /// The line of the template that a mistake stands in, from 1.
    pub(super) fn line_of(&self, mistake: &SourceDiagnostic) -> Option<usize> {
        let in_template = |span: typst::syntax::DiagSpan| {
            let range = (span.id() == Some(self.main)).then(|| self.range(span)).flatten()?;
            Some(self.source.lines().byte_to_line(range.start)? + 1)
        };
        in_template(mistake.span).or_else(|| mistake.trace.iter().find_map(|point| in_template(point.span.into())))
    }
}

/// The id of a file of the project.
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).unwrap_or_else(|_| VirtualPath::new("page.typ").expect("a plain name is a path"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for PageWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main {
            return Ok(self.source.clone());
        }
        let text = self.file(id)?.as_str().map_err(|_| FileError::InvalidUtf8)?.to_owned();
        Ok(Source::new(id, text))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        let name = path.vpath().get_without_slash();
        if let Some(bytes) = self.files.get(name) {
            return Ok(bytes.clone());
        }
        // A logo or a second file beside the user's template; nothing outside its folder, and no packages from the network.
        let folder = self.folder.as_ref().filter(|_| matches!(path.root(), VirtualRoot::Project));
        let Some(folder) = folder else { return Err(FileError::NotFound(name.into())) };
        let place = path.vpath().realize(folder).map_err(FileError::Realize)?;
        std::fs::read(&place).map(Bytes::new).map_err(|error| FileError::from_io(error, &place))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        // Pages do not depend on the day they are set.
        None
    }
}
