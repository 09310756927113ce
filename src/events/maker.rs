//! What does a row say, whatever format it is in?
//!
//! In: a row as cells per part. Out: one row of numbers in a batch, or a count of why there is none: no time, nothing that happened, a picture, a failure. Each
//! distinct address of a page is cleaned once per piece. O(letters of the row).

use rustc_hash::FxHashMap;

use super::batch::{APART, Batch, IS_BY_ADDRESS, IS_OF_PAGE};
use super::cleaning::path_of;
use super::dictionary::TextNumbers;
use super::moment::{Clock, RowMoment};
use super::options::{AddressPlace, EventOptions};
use super::parts::{EventPart, Found, Scalar};
use super::row_ids::{Ids, row_id};
use super::shapes::{EventShape, is_asset, is_nobody};
use super::table::NONE;
use super::times::Zone;

/// Bytes of the longest name, id or page that is believed; a row with a longer one cannot be read.
const LONGEST_NAME: usize = 2_000;

/// Makes the rows of a piece.
pub(super) struct Maker<'m> {
    shape: &'m EventShape,
    options: &'m EventOptions,
    clock: Clock<'m>,
    pub batch: Batch,
    addresses: TextNumbers,
    page_of: Vec<u32>,
    places: FxHashMap<String, Option<(AddressPlace, Option<Zone>)>>,
    ids: Ids,
    room: String,
    key: String,
}

/// What happened.
struct What<'r> {
    name: &'r str,
    page: Option<&'r str>,
    is_of_page: bool,
}

impl<'m> Maker<'m> {
    pub fn new(shape: &'m EventShape, options: &'m EventOptions, zone: Option<Zone>) -> Maker<'m> {
        Maker {
            shape,
            options,
            clock: Clock::new(shape, zone),
            batch: Batch::default(),
            addresses: TextNumbers::default(),
            page_of: Vec::new(),
            places: FxHashMap::default(),
            ids: Ids::default(),
            room: String::new(),
            key: String::new(),
        }
    }

    /// A row that cannot be read.
    pub fn push_unreadable(&mut self) {
        self.batch.counts.first_unreadable.get_or_insert(self.batch.counts.rows);
        self.batch.counts.rows += 1;
        self.batch.counts.unreadable += 1;
    }

    /// The events of a row: itself, or those in it. `twin` stands for everything in the row and is asked only where it has no id.
    pub fn push(&mut self, found: &mut Found<'_>, twin: impl Fn() -> u64) {
        if self.shape.each.is_none() {
            return self.push_one(found, twin);
        }
        for (at, mut event) in std::mem::take(&mut found.inner).into_iter().enumerate() {
            event.add(found);
            self.push_one(&event, || twin().wrapping_add((at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
    }

    fn push_one(&mut self, found: &Found<'_>, twin: impl Fn() -> u64) {
        self.batch.counts.rows += 1;
        let Some(moment) = self.clock.moment(found) else {
            self.batch.counts.without_time += 1;
            return;
        };
        if self.options.until.is_some_and(|until| moment.ms >= until) {
            self.batch.counts.in_future += 1;
            return;
        }
        self.batch.counts.unzoned += usize::from(moment.is_unzoned);
        let (circumstance, is_by_address) = self.circumstance(found, &moment);
        let mut room = std::mem::take(&mut self.room);
        let mut more = String::new();
        match self.what(found, &mut room, &mut more, circumstance) {
            Ok(Some(what)) => {
                self.ids.read(found, self.shape);
                let texts = [Some(what.name), what.page, self.ids.person(), self.ids.device()];
                // A name is never cut: two that begin alike would become one customer.
                if texts.into_iter().flatten().any(|text| text.len() > LONGEST_NAME) {
                    let counts = &mut self.batch.counts;
                    counts.first_unreadable.get_or_insert(counts.rows - 1);
                    counts.unreadable += 1;
                    self.room = room;
                    return;
                }
                let (id, flags) = row_id(found, self.shape, what.name, twin);
                let page = what
                    .page
                    .map_or(NONE, |page| page_number(self.options, &mut self.addresses, &mut self.page_of, &mut self.batch.pages, page));
                let batch = &mut self.batch;
                let to = &mut batch.columns;
                to.person.push(self.ids.person().map_or(NONE, |id| batch.persons.insert(id).0));
                to.device.push(self.ids.device().map_or(NONE, |id| batch.devices.insert(id).0));
                to.name.push(batch.names.insert(what.name).0);
                to.page.push(page);
                to.time.push(moment.ms);
                to.session.push(self.ids.session());
                to.value.push(found.get(EventPart::Value).and_then(Scalar::number).unwrap_or(f64::NAN));
                to.circumstance.push(circumstance);
                to.twin.push(id);
                let of_page = if what.is_of_page { IS_OF_PAGE } else { 0 };
                to.flags.push(flags | of_page | if is_by_address { IS_BY_ADDRESS } else { 0 });
                let order = order_in_ms(found);
                if order > 0 || !to.in_ms.is_empty() {
                    to.in_ms.resize(to.time.len() - 1, 0);
                    to.in_ms.push(order);
                }
            }
            Ok(None) => self.batch.counts.without_event += 1,
            Err(Refused) => {}
        }
        self.room = room;
    }

    /// What happened; nothing where the row does not say it.
    fn what<'r>(
        &mut self,
        found: &'r Found<'_>,
        room: &'r mut String,
        more: &'r mut String,
        circumstance: u32,
    ) -> Result<Option<What<'r>>, Refused>
    where
        'm: 'r,
    {
        let shape = self.shape;
        if let Some(name) = &shape.fixed_event {
            let is_cancelled = found.get(EventPart::Cancelled).is_some_and(|cell| {
                let said = cell.text(room);
                shape.cancelled.is_empty() || shape.cancelled.iter().any(|word| word.eq_ignore_ascii_case(said))
            });
            let is_returned = found.get(EventPart::Value).and_then(Scalar::number).is_some_and(|value| value < 0.0);
            // A purchase that was taken back is none, but happened; so did a return.
            let name = match (is_cancelled, is_returned) {
                (true, _) => "cancelled purchase",
                (_, true) => "return",
                _ => name,
            };
            return Ok(Some(What { name, page: None, is_of_page: false }));
        }
        if shape.is_log {
            return self.request(found, room, circumstance);
        }
        let page = found.get(EventPart::Page).map(|cell| cell.text(more));
        let event = found.get(EventPart::Event);
        let title = found.get(EventPart::Title);
        let Some(event) = event else {
            return Ok(match (page, title) {
                (Some(page), _) => Some(What { name: "", page: Some(page), is_of_page: true }),
                (None, Some(title)) => Some(What { name: title.text(room), page: None, is_of_page: false }),
                (None, None) => None,
            });
        };
        let name = event.text(room);
        let is_view = shape.views.iter().any(|view| view.eq_ignore_ascii_case(name));
        let page = match (page, title) {
            (Some(page), _) => Some(page),
            (None, Some(Scalar::Text(title))) if is_view => Some(title.trim()),
            _ => None,
        };
        Ok(Some(if is_view && page.is_some() { What { name: "", page, is_of_page: true } } else { What { name, page, is_of_page: false } }))
    }

    /// The request of a web server. Pictures, scripts and failures are no events.
    fn request<'r>(&mut self, found: &'r Found<'_>, room: &'r mut String, circumstance: u32) -> Result<Option<What<'r>>, Refused> {
        let mut words = match found.get(EventPart::Request) {
            Some(Scalar::Text(request)) => request.split(' '),
            _ => "".split(' '),
        };
        let (of_request, path_of_request) = (words.next().filter(|word| !word.is_empty()), words.next());
        let method = match found.get(EventPart::Method) {
            Some(Scalar::Text(method)) => Some(method.trim()),
            _ => of_request,
        };
        let path = path_of_request.or_else(|| found.get(EventPart::Page).map(|cell| cell.text(room)));
        let Some(path) = path else { return Ok(None) };
        let refused = &mut self.batch.refused[circumstance as usize];
        if found.get(EventPart::Status).and_then(Scalar::number).is_some_and(|status| status >= 400.0) {
            refused.1 += 1;
            return Err(Refused);
        }
        let method = method.unwrap_or("GET");
        let is_question = ["HEAD", "OPTIONS"].iter().any(|of| of.eq_ignore_ascii_case(method));
        if is_question || is_asset(path) {
            refused.0 += 1;
            return Err(Refused);
        }
        Ok(Some(What { name: if method.eq_ignore_ascii_case("GET") { "" } else { method }, page: Some(path), is_of_page: true }))
    }

    /// The number of everything that is known around a row, and whether any of it is looked up by its address.
    fn circumstance(&mut self, found: &Found<'_>, moment: &RowMoment) -> (u32, bool) {
        let place = match (&self.options.places, found.get(EventPart::Ip)) {
            (Some(places), Some(ip)) => {
                let look_up = |ip: &str| {
                    let place = places.place(ip.parse().ok()?)?;
                    let zone = Zone::named(&place.zone);
                    Some((place, zone))
                };
                let ip = ip.text(&mut self.room).to_owned();
                self.places.entry(ip).or_insert_with_key(|ip| look_up(ip)).as_ref()
            }
            _ => None,
        };
        let own = |part: EventPart| found.get(part);
        self.key.clear();
        for part in [EventPart::DeviceClass, EventPart::System, EventPart::Browser, EventPart::UserAgent] {
            push_text(own(part), &mut self.key, &mut self.room);
        }
        let of_place = place.map(|(place, _)| [&place.country, &place.region, &place.city]);
        let says_place = [EventPart::Country, EventPart::Region, EventPart::City].into_iter().any(|part| own(part).is_some());
        for (at, part) in [EventPart::Country, EventPart::Region, EventPart::City].into_iter().enumerate() {
            match of_place {
                // A country of the export with a city of the look-up would be two places in one.
                Some(place) if !says_place => {
                    self.key.push_str(place[at]);
                    self.key.push(APART);
                }
                _ => push_text(own(part), &mut self.key, &mut self.room),
            }
        }
        let is_by_address = place.is_some();
        if let Some(offset) = self.clock.offset(found, moment, place.and_then(|(_, zone)| *zone)) {
            push_text(Some(&Scalar::Whole(i64::from(offset))), &mut self.key, &mut self.room);
        }
        let (at, is_new) = self.batch.circumstances.insert(&self.key);
        if is_new {
            self.batch.refused.push((0, 0));
        }
        (at, is_by_address)
    }
}

/// The row was counted where it belongs.
struct Refused;

fn push_text(cell: Option<&Scalar<'_>>, key: &mut String, room: &mut String) {
    const MOST_LETTERS: usize = 1_024;
    if let Some(cell) = cell {
        let text = cell.text(room);
        let text = &text[..text.floor_char_boundary(MOST_LETTERS)];
        if !is_nobody(text) {
            if text.contains(APART) {
                key.extend(text.chars().filter(|&letter| letter != APART));
            } else {
                key.push_str(text);
            }
        }
    }
    key.push(APART);
}

/// The number of a page. Each distinct address of a piece is cleaned once.
fn page_number(options: &EventOptions, addresses: &mut TextNumbers, page_of: &mut Vec<u32>, pages: &mut TextNumbers, address: &str) -> u32 {
    let (at, is_new) = addresses.insert(address);
    if is_new {
        let path = path_of(address, &options.keep_query);
        page_of.push(if path.is_empty() { NONE } else { pages.insert(&path).0 });
    }
    page_of[at as usize]
}

/// The order within a millisecond, of up to three numbers: the first counts most.
fn order_in_ms(found: &Found<'_>) -> u64 {
    let number = |part: EventPart, bits: u32| {
        let number = found.get(part).and_then(Scalar::number).unwrap_or(0.0).max(0.0);
        (number as u64).min((1 << bits) - 1)
    };
    // GA4's first is a time in milliseconds, which has 41 bits; the others count events of a page.
    number(EventPart::OrderA, 44) << 20 | number(EventPart::OrderB, 10) << 10 | number(EventPart::OrderC, 10)
}
