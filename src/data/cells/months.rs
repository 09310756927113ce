//! Which day is "3. März 2023", "1er mars 2023", "3 de marzo de 2023" or "March 3, 2023"?
//!
//! In: a date that holds letters, without its time of day. Out: year, month and day as numbers, or nothing. The words of all languages are one
//! table, since a file never says which one it is in; no word stands for two months. O(length), without allocation.

/// Months in English, German, French, Spanish, Italian, Portuguese and Dutch, full and abbreviated, without accents.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "janner", "jaenner", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro", "januari"],
    &["february", "feb", "febr", "februar", "feber", "fevrier", "fevr", "fev", "febrero", "febbraio", "febb", "fevereiro", "februari"],
    &["march", "mar", "marz", "maerz", "mrz", "mars", "marzo", "marco", "maart", "mrt"],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "magg", "mag", "maio", "mei"],
    &["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho"],
    &["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"],
    &["august", "aug", "aout", "aou", "agosto", "ago", "augustus"],
    &["september", "sep", "sept", "septembre", "septiembre", "setiembre", "set", "settembre", "sett", "setembro"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out"],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &["december", "dec", "dezember", "dez", "decembre", "diciembre", "dic", "dicembre", "dezembro"],
];

/// Days of the week in the same languages.
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mon", "montag", "mo", "lundi", "lun", "lunes", "lunedi", "segunda", "seg", "maandag", "ma"],
    &["tuesday", "tue", "tues", "dienstag", "di", "mardi", "mar", "martes", "martedi", "terca", "ter", "dinsdag"],
    &["wednesday", "wed", "mittwoch", "mi", "mercredi", "mer", "miercoles", "mie", "mercoledi", "quarta", "qua", "woensdag", "wo"],
    &[
        "thursday",
        "thu",
        "thur",
        "thurs",
        "donnerstag",
        "do",
        "jeudi",
        "jeu",
        "jueves",
        "jue",
        "giovedi",
        "gio",
        "quinta",
        "qui",
        "donderdag",
    ],
    &["friday", "fri", "freitag", "fr", "vendredi", "ven", "viernes", "vie", "venerdi", "sexta", "sex", "vrijdag", "vr"],
    &["saturday", "sat", "samstag", "sonnabend", "sa", "samedi", "sam", "sabado", "sab", "sabato", "zaterdag", "za"],
    &["sunday", "sun", "sonntag", "so", "dimanche", "dim", "domingo", "dom", "domenica", "zondag", "zo"],
];

/// Words that may stand in a date and say nothing: "3 de marzo del 2023", "1er mars", "March 3rd".
const FILLERS: [&str; 17] = ["de", "del", "of", "the", "er", "st", "nd", "rd", "th", "º", "ª", "den", "le", "el", "il", "o", "feira"];

/// Year, month and day of a date with the name of a month: "12 Mar 2024", "March 12, 2024", "2024-Mar-12", "12-Mar-24", "Tue, 12 Mar 2024".
pub(super) fn named(date: &str) -> Option<(u32, u32, u32)> {
    let mut parts = [""; 3];
    let mut n = 0;
    for (at, word) in words(date).enumerate() {
        if is_in(word, &FILLERS) || (at == 0 && is_weekday(word) && words(date).filter(|word| !is_in(word, &FILLERS)).count() == 4) {
            continue;
        }
        *parts.get_mut(n)? = word;
        n += 1;
    }
    let [a, b, c] = parts;
    // "03MAR2023" is a date as SAS writes it; "5MAY10" is more likely a code.
    let is_glued = date.chars().all(char::is_alphanumeric);
    let (year, month, day) = match (month(a), month(b)) {
        (Some(month), None) => (c, month, b),
        (None, Some(month)) if a.len() == 4 => (a, month, c),
        (None, Some(month)) => (c, month, a),
        _ => return None,
    };
    let year = match year.len() {
        4 => year.parse().ok()?,
        2 if !is_glued => century(year.parse().ok()?),
        _ => return None,
    };
    let day = if day.len() <= 2 { day.parse().ok()? } else { return None };
    Some((year, month, day))
}

/// The year that two digits mean.
pub(super) fn century(year: u32) -> u32 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

/// The numbers behind a day of the week: "03.03.2023" in "Mo., 03.03.2023".
pub(super) fn behind_weekday(date: &str) -> Option<&str> {
    let end = date.find(|c: char| !is_letter(c))?;
    let rest = date[end..].trim_start_matches(['.', ',', ' ', '\u{a0}']);
    (is_weekday(&date[..end]) && rest.len() < date.len() - end && !rest.contains(is_letter)).then_some(rest)
}

fn month(word: &str) -> Option<u32> {
    (0..12u32).find(|&at| is_in(word, MONTHS[at as usize])).map(|at| at + 1)
}

fn is_weekday(word: &str) -> bool {
    WEEKDAYS.iter().any(|words| is_in(word, words))
}

/// Letters and the accents that some systems write behind them.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_accent(c)
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Runs of letters and runs of digits.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !(is_letter(c) || c.is_ascii_digit()));
        let digits = rest.chars().next()?.is_ascii_digit();
        let end = rest.find(|c: char| if digits { !c.is_ascii_digit() } else { !is_letter(c) }).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(word)
    })
}

/// Whether the word is one of these, in any case, with or without accents.
fn is_in(word: &str, known: &[&str]) -> bool {
    let folded = || word.chars().filter(|&c| !is_accent(c)).flat_map(char::to_lowercase).map(without_accent);
    known.iter().any(|known| known.chars().eq(folded()))
}

fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_for_two_months() {
        let all: Vec<&str> = MONTHS.iter().flat_map(|words| words.iter().copied()).collect();
        let different: std::collections::HashSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), different.len());
        assert!(all.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn days_in_seven_languages() {
        for date in [
            "3. März 2023",
            "3. Maerz 2023",
            "03-Mrz-2023",
            "3 MÄRZ 2023",
            "3 ma\u{308}rz 2023",
            "3 mars 2023",
            "vendredi 3 mars 2023",
            "3 de marzo de 2023",
            "3 de marzo del 2023",
            "03-mar-2023",
            "viernes, 3 de marzo de 2023",
            "mars 3, 2023",
            "March 3rd, 2023",
            "3rd of March 2023",
            "Fr., 3. März 2023",
            "3 marzo 2023",
            "ven 3 mar 2023",
            "3 de março de 2023",
            "sexta-feira, 3 de março de 2023",
            "3 maart 2023",
            "3 mrt. 2023",
            "2023-Mar-03",
            "03MAR2023",
            "3\u{a0}mars\u{a0}23",
            "Mar-03-23",
        ] {
            assert_eq!(named(date), Some((2023, 3, 3)), "{date}");
        }
        for (date, expected) in [
            ("1er févr. 2023", Some((2023, 2, 1))),
            ("1 aout 2023", Some((2023, 8, 1))),
            ("1 août 2023", Some((2023, 8, 1))),
            ("12 sept. 2023", Some((2023, 9, 12))),
            ("01-ene-2023", Some((2023, 1, 1))),
            ("01-dic-2023", Some((2023, 12, 1))),
            ("mardi 7 mars 2023", Some((2023, 3, 7))),
            ("mar. 7 mars 2023", Some((2023, 3, 7))),
            ("7 ott 1999", Some((1999, 10, 7))),
            ("7 out. 99", Some((1999, 10, 7))),
            ("Marketing 3 2020", None),
            ("5MAY10", None),
            ("3 March", None),
            ("Flat 3 March Street 2020", None),
        ] {
            assert_eq!(named(date), expected, "{date}");
        }
        assert_eq!(behind_weekday("Mo., 03.03.2023"), Some("03.03.2023"));
        assert_eq!(behind_weekday("dim. 5/3/2023"), Some("5/3/2023"));
        assert_eq!(behind_weekday("No. 5/3/2023"), None);
    }
}
