//! Many combinations of shop exports with known truth: `cargo bench --bench exports -- 50000`. Prints those that differ from the truth, and how many a
//! second were read.

#[path = "../tests/it/exports/check.rs"]
mod check;

use std::time::Instant;

fn main() {
    let n: u64 = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(50_000);
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let half = |from: u64| -> Vec<String> { (from..n).step_by(threads as usize).filter_map(|seed| check::check(seed).err()).collect() };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let others: Vec<_> = (0..threads).map(|from| scope.spawn(move || half(from))).collect();
        others.into_iter().flat_map(|other| other.join().unwrap_or_default()).collect()
    });
    failed.iter().take(20).for_each(|why| println!("{why}\n"));
    let seconds = start.elapsed().as_secs_f64();
    println!("{} of {n} combinations differ from the truth; {:.0} a second", failed.len(), n as f64 / seconds);
}
