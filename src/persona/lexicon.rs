//! Which words may a column's name give a persona? An editable list, not code: assets/lexicon.json.
//!
//! In: a column's name and whether it holds numbers, dates or levels. Out: the entry whose names fit best, or none.
//! A name fits when all of its tokens occur in the column's name; more tokens win, then more letters, then the earlier entry.
//! A column whose numbers stand for something else than the entry speaks of ("percent salary hike" is no salary) has no entry, unless the name that fits
//! says so itself ("discount rate"). Plurals are forgiven and `*` stands for the rest of a token ("*umsatz" fits "jahresumsatz"), since German writes compounds
//! in one word. Cost: entries x names per column, some thousand comparisons of short strings.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::data::Dictionary;

use super::sense::{Sense, Sensed};
use super::text::tokens;

/// The words personas are named and described with.
#[derive(Debug, Clone, PartialEq)]
pub struct Lexicon {
    entries: Vec<Entry>,
    dictionary: Arc<Dictionary>,
}

/// Why a text is no lexicon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the lexicon cannot be read at line {line}: {reason}")]
pub struct LexiconError {
    /// The line, from 1; of a mistake in an entry's words, the line of the entry's tag.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// What one kind of column is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What the column is about ("spend"); two traits of one tag never share a name.
    pub tag: String,
    /// Where its adjective stands.
    pub position: Position,
    /// Whether more of it is good (1) or bad (-1) for the business, or neither (0).
    pub polarity: i8,
    /// Which columns it is for.
    pub columns: Columns,
    /// Whether high values are little of what the tag says: a long gap is a low frequency, an early birthday a high age.
    pub reversed: bool,
    /// What numbers may stand for; the other senses need a name that says them.
    reads: Vec<Sense>,
    /// Whether the column's name may say nothing else: "tax amount" is no spend.
    exact: bool,
    /// The nouns it is for ("employees"); empty for all.
    nouns: Vec<String>,
    /// Unit of the values where the file gives none ("years").
    pub unit: Option<String>,
    /// Names of columns it fits, token by token.
    names: Vec<Vec<String>>,
    /// Words for high values.
    pub high: Pole,
    /// Words for low values.
    pub low: Pole,
    /// Words for the levels of a category.
    pub levels: LevelWords,
}

/// The place of an adjective in a name: value, then behaviour, then lifecycle, then demographic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// What they are worth.
    Value,
    /// What they do.
    Behaviour,
    /// How long they have been customers, and whether they still are.
    Lifecycle,
    /// Who they are.
    Demographic,
}

/// Which columns an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Columns {
    /// Numbers.
    Number,
    /// Dates, where later is higher.
    Date,
    /// Numbers and dates alike.
    NumberOrDate,
    /// Categories.
    Levels,
}

/// Words for one end of a scale. `{column}` is the column's name in words, `{since}` the same from "since" on.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pole {
    /// "High-Spend".
    pub adjective: Option<String>,
    /// In place of the adjective in the outermost tenth.
    pub very: Option<String>,
    /// "Discount Seekers".
    pub noun: Option<String>,
    /// "More {column}".
    pub statement: Option<String>,
    /// "spend more".
    pub clause: Option<String>,
    /// "spend {times} as much", where a ratio makes sense.
    pub times: Option<String>,
    /// A word for this end together with one end of another column.
    pub with: Option<With>,
}

/// A word that two traits must allow: "Budget-Conscious" are many discounts and small baskets.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct With {
    /// The tag of the other column.
    pub tag: String,
    /// Which end of it.
    pub end: End,
    /// "Budget-Conscious".
    pub adjective: String,
}

/// One end of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// High values.
    High,
    /// Low values.
    Low,
}

/// Words for the levels of a category. `{level}` is the level, `{column}` the column's name in words.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LevelWords {
    /// "{level}".
    pub adjective: Option<String>,
    /// "{level} Shoppers".
    pub noun: Option<String>,
    /// Nouns for single levels, by their text in small letters.
    pub nouns: BTreeMap<String, String>,
    /// "use {level}", after "69 %"; `{lower}` is the level with a small first letter.
    pub verb: Option<String>,
    /// How lexicons once said it: "more often use {level}". Read where there is no verb.
    pub more: Option<String>,
    /// "less often use {level}"; no longer said, since the share tells it.
    pub less: Option<String>,
}

impl LevelWords {
    /// What those do whose level it is, after "69 %": "use {level}".
    pub fn verb(&self) -> Option<&str> {
        let once = || self.more.as_deref().filter(|more| more.contains("more often ")).and_then(|more| more.strip_prefix("more often "));
        self.verb.as_deref().or_else(once)
    }
}

impl Lexicon {
    /// The list that comes with Personae: English with the usual German, French and Spanish column names.
    pub fn built_in() -> Lexicon {
        // A test parses the very same text, so the empty list is never seen; names would then be plain ("High total spend").
        Lexicon::parse(include_str!("../../assets/lexicon.json")).unwrap_or(Lexicon { entries: Vec::new(), dictionary: Arc::default() })
    }

    /// Reads a list a user edited.
    pub fn parse(text: &str) -> Result<Lexicon, LexiconError> {
        let drafts: Vec<Draft> = serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason).to_owned();
            LexiconError { line: error.line(), reason }
        })?;
        let entry = |(i, draft): (usize, Draft)| {
            draft.into_entry().map_err(|reason| {
                // Every entry has the key "tag" once, so the i-th one stands in entry i.
                let at = text.match_indices("\"tag\"").nth(i).map_or(0, |(at, _)| at);
                LexiconError { line: 1 + text[..at].matches('\n').count(), reason }
            })
        };
        let entries = drafts.into_iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        Ok(Lexicon { entries, dictionary: Arc::default() })
    }

    /// The same words beside what the user calls columns, levels and rows.
    pub fn with(self, dictionary: Arc<Dictionary>) -> Lexicon {
        Lexicon { dictionary, ..self }
    }

    /// What the user calls columns, levels and rows.
    pub fn dictionary(&self) -> &Arc<Dictionary> {
        &self.dictionary
    }

    /// The entry that fits a column's name best, whatever its numbers stand for.
    pub fn entry(&self, column_name: &str, kind: Columns) -> Option<&Entry> {
        self.best(column_name, kind, |_, _, _| true)
    }

    /// The entry that fits name and sense of a column best, in a table of `noun` ("customers").
    pub fn fitting(&self, column_name: &str, kind: Columns, sensed: &Sensed, noun: &str) -> Option<&Entry> {
        self.best(column_name, kind, |entry, name, column| {
            let says = |word: &String| {
                let word = word.trim_matches('*');
                name.iter().map(|wanted| folded(wanted)).any(|wanted| token_fits(&wanted, word) || wanted.trim_matches('*').ends_with(word))
            };
            (entry.nouns.is_empty() || entry.nouns.iter().any(|of| of == noun))
                && (entry.reads.contains(&sensed.sense) || sensed.word.as_ref().is_some_and(says))
                && (!entry.exact || column.iter().all(|token| is_neutral(token) || name.iter().any(|wanted| token_fits(wanted, token))))
        })
    }

    fn best(&self, column_name: &str, kind: Columns, may: impl Fn(&Entry, &[String], &[String]) -> bool) -> Option<&Entry> {
        let column = tokens(column_name);
        let mut best: Option<((usize, usize), &Entry)> = None;
        for entry in self.entries.iter().filter(|entry| entry.columns.fits(kind)) {
            let fits = entry.names.iter().filter(|name| may(entry, name, &column));
            let Some(score) = fits.filter_map(|name| score(name, &column)).max() else { continue };
            if best.is_none_or(|(best_score, _)| score > best_score) {
                best = Some((score, entry));
            }
        }
        best.map(|(_, entry)| entry)
    }
}

/// Words that change nothing of what a name says: how it was added up, when, in what unit, and whose it is.
#[rustfmt::skip]
const NEUTRAL: &[&str] = &[
    "total", "totals", "sum", "overall", "all", "lifetime", "ltd", "to", "date", "avg", "average", "mean", "median", "annual", "yearly", "monthly", "weekly",
    "daily", "year", "years", "month", "months", "week", "weeks", "day", "days", "last", "past", "recent", "current", "customer", "customers", "cust",
    "client", "clients", "user", "member", "my", "the", "of", "in", "per", "n", "num", "nb", "no", "number", "count", "cnt", "qty", "value", "amount", "amt",
    "usd", "eur", "gbp", "chf", "k", "euro", "euros", "dollars", "net", "gross", "at", "x", "purchase", "order", "person", "household", "online",
    "gesamt", "summe", "anzahl", "durchschnitt", "mittel", "jahr", "jahre", "monat", "monate", "tage", "tag", "kunde", "kunden", "pro", "der", "des", "im",
    "letzte", "letzten", "rate", "ratio", "share", "score", "index", "email", "mail", "newsletter", "duration", "overall",
    "pct", "percent", "percentage", "prozent", "pourcentage", "porcentaje", "wert", "netto", "brutto", "nombre", "moyen", "moyenne", "annuel", "annuelle", "mensuel", "mensuelle", "an", "ans", "mois",
    "jour", "jours", "par", "de", "du", "des", "la", "le", "les", "en", "client", "totale", "numero", "medio", "media", "anual", "mensual", "cliente",
    "clientes", "por", "del", "el", "los", "mes", "meses", "ano", "anos", "año", "años", "dia", "dias", "días", "promedio", "annuo", "annuale", "mensile",
    "clienti", "anno", "anni", "mese", "mesi", "giorni", "di", "numero", "médio", "mensal", "totais", "cantidad",
];

fn is_neutral(token: &str) -> bool {
    let has_digit = token.chars().any(|c| c.is_ascii_digit());
    (has_digit && token.chars().filter(|c| c.is_alphabetic()).count() <= 3) || NEUTRAL.contains(&token) || token.chars().count() == 1
}

/// A word of the lexicon as senses are decided: without accents.
fn folded(word: &str) -> String {
    let star = |at: bool| if at { "*" } else { "" };
    let plain = crate::data::name_words(word.trim_matches('*')).into_iter().next().unwrap_or_default();
    format!("{}{plain}{}", star(word.starts_with('*')), star(word.len() > 1 && word.ends_with('*')))
}

impl Columns {
    fn fits(self, kind: Columns) -> bool {
        self == kind || (self == Columns::NumberOrDate && kind != Columns::Levels)
    }
}

/// Tokens and letters of `name` when all of its tokens occur in the column's.
fn score(name: &[String], column: &[String]) -> Option<(usize, usize)> {
    let fits = name.iter().all(|wanted| column.iter().any(|token| token_fits(wanted, token)));
    fits.then(|| (name.len(), name.iter().map(|token| token.chars().count()).sum()))
}

fn token_fits(wanted: &str, token: &str) -> bool {
    match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
        (Some(_), Some(_)) => token.contains(wanted.trim_matches('*')),
        (Some(end), None) => token.ends_with(end),
        (None, Some(start)) => token.starts_with(start),
        (None, None) => singular(wanted) == singular(token),
    }
}

/// Good enough to let "order" fit "orders"; "address" stays what it is.
fn singular(token: &str) -> &str {
    match token.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => stem,
        _ => token,
    }
}

/// What an entry speaks of that does not say: all but what turns a thing into another one.
const READS: [Sense; 8] =
    [Sense::Amount, Sense::Count, Sense::Share, Sense::Score, Sense::Duration, Sense::Date, Sense::Level, Sense::Plain];

/// An entry as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    tag: String,
    position: Position,
    #[serde(default)]
    polarity: i8,
    columns: Columns,
    #[serde(default)]
    reversed: bool,
    #[serde(default)]
    reads: Option<Vec<Sense>>,
    #[serde(default)]
    exact: bool,
    #[serde(default, rename = "for")]
    nouns: Vec<String>,
    #[serde(default)]
    unit: Option<String>,
    names: Vec<String>,
    #[serde(default)]
    high: Pole,
    #[serde(default)]
    low: Pole,
    #[serde(default)]
    levels: LevelWords,
}

impl Draft {
    /// Checks what the format cannot: that words fit into names and nothing is empty.
    fn into_entry(self) -> Result<Entry, String> {
        let draft = self;
        let tag = draft.tag;
        if tag.trim().is_empty() {
            return Err("a tag is empty".into());
        }
        if !(-1..=1).contains(&draft.polarity) {
            return Err(format!("the polarity of {tag:?} is {}; it must be -1, 0 or 1", draft.polarity));
        }
        let words = [&draft.high, &draft.low].into_iter().flat_map(|pole| [&pole.adjective, &pole.very, &pole.noun]);
        let words = words.chain([&draft.levels.adjective, &draft.levels.noun]).flatten().chain(draft.levels.nouns.values());
        let words = words.chain([&draft.high, &draft.low].into_iter().filter_map(|pole| Some(&pole.with.as_ref()?.adjective)));
        for word in words {
            if word.trim().is_empty() || word.split_whitespace().count() > 3 || word.chars().count() > 30 {
                return Err(format!("{word:?} of {tag:?} does not fit into a name: one to three words, at most 30 characters"));
            }
        }
        let names: Vec<Vec<String>> =
            draft.names.iter().map(|name| name.to_lowercase().split_whitespace().map(str::to_owned).collect()).collect();
        if names.is_empty() || names.iter().any(Vec::is_empty) {
            return Err(format!("{tag:?} has an empty list of names, or an empty name"));
        }
        Ok(Entry {
            tag,
            position: draft.position,
            polarity: draft.polarity,
            columns: draft.columns,
            reversed: draft.reversed,
            reads: draft.reads.unwrap_or_else(|| READS.to_vec()),
            exact: draft.exact,
            nouns: draft.nouns,
            unit: draft.unit,
            names,
            high: draft.high,
            low: draft.low,
            levels: draft.levels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sense::{Looks, sense_of};
    use super::*;

    #[test]
    fn columns_find_their_words() {
        let lexicon = Lexicon::parse(include_str!("../../assets/lexicon.json")).unwrap();
        for (name, kind, tag) in [
            ("total_spend", Columns::Number, "spend"),
            ("Spending Score (1-100)", Columns::Number, "spend"),
            ("purchase_gap_days", Columns::Number, "frequency"),
            ("avgOrderValue", Columns::Number, "basket"),
            ("Jahresumsatz", Columns::Number, "spend"),
            ("orders_12m", Columns::Number, "frequency"),
            ("days_since_last_order", Columns::Number, "recency"),
            ("last_order", Columns::Date, "recency"),
            ("signup_date", Columns::Date, "tenure"),
            ("tenure_months", Columns::Number, "tenure"),
            ("discount_share", Columns::Number, "discount"),
            ("Annual Income (k$)", Columns::Number, "income"),
            ("revenu_annuel", Columns::Number, "income"),
            ("Alter", Columns::Number, "age"),
            ("preferred_channel", Columns::Levels, "channel"),
            ("NumDealsPurchases", Columns::Number, "discount"),
            ("zapf", Columns::Number, ""),
            ("channel", Columns::Number, ""),
        ] {
            assert_eq!(lexicon.entry(name, kind).map_or("", |entry| &entry.tag), tag, "{name}");
        }
    }

    #[test]
    fn words_fit_what_numbers_stand_for() {
        let lexicon = Lexicon::built_in();
        let looks = Looks { min: 0.0, max: 500.0, is_whole: true };
        for (name, unit, tag) in [
            ("percent_salary_hike", None, "raise"),
            ("salary", Some("%"), ""),
            ("income_change", None, ""),
            ("income_percentile", None, ""),
            ("purchase_gap_days", None, "frequency"),
            ("orders", None, "frequency"),
            ("cancelled_orders", None, ""),
            ("wine_spend", None, ""),
            ("tax_amount", None, ""),
            ("open_accounts", None, ""),
            ("performance_rating", None, "performance"),
            ("days_since_complaint", None, ""),
            ("days_since_engagement", None, "recency"),
            ("tenure_days", None, "tenure"),
            ("monetary", None, "spend"),
            ("average_order_value", None, "basket"),
            ("returns_rate", None, "returns"),
            ("discount_share", None, "discount"),
            ("weekend_share", None, "weekend"),
            ("distinct_categories", None, "breadth"),
        ] {
            let sensed = sense_of(name, unit, looks);
            let found = lexicon.fitting(name, Columns::Number, &sensed, "customers").map_or("", |entry| &entry.tag);
            assert_eq!(found, tag, "{name}: {sensed:?}");
        }
        let gap = lexicon.fitting("purchase_gap_days", Columns::Number, &sense_of("purchase_gap_days", None, looks), "customers").unwrap();
        assert_eq!((gap.reversed, gap.polarity, gap.high.adjective.as_deref()), (true, -1, Some("Infrequent")));
    }

    #[test]
    fn mistakes_have_a_line() {
        let check = |text: &str, line: usize, part: &str| {
            let error = Lexicon::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(part), "{error}");
        };
        check("[\n{,\n]", 2, "key must be a string");
        check("[\n{\"tag\":\"a\",\"position\":\"value\",\"columns\":\"number\",\"names\":[]}\n]", 2, "empty list of names");
        check("[\n\n{\"tag\":\"a\",\"position\":\"nowhere\"}]", 3, "unknown variant");
        check(
            "[{\"tag\":\"a\",\"position\":\"value\",\"columns\":\"number\",\"names\":[\"x\"],\n\"high\":{\"adjective\":\"\"}}]",
            1,
            "does not fit",
        );
    }
}
