//! What makes a group a niche: the thresholds of the search, each with a few values to choose from.

use eframe::egui::{self, Frame, ScrollArea, Ui};

use crate::evaluate::niches::NicheRules;
use crate::session::NicheOptions;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::choice_ui;

const SIZE: &str = "Fewer customers are no niche. A card needs 31 in any case.";
const SHARE: &str = "A group with a larger share of all customers is a segment, not a niche.";
const BACK: &str = "How much of it must come back among other customers: 1 is the very same customers, 0 none of them (Jaccard). Chance must not do as well, whatever is chosen.";
const APART: &str = "How far something other than the need must set it apart from its segment: effect in standard deviations (SD), or, for levels, the same ratio as for the need.";
const NEED: &str = "How many times as much, or as often, as in its segment the need must be: 1.5x is half as much again, 0.67x two thirds.";
const HALF: &str = "How much larger or smaller the group may be in the other half of the customers.";
const SURE: &str = "On the other half the 95 % interval of both effects, in standard deviations (SD), must stay above this.";

/// The left panel while niches are listed.
pub(super) fn ui(ui: &mut Ui, draft: &mut NicheOptions) {
    egui::CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
        ScrollArea::vertical().id_salt("niche rules").auto_shrink(false).show(ui, |ui| {
            ui.label(theme::strong("What makes a niche"));
            let rules = &mut draft.rules;
            choice_ui(ui, "Customers", SIZE, &mut rules.least, &[(31, "31 or more", ""), (50, "50 or more", ""), (100, "100 or more", "")]);
            choice_ui(
                ui,
                "Of all",
                SHARE,
                &mut rules.most_share,
                &[(0.02, "2 % or less", ""), (0.05, "5 % or less", ""), (0.1, "10 % or less", "")],
            );
            choice_ui(
                ui,
                "Comes back",
                BACK,
                &mut rules.jaccard,
                &[(0.6, "Jaccard 0.60", ""), (0.75, "Jaccard 0.75", ""), (0.85, "Jaccard 0.85", "")],
            );
            choice_ui(ui, "Set apart by", APART, &mut rules.effect, &[(0.5, "0.5 SD", ""), (0.8, "0.8 SD", ""), (1.2, "1.2 SD", "")]);
            let mut index = (rules.index_high, rules.index_low);
            choice_ui(
                ui,
                "Need",
                NEED,
                &mut index,
                &[((125.0, 80.0), "1.25x or 0.8x", ""), ((150.0, 67.0), "1.5x or 0.67x", ""), ((200.0, 50.0), "2x or 0.5x", "")],
            );
            (rules.index_high, rules.index_low) = index;
            ui.add_space(theme::BETWEEN);
            ui.label(theme::strong("On the other half"));
            choice_ui(
                ui,
                "Size",
                HALF,
                &mut rules.size_factor,
                &[(1.25, "within 1.25x", ""), (1.5, "within 1.5x", ""), (2.0, "within 2x", "")],
            );
            choice_ui(
                ui,
                "Effect above",
                SURE,
                &mut rules.confirmed_effect,
                &[(0.0, "0 SD", ""), (0.2, "0.2 SD", ""), (0.5, "0.5 SD", "")],
            );
            ui.add_space(theme::INSIDE);
            if *rules == NicheRules::default() {
                ui.label(caption(ui, "These are the defaults."));
            } else if ui.button("Reset to defaults").clicked() {
                *rules = NicheRules::default();
            }
            ui.label(caption(ui, "The more is tried, the clearer a difference must be: all candidates and columns count."));
        });
    });
}
