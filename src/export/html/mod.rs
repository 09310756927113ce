//! The cards as ONE page that needs nothing else: overview, a card per persona, their evidence, and how they were made.
//!
//! In: the report and the plots' points. Out: HTML with its style and drawings inside, no script, no reference to elsewhere.
//! Everything that comes from data or from the user passes through [`escape`], and a policy forbids browsers to run or fetch anything. Prints a card per page on A4.

mod anchor;
mod card;
mod compare;
mod distribution;
mod evidence;
mod overview;
mod provenance;
mod sheet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::deck;
use super::fonts::SHIPPED;
use super::text::escape;
use super::{Choices, Plots, Report};

const STYLE: &str = include_str!("../../../assets/card.css");

/// What browsers may do with the page: show it. No script, no address but those of pictures and letters inside, whatever the data say.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/// The letters of the page, so that it looks the same where Inter is not installed: two weights, as in the window.
fn faces() -> String {
    let face = |(weight, font): (u32, &[u8])| {
        let letters = BASE64.encode(font);
        format!(
            "@font-face {{ font-family: Inter; font-weight: {weight}; src: url(data:font/otf;base64,{letters}) format(\"opentype\"); }}\n"
        )
    };
    [(400, SHIPPED[0]), (600, SHIPPED[1])].map(face).concat()
}

/// The whole page.
pub fn cards_html(report: &Report, plots: &Plots, choices: &Choices) -> String {
    let deck = &deck::deck(report, plots, choices);
    let source = escape(&deck.source);
    let faces = faces();
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Personas · {source}</title>\n<style>\n{faces}{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#cards\">Skip to the cards</a>\n<main>\n"
    );
    overview::overview(&mut page, report, plots, deck);
    page.push_str("<div id=\"cards\">\n");
    for (persona, card) in card::wanted(report, deck) {
        card::card(&mut page, persona, card);
    }
    page.push_str("</div>\n");
    deck.sheets.iter().for_each(|of| sheet::sheet(&mut page, of));
    compare::side_by_side(&mut page, deck);
    // Words of names and statements lead here, so the evidence is in every page, whatever its density.
    evidence::appendix(&mut page, report, deck);
    provenance::how_it_was_made(&mut page, deck);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}
