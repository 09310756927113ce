//! What may the user choose about reading events?
//!
//! In: choices. Out: the same, checked. Everything has a default that needs no question.

use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use super::error::EventsError;
use super::page_tree::{MOST_PIECES, PageRule};
use super::table::Time;
use super::times::Zone;

/// Silence after which a visit is over: exactly this much is still the same visit.
pub const VISIT_GAP: Time = 30 * 60_000;

/// Where an address in the network is, as far as the user's own file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPlace {
    /// Country.
    pub country: String,
    /// Region.
    pub region: String,
    /// City.
    pub city: String,
    /// Time zone, as the IANA database names it.
    pub zone: String,
}

/// Looks addresses up. The address goes nowhere else.
pub trait Places: Debug + Send + Sync {
    /// Where it is; `None` where nothing is known, private addresses included.
    fn place(&self, address: IpAddr) -> Option<AddressPlace>;
}

/// What may be chosen.
#[derive(Debug, Clone)]
pub struct EventOptions {
    /// Whether a device nobody was named on counts as a customer. Else its events are left out and counted.
    pub count_anonymous: bool,
    /// The zone of times that say none, such as `Europe/Berlin`; UTC if nothing is chosen.
    pub zone: Option<String>,
    /// Keys of the query that are part of a page.
    pub keep_query: Vec<String>,
    /// Different pieces after the same beginning of a path, beyond which they are one.
    pub most_pieces: usize,
    /// The user's own names for pages.
    pub page_rules: Vec<PageRule>,
    /// Silence in milliseconds after which a new visit begins.
    pub visit_gap: Time,
    /// Whether midnight by the local clock begins a new visit.
    pub cut_at_midnight: bool,
    /// The moment from which on no event is believed: the end of the day it is; none believes all.
    pub until: Option<Time>,
    /// Looks addresses up.
    pub places: Option<Arc<dyn Places>>,
}

impl Default for EventOptions {
    fn default() -> EventOptions {
        EventOptions {
            count_anonymous: false,
            zone: None,
            keep_query: Vec::new(),
            most_pieces: MOST_PIECES,
            page_rules: Vec::new(),
            visit_gap: VISIT_GAP,
            cut_at_midnight: false,
            until: None,
            places: None,
        }
    }
}

impl EventOptions {
    /// The chosen zone.
    ///
    /// Fails where no zone is called so.
    pub fn known_zone(&self) -> Result<Option<Zone>, EventsError> {
        let known = |name: &String| Zone::named(name).ok_or_else(|| EventsError::NoSuchZone { zone: name.clone() });
        self.zone.as_ref().map(known).transpose()
    }
}
