//! Who are the segments? From labels to cards: names, one sentence, statements and distributions, each with its evidence.
//!
//! In: the table, the preparation, the labels of its rows, the user's edits and the lexicon. Out: [`Personas`]. Columns are measured side
//! by side and put together in order, so the result does not depend on the number of threads. Cost: O(p n log n) for p columns, plus
//! O(p k) small things for k personas; 12 personas x 60 columns on 100 000 rows take about half a second on two cores
//! (`benches/cards.rs`).

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::base::{Ctx, Labels, Note, Stopped};
use crate::data::{ColumnProfile, Loaded, Noun, RevenueChoice, Role, no_revenue, revenue_column, rfm_base};
use crate::features::Prepared;

use super::attributes::attributes;
use super::card::{Persona, Statement};
use super::columns::{Described, Reading, described};
use super::distribution::Distribution;
use super::edit::PersonaEdit;
use super::evidence::{Direction, Evidence};
use super::identity::{carry, has_changed};
use super::lexicon::Lexicon;
use super::measure::{Groups, MIN_CELL, MIN_NAMED, Measured, STRONG_EFFECT, Trait, rank};
use super::missing_groups::missing_groups;
use super::naming::{Name, Naming, names};
use super::outcomes::outcome_columns;
use super::personas::Personas;
use super::phrase::{Clause, Phrase};
use super::sayable::is_code;
use super::sentence::{Size, summary};
use super::twins::{NEARLY_ALL, Twins};
use super::withheld::is_few;
use super::{categorical, numbering, numeric};

/// Statements on a card.
const MAX_STATEMENTS: usize = 8;
/// Clauses of the sentence.
const MAX_CLAUSES: usize = 3;
/// Distributions on a card.
const MAX_DISTRIBUTIONS: usize = 6;

/// The cards of one segmentation; roles are the ones the profile guessed.
pub fn describe(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    edits: &[PersonaEdit],
    lexicon: &Lexicon,
    ctx: &Ctx,
) -> Result<Personas, Stopped> {
    describe_with_roles(loaded, prepared, labels, edits, &BTreeMap::new(), lexicon, ctx)
}

/// The cards of one segmentation, where the user's own `roles` (by column name) stand before the guessed ones.
pub fn describe_with_roles(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    edits: &[PersonaEdit],
    roles: &BTreeMap<String, Role>,
    lexicon: &Lexicon,
    ctx: &Ctx,
) -> Result<Personas, Stopped> {
    described_beside(loaded, prepared, labels, edits, &[], roles, lexicon, ctx)
}

/// The same beside others whose names are `taken`.
#[expect(clippy::too_many_arguments, reason = "those of the cards, and who else there is")]
pub(super) fn described_beside(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    edits: &[PersonaEdit],
    taken: &[String],
    roles: &BTreeMap<String, Role>,
    lexicon: &Lexicon,
    ctx: &Ctx,
) -> Result<Personas, Stopped> {
    ctx.progress("Describing the segments", 0.0);
    ctx.check()?;
    let noun = lexicon.dictionary().noun_of(loaded);
    let mut columns = described(loaded, prepared, roles, lexicon);
    let groups = Groups::of(prepared, labels, columns.len());
    let twins = Twins::of(&columns, &prepared.table_rows, ctx)?;
    for column in &mut columns {
        column.is_retold = twins.is_retold(column.name);
    }
    let mut measured: Vec<Measured> = columns
        .par_iter()
        .enumerate()
        .map(|(place, column)| match &column.reading {
            Reading::Scale(scale) => numeric::measure(place, column, scale, &groups, ctx),
            Reading::Levels(levels) => categorical::measure(place, column, levels, &groups, ctx),
        })
        .collect::<Result<_, _>>()?;
    for column in &mut measured {
        rank(&mut column.rows);
    }
    ctx.progress("Describing the segments", 0.7);

    let traits: Vec<Vec<Trait>> = (0..labels.n_clusters()).map(|persona| ranked_traits(&measured, persona)).collect();
    let members = labels.members();
    let table_members: Vec<Vec<usize>> = members.iter().map(|rows| rows.iter().map(|&row| prepared.table_rows[row]).collect()).collect();
    let edit_of = carry(edits, &table_members);
    let taken: Vec<String> = edits.iter().filter_map(|edit| edit.name.clone()).chain(taken.iter().cloned()).collect();
    let naming = Naming { columns: &columns, groups: &groups, members: &members, traits: &traits, noun: &noun };
    let names = names(&naming, &taken, ctx)?;
    let role = |profile: &ColumnProfile| roles.get(&profile.name).copied().unwrap_or(profile.guessed_role);
    let revenue = revenue_column(loaded, lexicon.dictionary(), role);
    let with_revenue = with_revenue(labels);

    let mut personas = Vec::with_capacity(members.len());
    for (cluster, name) in names.into_iter().enumerate() {
        ctx.check()?;
        let edit = edit_of[cluster].map(|at| &edits[at]);
        let n = members[cluster].len();
        let size = Size {
            n,
            share: n as f64 / labels.n_rows().max(1) as f64,
            revenue_share: revenue
                .filter(|_| with_revenue[cluster])
                .and_then(|(_, values)| share_of_sum(values, &table_members[cluster], prepared)),
        };
        let number = labels.numbers()[cluster];
        personas.push(persona(
            (cluster, number, &noun),
            (&columns, &twins),
            &measured,
            &traits[cluster],
            name,
            size,
            edit,
            &table_members[cluster],
        ));
    }
    let mut notes = notes(edits, &edit_of, &personas, &noun);
    if let (Some(RevenueChoice::Column(name)), None) = (lexicon.dictionary().revenue(), revenue) {
        notes.push(Note::new(format!(
            "No share of revenue is shown: this table has no numeric column {name}, which was chosen as revenue."
        )));
    }
    if let Some((name, [dividend, divisor])) = no_revenue(loaded, lexicon.dictionary(), role) {
        let told = format!("{name} is {dividend} divided by {divisor}, so its sum is no revenue.");
        notes.push(Note::new(told).advising("Choose the column whose sum is revenue on Data."));
    }
    notes.extend(codes_note(&columns));
    notes.extend(no_words_note(&columns));
    let attributes = attributes(&personas, &twins);
    let (missing_groups, missing_looked_at) = missing_groups(&columns, &groups, ctx)?;
    Ok(Personas {
        personas,
        n_noise: labels.n_noise(),
        n_left_out: prepared.n_table_rows - prepared.table_rows.len(),
        n_rows: prepared.n_table_rows,
        revenue_column: revenue.map(|(name, _)| name.to_owned()),
        attributes,
        twins,
        noun,
        missing_groups,
        missing_looked_at,
        notes,
    })
}

/// All that was found about a persona, best first; ties keep the table's order.
fn ranked_traits(measured: &[Measured], persona: usize) -> Vec<Trait> {
    let rows = measured.iter().flat_map(|column| &column.rows);
    let mut traits: Vec<Trait> = rows.filter_map(|row| row.of_persona[persona].clone()).collect();
    traits.sort_by(|a, b| b.score.total_cmp(&a.score));
    traits
}

#[expect(clippy::too_many_arguments, reason = "one call, and every part of a card comes from somewhere else")]
fn persona(
    (cluster, number, noun): (usize, usize, &Noun),
    (columns, twins): (&[Described], &Twins),
    measured: &[Measured],
    traits: &[Trait],
    name: Name,
    size: Size,
    edit: Option<&PersonaEdit>,
    table_rows: &[usize],
) -> Persona {
    let said = worth_saying(columns, traits, twins, &name.picked);
    let clauses = said.iter().map(|&at| &traits[at]).filter(|found| {
        let column = &columns[found.column];
        // A score of ours says in marks what the columns it is made of say in euros and days.
        column.role != Role::Sensitive && !column.is_own_score()
    });
    let clauses: Vec<Clause> = clauses
        .take(MAX_CLAUSES)
        .map(|found| match Phrase::of(&columns[found.column], found).clause() {
            Clause::They(said) => Clause::They(in_words_of(noun, &columns[found.column], said)),
            share @ Clause::Share(_) => share,
        })
        .collect();
    let is_strong = said.iter().any(|&at| traits[at].evidence.effect.abs() >= STRONG_EFFECT);
    let statements = said.iter().map(|&at| {
        let found = &traits[at];
        let [value, everyone, _] = found.evidence.texts.clone();
        let text = in_words_of(noun, &columns[found.column], Phrase::of(&columns[found.column], found).statement());
        Statement { text, value, everyone, direction: found.direction, evidence: at }
    });
    let automatic_name = name.text();
    let given_name = edit.and_then(|edit| edit.name.clone());
    Persona {
        cluster,
        number,
        name: given_name.clone().unwrap_or_else(|| automatic_name.clone()),
        automatic_name,
        is_renamed: given_name.is_some(),
        may_be_out_of_date: given_name.is_some()
            && edit.is_some_and(|edit| has_changed(edit, table_rows) || no_longer_passes(edit, traits)),
        name_parts: name.words,
        summary: summary(&size, noun, &clauses, is_strong),
        n: size.n,
        share: size.share,
        revenue_share: size.revenue_share,
        statements: statements.collect(),
        distributions: distributions(measured, traits, &said, twins, cluster),
        evidence: traits.iter().map(|found| found.evidence.clone()).collect::<Vec<Evidence>>(),
        // Beside a bound it would tell the number that the bound keeps.
        match_all_share: name.match_all_share.filter(|_| !name.picked.iter().any(|&at| traits[at].evidence.withheld.persona)),
        added: edit.map(|edit| edit.added.clone()).unwrap_or_default(),
    }
}

/// Whether a trait that was in the automatic name when the user gave theirs would carry no name now.
fn no_longer_passes(edit: &PersonaEdit, traits: &[Trait]) -> bool {
    edit.rests_on.iter().any(|once| !traits.iter().any(|found| found.evidence.passes_name && once.is(&found.evidence)))
}

/// The traits that statements are made of, each thing once: of a column's levels the best in each direction, of columns about one subject the
/// best in each direction, and a fact that several columns tell in the same words and numbers ("No internet service") with the first of them;
/// where nearly all share it nothing more is said of the others. What came of them has a line of its own on every front. Of two levels only one is told, since the other says the same again, and rather
/// the one that is more common here.
fn worth_saying(columns: &[Described], traits: &[Trait], twins: &Twins, named: &[usize]) -> Vec<usize> {
    let mut said: Vec<usize> = Vec::new();
    let (mut facts, mut implied) = (BTreeSet::new(), BTreeSet::new());
    let outcomes = outcome_columns(traits.iter().map(|found| &found.evidence));
    // Marks of ours say what the columns they are made of say in euros and days, where these are there.
    let is_described = |name: &str| columns.iter().any(|column| column.name == name);
    let is_mark = |found: &Trait| found.level.is_none() && rfm_base(columns[found.column].name).is_some_and(is_described);
    let is_open = |found: &Trait| found.evidence.passes_statement && !outcomes.contains(found.evidence.column.as_str()) && !is_mark(found);
    // What the name says comes first, so that every word of it stands on the front.
    let in_order = named.iter().copied().chain((0..traits.len()).filter(|at| !named.contains(at)));
    for (at, found) in in_order.map(|at| (at, &traits[at])).filter(|(_, found)| is_open(found)) {
        let has_two = matches!(&columns[found.column].reading, Reading::Levels(levels) if levels.names.len() == 2);
        let phrase = Phrase::of(&columns[found.column], found);
        let repeats = |old: &usize| {
            let old = &traits[*old];
            let other = Phrase::of(&columns[old.column], old);
            let is_one_fact = old.level.is_some()
                && old.evidence.shown.level == found.evidence.shown.level
                && found.evidence.shown.level.as_deref().is_some_and(|level| level.contains(' '))
                && old.evidence.texts == found.evidence.texts;
            other.subject() == phrase.subject() || is_one_fact || other.statement() == phrase.statement()
        };
        let says_more =
            |other: &Trait| other.column == found.column && other.evidence.passes_statement && other.direction == Direction::More;
        // Where nearly all have one level, nothing is left to say of the others.
        let says_nearly_all = |other: &Trait| says_more(other) && other.evidence.persona >= NEARLY_ALL;
        let is_less = found.level.is_some() && found.direction == Direction::Less;
        let is_mirrored = is_less && (has_two && traits.iter().any(says_more) || traits.iter().any(says_nearly_all));
        let mut is_told = || twins.fact(&found.evidence).is_some_and(|fact| !facts.insert(fact));
        let is_implied = implied.contains(&columns[found.column].name);
        if !said.iter().any(repeats) && !is_mirrored && !phrase.denies_twice() && !is_implied && !is_told() {
            said.push(at);
            implied.extend(twins.implied(&found.evidence));
        }
        if said.len() == MAX_STATEMENTS {
            break;
        }
    }
    // What the name says, then by strength.
    said.sort_by_key(|at| (!named.contains(at), *at));
    said
}

/// "have been customers for longer" is said of employees by their own name. Of other columns the word may be the user's own.
fn in_words_of(noun: &Noun, column: &Described, said: String) -> String {
    let is_tenure = !column.is_labelled && column.entry.is_some_and(|entry| entry.tag == "tenure");
    if is_tenure { noun.in_text(&said) } else { said }
}

/// Columns of the statements first, then of the strongest evidence; none whose strongest trait a column before it tells too.
fn distributions(measured: &[Measured], traits: &[Trait], said: &[usize], twins: &Twins, persona: usize) -> Vec<Distribution> {
    let (mut columns, mut seen, mut facts): (Vec<usize>, BTreeSet<usize>, BTreeSet<usize>) = Default::default();
    let mut implied = BTreeSet::new();
    for found in said.iter().map(|&at| &traits[at]).chain(traits) {
        let is_new = seen.insert(found.column);
        let mut is_told = || twins.fact(&found.evidence).is_some_and(|fact| !facts.insert(fact));
        if is_new && !twins.is_retold(&found.evidence.column) && !implied.contains(found.evidence.column.as_str()) && !is_told() {
            columns.push(found.column);
            implied.extend(twins.implied(&found.evidence));
        }
    }
    columns.iter().filter_map(|&column| measured[column].drawings[persona].clone()).take(MAX_DISTRIBUTIONS).collect()
}

/// Which personas have their share of revenue told. One customer's revenue is nobody's business, so small personas do not; and all shares add up to
/// one, so where those left over are few the next smallest persona does not either.
fn with_revenue(labels: &Labels) -> Vec<bool> {
    let sizes = labels.sizes();
    let mut told: Vec<bool> = sizes.iter().map(|&n| n >= MIN_CELL).collect();
    loop {
        let n_left = labels.n_noise() + sizes.iter().zip(&told).filter(|(_, told)| !**told).map(|(n, _)| n).sum::<usize>();
        let next = (0..sizes.len()).filter(|&at| told[at]).min_by_key(|&at| sizes[at]);
        match next {
            Some(next) if is_few(n_left) => told[next] = false,
            _ => return told,
        }
    }
}

/// Members' part of the sum over all customers that took part; none where that sum is not positive.
fn share_of_sum(values: &[f64], members: &[usize], prepared: &Prepared) -> Option<f64> {
    let sum = |rows: &[usize]| rows.iter().map(|&row| values[row]).filter(|value| !value.is_nan()).sum::<f64>();
    let all = sum(&prepared.table_rows);
    let share = sum(members) / all;
    (all > 0.0 && (0.0..=1.0).contains(&share)).then_some(share)
}

/// That names of columns which nobody can say name nobody, and where better ones are given.
fn no_words_note(columns: &[Described]) -> Option<Note> {
    const SHOWN: usize = 5;
    let is_input = |role: Role| matches!(role, Role::Behavioural | Role::Demographic | Role::Psychographic);
    let is_it = |column: &&Described| is_input(column.role) && !column.is_labelled && !column.may_be_codes && is_code(&column.human);
    let names: Vec<&str> = columns.iter().filter(is_it).map(|column| column.name).collect();
    let told = match &names[..] {
        [] => return None,
        [only] => format!("The name of {only} is no word, so it names no persona."),
        [rest @ .., last] if names.len() <= SHOWN => {
            format!("The names of {} and {last} are no words, so they name no persona.", rest.join(", "))
        }
        _ => format!(
            "The names of {} and {} more columns are no words, so they name no persona.",
            names[..SHOWN].join(", "),
            names.len() - SHOWN
        ),
    };
    Some(Note::new(told).advising("Give them names under Shown as on Data, or load a dictionary of the columns."))
}

/// That a few whole numbers may be no scale: only the user knows.
fn codes_note(columns: &[Described]) -> Option<Note> {
    let names: Vec<&str> = columns.iter().filter(|column| column.may_be_codes).map(|column| column.name).collect();
    let (last, rest) = names.split_last()?;
    let (which, hold, they_are) = match rest {
        [] => ((*last).to_owned(), "holds", "it is"),
        rest => (format!("{} and {last}", rest.join(", ")), "hold", "they are"),
    };
    let told = format!(
        "{which} {hold} only a few whole numbers, and nothing says whether they grade or stand for something: {they_are} read as a scale and kept out of names."
    );
    Some(Note::new(told).advising("If they are codes, give them labels on Data: labelled numbers are read as levels."))
}

fn notes(edits: &[PersonaEdit], edit_of: &[Option<usize>], personas: &[Persona], noun: &Noun) -> Vec<Note> {
    let mut notes = Vec::new();
    for (_, edit) in edits.iter().enumerate().filter(|(at, _)| !edit_of.contains(&Some(*at))) {
        let what = edit
            .name
            .as_ref()
            .map_or_else(|| format!("Your notes on {} have", noun.counted(edit.members.len())), |name| format!("Your name \"{name}\" has"));
        notes
            .push(Note::new(format!("{what} no segment at the moment and will return when most of its {} are together again.", noun.many)));
    }
    for persona in personas.iter().filter(|persona| persona.n < MIN_NAMED) {
        notes.push(Note::new(format!(
            "{} has {}: too few to be named from the data.",
            numbering::name(persona.number),
            noun.counted(persona.n)
        )));
    }
    notes
}
