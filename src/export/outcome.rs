//! What came of an export, whether it ended by itself, was refused or was stopped?

use std::path::PathBuf;

use super::files::Written;

/// What came of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Where its files are.
    pub folder: PathBuf,
    /// The files that are complete, and what was left out.
    pub written: Written,
    /// How it ended.
    pub ended: Ended,
}

/// How an export ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// Everything was written.
    Whole,
    /// The user stopped it.
    Stopped,
    /// It could not go on.
    Failed(String),
}
