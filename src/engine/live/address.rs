//! Who sends the messages that an address names? A closed list: the parts of each are told apart in a file of its own.

use super::stream::{Stream, is_stream};
use super::topic::{Topic, is_topic};

/// Whoever sends messages.
pub(super) enum Address {
    Kafka(Topic),
    Kinesis(Stream),
}

/// Whether a name is such an address, and no path of a file.
pub(super) fn is_address(name: &str) -> bool {
    is_topic(name) || is_stream(name)
}

impl Address {
    /// Takes an address apart, with what environment variables hold.
    ///
    /// Fails with one sentence on what is wrong with it; whether anybody is there is not asked.
    pub(super) fn of(address: &str) -> Result<Address, String> {
        match is_stream(address) {
            true => Stream::of(address).map(Address::Kinesis),
            false => Topic::of(address, |name| std::env::var(name).ok()).map(Address::Kafka),
        }
    }

    /// What is followed.
    pub(super) fn name(&self) -> &str {
        match self {
            Address::Kafka(topic) => &topic.name,
            Address::Kinesis(stream) => &stream.name,
        }
    }
}
