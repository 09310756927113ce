//! Is every file that leaves read by programs that are not ours, and do they find in it what we say? A script per format in `tests/foreign`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use personae::base::Ctx;
use personae::data::{Column, Texts, Values, sample};
use personae::export::{self, Choices, Format, Report};
use serde_json::Value;

use crate::exporting::{NASTY, nasty_report, plots};
use crate::pages::full;

/// What a script of `tests/foreign` prints about some files; none, and a line that says so, where the program it needs is not installed.
pub fn read(script: &str, files: &[PathBuf]) -> Option<Value> {
    let python = std::env::var("PERSONAE_PYTHON").unwrap_or_else(|_| "python3".into());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign").join(script);
    let output = match Command::new(&python).arg(path).args(files).output() {
        Ok(output) if output.status.code() != Some(77) => output,
        _ => {
            eprintln!("skipped: {python} has not what {script} needs; PERSONAE_PYTHON names another");
            return None;
        }
    };
    assert!(output.status.success(), "{script} {files:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// An export in every format that only data decide on, and what must be found in it.
struct Taken {
    folder: PathBuf,
    rows: usize,
    /// Customers of each persona, by number.
    sizes: Vec<usize>,
    /// Audience lists.
    lists: usize,
}

impl Taken {
    /// The files of a kind, in order.
    fn files(&self, start: &str, extension: &str) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let wanted = |path: &PathBuf| {
            path.file_name().unwrap().to_string_lossy().starts_with(start) && path.extension().is_some_and(|it| it == extension)
        };
        let mut files: Vec<PathBuf> = files.filter(wanted).collect();
        files.sort();
        files
    }
}

/// The built-in sample through the real program: exported once, read by many tests.
pub fn sample_export() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("sample.csv");
        std::fs::write(&data, sample::csv(3)).unwrap();
        let args = ["--k", "5", "--restarts", "3", "--stability", "--formats", "html,json,csv,parquet,svg,md", "--quiet"];
        let ran = Command::new(env!("CARGO_BIN_EXE_personae")).arg("cards").arg(&data).args(args).arg("--out").arg(folder.path()).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        folder
    });
    folder.path()
}

/// A report with everything a card may hold, whose cells try to break every format; every third customer has an age, every fifth refused.
fn awkward(mut report: Report) -> Report {
    let n = report.loaded.table.n_rows;
    let text = |name: &str, cell: &dyn Fn(usize) -> Option<String>| {
        let cells: Vec<Option<String>> = (0..n).map(cell).collect();
        Column { name: name.into(), values: Values::Text(Texts::collect(cells)), unit: None, original: None }
    };
    let plain = |name: &str, values| Column { name: name.into(), values, unit: None, original: None };
    Arc::make_mut(&mut report.loaded).table.columns = vec![
        text("E-Mail", &|row| Some(format!("User.{row}@Example.org"))),
        text("Einwilligung", &|row| Some(if row % 5 == 0 { "nein" } else { "ja" }.into())),
        text("a, b <i>", &|row| (row % 2 == 0).then(|| format!("{NASTY}, \"{row}\"\nline"))),
        plain("age", Values::Number((0..n).map(|row| if row % 3 == 0 { 1.0 / (row + 1) as f64 } else { f64::NAN }).collect())),
        plain("since", Values::Date((0..n).map(|row| (row % 4 > 0).then_some(row as i32 * 11 - 400)).collect())),
    ];
    report
}

fn taken() -> Vec<(&'static str, Taken, Option<tempfile::TempDir>)> {
    let of = |report: Report, sizes: &[usize], lists| {
        let (folder, rows) = (tempfile::tempdir().unwrap(), report.loaded.table.n_rows);
        let formats = [Format::Json, Format::Csv, Format::Parquet, Format::Svg, Format::Markdown, Format::Audience];
        export::write_all(&report, &plots(sizes.len()), &Choices::of(&formats), folder.path(), &Ctx::new()).unwrap();
        (Taken { folder: folder.path().into(), rows, sizes: sizes.to_vec(), lists }, Some(folder))
    };
    let json: Value = serde_json::from_str(&std::fs::read_to_string(sample_export().join("personas.json")).unwrap()).unwrap();
    let sizes = json["personas"].as_array().unwrap().iter().map(|persona| persona["customers"].as_u64().unwrap() as usize).collect();
    let sample = Taken { folder: sample_export().into(), rows: sample::N_CUSTOMERS, sizes, lists: 0 };
    let (full, full_folder) = of(awkward(full(&[150, 40, 12, 3])), &[150, 40, 12, 3], 2);
    let (nasty, nasty_folder) = of(awkward(nasty_report()), &[50, 40], 2);
    vec![("sample", sample, None), ("full", full, full_folder), ("nasty", nasty, nasty_folder)]
}

/// A format: the script that reads it, the files of an export it is given, and what must hold of what it found.
type Reading = (&'static str, fn(&Taken) -> Vec<PathBuf>, fn(&Taken, &Value));

const READINGS: [Reading; 5] = [
    ("read_customers.py", |taken| [taken.files("customers", "csv"), taken.files("customers", "parquet")].concat(), customers),
    ("read_cards.py", |taken| taken.files("personas", "json"), cards),
    ("read_markdown.py", |taken| taken.files("personas", "md"), markdown),
    ("read_drawings.py", |taken| taken.files("", "svg"), drawings),
    ("read_audiences.py", |taken| taken.files("audience", "csv"), audiences),
];

#[test]
fn every_format_is_read_by_a_program_that_is_not_ours() {
    for (name, taken, _folder) in taken() {
        for (script, files, check) in READINGS {
            if let Some(found) = read(script, &files(&taken)) {
                println!("{name}, {script}");
                check(&taken, &found);
            }
        }
    }
}

/// The columns that an export adds, and their types.
const ADDED: [(&str, &str); 5] = [
    ("persona", "Int64"),
    ("persona_name", "String"),
    ("distance", "Float64"),
    ("second_persona", "Int64"),
    ("second_persona_name", "String"),
];

fn customers(taken: &Taken, found: &Value) {
    assert_eq!(found["rows"], taken.rows);
    assert_eq!(found["columns"], found["columns_of_csv"]);
    assert_eq!(found["unlike"], serde_json::json!([]), "CSV and Parquet hold the same cells");
    // A CSV keeps the input's cells as they were, "0.0 %" among them; every column of ours is plain.
    let spelled = found["spelled"].as_array().unwrap();
    assert!(spelled.iter().all(|name| ADDED.iter().all(|(added, _)| name != added)) && (taken.lists == 0 || spelled.is_empty()));
    let nobody = taken.rows - taken.sizes.iter().sum::<usize>();
    for (column, kind) in ADDED {
        assert_eq!((&found["types"][column], &found["nulls"][column]), (&kind.into(), &nobody.into()), "{column}");
        let guessed = &found["guessed"][column];
        // Distances that are all 0 look whole.
        assert!(guessed == kind || (kind == "Float64" && guessed == "Int64"), "{column} of the CSV: {guessed}");
    }
    assert_eq!(found["sizes"], serde_json::json!(taken.sizes));
    assert_eq!((&found["names_of_a_persona"], &found["seconds_like_firsts"]), (&1.into(), &0.into()));
    assert!(found["least_distance"].as_f64().unwrap() >= 0.0);
}

fn cards(taken: &Taken, found: &Value) {
    assert_eq!(found["wrong"], serde_json::json!([]));
    assert_eq!((&found["rows"], &found["sizes"]), (&taken.rows.into(), &serde_json::json!(taken.sizes)));
    let nobody = found["left_out"].as_u64().unwrap() + found["in_no_group"].as_u64().unwrap();
    assert_eq!(nobody as usize + taken.sizes.iter().sum::<usize>(), taken.rows);
}

fn markdown(taken: &Taken, found: &Value) {
    assert_eq!((&found["html"], &found["links"], &found["code"]), (&serde_json::json!([]), &0.into(), &0.into()));
    let tables = found["tables"].as_array().unwrap();
    assert!(tables.len() > taken.sizes.len());
    for table in tables {
        let rows = table.as_array().unwrap();
        assert!(rows.len() > 1 && rows.iter().all(|cells| *cells == rows[0]), "{table}");
    }
    let headings = found["headings"].as_array().unwrap();
    assert!(headings.iter().any(|heading| heading == "How this was made"));
}

fn drawings(taken: &Taken, found: &Value) {
    let drawings = found.as_object().unwrap();
    assert!(drawings.len() > 2 * taken.sizes.len());
    for (name, drawing) in drawings {
        assert_eq!(drawing["root"], "{http://www.w3.org/2000/svg}svg", "{name}");
        assert_eq!(
            (&drawing["has_size"], &drawing["active"], &drawing["outside"]),
            (&true.into(), &serde_json::json!([]), &serde_json::json!([]))
        );
        assert!(drawing["shapes"].as_u64().unwrap() > 10, "{name}");
    }
}

fn audiences(taken: &Taken, found: &Value) {
    let lists = found.as_array().unwrap();
    assert_eq!(lists.len(), taken.lists);
    for list in lists {
        assert_eq!(list["header"], true);
        assert!(list["rows"].as_u64().unwrap() >= 10);
        assert_eq!((&list["ragged"], &list["unhashed"], &list["repeated"]), (&0.into(), &0.into(), &0.into()), "{list}");
    }
}
