//! RFM: are scores and segments what the definition says, is every customer in exactly one, and does a click pick them?
//!
//! Everything is recomputed here from the definition alone: the segments' codes stand in this file a second time, as in the literature.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use personae::base::seed::{self, RngExt};
use personae::base::{Ctx, Key, stats};
use personae::cluster::Method;
use personae::customers::rfm::{self, N_CODES, place_of, scores_at};
use personae::customers::{CustomersError, Rfm, RfmCodes, RfmSegment};
use personae::data::sourcing::{Cuts, MonetaryIs, RfmRules};
use personae::data::{Column, Role, Source, SourceFile, Sourcing, Table, Values};
use personae::engine::{Answer, Answers, BrushAnswer, Engine, EngineOptions, Outputs, SourcesAnswer, Wanted};
use personae::plot::Picked;
use personae::session::{Brush, Command, DataView, MergeKey, Page, Plan, Who};
use personae::ui;

use super::data_page::{open, pushed, shop};

/// The eleven segments as they are usually printed.
const SEGMENTS: [(&str, &str); 11] = [
    ("Champions", "555 554 544 545 454 455 445"),
    ("Loyal", "543 444 435 355 354 345 344 335"),
    ("Potential loyalist", "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323"),
    ("New customers", "512 511 422 421 412 411 311"),
    ("Promising", "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313"),
    ("Need attention", "535 534 443 434 343 334 325 324"),
    ("About to sleep", "331 321 312 221 213 231 241 251"),
    ("At risk", "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124"),
    ("Cannot lose them", "155 154 144 214 215 115 114 113"),
    ("Hibernating", "332 322 233 232 223 222 132 123 122 212 211"),
    ("Lost", "111 112 121 131 141 151"),
];

fn segment_of([r, f, m]: [u8; 3]) -> &'static str {
    let code = format!("{r}{f}{m}");
    let mut found = SEGMENTS.iter().filter(|(_, codes)| codes.split(' ').any(|other| other == code));
    let (name, _) = found.next().unwrap_or_else(|| panic!("{code} is in no segment"));
    assert_eq!(found.next(), None, "{code} is in two segments");
    name
}

/// As in a shop: half of the customers bought once, most on a few days, for a few prices; some have never bought.
fn shop_table(n_rows: usize, seed: u64) -> Table {
    let mut random = seed::random(seed, 0);
    let mut columns = [vec![], vec![], vec![], vec![]];
    for _ in 0..n_rows {
        let frequency = if random.random::<f64>() < 0.5 { 1.0 } else { (1.0 / random.random_range(0.02..1.0f64)).floor() };
        let each = [9.99, 19.99, 19.99, 49.0][random.random_range(0..4usize)];
        let recency = f64::from(random.random_range(0..12u32)) * 30.0 + 1.0;
        let row = match random.random_range(0..20u32) {
            0 => [f64::NAN; 4],
            1 => [recency, 1.0, -each, -each],
            _ => [recency, frequency, each * frequency, each],
        };
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let names = ["recency_days", "frequency", "monetary", "average_order_value"];
    let columns = names.iter().zip(columns).map(|(name, values)| number(name, &values)).collect();
    Table { columns, n_rows }
}

fn number(name: &str, values: &[f64]) -> Column {
    Column { name: name.to_owned(), values: Values::Number(values.into()), unit: None, original: None }
}

fn score(table: &Table, rules: &RfmRules) -> Result<Rfm, CustomersError> {
    rfm::score(table, rules, Key::of_bytes(b"table"), &Ctx::new())
}

/// The definition, one customer at a time.
fn slowly(table: &Table, rules: &RfmRules) -> Vec<Option<[u8; 3]>> {
    let money = if rules.monetary_is == MonetaryIs::Total { "monetary" } else { "average_order_value" };
    let value = |row: usize, name: &str| table.column(name).unwrap().number(row);
    let bought: Vec<usize> = (0..table.n_rows).filter(|&row| value(row, "frequency").is_some_and(|n| n > 0.0)).collect();
    let one = |row: usize, name: &str, cuts: &Cuts| {
        let mut all: Vec<f64> = bought.iter().filter_map(|&row| value(row, name)).collect();
        all.sort_by(f64::total_cmp);
        let cuts = match cuts {
            Cuts::Points(points) => points.to_vec(),
            Cuts::Quintiles => (1..5).map(|fifth| stats::quantile_sorted(&all, f64::from(fifth) / 5.0)).collect(),
        };
        1 + cuts.iter().filter(|cut| **cut < value(row, name).unwrap()).count() as u8
    };
    let all = |row: usize| {
        [6 - one(row, "recency_days", &rules.recency), one(row, "frequency", &rules.frequency), one(row, money, &rules.monetary)]
    };
    (0..table.n_rows).map(|row| bought.contains(&row).then(|| all(row))).collect()
}

fn rules() -> Vec<RfmRules> {
    vec![
        RfmRules::default(),
        RfmRules { monetary_is: MonetaryIs::AverageOrder, ..RfmRules::default() },
        RfmRules {
            recency: Cuts::Points([30.0, 91.0, 181.0, 300.0]),
            frequency: Cuts::Points([1.0, 2.0, 4.0, 8.0]),
            monetary: Cuts::Points([19.99, 50.0, 100.0, 500.0]),
            ..RfmRules::default()
        },
    ]
}

#[test]
fn scores_and_segments_are_what_the_definition_says_of_each_customer() {
    for (seed, rules) in rules().into_iter().enumerate() {
        let table = shop_table(400, seed as u64);
        let (rfm, expected) = (score(&table, &rules).unwrap(), slowly(&table, &rules));
        assert_eq!((0..table.n_rows).map(|row| rfm.scores(row)).collect::<Vec<_>>(), expected, "{rules:?}");
        let columns = rfm.columns(&table);
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["r_score", "f_score", "m_score", "rfm_segment"]);
        for (row, scores) in expected.iter().enumerate() {
            assert_eq!(columns[3].text(row), scores.map(segment_of));
            for at in 0..3 {
                assert_eq!(columns[at].number(row), scores.map(|scores| f64::from(scores[at])));
            }
        }
        // The counts that are shown are those of the customers.
        for (at, scale) in [&rfm.recency, &rfm.frequency, &rfm.monetary].into_iter().enumerate() {
            let count = |score: u8| expected.iter().flatten().filter(|scores| scores[at] == score).count();
            assert_eq!(scale.counts, [1, 2, 3, 4, 5].map(count));
        }
        let revenue = |place: usize| {
            let of = |row: &usize| expected[*row].is_some_and(|scores| place_of(scores) == place);
            (0..table.n_rows).filter(of).map(|row| table.columns[2].number(row).unwrap()).sum::<f64>()
        };
        assert!((0..N_CODES).all(|place| (rfm.tallies[place].revenue - revenue(place)).abs() < 1e-6));
        assert_eq!(
            (rfm.total().n, rfm.n_unscored),
            (expected.iter().flatten().count(), expected.iter().filter(|scores| scores.is_none()).count())
        );
        assert!(rfm.notes[0].0.contains("have not bought"), "whoever has no score is told");
    }
}

#[test]
fn equal_values_always_get_equal_scores_and_better_ones_never_lower() {
    for seed in 0..5 {
        let table = shop_table(1_000, seed);
        let rfm = score(&table, &RfmRules::default()).unwrap();
        for (at, sign) in [(0, -1.0), (1, 1.0), (2, 1.0)] {
            let mut pairs: Vec<(f64, u8)> =
                (0..table.n_rows).filter_map(|row| Some((sign * table.columns[at].number(row)?, rfm.scores(row)?[at]))).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(pairs.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].1 == pair[1].1), "ties are never parted");
            assert!(pairs.windows(2).all(|pair| pair[0].1 <= pair[1].1), "better never scores lower");
        }
    }
}

#[test]
fn every_code_is_in_exactly_one_segment() {
    for place in 0..N_CODES {
        let scores = scores_at(place);
        assert_eq!(RfmSegment::of(scores).name(), segment_of(scores));
        let of_it: Vec<_> = RfmSegment::ALL.into_iter().filter(|segment| RfmCodes::of_segment(*segment).contains(place)).collect();
        assert_eq!(of_it, [RfmSegment::of(scores)]);
    }
    assert_eq!(RfmSegment::ALL.map(RfmSegment::name), SEGMENTS.map(|(name, _)| name));
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let table = shop_table(200_000, 3);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| score(&table, &RfmRules::default()).unwrap())
    };
    assert_eq!(on(1), on(8));
    let stopped = rfm::score(&table, &RfmRules::default(), Key::of_bytes(b"table"), &Ctx::stopping_after(2));
    assert!(matches!(stopped, Err(CustomersError::Stopped(_))));
}

#[test]
fn what_cannot_be_scored_says_why() {
    let table = shop_table(50, 1);
    let without = |name: &str| Table { columns: table.columns.iter().filter(|column| column.name != name).cloned().collect(), n_rows: 50 };
    let said = |table: &Table| score(table, &RfmRules::default()).unwrap_err().to_string();
    assert!(said(&without("frequency")).contains("no column frequency"));
    let mut nobody = table.clone();
    nobody.columns[1] = number("frequency", &[0.0; 50]);
    assert!(said(&nobody).contains("nobody has recency_days, frequency and monetary"));
    let average = RfmRules { monetary_is: MonetaryIs::AverageOrder, ..RfmRules::default() };
    let rfm = score(&without("monetary"), &average).unwrap();
    assert!(!rfm.has_revenue && rfm.monetary_column == "average_order_value");
    // A table that has such a column already keeps it.
    let mut has_one = table.clone();
    has_one.columns.push(number("r_score", &[1.0; 50]));
    assert_eq!(score(&has_one, &RfmRules::default()).unwrap().columns(&has_one)[0].name, "r_score (RFM)");
    let all_equal = Table { columns: ["recency_days", "frequency", "monetary"].map(|name| number(name, &[3.0; 2])).to_vec(), n_rows: 2 };
    let rfm = score(&all_equal, &RfmRules::default()).unwrap();
    assert_eq!([rfm.scores(0), rfm.scores(1)], [Some([5, 1, 1]); 2], "no cut point is below the only value there is");
}

const ORDERS: &str = "\
customer_id,order_date,amount
A,2024-01-01,10
A,2024-01-11,30
B,2024-01-05,8
C,2024-01-20,100
C,2024-01-21,100
C,2024-01-22,100
D,2024-01-02,10
E,2024-01-09,12
F,2024-01-22,3
";

/// A project of these orders.
fn project(folder: &tempfile::TempDir, rfm: RfmRules) -> Sourcing {
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, ORDERS).unwrap();
    Sourcing { sources: vec![SourceFile { name: "orders".into(), path, ..SourceFile::default() }], rfm, ..Sourcing::default() }
}

fn plan(sourcing: &Sourcing) -> Plan {
    Plan::new(Source::Sources(Arc::new(sourcing.clone())))
}

fn wanted(brush: Option<Brush>) -> Wanted {
    Wanted { brush, ..Wanted::on(Page::Data) }
}

#[test]
fn a_cut_point_that_moves_reads_and_builds_nothing_anew() {
    let folder = tempfile::tempdir().unwrap();
    let before = project(&folder, RfmRules::default());
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let first = engine.wait_until_idle(&plan(&before), &wanted(None));
    let own = RfmRules { recency: Cuts::Points([1.0, 5.0, 10.0, 20.0]), ..RfmRules::default() };
    let second = engine.wait_until_idle(&plan(&Sourcing { rfm: own, ..before.clone() }), &wanted(None));
    let (a, b) = (first.sources.unwrap(), second.sources.unwrap());
    assert!(Arc::ptr_eq(a.built.ready().unwrap(), b.built.ready().unwrap()));
    assert!(Arc::ptr_eq(a.raws[0].ready().unwrap(), b.raws[0].ready().unwrap()));
    assert_ne!(a.rfm.ready().unwrap().recency, b.rfm.ready().unwrap().recency);
    let (first, second) = (first.loaded.ready().unwrap(), second.loaded.ready().unwrap());
    assert_eq!(first.stamp, second.stamp, "they are the same customers");
    for name in ["r_score", "f_score", "m_score", "rfm_segment"] {
        let profile = first.profile.column(name).unwrap();
        assert!(profile.guessed_role == Role::Outcome && !profile.guessed_role.is_input_by_default(), "{name}");
    }
    // Without scores there is a table still.
    let off = RfmRules { enabled: false, ..RfmRules::default() };
    let third = engine.wait_until_idle(&plan(&Sourcing { rfm: off, ..before }), &wanted(None));
    assert!(third.loaded.ready().unwrap().table.column("r_score").is_none());
}

#[test]
fn the_command_line_scores_as_the_window_does() {
    let folder = tempfile::tempdir().unwrap();
    let sourcing = project(&folder, RfmRules::default());
    let window = Engine::new(|| {}, EngineOptions::default()).wait_until_idle(&plan(&sourcing), &wanted(None));
    let window = window.loaded.ready().unwrap();
    let outputs = Wanted { sources: wanted(None).sources, ..Wanted::outputs(Outputs::default()) };
    let headless = Engine::headless().wait_telling(&plan(&sourcing), &outputs, &Ctx::new()).unwrap();
    let headless = headless.loaded.ready().unwrap();
    let cells = |table: &Table| -> Vec<Vec<String>> {
        table.columns.iter().map(|column| (0..table.n_rows).map(|row| column.cell(row).into_owned()).collect()).collect()
    };
    assert_eq!(cells(&window.table), cells(&headless.table));
    assert_eq!(
        window.profile.columns.iter().map(|column| &column.guessed_role).collect::<Vec<_>>(),
        headless.profile.columns.iter().map(|column| &column.guessed_role).collect::<Vec<_>>()
    );
}

#[test]
fn a_cell_or_a_segment_picks_exactly_those_who_have_these_scores() {
    let folder = tempfile::tempdir().unwrap();
    let sourcing = project(&folder, RfmRules::default());
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let before = engine.wait_until_idle(&plan(&sourcing), &wanted(None));
    let (loaded, rfm) = (before.loaded.ready().unwrap().clone(), before.sources.unwrap().rfm.ready().unwrap().clone());
    let mut n_cells = 0;
    for (recency, frequency) in (1..=5).flat_map(|recency| (1..=5).map(move |frequency| (recency, frequency))) {
        let brush = Brush::rfm_cell(loaded.stamp, rfm.stamp, recency, frequency);
        let answers = engine.wait_until_idle(&plan(&sourcing), &wanted(Some(brush)));
        let expected: Vec<usize> =
            (0..loaded.table.n_rows).filter(|&row| rfm.scores(row).is_some_and(|[r, f, _]| (r, f) == (recency, frequency))).collect();
        let picked = answers.brush.picked.expect("an answer");
        assert_eq!(picked.rows().collect::<Vec<_>>(), expected);
        assert_eq!(answers.brush.rfm.unwrap().iter().sum::<usize>(), expected.len());
        n_cells += expected.len();
    }
    assert_eq!(n_cells, rfm.total().n);
    let champions = Brush::rfm_segment(loaded.stamp, rfm.stamp, RfmSegment::of(rfm.scores(2).unwrap()));
    let answers = engine.wait_until_idle(&plan(&sourcing), &wanted(Some(champions.clone())));
    let found: Vec<usize> = answers.brush.picked.unwrap().rows().collect();
    assert!(found.contains(&2));
    // They stay who they were when a cut point moves.
    let own =
        RfmRules { recency: Cuts::Points([1.0, 2.0, 3.0, 4.0]), monetary: Cuts::Points([1.0, 2.0, 3.0, 400.0]), ..RfmRules::default() };
    let answers = engine.wait_until_idle(&plan(&Sourcing { rfm: own, ..sourcing }), &wanted(Some(champions)));
    assert_eq!(answers.brush.picked.unwrap().rows().collect::<Vec<_>>(), found);
}

/// The page with hand-made scores: row 0 is new and spent little, row 1 comes often, row 2 stays away.
fn page(rules: RfmRules) -> egui_kittest::Harness<'static, super::data_page::Stage> {
    let columns =
        [number("recency_days", &[2.0, 40.0, 400.0]), number("frequency", &[1.0, 9.0, 3.0]), number("monetary", &[10.0, 900.0, 1_500.0])];
    let table = Table { columns: columns.to_vec(), n_rows: 3 };
    let scored = score(&table, &rules);
    let rfm = scored.map_or_else(|_| Answer::default(), |rfm| Answer::Ready(Arc::new(rfm)));
    let sources = SourcesAnswer { rfm, ..SourcesAnswer::default() };
    let answers = Answers { sources: Some(sources), loaded: Answer::Ready(Arc::new(shop())), ..Answers::default() };
    let plan = Plan::new(Source::Sources(Arc::new(Sourcing { rfm: rules, ..Sourcing::default() })));
    let mut harness = open(ui::data_page::ui, plan, answers);
    harness.state_mut().look.sources.view = DataView::Rfm;
    harness.run();
    harness
}

fn own() -> RfmRules {
    RfmRules {
        recency: Cuts::Points([30.0, 90.0, 180.0, 365.0]),
        frequency: Cuts::Points([1.0, 2.0, 4.0, 8.0]),
        monetary: Cuts::Points([50.0, 100.0, 500.0, 1_000.0]),
        ..RfmRules::default()
    }
}

#[test]
fn the_page_tells_cells_and_segments_and_a_click_picks() {
    // 5 1 1, 4 5 4 and 1 3 5 by hand.
    let mut harness = page(own());
    harness.get_by_label("Recency 5, frequency 1: 1 customers, revenue 10");
    harness.get_by_label("Recency 2, frequency 2: 0 customers, revenue 0");
    harness.get_by_label("New customers, 1 customer, 33\u{202f}% of all, 0.4\u{202f}% of revenue");
    harness.get_by_label("At risk, 1 customer, 33\u{202f}% of all, 62\u{202f}% of revenue");
    let Answer::Ready(rfm) = harness.state().answers.sources.as_ref().unwrap().rfm.clone() else { panic!("scores") };
    harness.get_by_label("Recency 4, frequency 5: 1 customers, revenue 900").click();
    harness.run();
    assert_eq!(harness.state().look.brush, Some(Brush::rfm_cell(shop().stamp, rfm.stamp, 4, 5)));
    let mut counts = vec![0; N_CODES];
    counts[place_of([4, 5, 4])] = 1;
    let picked = Some(Arc::new(Picked::new(3, [1])));
    harness.state_mut().answers.brush = BrushAnswer { picked, rfm: Some(Arc::new(counts)), ..BrushAnswer::default() };
    harness.run();
    harness.get_by_label("1 selected");
    harness.get_by_label("Recency 4, frequency 5: 1 customers, revenue 900, 1 selected");
    harness.get_by_label("Recency 5, frequency 1: 1 customers, revenue 10, 0 selected").hover();
    harness.get_by_label("Champions, 1 customer, 33\u{202f}% of all, 37\u{202f}% of revenue").click();
    harness.run();
    let brush = harness.state().look.brush.clone().unwrap();
    assert_eq!(brush, Brush::rfm_segment(shop().stamp, rfm.stamp, RfmSegment::Champions));
    assert!(matches!(brush.who, Who::Rfm { codes, .. } if codes == RfmCodes::of_segment(RfmSegment::Champions)));
    harness.key_press(eframe::egui::Key::Escape);
    harness.run();
    assert_eq!((&harness.state().look.brush, pushed(&harness)), (&None, vec![]), "looking changes no number");
}

#[test]
fn the_page_changes_how_customers_are_scored() {
    let rules_of = |harness: &egui_kittest::Harness<'static, super::data_page::Stage>| match &pushed(harness)[..] {
        [Command::Sources(sourcing)] => sourcing.rfm.clone(),
        other => panic!("{other:?}"),
    };
    let mut harness = page(own());
    harness.get_by_label("Score customers").click();
    harness.run();
    assert!(!rules_of(&harness).enabled);
    let mut harness = page(own());
    harness.get_by_label("Monetary value: Spend").click();
    harness.run();
    harness.get_by_label("Average order").click();
    harness.run();
    assert_eq!(rules_of(&harness), RfmRules { monetary_is: MonetaryIs::AverageOrder, ..own() });
    let mut harness = page(RfmRules { frequency: Cuts::Quintiles, ..own() });
    harness.get_by_label("Frequency, purchases, cut points: Quintiles").click();
    harness.run();
    harness.get_by_label("Own values").click();
    harness.run();
    // Type 7 quantiles of 1, 3 and 9.
    assert_eq!(rules_of(&harness).frequency, Cuts::Points([1.8, 2.6, 4.2, 6.6]));
    let mut harness = page(RfmRules { enabled: false, ..own() });
    harness.get_by_label("Score them").click();
    harness.run();
    assert!(rules_of(&harness).enabled);
}

#[test]
fn dragging_a_cut_point_is_one_step_back() {
    let with = |rfm: RfmRules| plan(&Sourcing { rfm, ..Sourcing::default() });
    let moved = RfmRules { recency: Cuts::Points([31.0, 90.0, 180.0, 365.0]), ..own() };
    assert_eq!(MergeKey::while_held(&with(own()), &with(moved.clone())), MergeKey::Drag("recency cuts"));
    assert_eq!(MergeKey::while_held(&with(RfmRules::default()), &with(moved.clone())), MergeKey::Apart);
    let more = RfmRules { enabled: false, ..moved };
    assert_eq!(MergeKey::while_held(&with(own()), &with(more)), MergeKey::Apart);
}

/// Customers whose plan groups them by their RFM segments.
fn by_segment(folder: &tempfile::TempDir) -> Plan {
    let mut random = seed::random(8, 0);
    let mut orders = String::from("customer_id,order_date,amount\n");
    for customer in 0..400 {
        for _ in 0..random.random_range(1..9) {
            let (month, day) = (random.random_range(1..13), random.random_range(1..29));
            orders += &format!("C{customer},2024-{month:02}-{day:02},{}\n", random.random_range(5..90));
        }
    }
    let mut sourcing = project(folder, RfmRules::default());
    std::fs::write(&sourcing.sources[0].path, orders).unwrap();
    sourcing.sources[0].key = Some("customer_id".into());
    let mut plan = plan(&sourcing);
    plan.clustering.method = Method::Column;
    plan
}

#[test]
fn rfm_segments_are_a_segmentation_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = by_segment(&folder);
    let wanted = Wanted { outputs: Some(Outputs::of_export()), ..Wanted::on(Page::Segments) };
    let answers = Engine::new(|| {}, EngineOptions::default()).wait_until_idle(&plan, &wanted);
    let segmentation = answers.segmentation.ready().expect("segments");
    assert_eq!(segmentation.method_text, "Groups of RFM segment");
    let column = segmentation.loaded.table.column("rfm_segment").unwrap();
    let personas = &answers.personas.ready().expect("cards").personas;
    assert!(personas.len() > 3);
    for (row, &table_row) in segmentation.prepared.table_rows.iter().enumerate() {
        let cluster = segmentation.labels.get(row).expect("everyone bought");
        assert_eq!(Some(personas[cluster].name.as_str()), column.text(table_row), "a card is called what its group is called");
    }
    assert!(answers.silhouette.ready().is_some() && answers.map.ready().is_some());
    let why = &answers.stability.problem().expect("no stability").0;
    assert!(why.contains("groups of a column"), "{why}");
    // The command line gives the same.
    let outputs = Outputs { personas: true, ..Outputs::default() };
    let (report, _) = personae::engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &Ctx::new()).unwrap();
    assert_eq!((report.method.as_str(), report.method_text.as_str()), ("column", "Groups of RFM segment"));
    let names = |personas: &[personae::persona::Persona]| personas.iter().map(|persona| persona.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&report.personas.personas), names(personas));
    assert_eq!(report.results[0].sizes, segmentation.labels.sizes());
    // Any column that knows groups will do; one that does not says so.
    plan.clustering.groups.column = Some("frequency".into());
    let (report, _) = personae::engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &Ctx::new()).unwrap();
    assert!(
        report.personas.personas.iter().all(|persona| persona.name.starts_with("Frequency: ")),
        "{:?}",
        names(&report.personas.personas)
    );
    plan.clustering.groups.column = Some("no such".into());
    let problem = personae::engine::analyse(&plan, &Wanted::outputs(outputs.clone()), &Ctx::new()).unwrap_err();
    assert!(problem.0.contains("no such knows no groups"));
}
