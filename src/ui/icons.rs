//! The icons, from Phosphor (MIT, assets/fonts). Always with a text or a tooltip.

/// A dashed box: select.
pub const SELECT: &str = "\u{E69A}";
/// Undo.
pub const UNDO: &str = "\u{E08A}";
/// Redo.
pub const REDO: &str = "\u{E08C}";
/// Export.
pub const EXPORT: &str = "\u{EAF0}";
/// Close or clear.
pub const CLOSE: &str = "\u{E4F6}";
/// Fill the page.
pub const MAXIMISE: &str = "\u{E0A2}";
/// Back to the grid.
pub const RESTORE: &str = "\u{E09A}";
/// A picture.
pub const IMAGE: &str = "\u{E2CA}";
/// Something to mind.
pub const WARNING: &str = "\u{E4E0}";
/// Done, or chosen.
pub const CHECK: &str = "\u{E182}";
/// A menu opens below.
pub const CARET_DOWN: &str = "\u{E136}";
/// Upwards.
pub const CARET_UP: &str = "\u{E13C}";
/// Back to the left.
pub const CARET_LEFT: &str = "\u{E138}";
/// More to the right.
pub const CARET_RIGHT: &str = "\u{E13A}";
/// The next step.
pub const NEXT: &str = "\u{E06C}";
/// Stop a job.
pub const STOP: &str = "\u{E46C}";
/// Try again.
pub const AGAIN: &str = "\u{E036}";
/// Edit.
pub const EDIT: &str = "\u{E3B4}";
/// Dark theme.
pub const MOON: &str = "\u{E330}";
/// Light theme.
pub const SUN: &str = "\u{E472}";
/// Data page.
pub const TABLE: &str = "\u{E476}";
/// Prepare page.
pub const SLIDERS: &str = "\u{E434}";
/// Segments page.
pub const SCATTER: &str = "\u{EAAC}";
/// Personas page.
pub const PEOPLE: &str = "\u{E68E}";
/// Journeys page.
pub const PATHS: &str = "\u{E39C}";
/// Present page.
pub const PRESENT: &str = "\u{E654}";
/// Notes.
pub const NOTE: &str = "\u{E348}";
/// A suggestion.
pub const IDEA: &str = "\u{E2DC}";
/// Commands.
pub const COMMAND: &str = "\u{E1C4}";
/// A number column.
pub const NUMBER: &str = "\u{E2A2}";
/// A date column.
pub const DATE: &str = "\u{E10A}";
/// A text column.
pub const TEXT: &str = "\u{E6EE}";
/// A file.
pub const FILE: &str = "\u{E230}";
