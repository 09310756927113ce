//! The appendix: for every persona the rows its name and statements rest on, and everything else that was looked at.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::persona::{Evidence, Persona};

use super::super::Report;
use super::super::deck::{CardPage, Deck};
use super::super::json::FEWEST_DESCRIBED;
use super::super::palette::{hex, segment};
use super::super::text::{count, escape, percent, signed, withheld_values};
use super::anchor::evidence_id;
use super::card::wanted;

/// Rows without a part in name or statements shown per persona; the JSON export has them all.
const MORE_ROWS: usize = 60;

/// Writes the appendix.
pub fn appendix(page: &mut String, report: &Report, deck: &Deck) {
    if report.personas.personas.is_empty() {
        return;
    }
    page.push_str(
        "<section class=\"sheet evidence\" aria-labelledby=\"evidence\">\n<h2 id=\"evidence\">Evidence</h2>\n\
         <p class=\"lead\">Numbers are medians (averages where it says avg), categories are shares, each of this persona, of everyone, and of all others. \
         The effect says how far the persona is from all others: 0.2 is small, 0.5 can be noticed, 0.8 is large \
         (Hedges’ g for numbers, Cohen’s h for shares). The v.test asks whether chance could do it: beyond ±2 it hardly could.</p>\n",
    );
    for (persona, card) in wanted(report, deck) {
        of_persona(page, report, persona, card);
    }
    page.push_str("</section>\n");
}

fn of_persona(page: &mut String, report: &Report, persona: &Persona, card: &CardPage) {
    let cluster = persona.cluster;
    let name = escape(&persona.name);
    let _ = writeln!(
        page,
        "<section style=\"--c:{}\">\n<h3 id=\"evidence-{n}\"><i></i><bdi>{name}</bdi></h3>",
        hex(segment(persona.number)),
        n = cluster + 1
    );
    if let Some(badge) = &card.badge {
        let _ = writeln!(page, "<p class=\"muted small\">{}. {}</p>", badge.told(), escape(&card.trust.join(" ")));
    }
    holds(page, card);
    did(page, card);
    rule_and_examples(page, card);
    let used = used(persona);
    let (on_card, others): (Vec<usize>, Vec<usize>) =
        report.personas.listed_evidence(persona).into_iter().partition(|row| used.contains(row));
    if report.personas.withholds(persona, 0..persona.evidence.len()) {
        let _ = writeln!(page, "<p class=\"muted small\">{}</p>", withheld_values(&escape(&report.noun().many)));
    }
    if on_card.is_empty() {
        page.push_str("<p class=\"muted\">The card states no difference, so there is no evidence to show.</p>\n");
    } else {
        table(page, report, persona, &on_card, &format!("What the card of {name} rests on"));
    }
    if !others.is_empty() {
        let shown = &others[..others.len().min(MORE_ROWS)];
        let told = if shown.len() < others.len() {
            format!("the strongest {} of {}", shown.len(), others.len())
        } else {
            others.len().to_string()
        };
        let _ = writeln!(page, "<details><summary>Everything else that was looked at ({told})</summary>");
        table(page, report, persona, shown, &format!("Everything else that was looked at for {name}"));
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

/// How well it holds, a line per question.
fn holds(page: &mut String, card: &CardPage) {
    page.push_str("<h4>How well it holds</h4>\n<ul class=\"small\">");
    for (nth, line) in card.holds.iter().enumerate() {
        let _ = write!(page, "<li dir=\"auto\"><strong>{}</strong>", escape(&line.told()));
        // The first says what stands above.
        let is_said = nth == 0 && card.badge.is_some();
        if !is_said && (!line.value.is_empty() || line.sentence != format!("{}.", line.word)) {
            let _ = write!(page, " <span class=\"muted\">{}</span>", escape(&line.sentence));
        }
        page.push_str("</li>\n");
    }
    page.push_str("</ul>\n");
}

/// What they do more than others, and their typical visit.
fn did(page: &mut String, card: &CardPage) {
    if card.did.is_empty() {
        return;
    }
    page.push_str("<h4>What they do</h4>\n<ul class=\"small\">");
    for line in &card.did {
        let _ = writeln!(page, "<li dir=\"auto\">{}</li>", escape(line));
    }
    page.push_str("</ul>\n");
}

/// The rule that tells the segment apart, and its most typical customers.
fn rule_and_examples(page: &mut String, card: &CardPage) {
    if let (Some(rule), Some(quality)) = (&card.rule, &card.rule_quality) {
        let _ = writeln!(
            page,
            "<div class=\"rule\"><h4>In one rule</h4><p dir=\"auto\">{}</p><p class=\"muted small\">{}</p></div>",
            escape(rule),
            escape(quality)
        );
    }
    if !card.examples.is_empty() {
        let _ = writeln!(page, "<h4>{}</h4>\n<div class=\"examples\">", escape(&card.examples_title));
        for example in &card.examples {
            page.push_str("<dl>");
            for (column, value) in example {
                let _ = write!(page, "<div><dt><bdi>{}</bdi></dt><dd><bdi>{}</bdi></dd></div>", escape(column), escape(value));
            }
            page.push_str("</dl>\n");
        }
        page.push_str("</div>\n");
    }
}

/// The rows that the name, the outcome or a statement of the front leads to.
fn used(persona: &Persona) -> BTreeSet<usize> {
    let words = persona.name_parts.iter().filter_map(|part| part.evidence);
    words.chain(persona.rows_on_front()).collect()
}

fn table(page: &mut String, report: &Report, persona: &Persona, rows: &[usize], caption: &str) {
    let _ = write!(
        page,
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table aria-label=\"{caption}\">\n<thead><tr><th scope=\"col\">Column</th>"
    );
    for title in ["Persona", "Everyone", "All others", "Effect", "95\u{a0}% interval", "v.test", "With value", "Missing"] {
        let _ = write!(page, "<th scope=\"col\" class=\"n\">{title}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for &row in rows {
        line(page, report, persona.cluster, row, &persona.evidence[row]);
    }
    page.push_str("</tbody>\n</table></div>\n");
}

fn line(page: &mut String, report: &Report, cluster: usize, row: usize, evidence: &Evidence) {
    let column = escape(&evidence.shown.column);
    let column = match &evidence.shown.level {
        Some(level) => format!("<bdi>{column}</bdi> = <bdi>{}</bdi>", escape(level)),
        None => format!("<bdi>{column}</bdi>"),
    };
    let also = report.personas.twins.also(evidence).map_or_else(String::new, |also| format!(" <span class=\"muted\">{also}</span>"));
    let described = evidence.n >= FEWEST_DESCRIBED;
    let is_compared = !evidence.hidden().effect();
    let shown = |text: String| if described { text } else { "–".to_owned() };
    let compared = |text: String| if is_compared { text } else { "–".to_owned() };
    let cells = [
        shown(escape(&evidence.texts[0])),
        escape(&evidence.texts[1]),
        shown(escape(&evidence.texts[2])),
        compared(signed(evidence.effect, 2)),
        compared(evidence.interval.map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", signed(low, 2), signed(high, 2)))),
        compared(signed(evidence.v_test, 1)),
        count(evidence.n),
        escape(&percent(evidence.missing_share)),
    ];
    let _ = write!(page, "<tr id=\"{}\"><th scope=\"row\">{column}{also}</th>", evidence_id(cluster, row));
    for cell in cells {
        let _ = write!(page, "<td class=\"n\">{cell}</td>");
    }
    page.push_str("</tr>\n");
}
