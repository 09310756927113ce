//! Do files that their readers may not survive end in one sentence, and do sound ones come through as they are? By the program itself, whose
//! guest process reads workbooks, Parquet and Arrow.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use personae::base::Ctx;
use personae::data::{self, Source};
use polars::prelude::*;

fn personae(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_personae")).args(arguments).output().unwrap()
}

/// What the program says against a file; it must end by itself, with exit code 1 and one sentence.
fn refusal(path: &Path) -> String {
    let output = personae(&["segment", path.to_str().unwrap(), "--quiet"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{}: {said}", path.display());
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

/// Orders with all kinds of columns.
fn orders(n_rows: usize) -> DataFrame {
    let ids: Vec<i64> = (0..n_rows as i64).collect();
    let customers: Vec<String> = ids.iter().map(|id| format!("C{}", id * 7919 % 500)).collect();
    let amounts: Vec<f64> = ids.iter().map(|id| (id * 31 % 9000) as f64 / 100.0 + 1.0).collect();
    let moments: Vec<i64> = ids.iter().map(|id| 1_700_000_000_000 + id * 3_600_000).collect();
    let moments = Int64Chunked::from_slice("order_date".into(), &moments).into_datetime(TimeUnit::Milliseconds, None);
    let columns = vec![
        Column::new("order_id".into(), ids),
        Column::new("customer_id".into(), customers),
        Column::from(moments.into_series()),
        Column::new("amount".into(), amounts),
    ];
    DataFrame::new(n_rows, columns).unwrap()
}

fn parquet(frame: &DataFrame, rows_of_group: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(rows_of_group)).finish(&mut frame.clone()).unwrap();
    bytes
}

fn arrow(frame: &DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    IpcWriter::new(&mut bytes).finish(&mut frame.clone()).unwrap();
    bytes
}

/// A workbook of LibreOffice's kind around `rows`, the rows of a sheet as XML.
fn ods(rows: &str) -> Vec<u8> {
    let names =
        ["office", "text", "table"].map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\"")).join(" ");
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content {names}><office:body><office:spreadsheet><table:table table:name=\"S\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mut archive = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = ::zip::write::SimpleFileOptions::default();
    archive.start_file("mimetype", plain.compression_method(::zip::CompressionMethod::Stored)).unwrap();
    archive.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    archive.start_file("META-INF/manifest.xml", plain).unwrap();
    archive.write_all(b"<?xml version=\"1.0\"?><manifest/>").unwrap();
    archive.start_file("content.xml", plain).unwrap();
    archive.write_all(content.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn orders_come_through_the_guest_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let frame = orders(20_000);
    let mut tables = Vec::new();
    for (name, bytes) in [("a.parquet", parquet(&frame, 3_000)), ("a.arrow", arrow(&frame))] {
        let (path, out) = (folder.path().join(name), folder.path().join(format!("{name}.csv")));
        std::fs::write(&path, bytes).unwrap();
        let output = personae(&["table", "--transactions", path.to_str().unwrap(), "--out", out.to_str().unwrap(), "--quiet"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        tables.push(std::fs::read_to_string(&out).unwrap());
        // The library without a program of its own reads the same.
        let raw = data::read_raw(&path, &Ctx::new()).unwrap();
        assert!(raw.lazy().collect().unwrap().equals_missing(&frame), "{name}");
    }
    assert!(tables[0] == tables[1]);
    assert_eq!(tables[0].lines().count(), 501);
}

#[test]
fn a_workbook_comes_through_the_guest_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    let row = |cells: [String; 3]| format!("<table:table-row>{}</table:table-row>", cells.map(|text| cell(&text)).concat());
    let mut rows = row(["customer".into(), "spend".into(), "city".into()]);
    rows.extend((0..300).map(|at| row([format!("C{at}"), format!("{}.5", at % 40), format!("Town {}", at % 7)])));
    let (path, labels) = (folder.path().join("shop.ods"), folder.path().join("labels.csv"));
    std::fs::write(&path, ods(&rows)).unwrap();
    let output = personae(&["segment", path.to_str().unwrap(), "--k", "3", "--labels", labels.to_str().unwrap(), "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = data::read(&Source::file(&path), &Ctx::new()).unwrap().table;
    let labels = std::fs::read_to_string(&labels).unwrap();
    for (row, line) in labels.lines().skip(1).enumerate() {
        let cells: Vec<String> = table.columns.iter().map(|column| column.cell(row).into_owned()).collect();
        assert!(line.starts_with(&cells.join(",")), "{line}");
    }
    assert_eq!(labels.lines().count(), 301);
}

#[test]
fn files_that_promise_what_they_have_not_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let said = refusal(&path);
        assert!(said.contains(name), "{said}");
        said
    };
    let frame = orders(1_000);
    let (parquet, arrow) = (parquet(&frame, 500), arrow(&frame));
    for (name, bytes) in [("cut.parquet", &parquet), ("cut.arrow", &arrow)] {
        for share in [0.2, 0.6, 0.99] {
            refused(name, &bytes[..(bytes.len() as f64 * share) as usize]);
        }
    }
    // A buffer of 1e18 bytes.
    let mut absurd = arrow.clone();
    let length = (1_000u64 * 8).to_le_bytes();
    let places: Vec<usize> = (0..absurd.len() - 8).filter(|&at| absurd[at..at + 8] == length).collect();
    assert!(!places.is_empty());
    for at in places {
        absurd[at..at + 8].copy_from_slice(&1_000_000_000_000_000_000u64.to_le_bytes());
    }
    refused("absurd.arrow", &absurd);
}

#[test]
fn a_workbook_that_repeats_its_cells_beyond_a_sheet_ends_soon() {
    let folder = tempfile::tempdir().unwrap();
    let many = |text: &str| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"999999999\" office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    for n_rows in [3_000, 999_999] {
        let row = format!("<table:table-row table:number-rows-repeated=\"{n_rows}\">{}{}</table:table-row>", many("a"), many("1"));
        let path = folder.path().join("bomb.ods");
        std::fs::write(&path, ods(&row)).unwrap();
        let started = Instant::now();
        let said = refusal(&path);
        let is_told = said.contains("bomb.ods could not be read: it took more than")
            || said.contains("bomb.ods is a damaged or truncated Excel file");
        assert!(is_told, "{said}");
        assert!(started.elapsed() < Duration::from_secs(60), "its limit is four seconds");
    }
}

#[test]
fn a_template_that_wants_too_much_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("sample.csv");
    std::fs::write(&data, data::sample::csv(3)).unwrap();
    for (text, expected) in [
        ("#let a = (1,)\n#for i in range(40) { a = a + a }\n#a.len()", "takes"),
        ("#for i in range(10000000) { pagebreak() }", "takes"),
        ("#for i in range(20000) { pagebreak() }", "makes 20"),
        ("#let f(n) = f(n + 1)\n#f(0)", "depth"),
    ] {
        let template = folder.path().join("greedy.typ");
        std::fs::write(&template, text).unwrap();
        let [data, template, out] = [&data, &template, &folder.path().join("out")].map(|path| path.to_str().unwrap().to_owned());
        let started = Instant::now();
        let output = personae(&[
            "cards",
            &data,
            "--k",
            "4",
            "--restarts",
            "2",
            "--formats",
            "pdf",
            "--out",
            &out,
            "--template",
            &template,
            "--quiet",
        ]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}: {said}");
        assert!(said.contains("The template greedy.typ cannot be used") && said.contains(expected), "{text}: {said}");
        assert!(said.trim_end().lines().count() == 1, "{said}");
        assert!(started.elapsed() < Duration::from_secs(120), "{text}: {:?}", started.elapsed());
    }
}
