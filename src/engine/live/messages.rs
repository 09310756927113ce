//! Messages that were sent, as files of JSON lines, and how far was read with each of them.
//!
//! A file is brought to the disk and named in one step, and beside it stands what is to be read after it, written first. So there is nothing that could disagree: whoever is killed at any moment
//! has the messages and where they end, or neither. Files that were read are removed once what was made of them is kept.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::Problem;
use crate::export::write_beside;

/// A folder of messages, open for more of them.
pub(super) struct Messages {
    folder: PathBuf,
    /// The number of the next file: files are read in the order they came in.
    next: u64,
}

const MESSAGES: &str = "ndjson";
const READ_TO: &str = "read";

fn name(nth: u64, ending: &str) -> String {
    format!("{nth:012}.{ending}")
}

impl Messages {
    /// Opens the folder, made if need be, with how far was read in the words of whoever reads.
    ///
    /// Fails where it cannot be read or written.
    pub(super) fn open<R: DeserializeOwned + Default>(folder: &Path) -> Result<(Messages, R), Problem> {
        let failed = |error: &dyn std::fmt::Display| {
            Problem(format!("{} cannot be used ({error}); check the folder and the room on the disk.", folder.display()).into())
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let last = numbers(folder, MESSAGES).map_err(|error| failed(&error))?.into_iter().max();
        let Some(last) = last else { return Ok((Messages { folder: folder.to_owned(), next: 0 }, R::default())) };
        let text = std::fs::read_to_string(folder.join(name(last, READ_TO))).map_err(|error| failed(&error))?;
        let read_to = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        Ok((Messages { folder: folder.to_owned(), next: last + 1 }, read_to))
    }

    /// Keeps messages, a line each, with what is to be read after them.
    ///
    /// Fails with one sentence where they cannot be written.
    pub(super) fn put(&mut self, lines: &str, read_to: &impl Serialize) -> Result<(), String> {
        self.write((self.next, READ_TO), &serde_json::to_string(read_to).unwrap_or_default())?;
        self.write((self.next, MESSAGES), lines)?;
        self.next += 1;
        Ok(())
    }

    /// Keeps that it was looked further and nothing came; of a folder without messages nothing, as nothing was read.
    ///
    /// Fails with one sentence where it cannot be written.
    pub(super) fn note(&mut self, read_to: &impl Serialize) -> Result<(), String> {
        match self.next.checked_sub(1) {
            Some(last) => self.write((last, READ_TO), &serde_json::to_string(read_to).unwrap_or_default()),
            None => Ok(()),
        }
    }

    fn write(&self, (nth, ending): (u64, &str), text: &str) -> Result<(), String> {
        write_beside(&self.folder.join(name(nth, ending)), |file| file.write_all(text.as_bytes()))
            .map_err(|error| format!("{} cannot be written ({error}); make room on the disk and start again.", self.folder.display()))
    }

    /// Bytes that lie here.
    pub(super) fn bytes(&self) -> u64 {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|about| about.len()).sum()
    }
}

/// The numbers of the files of a kind.
fn numbers(folder: &Path, ending: &str) -> std::io::Result<Vec<u64>> {
    let names = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let number = |name: &String| name.strip_suffix(ending)?.strip_suffix('.')?.parse().ok();
    Ok(names.collect::<std::io::Result<Vec<String>>>()?.iter().filter_map(number).collect())
}

/// Removes the files before `read`, the name of one of them: what was made of them is kept elsewhere.
pub(super) fn forget(folder: &Path, read: &str) {
    let Some(read) = read.split('.').next().and_then(|number| number.parse::<u64>().ok()) else { return };
    for ending in [MESSAGES, READ_TO] {
        for nth in numbers(folder, ending).unwrap_or_default().into_iter().filter(|nth| *nth < read) {
            // One that cannot be removed is read no second time, and only takes room.
            let _ = std::fs::remove_file(folder.join(name(nth, ending)));
        }
    }
}

/// A message as a line. In JSON a line may end only between its parts, where a blank means the same; one without a text is what JSON calls nothing, and is told as no event.
pub(super) fn line_of(value: Option<&[u8]>) -> String {
    let text = String::from_utf8_lossy(value.unwrap_or_default());
    match text.trim() {
        "" => "null".to_owned(),
        text => text.replace(['\n', '\r'], " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = Vec<i64>;

    #[test]
    fn how_far_was_read_is_kept_with_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("messages");
        let (mut messages, read_to) = Messages::open::<Read>(&folder).unwrap();
        assert_eq!(read_to, Read::new());
        messages.note(&vec![9i64]).unwrap();
        assert_eq!(messages.bytes(), 0, "nothing was read");
        let read_to = |to: i64| vec![to, 10 * to];
        for to in 1..=4 {
            messages.put("{}\n", &read_to(to)).unwrap();
        }
        // Whoever was killed before the messages were there had not read them.
        std::fs::write(folder.join(name(4, READ_TO)), "[99]").unwrap();
        std::fs::write(folder.join("notes.txt"), "of somebody else").unwrap();
        let (mut messages, found) = Messages::open::<Read>(&folder).unwrap();
        assert_eq!((messages.next, found), (4, read_to(4)));
        forget(&folder, &name(2, MESSAGES));
        let mut left: Vec<String> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        let kept =
            ["000000000002.ndjson", "000000000002.read", "000000000003.ndjson", "000000000003.read", "000000000004.read", "notes.txt"];
        assert_eq!(left, kept);
        forget(&folder, "notes.txt");
        assert_eq!(Messages::open::<Read>(&folder).unwrap().1, read_to(4), "nothing is read twice for it");
        messages.note(&read_to(5)).unwrap();
        assert_eq!(Messages::open::<Read>(&folder).unwrap().1, read_to(5));
        assert!(messages.bytes() > 20);
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(line_of(Some(b"{\n  \"id\": 1,\r\n  \"t\": \"a\\nb\"\n}\n")), r#"{   "id": 1,    "t": "a\nb" }"#);
        assert_eq!((line_of(None).as_str(), line_of(Some(b" \n")).as_str()), ("null", "null"));
        assert_eq!(line_of(Some(&[b'a', 0xff, b'b'])), "a\u{fffd}b");
    }
}
