//! Which units stand beside numbers?
//!
//! In: nothing. Out: every spelling of a currency or of percent, and the unit it means. Longer spellings stand before those they end or begin
//! with ("US$" before "S$" before "$"), because the first that fits is taken.

/// Spelling, unit. Those with a sign or of three letters are found in any case.
pub(super) const UNITS: &[(&str, &str)] = &[
    // Before any bare sign.
    ("US$", "$"),
    ("U$S", "$"),
    ("CA$", "C$"),
    ("AU$", "A$"),
    ("NZ$", "NZ$"),
    ("HK$", "HK$"),
    ("NT$", "NT$"),
    ("MX$", "MX$"),
    ("SG$", "S$"),
    ("R$", "R$"),
    ("A$", "A$"),
    ("C$", "C$"),
    ("S$", "S$"),
    ("€", "€"),
    ("$", "$"),
    ("£", "£"),
    ("¥", "¥"),
    ("￥", "¥"),
    ("円", "¥"),
    ("元", "¥"),
    ("%", "%"),
    ("₹", "₹"),
    ("₺", "₺"),
    ("₽", "₽"),
    ("₩", "₩"),
    ("₪", "₪"),
    ("฿", "฿"),
    ("₫", "₫"),
    ("₱", "₱"),
    ("₴", "₴"),
    ("₦", "₦"),
    ("₸", "₸"),
    ("₡", "₡"),
    ("EUR", "€"),
    ("USD", "$"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("CNY", "¥"),
    ("RMB", "¥"),
    ("BRL", "R$"),
    ("AUD", "A$"),
    ("CAD", "C$"),
    ("NZD", "NZ$"),
    ("HKD", "HK$"),
    ("SGD", "S$"),
    ("TWD", "NT$"),
    ("MXN", "MX$"),
    ("INR", "₹"),
    ("RSD", "RSD"),
    ("ARS", "ARS"),
    ("Rs.", "₹"),
    ("Rs", "₹"),
    ("MYR", "RM"),
    ("RM", "RM"),
    ("TRY", "₺"),
    ("TL", "₺"),
    ("IDR", "Rp"),
    ("Rp.", "Rp"),
    ("Rp", "Rp"),
    ("RUB", "₽"),
    ("руб.", "₽"),
    ("руб", "₽"),
    ("KRW", "₩"),
    ("ILS", "₪"),
    ("NIS", "₪"),
    ("THB", "฿"),
    ("VND", "₫"),
    ("PHP", "₱"),
    ("UAH", "₴"),
    ("грн.", "₴"),
    ("грн", "₴"),
    ("NGN", "₦"),
    ("KZT", "₸"),
    ("CRC", "₡"),
    ("CHF", "CHF"),
    ("SFr.", "CHF"),
    ("Fr.", "CHF"),
    ("SEK", "SEK"),
    ("NOK", "NOK"),
    ("DKK", "DKK"),
    ("ISK", "ISK"),
    ("PLN", "PLN"),
    ("zł", "PLN"),
    ("CZK", "Kč"),
    ("Kč", "Kč"),
    ("HUF", "Ft"),
    ("Ft", "Ft"),
    ("RON", "lei"),
    ("lei", "lei"),
    ("BGN", "лв"),
    ("лв.", "лв"),
    ("лв", "лв"),
    ("ZAR", "ZAR"),
    ("AED", "AED"),
    ("SAR", "SAR"),
    ("EGP", "EGP"),
    ("CLP", "CLP"),
    ("COP", "COP"),
    ("PEN", "PEN"),
    ("S/", "PEN"),
    ("kr.", "kr"),
    ("kr", "kr"),
];

/// Whether the spelling counts only as it is written: two letters in small are feet, millilitres or part of a word.
pub(super) fn is_exact(spelled: &str) -> bool {
    matches!(spelled, "RM" | "TL" | "Ft" | "S/")
}

/// Whether such letters glued to a whole number ("RM1001") may as well be a code.
pub(super) fn is_like_a_code(spelled: &str) -> bool {
    matches!(spelled, "RM" | "TL" | "Rs" | "Rp" | "Ft")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_spelling_is_met_first() {
        for (at, (spelled, _)) in UNITS.iter().enumerate() {
            for (earlier, _) in &UNITS[..at] {
                let (spelled, earlier) = (spelled.to_ascii_lowercase(), earlier.to_ascii_lowercase());
                let taken = spelled.starts_with(&earlier) || spelled.ends_with(&earlier);
                assert!(!taken, "{earlier} takes what {spelled} should");
            }
            assert!(spelled.chars().filter(|c| c.is_alphabetic()).count() <= 3, "{spelled}: words of four letters are left at once");
        }
    }
}
