//! The first sheet: who everyone is at a glance. Shares of all rows add up to 100 %, unusual customers and rows left out among them.

use std::fmt::Write;
use std::sync::Arc;

use crate::plot::MapPlot;

use super::super::deck::Deck;
use super::super::glyph::glyph;
use super::super::json::rows_left_out;
use super::super::palette::{NOISE, hex, segment};
use super::super::plot::{Plot, plot_inline};
use super::super::text::{count, customers, escape, percent, percents_of};
use super::super::{Plots, Report, files::persona_names};
use super::{MAX_PAGE_POINTS, card_id};

/// One line of the table: its colour (none is hatched), its HTML in the first two cells, customers, share of revenue.
struct Member {
    colour: Option<String>,
    title: String,
    picture: String,
    name: String,
    n: usize,
    revenue: Option<f64>,
}

/// Writes the sheet.
pub fn overview(page: &mut String, report: &Report, plots: &Plots, deck: &Deck, source: &str) {
    let personas = &report.personas;
    let n = personas.personas.len();
    let left_out = rows_left_out(report);
    let analysed = report.prepared.table_rows.len();
    let _ = write!(
        page,
        "<section class=\"sheet overview\" aria-labelledby=\"top\">\n<p class=\"eyebrow\"><bdi>{source}</bdi></p>\n<h1 id=\"top\">{} in {}</h1>\n\
         <p class=\"lead\">Groups of customers that behave alike, found by {}. Every word of a name rests on a row of evidence at the end.</p>\n",
        match n {
            0 => "No persona".to_owned(),
            1 => "One persona".to_owned(),
            n => format!("{n} personas"),
        },
        customers(analysed),
        escape(&report.method_text),
    );

    let members = members(report, left_out);
    let shares = percents_of(&members.iter().map(|member| member.n).collect::<Vec<_>>());
    let spoken: Vec<String> = members.iter().zip(&shares).map(|(member, share)| format!("{} {share} %", member.title)).collect();
    let _ =
        write!(page, "<div class=\"overall\">\n<div class=\"bar\" role=\"img\" aria-label=\"Shares of all rows: {}\">", spoken.join(", "));
    for (member, share) in members.iter().zip(&shares) {
        let title = &member.title;
        let _ = match &member.colour {
            Some(colour) => write!(page, "<span style=\"flex:{} 1 0;--c:{colour}\" title=\"{title}: {share} %\"></span>", member.n),
            None => write!(page, "<span class=\"hatched\" style=\"flex:{} 1 0\" title=\"{title}: {share} %\"></span>", member.n),
        };
    }
    page.push_str("</div>\n");

    let with_revenue = personas.personas.iter().any(|persona| persona.revenue_share.is_some());
    let revenue_name = escape(personas.revenue_column.as_deref().unwrap_or("revenue"));
    page.push_str("<table class=\"members\">\n<thead><tr><td></td><th scope=\"col\">Persona</th><th scope=\"col\" class=\"n\">Customers</th><th scope=\"col\" class=\"n\">Share of all rows</th>");
    if with_revenue {
        let _ = write!(page, "<th scope=\"col\" class=\"n\">Share of <bdi>{revenue_name}</bdi></th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for (member, share) in members.iter().zip(&shares) {
        let Member { picture, name, n, .. } = member;
        let _ = write!(
            page,
            "<tr><td>{picture}</td><th scope=\"row\">{name}</th><td class=\"n\">{}</td><td class=\"n\">{share}\u{a0}%</td>",
            count(*n)
        );
        if with_revenue {
            let _ = write!(page, "<td class=\"n\">{}</td>", member.revenue.map_or_else(|| "–".to_owned(), percent));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    super::compare::who_is_missing(page, deck);
    small_plots(page, report, plots);
    page.push_str("</section>\n");
}

/// Everyone: the personas, then those in none, then the rows that took no part.
fn members(report: &Report, left_out: usize) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for persona in &report.personas.personas {
        let name = escape(&persona.name);
        members.push(Member {
            colour: Some(hex(segment(persona.number))),
            picture: glyph(persona.number),
            name: format!("<a href=\"#{}\"><bdi>{name}</bdi></a>", card_id(persona.cluster)),
            title: name,
            n: persona.n,
            revenue: persona.revenue_share,
        });
    }
    let mut rest = |title: &str, why: &str, colour: Option<String>, n: usize| {
        if n > 0 {
            let style = colour.as_ref().map_or_else(String::new, |colour| format!(" style=\"--c:{colour}\""));
            let hatched = if colour.is_none() { " hatched" } else { "" };
            members.push(Member {
                picture: format!("<span class=\"dot{hatched}\"{style}></span>"),
                name: format!("{title} <span class=\"muted small\">{why}</span>"),
                title: title.to_owned(),
                colour,
                n,
                revenue: None,
            });
        }
    };
    rest("Unusual customers", "unlike all groups, in none of them", Some(hex(NOISE)), report.personas.n_noise);
    rest("Rows left out", "took no part, see the notes at the end", None, left_out);
    members
}

/// The map, and what speaks for the number of segments, where their points are there.
fn small_plots(page: &mut String, report: &Report, plots: &Plots) {
    let names = persona_names(report);
    let plots = Plots { map: plots.map.as_deref().map(|map| Arc::new(thinner(map))), chosen: report.chosen.clone(), ..plots.clone() };
    let draw = |plot| plot_inline(plot, &plots, &names);
    let number_of_segments = [Plot::Elbow, Plot::EpsilonCurves].into_iter().find_map(draw);
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
