//! Everyone on one sheet: the personas, those in no group and rows left out, in shares of all rows, and who is missing.

use serde::Serialize;

use crate::cluster::Chosen;

use super::super::choices::Density;
use super::super::glyph::portrait;
use super::super::holds_sheet::verdict_in_doubt;
use super::super::json::rows_left_out;
use super::super::palette::{hex, segment};
use super::super::text::{count, percent, percents};
use super::super::{Report, json::FEWEST_DESCRIBED};
use super::card::{Badge, Rest, Tile, badge, noise_colour};

/// Traits of a persona on the overview.
const TRAITS: usize = 3;

/// The first sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// What is to be said before anything else where groups were not found, or hardly are.
    pub doubt: Option<String>,
    /// How they were found, in one sentence.
    pub lead: String,
    /// Everyone, personas first.
    pub members: Vec<Member>,
    /// What the column of revenue shares is called, if there is one.
    pub revenue: Option<String>,
}

/// A line of the overview.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// Who they are.
    pub name: String,
    /// Their cluster, if they are a persona.
    pub cluster: Option<usize>,
    /// Whose line it is.
    pub rest: Rest,
    /// Their colour; none for rows left out, which are hatched.
    pub colour: Option<String>,
    /// The colour behind the portrait.
    pub ground: Option<String>,
    /// The portrait.
    pub tiles: Vec<Tile>,
    /// Why they are here, or the strongest traits in words.
    pub traits: Vec<String>,
    /// What came of them: "Churn 40 % (all: 27 %)".
    pub outcome: Option<String>,
    /// "1 204".
    pub customers: String,
    /// "24 %", of all rows.
    pub share: String,
    /// The same, 0 to 1.
    pub fraction: f64,
    /// "31 %".
    pub revenue: Option<String>,
    /// How far it may be relied on.
    pub badge: Option<Badge>,
}

/// The overview of a report.
pub(super) fn overview(report: &Report, density: Density) -> Overview {
    let mut members: Vec<(Member, usize)> = Vec::new();
    for persona in &report.personas.personas {
        let portrait = portrait(persona.number);
        let traits = persona.in_few_words().filter(|_| persona.n >= FEWEST_DESCRIBED);
        let member = Member {
            name: persona.name.clone(),
            cluster: Some(persona.cluster),
            rest: Rest::Persona,
            colour: Some(hex(segment(persona.number))),
            ground: Some(hex(portrait.ground)),
            tiles: portrait.tiles.into_iter().map(|(ink, points)| Tile { colour: hex(ink), points }).collect(),
            traits: traits.take(TRAITS).map(|statement| statement.text.clone()).collect(),
            outcome: persona.outcome_text(&report.noun()).filter(|_| persona.n >= FEWEST_DESCRIBED),
            revenue: persona.revenue_share.map(percent),
            badge: badge(report, persona.cluster),
            ..rest("", "", Rest::Persona, None)
        };
        members.push((member, persona.n));
    }
    let noise = report.personas.n_noise;
    if noise > 0 {
        members.push((rest("In no group", "Unlike all groups, so in none of them", Rest::InNoGroup, Some(noise_colour())), noise));
    }
    let left_out = rows_left_out(report);
    if left_out > 0 {
        members.push((rest("Rows left out", "Not analysed; see how this was made", Rest::LeftOut, None), left_out));
    }
    let sizes: Vec<usize> = members.iter().map(|(_, n)| *n).collect();
    let all = sizes.iter().sum::<usize>().max(1) as f64;
    let shares = percents(&sizes);
    let members = members.into_iter().zip(shares);
    let members = members.map(|((member, n), share)| Member { customers: count(n), fraction: n as f64 / all, share, ..member }).collect();
    let revenue = report.personas.revenue_told(&report.dictionary);
    Overview {
        doubt: report.structure.doubt.as_deref().map(|doubt| report.noun().in_text(doubt)).or_else(|| verdict_in_doubt(report)),
        lead: [lead(report, density)].into_iter().chain(revenue.clone()).collect::<Vec<_>>().join(" "),
        members,
        revenue: revenue.map(|_| "revenue".to_owned()),
    }
}

/// How the personas came to be. What is a choice, or given, was not found.
fn lead(report: &Report, density: Density) -> String {
    // How they were found is nobody's question in a room.
    let how = |said: &str, method: &str| match density {
        Density::Analyst => format!("{said}{method} {}.", report.method_text),
        Density::Workshop => format!("{said}."),
    };
    match (&report.chosen.by, report.personas.personas.len()) {
        (Some(Chosen::Column { name }), _) => format!("The groups of the column {}, as the data give them.", report.dictionary.name(name)),
        (_, 1) if report.structure.found == Some(false) => "One persona describes everyone.".to_owned(),
        (_, n) if report.structure.is_a_choice(n) => how("Split by choice", ", with"),
        _ => how(&format!("Groups of {} that are alike", report.noun().many), ", found by"),
    }
}

fn rest(name: &str, why: &str, rest: Rest, colour: Option<String>) -> Member {
    Member {
        name: name.to_owned(),
        cluster: None,
        rest,
        colour,
        ground: None,
        tiles: Vec::new(),
        traits: Some(why.to_owned()).filter(|why| !why.is_empty()).into_iter().collect(),
        outcome: None,
        customers: String::new(),
        share: String::new(),
        fraction: 0.0,
        revenue: None,
        badge: None,
    }
}

/// Who is nobody's commonest, in sentences.
pub(super) fn missing(report: &Report, names: &[String]) -> Vec<String> {
    let noun = report.noun();
    let line = |group: &crate::persona::MissingGroup| {
        let most =
            group.most_in.and_then(|(cluster, share)| Some(format!("; highest share in {}: {}", names.get(cluster)?, percent(share))));
        format!("{}: {}, {} of all{}", group.who(), noun.counted(group.n), percent(group.share), most.unwrap_or_default())
    };
    report.personas.missing_groups.iter().filter(|group| group.n >= FEWEST_DESCRIBED).map(line).collect()
}
