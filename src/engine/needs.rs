//! What is needed how soon? By the page in view, or by what an export or a command is to bring.

use crate::session::{NicheList, Page, PageView, Plan, SegmentsView};

use super::choose::MOST_SEGMENTS;
use super::run::jobs::Urgency;
use super::run::runtime::Need;
use super::wanted::{Outputs, SilhouetteWish, Wanted};

/// On tables up to this long, what the other pages show is computed ahead while nothing else is to do.
const AHEAD_ROWS: usize = 100_000;

/// What is needed how soon.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    pub prepared: Need,
    pub sweep: Need,
    /// Whether there are groups at all.
    pub structure: Need,
    /// The sweep over all rows where one over a sample comes first.
    pub whole_sweep: Need,
    /// The same behind everything that is shown.
    pub whole_sweep_behind: Need,
    pub chosen: Need,
    /// The silhouettes of the labels in force.
    pub silhouettes: Need,
    /// Over which pairs.
    pub pairs: SilhouetteWish,
    pub plots: Need,
    pub personas: Need,
    pub explained: Need,
    /// Better silhouettes than the first.
    pub refined: Need,
    pub null_band: Need,
    pub stability: Need,
    /// Who is unusual.
    pub unusual: Need,
    /// How surely customers belong to their segments.
    pub belonging: Need,
    /// For how many groups a mixture speaks.
    pub bic: Need,
    /// What other customers would make of the segments.
    pub holds: Need,
    /// Whether even its first round may wait for everything else.
    pub holds_behind: bool,
    /// Who moves between days, and what is foretold.
    pub tried: Need,
    /// Niches inside the segments.
    pub niches: Need,
    /// What a view of Journeys shows.
    pub journeys: Need,
    /// Whether its later rounds are wanted too, which make it surer.
    pub all_draws: bool,
    /// More segments are told instead of drawn and described.
    pub most_segments: usize,
}

impl Needs {
    /// Those of a round. `refines` says whether what is shown is made surer in the background, `n_rows` how long the table is.
    pub fn of(plan: &Plan, wanted: &Wanted, refines: bool, n_rows: usize) -> Needs {
        // Whatever page is shown: what was measured for a minute is not thrown away for a look at the cards.
        let refined = if refines { Need::Start(Urgency::Ahead) } else { Need::Look };
        // A niche with a card is looked for again wherever the card is seen.
        let has_cards = !plan.niches.cards.is_empty();
        if let Some(outputs) = &wanted.outputs {
            let needs = Needs { refined, ..Needs::of_outputs(outputs, has_cards) };
            // Bare groups need the elbow only while k is left to the suggestion.
            return match outputs.bare && !plan.clustering.leaves_k_open() {
                true => Needs { sweep: Need::Look, ..needs },
                false => needs,
            };
        }
        let ahead = if n_rows <= AHEAD_ROWS { Need::Start(Urgency::Ahead) } else { Need::Look };
        let if_shown_on = |pages: &[Page], urgency| if pages.contains(&wanted.view.page()) { Need::Start(urgency) } else { ahead };
        let from_segments_on = [Page::Segments, Page::Personas, Page::Journeys, Page::Present];
        let journeys = match wanted.view.page() {
            Page::Journeys | Page::Present => Need::Start(Urgency::Shown),
            // The backs of cards tell it.
            Page::Personas => Need::Start(Urgency::Ahead),
            Page::Data | Page::Prepare | Page::Segments => Need::Look,
        };
        // Refined while it is looked at.
        let refined_on =
            |pages: &[Page]| if refines && pages.contains(&wanted.view.page()) { Need::Start(Urgency::Shown) } else { Need::Look };
        // Cards need the whole elbow only while k is left to the suggestion.
        let sweep_pages = if plan.clustering.leaves_k_open() { &from_segments_on[..] } else { &from_segments_on[..1] };
        let plots = if_shown_on(&[Page::Segments, Page::Present], Urgency::Chosen);
        let is_validated = wanted.view == PageView::Segments(SegmentsView::Validate);
        let is_niches = wanted.view == PageView::Segments(SegmentsView::Niches);
        let is_between = is_niches && wanted.niche_list == NicheList::Between;
        let is_carded = has_cards && [Page::Personas, Page::Present].contains(&wanted.view.page());
        let niches = if is_niches || is_carded { Need::Start(Urgency::Shown) } else { Need::Look };
        Needs {
            prepared: if_shown_on(&[&[Page::Prepare], &from_segments_on[..]].concat(), Urgency::Chosen),
            sweep: if_shown_on(sweep_pages, Urgency::Shown),
            structure: if_shown_on(&from_segments_on, Urgency::Shown),
            whole_sweep: Need::Look,
            whole_sweep_behind: refined_on(&[Page::Segments]),
            chosen: if_shown_on(&from_segments_on, Urgency::Chosen),
            silhouettes: plots,
            pairs: SilhouetteWish::AsWindow,
            plots,
            // The Segments page shows the names too.
            personas: if_shown_on(&from_segments_on, Urgency::Chosen),
            explained: if_shown_on(&from_segments_on[1..], Urgency::Shown),
            refined,
            null_band: refined_on(&[Page::Segments]),
            stability: refined_on(&from_segments_on),
            holds: if is_validated { Need::Start(Urgency::Shown) } else { refined_on(&from_segments_on[1..]) },
            holds_behind: !is_validated,
            tried: if is_validated { Need::Start(Urgency::Shown) } else { Need::Look },
            unusual: niches,
            belonging: if is_between { Need::Start(Urgency::Shown) } else { Need::Look },
            bic: if is_between { Need::Start(Urgency::Shown) } else { refined_on(&[Page::Segments]) },
            niches,
            journeys,
            all_draws: true,
            most_segments: MOST_SEGMENTS,
        }
    }

    /// An export takes what there is of better silhouettes, and waits for no more draws than the first unless it was asked for them.
    fn of_outputs(outputs: &Outputs, has_cards: bool) -> Needs {
        let start_if = |is_wanted: bool, urgency| if is_wanted { Need::Start(urgency) } else { Need::Look };
        Needs {
            prepared: Need::Start(Urgency::Chosen),
            sweep: Need::Start(Urgency::Shown),
            structure: Need::Start(Urgency::Shown),
            whole_sweep: start_if(!outputs.bare, Urgency::Shown),
            whole_sweep_behind: Need::Look,
            chosen: Need::Start(Urgency::Chosen),
            silhouettes: start_if(!outputs.bare, Urgency::Chosen),
            pairs: outputs.silhouettes,
            plots: start_if(outputs.plots, Urgency::Chosen),
            personas: start_if(outputs.personas, Urgency::Chosen),
            explained: start_if(outputs.explained, Urgency::Shown),
            refined: Need::Look,
            null_band: Need::Look,
            stability: start_if(outputs.is_shaken(), Urgency::Shown),
            holds: start_if(outputs.holds, Urgency::Shown),
            holds_behind: false,
            tried: Need::Look,
            unusual: start_if(outputs.wants_niches(has_cards), Urgency::Shown),
            belonging: start_if(outputs.unusual, Urgency::Shown),
            bic: start_if(outputs.unusual, Urgency::Shown),
            niches: start_if(outputs.wants_niches(has_cards), Urgency::Shown),
            journeys: start_if(outputs.did, Urgency::Shown),
            all_draws: outputs.stability,
            most_segments: if outputs.personas || outputs.plots { MOST_SEGMENTS } else { usize::MAX },
        }
    }
}
