//! The guest's side: take the limits, read the file, hand the rows over.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use polars::prelude::DataFrame;

use crate::base::Ctx;
use crate::data::error::DataError;

use super::request::{ARGUMENT, Request, Take, Told, What};
use super::wire::{self, End};
use super::{columns, workbook};

/// How a guest ends whose reader gave up.
pub(super) const GAVE_UP: u8 = 101;

/// Serves the host, if this process was started as a guest. To be called first, with the arguments behind the program's name.
pub fn serve_if_asked(mut arguments: impl Iterator<Item = impl AsRef<OsStr>>) -> Option<ExitCode> {
    if arguments.next()?.as_ref() != ARGUMENT {
        return None;
    }
    let path = PathBuf::from(arguments.next()?.as_ref());
    end_with_first_panic();
    Some(if serve(path).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A thread that panics may leave others waiting for it, so that the first panic of a guest is its end.
pub fn end_with_first_panic() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        std::process::exit(i32::from(GAVE_UP));
    }));
}

fn serve(path: PathBuf) -> std::io::Result<()> {
    let mut asked = Vec::new();
    std::io::stdin().read_to_end(&mut asked)?;
    let request = Request { path, ..serde_json::from_slice(&asked)? };
    limit(request.limits.bytes, request.limits.seconds)?;
    let mut out = std::io::stdout().lock();
    let mut room = Vec::new();
    let mut take = |mut rows: DataFrame, fraction: f32| {
        // The host has gone or was stopped; nobody hears this.
        wire::write_rows(&mut out, &mut rows, fraction, &mut room).map_err(|_| DataError::Stopped(crate::base::Stopped))
    };
    let end = End(answer(&request, &mut take, &Ctx::new()));
    wire::write_end(&mut out, &end)?;
    out.flush()
}

/// Reads what is asked for.
pub(super) fn answer(request: &Request, take: &mut Take, ctx: &Ctx) -> Result<Told, DataError> {
    let Request { path, title, what, limits } = request;
    match what {
        What::Cells { sheet } => workbook::rows(path, title, sheet.as_deref(), take, ctx),
        What::Columns { format, use_of, only } => columns::batches(path, title, (*format, *use_of, only), limits.budget, take, ctx),
    }
}

/// A process that dies leaves no picture of its memory, in which what it read would stand.
#[cfg(unix)]
pub fn leave_no_core() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

/// Elsewhere the system decides.
#[cfg(not(unix))]
pub fn leave_no_core() -> std::io::Result<()> {
    Ok(())
}

/// Memory of its own and time, for all that follows; mapped files do not count as memory.
#[cfg(unix)]
pub fn limit(bytes: u64, seconds: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let both = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Data, both(bytes))?;
    // One second between the signal that can be told from others and the one that nothing survives.
    setrlimit(Resource::Cpu, Rlimit { current: Some(seconds), maximum: Some(seconds + 1) })?;
    leave_no_core()?;
    // The host may be killed while a reader is busy.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

/// Elsewhere the host's clock is the only limit.
#[cfg(not(unix))]
pub fn limit(_: u64, _: u64) -> std::io::Result<()> {
    Ok(())
}
