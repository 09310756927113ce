//! What do the heat map and the list of segments look at? The scores, who is picked, and what is pointed at.

use crate::customers::Rfm;
use crate::session::RfmLook;

/// What the parts of the view look at.
pub(super) struct View<'a> {
    pub(super) rfm: &'a Rfm,
    /// Picked customers by the place of their code, while some are picked.
    pub(super) picked: Option<&'a [usize]>,
    /// What was under the pointer a frame ago.
    pub(super) before: RfmLook,
}
