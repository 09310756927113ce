//! Floor 6: what leaves the building. One file per format; each sees only the [`Report`] and the plots' points.
//!
//! [`write_all`] writes any set of formats into a folder; [`save_plot`] a single plot. Every file is written beside its place and
//! then renamed, so that a failed export leaves the old file whole.

mod atomic_write;
pub mod audience;
pub mod behaviour;
mod belonging;
mod chart;
pub mod choices;
pub mod deck;
mod draw;
mod draw_density;
mod draw_tree;
mod error;
pub mod files;
mod fit;
mod flow;
pub mod fonts;
mod foretold_told;
pub mod format;
pub mod glyph;
pub mod holds;
mod holds_headline;
mod holds_sheet;
mod holds_told;
mod html;
mod job;
mod journeys_sheets;
mod json;
mod markdown;
pub mod model;
pub mod names;
mod niche_sheet;
mod niches_found;
mod niches_json;
mod outcome;
mod outcome_sheet;
pub mod pages;
pub mod palette;
pub mod plot;
mod plot_kind;
mod pptx;
mod raster;
pub mod report;
mod selection;
pub mod sheet;
mod sheets;
mod table;
mod text;
mod unusual;
mod unusual_found;
mod validation;
mod what_they_did;

pub use atomic_write::write_beside;
pub use audience::{Audiences, audiences, country_code};
pub use belonging::belonging_csv;
pub use choices::{Audience, Choices, Density, Paper};
pub use deck::{Deck, deck};
pub use error::ExportError;
pub use files::{Written, WrittenFile, write_all, write_into};
pub use format::{Format, Purpose};
pub use holds::{Holds, HoldsLine, HoldsMark, HoldsQuestion, HoldsStanding, Looked};
pub use holds_told::HoldsOf;
pub use html::cards_html;
pub use job::{SparkJob, spark_job};
pub use json::{cards_json, report_json};
pub use markdown::markdown as cards_markdown;
pub use model::{model_json, segment_model};
pub use names::{file_stem, persona_stem};
pub use niche_sheet::niche_apart;
pub use niches_found::ReportedNiches;
pub use outcome::{Ended, Exported};
pub use plot::{plot_svg, save_plot};
pub use plot_kind::{Plot, Plots};
pub use pptx::slides as slides_pptx;
pub use raster::plot_png;
pub use report::{ChosenResult, FoundStructure, PartedSegment, Report, RunResult, Seconds};
pub use selection::save_selection;
pub use sheet::TopicSheet;
pub use table::{customers_csv, customers_parquet, labels_csv, merges_csv, note_of_formulas};
pub use unusual::{niches_json, unusual_csv};
pub use unusual_found::{NicheSeconds, UnusualFound};
pub use validation::{
    CalibrationPoint, ColumnLeftOut, FoldsFound, ForetoldBy, ForetoldFound, HangsOn, PersonaHolds, Stay, Validation, ValidationSeconds,
    WalkedForward, WordHolds, validation_json,
};
pub use what_they_did::{RulesTried, WhatTheyDid, on_card};
