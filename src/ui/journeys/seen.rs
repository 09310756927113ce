//! What do the views of Journeys look at? The answers, the persona that is held against everyone, and how customers are picked.

use eframe::egui::{Color32, ScrollArea, Ui};

use crate::engine::{Answers, JourneysShown};
use crate::session::{Brush, Look, Selection};
use crate::ui::theme;

/// What the views look at.
pub(super) struct Seen<'a> {
    pub(super) answers: &'a Answers,
    pub(super) shown: &'a JourneysShown,
    /// The persona held against everyone, by cluster.
    pub(super) persona: Option<usize>,
}

impl Seen<'_> {
    /// The persona of a name as reports have it.
    pub(super) fn cluster(&self, name: &str) -> Option<usize> {
        self.shown.report.personas.iter().position(|persona| persona == name)
    }

    /// The name of the persona held against everyone.
    pub(super) fn persona_name(&self) -> Option<&str> {
        self.shown.report.personas.get(self.persona?).map(String::as_str)
    }

    /// The colour of a persona.
    pub(super) fn colour(&self, cluster: usize) -> Color32 {
        colour(self.answers, cluster)
    }

    /// Those of the persona that is held against everyone, or all.
    pub(super) fn of_persona(&self, customers: Vec<u32>) -> Vec<u32> {
        let known = self.answers.journeys.customers.ready();
        let (Some(persona), Some(known)) = (self.persona, known) else { return customers };
        customers.into_iter().filter(|customer| known.persona_of(*customer) == Some(persona)).collect()
    }

    /// What a click does: "Click to select the customers of Savers who were active then."
    pub(super) fn click_words(&self, who: &str) -> String {
        let of = self.persona_name().map_or_else(String::new, |name| format!(" of {name}"));
        match self.answers.journeys.pickable() {
            Some(_) => format!("Click to select the {}{of} {who}.", self.answers.noun.of_count(2)),
            None => NOBODY_KNOWN.to_owned(),
        }
    }

    /// Picks those of the persona that is held against everyone, or all: "purchase in March, Savers".
    pub(super) fn pick_of_persona(&self, look: &mut Look, customers: Vec<u32>, from: &str) {
        let whose = self.persona_name().map_or_else(String::new, |name| format!(", {name}"));
        self.pick(look, &self.of_persona(customers), &format!("{from}{whose}"));
    }

    /// Picks customers of the events where the table of customers has them; else does nothing.
    pub(super) fn pick(&self, look: &mut Look, customers: &[u32], from: &str) {
        pick(self.answers, look, customers, from);
    }
}

/// Said where a click picks nobody.
pub(super) const NOBODY_KNOWN: &str = "None of the customers in these events are in the customer table, so they cannot be selected.";

/// Picks customers of the events where the table of customers has them; else does nothing.
pub(super) fn pick(answers: &Answers, look: &mut Look, customers: &[u32], from: &str) {
    let (Some(known), Some(loaded)) = (answers.journeys.pickable(), answers.loaded.ready()) else { return };
    let rows = known.rows(customers.iter().copied());
    if !rows.is_empty() {
        look.pick(Brush::rows(loaded.stamp, rows, from));
    }
}

/// The colour of a persona, by cluster.
pub(super) fn colour(answers: &Answers, cluster: usize) -> Color32 {
    if answers.journeys.customers.latest().is_some_and(|customers| customers.is_by_behaviour) {
        return theme::segment(cluster);
    }
    let numbers = answers.segmentation.latest().map_or(&[][..], |segmentation| segmentation.labels.numbers());
    theme::selection(Selection::Cluster(cluster), numbers)
}

/// What is longer than its place is scrolled.
pub(super) fn scrolled<R>(ui: &mut Ui, salt: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, contents).inner
}

/// Seconds in words: "2 h".
pub(super) fn span(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5_400.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h", s / 3_600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}
