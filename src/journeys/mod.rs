//! Floor 5: what do customers do, and does a persona do it differently?
//!
//! Every question is a walk over the event table in fixed chunks of customers, folded in order, so that the answer is the same bytes on any number
//! of threads. Persona means one group of the customers; the rest means every other customer, those without a persona included.
//!
//! - [`funnel`]: how far do customers get in a chain of steps? [`funnel_summary`]: how many, how fast, and where did the others go?
//! - [`paths`]: which ways do customers take from, or to, an event? [`flow`]: the same with equal events of a step merged.
//! - [`transitions`]: what follows what within a visit? [`transition_differences`]: does a persona go on differently?
//! - [`typical`]: which real journey stands for a persona?
//! - [`does_more`]: what does a persona do more than equally active customers? [`behaviour`]: how does each customer behave, in numbers?
//! - [`engagement`]: who still comes in the weeks after the first? [`returns`]: how long until the next purchase?
//! - [`rhythm`]: at which hours and on which days? [`months`]: in which months are purchases made? [`when`]: and who is there then?
//! - [`timelines`]: who is shown one by one, and whose history stands for many?
//! - [`report`], [`reporter`]: the answers as one document. [`words`]: the answers as sentences.

pub mod behaviour;
pub mod circumstances;
pub mod does_more;
pub mod engagement;
pub mod flow;
pub mod funnel;
mod funnel_any;
mod funnel_ask;
mod funnel_chain;
pub mod funnel_summary;
pub mod gate;
mod grams;
pub mod holiday_effect;
pub mod kinds;
#[cfg(test)]
pub(crate) mod made;
mod matching;
pub mod months;
pub mod paths;
mod pattern_counts;
pub mod report;
pub mod reporter;
pub mod resample;
pub mod returns;
mod returns_drawn;
pub mod rhythm;
pub mod routes;
pub mod sequences;
pub mod survival;
pub mod timelines;
pub mod transition_differences;
pub mod transitions;
pub mod typical;
mod waits;
mod walk;
pub mod when;
pub mod which;
pub mod words;

use serde::{Deserialize, Serialize};

use crate::base::Stopped;
use crate::events::table::Events;

/// Where a visit ends or a history is read to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JourneyUnit {
    /// The whole history of a customer.
    #[default]
    Customer,
    /// One visit.
    Visit,
}

/// A visit goes on when the next event comes within this time; exactly 30 minutes still belong to it.
pub const VISIT_GAP: i64 = 30 * 60_000;

/// The persona of every customer.
#[derive(Debug, Clone, Copy)]
pub struct PersonaOf<'a> {
    /// Per customer of the event table; none belongs to no persona.
    pub of: &'a [Option<u16>],
    /// Number of personas.
    pub count: usize,
}

impl<'a> PersonaOf<'a> {
    /// Personas that fit these events. Fails where there is not one entry per customer, or one names a persona that is not there.
    pub fn new(of: &'a [Option<u16>], count: usize, events: &Events) -> Result<PersonaOf<'a>, JourneysError> {
        if of.len() != events.n_customers() {
            return Err(JourneysError::PersonasDoNotFit { customers: events.n_customers(), entries: of.len() });
        }
        match of.iter().flatten().find(|&&persona| usize::from(persona) >= count) {
            Some(&persona) => Err(JourneysError::NoSuchPersona { persona: usize::from(persona), count }),
            None => Ok(PersonaOf { of, count }),
        }
    }

    /// The persona of a customer.
    pub fn get(&self, customer: usize) -> Option<usize> {
        self.of[customer].map(usize::from)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum JourneysError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No rows.
    #[error("There are no events: add an export that has a customer and a time in every row.")]
    NoEvents,
    /// Personas of other customers.
    #[error("There are {customers} customers with events but {entries} entries of personas: give one entry per customer.")]
    PersonasDoNotFit {
        /// Customers of the event table.
        customers: usize,
        /// Entries given.
        entries: usize,
    },
    /// A number beyond the personas.
    #[error("A customer is in persona {persona}, but there are only {count}, counted from 0: pass the number of all personas.")]
    NoSuchPersona {
        /// The number.
        persona: usize,
        /// Number of personas.
        count: usize,
    },
    /// A name that no event has.
    #[error("No event is called “{name}”: choose one of {instead}.")]
    NoSuchEvent {
        /// The name.
        name: String,
        /// Names there are.
        instead: String,
    },
    /// An index beyond a dictionary.
    #[error("The choice “{name}” names an event, page or circumstance that these data do not have: choose it again.")]
    NotInTheseData {
        /// Name of the choice.
        name: String,
    },
    /// Too many choices at once.
    #[error("{given} kinds of choices are more than the {most} that fit: leave some out.")]
    TooMany {
        /// How many were given.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// A funnel of one step.
    #[error("A funnel needs at least two steps: add one.")]
    TooFewSteps,
    /// No time to convert in.
    #[error("The time a funnel allows must be longer than nothing: choose for instance seven days.")]
    NoWindow,
    /// The entry or the goal cannot be left out.
    #[error("The first and the last step of a funnel cannot be optional: make step {step} required.")]
    OptionalEnd {
        /// From 1.
        step: usize,
    },
    /// Optional steps have no meaning without an order.
    #[error("Steps in any order cannot be optional: choose an order, or make every step required.")]
    OptionalWithoutOrder,
    /// An exclusion that is not between two steps.
    #[error("An exclusion stands between two steps, the earlier one first: choose two of the {steps} steps.")]
    ExclusionOutside {
        /// Number of steps.
        steps: usize,
    },
    /// A depth outside its range.
    #[error("A path has between 2 and 10 steps, not {depth}: choose another depth.")]
    Depth {
        /// What was asked for.
        depth: usize,
    },
    /// Nothing to count.
    #[error("No event is of the kind that is asked about: choose another event.")]
    NothingChosen,
}
