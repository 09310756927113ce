//! From several files to one customer table: what is guessed, how columns come to be, and what is refused.

use std::path::PathBuf;
use std::sync::Arc;

use personae::base::Ctx;
use personae::customers::{self, Built};
use personae::data::day::IsoDay;
use personae::data::{self, Raw, Source, SourceFile, Sourcing};
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::session::{Page, Plan};

/// Files with these contents in a folder that is gone with the value.
pub fn files(contents: &[(&str, &str)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = contents.iter().map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    });
    let paths = paths.collect();
    (folder, paths)
}

pub fn sourcing(paths: &[PathBuf]) -> Sourcing {
    let source = |path: &PathBuf| SourceFile {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        path: path.clone(),
        ..SourceFile::default()
    };
    Sourcing { sources: paths.iter().map(source).collect(), ..Sourcing::default() }
}

pub fn build(sourcing: &Sourcing) -> Result<Built, String> {
    let ctx = Ctx::new();
    let raws: Result<Vec<Raw>, _> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx)).collect();
    let raws = raws.map_err(|error| error.to_string())?;
    let raws: Vec<&Raw> = raws.iter().collect();
    let understood = customers::understand(sourcing, &raws, &ctx).map_err(|error| error.to_string())?;
    customers::build(sourcing, &understood, &raws, None, &ctx).map_err(|error| error.to_string())
}

/// The cells of a row, by column.
pub fn row(built: &Built, row: usize, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|name| built.table.column(name).unwrap_or_else(|| panic!("{name}")).cell(row).into_owned()).collect()
}

const ORDERS: &str = "\
order_id,customer_id,order_date,amount
1,A,2024-01-01,10
2,A,2024-01-01,5
3,A,2024-01-11,30
4,B,2024-01-05,8
5,B,2024-01-07,-8
6,C,2024-01-20,100
";

#[test]
fn a_list_of_transactions_becomes_a_customer_table() {
    let (_folder, paths) = files(&[("orders.csv", ORDERS)]);
    let built = build(&sourcing(&paths)).unwrap();
    let columns = ["customer", "recency_days", "frequency", "monetary", "tenure_days", "average_order_value", "returns_rate"];
    // The snapshot is the day after the last order: 2024-01-21. Same-day orders are one purchase; a return is no purchase.
    assert_eq!(row(&built, 0, &columns), ["A", "10", "2", "45", "20", "22.5", "0"]);
    assert_eq!(row(&built, 1, &columns), ["B", "16", "1", "0", "16", "0", "1"]);
    assert_eq!(row(&built, 2, &columns), ["C", "1", "1", "100", "1", "100", "0"]);
}

#[test]
fn rows_after_the_snapshot_are_refused_with_a_note() {
    let (_folder, paths) = files(&[("orders.csv", ORDERS)]);
    let built = build(&Sourcing { snapshot: IsoDay::parse("2024-01-11"), ..sourcing(&paths) }).unwrap();
    assert_eq!(row(&built, 0, &["customer", "recency_days", "tenure_days"]), ["A", "0", "10"]);
    assert!(built.notes.iter().any(|note| note.0.contains("after the snapshot 2024-01-11")), "{:?}", built.notes);
}

#[test]
fn the_window_sees_the_table_and_what_it_was_built_from() {
    let (_folder, paths) = files(&[("orders.csv", ORDERS)]);
    let plan = Plan::new(Source::Sources(Arc::new(sourcing(&paths))));
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let answers = engine.wait_until_idle(&plan, &Wanted::on(Page::Data));
    let loaded = answers.loaded.ready().expect("a table");
    assert_eq!((loaded.title.as_str(), loaded.table.n_rows), ("Customer table", 3));
    let sources = answers.sources.expect("its sources");
    assert_eq!(sources.raws[0].ready().map(|raw| raw.n_rows), Some(6));
    assert!(sources.built.ready().is_some());
}

#[test]
fn a_project_of_sources_keeps_every_choice_and_opens_though_one_is_gone() {
    let (folder, paths) = files(&[("orders.csv", ORDERS), ("customers.csv", "customer_id,age\nA,30\nB,40\nC,50\n")]);
    let plan = Plan::new(Source::Sources(Arc::new(Sourcing { snapshot: IsoDay::parse("2024-02-01"), ..sourcing(&paths) })));
    let path = folder.path().join("shop.personae");
    let project = personae::session::Project { plan: plan.clone(), ..Default::default() };
    personae::session::project::save(&path, &project).unwrap();
    assert_eq!(personae::session::project::open(&path).unwrap().project.plan, plan);
    std::fs::remove_file(&paths[1]).unwrap();
    let opened = personae::session::project::open(&path).unwrap();
    assert_eq!(opened.project.plan, plan);
    let answers = Engine::new(|| {}, EngineOptions::default()).wait_until_idle(&opened.project.plan, &Wanted::on(Page::Data));
    let sources = answers.sources.expect("its sources");
    assert!(sources.raws[0].ready().is_some(), "the others are read");
    assert!(sources.raws[1].problem().is_some_and(|problem| problem.0.contains("customers.csv does not exist")));
    assert!(answers.loaded.problem().is_some());
}

/// A row of the random transactions.
struct Bought {
    order: usize,
    customer: i64,
    day: i64,
    hour: i64,
    cents: i64,
    category: Option<&'static str>,
    channel: &'static str,
}

fn random_transactions() -> Vec<Bought> {
    use personae::base::seed::{RngExt, random};
    let mut draw = random(7, 0);
    let mut row = |order: usize| Bought {
        order,
        customer: 100 + (draw.random::<f64>() * draw.random::<f64>() * 400.0) as i64,
        day: draw.random_range(0..300i64),
        hour: draw.random_range(0..24i64),
        cents: if draw.random_range(0..12) == 0 { -draw.random_range(1..900i64) } else { draw.random_range(0..4_000i64) },
        category: [Some("Books"), Some("Garden"), Some("Toys"), Some("Sport"), None][draw.random_range(0..5)],
        channel: ["web", "shop", "phone"][draw.random_range(0..3)],
    };
    // Every third row is one more line of an order.
    let mut rows: Vec<Bought> = Vec::new();
    for at in 0..6_000 {
        let mut next = row(at);
        if at % 3 == 0
            && let Some(last) = rows.last()
        {
            next = Bought { order: last.order, customer: last.customer, day: last.day, hour: last.hour, ..next };
        }
        rows.push(next);
    }
    rows
}

/// As a file, the customers written as `spelled`.
fn written<'a>(rows: impl Iterator<Item = &'a Bought>, spelled: impl Fn(i64) -> String) -> String {
    let mut text = String::from("order_id,customer_id,order_date,amount,category,channel\n");
    for row in rows {
        let date = personae::data::table::day_text(19_000 + row.day as i32);
        let (sign, cents) = (if row.cents < 0 { "-" } else { "" }, row.cents.abs());
        let (category, channel) = (row.category.unwrap_or_default(), row.channel);
        let money = format!("{sign}{}.{:02}", cents / 100, cents % 100);
        let customer = spelled(row.customer);
        text.push_str(&format!("{},{customer},{date} {:02}:30,{money},{category},{channel}\n", row.order, row.hour));
    }
    text
}

/// A plain recomputation, customer by customer, of what is added up in runs.
#[test]
fn the_table_equals_a_slow_recomputation_of_random_transactions() {
    use std::collections::{BTreeMap, BTreeSet};
    let rows = random_transactions();
    let (_folder, paths) = files(&[("orders.csv", &written(rows.iter(), |customer| customer.to_string()))]);
    let built = build(&sourcing(&paths)).unwrap();
    let mut of: BTreeMap<i64, Vec<&Bought>> = BTreeMap::new();
    for row in &rows {
        of.entry(row.customer).or_default().push(row);
    }
    let last = rows.iter().map(|row| row.day).max().unwrap();
    assert_eq!(built.table.n_rows, of.len());
    for (at, (customer, rows)) in of.iter().enumerate() {
        assert_eq!(built.table.columns[0].cell(at), customer.to_string());
        let told = |column: &str| built.table.column(column).unwrap_or_else(|| panic!("{column}")).number(at);
        let is = |column: &str, expected: Option<f64>| {
            let same = match (told(column), expected) {
                (Some(told), Some(expected)) => (told - expected).abs() < 1e-6,
                (told, expected) => told == expected,
            };
            assert!(same, "customer {customer}: {column} is {:?}, not {expected:?}", told(column));
        };
        let share = |part: usize, all: usize| (all > 0).then(|| part as f64 / all as f64);
        let money = |rows: &[&Bought]| rows.iter().map(|row| row.cents).sum::<i64>() as f64 / 100.0;
        let bought: Vec<&Bought> = rows.iter().copied().filter(|row| row.cents >= 0).collect();
        let days: BTreeMap<i64, i64> = bought.iter().fold(BTreeMap::new(), |mut days, row| {
            let hour = days.entry(row.day).or_insert(row.hour);
            *hour = row.hour.min(*hour);
            days
        });
        let ago = |day: Option<&i64>| day.map(|day| (last + 1 - day) as f64);
        is("frequency", Some(days.len() as f64));
        is("monetary", Some(money(rows)));
        is("recency_days", ago(days.keys().next_back()));
        is("tenure_days", ago(days.keys().next()));
        is("orders", Some(bought.iter().map(|row| row.order).collect::<BTreeSet<_>>().len() as f64));
        let (gross, net) = (money(&bought), money(rows));
        is("returns_rate", (gross != 0.0).then(|| (gross - net) / gross));
        let span = days.keys().next_back().zip(days.keys().next()).map(|(last, first)| last - first);
        is("purchase_gap_days", span.filter(|_| days.len() > 1).map(|span| span as f64 / (days.len() - 1) as f64));
        // Day 19 000 since 1970 was a Saturday.
        is("weekend_share", share(days.keys().filter(|day| (19_000 + **day + 3) % 7 >= 5).count(), days.len()));
        for (name, hours) in [("night", 0..6), ("morning", 6..12), ("afternoon", 12..18), ("evening", 18..24)] {
            is(&format!("{name}_share"), share(days.values().filter(|hour| hours.contains(*hour)).count(), days.len()));
        }
        for channel in ["web", "shop", "phone"] {
            is(&format!("share_channel_{channel}"), share(bought.iter().filter(|row| row.channel == channel).count(), bought.len()));
        }
        let mut categories: BTreeMap<&str, (i64, i64, usize)> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.category.is_some()) {
            let (net, gross, bought) = categories.entry(row.category.unwrap()).or_default();
            *net += row.cents;
            *gross += row.cents.max(0);
            *bought += usize::from(row.cents >= 0);
        }
        categories.retain(|_, (.., bought)| *bought > 0);
        let top = categories.iter().min_by_key(|(name, (net, _, bought))| (-net, std::cmp::Reverse(*bought), **name));
        is("distinct_categories", Some(categories.len() as f64));
        assert_eq!(built.table.column("top_category").unwrap().cell(at), top.map_or("", |(name, _)| name), "customer {customer}");
        let all: i64 = categories.values().map(|(_, gross, _)| gross).sum();
        is("top_category_share", top.filter(|_| all != 0).map(|(_, (_, gross, _))| *gross as f64 / all as f64));
    }
}

/// The order of the rows does not show, nor do keys that are no numbers, nor the number of threads.
#[test]
fn rows_in_another_order_and_keys_as_text_are_the_same_table() {
    let rows = random_transactions();
    let table = |text: &str, threads: usize| -> Vec<Vec<String>> {
        let (_folder, paths) = files(&[("orders.csv", text)]);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let built = pool.install(|| build(&sourcing(&paths)).unwrap());
        let cells = |at: usize| built.table.columns[1..].iter().map(|column| column.cell(at).into_owned()).collect();
        (0..built.table.n_rows).map(cells).collect()
    };
    let plain = table(&written(rows.iter(), |customer| customer.to_string()), 1);
    assert_eq!(plain.len(), rows.iter().map(|row| row.customer).collect::<std::collections::BTreeSet<_>>().len());
    assert!(plain == table(&written(rows.iter(), |customer| customer.to_string()), 8), "threads");
    // Far apart, so that numbers have to be looked up.
    assert!(plain == table(&written(rows.iter(), |customer| (customer * 1_000_000_007).to_string()), 2), "large keys");
    assert!(plain == table(&written(rows.iter().rev(), |customer| format!("K{customer}")), 2), "text, the last row first");
}
