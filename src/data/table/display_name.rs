//! What does a column's name read like where nobody gave it another? "total_charges" is shown as "Total charges", "MonthlyIncome" as "Monthly income".
//!
//! In: the name as the file has it. Out: words. Underscores and capitals inside fall into words, what data files cut short is spelled out, and known
//! abbreviations stay upper case ("Customer ID"). Short codes such as "C5" or "Q12" stay what they are. O(letters).

use crate::base::text::capitalised;

/// Words that are written in capitals.
#[rustfmt::skip]
const ABBREVIATIONS: [&str; 48] = [
    "id", "rfm", "zip", "crm", "url", "vat", "kpi", "tv", "dvd", "sms", "vip", "nps", "usa", "uk", "eu", "atm", "dsl", "gps", "bmi", "hr", "it", "ai", "api", "b2b",
    "b2c", "sku", "ltv", "clv", "cltv", "arpu", "roi", "ip", "pc", "pdf", "faq", "gpa", "csat", "eur", "usd", "gbp", "chf", "pos", "suv", "hdl", "ldl", "iban",
    "isp", "iq",
];

/// Words that data files cut short.
#[rustfmt::skip]
const SHORT: [(&str, &str); 27] = [
    ("curr", "current"), ("avg", "average"), ("amt", "amount"), ("qty", "quantity"), ("cust", "customer"), ("dept", "department"), ("mgr", "manager"),
    ("trans", "transactions"), ("txn", "transactions"), ("prev", "previous"), ("min", "minimum"), ("max", "maximum"), ("mnt", "spend on"), ("num", "number of"),
    ("bal", "balance"), ("maritl", "marital status"), ("jobclass", "job class"), ("edu", "education"), ("monetary", "spend"), ("pmt", "payment"), ("ins", "insurance"),
    ("marr", "married"), ("educ", "education"), ("exper", "experience"), ("inc", "income"), ("hrs", "hours"), ("yrs", "years"),
];

/// Names of ours that are read as a whole.
const WHOLE: [(&str, [&str; 2]); 3] =
    [("r_score", ["recency", "score"]), ("f_score", ["frequency", "score"]), ("m_score", ["spend", "score"])];

/// A column's name as heads and lists show it: "Total charges".
pub fn display_name(name: &str) -> String {
    if is_code(name) {
        return name.to_owned();
    }
    let words = words_of(name);
    if words.is_empty() { name.to_owned() } else { capitalised(&words.join(" ")) }
}

/// The same within a sentence: "total charges", "customer ID"; what stands in brackets behind a name is left out.
pub fn name_in_sentence(name: &str) -> String {
    if is_code(name) {
        return name.to_owned();
    }
    let bare = name.split_once(" (").map(|(bare, _)| bare).filter(|bare| bare.chars().any(char::is_alphabetic)).unwrap_or(name);
    let words: Vec<String> = words_of(bare).iter().map(|word| word.trim_end_matches(['?', ':', ';', ',', '.']).to_owned()).collect();
    let text = words.join(" ");
    if text.trim().is_empty() { name.to_owned() } else { text }
}

/// A label that somebody gave, within a sentence: it begins small, unless its first word has capitals or digits of its own ("CRM segment").
pub fn label_in_sentence(label: &str) -> String {
    let first = label.split([' ', '-']).next().unwrap_or(label);
    let stays = first.chars().count() < 2 || first.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric());
    if stays {
        return label.to_owned();
    }
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Whether a word is written in capitals: "tv", "id".
pub fn is_abbreviation(word: &str) -> bool {
    ABBREVIATIONS.contains(&word)
}

/// The words of a column's name in small letters: "avgOrderValue (EUR)" gives avg, order, value, eur.
pub fn tokens(name: &str) -> Vec<String> {
    raw_tokens(name).iter().map(|token| token.to_lowercase()).collect()
}

/// "C5", "Q12"; with three letters it is a word with a number behind it.
fn is_code(name: &str) -> bool {
    let n_letters = name.chars().filter(|c| c.is_alphabetic()).count();
    n_letters <= 2 && name.chars().count() <= 4 && name.chars().all(char::is_alphanumeric) && name.chars().any(char::is_numeric)
}

/// The words of a name as they are shown, all small but for abbreviations and what has capitals inside.
fn words_of(name: &str) -> Vec<String> {
    if let Some((_, words)) = WHOLE.iter().find(|(whole, _)| *whole == name) {
        return words.map(str::to_owned).to_vec();
    }
    // Who writes spaces has written words; their punctuation is meant.
    let has_spaces = name.trim().contains(char::is_whitespace);
    let raw: Vec<String> =
        if has_spaces { name.split(|c: char| c.is_whitespace() || c == '_').map(str::to_owned).collect() } else { raw_tokens(name) };
    let raw: Vec<String> = raw.into_iter().filter(|word| !word.is_empty()).collect();
    let shouts = !name.chars().any(char::is_lowercase);
    let of = |(at, word): (usize, &String)| {
        let small = word.to_lowercase();
        let bare = small.trim_matches(|c: char| !c.is_alphanumeric());
        let is_capital = word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.chars().any(char::is_lowercase);
        let has_inner = word.chars().skip_while(|c| !c.is_alphabetic()).skip(1).any(char::is_uppercase);
        if is_abbreviation(bare) {
            return word.to_uppercase();
        }
        if (is_capital || has_inner) && !shouts {
            return word.clone();
        }
        // "call_min" are minutes, "min_balance" is the least.
        let is_bound = !matches!(bare, "min" | "max") || at == 0;
        SHORT.iter().find(|(short, _)| *short == small && is_bound).map_or(small, |(_, full)| (*full).to_owned())
    };
    raw.iter().enumerate().map(of).collect()
}

fn raw_tokens(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut token = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let follows_small = i > 0 && (chars[i - 1].is_lowercase() || chars[i - 1].is_numeric());
        let ends_acronym = i > 0 && chars[i - 1].is_uppercase() && chars.get(i + 1).is_some_and(|next| next.is_lowercase());
        if !token.is_empty() && (!c.is_alphanumeric() || (c.is_uppercase() && (follows_small || ends_acronym))) {
            tokens.push(std::mem::take(&mut token));
        }
        if c.is_alphanumeric() {
            token.push(c);
        }
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    tokens
}

/// One line of at most `longest` letters: a label comes from outside and stands in heads, names and sentences.
pub fn bounded(text: &str, longest: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    let text: String = plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let cut: String = text.chars().take(longest).collect();
    cut.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, shown, said) in [
            ("total_charges", "Total charges", "total charges"),
            ("MonthlyIncome", "Monthly income", "monthly income"),
            ("JobLevel", "Job level", "job level"),
            ("mntWines", "Spend on wines", "spend on wines"),
            ("TENURE_MONTHS", "Tenure months", "tenure months"),
            ("total_spend_12m", "Total spend 12m", "total spend 12m"),
            ("customerID", "Customer ID", "customer ID"),
            ("zip_code", "ZIP code", "ZIP code"),
            ("rfm_segment", "RFM segment", "RFM segment"),
            ("HTMLViews", "HTML views", "HTML views"),
            ("streaming_tv", "Streaming TV", "streaming TV"),
            ("avgOrderValue", "Average order value", "average order value"),
            ("call_min", "Call min", "call min"),
            ("Annual Income (k$)", "Annual income (k$)", "annual income"),
            ("Spending Score (1-100)", "Spending score (1-100)", "spending score"),
            ("How satisfied are you?", "How satisfied are you?", "how satisfied are you"),
            ("Q12", "Q12", "Q12"),
            ("kid2", "Kid2", "kid2"),
            ("***", "***", "***"),
            ("", "", ""),
        ] {
            assert_eq!((display_name(name).as_str(), name_in_sentence(name).as_str()), (shown, said), "{name}");
        }
        for (label, said) in [("Monthly fee", "monthly fee"), ("CRM segment", "CRM segment"), ("E-mails", "E-mails"), ("T", "T")] {
            assert_eq!(label_in_sentence(label), said);
        }
        assert_eq!(tokens("avgOrderValue (EUR)"), ["avg", "order", "value", "eur"]);
    }
}
