//! Whose export is it, and which of its columns says what?
//!
//! One row per format in `assets/event_shapes.json`: the names that must be there, the columns of each part in the order they are tried, and an example that a
//! test reads. To add a format is to add a row there. In: the names of a sample. Out: a format. What fits no row goes by the words of its column
//! names. O(names x rows).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::flatten::{MOST_NAMES, NameCount, Names};
use super::parts::EventPart;
use super::times::EpochUnit;

/// Which times may be by a local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenZone {
    /// Counted since 1970, which should be UTC and is not.
    Epochs,
    /// Written without a zone.
    Texts,
}

/// How one format writes events.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventShape {
    /// What people call it.
    pub name: String,
    /// Names that must all be there; `a|b` is either.
    pub must: Vec<String>,
    /// The names of each part, the best first; dots go into objects.
    pub parts: BTreeMap<EventPart, Vec<String>>,
    /// The list whose items are the events, where a row is a visit.
    pub each: Option<String>,
    /// What its epochs count, where their size does not say.
    pub unit: Option<EpochUnit>,
    /// Which of its times may be by a local clock, so that a question stays open.
    pub open_zone: Option<OpenZone>,
    /// That question.
    pub question: String,
    /// Events that are views of a page, in small letters.
    pub views: Vec<String>,
    /// Events that are purchases, in small letters.
    pub purchases: Vec<String>,
    /// Every row is this event.
    pub fixed_event: Option<String>,
    /// Several rows are one order, and its sum stands in one of them.
    pub is_lines_of_orders: bool,
    /// Values that say an order was taken back; any value if there are none.
    pub cancelled: Vec<String>,
    /// Values that are no session.
    pub no_session: Vec<String>,
    /// What a person's id begins with where it is the device's.
    pub device_prefix: Option<String>,
    /// Requests of a web server: pictures and failures are no events, and devices are guessed from addresses.
    pub is_log: bool,
    /// A row as the format has it.
    pub example: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shapes {
    formats: Vec<EventShape>,
    access_log: EventShape,
    w3c_log: EventShape,
    plain: EventShape,
    /// Tables whose rows are orders or their lines, without a word on what happened.
    plain_orders: EventShape,
    /// Orders that were counted by the rules of a customer table.
    counted_orders: EventShape,
    /// Columns that say that a row may be no purchase, or how many: then it takes more than names to read a table of orders.
    not_plain_orders: Vec<String>,
    /// Columns that say when something was ordered.
    order_times: Vec<String>,
    words: BTreeMap<EventPart, Vec<String>>,
    nobody: Vec<String>,
    assets: Vec<String>,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let known = serde_json::from_str(include_str!("../../assets/event_shapes.json"));
    // A test reads the file, so this cannot fail in a build that passed.
    known.unwrap_or_else(|error| unreachable!("event_shapes.json: {error}"))
});

/// Why rows are no events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoShape {
    /// Nothing says when, who or what; the words say which.
    Lacks(&'static str),
    /// Orders with statuses or quantities, which take more than the names of columns to read.
    Orders,
    /// A column is called like a time, but holds none.
    NoTimes,
}

/// The format of a sample.
///
/// Fails where neither a signature nor the words of the names say who did what and when.
pub fn recognise(names: &Names) -> Result<EventShape, NoShape> {
    let fits = |shape: &&EventShape| shape.must.iter().all(|must| must.split('|').any(|name| names.has(name)));
    SHAPES.formats.iter().find(fits).map_or_else(|| by_words(names), |shape| Ok(shape.clone()))
}

/// The format of orders that were counted by the rules of a customer table.
pub fn counted_orders() -> &'static EventShape {
    &SHAPES.counted_orders
}

/// The format of log lines in Apache's manner.
pub fn access_log() -> &'static EventShape {
    &SHAPES.access_log
}

/// The format of log lines below a `#Fields:`.
pub fn w3c_log() -> &'static EventShape {
    &SHAPES.w3c_log
}

/// Names of all formats that are recognised.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    let logs = [&SHAPES.access_log, &SHAPES.w3c_log, &SHAPES.plain, &SHAPES.plain_orders, &SHAPES.counted_orders];
    SHAPES.formats.iter().chain(logs).map(|shape| shape.name.as_str())
}

/// Whether an id names nobody, such as `undefined`.
pub(super) fn is_nobody(id: &str) -> bool {
    // The longest of them has 36 letters, and most ids are none of them.
    id.len() <= 36 && SHAPES.nobody.iter().any(|nobody| nobody.eq_ignore_ascii_case(id))
}

/// Whether a path is that of a picture, a script or the like.
pub(super) fn is_asset(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, ending)| SHAPES.assets.iter().any(|asset| asset.eq_ignore_ascii_case(ending)))
}

impl EventShape {
    /// Every name with its part and its place in the list.
    pub(super) fn names(&self) -> impl Iterator<Item = (EventPart, u8, &str)> {
        self.parts
            .iter()
            .flat_map(|(&part, names)| names.iter().enumerate().map(move |(place, name)| (part, place.min(255) as u8, name.as_str())))
    }
}

/// By the words of the names: `customerID`, `Customer-Id` and `customer_id` are the same.
fn by_words(names: &Names) -> Result<EventShape, NoShape> {
    let chosen = &names.names[..names.names.len().min(MOST_NAMES)];
    let folded: Vec<(String, &NameCount)> = chosen.iter().filter(|name| name.filled > 0).map(|name| (fold(&name.name), name)).collect();
    let mut shape = SHAPES.plain.clone();
    let mut is_called_time = false;
    let is_called = |word: &String| folded.iter().any(|(name, _)| name == word);
    let words_of = |part: EventPart| SHAPES.words.get(&part).map_or(&[][..], Vec::as_slice);
    // Who ordered when: every row is a purchase, where nothing else is said to have happened.
    let says_what = [EventPart::Event, EventPart::Page].into_iter().any(|part| words_of(part).iter().any(is_called));
    let is_orders = !says_what && (SHAPES.order_times.iter().any(is_called) || words_of(EventPart::Order).iter().any(is_called));
    if is_orders && SHAPES.not_plain_orders.iter().any(is_called) {
        return Err(NoShape::Orders);
    }
    if is_orders {
        shape = SHAPES.plain_orders.clone();
    }
    for (&part, words) in &SHAPES.words {
        let mut fitting: Vec<&NameCount> = Vec::new();
        let of_orders = SHAPES.order_times.iter().filter(|_| is_orders && part == EventPart::Time);
        for word in of_orders.chain(words) {
            let mut of_word: Vec<&NameCount> = folded.iter().filter(|(name, _)| name == word).map(|(_, name)| *name).collect();
            of_word.sort_by_key(|name| name.name.matches('.').count());
            fitting.extend(of_word);
        }
        if part == EventPart::Time {
            is_called_time = !fitting.is_empty();
            // What is called a time and mostly is one: the cells that are none are counted and told, and are no reason to refuse the file.
            fitting.retain(|name| name.times * 10 >= name.filled * 9);
            // One column says when: a second one would fill its gaps with another meaning.
            fitting.truncate(1);
        }
        if part == EventPart::Order && is_orders {
            // Where lines share an order, each of them is worth something of its own.
            fitting.retain(|name| name.distinct * 10 >= name.filled * 9);
        }
        if part == EventPart::Duplicate {
            // An `event_id` may number the kinds of events, and would make nearly all rows the same.
            fitting.retain(|name| name.distinct * 10 >= name.filled * 9);
        }
        if matches!(part, EventPart::Person | EventPart::Device | EventPart::Event) {
            fitting.truncate(1);
        }
        if !fitting.is_empty() {
            shape.parts.insert(part, fitting.into_iter().map(|name| name.name.clone()).collect());
        }
    }
    let has = |part: EventPart| shape.parts.contains_key(&part);
    if !has(EventPart::Time) {
        return Err(if is_called_time { NoShape::NoTimes } else { NoShape::Lacks("no column says when") });
    }
    if !is_orders && !has(EventPart::Event) && !has(EventPart::Page) {
        return Err(NoShape::Lacks("no column says what happened"));
    }
    if !has(EventPart::Person) && !has(EventPart::Device) {
        return Err(NoShape::Lacks("no column says which customer it was"));
    }
    Ok(shape)
}

/// The last piece of a name in small letters and digits only.
fn fold(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(row: &serde_json::Value) -> Names {
        let mut names = Names::default();
        names.add_row(row.as_object().unwrap());
        names
    }

    #[test]
    fn every_example_is_recognised_as_its_own_format() {
        assert!(SHAPES.formats.len() >= 12);
        for shape in &SHAPES.formats {
            assert_eq!(recognise(&names(shape.example.as_ref().unwrap())).unwrap().name, shape.name);
            assert!(
                shape.views.iter().chain(&shape.purchases).all(|event| event.to_lowercase() == *event),
                "{}: small letters",
                shape.name
            );
        }
    }

    #[test]
    fn plain_tables_go_by_words() {
        for row in [
            r#"{"customer_id": 1, "event": "x", "timestamp": "2024-01-31 10:00"}"#,
            r#"{"user_id": "a", "event_name": "x", "ts": 1706695503}"#,
            r#"{"user_id": 219483890, "event": "catalog", "timestamp": "2019-11-01 17:59:13.273932"}"#,
        ] {
            let shape = recognise(&names(&serde_json::from_str(row).unwrap())).unwrap();
            assert_eq!(shape.name, "Events by the names of their columns", "{row}");
            assert!(
                [EventPart::Person, EventPart::Event, EventPart::Time].iter().all(|part| shape.parts[part].len() == 1),
                "{row}: {:?}",
                shape.parts
            );
        }
    }

    #[test]
    fn tables_of_orders_are_purchases_and_their_lines_stay_apart() {
        let mut known = Names::default();
        for at in 0..100 {
            let row = serde_json::json!({"order_id": at / 2, "customer_id": at % 7, "order_date": "2024-01-31", "amount": 9.5});
            known.add_row(row.as_object().unwrap());
        }
        let shape = recognise(&known).unwrap();
        assert_eq!((shape.name.as_str(), shape.fixed_event.as_deref()), ("Orders by the names of their columns", Some("purchase")));
        assert_eq!((&shape.parts[&EventPart::Time][..], shape.parts.get(&EventPart::Order)), (&["order_date".to_owned()][..], None));
        let one_a_row = names(&serde_json::json!({"Bestellnummer": "7", "Kundennummer": "a", "Bestelldatum": "2024-01-31", "Betrag": 3}));
        assert_eq!(recognise(&one_a_row).unwrap().parts[&EventPart::Order], ["Bestellnummer"]);
    }

    #[test]
    fn a_table_of_orders_that_takes_more_to_read_is_none_of_events() {
        let row = serde_json::json!({"order_id": "7", "customer_id": "a", "order_date": "2024-01-31", "amount": 3, "status": "cancelled"});
        let why = recognise(&names(&row)).unwrap_err();
        assert_eq!(why, NoShape::Orders);
    }

    #[test]
    fn ids_that_repeat_tell_no_duplicates() {
        let mut known = Names::default();
        for at in 0..100 {
            let row = serde_json::json!({"user_id": 1, "event_name": "x", "ts": 1_706_695_503, "event_id": at % 3, "message_id": at});
            known.add_row(row.as_object().unwrap());
        }
        assert_eq!(recognise(&known).unwrap().parts[&EventPart::Duplicate], ["message_id"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let why = |row: &str| recognise(&names(&serde_json::from_str(row).unwrap())).unwrap_err();
        assert_eq!(why(r#"{"customer_id": 1, "event": "x"}"#), NoShape::Lacks("no column says when"));
        assert_eq!(why(r#"{"customer_id": 1, "event": "x", "time": 17}"#), NoShape::NoTimes);
        assert_eq!(why(r#"{"event": "x", "time": 1706695503}"#), NoShape::Lacks("no column says which customer it was"));
        assert_eq!(why(r#"{"customer_id": 1, "time": 1706695503, "age": 5}"#), NoShape::Lacks("no column says what happened"));
    }

    #[test]
    fn ids_of_nobody_and_paths_of_pictures() {
        assert!(is_nobody("Undefined") && is_nobody("(not set)") && !is_nobody("u1"));
        assert!(is_asset("/a/b.CSS?v=1.2") && is_asset("x.png") && !is_asset("/a.b/cart") && !is_asset("/cart?x=a.png"));
    }
}
