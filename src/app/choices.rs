//! What may be chosen on the command line about reading, columns and grouping, and how it changes the plan.
//!
//! In: the options. Out: a project with these choices, or one sentence why they contradict each other. One word here is one value there.

use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::base::part;
use crate::cluster::{Linkage, Method};
use crate::data::{Noun, ReadAs, RevenueChoice, Source};
use crate::engine::{Outputs, SilhouetteWish};
use crate::features::{Scale, TransformRule};
use crate::session::{Cut, InsideScale, Parting, Plan, Project};

use super::failure::Failure;

/// What is chosen; everything left out is as in the project, or as the data suggest.
#[derive(Debug, Args)]
pub(super) struct Choices {
    /// How customers are grouped.
    #[arg(long, value_parser = PossibleValuesParser::new(Method::WORDS).try_map(method))]
    method: Option<(Method, Option<Linkage>)>,
    /// The columns that enter, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    features: Option<Vec<String>>,
    /// How columns are brought to a common scale.
    #[arg(long, value_enum)]
    scale: Option<ScaleWord>,
    /// Whether skewed columns are transformed.
    #[arg(long, value_enum)]
    transform: Option<TransformWord>,
    /// Numbers that stand apart from all others, such as 99 beside 1 to 5 or 999 beside counts up to 12, count as missing.
    #[arg(long)]
    no_answer_missing: bool,
    /// Number of segments, or a range with both ends ("2..12") of which the suggested one is taken.
    #[arg(long, value_parser = k_range, allow_negative_numbers = true)]
    k: Option<(usize, usize)>,
    /// k-means: re-runs, of which the best is kept.
    #[arg(long, value_parser = restarts, allow_negative_numbers = true)]
    restarts: Option<usize>,
    /// Seed of everything random.
    #[arg(long, value_parser = seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// DBSCAN: neighbourhood distance, or a range with both ends ("0.1..2.0").
    #[arg(long, value_parser = epsilon_range, allow_negative_numbers = true)]
    epsilon: Option<(f64, f64)>,
    /// DBSCAN: how many epsilons a range is read at [50].
    #[arg(long, value_parser = steps, allow_negative_numbers = true, requires = "epsilon")]
    steps: Option<usize>,
    /// DBSCAN, HDBSCAN: rows nearby that make a core point, itself included [5].
    #[arg(long, value_parser = at_least_one)]
    min_samples: Option<usize>,
    /// HDBSCAN: the least rows of a segment; suggested from the number of rows unless chosen.
    #[arg(long, value_parser = at_least_two)]
    min_cluster_size: Option<usize>,
    /// With --method column: the column whose groups are the segments; rfm_segment where there is one, unless chosen.
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    /// What the rows are called, such as members, or household/households where both forms are needed; as the data say unless given.
    #[arg(long, value_name = "NOUN", value_parser = noun)]
    noun: Option<Noun>,
    /// The column whose sum is revenue, or none; the one whose name says so unless given.
    #[arg(long, value_name = "COLUMN|none")]
    revenue: Option<String>,
    #[command(flatten)]
    reading: Reading,
    /// Over which pairs silhouettes are computed; exact up to 30 000 rows and sampled above unless chosen.
    #[arg(long, value_enum)]
    silhouette: Option<SilhouetteWord>,
    /// Part a segment by what is inside it: its number and how, such as 3, 3:k=2, 3.1:k=2 or 3:k=2,method=ward,scale=everywhere. May be given several times.
    #[arg(long, value_name = "SEGMENT", value_parser = inside)]
    inside: Vec<InsideWord>,
    /// Resample the customers a hundred times, not ten, to say how far each segment may be relied on.
    #[arg(long)]
    stability: bool,
}

/// How files are read, where they do not say enough themselves.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Reading {
    /// The sheet of a workbook; the one that is most like a table unless given.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The encoding of a text file, such as Windows-1251 or Shift_JIS; detected from its content unless given.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The time zone that times with a UTC offset are converted to, such as Europe/Berlin; unless given, the local time that each cell shows counts.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
}

impl Reading {
    /// What is not given stays as it is.
    pub(super) fn apply(&self, read_as: &mut ReadAs) {
        read_as.sheet = self.sheet.clone().or(read_as.sheet.take());
        read_as.encoding = self.encoding.clone().or(read_as.encoding.take());
        read_as.zone = self.timezone.clone().or(read_as.zone.take());
    }

    /// The same for the plan.
    pub(super) fn read_as(&self) -> ReadAs {
        ReadAs { sheet: self.sheet.clone(), encoding: self.encoding.clone(), zone: self.timezone.clone() }
    }
}

/// A segment to be parted, and how.
#[derive(Debug, Clone, PartialEq)]
struct InsideWord {
    segment: usize,
    k: Option<(usize, usize)>,
    method: Option<(Method, Option<Linkage>)>,
    scale: Option<InsideScale>,
}

impl InsideWord {
    /// Keeps the parts in the plan.
    fn apply(&self, plan: &mut Plan) -> Result<(), Failure> {
        let mut split = plan.split_of(self.segment);
        if let Some((method, linkage)) = self.method {
            split.clustering.method = method;
            split.clustering.tree.linkage = linkage.unwrap_or(split.clustering.tree.linkage);
        }
        if let Some((from, to)) = self.k {
            if !matches!(split.clustering.method, Method::KMeans | Method::Tree) {
                return Err(Failure::WrongUse(
                    "--inside with k goes with kmeans and the trees; the other methods find the number themselves.".into(),
                ));
            }
            (split.clustering.k_from, split.clustering.k_to) = (from, to);
            split.clustering.kmeans.k = (from == to).then_some(from);
            split.clustering.tree.cut = if from == to { Cut::Clusters(from) } else { Cut::Suggested };
        }
        split.scale = self.scale.unwrap_or(split.scale);
        plan.put_split(Parting { kept: true, ..split });
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScaleWord {
    Standard,
    Robust,
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TransformWord {
    Auto,
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SilhouetteWord {
    Exact,
    Sampled,
    None,
}

impl Choices {
    /// Carries the choices over into the project and what is computed beside it; contradictions are wrong use.
    pub(super) fn apply(&self, project: &mut Project, outputs: &mut Outputs) -> Result<(), Failure> {
        self.apply_reading(&mut project.plan.source);
        let clustering = &mut project.plan.clustering;
        if let Some((method, linkage)) = self.method {
            clustering.method = method;
            clustering.tree.linkage = linkage.unwrap_or(clustering.tree.linkage);
        }
        let is_density = clustering.method == Method::Density;
        if is_density && self.k.is_some() {
            return Err(Failure::WrongUse("--k does not go with dbscan, which finds the number itself; set --epsilon.".into()));
        }
        let is_hdbscan = clustering.method == Method::Hdbscan;
        if is_hdbscan && self.k.is_some() {
            return Err(Failure::WrongUse("--k does not go with hdbscan, which finds the number itself; set --min-cluster-size.".into()));
        }
        let is_column = clustering.method == Method::Column;
        if is_column && self.k.is_some() {
            return Err(Failure::WrongUse("--k does not go with column, whose groups are those of the data; set --column.".into()));
        }
        if !is_column && self.column.is_some() {
            return Err(Failure::WrongUse("--column belongs to --method column.".into()));
        }
        if !is_density && self.epsilon.is_some() {
            return Err(Failure::WrongUse("--epsilon belongs to --method dbscan.".into()));
        }
        if !is_density && !is_hdbscan && self.min_samples.is_some() {
            return Err(Failure::WrongUse("--min-samples belongs to --method dbscan and --method hdbscan.".into()));
        }
        if !is_hdbscan && self.min_cluster_size.is_some() {
            return Err(Failure::WrongUse("--min-cluster-size belongs to --method hdbscan.".into()));
        }
        if let Some((from, to)) = self.k {
            (clustering.k_from, clustering.k_to) = (from, to);
            clustering.kmeans.k = (from == to).then_some(from);
            clustering.tree.cut = if from == to { Cut::Clusters(from) } else { Cut::Suggested };
        }
        if let Some((from, to)) = self.epsilon {
            match (from == to, self.steps) {
                (true, Some(_)) => return Err(Failure::WrongUse("--steps needs a range, such as --epsilon 0.1..2.0.".into())),
                (true, None) => clustering.density.epsilon = Some(from),
                (false, steps) => outputs.epsilons = evenly(from, to, steps.unwrap_or(50)),
            }
        }
        clustering.kmeans.restarts = self.restarts.unwrap_or(clustering.kmeans.restarts);
        clustering.seed = self.seed.unwrap_or(clustering.seed);
        clustering.density.min_samples = self.min_samples.unwrap_or(clustering.density.min_samples);
        clustering.hdbscan.min_cluster_size = self.min_cluster_size.or(clustering.hdbscan.min_cluster_size);
        clustering.groups.column = self.column.clone().or(clustering.groups.column.take());
        if let Some(noun) = &self.noun {
            Arc::make_mut(&mut project.plan.dictionary).set_noun(Some(noun.clone()));
        }
        if let Some(revenue) = &self.revenue {
            let choice = if revenue == "none" { RevenueChoice::None } else { RevenueChoice::Column(revenue.clone()) };
            Arc::make_mut(&mut project.plan.dictionary).set_revenue(Some(choice));
        }
        let preparation = &mut project.plan.preparation;
        if let Some(features) = &self.features {
            preparation.features = Some(features.iter().map(|name| name.trim().to_owned()).collect());
        }
        preparation.scale = self.scale.map_or(preparation.scale, ScaleWord::scale);
        preparation.transform = self.transform.map_or(preparation.transform, TransformWord::rule);
        preparation.no_answer_is_missing |= self.no_answer_missing;
        for inside in &self.inside {
            inside.apply(&mut project.plan)?;
        }
        outputs.stability = self.stability;
        outputs.silhouettes = self.silhouette.map_or(outputs.silhouettes, SilhouetteWord::wish);
        Ok(())
    }

    /// What is not given stays as the project has it.
    fn apply_reading(&self, source: &mut Source) {
        let apply = |read_as: &mut ReadAs| self.reading.apply(read_as);
        match source {
            Source::Sample { .. } => {}
            Source::File { read_as, .. } => apply(read_as),
            Source::Sources(sourcing) if !self.reading.read_as().is_open() => {
                Arc::make_mut(sourcing).sources.iter_mut().for_each(|source| apply(&mut source.read_as));
            }
            Source::Sources(_) => {}
        }
    }
}

impl ScaleWord {
    fn scale(self) -> Scale {
        match self {
            ScaleWord::Standard => Scale::Standard,
            ScaleWord::Robust => Scale::Robust,
            ScaleWord::None => Scale::None,
        }
    }
}

impl TransformWord {
    fn rule(self) -> TransformRule {
        match self {
            TransformWord::Auto => TransformRule::Auto,
            TransformWord::None => TransformRule::None,
        }
    }
}

impl SilhouetteWord {
    fn wish(self) -> SilhouetteWish {
        match self {
            SilhouetteWord::Exact => SilhouetteWish::Exact,
            SilhouetteWord::Sampled => SilhouetteWish::Sampled,
            SilhouetteWord::None => SilhouetteWish::None,
        }
    }
}

fn noun(text: &str) -> Result<Noun, String> {
    Noun::written(text).ok_or_else(|| "give a word such as members, or both forms such as household/households".to_owned())
}

/// "3", "3.1:k=2", "3:k=2,scale=everywhere".
fn inside(text: &str) -> Result<InsideWord, String> {
    let (segment, how) = text.split_once(':').unwrap_or((text, ""));
    let segment = part::number(segment).filter(|number| part::depth(*number) < part::MOST_DEEP);
    let segment = segment.ok_or_else(|| "give a segment's number as it is shown, such as 3, or 3.1 for the first part of it".to_owned())?;
    let mut word = InsideWord { segment, k: None, method: None, scale: None };
    for choice in how.split(',').map(str::trim).filter(|choice| !choice.is_empty()) {
        match choice.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some(("k", k)) => word.k = Some(k_range(k)?),
            Some(("method", name)) => word.method = Some(method(name.to_owned())?),
            Some(("scale", "within")) => word.scale = Some(InsideScale::Within),
            Some(("scale", "everywhere")) => word.scale = Some(InsideScale::Everywhere),
            _ => {
                return Err(format!(
                    "{choice} is not understood; after the colon stand k=2, method=ward, scale=within or scale=everywhere"
                ));
            }
        }
    }
    Ok(word)
}

/// The method of one of its words.
fn method(word: String) -> Result<(Method, Option<Linkage>), String> {
    Method::from_name(&word).ok_or_else(|| format!("{word} is no method"))
}

/// `n` values from `from` to `to`, both included.
fn evenly(from: f64, to: f64, n: usize) -> Vec<f64> {
    let last = (n - 1) as f64;
    (0..n).map(|at| if at + 1 == n { to } else { from + (to - from) * (at as f64 / last) }).collect()
}

/// "4" or "2..12".
fn k_range(text: &str) -> Result<(usize, usize), String> {
    let both = range::<usize>(text).filter(|(from, to)| *from >= 1 && from <= to);
    both.ok_or_else(|| "give a whole number such as 4, or a range from small to large such as 2..12".to_owned())
}

/// "0.5" or "0.1..2.0".
fn epsilon_range(text: &str) -> Result<(f64, f64), String> {
    let both = range::<f64>(text).filter(|(from, to)| *from > 0.0 && from <= to && to.is_finite());
    both.ok_or_else(|| "give a number above 0 such as 0.5, or a range from small to large such as 0.1..2.0".to_owned())
}

fn range<T: std::str::FromStr + Copy>(text: &str) -> Option<(T, T)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n >= 1).ok_or_else(|| "give a whole number of at least 1".to_owned())
}

/// More re-runs or steps than anybody waits for: a slip of the finger, which would fill the memory.
const MOST: usize = 10_000;

fn restarts(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (1..=MOST).contains(n)).ok_or_else(|| "give a whole number of at least 1 and at most 10 000".to_owned())
}

fn steps(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (2..=MOST).contains(n)).ok_or_else(|| "give a whole number of at least 2 and at most 10 000".to_owned())
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("give a whole number from 0 to {}", u64::MAX))
}

fn at_least_two(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n >= 2).ok_or_else(|| "give a whole number of at least 2".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(k_range("2..12"), Ok((2, 12)));
        assert_eq!(k_range("4"), Ok((4, 4)));
        for wrong in ["", "0", "12..2", "2..", "a", "2.5", "-1"] {
            assert!(k_range(wrong).is_err(), "{wrong}");
        }
        assert_eq!(epsilon_range("0.1..2.0"), Ok((0.1, 2.0)));
        assert_eq!(epsilon_range("1..2"), Ok((1.0, 2.0)));
        for wrong in ["0", "-1", "nan", "inf", "2..1", "x"] {
            assert!(epsilon_range(wrong).is_err(), "{wrong}");
        }
        let word = inside("C3.1:k=2, scale=everywhere,method=ward").unwrap();
        assert_eq!((part::text(word.segment).as_str(), word.k, word.scale), ("3.1", Some((2, 2)), Some(InsideScale::Everywhere)));
        assert_eq!(word.method, Some((Method::Tree, Some(Linkage::Ward))));
        assert!(inside("3").is_ok_and(|word| word.k.is_none()));
        for wrong in ["", "0", "x:k=2", "3:k", "3:k=0", "3:method=none", "3:scale=big", "3.1.2"] {
            assert!(inside(wrong).is_err(), "{wrong}");
        }
        assert_eq!(evenly(0.0, 1.0, 5), [0.0, 0.25, 0.5, 0.75, 1.0]);
    }
}
