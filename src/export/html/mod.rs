//! The cards as ONE page that needs nothing else: overview, a card a persona, their evidence, and how they were made.
//!
//! In: the report and the plots' points. Out: HTML with its style and drawings inside, no script, no reference to elsewhere.
//! Everything that comes from data or from the user passes through [`escape`]. Prints a card a page on A4.

mod card;
mod compare;
mod distribution;
mod evidence;
mod made;
mod overview;

use super::text::{escape, without_folders};
use super::{Choices, Plots, Report, deck};

const STYLE: &str = include_str!("../../../assets/card.css");

/// Pages with more plot points than this are slow to open.
const MAX_PAGE_POINTS: usize = 6_000;

/// The whole page.
pub fn cards_html(report: &Report, plots: &Plots, choices: &Choices) -> String {
    let deck = &deck::deck(report, plots, choices);
    let source = escape(without_folders(&report.loaded.title));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Personas · {source}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#cards\">Skip to the cards</a>\n<main>\n"
    );
    overview::overview(&mut page, report, plots, deck, &source);
    page.push_str("<div id=\"cards\">\n");
    for persona in report.personas.personas.iter().filter(|persona| choices.wants(persona.number)) {
        card::card(&mut page, persona, report, &source);
    }
    page.push_str("</div>\n");
    compare::side_by_side(&mut page, deck);
    // Words of names and statements lead here, so the evidence is in every page, whatever its density.
    evidence::appendix(&mut page, report, deck, choices);
    made::how_it_was_made(&mut page, deck);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The anchor of an evidence row.
fn evidence_id(cluster: usize, row: usize) -> String {
    format!("e{}-{}", cluster + 1, row + 1)
}

/// The anchor of a card.
fn card_id(cluster: usize) -> String {
    format!("p{}", cluster + 1)
}
