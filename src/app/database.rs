//! Rows of a database for the window: asked for by a second process, as `personae pull` does, and then a source like any other.

use std::path::PathBuf;

use crate::engine::StepError;
use crate::engine::pull::{self, CustomerSample, Pull, PullError, RowsAsked};
use crate::export;
use crate::session::{Command, DatabaseDraft};

use super::free_path::free_path;
use super::pull::{look, summary};
use super::window::Window;

impl Window {
    /// Asks how many rows would come, or brings them.
    pub(super) fn ask_database(&mut self, brings: bool) {
        let folder = self.home_folder();
        let Some(draft) = self.look.database.as_mut().filter(|draft| draft.is_complete()) else { return };
        (draft.is_asking, draft.told) = (true, None);
        let asked = pull_of(draft);
        let name = match &asked.rows {
            RowsAsked::Table(table) => export::file_stem(table.rsplit('.').next().unwrap_or(table)),
            RowsAsked::Query(_) => String::new(),
        };
        let name = if name.is_empty() { "query".to_owned() } else { name };
        let out = free_path(folder.join(format!("{name}.arrow")));
        let title = if brings { "Bringing rows of a database" } else { "Counting rows of a database" };
        self.engine.errand(title, move |ctx| {
            let told = match brings {
                true => pull::pull(&asked, &out, ctx)
                    .map(|pulled| Command::DatabaseCame(out.clone(), summary(&pulled, &out.display().to_string()))),
                false => pull::foresee(&asked, ctx).map(|foreseen| Command::DatabaseTold(Ok(look(&foreseen).trim().to_owned()))),
            };
            match told {
                Ok(command) => Ok(vec![command]),
                Err(PullError::Stopped(stopped)) => Err(StepError::from(stopped)),
                // What a database says is for who asked, and in no log.
                Err(error) => Ok(vec![Command::DatabaseTold(Err(error.to_string()))]),
            }
        });
    }

    /// Shows what the database said, where somebody still waits for it.
    pub(super) fn database_told(&mut self, told: Result<String, String>) {
        if let Some(draft) = self.look.database.as_mut().filter(|draft| draft.is_asking) {
            (draft.is_asking, draft.told) = (false, Some(told));
        }
    }

    /// Makes the rows that came a source.
    pub(super) fn database_came(&mut self, path: PathBuf, told: &str) {
        self.look.database = None;
        self.add_sources(vec![path]);
        self.tell(told.trim());
    }
}

fn pull_of(draft: &DatabaseDraft) -> Pull {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let rows = draft.rows.trim().to_owned();
    Pull {
        address: draft.address.trim().to_owned(),
        driver: said(&draft.driver),
        rows: if draft.is_query { RowsAsked::Query(rows) } else { RowsAsked::Table(rows) },
        sample: (draft.percent < 100).then(|| CustomerSample { share: f64::from(draft.percent) / 100.0, key: draft.key.trim().to_owned() }),
    }
}
