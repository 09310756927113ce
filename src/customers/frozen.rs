//! How was this table built, with nothing left to be guessed?
//!
//! In: the choices, what the sources were understood to hold, and the scores. Out: the same choices with every guess made one: kinds, keys, columns, what money
//! means, every formula, and where scores are cut. With them another day's files, or the rows up to an earlier day, become a table of the very same columns,
//! whatever would be guessed from their rows. What an order's statuses mean is frozen as the list of those that count. O(columns).

use crate::data::Sourcing;
use crate::data::sourcing::Cuts;
use crate::data::{SourceFile, SourceKind};

use super::build::recipe;
use super::rfm::Rfm;
use super::understand::status::StatusMeans;
use super::understand::understood::{Understood, UnderstoodSource};

/// The choices with every guess in them. The snapshot stays open where it was: a later table is counted back from its own last day.
pub fn frozen(sourcing: &Sourcing, understood: &Understood, rfm: Option<&Rfm>) -> Sourcing {
    let mut frozen = sourcing.clone();
    for (source, of) in frozen.sources.iter_mut().zip(&understood.sources) {
        freeze(source, of, understood);
    }
    frozen.recipe.columns = recipe::in_force(sourcing, understood);
    frozen.recipe.is_complete = true;
    frozen.recipe.left_out.clear();
    if let Some(rfm) = rfm {
        frozen.rfm.recency = Cuts::Points(rfm.recency.cuts);
        frozen.rfm.frequency = Cuts::Points(rfm.frequency.cuts);
        frozen.rfm.monetary = Cuts::Points(rfm.monetary.cuts);
    }
    frozen
}

fn freeze(source: &mut SourceFile, of: &UnderstoodSource, understood: &Understood) {
    source.kind = Some(of.kind);
    source.key = of.key.clone();
    source.key_match = Some(of.key_match);
    source.looked_up_by = of.looked_up_by.as_ref().map(|(_, column)| column.clone());
    // A column that no guess found is none later either.
    source.fields = crate::data::sourcing::Field::of(of.kind).iter().map(|&field| (field, of.fields.get(&field).cloned())).collect();
    if let Some(money) = &of.money {
        source.money.amount = Some(money.amount);
        source.money.refunds = Some(money.refunds);
        source.money.drop_copies = Some(money.drop_copies);
        if !money.statuses.is_empty() {
            let counts = money.statuses.iter().filter(|status| status.means == StatusMeans::Sale);
            source.money.counted = Some(counts.map(|status| status.name.clone()).collect());
        }
        // Amounts that were brought in from another source are found by their order again.
        if money.paid.is_some() {
            source.fields.remove(&crate::data::sourcing::Field::Amount);
        }
    }
    if of.kind.has_days() {
        source.guests = Some(of.guests.as_ref().and_then(|guests| guests.by.first().cloned()));
    }
    if of.kind == SourceKind::Customers {
        let is_list =
            |source: &&UnderstoodSource| source.through.as_ref().is_some_and(|through| understood.sources[through.list].name == of.name);
        let through = understood.sources.iter().find(is_list).and_then(|source| source.through.as_ref());
        source.person = Some(through.map(|through| through.person.clone()));
    }
}
