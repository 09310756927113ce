//! How does a file become a table? What is it, how are its letters written, where do its rows begin, and what stands in them?
//!
//! `source` is the recipe, and the stamp of the bytes. It asks `packed` for what is in an archive, `sniff` for the format (`format`) and `letters` for the
//! encoding, where the user did not say so (`read_as`). Text is laid out (`layout`, `header`, `stray`; `top` by the same rules over cells), cut (`split`)
//! and read by `csv`; `json`, `spreadsheet` and `columnar` read the rest, the last two through the `guest`. `sample` is a shop to try everything on.

pub(super) mod columnar;
pub(super) mod csv;
pub(super) mod format;
pub mod guest;
pub(super) mod header;
mod json;
pub(super) mod layout;
pub(super) mod letters;
pub(super) mod packed;
pub(super) mod read_as;
pub mod sample;
pub(super) mod sniff;
pub mod source;
pub(super) mod split;
mod spreadsheet;
mod stray;
mod top;
