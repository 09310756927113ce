//! Which part of which segment does each customer belong to, where some segments are in parts?
//!
//! In: a model of whole segments, and one of what is inside each that is in parts. Out: a model of all of them, and the place of every row of a table: first the segment, then its part.
//! Cost: that of every model on the rows it is asked about, and a copy of these.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Ctx, part};
use crate::cluster::Kept;
use crate::data::Loaded;

use super::placing::{Grouping, InsideModel, Model, ModelError, Place, Placement, Placing};

impl Model {
    /// A model of segments some of which are in parts: `whole` knows all before, and `inside` their parts, outer ones first. Places everyone once to measure for how
    /// many of them it gives the segment they have.
    ///
    /// Fails with "the parts of this model do not fit together …" when they are not of one grouping, with what placing fails with, and when stopped.
    pub fn in_parts(grouping: &Grouping, whole: Model, inside: Vec<InsideModel>, ctx: &Ctx) -> Result<Model, ModelError> {
        let rows = grouping.labels.n_rows();
        let models = || std::iter::once(&whole).chain(inside.iter().map(|inside| &inside.model));
        let known: BTreeMap<usize, Option<f64>> =
            models().flat_map(|model| &model.segments).map(|segment| (segment.number, segment.reach)).collect();
        let placing = Placing::Parts { whole: Box::new(whole), inside };
        let mut model = Model::of(grouping, placing, Kept { same: 0, rows })?;
        for segment in &mut model.segments {
            segment.reach = known.get(&segment.number).copied().flatten();
        }
        let placed = model.place(grouping.loaded, &ctx.quiet())?;
        let place = |cluster: Option<usize>| cluster.map_or(Place::Nowhere, Place::Segment);
        let of_rows = grouping.prepared.table_rows.iter().zip(grouping.labels.iter());
        model.kept.same = of_rows.filter(|&(&row, cluster)| placed.places[row] == place(cluster)).count();
        Ok(model)
    }

    /// The rows of a segment are placed as a table of their own, so what is told of values that were never seen is told of everyone, once. Distances are those
    /// to the mean of the part, on the scale that it was found on.
    pub(super) fn place_in_parts(
        &self,
        whole: &Model,
        inside: &[InsideModel],
        loaded: &Loaded,
        ctx: &Ctx,
    ) -> Result<Placement, ModelError> {
        let Placement { mut places, mut distances, mut notes, met } = whole.place(loaded, ctx)?;
        // The groups of a column need no other columns, so what these lack is met inside.
        let by_a_column = matches!(whole.placing, Placing::Column { .. });
        let number_of = |model: &Model, place: Place| match place {
            Place::Segment(at) => model.segments.get(at).map(|segment| segment.number),
            Place::Nowhere | Place::LeftOut => None,
        };
        let mut numbers: Vec<Option<usize>> = places.iter().map(|&place| number_of(whole, place)).collect();
        for InsideModel { segment, model } in inside {
            let rows: Vec<usize> = (0..numbers.len()).filter(|&row| numbers[row] == Some(*segment)).collect();
            if rows.is_empty() {
                continue;
            }
            let members = Loaded::unprofiled(loaded.table.only(rows.iter().copied()));
            let inner = model.place(&members, ctx)?;
            for ((row, place), distance) in rows.into_iter().zip(inner.places).zip(inner.distances) {
                (numbers[row], distances[row]) = (number_of(model, place), distance);
                if place == Place::LeftOut {
                    places[row] = Place::LeftOut;
                }
            }
            if by_a_column {
                notes.extend(inner.notes);
            }
        }
        let at: BTreeMap<usize, usize> = self.segments.iter().enumerate().map(|(at, segment)| (segment.number, at)).collect();
        for (place, number) in places.iter_mut().zip(numbers).filter(|(place, _)| **place != Place::LeftOut) {
            *place = number.and_then(|number| at.get(&number)).map_or(Place::Nowhere, |&at| Place::Segment(at));
        }
        Ok(Placement { places, distances, notes, met })
    }

    /// The numbers that the models of whole segments and of their parts know together; or what does not fit.
    pub(super) fn numbers_in_parts(whole: &Model, inside: &[InsideModel]) -> Result<BTreeSet<usize>, String> {
        let is_one = |model: &Model| !matches!(model.placing, Placing::Parts { .. });
        let numbers = |model: &Model| -> Vec<usize> { model.segments.iter().map(|segment| segment.number).collect() };
        for model in std::iter::once(whole).chain(inside.iter().map(|inside| &inside.model)) {
            if !is_one(model) {
                return Err("the model of a segment is itself in parts".to_owned());
            }
            if let Some(what) = model.flaw() {
                return Err(what);
            }
        }
        let mut known: BTreeSet<usize> = numbers(whole).into_iter().collect();
        for InsideModel { segment, model } in inside {
            let parts = numbers(model);
            let seen = part::text(*segment);
            if !known.remove(segment) {
                return Err(format!("it has parts of C{seen}, which is none of its segments"));
            }
            if parts.iter().any(|number| part::parent(*number) != Some(*segment)) {
                return Err(format!("what is inside C{seen} has numbers that are not those of its parts"));
            }
            known.extend(parts);
        }
        Ok(known)
    }
}
