//! What a command says, to whoever still listens: a pipe that was closed (`| head`) ends no work.

use std::io::Write;

/// To standard output.
pub(super) fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// A line to standard error.
pub(super) fn warn(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
