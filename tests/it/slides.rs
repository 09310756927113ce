//! Do the slides and the Markdown say what the deck says, to readers that are not ours? python-pptx, LibreOffice and poppler read along.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use personae::base::Ctx;
use personae::export::{self, Choices, Deck, Density, Plots, Report};
use personae::persona::{Added, Picture, Priority};
use resvg::usvg::roxmltree::Document;

use crate::exporting::{LONG_LEVEL, NASTY, long_levels_report, nasty_report, plots, report};
use crate::foreign;

const LONG: &str = "Occasional weekend visitors from small towns who compare prices for a very long time";

/// A report with everything that a card may carry.
/// What the speaker wrote for slides that are no card: its key, the slide's title, the text. Such notes were once left at home, and map and elbow shared one.
const SPOKEN: [(&str, &str, &str); 4] = [
    ("overview", "", "Welcome the room"),
    ("plot map", "Map of the customers", "Point at the edge"),
    ("plot elbow", "Elbow: how tight the segments are", "Where does it bend?"),
    ("comparison", "The personas side by side", "Read along a row"),
];

fn full_report() -> Report {
    let mut report = report(&[150, 140, 90, 1], 5, 3);
    let personas = &mut Arc::make_mut(&mut report.personas).personas;
    personas[0].added = Added {
        goals: "Save time on weekdays and find everything in one place.".into(),
        pains: "Queues.\nParking.".into(),
        quotes: "“I know what I want.” ".repeat(60),
        messages: "Ready when you are".into(),
        priority: Priority::High,
        speaker_notes: "Start with the queue story.\nThen the numbers.".into(),
        picture: None,
    };
    personas[1].added.picture = Some(Picture { bytes: picture().into() });
    personas[1].name = LONG.into();
    report.slide_notes = SPOKEN.map(|(key, _, text)| (key.to_owned(), text.to_owned())).into();
    let personas = &mut Arc::make_mut(&mut report.personas).personas;
    personas[2].name = "לקוחות נאמנים מהצפון 長い名前の顧客 🙂".into();
    report
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_fn(40, 20, |x, y| image::Rgb([x as u8 * 6, y as u8 * 12, 90]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn deck_of(report: &Report, plots: &Plots, density: Density) -> (Deck, Vec<u8>) {
    let deck = export::deck(report, plots, &Choices { density, ..Choices::default() });
    let bytes = export::slides_pptx(&deck, report, &Ctx::new()).unwrap();
    (deck, bytes)
}

/// The parts of the file as text, pictures left out.
pub(crate) fn parts(bytes: &[u8]) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let (mut parts, mut names) = (BTreeMap::new(), BTreeSet::new());
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        assert!(names.insert(name.clone()), "{name} twice");
        if name.ends_with(".xml") || name.ends_with(".rels") {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            parts.insert(name, text);
        }
    }
    (parts, names)
}

/// Every part is XML, every id unique, every relation leads to a part, every part has a type, every picture and group its words.
fn check_package(bytes: &[u8]) -> usize {
    let (parts, names) = parts(bytes);
    let types = Document::parse(&parts["[Content_Types].xml"]).unwrap();
    let declared: BTreeSet<&str> = types.descendants().filter_map(|node| node.attribute("PartName")).collect();
    for name in declared.iter() {
        assert!(names.contains(&name[1..]), "{name} is declared and missing");
    }
    for (name, text) in &parts {
        let part = Document::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(name.ends_with(".rels") || name.starts_with('[') || declared.contains(format!("/{name}").as_str()), "{name} has no type");
        if name.ends_with(".rels") {
            let of = name.replace("_rels/", "").replace(".rels", "");
            for target in part.descendants().filter_map(|node| node.attribute("Target")) {
                let folder = Path::new(&of).parent().unwrap_or(Path::new(""));
                let mut place: Vec<String> = folder.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                for step in target.split('/') {
                    if step == ".." { drop(place.pop()) } else { place.push(step.to_owned()) }
                }
                assert!(names.contains(&place.join("/")), "{name} leads to {target}");
            }
        }
        if name.starts_with("ppt/slides/slide") {
            check_slide(name, &part, &parts[&name.replace("slides/", "slides/_rels/").replace(".xml", ".xml.rels")]);
        }
    }
    names.iter().filter(|name| name.starts_with("ppt/slides/slide")).count()
}

fn check_slide(name: &str, part: &Document, relations: &str) {
    let mut ids = BTreeSet::new();
    for node in part.descendants().filter(|node| node.tag_name().name() == "cNvPr") {
        assert!(ids.insert(node.attribute("id").unwrap()), "{name}: an id twice");
    }
    for node in part.descendants() {
        match node.tag_name().name() {
            "pic" => assert!(
                node.descendants().any(|node| node.attribute("descr").is_some_and(|told| !told.is_empty())),
                "{name}: a picture without words"
            ),
            "blip" => {
                let id = node.attributes().find(|attribute| attribute.name() == "embed").unwrap().value();
                assert!(
                    relations.contains(&format!(
                        "Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\""
                    )),
                    "{name}: {id}"
                );
            }
            "ext" if node.attribute("cx").is_some() => {
                assert!(["cx", "cy"].iter().all(|side| node.attribute(*side).unwrap().parse::<i64>().unwrap() >= 0))
            }
            "tr" => {
                let table = node.parent().unwrap();
                let columns = table.descendants().filter(|node| node.tag_name().name() == "gridCol").count();
                assert_eq!(
                    node.children().filter(|node| node.tag_name().name() == "tc").count(),
                    columns,
                    "{name}: a row of another width"
                );
            }
            _ => {}
        }
    }
    let titles = part.descendants().filter(|node| node.tag_name().name() == "ph" && node.attribute("type") == Some("title"));
    assert_eq!(titles.count(), 1, "{name} has one title");
}

#[test]
fn every_part_is_whole_for_one_and_for_forty_personas() {
    for k in [0, 1, 5, 40] {
        let sizes: Vec<usize> = (0..k).map(|cluster| 60 - cluster).collect();
        let report = report(&sizes, 7, 3);
        let (deck, bytes) = deck_of(&report, &Plots::default(), Density::Analyst);
        let n_slides = check_package(&bytes);
        assert!(n_slides >= 2 * k + 2, "{n_slides} slides of {k} personas");
        assert_eq!(deck_of(&report, &Plots::default(), Density::Analyst), (deck, bytes), "the same deck gives the same bytes");
        let (_, fronts) = deck_of(&report, &Plots::default(), Density::Workshop);
        assert!(check_package(&fronts) < n_slides, "a workshop sees no backs");
    }
}

#[test]
fn one_persona_is_compared_with_nobody() {
    let (deck, bytes) = deck_of(&report(&[300], 5, 3), &Plots::default(), Density::Analyst);
    assert!(deck.comparison.rows.is_empty());
    let (parts, _) = parts(&bytes);
    for (name, text) in &parts {
        assert!(!text.contains("side by side") && !text.contains("</a:tblGrid></a:tbl>"), "{name}");
    }
}

#[test]
fn all_fronts_of_a_deck_have_the_same_sizes() {
    let (deck, bytes) = deck_of(&full_report(), &Plots::default(), Density::Workshop);
    let (parts, _) = parts(&bytes);
    let sizes_of = |shape: &str| -> BTreeSet<String> {
        let mut sizes = BTreeSet::new();
        for text in parts.values() {
            let document = Document::parse(text).unwrap();
            for node in document.descendants().filter(|node| node.attribute("name") == Some(shape)) {
                let whole = node.ancestors().find(|node| node.tag_name().name() == "sp").unwrap();
                let runs = whole.descendants().filter(|node| node.tag_name().name() == "rPr");
                sizes.extend(runs.filter_map(|run| run.attribute("sz")).map(str::to_owned));
            }
        }
        sizes
    };
    assert!(deck.cards.len() > 2);
    assert_eq!(sizes_of("Summary").len(), 1);
}

#[test]
fn nothing_nasty_breaks_the_slides() {
    let mut report = nasty_report();
    for persona in &mut Arc::make_mut(&mut report.personas).personas {
        persona.name = format!("{NASTY}\u{0}\u{1b}[31m\u{fffe}\r\n{}", "w".repeat(200));
        persona.added.speaker_notes = format!("{NASTY}\u{7}\n{NASTY}");
        persona.added.picture = Some(Picture { bytes: Arc::from(*b"\x89PNG\r\n\x1a\nno picture") });
    }
    let (_, bytes) = deck_of(&report, &Plots::default(), Density::Analyst);
    check_package(&bytes);
    let (parts, names) = parts(&bytes);
    assert!(parts.values().all(|part| !part.contains("<script") && !part.contains('\u{1b}')));
    assert!(!names.iter().any(|name| name.starts_with("ppt/media")), "a broken picture leaves the portrait in its place");
    let stopped = export::slides_pptx(&export::deck(&report, &plots(2), &Choices::default()), &report, &Ctx::stopping_after(1));
    assert!(matches!(stopped, Err(export::ExportError::Stopped(_))));
}

#[test]
fn a_long_name_of_a_level_is_whole_on_its_slide() {
    let (_, bytes) = deck_of(&long_levels_report(), &plots(2), Density::Workshop);
    check_package(&bytes);
    let (parts, _) = parts(&bytes);
    assert!(parts.values().any(|part| part.contains(&format!("<a:t>{LONG_LEVEL}</a:t>"))));
}

/// What python-pptx reads; nothing where it is not installed.
fn read_back(bytes: &[u8]) -> Option<serde_json::Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("personas.pptx");
    std::fs::write(&file, bytes).unwrap();
    foreign::read("read_slides.py", &[file])
}

#[test]
fn python_pptx_reads_what_the_deck_says() {
    let report = full_report();
    let (deck, bytes) = deck_of(&report, &plots(4), Density::Analyst);
    let Some(read) = read_back(&bytes) else { return };
    assert_eq!((&read["size"], &read["title"]), (&serde_json::json!([12_192_000, 6_858_000]), &deck.title.as_str().into()));
    let slides = read["slides"].as_array().unwrap();
    assert_eq!(slides.len(), check_package(&bytes));
    let texts = |slide: &serde_json::Value| -> BTreeSet<String> {
        slide["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    for slide in slides {
        assert!(slide["title"].as_str().is_some_and(|title| !title.is_empty()), "{slide}");
        assert_eq!(slide["outside"], serde_json::json!([]), "{}", slide["title"]);
        assert_eq!(slide["layout"], "Title only");
    }
    assert_eq!(slides[0]["title"], deck.title);
    assert!(slides[0]["notes"].as_str().unwrap().contains(&deck.overview.lead));
    for (_, title, text) in SPOKEN {
        let title = if title.is_empty() { deck.title.as_str() } else { title };
        let spoken: Vec<&serde_json::Value> =
            slides.iter().filter(|slide| slide["notes"].as_str().is_some_and(|notes| notes.contains(text))).collect();
        assert_eq!(spoken.iter().map(|slide| slide["title"].as_str().unwrap()).collect::<Vec<_>>(), [title], "{text}");
    }
    for member in &deck.overview.members {
        assert!(texts(&slides[0]).contains(&member.name), "{}", member.name);
    }
    assert!(texts(&slides[0]).contains("In no group") && texts(&slides[0]).contains("Rows left out"));
    let rows = &slides[0]["tables"][0].as_array().unwrap()[1..];
    let digits = |cell: &serde_json::Value| cell.as_str().unwrap().chars().filter(char::is_ascii_digit).collect::<String>();
    let counts: Vec<usize> = rows.iter().map(|row| digits(&row[2]).parse().unwrap()).collect();
    // Everybody is in one row, and each share is what anybody reckons from the count beside it.
    assert_eq!(counts.iter().sum::<usize>(), report.loaded.table.n_rows);
    let shares: Vec<&str> = rows.iter().map(|row| row[3].as_str().unwrap()).collect();
    assert_eq!(shares, personae::base::text::percents(&counts));
    for card in &deck.cards {
        let front =
            slides.iter().find(|slide| slide["title"] == card.name.as_str()).unwrap_or_else(|| panic!("no slide is called {}", card.name));
        assert!(front["smallest"].as_f64().unwrap() >= 11.0, "{}", card.name);
        let said = texts(front);
        assert!(said.contains(&card.summary), "{}", card.summary);
        for line in card.more.iter().chain(&card.less) {
            for text in [&line.text, &line.value, &line.everyone] {
                assert!(said.contains(text), "{text} is not on the slide of {}", card.name);
            }
        }
        for fact in &card.facts {
            assert!(said.contains(&fact.value) && said.contains(&fact.label), "{}", fact.label);
        }
        assert!(card.nothing.as_ref().is_none_or(|nothing| said.contains(nothing)));
        let notes = front["notes"].as_str().unwrap();
        assert!(card.speaker_notes.lines().all(|line| notes.contains(line)), "{notes}");
    }
    let first = slides.iter().find(|slide| slide["title"] == deck.cards[0].name.as_str()).unwrap();
    assert!(texts(first).contains("Added by you") && texts(first).contains("Save time on weekdays and find everything in one place."));
    assert!(first["notes"].as_str().unwrap().contains("Quotes, in full:"), "what had no room is in the notes");
    let second = slides.iter().find(|slide| slide["title"] == LONG).unwrap();
    assert_eq!(second["pictures"], serde_json::json!([["image/png", format!("Picture chosen for {LONG}")]]));
    let comparison = slides.iter().find(|slide| slide["title"] == "The personas side by side").unwrap();
    for row in &deck.comparison.rows {
        assert!(texts(comparison).contains(&row.what), "{}", row.what);
    }
}

#[test]
fn everything_stays_on_the_slides_of_forty_personas_with_long_names() {
    let sizes: Vec<usize> = (0..40).map(|cluster| 90 - cluster).collect();
    let mut report = report(&sizes, 7, 3);
    for persona in &mut Arc::make_mut(&mut report.personas).personas {
        persona.name = format!("{LONG} {}", persona.number);
        persona.added.goals = LONG.repeat(persona.number);
    }
    let (_, bytes) = deck_of(&report, &Plots::default(), Density::Analyst);
    let Some(read) = read_back(&bytes) else { return };
    for slide in read["slides"].as_array().unwrap() {
        assert_eq!(slide["outside"], serde_json::json!([]), "{}", slide["title"]);
    }
}

#[test]
fn libreoffice_turns_the_slides_into_pages() {
    let report = full_report();
    let (deck, bytes) = deck_of(&report, &plots(4), Density::Analyst);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("personas.pptx");
    std::fs::write(&file, &bytes).unwrap();
    // A profile of its own: another LibreOffice may be running.
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let converted =
        Command::new("soffice").args([&profile, "--headless", "--convert-to", "pdf", "--outdir"]).arg(folder.path()).arg(&file).output();
    let Ok(converted) = converted else {
        eprintln!("skipped: soffice is not installed");
        return;
    };
    let pdf = folder.path().join("personas.pdf");
    assert!(pdf.exists(), "{}", String::from_utf8_lossy(&converted.stderr));
    let Ok(read) = Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output() else {
        eprintln!("skipped: pdftotext is not installed");
        return;
    };
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert_eq!(pages.len(), check_package(&bytes));
    // Lines break where the renderer breaks them, so words are compared and not spaces.
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let all = squeezed(&text);
    for card in deck.cards.iter().filter(|card| card.name.is_ascii()) {
        for line in card.more.iter().chain(&card.less) {
            assert!(all.contains(&squeezed(&line.text)), "{}", line.text);
        }
        assert!(card.name.split(' ').all(|word| text.contains(word)), "{}", card.name);
    }
    assert!(text.contains("Added by you") && text.contains("How this was made"));
}

/// Cells of a Markdown table's line: bars that are not escaped part them.
fn cells(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\|", "").matches('|').count() - 1
}

#[test]
fn markdown_says_what_the_deck_says() {
    let report = full_report();
    let (deck, _) = deck_of(&report, &Plots::default(), Density::Analyst);
    let text = export::cards_markdown(&deck);
    for card in &deck.cards {
        assert!(text.contains(&format!("\n## {}\n", card.name)), "{}", card.name);
        for line in card.more.iter().chain(&card.less) {
            assert!(text.contains(&format!("| {} | {} | {} |", line.text, line.value, line.everyone)), "{}", line.text);
        }
    }
    for part in
        ["Added by you", "**Goals:** Save time", "### Evidence", "total\\_spend", "How this was made", "side by side", "| Rows left out |"]
    {
        assert!(text.contains(part), "{part}");
    }
    let workshop = export::cards_markdown(&deck_of(&report, &Plots::default(), Density::Workshop).0);
    assert!(!workshop.contains("### Evidence") && !workshop.contains("How this was made"));
    let one = workshop.split("\n## ").find(|part| part.contains("Only 1 customer")).unwrap();
    assert!(!one.contains("What sets them apart"));
}

#[test]
fn markdown_takes_nothing_for_markup() {
    let mut report = nasty_report();
    let nasty = "<img src=x> [x](javascript:y) ![i](http://x) a|b `c` *d*\n# e\n- f \\| www.x.example";
    for persona in &mut Arc::make_mut(&mut report.personas).personas {
        persona.statements.iter_mut().for_each(|statement| statement.text = nasty.into());
        (persona.name, persona.added.goals) = (nasty.into(), nasty.into());
    }
    let (deck, _) = deck_of(&report, &Plots::default(), Density::Analyst);
    let text = export::cards_markdown(&deck);
    for markup in ["<img", "<script", " [x](", "![", "http://", "a|b", " `c`", " *d*", "\n# e", "\n- f", " www.x"] {
        assert!(!text.contains(markup), "{markup}");
    }
    let mut width = 0;
    for line in text.lines() {
        let n = if line.starts_with('|') { cells(line) } else { 0 };
        assert!(width == 0 || n == 0 || n == width, "{line}");
        width = n;
    }
}
