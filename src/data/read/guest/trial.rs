//! May this process do a piece of work, or would it take the window along? A guest tries it first, within its limits.
//!
//! In: what the guest is to be asked, and how many seconds of processor time it has. Out: what it said, or what it wanted too much of. The work is
//! whoever's who serves the argument; this file knows only processes. Cost: starting one, and the work once more.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::host::{Guest, SIGKILL, SIGXCPU, ended, program, signal};

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// The guest ended by itself, and said this.
    Said(Vec<u8>),
    /// It wanted more memory than it may have.
    TooMuchMemory,
    /// It took longer than it may.
    TooLong,
    /// It died of something else.
    Died,
}

/// Where others are busy a guest gets little of the processor, so it may take this many times its seconds.
const PATIENCE: u32 = 4;

/// Starts this program with `argument`, hands it `asked` and waits; `None` where the program does not know how to start itself.
pub fn try_out(argument: &str, asked: &[u8], seconds: u64) -> Option<Trial> {
    let mut command = Command::new(program()?);
    command.arg(argument).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut guest = Guest(command.spawn().ok()?);
    let (mut stdin, mut stdout, mut stderr) = (guest.0.stdin.take()?, guest.0.stdout.take()?, guest.0.stderr.take()?);
    // A guest that died at once is seen below.
    let _ = stdin.write_all(asked);
    drop(stdin);
    let (send, said) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.read_to_end(&mut bytes);
        let mut words = String::new();
        let _ = stderr.by_ref().take(4096).read_to_string(&mut words);
        let _ = send.send((bytes, words));
    });
    let (bytes, words) = match said.recv_timeout(Duration::from_secs(seconds) * PATIENCE) {
        Ok(said) => said,
        // It waits for something that never comes, such as a pipe beside the template.
        Err(RecvTimeoutError::Timeout) => return Some(Trial::TooLong),
        Err(RecvTimeoutError::Disconnected) => return Some(Trial::Died),
    };
    let status = ended(&mut guest.0).ok()?;
    Some(match signal(status) {
        _ if status.success() => Trial::Said(bytes),
        // What Rust says before it aborts for want of memory.
        _ if words.contains("memory allocation of") => Trial::TooMuchMemory,
        Some(SIGXCPU) => Trial::TooLong,
        // The system kills whoever has most when memory ends.
        Some(SIGKILL) => Trial::TooMuchMemory,
        _ => Trial::Died,
    })
}
