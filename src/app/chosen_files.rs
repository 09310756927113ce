//! What becomes of what was chosen in a file dialog, and where the system shows none?

use crate::data::Source;

use super::dialogs::{DialogPurpose, Outcome};
use super::free_path::free_path;
use super::window::Window;

impl Window {
    /// Carries out what the dialogs that were closed since the last frame say.
    pub(super) fn take_dialogs(&mut self) {
        while let Some((purpose, outcome)) = self.dialogs.take() {
            match (purpose, outcome) {
                (_, Outcome::Cancelled) => {}
                (purpose, Outcome::Unavailable) => self.without_dialog(purpose),
                (DialogPurpose::AddSource, Outcome::Several(paths)) => self.add_sources(paths),
                (DialogPurpose::Events, Outcome::Several(paths)) => self.follow(paths),
                (DialogPurpose::Events, Outcome::Chosen(path)) => self.follow(vec![path]),
                (DialogPurpose::EarlierTables, Outcome::Several(paths)) => self.add_earlier(paths),
                (DialogPurpose::EarlierTables, Outcome::Chosen(path)) => self.add_earlier(vec![path]),
                (_, Outcome::Several(paths)) => self.open_all(paths),
                (DialogPurpose::Open, Outcome::Chosen(path)) => self.open(&path),
                (DialogPurpose::Rules, Outcome::Chosen(path)) => self.open_rules(&path),
                (DialogPurpose::AddSource, Outcome::Chosen(path)) => self.add_sources(vec![path]),
                (DialogPurpose::LocateSource(at), Outcome::Chosen(path)) => self.locate_source(at, path),
                (DialogPurpose::SaveProject, Outcome::Chosen(path)) => self.save_to(path),
                (DialogPurpose::SavePlot(kind), Outcome::Chosen(path)) => self.save_plot_to(kind, path),
                (DialogPurpose::Picture(cluster), Outcome::Chosen(path)) => self.attach_picture(cluster, path),
                (DialogPurpose::LiveSource(_), Outcome::Chosen(path)) => self.choose_live(path),
                (DialogPurpose::ExportFolder, Outcome::Chosen(path)) => {
                    if let Some(request) = &mut self.look.export {
                        request.folder = Some(path);
                    }
                }
            }
        }
    }

    /// Where the system shows no dialogs every task still has a way: typed paths, dropped files, the folder beside the data.
    fn without_dialog(&mut self, purpose: DialogPurpose) {
        let folder = self.home_folder();
        // The sample is no source: files begin a table of their own, and until one is named it stays.
        let begins_anew = matches!(self.plan().source, Source::Sample { .. });
        match purpose {
            DialogPurpose::AddSource if begins_anew => self.ask_for_path(),
            DialogPurpose::Open | DialogPurpose::Rules => self.ask_for_path(),
            DialogPurpose::AddSource | DialogPurpose::LocateSource(_) => {
                self.show_sources();
                self.look.sources.path_of = if let DialogPurpose::LocateSource(at) = purpose { Some(at) } else { None };
                self.look.sources.path_draft = Some(String::new());
                self.tell("This system shows no file dialog. Type the path, or drop the file on the window.");
            }
            DialogPurpose::Events => {
                self.look.journeys.path_draft = Some(String::new());
                self.tell("This system shows no file dialog. Type the path, or drop the file on the window.");
            }
            DialogPurpose::EarlierTables => {
                self.look.earlier_path_draft = Some(String::new());
                self.tell("This system shows no file dialog. Type the path.");
            }
            DialogPurpose::LiveSource(_) => {
                self.look.live.path_draft = Some(String::new());
                self.tell("This system shows no file dialog. Type the path.");
            }
            DialogPurpose::SaveProject => {
                let path = free_path(folder.join(self.project_file_name()));
                self.save_to(path);
            }
            DialogPurpose::SavePlot(kind) => {
                let path = free_path(folder.join(format!("{}.png", kind.file_stem())));
                self.save_plot_to(kind, path);
            }
            DialogPurpose::ExportFolder => self.tell("This system shows no file dialog. Type the folder's path."),
            DialogPurpose::Picture(cluster) => {
                self.look.cards.picture_path = Some((cluster, String::new()));
                self.tell("This system shows no file dialog. Type the picture's path, or drop the file on the card.");
            }
        }
    }

    /// The palette takes a path.
    fn ask_for_path(&mut self) {
        self.look.palette = Some(String::new());
        self.tell("This system shows no file dialog. Type the file's path, or drop the file on the window.");
    }
}
