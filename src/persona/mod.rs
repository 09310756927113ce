//! Floor 4: who the segments are, in words that each have their evidence.

pub mod card;
pub mod edit;
pub mod explain;

mod apart;
mod association;
mod attributes;
mod coding;
mod columns;
mod describe;
mod explaining;
mod holds;
mod identity;
mod levels;
pub mod lexicon;
mod measure;
mod naming;
pub mod numbering;
mod numeric;
pub mod picture;
pub mod quotes;
mod rules;
mod tail;
pub mod text;
mod typical;
mod unseen;
mod wording;

pub use apart::{Apart, apart};
pub use attributes::{Attribute, attributes, tone};
pub use card::{Direction, Distribution, Drawing, Evidence, NamePart, Persona, Personas, Statement};
pub use describe::{describe, describe_with_roles};
pub use edit::{Added, PersonaEdit, Picture, Priority, RestsOn, RowSet};
pub use explain::{Condition, Example, Explained, Forest, Importance, Rule, Unseen};
pub use explaining::explained;
pub use holds::Holds;
pub use identity::{carry, edit_for};
pub use lexicon::{Lexicon, LexiconError};
pub use numbering::{Numbered, Numbering};
