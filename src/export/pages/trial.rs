//! Can a user's template be set within bounds? Templates are programs: one that doubles an array forty times, or makes ten million pages, would take the
//! window along. So a second process of this program sets the pages first, with limits on memory and processor time, and only where it comes to an
//! end are they set here.
//!
//! In: what the template sees. Out: nothing, or the reason why it cannot be used. Cost: setting the pages twice, and some 50 ms.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use typst::foundations::Bytes;

use crate::data::guest::{self, Trial};

use super::compile::compiled;
use super::world::PageWorld;

/// The argument that makes the program the guest; no file is called so by chance.
const ARGUMENT: &str = "--set-pages-as-guest";
/// Seconds of processor time for a template, and for every card that it sets besides: far more than the built-in one needs.
const SECONDS: u64 = 5;
const CARDS_A_SECOND: usize = 4;
/// Memory of a template's own. The built-in one needs less than a tenth of it for forty cards.
const BYTES: u64 = 1_000_000_000;

/// What the guest is asked.
#[derive(Serialize, Deserialize)]
struct Asked {
    paper: String,
    text: String,
    folder: Option<PathBuf>,
    /// Contents in Base64, by name.
    files: BTreeMap<String, String>,
    seconds: u64,
}

/// Why pages of this world cannot be set, if they cannot.
pub(super) fn refusal(world: &PageWorld, paper: &str, n_cards: usize) -> Option<String> {
    let seconds = SECONDS + (n_cards / CARDS_A_SECOND) as u64;
    let asked = Asked {
        paper: paper.to_owned(),
        text: world.text().to_owned(),
        folder: world.folder().cloned(),
        files: world.files().iter().map(|(name, bytes)| (name.clone(), BASE64.encode(bytes))).collect(),
        seconds,
    };
    match guest::try_out(ARGUMENT, &serde_json::to_vec(&asked).ok()?, seconds)? {
        Trial::Said(said) => Some(String::from_utf8_lossy(&said).into_owned()).filter(|reason| !reason.is_empty()),
        Trial::TooMuchMemory => Some(format!("it takes more than {} of memory", crate::base::memory::readable(BYTES))),
        Trial::TooLong => Some(format!("it takes longer than {seconds} seconds")),
        Trial::Died => Some("setting it came to a sudden end".to_owned()),
    }
}

/// Serves the host, if this process was started to set pages. To be called first, with the arguments behind the program's name.
pub fn serve_if_asked(mut arguments: impl Iterator<Item = impl AsRef<OsStr>>) -> Option<ExitCode> {
    if arguments.next()?.as_ref() != ARGUMENT {
        return None;
    }
    guest::end_with_first_panic();
    Some(if serve().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says why the pages cannot be set; nothing where they can.
fn serve() -> std::io::Result<()> {
    let mut asked = Vec::new();
    std::io::stdin().read_to_end(&mut asked)?;
    let Asked { paper, text, folder, files, seconds } = serde_json::from_slice(&asked)?;
    guest::limit(BYTES, seconds)?;
    let decoded = |(name, bytes): (String, String)| Ok((name, Bytes::new(BASE64.decode(bytes).map_err(std::io::Error::other)?)));
    let files = files.into_iter().map(decoded).collect::<std::io::Result<BTreeMap<String, Bytes>>>()?;
    if let Err(reason) = compiled(&PageWorld::of_files(&paper, files, text, folder)) {
        std::io::stdout().write_all(reason.as_bytes())?;
    }
    std::io::stdout().flush()
}
