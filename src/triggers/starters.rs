//! Which triggers are worth a first look in these data?
//!
//! In: the events. Out: ready rules that speak of kinds the data have, each with why it is offered. O(events) for the time between two purchases, else
//! O(names). How often each would fire is told by the replay, as for any other rule.
//!
//! Kinds are recognised by the names they have in the common exports. What is not recognised is not guessed: such rules are left out.

use super::language::{
    ANY, CrossDirection, DistinctOf, Event, EventField, Measure, Moment, Op, Over, Since, Span, Trigger, TriggerAudience, TriggerCondition,
    Value,
};
use super::matcher::EventMatcher;
use super::occurrences::Occurrences;
use super::world::World;
use crate::base::stats::{median_sorted, sorted};
use crate::base::{Ctx, Stopped};
use crate::events::table::DAY;

/// What a purchase is called in the exports that are known, in the order they are looked for.
pub const PURCHASES: [&str; 14] = [
    "purchase",
    "order",
    "order_completed",
    "Order Completed",
    "Placed Order",
    "transaction",
    "checkout_completed",
    "Purchase",
    "ecommerce_purchase",
    "order_placed",
    "payment_done",
    "buy",
    "bought",
    "sale",
];
const CARTS: [&str; 6] = ["add_to_cart", "Product Added", "Added to Cart", "cart", "addtocart", "Add to Cart"];
const VIEWS: [&str; 6] = ["view_item", "Product Viewed", "Viewed Product", "product_view", "view", "product viewed"];
const PAGES: [&str; 5] = ["page_view", "pageview", "$pageview", "Page Viewed", "page"];
const RETURNS: [&str; 6] = ["return", "refund", "Order Refunded", "Refunded Order", "order_refunded", "returned"];
/// How much longer than usual a second purchase may take before it is due.
const LATE: f64 = 1.5;
/// The fewest customers whose median is taken.
const FEWEST: usize = 31;

/// A rule that is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Starter {
    /// The rule.
    pub trigger: Trigger,
    /// What in the data it comes from, in a sentence.
    pub why: String,
}

/// All that these data allow, in a fixed order.
pub fn starters(world: &World, ctx: &Ctx) -> Result<Vec<Starter>, Stopped> {
    let named = |of: &[&str]| of.iter().find(|name| world.events.kind(name).is_some()).map(|name| Event::of(name));
    let purchase = world.purchase.cloned().or_else(|| named(&PURCHASES));
    let goal = purchase.clone().unwrap_or_else(Event::visit);
    let offer = |name: &str, when: Moment, then: &str, why: String| Starter {
        trigger: Trigger::new(name.to_owned(), when, then.to_owned(), goal.clone()),
        why,
    };
    let mut offered = Vec::new();
    if let Some(purchase) = &purchase {
        let kind = &purchase.event;
        let is = format!("“{kind}” is taken for a purchase.");
        let silent = Moment::Absent { event: purchase.clone(), days: Span::days(45), since: Since::Last };
        offered.push(offer("No purchase for 45 days", silent, "say hello again", is.clone()));
        let three = Moment::Times { event: Event::visit(), count: 3, over: Over::Since(purchase.clone()), same: None };
        offered.push(offer("Three visits since the last purchase", three, "help to decide", is.clone()));
        if let Some(cart) = named(&CARTS) {
            let why = format!("“{}” and “{kind}” are in the data.", cart.event);
            let left = Moment::NotFollowed { event: cart, by: purchase.clone(), within: Span::hours(24) };
            offered.push(offer("Cart left behind", left, "remind of the cart", why));
        }
        for (persona, median) in second_purchases(world, purchase, ctx)? {
            let days = (median * LATE).ceil().max(1.0) as i64;
            let whose = persona.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
            let due = Moment::Absent { event: purchase.clone(), days: Span::days(days), since: Since::Last };
            let why = format!(
                "Half of the second purchases{whose} came within {median:.0} days of the first; this is one and a half times as long."
            );
            let mut starter = offer(&format!("Second purchase due{whose}"), due, "invite to a second order", why);
            starter.trigger.and = vec![TriggerCondition::Count { event: purchase.clone(), over: Over::Ever, op: Op::Is, value: 1.0 }];
            starter.trigger.audience = persona.map_or(TriggerAudience::Everyone, |name| TriggerAudience::Personas(vec![name]));
            offered.push(starter);
        }
        let has_values = EventMatcher::of(purchase, world);
        let is_paid = |row: usize, first: usize| has_values.is(world.events, row, first) && !world.events.values[row].is_nan();
        if (0..world.events.n_customers()).any(|c| world.events.of(c).any(|row| is_paid(row, world.events.starts[c]))) {
            let measure = Measure::Change { event: purchase.clone(), over: Span::days(90) };
            let halves = Moment::Crosses { measure, threshold: 0.5, direction: CrossDirection::Down };
            offered.push(offer("Spend halves against the 90 days before", halves, "ask what is missing", format!("“{kind}” has values.")));
        }
    }
    let page = world.events.page_names.iter().find(|page| page.to_lowercase().contains("pric"));
    if let (Some(view), Some(page)) = (named(&PAGES), page) {
        let price = view.having(EventField::Page, Op::Contains, Value::Text("pric".to_owned()));
        // The text must fit the page as it is written.
        if page.contains("pric") {
            let twice = Moment::Times { event: price, count: 2, over: Over::Last(Span::days(7)), same: None };
            offered.push(offer("Price page twice in 7 days", twice, "offer advice", format!("There is a page “{page}”.")));
        }
    }
    if let Some(view) = named(&VIEWS).filter(|_| !world.events.page_names.is_empty()) {
        let why = format!("“{}” has pages.", view.event);
        let twice = Moment::Times { event: view, count: 2, over: Over::Last(Span::days(7)), same: Some(DistinctOf::Page) };
        offered.push(offer("Viewed the same product twice", twice, "tell more of the product", why));
    }
    // The visit itself is the only event in 60 days, and not the first one ever.
    let mut back = offer("First visit after 60 days", Moment::On(Event::visit()), "welcome back", "There are visits.".to_owned());
    let count = |over, op, value| TriggerCondition::Count { event: Event::of(ANY), over, op, value };
    back.trigger.and = vec![count(Over::Last(Span::days(60)), Op::Is, 1.0), count(Over::Ever, Op::AtLeast, 2.0)];
    offered.push(back);
    if let Some(returned) = named(&RETURNS) {
        let why = format!("“{}” is in the data.", returned.event);
        let away = Moment::NotFollowed { event: returned, by: Event::visit(), within: Span::days(14) };
        offered.push(offer("Returned an order and stays away", away, "ask what went wrong", why));
    }
    Ok(offered)
}

/// Median days from the first to the second purchase: of each persona with enough of them, or of everyone.
fn second_purchases(world: &World, purchase: &Event, ctx: &Ctx) -> Result<Vec<(Option<String>, f64)>, Stopped> {
    let times = Occurrences::of(&EventMatcher::of(purchase, world), world, ctx)?;
    let gaps: Vec<(usize, f64)> = (0..world.events.n_customers())
        .filter_map(|customer| match times.of_customer(customer) {
            [first, second, ..] if second > first => Some((customer, (second - first) as f64 / DAY as f64)),
            _ => None,
        })
        .collect();
    let median = |of: &dyn Fn(usize) -> bool| {
        let ascending = sorted(gaps.iter().filter(|(customer, _)| of(*customer)).map(|(_, days)| *days));
        (ascending.len() >= FEWEST).then(|| median_sorted(&ascending))
    };
    let known = world.snapshots.first();
    let is_of = |customer: usize, persona: usize| known.is_some_and(|of| of.personas.at(customer) == Some(persona as u32));
    let personas: Vec<(Option<String>, f64)> = (world.persona_names().iter().enumerate())
        .filter_map(|(at, name)| median(&|customer| is_of(customer, at)).map(|days| (Some(name.clone()), days)))
        .collect();
    Ok(if personas.is_empty() { median(&|_| true).map(|days| (None, days)).into_iter().collect() } else { personas })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::checks::faults;
    use crate::triggers::known::{KnownNames, faults_in};
    use crate::triggers::language::Rules;
    use crate::triggers::made::{MadeRow, Truth, shop, table};
    use crate::triggers::report::check;

    fn offered(world: &World) -> Vec<Starter> {
        starters(world, &Ctx::new()).unwrap()
    }

    #[test]
    fn offered_from_what_there_is() {
        let row = |kind: &str, page: Option<&str>, value| MadeRow {
            customer: "a".into(),
            kind: kind.into(),
            page: page.map(Into::into),
            value,
            ..MadeRow::default()
        };
        let events = table(vec![
            row("purchase", None, Some(10.0)),
            row("add_to_cart", None, None),
            row("view_item", Some("/shoe"), None),
            row("page_view", Some("/pricing"), None),
            row("refund", None, None),
        ]);
        let world = World::of(&events);
        let names: Vec<String> = offered(&world).into_iter().map(|of| of.trigger.name).collect();
        assert_eq!(
            names,
            [
                "No purchase for 45 days",
                "Three visits since the last purchase",
                "Cart left behind",
                "Spend halves against the 90 days before",
                "Price page twice in 7 days",
                "Viewed the same product twice",
                "First visit after 60 days",
                "Returned an order and stays away"
            ]
        );
        let rules = Rules::of(offered(&world).into_iter().map(|of| of.trigger).collect());
        assert_eq!((faults(&rules), check(&world, &rules)), (Vec::new(), Ok(())));
        let plain = table(vec![row("login", None, None)]);
        let names: Vec<String> = offered(&World::of(&plain)).into_iter().map(|of| of.trigger.name).collect();
        assert_eq!(names, ["First visit after 60 days"]);
    }

    #[test]
    fn the_second_purchase_is_due_by_persona() {
        let (events, snapshot) = shop(1, Truth { customers: 600, days: 300, effect: 0.0, selection: true, already_buying: 0.0 });
        let world = World { snapshots: std::slice::from_ref(&snapshot), ..World::of(&events) };
        let due: Vec<Starter> = offered(&world).into_iter().filter(|of| of.trigger.name.starts_with("Second")).collect();
        let days = |starter: &Starter| if let Moment::Absent { days, .. } = starter.trigger.when { days.in_days() } else { 0.0 };
        assert_eq!(
            due.iter().map(|of| of.trigger.name.as_str()).collect::<Vec<_>>(),
            ["Second purchase due of Regulars", "Second purchase due of Others"]
        );
        assert!(days(&due[0]) < days(&due[1]), "regulars come back sooner");
        let rules = Rules::of(due.into_iter().map(|of| of.trigger).collect());
        let known = KnownNames { kinds: &events.kind_names, personas: world.persona_names(), ..Default::default() };
        assert_eq!(faults_in(&rules, &known), []);
    }
}
