//! Who opens files that their readers may not survive?
//!
//! Workbooks, Parquet and Arrow files are read by libraries that trust what a file says about itself: a damaged or hostile one makes them hang,
//! ask for all memory, panic, or be cut off while the file is mapped. A second process of this program reads them, with limits on memory and
//! processor time, and hands the rows over as Arrow. Whatever becomes of it is one sentence here, and the window keeps its work.
//!
//! In: what to read. Out: the rows, batch by batch, and what was told about them. Cost: starting a process (some 20 ms) and one copy of the rows
//! through a pipe.

mod columns;
mod host;
mod nested;
pub(in crate::data) mod request;
mod serve;
mod trial;
mod wire;
mod workbook;

use crate::base::Ctx;
use crate::data::error::DataError;

use request::{Request, Take, Told};

pub use host::{Guest, program, set_program, signal};
pub use serve::{end_with_first_panic, leave_no_core, limit, serve_if_asked};
pub use trial::{Trial, try_out};

/// Reads a file by the guest; where this program does not know how to start itself (another program that uses the library), right here.
pub(super) fn read(request: &Request, take: &mut Take, ctx: &Ctx) -> Result<Told, DataError> {
    match host::program() {
        Some(program) => host::ask(program, request, take, ctx),
        None => serve::answer(request, take, ctx),
    }
}
