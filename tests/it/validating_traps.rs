//! Traps that make personas look better than they are, beside those of `validating.rs`: the best of many numbers of segments, names of the test's own days, late returns.

use personae::base::seed::{self, RngExt};
use serde_json::Value;

use crate::validating::{Order, cut_shop, day, order, orders_csv, says, shop, validate};

fn names(personas: &Value) -> String {
    personas.as_array().unwrap().iter().map(|persona| persona["name"].as_str().unwrap()).collect::<Vec<_>>().join("; ")
}

/// Trap 7: whoever tries every number of segments finds one that goes with anything. The number is suggested by the rows of the cut alone, and customers are foretold by
/// what was learnt of others, so that luck is no finding.
#[test]
fn the_best_of_many_numbers_of_segments_foretells_nothing_where_there_is_nothing_to_foretell() {
    let mut random = seed::random(3, 0);
    let mut orders = shop(900, "2022-01-01", "2023-03-31");
    for nth in 0..900 {
        if random.random_range(0.0..1.0) < 0.4 {
            orders.push(order(&format!("K{nth:05}"), ["2023-04-11", "2023-05-19", "2023-06-27"][nth % 3], "Bread", "web"));
        }
    }
    orders.push(order("K00000", "2023-07-30", "Bread", "web"));
    let (report, out) = validate(&[("orders.csv", &orders_csv(&orders))], &["--cut", "2023-03-31"]);
    let told = &report["foretells"];
    assert!(told["power_kept"].is_null() || told["power_kept"]["low"].as_f64().unwrap() <= 0.0, "{out}{told}");
    assert!(told["auc"]["persona"]["low"].as_f64().unwrap() <= 0.5, "{told}");
    for persona in told["personas"].as_array().unwrap() {
        let rest = &persona["against_rest"];
        assert!(rest["low"].as_f64().unwrap() < 1.0 && rest["high"].as_f64().unwrap() > 1.0, "{persona}");
    }
    // Two kinds more after the cut make no more segments on its day.
    let mut later = orders;
    for nth in 0..600 {
        let at = day("2023-07-30");
        for back in 0..9 {
            let category = ["Boats", "Cars"][nth % 2];
            later.push(Order {
                day: at - back,
                amount: 4000.0 * (1 + nth % 2) as f64,
                ..order(&format!("N{nth}"), "2023-07-30", category, "fair")
            });
        }
    }
    let (with, _) = validate(&[("orders.csv", &orders_csv(&later))], &["--cut", "2023-03-31"]);
    assert_eq!(told["personas"].as_array().unwrap().len(), with["foretells"]["personas"].as_array().unwrap().len());
    assert_eq!(told["method"], with["foretells"]["method"]);
}

/// Trap 11: a persona that is named by what it does in the days it is tried on foretells them by its name.
#[test]
fn personas_are_not_named_by_the_days_they_are_tried_on() {
    // The first kind comes in 2023 for bread, and after the cut it buys boats and nothing else, twice as often.
    let mut orders: Vec<Order> = Vec::new();
    for (nth, order) in shop(600, "2021-01-01", "2023-06-30").into_iter().enumerate() {
        let is_first = order.customer[1..].parse::<usize>().unwrap() % 3 == 0;
        match (is_first, order.day) {
            (true, at) if at < day("2023-01-01") => {}
            (true, at) if at > day("2023-03-31") => {
                let again = Order { day: (at + 1).min(day("2023-06-30")), customer: order.customer.clone(), category: "Boats", ..order };
                orders.push(Order { day: at, amount: again.amount + (nth % 5) as f64, customer: again.customer.clone(), ..again });
                orders.push(again);
            }
            _ => orders.push(order),
        }
    }
    orders.push(order("K00001", "2023-06-30", "Wine", "app"));
    let (report, out) = validate(&[("orders.csv", &orders_csv(&orders))], &["--k", "3", "--cut", "2023-03-31", "--snapshots", "3"]);
    assert!(names(&report["folds"]["personas"]).contains("Boat"), "today they are called so: {out}");
    assert!(!names(&report["foretells"]["personas"]).contains("Boat"), "{out}");
    assert!(!names(&report["stays"][0]["personas"]).contains("Boat"), "{out}");
    // Words of the first day's names are looked at again on every later day, and the sentence says what came of them.
    let stays = report["stays"].as_array().unwrap();
    let words = |stay: &Value| -> Vec<(String, bool)> {
        let words = stay["personas"].as_array().unwrap().iter().flat_map(|persona| persona["words"].as_array().into_iter().flatten());
        words.map(|word| (word["word"].as_str().unwrap().to_owned(), word["holds"].as_bool().unwrap())).collect()
    };
    assert!(stays.len() == 2 && stays.iter().all(|stay| words(stay).len() >= 3), "{stays:?}");
    let failing: Vec<String> = words(&stays[1]).into_iter().filter(|(_, holds)| !holds).map(|(word, _)| word).collect();
    for word in &failing {
        assert!(says(&report, "sentences", &format!("{word} in ")), "{out}");
    }
    let sentence =
        if failing.is_empty() { "Every word of every name still passes its test" } else { "these words no longer pass their test" };
    assert!(says(&report, "sentences", sentence), "{out}");
}

/// Trap 13: goods come back after the cut that were sold before it. They count on their own day: in the horizon, not in what was known, and not after it.
#[test]
fn a_return_counts_on_its_own_day_whenever_the_sale_was() {
    let later = [Some("2023-04-10"), Some("2023-05-01"), Some("2023-05-20"), None];
    let of = |when: &str, n: usize| -> Vec<Order> {
        (0..n).map(|nth| Order { amount: -10.0, ..order(&format!("K{nth:05}"), when, "Bread", ["web", "app", "shop"][nth % 3]) }).collect()
    };
    let end = || order("K00399", "2023-07-15", "Bread", "web");
    let spend = |after: Vec<Order>| {
        let (report, _) = validate(&[("orders.csv", &cut_shop(later, &after))], &["--k", "3", "--cut", "2023-03-31", "--outcome", "spend"]);
        assert!(says(&report, "notes", "Returns count on their own day"), "{report}");
        report["foretells"].clone()
    };
    let without = spend(vec![end()]);
    let inside = spend(of("2023-05-05", 200).into_iter().chain([end()]).collect());
    let beyond = spend(of("2023-07-10", 200).into_iter().chain([end()]).collect());
    let rate = |told: &Value| told["rate"].as_f64().unwrap();
    // Three of four buy for 20 in the horizon; half of all give 10 back.
    assert!((rate(&without) - 15.0).abs() < 1e-9 && (rate(&inside) - 10.0).abs() < 1e-9, "{} {}", rate(&without), rate(&inside));
    assert!((rate(&beyond) - 15.0).abs() < 1e-9, "{}", rate(&beyond));
    let known = |told: &Value| -> Vec<(String, u64)> {
        let personas = told["personas"].as_array().unwrap().iter();
        personas.map(|persona| (persona["name"].as_str().unwrap().to_owned(), persona["customers"].as_u64().unwrap())).collect()
    };
    assert_eq!(known(&without), known(&inside), "what is known on the day of the cut is the same");
}
