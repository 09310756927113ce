//! What the window does about sources: further files join those of the customer table.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::{Source, SourceFile, Sourcing};
use crate::engine::SourcesWanted;
use crate::session::{DataView, Look, Page, Plan};

use super::window::Window;

impl Window {
    /// What is looked at of the sources.
    pub(super) fn sources_wanted(&self) -> SourcesWanted {
        let look = &self.look.sources;
        let is_shown = self.look.page == Page::Data;
        let preview = (is_shown && look.view == DataView::Sources).then_some((look.source, look.first_row));
        SourcesWanted { preview, draft: look.column_draft.clone().filter(|_| is_shown && look.view == DataView::Recipe) }
    }

    /// Adds files to the sources. A single open file becomes the first of them; the sample is left for a table of the files alone.
    pub(super) fn add_sources(&mut self, paths: Vec<PathBuf>) {
        let paths = paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path));
        let mut sourcing = match &self.plan().source {
            Source::Sources(sourcing) => (**sourcing).clone(),
            Source::File { path } => Sourcing { sources: vec![named(path.clone(), &[])], ..Sourcing::default() },
            Source::Sample { .. } => Sourcing::default(),
        };
        for path in paths {
            if sourcing.sources.iter().any(|source| source.path == path) {
                self.tell(&format!("{} is a source already.", path.display()));
                continue;
            }
            self.settings.remember(&path);
            let source = named(path, &sourcing.sources);
            sourcing.sources.push(source);
        }
        self.save_settings();
        let is_sample = matches!(self.plan().source, Source::Sample { .. });
        let source = Source::Sources(Arc::new(sourcing));
        if is_sample {
            self.start(Plan::new(source), Look { page: Page::Data, ..Look::default() }, None);
        } else {
            self.regroup(|plan| plan.source = source);
            self.look.page = Page::Data;
        }
    }
}

/// A source with a name of its own: the file's, without its ending.
fn named(path: PathBuf, others: &[SourceFile]) -> SourceFile {
    let stem = path.file_stem().map_or_else(|| "source".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let is_free = |name: &str| others.iter().all(|other| other.name != name);
    let numbered = (2..).map(|n| format!("{stem} {n}"));
    let name = std::iter::once(stem.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(stem);
    SourceFile { name, path, ..SourceFile::default() }
}
