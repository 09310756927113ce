//! Floor 9: the program itself: the command line and the window's frame. eframe's app and clap only here.

mod args;
mod brought;
mod choices;
pub mod cli;
mod commands;
mod dialogs;
mod failure;
pub mod headless;
mod outputs;
mod places;
mod progress;
mod sources;
mod table;
mod taking;
pub mod window;
