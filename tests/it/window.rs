//! The real program in a real window: does the sample show plots? Needs Xvfb and ImageMagick; says so where they are missing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use personae::export::palette;
use resvg::tiny_skia::Pixmap;

/// Software rendering in a debug build on a busy machine is slow; a sound one needs a few seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// Ends its program when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_sample_opens_in_plots() {
    let missing: Vec<&str> = ["Xvfb", "import"].into_iter().filter(|tool| which(tool).is_none()).collect();
    if !missing.is_empty() {
        eprintln!("skipped: {} not installed, so no window can be opened and photographed here", missing.join(" and "));
        return;
    }
    let mut xvfb = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map(Running)
        .expect("Xvfb starts");
    let mut number = String::new();
    BufReader::new(xvfb.0.stdout.take().expect("piped")).read_line(&mut number).expect("Xvfb names its display");
    let display = format!(":{}", number.trim());
    let home = tempfile::tempdir().expect("a home");
    let mut program = Command::new(env!("CARGO_BIN_EXE_personae"))
        .arg("--sample")
        .env("DISPLAY", &display)
        .env_remove("WAYLAND_DISPLAY")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env_remove("RUST_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map(Running)
        .expect("the program starts");

    let since = Instant::now();
    let picture = home.path().join("window.png");
    let mut seen = [0; 3];
    // A window has no event another process could wait for, so the screen is looked at until the plots are there.
    while since.elapsed() < PATIENCE {
        if let Some(status) = program.0.try_wait().expect("the program can be asked") {
            let mut said = String::new();
            if let Some(stderr) = program.0.stderr.take() {
                said = std::io::read_to_string(stderr).unwrap_or_default();
            }
            panic!("the program ended with {status}: {said}");
        }
        let shot = Command::new("import").args(["-display", &display, "-window", "root"]).arg(&picture).stderr(Stdio::null()).status();
        if shot.is_ok_and(|status| status.success()) {
            seen = segment_pixels(&std::fs::read(&picture).expect("a picture"));
            if seen.iter().all(|count| *count > 150) {
                if cfg!(target_os = "linux") {
                    let log = std::fs::read_to_string(home.path().join("state/personae/personae.log")).expect("the window keeps a log");
                    assert!(log.starts_with(&format!("personae {}", env!("CARGO_PKG_VERSION"))), "{log}");
                }
                return;
            }
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("after {PATIENCE:?} the window showed {seen:?} pixels in the colours of the first three segments");
}

/// Pixels in the colours of the first three segments.
fn segment_pixels(png: &[u8]) -> [usize; 3] {
    let picture = Pixmap::decode_png(png).expect("a PNG");
    std::array::from_fn(|cluster| {
        let wanted = palette::segment(cluster);
        let near = |a: u8, b: u8| a.abs_diff(b) <= 6;
        picture.pixels().iter().filter(|p| near(p.red(), wanted[0]) && near(p.green(), wanted[1]) && near(p.blue(), wanted[2])).count()
    })
}

fn which(tool: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(tool)).find(|path| path.is_file())
}
