//! One binary for all integration tests, so that the linker runs once.

mod brushing;
mod compare_pane;
mod comparing;
mod data_page;
mod density_page;
mod engine;
mod evidence;
mod exporting;
mod floors;
mod hdbscan;
mod headless;
mod laws;
mod map_scene;
mod oracles;
mod personas;
mod plots;
mod prepare_page;
mod preparing;
mod reading;
mod segments_page;
mod session;
mod storm;
mod trees;
mod weather;
mod whole;
mod window;
