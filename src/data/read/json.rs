//! A list of flat objects, or one object per line. Fields become columns in the order they are first seen; nested values become text.
//!
//! In: text. Out: the table. Fields that hold only numbers are taken as they are, all others are decided like the cells of a CSV file. O(bytes).

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::base::{Ctx, Note, Stopped};
use crate::data::cells;
use crate::data::cells::cell::Cell;
use crate::data::cells::habits::Habits;
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::table::{Column, Table, Values};

use super::header::make_unique;

/// Reads JSON of either form.
pub(super) fn read(text: &str, title: &str, zone: Option<Zone>, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = Rows { ctx, names: Vec::new(), column_of: HashMap::new(), columns: Vec::new(), n_rows: 0 };
    let parsed = if text.trim_start().starts_with('[') {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        List(&mut rows).deserialize(&mut deserializer).and_then(|()| deserializer.end())
    } else {
        serde_json::Deserializer::from_str(text).into_iter::<Fields>().try_for_each(|fields| fields.and_then(|fields| rows.add(fields)))
    };
    if ctx.is_stopped() {
        return Err(Stopped.into());
    }
    parsed.map_err(|error| {
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default().to_owned();
        DataError::Json { title: title.to_owned(), line: error.line().max(1), why }
    })?;
    rows.into_table(text, title, zone)
}

/// The rows read so far, column by column.
struct Rows<'c> {
    ctx: &'c Ctx,
    names: Vec<String>,
    column_of: HashMap<String, usize>,
    columns: Vec<Vec<Value>>,
    n_rows: usize,
}

impl Rows<'_> {
    fn add(&mut self, fields: Fields) -> Result<(), serde_json::Error> {
        if self.n_rows.is_multiple_of(1024) {
            self.ctx.check().map_err(serde_json::Error::custom)?;
        }
        for (name, value) in fields.0 {
            let column = match self.column_of.get(&name) {
                Some(&column) => column,
                None => {
                    self.column_of.insert(name.clone(), self.names.len());
                    self.names.push(name.trim().to_owned());
                    self.columns.push(Vec::new());
                    self.names.len() - 1
                }
            };
            let cells = &mut self.columns[column];
            // Rows before this one that did not have the field; a field given twice keeps its first value.
            cells.resize(cells.len().max(self.n_rows), Value::Null);
            if cells.len() == self.n_rows {
                cells.push(value);
            }
        }
        self.n_rows += 1;
        Ok(())
    }

    fn into_table(self, text: &str, title: &str, zone: Option<Zone>) -> Result<(Table, Vec<Note>), DataError> {
        let Rows { ctx, mut names, columns, n_rows, .. } = self;
        if n_rows == 0 {
            return Err(DataError::Empty { title: title.to_owned() });
        }
        let holds_objects = |value: &Value| value.as_array().is_some_and(|items| items.iter().any(Value::is_object));
        if n_rows == 1 && text.trim_start().starts_with('{') && columns.iter().flatten().any(holds_objects) {
            let why = "it is one object with a list inside; save that list as a file of its own".to_owned();
            return Err(DataError::Json { title: title.to_owned(), line: 1, why });
        }
        let mut notes = make_unique(&mut names);
        let decide = |(name, mut values): (&String, Vec<Value>)| {
            values.resize(n_rows, Value::Null);
            column(name, values, zone, ctx)
        };
        let decided: Vec<(Column, Vec<Note>)> = names.par_iter().zip(columns).map(decide).collect::<Result<_, Stopped>>()?;
        let (columns, more): (Vec<Column>, Vec<Vec<Note>>) = decided.into_iter().unzip();
        notes.extend(more.into_iter().flatten());
        Ok((Table { columns, n_rows }, notes))
    }
}

fn column(name: &str, values: Vec<Value>, zone: Option<Zone>, ctx: &Ctx) -> Result<(Column, Vec<Note>), Stopped> {
    ctx.check()?;
    let number = |value: &Value| match value {
        Value::Null => Some(f64::NAN),
        // Whole numbers beyond 2^53 are identifiers that must keep their last digits.
        Value::Number(number) => number.as_f64().filter(|v| v.abs() < 9_007_199_254_740_992.0 || number.is_f64()),
        _ => None,
    };
    if let Some(numbers) = values.iter().map(number).collect::<Option<Vec<f64>>>() {
        return Ok((Column { name: name.to_owned(), values: Values::Number(numbers.into()), unit: None, original: None }, Vec::new()));
    }
    let cell = |value: Value| -> Cell<'static> {
        Cow::Owned(match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        })
    };
    cells::column(name, &[values.into_iter().map(cell).collect()], Habits { zone, ..Habits::default() }, ctx)
}

/// One object's fields in the order of the file, which a map of serde_json would lose.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an object for every customer")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The list of all objects, each added as soon as it is read.
struct List<'r, 'c>(&'r mut Rows<'c>);

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(fields) = list.next_element::<Fields>()? {
            self.0.add(fields).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
