//! In which order are messages of several partitions read? In that of the times they were sent.
//!
//! A topic keeps an order within each of its partitions alone. A partition that was read ahead of the others would make all of theirs come late. In: what was fetched of each. Out: what can be
//! read now, because no message that was sent earlier can still come from another partition. O(n log n) in the messages that are taken.

use std::collections::VecDeque;

use super::messages::Positions;

/// A message, as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    /// Its number in its partition.
    number: i64,
    /// When it was sent, in milliseconds, or the latest of those that were fetched with it and stand before it.
    time: i64,
    line: String,
}

/// What was fetched of a partition and is not read yet.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The message that is fetched next.
    pub at: i64,
    /// The message after the last that the broker has.
    pub end: i64,
    held: VecDeque<Message>,
}

impl Queue {
    /// A partition of which nothing was fetched, from a message on.
    pub(super) fn from(at: i64) -> Queue {
        Queue { at, end: at, held: VecDeque::new() }
    }

    /// Whether nothing is held, so that more can be fetched.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Takes what was fetched: messages with their numbers, times and lines, in their order, where the broker's last message stands before `end`.
    pub(super) fn put(&mut self, fetched: impl IntoIterator<Item = (i64, i64, String)>, end: i64) {
        let mut newest = i64::MIN;
        for (number, time, line) in fetched {
            newest = newest.max(time);
            self.at = number + 1;
            self.held.push_back(Message { number, time: newest, line });
        }
        // Marks of transactions are numbered like messages, and none is ever fetched.
        self.end = if self.held.is_empty() { self.at } else { end };
    }

    /// When the last message that is held was sent, where others come after it.
    fn known_until(&self) -> Option<i64> {
        self.held.back().filter(|_| self.at < self.end).map(|last| last.time)
    }
}

/// The messages that no partition can have an earlier one for, in the order of their times, as lines; `at` moves behind them. Something is taken wherever something is held.
pub(super) fn take_in_order(mut queues: Vec<(i32, &mut Queue)>, at: &mut Positions) -> String {
    let until = queues.iter().filter_map(|(_, queue)| queue.known_until()).min().unwrap_or(i64::MAX);
    let mut taken: Vec<(i32, Message)> = Vec::new();
    for (partition, queue) in &mut queues {
        while let Some(message) = queue.held.pop_front_if(|message| message.time <= until) {
            at.insert(*partition, message.number + 1);
            taken.push((*partition, message));
        }
    }
    taken.sort_by_key(|(partition, message)| (message.time, *partition, message.number));
    taken.into_iter().fold(String::new(), |text, (_, message)| text + &message.line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages from a number on with these times; their lines say both.
    fn messages(partition: i32, from: i64, times: &[i64]) -> Vec<(i64, i64, String)> {
        (from..).zip(times).map(|(number, time)| (number, *time, format!("{partition}:{time}"))).collect()
    }

    fn taken(queues: &mut [Queue; 2], at: &mut Positions) -> String {
        take_in_order((0..).zip(queues).collect(), at).replace('\n', " ")
    }

    #[test]
    fn no_partition_is_read_ahead_of_the_others() {
        let mut queues = [Queue::from(0), Queue::from(5)];
        let mut at = Positions::new();
        // The first has more to come after 30; the second has come to its end.
        queues[0].put(messages(0, 0, &[10, 20, 30]), 9);
        queues[1].put(messages(1, 5, &[15, 30, 40]), 8);
        assert_eq!(taken(&mut queues, &mut at), "0:10 1:15 0:20 0:30 1:30 ");
        assert_eq!(at, Positions::from([(0, 3), (1, 7)]));
        assert!(queues[0].is_empty() && !queues[1].is_empty());
        queues[0].put(messages(0, 3, &[35, 50]), 5);
        assert_eq!(taken(&mut queues, &mut at), "0:35 1:40 0:50 ", "both are at their end");
        assert_eq!(at, Positions::from([(0, 5), (1, 8)]));
        assert_eq!(taken(&mut queues, &mut at), "");
    }

    #[test]
    fn a_clock_that_runs_back_holds_up_nothing() {
        let mut queues = [Queue::from(0), Queue::from(0)];
        let mut at = Positions::new();
        queues[0].put(messages(0, 0, &[50, 90, 10]), 9);
        queues[1].put(messages(1, 0, &[60, 95]), 9);
        // A message stays behind those before it in its partition, whatever its own time.
        assert_eq!(taken(&mut queues, &mut at), "0:50 1:60 0:90 0:10 ");
        assert!(queues[0].is_empty());
        // Nothing came: what is numbered after it are marks, and the other is not waited for.
        queues[0].put(Vec::new(), 9);
        queues[1].end = 2;
        assert_eq!((queues[0].end, taken(&mut queues, &mut at)), (3, "1:95 ".to_owned()));
    }
}
