//! Everyone on one slide, in shares of all rows; on more where there are many personas. And who is missing.

use super::super::chart::{INK, MUTED};
use super::super::deck::{Deck, Member, Rest};
use super::super::fit::{LEADING, fit, fit_line};
use super::master::{BOTTOM, LEFT, RIGHT, TOP};
use super::parts::{self, LEFT_OUT};
use super::shapes::{Align, Paragraph, Slide, Told, frame};
use super::table::{Row, TableCell, TableLook, cell, table};

/// Lines of a slide that still have room for traits.
const WITH_TRAITS: usize = 8;
/// Lines of a slide where there are more.
const DENSE: usize = 12;
/// Where the lead starts, and the table below the bar.
const LEAD: f64 = TOP + 40.0;
const TABLE: f64 = TOP + 104.0;
/// Height of the table's header.
const HEADER: f64 = 24.0;
/// Sentences of a slide on who is missing.
const SENTENCES: usize = 8;

/// The slides with everyone.
pub fn slides(deck: &Deck) -> Vec<Slide> {
    let members = &deck.overview.members;
    let each = if members.len() <= WITH_TRAITS { WITH_TRAITS } else { DENSE };
    let each = parts::even(members.len(), each);
    let n_pages = members.len().div_ceil(each);
    let mut slides: Vec<Slide> = members.chunks(each).enumerate().map(|(page, members)| slide(deck, members, page, n_pages)).collect();
    if slides.is_empty() {
        slides.push(slide(deck, &[], 0, 1));
    }
    slides[0].notes = notes(deck);
    slides
}

fn slide(deck: &Deck, members: &[Member], page: usize, n_pages: usize) -> Slide {
    let mut slide = Slide::new();
    let of = if n_pages > 1 { format!(" ({} of {n_pages})", page + 1) } else { String::new() };
    parts::title(&mut slide, &format!("{}{of}", deck.title));
    // What is to be doubted stands where it is read first; how it was made is in the notes and on the last slide.
    let (lead, ink) = match &deck.overview.doubt {
        Some(doubt) => (doubt, INK),
        None => (&deck.overview.lead, MUTED),
    };
    let lead = fit(lead, deck.overview.doubt.is_some(), [RIGHT - LEFT, 14.0 * LEADING], [14.0, 11.0]);
    let told = Paragraph::new(lead.text, lead.size, ink);
    let told = if deck.overview.doubt.is_some() { told.bold() } else { told };
    slide.text("Lead", frame(LEFT, LEAD, RIGHT - LEFT, 14.0 * LEADING), &[told]);
    let pieces: Vec<(f64, String)> = deck.overview.members.iter().map(|member| (member.fraction, colour(member))).collect();
    let told: Vec<String> = deck.overview.members.iter().map(|member| format!("{} {}", member.name, member.share)).collect();
    if !pieces.is_empty() {
        let told = format!("Shares of all rows: {}", told.join(", "));
        parts::bar(&mut slide, "Shares", frame(LEFT, LEAD + 32.0, RIGHT - LEFT, 18.0), &pieces, &told);
        lines(&mut slide, deck, members);
    }
    parts::footer(&mut slide, &[parts::source(deck)]);
    slide
}

fn lines(slide: &mut Slide, deck: &Deck, members: &[Member]) {
    let has_revenue = deck.overview.revenue.is_some();
    let has_badges = deck.overview.members.iter().any(|member| member.badge.is_some());
    let height = ((BOTTOM - TABLE - HEADER) / members.len().max(1) as f64).clamp(20.0, 52.0);
    let numbers = 100.0;
    let is_choice = deck.overview.members.iter().any(|member| member.badge.as_ref().is_some_and(|badge| badge.is_choice));
    let confidence = match (has_badges, is_choice) {
        (false, _) => 0.0,
        (true, false) => 132.0,
        (true, true) => 168.0,
    };
    let portrait = height;
    let names = RIGHT - LEFT - portrait - 8.0 - numbers * if has_revenue { 3.0 } else { 2.0 } - confidence;
    let mut widths = vec![portrait + 8.0, names, numbers, numbers];
    let rows_are = deck.noun.title();
    let mut titles = vec!["", "", rows_are.as_str(), "Share of rows"];
    let revenue = deck.overview.revenue.as_ref().map(|column| format!("Of {column}")).unwrap_or_default();
    if has_revenue {
        widths.push(numbers);
        titles.push(&revenue);
    }
    if has_badges {
        widths.push(confidence);
        titles.push("Confidence");
    }
    let header = titles.iter().enumerate().map(|(nth, title)| {
        let align = if nth >= 2 && !(has_badges && nth + 1 == titles.len()) { Align::Right } else { Align::Left };
        let look = TableLook { colour: MUTED, bold: false, align, sizes: [11.0, 11.0] };
        let set = cell(title, [widths[nth] - badge_room(has_badges, nth, &titles), HEADER], look);
        set.after(badge_room(has_badges, nth, &titles))
    });
    let mut rows = vec![Row { height: HEADER, cells: header.collect(), ruled: true }];
    for member in members {
        rows.push(Row { height, cells: member_cells(member, &widths, height, has_revenue, has_badges), ruled: true });
    }
    table(slide, "Everyone", &format!("The personas with {}, shares and confidence", deck.noun.many), [LEFT, TABLE], &widths, &rows, true);
    let badges_at = LEFT + widths[..widths.len() - 1].iter().sum::<f64>() + MARK;
    for (nth, member) in members.iter().enumerate() {
        let y = TABLE + HEADER + nth as f64 * height;
        let side = height - 8.0;
        let at = frame(LEFT, y + 4.0, side, side);
        match (&member.ground, member.rest) {
            (Some(ground), Rest::Persona) => parts::portrait(slide, at, &member.name, ground, &member.tiles),
            _ => slide.rectangle("Mark", at, &colour(member), Told::Decorative),
        }
        if let (Some(badge), true) = (&member.badge, has_badges) {
            parts::mark(slide, [badges_at, y + height / 2.0 - 6.0], 12.0, badge, INK);
        }
    }
}

/// Room before the mark of a badge, and before the word after it.
const MARK: f64 = 24.0;
const WORD: f64 = 44.0;

fn badge_room(has_badges: bool, nth: usize, titles: &[&str]) -> f64 {
    if has_badges && nth + 1 == titles.len() { MARK } else { 0.0 }
}

fn member_cells(member: &Member, widths: &[f64], height: f64, has_revenue: bool, has_badges: bool) -> Vec<TableCell> {
    let room = [widths[1] - 12.0, height - 2.0];
    let dense = height < 34.0;
    let largest = if dense { 13.0 } else { 16.0 };
    // A name that is long takes a second line from the traits.
    let one_line = fit(&member.name, true, [room[0], largest * LEADING], [largest, 12.0]);
    let name = if one_line.text.ends_with('…') { fit(&member.name, true, room, [12.0, 11.0]) } else { one_line };
    let ink = if member.cluster.is_some() { INK } else { MUTED };
    let below = room[1] - name.height();
    let mut about = vec![Paragraph::new(name.text, name.size, ink).bold()];
    let said: Vec<&str> = member.outcome.iter().chain(&member.traits).map(String::as_str).collect();
    if below >= 11.0 * LEADING && !said.is_empty() {
        let traits = fit(&said.join(" · "), false, [room[0], below], [11.0, 11.0]);
        about.push(Paragraph::new(traits.text, traits.size, MUTED));
    }
    let number = |text: &str, column: usize| {
        cell(
            text,
            [widths[column], height],
            TableLook { colour: ink, bold: false, align: Align::Right, sizes: [16.0f64.min(largest), 11.0] },
        )
    };
    let mut cells = vec![TableCell::of(Vec::new()), TableCell::of(about), number(&member.customers, 2), number(&member.share, 3)];
    if has_revenue {
        cells.push(number(member.revenue.as_deref().unwrap_or("–"), 4));
    }
    if has_badges {
        let word = member.badge.as_ref().map_or("", |badge| badge.word.as_str());
        let last = widths.len() - 1;
        let look = TableLook { colour: ink, bold: false, align: Align::Left, sizes: [13.0, 11.0] };
        cells.push(cell(word, [widths[last] - WORD, height], look).after(WORD));
    }
    cells
}

fn colour(member: &Member) -> String {
    member.colour.clone().unwrap_or_else(|| LEFT_OUT.to_owned())
}

/// What to say over the first slide.
fn notes(deck: &Deck) -> String {
    let doubt = deck.overview.doubt.as_ref().map_or_else(String::new, |doubt| format!("{doubt} "));
    let mut notes = vec![format!("{}. {doubt}{}", deck.title, deck.overview.lead)];
    for member in &deck.overview.members {
        let outcome = member.outcome.as_ref().map_or_else(String::new, |outcome| format!(". {outcome}"));
        notes.push(format!("{}: {} ({} of all rows){outcome}", member.name, member.customers, member.share));
    }
    notes.push(format!("{}.", parts::source(deck)));
    notes.join("\n")
}

/// Who is nobody's commonest.
pub fn missing(deck: &Deck) -> Vec<Slide> {
    let slide = |sentences: &[String]| {
        let mut slide = Slide::new();
        parts::title(&mut slide, "Who is missing?");
        let lead = format!("Groups of {} that are not the most common in any persona, so a workshop could forget them.", deck.noun.many);
        slide.text("Lead", frame(LEFT, LEAD, RIGHT - LEFT, 18.0), &[Paragraph::new(lead, 14.0, MUTED)]);
        let each = (BOTTOM - TABLE) / SENTENCES as f64;
        let paragraphs: Vec<Paragraph> = sentences
            .iter()
            .map(|sentence| {
                let sentence = fit(sentence, false, [RIGHT - LEFT, each - 4.0], [16.0, 12.0]);
                let after = (each - sentence.height()).clamp(4.0, 14.0);
                Paragraph::new(sentence.text, sentence.size, INK).after(after)
            })
            .collect();
        slide.text("Who", frame(LEFT, TABLE, RIGHT - LEFT, BOTTOM - TABLE), &paragraphs);
        parts::footer(&mut slide, &[fit_line(&parts::source(deck), false, RIGHT - LEFT - 90.0, 11.0)]);
        slide
    };
    deck.missing.chunks(SENTENCES).map(slide).collect()
}
