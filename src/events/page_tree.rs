//! Which pages are one kind of page?
//!
//! In: every cleaned path there is. Out: the page each belongs to. Where more than 50 different pieces follow the same beginning they are one, `:any`; then come
//! the user's own rules (`/blog/* -> Blog`), the first that fits. Level by level, so that what was joined is counted joined below. O(pieces log pieces).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Stopped};

/// Different pieces after one beginning that are still told apart.
pub const MOST_PIECES: usize = 50;
/// Pieces of a path that are looked at.
const MOST_LEVELS: usize = 64;
/// Paths that are named as examples of a page.
const EXAMPLES: usize = 3;

/// A rule of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRule {
    /// A whole path, in which `*` stands for any letters.
    pub pattern: String,
    /// What the page is called then.
    pub name: String,
}

/// What went into one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageGroup {
    /// The page.
    pub page: String,
    /// Different paths that are counted as it.
    pub n_paths: usize,
    /// The first of them by the alphabet.
    pub examples: Vec<String>,
}

/// The page of every path, in the order of `paths`.
pub fn pages(paths: &[&str], most: usize, rules: &[PageRule], ctx: &Ctx) -> Result<Vec<String>, Stopped> {
    let mut pages = joined(paths, most, ctx)?;
    for (at, page) in pages.iter_mut().enumerate() {
        if at.is_multiple_of(1024) {
            ctx.check()?;
        }
        if let Some(rule) = rules.iter().find(|rule| fits(&rule.pattern.to_lowercase(), page)) {
            page.clone_from(&rule.name);
        }
    }
    Ok(pages)
}

/// What went into the pages that are made of several paths; by page.
pub fn groups(paths: &[&str], pages: &[String]) -> Vec<PageGroup> {
    let mut of_page: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, page) in paths.iter().zip(pages) {
        of_page.entry(page).or_default().push(path);
    }
    let told = of_page.into_iter().filter(|(page, paths)| paths.iter().any(|path| path != page));
    let group = |(page, mut paths): (&str, Vec<&str>)| {
        paths.sort_unstable();
        PageGroup {
            page: page.to_owned(),
            n_paths: paths.len(),
            examples: paths.iter().take(EXAMPLES).map(|&path| path.to_owned()).collect(),
        }
    };
    told.map(group).collect()
}

fn joined(paths: &[&str], most: usize, ctx: &Ctx) -> Result<Vec<String>, Stopped> {
    let mut pieces: Vec<(Vec<&str>, usize)> = paths.iter().map(|path| split(path)).collect();
    // Each group shares a beginning.
    let mut groups: Vec<Vec<usize>> = vec![(0..paths.len()).filter(|&at| !pieces[at].0.is_empty()).collect()];
    let mut level = 0;
    while !groups.is_empty() {
        let mut next = Vec::new();
        for group in groups {
            ctx.check()?;
            let mut by_piece: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for path in group {
                by_piece.entry(pieces[path].0[level]).or_default().push(path);
            }
            let is_generic = |piece: &str| piece == ":id" || piece.is_empty();
            let is_many = by_piece.keys().filter(|piece| !is_generic(piece)).count() > most;
            let mut any = Vec::new();
            for (piece, of_piece) in by_piece {
                if is_many && !is_generic(piece) {
                    of_piece.iter().for_each(|&path| pieces[path].0[level] = ":any");
                    any.extend(of_piece);
                } else {
                    next.push(of_piece);
                }
            }
            next.push(any);
        }
        level += 1;
        next.iter_mut().for_each(|group| group.retain(|&path| pieces[path].0.len() > level));
        next.retain(|group| !group.is_empty());
        groups = next;
    }
    let join = |(path, (pieces, end)): (&&str, (Vec<&str>, usize))| {
        if pieces.is_empty() { (*path).to_owned() } else { format!("/{}{}", pieces.join("/"), &path[end..]) }
    };
    Ok(paths.iter().zip(pieces).map(join).collect())
}

/// The pieces of a path, and where what is kept of its query begins, which stays as it is.
fn split(path: &str) -> (Vec<&str>, usize) {
    let end = path.find('?').unwrap_or(path.len());
    (if path.starts_with('/') { path[1..end].split('/').take(MOST_LEVELS).collect() } else { Vec::new() }, end)
}

/// Whether a whole text fits a pattern. Two places are remembered instead of trying all ways, so that no pattern takes more than letters x letters.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(letter) if *letter == text[t] => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((of, at)) = star else { return false };
                star = Some((of, at + 1));
                (p, t) = (of + 1, at + 1);
            }
        }
    }
    pattern[p..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(paths: &[String], rules: &[PageRule]) -> Vec<String> {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        pages(&paths, MOST_PIECES, rules, &Ctx::new()).unwrap()
    }

    #[test]
    fn fifty_stay_and_fifty_one_are_any() {
        let products = |n: usize| -> Vec<String> {
            (0..n).map(|at| format!("/product/name-{at}/reviews")).chain(["/product".to_owned(), "/product/:id".to_owned()]).collect()
        };
        assert_eq!(of(&products(50), &[]), products(50));
        let many = of(&products(51), &[]);
        assert!(many[..51].iter().all(|page| page == "/product/:any/reviews"), "{many:?}");
        assert_eq!(many[51..], ["/product", "/product/:id"]);
    }

    #[test]
    fn below_any_the_joined_pieces_are_counted() {
        // 60 shops with one page each: below `:any` there are 60 pages, more than fit.
        let paths: Vec<String> = (0..60).map(|at| format!("/shop/s{at}/p{at}?q=1")).chain(["home".to_owned(), "/".to_owned()]).collect();
        let pages = of(&paths, &[]);
        assert!(pages[..60].iter().all(|page| page == "/shop/:any/:any?q=1"), "{pages:?}");
        assert_eq!(pages[60..], ["home", "/"]);
    }

    #[test]
    fn rules_come_last_and_the_first_that_fits_wins() {
        let rule = |pattern: &str, name: &str| PageRule { pattern: pattern.into(), name: name.into() };
        let paths = ["/blog/a/b".to_owned(), "/Blog".to_lowercase(), "/cart".to_owned()];
        assert_eq!(of(&paths, &[rule("/BLOG/*", "Blog"), rule("*", "Rest")]), ["Blog", "Rest", "Rest"]);
        let names: Vec<&str> = paths.iter().map(String::as_str).collect();
        let told = groups(&names, &of(&paths, &[rule("/blog*", "Blog")]));
        assert_eq!(told, [PageGroup { page: "Blog".into(), n_paths: 2, examples: vec!["/blog".into(), "/blog/a/b".into()] }]);
    }

    #[test]
    fn patterns_fit_without_trying_everything() {
        for (pattern, text, expected) in [
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("abc", "ab", false),
            ("ab", "abc", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!fits(&"*a".repeat(100), &"a".repeat(99)));
    }
}
