//! How is every customer looked at once, on all processors, with the same result on any number of them?
//!
//! In: a number of customers. Out: one part per fixed chunk, in the order of the customers. O(events) in all.

use std::ops::Range;

use rayon::prelude::*;

use crate::base::{Ctx, Stopped};

/// Customers per chunk. Fixed: it must not hang on the machine.
const CHUNK: usize = 1024;

/// What `part` makes of every chunk. `scratch` is space that is used again; what is left in it from another chunk must not change a result.
pub(super) fn walk<S, T: Send>(
    n_customers: usize,
    ctx: &Ctx,
    scratch: impl Fn() -> S + Sync + Send,
    part: impl Fn(&mut S, Range<usize>) -> T + Sync + Send,
) -> Result<Vec<T>, Stopped> {
    let chunks = 0..n_customers.div_ceil(CHUNK);
    chunks
        .into_par_iter()
        .map_init(scratch, |scratch, chunk| {
            ctx.check()?;
            Ok(part(scratch, chunk * CHUNK..((chunk + 1) * CHUNK).min(n_customers)))
        })
        .collect()
}

/// The ranges of events of the visits within one customer's range.
pub(super) fn visits(visits: &[u32], range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let first = at;
        while at < range.end && visits[at] == visits[first] {
            at += 1;
        }
        Some(first..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_order_and_stop() {
        let parts = walk(2500, &Ctx::new(), || (), |(), range| range).unwrap();
        assert_eq!(parts, [0..1024, 1024..2048, 2048..2500]);
        assert!(walk(2500, &Ctx::stopping_after(2), || (), |(), _| ()).is_err());
        assert_eq!(visits(&[9, 0, 0, 1, 3, 3], 1..6).collect::<Vec<_>>(), [1..3, 3..4, 4..6]);
    }
}
