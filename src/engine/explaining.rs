//! What is said of the segments besides their cards: what drives the grouping, rules, typical customers; and in whose words all of it is said.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Ctx, Key, Note};
use crate::data::Role;
use crate::persona::{self, Explained, Lexicon};
use crate::session::Words;

use super::answers::Segmentation;
use super::desk::{Asked, Made, Need};
use super::jobs::Lane;
use super::steps::Kitchen;

/// The words in force.
#[derive(Debug, Clone)]
pub struct WordsInForce {
    /// The user's list, or the built-in one.
    pub lexicon: Arc<Lexicon>,
    /// Names it: other words are other cards.
    pub key: Key,
    /// Why the user's list is not used.
    pub note: Option<Note>,
}

/// The user's words as a lexicon, or why they are none.
pub fn lexicon_of(words: &Words) -> Result<Lexicon, String> {
    match &words.text {
        Ok(text) => Lexicon::parse(text).map_err(|error| error.to_string()),
        Err(why) => Err(format!("the lexicon cannot be read: {why}")),
    }
}

/// The user's words where they can be read, else the built-in ones and a note that says why.
pub fn words_in_force(words: Option<&Words>) -> WordsInForce {
    let text = words.and_then(|words| words.text.as_deref().ok());
    let key = Key::of("words", 1, &text, &[]);
    match (words.map(lexicon_of).transpose(), words) {
        (Ok(Some(lexicon)), _) => WordsInForce { lexicon: Arc::new(lexicon), key, note: None },
        (Err(why), Some(words)) => {
            let path = words.path.display();
            let note =
                Note::new(format!("{path} is not used: {why}. Names are in the built-in words until it is mended and opened again."));
            WordsInForce { lexicon: Arc::new(Lexicon::built_in()), key, note: Some(note) }
        }
        _ => WordsInForce { lexicon: Arc::new(Lexicon::built_in()), key, note: None },
    }
}

/// What drives the grouping, rules and typical customers of the segments in force.
pub fn explained(
    desk: &mut Kitchen,
    segmentation: &Made<Segmentation>,
    roles: &BTreeMap<String, Role>,
    words: &WordsInForce,
    seed: u64,
    need: Need,
) -> Asked<Explained> {
    let key = Key::of("explained", 1, &(roles, seed), &[segmentation.key, words.key]);
    let (segmentation, roles, lexicon) = (segmentation.value.clone(), roles.clone(), words.lexicon.clone());
    let step = move |ctx: &Ctx| {
        let Segmentation { loaded, prepared, labels, .. } = &*segmentation;
        Ok(persona::explained(loaded, prepared, labels, &roles, &lexicon, seed, ctx)?)
    };
    desk.ask(|s| &mut s.explained, key, need, (|| "What drives the grouping".into(), Lane::Long), step)
}
