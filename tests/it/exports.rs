//! Exports of shops with known truth, in every known shape, language and habit: what is read must equal the truth to the cent, the person and the day.
//! `cargo bench --bench exports` tries many more combinations.

#[path = "exports/check.rs"]
mod check;

use check::check;

const COMBINATIONS: u64 = 600;

#[test]
fn what_is_read_of_an_export_is_the_truth() {
    // Threads of their own: on rayon's, which the readers use, combinations would wait inside one another.
    let half = |from: u64| -> Vec<String> { (from..COMBINATIONS).step_by(2).filter_map(|seed| check(seed).err()).collect() };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let one = half(0);
        one.into_iter().chain(other.join().unwrap()).collect()
    });
    let shown: Vec<&str> = failed.iter().take(8).map(String::as_str).collect();
    assert!(failed.is_empty(), "{} of {COMBINATIONS} combinations differ from the truth:\n{}", failed.len(), shown.join("\n\n"));
}
