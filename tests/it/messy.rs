//! Files as people have them: keys that are written in two ways, repeated rows, several currencies, times of several zones. Is everything that is
//! joined right, and everything that is not told, with a way out?

use personae::customers::Built;
use personae::data::sourcing::{Grain, RecipeColumn};

use super::customers::{build, files, row, sourcing};

const CRM: &str = "Customer ID,age,city\nc001,34,Leeds\nC002,51,York\nC002,52,York\nc003,40,Paris\n";
const ORDERS: &str = "\
order,customer,when,total,currency,city_code
1,C001,2024-01-01T23:30:00+02:00,10,EUR,LS
2,C001,2024-01-02T00:30:00Z,20,EUR,LS
3,c002,2024-02-01T10:00:00-05:00,30,USD,YK
4,C003,2024-02-03T10:00:00Z,40,EUR,XX
5,C009,2024-02-04T10:00:00Z,50,EUR,LS
";

/// Builds from files, looks at some cells of the first customers and at what is told.
fn check(contents: &[(&str, &str)], columns: &[&str], expected: &[&[&str]], told: &[&str]) -> Built {
    let (_folder, paths) = files(contents);
    let built = build(&sourcing(&paths)).unwrap();
    for (at, expected) in expected.iter().enumerate() {
        assert_eq!(row(&built, at, columns), *expected, "customer {at}");
    }
    for told in told {
        assert!(built.notes.iter().any(|note| note.0.contains(told)), "{told:?} is not in {:#?}", built.notes);
    }
    built
}

#[test]
fn keys_of_other_case_meet_and_currencies_and_repeated_customers_are_told() {
    check(
        &[("crm.csv", CRM), ("orders.csv", ORDERS)],
        &["customer", "frequency", "monetary", "age", "first_purchase"],
        &[
            // The day is the one each cell shows, whatever its time zone.
            &["c001", "2", "30", "34", "2024-01-01"],
            &["C002", "1", "", "51", "2024-02-01"],
            &["c003", "1", "40", "40", "2024-02-03"],
            &["c009", "1", "50", "", "2024-02-04"],
        ],
        &[
            "1 row of orders is not in EUR; different currencies are not added up",
            "1 customer with transactions is not in the customers' file",
            "1 customer of crm has several rows (Customer ID \"c002\", for one); the first row of each is used",
        ],
    );
}

#[test]
fn the_day_and_hour_of_the_shop_count_in_winter_and_summer() {
    let orders = "order,customer,created_at,total\n1,A,2024-01-05T00:30:00+01:00,10\n2,A,2024-07-05T00:30:00+02:00,20\n";
    let built =
        check(&[("orders.csv", orders)], &["customer", "first_purchase", "last_purchase"], &[&["A", "2024-01-05", "2024-07-05"]], &[]);
    assert_eq!(built.table.n_rows, 1);
}

#[test]
fn whole_numbers_meet_keys_with_leading_zeros() {
    check(
        &[
            ("crm.csv", "id,age,city\n00001,20,Leeds\n00002,30,York\n00003,40,Leeds\n"),
            ("orders.csv", "order,customer,date,total\n7,1,2024-01-01,5\n8,3,2024-01-03,6\n"),
        ],
        &["customer", "monetary", "age"],
        &[&["00001", "5", "20"], &["00002", "", "30"], &["00003", "6", "40"]],
        &["1 customer has no transactions"],
    );
}

#[test]
fn keys_that_never_meet_say_which_they_are_and_what_to_do() {
    let crm = "id,age,city\nanna,20,Leeds\nbert,30,York\n";
    let orders = "order,customer,date,total\n7,1001,2024-01-01,5\n8,1002,2024-01-03,6\n9,1001,2024-01-04,6\n";
    check(&[("crm.csv", crm), ("orders.csv", orders)], &[], &[], &["\"1001\"", "Choose other keys on the Data page"]);
}

#[test]
fn reference_data_with_several_rows_a_key_use_the_first_and_say_so() {
    let cities = "city,region\nLeeds,North\nLeeds,West\nYork,North\nYork,East\nParis,Centre\n";
    let built = check(
        &[("crm.csv", CRM), ("orders.csv", ORDERS), ("cities.csv", cities)],
        &["customer", "region"],
        &[&["c001", "North"], &["C002", "North"], &["c003", "Centre"]],
        &["2 keys of cities have several rows"],
    );
    assert_eq!(built.table.n_rows, 4, "nobody is doubled");
}

#[test]
fn reference_data_that_join_nothing_are_told() {
    let weather = "station,degrees\nS1,10.5\nS2,11.5\nS3,9.5\n";
    check(&[("crm.csv", CRM), ("orders.csv", ORDERS), ("weather.csv", weather)], &[], &[], &["weather"]);
}

#[test]
fn what_is_known_of_days_becomes_a_share_of_what_was_bought() {
    let orders = "order,customer,day,total\n1,A,2024-12-24,10\n2,A,2024-12-25,20\n3,A,2024-12-30,5\n4,B,2024-12-30,7\n5,B,2024-12-25,-7\n";
    let days = "day,holiday,season\n2024-12-24,Christmas,winter\n2024-12-25,Christmas,winter\n2024-12-30,,winter\n";
    check(
        &[("orders.csv", orders), ("days.csv", days)],
        &["customer", "share_holiday_christmas", "share_season_winter"],
        &[&["A", "0.666666667", "1"], &["B", "0", "1"]],
        &[],
    );
}

#[test]
fn a_short_list_of_holidays_meets_the_days_of_the_orders() {
    let days: String = (1..29).map(|day| format!("{day},A,2024-05-{day:02},10\n")).collect();
    let orders = format!("order_id,customer_id,order_date,amount\n{days}");
    let built = check(
        &[("orders.csv", &orders), ("holidays.csv", "date,holiday\n2024-05-01,Labour day\n2024-12-25,Christmas\n")],
        &["customer", "share_holiday_labour_day", "share_holiday_christmas"],
        &[&["A", "0.035714286", "0"]],
        &[],
    );
    assert_eq!(built.table.n_rows, 1);
}

/// A column of the user's own.
fn own(name: &str, grain: Grain, formula: &str) -> RecipeColumn {
    RecipeColumn { name: name.into(), grain, formula: formula.into(), about: String::new() }
}

#[test]
fn columns_named_like_words_of_ours_are_the_files_own() {
    let orders = "order,customer,day,total,run,has rows,sum 0\n1,A,2024-01-01,10,7,1,2\n2,A,2024-01-02,20,8,1,3\n3,B,2024-01-02,5,9,1,4\n";
    let mails = "customer,sent,event,gross\nA,2024-01-01,open,4\nA,2024-01-02,open,6\nB,2024-01-02,click,1\n";
    let (_folder, paths) = files(&[("orders.csv", orders), ("mails.csv", mails)]);
    let mut sourcing = sourcing(&paths);
    sourcing.recipe.columns = vec![
        own("run", Grain::Transactions, "SUM(run)"),
        own("has rows", Grain::Transactions, "SUM(\"has rows\")"),
        own("sum 0", Grain::Transactions, "MAX(\"sum 0\") - MIN(run)"),
        own("weight", Grain::Events, "SUM(gross)"),
    ];
    let built = build(&sourcing).unwrap();
    let columns = ["customer", "run", "has rows", "sum 0", "weight", "monetary"];
    assert_eq!(row(&built, 0, &columns), ["A", "15", "2", "-4", "10", "30"]);
    assert_eq!(row(&built, 1, &columns), ["B", "9", "1", "-5", "1", "5"]);
}

#[test]
fn formulas_know_the_moment_of_a_row_and_its_place_in_the_day() {
    // Rows as a system wrote them, not in the order of their times; two of A's are of one moment.
    let orders = "order,customer,ordered_at,total\n1,A,2024-01-01 18:00,10\n2,A,2024-01-01 09:30,20\n3,A,2024-01-02 09:00,5\n4,A,2024-01-02 09:00,7\n5,B,2024-01-02 23:15,5\n";
    let visits = "customer,seen_at,event\nA,2024-01-01 10:00:30,open\nA,2024-01-01 10:00:00,click\nB,2024-01-02 08:00:00,click\n";
    let (_folder, paths) = files(&[("orders.csv", orders), ("visits.csv", visits)]);
    let mut sourcing = sourcing(&paths);
    sourcing.recipe.columns = vec![
        own("between", Grain::Transactions, "(MAX(time) - MIN(time)) / 3600"),
        own("first", Grain::Transactions, "SUM(CASE WHEN place_in_day = 1 THEN amount ELSE 0 END)"),
        own("second", Grain::Transactions, "SUM(CASE WHEN place_in_day = 2 THEN amount ELSE 0 END)"),
        own("most a day", Grain::Transactions, "MAX(place_in_day)"),
        own("began with a click", Grain::Events, "MAX(CASE WHEN place_in_day = 1 AND event = 'click' THEN 1 ELSE 0 END)"),
        own("seconds", Grain::Events, "MAX(time) - MIN(time)"),
    ];
    let built = build(&sourcing).unwrap();
    let columns = ["customer", "between", "first", "second", "most a day", "began with a click", "seconds"];
    assert_eq!(row(&built, 0, &columns), ["A", "23.5", "25", "17", "2", "1", "30"]);
    assert_eq!(row(&built, 1, &columns), ["B", "0", "5", "0", "1", "1", "0"]);
}

#[test]
fn a_column_called_time_stays_the_files_own_and_days_alone_have_no_moment() {
    let orders = "order,customer,day,total,time\n1,A,2024-01-01,10,7\n2,A,2024-01-01,20,8\n3,B,2024-01-02,5,9\n";
    let (_folder, paths) = files(&[("orders.csv", orders)]);
    let mut sourcing = sourcing(&paths);
    let own = |name: &str, formula: &str| self::own(name, Grain::Transactions, formula);
    sourcing.recipe.columns = vec![own("longest", "MAX(time)"), own("placed", "COUNT(place_in_day)")];
    let built = build(&sourcing).unwrap();
    assert_eq!(row(&built, 0, &["customer", "longest", "placed"]), ["A", "8", "0"]);
    assert_eq!(row(&built, 1, &["customer", "longest", "placed"]), ["B", "9", "0"]);
    // The day of a row may be called so itself.
    let (_folder, paths) = files(&[("orders.csv", "order,customer,time,total\n1,A,2024-01-01,10\n2,A,2024-01-05,20\n3,A,2024-01-05,1\n")]);
    let mut sourcing = self::sourcing(&paths);
    sourcing.recipe.columns = vec![own("days", "COUNT(DISTINCT time)")];
    assert_eq!(row(&build(&sourcing).unwrap(), 0, &["customer", "days"]), ["A", "2"]);
    // Of two files one says the day alone: its rows have no place in it.
    let timed = "order,customer,ordered_at,total\n1,A,2024-01-01 18:00,10\n2,A,2024-01-01 09:30,20\n";
    let dated = "order,customer,ordered_at,total\n7,A,2024-01-01,5\n";
    let (_folder, paths) = files(&[("web.csv", timed), ("shop.csv", dated)]);
    let mut sourcing = self::sourcing(&paths);
    sourcing.recipe.columns =
        vec![own("first", "SUM(CASE WHEN place_in_day = 1 THEN amount ELSE 0 END)"), own("placed", "COUNT(place_in_day)")];
    assert_eq!(row(&build(&sourcing).unwrap(), 0, &["customer", "first", "placed"]), ["A", "20", "2"]);
}
