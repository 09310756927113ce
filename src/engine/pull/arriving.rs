//! What becomes of the columns of a database, so that the readers of sources take them?
//!
//! In: batches as a driver hands them over. Out: batches of numbers, texts, days, times and truths. Decimals become doubles, as everywhere here; what holds lists,
//! records or bytes is left out, and told. O(cells).

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Decimal256Type};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

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
        let (mut columns, mut fields, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, field) in schema.fields().iter().enumerate() {
            let Some(becomes) = becomes(field) else {
                let kind = kind(field.data_type());
                notes.push(format!("{} holds {kind} and is left out; CAST it to a text in a query to keep it.", field.name()));
                continue;
            };
            let data_type = match becomes {
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
            format!("{} {cells} of {} {are} no number and {count} as missing.", crate::base::text::count(*n as usize), field.name())
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
        (Becomes::Itself, _) => column.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use arrow_array::{BinaryArray, Decimal128Array};

    use super::*;

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
