//! Who stood in which row? When a table is read again with other customers in it, names and colours follow the people, not the rows.
//!
//! In: the ids of the rows before and after. Out: where every row went. An id is a hash of the customer's key, so that a project keeps four bytes
//! per customer and no keys; of a million customers about a hundred share theirs with another, which a match by thousands does not notice. O(n).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::plan::{Against, EarlierSegment, EarlierSegments, Plan};

/// An id per row of the table; base64 in project files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct CustomerIds(pub Arc<[u32]>);

impl CustomerIds {
    /// Where each of these rows is in another table.
    pub fn moves_to(&self, other: &CustomerIds) -> Vec<Option<u32>> {
        let mut place: HashMap<u32, u32> = HashMap::with_capacity(other.0.len());
        for (row, id) in other.0.iter().enumerate() {
            place.entry(*id).or_insert(row as u32);
        }
        self.0.iter().map(|id| place.get(id).copied()).collect()
    }
}

impl Plan {
    /// Lets everything that names rows follow its customers.
    pub fn follow(&mut self, to: &[Option<u32>], n_table_rows: usize) {
        for edit in &mut self.personas {
            edit.members = edit.members.moved(to);
        }
        for kept in &mut self.kept {
            kept.members = kept.members.moved(to);
        }
        for card in &mut self.niches.cards {
            card.members = card.members.moved(to);
        }
        let inside = self.splits.iter_mut().filter_map(|split| split.numbering.as_mut());
        for numbering in self.numbering.iter_mut().chain(inside) {
            *numbering = Arc::new(numbering.moved(to, n_table_rows));
        }
        if let Some(Against::Earlier(earlier)) = &mut self.comparison {
            let moved = earlier.groups.iter().map(|group| EarlierSegment { members: group.members.moved(to), ..group.clone() });
            *earlier = Arc::new(EarlierSegments { groups: moved.collect(), ..(**earlier).clone() });
        }
    }

    /// Whether anything in it names rows.
    pub fn names_rows(&self) -> bool {
        let inside = self.splits.iter().any(|split| split.numbering.is_some());
        let compares = matches!(self.comparison, Some(Against::Earlier(_)));
        !self.personas.is_empty()
            || !self.kept.is_empty()
            || !self.niches.cards.is_empty()
            || self.numbering.is_some()
            || inside
            || compares
    }
}

impl From<CustomerIds> for String {
    fn from(ids: CustomerIds) -> String {
        BASE64.encode(ids.0.iter().flat_map(|id| id.to_le_bytes()).collect::<Vec<u8>>())
    }
}

impl From<String> for CustomerIds {
    /// Tolerant: without ids names stay with their rows, and the project opens.
    fn from(text: String) -> CustomerIds {
        let bytes = BASE64.decode(text).unwrap_or_default();
        let (whole, _) = bytes.as_chunks::<4>();
        CustomerIds(whole.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }
}
