//! Are messages of a Kinesis stream followed as the rows of a file are: each once, whatever becomes of the program or the shards? Against streams on this machine, where moto is installed.
#![cfg(feature = "kinesis")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::behaviour::json;
use crate::live::{DAYS, HEAD, begun, killed_now_and_then, live, orders, read, refused, start, without_personas, written};

/// Streams, and whoever writes to them.
struct Streams {
    child: Child,
    says: ChildStdin,
    hears: BufReader<ChildStdout>,
    port: u16,
}

impl Streams {
    fn begin() -> Option<Streams> {
        let python = std::env::var("PERSONAE_PYTHON").unwrap_or_else(|_| "python3".into());
        if !Command::new(&python).args(["-c", "import moto.server, boto3"]).output().is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: {python} has no moto; PERSONAE_PYTHON names another");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/kinesis.py");
        let mut child =
            Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (says, hears) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut streams = Streams { child, says, hears, port: 0 };
        streams.port = streams.answer().parse().unwrap();
        Some(streams)
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.hears.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn order(&mut self, what: &Value) -> String {
        writeln!(self.says, "{what}").unwrap();
        let answer = self.answer();
        assert!(!answer.is_empty(), "{what}");
        answer
    }

    fn create(&mut self, stream: &str, shards: usize) {
        self.order(&json!({ "do": "create", "stream": stream, "shards": shards }));
    }

    fn put(&mut self, stream: &str, records: &[[String; 2]]) {
        self.order(&json!({ "do": "put", "stream": stream, "records": records }));
    }

    /// Sends orders as they came, each under the key of its customer.
    fn send(&mut self, stream: &str, lines: &str) {
        self.put(stream, &messages(lines));
    }

    fn address(&self, stream: &str) -> String {
        format!("kinesis://eu-west-1/{stream}?endpoint=http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines of orders as messages with their keys.
fn messages(lines: &str) -> Vec<[String; 2]> {
    let names: Vec<&str> = HEAD.trim().split(',').collect();
    let message = |line: &str| {
        let cells: Vec<String> = names.iter().zip(line.split(',')).map(|(name, cell)| format!("{name:?}:{cell:?}")).collect();
        [line.split(',').nth(1).unwrap().to_owned(), format!("{{{}}}", cells.join(","))]
    };
    lines.lines().map(message).collect()
}

/// A folder with a model and with a log-in.
fn with_login() -> tempfile::TempDir {
    let folder = begun();
    let of = |name: &str| format!("[{name}]\naws_access_key_id = test\naws_secret_access_key = test\n");
    std::fs::write(folder.path().join("aws-credentials"), of("default") + &of("shop")).unwrap();
    folder
}

/// Messages of the same moment come in no order, those of many days here.
const WITH_IDS: [&str; 6] = ["--batch-rows", "500", "--id", "order_id", "--lateness", "60d"];

#[test]
fn a_stream_ends_as_a_file_of_its_messages_does_and_goes_on_where_it_was_left() {
    let Some(mut streams) = Streams::begin() else { return };
    let folder = with_login();
    let folder = folder.path();
    live(folder, "all.csv", "file", &WITH_IDS);
    streams.create("orders", 3);
    streams.send("orders", &orders(0..20));
    let address = streams.address("orders");
    live(folder, &address, "stream", &WITH_IDS);
    let first = json(&folder.join("stream"), "live.json");
    assert_eq!(first["counts"]["counted"].as_u64().unwrap() as usize, orders(0..20).lines().count(), "{first}");
    streams.send("orders", &orders(20..DAYS));
    live(folder, &address, "stream", &WITH_IDS);
    assert_eq!(read(folder, "stream/customers.csv"), read(folder, "file/customers.csv"));
    let told = json(&folder.join("stream"), "live.json");
    assert_eq!(
        (&told["counts"]["late"], &told["counts"]["unfit"], &told["counts"]["repeated"]),
        (&0.into(), &0.into(), &0.into()),
        "{told}"
    );
    let left = std::fs::read_dir(folder.join("stream/messages")).unwrap().count();
    assert!(left <= 4, "{left} files of messages are left");
    // Nothing new: it ends as it was.
    live(folder, &address, "stream", &WITH_IDS);
    assert_eq!(read(folder, "stream/customers.csv"), read(folder, "file/customers.csv"));
    // A profile of the user's own is another way in to the same stream.
    live(folder, &format!("{address}&profile=shop"), "by-profile", &WITH_IDS);
    assert_eq!(read(folder, "by-profile/customers.csv"), read(folder, "file/customers.csv"));
}

#[test]
fn whoever_is_killed_while_a_stream_comes_counts_each_message_once() {
    let Some(mut streams) = Streams::begin() else { return };
    let folder = with_login();
    let folder = folder.path();
    streams.create("orders", 2);
    streams.send("orders", &orders(0..DAYS));
    let address = streams.address("orders");
    live(folder, &address, "whole", &WITH_IDS);
    let kills = killed_now_and_then(folder, &[&[&*address, "--out", "cut", "--until-idle"], &WITH_IDS[..]].concat(), (12, 1_500));
    live(folder, &address, "cut", &WITH_IDS);
    let counted = |out: &str| json(&folder.join(out), "live.json")["counts"].clone();
    let (whole, cut) = (counted("whole"), counted("cut"));
    assert_eq!((&whole["counted"], &whole["repeated"]), (&cut["counted"], &cut["repeated"]), "after {kills} kills");
    assert_eq!(read(folder, "whole/customers.csv"), read(folder, "cut/customers.csv"), "after {kills} kills");
}

#[test]
fn a_stream_is_followed_through_a_split_of_its_shards() {
    let Some(mut streams) = Streams::begin() else { return };
    let folder = with_login();
    let folder = folder.path();
    streams.create("orders", 1);
    streams.send("orders", &orders(0..20));
    let address = streams.address("orders");
    let mut child = start(folder, &[&[&*address, "--out", "out", "--batch-seconds", "0.1"], &WITH_IDS[2..]].concat());
    let lines = |name: &str| std::fs::read_to_string(folder.join("out").join(name)).unwrap_or_default().lines().count();
    let until = |n: usize| {
        let begun = Instant::now();
        while lines("events.csv") != n + 1 {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} of {n}", lines("events.csv"));
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    until(orders(0..20).lines().count());
    // What comes while it is followed, into the shards that come of the first.
    streams.order(&json!({ "do": "split", "stream": "orders", "shard": "shardId-000000000000" }));
    let shards: Vec<(String, Option<String>, bool)> =
        serde_json::from_str(&streams.order(&json!({ "do": "shards", "stream": "orders" }))).unwrap();
    assert_eq!(shards.iter().filter(|(_, parent, is_closed)| parent.is_some() && !is_closed).count(), 2, "{shards:?}");
    streams.send("orders", &orders(20..DAYS));
    until(orders(0..DAYS).lines().count());
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    live(folder, "all.csv", "file", &WITH_IDS[2..]);
    // Batches were cut by the clock, and centres go another way by other batches.
    let customers = |out: &str| without_personas(&read(folder, &format!("{out}/customers.csv")));
    assert_eq!(customers("out"), customers("file"));
}

/// Three messages in one record, as aws_kinesis_agg 1.2.3 for Python packed them: `{"id":1}`, `{"id":2,⏎"t":"b"}`, `{"id":3}`.
const PACKED: &str = "f3899ac20a0243310a0243321a0c08001a087b226964223a317d1a1508011a117b226964223a322c0a2274223a2262227d1a0c08001a087b226964223a337d5f89cb77f25f6c551c774636254046a8";

#[test]
fn messages_in_one_record_count_one_by_one_and_what_is_no_order_is_set_aside() {
    let Some(mut streams) = Streams::begin() else { return };
    let folder = with_login();
    let folder = folder.path();
    streams.create("orders", 1);
    streams.send("orders", &orders(0..DAYS));
    streams.order(&json!({ "do": "bytes", "stream": "orders", "hex": PACKED }));
    streams.put("orders", &[["a".to_owned(), "hello, stream".to_owned()]]);
    live(folder, &streams.address("orders"), "out", &[]);
    let told = json(&folder.join("out"), "live.json");
    assert_eq!(told["counts"]["unfit"], 4, "{told}");
    let aside = read(folder, "out/aside.csv");
    assert!(aside.contains("hello, stream") && aside.lines().count() == 5, "{aside}");
    live(folder, "all.csv", "file", &[]);
    assert_eq!(read(folder, "out/customers.csv"), read(folder, "file/customers.csv"));
}

#[test]
fn what_may_have_been_deleted_while_nobody_followed_is_said() {
    let Some(mut streams) = Streams::begin() else { return };
    let folder = with_login();
    let folder = folder.path();
    streams.create("orders", 1);
    streams.send("orders", &orders(0..20));
    let address = streams.address("orders");
    live(folder, &address, "out", &[]);
    // As if nobody had looked for three days of a stream that keeps one.
    let messages = folder.join("out/messages");
    let read_to =
        std::fs::read_dir(&messages).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension() == Some("read".as_ref()));
    let read_to = read_to.max().unwrap();
    let mut kept: Value = serde_json::from_str(&std::fs::read_to_string(&read_to).unwrap()).unwrap();
    for until in kept["until"].as_object_mut().unwrap().values_mut() {
        *until = json!(until.as_i64().unwrap() - 3 * 86_400_000);
    }
    std::fs::write(&read_to, kept.to_string()).unwrap();
    streams.send("orders", &orders(20..DAYS));
    let before = written(&folder.join("out"));
    let why = refused(folder, &[&address, "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    assert!(why.contains("may have been deleted by Kinesis before it was read. What was read is kept."), "{why}");
    assert_eq!(written(&folder.join("out")), before, "nothing was lost");
    live(folder, &format!("{address}&lost=skip"), "out", &[]);
    let told = json(&folder.join("out"), "live.json");
    assert_eq!(told["counts"]["counted"].as_u64().unwrap() as usize, orders(0..DAYS).lines().count(), "{told}");
    assert!(told["notes"].to_string().contains("before it was read. Whatever was deleted is missing here."), "{told}");
    // Whoever looks at the numbers later is told as well.
    live(folder, &address, "out", &[]);
    assert!(json(&folder.join("out"), "live.json")["notes"].to_string().contains("Whatever was deleted is missing here."));
}

#[test]
fn what_cannot_be_followed_is_said_in_one_sentence_of_a_stream() {
    let folder = with_login();
    let folder = folder.path();
    let why = |address: &str| refused(folder, &[address, "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = why(&format!("kinesis://eu-west-1/orders?endpoint=http://127.0.0.1:{port}"));
    assert!(nobody.contains("orders cannot be reached at http://127.0.0.1:"), "{nobody}");
    let secret = why("kinesis://AKIA:hunter2@eu-west-1/orders");
    assert!(secret.contains("The log-in is found as the AWS CLI finds it") && !secret.contains("hunter2"), "{secret}");
    let profile = why(&format!("kinesis://eu-west-1/orders?profile=nobody&endpoint=http://127.0.0.1:{port}"));
    assert!(profile.contains("The AWS profile nobody has no log-in that can be used here"), "{profile}");
    std::fs::remove_file(folder.join("aws-credentials")).unwrap();
    let no_login = why(&format!("kinesis://eu-west-1/orders?endpoint=http://127.0.0.1:{port}"));
    assert!(no_login.contains("No AWS log-in for orders was found"), "{no_login}");
    let folder = with_login();
    let Some(streams) = Streams::begin() else { return };
    let missing = refused(folder.path(), &[&streams.address("ordesr"), "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    assert!(missing.contains("There is no stream ordesr in the region eu-west-1"), "{missing}");
    assert!(!folder.path().join("out/customers.csv").exists());
}
