//! In which order are messages of several partitions read? In that of the times they were sent.
//!
//! A topic keeps an order within each of its partitions alone, and a stream within each of its shards, which are partitions here. A partition that was read ahead of the others would make all of theirs come late. In: what was fetched of each. Out: what can be
//! read now, because no message that was sent earlier can still come from another partition. O(n log n) in the messages that are taken.

use std::collections::{BTreeMap, VecDeque};

/// A message, as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message<At> {
    /// Where to go on once it was read.
    next: At,
    /// When it was sent, in milliseconds, or the latest of those that were fetched with it and stand before it.
    time: i64,
    line: String,
}

/// What was fetched of a partition and is not read yet.
#[derive(Debug)]
pub(super) struct Queue<At> {
    /// Where is fetched next.
    pub at: At,
    /// Up to when everything is held, where more comes after it; none at its end.
    known_until: Option<i64>,
    held: VecDeque<Message<At>>,
}

impl<At: Clone> Queue<At> {
    /// A partition of which nothing was fetched, from a place on: what it has may be as old as anything.
    pub(super) fn from(at: At) -> Queue<At> {
        Queue { at, known_until: Some(i64::MIN), held: VecDeque::new() }
    }

    /// Whether nothing is held, so that more can be fetched.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// When the first message that is held was sent: everything before it is read.
    #[cfg_attr(not(feature = "kinesis"), allow(dead_code, reason = "only streams ask for it"))]
    pub(super) fn held_from(&self) -> Option<i64> {
        self.held.front().map(|first| first.time)
    }

    /// Takes what was fetched: messages in their order, each with where to go on after it, its time and its line. `has_more`: whether others are there that were sent after them.
    pub(super) fn put(&mut self, fetched: impl IntoIterator<Item = (At, i64, String)>, has_more: bool) {
        let mut newest = i64::MIN;
        for (next, time, line) in fetched {
            newest = newest.max(time);
            self.at = next.clone();
            self.held.push_back(Message { next, time: newest, line });
        }
        self.known_until = has_more.then_some(newest);
    }
}

/// The messages that no partition can have an earlier one for, in the order of their times, as lines; `at` moves behind them.
pub(super) fn take_in_order<P: Ord + Clone, At: Clone>(mut queues: Vec<(P, &mut Queue<At>)>, at: &mut BTreeMap<P, At>) -> String {
    let until = queues.iter().filter_map(|(_, queue)| queue.known_until).min().unwrap_or(i64::MAX);
    let mut taken: Vec<(&P, Message<At>)> = Vec::new();
    for (partition, queue) in &mut queues {
        while let Some(message) = queue.held.pop_front_if(|message| message.time <= until) {
            at.insert(partition.clone(), message.next.clone());
            taken.push((partition, message));
        }
    }
    // Messages of one partition stay in their order: their times never run back.
    taken.sort_by_key(|(partition, message)| (message.time, *partition));
    taken.into_iter().fold(String::new(), |text, (_, message)| text + &message.line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages from a number on with these times; their lines say both.
    fn messages(partition: i32, from: i64, times: &[i64]) -> Vec<(i64, i64, String)> {
        (from..).zip(times).map(|(number, time)| (number + 1, *time, format!("{partition}:{time}"))).collect()
    }

    fn taken(queues: &mut [Queue<i64>; 2], at: &mut BTreeMap<i32, i64>) -> String {
        take_in_order((0..).zip(queues).collect(), at).replace('\n', " ")
    }

    #[test]
    fn no_partition_is_read_ahead_of_the_others() {
        let mut queues = [Queue::from(0), Queue::from(5)];
        let mut at = BTreeMap::new();
        // The first has more to come after 30; the second has come to its end.
        queues[0].put(messages(0, 0, &[10, 20, 30]), true);
        assert_eq!(taken(&mut queues, &mut at), "", "the second may have earlier ones");
        queues[1].put(messages(1, 5, &[15, 30, 40]), false);
        assert_eq!(taken(&mut queues, &mut at), "0:10 1:15 0:20 0:30 1:30 ");
        assert_eq!(at, BTreeMap::from([(0, 3), (1, 7)]));
        assert!(queues[0].is_empty() && !queues[1].is_empty());
        assert_eq!((queues[0].held_from(), queues[1].held_from()), (None, Some(40)));
        queues[0].put(messages(0, 3, &[35, 50]), false);
        assert_eq!(taken(&mut queues, &mut at), "0:35 1:40 0:50 ", "both are at their end");
        assert_eq!(at, BTreeMap::from([(0, 5), (1, 8)]));
        assert_eq!(taken(&mut queues, &mut at), "");
    }

    #[test]
    fn a_clock_that_runs_back_holds_up_nothing() {
        let mut queues = [Queue::from(0), Queue::from(0)];
        let mut at = BTreeMap::new();
        queues[0].put(messages(0, 0, &[50, 90, 10]), true);
        queues[1].put(messages(1, 0, &[60, 95]), true);
        // A message stays behind those before it in its partition, whatever its own time.
        assert_eq!(taken(&mut queues, &mut at), "0:50 1:60 0:90 0:10 ");
        assert!(queues[0].is_empty());
        // Nothing came, and nothing is there: the other is not waited for.
        queues[0].put(Vec::new(), false);
        queues[1].put(Vec::new(), false);
        assert_eq!(taken(&mut queues, &mut at), "1:95 ");
        assert_eq!(at, BTreeMap::from([(0, 3), (1, 2)]));
    }
}
