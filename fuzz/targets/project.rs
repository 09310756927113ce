//! Saved projects: opened or refused, and what was opened can be saved.
#![no_main]

use libfuzzer_sys::fuzz_target;
use personae::session::project;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("fuzz.personae");
    std::fs::write(&path, bytes).expect("room for a small file");
    let _ = project::open(&path);
});
