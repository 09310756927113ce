//! What does an export say? One report, put together from finished parts; the same for the window and the command line.

use std::sync::Arc;

use serde_json::json;

use crate::base::{Labels, Note, part};
use crate::cluster::{Chosen, Dendrogram, DensityTree};
use crate::customers;
use crate::data::{Loaded, Source};
use crate::evaluate::{Belonging, BicCurve, Silhouettes, Stability};
use crate::export::{
    ChosenResult, FoundStructure, Holds, PartedSegment, Plots, Report, ReportedNiches, RunResult, Seconds, UnusualFound, WhatTheyDid,
};
use crate::features::Prepared;
use crate::model::{MadeBy, MadeInside, MadeParts, Making, Parameters};
use crate::persona::{Explained, Personas};
use crate::session::{Clustering, InsideScale, Plan};

use super::answers::Answers;
use super::choose;
use super::groups::{AtEpsilon, Groups, InForce};
use super::run::answer::{Answer, Problem};
use super::segmentation::{Labeling, PartsOf};
use super::sweep::Missing;
use super::wanted::Outputs;

/// What a report is made of.
pub(super) struct Parts {
    /// The data.
    pub loaded: Arc<Loaded>,
    /// The matrix.
    pub prepared: Arc<Prepared>,
    /// Cluster of every matrix row.
    pub labels: Labels,
    /// The cards.
    pub personas: Arc<Personas>,
    /// One entry per k or epsilon.
    pub results: Vec<RunResult>,
    /// "k-Means, k = 5" and the like.
    pub method_text: String,
    /// Which one the labels are from, and what speaks for it.
    pub chosen: ChosenResult,
    /// The merge tree.
    pub tree: Option<Arc<Dendrogram>>,
    /// Whether there are groups at all.
    pub structure: FoundStructure,
    /// How stable the segments are, if somebody looked.
    pub stability: Option<Arc<Stability>>,
    /// What drives the grouping, if somebody looked.
    pub explained: Option<Arc<Explained>>,
    /// What was survived, in order.
    pub notes: Vec<Note>,
    /// How long it took.
    pub seconds: Option<Seconds>,
    /// How well the personas hold, as far as somebody looked.
    pub holds: Holds,
    /// Who is unusual, if somebody looked.
    pub unusual: Option<UnusualFound>,
    /// How surely customers belong, if somebody looked.
    pub belonging: Option<Arc<Belonging>>,
    /// For how many groups a mixture speaks, if somebody looked.
    pub bic: Option<Arc<BicCurve>>,
    /// The niches, if somebody looked.
    pub niches: Option<ReportedNiches>,
    /// What customers do, if somebody looked.
    pub did: Option<Arc<WhatTheyDid>>,
    /// How the grouping came to be.
    pub making: Option<Arc<Making>>,
}

impl Parts {
    /// The report: labels for every row of the table, everything in words.
    pub fn report(self, plan: &Plan) -> Report {
        let matrix_rows = self.prepared.matrix_row_of_table_row();
        let labels =
            Labels::canonical(matrix_rows.len(), self.labels.n_clusters(), |row| matrix_rows[row].and_then(|row| self.labels.get(row)));
        let labels = labels.numbered(self.labels.numbers().to_vec());
        Report {
            labels,
            method: plan.clustering.method.word(plan.clustering.tree.linkage).to_owned(),
            method_text: self.method_text,
            loaded: self.loaded,
            prepared: self.prepared,
            roles: plan.preparation.roles.clone(),
            dictionary: plan.dictionary.clone(),
            slide_notes: plan.slide_notes.clone(),
            personas: self.personas,
            results: self.results,
            chosen: self.chosen,
            tree: self.tree,
            structure: self.structure,
            stability: self.stability,
            explained: self.explained,
            notes: self.notes.into_iter().map(|note| note.outside().to_owned()).collect(),
            seconds: self.seconds,
            did: self.did,
            making: self.making,
            unusual: self.unusual,
            belonging: self.belonging,
            bic: self.bic,
            holds: self.holds,
            niches: self.niches,
        }
    }
}

/// The report of what is known, if all it needs is there.
pub(super) fn of_answers(plan: &Plan, outputs: Option<&Outputs>, answers: &Answers, groups: &Groups) -> Option<Report> {
    Some(parts_of_answers(plan, outputs, answers, groups)?.report(plan))
}

/// What that report is made of. Whoever says what is to be there waits for that alone.
pub(super) fn parts_of_answers(plan: &Plan, outputs: Option<&Outputs>, answers: &Answers, groups: &Groups) -> Option<Parts> {
    let segmentation = answers.segmentation.ready()?;
    // An export waits for what is on its way; where it failed, the report goes without.
    if matches!(answers.explained, Answer::Cooking { .. }) {
        return None;
    }
    // No card leaves without saying how far it may be relied on.
    if outputs.is_some_and(|outputs| outputs.unusual) && !matches!(answers.unusual_customers, Answer::Ready(_)) {
        return None;
    }
    let is_settled = |is_ready: bool, problem: Option<&super::run::answer::Problem>| is_ready || problem.is_some();
    let is_sure = is_settled(answers.belonging.ready().is_some(), answers.belonging.problem())
        && is_settled(answers.bic.ready().is_some(), answers.bic.problem());
    if outputs.is_some_and(|outputs| outputs.unusual) && !is_sure {
        return None;
    }
    if outputs.is_some_and(|outputs| outputs.holds) && !matches!(answers.holds.folds, Answer::Ready(_) | Answer::Failed { .. }) {
        return None;
    }
    if outputs.is_some_and(|outputs| outputs.did) && answers.journeys.is_under_way() {
        return None;
    }
    let has_cards = !plan.niches.cards.is_empty();
    if outputs.is_some_and(|outputs| outputs.wants_niches(has_cards)) && !matches!(answers.niches, Answer::Ready(_) | Answer::Failed { .. })
    {
        return None;
    }
    if outputs.is_some_and(Outputs::is_shaken) && !matches!(answers.stability, Answer::Ready(_) | Answer::Failed { .. }) {
        return None;
    }
    let personas = match outputs {
        Some(outputs) if !outputs.personas => Arc::default(),
        _ => answers.personas.ready()?.clone(),
    };
    let niches = niches(plan, answers);
    let did = answers.journeys.told(&plan.journeys);
    let mut notes = answers.notes.clone();
    notes.extend(niches.as_ref().and_then(ReportedNiches::note_of_lost).map(Note::new));
    // Without any answer there is no page that could say why.
    let unanswered = did.iter().filter(|did| did.answers.is_empty() && did.rules.is_none());
    notes.extend(unanswered.flat_map(|did| did.notes.iter().map(Note::new)));
    Some(Parts {
        loaded: segmentation.loaded.clone(),
        prepared: segmentation.prepared.clone(),
        labels: segmentation.labels.clone(),
        personas,
        results: results(groups),
        method_text: segmentation.method_text.clone(),
        chosen: chosen(plan, answers, groups)?,
        structure: structure(plan, answers)?,
        tree: groups.tree.ready().map(|tree| tree.value.clone()),
        stability: answers.stability.ready().cloned(),
        explained: answers.explained.ready().cloned(),
        notes,
        seconds: None,
        unusual: unusual(plan, answers),
        belonging: answers.belonging.ready().cloned(),
        bic: answers.bic.ready().cloned(),
        holds: answers.holds.known(),
        niches,
        did: did.map(Arc::new),
        making: making(plan, answers, groups).map(Arc::new),
    })
}

/// What is in force, and what speaks for it.
fn chosen(plan: &Plan, answers: &Answers, groups: &Groups) -> Option<ChosenResult> {
    let segmentation = answers.segmentation.ready()?;
    let candidates = match segmentation.by {
        Chosen::Density { .. } => &answers.density.ready()?.candidates[..],
        _ => &[],
    };
    let n_rows = segmentation.prepared.matrix.n_rows();
    let sweep = answers.sweep.ready().map(|sweep| &**sweep);
    let mut reasons = choose::reasons(&plan.clustering, &segmentation.by, sweep, candidates, n_rows);
    reasons.extend(answers.stability.ready().and_then(|stability| choose::stability_reason(stability)));
    reasons.extend(choose::bic_reason(&segmentation.by, answers.bic.ready().map(|bic| &**bic)));
    let parted = groups.chosen.as_ref().ok().and_then(|chosen| chosen.parted.as_ref());
    let parted = parted.map_or_else(Vec::new, |parted| parted.parts.iter().map(|of| parted_segment(plan, of)).collect());
    Some(ChosenResult { by: Some(segmentation.by.clone()), reasons, parted })
}

/// A segment in whose place its parts stand, in words.
fn parted_segment(plan: &Plan, of: &PartsOf) -> PartedSegment {
    let split = plan.split_of(of.segment);
    let mut numbers = of.numbers.clone();
    numbers.sort_unstable();
    PartedSegment {
        segment: part::text(of.segment),
        parts: numbers.into_iter().map(part::text).collect(),
        method_text: choose::method_text(&split.clustering, &of.by, &plan.dictionary),
        own_scale: split.scale == InsideScale::Within,
    }
}

/// Whether there are groups at all, and what is said of it on the first page. The groups of a column are given, so nobody looks for any.
fn structure(plan: &Plan, answers: &Answers) -> Option<FoundStructure> {
    let segmentation = answers.segmentation.ready()?;
    if let Chosen::Column { name } = &segmentation.by {
        return Some(FoundStructure {
            found: None,
            reasons: vec![format!("The groups of {} are given, not found.", plan.dictionary.in_sentence(name))],
            doubt: None,
        });
    }
    let structure = match &answers.structure {
        Answer::Ready(structure) => structure,
        Answer::Failed { .. } => return Some(FoundStructure::default()),
        _ => return None,
    };
    Some(FoundStructure { found: Some(structure.found), reasons: structure.reasons(), doubt: answers.doubt(&plan.clustering) })
}

/// Who is unusual, where it is known to the last round and in words.
fn unusual(plan: &Plan, answers: &Answers) -> Option<UnusualFound> {
    let (unusual, customers) = (answers.unusual.ready()?.clone(), answers.unusual_customers.ready()?.clone());
    Some(UnusualFound { unusual, score: plan.niches.score, threshold: plan.niches.line, customers, seconds: None })
}

/// What came of the search for niches, and which of them have a card.
fn niches(plan: &Plan, answers: &Answers) -> Option<ReportedNiches> {
    let outcome = match &answers.niches {
        Answer::Ready(niches) => Ok(niches.clone()),
        Answer::Failed { problem, .. } => Err(problem.0.to_string()),
        _ => return None,
    };
    let cards = match &outcome {
        Ok(niches) => {
            let cards = plan.niches.cards.iter();
            cards.filter_map(|card| Some((super::niches::niche_of(card, niches, plan)?, card.name.clone()))).collect()
        }
        Err(_) => Vec::new(),
    };
    Some(ReportedNiches { n_lost: plan.niches.cards.len() - cards.len(), outcome, cards })
}

/// How the grouping in force came to be, for a model of it.
fn making(plan: &Plan, answers: &Answers, groups: &Groups) -> Option<Making> {
    let InForce { labeling, by, density, parted } = groups.chosen.as_ref().ok()?;
    let (labeling, parts) = match parted {
        None => (labeling, None),
        Some(parted) => {
            let whole = answers.segmentation.ready()?.unparted().labels.clone();
            let inside = parted.parts.iter().map(|of| made_inside(plan, of)).collect::<Option<Vec<_>>>()?;
            (&parted.base, Some(MadeParts { whole, inside }))
        }
    };
    let made_by = made_by(labeling, by, density.as_ref(), &plan.clustering)?;
    let table = match (&plan.source, &answers.sources) {
        (Source::Sources(sourcing), Some(sources)) => {
            Some(customers::frozen(sourcing, sources.understood.ready()?, sources.rfm.ready().map(|rfm| &**rfm)))
        }
        _ => None,
    };
    let parameters = parameters(&plan.clustering, by);
    Some(Making { preparation: plan.preparation.clone(), by: made_by, parameters, table, parts })
}

/// How the parts of one segment came to be.
fn made_inside(plan: &Plan, of: &PartsOf) -> Option<MadeInside> {
    let split = plan.split_of(of.segment);
    Some(MadeInside {
        segment: of.segment,
        prepared: of.members.value.clone(),
        labels: of.labeling.labels().clone().numbered(of.numbers.clone()),
        own_scale: split.scale == InsideScale::Within,
        by: made_by(&of.labeling, &of.by, of.density.as_ref(), &split.clustering)?,
        parameters: parameters(&split.clustering, &of.by),
        method: choose::method_text(&split.clustering, &of.by, &plan.dictionary),
        how: of.how,
        seed: of.seed,
    })
}

/// What labels were made by.
fn made_by(labeling: &Labeling, by: &Chosen, density: Option<&Arc<DensityTree>>, clustering: &Clustering) -> Option<MadeBy> {
    Some(match (labeling, by, density) {
        (Labeling::Fit(fit), ..) => MadeBy::KMeans(fit.value.clone()),
        (Labeling::Hdbscan(found), _, Some(tree)) => MadeBy::Hdbscan { tree: tree.clone(), found: found.value.clone() },
        (Labeling::Cut(_), Chosen::Density { epsilon }, Some(tree)) => MadeBy::Density { tree: tree.clone(), epsilon: *epsilon },
        (Labeling::Cut(_), Chosen::Tree { .. }, _) => MadeBy::Tree(clustering.tree.linkage),
        (Labeling::Known(_), Chosen::Column { name }, _) => MadeBy::Column(name.clone()),
        _ => return None,
    })
}

/// What the method was told, by the names of the command line.
fn parameters(clustering: &Clustering, by: &Chosen) -> Parameters {
    let mut told = vec![("method", json!(clustering.method.word(clustering.tree.linkage)))];
    match by {
        Chosen::KMeans { k, .. } => {
            told.extend([("k", json!(k)), ("restarts", json!(clustering.kmeans.restarts)), ("seed", json!(clustering.seed))]);
        }
        Chosen::Tree { k, .. } => told.push(("k", json!(k))),
        Chosen::Density { epsilon } => told.extend([("epsilon", json!(epsilon)), ("min_samples", json!(clustering.density.min_samples))]),
        Chosen::Hdbscan { min_cluster_size } => {
            told.extend([("min_cluster_size", json!(min_cluster_size)), ("min_samples", json!(clustering.density.min_samples))]);
        }
        Chosen::Column { name } => told.push(("column", json!(name))),
    }
    Parameters(told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The points of the plots that are there.
pub(super) fn plots(answers: &Answers) -> Plots {
    let segmentation = answers.segmentation.ready();
    Plots {
        map: answers.map.ready().cloned(),
        sweep: answers.sweep.ready().cloned(),
        silhouette: answers.silhouette.ready().cloned(),
        tree: answers.tree.ready().cloned(),
        density: answers.density.ready().cloned(),
        condensed: answers.condensed.ready().cloned(),
        comparison: answers.comparison.ready().cloned(),
        variance: answers.prepared.ready().map(|prepared| prepared.pca.explained.clone()),
        numbers: segmentation.map_or_else(Vec::new, |chosen| chosen.labels.numbers().to_vec()),
        whole_numbers: segmentation.and_then(|chosen| Some(chosen.whole.as_ref()?.labels.numbers().to_vec())),
        chosen: segmentation.map(|chosen| chosen.by.clone()),
        noun: answers.noun.clone(),
    }
}

fn results(groups: &Groups) -> Vec<RunResult> {
    let Ok(sweep) = &groups.sweep else {
        let Ok(chosen) = &groups.chosen else { return Vec::new() };
        if !groups.by_epsilon.is_empty() {
            let of_epsilon =
                |at: &AtEpsilon| result_of_epsilon(at.epsilon, &at.labels.value, at.silhouettes.ready().map(|made| &*made.value));
            return groups.by_epsilon.iter().map(of_epsilon).collect();
        }
        let result = result_of_groups(chosen.labeling.labels(), groups.silhouettes.ready().map(|made| &*made.value));
        return vec![RunResult { epsilon: chosen.by.epsilon(), min_cluster_size: chosen.by.min_cluster_size(), ..result }];
    };
    let of_point = |point: &super::sweep::Point| match &point.labeling {
        Ok(labeling) => {
            // One chosen outside of the elbow's range has its silhouettes alone.
            let silhouettes = if point.swept { point.best() } else { groups.silhouettes.ready() }.map(|made| &*made.value);
            Some(result_of_k(point.k, Ok(labeling.labels()), point.inertia, silhouettes))
        }
        Err(Missing::Ever(problem)) => Some(result_of_k(point.k, Err(problem), None, None)),
        Err(Missing::Yet(_)) => None,
    };
    sweep.points.iter().filter_map(of_point).collect()
}

/// The entry of one k.
fn result_of_k(k: usize, labels: Result<&Labels, &Problem>, inertia: Option<f64>, silhouettes: Option<&Silhouettes>) -> RunResult {
    RunResult {
        k: Some(k),
        inertia,
        silhouette: silhouettes.and_then(|silhouettes| silhouettes.mean),
        silhouette_exact: silhouettes.is_some_and(|silhouettes| silhouettes.exact),
        sizes: labels.map_or_else(|_| Vec::new(), |labels| labels.sizes().to_vec()),
        problem: labels.err().map(|problem| problem.0.to_string()),
        ..RunResult::default()
    }
}

/// The entry of one epsilon.
fn result_of_epsilon(epsilon: f64, labels: &Labels, silhouettes: Option<&Silhouettes>) -> RunResult {
    RunResult { epsilon: Some(epsilon), ..result_of_groups(labels, silhouettes) }
}

/// The entry of groups whose number follows from the data.
fn result_of_groups(labels: &Labels, silhouettes: Option<&Silhouettes>) -> RunResult {
    RunResult {
        clusters: Some(labels.n_clusters()),
        noise: Some(labels.n_noise()),
        silhouette: silhouettes.and_then(|silhouettes| silhouettes.mean),
        silhouette_exact: silhouettes.is_some_and(|silhouettes| silhouettes.exact),
        sizes: labels.sizes().to_vec(),
        ..RunResult::default()
    }
}
