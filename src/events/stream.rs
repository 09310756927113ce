//! What does one stream of text hold, and how is it read?
//!
//! In: a stream. Out: its rows behind all others. JSON or log lines are told by the first letters, the format by the first rows. O(bytes).

use std::borrow::Cow;
use std::hash::Hasher;
use std::io::Read;
use std::sync::Arc;

use rustc_hash::FxHasher;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::base::Ctx;

use super::access_log::{self, LogForm};
use super::batch::Batch;
use super::container::Source;
use super::error::EventsError;
use super::flatten::{MOST_DEPTH, Names, SAMPLE, depth};
use super::json::Plan;
use super::maker::Maker;
use super::options::EventOptions;
use super::parts::{EventPart, Found};
use super::pieces::{CutError, Cutter, MOST_BYTES, Piece};
use super::rows::Rows;
use super::shapes::{self, EventShape, NoShape};
use super::times::Zone;

/// Pieces that are parsed while the next as many are read.
const PIECES: usize = 16;
/// Letters by which a log is known.
const LOG_SAMPLE: usize = 1 << 16;

/// What its rows are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Log(LogForm),
}

/// A stream whose format is known.
pub(super) struct Stream<'r> {
    source: Source,
    cutter: Cutter<'r>,
    /// What was read to find out.
    first: Option<Piece>,
    form: Form,
    shape: EventShape,
    names_left_out: usize,
}

impl<'r> Stream<'r> {
    /// Finds out what a stream holds. One whose rows do not say it is taken to be `like` the one before it.
    ///
    /// Fails where it is empty, broken, or no event export.
    pub fn open(source: &Source, from: &'r mut dyn Read, like: Option<&EventShape>) -> Result<Stream<'r>, EventsError> {
        let mut cutter = Cutter::new(from);
        let failed = |error: CutError| cut_error(source, error);
        let start = cutter.peek().map_err(failed)?;
        let begin = start.trim_ascii_start();
        let Some(&letter) = begin.first() else { return Err(EventsError::Empty { file: source.file.clone() }) };
        let is_json = letter == b'{' || (letter == b'[' && matches!(begin[1..].trim_ascii_start().first(), None | Some(b'{' | b']')));
        if !is_json {
            return Stream::open_log(source, cutter);
        }
        // Objects over several lines, and lists of them. The first line alone may be broken.
        let is_object = |line: &[u8]| line.trim_ascii().starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok();
        if letter == b'[' || !begin.split(|&byte| byte == b'\n').take(20).any(is_object) {
            cutter.by_objects();
        }
        let first = cutter.next().map_err(failed)?;
        let names = names_of(first.iter().flat_map(Piece::records), source)?;
        let shape = match (shapes::recognise(&names), like) {
            (Ok(shape), _) => shape,
            (Err(_), Some(like)) => like.clone(),
            (Err(_), None) if names.n_rows == 0 => {
                return Err(EventsError::NotEvents {
                    file: source.file.clone(),
                    why: "its JSON is broken off or holds no objects".to_owned(),
                });
            }
            (Err(NoShape::Lacks(why)), None) => return Err(EventsError::NotEvents { file: source.file.clone(), why: why.to_owned() }),
            (Err(NoShape::Orders), None) => return Err(EventsError::Orders { file: source.file.clone() }),
            (Err(NoShape::NoTimes), None) => return Err(EventsError::NoTimes { file: source.file.clone() }),
        };
        Ok(Stream { source: source.clone(), cutter, first, form: Form::Json, shape, names_left_out: names.left_out() })
    }

    fn open_log(source: &Source, mut cutter: Cutter<'r>) -> Result<Stream<'r>, EventsError> {
        let failed = |error: CutError| cut_error(source, error);
        let start = cutter.peek().map_err(failed)?;
        let end = start.len().min(LOG_SAMPLE);
        // Without the line that the sample cuts.
        let end = if end < start.len() { start[..end].iter().rposition(|&byte| byte == b'\n').unwrap_or(end) } else { end };
        let sample = String::from_utf8_lossy(&start[..end]);
        let Some(form) = access_log::form_of(&sample) else {
            let is_report = sample.starts_with("# --") || sample.starts_with("#,");
            let file = source.file.clone();
            return Err(if is_report { EventsError::Report { file } } else { EventsError::NotText { file } });
        };
        let shape = match form {
            LogForm::Common => shapes::access_log(),
            LogForm::W3c => shapes::w3c_log(),
        };
        let first = cutter.next().map_err(failed)?;
        Ok(Stream { source: source.clone(), cutter, first, form: Form::Log(form), shape: shape.clone(), names_left_out: 0 })
    }

    pub fn shape(&self) -> &EventShape {
        &self.shape
    }

    pub fn form(&self) -> Form {
        self.form
    }

    pub fn names_left_out(&self) -> usize {
        self.names_left_out
    }

    /// Reads all rows.
    ///
    /// Fails where the stream breaks off, or if the work is to stop.
    pub fn read(&mut self, rows: &mut Rows, options: &EventOptions, zone: Option<Zone>, ctx: &Ctx) -> Result<(), EventsError> {
        let stage = format!("Reading {}", self.source.file);
        let plan = Plan::of_shape(&self.shape);
        let (shape, form) = (&self.shape, self.form);
        let mut fields: Option<Arc<str>> = None;
        let mut pieces: Vec<Piece> = self.first.take().into_iter().collect();
        while !pieces.is_empty() {
            ctx.check()?;
            ctx.progress(&stage, 0.0);
            let mut batches: Vec<Option<Batch>> = pieces.iter().map(|_| None).collect();
            let (cutter, source) = (&mut self.cutter, &self.source);
            let (next, fields_after) = rayon::in_place_scope(|scope| {
                for (piece, batch) in pieces.iter().zip(&mut batches) {
                    let before = fields.clone();
                    if form == Form::Log(LogForm::W3c) {
                        fields = access_log::last_fields(&piece.bytes).map(Arc::from).or(fields.take());
                    }
                    let plan = &plan;
                    scope.spawn(move |_| {
                        let maker = Maker::new(shape, options, zone);
                        *batch = Some(match form {
                            Form::Json => of_json(piece, plan, maker),
                            Form::Log(of) => of_log(piece, of, before.as_deref(), shape, maker),
                        });
                    });
                }
                let mut next = Vec::new();
                while next.len() < PIECES {
                    match cutter.next() {
                        Ok(Some(piece)) => next.push(piece),
                        Ok(None) => break,
                        Err(error) => return (Err(cut_error(source, error)), fields.take()),
                    }
                }
                (Ok(next), fields.take())
            });
            fields = fields_after;
            for batch in batches.iter().flatten() {
                rows.append(batch)?;
            }
            pieces = next?;
        }
        Ok(())
    }
}

fn cut_error(source: &Source, error: CutError) -> EventsError {
    match error {
        CutError::Io(error) => source.failed(&error),
        CutError::TooLong => EventsError::TooLong { file: source.file.clone(), most: MOST_BYTES >> 20 },
        CutError::TooDeep => EventsError::TooDeep { file: source.file.clone(), most: MOST_DEPTH },
    }
}

/// The names of the first rows. Rows that cannot be read are counted later.
fn names_of<'p>(records: impl Iterator<Item = &'p [u8]>, source: &Source) -> Result<Names, EventsError> {
    let mut names = Names::default();
    for record in records.take(SAMPLE) {
        if depth(record) > MOST_DEPTH {
            return Err(EventsError::TooDeep { file: source.file.clone(), most: MOST_DEPTH });
        }
        if let Ok(Value::Object(row)) = serde_json::from_slice(record) {
            names.add_row(&row);
        }
    }
    Ok(names)
}

fn hash_of(record: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(record);
    hasher.finish()
}

fn of_json(piece: &Piece, plan: &Plan, mut maker: Maker<'_>) -> Batch {
    let mut found = Found::new();
    for record in piece.records() {
        found.clear();
        match plan.read(record, &mut found) {
            Ok(()) => maker.push(&mut found, || hash_of(record)),
            Err(_) => maker.push_unreadable(),
        }
    }
    maker.batch
}

fn of_log(piece: &Piece, form: LogForm, fields: Option<&str>, shape: &EventShape, mut maker: Maker<'_>) -> Batch {
    let mut fields = fields.and_then(|line| access_log::w3c_fields(line, shape)).unwrap_or_default();
    for record in piece.records() {
        // Requests may hold any bytes.
        let line = std::str::from_utf8(record).map_or_else(|_| String::from_utf8_lossy(record), Cow::Borrowed);
        if form == LogForm::W3c && line.starts_with('#') {
            fields = access_log::w3c_fields(&line, shape).unwrap_or(fields);
            continue;
        }
        let mut found = Found::new();
        let is_read = match form {
            LogForm::Common => access_log::common(&line, &mut found),
            LogForm::W3c => access_log::w3c(&line, &fields, &mut found),
        };
        match is_read {
            Some(()) if found.get(EventPart::Time).is_some() => maker.push(&mut found, || hash_of(record)),
            _ => maker.push_unreadable(),
        }
    }
    maker.batch
}
