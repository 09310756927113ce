//! JSON, as a list of objects and as one object per line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use personae::base::Ctx;
use personae::data;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("fuzz.json");
    std::fs::write(&path, bytes).expect("room for a small file");
    if let Ok(raw) = data::read_raw(&path, &Ctx::new()) {
        let page = raw.page(0..raw.n_rows, &Ctx::new()).expect("rows that were read can be shown");
        assert_eq!(page.n_rows, raw.n_rows);
    }
});
