//! How are rows put in order per customer, merged and counted? Once the rows of a customer stand one after the other everything about them is a
//! walk along a run: nothing is hashed a second time, and what is merged is merged in the same order on any number of threads.
//!
//! In: rows in memory with `customer`. Out: the same rows, the customers ascending and the rows of each in the order they had; runs within
//! them, finer orders, and counts. O(n) for whole numbers that lie close together; other keys are numbered first, O(n + m log m) for m different
//! ones. Within a customer O(r log r) for r rows.

use std::cmp::Ordering;
use std::hash::Hash;

use polars::prelude::*;
use polars::series::IsSorted;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::customers::error::CustomersError;

/// The column that numbers runs from 0. No file has a column of this name.
pub(super) const RUN: &str = "\u{1}run";
/// Runs that one thread takes at a time.
const CHUNK: usize = 4096;
/// A stretch of numbers at most this many times as long as there are rows is numbered as it is.
const SPARSE: usize = 4;

/// Where runs begin, and at last where the last one ends.
pub(super) struct Runs {
    starts: Vec<IdxSize>,
    /// Their numbers, where these are not 0, 1, 2 and so on.
    numbers: Option<Vec<u32>>,
}

/// The rows ordered by their customer, and the customers there are. [`RUN`] takes the place of `customer`.
pub(super) fn by_customer(mut rows: DataFrame) -> Result<(DataFrame, Column), CustomersError> {
    let customer = rows.drop_in_place("customer")?.rechunk();
    let (numbers, n_numbers) = numbered(&customer)?;
    let mut starts = vec![0 as IdxSize; n_numbers + 1];
    for &number in &numbers {
        starts[number as usize + 1] += 1;
    }
    for at in 0..n_numbers {
        starts[at + 1] += starts[at];
    }
    let mut next = starts.clone();
    let mut order = vec![0 as IdxSize; numbers.len()];
    for (row, &number) in numbers.iter().enumerate() {
        let place = &mut next[number as usize];
        order[*place as usize] = row as IdxSize;
        *place += 1;
    }
    drop((numbers, next));
    // Numbers that nobody has are no runs.
    starts.dedup();
    let runs = Runs { starts, numbers: None };
    let order = IdxCa::from_vec("order".into(), order);
    let customers = customer.take(&IdxCa::new("first".into(), runs.firsts().map(|at| order.get(at).unwrap_or(0)).collect::<Vec<_>>()))?;
    drop(customer);
    let height = rows.height();
    // Each column goes when its ordered copy is there. One after the other they would be brought into one piece on one processor.
    let ordered = |column: Column| column.rechunk().take(&order);
    let columns: Vec<Column> = rows.into_columns().into_par_iter().map(ordered).collect::<PolarsResult<_>>()?;
    let mut rows = DataFrame::new(height, columns)?;
    rows.with_column(runs.ids())?;
    Ok((rows, customers))
}

impl Runs {
    /// The runs of rows whose [`RUN`] ascends.
    pub(in crate::customers) fn of(rows: &DataFrame) -> Result<Runs, CustomersError> {
        let ids = rows.column(RUN)?.as_materialized_series().rechunk();
        let ids = ids.u32()?;
        let ids = ids.cont_slice()?;
        let changes = (1..ids.len()).filter(|&at| ids[at] != ids[at - 1]).map(|at| at as IdxSize);
        let mut starts: Vec<IdxSize> = if ids.is_empty() { vec![] } else { std::iter::once(0).chain(changes).collect() };
        let numbers = starts.iter().map(|&at| ids[at as usize]).collect();
        starts.push(ids.len() as IdxSize);
        Ok(Runs { starts, numbers: Some(numbers) })
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn number(&self, run: u32) -> u32 {
        self.numbers.as_ref().map_or(run, |numbers| numbers[run as usize])
    }

    /// The first row of every run.
    pub(super) fn firsts(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts[..self.len()].iter().map(|&at| at as usize)
    }

    /// The number of its run for every row.
    pub(in crate::customers) fn ids(&self) -> Column {
        let n_rows = self.starts.last().map_or(0, |&n| n as usize);
        let mut ids = Vec::with_capacity(n_rows);
        for (run, range) in self.starts.windows(2).enumerate() {
            ids.resize(range[1] as usize, run as u32);
        }
        let mut ids = Series::from_vec(RUN.into(), ids);
        ids.set_sorted_flag(IsSorted::Ascending);
        ids.into_column()
    }

    /// The rows of every run in the order of `compare`, equals as they stood; `None` where they stand so already.
    pub(super) fn ordered(&self, compare: impl Fn(usize, usize) -> Ordering + Sync) -> Option<Vec<IdxSize>> {
        let is_ordered = |range: &[IdxSize]| (range[0] as usize + 1..range[1] as usize).all(|at| compare(at - 1, at) != Ordering::Greater);
        if self.starts.par_windows(2).with_min_len(CHUNK).all(is_ordered) {
            return None;
        }
        let mut order: Vec<IdxSize> = (0..self.starts.last().copied().unwrap_or(0)).collect();
        let mut chunks = Vec::with_capacity(self.len() / CHUNK + 1);
        let mut rest = order.as_mut_slice();
        for runs in self.starts[..self.len()].chunks(CHUNK) {
            let at = chunks.len() * CHUNK + runs.len();
            let (chunk, others) = rest.split_at_mut((self.starts[at] - runs[0]) as usize);
            chunks.push((&self.starts[at - runs.len()..=at], chunk));
            rest = others;
        }
        chunks.into_par_iter().for_each(|(starts, chunk)| {
            for range in starts.windows(2) {
                let run = &mut chunk[(range[0] - starts[0]) as usize..(range[1] - starts[0]) as usize];
                run.sort_by(|&a, &b| compare(a as usize, b as usize));
            }
        });
        Some(order)
    }

    /// The runs cut wherever two neighbours are not the same.
    pub(in crate::customers) fn split(&self, is_same: impl Fn(usize, usize) -> bool + Sync) -> Runs {
        let cut = |runs: usize| -> Vec<IdxSize> {
            let ranges = self.starts[runs * CHUNK..].windows(2).take(CHUNK);
            let mut starts = Vec::new();
            for range in ranges {
                let (first, end) = (range[0] as usize, range[1] as usize);
                starts.extend((first..end).filter(|&at| at == first || !is_same(at - 1, at)).map(|at| at as IdxSize));
            }
            starts
        };
        let chunks: Vec<Vec<IdxSize>> = (0..self.len().div_ceil(CHUNK)).into_par_iter().map(cut).collect();
        let mut starts = chunks.concat();
        starts.extend(self.starts.last());
        Runs { starts, numbers: None }
    }

    /// How many different values each run has, what is missing left out; `None` for a type that is counted by polars.
    pub(super) fn count_distinct(&self, values: &Column) -> Result<Option<Vec<IdxSize>>, CustomersError> {
        let values = values.as_materialized_series().rechunk();
        match values.dtype() {
            DataType::String => {
                let values = values.str()?;
                Ok(Some(self.count(|at| values.get(at))))
            }
            dtype if dtype.is_integer() || matches!(dtype, DataType::Date | DataType::Datetime(..) | DataType::Boolean) => {
                let values = values.to_physical_repr().cast(&DataType::Int64)?;
                let values = values.i64()?;
                Ok(Some(self.count(|at| values.get(at))))
            }
            _ => Ok(None),
        }
    }

    fn count<V: Ord + Send>(&self, value: impl Fn(usize) -> Option<V> + Sync) -> Vec<IdxSize> {
        let of_run = |seen: &mut Vec<V>, range: &[IdxSize]| {
            seen.clear();
            for value in (range[0] as usize..range[1] as usize).filter_map(&value) {
                // Rows of one order stand together.
                if seen.last() != Some(&value) {
                    seen.push(value);
                }
            }
            seen.sort_unstable();
            seen.dedup();
            seen.len() as IdxSize
        };
        self.starts.par_windows(2).with_min_len(CHUNK).map_init(Vec::new, of_run).collect()
    }
}

/// The different values of a column and which of them every row has.
pub(super) struct Names {
    /// The values, ascending; what is missing is last.
    pub names: Column,
    /// The place of its value in `names` for every row.
    of_rows: Vec<u32>,
    n_missing: usize,
}

impl Names {
    /// Those of a column of text. O(n + m log m) for m different ones.
    pub(in crate::customers) fn of(values: &Column) -> Result<Names, CustomersError> {
        let values = values.as_materialized_series();
        let different = values.unique()?.sort(SortOptions::default().with_nulls_last(true))?;
        let values = values.rechunk();
        let text = values.str()?;
        let of_rows = looked_up(text.len(), |at| text.get(at), different.str()?.iter());
        let n_missing = different.null_count();
        Ok(Names { names: different.into_column(), of_rows, n_missing })
    }
}

/// What is added up of the rows of a run that have the same name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub run: u32,
    pub name: u32,
    pub amount: f64,
    pub gross: f64,
    pub quantity: f64,
    pub rows: i64,
}

impl Runs {
    /// The sums of every run by name, what has no name left out; `add` adds a row to one.
    pub(super) fn sums_by(&self, names: &Names, add: impl Fn(&mut Sums, usize) + Sync) -> Vec<Sums> {
        let n_names = names.names.len() - names.n_missing;
        let of_chunk = |chunk: usize| {
            let first = chunk * CHUNK;
            let mut sums: Vec<Sums> = Vec::new();
            // Where the sums of a name are, if they are of this run.
            let mut places = vec![usize::MAX; n_names];
            for (run, range) in self.starts[first..].windows(2).take(CHUNK).enumerate() {
                let run = (first + run) as u32;
                let of_run = sums.len();
                for at in range[0] as usize..range[1] as usize {
                    let name = names.of_rows[at];
                    let Some(place) = places.get_mut(name as usize) else { continue };
                    if *place == usize::MAX || *place < of_run {
                        *place = sums.len();
                        sums.push(Sums { run: self.number(run), name, ..Sums::default() });
                    }
                    add(&mut sums[*place], at);
                }
            }
            sums
        };
        let chunks: Vec<Vec<Sums>> = (0..self.len().div_ceil(CHUNK)).into_par_iter().map(of_chunk).collect();
        chunks.concat()
    }

    /// The least value of every run, what is missing left out.
    pub(super) fn least<V: Ord + Send>(&self, value: impl Fn(usize) -> Option<V> + Sync) -> Vec<Option<V>> {
        let least = |range: &[IdxSize]| (range[0] as usize..range[1] as usize).filter_map(&value).min();
        self.starts.par_windows(2).with_min_len(CHUNK).map(least).collect()
    }
}

/// A number for every row, in the order of the values, and how many numbers there are. What is missing has the last one.
fn numbered(values: &Column) -> Result<(Vec<u32>, usize), CustomersError> {
    if *values.dtype() == DataType::String {
        let names = Names::of(values)?;
        return Ok((names.of_rows, names.names.len()));
    }
    let values = values.as_materialized_series().cast(&DataType::Int64)?;
    let whole = values.i64()?;
    let (low, high) = (whole.min().unwrap_or(0), whole.max().unwrap_or(0));
    let stretch = high.abs_diff(low);
    if whole.null_count() == 0 && stretch < (SPARSE * whole.len().max(1 << 16)).min(u32::MAX as usize) as u64 {
        let numbers: Vec<u32> = whole.into_no_null_iter().map(|value| (value - low) as u32).collect();
        return Ok((numbers, stretch as usize + 1));
    }
    let different = values.unique()?.sort(SortOptions::default().with_nulls_last(true))?;
    let n_numbers = different.len();
    Ok((looked_up(whole.len(), |at| whole.get(at), different.i64()?.iter()), n_numbers))
}

/// The place of every value among the different ones.
fn looked_up<V: Hash + Eq + Copy + Send + Sync>(
    n_rows: usize,
    value: impl Fn(usize) -> Option<V> + Sync,
    different: impl Iterator<Item = Option<V>>,
) -> Vec<u32> {
    let places: FxHashMap<Option<V>, u32> = different.zip(0..).collect();
    (0..n_rows).into_par_iter().with_min_len(CHUNK).map(|at| places.get(&value(at)).copied().unwrap_or(0)).collect()
}

/// The same of one number, but for very large ones: sums of money that are equal are equal whatever they are sums of.
pub(super) fn rounded(value: f64) -> f64 {
    const UNIT: f64 = 1e9;
    // Nothing is not less than nothing: -0 becomes 0.
    let whole = (value * UNIT).round() / UNIT + 0.0;
    if whole.is_finite() { whole } else { value }
}
