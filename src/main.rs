//! The program: a thin door to the library.

use std::process::ExitCode;

/// Adding up millions of rows allocates from all threads at once, over which the C library's allocator takes longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    personae::app::cli::main()
}
