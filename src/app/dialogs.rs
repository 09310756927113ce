//! The system's file dialogs, without holding up a frame.
//!
//! A dialog waits for the user on a thread of its own and sends what was chosen; the frame loop picks it up. Where no dialog can be
//! shown (no desktop portal, no display server's helper) the answer comes at once and empty: the app then says how else to name a file.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use eframe::egui::Context;
use rfd::FileDialog;

use crate::data::READABLE_EXTENSIONS;
use crate::session::PlotKind;
use crate::session::project::EXTENSION;

/// What a dialog was opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogPurpose {
    /// Open a data file or a project.
    Open,
    /// Add files to the sources of the customer table.
    AddSource,
    /// Where a source is now, by its place.
    LocateSource(usize),
    /// Event exports to follow.
    Events,
    /// Tables of the same customers on earlier days.
    EarlierTables,
    /// A file of rules.
    Rules,
    /// What segments follow live: a folder, or a file.
    LiveSource(bool),
    /// Save the project.
    SaveProject,
    /// Save one plot.
    SavePlot(PlotKind),
    /// The folder of an export.
    ExportFolder,
    /// A picture for the card of a cluster.
    Picture(usize),
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// The user chose this.
    Chosen(PathBuf),
    /// The user chose these, in a dialog that lets several be chosen.
    Several(Vec<PathBuf>),
    /// The user closed the dialog.
    Cancelled,
    /// No dialog could be shown on this system.
    Unavailable,
}

/// Dialogs on their way; at most one at a time.
pub struct Dialogs {
    sender: Sender<(DialogPurpose, Outcome)>,
    receiver: Receiver<(DialogPurpose, Outcome)>,
    is_open: bool,
}

/// Nobody cancels a dialog within this time, so one that ends sooner was never shown.
const NEVER_SHOWN: Duration = Duration::from_millis(250);

impl Dialogs {
    /// No dialog open.
    pub fn new() -> Dialogs {
        let (sender, receiver) = channel();
        Dialogs { sender, receiver, is_open: false }
    }

    /// Opens a dialog for `purpose` in `folder`, with `file_name` filled in where one is saved.
    pub fn open(&mut self, purpose: DialogPurpose, folder: Option<&Path>, file_name: &str, ctx: &Context) {
        if self.is_open {
            return;
        }
        self.is_open = true;
        let mut dialog = FileDialog::new().set_file_name(file_name);
        if let Some(folder) = folder {
            dialog = dialog.set_directory(folder);
        }
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let show = move || {
            let since = Instant::now();
            let chosen = match purpose {
                DialogPurpose::Open => {
                    let mut extensions = READABLE_EXTENSIONS.to_vec();
                    extensions.push(EXTENSION);
                    dialog
                        .add_filter("Customers and projects", &extensions)
                        .add_filter("All files", &["*"])
                        .pick_files()
                        .map(Outcome::Several)
                }
                DialogPurpose::AddSource | DialogPurpose::EarlierTables => tables(dialog).pick_files().map(Outcome::Several),
                DialogPurpose::LocateSource(_) => tables(dialog).pick_file().map(Outcome::Chosen),
                DialogPurpose::Events => dialog.pick_files().map(Outcome::Several),
                DialogPurpose::SaveProject => dialog.add_filter("Personae project", &[EXTENSION]).save_file().map(Outcome::Chosen),
                DialogPurpose::SavePlot(_) => dialog.add_filter("PNG or SVG", &["png", "svg"]).save_file().map(Outcome::Chosen),
                DialogPurpose::Rules => dialog.add_filter("Rules", &["json"]).pick_file().map(Outcome::Chosen),
                DialogPurpose::LiveSource(false) => dialog.pick_file().map(Outcome::Chosen),
                DialogPurpose::ExportFolder | DialogPurpose::LiveSource(true) => dialog.pick_folder().map(Outcome::Chosen),
                DialogPurpose::Picture(_) => dialog.add_filter("PNG or JPEG", &["png", "jpg", "jpeg"]).pick_file().map(Outcome::Chosen),
            };
            let outcome = match chosen {
                Some(outcome) => outcome,
                None if since.elapsed() < NEVER_SHOWN => Outcome::Unavailable,
                None => Outcome::Cancelled,
            };
            // The window may be gone by now; then nobody wants to know.
            let _ = sender.send((purpose, outcome));
            ctx.request_repaint();
        };
        // AppKit shows panels only from the main thread, and its panels run their own event loop, so the window stays alive there.
        if cfg!(target_os = "macos") {
            show();
        } else {
            std::thread::spawn(show);
        }
    }

    /// What was chosen since the last frame.
    pub fn take(&mut self) -> Option<(DialogPurpose, Outcome)> {
        let outcome = self.receiver.try_recv().ok()?;
        self.is_open = false;
        Some(outcome)
    }
}

fn tables(dialog: FileDialog) -> FileDialog {
    dialog.add_filter("Tables", READABLE_EXTENSIONS).add_filter("All files", &["*"])
}
