//! Which messages did a producer pack into one record of a stream?
//!
//! In: a record's bytes. Out: the messages in their order, where it is an aggregated record of the Kinesis Producer Library: four bytes that say so, a protobuf message with the messages and
//! their keys, and an MD5 of it. The sum is not checked, as AWS' transport has sums of its own; what only begins like such a record does not decode and stays as it is. Source: "KPL Aggregated
//! Record Format", awslabs/amazon-kinesis-producer. O(bytes).

use prost::Message;

const BEGIN: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];
const SUM: usize = 16;

#[derive(Message)]
struct Aggregated {
    #[prost(message, repeated, tag = "3")]
    records: Vec<Packed>,
}

#[derive(Message)]
struct Packed {
    #[prost(bytes = "vec", tag = "3")]
    data: Vec<u8>,
}

/// The messages of an aggregated record; none where it is none.
pub(super) fn unpacked(record: &[u8]) -> Option<Vec<Vec<u8>>> {
    let packed = record.strip_prefix(&BEGIN)?;
    let packed = Aggregated::decode(&packed[..packed.len().checked_sub(SUM)?]).ok()?;
    Some(packed.records.into_iter().map(|record| record.data).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three messages of two keys, as aws_kinesis_agg 1.2.3 for Python packed them.
    const RECORD: &str = "f3899ac20a0243310a0243321a0c08001a087b226964223a317d1a1508011a117b226964223a322c0a2274223a2262227d1a0c08001a087b226964223a337d5f89cb77f25f6c551c774636254046a8";

    #[test]
    fn what_was_packed_comes_out_in_its_order() {
        let record: Vec<u8> = (0..RECORD.len()).step_by(2).map(|at| u8::from_str_radix(&RECORD[at..at + 2], 16).unwrap()).collect();
        let found = unpacked(&record).unwrap();
        assert_eq!(found, [&br#"{"id":1}"#[..], b"{\"id\":2,\n\"t\":\"b\"}", br#"{"id":3}"#]);
        assert_eq!(unpacked(br#"{"id":1}"#), None);
        assert_eq!((unpacked(&record[..12]), unpacked(&record[..40])), (None, None), "cut off");
    }
}
