//! Floor 7: what the user decided (plan), looks at (look) and may do (command); its history, its file, the settings.

pub mod brush;
pub mod cards_look;
pub mod command;
mod customer_ids;
pub mod history;
pub mod keys;
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
pub mod table_look;
pub mod tree_look;
pub mod words;

pub use crate::export::{Format as ExportFormat, Plot as PlotKind};

pub use brush::{Brush, Who};
pub use cards_look::{CardsLook, CardsView};
pub use command::{Action, CardEdit, Command, ExportRequest, ForCard};
pub use customer_ids::CustomerIds;
pub use history::{History, MergeKey};
pub use look::Look;
pub use open_model::OpenModel;
pub use page::Page;
pub use page_view::PageView;
pub use plan::{
    Against, Clustering, ColumnOptions, Cut, DensityOptions, HdbscanOptions, KMeansOptions, KeptSelection, NicheCard, NicheOptions, Plan,
    TreeOptions,
};
pub use project::{DataMoved, Opened, Project, ProjectError};
pub use recovery::{Found, Recovery};
pub use segments_look::SegmentsView;
pub use selection::Selection;
pub use settings::{Recent, Settings, ThemeChoice};
pub use sources_look::{DataView, HealthEntry, RfmLook, SourcesLook};
pub use table_look::{Sort, TableFilter, TableSeen};
pub use tree_look::{TreeLook, TreeSeen};
pub use words::Words;
