//! Do the personas hold, altogether? The sentence above the four answers of each, which are put into words in [`super::holds_told`].
//!
//! In: the answers of every persona, whether there are groups at all. Out: per persona yes, no or not known, and one sentence with what they foresee. O(personas).

use crate::evaluate::Trust;

use super::foretold_told::kept;
use super::holds::{HoldsStanding, Looked};
use super::holds_told::HoldsOf;

impl HoldsOf<'_> {
    /// Whether a persona holds: it comes back, others would make it too, and its customers do not move on. None where neither of the first two was looked at,
    /// and where coming back proves nothing and nothing else tells that there are groups.
    pub fn persona_holds(&self, cluster: usize, missing: f64) -> Option<bool> {
        let [back, same, stays, _] = self.lines(cluster, missing).map(|line| line.standing);
        let is_known = same != HoldsStanding::Open || back != HoldsStanding::Open;
        let is_known = is_known && (self.found == Some(true) || !self.is_unproven(cluster, missing));
        // The strict number is told, but half of the customers know less than all: mostly the same holds as well.
        let holds =
            matches!(back, HoldsStanding::Good | HoldsStanding::Open) && same != HoldsStanding::Poor && stays != HoldsStanding::Poor;
        is_known.then_some(holds)
    }

    /// The same as a word for a table: "Yes", "No", "Not known".
    pub(super) fn holds_word(&self, cluster: usize, missing: f64) -> &'static str {
        match self.persona_holds(cluster, missing) {
            Some(true) if self.is_unproven(cluster, missing) => "Cannot be said",
            None if self.is_unproven(cluster, missing) => "Cannot be said",
            Some(true) => "Yes",
            Some(false) => "No",
            None => "Not known",
        }
    }

    fn is_unproven(&self, cluster: usize, missing: f64) -> bool {
        let known = self.stability.filter(|stability| cluster < stability.sizes.len());
        known.is_some_and(|stability| stability.trust_with(cluster, missing) == Trust::Unproven)
    }

    /// "4 of 5 personas hold. They keep 72 % of what the data can foresee about buying again." `missing` has one entry per persona.
    pub fn headline(&self, missing: &[f64]) -> String {
        let held: Vec<Option<bool>> = missing.iter().enumerate().map(|(cluster, &missing)| self.persona_holds(cluster, missing)).collect();
        let known = held.iter().flatten().count();
        let (n, holding) = (held.len(), held.iter().flatten().filter(|holds| **holds).count());
        let unproven: Vec<bool> = missing.iter().enumerate().map(|(cluster, &missing)| self.is_unproven(cluster, missing)).collect();
        // What comes back no more surely than chance does is not counted among those that hold, whatever others would make of it.
        let n_unproven = (0..n).filter(|&cluster| held[cluster] == Some(true) && unproven[cluster]).count();
        let first = match (known, holding - n_unproven) {
            (0, _) if unproven.contains(&true) => {
                "It cannot be said whether these personas hold: segments made from shuffled columns come back just as reliably.".to_owned()
            }
            _ if self.found == Some(false) && n == 1 => "There is only one group, so there are no personas to validate.".to_owned(),
            (0, _) => "Whether these personas hold is not known yet.".to_owned(),
            _ if self.found == Some(false) => {
                let back = match holding {
                    0 => "and none of them comes back the same".to_owned(),
                    1 => "and 1 of them comes back the same".to_owned(),
                    all if all == n => "but all of them come back the same".to_owned(),
                    some => format!("and {some} of them come back the same"),
                };
                format!("These data form one group: the {n} personas are a choice and not a finding, {back}.")
            }
            (_, 0) if n_unproven > 0 => {
                "There are groups, but whether these personas hold cannot be said: segments made from shuffled columns come back just as reliably."
                    .to_owned()
            }
            (_, holding) if n == 1 => (if holding == 1 { "The one persona holds." } else { "The one persona does not hold." }).to_owned(),
            (_, 0) if n == 2 => "Neither persona holds.".to_owned(),
            (_, 0) => format!("None of the {n} personas holds."),
            (_, 2) if n == 2 => "Both personas hold.".to_owned(),
            (_, all) if all == n => format!("All {n} personas hold."),
            (_, 1) => format!("1 of {n} personas holds."),
            (_, some) => format!("{some} of {n} personas hold."),
        };
        let first = match n_unproven {
            some if some == 0 || some == holding => first,
            1 => format!("{first} Of one more it cannot be said, since a segment of shuffled columns comes back just as reliably."),
            some => format!("{first} Of {some} more it cannot be said, since segments of shuffled columns come back just as reliably."),
        };
        // A verdict over four questions of which two have no answer says so.
        let is_verdict = holding > 0 && self.found != Some(false) && matches!(self.holds.stays, Looked::Cannot(_));
        let first = match is_verdict {
            true => format!("{first} Whether they stay so over time cannot be determined from these data."),
            false => first,
        };
        match self.holds.foretells.found().and_then(|found| found.foretells.as_ref()) {
            Some(foretells) => format!("{first} {}", kept(foretells, n)),
            None => first,
        }
    }
}
