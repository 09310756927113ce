//! Messages of a topic as files of JSON lines, and how far the topic was read with each of them.
//!
//! A file is brought to the disk and named in one step, and beside it stands what is to be read after it, written first. So there is nothing that could disagree: whoever is killed at any moment
//! has the messages and where they end, or neither. Files that were read are removed once what was made of them is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::Problem;
use crate::export::write_beside;

/// By partition, the message that is to be read next.
pub(super) type Positions = BTreeMap<i32, i64>;

/// How far a topic was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TopicRead {
    pub next: Positions,
    /// By partition, how many messages could never be read: whoever looks at the numbers later must still be told.
    #[serde(default)]
    pub lost: BTreeMap<i32, i64>,
}

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
    /// Opens the folder, made if need be, with how far was read.
    ///
    /// Fails where it cannot be read or written.
    pub(super) fn open(folder: &Path) -> Result<(Messages, TopicRead), Problem> {
        let failed = |error: &dyn std::fmt::Display| {
            Problem(format!("{} cannot be used ({error}); check the folder and the room on the disk.", folder.display()).into())
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let last = numbers(folder, MESSAGES).map_err(|error| failed(&error))?.into_iter().max();
        let Some(last) = last else { return Ok((Messages { folder: folder.to_owned(), next: 0 }, TopicRead::default())) };
        let text = std::fs::read_to_string(folder.join(name(last, READ_TO))).map_err(|error| failed(&error))?;
        let read_to = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        Ok((Messages { folder: folder.to_owned(), next: last + 1 }, read_to))
    }

    /// Keeps messages, a line each, with what is to be read after them.
    ///
    /// Fails with one sentence where they cannot be written.
    pub(super) fn put(&mut self, lines: &str, read_to: &TopicRead) -> Result<(), String> {
        let write = |ending: &str, text: &str| {
            write_beside(&self.folder.join(name(self.next, ending)), |file| file.write_all(text.as_bytes()))
                .map_err(|error| format!("{} cannot be written ({error}); make room on the disk and start again.", self.folder.display()))
        };
        write(READ_TO, &serde_json::to_string(read_to).unwrap_or_default())?;
        write(MESSAGES, lines)?;
        self.next += 1;
        Ok(())
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

    #[test]
    fn how_far_was_read_is_kept_with_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("messages");
        let (mut messages, read_to) = Messages::open(&folder).unwrap();
        assert_eq!(read_to, TopicRead::default());
        let read_to = |to: i64| TopicRead { next: Positions::from([(0, to), (7, 10 * to)]), lost: BTreeMap::from([(7, 3)]) };
        for to in 1..=4 {
            messages.put("{}\n", &read_to(to)).unwrap();
        }
        // Whoever was killed before the messages were there had not read them.
        std::fs::write(folder.join(name(4, READ_TO)), r#"{"next":{"0":99}}"#).unwrap();
        std::fs::write(folder.join("notes.txt"), "of somebody else").unwrap();
        let (messages, found) = Messages::open(&folder).unwrap();
        assert_eq!((messages.next, found), (4, read_to(4)));
        forget(&folder, &name(2, MESSAGES));
        let mut left: Vec<String> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        let kept =
            ["000000000002.ndjson", "000000000002.read", "000000000003.ndjson", "000000000003.read", "000000000004.read", "notes.txt"];
        assert_eq!(left, kept);
        forget(&folder, "notes.txt");
        assert_eq!(Messages::open(&folder).unwrap().1, read_to(4), "nothing is read twice for it");
        assert!(messages.bytes() > 20);
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(line_of(Some(b"{\n  \"id\": 1,\r\n  \"t\": \"a\\nb\"\n}\n")), r#"{   "id": 1,    "t": "a\nb" }"#);
        assert_eq!((line_of(None).as_str(), line_of(Some(b" \n")).as_str()), ("null", "null"));
        assert_eq!(line_of(Some(&[b'a', 0xff, b'b'])), "a\u{fffd}b");
    }
}
