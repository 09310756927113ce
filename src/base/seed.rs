//! Seeded randomness: the same seed and stream give the same numbers on every machine and any number of threads.

use rand::SeedableRng;
pub use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

/// The generator every step uses.
pub type Random = ChaCha8Rng;

/// A generator for `stream` of `seed`; streams are independent, so restart 3 draws the same whoever runs it.
pub fn random(seed: u64, stream: u64) -> Random {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}
