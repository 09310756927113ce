//! The guest's writer of columns that nest: lists and structures leave as JSON, as the same export has them in files of JSON lines.
//!
//! In: a column of lists or structures. Out: one text per row; nothing where the row holds nothing. Fields without a value and empty structures are left
//! out, since exports such as GA4's have a field for every type of value and fill one. Column by column and from the inside out, so that no value is
//! looked at by itself. O(bytes, for each level).

use std::fmt::Write;

use polars::prelude::*;
use rayon::prelude::*;

/// Levels of lists and structures, at most: whoever reads the JSON goes no deeper.
const MOST_LEVELS: usize = 64;

/// Whether a column of this type can be written as JSON: it nests, and not too deeply.
pub(super) fn is_written(dtype: &DataType) -> bool {
    dtype.is_nested() && levels(dtype, MOST_LEVELS).is_some()
}

/// How many levels there are; nothing beyond `most`.
fn levels(dtype: &DataType, most: usize) -> Option<usize> {
    let below = match dtype {
        DataType::Struct(fields) => {
            let below = |field: &Field| levels(field.dtype(), most.checked_sub(1)?);
            fields.iter().map(below).collect::<Option<Vec<_>>>()?.into_iter().max().unwrap_or(0)
        }
        DataType::List(inner) | DataType::Array(inner, _) => levels(inner, most.checked_sub(1)?)?,
        _ => return Some(0),
    };
    Some(below + 1)
}

/// The columns of a frame, those that nest as texts.
pub(super) fn flattened(frame: DataFrame) -> PolarsResult<DataFrame> {
    let height = frame.height();
    let text = |column: Column| -> PolarsResult<Column> {
        if !column.dtype().is_nested() {
            return Ok(column);
        }
        let values = Values::of(column.as_materialized_series())?;
        let texts = StringChunked::from_iter_options(column.name().clone(), (0..values.ends.len()).map(|at| values.get(at)));
        Ok(texts.into_column())
    };
    let columns = frame.into_columns().into_par_iter().map(text).collect::<PolarsResult<Vec<_>>>()?;
    DataFrame::new(height, columns)
}

/// JSON of the values of a column, one behind the other. No value is an empty text, so that an empty one is none.
#[derive(Default)]
struct Values {
    text: String,
    ends: Vec<usize>,
}

impl Values {
    fn get(&self, at: usize) -> Option<&str> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        Some(&self.text[start..self.ends[at]]).filter(|text| !text.is_empty())
    }

    /// Ends the value that was written.
    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Adds a text as JSON has it.
    fn push_quoted(&mut self, text: &str) {
        let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        match is_plain {
            true => ["\"", text, "\""].into_iter().for_each(|part| self.text.push_str(part)),
            false => self.text.push_str(&quoted(text)),
        }
    }

    fn of(series: &Series) -> PolarsResult<Values> {
        match series.dtype() {
            DataType::Struct(_) => Values::of_structures(series),
            DataType::List(_) => Values::of_lists(series),
            DataType::Array(inner, _) => Values::of_lists(&series.cast(&DataType::List(inner.clone()))?),
            _ => Values::of_single(series),
        }
    }

    fn of_structures(series: &Series) -> PolarsResult<Values> {
        let structures = series.struct_()?;
        let field = |series: Series| Ok((quoted(series.name()), Values::of(&series)?));
        let fields = structures.fields_as_series().into_iter().map(field).collect::<PolarsResult<Vec<_>>>()?;
        let mut values = Values::default();
        for (at, is_there) in series.is_not_null().iter().enumerate() {
            let start = values.text.len();
            let filled = fields.iter().filter_map(|(name, of)| Some((name, of.get(at)?))).filter(|_| is_there == Some(true));
            for (name, value) in filled {
                values.text.push(if values.text.len() == start { '{' } else { ',' });
                values.text.push_str(name);
                values.text.push(':');
                values.text.push_str(value);
            }
            if values.text.len() > start {
                values.text.push('}');
            }
            values.end();
        }
        Ok(values)
    }

    fn of_lists(series: &Series) -> PolarsResult<Values> {
        let (items, bounds) = items_of(series)?;
        let items = Values::of(&items)?;
        let mut values = Values::default();
        for (bounds, is_there) in bounds.windows(2).zip(series.is_not_null().iter()) {
            let range = bounds[0]..bounds[1];
            if is_there == Some(true) && !range.is_empty() {
                for (nth, at) in range.enumerate() {
                    values.text.push(if nth == 0 { '[' } else { ',' });
                    values.text.push_str(items.get(at).unwrap_or("null"));
                }
                values.text.push(']');
            }
            values.end();
        }
        Ok(values)
    }

    fn of_single(series: &Series) -> PolarsResult<Values> {
        let mut values = Values::default();
        match series.dtype() {
            DataType::Boolean => {
                for value in series.bool()?.iter() {
                    values.text.push_str(value.map_or("", |value| if value { "true" } else { "false" }));
                    values.end();
                }
            }
            DataType::UInt64 => {
                for value in series.u64()?.iter() {
                    value.iter().for_each(|value| _ = write!(values.text, "{value}"));
                    values.end();
                }
            }
            dtype if dtype.is_integer() => {
                for value in series.cast(&DataType::Int64)?.i64()?.iter() {
                    value.iter().for_each(|value| _ = write!(values.text, "{value}"));
                    values.end();
                }
            }
            dtype if dtype.is_primitive_numeric() || dtype.is_decimal() => {
                for value in series.cast(&DataType::Float64)?.f64()?.iter() {
                    let number = value.and_then(serde_json::Number::from_f64);
                    number.iter().for_each(|number| _ = write!(values.text, "{number}"));
                    values.end();
                }
            }
            DataType::Datetime(_, zone) => {
                let is_utc = zone.is_some();
                let moments = series.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
                for moment in moments.datetime()?.physical().iter() {
                    if let Some(moment) = moment.and_then(chrono::DateTime::from_timestamp_millis) {
                        let behind = if is_utc { "Z" } else { "" };
                        let _ = write!(values.text, "\"{}{behind}\"", moment.format("%Y-%m-%dT%H:%M:%S%.3f"));
                    }
                    values.end();
                }
            }
            DataType::Binary | DataType::Null => values.ends.resize(series.len(), 0),
            _ => {
                for text in series.cast(&DataType::String)?.str()?.iter() {
                    if let Some(text) = text {
                        values.push_quoted(text);
                    }
                    values.end();
                }
            }
        }
        Ok(values)
    }
}

/// The items of lists, one behind the other, and where those of each list begin, with the end. A part of a column holds the items of all of it, which are left out.
fn items_of(lists: &Series) -> PolarsResult<(Series, Vec<usize>)> {
    // The items of a column in several chunks would not stand where its offsets say.
    let lists = lists.rechunk();
    let lists = lists.list()?;
    let offsets: Vec<usize> = lists.downcast_iter().next().map_or(vec![0], |array| array.offsets().iter().map(|at| *at as usize).collect());
    let (first, last) = (offsets[0], offsets[offsets.len() - 1]);
    let items = lists.get_inner().slice(first as i64, last - first);
    Ok((items, offsets.into_iter().map(|at| at - first).collect()))
}

/// A text as JSON has it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(column: Series) -> Vec<Option<String>> {
        let frame = flattened(DataFrame::new(column.len(), vec![column.into_column()]).unwrap()).unwrap();
        frame.columns()[0].str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
    }

    fn structures(fields: Vec<Column>) -> Series {
        let frame = DataFrame::new(fields[0].len(), fields).unwrap();
        frame.into_struct("s".into()).into_series()
    }

    #[test]
    fn what_nests_is_the_json_of_what_is_filled() {
        let value = structures(vec![
            Column::new("string_value".into(), [Some("a \"b\"\n"), None, None, None]),
            Column::new("int_value".into(), [None, Some(i64::MAX), None, None]),
            Column::new("double_value".into(), [None, None, Some(0.5), Some(f64::NAN)]),
        ]);
        assert_eq!(
            texts(value.clone()),
            [
                Some(r#"{"string_value":"a \"b\"\n"}"#.to_owned()),
                Some(format!(r#"{{"int_value":{}}}"#, i64::MAX)),
                Some(r#"{"double_value":0.5}"#.to_owned()),
                None
            ]
        );
        let pairs = structures(vec![Column::new("key".into(), ["p", "q", "r", "s"]), value.with_name("value".into()).into_column()]);
        let lists = Series::new("l".into(), [pairs.slice(0, 2), pairs.slice(0, 0), pairs.slice(2, 2)]);
        let told = texts(lists.clone());
        assert_eq!(told[0].as_deref().unwrap().matches("\"key\"").count(), 2);
        assert_eq!((told[1].as_deref(), told[2].as_deref()), (None, Some(r#"[{"key":"r","value":{"double_value":0.5}},{"key":"s"}]"#)));
        // A part of a column, and one in several chunks.
        assert_eq!(texts(lists.slice(2, 1)), told[2..]);
        let (items, bounds) = items_of(&lists.slice(2, 1)).unwrap();
        assert_eq!((items.len(), bounds), (2, vec![0, 2]), "the items of other rows are not gone through");
        let mut twice = lists.clone();
        twice.append(&lists.slice(1, 2)).unwrap();
        assert_eq!(texts(twice), [&told[..], &told[1..]].concat());
        let read: serde_json::Value = serde_json::from_str(told[0].as_deref().unwrap()).unwrap();
        assert_eq!(read[0]["value"]["string_value"], "a \"b\"\n");
    }

    #[test]
    fn times_and_days_keep_what_they_say_and_whole_lists_their_places() {
        let times = Series::new("t".into(), [1_700_000_000_123i64]).cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
        let days = Series::new("d".into(), [19_000i32]).cast(&DataType::Date).unwrap();
        let both = structures(vec![times.into_column(), days.into_column(), Column::new("u".into(), [u64::MAX])]);
        assert_eq!(texts(both), [Some(format!(r#"{{"t":"2023-11-14T22:13:20.123","d":"2022-01-08","u":{}}}"#, u64::MAX))]);
        let gaps = Series::new("g".into(), [Series::new("".into(), [Some(true), None])]);
        assert_eq!(texts(gaps), [Some("[true,null]".to_owned())]);
    }

    #[test]
    fn what_nests_too_deeply_is_not_written() {
        let nested = |levels| (0..levels).fold(DataType::Int8, |inner, _| DataType::List(Box::new(inner)));
        assert!(is_written(&nested(MOST_LEVELS)) && !is_written(&nested(MOST_LEVELS + 1)) && !is_written(&DataType::Int8));
    }
}
