//! What was the customer table on an earlier day, by a recipe that knows nothing of later ones?
//!
//! In: the rows of all sources, and a day. Out: the recipe as it would have been found on that day, frozen, and tables by it on that and on later days. What a
//! source holds, which columns there are and where scores are cut is found from the rows up to the first day alone.

use std::sync::Arc;

use crate::base::text::count;
use crate::base::{Ctx, Key};
use crate::customers::{self, BuiltColumn, Understood, rfm};
use crate::data::day::IsoDay;
use crate::data::sourcing::{Cuts, RecipeColumn};
use crate::data::{Loaded, Raw, SourceKind, Sourcing, Table, Unprofiled, Values};
use crate::engine::run::answer::StepError;
use crate::engine::wanted::{AnalyseTable, Outputs};
use crate::export::Report;
use crate::session::Plan;

use super::cannot::cannot;
use super::personas::{OfADay, personas_of_a_day};

/// The sources, read once and whole.
pub(in crate::engine) struct Dated {
    pub(super) sourcing: Sourcing,
    pub(super) raws: Vec<Arc<Raw>>,
    /// What they hold, all rows seen: it says which column is the day, and nothing else is taken from it.
    pub(super) understood: Understood,
    pub(super) first: IsoDay,
    pub(super) last: IsoDay,
    analyse: AnalyseTable,
}

/// Told where sources have no orders.
const NO_ORDERS: &str = "None of the sources lists orders. What stays over time and whether customers buy again needs a file of them.";

/// How a table is built, as it was known on one day.
#[derive(Clone)]
pub(super) struct FrozenRecipe {
    pub(super) sourcing: Sourcing,
    pub(super) understood: Understood,
    /// Whether columns that are of today, whatever the day, take part.
    pub(super) with_todays: bool,
}

/// The customers of one day: those who had bought.
pub(super) struct Snapshot {
    pub(super) loaded: Arc<Loaded>,
    /// Who stands in each row.
    pub(super) keys: Vec<String>,
    /// Columns left out since they are of today.
    pub(super) of_today: Vec<String>,
}

impl Dated {
    /// The sources with their days, none of them after `clock`; or why they have none.
    pub(in crate::engine) fn new(
        sourcing: &Sourcing,
        raws: Vec<Arc<Raw>>,
        clock: IsoDay,
        analyse: AnalyseTable,
        ctx: &Ctx,
    ) -> Result<Result<Dated, String>, StepError> {
        let all: Vec<&Raw> = raws.iter().map(|raw| &**raw).collect();
        let understood = customers::understand(sourcing, &all, &ctx.quiet())?;
        // Nothing after the snapshot that was chosen, and nothing after today, is believed.
        let until = sourcing.snapshot.map_or(clock, |snapshot| snapshot.min(clock));
        Ok(match customers::bought_between(&understood, &all, Some(until))? {
            Some((first, last)) => Ok(Dated { sourcing: sourcing.clone(), raws, understood, first, last, analyse }),
            None => Err(NO_ORDERS.to_owned()),
        })
    }

    /// The recipe as it is found from the rows up to and with a day. Fails where these could as well be a list of customers: of the first days, when nobody has come back
    /// yet, nobody could have told that the file holds orders.
    pub(super) fn frozen(&self, day: IsoDay, with_todays: bool, ctx: &Ctx) -> Result<FrozenRecipe, StepError> {
        let rows = self.rows(None, day)?;
        let understood = customers::understand(&self.sourcing, &rows.iter().collect::<Vec<_>>(), ctx)?;
        if understood.sources.iter().all(|source| source.kind != SourceKind::Transactions) {
            return Err(cannot(format!(
                "Up to {day} hardly anybody had ordered twice, so the orders could not be told from a list of customers; choose a later day or a shorter horizon."
            )));
        }
        let sourcing = customers::frozen(&self.sourcing, &understood, None);
        Ok(FrozenRecipe { sourcing, understood, with_todays })
    }

    /// The personas of one day, with their names; in the parts that today's are in. `notes` gets what could not be parted.
    pub(super) fn personas(
        &self,
        snapshot: &Snapshot,
        day: IsoDay,
        (plan, today): (&Plan, Option<&OfADay>),
        notes: &mut Vec<String>,
        ctx: &Ctx,
    ) -> Result<Report, StepError> {
        let outputs = Outputs { personas: true, bare: true, ..Outputs::default() };
        personas_of_a_day(plan, (day, None), today, notes, |plan| {
            (self.analyse)(snapshot.loaded.clone(), plan, outputs.clone(), ctx)
                .map_err(|problem| cannot(format!("There are no personas of {day}: {}", problem.0)))
        })
    }

    /// The rows after a day, where one is given, up to and with another.
    pub(super) fn rows(&self, after: Option<IsoDay>, until: IsoDay) -> Result<Vec<Raw>, StepError> {
        let raws: Vec<&Raw> = self.raws.iter().map(|raw| &**raw).collect();
        Ok(customers::rows_between(&self.understood, &raws, after, until)?)
    }
}

impl FrozenRecipe {
    /// The customers who had bought in these rows, counted back from a day. The first table settles where scores are cut.
    pub(super) fn snapshot(&mut self, rows: &[Raw], day: IsoDay, ctx: &Ctx) -> Result<Snapshot, StepError> {
        let built = self.built(rows, day, None, ctx)?;
        let mut table = built.table;
        let mut of_today = Vec::new();
        let mut how = built.columns.iter();
        table.columns.retain(|column| {
            let is_of_today = match (how.next(), &column.values) {
                (Some(BuiltColumn::From { .. }), Values::Date(days)) => days.iter().flatten().any(|its| *its > day.0),
                (Some(BuiltColumn::From { .. }), _) => true,
                _ => false,
            };
            if is_of_today && !self.with_todays {
                of_today.push(column.name.clone());
            }
            !is_of_today || self.with_todays
        });
        let has_bought: Option<Vec<usize>> =
            table.column("frequency").map(|column| (0..table.n_rows).filter(|&row| column.number(row).is_some_and(|n| n > 0.0)).collect());
        if let Some(rows) = has_bought.filter(|rows| rows.len() < table.n_rows) {
            table = table.only(rows);
        }
        let keys = keys_of(&table);
        let stamp = Key::of("snapshot", 1, &day, &[built.stamp]);
        let loaded = Unprofiled::made(customers::TITLE.into(), table, built.notes, stamp).profiled(ctx)?;
        let loaded = match self.sourcing.rfm.enabled.then(|| rfm::score(&loaded.table, &self.sourcing.rfm, stamp, ctx)) {
            Some(Ok(scores)) => {
                let rules = &mut self.sourcing.rfm;
                rules.recency = Cuts::Points(scores.recency.cuts);
                rules.frequency = Cuts::Points(scores.frequency.cuts);
                rules.monetary = Cuts::Points(scores.monetary.cuts);
                loaded.with_columns(scores.columns(&loaded.table), &scores.notes, ctx)?
            }
            _ => {
                ctx.check()?;
                loaded
            }
        };
        Ok(Snapshot { loaded: Arc::new(loaded), keys, of_today })
    }

    /// A table of these rows, with other columns where some are given.
    pub(super) fn built(
        &self,
        rows: &[Raw],
        day: IsoDay,
        columns: Option<Vec<RecipeColumn>>,
        ctx: &Ctx,
    ) -> Result<customers::Built, StepError> {
        let mut sourcing = Sourcing { snapshot: Some(day), ..self.sourcing.clone() };
        if let Some(columns) = columns {
            sourcing.recipe.columns = columns;
        }
        Ok(customers::build(&sourcing, &self.understood, &rows.iter().collect::<Vec<_>>(), None, &ctx.quiet())?)
    }
}

/// The keys of a table's rows.
pub(super) fn keys_of(table: &Table) -> Vec<String> {
    table.columns.first().map_or_else(Vec::new, |key| (0..table.n_rows).map(|row| key.cell(row).into_owned()).collect())
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
