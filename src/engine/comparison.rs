//! What are the segments compared with, and how do the two go together?
//!
//! In: what the plan compares with, the labels in force. Out: the labels of the other side with their names, and the comparison. Another solution
//! is made by the very steps its own method takes, so it is usually on the cache already; both sides are labels of the same rows.

use std::sync::Arc;

use crate::base::{Key, Labels};
use crate::data::{Dictionary, Loaded};
use crate::evaluate::{self, Known};
use crate::features::Prepared;
use crate::plot::Compared;
use crate::session::{Against, Clustering, EarlierSegments};

use super::caches::Runtime;
use super::choose::{self, MOST_SEGMENTS};
use super::groups::{self, Groups};
use super::needs::Needs;
use super::run::answer::Answer;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Labeling;

/// The other side: its labels and what they are called.
#[derive(Debug, Clone)]
pub(super) struct Left {
    /// In words.
    pub title: String,
    /// What the groups of a column are called.
    names: Vec<String>,
    groups: LeftGroups,
}

#[derive(Debug, Clone)]
enum LeftGroups {
    Solution(Labeling),
    Column(Made<Known>),
    Earlier(Key, Labels),
}

impl Left {
    /// Names the labels.
    pub fn key(&self) -> Key {
        match &self.groups {
            LeftGroups::Solution(labeling) => labeling.key(),
            LeftGroups::Column(known) => known.key,
            LeftGroups::Earlier(key, _) => *key,
        }
    }

    fn labels(&self) -> &Labels {
        match &self.groups {
            LeftGroups::Solution(labeling) => labeling.labels(),
            LeftGroups::Column(known) => &known.value.labels,
            LeftGroups::Earlier(_, labels) => labels,
        }
    }

    /// The comparison. Groups of another solution are numbered, so that nobody takes them for the segments in force.
    pub fn against(&self, right: &Labels) -> Compared {
        let (labels, order, mut left_names, in_none) = match &self.groups {
            LeftGroups::Solution(labeling) => {
                let clusters: Vec<usize> = (0..labeling.labels().n_clusters()).collect();
                let names = clusters.iter().map(|cluster| format!("Group {}", cluster + 1)).collect();
                (labeling.labels(), clusters, names, "In no group")
            }
            LeftGroups::Column(known) => (&known.value.labels, known.value.order.clone(), self.names.clone(), "No value"),
            LeftGroups::Earlier(_, labels) => (labels, (0..labels.n_clusters()).collect(), self.names.clone(), "In no group then"),
        };
        if labels.n_noise() > 0 {
            left_names.push(in_none.to_owned());
        }
        Compared { title: self.title.clone(), left_names, table: evaluate::compare(labels, right, &order) }
    }
}

/// What was shown last, and what it compared with.
#[derive(Debug, Default)]
pub(super) struct Last(Option<(Against, Arc<Compared>)>);

/// What the page sees; a comparison with something else is not an older one of this.
pub(super) fn answer(asked: Asked<Compared>, against: Option<&Against>, last: &mut Last) -> Answer<Compared> {
    let mut shown = last.0.take().filter(|(before, _)| Some(before) == against).map(|(_, shown)| shown);
    let answer = asked.settled(&mut shown);
    last.0 = against.cloned().zip(shown);
    answer
}

/// The comparison, as far as both sides are there.
pub(super) fn of(
    runtime: &mut Runtime,
    loaded: Option<&Made<Loaded>>,
    prepared: &Asked<Prepared>,
    right: &Groups,
    (against, dictionary): (Option<&Against>, &Dictionary),
    needs: Needs,
) -> Asked<Compared> {
    let (Some(against), Some(loaded), Some(made)) = (against, loaded, prepared.ready()) else {
        return prepared.blocks("Choose what to compare with");
    };
    let left = match against {
        Against::Column(column) => groups::known(runtime, loaded, made, column, needs.plots).and_left(column, dictionary),
        Against::Solution(clustering) => solution(runtime, loaded, prepared, (clustering, dictionary), needs),
        Against::Earlier(segments) => Ok(earlier(segments, made)),
    };
    match (&left, &right.chosen) {
        (Ok(left), Ok(right)) => {
            match choose::too_many(left.labels(), MOST_SEGMENTS).or(choose::too_many(right.labeling.labels(), MOST_SEGMENTS)) {
                Some(problem) => Asked::Failed(problem),
                None => compared(runtime, left, &right.labeling, needs.plots),
            }
        }
        (Err(why), _) => why.clone(),
        (_, Err(why)) => why.blocks("Waiting for the segments"),
    }
}

/// The segments as they were before the data moved. Whoever is new since, or was in none, is in none.
fn earlier(segments: &EarlierSegments, prepared: &Made<Prepared>) -> Left {
    let mut group_of: Vec<Option<usize>> = vec![None; prepared.value.n_table_rows];
    for (at, group) in segments.groups.iter().enumerate() {
        for row in group.members.rows().filter(|row| *row < prepared.value.n_table_rows) {
            group_of[row] = Some(at);
        }
    }
    let rows = &prepared.value.table_rows;
    let labels = Labels::canonical(rows.len(), segments.groups.len(), |row| group_of[rows[row]]);
    // Labels go by size; any of its customers says which segment a label is.
    let mut names = vec![String::new(); labels.n_clusters()];
    for (row, label) in labels.iter().enumerate() {
        if let (Some(label), Some(group)) = (label, group_of[rows[row]]) {
            names[label].clone_from(&segments.groups[group].name);
        }
    }
    let key = Key::of("segments before the data moved", 1, segments, &[prepared.key]);
    Left { title: format!("As on {}", segments.day), names, groups: LeftGroups::Earlier(key, labels) }
}

/// The labels of another solution. Its elbow is asked for only where it must suggest the number of groups.
fn solution(
    runtime: &mut Runtime,
    loaded: &Made<Loaded>,
    prepared: &Asked<Prepared>,
    (clustering, dictionary): (&Clustering, &Dictionary),
    needs: Needs,
) -> Result<Left, Asked<Compared>> {
    let mut clustering = clustering.clone();
    let needs_suggestion = clustering.leaves_k_open();
    if !needs_suggestion {
        (clustering.k_from, clustering.k_to) = (1, 1);
    }
    let sweep = if needs_suggestion { needs.plots } else { Need::Look };
    let groups = groups::of(
        runtime,
        Some(loaded),
        prepared,
        &clustering,
        &[],
        Needs { sweep, chosen: needs.plots, silhouettes: Need::Look, plots: Need::Look, ..needs },
    );
    match groups.chosen {
        Ok(chosen) => {
            let title = choose::method_text(&clustering, &chosen.by, dictionary);
            Ok(Left { title, names: Vec::new(), groups: LeftGroups::Solution(chosen.labeling) })
        }
        Err(why) => Err(why.passes_on("Waiting for the other solution")),
    }
}

impl Asked<Known> {
    fn and_left(&self, column: &str, dictionary: &Dictionary) -> Result<Left, Asked<Compared>> {
        match self {
            Asked::Ready(known) => Ok(Left {
                title: dictionary.name(column),
                names: known.value.names.iter().map(|name| dictionary.level(column, name).to_owned()).collect(),
                groups: LeftGroups::Column(known.clone()),
            }),
            other => Err(other.blocks("Waiting for the column's groups")),
        }
    }
}

/// The labels in force on the right, against those on the left.
fn compared(runtime: &mut Runtime, left: &Left, right: &Labeling, need: Need) -> Asked<Compared> {
    let key = Key::of("comparison", 2, &(&left.title, &left.names), &[left.key(), right.key()]);
    let (left, right) = (left.clone(), right.clone());
    runtime.ask(|s| &mut s.comparisons, key, need, (|| "Comparing".into(), Lane::Quick), move |_| Ok(left.against(right.labels())))
}
