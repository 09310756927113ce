//! The host's side: start the second process, hear how it goes, stop it, and put its end into words.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::base::Ctx;
use crate::base::text::count;
use crate::data::guest::{self, Guest};

use super::address;
use super::request::{ARGUMENT, Foreseen, Pull, PullError, Pulled, Request, Says};

/// A second process is asked to stop within this time.
const STOPS_WITHIN: Duration = Duration::from_millis(50);

/// Writes the rows to an Arrow file. A file that is there is replaced once all rows have come.
pub fn pull(asked: &Pull, out: &Path, ctx: &Ctx) -> Result<Pulled, PullError> {
    let cannot = |why: &dyn std::fmt::Display| PullError::Cannot(format!("{} cannot be written: {why}.", out.display()));
    if out.is_dir() {
        return Err(cannot(&"it is a folder"));
    }
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).map_err(|why| cannot(&why))?;
    }
    let mut pulled = None;
    let request = Request { pull: asked.clone(), out: Some(out.to_owned()) };
    ask(&request, ctx, |says| {
        if let Says::Done(done) = says {
            pulled = Some(done)
        }
    })?;
    pulled.ok_or_else(|| died(asked, "nothing was written"))
}

/// How much would come. The database counts the rows, which may take it as long as the query.
pub fn foresee(asked: &Pull, ctx: &Ctx) -> Result<Foreseen, PullError> {
    let mut foreseen = None;
    let request = Request { pull: asked.clone(), out: None };
    ask(&request, ctx, |says| {
        if let Says::Foreseen(found) = says {
            foreseen = Some(found)
        }
    })?;
    foreseen.ok_or_else(|| died(asked, "nothing was said"))
}

fn died(asked: &Pull, how: &str) -> PullError {
    PullError::Died(address::engine_name(asked).to_owned(), how.to_owned())
}

/// Lets the second process do it, and hears what it says.
fn ask(request: &Request, ctx: &Ctx, mut hear: impl FnMut(Says)) -> Result<(), PullError> {
    let no_guest = |why: std::io::Error| PullError::NoGuest(why.to_string());
    let program = guest::program().ok_or_else(|| PullError::NoGuest("it does not know where it is".to_owned()))?;
    let mut command = Command::new(program);
    // What a driver prints may hold the address with its secrets: nobody sees it.
    command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut guest = Guest(command.spawn().map_err(no_guest)?);
    let (Some(mut stdin), Some(stdout)) = (guest.0.stdin.take(), guest.0.stdout.take()) else {
        return Err(no_guest(std::io::ErrorKind::BrokenPipe.into()));
    };
    let mut line = serde_json::to_vec(request).map_err(|why| no_guest(why.into()))?;
    line.push(b'\n');
    // One that died at once is seen below. The pipe stays open: where this process ends, the other one does.
    let _ = stdin.write_all(&line).and_then(|()| stdin.flush());
    let (send, said) = channel();
    std::thread::spawn(move || {
        // A driver may write to standard output as well, in whatever letters.
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            if let Ok(says) = serde_json::from_slice::<Says>(&line)
                && send.send(says).is_err()
            {
                break;
            }
        }
    });
    loop {
        ctx.check()?;
        match said.recv_timeout(STOPS_WITHIN) {
            Ok(Says::Cannot(why)) => return Err(PullError::Cannot(why)),
            Ok(Says::Rows(rows)) => ctx.progress(&format!("{} rows have come", count(rows as usize)), 0.0),
            Ok(says) => hear(says),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = guest.0.wait().map_err(no_guest)?;
    drop(stdin);
    if status.success() { Ok(()) } else { Err(died(&request.pull, &how_it_ended(status))) }
}

fn how_it_ended(status: ExitStatus) -> String {
    match (guest::signal(status), status.code()) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, Some(code)) => format!("code {code}"),
        (None, None) => "no code".to_owned(),
    }
}
