//! Which short forms does the language have?
//!
//! In and out: JSON. An event without filters is its name alone; a time to count over is "ever", a length, or an event to count from. O(length).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::language::{Event, Filter, Over};
use super::spans::Span;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Event")]
struct WholeEvent {
    event: String,
    #[serde(default, rename = "where")]
    filters: Vec<Filter>,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.filters.is_empty() {
            return to.serialize_str(&self.event);
        }
        WholeEvent { event: self.event.clone(), filters: self.filters.clone() }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Event, D::Error> {
        from.deserialize_any(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> de::Visitor<'de> for EventVisitor {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an event, or {\"event\": name, \"where\": [filters]}")
    }

    fn visit_str<E: de::Error>(self, kind: &str) -> Result<Event, E> {
        Ok(Event::of(kind))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Event, A::Error> {
        let whole = WholeEvent::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Event { event: whole.event, filters: whole.filters })
    }
}

impl Serialize for Over {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Over::Ever => to.serialize_str("ever"),
            Over::Last(span) => span.serialize(to),
            Over::Since(since) => to.collect_map([("since", since)]),
        }
    }
}

impl<'de> Deserialize<'de> for Over {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Over, D::Error> {
        from.deserialize_any(OverVisitor)
    }
}

struct OverVisitor;

impl<'de> de::Visitor<'de> for OverVisitor {
    type Value = Over;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"ever\", a number of days, a text such as \"24h\" or \"7d\", or {\"since\": event}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Over, E> {
        if text == "ever" { Ok(Over::Ever) } else { Span::parse(text).map(Over::Last).map_err(E::custom) }
    }

    fn visit_u64<E: de::Error>(self, days: u64) -> Result<Over, E> {
        self.visit_f64(days as f64)
    }

    fn visit_i64<E: de::Error>(self, days: i64) -> Result<Over, E> {
        self.visit_f64(days as f64)
    }

    fn visit_f64<E: de::Error>(self, days: f64) -> Result<Over, E> {
        Span::parse(&days.to_string()).map(Over::Last).map_err(E::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Over, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct SinceEvent {
            since: Event,
        }
        SinceEvent::deserialize(de::value::MapAccessDeserializer::new(map)).map(|of| Over::Since(of.since))
    }
}
