//! Is a column's name a word that people say, or a code: "income", and not "x2" or "fmde"?
//!
//! In: a name in words, in small letters or as the user writes it. Out: whether nobody says it, by its letters alone: without a dictionary a word that can be said
//! counts as one. O(letters).

/// Whether a word can be said aloud, as far as its letters tell: "fmde", "whrswk" and "hhi" cannot. Only small Latin letters are looked at.
fn may_be_said(word: &str) -> bool {
    const SPELT: [&str; 10] = ["sms", "mms", "gps", "nps", "crm", "dvd", "pcs", "vip", "html", "dsl"];
    #[rustfmt::skip]
    const STARTS: [&str; 62] = [
        "bl", "br", "ch", "chl", "chr", "cl", "cr", "cz", "dr", "dw", "fj", "fl", "fr", "gh", "gl", "gn", "gr", "kl", "kn", "kr", "ll", "mn", "ph", "phl", "phr",
        "pf", "pfl", "pl", "pn", "pr", "ps", "pt", "rh", "sc", "sch", "schl", "schm", "schn", "schr", "schw", "scr", "sh", "shr", "sk", "sl", "sm", "sn", "sp",
        "spl", "spr", "st", "str", "sv", "sw", "th", "thr", "tr", "ts", "tw", "wh", "wr", "zw",
    ];
    if !word.chars().all(|c| c.is_ascii_lowercase()) || SPELT.contains(&word) {
        return true;
    }
    let start = word.find(['a', 'e', 'i', 'o', 'u', 'y']);
    start.is_some_and(|n| n <= 1 || STARTS.contains(&&word[..n]))
}

/// Whether a name is a code that nobody says: "x2", "Q12", "var 7".
pub(super) fn is_code(human: &str) -> bool {
    const NOTHING: [&str; 16] = [
        "column",
        "col",
        "var",
        "variable",
        "feature",
        "feat",
        "attr",
        "attribute",
        "field",
        "question",
        "dim",
        "item",
        "unnamed",
        "factor",
        "value",
        "data",
    ];
    let is_word =
        |word: &str| word.chars().count() >= 3 && word.chars().all(char::is_alphabetic) && !NOTHING.contains(&word) && may_be_said(word);
    !human.to_lowercase().split_whitespace().any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_said_aloud_is_a_code() {
        for code in ["x2", "q12", "var 7", "fmde", "whrswk", "hhi", "mkoopkla", "lfp", "ndx"] {
            assert!(is_code(code), "{code}");
        }
        for word in ["income", "sms", "strength", "schuhe", "pflege", "share of wallet", "kwh price", "years", "x ray count", "größe"] {
            assert!(!is_code(word), "{word}");
        }
    }
}
