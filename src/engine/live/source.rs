//! Where do rows come from? A file that grows, or a folder in which files appear. What comes otherwise is written to one of them first (`feed`).
//!
//! In: a path and how far it was read. Out: rows in the order of the columns that were there first, and how far it is read then. Nothing is remembered elsewhere, so that the place is kept
//! together with what was made of the rows. UTF-8 only: what another program goes on writing is not guessed at.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::data::{CutRow, LineCutter, LinesError};
use crate::engine::Problem;

use super::feed::Feed;
use super::messages;

/// Bytes that are read at a time, and of a file's beginning that say how it is cut.
const PIECE: usize = 1 << 20;
/// Files of a folder that are read.
const ENDINGS: [&str; 6] = ["csv", "tsv", "txt", "json", "jsonl", "ndjson"];

/// How far a source was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReadTo {
    /// The file; empty before the first.
    file: String,
    /// Bytes of it.
    offset: u64,
}

/// A source that is followed.
pub(super) struct Arrivals {
    place: PathBuf,
    is_folder: bool,
    /// What fills the file or the folder; none where somebody else does.
    feed: Option<Arc<Feed>>,
    /// Whether the files of the folder are messages: each is whole once it is there, and removed once it is not needed.
    are_messages: bool,
    names: Vec<String>,
    /// Columns that there are, whether or not the first lines of JSON have them.
    wanted: Vec<String>,
    /// How the first file was cut: its rows decide how columns are read.
    first: Option<LineCutter>,
    to: ReadTo,
    current: Option<Open>,
}

struct Open {
    file: File,
    title: String,
    pending: Vec<u8>,
    cut: Option<(LineCutter, Vec<Option<usize>>)>,
}

impl ReadTo {
    /// So many bytes before, in the same file.
    pub(super) fn back(&self, bytes: u64) -> ReadTo {
        ReadTo { file: self.file.clone(), offset: self.offset.saturating_sub(bytes) }
    }

    /// Bytes of the file that were read.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }
}

/// What was found when somebody looked.
pub(super) struct Found {
    pub rows: Vec<CutRow>,
    /// Bytes that were gone through for them, all in one file.
    pub bytes: u64,
    /// Whether everything that is there was read.
    pub is_at_end: bool,
    /// Whether nothing more was to come when it was looked.
    pub is_over: bool,
}

impl Arrivals {
    /// Follows a file or a folder from its beginning.
    pub(super) fn of(place: &Path) -> Arrivals {
        Arrivals {
            place: place.to_owned(),
            is_folder: place.is_dir(),
            feed: None,
            are_messages: false,
            names: Vec::new(),
            wanted: Vec::new(),
            first: None,
            to: ReadTo::default(),
            current: None,
        }
    }

    /// Follows a folder of messages, which need not be there yet.
    pub(super) fn of_messages(place: &Path) -> Arrivals {
        Arrivals { is_folder: true, are_messages: true, ..Arrivals::of(place) }
    }

    /// The same, from where it was read to. `names` are the columns that rows had so far; those of the first file where there are none.
    pub(super) fn go_on(self, names: Vec<String>, to: ReadTo) -> Arrivals {
        Arrivals { names, to, ..self }
    }

    /// The same, filled by a feed.
    pub(super) fn filled_by(self, feed: Option<Arc<Feed>>) -> Arrivals {
        Arrivals { feed, ..self }
    }

    /// The same, with columns that exist even where the first lines of JSON lack them: a first event may have no amount, and the next must not lose theirs.
    pub(super) fn wanting(self, wanted: Vec<String>) -> Arrivals {
        Arrivals { wanted, ..self }
    }

    /// How far it was read.
    pub(super) fn read_to(&self) -> &ReadTo {
        &self.to
    }

    /// Whether it is no single file.
    pub(super) fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// The file or folder.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Whether more may come from what fills it.
    fn is_open(&self) -> bool {
        self.feed.as_ref().is_some_and(|feed| feed.is_open())
    }

    /// What is to be known of what fills it.
    pub(super) fn told(&self) -> Vec<String> {
        self.feed.as_ref().map_or_else(Vec::new, |feed| feed.told())
    }

    /// Lets messages go that were read, once what was made of them is kept.
    pub(super) fn forget(&self, read: &ReadTo) {
        if self.are_messages {
            messages::forget(&self.place, &read.file);
        }
    }

    /// How the first file is cut, once it is known.
    pub(super) fn first(&self) -> Option<&LineCutter> {
        self.first.as_ref()
    }

    /// At most `most` rows of what is there. A line that is not ended is one only where nothing will follow (`is_last`, or a later file of the folder).
    ///
    /// Fails where a file cannot be read, and with what ended the feed once all that it brought was read.
    pub(super) fn look(&mut self, most: usize, is_last: bool) -> Result<Found, Problem> {
        // Asked first: what comes while it is looked is found by the next look.
        let is_open = self.is_open();
        loop {
            let next = self.next_file()?;
            if self.current.is_none() && !self.open(&next)? {
                return self.at_end(is_open);
            }
            let is_folder_file_done = self.is_folder && next.as_ref().is_some_and(|name| *name != self.to.file);
            let (rows, bytes) = self.cut(most, false)?;
            if !rows.is_empty() {
                return Ok(Found { rows, bytes, is_at_end: false, is_over: false });
            }
            // Whole lines are gone through first: a row that is not ended yet needs more, however long it is.
            let Some(open) = &mut self.current else { continue };
            if open.fill()? > 0 {
                continue;
            }
            let is_all = is_folder_file_done || self.are_messages || (is_last && !is_open);
            let (rows, bytes) = if is_all { self.cut(most, true)? } else { (rows, bytes) };
            if !rows.is_empty() {
                return Ok(Found { rows, bytes, is_at_end: false, is_over: false });
            }
            if is_folder_file_done {
                self.current = None;
                continue;
            }
            self.check_not_shorter()?;
            return self.at_end(is_open);
        }
    }

    /// Nothing is there that was not read; if that is so because of a fault, this is the moment to tell it.
    fn at_end(&self, is_open: bool) -> Result<Found, Problem> {
        match self.feed.as_ref().filter(|_| !is_open).and_then(|feed| feed.trouble()) {
            Some(why) => Err(Problem(why.into())),
            None => Ok(Found { rows: Vec::new(), bytes: 0, is_at_end: true, is_over: !is_open }),
        }
    }

    /// How a file is cut that begins like this, and where its rows begin.
    fn cutter(&self, text: &str, title: &str) -> Result<(LineCutter, usize), Problem> {
        let failed = |error: LinesError| Problem(error.to_string().into());
        match self.are_messages {
            true => LineCutter::of_messages(text, &self.wanted, title).map(|cutter| (cutter, 0)).map_err(failed),
            false => LineCutter::of(text, title).map(|(cutter, first)| (cutter.with(&self.wanted), first)).map_err(failed),
        }
    }

    /// What stands before the first row of the file: the line of names, where there is one.
    pub(super) fn head(&self) -> Result<String, Problem> {
        let title = self.place.file_name().unwrap_or_default().to_string_lossy();
        let failed = |error: std::io::Error| Problem(format!("{title} cannot be read ({error}).").into());
        let mut head = vec![0; PIECE];
        let n = read_fully(&mut File::open(&self.place).map_err(failed)?, &mut head).map_err(failed)?;
        let text = valid(&head[..n], &title)?;
        let (_, first) = LineCutter::of(text, &title).map_err(|error| Problem(error.to_string().into()))?;
        Ok(text[..first].to_owned())
    }

    /// Bytes that are there and not read yet.
    pub(super) fn unread(&self) -> u64 {
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.len());
        if !self.is_folder {
            return length(&self.place).saturating_sub(self.to.offset);
        }
        let names = self.names_in_folder().unwrap_or_default();
        let of = |name: &String| {
            let read = if *name == self.to.file { self.to.offset } else { 0 };
            length(&self.place.join(name)).saturating_sub(read)
        };
        names.iter().filter(|name| **name >= self.to.file).map(of).sum()
    }

    /// Bytes of the file that is followed; none of a folder, or of what a pipe still fills.
    pub(super) fn whole(&self) -> Option<u64> {
        let is_file = !self.is_folder && self.feed.is_none();
        is_file.then(|| std::fs::metadata(&self.place).map_or(0, |about| about.len()))
    }

    /// The file to read: the one that is followed, or of a folder the next one where the current one is read.
    fn next_file(&self) -> Result<Option<String>, Problem> {
        if !self.is_folder {
            return Ok(None);
        }
        Ok(self.names_in_folder()?.into_iter().find(|name| *name > self.to.file))
    }

    /// The files of the folder that are read, in their order.
    fn names_in_folder(&self) -> Result<Vec<String>, Problem> {
        let failed =
            |error: std::io::Error| Problem(format!("{} cannot be looked into ({error}); allow reading.", self.place.display()).into());
        let mut names: Vec<String> = Vec::new();
        for entry in std::fs::read_dir(&self.place).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
            if path.is_file() && !name.starts_with('.') && ENDINGS.contains(&ending.as_str()) {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Opens the file that is to be read, where there is one.
    fn open(&mut self, next: &Option<String>) -> Result<bool, Problem> {
        let (path, title) = match (self.is_folder, self.to.file.is_empty(), next) {
            (false, ..) => (self.place.clone(), self.place.file_name().unwrap_or_default().to_string_lossy().into_owned()),
            // A file that was read to its end before is looked at again: more may have come.
            (true, false, _) if self.place.join(&self.to.file).is_file() && self.current.is_none() && !self.is_read_out() => {
                (self.place.join(&self.to.file), self.to.file.clone())
            }
            (true, _, Some(next)) => (self.place.join(next), next.clone()),
            (true, ..) => return Ok(false),
        };
        if self.to.file != title {
            self.to = ReadTo { file: title.clone(), offset: 0 };
        }
        let failed = |error: std::io::Error| {
            Problem(format!("{} cannot be opened ({error}); check the name, or allow reading.", path.display()).into())
        };
        let mut open = Open { file: File::open(&path).map_err(failed)?, title, pending: Vec::new(), cut: None };
        if self.to.offset > 0 {
            // How it is cut is said at its beginning.
            let mut head = vec![0; PIECE];
            let n = read_fully(&mut open.file, &mut head).map_err(failed)?;
            head.truncate(n);
            let text = valid(&head, &open.title)?;
            let (cutter, _) = self.cutter(text, &open.title)?;
            let places = places(&self.names, &cutter, &open.title)?;
            open.cut = Some((cutter, places));
            open.file.seek(SeekFrom::Start(self.to.offset)).map_err(failed)?;
        }
        self.current = Some(open);
        Ok(true)
    }

    /// Whether the current file of a folder was read to its end and a later one is there.
    fn is_read_out(&self) -> bool {
        let length = std::fs::metadata(self.place.join(&self.to.file)).map_or(0, |about| about.len());
        self.to.offset >= length && self.next_file().is_ok_and(|next| next.is_some())
    }

    fn cut(&mut self, most: usize, is_all: bool) -> Result<(Vec<CutRow>, u64), Problem> {
        let Some(mut open) = self.current.take() else { return Ok((Vec::new(), 0)) };
        let cut = self.cut_of(&mut open, most, is_all);
        self.current = Some(open);
        cut
    }

    fn cut_of(&mut self, open: &mut Open, most: usize, is_all: bool) -> Result<(Vec<CutRow>, u64), Problem> {
        let text = valid(&open.pending, &open.title)?;
        if open.cut.is_none() {
            // A row beside the names tells how both are written.
            let is_all_of_it = is_all && !text.trim().is_empty();
            if !is_all_of_it && text.bytes().filter(|&byte| byte == b'\n').count() < 2 {
                return Ok((Vec::new(), 0));
            }
            let (cutter, first) = self.cutter(text, &open.title)?;
            if self.names.is_empty() {
                self.names = cutter.names().to_vec();
                self.first = Some(cutter.clone());
            }
            let places = places(&self.names, &cutter, &open.title)?;
            open.cut = Some((cutter, places));
            open.pending.drain(..first);
            self.to.offset += first as u64;
        }
        let text = valid(&open.pending, &open.title)?;
        let Some((cutter, places)) = &open.cut else { return Ok((Vec::new(), 0)) };
        let mut cut = cutter.cut(text, most, is_all);
        open.pending.drain(..cut.bytes);
        self.to.offset += cut.bytes as u64;
        if !places.iter().enumerate().all(|(at, place)| *place == Some(at)) {
            for row in &mut cut.rows {
                if let Ok(cells) = &mut row.cells {
                    let mut cell = |place: &Option<usize>| place.map_or_else(String::new, |at| std::mem::take(&mut cells[at]));
                    *cells = places.iter().map(&mut cell).collect();
                }
            }
        }
        Ok((cut.rows, cut.bytes as u64))
    }

    /// A file that was replaced by a shorter one has other rows where the next were to be.
    fn check_not_shorter(&self) -> Result<(), Problem> {
        let Some(open) = &self.current else { return Ok(()) };
        let length = open.file.metadata().map_or(u64::MAX, |about| about.len());
        let path = if self.is_folder { self.place.join(&self.to.file) } else { self.place.clone() };
        let of_name = std::fs::metadata(path).map_or(u64::MAX, |about| about.len());
        if length.min(of_name) < self.to.offset {
            return Err(Problem(
                format!(
                    "{} is shorter than what was read of it, so it was replaced. Nothing is lost; follow the new file into another folder, or let new rows be appended.",
                    open.title
                )
                .into(),
            ));
        }
        Ok(())
    }
}

impl Open {
    fn fill(&mut self) -> Result<usize, Problem> {
        let mut piece = vec![0; PIECE];
        let failed = |error: std::io::Error| Problem(format!("{} cannot be read on ({error}).", self.title).into());
        let n = self.file.read(&mut piece).map_err(failed)?;
        self.pending.extend_from_slice(&piece[..n]);
        Ok(n)
    }
}

/// Where each column stands in a file.
fn places(names: &[String], cutter: &LineCutter, title: &str) -> Result<Vec<Option<usize>>, Problem> {
    let place = |name: &String| cutter.names().iter().position(|known| known == name);
    let places: Vec<Option<usize>> = names.iter().map(place).collect();
    match places.iter().any(Option::is_some) {
        true => Ok(places),
        false => Err(Problem(
            format!("{title} has none of the columns that came before ({}); it is another kind of file.", names.join(", ")).into(),
        )),
    }
}

/// The text of some bytes, without a letter that is not whole yet.
fn valid<'a>(bytes: &'a [u8], title: &str) -> Result<&'a str, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.error_len().is_none() => Ok(std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()),
        Err(_) => {
            Err(Problem(format!("{title} is not UTF-8, and what is written on is not guessed at; let it be written as UTF-8.").into()))
        }
    }
}

fn read_fully(file: &mut File, to: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < to.len() {
        match file.read(&mut to[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}
