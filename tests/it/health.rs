//! Are planted errors found, and is nothing found where nothing is wrong? Three sources of a shop, and a twin for each kind of error.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use personae::base::Ctx;
use personae::customers::health::{self, Checked, Health};
use personae::customers::{self, Understood};
use personae::data::day::IsoDay;
use personae::data::rules::{Predicate, RowAction, Rule};
use personae::data::sourcing::Refresh;
use personae::data::{self, Raw, SourceFile, SourceKind, Sourcing};

const N_CUSTOMERS: usize = 300;
const N_ROWS: usize = 900;

/// A small generator of numbers that look random (Knuth's MMIX), so that the files are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// Cells by row, the header first.
type Cells = Vec<Vec<String>>;

/// A shop's three files.
#[derive(Clone)]
struct Shop {
    customers: Cells,
    orders: Cells,
    events: Cells,
}

fn day(of_2024: usize) -> String {
    IsoDay(19_723 + of_2024 as i32).to_string()
}

fn clean() -> Shop {
    let mut dice = Dice(7);
    let header = |names: &str| vec![names.split(',').map(str::to_owned).collect::<Vec<_>>()];
    let mut customers = header("customer_id,email,age,country,tier,satisfaction,discount_share,phone,first_purchase,last_purchase,updated");
    for at in 0..N_CUSTOMERS {
        let first = dice.below(200);
        customers.push(vec![
            format!("C{at:04}"),
            format!("person{at}@shop.example.com"),
            (18 + dice.below(60)).to_string(),
            ["Germany", "France", "Italy"][dice.below(3)].into(),
            ["basic", "silver", "premium"][dice.below(3)].into(),
            (1 + dice.below(5)).to_string(),
            format!("{:.2}", dice.below(100) as f64 / 100.0),
            format!("+49 30 {:07}", 1_000_000 + dice.below(9_000_000)),
            day(first),
            day(first + dice.below(160)),
            day(340 + dice.below(26)),
        ]);
    }
    let mut orders = header("order_id,customer_id,order_date,quantity,unit_price,amount,currency,channel");
    let mut events = header("event_id,customer_id,event_date,event,device");
    for at in 0..N_ROWS {
        let (quantity, price) = (1 + dice.below(4), 5 + dice.below(90));
        orders.push(vec![
            format!("O{at:05}"),
            format!("C{:04}", dice.below(N_CUSTOMERS)),
            day(at * 365 / (N_ROWS - 1)),
            quantity.to_string(),
            price.to_string(),
            (quantity * price).to_string(),
            "EUR".into(),
            ["web", "store", "mobile"][dice.below(3)].into(),
        ]);
        events.push(vec![
            format!("E{at:05}"),
            format!("C{:04}", dice.below(N_CUSTOMERS)),
            day(at * 365 / (N_ROWS - 1)),
            ["open", "click", "visit"][dice.below(3)].into(),
            ["phone", "desktop", "tablet"][dice.below(3)].into(),
        ]);
    }
    Shop { customers, orders, events }
}

/// The files on disk as sources.
fn sourcing(shop: &Shop, folder: &Path) -> Sourcing {
    let files = [
        ("customers", &shop.customers, SourceKind::Customers, "customer_id"),
        ("orders", &shop.orders, SourceKind::Transactions, "customer_id"),
        ("events", &shop.events, SourceKind::Events, "customer_id"),
    ];
    let sources = files.map(|(name, cells, kind, key)| {
        let mut text = String::new();
        for row in cells {
            writeln!(text, "{}", row.join(",")).unwrap();
        }
        let path: PathBuf = folder.join(name).with_extension("csv");
        std::fs::write(&path, text).unwrap();
        SourceFile { name: name.into(), path, kind: Some(kind), key: Some(key.into()), ..SourceFile::default() }
    });
    // Timeliness is only asked of files that are read again by themselves.
    Sourcing { sources: sources.into(), refresh: Refresh::WhenChanged, ..Sourcing::default() }
}

#[test]
fn old_files_that_nobody_refreshes_raise_no_alarm() {
    let (folder, ctx, shop) = (tempfile::tempdir().unwrap(), Ctx::new(), clean());
    for (refresh, is_asked) in [(Refresh::default(), false), (Refresh::WhenChanged, true)] {
        let sourcing = Sourcing { refresh, ..sourcing(&shop, folder.path()) };
        let raws: Vec<Raw> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx).unwrap()).collect();
        let raws: Vec<&Raw> = raws.iter().collect();
        let understood = customers::understand(&sourcing, &raws, &ctx).unwrap();
        let health = health::check(&sourcing, &understood, &raws, IsoDay::parse("2031-01-01"), &ctx).unwrap();
        let is_old = |checked: &&Checked| matches!(checked.rule.predicate, Predicate::AtMostDaysOld(_));
        assert_eq!(health.rules.iter().filter(is_old).count() > 0, is_asked, "{refresh:?}");
        assert_eq!(broken(&health).iter().any(|broken| broken.contains("days old")), is_asked, "{:?}", broken(&health));
    }
}

/// What is known of a shop with these rules, or with those suggested.
struct Known {
    sourcing: Sourcing,
    understood: Understood,
    raws: Vec<Raw>,
    health: Health,
}

fn known(shop: &Shop, rules: Option<Vec<Rule>>) -> Known {
    let (folder, ctx) = (tempfile::tempdir().unwrap(), Ctx::new());
    let sourcing = Sourcing { rules, ..sourcing(shop, folder.path()) };
    let raws: Vec<Raw> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx).unwrap()).collect();
    let understood = customers::understand(&sourcing, &raws.iter().collect::<Vec<_>>(), &ctx).unwrap();
    let health = health::check(&sourcing, &understood, &raws.iter().collect::<Vec<_>>(), None, &ctx).unwrap();
    Known { sourcing, understood, raws, health }
}

fn broken(health: &Health) -> Vec<String> {
    let broken = health.rules.iter().filter(|rule| rule.is_broken || rule.problem.is_some());
    broken.map(|rule| format!("{}: {} ({} of {}) {:?}", rule.rule.source, rule.words, rule.failed, rule.checked, rule.problem)).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let known = known(&clean(), None);
    assert_eq!(broken(&known.health), Vec::<String>::new());
    assert!(known.health.rules.iter().all(|rule| rule.failed == 0 && rule.checked > 0), "{:#?}", known.health.rules);
    assert!(known.health.sources.iter().all(|source| source.score == Some(1.0)));
    assert!(known.health.rules.len() >= 40, "{}", known.health.rules.len());
}

/// What a twin is made of: cells to change, rows to repeat, days to move.
enum Plant {
    /// In these rows of a file the column gets this value.
    Cell(&'static str, &'static str, &'static [usize], &'static str),
    /// This row comes again at the end; then the column gets that value, unless it is empty.
    Again(&'static str, usize, &'static str, &'static str),
    /// All days of the column so many days back.
    Back(&'static str, &'static str, usize),
}

fn planted(plants: &[Plant]) -> Shop {
    let mut shop = clean();
    for plant in plants {
        let file = match plant {
            Plant::Cell(file, ..) | Plant::Again(file, ..) | Plant::Back(file, ..) => *file,
        };
        let cells = match file {
            "customers" => &mut shop.customers,
            "orders" => &mut shop.orders,
            _ => &mut shop.events,
        };
        let at = |cells: &Cells, column: &str| cells[0].iter().position(|name| name == column).unwrap_or_else(|| panic!("{column}"));
        match plant {
            Plant::Cell(_, column, rows, value) => {
                let column = at(cells, column);
                rows.iter().for_each(|&row| cells[row][column] = (*value).into());
            }
            Plant::Again(_, row, column, value) => {
                let mut again = cells[*row].clone();
                if !column.is_empty() {
                    let column = at(cells, column);
                    again[column] = (*value).into();
                }
                cells.push(again);
            }
            Plant::Back(_, column, days) => {
                let column = at(cells, column);
                for row in cells.iter_mut().skip(1) {
                    let moved = IsoDay::parse(&row[column]).unwrap().0 - *days as i32;
                    row[column] = IsoDay(moved).to_string();
                }
            }
        }
    }
    shop
}

const SOME: &[usize] = &[12, 150, 280];
const MANY: &[usize] = &[3, 20, 41, 60, 83, 100, 121, 140, 161, 180, 199, 220, 239, 240, 241, 250, 260, 270, 280, 290, 291, 292];

/// Every kind of error: its name, where it is planted, which rule of which source finds it, and how many rows fail.
fn kinds() -> Vec<(&'static str, Vec<Plant>, &'static str, &'static str, usize)> {
    use Plant::{Again, Back, Cell};
    vec![
        ("missing key", vec![Cell("orders", "customer_id", SOME, "")], "orders", "customer_id is there", 3),
        ("missing day", vec![Cell("orders", "order_date", SOME, "")], "orders", "order_date is there", 3),
        ("missing required value", vec![Cell("customers", "email", MANY, "")], "customers", "email is there", 22),
        ("unreadable number", vec![Cell("customers", "age", SOME, "about forty")], "customers", "age can be read", 3),
        ("unreadable day", vec![Cell("orders", "order_date", SOME, "last spring")], "orders", "order_date can be read", 3),
        (
            "bad e-mail",
            vec![Cell("customers", "email", &[5], "person5@shop"), Cell("customers", "email", &[6], "a b@c.de")],
            "customers",
            "email looks like",
            2,
        ),
        ("age too low", vec![Cell("customers", "age", SOME, "4")], "customers", "age lies between 13 and 110", 3),
        ("age too high", vec![Cell("customers", "age", SOME, "1970")], "customers", "age lies between 13 and 110", 3),
        ("future day", vec![Cell("orders", "order_date", SOME, "2099-01-01")], "orders", "order_date is neither", 3),
        ("day before 1990", vec![Cell("events", "event_date", SOME, "1900-01-01")], "events", "event_date is neither", 3),
        ("share above one", vec![Cell("customers", "discount_share", SOME, "35")], "customers", "discount_share lies between 0 and 1", 3),
        ("negative price", vec![Cell("orders", "unit_price", SOME, "-12")], "orders", "unit_price is not negative", 3),
        ("negative quantity", vec![Cell("orders", "quantity", SOME, "-1")], "orders", "quantity is not negative", 3),
        ("misspelled level", vec![Cell("customers", "tier", &[7], "premuim")], "customers", "tier is one of", 1),
        ("case variant", vec![Cell("orders", "channel", SOME, "Web")], "orders", "channel is spelled one way", 3),
        ("blank variant", vec![Cell("events", "event", SOME, "cl ick")], "events", "event is spelled one way", 3),
        ("country of two names", vec![Cell("customers", "country", SOME, "DE")], "customers", "country uses one name per country", 3),
        ("duplicate customer", vec![Again("customers", 9, "email", "other@shop.example.com")], "customers", "customer_id is there once", 1),
        ("duplicate e-mail", vec![Again("customers", 9, "customer_id", "C9999")], "customers", "email is there once", 1),
        ("duplicate order line", vec![Again("orders", 40, "", "")], "orders", "No row repeats another", 1),
        ("orphan transaction", vec![Cell("orders", "customer_id", SOME, "X0001")], "orders", "customer_id is known in customers", 3),
        ("orphan event", vec![Cell("events", "customer_id", SOME, "X0001")], "events", "customer_id is known in customers", 3),
        (
            "first after last",
            vec![Cell("customers", "first_purchase", SOME, "2024-12-30")],
            "customers",
            "first_purchase is not after last_purchase",
            3,
        ),
        ("mixed currency", vec![Cell("orders", "currency", SOME, "USD")], "orders", "currency is the same", 3),
        ("stale transactions", vec![Back("orders", "order_date", 60)], "orders", "The newest row is at most 1 day old", 1),
        (
            "stale customers",
            vec![Back("customers", "updated", 90), Back("customers", "last_purchase", 90), Back("customers", "first_purchase", 90)],
            "customers",
            "The newest row is at most 30 days old",
            1,
        ),
        ("impossible answer", vec![Cell("customers", "satisfaction", SOME, "9")], "customers", "satisfaction lies between 1 and 5", 3),
        (
            "key of another case",
            vec![Cell("orders", "customer_id", &[30], "c0001"), Cell("orders", "customer_id", &[31, 32], "C0001")],
            "orders",
            "customer_id is spelled one way",
            1,
        ),
        ("bad telephone number", vec![Cell("customers", "phone", SOME, "n. a. yet")], "customers", "phone looks like", 3),
    ]
}

#[test]
fn every_kind_of_planted_error_is_found() {
    let rules: Vec<Rule> = known(&clean(), None).health.rules.into_iter().map(|checked| checked.rule).collect();
    let mut wrong = Vec::new();
    for (kind, plants, source, words, n_failed) in kinds() {
        let shop = planted(&plants);
        // Rules from the clean twin, and those the dirty data suggest themselves, which is what people have.
        for (from, rules) in [("clean", Some(rules.clone())), ("dirty", None)] {
            let health = known(&shop, rules).health;
            let found = |checked: &&Checked| checked.rule.source == source && checked.words.starts_with(words) && checked.is_broken;
            match health.rules.iter().find(found) {
                Some(checked) if checked.failed == n_failed && !checked.examples.is_empty() => {}
                Some(checked) => wrong.push(format!("{kind}, rules from {from} data: {} rows in place of {n_failed}", checked.failed)),
                None => wrong.push(format!("{kind}, rules from {from} data: not found; broken are {:?}", broken(&health))),
            }
            if health.rules.iter().any(|checked| checked.problem.is_some()) {
                wrong.push(format!("{kind}, rules from {from} data: {:?}", broken(&health)));
            }
        }
    }
    assert!(kinds().len() >= 25 && wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn examples_name_the_row_and_what_it_has() {
    let shop = planted(&[Plant::Cell("customers", "age", &[12, 150], "4")]);
    let health = known(&shop, None).health;
    let rule = health.rules.iter().find(|checked| checked.words.starts_with("age lies")).unwrap();
    let examples: Vec<(Option<usize>, &str)> = rule.examples.iter().map(|example| (example.row, example.value.as_str())).collect();
    assert_eq!(examples, [(Some(12), "4"), (Some(150), "4")]);
    assert_eq!((rule.checked, rule.failed), (N_CUSTOMERS, 2));
    // One warning in so many rules: 2 of 300 rows of weight 2 over the sum of weights of the customers' rules.
    let weights: f64 = health.rules.iter().filter(|c| c.rule.source == "customers").map(|c| c.rule.severity.weight()).sum();
    let score = health.sources[0].score.unwrap();
    assert!((score - (1.0 - 2.0 * (2.0 / 300.0) / weights)).abs() < 1e-12, "{score}");
    assert!(health::json(&health).contains("\"failed\": 2"));
}

/// The suggested rules, the one whose words begin so with another action.
fn with_action(shop: &Shop, words: &str, action: RowAction) -> Vec<Rule> {
    let mut rules: Vec<Rule> = known(shop, None).health.rules.into_iter().map(|checked| checked.rule).collect();
    let rule = rules.iter_mut().find(|rule| rule.words().starts_with(words)).unwrap();
    rule.action = action;
    rules
}

#[test]
fn rows_that_fail_are_left_out_or_taken_as_missing() {
    let shop = planted(&[Plant::Cell("orders", "amount", &[12, 150], "-5000"), Plant::Cell("orders", "channel", &[3], "=1+1")]);
    let total = |rules: Option<Vec<Rule>>| {
        let (folder, ctx) = (tempfile::tempdir().unwrap(), Ctx::new());
        let sourcing = Sourcing { rules, ..sourcing(&shop, folder.path()) };
        let raws: Vec<Raw> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx).unwrap()).collect();
        let raws: Vec<&Raw> = raws.iter().collect();
        let understood = customers::understand(&sourcing, &raws, &ctx).unwrap();
        let built = customers::build(&sourcing, &understood, &raws, None, &ctx).unwrap();
        let monetary = built.table.column("monetary").unwrap();
        (0..built.table.n_rows).filter_map(|row| monetary.number(row)).sum::<f64>()
    };
    let all = total(None);
    for action in [RowAction::DropRow, RowAction::NullValue] {
        let kept = total(Some(with_action(&shop, "amount is not negative", action)));
        assert!((kept - all - 10_000.0).abs() < 1e-6, "{action:?}: {all} {kept}");
    }
    assert_eq!(total(Some(with_action(&shop, "amount is not negative", RowAction::Flag))), all);
}

#[test]
fn what_is_kept_out_is_listed_and_leaves_as_a_file() {
    let shop = planted(&[Plant::Cell("orders", "amount", &[12, 150], "-5000"), Plant::Cell("orders", "channel", &[12], "=1+1")]);
    let known = known(&shop, Some(with_action(&shop, "amount is not negative", RowAction::DropRow)));
    let (ctx, raws) = (Ctx::new(), known.raws.iter().collect::<Vec<_>>());
    let rules = known.sourcing.rules.unwrap();
    let rows = health::kept_out(&known.understood, &raws, 1, &rules, 100, &ctx).unwrap();
    assert_eq!((rows.n_rows, rows.columns[0].cell(0).into_owned(), rows.columns[0].cell(1).into_owned()), (2, "12".into(), "150".into()));
    assert_eq!(rows.column("rule").unwrap().cell(0), "amount is not negative");
    let mut file = Vec::new();
    health::write_csv(&rows, &mut file, &ctx).unwrap();
    let file = String::from_utf8(file).unwrap();
    assert!(file.starts_with("row,rule,order_id,"), "{file}");
    assert!(file.contains("'=1+1") && file.contains(",-5000,"), "a number is no formula: {file}");
}

#[test]
fn a_rule_that_cannot_be_checked_says_why() {
    let rule = |columns: &[&str], predicate: Predicate| Rule {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        predicate,
        ..with_action(&clean(), "age lies", RowAction::DropRow).into_iter().find(|rule| rule.words().starts_with("age lies")).unwrap()
    };
    for (rule, expected) in [
        (rule(&["shoe_size"], Predicate::Present), "customers has no column shoe_size"),
        (rule(&[], Predicate::Formula("age +".into())), "cannot be checked"),
        (rule(&[], Predicate::Formula("age + 1".into())), "neither true nor false"),
        (rule(&[], Predicate::Formula("shoe_size > 1".into())), "shoe_size"),
        (rule(&["age"], Predicate::NotAfter), "too few columns"),
        (rule(&["age"], Predicate::FoundIn { source: "tills".into(), column: "id".into() }), "no id in tills"),
    ] {
        let known = known(&clean(), Some(vec![rule]));
        let problem = known.health.rules[0].problem.clone().unwrap_or_default();
        assert!(problem.contains(expected), "{problem}");
        assert_eq!(known.health.sources[0].score, None);
    }
    let formula = rule(&[], Predicate::Formula("age > 20 AND tier <> 'basic'".into()));
    let health = known(&clean(), Some(vec![formula])).health;
    assert!(health.rules[0].problem.is_none() && health.rules[0].failed > 0 && health.rules[0].checked == N_CUSTOMERS);
}

/// Fuel by the cent beside pieces: a few rows hold nearly all of the quantity, although none of them is negative or unreadable.
#[test]
fn a_quantity_in_two_units_gets_a_rule() {
    let few: &[usize] = &[50, 210, 400, 650];
    let shop = planted(&[Plant::Cell("orders", "quantity", few, "89638")]);
    let health = known(&shop, None).health;
    let rule = health.rules.iter().find(|checked| checked.words.starts_with("quantity lies between 0 and")).expect("it is suggested");
    assert_eq!((rule.failed, rule.is_broken), (few.len(), true), "{}", rule.words);
    assert!(rule.rule.why.contains("another unit"), "{}", rule.rule.why);
    // Numbers that are merely skewed, and prices, have none.
    let clean = known(&clean(), None).health;
    assert!(!clean.rules.iter().any(|checked| checked.words.starts_with("quantity lies")));
    // More than one row in a hundred is fuel: the largest 1 % are all alike, and the rule still tells them from pieces.
    const OFTEN: [usize; 12] = [10, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550];
    let shop = planted(&[Plant::Cell("orders", "quantity", &OFTEN, "22000")]);
    let health = known(&shop, None).health;
    let rule = health.rules.iter().find(|checked| checked.words.starts_with("quantity lies between 0 and")).expect("it is suggested");
    assert_eq!(rule.failed, OFTEN.len(), "{}", rule.words);
    // A gross is a large order of pieces.
    let shop = planted(&[Plant::Cell("orders", "quantity", &OFTEN, "144")]);
    let health = known(&shop, None).health;
    assert!(!health.rules.iter().any(|checked| checked.words.starts_with("quantity lies") && checked.failed > 0));
}
