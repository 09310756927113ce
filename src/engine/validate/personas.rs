//! What do the parts of a validation share: the plan and the personas of a day, and what is told of columns and customers?

use crate::base::Labels;
use crate::base::text::count;
use crate::customers;
use crate::data::Source;
use crate::engine::run::answer::{Problem, StepError};
use crate::export::{PersonaHolds, Report};
use crate::persona::numbering;
use crate::session::Plan;

use super::dated::Dated;

/// One sentence why something cannot be told.
pub(super) fn cannot(why: impl Into<String>) -> StepError {
    StepError::Problem(Problem(why.into().into()))
}

/// The plan for a table of another day: what was said about single rows and cards belongs to today's.
pub(super) fn plan_of_a_day(plan: &Plan) -> Plan {
    let mut of_a_day = Plan::new(Source::file(customers::TITLE));
    of_a_day.preparation = plan.preparation.clone();
    of_a_day.clustering = plan.clustering.clone();
    of_a_day.words.clone_from(&plan.words);
    of_a_day
}

/// The segment of every prepared row.
pub(super) fn labels_of(report: &Report) -> Labels {
    let rows = &report.prepared.table_rows;
    Labels::canonical(rows.len(), report.labels.n_clusters(), |row| report.labels.get(rows[row])).numbered(report.labels.numbers().to_vec())
}

/// The personas of a report, with their names where it has some.
pub(super) fn personas_of(report: &Report) -> Vec<PersonaHolds> {
    let labels = labels_of(report);
    let name = |cluster: usize| report.personas.personas.get(cluster).map_or_else(String::new, |persona| persona.name.clone());
    let one = |(cluster, (&size, &number)): (usize, (&usize, &usize))| PersonaHolds {
        persona: numbering::name(number),
        name: name(cluster),
        customers: size,
        ..PersonaHolds::default()
    };
    labels.sizes().iter().zip(labels.numbers()).enumerate().map(one).collect()
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

/// Who has orders but is in no list of customers, in sentences: such lists often hold only those who are still there.
pub(super) fn told_of_survivors(dated: &Dated) -> Vec<String> {
    let told = |(list, missing, of): (String, usize, usize)| {
        format!(
            "{} of {} customers with orders are not in {list}: it may list only those who are still there, who then look better than all.",
            count(missing),
            count(of)
        )
    };
    customers::not_listed(&dated.understood).into_iter().map(told).collect()
}
