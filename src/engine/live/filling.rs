//! Where does what is followed lie, and who fills it? A file and a folder are somebody else's; what is piped in and the messages of a topic or a stream come into the folder of what is kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::Problem;

use super::address::Address;
use super::feed::{Feed, Feeding, spool};
#[cfg(feature = "kafka")]
use super::kafka;
#[cfg(feature = "kinesis")]
use super::kinesis;
use super::options::{LiveOptions, LiveSource};
use super::source::Arrivals;

/// Where the rows of a source lie, for a folder that it is followed into.
///
/// Fails where a file is missing, and with what is wrong with an address.
pub(super) fn place(source: &LiveSource, folder: &Path) -> Result<PathBuf, Problem> {
    if let Some(flaw) = source.flaw() {
        return Err(Problem(flaw.into()));
    }
    match source {
        LiveSource::Path(path) if !path.exists() => Err(Problem(format!("{} does not exist; check the name.", path.display()).into())),
        LiveSource::Path(path) => Ok(path.clone()),
        LiveSource::Pipe(..) => Ok(folder.join("input.txt")),
        LiveSource::Messages(_) => Ok(folder.join("messages")),
    }
}

/// What arrives there, with what lies between it and whoever fills it, where that is nobody else.
pub(super) fn arrivals(source: &LiveSource, place: &Path) -> (Arrivals, Option<Arc<Feed>>) {
    match source {
        LiveSource::Path(_) => (Arrivals::of(place), None),
        LiveSource::Pipe(..) => (Arrivals::of(place), Some(Arc::default())),
        LiveSource::Messages(_) => (Arrivals::of_messages(place), Some(Arc::default())),
    }
}

/// Lets what is piped in or sent come there, as long as what is given back is kept.
pub(super) fn fill(source: LiveSource, place: &Path, feed: Option<Arc<Feed>>, options: &LiveOptions) -> Result<Option<Feeding>, Problem> {
    match (source, feed) {
        (LiveSource::Path(_), _) | (_, None) => Ok(None),
        (LiveSource::Pipe(pipe, _), Some(feed)) => spool(pipe, place, feed).map(|()| None),
        (LiveSource::Messages(address), Some(feed)) => fetch(&address, place, (feed, options.until_idle)).map(Some),
    }
}

fn fetch(address: &str, place: &Path, how: (Arc<Feed>, bool)) -> Result<Feeding, Problem> {
    match Address::of(address).map_err(|why| Problem(why.into()))? {
        #[cfg(feature = "kafka")]
        Address::Kafka(topic) => kafka::fetch(topic, place, how),
        #[cfg(feature = "kinesis")]
        Address::Kinesis(stream) => kinesis::fetch(stream, place, how),
        #[cfg(not(feature = "kafka"))]
        Address::Kafka(_) => Err(built_without("Kafka", "kafka")),
        #[cfg(not(feature = "kinesis"))]
        Address::Kinesis(_) => Err(built_without("Kinesis", "kinesis")),
    }
}

#[cfg(not(all(feature = "kafka", feature = "kinesis")))]
fn built_without(what: &str, feature: &str) -> Problem {
    Problem(format!("This Personae was built without {what}; build it with the feature {feature}, or follow a file or a folder.").into())
}
