//! What is followed live, and how? Part of the plan; and what may be ordered while it is followed, which is not.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which source the segments follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveChoices {
    /// A file that grows, a folder in which files appear, or the address of a topic or a stream, in which environment variables stand for secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<PathBuf>,
    /// Whether that is a folder, a topic or a stream: no single file that could be played again.
    pub is_folder: bool,
    /// Whether the file is a recording that is played again.
    pub plays: bool,
    /// So many times the speed its events came at.
    pub speed: f64,
    /// The column that names the customer, where rows are customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether rules fire while events come.
    pub fires: bool,
}

impl Default for LiveChoices {
    fn default() -> LiveChoices {
        LiveChoices { source: None, is_folder: false, plays: false, speed: 86_400.0, key: None, fires: true }
    }
}

impl LiveChoices {
    pub(super) fn is_default(&self) -> bool {
        *self == LiveChoices::default()
    }
}

/// What whoever watches may say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LiveOrder {
    /// Read nothing more for now.
    Pause,
    /// Go on reading.
    GoOn,
    /// Look for better segments among the customers as they are now.
    Retrain,
    /// Take those that were found.
    Adopt,
    /// Let those that were found go.
    Decline,
    /// Take a version of the segments from before, by its number.
    Back(usize),
    /// Play the recording at so many times its speed.
    Speed(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_usual_and_what_is_said_comes_back() {
        assert_eq!(serde_json::from_str::<LiveChoices>("{}").unwrap(), LiveChoices::default());
        let choices = LiveChoices { source: Some("orders.csv".into()), plays: true, speed: 60.0, ..LiveChoices::default() };
        let text = serde_json::to_string(&choices).unwrap();
        assert_eq!(serde_json::from_str::<LiveChoices>(&text).unwrap(), choices);
        assert!(!choices.is_default() && LiveChoices::default().is_default());
    }
}
