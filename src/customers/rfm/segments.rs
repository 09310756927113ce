//! Which segment is a customer with these three scores in? The eleven usual ones, as a complete partition of the 125 codes.
//!
//! In: scores of recency, frequency and monetary value, 1 to 5, 5 best. Out: a segment with its name and one plain sentence. O(1): the table
//! is made while compiling, and a code that stood in two segments or in none would not compile.

use serde::{Deserialize, Serialize};

/// How many codes three scores of 1 to 5 make.
pub const N_CODES: usize = 125;

/// A usual group of customers by recency, frequency and monetary value, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RfmSegment {
    /// Bought lately, buy often, spend most.
    Champions,
    /// Buy often and spend well.
    Loyal,
    /// Bought lately and more than once.
    PotentialLoyalist,
    /// Bought lately for the first times, and little.
    NewCustomers,
    /// Bought lately, seldom yet, but spend well.
    Promising,
    /// Above the middle, but not settled.
    NeedAttention,
    /// A while ago, and little.
    AboutToSleep,
    /// Were good, and stay away.
    AtRisk,
    /// Spent most, and stay away longest.
    CannotLoseThem,
    /// Long ago, seldom and little.
    Hibernating,
    /// Longest ago, and least.
    Lost,
}

impl RfmSegment {
    /// All segments, the best first.
    pub const ALL: [RfmSegment; 11] = [
        RfmSegment::Champions,
        RfmSegment::Loyal,
        RfmSegment::PotentialLoyalist,
        RfmSegment::NewCustomers,
        RfmSegment::Promising,
        RfmSegment::NeedAttention,
        RfmSegment::AboutToSleep,
        RfmSegment::AtRisk,
        RfmSegment::CannotLoseThem,
        RfmSegment::Hibernating,
        RfmSegment::Lost,
    ];

    /// The segment's name, as people in the field call it.
    pub fn name(self) -> &'static str {
        match self {
            RfmSegment::Champions => "Champions",
            RfmSegment::Loyal => "Loyal",
            RfmSegment::PotentialLoyalist => "Potential loyalist",
            RfmSegment::NewCustomers => "New customers",
            RfmSegment::Promising => "Promising",
            RfmSegment::NeedAttention => "Need attention",
            RfmSegment::AboutToSleep => "About to sleep",
            RfmSegment::AtRisk => "At risk",
            RfmSegment::CannotLoseThem => "Cannot lose them",
            RfmSegment::Hibernating => "Hibernating",
            RfmSegment::Lost => "Lost",
        }
    }

    /// Who they are, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            RfmSegment::Champions => "They bought lately, buy often and spend most.",
            RfmSegment::Loyal => "They come back often and spend well.",
            RfmSegment::PotentialLoyalist => "They bought lately and more than once; may become loyal.",
            RfmSegment::NewCustomers => "They bought lately, but seldom and little so far.",
            RfmSegment::Promising => "They bought lately, but not often yet; many spend well.",
            RfmSegment::NeedAttention => "They are above the middle, but have not settled.",
            RfmSegment::AboutToSleep => "They bought a while ago, and little or seldom.",
            RfmSegment::AtRisk => "They used to buy often or spend well, but stay away.",
            RfmSegment::CannotLoseThem => "They spent well or most, and have stayed away long.",
            RfmSegment::Hibernating => "They bought seldom and little, and long ago.",
            RfmSegment::Lost => "They bought longest ago and spent least.",
        }
    }

    /// The codes of the segment, recency first: 555 is the best in all three.
    pub const fn codes(self) -> &'static [u16] {
        match self {
            RfmSegment::Champions => &[555, 554, 544, 545, 454, 455, 445],
            RfmSegment::Loyal => &[543, 444, 435, 355, 354, 345, 344, 335],
            RfmSegment::PotentialLoyalist => {
                &[553, 551, 552, 541, 542, 533, 532, 531, 452, 451, 442, 441, 431, 453, 433, 432, 423, 353, 352, 351, 342, 341, 333, 323]
            }
            RfmSegment::NewCustomers => &[512, 511, 422, 421, 412, 411, 311],
            RfmSegment::Promising => &[525, 524, 523, 522, 521, 515, 514, 513, 425, 424, 413, 414, 415, 315, 314, 313],
            RfmSegment::NeedAttention => &[535, 534, 443, 434, 343, 334, 325, 324],
            RfmSegment::AboutToSleep => &[331, 321, 312, 221, 213, 231, 241, 251],
            RfmSegment::AtRisk => {
                &[255, 254, 245, 244, 253, 252, 243, 242, 235, 234, 225, 224, 153, 152, 145, 143, 142, 135, 134, 133, 125, 124]
            }
            RfmSegment::CannotLoseThem => &[155, 154, 144, 214, 215, 115, 114, 113],
            RfmSegment::Hibernating => &[332, 322, 233, 232, 223, 222, 132, 123, 122, 212, 211],
            RfmSegment::Lost => &[111, 112, 121, 131, 141, 151],
        }
    }

    /// The segment of three scores, each 1 to 5.
    pub fn of(scores: [u8; 3]) -> RfmSegment {
        SEGMENT_OF[place_of(scores)]
    }

    /// The segment at a place of [`place_of`].
    pub fn at(place: usize) -> RfmSegment {
        SEGMENT_OF[place]
    }
}

/// The place of three scores (recency, frequency, monetary value; 1 to 5 each) among the 125, from 0.
pub fn place_of([recency, frequency, monetary]: [u8; 3]) -> usize {
    let digit = |score: u8| usize::from(score.clamp(1, 5) - 1);
    digit(recency) * 25 + digit(frequency) * 5 + digit(monetary)
}

/// The scores at a place: what [`place_of`] made it from.
pub fn scores_at(place: usize) -> [u8; 3] {
    [place / 25 % 5, place / 5 % 5, place % 5].map(|digit| digit as u8 + 1)
}

/// The segment of every place.
const SEGMENT_OF: [RfmSegment; N_CODES] = table();

const fn table() -> [RfmSegment; N_CODES] {
    let mut table = [RfmSegment::Lost; N_CODES];
    let mut times = [0u8; N_CODES];
    let mut segment = 0;
    while segment < RfmSegment::ALL.len() {
        let codes = RfmSegment::ALL[segment].codes();
        let mut at = 0;
        while at < codes.len() {
            let code = codes[at] as usize;
            let place = (code / 100 - 1) * 25 + (code / 10 % 10 - 1) * 5 + (code % 10 - 1);
            table[place] = RfmSegment::ALL[segment];
            times[place] += 1;
            at += 1;
        }
        segment += 1;
    }
    let mut place = 0;
    while place < N_CODES {
        assert!(times[place] == 1, "every code is in exactly one segment");
        place += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_scores_are_the_same_said_twice() {
        for place in 0..N_CODES {
            assert_eq!(place_of(scores_at(place)), place);
        }
        assert_eq!((place_of([1, 1, 1]), place_of([5, 5, 5]), place_of([5, 1, 3])), (0, 124, 102));
    }

    #[test]
    fn every_segment_has_its_codes_and_no_others() {
        for segment in RfmSegment::ALL {
            let mut mine: Vec<u16> = (0..N_CODES)
                .filter(|&place| RfmSegment::at(place) == segment)
                .map(|place| scores_at(place).iter().fold(0, |code, score| code * 10 + u16::from(*score)))
                .collect();
            let mut codes = segment.codes().to_vec();
            mine.sort_unstable();
            codes.sort_unstable();
            assert_eq!(mine, codes, "{}", segment.name());
        }
    }
}
