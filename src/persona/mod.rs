//! Floor 5: who the segments are, in words that each have their evidence.

pub mod card;
pub mod edit;
pub mod explain;

mod added;
mod apart;
mod association;
mod attributes;
mod coding;
mod columns;
mod describe;
mod distribution;
mod evidence;
mod explaining;
mod holds;
mod identity;
mod levels;
pub mod lexicon;
mod measure;
mod naming;
pub mod numbering;
mod numeric;
mod personas;
pub mod picture;
pub mod quotes;
mod rules;
mod tail;
pub mod text;
mod typical;
mod unseen;
mod wording;

pub use added::{Added, Picture, Priority};
pub use apart::{Apart, apart};
pub use attributes::{Attribute, attributes, tone};
pub use card::{NamePart, Persona, Statement};
pub use describe::{describe, describe_with_roles};
pub use distribution::{Distribution, Drawing};
pub use edit::{PersonaEdit, RestsOn, RowSet};
pub use evidence::{Direction, Evidence};
pub use explain::{Condition, Example, Explained, Forest, Importance, SegmentRule, Unseen};
pub use explaining::explained;
pub use holds::Holds;
pub use identity::{carry, edit_for};
pub use lexicon::{Lexicon, LexiconError};
pub use numbering::{Numbered, Numbering};
pub use personas::Personas;
