//! Who moves from one persona to another between snapshots, and how many would with nothing changed?
//!
//! In: the sources, and days. Out: the moves between each day and the next. Recipe, preparation and segments are those of the first day, made from the rows up to it;
//! later customers are placed and nothing is made anew, so that no segment can change its number. Cost: a table per day, and [`DRAWS`] small ones.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::Ctx;
use crate::base::text::count;
use crate::customers::{self, Redrawing, Understood};
use crate::data::day::IsoDay;
use crate::data::{Loaded, Raw};
use crate::engine::run::answer::StepError;
use crate::evaluate::{Whereabouts, WithBand, by_chance, moved_words, transitions};
use crate::export::{PersonaHolds, Stay, Validation, WordHolds, segment_model};
use crate::model::{Model, Place};
use crate::session::{Plan, ValidateOptions};

use super::cannot::cannot;
use super::dated::{Dated, FrozenRecipe, Snapshot, told_of_survivors};
use super::days::snapshot_days;
use super::personas::{OfADay, plan_of_a_day, told_of_today};
use super::words::words_on;

/// Days of a trailing window.
const WINDOW: i32 = 365;
/// Times that orders are drawn anew.
const DRAWS: u64 = 20;
/// Customers drawn for at most: the share that moves is then known to half a percent.
const MOST_DRAWN: usize = 5_000;
/// So many times the share of the first day is found at once.
const ENOUGH: f64 = 1.5;
const STAGE: &str = "Snapshots";

/// Where each customer is, by key. Only counted, so in no order: of hundreds of thousands an ordered map took longer than the tables themselves.
pub(super) type Places = FxHashMap<String, Whereabouts>;

/// One day with everyone's place.
pub(super) struct Placed {
    pub(super) day: IsoDay,
    pub(super) places: Places,
    /// The words of each persona's name on this day.
    pub(super) words: Vec<Vec<WordHolds>>,
}

impl Placed {
    fn new(day: IsoDay, keys: Vec<String>, rows: &[Whereabouts]) -> Placed {
        Placed { day, places: keys.into_iter().zip(rows.iter().copied()).collect(), words: Vec::new() }
    }
}

/// Adds the moves between snapshots to what was found.
pub(in crate::engine) fn stays(
    dated: &Dated,
    plan: &Plan,
    options: &ValidateOptions,
    today: Option<&OfADay>,
    found: &mut Validation,
    ctx: &Ctx,
) -> Result<(), StepError> {
    let days = snapshot_days(dated.first, dated.last, options.snapshots, options.every);
    let [first_day, .., last_day] = days[..] else {
        return Err(cannot(format!(
            "The orders run from {} to {}. That leaves {} at the end of a whole {} and two are needed, so whether customers stay cannot be told; choose snapshots that are less far apart.",
            dated.first,
            dated.last,
            if days.is_empty() { "no snapshot".to_owned() } else { "one snapshot".to_owned() },
            options.every.word()
        )));
    };
    if days.len() < options.snapshots {
        found.notes.push(format!(
            "Only {} of {} snapshots are taken: the first order is of {}, and before it there is nobody.",
            days.len(),
            options.snapshots,
            dated.first
        ));
    }
    if last_day < dated.last {
        found.notes.push(format!(
            "The {} after {last_day} is not over on {}, the last day, and is left out.",
            options.every.word(),
            dated.last
        ));
    }
    // Equal windows where the orders go back far enough for the first.
    let is_trailing = first_day.0 - WINDOW >= dated.first.0 - 1;
    found.notes.push(match is_trailing {
        true => format!("Every snapshot knows the {WINDOW} days up to its day. Whoever bought nothing in them is gone."),
        false => format!(
            "The orders begin {} days before the first snapshot, too late for equal windows of {WINDOW} days. Every snapshot knows all orders up to its day, so what is added up per customer grows by construction, customers move because of it, and nobody is ever gone.",
            first_day.0 - dated.first.0
        ),
    });
    found.notes.extend(told_of_survivors(dated));
    let rows_of = |day: IsoDay| dated.rows(is_trailing.then(|| IsoDay(day.0 - WINDOW)), day);
    let mut recipe = dated.frozen(first_day, options.with_todays, ctx)?;
    let of_a_day = plan_of_a_day(plan);
    let snapshot = recipe.snapshot(&rows_of(first_day)?, first_day, ctx)?;
    found.notes.extend(told_of_today(&snapshot.of_today));
    let first = dated.personas(&snapshot, first_day, (&of_a_day, today), &mut found.notes, ctx)?;
    if first.labels.n_clusters() < 2 {
        return Err(cannot(format!(
            "The customers of {first_day} are one group, so nobody can move; choose a number with --k to split them all the same."
        )));
    }
    let model = segment_model(&first, ctx).map_err(|error| cannot(error.to_string()))?;
    let model = model.ok_or_else(|| cannot("There is no segment model; please report this."))?;
    let rows = rows_placed(&model, &snapshot.loaded, ctx)?;
    let mut placed: Vec<Placed> = Vec::with_capacity(days.len());
    let mut chances = Vec::with_capacity(days.len());
    let understood = recipe.understood.clone();
    let few = Few { dated, understood: &understood, found: Mutex::default() };
    // The words of a day are tried, and its orders drawn anew, while the table of the next is built: none of these keeps all processors busy alone.
    std::thread::scope(|scope| -> Result<(), StepError> {
        let meanwhile = |on: Placed, table: Option<(Arc<Loaded>, Vec<Whereabouts>)>, recipe: FrozenRecipe| {
            let (first, model, of_a_day, few) = (&first, &model, &of_a_day, &few);
            scope.spawn(move || -> Result<(Placed, Option<Chance>), StepError> {
                let words = table.map(|(loaded, rows)| words_on(first, &loaded, &rows, of_a_day, ctx)).transpose()?;
                let chance = if on.day < last_day {
                    let rows = few.rows(share_drawn(&on), (is_trailing.then(|| IsoDay(on.day.0 - WINDOW)), on.day), ctx)?;
                    chance(&recipe, model, &on, rows, plan.clustering.seed, &ctx.quiet())?
                } else {
                    None
                };
                Ok((Placed { words: words.unwrap_or_default(), ..on }, chance))
            })
        };
        let mut keep = |found: ScopedJoinHandle<'_, Result<(Placed, Option<Chance>), StepError>>| -> Result<(), StepError> {
            let (on, chance) = found.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            placed.push(on);
            chances.push(chance);
            Ok(())
        };
        let mut found = meanwhile(Placed::new(first_day, snapshot.keys, &rows), None, recipe.clone());
        for (nth, &day) in days.iter().enumerate().skip(1) {
            ctx.progress(STAGE, nth as f32 / days.len() as f32);
            let Snapshot { loaded, keys, .. } = recipe.snapshot(&rows_of(day)?, day, ctx)?;
            let rows = rows_placed(&model, &loaded, ctx)?;
            keep(found)?;
            found = meanwhile(Placed::new(day, keys, &rows), Some((loaded, rows)), recipe.clone());
        }
        keep(found)
    })?;
    let mut personas = OfADay::of_report(&first).personas();
    if let (Some(today), Some(last)) = (today, placed.last()) {
        let then = last.places.iter().map(|(key, place)| match place {
            Whereabouts::Segment(at) => (key.clone(), Some(*at)),
            _ => (key.clone(), None),
        });
        let matched = today.matched(then, personas.len());
        today.name_matches(&mut personas, &matched);
    }
    if is_trailing && days.windows(2).any(|pair| pair[1].0 - pair[0].0 >= WINDOW) {
        found.notes.push(format!(
            "These snapshots are {WINDOW} days or more apart, so two of them share no orders. How many would move by chance is drawn from the orders of one day's window alone and is too low here; compare snapshots that are closer together."
        ));
    }
    found.stays.extend(placed.windows(2).zip(chances).map(|(pair, chance)| moves(&pair[0], &pair[1], &personas, chance)));
    if found.stays.iter().any(|stay| stay.by_chance.is_none()) {
        found.notes.push(
            "How many would move by chance alone is not told: the keys of these orders stand for guests or for one order each, so a customer's own orders cannot be resampled."
                .to_owned(),
        );
    }
    found.sentences.extend(told_of_words(&found.stays));
    let told: Vec<String> = found.stays.iter().map(|stay| format!("{} to {}: {}", stay.from, stay.to, stay.sentence)).collect();
    found.sentences.extend(told);
    Ok(())
}

/// "On 1997-12-31 Frequent in Frequent Big Spenders no longer passes: 0.91 then, 0.31 now." Or that every word of every name does.
pub(super) fn told_of_words(stays: &[Stay]) -> Option<String> {
    let last = stays.last()?;
    let words = || last.personas.iter().flat_map(|persona| persona.words.iter().map(move |word| (persona, word)));
    words().next()?;
    let effect =
        |effect: Option<f64>| effect.map_or_else(|| "not told".to_owned(), |effect| format!("{effect:.2}").replace('-', "\u{2212}"));
    let failing: Vec<String> = words()
        .filter(|(_, word)| !word.holds)
        .map(|(persona, word)| {
            format!("{} in {} (effect {} then, {} now)", word.word, persona.name, effect(word.effect_then), effect(word.effect_now))
        })
        .collect();
    Some(match failing.is_empty() {
        true => format!("Every word of every name still passes its test on {}.", last.to),
        false => format!("On {} these words no longer pass their test: {}.", last.to, failing.join("; ")),
    })
}

/// Where every row of a day's table is.
pub(super) fn rows_placed(model: &Model, loaded: &Loaded, ctx: &Ctx) -> Result<Vec<Whereabouts>, StepError> {
    let placement = model.place(loaded, &ctx.quiet()).map_err(|error| match ctx.check() {
        Err(stopped) => StepError::from(stopped),
        Ok(()) => cannot(error.to_string()),
    })?;
    let place = |place: &Place| match place {
        Place::Segment(at) => Whereabouts::Segment(*at),
        Place::Nowhere | Place::LeftOut => Whereabouts::NoGroup,
    };
    Ok(placement.places.iter().map(place).collect())
}

/// Where every customer of a day is.
fn places(model: &Model, snapshot: &Snapshot, ctx: &Ctx) -> Result<Places, StepError> {
    Ok(snapshot.keys.iter().cloned().zip(rows_placed(model, &snapshot.loaded, ctx)?).collect())
}

/// The same day again, each customer's own orders drawn anew.
pub(super) struct Chance {
    moved: WithBand,
    of_segment: Vec<Option<WithBand>>,
    draws: usize,
    customers: usize,
}

/// The orders of a few customers among all, found once for all days that are drawn anew: who takes part is known by a hash of every row's key.
struct Few<'a> {
    dated: &'a Dated,
    understood: &'a Understood,
    /// The share of all customers that was found, and their orders.
    found: Mutex<Option<(f64, Arc<Vec<Raw>>)>>,
}

impl Few<'_> {
    /// The rows after a day, where one is given, up to and with another, of at least such a share of all customers.
    fn rows(&self, share: f64, (after, until): (Option<IsoDay>, IsoDay), ctx: &Ctx) -> Result<Vec<Raw>, StepError> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let few = match &*found {
            Some((known, few)) if *known >= share => few.clone(),
            _ => {
                let raws: Vec<&Raw> = self.dated.raws.iter().map(|raw| &**raw).collect();
                // A later day may have fewer customers, and so take a larger share of them.
                let enough = ENOUGH * share;
                let few = Arc::new(customers::orders_of_some(self.understood, &raws, enough, ctx)?);
                *found = Some((enough, few.clone()));
                few
            }
        };
        drop(found);
        Ok(customers::rows_between(&self.dated.understood, &few.iter().collect::<Vec<_>>(), after, until)?)
    }
}

/// The share of customers whose orders are drawn anew.
fn share_drawn(on: &Placed) -> f64 {
    MOST_DRAWN as f64 / on.places.len().max(1) as f64
}

fn chance(recipe: &FrozenRecipe, model: &Model, on: &Placed, rows: Vec<Raw>, seed: u64, ctx: &Ctx) -> Result<Option<Chance>, StepError> {
    let Some(redrawing) = Redrawing::new(&recipe.understood, &rows, on.day, share_drawn(on), ctx)? else { return Ok(None) };
    // Small tables, side by side: where scores are cut was settled by the first day's, so that none changes another.
    let draw = |nth: u64| -> Result<Places, StepError> {
        ctx.check()?;
        let snapshot = recipe.clone().snapshot(&redrawing.draw(seed, nth, ctx)?, on.day, &ctx.quiet())?;
        places(model, &snapshot, ctx)
    };
    let drawn: Vec<Places> = (0..DRAWS).into_par_iter().map(draw).collect::<Result<_, _>>()?;
    // Who was drawn is a small part of who was there.
    let seen: FxHashSet<&String> = drawn.iter().flat_map(Places::keys).collect();
    let keys: Vec<&String> = seen.into_iter().filter(|key| on.places.contains_key(*key)).collect();
    let of =
        |places: &Places| -> Vec<Whereabouts> { keys.iter().map(|key| places.get(*key).copied().unwrap_or(Whereabouts::Absent)).collect() };
    let redrawn: Vec<Vec<Whereabouts>> = drawn.iter().map(of).collect();
    let found = by_chance(&of(&on.places), &redrawn, model.segments.len());
    Ok(found.map(|found| Chance { moved: found.moved, of_segment: found.of_segment, draws: found.draws, customers: keys.len() }))
}

pub(super) fn moves(from: &Placed, to: &Placed, personas: &[PersonaHolds], chance: Option<Chance>) -> Stay {
    let came = to.places.keys().filter(|key| !from.places.contains_key(*key));
    let keys: Vec<&String> = from.places.keys().chain(came).collect();
    let of = |placed: &Placed| -> Vec<Whereabouts> {
        keys.iter().map(|key| placed.places.get(*key).copied().unwrap_or(Whereabouts::Absent)).collect()
    };
    let k = personas.len();
    let found = transitions(&of(from), &of(to), k);
    let (stay, interval) = (found.stay(), found.stay().interval());
    let one = |(segment, persona): (usize, &PersonaHolds)| {
        let rate = found.stay_of(segment);
        let [low, high] = rate.interval();
        PersonaHolds {
            customers: found.counts[segment].iter().sum(),
            stay: (rate.n > 0).then(|| WithBand { value: rate.share(), low, high }),
            by_chance: chance.as_ref().and_then(|chance| chance.of_segment[segment]).map(|band| band.value),
            words: to.words.get(segment).cloned().unwrap_or_default(),
            ..persona.clone()
        }
    };
    let names = personas.iter().map(|persona| persona.persona.clone()).chain(["no group".to_owned(), "gone".to_owned()]);
    let as_by_chance =
        chance.as_ref().map(|chance| crate::evaluate::ByChance { moved: chance.moved, of_segment: Vec::new(), draws: chance.draws });
    let sentence = moved_words(&found, as_by_chance.as_ref());
    let came = (0..=k).map(|segment| found.newborn(segment)).sum();
    let gone = (0..=k).map(|segment| found.gone(segment)).sum();
    Stay {
        from: from.day.to_string(),
        to: to.day.to_string(),
        customers: found.present(),
        stay: stay.share(),
        stay_interval: interval,
        kappa: found.kappa(),
        by_chance: chance.as_ref().map(|chance| chance.moved.value),
        by_chance_interval: chance.as_ref().map(|chance| [chance.moved.low, chance.moved.high]),
        draws: chance.as_ref().map_or(0, |chance| chance.draws),
        customers_drawn: chance.as_ref().map_or(0, |chance| chance.customers),
        newborn: came,
        gone,
        to_names: names.collect(),
        personas: personas.iter().enumerate().map(one).collect(),
        moves: found.counts.clone(),
        sentence: match (came, gone) {
            (0, 0) => sentence.to_string(),
            _ => format!("{sentence} {} customers came, {} left.", count(came), count(gone)),
        },
    }
}
