//! Shops with known truth: customers and orders are drawn, and what every customer is worth is added up from the orders themselves.
//!
//! In: a seed. Out: orders in whole cents, and the truth about every customer. Nothing here knows how files are read.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Sold,
    Pending,
    Cancelled,
    Failed,
    /// So many cents were given back.
    Refunded(i64),
}

/// One line of an order.
#[derive(Debug, Clone)]
pub struct Line {
    pub product: String,
    pub quantity: i64,
    pub price: i64,
}

/// Somebody who bought.
#[derive(Debug, Clone)]
pub struct Person {
    /// The customer number; guests have none.
    pub id: Option<String>,
    pub email: String,
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order {
    pub number: String,
    pub person: usize,
    /// Days since 1970-01-01, as the shop's wall calendar shows them.
    pub day: i64,
    pub hour: u32,
    pub minute: u32,
    pub lines: Vec<Line>,
    /// Shipping less discounts.
    pub extra: i64,
    pub fate: Fate,
}

impl Order {
    pub fn lines_total(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity * line.price).sum()
    }

    pub fn total(&self) -> i64 {
        self.lines_total() + self.extra
    }

    pub fn refund(&self) -> i64 {
        if let Fate::Refunded(cents) = self.fate { cents } else { 0 }
    }

    pub fn is_sale(&self) -> bool {
        matches!(self.fate, Fate::Sold | Fate::Refunded(_))
    }
}

/// What a shop may have.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    pub guests: bool,
    pub refunds: bool,
    /// Refunds are of whole orders only.
    pub whole_refunds: bool,
    pub no_sales: bool,
    pub extras: bool,
    pub most_lines: usize,
}

/// A shop.
#[derive(Debug, Clone)]
pub struct Shop {
    pub people: Vec<Person>,
    pub orders: Vec<Order>,
}

/// What is true of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    pub cents: i64,
    pub days: BTreeSet<i64>,
}

impl Shop {
    pub fn draw(rng: &mut ChaCha8Rng, wants: Wants) -> Shop {
        let n_people = rng.random_range(12..40);
        let n_guests = if wants.guests { rng.random_range(6..15) } else { 0 };
        let known = (0..n_people).map(|at| Person { id: Some(format!("{}", 1000 + at * 7)), email: format!("m{at}@kunden.example") });
        let guests = (0..n_guests).map(|at| Person { id: None, email: format!("guest{at}@post.example") });
        let people: Vec<Person> = known.chain(guests).collect();
        let n_orders = people.len() * 2 + rng.random_range(20..80);
        let mut orders: Vec<Order> = (0..n_orders).map(|at| order(rng, wants, at, people.len())).collect();
        orders.sort_by_key(|order| (order.day, order.hour, order.minute));
        for (at, order) in orders.iter_mut().enumerate() {
            order.number = format!("{}", 5001 + at);
        }
        Shop { people, orders }
    }

    /// What is true, by customer: the number of who has one, the address of who has none.
    pub fn truth(&self, by_email: bool) -> BTreeMap<String, Truth> {
        let mut all: BTreeMap<String, Truth> = BTreeMap::new();
        for order in &self.orders {
            let person = &self.people[order.person];
            let key = person.id.clone().filter(|_| !by_email).unwrap_or_else(|| person.email.clone());
            let truth = all.entry(key).or_default();
            if order.is_sale() {
                truth.cents += order.total() - order.refund();
                truth.days.insert(order.day);
            }
        }
        all
    }
}

fn order(rng: &mut ChaCha8Rng, wants: Wants, at: usize, n_people: usize) -> Order {
    let person = if at < n_people { at } else { rng.random_range(0..n_people) };
    let n_lines = rng.random_range(1..=wants.most_lines);
    // Products of an order differ, as they do where a till merges equal ones.
    let first = rng.random_range(0..20);
    let lines: Vec<Line> = (0..n_lines)
        .map(|at| Line { product: format!("Item {}", first + at), quantity: rng.random_range(1..4), price: rng.random_range(99..9999) })
        .collect();
    let mut order = Order {
        number: String::new(),
        person,
        day: 19_500 + rng.random_range(0..600),
        // Late evenings and just after midnight, where a time zone would move the day.
        hour: [0, 9, 13, 18, 23][rng.random_range(0..5)],
        minute: rng.random_range(0..60),
        lines,
        extra: if wants.extras { rng.random_range(-50..490) } else { 0 },
        fate: Fate::Sold,
    };
    if wants.no_sales && rng.random_bool(0.15) {
        order.fate = [Fate::Pending, Fate::Cancelled, Fate::Failed][rng.random_range(0..3)];
    } else if wants.refunds && rng.random_bool(0.2) {
        let total = order.total();
        let whole = wants.whole_refunds || rng.random_bool(0.5);
        order.fate = Fate::Refunded(if whole { total } else { rng.random_range(1..total.max(2)) });
    }
    order
}

pub fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The day as year, month, day.
pub fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// 2024-03-09
pub fn iso(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}
