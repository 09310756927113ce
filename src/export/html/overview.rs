//! The first sheet: who everyone is at a glance. Shares are of all rows, those in no group and rows left out among them.

use std::fmt::Write;
use std::sync::Arc;

use crate::plot::MapPlot;

use super::super::deck::{Deck, Member};
use super::super::glyph::glyph;
use super::super::plot::plot_inline;
use super::super::report::persona_names;
use super::super::text::escape;
use super::super::{Plot, Plots, Report};
use super::anchor::card_id;

/// Pages with more plot points than this are slow to open.
const MAX_PAGE_POINTS: usize = 6_000;

/// Writes the sheet.
pub fn overview(page: &mut String, report: &Report, plots: &Plots, deck: &Deck) {
    let _ = write!(
        page,
        "<section class=\"sheet overview\" aria-labelledby=\"top\">\n<p class=\"eyebrow\"><bdi>{}</bdi></p>\n<h1 id=\"top\">{}</h1>\n{}\
         <p class=\"lead\">{} Every word of a name rests on a row of evidence at the end.</p>\n",
        escape(&deck.source),
        escape(&deck.title),
        deck.overview.doubt.as_ref().map_or_else(String::new, |doubt| format!("<p class=\"doubt\">{}</p>\n", escape(doubt))),
        escape(&deck.overview.lead),
    );
    let members = &deck.overview.members;
    bar(page, members);
    table(page, report, deck);
    super::compare::who_is_missing(page, deck);
    small_plots(page, report, plots, deck.with_backs);
    page.push_str("</section>\n");
}

/// Everyone as one bar.
fn bar(page: &mut String, members: &[Member]) {
    let spoken: Vec<String> = members.iter().map(|member| format!("{} {}", escape(&member.name), escape(&member.share))).collect();
    let _ =
        write!(page, "<div class=\"overall\">\n<div class=\"bar\" role=\"img\" aria-label=\"Shares of all rows: {}\">", spoken.join(", "));
    for (member, told) in members.iter().zip(&spoken) {
        let (class, colour) = match &member.colour {
            Some(colour) => ("", format!(";--c:{colour}")),
            None => (" class=\"hatched\"", String::new()),
        };
        let _ = write!(page, "<span{class} style=\"flex:{:.5} 1 0{colour}\" title=\"{told}\"></span>", member.fraction);
    }
    page.push_str("</div>\n");
}

/// A line per member, with the strongest traits in words.
fn table(page: &mut String, report: &Report, deck: &Deck) {
    let overview = &deck.overview;
    let with_badges = overview.members.iter().any(|member| member.badge.is_some());
    let _ = write!(
        page,
        "<table class=\"members\">\n<thead><tr><td></td><th scope=\"col\">Persona</th><th scope=\"col\" class=\"n\">{}</th><th scope=\"col\" class=\"n\">Share of all rows</th>",
        escape(&deck.noun.title())
    );
    if let Some(revenue) = &overview.revenue {
        let _ = write!(page, "<th scope=\"col\" class=\"n\">Share of <bdi>{}</bdi></th>", escape(revenue));
    }
    if with_badges {
        page.push_str("<th scope=\"col\" class=\"n\">Confidence</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    let or_dash = |text: Option<&str>| text.map_or_else(|| "–".to_owned(), escape);
    for member in &overview.members {
        let (name, traits) = (escape(&member.name), escape(&member.traits.join(" · ")));
        let outcome = member
            .outcome
            .as_deref()
            .map_or_else(String::new, |outcome| format!(" <span class=\"outcome small\">{}</span>", escape(outcome)));
        let name = member.cluster.map_or(name.clone(), |cluster| format!("<a href=\"#{}\"><bdi>{name}</bdi></a>", card_id(cluster)));
        let _ = write!(
            page,
            "<tr><td>{}</td><th scope=\"row\">{name}{outcome} <span class=\"muted small\"><bdi>{traits}</bdi></span></th><td class=\"n\">{}</td><td class=\"n\">{}</td>",
            picture(report, member),
            member.customers,
            escape(&member.share)
        );
        if overview.revenue.is_some() {
            let _ = write!(page, "<td class=\"n\">{}</td>", or_dash(member.revenue.as_deref()));
        }
        if with_badges {
            let _ = write!(page, "<td class=\"n\">{}</td>", or_dash(member.badge.as_ref().map(|badge| badge.word.as_str())));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

/// A persona's portrait; a dot in their colour for everyone else.
fn picture(report: &Report, member: &Member) -> String {
    let persona = member.cluster.and_then(|cluster| report.personas.personas.iter().find(|persona| persona.cluster == cluster));
    match (persona, &member.colour) {
        (Some(persona), _) => glyph(persona.number),
        (None, Some(colour)) => format!("<span class=\"dot\" style=\"--c:{colour}\"></span>"),
        (None, None) => "<span class=\"dot hatched\"></span>".to_owned(),
    }
}

/// The map, and what speaks for the number of segments, where their points are there.
fn small_plots(page: &mut String, report: &Report, plots: &Plots, is_for_analysts: bool) {
    let names = persona_names(report);
    let plots = Plots {
        map: plots.map.as_deref().map(|map| Arc::new(thinner(map))),
        chosen: report.chosen.by.clone(),
        noun: report.noun(),
        ..plots.clone()
    };
    let draw = |plot| plot_inline(plot, &plots, &names);
    // Inertia says nothing to a room.
    let number_of_segments = [Plot::Elbow, Plot::EpsilonCurves].into_iter().filter(|_| is_for_analysts).find_map(draw);
    let drawings: Vec<String> =
        draw(Plot::Map).into_iter().chain(number_of_segments).map(|drawing| format!("<figure>{drawing}</figure>\n")).collect();
    if !drawings.is_empty() {
        let _ = write!(page, "<div class=\"plots\">\n{}</div>\n", drawings.concat());
    }
}

/// The map with fewer points, even within each segment.
fn thinner(map: &MapPlot) -> MapPlot {
    let every = map.n_shown.div_ceil(MAX_PAGE_POINTS).max(1);
    let thin = |points: &Vec<[f64; 2]>| points.iter().step_by(every).copied().collect::<Vec<_>>();
    let clusters: Vec<_> = map.clusters.iter().map(thin).collect();
    let noise = thin(&map.noise);
    let n_shown = clusters.iter().map(Vec::len).sum::<usize>() + noise.len();
    MapPlot { clusters, noise, n_shown, ..map.clone() }
}
