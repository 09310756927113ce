//! One persona as a card: name, one sentence, three facts, what sets them apart, distributions, what the user added.

use std::fmt::Write;

use crate::persona::{Added, Persona, Statement};

use super::super::Report;
use super::super::glyph::glyph;
use super::super::json::FEWEST_DESCRIBED;
use super::super::palette::{hex, segment};
use super::super::text::{count, customers, escape, percent};
use super::{card_id, distribution, evidence_id};

/// Small distributions on a card.
const DISTRIBUTIONS: usize = 6;

/// Writes the card.
pub fn card(page: &mut String, persona: &Persona, report: &Report, source: &str) {
    let id = card_id(persona.cluster);
    let colour = hex(segment(persona.number));
    let _ = write!(
        page,
        "<article class=\"sheet card\" id=\"{id}\" style=\"--c:{colour}\" aria-labelledby=\"{id}-name\">\n<div class=\"band\"></div>\n\
         <header class=\"head\">{}<div>\n<p class=\"eyebrow\">Persona {} of {}</p>\n<h2 id=\"{id}-name\"><bdi>{}</bdi></h2>\n",
        glyph(persona.number),
        persona.cluster + 1,
        report.personas.personas.len(),
        name(persona),
    );
    if persona.is_renamed {
        let _ = writeln!(
            page,
            "<p class=\"muted small\">Named by you. From the data: <bdi>{}</bdi></p>",
            linked(persona, &persona.automatic_name)
        );
    }
    let _ = writeln!(page, "<p class=\"summary\" dir=\"auto\">{}</p>", escape(&persona.summary));
    if persona.may_be_out_of_date {
        page.push_str("<p class=\"warn\">The name may be out of date: these customers have changed since it was given.</p>\n");
    }
    page.push_str("</div></header>\n");
    facts(page, persona, report);
    strip(page, persona, report);
    if persona.n >= FEWEST_DESCRIBED {
        statements(page, persona);
        distributions(page, persona);
    } else {
        let _ = writeln!(
            page,
            "<div class=\"apart\"><p class=\"none\">Only {}: too few to describe by values without pointing at single people.</p></div>",
            customers(persona.n)
        );
    }
    added(page, &persona.added);
    footer(page, persona, report, source);
    page.push_str("</article>\n");
}

/// The name in force; the words of an automatic one lead to their evidence.
fn name(persona: &Persona) -> String {
    if persona.is_renamed { escape(&persona.name) } else { linked(persona, &persona.name) }
}

/// `name` with every word that rests on a row of evidence as a link to it.
fn linked(persona: &Persona, name: &str) -> String {
    let mut html = String::new();
    let mut rest = name;
    for part in &persona.name_parts {
        let Some(row) = part.evidence else { continue };
        let (Some(at), Some(evidence)) = (rest.find(&part.word), persona.evidence.get(row)) else { continue };
        html.push_str(&escape(&rest[..at]));
        let column = evidence.level.as_ref().map_or_else(|| evidence.column.clone(), |level| format!("{} = {level}", evidence.column));
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

fn facts(page: &mut String, persona: &Persona, report: &Report) {
    let _ = write!(
        page,
        "<dl class=\"facts\"><div><dt>{}</dt><dd>{}</dd></div><div><dt>of the customers analysed</dt><dd>{}</dd></div>",
        if persona.n == 1 { "customer" } else { "customers" },
        count(persona.n),
        percent(persona.share)
    );
    if let Some(share) = persona.revenue_share {
        let column = report.personas.revenue_column.as_deref().unwrap_or("revenue");
        let _ = write!(page, "<div><dt>of all <bdi>{}</bdi></dt><dd>{}</dd></div>", escape(column), percent(share));
    }
    page.push_str("</dl>\n");
}

/// All personas as one bar, this one filled.
fn strip(page: &mut String, persona: &Persona, report: &Report) {
    page.push_str("<div class=\"bar strip\" aria-hidden=\"true\">");
    for other in &report.personas.personas {
        let this = if other.cluster == persona.cluster { " class=\"this\"" } else { "" };
        let _ = write!(page, "<span{this} style=\"flex:{} 1 0\"></span>", other.n);
    }
    if report.personas.n_noise > 0 {
        let _ = write!(page, "<span style=\"flex:{} 1 0\"></span>", report.personas.n_noise);
    }
    page.push_str("</div>\n");
}

fn statements(page: &mut String, persona: &Persona) {
    let [more, less] = persona.told();
    page.push_str("<div class=\"apart\">\n<section>\n<h3>What sets them apart</h3>\n");
    if more.is_empty() {
        let told = if less.is_empty() {
            "No strong difference from everyone was found."
        } else {
            "Nothing they have clearly more of than everyone."
        };
        let _ = writeln!(page, "<p class=\"none\">{told}</p>");
    } else {
        traits(page, persona, &more);
    }
    page.push_str("</section>\n");
    if !less.is_empty() {
        page.push_str("<section>\n<h3>Less than others</h3>\n");
        traits(page, persona, &less);
        page.push_str("</section>\n");
    }
    page.push_str("</div>\n");
}

fn traits(page: &mut String, persona: &Persona, statements: &[&Statement]) {
    page.push_str("<ul class=\"traits\">\n");
    for statement in statements {
        let text = escape(&statement.text);
        let what = match persona.evidence.get(statement.evidence) {
            Some(_) => format!("<a href=\"#{}\">{text}</a>", evidence_id(persona.cluster, statement.evidence)),
            None => text,
        };
        let _ = writeln!(
            page,
            "<li><span class=\"what\" dir=\"auto\">{what}</span><span class=\"value\">{}</span><span class=\"all\">everyone {}</span></li>",
            escape(&statement.value),
            escape(&statement.everyone)
        );
    }
    page.push_str("</ul>\n");
}

fn distributions(page: &mut String, persona: &Persona) {
    if persona.distributions.is_empty() {
        return;
    }
    page.push_str(
        "<section class=\"spread\">\n<h3>How they are spread</h3>\n\
         <p class=\"legend\"><span><i class=\"this\"></i>This persona</span><span><i></i>Everyone</span></p>\n<div class=\"multiples\">\n",
    );
    for distribution in persona.distributions.iter().take(DISTRIBUTIONS) {
        distribution::figure(page, distribution, persona.number);
    }
    page.push_str("</div>\n</section>\n");
}

fn added(page: &mut String, added: &Added) {
    if added.is_empty() {
        return;
    }
    page.push_str("<section class=\"added\">\n<h3>Added by you</h3>\n<dl>");
    for (title, text) in [("Goals", &added.goals), ("Pains", &added.pains), ("Quotes", &added.quotes), ("Messages", &added.messages)] {
        if !text.trim().is_empty() {
            let _ = write!(page, "<div><dt>{title}</dt><dd dir=\"auto\">{}</dd></div>", escape(text.trim()));
        }
    }
    page.push_str("</dl>\n</section>\n");
}

fn footer(page: &mut String, persona: &Persona, report: &Report, source: &str) {
    let matching = match persona.match_all_share {
        Some(share) => format!("<span>{} match all headline traits</span>", percent(share)),
        None => String::new(),
    };
    let confidence = report.known_stability().map_or_else(String::new, |stability| {
        let missing = persona.headline_missing();
        let why = escape(&stability.reasons_with(persona.cluster, missing).join(" "));
        format!("<span title=\"{why}\">Confidence: {}</span>", stability.trust_with(persona.cluster, missing).word())
    });
    let _ = writeln!(
        page,
        "<footer class=\"foot\"><span>Source: <bdi>{source}</bdi>, {} rows</span>{matching}{confidence}<span><a href=\"#evidence-{}\">Evidence</a></span></footer>",
        count(report.loaded.table.n_rows),
        persona.cluster + 1
    );
}
