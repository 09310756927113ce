//! When does the project's validation history get a line? Once segments and cards of data that moved are there.

use std::sync::Arc;

use crate::data::Source;
use crate::engine::today;

use super::window::Window;

impl Window {
    /// Writes the line of the data as they are now, as soon as everything it tells is there.
    pub(super) fn note_check(&mut self) {
        let (Some(segmentation), Some(personas)) = (self.answers.segmentation.ready(), self.answers.personas.ready()) else { return };
        // Rows must have followed their customers before it is said who is where.
        let is_followed = self.answers.sources.as_ref().is_none_or(|sources| {
            let ids = sources.row_ids.ready();
            ids.zip(self.customers.as_ref()).is_some_and(|(ids, known)| Arc::ptr_eq(&ids.0, &known.0))
        });
        if !is_followed {
            return;
        }
        let is_same = |noted: &(std::sync::Weak<_>, std::sync::Weak<_>)| {
            std::ptr::eq(noted.0.as_ptr(), Arc::as_ptr(segmentation)) && std::ptr::eq(noted.1.as_ptr(), Arc::as_ptr(personas))
        };
        if self.checked.as_ref().is_some_and(is_same) {
            return;
        }
        self.checked = Some((Arc::downgrade(segmentation), Arc::downgrade(personas)));
        let stamp = segmentation.loaded.stamp.to_hex();
        let rows = &segmentation.prepared.table_rows;
        self.look.checks.start_for(matches!(self.plan().source, Source::Sources(_)));
        self.look.checks.note(&today().to_string(), &stamp, &segmentation.labels, rows, personas);
    }
}
