//! What is foretold of customers that no one here made: CDNOW, whose numbers are published.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use personae::base::{Ctx, Matrix};
use personae::cluster::{KMeansParams, kmeans};
use personae::evaluate::ranking::auc;
use personae::evaluate::{ForecastModel, ForecastTable, Foretold, PowerKept, Tellable, forecast};

use crate::foreign::read;

/// P. Fader, B. Hardie, K. Lee 2005, "Counting your customers the easy way": of 2357 customers 29.0 % buy again within the 39 weeks after 1997-09-30, 1882
/// times in all. Worked out apart with scikit-learn: recency alone ranks them with an AUC of 0.771, logistic regression on log RFM of 0.775 to 0.778.
#[test]
fn cdnow_buys_again_as_published_and_personas_keep_most_of_what_rfm_foresees() {
    let folder = tempfile::tempdir().unwrap();
    if read("lifetimes.py", &[folder.path().to_owned()]).is_none() {
        return;
    }
    let text = std::fs::read_to_string(folder.path().join("cdnow.txt")).unwrap();
    let mut orders: BTreeMap<&str, Vec<(NaiveDate, f64)>> = BTreeMap::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if let [_, customer, day, _, money] = fields[..] {
            orders.entry(customer).or_default().push((NaiveDate::parse_from_str(day, "%Y%m%d").unwrap(), money.parse().unwrap()));
        }
    }
    let cut = NaiveDate::from_ymd_opt(1997, 9, 30).unwrap();
    let end = cut + Days::new(39 * 7);
    let (mut rfm, mut later) = (Vec::new(), Vec::new());
    for orders in orders.values() {
        let days = |from: &dyn Fn(NaiveDate) -> bool| {
            let mut days: Vec<NaiveDate> = orders.iter().map(|order| order.0).filter(|day| from(*day)).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        let before = days(&|day| day <= cut);
        let money: f64 = orders.iter().filter(|order| order.0 <= cut).map(|order| order.1).sum();
        let since = (cut - *before.last().unwrap()).num_days() as f64;
        rfm.push([since.ln_1p(), (before.len() as f64).ln(), money.ln_1p()]);
        later.push(days(&|day| day > cut && day <= end).len());
    }
    let again: Vec<bool> = later.iter().map(|n| *n > 0).collect();
    assert_eq!((rfm.len(), later.iter().sum::<usize>(), again.iter().filter(|again| **again).count()), (2357, 1882, 684));
    let recency: Vec<f64> = rfm.iter().map(|row| -row[0]).collect();
    assert!((auc(&recency, &again).unwrap() - 0.77144).abs() < 1e-4);

    let rfm = Matrix::from_rows(&rfm).unwrap();
    let labels = kmeans(&rfm, &KMeansParams { k: 6, restarts: 5, seed: 0 }, &Ctx::new()).unwrap().labels;
    let persona: Vec<Option<usize>> = labels.iter().collect();
    let table = ForecastTable { rfm: &rfm, persona: &persona, n_personas: 6, all: &rfm, outcome: Foretold::YesOrNo(&again) };
    let found = forecast(&table, 0, 100, &Ctx::new()).unwrap();
    let of = |model: ForecastModel| found.of(model).auc.unwrap();
    assert!((0.770..0.785).contains(&of(ForecastModel::Rfm).value), "{found:?}");
    assert!(of(ForecastModel::Persona).value < of(ForecastModel::Rfm).value, "personas made of three columns know no more than these");
    let PowerKept::Share(kept) = found.power_kept else { panic!("{found:?}") };
    assert!((0.5..1.0).contains(&kept.value) && kept.low < kept.value && kept.value < kept.high, "{kept:?}");
    assert!(found.adds_to_rfm.unwrap().low < 0.01 && found.tellable == Tellable::Enough);
}
