//! What must the app do for the dialog, because a page cannot?

use std::path::PathBuf;

/// What the app must do for the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogWish {
    /// Let the user choose a folder in the system's dialog.
    ChooseFolder,
    /// Show the files in the system's file manager.
    ShowFolder(PathBuf),
    /// Stop what is being written.
    Stop,
    /// Back to the choices.
    Again,
}
