//! One persona as two sides of a card: the front for the room, the back with the evidence of every word.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::base::part;
use crate::data::Noun;
use crate::evaluate::{A_CHOICE, ONE_GROUP, Trust};
use crate::persona::picture::pixels;
use crate::persona::{Evidence, Persona, Personas, Priority, Statement, numbering};

use super::super::choices::Density;
use super::super::glyph::portrait;
use super::super::holds::{HoldsLine, HoldsQuestion};
use super::super::holds_sheet::holds_of;
use super::super::json::FEWEST_DESCRIBED;
use super::super::palette::{NOISE, hex, mix, segment};
use super::super::text::{count, percent, signed, without_folders};
use super::super::{Report, json::rows_left_out};
use super::spread::{Spread, spread};

/// Distributions of a front.
const DISTRIBUTIONS: usize = 6;
/// Lines of the profile.
const PROFILE_LINES: usize = 8;
/// Rows of evidence on a back; the JSON export has them all.
const EVIDENCE_LINES: usize = 18;

/// A card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CardPage {
    /// Its cluster, from 0: its place among the personas.
    pub cluster: usize,
    /// What people call it: "C1".
    pub label: String,
    /// "Persona 2 of 5".
    pub eyebrow: String,
    /// The name in force.
    pub name: String,
    /// The automatic name, where the user gave another.
    pub automatic_name: Option<String>,
    /// The sentence that the name may be out of date, if it may.
    pub out_of_date: Option<String>,
    /// The persona's colour.
    pub colour: String,
    /// A light tint of it, for grounds.
    pub tint: String,
    /// A dark shade of it, for text on light grounds.
    pub shade: String,
    /// The colour behind the portrait.
    pub ground: String,
    /// The portrait's tiles in a unit square.
    pub tiles: Vec<Tile>,
    /// One sentence.
    pub summary: String,
    /// The three facts: customers, share, revenue.
    pub facts: Vec<Fact>,
    /// What came of them: "Churn 40 % (all: 27 %)".
    pub outcome: Option<String>,
    /// How far it may be relied on, if somebody looked.
    pub badge: Option<Badge>,
    /// All personas as one bar, this one filled.
    pub strip: Vec<Strip>,
    /// What sets them apart.
    pub more: Vec<Line>,
    /// Less than others.
    pub less: Vec<Line>,
    /// The sentence that stands where nothing can be said.
    pub nothing: Option<String>,
    /// Where the median stands among everyone, column by column.
    pub profile: Vec<ProfileLine>,
    /// Distribution.
    pub spreads: Vec<Spread>,
    /// The block "Added by you": titles and texts, empty ones left out.
    pub added: Vec<(String, String)>,
    /// "High priority", if the user said so.
    pub priority: Option<String>,
    /// The user's picture: whether there is one that can be read; its bytes are in the report.
    pub has_picture: bool,
    /// What the speaker wants to say.
    pub speaker_notes: String,
    /// The footer's parts.
    pub footer: Vec<String>,
    /// The rows that name and statements rest on, then the strongest others.
    pub evidence: Vec<EvidenceLine>,
    /// Rows of evidence beyond those shown.
    pub n_more_evidence: usize,
    /// Whether values of few customers were withheld.
    pub has_suppressed: bool,
    /// Why the badge says what it says.
    pub trust: Vec<String>,
    /// How well it holds: the four questions in their order, each answered or said not to be looked at.
    pub holds: Vec<HeldLine>,
    /// What they do more than others, and their typical visit; empty where no events were looked at.
    pub did: Vec<String>,
    /// The membership rule in words, if there is one.
    pub rule: Option<String>,
    /// How well the rule catches them.
    pub rule_quality: Option<String>,
    /// Typical customers: column and value pairs.
    pub examples: Vec<Vec<(String, String)>>,
    /// What they are: typical, or only the nearest to the centre.
    pub examples_title: String,
}

/// A convex outline of the portrait.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tile {
    /// Its colour.
    pub colour: String,
    /// Its corners in a unit square.
    pub points: Vec<[f64; 2]>,
}

/// One answer to how well a persona holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldLine {
    /// "Comes back".
    pub title: String,
    /// "High"; "Not checked".
    pub word: String,
    /// "0.93"; empty where there is none.
    pub value: String,
    /// The whole in words.
    pub sentence: String,
}

impl HeldLine {
    /// "Comes back: High, 0.93."
    pub fn told(&self) -> String {
        let value = if self.value.is_empty() { String::new() } else { format!(", {}", self.value) };
        format!("{}: {}{value}.", self.title, self.word)
    }
}

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// "1 204".
    pub value: String,
    /// "customers".
    pub label: String,
}

/// How far a segment may be relied on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Badge {
    /// "High", "Good", "Unproven", "Fuzzy", "Unreliable".
    pub word: String,
    /// The same for programs.
    pub confidence: Confidence,
    /// How full the mark is, 0 to 1.
    pub fill: f64,
    /// Whether no groups were found, so that the segment is a choice; the word says so.
    pub is_choice: bool,
}

/// The four bands of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Jaccard at least .85 and 100 customers.
    High,
    /// At least .75.
    Good,
    /// At least .85, as shuffled columns reach too.
    Unproven,
    /// .60 to .75.
    Fuzzy,
    /// Less, or fewer than 31 customers.
    DoNotRely,
}

/// A piece of the bar of shares.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strip {
    /// Its share of all rows, 0 to 1.
    pub fraction: f64,
    /// Whether it is this card's.
    pub is_this: bool,
    /// Whose it is.
    pub rest: Rest,
}

/// Whose part of everyone something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// A persona's.
    Persona,
    /// Customers in no segment.
    InNoGroup,
    /// Rows that took no part.
    LeftOut,
}

/// A statement on the front.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// "High total spend", with how many columns say the same.
    pub text: String,
    /// The same alone, where there is no room for more.
    pub brief: String,
    /// "€ 1 240".
    pub value: String,
    /// "€ 410".
    pub everyone: String,
    /// Its row on the back, from 1, if it is there.
    pub evidence: Option<usize>,
}

/// The middle of the persona among everyone, on one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileLine {
    /// The column, or column and level.
    pub label: String,
    /// 0 to 1: percentile of everyone for numbers; 0.5 is everyone's middle.
    pub place: f64,
    /// "€ 1 240".
    pub value: String,
    /// "€ 410".
    pub everyone: String,
}

/// A row of the back's table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceLine {
    /// Its number on this back, from 1.
    pub number: usize,
    /// The column, with its level.
    pub what: String,
    /// What on the front rests on it: "name", "outcome", "statement", or nothing.
    pub used: String,
    /// Median or share inside.
    pub persona: String,
    /// Of everyone.
    pub everyone: String,
    /// Of all others.
    pub rest: String,
    /// "+0.82".
    pub effect: String,
    /// "+0.75 to +0.89".
    pub interval: String,
    /// Members with a value.
    pub n: String,
    /// Share of members without one.
    pub missing: String,
}

impl Badge {
    /// The word with what it is about.
    pub fn told(&self) -> String {
        if self.is_choice { self.word.clone() } else { format!("Confidence: {}", self.word) }
    }
}

impl EvidenceLine {
    /// The row's cells in the order of its table: number, column, use, persona, everyone, others, effect, interval, customers, missing.
    pub fn cells(&self) -> [String; 10] {
        let EvidenceLine { number, what, used, persona, everyone, rest, effect, interval, n, missing } = self.clone();
        [number.to_string(), what, used, persona, everyone, rest, effect, interval, n, missing]
    }
}

/// "Persona 3 of 4"; a part says first whose part it is: "C3.1, part of C3 · Persona 3 of 4".
fn eyebrow(persona: &Persona, of: usize) -> String {
    let nth = format!("Persona {} of {of}", persona.cluster + 1);
    match part::parent(persona.number) {
        Some(parent) => format!("{}, part of {} · {nth}", numbering::name(persona.number), numbering::name(parent)),
        None => nth,
    }
}

/// The card of one persona.
pub(super) fn card(report: &Report, persona: &Persona, density: Density) -> CardPage {
    let is_for_a_room = density == Density::Workshop;
    let colour = segment(persona.number);
    let portrait = portrait(persona.number);
    let described = persona.n >= FEWEST_DESCRIBED;
    let rows = evidence_rows(report, persona);
    let shown = &rows[..rows.len().min(EVIDENCE_LINES)];
    let line = |statement: &Statement| Line {
        text: report.personas.statement_text(persona, statement),
        brief: statement.text.clone(),
        value: statement.value.clone(),
        everyone: statement.everyone.clone(),
        evidence: shown.iter().position(|row| *row == statement.evidence).map(|at| at + 1),
    };
    let told = if is_for_a_room { persona.told_to_a_room() } else { persona.told() };
    let [more, less] = told.map(|told| told.into_iter().filter(|_| described).map(line).collect::<Vec<Line>>());
    let noun = report.noun();
    let explained = report.known_explained();
    let rule = explained.and_then(|explained| explained.rules.get(persona.cluster)?.as_ref()).filter(|_| described);
    CardPage {
        cluster: persona.cluster,
        label: numbering::name(persona.number),
        eyebrow: eyebrow(persona, report.personas.personas.len()),
        name: persona.name.clone(),
        // How somebody's own name came to be is nobody's question in a room.
        automatic_name: (persona.is_renamed && !is_for_a_room).then(|| persona.automatic_name.clone()),
        out_of_date: persona
            .may_be_out_of_date
            .then(|| format!("The name may be out of date: these {} have changed since it was given.", noun.many)),
        colour: hex(colour),
        tint: hex(mix(colour, [255; 3], 0.88)),
        shade: hex(mix(colour, [27, 29, 33], 0.45)),
        ground: hex(portrait.ground),
        tiles: portrait.tiles.into_iter().map(|(ink, points)| Tile { colour: hex(ink), points }).collect(),
        summary: persona.summary.clone(),
        facts: facts(persona, &noun),
        outcome: persona.outcome_text(&noun).filter(|_| described),
        badge: badge(report, persona.cluster),
        strip: strip(report, persona.cluster),
        nothing: nothing(persona, &noun, described, more.is_empty() && less.is_empty() && !report.personas.is_everyone()),
        more,
        less,
        profile: if described { profile(&report.personas, persona) } else { Vec::new() },
        spreads: persona.drawn(is_for_a_room).filter(|_| described).take(DISTRIBUTIONS).map(spread).collect(),
        added: added(persona),
        priority: Some(persona.added.priority).filter(|priority| *priority != Priority::None).map(|priority| priority.name().to_owned()),
        has_picture: persona.added.picture.as_ref().is_some_and(|picture| pixels(picture).is_some()),
        speaker_notes: persona.added.speaker_notes.trim().to_owned(),
        footer: footer(report, persona),
        evidence: shown.iter().enumerate().map(|(at, &row)| evidence_line(at + 1, report, persona, row)).collect(),
        n_more_evidence: rows.len() - shown.len(),
        has_suppressed: report.personas.withholds(persona, shown.iter().copied()),
        trust: trust(report, persona),
        holds: holds(report, persona),
        did: did(report, persona),
        rule: rule.map(|rule| rule.conditions.iter().map(|condition| condition.text.as_str()).collect::<Vec<_>>().join(" and ")),
        rule_quality: rule.map(|rule| {
            format!(
                "{} of the {} it catches belong here (precision), and it finds {} of the segment (recall).",
                percent(rule.precision),
                noun.counted(rule.n_caught),
                percent(rule.recall)
            )
        }),
        examples_title: explained.map_or_else(String::new, |explained| explained.examples_title(persona.cluster, &noun)),
        examples: explained
            .and_then(|explained| explained.examples.get(persona.cluster))
            .filter(|_| described)
            .map(|examples| examples.iter().map(|example| example.values.clone()).collect())
            .unwrap_or_default(),
    }
}

/// Why the badge says what it says.
fn trust(report: &Report, persona: &Persona) -> Vec<String> {
    let is_choice = report.structure.is_a_choice(report.personas.personas.len());
    let stability = report.known_stability().map(|stability| stability.reasons_with(persona.cluster, persona.headline_missing()));
    let noun = report.noun();
    let reasons = is_choice.then(|| ONE_GROUP.to_owned()).into_iter().chain(stability.unwrap_or_default());
    reasons.map(|reason| noun.in_text(&reason)).collect()
}

/// How well it holds, in the words of every export.
fn holds(report: &Report, persona: &Persona) -> Vec<HeldLine> {
    let noun = report.noun();
    let lines = holds_of(report).lines(persona.cluster, persona.headline_missing());
    let told = |line: HoldsLine| {
        let trust = trust(report, persona);
        // Where no groups were found, the reasons begin with that.
        let is_doubted = line.question == HoldsQuestion::ComesBack && !trust.is_empty();
        HeldLine {
            title: line.question.title().to_owned(),
            word: line.word.to_owned(),
            value: line.value,
            sentence: if is_doubted { trust.join(" ") } else { noun.in_text(&line.sentence) },
        }
    };
    lines.map(told).into()
}

/// What they do more than others, in the words of every export.
fn did(report: &Report, persona: &Persona) -> Vec<String> {
    let noun = report.noun();
    let told = report.did.iter().flat_map(|did| did.on_card(persona.cluster));
    told.map(|sentence| noun.in_text(&sentence)).collect()
}

/// The badge of a cluster, if its stability is known or it is a choice; everyone together needs none.
pub(super) fn badge(report: &Report, cluster: usize) -> Option<Badge> {
    if report.structure.is_a_choice(report.personas.personas.len()) {
        return Some(Badge { word: A_CHOICE.to_owned(), confidence: Confidence::DoNotRely, fill: 0.0, is_choice: true });
    }
    let missing = report.personas.personas.get(cluster).map_or(0.0, Persona::headline_missing);
    let trust = report.known_stability()?.trust_with(cluster, missing);
    let (confidence, fill) = match trust {
        Trust::High => (Confidence::High, 1.0),
        Trust::Good => (Confidence::Good, 0.68),
        Trust::Unproven => (Confidence::Unproven, 0.5),
        Trust::Fuzzy => (Confidence::Fuzzy, 0.36),
        Trust::DoNotRely => (Confidence::DoNotRely, 0.0),
    };
    Some(Badge { word: trust.word().to_owned(), confidence, fill, is_choice: false })
}

fn facts(persona: &Persona, noun: &Noun) -> Vec<Fact> {
    let mut facts = vec![
        Fact { value: count(persona.n), label: noun.of_count(persona.n).to_owned() },
        Fact { value: percent(persona.share), label: format!("of the {} analysed", noun.many) },
    ];
    if let Some(share) = persona.revenue_share {
        facts.push(Fact { value: percent(share), label: "of revenue".to_owned() });
    }
    facts
}

fn strip(report: &Report, cluster: usize) -> Vec<Strip> {
    let all = report.loaded.table.n_rows.max(1) as f64;
    let piece = |n: usize, is_this, rest| Strip { fraction: n as f64 / all, is_this, rest };
    let personas = report.personas.personas.iter().map(|other| piece(other.n, other.cluster == cluster, Rest::Persona));
    let others = [(report.personas.n_noise, Rest::InNoGroup), (rows_left_out(report), Rest::LeftOut)];
    personas.chain(others.into_iter().filter(|(n, _)| *n > 0).map(|(n, rest)| piece(n, false, rest))).collect()
}

fn nothing(persona: &Persona, noun: &Noun, described: bool, is_empty: bool) -> Option<String> {
    if !described {
        return Some(format!("Only {}: too few to describe without exposing individuals.", noun.counted(persona.n)));
    }
    is_empty.then(|| "No strong difference from everyone was found.".to_owned())
}

/// The strongest columns with a percentile, each fact once.
fn profile(personas: &Personas, persona: &Persona) -> Vec<ProfileLine> {
    let mut seen = BTreeSet::new();
    let listed = personas.listed_evidence(persona).into_iter().map(|at| &persona.evidence[at]);
    let rows = listed.filter(|row| row.n >= FEWEST_DESCRIBED && seen.insert(&row.column));
    let line = |row: &Evidence| {
        row.told_percentile().map(|percentile| ProfileLine {
            label: row.shown.column.clone(),
            place: (percentile / 100.0).clamp(0.0, 1.0),
            value: row.texts[0].clone(),
            everyone: row.texts[1].clone(),
        })
    };
    rows.filter_map(line).take(PROFILE_LINES).collect()
}

fn added(persona: &Persona) -> Vec<(String, String)> {
    let added = &persona.added;
    let texts = [("Goals", &added.goals), ("Pains", &added.pains), ("Quotes", &added.quotes), ("Messages", &added.messages)];
    let written = texts.into_iter().filter(|(_, text)| !text.trim().is_empty());
    written.map(|(title, text)| (title.to_owned(), text.trim().to_owned())).collect()
}

fn footer(report: &Report, persona: &Persona) -> Vec<String> {
    let source = without_folders(&report.loaded.title);
    let mut footer = vec![format!("Source: {source}, {} rows", count(report.loaded.table.n_rows))];
    if let Some(share) = persona.match_all_share {
        footer.push(format!("{} match all headline traits", percent(share)));
    }
    footer
}

/// Rows of evidence in the order a back shows them: those in use first, then the strongest others.
fn evidence_rows(report: &Report, persona: &Persona) -> Vec<usize> {
    let words = persona.name_parts.iter().filter_map(|part| part.evidence);
    let used: BTreeSet<usize> = words.chain(persona.rows_on_front()).collect();
    let listed = report.personas.listed_evidence(persona);
    let others = listed.into_iter().filter(|row| !used.contains(row)).collect::<Vec<_>>();
    used.iter().copied().filter(|row| *row < persona.evidence.len()).chain(others).collect()
}

fn evidence_line(number: usize, report: &Report, persona: &Persona, row: usize) -> EvidenceLine {
    let evidence = &persona.evidence[row];
    let described = evidence.n >= FEWEST_DESCRIBED;
    let or_dash = |text: String, is_told: bool| if is_told { text } else { "–".to_owned() };
    let is_compared = !evidence.hidden().effect();
    let in_name = persona.name_parts.iter().any(|part| part.evidence == Some(row));
    let in_outcome = persona.outcomes().iter().any(|line| line.evidence == row);
    let used = match (in_name, in_outcome) {
        (true, _) => "name",
        (false, true) => "outcome",
        (false, false) if persona.rows_on_front().contains(&row) => "statement",
        (false, false) => "",
    };
    let what = evidence.shown.title();
    EvidenceLine {
        number,
        what: report.personas.twins.also(evidence).map_or_else(|| what.clone(), |also| format!("{what}, {also}")),
        used: used.to_owned(),
        persona: or_dash(evidence.texts[0].clone(), described),
        everyone: evidence.texts[1].clone(),
        rest: or_dash(evidence.texts[2].clone(), described),
        effect: or_dash(signed(evidence.effect, 2), is_compared),
        interval: or_dash(
            evidence.interval.map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", signed(low, 2), signed(high, 2))),
            is_compared,
        ),
        n: count(evidence.n),
        missing: percent(evidence.missing_share),
    }
}

/// The colour of customers in no segment.
pub(super) fn noise_colour() -> String {
    hex(NOISE)
}
