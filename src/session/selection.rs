//! Which segment is being read, on whatever page?

/// What is selected, the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Selection {
    /// A segment, by its number from 0.
    Cluster(usize),
    /// The customers in none.
    Noise,
}
