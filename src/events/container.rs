//! Which streams of text does a file hold?
//!
//! Plain text, gzip of one or many members, and zip archives of either (Amplitude packs one gzip per hour). In: a path, and what to do with each stream.
//! Out: nothing; streams come one after the other, those of an archive by name. Nothing is unpacked to disk or held as a whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::error::EventsError;

/// Bytes that are read from disk at a time.
const BLOCK: usize = 1 << 18;

/// What a failure of a stream means.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The file's name, without its folders.
    pub file: String,
    /// How it is packed: `gzip`, `zip`, or nothing.
    pub packed: Option<&'static str>,
}

impl Source {
    /// The sentence for an error while reading.
    pub fn failed(&self, error: &io::Error) -> EventsError {
        match self.packed {
            Some(format) => EventsError::Damaged { file: self.file.clone(), format, why: error.to_string() },
            None => EventsError::Unreadable { file: self.file.clone(), why: error.to_string() },
        }
    }
}

/// The name of a file without its folders.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What is done with a stream; it says whether the next one is wanted.
pub(super) type Each<'e> = &'e mut dyn FnMut(&Source, &mut dyn Read) -> Result<bool, EventsError>;

/// Gives `each` every stream of text in the file.
///
/// Fails where the file or an archive cannot be read, or `each` does.
pub(super) fn for_each_stream(path: &Path, each: Each<'_>) -> Result<(), EventsError> {
    let mut source = Source { file: name_of(path), packed: None };
    let failed = |error: io::Error, source: &Source| source.failed(&error);
    let mut file = File::open(path).map_err(|error| failed(error, &source))?;
    if file.metadata().map_err(|error| failed(error, &source))?.is_dir() {
        return Err(EventsError::Unreadable { file: source.file, why: "it is a folder".to_owned() });
    }
    let mut first = [0; 4];
    let n = read_up_to(&mut file, &mut first).map_err(|error| failed(error, &source))?;
    file.rewind().map_err(|error| failed(error, &source))?;
    let mut from = BufReader::with_capacity(BLOCK, file);
    match &first[..n] {
        [] => Err(EventsError::Empty { file: source.file }),
        [0x1f, 0x8b, ..] => {
            source.packed = Some("gzip");
            each(&source, &mut MultiGzDecoder::new(from)).map(drop)
        }
        [b'P', b'K', 3 | 5, _] => zipped(from, source, each),
        _ => each(&source, &mut from).map(drop),
    }
}

fn zipped(from: BufReader<File>, mut source: Source, each: Each<'_>) -> Result<(), EventsError> {
    source.packed = Some("zip");
    let damaged =
        |why: &dyn std::fmt::Display, file: &str| EventsError::Damaged { file: file.to_owned(), format: "zip", why: why.to_string() };
    let mut archive = zip::ZipArchive::new(from).map_err(|error| damaged(&error, &source.file))?;
    let mut names: Vec<String> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).filter(|name| is_text(name)).collect();
    names.sort();
    if names.is_empty() {
        return Err(EventsError::NoMember { file: source.file });
    }
    // Tables beside them would be left out without a word.
    if let Some(table) = archive.file_names().filter_map(Result::ok).find(|name| is_table(name)) {
        return Err(EventsError::TableBeside { file: source.file, table: table.into_owned() });
    }
    for name in names {
        let mut inside = BufReader::with_capacity(BLOCK, archive.by_name(&name).map_err(|error| damaged(&error, &source.file))?);
        // By its content: archives exist whose members are called .json and are gzip.
        let is_gzip = io::BufRead::fill_buf(&mut inside).map_err(|error| failed_in(&source, &name, &error))?.starts_with(&[0x1f, 0x8b]);
        let of_member = Source { file: format!("{} in {}", name, source.file), packed: Some(if is_gzip { "gzip" } else { "zip" }) };
        let read = if is_gzip { each(&of_member, &mut MultiGzDecoder::new(inside)) } else { each(&of_member, &mut inside) };
        match read {
            // Hours in which nothing happened.
            Err(EventsError::Empty { .. }) => {}
            read => {
                if !read? {
                    break;
                }
            }
        }
    }
    Ok(())
}

fn failed_in(source: &Source, name: &str, error: &io::Error) -> EventsError {
    EventsError::Damaged { file: format!("{name} in {}", source.file), format: "zip", why: error.to_string() }
}

/// Whether a name in an archive may be that of events; macOS adds parts of its own.
fn is_text(name: &str) -> bool {
    let is_hidden = name.split('/').any(|piece| piece.starts_with('.') || piece == "__MACOSX");
    let ending = name.to_ascii_lowercase();
    !is_hidden && [".json", ".jsonl", ".ndjson", ".gz", ".log", ".txt"].iter().any(|known| ending.ends_with(known))
}

fn is_table(name: &str) -> bool {
    let ending = name.to_ascii_lowercase();
    !name.starts_with("__MACOSX")
        && [".csv", ".tsv", ".parquet", ".arrow", ".feather", ".xlsx", ".xls", ".ods"].iter().any(|known| ending.ends_with(known))
}

/// Fills `block` as far as there is something to read.
pub(super) fn read_up_to(from: &mut (impl Read + ?Sized), block: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < block.len() {
        match from.read(&mut block[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gz(text: &str) -> Vec<u8> {
        let mut to = GzEncoder::new(Vec::new(), Compression::fast());
        to.write_all(text.as_bytes()).unwrap();
        to.finish().unwrap()
    }

    fn streams(bytes: &[u8]) -> Result<Vec<(String, String)>, EventsError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut all = Vec::new();
        for_each_stream(file.path(), &mut |source, from| {
            let mut text = String::new();
            from.read_to_string(&mut text).map_err(|error| source.failed(&error))?;
            all.push((source.file.split(" in ").next().unwrap().to_owned(), text));
            Ok(true)
        })?;
        Ok(all)
    }

    #[test]
    fn members_of_gzip_and_zip_come_in_order() {
        let twice = [gz("a\n"), gz("b\n")].concat();
        assert_eq!(streams(&twice).unwrap()[0].1, "a\nb\n");
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, content) in [
            ("x/2.json.gz", gz("two")),
            ("x/1.json", b"one".to_vec()),
            ("__MACOSX/1.json", b"no".to_vec()),
            ("x/3.json", gz("three")),
            ("a.pdf", vec![1]),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&content).unwrap();
        }
        let names: Vec<(String, String)> = streams(&zip.finish().unwrap().into_inner()).unwrap();
        let expected =
            [("x/1.json", "one"), ("x/2.json.gz", "two"), ("x/3.json", "three")].map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(names, expected);
    }

    #[test]
    fn damage_is_one_sentence() {
        let whole = gz(&"some text that is long enough to be cut off in its middle".repeat(50));
        let error = streams(&whole[..whole.len() / 2]).unwrap_err();
        assert!(matches!(&error, EventsError::Damaged { format: "gzip", .. }), "{error}");
        assert!(matches!(streams(b"PK\x03\x04rubbish").unwrap_err(), EventsError::Damaged { format: "zip", .. }));
        assert!(matches!(streams(b"").unwrap_err(), EventsError::Empty { .. }));
        let folder = for_each_stream(&std::env::temp_dir(), &mut |_, _| Ok(true)).unwrap_err();
        assert!(matches!(folder, EventsError::Unreadable { .. }));
    }
}
