//! One binary for all integration tests, so that the linker runs once.

mod exporting;
mod laws;
mod oracles;
mod personas;
mod plots;
mod preparing;
mod reading;
