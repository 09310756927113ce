//! Which kinds are shown by name, and which together as `other`?
//!
//! In: the event table. Out: a class for every kind: the kinds that most customers have, and one for the rest. O(events).

use serde::{Deserialize, Serialize};

use super::walk::walk;
use crate::base::{Ctx, Stopped};
use crate::events::table::Events;

/// Kinds shown by name unless something else is asked for.
pub const NAMED: usize = 30;

/// Kinds by their classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kinds {
    /// Class by kind.
    pub class: Vec<u8>,
    /// Names of the classes, by the number of their customers; `other` comes last, if there is one.
    pub names: Vec<String>,
    /// How many kinds are in `other`; 0 where there is none.
    pub others: usize,
}

impl Kinds {
    /// The `most` kinds with the most customers by name, at most 200; of equals the one with the lower number.
    pub fn of(events: &Events, most: usize, ctx: &Ctx) -> Result<Kinds, Stopped> {
        let n_kinds = events.kind_names.len();
        let parts = walk(
            events.n_customers(),
            ctx,
            || vec![u32::MAX; n_kinds],
            |seen: &mut Vec<u32>, customers| {
                // Sparse: thousands of kinds times thousands of chunks would not fit.
                let mut met = Vec::new();
                for customer in customers {
                    for &kind in &events.kinds[events.of(customer)] {
                        if std::mem::replace(&mut seen[kind as usize], customer as u32) != customer as u32 {
                            met.push(kind);
                        }
                    }
                }
                met
            },
        )?;
        let mut customers = vec![0usize; n_kinds];
        parts.iter().flatten().for_each(|&kind| customers[kind as usize] += 1);
        let mut order: Vec<usize> = (0..n_kinds).filter(|&kind| customers[kind] > 0).collect();
        order.sort_by_key(|&kind| (std::cmp::Reverse(customers[kind]), kind));
        let named = most.clamp(1, 200).min(order.len());
        let others = order.len() - named;
        let mut class = vec![named.min(255) as u8; n_kinds];
        order[..named].iter().enumerate().for_each(|(at, &kind)| class[kind] = at as u8);
        let mut names: Vec<String> = order[..named].iter().map(|&kind| events.kind_names[kind].clone()).collect();
        if others > 0 {
            names.push("other".into());
        }
        Ok(Kinds { class, names, others })
    }

    /// Number of classes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The class of all kinds that are not named.
    pub fn other(&self) -> Option<usize> {
        (self.others > 0).then(|| self.names.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys::made::events_of;

    #[test]
    fn kinds_of_most_customers_are_named() {
        let events = events_of(&[("a", 0, "x"), ("a", 1, "x"), ("a", 2, "x"), ("a", 3, "y"), ("b", 0, "y"), ("b", 1, "z"), ("c", 0, "w")]);
        let kinds = Kinds::of(&events, 2, &Ctx::new()).unwrap();
        // y has two customers; w, x and z have one each.
        assert_eq!((kinds.names.clone(), kinds.others), (vec!["y".to_owned(), "w".into(), "other".into()], 2));
        assert_eq!(kinds.class, [1, 2, 0, 2]);
        let all = Kinds::of(&events, 30, &Ctx::new()).unwrap();
        assert_eq!((all.len(), all.other()), (4, None));
    }
}
