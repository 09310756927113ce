//! Segments that live: rows arrive, customers change, and the segments follow.
//!
//! In: a model, a source that grows, and a folder. Out, in the folder: the rows that were counted (`events.csv`) and those set aside with why (`aside.csv`), who is in which segment after each
//! batch (`labels/`), rules that fired (`triggers.ndjson`), what was found anew (`retraining.ndjson`, `models/`), and at the end everyone (`customers.csv`), the model as it is now, and what has drifted.
//! `source` follows the files, `filling` says who fills them: `feed` from a pipe, `kafka` from a `topic` and `kinesis` from a `stream` (with what was `aggregated` unpacked), told apart by their `address`, `fetching` for as long as somebody follows, as files of `messages` in the order of their `partitions`; `replayed` plays a recording again, `in_order` puts its rows in order, `judge` says which rows count, `segments` follows the customers, `anew` and `versions` find other segments and go back, `fires` follows
//! rules, `state` keeps what is needed to go on after a crash, `outputs` writes the rest, `told` is what is said, `now` what is seen, `desk` lies between whoever follows and whoever
//! watches, `follower` holds it all together, `running` is its loop, and `service` runs it beside the window.
//!
//! A batch is cut by rows, or by time where rows trickle. Its customers are built again by the formulas of the model's recipe, so that the table at the end is the one all rows at once would
//! give. A row that comes later than `lateness` behind the newest can only be told from a repeated one by its id; where ids are looked at, such a row is set aside. When the day that
//! everything is counted back from advances, everyone is built again.

mod address;
#[cfg(feature = "kinesis")]
mod aggregated;
mod anew;
mod desk;
#[cfg_attr(not(any(feature = "kafka", feature = "kinesis")), expect(dead_code, reason = "only messages need all of it"))]
mod feed;
#[cfg(any(feature = "kafka", feature = "kinesis"))]
mod fetching;
mod filling;
mod fires;
mod follower;
mod in_order;
mod judge;
#[cfg(feature = "kafka")]
mod kafka;
#[cfg(feature = "kinesis")]
mod kinesis;
#[cfg_attr(not(any(feature = "kafka", feature = "kinesis")), expect(dead_code, reason = "only messages need all of it"))]
mod messages;
mod now;
mod options;
mod outputs;
#[cfg_attr(not(any(feature = "kafka", feature = "kinesis")), expect(dead_code, reason = "only messages need all of it"))]
mod partitions;
mod replayed;
mod running;
mod segments;
mod service;
mod source;
mod state;
#[cfg_attr(not(feature = "kinesis"), expect(dead_code, reason = "only streams need all of it"))]
mod stream;
mod told;
#[cfg_attr(not(feature = "kafka"), expect(dead_code, reason = "only topics need all of it"))]
mod topic;
mod versions;

pub use anew::{RetrainCause, RetrainVerdict, Retrained};
pub use desk::LiveDesk;
pub use fires::LiveFire;
pub use follower::follow;
pub use now::{LiveBand, LiveDrift, LiveFires, LiveMap, LiveMove, LiveNow, LiveSegment, LiveState};
pub use options::{HalfLife, LiveOptions, LiveReplay, LiveRule, LiveSource, Retraining};
pub use service::Following;
pub use told::{LiveBatch, LiveCounts, LiveEnded};
pub use versions::LiveVersion;
