//! What drives the grouping, how is a segment told apart in one rule, and who are its most typical customers? As data.
//!
//! These take longer than the cards, so they are an answer of their own that joins the cards when it is there.

use crate::data::Noun;

use super::level_words::spelled_out;
use super::text::{capitalised, percent};
use super::yes_no::group;

/// What was learnt from the customers and their segments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explained {
    /// Rows in each segment, largest first: of which segments it speaks.
    pub sizes: Vec<usize>,
    /// The columns, most important first.
    pub importance: Vec<Importance>,
    /// How well a forest finds the segment of customers it has not seen.
    pub forest: Option<Forest>,
    /// The second witness: how well weights of the columns do the same.
    pub weighed: Option<Weighed>,
    /// For each segment the rule that tells it apart best; none where no rule does.
    pub rules: Vec<Option<SegmentRule>>,
    /// For each segment its most typical customers, most typical first; none for segments too small to show single people.
    pub examples: Vec<Vec<Example>>,
    /// For each segment whether these share all traits of its automatic name; otherwise they are only the nearest to its centre.
    pub typical: Vec<bool>,
}

impl Explained {
    /// What the list of a segment's examples is called: typical is who shares what the name says.
    pub fn examples_title(&self, cluster: usize, noun: &Noun) -> String {
        if self.typical.get(cluster).copied().unwrap_or(false) {
            format!("Typical {} (anonymous)", noun.many)
        } else {
            format!("{} nearest to the centre (anonymous)", noun.title())
        }
    }

    /// What the weights beside the forest's losses are, and where the two disagree; none without weights.
    pub fn weighed_note(&self) -> Option<String> {
        let weighed = self.weighed.as_ref()?;
        let right =
            weighed.accuracy.map_or_else(String::new, |share| format!(" The regression finds the right segment for {}.", percent(share)));
        let disagreement = weighed.disagreement.as_ref().map_or_else(String::new, |sentence| format!(" {sentence}"));
        Some(format!("The weight is a column's share in a logistic regression of the segments.{right}{disagreement}"))
    }

    /// How long the bar of a column is: the accuracy that is lost without it wherever a forest was asked, so that all bars mean the same; else how closely
    /// it goes with the segments.
    pub fn bar(&self, line: &Importance) -> f64 {
        let is_asked = self.importance.iter().any(|line| line.loss.is_some());
        if is_asked { line.loss.unwrap_or(0.0).max(0.0) } else { line.association.max(0.0) }
    }

    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        let n_values: usize = self.examples.iter().flatten().map(|example| example.values.len()).sum();
        (self.importance.len() + self.rules.len() + n_values) * 200
    }
}

/// How much one column has to do with the grouping.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// The column.
    pub column: String,
    /// Its name as it is shown.
    pub shown: String,
    /// Whether it decided who is alike, or is only described.
    pub enters: bool,
    /// Eta squared (numbers) or Cramer's V (levels), 0 to 1.
    pub association: f64,
    /// Which of the two.
    pub is_levels: bool,
    /// How much accuracy the forest loses on held-out customers when this column is shuffled: mean over the shuffles. Permutation importance
    /// (Breiman 2001).
    pub loss: Option<f64>,
    /// Standard deviation of that loss over the shuffles.
    pub loss_sd: Option<f64>,
    /// Its share of all weight in a multinomial logistic regression on the columns that decided who is alike, 0 to 1.
    pub weight: Option<f64>,
    /// How it speaks for each segment, by cluster. Empty where there are no weights.
    pub toward: Vec<Toward>,
}

/// How a column speaks for one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Toward {
    /// Above 0 it speaks for the segment, below 0 against it: one standard deviation more makes the segment e to this power times as likely beside the
    /// average one.
    pub weight: f64,
    /// Of a category, the encoded level that says most ("channel = web").
    pub level: Option<String>,
}

/// What a multinomial logistic regression says of the segments.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Customers it learnt from.
    pub n_learnt: usize,
    /// Share of the customers it had not seen that it put into the right segment, 0 to 1; none without any.
    pub accuracy: Option<f64>,
    /// One sentence where it and the forest disagree on what matters most.
    pub disagreement: Option<String>,
}

/// The forest that the losses are measured on.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// Trees.
    pub n_trees: usize,
    /// Customers it learnt from.
    pub n_learnt: usize,
    /// Customers it had not seen.
    pub n_held_out: usize,
    /// Share of these it put into the right segment, 0 to 1.
    pub accuracy: f64,
    /// What always naming the largest segment would reach.
    pub chance: f64,
}

/// A path of a decision tree of depth three at most: all conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentRule {
    /// The conditions in words and original units: "total spend above € 1 240".
    pub conditions: Vec<Condition>,
    /// Share of the customers it catches that are in the segment, 0 to 1.
    pub precision: f64,
    /// Share of the segment that it catches, 0 to 1.
    pub recall: f64,
    /// Customers it catches.
    pub n_caught: usize,
}

/// One condition of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// In words.
    pub text: String,
}

/// A customer near the middle of the segment, without anything that says who it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Column in words and value as people read it; identifiers and sensitive columns are never among them, rare levels and
    /// extreme numbers are told as "rare" or as a bound.
    pub values: Vec<(String, String)>,
}

/// A group of the population that is no persona's commonest: who a workshop would forget.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingGroup {
    /// The column.
    pub column: String,
    /// Its name in words.
    pub human: String,
    /// The level, or the range of a number in words ("65 and over").
    pub level: String,
    /// Of a question, whether the level is its yes; none of anything else.
    pub answer: Option<bool>,
    /// Customers.
    pub n: usize,
    /// Share of everyone with a value, 0 to 1.
    pub share: f64,
    /// The persona where it is commonest, by cluster, with its share there.
    pub most_in: Option<(usize, f64)>,
}

impl MissingGroup {
    /// Who they are: "65 and over (age)", and of questions "Senior citizens" and "Without a partner".
    pub fn who(&self) -> String {
        match self.answer {
            Some(yes) => group(&self.human, yes),
            None => {
                let level = self.level.replace('_', " ");
                let said = spelled_out(&level);
                format!("{} ({})", if said == level { said } else { capitalised(&said) }, self.human)
            }
        }
    }
}
