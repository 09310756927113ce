//! One binary for all integration tests, so that the linker runs once.

mod laws;
mod oracles;
mod personas;
mod preparing;
mod reading;
