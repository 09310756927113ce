//! What are the personas called? Names of at most four words in which every word rests on one row of evidence.
//!
//! In: each persona's ranked traits. Out: its words, the traits they rest on, and the share of members that match all of them.
//! Greedy pick by |effect| x specificity (methods.md section 3): two traits at most, none about the same subject or correlated above 0.6
//! (inside the personas) with one already picked, none that another column of its subject contradicts, and at least half of the members match all of them (C. N. Chapman et al. 2008,
//! "Quantitative evaluation of personas as information": the share falls fast with each trait). Equal names get the trait that
//! separates them best, as a last resort a letter. Personas
//! are named side by side. Cost: two passes over the rows for each trait that has words and is weighed against one already picked.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::base::{Ctx, Stopped};
use crate::data::Noun;

use super::card::NamePart;
use super::columns::{Described, Reading};
use super::evidence::Direction;
use super::measure::{Groups, MIN_NAMED, STRONG_EFFECT, Trait};
use super::phrase::{Forms, NON_BUYERS, Phrase};

/// Longest name, leaving room for a letter at its end.
const MAX_CHARS: usize = 37;
const MAX_WORDS: usize = 4;
/// Where something stands behind the noun ("Customers without Streaming TV").
const MAX_WORDS_BEHIND: usize = 6;
/// A smaller share of the rows is a small group, which has no name.
const MIN_SHARE: f64 = 0.01;
const MAX_CORRELATION: f64 = 0.6;
const MIN_MATCH_ALL: f64 = 0.5;
/// Rows between two questions whether to stop.
const ROWS_A_CHECK: usize = 50_000;

/// A name as words, each with the place of its trait among the persona's traits.
#[derive(Debug, Clone)]
pub struct Name {
    /// The words, each with the place of its trait; plain ones ("Customers") rest on none.
    pub words: Vec<NamePart>,
    /// The traits in the name, best first.
    pub picked: Vec<usize>,
    /// Share of members that match all of them.
    pub match_all_share: Option<f64>,
}

impl Name {
    /// The words as one text.
    pub fn text(&self) -> String {
        self.words.iter().map(|part| part.word.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// What naming looks at.
pub struct Naming<'a> {
    /// The described columns.
    pub columns: &'a [Described<'a>],
    /// Who is where.
    pub groups: &'a Groups,
    /// Rows (among those that take part) of each persona.
    pub members: &'a [Vec<usize>],
    /// Each persona's traits, best first.
    pub traits: &'a [Vec<Trait>],
    /// What the rows are called.
    pub noun: &'a Noun,
}

/// A name for every persona, all different, none equal to one of `taken` (names the user gave).
pub fn names(naming: &Naming, taken: &[String], ctx: &Ctx) -> Result<Vec<Name>, Stopped> {
    if let [everyone] = naming.members
        && everyone.len() == naming.groups.of_row.len()
    {
        return Ok(vec![Name { words: vec![plain_word("Everyone")], picked: Vec::new(), match_all_share: None }]);
    }
    let mut names: Vec<Name> =
        (0..naming.traits.len()).into_par_iter().map(|persona| first_name(naming, persona, ctx)).collect::<Result<_, _>>()?;
    let mut used: BTreeSet<String> = taken.iter().map(|name| folded(name)).collect();
    for group in groups_of_equals(&names) {
        let text = folded(&names[group[0]].text());
        if naming.is_small(group[0]) {
            let mut letters = (0..).map(letter);
            for persona in group {
                let told = |letter: &str| format!("{SMALL} {letter} ({})", naming.members[persona].len());
                if let Some(letter) = letters.find(|letter| used.insert(folded(&told(letter)))) {
                    names[persona].words = told(&letter).split(' ').map(plain_word).collect();
                }
            }
            continue;
        }
        // "Customers" alone would be everyone.
        let is_bare = text == folded(&naming.noun.many);
        if group.len() == 1 && !is_bare && used.insert(text.clone()) {
            continue;
        }
        let mut unresolved = Vec::new();
        for &persona in &group {
            match separating_name(naming, &names, persona, &group, &used, ctx)? {
                Some(name) => {
                    used.insert(folded(&name.text()));
                    names[persona] = name;
                }
                None => unresolved.push(persona),
            }
        }
        // A single one left over may keep the plain name.
        if unresolved.len() == 1 && !is_bare && used.insert(text.clone()) {
            continue;
        }
        // "Customers A" makes one ask for B.
        if let [persona] = unresolved[..]
            && is_bare
            && used.insert(folded(&format!("{OTHER} {text}")))
        {
            names[persona].words.insert(0, plain_word(OTHER));
            continue;
        }
        let mut letters = (0..).map(letter);
        for persona in unresolved {
            let plain = names[persona].text();
            if let Some(suffix) = letters.find(|suffix| used.insert(folded(&format!("{plain} {suffix}")))) {
                names[persona].words.push(plain_word(&suffix));
            }
        }
    }
    for persona in 0..names.len() {
        if let Some(sibling) = naming.outdone_by(&names, persona) {
            used.remove(&folded(&names[persona].text()));
            let apart = separating_name(naming, &names, persona, &[persona, sibling], &used, ctx)?;
            if let Some(name) = apart {
                names[persona] = name;
            }
            used.insert(folded(&names[persona].text()));
        }
    }
    Ok(names)
}

/// Personas with the same name, in the order of their first one.
fn groups_of_equals(names: &[Name]) -> Vec<Vec<usize>> {
    let texts: Vec<String> = names.iter().map(|name| folded(&name.text())).collect();
    // Names that stand alone come first, so that a name made to separate two others never takes theirs.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (persona, text) in texts.iter().enumerate() {
        match groups.iter_mut().find(|group| texts[group[0]] == *text) {
            Some(group) => group.push(persona),
            None => groups.push(vec![persona]),
        }
    }
    groups.sort_by_key(|group| (group.len() > 1, group[0]));
    groups
}

fn first_name(naming: &Naming, persona: usize, ctx: &Ctx) -> Result<Name, Stopped> {
    let traits = &naming.traits[persona];
    if naming.is_small(persona) {
        return Ok(Name { words: SMALL.split(' ').map(plain_word).collect(), picked: Vec::new(), match_all_share: None });
    }
    let mut name = Name { words: naming.plain_words(persona), picked: Vec::new(), match_all_share: None };
    // "Occupation 5 Customers" only where nothing else can be said.
    let is_code = |at: &usize| naming.phrase(persona, *at).is_bare_code();
    let (codes, others): (Vec<usize>, Vec<usize>) = (0..traits.len()).filter(|&at| traits[at].evidence.passes_name).partition(is_code);
    for (candidate, is_last_way) in others.iter().map(|&at| (at, false)).chain(codes.iter().map(|&at| (at, true))) {
        if name.picked.len() == 2 || (is_last_way && !name.picked.is_empty()) {
            break;
        }
        ctx.check()?;
        // Whether it has words is known at once; whether it says something new takes two passes over all rows.
        if let Some(longer) = naming.with(persona, &name.picked, candidate)
            && naming.is_new(persona, &name.picked, candidate, ctx)?
        {
            name = longer;
        }
    }
    Ok(name)
}

/// The name with the one more (or another last) trait that separates this persona best from the others of its group.
fn separating_name(
    naming: &Naming,
    names: &[Name],
    persona: usize,
    group: &[usize],
    used: &BTreeSet<String>,
    ctx: &Ctx,
) -> Result<Option<Name>, Stopped> {
    let traits = &naming.traits[persona];
    let picked = &names[persona].picked;
    let mut candidates: Vec<(f64, usize)> = Vec::new();
    for (at, found) in traits.iter().enumerate().filter(|(at, found)| found.evidence.passes_name && !picked.contains(at)) {
        let others = group.iter().filter(|&&other| other != persona).filter_map(|&other| {
            naming.traits[other].iter().find(|t| (t.column, t.level) == (found.column, found.level)).map(|t| t.evidence.effect)
        });
        let apart = others.map(|effect| (found.evidence.effect - effect).abs()).fold(f64::INFINITY, f64::min);
        candidates.push((if apart.is_finite() { apart } else { found.evidence.effect.abs() }, at));
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let shorter = &picked[..picked.len().saturating_sub(1)];
    for base in [&picked[..], shorter] {
        for &(_, candidate) in &candidates {
            ctx.check()?;
            if let Some(name) = naming.with(persona, base, candidate).filter(|name| !used.contains(&folded(&name.text())))
                && naming.is_new(persona, base, candidate, ctx)?
            {
                return Ok(Some(name));
            }
        }
    }
    Ok(None)
}

impl Naming<'_> {
    /// Whether a persona is too small for a name that rests on data.
    fn is_small(&self, persona: usize) -> bool {
        let n = self.members[persona].len();
        n < MIN_NAMED || (n as f64) < MIN_SHARE * self.groups.table_rows.len() as f64
    }

    /// The name of a persona that has none. "Mainstream" says that nothing strong was found, so it is not for those of whom much was found that
    /// no name may tell.
    fn plain_words(&self, persona: usize) -> Vec<NamePart> {
        let is_strong = |found: &Trait| found.evidence.passes_statement && found.evidence.effect.abs() >= STRONG_EFFECT;
        let mainstream = (!self.traits[persona].iter().any(is_strong)).then(|| plain_word("Mainstream"));
        mainstream.into_iter().chain([plain_word(&self.noun.title())]).collect()
    }

    fn phrase(&self, persona: usize, at: usize) -> Phrase<'_> {
        let found = &self.traits[persona][at];
        Phrase::of(&self.columns[found.column], found)
    }

    /// Whether another column of the same subject says the opposite, beyond the gate of statements: frequent by the gap, infrequent by the count.
    fn is_contradicted(&self, persona: usize, at: usize) -> bool {
        let traits = &self.traits[persona];
        if traits[at].level.is_some() {
            return false;
        }
        let (tag, more) = self.phrase(persona, at).subject();
        let others = traits.iter().enumerate().filter(|(_, other)| other.level.is_none() && other.evidence.passes_statement);
        others.map(|(other, _)| self.phrase(persona, other).subject()).any(|(other, is_more)| other == tag && is_more != more)
    }

    /// A persona of which the same is said but for one word about a number, although the word fits that one as well or better: "Older Customers with
    /// a Loan" must be older than the "Customers with a Loan".
    fn outdone_by(&self, names: &[Name], persona: usize) -> Option<usize> {
        let what = |of: usize, at: usize| (self.traits[of][at].column, self.traits[of][at].level);
        let own = &names[persona].picked;
        (0..names.len()).filter(|&other| other != persona && names[other].picked.len() + 1 == own.len()).find(|&other| {
            let shared = |at: usize| names[other].picked.iter().any(|&its| what(other, its) == what(persona, at));
            let mut extra = own.iter().copied().filter(|&at| !shared(at));
            let (Some(at), None) = (extra.next(), extra.next()) else { return false };
            let word = &self.traits[persona][at];
            let its = self.traits[other].iter().find(|found| found.column == word.column && found.level.is_none());
            word.level.is_none()
                && its.is_some_and(|its| match word.direction {
                    Direction::More => its.evidence.persona >= word.evidence.persona,
                    Direction::Less => its.evidence.persona <= word.evidence.persona,
                })
        })
    }

    /// Whether a candidate tells something that the picked traits do not.
    fn is_new(&self, persona: usize, picked: &[usize], candidate: usize, ctx: &Ctx) -> Result<bool, Stopped> {
        let traits = &self.traits[persona];
        let new = &traits[candidate];
        let tag = |found: &Trait| self.columns[found.column].entry.map(|entry| entry.tag.as_str());
        for &old in picked {
            let old = &traits[old];
            if old.column == new.column || (tag(old).is_some() && tag(old) == tag(new)) {
                return Ok(false);
            }
            if self.correlation(old, new, ctx)?.abs() > MAX_CORRELATION {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The name of the picked traits and one more, if it fits and half of the members match all of them.
    fn with(&self, persona: usize, picked: &[usize], candidate: usize) -> Option<Name> {
        let picked: Vec<usize> = picked.iter().copied().chain([candidate]).collect();
        let words = self.composed(persona, &picked)?;
        let traits: Vec<&Trait> = picked.iter().map(|&at| &self.traits[persona][at]).collect();
        let members = &self.members[persona];
        let n_matching = members.iter().filter(|&&at| traits.iter().all(|found| self.holds(found, at))).count();
        let share = n_matching as f64 / members.len().max(1) as f64;
        (share >= MIN_MATCH_ALL).then_some(Name { words, picked, match_all_share: Some(share) })
    }

    /// Adjectives by position, then one noun, then what stands behind it; the noun that stands latest in the grammar is tried first, the plain one last.
    fn composed(&self, persona: usize, picked: &[usize]) -> Option<Vec<NamePart>> {
        let parts = self.parts(persona, picked)?;
        let nouns = (0..parts.len()).rev().filter(|&i| parts[i].forms.noun.is_some()).map(Some).chain([None]);
        nouns.map(|noun| self.composed_with(&parts, noun)).find_map(|words| words.filter(|words| reads_well(words)))
    }

    /// The words around one noun; `None` where a trait has no word that fits there.
    fn composed_with(&self, parts: &[Part], noun: Option<usize>) -> Option<Vec<NamePart>> {
        let mut words: Vec<NamePart> = Vec::new();
        let mut push = |phrase: &str, part: &Part| {
            let word = |word: &str| NamePart { word: word.to_owned(), evidence: Some(part.at), also: part.also };
            words.extend(phrase.split_whitespace().map(word));
        };
        let others = || parts.iter().enumerate().filter(|(i, _)| noun != Some(*i)).map(|(_, part)| part);
        // "Sales Mostly Marketing Employees": whose marketing it is nobody can tell.
        let levels = || others().filter(|part| part.forms.is_level && part.forms.behind.is_none());
        let is_mostly = |part: &Part| part.forms.adjective.as_ref().is_some_and(|word| word.starts_with("Mostly "));
        if levels().count() > 1 && levels().any(is_mostly) {
            return None;
        }
        for part in others().filter(|part| part.forms.behind.is_none()) {
            let adjective = part.forms.adjective.as_ref()?;
            // "Sales Executive Buyers" is a chain of nouns.
            if noun.is_some() && part.forms.is_level && adjective.trim_start_matches("Mostly ").contains(' ') {
                return None;
            }
            push(adjective, part);
        }
        match noun.and_then(|i| parts[i].forms.noun.as_ref().map(|word| (word, &parts[i]))) {
            Some((word, part)) => push(word, part),
            None => words.push(plain_word(&self.noun.title())),
        }
        let mut push = |phrase: &str, part: &Part| {
            let word = |word: &str| NamePart { word: word.to_owned(), evidence: Some(part.at), also: part.also };
            words.extend(phrase.split_whitespace().map(word));
        };
        let mut behind = others().filter_map(|part| part.forms.behind.as_ref().map(|word| (word, part)));
        if let Some((word, part)) = behind.next() {
            push(word, part);
        }
        // Two things behind a noun are a sentence.
        behind.next().is_none().then_some(words)
    }

    /// What each trait is called, in the order of the grammar. Two traits that have a word together share it: it rests on the first, and the
    /// second, which passes too or it would not be picked, allows it.
    fn parts(&self, persona: usize, picked: &[usize]) -> Option<Vec<Part>> {
        let mut parts: Vec<Part> = Vec::new();
        let mut shared: Vec<usize> = Vec::new();
        for &at in picked {
            if self.is_contradicted(persona, at) {
                return None;
            }
            let phrase = self.phrase(persona, at);
            let with = picked.iter().find_map(|&other| Some((other, phrase.together(&self.phrase(persona, other))?)));
            let (also, forms) = match with {
                Some((other, forms)) => {
                    shared.push(other);
                    (Some(other), forms)
                }
                None => (None, phrase.forms(self.noun)?),
            };
            parts.push(Part { at, also, forms });
        }
        parts.retain(|part| !shared.contains(&part.at));
        // Whoever bought nothing has few items and no orders as well.
        let is_none = |part: &Part| part.forms.noun.as_deref() == Some(NON_BUYERS);
        if parts.iter().any(is_none) && parts.iter().any(|part| !is_none(part) && self.phrase(persona, part.at).has_hardly_any()) {
            return None;
        }
        // A trade, a degree or a device stands beside the noun: "High-Income Information Employees", "Married Graduate Employees".
        parts.sort_by_key(|part| (part.forms.is_beside_noun, part.forms.position));
        Some(parts)
    }

    /// Whether a trait holds for one row that takes part.
    fn holds(&self, found: &Trait, at: usize) -> bool {
        let row = self.groups.table_rows[at];
        match &self.columns[found.column].reading {
            Reading::Levels(levels) => levels.level(row) == found.level,
            Reading::Scale(scale) => scale.value(row).is_some_and(|value| found.includes(value)),
        }
    }

    /// Pearson's correlation of two traits inside the personas: every persona's own means are subtracted first. Over all rows together
    /// any two traits of one segment correlate, just because they are what makes it a segment. Levels count 1 and 0.
    fn correlation(&self, a: &Trait, b: &Trait, ctx: &Ctx) -> Result<f64, Stopped> {
        let n_groups = self.members.len() + 1;
        // Transforming is what costs here, so it is done once and not again in the second pass.
        let mut pairs: Vec<(usize, f64, f64)> = Vec::with_capacity(self.groups.table_rows.len());
        let mut sums = vec![(0.0, 0.0, 0.0); n_groups];
        for (rows, groups) in self.groups.table_rows.chunks(ROWS_A_CHECK).zip(self.groups.of_row.chunks(ROWS_A_CHECK)) {
            ctx.check()?;
            for (&row, group) in rows.iter().zip(groups) {
                let Some((x, y)) = self.number(a, row).zip(self.number(b, row)) else { continue };
                let group = group.unwrap_or(n_groups - 1);
                let (n, sum_a, sum_b) = &mut sums[group];
                *n += 1.0;
                *sum_a += x;
                *sum_b += y;
                pairs.push((group, x, y));
            }
        }
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        for pairs in pairs.chunks(ROWS_A_CHECK) {
            ctx.check()?;
            for &(group, x, y) in pairs {
                let (n, sum_a, sum_b) = sums[group];
                let (x, y) = (x - sum_a / n, y - sum_b / n);
                ab += x * y;
                aa += x * x;
                bb += y * y;
            }
        }
        Ok(if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 })
    }

    fn number(&self, found: &Trait, row: usize) -> Option<f64> {
        match &self.columns[found.column].reading {
            Reading::Levels(levels) => levels.level(row).map(|level| f64::from(u8::from(Some(level) == found.level))),
            Reading::Scale(scale) => scale.value(row).map(|value| scale.transformed(value)),
        }
    }
}

/// The words of a trait in a name.
struct Part {
    at: usize,
    also: Option<usize>,
    forms: Forms,
}

/// What those are called whom nothing sets apart, beside others who have a name.
const OTHER: &str = "Other";
/// What those are called who are too few for a name.
const SMALL: &str = "Small group";

/// Whether words fit into a name: not too long, and none twice.
fn reads_well(words: &[NamePart]) -> bool {
    let n_chars = words.iter().map(|part| part.word.chars().count() + 1).sum::<usize>() - 1;
    let is_behind = words.iter().any(|part| ["with", "without"].contains(&part.word.as_str()));
    let most = if is_behind { MAX_WORDS_BEHIND } else { MAX_WORDS };
    // "Frequent Buyers" and "Sales Buyers", "High-Spend" and "Spenders" are one word twice.
    let stems = || words.iter().flat_map(|part| part.word.split('-')).map(stem);
    let repeats = stems().enumerate().any(|(at, word)| stems().take(at).any(|before| before == word));
    words.len() <= most && n_chars <= MAX_CHARS && !repeats
}

/// A word without its ending in the plural.
fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    word.strip_suffix('s').filter(|stem| stem.len() >= 3).map(str::to_owned).unwrap_or(word)
}

fn plain_word(word: &str) -> NamePart {
    NamePart { word: word.to_owned(), evidence: None, also: None }
}

/// Names that differ only in case or spaces are the same to a reader.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A, B, ..., Z, AA, AB, ...
fn letter(i: usize) -> String {
    let last = char::from(b'A' + (i % 26) as u8);
    if i < 26 { last.to_string() } else { format!("{}{last}", letter(i / 26 - 1)) }
}
