//! The host's side: start the guest, take its rows, stop it, and put its death into words.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

use polars::prelude::DataFrame;

use crate::base::Ctx;
use crate::base::memory::readable;
use crate::data::error::DataError;

use super::request::{ARGUMENT, Request, Take, Told};
use super::wire::{self, End, Message};

/// A guest is asked to stop within this time.
const STOPS_WITHIN: Duration = Duration::from_millis(5);

/// Batches of rows that may wait to be taken.
const AHEAD: usize = 2;

/// Where a guest gets little of the processor, it may take this many times its seconds between two messages.
const PATIENCE: u32 = 20;

/// The allocator of Linux gives large buffers back to the system and asks for them anew, batch after batch, which takes more time than the
/// reading. A guest that lives for a moment keeps them.
const ALLOCATOR: [(&str, &str); 2] = [("MALLOC_MMAP_THRESHOLD_", "1073741824"), ("MALLOC_TRIM_THRESHOLD_", "4294967296")];

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program serves as a guest when it is called with [`ARGUMENT`]: this one. Later calls change nothing.
pub fn set_program(program: PathBuf) {
    // An update may have replaced the file; the process still has the one it was started from.
    let own = PathBuf::from("/proc/self/exe");
    let is_own = || Some(std::fs::canonicalize(&own).ok()? == std::fs::canonicalize(&program).ok()?);
    let program = if is_own() == Some(true) { own } else { program };
    let _ = PROGRAM.set(program);
}

/// The program that serves as a guest; none where nobody said.
pub fn program() -> Option<&'static Path> {
    PROGRAM.get().map(PathBuf::as_path)
}

/// A guest that is gone with the value, whatever it was doing.
pub struct Guest(pub Child);

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets a guest read, and takes what it hands over.
pub(super) fn ask(program: &Path, request: &Request, take: &mut Take, ctx: &Ctx) -> Result<Told, DataError> {
    let no_guest = |why: std::io::Error| DataError::NoGuest { title: request.title.clone(), why: why.to_string() };
    let mut command = Command::new(program);
    command.envs(ALLOCATOR).arg(ARGUMENT).arg(&request.path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut guest = Guest(command.spawn().map_err(no_guest)?);
    let child = &mut guest.0;
    let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
        return Err(no_guest(std::io::ErrorKind::BrokenPipe.into()));
    };
    let asked = serde_json::to_vec(request).map_err(|why| no_guest(why.into()))?;
    // A guest that died at once is seen below.
    let _ = stdin.write_all(&asked);
    drop(stdin);
    let (send, messages) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        // Buffers go round: new memory for every batch would cost more than the copying.
        let (give_back, spare) = channel();
        let next = || spare.try_recv().unwrap_or_default();
        while wire::read(&mut stdout, next()).is_ok_and(|message| send.send(taken(message, &give_back)).is_ok()) {}
    });
    let last_words = std::thread::spawn(move || {
        let mut words = String::new();
        let _ = stderr.by_ref().take(4096).read_to_string(&mut words);
        // What follows is read all the same: a full pipe would stop the guest.
        let _ = std::io::copy(&mut stderr, &mut std::io::sink());
        words
    });
    let patience = Duration::from_secs(request.limits.seconds) * PATIENCE;
    let mut heard = Instant::now();
    loop {
        ctx.check()?;
        match messages.recv_timeout(STOPS_WITHIN) {
            Ok(Taken::Rows(fraction, rows)) => {
                let rows = rows.recv().unwrap_or_else(|_| Err(std::io::ErrorKind::InvalidData.into()));
                take(rows.map_err(|why| damaged(request, &why.to_string()))?, fraction)?;
                heard = Instant::now();
            }
            Ok(Taken::End(End(told))) => return told,
            Err(RecvTimeoutError::Timeout) if heard.elapsed() > patience => {
                return Err(DataError::Unheard { title: request.title.clone(), seconds: patience.as_secs() });
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let status = ended(&mut guest.0).map_err(no_guest)?;
                let words = last_words.join().unwrap_or_default();
                return Err(death(request, status, &words));
            }
        }
    }
}

/// A message whose rows are being put together.
enum Taken {
    Rows(f32, Receiver<std::io::Result<DataFrame>>),
    End(End),
}

/// Puts the rows of a message together on a thread of its own: one thread would be slower than the guest.
/// The buffer it came in is given back.
fn taken(message: Message, give_back: &Sender<Vec<u8>>) -> Taken {
    match message {
        Message::Rows(fraction, bytes) => {
            let (send, rows) = sync_channel(1);
            let give_back = give_back.clone();
            std::thread::spawn(move || {
                let _ = send.send(wire::rows(&bytes));
                let _ = give_back.send(bytes);
            });
            Taken::Rows(fraction, rows)
        }
        Message::End(end) => Taken::End(end),
    }
}

/// How a guest ended that says nothing more. One that lives on after a message nobody understands is ended.
pub(super) fn ended(child: &mut Child) -> std::io::Result<ExitStatus> {
    for _ in 0..200 {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(STOPS_WITHIN);
    }
    child.kill()?;
    child.wait()
}

/// Why a guest that died is likely to have died.
fn death(request: &Request, status: ExitStatus, words: &str) -> DataError {
    let no_memory = || DataError::NoMemory { title: request.title.clone() };
    // What Rust says before it aborts for want of memory.
    if words.contains("memory allocation of") {
        let took = format!("{} of memory", readable(request.limits.bytes));
        return if request.limits.is_short { no_memory() } else { exhausting(request, took) };
    }
    match signal(status) {
        Some(SIGBUS) => DataError::Changed { title: request.title.clone() },
        Some(SIGXCPU) => exhausting(request, format!("{} seconds", request.limits.seconds)),
        // The system kills whoever has most when memory ends.
        Some(SIGKILL) => no_memory(),
        _ => damaged(request, "its parts contradict each other"),
    }
}

fn damaged(request: &Request, why: &str) -> DataError {
    DataError::damaged(&request.title, request.what.format(), why)
}

fn exhausting(request: &Request, took: String) -> DataError {
    DataError::Exhausting { title: request.title.clone(), format: request.what.format().into(), took }
}

pub(super) const SIGKILL: i32 = 9;
const SIGBUS: i32 = if cfg!(target_os = "linux") { 7 } else { 10 };
pub(super) const SIGXCPU: i32 = 24;

/// The signal that ended a process, where one did.
#[cfg(unix)]
pub fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// The signal that ended a process: elsewhere none does.
#[cfg(not(unix))]
pub fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use crate::data::read::format::Columnar;
    use crate::data::read::guest::request::{UseOf, What};

    use super::*;

    /// What the host says of a guest that does as the shell script says.
    fn told_of(script: &str, ctx: &Ctx) -> DataError {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("guest");
        // The request is read first, as a guest does.
        std::fs::write(&program, format!("#!/bin/sh\ncat > /dev/null\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let what = What::Columns { format: Columnar::Arrow, use_of: UseOf::Whole, only: Vec::new() };
        let request = Request::new(&program, "shop.arrow", what).unwrap();
        // A script that another thread's child still holds open for writing cannot be started for a moment.
        loop {
            match ask(&program, &request, &mut |_, _| Ok(()), ctx).unwrap_err() {
                DataError::NoGuest { why, .. } if why.contains("busy") => std::thread::yield_now(),
                error => return error,
            }
        }
    }

    #[test]
    fn every_death_of_a_guest_is_one_sentence() {
        let told = |script: &str| told_of(script, &Ctx::new()).to_string();
        let exhausting = "shop.arrow could not be read: it took more than";
        assert!(told("kill -BUS $$").starts_with("shop.arrow was cut short or replaced while it was read"));
        assert!(told("kill -XCPU $$").starts_with(&format!("{exhausting} 20 seconds, far more than an undamaged Arrow file")));
        assert!(told("kill -KILL $$").starts_with("shop.arrow could not be read: there is too little free memory"));
        assert!(told("echo 'memory allocation of 99 bytes failed' >&2; kill -ABRT $$").contains("of memory"));
        let damaged = "shop.arrow is a damaged or truncated Arrow file";
        for script in ["exit 101", "exit 0", "kill -SEGV $$", "printf 'R1234'; exit 0", "head -c 100 /dev/zero"] {
            let told = told(script);
            assert!(told.starts_with(damaged), "{script}: {told}");
        }
    }

    #[test]
    fn a_guest_ends_with_the_wish_to_stop() {
        let started = Instant::now();
        let error = told_of("exec sleep 100", &Ctx::stopping_after(20));
        assert!(matches!(error, DataError::Stopped(_)), "{error}");
        assert!(started.elapsed() < Duration::from_secs(50));
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let request = Request::new(Path::new("/"), "shop.xlsx", What::Cells { sheet: None }).unwrap();
        let error = ask(Path::new("/no/such/program"), &request, &mut |_, _| Ok(()), &Ctx::new()).unwrap_err();
        assert!(
            error.to_string().starts_with("shop.xlsx is read by a second process of this program, which could not be started"),
            "{error}"
        );
    }
}
