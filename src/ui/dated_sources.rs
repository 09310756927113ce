//! Which sources of the customer table tell what happened when? Journeys and segments that live may follow them.

use std::path::PathBuf;

use crate::data::{Source, SourceKind};
use crate::engine::Answers;
use crate::session::Plan;

/// Their names, where they are, and whether they list purchases alone: then there are no ways to tell apart, only when customers come back.
pub fn dated_sources(plan: &Plan, answers: &Answers) -> Vec<(String, PathBuf, bool)> {
    let Source::Sources(sourcing) = &plan.source else { return Vec::new() };
    let Some(understood) = answers.sources.as_ref().and_then(|sources| sources.understood.latest()) else { return Vec::new() };
    let known = sourcing.sources.iter().zip(&understood.sources).filter(|(_, of)| of.kind.has_days());
    known.map(|(source, of)| (of.name.clone(), source.path.clone(), of.kind == SourceKind::Transactions)).collect()
}
