//! What may be said of event exports, whatever is asked of them: the files, the customers beside them, and how they are read.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::base::Ctx;
use crate::data::{Loaded, zone_called};
use crate::engine::behaviour::latest_believed;
use crate::engine::{Engine, today};
use crate::events::{EventOptions, ReadTold, open_address_file};
use crate::export::behaviour::reading_told;
use crate::session::Plan;

use super::failure::{Failure, failed};
use super::headless;

/// Event files and their reading.
#[derive(Debug, Args)]
pub(super) struct EventArgs {
    /// Event exports as they are: JSON lines, logs, CSV or Parquet, compressed or not; several files are read as one.
    #[arg(required = true)]
    pub(super) events: Vec<PathBuf>,
    /// The customers, as a file or a project: their personas, or their columns.
    #[arg(long, value_name = "FILE")]
    pub(super) customers: Option<PathBuf>,
    /// The event that counts as a purchase; found by its name unless given.
    #[arg(long, value_name = "EVENT")]
    pub(super) purchase: Option<String>,
    /// The time zone of times that name none, such as Europe/Berlin [UTC].
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<String>,
    /// Count devices on which nobody was named as customers; else their events are left out and counted.
    #[arg(long)]
    count_anonymous: bool,
    /// Begin a new visit at midnight, as some other programs do.
    #[arg(long)]
    cut_at_midnight: bool,
    /// A file of network addresses of your own (.mmdb): country, region, city and local time by the address where the export says none, which is approximate.
    #[arg(long, value_name = "FILE")]
    places: Option<PathBuf>,
    /// Seed of draws and samples.
    #[arg(long, default_value = "0")]
    pub(super) seed: u64,
    /// No progress and no summary.
    #[arg(long)]
    pub(super) quiet: bool,
}

impl EventArgs {
    /// Every file that is read.
    pub(super) fn inputs(&self) -> Vec<PathBuf> {
        self.events.iter().chain(&self.customers).chain(&self.places).cloned().collect()
    }

    /// How the events are read.
    ///
    /// Fails where the file of addresses cannot be opened.
    pub(super) fn reading(&self) -> Result<EventOptions, Failure> {
        Ok(EventOptions {
            count_anonymous: self.count_anonymous,
            zone: self.timezone.clone(),
            cut_at_midnight: self.cut_at_midnight,
            until: Some(latest_believed(today())),
            places: self.places.as_deref().map(open_address_file).transpose().map_err(failed)?,
            ..EventOptions::default()
        })
    }

    /// The customers beside the events, with the plan that groups them.
    ///
    /// Fails where they cannot be read.
    pub(super) fn customers_beside(&self, ctx: &Ctx) -> Result<Option<(Arc<Loaded>, Plan)>, Failure> {
        let Some(path) = &self.customers else { return Ok(None) };
        let project = headless::open_either(path.clone())?;
        let (loaded, _) = Engine::headless().table_of(&project.plan, ctx).map_err(|problem| failed(&problem.0))?;
        Ok(Some((loaded, project.plan)))
    }
}

/// How the events were read, with what is still open and the option that answers it.
pub(super) fn told_of_reading(told: &ReadTold) -> Vec<String> {
    let open = told.open_questions.iter().map(|question| format!("{question} UTC is taken; --timezone names another."));
    reading_told(told).into_iter().chain(open).collect()
}

/// A time zone by its name.
fn zone(text: &str) -> Result<String, String> {
    let is_utc = text.trim().eq_ignore_ascii_case("UTC");
    let known = if is_utc { Some("UTC".to_owned()) } else { zone_called(text) };
    known.filter(|name| !name.starts_with(['+', '-'])).ok_or_else(|| "give the name of a time zone, such as Europe/Berlin".to_owned())
}
