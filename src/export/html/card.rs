//! One persona as a card: name, one sentence, three facts, what sets them apart, where their middle stands, distributions, what the user added.
//!
//! In: the deck's page of the persona, and the persona for the rows of evidence that words lead to. Out: an article.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::ImageFormat;

use crate::persona::{Persona, Picture, Statement};

use super::super::Report;
use super::super::deck::{Badge, CardPage, Confidence, Deck, Line, ProfileLine, Rest, Spread, SpreadDrawing};
use super::super::glyph::glyph;
use super::super::json::FEWEST_DESCRIBED;
use super::super::text::escape;
use super::anchor::{card_id, evidence_id};
use super::distribution;

/// The personas with a card, and their cards.
pub(super) fn wanted<'a>(report: &'a Report, deck: &'a Deck) -> impl Iterator<Item = (&'a Persona, &'a CardPage)> {
    let persona = |card: &CardPage| report.personas.personas.iter().find(|persona| persona.cluster == card.cluster);
    deck.cards.iter().filter_map(move |card| Some((persona(card)?, card)))
}

/// Writes the card.
pub fn card(page: &mut String, persona: &Persona, card: &CardPage) {
    let id = card_id(persona.cluster);
    let _ = write!(
        page,
        "<article class=\"sheet card{}\" id=\"{id}\" style=\"--c:{}\" aria-labelledby=\"{id}-name\">\n<div class=\"band\"></div>\n\
         <header class=\"head\">{}<div>\n<div class=\"eyebrow\"><p>{}</p>{}</div>\n<h2 id=\"{id}-name\"><bdi>{}</bdi></h2>\n",
        if card.added.is_empty() { "" } else { " written" },
        card.colour,
        portrait(persona, card),
        escape(&card.eyebrow),
        card.badge.as_ref().map_or_else(String::new, |it| badge(it, persona.cluster, &card.trust)),
        if persona.is_renamed { escape(&card.name) } else { linked(persona, &card.name) },
    );
    if let Some(name) = &card.automatic_name {
        let _ = writeln!(page, "<p class=\"muted small\">Named by you. Automatic name: <bdi>{}</bdi></p>", linked(persona, name));
    }
    let _ = writeln!(page, "<p class=\"summary\" dir=\"auto\">{}</p>", escape(&card.summary));
    if let Some(sentence) = &card.out_of_date {
        let _ = writeln!(page, "<p class=\"warn\">{sentence}</p>");
    }
    page.push_str("</div></header>\n");
    facts(page, card);
    statements(page, persona, card);
    distributions(page, card);
    added(page, card);
    footer(page, card);
    page.push_str("</article>\n");
}

/// The picture the user chose, or the abstract portrait. A data address needs no other file; only what is a PNG or a JPEG gets one.
fn portrait(persona: &Persona, card: &CardPage) -> String {
    let picture = persona.added.picture.as_ref().filter(|_| card.has_picture);
    match picture.and_then(data_address) {
        Some(address) => format!("<img class=\"glyph\" alt=\"The picture chosen for this persona\" src=\"{address}\">"),
        None => glyph(persona.number),
    }
}

fn data_address(picture: &Picture) -> Option<String> {
    let kind = match image::guess_format(&picture.bytes).ok()? {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpeg",
        _ => return None,
    };
    Some(format!("data:image/{kind};base64,{}", BASE64.encode(&picture.bytes)))
}

/// A ring that is fuller the better it is, so that the mark speaks without its colour, and the word. Leads to the reasons.
fn badge(badge: &Badge, cluster: usize, reasons: &[String]) -> String {
    let tone = match badge.confidence {
        Confidence::High | Confidence::Good => "good",
        Confidence::Unproven => "unproven",
        Confidence::Fuzzy => "fuzzy",
        Confidence::DoNotRely => "bad",
    };
    format!(
        "<a class=\"badge {tone}\" href=\"#evidence-{}\" title=\"{}\"><i style=\"--full:{:.0}%\"></i>{}</a>",
        cluster + 1,
        escape(&reasons.join(" ")),
        100.0 * badge.fill,
        badge.told()
    )
}

/// `name` with every word that rests on a row of evidence as a link to it.
fn linked(persona: &Persona, name: &str) -> String {
    let mut html = String::new();
    let mut rest = name;
    for part in &persona.name_parts {
        let Some(row) = part.evidence else { continue };
        let (Some(at), Some(evidence)) = (rest.find(&part.word), persona.evidence.get(row)) else { continue };
        html.push_str(&escape(&rest[..at]));
        let column = evidence.shown.title();
        let why = if evidence.n >= FEWEST_DESCRIBED {
            format!("{column}: {}, everyone {}", evidence.texts[0], evidence.texts[1])
        } else {
            column
        };
        let _ = write!(
            html,
            "<a class=\"word\" href=\"#{}\" title=\"{}\">{}</a>",
            evidence_id(persona.cluster, row),
            escape(&why),
            escape(&part.word)
        );
        rest = &rest[at + part.word.len()..];
    }
    html + &escape(rest)
}

/// Three large numbers, and all personas as one bar with this one filled.
fn facts(page: &mut String, card: &CardPage) {
    page.push_str("<dl class=\"facts\">");
    for fact in &card.facts {
        let _ = write!(page, "<div><dt><bdi>{}</bdi></dt><dd>{}</dd></div>", escape(&fact.label), escape(&fact.value));
    }
    page.push_str("</dl>\n");
    page.push_str("<div class=\"bar strip\" aria-hidden=\"true\">");
    for piece in &card.strip {
        let this = match piece.rest {
            _ if piece.is_this => " class=\"this\"",
            Rest::Persona => "",
            Rest::InNoGroup | Rest::LeftOut => " class=\"hatched\"",
        };
        let _ = write!(page, "<span{this} style=\"flex:{:.5} 1 0\"></span>", piece.fraction);
    }
    page.push_str("</div>\n");
    // Above the bar it would seem to be what the bar shows.
    if let Some(outcome) = &card.outcome {
        let _ = writeln!(page, "<p class=\"outcome\" dir=\"auto\">{}</p>", escape(outcome));
    }
}

fn statements(page: &mut String, persona: &Persona, card: &CardPage) {
    let [more, less] = persona.told();
    let has_profile = card.profile.len() > 1;
    // The profile stands under the shorter column, so that a card stays one printed page.
    let under_first = has_profile && card.less.len() > card.more.len();
    page.push_str("<div class=\"apart\">\n<div>\n");
    match &card.nothing {
        Some(nothing) => {
            let _ = writeln!(page, "<p class=\"none\">{}</p>", escape(nothing));
        }
        None => {
            page.push_str("<section>\n<h3>What sets them apart</h3>\n");
            if card.more.is_empty() {
                page.push_str("<p class=\"none\">Nothing is clearly above everyone.</p>\n");
            }
            traits(page, persona, &card.more, &more);
            page.push_str("</section>\n");
        }
    }
    if under_first {
        profile(page, &card.profile);
    }
    page.push_str("</div>\n");
    if !card.less.is_empty() || has_profile && !under_first {
        page.push_str("<div>\n");
        if !card.less.is_empty() {
            page.push_str("<section>\n<h3>Less than others</h3>\n");
            traits(page, persona, &card.less, &less);
            page.push_str("</section>\n");
        }
        if has_profile && !under_first {
            profile(page, &card.profile);
        }
        page.push_str("</div>\n");
    }
    page.push_str("</div>\n");
}

/// The lines of one direction; each leads to its row of evidence.
fn traits(page: &mut String, persona: &Persona, lines: &[Line], statements: &[&Statement]) {
    if lines.is_empty() {
        return;
    }
    page.push_str("<ul class=\"traits\">\n");
    for (line, statement) in lines.iter().zip(statements) {
        let text = escape(&line.text);
        let what = match persona.evidence.get(statement.evidence) {
            Some(_) => format!("<a href=\"#{}\">{text}</a>", evidence_id(persona.cluster, statement.evidence)),
            None => text,
        };
        let _ = writeln!(
            page,
            "<li><span class=\"what\" dir=\"auto\">{what}</span><span class=\"value\">{}</span><span class=\"all\">everyone {}</span></li>",
            escape(&line.value),
            escape(&line.everyone)
        );
    }
    page.push_str("</ul>\n");
}

/// A dot per column on a line from everyone's lowest to everyone's highest; what it shows is said to those who do not see it.
fn profile(page: &mut String, lines: &[ProfileLine]) {
    page.push_str("<section>\n<h3>Typical value</h3>\n<ul class=\"profile\">\n");
    for line in lines {
        let (from, to) = (line.place.min(0.5), line.place.max(0.5));
        let _ = writeln!(
            page,
            "<li><span class=\"what\" title=\"{label}\"><bdi>{label}</bdi></span><span class=\"track\" aria-hidden=\"true\">\
             <i class=\"reach\" style=\"left:{:.1}%;width:{:.1}%\"></i><i class=\"here\" style=\"left:{:.1}%\"></i></span>\
             <span class=\"aside\">{}, percentile {:.0}; median of all: {}</span></li>",
            100.0 * from,
            100.0 * (to - from),
            100.0 * line.place,
            escape(&line.value),
            100.0 * line.place,
            escape(&line.everyone),
            label = escape(&line.label),
        );
    }
    page.push_str(
        "</ul>\n<p class=\"ends\" aria-hidden=\"true\"><span>least</span><span>median of all</span><span>most</span></p>\n</section>\n",
    );
}

fn distributions(page: &mut String, card: &CardPage) {
    if card.spreads.is_empty() {
        return;
    }
    let is_pale = |spread: &Spread| matches!(&spread.drawing, SpreadDrawing::Bins { pale, .. } if pale.contains(&true));
    let pale = match card.spreads.iter().any(is_pale) {
        true => "<span><i class=\"this pale\"></i>Too few to be told, drawn alike</span>",
        false => "",
    };
    let _ = write!(
        page,
        "<section class=\"spread\">\n<div class=\"legend\"><h3>Distribution</h3>\
         <p><span><i class=\"this\"></i>This persona</span><span><i></i>Everyone</span>{pale}</p></div>\n<div class=\"multiples\">\n",
    );
    for spread in &card.spreads {
        distribution::figure(page, spread, &card.colour);
    }
    page.push_str("</div>\n</section>\n");
}

fn added(page: &mut String, card: &CardPage) {
    if card.added.is_empty() && card.priority.is_none() {
        return;
    }
    page.push_str("<section class=\"added\">\n<h3>Added by you");
    if let Some(priority) = &card.priority {
        let _ = write!(page, " <span class=\"tag\">{}</span>", escape(priority));
    }
    page.push_str("</h3>\n");
    if !card.added.is_empty() {
        page.push_str("<dl>");
        for (title, text) in &card.added {
            let _ = write!(page, "<div><dt>{title}</dt><dd dir=\"auto\">{}</dd></div>", escape(text));
        }
        page.push_str("</dl>\n");
    }
    page.push_str("</section>\n");
}

fn footer(page: &mut String, card: &CardPage) {
    page.push_str("<footer class=\"foot\">");
    for part in &card.footer {
        let _ = write!(page, "<span><bdi>{}</bdi></span>", escape(part));
    }
    let _ = writeln!(page, "<span><a href=\"#evidence-{}\">Evidence</a></span></footer>", card.cluster + 1);
}
