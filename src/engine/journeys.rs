//! What do customers do? Events are read once, their customers are found among those of the table with its personas, and what a view of Journeys shows is asked when
//! it is seen.
//!
//! In: the plan's exports and what is asked of them. Out: what was read, who is in which persona, and the answers of the view. Each of the three is a step.

use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::data::day::IsoDay;
use crate::data::{self, Loaded, ReadAs, SourceFile};
use crate::events::table::{Events, Time};
use crate::events::{EventOptions, open_address_file};
use crate::journeys::kinds::Kinds;
use crate::journeys::reporter::Reporter;
use crate::journeys::timelines::timelines;
use crate::journeys::when::{WhenActive, when_active};
use crate::journeys::{JourneysError, PersonaOf};
use crate::persona::Personas;
use crate::persona::numbering::{self, number_of};
use crate::session::{JourneyOptions, JourneysView, Plan};
use crate::triggers::checks::ask_for_holidays;
use crate::triggers::details::details;
use crate::triggers::holidays::{countries, holidays_of, none_known_in};

use super::behaviour::{
    AnalyseTable, Grouped, MADE_OF_THE_SAME, Of, by_behaviour, by_segments, customers_of_rows, decided_of, events_of, failed, funnel_asked,
    latest_believed, more_asked, only, paths_asked, problem, purchase_of, returns_asked, rhythm_asked, typical_asked, weeks_asked,
};
use super::caches::Runtime;
use super::journeys_answer::{EventsSeen, JourneyCustomers, JourneysAnswer, JourneysShown, TriggersTried};
use super::run::answer::Problem;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::segmentation::Segmentation;
use super::trying;

/// Milliseconds of an hour.
const HOUR: Time = 3_600_000;

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    events: Option<Arc<EventsSeen>>,
    customers: Option<Arc<JourneyCustomers>>,
    shown: Option<Arc<JourneysShown>>,
    tried: Option<Arc<TriggersTried>>,
}

/// What is asked in a round.
pub(super) struct Followed {
    events: Asked<EventsSeen>,
    customers: Asked<JourneyCustomers>,
    shown: Asked<JourneysShown>,
    tried: Asked<TriggersTried>,
    /// What leaves with an export, in the order of its pages.
    leaves: Vec<Asked<JourneysShown>>,
    view: JourneysView,
}

/// Asks for what a view of Journeys shows; where cards are seen or leave (`leaves`), for what they say of journeys instead, and where pages do (`tries`), for the rules too.
pub(super) fn of(
    runtime: &mut Runtime,
    (loaded, segmentation, personas): (&Asked<Loaded>, &Asked<Segmentation>, &Asked<Personas>),
    plan: &Plan,
    (view, reload, today): (JourneysView, u64, IsoDay),
    (leaves, tries): (bool, bool),
    analyse: AnalyseTable,
    need: Need,
) -> Followed {
    let options = &plan.journeys;
    if options.events.is_empty() {
        let waits = || "No export of events was chosen".to_owned();
        return Followed {
            events: Asked::Waiting(waits()),
            customers: Asked::Waiting(waits()),
            shown: Asked::Waiting(waits()),
            tried: Asked::Waiting(waits()),
            leaves: Vec::new(),
            view,
        };
    }
    let whole = events(runtime, plan, (reload, today), need);
    // Rules have filters of their own, and what leaves is told of everything.
    let looks_at_all = options.only.is_empty() || view == JourneysView::Triggers || leaves;
    let few = match &whole {
        Asked::Ready(whole) if !looks_at_all => Some(fitting(runtime, whole, (options, reload), need)),
        _ => None,
    };
    if let Some(Asked::Failed(problem)) = &few {
        // All of them are still there, with the filter to change.
        let failed = || problem.clone();
        let (customers, shown) = (Asked::Failed(failed()), Asked::Failed(failed()));
        return Followed {
            events: whole,
            customers,
            shown,
            tried: Asked::Waiting("Rules are tried elsewhere".into()),
            leaves: Vec::new(),
            view,
        };
    }
    let events = match few {
        Some(few) => few,
        None => whole.clone(),
    };
    let customers = events.and("Reading events", |events| match (options.by_behaviour, &whole) {
        (true, Asked::Ready(whole)) => by_what_they_did(runtime, (whole, events, loaded), options, analyse, need),
        _ => customers(runtime, events, segmentation, personas, need),
    });
    let tried = match &whole {
        Asked::Ready(events) if tries || (view == JourneysView::Triggers && !leaves) => {
            trying::of(runtime, events, (options, plan.clustering.seed), analyse, need)
        }
        other => other.passes_on("Reading events"),
    };
    let mut ask = |view: JourneysView, need: Need| match (&events, customers.ready()) {
        (Asked::Ready(events), Some(customers)) => shown(runtime, (events, customers), (options, reload), plan.clustering.seed, view, need),
        (Asked::Ready(_), None) => customers.blocks("Waiting for the personas"),
        _ => events.passes_on("Reading events"),
    };
    let told: &[JourneysView] = match (leaves, options.funnel.len() >= 2) {
        (false, _) => &[],
        (true, false) => &[JourneysView::Differences],
        (true, true) => &[JourneysView::Differences, JourneysView::Funnel],
    };
    let told = told.iter().map(|view| ask(*view, need)).collect();
    let shown = ask(view, if leaves { Need::Look } else { need });
    Followed { events, customers, shown, tried, leaves: told, view }
}

impl Followed {
    /// The keys of what leaves.
    pub(super) fn keys(&self) -> Vec<Option<Key>> {
        let told = self.leaves.iter().map(Asked::key);
        if self.leaves.is_empty() { Vec::new() } else { told.chain([self.tried.key()]).collect() }
    }

    /// What the page sees of it.
    pub fn answer(self, last: &mut Last) -> JourneysAnswer {
        // Another view shows other things.
        if last.shown.as_ref().is_some_and(|shown| shown.view != self.view) {
            last.shown = None;
        }
        JourneysAnswer {
            events: self.events.settled(&mut last.events),
            customers: self.customers.settled(&mut last.customers),
            shown: self.shown.settled(&mut last.shown),
            tried: self.tried.settled(&mut last.tried),
            leaves: self.leaves.into_iter().map(|shown| shown.settled(&mut None)).collect(),
        }
    }
}

fn events(runtime: &mut Runtime, plan: &Plan, (reload, today): (u64, IsoDay), need: Need) -> Asked<EventsSeen> {
    let (title, options) = ("Reading events", &plan.journeys);
    let stamp_key = Key::of("event exports", 1, &(&options.events, &options.places, reload), &[]);
    let paths: Vec<_> = options.events.iter().chain(&options.places).cloned().collect();
    let stamp = move |ctx: &Ctx| {
        let stamps = paths.iter().map(|path| data::stamp_raw_as(path, &ReadAs::default(), ctx)).collect::<Result<Vec<_>, _>>()?;
        Ok(Key::of("event exports as they are", 1, &(), &stamps))
    };
    let stamp = runtime.ask(|s| &mut s.stamps, stamp_key, need, (|| title.into(), Lane::Long), stamp);
    stamp.and(title, |stamp| {
        let until = latest_believed(today);
        // What is decided of orders that are followed decides what is a purchase.
        let decided = decided_of(&plan.source).iter().filter(|source| options.events.contains(&source.path));
        let decided: Vec<SourceFile> = decided.cloned().collect();
        let key = Key::of("events", 1, &(&options.zone, options.places.is_some(), until, &decided), &[*stamp.value]);
        let reading = EventOptions { zone: options.zone.clone(), until: Some(until), ..EventOptions::default() };
        let paths = options.events.clone();
        let addresses = options.places.clone();
        let step = move |ctx: &Ctx| {
            let places = addresses.as_deref().map(open_address_file).transpose().map_err(|error| failed(problem(error, false), ctx))?;
            let reading = EventOptions { places, ..reading.clone() };
            let read = events_of(&paths, &reading, &decided, ctx).map_err(|problem| failed(problem, ctx))?;
            let kinds = counted_kinds(&read.events);
            let purchase = purchase_of(&read.events, None).ok().flatten().map(|which| which.name);
            let details = details(&read.events);
            Ok(EventsSeen { read, kinds, purchase, details })
        };
        runtime.ask(|s| &mut s.events, key, need, (|| title.into(), Lane::Long), step)
    })
}

/// The events that the views look at, where a filter leaves some out.
fn fitting(runtime: &mut Runtime, whole: &Made<EventsSeen>, (options, reload): (&JourneyOptions, u64), need: Need) -> Asked<EventsSeen> {
    let holidays = options.holidays.clone().filter(|_| ask_for_holidays(&options.only));
    let key = Key::of("events that fit", 1, &(&options.only, &holidays, reload_of(&holidays, reload)), &[whole.key]);
    let (seen, filters) = (whole.value.clone(), options.only.clone());
    let step = move |ctx: &Ctx| {
        let days = holidays.as_deref().map(holidays_of).transpose().map_err(|error| failed(problem(error, false), ctx))?;
        let read = only(&seen.read, &filters, &days.unwrap_or_default(), ctx).map_err(|problem| failed(problem, ctx))?;
        let kinds = counted_kinds(&read.events);
        // What may be asked for is what all of them have.
        Ok(EventsSeen { read, kinds, purchase: seen.purchase.clone(), details: seen.details.clone() })
    };
    runtime.ask(|s| &mut s.events, key, need, (|| "Looking for events that fit".into(), Lane::Quick), step)
}

/// How often was reloaded, where that may give other holidays: a file may have been changed, the days of a country are known.
fn reload_of(holidays: &Option<String>, reload: u64) -> u64 {
    let is_country = |named: &String| countries().any(|(code, _)| code.eq_ignore_ascii_case(named));
    if holidays.as_ref().is_none_or(is_country) { 0 } else { reload }
}

/// What happens, the commonest first.
fn counted_kinds(events: &Events) -> Vec<(String, usize)> {
    let mut counts = vec![0usize; events.kind_names.len()];
    events.kinds.iter().for_each(|&kind| counts[kind as usize] += 1);
    let mut kinds: Vec<(String, usize)> = events.kind_names.iter().cloned().zip(counts).collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    kinds
}

fn customers(
    runtime: &mut Runtime,
    events: &Made<EventsSeen>,
    segmentation: &Asked<Segmentation>,
    personas: &Asked<Personas>,
    need: Need,
) -> Asked<JourneyCustomers> {
    let (segmentation, personas) = match (segmentation, personas) {
        (Asked::Ready(segmentation), Asked::Ready(personas)) => (segmentation, personas),
        // Journeys can be told without personas, and then the page says why there are none.
        (Asked::Failed(why), _) | (_, Asked::Failed(why)) => {
            let key = Key::of("journeys without personas", 1, &&*why.0, &[events.key]);
            let (n, why) = (events.value.events().n_customers(), why.clone());
            return Asked::Ready(runtime.at_once(|s| &mut s.journey_customers, key, move || without(n, &why)));
        }
        (Asked::Ready(_), other) => return other.passes_on("Waiting for the personas"),
        (other, _) => return other.passes_on("Waiting for the segments"),
    };
    let key = Key::of("customers of events", 1, &(), &[events.key, segmentation.key, personas.key]);
    let (events, segmentation, personas) = (events.value.clone(), segmentation.value.clone(), personas.value.clone());
    let step = move |_: &Ctx| {
        let names = told_apart(&personas, segmentation.labels.numbers());
        let mut of_row = vec![None; segmentation.loaded.table.n_rows];
        segmentation.prepared.table_rows.iter().zip(segmentation.labels.iter()).for_each(|(&row, segment)| of_row[row] = segment);
        let n = events.events().n_customers();
        match by_segments(events.events(), &segmentation.loaded, names, |row| of_row[row]) {
            Ok(grouped) => {
                let of = grouped.personas(n);
                let Grouped { groups, notes, of_row, .. } = grouped;
                Ok(JourneyCustomers { names: groups.names, notes, is_by_behaviour: false, of, of_row })
            }
            Err(why) => Ok(without(n, &why)),
        }
    };
    runtime.ask(|s| &mut s.journey_customers, key, need, (|| "Finding the customers of the events".into(), Lane::Quick), step)
}

/// The names of personas; those that the user gave twice, with the number of their segment: reports tell personas by name.
fn told_apart(personas: &Personas, numbers: &[usize]) -> Vec<String> {
    let names: Vec<&str> = personas.personas.iter().map(|persona| persona.name.as_str()).collect();
    let is_alone = |name: &str| names.iter().filter(|other| **other == name).count() == 1;
    let told = |(cluster, name): (usize, &&str)| match is_alone(name) {
        true => (*name).to_owned(),
        false => format!("{name} ({})", numbering::name(number_of(numbers, cluster))),
    };
    names.iter().enumerate().map(told).collect()
}

fn by_what_they_did(
    runtime: &mut Runtime,
    (whole, events, loaded): (&Made<EventsSeen>, &Made<EventsSeen>, &Asked<Loaded>),
    options: &JourneyOptions,
    analyse: AnalyseTable,
    need: Need,
) -> Asked<JourneyCustomers> {
    let title = "Personas by what customers did";
    // Personas are made of all that customers did, whatever is looked at.
    let key = Key::of("personas by what customers did", 2, &options.purchase, &[whole.key]);
    let (all, purchase) = (whole.value.clone(), options.purchase.clone());
    let step = move |ctx: &Ctx| {
        let purchase = purchase_of(all.events(), purchase.as_deref()).map_err(|problem| failed(problem, ctx))?;
        let grouped = by_behaviour(all.events(), purchase.as_ref(), None, analyse, ctx).map_err(|problem| failed(problem, ctx))?;
        let of = grouped.personas(all.events().n_customers());
        let Grouped { groups, mut notes, .. } = grouped;
        if groups.names.len() > 1 {
            notes.push(MADE_OF_THE_SAME.to_owned());
        }
        Ok(JourneyCustomers { names: groups.names, notes, is_by_behaviour: true, of, of_row: Vec::new() })
    };
    let everyone = runtime.ask(|s| &mut s.journey_customers, key, need, (|| title.into(), Lane::Long), step);
    everyone.and(title, |everyone| {
        let keys = [&[everyone.key, events.key][..], loaded.key().as_slice()].concat();
        let key = Key::of("those who are looked at", 1, &(), &keys);
        let loaded = loaded.ready().map(|loaded| loaded.value.clone());
        let (everyone, all, events) = (everyone.value.clone(), whole.value.clone(), events.value.clone());
        let step = move |_: &Ctx| {
            let of = events.events().customers_in(all.events()).map(|customer| everyone.of[customer?]).collect();
            // Their rows are known all the same, so that they can be picked.
            let of_row = loaded.as_ref().map_or_else(Vec::new, |loaded| customers_of_rows(events.events(), loaded));
            Ok(JourneyCustomers { names: everyone.names.clone(), notes: everyone.notes.clone(), is_by_behaviour: true, of, of_row })
        };
        runtime.ask(|s| &mut s.journey_customers, key, need, (|| title.into(), Lane::Quick), step)
    })
}

fn without(n: usize, why: &Problem) -> JourneyCustomers {
    JourneyCustomers { names: Vec::new(), notes: vec![why.0.to_string()], of: vec![None; n], ..JourneyCustomers::default() }
}

fn shown(
    runtime: &mut Runtime,
    (events, customers): (&Made<EventsSeen>, &Made<JourneyCustomers>),
    (options, reload): (&JourneyOptions, u64),
    seed: u64,
    view: JourneysView,
    need: Need,
) -> Asked<JourneysShown> {
    // Where events were chosen by holidays, there is nothing to compare them with.
    let holidays = options.holidays.clone().filter(|_| !ask_for_holidays(&options.only));
    let keys = [events.key, customers.key];
    let by_purchase = (&options.purchase, seed);
    let (key, title) = match view {
        JourneysView::Paths => (Key::of("journeys: paths", 1, &(&options.start, options.depth), &keys), "Following paths"),
        JourneysView::Funnel => (Key::of("journeys: funnel", 1, &(&options.funnel, options.window_hours), &keys), "Walking the funnel"),
        JourneysView::Return => (Key::of("journeys: return", 1, &by_purchase, &keys), "Waiting for the next purchase"),
        JourneysView::Rhythm => {
            (Key::of("journeys: rhythm", 2, &(by_purchase, &holidays, reload_of(&holidays, reload)), &keys), "Looking at hours and days")
        }
        JourneysView::Differences => (Key::of("journeys: differences", 1, &by_purchase, &keys), "What personas do more"),
        JourneysView::Timelines => (Key::of("journeys: timelines", 1, &by_purchase, &keys), "Drawing customers"),
        JourneysView::Triggers => return Asked::Waiting("Rules are tried instead".into()),
    };
    let (events, customers, options) = (events.value.clone(), customers.value.clone(), options.clone());
    let step = move |ctx: &Ctx| {
        asked(&events, &customers, (&options, holidays.as_deref(), seed), view, ctx).map_err(|problem| failed(problem, ctx))
    };
    runtime.ask(|s| &mut s.journeys, key, need, (|| title.into(), Lane::Long), step)
}

/// Asks what a view shows.
fn asked(
    seen: &EventsSeen,
    customers: &JourneyCustomers,
    (options, holidays, seed): (&JourneyOptions, Option<&str>, u64),
    view: JourneysView,
    ctx: &Ctx,
) -> Result<JourneysShown, Problem> {
    let wrong = |error: JourneysError| problem(error, ctx.is_stopped());
    let events = seen.events();
    let purchase = purchase_of(events, options.purchase.as_deref())?;
    let personas = PersonaOf::new(&customers.of, customers.names.len(), events).map_err(wrong)?;
    let of = Of { events, personas, purchase: purchase.as_ref(), seed };
    let mut reporter = Reporter::new(events, &customers.names);
    let mut notes = Vec::new();
    // Without them the rhythm can be told all the same.
    let days = holidays.filter(|_| view == JourneysView::Rhythm).map(holidays_of).transpose();
    let days = days.unwrap_or_else(|error| {
        notes.push(error.to_string());
        None
    });
    notes.extend(days.as_ref().zip(events.span).and_then(|(days, span)| none_known_in(days, span)));
    let (mut tree, mut walk, mut one_by_one, mut silent) = (None, None, Vec::new(), Vec::new());
    let mut told = |done: Result<(), JourneysError>| match done {
        Err(error) if ctx.is_stopped() => Err(problem(error, true)),
        Err(error) => {
            notes.push(error.to_string());
            Ok(())
        }
        Ok(()) => Ok(()),
    };
    match view {
        JourneysView::Paths => {
            tree = Some(paths_asked(&mut reporter, of, (options.start.as_deref(), Some(options.depth)), ctx).map_err(wrong)?);
        }
        JourneysView::Funnel if options.funnel.len() < 2 => {}
        JourneysView::Funnel => {
            let asked = (&options.funnel[..], Some(Time::from(options.window_hours) * HOUR));
            walk = Some(funnel_asked(&mut reporter, of, asked, ctx).map_err(wrong)?);
        }
        JourneysView::Return => {
            if let Some(purchase) = of.purchase {
                told(returns_asked(&mut reporter, of, purchase, ctx).map(|found| silent = found.open()))?;
            }
            told(weeks_asked(&mut reporter, of, ctx))?;
        }
        JourneysView::Rhythm => told(rhythm_asked(&mut reporter, of, &days.unwrap_or_default(), ctx))?,
        JourneysView::Differences => {
            let kinds = Kinds::of(events, crate::events::kinds::SHOWN, ctx).map_err(|stopped| problem(stopped, true))?;
            if personas.count > 1 {
                told(more_asked(&mut reporter, of, &kinds, ctx))?;
            }
            told(typical_asked(&mut reporter, of, &kinds, ctx))?;
        }
        JourneysView::Timelines => {
            let kinds = Kinds::of(events, crate::events::kinds::SHOWN, ctx).map_err(|stopped| problem(stopped, true))?;
            one_by_one = timelines(events, personas, &kinds, of.purchase, seed, ctx).map_err(wrong)?;
        }
        // Rules are no question of the report.
        JourneysView::Triggers => {}
    }
    let report = reporter.report();
    let when = match &report.rhythm {
        Some(rhythm) => {
            let months: Vec<_> = rhythm.months.iter().flat_map(|months| &months.months).map(|of| (of.year, of.month)).collect();
            when_active(events, of.purchase, &months, ctx).map_err(wrong)?
        }
        None => WhenActive::default(),
    };
    Ok(JourneysShown { view, report, notes, timelines: one_by_one, tree, walk, silent, when })
}
