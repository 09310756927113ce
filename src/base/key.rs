//! Which result is this? A key names a step's output by everything it depends on.
//!
//! In: step name, step version, parameters, keys of the inputs; the root is a file's content stamp. Out: 32 bytes (BLAKE3).
//! Two equal keys mean equal bytes; a changed key is the only invalidation there is. Cost: a few hundred nanoseconds.

use serde::Serialize;

/// The name of one step's output.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of what `step` (at `version` of its code) makes of `inputs` with `params`.
    pub fn of(step: &str, version: u32, params: &impl Serialize, inputs: &[Key]) -> Key {
        let mut hash = blake3::Hasher::new();
        hash.update(step.as_bytes()).update(&[0]).update(&version.to_le_bytes());
        // Plain data with string keys always serialises; a type that does not is a programming error worth a panic in tests.
        let params = serde_json::to_vec(params).expect("parameters are plain data");
        hash.update(&(params.len() as u64).to_le_bytes()).update(&params);
        for input in inputs {
            hash.update(&input.0);
        }
        Key(*hash.finalize().as_bytes())
    }

    /// The root key: a stamp of the bytes themselves.
    pub fn of_bytes(bytes: &[u8]) -> Key {
        Key(*blake3::hash(bytes).as_bytes())
    }

    /// The root key of whatever `reader` yields, without holding it in memory.
    pub fn of_reader(mut reader: impl std::io::Read) -> std::io::Result<Key> {
        let mut hash = blake3::Hasher::new();
        std::io::copy(&mut reader, &mut hash)?;
        Ok(Key(*hash.finalize().as_bytes()))
    }

    /// 64 hexadecimal digits, for files.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The root key of bytes that come piece by piece: [`Key::of_bytes`] of all of them.
#[derive(Debug, Clone, Default)]
pub struct KeyOfPieces(blake3::Hasher);

impl KeyOfPieces {
    /// Takes the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The key of everything so far.
    pub fn key(&self) -> Key {
        Key(*self.0.finalize().as_bytes())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", &self.to_hex()[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_counts() {
        let root = Key::of_bytes(b"rows");
        let key = Key::of("fit", 1, &4, &[root]);
        assert_eq!(key, Key::of("fit", 1, &4, &[root]));
        for other in [
            Key::of("fat", 1, &4, &[root]),
            Key::of("fit", 2, &4, &[root]),
            Key::of("fit", 1, &5, &[root]),
            Key::of("fit", 1, &4, &[Key::of_bytes(b"other rows")]),
            Key::of("fit", 1, &4, &[root, root]),
        ] {
            assert_ne!(key, other);
        }
    }
}
