//! What a persona card says, as data: name, sentence, statements, distributions, and the evidence row behind every word.

use serde::Serialize;

use crate::base::Note;
use crate::data::Role;

use super::attributes::Attribute;
use super::edit::Added;
use super::explain::Unseen;

/// All personas of one segmentation, and who is in none. Shares sum to 1.
#[derive(Debug, Clone, Default)]
pub struct Personas {
    /// In the order of their clusters, largest first.
    pub personas: Vec<Persona>,
    /// Customers in no segment ("Unusual customers").
    pub n_noise: usize,
    /// Rows of the table that took no part.
    pub n_left_out: usize,
    /// Rows of the table.
    pub n_rows: usize,
    /// The column whose sum is called revenue, if there is one.
    pub revenue_column: Option<String>,
    /// Groups of the population that are nobody's commonest, largest first.
    pub unseen: Vec<Unseen>,
    /// What tells the personas apart, the attribute that separates best first.
    pub attributes: Vec<Attribute>,
    /// What the reader of the cards must know.
    pub notes: Vec<Note>,
}

/// Longest name taken from a group; what names made here have room for.
const MAX_GROUP_NAME: usize = 40;

impl Personas {
    /// Calls the personas what their groups are called, where the groups were not found but are those of a column; `names` by cluster. Such a
    /// name rests on no trait: the column is its evidence. A name the user gave stays, and nobody else gets it.
    pub fn name_after_groups(&mut self, names: &[String]) {
        let given: Vec<String> = self.personas.iter().filter(|persona| persona.is_renamed).map(|persona| persona.name.clone()).collect();
        let mut used: Vec<String> = given;
        for (persona, name) in self.personas.iter_mut().zip(names) {
            let mut short: String = name.chars().take(MAX_GROUP_NAME).collect();
            if short.len() < name.len() {
                short.pop();
                short.push('…');
            }
            if used.contains(&short) {
                continue;
            }
            used.push(short.clone());
            if !persona.is_renamed {
                persona.name = short.clone();
            }
            persona.name_parts = vec![NamePart { word: short.clone(), evidence: None, also: None }];
            persona.automatic_name = short;
            persona.match_all_share = None;
        }
    }
}

/// One segment, described.
#[derive(Debug, Clone, PartialEq)]
pub struct Persona {
    /// Its cluster, from 0: its place among the personas.
    pub cluster: usize,
    /// What people call it, from 0; shown as C1, C2, ... and as its colour. Stays with its customers.
    pub number: usize,
    /// The name in force: the user's, or the automatic one.
    pub name: String,
    /// The automatic name.
    pub automatic_name: String,
    /// Whether the user gave the name.
    pub is_renamed: bool,
    /// Whether a trait that a name from here once rested on no longer passes, or the customers have largely changed.
    pub may_be_out_of_date: bool,
    /// The automatic name word by word, each with its evidence.
    pub name_parts: Vec<NamePart>,
    /// One sentence: size, share, what sets them apart.
    pub summary: String,
    /// Customers in it.
    pub n: usize,
    /// Share of the customers that took part, 0 to 1.
    pub share: f64,
    /// Share of the revenue column's sum, 0 to 1.
    pub revenue_share: Option<f64>,
    /// What sets them apart, strongest first; both directions.
    pub statements: Vec<Statement>,
    /// Distributions worth drawing: columns of the strongest statements first.
    pub distributions: Vec<Distribution>,
    /// Every column and level that was looked at, strongest first.
    pub evidence: Vec<Evidence>,
    /// Share of members that match all traits in the name, 0 to 1.
    pub match_all_share: Option<f64>,
    /// The block "Added by you".
    pub added: Added,
}

impl Persona {
    /// The evidence the automatic name rests on, each row once.
    pub fn headline(&self) -> Vec<&Evidence> {
        let mut rows: Vec<usize> = self.name_parts.iter().flat_map(|part| part.evidence.into_iter().chain(part.also)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| self.evidence.get(row)).collect()
    }

    /// The largest share of members without a value among the columns of the name, 0 to 1; 0 where it rests on none.
    pub fn headline_missing(&self) -> f64 {
        self.headline().iter().map(|evidence| evidence.missing_share).fold(0.0, f64::max)
    }
}

/// Statements of a front: what they have more of, what they have less of.
const MOST_MORE: usize = 5;
const LEAST_LESS: usize = 2;

impl Persona {
    /// What a front says: at most five statements of more, and two of less, or as many more as there are places left, so that a persona that
    /// has little of everything is described too.
    pub fn told(&self) -> [Vec<&Statement>; 2] {
        let of = |direction| self.statements.iter().filter(move |statement| statement.direction == direction);
        let more: Vec<&Statement> = of(Direction::More).take(MOST_MORE).collect();
        let places = (MOST_MORE + LEAST_LESS).saturating_sub(more.len()).clamp(LEAST_LESS, MOST_MORE);
        [more, of(Direction::Less).take(places).collect()]
    }
}

/// A word of an automatic name and the row of [`Persona::evidence`] it rests on; plain words ("Customers") rest on none.
#[derive(Debug, Clone, PartialEq)]
pub struct NamePart {
    /// The word as printed.
    pub word: String,
    /// Index into [`Persona::evidence`].
    pub evidence: Option<usize>,
    /// A second row that had to pass too before the word was allowed: "Budget-Conscious" rests on the discounts and needs small baskets.
    pub also: Option<usize>,
}

/// More or less than the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Above everyone.
    More,
    /// Below everyone.
    Less,
}

/// One thing that sets a persona apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// In words: "High total spend".
    pub text: String,
    /// The persona's value, with its unit: "€ 1 240" or "62 %".
    pub value: String,
    /// Everyone's value: "€ 410" or "21 %".
    pub everyone: String,
    /// Above or below everyone.
    pub direction: Direction,
    /// Index into [`Persona::evidence`].
    pub evidence: usize,
}

/// What was measured for one column, or one level of a column: persona against the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The column.
    pub column: String,
    /// The level, for categories.
    pub level: Option<String>,
    /// What the column is for; outcomes and sensitive columns are marked on cards and never in names.
    pub role: Role,
    /// Median (numbers; dates as days since 1970) or share (levels) inside the persona.
    pub persona: f64,
    /// The same for everyone.
    pub everyone: f64,
    /// The same for all others.
    pub rest: f64,
    /// The same three as people read them, with units.
    pub texts: [String; 3],
    /// Hedges' g (numbers) or Cohen's h (levels).
    pub effect: f64,
    /// The 95 % interval of the effect, where there are enough values for one.
    pub interval: Option<[f64; 2]>,
    /// v.test, a gate and never a ranking.
    pub v_test: f64,
    /// Base percentile of the persona's median, 0 to 100 (numbers).
    pub percentile: Option<f64>,
    /// 100 x share inside / share of everyone (levels).
    pub index: Option<f64>,
    /// Share of members the trait holds for, 0 to 1.
    pub coverage: f64,
    /// Members with a value.
    pub n: usize,
    /// Share of members without a value, 0 to 1.
    pub missing_share: f64,
    /// Whether a name may rest on it.
    pub passes_name: bool,
    /// Whether a statement may rest on it.
    pub passes_statement: bool,
}

/// A small plot: the persona in colour, everyone in grey behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The column.
    pub column: String,
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
        /// The persona's median.
        persona_median: f64,
        /// Everyone's median.
        everyone_median: f64,
        /// Whether the edges are days.
        is_date: bool,
    },
    /// The commonest levels (at most 6) and "Other".
    Levels {
        /// The levels' names.
        names: Vec<String>,
        /// Share of the persona in each.
        persona: Vec<f64>,
        /// Share of everyone in each.
        everyone: Vec<f64>,
    },
}

impl Drawing {
    /// Where `value` stands along bins that are drawn equally wide, 0 at the left edge to 1 at the right.
    pub fn place(edges: &[f64], value: f64) -> f64 {
        let n = edges.len().saturating_sub(1).max(1);
        let bin = edges.partition_point(|edge| *edge <= value).clamp(1, n) - 1;
        match edges {
            [] | [_] => 0.5,
            _ => ((bin as f64 + ((value - edges[bin]) / (edges[bin + 1] - edges[bin])).clamp(0.0, 1.0)) / n as f64).clamp(0.0, 1.0),
        }
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
        for (value, place) in [(-5.0, 0.0), (0.0, 0.0), (0.5, 1.0 / 6.0), (1.0, 1.0 / 3.0), (2.0, 0.5), (7.0, 1.0), (99.0, 1.0)] {
            assert!((Drawing::place(&edges, value) - place).abs() < 1e-12, "{value}");
        }
    }
}
