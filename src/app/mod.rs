//! Floor 10: the program itself: the command line and the window's frame. eframe's app and clap only here.

mod appearance;
mod args;
mod attachments;
mod choices;
pub mod cli;
mod commands;
mod dialogs;
mod failure;
mod free_path;
pub mod headless;
mod outputs;
mod places;
mod progress;
mod shortcuts;
mod sources;
mod table;
mod taking;
pub mod window;
