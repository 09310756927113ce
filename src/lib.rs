//! Personae: customer segments explored by hand, and persona cards on which every word has its evidence.
pub mod base;
pub mod data;
pub mod features;
