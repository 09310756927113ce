//! A sound file of every format, damaged by a seed, given to the program: it must end by itself with one sentence, whatever is in the file.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use polars::prelude::*;

pub mod xls;

use xls::Cell;

/// Longer than any file of a few kilobytes may take; a guest may take four seconds of the processor, and more of the clock where it is shared.
const MOST: Duration = Duration::from_secs(60);

/// Numbers from a seed.
pub struct Numbers(u64);

impl Numbers {
    pub fn of(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// Orders as a frame.
fn orders() -> DataFrame {
    let rows = 0..200i64;
    let columns = vec![
        Column::new("order_id".into(), rows.clone().collect::<Vec<_>>()),
        Column::new("customer_id".into(), rows.clone().map(|row| format!("C{}", row * 7919 % 50)).collect::<Vec<_>>()),
        Column::new("order_date".into(), rows.clone().map(|row| format!("2024-01-{:02}", row % 28 + 1)).collect::<Vec<_>>()),
        Column::new("amount".into(), rows.map(|row| row as f64 * 1.25).collect::<Vec<_>>()),
    ];
    DataFrame::new(200, columns).unwrap()
}

/// Its cells as text, names first.
fn cells() -> Vec<Vec<String>> {
    let mut rows = vec![["order_id", "customer_id", "order_date", "amount"].map(str::to_owned).to_vec()];
    rows.extend((0..200i64).map(|row| {
        vec![row.to_string(), format!("C{}", row * 7919 % 50), format!("2024-01-{:02}", row % 28 + 1), (row as f64 * 1.25).to_string()]
    }));
    rows
}

fn delimited(delimiter: &str) -> Vec<u8> {
    cells().iter().map(|row| row.join(delimiter) + "\n").collect::<String>().into_bytes()
}

fn json(lines: bool) -> Vec<u8> {
    let rows = cells();
    let object = |row: &Vec<String>| {
        let fields: Vec<String> = rows[0].iter().zip(row).map(|(name, cell)| format!("\"{name}\": \"{cell}\"")).collect();
        format!("{{{}}}", fields.join(", "))
    };
    let objects: Vec<String> = rows[1..].iter().map(object).collect();
    if lines { objects.join("\n").into_bytes() } else { format!("[{}]", objects.join(",\n")).into_bytes() }
}

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn ods() -> Vec<u8> {
    let cell = |text: &String| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    let row = |row: &Vec<String>| format!("<table:table-row>{}</table:table-row>", row.iter().map(cell).collect::<String>());
    let names =
        ["office", "text", "table"].map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\"")).join(" ");
    let rows: String = cells().iter().map(row).collect();
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content {names}><office:body><office:spreadsheet><table:table table:name=\"S\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet".to_owned();
    archive(&[("mimetype", kind), ("META-INF/manifest.xml", "<?xml version=\"1.0\"?><manifest/>".into()), ("content.xml", content)])
}

fn xlsx() -> Vec<u8> {
    let cell = |text: &String| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |row: &Vec<String>| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    let rows: String = cells().iter().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>")
    };
    let sheets = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    archive(&[
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".into()),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", sheets),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

/// Cells of every kind; a second sheet, so that there is a place to find.
fn xls() -> Vec<u8> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut rows = vec![["order_id", "customer_id", "order_date", "amount"].map(text).to_vec()];
    rows.extend((0..200).map(|row| {
        // From the first of January 2024 on.
        let day = Cell::Day(45_292 + row % 28);
        vec![Cell::Whole(row), Cell::Text(format!("C{}", row * 7919 % 50)), day, Cell::Number(f64::from(row) * 1.25)]
    }));
    xls::workbook(&[("Orders", rows), ("About", vec![vec![text("Checked"), Cell::Empty, Cell::YesNo(true)]])])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn columnar(parquet: bool) -> Vec<u8> {
    let (mut frame, mut bytes) = (orders(), Vec::new());
    if parquet {
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(90)).finish(&mut frame).unwrap();
    } else {
        IpcWriter::new(&mut bytes).finish(&mut frame).unwrap();
    }
    bytes
}

/// A sound file of every format, by the name that goes with it.
pub fn sound() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("m.csv", delimited(",")),
        ("m.tsv", delimited("\t")),
        ("m.json", json(false)),
        ("m.ndjson", json(true)),
        ("m.ods", ods()),
        ("m.xlsx", xlsx()),
        ("m.xls", xls()),
        ("m.parquet", columnar(true)),
        ("m.arrow", columnar(false)),
        ("m.csv.gz", gzip(&delimited(","))),
        ("m.zip", archive(&[("orders.csv", String::from_utf8(delimited(",")).unwrap())])),
        ("m.personae", include_bytes!("../../fixtures/project_v1.personae").to_vec()),
        ("lexicon.json", include_bytes!("../../../assets/lexicon.json").to_vec()),
    ]
}

/// The file with up to four damages: a bit, an odd byte, a cut, a stretch of 0xff, a piece twice, a piece of text that means something.
pub fn damaged(sound: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const TEXTS: [&[u8]; 8] = [b"\"", b"\r\n\r\n", b"\0", b"999999999999", b"<![CDATA[", b"{\"", b"\xef\xbb\xbf", b"=1+1"];
    let mut bytes = sound.to_vec();
    for _ in 0..1 + numbers.below(4) {
        let at = numbers.below(bytes.len());
        match numbers.below(6) {
            0 => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes[at] = [0, 0x7f, 0x80, 0xff][numbers.below(4)],
            2 => bytes.truncate(at.max(16)),
            3 => {
                let to = (at + 8).min(bytes.len());
                bytes[at..to].fill(0xff);
            }
            4 => {
                let piece = bytes[at..(at + 64).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                bytes.splice(at..at, TEXTS[numbers.below(TEXTS.len())].iter().copied());
            }
        }
    }
    bytes
}

/// Gives the program the damaged file of a seed, which must be in `folder` with a file `shop.csv`; an error tells what was wrong.
pub fn check(program: &Path, folder: &Path, sound: &[(&str, Vec<u8>)], seed: u64) -> Result<(), String> {
    let mut numbers = Numbers::of(seed);
    let (name, bytes) = &sound[seed as usize % sound.len()];
    let path = folder.join(format!("{seed}-{name}"));
    std::fs::write(&path, damaged(bytes, &mut numbers)).map_err(|why| why.to_string())?;
    let (shop, out) = (folder.join("shop.csv"), folder.join(format!("{seed}-out")));
    let mut command = Command::new(program);
    match *name {
        "m.personae" => command.arg("run").arg(&path).args(["--formats", "csv", "--out"]).arg(&out),
        "lexicon.json" => command.arg("segment").arg(&shop).args(["--k", "2", "--lexicon"]).arg(&path),
        _ if numbers.below(2) == 0 => command.arg("segment").arg(&path).args(["--k", "2"]),
        _ => command.arg("table").arg("--transactions").arg(&path).arg("--out").arg(out.with_extension("csv")),
    };
    let told = ends(command.arg("--quiet"));
    let _ = std::fs::remove_file(&path);
    let _ = std::fs::remove_dir_all(&out);
    let _ = std::fs::remove_file(out.with_extension("csv"));
    told.map_err(|why| format!("seed {seed}, {name}: {why}"))
}

/// Whether a run ends in time, by itself, and with at most one sentence.
fn ends(command: &mut Command) -> Result<(), String> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|why| why.to_string())?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|why| why.to_string())? {
            break status;
        }
        if started.elapsed() > MOST {
            let _ = child.kill();
            return Err(format!("does not end within {} s", MOST.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let mut said = String::new();
    let _ = child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut said));
    match status.code() {
        Some(0) => Ok(()),
        Some(1 | 2) if said.trim_end().lines().count() == 1 => Ok(()),
        code => Err(format!("ends with {code:?} and says {said:?}")),
    }
}
