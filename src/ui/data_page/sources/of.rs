//! What is known of one source, and how is something said about it?

use std::sync::Arc;

use crate::customers::UnderstoodSource;
use crate::data::{SourceFile, Sourcing};
use crate::engine::SourcesAnswer;
use crate::session::{Command, Look};

/// One source with everything known around it.
pub(super) struct Of<'a> {
    /// Its place.
    pub(super) at: usize,
    pub(super) source: &'a SourceFile,
    pub(super) sourcing: &'a Arc<Sourcing>,
    pub(super) known: &'a SourcesAnswer,
}

impl Of<'_> {
    /// What it was last understood to hold. By name: what is shown may be from before another source was added or removed.
    pub(super) fn understood(&self) -> Option<&UnderstoodSource> {
        self.known.understood.latest()?.sources.iter().find(|source| source.name == self.source.name)
    }

    /// Says something about this source.
    pub(super) fn say(&self, commands: &mut Vec<Command>, change: impl FnOnce(&mut SourceFile)) {
        let mut sourcing = (**self.sourcing).clone();
        if let Some(source) = sourcing.sources.get_mut(self.at) {
            change(source);
            commands.push(Command::Sources(Arc::new(sourcing)));
        }
    }

    pub(super) fn remove(&self, look: &mut Look, commands: &mut Vec<Command>) {
        let mut sourcing = (**self.sourcing).clone();
        sourcing.sources.remove(self.at);
        commands.push(Command::Sources(Arc::new(sourcing)));
        let shown = &mut look.sources.source;
        *shown = if *shown > self.at { *shown - 1 } else { *shown };
        look.sources.first_row = 0;
    }
}
