//! Where do files come from and go to? Folders of the project and its data, names nobody has yet, the template beside a project.

use std::path::{Path, PathBuf};

use crate::data::Source;
use crate::export::pages::{TEMPLATE_FILE, read_template};
use crate::session::{project, settings};

use super::window::Window;

impl Window {
    /// The folder of the project, of the data, or the last one used.
    pub(super) fn home_folder(&self) -> PathBuf {
        self.work_folder().or_else(|| self.settings.last_folder.clone()).unwrap_or_else(settings::documents)
    }

    /// Looks for a page template beside the project or its data and reads it. It is nobody's choice, so there is nothing to take back or to save.
    pub(super) fn look_for_template(&mut self) {
        self.template = self.work_folder().map(|folder| folder.join(TEMPLATE_FILE)).filter(|file| file.is_file());
        // Why one cannot be read is told by the export; until then the built-in one is shown.
        let read = self.template.as_deref().and_then(|path| read_template(path).ok());
        if self.plan().template != read {
            self.history.change_all(|plan| plan.template.clone_from(&read));
            self.saved.template = read;
        }
    }

    /// Reads the template again whenever pages come into view or are to be set on other paper, as somebody may be writing it just now.
    pub(super) fn follow_template(&mut self) {
        let choices = self.pages_wanted().map(|pages| pages.choices);
        if choices != self.pages_shown {
            if choices.is_some() {
                self.look_for_template();
            }
            self.pages_shown = choices;
        }
    }

    /// The folder of the project, or of its data.
    fn work_folder(&self) -> Option<PathBuf> {
        let of_file = |path: &Path| path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_path_buf);
        let data = self.plan().source.first_path().and_then(of_file);
        self.project.as_deref().and_then(of_file).or(data)
    }

    /// "shop.personae" for shop.csv.
    pub(super) fn project_file_name(&self) -> String {
        let stem = match &self.plan().source {
            Source::File { path, .. } => path.file_stem().map_or_else(|| "customers".into(), |stem| stem.to_string_lossy().into_owned()),
            Source::Sample { .. } => "sample".into(),
            Source::Sources(_) => "customers".into(),
        };
        format!("{stem}.{}", project::EXTENSION)
    }
}
