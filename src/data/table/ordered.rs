//! Are the levels of a category points of a scale: "strongly disagree" to "strongly agree", or -4 to 4 with words at both ends?
//!
//! In: a text column and its levels. Out: numbers in their place, and a note with the order. Likert words (R. Likert 1932, "A technique for the
//! measurement of attitudes") are known in English, German, French, Spanish, Italian and Portuguese (`assets/scales.json`); five points count 1 to
//! 5 whether or not anybody chose the outer ones. Anchored scales are numbers some of which carry a word. O(levels), and O(rows) where it is one.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::base::text::count;
use crate::base::{Ctx, Note, Stopped};
use crate::data::words::push_folded;

use super::profile::{ColumnProfile, Levels};
use super::{Column, Values};

/// More different levels than this are no scale.
const MOST_LEVELS: usize = 40;

/// The column as points of a scale; `None` where it is none.
pub(super) fn scale(column: &Column, seen: &ColumnProfile, n_rows: usize, ctx: &Ctx) -> Result<Option<(Values, Note)>, Stopped> {
    let (Values::Text(_), Some(levels)) = (&column.values, &seen.levels) else { return Ok(None) };
    if levels.names.len() > MOST_LEVELS {
        return Ok(None);
    }
    let Some(points) = likert(&levels.names).or_else(|| anchored(&levels.names)) else { return Ok(None) };
    ctx.check()?;
    let number = |row: usize| levels.get(row).and_then(|level| points[level]).unwrap_or(f64::NAN);
    let values: Vec<f64> = (0..n_rows).map(number).collect();
    Ok(Some((Values::Number(values.into()), note(&column.name, levels, &points))))
}

fn note(name: &str, levels: &Levels, points: &[Option<f64>]) -> Note {
    let mut by_point: Vec<(f64, usize)> =
        points.iter().enumerate().filter_map(|(level, point)| point.map(|point| (point, level))).collect();
    by_point.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let says = |&(point, level): &(f64, usize)| format!("{point} is \"{}\"", levels.names[level]);
    // Words of a known scale may be told, however few gave them; what is none of them may not.
    let ends: Vec<String> = [by_point.first(), by_point.last()].into_iter().flatten().map(says).collect();
    let left: Vec<usize> = (0..points.len()).filter(|&level| points[level].is_none()).collect();
    let n_left: usize = left.iter().map(|&level| levels.counts[level]).sum();
    let no_answer: Vec<(&str, usize)> = left.iter().take(1).map(|&level| (levels.names[level].as_str(), levels.counts[level])).collect();
    Note::quoting(&no_answer, |told| {
        let without = match (told.first(), n_left) {
            (_, 0) => String::new(),
            (Some(level), 1) => format!("; 1 cell (\"{level}\") is no answer and counts as missing"),
            (Some(level), n) => format!("; {} cells (such as \"{level}\") are no answer and count as missing", count(n)),
            (None, 1) => "; 1 cell is no answer and counts as missing".to_owned(),
            (None, n) => format!("; {} cells are no answer and count as missing", count(n)),
        };
        format!("The answers of {name} are points of a scale and count as numbers: {}{without}.", ends.join(", "))
    })
}

/// One kind of scale: its seven places from least to most, each with the words that stand for it.
#[derive(Deserialize)]
struct Words {
    places: [Vec<String>; 7],
}

#[derive(Deserialize)]
struct Known {
    scales: Vec<Words>,
    no_answer: Vec<String>,
}

/// Scales by their words: scale and place of each, folded.
struct WordLists {
    places: Vec<BTreeMap<String, usize>>,
    no_answer: Vec<String>,
}

fn dictionary() -> &'static WordLists {
    static DICTIONARY: OnceLock<WordLists> = OnceLock::new();
    DICTIONARY.get_or_init(|| {
        // A test parses the very same text, so the empty one is never seen.
        let known = serde_json::from_str(include_str!("../../../assets/scales.json"))
            .unwrap_or(Known { scales: Vec::new(), no_answer: Vec::new() });
        let of = |words: &Words| {
            let placed = words.places.iter().enumerate().flat_map(|(place, words)| words.iter().map(move |word| (folded(word), place)));
            placed.collect()
        };
        WordLists { places: known.scales.iter().map(of).collect(), no_answer: known.no_answer.iter().map(|word| folded(word)).collect() }
    })
}

/// Scales of five points as places among the seven, the commonest first.
const FIVE: [[usize; 5]; 6] = [[0, 1, 3, 5, 6], [0, 2, 3, 4, 6], [0, 1, 3, 4, 5], [1, 2, 3, 4, 5], [1, 3, 4, 5, 6], [0, 1, 3, 4, 6]];

/// The point of every level, where all are words of one scale and at least three of its points are there.
fn likert(names: &[String]) -> Option<Vec<Option<f64>>> {
    let dictionary = dictionary();
    let words: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let places_of = |scale: &BTreeMap<String, usize>| -> Option<Vec<Option<usize>>> {
        let place = |word: &String| match scale.get(word) {
            Some(&place) => Some(Some(place)),
            None => dictionary.no_answer.contains(word).then_some(None),
        };
        words.iter().map(place).collect()
    };
    let places = dictionary.places.iter().find_map(places_of)?;
    let mut there: Vec<usize> = places.iter().flatten().copied().collect();
    there.sort_unstable();
    there.dedup();
    if there.len() < 3 {
        return None;
    }
    let form = FIVE.iter().find(|form| there.iter().all(|place| form.contains(place)));
    let point = |place: usize| match form {
        Some(form) => form.iter().position(|&known| known == place).unwrap_or(0) as f64 + 1.0,
        None if there.len() <= 5 => there.iter().position(|&known| known == place).unwrap_or(0) as f64 + 1.0,
        None => place as f64 + 1.0,
    };
    Some(places.into_iter().map(|place| place.map(point)).collect())
}

/// The numbers of levels most of which are numbers, and some numbers with a word before or behind ("I hate it!-5", "10 = always").
fn anchored(names: &[String]) -> Option<Vec<Option<f64>>> {
    let plain: Vec<Option<f64>> = names.iter().map(|name| plain_number(name)).collect();
    let mut numbers: Vec<f64> = plain.iter().flatten().copied().collect();
    let n_words = names.len() - numbers.len();
    // "2 rooms" is a number with a unit; words stand at the ends, the middle and rarely elsewhere.
    if n_words == 0 || n_words > 3 || numbers.len() < 2 {
        return None;
    }
    let signed = numbers.iter().any(|&number| number < 0.0);
    let mut points = plain;
    for (name, point) in names.iter().zip(&mut points).filter(|(_, point)| point.is_none()) {
        let number = with_words(name, signed)?;
        numbers.push(number);
        *point = Some(number);
    }
    numbers.sort_by(f64::total_cmp);
    let distinct = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    let is_dense = high - low <= 20.0 && numbers.len() as f64 >= (high - low + 1.0) * 0.6;
    let anchors_an_end =
        names.iter().zip(&points).any(|(name, point)| plain_number(name).is_none() && (*point == Some(low) || *point == Some(high)));
    (distinct && is_dense && anchors_an_end).then_some(points)
}

fn plain_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_whole = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| text.trim_start_matches('+').parse().ok()).flatten()
}

/// The number before or behind a word. A dash before it is a minus only where the scale has other numbers below zero.
fn with_words(text: &str, signed: bool) -> Option<f64> {
    let text = text.trim();
    let start = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let end = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let leading_sign = signed && text.starts_with(['-', '+']);
    let (number, words) = if end < text.len() {
        let sign = if signed && text[..end].ends_with('-') { -1.0 } else { 1.0 };
        (sign * text[end..].parse::<f64>().ok()?, &text[..end])
    } else if start > 0 {
        (text[..start].parse::<f64>().ok()?, &text[start..])
    } else if leading_sign {
        let digits = text[1..].len() - text[1..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
        (sign * text[1..=digits].parse::<f64>().ok()?, &text[digits + 1..])
    } else {
        // "very good (5)"
        let inside = text.strip_suffix(')')?;
        let (words, number) = inside.rsplit_once('(')?;
        (plain_number(number)?, words)
    };
    let has_words = words.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !words.chars().any(|c| c.is_ascii_digit());
    has_words.then_some(number)
}

/// Words in small letters without accents, signs and numbers: "5 - Tout à fait d'accord" is "tout a fait d accord".
fn folded(text: &str) -> String {
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphabetic() { push_folded(&mut word, c) } else { word.push(' ') }
    }
    let words: Vec<&str> = word.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(names: &[&str]) -> Option<Vec<Option<f64>>> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        likert(&names).or_else(|| anchored(&names))
    }

    #[test]
    fn the_words_are_read_and_none_stands_twice_in_a_scale() {
        let known: Known = serde_json::from_str(include_str!("../../../assets/scales.json")).unwrap();
        assert_eq!(dictionary().places.len(), known.scales.len());
        for (scale, places) in known.scales.iter().zip(&dictionary().places) {
            for (place, words) in scale.places.iter().enumerate() {
                words.iter().for_each(|word| assert_eq!(places[&folded(word)], place, "{word}"));
            }
        }
    }

    #[test]
    fn likert_words_in_six_languages_are_points() {
        for names in [
            ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
            ["1 - strongly disagree", "2 - somewhat disagree", "3 - neutral", "4 - somewhat agree", "5 - strongly agree"],
            ["stimme gar nicht zu", "stimme eher nicht zu", "teils, teils", "stimme eher zu", "stimme voll zu"],
            ["Trifft überhaupt nicht zu", "Trifft nicht zu", "weder noch", "Trifft zu", "Trifft voll und ganz zu"],
            ["Pas du tout d'accord", "Plutôt pas d’accord", "Ni d'accord, ni pas d'accord", "Plutôt d'accord", "Tout à fait d'accord"],
            ["Muy en desacuerdo", "En desacuerdo", "Ni de acuerdo ni en desacuerdo", "De acuerdo", "Muy de acuerdo"],
            ["Per niente d'accordo", "Poco d'accordo", "Neutrale", "Abbastanza d'accordo", "Molto d'accordo"],
            ["Discordo totalmente", "Discordo", "Nem concordo nem discordo", "Concordo", "Concordo totalmente"],
            ["never", "rarely", "sometimes", "often", "always"],
            ["nie", "selten", "manchmal", "oft", "immer"],
            ["jamais", "rarement", "parfois", "souvent", "toujours"],
            ["nunca", "raramente", "a veces", "a menudo", "siempre"],
            ["mai", "raramente", "a volte", "spesso", "sempre"],
            ["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"],
            ["sehr unzufrieden", "eher unzufrieden", "teils/teils", "eher zufrieden", "sehr zufrieden"],
            ["très insatisfait", "insatisfait", "neutre", "satisfait", "très satisfait"],
            ["muy insatisfecho", "insatisfecho", "neutral", "satisfecho", "muy satisfecho"],
            ["poor", "fair", "good", "very good", "excellent"],
            ["very unlikely", "unlikely", "neutral", "likely", "very likely"],
        ] {
            assert_eq!(points(&names), Some((1..=5).map(|point| Some(f64::from(point))).collect()), "{names:?}");
            let mut turned = names;
            turned.reverse();
            assert_eq!(points(&turned), Some((1..=5).rev().map(|point| Some(f64::from(point))).collect()), "{names:?}");
        }
        // Nobody chose the ends; somebody would not say.
        assert_eq!(points(&["agree", "neutral", "disagree", "don't know"]), Some(vec![Some(4.0), Some(3.0), Some(2.0), None]));
        for none in [&["agree", "disagree"][..], &["never", "sometimes", "blue"], &["web", "app", "store"], &["yes", "no", "don't know"]] {
            assert_eq!(points(none), None, "{none:?}");
        }
    }

    #[test]
    fn numbers_with_words_at_their_ends_are_points() {
        for (names, expected) in [
            (&["I hate it!-3", "-2", "-1", "0", "1", "2", "I love it!+3"][..], Some(vec![-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])),
            (&["Not at all likely - 0", "1", "2", "3", "4", "Extremely likely - 5"], Some(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0])),
            (&["1 = never again", "2", "3", "4", "5 = any time"], Some(vec![1.0, 2.0, 3.0, 4.0, 5.0])),
            (&["-1 awful", "0", "1 lovely"], None),
            (&["awful (1)", "2", "3", "4", "lovely (5)"], Some(vec![1.0, 2.0, 3.0, 4.0, 5.0])),
            (&["1 room", "2 rooms", "3 rooms", "4 rooms", "5"], None),
            (&["1", "2", "3", "unknown"], None),
            (&["A1", "A2", "3", "4"], None),
        ] {
            assert_eq!(points(names), expected.map(|all| all.into_iter().map(Some).collect()), "{names:?}");
        }
    }
}
