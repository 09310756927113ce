//! Does what leaves say what the report says, wholly, safely and in a form others can read?

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use personae::base::{Ctx, Key, Labels, Matrix, Note};
use personae::cluster::Chosen;
use personae::cluster::{Dendrogram, EpsilonCurves, EpsilonSuggestion, Linkage, Merge};
use personae::data::{Column, Kind, Loaded, Profile, Table, Texts, Values};
use personae::evaluate::{self, Stability, Suggestion, SweepPoint};
use personae::export::{self, Choices, ChosenResult, ExportError, Format, FoundStructure, Plot, Plots, Report, RunResult, Seconds};
use personae::features::prepared::Fitted;
use personae::features::{InputColumn, MissingRule, Pca, Prepared, Scale, Transform};
use personae::persona::{Added, Direction, Distribution, Drawing, Evidence, Middle, NamePart, Persona, Personas, Shown, Statement, Twins};
use personae::plot::{self, Compared, CondensedBranch, CondensedPlot, MapPlot, SilhouetteBars, SilhouettePlot, SweepPlot};

pub const NASTY: &str = "<script>alert(\"1\")</script> & 'שלום' 🙂";
const NAMES: [&str; 6] = [
    "Frequent Big Spenders",
    "Lapsed Full-Price Customers",
    "Young Web Explorers",
    "Bargain Hunters",
    "Quiet Regulars",
    "Weekend Families",
];

fn evidence(column: &str, level: Option<&str>, texts: [&str; 3], effect: f64, n: usize) -> Evidence {
    Evidence {
        column: column.into(),
        level: level.map(str::to_owned),
        shown: Shown { column: column.into(), level: level.map(str::to_owned) },
        role: personae::data::Role::Behavioural,
        persona: 3.0,
        everyone: 2.0,
        rest: 1.0,
        texts: texts.map(str::to_owned),
        effect,
        interval: Some([effect - 0.1, effect + 0.1]),
        v_test: effect * 12.3,
        percentile: level.is_none().then_some(88.0),
        index: level.map(|_| 230.0),
        coverage: 0.7,
        n,
        missing_share: 0.012,
        withheld: Default::default(),
        passes_name: effect.abs() > 0.5,
        passes_statement: true,
    }
}

fn persona(cluster: usize, n: usize, analysed: usize) -> Persona {
    let name = NAMES.get(cluster).map_or_else(|| format!("Mainstream Customers {}", cluster + 1), |name| (*name).to_owned());
    let words: Vec<&str> = name.split(' ').collect();
    let name_parts =
        words.iter().enumerate().map(|(at, word)| NamePart { word: (*word).into(), evidence: (at < 2).then_some(at), also: None });
    let bell = |middle: f64| -> Vec<f64> { (0..16).map(|bin| (-(f64::from(bin) - middle).powi(2) / 9.0).exp() / 5.3).collect() };
    let drawn = |column: &str, unit: Option<&str>, middle: f64| Distribution {
        column: column.into(),
        shown: column.into(),
        unit: unit.map(str::to_owned),
        drawing: Drawing::Bins {
            edges: (0..=16).map(|edge| f64::from(edge) * 120.0).collect(),
            persona: bell(middle),
            everyone: bell(6.0),
            middle: Middle { persona: middle * 120.0 + 60.0, everyone: 780.0, is_mean: false },
            is_date: false,
            tails: [false, false],
            withheld: Default::default(),
        },
    };
    let says = |text: &str, value: &str, everyone: &str, direction, evidence| Statement {
        text: text.into(),
        value: value.into(),
        everyone: everyone.into(),
        direction,
        evidence,
    };
    Persona {
        cluster,
        number: cluster,
        automatic_name: name.clone(),
        name_parts: name_parts.collect(),
        name,
        is_renamed: false,
        may_be_out_of_date: cluster == 2,
        summary: format!(
            "{n} customers ({:.0} % of all, 41 % of revenue). Compared with everyone, they spend three times as much a year and come twice as often.",
            100.0 * n as f64 / analysed as f64
        ),
        n,
        share: n as f64 / analysed as f64,
        revenue_share: Some(0.41 / (cluster + 1) as f64),
        statements: vec![
            says("High yearly spend", "€\u{202f}1\u{202f}240", "€\u{202f}410", Direction::More, 0),
            says("Frequent visits", "38 a year", "17 a year", Direction::More, 1),
            says("Mostly on the web", "62\u{a0}%", "31\u{a0}%", Direction::More, 2),
            says("Long-standing customers", "7.4 years", "3.1 years", Direction::More, 3),
            says("Low discount share", "4\u{a0}%", "19\u{a0}%", Direction::Less, 4),
            says("Few returns", "1.2\u{a0}%", "6.0\u{a0}%", Direction::Less, 5),
        ],
        distributions: vec![
            drawn("total_spend", Some("€"), 10.0),
            drawn("visits", None, 8.0),
            Distribution {
                column: "channel".into(),
                shown: "channel".into(),
                unit: None,
                drawing: Drawing::Levels {
                    names: vec!["web".into(), "app".into(), "shop".into(), "telephone orders".into(), "Other".into()],
                    labels: vec!["web".into(), "app".into(), "shop".into(), "telephone orders".into(), "Other".into()],
                    persona: vec![0.62, 0.2, 0.1, 0.06, 0.02],
                    everyone: vec![0.31, 0.22, 0.36, 0.07, 0.04],
                },
            },
            drawn("tenure", Some("years"), 9.0),
            drawn("discount_share", Some("%"), 3.0),
            drawn("return_rate", Some("%"), 2.0),
        ],
        evidence: vec![
            evidence("total_spend", None, ["€ 1 240", "€ 410", "€ 350"], 1.42, n),
            evidence("visits", None, ["38", "17", "14"], 1.10, n),
            evidence("channel", Some("web"), ["62 %", "31 %", "22 %"], 0.84, n),
            evidence("tenure", None, ["7.4 years", "3.1 years", "2.6 years"], 0.71, n),
            evidence("discount_share", None, ["4 %", "19 %", "23 %"], -0.66, n),
            evidence("return_rate", None, ["1.2 %", "6.0 %", "7.1 %"], -0.45, n),
            evidence("age", None, ["41", "39", "38"], 0.1, n),
            evidence("city", Some("Köln"), ["11 %", "10 %", "10 %"], 0.03, n),
        ],
        match_all_share: Some(0.73),
        added: Added::default(),
    }
}

/// `sizes` rows per cluster one after the other, then `n_noise` of noise, then `n_left_out` that took no part.
fn html_of(report: &Report, plots: &Plots) -> String {
    export::cards_html(report, plots, &Choices::default())
}

pub fn report(sizes: &[usize], n_noise: usize, n_left_out: usize) -> Report {
    let analysed = sizes.iter().sum::<usize>() + n_noise;
    let n_rows = analysed + n_left_out;
    let mut of_row: Vec<Option<usize>> = sizes.iter().enumerate().flat_map(|(cluster, &n)| vec![Some(cluster); n]).collect();
    of_row.resize(n_rows, None);
    let ids: Vec<String> = (0..n_rows).map(|row| format!("secret-id-{row}@example.org")).collect();
    let spend: Vec<f64> = (0..n_rows).map(|row| row as f64 * 1.5).collect();
    let columns = vec![
        Column { name: "id".into(), values: Values::Text(Texts::collect(ids.iter().map(Some))), unit: None, original: None },
        Column { name: "spend, total".into(), values: Values::Number(spend.into()), unit: Some("€".into()), original: None },
    ];
    let loaded = Loaded {
        title: "/home/somebody/private/shop.csv".into(),
        table: Table { columns, n_rows },
        profile: Profile::default(),
        notes: vec![],
        stamp: Key::of_bytes(b""),
        is_listing: false,
        sheets: vec![],
    };
    let input = |name: &str, kind, transform, levels: &[(&str, f64)]| InputColumn {
        name: name.into(),
        kind,
        enters: name != "id",
        reason: String::new(),
        transform,
        scale: Scale::Standard,
        missing: MissingRule::Impute,
        fitted: Fitted {
            centre: 5.2,
            spread: 1.1,
            levels: levels.iter().map(|(name, share)| ((*name).to_owned(), *share)).collect(),
            ..Fitted::default()
        },
    };
    let prepared = Prepared {
        matrix: Matrix::new(vec![0.0; analysed], analysed, 1).unwrap(),
        dimension_names: vec!["PC1".into()],
        table_rows: (0..analysed).collect(),
        n_table_rows: n_rows,
        columns: vec![
            input("id", Kind::Text, Transform::None, &[]),
            input("spend, total", Kind::Number, Transform::Log1p, &[]),
            input("visits", Kind::Number, Transform::Log1p, &[]),
            input("channel", Kind::Text, Transform::None, &[("web", 0.41), ("shop", 0.36), ("app", 0.23)]),
        ],
        pca: Pca {
            encoded_names: vec![],
            eigenvalues: vec![2.0, 1.0],
            explained: vec![0.31, 0.18],
            loadings: vec![],
            scores: vec![],
            choice: "9 components explain 81 %".into(),
        },
        notes: vec![],
    };
    let personas = Personas {
        personas: sizes.iter().enumerate().map(|(cluster, &n)| persona(cluster, n, analysed)).collect(),
        n_noise,
        n_left_out,
        n_rows,
        revenue_column: Some("total_spend".into()),
        missing_groups: Vec::new(),
        attributes: Vec::new(),
        twins: Twins::default(),
        noun: Default::default(),
        missing_looked_at: Vec::new(),
        notes: vec![Note::new("Weekend Families are few; read their card with care.")],
    };
    let k = sizes.len();
    let result = |k: usize, inertia: f64| RunResult {
        k: Some(k),
        inertia: Some(inertia),
        silhouette: Some(0.1 + 0.02 * k as f64),
        silhouette_exact: true,
        sizes: sizes.to_vec(),
        ..RunResult::default()
    };
    Report {
        loaded: Arc::new(loaded),
        prepared: Arc::new(prepared),
        labels: Labels::from_options(&of_row),
        personas: Arc::new(personas),
        method: "kmeans".into(),
        method_text: format!("k-Means, k = {k}, 10 re-runs, seed 0"),
        results: vec![result(k, 1234.5), result(k + 1, 1000.25)],
        chosen: ChosenResult {
            by: Some(Chosen::KMeans { k, inertia: None }),
            reasons: vec!["The silhouette peaks here.".into()],
            parted: Vec::new(),
        },
        tree: None,
        explained: None,
        roles: std::collections::BTreeMap::new(),
        dictionary: Arc::default(),
        slide_notes: std::collections::BTreeMap::new(),
        structure: FoundStructure { found: Some(true), ..FoundStructure::default() },
        stability: None,
        notes: vec!["12 rows have no spend; they are left out.".into()],
        did: None,
        seconds: Some(Seconds { load: 0.1, profile: 0.1, prepare: 0.2, fit: 0.3, silhouette: 0.4, total: 1.0 }),
        making: None,
        unusual: None,
        belonging: None,
        bic: None,
        holds: personae::export::Holds::default(),
        niches: None,
    }
}

/// Every plot there is, for `k` segments.
pub fn plots(k: usize) -> Plots {
    let wave = |cluster: usize, at: usize| {
        let (angle, radius) = (at as f64 * 2.399_963, (at as f64).sqrt() * 0.11);
        let turn = cluster as f64 * std::f64::consts::TAU / k as f64;
        [3.0 * turn.cos() + radius * angle.cos(), 2.0 * turn.sin() + radius * angle.sin()]
    };
    let clusters: Vec<Vec<[f64; 2]>> = (0..k).map(|cluster| (0..400 / (cluster + 1)).map(|at| wave(cluster, at)).collect()).collect();
    let n_shown = clusters.iter().map(Vec::len).sum::<usize>() + 2;
    let map = MapPlot {
        x_name: "PC1 (31 %)".into(),
        y_name: "PC2 (18 %)".into(),
        clusters,
        noise: vec![[-5.0, 3.5], [5.5, -3.0]],
        bounds: [[-5.2, -4.0], [5.6, 4.0]],
        n_shown,
        n_total: 5_000,
        ..MapPlot::default()
    };
    let points = (2..=12).map(|k| SweepPoint {
        k,
        inertia: Some(40_000.0 / (k as f64).powf(0.7)),
        silhouette: Some(0.34 - 0.02 * (k as f64 - 5.0).abs()),
        exact: true,
        estimated: false,
    });
    let suggestion = Suggestion { k: 5, reasons: vec![], candidates: vec![] };
    let bars = (0..k).map(|cluster| SilhouetteBars {
        size: 400 / (cluster + 1),
        mean: 0.4,
        below_zero: 0.1,
        values: (0..200).map(|at| 0.7 - 0.8 * (at as f32 / 200.0).powi(3)).collect(),
    });
    let silhouette =
        SilhouettePlot { mean: Some(0.41), numbers: (0..k).collect(), clusters: bars.collect(), exact: true, ..SilhouettePlot::default() };
    // A balanced tree: nearest pairs merge, level by level.
    let mut merges: Vec<Merge> = Vec::new();
    let mut level: Vec<(u32, u32)> = (0..32).map(|row| (row, 1)).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| {
                let size = pair[0].1 + pair[1].1;
                let height = f64::from(size) * 0.7 + merges.len() as f64 * 0.05;
                merges.push(Merge { left: pair[0].0, right: pair[1].0, height, size });
                (32 + merges.len() as u32 - 1, size)
            })
            .collect();
    }
    let tree = Dendrogram { merges, n_rows: 32, linkage: Linkage::Ward };
    let data = report(&[32], 0, 0);
    let curves = EpsilonCurves {
        epsilon: vec![0.3, 0.7, 1.4],
        clusters: vec![7, 4, 1],
        noise: vec![300, 60, 60],
        largest: vec![100, 100, 440],
        n_rows: 500,
    };
    let k_distances = (0..500).map(|at| 2.0 / (1.0 + f64::from(at) / 20.0) + 0.2).collect();
    let candidate = EpsilonSuggestion { epsilon: 0.99, clusters: 4, noise_share: 0.12, reason: "A wide step".into() };
    let density = plot::density_of(curves, k_distances, 10, vec![candidate]);
    Plots {
        map: Some(Arc::new(map)),
        sweep: Some(Arc::new(SweepPlot { points: points.collect(), sample: None, problems: vec![], suggestion: Some(suggestion) })),
        silhouette: Some(Arc::new(silhouette)),
        tree: Some(Arc::new(plot::tree(&tree, &data.loaded, &data.prepared, &Ctx::new()).unwrap())),
        density: Some(Arc::new(density)),
        condensed: Some(Arc::new(condensed_tree())),
        comparison: Some(Arc::new(compared(k))),
        variance: Some(vec![0.31, 0.18, 0.12, 0.1, 0.08, 0.07, 0.06, 0.05, 0.03]),
        numbers: (0..k).collect(),
        whole_numbers: None,
        noun: Default::default(),
        chosen: Some(Chosen::Tree { k, height: 0.9, inertia: None }),
    }
}

/// 500 customers fall into 300 and 150; the rest leaves on the way.
fn condensed_tree() -> CondensedPlot {
    let branch = |parent, centre, [birth, death]: [f64; 2], size: usize, segment| CondensedBranch {
        parent,
        centre,
        birth,
        death,
        size,
        widths: vec![[death, size as f64 * 0.5], [birth, size as f64 * 0.5], [birth, size as f64]],
        stability: 80.0,
        segment,
        within: segment,
        membership: segment.map(|_| 0.7),
    };
    let (fork, segments) = (1.2, [branch(Some(0), 175.0, [1.2, 0.4], 300, Some(0)), branch(Some(0), 400.0, [1.2, 0.6], 150, Some(1))]);
    let branches = std::iter::once(branch(None, 250.0, [1.5, fork], 500, None)).chain(segments).collect();
    CondensedPlot { branches, n_rows: 500, n_noise: 50, n_segments: 2, top: 1.5, min_cluster_size: 31 }
}

/// `k` segments against two groups and some customers in none.
fn compared(k: usize) -> Compared {
    let rows = || 0..30 * k;
    let left = Labels::from_options(&rows().map(|row| (row % 11 > 0).then_some(row / 40 % 2)).collect::<Vec<_>>());
    let right = Labels::from_options(&rows().map(|row| (row % 13 > 0).then_some(row % k)).collect::<Vec<_>>());
    Compared {
        title: NASTY.into(),
        left_names: vec!["web".into(), NASTY.into(), "No value".into()],
        table: evaluate::compare(&left, &right, &[0, 1]),
    }
}

fn names(k: usize) -> Vec<String> {
    (0..k).map(|cluster| persona(cluster, 10, 100).name).collect()
}

/// Every tag is closed in order, every id is there once, every local link leads somewhere, nothing points outside.
fn check_page(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let body = html.split_once("</head>").expect("a head").1;
    for tag in body.split('<').skip(1).map(|rest| rest.split_once('>').expect("every tag ends").0) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().or(Some("html")), Some(name), "closing {name}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or(tag);
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        if let Some(id) = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            assert!(ids.insert(id), "{id} twice");
        }
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty() || open == ["html"], "left open: {open:?}");
    for link in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().expect("a link")) {
        let anchor = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leads outside"));
        assert!(ids.contains(anchor), "nothing is called {anchor}");
    }
    let html = &html.replace("http-equiv=", "").replace("src=\"data:image/png;base64,", "").replace("src: url(data:font/otf;base64,", "");
    for outside in ["http", "src=", "<script", "@import", "url(", "<link", "secret-id", "/home/"] {
        assert!(!html.contains(outside), "{outside} is in the page");
    }
}

#[test]
fn the_page_is_whole_for_one_and_for_forty_personas() {
    for k in [1, 5, 40] {
        let sizes: Vec<usize> = (0..k).map(|cluster| 60 - cluster).collect();
        let html = html_of(&report(&sizes, 7, 3), &plots(k));
        check_page(&html);
        assert_eq!(html.matches("<article").count(), k);
        assert!(html.contains("<html lang=\"en\">") && html.contains("In no group") && html.contains("Rows left out"));
    }
    check_page(&html_of(&report(&[], 9, 0), &Plots::default()));
}

#[test]
fn shares_of_all_rows_are_those_of_the_counts_and_said_as_on_the_cards() {
    let html = html_of(&report(&[333, 333, 331], 2, 1), &Plots::default());
    let told = html.split("Shares of all rows: ").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let shares: Vec<&str> = told.split(", ").map(|part| part.rsplit(' ').next().unwrap()).collect();
    assert_eq!(shares, ["33\u{202f}%", "33\u{202f}%", "33\u{202f}%", "0.2\u{202f}%", "0.1\u{202f}%"], "{told}");
    for count in [">333</td>", ">331</td>", ">2</td>", ">1</td>"] {
        assert!(html.contains(count), "{count}");
    }
}

#[test]
fn every_word_of_a_name_leads_to_its_evidence() {
    let html = html_of(&report(&[50, 40], 0, 0), &Plots::default());
    for (anchor, word) in [("e1-1", "Frequent"), ("e1-2", "Big"), ("e2-1", "Lapsed"), ("e2-2", "Full-Price")] {
        assert!(html.contains(&format!("href=\"#{anchor}\" title=")), "{anchor}");
        assert!(html.contains(&format!(">{word}</a>")), "{word}");
        assert!(html.contains(&format!("<tr id=\"{anchor}\">")), "{anchor}");
    }
    assert!(html.contains("</a> Spenders"), "a word that claims nothing needs no evidence");
}

/// A report in which everything from data and user is nasty.
pub fn nasty_report() -> Report {
    let mut report = report(&[50, 40], 1, 1);
    let mut personas = Personas::clone(&report.personas);
    personas.revenue_column = Some(NASTY.into());
    personas.notes.push(Note::new(NASTY));
    for persona in &mut personas.personas {
        persona.is_renamed = persona.cluster == 0;
        (persona.name, persona.automatic_name, persona.summary) = (NASTY.into(), NASTY.into(), NASTY.into());
        persona.name_parts = vec![NamePart { word: NASTY.into(), evidence: Some(0), also: None }];
        persona.added = Added {
            goals: NASTY.into(),
            pains: NASTY.into(),
            quotes: NASTY.into(),
            messages: NASTY.into(),
            speaker_notes: NASTY.into(),
            ..Added::default()
        };
        for statement in &mut persona.statements {
            (statement.text, statement.value, statement.everyone) = (NASTY.into(), NASTY.into(), NASTY.into());
        }
        for evidence in &mut persona.evidence {
            (evidence.column, evidence.level) = (NASTY.into(), Some(NASTY.into()));
            evidence.shown = Shown { column: NASTY.into(), level: Some(NASTY.into()) };
            evidence.texts = [NASTY, NASTY, NASTY].map(str::to_owned);
        }
        for distribution in &mut persona.distributions {
            (distribution.column, distribution.unit) = (NASTY.into(), Some(NASTY.into()));
            distribution.shown = NASTY.into();
            if let Drawing::Levels { names, labels, .. } = &mut distribution.drawing {
                (names[0], labels[0]) = (NASTY.into(), NASTY.into());
            }
        }
    }
    report.personas = Arc::new(personas);
    report.method_text = NASTY.into();
    report.notes = vec![NASTY.into()];
    Arc::make_mut(&mut report.loaded).title = NASTY.into();
    for column in &mut Arc::make_mut(&mut report.prepared).columns {
        column.name = NASTY.into();
    }
    report
}

/// A report whose channels have names longer than the side of a bar.
pub fn long_levels_report() -> Report {
    let mut report = report(&[50, 40], 0, 0);
    let mut personas = (*report.personas).clone();
    for distribution in personas.personas.iter_mut().flat_map(|persona| &mut persona.distributions) {
        if let Drawing::Levels { labels, .. } = &mut distribution.drawing {
            labels[0] = LONG_LEVEL.into();
        }
    }
    report.personas = Arc::new(personas);
    report
}

/// A level as surveys have them.
pub const LONG_LEVEL: &str = "Mostly on the telephone with somebody from the office nearby";

#[test]
fn a_long_name_of_a_level_is_never_cut() {
    let html = html_of(&long_levels_report(), &plots(2));
    check_page(&html);
    let figure = html.split("<figure").find(|figure| figure.contains(LONG_LEVEL)).unwrap();
    let drawn: Vec<&str> = figure.split("<text").skip(1).map(|text| text.split(['>', '<']).nth(1).unwrap()).collect();
    assert!(drawn.join(" ").contains(LONG_LEVEL) && !drawn.concat().contains('…'), "{drawn:?}");
}

#[test]
fn bars_that_hold_too_few_to_be_told_are_paler() {
    let mut report = report(&[50, 40], 0, 0);
    assert!(!html_of(&report, &plots(2)).contains("drawn alike"));
    let mut personas = (*report.personas).clone();
    for distribution in personas.personas.iter_mut().flat_map(|persona| &mut persona.distributions) {
        if let Drawing::Bins { withheld, persona, .. } = &mut distribution.drawing {
            *withheld = [(0..persona.len()).map(|bin| bin < 3).collect(), vec![false; persona.len()]];
        }
    }
    report.personas = Arc::new(personas);
    let html = html_of(&report, &plots(2));
    check_page(&html);
    assert!(html.contains("Too few to be told, drawn alike") && html.contains("Pale bars hold too few to be told"));
}

#[test]
fn nothing_from_data_or_user_is_taken_for_markup() {
    let report = nasty_report();
    let html = html_of(&report, &plots(2));
    check_page(&html);
    assert!(html.contains("שלום") && html.contains("🙂") && html.contains("&lt;script&gt;"));
    for plot in Plot::ALL {
        let svg = export::plot_svg(plot, &plots(2), &[NASTY.into(), NASTY.into()]).unwrap();
        assert!(!svg.contains("<script"), "{plot:?}");
        export::plot_png(&svg, 1.0).unwrap();
    }
}

#[test]
fn a_persona_of_one_customer_is_not_described_by_values() {
    let report = report(&[50, 1], 0, 0);
    let html = html_of(&report, &Plots::default());
    check_page(&html);
    let card = html.split("<article").nth(2).and_then(|rest| rest.split("</article>").next()).unwrap();
    assert!(card.contains("Only 1 customer: too few") && !card.contains("1\u{202f}240") && !card.contains("<figure>"));
    let json: serde_json::Value = serde_json::from_str(&export::cards_json(&report)).unwrap();
    assert!(json["personas"][1]["evidence"][0]["persona"].is_null() && json["personas"][0]["evidence"][0]["persona"].is_number());
}

#[test]
fn what_the_user_added_is_there_only_when_something_was_added() {
    let mut report = report(&[50], 0, 0);
    assert!(!html_of(&report, &Plots::default()).contains("Added by you"));
    Arc::make_mut(&mut report.personas).personas[0].added.goals = "Save time on weekdays".into();
    let html = html_of(&report, &Plots::default());
    assert!(html.contains("Added by you") && html.contains("Save time on weekdays") && !html.contains("<dt>Pains</dt>"));
}

#[test]
fn report_json_has_the_documented_fields() {
    let json: serde_json::Value = serde_json::from_str(&export::report_json(&report(&[50, 40], 5, 3))).unwrap();
    assert_eq!((&json["rows"], &json["rows_left_out"], &json["method"]), (&98.into(), &3.into(), &"kmeans".into()));
    assert_eq!(json["features"], serde_json::json!(["spend, total", "visits", "channel"]));
    assert_eq!(
        json["results"][0],
        serde_json::json!({
            "k": 2, "inertia": 1234.5, "silhouette": 0.14, "silhouette_exact": true, "sizes": [50, 40],
        })
    );
    assert_eq!(json["chosen"]["k"], 2);
    assert_eq!(json["notes"], serde_json::json!(["12 rows have no spend; they are left out."]));
    for part in ["load", "prepare", "fit", "silhouette", "total"] {
        assert!(json["seconds"][part].is_number(), "{part}");
    }
}

#[test]
fn cards_json_carries_the_evidence_and_no_path() {
    let text = export::cards_json(&report(&[50, 40], 5, 3));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["source"], &json["in_no_group"]), (&"shop.csv".into(), &5.into()));
    let card = &json["personas"][0];
    assert_eq!((&card["persona"], &card["customers"]), (&1.into(), &50.into()));
    for part in card["name_parts"].as_array().unwrap() {
        if let Some(row) = part["evidence"].as_u64() {
            assert!(card["evidence"][row as usize]["effect"].is_number(), "{part}");
        }
    }
    assert!(!text.contains("secret-id") && !text.contains("/home/"));
}

#[test]
fn cards_carry_the_confidence_where_it_is_known() {
    let mut report = report(&[150, 140], 5, 3);
    assert!(!export::cards_json(&report).contains("mean_jaccard") && !export::report_json(&report).contains("stability"));
    let stability = Stability {
        draws: vec![vec![0.9, 0.5]; 4],
        shuffled: vec![Some(0.4)],
        sizes: vec![150, 140],
        rows_a_draw: 295,
        n_rows: 295,
        parts: vec![],
    };
    report.stability = Some(Arc::new(Stability { sizes: vec![7], ..stability.clone() }));
    assert!(!export::cards_json(&report).contains("mean_jaccard"), "of other segments nothing is said");
    report.stability = Some(Arc::new(stability));
    for text in [export::cards_json(&report), export::report_json(&report)] {
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let first = json.get("stability").map_or(&json["personas"][0]["stability"], |all| &all[0]);
        assert_eq!(
            (first["confidence"].as_str(), first["draws"].as_u64(), first["found_again"].as_u64()),
            (Some("High"), Some(4), Some(4))
        );
        assert!((first["mean_jaccard"].as_f64().unwrap() - 0.9).abs() < 1e-12);
        assert_eq!(first["shuffled_columns_mean_jaccard"], 0.4);
    }
    let html = html_of(&report, &Plots::default());
    assert!(html.contains("Confidence: High") && html.contains("Confidence: Unreliable. The group came back in 0 of 4"));
    check_page(&html);
}

#[test]
fn labels_are_the_rows_in_order_with_all_columns() {
    let report = report(&[3, 2], 1, 1);
    let mut csv = Vec::new();
    export::labels_csv(&report, &mut csv, &Ctx::new()).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "id,\"spend, total\",persona,persona_name");
    assert_eq!(lines.len(), 8);
    assert!(lines[1].starts_with("secret-id-0@example.org,") && lines[1].ends_with(",1,Frequent Big Spenders"), "{}", lines[1]);
    assert!(lines[5].ends_with(",2,Lapsed Full-Price Customers") && lines[6].ends_with(",,") && lines[7].ends_with(",,"));
}

#[test]
fn labels_as_parquet_are_read_back() {
    use polars::prelude::{ParquetReader, SerReader};
    let mut parquet = Vec::new();
    export::customers_parquet(&report(&[3, 2], 1, 1), &mut parquet, &Ctx::new()).unwrap();
    let frame = ParquetReader::new(std::io::Cursor::new(parquet)).finish().unwrap();
    let columns: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
    assert_eq!(
        (frame.height(), columns),
        (7, vec!["id", "spend, total", "persona", "persona_name", "distance", "second_persona", "second_persona_name"])
    );
    let personas = frame.column("persona").unwrap().i64().unwrap();
    assert_eq!(personas.iter().collect::<Vec<_>>(), [Some(1), Some(1), Some(1), Some(2), Some(2), None, None]);
}

#[test]
fn merges_read_back_to_the_last_bit() {
    let heights = [0.1 + 0.2, 1e-300, 12345.678901234567];
    let merges = heights.iter().zip(0..).map(|(&height, at)| Merge { left: at, right: at + 1, height, size: 2 }).collect();
    let mut csv = Vec::new();
    export::merges_csv(&Dendrogram { merges, n_rows: 4, linkage: Linkage::Ward }, &mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().next(), Some("left,right,height,size"));
    let read: Vec<f64> = csv.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse().unwrap()).collect();
    assert_eq!(read, heights);
}

#[test]
fn a_failed_write_leaves_the_old_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("personas.html");
    fs::write(&path, "the old one").unwrap();
    let failed = export::write_beside(&path, |to| {
        to.write_all(&[b'x'; 200_000])?;
        Err(std::io::ErrorKind::StorageFull.into())
    });
    let told = failed.unwrap_err().to_string();
    assert_eq!(told, format!("Cannot write to {}: the disk is full. Make room or choose another disk.", path.display()));
    assert_eq!(fs::read_to_string(&path).unwrap(), "the old one");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written stays");
    export::write_beside(&path, |to| to.write_all(b"the new one")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "the new one");
}

#[test]
fn a_place_that_refuses_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = export::write_all(&report(&[20], 0, 0), &Plots::default(), &Choices::of(&[Format::Json]), &file.join("under"), &Ctx::new())
        .unwrap_err();
    let place = file.join("under").display().to_string();
    assert_eq!(error.to_string(), format!("Cannot write to {place}: a file stands where a folder is needed. Choose another folder."));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let closed = folder.path().join("closed");
        fs::create_dir(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
        let path = closed.join("x");
        match export::write_beside(&path, |to| to.write_all(b"x")) {
            Err(error) => {
                assert_eq!(error.to_string(), format!("Cannot write to {}: permission denied. Choose another folder.", path.display()))
            }
            Ok(()) => eprintln!("skipped: this user may write everywhere"),
        }
    }
}

#[test]
fn formats_without_tables_are_written_into_a_new_folder() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("a/b");
    let (report, ctx) = (report(&[30, 20], 0, 0), Ctx::new());
    let formats = [Format::Html, Format::Json, Format::Svg, Format::Png];
    let written = export::write_all(&report, &plots(2), &Choices::of(&formats), &target, &ctx).unwrap();
    // Overview, two cards with their backs, side by side, and how it was made.
    assert_eq!(written.files.len(), 2 + 2 * (Plot::ALL.len() + 7));
    assert!(written.files.iter().all(|file| file.path.starts_with(&target) && file.bytes > 500));
    assert!(written.files.iter().all(|file| fs::metadata(&file.path).unwrap().len() == file.bytes));
    assert_eq!(ctx.latest().fraction, 1.0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&written.files[0].path).unwrap().permissions().mode();
        assert_eq!(mode & 0o600, 0o600, "the owner reads and writes");
        assert_ne!(mode & 0o777, 0o600, "and so may others, as the system's mask says");
    }
    let stopped = export::write_all(&report, &plots(2), &Choices::of(&formats), &target, &Ctx::stopping_after(3));
    assert!(matches!(stopped, Err(ExportError::Stopped(_))));
    assert_eq!(fs::read_dir(&target).unwrap().count(), written.files.len(), "stopping leaves nothing behind");
}

#[test]
fn formats_know_their_names() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.id()), Some(format));
        assert_eq!(serde_json::to_value(format).unwrap(), format.id());
        assert!(!format.explanation().is_empty() && !format.name().is_empty());
    }
    assert_eq!((Format::from_name(" HTML "), Format::from_name("docx")), (Some(Format::Html), None));
}

#[test]
fn every_plot_is_a_picture_of_the_right_size() {
    let plots = plots(5);
    for plot in Plot::ALL {
        let svg = export::plot_svg(plot, &plots, &names(5)).unwrap();
        assert!(svg.contains("role=\"img\"") && svg.contains(plot.title()), "{plot:?}");
        let picture = resvg::tiny_skia::Pixmap::decode_png(&export::plot_png(&svg, 2.0).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (1920, 1200), "{plot:?}");
        let drawn = picture.pixels().iter().filter(|pixel| (pixel.red(), pixel.green(), pixel.blue()) != (255, 255, 255)).count();
        assert!(drawn > 5_000, "{plot:?}: {drawn} pixels are not white");
        // The title stands in the upper left on its own: text is drawn without any font of the system.
        let title = (20..80).flat_map(|y| (40..500).map(move |x| (x, y)));
        assert!(title.filter(|&(x, y)| picture.pixel(x, y).unwrap().red() < 100).count() > 300, "{plot:?} has no title");
        assert_eq!(export::plot_svg(plot, &Plots::default(), &[]), None);
    }
}

#[test]
fn the_line_in_force_is_drawn_where_the_method_has_one() {
    let drawn = |plot: Plot, chosen: Option<Chosen>| export::plot_svg(plot, &Plots { chosen, ..plots(5) }, &names(5)).unwrap();
    for plot in [Plot::KDistance, Plot::EpsilonCurves] {
        let with = drawn(plot, Some(Chosen::Density { epsilon: 0.9 }));
        let without = drawn(plot, Some(Chosen::Tree { k: 5, height: 0.9, inertia: None }));
        assert!(with.contains("epsilon = 0.9") && !without.contains("epsilon = "), "{plot:?}");
        assert_ne!(with, drawn(plot, Some(Chosen::Density { epsilon: 0.7 })), "{plot:?}");
    }
    let cut = |height: f64| drawn(Plot::Dendrogram, Some(Chosen::Tree { k: 5, height, inertia: None }));
    assert_ne!(cut(0.9), cut(1.1));
}

#[test]
fn plots_are_saved_by_their_extension() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["map.svg", "map.PNG"] {
        export::save_plot(Plot::Map, &plots(3), &names(3), &folder.path().join(name)).unwrap();
    }
    assert!(fs::read(folder.path().join("map.PNG")).unwrap().starts_with(b"\x89PNG"));
    let told = |name: &str, plots: &Plots| export::save_plot(Plot::Map, plots, &[], &folder.path().join(name)).unwrap_err().to_string();
    assert_eq!(told("map.pdf", &plots(3)), "Plots are saved as PNG or SVG, not as \"pdf\". End the file's name with .png or .svg.");
    assert!(told("map.svg", &Plots::default()).starts_with("Map of the customers is not ready yet"));
}

#[cfg(unix)]
#[test]
fn an_overwritten_file_stays_private_and_so_is_a_half_written_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("private.csv");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for kept in [0o600, 0o640] {
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
        let seen = export::write_beside(&path, |to| {
            let part = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).find(|file| file != &path).unwrap();
            assert_eq!(mode(&part), 0o600, "{}", part.display());
            to.write_all(b"new")
        });
        assert!(seen.is_ok());
        assert_eq!((mode(&path), fs::read_to_string(&path).unwrap()), (kept, "new".to_owned()));
    }
}

#[test]
fn parts_of_a_killed_export_are_cleared_but_not_those_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let part = |name: &str| {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        file.set_modified(old).unwrap();
        file
    };
    let (left, busy, other) = (part(".personae-left.part"), part(".personae-busy.part"), part("mine.part"));
    busy.try_lock().unwrap();
    drop((left, other));
    export::write_beside(&folder.path().join("a.csv"), |to| to.write_all(b"a")).unwrap();
    let mut names: Vec<String> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [".personae-busy.part", "a.csv", "mine.part"]);
}
