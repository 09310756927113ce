//! Where does what is followed lie, and who fills it? A file and a folder are somebody else's; what is piped in and the messages of a topic come into the folder of what is kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::Problem;

use super::feed::{Feed, Feeding, spool};
#[cfg(feature = "kafka")]
use super::kafka;
#[cfg(feature = "kafka")]
use super::options::topic;
use super::options::{LiveOptions, LiveSource};
use super::source::Arrivals;

/// Where the rows of a source lie, for a folder that it is followed into.
///
/// Fails where a file is missing, and with what is wrong with the address of a topic.
pub(super) fn place(source: &LiveSource, folder: &Path) -> Result<PathBuf, Problem> {
    if let Some(flaw) = source.flaw() {
        return Err(Problem(flaw.into()));
    }
    match source {
        LiveSource::Path(path) if !path.exists() => Err(Problem(format!("{} does not exist; check the name.", path.display()).into())),
        LiveSource::Path(path) => Ok(path.clone()),
        LiveSource::Pipe(..) => Ok(folder.join("input.txt")),
        LiveSource::Topic(_) => Ok(folder.join("messages")),
    }
}

/// What arrives there, with what lies between it and whoever fills it, where that is nobody else.
pub(super) fn arrivals(source: &LiveSource, place: &Path) -> (Arrivals, Option<Arc<Feed>>) {
    match source {
        LiveSource::Path(_) => (Arrivals::of(place), None),
        LiveSource::Pipe(..) => (Arrivals::of(place), Some(Arc::default())),
        LiveSource::Topic(_) => (Arrivals::of_messages(place), Some(Arc::default())),
    }
}

/// Lets what is piped in or sent come there, as long as what is given back is kept.
pub(super) fn fill(source: LiveSource, place: &Path, feed: Option<Arc<Feed>>, options: &LiveOptions) -> Result<Option<Feeding>, Problem> {
    match (source, feed) {
        (LiveSource::Path(_), _) | (_, None) => Ok(None),
        (LiveSource::Pipe(pipe, _), Some(feed)) => spool(pipe, place, feed).map(|()| None),
        (LiveSource::Topic(address), Some(feed)) => fetch(&address, place, (feed, options.until_idle)).map(Some),
    }
}

#[cfg(feature = "kafka")]
fn fetch(address: &str, place: &Path, how: (Arc<Feed>, bool)) -> Result<Feeding, Problem> {
    kafka::fetch(topic(address).map_err(|why| Problem(why.into()))?, place, how)
}

#[cfg(not(feature = "kafka"))]
fn fetch(_: &str, _: &Path, _: (Arc<Feed>, bool)) -> Result<Feeding, Problem> {
    Err(Problem("This Personae was built without Kafka; build it with the feature kafka, or follow a file or a folder.".into()))
}
