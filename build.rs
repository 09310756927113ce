//! Which commit is a release built from? `personae --version` says it. Other builds do not ask, so that a commit compiles nothing anew.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PERSONAE_COMMIT");
    if std::env::var("PROFILE").as_deref() != Ok("release") {
        return;
    }
    // Whoever builds from an archive may say it.
    if let Some(commit) = std::env::var("PERSONAE_COMMIT").ok().or_else(|| commit(Path::new(".git"))) {
        let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
        let short: String = commit.chars().take(10).collect();
        println!("cargo:rustc-env=PERSONAE_VERSION={version} ({short})");
    }
}

/// What is checked out, as git keeps it: a commit, or the name of a branch that stands in a file of its own or in a list.
fn commit(git: &Path) -> Option<String> {
    let read = |name: &str| {
        let path = git.join(name);
        let text = std::fs::read_to_string(&path).ok()?;
        println!("cargo:rerun-if-changed={}", path.display());
        Some(text)
    };
    let head = read("HEAD")?.trim().to_owned();
    let Some(branch) = head.strip_prefix("ref: ") else { return Some(head) };
    let listed = || read("packed-refs")?.lines().find_map(|line| line.strip_suffix(branch).map(|commit| commit.trim().to_owned()));
    read(branch).map(|commit| commit.trim().to_owned()).or_else(listed)
}
