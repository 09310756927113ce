//! Which page is an address?
//!
//! In: an address as the export has it. Out: the path without fragment, query (but for chosen keys), host and slash at the end, in small letters, with pieces
//! that tell single things apart as `:id`: numbers, UUIDs, 8 and more hexadecimal digits, days, e-mail addresses. O(letters). What needs all addresses
//! at once is the next step's, see `page_tree`.

/// Letters of an address that are looked at; browsers allow more, but a page is told by less.
const MOST_LETTERS: usize = 2_048;

/// The path of an address; `keys` of the query are kept, in this order. Names of screens are only made small.
pub fn path_of(address: &str, keys: &[String]) -> String {
    let whole = first_letters(address.trim(), MOST_LETTERS);
    let address = whole.split('#').next().unwrap_or_default();
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => match address.strip_prefix("//") {
            Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => address,
        },
    };
    let mut cleaned = String::with_capacity(path.len());
    if path.starts_with('/') {
        for piece in path.split('/').filter(|piece| !piece.is_empty()) {
            cleaned.push('/');
            push_piece(piece, &mut cleaned);
        }
        if cleaned.is_empty() {
            cleaned.push('/');
        }
    } else if path.is_empty() && !whole.is_empty() {
        // Only a fragment or a query: the page it was written on, which is the first.
        cleaned.push('/');
    } else {
        cleaned.extend(path.chars().flat_map(char::to_lowercase));
    }
    let mut mark = '?';
    for key in keys {
        let value = query.split('&').find_map(|pair| pair.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case(key)));
        if let Some((_, value)) = value {
            cleaned.push(mark);
            cleaned.extend(key.chars().flat_map(char::to_lowercase));
            cleaned.push('=');
            push_piece(value, &mut cleaned);
            mark = '&';
        }
    }
    cleaned
}

fn first_letters(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn push_piece(piece: &str, into: &mut String) {
    if is_one_of_many(piece) {
        into.push_str(":id");
    } else {
        into.extend(piece.chars().flat_map(char::to_lowercase));
    }
}

/// Whether a piece of a path tells single things apart.
fn is_one_of_many(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    let (mut n_digits, mut n_other, mut has_at) = (0, 0, false);
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => n_digits += 1,
            b'a'..=b'f' | b'A'..=b'F' => {}
            b'@' | b'%' => (has_at, n_other) = (true, n_other + 1),
            _ => n_other += 1,
        }
    }
    let is_number = n_digits == bytes.len();
    let is_hex = n_other == 0 && bytes.len() >= 8;
    is_number || is_hex || (n_other == 4 && is_uuid(bytes)) || is_day(bytes) || (has_at && is_mail(piece))
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// `2024-01-31`, `31.01.2024`, `2024_01`: numbers of a year and of a month, and perhaps of a day.
fn is_day(bytes: &[u8]) -> bool {
    if !(7..=10).contains(&bytes.len()) {
        return false;
    }
    let mut parts = bytes.split(|byte| matches!(byte, b'-' | b'_' | b'.'));
    let sizes = (parts.next(), parts.next(), parts.next(), parts.next());
    let is = |part: &[u8], n: usize| part.len() <= n && part.len() * 3 >= n && part.iter().all(u8::is_ascii_digit);
    let is_year = |part: &[u8]| part.len() == 4 && (part.starts_with(b"19") || part.starts_with(b"20")) && is(part, 4);
    match sizes {
        (Some(a), Some(b), None, None) => (is_year(a) && is(b, 2)) || (is(a, 2) && is_year(b)),
        (Some(a), Some(b), Some(c), None) => is(b, 2) && ((is_year(a) && is(c, 2)) || (is(a, 2) && is_year(c))),
        _ => false,
    }
}

fn is_mail(piece: &str) -> bool {
    let decoded = piece.replace("%40", "@");
    let Some((name, host)) = decoded.split_once('@') else { return false };
    !name.is_empty() && host.split_once('.').is_some_and(|(host, ending)| !host.is_empty() && !ending.is_empty()) && !host.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_what_is_not_the_page() {
        for (address, path) in [
            ("https://Shop.example/Cart/?utm=1#top", "/cart"),
            ("https://shop.example", "/"),
            ("//cdn.example/a//b/", "/a/b"),
            ("/", "/"),
            ("", ""),
            ("Home Screen", "home screen"),
            ("#/cart", "/"),
            ("/p/123", "/p/:id"),
            ("/p/12a", "/p/12a"),
            ("/p/deadbeef", "/p/:id"),
            ("/p/deadbee", "/p/deadbee"),
            ("/o/550e8400-e29b-41d4-a716-446655440000/x", "/o/:id/x"),
            ("/news/2024-01-31/31.1.2024/2024_01/2024-summer", "/news/:id/:id/:id/2024-summer"),
            ("/u/anna%40shop.example/anna@shop.example/@anna/a@b", "/u/:id/:id/@anna/a@b"),
            ("/a?x=/b/c", "/a"),
            ("/ÄRGER/É", "/ärger/é"),
        ] {
            assert_eq!(path_of(address, &[]), path, "{address}");
        }
    }

    #[test]
    fn chosen_keys_stay_in_their_order() {
        let keys = ["q".to_owned(), "Page".to_owned()];
        assert_eq!(path_of("/s/?page=2&q=Red+Shoes&x=1#f", &keys), "/s?q=red+shoes&page=:id");
        assert_eq!(path_of("/s?x=1", &keys), "/s");
    }

    #[test]
    fn endless_addresses_are_cut() {
        assert!(path_of(&"/é".repeat(100_000), &[]).len() <= MOST_LETTERS);
    }
}
