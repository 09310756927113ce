//! Do personas come back, stay and foretell, by `personae validate`? Orders whose answer is known, and the traps that make personas look better than they are.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use personae::base::seed::{self, RngExt};
use personae::data::day::IsoDay;
use serde_json::Value;

use crate::foreign::read;

fn personae(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

pub fn day(text: &str) -> i32 {
    IsoDay::parse(text).unwrap().0
}

/// One order.
pub struct Order {
    pub customer: String,
    pub day: i32,
    pub amount: f64,
    pub category: &'static str,
    pub channel: &'static str,
}

pub fn orders_csv(orders: &[Order]) -> String {
    let mut text = "order_id,customer_id,order_date,amount,category,channel\n".to_owned();
    for (nth, Order { customer, day, amount, category, channel }) in orders.iter().enumerate() {
        writeln!(text, "O{nth},{customer},{},{amount:.2},{category},{channel}", IsoDay(*day)).unwrap();
    }
    text
}

/// Customers of three kinds who keep to their kind: often and for little, seldom and for much, and now and then.
pub fn shop(n: usize, from: &str, to: &str) -> Vec<Order> {
    let mut random = seed::random(5, 0);
    let (from, to) = (day(from), day(to));
    let mut orders = Vec::new();
    for nth in 0..n {
        let kind = nth % 3;
        let gap = [12.0, 45.0, 110.0][kind];
        let mut at = f64::from(from) + random.random_range(0.0..gap);
        while at <= f64::from(to) {
            orders.push(Order {
                customer: format!("K{nth:05}"),
                day: at as i32,
                amount: [9.0, 40.0, 300.0][kind] * random.random_range(0.7..1.3),
                category: ["Bread", "Wine", "Chairs"][if random.random_range(0.0..1.0) < 0.9 { kind } else { (kind + 1) % 3 }],
                channel: ["web", "app", "shop"][kind],
            });
            at += gap * random.random_range(0.5..1.5);
        }
    }
    orders
}

pub fn validate(files: &[(&str, &str)], more: &[&str]) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let (code, out, err) = personae(folder.path(), &[&["validate"][..], &names, more, &["--report", "validation.json"]].concat());
    assert_eq!(code, 0, "{out}{err}");
    let report = std::fs::read_to_string(folder.path().join("validation.json")).unwrap();
    (serde_json::from_str(&report).unwrap(), out)
}

pub fn says(report: &Value, part: &str, words: &str) -> bool {
    report[part].as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains(words))
}

#[test]
fn kinds_that_keep_to_themselves_come_back_stay_and_foretell() {
    let orders = orders_csv(&shop(600, "2021-01-01", "2023-07-02"));
    let (report, out) = validate(&[("orders.csv", &orders)], &["--k", "3", "--horizon", "30"]);
    let folds = &report["folds"];
    assert_eq!((folds["k"].as_u64(), folds["jaccard"].as_array().unwrap().len()), (Some(3), 3), "{folds}");
    assert!(folds["prediction_strength"].as_f64().unwrap() > 0.9, "{folds}");
    let stays = report["stays"].as_array().unwrap();
    let days: Vec<&str> = stays.iter().map(|stay| stay["to"].as_str().unwrap()).collect();
    assert_eq!((stays[0]["from"].as_str(), &days[..]), (Some("2022-09-30"), &["2022-12-31", "2023-03-31", "2023-06-30"][..]));
    for stay in stays {
        assert!(stay["stay"].as_f64().unwrap() > 0.85 && stay["kappa"].as_f64().unwrap() > 0.7, "{stay}");
        assert!(stay["by_chance"].as_f64().unwrap() < 0.2 && stay["draws"] == 20, "{stay}");
        let moved: u64 =
            stay["moves"].as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap()).map(|n| n.as_u64().unwrap()).sum();
        let of = |name: &str| stay[name].as_u64().unwrap();
        assert_eq!(moved, of("customers") + of("newborn") + of("gone"), "{stay}");
    }
    let told = &report["foretells"];
    assert_eq!(
        (told["cut"].as_str(), told["horizon_days"].as_u64(), told["customers"].as_u64()),
        (Some("2023-06-01"), Some(30), Some(600))
    );
    for by in ["rfm", "persona", "rfm_and_persona", "all"] {
        let auc = &told["auc"][by];
        let [value, low, high] = ["value", "low", "high"].map(|end| auc[end].as_f64().unwrap());
        assert!(low <= value && value <= high && value > 0.6, "{by} {auc}");
    }
    assert!(told["power_kept"]["value"].as_f64().unwrap() > 0.7, "{told}");
    assert!(says(&report, "notes", "The quarter after 2023-06-30 is not over"), "{report}");
    assert!(says(&report, "sentences", "3 of 3 personas come back when only other customers decide. When one half"), "{report}");
    assert!(report["seconds"]["total"].as_f64().unwrap() > 0.0 && out.contains("wrote validation.json"));
}

/// 400 customers of two kinds until a cut on 2023-03-31, then what each of four groups does in the horizon of 90 days and beside it.
pub fn cut_shop(later: [Option<&str>; 4], after: &[Order]) -> String {
    let mut orders = shop(400, "2022-01-01", "2023-03-30");
    for nth in 0..400 {
        if let Some(when) = later[nth / 100] {
            let channel = ["web", "app", "shop"][nth % 3];
            orders.push(Order { customer: format!("K{nth:05}"), day: day(when), amount: 20.0, category: "Bread", channel });
        }
    }
    orders_csv(&orders) + orders_csv(after).split_once('\n').unwrap().1
}

pub fn order(customer: &str, when: &str, category: &'static str, channel: &'static str) -> Order {
    Order { customer: customer.into(), day: day(when), amount: 20.0, category, channel }
}

pub const OF_THE_CUT: [&str; 4] = ["--k", "3", "--cut", "2023-03-31"];

#[test]
fn what_is_foretold_begins_the_day_after_the_cut_and_ends_with_the_horizon() {
    // On the day of the cut, the day after, the last day of the horizon, the day after that.
    let orders = cut_shop([Some("2023-03-31"), Some("2023-04-01"), Some("2023-06-29"), Some("2023-06-30")], &[]);
    let (report, out) = validate(&[("orders.csv", &orders)], &OF_THE_CUT);
    let told = &report["foretells"];
    assert_eq!((told["customers"].as_u64(), told["rate"].as_f64(), told["events"].as_u64()), (Some(400), Some(0.5), Some(200)), "{out}");
    // Nobody stays in the horizon to be told that it is not over.
    let (report, _) = validate(&[("orders.csv", &orders)], &["--k", "3", "--cut", "2023-04-02"]);
    assert!(report["foretells"].is_null() && says(&report, "sentences", "The 90 days after 2023-04-02 are not over"), "{report}");
    let (report, _) = validate(&[("orders.csv", &orders)], &["--k", "3", "--cut", "2021-12-31"]);
    assert!(report["foretells"].is_null() && says(&report, "sentences", "No order is of 2021-12-31"), "{report}");
}

#[test]
fn what_is_known_on_the_cut_is_the_same_whatever_comes_later() {
    let later = [Some("2023-04-10"), Some("2023-05-01"), None, Some("2023-06-30")];
    let (before, _) = validate(&[("orders.csv", &cut_shop(later, &[]))], &OF_THE_CUT);
    // A channel, a product group and customers that were never there before.
    let mut after: Vec<Order> = (0..300).map(|nth| order(&format!("N{nth}"), "2023-05-02", "Boats", "kiosk")).collect();
    after.extend((0..400).map(|nth| Order { amount: 1e6, ..order(&format!("K{nth:05}"), "2023-07-20", "Boats", "kiosk") }));
    let (with, _) = validate(&[("orders.csv", &cut_shop(later, &after))], &OF_THE_CUT);
    // Which persona of today each is depends on today, and nothing else does.
    let [before, known] = [&before, &with].map(|report| {
        let mut told = report["foretells"].clone();
        let walked = told["walked_forward"]["personas"].as_array_mut().map_or(Vec::new(), |personas| personas.iter_mut().collect());
        walked.into_iter().for_each(|persona| drop(persona.as_object_mut().unwrap().remove("today")));
        told["personas"].as_array_mut().unwrap().iter_mut().for_each(|persona| drop(persona.as_object_mut().unwrap().remove("today")));
        told
    });
    assert_eq!(before, known);
    let columns: Vec<&str> = with["foretells"]["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(columns.contains(&"share_channel_web") && !columns.contains(&"share_channel_kiosk"), "{columns:?}");
    assert_eq!(with["foretells"]["customers"], 400, "who came later is not foretold");
    let never = cut_shop([None; 4], &[order("K00000", "2023-08-01", "Bread", "web")]);
    let (report, _) = validate(&[("orders.csv", &never)], &OF_THE_CUT);
    assert!(report["foretells"].is_null() && says(&report, "sentences", "never happens in this window"), "{report}");
    let few = cut_shop([None; 4], &(0..40).map(|nth| order(&format!("K{nth:05}"), "2023-06-29", "Wine", "web")).collect::<Vec<_>>());
    let (report, _) = validate(&[("orders.csv", &few)], &[&OF_THE_CUT[..], &["--outcome", "category:wine"]].concat());
    let told = &report["foretells"];
    assert!(told["auc"].is_null() && told["power_kept"].is_null() && told["adds_to_rfm"].is_null() && told["events"] == 40, "{told}");
    assert!(says(&report, "sentences", "only 40 of 400 customers gave the rarer answer, too few to judge"), "{report}");
    let (report, _) = validate(&[("orders.csv", &few)], &[&OF_THE_CUT[..], &["--outcome", "category:Boats"]].concat());
    assert!(says(&report, "sentences", "Boats is none of the common product groups up to 2023-03-31"), "{report}");
    let (report, _) = validate(&[("orders.csv", &few)], &[&OF_THE_CUT[..], &["--outcome", "column:frequency"]].concat());
    assert!(
        report["foretells"].is_null() && says(&report, "sentences", "frequency is known on the day of the cut and is an input"),
        "{report}"
    );
    let (report, _) = validate(&[("orders.csv", &cut_shop(later, &[]))], &[&OF_THE_CUT[..], &["--outcome", "spend"]].concat());
    assert!(report["foretells"]["auc"].is_null() && report["foretells"]["r2"]["all"]["value"].is_number(), "{report}");
}

#[test]
fn columns_that_are_of_today_are_no_input_on_an_earlier_day_and_missing_customers_are_told() {
    let orders = cut_shop([Some("2023-04-10"), None, Some("2023-05-01"), None], &[order("K00000", "2023-07-01", "Bread", "web")]);
    let mut customers = "customer_id,visits_now,member_since\n".to_owned();
    for nth in (0..400).filter(|nth| nth % 10 != 3) {
        // What the shop's system says today: only whoever bought again still visits.
        let visits = if nth / 100 % 2 == 0 { 50 + nth % 7 } else { nth % 7 };
        writeln!(customers, "K{nth:05},{visits},2021-{:02}-11", 1 + nth % 12).unwrap();
    }
    let files = [("orders.csv", orders.as_str()), ("customers.csv", customers.as_str())];
    let (report, out) = validate(&files, &OF_THE_CUT);
    let all = |report: &Value| report["foretells"]["auc"]["all"]["value"].as_f64().unwrap();
    assert!(all(&report) < 0.65, "{out}");
    assert!(says(&report, "notes", "visits_now is as of today"), "{report}");
    assert!(says(&report, "notes", "40 of 400 customers with orders are not in customers"), "{report}");
    let (report, _) = validate(&files, &[&OF_THE_CUT[..], &["--as-of-today"]].concat());
    assert!(all(&report) > 0.9, "{report}");
}

#[test]
fn who_comes_later_is_newborn_and_segments_keep_their_number_when_sizes_turn() {
    // Bread buyers leave, chair buyers come: what was the largest segment becomes the smallest.
    let mut orders = shop(900, "2021-06-01", "2023-06-30");
    let number = |order: &Order| order.customer[1..].parse::<usize>().unwrap();
    orders.retain(|order| match number(order) % 3 {
        0 => order.day <= day("2022-03-31") || number(order) < 90,
        2 => order.day > day("2023-01-05") || number(order) < 300,
        _ => true,
    });
    orders.push(order("K00000", "2023-06-30", "Bread", "web"));
    let (report, out) = validate(&[("orders.csv", &orders_csv(&orders))], &["--k", "3", "--snapshots", "5"]);
    let stays = report["stays"].as_array().unwrap();
    assert_eq!(stays.len(), 4, "{out}");
    let of = |at: usize, name: &str| stays[at][name].as_u64().unwrap();
    assert!(of(0, "newborn") < 20 && of(3, "newborn") + of(2, "newborn") > 150, "{out}");
    assert!((0..4).map(|at| of(at, "gone")).sum::<u64>() > 200, "{out}");
    assert!(stays.iter().all(|stay| stay["stay"].as_f64().unwrap() > 0.85), "{out}");
}

#[test]
fn what_grows_by_construction_is_told_and_so_is_a_span_too_short_for_snapshots() {
    let orders = orders_csv(&shop(300, "2022-11-01", "2023-07-02"));
    let (report, _) = validate(&[("orders.csv", &orders)], &["--k", "3", "--horizon", "30"]);
    assert!(says(&report, "notes", "grows by construction") && says(&report, "notes", "Only 3 of 4 snapshots"), "{report}");
    assert!(report["stays"].as_array().unwrap().iter().all(|stay| stay["gone"] == 0));
    let orders = orders_csv(&shop(300, "2023-04-03", "2023-06-12"));
    let (report, _) = validate(&[("orders.csv", &orders)], &["--k", "3", "--horizon", "30"]);
    assert!(report["stays"].as_array().unwrap().is_empty() && says(&report, "sentences", "two are needed"), "{report}");
    assert!(!report["folds"].is_null());
}

#[test]
fn a_table_of_customers_has_folds_and_one_of_its_columns_can_be_foretold() {
    let mut random = seed::random(9, 0);
    let mut table = "id,spend,visits,age,churned\n".to_owned();
    for nth in 0..900 {
        let at = [[20.0, 2.0, 30.0], [200.0, 60.0, 50.0], [90.0, 30.0, 70.0]][nth % 3];
        let mut near = |mean: f64| mean * random.random_range(0.8..1.2);
        let (spend, visits, age) = (near(at[0]), near(at[1]), near(at[2]));
        let churned = if random.random_range(0.0..1.0) < [0.6, 0.1, 0.3][nth % 3] { "yes" } else { "no" };
        writeln!(table, "{nth},{spend:.2},{visits:.1},{age:.1},{churned}").unwrap();
    }
    let (report, out) = validate(&[("shop.csv", &table)], &["--k", "3", "--outcome", "column:churned"]);
    assert!(says(&report, "sentences", "needs a file beside them") && report["stays"].as_array().unwrap().is_empty(), "{out}");
    let told = &report["foretells"];
    assert!(told["cut"].is_null() && told["adds_to_rfm"].is_null() && told["auc"]["rfm"].is_null(), "{told}");
    assert!(told["auc"]["persona"]["value"].as_f64().unwrap() > 0.65 && !told["sentence"].as_str().unwrap().contains("RFM"), "{told}");
    assert_eq!(told["columns"], serde_json::json!(["spend", "visits", "age"]));
    assert_eq!(report["folds"]["jaccard"].as_array().unwrap().len(), 3);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), &table).unwrap();
    let run = |args: &[&str]| personae(folder.path(), &[&["validate", "shop.csv", "--report", "v.json"][..], args].concat());
    let (code, _, err) = run(&["--features", "spend,churned", "--outcome", "column:churned"]);
    assert!(code == 1 && err.contains("churned is an input of the segments"), "{err}");
    assert_eq!(run(&["--outcome", "whatever"]).0, 2);
    assert_eq!(personae(folder.path(), &["validate", "shop.csv", "--report", "shop.csv"]).0, 2);
}

/// Nobody changes, but everyone buys as chance will have it: some move all the same, and about as many would with their own orders drawn anew.
#[test]
fn chance_alone_moves_some() {
    let mut random = seed::random(11, 0);
    let mut orders = Vec::new();
    for nth in 0..800 {
        let gap = 20.0 * 6f64.powf(nth as f64 / 800.0);
        let mut at = f64::from(day("2021-01-01"));
        while at <= f64::from(day("2023-06-30")) {
            let amount = 15.0 * (1.0f64 / random.random_range(0.01..1.0f64)).powf(0.7);
            orders.push(Order { customer: format!("K{nth:05}"), day: at as i32, amount, category: "Bread", channel: "web" });
            at -= gap * random.random_range(1e-9..1.0f64).ln();
        }
    }
    orders.push(order("K00000", "2023-06-30", "Bread", "web"));
    let (report, out) = validate(&[("orders.csv", &orders_csv(&orders))], &["--k", "4", "--every", "365", "--snapshots", "2"]);
    println!("{out}");
    let stay = &report["stays"][0];
    let (moved, chance) = (1.0 - stay["stay"].as_f64().unwrap(), stay["by_chance"].as_f64().unwrap());
    assert!(chance > 0.1 && moved > 0.1 && chance > 0.4 * moved, "{moved} {chance}");
}

/// Of a customer's own orders about as many are drawn as there are: exactly so who buys like a clock, and who bought once did so then.
#[test]
fn orders_drawn_anew_are_like_those_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let mut orders = shop(300, "2023-01-01", "2023-06-30");
    orders.push(order("once", "2023-02-03", "Bread", "web"));
    orders.extend((0..18).map(|nth| Order { day: day("2023-01-05") + 10 * nth, ..order("clock", "2023-01-05", "Bread", "web") }));
    std::fs::write(&path, orders_csv(&orders)).unwrap();
    let ctx = personae::base::Ctx::new();
    let raw = personae::data::read_raw(&path, &ctx).unwrap();
    let source = personae::data::SourceFile { name: "orders".into(), path, ..Default::default() };
    let mut sourcing = personae::data::Sourcing { sources: vec![source], ..Default::default() };
    sourcing.snapshot = IsoDay::parse("2023-06-30");
    let until = sourcing.snapshot.unwrap();
    let understood = personae::customers::understand(&sourcing, &[&raw], &ctx).unwrap();
    let build = |raw: &personae::data::Raw| personae::customers::build(&sourcing, &understood, &[raw], None, &ctx).unwrap().table;
    let redrawing = personae::customers::Redrawing::new(&understood, std::slice::from_ref(&raw), until, 1.0, &ctx).unwrap().unwrap();
    let draw = |nth| build(&redrawing.draw(1, nth, &ctx).unwrap()[0]);
    let (before, after) = (build(&raw), draw(0));
    let column = |table: &personae::data::Table, name: &str| -> Vec<String> {
        (0..table.n_rows).map(|row| table.column(name).unwrap().cell(row).into_owned()).collect()
    };
    let key = before.columns[0].name.clone();
    for same in [key.as_str(), "tenure_days"] {
        assert_eq!(column(&before, same), column(&after, same), "{same}");
    }
    assert_ne!(column(&before, "monetary"), column(&after, "monetary"));
    assert_eq!(column(&draw(0), "monetary"), column(&after, "monetary"));
    assert_ne!(column(&draw(1), "monetary"), column(&after, "monetary"));
    let sum =
        |table: &personae::data::Table| -> f64 { (0..table.n_rows).filter_map(|row| table.column("frequency").unwrap().number(row)).sum() };
    let drawn = (0..10).map(|nth| sum(&draw(nth))).sum::<f64>() / 10.0;
    assert!((drawn / sum(&before) - 1.0).abs() < 0.1, "{drawn} against {}", sum(&before));
    let of = |table: &personae::data::Table, who: &str| -> [f64; 2] {
        let row = column(table, &key).iter().position(|key| key == who).unwrap();
        ["recency_days", "frequency"].map(|name| table.column(name).unwrap().number(row).unwrap())
    };
    assert_eq!(of(&after, "once"), of(&before, "once"));
    assert!((of(&after, "clock")[1] - 18.0).abs() <= 1.0 && of(&after, "clock")[0] <= 17.0, "{:?}", of(&after, "clock"));
}

/// 2357 customers of CDNOW and what they bought in the 39 weeks after 1997-09-30: the numbers published by P. Fader, B. Hardie and K. Lee (2005).
#[test]
fn cdnow_is_validated_from_its_orders() {
    let folder = tempfile::tempdir().unwrap();
    if read("lifetimes.py", &[folder.path().to_owned()]).is_none() {
        return;
    }
    let text = std::fs::read_to_string(folder.path().join("cdnow.txt")).unwrap();
    let mut orders = "customer_id,date,quantity,amount\n".to_owned();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if let [_, customer, day, units, money] = fields[..] {
            writeln!(orders, "{customer},{}-{}-{},{units},{money}", &day[..4], &day[4..6], &day[6..]).unwrap();
        }
    }
    let (report, out) = validate(&[("cdnow.csv", &orders)], &["--cut", "1997-09-30", "--horizon", "273"]);
    println!("{out}{:#}", report["foretells"]);
    let told = &report["foretells"];
    assert_eq!((told["customers"].as_u64(), told["events"].as_u64()), (Some(2357), Some(684)));
    let auc = |by: &str| told["auc"][by]["value"].as_f64().unwrap();
    assert!((0.765..0.79).contains(&auc("rfm")) && auc("persona") <= auc("all") + 0.01, "{told}");
    let kept = told["power_kept"]["value"].as_f64().unwrap();
    assert!((0.3..1.05).contains(&kept), "{told}");
    assert!(!report["stays"].as_array().unwrap().is_empty() && !report["folds"].is_null(), "{out}");
}

#[test]
fn days_on_which_nobody_has_come_back_are_told_in_a_sentence() {
    // Everyone begins within five days; what is learnt one horizon before the cut is learnt from first orders alone. Half of them buy after the cut.
    let mut orders = "customer_id,date,amount\n".to_owned();
    for nth in 0..300 {
        let mut buys = |day: String| writeln!(orders, "K{nth:05},{day},{}.5", 10 + nth % 7 * 9).unwrap();
        buys(format!("2022-01-0{}", 1 + nth % 5));
        (0..1 + nth % 3).for_each(|at| buys(format!("2022-03-{:02}", 1 + at * 9 + nth % 8)));
        buys(format!("2022-{}-1{}", if nth % 2 == 0 { "06" } else { "11" }, nth % 9));
    }
    let (report, out) = validate(&[("orders.csv", &orders)], &["--k", "2", "--cut", "2022-04-30", "--horizon", "115"]);
    assert!(says(&report, "notes", "Up to 2022-01-05 hardly anybody had ordered twice"), "{out}\n{report}");
    assert!(!report.to_string().contains("could not be built"), "{report}");
    assert!(!report["foretells"].is_null(), "the cut itself has orders enough: {report}");
}

/// Three groups of 100 customers each; of the first, `moved` are in the second from the given table on.
fn dated_table(moved: usize, newborn: usize) -> String {
    let mut text = "customer_id,spend,visits,age\n".to_owned();
    for nth in 0..300 + newborn {
        let group = if nth < moved { 1 } else { nth / 100 % 3 };
        let [spend, visits, age] = [[20.0, 2.0, 30.0], [200.0, 60.0, 50.0], [90.0, 30.0, 70.0]][group];
        let wave = |step: usize| (nth * step % 17) as f64 - 8.0;
        writeln!(text, "K{nth},{},{},{}", spend + wave(5), visits + wave(7) / 8.0, age + wave(11) / 4.0).unwrap();
    }
    text
}

#[test]
fn tables_of_the_same_customers_on_days_of_the_user_say_who_moved() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("jan.csv", dated_table(0, 0)), ("apr.csv", dated_table(10, 0)), ("jul.csv", dated_table(25, 30))] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    // The order in which they are given does not matter.
    let args = ["validate", "2024-04-30=apr.csv", "2024-07-31=jul.csv", "2024-01-31=jan.csv", "--k", "3", "--report", "validation.json"];
    let (code, out, err) = personae(folder.path(), &args);
    assert_eq!(code, 0, "{out}{err}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("validation.json")).unwrap()).unwrap();
    let stays = report["stays"].as_array().unwrap();
    let of = |nth: usize, name: &str| stays[nth][name].clone();
    assert_eq!((stays.len(), of(0, "from"), of(0, "to"), of(1, "to")), (2, "2024-01-31".into(), "2024-04-30".into(), "2024-07-31".into()));
    // 10 of 300 moved by April, 15 more by July, when 30 came whom nobody had seen.
    assert!((of(0, "stay").as_f64().unwrap() - 290.0 / 300.0).abs() < 1e-9, "{}", stays[0]);
    assert!((of(1, "stay").as_f64().unwrap() - 285.0 / 300.0).abs() < 1e-9, "{}", stays[1]);
    assert_eq!((of(1, "newborn"), of(1, "gone"), of(1, "by_chance")), (30.into(), 0.into(), Value::Null));
    assert!(says(&report, "notes", "tables without orders"), "{report}");
    assert!(report["folds"]["k"].is_number(), "the personas of today are tried on others as well");

    let fails = |args: &[&str]| {
        let (code, _, err) = personae(folder.path(), &[&["validate"][..], args, &["--report", "v.json", "--quiet"]].concat());
        assert!(code != 0 && err.trim_end().lines().count() == 1, "{code} {err}");
        err
    };
    assert!(fails(&["2024-01-31=jan.csv"]).contains("two or more different days"));
    assert!(fails(&["2024-01-31=jan.csv", "2024-01-31=apr.csv"]).contains("two or more different days"));
    assert!(fails(&["2024-01-31=jan.csv", "apr.csv"]).contains("the day of every table"));
    // Without a column that finds customers again, the rest is still told.
    std::fs::write(folder.path().join("other.csv"), dated_table(0, 0).replace("customer_id", "member_id")).unwrap();
    let args = ["validate", "2024-01-31=jan.csv", "2024-02-28=other.csv", "--k", "3", "--report", "validation.json"];
    let (code, out, err) = personae(folder.path(), &args);
    assert!(code == 0 && out.contains("share no column of customer numbers"), "{out}{err}");
}

/// By the persona's number: what a report says of it.
fn persona<'a>(of: &'a Value, number: &str) -> &'a Value {
    let personas = of["personas"].as_array().unwrap();
    personas.iter().find(|persona| persona["persona"] == number).unwrap_or_else(|| panic!("{number} of {personas:?}"))
}

#[test]
fn segments_in_parts_are_tried_in_their_parts() {
    let orders = orders_csv(&shop(600, "2021-01-01", "2023-07-02"));
    let args = ["--k", "2", "--horizon", "30"];
    let whole = validate(&[("orders.csv", &orders)], &args).0;
    let (report, _) = validate(&[("orders.csv", &orders)], &[&args[..], &["--inside", "1:k=2"]].concat());
    let folds = &report["folds"];
    assert_eq!((&folds["k"], folds["jaccard"].as_array().unwrap().len()), (&3.into(), 3), "{folds}");
    let number = |of: &Value, persona_: &str, name: &str| persona(of, persona_)[name].as_f64().unwrap();
    for part in ["C1.1", "C1.2"] {
        // A part comes back as far as its segment does, at most.
        assert!(number(folds, part, "jaccard") <= number(&whole["folds"], "C1", "jaccard"), "{folds}");
        assert!(number(folds, part, "jaccard") > 0.8 && number(folds, part, "prediction_strength") > 0.8, "{folds}");
    }
    assert_eq!(persona(folds, "C2")["jaccard"], persona(&whole["folds"], "C2")["jaccard"], "who has no parts is as before");
    let weakest = ["C1.1", "C1.2", "C2"].iter().map(|of| number(folds, of, "prediction_strength")).fold(1.0, f64::min);
    assert_eq!(folds["prediction_strength"].as_f64(), Some(weakest));
    // The first day's segments are in the same parts, found by their customers, and everybody is followed in them.
    for stay in report["stays"].as_array().unwrap() {
        let todays: std::collections::BTreeSet<&str> =
            stay["personas"].as_array().unwrap().iter().filter_map(|persona| persona["today"].as_str()).collect();
        assert_eq!(todays.into_iter().collect::<Vec<_>>(), ["C1.1", "C1.2", "C2"], "{stay}");
        assert!(stay["stay"].as_f64().unwrap() > 0.85 && stay["by_chance"].as_f64().unwrap() < 0.2, "{stay}");
    }
    let told = &report["foretells"];
    assert_eq!(told["personas"].as_array().unwrap().len(), 3, "{told}");
    assert!(told["power_kept"]["value"].as_f64().unwrap() > whole["foretells"]["power_kept"]["value"].as_f64().unwrap() - 0.05, "{told}");
    assert!(!told["walked_forward"].is_null(), "{report}");
}

#[test]
fn parts_of_an_earlier_table_are_those_of_the_same_customers() {
    // Later the groups have other sizes, and so other numbers: what is C1 in July was C3 in January.
    let table = |july: bool| {
        let mut text = "customer_id,spend,visits,age\n".to_owned();
        let groups = [(0..220, 0), (220..400, 1), (400..if july { 700 } else { 540 }, 2)];
        for (nth, group) in groups.into_iter().flat_map(|(customers, group)| customers.map(move |nth| (nth, group))) {
            let [spend, visits, age] = [[20.0, 2.0, 30.0], [200.0, 60.0, 50.0], [90.0, 30.0, 70.0]][group];
            let half = if group == 2 { [-6.0, 6.0][nth % 2] } else { 0.0 };
            let wave = |step: usize| (nth * step % 17) as f64 - 8.0;
            writeln!(text, "K{nth},{},{},{}", spend + wave(5), visits + wave(7) / 8.0 + half, age + wave(11) / 4.0).unwrap();
        }
        text
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("jan.csv"), table(false)).unwrap();
    std::fs::write(folder.path().join("jul.csv"), table(true)).unwrap();
    let args = ["validate", "2024-01-31=jan.csv", "2024-07-31=jul.csv", "--k", "3", "--inside", "1:k=2", "--report", "v.json"];
    let (code, out, err) = personae(folder.path(), &args);
    assert_eq!(code, 0, "{out}{err}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("v.json")).unwrap()).unwrap();
    let stay = &report["stays"][0];
    let parts = [persona(stay, "C3.1"), persona(stay, "C3.2")];
    assert_eq!(parts.map(|part| part["today"].as_str().unwrap()), ["C1.1", "C1.2"], "{stay}");
    assert_eq!(parts.iter().map(|part| part["customers"].as_u64().unwrap()).sum::<u64>(), 140, "{stay}");
    assert!(parts.iter().all(|part| part["stay"]["value"] == 1.0), "{stay}");
    // Where no segment of the earlier day is that one, this is said, and the others are followed.
    let january = table(false);
    let scattered = january.lines().enumerate().map(|(nth, line)| match nth {
        401.. => format!("K{nth}x{}\n", &line[line.find(',').unwrap()..]),
        _ => format!("{line}\n"),
    });
    std::fs::write(folder.path().join("jan.csv"), scattered.collect::<String>()).unwrap();
    let (code, out, err) = personae(folder.path(), &args);
    assert!(code == 0 && out.contains("C1 is in parts today, but no single segment of 2024-01-31 is that one"), "{out}{err}");
}

#[test]
fn what_is_whole_today_is_in_no_parts_on_an_earlier_day() {
    let orders = orders_csv(&shop(300, "2021-01-01", "2023-07-02"));
    let (report, out) = validate(&[("orders.csv", &orders)], &["--k", "3", "--horizon", "30", "--inside", "7:k=2"]);
    assert!(!out.contains("is in parts today") && !report["notes"].to_string().contains("is in parts today"), "{out}");
    assert_eq!(report["stays"][0]["personas"].as_array().unwrap().len(), 3);
}
