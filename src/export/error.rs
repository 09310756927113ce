//! Why could a file not be written? Each reason is a sentence that also says what to try.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::Stopped;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Somebody asked to stop; nothing half-written stays.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The place refuses.
    #[error("Cannot write to {}: {reason}. {advice}", path.display())]
    CannotWrite {
        /// Where it should have gone.
        path: PathBuf,
        /// Why not, in words.
        reason: String,
        /// What to try.
        advice: &'static str,
    },
    /// A plot was to be saved as something it cannot be.
    #[error("Plots are saved as PNG or SVG, not as \"{extension}\". End the file's name with .png or .svg.")]
    UnknownExtension {
        /// What the file's name ended with.
        extension: String,
    },
    /// The plot has not been computed.
    #[error("{title} is not ready yet, so it cannot be saved. Open the page that shows it first.")]
    NoPlot {
        /// The plot's title.
        title: &'static str,
    },
    /// Pages could not be set.
    #[error("The pages could not be set: {0}. Export the cards as HTML instead.")]
    Pages(String),
    /// The segments could not be made a model.
    #[error("The segment model could not be made: {0}")]
    Model(String),
    /// A drawing could not be turned into a picture.
    #[error("The picture could not be drawn: {0}. Save the plot as SVG instead.")]
    Picture(String),
}

/// The sentence for what the system said.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> ExportError {
    use io::ErrorKind as Kind;
    let other_folder = "Choose another folder.";
    let (reason, advice) = match error.kind() {
        Kind::PermissionDenied => ("permission denied".to_owned(), other_folder),
        Kind::ReadOnlyFilesystem => ("the disk can only be read".to_owned(), other_folder),
        Kind::NotFound => ("the folder does not exist".to_owned(), other_folder),
        Kind::NotADirectory | Kind::AlreadyExists => ("a file stands where a folder is needed".to_owned(), other_folder),
        Kind::IsADirectory => ("it is a folder".to_owned(), "Choose another name."),
        Kind::StorageFull | Kind::QuotaExceeded => ("the disk is full".to_owned(), "Make room or choose another disk."),
        Kind::InvalidFilename => ("the name is not allowed".to_owned(), "Choose another name."),
        _ => (error.to_string(), other_folder),
    };
    ExportError::CannotWrite { path: path.to_owned(), reason, advice }
}
