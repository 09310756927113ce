//! What does a template make of what it sees: pages, or the first mistake?

use typst_layout::PagedDocument;

use super::super::text::count;
use super::world::PageWorld;

/// Pages beyond which nobody means it.
const MOST_PAGES: usize = 10_000;

/// The document, or the first mistake with its line.
pub(super) fn compiled(world: &PageWorld) -> Result<PagedDocument, String> {
    let document = typst::compile::<PagedDocument>(world).output.map_err(|errors| {
        let Some(first) = errors.first() else { return "no reason was given".to_owned() };
        match world.line_of(first) {
            Some(line) => format!("line {line}: {}", first.message),
            None => first.message.to_string(),
        }
    })?;
    let n_pages = document.pages().len();
    match n_pages > MOST_PAGES {
        true => Err(format!("it makes {} pages, more than {}", count(n_pages), count(MOST_PAGES))),
        false => Ok(document),
    }
}
