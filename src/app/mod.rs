//! Floor 10: the program itself: the command line and the window's frame. eframe's app and clap only here.

mod appearance;
mod args;
mod attachments;
mod checks;
mod choices;
mod chosen_files;
pub mod cli;
mod commands;
mod dialogs;
mod dictionaries;
mod export_args;
mod failure;
mod free_path;
pub mod headless;
mod leaving;
mod logging;
mod messages;
mod models;
mod outputs;
mod paths;
mod progress;
mod score;
mod shortcuts;
mod sources;
mod table;
mod validate;
pub mod window;
