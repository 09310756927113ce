//! What does support need to know of a run? A log of what was done and how long it took, with nothing in it that belongs to customers.
//!
//! In: what `log`'s macros say, and `RUST_LOG`. Out: lines in a file for the window, on standard error for a command that is asked for them. Two things
//! keep values out: our own code names kinds, sizes and times only, and libraries, which may quote whatever they are given, are not heard unless they
//! are of the window, the GPU or the fonts.

use std::backtrace::Backtrace;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::time::Instant;

use env_logger::{Builder, Logger, Target};
use log::{Level, LevelFilter, Log, Metadata, Record};

use super::saying::warn;
use crate::data::READABLE_EXTENSIONS;

/// Chooses the levels, as usual: `debug`, or `personae=debug,warn`.
const VARIABLE: &str = "RUST_LOG";

/// The levels where nobody chose any.
const LEVELS: &str = "warn,personae=info";

/// The name of our own crate.
const OWN: &str = "personae";

/// Libraries whose warnings say why there is no window or no text. Those that are handed customers' values are not among them: whatever reads, computes or
/// sets text, and those for the clipboard and for accessibility.
const HEARD: [&str; 22] = [
    "calloop",
    "eframe",
    "egui_glow",
    "egui_system_font_provider",
    "egui_winit",
    "fontdb",
    "fontique",
    "glow",
    "glutin",
    "glutin_egl_sys",
    "glutin_glx_sys",
    "glutin_wgl_sys",
    "glutin_winit",
    "read_fonts",
    "skrifa",
    "smithay_client_toolkit",
    "wayland_backend",
    "wayland_client",
    "wayland_cursor",
    "winit",
    "x11rb",
    "xkbcommon_dl",
];

/// The file in the log's folder, and where it goes once it is long.
const FILE: &str = "personae.log";
const OLD_FILE: &str = "personae.old.log";

/// A file longer than this is put aside at the next start, so that there are never more than two, and the last run is always whole. A usual run writes a few
/// kilobytes; looking at the length with every line would put the beginning of a long run aside, which tells the most.
const MOST_BYTES: u64 = 1_000_000;

/// Logs to the file in `folder`. Where that cannot be written the program goes on without, and says so on standard error.
pub(super) fn to_file(folder: Option<PathBuf>, heading: &str) {
    let levels = wanted_levels().unwrap_or_else(|| LEVELS.to_owned());
    if is_off(&levels) {
        return;
    }
    let folder = folder.ok_or(std::io::ErrorKind::NotFound.into());
    match folder.and_then(|folder| Careful::new(Box::new(open(&folder)?), &levels, heading)) {
        Ok(careful) => start(careful, true),
        Err(error) => warn(&format!("personae: no log can be written: {error}")),
    }
}

/// Logs to standard error if `RUST_LOG` is set: a command says one sentence at most to those who did not ask.
pub(super) fn to_stderr(heading: &str) {
    if let Some(levels) = wanted_levels().filter(|levels| !is_off(levels))
        && let Ok(careful) = Careful::new(Box::new(std::io::stderr()), &levels, heading)
    {
        start(careful, false);
    }
}

/// Whether anything is logged: lines on standard error would tear what is drawn there.
pub(super) fn is_on() -> bool {
    log::max_level() != LevelFilter::Off
}

/// The first line of a run: the version with its commit, the system, how many processors it has, and the day.
pub(super) fn heading(version: &str, day: &str) -> String {
    let n_processors = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!("personae {version}, {} {}, {n_processors} processors, {day}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Says that files are opened: of what kind and size each is, since their names may name customers.
pub(super) fn opens(paths: &[PathBuf]) {
    if paths.is_empty() {
        return;
    }
    let files: Vec<String> = paths.iter().map(|path| kind_and_size(path)).collect();
    log::info!("files opened: {} ({})", files.len(), files.join(", "));
}

fn kind_and_size(path: &Path) -> String {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    // What follows the last dot of a name need not be an ending.
    let is_known = READABLE_EXTENSIONS.contains(&ending.as_str()) || ending == "personae";
    let kind = if is_known { ending.as_str() } else { "other" };
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => "folder".to_owned(),
        Ok(found) => format!("{kind} of {} bytes", found.len()),
        Err(_) => format!("{kind}, size unknown"),
    }
}

fn wanted_levels() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|levels| !levels.trim().is_empty())
}

fn is_off(levels: &str) -> bool {
    levels.trim().eq_ignore_ascii_case("off")
}

/// The log of this folder, to be added to.
fn open(folder: &Path) -> std::io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    if std::fs::metadata(&path).is_ok_and(|found| found.len() > MOST_BYTES) {
        // Another window may hold it, on Windows; then both go on with it.
        let _ = std::fs::rename(&path, folder.join(OLD_FILE));
    }
    OpenOptions::new().create(true).append(true).open(path)
}

/// Lets every line from here on go to `careful`, and panics too. Their message is told to nobody who would not see it anyway.
fn start(careful: Careful, tells_messages: bool) {
    let level = careful.logger.filter();
    if log::set_boxed_logger(Box::new(careful)).is_err() {
        // Whoever embeds the program has a log already.
        return;
    }
    log::set_max_level(level);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        log::error!("{}", told_of_panic(panic));
        if tells_messages {
            before(panic);
        }
    }));
}

/// Where and in which thread, and how it came there. Not the message: it may quote a value.
fn told_of_panic(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = std::thread::current();
    format!("panic at {place}, thread {}\n{}", thread.name().unwrap_or("without a name"), Backtrace::force_capture())
}

/// A logger that hears only those who know nothing of customers.
struct Careful {
    logger: Logger,
    /// Libraries that whoever chose the levels named.
    named: Vec<String>,
}

impl Careful {
    /// Begins with `heading`. Where libraries were named, a sentence says what that means for whoever passes the log on.
    fn new(mut to: Box<dyn Write + Send>, levels: &str, heading: &str) -> std::io::Result<Careful> {
        let named = named(levels);
        let mut head = format!("{heading}\n");
        if !named.is_empty() {
            let names = named.join(", ");
            let warning = format!(
                "{VARIABLE} names libraries ({names}): what they say may hold values of your data. Read this log before you pass it on.\n"
            );
            head.insert_str(0, &warning);
        }
        to.write_all(head.as_bytes())?;
        let started = Instant::now();
        let mut builder = Builder::new();
        builder.parse_filters(levels).target(Target::Pipe(to)).format(move |to, record| {
            writeln!(to, "{:>9.3} {:<5} {}: {}", started.elapsed().as_secs_f64(), record.level(), record.target(), record.args())
        });
        Ok(Careful { logger: builder.build(), named })
    }

    fn hears(&self, about: &Metadata<'_>) -> bool {
        let is_named = || self.named.iter().any(|name| about.target().starts_with(name.as_str()));
        let crate_name = crate_of(about.target());
        crate_name == OWN || (about.level() <= Level::Warn && HEARD.contains(&crate_name)) || is_named()
    }
}

impl Log for Careful {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        self.hears(about) && self.logger.enabled(about)
    }

    fn log(&self, record: &Record<'_>) {
        if self.hears(record.metadata()) {
            self.logger.log(record);
        }
    }

    fn flush(&self) {
        self.logger.flush();
    }
}

fn crate_of(target: &str) -> &str {
    target.split("::").next().unwrap_or(target)
}

/// The libraries that levels are chosen for by name.
fn named(levels: &str) -> Vec<String> {
    let directives = levels.split('/').next().unwrap_or_default();
    let names = directives.split(',').map(|directive| directive.split('=').next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty() && name.parse::<LevelFilter>().is_err() && crate_of(name) != OWN).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A place to write that can be read.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What becomes of lines, each from somebody, at a level, with a text.
    fn log_of(levels: &str, lines: &[(&str, Level, &str)]) -> String {
        let written = Written::default();
        let careful = Careful::new(Box::new(written.clone()), levels, "personae 1.2.3").unwrap();
        for (target, level, text) in lines {
            careful.log(&Record::builder().target(target).level(*level).args(format_args!("{text}")).build());
        }
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_a_library_says_of_a_value_does_not_reach_the_log() {
        let lines = [
            ("polars_core::frame", Level::Error, "duplicate of Anna"),
            ("egui::context", Level::Warn, "label Anna"),
            ("winit::platform", Level::Info, "key of Anna"),
            ("winit::platform", Level::Warn, "no display"),
            ("fontdb", Level::Warn, "a broken font"),
            ("personae::engine", Level::Info, "a step"),
            ("personae::engine", Level::Debug, "its milliseconds"),
        ];
        let said = log_of(LEVELS, &lines);
        assert!(said.starts_with("personae 1.2.3\n"), "{said}");
        assert!(!said.contains("Anna") && !said.contains("milliseconds"), "{said}");
        for heard in ["WARN  winit::platform: no display\n", "WARN  fontdb: a broken font\n", "INFO  personae::engine: a step\n"] {
            assert!(said.contains(heard), "{said}");
        }
        let said = log_of("trace", &lines);
        assert!(!said.contains("Anna") && said.contains("its milliseconds"), "{said}");
        let said = log_of("personae=debug,warn", &lines);
        assert!(!said.contains("Anna") && said.contains("its milliseconds") && said.contains("no display"), "{said}");
        assert!(!log_of("error", &lines).contains("no display"));
    }

    #[test]
    fn a_library_that_is_named_is_heard_and_the_log_begins_by_saying_so() {
        let lines = [("polars_core::frame", Level::Debug, "about Anna"), ("polars_sql", Level::Debug, "about Bob")];
        let said = log_of("warn,polars_core=debug", &lines);
        assert!(said.starts_with("RUST_LOG names libraries (polars_core): what they say may hold values"), "{said}");
        assert!(said.contains("about Anna") && !said.contains("Bob"), "{said}");
    }

    #[test]
    fn a_panic_is_told_without_its_message() {
        const HERE: &str = "a thread that panics for the log's test";
        let told = Arc::new(Mutex::new(String::new()));
        let (heard, before) = (told.clone(), std::panic::take_hook());
        // Other tests of the process may panic meanwhile, as they do without this one.
        std::panic::set_hook(Box::new(move |panic| match std::thread::current().name() {
            Some(HERE) => *heard.lock().unwrap() = told_of_panic(panic),
            _ => before(panic),
        }));
        let value = String::from("Anna");
        let panics = std::thread::Builder::new().name(HERE.into()).spawn(move || panic!("no column {value}")).unwrap();
        let message = panics.join().unwrap_err();
        assert_eq!(message.downcast_ref::<String>().unwrap(), "no column Anna");
        let told = told.lock().unwrap();
        assert!(told.starts_with("panic at ") && told.contains("logging.rs:") && told.contains(HERE), "{told}");
        assert!(!told.contains("Anna") && told.lines().count() > 3, "{told}");
    }

    #[test]
    fn a_long_log_is_put_aside_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("state");
        let text = |name: &str| std::fs::read_to_string(inside.join(name)).ok();
        open(&inside).unwrap().write_all(b"first\n").unwrap();
        open(&inside).unwrap().write_all(b"second\n").unwrap();
        assert_eq!((text(FILE).as_deref(), text(OLD_FILE)), (Some("first\nsecond\n"), None));
        let long = "x".repeat(MOST_BYTES as usize + 1);
        std::fs::write(inside.join(OLD_FILE), "older").unwrap();
        std::fs::write(inside.join(FILE), &long).unwrap();
        open(&inside).unwrap().write_all(b"third\n").unwrap();
        assert_eq!((text(FILE).as_deref(), text(OLD_FILE)), (Some("third\n"), Some(long)));
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(open(&folder.path().join("file")).is_err(), "no folder, no log");
    }

    #[test]
    fn a_file_is_told_by_its_kind_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("Anna.CSV"), "12345").unwrap();
        std::fs::write(at("orders of.Anna"), "1").unwrap();
        let told = [at("Anna.CSV"), at("orders of.Anna"), at("gone.xls"), folder.path().to_owned()].map(|path| kind_and_size(&path));
        assert_eq!(told, ["csv of 5 bytes", "other of 1 bytes", "xls, size unknown", "folder"]);
    }
}
