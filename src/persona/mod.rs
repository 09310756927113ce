//! Floor 5: who the segments are, in words that each have their evidence.

pub mod card;
pub mod edit;
pub mod explain;

mod added;
mod association;
mod attributes;
mod categorical;
mod coding;
mod columns;
mod contrast;
mod describe;
mod distribution;
mod evidence;
mod explaining;
mod identity;
pub mod lexicon;
mod measure;
mod missing_groups;
mod naming;
pub mod numbering;
mod numeric;
mod personas;
pub mod picture;
pub mod quotes;
mod rules;
pub mod text;
mod trait_members;
mod typical;
mod v_test;
mod wording;

pub use added::{Added, Picture, Priority};
pub use attributes::{Attribute, attributes, tone};
pub use card::{NamePart, Persona, Statement};
pub use contrast::{Contrast, contrast};
pub use describe::{describe, describe_with_roles};
pub use distribution::{Distribution, Drawing};
pub use edit::{PersonaEdit, RestsOn, RowSet};
pub use evidence::{Direction, Evidence};
pub use explain::{Condition, Example, Explained, Forest, Importance, MissingGroup, SegmentRule};
pub use explaining::explained;
pub use identity::{carry, edit_for};
pub use lexicon::{Lexicon, LexiconError};
pub use numbering::{Numbered, Numbering};
pub use personas::Personas;
pub use trait_members::TraitMembers;
