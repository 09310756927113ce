//! Which cells does one JSON row have for the parts that matter?
//!
//! In: the bytes of one object, and a tree of the names a format may use. Out: the cells found. Only what lies on the tree is turned into values; the rest is
//! skipped by serde_json without a call into itself, so that its depth costs no stack. Texts without escapes are borrowed. O(bytes).

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::parts::{EventPart, Found, Scalar};
use super::shapes::EventShape;

/// The names that matter, as a tree of objects.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    children: Vec<(String, usize)>,
    leaf: Vec<(EventPart, u8)>,
    is_each: bool,
}

impl Plan {
    /// The tree of all names of a format.
    pub fn of_shape(shape: &EventShape) -> Plan {
        let mut plan = Plan::new();
        for (part, place, name) in shape.names() {
            plan.insert(&mut name.split('.'), part, place);
            // Some exports are flat already, with the dots in their names.
            if name.contains('.') {
                plan.insert(&mut [name].into_iter(), part, place);
            }
        }
        if let Some(each) = &shape.each {
            let node = plan.node(&mut each.split('.'));
            plan.nodes[node].is_each = true;
        }
        plan
    }

    /// An empty tree.
    pub fn new() -> Plan {
        Plan { nodes: vec![Node::default()] }
    }

    /// Adds the name made of `pieces`.
    pub fn insert(&mut self, pieces: &mut dyn Iterator<Item = &str>, part: EventPart, place: u8) {
        let node = self.node(pieces);
        self.nodes[node].leaf.push((part, place));
    }

    /// Makes the tree itself a list of rows.
    pub fn make_root_each(&mut self) {
        self.nodes[0].is_each = true;
    }

    fn node(&mut self, pieces: &mut dyn Iterator<Item = &str>) -> usize {
        let mut at = 0;
        for piece in pieces {
            at = match self.child(at, piece) {
                Some(child) => child,
                None => {
                    self.nodes.push(Node::default());
                    let child = self.nodes.len() - 1;
                    self.nodes[at].children.push((piece.to_owned(), child));
                    child
                }
            };
        }
        at
    }

    fn child(&self, at: usize, name: &str) -> Option<usize> {
        self.nodes[at].children.iter().find(|(of, _)| of.len() == name.len() && of.eq_ignore_ascii_case(name)).map(|&(_, child)| child)
    }

    /// Adds the cells of one row to `found`.
    ///
    /// Fails where the bytes are no JSON.
    pub fn read<'a>(&self, json: &'a [u8], found: &mut Found<'a>) -> Result<(), serde_json::Error> {
        let mut from = serde_json::Deserializer::from_slice(json);
        Visit { plan: self, node: 0, found }.deserialize(&mut from)?;
        from.end()
    }

    /// The same for JSON that is a text in a cell.
    pub fn read_text<'a>(&self, json: &'a str, found: &mut Found<'a>) -> Result<(), serde_json::Error> {
        let mut from = serde_json::Deserializer::from_str(json);
        Visit { plan: self, node: 0, found }.deserialize(&mut from)?;
        from.end()
    }
}

/// One value whose place in the tree is known.
pub(super) struct Visit<'p, 'f, 'a> {
    pub plan: &'p Plan,
    pub node: usize,
    found: &'f mut Found<'a>,
}

impl<'a> Visit<'_, '_, 'a> {
    pub fn set(&mut self, cell: Scalar<'a>) {
        for &(part, place) in &self.plan.nodes[self.node].leaf {
            self.found.set(part, place, cell.clone());
        }
    }

    fn has_children(&self) -> bool {
        !self.plan.nodes[self.node].children.is_empty()
    }

    pub fn child<'c>(&'c mut self, node: usize) -> Visit<'c, 'c, 'a> {
        Visit { plan: self.plan, node, found: self.found }
    }
}

impl<'a> DeserializeSeed<'a> for Visit<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Visit<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.set(Scalar::Text(Cow::Borrowed(if value { "true" } else { "false" })));
        Ok(())
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.set(Scalar::Whole(value));
        Ok(())
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        // Ids of 64 bits keep their digits.
        let cell = i64::try_from(value).map_or_else(|_| Scalar::Text(Cow::Owned(value.to_string())), Scalar::Whole);
        self.set(cell);
        Ok(())
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        self.set(Scalar::Number(value));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(mut self, value: &'a str) -> Result<(), E> {
        self.set(Scalar::Text(Cow::Borrowed(value)));
        Ok(())
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<(), E> {
        if self.has_children() && value.trim_start().starts_with(['{', '[']) {
            let mut inner = Found::new();
            let mut from = serde_json::Deserializer::from_str(value);
            // A text that only looks like JSON is a text.
            if (Visit { plan: self.plan, node: self.node, found: &mut inner }).deserialize(&mut from).is_ok() {
                let inner = inner.into_owned();
                self.found.add(&inner);
                self.found.inner.extend(inner.inner);
            }
        }
        if !self.plan.nodes[self.node].leaf.is_empty() {
            self.set(Scalar::Text(Cow::Owned(value.to_owned())));
        }
        Ok(())
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some(child) = map.next_key_seed(Key { plan: self.plan, node: self.node })? {
            match child {
                Some(node) => map.next_value_seed(self.child(node))?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'a>>(mut self, mut list: S) -> Result<(), S::Error> {
        let (plan, node) = (self.plan, self.node);
        if plan.nodes[node].is_each {
            let mut row = Found::new();
            while list.next_element_seed(Visit { plan, node, found: &mut row })?.is_some() {
                if !row.is_empty() {
                    self.found.inner.push(row.clone());
                    row.clear();
                }
            }
        } else if self.has_children() {
            while list.next_element_seed(Pair(self.child(node)))?.is_some() {}
        } else if list.next_element_seed(self.child(node))?.is_some() {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(())
    }
}

/// A name, as the child it leads to.
pub(super) struct Key<'p> {
    pub plan: &'p Plan,
    pub node: usize,
}

impl<'a> DeserializeSeed<'a> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Option<usize>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.plan.child(self.node, name))
    }
}

/// One {key, value} of a list, whose value may lie in an object of one entry per kind.
pub(super) struct Pair<'p, 'f, 'a>(pub Visit<'p, 'f, 'a>);

impl<'a> DeserializeSeed<'a> for Pair<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Pair<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key with its value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<(), S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        let Pair(mut list) = self;
        // The value may stand before its key; it waits here.
        let (mut child, mut cell) = (None, None);
        let mut is_wanted = true;
        while let Some(name) = map.next_key_seed(PairName)? {
            match name {
                Name::Key => {
                    child = map.next_value_seed(Key { plan: list.plan, node: list.node })?;
                    is_wanted = child.is_some();
                }
                Name::Value if is_wanted => cell = map.next_value_seed(OneOf { level: 0 })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if let (Some(node), Some(cell)) = (child, cell) {
            list.child(node).set(cell);
        }
        Ok(())
    }
}

enum Name {
    Key,
    Value,
    Other,
}

struct PairName;

impl<'a> DeserializeSeed<'a> for PairName {
    type Value = Name;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Name, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for PairName {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        Ok(match name {
            "key" => Name::Key,
            "value" => Name::Value,
            _ => Name::Other,
        })
    }
}

/// A value, or, at level 0, an object with one entry per kind of value of which one is filled.
struct OneOf {
    level: u8,
}

impl<'a> DeserializeSeed<'a> for OneOf {
    type Value = Option<Scalar<'a>>;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for OneOf {
    type Value = Option<Scalar<'a>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Borrowed(if value { "true" } else { "false" }))))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Whole(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(i64::try_from(value).map_or_else(|_| Scalar::Text(Cow::Owned(value.to_string())), Scalar::Whole)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Number(value)))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'a str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Borrowed(value))))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Owned(value.to_owned()))))
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<Self::Value, S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut first = None;
        while map.next_key::<IgnoredAny>()?.is_some() {
            if first.is_none() && self.level == 0 {
                first = map.next_value_seed(OneOf { level: 1 })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let mut plan = Plan::new();
        for (name, part) in [
            ("user", EventPart::Person),
            ("p.url", EventPart::Page),
            ("p.sid", EventPart::Session),
            ("big", EventPart::Order),
            ("agent", EventPart::UserAgent),
        ] {
            plan.insert(&mut name.split('.'), part, 0);
        }
        plan
    }

    fn cells(json: &str) -> Vec<Option<String>> {
        let mut found = Found::new();
        plan().read(json.as_bytes(), &mut found).unwrap();
        let text = |part| found.get(part).map(|cell: &Scalar<'_>| cell.text(&mut String::new()).to_owned());
        [EventPart::Person, EventPart::Page, EventPart::Session, EventPart::Order, EventPart::UserAgent].map(text).to_vec()
    }

    #[test]
    fn nested_paired_and_packed_values_are_the_same() {
        let expected = ["7", "/a", "12", "18446744073709551615", "x"].map(|text| Some(text.to_owned()));
        for json in [
            r#"{"user": 7, "p": {"url": "/a", "sid": 12, "skip": [1, {"url": 2}]}, "big": 18446744073709551615, "agent": ["x", "y"]}"#,
            r#"{"p": [{"key": "url", "value": {"string_value": "/a", "int_value": null}}, {"key": "sid", "value": {"string_value": null, "int_value": "12"}},
                {"key": "no", "value": {"int_value": "3"}}], "USER": "7", "big": "18446744073709551615", "agent": "x"}"#,
            r#"{"p": [{"value": "/a", "key": "url"}, {"value": {"int_value": 12}, "key": "sid"}], "user": 7.0, "big": "18446744073709551615", "agent": "x"}"#,
            r#"{"p": "{\"url\": \"\/a\", \"sid\": 12}", "user": "7", "big": "18446744073709551615", "agent": "x"}"#,
        ] {
            assert_eq!(cells(json), expected, "{json}");
        }
    }

    #[test]
    fn deep_json_that_is_skipped_costs_no_stack() {
        let bomb = format!("{{\"skip\": {}{}, \"user\": \"u\"}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(cells(&bomb)[0].as_deref(), Some("u"));
        let bomb = format!("{{\"p\": [{{\"key\": \"url\", \"value\": {}1{}}}]}}", "{\"a\":".repeat(1_000_000), "}".repeat(1_000_000));
        assert_eq!(cells(&bomb)[1], None);
        let mut found = Found::new();
        assert!(plan().read(br#"{"user": "u""#, &mut found).is_err() && plan().read(br#"{} x"#, &mut found).is_err());
    }

    #[test]
    fn rows_in_rows_are_listed() {
        let mut plan = Plan::new();
        plan.insert(&mut ["a", "t"].into_iter(), EventPart::Time, 0);
        let node = plan.node(&mut ["a"].into_iter());
        plan.nodes[node].is_each = true;
        let mut found = Found::new();
        plan.read(br#"{"a": [{"t": 1}, {"x": 0}, {"t": 2}]}"#, &mut found).unwrap();
        assert_eq!(
            found.inner.iter().map(|row| row.get(EventPart::Time).cloned()).collect::<Vec<_>>(),
            [Some(Scalar::Whole(1)), Some(Scalar::Whole(2))]
        );
    }
}
