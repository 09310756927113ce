//! The words of a column's name: "customerID", "Customer-Id" and "customer_id" are the same two.

/// "avgBasket_EUR 2" is avg, basket, eur, 2; accents of the usual kind are taken off. Behind them every two neighbours together.
pub(crate) fn tokens(name: &str) -> Vec<String> {
    let mut tokens = name_tokens(name);
    let pairs: Vec<String> = tokens.windows(2).map(|pair| format!("{} {}", pair[0], pair[1])).collect();
    tokens.extend(pairs);
    tokens
}

/// Whether a column is by its name the logarithm or the square of another that stands beside it: "logwage" beside "wage", "ln_income" beside "income",
/// "agesq" beside "age".
pub(crate) fn is_log_or_square(name: &str, names: impl IntoIterator<Item: AsRef<str>>) -> bool {
    let name = name.to_lowercase();
    let of = ["log1p", "log10", "log", "ln", "l"].iter().filter_map(|start| name.strip_prefix(start));
    let squared = ["squared", "square", "sqr", "sq", "^2"].iter().filter_map(|end| name.strip_suffix(end));
    let trimmed = of.chain(squared).map(|rest| rest.trim_matches(['_', ' ', '.']));
    let of: Vec<&str> = trimmed.filter(|rest| !rest.is_empty()).collect();
    names.into_iter().any(|other| of.contains(&other.as_ref().to_lowercase().as_str()))
}

/// The words of a name without the pairs.
pub(super) fn name_tokens(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            tokens.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let Some(token) = tokens.last_mut()
            && c.is_alphanumeric()
        {
            push_folded(token, c);
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// Adds a letter in small and without its accent.
pub(super) fn push_folded(text: &mut String, c: char) {
    match c.to_lowercase().next().unwrap_or(c) {
        'ä' => text.push_str("ae"),
        'ö' => text.push_str("oe"),
        'ü' => text.push_str("ue"),
        'ß' => text.push_str("ss"),
        'á' | 'à' | 'â' | 'ã' | 'å' => text.push('a'),
        'é' | 'è' | 'ê' | 'ë' => text.push('e'),
        'í' | 'î' | 'ì' | 'ï' => text.push('i'),
        'ó' | 'ô' | 'ò' | 'õ' => text.push('o'),
        'ú' | 'û' | 'ù' => text.push('u'),
        'ñ' => text.push('n'),
        'ç' => text.push('c'),
        other => text.push(other),
    }
}

/// Whole tokens count; long words also inside German compounds ("jahreseinkommen") and in the plural. What is left of one must be a word of its own: "personal"
/// is no persona.
pub(crate) fn matches_word(token: &str, word: &str) -> bool {
    const ENDS: [&str; 5] = ["s", "n", "e", "es", "en"];
    let is_word = |rest: &str| rest.is_empty() || rest.len() >= 3;
    let is_compound = || {
        token.match_indices(word).any(|(at, _)| {
            let (before, behind) = (&token[..at], &token[at + word.len()..]);
            is_word(before) && (is_word(behind) || ENDS.contains(&behind))
        })
    };
    token == word || (word.len() >= 7 && is_compound())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_and_squares_stand_beside_what_they_are_of() {
        let names = ["wage", "age", "income"];
        for name in ["logwage", "ln_income", "lwage", "agesq", "age_squared", "Income^2"] {
            assert!(is_log_or_square(name, names), "{name}");
        }
        for name in ["age", "sq", "masq", "language", "logs"] {
            assert!(!is_log_or_square(name, names), "{name}");
        }
    }

    #[test]
    fn compounds_are_made_of_words() {
        for (token, word) in
            [("einkommen", "einkommen"), ("jahreseinkommen", "einkommen"), ("einkommensklasse", "einkommen"), ("conversions", "conversion")]
        {
            assert!(matches_word(token, word), "{token}");
        }
        for (token, word) in [("personal", "persona"), ("unconverted", "converted"), ("mischurn", "churn")] {
            assert!(!matches_word(token, word), "{token}");
        }
    }
}
