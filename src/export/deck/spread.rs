//! A small distribution as bars: heights and places as fractions of 1, texts ready to be set.

use serde::Serialize;

use crate::persona::{Distribution, Drawing};

use crate::persona::text::number;

use super::super::text::percent;

/// What pale bars are, in a sentence.
pub const PALE: &str = "Pale bars hold too few to be told, and are drawn alike.";

/// A small plot: the persona in colour, everyone in grey behind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// The column with its unit.
    pub title: String,
    /// The whole plot in words, for those who do not see it.
    pub told: String,
    /// The bars.
    pub drawing: SpreadDrawing,
}

/// Bins or levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SpreadDrawing {
    /// Bins of equal width.
    Bins {
        /// Heights of the persona's bars, the highest of all being 1.
        persona: Vec<f64>,
        /// Heights of everyone's.
        everyone: Vec<f64>,
        /// The persona's bars that hold too few to be told: they are drawn alike, and paler than the others.
        pale: Vec<bool>,
        /// Where the persona's middle stands, 0 to 1.
        persona_middle: f64,
        /// Where everyone's stands.
        everyone_middle: f64,
        /// What the middle is: "median" or "avg".
        measure: &'static str,
        /// The persona's middle as text.
        middle: String,
        /// The left end as text.
        low: String,
        /// The right end.
        high: String,
    },
    /// A bar per level.
    Levels {
        /// The bars, commonest level first.
        bars: Vec<SpreadBar>,
    },
}

/// A level with its two bars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpreadBar {
    /// The level.
    pub name: String,
    /// Length of the persona's bar, the longest of all being 1.
    pub persona: f64,
    /// Length of everyone's.
    pub everyone: f64,
    /// The persona's share as text.
    pub share: String,
    /// Everyone's share as text.
    pub share_of_everyone: String,
}

/// The plot of a distribution.
pub(super) fn spread(distribution: &Distribution) -> Spread {
    let unit = distribution.unit.as_ref().map_or_else(String::new, |unit| format!(", {unit}"));
    let scale = if distribution.drawing.has_growing_bins() { ", log scale" } else { "" };
    let title = format!("{}{unit}{scale}", distribution.shown);
    match &distribution.drawing {
        Drawing::Bins { edges, persona, everyone, middle, is_date, tails, withheld: [of_persona, _] } => {
            let text = |value: f64| Drawing::day_or_year(edges, *is_date, value).unwrap_or_else(|| number(value));
            let highest = persona.iter().chain(everyone).fold(f64::MIN_POSITIVE, |most, share| most.max(*share));
            let told = format!("{title}: {} {}, everyone {}", middle.word(), text(middle.persona), text(middle.everyone));
            let told = if of_persona.contains(&true) { format!("{told}. {PALE}") } else { told };
            let [low, high] = Drawing::ends(edges, *tails, text);
            let drawing = SpreadDrawing::Bins {
                persona: persona.iter().map(|share| share / highest).collect(),
                everyone: everyone.iter().map(|share| share / highest).collect(),
                pale: (0..persona.len()).map(|bin| of_persona.get(bin).copied().unwrap_or_default()).collect(),
                persona_middle: Drawing::place(edges, middle.persona),
                everyone_middle: Drawing::place(edges, middle.everyone),
                measure: middle.word(),
                middle: text(middle.persona),
                low,
                high,
            };
            Spread { told, title, drawing }
        }
        Drawing::Levels { labels, persona, everyone, .. } => {
            let longest = persona.iter().chain(everyone).fold(f64::MIN_POSITIVE, |most, share| most.max(*share));
            let bars: Vec<SpreadBar> = labels
                .iter()
                .zip(persona.iter().zip(everyone))
                .map(|(name, (mine, all))| SpreadBar {
                    name: name.clone(),
                    persona: mine / longest,
                    everyone: all / longest,
                    share: percent(*mine),
                    share_of_everyone: percent(*all),
                })
                .collect();
            let told: Vec<String> =
                bars.iter().map(|bar| format!("{} {}, everyone {}", bar.name, bar.share, bar.share_of_everyone)).collect();
            Spread { told: format!("{title}: {}", told.join("; ")), title, drawing: SpreadDrawing::Levels { bars } }
        }
    }
}
