//! One binary for all integration tests, so that the linker runs once.

mod preparing;
mod reading;
