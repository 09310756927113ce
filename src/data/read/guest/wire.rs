//! What goes through the pipe from the guest to its host: batches of rows as Arrow files, then the end.
//!
//! A message is a letter, the length of what follows in eight bytes (little-endian), and that many bytes.

use std::io::{Cursor, Error, ErrorKind, Read, Result, Write};

use polars::prelude::{DataFrame, IpcReader, IpcWriter, SerReader, SerWriter};
use serde::{Deserialize, Serialize};

use crate::data::error::DataError;

use super::request::Told;

const ROWS: u8 = b'R';
const END: u8 = b'E';

/// The last message.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct End(pub std::result::Result<Told, DataError>);

/// A message as it came.
pub(super) enum Message {
    /// The share of the file that is read, and rows as an Arrow file.
    Rows(f32, Vec<u8>),
    /// How it ended.
    End(End),
}

/// Writes a batch of rows. `room` is where it is put together, the same for every batch: new memory would cost more than the copying.
pub(super) fn write_rows(to: &mut impl Write, rows: &mut DataFrame, fraction: f32, room: &mut Vec<u8>) -> Result<()> {
    room.clear();
    room.extend(fraction.to_le_bytes());
    IpcWriter::new(&mut *room).finish(rows).map_err(Error::other)?;
    write(to, ROWS, room)
}

/// Writes the end.
pub(super) fn write_end(to: &mut impl Write, end: &End) -> Result<()> {
    write(to, END, &serde_json::to_vec(end)?)
}

fn write(to: &mut impl Write, letter: u8, bytes: &[u8]) -> Result<()> {
    to.write_all(&[letter])?;
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads the next message, into `room` where it is rows.
pub(super) fn read(from: &mut impl Read, room: Vec<u8>) -> Result<Message> {
    let mut head = [0; 9];
    from.read_exact(&mut head)?;
    let [letter, length @ ..] = head;
    let length = u64::from_le_bytes(length);
    let body = |skipped: u64, from: &mut dyn Read| -> Result<Vec<u8>> {
        let mut bytes = room;
        bytes.clear();
        let wanted = length.saturating_sub(skipped);
        // Taken as it comes: the room for it all is not believed in beforehand.
        let n = from.take(wanted).read_to_end(&mut bytes)?;
        if n as u64 == wanted { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
    };
    match letter {
        ROWS => {
            let mut fraction = [0; 4];
            from.read_exact(&mut fraction)?;
            Ok(Message::Rows(f32::from_le_bytes(fraction), body(4, from)?))
        }
        END => Ok(Message::End(serde_json::from_slice(&body(0, from)?)?)),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

/// The rows of a message.
pub(super) fn rows(bytes: &[u8]) -> Result<DataFrame> {
    IpcReader::new(Cursor::new(bytes)).finish().map_err(Error::other)
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    #[test]
    fn rows_and_the_end_arrive_as_they_were_sent_and_a_cut_is_seen() {
        let mut sent = df!("a" => [1i64, 2], "b" => [Some("x"), None]).unwrap();
        let end = End(Err(DataError::Empty { title: "a.xlsx".into() }));
        let mut pipe = Vec::new();
        write_rows(&mut pipe, &mut sent, 0.5, &mut b"what was there before".to_vec()).unwrap();
        write_end(&mut pipe, &end).unwrap();
        let mut from = Cursor::new(&pipe);
        let Message::Rows(fraction, bytes) = read(&mut from, Vec::new()).unwrap() else { panic!("no rows") };
        assert_eq!(fraction, 0.5);
        assert!(rows(&bytes).unwrap().equals_missing(&sent));
        let Message::End(came) = read(&mut from, Vec::new()).unwrap() else { panic!("no end") };
        assert_eq!(came, end);
        assert!(read(&mut from, Vec::new()).is_err(), "nothing follows");
        for cut in [1, 8, 12, pipe.len() - 1] {
            let mut from = Cursor::new(&pipe[..cut]);
            assert!(std::iter::repeat_with(|| read(&mut from, Vec::new())).take(3).any(|message| message.is_err()), "cut at {cut}");
        }
    }
}
