//! Memory that is used again for each customer, so that a walk over millions of them allocates once.

/// Rows of one customer, kept for several purposes.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub a: Vec<usize>,
    pub b: Vec<usize>,
    pub c: Vec<usize>,
    pub keyed: Vec<(u32, usize)>,
}
