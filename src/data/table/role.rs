//! What a column is for: who somebody is, what they do, what they think, what came of it.

use serde::{Deserialize, Serialize};

/// What a column is for. Guessed from its name and values; the user may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names a customer; never an input, never on a card.
    Identifier,
    /// Who they are: age, job, place.
    Demographic,
    /// What they do: spend, visits, clicks.
    Behavioural,
    /// What they think: attitudes, satisfaction, interests.
    Psychographic,
    /// What the business wants to know afterwards: churned, lifetime value. Described, never an input by default.
    Outcome,
    /// Gender, health, religion and the like: no input and no name unless the user says so.
    Sensitive,
    /// Left alone.
    Ignored,
}

impl Role {
    /// All roles, in the order menus show them.
    pub const ALL: [Role; 7] =
        [Role::Identifier, Role::Demographic, Role::Behavioural, Role::Psychographic, Role::Outcome, Role::Sensitive, Role::Ignored];

    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Identifier => "Identifier",
            Role::Demographic => "Demographic",
            Role::Behavioural => "Behavioural",
            Role::Psychographic => "Psychographic",
            Role::Outcome => "Outcome",
            Role::Sensitive => "Sensitive",
            Role::Ignored => "Ignored",
        }
    }

    /// What the role means for the analysis, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Role::Identifier => "Names a customer. Carried through to the exports, never an input and never on a card.",
            Role::Demographic => "Who they are, such as age, job or place. An input by default.",
            Role::Behavioural => "What they do, such as spend, visits or clicks. An input by default.",
            Role::Psychographic => "What they think, such as attitudes or satisfaction. An input by default.",
            Role::Outcome => "What you want to know afterwards, such as churn. Described on cards, no input by default.",
            Role::Sensitive => "Gender, health, religion and the like. No input and no part of a name unless you say so.",
            Role::Ignored => "Left alone: no input and not on cards.",
        }
    }

    /// Whether columns of this role enter the clustering unless the user decides otherwise.
    pub fn is_input_by_default(self) -> bool {
        matches!(self, Role::Demographic | Role::Behavioural | Role::Psychographic)
    }
}
