//! What the user adds to a card: goals, pains, quotes, messages, a priority, a picture, and notes for the speaker.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

/// The block "Added by you", kept apart from data on every card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Added {
    /// What they want to get done.
    pub goals: String,
    /// What stands in their way.
    pub pains: String,
    /// What they say.
    pub quotes: String,
    /// What to tell them.
    pub messages: String,
    /// How much attention they deserve.
    pub priority: Priority,
    /// A picture the user chose.
    pub picture: Option<Picture>,
    /// What the speaker wants to say; shown to nobody else.
    pub speaker_notes: String,
}

/// How much attention a persona deserves, as the user sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nothing was decided.
    #[default]
    None,
    /// First.
    High,
    /// Then.
    Medium,
    /// Last.
    Low,
}

impl Priority {
    /// All of them, in the order menus show them.
    pub const ALL: [Priority; 4] = [Priority::None, Priority::High, Priority::Medium, Priority::Low];

    /// The tag's words.
    pub fn name(self) -> &'static str {
        match self {
            Priority::None => "No priority",
            Priority::High => "High priority",
            Priority::Medium => "Medium priority",
            Priority::Low => "Low priority",
        }
    }
}

/// A picture as the bytes of a PNG or JPEG file; base64 in project files.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Picture {
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes)", self.bytes.len())
    }
}

impl From<Picture> for String {
    fn from(picture: Picture) -> String {
        BASE64.encode(&picture.bytes)
    }
}

impl TryFrom<String> for Picture {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Picture, base64::DecodeError> {
        Ok(Picture { bytes: BASE64.decode(text)?.into() })
    }
}

impl Added {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        let texts = [&self.goals, &self.pains, &self.quotes, &self.messages, &self.speaker_notes];
        texts.iter().all(|text| text.trim().is_empty()) && self.priority == Priority::None && self.picture.is_none()
    }
}
