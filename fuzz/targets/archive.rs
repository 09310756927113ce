//! gzip and zip around a table.
#![no_main]

use libfuzzer_sys::fuzz_target;
use personae::base::Ctx;
use personae::data::{self, Source};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for name in ["fuzz.csv.gz", "fuzz.zip"] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("room for a small file");
        let _ = data::read(&Source::file(&path), &Ctx::new());
    }
});
