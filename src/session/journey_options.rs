//! Which events are followed, and what is asked of them? Part of the plan.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::data::day::IsoDay;
use crate::events::is_address_file;
use crate::triggers::language::{Filter, Rules};

/// What is asked of what customers did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JourneyOptions {
    /// Event exports; several are one.
    pub events: Vec<PathBuf>,
    /// The zone of times that name none; UTC unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// A file of network addresses of the user's own, for places where the exports say none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<PathBuf>,
    /// The event that counts as a purchase; found by its name unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase: Option<String>,
    /// Steps of the funnel, by name.
    pub funnel: Vec<String>,
    /// How long the funnel may take.
    pub window_hours: u32,
    /// What must hold of the events that the views look at; rules have conditions of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Filter>,
    /// The event that paths start from; the start of every visit unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Steps of a path, 2 to 10.
    pub depth: usize,
    /// Rules to try on the past; those that the data offer unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// The first day on which rules are tried; found from the data unless said. Personas know only what was before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried_from: Option<IsoDay>,
    /// Holidays that rules and filters may ask for: a country by its code, or a file of dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays: Option<String>,
    /// Whether personas are made of what customers did, in the place of those of their table.
    pub by_behaviour: bool,
    /// The column that says who may be contacted; the one whose name says so unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// Percent of those due who are left out by chance, so that what a message does can be seen; 0 to 90.
    pub left_out: u8,
}

impl Default for JourneyOptions {
    fn default() -> JourneyOptions {
        JourneyOptions {
            events: Vec::new(),
            zone: None,
            places: None,
            purchase: None,
            funnel: Vec::new(),
            window_hours: 168,
            only: Vec::new(),
            start: None,
            depth: 4,
            rules: None,
            tried_from: None,
            holidays: None,
            by_behaviour: false,
            consent: None,
            left_out: 0,
        }
    }
}

impl JourneyOptions {
    /// The same of other files that were chosen: exports in the place of those followed, and a file of network addresses beside them.
    pub fn with_files(&self, paths: Vec<PathBuf>) -> JourneyOptions {
        let (mut places, events): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| is_address_file(path));
        JourneyOptions {
            places: places.pop().or_else(|| self.places.clone()),
            events: if events.is_empty() { self.events.clone() } else { events },
            ..self.clone()
        }
    }

    pub(super) fn is_default(&self) -> bool {
        *self == JourneyOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_usual_and_what_is_said_comes_back() {
        assert_eq!(serde_json::from_str::<JourneyOptions>("{}").unwrap(), JourneyOptions::default());
        let options =
            JourneyOptions { events: vec!["a.jsonl".into()], funnel: vec!["cart".into(), "order".into()], ..JourneyOptions::default() };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<JourneyOptions>(&text).unwrap(), options);
    }
}
