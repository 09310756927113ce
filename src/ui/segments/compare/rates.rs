//! How often is something so in each segment? The headline of a comparison with a column.
//!
//! In: the comparison. Out: one sentence, "Churn differs by segment: 7 % to 51 %", and what it is of everyone. How alike two groupings are is no
//! question to a column.

use eframe::egui::{Label, Ui};

use crate::evaluate::{Rate, rate_range, says_yes, telling_level};
use crate::persona::Contrast;
use crate::plot::Compared;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::percent;

use super::super::view::View;
use super::sides::name_of_right;

/// The sentence, and below it where the ends of the range are.
pub fn headline_ui(ui: &mut Ui, view: &View, compared: &Compared) {
    let Some(told) = told(compared) else {
        ui.label(theme::strong("Too few customers have a value to compare segments."));
        return;
    };
    ui.add(Label::new(theme::heading(&told.headline)).truncate());
    let name = |j: usize| name_of_right(view, compared.table.right.get(j));
    let [low, high] = told.ends;
    let ends = format!(
        "Lowest in {}, highest in {}  ·  all {}: {}",
        name(low),
        name(high),
        view.answers.noun.many,
        percent(told.everyone.share())
    );
    ui.add(Label::new(caption(ui, ends)).truncate());
}

/// What a headline says.
struct Told {
    headline: String,
    /// The right groups with the lowest and the highest rate.
    ends: [usize; 2],
    everyone: Rate,
}

/// Of two levels the one that says yes, of more the one that differs most.
fn told(compared: &Compared) -> Option<Told> {
    let table = &compared.table;
    let known: Vec<usize> = (0..table.left.len()).filter(|&i| table.left[i].cluster.is_some()).collect();
    let n_known: usize = known.iter().map(|&i| table.left[i].size).sum();
    let everyone = |i: usize| Rate { hits: table.left[i].size, n: n_known };
    let spread = |i: usize| {
        let rates = table.rates(i);
        let range = rate_range(&rates, Contrast::LEAST)?;
        Some((rates[range.highest].share() - rates[range.lowest].share(), range))
    };
    let levels: Vec<(&str, f64)> = known.iter().map(|&i| (compared.left_names[i].as_str(), everyone(i).share())).collect();
    let widest = || {
        known.iter().copied().filter(|&i| spread(i).is_some()).max_by(|&a, &b| {
            let of = |i: usize| spread(i).map_or(0.0, |(width, _)| width);
            of(a).total_cmp(&of(b)).then(b.cmp(&a))
        })
    };
    let i = if known.len() == 2 { known[telling_level(&levels)?] } else { widest()? };
    let (_, range) = spread(i)?;
    let rates = table.rates(i);
    let (column, level) = (compared.title.clone(), &compared.left_names[i]);
    let what = if says_yes(level) { column } else { format!("{column} {level}") };
    let differs = if range.differ { "differs" } else { "hardly differs" };
    let [low, high] = [range.lowest, range.highest].map(|j| percent(rates[j].share()));
    let headline = format!("{what} {differs} by segment: {low} to {high}");
    Some(Told { headline, ends: [range.lowest, range.highest], everyone: everyone(i) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Labels;
    use crate::evaluate::compare;

    fn check(left: &[(usize, usize)], names: &[&str], title: &str, expected: &str) {
        let rows = |runs: &[(usize, usize)]| -> Vec<usize> { runs.iter().flat_map(|&(n, id)| std::iter::repeat_n(id, n)).collect() };
        let right = Labels::from_ids(&rows(&[(200, 0), (100, 1)]));
        let left = Labels::from_ids(&rows(left));
        let table = compare(&left, &right, &(0..left.n_clusters()).collect::<Vec<_>>());
        let compared = Compared { title: title.into(), left_names: names.iter().map(|name| (*name).to_owned()).collect(), table };
        assert_eq!(told(&compared).unwrap().headline.replace(['\u{a0}', '\u{202f}'], " "), expected);
    }

    #[test]
    fn the_headline_tells_the_rates() {
        // 20 of the first 200 and 60 of the other 100; "No" are the larger group, so they come first.
        check(&[(180, 0), (20, 1), (60, 1), (40, 0)], &["No", "Yes"], "Churn", "Churn differs by segment: 10 % to 60 %");
        check(&[(180, 0), (20, 1), (10, 1), (90, 0)], &["No", "Yes"], "Churn", "Churn hardly differs by segment: 10 % to 10 %");
        check(&[(180, 0), (20, 1), (70, 2), (30, 0)], &["web", "app", "store"], "Channel", "Channel app differs by segment: 0 % to 70 %");
    }
}
