//! `personae table` through the real program: against the summary of another package, on files that were never cleaned, and used wrongly.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use crate::foreign::read;

fn personae(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_personae")).args(args).current_dir(folder).output().unwrap()
}

/// The cells of a CSV without quotes, by column.
fn csv(path: &Path) -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let rows: Vec<Vec<String>> = lines.collect();
    names.into_iter().enumerate().map(|(at, name)| (name, rows.iter().map(|row| row[at].clone()).collect())).collect()
}

/// In lifetime-value models frequency counts repeat purchases, recency is the last minus the first one, and T goes from the first to the end;
/// the package tells the last two in weeks, rounded to hundredths.
#[test]
fn cdnow_agrees_with_the_summary_of_lifetimes() {
    let folder = tempfile::tempdir().unwrap();
    let Some(summary) = read("lifetimes.py", &[folder.path().to_owned()]) else { return };
    let args = ["table", "--transactions", "cdnow.txt", "--key", "column 2", "--snapshot", "1997-09-30", "--out", "out.csv", "--quiet"];
    let output = personae(&args, folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = csv(&folder.path().join("out.csv"));
    let number = |column: &str, row: usize| table[column][row].parse::<f64>().unwrap();
    let place: BTreeMap<u64, usize> = table["customer"].iter().enumerate().map(|(row, id)| (id.parse().unwrap(), row)).collect();
    let summary = summary.as_array().unwrap();
    assert_eq!((summary.len(), place.len()), (2_357, 2_357));
    for customer in summary {
        let [id, frequency, recency, t] = [0, 1, 2, 3].map(|at| customer[at].as_f64().unwrap());
        let row = place[&(id as u64)];
        let (since_first, since_last) = (number("tenure_days", row), number("recency_days", row));
        assert_eq!(number("frequency", row) - 1.0, frequency, "customer {id}");
        assert!(((since_first - since_last) / 7.0 - recency).abs() < 0.0051, "customer {id}");
        assert!((since_first / 7.0 - t).abs() < 0.0051, "customer {id}");
    }
}

const ORDERS: &str = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
    536365,85123A,6,2010-12-01 08:26,2.55,17850,United Kingdom\n\
    536365,71053,6,2010-12-01 08:26,3.39,17850,United Kingdom\n\
    536366,22633,6,2010-12-04 20:28,1.85,17850,United Kingdom\n\
    536367,84879,32,2010-12-03 08:34,1.69,13047,United Kingdom\n\
    C536379,84879,-2,2010-12-05 09:41,1.69,13047,United Kingdom\n\
    536368,22960,6,2010-12-01 08:34,4.25,,United Kingdom\n";
const CUSTOMERS: &str = "customer_id,age,city\n017850,34,Leeds\n013047,51,York\n012583,40,Paris\n";
const EVENTS: &str = "user,event,timestamp\n17850,open,2010-12-02 10:00\n17850,click,2010-12-02 10:01\n13047,open,2010-12-06 09:00\n";

#[test]
fn three_files_nobody_cleaned_become_one_table() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("crm.csv", CUSTOMERS), ("orders.csv", ORDERS), ("mail.csv", EVENTS)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let args = "table --customers crm.csv --transactions orders.csv --events mail.csv --out t.csv --health h.json";
    let output = personae(&args.split(' ').collect::<Vec<_>>(), folder.path());
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}{told}", String::from_utf8_lossy(&output.stderr));
    let table = csv(&folder.path().join("t.csv"));
    let row = table["customer"].iter().position(|key| key.ends_with("17850")).expect("keys of other types meet");
    let cell = |column: &str| table.get(column).unwrap_or_else(|| panic!("{column}: {:?}", table.keys()))[row].as_str();
    // Counted back from the day after the last row of all, 2010-12-07; two orders on two days, of which the first has two lines.
    assert_eq!([cell("recency_days"), cell("frequency"), cell("monetary"), cell("tenure_days")], ["3", "2", "46.74", "6"]);
    assert_eq!([cell("average_order_value"), cell("opens"), cell("clicks"), cell("age")], ["23.37", "1", "1", "34"]);
    assert!(table.keys().any(|name| name == "rfm_segment") && table.keys().any(|name| name == "r_score"));
    assert!(told.contains("no customer"), "the row without a customer is told: {told}");
    let health: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("h.json")).unwrap()).unwrap();
    assert!(health["rules"].as_array().is_some_and(|rules| rules.len() > 5));
}

#[test]
fn wrong_use_of_table_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("orders.csv"), ORDERS).unwrap();
    for (args, code, says) in [
        ("table --transactions orders.csv --out t.txt", 2, "must end in .parquet or .csv"),
        ("table --transactions gone.csv --out t.csv", 1, "does not exist"),
        ("table --transactions orders.csv --key nobody --out t.csv", 1, "No file has a column nobody"),
        ("table --transactions orders.csv --snapshot yesterday --out t.csv", 2, "1997-12-31"),
    ] {
        let output = personae(&args.split(' ').collect::<Vec<_>>(), folder.path());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), told.contains(says)), (Some(code), true), "{args}: {told}");
    }
}

#[test]
fn what_many_rows_share_names_none_of_them() {
    let loaded = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sales.csv");
        std::fs::write(&path, text).unwrap();
        personae::data::read(&personae::data::Source::file(path), &personae::base::Ctx::new()).unwrap()
    };
    let of_stores: String = (0..40).map(|row| format!("{},{}\n", 1 + row % 5, row * 7 % 23)).collect();
    let stores = loaded(&format!("store_id,price\n{of_stores}"));
    assert!(stores.naming_column().is_none(), "a store is no customer's name");
    let of_customers: String = (0..40).map(|row| format!("{},C{row:03},{}\n", 1 + row % 5, row * 7 % 23)).collect();
    let customers = loaded(&format!("store_id,customer_id,price\n{of_customers}"));
    assert_eq!(customers.naming_column().map(|column| column.name.as_str()), Some("customer_id"));
}
