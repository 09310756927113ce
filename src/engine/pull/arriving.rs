//! What becomes of the columns of a database, so that the readers of sources take them?
//!
//! In: batches as a driver hands them over. Out: batches of numbers, texts, days, times and truths. Decimals become doubles, as everywhere here; what holds lists,
//! records or bytes is left out, and told; texts become days where the database has no type for these and all of them are. O(cells).

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Decimal256Type};
use arrow_array::{Array, ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use crate::data::day::IsoDay;

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Becomes {
    /// What it is.
    Itself,
    /// Doubles, from decimals.
    OfDecimals,
    /// Doubles, from decimals that the driver writes as texts.
    OfTexts,
    /// Texts without any, since the database knows no type.
    Nothing,
    /// Days, from texts of a database that has no type for them.
    OfDays,
    /// Times, from such texts.
    OfTimes,
}

/// Columns of texts that are all days, and those that are all times, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DayTexts {
    /// All are like 2024-01-31.
    pub days: BTreeSet<String>,
    /// All are like 2024-01-31 12:30:00.
    pub times: BTreeSet<String>,
}

/// The columns that come, and what becomes of each.
pub(super) struct Arriving {
    columns: Vec<(usize, Becomes)>,
    schema: Arc<Schema>,
    notes: Vec<String>,
    /// Texts of decimals that are no numbers, by column that comes.
    unread: Vec<u64>,
}

impl Arriving {
    /// By the columns of a result; says what to do where none can come.
    pub fn of(schema: &Schema) -> Result<Arriving, String> {
        Arriving::with_days(schema, &DayTexts::default())
    }

    /// The same where some texts are known to be days.
    pub fn with_days(schema: &Schema, known: &DayTexts) -> Result<Arriving, String> {
        let (mut columns, mut fields, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, field) in schema.fields().iter().enumerate() {
            let Some(becomes) = becomes(field) else {
                let kind = kind(field.data_type());
                notes.push(format!("{} holds {kind} and is left out; CAST it to a text in a query to keep it.", field.name()));
                continue;
            };
            let becomes = match becomes {
                Becomes::Itself if known.days.contains(field.name()) => Becomes::OfDays,
                Becomes::Itself if known.times.contains(field.name()) => Becomes::OfTimes,
                becomes => becomes,
            };
            if matches!(becomes, Becomes::OfDays | Becomes::OfTimes) {
                let what = if becomes == Becomes::OfDays { "days" } else { "times" };
                notes.push(format!("{} holds nothing but {what}, written as texts; they come as {what}.", field.name()));
            }
            let data_type = match becomes {
                Becomes::OfDays => DataType::Date32,
                Becomes::OfTimes => DataType::Timestamp(TimeUnit::Millisecond, None),
                Becomes::Itself => field.data_type().clone(),
                Becomes::OfDecimals | Becomes::OfTexts => DataType::Float64,
                Becomes::Nothing => DataType::Utf8,
            };
            columns.push((at, becomes));
            // What the driver says about a field is for whoever knows that database.
            fields.push(Field::new(field.name(), data_type, true));
        }
        if fields.is_empty() {
            return Err("The rows have no column that could be read. Name columns of numbers, texts or days in a query.".to_owned());
        }
        let unread = vec![0; columns.len()];
        Ok(Arriving { columns, schema: Arc::new(Schema::new(fields)), notes, unread })
    }

    /// What is written.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// A batch as it is written.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (&(at, becomes), unread) in self.columns.iter().zip(&mut self.unread) {
            arrays.push(arrived(batch.column(at), becomes, unread));
        }
        RecordBatch::try_new(self.schema.clone(), arrays)
    }

    /// What was left out or could not be read.
    pub fn notes(self) -> Vec<String> {
        let unread = self.schema.fields().iter().zip(&self.unread).filter(|(_, n)| **n > 0);
        let told = unread.map(|(field, n)| {
            let (cells, are, count) = if *n == 1 { ("cell", "is", "counts") } else { ("cells", "are", "count") };
            let what = if *field.data_type() == DataType::Float64 { "number" } else { "day" };
            format!("{} {cells} of {} {are} no {what} and {count} as missing.", crate::base::text::count(*n as usize), field.name())
        });
        let told: Vec<String> = told.collect();
        self.notes.into_iter().chain(told).collect()
    }
}

fn becomes(field: &Field) -> Option<Becomes> {
    match field.data_type() {
        DataType::Decimal128(..) | DataType::Decimal256(..) => Some(Becomes::OfDecimals),
        DataType::Utf8 if is_numeric_text(field) => Some(Becomes::OfTexts),
        DataType::Null => Some(Becomes::Nothing),
        DataType::Boolean | DataType::Utf8 | DataType::LargeUtf8 | DataType::Date32 | DataType::Timestamp(..) | DataType::Time64(_) => {
            Some(Becomes::Itself)
        }
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Some(Becomes::Itself),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Some(Becomes::Itself),
        DataType::Float32 | DataType::Float64 => Some(Becomes::Itself),
        _ => None,
    }
}

/// Whether the driver says that its texts are exact numbers: PostgreSQL's are longer than any decimal here.
fn is_numeric_text(field: &Field) -> bool {
    let says = |key: &str| field.metadata().get(key).is_some_and(|value| value.contains("numeric"));
    says("ADBC:postgresql:typname") || says("ARROW:extension:metadata")
}

fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => "lists",
        DataType::Struct(_) | DataType::Map(..) => "records",
        DataType::Interval(_) | DataType::Duration(_) => "spans of time",
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => "bytes",
        _ => "values of a kind that is not read here",
    }
}

fn arrived(column: &ArrayRef, becomes: Becomes, unread: &mut u64) -> ArrayRef {
    let doubles = |values: Vec<Option<f64>>| -> ArrayRef { Arc::new(Float64Array::from(values)) };
    match (becomes, column.data_type()) {
        (Becomes::Nothing, _) => Arc::new(StringArray::new_null(column.len())),
        (Becomes::OfDecimals, DataType::Decimal128(..)) => {
            let decimals = column.as_primitive::<Decimal128Type>();
            doubles(
                (0..decimals.len())
                    .map(|row| decimals.is_valid(row).then(|| decimals.value_as_string(row).parse().ok()).flatten())
                    .collect(),
            )
        }
        (Becomes::OfDecimals, _) => {
            let decimals = column.as_primitive::<Decimal256Type>();
            doubles(
                (0..decimals.len())
                    .map(|row| decimals.is_valid(row).then(|| decimals.value_as_string(row).parse().ok()).flatten())
                    .collect(),
            )
        }
        (Becomes::OfTexts, _) => {
            let number = |text: Option<&str>| {
                let text = text?;
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                *unread += u64::from(number.is_none());
                number
            };
            doubles(column.as_string::<i32>().iter().map(number).collect())
        }
        (Becomes::OfDays, _) => {
            let day = |text: Option<&str>| {
                let day = IsoDay::parse(text?);
                *unread += u64::from(day.is_none());
                day.map(|day| day.0)
            };
            Arc::new(Date32Array::from_iter(column.as_string::<i32>().iter().map(day)))
        }
        (Becomes::OfTimes, _) => {
            let time = |text: Option<&str>| {
                let time = milliseconds(text?);
                *unread += u64::from(time.is_none());
                time
            };
            Arc::new(TimestampMillisecondArray::from_iter(column.as_string::<i32>().iter().map(time)))
        }
        (Becomes::Itself, _) => column.clone(),
    }
}

/// Milliseconds since 1970 of "2024-01-31 12:30:00"; none where there is no such time.
fn milliseconds(text: &str) -> Option<i64> {
    let (day, clock) = text.split_at_checked(10)?;
    let parts: Vec<i64> = clock.get(1..)?.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] = parts[..] else { return None };
    Some((i64::from(IsoDay::parse(day)?.0) * 86_400 + hours * 3_600 + minutes * 60 + seconds) * 1_000)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use arrow_array::{BinaryArray, Decimal128Array};

    use super::*;

    #[test]
    fn texts_that_are_all_days_become_days() {
        let fields = ["day", "at", "note"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec();
        let schema = Arc::new(Schema::new(fields));
        let texts = |texts: [Option<&str>; 3]| -> ArrayRef { Arc::new(StringArray::from(texts.to_vec())) };
        let columns = vec![
            texts([Some("1970-01-03"), None, Some("2024-02-30")]),
            texts([Some("1970-01-02 00:00:01"), Some("1970-01-01T01:00:00"), None]),
            texts([Some("1970-01-03"), Some("gift"), None]),
        ];
        let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
        let known = DayTexts { days: BTreeSet::from(["day".to_owned()]), times: BTreeSet::from(["at".to_owned()]) };
        let mut arriving = Arriving::with_days(&schema, &known).unwrap();
        let came = arriving.batch(&batch).unwrap();
        let days: Vec<Option<i32>> = came.column(0).as_primitive::<arrow_array::types::Date32Type>().iter().collect();
        let times: Vec<Option<i64>> = came.column(1).as_primitive::<arrow_array::types::TimestampMillisecondType>().iter().collect();
        assert_eq!((days, times), (vec![Some(2), None, None], vec![Some(86_401_000), Some(3_600_000), None]));
        assert_eq!(*came.column(2).data_type(), DataType::Utf8);
        assert_eq!(
            arriving.notes(),
            [
                "day holds nothing but days, written as texts; they come as days.",
                "at holds nothing but times, written as texts; they come as times.",
                "1 cell of day is no day and counts as missing."
            ]
        );
    }

    #[test]
    fn decimals_become_doubles_and_bytes_stay() {
        let numeric = Field::new("amount", DataType::Utf8, true)
            .with_metadata(HashMap::from([("ADBC:postgresql:typname".to_owned(), "numeric".to_owned())]));
        let fields = vec![Field::new("price", DataType::Decimal128(10, 2), true), numeric, Field::new("photo", DataType::Binary, true)];
        let schema = Arc::new(Schema::new(fields));
        let price = Decimal128Array::from(vec![Some(1_234), None, Some(-5)]).with_precision_and_scale(10, 2).unwrap();
        let amount = StringArray::from(vec![Some("12.50"), Some("NaN"), None]);
        let photo = BinaryArray::from(vec![Some(&b"x"[..]), None, None]);
        let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(price), Arc::new(amount), Arc::new(photo)]).unwrap();
        let mut arriving = Arriving::of(&schema).unwrap();
        let came = arriving.batch(&batch).unwrap();
        assert_eq!(came.num_columns(), 2);
        let doubles = |at: usize| came.column(at).as_primitive::<arrow_array::types::Float64Type>().iter().collect::<Vec<_>>();
        assert_eq!((doubles(0), doubles(1)), (vec![Some(12.34), None, Some(-0.05)], vec![Some(12.5), None, None]));
        let notes = arriving.notes();
        assert!(notes[0].contains("photo") && notes[1] == "1 cell of amount is no number and counts as missing.", "{notes:?}");
        let bytes = Schema::new(vec![Field::new("photo", DataType::Binary, true)]);
        assert!(Arriving::of(&bytes).is_err());
    }
}
