//! Which names does an export have, once its objects are laid flat?
//!
//! In: some hundred rows of JSON or of columns. Out: names such as `properties.time`, how many rows fill each, and how many of these are times. Objects get
//! dots; lists of {key, value} go by their keys; other lists count as one text; JSON inside a text is laid flat, too. At most [`MOST_NAMES`] names
//! are kept for choosing columns, the rest is counted. O(bytes of the sample).

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

use super::times;

/// Names among which columns are chosen.
pub const MOST_NAMES: usize = 300;
/// Names that are remembered at all, since a hostile file may have a new one in every row.
const MOST_SEEN: usize = 5_000;
/// Rows that decide.
pub const SAMPLE: usize = 200;
/// Levels of objects and lists that are read.
pub const MOST_DEPTH: usize = 64;

/// What a sample says about a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameCount {
    /// The name.
    pub name: String,
    /// Rows with a value.
    pub filled: usize,
    /// Of these, values that are times.
    pub times: usize,
    /// Different values among them, as far as they are single ones.
    pub distinct: usize,
}

/// The names of a sample, in the order they were first seen.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Each name once.
    pub names: Vec<NameCount>,
    /// Rows that were looked at.
    pub n_rows: usize,
    at: FxHashMap<String, usize>,
    /// Which values were seen; there are no more than names times rows of a sample.
    seen: FxHashSet<(usize, String)>,
}

impl Names {
    /// Lays an object flat and counts its names.
    pub fn add_row(&mut self, row: &Map<String, Value>) {
        self.n_rows += 1;
        self.add_object("", row);
    }

    /// Counts one value. JSON in a text is laid flat.
    pub fn add(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => return,
            Value::Object(object) => return self.add_object(&format!("{name}."), object),
            Value::Array(list) if is_key_value(list) => {
                for (key, value) in list.iter().filter_map(key_value) {
                    self.add(&format!("{name}.{key}"), value);
                }
                return;
            }
            // A list of one-value lists, such as the headers in Caddy's log, counts by its first.
            Value::String(text) if text.trim().is_empty() => return,
            Value::String(text) => {
                let trimmed = text.trim_start();
                if (trimmed.starts_with('{') || trimmed.starts_with("[{")) && depth(text.as_bytes()) <= MOST_DEPTH {
                    match serde_json::from_str(text) {
                        Ok(inner @ (Value::Object(_) | Value::Array(_))) => {
                            self.count(name, false);
                            return self.add(name, &inner);
                        }
                        _ => return self.count(name, false),
                    }
                }
            }
            _ => {}
        }
        let is_time = match value {
            Value::String(text) => times::of_text(text, None).is_some(),
            Value::Number(number) => number.as_f64().is_some_and(|number| times::of_epoch(number, None).is_some()),
            _ => false,
        };
        self.count(name, is_time);
        if let Some(&at) = self.at.get(name)
            && self.seen.insert((at, value.to_string()))
        {
            self.names[at].distinct += 1;
        }
    }

    /// Counts a value of which it is known whether it is a time.
    pub fn count(&mut self, name: &str, is_time: bool) {
        let at = match self.at.get(name) {
            Some(&at) => at,
            None if self.names.len() >= MOST_SEEN => return,
            None => {
                self.at.insert(name.to_owned(), self.names.len());
                self.names.push(NameCount { name: name.to_owned(), ..NameCount::default() });
                self.names.len() - 1
            }
        };
        self.names[at].filled += 1;
        self.names[at].times += usize::from(is_time);
    }

    /// Makes a name known of which no value was seen.
    pub fn declare(&mut self, name: &str) {
        self.count(name, false);
        if let Some(at) = self.at.get(name) {
            self.names[*at].filled -= 1;
        }
    }

    /// Whether a name, or one below it, is there; in letters of any case.
    pub fn has(&self, name: &str) -> bool {
        let is_below = |of: &str| of.len() > name.len() && of.as_bytes()[name.len()] == b'.';
        let begins = |of: &str| of.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        self.names.iter().any(|of| begins(&of.name) && (of.name.len() == name.len() || is_below(&of.name)))
    }

    /// Names beyond those among which columns are chosen.
    pub fn left_out(&self) -> usize {
        self.names.len().saturating_sub(MOST_NAMES)
    }

    fn add_object(&mut self, before: &str, object: &Map<String, Value>) {
        for (name, value) in object {
            self.add(&format!("{before}{name}"), value);
        }
    }
}

/// Whether every item of a list has a key and a value.
fn is_key_value(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|item| item.get("key").is_some_and(Value::is_string) && item.get("value").is_some())
}

fn key_value(item: &Value) -> Option<(&str, &Value)> {
    let value = match item.get("value")? {
        Value::Object(kinds) => kinds.values().find(|value| !value.is_null())?,
        value => value,
    };
    Some((item.get("key")?.as_str()?, value))
}

/// How deep objects and lists lie in each other. A parser that calls itself must not be given more than it has stack for.
pub fn depth(json: &[u8]) -> usize {
    let (mut now, mut most, mut in_text, mut is_escaped) = (0usize, 0, false, false);
    for &byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(json: &str) -> Names {
        let mut names = Names::default();
        names.add_row(serde_json::from_str::<Value>(json).unwrap().as_object().unwrap());
        names
    }

    #[test]
    fn objects_lists_and_inner_json_lie_flat() {
        let of = names(
            r#"{"a": {"b": 1, "c": null}, "params": [{"key": "k", "value": {"int_value": "17", "string_value": null}}, {"key": "m", "value": 2}],
                "list": [1, 2], "inner": "{\"$url\": \"x\"}", "empty": " ", "time": "2024-01-31"}"#,
        );
        let told: Vec<(&str, usize)> = of.names.iter().map(|name| (name.name.as_str(), name.times)).collect();
        assert!(of.names.iter().all(|name| name.distinct <= name.filled) && of.names[0].distinct == 1);
        assert_eq!(told, [("a.b", 0), ("inner", 0), ("inner.$url", 0), ("list", 0), ("params.k", 0), ("params.m", 0), ("time", 1)]);
        assert!(of.has("A") && of.has("params.K") && of.has("inner.$url") && !of.has("par") && !of.has("empty"));
    }

    #[test]
    fn a_name_per_row_stays_bounded() {
        let mut names = Names::default();
        (0..10_000).for_each(|at| names.count(&format!("name {at}"), false));
        assert_eq!((names.names.len(), names.left_out()), (MOST_SEEN, MOST_SEEN - MOST_NAMES));
    }

    #[test]
    fn depth_ignores_texts() {
        assert_eq!((depth(br#"{"a": [[1]], "b": "[[[[\"[["}"#), depth(b"1"), depth(&[b'['; 100_000])), (3, 0, 100_000));
    }
}
