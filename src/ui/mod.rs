//! Floor 9: pages, plots and widgets. A page reads plan, answers and look, and pushes commands; nothing else.

pub mod at_right;
mod badge;
pub mod data_page;
pub mod database;
mod dated_sources;
pub mod export_dialog;
pub mod focus_ring;
pub mod icons;
pub mod journeys;
pub mod names;
pub mod pages;
pub mod palette;
pub mod personas;
pub mod plotting;
pub mod prepare_page;
pub mod present;
pub mod segments;
pub mod set_aside;
pub mod shell;
pub mod start_page;
pub mod theme;
pub mod widgets;
pub mod zone;
