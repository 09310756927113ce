//! What is a kind of event called, and which pages are one?
//!
//! In: rows with what happened and the cleaned path. Out: per row a kind and a page, both numbered by the alphabet, so that the order of the rows does not show in
//! them. A view of a page is called by its page. O(rows + distinct pages x log).

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::base::{Ctx, Stopped};

use super::batch::IS_OF_PAGE;
use super::dictionary::{TextNumbers, ranked};
use super::options::EventOptions;
use super::page_tree::{self, PageGroup};
use super::rows::Rows;
use super::table::NONE;

/// The names of kinds and pages.
pub(super) struct Naming {
    pub kind_names: Vec<String>,
    pub page_names: Vec<String>,
    /// Which paths went into which page.
    pub groups: Vec<PageGroup>,
    /// Per event.
    pub kinds: Vec<u32>,
    /// Per event, or [`NONE`].
    pub pages: Vec<u32>,
}

/// Names the events in `order`, which are rows. Pages are counted over all rows that are not `is_dropped`.
pub(super) fn named(rows: &Rows, order: &[u32], is_dropped: &[bool], options: &EventOptions, ctx: &Ctx) -> Result<Naming, Stopped> {
    let columns = &rows.columns;
    let mut is_seen = vec![false; rows.pages.len()];
    for (&page, _) in columns.page.iter().zip(is_dropped).filter(|(page, is_dropped)| **page != NONE && !**is_dropped) {
        is_seen[page as usize] = true;
    }
    ctx.check()?;
    let seen: Vec<usize> = (0..is_seen.len()).filter(|&page| is_seen[page]).collect();
    let paths: Vec<&str> = seen.iter().map(|&page| rows.pages.text(page as u32)).collect();
    let pages = page_tree::pages(&paths, options.most_pieces, &options.page_rules, ctx)?;
    let groups = page_tree::groups(&paths, &pages);
    // A page of rows to a joined page.
    let mut joined = TextNumbers::default();
    let mut joined_of = vec![NONE; is_seen.len()];
    for (&page, name) in seen.iter().zip(&pages) {
        joined_of[page] = joined.insert(name).0;
    }
    // Kinds before they are ordered: names, then pages, then methods with pages.
    let (n_names, n_pages) = (rows.names.len() as u32, joined.len() as u32);
    let view = rows.names.find("");
    let mut with_method: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    let mut methods: Vec<(u32, u32)> = Vec::new();
    let row = |row: &u32| {
        let row = *row as usize;
        let page = columns.page[row];
        (columns.flags[row] & IS_OF_PAGE != 0, columns.name[row], if page == NONE { NONE } else { joined_of[page as usize] })
    };
    for (is_of_page, name, page) in order.iter().map(row) {
        if is_of_page && page != NONE && Some(name) != view {
            with_method.entry((name, page)).or_insert_with(|| {
                methods.push((name, page));
                n_names + n_pages + methods.len() as u32 - 1
            });
        }
    }
    ctx.check()?;
    let kind = |row_at: &u32| match row(row_at) {
        (true, name, page) if page != NONE => {
            if Some(name) == view {
                n_names + page
            } else {
                with_method[&(name, page)]
            }
        }
        (_, name, _) => name,
    };
    let mut kinds: Vec<u32> = order.par_iter().map(kind).collect();
    ctx.check()?;
    let mut of_pages: Vec<u32> = order.par_iter().map(|at| row(at).2).collect();
    ctx.check()?;
    let of_methods: Vec<String> = methods.iter().map(|&(name, page)| format!("{} {}", rows.names.text(name), joined.text(page))).collect();
    let texts: Vec<&str> = rows.names.texts().chain(joined.texts()).chain(of_methods.iter().map(String::as_str)).collect();
    let kind_names = renumbered(&mut kinds, &texts);
    let page_names = renumbered(&mut of_pages, &joined.texts().collect::<Vec<_>>());
    Ok(Naming { kind_names, page_names, groups, kinds, pages: of_pages })
}

/// Numbers by the alphabet of the texts that are in use; their names.
pub(super) fn renumbered(numbers: &mut [u32], texts: &[&str]) -> Vec<String> {
    let mut is_used = vec![false; texts.len()];
    numbers.iter().filter(|number| **number != NONE).for_each(|&number| is_used[number as usize] = true);
    let (rank, names) = ranked(texts, |at| is_used[at]);
    numbers.par_iter_mut().filter(|number| **number != NONE).for_each(|number| *number = rank[*number as usize]);
    names
}
