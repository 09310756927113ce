//! Do the personas hold? What other customers would make of them, and what they are worth on other days, for the window and for cards.
//!
//! What is cheap comes first: one round of folds and a few halves. Snapshots and what is foretold are asked for where they are seen; more rounds, and each column
//! left out once, grow in the background. What is computed is `validate`'s, so that the window and `personae validate` cannot disagree.

use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::data::{ColumnProfile, Loaded, Raw, Role, Source, Sourcing, is_rfm_score};
use crate::evaluate::{FoldLabels, OneColumn, PredictionStrengths, Regroup, folds, one_column, prediction_strengths};
use crate::export::{FoldsFound, Validation};
use crate::features::{self, Prepared};
use crate::session::{Clustering, InsideScale, Plan, ToForetell};

use super::answers::HoldsAnswer;
use super::caches::Runtime;
use super::cards::WordsInForce;
use super::choose;
use super::groups::{Grouped, InForce};
use super::needs::Needs;
use super::run::answer::{Problem, StepError};
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::{Labeling, Segmentation};
use super::sources::{Sourced, today};
use super::table;
use super::validate::{
    ByOthers, GIVEN, NO_DAYS, ONE, OfADay, Part, SPLITS, column_foretold, columns_of, folds_found, part_found, tables_found,
};
use super::wanted::{AnalyseTable, Wanted};

/// Rounds of folds, and splits into halves, after each round.
const FOLD_ROUNDS: [usize; 2] = [1, folds::FOLD_ROUNDS];
const SPLIT_ROUNDS: [usize; 2] = [4, SPLITS];

/// Told in the place of what is foretold of customers without orders.
const NOTHING_CAME: &str =
    "Foretelling needs something that happened later: a file of orders, or a column with the role Outcome, chosen under Outcome.";

/// The same where there are such columns, so that only the choice is missing: whether an outcome came later nobody but the user knows.
fn nothing_chosen(loaded: &Loaded, plan: &Plan) -> String {
    let is_outcome = |column: &&ColumnProfile| features::role(column, &plan.preparation) == Role::Outcome && !is_rfm_score(&column.name);
    let names: Vec<String> = loaded.profile.columns.iter().filter(is_outcome).map(|column| plan.dictionary.name(&column.name)).collect();
    match &names[..] {
        [] => NOTHING_CAME.to_owned(),
        [one] => {
            format!("To see what the personas foretell, choose {one} under Outcome, provided it happened later than the other columns.")
        }
        several => format!(
            "To see what the personas foretell, choose {} or {} under Outcome, provided it happened later than the other columns.",
            several[..several.len() - 1].join(", "),
            several[several.len() - 1]
        ),
    }
}

/// What was shown last, of which segments.
#[derive(Debug, Default)]
pub(super) struct Last {
    of: Option<Key>,
    folds: Option<Arc<FoldsFound>>,
    stays: Option<Arc<Validation>>,
    foretells: Option<Arc<Validation>>,
}

/// What is asked in a round.
pub(super) struct Held {
    of: Option<Key>,
    folds: Asked<FoldsFound>,
    stays: Asked<Validation>,
    foretells: Asked<Validation>,
}

/// Asks whether the personas hold. `analyse` is how the table of another day is analysed; `sourced` is how the table is built, where it is built from several files.
pub(super) fn of(
    runtime: &mut Runtime,
    (sourced, grouped, is_shaken): (Option<&Sourced>, &Grouped, bool),
    prepared: &Asked<Prepared>,
    (plan, wanted, words, analyse): (&Plan, &Wanted, &WordsInForce, AnalyseTable),
    needs: Needs,
) -> Held {
    let waits = "Waiting for the segments";
    let (Ok(chosen), Some(prepared), Some(segmentation)) = (&grouped.groups.chosen, prepared.ready(), grouped.segmentation.ready()) else {
        let waiting = &grouped.segmentation;
        return Held { of: None, folds: waiting.blocks(waits), stays: waiting.blocks(waits), foretells: waiting.blocks(waits) };
    };
    let labels = &segmentation.value.labels;
    let folds = match levels(chosen, prepared, plan) {
        _ if choose::too_many(labels, needs.most_segments).is_some() => grouped.segmentation.blocks(waits),
        None => Asked::Failed(Problem(GIVEN.into())),
        Some(_) if labels.n_clusters() < 2 => Asked::Failed(Problem(ONE.into())),
        Some(levels) => by_others(runtime, segmentation, levels, needs),
    };
    // Whatever the segments are called and numbered, they stay or do not.
    let made_from = [prepared.key, chosen.labeling.key()];
    // What takes seconds comes before what takes minutes.
    let tried = if is_shaken && folds.is_settled() { needs.tried } else { Need::Look };
    let part =
        |runtime: &mut Runtime, part| over_time(runtime, part, sourced, (segmentation, made_from), (plan, wanted, words, analyse), tried);
    Held { of: segmentation.key.into(), folds, stays: part(runtime, Part::Stays), foretells: part(runtime, Part::Foretells) }
}

impl Held {
    /// What the pages see of it. Of other segments nothing is kept.
    pub(super) fn answer(self, last: &mut Last) -> HoldsAnswer {
        if last.of != self.of {
            *last = Last { of: self.of, ..Last::default() };
        }
        // What cannot be told any more is not told from before.
        if matches!(self.stays, Asked::Failed(_)) {
            last.stays = None;
        }
        HoldsAnswer {
            folds: self.folds.settled(&mut last.folds),
            stays: self.stays.settled(&mut last.stays),
            foretells: self.foretells.settled(&mut last.foretells),
        }
    }

    /// Names what is known, for whoever shows it.
    pub(super) fn keys(&self) -> [Option<Key>; 3] {
        [self.folds.key(), self.stays.key(), self.foretells.key()]
    }
}

/// Segments that were found together: the whole ones, or the parts inside one.
struct Level<'a> {
    inside: Option<usize>,
    numbers: Vec<usize>,
    prepared: &'a Made<Prepared>,
    of: (&'a Labeling, Regroup, u64),
}

/// The levels that the segments in force were found on, from the outside in; none where any of them are the groups of a column. Everyone as one segment is no level: nothing in it
/// could come out otherwise.
fn levels<'a>(chosen: &'a InForce, prepared: &'a Made<Prepared>, plan: &Plan) -> Option<Vec<Level<'a>>> {
    let how = choose::regroup(&plan.clustering, &chosen.by);
    let seed = plan.clustering.seed;
    let Some(parted) = &chosen.parted else {
        // Numbers are those of the segmentation, which knows the same clusters.
        return Some(vec![Level { inside: None, numbers: Vec::new(), prepared, of: (&chosen.labeling, how?, seed) }]);
    };
    let mut levels = Vec::new();
    if parted.base.labels().n_clusters() > 1 || parted.base.labels().n_noise() > 0 {
        levels.push(Level { inside: None, numbers: parted.numbers.clone(), prepared, of: (&parted.base, how?, seed) });
    }
    for parts in &parted.parts {
        let of = (&parts.labeling, parts.how?, parts.seed);
        levels.push(Level { inside: Some(parts.segment), numbers: parts.numbers.clone(), prepared: &parts.members, of });
    }
    Some(levels)
}

/// What was measured of one level so far.
struct MeasuredLevel {
    folds: Made<FoldLabels>,
    halves: Made<PredictionStrengths>,
    without: Option<Made<OneColumn>>,
    columns: Vec<String>,
}

/// What would become of customers if only the others had been seen: the best rounds there are.
fn by_others(runtime: &mut Runtime, segmentation: &Made<Segmentation>, levels: Vec<Level>, needs: Needs) -> Asked<FoldsFound> {
    let all = needs.all_draws;
    let mut measured = Vec::with_capacity(levels.len());
    for Level { prepared, of, .. } in &levels {
        let folds = grown(runtime, FOLD_ROUNDS, |runtime, nth, before| folded(runtime, prepared, *of, (nth, before), needs), all);
        let Some(folds) = folds.ready().cloned() else { return folds.passes_on("Waiting for the folds") };
        let halves = grown(runtime, SPLIT_ROUNDS, |runtime, nth, before| halved(runtime, prepared, *of, (nth, before), needs), all);
        let Some(halves) = halves.ready().cloned() else { return halves.passes_on("Waiting for the halves") };
        let (spans, columns) = columns_of(&prepared.value);
        let without = match (all, spans.is_empty()) {
            (true, false) => without_columns(runtime, prepared, *of, spans, needs.holds).ready().cloned(),
            _ => None,
        };
        measured.push(MeasuredLevel { folds, halves, without, columns });
    }
    let keys = measured.iter().flat_map(|of| [Some(of.folds.key), Some(of.halves.key), of.without.as_ref().map(|made| made.key)]);
    let keys: Vec<Key> = keys.flatten().chain([segmentation.key]).collect();
    let key = Key::of("what other customers make of the segments", 1, &(), &keys);
    let labels = &segmentation.value.labels;
    let put = || {
        let found: Vec<ByOthers> = levels
            .iter()
            .zip(&measured)
            .map(|(level, of)| ByOthers {
                inside: level.inside,
                numbers: if level.numbers.is_empty() { labels.numbers() } else { &level.numbers },
                folds: &of.folds.value,
                halves: Some(&of.halves.value),
                without: of.without.as_ref().map(|made| (&*made.value, &of.columns[..])),
            })
            .collect();
        folds_found(&OfADay::of_segmentation(&segmentation.value), &found)
    };
    Asked::Ready(runtime.at_once(|s| &mut s.folds_found, key, put))
}

/// The lane of a round: the first is waited for where it is seen.
fn lane(nth: usize, needs: Needs) -> Lane {
    if nth == 0 && !needs.holds_behind { Lane::Long } else { Lane::Background }
}

/// The best round there is; `all` asks for those after the first too.
fn grown<T>(
    runtime: &mut Runtime,
    rounds: [usize; 2],
    ask: impl Fn(&mut Runtime, (usize, usize), Option<&Made<T>>) -> Asked<T>,
    all: bool,
) -> Asked<T> {
    let first = ask(runtime, (0, rounds[0]), None);
    match first.ready() {
        Some(made) if all => match ask(runtime, (1, rounds[1]), Some(made)) {
            Asked::Ready(better) => Asked::Ready(better),
            _ => first,
        },
        _ => first,
    }
}

fn folded(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    (labeling, how, seed): (&Labeling, Regroup, u64),
    ((nth, rounds), before): ((usize, usize), Option<&Made<FoldLabels>>),
    needs: Needs,
) -> Asked<FoldLabels> {
    let key = Key::of("folds", 1, &(how, seed, rounds), &[prepared.key, labeling.key()]);
    let (prepared, labeling, before) = (prepared.value.clone(), labeling.clone(), before.map(|made| made.value.clone()));
    let step = move |ctx: &Ctx| Ok(folds(&prepared.matrix, labeling.labels(), &how, seed, rounds, before.as_deref(), ctx)?);
    runtime.ask(|s| &mut s.folds, key, needs.holds, (|| "Would other customers decide alike?".into(), lane(nth, needs)), step)
}

fn halved(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    (labeling, how, seed): (&Labeling, Regroup, u64),
    ((nth, splits), before): ((usize, usize), Option<&Made<PredictionStrengths>>),
    needs: Needs,
) -> Asked<PredictionStrengths> {
    let key = Key::of("halves", 1, &(how, seed, splits), &[prepared.key, labeling.key()]);
    let (prepared, labeling, before) = (prepared.value.clone(), labeling.clone(), before.map(|made| made.value.clone()));
    let step = move |ctx: &Ctx| Ok(prediction_strengths(&prepared.matrix, labeling.labels(), &how, seed, splits, before.as_deref(), ctx)?);
    runtime.ask(|s| &mut s.halves, key, needs.holds, (|| "Would half of them decide alike?".into(), lane(nth, needs)), step)
}

fn without_columns(
    runtime: &mut Runtime,
    prepared: &Made<Prepared>,
    (labeling, how, seed): (&Labeling, Regroup, u64),
    columns: Vec<std::ops::Range<usize>>,
    need: Need,
) -> Asked<OneColumn> {
    let key = Key::of("without each column", 1, &(how, seed), &[prepared.key, labeling.key()]);
    let (prepared, labeling) = (prepared.value.clone(), labeling.clone());
    let step = move |ctx: &Ctx| Ok(one_column(&prepared.matrix, labeling.labels(), &how, &columns, seed, columns.len(), None, ctx)?);
    runtime.ask(|s| &mut s.without_columns, key, need, (|| "Do they hang on one column?".into(), Lane::Background), step)
}

/// What is known from the days of the orders; in one sentence why it cannot be, where there are none.
fn over_time(
    runtime: &mut Runtime,
    part: Part,
    sourced: Option<&Sourced>,
    (segmentation, made_from): (&Made<Segmentation>, [Key; 2]),
    (plan, wanted, words, analyse): (&Plan, &Wanted, &WordsInForce, AnalyseTable),
    need: Need,
) -> Asked<Validation> {
    let Source::Sources(sourcing) = &plan.source else {
        if part == Part::Stays && !plan.validation.earlier.is_empty() {
            return between_tables(runtime, (segmentation, made_from), (plan, wanted, words, analyse), need);
        }
        return without_orders(runtime, part, (segmentation, made_from), plan, need);
    };
    let Some(raws) = sourced.and_then(Sourced::raws_ready) else { return Asked::Waiting("Reading the sources".into()) };
    let options = &plan.validation;
    let chosen = match part {
        Part::Stays => format!("{} {}", options.snapshots, options.every.word()),
        Part::Foretells => format!("{} {} {:?}", options.horizon_days, options.outcome.word(), options.cut),
    };
    let clock = wanted.sources.clock.unwrap_or_else(today);
    let asked = (part, chosen, options.with_todays, &**sourcing, &plan.preparation, &plan.clustering, inside(plan), clock);
    let keys: Vec<Key> = raws.iter().map(|raw| raw.key).chain(made_from).chain([words.key]).collect();
    let key = Key::of("personas on other days", 1, &asked, &keys);
    let title = match part {
        Part::Stays => "Who stays, and who moves?",
        Part::Foretells => "What do the personas foretell?",
    };
    let (sourcing, segmentation, plan): (Arc<Sourcing>, _, _) = (sourcing.clone(), segmentation.value.clone(), plan.clone());
    let raws: Vec<Arc<Raw>> = raws.into_iter().map(|raw| raw.value).collect();
    let step = move |ctx: &Ctx| part_found(part, (&sourcing, raws), (clock, analyse), &plan, &OfADay::of_segmentation(&segmentation), ctx);
    runtime.ask(|s| &mut s.on_other_days, key, need, (|| title.into(), Lane::Long), step)
}

/// How segments are in parts, whoever is in them.
fn inside(plan: &Plan) -> Vec<(usize, InsideScale, &Clustering)> {
    plan.kept_splits().map(|split| (split.segment, split.scale, &split.clustering)).collect()
}

/// Who moves between tables of the same customers that the user gave with their days.
fn between_tables(
    runtime: &mut Runtime,
    (segmentation, made_from): (&Made<Segmentation>, [Key; 2]),
    (plan, wanted, words, analyse): (&Plan, &Wanted, &WordsInForce, AnalyseTable),
    need: Need,
) -> Asked<Validation> {
    let title = "Who stays, and who moves?";
    let options = &plan.validation;
    let mut stamps: Vec<Key> = Vec::new();
    for earlier in &options.earlier {
        let stamp = table::stamp(runtime, &Source::file(earlier.path.clone()), wanted.reload, need, title);
        let Some(stamp) = stamp.ready() else { return stamp.passes_on(title) };
        stamps.push(*stamp.value);
    }
    let asked = (&options.earlier, options.of_day, &plan.preparation, &plan.clustering, inside(plan));
    let keys: Vec<Key> = stamps.into_iter().chain(made_from).chain([words.key]).collect();
    let key = Key::of("personas of tables of other days", 1, &asked, &keys);
    let (segmentation, plan) = (segmentation.value.clone(), plan.clone());
    let step = move |ctx: &Ctx| tables_found(&plan, OfADay::of_segmentation(&segmentation), &segmentation.loaded, analyse, ctx);
    runtime.ask(|s| &mut s.on_other_days, key, need, (|| title.into(), Lane::Long), step)
}

/// Of customers without orders only a column that says what became of them can be foretold.
fn without_orders(
    runtime: &mut Runtime,
    part: Part,
    (segmentation, made_from): (&Made<Segmentation>, [Key; 2]),
    plan: &Plan,
    need: Need,
) -> Asked<Validation> {
    let (Part::Foretells, ToForetell::Column(name)) = (part, &plan.validation.outcome) else {
        let why = if part == Part::Stays { NO_DAYS.to_owned() } else { nothing_chosen(&segmentation.value.loaded, plan) };
        return Asked::Failed(Problem(why.into()));
    };
    let key = Key::of("column foretold", 1, &(name, &plan.preparation, plan.clustering.seed), &made_from);
    let (name, segmentation, plan) = (name.clone(), segmentation.value.clone(), plan.clone());
    let step =
        move |ctx: &Ctx| -> Result<Validation, StepError> { column_foretold(&plan, &name, &OfADay::of_segmentation(&segmentation), ctx) };
    runtime.ask(|s| &mut s.on_other_days, key, need, (|| "What do the personas foretell?".into(), Lane::Long), step)
}
