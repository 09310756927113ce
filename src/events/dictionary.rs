//! Which number stands for a text?
//!
//! In: texts, in any order. Out: each distinct text once, numbered by first sight. One block of letters and one table of numbers: a map of owned strings
//! takes three times the memory, and millions of people and pages are looked up. O(letters) expected.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::table::NONE;

/// Distinct texts, numbered from 0.
#[derive(Debug, Clone, Default)]
pub struct TextNumbers {
    letters: String,
    ends: Vec<usize>,
    hashes: Vec<u64>,
    /// Open addressing: index + 1 of a text, or 0. A power of two, at most half full.
    table: Vec<u32>,
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl TextNumbers {
    /// Number of distinct texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a number.
    pub fn text(&self, at: u32) -> &str {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.letters[start..self.ends[at]]
    }

    /// All texts in the order of their numbers.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|at| self.text(at))
    }

    /// The number of a text, which is given one if it has none yet; and whether it is new.
    pub fn insert(&mut self, text: &str) -> (u32, bool) {
        self.insert_hashed(text, hash_of(text))
    }

    /// The number of a text, if it has one.
    pub fn find(&self, text: &str) -> Option<u32> {
        let at = if self.table.is_empty() { None } else { self.slot(text, hash_of(text)).1 };
        at.filter(|&at| at != NONE)
    }

    /// Takes all texts of another dictionary in; the numbers they have here.
    pub fn absorb(&mut self, other: &TextNumbers) -> Vec<u32> {
        (0..other.len()).map(|at| self.insert_hashed(other.text(at as u32), other.hashes[at]).0).collect()
    }

    fn insert_hashed(&mut self, text: &str, hash: u64) -> (u32, bool) {
        if self.ends.len() * 2 >= self.table.len() {
            self.grow();
        }
        match self.slot(text, hash) {
            (_, Some(at)) => (at, false),
            (slot, None) => {
                let at = self.ends.len() as u32;
                self.letters.push_str(text);
                self.ends.push(self.letters.len());
                self.hashes.push(hash);
                self.table[slot] = at + 1;
                (at, true)
            }
        }
    }

    /// Where a text is or would be.
    fn slot(&self, text: &str, hash: u64) -> (usize, Option<u32>) {
        let mask = self.table.len() - 1;
        // The upper bits of a multiplied hash are the mixed ones.
        let mut slot = (hash ^ (hash >> 32)) as usize & mask;
        loop {
            match self.table[slot] {
                0 => return (slot, None),
                at if self.hashes[at as usize - 1] == hash && self.text(at - 1) == text => return (slot, Some(at - 1)),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(16);
        let mask = size - 1;
        self.table = vec![0; size];
        for (at, &hash) in self.hashes.iter().enumerate() {
            let mut slot = (hash ^ (hash >> 32)) as usize & mask;
            while self.table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.table[slot] = at as u32 + 1;
        }
    }
}

/// Numbers by ascending text: entry `i` is the place of text `i` among those `used`, or [`NONE`]; and the texts in that order.
pub(super) fn ranked(texts: &[&str], used: impl Fn(usize) -> bool) -> (Vec<u32>, Vec<String>) {
    let mut order: Vec<usize> = (0..texts.len()).filter(|&at| used(at)).collect();
    order.sort_unstable_by_key(|&at| texts[at]);
    let mut rank = vec![NONE; texts.len()];
    let mut names: Vec<String> = Vec::with_capacity(order.len());
    for at in order {
        // The same text may stand there twice, as a person and as a page for example.
        if names.last().map(String::as_str) != Some(texts[at]) {
            names.push(texts[at].to_owned());
        }
        rank[at] = names.len() as u32 - 1;
    }
    (rank, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_while_it_grows() {
        let mut all = TextNumbers::default();
        assert_eq!(all.find("none"), None);
        for at in 0..10_000u32 {
            assert_eq!(all.insert(&format!("customer {}", at % 5_000)), (at % 5_000, at < 5_000));
        }
        assert_eq!((all.len(), all.text(0), all.text(4_999)), (5_000, "customer 0", "customer 4999"));
        assert_eq!((all.find("customer 77"), all.find("customer")), (Some(77), None));
        let mut other = TextNumbers::default();
        ["new", "customer 3", ""].iter().for_each(|text| assert!(other.insert(text).1));
        assert_eq!(all.absorb(&other), [5_000, 3, 5_001]);
        assert_eq!(all.texts().last(), Some(""));
    }

    #[test]
    fn ranks_follow_the_alphabet_and_join_twins() {
        let (rank, names) = ranked(&["b", "unused", "a", "b"], |at| at != 1);
        assert_eq!((rank, names), (vec![1, NONE, 0, 1], vec!["a".to_owned(), "b".to_owned()]));
    }
}
