//! Are the set pages what they should be: one card per page at every size, readable by others, in every script, with the user's template or without?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use personae::base::Ctx;
use personae::data::Source;
use personae::engine::{Engine, EngineOptions, PagesWanted, Wanted};
use personae::export::pages::{self, Pages, TEMPLATE, Template};
use personae::export::{self, Choices, Density, Format, Paper, Plots, Report, deck};
use personae::persona::{Added, Condition, Example, Explained, Forest, Importance, MissingGroup, Picture, Priority, SegmentRule, Weighed};
use personae::session::{Page, Plan};

use crate::exporting::{LONG_LEVEL, long_levels_report, plots, report};

/// Names in scripts that run from right to left, need other fonts, or are longer than any line.
const NAMES: [&str; 6] = [
    "فريق العملاء المميزين الذين يعودون كل أسبوع",
    "常连の高額購入者 😀 VIP 顧客",
    "שלום לקוחות קבועים",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung",
    "충성 고객 अच्छे ग्राहक ลูกค้าดี",
    "<script>alert(1)</script> #set $x$ *bold* @ref",
];

fn set(report: &Report, plots: &Plots, choices: &Choices) -> Pages {
    pages::set(&deck(report, plots, choices), &pages::pictures(report), choices.paper, None).unwrap()
}

fn on(paper: Paper) -> Choices {
    Choices { paper, ..Choices::default() }
}

/// A report with everything a card can hold.
pub fn full(sizes: &[usize]) -> Report {
    let mut report = report(sizes, 120, 15);
    let personas = Arc::make_mut(&mut report.personas);
    for (at, persona) in personas.personas.iter_mut().enumerate() {
        persona.name = NAMES[at % NAMES.len()].into();
        persona.is_renamed = true;
        persona.added = Added {
            goals: "Save time on the weekly shop.\nFind gifts fast.".into(),
            pains: "Delivery slots are full".into(),
            quotes: "“I come for the bread.”".into(),
            messages: NAMES[(at + 1) % NAMES.len()].into(),
            priority: Priority::High,
            picture: (at == 1).then(|| Picture { bytes: png().into() }),
            speaker_notes: String::new(),
        };
    }
    let level = "65 and over".to_owned();
    let missing = |n| MissingGroup {
        column: "age".into(),
        human: "age".into(),
        level: level.clone(),
        answer: None,
        n,
        share: 0.05,
        most_in: Some((0, 0.11)),
    };
    personas.missing_groups = vec![missing(214), missing(3)];
    let conditions = vec![Condition { column: "total_spend".into(), text: "total spend above € 1 240".into() }];
    let rule = SegmentRule { conditions, precision: 0.87, recall: 0.91, n_caught: 2140 };
    let importance = Importance {
        column: "total_spend".into(),
        shown: "Total spend".into(),
        enters: true,
        association: 0.62,
        is_levels: false,
        loss: Some(0.21),
        loss_sd: Some(0.01),
        weight: Some(0.64),
        toward: Vec::new(),
    };
    let forest = Forest { n_trees: 100, n_learnt: 3000, n_held_out: 1000, accuracy: 0.94, chance: 0.4 };
    report.explained = Some(Arc::new(Explained {
        sizes: report.labels.sizes().to_vec(),
        importance: vec![importance],
        forest: Some(forest),
        weighed: Some(Weighed { n_learnt: 3000, accuracy: Some(0.93), disagreement: None }),
        rules: sizes.iter().map(|_| Some(rule.clone())).collect(),
        examples: sizes.iter().map(|_| vec![Example { values: vec![("visits".into(), "38".into())] }; 3]).collect(),
        typical: vec![true; sizes.len()],
    }));
    report
}

/// A picture of four pixels.
pub fn png() -> Vec<u8> {
    let mut pixmap = resvg::tiny_skia::Pixmap::new(2, 2).unwrap();
    pixmap.fill(resvg::tiny_skia::Color::from_rgba8(200, 40, 90, 255));
    pixmap.encode_png().unwrap()
}

#[test]
fn every_front_is_one_page_at_every_size() {
    let report = full(&[2000, 1500, 700, 90, 40, 9, 1]);
    for paper in Paper::ALL {
        let pages = set(&report, &plots(7), &on(paper));
        let kinds: Vec<(&str, Option<usize>)> = pages.sheets.iter().map(|sheet| (sheet.kind.as_str(), sheet.cluster)).collect();
        for cluster in 0..7 {
            let fronts = kinds.iter().filter(|kind| **kind == ("card", Some(cluster))).count();
            assert_eq!(fronts, 1, "{} of C{} on {}", fronts, cluster + 1, paper.name());
            assert!(kinds.contains(&("back", Some(cluster))), "{}", paper.name());
        }
        assert!(kinds.contains(&("overview", None)) && kinds.contains(&("comparison", None)) && kinds.contains(&("made", None)));
        let [width, height] = pages.size(0).unwrap();
        assert_eq!(width > height, paper == Paper::Slide);
    }
}

#[test]
fn workshops_get_fronts_only_and_chosen_personas_only() {
    let choices = Choices { density: Density::Workshop, personas: Some(vec![1]), ..Choices::default() };
    let pages = set(&full(&[2000, 1500, 700]), &plots(3), &choices);
    let kinds: BTreeSet<(&str, Option<usize>)> = pages.sheets.iter().map(|sheet| (sheet.kind.as_str(), sheet.cluster)).collect();
    // The map is on the overview; what speaks for the number of segments is for analysts.
    let expected = [("card", Some(1)), ("comparison", None), ("overview", None)];
    assert_eq!(kinds, BTreeSet::from(expected));
}

#[test]
fn none_one_and_forty_personas() {
    for sizes in [vec![], vec![300], vec![60; 40]] {
        for paper in [Paper::A4, Paper::Slide] {
            let pages = set(&report(&sizes, 5, 0), &Plots::default(), &on(paper));
            let fronts = pages.sheets.iter().filter(|sheet| sheet.kind == "card").count();
            assert_eq!(fronts, sizes.len(), "{}", paper.name());
        }
    }
}

#[test]
fn same_deck_same_bytes() {
    let report = full(&[2000, 1500]);
    let of = || set(&report, &plots(2), &Choices::default());
    let (a, b) = (of(), of());
    assert_eq!(a.pdf().unwrap(), b.pdf().unwrap());
    assert_eq!(a.svg(0).unwrap(), b.svg(0).unwrap());
    assert_eq!(a.png(1, 1.0).unwrap(), b.png(1, 1.0).unwrap());
}

#[test]
fn poppler_reads_every_word_of_the_pdf() {
    let Some(version) = tool("pdftotext") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("personas.pdf");
    let report = full(&[2000, 1500, 700, 90, 40, 9]);
    std::fs::write(&file, set(&report, &plots(6), &Choices::default()).pdf().unwrap()).unwrap();
    let text = run(Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-"));
    // Lines break where the page wants, and Poppler writes marks around words from right to left.
    let squeezed = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let text = squeezed(&text);
    for words in [
        "What sets them apart",
        "High yearly spend",
        "total spend above",
        "Who is missing",
        "How this was made",
        "In no group",
        "Rows left out",
    ] {
        assert!(text.contains(&squeezed(words)), "{words} ({version})");
    }
    for name in ["常连の高額購入者", "VIP 顧客", "충성 고객", "<script>alert(1)</script> #set $x$ *bold* @ref", NAMES[3]] {
        assert!(text.contains(&squeezed(name)), "{name} ({version})");
    }
    for shorter in ["שלום", "فريق", "ลูกค้าดี"] {
        let shorter = squeezed(shorter);
        let backwards: String = shorter.chars().rev().collect();
        assert!(text.contains(&shorter) || text.contains(&backwards), "{shorter} ({version})");
    }
    let info = run(Command::new("pdfinfo").arg(&file));
    assert!(info.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes")), "{info}");
    let fonts = run(Command::new("pdffonts").arg(&file));
    for line in fonts.lines().skip(2) {
        // name, type, encoding, emb, sub, uni, object: counted from the end, since types have spaces.
        let from_end: Vec<&str> = line.split_whitespace().rev().collect();
        assert_eq!(from_end.get(4), Some(&"yes"), "a font is not embedded: {line}");
    }
    run(Command::new("pdftoppm").args(["-r", "20", "-png"]).arg(&file).arg(folder.path().join("page")));
    let drawn = std::fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().is_ok_and(|e| e.path().extension().is_some_and(|x| x == "png")));
    assert_eq!(drawn.count(), set(&report, &plots(6), &Choices::default()).len());
}

#[test]
fn a_long_name_of_a_level_is_printed_whole() {
    let Some(version) = tool("pdftotext") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("personas.pdf");
    std::fs::write(&file, set(&long_levels_report(), &plots(2), &Choices::default()).pdf().unwrap()).unwrap();
    let text = run(Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-"));
    let squeezed = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    assert!(squeezed(&text).contains(&squeezed(LONG_LEVEL)), "{version}");
}

/// The words of a page with the boxes they stand in.
fn boxes(bbox: &str) -> Vec<Vec<(String, [f64; 4])>> {
    let number =
        |line: &str, name: &str| -> f64 { line.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap() };
    let word = |line: &str| {
        let text = line.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
        (text, ["xMin", "yMin", "xMax", "yMax"].map(|name| number(line, name)))
    };
    let pages = bbox.split("<page ").skip(1);
    pages.map(|page| page.lines().filter(|line| line.trim_start().starts_with("<word ")).map(word).collect()).collect()
}

#[test]
fn no_word_is_printed_over_another() {
    if tool("pdftotext").is_none() {
        eprintln!("skipped: poppler is missing");
        return;
    }
    let mut report = full(&[2_000_000, 1500, 700]);
    let explained = Arc::make_mut(report.explained.as_mut().unwrap());
    let long = [
        ("Payment", "Bank transfer (automatic)"),
        ("Internet service", "Fiber optic"),
        ("Average order value of the last year", "\u{20ac} 1\u{202f}240"),
    ];
    let values: Vec<(String, String)> = long.map(|(column, value)| (column.to_owned(), value.to_owned())).into();
    explained.examples.iter_mut().flatten().for_each(|example| example.values = values.clone());
    let folder = tempfile::tempdir().unwrap();
    for paper in Paper::ALL {
        let path = folder.path().join("deck.pdf");
        let mut plots = plots(3);
        // The words beside the map are longest where there are most customers.
        if let Some(map) = plots.map.as_mut() {
            Arc::make_mut(map).n_total = 2_002_200;
        }
        std::fs::write(&path, set(&report, &plots, &on(paper)).pdf().unwrap()).unwrap();
        let told = run(Command::new("pdftotext").arg("-bbox").arg(&path).arg("-"));
        for (page, mut words) in boxes(&told).into_iter().enumerate() {
            // Boxes of Arabic and Hebrew are twice as high as their letters.
            words.retain(|(text, _)| !text.chars().any(|c| ('\u{590}'..='\u{6ff}').contains(&c)));
            for (at, (one, a)) in words.iter().enumerate() {
                for (other, b) in &words[at + 1..] {
                    // Boxes are as high as lines; only letters over letters count.
                    let [width, height] = [0, 1].map(|side| a[side + 2].min(b[side + 2]) - a[side].max(b[side]));
                    let least = (a[3] - a[1]).min(b[3] - b[1]);
                    assert!(width < 0.8 || height < 0.45 * least, "page {} of {}: {one} and {other}", page + 1, paper.name());
                }
            }
        }
    }
}

#[test]
fn no_glyph_is_lost() {
    // A glyph that no font has is drawn as number 0, which SVG outlines show as the same box: here every name has its own letters.
    let report = full(&[2000, 1500, 700, 90, 40, 20]);
    let pages = set(&report, &plots(6), &Choices::default());
    assert_eq!(pages.missing_letters(), Vec::<char>::new());
}

#[test]
fn svg_pages_are_read_by_resvg() {
    let pages = set(&full(&[2000, 1500]), &plots(2), &on(Paper::Slide));
    for page in 0..pages.len() {
        let tree = resvg::usvg::Tree::from_str(&pages.svg(page).unwrap(), &resvg::usvg::Options::default()).unwrap();
        let [width, height] = pages.size(page).unwrap();
        // Points are 4/3 of a pixel of CSS, which is what resvg counts in.
        let is = |pixels: f32, points: f64| (f64::from(pixels) - points * 4.0 / 3.0).abs() < 1.0;
        assert!(is(tree.size().width(), width) && is(tree.size().height(), height));
    }
}

#[test]
fn a_users_template_is_used_and_a_broken_one_is_told_with_its_line() {
    let report = full(&[2000, 1500]);
    let deck = deck(&report, &plots(2), &Choices::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.typ");
    let with = |text: &str| {
        pages::set(&deck, &pages::pictures(&report), Paper::A4, Some(&Template { path: path.clone(), text: text.into() })).unwrap()
    };
    let own = with("#let deck = json(\"deck.json\")\n#for card in deck.cards [= #card.name\n#pagebreak(weak: true)]");
    assert_eq!((own.len(), &own.note), (2, &None));
    let built_in = with(TEMPLATE).len();
    for (text, line, reason) in [
        ("one\n#let x = (\n", "line 2", "unclosed"),
        ("= Title\n\n#no-such-thing", "line 3", "unknown variable"),
        ("#image(\"logo.png\")", "line 1", "not found"),
        ("#read(\"../../../etc/passwd\")", "line 1", ""),
        ("#import \"@preview/cetz:0.3.0\"", "line 1", ""),
    ] {
        let pages = with(text);
        let note = pages.note.clone().unwrap();
        assert!(note.contains(line) && note.contains(reason) && note.contains("built-in"), "{text}: {note}");
        assert_eq!(pages.len(), built_in, "{text}");
    }
    std::fs::write(folder.path().join("logo.png"), png()).unwrap();
    assert_eq!(with("#image(\"logo.png\")").note, None, "a file beside the template may be used");
}

#[test]
fn pages_that_were_set_are_there_again_and_a_users_template_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let rows: String = (0..60u32).map(|row| format!("{},{}\n", row % 3 * 100 + row * 7 % 11, row % 3 * 50 + row * 5 % 13)).collect();
    let mut plan = Plan::new(Source::file(file("shop.csv", &format!("spend,visits\n{rows}"))));
    plan.preparation.features = Some(vec!["spend".into(), "visits".into()]);
    (plan.clustering.kmeans.k, plan.clustering.k_from, plan.clustering.k_to) = (Some(3), 2, 4);
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let mut opened = |plan: &Plan, template: Option<&Path>| {
        let plan = &Plan { template: template.map(|path| pages::read_template(path).unwrap()), ..plan.clone() };
        let away = Wanted::on(Page::Present);
        engine.wait_until_refined(plan, &away);
        let choices = Choices { formats: Vec::new(), ..Choices::default() };
        let pages = PagesWanted { choices, page: 0, width: 0, thumbnail_width: None };
        let answers = engine.wait_until_refined(plan, &Wanted { pages: Some(pages), ..away });
        answers.pages.pages.ready().expect("set").clone()
    };
    let first = opened(&plan, None);
    assert!(Arc::ptr_eq(&first, &opened(&plan, None)), "the same pages, which are not set anew");
    plan.clustering.kmeans.k = Some(2);
    assert!(opened(&plan, None).len() < first.len(), "fewer segments on fewer pages");
    plan.clustering.kmeans.k = Some(3);
    assert!(Arc::ptr_eq(&first, &opened(&plan, None)));

    let template = file("cards.typ", "#import \"words.typ\": word\n#word");
    file("words.typ", "#let word = [one]");
    let own = opened(&plan, Some(&template));
    assert_eq!((own.len(), &own.note), (1, &None));
    file("words.typ", "#let word = [one #pagebreak() two]");
    assert_eq!(opened(&plan, Some(&template)).len(), 2, "a file beside the template has changed");
    file("cards.typ", "one #pagebreak() two #pagebreak() three");
    assert_eq!(opened(&plan, Some(&template)).len(), 3, "the template has changed");
    file("cards.typ", "= Title\n#no-such-thing");
    let note = opened(&plan, Some(&template)).note.clone().expect("a sentence");
    assert!(note.contains("cards.typ cannot be used (line 2"), "{note}");
}

#[test]
fn pages_are_written_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let report = full(&[2000, 1500]);
    let choices = Choices { formats: vec![Format::Pdf, Format::Png, Format::Svg], ..Choices::default() };
    export::write_all(&report, &plots(2), &choices, folder.path(), &Ctx::new()).unwrap();
    for name in
        ["personas.pdf", "overview.png", "card-c1.png", "card-c2.svg", "evidence-c2.png", "side-by-side.svg", "map.png", "elbow.svg"]
    {
        let bytes = std::fs::read(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(bytes.len() > 500, "{name}");
    }
    assert!(parts(folder.path()).is_empty());
}

/// Files that an interrupted writer would leave.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.to_string_lossy().ends_with(".part")).collect()
}

/// The program's first line about itself; says so and gives nothing where it is not installed.
fn tool(name: &str) -> Option<String> {
    match Command::new(name).arg("-v").output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or(name).to_owned()),
        Err(_) => {
            eprintln!("{name} is not installed, so what it reads is not checked");
            None
        }
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_overview_slide_holds_everyone_it_has_room_for() {
    // Five personas were once set a hair too tall, and the fifth had a slide of its own.
    for n in 1..=10 {
        let sizes: Vec<usize> = (0..n).map(|at| 400 - 10 * at).collect();
        for (noise, left_out) in [(0, 0), (9, 5)] {
            let pages = set(&report(&sizes, noise, left_out), &Plots::default(), &on(Paper::Slide));
            let continued = pages.sheets.iter().filter(|sheet| sheet.kind == "overview").count();
            assert_eq!(continued, 1, "{n} personas, {noise} unusual customers");
        }
    }
}

#[test]
fn a_page_does_not_tell_how_long_it_took() {
    // A busy machine once made other bytes of the same plan.
    let quick = full(&[200, 150]);
    let mut slow = quick.clone();
    slow.seconds = Some(export::Seconds { total: 9.5, ..export::Seconds::default() });
    assert_eq!(deck(&quick, &plots(2), &Choices::default()), deck(&slow, &plots(2), &Choices::default()));
}

#[test]
fn the_first_sheet_holds_everyone_the_map_and_who_is_missing() {
    for n_missing in 0..8 {
        let mut report = full(&[2000, 1500, 700, 300]);
        let personas = Arc::make_mut(&mut report.personas);
        personas.personas.iter_mut().zip(["One", "Two", "Three", "Four"]).for_each(|(persona, name)| persona.name = name.into());
        let group = personas.missing_groups[0].clone();
        personas.missing_groups = vec![group; n_missing];
        for paper in [Paper::A4, Paper::Letter, Paper::A3] {
            let pages = set(&report, &plots(4), &on(paper));
            let sheets = pages.sheets.iter().filter(|sheet| sheet.kind == "overview").count();
            assert_eq!(sheets, 1, "{n_missing} missing on {}", paper.name());
        }
    }
}
