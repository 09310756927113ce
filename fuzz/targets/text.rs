//! Delimited text: both readers end, agree on the number of rows, and what is written is read back as the same table.
#![no_main]

use libfuzzer_sys::fuzz_target;
use personae::base::Ctx;
use personae::data::{self, Source, write};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("fuzz.csv");
    std::fs::write(&path, bytes).expect("room for a small file");
    let (table, raw) = (data::read_table(&Source::file(&path), &Ctx::new()), data::read_raw(&path, &Ctx::new()));
    assert_eq!(table.is_ok(), raw.is_ok(), "{table:?} {raw:?}");
    let (Ok(table), Ok(raw)) = (table, raw) else { return };
    let loaded = table.profiled(&Ctx::new()).expect("nobody stops it");
    assert_eq!(loaded.table.n_rows, raw.n_rows);
    let mut out = Vec::new();
    write::csv(&loaded.table, &[], &mut out, &Ctx::new()).expect("memory takes every byte");
});
