//! Will it fit? Asked before a big step allocates, never after.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Bytes this machine could still give without swapping, as the system reports it (0 when it does not say).
pub fn available_bytes() -> u64 {
    let memory_only = RefreshKind::nothing().with_memory(MemoryRefreshKind::everything());
    let free = System::new_with_specifics(memory_only).map_or(0, |system| system.available_memory());
    match limit_bytes() {
        Some(limit) if free > 0 => free.min(limit),
        _ => free,
    }
}

/// Bytes that whoever started this process lets it have, if they set a limit.
#[cfg(unix)]
fn limit_bytes() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    [Resource::As, Resource::Data].into_iter().filter_map(|resource| getrlimit(resource).current).min()
}

#[cfg(not(unix))]
fn limit_bytes() -> Option<u64> {
    None
}

/// Four fifths of what is available: the rest is left for the window, the plots and the other programs.
pub fn budget_bytes() -> u64 {
    available_bytes() / 5 * 4
}

/// Bytes in the unit people read: "512 MB", "1.6 GB".
pub fn readable(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.0} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
