//! Personae: customer segments explored by hand, and persona cards on which every word has its evidence.
//!
//! The map, from the ground up; a floor uses only those below it (see ARCHITECTURE.md):
//!
//! 0. [`base`]: key, ctx, matrix, distance, labels, statistics, seed.
//! 1. [`data`]: from a file to a table; [`customers`]: from several files to one customer table; [`features`]: from a table to the matrix
//!    clustering sees; [`events`]: from raw event exports to what every customer did, in order.
//! 2. [`cluster`]: k-means, linkage and its cuts, density at every epsilon.
//! 3. [`evaluate`]: silhouette, what speaks for which k, agreement of two groupings, who goes where between them.
//! 4. [`persona`]: who the groups are, in words with their evidence; [`plot`]: what each plot draws; [`model`]: the segment of a customer who was not there;
//!    [`journeys`]: what customers do, and what a persona does differently; [`triggers`]: what should set off a message, tried on the past.
//! 5. [`export`]: what leaves, one file per format.
//! 6. [`session`]: plan, look, commands, history, project file, settings.
//! 7. [`engine`]: from a plan to answers, in the background. The recipe of the whole analysis.
//! 8. [`ui`]: pages, plots, widgets, theme.
//! 9. [`app`]: the window and the headless commands.

pub mod app;
pub mod base;
pub mod cluster;
pub mod customers;
pub mod data;
pub mod engine;
pub mod evaluate;
pub mod events;
pub mod export;
pub mod features;
pub mod journeys;
pub mod model;
pub mod persona;
pub mod plot;
pub mod session;
pub mod triggers;
pub mod ui;
