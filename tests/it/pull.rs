//! Do rows of a database come as they are, without its password going anywhere, and is what cannot be done one sentence?

use std::path::PathBuf;
use std::process::{Command, Output};

use egui_kittest::kittest::{NodeT, Queryable};
use personae::session::{Action, Command as Ask};

use crate::foreign;

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_personae"))
}

fn pull(args: &[&str]) -> Output {
    Command::new(program()).arg("pull").args(args).env("HOME", "/nowhere").env_remove("VIRTUAL_ENV").output().unwrap()
}

#[test]
fn rows_of_sqlite_come_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let Some(found) = foreign::read("pull_from_sqlite.py", &[program(), folder.path().into()]) else { return };
    assert_eq!(found["look"][1], "5\u{202f}000 rows would come, less than 1 MB in memory.\n", "{found}");
    let told = found["pulled"][1].as_str().unwrap();
    assert!(told.starts_with("5\u{202f}000 rows of 5 columns are in ") && told.contains("photo holds bytes and is left out"), "{told}");
    assert_eq!((&found["columns"], &found["unlike"]), (&serde_json::json!(["id", "customer", "amount", "day", "at"]), &0.into()));
    assert_eq!((&found["types"][3], found["types"][4].as_str().unwrap().starts_with("Datetime")), (&"Date".into(), true), "{found}");
    assert_eq!((&found["query"][0], found["spend"].as_f64().map(f64::abs).unwrap() < 1e-6), (&0.into(), true), "{found}");
    assert_eq!(found["nowhere"][0], 1);
    assert!(found["nowhere"][2].as_str().unwrap().contains("no such table: nowhere"), "{found}");
    assert_eq!((&found["changed"][0], &found["still"]), (&1.into(), &5000.into()), "a query changes nothing: {found}");
    assert_eq!(found["left"], serde_json::json!(["orders.arrow"]), "nothing unfinished stays");
}

#[test]
fn rows_of_postgresql_come_and_its_password_stays() {
    let folder = tempfile::tempdir().unwrap();
    let Some(found) = foreign::read("pull_from_postgresql.py", &[program(), folder.path().into()]) else { return };
    let columns = &found["columns"];
    assert_eq!(
        (&found["pulled"][0], &columns["amount"], &columns["day"], &columns["ok"]),
        (&0.into(), &"Float64".into(), &"Date".into(), &"Boolean".into()),
        "{found}"
    );
    assert!(columns.get("tags").is_none() && found["pulled"][1].as_str().unwrap().contains("tags holds lists"), "{found}");
    assert!(found["sum"].as_f64().unwrap().abs() < 1e-6);
    let [n, is_same] = &found["sample"].as_array().unwrap()[..] else { panic!("{found}") };
    assert!((60..140).contains(&n.as_u64().unwrap()) && is_same == true, "a fifth of 500 customers, the same as anywhere: {found}");
    assert_eq!((&found["changed"][0], &found["still"]), (&1.into(), &"10000".into()), "a query changes nothing: {found}");
    assert_eq!((&found["refused"][0], &found["unnamed"][0]), (&1.into(), &1.into()));
    assert!(found["refused"][2].as_str().unwrap().contains("password authentication failed"), "{found}");
    assert!(found["unnamed"][2].as_str().unwrap().contains("NOBODY_SET_THIS"), "{found}");
    assert_eq!(found["secrets"], serde_json::json!([]));
}

#[test]
fn what_cannot_be_pulled_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("orders.arrow").display().to_string();
    let database = folder.path().join("shop.sqlite");
    std::fs::write(&database, "").unwrap();
    let database = database.display().to_string();
    for (args, code, part) in [
        (&["nofile.sqlite", "--table", "orders", "--out", &out][..], 1, "There is no file nofile.sqlite"),
        (&[&database, "--query", "DROP TABLE orders", "--out", &out], 1, "begins with SELECT"),
        (&[&database, "--table", "orders", "--out", "orders.csv"], 2, "must end in .arrow"),
        (&[&database, "--table", "orders"], 2, "--out"),
        (&[&database, "--out", &out], 2, "--table"),
        (&[&database, "--table", "orders", "--sample", "0.1", "--out", &out], 2, "--key"),
        (&["mysql://host/shop", "--table", "orders", "--out", &out], 1, "name the driver by --driver"),
        (&[&database, "--table", "orders", "--driver", "/nowhere/lib.so", "--out", &out], 1, "There is no file /nowhere/lib.so"),
        (&[&database, "--table", "orders", "--driver", "no_such_driver", "--out", &out], 1, "no ADBC driver called no_such_driver"),
    ] {
        let ran = pull(args);
        let told = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(code), "{args:?}: {told}");
        assert!(told.contains(part) && told.trim_end().lines().count() == 1, "{args:?}: {told}");
    }
    assert!(!PathBuf::from(out).exists());
}

#[test]
fn the_window_asks_for_an_address_and_says_what_came_of_it() {
    personae::data::guest::set_program(program());
    let mut harness = crate::whole::open(None, None);
    crate::whole::order(&mut harness, Ask::Do(Action::FromDatabase));
    assert!(harness.get_by_label("Bring the rows").accesskit_node().is_disabled(), "nothing is typed");
    for (field, text) in [("Address of the database", "postgresql://reader:hunter2@127.0.0.1:1/shop"), ("Table", "shop.orders")] {
        harness.get_by_label(field).focus();
        harness.run_steps(2);
        harness.get_by_label(field).type_text(text);
        harness.run_steps(2);
    }
    assert!(harness.query_by_label_contains("The address holds a password").is_some());
    crate::whole::window(&mut harness).command(Ask::Do(Action::FromDatabase));
    harness.run_steps(2);
    for (field, text) in [("Address of the database", "nofile.sqlite"), ("Table", "orders")] {
        harness.get_by_label(field).focus();
        harness.run_steps(2);
        harness.get_by_label(field).type_text(text);
        harness.run_steps(2);
    }
    harness.get_by_label("Count first").click();
    harness.run_steps(2);
    crate::whole::settle(&mut harness);
    assert!(harness.query_by_label_contains("There is no file nofile.sqlite").is_some());
    // What was typed is kept by nobody.
    let look = serde_json::to_string(crate::whole::window(&mut harness).look()).unwrap();
    assert!(!look.contains("nofile") && !look.contains("hunter2"), "{look}");
    harness.get_by_label("Close").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("Bring the rows").is_none());
}
