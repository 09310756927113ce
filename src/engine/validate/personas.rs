//! What do the parts of a validation share: the plan and the personas of a day, and what is told of columns and customers?

use rustc_hash::FxHashMap;

use crate::base::{Labels, part};
use crate::customers;
use crate::data::day::IsoDay;
use crate::data::{Loaded, Source};
use crate::engine::run::answer::StepError;
use crate::engine::segmentation::Segmentation;
use crate::evaluate::{Fate, PersistenceRule, persistence};
use crate::export::{PersonaHolds, Report};
use crate::features::Prepared;
use crate::persona::numbering;
use crate::session::{Parting, Plan};

/// The plan for a table of another day: what was said about single rows and cards belongs to today's. The segments that are in parts are today's too, by their numbers.
pub(super) fn plan_of_a_day(plan: &Plan) -> Plan {
    let mut of_a_day = Plan::new(Source::file(customers::TITLE));
    of_a_day.preparation = plan.preparation.clone();
    of_a_day.clustering = plan.clustering.clone();
    of_a_day.words.clone_from(&plan.words);
    of_a_day.splits = plan.kept_splits().map(|split| Parting { numbering: None, ..split.clone() }).collect();
    of_a_day
}

/// The personas of another day: its whole segments, then in parts those that today's segments in parts are, found again by their customers. `key` is as in
/// [`OfADay`], `make` groups that day's customers by a plan, and `notes` gets what could not be parted.
pub(super) fn personas_of_a_day(
    plan: &Plan,
    (day, key): (IsoDay, Option<&str>),
    today: Option<&OfADay>,
    notes: &mut Vec<String>,
    make: impl Fn(&Plan) -> Result<Report, StepError>,
) -> Result<Report, StepError> {
    let mut of_a_day = Plan { splits: Vec::new(), ..plan.clone() };
    let mut report = make(&of_a_day)?;
    let Some(today) = today else { return Ok(report) };
    let is_inside =
        |labels: &Labels, segment: usize| labels.numbers().iter().any(|number| *number != segment && part::is_within(*number, segment));
    // What stays whole today is whole on every day.
    for split in plan.kept_splits().filter(|split| is_inside(&today.labels, split.segment)) {
        let then = OfADay { key, ..OfADay::of_report(&report) };
        match today.found_then(split.segment, &then) {
            Some(segment) => {
                of_a_day.put_split(Parting { segment, ..split.clone() });
                report = make(&of_a_day)?;
                if !is_inside(&report.labels, segment) {
                    notes.push(format!(
                        "{} is in parts today. On {day} it was one group, or had too few customers, and is followed whole.",
                        numbering::name(split.segment)
                    ));
                }
            }
            None => notes.push(format!(
                "{} is in parts today, but no single segment of {day} is that one, so nobody is followed in its parts.",
                numbering::name(split.segment)
            )),
        }
    }
    Ok(report)
}

/// The personas of one day, with everything they were made from.
pub(in crate::engine) struct OfADay<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) prepared: &'a Prepared,
    /// Segment of every prepared row.
    pub(super) labels: Labels,
    /// What the segments are called; empty where nobody asked.
    pub(super) names: Vec<String>,
    /// How they were made, in words.
    pub(super) method: &'a str,
    /// The column that says who is who; none takes the first, as in a table that was built.
    pub(in crate::engine) key: Option<&'a str>,
}

impl<'a> OfADay<'a> {
    pub(in crate::engine) fn of_report(report: &'a Report) -> OfADay<'a> {
        let rows = &report.prepared.table_rows;
        let labels = Labels::canonical(rows.len(), report.labels.n_clusters(), |row| report.labels.get(rows[row]));
        OfADay {
            loaded: &report.loaded,
            prepared: &report.prepared,
            labels: labels.numbered(report.labels.numbers().to_vec()),
            names: report.personas.personas.iter().map(|persona| persona.name.clone()).collect(),
            method: &report.method_text,
            key: None,
        }
    }

    pub(in crate::engine) fn of_segmentation(segmentation: &'a Segmentation) -> OfADay<'a> {
        let Segmentation { loaded, prepared, labels, method_text, .. } = segmentation;
        OfADay { loaded, prepared, labels: labels.clone(), names: Vec::new(), method: method_text, key: None }
    }

    /// One entry per persona, with nothing known but who it is.
    pub(super) fn personas(&self) -> Vec<PersonaHolds> {
        let one = |(cluster, (&size, &number)): (usize, (&usize, &usize))| PersonaHolds {
            persona: numbering::name(number),
            name: self.names.get(cluster).cloned().unwrap_or_default(),
            customers: size,
            ..PersonaHolds::default()
        };
        self.labels.sizes().iter().zip(self.labels.numbers()).enumerate().map(one).collect()
    }

    /// The segment of every customer by key; none where a customer has none.
    pub(super) fn by_key(&self) -> FxHashMap<String, Option<usize>> {
        let table = &self.loaded.table;
        let Some(key) = self.key.and_then(|name| table.column(name)).or(table.columns.first()) else { return FxHashMap::default() };
        let rows = self.prepared.table_rows.iter().zip(self.labels.iter());
        rows.map(|(&row, segment)| (key.cell(row).into_owned(), segment)).collect()
    }

    /// Which persona of this day each of `n` earlier segments is, where it is still one: the one that holds at least half of its customers, if no other
    /// earlier one does so too. `then` has the earlier segment of customers by key.
    pub(super) fn matched(&self, then: impl Iterator<Item = (String, Option<usize>)>, n: usize) -> Vec<Option<usize>> {
        let now = self.by_key();
        let (old, new): (Vec<Option<usize>>, Vec<Option<usize>>) =
            then.filter_map(|(key, old)| now.get(&key).map(|new| (old, *new))).unzip();
        let found = persistence(&old, &new, n, self.labels.n_clusters(), PersistenceRule::default());
        let is = |fate: &Fate| match fate {
            Fate::Survived { to, .. } => Some(*to),
            _ => None,
        };
        found.fates.iter().map(is).collect()
    }

    /// The number of the segment of an earlier day that is this day's segment `number`, whatever parts that is in now; none where none is.
    fn found_then(&self, number: usize, then: &OfADay) -> Option<usize> {
        let inside = |cluster: usize| part::is_within(self.labels.numbers()[cluster], number);
        // Only one question is asked: in it, or elsewhere.
        let elsewhere = self.labels.n_clusters();
        let now = self.by_key();
        let now = |key: &String| now.get(key).map(|at| at.map(|at| if inside(at) { elsewhere } else { at }));
        let (old, new): (Vec<Option<usize>>, Vec<Option<usize>>) =
            then.by_key().into_iter().filter_map(|(key, old)| Some((old, now(&key)?))).unzip();
        let found = persistence(&old, &new, then.labels.n_clusters(), elsewhere + 1, PersistenceRule::default());
        let at = found.fates.iter().position(|fate| matches!(fate, Fate::Survived { to, .. } if *to == elsewhere))?;
        // Parts of another depth would have no numbers of their own.
        Some(then.labels.numbers()[at]).filter(|found| part::depth(*found) == part::depth(number))
    }

    /// Says of earlier personas which of this day each is.
    pub(super) fn name_matches(&self, personas: &mut [PersonaHolds], matched: &[Option<usize>]) {
        for (persona, at) in personas.iter_mut().zip(matched) {
            persona.cluster_today = *at;
            persona.today = at.map(|at| numbering::name(self.labels.numbers()[at]));
        }
    }
}

/// "3 columns are of today, so they are left out: age, city, status." What a list of customers says has no history.
pub(super) fn told_of_today(columns: &[String]) -> Option<String> {
    let (last, rest) = columns.split_last()?;
    let (names, are) = if rest.is_empty() { (last.clone(), "is") } else { (format!("{} and {last}", rest.join(", ")), "are") };
    Some(format!(
        "{names} {are} as of today: nobody kept what stood there on an earlier day, so {} left out of what is known then. --as-of-today lets them take part.",
        if rest.is_empty() { "it is" } else { "they are" }
    ))
}
