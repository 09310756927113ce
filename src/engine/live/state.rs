//! What is kept between batches, so that whoever is killed at any moment goes on as if nothing had happened?
//!
//! One transaction per batch says how far the source was read, how long the lists of rows are, where the centres are and who is in which segment. What was written beside it before the
//! transaction ended is cut off again when it is opened. The rows themselves are an ordinary file, events.csv, that anybody can read.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};

use super::now::SeenBefore;
use super::source::ReadTo;
use super::told::LiveCounts;
use super::versions::Versions;
use crate::cluster::OnlineMeans;
use crate::data::ArrivedReadings;
use crate::engine::Problem;
use crate::evaluate::shifted::ShiftReference;

const STATE: TableDefinition<&str, &[u8]> = TableDefinition::new("state");
/// See [`Segments`].
const SEGMENTS: TableDefinition<&str, u32> = TableDefinition::new("segments");
const THE_STATE: &str = "now";
/// The list of rules that fired.
pub(super) const FIRES: &str = "triggers.ndjson";
/// The list of what was found anew.
pub(super) const RETRAINING: &str = "retraining.ndjson";
/// The newest form this version reads and writes.
const FORM: u32 = 2;

/// Every customer with their cluster, one more than it; 0 is nowhere.
pub(super) type Segments = Vec<(String, u32)>;

/// What is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub form: u32,
    /// What must be the same when somebody goes on: model, source and rules, as text.
    pub of: String,
    pub read_to: ReadTo,
    pub readings: ArrivedReadings,
    pub understood_by: u32,
    pub events_bytes: u64,
    pub aside_bytes: u64,
    pub counts: LiveCounts,
    /// The last moment of all rows, in milliseconds.
    pub latest: Option<i64>,
    /// The day everything is counted back from.
    pub snapshot: Option<i32>,
    pub means: Option<OnlineMeans>,
    pub reference: Option<ShiftReference>,
    /// The newest moment when the history had been read and following began, in milliseconds.
    #[serde(default)]
    pub began: Option<i64>,
    /// Versions of the segments, oldest first, and which of them is followed.
    #[serde(default)]
    pub versions: Versions,
    /// Bytes of the list of what was found anew.
    #[serde(default)]
    pub anew_bytes: u64,
    /// The newest moment when segments were last looked for anew.
    #[serde(default)]
    pub retrained_at: Option<i64>,
    /// The day that was last asked for drift.
    #[serde(default)]
    pub drift_day: Option<i64>,
    /// Lists of labels after that of the last batch.
    #[serde(default)]
    pub lists: u32,
    /// What was seen, while somebody watches.
    #[serde(default)]
    pub seen: SeenBefore,
}

impl Kept {
    pub(super) fn form() -> u32 {
        FORM
    }
}

/// What a list of labels is called: that of a batch, and those after it. Names are such that files in their order tell what happened in its order.
pub(super) fn list_name(batch: u64, nth: u32) -> String {
    if nth == 0 { format!("{batch:06}.csv") } else { format!("{batch:06}.then{nth:03}.csv") }
}

/// The batch of a list, and which list of that batch it is.
fn list_number(name: &str) -> Option<(u64, u32)> {
    let mut parts = name.strip_suffix(".csv")?.split('.');
    let batch = parts.next()?.parse().ok()?;
    let nth = parts.next().map_or(Some(0), |part| part.strip_prefix("then")?.parse().ok())?;
    Some((batch, nth))
}

/// Whether a file is one that was being written when the program was killed.
fn is_unfinished(name: &str) -> bool {
    name.starts_with(".personae-") && name.ends_with(".part")
}

/// Makes an empty state beside its place and puts it there in one step: half a state could never be opened again. One that another program put there meanwhile stays.
fn make_database(folder: &Path, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let made = tempfile::Builder::new().prefix(".personae-").suffix(".part").tempfile_in(folder)?;
    drop(Database::create(made.path())?);
    match made.persist_noclobber(path) {
        Err(why) if why.error.kind() != std::io::ErrorKind::AlreadyExists => Err(why.error.into()),
        _ => Ok(()),
    }
}

/// The folder and what is kept in it.
pub(super) struct Store {
    folder: PathBuf,
    database: Database,
}

impl Store {
    /// Opens the folder, made if need be, for this program alone.
    ///
    /// Fails where another program follows into it, and where it holds other files.
    pub(super) fn open(folder: &Path) -> Result<Store, Problem> {
        let shown = folder.display();
        let failed = |error: &dyn std::fmt::Display| {
            Problem(format!("{shown} cannot be written ({error}); check the name and your permission.").into())
        };
        let path = folder.join("state.redb");
        let is_ours = path.is_file();
        let mut inside = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let is_other = |name: &str| name != "input.txt" && !is_unfinished(name);
        if !is_ours && inside.any(|entry| is_other(&entry.file_name().to_string_lossy())) {
            return Err(Problem(format!("{shown} holds files already and no live segments; give an empty folder, or a new one.").into()));
        }
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        if !is_ours {
            make_database(folder, &path).map_err(|error| failed(&error))?;
        }
        let database = Database::create(&path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => {
                Problem(format!("another program follows into {shown} at the moment; stop it, or give another folder.").into())
            }
            error => failed(&error),
        })?;
        // The state first: whoever is killed here finds a folder of theirs.
        std::fs::create_dir_all(folder.join("labels")).map_err(|error| failed(&error))?;
        Ok(Store { folder: folder.to_owned(), database })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn failed(&self, error: impl std::fmt::Display) -> Problem {
        Problem(
            format!(
                "{} cannot be written ({error}); make room on the disk and start again: it goes on from the last batch.",
                self.folder.display()
            )
            .into(),
        )
    }

    /// What was kept last, with everyone's segment; none before the first batch. Files are cut back to what belongs to it.
    pub(super) fn kept(&self) -> Result<Option<(Kept, Segments)>, Problem> {
        let read = self.database.begin_read().map_err(|error| self.failed(error))?;
        let found = match read.open_table(STATE) {
            Ok(table) => table.get(THE_STATE).map_err(|error| self.failed(error))?.map(|bytes| bytes.value().to_vec()),
            Err(_) => None,
        };
        let kept: Option<Kept> = match found {
            None => None,
            Some(bytes) => Some(serde_json::from_slice(&bytes).map_err(|_| {
                Problem(
                    format!("{} was written by a newer version of Personae; update Personae to go on with it.", self.folder.display())
                        .into(),
                )
            })?),
        };
        if kept.as_ref().is_some_and(|kept| kept.form > FORM) {
            return Err(Problem(
                format!("{} was written by a newer version of Personae; update Personae to go on with it.", self.folder.display()).into(),
            ));
        }
        let (events, aside) = kept.as_ref().map_or((0, 0), |kept| (kept.events_bytes, kept.aside_bytes));
        let last = kept.as_ref().map_or((0, 0), |kept| (kept.counts.batches, kept.lists));
        self.cut("events.csv", events)?;
        self.cut("aside.csv", aside)?;
        self.cut(RETRAINING, kept.as_ref().map_or(0, |kept| kept.anew_bytes))?;
        for folder in [self.folder.clone(), self.folder.join("labels"), self.folder.join("models"), self.folder.join("messages")] {
            // What was being written when the program was killed.
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if is_unfinished(&entry.file_name().to_string_lossy()) {
                    std::fs::remove_file(entry.path()).map_err(|error| self.failed(error))?;
                }
            }
        }
        for entry in std::fs::read_dir(self.folder.join("labels")).into_iter().flatten().flatten() {
            if list_number(&entry.file_name().to_string_lossy()).is_some_and(|number| number > last) {
                std::fs::remove_file(entry.path()).map_err(|error| self.failed(error))?;
            }
        }
        let Some(kept) = kept else { return Ok(None) };
        let mut segments = Vec::new();
        if let Ok(table) = read.open_table(SEGMENTS) {
            for entry in table.iter().map_err(|error| self.failed(error))? {
                let (customer, segment) = entry.map_err(|error| self.failed(error))?;
                segments.push((customer.value().to_owned(), segment.value()));
            }
        }
        Ok(Some((kept, segments)))
    }

    fn cut(&self, name: &str, bytes: u64) -> Result<(), Problem> {
        let path = self.folder.join(name);
        let length = std::fs::metadata(&path).map_or(0, |about| about.len());
        if length < bytes {
            return Err(Problem(
                format!("{} is shorter than it was left; restore it, or follow into another folder.", path.display()).into(),
            ));
        }
        if length > bytes {
            OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(bytes)).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Appends to a list and brings it to the disk. The bytes it has then.
    pub(super) fn append(&self, name: &str, text: &str) -> Result<u64, Problem> {
        let path = self.folder.join(name);
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(|error| self.failed(error))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(|error| self.failed(error))?;
        Ok(file.metadata().map_err(|error| self.failed(error))?.len())
    }

    /// The whole lines of a list that follows from what is kept. One that was not ended when the program was is cut off.
    pub(super) fn whole_lines(&self, name: &str) -> Result<String, Problem> {
        let path = self.folder.join(name);
        let mut text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            self.cut(name, whole as u64)?;
            text.truncate(whole);
        }
        Ok(text)
    }

    /// Keeps what is so after a batch, in one transaction. `segments` are the customers whose segment is another, each one more than its cluster or 0.
    pub(super) fn keep(&self, kept: &Kept, segments: &[(&str, u32)]) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(kept).map_err(|error| self.failed(error))?;
        let write = self.database.begin_write().map_err(|error| self.failed(error))?;
        {
            let mut state = write.open_table(STATE).map_err(|error| self.failed(error))?;
            state.insert(THE_STATE, &bytes[..]).map_err(|error| self.failed(error))?;
            let mut table = write.open_table(SEGMENTS).map_err(|error| self.failed(error))?;
            for (customer, segment) in segments {
                table.insert(customer, segment).map_err(|error| self.failed(error))?;
            }
        }
        write.commit().map_err(|error| self.failed(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_killed_while_the_folder_was_made_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".personae-a1b2.part"), "half a state").unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert!(store.kept().unwrap().is_none());
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["labels", "state.redb"]);
        assert!(Store::open(folder.path()).is_err_and(|why| why.0.contains("another program follows")));
        drop(store);
        assert!(Store::open(folder.path()).is_ok());
        let others = tempfile::tempdir().unwrap();
        std::fs::write(others.path().join("notes.txt"), "").unwrap();
        assert!(Store::open(others.path()).is_err_and(|why| why.0.contains("no live segments")));
    }

    #[test]
    fn lists_in_their_order_tell_what_happened_in_its_order() {
        let order = [(1, 0), (1, 1), (1, 2), (2, 0), (10, 0), (10, 1), (11, 0)];
        let names = order.map(|(batch, nth)| list_name(batch, nth));
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(names.each_ref().map(|name| list_number(name)), order.map(Some));
        assert_eq!((list_number("000003.settled.csv"), list_number("notes.txt")), (None, None));
    }
}
