//! How are the values of a persona spread on a column, beside everyone's?

use crate::base::text::{SPACE, are_years};
use crate::data::table::day_text;

/// A small plot: the persona in colour, everyone in grey behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The column.
    pub column: String,
    /// Its name as it is shown.
    pub shown: String,
    /// Its unit, if known.
    pub unit: Option<String>,
    /// Bars or levels.
    pub drawing: Drawing,
}

/// Shares within the persona and within everyone.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// Bins, drawn equally wide; `edges` has one more entry than the shares. Edges hold 98 % of everyone, tails are in the outer bins.
    /// Columns with long tails have edges that grow, see [`Drawing::place`].
    Bins {
        /// Bin edges in original units (days for dates).
        edges: Vec<f64>,
        /// Share of the persona in each bin.
        persona: Vec<f64>,
        /// Share of everyone in each bin.
        everyone: Vec<f64>,
        /// What marks the middle of both.
        middle: Middle,
        /// Whether the edges are days.
        is_date: bool,
        /// Whether the first and the last bin hold values beyond their edge.
        tails: [bool; 2],
        /// Bins of the persona, and of everyone, that hold too few customers to be told, or from which such could be reckoned. Each has the
        /// mean of them all, so that a plot shows nothing that is not known.
        withheld: [Vec<bool>; 2],
    },
    /// The commonest levels (at most 6) and "Other".
    Levels {
        /// The levels as the file has them.
        names: Vec<String>,
        /// The levels as they are shown.
        labels: Vec<String>,
        /// Share of the persona in each.
        persona: Vec<f64>,
        /// Share of everyone in each.
        everyone: Vec<f64>,
    },
}

/// The middle that a plot marks: the number that the statements about its column tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Middle {
    /// The persona's.
    pub persona: f64,
    /// Everyone's.
    pub everyone: f64,
    /// Whether both are means. They are medians otherwise.
    pub is_mean: bool,
}

impl Middle {
    /// What stands before the number: "median", or "avg" as in the statements.
    pub fn word(&self) -> &'static str {
        if self.is_mean { "avg" } else { "median" }
    }
}

impl Drawing {
    /// A day or a year along bins as people write it, since single days would point at people; none of other numbers, which each place rounds by itself.
    pub fn day_or_year(edges: &[f64], is_date: bool, value: f64) -> Option<String> {
        match edges {
            _ if is_date => Some(day_text(value as i32).chars().take(7).collect()),
            [first, .., last] if are_years(*first, *last) => Some(format!("{value:.0}")),
            _ => None,
        }
    }

    /// What stands below both ends of bins: "≤ 6" and "≥ 1 433" where the outer bins hold what lies beyond.
    pub fn ends(edges: &[f64], tails: [bool; 2], text: impl Fn(f64) -> String) -> [String; 2] {
        let end = |edge: Option<&f64>, mark: Option<char>| {
            let shown = edge.map_or_else(String::new, |edge| text(*edge));
            mark.map_or_else(|| shown.clone(), |mark| format!("{mark}{SPACE}{shown}"))
        };
        [end(edges.first(), tails[0].then_some('≤')), end(edges.last(), tails[1].then_some('≥'))]
    }

    /// Where `value` stands along bins that are drawn equally wide, 0 at the left edge to 1 at the right.
    pub fn place(edges: &[f64], value: f64) -> f64 {
        let n = edges.len().saturating_sub(1).max(1);
        let bin = edges.partition_point(|edge| *edge <= value).clamp(1, n) - 1;
        match edges {
            [] | [_] => 0.5,
            _ => ((bin as f64 + ((value - edges[bin]) / (edges[bin + 1] - edges[bin])).clamp(0.0, 1.0)) / n as f64).clamp(0.0, 1.0),
        }
    }

    /// Whether some of the persona's bars hold too few customers to be told, so that they are drawn alike.
    pub fn hides_some(&self) -> bool {
        matches!(self, Drawing::Bins { withheld: [of_persona, _], .. } if of_persona.contains(&true))
    }

    /// Whether the bins grow from left to right, which a plot must say.
    pub fn has_growing_bins(&self) -> bool {
        let Drawing::Bins { edges, .. } = self else { return false };
        matches!(edges.as_slice(), [a, b, .., y, z] if (z - y) > 1.5 * (b - a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_along_growing_bins() {
        let edges = [0.0, 1.0, 3.0, 7.0];
        let text = |value: f64| value.to_string();
        assert_eq!(Drawing::ends(&edges, [false, true], text), ["0".to_owned(), "≥\u{202f}7".to_owned()]);
        for (value, place) in [(-5.0, 0.0), (0.0, 0.0), (0.5, 1.0 / 6.0), (1.0, 1.0 / 3.0), (2.0, 0.5), (7.0, 1.0), (99.0, 1.0)] {
            assert!((Drawing::place(&edges, value) - place).abs() < 1e-12, "{value}");
        }
    }
}
