//! How do the messages of a Kinesis stream come, so that none is lost and none counted twice?
//!
//! In: a stream and a folder. Out: files of messages in it ([`super::messages`]), from the oldest message that AWS has. How far it was read is said by the folder alone: no table of leases is
//! made and no consumer is registered. A connection that breaks is tried again ([`super::fetching`]); what will not get better by itself (no such stream, a log-in that is not accepted,
//! messages that were deleted before they were read) ends it with one sentence.
//!
//! Shards are read side by side in the order in which their messages arrived ([`super::partitions`]). A shard that came of others, by a split or a merge, begins once these were read to their
//! end: their messages are the earlier ones.
//!
//! Memory: what one question brings (10 MB at most) for each shard. It waits while [`MOST_BYTES`] lie in the folder and are not read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::Region;
use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::config::timeout::TimeoutConfig;
use aws_sdk_kinesis::error::ProvideErrorMetadata;
use aws_sdk_kinesis::operation::get_records::GetRecordsOutput;
use aws_sdk_kinesis::types::{Record, ShardIteratorType};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::data::day::IsoDay;
use crate::engine::Problem;

use super::aggregated::unpacked;
use super::feed::{Feed, Feeding};
use super::fetching::{Ended, MOST_BYTES, NAP, PATIENCE, Sender, begin, is_there, silent};
use super::messages::{Messages, line_of};
use super::partitions::{Queue, take_in_order};
use super::stream::Stream;

/// How often a shard is asked: AWS answers five times a second, whoever asks.
const OFTEN: Duration = Duration::from_millis(250);
/// And where nothing new was there.
const SELDOM: Duration = Duration::from_secs(1);
/// How often it is asked whether the stream has further shards, and kept that nothing came.
const LISTED: Duration = Duration::from_secs(60);
/// How long a shard is left alone at most where AWS was asked too often: after a large answer it gives none for five seconds.
const LONGEST: Duration = Duration::from_secs(5);
/// How long an answer of 10 MB may take.
const DOWNLOAD: Duration = Duration::from_secs(120);
/// Shards that are asked side by side.
const AT_ONCE: usize = 8;
/// Whoever is further behind is told so, in milliseconds.
const BEHIND: i64 = 10_000;
/// By so much the clocks of two machines may differ, in milliseconds.
const CLOCKS: i64 = 60_000;
const HOUR: i64 = 3_600_000;
const NEEDED: &str = "kinesis:DescribeStreamSummary, kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords";

/// How far a stream was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct StreamRead {
    /// By shard, the number of the message that was read last.
    last: BTreeMap<String, String>,
    /// By shard, the moment up to which it was read, in milliseconds since 1970: what came by then and is not here was never there.
    until: BTreeMap<String, i64>,
    /// Spans whose messages could be deleted before they were read: whoever looks at the numbers later must still be told.
    #[serde(default)]
    lost: Vec<[i64; 2]>,
}

impl StreamRead {
    /// Whether messages of a shard may be lost, now that none is there from before `oldest`: since when. A shard that was never read goes on where those that it came of ended; where AWS does
    /// not list these any more, where anything was read.
    fn gap(&self, shard: &str, parents: &[String], oldest: i64) -> Option<i64> {
        let own = self.until.get(shard);
        let inherited = || parents.iter().filter_map(|parent| self.until.get(parent)).min();
        let until = own.or_else(inherited).or_else(|| self.until.values().max()).copied();
        until.filter(|until| *until + CLOCKS < oldest)
    }

    /// Goes on without the messages between two moments.
    fn lose(&mut self, shard: &str, [from, to]: [i64; 2]) {
        self.until.insert(shard.to_owned(), to);
        match self.lost.iter_mut().find(|lost| lost[0] <= to && from <= lost[1]) {
            Some(lost) => *lost = [lost[0].min(from), lost[1].max(to)],
            None => self.lost.push([from, to]),
        }
    }
}

/// A shard that is read.
struct Shard {
    /// Those that it came of.
    parents: Vec<String>,
    /// Whether nothing is written to it any more.
    is_closed: bool,
    /// Whether it was read to its end.
    is_over: bool,
    /// Where AWS goes on, for a few minutes.
    iterator: Option<String>,
    queue: Queue<String>,
    /// By how much what was fetched last is behind, in milliseconds.
    behind: i64,
    /// Whether nothing was there when it was asked last.
    is_idle: bool,
    /// Whether everything that was there was fetched at some moment.
    has_caught_up: bool,
    /// The moment up to which the last answer reached: a question without one reaches nowhere.
    read_until: Option<i64>,
    asked: Option<Instant>,
    /// How long it is left alone where AWS was asked too often.
    busy: Option<Duration>,
}

impl Shard {
    fn is_done(&self) -> bool {
        self.is_over && self.queue.is_empty()
    }

    fn is_due(&self) -> bool {
        let pause = self.busy.unwrap_or(if self.is_idle { SELDOM } else { OFTEN });
        self.queue.is_empty() && !self.is_over && self.asked.is_none_or(|asked| asked.elapsed() >= pause)
    }
}

struct Reader {
    stream: Stream,
    /// One for all connections: it keeps the log-in while whoever gave it cannot be asked.
    client: Option<Client>,
    /// Whether AWS has answered.
    was_there: bool,
    messages: Messages,
    to: StreamRead,
    one_go: bool,
}

/// Begins to fetch a stream into a folder. Where it is read in `one_go`, it ends once everything that is there was fetched.
///
/// Fails where the folder cannot be written.
pub(super) fn fetch(stream: Stream, folder: &Path, (feed, one_go): (Arc<Feed>, bool)) -> Result<Feeding, Problem> {
    let (messages, to) = Messages::open::<StreamRead>(folder)?;
    feed.tell("lost", lost_told(&stream, &to));
    Ok(begin(Reader { stream, client: None, was_there: false, messages, to, one_go }, feed))
}

impl Sender for Reader {
    fn name(&self) -> &str {
        &self.stream.name
    }

    fn who(&self) -> String {
        format!("Kinesis in {}", self.stream.region)
    }

    fn never_there(&self, why: &str) -> String {
        let Stream { name, region, endpoint, .. } = &self.stream;
        match endpoint {
            Some(endpoint) => format!("{name} cannot be reached at {endpoint} ({why}); check the endpoint and the network."),
            None => format!("{name} cannot be reached in the region {region} ({why}); check the name of the region and the network."),
        }
    }

    async fn session(&mut self, feed: &Feed, was_there: &mut bool) -> Result<(), Ended> {
        let ended = self.read(feed).await;
        *was_there |= self.was_there;
        ended
    }
}

impl Reader {
    async fn read(&mut self, feed: &Feed) -> Result<(), Ended> {
        let client = match &self.client {
            Some(client) => client.clone(),
            None => self.client.insert(connect(&self.stream).await).clone(),
        };
        let kept = self.kept_for(&client).await?;
        is_there(feed, &mut self.was_there);
        let mut shards = BTreeMap::new();
        self.list(&client, &mut shards).await?;
        let (mut listed, mut noted) = (Instant::now(), Instant::now());
        loop {
            let has_ended = self.fetch_more(&client, &mut shards, (kept, feed)).await?;
            if has_ended || listed.elapsed() >= LISTED {
                self.list(&client, &mut shards).await?;
                listed = Instant::now();
            }
            let open = shards.iter().filter(|(_, shard)| !shard.is_done() && has_begun(&shards, shard));
            let open: Vec<String> = open.map(|(name, _)| name.clone()).collect();
            let queues = shards.iter_mut().filter(|(name, _)| open.contains(name));
            let lines = take_in_order(queues.map(|(name, shard)| (name.clone(), &mut shard.queue)).collect(), &mut self.to.last);
            // A shard was read up to what is held of it, or up to where its last answer reached.
            for (name, shard) in &shards {
                self.to.until.extend(shard.queue.held_from().or(shard.read_until).map(|until| (name.clone(), until)));
            }
            if !lines.is_empty() {
                self.messages.put(&lines, &self.to).map_err(Ended::ForGood)?;
                noted = Instant::now();
            } else if noted.elapsed() >= LISTED {
                self.messages.note(&self.to).map_err(Ended::ForGood)?;
                noted = Instant::now();
            }
            let behind = shards.values().filter(|shard| !shard.is_done()).map(|shard| shard.behind).max().unwrap_or(0);
            let told = || format!("{} is {} behind.", self.stream.name, span(behind));
            feed.tell("behind", (behind >= BEHIND).then(told));
            // On a stream that never rests, what was there when it was caught up with is everything.
            if self.one_go && shards.values().all(|shard| shard.is_done() || (shard.has_caught_up && shard.queue.is_empty())) {
                return self.messages.note(&self.to).map_err(Ended::ForGood);
            }
            sleep(NAP).await;
            while self.messages.bytes() > MOST_BYTES {
                sleep(NAP).await;
            }
        }
    }

    /// How long AWS keeps a message of the stream, in milliseconds; and whether there is such a stream.
    async fn kept_for(&mut self, client: &Client) -> Result<i64, Ended> {
        let asked = client.describe_stream_summary().stream_name(&self.stream.name).send();
        let answer = timeout(PATIENCE, asked).await.map_err(|_| silent())?.map_err(|error| self.ended(&error))?;
        let hours = answer.stream_description_summary().map_or(24, |summary| summary.retention_period_hours());
        Ok(i64::from(hours.max(1)) * HOUR)
    }

    /// Adds the shards that are not known yet, and learns which are closed.
    async fn list(&mut self, client: &Client, shards: &mut BTreeMap<String, Shard>) -> Result<(), Ended> {
        let mut next: Option<String> = None;
        loop {
            let asked = match next.take() {
                Some(next) => client.list_shards().next_token(next),
                None => client.list_shards().stream_name(&self.stream.name),
            };
            let answer = timeout(PATIENCE, asked.send()).await.map_err(|_| silent())?.map_err(|error| self.ended(&error))?;
            for found in answer.shards() {
                let is_closed = found.sequence_number_range().is_some_and(|range| range.ending_sequence_number().is_some());
                let known = shards.entry(found.shard_id().to_owned()).or_insert_with(|| Shard {
                    parents: [found.parent_shard_id(), found.adjacent_parent_shard_id()].into_iter().flatten().map(str::to_owned).collect(),
                    is_closed,
                    is_over: false,
                    iterator: None,
                    queue: Queue::from(String::new()),
                    behind: 0,
                    is_idle: false,
                    has_caught_up: false,
                    read_until: None,
                    asked: None,
                    busy: None,
                });
                known.is_closed = is_closed;
            }
            match answer.next_token() {
                Some(token) => next = Some(token.to_owned()),
                None => return Ok(()),
            }
        }
    }

    /// Asks the shards of which nothing is held for what comes next. Whether one of them has ended, so that others come of it.
    async fn fetch_more(
        &mut self,
        client: &Client,
        shards: &mut BTreeMap<String, Shard>,
        (kept, feed): (i64, &Feed),
    ) -> Result<bool, Ended> {
        let mut due: Vec<(&String, &Shard)> = shards.iter().filter(|(_, shard)| shard.is_due() && has_begun(shards, shard)).collect();
        // Of more than are asked at once, those wait that were asked last.
        due.sort_by_key(|(_, shard)| shard.asked);
        let mut asked = JoinSet::new();
        for (name, shard) in due.into_iter().take(AT_ONCE) {
            let (name, iterator) = (name.clone(), shard.iterator.clone());
            let oldest = now() - kept;
            // What was deleted in the meantime is nowhere told: reading just begins later.
            if let Some(from) = self.to.gap(&name, &shard.parents, oldest).filter(|_| iterator.is_none()) {
                if !self.stream.skips_lost {
                    return Err(Ended::ForGood(format!(
                        "{} What was read is kept. To go on without it, add ?lost=skip to the address (&lost=skip after another option).",
                        lost_words(&self.stream, &[[from, oldest]])
                    )));
                }
                self.to.lose(&name, [from, oldest]);
                feed.tell("lost", lost_told(&self.stream, &self.to));
            }
            let (client, stream, last) = (client.clone(), self.stream.name.clone(), self.to.last.get(&name).cloned());
            asked.spawn(async move {
                let answer = timeout(DOWNLOAD, records(&client, &stream, (&name, iterator, last))).await;
                (name, answer)
            });
        }
        let mut has_ended = false;
        while let Some(answer) = asked.join_next().await {
            let (name, answer) = answer.map_err(|error| Ended::ForNow(error.to_string()))?;
            let fetched = answer.map_err(|_| silent())?.map_err(|asked| match &asked {
                Asked::Iterator(error) => self.ended_of_shard(error),
                Asked::Records(error) => self.ended_of_shard(error),
            })?;
            let is_parent = shards.values().any(|shard| shard.parents.contains(&name));
            let Some(shard) = shards.get_mut(&name) else { continue };
            shard.asked = Some(Instant::now());
            let GetRecordsOutput { records, next_shard_iterator, millis_behind_latest, child_shards, .. } = match fetched {
                Fetched::Found(found) => *found,
                Fetched::Expired => {
                    shard.iterator = None;
                    continue;
                }
                Fetched::Busy => {
                    shard.busy = Some(shard.busy.map_or(SELDOM, |busy| (busy * 2).min(LONGEST)));
                    continue;
                }
            };
            shard.busy = None;
            shard.behind = millis_behind_latest.unwrap_or(0).max(0);
            shard.is_idle = records.is_empty() && shard.behind == 0;
            shard.has_caught_up |= shard.behind == 0;
            shard.read_until = Some(now() - shard.behind);
            let time_of = |record: &Record| record.approximate_arrival_timestamp.and_then(|at| at.to_millis().ok());
            // A closed shard ends where AWS says so, or where nothing more can come.
            shard.is_over = next_shard_iterator.is_none() || (shard.is_closed && shard.is_idle);
            shard.iterator = next_shard_iterator;
            has_ended |= shard.is_over;
            let lines = records.into_iter().map(|record| {
                let time = time_of(&record).unwrap_or(i64::MIN);
                let data = record.data.as_ref();
                let lines = unpacked(data).map_or_else(
                    || line_of(Some(data)),
                    |packed| packed.iter().map(|data| line_of(Some(data))).collect::<Vec<_>>().join("\n"),
                );
                (record.sequence_number, time, lines)
            });
            // What came after a closed shard is in others, which begin once it was read.
            let has_heirs = is_parent || child_shards.is_some_and(|shards| !shards.is_empty());
            shard.queue.put(lines, shard.behind > 0 || (shard.is_over && has_heirs));
        }
        Ok(has_ended)
    }
}

/// Whether all that a shard came of was read; what AWS does not list any more was deleted.
fn has_begun(shards: &BTreeMap<String, Shard>, shard: &Shard) -> bool {
    shard.parents.iter().all(|parent| shards.get(parent).is_none_or(|parent| parent.is_done()))
}

/// What a shard was asked in vain.
enum Asked {
    Iterator(aws_sdk_kinesis::error::SdkError<aws_sdk_kinesis::operation::get_shard_iterator::GetShardIteratorError>),
    Records(aws_sdk_kinesis::error::SdkError<aws_sdk_kinesis::operation::get_records::GetRecordsError>),
}

/// What came of asking a shard.
enum Fetched {
    Found(Box<GetRecordsOutput>),
    /// It waited for longer than AWS does.
    Expired,
    /// It was asked too often, by whomever: the usual course where there is much to fetch.
    Busy,
}

fn is_busy(error: &impl ProvideErrorMetadata) -> bool {
    matches!(error.code(), Some("ProvisionedThroughputExceededException" | "LimitExceededException" | "KMSThrottlingException"))
}

/// What comes next in a shard, after the last message that was read.
async fn records(client: &Client, stream: &str, (shard, iterator, last): (&str, Option<String>, Option<String>)) -> Result<Fetched, Asked> {
    let iterator = match iterator {
        Some(iterator) => Some(iterator),
        None => {
            let asked = client.get_shard_iterator().stream_name(stream).shard_id(shard);
            let asked = match last {
                Some(last) => asked.shard_iterator_type(ShardIteratorType::AfterSequenceNumber).starting_sequence_number(last),
                None => asked.shard_iterator_type(ShardIteratorType::TrimHorizon),
            };
            match asked.send().await {
                Ok(found) => found.shard_iterator,
                Err(error) if is_busy(&error) => return Ok(Fetched::Busy),
                Err(error) => return Err(Asked::Iterator(error)),
            }
        }
    };
    match client.get_records().set_shard_iterator(iterator).send().await {
        Ok(found) => Ok(Fetched::Found(Box::new(found))),
        Err(error) if is_busy(&error) => Ok(Fetched::Busy),
        Err(error) if error.code() == Some("ExpiredIteratorException") => Ok(Fetched::Expired),
        Err(error) => Err(Asked::Records(error)),
    }
}

async fn connect(stream: &Stream) -> Client {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder().connect_timeout(PATIENCE / 3).read_timeout(PATIENCE).build();
    let mut how = aws_config::from_env()
        .region(Region::new(stream.region.clone()))
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(2));
    if let Some(profile) = &stream.profile {
        how = how.profile_name(profile);
    }
    if let Some(endpoint) = &stream.endpoint {
        how = how.endpoint_url(endpoint);
    }
    Client::new(&how.load().await)
}

impl Reader {
    /// What an error of one shard means: where AWS does not have it any more, the next list says which there are.
    fn ended_of_shard(&mut self, error: &(impl ProvideErrorMetadata + std::error::Error)) -> Ended {
        match error.code() {
            Some("ResourceNotFoundException") => Ended::ForNow("a shard has expired".to_owned()),
            _ => self.ended(error),
        }
    }

    /// What an error means for whoever follows.
    fn ended(&mut self, error: &(impl ProvideErrorMetadata + std::error::Error)) -> Ended {
        self.was_there |= error.code().is_some();
        let Stream { name, region, .. } = &self.stream;
        let mut deepest: &dyn std::error::Error = error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        let said = error.message().map_or_else(|| deepest.to_string(), str::to_owned);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = said.trim_end_matches('.');
        let is_about = |word: &str| said.to_lowercase().contains(word);
        match error.code() {
            Some("ResourceNotFoundException") => Ended::ForGood(format!(
                "There is no stream {name} in the region {region}; check how it is spelled, the region, and which log-in is used."
            )),
            Some("AccessDeniedException" | "AccessDenied") => {
                Ended::ForGood(format!("AWS does not let this log-in read {name}; ask whoever runs it for {NEEDED} ({said})."))
            }
            Some(code) if code.starts_with("KMS") => Ended::ForGood(format!(
                "AWS cannot decrypt {name} for this log-in ({said}); ask whoever runs it for the permission to use its key."
            )),
            // What AWS says of a signature may quote the request, with what signs it.
            Some(
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "InvalidSignatureException"
                | "IncompleteSignature"
                | "MissingAuthenticationTokenException"
                | "ExpiredTokenException"
                | "ExpiredToken",
            ) => Ended::ForGood(format!(
                "AWS does not accept this log-in for {name}; check the keys and this computer's clock, or log in again."
            )),
            Some("InvalidArgumentException") => Ended::ForGood(format!(
                "{name} does not have the messages up to which it was read, so the stream was created anew ({said}). Follow it into another folder."
            )),
            Some("ValidationException") => {
                Ended::ForGood(format!("AWS does not understand what is asked of {name} ({said}); please report this."))
            }
            Some(_) => Ended::ForNow(said.to_owned()),
            None if is_about("certificate") => Ended::ForGood(format!(
                "The certificate of whoever answers for {name} is not trusted ({said}); check the endpoint and the network."
            )),
            // Whoever gives log-ins may be gone as well, for a while.
            None if (is_about("credentials") || is_about("profile")) && !self.was_there => Ended::ForGood(match &self.stream.profile {
                Some(profile) => format!(
                    "The AWS profile {profile} has no log-in that can be used here; check its name. For single sign-on, run aws configure export-credentials --profile {profile} --format env, set what it prints, and leave out profile=."
                ),
                None => format!(
                    "No AWS log-in for {name} was found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile by profile=NAME in the address."
                ),
            }),
            None => Ended::ForNow(said.to_owned()),
        }
    }
}

/// What is missing; nothing where nothing is.
fn lost_told(stream: &Stream, to: &StreamRead) -> Option<String> {
    (!to.lost.is_empty()).then(|| format!("{} Whatever was deleted is missing here.", lost_words(stream, &to.lost)))
}

fn lost_words(stream: &Stream, spans: &[[i64; 2]]) -> String {
    let spans: Vec<String> = spans.iter().map(|[from, to]| format!("between {} and {}", moment(*from), moment(*to))).collect();
    format!("What came to {} {} may have been deleted by Kinesis before it was read.", stream.name, spans.join(" and "))
}

/// "2026-11-28 09:30 UTC".
fn moment(at: i64) -> String {
    let minutes = at.div_euclid(60_000);
    let (day, minute) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
    format!("{} {:02}:{:02} UTC", IsoDay(i32::try_from(day).unwrap_or_default()), minute / 60, minute % 60)
}

/// "3 hours".
fn span(ms: i64) -> String {
    let (n, what) = match ms / 1000 {
        seconds @ ..=119 => (seconds, "second"),
        seconds @ ..=7_199 => (seconds / 60, "minute"),
        seconds => (seconds / 3_600, "hour"),
    };
    format!("{n} {what}s")
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deleted_before_it_was_read_is_a_span() {
        let mut to = StreamRead::default();
        to.until.insert("a".into(), 10 * HOUR);
        to.until.insert("b".into(), 11 * HOUR);
        assert_eq!((to.gap("a", &[], 9 * HOUR), to.gap("a", &[], 10 * HOUR + 1)), (None, None));
        assert_eq!(to.gap("a", &[], 12 * HOUR), Some(10 * HOUR));
        // What came of others goes on where they ended, whether or not they are still known.
        let of = |parents: &[&str]| to.gap("new", &parents.iter().map(|&parent| parent.to_owned()).collect::<Vec<_>>(), 20 * HOUR);
        assert_eq!(
            (of(&["b", "a"]), of(&["b"]), of(&["gone"]), of(&[])),
            (Some(10 * HOUR), Some(11 * HOUR), Some(11 * HOUR), Some(11 * HOUR))
        );
        assert_eq!(StreamRead::default().gap("first", &[], 20 * HOUR), None);
        to.lose("a", [10 * HOUR, 12 * HOUR]);
        to.lose("b", [11 * HOUR, 13 * HOUR]);
        assert_eq!((&to.lost[..], to.gap("a", &[], 12 * HOUR)), (&[[10 * HOUR, 13 * HOUR]][..], None));
        to.lose("b", [20 * HOUR, 21 * HOUR]);
        let stream = Stream::of("kinesis://eu-west-1/orders").unwrap();
        let told = lost_told(&stream, &to).unwrap();
        let says = "What came to orders between 1970-01-01 10:00 UTC and 1970-01-01 13:00 UTC and between 1970-01-01 20:00 UTC and 1970-01-01 21:00 UTC may have been deleted";
        assert!(told.starts_with(says), "{told}");
        assert_eq!([span(12_000), span(119_999), span(3 * 60_000), span(3 * HOUR)], ["12 seconds", "119 seconds", "3 minutes", "3 hours"]);
    }
}
