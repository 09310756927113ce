//! A text file, a chunk of whole rows at a time, as UTF-8.
//!
//! In: a path, its letters, how large a chunk is. Out: chunks, none of which splits a row, not even one with line ends inside quotes. Memory: a
//! chunk and the row that did not fit into it. A quote that is not closed within [`LONGEST_ROW`] counts as never closed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{Decoder, Encoding, UTF_8};

use crate::base::{Ctx, KeyOfPieces};
use crate::data::error::DataError;
use crate::data::read::split::Cutting;

/// How the letters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// UTF-8 as far as is known; a chunk may show that it is not.
    Utf8,
    /// A file that says so itself, with a byte order mark: UTF-8 or UTF-16, damaged letters replaced.
    Marked(&'static Encoding),
    /// One of the older encodings.
    Other(&'static Encoding),
}

/// The chunks of a file.
pub(super) struct Chunks<'a> {
    file: File,
    of: &'a TextFile<'a>,
    decoder: Option<Decoder>,
    pending: Vec<u8>,
    at_end: bool,
    seen: u64,
    hash: KeyOfPieces,
}

/// A text file and how it is cut.
pub(super) struct TextFile<'a> {
    pub path: &'a Path,
    /// What is told while it is read.
    pub stage: String,
    pub size: u64,
    pub letters: Letters,
    /// Lines end with a carriage return alone.
    pub only_returns: bool,
    pub delimiter: u8,
    pub chunk_bytes: usize,
    pub ctx: &'a Ctx,
}

/// A chunk, or that the letters are not what they seemed.
pub(super) enum Chunk {
    Text(String),
    NotUtf8,
    End,
}

/// Bytes of a row beyond which an open quote in it is taken for a character.
const LONGEST_ROW: usize = 16 << 20;

impl TextFile<'_> {
    /// Begins at the beginning.
    pub(super) fn chunks(&self) -> Result<Chunks<'_>, DataError> {
        let file = File::open(self.path).map_err(|error| DataError::of_io(self.path, &error))?;
        Ok(Chunks { file, of: self, decoder: self.decoder(), pending: Vec::new(), at_end: false, seen: 0, hash: KeyOfPieces::default() })
    }

    fn decoder(&self) -> Option<Decoder> {
        match self.letters {
            Letters::Utf8 => None,
            // The byte order mark is taken off by the decoder.
            Letters::Marked(encoding) => Some(encoding.new_decoder_with_bom_removal()),
            Letters::Other(encoding) => Some(encoding.new_decoder_without_bom_handling()),
        }
    }

    /// The text of `length` bytes from `start` on, without the lines that are cut at either end of it.
    pub(super) fn excerpt(&self, start: u64, length: usize) -> Result<String, DataError> {
        let failed = |error: std::io::Error| DataError::of_io(self.path, &error);
        let mut file = File::open(self.path).map_err(failed)?;
        // Letters of UTF-16 begin at even places.
        let start = start & !1;
        file.seek(SeekFrom::Start(start)).map_err(failed)?;
        let mut bytes = Vec::with_capacity(length);
        file.take(length as u64).read_to_end(&mut bytes).map_err(failed)?;
        let text = match self.letters {
            Letters::Utf8 => String::from_utf8_lossy(&bytes).into_owned(),
            Letters::Other(encoding) => encoding.decode_without_bom_handling(&bytes).0.into_owned(),
            Letters::Marked(encoding) if start == 0 => encoding.decode_with_bom_removal(&bytes).0.into_owned(),
            Letters::Marked(encoding) => encoding.decode_without_bom_handling(&bytes).0.into_owned(),
        };
        let text = if self.only_returns { text.replace('\r', "\n") } else { text };
        let first = if start == 0 { 0 } else { text.find('\n').map_or(text.len(), |at| at + 1) };
        let last = if start + length as u64 >= self.size { text.len() } else { text.rfind('\n').map_or(first, |at| at + 1) };
        Ok(text.get(first..last.max(first)).unwrap_or_default().to_owned())
    }
}

impl Chunks<'_> {
    /// The key of all bytes so far.
    pub(super) fn key(&self) -> crate::base::Key {
        self.hash.key()
    }

    /// The next chunk of whole rows.
    pub(super) fn next(&mut self) -> Result<Chunk, DataError> {
        let rows = loop {
            self.of.ctx.check()?;
            if !self.at_end && self.pending.len() < self.of.chunk_bytes {
                self.fill()?;
                continue;
            }
            if self.at_end {
                break self.pending.len();
            }
            match self.whole_rows() {
                // One row is longer than all this: read on, it must end somewhere.
                0 => self.fill()?,
                rows => break rows,
            }
        };
        if rows == 0 {
            return Ok(Chunk::End);
        }
        let rest = self.pending.split_off(rows);
        let bytes = std::mem::replace(&mut self.pending, rest);
        Ok(String::from_utf8(bytes).map_or(Chunk::NotUtf8, Chunk::Text))
    }

    /// Reads on by the size of a chunk.
    fn fill(&mut self) -> Result<(), DataError> {
        let failed = |error: std::io::Error| DataError::of_io(self.of.path, &error);
        let mut left = self.of.chunk_bytes.max(1);
        let mut block = vec![0; left.min(4 << 20)];
        while left > 0 && !self.at_end {
            self.of.ctx.check()?;
            let most = left.min(block.len());
            let n = self.file.read(&mut block[..most]).map_err(failed)?;
            self.hash.add(&block[..n]);
            self.seen += n as u64;
            self.at_end = n == 0;
            left -= n;
            let begun = self.pending.len();
            match &mut self.decoder {
                None => self.pending.extend_from_slice(&block[..n]),
                Some(decoder) => {
                    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(n).unwrap_or(4 * n + 16));
                    // The room is enough for everything, so that nothing is left over.
                    let (_, _, _) = decoder.decode_to_string(&block[..n], &mut text, self.at_end);
                    self.pending.extend_from_slice(text.as_bytes());
                }
            }
            if self.of.only_returns {
                self.pending[begun..].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
            }
        }
        self.of.ctx.progress(&self.of.stage, self.seen as f32 / self.of.size.max(1) as f32);
        Ok(())
    }

    /// Bytes of whole rows at the beginning of what is pending.
    fn whole_rows(&self) -> usize {
        let bytes = &self.pending[..];
        let last_line = || bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        if !bytes.contains(&b'"') {
            return last_line();
        }
        let mut cutting = Cutting { delimiter: self.of.delimiter, quotes_end: bytes.len(), left_out: &[] };
        let mut at = 0;
        loop {
            let end = cutting.row_end(bytes, at);
            if end >= bytes.len() || cutting.quotes_end < bytes.len() {
                break;
            }
            at = end;
        }
        if bytes.len() - at > LONGEST_ROW.max(self.of.chunk_bytes) { last_line() } else { at }
    }
}

/// The letters of a file by its first bytes, and whether its lines end with a carriage return alone.
pub(super) fn letters(head: &[u8], chosen: Option<&'static Encoding>) -> (Letters, bool) {
    let letters = match chosen.or(Encoding::for_bom(head).map(|(encoding, _)| encoding)) {
        Some(encoding) => Letters::Marked(encoding),
        None => Letters::Utf8,
    };
    // In UTF-16 these bytes can be halves of other letters, so that the text must be looked at.
    let only_returns = match letters {
        Letters::Marked(encoding) if encoding != UTF_8 => {
            let text = encoding.decode_with_bom_removal(head).0;
            text.contains('\r') && !text.contains('\n')
        }
        _ => head.contains(&b'\r') && !head.contains(&b'\n'),
    };
    (letters, only_returns)
}
