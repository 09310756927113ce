//! Lists of words: parsed, or refused with the line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use personae::persona::Lexicon;

fuzz_target!(|text: &str| {
    let _ = Lexicon::parse(text);
});
