//! How do the columns of a table become events?
//!
//! CSV and Parquet have readers of their own; what they read comes here as batches of columns: texts, numbers, times, lists of {key, value}, and JSON in texts,
//! which is read inside. Names of structures are laid flat with dots before. In: names and a sample, then batches. Out: the rows of each batch. O(cells).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::FxHasher;
use serde_json::Value;

use super::batch::Batch;
use super::error::EventsError;
use super::flatten::{Names, SAMPLE};
use super::json::Plan;
use super::maker::Maker;
use super::options::EventOptions;
use super::parts::{EventPart, Found, Scalar};
use super::shapes::{EventShape, NoShape, counted_orders, recognise};
use super::table::{NONE, Time};
use super::times::Zone;

/// Rows that are worked on at a time.
const ROWS: usize = 1 << 14;

/// The cells of one column.
#[derive(Debug, Clone)]
pub enum Cells<'a> {
    /// Texts.
    Text(Vec<Option<&'a str>>),
    /// Texts of a dictionary: per row a number into `texts`, or [`NONE`].
    Coded {
        /// Per row.
        codes: Vec<u32>,
        /// What the numbers stand for.
        texts: Vec<&'a str>,
    },
    /// Numbers; NaN where there is none.
    Number(Vec<f64>),
    /// Whole numbers, which keep all their digits.
    Whole(Vec<Option<i64>>),
    /// Milliseconds since 1970.
    Times {
        /// Per row.
        ms: Vec<Option<Time>>,
        /// Whether they are UTC's, or those of a clock that is not known.
        is_utc: bool,
    },
    /// A list of {key, value} per row, such as `event_params` of GA4.
    Pairs {
        /// The pairs of row `i` are `starts[i]..starts[i + 1]`.
        starts: Vec<usize>,
        /// Per pair.
        keys: Vec<Option<&'a str>>,
        /// Columns per kind of value, with a cell per pair; the first that is filled counts.
        values: Vec<Cells<'a>>,
    },
}

/// Some rows of a table.
#[derive(Debug, Clone, Default)]
pub struct ColumnBatch<'a> {
    /// In the order of the names.
    pub columns: Vec<Cells<'a>>,
    /// Rows.
    pub n_rows: usize,
}

/// How the columns of a table are read.
#[derive(Debug, Clone)]
pub struct ColumnSource {
    pub(super) shape: EventShape,
    pub(super) names_left_out: usize,
    binds: Vec<Bind>,
}

/// What a column is read for.
#[derive(Debug, Clone)]
struct Bind {
    column: usize,
    leaf: Vec<(EventPart, u8)>,
    inner: Vec<(String, EventPart, u8)>,
    plan: Option<Plan>,
    /// The event of the row it belongs to, where a row holds several (`actionDetails_0_type`).
    event: Option<usize>,
}

impl<'a> Cells<'a> {
    fn cell(&self, row: usize) -> Option<Scalar<'a>> {
        match self {
            Cells::Text(texts) => texts[row].map(|text| Scalar::Text(Cow::Borrowed(text))),
            Cells::Coded { codes, texts } => (codes[row] != NONE).then(|| Scalar::Text(Cow::Borrowed(texts[codes[row] as usize]))),
            Cells::Number(numbers) => Some(Scalar::Number(numbers[row])).filter(|_| !numbers[row].is_nan()),
            Cells::Whole(numbers) => numbers[row].map(Scalar::Whole),
            Cells::Times { ms, is_utc: true } => ms[row].map(Scalar::Time),
            Cells::Times { ms, is_utc: false } => ms[row].map(Scalar::Local),
            Cells::Pairs { .. } => None,
        }
    }

    /// Adds what is in a row to a hash.
    fn hash(&self, row: usize, hasher: &mut FxHasher) {
        match self {
            Cells::Text(texts) => hasher.write(texts[row].unwrap_or("\u{0}").as_bytes()),
            Cells::Coded { codes, texts } => hasher.write(if codes[row] == NONE { b"\0" } else { texts[codes[row] as usize].as_bytes() }),
            Cells::Number(numbers) => hasher.write_u64(numbers[row].to_bits()),
            Cells::Whole(numbers) | Cells::Times { ms: numbers, .. } => hasher.write_i64(numbers[row].unwrap_or(i64::MIN)),
            Cells::Pairs { starts, keys, values } => {
                for (pair, key) in (starts[row]..).zip(&keys[starts[row]..starts[row + 1]]) {
                    hasher.write(key.unwrap_or("").as_bytes());
                    values.iter().for_each(|value| value.hash(pair, hasher));
                }
            }
        }
        hasher.write_u8(0xff);
    }

    fn count(&self, name: &str, row: usize, names: &mut Names) {
        match self {
            Cells::Pairs { starts, keys, .. } => {
                if starts[row] < starts[row + 1] {
                    names.count(name, false);
                }
                for key in keys[starts[row]..starts[row + 1]].iter().flatten() {
                    names.count(&format!("{name}.{key}"), false);
                }
            }
            Cells::Times { ms, .. } if ms[row].is_some() => names.count(name, true),
            _ => match self.cell(row) {
                Some(Scalar::Text(text)) => names.add(name, &Value::from(&*text)),
                Some(Scalar::Whole(number)) => names.add(name, &Value::from(number)),
                Some(Scalar::Number(number)) => names.add(name, &Value::from(number)),
                _ => {}
            },
        }
    }
}

/// `actionDetails_0_type`, as list, place in the list, name.
fn numbered(name: &str) -> Option<(&str, usize, &str)> {
    let parts = |mark: char| -> Option<(&str, usize, &str)> {
        let (list, rest) = name.split_once(mark)?;
        let (place, name) = rest.split_once(mark)?;
        Some((list, place.parse().ok()?, name))
    };
    parts('_').or_else(|| parts('.'))
}

impl ColumnSource {
    /// How to read a table with these columns.
    ///
    /// Fails where neither the format nor the words of the names say who did what and when. `title` is what the table is called.
    pub fn recognise(title: &str, names: &[&str], sample: &ColumnBatch<'_>) -> Result<ColumnSource, EventsError> {
        let mut known = Names::default();
        for (name, cells) in names.iter().zip(&sample.columns) {
            let flat = numbered(name).map(|(list, _, name)| format!("{list}.{name}"));
            for row in 0..sample.n_rows.min(SAMPLE) {
                cells.count(name.trim(), row, &mut known);
                if let Some(flat) = &flat {
                    cells.count(flat, row, &mut known);
                }
            }
        }
        // What must be there may be empty in the sample.
        names
            .iter()
            .filter(|name| !known.has(name.trim()))
            .map(|name| name.trim().to_owned())
            .collect::<Vec<_>>()
            .iter()
            .for_each(|name| known.declare(name));
        let shape = recognise(&known).map_err(|why| match why {
            NoShape::Lacks(why) => EventsError::NotEvents { file: title.to_owned(), why: why.to_owned() },
            NoShape::NoTimes => EventsError::NoTimes { file: title.to_owned() },
            NoShape::Orders => EventsError::Orders { file: title.to_owned() },
        })?;
        Ok(ColumnSource::of_shape(shape, names, known.left_out()))
    }

    /// How to read orders that were counted by the rules of a customer table: `customer_id`, `event`, `timestamp`, `amount`. Other columns tell rows apart.
    pub fn counted_orders(names: &[&str]) -> ColumnSource {
        ColumnSource::of_shape(counted_orders().clone(), names, 0)
    }

    fn of_shape(shape: EventShape, names: &[&str], names_left_out: usize) -> ColumnSource {
        let binds = (0..names.len()).filter_map(|column| bind(column, names[column].trim(), &shape)).collect();
        ColumnSource { names_left_out, binds, shape }
    }

    /// Whether every row is an order, by the names of the columns alone.
    pub fn is_orders(&self) -> bool {
        self.shape.fixed_event.is_some()
    }

    /// What the format is called.
    pub fn format(&self) -> &str {
        &self.shape.name
    }

    /// Which columns are needed, by their place, and how to read batches that hold these alone. Without a column of ids, rows are then twins if they are equal in
    /// what is left.
    pub fn narrowed(mut self) -> (Vec<usize>, ColumnSource) {
        let columns: Vec<usize> = self.binds.iter().map(|bind| bind.column).collect();
        self.binds.iter_mut().enumerate().for_each(|(place, bind)| bind.column = place);
        (columns, self)
    }

    /// The rows of a batch, in pieces that come in its order.
    pub(super) fn rows(&self, batch: &ColumnBatch<'_>, options: &EventOptions, zone: Option<Zone>) -> Vec<Batch> {
        let starts: Vec<usize> = (0..batch.n_rows).step_by(ROWS).collect();
        let piece = |start: usize| {
            let mut maker = Maker::new(&self.shape, options, zone);
            let mut found = Found::new();
            for row in start..(start + ROWS).min(batch.n_rows) {
                found.clear();
                self.read(batch, row, &mut found);
                maker.push(&mut found, || {
                    let mut hasher = FxHasher::default();
                    batch.columns.iter().for_each(|cells| cells.hash(row, &mut hasher));
                    hasher.finish()
                });
            }
            maker.batch
        };
        starts.into_par_iter().map(piece).collect()
    }

    fn read<'a>(&self, batch: &ColumnBatch<'a>, row: usize, found: &mut Found<'a>) {
        let mut events: BTreeMap<usize, Found<'a>> = BTreeMap::new();
        for bind in &self.binds {
            let to = match bind.event {
                Some(event) => events.entry(event).or_insert_with(Found::new),
                None => &mut *found,
            };
            bind.read(&batch.columns[bind.column], row, to);
        }
        found.inner.extend(events.into_values().filter(|event| !event.is_empty()));
    }
}

/// What a column is read for; nothing for most.
fn bind(column: usize, name: &str, shape: &EventShape) -> Option<Bind> {
    let mut bind = Bind { column, leaf: Vec::new(), inner: Vec::new(), plan: None, event: None };
    let mut plan = Plan::new();
    let of_list = numbered(name).filter(|(list, _, _)| shape.each.as_deref() == Some(*list));
    for (part, place, of) in shape.names() {
        if of.eq_ignore_ascii_case(name) {
            bind.leaf.push((part, place));
        } else if let Some(rest) =
            of.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).and_then(|_| of[name.len()..].strip_prefix('.'))
        {
            plan.insert(&mut rest.split('.'), part, place);
            bind.inner.push((rest.to_owned(), part, place));
        } else if let Some((list, event, inner)) = of_list
            && of.split_once('.').is_some_and(|(before, rest)| before == list && rest == inner)
        {
            bind.event = Some(event);
            bind.leaf.push((part, place));
        }
    }
    if !bind.inner.is_empty() {
        if shape.each.as_deref().is_some_and(|each| each.eq_ignore_ascii_case(name)) {
            plan.make_root_each();
        }
        bind.plan = Some(plan);
    }
    (!bind.leaf.is_empty() || !bind.inner.is_empty()).then_some(bind)
}

impl Bind {
    fn read<'a>(&self, cells: &Cells<'a>, row: usize, found: &mut Found<'a>) {
        if let Cells::Pairs { starts, keys, values } = cells {
            for (pair, key) in (starts[row]..).zip(&keys[starts[row]..starts[row + 1]]) {
                for (_, part, place) in self.inner.iter().filter(|(name, _, _)| key.is_some_and(|key| key.eq_ignore_ascii_case(name))) {
                    if let Some(cell) = values.iter().find_map(|value| value.cell(pair)) {
                        found.set(*part, *place, cell);
                    }
                }
            }
            return;
        }
        let Some(cell) = cells.cell(row) else { return };
        if let (Some(plan), Scalar::Text(Cow::Borrowed(text))) = (&self.plan, &cell)
            && text.trim_start().starts_with(['{', '['])
        {
            let mut inner = Found::new();
            // A text that only looks like JSON says nothing.
            if plan.read_text(text, &mut inner).is_ok() {
                found.add(&inner);
                found.inner.extend(inner.inner);
            }
        }
        for &(part, place) in &self.leaf {
            found.set(part, place, cell.clone());
        }
    }
}
