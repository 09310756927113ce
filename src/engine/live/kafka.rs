//! How do the messages of a Kafka topic come, so that none is lost and none counted twice?
//!
//! In: a topic and a folder. Out: files of messages in it ([`super::messages`]), from the oldest message the broker has. How far it was read is said by the folder alone: the broker is told
//! nothing, so no consumer group is joined. Only messages of transactions that were committed come. A broker that has gone is asked again until it is back ([`super::fetching`]); what will not get better by
//! itself (no such topic, a wrong password, a certificate that is not trusted, messages that were deleted before they were read) ends it with one sentence.
//!
//! Partitions are read side by side in the order of the times their messages were sent ([`super::partitions`]).
//!
//! Memory: [`FETCH_BYTES`] for each partition. It waits while [`MOST_BYTES`] lie in the folder and are not read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rskafka::BackoffConfig;
use rskafka::client::error::{Error, ProtocolError};
use rskafka::client::partition::{OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder, Credentials, SaslConfig};
use rskafka::record::RecordAndOffset;
use rustls::{ClientConfig, RootCertStore};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::base::text::count;
use crate::engine::Problem;

use super::feed::{Feed, Feeding};
use super::fetching::{AGAIN, Ended, MOST_BYTES, NAP, PATIENCE, Sender, begin, is_there, silent};
use super::messages::{Messages, line_of};
use super::partitions::{Queue, take_in_order};
use super::topic::{Mechanism, Topic};

/// Bytes that are fetched of a partition at a time, at most.
const FETCH_BYTES: i32 = 1 << 20;
/// Fewer than these came as they trickle in: the next are waited for, so that not every message becomes a file.
const SMALL_BYTES: usize = 64 << 10;
/// How long is waited after them.
const TRICKLE: Duration = Duration::from_millis(50);
/// How long a broker keeps a question while it has nothing new of a partition, in milliseconds; and while others have.
const KEPT_MS: i32 = 250;
const BUSY_MS: i32 = 10;
/// How long the library itself tries again what may pass by itself.
const TRIES: Duration = Duration::from_secs(4);
/// How often it is asked whether the topic has further partitions.
const LISTED: Duration = Duration::from_secs(60);

/// A partition that is read.
struct Partition {
    client: Arc<PartitionClient>,
    queue: Queue<i64>,
    /// The message after the last that the broker has.
    end: i64,
}

/// How far a topic was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct TopicRead {
    /// By partition, the message that is to be read next.
    next: BTreeMap<i32, i64>,
    /// By partition, how many messages could never be read: whoever looks at the numbers later must still be told.
    #[serde(default)]
    lost: BTreeMap<i32, i64>,
}

/// What was read of a topic, and how far.
struct Reading {
    messages: Messages,
    to: TopicRead,
}

struct Broker {
    topic: Topic,
    reading: Reading,
    one_go: bool,
}

/// Begins to fetch a topic into a folder. Where it is read in `one_go`, it ends once everything that is there was fetched.
///
/// Fails where the folder cannot be written.
pub(super) fn fetch(topic: Topic, folder: &Path, (feed, one_go): (Arc<Feed>, bool)) -> Result<Feeding, Problem> {
    let (messages, to) = Messages::open(folder)?;
    feed.tell("lost", lost_told(&topic, &to));
    Ok(begin(Broker { topic, reading: Reading { messages, to }, one_go }, feed))
}

impl Sender for Broker {
    fn name(&self) -> &str {
        &self.topic.name
    }

    fn who(&self) -> String {
        format!("The broker of {}", self.topic.name)
    }

    fn never_there(&self, why: &str) -> String {
        let hosts = self.topic.brokers.join(", ");
        let tls = if self.topic.is_tls { "speaks TLS" } else { "speaks without TLS (else write kafka+tls://)" };
        format!("The broker of {} cannot be reached at {hosts} ({why}); check its name and port, and that it {tls}.", self.topic.name)
    }

    async fn session(&mut self, feed: &Feed, was_there: &mut bool) -> Result<(), Ended> {
        session(&self.topic, &mut self.reading, (feed, self.one_go), was_there).await
    }
}

/// One connection, until it breaks or everything was fetched in one go.
async fn session(topic: &Topic, reading: &mut Reading, (feed, one_go): (&Feed, bool), was_there: &mut bool) -> Result<(), Ended> {
    let client = in_time(topic, connect(topic)?.build()).await?;
    let found = partitions_of(topic, &client).await?;
    is_there(feed, was_there);
    let mut partitions = BTreeMap::new();
    for partition in found {
        partitions.insert(partition, begun(topic, &client, partition, reading, feed).await?);
    }
    let (mut wait, mut listed) = (KEPT_MS, Instant::now());
    loop {
        if listed.elapsed() >= LISTED {
            for partition in partitions_of(topic, &client).await? {
                if let Entry::Vacant(further) = partitions.entry(partition) {
                    further.insert(begun(topic, &client, partition, reading, feed).await?);
                }
            }
            listed = Instant::now();
        }
        fetch_more(topic, &mut partitions, wait).await?;
        let queues = partitions.iter_mut().map(|(number, partition)| (*number, &mut partition.queue)).collect();
        let lines = take_in_order(queues, &mut reading.to.next);
        let was_patient = wait == KEPT_MS;
        wait = if lines.is_empty() { KEPT_MS } else { BUSY_MS };
        if !lines.is_empty() {
            reading.messages.put(&lines, &reading.to).map_err(Ended::ForGood)?;
        }
        let next = |number: &i32, partition: &Partition| reading.to.next.get(number).copied().unwrap_or(partition.queue.at);
        let left = |(number, partition): (&i32, &Partition)| (partition.end - next(number, partition)).max(0);
        let behind = partitions.iter().map(left).sum::<i64>() as usize;
        let told = match behind {
            0 => None,
            1 => Some(format!("1 message of {} is still at the broker.", topic.name)),
            n => Some(format!("{} messages of {} are still at the broker.", count(n), topic.name)),
        };
        feed.tell("behind", told);
        // What is not there yet, or of a transaction that is not committed, does not come in one go.
        if one_go && lines.is_empty() && was_patient {
            return Ok(());
        }
        if lines.len() < SMALL_BYTES {
            sleep(TRICKLE).await;
        }
        while reading.messages.bytes() > MOST_BYTES {
            sleep(NAP).await;
        }
    }
}

/// The partitions that a topic has now.
async fn partitions_of(topic: &Topic, client: &Client) -> Result<BTreeSet<i32>, Ended> {
    let topics = in_time(topic, client.list_topics()).await?;
    match topics.iter().find(|found| found.name == topic.name) {
        Some(found) => Ok(found.partitions.clone()),
        None => Err(no_topic(topic, topics.iter().map(|of| &*of.name))),
    }
}

/// Fetches what comes next of the partitions of which nothing is held.
async fn fetch_more(topic: &Topic, partitions: &mut BTreeMap<i32, Partition>, wait: i32) -> Result<(), Ended> {
    let mut asked = JoinSet::new();
    for (&number, Partition { client, queue, .. }) in partitions.iter().filter(|(_, partition)| partition.queue.is_empty()) {
        let (client, at) = (client.clone(), queue.at);
        asked.spawn(async move { (number, timeout(PATIENCE, client.fetch_records(at, 1..FETCH_BYTES, wait)).await) });
    }
    while let Some(answer) = asked.join_next().await {
        let (number, answer) = answer.map_err(|error| Ended::ForNow(error.to_string()))?;
        let (records, end) = match answer.map_err(|_| silent())? {
            // Where it can be gone on from is found out with the next connection.
            Err(Error::ServerError { protocol_error: ProtocolError::OffsetOutOfRange, .. }) => {
                return Err(Ended::ForNow("it has other messages than were asked for".to_owned()));
            }
            answer => answer.map_err(|error| ended(topic, &error))?,
        };
        let Some(partition) = partitions.get_mut(&number) else { continue };
        let message = |of: RecordAndOffset| (of.offset + 1, of.record.timestamp.timestamp_millis(), line_of(of.record.value.as_deref()));
        let last = records.last().map(|record| record.offset + 1);
        // Marks of transactions are numbered like messages, and none is ever fetched: where nothing came, nothing is there.
        partition.queue.put(records.into_iter().map(message), last.is_some_and(|next| next < end));
        partition.end = if last.is_some() { end } else { partition.queue.at };
    }
    Ok(())
}

/// A partition, and the message to go on with. Messages that the broker deleted before they were read are told, and end it unless the user goes without them.
async fn begun(topic: &Topic, client: &Client, partition: i32, reading: &mut Reading, feed: &Feed) -> Result<Partition, Ended> {
    let from = |client, at| Partition { client: Arc::new(client), queue: Queue::from(at), end: at };
    let client = in_time(topic, client.partition_client(&*topic.name, partition, UnknownTopicHandling::Error)).await?;
    let oldest = in_time(topic, client.get_offset(OffsetAt::Earliest)).await?;
    let Some(&at) = reading.to.next.get(&partition) else { return Ok(from(client, oldest)) };
    let name = &topic.name;
    if at < oldest {
        if !topic.skips_lost {
            return Err(Ended::ForGood(format!(
                "{} What was read is kept. To go on without them, add ?lost=skip to the address (&lost=skip after another option).",
                lost_words(oldest - at, &format!("{name} (partition {partition})"))
            )));
        }
        *reading.to.lost.entry(partition).or_default() += oldest - at;
        reading.to.next.insert(partition, oldest);
        feed.tell("lost", lost_told(topic, &reading.to));
        return Ok(from(client, oldest));
    }
    // The end of a partition is asked of a fetch: not every broker tells it when it is asked for the newest message.
    match timeout(PATIENCE, client.fetch_records(at, 1..FETCH_BYTES, 1)).await {
        Ok(Err(Error::ServerError { protocol_error: ProtocolError::OffsetOutOfRange, .. })) => Err(Ended::ForGood(format!(
            "{name} (partition {partition}) ends before message {at}, up to which it was read, so the topic was created anew. Follow it into another folder."
        ))),
        Ok(Err(error)) => Err(ended(topic, &error)),
        Ok(Ok(_)) => Ok(from(client, at)),
        Err(_) => Err(silent()),
    }
}

/// How many messages are missing, of all partitions; nothing where none is.
fn lost_told(topic: &Topic, to: &TopicRead) -> Option<String> {
    let lost: i64 = to.lost.values().sum();
    (lost > 0).then(|| format!("{} They are missing here.", lost_words(lost, &topic.name)))
}

fn lost_words(n: i64, of: &str) -> String {
    match n {
        1 => format!("1 message of {of} was deleted by the broker before it was read."),
        n => format!("{} messages of {of} were deleted by the broker before they were read.", count(n as usize)),
    }
}

fn connect(topic: &Topic) -> Result<ClientBuilder, Ended> {
    let backoff = BackoffConfig { max_backoff: AGAIN, deadline: Some(TRIES), ..BackoffConfig::default() };
    let mut builder = ClientBuilder::new(topic.brokers.clone()).client_id("personae").backoff_config(backoff);
    if topic.is_tls {
        builder = builder.tls_config(Arc::new(tls(topic)?));
    }
    if let Some((mechanism, user, password)) = &topic.login {
        let who = Credentials::new(user.clone(), password.clone());
        builder = builder.sasl_config(match mechanism {
            Mechanism::Plain => SaslConfig::Plain(who),
            Mechanism::ScramSha256 => SaslConfig::ScramSha256(who),
            Mechanism::ScramSha512 => SaslConfig::ScramSha512(who),
        });
    }
    Ok(builder)
}

/// Whom to trust: the user's own file, or whom the system trusts.
fn tls(topic: &Topic) -> Result<ClientConfig, Ended> {
    let found = match &topic.ca {
        Some(file) => rustls_native_certs::load_certs_from_paths(Some(file), None),
        None => rustls_native_certs::load_native_certs(),
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map_or_else(String::new, |error| format!(" ({error})"));
        let shown = topic.ca.as_ref().map_or("the system".to_owned(), |file| file.display().to_string());
        return Err(Ended::ForGood(format!(
            "No certificate to trust was found in {shown}{why}; name a PEM file by ca=FILE in the address."
        )));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Ended::ForGood(format!("TLS cannot be used here ({error}).")))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn in_time<T>(topic: &Topic, asked: impl Future<Output = Result<T, Error>>) -> Result<T, Ended> {
    timeout(PATIENCE, asked).await.map_err(|_| silent())?.map_err(|error| ended(topic, &error))
}

/// What an error means for whoever follows.
fn ended(topic: &Topic, error: &Error) -> Ended {
    let name = &topic.name;
    if let Error::ServerError { protocol_error: ProtocolError::TopicAuthorizationFailed, .. } = error {
        return Ended::ForGood(format!("The broker does not let this user read {name}; ask whoever runs it for the permission to read."));
    }
    let said = topic.opened.without_secrets(&error.to_string());
    let text = said.to_lowercase();
    // The library tells these apart in words alone.
    if text.contains("sasl") {
        return Ended::ForGood(format!(
            "The broker of {name} does not let this user in; check the name, the password, and mechanism=plain, scram-sha-256 or scram-sha-512 in the address ({said})."
        ));
    }
    if text.contains("certificate") {
        return Ended::ForGood(format!(
            "The certificate of the broker of {name} is not trusted; name the file of whoever signed it by ca=FILE in the address ({said})."
        ));
    }
    Ended::ForNow(said)
}

fn no_topic<'a>(topic: &Topic, known: impl Iterator<Item = &'a str>) -> Ended {
    let known: BTreeSet<&str> = known.collect();
    let listed: Vec<&str> = known.iter().copied().take(8).collect();
    let has = match listed.len() {
        0 => "it shows no topic to this user".to_owned(),
        n if n < known.len() => format!("it has {} and others", listed.join(", ")),
        _ => format!("it has {}", listed.join(", ")),
    };
    Ended::ForGood(format!("The broker has no topic {}; {has}. Check how it is spelled.", topic.name))
}
