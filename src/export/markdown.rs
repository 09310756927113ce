//! The cards as Markdown: for wikis, notes and repositories.
//!
//! In: the deck. Out: CommonMark with GitHub's tables. Every character of the data that Markdown or HTML could take for markup is
//! escaped, so that a cell like `<script>` or `[x](javascript:y)` shows as what it is.

use super::deck::{Badge, CardPage, Deck, HeldLine};
use super::sheet::{SheetPart, TopicSheet};
use super::text::{more_rows, turns_text};

/// The document of a deck.
pub fn markdown(deck: &Deck) -> String {
    let mut to = Document::default();
    to.line(&format!("# {}", text(&deck.title)));
    if let Some(doubt) = &deck.overview.doubt {
        to.line(&format!("**{}**", text(doubt)));
    }
    to.line(&text(&deck.overview.lead));
    to.line(&format!("Source: {}, {} rows", text(&deck.source), text(&deck.rows)));
    if !deck.cards.is_empty() {
        to.line(&deck.noun.in_text(NUMBERS));
    }
    overview(&mut to, deck);
    deck.cards.iter().for_each(|card| persona(&mut to, deck, card));
    if !deck.missing.is_empty() {
        to.line("## Who is missing?");
        to.line(&format!("Groups of {} that are not the most common in any persona:", text(&deck.noun.many)));
        to.list(&deck.missing);
        to.line(&deck.missing_note.as_deref().map(text).unwrap_or_default());
    }
    deck.sheets.iter().for_each(|of| sheet(&mut to, of));
    comparison(&mut to, deck);
    if deck.with_backs {
        made(&mut to, deck);
    }
    to.0
}

/// How the numbers of the cards are read.
const NUMBERS: &str = "Numbers on the cards are medians (averages where they say avg), percentages are shares of customers.";

fn overview(to: &mut Document, deck: &Deck) {
    let overview = &deck.overview;
    let has_badges = overview.members.iter().any(|member| member.badge.is_some());
    let mut columns = vec![("Persona".to_owned(), Side::Left), (deck.noun.title(), Side::Right), ("Share of rows".to_owned(), Side::Right)];
    columns.extend(overview.revenue.as_ref().map(|revenue| (format!("Share of {revenue}"), Side::Right)));
    columns.extend(has_badges.then(|| ("Confidence".to_owned(), Side::Left)));
    columns.push(("In a few words".to_owned(), Side::Left));
    let rows = overview.members.iter().map(|member| {
        let mut row = vec![member.name.clone(), member.customers.clone(), member.share.clone()];
        row.extend(overview.revenue.as_ref().map(|_| member.revenue.clone().unwrap_or_else(|| "–".to_owned())));
        row.extend(has_badges.then(|| member.badge.as_ref().map_or_else(String::new, |badge| badge.word.clone())));
        row.push(member.outcome.iter().chain(&member.traits).cloned().collect::<Vec<_>>().join("; "));
        row
    });
    to.table(&columns, rows);
}

fn persona(to: &mut Document, deck: &Deck, card: &CardPage) {
    to.line(&format!("## {}", text(&card.name)));
    let badge = card.badge.as_ref().map(Badge::told);
    let about: Vec<String> =
        [Some(card.eyebrow.clone()), badge, card.priority.clone()].into_iter().flatten().map(|part| text(&part)).collect();
    to.line(&format!("*{}*", about.join(" · ")));
    to.line(&text(&card.summary));
    to.line(&card.facts.iter().map(|fact| format!("**{}** {}", text(&fact.value), text(&fact.label))).collect::<Vec<_>>().join(" · "));
    if let Some(outcome) = &card.outcome {
        to.line(&format!("**{}**", text(outcome)));
    }
    if let Some(nothing) = &card.nothing {
        to.line(&text(nothing));
    }
    for (title, lines) in [("What sets them apart", &card.more), ("Less than others", &card.less)] {
        if !lines.is_empty() {
            let columns =
                [(title, Side::Left), ("Persona", Side::Right), ("Everyone", Side::Right)].map(|(name, side)| (name.to_owned(), side));
            to.table(&columns, lines.iter().map(|line| vec![line.text.clone(), line.value.clone(), line.everyone.clone()]));
        }
    }
    if !card.added.is_empty() {
        to.line("### Added by you");
        for (title, said) in &card.added {
            to.line(&format!("**{}:** {}", text(title), text(said)));
        }
    }
    to.line(&card.footer.iter().chain(&card.out_of_date).map(|part| text(part)).collect::<Vec<_>>().join(" · "));
    if deck.with_backs {
        back(to, deck, card);
    }
}

fn back(to: &mut Document, deck: &Deck, card: &CardPage) {
    if !card.evidence.is_empty() {
        to.line("### Evidence");
        let columns = ["#", "Column", "Used in", "Persona", "Everyone", "Others", "Effect", "95 % interval", "n", "Missing"];
        let columns = columns.map(|name| (name.to_owned(), if matches!(name, "Column" | "Used in") { Side::Left } else { Side::Right }));
        to.table(&columns, card.evidence.iter().map(|line| line.cells().to_vec()));
    }
    if card.n_more_evidence > 0 {
        to.line(&more_rows(card.n_more_evidence));
    }
    if card.has_suppressed {
        to.line(&text(&deck.withheld));
    }
    if let Some(name) = &card.automatic_name {
        to.line(&format!("The automatic name is {}.", text(name)));
    }
    to.line("### How well it holds");
    to.list(&card.holds.iter().map(held).collect::<Vec<_>>());
    if !card.did.is_empty() {
        to.line("### What they do");
        to.list(&card.did);
    }
    if let Some(rule) = &card.rule {
        to.line("### In one rule");
        to.line(&text(rule));
        to.line(&card.rule_quality.as_deref().map(text).unwrap_or_default());
    }
    if !card.examples.is_empty() {
        to.line(&format!("### {}", text(&card.examples_title)));
        let values = |example: &Vec<(String, String)>| {
            example.iter().map(|(column, value)| format!("{column}: {value}")).collect::<Vec<_>>().join("; ")
        };
        to.list(&card.examples.iter().map(values).collect::<Vec<_>>());
    }
}

/// "Comes back: High, 0.93. Found again in ..."; what was not looked at is said once.
fn held(line: &HeldLine) -> String {
    let told = line.told();
    if line.value.is_empty() && line.sentence == format!("{}.", line.word) { told } else { format!("{told} {}", line.sentence) }
}

fn comparison(to: &mut Document, deck: &Deck) {
    let comparison = &deck.comparison;
    if comparison.rows.is_empty() {
        return;
    }
    to.line("## The personas side by side");
    to.line("The attributes that separate them most come first. ▲ more and ▼ less than the others, by at least a medium effect that their numbers show.");
    let mut columns = vec![("Attribute".to_owned(), Side::Left), ("Everyone".to_owned(), Side::Right)];
    columns.extend(comparison.columns.iter().map(|column| (column.name.clone(), Side::Right)));
    to.table(
        &columns,
        comparison.rows.iter().map(|row| {
            let tone = |tone: i8| [" ▼", "", " ▲"][(tone.signum() + 1) as usize];
            let cells = row.cells.iter().map(|cell| format!("{}{}", cell.text, tone(cell.tone)));
            [row.what.clone(), row.everyone.clone()].into_iter().chain(cells).collect()
        }),
    );
    if comparison.n_more > 0 {
        to.line(&format!("{} more attributes are not shown.", comparison.n_more));
    }
}

/// A sheet about one topic. Bars are a list, since the table beside them has their numbers.
fn sheet(to: &mut Document, sheet: &TopicSheet) {
    to.line(&format!("## {}", text(&sheet.title)));
    for (nth, sentence) in sheet.sentences.iter().enumerate() {
        to.line(&if nth == 0 { format!("**{}**", text(sentence)) } else { text(sentence) });
    }
    let has_table = sheet.parts.iter().any(|part| matches!(part, SheetPart::Table(_)));
    for part in &sheet.parts {
        match part {
            SheetPart::Table(table) => {
                let side = |is_number: bool| if is_number { Side::Right } else { Side::Left };
                let columns: Vec<(String, Side)> =
                    table.columns.iter().map(|column| (column.title.clone(), side(column.is_number))).collect();
                to.table(&columns, table.rows.iter().cloned());
            }
            SheetPart::Bars(bars) if !has_table => {
                to.list(&bars.bars.iter().map(|bar| format!("{}: {}", bar.label, bar.value)).collect::<Vec<_>>());
            }
            SheetPart::Bars(_) => {}
            SheetPart::Drawing(drawing) => to.line(&format!("*{}*", text(&drawing.told))),
        }
    }
    sheet.notes.iter().for_each(|note| to.line(&text(note)));
}

fn made(to: &mut Document, deck: &Deck) {
    if !deck.importance.is_empty() {
        to.line("## What drives the grouping");
        to.line(&deck.importance_note.as_deref().map(text).unwrap_or_default());
        let columns = [
            ("Column", Side::Left),
            ("Association", Side::Right),
            ("Accuracy lost", Side::Right),
            ("Weight", Side::Right),
            ("Decided who is alike", Side::Left),
        ];
        to.table(
            &columns.map(|(name, side)| (name.to_owned(), side)),
            deck.importance.iter().map(|line| {
                let loss = line.loss.clone().unwrap_or_else(|| "–".to_owned());
                let weight = line.weight.clone().unwrap_or_else(|| "–".to_owned());
                vec![line.what.clone(), line.association.clone(), loss, weight, if line.enters { "yes" } else { "no" }.to_owned()]
            }),
        );
    }
    to.line("## How this was made");
    let titles = [("What", Side::Left), ("How", Side::Left)].map(|(name, side)| (name.to_owned(), side));
    to.table(&titles, deck.provenance.facts.iter().map(|(title, said)| vec![title.clone(), said.clone()]));
    if !deck.provenance.columns.is_empty() {
        let columns = ["Column", "Transform, or levels", "Scale", "Missing values"].map(|name| (name.to_owned(), Side::Left));
        to.table(&columns, deck.provenance.columns.iter().map(|column| column.to_vec()));
    }
    for (title, lines) in [("Left out on purpose", &deck.provenance.left_out), ("Notes", &deck.provenance.notes)] {
        if !lines.is_empty() {
            to.line(&format!("### {title}"));
            to.list(lines);
        }
    }
}

/// Where a column's cells stand.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Blocks with an empty line between them.
#[derive(Default)]
struct Document(String);

impl Document {
    /// A block whose markup is ready; nothing for an empty one.
    fn line(&mut self, block: &str) {
        if !block.trim().is_empty() {
            self.start();
            self.0.push_str(block);
            self.0.push('\n');
        }
    }

    fn list(&mut self, items: &[String]) {
        self.start();
        items.iter().for_each(|item| self.0.push_str(&format!("- {}\n", text(item))));
    }

    fn table(&mut self, columns: &[(String, Side)], rows: impl Iterator<Item = Vec<String>>) {
        self.start();
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        self.0.push_str(&line(columns.iter().map(|(name, _)| text(name)).collect()));
        let side = |side: &Side| match side {
            Side::Left => ":--".to_owned(),
            Side::Right => "--:".to_owned(),
        };
        self.0.push_str(&line(columns.iter().map(|(_, at)| side(at)).collect()));
        rows.for_each(|row| self.0.push_str(&line(row.iter().map(|cell| text(cell)).collect())));
    }

    fn start(&mut self) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
    }
}

/// Text that shows as it is, on one line, wherever it stands. A backslash before punctuation is CommonMark's escape and is not shown;
/// `<`, `>` and `&` leave as entities, since some readers pass HTML on before they look at backslashes. An address that
/// GitHub would make a link of by itself loses that by the escaped colon or dot.
fn text(text: &str) -> String {
    let one_line = text.split(|c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')).filter(|word| !word.is_empty());
    let mut safe = String::with_capacity(text.len() + 8);
    for (nth, word) in one_line.enumerate() {
        if nth > 0 {
            safe.push(' ');
        }
        // "1." and "12)" alone begin a list.
        let is_a_mark = nth == 0 && word.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()));
        for (at, c) in word.chars().enumerate() {
            match c {
                '&' => safe.push_str("&amp;"),
                '<' => safe.push_str("&lt;"),
                '>' => safe.push_str("&gt;"),
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' | '@' => safe.extend(['\\', c]),
                // Alone at the start these would begin a list, a rule or a heading; anywhere else they are plain.
                '-' | '+' | '=' if nth == 0 && at == 0 && word.trim_matches(c).is_empty() => safe.extend(['\\', c]),
                '.' | ')' if is_a_mark => safe.extend(['\\', c]),
                ':' if word.chars().nth(at + 1) == Some('/') => safe.extend(['\\', c]),
                '.' if at == 3 && word.len() >= 4 && word.as_bytes()[..3].eq_ignore_ascii_case(b"www") => safe.extend(['\\', c]),
                c if c.is_control() || turns_text(c) => {}
                c => safe.push(c),
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_data_say_shows_as_it_is() {
        for (said, written) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[x](javascript:y)", "\\[x\\](javascript:y)"),
            ("a|b `c` *d* _e_", "a\\|b \\`c\\` \\*d\\* \\_e\\_"),
            ("# no heading", "\\# no heading"),
            ("- no list", "\\- no list"),
            ("--- +0.82", "\\--- +0.82"),
            ("+0.82 to -1", "+0.82 to -1"),
            ("1. no list", "1\\. no list"),
            ("12) no list", "12\\) no list"),
            ("1.5 of 3", "1.5 of 3"),
            ("two\nlines\r\n\ttabs", "two lines tabs"),
            ("https://x.example www.x.example", "https\\://x.example www\\.x.example"),
            ("A & B \\ \u{1}שלום 🙂", "A &amp; B \\\\ שלום 🙂"),
            ("1\u{202f}240\u{a0}%", "1\u{202f}240\u{a0}%"),
            ("\u{202e}gpj.exe", "gpj.exe"),
        ] {
            assert_eq!(text(said), written);
        }
    }
}
