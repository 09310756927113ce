//! Customers to try everything on: an online shop with five planted kinds of customers, written as the CSV such a shop would export.
//!
//! In: a seed. Out: the text of a CSV file, and the truth about it for tests. The file is as untidy as real ones: missing values in several
//! spellings, a few wrong cells, currency signs, percentages; about 2 % of the customers fit nowhere. O(n).

use std::fmt::Write;

use crate::base::seed::{Random, RngExt, random};
use crate::base::stats::normal_quantile;
use crate::data::cells::dates;
use crate::data::table::day_text;

/// Changes with every change of the generator, so that old results are not taken for new ones.
pub(super) const VERSION: u32 = 1;

/// Customers in the sample.
pub const N_CUSTOMERS: usize = 5_000;

/// What one kind of customer is like: typical values, around which members scatter.
struct Kind {
    name: &'static str,
    share: f64,
    age: f64,
    income: f64,
    orders: f64,
    basket: f64,
    recency: f64,
    opens: f64,
    sessions: f64,
    discount: f64,
    returns: f64,
    satisfaction: f64,
    tenure_years: f64,
    /// Web shop, app, store.
    channel: [f64; 3],
    /// Desktop, phone, tablet.
    device: [f64; 3],
    churn: f64,
    comments: [&'static str; 4],
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "Loyal regulars",
        share: 0.28,
        age: 46.0,
        income: 52_000.0,
        orders: 22.0,
        basket: 58.0,
        recency: 16.0,
        opens: 0.46,
        sessions: 9.0,
        discount: 0.14,
        returns: 0.05,
        satisfaction: 8.6,
        tenure_years: 5.5,
        channel: [0.62, 0.10, 0.28],
        device: [0.70, 0.18, 0.12],
        churn: 0.03,
        comments: [
            "has been buying here for years and keeps coming back",
            "knows what she wants",
            "asks for early access to new products",
            "praises the service",
        ],
    },
    Kind {
        name: "Bargain hunters",
        share: 0.24,
        age: 37.0,
        income: 33_000.0,
        orders: 9.0,
        basket: 27.0,
        recency: 42.0,
        opens: 0.64,
        sessions: 12.0,
        discount: 0.58,
        returns: 0.12,
        satisfaction: 6.8,
        tenure_years: 2.5,
        channel: [0.70, 0.22, 0.08],
        device: [0.46, 0.44, 0.10],
        churn: 0.12,
        comments: [
            "waits for the sale before ordering anything",
            "asks why the voucher did not work",
            "compares prices with two other shops",
            "wants free delivery",
        ],
    },
    Kind {
        name: "Premium buyers",
        share: 0.12,
        age: 52.0,
        income: 98_000.0,
        orders: 9.0,
        basket: 190.0,
        recency: 34.0,
        opens: 0.27,
        sessions: 4.0,
        discount: 0.03,
        returns: 0.09,
        satisfaction: 8.1,
        tenure_years: 3.5,
        channel: [0.30, 0.06, 0.64],
        device: [0.58, 0.14, 0.28],
        churn: 0.05,
        comments: [
            "values quality over price and says so",
            "orders gifts with wrapping",
            "wishes for personal advice",
            "buys the newest collection at once",
        ],
    },
    Kind {
        name: "App browsers",
        share: 0.20,
        age: 24.0,
        income: 26_000.0,
        orders: 5.0,
        basket: 39.0,
        recency: 30.0,
        opens: 0.16,
        sessions: 62.0,
        discount: 0.22,
        returns: 0.36,
        satisfaction: 7.2,
        tenure_years: 1.2,
        channel: [0.12, 0.84, 0.04],
        device: [0.06, 0.88, 0.06],
        churn: 0.15,
        comments: [
            "orders three sizes and returns two of them",
            "found us through a video",
            "loves to browse in the evening",
            "would like dark mode in the app",
        ],
    },
    Kind {
        name: "Lapsed customers",
        share: 0.16,
        age: 44.0,
        income: 41_000.0,
        orders: 2.0,
        basket: 44.0,
        recency: 330.0,
        opens: 0.05,
        sessions: 0.8,
        discount: 0.20,
        returns: 0.14,
        satisfaction: 5.3,
        tenure_years: 3.0,
        channel: [0.72, 0.08, 0.20],
        device: [0.62, 0.28, 0.10],
        churn: 0.64,
        comments: [
            "was unhappy about a late delivery",
            "asked to be called back and was not",
            "has not answered the last three mails",
            "moved to another shop",
        ],
    },
];

/// The names of the planted kinds, in the order of their numbers in [`planted`].
pub fn planted_names() -> [&'static str; 5] {
    KINDS.map(|kind| kind.name)
}

/// The kind every customer was drawn from; `None` for those who fit nowhere.
pub fn planted(seed: u64) -> Vec<Option<usize>> {
    let mut draw = random(seed, 0);
    (0..N_CUSTOMERS).map(|_| kind_of(&mut draw)).collect()
}

/// The sample as the text of a CSV file.
pub fn csv(seed: u64) -> String {
    let mut text = String::with_capacity(N_CUSTOMERS * 200);
    text.push_str(
        "customer_id,signup_date,age,gender,region,household_size,income,orders,total_spend,average_basket,days_since_last_order,",
    );
    text.push_str("email_open_rate,app_sessions,discount_share,return_rate,channel,device,newsletter,satisfaction,churned,comment\n");
    let mut draw = random(seed, 1);
    for (at, kind) in planted(seed).into_iter().enumerate() {
        customer(&mut text, at, kind, &mut draw);
    }
    text
}

fn kind_of(draw: &mut Random) -> Option<usize> {
    let (odd, mut at) = (draw.random::<f64>() < 0.02, draw.random::<f64>());
    if odd {
        return None;
    }
    for (kind, share) in KINDS.iter().map(|kind| kind.share).enumerate() {
        if at < share {
            return Some(kind);
        }
        at -= share;
    }
    Some(0)
}

fn normal(draw: &mut Random) -> f64 {
    normal_quantile(draw.random_range(1e-9..1.0))
}

/// A positive value around `typical`, with a long tail upwards.
fn skewed(draw: &mut Random, typical: f64, spread: f64) -> f64 {
    typical * (normal(draw) * spread).exp()
}

/// A share around `typical`, between 0 and 1.
fn share(draw: &mut Random, typical: f64, spread: f64) -> f64 {
    (typical + normal(draw) * spread).clamp(0.0, 1.0)
}

fn pick<'a, const N: usize>(draw: &mut Random, shares: &[f64; N], names: [&'a str; N]) -> &'a str {
    let mut at = draw.random::<f64>() * shares.iter().sum::<f64>();
    for (share, name) in shares.iter().zip(names) {
        if at < *share {
            return name;
        }
        at -= share;
    }
    names[0]
}

/// Writes one row. Writing into a string cannot fail, so the results of `write!` are dropped.
fn customer(text: &mut String, at: usize, kind: Option<usize>, draw: &mut Random) {
    // A customer who fits nowhere mixes two kinds and exaggerates.
    let far = if kind.is_none() { 2.0 + 3.0 * draw.random::<f64>() } else { 1.0 };
    let who = &KINDS[kind.unwrap_or_else(|| draw.random_range(0..KINDS.len()))];
    let also = if kind.is_none() { &KINDS[draw.random_range(0..KINDS.len())] } else { who };

    let age = (who.age + normal(draw) * 8.0).clamp(18.0, 92.0).round();
    let gender = pick(draw, &[0.52, 0.44, 0.04], ["female", "male", "diverse"]);
    let region = pick(draw, &[0.29, 0.23, 0.19, 0.16, 0.13], ["North", "South", "West", "East", "Centre"]);
    let household = 1 + (draw.random::<f64>() * draw.random::<f64>() * 5.0) as u32;
    let income = (skewed(draw, also.income, 0.22) / 100.0).round() * 100.0;
    let orders = (skewed(draw, who.orders, 0.38) * far).round().max(1.0);
    let basket = skewed(draw, also.basket, 0.30) * far;
    let spend = orders * basket * (1.0 + 0.05 * normal(draw)).max(0.5);
    let recency = (skewed(draw, who.recency, 0.55) * far).round().clamp(0.0, 1_500.0);
    let opens = share(draw, also.opens, 0.10);
    let sessions = (skewed(draw, who.sessions, 0.50) * far).round();
    let discount = share(draw, also.discount, 0.08);
    let returns = share(draw, who.returns, 0.06);
    let channel = pick(draw, &who.channel, ["web", "app", "store"]);
    let device = pick(draw, &also.device, ["desktop", "phone", "tablet"]);
    let newsletter = draw.random::<f64>() < 0.25 + 0.6 * also.opens;
    let satisfaction = (who.satisfaction + normal(draw) * 1.1).clamp(0.0, 10.0).round();
    let churned = draw.random::<f64>() < who.churn;
    let signup = snapshot() - (skewed(draw, also.tenure_years, 0.45) * 365.0).min(4_000.0) as i32 - recency as i32;
    let untidy = draw.random::<f64>();
    let gap: [f64; 6] = std::array::from_fn(|_| draw.random::<f64>());

    let _ = write!(text, "C{:05},{},", 10_001 + at, day_text(signup));
    // About 0.6 % of the ages are no numbers, and 1 % are missing.
    let _ = match gap[0] {
        g if g < 0.003 => write!(text, "unknown,"),
        g if g < 0.006 => write!(text, "n.v.,"),
        g if g < 0.016 => write!(text, "n/a,"),
        _ => write!(text, "{age},"),
    };
    let _ = write!(text, "{gender},{region},{household},");
    let _ = match gap[1] {
        g if g < 0.03 => write!(text, ","),
        g if g < 0.06 => write!(text, "NA,"),
        _ if untidy < 0.04 => write!(text, "€ {income},"),
        _ => write!(text, "{income},"),
    };
    let _ = write!(text, "{orders},{spend:.2},{basket:.2},{recency},");
    let _ = if gap[2] < 0.015 { write!(text, "?,") } else { write!(text, "{:.1} %,", 100.0 * opens) };
    let _ = write!(text, "{sessions},{:.1} %,{returns:.3},{channel},", 100.0 * discount);
    let _ = if gap[3] < 0.01 { write!(text, ",") } else { write!(text, "{device},") };
    let _ = write!(text, "{},", if newsletter { "yes" } else { "no" });
    let _ = if gap[4] < 0.08 { write!(text, ",") } else { write!(text, "{satisfaction},") };
    let _ = write!(text, "{},", if churned { "yes" } else { "no" });
    if gap[5] < 0.35 {
        let said = who.comments[draw.random_range(0..who.comments.len())];
        let when = draw.random_range(1..=28);
        let month = pick(draw, &[1.0; 6], ["January", "February", "March", "April", "May", "June"]);
        let _ = write!(text, "\"Customer {said}, noted {when} {month}, ticket {}\"", 4_000 + draw.random_range(0..5_000));
    }
    text.push('\n');
}

/// The day the sample was "exported": 30 June 2026.
fn snapshot() -> i32 {
    chrono::NaiveDate::from_ymd_opt(2026, 6, 30).map_or(20_634, dates::days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_text() {
        assert_eq!(csv(0), csv(0));
        assert_ne!(csv(0), csv(1));
        assert_eq!(csv(0).lines().count(), N_CUSTOMERS + 1);
        let odd = planted(0).iter().filter(|kind| kind.is_none()).count();
        assert!((60..150).contains(&odd), "{odd}");
    }
}
