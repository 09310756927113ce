//! Damaged files of every format, some of them here; `cargo bench --bench mutations` tries many more.

#[path = "mutations/run.rs"]
pub mod run;

use std::path::Path;

const FILES: u64 = 360;

#[test]
fn damaged_files_of_every_format_end_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("shop.csv"),
        "id,visits,spend\n".to_owned() + &(0..60).map(|row| format!("c{row},{},{}\n", row % 7, row * 3 % 50)).collect::<String>(),
    )
    .unwrap();
    let sound = run::sound();
    let program = Path::new(env!("CARGO_BIN_EXE_personae"));
    let half = |from: u64| -> Vec<String> {
        (from..FILES).step_by(2).filter_map(|seed| run::check(program, folder.path(), &sound, seed).err()).collect()
    };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0).into_iter().chain(other.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_files_that_are_damaged_are_sound_before() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in run::sound().into_iter().filter(|(name, _)| !name.ends_with(".personae") && *name != "lexicon.json") {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let raw = personae::data::read_raw(&path, &personae::base::Ctx::new()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((raw.n_rows, raw.columns.len()), (200, 4), "{name}");
    }
}
