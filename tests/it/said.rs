//! A reader of our own sentences: every summary, statement and name that leaves in Markdown, HTML, JSON, slides and PDF is parsed as a reader would,
//! without asking the program what it meant, and direction, level and number are reckoned anew from the rows. What cannot be read back fails.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use personae::base::{Ctx, Labels};
use personae::data::{Dictionary, Role, Source};
use personae::engine::{self, Outputs, SilhouetteWish, Wanted};
use personae::export::{self, Choices, Format, Plots, Report};
use personae::persona::text::tokens;
use personae::session::Plan;
use resvg::usvg::roxmltree::{Document, Node};

/// One line of a list, as an export has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    text: String,
    value: String,
    everyone: String,
}

/// What an export says of one persona.
#[derive(Debug, Clone, Default)]
struct Card {
    name: String,
    summary: String,
    lines: Vec<Line>,
}

/// What could be meant: a column, and a level of it.
#[derive(Debug, Clone, PartialEq)]
struct Meant {
    column: String,
    level: Option<String>,
}

/// A printed number.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Printed {
    Number(f64),
    Percent(f64),
    Month(i32),
    /// "over 75 %": a share that is withheld is at least so much.
    Over(f64),
    /// "under 20 %".
    Under(f64),
    /// "n < 10", "> 99 %", "< 0.1 %": no number that could be compared closely.
    Hidden,
}

fn report(path: &str, k: usize) -> Report {
    report_with(path, k, &Dictionary::default())
}

fn report_with(path: &str, k: usize, words: &Dictionary) -> Report {
    let source = match path.strip_prefix("sample ") {
        Some(seed) => Source::Sample { seed: seed.parse().unwrap() },
        None => Source::file(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/").to_owned() + path),
    };
    let mut plan = Plan::new(source);
    plan.dictionary = words.clone().into();
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to, plan.clustering.kmeans.restarts) = (Some(k), k, k, 3);
    let outputs = Outputs { personas: true, silhouettes: SilhouetteWish::None, ..Outputs::default() };
    engine::analyse(&plan, &Wanted::outputs(outputs), &Ctx::new()).unwrap().0
}

/// Every card as each format has it.
fn exported(report: &Report) -> Vec<(Format, Vec<Card>)> {
    let folder = tempfile::tempdir().unwrap();
    let formats = [Format::Markdown, Format::Html, Format::Json, Format::Pptx, Format::Pdf];
    let written = export::write_all(report, &Plots::default(), &Choices::of(&formats), folder.path(), &Ctx::new()).unwrap();
    let mut all = Vec::new();
    for file in &written.files {
        match file.path.extension().and_then(|end| end.to_str()) {
            Some("pptx") => all.push((Format::Pptx, of_slides(&std::fs::read(&file.path).unwrap()))),
            Some("pdf") => all.extend(of_pages(&file.path).map(|cards| (Format::Pdf, cards))),
            _ => {}
        }
        let Ok(text) = std::fs::read_to_string(&file.path) else { continue };
        match file.path.extension().and_then(|end| end.to_str()) {
            Some("md") => all.push((Format::Markdown, of_markdown(&text))),
            Some("html") => all.push((Format::Html, of_html(&text))),
            Some("json") => {
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                if json["personas"].is_array() {
                    all.push((Format::Json, of_json(&json)));
                }
            }
            _ => {}
        }
    }
    let n_read = 5 - usize::from(!all.iter().any(|(format, _)| *format == Format::Pdf) && !has_poppler());
    assert_eq!(all.len(), n_read, "{:?}", written.files.iter().map(|file| &file.path).collect::<Vec<_>>());
    all
}

fn of_json(json: &serde_json::Value) -> Vec<Card> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let line = |s: &serde_json::Value| Line { text: text(&s["text"]), value: text(&s["value"]), everyone: text(&s["everyone"]) };
    let card = |persona: &serde_json::Value| Card {
        name: text(&persona["name"]),
        summary: text(&persona["summary"]),
        lines: persona["statements"].as_array().unwrap().iter().map(line).collect(),
    };
    json["personas"].as_array().unwrap().iter().map(card).collect()
}

fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next()),
            c => plain.push(c),
        }
    }
    entities(&plain)
}

fn entities(text: &str) -> String {
    let quotes = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn of_markdown(text: &str) -> Vec<Card> {
    let mut cards: Vec<Card> = Vec::new();
    let mut in_list = false;
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some(name) = line.strip_prefix("## ") {
            // A card says who it is on the next line, in italics.
            if lines.get(at + 1).is_some_and(|next| next.starts_with("*Persona")) {
                cards.push(Card { name: without_escapes(name), summary: without_escapes(lines[at + 2]), lines: Vec::new() });
            }
        }
        let cells: Vec<String> = line.trim_matches('|').split(" | ").map(|cell| without_escapes(cell.trim())).collect();
        if line.starts_with("| What sets them apart") || line.starts_with("| Less than others") {
            in_list = true;
        } else if !line.starts_with('|') {
            in_list = false;
        } else if in_list
            && !line.starts_with("| :--")
            && cells.len() == 3
            && let Some(card) = cards.last_mut()
        {
            card.lines.push(Line { text: cells[0].clone(), value: cells[1].clone(), everyone: cells[2].clone() });
        }
    }
    cards
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).map_or("", |(_, rest)| rest.split_once(end).map_or(rest, |(inside, _)| inside))
}

fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut is_tag = false;
    for c in text.chars() {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            c if !is_tag => plain.push(c),
            _ => {}
        }
    }
    entities(plain.trim())
}

fn of_html(text: &str) -> Vec<Card> {
    let mut cards = Vec::new();
    for card in text.split("<article").skip(1) {
        let of = |line: &str| Line {
            text: without_tags(&format!("<{}", between(line, "class=\"what\"", "</span><span class=\"value\""))),
            value: without_tags(between(line, "<span class=\"value\">", "</span>")),
            everyone: without_tags(between(line, "<span class=\"all\">everyone ", "</span>")),
        };
        let lines = card.split("<li><span ").skip(1).filter(|line| line.starts_with("class=\"what\" dir")).map(of).collect();
        let name = without_tags(&format!("<h2{}", between(card, "<h2", "</h2>")));
        let summary = without_tags(between(card, "<p class=\"summary\" dir=\"auto\">", "</p>"));
        cards.push(Card { name, summary, lines });
    }
    cards
}

/// The cards among slides: the title, the sentence, and the lists of the table.
fn of_slides(bytes: &[u8]) -> Vec<Card> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = package.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let number = |name: &str| name.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?.parse::<usize>().ok();
    let slides: BTreeMap<usize, String> = names.into_iter().filter_map(|name| Some((number(&name)?, name))).collect();
    let mut cards = Vec::new();
    for name in slides.values() {
        let mut text = String::new();
        package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        let slide = Document::parse(&text).unwrap();
        let parts: Vec<(String, Node)> = slide
            .descendants()
            .filter(|node| matches!(node.tag_name().name(), "sp" | "graphicFrame"))
            .filter_map(|node| Some((node.descendants().find_map(|inner| inner.attribute("name"))?.to_owned(), node)))
            .collect();
        let part = |name: &str| parts.iter().find(|part| part.0 == name).map(|part| part.1);
        if !part("Place").is_some_and(|place| texts(place).starts_with("Persona ")) {
            continue;
        }
        let rows = part("Statements").into_iter().flat_map(|table| table.descendants().filter(|node| node.tag_name().name() == "tr"));
        let cells = rows.map(|row| row.children().filter(|node| node.tag_name().name() == "tc").map(texts).collect::<Vec<_>>());
        let is_line = |cells: &Vec<String>| cells.len() == 3 && !["What sets them apart", "Less than others"].contains(&cells[0].as_str());
        let line = |cells: Vec<String>| Line { text: cells[0].clone(), value: cells[1].clone(), everyone: cells[2].clone() };
        let told = |name: &str| part(name).map(texts).unwrap_or_default();
        cards.push(Card { name: told("Title"), summary: told("Summary"), lines: cells.filter(is_line).map(line).collect() });
    }
    cards
}

/// All text inside, one paragraph after the other.
fn texts(node: Node) -> String {
    let paragraphs = node.descendants().filter(|inner| inner.tag_name().name() == "p");
    let runs = |paragraph: Node| paragraph.descendants().filter(|run| run.tag_name().name() == "t").filter_map(|run| run.text()).collect();
    paragraphs.map(runs).collect::<Vec<String>>().join(" ").trim().to_owned()
}

fn has_poppler() -> bool {
    Command::new("pdfinfo").arg("-v").output().is_ok()
}

/// The cards of a PDF, as a screen reader goes through them: by its tags. None where no reader is installed.
fn of_pages(path: &Path) -> Option<Vec<Card>> {
    if !has_poppler() {
        eprintln!("pdfinfo is not installed, so sentences of the PDF are not read");
        return None;
    }
    let output = Command::new("pdfinfo").args(["-enc", "UTF-8", "-struct-text"]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Titles of headings may be in another encoding; texts are not.
    let tree = String::from_utf8_lossy(&output.stdout);
    // Every tag with text, in reading order; a text goes on over several lines.
    let mut told: Vec<(bool, String)> = Vec::new();
    let mut is_open = false;
    for line in tree.lines().map(str::trim) {
        match line.strip_prefix('"').and_then(|line| line.strip_suffix('"')) {
            Some(text) if is_open => told.last_mut().unwrap().1.push_str(text),
            Some(text) => {
                told.push((false, text.to_owned()));
                is_open = true;
            }
            None if line.starts_with("H1 ") => {
                told.push((true, String::new()));
                is_open = true;
            }
            // Attributes of the tag whose text comes.
            None if line.starts_with('/') => {}
            None => is_open = false,
        }
    }
    let mut cards: Vec<Card> = Vec::new();
    let mut in_list = false;
    let mut line: Vec<String> = Vec::new();
    for (at, (is_heading, text)) in told.iter().enumerate() {
        let text = text.trim();
        if *is_heading {
            let place = told[..at].iter().rev().take(2).any(|(_, before)| before.contains("Persona ") && before.contains(" of "));
            if place {
                cards.push(Card { name: text.to_owned(), summary: told[at + 1].1.trim().to_owned(), lines: Vec::new() });
            }
            in_list = false;
        } else if ["What sets them apart", "Less than others"].contains(&text) {
            (in_list, line) = (true, Vec::new());
        } else if in_list {
            line.push(text.to_owned());
            if line.len() == 3 {
                let Some(everyone) = line[2].strip_prefix("everyone ") else {
                    in_list = false;
                    continue;
                };
                let card = cards.last_mut().unwrap();
                card.lines.push(Line { text: line[0].clone(), value: line[1].clone(), everyone: everyone.to_owned() });
                line.clear();
            }
        }
    }
    Some(cards)
}

/// The rows of one persona, and of everyone who took part.
struct Rows<'a> {
    report: &'a Report,
    members: Vec<usize>,
    all: Vec<usize>,
    /// Columns that are 0 and 1 only, and so read as no and yes.
    zero_one: &'a BTreeSet<String>,
}

fn zero_one(report: &Report) -> BTreeSet<String> {
    let table = &report.loaded.table;
    let is_one = |column: &&personae::data::Column| {
        let mut values = (0..table.n_rows).filter_map(|row| column.number(row)).peekable();
        values.peek().is_some() && values.all(|value| value == 0.0 || value == 1.0)
    };
    table.columns.iter().filter(is_one).map(|column| column.name.clone()).collect()
}

impl Rows<'_> {
    fn numbers(&self, column: &str, rows: &[usize]) -> Vec<f64> {
        let column = self.report.loaded.table.column(column).unwrap();
        let mut values: Vec<f64> = rows.iter().filter_map(|&row| column.number(row)).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn is_zero_one(&self, column: &str) -> bool {
        self.zero_one.contains(column)
    }

    fn level(&self, column: &str, row: usize) -> Option<String> {
        let zero_one = self.is_zero_one(column);
        let column = self.report.loaded.table.column(column).unwrap();
        if zero_one {
            return column.number(row).map(|value| if value == 1.0 { "yes".to_owned() } else { "no".to_owned() });
        }
        if self.is_coded(&column.name) {
            return column.number(row).map(|value| value.to_string());
        }
        column.text(row).map(str::to_owned)
    }

    /// Whether the numbers of a column are codes: most of them have a label.
    fn is_coded(&self, column: &str) -> bool {
        self.report.dictionary.has_levels(column)
            && self.codes(column).is_some_and(|codes| {
                let labelled = codes.iter().filter(|code| self.report.dictionary.own_level(column, code).is_some()).count();
                2 * labelled > codes.len()
            })
    }

    /// The different whole numbers of a column, where they are few.
    fn codes(&self, column: &str) -> Option<BTreeSet<String>> {
        let values = self.numbers(column, &(0..self.report.loaded.table.n_rows).collect::<Vec<_>>());
        let codes: BTreeSet<String> = values.iter().map(f64::to_string).collect();
        (values.iter().all(|value| value.fract() == 0.0) && codes.len() <= 20).then_some(codes)
    }

    /// What is meant, by the words it is shown with.
    fn shown(&self, meant: &Meant) -> Meant {
        let words = &self.report.dictionary;
        let column = words.label(&meant.column).unwrap_or(&meant.column).to_owned();
        Meant { column, level: meant.level.as_deref().map(|level| words.level(&meant.column, level).to_owned()) }
    }

    fn share(&self, meant: &Meant, rows: &[usize]) -> f64 {
        let levels: Vec<String> = rows.iter().filter_map(|&row| self.level(&meant.column, row)).collect();
        let n = levels.iter().filter(|level| Some(*level) == meant.level.as_ref()).count();
        n as f64 / levels.len().max(1) as f64
    }

    /// The value that a text should be: a share, a median, or with "avg" a mean.
    fn value(&self, meant: &Meant, rows: &[usize], is_mean: bool) -> f64 {
        if meant.level.is_some() {
            return self.share(meant, rows);
        }
        let values = self.numbers(&meant.column, rows);
        let n = values.len();
        match is_mean {
            true => values.iter().sum::<f64>() / n.max(1) as f64,
            false if n == 0 => f64::NAN,
            false => (values[(n - 1) / 2] + values[n / 2]) / 2.0,
        }
    }

    /// All that a text could be about: its words are there and its numbers are right.
    fn meant(&self, text: &str, value: &str, everyone: &str) -> Vec<Meant> {
        let mut found = Vec::new();
        for profile in &self.report.loaded.profile.columns {
            let name = profile.name.clone();
            let mut candidates = Vec::new();
            if let Some(levels) = &profile.levels {
                candidates.extend(levels.names.iter().map(|level| Meant { column: name.clone(), level: Some(level.clone()) }));
            } else if self.is_zero_one(&name) {
                candidates.extend(["no", "yes"].map(|level| Meant { column: name.clone(), level: Some(level.to_owned()) }));
            } else if profile.numeric.is_some() && self.is_coded(&name) {
                candidates.extend(self.codes(&name).unwrap().into_iter().map(|code| Meant { column: name.clone(), level: Some(code) }));
            } else if profile.numeric.is_some() {
                candidates.push(Meant { column: name.clone(), level: None });
            }
            let is_right = |meant: &Meant| {
                mentions(text, &self.shown(meant)) && self.fits(meant, &self.members, value) && self.fits(meant, &self.all, everyone)
            };
            found.extend(candidates.into_iter().filter(is_right));
        }
        found
    }

    fn fits(&self, meant: &Meant, rows: &[usize], text: &str) -> bool {
        let value = self.value(meant, rows, text.starts_with("avg "));
        match printed(text) {
            Printed::Number(number) => {
                (value - number).abs() <= 0.0051 * number.abs().max(value.abs()) + 0.5 * f64::from(u8::from(text.contains("years")))
            }
            Printed::Percent(percent) => {
                // A percentage column holds 22, a share 0.22.
                let tolerance = if percent < 10.0 { 0.051 } else { 0.51 };
                (100.0 * value - percent).abs() <= tolerance || meant.level.is_none() && (value - percent).abs() <= tolerance
            }
            Printed::Month(month) => month_of(value) == month,
            Printed::Over(percent) => meant.level.is_some() && 100.0 * value > percent,
            Printed::Under(percent) => meant.level.is_some() && 100.0 * value < percent,
            Printed::Hidden => true,
        }
    }
}

/// Months since year 0 of a day since 1970.
fn month_of(day: f64) -> i32 {
    // Howard Hinnant's civil_from_days.
    let z = day.round() as i64 + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year * 12 + month) as i32
}

fn printed(text: &str) -> Printed {
    let text = text.trim_start_matches("avg ").replace('\u{202f}', "");
    if matches!(text.as_str(), "–" | "withheld") || text.contains('<') || text.contains("> ") || text.contains(">9") {
        return Printed::Hidden;
    }
    if let Some((year, month)) = text.split_once('-').filter(|(year, _)| year.len() == 4)
        && let (Ok(year), Ok(month)) = (year.parse::<i32>(), month.parse::<i32>())
    {
        return Printed::Month(year * 12 + month);
    }
    let digits: String = text.replace('\u{2212}', "-").chars().filter(|c| c.is_ascii_digit() || *c == '.' || *c == '-').collect();
    let number = digits.parse().unwrap_or_else(|_| panic!("{text:?} is no number"));
    match text.to_lowercase() {
        bound if bound.starts_with("over ") => Printed::Over(number),
        bound if bound.starts_with("under ") => Printed::Under(number),
        text if text.contains('%') => Printed::Percent(number),
        _ => Printed::Number(number),
    }
}

/// Whether a text speaks of a column: by its own words, or by those that say the same thing in English.
fn mentions(text: &str, meant: &Meant) -> bool {
    const SAID: [(&str, &[&str]); 30] = [
        ("satisfied", &["satisf"]),
        ("as often", &["frequency"]),
        ("spend", &["monetary", "revenue"]),
        ("baskets", &["basket", "order_value"]),
        ("customers for", &["tenure", "member", "since"]),
        ("employees for", &["tenure", "member", "since"]),
        ("members for", &["tenure", "member", "since"]),
        ("older", &["age", "birth"]),
        ("younger", &["age", "birth"]),
        ("between purchases", &["gap", "between", "interval"]),
        ("buy less often", &["gap", "between", "interval", "frequency"]),
        ("buy more often", &["gap", "between", "interval", "frequency"]),
        ("pay raise", &["hike", "raise", "rise", "increase"]),
        ("active", &["last", "recency"]),
        ("since the last activity", &["last", "recency"]),
        ("joined", &["signup", "first", "join"]),
        ("discounts", &["discount"]),
        ("wider range", &["categor", "product"]),
        ("narrower range", &["categor", "product"]),
        ("return", &["return"]),
        ("support", &["support", "ticket", "complain"]),
        ("buy online", &["online", "web"]),
        ("the app", &["app"]),
        ("in stores", &["store"]),
        ("weekends", &["weekend"]),
        ("live in", &["household"]),
        ("churned", &["churn"]),
        ("at the company", &["company"]),
        ("have left", &["attrition"]),
        ("have stayed", &["attrition"]),
    ];
    let text = text.to_lowercase();
    let column = meant.column.to_lowercase();
    if let Some(level) = &meant.level {
        let level = level.to_lowercase();
        let no = text.contains(" not ") || text.contains(" no ") || text.contains("stayed");
        let of_column = || {
            tokens(&meant.column).iter().any(|token| token.len() >= 3 && text.contains(token.trim_end_matches("ing")))
                || said(&text, &column, &SAID)
        };
        return match level.as_str() {
            "yes" | "true" => !no && of_column(),
            "no" | "false" => no && of_column(),
            // "One year" is a "one-year contract".
            level => text.replace('-', " ").contains(&level.replace('-', " ")),
        };
    }
    tokens(&meant.column).iter().any(|token| token.len() >= 3 && text.contains(token.as_str()) || text.split(' ').any(|word| word == token))
        || said(&text, &column, &SAID)
}

fn said(text: &str, column: &str, list: &[(&str, &[&str])]) -> bool {
    list.iter().any(|(said, columns)| text.contains(said) && columns.iter().any(|word| column.contains(word)))
}

/// Whether words say that there is more of the column (`Some(true)`), less of it, or nothing that can be read.
fn direction(text: &str, meant: &Meant, is_date: bool) -> Option<bool> {
    let text = format!(" {} ", text.to_lowercase());
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // What sounds like more is less of these columns.
    if has(&[" more recent", "active more recently"]) {
        return Some(is_date);
    }
    if has(&["last active longer ago", " longer since "]) {
        return Some(!is_date);
    }
    if has(&[" by birth", "(by "]) {
        return Some(has(&[" younger "]));
    }
    if has(&["joined more recently"]) {
        return Some(true);
    }
    if has(&["joined earlier"]) {
        return Some(false);
    }
    // Of a gap more is less often, of a frequency it is not.
    let is_gap = ["gap", "between", "interval"].iter().any(|word| meant.column.contains(word));
    if has(&["buy less often"]) {
        return Some(is_gap);
    }
    if has(&["buy more often"]) {
        return Some(!is_gap);
    }
    if let Some(times) = ratio(&text) {
        return Some(times > 1.0);
    }
    let more = has(&[" higher ", " more ", " more.", " longer ", " bigger ", " later ", " larger ", " older ", " wider "]);
    let less = has(&[" lower ", " less ", " fewer ", " shorter ", " smaller ", " earlier ", " younger ", " narrower "]);
    assert!(!(more && less), "{text} of {meant:?}");
    (more || less).then_some(more)
}

/// Reads a line or clause of a scale or a level back; panics where that cannot be done.
fn read_back(rows: &Rows, text: &str, value: &str, everyone: &str) -> Meant {
    let text = text.replace(" (sensitive)", "").replace(" (outcome)", "");
    // What says the same is folded behind it; the fact itself is read.
    let folds = |tail: &str| tail.ends_with("says the same") || tail.ends_with("say the same");
    let text = text.rsplit_once(", and ").filter(|(_, tail)| folds(tail)).map_or(text.as_str(), |(fact, _)| fact).to_owned();
    let told = format!("\"{text}\" ({value}, all {everyone})");
    let meant = rows.meant(&text, value, everyone);
    assert!(!meant.is_empty(), "{told} is said of no column");
    let is_true = |meant: &&Meant| {
        let is_mean = value.starts_with("avg ");
        let (here, all) = (rows.value(meant, &rows.members, is_mean), rows.value(meant, &rows.all, is_mean));
        if meant.level.is_some() {
            let counted = match text.split_once(' ').map_or("", |(first, _)| first) {
                "All" => here >= 1.0,
                "Almost" => here >= 0.9 && here > all,
                "Most" => here >= 0.5 && here > all,
                "More" => here > all,
                "None" => here <= 0.0,
                "Hardly" => here < 0.05 && here < all,
                "Fewer" | "A" => here < all || text.starts_with("A few"),
                // A share of its own: the number is the whole statement.
                _ => true,
            };
            return counted;
        }
        let column = rows.report.loaded.table.column(&meant.column).unwrap();
        let is_date = column.kind() == personae::data::Kind::Date;
        direction(&text, meant, is_date) == Some(here > all)
    };
    let found = meant.iter().find(is_true).cloned();
    found.unwrap_or_else(|| panic!("{told} is not true of {meant:?}"))
}

/// The ratio that is said: "2.4x as much", "half as many", "a quarter of the income".
fn ratio(text: &str) -> Option<f64> {
    let parts = [
        (" a tenth ", 0.1),
        (" a fifth ", 0.2),
        (" a quarter ", 0.25),
        (" a third ", 0.333),
        (" half ", 0.5),
        (" two thirds ", 0.667),
        (" three quarters ", 0.75),
    ];
    let named = parts.iter().find(|(part, _)| ["as ", "of the ", "the "].iter().any(|behind| text.contains(&format!("{part}{behind}"))));
    // "41 % as often", "41 % of the income".
    let percent = || {
        let before = ["as ", "of the "].into_iter().find_map(|behind| Some(text.split_once(&format!("% {behind}"))?.0))?;
        Some(before.trim_end().rsplit(' ').next()?.parse::<f64>().ok()? / 100.0)
    };
    let times = || text.split_whitespace().find_map(|word| word.strip_suffix('x')?.parse().ok());
    named.map(|(_, ratio)| *ratio).or_else(percent).or_else(times)
}

/// No ratio but of amounts and counts.
fn ratio_is_meant(text: &str, meant: &Meant, value: &str, everyone: &str) {
    let Some(times) = ratio(text) else { return };
    let words = tokens(&meant.column);
    let no_ratio =
        ["score", "rating", "rank", "rate", "share", "pct", "percent", "level", "index", "hike", "change", "date", "gap", "since"];
    assert!(!words.iter().any(|word| no_ratio.contains(&word.as_str())) && meant.level.is_none(), "{text}");
    let (Printed::Number(here), Printed::Number(all)) = (printed(value), printed(everyone)) else { panic!("{text}: {value}, {everyone}") };
    assert!((here / all / times - 1.0).abs() < 0.06, "{text}: {here} / {all}");
}

/// The sentence of a card, read word for word.
fn summary(rows: &Rows, card: &Card) -> usize {
    let text = &card.summary;
    let (size, rest) = text.split_once(").").unwrap_or_else(|| panic!("{text}"));
    let (n, parts) = size.split_once(" (").unwrap();
    let counted: String = n.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(counted, rows.members.len().to_string(), "{text}");
    for part in parts.split(", ") {
        let (share, what) =
            part.rsplit_once(if part.ends_with("of all") { " of all" } else { " of revenue" }).unwrap_or_else(|| panic!("{part}"));
        let real = if part.ends_with("of all") {
            rows.members.len() as f64 / rows.all.len() as f64
        } else {
            let column = rows.report.personas.revenue_column.as_deref().unwrap();
            rows.numbers(column, &rows.members).iter().sum::<f64>() / rows.numbers(column, &rows.all).iter().sum::<f64>()
        };
        assert!(what.is_empty(), "{part}");
        match printed(share) {
            Printed::Percent(percent) => assert!((100.0 * real - percent).abs() < 0.51, "{text}: {real}"),
            other => assert_eq!(other, Printed::Hidden, "{text}"),
        }
    }
    let mut rest = rest.trim().trim_start_matches("No strong difference from everyone was found.").trim();
    let mut n_read = 0;
    let mut said: Vec<Meant> = Vec::new();
    // A slide has room for so much; what is cut there ends before the numbers of its last clause.
    let whole = if rest.ends_with('…') { rest.rfind(')').map_or(0, |at| at + 1) } else { rest.len() };
    assert!(!rest.trim_end_matches('…').ends_with(|c: char| c.is_ascii_digit() || c == '('), "a number is cut: {text}");
    rest = &rest[..whole];
    while !rest.is_empty() {
        // A level or a column may have brackets of its own; those that close a clause hold numbers.
        let ends = rest.match_indices(')').map(|(at, _)| at);
        let holds_numbers =
            |at: &usize| rest[..*at].rsplit_once('(').is_some_and(|(_, inside)| inside.contains(" against ") || inside.contains("all: "));
        let end = ends.into_iter().find(holds_numbers).unwrap_or_else(|| panic!("{rest:?} in {text}"));
        let (head, tail) = (&rest[..end], &rest[end + 1..]);
        let (words, numbers) = head.rsplit_once('(').unwrap();
        let words = words.trim().trim_start_matches(',').trim().trim_start_matches("and ").trim();
        let words = ["Compared with everyone, they ", "The differences are slight: they "]
            .iter()
            .find_map(|start| words.strip_prefix(start))
            .unwrap_or(words);
        let meant = match (numbers.split_once(" against "), numbers.split_once("all: ")) {
            (Some((value, everyone)), _) => {
                let meant = read_back(rows, words, value, everyone);
                ratio_is_meant(words, &meant, value, everyone);
                meant
            }
            (_, Some((before, everyone))) => {
                let zero = "0\u{202f}%".to_owned();
                let value = match () {
                    () if words.starts_with("None ") => zero,
                    () if !before.is_empty() => before.trim_end_matches(", ").to_owned(),
                    () => words.split_once('%').map(|(share, _)| format!("{share}%")).unwrap_or_else(|| panic!("{words}")),
                };
                let words = words.split_once("% ").map_or(words, |(_, verb)| verb);
                read_back(rows, words, &value, everyone)
            }
            _ => panic!("{numbers:?} in {text}"),
        };
        assert!(!said.contains(&meant), "{meant:?} twice in {text}");
        said.push(meant);
        n_read += 1;
        rest = tail.trim_start_matches('.').trim();
    }
    n_read
}

/// The name against the rows: every word's direction, no contradiction, no word twice.
fn name(rows: &Rows, cluster: usize, card: &Card) {
    let persona = &rows.report.personas.personas[cluster];
    assert_eq!(card.name, persona.name);
    let small = rows.members.len() < 31 || rows.members.len() * 100 < rows.all.len();
    assert_eq!(card.name.starts_with("Small group "), small, "{}", card.name);
    let words: Vec<String> = card.name.to_lowercase().split([' ', '-']).map(|word| word.trim_end_matches('s').to_owned()).collect();
    assert!(words.iter().enumerate().all(|(at, word)| word.is_empty() || !words[..at].contains(word)), "a word twice: {}", card.name);
    let mut up: Option<bool> = None;
    for part in &persona.name_parts {
        let Some(evidence) = part.evidence.map(|at| &persona.evidence[at]) else { continue };
        let meant = Meant { column: evidence.column.clone(), level: evidence.level.clone() };
        let is_said = persona.statements.iter().any(|said| persona.evidence[said.evidence].column == meant.column);
        assert!(is_said || !evidence.passes_statement, "{}: no statement is about {}", card.name, meant.column);
        let role = rows.report.loaded.profile.column(&meant.column).unwrap().guessed_role;
        assert!(!matches!(role, Role::Sensitive | Role::Outcome | Role::Identifier), "{} rests on {}", card.name, meant.column);
        let (here, all) = (rows.value(&meant, &rows.members, false), rows.value(&meant, &rows.all, false));
        if meant.level.is_some() {
            assert!(here > all && here >= 0.5, "{}: {meant:?} {here} {all}", card.name);
            continue;
        }
        let is_gap =
            ["gap", "between", "since", "recency", "last"].iter().any(|word| tokens(&meant.column).iter().any(|token| token == word));
        let is_more = match part.word.as_str() {
            "Frequent" | "Recent" => Some(!is_gap),
            "Infrequent" | "Lapsed" => Some(is_gap),
            word if ["High-", "Top-", "Big-"].iter().any(|start| word.starts_with(start))
                || ["High", "Big", "Long", "Older", "Many"].contains(&word) =>
            {
                Some(true)
            }
            word if ["Low-", "Small-", "Less-"].iter().any(|start| word.starts_with(start))
                || ["Low", "Small", "Short", "Few"].contains(&word) =>
            {
                Some(false)
            }
            _ => None,
        };
        if let Some(is_more) = is_more {
            let date = rows.report.loaded.table.column(&meant.column).unwrap().kind() == personae::data::Kind::Date;
            if !date {
                assert_eq!(here > all, is_more, "{}: {} is {here}, everyone {all}", card.name, meant.column);
            }
        }
        // Of gap and count both may name a persona, but never against each other.
        if ["Frequent", "Infrequent"].contains(&part.word.as_str()) {
            let is_frequent = part.word == "Frequent";
            assert!(up.is_none_or(|up| up == is_frequent), "{}", card.name);
            up = Some(is_frequent);
        }
    }
}

fn check(path: &str, k: usize) -> usize {
    check_with(path, k, &Dictionary::default())
}

fn check_with(path: &str, k: usize, words: &Dictionary) -> usize {
    let report = report_with(path, k, words);
    let table_rows = &report.prepared.table_rows;
    let members: Vec<Vec<usize>> =
        Labels::members(&report.labels).iter().map(|rows| rows.iter().map(|&row| table_rows[row]).collect()).collect();
    let zero_one = zero_one(&report);
    let mut n_read = 0;
    for (format, cards) in exported(&report) {
        assert_eq!(cards.len(), members.len(), "{path}, {format:?}");
        let lines: usize = cards.iter().map(|card| card.lines.len()).sum();
        assert!(lines > 0 || report.personas.personas.iter().all(|persona| persona.statements.is_empty()), "{path}, {format:?}");
        for card in &cards {
            let cluster = report.personas.personas.iter().position(|persona| persona.name == card.name);
            let cluster = cluster.unwrap_or_else(|| panic!("{path}, {format:?}: {:?}", card.name));
            let rows = Rows { report: &report, members: members[cluster].clone(), all: table_rows.clone(), zero_one: &zero_one };
            name(&rows, cluster, card);
            n_read += summary(&rows, card);
            let mut seen = BTreeSet::new();
            // Of fewer than ten no value is shown.
            for line in card.lines.iter().filter(|_| rows.members.len() >= 10) {
                read_back(&rows, &line.text, &line.value, &line.everyone);
                assert!(seen.insert(&line.text), "{:?} twice in {:?}", line.text, card.name);
                n_read += 1;
            }
        }
    }
    n_read
}

#[test]
fn every_sentence_of_the_fixtures_can_be_read_back() {
    for file in ["gap", "raise", "no_levels", "twins", "one_cloud"] {
        for k in [2, 3, 5] {
            assert!(check(&format!("words/{file}.csv"), k) > 0, "{file}, {k}");
        }
    }
}

#[test]
fn every_sentence_in_words_of_the_user_can_be_read_back() {
    for k in [2, 3, 5] {
        assert!(check_with("words/survey.csv", k, &super::dictionary::survey_words()) > 0, "{k}");
    }
}

#[test]
fn every_sentence_of_the_sample_can_be_read_back() {
    for (seed, k) in [(0, 5), (1, 3), (2, 8)] {
        assert!(check(&format!("sample {seed}"), k) > 40, "{seed}, {k}");
    }
}

#[test]
fn gaps_raises_and_answers_are_said_as_they_are() {
    let names = |file: &str, k: usize| {
        let report = report(&format!("words/{file}.csv"), k);
        let median = |column: &str, persona: usize| {
            report.personas.personas[persona].evidence.iter().find(|e| e.column == column).map(|e| e.persona - e.everyone).unwrap()
        };
        let told = report.personas.personas.iter().enumerate().map(|(at, persona)| {
            let gap = if file == "gap" { median("purchase_gap_days", at) } else { 0.0 };
            (persona.name.clone(), persona.summary.clone(), gap)
        });
        told.collect::<Vec<_>>()
    };
    for (name, _, gap) in names("gap", 2) {
        assert!(!name.contains("Infrequent") || gap > 0.0, "{name}: {gap}");
        assert!(!name.contains("Frequent") || name.contains("Infrequent") || gap < 0.0, "{name}: {gap}");
    }
    assert!(names("gap", 2).iter().any(|(name, ..)| name.contains("requent")));
    for (name, summary, _) in names("raise", 2) {
        assert!(!name.contains("Customers") && !name.contains("Buyers") && summary.contains(" employees ("), "{name}: {summary}");
        // A raise in percent is no income: only the monthly one is told as such.
        assert!(!summary.contains("the income (22") && !summary.contains("satisfied"), "{summary}");
    }
    for (name, summary, _) in names("no_levels", 3) {
        assert!(!summary.contains("less often") && !summary.contains("more often"), "{name}: {summary}");
    }
}

#[test]
fn false_sentences_are_not_read_back() {
    let report = report("words/gap.csv", 3);
    let zero_one = zero_one(&report);
    let all = report.prepared.table_rows.clone();
    let persona = report.personas.personas.iter().find(|persona| persona.name.contains("Infrequent")).unwrap();
    let members = Labels::members(&report.labels)[persona.cluster].iter().map(|&row| all[row]).collect();
    let rows = Rows { report: &report, members, all, zero_one: &zero_one };
    let gap = persona.statements.iter().find(|line| line.text == "Longer between purchases").unwrap();
    let reads = |text: &str, value: &str| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read_back(&rows, text, value, &gap.everyone))).is_ok()
    };
    assert!(reads("Longer between purchases", &gap.value));
    assert!(!reads("Shorter time between purchases", &gap.value), "the wrong way");
    assert!(!reads("buy more often", &gap.value), "the wrong way, in other words");
    assert!(!reads("Longer between purchases", "7 days"), "another number");
    assert!(!reads("Higher income", &gap.value), "another column");
}
