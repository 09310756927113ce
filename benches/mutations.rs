//! Many damaged files of every format: `cargo bench --bench mutations -- 20000 [first seed]`. Prints those that hang, crash or say more than a sentence.

#[path = "../tests/it/mutations/run.rs"]
mod run;

use std::path::Path;
use std::time::Instant;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let (n, first) = (numbers.next().unwrap_or(20_000), numbers.next().unwrap_or(0));
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let rows: String = (0..60).map(|row| format!("c{row},{},{}\n", row % 7, row * 3 % 50)).collect();
    std::fs::write(folder.path().join("shop.csv"), format!("id,visits,spend\n{rows}")).expect("room for a small file");
    let (sound, program, start) = (run::sound(), Path::new(env!("CARGO_BIN_EXE_personae")), Instant::now());
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let part = |from: u64| -> Vec<String> {
        let seeds = (first + from..first + n).step_by(threads as usize);
        seeds.filter_map(|seed| run::check(program, folder.path(), &sound, seed).err()).collect()
    };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let (part, parts) = (&part, (0..threads).collect::<Vec<_>>());
        let running: Vec<_> = parts.into_iter().map(|from| scope.spawn(move || part(from))).collect();
        running.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    failed.iter().take(50).for_each(|why| println!("{why}"));
    println!("{} of {n} damaged files went wrong; {:.0} a second", failed.len(), n as f64 / start.elapsed().as_secs_f64());
}
