//! How is a trigger written down?
//!
//! In: JSON. Out: [`Rules`], and canonical JSON again: one text per meaning, whose fields are in one order and whose defaults are left out. O(length).
//!
//! The language is closed: what is not listed here is refused by name, so that a slip of the pen never means "for everyone". Its schema is published
//! as [`SCHEMA`]. What the parts mean over time is said in [`super::replay`], and whether a rule makes sense is asked in [`super::checks`].

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

pub use super::spans::Span;
pub use super::terms::{ANY, CrossDirection, DistinctOf, Event, EventField, Filter, Measure, Op, Over, Since, TriggerCondition, Value};

/// The version of the language that is read and written.
pub const VERSION: u32 = 1;
/// The JSON schema of a file of triggers.
pub const SCHEMA: &str = include_str!("../../assets/triggers.schema.json");
/// The largest file that is read, in bytes. Lists of customers are the only long part of a rule.
const LARGEST: usize = 64 << 20;

/// A file of triggers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Which language: [`VERSION`].
    pub version: u32,
    /// The triggers, in the order of the file.
    pub triggers: Vec<Trigger>,
}

/// When something is to be done, for whom, and how it is known to have worked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its name, unique in a file.
    pub name: String,
    /// What sets it off.
    pub when: Moment,
    /// What must hold then as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub and: Vec<TriggerCondition>,
    /// Whom it is for.
    #[serde(default, rename = "for")]
    pub audience: TriggerAudience,
    /// What must not hold then, not even one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<TriggerCondition>,
    /// How long it stays quiet for a customer after it fired for them.
    #[serde(default, skip_serializing_if = "Span::is_zero")]
    pub cooldown: Span,
    /// How often it may fire for each customer in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// At which local hours it may fire; outside them it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// What is to be done, in the user's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub then: String,
    /// What counts as success.
    pub goal: Goal,
}

impl Trigger {
    /// A rule for everyone without conditions, quiet for a week after it fired, whose goal counts for two.
    pub fn new(name: String, when: Moment, then: String, goal: Event) -> Trigger {
        Trigger {
            name,
            when,
            and: Vec::new(),
            audience: TriggerAudience::Everyone,
            unless: Vec::new(),
            cooldown: Span::days(7),
            most: None,
            hours: None,
            then,
            goal: Goal { event: goal.event, filters: goal.filters, within: Span::days(14) },
        }
    }
}

/// What sets a trigger off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Moment {
    /// Such an event.
    On(Event),
    /// So long without such an event.
    Absent {
        /// What does not happen.
        event: Event,
        /// For how long.
        days: Span,
        /// Counted from when.
        #[serde(default)]
        since: Since,
    },
    /// The count of such events reaches a number.
    Times {
        /// What is counted.
        event: Event,
        /// The number to reach.
        count: u32,
        /// Over which time.
        over: Over,
        /// Whether only events of the same page count together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same: Option<DistinctOf>,
    },
    /// One event after the other.
    Then {
        /// The one before.
        first: Event,
        /// The one that sets it off.
        next: Event,
        /// The longest time from one to the other.
        within: Span,
        /// What must not happen between them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        without: Option<Event>,
    },
    /// An event that another one does not follow in time.
    NotFollowed {
        /// The one that starts the clock, and starts it again.
        event: Event,
        /// The one that stops it.
        by: Event,
        /// How long is waited.
        within: Span,
    },
    /// A measure passes a value.
    Crosses {
        /// What is measured.
        measure: Measure,
        /// The value.
        threshold: f64,
        /// Which way.
        direction: CrossDirection,
    },
}

/// Whom a trigger is for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TriggerAudience {
    /// Everyone.
    #[default]
    Everyone,
    /// These personas.
    Personas(Vec<String>),
    /// These segments of recency, frequency and money.
    Segments(Vec<String>),
    /// A list that was kept.
    List {
        /// What it is called.
        name: String,
        /// Ids.
        customers: Vec<String>,
    },
}

/// Local hours of a day, from the first to before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// 0 to 23.
    pub from: u8,
    /// 1 to 24.
    pub to: u8,
}

/// What counts as success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Name of the kind.
    pub event: String,
    /// What must hold of it.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// How long after the fire it counts.
    pub within: Span,
}

impl Goal {
    /// The event that is wished for.
    pub fn wanted(&self) -> Event {
        Event { event: self.event.clone(), filters: self.filters.clone() }
    }
}

/// Why a file of triggers cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RulesError {
    /// Not the language.
    #[error("The file is not a list of triggers: {0}.")]
    NotRules(String),
    /// Another language.
    #[error("The file is of version {0}, but this program reads version {VERSION}; save it again with the program that wrote it.")]
    Version(u64),
    /// Too long.
    #[error("The file has {0} bytes, and at most {LARGEST} are read; shorten its lists of customers.")]
    TooLarge(usize),
}

impl Rules {
    /// Rules of the present version.
    pub fn of(triggers: Vec<Trigger>) -> Rules {
        Rules { version: VERSION, triggers }
    }

    /// Reads a file. Whether the rules make sense is asked by [`super::checks`].
    pub fn parse(text: &str) -> Result<Rules, RulesError> {
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        if text.len() > LARGEST {
            return Err(RulesError::TooLarge(text.len()));
        }
        // The version first: the fields of a later one would be faults otherwise.
        match serde_json::from_str::<Head>(text) {
            Ok(head) if head.version != u64::from(VERSION) => Err(RulesError::Version(head.version)),
            _ => serde_json::from_str(text).map_err(|error| RulesError::NotRules(in_words(&error))),
        }
    }

    /// The canonical text.
    pub fn write(&self) -> String {
        // Plain data with text keys always serialises.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// What is wrong with a text, without the words of the parser.
fn in_words(error: &serde_json::Error) -> String {
    let line = error.line();
    match error.classify() {
        Category::Eof => return "the text ends too early; a bracket is not closed".to_owned(),
        Category::Syntax | Category::Io => {
            return format!("line {line} is no JSON; look for a comma, quote or bracket too many or too few");
        }
        Category::Data => {}
    }
    let said = error.to_string();
    let mut quoted = said.split('`').skip(1).step_by(2);
    let first = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    let instead = if known.is_empty() { "nothing else can stand there".to_owned() } else { format!("there is {}", known.join(", ")) };
    match said.split(' ').next() {
        Some("missing") => format!("“{first}” is missing in what ends in line {line}"),
        Some("unknown") => format!("“{first}” in line {line} is no word of the language there; {instead}"),
        Some("duplicate") => format!("“{first}” stands twice in what ends in line {line}"),
        Some("invalid" | "data") => format!("what stands in line {line} does not fit there; the schema of the language says what does"),
        // A sentence of the language itself.
        _ => said.rsplit_once(" at line ").map_or(said.as_str(), |(sentence, _)| sentence).trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::base::seed::{RngExt, random};
    use crate::triggers::naive::any_trigger;

    /// Whether JSON is valid by a schema, as far as this one goes: the words it uses, and no others.
    fn is_valid(of: &Json, schema: &Json, root: &Json) -> bool {
        let known = [
            "$schema",
            "title",
            "description",
            "$defs",
            "$ref",
            "oneOf",
            "const",
            "enum",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "minimum",
            "maximum",
            "pattern",
        ];
        let schema = schema.as_object().unwrap();
        schema.iter().all(|(word, says)| {
            let number = |of: &Json| of.as_f64().unwrap();
            match word.as_str() {
                "$ref" => is_valid(of, &root["$defs"][says.as_str().unwrap().strip_prefix("#/$defs/").unwrap()], root),
                "oneOf" => says.as_array().unwrap().iter().filter(|one| is_valid(of, one, root)).count() == 1,
                "const" => of == says,
                "enum" => says.as_array().unwrap().contains(of),
                "type" => match says.as_str().unwrap() {
                    "object" => of.is_object(),
                    "array" => of.is_array(),
                    "string" => of.is_string(),
                    "number" => of.is_number(),
                    "integer" => of.as_i64().is_some(),
                    "boolean" => of.is_boolean(),
                    other => panic!("{other}"),
                },
                "properties" => {
                    of.as_object().is_none_or(|of| of.iter().all(|(name, of)| says.get(name).is_none_or(|says| is_valid(of, says, root))))
                }
                "additionalProperties" => of.as_object().is_none_or(|of| of.keys().all(|name| schema["properties"].get(name).is_some())),
                "required" => {
                    of.as_object().is_none_or(|of| says.as_array().unwrap().iter().all(|name| of.contains_key(name.as_str().unwrap())))
                }
                "items" => of.as_array().is_none_or(|of| of.iter().all(|of| is_valid(of, says, root))),
                "minItems" => of.as_array().is_none_or(|of| of.len() as f64 >= number(says)),
                "maxItems" => of.as_array().is_none_or(|of| of.len() as f64 <= number(says)),
                "minLength" => of.as_str().is_none_or(|of| of.chars().count() as f64 >= number(says)),
                "minimum" => of.as_f64().is_none_or(|of| of >= number(says)),
                "maximum" => of.as_f64().is_none_or(|of| of <= number(says)),
                "pattern" => of.as_str().is_none_or(|of| Span::parse(of).is_ok()),
                other => known.contains(&other),
            }
        })
    }

    fn example() -> Json {
        json!({
            "version": 1,
            "triggers": [{
                "name": "Cart left behind",
                "when": {"not_followed": {"event": "add_to_cart", "by": "purchase", "within": "24h"}},
                "and": [{"count": {"event": {"event": "page_view", "where": [{"field": "page", "op": "contains", "value": "price"}]}, "over": {"since": "purchase"}, "op": ">=", "value": 2}}],
                "for": {"personas": ["Deal-Seeking Regulars"]},
                "unless": [{"count": {"event": "purchase", "over": 7, "op": ">=", "value": 1}}, {"column": {"name": "age", "op": "<", "value": 18}}],
                "cooldown": 7, "most": 3, "hours": {"from": 9, "to": 20},
                "then": "remind by mail",
                "goal": {"event": "purchase", "where": [{"field": "value", "op": ">=", "value": 50}], "within": "2w"}
            }]
        })
    }

    #[test]
    fn what_is_wrong_is_said_without_the_words_of_the_parser() {
        let mut cases = vec![("{\"version\": 1".to_owned(), "ends too early"), ("{\n\"version\": 1,,}".to_owned(), "line 2 is no JSON")];
        let mut missing = example();
        missing["triggers"][0].as_object_mut().unwrap().remove("goal");
        cases.push((missing.to_string(), "“goal” is missing"));
        let mut unknown = example();
        unknown["triggers"][0]["cooldwn"] = json!(7);
        cases.push((unknown.to_string(), "“cooldwn” in line 1 is no word of the language there; there is name, when"));
        let mut misfit = example();
        misfit["triggers"][0]["most"] = json!("three");
        cases.push((misfit.to_string(), "does not fit there"));
        cases.push(("[]".to_owned(), "does not fit there"));
        for (text, expected) in cases {
            let told = Rules::parse(&text).unwrap_err().to_string();
            assert!(told.contains(expected), "{told}");
            let foreign = ["struct", "enum", "u32", "u64", "usize", "variant", "EOF", "column", "map"];
            assert!(!foreign.iter().any(|word| told.split([' ', ',']).any(|said| said == *word)), "{told}");
        }
    }

    #[test]
    fn read_and_written_one_way() {
        let rules = Rules::parse(&example().to_string()).unwrap();
        let written = rules.write();
        assert_eq!(Rules::parse(&written).unwrap(), rules);
        assert_eq!(Rules::parse(&written).unwrap().write(), written);
        assert!(
            written.contains("\"cooldown\": \"7d\"") && written.contains("\"within\": \"14d\"") && written.contains("\"within\": \"24h\"")
        );
    }

    #[test]
    fn every_trigger_is_valid_by_the_published_schema_and_comes_back() {
        let schema: Json = serde_json::from_str(SCHEMA).unwrap();
        assert!(is_valid(&example(), &schema, &schema));
        let mut random = random(1, 31);
        let triggers: Vec<Trigger> = (0..150)
            .map(|n| {
                let mut trigger = Trigger { name: format!("t{n}"), ..any_trigger(&mut random) };
                trigger.audience = match random.random_range(0..4) {
                    0 => TriggerAudience::Everyone,
                    1 => TriggerAudience::Personas(vec!["a".into()]),
                    2 => TriggerAudience::Segments(vec!["a".into(), "b".into()]),
                    _ => TriggerAudience::List { name: "kept".into(), customers: vec!["c1".into()] },
                };
                trigger
            })
            .collect();
        let rules = Rules::of(triggers);
        let json: Json = serde_json::from_str(&rules.write()).unwrap();
        assert!(is_valid(&json, &schema, &schema));
        for one in json["triggers"].as_array().unwrap() {
            assert!(is_valid(one, &schema["$defs"]["trigger"], &schema), "{one}");
        }
        assert_eq!(Rules::parse(&rules.write()).unwrap(), rules);
    }

    #[test]
    fn the_schema_has_the_same_fields_as_the_program() {
        let schema: Json = serde_json::from_str(SCHEMA).unwrap();
        // What serde expects is in its message about a field that does not exist.
        let expected = |error: String| -> Vec<String> {
            let mut names: Vec<String> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
            names.sort();
            names
        };
        let fields = |of: &Json| {
            let mut names: Vec<String> = of["properties"].as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        let choices = |of: &str| {
            let mut names: Vec<String> = Vec::new();
            for one in schema["$defs"][of]["oneOf"].as_array().unwrap() {
                match one.get("properties") {
                    Some(_) => names.extend(fields(one)),
                    None => names.extend(
                        one["enum"]
                            .as_array()
                            .cloned()
                            .unwrap_or_else(|| vec![one["const"].clone()])
                            .iter()
                            .map(|of| of.as_str().unwrap().to_owned()),
                    ),
                }
            }
            names.sort();
            names
        };
        fn error<T: serde::de::DeserializeOwned>(text: &str) -> String {
            serde_json::from_str::<T>(text).map(|_| ()).unwrap_err().to_string()
        }
        let wrong = r#"{"zzz": 1}"#;
        let defs = &schema["$defs"];
        assert_eq!(expected(error::<Rules>(wrong)), fields(&schema));
        assert_eq!(expected(error::<Trigger>(wrong)), fields(&defs["trigger"]));
        assert_eq!(expected(error::<Goal>(wrong)), fields(&defs["goal"]));
        assert_eq!(expected(error::<Filter>(wrong)), fields(&defs["filter"]));
        assert_eq!(expected(error::<Hours>(wrong)), fields(&defs["hours"]));
        assert_eq!(expected(error::<Event>(wrong)), fields(&defs["event"]["oneOf"][1]));
        assert_eq!(expected(error::<Moment>(wrong)), choices("moment"));
        assert_eq!(expected(error::<TriggerCondition>(wrong)), choices("condition"));
        assert_eq!(expected(error::<Measure>(wrong)), choices("measure"));
        assert_eq!(expected(error::<TriggerAudience>(wrong)), choices("audience"));
        assert_eq!(expected(error::<Since>(wrong)), choices("since"));
        for (at, name) in ["on", "absent", "times", "then", "not_followed", "crosses"].iter().enumerate().skip(1) {
            let inner = &defs["moment"]["oneOf"][at]["properties"][name];
            assert_eq!(expected(error::<Moment>(&format!(r#"{{"{name}": {wrong}}}"#))), fields(inner), "{name}");
        }
        for (at, name) in ["count", "days_since", "sum", "distinct", "column"].iter().enumerate() {
            let inner = &defs["condition"]["oneOf"][at]["properties"][name];
            assert_eq!(expected(error::<TriggerCondition>(&format!(r#"{{"{name}": {wrong}}}"#))), fields(inner), "{name}");
        }
        let words = |of: &Json| -> Vec<String> {
            let mut words: Vec<String> = of["enum"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
            words.sort();
            words
        };
        assert_eq!(expected(error::<EventField>("\"zzz\"")), words(&defs["filter"]["properties"]["field"]));
        assert_eq!(expected(error::<Op>("\"zzz\"")), words(&defs["op"]));
    }

    #[test]
    fn what_is_not_the_language_is_refused() {
        let refused = |text: &str| Rules::parse(text).unwrap_err().to_string();
        assert_eq!(
            refused(r#"{"version": 2, "triggers": [], "new": true}"#),
            "The file is of version 2, but this program reads version 1; save it again with the program that wrote it."
        );
        let mut slip = example();
        slip["triggers"][0]["unles"] = json!([]);
        assert!(refused(&slip.to_string()).contains("“unles” in line 1 is no word"), "{}", refused(&slip.to_string()));
        let mut slip = example();
        slip["triggers"][0]["when"] = json!({"whenever": {}});
        assert!(refused(&slip.to_string()).contains("“whenever” in line 1 is no word"));
        let mut slip = example();
        slip["triggers"][0]["cooldown"] = json!("soon");
        assert!(refused(&slip.to_string()).contains("“soon” is not a length of time"));
        for text in ["", "[]", "{}", "nonsense", r#"{"version": "1", "triggers": []}"#] {
            assert!(Rules::parse(text).is_err(), "{text}");
        }
        // Nesting without end is stopped by the reader of JSON.
        assert!(Rules::parse(&"[".repeat(1_000_000)).is_err());
        assert!(matches!(Rules::parse(&" ".repeat(LARGEST + 1)), Err(RulesError::TooLarge(_))));
    }
}
