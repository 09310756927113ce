//! Which number does a part of a segment have? C3.1 is the first part of C3, and C3.1.2 the second part of that.
//!
//! A number is still one word, so that everything that goes by numbers goes by those of parts too: the lower half of the bits is the segment's own
//! number from 0, and each quarter above it is a part from 1. Whoever has no parts has the number it always had.

const HALF: u32 = usize::BITS / 2;
const QUARTER: u32 = usize::BITS / 4;
const OWN: usize = (1 << HALF) - 1;

/// How often a segment may be looked into, one inside the other.
pub const MOST_DEEP: usize = 2;
/// Parts of one segment at most: as many as there are bits for, which is more than anybody reads.
pub const MOST_PARTS: usize = (1 << (QUARTER - 1)) - 1;

/// The number of part `at`, from 0, of a segment; nothing where parts are not parted further.
pub fn part(of: usize, at: usize) -> Option<usize> {
    let depth = depth(of);
    (depth < MOST_DEEP && at < MOST_PARTS).then(|| of | ((at + 1) << (HALF + QUARTER * depth as u32)))
}

/// How deep a number is: 0 for a segment, 1 for a part of it.
pub fn depth(number: usize) -> usize {
    parts(number).len()
}

/// The number of the segment that nothing is the inside of.
pub fn segment_of(number: usize) -> usize {
    number & OWN
}

/// Which part of which part it is, from the outside in; from 0.
pub fn parts(number: usize) -> Vec<usize> {
    let at = |level: u32| (number >> (HALF + QUARTER * level)) & ((1 << QUARTER) - 1);
    (0..MOST_DEEP as u32).map(at).take_while(|part| *part > 0).map(|part| part - 1).collect()
}

/// The segment a part is of.
pub fn parent(number: usize) -> Option<usize> {
    let depth = depth(number) as u32;
    (depth > 0).then(|| number & ((1 << (HALF + QUARTER * (depth - 1))) - 1))
}

/// Whether it is that segment, or lies inside it.
pub fn is_within(number: usize, segment: usize) -> bool {
    std::iter::successors(Some(number), |number| parent(*number)).any(|at| at == segment)
}

/// "3", or "3.1" for the first part of that: the number as people see it, without the C.
pub fn text(number: usize) -> String {
    parts(number).iter().fold((segment_of(number) + 1).to_string(), |text, part| format!("{text}.{}", part + 1))
}

/// In which order numbers stand: 3, 3.1, 3.2, 4.
pub fn order(number: usize) -> (usize, Vec<usize>) {
    (segment_of(number), parts(number))
}

/// "c3", or "c3-1" for the first part of that: how names of files begin, where a dot would look like the beginning of another ending.
pub fn stem(number: usize) -> String {
    format!("c{}", text(number).replace('.', "-"))
}

/// The number of "C3", "3" or "3.1".
pub fn number(text: &str) -> Option<usize> {
    let mut steps = text.trim().trim_start_matches(['C', 'c']).split('.').map(|step| step.parse::<usize>().ok()?.checked_sub(1));
    let own = steps.next()?.filter(|own| *own <= OWN)?;
    steps.try_fold(own, |number, step| part(number, step?))
}

/// Numbers in files as people see them.
pub mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    /// "3.1".
    pub fn serialize<S: Serializer>(number: &usize, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::text(*number))
    }

    /// The number again.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
        let text = String::deserialize(from)?;
        super::number(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no number of a segment")))
    }
}

/// A number that is written as people see it: 3, and "3.1" for a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct SeenNumber(#[serde(with = "as_seen")] pub usize);

/// The same for a field: a whole segment's number stands as a number.
pub mod as_seen {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seen {
        Whole(usize),
        Part(String),
    }

    /// 3, or "3.1".
    pub fn serialize<S: Serializer>(number: &usize, to: S) -> Result<S::Ok, S::Error> {
        if super::depth(*number) > 0 { to.serialize_str(&super::text(*number)) } else { to.serialize_u64(*number as u64 + 1) }
    }

    /// The number again.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
        let text = match Seen::deserialize(from)? {
            Seen::Whole(number) => number.to_string(),
            Seen::Part(text) => text,
        };
        super::number(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no number of a segment")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_parts_lead_back_to_their_segments() {
        let c3 = number("C3").unwrap();
        assert_eq!((c3, text(c3).as_str(), depth(c3), parent(c3)), (2, "3", 0, None));
        let first = part(c3, 0).unwrap();
        let inner = part(first, 11).unwrap();
        assert_eq!((text(first).as_str(), text(inner).as_str()), ("3.1", "3.1.12"));
        assert_eq!((stem(c3), stem(inner)), ("c3".to_owned(), "c3-1-12".to_owned()));
        assert_eq!((number("3.1"), number("c3.1.12")), (Some(first), Some(inner)));
        assert_eq!((parent(inner), parent(first), segment_of(inner)), (Some(first), Some(c3), c3));
        assert_eq!((depth(inner), parts(inner)), (2, vec![0, 11]));
        assert_eq!(part(inner, 0), None, "no deeper");
        assert!(is_within(inner, c3) && is_within(inner, first) && !is_within(c3, first) && !is_within(inner, 1));
        let mut some = [inner, 3, first, c3, 0];
        some.sort_by_key(|number| order(*number));
        assert_eq!(some, [0, c3, first, inner, 3]);
        for wrong in ["", "C", "0", "3.0", "3.", "x", "3.1.1.1", "-1"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
