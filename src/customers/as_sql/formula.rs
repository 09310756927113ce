//! A formula of the recipe in the words of a database.
//!
//! In: a formula as it is written for this program, and the dialect. Out: the same for the database, what it reads, and what it gives where there are no rows. Names are quoted, numbers with a
//! point are of 53 bits, whole numbers are divided as fractions, and a sum of nothing is 0, as here. A word that is not known is refused by name. O(length).

use std::collections::BTreeSet;

use crate::data::Dialect;

/// Words that stand as they are.
const WORDS: [&str; 16] =
    ["CASE", "WHEN", "THEN", "ELSE", "END", "AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "DISTINCT", "LIKE", "TRUE", "FALSE"];
/// Stands for what an aggregate gives of no rows; no formula can hold it.
const NOTHING: &str = "\u{1}";
/// Functions of one row.
const OF_A_ROW: [&str; 3] = ["NULLIF", "COALESCE", "ABS"];

/// A formula in the words of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translated {
    /// Of rows that are added up, or of one row.
    pub sql: String,
    /// Where there are no rows.
    pub of_nobody: String,
    /// The columns it reads.
    pub reads: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A column.
    Name(String),
    /// A text.
    Text(String),
    Number(String),
    /// A word of the language, in capitals.
    Word(String),
    /// A function, in capitals, whose parenthesis follows.
    Call(String),
    Symbol(String),
}

/// The same formula for a database. `place` is the column that numbers the rows of a customer, where they have an order.
///
/// Fails with the word that has no counterpart.
pub(super) fn translated(formula: &str, dialect: Dialect, place: Option<&str>) -> Result<Translated, String> {
    let tokens = tokens(formula)?;
    let mut reads = BTreeSet::new();
    let (sql, of_nobody) = written(&tokens, dialect, place, &mut reads)?;
    // What is computed with nothing is nothing, and a database may not guess its type; unless something asks whether it is.
    let asks =
        |token: &Token| matches!(token, Token::Word(word) if word == "CASE") || matches!(token, Token::Call(name) if name == "COALESCE");
    let of_nobody = match of_nobody.contains(NOTHING) {
        true if tokens.iter().any(asks) => of_nobody.replace(NOTHING, &format!("CAST(NULL AS {})", dialect.double())),
        true => "NULL".to_owned(),
        false => of_nobody,
    };
    Ok(Translated { sql, of_nobody, reads })
}

fn tokens(formula: &str) -> Result<Vec<Token>, String> {
    let letters: Vec<char> = formula.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let letter = letters[at];
        let from = at;
        if letter.is_whitespace() {
            at += 1;
        } else if letter == '\'' || letter == '"' {
            let mut text = String::new();
            at += 1;
            loop {
                match (letters.get(at), letters.get(at + 1)) {
                    (Some(quote), Some(next)) if *quote == letter && *next == letter => {
                        text.push(letter);
                        at += 2;
                    }
                    (Some(quote), _) if *quote == letter => break,
                    (Some(other), _) => {
                        text.push(*other);
                        at += 1;
                    }
                    (None, _) => return Err("a quote that is not closed".to_owned()),
                }
            }
            at += 1;
            found.push(if letter == '"' { Token::Name(text) } else { Token::Text(text) });
        } else if letter.is_ascii_digit() {
            while letters.get(at).is_some_and(|letter| letter.is_ascii_digit() || *letter == '.') {
                at += 1;
            }
            found.push(Token::Number(letters[from..at].iter().collect()));
        } else if letter.is_alphabetic() || letter == '_' {
            while letters.get(at).is_some_and(|letter| letter.is_alphanumeric() || *letter == '_') {
                at += 1;
            }
            let word: String = letters[from..at].iter().collect();
            let upper = word.to_uppercase();
            let is_called = letters[at..].iter().find(|letter| !letter.is_whitespace()) == Some(&'(');
            found.push(match () {
                () if WORDS.contains(&upper.as_str()) => Token::Word(upper),
                () if is_called => Token::Call(upper),
                () => Token::Name(word),
            });
        } else if "+-*/(),=<>!".contains(letter) {
            let two: String = letters[at..].iter().take(2).collect();
            let is_two = ["<=", ">=", "<>", "!="].contains(&two.as_str());
            at += if is_two { 2 } else { 1 };
            found.push(Token::Symbol(if is_two { two.replace("!=", "<>") } else { letter.to_string() }));
        } else {
            return Err(format!("\u{201c}{letter}\u{201d}"));
        }
    }
    Ok(found)
}

/// Tokens as written, and as they are where there are no rows.
fn written(tokens: &[Token], dialect: Dialect, place: Option<&str>, reads: &mut BTreeSet<String>) -> Result<(String, String), String> {
    let (mut of_rows, mut of_nobody): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut both = |text: String, nobody: String| {
        of_rows.push(text);
        of_nobody.push(nobody);
    };
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Token::Name(name) => {
                reads.insert(name.clone());
                both(dialect.quoted(name), NOTHING.to_owned());
            }
            Token::Text(text) => both(dialect.text(text), dialect.text(text)),
            Token::Number(number) => {
                let number = if number.contains('.') { format!("CAST({number} AS {})", dialect.double()) } else { number.clone() };
                both(number.clone(), number);
            }
            Token::Word(word) => both(word.clone(), word.clone()),
            // Here three by two is one and a half; most databases make one of it, as of all whole numbers.
            Token::Symbol(symbol) if symbol == "/" && !is_times_a_fraction(&tokens[..at]) => {
                let by = format!("* CAST(1.0 AS {}) /", dialect.double());
                both(by.clone(), by);
            }
            Token::Symbol(symbol) => both(symbol.clone(), symbol.clone()),
            Token::Call(name) => {
                let end = closing(tokens, at + 1).ok_or_else(|| "a parenthesis that is not closed".to_owned())?;
                let inner = &tokens[at + 2..end];
                let is_all = inner == [Token::Symbol("*".to_owned())];
                let (rows, nobody) = if is_all { ("*".to_owned(), "*".to_owned()) } else { written(inner, dialect, place, reads)? };
                match (name.as_str(), place) {
                    ("COUNT", _) => both(format!("COUNT({rows})"), "0".to_owned()),
                    ("SUM", _) => both(format!("COALESCE(SUM({rows}), 0)"), "0".to_owned()),
                    ("MIN" | "MAX", _) => both(format!("{name}({rows})"), NOTHING.to_owned()),
                    ("AVG", _) => both(format!("AVG(CAST({rows} AS {}))", dialect.double()), NOTHING.to_owned()),
                    ("FIRST", Some(place)) => both(format!("MAX(CASE WHEN {place} = 1 THEN {rows} END)"), NOTHING.to_owned()),
                    (of_a_row, _) if OF_A_ROW.contains(&of_a_row) => both(format!("{name}({rows})"), format!("{name}({nobody})")),
                    _ => return Err(name.clone()),
                }
                at = end;
            }
        }
        at += 1;
    }
    Ok((of_rows.join(" "), of_nobody.join(" ")))
}

/// Whether what was written before ends with "* 1.0" or the like.
fn is_times_a_fraction(before: &[Token]) -> bool {
    let [.., Token::Symbol(times), Token::Number(number)] = before else { return false };
    times == "*" && number.contains('.')
}

/// Where the parenthesis that opens at `open` is closed.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Symbol(symbol) if symbol == "(" => depth += 1,
            Token::Symbol(symbol) if symbol == ")" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            // A function inside brings its parenthesis as the next token.
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(formula: &str) -> Translated {
        translated(formula, Dialect::PostgreSql, Some("place")).unwrap()
    }

    #[test]
    fn formulas_in_the_words_of_a_database() {
        let gap = of("(MAX(days_ago) - MIN(days_ago)) * 1.0 / NULLIF(COUNT(*) - 1, 0)");
        assert_eq!(gap.sql, r#"( MAX("days_ago") - MIN("days_ago") ) * CAST(1.0 AS DOUBLE PRECISION) / NULLIF(COUNT(*) - 1 , 0)"#);
        assert_eq!(gap.of_nobody, "NULL");
        assert_eq!(of("COALESCE(MAX(a), 3)").of_nobody, "COALESCE(CAST(NULL AS DOUBLE PRECISION) , 3)");
        assert_eq!(of("SUM(a) * 1.0 / NULLIF(COUNT(*), 0)").of_nobody, "0 * CAST(1.0 AS DOUBLE PRECISION) / NULLIF(0 , 0)");
        assert_eq!(gap.reads.iter().collect::<Vec<_>>(), ["days_ago"]);
        // Whole numbers are divided as fractions, which few databases do by themselves.
        assert_eq!(of("1 + COUNT(a) / COUNT(*)").sql, r#"1 + COUNT("a") * CAST(1.0 AS DOUBLE PRECISION) / COUNT(*)"#);
        assert_eq!(of("SUM(purchase) / 2").of_nobody, "0 * CAST(1.0 AS DOUBLE PRECISION) / 2");
        let orders = of("COUNT(DISTINCT CASE WHEN purchase = 1 THEN \"order\" END)");
        assert_eq!((orders.sql.as_str(), orders.of_nobody.as_str()), (r#"COUNT(DISTINCT CASE WHEN "purchase" = 1 THEN "order" END)"#, "0"));
        assert_eq!(
            of("SUM(CASE WHEN c = 'l''app' THEN 1 ELSE 0 END)").sql,
            r#"COALESCE(SUM(CASE WHEN "c" = 'l''app' THEN 1 ELSE 0 END), 0)"#
        );
        assert_eq!(of("first(category)").sql, r#"MAX(CASE WHEN place = 1 THEN "category" END)"#);
    }

    #[test]
    fn what_has_no_counterpart_is_named() {
        let why = |formula: &str| translated(formula, Dialect::DuckDb, None).unwrap_err();
        assert_eq!(
            (why("MEDIAN(amount)"), why("FIRST(category)"), why("SUM(a)::int")),
            ("MEDIAN".into(), "FIRST".into(), "\u{201c}:\u{201d}".into())
        );
        assert_eq!((why("SUM('a"), why("SUM(a")), ("a quote that is not closed".into(), "a parenthesis that is not closed".into()));
    }
}
