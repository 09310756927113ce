//! What does the program remember between sessions that belongs to no project? Theme, zoom, window size, recent files.
//!
//! In: a JSON file in the system's folder for settings. Out: the settings; a broken or missing file gives the defaults, since
//! nothing in it is worth a question at start.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::{Deserialize, Deserializer, Serialize};

use crate::export::{Choices, ExportError, write_beside};

/// Recent files kept.
const RECENT: usize = 10;

/// Light, dark, or as the system is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system is.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Something that was opened: a file, or several as the sources of one customer table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Recent {
    /// A project or a data file.
    File(PathBuf),
    /// The sources of one customer table.
    Set(Vec<PathBuf>),
}

impl Recent {
    /// Its files.
    pub fn paths(&self) -> &[PathBuf] {
        match self {
            Recent::File(path) => std::slice::from_ref(path),
            Recent::Set(paths) => paths,
        }
    }

    /// What it is called: "orders.csv and 3 more".
    pub fn name(&self) -> String {
        let [first, more @ ..] = self.paths() else { return String::new() };
        let first = first.file_name().map_or_else(|| first.display().to_string(), |name| name.to_string_lossy().into_owned());
        if more.is_empty() { first } else { format!("{first} and {} more", more.len()) }
    }

    /// Where it is.
    pub fn folder(&self) -> String {
        self.paths().first().and_then(|path| path.parent()).map_or_else(String::new, |folder| folder.display().to_string())
    }

    /// All its files, one a line.
    pub fn whole(&self) -> String {
        self.paths().iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n")
    }
}

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The theme.
    pub theme: ThemeChoice,
    /// Zoom factor, 1 is the original size.
    pub zoom: f32,
    /// What was opened last, the latest first.
    pub recent: Vec<Recent>,
    /// Where the last file dialog was.
    pub last_folder: Option<PathBuf>,
    /// Width and height of the window, in points.
    pub window_size: Option<[f32; 2]>,
    /// What was taken away last, and how.
    #[serde(deserialize_with = "if_readable")]
    pub choices: Option<Choices>,
    /// Where they are kept; `None` keeps them nowhere, as in tests.
    #[serde(skip)]
    pub kept_in: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: ThemeChoice::System,
            zoom: 1.0,
            recent: Vec::new(),
            last_folder: None,
            window_size: None,
            choices: None,
            kept_in: None,
        }
    }
}

impl Settings {
    /// The settings of this user.
    pub fn load() -> Settings {
        let file = settings_file();
        Settings { kept_in: file.clone(), ..file.map(|path| Settings::load_from(&path)).unwrap_or_default() }
    }

    /// The settings in a file; the defaults when it cannot be read.
    pub fn load_from(path: &Path) -> Settings {
        let mut settings: Settings =
            std::fs::read_to_string(path).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        settings.recent.truncate(RECENT);
        // A zoom or size from a damaged file could hide the window from its owner.
        if !(0.3..=5.0).contains(&settings.zoom) {
            settings.zoom = 1.0;
        }
        settings.window_size = settings.window_size.filter(|size| size.iter().all(|side| (200.0..20_000.0).contains(side)));
        settings
    }

    /// Keeps them where they came from.
    pub fn save(&self) -> Result<(), ExportError> {
        self.kept_in.as_ref().map_or(Ok(()), |path| self.save_to(path))
    }

    /// Keeps them in a file.
    pub fn save_to(&self, path: &Path) -> Result<(), ExportError> {
        if let Some(folder) = path.parent() {
            // If this fails, so will the write below, and it says why.
            let _ = std::fs::create_dir_all(folder);
        }
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_beside(path, |to| to.write_all(text.as_bytes()))
    }

    /// Remembers how an export was made, but for what belongs to these data: which personas, and which column says who agreed.
    pub fn remember_choices(&mut self, choices: &Choices) {
        let mut choices = Choices { personas: None, ..choices.clone() };
        choices.audience.consent_column = None;
        self.choices = Some(choices);
    }

    /// Puts a file at the head of the recent ones and remembers its folder.
    pub fn remember(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.last_folder = path.parent().map(Path::to_path_buf);
        self.put_first(Recent::File(path));
    }

    /// Puts the sources of one customer table at the head of the recent ones, as one entry that replaces a smaller set of them.
    pub fn remember_set(&mut self, paths: &[PathBuf]) {
        if let [only] = paths {
            return self.remember(only);
        }
        self.last_folder = paths.first().and_then(|path| path.parent()).map(Path::to_path_buf).or(self.last_folder.take());
        self.recent.retain(|known| !matches!(known, Recent::Set(set) if set.iter().all(|path| paths.contains(path))));
        self.put_first(Recent::Set(paths.to_vec()));
    }

    fn put_first(&mut self, recent: Recent) {
        self.recent.retain(|known| *known != recent);
        self.recent.insert(0, recent);
        self.recent.truncate(RECENT);
    }

    /// Takes a file that is gone from the recent ones.
    pub fn forget(&mut self, path: &Path) {
        self.recent.retain(|known| !matches!(known, Recent::File(file) if file == path));
    }
}

/// A newer version may know formats this one does not; that must not cost the user everything else that is remembered.
fn if_readable<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Choices>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(from)?).ok())
}

/// The system's folder for Personae's settings and unsaved work.
pub(super) fn folders() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "personae")
}

/// Where people look for what they save: their documents, or their home.
pub fn documents() -> PathBuf {
    let user = directories::UserDirs::new();
    user.map_or_else(|| ".".into(), |user| user.document_dir().unwrap_or(user.home_dir()).to_path_buf())
}

/// The system's folder for what a program writes about itself, such as its log.
pub fn log_folder() -> Option<PathBuf> {
    folders().map(|folders| folders.state_dir().unwrap_or(folders.data_local_dir()).to_path_buf())
}

/// Where what is followed live is kept unless somebody says otherwise; none where the system names no folder for programs' data.
pub fn live_folder() -> Option<PathBuf> {
    Some(folders()?.data_local_dir().join("live"))
}

fn settings_file() -> Option<PathBuf> {
    folders().map(|folders| folders.config_dir().join("settings.json"))
}
