//! Floor 7: what the user decided (plan), looks at (look) and may do (command); its history, its file, the settings.

pub mod brush;
pub mod cards_look;
pub mod checks;
pub mod command;
mod customer_ids;
mod database_draft;
pub mod history;
mod journey_options;
mod journeys_look;
pub mod keys;
mod live_choices;
mod live_look;
pub mod look;
mod open_model;
mod page;
mod page_view;
pub mod plan;
pub mod project;
pub mod recovery;
mod segments_look;
mod selection;
pub mod settings;
pub mod sources_look;
mod split;
pub mod table_look;
pub mod tree_look;
mod validate_options;
pub mod words;

pub use crate::export::{Format as ExportFormat, Plot as PlotKind};

pub use brush::{Brush, Who};
pub use cards_look::{CardsLook, CardsView};
pub use checks::{CheckLine, CheckedPersona, CheckedWord, Checks};
pub use command::{Action, CardEdit, Command, ExportRequest, ForCard};
pub use customer_ids::CustomerIds;
pub use database_draft::DatabaseDraft;
pub use history::{History, MergeKey};
pub use journey_options::JourneyOptions;
pub use journeys_look::{JourneysLook, JourneysView};
pub use live_choices::{LiveChoices, LiveOrder};
pub use live_look::{LiveLook, MovesOver};
pub use look::{Look, NicheList};
pub use open_model::OpenModel;
pub use page::Page;
pub use page_view::PageView;
pub use plan::{
    Against, Clustering, ColumnOptions, Cut, DensityOptions, EarlierSegment, EarlierSegments, HdbscanOptions, InsideScale, KMeansOptions,
    KeptSelection, NicheCard, NicheOptions, Parting, Plan, TreeOptions,
};
pub use project::{DataMoved, Opened, Project, ProjectError};
pub use recovery::{Found, Recovery};
pub use segments_look::SegmentsView;
pub use selection::Selection;
pub use settings::{Recent, Settings, ThemeChoice};
pub use sources_look::{DataView, HealthEntry, RfmLook, SourcesLook};
pub use split::LEAST_INSIDE;
pub use table_look::{Sort, TableFilter, TableSeen};
pub use tree_look::{TreeLook, TreeSeen};
pub use validate_options::{EarlierTable, Every, ToForetell, ValidateOptions, day_in};
pub use words::Words;
