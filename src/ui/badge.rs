//! How is it shown how far a segment may be relied on? A mark and a word, the same in the list and on the card.
//!
//! In: what is known of the stability. Out: a badge with the reasons on hover. Its room is the same whatever is known, so nothing
//! moves when the answer comes or gets surer.

use eframe::egui::{Align2, Color32, Pos2, Rect, Response, Role, Sense, Stroke, TextStyle, Ui, Vec2};

use crate::cluster::Chosen;
use crate::engine::Answer;
use crate::engine::evidence::DRAW_ROUNDS;
use crate::evaluate::{A_CHOICE, ONE_GROUP, Stability, Structure, Trust};

use super::theme::tokens;
use super::widgets;

/// The room of a badge: the longest word with its mark.
pub const SIZE: Vec2 = Vec2::new(80.0, 16.0);
const MARK: f32 = 4.5;
/// Where the question failed, or has no answer.
const NOT_KNOWN: &str = "Not known";
/// In lists, where there is no room for the whole; hovering tells it.
const A_CHOICE_IN_SHORT: &str = "A choice";

/// What a badge is about.
#[derive(Debug, Clone, Copy)]
pub struct BadgeOf<'a> {
    /// How stable the segments are.
    pub stability: &'a Answer<Stability>,
    /// Whether they are a choice, since no groups were found.
    pub is_choice: bool,
    /// Which segment.
    pub cluster: usize,
    /// Of how many.
    pub n_clusters: usize,
    /// [`crate::persona::Persona::headline_missing`].
    pub missing: f64,
}

/// Whether segments are a choice rather than a finding: no groups were found, and they are not given by a column.
pub fn is_a_choice(structure: &Answer<Structure>, by: Option<&Chosen>) -> bool {
    structure.ready().is_some_and(|structure| !structure.found) && !matches!(by, Some(Chosen::Column { .. }))
}

/// What a badge says: its word, how far the segment may be relied on where that is known, and why.
fn told(of: &BadgeOf, side: Side) -> (&'static str, Option<Trust>, String) {
    let &BadgeOf { stability: answer, is_choice, cluster, n_clusters, missing } = of;
    let known = known(of);
    match (known, answer) {
        // Everyone together is neither found nor chosen.
        _ if n_clusters == 1 => ("", None, String::new()),
        (known, _) if is_choice => {
            let reasons = known.map_or_else(Vec::new, |stability| stability.reasons_with(cluster, missing));
            let word = if side == Side::Right { A_CHOICE_IN_SHORT } else { A_CHOICE };
            (word, None, format!("{ONE_GROUP}\n\n{}", reasons.join("\n")).trim_end().to_owned())
        }
        (Some(stability), _) => {
            let trust = stability.trust_with(cluster, missing);
            (trust.word(), Some(trust), tip_of(stability, cluster, missing))
        }
        (None, Answer::Failed { problem, .. }) => (NOT_KNOWN, None, problem.0.to_string()),
        (None, Answer::Cooking { progress, .. }) => {
            let done = (progress.fraction * 100.0).floor();
            let tip = format!("Is it real? Customers are resampled and grouped again; {done:.0} % of the first draws are done.");
            ("Checking", None, tip)
        }
        // Nobody asked yet: what is on the page comes first.
        (None, _) => ("", None, String::new()),
    }
}

/// The stability, where it is of these segments.
fn known<'a>(of: &BadgeOf<'a>) -> Option<&'a Stability> {
    of.stability.ready().map(|stability| &**stability).filter(|stability| stability.sizes.len() == of.n_clusters)
}

/// Why the badge says what it says, for the row of a list, which explains itself wherever the pointer is on it; empty where there is nothing to say.
pub fn badge_tip(of: BadgeOf) -> String {
    widgets::unbroken(&told(&of, Side::Right).2)
}

/// The badge of a segment, its words flush with `side`. At the right of a row the row itself says why ([`badge_tip`]).
pub fn badge_ui(ui: &mut Ui, of: BadgeOf, side: Side) -> Response {
    let BadgeOf { is_choice, n_clusters, .. } = of;
    let t = tokens(ui);
    let known = known(&of);
    let (word, trust, tip) = told(&of, side);
    let colour = match trust {
        Some(trust) => colour(ui, trust),
        None if is_choice && n_clusters > 1 => t.bad,
        None if word == NOT_KNOWN => t.muted,
        None => t.hairline,
    };
    let share = trust.map_or(0.0, share);
    // What the first draws say may change: it is paler until all are done.
    let is_settled = known.is_some_and(|stability| stability.draws.len() >= DRAW_ROUNDS[DRAW_ROUNDS.len() - 1]);
    let text_colour = if is_settled { t.text } else { t.muted };
    let galley = ui.painter().layout_no_wrap(word.to_owned(), TextStyle::Small.resolve(ui.style()), text_colour);
    let width = galley.size().x + 2.0 * MARK + 6.0;
    // The longer word takes its own room; it never comes and goes while one looks on.
    let (rect, response) = ui.allocate_exact_size(Vec2::new(SIZE.x.max(width.ceil()), SIZE.y), Sense::hover());
    let left = if side == Side::Right { rect.right() - width } else { rect.left() };
    if !word.is_empty() {
        mark_paint(ui, Pos2::new(left + MARK, rect.center().y), colour, share);
        let at = Align2::LEFT_CENTER.anchor_size(Pos2::new(left + 2.0 * MARK + 6.0, rect.center().y), galley.size()).min;
        ui.painter().galley(at, galley, text_colour);
    }
    let name = match word {
        "" if n_clusters == 1 => "Everyone".to_owned(),
        "" => "Confidence not known yet".to_owned(),
        _ if is_choice => A_CHOICE.to_owned(),
        word => format!("Confidence: {word}"),
    };
    widgets::name_it(&response, Role::Label, &name);
    if tip.is_empty() || side == Side::Right { response } else { response.on_hover_text(widgets::unbroken(&tip)) }
}

/// Where a badge's words end or begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At the left of its room.
    Left,
    /// At the right.
    Right,
}

/// A ring that is fuller the better it is, so that the mark speaks without its colour.
fn mark_paint(ui: &Ui, centre: Pos2, colour: Color32, share: f32) {
    let painter = ui.painter();
    if share > 0.0 {
        let top = centre.y + MARK - 2.0 * MARK * share;
        let filled = Rect::from_min_max(Pos2::new(centre.x - MARK, top), centre + Vec2::splat(MARK));
        painter.with_clip_rect(filled.intersect(painter.clip_rect())).circle_filled(centre, MARK, colour);
    }
    painter.circle_stroke(centre, MARK - 0.5, Stroke::new(1.25, colour));
}

fn share(trust: Trust) -> f32 {
    match trust {
        Trust::High => 1.0,
        Trust::Good => 0.68,
        Trust::Unproven => 0.5,
        Trust::Fuzzy => 0.36,
        Trust::DoNotRely => 0.0,
    }
}

fn colour(ui: &Ui, trust: Trust) -> Color32 {
    let t = tokens(ui);
    match trust {
        Trust::High | Trust::Good => t.good,
        Trust::Unproven => t.muted,
        Trust::Fuzzy => t.warn,
        Trust::DoNotRely => t.bad,
    }
}

fn tip_of(stability: &Stability, cluster: usize, missing: f64) -> String {
    let means = match stability.trust_with(cluster, missing) {
        Trust::High => "High confidence: the same customers come together again and again.",
        Trust::Good => "Good confidence: the segment comes back when customers are resampled.",
        Trust::Unproven => "Unproven: it comes back when customers are resampled, but so do segments of shuffled columns.",
        Trust::Fuzzy => "Fuzzy: there may be something, but who belongs to it is uncertain.",
        Trust::DoNotRely => "Do not rely on this segment.",
    };
    let mut tip = format!("{means}\n\n{}", stability.reasons_with(cluster, missing).join("\n"));
    let (drawn, all) = (stability.draws.len(), DRAW_ROUNDS[DRAW_ROUNDS.len() - 1]);
    if drawn < all {
        tip += &format!("\n\n{drawn} of {all} draws so far.");
    }
    tip
}
