//! What is said of the segments: their cards, what drives the grouping, rules, typical customers; and in whose words all of it is said.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Ctx, Key, Labels, Note};
use crate::cluster::Chosen;
use crate::data::{Dictionary, Role, is_rfm_score};
use crate::features::Prepared;
use crate::persona::{self, Explained, Lexicon, PersonaEdit, Personas, RowSet};
use crate::session::{Plan, Words};

use super::answers::Answers;
use super::caches::Runtime;
use super::choose;
use super::groups::Grouped;
use super::needs::Needs;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Segmentation;

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

/// The user's words for columns, levels and rows, and for what sets groups apart: their list where it can be read, else the built-in ones and a note that says why.
pub fn words_in_force(words: Option<&Words>, dictionary: &Arc<Dictionary>) -> WordsInForce {
    let text = words.and_then(|words| words.text.as_deref().ok());
    let key = Key::of("words", 2, &(text, dictionary), &[]);
    let with = |lexicon: Lexicon| Arc::new(lexicon.with(dictionary.clone()));
    match (words.map(lexicon_of).transpose(), words) {
        (Ok(Some(lexicon)), _) => WordsInForce { lexicon: with(lexicon), key, note: None },
        (Err(why), Some(words)) => {
            let path = words.path.display();
            let note =
                Note::new(format!("{path} is not used: {why}. Names are in the built-in words until it is corrected and opened again."));
            WordsInForce { lexicon: with(Lexicon::built_in()), key, note: Some(note) }
        }
        _ => WordsInForce { lexicon: with(Lexicon::built_in()), key, note: None },
    }
}

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    personas: Option<Arc<Personas>>,
}

/// What is asked about the segments in a round.
pub(super) struct Described {
    /// The cards.
    pub personas: Asked<Personas>,
    explained: Asked<Explained>,
}

/// Asks for the cards and for what explains the segments. `edits` come with the key that names them, since hashing them anew every frame would take milliseconds.
pub(super) fn of(
    runtime: &mut Runtime,
    grouped: &Grouped,
    plan: &Plan,
    edits: (&Arc<[PersonaEdit]>, Key),
    words: &WordsInForce,
    needs: Needs,
) -> Described {
    let (roles, clustering) = (&plan.preparation.roles, &plan.clustering);
    let few = grouped.segmentation.and("Waiting for the segments", |segmentation| {
        let problem = choose::too_many(&segmentation.value.labels, needs.most_segments);
        problem.map_or_else(|| Asked::Ready(segmentation.clone()), Asked::Failed)
    });
    let personas = few.and("Waiting for the segments", |segmentation| {
        let names = grouped.groups.names(plan, &segmentation.value.loaded, words.lexicon.dictionary());
        personas(runtime, segmentation, roles, edits, words, names, needs.personas)
    });
    let explained = few
        .and("Waiting for the segments", |segmentation| explained(runtime, segmentation, roles, words, clustering.seed, needs.explained));
    Described { personas, explained }
}

impl Described {
    /// Names the cards and what explains them, as far as they are there.
    pub fn keys(&self) -> [Option<Key>; 2] {
        [self.personas.key(), self.explained.key()]
    }

    /// What the pages see of it.
    pub fn answer(self, answers: &mut Answers, last: &mut Last) {
        answers.personas = self.personas.settled(&mut last.personas);
        // What drives another grouping, or its typical customers, would mislead: it is not kept.
        answers.explained = self.explained.settled(&mut None);
    }
}

/// What drives the grouping, rules and typical customers of the segments in force.
fn explained(
    runtime: &mut Runtime,
    segmentation: &Made<Segmentation>,
    roles: &BTreeMap<String, Role>,
    words: &WordsInForce,
    seed: u64,
    need: Need,
) -> Asked<Explained> {
    let key = Key::of("explained", 2, &(roles, seed), &[segmentation.key, words.key]);
    let (segmentation, roles, lexicon) = (segmentation.value.clone(), roles.clone(), words.lexicon.clone());
    let step = move |ctx: &Ctx| {
        let Segmentation { loaded, prepared, labels, .. } = &*segmentation;
        Ok(persona::explained(loaded, prepared, labels, &roles, &lexicon, seed, ctx)?)
    };
    runtime.ask(|s| &mut s.explained, key, need, (|| "What drives the grouping".into(), Lane::Long), step)
}

/// So much of a group of a column, and of what the user wrote for, must be the same customers for it to be the same group.
const SAME_GROUP: f64 = 0.9;

/// What the user wrote, for groups that a column gives: these are somebody's already, so a name that was given to other customers does not move onto one of
/// them for having most of its own there. It waits.
fn for_given_groups(edits: &[PersonaEdit], prepared: &Prepared, labels: &Labels) -> Vec<PersonaEdit> {
    let mut group_of = vec![None; prepared.n_table_rows];
    for (at, &row) in prepared.table_rows.iter().enumerate() {
        group_of[row] = labels.get(at);
    }
    let is_a_group = |edit: &PersonaEdit| {
        let mut shared = vec![0usize; labels.n_clusters()];
        edit.members.rows().filter_map(|row| group_of.get(row).copied().flatten()).for_each(|group| shared[group] += 1);
        let alike = |(group, &n): (usize, &usize)| n as f64 / (edit.members.len() + labels.sizes()[group] - n).max(1) as f64;
        shared.iter().enumerate().map(alike).any(|same| same >= SAME_GROUP)
    };
    let kept = |edit: &PersonaEdit| match is_a_group(edit) {
        true => Some(edit.clone()),
        // A name that waits is told.
        false => edit.name.is_some().then(|| PersonaEdit { members: RowSet::new([]), ..edit.clone() }),
    };
    edits.iter().filter_map(kept).collect()
}

/// The cards: who the segments are under the user's own `roles`, with what was written on them; `names` where the groups have some. `edits_key` names the edits, since hashing them anew every frame would take milliseconds.
fn personas(
    runtime: &mut Runtime,
    segmentation: &Made<Segmentation>,
    roles: &BTreeMap<String, Role>,
    (edits, edits_key): (&Arc<[PersonaEdit]>, Key),
    words: &WordsInForce,
    names: Option<Vec<String>>,
    need: Need,
) -> Asked<Personas> {
    let key = Key::of("personas", 4, &(roles, &names), &[segmentation.key, edits_key, words.key]);
    let (segmentation, roles, edits, lexicon) = (segmentation.value.clone(), roles.clone(), edits.clone(), words.lexicon.clone());
    let personas = runtime.ask(
        |s| &mut s.personas,
        key,
        need,
        (|| "Persona cards".into(), Lane::Quick),
        move |ctx| {
            let Segmentation { loaded, prepared, labels, by, whole, .. } = &*segmentation;
            let edits = if names.is_some() { for_given_groups(&edits, prepared, labels) } else { edits.to_vec() };
            let mut personas = match whole {
                Some(whole) => persona::describe_parted(loaded, prepared, labels, &whole.labels, &edits, &roles, &lexicon, ctx)?,
                None => persona::describe_with_roles(loaded, prepared, labels, &edits, &roles, &lexicon, ctx)?,
            };
            if let Some(names) = &names {
                // What the program itself calls its segments tells nothing that a file says of somebody.
                let is_own = matches!(by, Chosen::Column { name } if is_rfm_score(name));
                personas.name_after_groups(names, is_own);
            }
            Ok(personas)
        },
    );
    if let Some(personas) = personas.ready() {
        runtime.tell(&personas.value.notes);
        runtime.tell(words.note.as_slice());
    }
    personas
}
